//! What is proven of whole statements: that they never match, that others deny or allow all that they allow, that their
//! conditions are always true. Where another finding tells the reason already, nothing is said.

use crate::attached::AttachedTo;
use crate::codes;
use crate::public::lets_in_anyone;
use crate::stranger::Strangers;
use crate::template::is_template;
use iameval::json::{Node, Value};
use iameval::symbol::Symbols;
use iameval::text::Span;
use iameval::{
    Code, CompiledPolicy, Diagnostic, Effect, PolicyDocument, PolicyId, PolicyKind, PolicySet, Severity, Statement,
    StatementId,
};
use iameval_data::Catalogue;
use iameval_prove::{Beside, Most, Policies, Prover, Scope, StatementFindings};
use std::sync::Arc;

/// So many steps are taken for the proofs about one policy, unless asked for more. The policies that AWS manages take a
/// hundredth of it.
pub(crate) const MOST_STEPS: u64 = 100_000;

/// So many statements a policy has at most about which something is proven, unless asked for more.
const MOST_STATEMENTS: usize = 80;

/// So many statements that let in strangers are told of a policy.
const MOST_STRANGERS: usize = 16;

/// A policy about which something can be proven: it compiles, and nothing in it is to be filled in.
pub(crate) struct Provable<'p, 'c> {
    prover: &'p Prover<'c>,
    policies: Policies,
    kind: PolicyKind,
}

/// What is proven of a policy.
pub(crate) struct Proven {
    policies: Policies,
    /// `None` where it would have been more work than the bound allows.
    findings: Option<StatementFindings>,
    /// Whether it was tried.
    is_asked: bool,
}

impl<'p, 'c> Provable<'p, 'c> {
    /// `None` also for a statement alone without conditions: nothing is to be found out about that.
    pub(crate) fn new(
        document: &PolicyDocument,
        kind: PolicyKind,
        catalogue: &Catalogue,
        prover: impl FnOnce() -> &'p Prover<'c>,
    ) -> Option<Self> {
        let is_simple = document.statements().len() <= 1
            && document
                .statements()
                .iter()
                .all(|statement| statement.condition().is_empty() && !lets_in_anyone(statement));
        if is_simple || is_template(document, catalogue) {
            return None;
        }
        Some(Self { prover: prover(), policies: policies_of(document.clone(), kind)?, kind })
    }

    /// Whom the statements let in that nobody invited, on what the policy is attached to.
    pub(crate) fn strangers(&self, to: &AttachedTo, steps: u64) -> Strangers {
        if !matches!(self.kind, PolicyKind::Resource | PolicyKind::RoleTrust) {
            return Strangers::default();
        }
        let (scope, open) = (to.scope(), self.open_statements().count());
        let strangers = self.strangers_within(&self.policies, &scope, steps);
        // A statement about another resource is told as that of the other: one of the two is a slip.
        let may_be_of_others = !to.is_unknown() && strangers.count() < open;
        if may_be_of_others && self.has_statements_of_others(&scope, steps) {
            return self.strangers_within(&self.policies, &Scope::default(), steps);
        }
        strangers
    }

    /// The statements that may let in somebody whom they do not name.
    fn open_statements(&self) -> impl Iterator<Item = &Statement> {
        let statements = self.policies.documents().iter().flat_map(|document| document.statements());
        statements.filter(|statement| lets_in_anyone(statement))
    }

    fn strangers_within(&self, policies: &Policies, scope: &Scope, steps: u64) -> Strangers {
        let open = self.open_statements().count();
        let most = Most { statements: open.min(MOST_STRANGERS), steps };
        if open == 0 {
            return Strangers::new([].into(), true);
        }
        let Ok(found) = self.prover.let_in(policies, scope, most) else {
            return Strangers::default();
        };
        let is_complete = found.undecided.is_empty() && (found.by.len() < most.statements || most.statements == open);
        let by = found.by.into_iter().filter_map(|found| Some((number(policies, found.statement?)?, found)));
        Strangers::new(by.collect(), is_complete)
    }

    /// Whether some of the statements let in nobody within the scope even without conditions and Denies.
    fn has_statements_of_others(&self, scope: &Scope, steps: u64) -> bool {
        let bare = self.policies.documents().first().and_then(|document| without_limits(document));
        let Some(bare) = bare.and_then(|document| policies_of(document, self.kind)) else { return false };
        self.strangers_within(&bare, scope, steps).count() < self.open_statements().count()
    }

    /// What the statements do.
    pub(crate) fn statements(self, steps: u64) -> Proven {
        let count: usize = self.policies.documents().iter().map(|document| document.statements().len()).sum();
        // Each statement is compared with all others, whatever comes of it.
        if steps <= MOST_STEPS && count > MOST_STATEMENTS {
            return Proven { policies: self.policies, findings: None, is_asked: false };
        }
        let findings = self.prover.statements_within(&self.policies, &Scope::default(), Beside::ItsOwn, steps);
        Proven { policies: self.policies, findings: findings.unwrap_or_default(), is_asked: true }
    }
}

fn policies_of(document: PolicyDocument, kind: PolicyKind) -> Option<Policies> {
    let compiled = CompiledPolicy::new(PolicyId::new("policy"), kind, &document).ok()?;
    let set = PolicySet::builder().add(Arc::new(compiled)).build().without_service_rules();
    let set = set.with_symbols(Arc::new(symbols_of(&document)));
    Policies::new(set, [Arc::new(document)])
}

/// The Allow statements that may let in somebody whom they do not name, each without its conditions.
fn without_limits(document: &PolicyDocument) -> Option<PolicyDocument> {
    let mut tree = document.to_json();
    let Value::Object(members) = &mut tree.value else { return None };
    let list = &mut members.iter_mut().find(|member| member.key == "Statement")?.value;
    if let Value::Array(nodes) = &mut list.value {
        let mut statements = document.statements().iter();
        nodes.retain(|_| statements.next().is_some_and(lets_in_anyone));
        nodes.iter_mut().for_each(drop_condition);
    } else {
        drop_condition(list);
    }
    PolicyDocument::from_tree(&tree).value
}

fn drop_condition(statement: &mut Node<'_>) {
    if let Value::Object(members) = &mut statement.value {
        members.retain(|member| member.key != "Condition");
    }
}

/// The symbols in a document, of which nothing is taken to be known: what is proven is so whatever they stand for.
fn symbols_of(document: &PolicyDocument) -> Symbols {
    let conditions: String =
        document.statements().iter().flat_map(Statement::only_if).map(|only_if| only_if.symbol().as_char()).collect();
    Symbols::of_unknown_texts([&*document.to_string(), &*conditions])
}

/// The position of a statement in its policy.
fn number(policies: &Policies, statement: StatementId) -> Option<usize> {
    policies.set().origin(statement).map(|origin| origin.statement_index)
}

impl Proven {
    /// Adds what is not said yet.
    pub(crate) fn lint(&self, document: &PolicyDocument, findings: &mut Vec<Diagnostic>) {
        let Some(proven) = &self.findings else {
            findings.push(left_out(document, self.is_asked));
            return;
        };
        let statement = |id: StatementId| document.statements().get(number(&self.policies, id)?);
        let mut new = Vec::new();
        for id in &proven.never_matches {
            new.extend(statement(*id).filter(|own| !is_told(own.span(), NEVER, findings)).map(never_matches));
        }
        for id in &proven.shadowed {
            new.extend(statement(*id).map(|own| shadowed(own, cover(proven, *id).and_then(statement))));
        }
        for id in proven.redundant.iter().filter(|id| adds_nothing_of_its_own(proven, **id)) {
            let own = statement(*id).filter(|own| !is_told(brace(own), &[codes::REDUNDANT_STATEMENT], findings));
            new.extend(own.map(|own| redundant(own, cover(proven, *id).and_then(statement))));
        }
        for (id, test) in &proven.always_true {
            if !proven.never_matches.contains(id) {
                new.extend(statement(*id).and_then(|own| always_true(own, *test, findings)));
            }
        }
        findings.append(&mut new);
    }
}

/// Findings that tell why a statement never matches, or that it can hardly be meant as it stands.
const NEVER: &[Code] = &[
    codes::NEVER_MATCHES,
    codes::MISSING_QUALIFIER,
    codes::ODD_BOOLEAN,
    codes::OPERATOR_TYPE_MISMATCH,
    codes::IMPOSSIBLE_VALUE,
    codes::VARIABLE_WITHOUT_VALUE,
    codes::ACTION_FITS_NO_RESOURCE,
];

/// Findings that tell why a condition is always true.
const ALWAYS: &[Code] = &[
    codes::ALWAYS_HOLDS,
    codes::ODD_BOOLEAN,
    codes::MISSING_QUALIFIER,
    codes::OPERATOR_TYPE_MISMATCH,
    codes::IMPOSSIBLE_VALUE,
    codes::EQUIVALENT_TO_NULL,
    codes::VARIABLE_WITHOUT_VALUE,
];

/// Whether there is a finding of one of these codes, or an error, within a place.
fn is_told(place: Span, by: &[Code], findings: &[Diagnostic]) -> bool {
    let is_within = |span: Span| place.start <= span.start && span.end <= place.end;
    let tells = |finding: &Diagnostic| finding.severity() == Severity::Error || by.contains(&finding.code());
    findings.iter().any(|finding| is_within(finding.span()) && tells(finding))
}

/// The one statement that alone covers another.
fn cover(proven: &StatementFindings, statement: StatementId) -> Option<StatementId> {
    proven.covered_by.iter().find(|(own, _)| *own == statement).map(|(_, by)| *by)
}

/// Whether a redundant statement is told as that: it is not told as something worse, nor is it the first of two that say the
/// same.
fn adds_nothing_of_its_own(proven: &StatementFindings, statement: StatementId) -> bool {
    let is_first_of_two =
        cover(proven, statement).is_some_and(|by| cover(proven, by) == Some(statement) && statement < by);
    !is_first_of_two && !proven.never_matches.contains(&statement) && !proven.shadowed.contains(&statement)
}

/// Where a finding about a whole statement stands.
fn brace(statement: &Statement) -> Span {
    let Span { start, end } = statement.span();
    Span { start, end: end.min(start + 1) }
}

fn never_matches(statement: &Statement) -> Diagnostic {
    let message = "no request matches the statement: what it asks of action, resource and context cannot all be true";
    Diagnostic::new(codes::NEVER_MATCHES, brace(statement), message)
        .with_help("a statement applies only where every part of it is true; correct it, or remove it")
}

fn shadowed(statement: &Statement, by: Option<&Statement>) -> Diagnostic {
    let message = match by {
        Some(_) => "a Deny denies everything that this statement allows",
        None => "the Deny statements of the policy together deny everything that this statement allows",
    };
    let finding = Diagnostic::new(codes::SHADOWED_ALLOW, brace(statement), message);
    let finding = by.into_iter().fold(finding, |finding, by| finding.with_label(brace(by), "the Deny"));
    finding.with_help("narrow the Deny, or remove this statement")
}

fn redundant(statement: &Statement, by: Option<&Statement>) -> Diagnostic {
    let message = match by {
        Some(_) => "another statement allows everything that this one allows",
        None => "the other statements of the policy together allow everything that this one allows",
    };
    let finding = Diagnostic::new(codes::REDUNDANT_STATEMENT, brace(statement), message);
    let finding = by.into_iter().fold(finding, |finding, by| finding.with_label(brace(by), "the other one"));
    finding.with_help("narrow the other, or remove this statement, and check again before another is removed")
}

fn always_true(statement: &Statement, test: usize, findings: &[Diagnostic]) -> Option<Diagnostic> {
    let (operator, test) = statement.tests().nth(test)?;
    let block = statement.condition().iter().find(|block| block.keys().iter().any(|own| own.span() == test.span()))?;
    if [test.span(), block.name_span()].iter().any(|place| is_told(*place, ALWAYS, findings)) {
        return None;
    }
    let consequence = match statement.effect() {
        Effect::Allow => "limits nothing",
        Effect::Deny => "exempts nothing",
    };
    let message = format!("`{operator}` on `{}` is true for every request, so it {consequence}", test.key());
    let finding = Diagnostic::new(codes::ALWAYS_HOLDS, test.span(), message);
    Some(finding.with_help("give the intended values, or remove the test"))
}

/// That a Deny statement denies nothing, told by who knows all policies of the principals that have it.
pub fn idle_deny(statement: &Statement, holders: usize) -> Diagnostic {
    let whose = match holders {
        1 => "the one principal that has it".to_owned(),
        holders => format!("any of the {holders} principals that have it"),
    };
    let message = format!("nothing that the statement denies is otherwise allowed to {whose}");
    Diagnostic::new(codes::IDLE_DENY, brace(statement), message)
        .with_help("keep it as a guard against policies to come, or correct what it names, or remove it")
}

/// That nothing was proven of the statements.
fn left_out(document: &PolicyDocument, is_asked: bool) -> Diagnostic {
    let message = if is_asked {
        "what the statements do could not be proven within the usual number of steps, so that was left out"
    } else {
        "the policy is too large to prove what its statements do, so that was left out"
    };
    Diagnostic::new(codes::PROOFS_LEFT_OUT, document.statements_span(), message)
        .with_help("`--deep` proves it however long that takes")
}
