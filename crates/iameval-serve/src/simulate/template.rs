//! What is displayed in place of a resource: where several are given, an ARN template of the service (R-SIM-08); where none
//! is, an ARN of the account for some list actions (R-SIM-07).

use iameval::{AccountId, Action, Arn};
use iameval_data::{Catalogue, DefaultResource, asked};

/// The recorded ones, behind the partition.
const RECORDED: [(&str, &str); 7] = [
    ("s3", "s3:::${BucketName}/${KeyName}"),
    ("iam", "iam::${Account}:${ResourceType}/${ResourceName}"),
    ("sts", "iam::${Account}:${RelativeId}"),
    ("sqs", "sqs:${Region}:${Account}:${QueueName}"),
    ("kms", "kms:${Region}:${Account}:${ResourceType}/${Id}"),
    ("lambda", "lambda:${Region}:${Account}:${ResourceType}:${ResourceId}"),
    ("ec2", "ec2:${Region}:${Account}:${ResourceType}/${ResourcePath}"),
];

/// The template of the action's service, in the partition of the first resource.
///
/// CHOICE: of a service for which none is recorded it is the first form of ARN that the catalogue has for the action, and
/// `*` where there is none.
pub(super) fn of(action: &Action, first: &str, catalogue: &Catalogue) -> String {
    let arn: Option<Arn> = first.parse().ok();
    let partition = arn.as_ref().map_or("aws", Arn::partition);
    let service = action.service();
    if let Some((_, rest)) = RECORDED.iter().find(|(known, _)| known.eq_ignore_ascii_case(service)) {
        return format!("arn:{partition}:{rest}");
    }
    let form = catalogue.action(action.as_str()).and_then(|action| action.arns().next());
    form.map_or_else(|| "*".into(), |form| form.replace("${Partition}", partition))
}

/// What stands for no resource.
///
/// CHOICE: the ARN that the service itself asks IAM with, where that needs no more than the account; AWS has such a one for some
/// 150 actions, and their texts are recorded nowhere. Of other actions it is `*`.
pub(super) fn of_none(action: &Action, account: AccountId, catalogue: &Catalogue) -> String {
    let known = match asked(action, catalogue) {
        Some(DefaultResource::Pattern(pattern)) => pattern,
        _ => "*",
    };
    if !known.contains("{account}") || known.contains("{region}") {
        return "*".into();
    }
    known.replace("{partition}", "aws").replace("{account}", account.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn list_actions_have_an_arn_of_the_account() {
        let catalogue = Catalogue::embedded();
        let account = "123456789012".parse().unwrap();
        let shown = |action: &str| of_none(&action.parse().unwrap(), account, catalogue);
        assert_eq!(shown("iam:ListUsers"), "arn:aws:iam::123456789012:user/");
        assert_eq!(shown("IAM:listroles"), "arn:aws:iam::123456789012:role/");
        for none in ["s3:ListAllMyBuckets", "sqs:ListQueues", "iam:ChangePassword", "ec2:DescribeInstances", "no:Such"]
        {
            assert_eq!(shown(none), "*", "{none}");
        }
    }
}
