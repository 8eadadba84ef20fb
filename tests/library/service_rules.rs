//! The file of service rules beside the catalogue: a rule about an action that nobody has heard of would be one about
//! nothing.

use iameval::json::{self, Node, Value};
use iameval_data::Catalogue;

/// Operations that have no action of their own in AWS's reference: those that IAM does not authorize, and one that is newer.
const WITHOUT_ACTION: [&str; 4] = ["cognito-idp", "route53resolver", "sso", "sso-oauth"];

fn items<'n, 'a>(node: Option<&'n Node<'a>>) -> &'n [Node<'a>] {
    match node.map(|node| &node.value) {
        Some(Value::Array(items)) => items,
        _ => &[],
    }
}

#[test]
fn rules_speak_of_actions_and_resources_that_there_are() {
    let tree = json::parse(iameval::SERVICE_RULES).unwrap();
    let catalogue = Catalogue::embedded();
    let mut unknown = Vec::new();
    for section in tree.get("sections").and_then(Node::members).unwrap() {
        assert!(!items(section.value.get("rows")).is_empty(), "{} is empty", section.key);
        for row in items(section.value.get("rows")) {
            let service = row.get("service").and_then(Node::as_str).unwrap();
            assert!(
                row.get("source").and_then(Node::as_str).is_some_and(|source| !source.is_empty()),
                "{service}: no source"
            );
            for name in items(row.get("actions")).iter().chain(items(row.get("all_but"))).filter_map(Node::as_str) {
                let action = format!("{service}:{name}");
                let known = catalogue.action(&action).is_some();
                if !known && !WITHOUT_ACTION.contains(&service) {
                    unknown.push(format!("{}: {action}", section.key));
                }
            }
            for form in items(row.get("resources")).iter().filter_map(Node::as_str) {
                let types = catalogue.service(service).unwrap();
                let fits = types.resource_types().any(|kind| {
                    kind.arns().any(|arn| arn.splitn(6, ':').nth(5).is_some_and(|resource| resource.starts_with(form)))
                });
                // A recovery point has the ARN of the service that it was made of, and one of AWS Backup's own.
                assert!(fits || form == "recovery-point:", "{service} has no resource that begins with `{form}`");
            }
        }
    }
    assert!(unknown.is_empty(), "{unknown:#?}");
}
