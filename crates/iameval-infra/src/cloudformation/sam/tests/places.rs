//! Where what is made stands, and what it comes to as a world.

use crate::CloudFormation;
use iameval::Statement;
use iameval::symbol::Symbols;
use iameval_world::{Files, Finding, Source, World};
use std::path::Path;
use std::sync::Arc;

const TEMPLATE: &str = "\
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Tracing: Active}}
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      AutoPublishAlias: live
      Policies:
        - SQSPollerPolicy: {QueueName: !GetAtt Jobs.QueueName}
        - Statement: [{Effect: Allow, Action: 's3:GetObject', Resource: '*'}]
      Events:
        Made: {Type: SNS, Properties: {Topic: !Ref News}}
    Connectors:
      ToTable: {Properties: {Destination: {Id: Table}, Permissions: [Read]}}
  Jobs: {Type: AWS::SQS::Queue}
  News: {Type: AWS::SNS::Topic}
  Table: {Type: AWS::Serverless::SimpleTable}
  Use:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: '2012-10-17'
        Statement: {Effect: Allow, Action: 'lambda:InvokeFunction', Resource: [!Ref Hello.Alias, !Sub '${Hello.Version}']}
";

struct Template;

impl Files for Template {
    fn read(&self, path: &Path) -> Result<Arc<Source>, Finding> {
        Ok(Source::new(path.display().to_string(), TEMPLATE))
    }
}

fn source() -> CloudFormation {
    CloudFormation::new("t.yaml").account("111122223333").region("eu-west-1")
}

#[test]
fn policies_stand_where_they_are_written_from() {
    let policies = source().policies(&Template).unwrap().policies;
    let place = |name: &str| {
        let policy = policies.iter().find(|policy| policy.name == name).unwrap_or_else(|| panic!("{name}"));
        TEMPLATE.get(policy.span.range()).unwrap()
    };
    assert_eq!(place("cfn:HelloRole/HelloRolePolicy0"), "SQSPollerPolicy: {QueueName: !GetAtt Jobs.QueueName}");
    assert!(place("cfn:HelloRole/HelloRolePolicy1").starts_with("Statement: [{Effect: Allow"));
    assert!(place("cfn:HelloToTablePolicy").contains("Destination: {Id: Table}"));
    let permission = policies.iter().find(|policy| policy.origin.address == "Resources.HelloMadePermission").unwrap();
    assert!(TEMPLATE.get(permission.span.range()).unwrap().contains("Type: SNS"));
}

#[test]
fn only_what_is_written_can_be_changed_in_place() {
    for policy in source().policies(&Template).unwrap().policies {
        let is_written = policy.name == "cfn:HelloRole/HelloRolePolicy1" || policy.name == "cfn:Use";
        let document = policy.parsed.value.as_ref().unwrap();
        let spans = document.statements().iter().map(Statement::effect_span);
        for span in spans {
            assert_eq!(policy.is_written_at(span), is_written, "{}", policy.name);
        }
    }
}

#[test]
fn references_to_what_is_made_are_known() {
    let mut symbols = Symbols::new();
    let stacks = source().stacks(&Template, &mut symbols).unwrap();
    assert!(stacks.warnings.is_empty(), "{:?}", stacks.warnings);
    let alias = stacks.stacks[0].resources.iter().find(|resource| resource.id == "HelloAliaslive").unwrap();
    assert_eq!(
        symbols.display(&alias.reference),
        "arn:aws:lambda:eu-west-1:111122223333:function:${unknown:Hello}:live"
    );
}

#[test]
fn the_role_of_a_function_is_a_principal() {
    let world = World::from_sources(&Template, &[&source()]).unwrap();
    let role = world.principal("cfn:HelloRole").unwrap();
    let names: Vec<&str> = role.identity().iter().map(|policy| &*policy.policy.name).collect();
    let expected = [
        "cfn:HelloRole/HelloRolePolicy0",
        "cfn:HelloRole/HelloRolePolicy1",
        "cfn:HelloToTablePolicy",
        "aws:AWSLambdaBasicExecutionRole",
        "aws:AWSXrayWriteOnlyAccess",
    ];
    assert!(expected.iter().all(|name| names.contains(name)), "{names:?}");
    assert_eq!(names.len(), expected.len());
}
