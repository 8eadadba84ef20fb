//! The little of a shell that pages need: words, quotes, variables, redirection, and a few commands.
//!
//! A line that runs here means the same in a shell. What is not known panics, so that no line is taken for another.

use crate::run::{Folder, in_repository, output, repository, transcript};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A folder (or the repository), the folder inside it, and the variables that the lines so far have set.
#[derive(Debug)]
pub(super) struct Shell<'a> {
    folder: Option<&'a Folder>,
    inside: String,
    variables: BTreeMap<String, String>,
    exported: Vec<String>,
}

/// What a command left behind.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Outcome {
    pub(super) code: Option<i32>,
    /// Bytes, since `printf` writes files that are not text.
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: String,
}

impl Outcome {
    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(&self.stdout).expect("output is UTF-8")
    }
}

/// Whether standard output and standard error come as a terminal shows them, or each for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Streams {
    Together,
    Apart,
}

/// A line, taken apart.
#[derive(Debug, Default, PartialEq)]
struct Line {
    words: Vec<String>,
    input: Option<String>,
    output: Option<String>,
}

impl<'a> Shell<'a> {
    pub(super) fn new(folder: Option<&'a Folder>) -> Self {
        let repository = repository().canonicalize().expect("the repository").display().to_string();
        let variables = BTreeMap::from([("REPOSITORY".into(), repository)]);
        Self { folder, inside: String::new(), variables, exported: Vec::new() }
    }

    /// Runs a line: one of our commands, `git`, or one of the few that are built in.
    pub(super) fn run(&mut self, line: &str, streams: Streams) -> Outcome {
        let line = line.strip_prefix("cargo run --release -- ").map_or(line.into(), |rest| format!("iameval {rest}"));
        let Line { words, input, output } = self.parse(&line);
        let assignments = words.iter().take_while(|word| assignment(word).is_some()).count();
        let (before, words) = words.split_at(assignments);
        let before: Vec<(&str, &str)> = before.iter().filter_map(|word| assignment(word)).collect();
        let Some((program, arguments)) = words.split_first() else {
            self.variables.extend(before.into_iter().map(|(name, value)| (name.into(), value.into())));
            return Outcome { code: Some(0), ..Outcome::default() };
        };
        let built_in = (before.is_empty() && input.is_none()).then(|| self.built_in(program, arguments)).flatten();
        let mut outcome = if let Some(stdout) = built_in {
            Outcome { code: Some(0), stdout, ..Outcome::default() }
        } else {
            let mut command = self.command(program).unwrap_or_else(|| panic!("`{line}` cannot run here"));
            command.args(arguments).envs(before);
            let input = input.map(|file| std::fs::read(self.path(&file)).expect("a file to read from"));
            finish(command, &input.unwrap_or_default(), streams)
        };
        if let Some(file) = output {
            std::fs::write(self.path(&file), std::mem::take(&mut outcome.stdout)).expect("a file");
        }
        outcome
    }

    /// What a command that is built in prints.
    fn built_in(&mut self, program: &str, arguments: &[String]) -> Option<Vec<u8>> {
        let mut printed = Vec::new();
        match (program, arguments) {
            ("cd", [folder]) => {
                assert!(self.path(folder).is_dir(), "`{folder}` is a folder");
                self.inside = format!("{}{folder}/", self.inside);
            }
            ("cp", [flag, from, to]) if flag == "-r" => {
                let name = Path::new(from).file_name().expect("the name of a folder");
                copy(&self.path(from), &self.path(to).join(name));
            }
            ("cp", [from, to]) => {
                std::fs::copy(self.path(from), self.path(to)).expect("a file to copy");
            }
            ("export", [set]) => {
                let (name, value) = assignment(set).expect("`export` sets a variable");
                self.variables.insert(name.into(), value.into());
                self.exported.push(name.into());
            }
            ("ln", [flag, to, name]) if flag == "-s" => link(to, &self.path(name)),
            ("mkdir", names) => {
                for name in names {
                    std::fs::create_dir(self.path(name)).expect("a new folder");
                }
            }
            ("rm", names) => {
                for name in names {
                    std::fs::remove_file(self.path(name)).expect("a file");
                }
            }
            ("cat", [file]) => printed = std::fs::read(self.path(file)).expect("a file to show"),
            ("cmp", [one, other]) => {
                let [left, right] = [one, other].map(|file| std::fs::read(self.path(file)).expect("a file to compare"));
                assert!(left == right, "`{one}` and `{other}` differ");
            }
            ("ls", [folder]) => printed = listed(&self.path(folder), |name| !name.starts_with('.')),
            ("ls", [flag, folder]) if flag == "-A" => printed = listed(&self.path(folder), |_| true),
            ("printf", [text]) => printed = unescaped(text),
            _ => return None,
        }
        Some(printed)
    }

    /// A path from the current folder.
    fn path(&self, name: &str) -> PathBuf {
        let folder = self.folder.unwrap_or_else(|| panic!("`{name}` would be in the repository"));
        folder.path(&self.inside).join(name)
    }

    fn command(&self, program: &str) -> Option<Command> {
        let mut command = match (program, self.folder) {
            ("iameval", None) => in_repository(),
            ("iameval", Some(folder)) => folder.command(&self.inside),
            ("git", Some(folder)) => {
                let mut git = Command::new("git");
                // As it comes, whatever the developer has set, also where a hook runs the tests.
                git.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", folder.path("no-such-file"));
                for name in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"] {
                    git.env_remove(name);
                }
                git.current_dir(folder.path(&self.inside));
                git
            }
            _ => return None,
        };
        command.envs(self.exported.iter().map(|name| (name, &self.variables[name])));
        Some(command)
    }

    /// Takes a line apart. Quotes keep a word together; a variable outside of quotes may be several words.
    fn parse(&self, text: &str) -> Line {
        let mut line = Line::default();
        let mut word: Option<String> = None;
        let mut quote = None;
        let mut redirect = None;
        let mut chars = text.chars().peekable();
        loop {
            let next = chars.next();
            match next {
                None | Some(' ') if quote.is_none() || next.is_none() => {
                    assert!(quote.is_none(), "`{text}` has a quote that is open");
                    if let Some(word) = word.take() {
                        match redirect.take() {
                            Some('<') => line.input = Some(word),
                            Some(_) => line.output = Some(word),
                            None => line.words.push(word),
                        }
                    }
                    if next.is_none() {
                        assert!(redirect.is_none(), "`{text}` names no file at its end");
                        return line;
                    }
                }
                Some(ch) if quote == Some(ch) => quote = None,
                Some(ch @ ('\'' | '"')) if quote.is_none() => {
                    quote = Some(ch);
                    word.get_or_insert_default();
                }
                Some('$') if quote != Some('\'') => {
                    let mut name = String::new();
                    while let Some(ch) = chars.next_if(|ch| ch.is_ascii_alphanumeric() || *ch == '_') {
                        name.push(ch);
                    }
                    let value = self.variables.get(&name).unwrap_or_else(|| panic!("`{text}`: no variable `{name}`"));
                    let mut parts = value.split(if quote.is_none() { ' ' } else { '\0' });
                    word.get_or_insert_default().push_str(parts.next().unwrap_or_default());
                    for part in parts {
                        line.words.extend(word.replace(part.into()));
                    }
                }
                Some(ch @ ('<' | '>')) if quote.is_none() && word.is_none() => redirect = Some(ch),
                Some('|' | '>' | '<' | '&' | ';' | '(' | ')' | '`' | '\\') if quote.is_none() => {
                    panic!("`{text}` needs a shell")
                }
                Some(ch) => word.get_or_insert_default().push(ch),
                None => {}
            }
        }
    }
}

/// The names in a folder that are wanted, a line each.
fn listed(folder: &Path, wanted: impl Fn(&str) -> bool) -> Vec<u8> {
    let entries = std::fs::read_dir(folder).expect("a folder to list");
    let names = entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"));
    let names: BTreeSet<String> = names.filter(|name| wanted(name)).collect();
    names.iter().flat_map(|name| [name, "\n"]).collect::<String>().into_bytes()
}

/// Makes a link of that name.
fn link(to: &str, name: &Path) {
    #[cfg(unix)]
    std::os::unix::fs::symlink(to, name).expect("a new link");
    #[cfg(not(unix))]
    panic!("{} -> {to} is a link of Unix", name.display());
}

/// Copies a folder with all that is in it.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder to copy") {
        let entry = entry.expect("an entry");
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).expect("a file to copy");
        }
    }
}

/// Name and value of `NAME=value`.
fn assignment(word: &str) -> Option<(&str, &str)> {
    let (name, value) = word.split_once('=')?;
    let is_name = !name.is_empty() && name.chars().all(|ch| ch.is_ascii_uppercase() || ch == '_');
    is_name.then_some((name, value))
}

/// What `printf` makes of its text: `\n`, `\r`, `\t` and `\xFF`.
fn unescaped(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut pieces = text.split('\\');
    bytes.extend(pieces.next().unwrap_or_default().bytes());
    for piece in pieces {
        let (byte, rest) = match piece.split_at_checked(1) {
            Some(("n", rest)) => (b'\n', rest),
            Some(("r", rest)) => (b'\r', rest),
            Some(("t", rest)) => (b'\t', rest),
            Some(("x", rest)) => {
                let (digits, rest) = rest.split_at(2);
                (u8::from_str_radix(digits, 16).expect("two digits"), rest)
            }
            _ => panic!("`printf` knows no `\\{piece}`"),
        };
        bytes.push(byte);
        bytes.extend(rest.bytes());
    }
    bytes
}

fn finish(command: Command, input: &[u8], streams: Streams) -> Outcome {
    match streams {
        Streams::Together => {
            let (code, stdout) = transcript(command);
            Outcome { code, stdout: stdout.into(), ..Outcome::default() }
        }
        Streams::Apart => {
            let (code, stdout, stderr) = output(command, input);
            Outcome { code, stdout: stdout.into(), stderr }
        }
    }
}

#[test]
fn lines_are_taken_apart_as_a_shell_does() {
    let mut shell = Shell::new(None);
    shell.run("WHO='--as john doe' A=b", Streams::Apart);
    let line = |words: &[&str]| Line { words: words.iter().map(|&word| word.into()).collect(), ..Line::default() };
    assert_eq!(shell.parse("expand 's3:Get *'  x"), line(&["expand", "s3:Get *", "x"]));
    assert_eq!(
        shell.parse("a $WHO-$A '' '$A' \"$WHO\""),
        line(&["a", "--as", "john", "doe-b", "", "$A", "--as john doe"])
    );
    let redirected = Line { input: Some("in".into()), output: Some("out".into()), ..line(&["a", "-"]) };
    assert_eq!(shell.parse("a - < in > out"), redirected);
    assert_eq!(unescaped("caf\\xe9\\r\\n"), b"caf\xe9\r\n");
}
