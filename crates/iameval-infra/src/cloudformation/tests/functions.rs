//! Functions, conditions, parameters and names, case by case: what is written, and what it comes to.

use super::{read_with, resource, shown};
use crate::cloudformation::CloudFormation;

const TEMPLATE: &str = r#"
Parameters:
  Plain: {Type: String, Default: plain}
  Open: {Type: String}
  Stage: {Type: String, AllowedValues: [dev, prod]}
  Amount: {Type: Number, Default: 3}
  Names: {Type: CommaDelimitedList, Default: "a, b,c"}
  OpenNames: {Type: CommaDelimitedList}
  Secret: {Type: String, NoEcho: true, Default: hunter2}
  Image: {Type: "AWS::SSM::Parameter::Value<String>", Default: /aws/service/image}
  Subnet: {Type: "AWS::EC2::Subnet::Id"}
  Other: {Type: String, AllowedPattern: '^\d{12}$'}
Mappings:
  Stages: {Colour: {dev: blue, prod: green}}
  Places:
    eu-west-1: {Bucket: irish, Zones: [a, b], Same: x}
    us-east-1: {Bucket: virginian, Zones: [c], Same: x}
Conditions:
  Yes: !Equals [a, a]
  No: !Not [!Condition Yes]
  IsProd: !Equals [!Ref Stage, prod]
  IsPlain: !Equals [!Ref Plain, plain]
  Both: !And [!Condition Yes, !Condition IsProd]
  Neither: !And [!Condition No, !Condition IsProd]
  Either: !Or [!Condition Yes, !Condition IsProd]
  IsStaging: !Equals [staging, !Ref Stage]
  IsOpen: !Equals [!Ref Open, ""]
Resources:
  Bucket: {Type: "AWS::S3::Bucket"}
  Named: {Type: "AWS::S3::Bucket", Properties: {BucketName: !Sub "logs-${AWS::AccountId}"}}
  Key: {Type: "AWS::KMS::Key"}
  Queue: {Type: "AWS::SQS::Queue"}
  Topic: {Type: "AWS::SNS::Topic", Properties: {TopicName: news}}
  Role: {Type: "AWS::IAM::Role", Properties: {RoleName: deploy, Path: /ci/}}
  PathRole: {Type: "AWS::IAM::Role", Properties: {Path: !Ref Open}}
  Bare: {Type: "AWS::IAM::Role"}
  Policy: {Type: "AWS::IAM::ManagedPolicy"}
  Function: {Type: "AWS::Lambda::Function"}
  Alias: {Type: "AWS::Lambda::Alias", Properties: {FunctionName: !GetAtt Function.Arn, Name: live}}
  OpenAlias: {Type: "AWS::Lambda::Alias", Properties: {FunctionName: !Ref Open, Name: live}}
  Group: {Type: "AWS::Logs::LogGroup", Properties: {LogGroupName: /app/x}}
  Table: {Type: "AWS::DynamoDB::Table"}
  Rule: {Type: "AWS::Events::Rule", Properties: {Name: r, EventBusName: !Ref Bus}}
  DefaultRule: {Type: "AWS::Events::Rule", Properties: {Name: r}}
  Bus: {Type: "AWS::Events::EventBus", Properties: {Name: b}}
  Hidden: {Type: "AWS::SecretsManager::Secret", Properties: {Name: prod/db}}
  Provider: {Type: "AWS::IAM::OIDCProvider", Properties: {Url: "https://token.example.com"}}
  Machine: {Type: "AWS::StepFunctions::StateMachine"}
  Own: {Type: "Custom::Thing"}
  Maybe: {Type: "AWS::S3::Bucket", Condition: IsProd}
  Gone: {Type: "AWS::S3::Bucket", Condition: No}
  Chosen: {Type: "AWS::S3::Bucket", Properties: {BucketName: !If [IsProd, a, b]}}
  Parameter: {Type: "AWS::SSM::Parameter", Properties: {Value: v}}
  Acl: {Type: "AWS::WAFv2::WebACL", Properties: {Name: n, Scope: REGIONAL}}
  Replica: {Type: "AWS::KMS::ReplicaKey", Properties: {PrimaryKeyArn: "arn:aws:kms:us-east-1:111122223333:key/mrk-1"}}
  Set: {Type: "AWS::SSO::PermissionSet", Properties: {InstanceArn: "arn:aws:sso:::instance/ssoins-1"}}
  X:
    Type: Custom::X
    Properties:
      V: "#;

/// What `V` comes to.
fn value(text: &str, options: impl FnOnce(CloudFormation) -> CloudFormation) -> String {
    let template = format!("{TEMPLATE}{text}\n");
    let (stacks, symbols) = read_with(&template, options).unwrap_or_else(|findings| panic!("{text}: {findings:#?}"));
    let x = resource(&stacks.stacks[0], "X");
    x.properties.get("V").map_or("-".into(), |value| shown(value, &symbols))
}

#[track_caller]
fn check(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(value(text, |options| options), *expected, "{text}");
    }
}

#[test]
fn references() {
    check(&[
        ("!Ref Plain", "plain"),
        ("!Ref Open", "${unknown:Open}"),
        ("!Ref Amount", "3"),
        ("!Ref Names", "[a, b, c]"),
        ("!Ref OpenNames", "<OpenNames>"),
        ("!Ref Secret", "${unknown:Secret}"),
        ("!Ref Image", "${unknown:Image}"),
        ("!Ref Bucket", "${unknown:Bucket}"),
        ("{Ref: Bucket}", "${unknown:Bucket}"),
        ("!Ref AWS::NoValue", "-"),
        ("[a, !Ref AWS::NoValue, b]", "[a, b]"),
        ("{a: !Ref AWS::NoValue, b: 1}", "{b: 1}"),
        ("2012-10-17", "2012-10-17"),
        ("[true, 1.50, ~]", "[true, 1.50, null]"),
        ("{Ref: Bucket, Other: 1}", "{Ref: Bucket, Other: 1}"),
        ("!Ref Own", "${unknown:Own}"),
        ("!Ref Gone", "${unknown:Gone}"),
    ]);
}

#[test]
fn pseudo_parameters() {
    const ALL: &str = "!Sub '${AWS::Partition} ${AWS::Region} ${AWS::AccountId} ${AWS::StackName} ${AWS::URLSuffix}'";
    let id = "!Select [2, !Split ['/', !Ref AWS::StackId]]";
    check(&[
        (ALL, "aws ${unknown:AWS::Region} ${unknown:AWS::AccountId} ${unknown:AWS::StackName} amazonaws.com"),
        ("!Ref AWS::NotificationARNs", "<AWS::NotificationARNs>"),
        (id, "${unknown:AWS::StackId}"),
    ]);
    let set =
        |region: &'static str| move |options: CloudFormation| options.account("111122223333").region(region).stack("s");
    assert_eq!(value(ALL, set("eu-west-1")), "aws eu-west-1 111122223333 s amazonaws.com");
    assert_eq!(value(ALL, set("cn-north-1")), "aws-cn cn-north-1 111122223333 s amazonaws.com.cn");
    assert_eq!(value(ALL, set("us-gov-west-1")), "aws-us-gov us-gov-west-1 111122223333 s amazonaws.com");
    let arn = "arn:aws:cloudformation:eu-west-1:111122223333:stack/s/${unknown:AWS::StackId}";
    assert_eq!(value("!Ref AWS::StackId", set("eu-west-1")), arn);
}

#[test]
fn names_and_arns_of_resources() {
    let at = "${unknown:AWS::Region}:${unknown:AWS::AccountId}";
    let account = "${unknown:AWS::AccountId}";
    let cases = [
        ("!GetAtt Bucket.Arn", "arn:aws:s3:::${unknown:Bucket}".to_owned()),
        ("!Sub 'arn:${AWS::Partition}:s3:::${Bucket}'", "arn:aws:s3:::${unknown:Bucket}".to_owned()),
        ("!Sub '${Bucket.Arn}/*'", "arn:aws:s3:::${unknown:Bucket}/*".to_owned()),
        ("{'Fn::GetAtt': [Bucket, Arn]}", "arn:aws:s3:::${unknown:Bucket}".to_owned()),
        ("{'Fn::GetAtt': Bucket.Arn}", "arn:aws:s3:::${unknown:Bucket}".to_owned()),
        ("!GetAtt Named.Arn", format!("arn:aws:s3:::logs-{account}")),
        ("!GetAtt Bucket.Other", "${unknown:Bucket.Other}".to_owned()),
        ("!GetAtt Key.Arn", format!("arn:aws:kms:{at}:key/${{unknown:Key}}")),
        ("!GetAtt Queue.Arn", format!("arn:aws:sqs:{at}:${{unknown:Queue}}")),
        ("!Ref Queue", format!("https://sqs.${{unknown:AWS::Region}}.amazonaws.com/{account}/${{unknown:Queue}}")),
        ("!Ref Topic", format!("arn:aws:sns:{at}:news")),
        ("!GetAtt Topic.TopicName", "news".to_owned()),
        ("!Ref Role", "deploy".to_owned()),
        ("!GetAtt Role.Arn", format!("arn:aws:iam::{account}:role/ci/deploy")),
        ("!GetAtt Bare.Arn", format!("arn:aws:iam::{account}:role/${{unknown:Bare}}")),
        (
            "!GetAtt PathRole.Arn",
            format!("arn:aws:iam::{account}:role/${{unknown:PathRole.Path}}${{unknown:PathRole}}"),
        ),
        ("!Ref Policy", format!("arn:aws:iam::{account}:policy/${{unknown:Policy}}")),
        ("!GetAtt Function.Arn", format!("arn:aws:lambda:{at}:function:${{unknown:Function}}")),
        ("!Ref OpenAlias", format!("arn:aws:lambda:{at}:function:${{unknown:OpenAlias.FunctionName}}:live")),
        ("!Ref Alias", format!("arn:aws:lambda:{at}:function:${{unknown:Function}}:live")),
        ("!GetAtt Group.Arn", format!("arn:aws:logs:{at}:log-group:/app/x:*")),
        (
            "!GetAtt Table.StreamArn",
            format!("arn:aws:dynamodb:{at}:table/${{unknown:Table}}/stream/${{unknown:Table.StreamLabel}}"),
        ),
        ("!GetAtt Rule.Arn", format!("arn:aws:events:{at}:rule/b/r")),
        ("!Ref Rule", "b|r".to_owned()),
        ("!GetAtt DefaultRule.Arn", format!("arn:aws:events:{at}:rule/r")),
        ("!Ref Hidden", format!("arn:aws:secretsmanager:{at}:secret:prod/db-${{unknown:Hidden.Suffix}}")),
        ("!Ref Provider", format!("arn:aws:iam::{account}:oidc-provider/token.example.com")),
        ("!Ref Machine", format!("arn:aws:states:{at}:stateMachine:${{unknown:Machine}}")),
        ("!Ref Chosen", "${unknown:Chosen}".to_owned()),
        ("!GetAtt Parameter.Value", "v".to_owned()),
        ("!GetAtt Set.PermissionSetArn", "arn:aws:sso:::permissionSet/ssoins-1/${unknown:Set.Id}".to_owned()),
        ("!Ref Replica", "mrk-1".to_owned()),
        (
            "!GetAtt Acl.Arn",
            format!("arn:aws:wafv2:{at}:${{unknown:Acl.Scope}}/webacl/${{unknown:Acl.Name}}/${{unknown:Acl.Id}}"),
        ),
        ("!GetAtt Gone.Arn", "${unknown:Gone.Arn}".to_owned()),
        ("!GetAtt [Own, Any.Thing]", "${unknown:Own.Any.Thing}".to_owned()),
    ];
    for (text, expected) in cases {
        assert_eq!(value(text, |options| options), expected, "{text}");
    }
}

#[test]
fn values_take_the_place_of_symbols() {
    let key = "arn:aws:kms:eu-west-1:111122223333:key/abc";
    for (address, given, text, expected) in [
        ("Bucket", "logs", "!GetAtt Bucket.Arn", "arn:aws:s3:::logs"),
        ("Key.Arn", key, "!GetAtt Key.Arn", key),
        ("Key.Arn", key, "!Ref Key", "abc"),
        ("Topic", "arn:aws:sns:r:a:news", "!Ref Topic", "arn:aws:sns:r:a:news"),
        ("AWS::Region", "cn-north-1", "!Ref AWS::Partition", "aws-cn"),
        ("Open", "x", "!Ref Open", "x"),
        ("Image", "ami-1", "!Ref Image", "ami-1"),
        ("OpenNames", "a,b", "!Ref OpenNames", "[a, b]"),
        ("Condition IsProd", "true", "!If [IsProd, a, b]", "a"),
        ("Secret", "told", "!Ref Secret", "${unknown:Secret}"),
        ("Bucket.Other", "o", "!GetAtt Bucket.Other", "o"),
        ("Import x", "imported", "!ImportValue x", "imported"),
    ] {
        assert_eq!(value(text, |options| options.value(address, given)), expected, "{address} {text}");
    }
}

#[test]
fn texts() {
    check(&[
        ("!Sub 'a ${Plain} b'", "a plain b"),
        ("!Sub '${!aws:username}/${Plain}'", "${aws:username}/plain"),
        ("!Sub 'x${!}y'", "x${}y"),
        ("!Sub '$${Plain} $x ${unclosed'", "$plain $x ${unclosed"),
        ("!Sub ['${A}-${Plain}', {A: !Ref Open}]", "${unknown:Open}-plain"),
        ("!Sub ['${Plain}', {Plain: mine}]", "mine"),
        ("!Sub '${Amount}'", "3"),
        ("!Sub '${OpenNames}'", "${unknown:OpenNames}"),
        ("!Sub '${Own.Deep.Name}'", "${unknown:Own.Deep.Name}"),
        ("!Join [':', [arn, !Ref AWS::Partition, 1, true]]", "arn:aws:1:true"),
        ("!Join ['', [a, !Ref AWS::NoValue, b]]", "ab"),
        ("!Join [',', !Ref Names]", "a,b,c"),
        ("!Join ['', []]", ""),
        ("!Base64 hello", "aGVsbG8="),
        ("!Base64 ab", "YWI="),
        ("!Base64 abc", "YWJj"),
        ("{'Fn::Base64': !Sub '${Plain}'}", "cGxhaW4="),
        (
            r#"{"Fn::ToJsonString": {"a": ["x\"y", 1, true, null, {}], "b": "${Bucket}"}}"#,
            r#"{"a":["x\"y",1,true,null,{}],"b":"${Bucket}"}"#,
        ),
        ("!ToJsonString [!GetAtt Bucket.Arn]", r#"["arn:aws:s3:::${unknown:Bucket}"]"#),
        ("'a {{resolve:ssm:/x:1}} b'", "a ${unknown:{{resolve:ssm:/x:1}}} b"),
        ("!Sub '{{resolve:ssm:/${Plain}}}'", "${unknown:{{resolve:ssm:/plain}}}"),
    ]);
}

#[test]
fn lists() {
    check(&[
        ("!Select [1, [a, b]]", "b"),
        ("!Select ['0', !Ref Names]", "a"),
        ("!Split [',', 'a,b']", "[a, b]"),
        ("!Split ['/', !Ref Bucket]", "[${unknown:Bucket}]"),
        ("!Select [5, !Split [':', !GetAtt Bucket.Arn]]", "${unknown:Bucket}"),
        ("!Select [4, !Split [':', !GetAtt Role.Arn]]", "${unknown:AWS::AccountId}"),
        ("!Select [0, !Split ['-', !Sub 'a-${Open}']]", "a"),
        ("!FindInMap [Places, eu-west-1, Bucket]", "irish"),
        ("!FindInMap [Places, us-east-1, Zones]", "[c]"),
        ("!FindInMap [Places, !Ref AWS::Region, Bucket]", "(Places by AWS::Region? irish | virginian)"),
        ("!FindInMap [Places, !Ref AWS::Region, Same]", "x"),
        ("!FindInMap [Stages, Colour, !Ref Stage]", "(Stages.Colour by Stage? blue | green)"),
        (
            "!Sub ['x-${B}', {B: !FindInMap [Places, !Ref AWS::Region, Bucket]}]",
            "(Places by AWS::Region? x-irish | x-virginian)",
        ),
        ("!FindInMap [Places, ap-1, Bucket, {DefaultValue: d}]", "d"),
        ("!FindInMap [Other, ap-1, Bucket, {DefaultValue: !Ref Plain}]", "plain"),
        ("!GetAZs ''", "<Fn::GetAZs AWS::Region>"),
        ("!GetAZs eu-west-1", "<Fn::GetAZs eu-west-1>"),
        ("!Cidr [10.0.0.0/16, 2, 8]", "[10.0.0.0/24, 10.0.1.0/24]"),
        ("!Length [a, b]", "2"),
        ("!Length {Ref: Names}", "3"),
    ]);
}

#[test]
fn conditions_have_three_values() {
    check(&[
        ("!If [Yes, a, b]", "a"),
        ("!If [No, a, b]", "b"),
        ("!If [IsPlain, a, b]", "a"),
        ("!If [IsStaging, a, b]", "b"),
        ("!If [Either, a, b]", "a"),
        ("!If [Neither, a, b]", "b"),
        ("!If [IsProd, a, b]", "(Condition IsProd? a | b)"),
        ("!If [Both, a, !Ref AWS::NoValue]", "(Condition Both? a | -)"),
        ("!If [IsOpen, a, b]", "(Condition IsOpen? a | b)"),
        ("[x, !If [IsProd, a, !Ref AWS::NoValue]]", "[x, (Condition IsProd? a | -)]"),
        ("!Sub ['x-${V}', {V: !If [IsProd, a, b]}]", "(Condition IsProd? x-a | x-b)"),
        ("!Join ['-', [!If [IsProd, a, b], !If [IsProd, c, d]]]", "(Condition IsProd? a-c | b-d)"),
        (
            "!Join ['-', [!If [IsProd, a, b], !If [IsOpen, c, d]]]",
            "(Condition IsProd? (Condition IsOpen? a-c | a-d) | (Condition IsOpen? b-c | b-d))",
        ),
        ("!Join ['-', !If [IsProd, [a, b], [c]]]", "(Condition IsProd? a-b | c)"),
        ("!Select [0, !If [IsProd, [a], [b]]]", "(Condition IsProd? a | b)"),
        ("!ToJsonString {a: !If [IsProd, 1, !Ref AWS::NoValue]}", r#"(Condition IsProd? {"a":1} | {})"#),
        ("!Length [a, !If [IsProd, b, !Ref AWS::NoValue]]", "(Condition IsProd? 2 | 1)"),
        ("!If [IsProd, !If [IsProd, a, b], c]", "(Condition IsProd? (Condition IsProd? a | b) | c)"),
    ]);
}

#[test]
fn what_is_not_known_has_a_name() {
    check(&[
        ("!Join ['-', !Ref OpenNames]", "<Fn::Join at 60:10>"),
        ("!Select [0, !Ref OpenNames]", "<Fn::Select at 60:10>"),
        ("!Base64 {Ref: Open}", "<Fn::Base64 at 60:10>"),
        ("{'Fn::Transform': {Name: Shout}}", "<Fn::Transform at 60:10>"),
        ("{a: 1, 'Fn::Transform': {Name: Shout}}", "<Fn::Transform at 60:10>"),
        ("{'Fn::Unknown': 1}", "<Fn::Unknown at 60:10>"),
        ("!ImportValue shared", "${unknown:Import shared}"),
        ("!ImportValue {'Fn::Sub': '${Open}-vpc'}", "${unknown:Import ${unknown:Open}-vpc}"),
    ]);
}

#[test]
fn resources_have_conditions() {
    let (stacks, symbols) = read_with(&format!("{TEMPLATE}1\n"), |options| options).unwrap();
    let stack = &stacks.stacks[0];
    assert_eq!(symbols.name(resource(stack, "Maybe").only_if.unwrap()), "Condition IsProd");
    assert!(stack.resources.iter().all(|resource| resource.id != "Gone"));
    assert!(resource(stack, "Bucket").only_if.is_none());
    assert!(symbols.differ(symbols.find("Bucket").unwrap(), symbols.find("Maybe").unwrap()));
    assert!(!symbols.differ(symbols.find("Bucket").unwrap(), symbols.find("Queue").unwrap()));
    assert!(!symbols.differ(symbols.find("Bucket").unwrap(), symbols.find("Chosen").unwrap()));
    let arn = |id: &str| resource(stack, id).arn.as_deref().map(|arn| symbols.display(arn).into_owned());
    assert_eq!(
        arn("Group").unwrap(),
        "arn:aws:logs:${unknown:AWS::Region}:${unknown:AWS::AccountId}:log-group:/app/x:*"
    );
    assert_eq!(arn("Own"), None);
    assert_eq!(arn("Topic").as_deref(), Some(&*symbols.display(&resource(stack, "Topic").reference)));
}

#[test]
fn loops_are_expanded() {
    let template = "
Transform: AWS::LanguageExtensions
Parameters:
  Names: {Type: CommaDelimitedList, Default: 'One,Two'}
Conditions:
  Fn::ForEach::C: [N, !Ref Names, {'Is${N}': !Equals ['${N}', One]}]
Resources:
  Fn::ForEach::Buckets:
    - Name
    - !Ref Names
    - Bucket${Name}:
        Type: AWS::S3::Bucket
        Condition: Is${Name}
        Properties: {BucketName: !Sub 'x-${Name}', Tag: !Ref Name}
  Fn::ForEach::Roles:
    - Id
    - [a-b, c]
    - Role&{Id}:
        Type: AWS::IAM::Role
        Properties:
          RoleName: '${Id}'
          Fn::ForEach::P: [K, [x, y], {'P${K}': '${Id}/${K}'}]
";
    let (stacks, symbols) = read_with(template, |options| options).unwrap();
    let all: Vec<String> = stacks.stacks[0]
        .resources
        .iter()
        .map(|resource| format!("{} {}", resource.id, shown(&resource.properties, &symbols)))
        .collect();
    assert_eq!(
        all,
        [
            "BucketOne {BucketName: x-One, Tag: One}",
            "Roleab {RoleName: a-b, Px: a-b/x, Py: a-b/y}",
            "Rolec {RoleName: c, Px: c/x, Py: c/y}",
        ]
    );
}

#[test]
fn secrets_are_not_shown() {
    let (stacks, symbols) = read_with(&format!("{TEMPLATE}!Sub 'x${{Secret}}'\n"), |options| {
        options.parameter("Secret", "correct horse").value("Secret", "battery")
    })
    .unwrap();
    let warnings: Vec<String> = stacks.warnings.iter().map(super::in_words).collect();
    let all = format!("{:?} {warnings:?} {symbols:?}", stacks.stacks);
    for secret in ["hunter2", "correct horse", "battery"] {
        assert!(!all.contains(secret), "{secret}");
    }
}

#[test]
fn parameters_take_their_values() {
    for (name, given, text, expected) in [
        ("Plain", "other", "!Ref Plain", "other"),
        ("Stage", "prod", "!If [IsProd, a, b]", "a"),
        ("Stage", "dev", "!If [IsProd, a, b]", "b"),
        ("OpenNames", "x, y", "!Ref OpenNames", "[x, y]"),
        ("Open", "", "!If [IsOpen, a, b]", "a"),
    ] {
        assert_eq!(value(text, |options| options.parameter(name, given)), expected, "{name}={given} {text}");
    }
    let (_, symbols) =
        read_with(&format!("{TEMPLATE}[!Ref Open, !Ref Stage, !Ref Subnet, !Ref Other]"), |options| options).unwrap();
    let kind = |name: &str| format!("{:?}", symbols.kind(symbols.find(name).unwrap()));
    assert_eq!(["Open", "Stage", "Subnet", "Other"].map(kind), ["Input", "Name", "Name", "Account"]);
}
