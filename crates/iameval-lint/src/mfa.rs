//! Denies that enforce MFA, and what they keep a new user from.

use crate::codes;
use crate::probe::Probe;
use crate::subject::a_few;
use iameval::{Decision, Diagnostic, Effect, Mfa, PolicyDocument, PolicyKind, Severity};

/// Calls on the way to an MFA device of one's own, and what misses them. `{self}` is the caller.
const CALLS: [(&str, &str, &str); 9] = [
    ("iam:ChangePassword", "{self}", "a password that must be changed at first sign-in"),
    ("iam:GetAccountPasswordPolicy", "*", "the console page for changing a password"),
    ("iam:GetUser", "{self}", "the console page of the user's own security credentials"),
    ("iam:CreateVirtualMFADevice", "arn:aws:iam::{account}:mfa/somebody", "setting up a virtual device"),
    ("iam:EnableMFADevice", "{self}", "setting up a device"),
    ("iam:ResyncMFADevice", "{self}", "a device whose clock is off"),
    ("iam:ListMFADevices", "{self}", "the console's list of the user's own devices"),
    ("iam:ListVirtualMFADevices", "arn:aws:iam::{account}:mfa/", "the console's list of devices"),
    ("sts:GetSessionToken", "*", "a session with MFA for the command line"),
];

/// Calls that AWS's own examples leave out on purpose, so that no one without MFA can change a password (*AWS: Allows
/// MFA-authenticated IAM users to manage their own credentials on the Security credentials page*).
const OF_PASSWORDS: [&str; 2] = ["iam:ChangePassword", "iam:GetAccountPasswordPolicy"];

/// A call that has nothing to do with signing in.
const ORDINARY: (&str, &str) = ("ec2:DescribeInstances", "*");

pub(crate) fn lint(document: &PolicyDocument, kind: PolicyKind, report: &mut impl FnMut(Diagnostic)) {
    if !matches!(kind, PolicyKind::Identity | PolicyKind::ServiceControl) {
        return;
    }
    if document.statements().iter().all(|statement| statement.effect() == Effect::Allow) {
        return;
    }
    let Some(probe) = Probe::all(document).into_iter().next() else { return };
    let blocked = |action: &str, resource: &str| {
        let decide = |mfa| probe.decide(action, resource, mfa);
        decide(Mfa::False) == Decision::ExplicitDeny && decide(Mfa::TRUE) != Decision::ExplicitDeny
    };
    // Only a Deny of ordinary calls enforces MFA; one of a few sensitive calls does not concern this lint.
    if !blocked(ORDINARY.0, ORDINARY.1) {
        return;
    }
    let denying = probe.statement(ORDINARY.0, ORDINARY.1, Mfa::False).and_then(|at| document.statements().get(at));
    let Some(statement) = denying.filter(|statement| statement.effect() == Effect::Deny) else { return };
    let missing: Vec<&(&str, &str, &str)> =
        CALLS.iter().filter(|(action, resource, _)| blocked(action, resource)).collect();
    if missing.is_empty() {
        return;
    }
    let names = a_few(missing.iter().map(|(action, ..)| action), CALLS.len());
    let message = format!("without MFA, this Deny also blocks {names} for a new user");
    let needs: Vec<String> = missing.iter().map(|(action, _, need)| format!("`{action}`: {need}")).collect();
    let add = if statement.action().is_negated() {
        "add what users need to `NotAction`"
    } else {
        "exempt them with `NotAction`"
    };
    let help = format!("{add}, and allow it somewhere; who needs them: {}", needs.join("; "));
    let mut finding = Diagnostic::new(codes::MFA_DENY_BLOCKS_SELF_SERVICE, statement.action().name_span(), message);
    if missing.iter().map(|(action, ..)| *action).eq(OF_PASSWORDS) {
        finding = finding.with_severity(Severity::Info);
    }
    report(finding.with_help(help));
}
