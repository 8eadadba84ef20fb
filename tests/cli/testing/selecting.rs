//! Which files and which cases run.

use super::{CASE, WORLD, but, folder, told};
use crate::run::Folder;

/// The names of the files whose cases `--list` lists.
fn listed(folder: &Folder, inside: &str, arguments: &str) -> Vec<String> {
    let run = folder.run_in(inside, &format!("test --list {arguments}"));
    run.ends(0);
    run.stdout.lines().map(|line| line.trim_end_matches("::x").to_owned()).collect()
}

/// A test file that stands one folder below its world.
fn below() -> String {
    CASE.replace("world.yaml", "../world.yaml")
}

fn tree() -> Folder {
    let folder = Folder::new().with("world.yaml", WORLD).with("top.iamtest.yaml", CASE);
    for name in
        ["a/one.iamtest.yaml", "a/two.iamtest.yaml", "a/notes.yaml", "b/one.iamtest.yaml", ".hidden/x.iamtest.yaml"]
    {
        folder.write(name, below());
    }
    folder
}

#[test]
fn files_in_folders() {
    let folder = tree();
    assert_eq!(
        listed(&folder, "", ""),
        ["a/one.iamtest.yaml", "a/two.iamtest.yaml", "b/one.iamtest.yaml", "top.iamtest.yaml"]
    );
    assert_eq!(listed(&folder, "a", ""), ["one.iamtest.yaml", "two.iamtest.yaml"]);
    assert_eq!(listed(&folder, "", "b a"), ["b/one.iamtest.yaml", "a/one.iamtest.yaml", "a/two.iamtest.yaml"]);
    assert_eq!(listed(&folder, "", "a/two.iamtest.yaml a a"), ["a/two.iamtest.yaml", "a/one.iamtest.yaml"]);
    assert_eq!(listed(&folder, "", "a/notes.yaml"), ["a/notes.yaml"]);
    assert_eq!(listed(&folder, "", "top.iamtest.yaml ./top.iamtest.yaml a/../top.iamtest.yaml"), ["top.iamtest.yaml"]);
}

#[cfg(unix)]
#[test]
fn a_link_is_a_test_file_of_its_own_folder() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new().with("shared/x.iamtest.yaml", CASE);
    for (name, world) in [("dev", WORLD.replace("s3:Get*", "s3:*")), ("prod", WORLD.to_owned())] {
        folder.write(&format!("{name}/world.yaml"), world);
        symlink("../shared/x.iamtest.yaml", folder.path(&format!("{name}/x.iamtest.yaml"))).expect("a link");
    }
    symlink("dev", folder.path("same")).expect("a link");
    let both = ["dev/x.iamtest.yaml", "prod/x.iamtest.yaml"];
    assert_eq!(listed(&folder, "", "dev prod same same/x.iamtest.yaml"), both);
    folder.write("iameval.toml", "tests = ['dev', 'prod']");
    assert_eq!(listed(&folder, "", ""), both);
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_no_text_is_found() {
    use std::os::unix::ffi::OsStrExt;
    let folder = Folder::new().with("world.yaml", WORLD);
    let name = std::ffi::OsStr::from_bytes(b"\xff.iamtest.yaml");
    std::fs::write(folder.path("").join(name), CASE).expect("a file");
    assert_eq!(listed(&folder, "", ""), ["\u{fffd}.iamtest.yaml"]);
}

#[test]
fn what_git_ignores_is_left_out_unless_it_is_named() {
    let folder = tree();
    folder.write(".gitignore", "b/\n*two*\n");
    assert_eq!(listed(&folder, "", ""), ["a/one.iamtest.yaml", "top.iamtest.yaml"]);
    assert_eq!(listed(&folder, "", "a/two.iamtest.yaml"), ["a/two.iamtest.yaml"]);
    assert_eq!(listed(&folder, "", "b"), ["b/one.iamtest.yaml"]);
}

#[test]
fn patterns_of_the_configuration() {
    let folder = tree();
    for (patterns, found) in [
        ("'a/*.iamtest.yaml'", &["a/one.iamtest.yaml", "a/two.iamtest.yaml"][..]),
        ("'**/one.iamtest.yaml'", &["a/one.iamtest.yaml", "b/one.iamtest.yaml"]),
        ("'b', 'top.iamtest.yaml', './b/one.iamtest.yaml'", &["b/one.iamtest.yaml", "top.iamtest.yaml"]),
        ("'a/notes.yaml'", &["a/notes.yaml"]),
    ] {
        folder.write("iameval.toml", format!("tests = [{patterns}]\n"));
        assert_eq!(listed(&folder, "", ""), found, "{patterns}");
    }
    assert_eq!(listed(&folder, "", "a/two.iamtest.yaml"), ["a/two.iamtest.yaml"]);
    folder.write("iameval.toml", "tests = ['a/*.iamtest.yaml', 'c/**']\n");
    let run = folder.run("test");
    assert_eq!(
        (run.code, &*told(&run)),
        (
            Some(2),
            "IE0705 the pattern `c/**` fits no file\nat iameval.toml\nhelp: patterns are relative to the folder of `iameval.toml`; `**` is any number of folders"
        )
    );
}

#[test]
fn nothing_to_run_is_no_success() {
    let refuses = |folder: &Folder, arguments: &str, expected: &str| {
        let run = folder.run(&format!("test {arguments}"));
        assert_eq!((run.code, &*run.stdout, &*told(&run)), (Some(2), "", expected));
    };
    let empty = Folder::new().with("sub/x.yaml", "");
    let help =
        "at command line\nhelp: test files are called `NAME.iamtest.yaml`; `iameval init` writes one to start from";
    refuses(&empty, "", &format!("IE0705 there is no test file here\n{help}"));
    refuses(&empty, "sub", &format!("IE0705 there is no test file in `sub`\n{help}"));
    refuses(&empty, "sub sub", &format!("IE0705 there is no test file in these 2 folders\n{help}"));
    refuses(
        &empty,
        "none.iamtest.yaml",
        "IE0001 cannot read `none.iamtest.yaml`: no such file\nat none.iamtest.yaml\nhelp: paths are relative to the current folder",
    );
    let full = folder(CASE);
    for arguments in ["-k nothing", "-k nothing --list", "-k nothing --update"] {
        refuses(
            &full,
            arguments,
            "IE0705 `-k` selects none of 1 cases\nat command line, -k:1:1\nhelp: `iameval test --list` lists them",
        );
    }
    refuses(
        &full,
        "-k (x",
        "IE0504 a `(` is not closed\nat command line, -k:1:1\nhelp: such as `-k mfa`, `-k 'not slow'` or `-k 'users and (mfa or keys)'`",
    );
}

#[test]
fn cases_by_words_and_tags() {
    let folder = folder(
        "
use: world.yaml
defaults: { principal: alice, resource: '*' }
tests:
  - { name: Reading, action: 's3:GetObject', expect: allow, tags: [quick, Own] }
  - { name: reading twice, actions: ['s3:GetObject', 's3:GetObjectAcl'], mfa: [true, false], expect: allow, tags: slow }
  - { name: writing, action: 's3:PutObject', expect: implicit }
",
    );
    let selects = |filter: &str, names: &[&str]| {
        let output = folder.command("").args(["test", "--list", "-k", filter]).output().expect("the command ends");
        let text = String::from_utf8(output.stdout).expect("text");
        let found: Vec<&str> = text.lines().map(|line| line.trim_start_matches("x.iamtest.yaml::")).collect();
        assert_eq!(found, names, "{filter}");
    };
    let twice = [
        "reading twice [s3:GetObject mfa=true]",
        "reading twice [s3:GetObject mfa=false]",
        "reading twice [s3:GetObjectAcl mfa=true]",
        "reading twice [s3:GetObjectAcl mfa=false]",
    ];
    selects("writing", &["writing"]);
    selects("slow", &twice);
    selects("own and quick", &["Reading"]);
    selects("reading and not slow", &["Reading"]);
    selects("mfa=true and (getobjectacl or writing)", &[twice[2]]);
    selects("'reading twice' and not getobjectacl", &twice[..2]);
    selects("quick or writing", &["Reading", "writing"]);
    selects("not (quick or slow)", &["writing"]);
    selects("x.iamtest.yaml::w", &["writing"]);
}

#[test]
fn a_file_that_cannot_be_used_keeps_no_other_from_running() {
    let folder = folder(CASE).with("typo.iamtest.yaml", but(&[("principle", "alice")])).with(
        "uncompiled.iamtest.yaml",
        r#"
use: world.yaml
principals:
  eve: { user: eve, policies: [{ Version: "2012-10-17", Statement: { Effect: Allow, Principal: "*", Action: "*", Resource: "*" } }] }
tests:
  - { name: eve, principal: eve, action: "s3:GetObject", resource: "*", expect: allow }
"#,
    );
    let expected = "\
IE0402 `principle` is not a field of a case
at typo.iamtest.yaml:8:5
help: did you mean `principal`?
IE0212 `Principal` does not belong into an identity policy
at uncompiled.iamtest.yaml:4:85
help: the principal is whom the policy is attached to";
    let run = folder.run("test");
    assert_eq!(
        (run.code, &*run.stdout, &*told(&run)),
        (Some(2), "ok      x.iamtest.yaml  1 passed, 0 failed, 0 skipped\n1 passed, 0 failed, 0 skipped\n", expected)
    );
    // What is wrong with a flag is told beside it.
    let run = folder.run("test --managed aws:Nothing");
    let flag = "IE0403 no world of the tests has a managed policy `aws:Nothing`\nat command line, --managed:1:1\nhelp: it reads like `aws:PowerUserAccess`";
    assert_eq!((run.code, told(&run)), (Some(2), format!("{expected}\n{flag}")));
    let run = folder.run("test --list");
    assert_eq!((run.code, &*run.stdout), (Some(2), "uncompiled.iamtest.yaml::eve\nx.iamtest.yaml::x\n"));
}

#[test]
fn everything_that_is_wrong_is_told_in_one_run() {
    let folder = folder(
        "
use: world.yaml
tests:
  - { name: a, principal: alise, action: 's3:GetObject', resource: '*', expect: allow }
  - { name: b, principal: alice, action: 's3:GetObject', resource: '*', expect: allowed }
  - name: c
    principal: alice
    table: |
      action        resource  decision
      s3:GetObject  bukcet    allow
      s3:GetObject  bucket    alow
      s3.GetObject  bucket    allow
      s3:GetObject  bucket    deny
  - { name: a, principal: alice, action: 's3:GetObject', resource: '*', expect: allow }
",
    );
    let run = folder.run("test");
    let places: Vec<String> = told(&run).lines().filter(|line| !line.starts_with("help")).map(str::to_owned).collect();
    assert_eq!(
        places.chunks(2).map(|pair| pair.join(" ")).collect::<Vec<_>>(),
        [
            "IE0403 the world knows no principal `alise` at 4:27",
            "IE0402 `allowed` is no answer at 5:81",
            "IE0403 the world knows no resource `bukcet` at 10:21",
            "IE0402 `alow` is no answer at 11:31",
            "IE0501 `s3.GetObject` is not an action: expected a service prefix, one colon and a name, as in `s3:GetObject` at 12:7",
            "IE0402 the table has this row twice at 13:7",
            "IE0402 two cases are called `a` at 14:13",
        ]
    );
    assert_eq!(run.code, Some(2));
}

#[test]
fn the_ending_of_test_files_is_no_part_of_a_name() {
    let folder = folder(CASE);
    let all = folder.run("test --list").stdout;
    assert!(all.contains("x.iamtest.yaml::"), "{all}");
    assert_eq!(folder.run("test --list -k iamtest").code, Some(2));
    for filter in ["x::", "x.iamtest.yaml::"] {
        assert_eq!(folder.run(&format!("test --list -k {filter}")).stdout, all);
    }
}
