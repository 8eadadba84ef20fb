//! Whether a claim holds that a Rust test makes, and if not, why.

use crate::claim::{came_of, is_for_that_reason};
use crate::expectation::Expectation;
use crate::load::PLAIN;
use crate::pose::Pose;
use crate::reason::Reason;
use crate::test_claim::TestClaim;
use iameval_ask::ClaimVerdict;
use iameval_report::{Depth, answer_to_text};

/// Proves a claim, or says why it does not hold.
pub(crate) fn proved(
    decider: &(impl Pose + ?Sized),
    claim: &TestClaim,
    wanted: Expectation,
    by: Option<&str>,
) -> Result<(), String> {
    let expected = wanted.claimed().ok_or("a claim cannot expect `undetermined`\n")?;
    let claim = claim.that(expected);
    let wanted = match wanted {
        Expectation::Allow => "always be allowed",
        Expectation::Deny => "never be allowed",
        Expectation::Implicit => "always be denied (implicit)",
        Expectation::Explicit => "always be denied (explicit)",
        Expectation::Undetermined => "be undetermined",
    };
    let verdict = decider.prove(&claim).map_err(|why| format!("cannot prove that `{claim}` will {wanted}: {why}\n"))?;
    let complaint = format!("expected `{claim}` to {wanted}, but {}", came_of(&verdict));
    match &verdict.verdict {
        ClaimVerdict::Holds(closed) => match by {
            Some(by) if !is_for_that_reason(Some(&Reason::parse(by)), closed) => {
                Err(format!("{complaint}\nhelp: `{by}` is not among these\n"))
            }
            _ => Ok(()),
        },
        ClaimVerdict::Refuted(refuted) => {
            Err(format!("{complaint}\n\n{}", answer_to_text(&refuted.counterexample, Depth::Explained, PLAIN)))
        }
        ClaimVerdict::Unknown(_) => Err(format!("{complaint}\n")),
    }
}
