//! Global condition keys, and the keys of sessions that services other than the one asked put into a request (R-CTX-02,
//! R-CTX-03; *AWS global condition context keys* in the IAM User Guide). Kept by hand.
//!
//! Those of devices are in *Authorizing direct calls to AWS services using AWS `IoT` Core credential provider* and *AWS
//! `IoT` Core policy variables* of the AWS `IoT` Core Developer Guide, those of file transfers in *Example session policy*
//! of the AWS Transfer Family User Guide.

use crate::context_key::Presence::{self, Always, Signed, Sometimes};
use crate::context_key::{ContextKeyInfo, KeyType, fits};

/// What is known of a key that any request may have, in any letter case.
pub(crate) fn find(key: &str) -> Option<ContextKeyInfo<'static>> {
    KEYS.iter().find(|info| fits(info.name(), key)).copied()
}

/// The names of all of them.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    KEYS.iter().map(|info| info.name())
}

const fn one(name: &'static str, key_type: KeyType, presence: Presence) -> ContextKeyInfo<'static> {
    ContextKeyInfo::global(name, key_type, presence)
}

const fn several(name: &'static str, key_type: KeyType, presence: Presence) -> ContextKeyInfo<'static> {
    ContextKeyInfo::global_list(name, key_type, presence)
}

const ORIGIN: Presence =
    Sometimes("sessions that carry the identity of whom they act for (trusted identity propagation with IAM)");
const DEVICE: Presence = Sometimes("credentials that a device got from the AWS IoT Core credential provider");
const CONNECTION: Presence = Sometimes("connections of a device to AWS IoT Core, in AWS IoT Core policies");
const TRANSFER: Presence = Sometimes("sessions of AWS Transfer Family that store files in Amazon S3");

const KEYS: [ContextKeyInfo<'static>; 85] = [
    one("aws:AssumedRoot", KeyType::Bool, Sometimes("sessions made with AssumeRoot")),
    several("aws:CalledVia", KeyType::String, Sometimes("calls that a service makes with the caller's credentials")),
    one(
        "aws:CalledViaAWSMCP",
        KeyType::String,
        Sometimes("calls that an AWS MCP server makes with the caller's credentials"),
    ),
    one("aws:CalledViaFirst", KeyType::String, Sometimes("calls that a service makes with the caller's credentials")),
    one("aws:CalledViaLast", KeyType::String, Sometimes("calls that a service makes with the caller's credentials")),
    one("aws:ChatbotSourceArn", KeyType::Arn, Sometimes("role sessions of Amazon Q Developer in chat applications")),
    one("aws:CurrentTime", KeyType::Date, Always),
    one("aws:Ec2InstanceSourcePrivateIPv4", KeyType::IpAddress, Sometimes("credentials of an EC2 instance's role")),
    one("aws:Ec2InstanceSourceVpc", KeyType::String, Sometimes("credentials of an EC2 instance's role")),
    one("aws:EpochTime", KeyType::Date, Always),
    one(
        "aws:FederatedProvider",
        KeyType::String,
        Sometimes("role sessions signed in with an OIDC provider, and the call that makes one"),
    ),
    one("aws:IsMcpServiceAction", KeyType::Bool, Sometimes("actions that an MCP server authorizes itself")),
    one("aws:MultiFactorAuthAge", KeyType::Numeric, Sometimes("temporary credentials whose session used MFA")),
    one(
        "aws:MultiFactorAuthPresent",
        KeyType::Bool,
        Sometimes("temporary credentials, unless made with a SAML or OIDC provider; never long-term access keys"),
    ),
    one("aws:OriginIdentity/FederatedProviderArn", KeyType::Arn, ORIGIN),
    one("aws:OriginIdentity/Issuer", KeyType::String, ORIGIN),
    one("aws:OriginIdentity/Subject", KeyType::String, ORIGIN),
    one("aws:OriginIdentity/SubjectType", KeyType::String, ORIGIN),
    one("aws:PrincipalAccount", KeyType::String, Always),
    one("aws:PrincipalArn", KeyType::Arn, Signed),
    one("aws:PrincipalIsAWSService", KeyType::Bool, Signed),
    one("aws:PrincipalOrgID", KeyType::String, Sometimes("callers whose account is in an organization")),
    several("aws:PrincipalOrgPaths", KeyType::String, Sometimes("callers whose account is in an organization")),
    one("aws:PrincipalServiceName", KeyType::String, Sometimes("direct calls of a service principal")),
    several("aws:PrincipalServiceNamesList", KeyType::String, Sometimes("direct calls of a service principal")),
    one("aws:PrincipalTag/${TagKey}", KeyType::String, Sometimes("callers whose user, role or session has the tag")),
    one("aws:PrincipalType", KeyType::String, Always),
    one("aws:referer", KeyType::String, Sometimes("requests that follow a link in a browser; the caller writes it")),
    one("aws:RequestedRegion", KeyType::String, Always),
    one("aws:RequestTag/${TagKey}", KeyType::String, Sometimes("calls that pass the tag")),
    one("aws:ResourceAccount", KeyType::String, Sometimes("most actions")),
    one("aws:ResourceOrgID", KeyType::String, Sometimes("resources whose account is in an organization")),
    several("aws:ResourceOrgPaths", KeyType::String, Sometimes("resources whose account is in an organization")),
    one(
        "aws:ResourceTag/${TagKey}",
        KeyType::String,
        Sometimes("resources that have the tag, where the service supports it"),
    ),
    one("aws:SecureTransport", KeyType::Bool, Always),
    one("aws:SignInSessionArn", KeyType::Arn, Sometimes("credentials of `aws login` and of the console")),
    one("aws:SourceAccount", KeyType::String, Sometimes("direct calls of a service on behalf of a resource")),
    one("aws:SourceArn", KeyType::Arn, Sometimes("direct calls of a service on behalf of a resource")),
    one("aws:SourceIdentity", KeyType::String, Sometimes("role sessions that were given a source identity")),
    one("aws:SourceIp", KeyType::IpAddress, Sometimes("requests that do not come through a VPC endpoint")),
    one(
        "aws:SourceOrgID",
        KeyType::String,
        Sometimes("direct calls of a service on behalf of a resource in an organization"),
    ),
    several(
        "aws:SourceOrgPaths",
        KeyType::String,
        Sometimes("direct calls of a service on behalf of a resource in an organization"),
    ),
    one(
        "aws:SourceOwner",
        KeyType::String,
        Sometimes("direct calls of some services on behalf of a resource; aws:SourceAccount took its place"),
    ),
    one("aws:SourceVpc", KeyType::String, Sometimes("requests through a VPC endpoint")),
    one("aws:SourceVpcArn", KeyType::Arn, Sometimes("requests through a VPC endpoint, of some services")),
    one("aws:SourceVpce", KeyType::String, Sometimes("requests through a VPC endpoint")),
    several("aws:TagKeys", KeyType::String, Sometimes("calls that pass tags")),
    one("aws:TokenIssueTime", KeyType::Date, Sometimes("temporary credentials")),
    one("aws:TransactionContext/IdentityProvider/${Name}", KeyType::String, ORIGIN),
    one("aws:UserAgent", KeyType::String, Always),
    one("aws:userid", KeyType::String, Always),
    one("aws:username", KeyType::String, Sometimes("IAM users, never roles, federated users or root")),
    one("aws:ViaAWSMCPService", KeyType::Bool, Sometimes("calls of AWS MCP servers")),
    one("aws:ViaAWSService", KeyType::Bool, Always),
    one("aws:VpceAccount", KeyType::String, Sometimes("requests through a VPC endpoint, of some services")),
    one(
        "aws:VpceOrgID",
        KeyType::String,
        Sometimes("requests through a VPC endpoint whose owner is in an organization, of some services"),
    ),
    several(
        "aws:VpceOrgPaths",
        KeyType::String,
        Sometimes("requests through a VPC endpoint whose owner is in an organization, of some services"),
    ),
    one("aws:VpcSourceIp", KeyType::IpAddress, Sometimes("requests through a VPC endpoint")),
    one("codebuild:BuildArn", KeyType::Arn, Sometimes("sessions of a role that CodeBuild assumed")),
    one("codebuild:ProjectArn", KeyType::Arn, Sometimes("sessions of a role that CodeBuild assumed")),
    one("credentials-iot:AwsCertificateId", KeyType::String, DEVICE),
    one("credentials-iot:ThingName", KeyType::String, DEVICE),
    one("credentials-iot:ThingTypeName", KeyType::String, DEVICE),
    one("ec2:RoleDelivery", KeyType::Numeric, Sometimes("credentials of an EC2 instance's role")),
    one("ec2:SourceInstanceArn", KeyType::Arn, Sometimes("credentials of an EC2 instance's role")),
    one("glue:CredentialIssuingService", KeyType::String, Sometimes("calls of a Glue job")),
    one("glue:RoleAssumedBy", KeyType::String, Sometimes("calls that Glue makes with a service role")),
    one("identitystore:UserId", KeyType::String, Sometimes("users of IAM Identity Center")),
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
    one("lambda:SourceFunctionArn", KeyType::Arn, Sometimes("calls of a Lambda function's code")),
    one("ssm:SourceInstanceArn", KeyType::Arn, Sometimes("credentials of a managed instance of Systems Manager")),
    one("sts:SubjectMode", KeyType::String, ORIGIN),
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
    fn keys_that_requests_name_in_part_are_found() {
        for (key, name, key_type) in [
            ("aws:OriginIdentity/Subject", "aws:OriginIdentity/Subject", KeyType::String),
            ("aws:originidentity/federatedproviderarn", "aws:OriginIdentity/FederatedProviderArn", KeyType::Arn),
            (
                "aws:TransactionContext/IdentityProvider/department",
                "aws:TransactionContext/IdentityProvider/${Name}",
                KeyType::String,
            ),
            ("sts:SubjectMode", "sts:SubjectMode", KeyType::String),
        ] {
            let found = find(key).unwrap();
            assert_eq!((found.name(), found.key_type()), (name, key_type), "{key}");
            assert!(matches!(found.presence(), Some(Sometimes(_))), "{key}");
        }
        for unknown in ["aws:OriginIdentity", "aws:OriginIdentity/Name", "aws:TransactionContext/IdentityProvider/"] {
            assert!(find(unknown).is_none(), "{unknown}");
        }
        assert_eq!(find("aws:PrincipalArn").unwrap().presence(), Some(Signed));
        assert!(find("aws:CurrentTime").unwrap().is_always_present());
    }

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
