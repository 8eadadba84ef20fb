//! Keys that say whose request or whose resource it is: wildcards and variables in them let strangers through.

use super::{KeyTest, begins};
use crate::codes;
use crate::subject::Subject;
use iameval::{ConditionOperator, Diagnostic, Operator, PolicyKind};

/// *Sensitive condition keys* in *AWS global condition context keys*.
const SENSITIVE: [&str; 10] = [
    "aws:PrincipalAccount",
    "aws:PrincipalOrgID",
    "aws:ResourceAccount",
    "aws:ResourceOrgID",
    "aws:SourceAccount",
    "aws:SourceOrgID",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:VpceAccount",
    "aws:VpceOrgID",
];

/// Keys whose value the caller chooses.
const CHOSEN_BY_THE_CALLER: [&str; 7] = [
    "aws:referer",
    "aws:RequestTag/",
    "aws:SourceIdentity",
    "aws:TagKeys",
    "aws:UserAgent",
    "aws:userid",
    "sts:RoleSessionName",
];
/// Where the caller may be of another account, whose administrators choose these.
const CHOSEN_BY_THE_CALLERS_ACCOUNT: [&str; 3] = ["aws:PrincipalArn", "aws:PrincipalTag/", "aws:username"];

pub(crate) fn is_sensitive(key: &str) -> bool {
    SENSITIVE.iter().any(|name| name.eq_ignore_ascii_case(key))
}

pub(super) fn lint(subject: &Subject<'_>, test: &KeyTest<'_>, report: &mut impl FnMut(Diagnostic)) {
    if !is_sensitive(test.key()) || !test.lets_through(subject.statement.effect()) {
        return;
    }
    let key = test.key();
    for (value, span) in test.values().zip(test.of.value_spans()) {
        let finding = |message: String| Diagnostic::new(codes::SENSITIVE_KEY_TOO_WIDE, span, message);
        let outside = outside_variables(value);
        if test.takes_wildcards() && outside.contains(['*', '?']) {
            // Endpoint policies take none in these keys at all, which is another finding.
            if subject.kind == PolicyKind::Endpoint {
                continue;
            }
            let message = format!("`{value}` also matches values of `{key}` that belong to others");
            report(finding(message).with_help(format!("list the intended values under `{}`", exact(test))));
        } else if let Some(variable) = variables(value).find(|variable| is_chosen(subject.kind, key, variable)) {
            let message = if variable.eq_ignore_ascii_case(key) {
                format!("`{value}` is the key itself, so every value of `{key}` matches")
            } else {
                format!("the caller chooses the value of `{value}`, and so which `{key}` matches")
            };
            report(finding(message).with_help("write the intended value"));
        }
    }
}

fn exact(test: &KeyTest<'_>) -> ConditionOperator {
    use Operator::{StringEquals, StringLike, StringNotEquals, StringNotLike};
    let mut operator = test.operator();
    operator.base = match operator.base {
        StringLike => StringEquals,
        StringNotLike => StringNotEquals,
        other => other,
    };
    operator
}

fn is_chosen(kind: PolicyKind, key: &str, variable: &str) -> bool {
    // The names that end in a slash are those of tags, each with a key of its own.
    let is =
        |name: &&str| if name.ends_with('/') { begins(variable, name) } else { variable.eq_ignore_ascii_case(name) };
    let foreign = matches!(
        kind,
        PolicyKind::Resource | PolicyKind::RoleTrust | PolicyKind::ResourceControl | PolicyKind::Endpoint
    );
    variable.eq_ignore_ascii_case(key)
        || CHOSEN_BY_THE_CALLER.iter().any(is)
        || (foreign && CHOSEN_BY_THE_CALLERS_ACCOUNT.iter().any(is))
}

/// The keys of the variables in a value.
fn variables(value: &str) -> impl Iterator<Item = &str> {
    let inner = value.split("${").skip(1).filter_map(|rest| rest.split('}').next());
    inner.map(|inner| inner.split(", '").next().unwrap_or(inner))
}

fn outside_variables(value: &str) -> String {
    let mut parts = value.split("${");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |outside, rest| outside + rest.split_once('}').map_or("", |(_, after)| after))
}
