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

const OBJECTS: &str = r#"
variable "so" {
  type    = set(object({ a = string, n = number }))
  default = [{ a = "z", n = 1 }, { a = "a!", n = 2 }, { a = "a", n = 3 }]
}
variable "ls" {
  type    = list(string)
  default = []
}
variable "as" {
  type    = list(string)
  default = ["a"]
}
variable "ms" {
  type    = map(string)
  default = {}
}
variable "st" {
  type    = set(string)
  default = ["b", "a", "b"]
}
variable "open" {}
resource "aws_s3_bucket" "b" {}
"#;

/// As Terraform 1.15 has it.
#[test]
fn lists_maps_and_sets_are_as_in_terraform() {
    for (expression, expected) in [
        // Items of one list are of one type.
        (r#"tolist([1, "2"])"#, r#"["1","2"]"#),
        (r#"distinct([1, "1"])"#, r#"["1"]"#),
        (r#"toset([1, "1", 2])"#, r#"["1","2"]"#),
        (r#"coalesce(null, 5, "x")"#, r#""5""#),
        (r#"tomap({ a = 1, b = "x" })"#, r#"{"a":"1","b":"x"}"#),
        (r#"tolist([{ a = 1 }, { b = "x" }])"#, r#"[{"a":"1"},{"b":"x"}]"#),
        (r#"chunklist([1, "a"], 1)"#, r#"[["1"],["a"]]"#),
        (r#"setproduct(["b", "a"], [1, "x"])"#, r#"[["b","1"],["b","x"],["a","1"],["a","x"]]"#),
        (r"compact([1])", r#"["1"]"#),
        (r#"true ? 1 : "a""#, r#""1""#),
        (r#"merge({ a = 1 }, { a = "x" })"#, r#"{"a":"x"}"#),
        // Sets are sorted, and have each item once.
        (r"toset([10, 9])", "[9,10]"),
        (r"sort([10, 9])", r#"["10","9"]"#),
        (r"tolist(var.so)", r#"[{"a":"a!","n":2},{"a":"a","n":3},{"a":"z","n":1}]"#),
        (r"tolist(var.st)[0]", r#""a""#),
        (r"length(var.st)", "2"),
        (r#"join("-", toset(["z", "a"]))"#, r#""a-z""#),
        (r#"setunion(["b", 1], ["a"])"#, r#"["1","a","b"]"#),
        (r#"setsubtract(["b", "a", "1"], [1])"#, r#"["a","b"]"#),
        (r#"setintersection(["b", "a"], ["a", "b"])"#, r#"["a","b"]"#),
        (r#"[for i, s in toset(["b", "a"]) : i]"#, r#"["a","b"]"#),
        (r#"[for i, s in setproduct(["b"], ["a"]) : i]"#, "[0]"),
        (r#"tolist(toset([aws_s3_bucket.b.arn, "a"]))[0] == "a""#, "${unknown}"),
        // Maps are in the order of their keys.
        (r"[for k, v in { b = 1, a = 2 } : v]", "[2,1]"),
        (r#""%{for k, v in { b = 1, a = 2 }}${k}%{endfor}""#, r#""ab""#),
        (r#"[for k, v in zipmap(["b", "a"], [1, 2]) : v][0]"#, "2"),
        (r#"[for v in jsondecode("{\"b\": 1.50, \"a\": 2.0}") : v]"#, "[2,1.5]"),
        (r#"{ "b<>&" = 1, a = 1.0, c = 1e20 }"#, r#"{"a":1,"b\u003c\u003e\u0026":1,"c":100000000000000000000}"#),
        // What is the same is of the same type.
        (r"var.ls == []", "false"),
        (r#"var.as == ["a"]"#, "false"),
        (r#"var.as == tolist(["a"])"#, "true"),
        (r"var.as != var.ls", "true"),
        (r"var.ms == {}", "false"),
        (r"tomap({ a = 1 }) == { a = 1 }", "false"),
        (r#"concat(["a"], []) == ["b"]"#, "false"),
        (r"{ a = 1 } == { a = 1 }", "true"),
        (r"[1] == [1.0]", "true"),
        (r#"toset(["a", "b"]) == toset(["b", "a"])"#, "true"),
        (r#"toset(["a"]) == tolist(["a"])"#, "false"),
        (r#"["a"] == tolist(["a"])"#, "false"),
        (r#""1" == 1"#, "false"),
        (r#"true == "true""#, "false"),
        (r#"contains([1, "a"], "1")"#, "false"),
        (r"contains([1, var.open], 1)", "true"),
        (r"contains([1, var.open], 2)", "${unknown}"),
        (r#"contains(tolist([1, "a"]), "1")"#, "true"),
        (r#"contains(["a"], toset(["a"]))"#, "false"),
        // Numbers have all their digits.
        (r"7 / 2", "3.5"),
        (r"1 / 3", "${unknown}"),
        (r"0.1 + 0.2", "${unknown}"),
        (r"5 % 0", "${unknown}"),
        (r"5 % 3", "2"),
        (r"123456789012 + 1", "123456789013"),
        (r"-5 * 3", "-15"),
        (r#""${1e20} ${1.50} ${0.000001}""#, r#""100000000000000000000 1.5 0.000001""#),
        (r#"tonumber("012")"#, "12"),
        (r#"format("%v", 5)"#, r#""5""#),
        (r#"format("%v", 123456789012)"#, r#""1.23456789012e+11""#),
        (r#"format("%s %d", 123456789012, 123456789012)"#, r#""123456789012 123456789012""#),
    ] {
        let found = comes_to(OBJECTS, &format!("jsonencode({expression})"));
        let found = if found.starts_with("${unknown:") { "${unknown}" } else { &found };
        assert_eq!(found, expected, "{expression}");
    }
}
