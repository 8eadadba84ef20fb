//! Files that are written: what stays of the old one, and that nothing is lost when writing fails, the program is killed,
//! or several runs write at once. `fixtures/cli/writing.md` has what a page shows.

use crate::run::{Folder, Run};
use std::collections::BTreeMap;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::process::{Command, Stdio};

/// A policy that `--fix` makes shorter, of so many bytes and more.
fn wide(bytes: usize) -> String {
    let spaces = " ".repeat(bytes);
    format!(
        r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": ["s3:GetObject", "s3:Get*"], "Resource": "arn:aws:s3:::a/*"}}{spaces}}}"#
    )
}

fn fixed(text: &str) -> String {
    text.replace(r#"["s3:GetObject", "s3:Get*"]"#, r#"["s3:Get*"]"#)
}

const WORLD: &str = "\
account: '123456789012'
policies: { read: { Statement: { Effect: Allow, Action: 's3:Get*', Resource: '*' } } }
principals: { jo: { user: jo, policies: [read] } }
";

/// A case for each action, with one snapshot.
fn snapshot_of(actions: &str) -> String {
    format!(
        "use: world.yaml\ntests:\n  - {{ name: x, actions: [{actions}], resource: 'arn:aws:s3:::a/b', snapshot: s.txt }}\n"
    )
}

fn read(folder: &Folder, path: &str) -> String {
    std::fs::read_to_string(folder.path(path)).expect("a file")
}

/// The files of a folder that were not there before.
fn others(folder: &Folder, known: &[&str]) -> Vec<String> {
    let names = std::fs::read_dir(folder.path("")).expect("a folder").map(|entry| entry.expect("an entry").file_name());
    let names = names.map(|name| name.into_string().expect("UTF-8"));
    names.filter(|name| name != ".git" && !known.contains(&&**name)).collect()
}

/// Runs the program in the folder, below a line of bash that has it as `"$@"`.
fn below(folder: &Folder, line: &str, arguments: &str) -> Run {
    let mut command = Command::new("bash");
    command.args(["-c", line, "bash", env!("CARGO_BIN_EXE_iameval")]).args(arguments.split_whitespace());
    command.current_dir(folder.path("")).env_remove("GITHUB_ACTIONS");
    Run::of(command, &format!("{line}: {arguments}"))
}

#[test]
fn permissions_links_and_owner_stay() {
    let folder = Folder::new().with("sub/policy.json", wide(0));
    symlink("sub/policy.json", folder.path("link.json")).expect("a link");
    symlink("link.json", folder.path("second.json")).expect("a link");
    let path = folder.path("sub/policy.json");
    std::fs::hard_link(&path, folder.path("other.json")).expect("another name");
    let facts = || path.metadata().expect("a file");
    for mode in [0o600, 0o755, 0o664] {
        folder.write("sub/policy.json", wide(0));
        std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).expect("permissions");
        // Only root can give files away.
        let _ = std::os::unix::fs::chown(&path, Some(1), Some(1));
        let before = facts();
        folder.run("check second.json --fix").ends(0);
        assert_eq!(read(&folder, "sub/policy.json"), fixed(&wide(0)));
        assert_eq!((facts().mode() & 0o7777, facts().uid(), facts().gid()), (mode, before.uid(), before.gid()));
        assert!(folder.path("second.json").is_symlink() && folder.path("link.json").is_symlink());
    }
    // The other name keeps the old text, which `write` above put there in place the first time.
    assert_eq!((read(&folder, "other.json"), facts().nlink()), (wide(0), 1));
    assert_eq!(others(&folder, &["sub", "link.json", "second.json", "other.json"]), [""; 0]);
}

#[test]
fn a_new_file_has_the_permissions_that_the_caller_gives_new_files() {
    let folder = Folder::new().with("policy.json", wide(0));
    let run = below(&folder, r#"umask 027; "$@""#, "check policy.json --report sarif=out.sarif");
    assert_eq!((run.code, &*run.stderr), (Some(0), ""), "{run:#?}");
    assert_eq!(folder.path("out.sarif").metadata().expect("a report").mode() & 0o777, 0o640);
}

#[test]
fn a_file_that_may_not_be_written_to_stays() {
    let folder = Folder::new().with("policy.json", wide(0));
    std::fs::set_permissions(folder.path("policy.json"), PermissionsExt::from_mode(0o444)).expect("permissions");
    if std::fs::OpenOptions::new().write(true).open(folder.path("policy.json")).is_ok() {
        return eprintln!("skipped: root may write to every file");
    }
    folder.run("check policy.json --fix").complains("error[IE0509]: cannot write `policy.json`: Permission denied");
    assert_eq!(read(&folder, "policy.json"), wide(0));
}

#[test]
fn streams_are_written_to_as_they_are() {
    let folder = Folder::new().with("policy.json", wide(0));
    let github = "::notice file=policy.json,";
    let run = folder.run("check policy.json --report github=/dev/stderr");
    assert!(run.stderr.starts_with(github) && run.code == Some(0), "{run:#?}");
    let run = folder.run("check policy.json --report github=/dev/stdout");
    assert!(run.stdout.contains(github) && run.code == Some(0), "{run:#?}");
    // What a shell has open stays what it is, and the answer before the report stays as well.
    let run = below(&folder, r#""$@" > out.txt"#, "check policy.json --report github=/dev/stdout");
    assert_eq!((run.code, &*run.stderr), (Some(0), ""));
    let text = read(&folder, "out.txt");
    assert!(text.starts_with("info[IE0624]") && text.contains(github), "{text}");
    let run = below(&folder, r#""$@" > /dev/null"#, "check policy.json --report github=/dev/null");
    assert_eq!((run.code, &*run.stderr), (Some(0), ""));
    let fifo = r#"mkfifo fifo; cat fifo > read.txt & "$@" > /dev/null; wait"#;
    let run = below(&folder, fifo, "check policy.json --report github=fifo");
    assert_eq!((run.code, &*run.stderr), (Some(0), ""));
    assert!(read(&folder, "read.txt").starts_with(github));
}

/// A way to write files, what each of them holds before and after, and the arguments.
struct Case {
    arguments: &'static str,
    before: Vec<(&'static str, String)>,
    /// `None` where the file is not there.
    files: BTreeMap<&'static str, (Option<String>, String)>,
}

impl Case {
    fn new(arguments: &'static str, before: Vec<(&'static str, String)>, written: &[&'static str]) -> Self {
        let mut case = Self { arguments, before, files: BTreeMap::new() };
        let folder = case.folder();
        let old: Vec<Option<String>> =
            written.iter().map(|path| std::fs::read_to_string(folder.path(path)).ok()).collect();
        folder.run(arguments);
        case.files = written.iter().zip(old).map(|(path, old)| (*path, (old, read(&folder, path)))).collect();
        assert!(case.files.values().all(|(old, new)| old.as_ref() != Some(new)), "{arguments} writes");
        case
    }

    fn folder(&self) -> Folder {
        self.before.iter().fold(Folder::new(), |folder, (path, text)| folder.with(path, text))
    }

    /// Every file is wholly what it was or what it becomes; the status says whether all of them became that, and the message
    /// which of them did not. How many did.
    #[track_caller]
    fn is_whole(&self, folder: &Folder, run: &Run) -> usize {
        let mut written = 0;
        for (path, (old, new)) in &self.files {
            let now = std::fs::read_to_string(folder.path(path)).ok();
            assert!(now == *old || now.as_ref() == Some(new), "{path} is neither old nor new: {run:#?}");
            written += usize::from(now != *old);
            if run.code == Some(2) && now == *old {
                let told = [&format!("`{path}`"), "nothing was written", "cannot write the answer"];
                let told = told.iter().any(|told| run.stderr.contains(*told));
                assert!(told, "nothing is said of {path}: {run:#?}");
            }
        }
        if run.code.is_some_and(|code| code != 2) {
            assert_eq!(written, self.files.len(), "{run:#?}");
        }
        written
    }
}

/// All that writes, with texts of more than a block.
fn cases() -> Vec<Case> {
    let wide = || wide(3_000);
    let actions = "s3:GetObject, s3:PutObject, 's3:*Tagging', 's3:*Acl'";
    let tests = |name: &str| snapshot_of(actions).replace("name: x", &format!("name: {name}"));
    let padded = |text: String| format!("{text}{}", "#".repeat(3_000));
    let test = |text: String| vec![("world.yaml", WORLD.to_owned()), ("x.iamtest.yaml", text)];
    let many = (0..20).map(|at| format!("  - {{ name: {at}, action: s3:PutObject, resource: '*', expect: allow }}\n"));
    let many = many.collect::<Vec<_>>().concat();
    let many = format!("use: world.yaml\ntests:\n{many}");
    let table = "use: world.yaml\ntests:\n  - name: x\n    table: |\n      action        resource  decision\n      s3:GetObject  *         deny\n";
    vec![
        Case::new(
            "check a.json b.json c.json --fix",
            vec![("a.json", wide()), ("b.json", wide()), ("c.json", wide())],
            &["a.json", "b.json", "c.json"],
        ),
        Case::new(
            "check a.json --report sarif=one.sarif --report gitlab=two.json",
            vec![("a.json", wide()), ("one.sarif", "{}".into())],
            &["one.sarif", "two.json"],
        ),
        Case::new("test --update", test(padded(tests("x"))), &["s.txt"]),
        Case::new("test --update", test(padded(table.to_owned())), &["x.iamtest.yaml"]),
        Case::new(
            "test --coverage=lcov:lcov.info --report junit=junit.xml --report gitlab=gitlab.json",
            [test(many), vec![("junit.xml", "<old/>".into())]].concat(),
            &["lcov.info", "junit.xml", "gitlab.json"],
        ),
        Case::new(
            "init",
            Vec::new(),
            &["world.yaml", "policies/developer.json", "policies.iamtest.yaml", "iameval.toml"],
        ),
    ]
}

/// Nothing but the files is left behind.
#[track_caller]
fn is_tidy(case: &Case, folder: &Folder) {
    let left = others(folder, &[]);
    assert!(!left.iter().any(|name| name.starts_with(".iameval-")), "{left:?} after {}", case.arguments);
}

/// The system calls that writing a file takes, each of which may fail.
const CALLS: [&str; 6] = ["write", "fsync", "rename,renameat,renameat2", "fchmod", "flock", "linkat"];

/// The number of a call at which nothing fails any more.
const MANY: usize = 60;

fn has_strace() -> bool {
    let mut strace = Command::new("strace");
    let runs = strace.args(["-e", "trace=none", "-o", "/dev/null", "true"]).stderr(Stdio::null()).status();
    let runs = runs.is_ok_and(|status| status.success());
    if !runs {
        eprintln!("skipped: `strace` does not run here");
    }
    runs
}

#[test]
fn every_call_fails_once() {
    if !has_strace() {
        return;
    }
    for case in cases() {
        let mut failures = 0;
        for call in CALLS {
            for number in 1..MANY {
                let folder = case.folder();
                let inject = format!("inject={call}:error=ENOSPC:when={number}");
                let line = format!(r#"strace -f -o trace.txt -e 'trace={call}' -e '{inject}' "$@""#);
                let run = below(&folder, &line, case.arguments);
                case.is_whole(&folder, &run);
                is_tidy(&case, &folder);
                if !read(&folder, "trace.txt").contains("INJECTED") {
                    break;
                }
                failures += usize::from(run.code == Some(2));
            }
        }
        assert!(failures > 2 * case.files.len(), "{}: {failures} failures", case.arguments);
    }
}

#[test]
fn killed_at_any_call_the_files_are_whole() {
    if !has_strace() {
        return;
    }
    for case in cases() {
        let mut kills = 0;
        for call in ["write", "fsync", "rename,renameat,renameat2"] {
            for number in 1..MANY {
                let folder = case.folder();
                let inject = format!("inject={call}:signal=SIGKILL:when={number}");
                let line = format!(r#"strace -f -o trace.txt -e 'trace={call}' -e '{inject}' "$@""#);
                let run = below(&folder, &line, case.arguments);
                case.is_whole(&folder, &run);
                if !read(&folder, "trace.txt").contains("killed by SIGKILL") {
                    break;
                }
                kills += 1;
                // A later run is not disturbed by what was left behind.
                if case.arguments != "init" {
                    let run = folder.run(case.arguments);
                    assert_eq!(case.is_whole(&folder, &run), case.files.len(), "{run:#?}");
                }
            }
        }
        assert!(kills > case.files.len(), "{}: {kills} kills", case.arguments);
    }
}

/// The largest file that may be written has 1024 bytes. What is longer fails, whichever of several it is, and what is not
/// longer was not written either.
#[test]
fn a_file_that_grows_too_long_leaves_all_as_they_were() {
    let names = ["a.json", "b.json", "c.json"];
    for long in names {
        let text = |name: &str| wide(if name == long { 3_000 } else { 10 });
        let folder = names.iter().fold(Folder::new(), |folder, name| folder.with(name, text(name)));
        let run = below(&folder, r#"trap '' XFSZ; ulimit -f 1; "$@""#, "check a.json b.json c.json --fix");
        run.complains(&format!("error[IE0509]: cannot write `{long}`: File too large, so nothing was written"));
        for name in names {
            assert_eq!(read(&folder, name), text(name));
        }
        assert_eq!(others(&folder, &names), [""; 0]);
        // The signal that comes with the limit kills where it is not ignored.
        below(&folder, r#"ulimit -f 1; "$@""#, "check a.json b.json c.json --fix");
        for name in names {
            assert_eq!(read(&folder, name), text(name));
        }
    }
    for case in cases() {
        let folder = case.folder();
        let run = below(&folder, r#"trap '' XFSZ; ulimit -f 1; "$@""#, case.arguments);
        case.is_whole(&folder, &run);
        is_tidy(&case, &folder);
    }
}

#[test]
fn on_a_full_disk_the_old_files_stay() {
    const MOUNT: &str = "mount -t tmpfs -o size=64k tmpfs small";
    let folder = Folder::new().with("a.json", wide(20_000)).with("small/nothing", "");
    // In a space of its own, so that the file system goes with the process.
    let apart = |line: &str| {
        let mut command = Command::new("unshare");
        command.args(["-rm", "bash", "-c", line, "bash", env!("CARGO_BIN_EXE_iameval")]).current_dir(folder.path(""));
        Run::of(command, line)
    };
    let has_unshare = Command::new("unshare").arg("--version").output().is_ok();
    if !has_unshare || apart(MOUNT).code != Some(0) {
        return eprintln!("skipped: no file system can be mounted here");
    }
    let run = apart(&format!(
        r#"{MOUNT} && cd small && cp ../a.json a.json && cp ../a.json b.json && dd if=/dev/zero of=rest 2> /dev/null
           "$1" check a.json b.json --fix; echo "status $?"; cmp a.json ../a.json && cmp b.json ../a.json; ls -A"#
    ));
    assert_eq!(run.stdout, "status 2\na.json\nb.json\nrest\n", "{run:#?}");
    assert!(run.stderr.contains("cannot write `a.json`: No space left on device, so nothing was written"), "{run:#?}");
}

#[test]
fn eight_updates_of_one_snapshot_lose_no_row() {
    const ACTIONS: [&str; 8] = [
        "s3:GetObject",
        "s3:PutObject",
        "s3:GetObjectAcl",
        "s3:PutObjectAcl",
        "s3:GetObjectTagging",
        "s3:PutObjectTagging",
        "s3:GetObjectVersion",
        "s3:DeleteObject",
    ];
    let folder = Folder::new().with("world.yaml", WORLD).with("x.iamtest.yaml", snapshot_of(&ACTIONS.join(", ")));
    folder.run("test --update").ends_with_message("wrote s.txt");
    let right = read(&folder, "s.txt");
    folder.write("s.txt", right.replace("  allow", "  explicit").replace("  implicit", "  explicit"));
    let update = |action: &str| {
        // Again until nobody else has written in between.
        for _ in 0..100 {
            let run = below(&folder, r#""$@""#, &format!("test --update -k {action}]"));
            if run.code == Some(0) {
                assert_eq!(run.stderr, "wrote s.txt\n", "{run:#?}");
                return;
            }
            run.complains(
                "error[IE0509]: cannot write `s.txt`: it has changed since it was read\n= help: run the command again",
            );
        }
        panic!("{action} was never written");
    };
    std::thread::scope(|scope| {
        for action in ACTIONS {
            scope.spawn(move || update(action));
        }
    });
    assert_eq!(read(&folder, "s.txt"), right);
}

/// Runs the command, and changes a file when all others are read but the one called `late`, which has that text.
fn changing(folder: &Folder, arguments: &str, late: &str, text: &str, change: impl FnOnce()) -> Run {
    let made = Command::new("mkfifo").arg(folder.path(late)).status().expect("`mkfifo`");
    assert!(made.success());
    std::thread::scope(|scope| {
        let running = scope.spawn(|| folder.run(arguments));
        // It opens once the command reads it.
        let mut late = std::fs::OpenOptions::new().write(true).open(folder.path(late)).expect("a pipe");
        change();
        late.write_all(text.as_bytes()).expect("a reader");
        drop(late);
        running.join().expect("a run")
    })
}

#[test]
fn what_changed_since_it_was_read_stays() {
    let folder = Folder::new().with("a.json", wide(0)).with("b.json", wide(1));
    let run =
        changing(&folder, "check a.json b.json late.json --fix --ignore IE0506", "late.json", &fixed(&wide(0)), || {
            folder.write("b.json", wide(2));
        });
    run.complains("error[IE0509]: cannot write `b.json`: it has changed since it was read, so nothing was written");
    assert_eq!((read(&folder, "a.json"), read(&folder, "b.json")), (wide(0), wide(2)));
    assert_eq!(others(&folder, &["a.json", "b.json", "late.json"]), [""; 0]);
    // A snapshot that somebody else wrote while another test file was read.
    let late =
        "account: '123456789012'\npolicies: { read: late.json }\nprincipals: { jo: { user: jo, policies: [read] } }\n";
    let tests = snapshot_of("s3:GetObject");
    let folder = Folder::new().with("world.yaml", WORLD).with("a.iamtest.yaml", &tests).with("late.yaml", late);
    folder.write("b.iamtest.yaml", tests.replace("world.yaml", "late.yaml").replace("s.txt", "other.txt"));
    let run = changing(&folder, "test --update", "late.json", &wide(0), || folder.write("s.txt", "theirs"));
    run.complains("error[IE0509]: cannot write `s.txt`: it has changed since it was read, so nothing was written");
    assert_eq!(read(&folder, "s.txt"), "theirs");
    assert!(!folder.path("other.txt").exists());
}

#[test]
fn only_files_are_changed() {
    let folder = Folder::new();
    let run = below(&folder, &format!("printf '%s' '{}' | \"$@\"", wide(0)), "check /dev/stdin --fix");
    run.complains("error[IE0509]: cannot write `/dev/stdin`: it is not a file");
}

#[test]
fn a_snapshot_without_text_is_written() {
    let folder = Folder::new().with("world.yaml", WORLD).with("x.iamtest.yaml", snapshot_of("s3:GetObject"));
    folder.write("s.txt", " \n");
    folder.run("test --update").ends_with_message("wrote s.txt");
    assert!(read(&folder, "s.txt").contains("s3:GetObject"));
}
