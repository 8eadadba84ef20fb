//! Policies of a question as formulas: which requests they allow and deny.

use crate::actions::ActionPatterns;
use crate::atom::Subject;
use crate::builder::Builder;
use crate::claim::Policies;
use crate::formula::{Formulas, Node};
use crate::glob::{Glob, Piece, Reach};
use crate::symbolic::{Breadth, Reading, Unknown};
use iameval::layers::Strength;
use iameval::open::{BindingGroup, Composition};
use iameval::symbol::{OnlyIf, Symbol};
use iameval::{
    ContextKey, Decision, Effect, Layer, PrincipalElement, PrincipalForm, PrincipalList, Request, Statement,
    StatementId,
};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Policies whose statements are formulas.
pub(crate) struct Side {
    pub(crate) policies: Policies,
    /// How what is not known is read, where there is such.
    open: Option<(Rc<Unknown>, Reading)>,
    pub(crate) statements: Vec<SideStatement>,
}

/// A statement as a formula.
pub(crate) struct SideStatement {
    pub(crate) id: StatementId,
    pub(crate) policy: usize,
    /// Its position in the policy.
    pub(crate) number: usize,
    pub(crate) effect: Effect,
    pub(crate) actions: ActionPatterns,
    /// Resource and conditions.
    pub(crate) when: Node,
    /// The tests in its conditions, in order.
    pub(crate) tests: Vec<Node>,
    /// Whether something in it is not known.
    pub(crate) is_open: bool,
    /// Unique ids that its principal element may name (R-PRIN-10).
    unique_ids: Vec<String>,
}

/// What a request is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    Allowed,
    NotAllowed,
    NotExplicitlyDenied,
    NotImplicitlyDenied,
}

/// A part of what must hold, and the statement that it speaks for.
pub(crate) type Part = (Node, Option<StatementId>);

/// The statements of a side that are about an action, each with a test of the action where that is open.
pub(crate) struct About<'s> {
    pub(crate) statements: Vec<(&'s SideStatement, Node)>,
}

impl Side {
    /// The side of that number of a question.
    pub(crate) fn new(
        number: usize,
        policies: &Policies,
        open: Option<(Rc<Unknown>, Reading)>,
        builder: &mut Builder<'_>,
    ) -> Self {
        let side = number;
        let mut statements = Vec::new();
        let compiled = policies.set().policies().zip(policies.documents());
        for (policy, (compiled, document)) in compiled.enumerate() {
            for (number, statement) in document.statements().iter().enumerate() {
                let Some(id) = policies.set().statement(policy, number) else { continue };
                builder.open = open.clone().map(|(unknown, reading)| (unknown, reading.of(statement.effect())));
                let actions = match &builder.open {
                    None => ActionPatterns::of_statement(statement.action()),
                    Some((unknown, breadth)) => {
                        ActionPatterns::of_open_statement(statement.action(), unknown, *breadth)
                    }
                };
                let is_there = match builder.open.clone() {
                    None => Formulas::TRUE,
                    Some((unknown, breadth)) => is_there(statement, [side, policy, number], &unknown, breadth, builder),
                };
                let resource = builder.resource_of(statement, compiled.kind(), document.version());
                let tests = builder.tests_of(statement, document.version());
                statements.push(SideStatement {
                    id,
                    policy,
                    number,
                    effect: statement.effect(),
                    actions,
                    when: builder.formulas.all([is_there, resource].into_iter().chain(tests.iter().copied())),
                    tests,
                    is_open: open.as_ref().is_some_and(|(unknown, _)| unknown.is_in(statement)),
                    unique_ids: unique_ids(statement),
                });
            }
        }
        builder.open = None;
        Self { policies: policies.clone(), open, statements }
    }

    /// What is not known in the policies.
    pub(crate) fn unknown(&self) -> Option<&Unknown> {
        self.open.as_ref().map(|(unknown, _)| &**unknown)
    }

    /// What must hold for a request to come out as wanted. `sample` is a request that differs from those meant in what no
    /// rule and no principal element looks at.
    pub(crate) fn parts(
        &self,
        about: &About<'_>,
        wanted: Wanted,
        sample: &Request,
        composition: &Composition,
        builder: &mut Builder<'_>,
    ) -> Vec<Part> {
        if let Some(decision) = composition.before {
            return vec![(Formulas::constant(wanted.is_met_by(decision)), None)];
        }
        let mut denies: Vec<Part> = Vec::new();
        let binding = |policy: usize| composition.groups.iter().find(|group| group.policies.contains(&policy));
        for (statement, action) in &about.statements {
            let counts =
                statement.effect == Effect::Deny && binding(statement.policy).is_some_and(|group| group.denies_count);
            if counts {
                let principal = self.principal(statement, None, sample, builder);
                let applies = builder.formulas.all([*action, principal, statement.when]);
                if applies != Formulas::FALSE {
                    denies.push((applies, Some(statement.id)));
                }
            }
        }
        let allowed = match composition.after {
            Some(decision) => Formulas::constant(decision.is_allowed()),
            None => self.granted(about, sample, composition, builder),
        };
        let not_denied = |builder: &mut Builder<'_>| {
            let not = |(denied, id): &Part| (builder.formulas.not(*denied), *id);
            denies.iter().map(not).collect::<Vec<Part>>()
        };
        match wanted {
            Wanted::Allowed => {
                let mut parts = not_denied(builder);
                parts.push((allowed, None));
                parts
            }
            Wanted::NotExplicitlyDenied => not_denied(builder),
            Wanted::NotAllowed => {
                let not_allowed = builder.formulas.not(allowed);
                let ways = denies.iter().map(|(denied, _)| *denied).chain([not_allowed]);
                vec![(builder.formulas.any(ways), None)]
            }
            Wanted::NotImplicitlyDenied => {
                let ways = denies.iter().map(|(denied, _)| *denied).chain([allowed]);
                vec![(builder.formulas.any(ways), None)]
            }
        }
    }

    /// That the layers grant, where no Deny applies: of the ways in which they can, those that ask least.
    fn granted(
        &self,
        about: &About<'_>,
        sample: &Request,
        composition: &Composition,
        builder: &mut Builder<'_>,
    ) -> Node {
        let mut ways = Vec::new();
        for way in least_grants(composition) {
            let mut needed = Vec::new();
            for group in &composition.groups {
                if let Some(strength) = way.get(&group.layer).copied().flatten() {
                    needed.push(self.allows(about, group, strength, sample, builder));
                }
            }
            ways.push(builder.formulas.all(needed));
        }
        builder.formulas.any(ways)
    }

    /// That an Allow statement of a group applies, at least so strongly.
    fn allows(
        &self,
        about: &About<'_>,
        group: &BindingGroup,
        strength: Strength,
        sample: &Request,
        builder: &mut Builder<'_>,
    ) -> Node {
        // Statements about the same actions stand together, so that these are chosen once.
        let mut ways: BTreeMap<Node, Vec<Node>> = BTreeMap::new();
        for (statement, action) in &about.statements {
            if statement.effect == Effect::Allow && group.policies.contains(&statement.policy) {
                let principal = self.principal(statement, Some(strength), sample, builder);
                ways.entry(*action).or_default().push(builder.formulas.all([principal, statement.when]));
            }
        }
        let of_actions = |(action, ways): (Node, Vec<Node>)| {
            let applies = builder.formulas.any(ways);
            builder.formulas.all([action, applies])
        };
        let ways: Vec<Node> = ways.into_iter().map(of_actions).collect();
        builder.formulas.any(ways)
    }

    /// The principal element, as policies of its kind have it read, as text.
    fn principals(&self, statement: &SideStatement) -> String {
        let document = self.policies.documents().get(statement.policy);
        let element = document.and_then(|document| document.statements().get(statement.number)?.principal());
        let lists = match element.map(PrincipalElement::form) {
            Some(PrincipalForm::Map(lists)) => &lists[..],
            _ => &[],
        };
        let texts = lists.iter().map(|list| (list.kind(), list.values().collect::<Vec<_>>())).collect::<Vec<_>>();
        let kind = self.policies.set().policies().nth(statement.policy).map(|policy| policy.kind());
        format!("{kind:?} {:?} {texts:?}", element.map(PrincipalElement::is_negated))
    }

    /// The same for whatever strength.
    pub(crate) fn principal_of(&self, statement: &SideStatement, sample: &Request, builder: &mut Builder<'_>) -> Node {
        self.principal(statement, None, sample, builder)
    }

    /// That the principal element names the caller, at least so strongly: what the core says of it with each value that
    /// `aws:userid` can have.
    fn principal(
        &self,
        statement: &SideStatement,
        strength: Option<Strength>,
        sample: &Request,
        builder: &mut Builder<'_>,
    ) -> Node {
        let breadth = self.open.as_ref().map(|(_, reading)| reading.of(statement.effect));
        let [certainly, possibly] = [0, 1].map(|way: usize| {
            move |request: &Request| {
                let strengths = self.policies.set().principal_strengths(statement.id, request);
                strengths.get(way).is_some_and(|own| own.is_some() && *own >= strength)
            }
        });
        let names = |request: &Request| {
            if matches!(breadth, Some(Breadth::Widest | Breadth::Open)) {
                possibly(request)
            } else {
                certainly(request)
            }
        };
        let turns_out = |builder: &mut Builder<'_>| match breadth {
            Some(Breadth::Open) if !certainly(sample) => {
                builder.turns_out(format!("{} names the caller: {strength:?}", self.principals(statement)))
            }
            _ => Formulas::TRUE,
        };
        if let Some((unknown, _)) = &self.open
            && !statement.unique_ids.is_empty()
            && (unknown.is_open(&ContextKey::new("aws:userid"))
                || statement.unique_ids.iter().any(|id| unknown.has_symbols(id)))
        {
            return if breadth == Some(Breadth::Narrowest) { Formulas::FALSE } else { turns_out(builder) };
        }
        if statement.unique_ids.is_empty() {
            return if names(sample) { turns_out(builder) } else { Formulas::FALSE };
        }
        let user_id = ContextKey::new("aws:userid");
        let key = builder.atoms.key(&user_id);
        let with = |text: &str| sample.with_context_key("aws:userid", text);
        let absent = builder.absent(key);
        let mut ways = Vec::new();
        let mut with_id = Vec::new();
        if names(&sample.without([&user_id])) {
            ways.push(absent);
        }
        for id in &statement.unique_ids {
            let session = Glob {
                pieces: Box::new([Piece::Literal(format!("{id}:").into()), Piece::Star(Reach::Free)]),
                ignores_case: false,
            };
            for (sample, glob) in [(with(id), Glob::literal(id)), (with(&format!("{id}:x")), session)] {
                let fits = builder.fits(Subject::Key(key), vec![glob]);
                with_id.push(fits);
                if names(&sample) {
                    ways.push(fits);
                }
            }
        }
        if names(&with("x")) {
            let any_named = builder.formulas.any(with_id.iter().copied());
            let other = [builder.formulas.not(absent), builder.formulas.not(any_named)];
            ways.push(builder.formulas.all(other));
        }
        builder.formulas.any(ways)
    }
}

impl Wanted {
    /// How statements are read for what may come out so: of all readings the one in which most requests do.
    pub(crate) fn reading(self) -> Reading {
        match self {
            Wanted::Allowed | Wanted::NotExplicitlyDenied => Reading::MOST,
            Wanted::NotAllowed => Reading::LEAST,
            Wanted::NotImplicitlyDenied => Reading::WIDEST,
        }
    }

    /// Whether a decision is what is wanted.
    pub(crate) fn is_met_by(self, decision: Decision) -> bool {
        match self {
            Wanted::Allowed => decision.is_allowed(),
            Wanted::NotAllowed => !decision.is_allowed(),
            Wanted::NotExplicitlyDenied => decision != Decision::ExplicitDeny,
            Wanted::NotImplicitlyDenied => decision != Decision::ImplicitDeny,
        }
    }
}

/// That a statement is there and is about an action, as far as that depends on symbols. Choices are the same for all statements,
/// of both sides; of what else decides whether a statement is there, nothing is known.
fn is_there(
    statement: &Statement,
    [side, policy, number]: [usize; 3],
    unknown: &Unknown,
    breadth: Breadth,
    builder: &mut Builder<'_>,
) -> Node {
    match breadth {
        Breadth::Widest => Formulas::TRUE,
        Breadth::Narrowest => Formulas::constant(statement.only_if().is_empty()),
        Breadth::Open => {
            let mut needed = Vec::new();
            for only_if in statement.only_if() {
                needed.push(match *only_if {
                    OnlyIf::Choice { on, index, of } => is_chosen(on, index, of, builder),
                    OnlyIf::Symbol(_) => {
                        builder.turns_out(format!("statement {number} of policy {policy} of side {side} is there"))
                    }
                });
            }
            let patterns: Vec<&str> = statement.action().patterns().collect();
            if patterns.iter().any(|text| unknown.has_symbols(text)) {
                needed.push(builder.turns_out(format!("{:?} {patterns:?}", statement.action().is_negated())));
            }
            builder.formulas.all(needed)
        }
    }
}

/// That one of several choices is taken. Exactly one is, so what says so of each but the last says so of the last.
fn is_chosen(on: Symbol, index: u32, of: u32, builder: &mut Builder<'_>) -> Node {
    let needed: Vec<Node> = (0..=index)
        .filter(|choice| choice + 1 < of)
        .map(|choice| {
            let is_taken = builder.turns_out(format!("choice {choice} of {of} on {on:?} is taken"));
            if choice == index { is_taken } else { builder.formulas.not(is_taken) }
        })
        .collect();
    builder.formulas.all(needed)
}

/// Texts of the principal element that may be unique ids; the core tells which are.
fn unique_ids(statement: &Statement) -> Vec<String> {
    let Some(PrincipalForm::Map(lists)) = statement.principal().map(PrincipalElement::form) else {
        return Vec::new();
    };
    let values = lists.iter().flat_map(PrincipalList::values);
    let is_id = |text: &&str| text.starts_with("AIDA") || text.starts_with("AROA");
    values.filter(is_id).map(str::to_owned).collect()
}

/// For each layer how strongly each of its groups must allow; `None` where it need not.
type Grant = BTreeMap<Layer, Option<Strength>>;

/// What the layers must say for a request to be granted, of which nothing can be left out. Composition is monotone, so these
/// are all that matter.
fn least_grants(composition: &Composition) -> Vec<Grant> {
    let mut layers: Vec<Layer> = composition.groups.iter().map(|group| group.layer).collect();
    layers.dedup();
    let mut grants: Vec<Grant> = vec![Grant::new()];
    for layer in layers {
        let says: &[Option<Strength>] = match layer {
            Layer::Resource => &[None, Some(Strength::Account), Some(Strength::Entity), Some(Strength::Direct)],
            _ => &[None, Some(Strength::Account)],
        };
        let longer = grants.iter().flat_map(|grant| {
            says.iter().map(move |says| {
                let mut grant = grant.clone();
                grant.insert(layer, *says);
                grant
            })
        });
        grants = longer.collect();
    }
    let is_granted =
        |grant: &Grant| composition.decide(|group| grant.get(&group.layer).copied().flatten()).is_allowed();
    grants.retain(is_granted);
    let asks_less = |one: &Grant, other: &Grant| {
        one != other && one.iter().all(|(layer, says)| other.get(layer).is_some_and(|other| says <= other))
    };
    let least = grants.iter().filter(|grant| !grants.iter().any(|other| asks_less(other, grant)));
    least.cloned().collect()
}
