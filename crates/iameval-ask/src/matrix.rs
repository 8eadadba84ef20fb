//! Many questions at once, as a table: rows are actions, principals or resources, columns are states of multi-factor
//! authentication, contexts and principals. It decides every cell; what the cells look like is for renderers.

mod axis;

pub use axis::{AS_IT_IS, Axis, MatrixColumn};

use crate::added::Assembled;
use crate::answer::Answer;
use crate::asker::{Asker, Caller, ChosenResource, NamedAction, is_decidable, whole};
use crate::codes;
use crate::given::Given;
use crate::posed::PosedRequest;
use crate::problem::{QuestionProblem, Remark};
use crate::question::{About, Question, Refused, Tagged};
use iameval::{Action, Context, ContextKey, Decision, Mfa, Problem, Severity};
use iameval_data::{Catalogue, is_asked_on};
use iameval_world::{Finding, Situation, Unbound, WorldPrincipal};
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

/// What a matrix asks.
#[derive(Debug, Clone)]
pub struct MatrixQuestion {
    /// Actions and resources, and what every request has. Columns stand above its context and its first state of
    /// multi-factor authentication; its principal does not count.
    pub asked: Question,
    /// Who asks, where no column says so. Nobody named is the default principal, or all where the rows are principals.
    pub principals: Vec<String>,
    /// What leads the rows.
    pub rows: RowKind,
    /// The columns; at least one.
    pub columns: Vec<MatrixColumn>,
}

/// What leads the rows of a matrix. What there are several of besides multiplies them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowKind {
    /// The actions.
    Actions,
    /// The principals: those that are named, else all of the world.
    Principals,
    /// The resources: those that are named, else all of the world.
    Resources,
}

/// What a leading cell of a row says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lead {
    /// Who asks.
    Principal,
    /// The action.
    Action,
    /// The resource, as it was named.
    Resource,
}

/// Questions and their answers as a table.
#[derive(Debug)]
pub struct Matrix {
    /// What the rows begin with.
    pub leads: Vec<Lead>,
    /// The columns.
    pub columns: Vec<MatrixColumn>,
    /// The rows.
    pub rows: Vec<MatrixRow>,
    /// What all rows have in common and no cell says.
    pub common: Common,
    /// How many rows [`Matrix::keep_changing`] left out.
    pub left_out: usize,
    /// Why cells were not asked, by number.
    pub not_asked: Vec<String>,
    /// What is worth knowing about the questions.
    pub remarks: Vec<Tagged<Remark>>,
}

/// What all questions of a matrix have in common, as they were written.
#[derive(Debug, Clone, Default)]
pub struct Common {
    /// Who asks.
    pub principal: Option<String>,
    /// The action.
    pub action: Option<String>,
    /// The resource.
    pub resource: Option<String>,
    /// The VPC endpoint.
    pub endpoint: Option<String>,
    /// The context.
    pub context: Context,
    /// The state of multi-factor authentication.
    pub mfa: Option<Mfa>,
}

/// A row of a matrix.
#[derive(Debug)]
pub struct MatrixRow {
    /// Who asks; `None` where columns say so, and where it is somebody without a name.
    pub principal: Option<String>,
    /// The action.
    pub action: String,
    /// The resource as it was named; `None` where it follows from the action.
    pub resource: Option<String>,
    /// A cell for each column.
    pub cells: Vec<MatrixCell>,
}

/// A cell of a matrix.
#[derive(Debug)]
pub enum MatrixCell {
    /// A request that was decided.
    Decided(Box<PosedRequest>, Decision),
    /// A question that cannot be asked, with the number of its reason in [`Matrix::not_asked`].
    NotAsked(usize),
}

/// So many cells are too many to look at, and what keeps a slip in a pattern from taking all the memory.
const MOST_CELLS: usize = 200_000;

impl Matrix {
    /// Leaves out the rows that are the same in every column.
    pub fn keep_changing(&mut self) {
        let before = self.rows.len();
        self.rows.retain(MatrixRow::changes);
        self.left_out += before - self.rows.len();
    }

    /// The leading cells of a row.
    pub fn leading<'r>(&self, row: &'r MatrixRow) -> impl Iterator<Item = &'r str> {
        self.leads.iter().map(|lead| row.lead(*lead))
    }
}

impl MatrixRow {
    /// What the row says of a part of its question; empty where that is not named.
    pub fn lead(&self, lead: Lead) -> &str {
        match lead {
            Lead::Principal => self.principal.as_deref().unwrap_or_default(),
            Lead::Action => &self.action,
            Lead::Resource => self.resource.as_deref().unwrap_or_default(),
        }
    }

    /// Whether the decisions differ.
    pub fn changes(&self) -> bool {
        let mut decisions = self.cells.iter().filter_map(MatrixCell::decision);
        let first = decisions.next();
        decisions.any(|decision| Some(decision) != first)
    }
}

impl MatrixCell {
    /// The decision, where there is one.
    pub fn decision(&self) -> Option<Decision> {
        match self {
            Self::Decided(_, decision) => Some(*decision),
            Self::NotAsked(_) => None,
        }
    }

    /// The answer in full, where there is one.
    pub fn answer(&self, catalogue: &Catalogue) -> Option<Answer> {
        match self {
            Self::Decided(posed, _) => Some(PosedRequest::clone(posed).answer(catalogue)),
            Self::NotAsked(_) => None,
        }
    }
}

impl Lead {
    /// The name of its column in a table.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Principal => "principal",
            Self::Action => "action",
            Self::Resource => "resource",
        }
    }
}

impl RowKind {
    /// The parts of a question, the one that varies slowest first.
    fn order(self) -> [Lead; 3] {
        match self {
            Self::Actions => [Lead::Action, Lead::Resource, Lead::Principal],
            Self::Principals => [Lead::Principal, Lead::Action, Lead::Resource],
            Self::Resources => [Lead::Resource, Lead::Action, Lead::Principal],
        }
    }
}

type Problems = Vec<Tagged<QuestionProblem>>;

/// Somebody who asks.
struct Asking {
    name: Option<String>,
    /// The principal, or the number of the reason why they cannot ask.
    principal: Result<WorldPrincipal, usize>,
}

/// What the cells of a matrix are made of.
struct Plan<'a> {
    asker: &'a Asker<'a>,
    asked: &'a Question,
    /// Who asks: a principal for each row, or one for each column.
    principals: Vec<Asking>,
    actions: Vec<(usize, NamedAction)>,
    /// As they are named; nothing where they follow from the actions.
    resources: Vec<String>,
    /// What each column gives, with the number of its principal.
    columns: Vec<(Given, Option<usize>)>,
}

/// A resource with its policies, for one principal and action.
type Settled = (ChosenResource, Situation, Assembled);

/// What is known of a row before its columns are: by principal and region.
type OfRow = HashMap<(usize, Option<String>), Result<Settled, usize>>;

/// Why questions cannot be asked; each once.
#[derive(Default)]
struct Reasons {
    words: Vec<String>,
    numbers: HashMap<String, usize>,
    problems: Problems,
}

impl Reasons {
    fn number(&mut self, problem: Tagged<QuestionProblem>) -> usize {
        let words = in_words(&problem.what);
        if let Some(known) = self.numbers.get(&words) {
            return *known;
        }
        let number = self.words.len();
        self.numbers.insert(words.clone(), number);
        self.words.push(words);
        self.problems.push(problem);
        number
    }
}

impl Asker<'_> {
    /// Decides every cell of a matrix. `progress` is told how many rows are done, of how many. The cost is that of its cells.
    ///
    /// # Errors
    /// Everything that is wrong with the first part of the question that has something wrong, and why no cell at all can be
    /// asked.
    pub fn matrix(&self, question: &MatrixQuestion, progress: &mut dyn FnMut(usize, usize)) -> Result<Matrix, Refused> {
        let mut remarks = Vec::new();
        match self.all_cells(question, progress, &mut remarks) {
            Ok(matrix) => Ok(Matrix { remarks, ..matrix }),
            Err(problems) => Err(Refused { problems, remarks }),
        }
    }

    fn all_cells(
        &self,
        question: &MatrixQuestion,
        progress: &mut dyn FnMut(usize, usize),
        remarks: &mut Vec<Tagged<Remark>>,
    ) -> Result<Matrix, Problems> {
        let mut reasons = Reasons::default();
        let plan = self.plan(question, &mut reasons, remarks)?;
        let mut numbers = plan.rows(question.rows);
        if question.asked.resources.is_empty() && question.rows == RowKind::Resources {
            numbers.retain(|row| plan.is_ever_asked(*row));
            if numbers.is_empty() {
                let message = "the actions are never asked on the resources that the world names";
                let help = "name what they are asked on, such as an object as `BUCKET/KEY`";
                let problem =
                    Problem::new(iameval_data::codes::RESOURCE_FITS_NO_ACTION, message).with_severity(Severity::Error);
                return Err(whole(QuestionProblem::Invalid(problem.with_help(help))));
            }
        }
        let cells = numbers.len().saturating_mul(plan.columns.len());
        if cells > MOST_CELLS {
            let message = format!("the matrix has {cells} cells, and at most {MOST_CELLS} are possible");
            let help = "name fewer actions, principals or columns";
            let problem = Problem::new(codes::TOO_MANY_CELLS, message).with_help(help);
            return Err(whole(QuestionProblem::Invalid(problem)));
        }
        let (mut rows, mut is_any_decidable, mut is_any_asked) = (Vec::new(), false, false);
        let (endpoint, total) = (self.endpoint(question.asked.endpoint.as_deref())?, numbers.len());
        for [principal, action, resource] in numbers {
            let Some(((about, action), resource)) =
                action.and_then(|at| plan.actions.get(at)).zip(Some(resource.and_then(|at| plan.resources.get(at))))
            else {
                continue;
            };
            let (mut cells, mut known) = (Vec::new(), OfRow::new());
            for (given, of_column) in &plan.columns {
                let number = of_column.or(principal).unwrap_or(0);
                let Some(asking) = plan.principals.get(number) else { continue };
                let principal = match &asking.principal {
                    Ok(principal) => principal,
                    Err(reason) => {
                        cells.push(MatrixCell::NotAsked(*reason));
                        continue;
                    }
                };
                let caller = Caller { principal, endpoint, resource_account: question.asked.resource_account };
                let region = given.context.value(&ContextKey::new("aws:RequestedRegion"));
                let key = (number, region.and_then(|value| value.texts().next()).map(str::to_owned));
                let settled = match known.entry(key) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(new) => {
                        let settled = match plan.settle(&caller, &action.action, resource, &given.context) {
                            Ok(settled) => {
                                is_any_decidable |= is_decidable(&caller, std::iter::once(&settled.2.policies));
                                Ok(settled)
                            }
                            Err(what @ QuestionProblem::Policies(_)) => return Err(whole(what)),
                            Err(what) => Err(reasons.number(match (&what, resource) {
                                // Of names, all but `self` were looked up before.
                                (QuestionProblem::Invalid(_) | QuestionProblem::SelfUnnamed(_), Some(text)) => {
                                    let index = plan.resources.iter().position(|known| known == text).unwrap_or(0);
                                    Tagged::new(About::Resource(index), text, what)
                                }
                                _ => Tagged::new(About::Action(*about), &action.text, what),
                            })),
                        };
                        new.insert(settled)
                    }
                };
                cells.push(match settled {
                    Ok((chosen, situation, policies)) => {
                        let posed =
                            self.put_together(situation, policies, action, chosen.inferred, &given.context, given.mfa);
                        is_any_asked = true;
                        let decision = posed.decide();
                        MatrixCell::Decided(Box::new(posed), decision)
                    }
                    Err(reason) => MatrixCell::NotAsked(*reason),
                });
            }
            rows.push(MatrixRow {
                principal: principal.and_then(|at| plan.principals.get(at)).and_then(|asking| asking.name.clone()),
                action: action.text.clone(),
                resource: resource.cloned(),
                cells,
            });
            progress(rows.len(), total);
        }
        if !is_any_asked && !reasons.problems.is_empty() {
            return Err(reasons.problems);
        }
        if !is_any_decidable {
            let first = plan.principals.iter().find_map(|asking| asking.principal.as_ref().ok());
            let stranger = self.world().stranger(iameval::Principal::unnamed());
            let principal = first.unwrap_or(&stranger);
            let caller = Caller { principal, endpoint, resource_account: question.asked.resource_account };
            return Err(whole(self.nothing_to_decide_by(&caller, None)));
        }
        let (leads, common) = (plan.leads(question.rows), plan.common(question));
        let (columns, not_asked) = (question.columns.clone(), reasons.words);
        Ok(Matrix { leads, columns, rows, common, left_out: 0, not_asked, remarks: Vec::new() })
    }

    fn plan<'q>(
        &'q self,
        question: &'q MatrixQuestion,
        reasons: &mut Reasons,
        remarks: &mut Vec<Tagged<Remark>>,
    ) -> Result<Plan<'q>, Problems> {
        let asked = &question.asked;
        let of_columns: Vec<&String> = question.columns.iter().filter_map(|column| column.principal.as_ref()).collect();
        let names: Vec<Option<String>> = match (of_columns.as_slice(), question.principals.as_slice(), question.rows) {
            ([], [], RowKind::Principals) => {
                let names: Vec<Option<String>> = self.world().principals().keys().cloned().map(Some).collect();
                if names.is_empty() { vec![None] } else { names }
            }
            ([], [], _) => vec![None],
            ([], named, _) => once(named.iter().cloned().map(Some)),
            (named, ..) => once(named.iter().map(|name| Some((*name).clone()))),
        };
        let is_only = names.len() == 1;
        let mut principals = Vec::new();
        for name in names {
            let principal = match self.principal(name.as_deref()) {
                Ok(principal) => Ok(principal),
                Err(mut problems) => match problems.pop() {
                    Some(problem) if !is_only && matches!(problem.what, QuestionProblem::DoesNotBind { .. }) => {
                        Err(reasons.number(problem))
                    }
                    last => {
                        problems.extend(last);
                        return Err(about_columns(problems, &question.columns));
                    }
                },
            };
            principals.push(Asking { name, principal });
        }
        let columns = question.columns.iter().map(|column| {
            let number = column
                .principal
                .as_ref()
                .and_then(|name| principals.iter().position(|asking| asking.name.as_deref() == Some(name.as_str())));
            (column.given.over(&asked.context, asked.mfa.first().copied()).above(self.world().defaults()), number)
        });
        let columns = columns.collect();
        let mut actions = self.all_actions(&asked.actions, remarks)?;
        let mut met: HashSet<Action> = HashSet::new();
        actions.retain(|(_, action)| met.insert(action.action.clone()));
        let default = self.world().defaults().resource.as_ref();
        let resources = match (asked.resources.as_slice(), question.rows, default) {
            ([], RowKind::Resources, _) => self.world().resources().keys().cloned().collect(),
            ([], _, default) => default.into_iter().cloned().collect(),
            (several, ..) => once(several.iter().cloned()),
        };
        if resources.is_empty() && question.rows == RowKind::Resources {
            let problem = Problem::new(iameval_world::codes::UNKNOWN_NAME, "the world has no resources to be the rows");
            return Err(whole(QuestionProblem::Invalid(problem.with_help("name resources"))));
        }
        for (index, text) in resources.iter().enumerate().filter(|(_, text)| *text != "self") {
            let about = About::Resource(index);
            let chosen = self.named_by_anyone(text).map_err(|problem| vec![Tagged::new(about, text, problem)])?;
            // Of all the resources of a world, most are of no action.
            if !asked.resources.is_empty() || question.rows != RowKind::Resources {
                remarks.extend(self.remark_resource(about, text, &chosen, &actions));
            }
            remarks.extend(
                chosen.name.map(|name| Tagged::new(About::Question, &name, Remark::ResourceIs(chosen.resource))),
            );
        }
        Ok(Plan { asker: self, asked, principals, actions, resources, columns })
    }
}

impl Plan<'_> {
    fn has_principals_in_columns(&self) -> bool {
        self.columns.iter().any(|(_, principal)| principal.is_some())
    }

    /// How many there are of a part of the questions that the rows may vary in.
    fn many(&self, lead: Lead) -> usize {
        match lead {
            Lead::Principal if self.has_principals_in_columns() => 0,
            Lead::Principal => self.principals.len(),
            Lead::Action => self.actions.len(),
            Lead::Resource => self.resources.len(),
        }
    }

    /// Whether the action of a row is ever asked on its resource.
    fn is_ever_asked(&self, [_, action, resource]: [Option<usize>; 3]) -> bool {
        let pair = action.and_then(|at| self.actions.get(at)).zip(resource.and_then(|at| self.resources.get(at)));
        let Some(((_, named), text)) = pair else { return true };
        let Ok(chosen) = self.asker.named_by_anyone(text) else { return true };
        is_asked_on(&named.action, &chosen.resource, self.asker.catalogue())
    }

    /// The numbers of principal, action and resource of each row.
    fn rows(&self, kind: RowKind) -> Vec<[Option<usize>; 3]> {
        let numbers = |lead| match self.many(lead) {
            0 => vec![None],
            many => (0..many).map(Some).collect::<Vec<_>>(),
        };
        let mut rows: Vec<[Option<usize>; 3]> = vec![[None; 3]];
        for lead in kind.order() {
            let numbers = numbers(lead);
            let with = |row: [Option<usize>; 3]| {
                numbers.iter().map(move |number| {
                    let [principal, action, resource] = row;
                    match lead {
                        Lead::Principal => [*number, action, resource],
                        Lead::Action => [principal, *number, resource],
                        Lead::Resource => [principal, action, *number],
                    }
                })
            };
            // No more than it takes to see that they are too many.
            rows = rows.into_iter().flat_map(with).take(MOST_CELLS + 1).collect();
        }
        rows
    }

    /// What leads the rows, and what there are several of.
    fn leads(&self, kind: RowKind) -> Vec<Lead> {
        let [first, rest @ ..] = kind.order();
        std::iter::once(first).chain(rest.into_iter().filter(|lead| self.many(*lead) > 1)).collect()
    }

    /// What the rows do not say because it is the same in all.
    fn common(&self, question: &MatrixQuestion) -> Common {
        let leads = self.leads(question.rows);
        let is_told = |lead| leads.contains(&lead);
        let principal =
            self.principals.first().filter(|_| !is_told(Lead::Principal) && !self.has_principals_in_columns());
        let world = self.asker.world();
        let unnamed = || world.defaults().principal.as_ref().or(world.principals().keys().next()).cloned();
        Common {
            principal: principal.and_then(|asking| match (&asking.name, &asking.principal) {
                (Some(name), _) => Some(name.clone()),
                (None, Ok(principal)) if principal.principal().id().is_some() => unnamed(),
                _ => None,
            }),
            action: self.actions.first().filter(|_| !is_told(Lead::Action)).map(|(_, action)| action.text.clone()),
            resource: self.resources.first().filter(|_| !is_told(Lead::Resource)).cloned(),
            endpoint: self.asked.endpoint.clone(),
            context: self.asked.context.clone(),
            mfa: self.asked.mfa.first().copied().filter(|_| question.columns.iter().any(|column| !column.says_mfa())),
        }
    }

    /// The resource that somebody asks on, with what the world says about it.
    fn settle(
        &self,
        caller: &Caller<'_>,
        action: &Action,
        resource: Option<&String>,
        context: &Context,
    ) -> Result<Settled, QuestionProblem> {
        let chosen = match resource {
            Some(text) => self.asker.named(caller, text)?,
            None => self.asker.inferred(caller, action, context)?,
        };
        let situation = self.asker.situation(caller, action, &chosen.resource)?;
        let policies = self.asker.policies(&situation.policies)?;
        Ok((chosen, situation, policies))
    }
}

/// Each once, in order.
fn once<T: Clone + Eq + std::hash::Hash>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut met = HashSet::new();
    items.filter(|item| met.insert(item.clone())).collect()
}

/// Problems with principals that columns name are about the columns.
fn about_columns(problems: Problems, columns: &[MatrixColumn]) -> Problems {
    let of_column = |text: &str| columns.iter().any(|column| column.principal.as_deref() == Some(text));
    let moved = problems.into_iter().map(|problem| match problem.about {
        About::Principal if of_column(&problem.text) => Tagged { about: About::Columns, ..problem },
        _ => problem,
    });
    moved.collect()
}

/// Why a question cannot be asked, in one line.
fn in_words(problem: &QuestionProblem) -> String {
    let of_findings = |findings: &[Finding]| findings.first().map(|finding| finding.diagnostic.message().to_owned());
    match problem {
        QuestionProblem::Invalid(problem) | QuestionProblem::SelfUnnamed(problem) => problem.message().to_owned(),
        QuestionProblem::PrincipalNeeded(_) => "nothing says who asks".into(),
        QuestionProblem::DoesNotBind { kind, principal } => {
            match Unbound::find(*kind, principal, "the scope-down policy") {
                Some(unbound) => unbound.message,
                None => format!("the policies do not apply to `{principal}`"),
            }
        }
        QuestionProblem::ResourceNeeded { message, .. } => message.clone(),
        QuestionProblem::NothingToDecideBy { .. } => "there are no policies to evaluate".into(),
        QuestionProblem::Policies(findings) => of_findings(findings).unwrap_or_default(),
    }
}
