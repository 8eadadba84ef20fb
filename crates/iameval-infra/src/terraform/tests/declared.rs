//! What types of variables, blocks that may be there, and defaults of the provider come to.

use super::{identity, line, symbols};
use crate::Terraform;
use crate::testing::Memory;
use iameval::PolicyKind;
use iameval_world::World;

const USER: &str = r#"
resource "aws_iam_user" "u" {
  name = "u"
}
"#;

#[track_caller]
fn load(files: &[(&str, &str)]) -> World {
    let memory =
        files.iter().fold(Memory::default(), |memory, (name, text)| memory.with(&format!("infra/{name}"), *text));
    let source = Terraform::new("infra").account("111111111111").region("eu-west-1");
    World::from_sources(&memory, &[&source]).unwrap_or_else(|wrong| panic!("{wrong:#?}"))
}

/// The resources of the statements of the user's policy, which is that expression.
#[track_caller]
fn resources(definitions: &str, policy: &str, template: &str) -> String {
    let main = format!(
        "{USER}{definitions}\nresource \"aws_iam_user_policy\" \"p\" {{\n  user = \"u\"\n  policy = {policy}\n}}\n"
    );
    let world = load(&[("main.tf", &main), ("p.tpl", template)]);
    let known = world.principal("tf:aws_iam_user.u").unwrap();
    let statements = known.identity()[0].policy.document().statements();
    let of = |statement: &iameval::Statement| {
        let resources: Vec<&str> = statement.resource().map(|all| all.patterns().collect()).unwrap_or_default();
        let certain = if statement.only_if().is_empty() { "" } else { "?" };
        resources.join(" ") + certain
    };
    let all: Vec<String> = statements.iter().map(of).collect();
    symbols(&world).display(&all.join(" | ")).into_owned()
}

/// `for KEY, ITEM in LIST` counts, and of a set the key is the item itself. Which it is, the type says, or what is passed.
#[test]
fn keys_of_lists_and_sets_are_told_apart() {
    let each = |of: &str| {
        format!(
            r#"jsonencode({{ Statement = [for k, b in {of} : {{ Effect = "Allow", Action = "s3:*", Resource = "${{b}}-${{k}}" }}] }})"#
        )
    };
    for (definitions, of, expected) in [
        (r#"variable "l" { default = ["a", "b"] }"#, "var.l", "a-0 | b-1"),
        ("variable \"l\" {\n type = list(string)\n default = [\"a\", \"b\"]\n}", "var.l", "a-0 | b-1"),
        ("variable \"l\" {\n type = set(string)\n default = [\"a\", \"b\"]\n}", "var.l", "a-a | b-b"),
        ("locals {\n l = toset([\"a\"])\n m = local.l\n}", "local.m", "a-a"),
        ("locals {\n l = [\"a\"]\n}", "local.l", "a-0"),
        ("variable \"x\" { default = true }\nlocals {\n l = var.x ? [\"a\"] : []\n}", "local.l", "a-0"),
    ] {
        assert_eq!(resources(definitions, &each(of), ""), expected, "{definitions}");
    }
    let template = r#"{"Statement": [
%{ for i, b in buckets ~}
  {"Effect": "Allow", "Action": "s3:*", "Resource": "${b}"}%{ if i < length(buckets) - 1 },%{ endif }
%{ endfor ~}
]}"#;
    for passed in [r#"["a", "b"]"#, "var.l", "[for b in var.l : b]"] {
        let policy = format!("templatefile(\"p.tpl\", {{ buckets = {passed} }})");
        assert_eq!(resources(r#"variable "l" { default = ["a", "b"] }"#, &policy, template), "a | b", "{passed}");
    }
}

#[test]
fn attributes_that_are_left_out_have_the_default_of_their_type() {
    let definitions = r#"
variable "grants" {
  type = map(object({
    bucket = string
    prefix = optional(string, "all")
    more   = optional(object({ action = optional(string, "s3:Get*") }), {})
    none   = optional(string)
  }))
  default = { x = { bucket = "b", unlisted = "z" }, y = { bucket = "c", prefix = "p", more = { action = null } } }
}
"#;
    for (result, expected) in [
        ("${g.bucket}/${g.prefix}", "b/all | c/p"),
        ("${g.more.action}", "s3:Get* | s3:Get*"),
        ("${try(g.unlisted, \"gone\")}", "gone | gone"),
        ("${g.none == null ? \"null\" : \"given\"}", "null | null"),
    ] {
        let policy = format!(
            r#"jsonencode({{ Statement = [for g in var.grants : {{ Effect = "Allow", Action = "s3:*", Resource = "{result}" }}] }})"#
        );
        assert_eq!(resources(definitions, &policy, ""), expected, "{result}");
    }
}

/// Blocks that may be there, with what decides that.
#[test]
fn conditions_and_principals_may_be_there() {
    let source = |block: &str| {
        format!(
            r#"
variable "open" {{}}
resource "aws_s3_bucket" "b" {{
  bucket = "b"
}}
resource "aws_s3_bucket_policy" "p" {{
  bucket = aws_s3_bucket.b.id
  policy = data.aws_iam_policy_document.d.json
}}
data "aws_iam_policy_document" "d" {{
  statement {{
    actions   = ["s3:GetObject"]
    resources = ["*"]
    {block}
  }}
}}
"#
        )
    };
    let everyone = "principals {\n type = \"*\"\n identifiers = [\"*\"]\n}\n";
    let condition = "test = \"Bool\"\n variable = \"aws:SecureTransport\"\n values = [true]\n";
    for (block, expected) in [
        (
            format!(
                "{everyone} dynamic \"condition\" {{\n for_each = var.open == \"yes\" ? [] : [1]\n content {{\n {condition} }}\n}}"
            ),
            r#"{"Effect":"Allow","Principal":"*","Action":["s3:GetObject"],"Resource":["*"]},{"Effect":"Allow","Principal":"*","Action":["s3:GetObject"],"Resource":["*"],"Condition":{"Bool":{"aws:SecureTransport":[true]}}}"#,
        ),
        (
            format!(
                "{everyone} condition {{\n test = var.open == \"yes\" ? \"Bool\" : \"BoolIfExists\"\n variable = \"aws:SecureTransport\"\n values = [true]\n}}"
            ),
            r#"{"Effect":"Allow","Principal":"*","Action":["s3:GetObject"],"Resource":["*"],"Condition":{"Bool":{"aws:SecureTransport":[true]}}},{"Effect":"Allow","Principal":"*","Action":["s3:GetObject"],"Resource":["*"],"Condition":{"BoolIfExists":{"aws:SecureTransport":[true]}}}"#,
        ),
        (
            "principals {\n type = \"AWS\"\n identifiers = [\"111111111111\"]\n}\n dynamic \"principals\" {\n for_each = var.open == \"yes\" ? [\"222222222222\"] : []\n content {\n type = \"AWS\"\n identifiers = [principals.value]\n}\n}\n".to_owned(),
            r#"{"Effect":"Allow","Principal":{"AWS":["111111111111","222222222222"]},"Action":["s3:GetObject"],"Resource":["*"]},{"Effect":"Allow","Principal":{"AWS":["111111111111"]},"Action":["s3:GetObject"],"Resource":["*"]}"#,
        ),
    ] {
        let world = load(&[("main.tf", &source(&block))]);
        let policy = &world.resources()["tf:aws_s3_bucket.b"].policy.as_ref().unwrap().policy;
        assert_eq!(policy.document().to_string(), format!(r#"{{"Version":"2012-10-17","Statement":[{expected}]}}"#));
        let conditions: Vec<usize> =
            policy.document().statements().iter().map(|statement| statement.only_if().len()).collect();
        assert_eq!(conditions, [1, 1], "{block}");
    }
}

/// A policy of an organization is an SCP unless its type says otherwise; where that is not known, it may be either.
#[test]
fn organization_policies_are_of_a_type() {
    const SCP: PolicyKind = PolicyKind::ServiceControl;
    const RCP: PolicyKind = PolicyKind::ResourceControl;
    for (argument, expected) in [
        ("", &[(SCP, false)][..]),
        ("type = \"SERVICE_CONTROL_POLICY\"", &[(SCP, false)]),
        ("type = \"RESOURCE_CONTROL_POLICY\"", &[(RCP, false)]),
        ("type = \"TAG_POLICY\"", &[]),
        ("type = var.type", &[(SCP, true), (RCP, true)]),
    ] {
        let main = format!(
            r#"
variable "type" {{
  type = string
}}
resource "aws_organizations_policy" "p" {{
  name    = "p"
  content = jsonencode({{ Statement = [{{ Effect = "Deny", Action = "s3:*", Resource = "*" }}] }})
  {argument}
}}
resource "aws_organizations_policy_attachment" "a" {{
  policy_id = aws_organizations_policy.p.id
  target_id = "r-abcd"
}}
"#
        );
        let world = load(&[("main.tf", &main)]);
        let found = world.policies().iter().filter(|known| known.policy.name == "tf:aws_organizations_policy.p");
        let mut found: Vec<(PolicyKind, bool)> = found
            .flat_map(|known| {
                let open = known.policy.document().statements().iter().any(|statement| !statement.only_if().is_empty());
                known.kinds.iter().map(move |kind| (*kind, open))
            })
            .collect();
        found.sort_by_key(|(kind, _)| *kind == RCP);
        assert_eq!(found, expected, "{argument}");
    }
}

/// What `random` makes up is a text without wildcards: the same on both sides.
#[test]
fn names_that_are_made_up_meet_themselves() {
    let main = r#"
resource "random_pet" "n" {}
resource "aws_s3_bucket" "b" {
  bucket = "data-${random_pet.n.id}"
}
resource "aws_iam_user" "u" {
  name = "u-${random_id.n.hex}"
}
resource "random_id" "n" {}
resource "aws_iam_user_policy" "p" {
  user   = aws_iam_user.u.name
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "${aws_s3_bucket.b.arn}/*" }] })
}
"#;
    let world = load(&[("main.tf", main)]);
    assert_eq!(identity(&world, "tf:aws_iam_user.u"), ["tf:aws_iam_user_policy.p: Allow s3:*"]);
    let symbols = symbols(&world);
    for name in ["random_pet.n.id", "random_id.n.hex"] {
        let symbol = symbols.find(name).unwrap();
        assert_eq!(symbols.kind(symbol), iameval::symbol::SymbolKind::Text, "{name}");
    }
}

/// Editors on Windows write a byte order mark and end lines with CRLF.
#[test]
fn files_of_windows_are_read() {
    let main = format!(
        "\u{feff}{USER}resource \"aws_iam_user_policy\" \"p\" {{\n  user = \"u\"\n  policy = <<EOF\n{{\n\t\"Statement\": [{{\"Effect\": \"Allow\", \"Action\": \"s3:GetObject\", \"Resource\": \"*\"}}]\n}}\nEOF\n}}\n"
    );
    let main = main.replace('\n', "\r\n");
    let world = load(&[("main.tf", &main)]);
    let known = world.principal("tf:aws_iam_user.u").unwrap();
    let attached = &known.identity()[0];
    assert_eq!(line(&world, attached), "tf:aws_iam_user_policy.p: Allow s3:GetObject");
    let span = attached.policy.document().statements()[0].span();
    assert!(main.get(span.range()).unwrap().starts_with("{\"Effect\": \"Allow\""), "{span:?}");
}

/// What comes first in a file, and what is in a module, may refer to the name of what comes later.
#[test]
fn names_are_known_in_any_order() {
    let policy = |resource: &str| {
        format!(r#"jsonencode({{ Statement = [{{ Effect = "Allow", Action = "s3:*", Resource = {resource} }}] }})"#)
    };
    for (definitions, module, resource, expected) in [
        ("", "", "aws_s3_bucket.b.bucket", "b"),
        ("", "", "[for b in [aws_s3_bucket.b] : b.arn]", "arn:aws:s3:::b"),
        ("", r#"output "o" { value = aws_s3_bucket.m.bucket }"#, "module.m.o", "m"),
        ("", r#"output "o" { value = [for b in aws_s3_bucket.e : b.bucket] }"#, "module.m.o", "e-x"),
        (r"locals { l = aws_iam_user.u.name }", "", "local.l", "u"),
        (r"locals { l = aws_s3_bucket.c.bucket }", "", "local.l", "b-c"),
    ] {
        let main = format!(
            r#"
resource "aws_iam_user_policy" "p" {{
  user   = aws_iam_user.u.name
  policy = {}
}}
module "m" {{
  source = "./m"
}}
{definitions}
resource "aws_s3_bucket" "c" {{
  bucket = "${{aws_s3_bucket.b.bucket}}-c"
}}
resource "aws_s3_bucket" "b" {{
  bucket = "b"
}}
{USER}"#,
            policy(resource)
        );
        let inner = format!(
            "{module}\nresource \"aws_s3_bucket\" \"m\" {{\n  bucket = \"m\"\n}}\nresource \"aws_s3_bucket\" \"e\" {{\n  for_each = toset([\"x\"])\n  bucket = \"e-${{each.key}}\"\n}}\n"
        );
        let world = load(&[("main.tf", &main), ("m/m.tf", &inner)]);
        let known = world.principal("tf:aws_iam_user.u").unwrap();
        let statement = &known.identity()[0].policy.document().statements()[0];
        assert_eq!(statement.resource().unwrap().patterns().collect::<Vec<_>>(), [expected], "{resource}");
    }
}

/// The statement that a permission is, as it is checked, names what its qualifier says.
#[test]
fn a_permission_is_checked_with_its_qualifier() {
    let f = "arn:aws:lambda:eu-west-1:111111111111:function:f";
    for (qualifier, expected) in [
        ("", vec![f.to_owned()]),
        ("qualifier = \"live\"", vec![format!("{f}:live")]),
        ("qualifier = var.open ? \"live\" : null", vec![format!("{f}:live"), f.to_owned()]),
    ] {
        let main = format!(
            "variable \"open\" {{}}\nresource \"aws_lambda_permission\" \"p\" {{\n  function_name = \"111111111111:function:f\"\n  action = \"lambda:InvokeFunction\"\n  principal = \"s3.amazonaws.com\"\n  {qualifier}\n}}\n"
        );
        let memory = Memory::default().with("infra/main.tf", main);
        let source = Terraform::new("infra").account("111111111111").region("eu-west-1");
        let found = source.policies(&memory).unwrap();
        let document = found.policies[0].parsed.value.as_ref().unwrap();
        let resources: Vec<&str> = document.statements()[0].resource().unwrap().patterns().collect();
        assert_eq!(resources, expected, "{qualifier}");
    }
}

/// A policy that is found by its name is one of AWS, or one of the same source.
#[test]
fn policies_are_found_by_name() {
    for (arguments, expected) in [
        ("name = \"ReadOnlyAccess\"", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
        ("name = \"AWSLambdaBasicExecutionRole\"", "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"),
        ("name = \"own\"", "arn:aws:iam::111111111111:policy/team/own"),
        ("arn = \"arn:aws:iam::aws:policy/ReadOnlyAccess\"", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
        // What is in the account is not known.
        ("name = \"elsewhere\"", "${unknown:data.aws_iam_policy.d.arn}"),
        ("name = \"own\"\n  provider = aws.other", "${unknown:data.aws_iam_policy.d.arn}"),
        ("name = \"own\"\n  path_prefix = \"/x/\"", "${unknown:data.aws_iam_policy.d.arn}"),
    ] {
        let definitions = format!(
            r#"
provider "aws" {{
  alias = "other"
  assume_role {{
    role_arn = "arn:aws:iam::222222222222:role/r"
  }}
}}
resource "aws_iam_policy" "own" {{
  name   = "own"
  path   = "/team/"
  policy = jsonencode({{ Statement = [] }})
}}
data "aws_iam_policy" "d" {{
  {arguments}
}}
"#
        );
        let policy = r#"jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:*", Resource = data.aws_iam_policy.d.arn }] })"#;
        assert_eq!(resources(&definitions, policy, ""), expected, "{arguments}");
    }
}
