//! Values that name a place: regions, networks, keys of KMS.

use super::form::KeyForm;

const VPC: KeyForm = KeyForm::Like(&["vpc-?*"], "VPC ids, such as `vpc-0a1b2c3d4e5f67890`");
const VPC_ENDPOINT: KeyForm = KeyForm::Like(&["vpce-?*"], "VPC endpoint ids, such as `vpce-0a1b2c3d4e5f67890`");
const KMS_KEY: KeyForm = KeyForm::Like(&["arn:?*:kms:?*:?*:?*"], "KMS key ARNs, `arn:aws:kms:REGION:ACCOUNT:key/ID`");

/// *AWS global condition context keys*; *Actions, resources, and condition keys for Amazon S3*.
pub(super) const FORMS: [(&[&str], KeyForm); 4] = [
    (&["account:TargetRegion", "aws:RequestedRegion", "ec2:Region", "kms:ReplicaRegion"], KeyForm::Region),
    (&["aws:Ec2InstanceSourceVpc", "aws:SourceVpc", "vpc-lattice-svcs:SourceVpc"], VPC),
    (&["aws:SourceVpce"], VPC_ENDPOINT),
    (&["s3:x-amz-server-side-encryption-aws-kms-key-id"], KMS_KEY),
];
