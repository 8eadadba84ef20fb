//! A folder to run the command in, and what came of it.

use serde_json::Value;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A temporary folder. It looks like the root of a repository, so nothing above it is read.
#[derive(Debug)]
pub(crate) struct Folder {
    root: TempDir,
    environment: Vec<(&'static str, &'static str)>,
}

/// What a run left behind.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    arguments: String,
}

/// Variables of the caller's environment that would change an answer or its look.
const OUTSIDE: [&str; 8] = [
    "NO_COLOR",
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "SOURCE_DATE_EPOCH",
    "COLUMNS",
    "RUST_BACKTRACE",
    "GITHUB_ACTIONS",
    "GITHUB_STEP_SUMMARY",
];

/// A policy document around the given statements.
pub(crate) fn policy(statements: &str) -> String {
    format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#)
}

/// A policy that allows an action pattern everywhere.
pub(crate) fn allow(sid: &str, action: &str) -> String {
    policy(&format!(r#"{{"Sid": "{sid}", "Effect": "Allow", "Action": "{action}", "Resource": "*"}}"#))
}

/// The root of the repository.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

impl Folder {
    pub(crate) fn new() -> Self {
        let root = TempDir::new().expect("a temporary folder");
        std::fs::create_dir(root.path().join(".git")).expect("a folder inside");
        Self { root, environment: Vec::new() }
    }

    /// The same with a file in it.
    pub(crate) fn with(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        self.write(path, content);
        self
    }

    /// The same with a variable in the environment of what runs.
    pub(crate) fn environment(mut self, name: &'static str, value: &'static str) -> Self {
        self.environment.push((name, value));
        self
    }

    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().expect("a folder above")).expect("folders");
        std::fs::write(path, content).expect("a file");
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    /// The command, ready to run in this folder or one inside it.
    pub(crate) fn command(&self, inside: &str) -> Command {
        let mut command = command(&self.path(inside));
        command.envs(self.environment.iter().copied());
        command
    }

    /// Runs the command with arguments that are parted by spaces, nothing on standard input.
    pub(crate) fn run(&self, arguments: &str) -> Run {
        self.run_with(arguments, "")
    }

    /// Runs the command with a text on standard input.
    pub(crate) fn run_with(&self, arguments: &str, input: impl AsRef<[u8]>) -> Run {
        let mut command = self.command("");
        command.args(arguments.split_whitespace());
        let (code, stdout, stderr) = output(command, input.as_ref());
        Run { code, stdout, stderr, arguments: arguments.to_owned() }
    }
}

/// The command, ready to run in the root of the repository.
pub(crate) fn in_repository() -> Command {
    command(&repository())
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_iameval"));
    command.current_dir(folder);
    for name in OUTSIDE {
        command.env_remove(name);
    }
    command
}

/// What a terminal shows of a run, whether on standard output or standard error, and the exit status.
pub(crate) fn transcript(mut command: Command) -> (Option<i32>, String) {
    let (mut reader, writer) = std::io::pipe().expect("a pipe");
    command.stdin(Stdio::null()).stdout(writer.try_clone().expect("a pipe")).stderr(writer);
    let mut child = command.spawn().expect("the command starts");
    // It holds the ends to write to; with them open, there would be no end to read.
    drop(command);
    let mut text = String::new();
    reader.read_to_string(&mut text).expect("output is UTF-8");
    (child.wait().expect("the command ends").code(), text)
}

/// Exit status, standard output and standard error of a command with a text on standard input.
pub(crate) fn output(mut command: Command, input: &[u8]) -> (Option<i32>, String, String) {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let output = std::thread::scope(|scope| {
        // A command that stops early closes its end.
        scope.spawn(move || drop(stdin.write_all(input)));
        child.wait_with_output().expect("the command ends")
    });
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

impl Run {
    /// What comes of a command that is ready to run, nothing on standard input.
    pub(crate) fn of(command: Command, arguments: &str) -> Self {
        let (code, stdout, stderr) = output(command, b"");
        Self { code, stdout, stderr, arguments: arguments.to_owned() }
    }

    /// All passed, and exactly this line is on standard error.
    #[track_caller]
    pub(crate) fn ends_with_message(&self, line: &str) {
        assert_eq!((self.code, self.stderr.trim_end()), (Some(0), line), "{self:#?}");
    }

    /// Exactly this on standard output, nothing on standard error, and the exit status.
    #[track_caller]
    pub(crate) fn shows(&self, code: i32, stdout: &str) {
        assert_eq!(self.stdout, stdout, "{}", self.arguments);
        assert_eq!(self.stderr, "", "{}", self.arguments);
        assert_eq!(self.code, Some(code), "{}", self.arguments);
    }

    /// The exit status, with nothing on standard error.
    #[track_caller]
    pub(crate) fn ends(&self, code: i32) {
        assert_eq!((self.code, self.stderr.as_str()), (Some(code), ""), "{self:#?}");
    }

    /// The question was not answered: exit status 2, nothing on standard output, and these lines in this order on
    /// standard error. Blank space around a line does not count.
    #[track_caller]
    pub(crate) fn complains(&self, lines: &str) {
        assert_eq!(self.code, Some(2), "{self:#?}");
        assert_eq!(self.stdout, "", "{self:#?}");
        let mut found = self.stderr.lines().map(str::trim);
        for line in lines.lines().map(str::trim) {
            assert!(found.any(|found| found == line), "no line {line:?} (in this order) in\n{}", self.stderr);
        }
    }

    /// Every line of standard output as JSON.
    #[track_caller]
    pub(crate) fn json_lines(&self) -> Vec<Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON on every line")).collect()
    }
}
