//! How AWS spells names, tags and ids: which characters they have.

use crate::atom::{KeyId, Subject};
use crate::builder::{Builder, Written};
use crate::formula::Node;
use crate::glob::{Glob, Piece, Reach};
use iameval::{ConditionOperator, ContextKey, Effect, Operator, Quantifier};

/// How the values of a key are spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spelling {
    /// The name of a user or a session: letters, digits and `+=,.@_-` (*IAM and AWS STS quotas*, IAM name requirements).
    Name,
    /// The value of a tag of a principal: letters, digits, spaces and `_.:/=+-@`, and it may be empty (*Rules for tagging in
    /// IAM and AWS STS*). Tags of other resources are as their services allow; EC2 takes any character.
    Tag,
    /// Twelve digits.
    Account,
    /// `o-` with small letters and digits.
    Organization,
    /// The ids of an organization, a root and units.
    OrganizationPath,
}

impl Spelling {
    /// That of the values of a key, where it is certain.
    fn of(key: &ContextKey) -> Option<Self> {
        match key.lowercase() {
            "aws:username" | "aws:sourceidentity" | "sts:sourceidentity" | "sts:rolesessionname" => Some(Self::Name),
            "aws:principalaccount"
            | "aws:resourceaccount"
            | "aws:sourceaccount"
            | "aws:vpceaccount"
            | "kms:calleraccount"
            | "s3:resourceaccount"
            | "s3:dataaccesspointaccount" => Some(Self::Account),
            "aws:principalorgid" | "aws:resourceorgid" | "aws:sourceorgid" | "aws:vpceorgid" => {
                Some(Self::Organization)
            }
            "aws:principalorgpaths" | "aws:resourceorgpaths" | "aws:sourceorgpaths" | "aws:vpceorgpaths" => {
                Some(Self::OrganizationPath)
            }
            key => key.starts_with("aws:principaltag/").then_some(Self::Tag),
        }
    }

    /// The letters of its values, where nothing else is in them.
    fn letters(self) -> Option<Reach> {
        match self {
            Self::Name => Some(Reach::NameLetter),
            Self::Tag => Some(Reach::TagLetter),
            Self::Account => Some(Reach::Digit),
            Self::Organization | Self::OrganizationPath => None,
        }
    }

    /// The pattern of its values; `None` for those of lists.
    fn pattern(self) -> Option<Glob> {
        let some = |letters: Reach| [Piece::Unit(letters), Piece::Star(letters)];
        let pieces = match self {
            Self::Name => some(Reach::NameLetter).into(),
            Self::Tag => vec![Piece::Star(Reach::TagLetter)],
            Self::Account => vec![Piece::Unit(Reach::Digit); 12],
            Self::Organization => [Piece::Literal("o-".into())].into_iter().chain(some(Reach::IdLetter)).collect(),
            Self::OrganizationPath => return None,
        };
        Some(Glob { pieces: pieces.into(), ignores_case: false })
    }
}

/// Which letters the values of a key have, where that is certain.
pub(crate) fn letters(key: &ContextKey) -> Option<Reach> {
    Spelling::of(key)?.letters()
}

/// That keys are absent or have values so spelled, as far as policies test them.
pub(super) fn parts(builder: &mut Builder<'_>) -> Vec<Node> {
    let tested = builder.atoms.keys().filter(|(_, key)| !builder.fixed.contains_key(*key));
    let spelled = tested.filter_map(|(id, key)| Some((id, key.clone(), Spelling::of(key)?)));
    let spelled: Vec<(KeyId, ContextKey, Spelling)> = spelled.collect();
    let mut parts = Vec::new();
    for (id, key, spelling) in spelled {
        let is_spelled = match (spelling.pattern(), builder.shapes.is_list(&key)) {
            (Some(glob), false) => builder.fits(Subject::Key(id), vec![glob]),
            (None, true) => {
                let base = Operator::StringLike;
                let operator = ConditionOperator { base, quantifier: Some(Quantifier::ForAllValues), if_exists: false };
                let written = Written { operator, key: &key, effect: Effect::Allow, version: None };
                builder.condition(written, &[super::ORGANIZATION_PATH])
            }
            _ => continue,
        };
        let absent = builder.absent(id);
        parts.push(builder.formulas.any([absent, is_spelled]));
    }
    parts
}
