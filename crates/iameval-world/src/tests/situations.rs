//! What a world says about a question.

use super::*;

fn company() -> World {
    let text = "
account: '111122223333'
policies:
  a: { Statement: { Effect: Allow, Action: '*', Resource: '*' } }
  b: { Statement: { Effect: Allow, Action: 's3:*', Resource: '*' } }
  open: { Statement: { Effect: Allow, Principal: '*', Action: '*', Resource: '*' } }
  fence: { Statement: { Effect: Deny, Principal: '*', Action: 's3:Delete*', Resource: '*' } }
  trust: { Statement: { Effect: Allow, Principal: '*', Action: 'sts:AssumeRole' } }
principals:
  jane: { user: jane, policies: [a], tags: { team: x } }
  role: { role: deep/role, policies: [a], trust: trust, tags: { team: r } }
  foreign: { user: 'arn:aws:iam::444455556666:user/f', policies: [a] }
  boss: { user: 'arn:aws:iam::777788889999:user/b', policies: [a] }
  nobody: { user: 'arn:aws:iam::999999999999:user/n', policies: [a] }
resources:
  bucket: { arn: 'arn:aws:s3:::bucket', policy: open, tags: { team: y } }
  inner: { arn: 'arn:aws:s3:::bucket/inner', policy: fence }
  theirs: { arn: 'arn:aws:s3:::theirs', account: '777788889999' }
  repo: { arn: 'arn:aws:ecr:eu-west-1:111122223333:repository/a', policy: open }
organization:
  id: o-a1b2c3d4e5
  path: o-a1b2c3d4e5/r-ab12/ou-ab12-11111111
  scps: [[a], [b]]
  rcps: [[], [fence]]
accounts:
  '444455556666': { path: o-a1b2c3d4e5/r-ab12/ou-ab12-22222222/, scps: [] }
  '777788889999': { management: true }
endpoints:
  door: { policies: [open], gateway: true, context: { 'aws:SourceVpce': vpce-1, 'aws:SourceIp': absent } }
";
    world(text)
}

#[test]
fn levels_follow_from_the_account() {
    let world = company();
    let scps = |who| policies_of(&ask(&world, who, "s3:GetObject", "*", None), ServiceControl);
    assert_eq!(scps("jane"), ["a 0", "b 1"]);
    assert_eq!(scps("foreign"), [""; 0]);
    assert_eq!(scps("boss"), ["a 0", "b 1"]);
    assert_eq!(scps("nobody"), [""; 0]);
    let rcps = |who, resource| policies_of(&ask(&world, who, "s3:GetObject", resource, None), ResourceControl);
    assert_eq!(rcps("nobody", "bucket/x"), ["fence 1"]);
    assert_eq!(rcps("jane", "arn:aws:sqs:eu-west-1:999999999999:q"), [""; 0]);
    // Without a word about the owner it is the caller's account.
    assert_eq!(rcps("jane", "arn:aws:s3:::unknown"), ["fence 1"]);
    assert_eq!(rcps("nobody", "arn:aws:s3:::unknown"), [""; 0]);
}

#[test]
fn the_management_account_is_bound_by_nothing() {
    let world = company();
    let decide = |who: &str, action: &str, resource: &str| {
        let situation = ask(&world, who, action, resource, None);
        let request = situation.request(action.parse().unwrap(), &Context::new()).build();
        situation.policies.set().decide(&request)
    };
    assert_eq!(decide("jane", "ec2:RunInstances", "*"), Decision::ImplicitDeny);
    assert_eq!(decide("boss", "ec2:RunInstances", "*"), Decision::Allowed);
    assert_eq!(decide("nobody", "ec2:RunInstances", "*"), Decision::Allowed);
    assert!(ask(&world, "jane", "s3:DeleteObject", "theirs/x", None).in_management_account);
    assert_eq!(decide("jane", "s3:DeleteObject", "bucket/x"), Decision::ExplicitDeny);
    assert_eq!(decide("boss", "s3:DeleteObject", "theirs/x"), Decision::Allowed);
}

#[test]
fn which_accounts_are_in_the_organization() {
    let scps = |text: &str, who: &str| {
        let world = world(text);
        ask(&world, who, "s3:GetObject", "*", None).policies.placed().layer(Layer::ServiceControl).count()
    };
    let (own, other) = ("arn:aws:iam::111122223333:user/a", "arn:aws:iam::444455556666:user/b");
    let organization = "organization: { id: o-a1b2c3d4e5, scps: [[aws:FullAWSAccess]] }\n";
    assert_eq!((scps(organization, own), scps(organization, other)), (1, 1));
    let with_account = format!("account: '111122223333'\n{organization}");
    assert_eq!((scps(&with_account, own), scps(&with_account, other)), (1, 0));
    let with_accounts = format!("{organization}accounts: {{ '444455556666': {{}} }}\n");
    assert_eq!((scps(&with_accounts, own), scps(&with_accounts, other)), (0, 1));
    let accounts = "accounts: { '444455556666': { scps: [[aws:FullAWSAccess], []] } }\n";
    assert_eq!((scps(accounts, own), scps(accounts, other)), (0, 2));
    assert_eq!(scps("version: 1\n", own), 0);
}

#[test]
fn a_level_without_policies_allows_nothing() {
    let world = world(
        "account: '111122223333'\nprincipals: { j: { user: j, policies: [aws:AdministratorAccess] } }\norganization: { scps: [[aws:FullAWSAccess], []] }\n",
    );
    let situation = ask(&world, "j", "s3:GetObject", "*", None);
    let request = situation.request("s3:GetObject".parse().unwrap(), &Context::new()).build();
    assert_eq!(situation.policies.set().decide(&request), Decision::ImplicitDeny);
}

#[test]
fn a_path_tells_the_organization() {
    let world = world(
        "accounts: { '111122223333': { path: o-zzzzzzzzzz/r-ab12 } }\nresources: { b: { arn: 'arn:aws:s3:::b', account: '111122223333' } }\n",
    );
    let situation = ask(&world, "arn:aws:iam::111122223333:root", "s3:GetObject", "b", None);
    assert_eq!(value(&situation.context, "aws:ResourceOrgID").as_deref(), Some("o-zzzzzzzzzz"));
    assert_eq!(value(&situation.context, "aws:PrincipalOrgPaths").as_deref(), Some("o-zzzzzzzzzz/r-ab12/"));
}

#[test]
fn the_policy_of_the_resource_that_is_meant() {
    let world = company();
    let policy = |action, resource| policies_of(&ask(&world, "jane", action, resource, None), Resource);
    assert_eq!(policy("s3:GetObject", "bucket"), ["open 0"]);
    assert_eq!(policy("s3:GetObject", "arn:aws:s3:::bucket/a/b"), ["open 0"]);
    assert_eq!(policy("s3:GetObject", "arn:aws:s3:::bucket/inner"), ["fence 0"]);
    assert_eq!(policy("s3:GetObject", "arn:aws:s3:::bucket/inner/x"), ["fence 0"]);
    assert_eq!(policy("s3:GetObject", "arn:aws:s3:::bucket/innermost"), ["open 0"]);
    assert_eq!(policy("s3:GetObject", "arn:aws:s3:::bucket2/x"), [""; 0]);
    assert_eq!(policy("s3:GetObject", "*"), [""; 0]);
    assert_eq!(policy("ecr:BatchGetImage", "repo"), ["open 0"]);
    assert_eq!(policy("ecr:BatchGetImage", "repo/b"), [""; 0]);
}

#[test]
fn trust_policies_take_part_in_actions_of_sts_alone() {
    let world = company();
    let role = "arn:aws:iam::111122223333:role/deep/role";
    let trust = |action, resource| policies_of(&ask(&world, "jane", action, resource, None), RoleTrust).len();
    assert_eq!((trust("sts:AssumeRole", role), trust("iam:GetRole", role)), (1, 0));
    assert_eq!(trust("sts:AssumeRole", "arn:aws:iam::111122223333:role/role"), 0);
    let text = "resources: { r: { arn: 'arn:aws:iam::111122223333:role/r', policy: { Statement: { Effect: Allow, Principal: '*', Action: 'sts:*' } } } }\n";
    let world = super::world(text);
    let situation = ask(&world, "anonymous", "sts:AssumeRole", "r", None);
    assert_eq!(policies_of(&situation, RoleTrust), ["r:policy 0"]);
    assert!(ask(&world, "anonymous", "iam:GetRole", "r", None).policies.placed().is_empty());
}

#[test]
fn what_the_context_is_told() {
    let world = company();
    let context = ask(&world, "jane", "s3:ListBucket", "bucket", None).context;
    let expect = |context: &Context, key: &str, expected: Option<&str>| {
        assert_eq!(value(context, key).as_deref(), expected, "{key}");
    };
    expect(&context, "aws:PrincipalTag/team", Some("x"));
    expect(&context, "aws:ResourceTag/team", Some("y"));
    expect(&context, "aws:PrincipalOrgPaths", Some("o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/"));
    expect(&context, "aws:ResourceOrgID", Some("o-a1b2c3d4e5"));
    expect(&context, "aws:ResourceOrgPaths", Some("o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/"));
    expect(&context, "aws:SourceVpce", None);
    let request = ask(&world, "jane", "s3:ListBucket", "bucket", None)
        .request("s3:ListBucket".parse().unwrap(), &Context::new())
        .build();
    expect(request.context(), "aws:PrincipalOrgID", Some("o-a1b2c3d4e5"));
    // What lies in a bucket does not have its tags; the tags of a role are those of the resource it is.
    expect(&ask(&world, "jane", "s3:GetObject", "bucket/x", None).context, "aws:ResourceTag/team", None);
    let role = "arn:aws:iam::111122223333:role/deep/role";
    expect(&ask(&world, "jane", "iam:GetRole", role, None).context, "aws:ResourceTag/team", Some("r"));
    let stranger = ask(&world, "nobody", "s3:GetObject", "theirs/x", None).context;
    expect(&stranger, "aws:PrincipalOrgPaths", None);
    expect(&stranger, "aws:ResourceOrgID", Some("o-a1b2c3d4e5"));
}

#[test]
fn an_endpoint_brings_its_policies_and_its_context() {
    let world = company();
    let situation = ask(&world, "jane", "s3:GetObject", "bucket/x", Some("door"));
    assert_eq!(policies_of(&situation, Endpoint), ["open 0"]);
    assert!(situation.policies.placed().iter().any(|placed| placed.gateway));
    assert!(situation.policies.set().has_layer(Layer::Endpoint));
    assert_eq!(value(&situation.context, "aws:SourceVpce").as_deref(), Some("vpce-1"));
    assert!(situation.context.is_given(&ContextKey::new("aws:SourceIp")));
}

#[test]
fn what_is_given_stands_above_what_follows() {
    let world = company();
    let situation = ask(&world, "jane", "s3:ListBucket", "bucket", Some("door"));
    let mut given = Context::new();
    given.insert("aws:principaltag/TEAM", "given");
    given.insert_absent("aws:ResourceTag/team");
    given.insert("aws:SourceIp", "192.0.2.1");
    let request = situation.request("s3:ListBucket".parse().unwrap(), &given).build();
    assert_eq!(value(request.context(), "aws:PrincipalTag/team").as_deref(), Some("given"));
    assert_eq!(value(request.context(), "aws:ResourceTag/team"), None);
    assert_eq!(value(request.context(), "aws:SourceIp").as_deref(), Some("192.0.2.1"));
}

#[test]
fn who_says_whose_the_resource_is() {
    let world = company();
    let owner =
        |who, resource| ask(&world, who, "s3:GetObject", resource, None).resource_account.map(|id| id.to_string());
    assert_eq!(owner("foreign", "bucket/x").as_deref(), Some("111122223333"));
    assert_eq!(owner("foreign", "arn:aws:s3:::unknown/x"), None);
    let action = "s3:GetObject".parse().unwrap();
    let principal = world.principal("jane").unwrap();
    let given = Some("999999999999".parse().unwrap());
    let ask = Ask::new(&principal, &action, "arn:aws:s3:::bucket/x").owned_by(given);
    let situation = world.situation(&ask).unwrap();
    assert_eq!(situation.resource_account, given);
    assert!(policies_of(&situation, ResourceControl).is_empty());
}

#[test]
fn the_same_policies_are_put_together_once() {
    let world = company();
    let policies = |who, resource| ask(&world, who, "s3:GetObject", resource, None).policies;
    assert!(Arc::ptr_eq(&policies("jane", "bucket/x"), &policies("jane", "bucket/y")));
    assert!(!Arc::ptr_eq(&policies("jane", "bucket/x"), &policies("jane", "bucket/inner")));
    assert!(!Arc::ptr_eq(&policies("jane", "bucket/x"), &policies("role", "bucket/x")));
    let strangers = ["lambda.amazonaws.com", "anonymous"].map(|who| policies(who, "bucket/x"));
    assert!(Arc::ptr_eq(&strangers[0], &strangers[1]));
    let session = "arn:aws:sts::111122223333:assumed-role/role/s";
    assert!(Arc::ptr_eq(&policies("role", "bucket/x"), &policies(session, "bucket/x")));
}

#[test]
fn a_policy_that_is_none_of_its_kind_is_told_when_it_counts() {
    let world = world(
        "account: '111122223333'\nprincipals: { j: { user: j, policies: [{ Statement: { Effect: Allow, Principal: '*', Action: '*', Resource: '*' } }] } }\n",
    );
    let action = "s3:GetObject".parse().unwrap();
    let principal = world.principal("j").unwrap();
    let ask = Ask::new(&principal, &action, "*");
    let found = world.situation(&ask).unwrap_err();
    assert_eq!(found[0].source.name, "world.yaml");
}
