//! Names and texts of unknown origin, in everything that the program prints: none of them steers a terminal, and no line is
//! a command to the runner of GitHub Actions but those of its own report.

use crate::run::{Folder, Run};

/// What a name could try: a command on a line of its own in both forms, colours, a title, a turn of direction, 8-bit CSI.
const EVIL: &str = "n\n::error::owned\r::add-mask::x\u{1b}[31m\u{1b}]0;t\u{7}\u{9b}2J\u{202e}\u{85}##[error]o";

/// The same as a string in YAML and JSON.
fn escaped() -> String {
    let escape = |ch: char| match u32::from(ch) {
        code @ (0..0x20 | 0x7f..) => format!("\\u{code:04x}"),
        _ => ch.to_string(),
    };
    EVIL.chars().map(escape).collect()
}

/// Runs the command; `EVIL` in an argument is the name.
#[track_caller]
fn tells_safely(folder: &Folder, arguments: &str, code: i32) -> Run {
    let mut command = folder.command("");
    command.args(arguments.split(' ').map(|argument| argument.replace("EVIL", EVIL)));
    let run = Run::of(command, arguments);
    assert_eq!(run.code, Some(code), "{run:#?}");
    for (stream, text) in [("standard output", &run.stdout), ("standard error", &run.stderr)] {
        is_safe(arguments, stream, text);
    }
    run
}

#[track_caller]
fn is_safe(arguments: &str, what: &str, text: &str) {
    let told = |why: &str| format!("`{arguments}`, {what}: {why} in\n{text:?}");
    let steers = |ch: char| (ch.is_control() && !matches!(ch, '\n' | '\t')) || matches!(ch, '\u{202a}'..='\u{202e}');
    assert!(!text.contains(steers), "{}", told("a control character"));
    for line in text.split(['\n', '\r']).map(str::trim_start) {
        let own = ["error", "warning", "notice"].map(|word| [format!("::{word} file="), format!("::{word}::")]);
        let is_own = own.as_flattened().iter().any(|own| line.starts_with(own)) && !line.starts_with("::error::owned");
        let is_command = line.starts_with("::") && line.split("::").count() > 2;
        assert!(!is_command || is_own, "{}", told(line));
        // The newer form goes first where a line has both.
        assert!(is_own || !line.contains("##["), "{}", told(line));
        assert!(!is_own || line.split("::").count() >= 3, "{}", told(line));
    }
}

/// A policy with a finding that can be fixed, and with texts of its own to tell.
fn policy() -> String {
    format!(
        r#"{{"Version": "2012-10-17", "Statement": [
            {{"Effect": "Allow", "Action": ["s3:GetObject", "s3:Get*", "s3:{0}"], "Resource": "arn:aws:s3:::{0}/*"}},
            {{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {{"StringEquals": {{"aws:{0}": "{0}"}}}}}}
        ]}}"#,
        escaped()
    )
}

fn folder() -> Folder {
    let name = escaped();
    let world = format!(
        "account: '123456789012'\npolicies: {{ \"{name}\": \"EVIL.json\" }}\nprincipals: {{ \"{name}\": {{ user: jo, policies: [\"{name}\"] }} }}\n"
    )
    .replace("EVIL", &name);
    let tests = format!(
        "use: \"{name}.yaml\"\ndefaults: {{ lenient: true }}\ntests:\n\
         \x20 - {{ name: \"{name}\", action: s3:GetObject, resource: \"arn:aws:s3:::{name}/x\", mfa: true, expect: deny, tags: [\"{name}\"] }}\n\
         \x20 - {{ name: \"why {name}\", action: s3:PutObject, resource: '*', skip: \"{name}\", expect: deny }}\n\
         \x20 - {{ name: \"snap {name}\", action: s3:GetObject, resource: \"arn:aws:s3:::{name}/y\", snapshot: \"{name}.txt\" }}\n"
    );
    Folder::new()
        .with(&format!("{EVIL}.json"), policy())
        .with(&format!("{EVIL}.yaml"), world)
        .with(&format!("{EVIL}.iamtest.yaml"), tests)
        .with(&format!("{EVIL}/{EVIL}.json"), policy())
        .with(&format!("{EVIL}/not a policy {EVIL}.json"), "{}")
        .with(&format!("empty {EVIL}.json"), " ")
        .with(&format!("broken-{EVIL}.json"), format!("{{\"Statement\": \"{EVIL}\"}}"))
        .with(&format!("broken-{EVIL}.yaml"), format!("account: \"{name}\"\nprincipals: [{name}"))
        .with(&format!("binary-{EVIL}.json"), b"\xff\xfe\x00")
        .with(&format!("bad-{EVIL}.toml"), format!("world = \"{name}\"\n\"{name}\" = 1\n"))
}

#[test]
fn of_check() {
    for (flags, code) in [
        ("check EVIL.json", 1),
        ("-v check EVIL.json", 1),
        ("check EVIL", 1),
        ("-v check EVIL.yaml", 1),
        ("-v check .", 2),
        ("check EVIL.json --format json", 1),
        ("check EVIL.json --report sarif=-", 1),
        ("check EVIL.json --report github=-", 1),
        ("check EVIL.json --report gitlab=-", 1),
        ("check EVIL.json --report sarif=EVIL.json", 2),
        ("check EVIL.json --report sarif=none/EVIL", 2),
        ("check EVIL.json --report sarif=written-EVIL --report gitlab=none/EVIL", 2),
        ("check EVIL.json --report EVIL", 2),
        ("check EVIL.json --select EVIL", 2),
        ("check EVIL.json --EVIL", 2),
        ("check EVIL.json --fix --format EVIL", 2),
        ("check missing-EVIL.json", 2),
        ("check broken-EVIL.json", 1),
        ("check broken-EVIL.yaml", 2),
        ("check binary-EVIL.json", 2),
        ("check EVIL.json EVIL/EVIL.json --fix", 1),
    ] {
        tells_safely(&folder(), flags, code);
        tells_safely(&folder().environment("GITHUB_ACTIONS", "true"), flags, code);
    }
}

#[test]
fn of_test() {
    for (flags, code) in [
        ("test", 1),
        ("-v test EVIL.iamtest.yaml", 1),
        ("test --list", 0),
        ("test --format json", 1),
        ("-v test --update", 1),
        ("test --coverage", 1),
        ("test --coverage=listing", 1),
        ("test --coverage=lcov:/dev/stdout", 1),
        ("test -k why --mutants", 1),
        ("test -k EVIL", 2),
        ("test --report junit=-", 1),
        ("test --report sarif=-", 1),
        ("test --report github=-", 1),
        ("test --report gitlab=-", 1),
        ("test --report junit=EVIL.iamtest.yaml", 2),
        ("test missing-EVIL.iamtest.yaml", 2),
        ("test broken-EVIL.yaml", 2),
        ("test --managed EVIL", 2),
    ] {
        tells_safely(&folder(), flags, code);
        tells_safely(&folder().environment("GITHUB_ACTIONS", "true"), flags, code);
    }
}

#[test]
fn of_questions() {
    let folder = folder();
    for (flags, code) in [
        ("-v simulate -w EVIL.yaml --as EVIL -r arn:aws:s3:::EVIL/x s3:GetObject", 0),
        ("simulate -w EVIL.yaml --as EVIL -r arn:aws:s3:::EVIL/x -c aws:EVIL=EVIL s3:GetObject --trace", 1),
        ("simulate -w EVIL.yaml --as EVIL -r * s3:GetObject s3:PutObject", 1),
        ("simulate -w EVIL.yaml --as EVIL -r * s3:GetObject --format json", 1),
        ("simulate -w EVIL.yaml --as other-EVIL -r * s3:GetObject", 2),
        ("simulate -w EVIL.yaml --as EVIL -r EVIL s3:EVIL", 2),
        ("simulate --policy EVIL.json -r * s3:GetObject", 1),
        ("simulate --policy missing-EVIL.json -r * s3:GetObject", 2),
        ("simulate --request missing-EVIL.json", 2),
        ("simulate --example EVIL s3:GetObject", 2),
        ("-v matrix -w EVIL.yaml --as EVIL -r arn:aws:s3:::EVIL/x s3:GetObject", 0),
        (
            "matrix -w EVIL.yaml --columns principals=EVIL --columns aws:EVIL=EVIL -r arn:aws:s3:::EVIL/x s3:GetObject",
            0,
        ),
        ("matrix -w EVIL.yaml --rows principals -r arn:aws:s3:::EVIL/x s3:GetObject --format csv", 0),
        ("matrix -w EVIL.yaml --rows principals -r arn:aws:s3:::EVIL/x s3:GetObject --format md", 0),
        ("matrix -w EVIL.yaml --rows principals -r arn:aws:s3:::EVIL/x s3:GetObject --format json", 0),
        ("matrix -w EVIL.yaml --rows principals -r arn:aws:s3:::EVIL/x s3:GetObject --format html", 0),
        ("matrix -w EVIL.yaml --rows principals -r arn:aws:s3:::EVIL/x s3:GetObject --check EVIL.json", 1),
        ("matrix -w EVIL.yaml --rows principals -r arn:aws:s3:::EVIL/x s3:GetObject --write new-EVIL.txt", 0),
        ("matrix -w EVIL.yaml --columns EVIL s3:GetObject", 2),
        ("matrix -w EVIL.yaml --columns principals=other-EVIL s3:GetObject", 2),
        ("keys EVIL.json", 0),
        ("keys EVIL.json --format json", 0),
        ("keys broken-EVIL.json", 2),
        ("-v keys -w EVIL.yaml", 0),
        ("expand EVIL", 2),
        ("expand s3:Get* --resource-type EVIL", 0),
        ("explain EVIL", 2),
        ("batch missing-EVIL", 2),
        ("init new-EVIL", 0),
        ("init EVIL.json", 2),
        ("init --example EVIL", 2),
        ("-v --config bad-EVIL.toml check", 2),
        ("--config missing-EVIL.toml check", 2),
        ("--data EVIL check EVIL.json", 2),
        ("schema EVIL", 2),
        ("EVIL", 2),
    ] {
        tells_safely(&folder, flags, code);
    }
    let line = format!("{{\"id\": \"{}\"}}\n", escaped());
    is_safe("batch", "standard output", &folder.run_with("batch", line).stdout);
}

#[test]
fn reports_hold_the_name_as_it_is() {
    let folder = folder();
    let run = tells_safely(&folder, "check EVIL.json --format json", 1);
    let document: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
    assert_eq!(document["policies"][0]["file"], format!("{EVIL}.json"));
    let run = tells_safely(&folder, "check EVIL.json --report gitlab=-", 1);
    let document: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
    assert_eq!(document[0]["location"]["path"], format!("{EVIL}.json"));
}
