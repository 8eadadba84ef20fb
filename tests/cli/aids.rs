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
    for (kind, title) in
        [("world", "World"), ("test", "Test file"), ("claim", "Claim"), ("simulation-request", "Simulation request")]
    {
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

#[cfg(unix)]
#[test]
fn bash_completes_the_names_of_principals() {
    let folder = Folder::new();
    folder.write("iameval.bash", &folder.run("completions bash").stdout);
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_iameval")).parent().expect("a folder");
    let path = std::env::var("PATH").unwrap_or_default();
    let complete = |words: &str| {
        let script = format!(
            "source ./iameval.bash; COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); \
             _iameval_with_principals iameval \"${{COMP_WORDS[COMP_CWORD]}}\" \"${{COMP_WORDS[COMP_CWORD-1]}}\"; echo \"${{COMPREPLY[*]}}\""
        );
        let run = std::process::Command::new("bash")
            .args(["--norc", "-c", &script])
            .current_dir(folder.path(""))
            .env("PATH", format!("{}:{path}", program.display()))
            .output();
        // There may be no bash.
        run.ok().map(|run| String::from_utf8(run.stdout).expect("text").trim().to_owned())
    };
    let Some(all) = complete("iameval simulate --example force-mfa --as ''") else { return };
    assert_eq!(all, "john.doe\njohn.without-attached-policy".replace('\n', " "));
    assert_eq!(
        complete("iameval who-can --example force-mfa --expect john.w").unwrap(),
        "john.without-attached-policy"
    );
    assert_eq!(complete("iameval simulate --example nowhere --as jo").unwrap(), "");
    assert!(complete("iameval simulate --example force-mfa --expect ex").unwrap().contains("explicit"), "as before");
}
