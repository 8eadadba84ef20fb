//! Pages whose commands run: what a page shows is what is printed.
//!
//! - A `console` block holds commands (`$ …`), each followed by what it prints. A line `…` stands for any lines, `…`
//!   inside a line for any text. A block `console elsewhere` needs what only its reader has, and does not run.
//! - A block below a line that is a name such as `` `world.yaml`: `` is that file; a `diff` there changes it.
//! - A guide happens in one folder, and shows what a terminal does.
//! - A page of transcripts is for tests. Every `##` begins in a new folder, with what stands above the first one.
//!   Standard error comes below a line `[stderr]`, an exit status other than 0 as `[exit 1]`. A `decisions` block holds
//!   lines `iameval simulate … => allowed by identity`. `$REPOSITORY` is the root of the repository. A control character
//!   is shown as `cat -v` does: `^[` is an escape, `^M` a carriage return.
//!
//! With `UPDATE_PAGES=1` in the environment, what is printed is written into the page where it differs.

#[path = "page/shell.rs"]
mod shell;

use crate::run::{Folder, repository};
use serde_json::Value;
use shell::{Outcome, Shell, Streams};
use std::ops::Range;

/// What a page asks for, at a line of it (from 0).
#[derive(Debug, Clone, PartialEq)]
enum Step {
    /// To run a command, which prints these lines of the page.
    Run { line: usize, command: String, shown: Range<usize> },
    /// To ask `simulate`, which gives these decisions.
    Decide { line: usize, command: String, decisions: String },
    /// To write a file.
    Write { file: String, text: String },
    /// To put other lines into a file.
    Change { line: usize, file: String, old: String, new: String },
}

/// What a page shows, taken apart.
#[derive(Debug, Default, PartialEq)]
struct Steps {
    /// What stands above the first section.
    first: Vec<Step>,
    sections: Vec<Vec<Step>>,
    /// How many blocks are for elsewhere.
    elsewhere: usize,
    commands: usize,
}

/// How a page is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Guide,
    Transcripts,
}

/// What came out otherwise than the page shows.
#[derive(Debug)]
struct Difference {
    line: usize,
    command: String,
    diff: String,
    /// These lines of the page should be those, if a page can show them.
    update: Option<(Range<usize>, Vec<String>)>,
}

/// Runs a guide, in a folder or in the repository, which has so many blocks for elsewhere. How many commands ran.
pub(crate) fn guide(page: &str, blocks_elsewhere: usize, folder: Option<&Folder>) -> usize {
    let text = text_of(page);
    let lines: Vec<&str> = text.split('\n').collect();
    let steps = steps(&lines, Kind::Guide);
    assert_eq!(steps.elsewhere, blocks_elsewhere);
    tell(page, &lines, follow(&lines, &steps.first, folder, Kind::Guide));
    steps.commands
}

/// Runs a page of transcripts.
pub(crate) fn transcripts(page: &str) {
    let text = text_of(page);
    let lines: Vec<&str> = text.split('\n').collect();
    let Steps { first, mut sections, elsewhere, commands } = steps(&lines, Kind::Transcripts);
    assert!(commands > 0 && elsewhere == 0, "{page} has commands, all of which run");
    if sections.is_empty() {
        sections.push(Vec::new());
    }
    let mut differences = Vec::new();
    for section in sections {
        let all: Vec<Step> = first.iter().cloned().chain(section).collect();
        for difference in follow(&lines, &all, Some(&Folder::new()), Kind::Transcripts) {
            // What stands above the sections is in each of them, and told once.
            if differences.iter().all(|other: &Difference| other.line != difference.line) {
                differences.push(difference);
            }
        }
    }
    tell(page, &lines, differences);
}

fn text_of(page: &str) -> String {
    std::fs::read_to_string(repository().join(page)).expect("the page")
}

/// Fails with all differences, or writes into the page those that can be.
fn tell(page: &str, lines: &[&str], mut differences: Vec<Difference>) {
    if std::env::var_os("UPDATE_PAGES").is_some() {
        let mut lines: Vec<String> = lines.iter().map(|&line| line.to_owned()).collect();
        differences.sort_by_key(|difference| std::cmp::Reverse(difference.line));
        differences.retain_mut(|difference| match difference.update.take() {
            Some((old, new)) if can_stand(&new, &lines[old.end..]) => {
                lines.splice(old, new);
                false
            }
            _ => true,
        });
        std::fs::write(repository().join(page), lines.join("\n")).expect("the page");
    }
    let told: Vec<String> = differences
        .iter()
        .map(|Difference { line, command, diff, .. }| format!("{page}:{}: {command}\n{diff}", line + 1))
        .collect();
    assert!(told.is_empty(), "{} commands differ (- the page, + printed):\n\n{}", told.len(), told.join("\n"));
}

/// Whether lines can be shown above those of a page, so that none is taken for a command or for the end of the block.
fn can_stand(shown: &[String], below: &[String]) -> bool {
    let end = below.iter().find(|line| line.starts_with("```"));
    shown.iter().all(|line| !line.starts_with("$ ") && Some(line) != end)
}

/// The steps of a page.
fn steps(page: &[&str], kind: Kind) -> Steps {
    let mut steps = Steps::default();
    let mut named = None;
    let mut lines = page.iter().enumerate();
    while let Some((start, line)) = lines.next() {
        let fence = line.len() - line.trim_start_matches('`').len();
        if fence < 3 {
            if line.starts_with("## ") && kind == Kind::Transcripts {
                steps.sections.push(Vec::new());
            }
            if !line.is_empty() {
                named = line.strip_prefix('`').and_then(|line| line.strip_suffix("`:"));
            }
            continue;
        }
        let (fence, info) = line.split_at(fence);
        let length = lines.by_ref().take_while(|(_, line)| **line != fence).count();
        let block = start + 1..start + 1 + length;
        let section = steps.sections.last_mut().unwrap_or(&mut steps.first);
        let text = || page[block.clone()].iter().fold(String::new(), |text, line| text + line + "\n");
        match (info, named.take()) {
            ("console", None) => {
                let before = section.len();
                commands(page, block, section);
                steps.commands += section.len() - before;
            }
            ("console elsewhere", None) => steps.elsewhere += 1,
            ("decisions", None) => {
                for line in block {
                    let (command, decisions) = page[line].split_once(" => ").expect("a command, and what it decides");
                    section.push(Step::Decide { line, command: command.into(), decisions: decisions.into() });
                    steps.commands += 1;
                }
            }
            (_, None) if kind == Kind::Guide && !info.starts_with("console") => {}
            ("diff", Some(file)) => {
                let [old, new] = [[' ', '-'], [' ', '+']].map(|signs| {
                    let side = page[block.clone()].iter().filter_map(|line| line.strip_prefix(signs));
                    side.fold(String::new(), |side, line| side + line + "\n")
                });
                section.push(Step::Change { line: start, file: file.into(), old, new });
            }
            (_, Some(file)) => section.push(Step::Write { file: file.into(), text: text() }),
            (_, None) => panic!("line {}: a block that is neither commands nor a file", start + 1),
        }
    }
    steps
}

/// Adds the commands of a `console` block.
fn commands(page: &[&str], block: Range<usize>, steps: &mut Vec<Step>) {
    let mut continues = false;
    for at in block {
        let line = page[at];
        match (line.strip_prefix("$ "), steps.last_mut()) {
            (_, Some(Step::Run { command, shown, .. })) if continues => {
                command.push_str(line.trim());
                *shown = at + 1..at + 1;
            }
            (Some(command), _) => steps.push(Step::Run { line: at, command: command.into(), shown: at + 1..at + 1 }),
            (None, Some(Step::Run { shown, .. })) if shown.end == at => shown.end += 1,
            (None, _) => panic!("line {}: a block begins with a command", at + 1),
        }
        continues = false;
        if let Some(Step::Run { command, shown, .. }) = steps.last_mut()
            && shown.end == at + 1
            && command.ends_with('\\')
        {
            command.pop();
            continues = true;
        }
    }
}

/// Does what the steps say.
fn follow(page: &[&str], steps: &[Step], folder: Option<&Folder>, kind: Kind) -> Vec<Difference> {
    let mut shell = Shell::new(folder);
    let mut differences = Vec::new();
    let folder_of = |file: &str| folder.unwrap_or_else(|| panic!("`{file}` would be in the repository"));
    for step in steps {
        match step {
            Step::Run { line, command, shown } => {
                let printed = match kind {
                    Kind::Guide => together(&shell.run(command, Streams::Together)),
                    Kind::Transcripts => {
                        let outcome = shell.run(command, Streams::Apart);
                        let mut printed = apart(&outcome);
                        // Also where the page leaves lines out.
                        if command.contains("--format json") && !outcome.stdout.is_empty() && json(&outcome).is_none() {
                            printed.push("[not JSON]".into());
                        }
                        printed
                    }
                };
                if let Some(diff) = diff(&page[shown.clone()], &printed) {
                    let update = Some((shown.clone(), printed));
                    differences.push(Difference { line: *line, command: command.clone(), diff, update });
                }
            }
            Step::Decide { line, command, decisions } => {
                let outcome = shell.run(&format!("{command} --format json"), Streams::Apart);
                let decided = decided(&outcome);
                if decided.as_ref() != Some(decisions) {
                    let printed = decided.clone().map_or_else(|| apart(&outcome), |decided| vec![decided]);
                    let diff = diff(&[decisions], &printed).unwrap_or_default();
                    let update = decided.map(|decided| (*line..*line + 1, vec![format!("{command} => {decided}")]));
                    differences.push(Difference { line: *line, command: command.clone(), diff, update });
                }
            }
            Step::Write { file, text } => folder_of(file).write(file, text),
            Step::Change { line, file, old, new } => {
                let path = folder_of(file).path(file);
                let text = std::fs::read_to_string(&path).expect("a file that was written before");
                assert_eq!(text.matches(old).count(), 1, "line {}: the change finds its place:\n{old}", line + 1);
                std::fs::write(path, text.replace(old, new)).expect("a file");
            }
        }
    }
    differences
}

/// What a terminal shows of a command that answers.
fn together(outcome: &Outcome) -> Vec<String> {
    let mut printed: Vec<String> = outcome.text().lines().map(Into::into).collect();
    printed.extend((!matches!(outcome.code, Some(0 | 1))).then(|| ended(outcome.code)));
    printed
}

/// What a transcript shows of a command.
fn apart(outcome: &Outcome) -> Vec<String> {
    let mut printed = Vec::new();
    for (mark, text) in [(None, outcome.text()), (Some("[stderr]"), &outcome.stderr)] {
        if text.is_empty() {
            continue;
        }
        printed.extend(mark.map(Into::into));
        printed.extend(text.strip_suffix('\n').unwrap_or(text).split('\n').map(visible));
        if !text.ends_with('\n') {
            printed.push("[no end of line]".into());
        }
    }
    if outcome.code != Some(0) {
        printed.push(ended(outcome.code));
    }
    printed
}

fn ended(code: Option<i32>) -> String {
    code.map_or_else(|| "[killed]".into(), |code| format!("[exit {code}]"))
}

/// A line with control characters but the tab as `cat -v` shows them.
fn visible(line: &str) -> String {
    line.chars().fold(String::new(), |mut visible, char| {
        match u8::try_from(char) {
            Ok(control @ ..b' ') if control != b'\t' => visible.extend(['^', char::from(control ^ 0x40)]),
            _ => visible.push(char),
        }
        visible
    })
}

/// Standard output as JSON.
fn json(outcome: &Outcome) -> Option<Value> {
    serde_json::from_str(outcome.text()).ok()
}

/// Decision and deciding layer of every answer of `simulate`, if it answered, said nothing on standard error, and ended
/// as the answers are.
fn decided(outcome: &Outcome) -> Option<String> {
    let document = json(outcome).filter(|document| document["schema"] == "iameval/simulate/1")?;
    let results = document["results"].as_array()?;
    let decided: Option<Vec<String>> = results
        .iter()
        .map(|result| Some(format!("{} by {}", result["decision"].as_str()?, result["decided_by"].as_str()?)))
        .collect();
    let ends = i32::from(results.iter().any(|result| result["decision"] != "allowed"));
    (outcome.stderr.is_empty() && outcome.code == Some(ends)).then_some(decided?.join(", "))
}

/// Whether a line is what is shown, where `…` stands for any text.
fn fits(printed: &str, shown: &str) -> bool {
    let Some((start, mut rest)) = shown.split_once('…') else { return printed == shown };
    let Some(mut printed) = printed.strip_prefix(start) else { return false };
    while let Some((part, after)) = rest.split_once('…') {
        let Some((_, behind)) = printed.split_once(part) else { return false };
        (printed, rest) = (behind, after);
    }
    printed.ends_with(rest)
}

/// Whether a line is not of the output: `…` does not stand for it.
fn is_mark(line: &str) -> bool {
    matches!(line, "[stderr]" | "[killed]" | "[not JSON]") || line.starts_with("[exit ")
}

/// The differences of what is printed from what is shown, if there are any: the least that are.
fn diff(shown: &[&str], printed: &[impl AsRef<str>]) -> Option<String> {
    let (rows, columns) = (shown.len(), printed.len());
    // How many lines differ from this place on.
    let mut costs = vec![vec![0_usize; columns + 1]; rows + 1];
    let any = |row: usize| shown.get(row) == Some(&"…");
    for row in (0..=rows).rev() {
        for column in (0..=columns).rev() {
            costs[row][column] = match (row < rows, column < columns) {
                (false, _) => columns - column,
                (true, false) => costs[row + 1][column] + usize::from(!any(row)),
                (true, true) if any(row) => {
                    costs[row + 1][column].min(costs[row][column + 1] + usize::from(is_mark(printed[column].as_ref())))
                }
                (true, true) if fits(printed[column].as_ref(), shown[row]) => costs[row + 1][column + 1],
                (true, true) => 1 + costs[row + 1][column].min(costs[row][column + 1]),
            };
        }
    }
    if costs[0][0] == 0 {
        return None;
    }
    let (mut row, mut column) = (0, 0);
    let mut diff = String::new();
    while row < rows || column < columns {
        let here = costs[row][column];
        let without_shown = row < rows && costs[row + 1][column] + usize::from(!any(row)) == here;
        if row < rows && column < columns && !any(row) && fits(printed[column].as_ref(), shown[row]) {
            diff.extend(["  ", printed[column].as_ref(), "\n"]);
            (row, column) = (row + 1, column + 1);
        } else if without_shown {
            diff.extend([if any(row) { "  " } else { "- " }, shown[row], "\n"]);
            row += 1;
        } else {
            if !any(row) || is_mark(printed[column].as_ref()) {
                diff.extend(["+ ", printed[column].as_ref(), "\n"]);
            }
            column += 1;
        }
    }
    Some(diff)
}

#[test]
fn lines_may_be_left_out() {
    let fit = |printed: &[&str], shown: &[&str]| diff(shown, printed).is_none();
    assert!(fit(&["a", "b", "c"], &["a", "…", "c"]) && fit(&["a"], &["a", "…"]) && fit(&["a"], &["…", "a"]));
    assert!(!fit(&["a", "b", "c"], &["a", "c"]) && !fit(&["a", "b"], &["…", "a"]) && !fit(&[], &["a"]));
    assert!(!fit(&["a", "[exit 1]"], &["a", "…"]) && !fit(&["a", "[stderr]", "b"], &["…"]));
    assert!(fit(&["a", "[stderr]", "b", "[exit 1]"], &["…", "[stderr]", "…", "[exit 1]"]));
    assert!(fit(&["at 1.5 s, done"], &["at … s, …"]) && fit(&["ab"], &["a…b"]) && !fit(&["ab"], &["a…bb"]));
    assert!(!fits("abc", "a…b") && !fits("xab", "a…b") && !fits("aba", "ab…ba"));
}

#[test]
fn a_difference_shows_the_lines_around_it() {
    let shown = ["a", "b", "…", "x", "d"];
    assert_eq!(diff(&shown, &["a", "c", "1", "x", "d", "e"]).as_deref(), Some("  a\n- b\n  …\n  x\n  d\n+ e\n"));
    assert_eq!(diff(&["a", "b"], &["a", "c"]).as_deref(), Some("  a\n- b\n+ c\n"));
}

#[test]
fn what_a_block_cannot_show_is_not_written() {
    let can = |shown: &str, end: &str| can_stand(&[shown.to_owned()], &["$ cat b".into(), end.into()]);
    assert!(can("a", "```") && can("```json", "````") && can("```", "````"));
    assert!(!can("$ a", "```") && !can("```", "```"));
}

#[test]
fn files_and_changes_are_steps() {
    let page = "\
`a.json`:

```json
{}
```

`a.json`:

```diff
 {
-  \"x\": 1
+  \"y\": 1
 }
```

## One

```console
$ iameval check \\
    a.json
fine
$ cat a.json
```

## Two

```decisions
iameval simulate s3:Get => allowed by scp
```
";
    let lines: Vec<&str> = page.split('\n').collect();
    let change = Step::Change {
        line: 8,
        file: "a.json".into(),
        old: "{\n  \"x\": 1\n}\n".into(),
        new: "{\n  \"y\": 1\n}\n".into(),
    };
    let first = vec![Step::Write { file: "a.json".into(), text: "{}\n".into() }, change];
    let check = Step::Run { line: 18, command: "iameval check a.json".into(), shown: 20..21 };
    let cat = Step::Run { line: 21, command: "cat a.json".into(), shown: 22..22 };
    let decide =
        Step::Decide { line: 27, command: "iameval simulate s3:Get".into(), decisions: "allowed by scp".into() };
    let sections = vec![vec![check, cat], vec![decide]];
    assert_eq!(steps(&lines, Kind::Transcripts), Steps { first, sections, elsewhere: 0, commands: 3 });
}

#[test]
fn streams_and_exit_status_are_told_apart() {
    let outcome = Outcome { code: Some(2), stdout: "a\n\n".into(), stderr: "b".into() };
    assert_eq!(apart(&outcome), ["a", "", "[stderr]", "b", "[no end of line]", "[exit 2]"]);
    assert_eq!(apart(&Outcome { code: Some(0), ..Outcome::default() }), [""; 0]);
    let controls = Outcome { code: Some(0), stdout: "\u{1b}[1ma\tb\r\n".into(), ..Outcome::default() };
    assert_eq!(apart(&controls), ["^[[1ma\tb^M"]);
    let answer = |code, stderr: &str| Outcome {
        code: Some(code),
        stdout: r#"{"schema": "iameval/simulate/1", "results": [{"decision": "implicit_deny", "decided_by": "scp"}]}"#
            .into(),
        stderr: stderr.into(),
    };
    assert_eq!(decided(&answer(1, "")).as_deref(), Some("implicit_deny by scp"));
    assert_eq!((decided(&answer(0, "")), decided(&answer(1, "a warning"))), (None, None));
}
