//! From columns to decisions.

use crate::coded::{Cell, Coded};
use crate::columns::{Columns, Kept};
use crate::context::WrongContext;
use crate::distinct::Distinct;
use crate::error::TableError;
use crate::results::{self, BadRows, statement_text};
use arrow_array::RecordBatch;
use arrow_schema::Schema;
use iameval::codes::INVALID_FIELD;
use iameval::{AccountId, ContextKey, Mfa, Problem};
use iameval_ask::{
    About, ArgumentNames, Asker, Caller, Given, NamedAction, NamedActions, QuestionProblem, RowQuestion, Tagged,
    read_mfa,
};
use iameval_world::{Finding, WorldEndpoint, WorldPrincipal};
use std::sync::Arc;

/// Decides tables of requests.
///
/// ```
/// use arrow_array::record_batch;
/// use iameval_arrow::Decider;
/// use iameval_ask::Asker;
/// use iameval_data::Catalogue;
/// use iameval_world::{Example, World};
///
/// let example = Example::find("force-mfa").unwrap();
/// let world = World::load(example, &[example.world().into()]).unwrap();
/// let decider = Decider::new(Asker::new(&world, Catalogue::embedded()));
/// let rows = record_batch!(("principal", Utf8, ["john.doe", "nobody"]), ("action", Utf8, ["iam:ListUsers", "iam:ListUsers"]))?;
/// let error = decider.decide(&rows).unwrap_err();
/// assert_eq!((error.row, error.column.as_deref()), (Some(1), Some("principal")));
/// let each = decider.decide_each(&rows)?;
/// assert_eq!(each.column_by_name("error").unwrap().null_count(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Decider<'a> {
    asker: Asker<'a>,
    kept: Kept,
    first_row: usize,
}

/// What came of a distinct row, in the texts of the result.
pub(crate) type RowOutcome = Result<Decided, BadRow>;

#[derive(Debug)]
pub(crate) struct Decided {
    pub(crate) decision: &'static str,
    pub(crate) layer: &'static str,
    pub(crate) policy: Option<Arc<str>>,
    pub(crate) statement: Option<String>,
    pub(crate) undecided: Vec<ContextKey>,
}

/// Why a row cannot be decided.
#[derive(Debug)]
pub(crate) struct BadRow {
    column: Option<String>,
    problem: Problem,
    /// All of it as a text.
    pub(crate) text: String,
}

impl BadRow {
    fn new(column: Option<&str>, problem: Problem) -> Self {
        let column = column.map(str::to_owned);
        let text = TableError { column: column.clone(), row: None, problem: problem.clone() }.to_string();
        Self { column, problem, text }
    }
}

/// What the columns are called.
const ARGUMENTS: ArgumentNames = ArgumentNames {
    principal: "principal",
    action: "action",
    resource: "resource",
    except_action: "except_action",
    except_resource: "except_resource",
    endpoint: "endpoint",
    context: "context",
    policies: "policies",
    all: "",
};

impl<'a> Decider<'a> {
    /// Asks there.
    pub fn new(asker: Asker<'a>) -> Self {
        Self { asker, kept: Kept::These(Vec::new()), first_row: 0 }
    }

    /// Gives these columns of the table back as they are. Without it a column that says nothing of a request is refused: it may
    /// be misspelled.
    #[must_use]
    pub fn keeping(self, columns: impl IntoIterator<Item = String>) -> Self {
        Self { kept: Kept::These(columns.into_iter().collect()), ..self }
    }

    /// Gives all columns back as they are that say nothing of a request.
    #[must_use]
    pub fn keeping_others(self) -> Self {
        Self { kept: Kept::All, ..self }
    }

    /// Counts rows from this one on: those before it were in other batches of the table.
    #[must_use]
    pub fn counting_from(self, first_row: usize) -> Self {
        Self { first_row, ..self }
    }

    /// Decides every row: `decision`, `layer`, `policy`, `statement` and `undecided` for each, in their order.
    ///
    /// # Errors
    /// What is wrong with the first row that cannot be decided, or with a column.
    pub fn decide(&self, rows: &RecordBatch) -> Result<RecordBatch, TableError> {
        self.decided(rows, BadRows::None)
    }

    /// Decides every row that can be decided. Others have what is wrong with them in a column `error`.
    ///
    /// # Errors
    /// What is wrong with a column as a whole.
    pub fn decide_each(&self, rows: &RecordBatch) -> Result<RecordBatch, TableError> {
        self.decided(rows, BadRows::Told)
    }

    /// The columns that [`decide_each`](Self::decide_each) adds.
    pub fn schema_of_each() -> Schema {
        Schema::new(results::fields(BadRows::Told))
    }

    fn decided(&self, rows: &RecordBatch, bad: BadRows) -> Result<RecordBatch, TableError> {
        let columns = Columns::of(rows, &self.kept)?;
        let distinct = Distinct::of(columns.rows, columns.coded());
        let parts = Parts::of(&self.asker, &columns);
        let outcomes: Vec<RowOutcome> = distinct.first.iter().map(|row| parts.outcome(*row)).collect();
        if bad == BadRows::None {
            let wrong = distinct.first.iter().zip(&outcomes).filter_map(|(row, own)| Some((row, own.as_ref().err()?)));
            if let Some((row, BadRow { column, problem, .. })) = wrong.min_by_key(|(row, _)| **row) {
                let (column, problem) = (column.clone(), problem.clone());
                return Err(TableError { column, row: Some(self.first_row + row), problem });
            }
        }
        results::batch(columns, &distinct, &outcomes, bad)
    }
}

type Looked<T> = Vec<Result<T, BadRow>>;

/// What the values of the columns mean, each looked up once.
struct Parts<'p, 'a> {
    asker: &'p Asker<'a>,
    columns: &'p Columns,
    principals: Looked<WorldPrincipal>,
    actions: Looked<NamedAction>,
    accounts: Looked<Option<AccountId>>,
    endpoints: Looked<Option<&'a WorldEndpoint>>,
    states: Looked<Option<Mfa>>,
}

impl<'p, 'a> Parts<'p, 'a> {
    fn of(asker: &'p Asker<'a>, columns: &'p Columns) -> Self {
        let text = |cell: &Cell| match cell {
            Cell::Text(text) => Some(text.to_string()),
            _ => None,
        };
        Self {
            asker,
            columns,
            principals: all(&columns.principal, |cell| asker.principal(text(cell).as_deref()).map_err(refused)),
            actions: all(&columns.action, |cell| action(asker, text(cell).as_deref())),
            accounts: all(&columns.resource_account, |cell| {
                let parse = |text: String| {
                    text.parse::<AccountId>().map_err(|error| {
                        let problem =
                            Problem::new(INVALID_FIELD, error.to_string()).with_help("such as `123456789012`");
                        BadRow::new(Some("resource_account"), problem)
                    })
                };
                text(cell).map(parse).transpose()
            }),
            endpoints: all(&columns.endpoint, |cell| {
                let found = text(cell).map(|name| {
                    let found = asker.world().named_endpoint(&name);
                    found.map_err(|problem| BadRow::new(Some("endpoint"), problem))
                });
                found.transpose()
            }),
            states: all(&columns.mfa, |cell| {
                let read = |text: String| {
                    read_mfa(&text).map_err(|error| {
                        let problem = Problem::new(INVALID_FIELD, error.message).with_any_help(error.help);
                        BadRow::new(Some("mfa"), problem)
                    })
                };
                text(cell).map(read).transpose()
            }),
        }
    }

    /// What comes of a row.
    fn outcome(&self, row: usize) -> RowOutcome {
        let columns = self.columns;
        let principal = of(&self.principals, &columns.principal, row)?;
        let action = of(&self.actions, &columns.action, row)?;
        let resource = match columns.resource.cell(row) {
            Cell::Text(text) => Some(&**text),
            _ => None,
        };
        let resource_account = *of(&self.accounts, &columns.resource_account, row)?;
        let endpoint = *of(&self.endpoints, &columns.endpoint, row)?;
        let mfa = *of(&self.states, &columns.mfa, row)?;
        let context = columns.contexts.context(row).map_err(|WrongContext { key, problem }| {
            let column = key.map_or_else(|| "context".to_owned(), |key| format!("context.{key}"));
            BadRow::new(Some(&column), problem)
        })?;
        let given = Given { context, mfa };
        if let (Some(_), Some(key)) = (given.mfa, given.mfa_key()) {
            let problem = Problem::new(INVALID_FIELD, format!("`mfa` and `{key}` set the same thing"));
            return Err(BadRow::new(Some("mfa"), problem.with_help("remove one of the two")));
        }
        let caller = Caller { principal, endpoint, resource_account };
        let question = RowQuestion { caller, action, resource, given: &given };
        let outcome = self.asker.outcome(&question).map_err(refused)?;
        if let Some(problem) = self.asker.unknown_key(&given.context, |key| outcome.reads(key)) {
            return Err(BadRow::new(Some("context"), problem));
        }
        let (policy, statement) = match outcome.statement {
            Some(own) => (Some(own.policy), Some(statement_text(own.sid.as_deref(), own.index))),
            None => (None, None),
        };
        Ok(Decided {
            decision: outcome.decision.as_str(),
            layer: outcome.decided_by.as_str(),
            policy,
            statement,
            undecided: outcome.undecided,
        })
    }
}

/// What each value of a column means. A column that is not there has one, which says nothing.
fn all<T>(column: &Coded, mut of: impl FnMut(&Cell) -> Result<T, BadRow>) -> Looked<T> {
    if column.cells.is_empty() { vec![of(&Cell::Null)] } else { column.cells.iter().map(of).collect() }
}

/// What the value of a row means.
fn of<'l, T>(looked: &'l Looked<T>, column: &Coded, row: usize) -> Result<&'l T, BadRow> {
    let code = column.codes.get(row).copied().unwrap_or(0);
    match looked.get(code as usize) {
        Some(Ok(found)) => Ok(found),
        Some(Err(wrong)) => Err(BadRow::new(wrong.column.as_deref(), wrong.problem.clone())),
        None => Err(BadRow::new(None, Problem::new(INVALID_FIELD, "the row has no value"))),
    }
}

fn action(asker: &Asker<'_>, text: Option<&str>) -> Result<NamedAction, BadRow> {
    let wrong = |problem| BadRow::new(Some("action"), problem);
    let Some(text) = text else {
        return Err(wrong(Problem::new(INVALID_FIELD, "a request has an action, and this one is null")));
    };
    match asker.actions(text).map_err(wrong)? {
        NamedActions::One(action, _) => Ok(action),
        NamedActions::Covered(_) => {
            let problem =
                Problem::new(INVALID_FIELD, format!("`{text}` is a pattern, and a request is for one action"));
            Err(wrong(problem.with_help("`iameval expand` lists the actions that a pattern covers")))
        }
    }
}

fn refused(problems: Vec<Tagged<QuestionProblem>>) -> BadRow {
    let about = problems.first().map(|problem| problem.about);
    let found: Option<Finding> = ARGUMENTS.refused(problems).into_iter().next();
    let problem = found.map(|finding| {
        let diagnostic = finding.diagnostic;
        Problem::new(diagnostic.code(), diagnostic.message()).with_any_help(diagnostic.help().map(str::to_owned))
    });
    let problem = problem.unwrap_or_else(|| Problem::new(INVALID_FIELD, "the request cannot be asked"));
    let column = match about {
        Some(About::Principal) => Some("principal"),
        Some(About::Action(_)) => Some("action"),
        Some(About::Resource(_)) => Some("resource"),
        Some(About::Endpoint) => Some("endpoint"),
        Some(About::Context) => Some("context"),
        _ => None,
    };
    BadRow::new(column, problem)
}
