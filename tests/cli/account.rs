//! Account dumps as worlds: `-w dump.json`, and `sources` of a world file.

use crate::run::{Folder, allow, repository};

fn dump(name: &str) -> String {
    std::fs::read_to_string(repository().join("fixtures/account").join(name)).expect("a fixture")
}

fn folder() -> Folder {
    Folder::new().with("dump.json", dump("handmade.json"))
}

#[test]
fn a_dump_is_a_world() {
    let folder = folder();
    let run = folder.run("simulate -w dump.json --as bob s3:GetObject -r arn:aws:s3:::b/k");
    assert!(
        run.stdout.contains("dump.json, Policies[0].PolicyVersionList[1].Document:1:200  via group Developers"),
        "{run:#?}"
    );
    run.ends(0);
    let asks =
        |arguments: &str, expected: &str| folder.decides(&format!("simulate -w dump.json {arguments}"), expected);
    // What the boundary leaves.
    asks("--as bob iam:CreateAccessKey", "implicit_deny by boundary");
    asks("--as bob iam:ChangePassword -r arn:aws:iam::123456789012:user/bob", "allowed by identity");
    asks("--as bob sqs:DeleteQueue -r arn:aws:sqs:eu-central-1:123456789012:q", "implicit_deny by none");
    // Groups, and a document that is an encoded string.
    asks("--as alice --mfa true iam:CreateUser -r *", "allowed by identity");
    asks("--as alice --mfa absent iam:CreateUser -r *", "explicit_deny by identity");
    asks("--as alice --mfa absent iam:ChangePassword", "allowed by identity");
    // The boundary of a role.
    asks("--as role/deploy s3:PutObject -r arn:aws:s3:::example-releases/a", "allowed by identity");
    asks(
        "--as role/deploy lambda:UpdateFunctionCode -r arn:aws:lambda:eu-central-1:123456789012:function:f",
        "implicit_deny by boundary",
    );
    asks("--as web ssm:GetParameter -r arn:aws:ssm:eu-central-1:123456789012:parameter/web/a", "allowed by identity");
    asks("--as arn:aws:iam::123456789012:role/service/web ec2:RunInstances -r *", "implicit_deny by none");
    // The trust policy of a role of the dump.
    let assume = "sts:AssumeRole -r arn:aws:iam::123456789012:role/deploy";
    asks(&format!("--as user/deploy {assume}"), "allowed by resource");
}

#[test]
fn a_name_that_a_user_and_a_role_have_must_be_said_in_full() {
    let folder = folder();
    folder.run("simulate -w dump.json --as deploy s3:GetObject").complains(
        "error[IE0403]: a user and a role of the world are called `deploy`\n= help: say `user/deploy` or `role/deploy`",
    );
    let principal = |name: &str| {
        let asked = format!("simulate -w dump.json --as {name} s3:PutObject -r arn:aws:s3:::example-releases/a");
        folder.results(&asked)[0]["principal"].as_str().expect("an ARN").to_owned()
    };
    assert_eq!(principal("user/deploy"), "arn:aws:iam::123456789012:user/deploy");
    assert_eq!(principal("role/deploy"), "arn:aws:iam::123456789012:role/deploy");
    assert_eq!(principal("user/bob"), "arn:aws:iam::123456789012:user/staff/bob");
    folder
        .run("simulate -w dump.json s3:GetObject")
        .complains("= help: say who asks with `--as`: alice, bob, role/deploy, user/deploy, web");
}

#[test]
fn tags_and_unique_ids_are_in_the_request() {
    let condition = r#"{"StringEquals": {"aws:PrincipalTag/team": "shop", "aws:userid": "AIDAEXAMPLEBOB0000000"}}"#;
    let statement = format!(r#"{{"Effect": "Allow", "Action": "sqs:*", "Resource": "*", "Condition": {condition}}}"#);
    let folder = folder().with("extra.json", crate::run::policy(&statement));
    let asks =
        |name: &str| format!("simulate -w dump.json --without boundary --policy extra.json --as {name} sqs:ListQueues");
    folder.decides(&asks("bob"), "allowed by identity");
    folder.decides(&asks("user/deploy"), "implicit_deny by none");
}

#[test]
fn a_world_file_builds_on_a_dump() {
    let world = r"
version: 1
sources:
  - account: dumps/dump.json
policies:
  developer: { policy: narrower.json, override: true }
principals:
  carol: { user: carol, groups: [Developers], policies: [read-config] }
defaults: { principal: carol }
";
    let folder = Folder::new()
        .with("world.yaml", world)
        .with("narrower.json", allow("Narrower", "ec2:*"))
        .with("dumps/dump.json", dump("handmade.json"));
    let asks =
        |arguments: &str, expected: &str| folder.decides(&format!("simulate -w world.yaml {arguments}"), expected);
    asks("ec2:DescribeInstances", "allowed by identity");
    asks("s3:ListAllMyBuckets", "implicit_deny by none");
    // The policy that stands in for that of the dump is attached wherever that was.
    asks("--as bob ec2:DescribeInstances", "allowed by identity");
    asks("--as bob s3:PutObject -r arn:aws:s3:::b/k", "implicit_deny by none");
    let run = folder.run("simulate -v -w world.yaml ec2:DescribeInstances");
    assert!(run.stderr.contains("world: dumps/dump.json, which another uses\n"), "{run:#?}");
    assert!(run.stdout.contains("narrower.json:1:41  via group Developers"), "{run:#?}");
    folder.write("world.yaml", world.replace("dumps/dump", "dumps/dumb"));
    folder
        .run("simulate -w world.yaml ec2:DescribeInstances")
        .complains("error[IE0001]: cannot read `dumps/dumb.json`: no such file\n--> world.yaml:4:14");
    folder.write("world.yaml", world.replace("dumps/dump.json", "narrower.json"));
    folder
        .run("simulate -w world.yaml ec2:DescribeInstances")
        .complains("error[IE0402]: `narrower.json` is no account dump\n--> narrower.json");
    folder.write(
        "world.yaml",
        world.replace("  developer: { policy: narrower.json, override: true }", "  developer: narrower.json"),
    );
    folder
        .run("simulate -w world.yaml ec2:DescribeInstances")
        .complains(
            "error[IE0402]: the policy `developer` is defined twice\n= help: a source of world.yaml defines it as well; `override: true` makes this one stand in for that",
        );
}

#[test]
fn a_dump_may_come_from_standard_input() {
    let folder = Folder::new();
    let asked = "simulate -w - --as alice --mfa true iam:CreateUser -r *";
    folder.run_with(asked, dump("handmade.json")).ends(0);
    // As does a world, which must not be lost while it is looked at.
    let world =
        "principals:\n  all: { user: \"arn:aws:iam::123456789012:user/a\", policies: [aws:AdministratorAccess] }\n";
    folder.run_with("simulate -w - iam:CreateUser -r *", world).ends(0);
    folder.run_with("simulate -w - iam:CreateUser", "").complains("error[IE0004]: there is nothing in standard input");
}

#[test]
fn what_is_wrong_in_a_dump_is_shown_in_its_place() {
    let folder = Folder::new().with("dump.json", dump("aws-cli-example.json"));
    folder.run("simulate -w dump.json iam:CreateUser").complains(
        "\
error[IE0402]: the account dump is not whole: `IsTruncated` is true
--> dump.json:289:18
289 | true
| ^^^^
= help: `aws iam get-account-authorization-details > dump.json`, without `--no-paginate` and `--max-items`, fetches every page and writes one dump",
    );
    let handmade = dump("handmade.json");
    let line = |text: &str| handmade.lines().position(|line| line.contains(text)).expect("a line") + 1;
    folder.write("dump.json", handmade.replace("\"Sid\": \"NoIam\",", "\"Sid\": \"NoIam\", \"Efect\": 1,"));
    folder
        .run("simulate -w dump.json --as bob iam:CreateUser")
        .complains(&format!("error[IE0203]: `Efect` is no element of a statement\n--> dump.json:{}:49", line("NoIam")));
    folder.write("dump.json", handmade.replacen("policy/boundaries/deploy-boundary", "policy/gone", 1));
    let run = folder.run("simulate -w dump.json --as bob iam:CreateUser");
    run.complains("error[IE0403]: the policy `arn:aws:iam::123456789012:policy/gone`, the permissions boundary of the role `deploy`, is not in the dump");
    folder.write("dump.json", handmade.get(..6_000).expect("ASCII"));
    folder
        .run("simulate -w dump.json --as bob iam:CreateUser")
        .complains("= help: the text ends too early; is something cut off?");
    // Nothing is drawn where there is no terminal.
    folder.write("dump.json", handmade);
    folder.run("simulate -w dump.json --as bob ec2:DescribeInstances").ends(0);
}

#[test]
fn a_real_dump_answers() {
    let folder = Folder::new().with("dump.json", dump("iam-vulnerable.json"));
    let user = "privesc-codeBuildCreateProjectPassRole-user";
    folder.run(&format!("simulate -w dump.json --as {user} codebuild:CreateProject -r *")).ends(0);
    folder.run(&format!("simulate -w dump.json --as {user} s3:ListAllMyBuckets")).ends(1);
    let keys = folder.run("keys -w dump.json");
    assert_eq!(keys.code, Some(0), "{keys:#?}");
}

const HOLDER: &str = r#"{"UserDetailList": [
  {"UserName": "ann", "Arn": "arn:aws:iam::123456789012:user/ann", "GroupList": [], "AttachedManagedPolicies": [
    {"PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
    {"PolicyArn": "arn:aws:iam::aws:policy/AWSLambdaFullAccess"}]},
  {"UserName": "ben", "Arn": "arn:aws:iam::123456789012:user/ben", "GroupList": [], "AttachedManagedPolicies": [
    {"PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}]}]}"#;

const UNKNOWN: &str =
    "the document of `aws:AWSLambdaFullAccess` is not known here: it may allow or deny more than this answer says";

#[test]
fn a_retired_policy_of_aws_is_a_warning_and_answers_say_that_it_is_unknown() {
    let folder = Folder::new().with("dump.json", HOLDER);
    for (action, code) in [("iam:ListUsers", 0), ("lambda:InvokeFunction -r *", 1)] {
        let run = folder.run(&format!("simulate -w dump.json --as ann {action}"));
        let warned = "warning[IE0403]: the AWS managed policy `arn:aws:iam::aws:policy/AWSLambdaFullAccess`, attached to the \
                      user `ann`, is neither in the dump nor known";
        assert!(run.stderr.contains(warned), "{run:#?}");
        assert!(
            run.stderr.contains("--> dump.json:4:19")
                && run.stderr.contains("`aws:AWSLambda_FullAccess` took its place"),
            "{run:#?}"
        );
        assert!(
            run.stdout.contains("note      the document of `aws:AWSLambdaFullAccess` is not known here"),
            "{run:#?}"
        );
        assert_eq!(run.code, Some(code));
        // Who does not hold it has a certain answer.
        let run = folder.run(&format!("simulate -w dump.json --as ben {action}"));
        assert!(!run.stdout.contains("not known here"), "{run:#?}");
        assert_eq!(run.code, Some(code));
    }
    let run = folder.run("simulate -w dump.json --as ann iam:ListUsers --format json");
    assert!(run.stdout.contains(UNKNOWN), "{run:#?}");
    // What AWS manages is for AWS to mend.
    folder.run("check -w dump.json").complains("error[IE0507]: there is nothing to check");
}

#[test]
fn a_world_file_gives_the_document_of_an_unknown_policy() {
    let folder = Folder::new().with("dump.json", HOLDER).with("lambda.json", allow("Lambda", "lambda:*"));
    folder.write(
        "world.yaml",
        "sources: [{ account: dump.json }]\n\
         policies:\n  \"aws:AWSLambdaFullAccess\": { override: true, policy: lambda.json }\n",
    );
    let run = folder.run("simulate -w world.yaml --as ann lambda:InvokeFunction -r *");
    assert!(!run.stdout.contains("not known here") && run.stderr.is_empty(), "{run:#?}");
    run.ends(0);
}

#[test]
fn a_world_file_may_attach_what_aws_has_retired() {
    let world = |name: &str| {
        format!(
            "principals:\n  ann: {{ user: \"arn:aws:iam::123456789012:user/ann\", policies: [\"aws:{name}\", aws:ReadOnlyAccess] }}\n"
        )
    };
    let folder = Folder::new().with("world.yaml", world("AWSLambdaFullAccess"));
    let run = folder.run("simulate -w world.yaml --as ann iam:ListUsers");
    assert!(run.stdout.contains("note      the document of `aws:AWSLambdaFullAccess` is not known here"), "{run:#?}");
    assert!(run.stderr.contains("warning[IE0403]: no AWS managed policy `AWSLambdaFullAccess` is known"), "{run:#?}");
    assert_eq!(run.code, Some(0));
    folder.write("world.yaml", world("AWSLambdaFulAccess"));
    folder
        .run("simulate -w world.yaml --as ann iam:ListUsers")
        .complains("error[IE0403]: no AWS managed policy `AWSLambdaFulAccess` is known");
}

#[test]
fn tests_on_a_dump_say_that_a_policy_is_unknown() {
    let folder = Folder::new().with("dump.json", HOLDER);
    folder.write(
        "a.iamtest.yaml",
        "sources: [{ account: dump.json }]\ntests:\n  - { name: lists, principal: ann, action: iam:ListUsers, resource: \"*\", expect: allow }\n",
    );
    let run = folder.run("test a.iamtest.yaml");
    assert!(run.stderr.contains("is neither in the dump nor known"), "{run:#?}");
}
