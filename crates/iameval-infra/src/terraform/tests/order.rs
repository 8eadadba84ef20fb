//! Sets in which something is not known, and maps of which a key is not: what is certain of them, and what is not.

use super::source::comes_to;

const DEFINITIONS: &str = r#"
resource "terraform_data" "u" { input = timestamp() }
locals {
  u    = terraform_data.u.output
  set  = toset([local.u, "a", "z"])
  map  = { "${local.u}" = 1, a = 2, zz = 3 }
  keys = { "x-${local.u}" = 1, a = 2, zz = 3 }
}
module "m" {
  source = "./m"
  set    = [local.u, "a"]
}
"#;

/// What is certain, is as in Terraform 1.15 once everything is known, whatever that is.
#[test]
fn what_has_no_certain_order_is_not_taken_apart() {
    for (expression, expected) in [
        // Which item is where is not known.
        ("tolist(local.set)[0]", "?"),
        ("[for s in local.set : s][0]", "?"),
        ("element(tolist(local.set), 0)", "?"),
        ("reverse(tolist(local.set))[0]", "?"),
        ("slice(tolist(local.set), 0, 1)", "?"),
        ("chunklist(tolist(local.set), 1)", "?"),
        ("zipmap(tolist(local.set), [1, 2, 3])", "?"),
        ("local.set[*][0]", "?"),
        ("flatten([[\"q\"], local.set])[1]", "?"),
        ("concat([\"q\"], [for s in local.set : s])[1]", "?"),
        ("formatlist(\"x-%s\", local.set)[0]", "?"),
        ("sort([local.u, \"a\"])[0]", "?"),
        ("distinct([local.u, \"a\"])[1]", "?"),
        ("jsondecode(jsonencode(local.set))[0]", "?"),
        ("{ for s in local.set : \"x\" => s... }[\"x\"][0]", "?"),
        ("[for i, s in tolist(local.set) : i][1]", "?"),
        ("values(local.keys)[0]", "?"),
        ("keys(local.keys)[0]", "?"),
        ("[for k, v in local.keys : v][0]", "?"),
        // Nor what comes first in a text.
        ("join(\",\", local.set)", "?"),
        ("join(\",\", [for s in local.set : s])", "?"),
        ("\"%{for s in local.set}${s}%{endfor}\"", "?"),
        // Two of the items may be one.
        ("length(local.set)", "?"),
        ("length(distinct([local.u, \"a\"]))", "?"),
        ("length(setunion(local.set, [\"a\"]))", "?"),
        ("length([for s in local.set : s if s != \"a\"])", "?"),
        ("length(local.set) > 2", "?"),
        ("one(local.set)", "?"),
        ("one(toset([local.u]))", "u"),
        ("length(toset([local.u]))", "1"),
        ("length(tolist([local.u, \"a\"]))", "2"),
        // How many there are at least and at most is known.
        ("length(local.set) > 0", "true"),
        ("length(local.set) != 0", "true"),
        ("length(local.set) == 0", "false"),
        ("0 < length(local.set)", "true"),
        ("length(local.set) < 4", "true"),
        ("length(local.set) > 3", "false"),
        ("length([for s in local.set : s if s != \"a\"]) > 0", "true"),
        // Of entries that may have one key, the last counts.
        ("length(local.map)", "?"),
        ("values(local.map)", "?"),
        ("[for k, v in local.map : v]", "?"),
        ("local.map[\"a\"]", "2"),
        ("{ a = 2, \"${local.u}\" = 1 }[\"a\"]", "?"),
        ("{ a = 2, \"x-${local.u}\" = 1 }[\"a\"]", "2"),
        ("try(local.map[\"q\"], \"no\")", "?"),
        ("try(local.keys[\"q\"], \"no\")", "\"no\""),
        ("local.map == { a = 2 }", "?"),
        // What is in it, is.
        ("contains(local.set, \"a\")", "true"),
        ("contains(local.set, \"q\")", "?"),
        ("contains([local.u, \"a\"], \"a\")", "true"),
        ("index([local.u, \"a\"], \"a\")", "?"),
        ("anytrue([for s in local.set : s == \"a\"])", "true"),
        ("local.set == toset([\"a\"])", "?"),
        // Where order does not matter, all of it is known.
        ("local.set", "[u,\"a\",\"z\"]"),
        ("tolist(local.set)", "[u,\"a\",\"z\"]"),
        ("[for s in local.set : \"${s}/*\"]", "[\"u/*\",\"a/*\",\"z/*\"]"),
        ("[for i, s in local.set : i]", "[u,\"a\",\"z\"]"),
        ("setunion(local.set, [\"b\"])", "[u,\"a\",\"z\",\"b\"]"),
        ("concat([\"q\"], tolist(local.set))", "[\"q\",u,\"a\",\"z\"]"),
        ("flatten([[\"q\"], toset([\"x${local.u}\", \"a\"])])", "[\"q\",\"xu\",\"a\"]"),
        ("distinct([local.u, \"a\", \"a\"])", "[u,\"a\"]"),
        ("sort([\"b\", \"x${local.u}\"])", "[\"b\",\"xu\"]"),
        ("formatlist(\"x-%s\", local.set)", "[\"x-u\",\"x-a\",\"x-z\"]"),
        ("setproduct(local.set, [\"q\"])", "[[u,\"q\"],[\"a\",\"q\"],[\"z\",\"q\"]]"),
        ("values(local.keys)", "[2,1,3]"),
        ("{ for s in local.set : \"x\" => s... }", "{\"x\":[u,\"a\",\"z\"]}"),
        ("toset([for s in local.set : \"x\"])", "[\"x\"]"),
    ] {
        let found =
            comes_to(DEFINITIONS.split("module").next().unwrap_or_default(), &format!("jsonencode({expression})"));
        let found = found.replace("${unknown:terraform_data.u.output}", "u").replace("\"u\"", "u");
        let found = if found.starts_with("${unknown:") { "?" } else { &found };
        assert_eq!(found, expected, "{expression}");
    }
}

/// What is written for an attribute is of the type that the provider gives it, which is not known here.
#[test]
fn attributes_are_of_the_type_of_the_provider() {
    let definitions = r#"
variable "open" {}
resource "aws_lambda_function" "f" {
  function_name = 5
  memory_size   = "1024"
  timeout       = 30
  publish       = "true"
  layers        = ["b", "a"]
  handler       = "main.run"
  role          = null
  reserved      = "1"
  version       = "010"
  tags          = { a = 1, b = true, c = null }
  ephemeral_storage {
    size = "512"
  }
}
resource "terraform_data" "d" {
  input = { n = 1, l = ["b", "a"] }
}
"#;
    for (expression, expected) in [
        // A number or its text.
        ("aws_lambda_function.f.memory_size == 1024", "?"),
        ("aws_lambda_function.f.memory_size == \"1024\"", "?"),
        ("aws_lambda_function.f.timeout == 30", "?"),
        ("contains([1024], aws_lambda_function.f.memory_size)", "?"),
        ("aws_lambda_function.f.ephemeral_storage[0].size == 512", "?"),
        ("\"x${aws_lambda_function.f.memory_size}\"", "\"x1024\""),
        ("aws_lambda_function.f.memory_size + 1", "1025"),
        ("aws_lambda_function.f.memory_size > 512 ? \"big\" : \"small\"", "\"big\""),
        ("aws_lambda_function.f.publish == true", "?"),
        ("aws_lambda_function.f.publish ? \"yes\" : \"no\"", "\"yes\""),
        // It may be true, or have another text as a number.
        ("\"${aws_lambda_function.f.reserved}\"", "?"),
        ("\"${aws_lambda_function.f.version}\"", "?"),
        // A text in any case.
        ("aws_lambda_function.f.handler == \"main.run\"", "true"),
        ("aws_lambda_function.f.function_name == \"5\"", "true"),
        ("aws_lambda_function.f.function_name == 5", "false"),
        ("aws_lambda_function.f.tags.a == \"1\"", "true"),
        ("aws_lambda_function.f.tags.b == \"true\"", "true"),
        // It may be a set.
        ("tolist(aws_lambda_function.f.layers)[0]", "?"),
        ("aws_lambda_function.f.layers", "[\"b\",\"a\"]"),
        // The provider may make it up.
        ("aws_lambda_function.f.role == null", "?"),
        // What is not written may be there.
        ("try([for f in [aws_lambda_function.f] : f.architectures][0], \"none\")", "?"),
        // What Terraform itself keeps is as it was.
        ("terraform_data.d.input.n == 1", "true"),
        ("terraform_data.d.input.l[0]", "\"b\""),
    ] {
        let found = comes_to(definitions, &format!("jsonencode({expression})"));
        let found = if found.contains("${unknown:") { "?" } else { &found };
        assert_eq!(found, expected, "{expression}");
    }
}
