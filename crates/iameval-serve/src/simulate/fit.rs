//! Whether a resource fits the resource types of an action (R-SIM-22).

use iameval::Action;
use iameval_data::{ActionInfo, Catalogue};

/// What is known of an action's resources.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fit<'c>(Option<ActionInfo<'c>>);

impl<'c> Fit<'c> {
    /// That of the action; whatever is asked fits one that AWS does not have.
    pub(super) fn of(action: &Action, catalogue: &'c Catalogue) -> Self {
        Self(catalogue.action(action.as_str()))
    }

    /// Whether AWS has the action.
    pub(super) fn is_known(self) -> bool {
        self.0.is_some()
    }

    /// Whether the action may be asked for on the resource.
    pub(super) fn takes(self, resource: &str) -> bool {
        let Some(action) = self.0 else { return true };
        action.takes(resource) || is_bucket_or_object(action, resource)
    }
}

/// Buckets and objects fit each other's actions.
fn is_bucket_or_object(action: ActionInfo<'_>, resource: &str) -> bool {
    let own = |text: &str| text.split(':').nth(2) == Some("s3") && text.split(':').nth(3) == Some("");
    let is_one = |form: &str| matches!(form.rsplit(':').next(), Some("${BucketName}" | "${BucketName}/${ObjectName}"));
    action.service().prefix() == "s3" && own(resource) && action.arns().any(is_one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_rule_names_fits_or_does_not() {
        let object = "arn:aws:s3:::bucket/key";
        let (bucket, user) = ("arn:aws:s3:::bucket", "arn:aws:iam::123456789012:user/jane");
        let role = "arn:aws:iam::123456789012:role/ops";
        for (action, fits, not) in [
            ("s3:GetObject", vec![bucket, object], vec![user]),
            ("s3:ListBucket", vec![bucket, object], vec![user]),
            ("iam:PassRole", vec![role], vec![user, bucket]),
            ("sts:AssumeRole", vec![role], vec![bucket]),
            ("iam:GetUser", vec![user], vec![role, bucket]),
            ("iam:ListUsers", vec![], vec![user, role]),
            ("s3:ListAllMyBuckets", vec![], vec![bucket, object]),
            ("sts:GetCallerIdentity", vec![], vec![user]),
            ("s3:NoSuchThing", vec![user], vec![]),
        ] {
            let fit = Fit::of(&Action::literal(action).unwrap(), Catalogue::embedded());
            for resource in fits {
                assert!(fit.takes(resource), "{action} {resource}");
            }
            for resource in not {
                assert!(!fit.takes(resource), "{action} {resource}");
            }
        }
    }
}
