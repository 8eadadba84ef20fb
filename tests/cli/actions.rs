//! What a pattern covers; `fixtures/cli/actions.md` has the rest.

use crate::run::{Folder, JOHN, allow};

/// The actions and resources that are asked, in order.
#[track_caller]
fn asks(arguments: &str, expected: &[(&str, &str)]) {
    let folder = Folder::new().with("policy.json", allow("Passwords", "iam:*Password*"));
    let results = folder.results(&format!("simulate --policy policy.json {arguments}"));
    let asked: Vec<(&str, &str)> = results
        .iter()
        .map(|result| (result["action"].as_str().unwrap_or_default(), result["resource"].as_str().unwrap_or_default()))
        .collect();
    assert_eq!(asked, expected);
}

#[test]
fn a_pattern_is_every_action_that_it_covers() {
    asks(
        "iam:*Password*",
        &[
            ("iam:ChangePassword", "*"),
            ("iam:DeleteAccountPasswordPolicy", "*"),
            ("iam:GetAccountPasswordPolicy", "*"),
            ("iam:UpdateAccountPasswordPolicy", "*"),
        ],
    );
    asks(&format!("--as {JOHN} IAM:change??ssword"), &[("iam:ChangePassword", JOHN)]);
    // What is there already does not come twice.
    asks(
        "iam:GetAccountPasswordPolicy iam:*AccountPassword* iam:Get*PasswordPolicy",
        &[
            ("iam:GetAccountPasswordPolicy", "*"),
            ("iam:DeleteAccountPasswordPolicy", "*"),
            ("iam:UpdateAccountPasswordPolicy", "*"),
        ],
    );
}
