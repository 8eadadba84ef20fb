//! Mutants for people: a line for each that no case notices.

use super::{Mutant, MutantReport};
use iameval_report::{Style, count, plain};
use std::fmt::Write;

/// How much of a text is shown however full the line is: an ARN should be whole, so that the change is seen.
const ENOUGH: usize = 80;
/// What stands for the rest of a text.
const LEFT_OUT: &str = "...";

/// The survivors as one-line diffs, a line for each policy without cases, and how many mutants were noticed; each line
/// ended. Nothing when there is no policy.
pub fn mutants_to_text(report: &MutantReport, style: Style) -> String {
    let mut out = String::new();
    for mutant in &report.survivors {
        let _ = writeln!(out, "{}", survivor(mutant, style));
    }
    for idle in &report.not_in_play {
        let (word, file) = (style.mark("not used"), style.faint(&plain(&idle.file)));
        let policy = plain(&idle.policy);
        let mutants = count(idle.mutants, "mutant");
        let _ = writeln!(out, "{word}  {file}  {policy}  no passing case uses it, and it has {mutants}");
    }
    let _ = writeln!(out, "{} of {} mutants noticed", report.noticed, report.tried());
    out
}

/// `survived  file:line:column  policy#Sid  - before  + after`
fn survivor(mutant: &Mutant, style: Style) -> String {
    let word = "survived";
    let place = plain(&format!("{}:{}:{}", mutant.file, mutant.position.line, mutant.position.column));
    let statement = plain(&mutant.statement);
    let sides = [('-', &mutant.before), ('+', &mutant.after)];
    let sides: Vec<(char, &String)> =
        sides.into_iter().filter_map(|(sign, text)| Some((sign, text.as_ref()?))).collect();
    // Two blanks stand between the parts, and a sign and one more before each side.
    let taken = [word, &place, &statement].iter().map(|part| part.chars().count()).sum::<usize>() + 4 + 4 * sides.len();
    let room = (style.width.saturating_sub(taken) / sides.len().max(1)).max(ENOUGH);
    let mut line = format!("{}  {}  {statement}", style.mark(word), style.faint(&place));
    for (sign, text) in sides {
        let side = format!("{sign} {}", cut(&plain(text), room));
        let side = if sign == '-' { style.deny(&side) } else { style.allow(&side) };
        let _ = write!(line, "  {side}");
    }
    line
}

/// The text in so many characters at most.
fn cut(text: &str, room: usize) -> String {
    if text.chars().count() <= room {
        return text.to_owned();
    }
    text.chars().take(room.saturating_sub(LEFT_OUT.len())).chain(LEFT_OUT.chars()).collect()
}
