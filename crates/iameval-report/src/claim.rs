//! Verdicts on claims, as text and as JSON (`{"schema": "iameval/prove/1", …}`).

use crate::json::{list, number, optional, placed_with, result_members, text};
use crate::layout::Lines;
use crate::located::count;
use crate::style::Style;
use crate::text::{Depth, answer_to_text, described};
use crate::undecided::{undecided_in_words, undecided_to_json};
use iameval::json::{Node, Value};
use iameval::{ContextKey, RuleSelection};
use iameval_ask::words::listed;
use iameval_ask::{ClaimVerdict, Closed, ProvedClaim, RefutedClaim};
use iameval_prove::native::CatalogueFacts;
use iameval_prove::{ClosedBy, Expectation};

/// How much to say of a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listing {
    /// A few of what there may be many.
    Few,
    /// Everything.
    All,
}

/// How many of something to name.
const FEW: usize = 5;

/// How many closing statements to name.
const FEW_CLOSING: usize = 3;

/// The verdict as lines of text, each ended; of a claim that is refuted the counterexample as `simulate` answers it.
pub fn claim_to_text(proved: &ProvedClaim, catalogue: &CatalogueFacts, listing: Listing, style: Style) -> String {
    let mut lines = Lines::new(style);
    let (word, painted) = match &proved.verdict {
        ClaimVerdict::Holds(_) => ("holds: ", style.allow("holds")),
        ClaimVerdict::Refuted(_) => ("refuted: ", style.deny("refuted")),
        ClaimVerdict::Unknown(_) => ("unknown: ", style.mark("unknown")),
    };
    lines.painted(word, &format!("{painted}: "), "  ", &verdict_in_words(proved));
    match &proved.verdict {
        ClaimVerdict::Holds(closed) => closing(closed, listing, &mut lines),
        ClaimVerdict::Refuted(refuted) => actions(refuted, listing, &mut lines),
        ClaimVerdict::Unknown(undecided) => {
            for (position, reason) in undecided.iter().enumerate() {
                lines.named(if position == 0 { "because" } else { "" }, &undecided_in_words(reason), "");
            }
        }
    }
    assumed(proved, &mut lines);
    lines.named("basis", &basis(proved.service_rules, catalogue), "");
    if let ClaimVerdict::Refuted(refuted) = &proved.verdict {
        let caller = refuted.counterexample.request.principal().id();
        if let Some(session) = caller.filter(|id| *id != proved.principal) {
            lines.named("caller", session, "");
        }
        lines.line("");
        lines.text.push_str(&answer_to_text(&refuted.counterexample, Depth::Explained, style));
    }
    lines.into_text()
}

/// The verdict in one sentence: `every request in the scope is denied`.
pub fn verdict_in_words(proved: &ProvedClaim) -> String {
    let decided = match proved.expect {
        Expectation::Deny => "denied",
        Expectation::Allow => "allowed",
        Expectation::ExplicitDeny => "explicitly denied",
        Expectation::ImplicitDeny => "implicitly denied",
    };
    match &proved.verdict {
        ClaimVerdict::Holds(_) => format!("every request in the scope is {decided}"),
        ClaimVerdict::Unknown(_) => format!("whether every request in the scope is {decided} could not be decided"),
        ClaimVerdict::Refuted(refuted) => {
            let found = match (proved.expect, refuted.counterexample.simulation.decision) {
                (Expectation::Deny, _) => "is allowed",
                (Expectation::Allow, _) => "is denied",
                (_, iameval::Decision::Allowed) => "is allowed",
                (Expectation::ExplicitDeny, _) => "is denied only implicitly",
                (Expectation::ImplicitDeny, _) => "is denied explicitly",
            };
            format!("a request in the scope {found}")
        }
    }
}

/// What closes a claim that holds.
fn closing(closed: &[Closed], listing: Listing, lines: &mut Lines) {
    let most = if listing == Listing::All { usize::MAX } else { FEW_CLOSING };
    let mut name = "closed by";
    for one in closed.iter().take(most) {
        let actions = count(one.actions(), "action");
        match one.statement() {
            Some(statement) => {
                let (statement, place) = described(&statement);
                lines.named(name, &format!("{statement} ({actions})"), &place);
            }
            None => lines.named(name, &format!("{} ({actions})", closed_by_in_words(one.by())), ""),
        }
        name = "";
    }
    if let Some(more) = closed.len().checked_sub(most).filter(|more| *more > 0) {
        lines.named(name, &format!("and {more} more: `-v` lists all"), "");
    }
}

fn closed_by_in_words(by: ClosedBy) -> &'static str {
    match by {
        ClosedBy::Statement(_) => "a statement",
        ClosedBy::NoAllow => "no statement allows them",
        ClosedBy::ServiceRule => "rules of services",
    }
}

/// The actions for which a claim does not hold.
fn actions(refuted: &RefutedClaim, listing: Listing, lines: &mut Lines) {
    let most = if listing == Listing::All { usize::MAX } else { FEW };
    let unlisted = if refuted.unlisted_actions { "actions that the catalogue does not have" } else { "" };
    let text = match (refuted.actions.as_slice(), unlisted) {
        ([], unlisted) => format!("only {unlisted}"),
        (_, "") => refuted.actions_in_words(most),
        (_, unlisted) => format!("{}; and {unlisted}", refuted.actions_in_words(most)),
    };
    lines.named("for", &text, "");
    for reason in &refuted.undecided {
        lines.named("undecided", &format!("for more actions: {}", undecided_in_words(reason)), "");
    }
}

fn assumed(proved: &ProvedClaim, lines: &mut Lines) {
    let keys: Vec<&str> = proved.assumed.single.iter().map(ContextKey::as_str).collect();
    if !keys.is_empty() {
        let holds = if keys.len() == 1 { "holds" } else { "hold" };
        let text = format!("{} {holds} one value: AWS does not declare whether it is a list", listed(&keys, ", ", FEW));
        lines.named("assumed", &text, "");
    }
    if proved.assumed.owner {
        lines.named("assumed", "a resource whose ARN names no account belongs to the caller's account", "");
    }
}

/// `policies alone, without service rules; 22321 actions of 2026-10-27, and any other action`.
fn basis(rules: RuleSelection, catalogue: &CatalogueFacts) -> String {
    let rules = match rules {
        RuleSelection::None => "policies alone, without service rules",
        RuleSelection::Refusals => "policies and the service rules that refuse",
        RuleSelection::All => "policies and all service rules",
    };
    let date = catalogue.date.as_deref().map(|date| format!(" ({date})")).unwrap_or_default();
    format!("{rules}; AWS actions known: {}{date}", catalogue.actions)
}

/// The verdict as one document; print it with `{:#}`.
pub fn claim_to_json<'a>(proved: &'a ProvedClaim, catalogue: &CatalogueFacts) -> Node<'a> {
    let (refuted, closed, undecided) = match &proved.verdict {
        ClaimVerdict::Holds(closed) => (None, closed.as_slice(), &[][..]),
        ClaimVerdict::Refuted(refuted) => (Some(&**refuted), &[][..], refuted.undecided.as_slice()),
        ClaimVerdict::Unknown(undecided) => (None, &[][..], undecided.as_slice()),
    };
    let is_known = !matches!(proved.verdict, ClaimVerdict::Unknown(_));
    let actions = refuted.map(|refuted| refuted.actions.as_slice()).unwrap_or_default();
    let unlisted = refuted.is_some_and(|refuted| refuted.unlisted_actions);
    let date = optional(catalogue.date.as_deref().map(text));
    Node::object([
        ("schema", Node::string("iameval/prove/1")),
        ("verdict", Node::string(proved.verdict.id())),
        ("expect", Node::string(expectation(proved.expect))),
        ("principal", text(&proved.principal)),
        ("counterexample", optional(refuted.map(counterexample))),
        ("actions", optional(is_known.then(|| list(actions.iter().map(text))))),
        ("unlisted_actions", optional(is_known.then_some(Node::new(Value::Bool(unlisted))))),
        ("closed_by", list(closed.iter().map(closed_by))),
        ("undecided", list(undecided.iter().map(undecided_to_json))),
        ("assumed_single", list(proved.assumed.single.iter().map(|key| text(key.as_str())))),
        ("assumed_owner", Node::new(Value::Bool(proved.assumed.owner))),
        ("catalogue", Node::object([("actions", number(catalogue.actions)), ("date", date)])),
        ("service_rules", rules(proved.service_rules)),
    ])
}

/// The word for what is claimed.
fn expectation(expect: Expectation) -> &'static str {
    match expect {
        Expectation::Deny => "deny",
        Expectation::Allow => "allow",
        Expectation::ExplicitDeny => "explicit",
        Expectation::ImplicitDeny => "implicit",
    }
}

fn rules(rules: RuleSelection) -> Node<'static> {
    match rules {
        RuleSelection::None => Node::new(Value::Bool(false)),
        RuleSelection::Refusals => Node::string("refusals"),
        RuleSelection::All => Node::new(Value::Bool(true)),
    }
}

/// The result that `simulate` has for the request, and whether AWS could make it.
fn counterexample(refuted: &RefutedClaim) -> Node<'_> {
    let mut members: Vec<(&str, Node<'_>)> = result_members(&refuted.counterexample.read());
    let context = refuted.counterexample.request.context();
    let context = context.iter().map(|(key, value)| {
        let value = value.map(|value| {
            let texts = list(value.texts().map(text));
            if value.is_list() { texts } else { optional(value.texts().next().map(text)) }
        });
        (key.as_str(), optional(value))
    });
    members.push(("context", Node::object(context.collect::<Vec<_>>())));
    members.push(("realistic", Node::new(Value::Bool(refuted.is_realistic))));
    Node::object(members)
}

fn closed_by(closed: &Closed) -> Node<'static> {
    let actions = ("actions", number(closed.actions()));
    let statement = closed.statement();
    match (closed.by(), statement.as_ref().and_then(|statement| Some((statement, statement.statement?.effect())))) {
        (_, Some((statement, effect))) => placed_with(statement, effect, actions),
        (ClosedBy::NoAllow, None) => Node::object([("by", Node::string("no_allow")), actions]),
        (ClosedBy::ServiceRule, None) => Node::object([("by", Node::string("service_rule")), actions]),
        (ClosedBy::Statement(_), None) => Node::object([("by", Node::string("statement")), actions]),
    }
}
