//! Types of values in source: what conversions make of them, and what is the same.

use super::source::{comes_to, load};
use super::{identity, symbols};
use crate::Terraform;

/// What holds for the value of a variable of a type, by its default.
#[test]
fn variables_are_of_their_types() {
    for (kind, default, expression, expected) in [
        ("bool", "\"true\"", "var.v == true", "true"),
        ("bool", "\"0\"", "var.v == false", "true"),
        ("string", "1", "var.v == \"1\"", "true"),
        ("string", "1.50", "var.v", "1.5"),
        ("string", "true", "var.v == \"true\"", "true"),
        ("number", "\"5\"", "var.v == 5", "true"),
        ("number", "\"5\"", "var.v == \"5\"", "false"),
        ("number", "\"1e3\"", "\"${var.v}\"", "1000"),
        ("list(string)", "[1, true]", "join(\" \", [for v in var.v : v == \"1\"])", "true false"),
        ("list(number)", "[\"7\"]", "var.v[0] == 7", "true"),
        ("list(any)", "[1, \"a\"]", "var.v[0] == \"1\"", "true"),
        ("list(any)", "[{ a = 1 }, { b = \"x\" }]", "var.v[0].a == \"1\"", "true"),
        ("map(number)", "{ a = \"1\" }", "var.v[\"a\"] == 1", "true"),
        ("map(any)", "{ a = 1, b = \"x\" }", "var.v.a == \"1\"", "true"),
        ("any", "[1, \"a\"]", "var.v[0] == 1", "true"),
        ("tuple([string, bool])", "[1, \"false\"]", "var.v == [\"1\", false]", "true"),
        ("object({ a = bool, b = optional(number, \"2\") })", "{ a = \"true\" }", "var.v.a && var.v.b == 2", "true"),
        ("object({ a = optional(bool) })", "{ a = \"true\" }", "var.v.a == true", "true"),
        // What cannot be converted is not known.
        ("bool", "\"yes\"", "var.v", "${unknown:var.v at main.tf:5}"),
        ("number", "\"0x1F\"", "var.v", "${unknown:var.v at main.tf:5}"),
        ("number", "true", "var.v", "${unknown:var.v at main.tf:5}"),
        ("map(any)", "{ a = 1, b = [\"x\"] }", "var.v.a", "${unknown:var.v.a at main.tf:5}"),
    ] {
        let definitions =
            format!("variable \"v\" {{\n  type    = {kind}\n  default = {default}\n}}\nlocals {{ is = {expression} }}");
        assert_eq!(comes_to(&definitions, "tostring(local.is)"), expected, "{kind} {default} {expression}");
    }
}

/// What files, flags and calls of modules give is of the type of the variable as well.
#[test]
fn given_values_are_of_their_types() {
    let main = r#"
variable "file" { type = bool }
variable "flag" { type = map(number) }
variable "untyped" {}
module "m" {
  source = "./m"
  passed = "true"
  none   = null
  never  = null
}
resource "aws_iam_user" "u" {
  name = "${var.file == true}-${var.flag["a"] == 1}-${var.untyped == "3"}-${module.m.all}"
}
"#;
    let module = r#"
variable "passed" { type = bool }
variable "none" {
  type    = string
  default = "default"
}
variable "never" {
  type     = string
  nullable = false
  default  = "default"
}
output "all" { value = "${var.passed == true}-${var.none == null}-${var.never == "default"}" }
"#;
    let files = [("main.tf", main), ("m/main.tf", module), ("terraform.tfvars", "file = \"true\"\n")];
    let set = |source: Terraform| source.variable("flag", "{a=\"1\"}").variable("untyped", "3");
    let world = load(&files, set).unwrap();
    let user = world.principal("tf:aws_iam_user.u").unwrap().principal().to_string();
    assert_eq!(symbols(&world).display(&user), "arn:aws:iam::111111111111:user/true-true-true-true-true-true");
}

/// A module that is passed null has no boundary, whatever the default is.
#[test]
fn null_is_passed_to_modules() {
    let main = "module \"m\" {\n  source   = \"./m\"\n  boundary = null\n}\n";
    let module = r#"
variable "boundary" { default = "arn:aws:iam::aws:policy/ReadOnlyAccess" }
resource "aws_iam_user" "u" {
  name                 = "u"
  permissions_boundary = var.boundary
}
"#;
    let world = load(&[("main.tf", main), ("m/main.tf", module)], |source| source).unwrap();
    assert!(world.principal("tf:module.m.aws_iam_user.u").unwrap().boundary().is_none());
    assert_eq!(identity(&world, "tf:module.m.aws_iam_user.u"), [""; 0]);
}
