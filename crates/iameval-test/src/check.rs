//! Cases and the single checks that they come to.

use crate::expectation::Expectation;
use crate::reason::Reason;
use crate::table::Table;
use iameval::text::Span;
use iameval::{Action, Context, Mfa};
use iameval_ask::{ClaimQuestion, ExpectedPrincipals};
use iameval_world::yaml::Block;
use iameval_world::{Inferred, Source};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

/// A case of a test file.
#[derive(Debug)]
pub struct Case {
    /// Its name.
    pub name: String,
    /// Words to select it by.
    pub tags: Vec<String>,
    /// Whether it runs, and how it must end.
    pub handling: Handling,
    /// Where its name stands in the test file.
    pub span: Span,
    pub(crate) form: WantedForm,
    /// The name of the VPC endpoint that its requests go through.
    pub(crate) via: Option<String>,
}

/// What a case says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Handling {
    /// It runs, and must pass.
    Run,
    /// It runs and must fail, for that reason.
    MustFail(String),
    /// It does not run, for that reason.
    Skip(String),
}

/// How a case says what it wants.
#[derive(Debug)]
pub(crate) enum WantedForm {
    Answer,
    Table(TableText),
    Snapshot(Snapshot),
    WhoCan(WantedPrincipals),
    /// A claim about all requests of a scope, without who asks.
    Prove(Box<ClaimQuestion>),
}

/// Who should be able to do something, and nobody else.
#[derive(Debug)]
pub(crate) struct WantedPrincipals {
    pub(crate) names: ExpectedPrincipals,
    /// As the case writes them.
    pub(crate) written: Vec<String>,
}

impl Case {
    /// Who should be able to, where the case asks who can.
    pub(crate) fn wanted_principals(&self) -> Option<&WantedPrincipals> {
        match &self.form {
            WantedForm::WhoCan(wanted) => Some(wanted),
            _ => None,
        }
    }

    /// The claim, where the case makes one.
    pub(crate) fn claim(&self) -> Option<&ClaimQuestion> {
        match &self.form {
            WantedForm::Prove(claim) => Some(claim),
            _ => None,
        }
    }

    /// Whether its checks are single requests.
    pub(crate) fn is_of_requests(&self) -> bool {
        !matches!(self.form, WantedForm::WhoCan(_) | WantedForm::Prove(_))
    }
}

/// A table in a test file.
#[derive(Debug)]
pub(crate) struct TableText {
    pub(crate) table: Table,
    /// Where its lines stand in the file; `None` where it is not a block text.
    pub(crate) block: Option<Block>,
    pub(crate) span: Span,
}

/// A file with answers.
#[derive(Debug)]
pub(crate) struct Snapshot {
    pub(crate) path: PathBuf,
    /// What it is called in messages.
    pub(crate) name: String,
    /// Its text and table; `None` while it is not there.
    pub(crate) read: Option<(Arc<Source>, Table)>,
    /// The rows of the axes that it has, and where in its table, by number.
    pub(crate) places: BTreeMap<usize, usize>,
    /// What it has and the case does not ask.
    pub(crate) stale: Stale,
    /// The table that the case makes: rows by principal, action and resource, and columns.
    pub(crate) axes: Axes,
    /// Where the test file names it.
    pub(crate) span: Span,
}

/// Rows and columns of the table in a snapshot, by number.
#[derive(Debug, Default)]
pub(crate) struct Stale {
    pub(crate) rows: BTreeSet<usize>,
    pub(crate) columns: BTreeSet<usize>,
}

impl Stale {
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.columns.is_empty()
    }
}

/// The rows and columns of a snapshot, in order.
#[derive(Debug, Default)]
pub(crate) struct Axes {
    /// The names of the leading columns.
    pub(crate) lead: Vec<&'static str>,
    /// The leading cells of each row.
    pub(crate) rows: Vec<Vec<String>>,
    pub(crate) columns: Vec<String>,
}

/// One request and what is wanted of it; of a case that asks who can, one question to every principal of the world; of a claim,
/// all requests of its scope by one principal.
#[derive(Debug)]
pub struct Check {
    /// The position of its case in the file.
    pub case: usize,
    /// The name of the case, with what tells this check from the others of the case.
    pub name: String,
    /// What is wanted; `None` where a snapshot has no answer for it, and where principals are wanted.
    pub wanted: Option<Expectation>,
    /// The statement that must decide.
    pub reason: Option<Arc<Reason>>,
    /// The action, as the test or the catalogue spells it. Of a claim it means nothing.
    pub action: Action,
    /// What it is evaluated on: an ARN or `*`. Where every principal is asked, it is what the test names, and empty where the
    /// test names none.
    pub resource: String,
    /// How the resource was found, where no one named one.
    pub inferred: Option<Inferred>,
    /// The state of multi-factor authentication, when it was given as such.
    pub mfa: Option<Mfa>,
    pub(crate) context: Arc<Context>,
    /// The position of the principal among those of the file.
    pub(crate) principal: usize,
    pub(crate) place: AnswerPlace,
}

/// Where the wanted answer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AnswerPlace {
    /// In the test file.
    File(Span),
    /// In the table of the case: row and column from 0; `combination` counts what stands beside the table.
    Cell { row: usize, column: usize, combination: usize },
    /// In the snapshot: the row and column of its axes, and those of the table that is there, when that has them.
    Snapshot { row: usize, column: usize, cell: Option<(usize, usize)> },
}
