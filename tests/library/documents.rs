//! Policy documents: what is read is printed again, and what is wrong with real ones is found.

use iameval::json::{self, Node};
use iameval::{Code, Diagnostic, PolicyDocument, PolicyKind, codes};
use iameval_tests::generate::{self, check};
use iameval_tests::{fixture, fixtures, root};
use std::path::Path;

/// What is printed, in either form, reads as the same document and prints the same again.
#[track_caller]
fn survives_printing(document: &PolicyDocument, what: &str) {
    for printed in [document.to_string(), format!("{document:#}")] {
        let parsed = PolicyDocument::parse(&printed);
        let again = parsed.value.unwrap_or_else(|| panic!("{what}: {printed}: {:?}", parsed.diagnostics));
        assert_eq!(again.to_string(), document.to_string(), "{what}");
        assert_eq!(again.statements(), document.statements(), "{what}");
        assert_eq!((again.version(), again.id()), (document.version(), document.id()), "{what}");
    }
}

#[test]
fn generated_documents_survive_printing() {
    check(2_000, generate::documents(), |(_, document)| {
        let parsed = document.parse();
        survives_printing(&parsed, "generated");
        assert_eq!(PolicyDocument::parse(&parsed.to_string()).value, Some(parsed));
    });
}

/// The policies of `fixtures/` that stand alone in a file, but for the one that is not JSON.
fn files() -> impl Iterator<Item = (String, String)> {
    let folders = ["real/policies", "managed", "force-mfa/policies"];
    folders.into_iter().flat_map(|folder| fixtures(folder, ".json")).filter_map(|path| {
        let name = path.strip_prefix(root().join("fixtures")).unwrap_or(Path::new("")).to_string_lossy().into_owned();
        (!name.ends_with(NOT_JSON)).then(|| fixture(&name)).map(|text| (name, text))
    })
}

const NOT_JSON: &str = "deny-service-specific-credential-by-type.json";

#[test]
fn real_documents_survive_printing() {
    let mut count = 0;
    for (name, text) in files() {
        survives_printing(&PolicyDocument::parse(&text).value.expect("a document"), &name);
        count += 1;
    }
    assert!(count >= 117, "only {count} documents");
}

#[test]
fn the_user_guide_survives_printing() {
    let text = fixture("real/policies/iam-user-guide.jsonl");
    let mut count = 0;
    for line in text.lines() {
        let tree = json::parse(line).expect("a line of JSON");
        let page = tree.get("page").and_then(Node::as_str).unwrap_or_default();
        let parsed = PolicyDocument::from_tree(tree.get("policy").expect("a policy"));
        let document = parsed.value.unwrap_or_else(|| panic!("{page}: {:?}", parsed.diagnostics));
        survives_printing(&document, page);
        count += 1;
    }
    assert_eq!(count, 261);
}

#[test]
fn a_comment_is_no_json() {
    let text = fixture(&format!("real/policies/scp/{NOT_JSON}"));
    let parsed = PolicyDocument::parse(&text);
    assert_eq!(parsed.value, None);
    let [finding] = &*parsed.diagnostics else { panic!("{:?}", parsed.diagnostics) };
    assert_eq!((finding.code(), finding.message()), (codes::JSON_SYNTAX, "expected `,` or `]`, found `/`"));
    assert!(finding.help().is_some_and(|help| help.starts_with("JSON has no comments")), "{finding:?}");
    assert!(text[finding.span().range().start..].starts_with("//"));
}

/// Every file in which something is wrong as a policy of its kind, with what; in source order.
const WRONG: [(&str, &[Code]); 33] = {
    use codes::{
        ACTION_WITHOUT_VENDOR, DUPLICATE_SID, INVALID_SID, MALFORMED_LITERAL, MALFORMED_PRINCIPAL, MISSING_ELEMENT,
        OPERATOR_CASE, RESOURCE_CONTROL_LIMITS, RESOURCE_NOT_ARN, TOO_LARGE, UNKNOWN_PARTITION,
    };
    [
        // Placeholders that somebody has to fill in.
        ("data-perimeter/rcp/api_gateway_policy.json", &[MALFORMED_LITERAL]),
        ("data-perimeter/rcp/network_perimeter_sourcevpc_rcp.json", &[MALFORMED_LITERAL]),
        ("data-perimeter/rcp/network_perimeter_vpceorgid_rcp.json", &[MALFORMED_LITERAL]),
        ("data-perimeter/rcp/sns_topic_policy.json", &[MALFORMED_LITERAL]),
        ("data-perimeter/scp/network_perimeter_ec2_scp.json", &[MALFORMED_LITERAL]),
        ("data-perimeter/scp/network_perimeter_glue_scp.json", &[MALFORMED_LITERAL]),
        ("data-perimeter/scp/network_perimeter_iam_users_scp.json", &[MALFORMED_LITERAL]),
        ("data-perimeter/scp/network_perimeter_lambda_scp.json", &[MALFORMED_LITERAL]),
        ("data-perimeter/scp/network_perimeter_sourcevpc_scp.json", &[MALFORMED_LITERAL]),
        ("data-perimeter/scp/network_perimeter_vpceorgid_scp.json", &[MALFORMED_LITERAL]),
        ("data-perimeter/scp/resource_perimeter_scp.json", &[RESOURCE_NOT_ARN, RESOURCE_NOT_ARN]),
        (
            "data-perimeter/vpce/s3_endpoint_policy.json",
            &[ACTION_WITHOUT_VENDOR, RESOURCE_NOT_ARN, ACTION_WITHOUT_VENDOR, RESOURCE_NOT_ARN],
        ),
        ("scp/deny-use-of-iam-user-credentials-from-unexpected-networks.json", &[MALFORMED_LITERAL]),
        ("rcp/s3-prevent-long-term-presigned-url.json", &[MALFORMED_LITERAL]),
        // A trust policy stands among the statements.
        ("rcp/shared-issuers.json", &[TOO_LARGE, MISSING_ELEMENT, RESOURCE_CONTROL_LIMITS]),
        ("rcp/sts-protect-iamra-session-tags.json", &[OPERATOR_CASE]),
        // Wrong on purpose.
        ("lint/identity-policies/insecure_policy.json", &[DUPLICATE_SID]),
        ("lint/identity-policies/invalid-sid-special-chars.json", &[INVALID_SID; 4]),
        ("lint/identity-policies/invalid_policy.json", &[RESOURCE_NOT_ARN, UNKNOWN_PARTITION]),
        ("lint/resource-control-policies/rcp-invalid-allow-effect.json", &[RESOURCE_CONTROL_LIMITS]),
        ("lint/resource-control-policies/rcp-invalid-not-action.json", &[RESOURCE_CONTROL_LIMITS]),
        ("lint/resource-control-policies/rcp-invalid-specific-principal.json", &[RESOURCE_CONTROL_LIMITS]),
        ("lint/resource-policies/kms-key-policy-insecure.json", &[MALFORMED_PRINCIPAL]),
        ("lint/resource-policies/s3-bucket-policy-cross-account-org.json", &[MALFORMED_PRINCIPAL]),
        // Actions that do not exist, or not on such resources: that needs the catalogue of services.
        ("lint/identity-policies/wrong-condition-key.json", &[]),
        ("lint/identity-policies/invalid-resource-constraint.json", &[]),
        ("lint/wrong_actions_mismatch/iam-wrong-resources.json", &[]),
        ("lint/wrong_actions_mismatch/s3-wrong-resources.json", &[]),
        ("lint/identity-policies/maximum_size_policy.json", &[]),
        // AWS's own policies may be larger than those of customers.
        ("managed/AmazonSageMakerFullAccess.json", &[TOO_LARGE]),
        ("managed/CloudWatchFullAccessV2.json", &[TOO_LARGE]),
        ("managed/ReadOnlyAccess.json", &[TOO_LARGE]),
        ("managed/SecurityAudit.json", &[TOO_LARGE]),
    ]
};

#[test]
fn what_is_wrong_with_real_documents_is_found() {
    let mut seen = 0;
    for (name, text) in files() {
        let parsed = PolicyDocument::parse(&text);
        assert_eq!(codes(&parsed.diagnostics), [], "{name}");
        let found = codes(&parsed.value.expect("a document without errors").check(kind(&name)));
        let expected = WRONG.iter().find(|(file, _)| name.ends_with(file));
        seen += usize::from(expected.is_some());
        assert_eq!(found, expected.map_or(&[][..], |(_, codes)| codes), "{name}");
    }
    assert_eq!(seen, WRONG.len(), "a file of the table is not there");
}

fn codes(findings: &[Diagnostic]) -> Vec<Code> {
    findings.iter().map(Diagnostic::code).collect()
}

/// The kind of the policy in a file, told by its folder.
fn kind(name: &str) -> PolicyKind {
    let is = |part: &str| name.contains(part);
    if is("resource-policies") || name.ends_with("api_gateway_policy.json") || name.ends_with("sns_topic_policy.json") {
        PolicyKind::Resource
    } else if is("resource-control") || is("/rcp/") {
        PolicyKind::ResourceControl
    } else if is("service-control") || is("/scp/") {
        PolicyKind::ServiceControl
    } else if is("/vpce/") {
        PolicyKind::Endpoint
    } else {
        PolicyKind::Identity
    }
}
