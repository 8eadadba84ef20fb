//! `iameval init`: what is written, that it works at once, and that nothing is overwritten.

use crate::run::Folder;

const AROUND: &str = "wrote iameval.toml\nwrote .github/workflows/iameval.yml\n\n";

#[test]
fn a_new_world_answers_at_once() {
    let folder = Folder::new();
    folder.run("init").shows(
        0,
        &format!(
            "wrote world.yaml\nwrote policies/developer.json\nwrote policies.iamtest.yaml\n{AROUND}\
             try: iameval simulate ec2:DescribeInstances\n     iameval test\n"
        ),
    );
    let run = folder.run("simulate ec2:DescribeInstances");
    run.ends(0);
    let begins = "\
allow  ec2:DescribeInstances  on * (inferred: the action has no resource)
  by        developer#Instances  policies/developer.json:4:5  via group Developers
";
    assert!(run.stdout.starts_with(begins), "{run:#?}");
    folder.run("check").ends(0);
    decides_as_its_tests_say(&folder, "", 13);
    // Its tests leave nothing of its policy open.
    let run = folder.run("test --mutants");
    run.ends(0);
    assert!(run.stdout.contains("\n8 of 8 mutants noticed\n"), "{run:#?}");
}

#[test]
fn an_example_is_written_out_with_its_tests() {
    let folder = Folder::new();
    folder.run("init iam/alice --example force-mfa").shows(
        0,
        "\
wrote iam/alice/world.yaml
wrote iam/alice/policies/force-mfa.json
wrote iam/alice/policies/PowerUserAccess.json
wrote iam/alice/policies/IAMUserChangePassword.json
wrote iam/alice/policies.iamtest.yaml
wrote iam/alice/iameval.toml
wrote iam/alice/.github/workflows/iameval.yml

try: cd iam/alice && iameval simulate --mfa=false iam:ChangePassword
     iameval test
",
    );
    folder.run_in("iam/alice", "simulate --mfa=false iam:ChangePassword").ends(0);
    folder.run_in("iam/alice", "simulate --mfa=false iam:GetAccountPasswordPolicy").ends(1);
    decides_as_its_tests_say(&folder, "iam/alice", 45);
}

/// The runner finds the tests by `iameval.toml`, and every case passes.
#[track_caller]
fn decides_as_its_tests_say(folder: &Folder, inside: &str, cases: usize) {
    let all = format!("{cases} passed, 0 failed, 0 skipped");
    folder.run_in(inside, "test").shows(0, &format!("ok      policies.iamtest.yaml  {all}\n{all}\n"));
}

#[test]
fn the_workflow_checks_and_tests() {
    let folder = Folder::new();
    folder.run("init").ends(0);
    let workflow = std::fs::read_to_string(folder.path(".github/workflows/iameval.yml")).expect("a file");
    let commands: Vec<&str> = workflow.lines().filter_map(|line| line.trim().strip_prefix("- run: iameval ")).collect();
    assert_eq!(commands, ["check --fail-on error", "test"]);
    for command in commands {
        folder.run(command).ends(0);
    }
}

#[test]
fn nothing_is_overwritten() {
    let folder = Folder::new().with("sub/iameval.toml", "").with("sub/world.yaml", "mine");
    folder.run("init sub").complains(
        "\
error[IE0510]: `sub/world.yaml`, `sub/iameval.toml` are there already, so nothing was written
= help: name another folder: `iameval init DIR`",
    );
    assert_eq!(std::fs::read_to_string(folder.path("sub/world.yaml")).expect("a file"), "mine");
    assert!(!folder.path("sub/policies.iamtest.yaml").exists() && !folder.path("sub/.github").exists());
    folder.run("init new").ends(0);
    folder.run("init new").complains("error[IE0510]: `new/world.yaml`, `new/policies/developer.json`, `new/policies.iamtest.yaml`, `new/iameval.toml`, `new/.github/workflows/iameval.yml` are there already, so nothing was written");
}

#[test]
fn a_file_where_a_folder_must_be_is_named() {
    let folder = Folder::new().with("policies", "a file").with("other", "a file");
    folder.run("init").complains("error[IE0510]: `policies` is there already, so nothing was written");
    assert!(!folder.path("world.yaml").exists());
    folder.run("init other").complains("error[IE0510]: `other` is there already, so nothing was written");
}

#[test]
fn an_unknown_example_is_refused() {
    let folder = Folder::new();
    folder
        .run("init --example force-mfaa")
        .complains("error[IE0403]: there is no example `force-mfaa`\n= help: did you mean `force-mfa`?");
    assert!(!folder.path("world.yaml").exists());
}

#[test]
fn what_is_written_fits_the_schemas() {
    let folder = Folder::new();
    folder.run("init").ends(0);
    // Closed schemas: a slip in a name would show. The crate of worlds holds its fixtures to them in full.
    for (file, kind) in [("world.yaml", "world"), ("policies.iamtest.yaml", "test")] {
        let schema: serde_json::Value =
            serde_json::from_str(&folder.run(&format!("schema {kind}")).stdout).expect("a schema");
        let text = std::fs::read_to_string(folder.path(file)).expect("a file");
        let names = text.lines().filter(|line| !line.starts_with([' ', '#'])).filter_map(|line| line.split(':').next());
        for name in names {
            assert!(schema["properties"].get(name).is_some(), "{file}: {name}");
        }
    }
}
