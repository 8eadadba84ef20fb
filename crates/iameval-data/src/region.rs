//! The regions and partitions of AWS. Kept by hand, after the partitions of the AWS SDK for Python (botocore 1.44.8).

use iameval::suggest::nearest;

/// A partition with its regions.
struct Partition {
    name: &'static str,
    regions: &'static [&'static str],
}

const PARTITIONS: [Partition; 8] = [
    Partition {
        name: "aws",
        regions: &[
            "af-south-1",
            "ap-east-1",
            "ap-east-2",
            "ap-northeast-1",
            "ap-northeast-2",
            "ap-northeast-3",
            "ap-south-1",
            "ap-south-2",
            "ap-southeast-1",
            "ap-southeast-2",
            "ap-southeast-3",
            "ap-southeast-4",
            "ap-southeast-5",
            "ap-southeast-6",
            "ap-southeast-7",
            "ca-central-1",
            "ca-west-1",
            "eu-central-1",
            "eu-central-2",
            "eu-north-1",
            "eu-south-1",
            "eu-south-2",
            "eu-west-1",
            "eu-west-2",
            "eu-west-3",
            "il-central-1",
            "me-central-1",
            "me-south-1",
            "me-west-1",
            "mx-central-1",
            "sa-east-1",
            "sa-west-1",
            "us-east-1",
            "us-east-2",
            "us-west-1",
            "us-west-2",
        ],
    },
    Partition { name: "aws-cn", regions: &["cn-north-1", "cn-northwest-1"] },
    Partition { name: "aws-eusc", regions: &["eusc-de-east-1"] },
    Partition { name: "aws-iso", regions: &["us-iso-east-1", "us-iso-west-1"] },
    Partition { name: "aws-iso-b", regions: &["us-isob-east-1", "us-isob-west-1"] },
    Partition { name: "aws-iso-e", regions: &["eu-isoe-west-1"] },
    Partition { name: "aws-iso-f", regions: &["us-isof-east-1", "us-isof-south-1"] },
    Partition { name: "aws-us-gov", regions: &["us-gov-east-1", "us-gov-west-1"] },
];

/// Every region, partition by partition.
///
/// ```
/// assert!(iameval_data::regions().any(|region| region == "eu-central-1"));
/// ```
pub fn regions() -> impl Iterator<Item = &'static str> {
    PARTITIONS.iter().flat_map(|partition| partition.regions.iter().copied())
}

/// Every partition.
///
/// ```
/// assert!(iameval_data::partitions().any(|partition| partition == "aws-cn"));
/// ```
pub fn partitions() -> impl Iterator<Item = &'static str> {
    PARTITIONS.iter().map(|partition| partition.name)
}

/// The partition of a region that is known.
///
/// ```
/// assert_eq!(iameval_data::partition_of_region("cn-north-1"), Some("aws-cn"));
/// assert_eq!(iameval_data::partition_of_region("eu-wst-1"), None);
/// ```
pub fn partition_of_region(region: &str) -> Option<&'static str> {
    PARTITIONS.iter().find(|partition| partition.regions.contains(&region)).map(|partition| partition.name)
}

/// The regions of a partition; none where the partition or its regions are not known.
pub fn regions_of_partition(partition: &str) -> &'static [&'static str] {
    PARTITIONS.iter().find(|known| known.name == partition).map_or(&[], |known| known.regions)
}

/// The region that a mistyped one most likely means.
///
/// ```
/// assert_eq!(iameval_data::suggest_region("eu-wst-1"), Some("eu-west-1"));
/// ```
pub fn suggest_region(text: &str) -> Option<&'static str> {
    nearest(text, regions())
}
