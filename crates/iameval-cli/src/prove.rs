//! `iameval prove`

mod native;
mod public;
mod scope;

use crate::args::{Claimed, Format, Prove};
use crate::asked_world::AskedWorld;
use crate::codes;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::Output;
use crate::refusal::{failure, tell};
use crate::setup::Setup;
use iameval::Request;
use iameval_ask::{ClaimVerdict, Unproved};
use iameval_prove::native::CatalogueFacts;
use iameval_prove::{ClaimError, EmptyScope, Expectation, Prover};
use iameval_report::{Listing, claim_to_json, claim_to_text};

pub(crate) fn run(flags: &Prove, scp_levels: &[Vec<usize>], setup: &Setup, output: &mut Output) -> Outcome<Exit> {
    if let Some(path) = &flags.request {
        return native::run(path, flags, setup, output);
    }
    let catalogue = setup.catalogue();
    let asked_world = AskedWorld::load(&flags.world, scp_levels, setup, output)?;
    let setting = asked_world.setting();
    let asker = asked_world.asker()?;
    if flags.public {
        return public::run(flags, &asker, &setting, setup, output);
    }
    let question = scope::question(flags, &asked_world.world, setup)?;
    let proved = match asker.prove(&Prover::new(catalogue), &question) {
        Ok(proved) => proved,
        Err(Unproved::Refused(refused)) => {
            tell(&refused.remarks, output);
            return Err(failure(refused.problems, &setting));
        }
        Err(Unproved::Claim(error)) => return unproved(&error, output),
        Err(other) => return Err(Failure::usage(codes::USAGE, format!("{other:?}"), "")),
    };
    tell(&proved.remarks, output);
    let facts = CatalogueFacts::of(catalogue);
    match flags.format {
        Format::Human => {
            let listing = if output.is_verbose() { Listing::All } else { Listing::Few };
            output.answer(&claim_to_text(&proved, &facts, listing, output.style()));
        }
        Format::Json => output.json(&claim_to_json(&proved, &facts)),
    }
    Ok(match proved.verdict {
        ClaimVerdict::Holds(_) => Exit::Wanted,
        ClaimVerdict::Refuted(_) => Exit::Other,
        ClaimVerdict::Unknown(_) => Exit::NotAnswered,
    })
}

/// What `--expect` claims.
fn expectation(claimed: Claimed) -> Expectation {
    match claimed {
        Claimed::Allow => Expectation::Allow,
        Claimed::Deny => Expectation::Deny,
        Claimed::Implicit => Expectation::ImplicitDeny,
        Claimed::Explicit => Expectation::ExplicitDeny,
    }
}

/// Why there is no verdict.
fn unproved(error: &ClaimError, output: &mut Output) -> Outcome<Exit> {
    let help = match error {
        ClaimError::NotReplayed(request) => return Ok(defect(request, output)),
        ClaimError::EmptyScope(EmptyScope::Actions) => "leave out fewer actions with `--except`",
        ClaimError::EmptyScope(EmptyScope::Principal(_)) => {
            "leave the key out, or ask about another principal with `--as`"
        }
        _ => "leave out fewer resources, or say less of context keys",
    };
    Err(Failure::usage(iameval_ask::codes::EMPTY_SCOPE, error.to_string(), help))
}

/// Asks to report what must not happen.
fn defect(request: &Request, output: &mut Output) -> Exit {
    let (action, resource) = (request.action(), request.resource());
    output.message(&format!(
        "internal error: the request that was found ({action} on {resource}) does not decide as it should; there is no verdict"
    ));
    output.message("this is a defect of iameval: please report it, with the command and the policies");
    Exit::Defect
}
