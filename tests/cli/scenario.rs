//! The starting scenario, row by row; `fixtures/cli/scenario.md` has its answers in full.

use crate::run::{Folder, Run, repository};

/// The rows of the table *MFA seed scenario* of `docs/semantics.md`: the action, the resource it is asked on, and the
/// answers with MFA, without, and with long-term keys; first for a user with the attached policy
/// `IAMUserChangePassword`, then without it. `A` is allowed, `I` an implicit, `X` an explicit deny.
#[rustfmt::skip]
const ROWS: &[(u8, &str, &str, &str, &str)] = &[
    (1, "iam:ChangePassword", "self", "AAA", "III"),
    (2, "iam:ChangePassword", "arn:aws:iam::123456789012:user/jane", "III", "III"),
    (3, "iam:GetAccountPasswordPolicy", "*", "AXX", "IXX"),
    (4, "iam:CreateVirtualMFADevice", "arn:aws:iam::123456789012:mfa/john.doe", "AAA", "AAA"),
    (5, "iam:DeleteVirtualMFADevice", "arn:aws:iam::123456789012:mfa/anything", "AAA", "AAA"),
    (6, "iam:EnableMFADevice", "self", "AAA", "AAA"),
    (7, "iam:EnableMFADevice", "arn:aws:iam::123456789012:user/jane", "III", "III"),
    (8, "iam:ListMFADevices", "self", "AAA", "AAA"),
    (9, "iam:ListVirtualMFADevices", "arn:aws:iam::123456789012:mfa/", "AAA", "AAA"),
    (10, "iam:ListVirtualMFADevices", "*", "III", "III"),
    (11, "iam:ListUsers", "arn:aws:iam::123456789012:user/", "AAA", "AAA"),
    (12, "iam:ListUsers", "*", "III", "III"),
    (12, "iam:ListUsers", "self", "III", "III"),
    (13, "ec2:DescribeInstances", "*", "AXX", "AXX"),
    (14, "s3:GetObject", "arn:aws:s3:::any/object", "AXX", "AXX"),
    (15, "iam:ListRoles", "*", "AXX", "AXX"),
    (15, "iam:ListRoles", "arn:aws:iam::123456789012:role/", "AXX", "AXX"),
    (16, "iam:CreateServiceLinkedRole", "arn:aws:iam::123456789012:role/aws-service-role/x.amazonaws.com/X", "AXX", "AXX"),
    (17, "iam:CreateUser", "arn:aws:iam::123456789012:user/new", "IXX", "IXX"),
    (18, "iam:DeactivateMFADevice", "self", "IXX", "IXX"),
    (18, "iam:ResyncMFADevice", "self", "IXX", "IXX"),
    (18, "iam:GetUser", "self", "IXX", "IXX"),
    (19, "organizations:DescribeOrganization", "*", "AXX", "AXX"),
    (20, "organizations:ListAccounts", "*", "IXX", "IXX"),
    (21, "account:ListRegions", "*", "AXX", "AXX"),
    (21, "account:ListRegions", "arn:aws:account::123456789012:account", "AXX", "AXX"),
    (22, "account:CloseAccount", "arn:aws:account::123456789012:account", "IXX", "IXX"),
    (23, "sts:GetSessionToken", "*", "AXA", "AXA"),
    (24, "sts:GetCallerIdentity", "*", "AAA", "AAA"),
];

const STATES: [&str; 3] = ["true", "false", "absent"];
const USERS: [&str; 2] = ["john.doe", "john.without-attached-policy"];

/// A folder in which the first line of no answer is wrapped.
fn wide() -> Folder {
    Folder::new().environment("COLUMNS", "200")
}

/// Checks every row with one run for each state, and one for all of them.
fn rows_hold(run: impl Fn(&str) -> Run + Sync, from: &str) {
    for (number, action, resource, with, without) in ROWS {
        for (user, row) in USERS.iter().zip([with, without]) {
            let question = |state: &str| format!("simulate {from} --as {user} -r {resource} --mfa {state} {action}");
            for (state, letter) in STATES.iter().zip(row.chars()) {
                let run = run(&question(state));
                run.ends(i32::from(letter != 'A'));
                assert_eq!(letters(&run.stdout), letter.to_string(), "row {number}: {}", question(state));
            }
            let all = run(&question("all"));
            all.ends(i32::from(*row != "AAA"));
            assert_eq!(letters(&all.stdout), *row, "row {number}: {}", question("all"));
        }
    }
}

/// The letter of each answer in a text for people. Where there are several, the table in front says the same.
#[track_caller]
fn letters(text: &str) -> String {
    let of_line = |line: &str| match (line.split_whitespace().next(), line.rsplit(' ').next()) {
        (Some("allow"), _) => Some('A'),
        (Some("implicit"), _) | (Some("deny"), Some("(implicit)")) => Some('I'),
        (Some("explicit"), _) | (Some("deny"), Some("(explicit)")) => Some('X'),
        _ => None,
    };
    let of_lines =
        |text: &str| -> String { text.lines().filter(|line| !line.starts_with(' ')).filter_map(of_line).collect() };
    let blocks: Vec<String> = text.split("\n\n").map(of_lines).collect();
    let [table, answers @ ..] = blocks.as_slice() else { return String::new() };
    if answers.is_empty() {
        return table.clone();
    }
    assert_eq!(*table, answers.concat(), "{text}");
    table.clone()
}

#[test]
fn every_row_holds_for_the_example() {
    let folder = wide();
    rows_hold(|arguments| folder.run(arguments), "--example force-mfa");
}

#[test]
fn every_row_holds_for_the_configuration_of_the_repository() {
    // The repository's own `iameval.toml` and files, in a folder that nobody else writes to.
    let folder = wide();
    for file in ["iameval.toml", "fixtures/force-mfa/world.yaml"].into_iter().map(str::to_owned).chain(
        ["force-mfa", "PowerUserAccess", "IAMUserChangePassword"]
            .map(|name| format!("fixtures/force-mfa/policies/{name}.json")),
    ) {
        folder.write(&file, std::fs::read(repository().join(&file)).expect("a file of the repository"));
    }
    rows_hold(|arguments| folder.run(arguments), "");
}
