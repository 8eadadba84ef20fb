//! Account dumps that are changed in one place; `fixtures/cli/account.md` has the rest.

use crate::run::{Folder, repository};

fn dump(name: &str) -> String {
    std::fs::read_to_string(repository().join("fixtures/account").join(name)).expect("a fixture")
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
    folder.run("simulate -w dump.json --as bob iam:CreateUser").complains(&format!(
        "error[IE0203]: `Efect` is not an element of a statement\n--> dump.json:{}:49",
        line("NoIam")
    ));
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
