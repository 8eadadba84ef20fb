//! `--coverage` and `--fail-under`

use crate::args::Test;
use crate::codes;
use crate::exit::{Failure, Outcome};
use crate::output::Output;
use crate::report::write_report;
use iameval_test::{
    Coverage, CoverageForm, FileRun, ParseCoverageFormError, coverage_to_lcov, coverage_to_listing, coverage_to_text,
};

/// What is wanted of coverage.
pub(super) struct Wanted {
    forms: Vec<CoverageForm>,
    least: Option<f64>,
}

impl Wanted {
    /// Reads the flags; nothing when none of them is given.
    pub(super) fn read(flags: &Test) -> Outcome<Option<Self>> {
        let forms: Vec<CoverageForm> = flags.coverage.iter().map(|text| form(text)).collect::<Outcome<_>>()?;
        let least = flags.fail_under.as_deref().map(percentage).transpose()?;
        Ok((!forms.is_empty() || least.is_some()).then_some(Self { forms, least }))
    }

    /// The tracefiles, each with the flag that asks for it.
    pub(super) fn files(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.forms.iter().filter_map(|form| match form {
            CoverageForm::Lcov(file) => Some(("--coverage", &**file)),
            CoverageForm::Table | CoverageForm::Listing => None,
        })
    }

    /// Tells what the runs reach; whether that is enough. Files that cannot be written keep nothing else from being told.
    pub(super) fn tell(
        &self,
        flags: &Test,
        runs: &[FileRun<'_>],
        silent: bool,
        unwritten: &mut Failure,
        output: &mut Output,
    ) -> Outcome<bool> {
        let coverage = Coverage::of_runs(runs, &flags.managed)?;
        for form in &self.forms {
            match form {
                CoverageForm::Table if silent => {}
                CoverageForm::Listing if silent => {}
                CoverageForm::Table => output.answer(&format!("{}\n", coverage_to_text(&coverage, output.style()))),
                CoverageForm::Listing => {
                    output.answer(&format!("{}\n", coverage_to_listing(&coverage, output.style())));
                }
                CoverageForm::Lcov(file) => {
                    if let Err(Failure(why)) = write_report(file, &coverage_to_lcov(&coverage)) {
                        unwritten.0.extend(why);
                    }
                }
            }
        }
        let Some(least) = self.least else { return Ok(true) };
        match coverage.summary().percentage() {
            Some(reached) if reached >= least => Ok(true),
            Some(reached) => {
                output.message(&format!(
                    "the tests cover {reached:.1} % of the policies, less than the {least} % required"
                ));
                Ok(false)
            }
            None => {
                let message = "`--fail-under` has nothing to measure: there are no policies to cover";
                let help = "AWS managed policies count if `--managed aws:NAME` names them";
                Err(Failure::usage(iameval_test::codes::NOTHING_TO_TEST, message, help))
            }
        }
    }
}

fn form(text: &str) -> Outcome<CoverageForm> {
    text.parse().map_err(|error: ParseCoverageFormError| {
        Failure::argument("--coverage", text, codes::INVALID_FLAG_VALUE, error.to_string(), Some(error.help()))
    })
}

fn percentage(text: &str) -> Outcome<f64> {
    let number = text.strip_suffix('%').unwrap_or(text).parse::<f64>().ok();
    number.filter(|number| (0.0..=100.0).contains(number)).ok_or_else(|| {
        let message = format!("`{text}` is not a percentage");
        let help = "expected a number from 0 to 100";
        Failure::argument("--fail-under", text, codes::INVALID_FLAG_VALUE, message, Some(help.into()))
    })
}
