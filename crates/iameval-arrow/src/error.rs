//! What is wrong with a table.

use iameval::Problem;
use iameval::codes::INVALID_FIELD;
use std::fmt;

/// What is wrong with a table of requests, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TableError {
    /// The column, where it is about one.
    pub column: Option<String>,
    /// The row, counted from 0 over all batches; none where the column is wrong as a whole.
    pub row: Option<usize>,
    /// What is wrong.
    pub problem: Problem,
}

impl TableError {
    /// A table without a row, for those who take it as a mistake: nothing is asked, so nothing can be decided.
    pub fn without_rows() -> Self {
        Self { column: None, row: None, problem: Problem::new(INVALID_FIELD, "the table has no rows") }
    }

    /// About a column as a whole.
    pub(crate) fn of_column(column: &str, problem: Problem) -> Self {
        Self { column: Some(column.to_owned()), row: None, problem }
    }

    /// The same for a part of the column, such as a member of a struct.
    pub(crate) fn within(self, column: &str) -> Self {
        let column = self.column.map_or_else(|| column.to_owned(), |own| format!("{column}.{own}"));
        Self { column: Some(column), ..self }
    }
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.row, &self.column) {
            (Some(row), Some(column)) => write!(f, "row {row}, column `{column}`: ")?,
            (Some(row), None) => write!(f, "row {row}: ")?,
            (None, Some(column)) => write!(f, "column `{column}`: ")?,
            (None, None) => {}
        }
        f.write_str(self.problem.message())?;
        match self.problem.help() {
            Some(help) => write!(f, "; {help}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for TableError {}
