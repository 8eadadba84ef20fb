//! Claims that do not hold: a request that shows it, as `simulate` answers it, and the same as an ordinary case.

use super::failure::indented;
use crate::check::Check;
use crate::file::TestFile;
use crate::paste::pasted;
use iameval_ask::ClaimVerdict;
use iameval_report::{Depth, Lines, Style, answer_to_text};
use iameval_world::Finding;

/// The counterexample; nothing where there is none.
pub(super) fn in_full(file: &TestFile<'_>, check: &Check, style: Style) -> Result<String, Vec<Finding>> {
    let proved = file.proved(check)?;
    let ClaimVerdict::Refuted(refuted) = &proved.verdict else { return Ok(String::new()) };
    let answer = &refuted.counterexample;
    let text = indented(&answer_to_text(answer, Depth::Explained, style));
    let Some(wanted) = check.wanted else { return Ok(text) };
    let mut lines = Lines::new(style);
    lines.named("as a case", "", "");
    let case = pasted(answer, &check.name, file.principal_of(check), wanted, file.catalogue);
    Ok(format!("{text}{}    {case}\n", lines.into_text()))
}
