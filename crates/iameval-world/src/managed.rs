//! AWS managed policies where a policy file is expected: `aws:NAME`, or the policy's full ARN.

use crate::codes;
use crate::finding::Finding;
use crate::model::policy::LoadedPolicy;
use crate::source::Source;
use iameval::{Arn, Problem, json};
use iameval_data::ManagedPolicy;

/// The managed policy that a text refers to; `None` when it is no such reference but, say, a path.
///
/// # Errors
/// When AWS has no policy of that name.
///
/// ```
/// use iameval_world::find_managed;
///
/// assert_eq!(find_managed("aws:PowerUserAccess").unwrap().unwrap().name(), "PowerUserAccess");
/// assert!(find_managed("arn:aws:iam::aws:policy/ReadOnlyAccess").unwrap().is_ok());
/// assert!(find_managed("./aws:x").is_none());
/// let unknown = find_managed("aws:PowerUserAcess").unwrap().unwrap_err();
/// assert_eq!(unknown.help(), Some("did you mean `aws:PowerUserAccess`?"));
/// ```
pub fn find_managed(text: &str) -> Option<Result<ManagedPolicy, Problem>> {
    let name = text.strip_prefix("aws:").or_else(|| is_managed_arn(text).then_some(text))?;
    Some(ManagedPolicy::find(name).ok_or_else(|| {
        let message = format!("`{name}` is not a known AWS managed policy");
        let help = match (ManagedPolicy::replacement(name), ManagedPolicy::suggest(name)) {
            (Some(by), _) => format!("AWS has retired it, and replaced it with `aws:{by}`"),
            (None, Some(near)) => format!("did you mean `aws:{near}`?"),
            (None, None) => {
                "names are case-sensitive; save the document of a newer policy in a file and name that file".into()
            }
        };
        Problem::new(codes::UNKNOWN_NAME, message).with_help(help)
    }))
}

/// Whether a text is the ARN of a policy that AWS owns.
fn is_managed_arn(text: &str) -> bool {
    text.parse::<Arn>().is_ok_and(|arn| {
        matches!(arn.service(), "iam" | "organizations")
            && arn.account() == "aws"
            && arn.resource().starts_with("policy/")
    })
}

impl LoadedPolicy {
    /// A managed policy, called `aws:NAME`; its source is the document, one member a line.
    ///
    /// # Errors
    /// None for the policies that the program holds.
    pub fn managed(policy: ManagedPolicy) -> Result<Self, Vec<Finding>> {
        let name = format!("aws:{}", policy.name());
        let compact = policy.document();
        let text = json::parse(&compact).map_or_else(|_| compact.clone(), |tree| format!("{tree:#}\n"));
        Self::from_source(&name, &Source::new(name.clone(), text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_a_managed_policy_is_readable() {
        let policy = find_managed("arn:aws:iam::aws:policy/job-function/ViewOnlyAccess").unwrap().unwrap();
        let loaded = LoadedPolicy::managed(policy).unwrap();
        assert_eq!((loaded.name.as_str(), loaded.source.name.as_str()), ("aws:ViewOnlyAccess", "aws:ViewOnlyAccess"));
        assert!(loaded.source.text.starts_with("{\n  \""), "{}", loaded.source.text);
        let statement = loaded.document().statements().first().unwrap();
        assert!(loaded.source.text.get(statement.span().range()).unwrap().contains("\"Effect\""));
    }

    #[test]
    fn other_texts_are_no_references() {
        for text in ["x.json", "./aws:x", "-", "arn:aws:iam::123456789012:policy/x", "arn:aws:s3:::aws", "AWS:x", ""] {
            assert!(find_managed(text).is_none(), "{text}");
        }
        for text in ["aws:", "aws:x/y", "arn:aws:iam::aws:policy/NoSuchPolicyAtAll"] {
            assert!(find_managed(text).unwrap().is_err(), "{text}");
        }
    }
}
