//! What is not known before the deployment, and what is given for it.

use super::{compared, read, stack};
use crate::cloudformation::CloudFormation;
use crate::cloudformation::tests::{in_words, resource, shown};
use crate::testing::Memory;

const SERVICE: &str = "
service: orders
provider:
  name: aws
  stage: ${opt:stage}
  iam:
    role:
      statements:
        - Effect: Allow
          Action: s3:GetObject
          Resource: arn:aws:s3:::${ssm:/${self:custom.team}/bucket}/*
        - Effect: Allow
          Action: s3:PutObject
          Resource: !Sub 'arn:${AWS::Partition}:s3:::${env:BUCKET}-${AWS::AccountId}/*'
        - ${file(statement.js)}
custom: {team: shop}
functions:
  get: {handler: a.get}
";

/// The document of the role that functions share, but for what they need to write logs.
fn statements(service: &str, options: impl FnOnce(CloudFormation) -> CloudFormation) -> Vec<String> {
    let files = Memory::default().with("serverless.yml", service);
    let (stack, symbols, _) = stack(&options(CloudFormation::new("serverless.yml")), &files);
    let role = resource(&stack, "IamRoleLambdaExecution");
    let policies = shown(role.properties.get("Policies").unwrap(), &symbols);
    policies.split("{Effect: Allow, Action: ").skip(3).map(str::to_owned).collect()
}

#[test]
fn what_is_not_known_is_called_like_its_variable() {
    assert_eq!(
        statements(SERVICE, |options| options),
        [
            "s3:GetObject, Resource: arn:aws:s3:::${unknown:ssm:/shop/bucket}/*}, ",
            "s3:PutObject, Resource: arn:aws:s3:::${unknown:env:BUCKET}-${unknown:AWS::AccountId}/*}, \
             <file(statement.js)>]}}]"
        ]
    );
    let (stack, symbols, warnings) = read(SERVICE);
    let name = &resource(&stack, "GetLambdaFunction").reference;
    assert_eq!(symbols.display(name), "orders-${unknown:opt:stage}-get");
    assert_eq!(
        warnings.iter().map(in_words).collect::<Vec<_>>(),
        ["5:10: 4 variables have no value: `opt:stage`, `ssm:/shop/bucket`, `env:BUCKET`, `file(statement.js)`; \
             `--set 'opt:stage=VALUE'` gives it one"]
    );
}

/// A file `.env` may give what has a default.
#[test]
fn what_a_file_of_the_environment_gives_is_not_known() {
    for (head, file, expected) in [
        ("useDotenv: true", ".env", "a-${unknown:env:X}"),
        ("useDotenv: true", ".env.dev", "a-${unknown:env:X}"),
        ("frameworkVersion: '4'", ".env", "a-${unknown:env:X}"),
        ("useDotenv: true", "env", "a-x"),
        ("useDotenv: false", ".env", "a-x"),
        ("frameworkVersion: '3'", ".env", "a-x"),
    ] {
        let service = format!(
            "service: s\n{head}\nprovider: {{name: aws}}\nresources:\n  Resources:\n    B: {{Type: 'AWS::S3::Bucket', Properties: {{BucketName: \"a-${{env:X, 'x'}}\"}}}}\n"
        );
        let files = Memory::default().with("s/serverless.yml", &*service).with(&format!("s/{file}"), "X=secret\n");
        let (stack, symbols, _) = stack(&CloudFormation::new("s/serverless.yml"), &files);
        assert_eq!(symbols.display(&resource(&stack, "B").reference), expected, "{head} {file}");
    }
}

#[test]
fn values_are_given_by_these_names() {
    let given = statements(SERVICE, |options| {
        let options = options.value("opt:stage", "prod").value("ssm:/shop/bucket", "b").value("env:BUCKET", "c");
        options.value("AWS::AccountId", "123456789012")
    });
    assert_eq!(
        given,
        [
            "s3:GetObject, Resource: arn:aws:s3:::b/*}, ",
            "s3:PutObject, Resource: arn:aws:s3:::c-123456789012/*}, <file(statement.js)>]}}]"
        ]
    );
    let files = Memory::default().with("serverless.yml", SERVICE);
    let wrong = CloudFormation::new("serverless.yml").value("opt:stag", "prod");
    let wrong = wrong.stacks(&files, &mut iameval::symbol::Symbols::new()).unwrap_err();
    assert!(in_words(&wrong[0]).contains("there is nothing at `opt:stag` to give a value; did you mean `opt:stage`?"));
}

#[test]
fn defaults_count_where_nothing_is_given() {
    let service = "
service: s
provider:
  name: aws
  stage: ${opt:stage, 'dev'}
resources:
  Resources:
    One: {Type: AWS::SQS::Queue, Properties: {QueueName: \"${sls:stage}-${param:size, 'small'}\"}}
    Two: {Type: AWS::SQS::Queue, Properties: {QueueName: \"${self:custom.none, env:NONE, null}x\"}}
";
    let names = |options: CloudFormation| {
        let files = Memory::default().with("serverless.yml", service);
        let (stack, symbols, _) = stack(&options, &files);
        let name = |id: &str| symbols.display(&resource(&stack, id).reference).rsplit('/').next().unwrap().to_owned();
        (name("One"), name("Two"))
    };
    let options = || CloudFormation::new("serverless.yml");
    assert_eq!(names(options()).0, "dev-small");
    assert_eq!(names(options().value("opt:stage", "prod").value("param:size", "large")).0, "prod-large");
    assert!(names(options()).1.ends_with("${unknown:env:NONE}x"), "{}", names(options()).1);
}

#[test]
fn resources_that_are_not_known_are_told() {
    let service = "
service: s
provider: aws
functions:
  get: {handler: a.get, role: Elsewhere}
resources:
  - ${file(resources.js)}
  - Resources:
      Hidden: ${file(hidden.js)}
      Queue: {Type: AWS::SQS::Queue}
";
    let (stack, symbols, warnings) = read(service);
    assert!(compared(&stack, &symbols).contains_key("Queue"));
    assert_eq!(
        warnings.iter().map(in_words).collect::<Vec<_>>(),
        [
            "7:5: what is defined here is not known; no resource that it would make is there",
            "9:7: what resource `Hidden` is is not known; no resource that it would make is there",
        ]
    );
    let role = shown(resource(&stack, "GetLambdaFunction").properties.get("Role").unwrap(), &symbols);
    assert_eq!(role, "${unknown:Elsewhere.Arn}");
}

#[test]
fn a_policy_variable_stays_one() {
    let service = r"
service: s
provider:
  name: aws
  iamRoleStatements:
    - {Effect: Allow, Action: s3:GetObject, Resource: 'arn:aws:s3:::home/\${aws:username}/*'}
    - {Effect: Allow, Action: s3:GetObject, Resource: '*', Condition: {StringEquals: {'s3:prefix': '${cognito-identity.amazonaws.com:sub}'}}}
functions: {get: {handler: a.get}}
";
    let statements = statements(service, |options| options);
    assert!(statements[0].contains("home/${aws:username}/*"), "{statements:?}");
    assert!(statements[1].contains("${cognito-identity.amazonaws.com:sub}"), "{statements:?}");
}

/// What exists already is allowed to invoke functions by functions of the framework, which give these permissions to the
/// function and not to its alias.
#[test]
fn permissions_are_given_when_it_is_deployed() {
    let service = "
service: s
provider: {name: aws, eventBridge: {}}
functions:
  one:
    handler: a.one
    provisionedConcurrency: 1
    events:
      - s3: {bucket: old, existing: true}
      - s3: {bucket: old, existing: true, event: 's3:ObjectRemoved:*'}
      - cognitoUserPool: {pool: people, trigger: PreSignUp, existing: true}
      - eventBridge: {eventBus: 'arn:aws:events:eu-west-1:111111111111:event-bus/orders', schedule: rate(1 day)}
      - eventBridge: {schedule: rate(1 day)}
";
    let (stack, symbols, _) = read(service);
    let of = |permission: &str, source: &str| {
        let said = &compared(&stack, &symbols)[permission];
        assert!(said.contains("\n    Action: lambda:InvokeFunction"), "{said}");
        assert!(
            said.contains("FunctionName: arn:aws:lambda:us-east-1:${unknown:AWS::AccountId}:function:s-dev-one\n"),
            "{said}"
        );
        assert!(said.contains(&format!("\n    SourceArn: {source}")), "{permission}: {said}");
    };
    of("OneCustomS31Permission", "arn:aws:s3:::old");
    let account = "arn:aws:cognito-idp:us-east-1:${unknown:AWS::AccountId}";
    of(
        "OneCustomCognitoUserPool1Permission",
        &format!("{account}:userpool/${{unknown:OneCustomCognitoUserPool1.UserPoolId}}"),
    );
    let account = "arn:aws:events:us-east-1:${unknown:AWS::AccountId}";
    of("OneCustomEventBridge4Permission", &format!("{account}:rule/orders/s-dev-one-rule-4"));
    of("OneCustomEventBridge5Permission", &format!("{account}:rule/s-dev-one-rule-5"));
}

#[test]
fn pseudo_parameters_are_replaced_where_the_plugin_is() {
    let service = |plugins: &str| {
        format!(
            "
service: s
{plugins}
provider:
  name: aws
  iam:
    role:
      statements:
        - Effect: Allow
          Action: s3:GetObject
          Resource: ['arn:aws:s3:::b-#{{AWS::Region}}', 'arn:aws:s3:::#{{Bucket}}', '#{{', 'a#@{{b}}']
functions:
  one: {{handler: a.one}}
resources:
  Resources:
    Bucket:
      Type: AWS::S3::Bucket
      Properties: {{BucketName: 'c-#{{AWS::Region}}'}}
"
        )
    };
    let plugin = "plugins: [serverless-pseudo-parameters]";
    let quiet = format!("{plugin}\ncustom: {{pseudoParameters: {{allowReferences: false}}}}");
    for (plugins, resources) in [
        ("", "[arn:aws:s3:::b-#{AWS::Region}, arn:aws:s3:::#{Bucket}, #{, a#@{b}]"),
        (plugin, "[arn:aws:s3:::b-us-east-1, arn:aws:s3:::c-us-east-1, #{, a#{b}]"),
        (&quiet, "[arn:aws:s3:::b-us-east-1, arn:aws:s3:::#{Bucket}, #{, a#{b}]"),
    ] {
        let statements = statements(&service(plugins), |options| options);
        assert_eq!(statements, [format!("s3:GetObject, Resource: {resources}}}]}}}}]")], "{plugins}");
    }
}
