//! Pages whose commands run: the tour of README.md, the answers of docs/answers.md, the guide of docs/testing.md. Every
//! command of a `console` block shows what is printed there.
//!
//! A line `…` stands for lines that are left out. Blocks that need files of the reader's own are `console elsewhere`. The
//! guide begins in an empty folder: a block below a line that is a name such as `` `world.yaml`: `` is that file, and a
//! `diff` there changes it.

use crate::run::{Folder, in_repository, repository, transcript};
use std::process::Command;

/// What a page asks its reader to do.
#[derive(Debug, PartialEq)]
enum Step {
    /// To run a command, which prints this.
    Run { command: String, shown: String },
    /// To write a file.
    Write { file: String, text: String },
    /// To put other lines into a file.
    Change { file: String, old: String, new: String },
}

/// The steps of a page, and how many blocks are for elsewhere.
fn steps(page: &str) -> (Vec<Step>, usize) {
    let (mut steps, mut elsewhere): (Vec<Step>, usize) = (Vec::new(), 0);
    let mut named = None;
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(kind) = line.strip_prefix("```") else {
            if !line.is_empty() {
                named = line.strip_prefix('`').and_then(|line| line.strip_suffix("`:"));
            }
            continue;
        };
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        match (kind, named.take()) {
            ("console", _) => steps.extend(commands(&block)),
            ("console elsewhere", _) => elsewhere += 1,
            (kind, _) if kind.starts_with("console") => panic!("no kind of block: {line}"),
            (_, None) => {}
            ("diff", Some(file)) => {
                let [old, new] = [[' ', '-'], [' ', '+']].map(|signs| {
                    let side = block.iter().filter_map(|line| line.strip_prefix(signs));
                    side.fold(String::new(), |side, line| side + line + "\n")
                });
                steps.push(Step::Change { file: file.into(), old, new });
            }
            (_, Some(file)) => steps.push(Step::Write { file: file.into(), text: block.join("\n") + "\n" }),
        }
    }
    (steps, elsewhere)
}

/// The commands of a `console` block.
fn commands(block: &[&str]) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for line in block {
        match (line.strip_prefix("$ "), steps.last_mut()) {
            (Some(command), _) => steps.push(Step::Run { command: command.into(), shown: String::new() }),
            (None, Some(Step::Run { command, .. })) if command.ends_with('\\') => {
                command.pop();
                command.push_str(line.trim());
            }
            (None, Some(Step::Run { shown, .. })) => shown.extend([line, "\n"]),
            (None, _) => panic!("a block begins with a command: {line}"),
        }
    }
    steps
}

/// The words of a command; quotes keep a word together.
fn words(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for ch in command.chars() {
        match ch {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            '|' | '>' | '<' | '"' | '$' | '&' if !quoted => panic!("`{command}` needs a shell"),
            _ => words.last_mut().expect("a word").push(ch),
        }
    }
    words
}

/// Runs a command in a folder, or in the repository: one of ours, or what the guide has besides.
fn run(line: &str, folder: Option<&Folder>) -> (Option<i32>, String) {
    let line = line.strip_prefix("cargo run --release -- ").map_or(line.to_owned(), |rest| format!("iameval {rest}"));
    let words = words(&line);
    let (program, arguments) = words.split_first().expect("a program");
    let mut command = match (&**program, folder) {
        ("iameval", None) => in_repository(),
        ("iameval", Some(folder)) => folder.command(""),
        ("mkdir", Some(folder)) => {
            for name in arguments {
                std::fs::create_dir(folder.path(name)).expect("a new folder");
            }
            return (Some(0), String::new());
        }
        ("git", Some(folder)) => {
            let mut git = Command::new("git");
            // As it comes, whatever the developer has set, also where a hook runs the tests.
            git.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", folder.path("no-such-file"));
            for name in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"] {
                git.env_remove(name);
            }
            git.current_dir(folder.path(""));
            git
        }
        _ => panic!("`{line}` cannot run here"),
    };
    command.args(arguments);
    transcript(command)
}

/// Whether the text is what is shown, where `…` stands for any lines.
fn fits(text: &[&str], shown: &[&str]) -> bool {
    match shown.split_first() {
        None => text.is_empty(),
        Some((&"…", rest)) => (0..=text.len()).any(|skipped| fits(&text[skipped..], rest)),
        Some((line, rest)) => text.split_first().is_some_and(|(first, text)| first == line && fits(text, rest)),
    }
}

/// Does what a page says, which has so many blocks for elsewhere, in a folder or in the repository. How many commands
/// ran.
fn shows_what_is_printed(page: &str, blocks_elsewhere: usize, folder: Option<&Folder>) -> usize {
    let text = std::fs::read_to_string(repository().join(page)).expect("the page");
    let (steps, elsewhere) = steps(&text);
    assert_eq!(elsewhere, blocks_elsewhere);
    let folder_of = |file: &str| folder.unwrap_or_else(|| panic!("{page} writes `{file}` into the repository"));
    let mut runs = 0;
    for step in steps {
        match step {
            Step::Run { command, shown } => {
                let (code, printed) = run(&command, folder);
                assert!(matches!(code, Some(0 | 1)), "{command}: {code:?}\n{printed}");
                let (lines, expected): (Vec<&str>, Vec<&str>) = (printed.lines().collect(), shown.lines().collect());
                assert!(fits(&lines, &expected), "{command}\n--- shown\n{shown}--- printed\n{printed}");
                runs += 1;
            }
            Step::Write { file, text } => folder_of(&file).write(&file, text),
            Step::Change { file, old, new } => {
                let path = folder_of(&file).path(&file);
                let text = std::fs::read_to_string(&path).expect("a file that was written before");
                assert_eq!(text.matches(&old).count(), 1, "the change finds its place in `{file}`:\n{old}");
                std::fs::write(path, text.replace(&old, &new)).expect("a file");
            }
        }
    }
    runs
}

#[test]
fn the_tour_shows_what_is_printed() {
    assert!(shows_what_is_printed("README.md", 1, None) >= 5);
}

#[test]
fn the_readme_of_the_crate_shows_what_is_printed() {
    assert_eq!(shows_what_is_printed("crates/iameval-cli/README.md", 0, None), 2);
}

#[test]
fn the_page_of_answers_shows_what_is_printed() {
    assert!(shows_what_is_printed("docs/answers.md", 0, None) >= 9);
}

#[test]
fn the_guide_to_tests_shows_what_is_printed() {
    assert!(shows_what_is_printed("docs/testing.md", 1, Some(&Folder::new())) >= 12);
}

#[test]
fn lines_may_be_left_out() {
    assert!(fits(&["a", "b", "c"], &["a", "…", "c"]) && fits(&["a"], &["a", "…"]) && fits(&["a"], &["…", "a"]));
    assert!(!fits(&["a", "b", "c"], &["a", "c"]) && !fits(&["a", "b"], &["…", "a"]) && !fits(&[], &["a"]));
    assert_eq!(words("expand 's3:Get *' x"), ["expand", "s3:Get *", "x"]);
}

#[test]
fn files_and_changes_are_steps_of_a_guide() {
    let page = "\
`a.json`:

```json
{}
```

```json
{ \"an\": \"example\" }
```

`a.json`:

```diff
 {
-  \"x\": 1
+  \"y\": 1
 }
```

```console
$ iameval check \\
    a.json
fine
```
";
    let change =
        Step::Change { file: "a.json".into(), old: "{\n  \"x\": 1\n}\n".into(), new: "{\n  \"y\": 1\n}\n".into() };
    let run = Step::Run { command: "iameval check a.json".into(), shown: "fine\n".into() };
    assert_eq!(steps(page), (vec![Step::Write { file: "a.json".into(), text: "{}\n".into() }, change, run], 0));
}
