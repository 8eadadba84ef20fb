//! Makes policies smaller without changing what they mean.
//!
//! Two documents mean the same when they deny the same requests, and allow the same requests that they do not deny, a
//! resource policy as strongly, whatever other policies stand beside them. Each [`Step`] keeps that; `docs/shrink.md` says
//! why. Only [`ShrinkOptions::wildcards`] does not, and only for actions that AWS does not have yet.

mod contain;
mod cover;
mod draft;
mod drop;
mod json;
mod limit;
mod merge;
mod split;
mod step;
mod tidy;
mod wildcard;
mod words;

use contain::Effort;
use draft::Draft;
use iameval::{CompiledPolicy, PolicyDocument, PolicyError, PolicyId, PolicyKind};
use iameval_data::Catalogue;
use std::num::NonZeroUsize;

pub use limit::{SizeLimit, ignores_white_space};
pub use step::{Covering, ListName, StatementPlace, Step};

/// How a policy is made smaller.
#[derive(Debug, Clone, Default)]
pub struct ShrinkOptions<'c> {
    /// How many characters a document may have; by default, what AWS takes ([`SizeLimit::of`]).
    pub limit: Option<NonZeroUsize>,
    /// Divides the statements among so many documents, to be attached side by side.
    pub split: Option<NonZeroUsize>,
    /// Keeps the `Sid` of every statement that stays. Of statements that become one, that of the first stays.
    pub keep_sids: bool,
    /// Puts wildcards in the place of actions where both cover the same actions of this catalogue. The wildcard covers those
    /// as well that AWS adds later.
    pub wildcards: Option<&'c Catalogue>,
}

/// A policy that was made smaller.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Shrunk {
    /// What kind of policy it is.
    pub kind: PolicyKind,
    /// The policy: one document, or several that mean the same side by side.
    pub documents: Vec<PolicyDocument>,
    /// What was done, in order.
    pub steps: Vec<Step>,
    /// How many characters it had, without white space between tokens.
    pub size_before: usize,
    /// How many characters a document may have, where that is known.
    pub limit: Option<SizeLimit>,
}

/// Why a policy cannot be made smaller, or not in the way that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ShrinkError {
    /// It cannot be a policy of that kind.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// Policies of that kind cannot be several.
    #[error("{} cannot be split: {reason}", .kind.with_article())]
    NotSplit {
        /// What it is.
        kind: PolicyKind,
        /// Why.
        reason: &'static str,
    },
}

impl Shrunk {
    /// How many characters the largest document has too many.
    pub fn excess(&self) -> usize {
        let largest = self.documents.iter().map(PolicyDocument::size).max().unwrap_or_default();
        self.limit.as_ref().map_or(0, |limit| largest.saturating_sub(limit.characters))
    }

    /// Whether it covers actions that AWS does not have yet, which it did not cover before.
    pub fn covers_more_tomorrow(&self) -> bool {
        self.steps.iter().any(|step| matches!(step, Step::WildcardPut { .. }))
    }
}

/// Makes a policy of that kind as small as the steps can.
///
/// # Errors
/// When the document cannot be of that kind, or is to be split and its kind cannot be.
///
/// ```
/// use iameval::{PolicyDocument, PolicyKind};
/// use iameval_prove::{ShrinkOptions, shrink};
///
/// let document: PolicyDocument = r#"{"Version": "2012-10-17", "Statement": [
///     {"Effect": "Allow", "Action": ["s3:Get*", "s3:GetObject"], "Resource": "arn:aws:s3:::reports/*"},
///     {"Effect": "Allow", "Action": ["s3:List*"], "Resource": "arn:aws:s3:::reports/*"}
/// ]}"#.parse()?;
/// let shrunk = shrink(&document, PolicyKind::Identity, &ShrinkOptions::default())?;
///
/// let statement = r#"{"Effect":"Allow","Action":["s3:Get*","s3:List*"],"Resource":"arn:aws:s3:::reports/*"}"#;
/// assert_eq!(shrunk.documents[0].to_string(), format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#));
/// assert_eq!(shrunk.steps[0].to_string(), "statement 1: removed `s3:GetObject`: `s3:Get*` covers it");
/// assert_eq!(shrunk.steps[1].to_string(), "put the actions of statement 2 into statement 1");
/// assert_eq!((shrunk.size_before, shrunk.documents[0].size(), shrunk.excess()), (206, 125, 0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn shrink(document: &PolicyDocument, kind: PolicyKind, options: &ShrinkOptions<'_>) -> Result<Shrunk, ShrinkError> {
    // Whether it can be of that kind.
    CompiledPolicy::new(PolicyId::new("the policy"), kind, document)?;
    let given = options.limit.map(NonZeroUsize::get);
    if let Some(reason) = options.split.and_then(|_| limit::refusal(kind, given)) {
        return Err(ShrinkError::NotSplit { kind, reason });
    }
    let limit = given.map(SizeLimit::given).or_else(|| SizeLimit::of(document, kind));
    let tree = document.to_json();
    let mut draft = Draft::new(document, &tree, kind);
    let (effort, mut steps) = (Effort::new(), Vec::new());
    if !options.keep_sids {
        tidy::sids(&mut draft, &mut steps);
    }
    tidy::empty_conditions(&mut draft, &mut steps);
    reduce(&mut draft, &effort, &mut steps);
    if let Some(catalogue) = options.wildcards {
        wildcard::put(&mut draft, catalogue, &effort, &mut steps);
        reduce(&mut draft, &effort, &mut steps);
    }
    tidy::lists(&mut draft, &mut steps);
    let drafts = match options.split {
        None => vec![draft],
        Some(documents) => {
            let drafts = split::divide(&draft, documents.get(), limit.as_ref().map(|limit| limit.characters));
            steps.push(Step::Split(drafts.len()));
            drafts
        }
    };
    let documents = drafts.iter().map(Draft::to_document).collect();
    Ok(Shrunk { kind, documents, steps, size_before: document.size(), limit })
}

/// Removes and merges until nothing is left to remove or to merge.
fn reduce(draft: &mut Draft<'_>, effort: &Effort, steps: &mut Vec<Step>) {
    loop {
        let before = steps.len();
        drop::entries(draft, effort, steps);
        drop::statements(draft, effort, steps);
        merge::statements(draft, steps);
        if steps.len() == before {
            drop::entries_of_others(draft, effort, steps);
        }
        if steps.len() == before {
            return;
        }
    }
}
