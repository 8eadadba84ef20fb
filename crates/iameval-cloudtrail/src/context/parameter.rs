//! Keys of services that the parameters of a call tell. Whether an action has a key the catalogue knows.

use super::{EventContext, HIDDEN};
use crate::call::service;
use crate::event::Event;
use crate::value::Value;
use iameval::ContextValue;
use iameval_data::ActionInfo;

/// Service prefix, parameter in any letter case, and the key that has its value.
const KEYS: [(&str, &str, &str); 60] = [
    ("ec2", "attribute", "ec2:Attribute"),
    ("ec2", "availabilityZone", "ec2:AvailabilityZone"),
    ("ec2", "encrypted", "ec2:Encrypted"),
    ("ec2", "instanceType", "ec2:InstanceType"),
    ("ec2", "volumeSize", "ec2:VolumeSize"),
    ("ec2", "volumeType", "ec2:VolumeType"),
    ("ec2-instance-connect", "instanceOSUser", "ec2:osuser"),
    ("iam", "aWSServiceName", "iam:AWSServiceName"),
    ("iam", "permissionsBoundary", "iam:PermissionsBoundary"),
    ("iam", "policyArn", "iam:PolicyARN"),
    ("kms", "bypassPolicyLockoutSafetyCheck", "kms:BypassPolicyLockoutSafetyCheck"),
    ("kms", "encryptionAlgorithm", "kms:EncryptionAlgorithm"),
    ("kms", "expirationModel", "kms:ExpirationModel"),
    ("kms", "granteePrincipal", "kms:GranteePrincipal"),
    ("kms", "keySpec", "kms:KeySpec"),
    ("kms", "keyUsage", "kms:KeyUsage"),
    ("kms", "macAlgorithm", "kms:MacAlgorithm"),
    ("kms", "messageType", "kms:MessageType"),
    ("kms", "multiRegion", "kms:MultiRegion"),
    ("kms", "origin", "kms:KeyOrigin"),
    ("kms", "pendingWindowInDays", "kms:ScheduleKeyDeletionPendingWindowInDays"),
    ("kms", "retiringPrincipal", "kms:RetiringPrincipal"),
    ("kms", "signingAlgorithm", "kms:SigningAlgorithm"),
    ("lambda", "functionUrlAuthType", "lambda:FunctionUrlAuthType"),
    ("lambda", "layers", "lambda:Layer"),
    ("lambda", "principal", "lambda:Principal"),
    ("organizations", "policyType", "organizations:PolicyType"),
    ("organizations", "servicePrincipal", "organizations:ServicePrincipal"),
    ("rds", "dBInstanceClass", "rds:DatabaseClass"),
    ("rds", "dBName", "rds:DatabaseName"),
    ("rds", "engine", "rds:DatabaseEngine"),
    ("rds", "multiAZ", "rds:MultiAz"),
    ("rds", "storageEncrypted", "rds:StorageEncrypted"),
    ("s3", "delimiter", "s3:delimiter"),
    ("s3", "max-keys", "s3:max-keys"),
    ("s3", "prefix", "s3:prefix"),
    ("s3", "versionId", "s3:VersionId"),
    ("s3", "x-amz-acl", "s3:x-amz-acl"),
    ("s3", "x-amz-copy-source", "s3:x-amz-copy-source"),
    ("s3", "x-amz-grant-full-control", "s3:x-amz-grant-full-control"),
    ("s3", "x-amz-grant-read", "s3:x-amz-grant-read"),
    ("s3", "x-amz-grant-write", "s3:x-amz-grant-write"),
    ("s3", "x-amz-metadata-directive", "s3:x-amz-metadata-directive"),
    ("s3", "x-amz-object-ownership", "s3:x-amz-object-ownership"),
    ("s3", "x-amz-server-side-encryption", "s3:x-amz-server-side-encryption"),
    ("s3", "x-amz-server-side-encryption-aws-kms-key-id", "s3:x-amz-server-side-encryption-aws-kms-key-id"),
    ("s3", "x-amz-storage-class", "s3:x-amz-storage-class"),
    ("secretsmanager", "forceDeleteWithoutRecovery", "secretsmanager:ForceDeleteWithoutRecovery"),
    ("secretsmanager", "kmsKeyId", "secretsmanager:KmsKeyId"),
    ("secretsmanager", "name", "secretsmanager:Name"),
    ("secretsmanager", "recoveryWindowInDays", "secretsmanager:RecoveryWindowInDays"),
    ("secretsmanager", "secretId", "secretsmanager:SecretId"),
    ("secretsmanager", "versionId", "secretsmanager:VersionId"),
    ("secretsmanager", "versionStage", "secretsmanager:VersionStage"),
    ("sns", "endpoint", "sns:Endpoint"),
    ("sns", "protocol", "sns:Protocol"),
    ("ssm", "overwrite", "ssm:Overwrite"),
    ("sts", "externalId", "sts:ExternalId"),
    ("sts", "roleSessionName", "sts:RoleSessionName"),
    ("sts", "sourceIdentity", "sts:SourceIdentity"),
];

pub(super) fn add(keys: &mut EventContext, event: &Event<'_>, parameters: &Value<'_>, action: ActionInfo<'_>) {
    let prefix = action.service().prefix();
    let first = KEYS.partition_point(|(service, ..)| *service < prefix);
    for (_, parameter, key) in KEYS.iter().skip(first).take_while(|(service, ..)| *service == prefix) {
        let value = match parameters.get(parameter) {
            Value::Null => continue,
            // One context key with several values, or what XML made a list of one.
            Value::List(items) if items.len() > 1 => {
                ContextValue::list(items.iter().filter_map(Value::as_text).collect::<Vec<_>>())
            }
            value => match value.as_text().filter(|text| *text != HIDDEN) {
                Some(text) => ContextValue::single(text),
                None => continue,
            },
        };
        if action.supports(key) {
            keys.tell(*key, value, format!("requestParameters.{parameter}"));
        }
    }
    if prefix == "kms" {
        kms(keys, event, parameters, action);
    }
}

/// The encryption context, and the service that uses the key for the caller.
fn kms(keys: &mut EventContext, event: &Event<'_>, parameters: &Value<'_>, action: ActionInfo<'_>) {
    const FIELD: &str = "requestParameters.encryptionContext";
    let pairs = parameters.get("encryptionContext").members();
    let pairs: Vec<(&str, &str)> = pairs.iter().filter_map(|(key, value)| Some((&**key, value.as_text()?))).collect();
    if !pairs.is_empty() && action.supports("kms:EncryptionContextKeys") {
        for (key, value) in &pairs {
            keys.tell(format!("kms:EncryptionContext:{key}"), *value, FIELD);
        }
        keys.tell("kms:EncryptionContextKeys", ContextValue::list(pairs.iter().map(|(key, _)| *key)), FIELD);
    }
    let invoked_by = event.user_identity.invoked_by.as_deref().filter(|_| service(event) == "kms");
    let caller_is_service = event.user_identity.kind.as_deref() == Some("AWSService");
    let via = invoked_by.filter(|_| !caller_is_service).and_then(|name| name.split_once(".amazonaws."));
    if let Some(((name, suffix), region)) = via.zip(event.region.as_deref())
        && !name.contains('.')
        && action.supports("kms:ViaService")
    {
        const ASSUMPTION: &str = "the service of `userIdentity.invokedBy` in the region of the event";
        keys.assume("kms:ViaService", format!("{name}.{region}.amazonaws.{suffix}"), ASSUMPTION);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use iameval_data::Catalogue;

    #[test]
    fn keys_are_sorted_and_some_action_has_each() {
        assert!(KEYS.is_sorted());
        let catalogue = Catalogue::embedded();
        for (prefix, _, key) in KEYS {
            let service = catalogue.service(prefix).unwrap();
            assert!(service.actions().any(|action| action.supports(key)), "{key}");
        }
    }
}
