//! What is different on a terminal: how wide it is.

use crate::run::{Folder, output};
use std::process::Command;

/// The lines of an explanation on a terminal with so many columns; `None` without a program that gives one.
fn on_terminal(columns: u16, before: &str) -> Option<Vec<String>> {
    let version = Command::new("script").arg("--version").output().ok()?;
    if !String::from_utf8_lossy(&version.stdout).contains("util-linux") {
        return None;
    }
    let folder = Folder::new();
    let program = folder.command("").get_program().to_owned().into_string().expect("a path in UTF-8");
    let line = format!("stty rows 24 cols {columns}; unset COLUMNS; {before} '{program}' --color never explain IE0323");
    let mut command = Command::new("script");
    command.args(["-qec", &line, "/dev/null"]).current_dir(folder.path(""));
    let (_, text, _) = output(command, b"");
    Some(text.lines().map(|line| line.trim_end().to_owned()).collect())
}

/// How long the longest line of a paragraph is.
fn longest(lines: &[String]) -> usize {
    lines.iter().filter(|line| !line.starts_with("    ")).map(|line| line.chars().count()).max().unwrap_or(0)
}

#[test]
fn lines_are_as_wide_as_the_terminal_within_reason() {
    let Some(lines) = on_terminal(70, "") else {
        println!("skipped: there is no `script` of util-linux, which gives a terminal");
        return;
    };
    assert!((60..=70).contains(&longest(&lines)), "{lines:#?}");
    let of = |columns, before| longest(&on_terminal(columns, before).unwrap_or_default());
    assert!((50..=60).contains(&of(20, "")));
    assert!((121..=200).contains(&of(400, "")));
    // What somebody says comes first.
    assert!((70..=80).contains(&of(180, "COLUMNS=80")));
}
