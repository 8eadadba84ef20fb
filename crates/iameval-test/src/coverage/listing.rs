//! Policies as they are written, with what was covered in the margin.

use super::text::{named, statement};
use super::{Coverage, PartKind, PolicyCoverage, PolicyPart, Tally};
use iameval_report::{Lines, Places, Style};
use std::collections::BTreeMap;
use std::ops::Add;

/// The sign for a line of which nothing is covered.
const NOTHING: &str = "-";

/// The policies as they are written, line by line. In the margin `+` stands beside a line that is covered, `-` beside
/// one of which nothing is, and `~` beside any other that has parts; what became of them follows the line.
pub fn coverage_to_listing(coverage: &Coverage, style: Style) -> String {
    let mut lines = Lines::new(style);
    let mut places = Places::default();
    for (index, policy) in coverage.policies().enumerate() {
        if index > 0 {
            lines.behind("", "", "");
        }
        lines.behind("", "  ", &named(policy));
        list(policy, &mut places, style, &mut lines);
    }
    lines.into_text()
}

fn list<'a>(policy: &'a PolicyCoverage, places: &mut Places<'a>, style: Style, lines: &mut Lines) {
    let source = &policy.policy().source;
    let Some(whole) = places.place(source, policy.policy().document().span()) else { return };
    let parts = policy.parts();
    let mut by_line: BTreeMap<u32, Vec<&PolicyPart<'_>>> = BTreeMap::new();
    for part in &parts {
        if let Some(place) = places.place(source, part.span) {
            by_line.entry(place.start.line).or_default().push(part);
        }
    }
    let text = source.text.replace("\r\n", "\n").replace('\r', "\n");
    for (number, line) in (source.start.line..=whole.end.line).zip(text.split('\n')) {
        if number < whole.start.line {
            continue;
        }
        let parts = by_line.get(&number).map(Vec::as_slice).unwrap_or_default();
        let (mark, painted) = mark(parts, style);
        let gutter = format!(" {number:>5} | ");
        // Where nothing is covered, the sign says so of every entry and condition.
        let told = parts.iter().filter(|part| mark != NOTHING || part.kind == PartKind::Statement);
        let told: Vec<&&PolicyPart<'_>> = told.collect();
        let said: Vec<String> = told.iter().filter_map(|part| said(policy, part, told.len() == 1)).collect();
        let said = if said.is_empty() { String::new() } else { format!("<- {}", said.join("; ")) };
        let first = format!("{mark}{gutter}");
        lines.annotated(&first, &format!("{painted}{gutter}"), &format!("{:>7} | ", ""), line, &said);
    }
}

/// The sign for a line with these parts.
fn mark(parts: &[&PolicyPart<'_>], style: Style) -> (&'static str, String) {
    let tally = parts.iter().map(|part| part.tally()).fold(Tally::default(), Tally::add);
    match tally.covered {
        _ if parts.is_empty() => (" ", " ".to_owned()),
        0 => (NOTHING, style.deny(NOTHING)),
        _ if tally.is_complete() => ("+", style.allow("+")),
        _ => ("~", style.mark("~")),
    }
}

/// What to say of a part at the end of its line. Of a part that is alone there the line itself says what it is.
fn said(policy: &PolicyCoverage, part: &PolicyPart<'_>, alone: bool) -> Option<String> {
    let missing = part.missing();
    match part.kind {
        PartKind::Statement => {
            let (_, counts) = policy.statements().nth(part.statement)?;
            let became = match (missing, counts.decided()) {
                (Some(missing), _) => missing,
                (None, 0) => "matched without deciding".into(),
                (None, _) => "decided".into(),
            };
            Some(if alone { became } else { format!("{} {became}", statement(policy, part)) })
        }
        PartKind::Entry { .. } if alone => None,
        PartKind::Condition { .. } if alone => missing,
        kind => missing.map(|missing| format!("{kind} {missing}")),
    }
}
