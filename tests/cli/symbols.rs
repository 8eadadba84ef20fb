//! What is not known has a name wherever it is printed: no command shows the characters that stand for it inside.

use crate::run::{Folder, Run, repository};

const TEMPLATE: &str = r#"
Parameters: {Team: {Type: String}}
Resources:
  Reports: {Type: AWS::S3::Bucket, Properties: {Tags: [{Key: team, Value: !Ref Team}]}}
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: "2012-10-17"
        Statement: {Effect: Allow, Principal: {AWS: !GetAtt Deploy.Arn}, Action: "kms:*", Resource: "*"}
  Deploy:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: {Effect: Allow, Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:root"}, Action: sts:AssumeRole}
      Policies:
        - PolicyName: read
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - {Effect: Allow, Action: ["s3:GetObject", "s3:GetObjct"], Resource: !Sub "${Reports.Arn}/${Team}/*"}
              - Effect: Allow
                Action: s3:PutObject
                Resource: !Sub "arn:aws:s3:::${Team}/*"
                Condition: {StringEquals: {"aws:PrincipalTag/team": !Ref Team}}
"#;

const TESTS: &str = "\
sources: [cloudformation: template.yaml]
tests:
  - {name: a, principal: 'cfn:Deploy', action: 's3:GetObject', resource: 'cfn:Reports/x', expect: allow}
  - {name: b, principal: 'cfn:Deploy', actions: ['s3:*'], resource: 'cfn:Reports/x', lenient: true, expect: deny}
  - {name: c, who_can: 's3:PutObject', resource: 'cfn:Reports/x', expect: none}
";

fn folder() -> Folder {
    Folder::new().with("template.yaml", TEMPLATE).with("app.iamtest.yaml", TESTS)
}

#[track_caller]
fn names_everything(command: &str, texts: &[&str]) {
    for text in texts {
        let shown = text.lines().find(|line| line.contains(|ch| ('\u{100000}'..='\u{10fffd}').contains(&ch)));
        assert_eq!(shown, None, "{command} shows a symbol");
    }
}

#[test]
fn no_command_shows_what_stands_for_the_unknown() {
    let folder = folder();
    let mut named = 0;
    for command in [
        "world -w template.yaml",
        "world -w template.yaml --format json",
        "world -w template.yaml --symbols",
        "world -w template.yaml --symbols --format json",
        "simulate -w template.yaml --as cfn:Deploy -r cfn:Reports/x s3:GetObject s3:PutObject kms:Decrypt -v",
        "simulate -w template.yaml --as cfn:Deploy -r cfn:Reports/x s3:* --format table",
        "simulate -w template.yaml --as cfn:Deploy -r cfn:Reports/x s3:GetObject --format json",
        "simulate -w template.yaml --as cfn:Deploy -r cfn:Reports/x s3:GetObject --trace",
        "simulate -w template.yaml --as cfn:Deploi -r cfn:Reports/x s3:GetObject",
        "simulate -w template.yaml --as cfn:Deploy s3:GetObject",
        "simulate -w template.yaml --as cfn:Deploy -r cfn:Key kms:Decrypt s3:ListBucket",
        "who-can -w template.yaml -r cfn:Reports/x s3:PutObject",
        "who-can -w template.yaml -r cfn:Reports/x s3:PutObject --format json",
        "who-can -w template.yaml -r cfn:Reports/x s3:PutObject s3:GetObject --format csv",
        "who-can -w template.yaml -r cfn:Reports/x s3:PutObject --deny --through-roles",
        "who-can -w template.yaml -r cfn:Reports/x s3:PutObject --expect cfn:Deploi",
        "what-can -w template.yaml cfn:Deploy",
        "what-can -w template.yaml cfn:Deploy --format json",
        "what-can -w template.yaml cfn:Deploy --csv",
        "matrix -w template.yaml --as cfn:Deploy -r cfn:Reports/x s3:*Object",
        "matrix -w template.yaml --as cfn:Deploy -r cfn:Reports/x s3:*Object --format html",
        "matrix -w template.yaml --as cfn:Deploy -r cfn:Reports/x s3:*Object --format json",
        "matrix -w template.yaml --as cfn:Deploy -r cfn:Reports/x s3:*Object --format csv",
        "matrix -w template.yaml --as cfn:Deploy --rows resources s3:PutObject --format md",
        "matrix -w template.yaml --rows principals -r cfn:Reports/x s3:PutObject --format table",
        "prove -w template.yaml --as cfn:Deploy -r cfn:Reports/x s3:PutObject --expect deny",
        "prove -w template.yaml --as cfn:Deploy -r cfn:Reports/x s3:PutObject --expect deny --format json",
        "prove -w template.yaml --public",
        "keys -w template.yaml",
        "keys -w template.yaml --format json",
        "check template.yaml",
        "check template.yaml --format json",
        "check -w template.yaml",
        "check template.yaml --report sarif=-",
        "check template.yaml --report github=-",
        "check template.yaml --report gitlab=-",
        "diff template.yaml template.yaml",
        "diff template.yaml template.yaml --format json",
        "test",
        "test -v",
        "test --list",
        "test --format json",
        "test --report junit=-",
        "test --report sarif=-",
        "test --report github=-",
        "test --report gitlab=-",
        "test --coverage --coverage=listing",
        "complete-principals -- iameval simulate -w template.yaml --as",
    ] {
        let Run { stdout, stderr, .. } = folder.run(command);
        names_everything(command, &[&stdout, &stderr]);
        named += usize::from(stdout.contains("${unknown:") || stderr.contains("${unknown:"));
        if command.ends_with("--format json") && !stdout.is_empty() {
            serde_json::from_str::<serde_json::Value>(&stdout).unwrap_or_else(|error| panic!("{command}: {error}"));
        }
    }
    assert!(named >= 20, "{named} commands name something");
}

#[test]
fn no_file_holds_what_stands_for_the_unknown() {
    let folder = folder();
    folder.run("matrix -w template.yaml --as cfn:Deploy -r cfn:Reports/x s3:*Object --write access.html");
    folder.run("matrix -w template.yaml --as cfn:Deploy -r cfn:Reports/x s3:*Object --write access.md");
    folder.run("test --report junit=junit.xml --report sarif=tests.sarif --coverage=lcov:lcov.info");
    folder.run("check template.yaml --report sarif=check.sarif");
    for file in ["access.html", "access.md", "junit.xml", "tests.sarif", "lcov.info", "check.sarif"] {
        let text = std::fs::read_to_string(folder.path(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        names_everything(file, &[&text]);
    }
}

#[test]
fn answers_of_batch_name_what_is_not_known() {
    let line = r#"{"request": {"principal": "cfn:Deploy", "action": "s3:PutObject", "resource": "cfn:Reports/x"}}"#;
    for jobs in [1, 2] {
        let run = folder().run_with(&format!("batch -w template.yaml --jobs {jobs}"), format!("{line}\n"));
        names_everything("batch", &[&run.stdout, &run.stderr]);
        assert_eq!(run.json_lines().len(), 1, "{}", run.stdout);
    }
}

/// A template in which a function stands wherever one may: nothing can be said of it, and so nothing is.
#[test]
fn what_is_not_known_is_not_mistaken() {
    let template = repository().join("fixtures/cloudformation/app/references.yaml");
    let folder = Folder::new().with("references.yaml", std::fs::read_to_string(template).expect("the template"));
    let run = folder.run("check references.yaml --fail-on info --format json");
    let answer: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
    let codes: Vec<&str> =
        answer["findings"].as_array().expect("a list").iter().filter_map(|found| found["code"].as_str()).collect();
    assert!(codes.is_empty(), "{}", folder.run("check references.yaml").stdout);
    assert_eq!(answer["policies"].as_array().map(Vec::len), Some(10));
}
