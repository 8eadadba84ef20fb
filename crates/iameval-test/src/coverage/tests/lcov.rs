//! Tracefiles.

use super::*;

#[track_caller]
fn check(coverage: &Coverage, expected: &str) {
    assert_eq!(coverage_to_lcov(coverage), expected.trim_start_matches('\n'));
}

#[test]
fn lines_have_parts_and_conditions_have_branches() {
    let world = "
account: '111122223333'
policies: { p: ./policies/p.json }
principals: { jane: { user: jane, policies: [p] } }
";
    let policy = r#"{"Statement": [
  {"Effect": "Allow",
   "Action": ["s3:*", "ec2:*"],
   "Resource": "*"},
  {"Effect": "Deny", "Action": "iam:*", "Resource": "*",
   "Condition": {
     "Bool": {"aws:SecureTransport": "false"},
     "Null": {"aws:TokenIssueTime": "true"}}},
  {"Effect": "Deny",
   "NotAction": "*", "Resource": "*", "Condition": {"StringLike": {"s3:prefix": "x"}}}
]}"#;
    let world = load(&[("world.yaml", world), ("policies/p.json", policy)]);
    let questions =
        ["jane s3:ListAllMyBuckets *", "jane s3:GetObject *", "jane iam:GetUser * aws:SecureTransport=true"];
    let expected = "
TN:
SF:policies/p.json
BRDA:7,0,0,0
BRDA:7,0,1,1
BRDA:7,0,2,0
BRDA:8,1,0,0
BRDA:8,1,1,1
BRDA:10,2,0,-
BRDA:10,2,1,-
BRDA:10,2,2,-
BRF:8
BRH:2
DA:2,2
DA:3,0
DA:4,2
DA:5,0
DA:7,1
DA:8,1
DA:9,0
DA:10,0
LF:8
LH:4
end_of_record
";
    check(&coverage(&world, &questions), expected);
}

#[test]
fn the_policies_of_one_file_share_a_record() {
    let world = "
account: '111122223333'
principals:
  jane:
    user: jane
    policies:
      - { Statement: { Effect: Allow, Action: 's3:*', Resource: '*' } }
      - { Statement: { Effect: Allow, Action: 'ec2:*', Resource: '*' } }
";
    let expected = "
TN:
SF:world.yaml
DA:7,1
DA:8,0
LF:2
LH:1
end_of_record
";
    check(&coverage(&load(&[("world.yaml", world)]), &["jane s3:ListAllMyBuckets *"]), expected);
}

#[test]
fn policies_of_one_line_are_reached_where_all_are() {
    let allow = |action: &str| format!("{{ Statement: {{ Effect: Allow, Action: '{action}', Resource: '*' }} }}");
    let world = format!(
        "account: '111122223333'\nprincipals: {{ jane: {{ user: jane, policies: [{}, {}] }} }}\n",
        allow("s3:*"),
        allow("ec2:*")
    );
    let world = load(&[("world.yaml", &world)]);
    let record =
        |times: u32, reached: u32| format!("TN:\nSF:world.yaml\nDA:2,{times}\nLF:1\nLH:{reached}\nend_of_record\n");
    check(&coverage(&world, &["jane s3:ListAllMyBuckets *"]), &record(0, 0));
    check(&coverage(&world, &["jane s3:ListAllMyBuckets *", "jane ec2:DescribeInstances *"]), &record(1, 1));
}

#[test]
fn what_stands_in_no_file_is_left_out() {
    let world = load(&[(
        "world.yaml",
        "account: '111122223333'\nprincipals: { jane: { user: jane, policies: ['aws:IAMUserChangePassword'] } }",
    )]);
    let mut coverage = Coverage::new(&["aws:IAMUserChangePassword".to_owned()]);
    coverage.add_policies(world.policies());
    assert_eq!(coverage.policies().count(), 1);
    check(&coverage, "");
}

#[test]
fn policies_of_an_account_dump_are_left_out() {
    let dump = r#"{"UserDetailList": [{"Arn": "arn:aws:iam::111122223333:user/jane", "UserName": "jane", "Path": "/",
        "UserId": "AIDAEXAMPLEEXAMPLE1", "UserPolicyList": [{"PolicyName": "p", "PolicyDocument":
        {"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}}]}]}"#;
    let coverage = coverage(&load(&[("dump.json", dump)]), &["jane s3:ListAllMyBuckets *"]);
    assert_eq!(coverage.summary().percentage(), Some(100.0));
    check(&coverage, "");
}
