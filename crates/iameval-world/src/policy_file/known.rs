//! Files that are not policies, and what they are: the formats that people have beside policies, as a table.

use iameval::json::{self, Node, Value};

/// A format that is known by its members.
pub(super) struct Format {
    /// What a file of the format is, with its article.
    pub(super) what: &'static str,
    /// What to do with it.
    pub(super) help: &'static str,
    /// Whether it says who exists, so that a world can be made of it.
    pub(super) is_world: bool,
    is: fn(&Node<'_>) -> bool,
}

const SAVE: &str = "save each policy in it as a separate file";
const TEMPLATE: &str = "it is a world with all its policies: use it with `-w FILE`, as `cloudformation: FILE` under `sources` of a world file, or with `iameval check FILE`";
const SERVICE: &str = "it is a world with all its policies: use it with `-w FILE`, as `serverless: FILE` under `sources` of a world file, or with `iameval check FILE`";
const ASSEMBLY: &str = "its folder is a world with all its policies: use it with `-w FOLDER`, as `cdk: FOLDER` under `sources` of a world file, or with `iameval check FOLDER`";

const fn other(what: &'static str, help: &'static str, is: fn(&Node<'_>) -> bool) -> Format {
    Format { what, help, is_world: false, is }
}

/// What `aws iam get-account-authorization-details` prints.
pub(super) const ACCOUNT_DUMP: Format = Format {
    what: "an account dump",
    help: "it is a world with all its policies: use it with `-w FILE` or `iameval check FILE`",
    is_world: true,
    is: |tree| {
        let lists = ["UserDetailList", "GroupDetailList", "RoleDetailList"];
        lists.iter().any(|name| tree.get(name).is_some()) || is_list_of(tree, "Policies", "PolicyVersionList")
    },
};

/// A simulation request.
pub(super) const REQUEST: Format =
    other("a simulation request", "`iameval simulate --request FILE` answers it", |tree| {
        tree.get("request").is_some_and(|request| request.members().is_some())
    });

/// A native claim.
pub(super) const CLAIM: Format =
    other("a native claim", "`iameval prove --request FILE` proves it, one claim a line", |tree| {
        let is_asked = tree.get("expect").is_some() || tree.get("ask").is_some();
        let is_about = ["scope", "policies", "policy_set", "old", "new"];
        is_asked && is_about.iter().any(|name| tree.get(name).is_some())
    });

/// A definition of policies, which stands before requests or claims that refer to it.
pub(super) const DEFINITION: Format = other(
    "a definition of policies for requests or claims",
    "`iameval batch FILE` answers requests, and `iameval prove --request FILE` proves claims",
    |tree| tree.get("define").is_some() && tree.get("policies").is_some(),
);

static FORMATS: [Format; 23] = [
    ACCOUNT_DUMP,
    other("a SAM template", TEMPLATE, |tree| holds(tree, "Transform", "AWS::Serverless")),
    other("a CloudFormation template", TEMPLATE, |tree| {
        let is_resource = |node: &Node<'_>| text(node, "Type").is_some_and(|name| name.contains("::"));
        tree.get("AWSTemplateFormatVersion").is_some() || has_member(tree, "Resources", is_resource)
    }),
    other("a manifest of a CDK assembly", ASSEMBLY, |tree| {
        tree.get("artifacts").is_some() && tree.get("version").is_some()
    }),
    other(
        "the settings of a CDK app",
        "`cdk synth` writes `cdk.out`, which is a world: use it with `-w cdk.out` or `iameval check cdk.out`",
        |tree| tree.get("app").is_some() && tree.get("context").is_some(),
    ),
    other("a Terraform plan", "it is a world: use it with `-w plan.json` or `iameval check plan.json`", |tree| {
        tree.get("planned_values").is_some() || tree.get("resource_changes").is_some()
    }),
    other("a Terraform state", "`terraform show -json` writes a world: use it with `-w state.json`", |tree| {
        let is_state = tree.get("lineage").is_some() || tree.get("values").is_some();
        is_state && tree.get("terraform_version").is_some()
    }),
    other("a Terraform configuration", SAVE, |tree| {
        let is_block = |name: &str| has_member(tree, name, |node| node.members().is_some());
        (is_block("resource") || is_block("data")) && tree.get("request").is_none()
    }),
    other("a service of the Serverless Framework", SERVICE, |tree| {
        tree.get("service").is_some() && tree.get("provider").is_some()
    }),
    other("a CloudTrail record", "`iameval why FILE` explains the calls in it that AWS refused", |tree| {
        let is_event = |node: &Node<'_>| node.get("eventSource").is_some() && node.get("eventName").is_some();
        let first = |name| list(tree, name).and_then(<[Node<'_>]>::first);
        is_event(tree)
            || tree.get("detail").is_some_and(is_event)
            || first("Records").is_some_and(is_event)
            || first("Events").is_some_and(|event| event.get("CloudTrailEvent").is_some())
    }),
    other(
        "the output of `aws iam get-policy`, which does not include the document",
        "`aws iam get-policy-version --policy-arn ARN --version-id ID` prints the document of a version",
        |tree| tree.get("Policy").is_some_and(|policy| policy.get("DefaultVersionId").is_some()),
    ),
    other(
        "a list of policies, which does not include their documents",
        "`aws iam get-account-authorization-details` prints all policies with their documents",
        |tree| is_list_of(tree, "Policies", "Arn") || list(tree, "AttachedPolicies").is_some() || has_names_only(tree),
    ),
    other("an AWS Organizations policy that is not an IAM policy", "SCPs and RCPs are", |tree| {
        tree.get("Policy").is_some_and(|policy| policy.get("PolicySummary").is_some())
    }),
    other("the output of IAM's own simulator", "use the policies that were simulated", |tree| {
        list(tree, "EvaluationResults").is_some()
    }),
    REQUEST,
    CLAIM,
    DEFINITION,
    other("an answer of iameval", "use the policies that were simulated", |tree| {
        text(tree, "schema").is_some_and(|name| name.starts_with("iameval/"))
    }),
    other("a Google Cloud policy", "only AWS policies are read", |tree| {
        list(tree, "bindings").and_then(<[Node<'_>]>::first).is_some_and(|binding| binding.get("role").is_some())
    }),
    other("a Cedar policy in JSON", "only AWS IAM policies are read", |tree| {
        tree.get("effect").is_some() && tree.get("principal").is_some() && tree.get("conditions").is_some()
    }),
    other("a Kubernetes manifest", "save each policy in it as a separate file", |tree| {
        tree.get("apiVersion").is_some() && tree.get("kind").is_some()
    }),
    other("a GitHub Actions workflow", "use the policy files themselves", |tree| {
        tree.get("on").is_some() && tree.get("jobs").is_some()
    }),
    Format {
        what: "a world file",
        help: "use it with `-w FILE`; `iameval check FILE` checks the policies in it",
        is_world: true,
        is: |tree| {
            let sections = ["principals", "policies", "groups", "resources", "organization", "tests", "use", "sources"];
            let has_version = tree.get("version").is_some_and(|node| matches!(node.value, Value::Number(_)));
            has_version || sections.iter().any(|name| tree.get(name).is_some())
        },
    },
];

/// What a value is.
pub(super) fn of_tree(tree: &Node<'_>) -> Option<&'static Format> {
    FORMATS.iter().find(|format| (format.is)(tree))
}

/// What lines of JSON are: the first that is not a definition tells it.
pub(super) fn of_lines(text: &str) -> Option<&'static Format> {
    const LINES: [&Format; 3] = [&REQUEST, &CLAIM, &DEFINITION];
    let mut found = None;
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let Ok(tree) = json::parse(line) else { break };
        found = LINES.into_iter().find(|format| (format.is)(&tree));
        if found.is_none_or(|format| format.what != DEFINITION.what) {
            break;
        }
    }
    found
}

/// Languages that are neither JSON nor YAML: what they are, the endings of their files, and how a line of them begins.
static LANGUAGES: [(&str, &[&str], &[&str]); 3] = [
    ("a Terraform configuration", &["tf", "tfvars", "hcl"], &["resource \"", "data \"aws_", "terraform {"]),
    ("a Cedar policy", &["cedar"], &["permit (", "permit(", "forbid (", "forbid("]),
    ("an Open Policy Agent policy", &["rego"], &["package "]),
];

/// What a text in another language is, and what to do with it.
pub(super) fn of_text(name: &str, text: &str) -> Option<(&'static str, &'static str)> {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    if ["serverless.ts", "serverless.js", "serverless.cjs", "serverless.mjs"].contains(&file) {
        return Some((
            "a program of the Serverless Framework",
            "`serverless print > serverless.yml` writes what it comes to",
        ));
    }
    let begins = |starts: &[&str]| text.lines().any(|line| starts.iter().any(|start| line.starts_with(start)));
    let mut languages = LANGUAGES.iter();
    let (what, ..) = languages.find(|(_, endings, starts)| endings.contains(&ending) || begins(starts))?;
    Some((what, "only AWS policies in JSON or YAML are read; save each as a separate file"))
}

fn text<'n>(node: &'n Node<'_>, name: &str) -> Option<&'n str> {
    node.get(name)?.as_str()
}

fn list<'n, 'a>(node: &'n Node<'a>, name: &str) -> Option<&'n [Node<'a>]> {
    match &node.get(name)?.value {
        Value::Array(items) => Some(items),
        _ => None,
    }
}

fn is_list_of(tree: &Node<'_>, name: &str, member: &str) -> bool {
    list(tree, name).and_then(<[Node<'_>]>::first).is_some_and(|item| item.get(member).is_some())
}

/// Whether it is `aws iam list-role-policies`, which prints names.
fn has_names_only(tree: &Node<'_>) -> bool {
    list(tree, "PolicyNames").is_some()
}

/// Whether a member of the map `name` is such.
fn has_member(tree: &Node<'_>, name: &str, is: impl Fn(&Node<'_>) -> bool) -> bool {
    let members = tree.get(name).and_then(Node::members).unwrap_or_default();
    members.iter().any(|member| is(&member.value))
}

/// Whether the member holds a text that begins so, alone or in a list.
fn holds(tree: &Node<'_>, name: &str, start: &str) -> bool {
    let begins = |node: &Node<'_>| node.as_str().is_some_and(|text| text.starts_with(start));
    tree.get(name).is_some_and(begins) || list(tree, name).is_some_and(|items| items.iter().any(begins))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;

    #[test]
    fn files_are_known_by_their_members() {
        for (text, what) in [
            ("{UserDetailList: []}", "an account dump"),
            ("{Transform: 'AWS::Serverless-2016-10-31', Resources: {}}", "a SAM template"),
            ("{Resources: {Bucket: {Type: 'AWS::S3::Bucket'}}}", "a CloudFormation template"),
            ("{version: '39.0.0', artifacts: {}}", "a manifest of a CDK assembly"),
            ("{app: node bin/app.js, context: {}}", "the settings of a CDK app"),
            ("{format_version: '1.2', planned_values: {}}", "a Terraform plan"),
            ("{version: 4, terraform_version: 1.9.0, lineage: a}", "a Terraform state"),
            ("{resource: {aws_iam_policy: {}}}", "a Terraform configuration"),
            ("{service: api, provider: {name: aws}}", "a service of the Serverless Framework"),
            ("{Records: [{eventSource: a, eventName: b}]}", "a CloudTrail record"),
            ("{detail: {eventSource: a, eventName: b}}", "a CloudTrail record"),
            (
                "{Policy: {DefaultVersionId: v1}}",
                "the output of `aws iam get-policy`, which does not include the document",
            ),
            ("{AttachedPolicies: []}", "a list of policies, which does not include their documents"),
            ("{PolicyNames: [a]}", "a list of policies, which does not include their documents"),
            ("{Policy: {PolicySummary: {Type: TAG_POLICY}}}", "an AWS Organizations policy that is not an IAM policy"),
            ("{EvaluationResults: []}", "the output of IAM's own simulator"),
            ("{request: {action: 's3:GetObject'}}", "a simulation request"),
            ("{scope: {action: 's3:*'}, expect: deny}", "a native claim"),
            ("{ask: new_access, old: {}, new: {}}", "a native claim"),
            ("{define: ops, policies: {}}", "a definition of policies for requests or claims"),
            ("{schema: iameval/simulate/1}", "an answer of iameval"),
            ("{bindings: [{role: a}]}", "a Google Cloud policy"),
            ("{effect: permit, principal: {}, conditions: []}", "a Cedar policy in JSON"),
            ("{apiVersion: v1, kind: Role}", "a Kubernetes manifest"),
            ("{on: push, jobs: {}}", "a GitHub Actions workflow"),
            ("{principals: {}}", "a world file"),
            ("{version: 1}", "a world file"),
        ] {
            assert_eq!(of_tree(&yaml::parse(text).unwrap()).map(|format| format.what), Some(what), "{text}");
        }
        assert!(of_tree(&yaml::parse("{Statment: []}").unwrap()).is_none());
    }

    #[test]
    fn lines_are_known_by_the_first_that_is_no_definition() {
        let define = r#"{"define": "ops", "policies": {}}"#;
        let claim = r#"{"policy_set": "ops", "expect": "deny"}"#;
        let request = r#"{"request": {"action": "s3:GetObject"}}"#;
        for (text, what) in [
            (format!("{define}\n\n{claim}\n{request}\n"), Some(CLAIM.what)),
            (format!("{define}\n{request}\n"), Some(REQUEST.what)),
            (format!("{define}\n{define}\n"), Some(DEFINITION.what)),
            (format!("{define}\nnot JSON\n"), Some(DEFINITION.what)),
            ("{\"a\": 1}\n{\"b\": 2}\n".to_owned(), None),
        ] {
            assert_eq!(of_lines(&text).map(|format| format.what), what, "{text}");
        }
    }

    #[test]
    fn other_languages_are_known_by_ending_or_first_words() {
        assert_eq!(of_text("main.tf", "").unwrap().0, "a Terraform configuration");
        assert_eq!(
            of_text("standard input", "// all\npermit(principal, action, resource);\n").unwrap().0,
            "a Cedar policy"
        );
        assert_eq!(of_text("api/serverless.ts", "").unwrap().0, "a program of the Serverless Framework");
        assert!(of_text("a.json", "{\"Statement\": ]").is_none());
    }
}
