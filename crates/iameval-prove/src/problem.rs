//! A question about all requests of a scope, taken apart: by actions, by owners of resources, into formulas.

mod example;
mod follow;
mod rules;
mod target;

use crate::actions::{ActionPatterns, ActionSet, ActionTable};
use crate::atom::{Atoms, KeyId, Subject};
use crate::builder::{Builder, MOST_WAYS};
use crate::claim::{Policies, Scope};
use crate::class::{Class, classes, classes_of_account, follows, is_unowned, request, sample};
use crate::domain::{Domain, Shape};
use crate::formula::{Formulas, Node};
use crate::realistic::{self, Realism};
use crate::reasons::Reasons;
use crate::search::{Outcome, search};
use crate::shapes::Shapes;
use crate::side::{About, Part, Side, SideStatement, Wanted};
use crate::symbolic::{Reading, Unknown, resource_account_key};
use crate::theory::{KeyValue, Model, Theory, Value};
use crate::verdict::Undecided;
use foldhash::{HashMap, HashMapExt};
use follow::{fixed, named_accounts, said_of_principal};
use iameval::open::RuleTraits;
use iameval::{AccountId, ContextKey, ContextValue, Request, RuleSelection, StatementId};
use iameval_data::Catalogue;
use rules::{RULE_KEYS, rule_key_is_there};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use target::{Target, is_unlisted, literal_action, test_of_action};

/// How much all searches for a question may be together: about a second.
pub(crate) const MOST_OF_QUESTION: u64 = 20_000_000;

/// How much it is to see whether a statement is about an action, and to put it into a formula.
const OF_STATEMENT: usize = 4;

/// Of so many letters of patterns, each compared with an action, it is as much as one step of a search.
const OF_PATTERNS: u64 = 8;

/// How much of that may go into requests that are better to show than those that were found.
const MOST_OF_EXAMPLES: u64 = 2_000_000;

/// A question, ready to be searched.
pub(crate) struct Problem<'c> {
    pub(crate) table: &'c ActionTable,
    catalogue: &'c Catalogue,
    scope: &'c Scope,
    builder: Builder<'c>,
    pub(crate) sides: Vec<Side>,
    classes: Rc<[Class]>,
    /// Whether rules of services count on some side.
    has_rules: bool,
    /// The same for actions that rules of services treat alike.
    rule_classes: HashMap<Vec<RuleTraits>, Rc<[Class]>>,
    /// What the scope says of resource and context.
    base: Node,
    /// What the scope says of keys that follow from the principal, together with what follows.
    of_principal: Vec<(ContextKey, Node)>,
    /// What is certain of context keys in requests that AWS could make.
    realistic_keys: Node,
    domains: Vec<Domain>,
    known: HashMap<Vec<Node>, Outcome>,
    /// How many steps all searches together may still take.
    left: u64,
    /// How many of these may go into requests to show.
    left_for_examples: u64,
}

/// The policies of a side, and how what is not known in them is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Read<'p> {
    pub(crate) policies: &'p Policies,
    pub(crate) reading: Reading,
}

/// What the requests of a side are to be.
#[derive(Debug, Clone)]
pub(crate) struct Wish {
    pub(crate) side: usize,
    pub(crate) wanted: Wanted,
    /// Statements that are left out.
    without: Vec<StatementId>,
}

impl Wish {
    pub(crate) fn new(side: usize, wanted: Wanted) -> Self {
        Self { side, wanted, without: Vec::new() }
    }

    /// The same for policies without a statement.
    pub(crate) fn leaving_out(mut self, statement: StatementId) -> Self {
        self.without.push(statement);
        self
    }
}

/// What came of a search for a request.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// A request; its action is a sample where actions were given.
    Found(Box<Request>),
    /// There is none; statements that rule it out.
    Nothing(BTreeSet<StatementId>),
    Unknown(BTreeSet<Undecided>),
}

/// The actions that are asked about.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Asked<'s> {
    /// One, by its number, which stands for others that the same statements are about.
    Listed(usize),
    /// One, in requests that AWS could make.
    Realistic(usize, Realism),
    /// Those that the catalogue does not have, with patterns of the scope for what is meant and what is not.
    Unlisted { within: &'s ActionPatterns, except: &'s ActionPatterns },
}

impl<'c> Problem<'c> {
    pub(crate) fn new(
        catalogue: &'c Catalogue,
        table: &'c ActionTable,
        shapes: &'c Shapes<'c>,
        scope: &'c Scope,
        sides: &[Read<'_>],
    ) -> Self {
        let fixed = fixed(scope);
        let mut builder = Builder {
            atoms: Atoms::default(),
            formulas: Formulas::new(),
            shapes,
            fixed,
            open: None,
            ways_left: MOST_WAYS,
        };
        let policies: Vec<&Policies> = sides.iter().map(|read| read.policies).collect();
        let read = |(number, side): (usize, &Read<'_>)| {
            let symbols = side.policies.set().symbols();
            let unknown = symbols.map(|symbols| Rc::new(Unknown::new(symbols, scope, &builder.fixed)));
            Side::new(number, side.policies, unknown.map(|unknown| (unknown, side.reading)), &mut builder)
        };
        let sides: Vec<Side> = sides.iter().enumerate().map(read).collect();
        let base = builder.scope(scope);
        let of_principal = said_of_principal(scope, &mut builder);
        let classes = classes(scope, &named_accounts(scope, &policies), &sides, &mut builder);
        let mut problem = Self {
            table,
            catalogue,
            scope,
            builder,
            has_rules: sides.iter().any(|side| side.policies.set().rule_selection() != RuleSelection::None),
            sides,
            classes: classes.into(),
            rule_classes: HashMap::new(),
            base,
            of_principal,
            realistic_keys: Formulas::TRUE,
            domains: Vec::new(),
            known: HashMap::new(),
            left: MOST_OF_QUESTION,
            left_for_examples: MOST_OF_EXAMPLES,
        };
        problem.mention_unique_ids();
        if problem.has_rules {
            for key in RULE_KEYS {
                rule_key_is_there(&ContextKey::new(key), &mut problem.builder);
            }
        }
        problem.realistic_keys = realistic::keys(scope, &mut problem.builder);
        let keys: Vec<(KeyId, ContextKey)> = problem.builder.atoms.keys().map(|(id, key)| (id, key.clone())).collect();
        let shape = |key: &ContextKey| {
            let is_spelled = scope.realistic && !problem.builder.fixed.contains_key(key);
            Shape { letters: realistic::letters(key).filter(|_| is_spelled), ..shapes.shape(key) }
        };
        problem.domains = keys.iter().map(|(id, key)| Domain::new(*id, shape(key), &problem.builder.atoms)).collect();
        problem
    }

    /// A key of which the scope says what cannot be so of its principal.
    pub(crate) fn contradicted(&mut self) -> Option<ContextKey> {
        let both = self.of_principal.clone();
        let mut wrong =
            both.into_iter().filter(|(_, node)| matches!(self.search(&[(*node, None)]), Outcome::Nothing(_)));
        wrong.next().map(|(key, _)| key)
    }

    /// What is not known and leaves open which rules there are, so that nothing is certain.
    pub(crate) fn open_forms(&self, scope: &Scope) -> BTreeSet<Undecided> {
        let open = self.sides.iter().filter_map(|side| Some((side.unknown()?, side)));
        open.flat_map(|(unknown, side)| unknown.open_forms(&side.policies, scope)).collect()
    }

    /// Ends all searches once they took so many steps together.
    pub(crate) fn limit(&mut self, steps: u64) {
        self.left = steps;
    }

    /// How many steps are left.
    pub(crate) fn left(&self) -> u64 {
        if self.builder.ways_left == 0 { 0 } else { self.left }
    }

    /// The limit of the question, where it is used up.
    fn exhausted(&self) -> Option<Undecided> {
        let limit = if self.builder.ways_left == 0 { MOST_WAYS } else { MOST_OF_QUESTION };
        (self.left() == 0).then_some(Undecided::Limit(limit))
    }

    fn spend(&mut self, steps: usize) {
        self.left = self.left.saturating_sub(u64::try_from(steps).unwrap_or(u64::MAX));
    }

    /// Makes the tests of unique ids known before the domains of keys are made.
    fn mention_unique_ids(&mut self) {
        let sample = self.classes.first().map_or_else(|| sample(self.scope, "*"), |class| class.sample.clone());
        for side in &self.sides {
            for statement in &side.statements {
                let _ = side.principal_of(statement, &sample, &mut self.builder);
            }
        }
    }

    /// The statements, all sides together, as sets of actions; and the actions that rules of services treat alike.
    pub(crate) fn action_sets(&mut self, within: &ActionSet) -> Vec<ActionSet> {
        let statements = self.sides.iter().flat_map(|side| &side.statements);
        // Two sides have most of their statements in common.
        let mut known: HashMap<(bool, Vec<&str>), ActionSet> = HashMap::new();
        let mut sets: Vec<ActionSet> = Vec::new();
        for SideStatement { actions, .. } in statements {
            let set = known.entry(actions.written()).or_insert_with(|| {
                let effort = u64::try_from(self.table.effort(actions)).unwrap_or(u64::MAX);
                self.left = self.left.saturating_sub(effort / OF_PATTERNS);
                // Where nothing is left, nothing is told of any action.
                if self.left == 0 { ActionSet::none(self.table.len()) } else { self.table.matching(actions) }
            });
            sets.push(set.clone());
        }
        if self.has_rules {
            sets.extend(self.alike_by_rules(within));
        }
        sets
    }

    /// A request of the scope that comes out as wished on every side.
    pub(crate) fn find(&mut self, asked: &Asked<'_>, wishes: &[Wish]) -> Answer {
        let mut why = BTreeSet::new();
        let mut undecided = BTreeSet::new();
        for target in self.targets(asked) {
            if target.tests.contains(&Formulas::FALSE) {
                continue;
            }
            for class in self.classes(&target.sample).iter() {
                if let Some(limit) = self.exhausted() {
                    undecided.insert(limit);
                    return Answer::Unknown(undecided);
                }
                match self.find_in(class, &target, wishes) {
                    Answer::Nothing(statements) => why.extend(statements),
                    Answer::Unknown(reasons) => undecided.extend(reasons),
                    found @ Answer::Found(_) => return found,
                }
            }
        }
        if undecided.is_empty() { Answer::Nothing(why) } else { Answer::Unknown(undecided) }
    }

    /// Whether there is a request to which a statement of the first side applies and none of the others does. Principal elements
    /// are left aside.
    ///
    /// # Errors
    /// Why that is not known.
    pub(crate) fn can_apply(
        &mut self,
        asked: &Asked<'_>,
        applying: usize,
        none: &[usize],
    ) -> Result<bool, BTreeSet<Undecided>> {
        let mut undecided = BTreeSet::new();
        self.spend(none.len());
        for target in self.targets(asked) {
            let mut parts: Vec<Part> = vec![(self.base, None)];
            parts.extend(target.tests.iter().map(|test| (*test, None)));
            let applies = |problem: &mut Self, place: usize| {
                let statement = problem.sides.first().and_then(|side| side.statements.get(place))?;
                let about = match target.listed {
                    Some(action) => Formulas::constant(problem.table.is_about(&statement.actions, action)),
                    None => test_of_action(&statement.actions, problem.table, &mut problem.builder),
                };
                Some(problem.builder.formulas.all([about, statement.when]))
            };
            parts.extend(applies(self, applying).map(|node| (node, None)));
            for place in none {
                if let Some(node) = applies(self, *place) {
                    parts.push((self.builder.formulas.not(node), None));
                }
            }
            match is_found(self.search(&parts)) {
                Ok(true) => return Ok(true),
                Ok(false) => {}
                Err(why) => undecided.extend(why),
            }
        }
        if undecided.is_empty() { Ok(false) } else { Err(undecided) }
    }

    /// Whether there is a request that does not pass a test.
    ///
    /// # Errors
    /// Why that is not known.
    pub(crate) fn can_fail(&mut self, test: Node) -> Result<bool, BTreeSet<Undecided>> {
        let fails = self.builder.formulas.not(test);
        is_found(self.search(&[(self.base, None), (fails, None)]))
    }

    /// Whether the Deny statements of a policy count in every request in which another policy takes part, and there is such a
    /// request, for some actions.
    pub(crate) fn denies_with(&mut self, denying: usize, binding: usize, actions: &[usize]) -> bool {
        let mut samples = vec![literal_action("x:x")];
        if self.has_rules {
            samples.extend(actions.iter().map(|action| literal_action(&self.table.written(*action))));
        }
        let mut is_bound = false;
        for sample in samples {
            for class in self.classes(&sample).iter() {
                let groups = class.compositions.first().map_or(&[][..], |composition| &composition.groups);
                let of = |policy: usize| groups.iter().find(|group| group.policies.contains(&policy));
                if of(binding).is_some() {
                    is_bound = true;
                    if !of(denying).is_some_and(|group| group.denies_count) {
                        return false;
                    }
                }
            }
        }
        is_bound
    }

    fn find_in(&mut self, class: &Class, target: &Target, wishes: &[Wish]) -> Answer {
        let parts = self.parts(class, target, wishes);
        match self.search(&parts) {
            Outcome::Nothing(reasons) => Answer::Nothing(statements_of(&parts, &reasons)),
            Outcome::Unknown(why) => Answer::Unknown(why),
            Outcome::Found(model) if class.is_any_account => self.find_in_account(&model, target, wishes),
            Outcome::Found(model) => Answer::Found(Box::new(self.request(target, &model))),
        }
    }

    /// A request on a resource of the account that was found.
    fn find_in_account(&mut self, model: &Model, target: &Target, wishes: &[Wish]) -> Answer {
        let unknown = || Answer::Unknown(BTreeSet::from([Undecided::Variable(resource_account_key())]));
        let key = self.builder.atoms.key(&resource_account_key());
        let Some(Value::Key(KeyValue::Single(text))) = model.get(&Subject::Key(key)) else { return unknown() };
        let Ok(account) = text.parse::<AccountId>() else { return unknown() };
        let classes = classes_of_account(self.scope, account, &self.sides, &mut self.builder);
        self.extend_domains();
        for class in classes {
            let parts = self.parts(&class, target, wishes);
            if let Outcome::Found(model) = self.search(&parts) {
                return Answer::Found(Box::new(self.request(target, &model)));
            }
        }
        unknown()
    }

    /// Makes the domain of `aws:ResourceAccount` anew, for a value that was not named before.
    fn extend_domains(&mut self) {
        let id = self.builder.atoms.key(&resource_account_key());
        let domain = Domain::new(id, self.builder.shapes.shape(&resource_account_key()), &self.builder.atoms);
        if let Some(own) = self.domains.get_mut(id.0 as usize) {
            *own = domain;
        }
    }

    fn parts(&mut self, class: &Class, target: &Target, wishes: &[Wish]) -> Vec<Part> {
        let mut parts: Vec<Part> = vec![(self.base, None), (class.when, None)];
        let statements: usize = self.sides.iter().map(|side| side.statements.len()).sum();
        self.spend(statements.saturating_mul(OF_STATEMENT));
        parts.extend(target.tests.iter().map(|test| (*test, None)));
        for wish in wishes {
            let (Some(side), Some(composition)) = (self.sides.get(wish.side), class.compositions.get(wish.side)) else {
                continue;
            };
            let mut statements: Vec<(&SideStatement, Node)> = Vec::new();
            for statement in side.statements.iter().filter(|statement| !wish.without.contains(&statement.id)) {
                let about = match target.listed {
                    Some(action) => Formulas::constant(self.table.is_about(&statement.actions, action)),
                    None => test_of_action(&statement.actions, self.table, &mut self.builder),
                };
                if about != Formulas::FALSE {
                    statements.push((statement, about));
                }
            }
            let about = About { statements };
            parts.extend(side.parts(&about, wish.wanted, &class.sample, composition, &mut self.builder));
        }
        parts
    }

    fn search(&mut self, parts: &[Part]) -> Outcome {
        let nodes: Vec<Node> = parts.iter().map(|(node, _)| *node).collect();
        if let Some(known) = self.known.get(&nodes) {
            return known.clone();
        }
        if let Some(limit) = self.exhausted() {
            return Outcome::Unknown(BTreeSet::from([limit]));
        }
        let table = self.table;
        let accepts = |text: &str| is_unlisted(table, text);
        let mut theory = Theory::new(&self.builder.atoms, &self.domains, &accepts, self.left);
        let outcome = search(&self.builder.formulas, &mut theory, &nodes);
        let spent = theory.spent();
        self.left = self.left.saturating_sub(spent);
        self.known.insert(nodes, outcome.clone());
        outcome
    }

    /// The request that a model describes.
    fn request(&self, target: &Target, model: &Model) -> Request {
        let text = |subject: &Subject| match model.get(subject) {
            Some(Value::Text(text)) => Some(text.clone()),
            _ => None,
        };
        let action = match target.listed {
            Some(_) => target.sample.clone(),
            None => literal_action(&text(&Subject::Action).unwrap_or_else(|| "unlisted:Action".into())),
        };
        let resource = text(&Subject::Resource).unwrap_or_else(|| "*".into());
        let mut request = request(self.scope, action, &resource);
        // Nothing follows but what the scope lets follow; the rest is as the model says.
        let derived: Vec<ContextKey> = request.context().iter().map(|(key, _)| key.clone()).collect();
        let freed = derived.iter().filter(|key| !follows(self.scope, key));
        request = request.without(freed);
        for (subject, value) in model {
            let (Subject::Key(key), Value::Key(value)) = (subject, value) else { continue };
            let name = self.builder.atoms.name(*key);
            request = match value {
                KeyValue::Absent => request.without([name]),
                KeyValue::Single(text) => request.with_context_key(name.as_str(), ContextValue::single(text)),
                KeyValue::List(texts) => {
                    let list = ContextValue::list(texts.iter().map(String::as_str));
                    request.with_context_key(name.as_str(), list)
                }
            };
        }
        request
    }

    /// Whether some resource of the scope names no account, so that it is taken to be the caller's own.
    pub(crate) fn assumes_owner(&mut self) -> bool {
        let principal = self.scope.principal.as_ref();
        let has_account = principal.is_some_and(|principal| principal.account().is_some());
        let unowned = is_unowned(&mut self.builder);
        has_account
            && self.scope.resource_account.is_none()
            && !matches!(self.search(&[(self.base, None), (unowned, None)]), Outcome::Nothing(_))
    }

    /// Actions of a group, those apart that are evaluated on other forms of resources.
    pub(crate) fn by_forms(&self, actions: &[usize]) -> Vec<Vec<usize>> {
        let mut parts: BTreeMap<(Vec<&str>, bool), Vec<usize>> = BTreeMap::new();
        for action in actions {
            let info = self.catalogue.action(&self.table.lowercase(*action));
            let forms = info.map(|info| info.arns().collect()).unwrap_or_default();
            let is_required = info.is_some_and(|info| info.resource_types().any(|taken| taken.required));
            parts.entry((forms, is_required)).or_default().push(*action);
        }
        parts.into_values().collect()
    }

    /// Keys that were taken to have a single value since nothing declares them.
    pub(crate) fn assumed_single(&self) -> Vec<ContextKey> {
        let keys = self.builder.atoms.keys().map(|(_, key)| key);
        let mut keys: Vec<ContextKey> =
            keys.filter(|key| self.builder.shapes.is_assumed_single(key)).cloned().collect();
        keys.sort();
        keys
    }
}

/// Whether a search came upon something; the error is why that is not known.
fn is_found(outcome: Outcome) -> Result<bool, BTreeSet<Undecided>> {
    match outcome {
        Outcome::Found(_) => Ok(true),
        Outcome::Nothing(_) => Ok(false),
        Outcome::Unknown(why) => Err(why),
    }
}

/// The statements among the parts that something rests on.
fn statements_of(parts: &[Part], reasons: &Reasons) -> BTreeSet<StatementId> {
    reasons.iter().filter_map(|number| parts.get(number)?.1).collect()
}
