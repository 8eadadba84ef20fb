//! Actions against the catalogue: patterns, names that AWS does not have, and the resources that an action takes.

use crate::run::{Folder, JOHN, allow, policy};

/// One policy that tells resources apart for S3 and SNS, and not for IAM and EC2.
fn folder() -> Folder {
    let statements = r#"{"Sid": "Reports", "Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::reports/*"},
        {"Sid": "Sns", "Effect": "Allow", "Action": "sns:*", "Resource": "arn:aws:sns:eu-west-1:123456789012:*"},
        {"Sid": "Any", "Effect": "Allow", "Action": ["iam:*Password*", "ec2:*"], "Resource": "*"}"#;
    Folder::new().with("policy.json", policy(statements)).with("all.json", allow("All", "*"))
}

#[track_caller]
fn complains(arguments: &str, lines: &str) {
    folder().run(&format!("simulate --policy policy.json {arguments}")).complains(lines);
}

/// The actions and resources that are asked, in order.
#[track_caller]
fn asks(arguments: &str, expected: &[(&str, &str)]) {
    let results = folder().results(&format!("simulate --policy policy.json {arguments}"));
    let asked: Vec<(&str, &str)> = results
        .iter()
        .map(|result| (result["action"].as_str().unwrap_or_default(), result["resource"].as_str().unwrap_or_default()))
        .collect();
    assert_eq!(asked, expected);
}

#[test]
fn a_pattern_is_every_action_that_it_covers() {
    asks(
        "iam:*Password*",
        &[
            ("iam:ChangePassword", "*"),
            ("iam:DeleteAccountPasswordPolicy", "*"),
            ("iam:GetAccountPasswordPolicy", "*"),
            ("iam:UpdateAccountPasswordPolicy", "*"),
        ],
    );
    asks(&format!("--as {JOHN} IAM:change??ssword"), &[("iam:ChangePassword", JOHN)]);
    // What is there already does not come twice.
    asks(
        "iam:GetAccountPasswordPolicy iam:*AccountPassword* iam:Get*PasswordPolicy",
        &[
            ("iam:GetAccountPasswordPolicy", "*"),
            ("iam:DeleteAccountPasswordPolicy", "*"),
            ("iam:UpdateAccountPasswordPolicy", "*"),
        ],
    );
}

#[test]
fn a_pattern_that_covers_nothing_has_a_suggestion() {
    complains(
        "iam:*Pasword*",
        "\
error[IE0602]: `iam:*Pasword*` covers no action of `iam`
 --> command line, ACTION:1:1
1 | iam:*Pasword*
  | ^^^^^^^^^^^^^
  = help: did you mean `iam:*Password*`?",
    );
    complains("imm:*", "error[IE0601]: no AWS service has the prefix `imm`\n = help: did you mean `iam:*`?");
    complains(
        "s3:*Nonsense*",
        "error[IE0602]: `s3:*Nonsense*` covers no action of `s3`\n = help: `iameval expand 's3:*'` lists the actions of the service",
    );
    complains("*:Nonsense", "error[IE0602]: `*:Nonsense` covers no action of any service");
    complains(
        "Get*",
        "error[IE0501]: `Get*` names no service\n = help: write it as `service:Action`, such as `'s3:*'` or `'s3:Get*'`",
    );
}

#[test]
fn every_action_of_a_pattern_that_needs_a_resource_is_named() {
    complains(
        "s3:GetObject?cl s3:GetBucket?cl",
        "\
error[IE0506]: the answer for s3:GetObjectAcl depends on the resource: these statements tell resources apart: policy#Reports
 --> command line, ACTION:1:1
1 | s3:GetObjectAcl
  | ^^^^^^^^^^^^^^^
  = help: name it with `-r`: an ARN such as `arn:aws:s3:::BUCKET/KEY`, `arn:aws:s3:REGION:ACCOUNT:accesspoint/ACCESS_POINT/object/KEY`, `self` for the caller, or `*` for no resource
error[IE0506]: the answer for s3:GetBucketAcl depends on the resource: these statements tell resources apart: policy#Reports
 --> command line, ACTION:1:1
1 | s3:GetBucketAcl
  | ^^^^^^^^^^^^^^^
  = help: name it with `-r`: an ARN such as `arn:aws:s3:::BUCKET`, `arn:aws:s3:REGION:ACCOUNT:accesspoint/ACCESS_POINT`, `self` for the caller, or `*` for no resource",
    );
    folder().run("simulate --policy policy.json -r arn:aws:s3:::reports/a s3:GetObject*cl").ends(0);
}

/// A warning beside an answer.
#[track_caller]
fn warns(arguments: &str, code: i32, stderr: &str) {
    let run = folder().run(&format!("simulate {arguments}"));
    assert_eq!((run.code, run.stderr.as_str()), (Some(code), stderr), "{run:#?}");
    assert!(!run.stdout.is_empty(), "{run:#?}");
}

const MISTYPED: &str = "\
[IE0602]: `s3` has no action `GetObjct`
 --> command line, ACTION:1:1
  |
1 | s3:GetObjct
  | ^^^^^^^^^^^
  |
  = help: did you mean `s3:GetObject`?
";

#[test]
fn an_unknown_action_is_a_warning_and_an_error_when_strict() {
    warns("--policy all.json s3:GetObjct", 0, &format!("warning{MISTYPED}"));
    // Once, and the answers come all the same.
    warns("--policy all.json --mfa all --format json s3:GetObjct s3:GetObjct", 0, &format!("warning{MISTYPED}"));
    folder().run("simulate --policy all.json --strict s3:GetObjct").complains(&format!("error{MISTYPED}"));
    folder().run("simulate --policy all.json --strict --exit-zero s3:GetObjct ec2:Nonsense ss3:GetObject").complains(
        "\
error[IE0602]: `s3` has no action `GetObjct`
error[IE0602]: `ec2` has no action `Nonsense`
 = help: if it is newer than this program, `--data` takes newer reference files
error[IE0601]: no AWS service has the prefix `ss3`
 = help: did you mean `s3:GetObject`?",
    );
    folder().run("simulate --policy all.json --strict s3:getobject ec2:RunInstances").ends(0);
}

#[test]
fn an_unknown_action_of_a_request_file_is_shown_there() {
    let request =
        "request:\n  action: s3:GetObjct\npolicies:\n  identity: { Version: \"2012-10-17\", Statement: [] }\n";
    let folder = Folder::new().with("request.yaml", request);
    let message = "\
[IE0602]: `s3` has no action `GetObjct`
 --> request.yaml:2:11
  |
2 |   action: s3:GetObjct
  |           ^^^^^^^^^^^
  |
  = help: did you mean `s3:GetObject`?
";
    let run = folder.run("simulate --request request.yaml");
    assert_eq!((run.code, run.stderr.as_str()), (Some(1), &*format!("warning{message}")), "{run:#?}");
    folder.run("simulate --request request.yaml --strict").complains(&format!("error{message}"));
}

#[test]
fn a_resource_that_the_action_never_takes_is_a_warning() {
    warns(
        "--policy policy.json -r arn:aws:s3:::reports s3:GetObject S3:getobject",
        1,
        "\
warning[IE0612]: `s3:GetObject` is never asked on `arn:aws:s3:::reports`
 --> command line, --resource:1:1
  |
1 | arn:aws:s3:::reports
  | ^^^^^^^^^^^^^^^^^^^^
  |
  = help: it takes `arn:aws:s3:::BUCKET/KEY`, `arn:aws:s3:REGION:ACCOUNT:accesspoint/ACCESS_POINT/object/KEY`
",
    );
    warns(
        "--policy all.json -r arn:aws:s3:::reports ec2:DescribeInstances",
        0,
        "\
warning[IE0612]: `ec2:DescribeInstances` is never asked on `arn:aws:s3:::reports`
 --> command line, --resource:1:1
  |
1 | arn:aws:s3:::reports
  | ^^^^^^^^^^^^^^^^^^^^
  |
  = help: there is no resource to name: ask on `*`
",
    );
    warns(
        &format!("--policy all.json --as {JOHN} -r self s3:GetObject ec2:StartInstances ec2:StopInstances iam:GetRole"),
        0,
        "\
warning[IE0612]: these actions are never asked on `arn:aws:iam::123456789012:user/john`: `s3:GetObject`, `ec2:StartInstances`, `ec2:StopInstances` and 1 more
 --> command line, --resource:1:1
  |
1 | self
  | ^^^^
  |
  = help: they take `arn:aws:iam::ACCOUNT:role/ROLE`, `arn:aws:ec2:REGION:ACCOUNT:instance/INSTANCE_ID`, `arn:aws:s3:::BUCKET/KEY` and 3 more
",
    );
}

#[test]
fn resources_that_services_ask_with_are_no_slip() {
    for (action, resource) in [
        ("iam:ListUsers", "arn:aws:iam::123456789012:user/"),
        ("iam:ListUsers", "*"),
        ("s3:ListAllMyBuckets", "arn:aws:s3:::*"),
        ("sns:ListTopics", "arn:aws:sns:eu-west-1:123456789012:*"),
        ("iam:GetUser", JOHN),
        ("iam:CreateVirtualMFADevice", "arn:aws:iam::123456789012:mfa/john"),
        ("s3:GetObject", "*"),
        ("s3:GetObject", "arn:aws-cn:s3:::b/k"),
    ] {
        folder().run(&format!("simulate --policy all.json -r {resource} {action}")).ends(0);
    }
}

#[test]
fn lists_in_a_region_are_asked_on_the_arn_of_the_service() {
    let arn = "arn:aws:sns:eu-west-1:123456789012:*";
    asks(&format!("--as {JOHN} --region eu-west-1 sns:ListTopics"), &[("sns:ListTopics", arn)]);
    asks(&format!("--as {JOHN} -c aws:RequestedRegion=eu-west-1 sns:ListTopics"), &[("sns:ListTopics", arn)]);
    let configured = "[defaults]\nprincipal = \"arn:aws:iam::123456789012:user/john\"\ncontext = { \"aws:requestedregion\" = \"eu-west-1\" }\n";
    let run = folder().with("iameval.toml", configured).run("simulate --policy policy.json sns:ListTopics");
    run.shows(
        0,
        &format!(
            r#"allow  sns:ListTopics  on {arn} (inferred: what the service asks with)
  by        policy#Sns  policy.json:2:9
       2 |         {{"Sid": "Sns", "Effect": "Allow", "Action": "sns:*", "Resource": "arn:aws:sns:eu-west-1:1234567890...
         |                                                     ^^^^^^^ covers sns:ListTopics
       2 | ... {{"Sid": "Sns", "Effect": "Allow", "Action": "sns:*", "Resource": "arn:aws:sns:eu-west-1:123456789012:*"}},
         |                                                                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
         | fits {arn}
  layers    scp -  rcp -  endpoint -  resource -  identity allow  boundary -  session -
"#
        ),
    );
    // Without a region the next rule holds.
    let run = folder().run(&format!("simulate --policy all.json --as {JOHN} sns:ListTopics"));
    run.ends(0);
    assert!(run.stdout.starts_with("allow  sns:ListTopics  on any resource of 123456789012\n"), "{}", run.stdout);
    let needed = |flags: &str, also: &str| {
        complains(
            &format!("{flags} sns:ListTopics"),
            &format!(
                "\
error[IE0506]: the answer for sns:ListTopics depends on the resource: these statements tell resources apart: policy#Sns
 --> command line, ACTION:1:1
  = help: name it with `-r`: an ARN such as `arn:aws:sns:REGION:ACCOUNT:*`, `self` for the caller, or `*` for no resource; or give {also} as well, for the service itself asks with that ARN"
            ),
        );
    };
    needed(&format!("--as {JOHN}"), "`--region`");
    needed("--region eu-west-1", "`--as`");
    needed("", "`--as`, `--region`");
}

#[test]
fn the_forms_of_an_unknown_action_are_guessed() {
    let run = folder().run("simulate --policy policy.json s3:GetNonsense");
    run.complains(
        "\
warning[IE0602]: `s3` has no action `GetNonsense`
error[IE0506]: the answer for s3:GetNonsense depends on the resource: these statements tell resources apart: policy#Reports
  = help: name it with `-r`: an ARN such as `arn:aws:s3:::BUCKET/KEY`, `self` for the caller, or `*` for no resource",
    );
}

/// An Allow on one value of a key that its service declares multivalued.
fn multivalued(operator: &str) -> String {
    policy(&format!(
        r#"{{"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*",
            "Condition": {{"{operator}": {{"dynamodb:Attributes": "id"}}}}}}"#
    ))
}

#[test]
fn one_value_of_a_multivalued_key_is_a_list() {
    let folder = Folder::new()
        .with("plain.json", multivalued("StringEquals"))
        .with("set.json", multivalued("ForAllValues:StringEquals"));
    let ask = |policy: &str, flags: &str| format!("simulate --policy {policy}.json {flags} dynamodb:GetItem");
    folder.decides(&ask("plain", "-c dynamodb:Attributes=id"), "implicit_deny by none");
    folder.decides(&ask("set", "-c DynamoDB:attributes=id"), "allowed by identity");
    folder.write("iameval.toml", "[defaults]\ncontext = { \"dynamodb:Attributes\" = \"id\" }\n");
    folder.decides(&ask("plain", ""), "implicit_deny by none");
    folder.decides(&ask("set", ""), "allowed by identity");
    folder.write(
        "world.yaml",
        "principals: { svc: { service: x.amazonaws.com } }\ndefaults: { context: { dynamodb:Attributes: id } }\n",
    );
    folder.decides(
        &ask("plain", "--no-config -w world.yaml --as arn:aws:iam::123456789012:user/x"),
        "implicit_deny by none",
    );
    folder
        .decides(&ask("set", "--no-config -w world.yaml --as arn:aws:iam::123456789012:user/x"), "allowed by identity");
}

#[test]
fn the_same_holds_for_requests_and_batches() {
    for (operator, decision) in [("StringEquals", "implicit_deny"), ("ForAnyValue:StringEquals", "allowed")] {
        let document = multivalued(operator).replace('\n', " ");
        let request = format!(
            r#"{{"request": {{"action": "dynamodb:GetItem", "context": {{"dynamodb:Attributes": "id"}}}}, "policies": {{"identity": {document}}}}}"#
        );
        let folder = Folder::new().with("request.json", &request);
        let results = folder.results("simulate --request request.json");
        assert_eq!(results[0]["decision"], decision, "{operator}");
        assert_eq!(folder.run_with("batch", &request).json_lines()[0]["decision"], decision, "{operator}");
    }
}
