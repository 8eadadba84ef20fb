//! What holds of the help of every command, and the version; `fixtures/cli/help.md` has the texts.

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

/// The flags that help lists, each as often as it does.
fn flags(help: &str) -> Vec<String> {
    let is_flag = |line: &&str| line.starts_with('-') && !line.starts_with("- ");
    let entries = help.lines().map(str::trim_start).filter(is_flag);
    let mut flags: Vec<String> = entries
        .map(|entry| {
            let name = entry.split("--").nth(1).unwrap_or_default();
            name.chars().take_while(|char| char.is_ascii_lowercase() || *char == '-').collect()
        })
        .collect();
    flags.sort_unstable();
    flags
}

/// What is known of a deployment, on the commands that read worlds.
const DEPLOYMENT: [&str; 6] = ["parameter", "parameters", "read-outside", "set", "source", "unknown"];

const EVERYWHERE: [&str; 8] =
    ["color", "config", "data", "help", "max-file-size", "max-statements", "no-config", "verbose"];

#[track_caller]
fn lists_once(command: &str, own: &[&str]) {
    let mut expected: Vec<&str> = own.iter().chain(&EVERYWHERE).copied().collect();
    if own.contains(&"world") || matches!(command, "diff" | "test") {
        expected.extend(DEPLOYMENT);
    }
    expected.sort_unstable();
    for flag in ["-h", "--help"] {
        assert_eq!(flags(&help(&format!("{command} {flag}"))), expected, "{command} {flag}");
    }
}

#[test]
fn help_lists_every_flag_once() {
    lists_once("", &["version"]);
    lists_once("batch", &["example", "fail-on-error", "jobs", "keep", "max-line", "world"]);
    lists_once("expand", &["access-level", "format", "resource-type"]);
    lists_once("keys", &["example", "format", "world"]);
    lists_once(
        "matrix",
        &[
            "as",
            "at",
            "boundary",
            "check",
            "columns",
            "context",
            "endpoint-policy",
            "example",
            "format",
            "gateway-endpoint",
            "mfa",
            "no-context",
            "no-service-rules",
            "only-changing",
            "policy",
            "rcp",
            "region",
            "resource",
            "resource-account",
            "resource-policy",
            "rows",
            "scope-down",
            "scp",
            "scp-level",
            "session-policy",
            "source-ip",
            "strict",
            "via",
            "without",
            "world",
            "write",
        ],
    );
    lists_once("shrink", &["format", "in-place", "keep-sids", "kind", "limit", "split", "wildcards"]);
    lists_once("world", &["example", "format", "symbols", "world"]);
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
fn help_lists_every_flag_of_prove_once() {
    lists_once(
        "prove",
        &[
            "as",
            "boundary",
            "context",
            "endpoint-policy",
            "example",
            "except",
            "except-resource",
            "expect",
            "format",
            "gateway-endpoint",
            "mfa",
            "no-context",
            "no-service-rules",
            "policy",
            "public",
            "rcp",
            "realistic",
            "request",
            "resource",
            "resource-account",
            "resource-policy",
            "scope-down",
            "scp",
            "scp-level",
            "service-rules",
            "session-policy",
            "via",
            "without",
            "world",
        ],
    );
}

#[test]
fn lines_of_help_fit() {
    let commands = [
        "",
        "simulate",
        "prove",
        "batch",
        "expand",
        "keys",
        "shrink",
        "world",
        "explain",
        "init",
        "schema",
        "completions",
        "man",
    ];
    for arguments in commands.iter().flat_map(|command| [format!("{command} --help"), format!("{command} -h")]) {
        let help = help(&arguments);
        let longest = help.lines().map(str::len).max().unwrap_or_default();
        assert!(longest <= 100, "{arguments}: {longest}");
    }
}
