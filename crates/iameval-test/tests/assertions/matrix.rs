//! Tables.

use super::{fails, failure};
use iameval_test::{Policies, World, assert_matrix, example, world};
use std::sync::LazyLock;

static WORLD: LazyLock<World> = LazyLock::new(|| example("force-mfa"));

#[test]
fn a_wrong_table_is_shown_whole_and_its_first_wrong_answer_explained() {
    fails(
        r#"
2 of 7 answers are wrong, as got/expected in the table:

            action                 resource  mfa=true        mfa=false  mfa=absent
            iam:ChangePassword     self      allow           allow      allow  # by the policy that AWS attaches
            ec2:DescribeInstances  *         allow/implicit  explicit   .
            iam:CreateUser         self      .               deny       explicit/allow

expected john.doe to be denied (implicit) ec2:DescribeInstances on * mfa=true, but it is allowed

allow  ec2:DescribeInstances  on *  mfa=true
  by        PowerUserAccess, statement 1  force-mfa/policies/PowerUserAccess.json:4:5  via group PowerConsultants
       6 |       "NotAction": ["iam:*", "organizations:*", "account:*"],
         |       ^^^^^^^^^^^ does not list ec2:DescribeInstances
  exempt    force-mfa#BlockEverythingUnlessSignedInWithMFA does not apply: `BoolIfExists` on aws:MultiFactorAuthPresent
            does not hold: the request has "true"
            force-mfa/policies/force-mfa.json:39:27
  layers    scp -  rcp -  endpoint -  resource -  identity allow  boundary -  session -
  flips     mfa=false: deny (explicit)   mfa=absent: deny (explicit) (`IfExists` also matches a missing key)
"#,
        || {
            assert_matrix!(
                WORLD,
                "john.doe",
                "
            action                 resource  mfa=true  mfa=false  mfa=absent
            iam:ChangePassword     self      allow     allow      allow       # by the policy that AWS attaches
            ec2:DescribeInstances  *         implicit  explicit   .
            iam:CreateUser         self      .         deny       allow
            "
            );
        },
    );
}

#[test]
fn a_table_points_at_the_line_of_the_test() {
    let (_, line) = failure(|| assert_matrix!(WORLD, "john.doe", "action mfa=true\nec2:DescribeInstances deny"));
    assert_eq!(line, line!() - 1);
}

#[test]
fn who_asks_may_stand_in_the_table_or_nowhere() {
    assert_matrix!(
        WORLD,
        "principal                    action              resource  mfa=true
         john.doe                     iam:ChangePassword  self      allow
         john.without-attached-policy iam:ChangePassword  self      implicit"
    );
    assert_matrix!(WORLD, "action decision\nec2:DescribeInstances explicit");
    let policies = Policies::new().identity(
        "office",
        r#"{"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*",
            "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}}"#,
    );
    assert_matrix!(
        policies,
        "| action           | aws:SourceIp=203.0.113.7 | aws:SourceIp=192.0.2.1 & mfa=true |
         | ---------------- | ------------------------ | --------------------------------- |
         | s3:GetBucketAcl  | allow                    | implicit                          |"
    );
}

#[test]
fn contexts_of_the_world_are_columns() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("world.yaml"),
        "version: 1\naccount: '123456789012'\ncontexts: {office: {aws:SourceIp: 203.0.113.7}}\n\
         policies: {office: {Statement: {Effect: Allow, Action: 's3:*', Resource: '*', \
         Condition: {IpAddress: {aws:SourceIp: 203.0.113.0/24}}}}}\n\
         principals: {jane: {user: jane, policies: [office]}}\n",
    )
    .unwrap();
    let world = world(folder.path().join("world.yaml"));
    assert_matrix!(world, "action office aws:SourceIp=absent\ns3:ListAllMyBuckets allow implicit");
    let (text, _) = failure(|| assert_matrix!(world, "action offic\ns3:ListAllMyBuckets allow"));
    assert_eq!(
        text,
        "error[IE0402]: no context `offic` is defined\n --> the table:1:8\n  |\n1 | action offic\n  |        ^^^^^\n  |\n  = \
         help: did you mean `office`?\n"
    );
}

#[test]
fn what_is_no_table_of_answers() {
    let first = |table: &str| {
        let (text, _) = failure(|| assert_matrix!(WORLD, "john.doe", table));
        text.lines().next().unwrap_or_default().to_owned()
    };
    assert_eq!(first("resource mfa=true\n* allow"), "the table has no column `action`");
    assert_eq!(
        first("principal action mfa=true\njohn.doe iam:GetUser allow"),
        "both the assertion and a column of the table set the principal: remove one of the two"
    );
    assert_eq!(first("action mfa=true\niam:GetUser ."), "every cell of the table is `.`, which asserts nothing");
    assert!(first("action mfa=true\niam:GetUser allowed").ends_with("`allowed` is not an answer"));
    assert!(first("action mfa=true\niam:GetUser allow deny").ends_with("the row has 3 cells and the header has 2"));
    assert_eq!(
        first("action resource mfa=true\niam:GetUsers self deny"),
        "cannot check whether john.doe may iam:GetUsers on self mfa=true: `iam` has no action `GetUsers`"
    );
}
