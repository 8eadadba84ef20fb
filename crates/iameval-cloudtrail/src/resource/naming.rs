//! Which parameter of a call names which part of an ARN.
//!
//! Services are consistent enough that a parameter is mostly called like the placeholder of the catalogue's form, or like
//! the resource type: `RoleNameWithPath` is `roleName`, `DbInstanceName` of the type `db` is in the table.

/// Service prefix, placeholder, and the parameters that have it where they are called otherwise, sorted.
const NAMES: [(&str, &str, &[&str]); 53] = [
    ("apigateway", "RestApiId", &["restApiId"]),
    ("athena", "WorkGroupName", &["workGroup", "name"]),
    ("autoscaling", "GroupFriendlyName", &["autoScalingGroupName", "autoScalingGroupNames"]),
    ("bedrock", "ResourceId", &["modelId"]),
    ("cloudformation", "StackName", &["stackName"]),
    ("cloudtrail", "TrailName", &["name", "trailName", "trailNameList"]),
    ("cloudwatch", "AlarmName", &["alarmName", "alarmNames"]),
    ("dynamodb", "StreamLabel", &["streamLabel"]),
    ("dynamodb", "TableName", &["tableName", "tableArn"]),
    ("ec2", "KeyPairName", &["keyName"]),
    ("ec2", "PlacementGroupName", &["groupName", "placementGroup"]),
    ("ec2", "SecurityGroupId", &["groupId", "securityGroupId"]),
    ("ec2", "VpcFlowLogId", &["flowLogId"]),
    ("ecs", "ClusterName", &["cluster", "clusterName", "clusters"]),
    ("ecs", "ServiceName", &["service", "serviceName", "services"]),
    ("ecs", "TaskDefinitionFamilyName", &["family", "taskDefinition"]),
    ("ecs", "TaskDefinitionRevisionNumber", &["taskDefinition"]),
    ("ecs", "TaskId", &["task", "tasks"]),
    ("eks", "ClusterName", &["name", "clusterName"]),
    ("elasticache", "CacheClusterId", &["cacheClusterId"]),
    ("es", "DomainName", &["domainName"]),
    ("events", "RuleName", &["name", "rule"]),
    ("firehose", "DeliveryStreamName", &["deliveryStreamName"]),
    ("iam", "CertificateNameWithPath", &["serverCertificateName"]),
    ("iam", "MfaTokenIdWithPath", &["virtualMFADeviceName"]),
    ("iam", "RoleNameWithPath", &["roleName", "aWSServiceName"]),
    ("iam", "SamlProviderName", &["name"]),
    ("kms", "Alias", &["aliasName"]),
    ("kms", "KeyId", &["keyId", "targetKeyId", "sourceKeyId", "destinationKeyId"]),
    ("lambda", "UUID", &["uUID", "uuid"]),
    ("rds", "ClusterParameterGroupName", &["dBClusterParameterGroupName"]),
    ("rds", "ClusterSnapshotName", &["dBClusterSnapshotIdentifier", "targetDBClusterSnapshotIdentifier"]),
    ("rds", "DbClusterInstanceName", &["dBClusterIdentifier"]),
    ("rds", "DbInstanceAutomatedBackupId", &["dbiResourceId"]),
    ("rds", "DbInstanceName", &["dBInstanceIdentifier"]),
    ("rds", "GlobalCluster", &["globalClusterIdentifier"]),
    ("rds", "OptionGroupName", &["optionGroupName"]),
    ("rds", "ParameterGroupName", &["dBParameterGroupName"]),
    ("rds", "SecurityGroupName", &["dBSecurityGroupName"]),
    ("rds", "SnapshotName", &["dBSnapshotIdentifier", "targetDBSnapshotIdentifier"]),
    ("rds", "SubnetGroupName", &["dBSubnetGroupName"]),
    ("s3", "BucketName", &["bucketName", "bucket"]),
    ("s3", "ConfigId", &["storageLensConfigId", "id"]),
    ("s3", "ObjectName", &["key"]),
    ("secretsmanager", "SecretId", &["secretId", "name"]),
    ("sns", "TopicName", &["name", "topicArn"]),
    ("sqs", "QueueName", &["queueUrl", "queueName"]),
    ("ssm", "DocumentName", &["documentName", "name"]),
    ("ssm", "InstanceId", &["instanceId", "instanceIds", "target"]),
    ("ssm", "ParameterNameWithoutLeadingSlash", &["name", "names", "path"]),
    ("ssm", "SessionId", &["sessionId"]),
    ("states", "StateMachineName", &["name"]),
    ("wafv2", "Name", &["name"]),
];

/// How well a parameter's name fits a placeholder: the less, the better. `None` for not at all.
pub(super) fn fit(parameter: &str, wanted: &Wanted<'_>) -> Option<u8> {
    let known = NAMES.binary_search_by_key(&(wanted.service, wanted.placeholder), |(service, name, _)| (service, name));
    if let Some((_, _, names)) = known.ok().and_then(|at| NAMES.get(at)) {
        return names.iter().any(|name| name.eq_ignore_ascii_case(parameter)).then_some(0);
    }
    if parameter.eq_ignore_ascii_case(wanted.placeholder) {
        return Some(0);
    }
    let own = stem(parameter);
    if !own.is_empty() && own.eq_ignore_ascii_case(stem(wanted.placeholder)) {
        return Some(1);
    }
    // The other names of a form are of what the resource is in.
    if !wanted.is_last {
        return None;
    }
    if !own.is_empty() && is_same_word(own, wanted.resource_type) {
        return Some(2);
    }
    // EC2 gives every id a name of its own, and `name` is something else.
    let is_general = wanted.service != "ec2"
        && ["name", "names", "id", "ids", "identifier"].iter().any(|name| name.eq_ignore_ascii_case(parameter));
    (is_general && is_same_word(wanted.noun.strip_suffix('s').unwrap_or(wanted.noun), wanted.resource_type))
        .then_some(3)
}

/// What is looked for.
pub(super) struct Wanted<'w> {
    pub(super) service: &'w str,
    pub(super) resource_type: &'w str,
    pub(super) placeholder: &'w str,
    /// What the call is about, by its name: `DBInstance` in `ModifyDBInstance`.
    pub(super) noun: &'w str,
    /// Whether it is the last name of the form: that of the resource itself.
    pub(super) is_last: bool,
}

/// The name without what says that it is a name.
fn stem(name: &str) -> &str {
    const ENDS: [&str; 11] = [
        "WithPath",
        "WithoutLeadingSlash",
        "Identifiers",
        "Identifier",
        "Names",
        "Name",
        "Arns",
        "Arn",
        "Ids",
        "Id",
        "ID",
    ];
    let mut stem = name;
    for end in ENDS {
        stem = stem.strip_suffix(end).unwrap_or(stem);
    }
    stem
}

/// Whether two names are the same but for case, hyphens and spaces.
pub(super) fn is_same_word(one: &str, other: &str) -> bool {
    fn letters(text: &str) -> impl Iterator<Item = u8> + '_ {
        text.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase())
    }
    letters(one).eq(letters(other))
}

/// What a call is about, by its name: what follows the verb.
pub(super) fn noun(call: &str) -> &str {
    let verb = call.bytes().skip(1).position(|byte| byte.is_ascii_uppercase()).map_or(call.len(), |at| at + 1);
    call.get(verb..).unwrap_or_default()
}

/// How ids of EC2 begin, and the types of their resources, sorted.
const EC2_IDS: [(&str, &str); 30] = [
    ("acl", "network-acl"),
    ("ami", "image"),
    ("cgw", "customer-gateway"),
    ("cr", "capacity-reservation"),
    ("dopt", "dhcp-options"),
    ("eigw", "egress-only-internet-gateway"),
    ("eipalloc", "elastic-ip"),
    ("eni", "network-interface"),
    ("fl", "vpc-flow-log"),
    ("fleet", "fleet"),
    ("h", "dedicated-host"),
    ("i", "instance"),
    ("igw", "internet-gateway"),
    ("key", "key-pair"),
    ("lt", "launch-template"),
    ("nat", "natgateway"),
    ("pcx", "vpc-peering-connection"),
    ("pl", "prefix-list"),
    ("rtb", "route-table"),
    ("sg", "security-group"),
    ("sgr", "security-group-rule"),
    ("sir", "spot-instances-request"),
    ("snap", "snapshot"),
    ("subnet", "subnet"),
    ("tgw", "transit-gateway"),
    ("vgw", "vpn-gateway"),
    ("vol", "volume"),
    ("vpc", "vpc"),
    ("vpce", "vpc-endpoint"),
    ("vpn", "vpn-connection"),
];

/// The resource type of an id of EC2.
pub(super) fn ec2_type(id: &str) -> Option<&'static str> {
    let (prefix, _) = id.rsplit_once('-')?;
    let at = EC2_IDS.binary_search_by_key(&prefix, |(prefix, _)| prefix).ok()?;
    EC2_IDS.get(at).map(|(_, resource_type)| *resource_type)
}

/// The type of what `modelId` of Amazon Bedrock names by its id: profiles begin with where they are for.
pub(super) fn bedrock_type(id: &str) -> &'static str {
    const AREAS: [&str; 8] = ["apac", "au", "ca", "eu", "global", "jp", "us", "us-gov"];
    let area = id.split('.').next().unwrap_or_default();
    if AREAS.contains(&area) { "inference-profile" } else { "foundation-model" }
}

/// Whether there may be something with this id of EC2: a prefix and 17 hexadecimal digits, or 8 as until 2016.
///
/// CHOICE: no instance is taken to be that old. Recorded refusals of calls with short ids of instances name `instance/*`,
/// which EC2 asks on where there is no such instance.
pub(super) fn is_ec2_id(id: &str) -> bool {
    let (prefix, digits) = id.rsplit_once('-').unwrap_or_default();
    let length = digits.len() == 17 || (digits.len() == 8 && prefix != "i");
    length && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use iameval_data::Catalogue;

    #[test]
    fn tables_are_sorted_and_name_what_the_catalogue_has() {
        assert!(NAMES.is_sorted_by_key(|(service, name, _)| (service, name)));
        assert!(EC2_IDS.is_sorted());
        let catalogue = Catalogue::embedded();
        for (service, name, _) in NAMES {
            let placeholder = format!("${{{name}}}");
            let mut types = catalogue.service(service).unwrap().resource_types();
            assert!(types.any(|kind| kind.arns().any(|form| form.contains(&placeholder))), "{service} {name}");
        }
        let types: Vec<_> =
            catalogue.service("ec2").unwrap().resource_types().map(iameval_data::ResourceType::name).collect();
        for (prefix, name) in EC2_IDS {
            assert!(types.contains(&name), "{prefix}: {name}");
        }
    }

    #[test]
    fn parameters_fit_placeholders() {
        for (service, resource_type, placeholder, noun, parameter, expected) in [
            ("iam", "user", "UserNameWithPath", "User", "userName", Some(1)),
            ("iam", "role", "RoleNameWithPath", "Role", "policyName", None),
            ("ec2", "instance", "InstanceId", "Instances", "instanceId", Some(0)),
            ("ec2", "instance", "InstanceId", "Instances", "instanceType", None),
            ("s3", "object", "ObjectName", "Object", "key", Some(0)),
            ("guardduty", "detector", "DetectorId", "Detector", "id", Some(3)),
            ("guardduty", "detector", "DetectorId", "Findings", "id", None),
        ] {
            let wanted = Wanted { service, resource_type, placeholder, noun, is_last: true };
            assert_eq!(fit(parameter, &wanted), expected, "{placeholder} {parameter}");
        }
        assert_eq!((noun("ModifyDBInstance"), noun("GetRestApis"), noun("Invoke")), ("DBInstance", "RestApis", ""));
    }
}
