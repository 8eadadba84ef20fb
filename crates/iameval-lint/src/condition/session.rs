//! Keys of a role session that a caller may only set with a further action.

use super::{KeyTest, begins};
use crate::action::covers_action;
use crate::codes;
use crate::subject::Subject;
use iameval::{Diagnostic, Effect, PolicyKind};

/// Keys and the action that lets a caller set them (*Pass session tags in AWS STS*; *Monitor and control actions taken with
/// assumed roles*).
const NEEDED: [(&str, &str); 4] = [
    ("sts:SourceIdentity", "sts:SetSourceIdentity"),
    ("aws:RequestTag/", "sts:TagSession"),
    ("aws:TagKeys", "sts:TagSession"),
    ("sts:TransitiveTagKeys", "sts:TagSession"),
];

pub(super) fn lint(subject: &Subject<'_>, test: &KeyTest<'_>, report: &mut impl FnMut(Diagnostic)) {
    if subject.kind != PolicyKind::RoleTrust || subject.statement.effect() != Effect::Allow || !test.needs_key() {
        return;
    }
    let key = test.key();
    let Some((_, action)) = NEEDED.iter().find(|(name, _)| begins(key, name)) else { return };
    let mut allows = subject.document.statements().iter().filter(|statement| statement.effect() == Effect::Allow);
    let is_allowed = || allows.any(|statement| covers_action(statement.action(), action));
    if !subject.once.allows.get(action, is_allowed) {
        let message = format!("no session has `{key}`, because the policy does not allow `{action}`");
        report(
            Diagnostic::new(codes::MISSING_SESSION_ACTION, test.of.key_span(), message)
                .with_help(format!("add `{action}` to `Action`")),
        );
    }
}
