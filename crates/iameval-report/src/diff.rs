//! What a change gains and loses: as text, JSON (`{"schema": "iameval/diff/1", …}`), Markdown, and findings.

mod findings;
mod json;
mod markdown;

use crate::access::{actions_in_words, dependence_in_words, limits_in_words, named, request_in_words};
use crate::layout::Lines;
use crate::located::count;
use crate::style::Style;
use crate::undecided;
use crate::vocabulary::not_all_known;
use iameval::PolicyKind;
use iameval::symbol::Symbols;
use iameval_ask::words::listed;
use iameval_ask::{AccessGroup, Beside, Diff, DiffCondition, DiffPart, DiffUndecided, Presence, Provable, Unheld};
use std::sync::Arc;

pub use findings::diff_findings;
pub use json::diff_to_json;
pub use markdown::diff_to_markdown;

/// What the two sides are called.
#[derive(Debug, Clone, Copy)]
pub struct DiffNames<'n> {
    /// What was before.
    pub old: &'n str,
    /// What comes after.
    pub new: &'n str,
}

/// How many principals to name in a heading.
const FEW: usize = 5;

/// A direction of the change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    Gained,
    Lost,
    MayGain,
    MayLose,
}

impl Direction {
    const ALL: [Self; 4] = [Self::Gained, Self::Lost, Self::MayGain, Self::MayLose];

    fn id(self) -> &'static str {
        match self {
            Self::Gained => "gained",
            Self::Lost => "lost",
            Self::MayGain => "may_gain",
            Self::MayLose => "may_lose",
        }
    }

    /// The groups of a part, the policies that allow them, and those that do not.
    fn of(self, part: &DiffPart) -> (&[AccessGroup], &Provable, &Provable) {
        match self {
            Self::Gained => (&part.gained, &part.new, &part.old),
            Self::Lost => (&part.lost, &part.old, &part.new),
            Self::MayGain => (&part.may_gain, &part.new, &part.old),
            Self::MayLose => (&part.may_lose, &part.old, &part.new),
        }
    }

    fn in_words(self) -> &'static str {
        match self {
            Self::MayGain => "may gain",
            Self::MayLose => "may lose",
            certain => certain.id(),
        }
    }

    fn is_gain(self) -> bool {
        matches!(self, Self::Gained | Self::MayGain)
    }
}

/// What is gained and lost as lines of text, each ended; `all` names every action.
pub fn diff_to_text(diff: &Diff, names: DiffNames<'_>, all: bool, style: Style) -> String {
    let mut lines = Lines::new(style).naming(symbols(diff));
    for part in &diff.parts {
        let heading = heading(part, names);
        if !heading.is_empty() {
            let painted = style.heading(&heading);
            lines.painted(&heading, &painted, "", "");
        }
        for direction in Direction::ALL {
            let (groups, by, against) = direction.of(part);
            for group in groups {
                group_to_text(direction, group, [by, against], all, style, &mut lines);
            }
        }
        for reason in &part.undecided {
            lines.painted("undecided ", &style.mark("undecided "), "          ", &undecided_in_words(reason));
        }
        lines.behind("", "", "");
    }
    lines.behind("", "", &summary(diff));
    for note in notes(diff) {
        lines.named("note", &note, "");
    }
    lines.into_text()
}

/// What is not known on either side: one has what the other has and perhaps more, or the two have not been compared.
fn symbols(diff: &Diff) -> Option<&Arc<Symbols>> {
    let sides = diff.parts.iter().flat_map(|part| [&part.old, &part.new]);
    sides.filter_map(|side| side.policies().set().symbols()).max_by_key(|symbols| symbols.places())
}

/// The text with the names of what is not known.
fn shown(diff: &Diff, text: &str) -> String {
    symbols(diff).map_or_else(|| text.to_owned(), |symbols| symbols.display(text).into_owned())
}

fn group_to_text(
    direction: Direction,
    group: &AccessGroup,
    [by, against]: [&Provable; 2],
    all: bool,
    style: Style,
    lines: &mut Lines,
) {
    const PHRASES: usize = 12;
    let limit = if all { usize::MAX } else { PHRASES };
    let word = format!("{:<7} ", direction.in_words());
    let painted = match direction {
        Direction::Gained => style.allow(&word),
        Direction::Lost => style.deny(&word),
        Direction::MayGain | Direction::MayLose => style.mark(&word),
    };
    let rest = " ".repeat(8);
    lines.painted(&word, &painted, &rest, &actions_in_words(group, limit));
    for detail in details(direction, group, by, against) {
        lines.behind(&rest, &" ".repeat(10), &detail);
    }
}

/// Where, when and by what, and a request.
fn details(direction: Direction, group: &AccessGroup, by: &Provable, against: &Provable) -> Vec<String> {
    let mut details = Vec::new();
    if let Some(placed) = group.by.and_then(|id| by.place(id)) {
        details.extend(placed.statement.map(limits_in_words).unwrap_or_default());
        details.push(format!("by {}", named(&placed)));
    }
    if let Some(placed) = group.against.and_then(|id| against.place(id)) {
        let word = if direction.is_gain() { "was denied by" } else { "denied by" };
        details.push(format!("{word} {}", named(&placed)));
    }
    details.push(format!("such as {}", request_in_words(group)));
    details.extend(dependence_in_words(group));
    details
}

/// Whom a part is about, and under which condition.
fn heading(part: &DiffPart, names: DiffNames<'_>) -> String {
    let about = Some(about(part, names)).filter(|about| !about.is_empty());
    let condition = part.condition.map(|condition| condition_in_words(condition).to_owned());
    about.into_iter().chain(condition).collect::<Vec<_>>().join(", ")
}

/// Whom a part is about: `ana, boris (only in new.yaml) on reports`.
fn about(part: &DiffPart, names: DiffNames<'_>) -> String {
    let unheld = part.unheld.as_ref().map(unheld_in_words);
    let who = (!part.principals.is_empty()).then(|| listed(&part.principals, ", ", FEW));
    let who = match (unheld, who) {
        (Some(unheld), Some(who)) => Some(format!("{unheld}: {who}")),
        (unheld, who) => unheld.or(who),
    };
    let only = match part.presence {
        Presence::OnlyOld => Some(format!("(only in {})", names.old)),
        Presence::OnlyNew => Some(format!("(only in {})", names.new)),
        _ => None,
    };
    let on = part.resource.as_ref().map(|resource| format!("on {resource}"));
    [who, only, on].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn unheld_in_words(unheld: &Unheld) -> String {
    match unheld {
        Unheld::Policy(name) => format!("policy {name}, attached to nobody here"),
        Unheld::Group(name) => format!("group {name}, without members here"),
    }
}

/// For whom it holds.
fn condition_in_words(condition: DiffCondition) -> &'static str {
    match condition {
        DiffCondition::AnotherPolicyAllows => "where another policy allows it",
        DiffCondition::OwnAccount => "in the resource's own account, without an identity policy",
    }
}

/// Why something is not known.
fn undecided_in_words(reason: &DiffUndecided) -> String {
    match reason {
        DiffUndecided::Proof(reason) => undecided::undecided_in_words(reason),
        DiffUndecided::UnknownPolicy(name) => format!("the document of the policy {name} is not known"),
        DiffUndecided::Fact(fact) => format!("the two sides differ in {}", fact.in_words()),
        DiffUndecided::Context(key) => format!("the two sides give {key} different values, and policies read it"),
        _ => "not decided".into(),
    }
}

/// `gained: yes; lost: nothing; 3 principals, 2 pairs of policies compared`
fn summary(diff: &Diff) -> String {
    let word = |is: bool, word: &str| if is { format!("access {word}") } else { format!("nothing {word}") };
    let mut parts = vec![word(diff.has_gained(), "gained"), word(diff.has_lost(), "lost")];
    if diff.has_undecided() {
        parts.push("not everything could be decided".into());
    }
    parts.join(", ")
}

/// What the comparison rests on.
fn notes(diff: &Diff) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(beside) = &diff.beside {
        notes.push(beside_in_words(*beside));
    } else {
        let pairs = count(diff.compared, "different pair");
        notes.push(format!("{}, {pairs} of policies", count(diff.principals, "principal")));
    }
    if !diff.unknown_layers.is_empty() {
        notes.push(not_all_known(diff.unknown_layers.iter().copied(), "some of this"));
    }
    notes
}

/// What two lone policies were compared as.
fn beside_in_words(beside: Beside) -> String {
    let kind = beside.kind.describe();
    let Beside { full_access, denies, .. } = beside;
    match beside.kind {
        PolicyKind::Identity if full_access => "identity policies, each beside one that allows everything".to_owned(),
        PolicyKind::Identity if denies => {
            "identity policies, each alone, and once more beside one that allows everything".to_owned()
        }
        PolicyKind::Identity => "identity policies, each alone".to_owned(),
        PolicyKind::Resource | PolicyKind::RoleTrust => {
            let again = match (full_access, denies) {
                (true, _) => ", where something else allows it",
                (false, true) => ", and once more where something else allows it",
                (false, false) => "",
            };
            format!(
                "each as a {kind}, for callers of other accounts whose own policies allow everything, and for callers \
                 of the resource's own account without an identity policy{again}"
            )
        }
        _ => {
            let again = match (full_access, denies) {
                (true, _) => ", and beside one of the same kind that does",
                (false, true) => ", and once more beside one of the same kind that does",
                (false, false) => "",
            };
            format!("each as a {kind}, beside policies of the other kinds that allow everything{again}")
        }
    }
}
