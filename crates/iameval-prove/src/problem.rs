//! A question about all requests of a scope, taken apart: by actions, by owners of resources, into formulas.

use crate::actions::{ActionPatterns, ActionSet, ActionTable};
use crate::atom::{Atoms, KeyId, Subject};
use crate::builder::{Builder, Written};
use crate::claim::{Policies, Scope};
use crate::class::{
    Class, class_of_account, classes, compositions, follows, merged, request, resource_account_key, sample,
};
use crate::domain::Domain;
use crate::formula::{Formulas, Node};
use crate::glob::{Glob, Piece, Reach};
use crate::realistic::{self, Realism};
use crate::reasons::Reasons;
use crate::search::{Outcome, search};
use crate::shapes::Shapes;
use crate::side::{About, Part, Side, SideStatement, Wanted};
use crate::template::Template;
use crate::theory::{KeyValue, Model, Theory, Value};
use crate::verdict::Undecided;
use iameval::open::RuleTraits;
use iameval::{
    AccountId, Action, ConditionOperator, ContextKey, ContextValue, DateTime, Effect, Operator, Principal,
    PrincipalClass, PrincipalElement, PrincipalForm, PrincipalList, Request, RuleSelection, Statement, StatementId,
};
use iameval_data::Catalogue;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

/// How much work a search for one text may be.
const LIMIT: u64 = 200_000;

/// So many actions at most are tried as examples.
const MOST_TRIED: usize = 6;

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
    /// What is certain of context keys in requests that AWS could make.
    realistic_keys: Node,
    domains: Vec<Domain>,
    known: HashMap<Vec<Node>, Outcome>,
    /// How many steps all searches together may still take.
    left: u64,
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
        policies: &[&Policies],
    ) -> Self {
        let mut builder = Builder { atoms: Atoms::default(), formulas: Formulas::new(), shapes, fixed: fixed(scope) };
        let sides: Vec<Side> = policies.iter().map(|policies| Side::new(policies, &mut builder)).collect();
        let base = builder.scope(scope);
        let classes = classes(scope, &named_accounts(scope, policies), &sides, &mut builder);
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
            realistic_keys: Formulas::TRUE,
            domains: Vec::new(),
            known: HashMap::new(),
            left: u64::MAX,
        };
        problem.mention_unique_ids();
        if problem.has_rules {
            for key in RULE_KEYS {
                rule_key_is_there(&ContextKey::new(key), &mut problem.builder);
            }
        }
        problem.realistic_keys = realistic::keys(scope, &mut problem.builder);
        let keys: Vec<(KeyId, ContextKey)> = problem.builder.atoms.keys().map(|(id, key)| (id, key.clone())).collect();
        problem.domains =
            keys.iter().map(|(id, key)| Domain::new(*id, shapes.shape(key), &problem.builder.atoms)).collect();
        problem
    }

    /// Ends all searches once they took so many steps together.
    pub(crate) fn limit(&mut self, steps: u64) {
        self.left = steps;
    }

    /// How many steps are left.
    pub(crate) fn left(&self) -> u64 {
        self.left
    }

    fn spend(&mut self, steps: u64) {
        self.left = self.left.saturating_sub(steps);
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
    pub(crate) fn action_sets(&self, within: &ActionSet) -> Vec<ActionSet> {
        let statements = self.sides.iter().flat_map(|side| &side.statements);
        let mut sets: Vec<ActionSet> = statements.map(|statement| self.table.matching(&statement.actions)).collect();
        if self.has_rules {
            let mut alike: HashMap<Vec<RuleTraits>, ActionSet> = HashMap::new();
            for number in within.iter() {
                let action = literal_action(&self.table.lowercase(number));
                let traits = self.sides.iter().map(|side| side.policies.set().rule_traits(&action)).collect();
                alike.entry(traits).or_insert_with(|| ActionSet::none(self.table.len())).insert(number);
            }
            sets.extend(alike.into_values());
        }
        sets
    }

    /// A request that AWS could make of one of these actions, rather one that people know, that comes out as wished; with
    /// whether it is one that AWS could make.
    pub(crate) fn find_realistic(&mut self, actions: &[usize], wishes: &[Wish]) -> Option<Request> {
        let mut ranked: Vec<usize> = actions.to_vec();
        ranked.sort_by_cached_key(|action| rank(&self.table.lowercase(*action)));
        ranked.truncate(MOST_TRIED);
        for realism in [Realism::Own, Realism::Usual, Realism::Possible] {
            for action in &ranked {
                if let Answer::Found(request) = self.find(&Asked::Realistic(*action, realism), wishes)
                    && is_consistent(&request)
                {
                    return Some(*request);
                }
            }
        }
        None
    }

    /// How early one of these actions is taken as an example.
    pub(crate) fn rank(&self, actions: &[usize]) -> Option<(usize, usize)> {
        actions.iter().map(|action| rank(&self.table.lowercase(*action))).min()
    }

    /// A request of the scope that comes out as wished on every side.
    pub(crate) fn find(&mut self, asked: &Asked<'_>, wishes: &[Wish]) -> Answer {
        let mut why = BTreeSet::new();
        let mut undecided = BTreeSet::new();
        for target in self.targets(asked) {
            for class in self.classes(&target.sample).iter() {
                match self.find_in(class, &target, wishes) {
                    Answer::Nothing(statements) => why.extend(statements),
                    Answer::Unknown(reasons) => undecided.extend(reasons),
                    found @ Answer::Found(_) => return found,
                }
            }
        }
        if undecided.is_empty() { Answer::Nothing(why) } else { Answer::Unknown(undecided) }
    }

    /// Whether there is a request to which a statement of the first side applies, whoever it is for, and none of others does.
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
        self.spend(u64::try_from(none.len()).unwrap_or(u64::MAX));
        for target in self.targets(asked) {
            let mut parts: Vec<Part> = vec![(self.base, None)];
            parts.extend(target.tests.iter().map(|test| (*test, None)));
            let applies = |problem: &mut Self, place: usize| {
                let statement = problem.sides.first().and_then(|side| side.statements.get(place))?;
                let about = match target.listed {
                    Some(action) => Formulas::constant(problem.table.is_about(&statement.actions, action)),
                    None => test_of_action(&statement.actions, &mut problem.builder),
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

    /// The actions that are asked about, so that rules of services treat those of one target alike.
    fn targets(&mut self, asked: &Asked<'_>) -> Vec<Target> {
        match asked {
            Asked::Listed(action) => vec![Target::listed(*action, &self.action(*action), Vec::new())],
            Asked::Realistic(action, realism) => {
                let mut tests = vec![self.realistic_keys];
                let name = self.table.lowercase(*action);
                if let Some(info) = self.catalogue.action(&name) {
                    tests.push(realistic::resource(info, self.scope, *realism, &mut self.builder));
                }
                vec![Target::listed(*action, &self.action(*action), tests)]
            }
            Asked::Unlisted { within, except } => {
                let any = self.builder.fits(Subject::Action, vec![any_action()]);
                let within = test_of_action(within, &mut self.builder);
                let except = test_of_action(except, &mut self.builder);
                let tests = vec![any, within, self.builder.formulas.not(except)];
                if !self.has_rules {
                    return vec![Target { listed: None, sample: literal_action("x:x"), tests }];
                }
                self.unlisted_by_service(&tests)
            }
        }
    }

    /// Unlisted actions of each service whose rules are about all of its actions, those that read apart; and all others.
    fn unlisted_by_service(&mut self, tests: &[Node]) -> Vec<Target> {
        let mut services: Vec<String> = Vec::new();
        for side in &self.sides {
            services.extend(side.policies.set().services_with_rules_for_all().into_iter().map(str::to_owned));
        }
        services.sort();
        services.dedup();
        let mut targets = Vec::new();
        let mut of_none = tests.to_vec();
        for service in &services {
            let own = test_of_action(&ActionPatterns::new([&*format!("{service}:*")]), &mut self.builder);
            of_none.push(self.builder.formulas.not(own));
            let verbs = ["get", "list", "describe", "generate", "simulate"].map(|verb| format!("{service}:{verb}*"));
            let reads = test_of_action(&ActionPatterns::new(verbs.iter().map(String::as_str)), &mut self.builder);
            let changes = self.builder.formulas.not(reads);
            for (sample, test) in [("getx", reads), ("x", changes)] {
                let tests = tests.iter().copied().chain([own, test]).collect();
                targets.push(Target { listed: None, sample: literal_action(&format!("{service}:{sample}")), tests });
            }
        }
        targets.push(Target { listed: None, sample: literal_action("x:x"), tests: of_none });
        targets
    }

    /// The classes of resources for an action.
    fn classes(&mut self, action: &Action) -> Rc<[Class]> {
        if !self.has_rules {
            return self.classes.clone();
        }
        let traits: Vec<RuleTraits> = self.sides.iter().map(|side| side.policies.set().rule_traits(action)).collect();
        if let Some(known) = self.rule_classes.get(&traits) {
            return known.clone();
        }
        let classes: Rc<[Class]> = self.split_by_rules(action).into();
        self.rule_classes.insert(traits, classes.clone());
        classes
    }

    /// The classes of owners, split by what rules of services look at.
    fn split_by_rules(&mut self, action: &Action) -> Vec<Class> {
        let principal = self.scope.principal.clone().unwrap_or_else(Principal::unnamed);
        let mut patterns: Vec<String> = Vec::new();
        for side in &self.sides {
            patterns.extend(side.policies.set().rule_patterns(&principal, action));
        }
        patterns.sort();
        patterns.dedup();
        let mut tests = Vec::new();
        for pattern in &patterns {
            let template = Template::of_arn(Operator::ArnLike.parts(pattern, None));
            let glob = template.and_then(|template| template.glob());
            tests.push(self.builder.fits(Subject::Resource, glob.into_iter().collect()));
        }
        let mut all = Vec::new();
        for class in self.classes.clone().iter() {
            let mut parts: Vec<Class> = Vec::new();
            for (when, resource) in self.kinds_of_resources(class.when, &tests) {
                let sample = request(self.scope, action.clone(), &resource);
                parts.extend(self.split_by_keys(&Class { when, sample, ..class.clone() }));
            }
            all.extend(merged_within(class, parts, &mut self.builder));
        }
        all
    }

    /// The ways in which tests of a resource can come out together, each with a resource.
    fn kinds_of_resources(&mut self, when: Node, tests: &[Node]) -> Vec<(Node, String)> {
        let mut kinds = vec![when];
        for test in tests {
            let not = self.builder.formulas.not(*test);
            let mut finer = Vec::with_capacity(kinds.len());
            for kind in kinds {
                for side in [*test, not] {
                    let both = self.builder.formulas.all([kind, side]);
                    if !matches!(self.search(&[(both, None)]), Outcome::Nothing(_)) {
                        finer.push(both);
                    }
                }
            }
            kinds = finer;
        }
        let mut found = Vec::new();
        for kind in kinds {
            let resource = match self.search(&[(kind, None)]) {
                Outcome::Found(model) => match model.get(&Subject::Resource) {
                    Some(Value::Text(text)) => text.clone(),
                    _ => "*".to_owned(),
                },
                Outcome::Nothing(_) | Outcome::Unknown(_) => continue,
            };
            found.push((kind, resource));
        }
        found
    }

    /// A class for each way in which keys are that rules look at.
    fn split_by_keys(&mut self, class: &Class) -> Vec<Class> {
        let mut classes = vec![class.clone()];
        let bare = class.sample.leaving_open(RULE_KEYS.map(ContextKey::new).iter());
        let mut keys: BTreeSet<ContextKey> = BTreeSet::new();
        for composition in compositions(&self.sides, &bare).iter() {
            keys.extend(composition.keys.iter().cloned());
        }
        for key in keys {
            let is_there = rule_key_is_there(&key, &mut self.builder);
            let is_not = self.builder.formulas.not(is_there);
            let mut finer = Vec::new();
            for class in classes {
                for (when, sample) in [
                    (is_there, class.sample.with_context_key(key.as_str(), "true")),
                    (is_not, class.sample.without([&key])),
                ] {
                    let when = self.builder.formulas.all([class.when, when]);
                    finer.push(Class { when, sample, ..class.clone() });
                }
            }
            classes = finer;
        }
        for class in &mut classes {
            class.compositions = compositions(&self.sides, &class.sample);
        }
        classes
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
        let class = class_of_account(self.scope, account, &self.sides, &mut self.builder);
        self.extend_domains();
        let parts = self.parts(&class, target, wishes);
        match self.search(&parts) {
            Outcome::Found(model) => Answer::Found(Box::new(self.request(target, &model))),
            Outcome::Nothing(_) | Outcome::Unknown(_) => unknown(),
        }
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
        parts.extend(target.tests.iter().map(|test| (*test, None)));
        for wish in wishes {
            let (Some(side), Some(composition)) = (self.sides.get(wish.side), class.compositions.get(wish.side)) else {
                continue;
            };
            let mut statements: Vec<(&SideStatement, Node)> = Vec::new();
            for statement in side.statements.iter().filter(|statement| !wish.without.contains(&statement.id)) {
                let about = match target.listed {
                    Some(action) => Formulas::constant(self.table.is_about(&statement.actions, action)),
                    None => test_of_action(&statement.actions, &mut self.builder),
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
        let limit = LIMIT.min(self.left);
        if limit == 0 {
            return Outcome::Unknown(BTreeSet::from([Undecided::Limit(limit)]));
        }
        let table = self.table;
        let accepts = |text: &str| is_unlisted(table, text);
        let mut theory = Theory::new(&self.builder.atoms, &self.domains, &accepts, limit);
        let outcome = search(&self.builder.formulas, &mut theory, &nodes);
        let spent = theory.spent();
        self.spend(spent);
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

    /// The name of an action, as the catalogue writes it.
    pub(crate) fn action(&self, action: usize) -> String {
        let lower = self.table.lowercase(action);
        self.catalogue.action(&lower).map_or(lower, |info| info.to_string())
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

/// Actions that rules of services treat alike, as one question.
struct Target {
    /// One of the catalogue, by its number.
    listed: Option<usize>,
    /// The action, or one that rules of services treat like those that are meant.
    sample: Action,
    /// Tests of action and request.
    tests: Vec<Node>,
}

impl Target {
    fn listed(action: usize, name: &str, tests: Vec<Node>) -> Self {
        Self { listed: Some(action), sample: literal_action(name), tests }
    }
}

fn literal_action(text: &str) -> Action {
    Action::literal(text).unwrap_or_else(|_| unreachable!("actions have one colon: {text}"))
}

/// The keys that rules of services look at.
const RULE_KEYS: [&str; 3] = ["aws:TokenIssueTime", "aws:MultiFactorAuthPresent", "aws:ViaAWSService"];

/// That a key is as rules of services look for it: in the request, or true.
fn rule_key_is_there(key: &ContextKey, builder: &mut Builder<'_>) -> Node {
    if *key == ContextKey::new("aws:ViaAWSService") {
        let operator = ConditionOperator { base: Operator::Bool, quantifier: None, if_exists: false };
        return builder.condition(Written { operator, key, effect: Effect::Allow, version: None }, &["true"]);
    }
    let id = builder.atoms.key(key);
    let absent = builder.absent(id);
    builder.formulas.not(absent)
}

/// The parts of a class, those that are composed alike as one.
fn merged_within(class: &Class, parts: Vec<Class>, builder: &mut Builder<'_>) -> Vec<Class> {
    let is_one = parts.iter().all(|part| parts.first().is_some_and(|first| first.compositions == part.compositions));
    match parts.first() {
        Some(first) if is_one => {
            vec![Class { when: class.when, is_any_account: class.is_any_account, ..first.clone() }]
        }
        _ => {
            let merged = merged(parts, builder);
            merged.into_iter().map(|part| Class { is_any_account: class.is_any_account, ..part }).collect()
        }
    }
}

/// The statements among the parts that something rests on.
fn statements_of(parts: &[Part], reasons: &Reasons) -> BTreeSet<StatementId> {
    reasons.iter().filter_map(|number| parts.get(number)?.1).collect()
}

/// A test of whether an action fits.
fn test_of_action(patterns: &ActionPatterns, builder: &mut Builder<'_>) -> Node {
    let (globs, is_negated) = patterns.globs();
    let fits = builder.fits(Subject::Action, globs);
    if is_negated { builder.formulas.not(fits) } else { fits }
}

/// What the text of any action looks like.
fn any_action() -> Glob {
    let some = [Piece::Unit(Reach::Confined), Piece::Star(Reach::Confined)];
    let [one, run] = some;
    let pieces = [one.clone(), run.clone(), Piece::Literal(":".into()), one, run];
    Glob { pieces: pieces.into(), ignores_case: false }
}

/// Whether a text in lower case may be an action that the catalogue does not have.
fn is_unlisted(table: &ActionTable, text: &str) -> bool {
    let Some((service, name)) = text.split_once(':') else { return false };
    let is_word = |word: &str| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    is_word(service) && is_word(name) && !table.has(service, name)
}

/// The keys that have one value in every request of a scope, because it follows from the principal.
fn fixed(scope: &Scope) -> BTreeMap<ContextKey, Option<ContextValue>> {
    /// The keys that follow from the principal (R-CTX-04).
    const OF_PRINCIPAL: [&str; 7] = [
        "aws:PrincipalAccount",
        "aws:PrincipalArn",
        "aws:PrincipalType",
        "aws:username",
        "aws:userid",
        "aws:PrincipalOrgID",
        "aws:PrincipalIsAWSService",
    ];
    let Some(principal) = &scope.principal else { return BTreeMap::new() };
    let sample = sample(scope, "*");
    let fixed = OF_PRINCIPAL.iter().filter_map(|name| {
        let key = ContextKey::new(name);
        if !follows(scope, &key) {
            return None;
        }
        let value = sample.context().value(&key).cloned();
        // What is not said of a principal who has an account is not known to be absent.
        let may_be_there = match principal.class() {
            Some(PrincipalClass::User | PrincipalClass::Role | PrincipalClass::RoleSession) | None => {
                matches!(*name, "aws:userid" | "aws:PrincipalOrgID")
            }
            Some(PrincipalClass::Root | PrincipalClass::FederatedUser) => *name == "aws:PrincipalOrgID",
            Some(_) => false,
        };
        (value.is_some() || !may_be_there).then_some((key, value))
    });
    fixed.collect()
}

/// The accounts that can matter: those of the scope, and those that policies name.
fn named_accounts(scope: &Scope, policies: &[&Policies]) -> BTreeSet<AccountId> {
    let mut named = BTreeSet::new();
    let has_account = scope.principal.as_ref().is_some_and(|principal| principal.account().is_some());
    let resource_account = resource_account_key();
    let statements =
        policies.iter().flat_map(|policies| policies.documents()).flat_map(|document| document.statements());
    for statement in statements {
        if !has_account {
            named.extend(accounts_of_principals(statement));
        }
        let tests = statement.tests().filter(|(_, test)| ContextKey::new(test.key()) == resource_account);
        let values = tests.flat_map(|(_, test)| test.values());
        named.extend(values.filter_map(|text| text.parse::<AccountId>().ok()));
    }
    named
}

fn accounts_of_principals(statement: &Statement) -> Vec<AccountId> {
    let Some(PrincipalForm::Map(lists)) = statement.principal().map(PrincipalElement::form) else {
        return Vec::new();
    };
    let account = |text: &str| text.split(':').find_map(|part| part.parse().ok());
    lists.iter().flat_map(PrincipalList::values).filter_map(account).collect()
}

/// Services that most readers know, those first that tell most.
const WELL_KNOWN: [&str; 12] =
    ["iam", "s3", "ec2", "lambda", "kms", "dynamodb", "sts", "secretsmanager", "rds", "sqs", "sns", "cloudformation"];

/// How early an action is taken as an example.
fn rank(action: &str) -> (usize, usize) {
    let (service, name) = action.split_once(':').unwrap_or((action, ""));
    let known = WELL_KNOWN.iter().position(|known| *known == service).unwrap_or(WELL_KNOWN.len());
    let verbs = ["createuser", "getobject", "runinstances", "invokefunction", "decrypt", "create", "put", "delete"];
    let verb = verbs.iter().position(|verb| name.starts_with(verb)).unwrap_or(verbs.len());
    (known, verb)
}

/// Whether keys that say the same in two ways agree.
fn is_consistent(request: &Request) -> bool {
    let text = |key: &str| request.context().value(&ContextKey::new(key)).and_then(|value| value.texts().next());
    match (text("aws:CurrentTime"), text("aws:EpochTime")) {
        (Some(time), Some(epoch)) => match (time.parse::<DateTime>(), epoch.parse::<DateTime>()) {
            (Ok(time), Ok(epoch)) => time.epoch_seconds() == epoch.epoch_seconds(),
            _ => false,
        },
        _ => true,
    }
}
