//! Help and version.

use crate::run::Folder;

/// Help of a command: short lines with `-h`, paragraphs with `--help`.
fn help(arguments: &str) -> String {
    let run = Folder::new().run(arguments);
    run.ends(0);
    run.stdout
}

#[test]
fn the_version() {
    for flag in ["--version", "-V"] {
        Folder::new().run(flag).shows(0, &format!("iameval {}\n", env!("CARGO_PKG_VERSION")));
    }
}

#[test]
fn help_begins_with_what_the_command_is_for() {
    for arguments in ["--help", "-h", "help"] {
        assert!(
            help(arguments).starts_with("What AWS IAM policies allow, by which statement, and why\n"),
            "{arguments}"
        );
    }
    for (command, about) in [
        ("simulate", "Decide actions for a principal\n"),
        ("batch", "Decide simulation requests as JSON lines, in order\n"),
        ("expand", "List the actions of AWS that patterns cover\n"),
        ("keys", "List the context keys that policies read\n"),
        ("explain", "Explain the codes of messages\n"),
        ("init", "Write a world to start from, with a test file and a CI workflow\n"),
        ("schema", "Print the JSON Schema of a format\n"),
        ("completions", "Print a script that completes commands and flags in a shell\n"),
        ("man", "Print a manual page\n"),
    ] {
        for arguments in [format!("{command} --help"), format!("{command} -h"), format!("help {command}")] {
            assert!(help(&arguments).starts_with(about), "{arguments}");
        }
        assert!(help("--help").contains(&format!("  {command}")));
    }
}

/// The flags that help lists, each as often as it does.
fn flags(help: &str) -> Vec<String> {
    let entries = help.lines().map(str::trim_start).filter(|line| line.starts_with('-'));
    let mut flags: Vec<String> = entries
        .map(|entry| {
            let name = entry.split("--").nth(1).unwrap_or_default();
            name.chars().take_while(|char| char.is_ascii_lowercase() || *char == '-').collect()
        })
        .collect();
    flags.sort_unstable();
    flags
}

const EVERYWHERE: [&str; 8] =
    ["color", "config", "data", "help", "max-file-size", "max-statements", "no-config", "verbose"];

#[track_caller]
fn lists_once(command: &str, own: &[&str]) {
    let mut expected: Vec<&str> = own.iter().chain(&EVERYWHERE).copied().collect();
    expected.sort_unstable();
    for flag in ["-h", "--help"] {
        assert_eq!(flags(&help(&format!("{command} {flag}"))), expected, "{command} {flag}");
    }
}

#[test]
fn help_lists_every_flag_once() {
    lists_once("", &["version"]);
    lists_once("batch", &["fail-on-error", "jobs", "keep", "max-line"]);
    lists_once("expand", &["access-level", "format", "resource-type"]);
    lists_once("keys", &["example", "format", "world"]);
    lists_once("explain", &["format", "list"]);
    lists_once("init", &["example"]);
    lists_once("schema", &[]);
    lists_once("completions", &[]);
    lists_once("man", &[]);
    lists_once(
        "simulate",
        &[
            "as",
            "at",
            "boundary",
            "by",
            "context",
            "endpoint-policy",
            "example",
            "exit-zero",
            "expect",
            "format",
            "gateway-endpoint",
            "mfa",
            "no-context",
            "no-service-rules",
            "policy",
            "rcp",
            "region",
            "request",
            "resource",
            "resource-account",
            "resource-policy",
            "scope-down",
            "scp",
            "scp-level",
            "session-policy",
            "source-ip",
            "strict",
            "strict-context",
            "trace",
            "via",
            "without",
            "world",
        ],
    );
}

#[test]
fn help_tells_the_exit_statuses() {
    let text = help("--help").split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        text.contains("Exit status: 0 the wanted answer, 1 the other answer, 2 the question could not be answered.")
    );
}

#[test]
fn lines_of_help_fit() {
    let commands = ["", "simulate", "batch", "expand", "keys", "explain", "init", "schema", "completions", "man"];
    for arguments in commands.iter().flat_map(|command| [format!("{command} --help"), format!("{command} -h")]) {
        let help = help(&arguments);
        let longest = help.lines().map(str::len).max().unwrap_or_default();
        assert!(longest <= 100, "{arguments}: {longest}");
    }
}
