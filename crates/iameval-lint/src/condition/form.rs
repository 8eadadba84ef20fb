//! What the values of condition keys look like. Only what AWS documents is here; keys with free values have no row.

use crate::subject::a_few;
use iameval::suggest::nearest;
use iameval_data::{Catalogue, ServicePrincipal, ValueForm, Wildcards, regions, suggest_region};

/// What the values of a key look like.
#[derive(Clone, Copy)]
pub(super) enum KeyForm {
    /// One of these patterns ([`ValueForm`]), and how that reads for people.
    Like(&'static [&'static str], &'static str),
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// A region of any partition.
    Region,
    /// A service principal.
    Service,
}

/// What is known of the values of a key, in any letter case.
pub(super) fn form_of(key: &str) -> Option<KeyForm> {
    let is = |name: &&str| name.eq_ignore_ascii_case(key);
    FORMS.iter().chain(&super::place::FORMS).find(|(keys, _)| keys.iter().any(is)).map(|(_, form)| *form)
}

impl KeyForm {
    /// Whether a value may be one of these.
    pub(super) fn fits(&self, value: &str, wildcards: Wildcards) -> bool {
        self.patterns().iter().any(|pattern| ValueForm::new(pattern).fits(value, wildcards))
    }

    /// The same in any letter case.
    pub(super) fn fits_ignoring_case(&self, value: &str, wildcards: Wildcards) -> bool {
        let value = value.to_ascii_lowercase();
        let lower = |pattern: &&str| ValueForm::new(&pattern.to_ascii_lowercase());
        self.patterns().iter().any(|pattern| lower(pattern).fits(&value, wildcards))
    }

    fn patterns(&self) -> Vec<&'static str> {
        match self {
            Self::Like(patterns, _) => patterns.to_vec(),
            Self::OneOf(texts) => texts.to_vec(),
            Self::Region => regions().collect(),
            Self::Service => SERVICES.to_vec(),
        }
    }

    /// The value that is probably meant.
    pub(super) fn nearest(&self, value: &str, catalogue: &Catalogue) -> Option<String> {
        match self {
            Self::Like(..) => None,
            Self::OneOf(texts) => nearest(value, texts.iter().copied()).map(str::to_owned),
            Self::Region => suggest_region(value).map(str::to_owned),
            Self::Service => ServicePrincipal::meant_by(value, catalogue),
        }
    }

    pub(super) fn in_words(&self) -> String {
        match self {
            Self::Like(_, words) => (*words).to_owned(),
            Self::OneOf(texts) => a_few(texts.iter(), 8),
            Self::Region => "region names, such as `eu-west-1`".to_owned(),
            Self::Service => "service principals, such as `ec2.amazonaws.com`".to_owned(),
        }
    }
}

const ACCOUNT: KeyForm = KeyForm::Like(&["############"], "12-digit account ids");
const ORGANIZATION: KeyForm = KeyForm::Like(&["o-?*"], "organization ids, such as `o-a1b2c3d4e5`");
const ORGANIZATION_PATH: KeyForm = KeyForm::Like(
    &["o-?*/r-?*/"],
    "paths that end in a slash, such as `o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/`; with `StringLike`, a `*` may follow it",
);
/// Beside the usual names, those of Alexa and of services within AWS.
const SERVICES: [&str; 5] =
    ["?*.amazonaws.com", "?*.amazonaws.com.cn", "?*.amazonaws.eu", "?*.amazon.com", "?*.aws.internal"];
const SERVICE_IN_REGION: KeyForm = KeyForm::Like(
    &["?*.?*.amazonaws.com", "?*.?*.amazonaws.com.cn", "?*.?*.amazonaws.eu"],
    "`SERVICE.REGION.amazonaws.com`, such as `s3.us-east-1.amazonaws.com`",
);
const ARN: KeyForm = KeyForm::Like(&["arn:?*:?*:*:*:?*"], "ARNs");
const POLICY_ARN: KeyForm =
    KeyForm::Like(&["arn:?*:iam::?*:policy/?*"], "policy ARNs, such as `arn:aws:iam::123456789012:policy/NAME`");
/// A session's ARN has a message of its own.
const PRINCIPAL_ARN: KeyForm = KeyForm::Like(
    &[
        "arn:?*:iam::############:root",
        "arn:?*:iam::############:user/?*",
        "arn:?*:iam::############:role/?*",
        "arn:?*:sts::############:federated-user/?*",
        "arn:?*:sts::?*:assumed-role/?*",
    ],
    "ARNs of users, roles, federated users and the root user",
);
const USER_ID: KeyForm = KeyForm::Like(
    &["A??A?*", "############", "############:*", "anonymous"],
    "the id of a user (`AIDA…`), of a role with the session's name (`AROA…:NAME`), or of an account",
);
const URL: KeyForm = KeyForm::Like(&["http*://?*"], "URLs, such as `https://…`");
const ALIAS: KeyForm = KeyForm::Like(&["alias/?*"], "`alias/NAME`");
const VPC: KeyForm = KeyForm::Like(&["vpc-?*"], "VPC ids, such as `vpc-0123456789abcdef0`");
const SUBNET: KeyForm = KeyForm::Like(&["subnet-?*"], "subnet ids, such as `subnet-0123456789abcdef0`");
const SECURITY_GROUP: KeyForm = KeyForm::Like(&["sg-?*"], "security group ids, such as `sg-0123456789abcdef0`");
const IMAGE: KeyForm = KeyForm::Like(&["ami-?*"], "image ids, such as `ami-0123456789abcdef0`");
const KEY_SPEC: KeyForm = KeyForm::OneOf(&[
    "ECC_NIST_EDWARDS25519",
    "ECC_NIST_P256",
    "ECC_NIST_P384",
    "ECC_NIST_P521",
    "ECC_SECG_P256K1",
    "HMAC_224",
    "HMAC_256",
    "HMAC_384",
    "HMAC_512",
    "ML_DSA_44",
    "ML_DSA_65",
    "ML_DSA_87",
    "ML_KEM_1024",
    "ML_KEM_512",
    "ML_KEM_768",
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
    "SM2",
    "SYMMETRIC_DEFAULT",
]);
const KEY_USAGE: KeyForm = KeyForm::OneOf(&[
    "ENCAPSULATE_DECAPSULATE",
    "ENCRYPT_DECRYPT",
    "GENERATE_VERIFY_MAC",
    "KEY_AGREEMENT",
    "SIGN_VERIFY",
]);
const ON_OFF: KeyForm = KeyForm::OneOf(&["on", "off"]);
const ENABLED: KeyForm = KeyForm::OneOf(&["enabled", "disabled"]);
const ENABLED_TITLE: KeyForm = KeyForm::OneOf(&["Enabled", "Disabled"]);
const ENABLED_UPPER: KeyForm = KeyForm::OneOf(&["ENABLED", "DISABLED"]);
const HTTP_TOKENS: KeyForm = KeyForm::OneOf(&["optional", "required"]);

/// Keys and what their values look like: *AWS global condition context keys*, *IAM and AWS STS condition context keys*, the
/// pages on condition keys of the services, and the API references for the values of parameters.
const FORMS: &[(&[&str], KeyForm)] = &[
    (
        &[
            "aws:PrincipalAccount",
            "aws:ResourceAccount",
            "aws:SourceAccount",
            "aws:SourceOwner",
            "aws:VpceAccount",
            "kms:CallerAccount",
            "ram:ShareOwnerAccountId",
            "s3:DataAccessPointAccount",
            "s3:ResourceAccount",
        ],
        ACCOUNT,
    ),
    (&["aws:PrincipalOrgID", "aws:ResourceOrgID", "aws:SourceOrgID", "aws:VpceOrgID"], ORGANIZATION),
    (&["aws:PrincipalOrgPaths", "aws:ResourceOrgPaths", "aws:SourceOrgPaths", "aws:VpceOrgPaths"], ORGANIZATION_PATH),
    (
        &[
            "aws:CalledVia",
            "aws:CalledViaAWSMCP",
            "aws:CalledViaFirst",
            "aws:CalledViaLast",
            "aws:PrincipalServiceName",
            "aws:PrincipalServiceNamesList",
            "iam:AWSServiceName",
            "iam:PassedToService",
            "iam:ServiceSpecificCredentialServiceName",
            "kms:GranteeServicePrincipal",
            "kms:RetiringServicePrincipal",
            "organizations:ServicePrincipal",
            "sts:AWSServiceName",
        ],
        KeyForm::Service,
    ),
    (&["kms:ViaService"], SERVICE_IN_REGION),
    (&["aws:PrincipalArn"], PRINCIPAL_ARN),
    (&["aws:PrincipalType"], KeyForm::OneOf(&["Account", "Anonymous", "AssumedRole", "FederatedUser", "User"])),
    (&["aws:userid"], USER_ID),
    (
        &[
            "aws:SourceArn",
            "aws:SourceVpcArn",
            "cloudformation:RoleArn",
            "ec2:SourceInstanceARN",
            "events:TargetArn",
            "lambda:CodeSigningConfigArn",
            "lambda:SourceFunctionArn",
            "s3:DataAccessPointArn",
            "secretsmanager:RotationLambdaARN",
            "ssm:SourceInstanceARN",
        ],
        ARN,
    ),
    (&["iam:PermissionsBoundary", "iam:PolicyARN"], POLICY_ARN),
    (
        &["iam:OrganizationsPolicyId"],
        KeyForm::Like(&["p-?*"], "ids of AWS Organizations policies, such as `p-a1b2c3d4`"),
    ),
    (
        &["cognito-identity.amazonaws.com:aud"],
        KeyForm::Like(&["?*:?*"], "identity pool ids, such as `us-east-1:12345678-abcd-abcd-abcd-123456789012`"),
    ),
    (&["saml:aud"], URL),
    // Services, by name.
    (&["acm:CertificateTransparencyLogging", "acm:Export"], ENABLED_UPPER),
    (
        &["acm:KeyAlgorithm"],
        KeyForm::OneOf(&[
            "EC_prime256v1",
            "EC_secp384r1",
            "EC_secp521r1",
            "RSA_1024",
            "RSA_2048",
            "RSA_3072",
            "RSA_4096",
        ]),
    ),
    (&["acm:ValidationMethod"], KeyForm::OneOf(&["DNS", "EMAIL", "HTTP"])),
    (
        &["apigateway:Request/EndpointType", "apigateway:Resource/EndpointType"],
        KeyForm::OneOf(&["EDGE", "PRIVATE", "REGIONAL"]),
    ),
    (&["autoscaling:ImageId", "ec2:ImageID"], IMAGE),
    (&["autoscaling:MetadataHttpEndpoint", "ec2:MetadataHttpEndpoint"], ENABLED),
    (&["autoscaling:MetadataHttpTokens", "ec2:MetadataHttpTokens"], HTTP_TOKENS),
    (
        &["cloudformation:ImportResourceTypes", "cloudformation:ResourceTypes"],
        KeyForm::Like(&["?*::?*"], "resource types, such as `AWS::S3::Bucket`"),
    ),
    (&["cloudformation:StackPolicyUrl", "cloudformation:TemplateUrl"], URL),
    (&["cloudshell:VpcIds", "codebuild:vpcConfig.vpcId", "ec2:VpcID", "glue:VpcIds", "lambda:VpcIds"], VPC),
    (&["cloudshell:SubnetIds", "codebuild:vpcConfig.subnets", "ec2:SubnetID", "elasticloadbalancing:Subnet"], SUBNET),
    (&["glue:SubnetIds", "lambda:SubnetIds", "sagemaker:VpcSubnets"], SUBNET),
    (
        &[
            "cloudshell:SecurityGroupIds",
            "codebuild:vpcConfig.securityGroupIds",
            "ec2:SecurityGroupID",
            "elasticloadbalancing:SecurityGroup",
            "glue:SecurityGroupIds",
            "lambda:SecurityGroupIds",
            "sagemaker:VpcSecurityGroupIds",
        ],
        SECURITY_GROUP,
    ),
    (&["codecommit:References"], KeyForm::Like(&["refs/?*"], "full references, such as `refs/heads/main`")),
    (&["dynamodb:ReturnConsumedCapacity"], KeyForm::OneOf(&["INDEXES", "NONE", "TOTAL"])),
    (&["dynamodb:ReturnValues"], KeyForm::OneOf(&["ALL_NEW", "ALL_OLD", "NONE", "UPDATED_NEW", "UPDATED_OLD"])),
    (
        &["dynamodb:Select"],
        KeyForm::OneOf(&["ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES", "COUNT", "SPECIFIC_ATTRIBUTES"]),
    ),
    (&["ec2:AutoPlacement", "ec2:HostRecovery"], ON_OFF),
    (&["ec2:ImageType"], KeyForm::OneOf(&["kernel", "machine", "ramdisk"])),
    (&["ec2:InstanceID"], KeyForm::Like(&["i-?*"], "instance ids, such as `i-0123456789abcdef0`")),
    (
        &["ec2:InstanceMarketType"],
        KeyForm::OneOf(&["capacity-block", "interruptible-capacity-reservation", "on-demand", "spot"]),
    ),
    (&["ec2:InstanceType"], KeyForm::Like(&["?*.?*"], "instance types, such as `t3.micro`")),
    (&["ec2:Permission"], KeyForm::OneOf(&["EIP-ASSOCIATE", "INSTANCE-ATTACH"])),
    (&["ec2:RootDeviceType"], KeyForm::OneOf(&["ebs", "instance-store"])),
    (&["ec2:SnapshotID"], KeyForm::Like(&["snap-?*"], "snapshot ids, such as `snap-0123456789abcdef0`")),
    (&["ec2:Tenancy"], KeyForm::OneOf(&["dedicated", "default", "host"])),
    (&["ec2:VolumeID"], KeyForm::Like(&["vol-?*"], "volume ids, such as `vol-0123456789abcdef0`")),
    (&["ec2:VolumeType"], KeyForm::OneOf(&["gp2", "gp3", "io1", "io2", "sc1", "st1", "standard"])),
    (&["eks:accessScope"], KeyForm::OneOf(&["cluster", "namespace"])),
    (&["eks:authenticationMode"], KeyForm::OneOf(&["API", "API_AND_CONFIG_MAP", "CONFIG_MAP"])),
    (
        // Classic Load Balancers take small letters as well.
        &["elasticloadbalancing:ListenerProtocol"],
        KeyForm::Like(
            &[
                "GENEVE", "HTTP", "HTTPS", "QUIC", "SSL", "TCP", "TCP_QUIC", "TCP_UDP", "TLS", "UDP", "http", "https",
                "ssl", "tcp",
            ],
            "protocols: `HTTP`, `HTTPS`, `TCP`, `TLS`, `UDP`, `TCP_UDP`, `GENEVE`, `QUIC`, `TCP_QUIC` and `SSL`",
        ),
    ),
    (&["elasticloadbalancing:Scheme"], KeyForm::OneOf(&["internal", "internet-facing"])),
    (&["kms:CustomerMasterKeySpec", "kms:DataKeyPairSpec", "kms:KeySpec"], KEY_SPEC),
    (&["kms:CustomerMasterKeyUsage", "kms:KeyUsage"], KEY_USAGE),
    (&["kms:ExpirationModel"], KeyForm::OneOf(&["KEY_MATERIAL_DOES_NOT_EXPIRE", "KEY_MATERIAL_EXPIRES"])),
    (
        &["kms:GrantConstraintType"],
        KeyForm::OneOf(&["EncryptionContextEquals", "EncryptionContextSubset", "SourceArn"]),
    ),
    (
        &["kms:GrantOperations"],
        KeyForm::OneOf(&[
            "CreateGrant",
            "Decapsulate",
            "Decrypt",
            "DeriveSharedSecret",
            "DescribeKey",
            "Encapsulate",
            "Encrypt",
            "GenerateDataKey",
            "GenerateDataKeyPair",
            "GenerateDataKeyPairWithoutPlaintext",
            "GenerateDataKeyWithoutPlaintext",
            "GenerateMac",
            "GetPublicKey",
            "ReEncryptFrom",
            "ReEncryptTo",
            "RetireGrant",
            "Sign",
            "Verify",
            "VerifyMac",
        ]),
    ),
    (&["kms:KeyOrigin"], KeyForm::OneOf(&["AWS_CLOUDHSM", "AWS_KMS", "EXTERNAL", "EXTERNAL_KEY_STORE"])),
    (&["kms:MessageType"], KeyForm::OneOf(&["DIGEST", "EXTERNAL_MU", "RAW"])),
    (&["kms:MultiRegionKeyType"], KeyForm::OneOf(&["PRIMARY", "REPLICA"])),
    (&["kms:RequestAlias", "kms:ResourceAliases"], ALIAS),
    (&["lambda:FunctionUrlAuthType"], KeyForm::OneOf(&["AWS_IAM", "NONE"])),
    (&["route53:ChangeResourceRecordSetsActions"], KeyForm::OneOf(&["CREATE", "DELETE", "UPSERT"])),
    (
        &["route53:ChangeResourceRecordSetsRecordTypes"],
        KeyForm::OneOf(&[
            "A", "AAAA", "CAA", "CNAME", "DS", "HTTPS", "MX", "NAPTR", "NS", "PTR", "SOA", "SPF", "SRV", "SSHFP",
            "SVCB", "TLSA", "TXT",
        ]),
    ),
    (&["s3:AccessPointNetworkOrigin"], KeyForm::OneOf(&["Internet", "VPC"])),
    (&["s3:authType"], KeyForm::OneOf(&["POST", "REST-HEADER", "REST-QUERY-STRING"])),
    (&["s3:object-lock-legal-hold"], KeyForm::OneOf(&["OFF", "ON"])),
    (&["s3:object-lock-mode"], KeyForm::OneOf(&["COMPLIANCE", "GOVERNANCE"])),
    (&["s3:signatureversion"], KeyForm::OneOf(&["AWS", "AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"])),
    (
        &["s3:x-amz-acl"],
        KeyForm::OneOf(&[
            "authenticated-read",
            "aws-exec-read",
            "bucket-owner-full-control",
            "bucket-owner-read",
            "log-delivery-write",
            "private",
            "public-read",
            "public-read-write",
        ]),
    ),
    (&["s3:x-amz-metadata-directive"], KeyForm::OneOf(&["COPY", "REPLACE"])),
    (&["s3:x-amz-object-ownership"], KeyForm::OneOf(&["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"])),
    (
        &["s3:x-amz-server-side-encryption"],
        KeyForm::OneOf(&["AES256", "aws:backup", "aws:fsx", "aws:kms", "aws:kms:dsse"]),
    ),
    (&["s3:x-amz-server-side-encryption-customer-algorithm"], KeyForm::OneOf(&["AES256"])),
    (
        &["s3:x-amz-storage-class"],
        KeyForm::OneOf(&[
            "AWS_BACKUP_LOW_COST_WARM",
            "AWS_BACKUP_WARM",
            "DEEP_ARCHIVE",
            "EXPRESS_ONEZONE",
            "FSX_ONTAP",
            "FSX_OPENZFS",
            "GLACIER",
            "GLACIER_IR",
            "INTELLIGENT_TIERING",
            "ONEZONE_IA",
            "OUTPOSTS",
            "REDUCED_REDUNDANCY",
            "SNOW",
            "STANDARD",
            "STANDARD_IA",
        ]),
    ),
    (&["sagemaker:AppNetworkAccessType"], KeyForm::OneOf(&["PublicInternetOnly", "VpcOnly"])),
    (&["sagemaker:DirectInternetAccess", "sagemaker:RootAccess"], ENABLED_TITLE),
    (
        &["sns:Protocol"],
        KeyForm::OneOf(&["application", "email", "email-json", "firehose", "http", "https", "lambda", "sms", "sqs"]),
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_is_known_and_has_one_row() {
        let keys: Vec<&str> = FORMS.iter().flat_map(|(keys, _)| keys.iter().copied()).collect();
        for (at, key) in keys.iter().enumerate() {
            let known = Catalogue::embedded().context_key(key).is_some() || iameval_data::is_provider_key(key);
            assert!(known, "{key}");
            assert!(!keys.iter().skip(at + 1).any(|other| other.eq_ignore_ascii_case(key)), "{key} has two rows");
        }
    }
}
