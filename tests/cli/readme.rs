//! The tour of README.md, and the answers of docs/answers.md: every command of a `console` block runs in the repository,
//! and shows what is printed there.
//!
//! A line `…` stands for lines that are left out. Blocks that need files of the reader's own are `console elsewhere`.

use crate::run::{in_repository, repository};

/// A command of the tour, and what it shows.
struct Step {
    command: String,
    shown: String,
}

/// The steps of the `console` blocks, and how many blocks are for elsewhere.
fn steps(text: &str) -> (Vec<Step>, usize) {
    let (mut steps, mut elsewhere): (Vec<Step>, usize) = (Vec::new(), 0);
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        match line {
            "```console" => {}
            "```console elsewhere" => {
                elsewhere += 1;
                continue;
            }
            _ => {
                assert!(!line.starts_with("```console"), "no kind of block: {line}");
                continue;
            }
        }
        for line in lines.by_ref().take_while(|line| *line != "```") {
            match (line.strip_prefix("$ "), steps.last_mut()) {
                (Some(command), _) => steps.push(Step { command: command.into(), shown: String::new() }),
                (None, Some(step)) if step.command.ends_with('\\') => {
                    step.command.pop();
                    step.command.push_str(line.trim());
                }
                (None, Some(step)) => step.shown.extend([line, "\n"]),
                (None, None) => panic!("a block begins with a command: {line}"),
            }
        }
    }
    (steps, elsewhere)
}

/// The arguments of a command of ours; quotes keep an argument together.
fn arguments(command: &str) -> Vec<String> {
    let rest = command.strip_prefix("cargo run --release -- ").or_else(|| command.strip_prefix("iameval "));
    let rest = rest.unwrap_or_else(|| panic!("`{command}` does not run iameval"));
    let mut arguments = vec![String::new()];
    let mut quoted = false;
    for ch in rest.chars() {
        match ch {
            '\'' => quoted = !quoted,
            ' ' if !quoted => arguments.push(String::new()),
            '|' | '>' | '<' | '"' | '$' if !quoted => panic!("`{command}` needs a shell"),
            _ => arguments.last_mut().expect("an argument").push(ch),
        }
    }
    arguments
}

/// Whether the text is what is shown, where `…` stands for any lines.
fn fits(text: &[&str], shown: &[&str]) -> bool {
    match shown.split_first() {
        None => text.is_empty(),
        Some((&"…", rest)) => (0..=text.len()).any(|skipped| fits(&text[skipped..], rest)),
        Some((line, rest)) => text.split_first().is_some_and(|(first, text)| first == line && fits(text, rest)),
    }
}

/// Runs every command of a page, which has at least so many, and so many blocks for elsewhere.
fn shows_what_is_printed(page: &str, least: usize, blocks_elsewhere: usize) {
    let text = std::fs::read_to_string(repository().join(page)).expect("the page");
    let (steps, elsewhere) = steps(&text);
    assert!(steps.len() >= least && elsewhere == blocks_elsewhere, "{} and {elsewhere}", steps.len());
    for Step { command, shown } in steps {
        let run = in_repository(&arguments(&command));
        assert!(matches!(run.code, Some(0 | 1)), "{command}: {run:#?}");
        let (lines, expected): (Vec<&str>, Vec<&str>) = (run.stdout.lines().collect(), shown.lines().collect());
        assert!(fits(&lines, &expected), "{command}\n--- shown\n{shown}--- printed\n{}", run.stdout);
    }
}

#[test]
fn the_tour_shows_what_is_printed() {
    shows_what_is_printed("README.md", 5, 1);
}

#[test]
fn the_page_of_answers_shows_what_is_printed() {
    shows_what_is_printed("docs/answers.md", 9, 0);
}

#[test]
fn lines_may_be_left_out() {
    assert!(fits(&["a", "b", "c"], &["a", "…", "c"]) && fits(&["a"], &["a", "…"]) && fits(&["a"], &["…", "a"]));
    assert!(!fits(&["a", "b", "c"], &["a", "c"]) && !fits(&["a", "b"], &["…", "a"]) && !fits(&[], &["a"]));
    assert_eq!(arguments("iameval expand 's3:Get *' x"), ["expand", "s3:Get *", "x"]);
}
