//! What is displayed in place of a resource where several are given: an ARN template of the service (R-SIM-08).

use iameval::{Action, Arn};
use iameval_data::Catalogue;

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
