//! Files that use each other, versions, definitions that replace others.

use super::*;

const BASE: &str = "account: '111122223333'\npolicies: { read: aws:ReadOnlyAccess }\ngroups: { all: [read] }\nprincipals: { jane: { user: jane, groups: all } }\n";

#[test]
fn a_world_uses_others_relative_to_itself() {
    let world = load(&[
        ("worlds/team/world.yaml", "use: [../base.yaml]\nprincipals: { john: { user: john, groups: [all] } }\n"),
        ("worlds/base.yaml", BASE),
    ]);
    let world = world.unwrap();
    assert_eq!(world.files(), ["worlds/base.yaml", "worlds/team/world.yaml"]);
    assert_eq!(world.principals().keys().collect::<Vec<_>>(), ["jane", "john"]);
    // A file without an account of its own takes that of the world.
    assert_eq!(world.principals()["john"].principal().id(), Some("arn:aws:iam::111122223333:user/john"));
}

#[test]
fn one_used_file_may_stand_alone() {
    assert!(load(&[("world.yaml", "use: base.yaml\n"), ("base.yaml", BASE)]).is_ok());
}

#[test]
fn diamonds_and_cycles_are_read_once() {
    let diamond = [
        ("world.yaml", "use: [left.yaml, right.yaml]\n"),
        ("left.yaml", "use: [base.yaml]\n"),
        ("right.yaml", "use: [./base.yaml]\n"),
        ("base.yaml", BASE),
    ];
    assert_eq!(load(&diamond).unwrap().files(), ["base.yaml", "left.yaml", "right.yaml", "world.yaml"]);
    let cycle = [
        ("world.yaml", "use: [other.yaml]\npolicies: { read: aws:ReadOnlyAccess }\n"),
        (
            "other.yaml",
            "use: [world.yaml]\naccount: '111122223333'\nprincipals: { jane: { user: jane, policies: [read] } }\n",
        ),
    ];
    assert_eq!(load(&cycle).unwrap().principals()["jane"].identity().len(), 1);
    assert!(load(&[("world.yaml", "use: [world.yaml]\n")]).is_ok());
}

#[test]
fn names_belong_to_the_account_and_partition_of_their_file() {
    let world = load(&[
        ("world.yaml", "use: [other.yaml]\naccount: '111122223333'\nprincipals: { jane: { user: jane } }\n"),
        ("other.yaml", "account: '444455556666'\npartition: aws-cn\nprincipals: { john: { user: john } }\n"),
    ]);
    let world = world.unwrap();
    assert_eq!(world.account().unwrap().as_str(), "111122223333");
    let id = |name: &str| world.principals()[name].principal().id().unwrap();
    assert_eq!(id("john"), "arn:aws-cn:iam::444455556666:user/john");
    assert_eq!(id("jane"), "arn:aws-cn:iam::111122223333:user/jane");
}

#[test]
fn a_missing_file_is_blamed_where_it_is_named() {
    refused(
        "version: 1\nuse: [none.yaml]\n",
        "2:7: cannot read `none.yaml`: no such file (paths are relative to the world file)",
    );
    refused("use: [1]\n", "1:7: `use` must be a string, found a number");
    refused_files(
        &[("world.yaml", "use: [other.yaml]\n"), ("other.yaml", "polcies: {}\n")],
        "other.yaml:1:1: `polcies` is not a field of a world (did you mean `policies`?)",
    );
}

#[test]
fn every_kind_of_definition_can_be_overridden() {
    let base = format!(
        "account: '111122223333'
policies: {{ p: aws:ReadOnlyAccess }}
groups: {{ g: [p] }}
principals: {{ who: {{ user: who }} }}
resources: {{ bucket: {{ arn: 'arn:aws:s3:::a' }} }}
organization: {{ id: o-aaaaaaaaaa }}
accounts: {{ '111122223333': {{ scps: [[p]] }} }}
endpoints: {{ door: {{ policies: [{OPEN}] }} }}
contexts: {{ here: {{ 'aws:SourceIp': 192.0.2.1 }} }}
"
    );
    let over = "use: [base.yaml]
policies: { p: { policy: aws:PowerUserAccess, override: true } }
groups: { g: { policies: [p, aws:IAMUserChangePassword], override: true } }
principals: { who: { role: who, override: true } }
resources: { bucket: { arn: 'arn:aws:s3:::b', override: true } }
organization: { id: o-bbbbbbbbbb, override: true }
accounts: { '111122223333': { management: true, override: true } }
endpoints: { door: { gateway: true, override: true } }
contexts: { here: { 'aws:SourceIp': 192.0.2.2, override: true } }
";
    let world = load(&[("world.yaml", over), ("base.yaml", &base)]).unwrap();
    let names: Vec<&str> = world.policies().iter().map(|known| known.policy.name.as_str()).collect();
    assert_eq!(names, ["aws:PowerUserAccess", "aws:IAMUserChangePassword"]);
    assert_eq!(world.principals()["who"].principal().id(), Some("arn:aws:iam::111122223333:role/who"));
    assert_eq!(world.resources()["bucket"].arn.as_str(), "arn:aws:s3:::b");
    let account = world.account_facts("111122223333".parse().unwrap()).unwrap();
    assert_eq!(
        (account.organization.as_deref(), account.management, account.scps.len()),
        (Some("o-bbbbbbbbbb"), Some(true), 0)
    );
    assert!(world.endpoints()["door"].gateway && world.endpoints()["door"].policies.is_empty());
    assert_eq!(value(&world.contexts()["here"], "aws:SourceIp").unwrap(), "192.0.2.2");
    assert!(world.contexts()["here"].value(&ContextKey::new("override")).is_none());
    for section in ["policies: { p: aws:PowerUserAccess }", "groups: { g: [] }", "principals: { who: { user: x } }"] {
        let text = format!("use: [base.yaml]\n{section}\n");
        let found = told(&load(&[("world.yaml", &text), ("base.yaml", &base)]).unwrap_err());
        assert!(found.contains("is defined twice (it is also defined in base.yaml; `override: true`"), "{found}");
    }
    refused_files(
        &[("world.yaml", "use: [base.yaml]\norganization: { id: o-cccccccccc }\n"), ("base.yaml", &base)],
        "world.yaml:2:15: the organization is defined twice (it is also defined in base.yaml; `override: true` makes \
        this one replace it)",
    );
}

#[test]
fn an_override_must_have_something_to_override() {
    refused(
        "principals: { jane: { user: jane }, jan: { user: jan, override: true } }\naccount: '111122223333'\n",
        "1:37: the principal `jan` overrides nothing: there is no earlier one of that name (did you mean `jane`?)",
    );
    refused("organization: { override: true }\n", "1:15: the organization overrides nothing: there is no earlier one");
    refused("contexts: { a: { x: 1 }, a: { x: 2, override: true } }\n", "1:26: the context `a` is defined twice");
    refused(
        "groups: { g: { override: true } }\n",
        "1:11: the group `g` overrides nothing: there is no earlier one of that name",
    );
    refused("policies: { g: { override: 1 } }\n", "1:28: `override` must be true or false, found a number");
}

#[test]
fn json_worlds() {
    let text = "{\n\t\"version\": 1,\n\t\"account\": \"111122223333\",\n\t\"principals\": {\"j\\u00fcrgen\": {\"user\": \"j\", \"policies\": [\"aws:ReadOnlyAccess\"]}}\n}\n";
    let world = load(&[("world.json", text)]).unwrap();
    assert!(world.principals().contains_key("jürgen"));
    refused_files(
        &[("world.json", "{\"version\": 1,\n \"principal\": {}}\n")],
        "world.json:2:2: `principal` is not a field of a world (did you mean `principals`?)",
    );
    refused_files(
        &[("world.json", "{\"version\": 1,\n \"a\" 2}\n")],
        "world.json:2:6: expected `:` after the member name, found `2`",
    );
    // YAML may begin like JSON.
    assert!(load(&[("world.yaml", "{ version: 1, policies: {} }\n")]).is_ok());
}

#[test]
fn versions() {
    assert!(load(&[("world.yaml", "version: 1\n")]).is_ok());
    let help = "(write `version: 1`; a newer version needs a newer iameval)";
    refused("version: 2\n", &format!("1:10: version 2 of world files is not known; this is 1 {help}"));
    refused("version: 1.0\n", &format!("1:10: version 1.0 of world files is not known; this is 1 {help}"));
    refused(
        "version: \"1\"\n",
        "1:10: `version` must be a number, found a string (write `version: 1`, without quotes)",
    );
    refused("version: 1\nversion: 1\n", "2:1: `version` is given twice (remove one of the two)");
}

#[test]
fn sources_of_other_formats_need_someone_who_reads_them() {
    let of = |place: &str, kind: &str| format!("{place}: `{kind}` is not a kind of source (the kinds are `account`)");
    refused("sources: [terraform: plan.json]\n", &of("1:11", "terraform"));
    refused("sources:\n  - cloudformation: t.yaml\n", &of("2:5", "cloudformation"));
    refused("sources: [acount: x.json]\n", "1:11: `acount` is not a kind of source (did you mean `account`?)");
    refused(
        "sources: [x.json]\n",
        "1:11: a source must be `KIND: FILE` (such as `- account: authorization-details.json`)",
    );
}

#[test]
fn tests_are_for_those_who_run_them() {
    assert!(load(&[("x.iamtest.yaml", "version: 1\ntests:\n  - name: x\n    expct: allow\n")]).is_ok());
}

#[test]
fn empty_sections_hold_nothing() {
    assert!(load(&[("world.yaml", "version: 1\npolicies:\ngroups:\nprincipals:\nresources: {}\n")]).is_ok());
}

#[test]
fn everything_that_is_wrong_in_a_section_is_told() {
    refused(
        "account: '111122223333'\nprincipals:\n  a: { user: a, policies: [x] }\n  b: { usr: b }\n  c: { user: c }\n",
        "3:28: no policy `x` is defined (define it under `policies`, with its file)\nworld.yaml:4:8: `usr` is not a \
        field of a \
         principal (did you mean `user`?)",
    );
}
