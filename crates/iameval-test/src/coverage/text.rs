//! Coverage as a table, with a line for everything that is missing.

use super::{Coverage, PartKind, PolicyCoverage, PolicyPart, Summary, Tally};
use iameval_ask::words::statement_name;
use iameval_report::{Lines, Places, Style, columns, unbroken};

/// The titles of the columns; the numbers below end where they do.
const TITLES: [&str; 5] = ["decided", "matched", "entries", "conditions", "covered"];

/// The coverage as lines of text, each ended: a table, then what was not reached.
pub fn coverage_to_text(coverage: &Coverage, style: Style) -> String {
    let mut lines = Lines::new(style);
    table(coverage, style, &mut lines);
    let mut places = Places::default();
    let parts = coverage.policies().flat_map(|policy| unreached(policy).into_iter().map(move |part| (policy, part)));
    let missing = parts.map(|(policy, part)| {
        let missing = part.missing().unwrap_or_default();
        let what = match part.kind {
            PartKind::Statement => missing,
            kind => format!("{kind} {missing}"),
        };
        format!("{}  {}  {}", statement(policy, &part), unbroken(&what), place(policy, &part, &mut places))
    });
    section("not covered", missing.collect(), style, &mut lines);
    let parts = coverage.policies().flat_map(|policy| without_deciding(policy).map(move |part| (policy, part)));
    let undecided =
        parts.map(|(policy, part)| format!("{}  {}", statement(policy, &part), place(policy, &part, &mut places)));
    section("matched without deciding", undecided.collect(), style, &mut lines);
    section("attached nowhere", coverage.unattached().map(named).collect(), style, &mut lines);
    lines.into_text()
}

fn table(coverage: &Coverage, style: Style, lines: &mut Lines) {
    let titles = TITLES.map(|title| format!("{title}  ")).concat();
    let names: Vec<String> = coverage.policies().map(named).collect();
    let widest = names.iter().flat_map(|name| name.split(' ')).map(columns).max();
    let in_columns = style.width >= titles.len() + widest.unwrap_or_default();
    if in_columns {
        lines.painted(&titles, &style.heading(&titles), "", "policy");
    }
    let mut row = |summary: Summary, name: &str| {
        let cells = cells(summary);
        if in_columns {
            let mut aligned = TITLES.iter().zip(&cells).map(|(title, cell)| format!("{cell:>0$}  ", title.len()));
            let counts: String = aligned.by_ref().take(TITLES.len() - 1).collect();
            let covered: String = aligned.collect();
            let painted = format!("{counts}{}", paint(summary, &covered, style));
            lines.painted(&format!("{counts}{covered}"), &painted, &" ".repeat(titles.len()), name);
        } else {
            let pairs: Vec<String> = TITLES.iter().zip(&cells).map(|(title, cell)| format!("{title} {cell}")).collect();
            lines.behind("", "  ", name);
            lines.behind("  ", "  ", &pairs.join(", "));
        }
    };
    for (policy, name) in coverage.policies().zip(&names) {
        row(policy.summary(), name);
    }
    if names.len() != 1 {
        row(coverage.summary(), "all policies");
    }
}

/// The counts under each title.
fn cells(summary: Summary) -> [String; 5] {
    let percentage = summary.percentage().map_or("-".to_owned(), |percentage| format!("{percentage:.1}%"));
    let Summary { decided, matched, entries, conditions } = summary;
    [fraction(decided), fraction(matched), fraction(entries), fraction(conditions), percentage]
}

fn fraction(Tally { covered, total }: Tally) -> String {
    if total == 0 { "-".to_owned() } else { format!("{covered}/{total}") }
}

fn paint(summary: Summary, text: &str, style: Style) -> String {
    match summary.points() {
        Tally { total: 0, .. } => text.to_owned(),
        Tally { covered: 0, .. } => style.deny(text),
        tally if tally.is_complete() => style.allow(text),
        _ => style.mark(text),
    }
}

/// The parts that are not covered. Of a statement that nothing reached the statement alone is named.
fn unreached(policy: &PolicyCoverage) -> Vec<PolicyPart<'_>> {
    let parts = policy.parts();
    let mut unreached = Vec::new();
    for statement in parts.chunk_by(|one, next| one.statement == next.statement) {
        let is_met = statement.iter().any(|part| part.tally().covered > 0);
        let named = statement.iter().filter(|part| is_met || part.kind == PartKind::Statement);
        unreached.extend(named.filter(|part| !part.tally().is_complete()).cloned());
    }
    unreached
}

/// The statements that matched and never decided.
fn without_deciding(policy: &PolicyCoverage) -> impl Iterator<Item = PolicyPart<'_>> {
    let statements = policy.parts().into_iter().filter(|part| part.kind == PartKind::Statement);
    let undecided = |counts: &super::StatementCoverage| counts.matched() > 0 && counts.decided() == 0;
    statements.zip(policy.statements()).filter(move |(_, (_, counts))| undecided(counts)).map(|(part, _)| part)
}

/// Lines under a title; nothing where there are none.
fn section(title: &str, texts: Vec<String>, style: Style, lines: &mut Lines) {
    if texts.is_empty() {
        return;
    }
    lines.behind("", "", "");
    lines.painted(title, &style.heading(title), "", "");
    for text in texts {
        lines.behind("  ", "    ", &text);
    }
}

/// What the policy is called, and where it is written.
pub(super) fn named(policy: &PolicyCoverage) -> String {
    let policy = policy.policy();
    if policy.is_managed() { policy.name.clone() } else { format!("{}  {}", policy.name, policy.source.name) }
}

/// What people call the statement that a part is of.
pub(super) fn statement(policy: &PolicyCoverage, part: &PolicyPart<'_>) -> String {
    let sid = policy.statements().nth(part.statement).and_then(|(statement, _)| statement.sid());
    statement_name(&policy.policy().name, sid, part.statement)
}

/// `file:line:column`
fn place<'a>(policy: &'a PolicyCoverage, part: &PolicyPart<'_>, places: &mut Places<'a>) -> String {
    let source = &policy.policy().source;
    match places.place(source, part.span) {
        Some(place) => format!("{}:{}:{}", source.name, place.start.line, place.start.column),
        None => source.name.clone(),
    }
}
