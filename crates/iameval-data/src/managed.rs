//! The AWS managed policies.
//!
//! A table names them; their documents are packed in blocks of neighbours, and one block is unpacked when a document of
//! it is asked for.

use crate::table::{Line, Table, compare};
use iameval::PolicyKind;
use miniz_oxide::{deflate, inflate};
use std::fmt::Write as _;

/// A policy that AWS manages.
///
/// ```
/// use iameval_data::ManagedPolicy;
///
/// let policy = ManagedPolicy::find("arn:aws:iam::aws:policy/job-function/ViewOnlyAccess").unwrap();
/// assert_eq!(policy.name(), "ViewOnlyAccess");
/// assert_eq!(ManagedPolicy::suggest("PowerUserAcess"), Some("PowerUserAccess"));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct ManagedPolicy(Kept);

/// Where a policy is kept.
#[derive(Debug, Clone, Copy)]
enum Kept {
    /// In a block, as this line of the table says.
    Packed(Line<'static>),
    /// Here: name, ARN and document.
    Plain(&'static (&'static str, &'static str, &'static str)),
}

/// A managed policy, ready to be [packed](pack).
#[derive(Debug, Clone)]
pub struct ManagedPolicyData {
    /// The name.
    pub name: String,
    /// The path, such as `/` or `/service-role/`.
    pub path: String,
    /// The default version, such as `v12`.
    pub version: String,
    /// When the policy was made, ISO 8601.
    pub created: String,
    /// When its default version was made, ISO 8601.
    pub updated: String,
    /// The document as compact JSON.
    pub document: String,
}

const TABLE: Table<'static> = Table(include_str!("../data/managed-policies.txt"));
const BLOCKS: &[u8] = include_bytes!("../data/managed-policies.bin");
/// How much JSON a block holds, give or take a document.
const BLOCK: usize = 64 * 1024;

/// Policies of AWS Organizations that every organization has: *SCPs* and *RCPs* in the AWS Organizations User Guide.
const ORGANIZATIONS: [(&str, &str, &str); 2] = [
    (
        "FullAWSAccess",
        "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#,
    ),
    (
        "RCPFullAWSAccess",
        "arn:aws:organizations::aws:policy/resource_control_policy/p-RCPFullAWSAccess",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}"#,
    ),
];

/// Policies that AWS has retired and that may still be attached, and those that took their place: *Deprecated AWS managed
/// policies* in the AWS Managed Policy Reference Guide, and the pages of the services. Sorted.
const RETIRED: [(&str, &str); 10] = [
    ("AWSCodePipelineFullAccess", "AWSCodePipeline_FullAccess"),
    ("AWSCodePipelineReadOnlyAccess", "AWSCodePipeline_ReadOnlyAccess"),
    ("AWSConfigRole", "AWS_ConfigRole"),
    ("AWSElasticBeanstalkFullAccess", "AdministratorAccess-AWSElasticBeanstalk"),
    ("AWSElasticBeanstalkReadOnlyAccess", "AWSElasticBeanstalkReadOnly"),
    ("AWSLambdaFullAccess", "AWSLambda_FullAccess"),
    ("AWSLambdaReadOnlyAccess", "AWSLambda_ReadOnlyAccess"),
    ("AmazonEC2ContainerServiceFullAccess", "AmazonECS_FullAccess"),
    ("AmazonElasticTranscoderFullAccess", "AmazonElasticTranscoder_FullAccess"),
    ("AmazonElasticTranscoderReadOnlyAccess", "AmazonElasticTranscoder_ReadOnlyAccess"),
];

impl ManagedPolicy {
    /// The name of the policy that took the place of a retired one, whose name may have `aws:` or a path before it.
    ///
    /// ```
    /// use iameval_data::ManagedPolicy;
    ///
    /// assert_eq!(ManagedPolicy::replacement("AWSLambdaFullAccess"), Some("AWSLambda_FullAccess"));
    /// assert_eq!(ManagedPolicy::replacement("AWSLambda_FullAccess"), None);
    /// ```
    pub fn replacement(name: &str) -> Option<&'static str> {
        let name = name.rsplit(['/', ':']).next().unwrap_or(name);
        RETIRED.iter().find(|(retired, _)| *retired == name).map(|(_, by)| *by)
    }

    /// The policy of that name or ARN; names count case as AWS does. In the ARN the partition may be any.
    pub fn find(name: &str) -> Option<Self> {
        let plain = ORGANIZATIONS.iter().find(|(own, arn, _)| *own == name || *arn == name);
        if let Some(plain) = plain {
            return Some(Self(Kept::Plain(plain)));
        }
        let own_name = if name.starts_with("arn:") { name.rsplit('/').next().unwrap_or_default() } else { name };
        let found =
            TABLE.find(own_name).map(|line| Self(Kept::Packed(line))).filter(|found| found.name() == own_name)?;
        let same_arn = || name.splitn(3, ':').nth(2) == found.arn().splitn(3, ':').nth(2);
        (own_name == name || same_arn()).then_some(found)
    }

    /// Every managed policy in order of names.
    pub fn all() -> impl Iterator<Item = Self> {
        let packed = TABLE.lines().map(|line| Self(Kept::Packed(line)));
        packed.chain(ORGANIZATIONS.iter().map(|plain| Self(Kept::Plain(plain))))
    }

    /// The name that a mistyped one most likely means.
    pub fn suggest(name: &str) -> Option<&'static str> {
        let name = name.rsplit('/').next().unwrap_or(name);
        iameval::suggest::nearest(name, Self::all().map(Self::name))
    }

    /// The name.
    pub fn name(self) -> &'static str {
        match self.0 {
            Kept::Packed(line) => line.key(),
            Kept::Plain((name, ..)) => name,
        }
    }

    /// The ARN, in the partition `aws`.
    pub fn arn(self) -> String {
        match self.0 {
            Kept::Packed(line) => format!("arn:aws:iam::aws:policy{}{}", line.field(1), line.key()),
            Kept::Plain((_, arn, _)) => (*arn).into(),
        }
    }

    /// What the policy is attached as.
    pub fn kind(self) -> PolicyKind {
        match self.0 {
            Kept::Packed(_) => PolicyKind::Identity,
            Kept::Plain((_, arn, _)) if arn.contains("/resource_control_policy/") => PolicyKind::ResourceControl,
            Kept::Plain(_) => PolicyKind::ServiceControl,
        }
    }

    /// The version of the document, such as `v12`, where it is known.
    pub fn version(self) -> Option<&'static str> {
        self.field(2)
    }

    /// When AWS made the policy, ISO 8601, where it is known.
    pub fn created(self) -> Option<&'static str> {
        self.field(3)
    }

    /// When AWS made this version of it, ISO 8601, where it is known.
    pub fn updated(self) -> Option<&'static str> {
        self.field(4)
    }

    fn field(self, number: usize) -> Option<&'static str> {
        match self.0 {
            Kept::Packed(line) => Some(line.field(number)),
            Kept::Plain(_) => None,
        }
    }

    /// The document as compact JSON. Unpacks the block that it stands in.
    pub fn document(self) -> String {
        match self.0 {
            Kept::Packed(line) => {
                let number = |field| line.field(field).parse::<usize>().unwrap_or(0);
                let (start, end) = (number(5), number(5) + number(6));
                let block = BLOCKS.get(start..end).unwrap_or_default();
                let text = inflate::decompress_to_vec(block).unwrap_or_default();
                let document = text.get(number(7)..number(7) + number(8)).unwrap_or_default();
                String::from_utf8_lossy(document).into_owned()
            }
            Kept::Plain((.., document)) => (*document).into(),
        }
    }
}

/// Packs policies: the table and the blocks that this crate holds. The same policies give the same bytes.
pub fn pack(policies: &[ManagedPolicyData]) -> (String, Vec<u8>) {
    let mut sorted: Vec<&ManagedPolicyData> = policies.iter().collect();
    sorted.sort_by(|left, right| compare(&left.name, &right.name));
    let (mut table, mut packed) = (String::new(), Vec::new());
    let mut rest = sorted.as_slice();
    while !rest.is_empty() {
        let mut block = String::new();
        let mut places = Vec::new();
        for policy in rest {
            if block.len() >= BLOCK {
                break;
            }
            places.push((*policy, block.len()));
            block.push_str(&policy.document);
        }
        rest = rest.get(places.len()..).unwrap_or_default();
        let bytes = deflate::compress_to_vec(block.as_bytes(), 10);
        for (policy, offset) in places {
            let ManagedPolicyData { name, path, version, created, updated, document } = policy;
            let _ = writeln!(
                table,
                "{name}\t{path}\t{version}\t{created}\t{updated}\t{}\t{}\t{offset}\t{}",
                packed.len(),
                bytes.len(),
                document.len()
            );
        }
        packed.extend(bytes);
    }
    (table, packed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_policy_unpacks_to_a_document() {
        let mut count = 0;
        for policy in ManagedPolicy::all() {
            let parsed = iameval::PolicyDocument::parse(&policy.document());
            assert_eq!(parsed.diagnostics, [], "{}", policy.name());
            assert_eq!(ManagedPolicy::find(policy.name()).unwrap().name(), policy.name());
            assert_eq!(ManagedPolicy::find(&policy.arn()).unwrap().name(), policy.name());
            count += 1;
        }
        assert_eq!(count, 1_584);
    }

    #[test]
    fn names_and_arns_are_exact() {
        for name in ["poweruseraccess", "arn:aws:iam::aws:policy/job-function/PowerUserAccess", "", "PowerUserAccess "]
        {
            assert!(ManagedPolicy::find(name).is_none(), "{name}");
        }
        assert!(ManagedPolicy::find("arn:aws-cn:iam::aws:policy/PowerUserAccess").is_some());
    }

    #[test]
    fn retired_policies_are_gone_and_have_successors() {
        let names = RETIRED.map(|(retired, _)| retired);
        assert!(names.is_sorted());
        for (retired, by) in RETIRED {
            assert!(ManagedPolicy::find(retired).is_none(), "{retired}");
            assert!(ManagedPolicy::find(by).is_some(), "{by}");
        }
    }
}
