//! `iameval simulate`

mod native;
mod policies;
mod question;
mod refusal;

use crate::args::{Expect, Format, Simulate};
use crate::exit::{Exit, Failure, Outcome};
use crate::output::Output;
use crate::setup::Setup;
use iameval::{Code, ContextKey, Decision};
use iameval_ask::Answer;
use iameval_report::{Depth, answer_to_text, answers_to_json, answers_to_table};

pub(crate) fn run(flags: &Simulate, scp_levels: &[Vec<usize>], setup: &Setup, output: &mut Output) -> Outcome<Exit> {
    let config = &setup.config;
    let strict = flags.strict_context || config.defaults.strict_context.unwrap_or(false);
    let (answers, strict) = if let Some(path) = &flags.request {
        (native::answers(path, flags, setup, output)?, strict)
    } else {
        let (answers, is_strict) = question::answers(flags, scp_levels, setup, output)?;
        (answers, strict || is_strict)
    };
    if strict {
        refuse_undecided(&answers)?;
    }
    let text = match flags.format {
        Format::Human => for_people(&answers, flags, output),
        Format::Json => format!("{:#}\n", answers_to_json(&answers)),
    };
    output.answer(&text);
    let wanted = answers.iter().all(|answer| is_wanted(flags, answer));
    Ok(if wanted || flags.exit_zero { Exit::Wanted } else { Exit::Other })
}

/// Several answers begin with a table; many are a table only, unless every step is wanted.
fn for_people(answers: &[Answer], flags: &Simulate, output: &mut Output) -> String {
    const MANY: usize = 10;
    let style = output.style();
    let depth = if flags.trace { Depth::Traced } else { Depth::Explained };
    let table = if answers.len() > 1 { answers_to_table(answers, style) + "\n" } else { String::new() };
    if answers.len() > MANY && !flags.trace && !output.is_verbose() {
        return table + "`-v` explains each answer\n";
    }
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
    Err(Failure::usage(Code::ContextNeeded, message, "give them with `-c KEY=VALUE`, or with `--no-context KEY`"))
}

fn is_wanted(flags: &Simulate, answer: &Answer) -> bool {
    let decision = answer.simulation.decision;
    let decided = match flags.expect {
        Expect::Allow => decision == Decision::Allowed,
        Expect::Deny => decision != Decision::Allowed,
        Expect::Implicit => decision == Decision::ImplicitDeny,
        Expect::Explicit => decision == Decision::ExplicitDeny,
    };
    decided && flags.by.as_ref().is_none_or(|sid| answer.is_decided_by(sid))
}
