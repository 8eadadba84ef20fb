//! Actions: V-08, V-14 to V-16, V-20.

use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::document::{PolicyKind, Statement};
use crate::text::Spanned;

/// What a trust policy may allow, in lower case.
const TRUST_ACTIONS: [&str; 6] = [
    "sts:assumerole",
    "sts:assumerolewithsaml",
    "sts:assumerolewithwebidentity",
    "sts:setcontext",
    "sts:setsourceidentity",
    "sts:tagsession",
];

pub(super) fn check(statement: &Statement, kind: PolicyKind, report: &mut impl FnMut(Diagnostic)) {
    let patterns = &statement.action.patterns;
    if patterns.items.is_empty() {
        let message = "the list of actions is empty, so the statement matches nothing";
        report(Diagnostic::new(codes::NO_ACTIONS, patterns.span(), message));
    }
    for action in &patterns.items {
        if let Some(diagnostic) = one(action) {
            report(if action.value.contains("${") {
                diagnostic.with_help("policy variables are supported only in `Resource` and `Condition`")
            } else {
                diagnostic
            });
        } else if kind == PolicyKind::RoleTrust && !is_trust_action(&action.value) {
            let message = format!("`{}` is not an action of a role trust policy", action.value);
            let help = "a trust policy defines who may assume the role; what the role may do is defined in its identity policies";
            report(Diagnostic::new(codes::TRUST_POLICY_ACTION, action.span, message).with_help(help));
        }
    }
}

fn one(action: &Spanned<Box<str>>) -> Option<Diagnostic> {
    let text = &*action.value;
    if text == "*" {
        return None;
    }
    let Some((vendor, name)) = text.split_once(':') else {
        let message = format!("the action `{text}` has no service prefix");
        let help = "write it as `service:Action`, such as `s3:GetObject`";
        return Some(Diagnostic::new(codes::ACTION_WITHOUT_VENDOR, action.span, message).with_help(help));
    };
    if name.contains(':') {
        let message = format!("the action `{text}` has more than one colon");
        return Some(Diagnostic::new(codes::ACTION_WITH_COLONS, action.span, message));
    }
    let valid = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    let vendor_is_valid = vendor == "*" || (!vendor.is_empty() && vendor.bytes().all(valid));
    (!vendor_is_valid).then(|| {
        let message = format!("`{vendor}` is not a service prefix");
        Diagnostic::new(codes::INVALID_VENDOR, action.span, message)
            .refused(16, format!("Vendor {vendor} is not valid"))
    })
}

fn is_trust_action(text: &str) -> bool {
    // Patterns such as `sts:Assume*` are in wide use.
    let lower = text.to_ascii_lowercase();
    lower == "*" || TRUST_ACTIONS.contains(&&*lower) || (lower.starts_with("sts:") && lower.contains(['*', '?']))
}
