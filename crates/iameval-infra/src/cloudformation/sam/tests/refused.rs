//! What SAM refuses, and what is hidden: each with its place and what to do.

use super::super::{Setting, transform};
use crate::cloudformation::template;
use iameval::Diagnostic;
use iameval_world::Source;

/// What is said of a function with these properties, as `what stands there: message; help`.
#[track_caller]
fn told(properties: &str) -> Vec<String> {
    let properties = properties.replace('\n', "\n      ");
    told_of(&format!(
        "Resources:\n  Hello:\n    Type: AWS::Serverless::Function\n    Properties:\n      {properties}\n"
    ))
}

#[track_caller]
fn told_of(resources: &str) -> Vec<String> {
    let text = format!("Transform: AWS::Serverless-2016-10-31\n{resources}");
    let tree = template::read(&Source::new("t.yaml", text.clone()), template::Notation::Template).unwrap();
    let setting = Setting { known: &|_| None, region: None };
    let diagnostics = match transform(&tree, &setting) {
        Ok(transformed) => transformed.warnings,
        Err(errors) => errors,
    };
    let shown = |one: &Diagnostic| {
        let there = text.get(one.span().range()).unwrap_or_default();
        format!("{there}: {}; {}", one.message(), one.help().unwrap_or_default())
    };
    diagnostics.iter().map(shown).collect()
}

#[test]
fn policies_that_sam_does_not_take() {
    assert_eq!(
        told("Policies: [{S3ReadPolcy: {BucketName: b}}]"),
        ["S3ReadPolcy: SAM has no policy template `S3ReadPolcy`; did you mean `S3ReadPolicy`?"]
    );
    assert_eq!(
        told("Policies: [{S3ReadPolicy: {Bucketname: b}}]"),
        ["S3ReadPolicy: policy template `S3ReadPolicy` lacks parameter `BucketName`; it is written `BucketName`, not \
          `Bucketname`"]
    );
    assert_eq!(
        told("Policies: [{DynamoDBStreamReadPolicy: {TableName: t}}]"),
        [
            "DynamoDBStreamReadPolicy: policy template `DynamoDBStreamReadPolicy` lacks parameter `StreamName`; it takes \
          `StreamName`, `TableName`"
        ]
    );
    assert_eq!(
        told("Policies: [{AMIDescribePolicy: x}]"),
        ["x: policy template `AMIDescribePolicy` has no object of parameters; write `{}` after it"]
    );
    assert_eq!(
        told("Policies: [{Effect: Allow, Action: '*', Resource: '*'}]"),
        ["{: a statement stands where SAM takes a policy; put it into a document: `Statement: [{Effect: …}]`"]
    );
    assert_eq!(
        told("Policies: [!If [A, AmazonS3ReadOnlyAccess, {Statement: []}]]").len(),
        1,
        "policies of different kinds in one choice"
    );
    assert_eq!(
        told("Policies: [AmazonS3ReadOnlyAcces]"),
        [
            "AmazonS3ReadOnlyAcces: `AmazonS3ReadOnlyAcces` is not the name of an AWS managed policy that is known; did you \
          mean `AmazonS3ReadOnlyAccess`?"
        ]
    );
}

#[test]
fn events_that_sam_does_not_have() {
    assert_eq!(
        told("Events: {Go: {Type: Sqs, Properties: {Queue: q}}}"),
        ["Sqs: SAM has no events of type `Sqs` here: what event `Go` allows is not known; did you mean `SQS`?"]
    );
    assert_eq!(
        told("Events: {Go: {Type: S3, Properties: {Bucket: name}}}"),
        [
            "name: the bucket of an S3 event must be in the same template; refer to it with `!Ref`; for another bucket, write \
          the permission and the notification"
        ]
    );
    assert_eq!(told("Events: {Go: {Type: SNS}}"), ["Go: event `Go` has no `Topic`; events of type `SNS` need it"]);
    assert_eq!(told("Events: {Go: {}}"), ["Go: event `Go` has no `Type`; give it one"]);
    assert_eq!(
        told("Events: {Go: {Type: Api, Properties: {Path: /, Method: get, RestApiId: !Ref Other}}}").len(),
        1,
        "an API that is not there"
    );
    assert_eq!(told("Events: {Go: {Type: MQ, Properties: {Broker: b}}}").len(), 1, "a broker without a secret");
}

#[test]
fn other_properties_that_sam_does_not_take() {
    assert_eq!(
        told("DeadLetterQueue: {Type: Sqs, TargetArn: a}"),
        ["Sqs: `DeadLetterQueue` needs a `Type` that SAM knows; did you mean `SQS`?"]
    );
    assert_eq!(
        told("FunctionUrlConfig: {AuthType: none}"),
        ["none: `AuthType` is `none`, which SAM refuses; did you mean `NONE`?"]
    );
    assert_eq!(
        told("AutoPublishAlias: !Ref Name"),
        ["!Ref Name: the name of the alias is not known, which SAM must know; write it, or give its parameter a value"]
    );
    assert_eq!(
        told("EventInvokeConfig: {DestinationConfig: {OnFailure: {Type: Lambda}}}"),
        [
            "{: `OnFailure` has no `Destination`, which SAM makes only for `SQS` and `SNS`; give the ARN of the destination"
        ]
    );
    assert_eq!(
        told_of("Resources: {A: {Type: AWS::Serverless::Functoin}}"),
        ["AWS::Serverless::Functoin: SAM has no type `AWS::Serverless::Functoin` that is known: what it makes is not \
          known; did you mean `AWS::Serverless::Function`?"]
    );
    assert_eq!(
        told_of("Resources: {A: {Type: AWS::Serverless::Function}, ARole: {Type: AWS::IAM::Role}}"),
        ["A: SAM makes `ARole` from this, and the template has a resource of that id; rename the resource"]
    );
    assert_eq!(
        told_of("Resources: {A: {Type: AWS::Serverless::Application, Properties: {Location: {ApplicationId: a}}}}"),
        ["{ApplicationId: a}: what application `A` makes is not known; its template is not among these files"]
    );
}

#[test]
fn connectors_that_sam_does_not_have() {
    let connected = |source: &str, to: &str, permissions: &str| {
        let connector = format!(
            "{{Type: AWS::Serverless::Connector, Properties: {{Source: {source}, Destination: {to}, Permissions: \
             {permissions}}}}}"
        );
        told_of(&format!(
            "Resources: {{A: {{Type: AWS::Serverless::Function}}, B: {{Type: AWS::SQS::Queue}}, C: {connector}}}"
        ))
    };
    assert_eq!(connected("{Id: A}", "{Id: B}", "[Read]"), [""; 0]);
    assert_eq!(
        connected("{Id: A}", "{Id: B}", "[Reed]"),
        ["Reed: the connector has no permission `Reed` between these types; did you mean `Read`?"]
    );
    assert_eq!(
        connected("{Id: B}", "{Id: A}", "[Write]"),
        ["Write: the connector does not take these `Permissions`; between these types it takes `Read` with `Write`"]
    );
    assert_eq!(
        connected("{Id: B}", "{Id: B}", "[Write]"),
        [
            "{: SAM has no connector from `AWS::SQS::Queue` to `AWS::SQS::Queue`; one from there leads to AWS::Lambda::Function"
        ]
    );
    assert_eq!(connected("{Id: X}", "{Id: B}", "[Read]").len(), 1, "a resource that is not there");
    assert_eq!(connected("{Arn: a}", "{Id: B}", "[Read]").len(), 1, "neither an id nor a type");
    assert_eq!(connected("{Type: AWS::Lambda::Function}", "{Id: B}", "[Read]").len(), 1, "a role that is not known");
}

#[test]
fn globals_that_sam_does_not_take() {
    assert_eq!(
        told_of(
            "Globals: {Function: {Policies: [AmazonS3ReadOnlyAccess]}}\nResources: {A: {Type: AWS::Serverless::Function}}"
        ),
        ["Policies: SAM takes no `Policies` in `Globals` of `Function`; write it at each resource"]
    );
}

#[test]
fn what_is_made_of_little_is_bounded() {
    let many = |of: &str| (0..2_000).map(|number| of.replace('#', &number.to_string())).collect::<String>();
    let (tags, functions) = (many("k#: v, "), many("F#: {Type: AWS::Serverless::Function}, "));
    let told = told_of(&format!("Globals: {{Function: {{Tags: {{{tags}}}}}}}\nResources: {{{functions}}}"));
    assert_eq!(told.len(), 1);
    assert!(told[0].contains("what SAM makes of the template is too large"), "{told:?}");
    let events = many("E#: {Type: Schedule, Properties: {Schedule: rate(1 day)}}, ");
    let properties = format!("{{PropagateTags: true, Tags: {{{tags}}}, Events: {{{events}}}}}");
    let told = told_of(&format!("Resources: {{A: {{Type: AWS::Serverless::Function, Properties: {properties}}}}}"));
    assert!(told[0].contains("what SAM makes of the template is too large"), "{told:?}");
    let (paths, ranges) = (many("/p#: {get: {}}, "), many("10.0.0.#, "));
    let properties = format!(
        "{{StageName: p, DefinitionBody: {{paths: {{{paths}}}}}, Auth: {{ResourcePolicy: {{IpRangeWhitelist: [{ranges}]}}}}}}"
    );
    let told = told_of(&format!("Resources: {{A: {{Type: AWS::Serverless::Api, Properties: {properties}}}}}"));
    assert!(told[0].contains("what SAM makes of the template is too large"), "{told:?}");
}
