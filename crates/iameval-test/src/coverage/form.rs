//! How coverage is told, as people ask for it.

use iameval::suggest::did_you_mean;
use std::fmt;
use std::str::FromStr;

/// How coverage is told.
///
/// ```
/// use iameval_test::CoverageForm;
///
/// assert_eq!("lcov:coverage.info".parse(), Ok(CoverageForm::Lcov("coverage.info".into())));
/// assert_eq!("tables".parse::<CoverageForm>().unwrap_err().help(), "did you mean `table`?");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CoverageForm {
    /// A table, then everything that is missing.
    Table,
    /// The text of each policy, marked.
    Listing,
    /// A tracefile.
    Lcov(String),
}

impl FromStr for CoverageForm {
    type Err = ParseCoverageFormError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            None if text == "table" => Ok(Self::Table),
            None if text == "listing" => Ok(Self::Listing),
            Some(("lcov", file)) if !file.is_empty() => Ok(Self::Lcov(file.to_owned())),
            _ => Err(ParseCoverageFormError { text: text.to_owned() }),
        }
    }
}

/// A text that does not name a form of coverage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseCoverageFormError {
    text: String,
}

impl ParseCoverageFormError {
    fn lacks_file(&self) -> bool {
        self.text.strip_prefix("lcov").is_some_and(|rest| !rest.contains(':') || rest == ":")
    }

    /// What to write instead.
    pub fn help(&self) -> String {
        if self.lacks_file() {
            return "write it like `lcov:coverage.info`".into();
        }
        let near = did_you_mean(&self.text, ["table", "listing"]);
        near.unwrap_or_else(|| "expected `table`, `listing` or `lcov:FILE`".into())
    }
}

impl fmt::Display for ParseCoverageFormError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.lacks_file() {
            return f.write_str("`lcov` needs a file");
        }
        write!(f, "`{}` is not a coverage format", self.text)
    }
}

impl std::error::Error for ParseCoverageFormError {}
