//! `iameval simulate`

mod native;

use crate::args::{AnswerFormat, Expect, Simulate};
use crate::asked_world::AskedWorld;
use crate::codes;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::Output;
use crate::question::asked;
use crate::refusal::{failure, tell};
use crate::setup::Setup;
use iameval::{ContextKey, Decision};
use iameval_ask::{Answer, Question};
use iameval_report::{Depth, Style, answer_to_text, answers_to_json, answers_to_table};
use iameval_world::{Config, World};

pub(crate) fn run(flags: &Simulate, scp_levels: &[Vec<usize>], setup: &Setup, output: &mut Output) -> Outcome<Exit> {
    let config = &setup.config;
    let strict = flags.strict_context || config.defaults.strict_context.unwrap_or(false);
    let (answers, strict) = if let Some(path) = &flags.request {
        (native::answers(path, flags, setup, output)?, strict)
    } else {
        let (answers, is_strict) = answers(flags, scp_levels, setup, output)?;
        (answers, strict || is_strict)
    };
    if strict {
        refuse_undecided(&answers)?;
    }
    match flags.format {
        Some(AnswerFormat::Human) => output.answer(&explained(&answers, flags, output.style())),
        Some(AnswerFormat::Table) => output.answer(&answers_to_table(&answers, output.style())),
        Some(AnswerFormat::Json) => output.json(&answers_to_json(&answers)),
        None if answers.len() > MANY && !flags.trace && !output.is_verbose() => {
            let table = answers_to_table(&answers, output.style());
            output.answer(&format!("{table}\n`--format human` explains each answer\n"));
        }
        None => output.answer(&explained(&answers, flags, output.style())),
    }
    let is_open = |answer: &Answer| !answer.simulation.decision.is_certain() && !is_wanted(flags, answer);
    let wanted = answers.iter().all(|answer| is_wanted(flags, answer));
    Ok(match (wanted || flags.exit_zero, answers.iter().any(is_open)) {
        (true, _) => Exit::Wanted,
        (false, true) => Exit::NotAnswered,
        (false, false) => Exit::Other,
    })
}

/// The answers, and whether the world wants every key that could change one to be given.
fn answers(
    flags: &Simulate,
    scp_levels: &[Vec<usize>],
    setup: &Setup,
    output: &mut Output,
) -> Outcome<(Vec<Answer>, bool)> {
    let (config, catalogue) = (&setup.config, setup.catalogue());
    let asked_world = AskedWorld::load(&flags.world, scp_levels, setup, output)?;
    let (world, setting) = (&asked_world.world, asked_world.setting());
    let mut asker = asked_world.asker()?;
    if flags.strict {
        asker = asker.refuse_unknown_actions();
    }
    let posed = asker.pose(&question(flags, world, config)?);
    let requests = match posed {
        Ok(posed) => {
            tell(&posed.remarks, output);
            posed.requests
        }
        Err(refused) => {
            tell(&refused.remarks, output);
            return Err(failure(refused.problems, &setting));
        }
    };
    let strict = world.defaults().strict_context.unwrap_or(false);
    Ok((requests.into_iter().map(|posed| posed.answer(catalogue)).collect(), strict))
}

fn question(flags: &Simulate, world: &World, config: &Config) -> Outcome<Question> {
    // A configured principal may be no one in this world.
    let knows = |name: &&String| name.contains(':') || world.principal(name).is_some();
    Ok(Question {
        principal: flags.principal.as_ref().or(config.defaults.principal.as_ref().filter(knows)).cloned(),
        actions: flags.actions.clone(),
        ..asked(&flags.asked, config)?
    })
}

/// More answers than these are a table only, unless someone asks for more.
const MANY: usize = 10;

/// Each answer in full; several begin with a table.
fn explained(answers: &[Answer], flags: &Simulate, style: Style) -> String {
    let depth = if flags.trace { Depth::Traced } else { Depth::Explained };
    let table = if answers.len() > 1 { answers_to_table(answers, style) + "\n" } else { String::new() };
    let texts: Vec<String> = answers.iter().map(|answer| answer_to_text(answer, depth, style)).collect();
    table + &texts.join("\n")
}

/// With `--strict-context` an answer that could change is none.
fn refuse_undecided(answers: &[Answer]) -> Outcome<()> {
    let undecided = answers.iter().filter(|answer| !answer.undecided.is_empty());
    let named: Vec<String> = undecided
        .map(|answer| {
            let keys: Vec<&str> = answer.undecided.iter().map(ContextKey::as_str).collect();
            format!("{} ({})", answer.summary.action, keys.join(", "))
        })
        .collect();
    if named.is_empty() {
        return Ok(());
    }
    let message = format!("the answer depends on context keys that were not given: {}", named.join("; "));
    Err(Failure::usage(codes::CONTEXT_NEEDED, message, "give them with `-c KEY=VALUE`, or with `--no-context KEY`"))
}

fn is_wanted(flags: &Simulate, answer: &Answer) -> bool {
    let decision = answer.simulation.decision;
    let decided = match flags.expect {
        Expect::Allow => decision == Decision::Allowed,
        Expect::Deny => answer.simulation.is_denied(),
        Expect::Implicit => decision == Decision::ImplicitDeny,
        Expect::Explicit => decision == Decision::ExplicitDeny,
        Expect::Undetermined => decision == Decision::Undetermined,
    };
    decided && flags.by.as_ref().is_none_or(|sid| answer.is_decided_by(sid))
}
