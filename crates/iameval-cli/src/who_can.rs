//! `iameval who-can`

use crate::added;
use crate::args::{TableFormat, WhoCan};
use crate::codes;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::Output;
use crate::progress::Counted;
use crate::question::{account, asked};
use crate::refusal::{Setting, failure, tell};
use crate::setup::Setup;
use crate::world;
use iameval_ask::{Asker, ExpectedPrincipals, Question};
use iameval_report::{Listed, WhoCanOptions, unexpected_to_text, who_can_to_csv, who_can_to_json, who_can_to_text};

pub(crate) fn run(flags: &WhoCan, scp_levels: &[Vec<usize>], setup: &Setup, output: &mut Output) -> Outcome<Exit> {
    if flags.actions.is_empty() {
        let help = match flags.expect.iter().find(|name| name.contains(':')) {
            Some(action) => format!("`--expect` takes what follows it for names: put `{action}` before it"),
            None => "such as `iameval who-can s3:GetObject`".to_owned(),
        };
        return Err(Failure::usage(codes::USAGE, "no action is named", help));
    }
    let (config, catalogue) = (&setup.config, setup.catalogue());
    let Some(world) = world::load(&flags.source, setup, output)? else {
        let help = "give a world with `-w FILE` or in an `iameval.toml`, or try `--example force-mfa`";
        let message = "there is no world whose principals could be asked";
        return Err(Failure::usage(iameval_ask::codes::NOTHING_TO_DECIDE_BY, message, help));
    };
    let expected = match flags.expect.as_slice() {
        [] => None,
        names => Some(
            ExpectedPrincipals::read(names, &world)
                .map_err(|(name, problem)| Failure(vec![crate::exit::about_argument("--expect", &name, problem)]))?,
        ),
    };
    let added = added::added(None, &flags.around, scp_levels, setup, output)?;
    let setting = Setting { principal: "--as", own: None, config, has_world: true, leaves_out: added.leaves_out_any() };
    let mut asker = Asker::new(&world, catalogue).beside(added).in_account(account(config)?);
    if flags.strict {
        asker = asker.refuse_unknown_actions();
    }
    let question = Question { actions: flags.actions.clone(), ..asked(&flags.asked, config)? };
    let mut bar: Option<Counted> = None;
    let mut progress = |_, total| bar.get_or_insert_with(|| Counted::new("questions", total)).advance(1);
    let answered = asker.who_can(&question, &mut progress);
    drop(bar);
    let who_can = match answered {
        Ok(who_can) => who_can,
        Err(refused) => {
            tell(&refused.remarks, output);
            return Err(failure(refused.problems, &setting));
        }
    };
    tell(&who_can.remarks, output);
    let listed = if flags.deny { Listed::Unable } else { Listed::Able };
    let options = WhoCanOptions { listed, through_roles: flags.through_roles };
    match flags.format {
        TableFormat::Human => output.answer(&who_can_to_text(&who_can, options, output.style())),
        TableFormat::Json => who_can_to_json(&who_can, options, &mut |text| output.json_text(text)),
        TableFormat::Csv => who_can_to_csv(&who_can, options, &mut |text| output.answer(text)),
    }
    let Some(expected) = expected else { return Ok(Exit::Wanted) };
    let unexpected = expected.compare(&who_can, flags.through_roles);
    if unexpected.is_empty() {
        return Ok(Exit::Wanted);
    }
    output.message(unexpected_to_text(&who_can, &unexpected).trim_end());
    Ok(Exit::Other)
}
