//! What was done to make a policy smaller.

use iameval::Statement;
use std::fmt;

/// A statement, as it stood in the document that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementPlace {
    /// Its number, from 1.
    pub number: usize,
    /// Its `Sid`.
    pub sid: Option<Box<str>>,
}

/// The list that a step changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ListName {
    /// `Action` or `NotAction`.
    Action,
    /// `Resource` or `NotResource`.
    Resource,
    /// A list of `Principal` or `NotPrincipal`.
    Principal,
    /// The values of a condition.
    Condition,
}

/// Something that was done. Its text says what, in a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// `Sid` was removed from so many statements.
    SidsRemoved(usize),
    /// A `Condition`, or an operator of one, tests nothing, and was removed.
    EmptyConditionRemoved(StatementPlace),
    /// An entry of a list was removed, since another of the list covers it.
    EntryRemoved {
        /// Where.
        statement: StatementPlace,
        /// Of which list.
        list: ListName,
        /// The entry.
        entry: Box<str>,
        /// The one that covers it.
        covered_by: Box<str>,
    },
    /// An entry of a list was removed, since another statement does all that the statement does for it.
    EntryOfOtherRemoved {
        /// Where.
        statement: StatementPlace,
        /// Of which list.
        list: ListName,
        /// The entry.
        entry: Box<str>,
        /// The other statement.
        by: Covering,
    },
    /// A statement was removed, since another does all that it does.
    StatementRemoved {
        /// The statement.
        statement: StatementPlace,
        /// The other statement.
        by: Covering,
    },
    /// Statements that are equal in all but one list became one.
    Merged {
        /// The one that they became.
        into: StatementPlace,
        /// The others.
        others: Vec<StatementPlace>,
        /// The list.
        list: ListName,
    },
    /// So many lists of one entry became texts.
    ListsUnwrapped(usize),
    /// Actions became a wildcard that covers the same actions of today's catalogue, and more tomorrow.
    WildcardPut {
        /// Where.
        statement: StatementPlace,
        /// The wildcard.
        wildcard: Box<str>,
        /// What it replaces.
        entries: Vec<Box<str>>,
    },
    /// The statements were divided among so many documents.
    Split(usize),
}

/// Why another statement makes something needless.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Covering {
    /// It has the same effect, and covers it.
    SameEffect(StatementPlace),
    /// It denies what is allowed.
    Denied(StatementPlace),
}

impl StatementPlace {
    pub(super) fn new(number: usize, statement: &Statement) -> Self {
        Self { number, sid: statement.sid().map(Into::into) }
    }
}

impl Step {
    /// What kind of step it is, in a word for programs.
    pub fn id(&self) -> &'static str {
        match self {
            Step::SidsRemoved(_) => "sids_removed",
            Step::EmptyConditionRemoved(_) => "empty_condition_removed",
            Step::EntryRemoved { .. } | Step::EntryOfOtherRemoved { .. } => "entry_removed",
            Step::StatementRemoved { .. } => "statement_removed",
            Step::Merged { .. } => "merged",
            Step::ListsUnwrapped(_) => "lists_unwrapped",
            Step::WildcardPut { .. } => "wildcard_put",
            Step::Split(_) => "split",
        }
    }
}

impl fmt::Display for StatementPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.sid {
            Some(sid) => write!(f, "statement {} (`{sid}`)", self.number),
            None => write!(f, "statement {}", self.number),
        }
    }
}

impl fmt::Display for ListName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ListName::Action => "actions",
            ListName::Resource => "resources",
            ListName::Principal => "principals",
            ListName::Condition => "condition values",
        })
    }
}

impl fmt::Display for Covering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Covering::SameEffect(statement) => write!(f, "{statement} covers it"),
            Covering::Denied(statement) => write!(f, "{statement} denies it"),
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::SidsRemoved(count) => write!(f, "removed {}", counted(*count, "Sid")),
            Step::EmptyConditionRemoved(statement) => write!(f, "{statement}: removed an empty condition"),
            Step::EntryRemoved { statement, list, entry, covered_by } if entry == covered_by => {
                write!(f, "{statement}: removed `{entry}`, which is in the {list} twice")
            }
            Step::EntryRemoved { statement, entry, covered_by, .. } => {
                write!(f, "{statement}: removed `{entry}`: `{covered_by}` covers it")
            }
            Step::EntryOfOtherRemoved { statement, entry, by, .. } => {
                write!(f, "{statement}: removed `{entry}`: {by}")
            }
            Step::StatementRemoved { statement, by } => write!(f, "removed {statement}: {by}"),
            Step::Merged { into, others, list } => {
                let others: Vec<String> = others.iter().map(ToString::to_string).collect();
                write!(f, "put the {list} of {} into {into}", others.join(", "))
            }
            Step::ListsUnwrapped(count) => write!(f, "wrote {} of one entry as text", counted(*count, "list")),
            Step::WildcardPut { statement, wildcard, entries } => {
                let entries: Vec<String> = entries.iter().map(|entry| format!("`{entry}`")).collect();
                write!(f, "{statement}: put `{wildcard}` in place of {}", entries.join(", "))
            }
            Step::Split(count) => write!(f, "divided the statements among {}", counted(*count, "document")),
        }
    }
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
