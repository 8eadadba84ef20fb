//! Services of several files: everything has its place in the file that it stands in.

use super::{fixtures, stack};
use crate::cloudformation::CloudFormation;
use crate::cloudformation::tests::resource;
use crate::testing::Memory;
use iameval::text::Span;
use iameval_world::{Disk, Finding, Source};

fn at(source: &Source, span: Span) -> &str {
    source.text.get(span.range()).unwrap()
}

#[test]
fn resources_stand_in_their_files() {
    let path = fixtures().join("services/files/serverless.yml");
    let (stack, ..) = stack(&CloudFormation::new(path), &Disk::default());
    let name = |source: &Source| source.name.rsplit('/').next().unwrap().to_owned();
    assert_eq!(name(&stack.source), "serverless.yml");
    for (id, file, key) in [
        ("FirstLambdaFunction", "functions.yml", "first"),
        ("Queue", "resources.yml", "Queue"),
        ("QueuePolicy", "more.yml", "QueuePolicy"),
    ] {
        let resource = resource(&stack, id);
        let source = resource.source.as_ref().unwrap();
        assert_eq!((name(source), at(source, resource.id_span)), (file.to_owned(), key));
    }
    // The statements of the shared role are brought into it from another file.
    let role = resource(&stack, "IamRoleLambdaExecution");
    assert!(role.source.is_none());
    assert_eq!(at(&stack.source, role.id_span), "provider");
    let policies = role.properties.get("Policies").unwrap();
    let crate::value::ValueKind::List(policies) = &policies.kind else { panic!() };
    let statements = policies[0].get("PolicyDocument").unwrap().get("Statement").unwrap();
    let crate::value::ValueKind::List(statements) = &statements.kind else { panic!() };
    assert_eq!(at(&stack.source, statements[2].span), "${file(parts/statements.yml):read}");
}

#[test]
fn policies_are_found_in_the_file_that_they_stand_in() {
    let path = fixtures().join("services/files/serverless.yml");
    let policies = CloudFormation::new(path).policies(&Disk::default()).unwrap().policies;
    let policy = policies.iter().find(|policy| policy.name == "cfn:QueuePolicy").unwrap();
    assert!(policy.source.name.ends_with("more.yml"));
    assert!(at(&policy.source, policy.span).starts_with("Version: '2012-10-17'"));
    assert!(policy.is_written());
    let document = policy.parsed.value.as_ref().unwrap();
    assert!(at(&policy.source, document.statements()[0].span()).starts_with("Effect: Allow"));
}

#[test]
fn what_is_wrong_in_a_file_is_told_there() {
    let files = Memory::default()
        .with("serverless.yml", "service: s\nprovider: aws\nresources: ${file(r.yml)}\n")
        .with("r.yml", "Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties: {QueueName: !Ref Missing}\n");
    let wrong = CloudFormation::new("serverless.yml").stacks(&files, &mut iameval::symbol::Symbols::new()).unwrap_err();
    let [Finding { source, diagnostic, .. }] = &*wrong else { panic!("{wrong:?}") };
    assert_eq!((&*source.name, at(source, diagnostic.place())), ("r.yml", "!Ref Missing"));
}

/// `<<` merges maps, as it does for the framework, in every file of a service.
#[test]
fn maps_are_merged() {
    let service = "
service: s
provider:
  name: aws
  iam:
    role:
      statements:
        - &read
          Effect: Allow
          Action: s3:GetObject
          Resource: arn:aws:s3:::a
        - <<: *read
          Resource: arn:aws:s3:::b
        - ${file(more.yml):write}
functions:
  one: {handler: a.one}
";
    let more = "base: &base {Effect: Deny, Resource: '*'}\nother: &other {Effect: Allow, Action: 's3:PutObject'}\nwrite:\n  <<: [*base, *other]\n";
    let files = Memory::default().with("serverless.yml", service).with("more.yml", more);
    let (stack, symbols, _) = stack(&CloudFormation::new("serverless.yml"), &files);
    let policies =
        super::shown(resource(&stack, "IamRoleLambdaExecution").properties.get("Policies").unwrap(), &symbols);
    for statement in [
        "{Action: s3:GetObject, Effect: Allow, Resource: arn:aws:s3:::a}",
        "{Action: s3:GetObject, Effect: Allow, Resource: arn:aws:s3:::b}",
        "{Action: s3:PutObject, Effect: Deny, Resource: *}",
    ] {
        assert!(policies.contains(statement), "{policies}");
    }
}
