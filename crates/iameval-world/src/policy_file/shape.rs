//! What commands of AWS print around policies, as a table.

use crate::model::form::Wrapping;
use iameval::PolicyKind::{self, Endpoint, Identity, Resource, ResourceControl, RoleTrust, ServiceControl};
use iameval::json::{Node, Value};

/// One shape of output.
struct Shape {
    /// The members to the policy; `*` is every item of a list.
    path: &'static [&'static str],
    command: &'static str,
    kind: Option<PolicyKind>,
    /// What stands at another path and tells this shape from others.
    beside: Option<(&'static [&'static str], &'static str)>,
}

impl Shape {
    const fn new(path: &'static [&'static str], command: &'static str, kind: PolicyKind) -> Self {
        Self { path, command, kind: Some(kind), beside: None }
    }

    const fn of_type(kind: PolicyKind, name: &'static str) -> Self {
        let beside = Some((["Policy", "PolicySummary", "Type"].as_slice(), name));
        Self { path: &["Policy", "Content"], command: "aws organizations describe-policy", kind: Some(kind), beside }
    }
}

static SHAPES: [Shape; 29] = [
    Shape::new(&["PolicyVersion", "Document"], "aws iam get-policy-version", Identity),
    Shape::new(&["Role", "AssumeRolePolicyDocument"], "aws iam get-role", RoleTrust),
    Shape::new(&["Roles", "*", "AssumeRolePolicyDocument"], "aws iam list-roles", RoleTrust),
    Shape::new(&["AssumeRolePolicyDocument"], "aws iam get-role --query Role", RoleTrust),
    Shape::new(&["PolicyDocument"], "aws iam get-role-policy", Identity),
    Shape::new(&["Document"], "aws iam get-policy-version --query PolicyVersion", Identity),
    Shape::of_type(ServiceControl, "SERVICE_CONTROL_POLICY"),
    Shape::of_type(ResourceControl, "RESOURCE_CONTROL_POLICY"),
    Shape::new(&["ResourcePolicy", "Content"], "aws organizations describe-resource-policy", Resource),
    Shape::new(&["InlinePolicy"], "aws sso-admin get-inline-policy-for-permission-set", Identity),
    Shape::new(&["Policy"], "aws s3api get-bucket-policy", Resource),
    Shape::new(&["Attributes", "Policy"], "aws sqs get-queue-attributes", Resource),
    Shape::new(&["policyText"], "aws ecr get-repository-policy", Resource),
    Shape::new(&["ResourcePolicy"], "aws secretsmanager get-resource-policy", Resource),
    Shape::new(&["resourcePolicy"], "aws s3tables get-table-bucket-policy", Resource),
    Shape::new(&["PolicyInJson"], "aws glue get-resource-policy", Resource),
    Shape::new(&["GetResourcePoliciesResponseList", "*", "PolicyInJson"], "aws glue get-resource-policies", Resource),
    Shape::new(&["policy", "document"], "aws codeartifact get-repository-permissions-policy", Resource),
    Shape::new(&["policy", "Policy"], "aws glacier get-vault-access-policy", Resource),
    Shape::new(&["policy"], "aws apigateway get-rest-api", Resource),
    Shape::new(&["resourcePolicies", "*", "policyDocument"], "aws logs describe-resource-policies", Resource),
    Shape::new(&["DomainStatus", "AccessPolicies"], "aws opensearch describe-domain", Resource),
    Shape::new(&["DomainConfig", "AccessPolicies", "Options"], "aws opensearch describe-domain-config", Resource),
    Shape::new(&["AccessPolicies"], "aws opensearch describe-domain --query DomainStatus", Resource),
    Shape::new(&["VpcEndpoints", "*", "PolicyDocument"], "aws ec2 describe-vpc-endpoints", Endpoint),
    Shape::new(&["VpcEndpoint", "PolicyDocument"], "aws ec2 create-vpc-endpoint", Endpoint),
    Shape::new(&["PolicyVersionList", "*", "Document"], "aws iam get-account-authorization-details", Identity),
    Shape { path: &["Content"], command: "aws organizations describe-policy --query Policy", kind: None, beside: None },
    Shape { path: &[], command: "", kind: None, beside: None },
];

/// The policies that a value holds in one of the shapes, each with where it is.
pub(super) fn find<'n, 'a>(tree: &'n Node<'a>) -> Vec<(Wrapping, &'n Node<'a>)> {
    let fits = |shape: &&Shape| {
        shape.beside.is_none_or(|(path, word)| {
            let found = path.iter().try_fold(tree, |node, name| node.get(name));
            found.and_then(Node::as_str) == Some(word)
        })
    };
    let found = SHAPES.iter().filter(fits).map(|shape| in_shape(tree, shape));
    found.into_iter().find(|found| !found.is_empty()).unwrap_or_default()
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

/// The members of that name, or with `*` the items.
fn below<'n, 'a>(path: &str, node: &'n Node<'a>, step: &str) -> Vec<(String, &'n Node<'a>)> {
    if let (Value::Array(items), "*") = (&node.value, step) {
        return items.iter().enumerate().map(|(index, item)| (format!("{path}[{index}]"), item)).collect();
    }
    let dot = if path.is_empty() { "" } else { "." };
    node.get(step).map(|node| (format!("{path}{dot}{step}"), node)).into_iter().collect()
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

    #[test]
    fn every_shape_is_found_where_it_says() {
        for shape in &SHAPES {
            let mut text = r#""{\"Statement\": []}""#.to_owned();
            for step in shape.path.iter().rev() {
                text = if *step == "*" { format!("[{text}]") } else { format!("{{\"{step}\": {text}}}") };
            }
            if let Some((_, word)) = shape.beside {
                let policy = r#""{\"Statement\": []}""#;
                text = format!(r#"{{"Policy": {{"PolicySummary": {{"Type": "{word}"}}, "Content": {policy}}}}}"#);
            }
            let tree = json::parse(&text).unwrap();
            let found = find(&tree);
            let commands: Vec<_> = found.iter().map(|(wrapping, _)| (wrapping.command, wrapping.kind)).collect();
            assert_eq!(commands, [(shape.command, shape.kind)], "{text}");
        }
    }

    #[test]
    fn other_values_hold_no_policy() {
        for text in [r#"{"Statement": []}"#, r#"{"Policy": {"Arn": "a"}}"#, r#"{"Policy": "x"}"#, "[]", "\"x\""] {
            assert!(find(&json::parse(text).unwrap()).is_empty(), "{text}");
        }
    }
}
