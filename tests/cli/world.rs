//! World files on the disk, and what can be wrong in them. `company.rs` asks a whole world.

use crate::run::{Folder, allow};
use std::fmt::Write;

const HEAD: &str = "version: 1\naccount: \"123456789012\"\npolicies:\n  s3: s3.json\n";

fn folder(world: &str) -> Folder {
    Folder::new().with("world.yaml", world).with("s3.json", allow("S3", "s3:*")).with("ec2.json", allow("Ec2", "ec2:*"))
}

/// The world with this after its head.
fn after_head(rest: &str) -> Folder {
    folder(&format!("{HEAD}{rest}"))
}

#[track_caller]
fn complains(rest: &str, lines: &str) {
    after_head(rest).run("simulate -w world.yaml s3:GetObject").complains(lines);
}

#[test]
fn the_only_principal_asks() {
    after_head("principals:\n  john: { user: john, policies: [s3] }\n")
        .run("simulate -w world.yaml s3:GetObject")
        .shows(
            0,
            r#"allow  s3:GetObject  on any resource of 123456789012
  by        s3#S3  s3.json:1:41  attached to john
       1 | {"Version": "2012-10-17", "Statement": [{"Sid": "S3", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
         |                                                                                    ^^^^^^ covers s3:GetObject
  layers    scp -  rcp -  endpoint -  resource -  identity allow  boundary -  session -
"#,
        );
}

#[test]
fn a_world_may_come_from_standard_input() {
    let world = format!("{HEAD}principals:\n  john: {{ user: john, policies: [s3, inline] }}\n").replace(
        "  s3: s3.json\n",
        "  s3: s3.json\n  inline: { Statement: [{ Sid: Inline, Effect: Allow, Action: \"ec2:*\", Resource: \"*\" }] }\n",
    );
    let folder = Folder::new().with("s3.json", allow("S3", "s3:*"));
    folder.run_with("simulate -w - s3:GetObject ec2:RunInstances", &world).shows(
        0,
        r#"allow     s3:GetObject      on any resource of 123456789012
allow     ec2:RunInstances  on any resource of 123456789012

allow  s3:GetObject  on any resource of 123456789012
  by        s3#S3  s3.json:1:41  attached to john
       1 | {"Version": "2012-10-17", "Statement": [{"Sid": "S3", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
         |                                                                                    ^^^^^^ covers s3:GetObject
  layers    scp -  rcp -  endpoint -  resource -  identity allow  boundary -  session -

allow  ec2:RunInstances  on any resource of 123456789012
  by        inline#Inline  standard input:5:25  attached to john
       5 |   inline: { Statement: [{ Sid: Inline, Effect: Allow, Action: "ec2:*", Resource: "*" }] }
         |                                                               ^^^^^^^ covers ec2:RunInstances
  layers    scp -  rcp -  endpoint -  resource -  identity allow  boundary -  session -
"#,
    );
    folder
        .run_with("simulate --world - s3:GetObject", "version: 2\n")
        .complains("error[IE0402]: version 2 of world files is not known; this is 1\n --> standard input:1:10");
    folder.run("simulate -w - s3:GetObject").complains("error[IE0004]: there is nothing in standard input");
}

#[test]
fn root_needs_no_attached_policies() {
    let folder = after_head("principals:\n  john: { user: john, policies: [s3] }\n");
    folder.run("simulate -w world.yaml --as arn:aws:iam::123456789012:root ec2:RunInstances").shows(
        0,
        "\
allow  ec2:RunInstances  on any resource of 123456789012
  why       root may do everything that no policy keeps from it
  layers    scp -  rcp -  endpoint -  resource -  identity -  boundary -  session -
",
    );
    folder.decides(
        "simulate -w world.yaml --as arn:aws:iam::123456789012:root --scp s3.json ec2:RunInstances",
        "implicit_deny by scp",
    );
}

#[test]
fn policies_reach_a_principal_in_every_way() {
    let folder = folder(
        r#"version: 1
account: "123456789012"
policies:
  s3: s3.json
  ec2: { Version: "2012-10-17", Statement: [{ Sid: Inline, Effect: Allow, Action: "ec2:*", Resource: "*" }] }
groups:
  developers: [s3]
principals:
  jane:
    user: jane
    groups: [developers]
    policies: [ec2]
    boundary: s3
  ci:
    role: pipelines/ci
    session: build-7
    policies: [s3, ec2]
    session_policies: [ec2]
defaults: { principal: jane }
"#,
    );
    folder.decides("simulate -w world.yaml s3:GetObject", "allowed by identity");
    folder.decides("simulate -w world.yaml --as jane ec2:RunInstances", "implicit_deny by boundary");
    folder.decides("simulate -w world.yaml --as ci ec2:RunInstances", "allowed by identity");
    folder.decides("simulate -w world.yaml --as ci s3:GetObject", "implicit_deny by session");
    folder
        .decides("simulate -w world.yaml --as arn:aws:iam::123456789012:user/jane s3:GetObject", "allowed by identity");
    let run = folder.run("simulate -w world.yaml -r * --as ci ec2:RunInstances");
    run.shows(
        0,
        r#"allow  ec2:RunInstances  on *
  by        ec2#Inline  world.yaml:5:45  attached to ci
       5 |   ec2: { Version: "2012-10-17", Statement: [{ Sid: Inline, Effect: Allow, Action: "ec2:*", Resource: "*" }] }
         |                                                                                   ^^^^^^^
         | covers ec2:RunInstances
  layers    scp -  rcp -  endpoint -  resource -  identity allow  boundary -  session allow
"#,
    );
}

#[test]
fn world_files_add_up() {
    let folder = after_head("principals:\n  john: { user: john, policies: [s3] }\n").with(
        "more.yaml",
        "version: 1\nprincipals:\n  jane: { user: jane, policies: [s3] }\ndefaults: { mfa: false }\n",
    );
    folder.decides("simulate -w world.yaml -w more.yaml --as jane s3:GetObject", "allowed by identity");
    folder.run("simulate -w world.yaml -w more.yaml s3:GetObject").complains(
        "\
error[IE0403]: the world has several principals and no default one
 = help: say who asks with `--as`: jane, john",
    );
    // A file that is named again is there already.
    folder.decides("simulate -w world.yaml -w ./world.yaml s3:GetObject", "allowed by identity");
    folder.write("copy.yaml", HEAD);
    folder.run("simulate -w world.yaml -w copy.yaml s3:GetObject").complains(
        "\
error[IE0402]: the policy `s3` is defined twice
 --> copy.yaml:4:3
4 |   s3: s3.json
  |   ^^
  = help: it is defined in world.yaml as well; `override: true` in this one makes it stand in for that",
    );
}

#[test]
fn defaults_of_a_world() {
    let folder = after_head(
        "principals:\n  john: { user: john, policies: [s3] }\ndefaults: { mfa: absent, context: { aws:SourceIp: 203.0.113.7 } }\n",
    );
    let results = folder.results("simulate -w world.yaml s3:GetObject");
    assert_eq!(results[0]["mfa"], "absent");
    let results = folder.results("simulate -w world.yaml --mfa true s3:GetObject");
    assert_eq!(results[0]["mfa"], "true");
}

#[test]
fn mistyped_names_are_shown_where_they_stand() {
    complains(
        "principals:\n  john: { user: john, policies: [s4] }\n",
        "\
error[IE0403]: no policy `s4` is defined
 --> world.yaml:6:34
6 |   john: { user: john, policies: [s4] }
  |                                  ^^
  = help: did you mean `s3`?",
    );
    complains(
        "groups:\n  devs: [s3]\nprincipals:\n  john: { user: john, groups: [dev] }\n",
        "\
error[IE0403]: no group `dev` is defined
 --> world.yaml:8:32
8 |   john: { user: john, groups: [dev] }
  |                                ^^^
  = help: did you mean `devs`?",
    );
    complains(
        "principals:\n  john: { user: john, policies: [s3] }\ndefaults: { principal: jon }\n",
        "\
error[IE0403]: no principal `jon` is defined
 --> world.yaml:7:24
7 | defaults: { principal: jon }
  |                        ^^^
  = help: did you mean `john`?",
    );
    let folder = after_head("principals:\n  john: { user: john, policies: [s3] }\n");
    for (name, mark) in [("jhon", "^^^^"), ("arn:aws:iam::123456789012:user/jon", "^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^")]
    {
        folder
            .run(&format!("simulate -w world.yaml --as {name} s3:GetObject"))
            .complains(&format!(" --> command line, --as:1:1\n1 | {name}\n  | {mark}"));
    }
    folder.run("simulate -w world.yaml --as jhon s3:GetObject").complains("  = help: did you mean `john`?");
}

#[test]
fn a_name_with_a_dot_is_a_name_beside_a_world() {
    Folder::new().run("simulate --example force-mfa --as john.do iam:ChangePassword").complains(
        "\
error[IE0403]: the world knows no principal `john.do`
 --> command line, --as:1:1
1 | john.do
  | ^^^^^^^
  = help: did you mean `john.doe`?",
    );
    Folder::new()
        .run("simulate --example force-mfa --as login.example.com iam:ChangePassword")
        .complains("error[IE0403]: the world knows no principal `login.example.com`\n --> command line, --as:1:1");
}

#[test]
fn files_that_a_world_names_are_blamed_where_they_are_named() {
    folder("version: 1\npolicies:\n  s3: s33.json\n").run("simulate -w world.yaml s3:GetObject").complains(
        "\
error[IE0001]: cannot read `s33.json`: no such file
 --> world.yaml:3:7
3 |   s3: s33.json
  |       ^^^^^^^^
  = help: did you mean `s3.json`?",
    );
    let folder = after_head("").with("s3.json", "{\n  \"Statemnt\": []\n}\n");
    folder.run("simulate -w world.yaml s3:GetObject").complains(
        "\
error[IE0203]: `Statemnt` is no element of a policy document
 --> s3.json:2:3
2 |   \"Statemnt\": []
  |   ^^^^^^^^^^
  = help: did you mean `Statement`?",
    );
}

#[test]
fn malformed_documents_inside_a_world_are_blamed_there() {
    folder("version: 1\npolicies:\n  s3:\n    Version: \"2012-10-17\"\n    Statement:\n      - { Effect: Alow, Action: \"*\", Resource: \"*\" }\n")
        .run("simulate -w world.yaml s3:GetObject")
        .complains(
            "\
error[IE0206]: `Alow` is no effect: expected `Allow` or `Deny`
 --> world.yaml:6:19
6 |       - { Effect: Alow, Action: \"*\", Resource: \"*\" }
  |                   ^^^^
  = help: did you mean `Allow`?",
        );
}

#[test]
fn unknown_fields_have_a_suggestion() {
    complains(
        "principal:\n  john: { user: john }\n",
        "\
error[IE0402]: `principal` is no field of a world
 --> world.yaml:5:1
5 | principal:
  | ^^^^^^^^^
  = help: did you mean `principals`?",
    );
    complains(
        "principals:\n  john: { usr: john }\n",
        "\
error[IE0402]: `usr` is no field of a principal
 --> world.yaml:6:11
6 |   john: { usr: john }
  |           ^^^
  = help: did you mean `user`?",
    );
}

#[test]
fn an_account_keeps_its_zeroes() {
    folder("version: 1\naccount: 012345678901\n").run("simulate -w world.yaml s3:GetObject").complains(
        "\
error[IE0402]: `account` must be a string, found the number 012345678901
 --> world.yaml:2:10
2 | account: 012345678901
  |          ^^^^^^^^^^^^
  = help: put it in quotes, so that no digit is lost: \"012345678901\"",
    );
    folder("version: 1\naccount: \"12345\"\n").run("simulate -w world.yaml s3:GetObject").complains(
        "\
error[IE0402]: `12345` is not an account id: expected 12 digits
 --> world.yaml:2:10",
    );
}

#[test]
fn what_there_can_be_one_of() {
    complains(
        "  s3: ec2.json\n",
        "\
error[IE0402]: the policy `s3` is defined twice
 --> world.yaml:5:3
4 |   s3: s3.json
  |   -- first defined here
5 |   s3: ec2.json
  |   ^^",
    );
    complains(
        "principals:\n  john: { user: john, policies: [s3], boundary: [s3, s3] }\n",
        "\
error[IE0402]: a principal has one permissions boundary at most
 --> world.yaml:6:49
6 |   john: { user: john, policies: [s3], boundary: [s3, s3] }
  |                                                 ^^^^^^^^",
    );
    complains(
        "principals:\n  john: { user: john, role: r }\n",
        "\
error[IE0402]: the principal `john` must be one of `user`, `role`, `federated`, `service`, `root`, `anonymous`
 --> world.yaml:6:3",
    );
}

#[test]
fn worlds_use_others() {
    let folder = Folder::new()
        .with("s3.json", allow("S3", "s3:*"))
        .with(
            "shared/base.yaml",
            "account: \"123456789012\"\npolicies: { s3: ../s3.json }\nuse: [../teams/a/world.yaml]\n",
        )
        .with(
            "teams/a/world.yaml",
            "use: [../../shared/base.yaml]\nprincipals: { john: { user: john, policies: [s3] } }\n",
        );
    folder.decides("simulate -w teams/a/world.yaml s3:GetObject", "allowed by identity");
    let run = folder.run("simulate -v -w teams/a/world.yaml s3:GetObject");
    assert!(
        run.stderr.starts_with("world: teams/a/world.yaml\nworld: shared/base.yaml, which another uses\ncontext: "),
        "{run:#?}"
    );
    folder.write("iameval.toml", "world = [\"teams/a/world.yaml\", \"shared/base.yaml\"]\n");
    folder.decides("simulate s3:GetObject", "allowed by identity");
    folder.write("teams/a/world.yaml", "use: [../shared/base.yaml]\n");
    folder.run("simulate -w teams/a/world.yaml s3:GetObject").complains(
        "\
error[IE0001]: cannot read `teams/shared/base.yaml`: no such file
 --> teams/a/world.yaml:1:7
1 | use: [../shared/base.yaml]
  |       ^^^^^^^^^^^^^^^^^^^",
    );
    folder.write("teams/a/world.yaml", "use: [..]\n");
    folder
        .run("simulate -w teams/a/world.yaml s3:GetObject")
        .complains("error[IE0002]: `teams` is a folder, not a file\n --> teams/a/world.yaml:1:7");
}

#[test]
fn resources_and_defaults_of_a_world() {
    let folder = after_head(
        "\
principals:
  john: { user: john, policies: [s3] }
resources:
  vault:
    arn: arn:aws:s3:::vault
    policy: { Statement: [{ Sid: Shut, Effect: Deny, Principal: \"*\", Action: \"s3:Put*\", Resource: \"arn:aws:s3:::vault/*\" }] }
defaults: { resource: vault/key }
",
    );
    folder.decides("simulate -w world.yaml s3:GetObject", "allowed by identity");
    folder.run("simulate -w world.yaml s3:PutObject").shows(
        1,
        "\
deny   s3:PutObject  on arn:aws:s3:::vault/key (explicit)
  by        vault:policy#Shut  resource policy  world.yaml:10:27  attached to vault
      10 | ... Statement: [{ Sid: Shut, Effect: Deny, Principal: \"*\", Action: \"s3:Put*\", Resource: \"arn:aws:s3:::vaul...
         |                                                                    ^^^^^^^^^ covers s3:PutObject
  outvotes  s3#S3  s3.json:1:41  attached to john
  layers    scp -  rcp -  endpoint -  resource DENY  identity allow  boundary -  session -
",
    );
    folder.decides("simulate -w world.yaml -r arn:aws:s3:::other/key s3:PutObject", "allowed by identity");
    // The account of the world owns what it names, so there is no note about the owner; with `--resource-account` it
    // is somebody else's.
    folder.decides("simulate -w world.yaml --resource-account 444455556666 s3:GetObject", "implicit_deny by resource");
}

#[test]
fn levels_of_an_organization_are_named() {
    after_head(
        "\
principals:
  john: { user: john, policies: [s3] }
organization:
  id: o-a1b2c3d4e5
  scps: [[aws:FullAWSAccess], [{ Statement: { Sid: Shut, Effect: Deny, Action: \"s3:*\", Resource: \"*\" } }]]
",
    )
    .run("simulate -w world.yaml -r * s3:ListAllMyBuckets")
    .shows(
        1,
        "\
deny   s3:ListAllMyBuckets  on * (explicit)
  by        organization:scp1.0#Shut  SCP, level 2 of 2  world.yaml:9:45  attached to the organization
       9 |   scps: [[aws:FullAWSAccess], [{ Statement: { Sid: Shut, Effect: Deny, Action: \"s3:*\", Resource: \"*\" } }]]
         |                                                                                ^^^^^^
         | covers s3:ListAllMyBuckets
  outvotes  s3#S3  s3.json:1:41  attached to john
  layers    scp DENY  rcp -  endpoint -  resource -  identity allow  boundary -  session -
",
    );
}

#[test]
fn texts_that_are_no_plain_utf_8() {
    let world = format!("{HEAD}principals:\n  john: {{ user: john, policies: [s3] }}\n");
    let decides = |text: &str| folder(text).decides("simulate -w world.yaml s3:GetObject", "allowed by identity");
    decides(&format!("\u{feff}{world}"));
    decides(&world.replace('\n', "\r\n"));
    folder(&format!("\u{feff}{world}").replace("[s3]", "[s4]").replace('\n', "\r\n"))
        .run("simulate -w world.yaml s3:GetObject")
        .complains("error[IE0403]: no policy `s4` is defined\n --> world.yaml:6:34");
    let mut bytes = world.into_bytes();
    bytes.extend(b"# \xFF\n");
    folder("").with("world.yaml", bytes).run("simulate -w world.yaml s3:GetObject").complains(
        "error[IE0003]: `world.yaml` is not UTF-8: byte 0xFF at offset 112\n --> world.yaml:7:3\n  = help: save the file as UTF-8",
    );
}

#[test]
fn aliases_stand_for_what_they_name_up_to_a_limit() {
    after_head("groups:\n  a: &own [s3]\n  b: *own\nprincipals:\n  john: { user: john, groups: [b] }\n")
        .decides("simulate -w world.yaml s3:GetObject", "allowed by identity");
    let mut bomb = String::from("contexts:\n  a0: &a0 { k: [x, x, x, x, x, x, x, x, x, x] }\n");
    for level in 1..9 {
        let previous = format!("*a{}, ", level - 1).repeat(10);
        writeln!(bomb, "  a{level}: &a{level} [{}]", previous.trim_end_matches(", ")).expect("a string takes all");
    }
    let run = after_head(&bomb).run("simulate -w world.yaml s3:GetObject");
    run.complains(
        "error[IE0401]: the aliases of this file multiply to too many values\n  = help: write the values out",
    );
    complains("groups:\n  a: *own\n", "error[IE0401]: while parsing node, found unknown anchor\n --> world.yaml:6:6");
}

#[test]
fn bad_yaml_is_shown_with_a_hint() {
    complains(
        "principals:\n\tjohn: { user: john }\n",
        "\
 --> world.yaml:6:2
  = help: YAML takes no tabs for indentation; use spaces",
    );
    complains(
        "principals:\n  john: { user: john, policies: [{ Statement: { Effect: Allow, Action: *, Resource: \"*\" } }] }\n",
        "\
 --> world.yaml:6:72
  = help: `*` begins an alias in YAML; quote it: \"*\"",
    );
    complains(
        "contexts:\n  all: { keys: [${aws:username}] }\n",
        "\
 --> world.yaml:6:18
  = help: `{` and `}` are syntax inside `[…]` and `{…}`; quote the text with the variable",
    );
    complains(
        "principals:\n  john: { user: john }\n  john: { user: john }\n",
        "\
error[IE0402]: the principal `john` is defined twice
 --> world.yaml:7:3
6 |   john: { user: john }
  |   ---- first defined here
7 |   john: { user: john }
  |   ^^^^",
    );
    complains(
        "principals:\n  john: { user: john, user: jane }\n",
        "error[IE0402]: `user` is given twice\n --> world.yaml:6:23",
    );
    complains("principals: [\n", "");
    folder("# nothing yet\n")
        .run("simulate -w world.yaml s3:GetObject")
        .complains("error[IE0401]: the file holds no value");
    folder("- a list\n")
        .run("simulate -w world.yaml s3:GetObject")
        .complains("error[IE0402]: a world must be an object, found a list");
    folder("").run("simulate -w world.yaml s3:GetObject").complains("error[IE0004]: there is nothing in `world.yaml`");
    folder("version: 2\n")
        .run("simulate -w world.yaml s3:GetObject")
        .complains("error[IE0402]: version 2 of world files is not known; this is 1\n --> world.yaml:1:10");
}

#[test]
fn levels_have_the_names_that_the_world_gives_them() {
    let world = after_head(
        "\
principals:
  john: { user: john, policies: [s3] }
organization:
  id: o-a1b2c3d4e5
  scps: { root: [aws:FullAWSAccess], ou-prod: [], account: [aws:FullAWSAccess] }
",
    );
    world.run("simulate -w world.yaml -r * s3:ListAllMyBuckets").shows(
        1,
        "\
deny   s3:ListAllMyBuckets  on * (implicit)
  why       it is granted, but not every level of SCPs allows it: level ou-prod does not
  granted   s3#S3  s3.json:1:41  attached to john
  layers    scp no-allow  rcp -  endpoint -  resource -  identity allow  boundary -  session -
",
    );
}
