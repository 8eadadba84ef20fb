//! Worlds of stacks.

mod documents;
mod notation;
mod real;
mod soundness;
mod types;

use crate::CloudFormation;
use crate::testing::Memory;
use iameval::{Context, Decision};
use iameval_world::{Ask, Attached, World};
use notation::{shown, symbols, world};

/// A policy in one line: its name, and what its statements depend on.
fn line(world: &World, attached: &Attached) -> String {
    let symbols = symbols(world);
    let document = attached.policy.document();
    let statement = |statement: &iameval::Statement| {
        let names: Vec<&str> = statement.only_if().iter().map(|only_if| symbols.name(only_if.symbol())).collect();
        let actions: Vec<&str> = statement.action().patterns().collect();
        let actions = shown(&symbols, &actions.join("+"));
        let only_if = if names.is_empty() { String::new() } else { format!(" if {}", names.join(",")) };
        format!("{} {actions}{only_if}", statement.effect())
    };
    let statements: Vec<String> = document.statements().iter().map(statement).collect();
    format!("{}: {}", attached.policy.name, statements.join("; "))
}

fn identity(world: &World, name: &str) -> Vec<String> {
    let known = world.principal(name).unwrap_or_else(|| panic!("no {name}"));
    known.identity().iter().map(|attached| line(world, attached)).collect()
}

const TRUST: &str = r#""AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}"#;

fn statement(action: &str) -> String {
    format!(
        r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": "{action}", "Resource": "*"}}]}}"#
    )
}

fn role(id: &str, more: &str) -> String {
    format!(
        r#""{id}": {{"Type": "AWS::IAM::Role", "Arn": "arn:aws:iam::111111111111:role/<{id}>", {more}
        "Path": "App/{id}/Resource"}}"#
    )
}

fn template(resources: &[String]) -> String {
    format!("{{\"Resources\": {{{}}}}}", resources.join(",\n"))
}

#[test]
fn a_role_has_its_policies() {
    let own = statement("s3:GetObject");
    let deploy = role(
        "Deploy",
        &format!(
            r#""Properties": {{{TRUST}, "Policies": [
                {{"PolicyName": "read", "PolicyDocument": {own}}},
                {{"if": ["IsProd", {{"PolicyName": "prod", "PolicyDocument": {own}}}, "nothing"]}}],
                "ManagedPolicyArns": ["<Managed>", "arn:<AWS::Partition>:iam::aws:policy/ReadOnlyAccess",
                    "arn:aws:iam::111111111111:policy/elsewhere"],
                "Tags": [{{"Key": "team", "Value": "billing"}}]}},"#
        ),
    );
    let managed = format!(
        r#""Managed": {{"Type": "AWS::IAM::ManagedPolicy", "Properties": {{"PolicyDocument": {}}}}}"#,
        statement("sqs:*")
    );
    let attached = format!(
        r#""Extra": {{"Type": "AWS::IAM::Policy", "Condition": "HasExtra",
            "Properties": {{"PolicyDocument": {}, "Roles": ["<Deploy>", "<RoleParameter>"]}}}}"#,
        statement("sns:*")
    );
    let other = role("Other", &format!(r#""Properties": {{{TRUST}}},"#));
    let text = template(&[deploy, managed, attached, other]);
    let world = world(&[("app", &text)]);
    let all = identity(&world, "cfn:Deploy");
    let (aws, own): (Vec<_>, Vec<_>) = all.into_iter().partition(|line| line.starts_with("aws:"));
    assert_eq!(aws.len(), 1);
    assert_eq!(
        own,
        [
            "cfn:Deploy/read: Allow s3:GetObject",
            "cfn:Deploy/prod: Allow s3:GetObject if IsProd",
            "cfn:Extra: Allow sns:* if HasExtra",
            "cfn:Extra: Allow sns:* if RoleParameter,HasExtra",
            "cfn:Managed: Allow sqs:*",
            "arn:aws:iam::111111111111:policy/elsewhere: Allow * if arn:aws:iam::111111111111:policy/elsewhere; \
             Deny * if arn:aws:iam::111111111111:policy/elsewhere",
        ]
    );
    assert_eq!(identity(&world, "cfn:App/Other"), ["cfn:Extra: Allow sns:* if RoleParameter,HasExtra"]);
    assert_eq!(world.warnings().len(), 1, "{:?}", world.warnings());
    let deploy = world.principal("cfn:app/Deploy").unwrap();
    assert_eq!(deploy.tags(), [("team".to_owned(), "billing".to_owned())]);
    let origin = deploy.origin().unwrap();
    assert_eq!((&*origin.address, &*origin.resource_type), ("Resources.Deploy", "AWS::IAM::Role"));
    assert_eq!(text.get(origin.place.span().range()), Some("\"Deploy\""));
    assert!(deploy.trust().is_some() && world.principal("cfn:App/Deploy/Resource").is_some());
}

#[test]
fn a_boundary_that_may_be_absent_may_allow_everything() {
    let boundary = format!(
        r#""Limit": {{"Type": "AWS::IAM::ManagedPolicy", "Properties": {{"PolicyDocument": {}}}}}"#,
        statement("s3:*")
    );
    let certain = role("Certain", &format!(r#""Properties": {{{TRUST}, "PermissionsBoundary": "<Limit>"}},"#));
    let maybe = r#"{"if": ["IsProd", "<Limit>", "nothing"]}"#;
    let maybe = role("Maybe", &format!(r#""Properties": {{{TRUST}, "PermissionsBoundary": {maybe}}},"#));
    let world = world(&[("app", &template(&[boundary, certain, maybe]))]);
    let of = |name: &str| line(&world, world.principal(name).unwrap().boundary().unwrap());
    assert_eq!(of("cfn:Certain"), "cfn:Limit: Allow s3:*");
    assert_eq!(of("cfn:Maybe"), "cfn:Maybe/boundary: Allow s3:* if IsProd; Allow * if IsProd");
}

#[test]
fn groups_give_their_policies() {
    let group = format!(
        r#""Team": {{"Type": "AWS::IAM::Group", "Properties": {{"Policies": [
            {{"PolicyName": "read", "PolicyDocument": {}}}]}}}}"#,
        statement("s3:Get*")
    );
    let user = |id: &str, groups: &str| {
        format!(r#""{id}": {{"Type": "AWS::IAM::User", "Properties": {{"Groups": {groups}}}}}"#)
    };
    let addition = r#""Add": {"Type": "AWS::IAM::UserToGroupAddition", "Condition": "Grow",
        "Properties": {"GroupName": "<Team>", "Users": ["<Bob>"]}}"#;
    let text = template(&[user("Jane", r#"["<Team>"]"#), user("Bob", "[]"), group, addition.to_owned()]);
    let world = world(&[("app", &text)]);
    assert_eq!(identity(&world, "cfn:Jane"), ["cfn:Team/read: Allow s3:Get*"]);
    assert_eq!(identity(&world, "cfn:Bob"), ["cfn:Team/read: Allow s3:Get* if Grow"]);
}

#[test]
fn permissions_are_statements_of_one_policy() {
    let function = r#""Work": {"Type": "AWS::Lambda::Function",
        "Arn": "arn:aws:lambda:eu-west-1:111111111111:function:<Work>"}"#;
    let permission = |id: &str, more: &str| {
        format!(
            r#""{id}": {{"Type": "AWS::Lambda::Permission", "Properties": {{"FunctionName": "<Work>",
            "Action": "lambda:InvokeFunction", {more}}}}}"#
        )
    };
    let of_bucket = permission(
        "OfBucket",
        r#""Principal": "s3.amazonaws.com", "SourceArn": "arn:aws:s3:::<Bucket>",
        "SourceAccount": {"if": ["Own", "111111111111", "nothing"]}"#,
    );
    let of_account = permission("OfAccount", r#""Principal": 222222222222"#);
    let text = template(&[function.to_owned(), of_bucket, of_account]);
    let world = world(&[("app", &text)]);
    let (name, resource) = world.resources().first_key_value().unwrap();
    let policy = resource.policy.as_ref().unwrap();
    assert_eq!((name.as_str(), world.resources().len()), ("cfn:Work", 1));
    let document = shown(&symbols(&world), &policy.policy.document().to_string());
    let arn = "arn:aws:lambda:eu-west-1:111111111111:function:${unknown:Work}";
    let sid = |id: &str, principal: &str, condition: &str| {
        format!(
            r#"{{"Sid":"{id}","Effect":"Allow","Principal":{principal},"Action":"lambda:InvokeFunction","Resource":"{arn}"{condition}}}"#
        )
    };
    let source = r#""ArnLike":{"aws:SourceArn":"arn:aws:s3:::${unknown:Bucket}"}"#;
    let expected = [
        sid(
            "OfBucket",
            r#"{"Service":"s3.amazonaws.com"}"#,
            &format!(r#","Condition":{{{source},"StringEquals":{{"aws:SourceAccount":"111111111111"}}}}"#),
        ),
        sid("OfBucket", r#"{"Service":"s3.amazonaws.com"}"#, &format!(r#","Condition":{{{source}}}"#)),
        sid("OfAccount", r#"{"AWS":"222222222222"}"#, ""),
    ];
    assert_eq!(document, format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, expected.join(",")));
}

#[test]
fn policies_of_resources_find_their_resource() {
    let document = r#"{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}"#;
    let bucket = r#""Logs": {"Type": "AWS::S3::Bucket", "Arn": "arn:aws:s3:::<Logs>"}"#;
    let policy = |id: &str, bucket: &str| {
        format!(
            r#""{id}": {{"Type": "AWS::S3::BucketPolicy",
            "Properties": {{"Bucket": "{bucket}", "PolicyDocument": {document}}}}}"#
        )
    };
    let queue = r#""Jobs": {"Type": "AWS::SQS::Queue", "Ref": "https://sqs.eu-west-1.amazonaws.com/111111111111/<Jobs>",
        "Arn": "arn:aws:sqs:eu-west-1:111111111111:<Jobs>"}"#;
    let of_queue = format!(
        r#""OfJobs": {{"Type": "AWS::SQS::QueuePolicy", "Properties": {{"PolicyDocument": {document},
        "Queues": ["https://sqs.eu-west-1.amazonaws.com/111111111111/<Jobs>",
        "https://sqs.us-east-1.amazonaws.com/222222222222/other"]}}}}"#
    );
    let text = template(&[
        bucket.to_owned(),
        policy("OfLogs", "<Logs>"),
        policy("OfOther", "other-bucket"),
        queue.to_owned(),
        of_queue,
    ]);
    let world = world(&[("app", &text)]);
    let symbols = symbols(&world);
    let resources = world.resources().iter().map(|(name, resource)| {
        let policy = resource.policy.as_ref().map(|attached| line(&world, attached)).unwrap_or_default();
        format!("{name} {} {policy}", shown(&symbols, resource.arn.as_str()))
    });
    assert_eq!(
        resources.collect::<Vec<_>>(),
        [
            "cfn:Jobs arn:aws:sqs:eu-west-1:111111111111:${unknown:Jobs} cfn:OfJobs: Allow *",
            "cfn:Logs arn:aws:s3:::${unknown:Logs} cfn:OfLogs: Allow *",
            "cfn:OfJobs arn:aws:sqs:us-east-1:222222222222:other cfn:OfJobs: Allow *",
            "cfn:OfOther arn:aws:s3:::other-bucket cfn:OfOther: Allow *",
        ]
    );
    let object = world.resource_arn("cfn:app/Logs/2026/x.csv").unwrap();
    assert_eq!(shown(&symbols, &object), "arn:aws:s3:::${unknown:Logs}/2026/x.csv");
}

#[test]
fn several_stacks_have_names_of_their_own() {
    let one = template(&[role("Deploy", &format!(r#""Properties": {{{TRUST}}},"#))]);
    let world = world(&[("blue", &one), ("green", &one.replace("App/", "Green/"))]);
    let names: Vec<_> = world.principals().keys().map(String::as_str).collect();
    assert_eq!(names, ["cfn:blue/Deploy", "cfn:green/Deploy"]);
    assert!(world.principal("cfn:Deploy").is_none() && world.principal("cfn:Green/Deploy").is_some());
    let problem = world.caller("cfn:Deploy").unwrap_err();
    assert_eq!(problem.help(), Some("write `cfn:blue/Deploy` or `cfn:green/Deploy`"));
    assert_eq!(world.caller("cfn:blue/Deplo").unwrap_err().help(), Some("did you mean `cfn:blue/Deploy`?"));
}

#[test]
fn what_exists_under_a_condition_is_not_asked_about_it() {
    let properties = format!(
        r#""Condition": "IsProd", "Properties": {{{TRUST}, "Policies": [
            {{"if": ["IsProd", {{"PolicyName": "prod", "PolicyDocument": {own}}}, "nothing"]}},
            {{"if": ["IsLarge", {{"PolicyName": "large", "PolicyDocument": {own}}}, "nothing"]}}]}},"#,
        own = statement("s3:*")
    );
    let extra = |id: &str, condition: &str| {
        format!(
            r#""{id}": {{"Type": "AWS::IAM::Policy", "Condition": "{condition}",
            "Properties": {{"PolicyDocument": {}, "Roles": ["<Deploy>"]}}}}"#,
            statement("sns:*")
        )
    };
    let resources = [role("Deploy", &properties), extra("Same", "IsProd"), extra("Other", "IsLarge")];
    let world = world(&[("app", &template(&resources))]);
    assert_eq!(
        identity(&world, "cfn:Deploy"),
        [
            "cfn:Deploy/prod: Allow s3:*",
            "cfn:Deploy/large: Allow s3:* if IsLarge",
            "cfn:Same: Allow sns:*",
            "cfn:Other: Allow sns:* if IsLarge",
        ]
    );
}

#[test]
fn what_is_created_under_opposite_conditions_is_one() {
    let bucket = |id: &str, condition: &str| {
        format!(
            r#""{id}": {{"Type": "AWS::S3::Bucket", "Condition": "{condition}", "Ref": "reports",
            "Arn": "arn:aws:s3:::reports"}}"#
        )
    };
    let policy = |id: &str, condition: &str, bucket: &str| {
        format!(
            r#""{id}": {{"Type": "AWS::S3::BucketPolicy", "Condition": "{condition}", "Properties": {{"Bucket": "{bucket}",
            "PolicyDocument": {{"Statement": {{"Effect": "Deny", "Principal": "*", "Action": "s3:{id}", "Resource": "*"}}}}}}}}"#
        )
    };
    let resources = [
        bucket("Plain", "IsPlain"),
        bucket("Logged", "IsLogged"),
        policy("OfPlain", "IsPlain", "reports"),
        policy("OfLogged", "IsLogged", "reports"),
    ];
    let world = world(&[("app", &template(&resources))]);
    let known =
        world.resources().iter().map(|(name, known)| (name.as_str(), line(&world, known.policy.as_ref().unwrap())));
    let policy = "cfn:Plain: Deny s3:OfPlain if IsPlain; Deny s3:OfLogged if IsLogged".to_owned();
    assert_eq!(known.collect::<Vec<_>>(), [("cfn:Plain", policy)]);
    assert_eq!(world.resource_arn("cfn:Logged/x.csv"), world.resource_arn("cfn:app/Plain/x.csv"));
}

/// What the engine makes of it.
#[test]
fn answers_depend_on_what_is_not_known() {
    let statement = |action: &str, resource: &str| {
        format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": "{action}", "Resource": "{resource}"}}]}}"#
        )
    };
    let properties = format!(
        r#""Properties": {{{TRUST}, "Policies": [
            {{"PolicyName": "own", "PolicyDocument": {}}},
            {{"PolicyName": "given", "PolicyDocument": {}}},
            {{"if": ["IsProd", {{"PolicyName": "prod", "PolicyDocument": {}}}, "nothing"]}}]}},"#,
        statement("s3:GetObject", "arn:aws:s3:::<Logs>/*"),
        statement("s3:PutObject", "arn:aws:s3:::<BucketParameter>/*"),
        statement("s3:DeleteObject", "*"),
    );
    let bucket = r#""Logs": {"Type": "AWS::S3::Bucket", "Arn": "arn:aws:s3:::<Logs>"}"#.to_owned();
    let world = world(&[("app", &template(&[role("Deploy", &properties), bucket]))]);
    let deploy = world.principal("cfn:Deploy").unwrap();
    let decide = |action: &str, resource: &str| {
        let action: iameval::Action = action.parse().unwrap();
        let resource = world.resource_arn(resource).unwrap();
        let situation = world.situation(&Ask::new(&deploy, &action, &resource)).unwrap();
        situation.policies.set().decide(&situation.request(action, &Context::new()).build())
    };
    assert_eq!(decide("s3:GetObject", "cfn:Logs/x.csv"), Decision::Allowed);
    assert_eq!(decide("s3:PutObject", "cfn:Logs/x.csv"), Decision::Undetermined);
    assert_eq!(decide("s3:DeleteObject", "cfn:Logs/x.csv"), Decision::Undetermined);
    assert_eq!(decide("s3:ListBucket", "cfn:Logs"), Decision::ImplicitDeny);
}

/// What is attached to a unit binds the accounts in it and in the units below, as far as accounts are known.
#[test]
fn organization_policies_bind_the_accounts_of_a_unit() {
    let template = "
Resources:
  Deny:
    Type: AWS::Organizations::Policy
    Properties:
      Name: deny
      Type: SERVICE_CONTROL_POLICY
      Content: {Version: '2012-10-17', Statement: [{Effect: Deny, Action: 's3:*', Resource: '*'}]}
      TargetIds: [!Ref Unit, !GetAtt Inner.Id, r-ab12]
  Unit:
    Type: AWS::Organizations::OrganizationalUnit
    Properties: {Name: prod, ParentId: r-ab12}
  Inner:
    Type: AWS::Organizations::OrganizationalUnit
    Properties: {Name: inner, ParentId: !Ref Unit}
  One:
    Type: AWS::Organizations::Account
    Properties: {AccountName: one, Email: one@example.com, ParentIds: [!Ref Inner]}
  Other:
    Type: AWS::Organizations::Account
    Properties: {AccountName: other, Email: other@example.com, ParentIds: [r-ab12]}
  NotKnown:
    Type: AWS::Organizations::Account
    Properties: {AccountName: x, Email: x@example.com, ParentIds: [!Ref Unit]}
  Elsewhere:
    Type: AWS::Organizations::Policy
    Properties:
      Name: elsewhere
      Type: SERVICE_CONTROL_POLICY
      Content: {Version: '2012-10-17', Statement: [{Effect: Deny, Action: 'sqs:*', Resource: '*'}]}
      TargetIds: [ou-ab12-elsewhere]
";
    let files = Memory::default().with("t.yaml", template);
    let source = CloudFormation::new("t.yaml").value("One", "111111111111").value("Other", "222222222222");
    let world = World::from_sources(&files, &[&source]).unwrap_or_else(|wrong| panic!("{wrong:#?}"));
    let levels = |account: &str| -> Vec<String> {
        let account = world.account_facts(account.parse().unwrap()).unwrap();
        account.scps.iter().map(|level| format!("{} {}", level.name, level.policies.len())).collect()
    };
    assert_eq!(levels("111111111111"), ["root 2", "cfn:Unit 2", "cfn:Inner 2"]);
    assert_eq!(levels("222222222222"), ["root 2"]);
    let told: Vec<&str> = world.warnings().iter().map(|warning| warning.diagnostic.message()).collect();
    assert_eq!(told, ["which accounts are in `ou-ab12-elsewhere` is not known"]);
}
