//! What is attached to whom, case by case.

use super::{Planned, creates, identity, line, resource, world};

const ALLOW: &str = r#""{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"s3:GetObject\", \"Resource\": \"*\"}]}""#;

macro_rules! with_policy {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            r#""{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"s3:GetObject\", \"Resource\": \"*\"}]}""#,
            $after
        )
    };
}

/// A policy of a resource, for everyone.
macro_rules! with_resource_policy {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            r#""{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Principal\": \"*\", \"Action\": \"*\", \"Resource\": \"*\"}]}""#,
            $after
        )
    };
}

const TRUST: &str = r#""{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Principal\": {\"Service\": \"ec2.amazonaws.com\"}, \"Action\": \"sts:AssumeRole\"}]}""#;

const ROLE: Planned = creates("aws_iam_role.r", r#"{"name": "r", "path": "/"}"#)
    .unknown(r#"{"arn": true, "id": true, "inline_policy": true, "managed_policy_arns": true}"#)
    .written(r#"{"name": {"constant_value": "r"}}"#);
const USER: Planned = creates("aws_iam_user.u", r#"{"name": "u", "path": "/"}"#)
    .unknown(r#"{"arn": true, "id": true}"#)
    .written(r#"{"name": {"constant_value": "u"}}"#);
const GROUP: Planned = creates("aws_iam_group.g", r#"{"name": "g", "path": "/"}"#)
    .unknown(r#"{"arn": true, "id": true}"#)
    .written(r#"{"name": {"constant_value": "g"}}"#);
const POLICY: Planned = creates("aws_iam_policy.p", with_policy!(r#"{"name": "p", "path": "/", "policy": "#, "}"))
    .unknown(r#"{"arn": true, "id": true}"#)
    .written(r#"{"name": {}, "policy": {}}"#);
const OF_P: &str = r#"{"policy_arn": {"references": ["aws_iam_policy.p.arn", "aws_iam_policy.p"]}}"#;

/// What the policy `p` is on its line.
const P: &str = "tf:aws_iam_policy.p: Allow s3:GetObject";

const NAMES: Planned = creates("aws_iam_role_policies_exclusive.e", r#"{"role_name": "r", "policy_names": ["a"]}"#);

const A: Planned = creates("aws_iam_role_policy.a", with_policy!(r#"{"name": "a", "role": "r", "policy": "#, "}"));

const B: Planned = creates("aws_iam_role_policy.b", with_policy!(r#"{"name": "b", "role": "r", "policy": "#, "}"));

const KEY: Planned = creates(
    "aws_kms_key.k",
    with_resource_policy!(
        r#"{"key_id": "x", "arn": "arn:aws:kms:eu-west-1:111111111111:key/x", "id": "x", "policy": "#,
        "}"
    ),
)
.written(r#"{"description": {}}"#)
.stays();

const OF_KEY: Planned = creates("aws_kms_key_policy.p", with_resource_policy!(r#"{"key_id": "x", "policy": "#, "}"));

const OF_SET: &str =
    r#"{"permission_set_arn": {"references": ["aws_ssoadmin_permission_set.s.arn", "aws_ssoadmin_permission_set.s"]}}"#;

const OF_D: &str = r#"{"policy_id": {"references": ["aws_organizations_policy.d.id", "aws_organizations_policy.d"]}}"#;

#[test]
fn every_form_attaches() {
    for (planned, expected) in [
        (
            creates("aws_iam_role_policy_attachment.a", r#"{"role": "r"}"#).unknown(r#"{"policy_arn": true}"#).written(OF_P),
            [P, "", ""],
        ),
        (
            creates("aws_iam_user_policy_attachment.a", r#"{"user": "u"}"#).unknown(r#"{"policy_arn": true}"#).written(OF_P),
            ["", P, ""],
        ),
        (
            creates("aws_iam_group_policy_attachment.a", r#"{"group": "g"}"#)
                .unknown(r#"{"policy_arn": true}"#)
                .written(OF_P),
            ["", "", P],
        ),
        (
            creates("aws_iam_policy_attachment.a", r#"{"name": "a", "roles": ["r"], "users": ["u"], "groups": ["g"]}"#)
                .unknown(r#"{"policy_arn": true, "roles": [false], "users": [false], "groups": [false]}"#)
                .written(OF_P),
            [P, P, P],
        ),
        (
            creates("aws_iam_role_policy_attachments_exclusive.a", r#"{"role_name": "r", "policy_arns": [null]}"#)
                .unknown(r#"{"policy_arns": [true]}"#)
                .written(r#"{"policy_arns": {"references": ["aws_iam_policy.p.arn", "aws_iam_policy.p"]}}"#),
            [P, "", ""],
        ),
        (
            creates("aws_iam_user_policy_attachments_exclusive.a", r#"{"user_name": "u", "policy_arns": [null]}"#)
                .unknown(r#"{"policy_arns": [true]}"#)
                .written(r#"{"policy_arns": {"references": ["aws_iam_policy.p.arn", "aws_iam_policy.p"]}}"#),
            ["", P, ""],
        ),
        (
            creates("aws_iam_group_policy_attachments_exclusive.a", r#"{"group_name": "g", "policy_arns": [null]}"#)
                .unknown(r#"{"policy_arns": [true]}"#)
                .written(r#"{"policy_arns": {"references": ["aws_iam_policy.p.arn", "aws_iam_policy.p"]}}"#),
            ["", "", P],
        ),
        (
            creates("aws_iam_role_policy.a", with_policy!(r#"{"name": "a", "role": "r", "policy": "#, "}")),
            ["tf:aws_iam_role_policy.a: Allow s3:GetObject", "", ""],
        ),
        (
            creates("aws_iam_user_policy.a", with_policy!(r#"{"name": "a", "user": "u", "policy": "#, "}")),
            ["", "tf:aws_iam_user_policy.a: Allow s3:GetObject", ""],
        ),
        (
            creates("aws_iam_group_policy.a", with_policy!(r#"{"name": "a", "group": "g", "policy": "#, "}")),
            ["", "", "tf:aws_iam_group_policy.a: Allow s3:GetObject"],
        ),
        // The role is not known: it may be this one.
        (
            creates("aws_iam_role_policy_attachment.a", "{}")
                .unknown(r#"{"policy_arn": true, "role": true}"#)
                .written(
                    r#"{"policy_arn": {"references": ["aws_iam_policy.p.arn", "aws_iam_policy.p"]}, "role": {"references": ["local.x"]}}"#,
                ),
            ["tf:aws_iam_policy.p: Allow s3:GetObject if aws_iam_role_policy_attachment.a.role", "", ""],
        ),
        // The policy is not known: it may say anything.
        (
            creates("aws_iam_role_policy_attachment.a", r#"{"role": "r"}"#)
                .unknown(r#"{"policy_arn": true}"#)
                .written(r#"{"policy_arn": {"references": ["local.x"]}}"#),
            [
                "${unknown:aws_iam_role_policy_attachment.a.policy_arn}: Allow * if aws_iam_role_policy_attachment.a.policy_arn; Deny * if aws_iam_role_policy_attachment.a.policy_arn",
                "",
                "",
            ],
        ),
    ] {
        for membership in [
            creates("aws_iam_user_group_membership.m", r#"{"user": "u", "groups": ["g"]}"#),
            creates("aws_iam_group_membership.m", r#"{"name": "m", "group": "g", "users": ["u"]}"#),
        ] {
            let world = world(&[ROLE, USER, GROUP, POLICY, planned, membership]);
            let of = |lines: &[&str]| -> Vec<String> {
                lines.iter().filter(|line| !line.is_empty()).map(|line| (*line).to_owned()).collect()
            };
            assert_eq!(identity(&world, "tf:aws_iam_role.r"), of(&expected[..1]), "{planned:?}");
            assert_eq!(identity(&world, "tf:aws_iam_user.u"), of(&expected[1..]), "{planned:?}");
        }
    }
}

#[test]
fn roles_have_what_stands_in_them() {
    let role = Planned {
        after: Box::leak(
            format!(
                r#"{{"name": "r", "path": "/x/", "assume_role_policy": {TRUST}, "permissions_boundary": "arn:aws:iam::111111111111:policy/p",
                    "inline_policy": [{{"name": "i", "policy": {ALLOW}}}, {{"name": "", "policy": ""}}],
                    "managed_policy_arns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"], "tags": {{"team": "red"}}}}"#
            )
            .into_boxed_str(),
        ),
        unknown: r#"{"arn": true, "inline_policy": [{}, {}], "managed_policy_arns": [false], "tags_all": true}"#,
        ..ROLE
    };
    let world = world(&[role, POLICY]);
    let known = world.principal("tf:aws_iam_role.r").unwrap();
    assert_eq!(known.principal().to_string(), "arn:aws:iam::111111111111:role/x/r");
    assert_eq!(known.boundary().map(|attached| line(&world, attached)).as_deref(), Some(P));
    let policies = identity(&world, "tf:aws_iam_role.r");
    assert_eq!(policies[0], "tf:aws_iam_role.r/i: Allow s3:GetObject");
    assert!(policies[1].starts_with("aws:ReadOnlyAccess: "), "{policies:?}");
    assert_eq!(
        known.trust().map(|trust| line(&world, trust)).as_deref(),
        Some("tf:aws_iam_role.r/trust: Allow sts:AssumeRole")
    );
}

/// What AWS fills in is what other resources say, or what they said before they are deleted.
#[test]
fn what_is_filled_in_is_not_there_twice_or_after_its_end() {
    const KNOWN: Planned = creates(
        "aws_iam_role.r",
        with_policy!(
            r#"{"name": "r", "path": "/", "arn": "arn:aws:iam::111111111111:role/r", "id": "r",
                "managed_policy_arns": ["arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::111111111111:policy/p"],
                "inline_policy": [{"name": "own", "policy": "#,
            "}]}"
        ),
    )
    .written(r#"{"name": {}}"#)
    .stays();
    const ATTACHED: Planned = creates(
        "aws_iam_role_policy_attachment.a",
        r#"{"role": "r", "policy_arn": "arn:aws:iam::111111111111:policy/p"}"#,
    )
    .written(r#"{"role": {}, "policy_arn": {}}"#);
    const OWN: Planned =
        creates("aws_iam_role_policy.own", with_policy!(r#"{"name": "own", "role": "r", "policy": "#, "}"))
            .written(r#"{"name": {}, "role": {}, "policy": {}}"#);
    const POLICY_NOW: Planned = creates(
        "aws_iam_policy.p",
        with_policy!(r#"{"name": "p", "path": "/", "arn": "arn:aws:iam::111111111111:policy/p", "policy": "#, "}"),
    )
    .written(r#"{"name": {}, "policy": {}}"#)
    .stays();
    let names = |planned: &[Planned]| -> Vec<String> {
        let world = world(planned);
        let known = world.principal("tf:aws_iam_role.r").unwrap();
        let mut names: Vec<String> = known.identity().iter().map(|attached| attached.policy.name.clone()).collect();
        names.sort();
        names
    };
    assert_eq!(
        names(&[KNOWN, POLICY_NOW, ATTACHED.stays(), OWN.stays()]),
        ["aws:ReadOnlyAccess", "tf:aws_iam_policy.p", "tf:aws_iam_role_policy.own"]
    );
    assert_eq!(names(&[KNOWN, POLICY_NOW, ATTACHED.deleted(), OWN.deleted()]), ["aws:ReadOnlyAccess"]);
    // What nobody else says, somebody attached by hand.
    assert_eq!(names(&[KNOWN, POLICY_NOW]), ["aws:ReadOnlyAccess", "tf:aws_iam_policy.p", "tf:aws_iam_role.r/own"]);
    // What the source of the role lists is there although the resource beside it goes.
    let written = KNOWN.written(r#"{"name": {}, "managed_policy_arns": {}, "inline_policy": [{}]}"#);
    assert_eq!(
        names(&[written, POLICY_NOW, ATTACHED.deleted(), OWN.deleted()]),
        ["aws:ReadOnlyAccess", "tf:aws_iam_policy.p", "tf:aws_iam_role.r/own"]
    );
}

#[test]
fn exclusive_lists_may_take_others_away() {
    const LIST: Planned = creates(
        "aws_iam_role_policy_attachments_exclusive.e",
        r#"{"role_name": "r", "policy_arns": ["arn:aws:iam::111111111111:policy/p"]}"#,
    );
    const OTHER: Planned = creates(
        "aws_iam_role_policy_attachment.o",
        r#"{"role": "r", "policy_arn": "arn:aws:iam::aws:policy/AWSDenyAll"}"#,
    );
    let lines = identity(&world(&[ROLE, POLICY, LIST, OTHER]), "tf:aws_iam_role.r");
    let taken = "aws_iam_role_policy_attachments_exclusive.e takes others away";
    assert_eq!(lines.len(), 2);
    assert!(lines.contains(&P.to_owned()), "{lines:?}");
    assert!(lines.contains(&format!("aws:AWSDenyAll: Deny * if {taken}")), "{lines:?}");
    assert_eq!(
        identity(&world(&[ROLE, NAMES, A, B]), "tf:aws_iam_role.r"),
        [
            "tf:aws_iam_role_policy.a: Allow s3:GetObject",
            "tf:aws_iam_role_policy.b: Allow s3:GetObject if aws_iam_role_policies_exclusive.e takes others away",
        ]
    );
}

/// Types that are the policy of another resource: the resource, its name, the type with the policy, the argument that names
/// the resource, and the argument that is the policy.
const POLICIES_OF_RESOURCES: &[(&str, &str, &str, &str, &str)] = &[
    ("aws_s3_bucket", "bucket", "aws_s3_bucket_policy", "bucket", "policy"),
    ("aws_sqs_queue", "name", "aws_sqs_queue_policy", "queue_url", "policy"),
    ("aws_sns_topic", "name", "aws_sns_topic_policy", "arn", "policy"),
    ("aws_kms_key", "description", "aws_kms_key_policy", "key_id", "policy"),
    ("aws_secretsmanager_secret", "name", "aws_secretsmanager_secret_policy", "secret_arn", "policy"),
    ("aws_ecr_repository", "name", "aws_ecr_repository_policy", "repository", "policy"),
    ("aws_efs_file_system", "creation_token", "aws_efs_file_system_policy", "file_system_id", "policy"),
    ("aws_backup_vault", "name", "aws_backup_vault_policy", "backup_vault_name", "policy"),
    ("aws_cloudwatch_event_bus", "name", "aws_cloudwatch_event_bus_policy", "event_bus_name", "policy"),
    (
        "aws_cloudwatch_log_destination",
        "name",
        "aws_cloudwatch_log_destination_policy",
        "destination_name",
        "access_policy",
    ),
    ("aws_api_gateway_rest_api", "name", "aws_api_gateway_rest_api_policy", "rest_api_id", "policy"),
    ("aws_opensearch_domain", "domain_name", "aws_opensearch_domain_policy", "domain_name", "access_policies"),
    ("aws_elasticsearch_domain", "domain_name", "aws_elasticsearch_domain_policy", "domain_name", "access_policies"),
    ("aws_dynamodb_table", "name", "aws_dynamodb_resource_policy", "resource_arn", "policy"),
    ("aws_kinesis_stream", "name", "aws_kinesis_resource_policy", "resource_arn", "policy"),
    ("aws_codeartifact_domain", "domain", "aws_codeartifact_domain_permissions_policy", "domain", "policy_document"),
    ("aws_s3_access_point", "name", "aws_s3control_access_point_policy", "access_point_arn", "policy"),
    ("aws_s3tables_table_bucket", "name", "aws_s3tables_table_bucket_policy", "table_bucket_arn", "resource_policy"),
    ("aws_msk_cluster", "cluster_name", "aws_msk_cluster_policy", "cluster_arn", "policy"),
    ("aws_vpclattice_service", "name", "aws_vpclattice_auth_policy", "resource_identifier", "policy"),
];

#[test]
fn policies_of_resources_are_attached_to_them() {
    let leak = |text: String| -> &'static str { Box::leak(text.into_boxed_str()) };
    let policy = with_resource_policy!("", "");
    for (holder, name, kind, by, argument) in POLICIES_OF_RESOURCES {
        let attribute = match *by {
            "bucket" | "queue_url" | "key_id" | "file_system_id" | "rest_api_id" | "resource_identifier" => "id",
            _ if by.ends_with("arn") => "arn",
            _ => name,
        };
        let holder_address = leak(format!("{holder}.h"));
        let planned = creates(holder_address, leak(format!(r#"{{"{name}": "h"}}"#)))
            .unknown(r#"{"arn": true, "id": true, "url": true, "key_id": true, "policy": true}"#)
            .written(leak(format!(r#"{{"{name}": {{}}}}"#)));
        // Its name may be known, or not.
        let by_name = creates(leak(format!("{kind}.p")), leak(format!(r#"{{"{by}": "h", "{argument}": {policy}}}"#)));
        let by_reference = creates(leak(format!("{kind}.p")), leak(format!(r#"{{"{argument}": {policy}}}"#)))
            .unknown(leak(format!(r#"{{"{by}": true}}"#)))
            .written(leak(format!(
                r#"{{"{by}": {{"references": ["{holder_address}.{attribute}", "{holder_address}"]}}, "{argument}": {{}}}}"#
            )));
        let attached = if attribute == *name { by_name } else { by_reference };
        let world = world(&[planned, attached]);
        let is = resource(&world, &format!("tf:{holder}.h"));
        assert_eq!(is.as_deref().map(|line| line.ends_with(": Allow *")), Some(true), "{kind}: {is:?}");
        let told: Vec<&str> = world.warnings().iter().map(|warning| warning.diagnostic.message()).collect();
        assert!(told.iter().all(|said| said.contains("is taken to be what it refers to")), "{kind}: {told:?}");
    }
}

/// A policy that AWS tells of is that of the resource beside it, also where that is new or goes.
#[test]
fn the_policy_of_a_resource_is_the_one_that_will_be() {
    const BUCKET: Planned = creates(
        "aws_s3_bucket.b",
        with_resource_policy!(r#"{"bucket": "b", "arn": "arn:aws:s3:::b", "id": "b", "policy": "#, "}"),
    )
    .written(r#"{"bucket": {}}"#)
    .stays();
    const NEW: Planned = creates("aws_s3_bucket_policy.p", with_policy!(r#"{"bucket": "b", "policy": "#, "}"))
        .written(r#"{"bucket": {}, "policy": {}}"#);
    assert_eq!(resource(&world(&[BUCKET]), "tf:aws_s3_bucket.b").as_deref(), Some("tf:aws_s3_bucket.b: Allow *"));
    assert_eq!(resource(&world(&[BUCKET, NEW.deleted()]), "tf:aws_s3_bucket.b"), None);
    let now = NEW.written("{}");
    let now = Planned { after: with_resource_policy!(r#"{"bucket": "b", "policy": "#, "}"), ..now };
    assert_eq!(
        resource(&world(&[BUCKET, now]), "tf:aws_s3_bucket.b").as_deref(),
        Some("tf:aws_s3_bucket_policy.p: Allow *")
    );
    assert_eq!(resource(&world(&[KEY]), "tf:aws_kms_key.k").as_deref(), Some("tf:aws_kms_key.k: Allow *"));
    assert_eq!(
        resource(&world(&[KEY, OF_KEY.deleted()]), "tf:aws_kms_key.k").as_deref(),
        Some("tf:aws_kms_key.k/default: Allow kms:*")
    );
    assert_eq!(resource(&world(&[KEY, OF_KEY]), "tf:aws_kms_key.k").as_deref(), Some("tf:aws_kms_key.k: Allow *"));
}

#[test]
fn a_permission_is_a_statement() {
    let function = creates("aws_lambda_function.f", r#"{"function_name": "f"}"#)
        .unknown(r#"{"arn": true, "id": true}"#)
        .written(r#"{"function_name": {}}"#);
    let permission = creates(
        "aws_lambda_permission.p",
        r#"{"function_name": "f", "action": "lambda:InvokeFunction", "principal": "s3.amazonaws.com",
            "source_account": "222222222222"}"#,
    )
    .unknown(r#"{"source_arn": true}"#)
    .written(r#"{"function_name": {}, "source_arn": {"references": ["aws_s3_bucket.b.arn", "aws_s3_bucket.b"]}}"#);
    let world = world(&[function, permission]);
    let policy = world.resources()["tf:aws_lambda_function.f"].policy.as_ref().unwrap();
    let text = symbols(&world, &policy.policy.document().to_string());
    for part in [
        r#""Resource":"arn:aws:lambda:eu-west-1:111111111111:function:f""#,
        r#""aws:SourceArn":"${unknown:aws_lambda_permission.p.source_arn}""#,
        r#""aws:SourceAccount":"222222222222""#,
    ] {
        assert!(text.contains(part), "{text}");
    }
    assert_eq!(policy.policy.origin().unwrap().address, "aws_lambda_permission.p");
}

fn symbols(world: &iameval_world::World, text: &str) -> String {
    super::symbols(world).display(text).replace(": ", ":")
}

#[test]
fn permission_sets_have_their_parts() {
    let set = creates("aws_ssoadmin_permission_set.s", r#"{"name": "Admin"}"#)
        .unknown(r#"{"arn": true, "id": true}"#)
        .written(r#"{"name": {}}"#);
    let inline = creates("aws_ssoadmin_permission_set_inline_policy.i", with_policy!(r#"{"inline_policy": "#, "}"))
        .unknown(r#"{"permission_set_arn": true}"#)
        .written(OF_SET);
    let managed = creates(
        "aws_ssoadmin_managed_policy_attachment.m",
        r#"{"managed_policy_arn": "arn:aws:iam::aws:policy/AWSDenyAll"}"#,
    )
    .unknown(r#"{"permission_set_arn": true}"#)
    .written(OF_SET);
    let boundary = creates(
        "aws_ssoadmin_permissions_boundary_attachment.b",
        r#"{"permissions_boundary": [{"managed_policy_arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}]}"#,
    )
    .unknown(r#"{"permission_set_arn": true, "permissions_boundary": [{}]}"#)
    .written(OF_SET);
    let assignment =
        creates("aws_ssoadmin_account_assignment.a", r#"{"target_id": "333333333333", "target_type": "AWS_ACCOUNT"}"#)
            .unknown(r#"{"permission_set_arn": true}"#)
            .written(OF_SET);
    let world = world(&[set, inline, managed, boundary, assignment]);
    let known = world.principal("tf:aws_ssoadmin_permission_set.s").unwrap();
    assert_eq!(known.boundary().map(|attached| &*attached.policy.name), Some("aws:ReadOnlyAccess"));
    assert!(known.principal().to_string().contains("333333333333"), "{}", known.principal());
    assert_eq!(
        identity(&world, "tf:aws_ssoadmin_permission_set.s"),
        ["tf:aws_ssoadmin_permission_set.s: Allow s3:GetObject", "aws:AWSDenyAll: Deny *"]
    );
}

#[test]
fn organization_policies_bind_their_targets() {
    let deny = r#"{"name": "d", "type": "SERVICE_CONTROL_POLICY", "content": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Deny\", \"Action\": \"s3:*\", \"Resource\": \"*\"}]}"}"#;
    let policy = creates("aws_organizations_policy.d", deny)
        .unknown(r#"{"arn": true, "id": true}"#)
        .written(r#"{"content": {}, "name": {}}"#);
    let attached = creates("aws_organizations_policy_attachment.a", r#"{"target_id": "111111111111"}"#)
        .unknown(r#"{"policy_id": true}"#)
        .written(OF_D);
    let world = world(&[USER, policy, attached]);
    let account = world.account_facts("111111111111".parse().unwrap()).unwrap();
    let scps = account.scps.iter().flat_map(|level| &level.policies);
    let names: Vec<&str> = scps.map(|attached| &*attached.policy.name).collect();
    assert_eq!(names, ["tf:aws_organizations_policy.d", "aws:FullAWSAccess"]);
}

#[test]
fn organization_policies_bind_the_accounts_of_a_unit() {
    let deny = r#"{"name": "d", "type": "SERVICE_CONTROL_POLICY", "content": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Deny\", \"Action\": \"s3:*\", \"Resource\": \"*\"}]}"}"#;
    let policy = creates("aws_organizations_policy.d", deny)
        .unknown(r#"{"arn": true, "id": true}"#)
        .written(r#"{"content": {}, "name": {}}"#);
    let unit = creates("aws_organizations_organizational_unit.u", r#"{"name": "prod", "parent_id": "r-ab12"}"#)
        .unknown(r#"{"arn": true, "id": true}"#)
        .written(r#"{"name": {}, "parent_id": {}}"#);
    let inner = creates("aws_organizations_organizational_unit.i", r#"{"name": "inner", "id": "ou-ab12-inner"}"#)
        .unknown(r#"{"arn": true, "parent_id": true}"#)
        .written(
            r#"{"name": {}, "parent_id": {"references": ["aws_organizations_organizational_unit.u.id", "aws_organizations_organizational_unit.u"]}}"#,
        );
    let account =
        |name: &'static str, after: &'static str| creates(name, after).written(r#"{"name": {}, "parent_id": {}}"#);
    let attached =
        |name: &'static str, after: &'static str| creates(name, after).unknown(r#"{"policy_id": true}"#).written(OF_D);
    let to_unit = creates("aws_organizations_policy_attachment.u", "{}")
        .unknown(r#"{"policy_id": true, "target_id": true}"#)
        .written(
            r#"{"policy_id": {"references": ["aws_organizations_policy.d.id", "aws_organizations_policy.d"]}, "target_id": {"references": ["aws_organizations_organizational_unit.u.id", "aws_organizations_organizational_unit.u"]}}"#,
        );
    let one = account(
        "aws_organizations_account.one",
        r#"{"name": "one", "id": "111111111111", "parent_id": "ou-ab12-inner"}"#,
    );
    let other =
        account("aws_organizations_account.other", r#"{"name": "other", "id": "222222222222", "parent_id": "r-ab12"}"#);
    let to_inner = attached("aws_organizations_policy_attachment.i", r#"{"target_id": "ou-ab12-inner"}"#);
    let to_root = attached("aws_organizations_policy_attachment.r", r#"{"target_id": "r-ab12"}"#);
    let world = world(&[USER, policy, unit, inner, one, other, to_unit, to_inner, to_root]);
    let levels = |account: &str| -> Vec<String> {
        let account = world.account_facts(account.parse().unwrap()).unwrap();
        account.scps.iter().map(|level| format!("{} {}", level.name, level.policies.len())).collect()
    };
    let units = ["tf:aws_organizations_organizational_unit.u 2", "tf:aws_organizations_organizational_unit.i 2"];
    assert_eq!(levels("111111111111"), ["root 2", units[0], units[1]]);
    assert_eq!(levels("222222222222"), ["root 2"]);
}

#[test]
fn endpoints_have_their_policies() {
    let endpoint = creates("aws_vpc_endpoint.e", with_resource_policy!(r#"{"vpc_id": "vpc-1", "policy": "#, "}"))
        .unknown(r#"{"id": true, "arn": true}"#)
        .written(r#"{"policy": {}}"#);
    let world = world(&[endpoint]);
    assert_eq!(world.endpoints()["tf:aws_vpc_endpoint.e"].policies.len(), 1);
}
