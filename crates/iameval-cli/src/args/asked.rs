//! What several commands take: a world, policies around and of a principal, and a request.

use super::Deployment;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{ArgAction, Args};
use iameval::Layer;
use std::path::PathBuf;

/// Which world
#[derive(Debug, Args)]
pub(crate) struct WorldSource {
    /// A world file, an account dump, a CloudFormation template, a `cdk.out` folder, a `serverless.yml`, or a Terraform plan,
    /// state or folder; may be repeated
    ///
    /// What a file is, its content tells. The resources of a template are called `cfn:ID`, or `cfn:STACK/ID` with several
    /// stacks; those of Terraform `tf:ADDRESS`. Plans and states are in JSON, as `terraform show -json` writes them. What is
    /// not known before the deployment stays open: answers say what depends on it.
    ///
    /// The output of `aws iam get-account-authorization-details` is recognized by its members. Refer to its users and
    /// roles by name; `user/NAME` and `role/NAME` work as well, and are required where a user and a role share a name.
    ///
    /// Example: iameval simulate -w dump.json --as role/deploy s3:PutObject
    #[arg(short, long, value_name = "FILE")]
    pub(crate) world: Vec<PathBuf>,

    /// A built-in world, such as `force-mfa`
    #[arg(long, value_name = "NAME", conflicts_with = "world")]
    pub(crate) example: Option<String>,

    #[command(flatten)]
    pub(crate) deployment: Deployment,
}

/// Who exists and which policies apply
#[derive(Debug, Args)]
#[command(next_help_heading = "World")]
pub(crate) struct WorldFlags {
    #[command(flatten)]
    pub(crate) source: WorldSource,

    #[command(flatten)]
    pub(crate) own: PrincipalPolicies,

    #[command(flatten)]
    pub(crate) around: Guardrails,
}

impl WorldFlags {
    /// The first of these flags that is given.
    pub(crate) fn given(&self) -> Option<&'static str> {
        let given = [
            ("--world", !self.source.world.is_empty()),
            ("--example", self.source.example.is_some()),
            ("--policy", !self.own.policy.is_empty()),
            ("--boundary", !self.own.boundary.is_empty()),
            ("--session-policy", !self.own.session_policy.is_empty()),
            ("--scope-down", !self.own.scope_down.is_empty()),
            ("--scp", !self.around.scp.is_empty()),
            ("--rcp", !self.around.rcp.is_empty()),
            ("--resource-policy", !self.around.resource_policy.is_empty()),
            ("--endpoint-policy", !self.around.endpoint_policy.is_empty()),
            ("--scp-level", !self.around.scp_level.is_empty()),
            ("--without", !self.around.without.is_empty()),
            ("--no-service-rules", self.around.no_service_rules),
        ];
        given.into_iter().find(|(_, given)| *given).map(|(flag, _)| flag)
    }
}

/// Policies of the principal
#[derive(Debug, Args)]
#[command(next_help_heading = "World")]
pub(crate) struct PrincipalPolicies {
    /// An identity policy of the principal: a file, or `aws:NAME`
    ///
    /// Wherever a policy is expected, `aws:NAME`, such as `aws:PowerUserAccess`, or the full ARN of an AWS managed policy
    /// may be given; write `./aws:NAME` for a file of that name. `-` is standard input.
    ///
    /// Without `-w` or `--example`, it replaces the configured world.
    #[arg(long, value_name = "POLICY")]
    pub(crate) policy: Vec<PathBuf>,

    /// The permissions boundary: a file, or `aws:NAME`
    #[arg(long, value_name = "POLICY")]
    pub(crate) boundary: Vec<PathBuf>,

    /// A session policy: a file, or `aws:NAME`; several allow what any of them allows
    ///
    /// The policies passed in the call that created the session. They apply to role sessions and federated user sessions.
    /// For a policy passed to `sts:GetScopedCredentials` afterwards, use `--scope-down`.
    #[arg(long, value_name = "POLICY")]
    pub(crate) session_policy: Vec<PathBuf>,

    /// A scope-down policy: a file, or `aws:NAME`; each of them must allow
    ///
    /// The policy of an `sts:GetScopedCredentials` call. Repeat the flag for a chain of calls, earliest first: each policy is
    /// a separate level and narrows what the earlier ones allow. It applies to temporary credentials; those of a user or root
    /// are assumed to come from `sts:GetSessionToken`.
    ///
    /// Example: iameval simulate --as deployer --scope-down agent.json --scope-down subagent.json s3:GetObject
    #[arg(long, value_name = "POLICY")]
    pub(crate) scope_down: Vec<PathBuf>,
}

/// Policies around the principal
#[derive(Debug, Args)]
#[command(next_help_heading = "World")]
pub(crate) struct Guardrails {
    /// A service control policy: a file, or `aws:NAME`; several form one level
    #[arg(long, value_name = "POLICY")]
    pub(crate) scp: Vec<PathBuf>,

    /// Start the next level of service control policies, root first, account last
    #[arg(long, action = ArgAction::Append, num_args = 0, default_missing_value = "next")]
    pub(crate) scp_level: Vec<String>,

    /// A resource control policy: a file, or `aws:NAME`; several form one level
    #[arg(long, value_name = "POLICY")]
    pub(crate) rcp: Vec<PathBuf>,

    /// The resource policy (bucket policy, key policy, role trust policy): a file, or `aws:NAME`
    #[arg(long, value_name = "POLICY")]
    pub(crate) resource_policy: Vec<PathBuf>,

    /// The policy of the VPC endpoint that the request goes through: a file, or `aws:NAME`
    #[arg(long, value_name = "POLICY")]
    pub(crate) endpoint_policy: Vec<PathBuf>,

    /// The endpoint is a gateway endpoint (S3, `DynamoDB`)
    #[arg(long, requires = "endpoint_policy")]
    pub(crate) gateway_endpoint: bool,

    /// Leave out a layer of policies
    #[arg(long, value_parser = layer(), value_name = "LAYER")]
    pub(crate) without: Vec<Layer>,

    /// Evaluate only the policies, without service-specific rules
    #[arg(long)]
    pub(crate) no_service_rules: bool,
}

/// What is asked
#[derive(Debug, Args)]
#[command(next_help_heading = "Request")]
pub(crate) struct RequestFlags {
    /// The resource: an ARN, a name in the world, `*`, or `self` for the caller; may be repeated
    ///
    /// A slash and a path after a name mean something inside that resource: `reports/q3.csv` is a key in the bucket `reports`.
    #[arg(short, long, value_name = "ARN")]
    pub(crate) resource: Vec<String>,

    /// The account that owns the resource, for ARNs that do not name it (S3)
    #[arg(long, value_name = "ACCOUNT")]
    pub(crate) resource_account: Option<String>,

    /// The VPC endpoint of the world that the request goes through
    ///
    /// Its policies must allow the request, and its context is added to the request.
    #[arg(long, value_name = "ENDPOINT")]
    pub(crate) via: Option<String>,

    /// The state of multi-factor authentication: true, true@SECONDS, false, absent, or all; repeat the flag for several
    ///
    /// `true` is a session that signed in with MFA, `false` one that did not, and `absent` means long-term access keys, which
    /// leave the key out of the request. Each state is asked on its own.
    #[arg(long, value_name = "STATE")]
    pub(crate) mfa: Vec<String>,

    /// A context key; repeat the flag for a key with several values; `KEY=[]` is an empty list
    #[arg(short, long, value_name = "KEY=VALUE")]
    pub(crate) context: Vec<String>,

    /// A context key that is known to be absent
    #[arg(long, value_name = "KEY")]
    pub(crate) no_context: Vec<String>,

    /// The time of the request: ISO 8601, epoch seconds, or `now`
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,

    /// The IP address of the caller
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) source_ip: Option<String>,

    /// The region that the request is sent to
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,
}

/// What `--without` takes: the names of native requests, with dashes as flags have them.
fn layer() -> impl TypedValueParser<Value = Layer> {
    let value = |layer: Layer| match layer {
        Layer::ScopeDown => PossibleValue::new("scope-down").alias(layer.as_str()),
        other => PossibleValue::new(other.as_str()),
    };
    PossibleValuesParser::new(Layer::ALL.map(value)).try_map(|name| name.replace('-', "_").parse())
}
