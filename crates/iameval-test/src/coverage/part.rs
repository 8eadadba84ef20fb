//! The parts of a statement that a request can reach, each with its place and its counts.

use super::statement::Truths;
use super::{StatementCoverage, Tally};
use iameval::text::Span;
use iameval::{ConditionOperator, Operator, PatternElement, PrincipalElement, PrincipalForm, Statement};

/// A part of a policy that requests can reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyPart<'a> {
    /// The position of its statement in the policy, from 0.
    pub statement: usize,
    /// What it is.
    pub kind: PartKind<'a>,
    /// Its place in the source of the policy.
    pub span: Span,
    /// How often it was reached in each of the ways that count.
    pub reached: Vec<Reached>,
}

/// What a part of a policy is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PartKind<'a> {
    /// The statement as a whole.
    Statement,
    /// An entry of a list.
    Entry {
        /// The element that holds the list: `NotAction`.
        element: &'static str,
        /// The entry as it is written.
        text: &'a str,
    },
    /// A key of a condition.
    Condition {
        /// The operator that it stands under.
        operator: ConditionOperator,
        /// The key as it is written.
        key: &'a str,
    },
}

/// A way in which a part can be reached, and how often it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    /// In a word: `matched`, or what a condition was: `true`, `false`, `present`, `absent`.
    pub way: &'static str,
    /// How often.
    pub times: u64,
}

/// The parts of a statement in source order; the statement itself comes first.
pub(super) fn parts<'a>(index: usize, statement: &'a Statement, counts: &StatementCoverage) -> Vec<PolicyPart<'a>> {
    let part = |kind, span, reached| PolicyPart { statement: index, kind, span, reached };
    let matched = |times| vec![Reached { way: "matched", times }];
    let principals = statement.principal().map(principals).unwrap_or_default();
    let actions = patterns(["Action", "NotAction"], statement.action());
    let resources = statement.resource().map(|element| patterns(["Resource", "NotResource"], element));
    let entries =
        [(principals, &counts.principal), (actions, &counts.action), (resources.unwrap_or_default(), &counts.resource)];
    let entries = entries.into_iter().flat_map(|(entries, counts)| entries.into_iter().zip(counts));
    let conditions = statement.tests().zip(&counts.conditions).map(|((operator, test), truths)| {
        part(PartKind::Condition { operator, key: test.key() }, test.span(), ways(operator, *truths))
    });
    let mut parts = vec![part(PartKind::Statement, statement.span(), matched(counts.matched))];
    parts.extend(entries.map(|((kind, span), times)| part(kind, span, matched(*times))));
    parts.extend(conditions);
    parts.sort_by_key(|part| part.span.start);
    parts
}

type Entry<'a> = (PartKind<'a>, Span);

fn patterns<'a>([positive, negated]: [&'static str; 2], element: &'a PatternElement) -> Vec<Entry<'a>> {
    let element_name = if element.is_negated() { negated } else { positive };
    let entry = |(text, span)| (PartKind::Entry { element: element_name, text }, span);
    element.patterns().zip(element.spans()).map(entry).collect()
}

fn principals(element: &PrincipalElement) -> Vec<Entry<'_>> {
    let element_name = if element.is_negated() { "NotPrincipal" } else { "Principal" };
    let entry = |(text, span)| (PartKind::Entry { element: element_name, text }, span);
    match element.form() {
        PrincipalForm::Everyone => vec![entry(("*", element.name_span()))],
        PrincipalForm::Map(lists) => lists.iter().flat_map(|list| list.values().zip(list.spans())).map(entry).collect(),
    }
}

/// What is to be seen of a condition. `Null` asks whether the key is there and nothing else, so with the key it is always
/// true or always false.
fn ways(operator: ConditionOperator, truths: Truths) -> Vec<Reached> {
    let way = |way, times| Reached { way, times };
    let Truths { satisfied, unsatisfied, absent } = truths;
    let absent = way("absent", absent);
    match operator.base {
        Operator::Null => vec![way("present", satisfied + unsatisfied), absent],
        _ => vec![way("true", satisfied), way("false", unsatisfied), absent],
    }
}

impl PolicyPart<'_> {
    /// How many of its ways were met.
    pub fn tally(&self) -> Tally {
        let covered = self.reached.iter().filter(|reached| reached.times > 0).count();
        Tally { covered, total: self.reached.len() }
    }

    /// What is missing, in words: `never matched`, `never false or absent`; `None` when it is covered.
    pub(super) fn missing(&self) -> Option<String> {
        let missing = self.reached.iter().filter(|reached| reached.times == 0).map(|reached| reached.way);
        let missing: Vec<&str> = missing.collect();
        let (last, others) = missing.split_last()?;
        if others.is_empty() {
            return Some(format!("never {last}"));
        }
        Some(format!("never {} or {last}", others.join(", ")))
    }
}

impl std::fmt::Display for PartKind<'_> {
    /// `NotAction "iam:GetUser"`, `BoolIfExists aws:MultiFactorAuthPresent`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            PartKind::Statement => f.write_str("statement"),
            PartKind::Entry { element, text } => write!(f, "{element} \"{text}\""),
            PartKind::Condition { operator, key } => write!(f, "{operator} {key}"),
        }
    }
}
