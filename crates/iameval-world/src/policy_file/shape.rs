//! What commands of AWS print around policies, as a table.
//!
//! Where the policies stand is what the models of the services say that AWS's SDKs and command line are made of;
//! `fixtures/outputs/` has an output for each row.

use crate::model::form::Wrapping;
use iameval::PolicyKind::{self, Endpoint, Identity, Resource, ResourceControl, RoleTrust, ServiceControl, Session};
use iameval::json::{Node, Value};

/// One shape of output.
struct Shape {
    /// The members to the policy; `*` is every item of a list, and `{}` every member of an object.
    path: &'static [&'static str],
    /// A command that prints it.
    command: &'static str,
    /// The kind of policy, where it is always the same.
    kind: Option<PolicyKind>,
    /// What stands at another path and tells this shape from others.
    beside: Option<Beside>,
}

/// A value beside a policy.
struct Beside {
    path: &'static [&'static str],
    /// The text that the value is; without, any value will do.
    text: Option<&'static str>,
}

impl Shape {
    const fn new(path: &'static [&'static str], command: &'static str, kind: PolicyKind) -> Self {
        Self { path, command, kind: Some(kind), beside: None }
    }

    /// Policies of more than one kind.
    const fn of_any_kind(path: &'static [&'static str], command: &'static str) -> Self {
        Self { path, command, kind: None, beside: None }
    }

    const fn beside(self, path: &'static [&'static str], text: Option<&'static str>) -> Self {
        Self { beside: Some(Beside { path, text }), ..self }
    }

    fn fits(&self, tree: &Node<'_>) -> bool {
        self.beside.as_ref().is_none_or(|beside| {
            let found = beside.path.iter().try_fold(tree, |node, name| node.get(name));
            found.is_some_and(|found| beside.text.is_none() || found.as_str() == beside.text)
        })
    }
}

const TYPE: &[&str] = &["Policy", "PolicySummary", "Type"];

/// Of two with the same path the first that fits counts.
static SHAPES: &[Shape] = &[
    // IAM and what is made with it.
    Shape::new(&["PolicyVersion", "Document"], "aws iam get-policy-version", Identity),
    Shape::new(&["Document"], "aws iam get-policy-version --query PolicyVersion", Identity),
    Shape::new(&["PolicyDocument"], "aws iam get-role-policy", Identity).beside(&["PolicyName"], None),
    Shape::new(&["PolicyVersionList", "*", "Document"], "aws iam get-account-authorization-details", Identity),
    Shape::new(&["UserPolicyList", "*", "PolicyDocument"], "aws iam get-account-authorization-details", Identity),
    Shape::new(&["GroupPolicyList", "*", "PolicyDocument"], "aws iam get-account-authorization-details", Identity),
    Shape::new(&["RolePolicyList", "*", "PolicyDocument"], "aws iam get-account-authorization-details", Identity),
    Shape::new(&["Role", "AssumeRolePolicyDocument"], "aws iam get-role", RoleTrust),
    Shape::new(&["Roles", "*", "AssumeRolePolicyDocument"], "aws iam list-roles", RoleTrust),
    Shape::new(&["AssumeRolePolicyDocument"], "aws iam get-role --query Role", RoleTrust),
    Shape::new(
        &["InstanceProfile", "Roles", "*", "AssumeRolePolicyDocument"],
        "aws iam get-instance-profile",
        RoleTrust,
    ),
    Shape::new(
        &["InstanceProfiles", "*", "Roles", "*", "AssumeRolePolicyDocument"],
        "aws iam list-instance-profiles",
        RoleTrust,
    ),
    Shape::new(&["InlinePolicy"], "aws sso-admin get-inline-policy-for-permission-set", Identity),
    Shape::new(
        &["generatedPolicyResult", "generatedPolicies", "*", "policy"],
        "aws accessanalyzer get-generated-policy",
        Identity,
    ),
    Shape::new(
        &["recommendedSteps", "*", "unusedPermissionsRecommendedStep", "recommendedPolicy"],
        "aws accessanalyzer get-finding-recommendation",
        Identity,
    ),
    // Organizations. Its other policies, such as those of tags, are not of IAM.
    Shape::new(&["Policy", "Content"], "aws organizations describe-policy", ServiceControl)
        .beside(TYPE, Some("SERVICE_CONTROL_POLICY")),
    Shape::new(&["Policy", "Content"], "aws organizations describe-policy", ResourceControl)
        .beside(TYPE, Some("RESOURCE_CONTROL_POLICY")),
    Shape::of_any_kind(&["Content"], "aws organizations describe-policy --query Policy"),
    Shape::new(&["ResourcePolicy", "Content"], "aws organizations describe-resource-policy", Resource),
    // Policies of resources that many services print alike.
    Shape::new(&["Policy"], "aws s3api get-bucket-policy", Resource),
    Shape::new(&["policy"], "aws apigateway get-rest-api", Resource),
    Shape::new(&["ResourcePolicy"], "aws secretsmanager get-resource-policy", Resource),
    Shape::new(&["resourcePolicy"], "aws s3tables get-table-policy", Resource),
    Shape::of_any_kind(&["PolicyDocument"], "aws rum get-resource-policy"),
    Shape::of_any_kind(&["policyDocument"], "aws iot get-policy"),
    Shape::new(&["Attributes", "Policy"], "aws sqs get-queue-attributes", Resource),
    Shape::new(&["policyText"], "aws ecr get-repository-policy", Resource),
    // Policies of resources that one service prints so.
    Shape::new(&["managementPolicy"], "aws apigateway get-domain-name", Resource),
    Shape::new(&["items", "*", "policy"], "aws apigateway get-rest-apis", Resource),
    Shape::new(&["items", "*", "managementPolicy"], "aws apigateway get-domain-names", Resource),
    Shape::new(&["DelegatedAdminResourcePolicy"], "aws cloudtrail get-resource-policy", Resource),
    Shape::new(&["configuredAudienceModelPolicy"], "aws cleanroomsml get-configured-audience-model-policy", Resource),
    Shape::new(&["policy", "document"], "aws codeartifact get-repository-permissions-policy", Resource),
    Shape::new(
        &["repositoryCreationTemplates", "*", "repositoryPolicy"],
        "aws ecr describe-repository-creation-templates",
        Resource,
    ),
    Shape::new(&["EventBuses", "*", "Policy"], "aws events list-event-buses", Resource),
    Shape::new(&["policy", "Policy"], "aws glacier get-vault-access-policy", Resource),
    Shape::new(&["PolicyInJson"], "aws glue get-resource-policy", Resource),
    Shape::new(&["GetResourcePoliciesResponseList", "*", "PolicyInJson"], "aws glue get-resource-policies", Resource),
    Shape::new(&["resourcePolicies", "*", "policyDocument"], "aws logs describe-resource-policies", Resource),
    Shape::new(&["resourcePolicy", "policyDocument"], "aws logs put-resource-policy", Resource),
    Shape::new(&["destinations", "*", "accessPolicy"], "aws logs describe-destinations", Resource),
    Shape::new(&["destination", "accessPolicy"], "aws logs put-destination", Resource),
    Shape::new(&["policy", "deliveryDestinationPolicy"], "aws logs get-delivery-destination-policy", Resource),
    Shape::new(&["s3AccessPolicy"], "aws omics get-s3-access-policy", Resource),
    Shape::new(&["DomainStatus", "AccessPolicies"], "aws opensearch describe-domain", Resource),
    Shape::new(&["DomainStatusList", "*", "AccessPolicies"], "aws opensearch describe-domains", Resource),
    Shape::new(&["DomainConfig", "AccessPolicies", "Options"], "aws opensearch describe-domain-config", Resource),
    Shape::new(&["AccessPolicies"], "aws opensearch describe-domain --query DomainStatus", Resource),
    Shape::new(&["DataSourceAccessPolicy"], "aws opensearch get-direct-query-data-source", Resource),
    Shape::new(&["policies", "*"], "aws ram get-resource-policies", Resource),
    Shape::new(&["ResourcePolicy", "Policy"], "aws redshift get-resource-policy", Resource),
    Shape::new(&["resourcePolicy", "policy"], "aws redshift-serverless get-resource-policy", Resource),
    Shape::new(&["ProjectPolicies", "*", "PolicyDocument"], "aws rekognition list-project-policies", Resource),
    Shape::new(&["ManagedView", "ResourcePolicy"], "aws resource-explorer-2 get-managed-view", Resource),
    Shape::new(&["FirewallRuleGroupPolicy"], "aws route53resolver get-firewall-rule-group-policy", Resource),
    Shape::new(&["ResolverQueryLogConfigPolicy"], "aws route53resolver get-resolver-query-log-config-policy", Resource),
    Shape::new(&["ResolverRulePolicy"], "aws route53resolver get-resolver-rule-policy", Resource),
    Shape::new(&["Policy", "Established", "Policy"], "aws s3control get-multi-region-access-point-policy", Resource),
    Shape::new(&["Policy", "Proposed", "Policy"], "aws s3control get-multi-region-access-point-policy", Resource),
    Shape::new(&["Policies", "{}"], "aws ses get-identity-policies", Resource),
    Shape::new(&["Policies", "*", "Policy"], "aws ssm get-resource-policies", Resource),
    Shape::new(&["ResourcePolicies", "*", "PolicyDocument"], "aws xray list-resource-policies", Resource),
    // Policies of endpoints and sessions.
    Shape::new(&["VpcEndpoints", "*", "PolicyDocument"], "aws ec2 describe-vpc-endpoints", Endpoint),
    Shape::new(&["VpcEndpoint", "PolicyDocument"], "aws ec2 create-vpc-endpoint", Endpoint),
    Shape::new(&["association", "policy"], "aws eks describe-pod-identity-association", Session),
    Shape::new(&["sessionPolicy"], "aws omics get-run", Session),
    Shape::new(&["profile", "sessionPolicy"], "aws rolesanywhere get-profile", Session),
    Shape::new(&["profiles", "*", "sessionPolicy"], "aws rolesanywhere list-profiles", Session),
    Shape::new(&["User", "Policy"], "aws transfer describe-user", Session),
    Shape::new(&["Access", "Policy"], "aws transfer describe-access", Session),
    // Policies of things, which have no principal, but are attached to certificates and groups.
    Shape::of_any_kind(&["effectivePolicies", "*", "policyDocument"], "aws iot get-effective-policies"),
    // A text alone.
    Shape::of_any_kind(&[], "aws s3api get-bucket-policy --query Policy"),
];

/// The policies that a value holds in one of the shapes, each with where it is.
pub(super) fn find<'n, 'a>(tree: &'n Node<'a>) -> Vec<(Wrapping, &'n Node<'a>)> {
    let mut found: Vec<(Wrapping, &'n Node<'a>)> = Vec::new();
    for shape in SHAPES.iter().filter(|shape| shape.fits(tree)) {
        for (wrapping, node) in in_shape(tree, shape) {
            if !found.iter().any(|(known, _)| known.path == wrapping.path) {
                found.push((wrapping, node));
            }
        }
    }
    found
}

fn in_shape<'n, 'a>(tree: &'n Node<'a>, shape: &Shape) -> Vec<(Wrapping, &'n Node<'a>)> {
    let mut nodes = vec![(String::new(), tree)];
    for step in shape.path {
        nodes = nodes.into_iter().flat_map(|(path, node)| below(&path, node, step)).collect();
    }
    let wrapping = |path| Wrapping { path, command: shape.command, kind: shape.kind };
    // The value itself is a policy, unless it is the text of one.
    let is_inside = |node: &Node<'_>| !shape.path.is_empty() || node.as_str().is_some();
    let policies = nodes.into_iter().filter(|(_, node)| is_inside(node) && may_be_policy(node));
    policies.map(|(path, node)| (wrapping(path), node)).collect()
}

/// The member of that name, or all items or members.
fn below<'n, 'a>(path: &str, node: &'n Node<'a>, step: &str) -> Vec<(String, &'n Node<'a>)> {
    let member = |name: &str, node| (if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }, node);
    match (&node.value, step) {
        (Value::Array(items), "*") => {
            items.iter().enumerate().map(|(index, item)| (format!("{path}[{index}]"), item)).collect()
        }
        (Value::Object(members), "{}") => members.iter().map(|known| member(&known.key, &known.value)).collect(),
        _ => node.get(step).map(|node| member(step, node)).into_iter().collect(),
    }
}

/// Whether a value is meant as a policy: an object with statements, or a text that begins like one.
fn may_be_policy(node: &Node<'_>) -> bool {
    match &node.value {
        Value::Object(_) => node.get("Statement").is_some() || node.get("Version").is_some(),
        Value::String(text) => {
            let text = text.trim_start();
            text.starts_with('{') || text.starts_with("%7B") || text.starts_with("%7b")
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use iameval::json;

    /// An output, the command that printed it, and what is found in it.
    struct Case {
        command: String,
        output: Node<'static>,
        found: Vec<(String, Option<PolicyKind>)>,
    }

    fn cases() -> Vec<Case> {
        let lines = include_str!("../../../../fixtures/outputs/outputs.jsonl").lines();
        let case = |line| {
            let tree = json::parse(line).unwrap().into_owned();
            let text = |name: &str| tree.get(name).and_then(Node::as_str).unwrap();
            let kind = tree.get("kind").and_then(Node::as_str).map(|kind| kind.parse().unwrap());
            let Value::Array(paths) = &tree.get("paths").unwrap().value else { panic!("{line}") };
            let found = paths.iter().map(|path| (path.as_str().unwrap().to_owned(), kind)).collect();
            Case { command: text("command").to_owned(), output: tree.get("output").unwrap().clone(), found }
        };
        lines.map(case).collect()
    }

    #[test]
    fn policies_are_found_in_outputs() {
        for Case { command, output, found: expected } in cases() {
            let found = find(&output).into_iter().map(|(wrapping, _)| (wrapping.path, wrapping.kind));
            assert_eq!(found.collect::<Vec<_>>(), expected, "{command}: {output}");
        }
    }

    #[test]
    fn every_row_has_an_output() {
        let cases = cases();
        for shape in SHAPES {
            let has_row = |case: &&Case| shape.fits(&case.output) && !in_shape(&case.output, shape).is_empty();
            let outputs: Vec<_> = cases.iter().filter(has_row).map(|case| &*case.command).collect();
            assert!(outputs.contains(&shape.command), "no output of `{}` holds {:?}", shape.command, shape.path);
        }
    }

    #[test]
    fn other_values_hold_no_policy() {
        for text in [r#"{"Statement": []}"#, r#"{"Policy": {"Arn": "a"}}"#, r#"{"Policy": "x"}"#, "[]", "\"x\""] {
            assert!(find(&json::parse(text).unwrap()).is_empty(), "{text}");
        }
    }
}
