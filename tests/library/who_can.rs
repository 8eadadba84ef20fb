//! Who can: that what is worked out for many at once is what each one is told alone, and what a request comes to; outsiders;
//! chains of roles.

use iameval::Mfa;
use iameval_ask::{Asker, Question, Verdict, WhoCan};
use iameval_data::Catalogue;
use iameval_tests::root;
use iameval_world::{Disk, Example, Files, Finding, Source, World};
use std::path::Path;
use std::sync::Arc;

/// A world in one text.
struct OneFile(String);

impl Files for OneFile {
    fn read(&self, path: &Path) -> Result<Arc<Source>, Finding> {
        assert_eq!(path, Path::new("world.yaml"), "the world is one file");
        Ok(Source::new("world.yaml", self.0.as_str()))
    }
}

#[track_caller]
pub(crate) fn world(text: &str) -> World {
    let text = if text.starts_with('{') { text.to_owned() } else { format!("version: 1\n{text}") };
    let world = World::load(&OneFile(text), &["world.yaml".into()]);
    world.unwrap_or_else(|findings| panic!("{}: {:?}", findings[0], findings[0]))
}

#[track_caller]
fn fixture(path: &str) -> World {
    let world = World::load(&Disk::default(), &[root().join("fixtures").join(path)]);
    world.unwrap_or_else(|findings| panic!("{path}: {}", findings[0]))
}

fn force_mfa() -> World {
    let example = Example::find("force-mfa").unwrap();
    World::load(example, &[example.world().into()]).unwrap()
}

/// Everything that tells principals apart, in one world: accounts, organizations, tags, boundaries, sessions, root.
fn crossed() -> World {
    world(CROSSED)
}

const CROSSED: &str = r#"
account: "111122223333"
policies:
  all: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "*", Resource: "*" }] }
  fence: { Version: "2012-10-17", Statement: [{ Sid: Fence, Effect: Deny, NotAction: "iam:*", Resource: "*", Condition: { StringNotEquals: { "aws:RequestedRegion": eu-central-1 } } }] }
  no-admins: { Version: "2012-10-17", Statement: [{ Sid: NoAdmins, Effect: Deny, Action: "s3:*", Resource: "*", Condition: { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/admin*" } } }] }
  own: { Version: "2012-10-17", Statement: [{ Sid: Own, Effect: Allow, Action: ["s3:GetObject", "iam:*"], Resource: ["arn:aws:s3:::home/${aws:username}/*", "arn:aws:iam::111122223333:user/${aws:username}"] }] }
  tagged: { Version: "2012-10-17", Statement: [{ Sid: Tagged, Effect: Allow, Action: ["s3:*", "sqs:SendMessage", "kms:*"], Resource: "*", Condition: { StringEquals: { "aws:PrincipalTag/team": red } } }] }
  mfa: { Version: "2012-10-17", Statement: [{ Sid: Mfa, Effect: Deny, Action: ["iam:*", "sts:*", "kms:*"], Resource: "*", Condition: { BoolIfExists: { "aws:MultiFactorAuthPresent": "false" } } }] }
  reader: { Version: "2012-10-17", Statement: [{ Sid: Read, Effect: Allow, Action: ["s3:Get*", "s3:List*"], Resource: "arn:aws:s3:::lake*" }, { Sid: Assume, Effect: Allow, Action: "sts:AssumeRole", Resource: "*" }] }
  office: { Version: "2012-10-17", Statement: [{ Sid: Office, Effect: Allow, Action: "*", Resource: "*", Condition: { IpAddress: { "aws:SourceIp": 203.0.113.0/24 }, StringLike: { "aws:userid": "*:office" } } }, { Sid: Never, Effect: Allow, Action: "*", Resource: "*", Condition: { StringEquals: { "sns:Protocol": https } } }] }
  only-s3: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: ["s3:*", "sts:*"], Resource: "*" }] }
  trust-ours: { Version: "2012-10-17", Statement: [{ Effect: Allow, Principal: { AWS: "111122223333" }, Action: "sts:AssumeRole" }] }
  trust-mfa: { Version: "2012-10-17", Statement: [{ Effect: Allow, Principal: { AWS: ["arn:aws:iam::111122223333:user/ann", "arn:aws:iam::444455556666:role/far"] }, Action: ["sts:AssumeRole", "sts:TagSession"], Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } } }] }
organization: { id: o-aaaaaaaaaa, scps: [[all, fence]], rcps: [[all, no-admins]] }
accounts:
  "111122223333": {}
  "444455556666": { scps: [[all]] }
principals:
  ann: { user: ann, policies: [own, reader], tags: { team: red } }
  bob: { user: bob, policies: [tagged, mfa], tags: { team: blue } }
  bea: { user: bea, policies: [tagged, mfa], tags: { team: red } }
  cid: { user: cid, policies: [all], boundary: only-s3 }
  dan: { user: dan, policies: [own, office] }
  eve: { user: eve }
  keys: { user: keys, policies: [all], long_term_credentials: true }
  temp: { user: temp, policies: [all], long_term_credentials: false }
  admin: { role: admin, policies: [all, mfa], trust: trust-ours }
  admin-2: { role: admin-2, policies: [office], trust: trust-mfa }
  reader: { role: reader, policies: [reader], trust: trust-mfa }
  build: { role: build, session: b7, policies: [all], session_policies: [only-s3], trust: trust-ours }
  work: { role: work, session: office, policies: [office] }
  far: { role: "arn:aws:iam::444455556666:role/far", policies: [all] }
  far-user: { user: "arn:aws:iam::444455556666:user/far-user", policies: [tagged], tags: { team: red } }
  root: { root: true }
  logs: { service: logs.amazonaws.com }
  anybody: { anonymous: true }
resources:
  lake:
    arn: arn:aws:s3:::lake
    policy:
      Version: "2012-10-17"
      Statement:
        - { Sid: Org, Effect: Allow, Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::lake/*", Condition: { StringEquals: { "aws:PrincipalOrgID": o-aaaaaaaaaa } } }
        - { Sid: Eve, Effect: Allow, Principal: { AWS: "arn:aws:iam::111122223333:user/eve" }, Action: "s3:*", Resource: ["arn:aws:s3:::lake", "arn:aws:s3:::lake/*"] }
        - { Sid: NotBea, Effect: Deny, NotPrincipal: { AWS: ["arn:aws:iam::111122223333:user/bea", "arn:aws:iam::111122223333:root"] }, Action: "s3:DeleteObject", Resource: "*" }
  pond: { arn: arn:aws:s3:::pond, account: "444455556666" }
  key:
    arn: arn:aws:kms:eu-central-1:111122223333:key/1f0c9a52-6f0e-4f4b-9d53-2f1f4a1f7c11
    policy:
      Version: "2012-10-17"
      Statement:
        - { Sid: Root, Effect: Allow, Principal: { AWS: "arn:aws:iam::111122223333:root" }, Action: "kms:*", Resource: "*" }
"#;

/// A world with what is asked of it beside the common actions.
struct Case {
    name: &'static str,
    world: World,
    resources: &'static [&'static str],
}

fn cases() -> Vec<Case> {
    const USERS: &[&str] = &["arn:aws:iam::123456789012:user/john.doe", "*", "self"];
    const OF_COMPANY: &[&str] = &[
        "arn:aws:s3:::example-billing-reports/q3.csv",
        "arn:aws:s3:::example-billing-reports",
        "arn:aws:s3:::example-audit-archive/x",
        "arn:aws:iam::111122223333:role/audit/auditor",
        "data-key",
        "self",
    ];
    const OF_CROSSED: &[&str] = &[
        "arn:aws:s3:::lake/a",
        "lake",
        "arn:aws:s3:::pond/b",
        "arn:aws:s3:::home/ann/x",
        "key",
        "arn:aws:iam::111122223333:role/admin",
        "arn:aws:iam::111122223333:role/reader",
        "arn:aws:iam::111122223333:user/dan",
        "self",
    ];
    const OF_DUMP: &[&str] = &["arn:aws:s3:::bucket/key", "*", "self"];
    let case = |name, world, resources| Case { name, world, resources };
    vec![
        case("force-mfa", force_mfa(), USERS),
        case("company", fixture("worlds/company/world.yaml"), OF_COMPANY),
        case("crossed", crossed(), OF_CROSSED),
        case("handmade dump", fixture("account/handmade.json"), OF_DUMP),
        case("iam-vulnerable", fixture("account/iam-vulnerable.json"), OF_DUMP),
    ]
}

const ACTIONS: [&str; 28] = [
    "s3:GetObject",
    "s3:PutObject",
    "s3:DeleteObject",
    "s3:ListBucket",
    "s3:ListAllMyBuckets",
    "s3:PutBucketPolicy",
    "iam:ChangePassword",
    "iam:CreateUser",
    "iam:GetUser",
    "iam:ListUsers",
    "iam:PassRole",
    "iam:EnableMFADevice",
    "iam:CreateVirtualMFADevice",
    "iam:DeleteVirtualMFADevice",
    "iam:GetAccountPasswordPolicy",
    "iam:PutRolePolicy",
    "sts:AssumeRole",
    "sts:GetSessionToken",
    "sts:GetCallerIdentity",
    "sts:GetFederationToken",
    "sts:GetScopedCredentials",
    "kms:Decrypt",
    "kms:CreateKey",
    "kms:RetireGrant",
    "ec2:RunInstances",
    "ec2:DescribeInstances",
    "sqs:SendMessage",
    "organizations:ListAccounts",
];

fn ask<'a>(asker: &'a Asker<'_>, question: &Question) -> WhoCan<'a> {
    asker.who_can(question, &mut |_, _| {}).unwrap_or_else(|refused| panic!("{:?}: {question:?}", refused.problems))
}

fn states() -> Vec<Vec<Mfa>> {
    let states = ["true", "false", "absent"].map(|state| state.parse().unwrap());
    vec![Vec::new(), states.to_vec()]
}

#[test]
fn everybody_at_once_is_told_what_each_is_told_alone() {
    let (mut compared, mut posed_too, mut turned, mut open) = (0, 0, 0, 0);
    for Case { name, world, resources } in cases() {
        let asker = Asker::new(&world, Catalogue::embedded());
        for on in [None].into_iter().chain(resources.iter().map(Some)) {
            for mfa in states() {
                let question = Question {
                    actions: ACTIONS.map(str::to_owned).to_vec(),
                    resources: on.iter().map(|text| (**text).to_owned()).collect(),
                    mfa,
                    ..Question::default()
                };
                let who_can = ask(&asker, &question);
                for one in &who_can.questions {
                    let what = format!("{name}: {} on {:?} mfa={:?}", one.action.text, one.asked_on, one.mfa);
                    for (position, (who, _)) in who_can.principals().enumerate() {
                        let access = one.access[position];
                        let details = who_can.details(one, position).unwrap();
                        assert_eq!(access, details.access, "{what}: {who}: {:?}", details.bounds);
                        compared += 1;
                        let posed = asker.pose(&Question {
                            principal: Some(who.to_owned()),
                            actions: vec![one.action.action.to_string()],
                            mfa: one.mfa.into_iter().collect(),
                            ..question.clone()
                        });
                        let Ok(posed) = posed else { continue };
                        let [posed] = posed.requests.as_slice() else { panic!("{what}: {who}: several requests") };
                        posed_too += 1;
                        let decision = posed.decide();
                        match access.verdict {
                            Verdict::Can => assert!(decision.is_allowed(), "{what}: {who} can: {:?}", details.bounds),
                            Verdict::Cannot => {
                                assert!(!decision.is_allowed(), "{what}: {who} cannot: {:?}", details.bounds);
                            }
                            Verdict::CanIf if !details.bounds.keys.is_empty() => {
                                open += 1;
                                let document = |at: usize| Some(posed.attachments[at].policy.document());
                                let analysis = posed.policies.analyse(&posed.request, document);
                                let turns = |is: bool| is != decision.is_allowed();
                                let turns = analysis.flips.iter().any(|flip| turns(flip.decision.is_allowed()))
                                    || analysis.mfa.iter().any(|(_, then)| turns(then.is_allowed()));
                                turned += usize::from(turns);
                            }
                            Verdict::CanIf | Verdict::Undetermined => {}
                        }
                    }
                }
            }
        }
    }
    assert!(compared > 5_000 && posed_too > 3_000, "{compared} compared, {posed_too} posed");
    // Two keys together turn some of the others.
    assert!(turned * 3 > open * 2, "a key turns {turned} of {open} open answers");
}

/// `name verdict` of each principal of a question.
fn verdicts(who_can: &WhoCan<'_>, question: usize) -> Vec<String> {
    let access = &who_can.questions[question].access;
    let rows = who_can.principals().zip(access);
    rows.map(|((name, _), access)| format!("{name} {}", access.verdict.id())).collect()
}

#[test]
fn a_policy_that_is_not_known_is_that_of_its_principal_only() {
    let attached = |account: &str, name: &str| {
        format!(r#"[{{"PolicyName": "{name}", "PolicyArn": "arn:aws:iam::{account}:policy/{name}"}}]"#)
    };
    let user = |name: &str, attached: &str| {
        format!(
            r#"{{"UserName": "{name}", "Path": "/", "UserId": "AIDA{name}", "Arn": "arn:aws:iam::111122223333:user/{name}",
                "GroupList": [], "AttachedManagedPolicies": {attached}}}"#
        )
    };
    let users =
        [user("ann", &attached("aws", "Lost")), user("bob", &attached("111122223333", "reader")), user("eve", "[]")]
            .join(",");
    let policy = r#"{"PolicyName": "reader", "PolicyId": "ANPA1", "Arn": "arn:aws:iam::111122223333:policy/reader", "Path": "/",
        "DefaultVersionId": "v1", "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": true, "Document":
        {"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}}]}"#;
    let dump = format!(
        r#"{{"UserDetailList": [{users}], "GroupDetailList": [], "RoleDetailList": [], "Policies": [{policy}]}}"#
    );
    let world = World::load(&OneFile(dump), &["world.yaml".into()]).unwrap();
    let asker = Asker::new(&world, Catalogue::embedded());
    let question = Question { actions: vec!["s3:ListAllMyBuckets".into()], ..Question::default() };
    assert_eq!(verdicts(&ask(&asker, &question), 0), ["ann undetermined", "bob can", "eve cannot"]);
}

/// `NAME (kind) verdict [keys]` of each outsider.
fn outsiders(statements: &str, action: &str, resource: &str) -> Vec<String> {
    let text = format!(
        r#"
account: "111122223333"
organization: {{ id: o-aaaaaaaaaa, scps: [[all]] }}
accounts:
  "111122223333": {{}}
  "444455556666": {{ scps: [[no-s3, all]] }}
policies:
  all: {{ Version: "2012-10-17", Statement: [{{ Effect: Allow, Action: "*", Resource: "*" }}] }}
  no-s3: {{ Version: "2012-10-17", Statement: [{{ Effect: Deny, Action: "s3:Put*", Resource: "*" }}] }}
principals:
  ann: {{ user: ann }}
  job: {{ role: job, trust: {{ Version: "2012-10-17", Statement: [{statements}] }} }}
resources:
  lake: {{ arn: "arn:aws:s3:::lake", policy: {{ Version: "2012-10-17", Statement: [{statements}] }} }}
"#
    );
    // The statements belong to one of the two.
    let (other, bare) = match resource {
        "lake" => ("  job:", "  job: { role: job }"),
        _ => ("  lake:", "  lake: { arn: \"arn:aws:s3:::lake\" }"),
    };
    let lines = text.lines().map(|line| if line.starts_with(other) { bare } else { line });
    let text = lines.collect::<Vec<_>>().join("\n");
    outsiders_of(&world(&text), action, resource)
}

fn outsiders_of(world: &World, action: &str, resource: &str) -> Vec<String> {
    let asker = Asker::new(world, Catalogue::embedded());
    let resource = if resource == "lake" { "arn:aws:s3:::lake/x" } else { resource };
    let question = Question { actions: vec![action.into()], resources: vec![resource.into()], ..Question::default() };
    let who_can = ask(&asker, &question);
    let row = |outsider: &iameval_ask::Outsider| {
        let keys: Vec<&str> = outsider.details.bounds.keys.iter().map(iameval::ContextKey::as_str).collect();
        let keys =
            if outsider.access.verdict == Verdict::CanIf { format!(" {}", keys.join(" ")) } else { String::new() };
        format!("{} ({}) {}{keys}", outsider.named, outsider.kind.id(), outsider.access.verdict.id())
    };
    who_can.questions[0].outsiders.iter().map(row).collect()
}

#[test]
fn a_bucket_policy_lets_in_outsiders() {
    let statement = |principal: &str, more: &str| {
        format!(r#"{{ Effect: Allow, {principal}, Action: "s3:*Object", Resource: "arn:aws:s3:::lake/*"{more} }}"#)
    };
    let condition =
        |operator: &str, key: &str, value: &str| format!(r#", Condition: {{ {operator}: {{ "{key}": {value} }} }}"#);
    let get = |principal: &str, more: &str| outsiders(&statement(principal, more), "s3:GetObject", "lake");

    let account = r#"Principal: { AWS: "arn:aws:iam::777788889999:root" }"#;
    assert_eq!(get(account, ""), ["account 777788889999 (account) can"]);
    assert_eq!(get(r#"Principal: { AWS: "777788889999" }"#, ""), ["account 777788889999 (account) can"]);
    let by_role = condition("ArnLike", "aws:PrincipalArn", r#""arn:aws:iam::777788889999:role/ci/*""#);
    assert_eq!(get(account, &by_role), ["account 777788889999 (account) can_if aws:PrincipalArn"]);
    assert_eq!(get(r#"Principal: { AWS: "arn:aws:iam::111122223333:root" }"#, ""), [""; 0], "the own account");

    let of_member = r#"Principal: { AWS: "arn:aws:iam::444455556666:root" }"#;
    assert_eq!(get(of_member, ""), ["account 444455556666 (account) can"]);
    let put = outsiders(&statement(of_member, ""), "s3:PutObject", "lake");
    assert_eq!(put, [""; 0], "the SCPs of an account that the world knows bind it");
    let of_organization = condition("StringEquals", "aws:PrincipalOrgID", "o-aaaaaaaaaa");
    assert_eq!(get(of_member, &of_organization), ["account 444455556666 (account) can"]);
    assert_eq!(get(account, &of_organization), ["account 777788889999 (account) can_if aws:PrincipalOrgID"]);

    let everybody = ["anonymous (anonymous) can", "any AWS account (any_account) can"];
    assert_eq!(get(r#"Principal: "*""#, ""), everybody);
    assert_eq!(get(r#"Principal: { AWS: "*" }"#, ""), everybody);
    assert_eq!(get(r#"NotPrincipal: { AWS: "arn:aws:iam::111122223333:user/ann" }"#, ""), everybody);
    assert_eq!(get(r#"Principal: "*""#, &of_organization), ["any AWS account (any_account) can_if aws:PrincipalOrgID"]);
    let from = condition("IpAddress", "aws:SourceIp", "203.0.113.0/24");
    let from_there = ["anonymous (anonymous) can_if aws:SourceIp", "any AWS account (any_account) can_if aws:SourceIp"];
    assert_eq!(get(r#"Principal: "*""#, &from), from_there);
    let denied = r#"{ Effect: Allow, Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::lake/*" },
        { Effect: Deny, NotPrincipal: { AWS: ["arn:aws:iam::777788889999:role/in", "777788889999"] }, Action: "s3:*", Resource: "*" },
        { Effect: Allow, Principal: { AWS: "arn:aws:iam::777788889999:role/in" }, Action: "s3:GetObject", Resource: "arn:aws:s3:::lake/*" }"#;
    let denied: String = denied.split_whitespace().collect::<Vec<_>>().join(" ");
    let exempted = outsiders(&denied, "s3:GetObject", "lake");
    assert_eq!(exempted, ["arn:aws:iam::777788889999:role/in (principal) can"], "a Deny with NotPrincipal");

    let service = "Principal: { Service: logging.s3.amazonaws.com }";
    assert_eq!(get(service, ""), ["logging.s3.amazonaws.com (service) can"]);
    let source = condition("StringEquals", "aws:SourceAccount", r#""111122223333""#);
    assert_eq!(get(service, &source), ["logging.s3.amazonaws.com (service) can_if aws:SourceAccount"]);
    let user = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be";
    let canonical = get(&format!("Principal: {{ CanonicalUser: {user} }}"), "");
    assert_eq!(canonical, [format!("{user} (canonical_user) can")]);
    let known = r#"Principal: { AWS: ["arn:aws:iam::111122223333:user/ann", "arn:aws:iam::111122223333:role/job"] }"#;
    assert_eq!(get(known, ""), [""; 0], "principals of the world are not outsiders");
    let session = r#"Principal: { AWS: "arn:aws:sts::111122223333:assumed-role/job/nightly" }"#;
    let session = get(session, "");
    assert_eq!(
        session,
        ["arn:aws:sts::111122223333:assumed-role/job/nightly (principal) can"],
        "one session of a role"
    );
    let nobody = outsiders("", "s3:GetObject", "lake");
    assert_eq!(nobody, [""; 0]);
}

#[test]
fn a_trust_policy_lets_in_outsiders() {
    let role = "arn:aws:iam::111122223333:role/job";
    let trusts = |principal: &str, action: &str, more: &str| {
        let statement = format!(r#"{{ Effect: Allow, Principal: {principal}, Action: "{action}"{more} }}"#);
        outsiders(&statement, action, role)
    };
    let external = r#", Condition: { StringEquals: { "sts:ExternalId": "42" } }"#;
    let partner = r#"{ AWS: "arn:aws:iam::777788889999:role/partner" }"#;
    let found = trusts(partner, "sts:AssumeRole", external);
    assert_eq!(found, ["arn:aws:iam::777788889999:role/partner (principal) can_if sts:ExternalId"]);
    let found = trusts("{ Service: ec2.amazonaws.com }", "sts:AssumeRole", "");
    assert_eq!(found, ["ec2.amazonaws.com (service) can"]);
    let provider = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com";
    let subject = r#", Condition: { StringLike: { "token.actions.githubusercontent.com:sub": "repo:x/y:*" } }"#;
    let found = trusts(&format!(r#"{{ Federated: "{provider}" }}"#), "sts:AssumeRoleWithWebIdentity", subject);
    assert_eq!(found, [format!("{provider} (federated) can_if token.actions.githubusercontent.com:sub")]);
    let provider = "arn:aws:iam::111122223333:saml-provider/corp";
    let found = trusts(&format!(r#"{{ Federated: "{provider}" }}"#), "sts:AssumeRoleWithSAML", "");
    assert_eq!(found, [format!("{provider} (federated) can")]);
    let found = trusts(r#"{ AWS: "arn:aws:iam::777788889999:root" }"#, "sts:AssumeRole", "");
    assert_eq!(found, ["account 777788889999 (account) can"]);
}

/// `NAME: ROLE, ROLE verdict` of each principal that gets to `s3:GetObject` through roles.
fn chains(principals: &str, mfa: Option<&str>) -> Vec<String> {
    let text = format!(
        r#"
account: "111122223333"
policies:
  get: {{ Version: "2012-10-17", Statement: [{{ Effect: Allow, Action: "s3:GetObject", Resource: "*" }}] }}
  assume: {{ Version: "2012-10-17", Statement: [{{ Effect: Allow, Action: "sts:AssumeRole", Resource: "*" }}] }}
  ours: {{ Version: "2012-10-17", Statement: [{{ Effect: Allow, Principal: {{ AWS: "111122223333" }}, Action: "sts:AssumeRole" }}] }}
  trusts-a: {{ Version: "2012-10-17", Statement: [{{ Effect: Allow, Principal: {{ AWS: "arn:aws:iam::111122223333:role/a" }}, Action: "sts:AssumeRole" }}] }}
  trusts-b: {{ Version: "2012-10-17", Statement: [{{ Effect: Allow, Principal: {{ AWS: "arn:aws:iam::111122223333:role/b" }}, Action: "sts:AssumeRole" }}] }}
  trusts-ann: {{ Version: "2012-10-17", Statement: [{{ Effect: Allow, Principal: {{ AWS: "arn:aws:iam::111122223333:user/ann" }}, Action: "sts:AssumeRole" }}] }}
  trusts-far: {{ Version: "2012-10-17", Statement: [{{ Effect: Allow, Principal: {{ AWS: "arn:aws:iam::444455556666:role/far" }}, Action: "sts:AssumeRole" }}] }}
  with-mfa: {{ Version: "2012-10-17", Statement: [{{ Effect: Allow, Principal: {{ AWS: "111122223333" }}, Action: "sts:AssumeRole", Condition: {{ Bool: {{ "aws:MultiFactorAuthPresent": "true" }} }} }}] }}
  session: {{ Version: "2012-10-17", Statement: [{{ Effect: Allow, Principal: {{ AWS: "arn:aws:sts::111122223333:assumed-role/b/nightly" }}, Action: "sts:AssumeRole" }}] }}
  ec2: {{ Version: "2012-10-17", Statement: [{{ Effect: Allow, Principal: {{ Service: ec2.amazonaws.com }}, Action: "sts:AssumeRole" }}] }}
principals:
{principals}
"#
    );
    let world = world(&text);
    let asker = Asker::new(&world, Catalogue::embedded());
    let question = Question {
        actions: vec!["s3:GetObject".into()],
        resources: vec!["arn:aws:s3:::lake/x".into()],
        mfa: mfa.into_iter().map(|state| state.parse().unwrap()).collect(),
        ..Question::default()
    };
    let who_can = ask(&asker, &question);
    let names: Vec<&str> = who_can.principals().map(|(name, _)| name).collect();
    let chains = who_can.through_roles(&who_can.questions[0]);
    let found = names.iter().zip(chains).filter_map(|(name, chain)| {
        let chain = chain?;
        let roles: Vec<&str> = chain.roles.iter().map(|role| names[*role]).collect();
        Some(format!("{name}: {} {}", roles.join(", "), chain.verdict.id()))
    });
    found.collect()
}

#[test]
fn chains_of_roles() {
    let three = "
  ann: { user: ann, policies: [assume] }
  a: { role: a, policies: [assume], trust: ours }
  b: { role: b, trust: trusts-a }
  c: { role: c, policies: [get], trust: trusts-b }";
    assert_eq!(chains(three, None), ["a: b, c can", "ann: a, b, c can", "b: c can"]);
    let cycle = "
  ann: { user: ann }
  a: { role: a, trust: trusts-b }
  b: { role: b, trust: trusts-a }
  c: { role: c, policies: [get], trust: trusts-b }";
    assert_eq!(chains(cycle, None), ["a: b, c can", "b: c can"]);
    let nothing_at_the_end = "
  a: { role: a, policies: [assume], trust: trusts-b }
  b: { role: b, policies: [assume], trust: trusts-a }";
    assert_eq!(chains(nothing_at_the_end, None), [""; 0]);
    let by_name_alone = "
  ann: { user: ann }
  bob: { user: bob, policies: [assume] }
  c: { role: c, policies: [get], trust: trusts-ann }";
    assert_eq!(chains(by_name_alone, None), ["ann: c can"], "in one account the trust policy is enough");
    let of_one_session = "
  b: { role: b, policies: [assume] }
  c: { role: c, policies: [get], trust: session }";
    assert_eq!(chains(of_one_session, None), [""; 0], "a session that the world does not have");
    let of_that_session = "
  b: { role: b, session: nightly, policies: [assume] }
  c: { role: c, policies: [get], trust: session }";
    assert_eq!(chains(of_that_session, None), ["b: c can"]);
    let of_a_service = "
  ann: { user: ann, policies: [assume] }
  c: { role: c, policies: [get], trust: ec2 }";
    assert_eq!(chains(of_a_service, None), [""; 0]);
    let far = "
  far: { role: 'arn:aws:iam::444455556666:role/far', policies: [assume] }
  stranger: { role: 'arn:aws:iam::444455556666:role/stranger', policies: [assume] }
  c: { role: c, policies: [get], trust: trusts-far }";
    assert_eq!(chains(far, None), ["far: c can"]);
    let far_without_its_account = "
  far: { role: 'arn:aws:iam::444455556666:role/far' }
  c: { role: c, policies: [get], trust: trusts-far }";
    assert_eq!(chains(far_without_its_account, None), [""; 0], "across accounts both sides must allow");
}

#[test]
fn chains_are_followed_in_the_state_of_the_question() {
    let principals = "
  ann: { user: ann, policies: [assume] }
  c: { role: c, policies: [get], trust: with-mfa }";
    assert_eq!(chains(principals, None), ["ann: c can_if"]);
    assert_eq!(chains(principals, Some("true")), ["ann: c can"]);
    assert_eq!(chains(principals, Some("false")), [""; 0]);
    let two_ways = "
  ann: { user: ann, policies: [assume] }
  a: { role: a, policies: [get], trust: with-mfa }
  b: { role: b, policies: [assume], trust: ours }
  c: { role: c, policies: [get], trust: trusts-b }";
    assert_eq!(chains(two_ways, None), ["ann: b, c can", "b: c can"], "one of certain steps, though longer");
}

#[test]
fn a_resource_policy_that_is_left_out_may_allow_it() {
    let world = crossed();
    let asker = Asker::new(&world, Catalogue::embedded());
    let question = Question { actions: vec!["s3:GetObjectTagging".into()], ..Question::default() };
    let who_can = ask(&asker, &question);
    assert_eq!(who_can.questions[0].guarded, ["lake"]);
    let said = verdicts(&who_can, 0);
    assert!(said.contains(&"eve undetermined".to_owned()), "the policy of the bucket names her: {said:?}");
    assert!(said.contains(&"logs cannot".to_owned()), "{said:?}");
}
