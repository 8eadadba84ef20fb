//! A question about all requests of a scope, taken apart: by actions, by owners of resources, into formulas.

use crate::actions::{ActionPatterns, ActionSet, ActionTable};
use crate::atom::{Atoms, KeyId, Subject};
use crate::builder::Builder;
use crate::claim::{KeyState, Policies, Scope};
use crate::class::{Class, class_of_account, classes, follows, request, resource_account_key, sample};
use crate::domain::Domain;
use crate::formula::{Formulas, Node};
use crate::glob::{Glob, Piece, Reach};
use crate::reasons::Reasons;
use crate::search::{Outcome, search};
use crate::shapes::Shapes;
use crate::side::{About, Part, Side, SideStatement, Wanted};
use crate::theory::{KeyValue, Model, Theory, Value};
use crate::verdict::Undecided;
use iameval::{
    AccountId, Action, ContextKey, ContextValue, PrincipalClass, PrincipalForm, Request, Statement, StatementId,
};
use iameval_data::Catalogue;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// How much work a search for one text may be.
const LIMIT: u64 = 200_000;

/// A question, ready to be searched.
pub(crate) struct Problem<'c> {
    pub(crate) table: &'c ActionTable,
    catalogue: &'c Catalogue,
    scope: &'c Scope,
    builder: Builder<'c>,
    pub(crate) sides: Vec<Side>,
    classes: Vec<Class>,
    /// What the scope says of resource and context.
    base: Node,
    domains: Vec<Domain>,
    known: HashMap<Vec<Node>, Outcome>,
}

/// What the requests of a side are to be.
pub(crate) type Wish = (usize, Wanted);

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
pub(crate) enum Asked<'s> {
    /// One, by its number, which stands for others that the same statements are about.
    Listed(usize),
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
        let classes = classes(scope, &named_accounts(scope, policies), &mut builder);
        let mut problem =
            Self { table, catalogue, scope, builder, sides, classes, base, domains: Vec::new(), known: HashMap::new() };
        problem.mention_unique_ids();
        let keys: Vec<(KeyId, ContextKey)> = problem.builder.atoms.keys().map(|(id, key)| (id, key.clone())).collect();
        problem.domains =
            keys.iter().map(|(id, key)| Domain::new(*id, shapes.shape(key), &problem.builder.atoms)).collect();
        problem
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

    /// The statements, all sides together, as sets of actions.
    pub(crate) fn action_sets(&self) -> Vec<ActionSet> {
        let statements = self.sides.iter().flat_map(|side| &side.statements);
        statements.map(|statement| self.table.matching(&statement.actions)).collect()
    }

    /// Whether the scope has a request of these actions at all.
    pub(crate) fn is_empty_scope(&mut self, asked: &Asked<'_>) -> Answer {
        self.find(asked, &[])
    }

    /// A request of the scope that comes out as wished on every side.
    pub(crate) fn find(&mut self, asked: &Asked<'_>, wishes: &[Wish]) -> Answer {
        let mut why = BTreeSet::new();
        let mut undecided = BTreeSet::new();
        for number in 0..self.classes.len() {
            let Some(class) = self.classes.get(number).cloned() else { continue };
            match self.find_in(&class, asked, wishes) {
                Answer::Nothing(statements) => why.extend(statements),
                Answer::Unknown(reasons) => undecided.extend(reasons),
                found @ Answer::Found(_) => return found,
            }
        }
        if undecided.is_empty() { Answer::Nothing(why) } else { Answer::Unknown(undecided) }
    }

    fn find_in(&mut self, class: &Class, asked: &Asked<'_>, wishes: &[Wish]) -> Answer {
        let parts = self.parts(class, asked, wishes);
        match self.search(&parts) {
            Outcome::Nothing(reasons) => Answer::Nothing(statements_of(&parts, &reasons)),
            Outcome::Unknown(why) => Answer::Unknown(why),
            Outcome::Found(model) if class.is_any_account && follows(self.scope, &resource_account_key()) => {
                self.find_in_account(&model, asked, wishes)
            }
            Outcome::Found(model) => Answer::Found(Box::new(self.request(asked, &model))),
        }
    }

    /// A request on a resource of the account that was found.
    fn find_in_account(&mut self, model: &Model, asked: &Asked<'_>, wishes: &[Wish]) -> Answer {
        let unknown = || Answer::Unknown(BTreeSet::from([Undecided::Variable(resource_account_key())]));
        let key = self.builder.atoms.key(&resource_account_key());
        let Some(Value::Key(KeyValue::Single(text))) = model.get(&Subject::Key(key)) else { return unknown() };
        let Ok(account) = text.parse::<AccountId>() else { return unknown() };
        let class = class_of_account(self.scope, account, &mut self.builder);
        self.extend_domains();
        let parts = self.parts(&class, asked, wishes);
        match self.search(&parts) {
            Outcome::Found(model) => Answer::Found(Box::new(self.request(asked, &model))),
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

    fn parts(&mut self, class: &Class, asked: &Asked<'_>, wishes: &[Wish]) -> Vec<Part> {
        let mut parts: Vec<Part> = vec![(self.base, None), (class.when, None)];
        if let Asked::Unlisted { within, except } = asked {
            let any = self.builder.fits(Subject::Action, vec![any_action()]);
            let within = test_of_action(within, &mut self.builder);
            let except = test_of_action(except, &mut self.builder);
            parts.extend([(any, None), (within, None), (self.builder.formulas.not(except), None)]);
        }
        for (side, wanted) in wishes {
            let Some(side) = self.sides.get(*side) else { continue };
            let mut statements: Vec<(&SideStatement, Node)> = Vec::new();
            for statement in &side.statements {
                let about = match asked {
                    Asked::Listed(action) => Formulas::constant(self.table.is_about(&statement.actions, *action)),
                    Asked::Unlisted { .. } => test_of_action(&statement.actions, &mut self.builder),
                };
                if about != Formulas::FALSE {
                    statements.push((statement, about));
                }
            }
            let composition = side.policies.set().composition(&class.sample);
            let about = About { statements };
            parts.extend(side.parts(&about, *wanted, &class.sample, &composition, &mut self.builder));
        }
        parts
    }

    fn search(&mut self, parts: &[Part]) -> Outcome {
        let nodes: Vec<Node> = parts.iter().map(|(node, _)| *node).collect();
        if let Some(known) = self.known.get(&nodes) {
            return known.clone();
        }
        let table = self.table;
        let accepts = |text: &str| is_unlisted(table, text);
        let mut theory = Theory::new(&self.builder.atoms, &self.domains, &accepts, LIMIT);
        let outcome = search(&self.builder.formulas, &mut theory, &nodes);
        self.known.insert(nodes, outcome.clone());
        outcome
    }

    /// The request that a model describes.
    fn request(&self, asked: &Asked<'_>, model: &Model) -> Request {
        let text = |subject: &Subject| match model.get(subject) {
            Some(Value::Text(text)) => Some(text.clone()),
            _ => None,
        };
        let action = match asked {
            Asked::Listed(action) => self.action(*action),
            Asked::Unlisted { .. } => text(&Subject::Action).unwrap_or_else(|| "unlisted:Action".into()),
        };
        let action = Action::literal(&action).unwrap_or_else(|_| unreachable!("actions have one colon: {action}"));
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

/// The keys that have one value in every request of a scope, because it follows from the principal or the scope says it.
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
    let said = scope.keys.iter().filter_map(|own| match own.alternatives.as_slice() {
        [KeyState::Is(value)] => Some((own.key.clone(), Some(value.clone()))),
        _ => None,
    });
    let Some(principal) = &scope.principal else { return said.collect() };
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
    fixed.chain(said).collect()
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
    let Some(PrincipalForm::Map(lists)) = statement.principal().map(|element| element.form()) else {
        return Vec::new();
    };
    let account = |text: &str| text.split(':').find_map(|part| part.parse().ok());
    lists.iter().flat_map(|list| list.values()).filter_map(account).collect()
}
