//! Source: expressions and policies as tables of cases, what goes wrong, and how it grows.

use super::{identity, line, shown, symbols};
use crate::Terraform;
use crate::testing::Memory;
use iameval_world::{Finding, World};
use std::fmt::Write;

pub(super) fn load(files: &[(&str, &str)], settings: impl Fn(Terraform) -> Terraform) -> Result<World, Vec<Finding>> {
    let memory =
        files.iter().fold(Memory::default(), |memory, (name, text)| memory.with(&format!("infra/{name}"), *text));
    World::from_sources(&memory, &[&settings(Terraform::new("infra").account("111111111111").region("eu-west-1"))])
}

/// What an expression comes to as the resource of a statement, after those definitions.
#[track_caller]
pub(super) fn comes_to(definitions: &str, expression: &str) -> String {
    let text = format!(
        r#"{definitions}
resource "aws_iam_user" "u" {{
  name = "u"
}}
resource "aws_iam_user_policy" "p" {{
  user   = aws_iam_user.u.name
  policy = jsonencode({{ Version = "2012-10-17", Statement = [{{ Effect = "Allow", Action = "s3:*", Resource = {expression} }}] }})
}}
"#
    );
    let world = load(&[("main.tf", &text)], |source| source).unwrap_or_else(|wrong| panic!("{expression}: {wrong:?}"));
    let known = world.principal("tf:aws_iam_user.u").unwrap();
    let lines: Vec<String> = known
        .identity()
        .iter()
        .flat_map(|attached| attached.policy.document().statements().to_vec())
        .map(|statement| {
            let resources: Vec<&str> = statement.resource().map(|all| all.patterns().collect()).unwrap_or_default();
            resources.join(" ")
        })
        .collect();
    symbols(&world).display(&lines.join(" | ")).into_owned()
}

#[test]
fn expressions_come_to_their_values() {
    let definitions = r#"
variable "name" { default = "app" }
variable "open" {}
variable "teams" { default = ["red", "blue"] }
variable "limits" { default = { red = 1, blue = 2 } }
locals {
  prefix = "x-${var.name}"
  all    = concat(var.teams, ["green"])
  object = { a = { b = ["c", "d"] } }
}
resource "aws_s3_bucket" "b" { bucket = local.prefix }
resource "aws_kms_key" "k" {}
"#;
    for (expression, expected) in [
        (r#""plain""#, "plain"),
        (r"local.prefix", "x-app"),
        (r"aws_s3_bucket.b.arn", "arn:aws:s3:::x-app"),
        (r#""${aws_s3_bucket.b.arn}/*""#, "arn:aws:s3:::x-app/*"),
        (r"aws_kms_key.k.arn", "arn:aws:kms:eu-west-1:111111111111:key/${unknown:aws_kms_key.k.key_id}"),
        // A policy variable, and not an expression.
        (r#""arn:aws:s3:::b/$${aws:username}""#, "arn:aws:s3:::b/${aws:username}"),
        (r"local.all", "red blue green"),
        (r"local.object.a.b[1]", "d"),
        (r#"local.object["a"]["b"][0]"#, "c"),
        (r#"[for team in local.all : "t/${team}" if team != "blue"]"#, "t/red t/green"),
        (r#"[for key, value in var.limits : "${key}=${value}"]"#, "blue=2 red=1"),
        (r"keys({ for team in var.teams : team => 1 })", "blue red"),
        (r"var.teams[*]", "red blue"),
        (r#"var.name == "app" ? "yes" : "no""#, "yes"),
        (r#"length(var.teams) > 1 && var.name != "" ? "yes" : "no""#, "yes"),
        (r#"join(",", sort(local.all))"#, "blue,green,red"),
        (r#"split(",", "a,b")"#, "a b"),
        (r#"format("%s-%03d%%", "a", 7)"#, "a-007%"),
        (r#"formatlist("arn:%s/*", var.teams)"#, "arn:red/* arn:blue/*"),
        (r#"replace("a.b.c", ".", "-")"#, "a-b-c"),
        (r#"lower(upper("aB"))"#, "ab"),
        (r#"merge({ a = "1" }, { a = "2", b = "3" })["a"]"#, "2"),
        (r#"flatten([["a"], [["b"], "c"]])"#, "a b c"),
        (r#"lookup({ a = "1" }, "b", "none")"#, "none"),
        (r#"try(local.object.a.missing, "fallback")"#, "fallback"),
        (r#"coalesce("", "first")"#, "first"),
        (r#"toset(["b", "a", "b"])"#, "a b"),
        (r#"jsondecode("{\"a\": [1, \"x\"]}").a[1]"#, "x"),
        (r#"yamldecode("a: [w, x]").a"#, "w x"),
        (r#"yamldecode("a: 012345678901").a"#, "12345678901"),
        (r#"yamldecode("a: yes\na: off").a ? "on" : "off""#, "off"),
        (r#"element(["a", "b"], 3)"#, "b"),
        (r#"trimsuffix("a/b/", "/")"#, "a/b"),
        (r#"substr("abcdef", 1, 3)"#, "bcd"),
        (r#""%{if var.name == "app"}yes%{else}no%{endif}""#, "yes"),
        (r#""%{for team in var.teams}${team};%{endfor}""#, "red;blue;"),
        (r#"one([for team in var.teams : team if team == "red"])"#, "red"),
        (r#"zipmap(["a"], ["b"])["a"]"#, "b"),
        (r#"1 + 2 * 3 == 7 ? "yes" : "no""#, "yes"),
        (r#"element(concat(["a"], []), 0)"#, "a"),
        // What is not known is called after its expression.
        (r"var.open", "${unknown:var.open}"),
        (r#""a/${var.open}/b""#, "a/${unknown:var.open}/b"),
        (r#"bcrypt("x")"#, "${unknown:bcrypt(\"x\") at main.tf:19}"),
        (r"data.aws_vpc.v.arn", "${unknown:data.aws_vpc.v.arn at main.tf:19}"),
        // What depends on something that is not known is each of both.
        (r#"var.open == "x" ? "a" : "b""#, "a | b"),
        (r#"concat(["k"], var.open == "x" ? ["a"] : [])"#, "k a | k"),
    ] {
        assert_eq!(comes_to(definitions, expression), expected, "{expression}");
    }
}

#[test]
fn counts_and_keys_make_instances() {
    let text = r#"
variable "open" {}
variable "teams" { default = { red = "r", blue = "b" } }
resource "aws_iam_user" "counted" {
  count = 2
  name  = "u${count.index}"
}
resource "aws_iam_user" "each" {
  for_each = var.teams
  name     = "${each.key}-${each.value}"
}
resource "aws_iam_user" "perhaps" {
  count = var.open ? 1 : 0
  name  = "perhaps"
}
resource "aws_iam_user" "none" {
  count = 0
  name  = "none"
}
resource "aws_iam_user" "any" {
  for_each = var.open
  name     = each.key
}
"#;
    let world = load(&[("main.tf", text)], |source| source).unwrap();
    let names: Vec<String> = world
        .principals()
        .iter()
        .map(|(name, known)| symbols(&world).display(&format!("{name} {}", known.principal())).into_owned())
        .collect();
    assert_eq!(
        names,
        [
            "tf:aws_iam_user.any[*] arn:aws:iam::111111111111:user/${unknown:aws_iam_user.any[*] each.key}",
            "tf:aws_iam_user.counted[0] arn:aws:iam::111111111111:user/u0",
            "tf:aws_iam_user.counted[1] arn:aws:iam::111111111111:user/u1",
            "tf:aws_iam_user.each[\"blue\"] arn:aws:iam::111111111111:user/blue-b",
            "tf:aws_iam_user.each[\"red\"] arn:aws:iam::111111111111:user/red-r",
            "tf:aws_iam_user.perhaps[0] arn:aws:iam::111111111111:user/perhaps",
        ]
    );
}

/// What is there only if something unknown says so allows and denies at most perhaps.
#[test]
fn what_may_be_there_is_only_if() {
    let text = r#"
variable "open" {}
resource "aws_iam_role" "r" {
  name               = "r"
  assume_role_policy = "{\"Version\": \"2012-10-17\", \"Statement\": []}"
}
resource "aws_iam_role_policy" "p" {
  count  = var.open ? 1 : 0
  role   = aws_iam_role.r.name
  policy = data.aws_iam_policy_document.d.json
}
resource "aws_iam_role_policy_attachment" "a" {
  for_each   = toset(var.open ? ["arn:aws:iam::aws:policy/AWSDenyAll"] : [])
  role       = aws_iam_role.r.name
  policy_arn = each.value
}
data "aws_iam_policy_document" "d" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["*"]
  }
  dynamic "statement" {
    for_each = var.open
    content {
      actions   = ["s3:PutObject"]
      resources = [statement.value]
    }
  }
}
"#;
    let world = load(&[("main.tf", text)], |source| source).unwrap();
    assert_eq!(
        identity(&world, "tf:aws_iam_role.r"),
        [
            "tf:aws_iam_role_policy.p[0]: Allow s3:GetObject if var.open is true; Allow * if var.open at main.tf:23, var.open is true; Deny * if var.open at main.tf:23, var.open is true",
            "aws:AWSDenyAll: Deny * if var.open is true",
        ]
    );
    let set = load(&[("main.tf", text)], |source| source.value("var.open", "false")).unwrap();
    assert_eq!(identity(&set, "tf:aws_iam_role.r"), [""; 0]);
}

/// Null is no argument, also where it is one of two.
#[test]
fn null_is_nothing() {
    let text = r#"
variable "open" {}
resource "aws_kms_key" "k" {
  policy = var.open ? jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = "*", Action = "kms:Decrypt", Resource = "*" }] }) : null
}
resource "aws_iam_user" "u" {
  name                 = "u"
  permissions_boundary = var.open ? "arn:aws:iam::aws:policy/ReadOnlyAccess" : null
}
resource "aws_iam_user_policy" "p" {
  user   = aws_iam_user.u.name
  policy = data.aws_iam_policy_document.d.json
}
data "aws_iam_policy_document" "d" {
  statement {
    sid       = var.open ? "Named" : null
    actions   = ["s3:GetObject"]
    resources = [coalesce(var.open ? null : "arn:aws:s3:::a", "arn:aws:s3:::b")]
  }
}
"#;
    let world = load(&[("main.tf", text)], |source| source).unwrap();
    let policy = line(&world, world.resources()["tf:aws_kms_key.k"].policy.as_ref().unwrap());
    assert_eq!(policy, "tf:aws_kms_key.k: Allow kms:Decrypt if var.open is true; Allow kms:* if var.open is true");
    let known = world.principal("tf:aws_iam_user.u").unwrap();
    let boundary = line(&world, known.boundary().unwrap());
    assert!(boundary.ends_with("Allow * if var.open is true"), "{boundary}");
    assert_eq!(
        identity(&world, "tf:aws_iam_user.u"),
        ["tf:aws_iam_user_policy.p: Allow s3:GetObject if var.open is true; Allow s3:GetObject if var.open is true"]
    );
}

#[test]
fn modules_are_followed() {
    let root = r#"
module "team" {
  source   = "./team"
  for_each = toset(["red", "blue"])
  name     = each.key
  bucket   = aws_s3_bucket.b.arn
}
resource "aws_s3_bucket" "b" { bucket = "b" }
resource "aws_iam_user" "u" { name = "u" }
resource "aws_iam_user_policy_attachment" "a" {
  user       = aws_iam_user.u.name
  policy_arn = module.team["red"].arn
}
module "elsewhere" {
  source = "example.com/x/y"
}
"#;
    let team = r#"
variable "name" {}
variable "bucket" {}
resource "aws_iam_policy" "p" {
  name   = var.name
  policy = templatefile("${path.module}/policy.json", { bucket = var.bucket, actions = ["s3:GetObject", "s3:PutObject"] })
}
output "arn" { value = aws_iam_policy.p.arn }
"#;
    let policy = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ${jsonencode(actions)}, "Resource": "${bucket}/*"}]}"#;
    let files = [("main.tf", root), ("team/main.tf", team), ("team/policy.json", policy)];
    let world = load(&files, |source| source).unwrap();
    assert_eq!(
        identity(&world, "tf:aws_iam_user.u"),
        ["tf:module.team[\"red\"].aws_iam_policy.p: Allow s3:GetObject+s3:PutObject"]
    );
    let told: Vec<String> = world.warnings().iter().map(shown).collect();
    assert_eq!(
        told,
        [
            "14:1: what module `elsewhere` makes is not known: its source is not here; `terraform init` puts it into `.terraform`; or make a plan, which has everything"
        ]
    );
}

#[test]
fn values_of_variables_come_from_files_and_flags() {
    let main = "variable \"name\" {}\nvariable \"list\" {\n  type = list(string)\n}\nresource \"aws_iam_user\" \"u\" {\n  name = \"${var.name}-${var.list[0]}\"\n}\n";
    let files = [
        ("main.tf", main),
        ("terraform.tfvars", "name = \"file\"\nlist = [\"a\"]\n"),
        ("x.auto.tfvars", "list = [\"auto\"]\n"),
    ];
    let name = |settings: fn(Terraform) -> Terraform| {
        load(&files, settings).unwrap().principal("tf:aws_iam_user.u").unwrap().principal().to_string()
    };
    assert_eq!(name(|source| source), "arn:aws:iam::111111111111:user/file-auto");
    assert_eq!(
        name(|source| source.value("var.name", "set")),
        "arn:aws:iam::111111111111:user/file-auto".replace("file", "set")
    );
    assert_eq!(
        name(|source| source.variable("list", "[\"given\"]").variable("name", "flag")),
        "arn:aws:iam::111111111111:user/flag-given"
    );
}

#[test]
fn json_is_the_same_language() {
    let text = r#"{"variable": {"name": {"default": "n"}},
      "resource": {"aws_iam_user": {"u": {"name": "${var.name}-x"}},
        "aws_iam_user_policy": {"p": {"user": "${aws_iam_user.u.name}", "policy": "${data.aws_iam_policy_document.d.json}"}}},
      "data": {"aws_iam_policy_document": {"d": {"statement": [{"actions": ["s3:GetObject"], "resources": ["*"],
        "condition": {"test": "StringEquals", "variable": "aws:a", "values": ["1"]}}]}}}}"#;
    let world = load(&[("main.tf.json", text)], |source| source).unwrap();
    assert_eq!(identity(&world, "tf:aws_iam_user.u"), ["tf:aws_iam_user_policy.p: Allow s3:GetObject"]);
}

/// The name of an item of a dynamic block is a text in JSON.
#[test]
fn iterators_of_json_are_names() {
    let text = r#"{"data": {"aws_iam_policy_document": {"d": {"dynamic": {"statement": {"for_each": ["s3:A", "s3:B"], "iterator": "it",
        "content": {"actions": ["${it.value}"], "resources": ["*"]}}}}}},
      "resource": {"aws_iam_user": {"u": {"name": "u"}},
        "aws_iam_user_policy": {"p": {"user": "u", "policy": "${data.aws_iam_policy_document.d.json}"}}}}"#;
    let world = load(&[("main.tf.json", text)], |source| source).unwrap();
    assert_eq!(identity(&world, "tf:aws_iam_user.u"), ["tf:aws_iam_user_policy.p: Allow s3:A; Allow s3:B"]);
}

#[test]
fn a_document_in_a_heredoc_has_its_places() {
    let text = "resource \"aws_kms_key\" \"k\" {\n  policy = <<-EOT\n    {\"Version\": \"2012-10-17\",\n     \"Statement\": {\"Effect\": \"Allow\", \"Principal\": \"*\", \"Action\": \"kms:Decryp\", \"Resource\": \"*\"}}\n  EOT\n}\n";
    let memory = Memory::default().with("infra/main.tf", text);
    let found = Terraform::new("infra").policies(&memory).unwrap();
    let document = found.policies[0].parsed.value.as_ref().unwrap();
    let action = document.statements()[0].action().spans().next().unwrap();
    assert_eq!(text.get(action.range()), Some("\"kms:Decryp\""));
}

#[test]
fn sensitive_variables_are_in_no_output() {
    let text = "variable \"key\" {\n  sensitive = true\n  default   = \"correct-horse-battery\"\n}\nresource \"aws_iam_user\" \"u\" {\n  name = var.key\n}\nresource \"aws_iam_user_policy\" \"p\" {\n  user   = aws_iam_user.u.name\n  policy = jsonencode({ Statement = [{ Effect = \"Allow\", Action = \"s3:*\", Resource = var.key }] })\n}\n";
    let files = [("main.tf", text), ("terraform.tfvars", "key = \"correct-horse-battery\"\n")];
    let world = load(&files, |source| source).unwrap();
    let mut all = format!("{:?} {:?} {:?}", world.symbols(), world.principals(), world.warnings());
    for known in world.policies() {
        write!(all, "{:?} {}", known.policy, known.policy.source.text).unwrap();
    }
    assert!(!all.contains("correct-horse"));
}

#[test]
fn what_a_function_makes_sensitive_is_in_no_output() {
    let text = "locals {\n  key = sensitive(\"correct-horse-battery\")\n}\nresource \"aws_iam_user\" \"u\" {\n  name = \"u\"\n  tags = { s = local.key }\n}\nresource \"aws_iam_user_policy\" \"p\" {\n  user   = aws_iam_user.u.name\n  policy = jsonencode({ Statement = [{ Effect = \"Allow\", Action = \"s3:*\", Resource = \"${local.key}${sensitive(\"correct-horse\")}\" }] })\n}\n";
    let world = load(&[("main.tf", text)], |source| source).unwrap();
    let mut all = format!("{:?} {:?} {:?}", world.symbols(), world.principals(), world.warnings());
    for known in world.policies() {
        write!(all, "{:?} {}", known.policy, known.policy.source.text).unwrap();
    }
    assert!(!all.contains("correct-horse"));
}

#[test]
fn what_is_not_read_is_told() {
    let grant = "resource \"aws_kms_grant\" \"g\" {\n  key_id = \"k\"\n  operations = [\"Decrypt\"]\n}\n";
    let ignoring = |what: &str| {
        format!(
            "resource \"aws_sqs_queue\" \"q\" {{\n  name = \"q\"\n  policy = jsonencode({{ Statement = [{{ Effect = \"Allow\", Principal = \"*\", Action = \"sqs:*\", Resource = \"*\" }}] }})\n  lifecycle {{\n    ignore_changes = {what}\n  }}\n}}\n"
        )
    };
    let ignored = "`aws_sqs_queue.q.policy` may be something else: changes of it are ignored";
    for (text, expected) in [
        (grant.to_owned(), Some("`aws_kms_grant.g` is left out: grants are not evaluated")),
        (ignoring("[policy]"), Some(ignored)),
        (ignoring("all"), Some(ignored)),
        (ignoring("[delay_seconds]"), None),
        (
            "locals {\n  a = var.nope\n}\nresource \"aws_iam_user\" \"u\" {\n  name = local.a\n}\n".into(),
            Some("2:7: the module has no variable `nope`"),
        ),
        (
            "resource \"aws_iam_user\" \"u\" {\n  name = local.nope\n}\n".into(),
            Some("2:10: the module has no local `nope`"),
        ),
        (
            "resource \"aws_iam_user\" \"u\" {\n  name = data.aws_iam_user.v.user_name\n}\n".into(),
            Some("2:10: the module has no data source `aws_iam_user.v`"),
        ),
        (
            "resource \"aws_iam_user\" \"u\" {\n  name = file(\"${path.module}/nope\")\n}\n".into(),
            Some("2:10: there is no file `./nope`"),
        ),
        ("resource \"aws_iam_user\" \"u\" {\n  name = try(file(\"nope\"), \"u\")\n}\n".into(), None),
    ] {
        let told = told(&[("main.tf", &text)]);
        assert_eq!(
            told.iter().any(|told| expected.is_some_and(|expected| told.contains(expected))),
            expected.is_some(),
            "{told:?}"
        );
        assert_eq!(told.is_empty(), expected.is_none(), "{told:?}");
    }
}

/// Answers of Terraform 1.15.
#[test]
fn encodings_and_networks_are_those_of_terraform() {
    for (expression, expected) in [
        (r#"base64encode("a")"#, "YQ=="),
        (r#"base64encode("héllo wörld")"#, "aMOpbGxvIHfDtnJsZA=="),
        (r#"base64decode("aMOpbGxv")"#, "héllo"),
        (r#"md5("x")"#, "9dd4e461268c8034f5c8564e155c67a6"),
        (
            r#""${parseint("ff", 16)} ${parseint("-12", 10)} ${parseint("FF", 16)} ${parseint("zz", 36)}""#,
            "255 -12 255 1295",
        ),
        (r#""${signum(-3)} ${signum(0)}""#, "-1 0"),
        (r#"urlencode("a b/c~d-e_f.g*h!i(j)k'é")"#, "a+b%2Fc~d-e_f.g%2Ah%21i%28j%29k%27%C3%A9"),
        (r#"cidrhost("10.1.2.3/16", 5)"#, "10.1.0.5"),
        (r#"cidrhost("10.0.0.0/8", -2)"#, "10.255.255.254"),
        (r#"cidrhost("10.0.0.0/24", -256)"#, "10.0.0.0"),
        (r#"cidrhost("10.0.0.0/32", 0)"#, "10.0.0.0"),
        (r#"cidrsubnet("10.0.0.0/8", 8, 2)"#, "10.2.0.0/16"),
        (r#"cidrsubnet("10.0.0.0/8", 0, 0)"#, "10.0.0.0/8"),
        (r#"cidrsubnet("10.1.2.3/8", 24, 7)"#, "10.0.0.7/32"),
        (r#"cidrnetmask("10.0.0.0/12")"#, "255.240.0.0"),
        (r#"cidrnetmask("10.0.0.0/0")"#, "0.0.0.0"),
        (r#"element(["a", "b", "c"], -1)"#, "c"),
        (r#"element(["a", "b"], -2)"#, "a"),
    ] {
        assert_eq!(comes_to("", expression), expected, "{expression}");
    }
    // What Terraform refuses, or what is not read here, is not known.
    for expression in [
        r#"base64decode("aGk")"#,
        r#"cidrhost("10.0.0.0/24", 256)"#,
        r#"cidrhost("10.0.0.0/24", -257)"#,
        r#"cidrsubnet("10.0.0.0/8", 8, 256)"#,
    ] {
        let unknown = format!("${{unknown:{expression} at main.tf:7}}");
        assert_eq!(comes_to("", expression), unknown, "{expression}");
    }
}

/// Places in modules are told without `..`; `path.module` keeps it.
#[test]
fn places_are_without_dots() {
    let user =
        "resource \"aws_iam_user\" \"u\" {\n  name = startswith(path.module, \"../../m\") ? \"u\" : var.nope\n}\n";
    let memory = Memory::default()
        .with("repo/envs/dev/main.tf", "module \"m\" {\n  source = \"../../modules/role\"\n}\n")
        .with("repo/modules/role/main.tf", user)
        .with(
            "repo/modules/role/other.tf",
            "locals {\n  a = 1\n}\nresource \"aws_iam_user\" \"v\" {\n  name = local.b\n}\n",
        );
    let world = World::from_sources(&memory, &[&Terraform::new("repo/envs/dev").account("111111111111")]).unwrap();
    let warning = &world.warnings()[0];
    assert_eq!(warning.source.name, "repo/modules/role/other.tf");
    assert!(shown(warning).contains("has no local `b`"));
    assert!(world.principals().values().any(|known| known.principal().to_string().ends_with(":user/u")));
}

#[test]
fn what_certainly_fails_is_told_from_what_may() {
    let definitions = r#"
variable "open" {}
resource "aws_iam_role" "no" { count = 0 }
resource "aws_iam_role" "y" {
  for_each = toset(["a"])
  name     = each.key
}
resource "aws_iam_role" "may" {
  count = var.open ? 1 : 0
  name  = "may"
}
"#;
    for (expression, expected) in [
        (r#"try(aws_iam_role.no[0].name, "none")"#, "none"),
        (r#"try(aws_iam_role.y["zz"].name, "none")"#, "none"),
        (r#"try(aws_iam_role.y["a"].name, "none")"#, "a"),
        (r#"try(aws_iam_role.may[0].name, "none")"#, "may | none"),
        (r#"try(aws_iam_role.may[1].name, "none")"#, "none"),
        (r#"can(aws_iam_role.y["zz"].name) ? "can" : "cannot""#, "cannot"),
        (r#"try(tonumber("a"), "none")"#, "none"),
        (r#"try(tobool("yes"), "none")"#, "none"),
        (r#"try(tolist("x"), ["none"])"#, "none"),
        (r#"try(jsondecode("bad"), "none")"#, "none"),
        (r#"try(file("nope"), "none")"#, "none"),
        (r#"try(file("../nope"), "none")"#, r#"${unknown:try(file("../nope"), "none") at main.tf:18}"#),
        (r#"can(jsondecode("[1]")) ? "can" : "cannot""#, "can"),
        // Whether one of several ways fails is not certain.
        (
            r#"try({ x = "x" }[var.open ? "x" : "y"], "none")"#,
            r#"${unknown:try({ x = "x" }[var.open ? "x" : "y"], "none") at main.tf:18}"#,
        ),
        (
            r#"try(aws_iam_role.y[var.open].name, "none")"#,
            r#"${unknown:try(aws_iam_role.y[var.open].name, "none") at main.tf:18}"#,
        ),
    ] {
        assert_eq!(comes_to(definitions, expression), expected, "{expression}");
    }
}

/// What is told of files, each error with its file.
fn told(files: &[(&str, &str)]) -> Vec<String> {
    match load(files, |source| source) {
        Ok(world) => world.warnings().iter().map(shown).collect(),
        Err(findings) => findings
            .iter()
            .map(|finding| format!("{}:{}", finding.source.name.trim_start_matches("infra/"), shown(finding)))
            .collect(),
    }
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    for (files, expected) in [
        (
            &[("main.tf", "resource \"aws_iam_user\" \"u\" {\n  name =\n}\n")][..],
            "main.tf:2:9: this is not Terraform's language: invalid expression",
        ),
        (
            &[(
                "main.tf",
                "locals {\n  a = local.b\n  b = local.a\n}\nresource \"aws_iam_user\" \"u\" {\n  name = local.a\n}\n",
            )],
            "main.tf:3:7: `local.a`, `local.b` depend on each other in a circle",
        ),
        (
            &[("main.tf", "resource \"aws_iam_user\" \"u\" {\n  count = 1000000\n  name  = \"u\"\n}\n")],
            "main.tf:2:11: more than 20000 instances: `count` is 1000000; make it smaller, or make a plan and name that",
        ),
        (
            &[("main.tf", "resource \"aws_iam_user\" \"u\" {\n  count = \"many\"\n  name  = \"u\"\n}\n")],
            "main.tf:2:11: `count` is `many`; it takes a whole number",
        ),
        (
            &[
                ("main.tf", "resource \"aws_kms_key\" \"k\" {\n  policy = file(\"../secret.json\")\n}\n"),
                ("../secret.json", "{}"),
            ],
            "main.tf:2:12: `../secret.json` is outside of the folders that are read; `--read-outside` lets functions read any file; or give the value with `--set`",
        ),
        (
            &[
                ("main.tf", "module \"m\" {\n  source = \"./m\"\n}\n"),
                ("m/main.tf", "module \"back\" {\n  source = \"../\"\n}\n"),
            ],
            "m/main.tf:1:1: modules call each other in a circle; take one of the calls out",
        ),
        (
            &[("main.tf", "module \"m\" {\n  source = \"./missing\"\n}\n")],
            "main.tf:1:1: there is no folder `infra/missing`; the path of a module is relative to the file that calls it",
        ),
        (
            &[(
                "main.tf",
                "resource \"aws_iam_user_policy\" \"p\" {\n  user   = \"u\"\n  policy = jsonencode({ Statement = [{ Effect = \"Alow\", Action = \"*\", Resource = \"*\" }] })\n}\n",
            )],
            "main.tf:3:49: `Alow` is not an effect",
        ),
    ] {
        let told = told(files);
        assert!(told.iter().any(|line| line.starts_with(expected)), "{expected}: {told:?}");
    }
}

#[test]
fn what_is_nested_too_deep_is_refused() {
    for (open, close) in
        [("[", "]"), ("(", ")"), ("!", ""), ("-", ""), ("{ a = ", "}"), ("jsonencode(", ")"), ("\"${", "}\"")]
    {
        let value = format!("{}1{}", open.repeat(3_000), close.repeat(3_000));
        let _ = told(&[(
            "main.tf",
            &format!("locals {{\n  a = {value}\n}}\nresource \"aws_iam_user\" \"u\" {{\n  name = local.a\n}}\n"),
        )]);
    }
    let mut text = String::from("locals {\n  a0 = \"x\"\n");
    for index in 1..3_000 {
        let _ = writeln!(text, "  a{index} = local.a{}", index - 1);
    }
    text.push_str("}\nresource \"aws_iam_user\" \"u\" {\n  name = local.a2999\n}\n");
    assert!(told(&[("main.tf", &text)])[0].contains("deeper than"), "{:?}", told(&[("main.tf", &text)]));
    let mut doubled = String::new();
    for index in 1..40 {
        let _ = writeln!(doubled, "  a{index} = \"${{local.a{0}}}${{local.a{0}}}\"", index - 1);
    }
    let text = format!(
        "locals {{\n  a0 = \"xxxxxxxx\"\n{doubled}}}\nresource \"aws_iam_user\" \"u\" {{\n  name = local.a39\n}}\n"
    );
    assert!(told(&[("main.tf", &text)])[0].contains("multiply to too much"));
}

/// Values that double are refused at the place where they are too much, whatever doubles them.
#[test]
fn lists_that_double_are_refused() {
    for doubles in [
        "[local.aX, local.aX]",
        "{ a = local.aX, b = local.aX }",
        "[for x in [1, 2] : local.aX]",
        "var.open ? [local.aX] : [1, local.aX]",
    ] {
        let mut text = String::from("variable \"open\" {}\nlocals {\n  a0 = [\"x\"]\n");
        for index in 1..40 {
            let _ = writeln!(text, "  a{index} = {}", doubles.replace('X', &(index - 1).to_string()));
        }
        text.push_str("}\nresource \"aws_sqs_queue\" \"q\" {\n  name   = \"q\"\n  policy = jsonencode(local.a39)\n}\n");
        let told = told(&[("main.tf", &text)]);
        assert!(told.iter().any(|line| line.contains("multiply to too much")), "{doubles}: {told:?}");
    }
}

/// How many symbols there are grows like the source.
#[test]
fn what_is_unknown_grows_like_the_source() {
    let source = |count: usize| {
        let mut text = String::from("variable \"open\" {}\n");
        for index in 0..count {
            let _ = write!(
                text,
                "resource \"aws_s3_bucket\" \"b{index}\" {{}}\nresource \"aws_s3_bucket_policy\" \"p{index}\" {{\n  bucket = aws_s3_bucket.b{index}.id\n  policy = jsonencode({{ Statement = [{{ Effect = \"Allow\", Principal = \"*\", Action = \"*\", Resource = aws_s3_bucket.b{index}.arn }}] }})\n}}\n"
            );
        }
        load(&[("main.tf", &text)], |source| source).unwrap().symbols().unwrap().len()
    };
    let (small, large) = (source(20), source(200));
    assert!(large <= small * 11, "{small} {large}");
}

/// The policy of a resource in a line, for those that are not of principals.
#[test]
fn resources_have_their_policies() {
    let text = r#"
resource "aws_sqs_queue" "q" {
  name   = "q"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = "*", Action = "sqs:*", Resource = "*" }] })
}
resource "aws_lambda_function" "f" { function_name = "f" }
resource "aws_lambda_permission" "p" {
  function_name = aws_lambda_function.f.function_name
  action        = "lambda:InvokeFunction"
  principal     = "s3.amazonaws.com"
}
"#;
    let world = load(&[("main.tf", text)], |source| source).unwrap();
    let of = |name: &str| line(&world, world.resources()[name].policy.as_ref().unwrap());
    assert_eq!(of("tf:aws_sqs_queue.q"), "tf:aws_sqs_queue.q: Allow sqs:*");
    assert_eq!(of("tf:aws_lambda_function.f"), "tf:aws_lambda_permission.p: Allow lambda:InvokeFunction");
}

/// A permission with a qualifier is on the alias or version, not on the function.
#[test]
fn permissions_are_on_what_their_qualifier_says() {
    let world = |qualifier: &str| {
        let text = format!(
            r#"
variable "open" {{}}
resource "aws_lambda_function" "f" {{ function_name = "f" }}
resource "aws_lambda_alias" "live" {{
  name          = "live"
  function_name = aws_lambda_function.f.arn
}}
resource "aws_lambda_permission" "p" {{
  function_name = aws_lambda_function.f.function_name
  action        = "lambda:InvokeFunction"
  principal     = "s3.amazonaws.com"
  {qualifier}
}}
"#
        );
        load(&[("main.tf", &text)], |source| source).unwrap()
    };
    let f = "arn:aws:lambda:eu-west-1:111111111111:function:f";
    for (qualifier, holders) in [
        ("", vec![(f.to_owned(), true)]),
        ("qualifier = null", vec![(f.to_owned(), true)]),
        ("qualifier = aws_lambda_alias.live.name", vec![(format!("{f}:live"), true)]),
        (r#"qualifier = "7""#, vec![(format!("{f}:7"), true)]),
        (r#"qualifier = var.open ? "live" : null"#, vec![(f.to_owned(), false), (format!("{f}:live"), false)]),
    ] {
        let world = world(qualifier);
        let mut known: Vec<(String, bool)> = Vec::new();
        for resource in world.resources().values() {
            let Some(policy) = &resource.policy else { continue };
            for statement in policy.policy.document().statements() {
                known.push((resource.arn.to_string(), statement.only_if().is_empty()));
            }
        }
        known.sort();
        assert_eq!(known, holders, "{qualifier}");
    }
}
