//! What the values of condition keys look like. Only what AWS documents is here; keys with free values have no row.

use crate::subject::a_few;
use iameval::suggest::nearest;
use iameval_data::{ValueForm, regions, suggest_region};

/// What the values of a key look like.
#[derive(Clone, Copy)]
pub(super) enum Form {
    /// One of these patterns ([`ValueForm`]), and how that reads for people.
    Like(&'static [&'static str], &'static str),
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// A region of any partition.
    Region,
}

/// What is known of the values of a key, in any letter case.
pub(super) fn form_of(key: &str) -> Option<Form> {
    let is = |name: &&str| name.eq_ignore_ascii_case(key);
    FORMS.iter().chain(&super::place::FORMS).find(|(keys, _)| keys.iter().any(is)).map(|(_, form)| *form)
}

impl Form {
    /// Whether a value may be one of these.
    pub(super) fn fits(&self, value: &str, wildcards: bool, ignore_case: bool) -> bool {
        let lower = |text: &str| if ignore_case { text.to_ascii_lowercase() } else { text.to_owned() };
        let value = lower(value);
        self.patterns().iter().any(|pattern| ValueForm::new(&lower(pattern)).fits(&value, wildcards))
    }

    fn patterns(&self) -> Vec<&'static str> {
        match self {
            Self::Like(patterns, _) => patterns.to_vec(),
            Self::OneOf(texts) => texts.to_vec(),
            Self::Region => regions().collect(),
        }
    }

    /// The value that is probably meant.
    pub(super) fn nearest(&self, value: &str) -> Option<&'static str> {
        match self {
            Self::Like(..) => None,
            Self::OneOf(texts) => nearest(value, texts.iter().copied()),
            Self::Region => suggest_region(value),
        }
    }

    pub(super) fn in_words(&self) -> String {
        match self {
            Self::Like(_, words) => (*words).to_owned(),
            Self::OneOf(texts) => a_few(texts.iter(), 8),
            Self::Region => "names of regions, such as `eu-west-1`".to_owned(),
        }
    }
}

const ACCOUNT: Form = Form::Like(&["############"], "account ids: twelve digits");
const ORGANIZATION: Form = Form::Like(&["o-?*"], "ids of organizations, such as `o-a1b2c3d4e5`");
const ORGANIZATION_PATH: Form = Form::Like(
    &["o-?*/r-?*/"],
    "paths that end in a slash, such as `o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/`; end them in `*` under `StringLike`",
);
const SERVICE: Form = Form::Like(&SERVICE_PRINCIPALS, "service principals, such as `ec2.amazonaws.com`");
const SERVICE_IN_REGION: Form = Form::Like(
    &["?*.?*.amazonaws.com", "?*.?*.amazonaws.com.cn", "?*.?*.amazonaws.eu"],
    "`SERVICE.REGION.amazonaws.com`, such as `s3.us-east-1.amazonaws.com`",
);
/// Beside the usual names, those of Alexa and of services within AWS.
const SERVICE_PRINCIPALS: [&str; 5] =
    ["?*.amazonaws.com", "?*.amazonaws.com.cn", "?*.amazonaws.eu", "?*.amazon.com", "?*.aws.internal"];

/// Keys and what their values look like: *AWS global condition context keys*, *IAM and AWS STS condition context keys*, and
/// the pages on condition keys of the services.
const FORMS: [(&[&str], Form); 5] = [
    (
        &[
            "aws:PrincipalAccount",
            "aws:ResourceAccount",
            "aws:SourceAccount",
            "aws:SourceOwner",
            "aws:VpceAccount",
            "kms:CallerAccount",
            "s3:DataAccessPointAccount",
            "s3:ResourceAccount",
        ],
        ACCOUNT,
    ),
    (&["aws:PrincipalOrgID", "aws:ResourceOrgID", "aws:SourceOrgID", "aws:VpceOrgID"], ORGANIZATION),
    (&["aws:PrincipalOrgPaths", "aws:ResourceOrgPaths", "aws:SourceOrgPaths", "aws:VpceOrgPaths"], ORGANIZATION_PATH),
    (&["kms:ViaService"], SERVICE_IN_REGION),
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
            "organizations:ServicePrincipal",
            "sts:AWSServiceName",
        ],
        SERVICE,
    ),
];
