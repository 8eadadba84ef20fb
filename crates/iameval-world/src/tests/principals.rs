//! Principals of every kind, and who has which field.

use super::*;

const HEAD: &str = "account: '111122223333'\nprincipals: { x: ";

fn id(fields: &str) -> String {
    let world = world(&format!("{HEAD}{fields} }}\n"));
    world.principals()["x"].principal().id().unwrap().to_owned()
}

#[track_caller]
fn wrong(fields: &str, expected: &str) {
    let found = load(&[("world.yaml", &format!("{HEAD}{fields} }}\n"))]).expect_err("something is wrong");
    let told = told(&found);
    let told = told.trim_end().splitn(4, ':').nth(3).unwrap().trim_start();
    assert_eq!(told, expected);
}

#[test]
fn of_every_kind() {
    assert_eq!(id("{ user: ops/jane }"), "arn:aws:iam::111122223333:user/ops/jane");
    assert_eq!(id("{ user: 'arn:aws:iam::444455556666:user/jane' }"), "arn:aws:iam::444455556666:user/jane");
    assert_eq!(id("{ role: ci/deploy }"), "arn:aws:iam::111122223333:role/ci/deploy");
    assert_eq!(id("{ role: ci/deploy, session: b-7 }"), "arn:aws:sts::111122223333:assumed-role/deploy/b-7");
    assert_eq!(id("{ federated: kiosk }"), "arn:aws:sts::111122223333:federated-user/kiosk");
    assert_eq!(id("{ federated: kiosk, user: jane }"), "arn:aws:sts::111122223333:federated-user/kiosk");
    assert_eq!(id("{ federated: accounts.google.com }"), "accounts.google.com");
    assert_eq!(
        id("{ federated: 'arn:aws:iam::111122223333:saml-provider/Okta' }"),
        "arn:aws:iam::111122223333:saml-provider/Okta"
    );
    assert_eq!(id("{ service: lambda.amazonaws.com }"), "lambda.amazonaws.com");
    assert_eq!(id("{ root: true }"), "arn:aws:iam::111122223333:root");
    assert_eq!(id("{ root: '444455556666' }"), "arn:aws:iam::444455556666:root");
    assert_eq!(id("{ anonymous: true }"), "anonymous");
}

#[test]
fn of_no_kind_or_two() {
    let one = "the principal `x` must be one of `user`, `role`, `federated`, `service`, `root`, `anonymous` (a \
    `federated` principal may also have its `user`)";
    wrong("{}", one);
    wrong("{ user: a, role: b }", one);
    wrong("{ federated: a, role: b }", one);
    wrong("{ anonymous: false }", "`anonymous` can only be `true`");
    wrong(
        "{ root: 444455556666 }",
        "`root` must be a string, found the number 444455556666 (put it in quotes, so that no digits are lost: \
        \"444455556666\")",
    );
    wrong(
        "{ service: lambda }",
        "`lambda` is not a principal: expected the ARN of a user, role, assumed-role session, federated user or \
        root, an AWS service such as `ec2.amazonaws.com`, an identity provider, or `anonymous`",
    );
    wrong(
        "{ service: accounts.google.com }",
        "`accounts.google.com` is not a service principal (such as `lambda.amazonaws.com`)",
    );
    wrong(
        "{ role: 'arn:aws:sts::111122223333:assumed-role/r/s' }",
        "`arn:aws:sts::111122223333:assumed-role/r/s` is not the ARN of a role (name the role, and the session with `session:`)",
    );
    wrong(
        "{ user: 'arn:aws:iam::111122223333:role/r' }",
        "`arn:aws:iam::111122223333:role/r` is not the ARN of a user (such as `arn:aws:iam::123456789012:user/NAME`, or the name alone)",
    );
    wrong(
        "{ role: r, session: a/b }",
        "`a/b` is not a session name (it is the last part of the session's ARN: letters, digits and `+=,.@-_`)",
    );
    wrong(
        "{ user: 'arn:aws:iam::x:user/j' }",
        "`arn:aws:iam::x:user/j` has no account: `x` is not an account id: expected 12 digits",
    );
    refused(
        "principals: { x: { user: j } }\n",
        "1:15: the principal is given by name, and the world has no `account` (write `account: \"123456789012\"` at the top of the world file)",
    );
}

#[test]
fn fields_are_for_those_who_have_them() {
    wrong("{ user: j, session: s }", "`session` is not for users (it names the session of a `role`)");
    wrong("{ user: j, trust: aws:ReadOnlyAccess }", "`trust` is not for users (a `role` has one)");
    wrong(
        "{ role: r, groups: [g] }",
        "`groups` is not for roles (a `user` can be in groups, and a `federated` session has those of its user)",
    );
    wrong(
        "{ service: ec2.amazonaws.com, policies: [] }",
        "`policies` is not for AWS services (policies can be attached to a `user`, a `role`, or the user of a \
        `federated` session)",
    );
    wrong(
        "{ root: true, boundary: x }",
        "`boundary` is not for the root user (policies can be attached to a `user`, a `role`, or the user of a \
        `federated` session)",
    );
    wrong(
        "{ root: true, session_policies: x }",
        "`session_policies` is not for the root user (they apply to a session of a `role`, a `federated` session \
        (`GetFederationToken`), and `root` with `assumed_root`; other credentials of a user or root are limited by \
        `scope_down`)",
    );
    wrong(
        "{ user: j, session_policies: aws:ReadOnlyAccess }",
        "`session_policies` is not for users (they apply to a session of a `role`, a `federated` session \
        (`GetFederationToken`), and `root` with `assumed_root`; other credentials of a user or root are limited by \
        `scope_down`)",
    );
    for (fields, who) in [
        ("service: ec2.amazonaws.com", "AWS services"),
        ("anonymous: true", "anonymous callers"),
        ("federated: accounts.google.com", "those who sign in with an identity provider"),
    ] {
        wrong(
            &format!("{{ {fields}, scope_down: aws:ReadOnlyAccess }}"),
            &format!(
                "`scope_down` is not for {who} (it limits sessions of a `role`, `federated` sessions, and \
                credentials of a `user` or `root`)"
            ),
        );
    }
    wrong(
        "{ user: j, long_term_credentials: true, scope_down: aws:ReadOnlyAccess }",
        "long-term credentials cannot be scoped down (remove `long_term_credentials` or `scope_down`)",
    );
    wrong(
        "{ anonymous: true, tags: {} }",
        "`tags` is not for anonymous callers (a `user`, a `role` or a `federated` session can have tags)",
    );
    wrong(
        "{ user: j, session_tags: {} }",
        "`session_tags` is not for users (a `role` or `federated` session can have them)",
    );
    wrong("{ federated: j, id: AIDA }", "`id` is not for federated users (it is the unique id of a `user` or `role`)");
    wrong("{ user: j, provider: p }", "`provider` is for role sessions, not for `arn:aws:iam::111122223333:user/j`");
    wrong(
        "{ role: r, long_term_credentials: true }",
        "`long_term_credentials` is for IAM users, not for `arn:aws:iam::111122223333:role/r`",
    );
    wrong(
        "{ user: j, assumed_root: true }",
        "`assumed_root` is for the root user, not for `arn:aws:iam::111122223333:user/j`",
    );
    wrong(
        "{ user: j, boundary: [aws:ReadOnlyAccess, aws:ReadOnlyAccess] }",
        "a principal can have at most one permissions boundary",
    );
    wrong(
        "{ federated: k, user: 'arn:aws:iam::444455556666:user/j' }",
        "`arn:aws:sts::111122223333:federated-user/k` does not fit the user `arn:aws:iam::444455556666:user/j`",
    );
}

#[test]
fn what_only_the_world_can_know() {
    let world = world(
        "account: '111122223333'
principals:
  jane: { user: jane, id: AIDAJANE, long_term_credentials: true, canonical_user_id: c0ffee }
  session: { role: r, session: s@x, id: AROAR, provider: 'arn:aws:iam::111122223333:saml-provider/Okta' }
  role: { role: q, id: AROAQ, service_linked_role: true }
  task: { root: true, assumed_root: true, session_policies: [aws:IAMReadOnlyAccess] }
",
    );
    let context = |name: &str| world.principal(name).unwrap().context().clone();
    assert_eq!(value(&context("jane"), "aws:userid").as_deref(), Some("AIDAJANE"));
    assert_eq!(value(&context("session"), "aws:userid").as_deref(), Some("AROAR:s@x"));
    assert_eq!(
        value(&context("session"), "aws:FederatedProvider").as_deref(),
        Some("arn:aws:iam::111122223333:saml-provider/Okta")
    );
    assert_eq!(value(&context("role"), "aws:userid"), None);
    let of_role = world.principal("arn:aws:sts::111122223333:assumed-role/q/night").unwrap();
    assert_eq!(value(of_role.context(), "aws:userid").as_deref(), Some("AROAQ:night"));
    assert_eq!(of_role.principal().principal_arn(), Some("arn:aws:iam::111122223333:role/q"));
    assert!(of_role.principal().is_service_linked_role());
    assert_eq!(world.principals()["task"].session().len(), 1);
    assert!(world.principal("arn:aws:sts::111122223333:assumed-role/other/night").is_none());
    assert!(world.principal("arn:aws:sts::444455556666:assumed-role/q/night").is_none());
}

#[test]
fn session_tags_stand_above_those_of_the_role() {
    let world = world(
        "account: '111122223333'\nprincipals: { x: { role: r, session: s, tags: { Team: a, stage: b }, session_tags: { team: c } } }\n",
    );
    let context = world.principals()["x"].context();
    assert_eq!(value(context, "aws:PrincipalTag/team").as_deref(), Some("c"));
    assert_eq!(value(context, "aws:PrincipalTag/stage").as_deref(), Some("b"));
}
