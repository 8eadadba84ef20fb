//! One flag for each layer of policies, and what the layers make of each other.

use crate::run::{Folder, JOHN, Run, allow, policy};

const OBJECT: &str = "arn:aws:s3:::b/k";

/// A folder with policies for every layer.
fn folder() -> Folder {
    let bucket = |sid: &str, principal: &str| {
        policy(&format!(
            r#"{{"Sid": "{sid}", "Effect": "Allow", "Principal": {{"AWS": "{principal}"}}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}}"#
        ))
    };
    let trust = |principal: &str| {
        policy(&format!(
            r#"{{"Sid": "Trust", "Effect": "Allow", "Principal": {{"AWS": "{principal}"}}, "Action": "sts:AssumeRole"}}"#
        ))
    };
    Folder::new()
        .with("all.json", allow("All", "*"))
        .with("s3.json", allow("S3", "s3:*"))
        .with("ec2.json", allow("Ec2", "ec2:*"))
        .with("kms.json", allow("Kms", "kms:*"))
        .with("sts.json", allow("Sts", "sts:*"))
        .with("empty.json", policy(""))
        .with(
            "no-delete.json",
            policy(r#"{"Sid": "NoDelete", "Effect": "Deny", "Action": "s3:Delete*", "Resource": "*"}"#),
        )
        .with("bucket-john.json", bucket("John", JOHN))
        .with("bucket-account.json", bucket("Account", "123456789012"))
        .with(
            "key-root.json",
            policy(
                r#"{"Sid": "Root", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "kms:*", "Resource": "*"}"#,
            ),
        )
        .with("trust-account.json", trust("arn:aws:iam::123456789012:root"))
        .with("trust-john.json", trust(JOHN))
        .with(
            "rcp.json",
            policy(
                r#"{"Sid": "OrgOnly", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
                    "Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}}"#,
            ),
        )
        .with(
            "endpoint.json",
            policy(r#"{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}"#),
        )
        .with(
            "endpoint-account.json",
            policy(r#"{"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "s3:*", "Resource": "*"}"#),
        )
}

/// John asks for an object under these policies.
#[track_caller]
fn john_gets(flags: &str, expected: &str) {
    folder().decides(&format!("simulate --as {JOHN} -r {OBJECT} {flags} s3:GetObject"), expected);
}

/// A session of a role asks for an object under these policies.
#[track_caller]
fn session_gets(flags: &str, expected: &str) {
    let session = "arn:aws:sts::123456789012:assumed-role/dev/anna";
    folder().decides(&format!("simulate --as {session} -r {OBJECT} {flags} s3:GetObject"), expected);
}

#[test]
fn identity_policies_add_up() {
    john_gets("--policy s3.json", "allowed by identity");
    john_gets("--policy ec2.json", "implicit_deny by none");
    john_gets("--policy ec2.json --policy s3.json", "allowed by identity");
    folder().decides(
        &format!("simulate --as {JOHN} -r {OBJECT} --policy s3.json --policy no-delete.json s3:DeleteObject"),
        "explicit_deny by identity",
    );
}

#[test]
fn the_boundary_limits() {
    john_gets("--policy s3.json --boundary all.json", "allowed by identity");
    john_gets("--policy s3.json --boundary ec2.json", "implicit_deny by boundary");
    john_gets("--policy s3.json --boundary empty.json", "implicit_deny by boundary");
    john_gets("--boundary all.json", "implicit_deny by none");
}

#[test]
fn session_policies_limit_together() {
    session_gets("--policy s3.json", "allowed by identity");
    session_gets("--policy s3.json --session-policy ec2.json", "implicit_deny by session");
    session_gets("--policy s3.json --session-policy ec2.json --session-policy s3.json", "allowed by identity");
}

#[test]
fn policies_of_one_scp_level_add_up_and_levels_intersect() {
    john_gets("--policy all.json --scp s3.json", "allowed by identity");
    john_gets("--policy all.json --scp s3.json --scp ec2.json", "allowed by identity");
    john_gets("--policy all.json --scp all.json --scp-level --scp s3.json", "allowed by identity");
    john_gets("--policy all.json --scp s3.json --scp-level --scp ec2.json", "implicit_deny by scp");
    john_gets("--policy all.json --scp ec2.json --scp-level --scp s3.json", "implicit_deny by scp");
    john_gets("--policy all.json --scp all.json --scp-level --scp s3.json --scp no-delete.json", "allowed by identity");
    folder().decides(
        &format!(
            "simulate --as {JOHN} -r {OBJECT} --policy all.json --scp all.json --scp no-delete.json s3:DeleteObject"
        ),
        "explicit_deny by scp",
    );
}

#[test]
fn every_level_of_scps_must_allow() {
    john_gets(
        "--policy all.json --scp all.json --scp-level --scp ec2.json --scp-level --scp s3.json",
        "implicit_deny by scp",
    );
    john_gets(
        "--policy all.json --scp ec2.json --scp-level --scp ec2.json --scp-level --scp s3.json",
        "implicit_deny by scp",
    );
    john_gets(
        "--policy all.json --scp all.json --scp-level --scp s3.json --scp ec2.json --scp-level --scp s3.json",
        "allowed by identity",
    );
    john_gets("--policy all.json --scp-level --scp all.json --scp-level --scp s3.json", "allowed by identity");
    folder()
        .run(&format!(
            "simulate --as {JOHN} --policy all.json --scp all.json --scp-level --scp ec2.json --scp-level --scp s3.json s3:GetObject"
        ))
        .shows(
            1,
            "\
deny   s3:GetObject  on any resource of 123456789012 (implicit)
  why       it is granted, but not every level of SCPs allows it: level 2 of 3 does not
  granted   all#All  all.json:1:41
  layers    scp no-allow  rcp -  endpoint -  resource -  identity allow  boundary -  session -
",
        );
}

#[test]
fn a_level_without_scps_allows_nothing() {
    john_gets("--policy all.json --scp all.json --scp-level --scp-level --scp all.json", "implicit_deny by scp");
    john_gets("--policy all.json --scp all.json --scp-level", "implicit_deny by scp");
    john_gets("--policy all.json --scp-level --scp-level --scp all.json", "implicit_deny by scp");
    john_gets("--policy all.json --scp-level", "implicit_deny by scp");
    john_gets("--policy all.json --scp-level --scp all.json", "allowed by identity");
    john_gets("--policy all.json --scp all.json --scp-level --without scp", "allowed by identity");
}

#[test]
fn an_scp_grants_nothing() {
    john_gets("--scp all.json", "implicit_deny by none");
    john_gets("--policy ec2.json --scp all.json", "implicit_deny by none");
}

#[test]
fn scp_statements_name_their_level() {
    let results = folder().results(&format!(
        "simulate --as {JOHN} -r {OBJECT} --policy all.json --scp all.json --scp-level --scp s3.json s3:GetObject"
    ));
    let matched = results[0]["matched"].as_array().expect("a list");
    let places: Vec<_> = matched.iter().map(|statement| (&statement["policy_type"], &statement["level"])).collect();
    assert_eq!(places.len(), 3);
    assert_eq!((places[0].0.as_str(), places[0].1.as_str()), (Some("scp"), Some("level 1 of 2")));
    assert_eq!((places[1].0.as_str(), places[1].1.as_str()), (Some("scp"), Some("level 2 of 2")));
    assert_eq!((places[2].0.as_str(), places[2].1.as_str()), (Some("identity"), None));
}

#[test]
fn an_rcp_denies_and_the_full_access_rcp_is_always_there() {
    john_gets("--policy all.json --rcp rcp.json -c aws:PrincipalOrgID=o-1", "allowed by identity");
    john_gets("--policy all.json --rcp rcp.json -c aws:PrincipalOrgID=o-2", "explicit_deny by rcp");
    john_gets("--policy all.json --rcp rcp.json", "explicit_deny by rcp");
}

#[test]
fn a_resource_policy_of_the_same_account() {
    john_gets("--resource-policy bucket-john.json", "allowed by resource");
    john_gets("--resource-policy bucket-account.json", "implicit_deny by none");
    john_gets("--policy s3.json --resource-policy bucket-account.json", "allowed by identity");
    john_gets("--resource-policy bucket-john.json --boundary ec2.json", "allowed by resource");
    john_gets("--resource-policy bucket-john.json --scp ec2.json", "implicit_deny by scp");
}

#[test]
fn a_resource_of_another_account_needs_both_sides() {
    let other = "--resource-account 999999999999";
    john_gets(&format!("--policy s3.json {other}"), "implicit_deny by resource");
    john_gets(&format!("--resource-policy bucket-john.json {other}"), "implicit_deny by identity");
    john_gets(&format!("--policy ec2.json {other}"), "implicit_deny by none");
    john_gets(&format!("--policy s3.json --resource-policy bucket-john.json {other}"), "allowed by identity");
    john_gets(&format!("--policy s3.json --resource-policy bucket-account.json {other}"), "allowed by identity");
    john_gets(
        &format!("--policy s3.json --resource-policy bucket-john.json --boundary ec2.json {other}"),
        "implicit_deny by boundary",
    );
}

#[test]
fn an_assumed_owner_is_remarked_upon() {
    folder().run(&format!("simulate --policy s3.json --as {JOHN} -r {OBJECT} s3:GetObject")).shows(
        0,
        r#"allow  s3:GetObject  on arn:aws:s3:::b/k
  by        s3#S3  s3.json:1:41
       1 | {"Version": "2012-10-17", "Statement": [{"Sid": "S3", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
         |                                                                                    ^^^^^^ covers s3:GetObject
  layers    scp -  rcp -  endpoint -  resource -  identity allow  boundary -  session -
  note      the ARN names no account; the resource is taken to belong to 123456789012
"#,
    );
    folder()
        .run(&format!("simulate --policy s3.json --as {JOHN} -r {OBJECT} --resource-account 123456789012 s3:GetObject"))
        .shows(
            0,
            r#"allow  s3:GetObject  on arn:aws:s3:::b/k
  by        s3#S3  s3.json:1:41
       1 | {"Version": "2012-10-17", "Statement": [{"Sid": "S3", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
         |                                                                                    ^^^^^^ covers s3:GetObject
  layers    scp -  rcp -  endpoint -  resource -  identity allow  boundary -  session -
"#,
        );
}

#[test]
fn an_answer_says_which_layer_is_missing() {
    folder().run(&format!("simulate --policy s3.json --boundary ec2.json --as {JOHN} -r {OBJECT} --resource-account 123456789012 s3:GetObject")).shows(
        1,
        "\
deny   s3:GetObject  on arn:aws:s3:::b/k (implicit)
  why       it is granted, but the permissions boundary (ec2) does not allow it
  granted   s3#S3  s3.json:1:41
  layers    scp -  rcp -  endpoint -  resource -  identity allow  boundary no-allow  session -
",
    );
    folder()
        .run(&format!("simulate --policy s3.json --as {JOHN} -r {OBJECT} --resource-account 999999999999 s3:GetObject"))
        .shows(
            1,
            "\
deny   s3:GetObject  on arn:aws:s3:::b/k (implicit)
  why       the identity policies allow it, but the resource policy must allow it too, and there is none
  granted   s3#S3  s3.json:1:41
  layers    scp -  rcp -  endpoint -  resource -  identity allow  boundary -  session -
  sides     the caller is of 123456789012, the resource of 999999999999: the identity side allows, the resource policy
            is not there, and both must allow
",
        );
}

#[test]
fn an_answer_by_both_sides_names_both() {
    let question = format!(
        "simulate --policy s3.json --resource-policy bucket-john.json --as {JOHN} -r {OBJECT} --resource-account 999999999999"
    );
    let folder = folder();
    folder.run(&format!("{question} s3:GetObject")).shows(
        0,
        r#"allow  s3:GetObject  on arn:aws:s3:::b/k
  by        bucket-john#John  resource policy  bucket-john.json:1:41
       1 | ...": {"AWS": "arn:aws:iam::123456789012:user/john"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::...
         |                                                                 ^^^^^^^^^^^^^^ covers s3:GetObject
       1 | ..."AWS": "arn:aws:iam::123456789012:user/john"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}]}
         |                                                                                         ^^^^^^^^^^^^^^^^^^
         | fits arn:aws:s3:::b/k
            s3#S3  s3.json:1:41
       1 | {"Version": "2012-10-17", "Statement": [{"Sid": "S3", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
         |                                                                                    ^^^^^^ covers s3:GetObject
  layers    scp -  rcp -  endpoint -  resource allow  identity allow  boundary -  session -
  sides     the caller is of 123456789012, the resource of 999999999999: the identity side allows, the resource policy
            allows, and both must allow
"#,
    );
    folder.run(&format!("{question} --by John s3:GetObject")).ends(0);
    folder.run(&format!("{question} --by S3 s3:GetObject")).ends(0);
    folder.run(&format!("{question} --by Other s3:GetObject")).ends(1);
}

#[test]
fn a_resource_policy_for_the_account_leaves_it_to_identity_policies() {
    folder()
        .run(&format!(
            "simulate --resource-policy bucket-account.json --as {JOHN} -r {OBJECT} --resource-account 123456789012 s3:GetObject"
        ))
        .shows(
            1,
            "\
deny   s3:GetObject  on arn:aws:s3:::b/k (implicit)
  why       the resource policy leaves it to the account's identity policies, and none of them allows it
  layers    scp -  rcp -  endpoint -  resource allow  identity -  boundary -  session -
",
        );
}

#[test]
fn a_federated_user_without_a_session_policy_is_told_so() {
    folder().run("simulate --policy s3.json --as arn:aws:sts::123456789012:federated-user/john s3:GetObject").shows(
        1,
        "\
deny   s3:GetObject  on any resource of 123456789012 (implicit)
  why       a federated user's session has no permissions without a session policy
  granted   s3#S3  s3.json:1:41
  layers    scp -  rcp -  endpoint -  resource -  identity allow  boundary -  session -
",
    );
}

#[test]
fn a_kms_key_needs_its_key_policy() {
    let decrypts = |flags: &str, expected: &str| {
        let key = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd";
        folder().decides(&format!("simulate --as {JOHN} -r {key} {flags} kms:Decrypt"), expected);
    };
    decrypts("--policy kms.json", "implicit_deny by resource");
    decrypts("--policy kms.json --no-service-rules", "allowed by identity");
    decrypts("--policy kms.json --resource-policy key-root.json", "allowed by identity");
    decrypts("--resource-policy key-root.json", "implicit_deny by identity");
}

#[test]
fn a_role_needs_its_trust_policy() {
    let assumes = |flags: &str, expected: &str| {
        let role = "arn:aws:iam::123456789012:role/r";
        folder().decides(&format!("simulate --as {JOHN} -r {role} {flags} sts:AssumeRole"), expected);
    };
    assumes("--policy sts.json", "implicit_deny by resource");
    assumes("--policy sts.json --resource-policy trust-account.json", "allowed by identity");
    assumes("--resource-policy trust-account.json", "implicit_deny by identity");
    assumes("--resource-policy trust-john.json", "allowed by resource");
    let run: Run = folder()
        .run(&format!("simulate --policy sts.json --as {JOHN} -r arn:aws:iam::123456789012:role/r sts:AssumeRole"));
    run.shows(
        1,
        "\
deny   sts:AssumeRole  on arn:aws:iam::123456789012:role/r (implicit)
  why       the identity policies allow it, but the resource policy must allow it too, and there is none
  granted   sts#Sts  sts.json:1:41
  layers    scp -  rcp -  endpoint -  resource -  identity allow  boundary -  session -
  note      the role's trust policy must allow this and was not given
",
    );
}

#[test]
fn an_endpoint_policy_filters() {
    john_gets("--policy s3.json --endpoint-policy endpoint.json", "allowed by identity");
    folder().decides(
        &format!("simulate --as {JOHN} -r {OBJECT} --policy s3.json --endpoint-policy endpoint.json s3:PutObject"),
        "implicit_deny by endpoint",
    );
    john_gets("--endpoint-policy endpoint.json", "implicit_deny by none");
}

#[test]
fn an_account_in_the_policy_of_a_gateway_endpoint_means_its_root_user() {
    john_gets("--policy s3.json --endpoint-policy endpoint-account.json", "allowed by identity");
    john_gets(
        "--policy s3.json --endpoint-policy endpoint-account.json --gateway-endpoint",
        "implicit_deny by endpoint",
    );
    let root = "arn:aws:iam::123456789012:root";
    folder().decides(
        &format!("simulate --as {root} -r {OBJECT} --policy s3.json --endpoint-policy endpoint-account.json --gateway-endpoint s3:GetObject"),
        "allowed by identity",
    );
    let run =
        folder().run(&format!("simulate --as {JOHN} -r {OBJECT} --policy s3.json --gateway-endpoint s3:GetObject"));
    run.complains("  --endpoint-policy <POLICY>");
}

#[test]
fn a_layer_can_be_left_out() {
    john_gets("--policy s3.json --boundary ec2.json --without boundary", "allowed by identity");
    john_gets("--policy s3.json --scp ec2.json --without scp", "allowed by identity");
    john_gets("--policy s3.json --rcp rcp.json --without rcp", "allowed by identity");
    john_gets("--policy s3.json --resource-policy bucket-john.json --without identity", "allowed by resource");
    john_gets(
        "--policy s3.json --boundary ec2.json --scp ec2.json --without boundary --without scp",
        "allowed by identity",
    );
    session_gets("--policy s3.json --session-policy ec2.json --without session", "allowed by identity");
    folder().decides(
        &format!("simulate --as {JOHN} -r {OBJECT} --policy s3.json --endpoint-policy endpoint.json --without endpoint s3:PutObject"),
        "allowed by identity",
    );
    folder().decides(
        &format!("simulate --as {JOHN} -r {OBJECT} --policy s3.json --resource-account 999999999999 --resource-policy bucket-john.json --without resource s3:GetObject"),
        "implicit_deny by resource",
    );
}

#[test]
fn nothing_is_decided_without_policies() {
    folder().run(&format!("simulate --as {JOHN} -r {OBJECT} s3:GetObject")).complains(
        "\
error[IE0507]: there are no policies to decide by
 = help: give a world with `-w FILE` (or in an `iameval.toml`), policies with `--policy FILE`, or try `--example force-mfa`",
    );
    folder()
        .run(&format!("simulate --as {JOHN} -r {OBJECT} --policy s3.json --without identity s3:GetObject"))
        .complains("error[IE0507]: no policies are left to decide by");
}

#[test]
fn parts_join_an_example() {
    let folder = folder();
    folder.decides("simulate --example force-mfa --mfa true --scp s3.json s3:GetObject", "allowed by identity");
    folder.decides("simulate --example force-mfa --mfa true --scp s3.json ec2:RunInstances", "implicit_deny by scp");
    folder.decides("simulate --example force-mfa --mfa true --policy all.json iam:CreateUser", "allowed by identity");
    folder.decides(
        "simulate --example force-mfa --mfa false --policy all.json iam:CreateUser",
        "explicit_deny by identity",
    );
    folder.decides(
        "simulate --example force-mfa --mfa true --boundary ec2.json s3:GetObject",
        "implicit_deny by boundary",
    );
}

#[test]
fn a_policy_may_come_from_standard_input() {
    let run = folder().run_with(&format!("simulate --policy - --as {JOHN} s3:GetObject"), allow("Piped", "s3:*"));
    run.shows(
        0,
        r#"allow  s3:GetObject  on any resource of 123456789012
  by        standard input#Piped  standard input:1:41
       1 | ...ion": "2012-10-17", "Statement": [{"Sid": "Piped", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
         |                                                                                    ^^^^^^ covers s3:GetObject
  layers    scp -  rcp -  endpoint -  resource -  identity allow  boundary -  session -
"#,
    );
    for flag in
        ["--policy", "--boundary", "--session-policy", "--scp", "--rcp", "--resource-policy", "--endpoint-policy"]
    {
        folder()
            .run_with(
                &format!("simulate --policy s3.json {flag} - --as {JOHN} -r {OBJECT} s3:GetObject"),
                "{\"Statement\": 5}",
            )
            .complains("error[IE0201]: a statement must be an object, found a number\n --> standard input:1:15");
    }
}

#[test]
fn every_kind_of_principal_may_ask() {
    let s3 = |principal: &str, expected: &str| {
        folder().decides(&format!("simulate --as {principal} -r {OBJECT} --policy s3.json s3:GetObject"), expected);
    };
    s3("arn:aws:iam::123456789012:user/team/john", "allowed by identity");
    s3("arn:aws:iam::123456789012:role/dev", "allowed by identity");
    s3("arn:aws:sts::123456789012:assumed-role/dev/anna", "allowed by identity");
    // Nothing is delegated from one partition to another (R-XACC-06).
    s3("arn:aws-cn:iam::123456789012:user/john", "implicit_deny by service");
    s3("arn:aws:iam::123456789012:root", "allowed by identity");
    // Without a session policy a federated user has nothing (R-EVAL-05); identity policies are not for the others.
    s3("arn:aws:sts::123456789012:federated-user/john", "implicit_deny by session");
    s3("anonymous", "implicit_deny by none");
    s3("ec2.amazonaws.com", "implicit_deny by none");
    for provider in ["accounts.google.com", "graph.facebook.com", "www.amazon.com"] {
        s3(provider, "implicit_deny by none");
    }
}
