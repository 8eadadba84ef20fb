//! What services ask IAM about when the caller names no resource: actions on the caller's own user, and the ARNs of list
//! calls.
//!
//! The reference of services gives many list actions no resource type, and yet the service asks with an ARN: then the
//! table here goes first. Sources are named with each table.

use crate::catalogue::Catalogue;
use iameval::Action;

/// What an action is evaluated on by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DefaultResource {
    /// The caller's own user.
    OwnUser,
    /// The virtual MFA device named like the caller's user: the name that the console and AWS's example policies use.
    OwnMfaDevice,
    /// An ARN; `{account}` stands for the caller's account, `{partition}` and `{region}` for those of the request.
    Pattern(&'static str),
    /// No resource: the request says `*`.
    Nothing,
}

/// Actions that act on the calling user when the call names no user: *Actions, resources, and condition keys for AWS
/// Identity and Access Management* (resource type `user`), and the API reference of each: `UserName` is optional and
/// defaults to the caller, or, for the calls on one's own MFA device, is the caller's own. In lower case, sorted.
const OWN_USER: [&str; 24] = [
    "iam:changepassword",
    "iam:createaccesskey",
    "iam:createloginprofile",
    "iam:deactivatemfadevice",
    "iam:deleteaccesskey",
    "iam:deleteloginprofile",
    "iam:deleteservicespecificcredential",
    "iam:deletesigningcertificate",
    "iam:enablemfadevice",
    "iam:getaccesskeylastused",
    "iam:getloginprofile",
    "iam:getmfadevice",
    "iam:getuser",
    "iam:listaccesskeys",
    "iam:listmfadevices",
    "iam:listservicespecificcredentials",
    "iam:listsigningcertificates",
    "iam:listsshpublickeys",
    "iam:resetservicespecificcredential",
    "iam:resyncmfadevice",
    "iam:updateaccesskey",
    "iam:updateservicespecificcredential",
    "iam:updatesigningcertificate",
    "iam:uploadsigningcertificate",
];

/// The virtual device of one's own (*AWS: Allows MFA-authenticated IAM users to manage their own MFA device*, an example
/// of the IAM User Guide, names it `mfa/${aws:username}`).
const OWN_MFA_DEVICE: [&str; 2] = ["iam:createvirtualmfadevice", "iam:deletevirtualmfadevice"];

/// The ARNs that services ask list calls with, in lower case, sorted.
///
/// Those of IAM are named by its access-denied messages (R-MFA-09; public reports of such messages), that of
/// `s3:ListAllMyBuckets` is R-RES-05's. The others were taken from access-denied messages in public issue threads and
/// logs, each met in two or more independent ones or in a CloudTrail record; what was met once, cut short or with
/// different texts is left out. `sqs:ListQueues` is R-RES-05's.
const LISTS: [(&str, &str); 27] = [
    ("amplify:listapps", "arn:{partition}:amplify:{region}:{account}:apps/*"),
    ("cloudformation:liststacks", "arn:{partition}:cloudformation:{region}:{account}:stack/*/*"),
    ("cognito-identity:listidentitypools", "arn:{partition}:cognito-identity:{region}:{account}:identitypool/"),
    ("datapipeline:listpipelines", "arn:{partition}:datapipeline:{region}:{account}:pipeline/*"),
    ("dynamodb:listtables", "arn:{partition}:dynamodb:{region}:{account}:table/*"),
    ("ecr:describerepositories", "arn:{partition}:ecr:{region}:{account}:repository/*"),
    ("eks:listclusters", "arn:{partition}:eks:{region}:{account}:cluster/*"),
    ("elasticache:describecacheclusters", "arn:{partition}:elasticache:{region}:{account}:cluster:*"),
    ("glue:getdatabases", "arn:{partition}:glue:{region}:{account}:catalog"),
    ("iam:listgroups", "arn:{partition}:iam::{account}:group/"),
    ("iam:listinstanceprofiles", "arn:{partition}:iam::{account}:instance-profile/"),
    ("iam:listroles", "arn:{partition}:iam::{account}:role/"),
    ("iam:listservercertificates", "arn:{partition}:iam::{account}:server-certificate/"),
    ("iam:listusers", "arn:{partition}:iam::{account}:user/"),
    ("iam:listvirtualmfadevices", "arn:{partition}:iam::{account}:mfa/"),
    ("logs:describeloggroups", "arn:{partition}:logs:{region}:{account}:log-group::log-stream:"),
    ("rds:describedbclusters", "arn:{partition}:rds:{region}:{account}:cluster:*"),
    ("rds:describedbinstances", "arn:{partition}:rds:{region}:{account}:db:*"),
    ("s3:listallmybuckets", "arn:{partition}:s3:::*"),
    ("sns:listsubscriptions", "arn:{partition}:sns:{region}:{account}:*"),
    ("sns:listtopics", "arn:{partition}:sns:{region}:{account}:*"),
    ("sqs:listqueues", "arn:{partition}:sqs:{region}:{account}:"),
    ("ssm:describeinstanceinformation", "arn:{partition}:ssm:{region}:{account}:*"),
    ("ssm:describeparameters", "arn:{partition}:ssm:{region}:{account}:*"),
    ("ssm:listcomplianceitems", "arn:{partition}:ssm:{region}:{account}:*"),
    ("states:liststatemachines", "arn:{partition}:states:{region}:{account}:stateMachine:*"),
    ("waf:listgeomatchsets", "arn:{partition}:waf::{account}:geomatchset/*"),
];

/// What the action is evaluated on by default, where that follows from the action.
///
/// ```
/// use iameval_data::{DefaultResource, Catalogue, asked};
///
/// let on = |action: &str| asked(&action.parse().unwrap(), Catalogue::embedded());
/// assert_eq!(on("iam:ChangePassword"), Some(DefaultResource::OwnUser));
/// assert_eq!(on("iam:ListUsers"), Some(DefaultResource::Pattern("arn:{partition}:iam::{account}:user/")));
/// assert_eq!(on("iam:GetAccountPasswordPolicy"), Some(DefaultResource::Nothing));
/// assert_eq!(on("s3:GetObject"), None);
/// ```
pub fn asked(action: &Action, catalogue: &Catalogue) -> Option<DefaultResource> {
    let name = action.lowercase();
    if OWN_USER.binary_search(&name).is_ok() {
        return Some(DefaultResource::OwnUser);
    }
    if OWN_MFA_DEVICE.contains(&name) {
        return Some(DefaultResource::OwnMfaDevice);
    }
    if let Ok(at) = LISTS.binary_search_by_key(&name, |(action, _)| action) {
        return LISTS.get(at).map(|(_, pattern)| DefaultResource::Pattern(pattern));
    }
    let info = catalogue.action(action.as_str())?;
    info.resource_types().next().is_none().then_some(DefaultResource::Nothing)
}

/// Whether an action is ever evaluated on a resource, an ARN or `*`: its reference says so, or it is one of those that
/// services ask with an ARN besides. Actions that the catalogue does not know may be evaluated on anything.
///
/// ```
/// use iameval_data::{Catalogue, is_asked_on};
///
/// let get = "s3:GetObject".parse().unwrap();
/// assert!(is_asked_on(&get, "arn:aws:s3:::reports/q3.csv", Catalogue::embedded()));
/// assert!(!is_asked_on(&get, "arn:aws:s3:::reports", Catalogue::embedded()));
/// ```
pub fn is_asked_on(action: &Action, resource: &str, catalogue: &Catalogue) -> bool {
    let takes = catalogue.action(action.as_str()).is_none_or(|info| info.takes(resource));
    // What services ask with beside the resource types of the reference is no one's slip.
    takes
        || matches!(
            asked(action, catalogue),
            Some(DefaultResource::Pattern(_) | DefaultResource::OwnUser | DefaultResource::OwnMfaDevice)
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted_and_hold_known_actions() {
        let tables: [Vec<&str>; 3] =
            [OWN_USER.to_vec(), OWN_MFA_DEVICE.to_vec(), LISTS.map(|(action, _)| action).to_vec()];
        for table in tables {
            let mut sorted: Vec<String> = table.iter().map(|action| action.to_lowercase()).collect();
            sorted.sort_unstable();
            sorted.dedup();
            assert_eq!(table, sorted);
            for action in table {
                assert!(Catalogue::embedded().action(action).is_some(), "{action}");
            }
        }
    }
}
