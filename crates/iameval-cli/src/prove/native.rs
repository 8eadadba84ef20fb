//! Native claims as JSON lines in, verdicts as JSON lines out, in order.

use super::defect;
use crate::args::Prove;
use crate::batch::input::Input;
use crate::codes;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::Output;
use crate::setup::Setup;
use iameval::native::{RequestError, RequestErrorCode};
use iameval_ask::{ClaimLines, LineOutcome};
use iameval_prove::ClaimError;
use iameval_prove::native::write_error;
use iameval_world::Native;
use std::num::NonZeroUsize;
use std::path::Path;

/// How many policy sets and compiled policies are kept.
const KEPT: NonZeroUsize = NonZeroUsize::new(10_000).unwrap();

pub(super) fn run(path: &Path, flags: &Prove, setup: &Setup, output: &mut Output) -> Outcome<Exit> {
    refuse_other_flags(flags)?;
    let mut input = Input::open(path, setup.files.disk().limits.file)?;
    input.refuse_other_formats(path, Native::Claims, &setup.files)?;
    let mut claims = ClaimLines::keeping(KEPT, setup.catalogue());
    let mut worst = None;
    while let Some(lines) = input.next_lines()? {
        for line in lines.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty()) {
            let mut out = String::new();
            let outcome = match answer(&mut claims, line, &mut out) {
                Ok(outcome) => outcome,
                Err(ClaimError::NotReplayed(request)) => return Ok(defect(&request, output)),
                Err(error) => return Err(Failure::usage(codes::USAGE, error.to_string(), "")),
            };
            if outcome != LineOutcome::Defined {
                out.push('\n');
                output.json_text(&out);
            }
            worst = worst.max(Some(outcome));
        }
    }
    match worst {
        None => {
            let help = "give one claim per line, as JSON";
            Err(Failure::usage(iameval_world::codes::EMPTY_INPUT, "there are no claims to prove", help))
        }
        Some(LineOutcome::Defined | LineOutcome::Holds) => Ok(Exit::Wanted),
        Some(LineOutcome::Refuted) => Ok(Exit::Other),
        Some(LineOutcome::NotAnswered) => Ok(Exit::NotAnswered),
    }
}

fn answer(claims: &mut ClaimLines<'_>, line: &[u8], out: &mut String) -> Result<LineOutcome, ClaimError> {
    if let Ok(text) = std::str::from_utf8(line) {
        return claims.answer(text, out);
    }
    write_error(out, None, &RequestError::new(RequestErrorCode::InvalidJson, "the line is not UTF-8"));
    Ok(LineOutcome::NotAnswered)
}

/// A native claim says everything itself.
fn refuse_other_flags(flags: &Prove) -> Outcome<()> {
    let scope = &flags.scope;
    let given = [
        ("--as", flags.principal.is_some()),
        ("--except", !scope.except.is_empty()),
        ("--resource", !scope.resource.is_empty()),
        ("--except-resource", !scope.except_resource.is_empty()),
        ("--resource-account", scope.resource_account.is_some()),
        ("--via", scope.via.is_some()),
        ("--mfa", !scope.mfa.is_empty()),
        ("--context", !scope.context.is_empty()),
        ("--no-context", !scope.no_context.is_empty()),
        ("--realistic", scope.realistic),
        ("--service-rules", scope.service_rules.is_some()),
    ];
    let further = || given.into_iter().find(|(_, given)| *given).map(|(flag, _)| flag);
    match flags.world.given().or_else(further) {
        Some(flag) => {
            let message =
                format!("`{flag}` cannot be combined with `--request`, whose claims are complete in themselves");
            Err(Failure::usage(codes::CONFLICTING_FLAGS, message, "put it in the claims"))
        }
        None => Ok(()),
    }
}
