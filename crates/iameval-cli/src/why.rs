//! `iameval why`

use crate::args::Why;
use crate::asked_world::AskedWorld;
use crate::codes;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::Output;
use crate::question::asked;
use crate::refusal::{failure_of_input, tell};
use crate::setup::Setup;
use iameval::{Problem, Severity};
use iameval_ask::{DeniedCall, ExplainedDenial, Question, UnreadDenial};
use iameval_cloudtrail::{UnpackError, unpack};
use iameval_report::{Depth, Suggest, denial_to_text, denials_to_json, denied_call_to_text, denied_calls_to_json};
use iameval_world::{Files, Finding, Source};
use std::io::{IsTerminal, Read};
use std::path::Path;

/// What a refused call is read from, and what it is called in messages.
struct Input {
    name: String,
    text: String,
}

pub(crate) fn run(flags: &Why, scp_levels: &[Vec<usize>], setup: &Setup, output: &mut Output) -> Outcome<Exit> {
    let input = input(flags.input.as_deref(), setup)?;
    let catalogue = setup.catalogue();
    let read = DeniedCall::read_all(&input.text, catalogue).map_err(|error| {
        let problem = Problem::new(iameval_ask::codes::NO_DENIAL, error.message).with_help(error.help);
        Failure(vec![Finding::about_file(&input.name, problem)])
    })?;
    let (mut calls, mut unread) = (Vec::new(), Vec::new());
    for call in read {
        match call {
            Ok(call) => calls.push(call),
            Err(error) => unread.push(error),
        }
    }
    // Where nothing else was read that is the answer.
    let severity = if calls.is_empty() { Severity::Error } else { Severity::Warning };
    for error in &unread {
        output.warn(&Finding::about_file(
            &input.name,
            Problem::new(iameval_ask::codes::NO_DENIAL, error.to_string()).with_severity(severity),
        ));
    }
    if flags.read {
        if flags.is_json() {
            output.json(&denied_calls_to_json(&calls, &unread));
        } else {
            let style = output.style();
            let texts: Vec<String> = calls.iter().map(|call| denied_call_to_text(call, style)).collect();
            output.answer(&texts.join("\n"));
        }
        return Ok(Exit::Wanted);
    }
    let explained = explain(calls, flags, scp_levels, setup, &input, output)?;
    Ok(answer(&explained, &unread, flags, output))
}

/// Asks every call again. Those that cannot be asked are told, and count as not read.
fn explain(
    calls: Vec<DeniedCall>,
    flags: &Why,
    scp_levels: &[Vec<usize>],
    setup: &Setup,
    input: &Input,
    output: &mut Output,
) -> Outcome<Explained> {
    let config = &setup.config;
    let asked_world = AskedWorld::load(&flags.world, scp_levels, setup, output)?;
    let setting = asked_world.setting();
    let asker = asked_world.asker()?;
    let several = calls.len() > 1;
    let mut explained = Explained { denials: Vec::new(), unasked: 0 };
    for call in calls {
        let given = Question {
            principal: flags.principal.clone(),
            actions: flags.action.iter().cloned().collect(),
            ..asked(&flags.asked, config)?
        };
        let place = format!("{}, {}", input.name, call.place);
        let wrong = match complete(&call, &given, input) {
            Some(failure) => failure,
            None => match call.explain(&given, &asker) {
                Ok(denial) => {
                    tell(&denial.remarks, output);
                    explained.denials.push(denial);
                    continue;
                }
                Err(refused) => {
                    tell(&refused.remarks, output);
                    failure_of_input(refused.problems, &setting, &place, &given)
                }
            },
        };
        if !several {
            return Err(wrong);
        }
        explained.unasked += 1;
        wrong.0.iter().for_each(|finding| output.warn(finding));
    }
    Ok(explained)
}

/// What came of the calls of an input.
struct Explained {
    denials: Vec<ExplainedDenial>,
    /// How many could not be asked.
    unasked: usize,
}

/// What a call lacks that flags would have to say.
fn complete(call: &DeniedCall, given: &Question, input: &Input) -> Option<Failure> {
    let place = format!("{}, {}", input.name, call.place);
    let lacks = |message: String, help: &str| {
        let problem = Problem::new(iameval_ask::codes::DENIAL_INCOMPLETE, message).with_help(help);
        Some(Failure(vec![Finding::about_file(&place, problem)]))
    };
    if call.action.is_none() && given.actions.is_empty() {
        return match &call.operation {
            Some(operation) => lacks(
                format!(
                    "the message does not name the action, and several services have a call `{operation}`, or none has"
                ),
                "name it with `--action`, such as `--action s3:GetObject`",
            ),
            None => lacks(
                "the message does not say which call was refused".to_owned(),
                "say it with `--action`, `--as` and `-r`",
            ),
        };
    }
    None
}

fn answer(explained: &Explained, unread: &[UnreadDenial], flags: &Why, output: &mut Output) -> Exit {
    if flags.is_json() {
        output.json(&denials_to_json(&explained.denials, unread));
    } else {
        let suggest = if flags.suggest { Suggest::Exceptions } else { Suggest::MissingAllows };
        let depth = if flags.trace { Depth::Traced } else { Depth::Explained };
        let style = output.style();
        let texts: Vec<String> = explained
            .denials
            .iter()
            .map(|denial| {
                let text = denial_to_text(denial, suggest, depth, style);
                if explained.denials.len() > 1 {
                    format!("{}\n{text}", style.heading(&denial.call.place))
                } else {
                    text
                }
            })
            .collect();
        output.answer(&texts.join("\n"));
    }
    if explained.unasked > 0 || !unread.is_empty() {
        Exit::NotAnswered
    } else if explained.denials.iter().all(ExplainedDenial::is_reproduced) {
        Exit::Wanted
    } else {
        Exit::Other
    }
}

/// The argument as a file, or as the message itself; without one, standard input.
fn input(argument: Option<&str>, setup: &Setup) -> Outcome<Input> {
    let limit = setup.files.limits().file;
    match argument {
        None if std::io::stdin().is_terminal() => {
            let help = "hand in the message as an argument in quotes, as a file, or on standard input";
            Err(Failure::usage(codes::USAGE, "there is nothing to explain", help))
        }
        None | Some("-") => bytes(std::io::stdin().lock(), "standard input", limit),
        Some(argument) if Path::new(argument).exists() => {
            let path = Path::new(argument);
            bytes(iameval_world::open(path)?, &setup.files.name(path), limit)
        }
        Some(text)
            if text.is_empty() || text.contains(char::is_whitespace) || text.trim_start().starts_with(['{', '[']) =>
        {
            Ok(Input { name: "command line".into(), text: text.to_owned() })
        }
        Some(name) => {
            let message = format!("there is no file `{name}`");
            let help = "a message of several words is taken as it is; put it into quotes";
            Err(Failure::argument("INPUT", name, iameval_world::codes::UNREADABLE, message, Some(help.into())))
        }
    }
}

/// The text of a file, unpacked where it is gzip.
fn bytes(from: impl Read, name: &str, limit: u64) -> Outcome<Input> {
    let wrong = |problem| Failure(vec![Finding::about_all(&Source::new(name, ""), problem)]);
    let mut read = Vec::new();
    from.take(limit.saturating_add(1))
        .read_to_end(&mut read)
        .map_err(|error| wrong(Problem::new(iameval_world::codes::UNREADABLE, error.to_string())))?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let text = match unpack(&read, limit) {
        // A log may have been written in another encoding; what matters of it is ASCII.
        Err(UnpackError::Utf8(_)) => String::from_utf8_lossy(&read),
        text => text.map_err(|error| {
            let unreadable = |message| Problem::new(iameval_world::codes::UNREADABLE, message);
            wrong(match error {
                UnpackError::TooLarge(limit) => unreadable(format!("it has more than {limit} bytes"))
                    .with_help("`--max-file-size` says how large it may be"),
                error => unreadable(error.to_string()),
            })
        })?,
    };
    Ok(Input { name: name.to_owned(), text: text.into_owned() })
}
