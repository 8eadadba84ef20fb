//! Global condition keys, and the keys of sessions that services other than the one asked put into a request (R-CTX-02,
//! R-CTX-03; *AWS global condition context keys* in the IAM User Guide). Kept by hand.
//!
//! Those of devices are in *Authorizing direct calls to AWS services using AWS `IoT` Core credential provider* and *AWS
//! `IoT` Core policy variables* of the AWS `IoT` Core Developer Guide, those of file transfers in *Example session policy*
//! of the AWS Transfer Family User Guide.

use crate::context_key::{ContextKeyInfo, KeyType, fits};

/// What is known of a key that any request may have, in any letter case.
pub(crate) fn find(key: &str) -> Option<ContextKeyInfo<'static>> {
    KEYS.iter().find(|info| fits(info.name(), key)).copied()
}

/// The names of all of them.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    KEYS.iter().map(|info| info.name())
}

const fn one(name: &'static str, key_type: KeyType, presence: &'static str) -> ContextKeyInfo<'static> {
    ContextKeyInfo::global(name, key_type, false, presence)
}

const fn several(name: &'static str, key_type: KeyType, presence: &'static str) -> ContextKeyInfo<'static> {
    ContextKeyInfo::global(name, key_type, true, presence)
}

/// For keys that no request lacks.
pub(crate) const ALWAYS: &str = "every request";

const DEVICE: &str = "credentials that a device got from the AWS IoT Core credential provider";
const CONNECTION: &str = "connections of a device to AWS IoT Core, in AWS IoT Core policies";
const TRANSFER: &str = "sessions of AWS Transfer Family that store files in Amazon S3";

const KEYS: [ContextKeyInfo<'static>; 79] = [
    one("aws:AssumedRoot", KeyType::Bool, "sessions made with AssumeRoot"),
    several("aws:CalledVia", KeyType::String, "calls that a service makes with the caller's credentials"),
    one("aws:CalledViaAWSMCP", KeyType::String, "calls that an AWS MCP server makes with the caller's credentials"),
    one("aws:CalledViaFirst", KeyType::String, "calls that a service makes with the caller's credentials"),
    one("aws:CalledViaLast", KeyType::String, "calls that a service makes with the caller's credentials"),
    one("aws:ChatbotSourceArn", KeyType::Arn, "role sessions of Amazon Q Developer in chat applications"),
    one("aws:CurrentTime", KeyType::Date, ALWAYS),
    one("aws:Ec2InstanceSourcePrivateIPv4", KeyType::IpAddress, "credentials of an EC2 instance's role"),
    one("aws:Ec2InstanceSourceVpc", KeyType::String, "credentials of an EC2 instance's role"),
    one("aws:EpochTime", KeyType::Date, ALWAYS),
    one("aws:FederatedProvider", KeyType::String, "role sessions signed in with an OIDC provider"),
    one("aws:IsMcpServiceAction", KeyType::Bool, "actions that an MCP server authorizes itself"),
    one("aws:MultiFactorAuthAge", KeyType::Numeric, "temporary credentials whose session used MFA"),
    one("aws:MultiFactorAuthPresent", KeyType::Bool, "temporary credentials, never long-term access keys"),
    one("aws:PrincipalAccount", KeyType::String, ALWAYS),
    one("aws:PrincipalArn", KeyType::Arn, "every signed request"),
    one("aws:PrincipalIsAWSService", KeyType::Bool, "every signed request"),
    one("aws:PrincipalOrgID", KeyType::String, "callers whose account is in an organization"),
    several("aws:PrincipalOrgPaths", KeyType::String, "callers whose account is in an organization"),
    one("aws:PrincipalServiceName", KeyType::String, "direct calls of a service principal"),
    several("aws:PrincipalServiceNamesList", KeyType::String, "direct calls of a service principal"),
    one("aws:PrincipalTag/${TagKey}", KeyType::String, "callers whose user, role or session has the tag"),
    one("aws:PrincipalType", KeyType::String, ALWAYS),
    one("aws:referer", KeyType::String, "requests that follow a link in a browser; the caller writes it"),
    one("aws:RequestedRegion", KeyType::String, ALWAYS),
    one("aws:RequestTag/${TagKey}", KeyType::String, "calls that pass the tag"),
    one("aws:ResourceAccount", KeyType::String, "most actions"),
    one("aws:ResourceOrgID", KeyType::String, "resources whose account is in an organization"),
    several("aws:ResourceOrgPaths", KeyType::String, "resources whose account is in an organization"),
    one("aws:ResourceTag/${TagKey}", KeyType::String, "resources that have the tag, where the service supports it"),
    one("aws:SecureTransport", KeyType::Bool, ALWAYS),
    one("aws:SignInSessionArn", KeyType::Arn, "sessions of AWS Sign-In other than the console's"),
    one("aws:SourceAccount", KeyType::String, "direct calls of a service on behalf of a resource"),
    one("aws:SourceArn", KeyType::Arn, "direct calls of a service on behalf of a resource"),
    one("aws:SourceIdentity", KeyType::String, "role sessions that were given a source identity"),
    one("aws:SourceIp", KeyType::IpAddress, "requests that do not come through a VPC endpoint"),
    one("aws:SourceOrgID", KeyType::String, "direct calls of a service on behalf of a resource in an organization"),
    several(
        "aws:SourceOrgPaths",
        KeyType::String,
        "direct calls of a service on behalf of a resource in an organization",
    ),
    one(
        "aws:SourceOwner",
        KeyType::String,
        "direct calls of some services on behalf of a resource; aws:SourceAccount took its place",
    ),
    one("aws:SourceVpc", KeyType::String, "requests through a VPC endpoint"),
    one("aws:SourceVpcArn", KeyType::Arn, "requests through a VPC endpoint, of some services"),
    one("aws:SourceVpce", KeyType::String, "requests through a VPC endpoint"),
    several("aws:TagKeys", KeyType::String, "calls that pass tags"),
    one("aws:TokenIssueTime", KeyType::Date, "temporary credentials"),
    one("aws:UserAgent", KeyType::String, ALWAYS),
    one("aws:userid", KeyType::String, ALWAYS),
    one("aws:username", KeyType::String, "IAM users, never roles, federated users or root"),
    one("aws:ViaAWSMCPService", KeyType::Bool, "calls of AWS MCP servers"),
    one("aws:ViaAWSService", KeyType::Bool, ALWAYS),
    one("aws:VpceAccount", KeyType::String, "requests through a VPC endpoint, of some services"),
    one(
        "aws:VpceOrgID",
        KeyType::String,
        "requests through a VPC endpoint whose owner is in an organization, of some services",
    ),
    several(
        "aws:VpceOrgPaths",
        KeyType::String,
        "requests through a VPC endpoint whose owner is in an organization, of some services",
    ),
    one("aws:VpcSourceIp", KeyType::IpAddress, "requests through a VPC endpoint"),
    one("codebuild:BuildArn", KeyType::Arn, "sessions of a role that CodeBuild assumed"),
    one("codebuild:ProjectArn", KeyType::Arn, "sessions of a role that CodeBuild assumed"),
    one("credentials-iot:AwsCertificateId", KeyType::String, DEVICE),
    one("credentials-iot:ThingName", KeyType::String, DEVICE),
    one("credentials-iot:ThingTypeName", KeyType::String, DEVICE),
    one("ec2:RoleDelivery", KeyType::Numeric, "credentials of an EC2 instance's role"),
    one("ec2:SourceInstanceArn", KeyType::Arn, "credentials of an EC2 instance's role"),
    one("glue:CredentialIssuingService", KeyType::String, "calls of a Glue job"),
    one("glue:RoleAssumedBy", KeyType::String, "calls that Glue makes with a service role"),
    one("identitystore:UserId", KeyType::String, "users of IAM Identity Center"),
    one("iot:Certificate.AvailableAttributes.${Name}", KeyType::String, CONNECTION),
    one("iot:Certificate.Issuer.${Name}", KeyType::String, CONNECTION),
    one("iot:Certificate.SerialNumber", KeyType::String, CONNECTION),
    one("iot:Certificate.Subject.${Name}", KeyType::String, CONNECTION),
    one("iot:CertificateId", KeyType::String, CONNECTION),
    one("iot:ClientId", KeyType::String, CONNECTION),
    one("iot:Connection.Thing.Attributes[${Name}]", KeyType::String, CONNECTION),
    one("iot:Connection.Thing.IsAttached", KeyType::Bool, CONNECTION),
    one("iot:Connection.Thing.ThingName", KeyType::String, CONNECTION),
    one("iot:Connection.Thing.ThingTypeName", KeyType::String, CONNECTION),
    one("lambda:SourceFunctionArn", KeyType::Arn, "calls of a Lambda function's code"),
    one("ssm:SourceInstanceArn", KeyType::Arn, "credentials of a managed instance of Systems Manager"),
    one("transfer:HomeBucket", KeyType::String, TRANSFER),
    one("transfer:HomeDirectory", KeyType::String, TRANSFER),
    one("transfer:HomeFolder", KeyType::String, TRANSFER),
    one("transfer:UserName", KeyType::String, TRANSFER),
];

#[cfg(test)]
mod tests {
    use super::*;
    use iameval::ContextKey;

    #[test]
    fn sorted_and_as_the_engine_declares_them() {
        let names: Vec<String> = names().map(str::to_lowercase).collect();
        let mut sorted = names.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(names, sorted);
        for info in &KEYS {
            assert_eq!(info.is_multivalued(), ContextKey::new(info.name()).is_multivalued(), "{}", info.name());
        }
    }
}
