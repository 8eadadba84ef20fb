//! `schema`, `completions` and `man`: what holds of every format, shell and command.

use crate::run::Folder;

/// The commands, as help lists them.
fn commands() -> Vec<String> {
    let help = Folder::new().run("--help").stdout;
    let list = help.split("Commands:\n").nth(1).expect("a list of commands");
    let names = list.lines().take_while(|line| line.starts_with("  "));
    let names: Vec<String> = names.filter_map(|line| line.split_whitespace().next()).map(Into::into).collect();
    assert!(names.len() > 7, "{names:?}");
    names
}

#[test]
fn schemas_are_printed() {
    let folder = Folder::new();
    for (kind, title) in [("world", "World"), ("test", "Test file"), ("simulation-request", "Simulation request")] {
        let run = folder.run(&format!("schema {kind}"));
        run.ends(0);
        let schema: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
        assert_eq!(schema["title"], title);
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    }
}

#[test]
fn completions_know_every_command() {
    let folder = Folder::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = folder.run(&format!("completions {shell}"));
        run.ends(0);
        for command in commands() {
            assert!(run.stdout.contains(&command), "{shell}: {command}");
        }
        assert!(run.stdout.contains("resource-policy"), "{shell}");
    }
}

#[test]
fn the_manual_has_a_page_of_the_program_and_of_every_command() {
    let folder = Folder::new();
    let page = folder.run("man");
    page.ends(0);
    assert!(page.stdout.contains(&format!(".TH iameval 1  \"iameval {}\"", env!("CARGO_PKG_VERSION"))), "{page:#?}");
    for command in commands() {
        assert!(page.stdout.contains(&format!("\niameval\\-{}(1)\n", command.replace('-', "\\-"))), "{command}");
        let page = folder.run(&format!("man {command}"));
        page.ends(0);
        assert!(page.stdout.contains(&format!(".TH iameval-{command} 1")), "{command}");
        assert!(page.stdout.contains(&format!(" \"iameval {}\"", env!("CARGO_PKG_VERSION"))), "{command}");
    }
    assert!(folder.run("man simulate").stdout.contains("\\fB\\-\\-resource\\-policy\\fR"));
}
