//! `iameval prove --public`

use super::scope::rules;
use super::unproved;
use crate::args::{Format, Prove};
use crate::exit::{Exit, Failure, Outcome};
use crate::output::Output;
use crate::refusal::{Setting, failure};
use crate::setup::Setup;
use iameval_ask::{Asker, NotTold, PublicVerdict};
use iameval_prove::Prover;
use iameval_report::{public_to_json, public_to_text};

pub(super) fn run(
    flags: &Prove,
    asker: &Asker<'_>,
    setting: &Setting<'_>,
    setup: &Setup,
    output: &mut Output,
) -> Outcome<Exit> {
    let rules = rules(flags.scope.service_rules);
    let resources = match asker.public(&Prover::new(setup.catalogue()), &flags.scope.resource, rules) {
        Ok(resources) => resources,
        Err(NotTold::Refused(problems)) => return Err(failure(problems, setting)),
        Err(NotTold::Claim(error)) => return unproved(&error, output),
        Err(other) => return Err(Failure::usage(crate::codes::USAGE, format!("{other:?}"), "")),
    };
    if resources.is_empty() {
        let help = "name a world whose resources or roles have policies with `-w`, or a resource with `-r`";
        return Err(Failure::usage(crate::codes::USAGE, "there is no resource with a policy", help));
    }
    match flags.format {
        Format::Human => output.answer(&public_to_text(&resources, output.style())),
        Format::Json => output.json(&public_to_json(&resources)),
    }
    let has = |is: fn(&PublicVerdict) -> bool| resources.iter().any(|resource| is(&resource.verdict));
    Ok(if has(|verdict| matches!(verdict, PublicVerdict::Unknown(_))) {
        Exit::NotAnswered
    } else if has(|verdict| matches!(verdict, PublicVerdict::Public(_))) {
        Exit::Other
    } else {
        Exit::Wanted
    })
}
