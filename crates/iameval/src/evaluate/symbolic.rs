//! Decisions where not everything is known: what a request comes to whatever the symbols stand for.
//!
//! A statement applies for certain, or may, or does not. From there it goes as for keys that were not given: undecided Deny
//! statements make the worst case, undecided Allow statements the best. Where both come to the same, that is the decision.

use super::analysis::{Asked, Tally};
use super::{DecidedBy, Decision, Element, Evaluation, LayerVerdict, Layers, Looked, Observer, ServiceRule, Verdict};
use crate::certainty::Certainty;
use crate::compile::{CompiledStatement, Fit, Strength};
use crate::condition::Scope;
use crate::context::View;
use crate::layers::LayerOutcomes;
use crate::name::split_arn;
use crate::policy_set::{Group, Member};
use crate::request::Owner;
use crate::service_rules::ServiceRules;
use crate::symbol::{Inputs, Reader, Symbol, SymbolKind, Symbols};
use std::collections::BTreeSet;

/// What an undetermined decision may be, and what it depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Undetermined {
    /// The decisions that it may be, two at least.
    pub possible: Vec<Decision>,
    /// What tells, in the order in which the symbols were defined.
    pub depends_on: Vec<Symbol>,
}

/// A decision as far as it is certain.
pub(super) struct Determined {
    pub(super) verdict: Verdict,
    pub(super) undetermined: Option<Undetermined>,
    pub(super) layers: Vec<LayerVerdict>,
}

impl Determined {
    /// One of these is decided.
    fn open(possible: Vec<Decision>, depends_on: BTreeSet<Symbol>) -> Self {
        let verdict = Verdict {
            decision: Decision::Undetermined,
            decided_by: DecidedBy::None,
            service_rule: None,
            layers: Layers::default(),
        };
        let undetermined = Undetermined { possible, depends_on: depends_on.into_iter().collect() };
        Self { verdict, undetermined: Some(undetermined), layers: Vec::new() }
    }
}

/// The cases that are possible.
#[derive(Default)]
struct Cases {
    /// What is decided in each, the certain ones first.
    verdicts: Vec<Verdict>,
    symbols: BTreeSet<Symbol>,
}

impl<'a> Evaluation<'a> {
    /// Decides as far as it is certain.
    pub(super) fn determine(&self, symbols: &Symbols) -> Determined {
        let of_forms = self.open_forms(symbols);
        if !of_forms.is_empty() {
            let possible = Decision::ALL.into_iter().filter(|decision| decision.is_certain()).collect();
            return Determined::open(possible, of_forms);
        }
        let (standings, of_accounts) = self.standings(symbols);
        let mut cases = Cases::default();
        let mut first_tally = None;
        for same_account in standings {
            let evaluation = self.in_standing(same_account);
            let tally = evaluation.tally(Asked::AS_GIVEN, None);
            evaluation.cases(&tally, &mut cases);
            first_tally.get_or_insert(tally);
        }
        let Tally { worst, best, .. } = first_tally.unwrap_or_default();
        let layers = self.layers_between(&worst, &best);
        let mut possible: Vec<Decision> = cases.verdicts.iter().map(|verdict| verdict.decision).collect();
        possible.sort_unstable_by_key(|decision| *decision as u8);
        possible.dedup();
        let mut verdicts = cases.verdicts.into_iter();
        if let ([_], Some(verdict)) = (possible.as_slice(), verdicts.next()) {
            return Determined { verdict, undetermined: None, layers };
        }
        cases.symbols.extend(of_accounts);
        Determined { layers, ..Determined::open(possible, cases.symbols) }
    }

    /// Shows every statement of the layers that bind the request to an observer.
    pub(super) fn look<O: Observer>(&self, symbols: &Symbols, observer: &mut O) {
        let reader = Reader::new(symbols);
        for group in self.groups() {
            for (member, id, statement) in group.statements() {
                if self.ignores(group.layer, statement.effect) {
                    continue;
                }
                let (applies, _) = self.fit(group, member, statement, &self.request.context, &reader, observer);
                observer.statement(Looked { id, statement, member, layer: group.layer, applies });
            }
        }
    }

    /// The symbols in those parts of the caller and the resource that rules of services tell them apart by: partition,
    /// service, and what kind of resource it is.
    pub(super) fn open_forms(&self, symbols: &Symbols) -> BTreeSet<Symbol> {
        let resource = &self.request.resource;
        let mut open: BTreeSet<Symbol> = BTreeSet::new();
        let may_be_longer = |symbol: &Symbol| matches!(symbols.kind(*symbol), SymbolKind::Input | SymbolKind::Text);
        let id = self.request.principal.principal_arn().and_then(split_arn);
        for part in id.iter().flat_map(|[.., region, account, _]| [region, account]) {
            open.extend(symbols.within(part).filter(may_be_longer));
        }
        open.extend(symbols.within(self.request.principal.partition().unwrap_or_default()));
        let Some(arn) = &resource.arn else {
            open.extend(symbols.within(&resource.text));
            return open;
        };
        open.extend(symbols.within(arn.partition()).chain(symbols.within(arn.service())));
        open.extend(symbols.within(arn.region()).chain(symbols.within(arn.account())).filter(may_be_longer));
        let service = self.request.action.service();
        let are_told_apart = |rules: &ServiceRules| !rules.on_resources(&self.request.action).is_empty();
        if matches!(service, "iam" | "kms" | "sts") || self.set.rules.get().is_some_and(are_told_apart) {
            let kind = arn.resource().split('/').next().unwrap_or_default();
            open.extend(symbols.within(kind));
            open.extend(symbols.within(arn.resource()).filter(may_be_longer));
        }
        open
    }

    /// Whether caller and owner may be of one account, and whether they may not; and the symbols that tell.
    pub(super) fn standings(&self, symbols: &Symbols) -> (Vec<bool>, BTreeSet<Symbol>) {
        let owner = match self.request.resource.owner {
            Owner::Known(account) | Owner::Assumed(account) => Some(account),
            Owner::Own | Owner::Aws | Owner::Unknown => None,
        };
        let reader = Reader::new(symbols);
        let may_be = owner
            .zip(self.request.principal.account)
            .map(|(owner, own)| reader.equals(owner.as_str(), own.as_str(), Inputs::EqualThemselves));
        match may_be {
            Some(Certainty::Maybe) => (vec![true, false], reader.take_met()),
            _ => (vec![self.same_account], BTreeSet::new()),
        }
    }

    pub(super) fn in_standing(&self, same_account: bool) -> Evaluation<'a> {
        Evaluation { same_account, ..*self }
    }

    /// What may be decided.
    fn cases(&self, tally: &Tally, cases: &mut Cases) {
        let by_rule = |rule: ServiceRule| rule.verdict(Layers::default());
        if let Some(rule) = self.rule_before_policies() {
            cases.verdicts.push(by_rule(rule));
            return;
        }
        let denied = |layers: &Layers| layers.denied.iter().any(|(_, denied)| *denied);
        if denied(&tally.best) {
            cases.verdicts.push(Verdict::explicit_deny(tally.best.clone()));
            return;
        }
        if denied(&tally.worst) {
            cases.verdicts.push(Verdict::explicit_deny(tally.worst.clone()));
            cases.symbols.extend(&tally.of_denies.symbols);
        }
        if let Some(rule) = self.rule_after_denies() {
            cases.verdicts.push(by_rule(rule));
            return;
        }
        let composed = |outcomes| self.compose(Layers { outcomes, ..tally.best.clone() });
        let between: Vec<Verdict> =
            outcomes_between(&tally.worst.outcomes, &tally.best.outcomes).map(composed).collect();
        let is_open = between.iter().any(|one| between.iter().any(|other| one.decision != other.decision));
        if is_open {
            cases.symbols.extend(&tally.of_allows.symbols);
        }
        // What certain statements grant names what allows; what is missing even in the best case names what denies.
        let allowed = between.first().filter(|verdict| verdict.decision.is_allowed()).cloned();
        cases.verdicts.extend(allowed.into_iter().chain(between.into_iter().rev()));
    }

    fn layers_between(&self, worst: &Layers, best: &Layers) -> Vec<LayerVerdict> {
        let (worst, best) = (self.layer_verdicts(worst), self.layer_verdicts(best));
        let between = worst.into_iter().zip(best).map(|(worst, best)| {
            let decision = if worst.decision == best.decision { best.decision } else { Some(Decision::Undetermined) };
            LayerVerdict { decision, ..best }
        });
        between.collect()
    }

    /// Whether a statement applies, and what that depends on, where symbols may stand in it or in the request.
    pub(super) fn fit<O: Observer, V: View>(
        &self,
        group: &Group,
        member: &Member,
        statement: &CompiledStatement,
        view: &V,
        reader: &Reader<'_>,
        observer: &mut O,
    ) -> (Fit, BTreeSet<Symbol>) {
        let scope = Scope { tables: &member.policy.tables, view, mode: self.set.mode };
        let mut symbols = BTreeSet::new();
        let mut all = Certainty::Yes;
        let mut check = |element: fn(Certainty) -> Element, holds: Certainty| {
            let met = reader.take_met();
            if holds == Certainty::Maybe {
                symbols.extend(met);
            }
            all = all.min(holds);
            observer.element(element(holds));
        };
        let principal = statement.principal_fit(&self.caller(group, member, view), reader);
        check(Element::Principal, principal.certainty());
        check(Element::Action, statement.action_truth(self.request, reader));
        check(Element::Resource, statement.resource_truth(self.request, &scope, reader));
        for condition in &statement.conditions {
            check(Element::Condition, condition.truth(&scope, reader, &self.request.context));
        }
        if !statement.only_if.is_empty() {
            all = all.min(Certainty::Maybe);
            symbols.extend(&*statement.only_if);
        }
        let fit = match all {
            Certainty::No => Fit { least: None, most: None },
            Certainty::Maybe => Fit { least: None, most: principal.most },
            Certainty::Yes => principal,
        };
        if fit.least == fit.most {
            symbols.clear();
        }
        (fit, symbols)
    }
}

/// The outcomes in the worst case, then those that are possible as well, the best last. Where more allows, no more is denied,
/// but for the strength of a grant of the resource, of which the simulator thinks otherwise: so each of those is there.
fn outcomes_between<'o>(worst: &'o LayerOutcomes, best: &'o LayerOutcomes) -> impl Iterator<Item = LayerOutcomes> + 'o {
    let strengths = [None, Some(Strength::Account), Some(Strength::Entity), Some(Strength::Direct)];
    let possible = strengths.into_iter().filter(|strength| (worst.resource..=best.resource).contains(strength));
    let of = |outcomes: &LayerOutcomes, resource| LayerOutcomes { resource, ..*outcomes };
    let in_worst = possible.clone().map(move |resource| of(worst, resource));
    in_worst.chain(possible.map(move |resource| of(best, resource)))
}
