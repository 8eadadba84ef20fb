//! `iameval explain`

use crate::args::{Explain, Format};
use crate::codes;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::Output;
use iameval::Code;
use iameval::suggest::did_you_mean;
use iameval_report::{Codes, code_table, explanation, explanation_to_text, explanations_to_json};

pub(crate) fn run(flags: &Explain, output: &mut Output) -> Outcome<Exit> {
    let listing = flags.list || flags.codes.is_empty();
    let codes = codes::all();
    let wanted = if listing { codes.iter().collect() } else { named(&flags.codes, &codes)? };
    let explanations: Vec<_> = wanted.into_iter().map(explanation).collect();
    match flags.format {
        Format::Json => output.json(&explanations_to_json(&explanations)),
        Format::Human if listing => output.answer(&code_table(&explanations, output.style())),
        Format::Human => {
            let texts = explanations.iter().map(|explanation| explanation_to_text(explanation, output.style()));
            output.answer(&texts.collect::<Vec<_>>().join("\n"));
        }
    }
    Ok(Exit::Wanted)
}

/// The codes of these names, or every name that is not a code.
fn named(names: &[String], codes: &Codes) -> Outcome<Vec<Code>> {
    let mut failure = Failure(Vec::new());
    let mut found = Vec::new();
    for name in names {
        match codes.find(&identifier(name)) {
            Some(code) => found.push(code),
            None => failure.0.extend(unknown(name, codes).0),
        }
    }
    if failure.0.is_empty() { Ok(found) } else { Err(failure) }
}

/// `IE0203` for `ie0203`, `0203` and `203`.
fn identifier(name: &str) -> String {
    let upper = name.to_ascii_uppercase();
    format!("IE{:0>4}", upper.strip_prefix("IE").unwrap_or(&upper))
}

fn unknown(name: &str, codes: &Codes) -> Failure {
    let list = "`iameval explain` lists all codes";
    // A word without a digit is not a slip of a code.
    let slip = name.contains(|character: char| character.is_ascii_digit());
    let meant = did_you_mean(&identifier(name), codes.iter().map(Code::id)).filter(|_| slip);
    let help = meant.map_or(list.to_owned(), |meant| format!("{meant} {list}"));
    Failure::argument(
        "CODE",
        name,
        iameval_world::codes::UNKNOWN_NAME,
        format!("there is no code `{name}`"),
        Some(help),
    )
}
