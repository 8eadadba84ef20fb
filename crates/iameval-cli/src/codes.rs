//! The codes of the command line, and all that the command reports.

use iameval::codes;
use iameval_report::Codes;

/// All codes that the command reports.
pub(crate) fn all() -> Codes {
    Codes::of(&[
        codes::ALL,
        iameval_data::codes::ALL,
        iameval_world::codes::ALL,
        iameval_ask::codes::ALL,
        iameval_lint::codes::ALL,
        iameval_test::codes::ALL,
        iameval_infra::codes::ALL,
        ALL,
    ])
}

codes! {
    /// The command line has an unknown flag, or something is missing.
    USAGE = "IE0500", Error, None;
    /// The value of a flag has the wrong form.
    INVALID_FLAG_VALUE = "IE0504", Error, None;
    /// Two flags conflict, or something is given twice that can be given only once.
    CONFLICTING_FLAGS = "IE0505", Error, None;
    /// The answer depends on a context key that was not given, and `--strict-context` does not accept such an answer.
    CONTEXT_NEEDED = "IE0508", Error, None;
    /// A report or another file cannot be written.
    UNWRITABLE = "IE0509", Error, None;
    /// A file already exists, and the command does not overwrite files.
    FILE_EXISTS = "IE0510", Error, None;
}

#[cfg(test)]
mod tests {
    use super::*;
    use iameval::Code;

    #[test]
    fn identifiers_are_unique() {
        let ids: Vec<&str> = all().iter().map(Code::id).collect();
        assert!(ids.is_sorted_by(|one, other| one < other), "{ids:?}");
    }

    #[test]
    fn every_code_says_what_it_means() {
        for code in all().iter() {
            assert!(code.summary().ends_with('.'), "{code}: {:?}", code.summary());
        }
    }
}
