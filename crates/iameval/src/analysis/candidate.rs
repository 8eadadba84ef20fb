//! Values that might satisfy a condition, or keep it from being satisfied: what its own values suggest.

use crate::condition::DateTime;
use crate::context::{Context, ContextValue};
use crate::document::{ConditionOperator, ConditionTest, Operator, OperatorFamily, Quantifier};
use crate::name::ContextKey;
use crate::variable::{Part, Syntax, parts};

/// A text that is hardly ever among the values of a policy.
const OTHER: &str = "something-else";
/// Addresses for documentation (RFC 5737), which no policy allows on purpose.
const OTHER_ADDRESSES: [&str; 2] = ["192.0.2.1", "2001:db8::1"];

/// An ARN that no policy names on purpose.
const OTHER_ARN: &str = "arn:aws:iam::000000000000:role/something-else";

/// Values for global keys that are not plain texts, by name in lower case (*AWS global condition context keys*), in order.
const TYPED: [(&str, &str); 14] = [
    ("aws:currenttime", "2026-01-01T00:00:00Z"),
    ("aws:ec2instancesourceprivateipv4", "192.0.2.1"),
    ("aws:epochtime", "1767225600"),
    ("aws:multifactorauthage", "1"),
    ("aws:multifactorauthpresent", "true"),
    ("aws:principalarn", OTHER_ARN),
    ("aws:principalisawsservice", "true"),
    ("aws:securetransport", "true"),
    ("aws:sourcearn", OTHER_ARN),
    ("aws:sourceip", "192.0.2.1"),
    ("aws:sourcevpcarn", "arn:aws:ec2:us-east-1:000000000000:vpc/vpc-00000000"),
    ("aws:tokenissuetime", "2026-01-01T00:00:00Z"),
    ("aws:viaawsservice", "true"),
    ("aws:vpcsourceip", "192.0.2.1"),
];

/// Some value that a key may have.
fn some_value(key: &str) -> &'static str {
    let key = key.to_ascii_lowercase();
    TYPED
        .binary_search_by_key(&&*key, |(name, _)| name)
        .ok()
        .and_then(|at| TYPED.get(at))
        .map_or(OTHER, |(_, value)| value)
}

/// What the key may be set to; `None` is absent. Each to be tried, in this order.
pub(super) fn candidates(
    operator: ConditionOperator,
    test: &ConditionTest,
    context: &Context,
) -> Vec<Option<ContextValue>> {
    let mut texts: Vec<String> = Vec::new();
    for value in test.values() {
        of_value(operator.base, value, context, &mut texts);
    }
    let mut absent_first = false;
    match operator.base.family() {
        OperatorFamily::Null => {
            absent_first = test.values().any(|value| value.eq_ignore_ascii_case("true"));
            texts = vec![some_value(test.key()).into()];
        }
        OperatorFamily::Bool => texts.extend(["true".into(), "false".into()]),
        OperatorFamily::IpAddress => texts.extend(OTHER_ADDRESSES.map(str::to_owned)),
        OperatorFamily::String => texts.push(OTHER.into()),
        OperatorFamily::Arn => texts.push(OTHER_ARN.into()),
        OperatorFamily::Numeric | OperatorFamily::Date | OperatorFamily::Binary => {}
    }
    let key = ContextKey::new(test.key());
    // No request has a single value for a multivalued key.
    let list = key.is_multivalued() || (operator.quantifier.is_some() && is_list(context, &key));
    let mut values: Vec<Option<ContextValue>> = Vec::new();
    if absent_first {
        values.push(None);
    }
    if list {
        values.extend(changed_lists(operator.quantifier, &texts, context.value(&key)).into_iter().map(Some));
    }
    values.extend(
        texts
            .iter()
            .map(|text| Some(if list { ContextValue::list([text.as_str()]) } else { ContextValue::single(text) })),
    );
    values.push(None);
    values
}

/// Lists that differ from the one at hand by one value: one less for `ForAllValues`, one more for `ForAnyValue`.
fn changed_lists(quantifier: Option<Quantifier>, texts: &[String], now: Option<&ContextValue>) -> Vec<ContextValue> {
    /// Longer lists are replaced as a whole.
    const LONG: usize = 8;
    let now: Vec<&str> = now.map(|value| value.texts().collect()).unwrap_or_default();
    let mut lists = Vec::new();
    if quantifier == Some(Quantifier::ForAllValues) {
        if now.len() <= LONG {
            let without =
                |left_out: usize| now.iter().enumerate().filter(move |(at, _)| *at != left_out).map(|(_, text)| *text);
            lists.extend((0..now.len()).map(|left_out| ContextValue::list(without(left_out))));
        }
    } else if !now.is_empty() && now.len() <= LONG {
        lists.extend(texts.iter().map(|text| ContextValue::list(now.iter().copied().chain([text.as_str()]))));
    }
    lists
}

fn is_list(context: &Context, key: &ContextKey) -> bool {
    context.value(key).is_some_and(ContextValue::is_list)
}

/// Texts that one value of the policy suggests.
fn of_value(operator: Operator, value: &str, context: &Context, texts: &mut Vec<String>) {
    match operator.family() {
        OperatorFamily::Numeric => {
            texts.push(value.into());
            if let Ok(number) = value.parse::<i64>() {
                let around = [number.checked_sub(1), number.checked_add(1)];
                texts.extend(around.into_iter().flatten().map(|number| number.to_string()));
            }
        }
        OperatorFamily::Date => {
            texts.push(value.into());
            let seconds = DateTime::parse(value).and_then(|date| u64::try_from(date.epoch_seconds()).ok());
            let around = seconds.into_iter().flat_map(|seconds| [seconds.checked_sub(1), seconds.checked_add(1)]);
            texts.extend(around.flatten().map(|seconds| DateTime::from_epoch_seconds(seconds).to_string()));
        }
        OperatorFamily::IpAddress => texts.push(value.split('/').next().unwrap_or(value).into()),
        OperatorFamily::Arn => {
            texts.extend(filled(value, ["*", "?"], context));
            texts.extend(filled(value, ["x", "x"], context));
        }
        OperatorFamily::Null => {}
        // The pattern itself is a text that fits it, and says more than any other.
        OperatorFamily::String if operator.takes_wildcards() => texts.extend(filled(value, ["*", "?"], context)),
        // Such a `*` is a plain character, which was hardly meant: a value with it says nothing that helps.
        OperatorFamily::String if value.contains('*') => {}
        OperatorFamily::String | OperatorFamily::Bool | OperatorFamily::Binary => texts.extend(literal(value, context)),
    }
}

/// The value with its variables filled in; `None` where one has no value.
fn literal(value: &str, context: &Context) -> Option<String> {
    fill(value, Syntax { variables: true, wildcards: false }, ["", ""], context)
}

/// The pattern with its variables filled in, and with these in place of each `*` and `?`.
fn filled(value: &str, wildcards: [&str; 2], context: &Context) -> Option<String> {
    fill(value, Syntax { variables: true, wildcards: true }, wildcards, context)
}

fn fill(value: &str, syntax: Syntax, [star, unit]: [&str; 2], context: &Context) -> Option<String> {
    let mut text = String::new();
    for part in parts(value, syntax) {
        match part {
            Part::Literal(literal) => text.push_str(&literal),
            Part::Star => text.push_str(star),
            Part::Unit => text.push_str(unit),
            Part::Variable(variable) => {
                let value = context.value(&ContextKey::new(&variable.key)).filter(|value| !value.is_list());
                let known = value.and_then(|value| value.texts().next().map(str::to_owned));
                text.push_str(&known.or(variable.default)?);
            }
        }
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_values_of_their_type() {
        assert!(TYPED.is_sorted_by(|one, other| one.0 < other.0));
        assert_eq!(some_value("aws:MultiFactorAuthAge"), "1");
        assert_eq!(some_value("s3:prefix"), OTHER);
    }
}
