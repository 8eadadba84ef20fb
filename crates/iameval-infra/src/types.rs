//! Which types of resources hold policies: where in them, of which kind, and of what.
//!
//! The properties are those of CloudFormation's resource schemas. Left out by name are policies of another grammar:
//! [`OTHER_GRAMMARS`].

use iameval::PolicyKind::{self, Endpoint, Identity, Resource, RoleTrust, Session};

/// A place for policies in resources of a type.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PolicyPlace {
    pub(crate) resource_type: &'static str,
    /// The way to the document through the properties; `*` is every item of a list.
    pub(crate) path: &'static [&'static str],
    pub(crate) kind: PolicyKind,
    /// What a policy there is called after its resource, where that has several.
    pub(crate) suffix: &'static str,
    pub(crate) holder: Holder,
}

/// What a policy is attached to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Holder {
    /// The user, role or group that the resource is.
    Principal,
    /// The principals that the resource names.
    NamedPrincipals(&'static [NamedPrincipals]),
    /// What the resource is, with its ARN where neither `Ref` nor `Arn` gives one.
    Itself(&'static str),
    /// What a property names.
    Named(Named),
    /// Every resource of a type in the stack: the policy is one of the account.
    Each(&'static str),
    /// The VPC endpoint that the resource is.
    Endpoint,
    /// Accounts of the organization.
    Organization,
    /// The role of a permission set.
    PermissionSet,
    /// Nothing in the world: the policy belongs to something outside the template, for the reason given.
    Nothing(&'static str),
}

/// A property that names what a policy is attached to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Named {
    pub(crate) by: &'static [&'static str],
    /// The types of resources that can be meant.
    pub(crate) types: &'static [&'static str],
    /// The ARN of one that the template does not define, where it is not named by it.
    pub(crate) arn: &'static str,
}

/// A property that lists principals by their names.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NamedPrincipals {
    pub(crate) by: &'static [&'static str],
    pub(crate) resource_type: &'static str,
}

pub(crate) const ROLE: &str = "AWS::IAM::Role";
pub(crate) const USER: &str = "AWS::IAM::User";
pub(crate) const GROUP: &str = "AWS::IAM::Group";
pub(crate) const MANAGED_POLICY: &str = "AWS::IAM::ManagedPolicy";
pub(crate) const SERVICE_LINKED_ROLE: &str = "AWS::IAM::ServiceLinkedRole";
pub(crate) const PERMISSION_SET: &str = "AWS::SSO::PermissionSet";

const ROLES: NamedPrincipals = NamedPrincipals { by: &["Roles", "*"], resource_type: ROLE };
const USERS: NamedPrincipals = NamedPrincipals { by: &["Users", "*"], resource_type: USER };
const GROUPS: NamedPrincipals = NamedPrincipals { by: &["Groups", "*"], resource_type: GROUP };
const ONE_ROLE: NamedPrincipals = NamedPrincipals { by: &["RoleName"], resource_type: ROLE };
const ONE_USER: NamedPrincipals = NamedPrincipals { by: &["UserName"], resource_type: USER };
const ONE_GROUP: NamedPrincipals = NamedPrincipals { by: &["GroupName"], resource_type: GROUP };

const fn own(resource_type: &'static str, path: &'static [&'static str], arn: &'static str) -> PolicyPlace {
    place(resource_type, path, Resource, Holder::Itself(arn))
}

const fn named(
    resource_type: &'static str,
    path: &'static [&'static str],
    by: &'static [&'static str],
    types: &'static [&'static str],
    arn: &'static str,
) -> PolicyPlace {
    place(resource_type, path, Resource, Holder::Named(Named { by, types, arn }))
}

const fn place(
    resource_type: &'static str,
    path: &'static [&'static str],
    kind: PolicyKind,
    holder: Holder,
) -> PolicyPlace {
    PolicyPlace { resource_type, path, kind, suffix: "", holder }
}

const fn with_suffix(place: PolicyPlace, suffix: &'static str) -> PolicyPlace {
    PolicyPlace { suffix, ..place }
}

/// Where policies stand.
pub(crate) static POLICY_PLACES: &[PolicyPlace] = &[
    // IAM.
    with_suffix(place(ROLE, &["AssumeRolePolicyDocument"], RoleTrust, Holder::Principal), "trust"),
    with_suffix(place(ROLE, &["Policies", "*", "PolicyDocument"], Identity, Holder::Principal), "policy"),
    with_suffix(place(USER, &["Policies", "*", "PolicyDocument"], Identity, Holder::Principal), "policy"),
    with_suffix(place(GROUP, &["Policies", "*", "PolicyDocument"], Identity, Holder::Principal), "policy"),
    place("AWS::IAM::Policy", &["PolicyDocument"], Identity, Holder::NamedPrincipals(&[ROLES, USERS, GROUPS])),
    place("AWS::IAM::RolePolicy", &["PolicyDocument"], Identity, Holder::NamedPrincipals(&[ONE_ROLE])),
    place("AWS::IAM::UserPolicy", &["PolicyDocument"], Identity, Holder::NamedPrincipals(&[ONE_USER])),
    place("AWS::IAM::GroupPolicy", &["PolicyDocument"], Identity, Holder::NamedPrincipals(&[ONE_GROUP])),
    place(MANAGED_POLICY, &["PolicyDocument"], Identity, Holder::NamedPrincipals(&[ROLES, USERS, GROUPS])),
    place(PERMISSION_SET, &["InlinePolicy"], Identity, Holder::PermissionSet),
    place("AWS::Organizations::Policy", &["Content"], PolicyKind::ServiceControl, Holder::Organization),
    place(
        "AWS::Organizations::ResourcePolicy",
        &["Content"],
        Resource,
        Holder::Itself("arn:{partition}:organizations::{account}:resourcepolicy/{name}"),
    ),
    // Sessions.
    place("AWS::EKS::PodIdentityAssociation", &["Policy"], Session, Holder::Nothing("EKS passes it when a pod asks")),
    place("AWS::RolesAnywhere::Profile", &["SessionPolicy"], Session, Holder::Nothing("the profile passes it")),
    place("AWS::Transfer::User", &["Policy"], Session, Holder::Nothing("the server passes it when its user signs in")),
    // S3.
    named(
        "AWS::S3::BucketPolicy",
        &["PolicyDocument"],
        &["Bucket"],
        &["AWS::S3::Bucket"],
        "arn:{partition}:s3:::{name}",
    ),
    own("AWS::S3::AccessPoint", &["Policy"], "arn:{partition}:s3:{region}:{account}:accesspoint/{name}"),
    named(
        "AWS::S3::MultiRegionAccessPointPolicy",
        &["Policy"],
        &["MrapName"],
        &["AWS::S3::MultiRegionAccessPoint"],
        "arn:{partition}:s3::{account}:accesspoint/{name}",
    ),
    own("AWS::S3Express::AccessPoint", &["Policy"], "arn:{partition}:s3express:{region}:{account}:accesspoint/{name}"),
    named(
        "AWS::S3Express::BucketPolicy",
        &["PolicyDocument"],
        &["Bucket"],
        &["AWS::S3Express::DirectoryBucket"],
        "arn:{partition}:s3express:{region}:{account}:bucket/{name}",
    ),
    named(
        "AWS::S3ObjectLambda::AccessPointPolicy",
        &["PolicyDocument"],
        &["ObjectLambdaAccessPoint"],
        &["AWS::S3ObjectLambda::AccessPoint"],
        "arn:{partition}:s3-object-lambda:{region}:{account}:accesspoint/{name}",
    ),
    own("AWS::S3Outposts::AccessPoint", &["Policy"], "arn:{partition}:s3-outposts:{region}:{account}:outpost/{name}"),
    named("AWS::S3Outposts::BucketPolicy", &["PolicyDocument"], &["Bucket"], &["AWS::S3Outposts::Bucket"], "{name}"),
    named(
        "AWS::S3Tables::TableBucketPolicy",
        &["ResourcePolicy"],
        &["TableBucketARN"],
        &["AWS::S3Tables::TableBucket"],
        "arn:{partition}:s3tables:{region}:{account}:bucket/{name}",
    ),
    named("AWS::S3Tables::TablePolicy", &["ResourcePolicy"], &["TableARN"], &["AWS::S3Tables::Table"], "{name}"),
    named(
        "AWS::S3Vectors::VectorBucketPolicy",
        &["Policy"],
        &["VectorBucketArn"],
        &["AWS::S3Vectors::VectorBucket"],
        "arn:{partition}:s3vectors:{region}:{account}:bucket/{name}",
    ),
    named(
        "AWS::S3Vectors::VectorBucketPolicy",
        &["Policy"],
        &["VectorBucketName"],
        &["AWS::S3Vectors::VectorBucket"],
        "arn:{partition}:s3vectors:{region}:{account}:bucket/{name}",
    ),
    named(
        "AWS::S3Files::FileSystemPolicy",
        &["Policy"],
        &["FileSystemId"],
        &["AWS::S3Files::FileSystem"],
        "arn:{partition}:s3files:{region}:{account}:file-system/{name}",
    ),
    with_suffix(
        own(
            "AWS::FSx::S3AccessPointAttachment",
            &["S3AccessPoint", "Policy"],
            "arn:{partition}:s3:{region}:{account}:accesspoint/{name}",
        ),
        "",
    ),
    // Queues, topics, buses and streams.
    named(
        "AWS::SQS::QueuePolicy",
        &["PolicyDocument"],
        &["Queues", "*"],
        &["AWS::SQS::Queue"],
        "arn:{partition}:sqs:{region}:{account}:{name}",
    ),
    named(
        "AWS::SQS::QueueInlinePolicy",
        &["PolicyDocument"],
        &["Queue"],
        &["AWS::SQS::Queue"],
        "arn:{partition}:sqs:{region}:{account}:{name}",
    ),
    named(
        "AWS::SNS::TopicPolicy",
        &["PolicyDocument"],
        &["Topics", "*"],
        &["AWS::SNS::Topic"],
        "arn:{partition}:sns:{region}:{account}:{name}",
    ),
    named(
        "AWS::SNS::TopicInlinePolicy",
        &["PolicyDocument"],
        &["TopicArn"],
        &["AWS::SNS::Topic"],
        "arn:{partition}:sns:{region}:{account}:{name}",
    ),
    own("AWS::Events::EventBus", &["Policy"], "arn:{partition}:events:{region}:{account}:event-bus/{name}"),
    named(
        "AWS::EventsV2::ResourcePolicy",
        &["PolicyDocument"],
        &["EventBusArn"],
        &[],
        "arn:{partition}:events:{region}:{account}:event-bus/{name}",
    ),
    named(
        "AWS::EventSchemas::RegistryPolicy",
        &["Policy"],
        &["RegistryName"],
        &["AWS::EventSchemas::Registry"],
        "arn:{partition}:schemas:{region}:{account}:registry/{name}",
    ),
    named(
        "AWS::Kinesis::ResourcePolicy",
        &["ResourcePolicy"],
        &["ResourceArn"],
        &["AWS::Kinesis::Stream", "AWS::Kinesis::StreamConsumer"],
        "arn:{partition}:kinesis:{region}:{account}:stream/{name}",
    ),
    named(
        "AWS::MSK::ClusterPolicy",
        &["Policy"],
        &["ClusterArn"],
        &["AWS::MSK::Cluster", "AWS::MSK::ServerlessCluster"],
        "{name}",
    ),
    own(
        "AWS::OSIS::Pipeline",
        &["ResourcePolicy", "Policy"],
        "arn:{partition}:osis:{region}:{account}:pipeline/{name}",
    ),
    // Keys and secrets.
    own("AWS::KMS::Key", &["KeyPolicy"], "arn:{partition}:kms:{region}:{account}:key/{name}"),
    own("AWS::KMS::ReplicaKey", &["KeyPolicy"], "arn:{partition}:kms:{region}:{account}:key/{name}"),
    own(
        "AWS::PaymentCryptography::Key",
        &["Policy"],
        "arn:{partition}:payment-cryptography:{region}:{account}:key/{name}",
    ),
    named(
        "AWS::SecretsManager::ResourcePolicy",
        &["ResourcePolicy"],
        &["SecretId"],
        &["AWS::SecretsManager::Secret"],
        "arn:{partition}:secretsmanager:{region}:{account}:secret:{name}",
    ),
    named("AWS::SSM::ResourcePolicy", &["Policy"], &["ResourceArn"], &["AWS::SSM::Parameter"], "{name}"),
    // Code and images.
    named(
        "AWS::Lambda::ResourcePolicy",
        &["PolicyDocument"],
        &["ResourceArn"],
        &["AWS::Lambda::Function", "AWS::Lambda::Alias", "AWS::Lambda::Version"],
        "arn:{partition}:lambda:{region}:{account}:function:{name}",
    ),
    own("AWS::ECR::Repository", &["RepositoryPolicyText"], "arn:{partition}:ecr:{region}:{account}:repository/{name}"),
    own(
        "AWS::ECR::PublicRepository",
        &["RepositoryPolicyText"],
        "arn:{partition}:ecr-public::{account}:repository/{name}",
    ),
    place("AWS::ECR::RegistryPolicy", &["PolicyText"], Resource, Holder::Each("AWS::ECR::Repository")),
    place(
        "AWS::ECR::RepositoryCreationTemplate",
        &["RepositoryPolicy"],
        Resource,
        Holder::Nothing("repositories get it that are made later"),
    ),
    own(
        "AWS::CodeArtifact::Domain",
        &["PermissionsPolicyDocument"],
        "arn:{partition}:codeartifact:{region}:{account}:domain/{name}",
    ),
    own(
        "AWS::CodeArtifact::Repository",
        &["PermissionsPolicyDocument"],
        "arn:{partition}:codeartifact:{region}:{account}:repository/{name}",
    ),
    // Tables, files and other data.
    own(
        "AWS::DynamoDB::Table",
        &["ResourcePolicy", "PolicyDocument"],
        "arn:{partition}:dynamodb:{region}:{account}:table/{name}",
    ),
    with_suffix(
        place(
            "AWS::DynamoDB::Table",
            &["StreamSpecification", "ResourcePolicy", "PolicyDocument"],
            Resource,
            Holder::Nothing("the stream of the table has it"),
        ),
        "stream",
    ),
    own(
        "AWS::DynamoDB::GlobalTable",
        &["Replicas", "*", "ResourcePolicy", "PolicyDocument"],
        "arn:{partition}:dynamodb:{region}:{account}:table/{name}",
    ),
    with_suffix(
        place(
            "AWS::DynamoDB::GlobalTable",
            &["Replicas", "*", "ReplicaStreamSpecification", "ResourcePolicy", "PolicyDocument"],
            Resource,
            Holder::Nothing("the stream of the table has it"),
        ),
        "stream",
    ),
    own(
        "AWS::EFS::FileSystem",
        &["FileSystemPolicy"],
        "arn:{partition}:elasticfilesystem:{region}:{account}:file-system/{name}",
    ),
    own("AWS::Backup::BackupVault", &["AccessPolicy"], "arn:{partition}:backup:{region}:{account}:backup-vault:{name}"),
    own(
        "AWS::Backup::LogicallyAirGappedBackupVault",
        &["AccessPolicy"],
        "arn:{partition}:backup:{region}:{account}:backup-vault:{name}",
    ),
    own("AWS::OpenSearchService::Domain", &["AccessPolicies"], "arn:{partition}:es:{region}:{account}:domain/{name}"),
    own("AWS::Elasticsearch::Domain", &["AccessPolicies"], "arn:{partition}:es:{region}:{account}:domain/{name}"),
    own("AWS::DSQL::Cluster", &["PolicyDocument"], "arn:{partition}:dsql:{region}:{account}:cluster/{name}"),
    own(
        "AWS::Redshift::Cluster",
        &["NamespaceResourcePolicy"],
        "arn:{partition}:redshift:{region}:{account}:namespace:{name}",
    ),
    own(
        "AWS::RedshiftServerless::Namespace",
        &["NamespaceResourcePolicy"],
        "arn:{partition}:redshift-serverless:{region}:{account}:namespace/{name}",
    ),
    own(
        "AWS::Omics::SequenceStore",
        &["S3AccessPolicy"],
        "arn:{partition}:omics:{region}:{account}:sequenceStore/{name}",
    ),
    // Networks and APIs.
    place("AWS::EC2::VPCEndpoint", &["PolicyDocument"], Endpoint, Holder::Endpoint),
    own("AWS::ApiGateway::RestApi", &["Policy"], "arn:{partition}:execute-api:{region}:{account}:{name}"),
    own(
        "AWS::ApiGateway::DomainNameV2",
        &["Policy"],
        "arn:{partition}:execute-api:{region}:{account}:/domainnames/{name}",
    ),
    named(
        "AWS::VpcLattice::AuthPolicy",
        &["Policy"],
        &["ResourceIdentifier"],
        &["AWS::VpcLattice::Service", "AWS::VpcLattice::ServiceNetwork"],
        "arn:{partition}:vpc-lattice:{region}:{account}:service/{name}",
    ),
    named(
        "AWS::VpcLattice::ResourcePolicy",
        &["Policy"],
        &["ResourceArn"],
        &["AWS::VpcLattice::Service", "AWS::VpcLattice::ServiceNetwork", "AWS::VpcLattice::ResourceConfiguration"],
        "{name}",
    ),
    // Logs and monitoring.
    place("AWS::Logs::ResourcePolicy", &["PolicyDocument"], Resource, Holder::Each("AWS::Logs::LogGroup")),
    own("AWS::Logs::LogGroup", &["ResourcePolicyDocument"], "arn:{partition}:logs:{region}:{account}:log-group:{name}"),
    own("AWS::Logs::Destination", &["DestinationPolicy"], "arn:{partition}:logs:{region}:{account}:destination:{name}"),
    own(
        "AWS::Logs::DeliveryDestination",
        &["DeliveryDestinationPolicy", "DeliveryDestinationPolicy"],
        "arn:{partition}:logs:{region}:{account}:delivery-destination:{name}",
    ),
    named(
        "AWS::CloudTrail::ResourcePolicy",
        &["ResourcePolicy"],
        &["ResourceArn"],
        &["AWS::CloudTrail::EventDataStore", "AWS::CloudTrail::Channel", "AWS::CloudTrail::Dashboard"],
        "{name}",
    ),
    own("AWS::Oam::Sink", &["Policy"], "arn:{partition}:oam:{region}:{account}:sink/{name}"),
    place(
        "AWS::XRay::ResourcePolicy",
        &["PolicyDocument"],
        Resource,
        Holder::Nothing("it is one of the account, for everything of X-Ray"),
    ),
    own(
        "AWS::RUM::AppMonitor",
        &["ResourcePolicy", "PolicyDocument"],
        "arn:{partition}:rum:{region}:{account}:appmonitor/{name}",
    ),
    own(
        "AWS::AIOps::InvestigationGroup",
        &["InvestigationGroupPolicy"],
        "arn:{partition}:aiops:{region}:{account}:investigation-group/{name}",
    ),
    named("AWS::APS::ResourcePolicy", &["PolicyDocument"], &["WorkspaceArn"], &["AWS::APS::Workspace"], "{name}"),
    // Media.
    own("AWS::MediaStore::Container", &["Policy"], "arn:{partition}:mediastore:{region}:{account}:container/{name}"),
    named(
        "AWS::MediaTailor::ChannelPolicy",
        &["Policy"],
        &["ChannelName"],
        &["AWS::MediaTailor::Channel"],
        "arn:{partition}:mediatailor:{region}:{account}:channel/{name}",
    ),
    named(
        "AWS::MediaPackageV2::ChannelPolicy",
        &["Policy"],
        &["ChannelName"],
        &["AWS::MediaPackageV2::Channel"],
        "{name}",
    ),
    named(
        "AWS::MediaPackageV2::OriginEndpointPolicy",
        &["Policy"],
        &["OriginEndpointName"],
        &["AWS::MediaPackageV2::OriginEndpoint"],
        "{name}",
    ),
    // Models and bots.
    own(
        "AWS::SageMaker::ModelPackageGroup",
        &["ModelPackageGroupPolicy"],
        "arn:{partition}:sagemaker:{region}:{account}:model-package-group/{name}",
    ),
    own(
        "AWS::Comprehend::DocumentClassifier",
        &["ModelPolicy"],
        "arn:{partition}:comprehend:{region}:{account}:document-classifier/{name}",
    ),
    own(
        "AWS::Comprehend::EntityRecognizer",
        &["ModelPolicy"],
        "arn:{partition}:comprehend:{region}:{account}:entity-recognizer/{name}",
    ),
    named(
        "AWS::Lex::ResourcePolicy",
        &["Policy"],
        &["ResourceArn"],
        &["AWS::Lex::Bot", "AWS::Lex::BotAlias"],
        "{name}",
    ),
    named("AWS::Bedrock::ResourcePolicy", &["PolicyDocument"], &["ResourceArn"], &[], "{name}"),
    named(
        "AWS::Bedrock::KnowledgeBasePolicy",
        &["PolicyDocument"],
        &["KnowledgeBaseId"],
        &["AWS::Bedrock::KnowledgeBase"],
        "arn:{partition}:bedrock:{region}:{account}:knowledge-base/{name}",
    ),
    named("AWS::BedrockAgentCore::ResourcePolicy", &["Policy"], &["ResourceArn"], &[], "{name}"),
    named("AWS::SMSVOICE::ResourcePolicy", &["PolicyDocument"], &["ResourceArn"], &[], "{name}"),
    // Types of Terraform that CloudFormation has no match for.
    named(
        "aws_api_gateway_rest_api_policy",
        &["policy"],
        &["rest_api_id"],
        &["AWS::ApiGateway::RestApi"],
        "arn:{partition}:execute-api:{region}:{account}:{name}",
    ),
    named(
        "aws_backup_vault_policy",
        &["policy"],
        &["backup_vault_name"],
        &["AWS::Backup::BackupVault"],
        "arn:{partition}:backup:{region}:{account}:backup-vault:{name}",
    ),
    named(
        "aws_cloudwatch_event_bus_policy",
        &["policy"],
        &["event_bus_name"],
        &["AWS::Events::EventBus"],
        "arn:{partition}:events:{region}:{account}:event-bus/{name}",
    ),
    named(
        "aws_cloudwatch_log_destination_policy",
        &["access_policy"],
        &["destination_name"],
        &["AWS::Logs::Destination"],
        "arn:{partition}:logs:{region}:{account}:destination:{name}",
    ),
    named(
        "aws_codeartifact_domain_permissions_policy",
        &["policy_document"],
        &["domain"],
        &["AWS::CodeArtifact::Domain"],
        "arn:{partition}:codeartifact:{region}:{account}:domain/{name}",
    ),
    named(
        "aws_codeartifact_repository_permissions_policy",
        &["policy_document"],
        &["repository"],
        &["AWS::CodeArtifact::Repository"],
        "arn:{partition}:codeartifact:{region}:{account}:repository/{name}",
    ),
    named(
        "aws_dynamodb_resource_policy",
        &["policy"],
        &["resource_arn"],
        &["AWS::DynamoDB::Table"],
        "arn:{partition}:dynamodb:{region}:{account}:table/{name}",
    ),
    named(
        "aws_ecr_repository_policy",
        &["policy"],
        &["repository"],
        &["AWS::ECR::Repository"],
        "arn:{partition}:ecr:{region}:{account}:repository/{name}",
    ),
    named(
        "aws_ecrpublic_repository_policy",
        &["policy"],
        &["repository_name"],
        &["AWS::ECR::PublicRepository"],
        "arn:{partition}:ecr-public::{account}:repository/{name}",
    ),
    named(
        "aws_efs_file_system_policy",
        &["policy"],
        &["file_system_id"],
        &["AWS::EFS::FileSystem"],
        "arn:{partition}:elasticfilesystem:{region}:{account}:file-system/{name}",
    ),
    named(
        "aws_elasticsearch_domain_policy",
        &["access_policies"],
        &["domain_name"],
        &["AWS::Elasticsearch::Domain"],
        "arn:{partition}:es:{region}:{account}:domain/{name}",
    ),
    own("aws_glacier_vault", &["access_policy"], "arn:{partition}:glacier:{region}:{account}:vaults/{name}"),
    named(
        "aws_media_store_container_policy",
        &["policy"],
        &["container_name"],
        &["AWS::MediaStore::Container"],
        "arn:{partition}:mediastore:{region}:{account}:container/{name}",
    ),
    named(
        "aws_oam_sink_policy",
        &["policy"],
        &["sink_identifier"],
        &["AWS::Oam::Sink"],
        "arn:{partition}:oam:{region}:{account}:sink/{name}",
    ),
    named(
        "aws_opensearch_domain_policy",
        &["access_policies"],
        &["domain_name"],
        &["AWS::OpenSearchService::Domain"],
        "arn:{partition}:es:{region}:{account}:domain/{name}",
    ),
    named("aws_redshift_resource_policy", &["policy"], &["resource_arn"], &[], "{name}"),
    named(
        "aws_s3control_access_point_policy",
        &["policy"],
        &["access_point_arn"],
        &["AWS::S3::AccessPoint"],
        "arn:{partition}:s3:{region}:{account}:accesspoint/{name}",
    ),
    named(
        "aws_sagemaker_model_package_group_policy",
        &["resource_policy"],
        &["model_package_group_name"],
        &[],
        "arn:{partition}:sagemaker:{region}:{account}:model-package-group/{name}",
    ),
    named(
        "aws_ses_identity_policy",
        &["policy"],
        &["identity"],
        &[],
        "arn:{partition}:ses:{region}:{account}:identity/{name}",
    ),
    named(
        "aws_sesv2_email_identity_policy",
        &["policy"],
        &["email_identity"],
        &[],
        "arn:{partition}:ses:{region}:{account}:identity/{name}",
    ),
];

/// Types whose policies are of another grammar than that of IAM, and what they are.
pub(crate) static OTHER_GRAMMARS: &[(&str, &str)] = &[
    ("AWS::IoT::Policy", "a policy of AWS IoT Core, for things and their certificates"),
    ("AWS::OpenSearchServerless::AccessPolicy", "a data access policy of OpenSearch Serverless"),
    ("AWS::OpenSearchServerless::SecurityPolicy", "a security policy of OpenSearch Serverless"),
    ("AWS::OpenSearchServerless::LifecyclePolicy", "a lifecycle policy of OpenSearch Serverless"),
    ("AWS::NetworkManager::CoreNetwork", "a core network policy"),
    ("AWS::VerifiedPermissions::Policy", "a policy in Cedar"),
    ("AWS::EC2::VerifiedAccessGroup", "a policy in Cedar"),
    ("AWS::EC2::VerifiedAccessEndpoint", "a policy in Cedar"),
    ("AWS::RAM::Permission", "the template of a policy, without a principal and resources"),
    ("AWS::SNS::Topic", "a data protection policy"),
    ("AWS::Logs::AccountPolicy", "a policy for the data of logs"),
];

/// Whether resources of a type are nothing but policies of others.
pub(crate) fn attaches(resource_type: &str) -> bool {
    let is_attached = |holder| matches!(holder, Holder::Named(_) | Holder::Each(_));
    POLICY_PLACES.iter().any(|place| place.resource_type == resource_type && is_attached(place.holder))
}

/// Types whose `Ref`, or whose only ARN, is that of something else.
static NAMED_AFTER_OTHERS: &[&str] = &[
    "AWS::ACMPCA::CertificateAuthorityActivation",
    "AWS::AppConfig::ConfigurationProfile",
    "AWS::DevOpsGuru::NotificationChannel",
    "AWS::FMS::NotificationChannel",
    "AWS::Lambda::Url",
    "AWS::Location::TrackerConsumer",
    "AWS::MSK::BatchScramSecret",
    "AWS::NetworkManager::CustomerGatewayAssociation",
    "AWS::NetworkManager::TransitGatewayRegistration",
    "AWS::ServiceCatalog::CloudFormationProvisionedProduct",
];

/// Whether the ARN that `Ref` or an attribute of a type gives is that of something else.
pub(crate) fn is_named_after_another(resource_type: &str) -> bool {
    NAMED_AFTER_OTHERS.contains(&resource_type)
}

/// The types whose `Ref` or `Arn` names what holds policies, with the ARN that others have.
pub(crate) fn arn_of(resource_type: &str) -> Option<&'static str> {
    let own = POLICY_PLACES.iter().find_map(|place| match place.holder {
        Holder::Itself(arn) if place.resource_type == resource_type => Some(arn),
        Holder::Named(named) if named.types.first() == Some(&resource_type) && named.arn != "{name}" => Some(named.arn),
        _ => None,
    });
    own.or_else(|| OTHER_ARNS.iter().find(|(known, _)| *known == resource_type).map(|(_, arn)| *arn))
}

/// The ARNs of types that have policies through statements of others, and of some that are often asked about.
static OTHER_ARNS: &[(&str, &str)] = &[
    ("AWS::Lambda::Function", "arn:{partition}:lambda:{region}:{account}:function:{name}"),
    ("AWS::Signer::SigningProfile", "arn:{partition}:signer:{region}:{account}:/signing-profiles/{name}"),
    ("AWS::StepFunctions::StateMachine", "arn:{partition}:states:{region}:{account}:stateMachine:{name}"),
    ("AWS::SSM::Parameter", "arn:{partition}:ssm:{region}:{account}:parameter/{name}"),
];
