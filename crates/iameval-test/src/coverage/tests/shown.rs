//! Tables, lists and listings.

use super::*;
use iameval_report::Style;

const PLAIN: Style = Style { colour: false, width: 120 };

/// Requests of the starting scenario, none of them without MFA keys.
const FORCE_MFA: &[&str] = &[
    "john.doe iam:ChangePassword arn:aws:iam::123456789012:user/john.doe mfa=true",
    "john.doe iam:ChangePassword arn:aws:iam::123456789012:user/john.doe mfa=false",
    "john.doe iam:GetAccountPasswordPolicy * mfa=true",
    "john.doe iam:EnableMFADevice arn:aws:iam::123456789012:user/john.doe mfa=false",
    "john.doe ec2:DescribeInstances * mfa=false",
];

#[test]
fn a_table_is_followed_by_what_is_missing() {
    let text = coverage_to_text(&coverage(&force_mfa(), FORCE_MFA), PLAIN);
    let expected = r#"
decided  matched  entries  conditions  covered  policy
    2/3      2/3     5/17         2/3    39.1%  force-mfa  policies/force-mfa.json
    0/2      1/2     2/14           -    18.7%  PowerUserAccess  policies/PowerUserAccess.json
    2/2      2/2      4/5           -    85.7%  IAMUserChangePassword  policies/IAMUserChangePassword.json
    4/7      5/7    11/36         2/3    39.1%  all policies

not covered
  force-mfa#AllowListUsers  never matched  policies/force-mfa.json:4:5
  force-mfa#AllowMFAHandling  Action "iam:CreateVirtualMFADevice" never matched  policies/force-mfa.json:14:9
  force-mfa#AllowMFAHandling  Action "iam:DeleteVirtualMFADevice" never matched  policies/force-mfa.json:15:9
  force-mfa#AllowMFAHandling  Action "iam:ListMFADevices" never matched  policies/force-mfa.json:17:9
  force-mfa#AllowMFAHandling  Action "iam:ListVirtualMFADevices" never matched  policies/force-mfa.json:18:9
  force-mfa#AllowMFAHandling  Resource "arn:aws:iam::*:mfa/*" never matched  policies/force-mfa.json:21:9
  force-mfa#BlockEverythingUnlessSignedInWithMFA  NotAction "iam:CreateVirtualMFADevice" never matched
    policies/force-mfa.json:30:9
  force-mfa#BlockEverythingUnlessSignedInWithMFA  NotAction "iam:DeleteVirtualMFADevice" never matched
    policies/force-mfa.json:31:9
  force-mfa#BlockEverythingUnlessSignedInWithMFA  NotAction "iam:ListMFADevices" never matched
    policies/force-mfa.json:33:9
  force-mfa#BlockEverythingUnlessSignedInWithMFA  NotAction "iam:ListUsers" never matched
    policies/force-mfa.json:34:9
  force-mfa#BlockEverythingUnlessSignedInWithMFA  NotAction "iam:ListVirtualMFADevices" never matched
    policies/force-mfa.json:35:9
  force-mfa#BlockEverythingUnlessSignedInWithMFA  BoolIfExists aws:MultiFactorAuthPresent never absent
    policies/force-mfa.json:39:27
  PowerUserAccess, statement 1  NotAction "organizations:*" never matched  policies/PowerUserAccess.json:6:30
  PowerUserAccess, statement 1  NotAction "account:*" never matched  policies/PowerUserAccess.json:6:49
  PowerUserAccess, statement 2  never matched  policies/PowerUserAccess.json:9:5
  IAMUserChangePassword, statement 1  Resource "arn:aws:iam::*:user/*/${aws:username}" never matched
    policies/IAMUserChangePassword.json:9:9

matched without deciding
  PowerUserAccess, statement 1  policies/PowerUserAccess.json:4:5
"#;
    assert_eq!(text, expected.trim_start_matches('\n'));
}

#[test]
fn what_is_missing_goes_away_once_it_is_asked() {
    let absent = [FORCE_MFA, &["john.doe ec2:DescribeInstances * mfa=absent"]].concat();
    let text = coverage_to_text(&coverage(&force_mfa(), &absent), PLAIN);
    assert!(text.contains("  2/3      2/3     5/17         3/3    43.4%  force-mfa "), "{text}");
    assert!(!text.contains("BoolIfExists"), "{text}");
}

#[test]
fn a_covered_policy_is_one_row() {
    let policy = r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#;
    let world = "
account: '111122223333'
policies: { p: p.json, spare: p.yaml }
principals: { jane: { user: jane, policies: [p] } }
";
    let world = load(&[("world.yaml", world), ("p.json", policy), ("p.yaml", policy)]);
    let coverage = coverage(&world, &["jane s3:ListAllMyBuckets *"]);
    let expected = "
decided  matched  entries  conditions  covered  policy
    1/1      1/1      2/2           -   100.0%  p  p.json

attached nowhere
  spare  p.yaml
";
    assert_eq!(coverage_to_text(&coverage, PLAIN), expected.trim_start_matches('\n'));
}

#[test]
fn without_policies_there_is_nothing_to_cover() {
    let expected = "
decided  matched  entries  conditions  covered  policy
      -        -        -           -        -  all policies
";
    assert_eq!(coverage_to_text(&Coverage::new(&[]), PLAIN), expected.trim_start_matches('\n'));
    assert_eq!(coverage_to_listing(&Coverage::new(&[]), PLAIN), "");
}

#[test]
fn narrow_terminals_get_no_columns() {
    let coverage = coverage(&force_mfa(), FORCE_MFA);
    let text = coverage_to_text(&coverage, Style { width: 60, ..PLAIN });
    let head = "
force-mfa  policies/force-mfa.json
  decided 2/3, matched 2/3, entries 5/17, conditions 2/3,
  covered 39.1%
";
    assert!(text.starts_with(head.trim_start_matches('\n')), "{text}");
    for width in [60, 71, 72, 80, 100, 120, 300] {
        let text = coverage_to_text(&coverage, Style { width, ..PLAIN });
        assert!(text.lines().all(|line| line.len() <= width), "{width}\n{text}");
    }
}

#[test]
fn colours_change_no_word() {
    let coverage = coverage(&force_mfa(), FORCE_MFA);
    for render in [coverage_to_text, coverage_to_listing] {
        let coloured = render(&coverage, Style { colour: true, ..PLAIN });
        let mut pieces = coloured.split("\u{1b}[");
        let mut plain = pieces.next().unwrap().to_owned();
        let coloured_pieces = pieces.map(|piece| piece.split_once('m').unwrap().1);
        plain.extend(coloured_pieces);
        assert!(coloured.len() > plain.len());
        assert_eq!(plain, render(&coverage, PLAIN));
    }
}

#[test]
fn a_listing_has_signs_in_its_margin() {
    let listing = coverage_to_listing(&coverage(&force_mfa(), FORCE_MFA), PLAIN);
    let expected = r#"
+    25 |     {  <- decided
     26 |       "Sid": "BlockEverythingUnlessSignedInWithMFA",
     27 |       "Effect": "Deny",
     28 |       "NotAction": [
+    29 |         "iam:ChangePassword",
-    30 |         "iam:CreateVirtualMFADevice",
-    31 |         "iam:DeleteVirtualMFADevice",
+    32 |         "iam:EnableMFADevice",
-    33 |         "iam:ListMFADevices",
-    34 |         "iam:ListUsers",
-    35 |         "iam:ListVirtualMFADevices"
     36 |       ],
+    37 |       "Resource": "*",
     38 |       "Condition": {
~    39 |         "BoolIfExists": { "aws:MultiFactorAuthPresent": "false" }  <- never absent
     40 |       }
     41 |     }
     42 |   ]
     43 | }

PowerUserAccess  policies/PowerUserAccess.json
      1 | {
      2 |   "Version": "2012-10-17",
      3 |   "Statement": [
+     4 |     {  <- matched without deciding
      5 |       "Effect": "Allow",
~     6 |       "NotAction": ["iam:*", "organizations:*", "account:*"],
        | <- NotAction "organizations:*" never matched; NotAction "account:*" never matched
+     7 |       "Resource": "*"
      8 |     },
-     9 |     {  <- never matched
"#;
    assert!(listing.starts_with("force-mfa  policies/force-mfa.json\n      1 | {\n"), "{listing}");
    assert!(listing.contains(expected), "{listing}");
}

#[test]
fn a_listing_shows_the_lines_of_a_policy_in_a_world_file() {
    let world = "
account: '111122223333'
principals:
  jane:
    user: jane
    policies:
      - Statement:
          - { Effect: Allow, Action: ['s3:*', 'ec2:*'], Resource: '*' }
          - { Sid: NoRoles, Effect: Deny, Action: 'iam:*Role', Resource: '*' }
          - Effect: Deny
            Action: s3:Put*
            Resource: '*'
  john: { user: john }
";
    let expected = r#"
jane:0  world.yaml
      7 |       - Statement:
~     8 |           - { Effect: Allow, Action: ['s3:*', 'ec2:*'], Resource: '*' }
        | <- jane:0, statement 1 decided; Action "ec2:*" never matched
-     9 |           - { Sid: NoRoles, Effect: Deny, Action: 'iam:*Role', Resource: '*' }  <- never matched
-    10 |           - Effect: Deny  <- never matched
-    11 |             Action: s3:Put*
-    12 |             Resource: '*'
"#;
    for line_break in ["\n", "\r\n"] {
        let world = load(&[("world.yaml", &world.replace('\n', line_break))]);
        let listing = coverage_to_listing(&coverage(&world, &["jane s3:ListAllMyBuckets *"]), PLAIN);
        assert_eq!(listing.trim_end(), expected.trim());
    }
}

#[test]
fn what_a_policy_holds_steers_no_terminal() {
    let policy = "{\"Statement\": {\"Sid\": \"x\", \"Effect\": \"Allow\", \"Action\": [\"s3:*\", \"s3:\\u001b[31mGet\"],\n \"Resource\": [\"*\", \"\u{202e}*\"]}}";
    let world = "account: '111122223333'\npolicies: { p: p.json }\nprincipals: { jane: { user: jane, policies: [p] } }";
    let coverage = coverage(&load(&[("world.yaml", world), ("p.json", policy)]), &["jane s3:ListAllMyBuckets *"]);
    for (text, shown) in [
        (coverage_to_text(&coverage, PLAIN), r"s3:\u{1b}[31mGet"),
        (coverage_to_listing(&coverage, PLAIN), r"\u{202e}*"),
    ] {
        assert!(text.contains(shown) && !text.contains(['\u{1b}', '\u{202e}']), "{text:?}");
    }
}
