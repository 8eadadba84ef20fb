//! What services ask IAM about when the caller names no resource: actions on the caller's own user, and the nameless
//! ARNs of list calls.
//!
//! Only IAM, STS and S3 are here. Sources are named with each table.

use iameval::Action;

/// What an action is asked on when nothing else is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// The caller's own user.
    OwnUser,
    /// The virtual MFA device named like the caller's user: the name that the console and AWS's example policies use.
    OwnMfaDevice,
    /// An ARN; `{account}` stands for the caller's account, `{partition}` for the partition.
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

/// The ARNs of list calls, as access-denied messages name them (R-MFA-09; public reports of such messages for users,
/// MFA devices, roles, groups, instance profiles and server certificates), and the one that S3 asks `ListAllMyBuckets`
/// with (R-RES-05). In lower case, sorted.
const LISTS: [(&str, &str); 7] = [
    ("iam:listgroups", "arn:{partition}:iam::{account}:group/"),
    ("iam:listinstanceprofiles", "arn:{partition}:iam::{account}:instance-profile/"),
    ("iam:listroles", "arn:{partition}:iam::{account}:role/"),
    ("iam:listservercertificates", "arn:{partition}:iam::{account}:server-certificate/"),
    ("iam:listusers", "arn:{partition}:iam::{account}:user/"),
    ("iam:listvirtualmfadevices", "arn:{partition}:iam::{account}:mfa/"),
    ("s3:listallmybuckets", "arn:{partition}:s3:::*"),
];

/// Actions without resource types of these services (*Actions, resources, and condition keys* of IAM, STS and S3). In
/// lower case, sorted. `iam:ListPolicies` is asked on the text `policy path /`, which no ARN fits either.
const NO_RESOURCE: [&str; 23] = [
    "iam:createaccountalias",
    "iam:deleteaccountalias",
    "iam:deleteaccountpasswordpolicy",
    "iam:generatecredentialreport",
    "iam:getaccountauthorizationdetails",
    "iam:getaccountpasswordpolicy",
    "iam:getaccountsummary",
    "iam:getcontextkeysforcustompolicy",
    "iam:getcredentialreport",
    "iam:listaccountaliases",
    "iam:listpolicies",
    "iam:simulatecustompolicy",
    "iam:updateaccountpasswordpolicy",
    "s3:createjob",
    "s3:getaccountpublicaccessblock",
    "s3:listaccesspoints",
    "s3:listjobs",
    "s3:putaccountpublicaccessblock",
    "sts:decodeauthorizationmessage",
    "sts:getaccesskeyinfo",
    "sts:getcalleridentity",
    "sts:getservicebearertoken",
    "sts:getsessiontoken",
];

/// What the action is asked on, when it is one of the tables'.
pub fn asked(action: &Action) -> Option<Asked> {
    let name = action.lowercase();
    if OWN_USER.binary_search(&name).is_ok() {
        return Some(Asked::OwnUser);
    }
    if OWN_MFA_DEVICE.contains(&name) {
        return Some(Asked::OwnMfaDevice);
    }
    if let Ok(at) = LISTS.binary_search_by_key(&name, |(action, _)| action) {
        return LISTS.get(at).map(|(_, pattern)| Asked::Pattern(pattern));
    }
    NO_RESOURCE.binary_search(&name).is_ok().then_some(Asked::Nothing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted_actions_in_lower_case() {
        let tables: [Vec<&str>; 3] =
            [OWN_USER.to_vec(), LISTS.map(|(action, _)| action).to_vec(), NO_RESOURCE.to_vec()];
        for table in tables {
            let mut sorted: Vec<String> = table.iter().map(|action| action.to_lowercase()).collect();
            sorted.sort_unstable();
            sorted.dedup();
            assert_eq!(table, sorted);
        }
    }
}
