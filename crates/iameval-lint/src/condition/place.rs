//! Values that name a place: regions, networks, keys of KMS.

use super::form::Form;

const VPC: Form = Form::Like(&["vpc-?*"], "VPC ids, such as `vpc-0a1b2c3d4e5f67890`");
const VPC_ENDPOINT: Form = Form::Like(&["vpce-?*"], "VPC endpoint ids, such as `vpce-0a1b2c3d4e5f67890`");
const KMS_KEY: Form = Form::Like(&["arn:?*:kms:?*:?*:?*"], "KMS key ARNs, `arn:aws:kms:REGION:ACCOUNT:key/ID`");

/// *AWS global condition context keys*; *Actions, resources, and condition keys for Amazon S3*.
pub(super) const FORMS: [(&[&str], Form); 4] = [
    (&["account:TargetRegion", "aws:RequestedRegion", "ec2:Region", "kms:ReplicaRegion"], Form::Region),
    (&["aws:Ec2InstanceSourceVpc", "aws:SourceVpc", "vpc-lattice-svcs:SourceVpc"], VPC),
    (&["aws:SourceVpce"], VPC_ENDPOINT),
    (&["s3:x-amz-server-side-encryption-aws-kms-key-id"], KMS_KEY),
];
