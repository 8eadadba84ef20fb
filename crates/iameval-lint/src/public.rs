//! Resource policies that let in anybody, or a service on anybody's behalf.

use crate::subject::Subject;
use iameval::text::Span;
use iameval::{
    AccountId, Code, ConditionOperator, ConditionTest, Diagnostic, Effect, Operator, PolicyKind, PrincipalForm,
    PrincipalType, Quantifier, Statement,
};

/// Keys that tie a grant to somebody when they have fixed values: *The meaning of "public"* in the Amazon S3 User Guide,
/// and the keys of other services and of organizations that do the same. In lower case.
const TYING: [&str; 18] = [
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
    "aws:vpceaccount",
    "aws:vpceorgid",
    "kms:calleraccount",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
];

/// Keys that say on whose behalf a service calls (R-CTX-11), in lower case.
const BEHALF: [&str; 4] = ["aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths"];

pub(crate) fn lint(subject: &Subject<'_>, report: &mut impl FnMut(Diagnostic)) {
    let statement = subject.statement;
    let of_resource = matches!(subject.kind, PolicyKind::Resource | PolicyKind::RoleTrust);
    let Some(principal) = statement.principal().filter(|element| of_resource && !element.is_negated()) else { return };
    if statement.effect() != Effect::Allow {
        return;
    }
    if let Some(span) = everybody(principal.form(), principal.name_span())
        && !is_tied(statement, &TYING)
    {
        let message = match subject.kind {
            PolicyKind::RoleTrust => "anybody may assume this role",
            _ => "the statement lets anybody in, whatever the account",
        };
        let help = "name the principals, or add a condition with fixed values, such as one on `aws:PrincipalOrgID`";
        report(Diagnostic::new(Code::PublicAccess, span, message).with_help(help));
    }
    if subject.kind == PolicyKind::Resource && !is_tied(statement, &BEHALF) {
        for (service, span) in services(principal.form()) {
            let message = format!("`{service}` may use this on behalf of any of its customers");
            let help =
                "add a condition on `aws:SourceArn`, `aws:SourceAccount` or `aws:SourceOrgID`, if the service sends it";
            report(Diagnostic::new(Code::ConfusedDeputy, span, message).with_help(help));
        }
    }
}

/// The place where everybody is named.
fn everybody(form: &PrincipalForm, name: Span) -> Option<Span> {
    match form {
        PrincipalForm::Everyone => Some(name),
        PrincipalForm::Map(lists) => {
            let aws = lists.iter().filter(|list| list.kind() == PrincipalType::Aws);
            let mut values = aws.flat_map(|list| list.values().zip(list.spans()));
            values.find(|(value, _)| *value == "*").map(|(_, span)| span)
        }
    }
}

fn services(form: &PrincipalForm) -> impl Iterator<Item = (&str, Span)> {
    let lists: &[_] = match form {
        PrincipalForm::Everyone => &[],
        PrincipalForm::Map(lists) => lists,
    };
    let services = lists.iter().filter(|list| list.kind() == PrincipalType::Service);
    services.flat_map(|list| list.values().zip(list.spans()))
}

/// Whether a condition with fixed values of one of the keys must hold.
fn is_tied(statement: &Statement, keys: &[&str]) -> bool {
    let blocks = statement.condition().iter();
    let mut tests = blocks.flat_map(|block| block.keys().iter().map(move |test| (block.operator(), test)));
    tests.any(|(operator, test)| {
        keys.contains(&&*test.key().to_ascii_lowercase()) && must_hold(operator) && has_fixed_values(operator, test)
    })
}

/// Whether the operator holds only where the key has one of the values.
fn must_hold(operator: ConditionOperator) -> bool {
    let positive = !operator.base.is_negated() && operator.base != Operator::Null;
    positive && !operator.if_exists && operator.quantifier != Some(Quantifier::ForAllValues)
}

fn has_fixed_values(operator: ConditionOperator, test: &ConditionTest) -> bool {
    let key = test.key().to_ascii_lowercase();
    let wild = |text: &str| text.contains("${") || (takes_wildcards(operator.base) && text.contains(['*', '?']));
    let fixed = |text: &str| match operator.base {
        Operator::IpAddress => is_narrow(text),
        // The id of a role's session is the role's id and a name that anybody may choose.
        _ if key == "aws:userid" => text.split(':').next().is_some_and(|id| !id.is_empty() && !wild(id)),
        // An ARN may have wildcards where its account is fixed.
        _ if wild(text) => text.split(':').nth(4).is_some_and(|account| account.parse::<AccountId>().is_ok()),
        _ => true,
    };
    let mut values = test.values().peekable();
    values.peek().is_some() && values.all(fixed)
}

fn takes_wildcards(operator: Operator) -> bool {
    matches!(operator, Operator::StringLike | Operator::ArnLike | Operator::ArnEquals)
}

/// Whether an address range is narrower than what S3 calls public: /8 of IPv4, /32 of IPv6.
fn is_narrow(text: &str) -> bool {
    let (address, length) = match text.split_once('/') {
        Some((address, length)) => (address, length.parse::<u8>().ok()),
        None => (text, Some(u8::MAX)),
    };
    let widest = if address.contains(':') { 32 } else { 8 };
    length.is_some_and(|length| length >= widest)
}
