//! `PolicyExclusionList`: policies of a principal that a simulation leaves out.

use crate::entities::{Entity, EntityKind, StoredPolicy};
use crate::fault::Fault;
use crate::form::Form;

/// What is left out.
#[derive(Debug, Default)]
pub(super) struct Exclusions {
    all: Vec<Exclusion>,
}

#[derive(Debug)]
enum Exclusion {
    Inline,
    OfAws,
    OfUser,
    Boundary,
    ServiceControl,
    /// RCPs take no part in a simulation.
    Nothing,
    /// An ARN with wildcards in its name.
    Managed(String),
    Named {
        policy: String,
        kind: EntityKind,
        holder: String,
    },
}

impl Exclusions {
    /// Those of a form.
    pub(super) fn read(form: &Form) -> Result<Self, Fault> {
        let list = form.list("PolicyExclusionList").unwrap_or_default();
        if list.len() > 256 {
            return Err(Fault::validation("policyExclusionList", "have length less than or equal to 256"));
        }
        let all = list.into_iter().map(exclusion).collect::<Result<_, _>>()?;
        Ok(Self { all })
    }

    /// Whether the policy is left out, as attached to `holder`.
    pub(super) fn leaves_out(&self, policy: &StoredPolicy, holder: &Entity) -> bool {
        self.all.iter().any(|exclusion| match exclusion {
            Exclusion::Inline => policy.arn.is_none(),
            Exclusion::OfAws => policy.is_of_aws(),
            Exclusion::OfUser => policy.arn.is_some() && !policy.is_of_aws(),
            Exclusion::Managed(pattern) => policy.arn.as_deref().is_some_and(|arn| matches(pattern, arn)),
            Exclusion::Named { policy: name, kind, holder: whose } => {
                policy.arn.is_none() && *kind == holder.kind && *whose == holder.name && matches(name, &policy.name)
            }
            Exclusion::Boundary | Exclusion::ServiceControl | Exclusion::Nothing => false,
        })
    }

    /// Whether the boundary is left out.
    pub(super) fn leaves_out_boundary(&self, policy: &StoredPolicy) -> bool {
        self.all.iter().any(|exclusion| match exclusion {
            Exclusion::Boundary => true,
            Exclusion::Managed(pattern) => policy.arn.as_deref().is_some_and(|arn| matches(pattern, arn)),
            _ => false,
        })
    }

    /// Whether the SCPs are left out.
    pub(super) fn leave_out_scps(&self) -> bool {
        self.all.iter().any(|exclusion| matches!(exclusion, Exclusion::ServiceControl))
    }
}

fn exclusion(form: &Form) -> Result<Exclusion, Fault> {
    let inline = form.structure("InlinePolicyIdentifier");
    match (form.text("PolicyType"), form.text("PolicyArn"), inline) {
        (Some(kind), None, None) => Ok(match kind {
            "inline" => Exclusion::Inline,
            "aws-managed" => Exclusion::OfAws,
            "user-managed" => Exclusion::OfUser,
            "permission-boundary" => Exclusion::Boundary,
            "scp" => Exclusion::ServiceControl,
            "rcp" => Exclusion::Nothing,
            _ => return Err(wrong(&format!("there is no type of policy {kind}"))),
        }),
        (None, Some(arn), None) => {
            let named = arn.starts_with("arn:") && arn.split(':').count() >= 6;
            let name = arn.rsplit('/').next().unwrap_or_default();
            if !named || arn.len() - name.len() > arn.find(['*', '?']).unwrap_or(usize::MAX) {
                return Err(wrong(&format!("{arn} is not the ARN of a policy with wildcards in its name alone")));
            }
            pattern(name).map(|_| Exclusion::Managed(arn.to_owned()))
        }
        (None, None, Some(inline)) => {
            let text = |name| inline.text(name).ok_or_else(|| wrong(&format!("InlinePolicyIdentifier has no {name}")));
            let kind = match text("AttachmentType")? {
                kind if kind.eq_ignore_ascii_case("user") => EntityKind::User,
                kind if kind.eq_ignore_ascii_case("group") => EntityKind::Group,
                kind if kind.eq_ignore_ascii_case("role") => EntityKind::Role,
                other => return Err(wrong(&format!("nothing is attached to a {other}"))),
            };
            let policy = pattern(text("PolicyName")?)?.to_owned();
            Ok(Exclusion::Named { policy, kind, holder: text("AttachmentName")?.to_owned() })
        }
        _ => Err(wrong("each needs exactly one of PolicyType, PolicyArn and InlinePolicyIdentifier")),
    }
}

/// A name with at most one `*`.
fn pattern(name: &str) -> Result<&str, Fault> {
    if name.matches('*').count() > 1 { Err(wrong(&format!("{name} has more than one *"))) } else { Ok(name) }
}

fn wrong(why: &str) -> Fault {
    Fault::invalid_input(format!("Invalid policy exclusion: {why}."))
}

/// Whether a text is what a pattern with at most one `*` and any `?` covers.
fn matches(pattern: &str, text: &str) -> bool {
    let same = |pattern: &[char], text: &[char]| {
        pattern.len() == text.len() && pattern.iter().zip(text).all(|(one, other)| *one == '?' || one == other)
    };
    let text: Vec<char> = text.chars().collect();
    let chars = |part: &str| part.chars().collect::<Vec<char>>();
    let Some((head, tail)) = pattern.split_once('*') else { return same(&chars(pattern), &text) };
    let (head, tail) = (chars(head), chars(tail));
    let Some(from) = text.len().checked_sub(tail.len()).filter(|from| *from >= head.len()) else { return false };
    text.get(..head.len()).is_some_and(|own| same(&head, own)) && text.get(from..).is_some_and(|own| same(&tail, own))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_cover_names() {
        for (pattern, covers, not) in [
            ("a*c", vec!["ac", "abc", "abbc"], vec!["a", "c", "abcd"]),
            ("a?c", vec!["abc"], vec!["ac", "abbc"]),
            ("*", vec!["", "x"], vec![]),
            ("?*?", vec!["ab", "abc"], vec!["a"]),
        ] {
            assert!(covers.iter().all(|text| matches(pattern, text)), "{pattern}");
            assert!(!not.iter().any(|text| matches(pattern, text)), "{pattern}");
        }
    }

    #[test]
    fn malformed_exclusions_are_refused() {
        let read = |text: &str| {
            let text = text.replace('@', "PolicyExclusionList.member.1.");
            Exclusions::read(&Form::parse(text.as_bytes()).unwrap()).map(|_| ())
        };
        for right in [
            "PolicyExclusionList=",
            "@PolicyType=rcp",
            "@PolicyArn=arn:aws:iam::aws:policy/Read*",
            "@InlinePolicyIdentifier.PolicyName=p*&@InlinePolicyIdentifier.AttachmentType=USER&@InlinePolicyIdentifier.AttachmentName=u",
        ] {
            assert_eq!(read(right), Ok(()), "{right}");
        }
        for wrong in [
            "@PolicyType=x",
            "@PolicyType=scp&@PolicyArn=arn:aws:iam::aws:policy/x",
            "@PolicyArn=arn:aws:iam::*:policy/x",
            "@PolicyArn=arn:aws:iam::aws:policy/*a*",
            "@InlinePolicyIdentifier.PolicyName=p",
            "@x=y",
        ] {
            assert_eq!(read(wrong).unwrap_err().code(), "InvalidInput", "{wrong}");
        }
    }
}
