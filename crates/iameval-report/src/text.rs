//! Answers for people.

use crate::layout::{Lines, NO_BREAK, columns, unbroken};
use crate::mark::{change_in_words, exemption_at, exemption_in_words, says_in_words};
use crate::style::Style;
use crate::trace::trace;
use crate::vocabulary::{in_words, layer_name, level_in_words, levels_in_words, note_in_words, service_rule, via};
use iameval::{AccountId, ContextKey, Decision, Layer};
use iameval_ask::words::{listed, statement_name};
use iameval_ask::{
    Answer, CitedStatement, Flips, LayerOutcome, Mark, MissedStatement, Needed, PlacedStatement, Reading, Sides,
    Unsettled, Why,
};
use iameval_world::Inferred;

/// How much to say of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// What decided, what nearly did, and what would change it.
    Explained,
    /// The same, with every step as a tree.
    Traced,
}

/// The answer as lines of text, each ended.
pub fn answer_to_text(answer: &Answer, depth: Depth, style: Style) -> String {
    let reading = answer.read();
    let mut lines = Lines::new(style).naming(answer.policies.symbols());
    headline(answer, style, &mut lines);
    deciding(&reading, &mut lines);
    if let Some(unsettled) = &reading.unsettled {
        open_question(answer, unsettled, &mut lines);
    }
    if let Some(why) = &reading.why {
        lines.named("why", &why_in_words(why), "");
    }
    statements("outvotes", &reading.outvoted, &mut lines);
    statements("granted", &reading.granted, &mut lines);
    near_misses(&reading, &mut lines);
    exempted(&reading, &mut lines);
    lines.named("layers", &layers(&reading), "");
    if let Some(sides) = &reading.sides {
        lines.named("sides", &sides_in_words(sides), "");
    }
    flips(&reading.flips, reading.decision, &mut lines);
    keys(&reading, &mut lines);
    for note in &reading.notes {
        lines.named("note", &note_in_words(*note), "");
    }
    if depth == Depth::Traced {
        trace(&reading, &mut lines);
    }
    lines.text
}

/// Many answers at a glance: a line each, in columns where there is room for them.
pub fn answers_to_table(answers: &[Answer], style: Style) -> String {
    let mfa = |answer: &Answer| answer.summary.mfa.map(|mfa| format!("mfa={mfa}")).unwrap_or_default();
    let widest = |widths: &mut dyn Iterator<Item = usize>| widths.max().unwrap_or(0);
    let actions = widest(&mut answers.iter().map(|answer| columns(&answer.summary.action)));
    let states = widest(&mut answers.iter().map(|answer| columns(&mfa(answer))));
    let words: usize = widest(&mut answers.iter().map(|answer| word(answer.simulation.decision).len()));
    let indent = words + 2 + actions + 2 + if states > 0 { states + 2 } else { 0 };
    let resources = widest(&mut answers.iter().map(|answer| columns(&in_table(answer))));
    let in_columns = style.width >= indent + resources.min(ENOUGH);
    let mut lines = Lines::new(style);
    for answer in answers {
        let decision = answer.simulation.decision;
        let word = format!("{:<words$}", word(decision));
        let painted = match decision {
            Decision::Allowed => style.allow(&word),
            Decision::ExplicitDeny | Decision::ImplicitDeny => style.deny(&word),
            Decision::Undetermined => style.mark(&word),
        };
        let pad = |text: &str, width: usize| format!("{text}{}  ", " ".repeat(width.saturating_sub(columns(text))));
        let (action, mfa) = (&answer.summary.action, mfa(answer));
        let on = in_table(answer);
        if in_columns {
            let state = if states > 0 { pad(&mfa, states) } else { String::new() };
            let rest = format!("  {}{state}", pad(action, actions));
            lines.painted(&format!("{word}{rest}"), &format!("{painted}{rest}"), &" ".repeat(indent), &on);
        } else {
            let state = if mfa.is_empty() { mfa } else { mfa + "  " };
            let text = format!("{action}  {state}{on}");
            lines.painted(&format!("{word}  "), &format!("{painted}  "), &" ".repeat(words + 2), &text);
        }
    }
    lines.text
}

/// A decision in a table.
fn word(decision: Decision) -> &'static str {
    match decision {
        Decision::Allowed => "allow   ",
        Decision::ExplicitDeny => "explicit",
        Decision::ImplicitDeny => "implicit",
        Decision::Undetermined => "undetermined",
    }
}

/// How many columns are enough for a resource in a table, however long it is.
const ENOUGH: usize = 70;

/// What is asked on, for a line of a table; the answer itself says how a resource was found.
fn in_table(answer: &Answer) -> String {
    match answer.summary.inferred {
        None | Some(Inferred::AnyResource) => on_resource(answer),
        Some(_) => format!("on{NO_BREAK}{} (inferred)", answer.summary.resource),
    }
}

fn headline(answer: &Answer, style: Style, lines: &mut Lines) {
    let (word, painted, kind) = match answer.simulation.decision {
        Decision::Allowed => ("allow", style.allow("allow"), ""),
        Decision::ExplicitDeny => ("deny ", style.deny("deny "), " (explicit)"),
        Decision::ImplicitDeny => ("deny ", style.deny("deny "), " (implicit)"),
        Decision::Undetermined => ("undetermined", style.mark("undetermined"), ""),
    };
    let question = &answer.summary;
    let mfa = question.mfa.map(|mfa| format!("  mfa={mfa}")).unwrap_or_default();
    let text = format!("{}  {}{mfa}{kind}", question.action, on_resource(answer));
    lines.painted(&format!("{word}  "), &format!("{painted}  "), "       ", &text);
}

/// `on arn:…`, with how the resource was found.
fn on_resource(answer: &Answer) -> String {
    let question = &answer.summary;
    match question.inferred {
        Some(Inferred::AnyResource) => match question.account {
            Some(account) => format!("on any resource of {account}"),
            // Services and anonymous callers are of no account.
            None if !answer.request.principal().has_policies() => "on any resource".to_owned(),
            None => "on any resource of the caller's account".to_owned(),
        },
        Some(inferred) => format!("on{NO_BREAK}{} (inferred: {})", question.resource, inferred.as_str()),
        None => format!("on{NO_BREAK}{}", question.resource),
    }
}

/// What an undetermined decision may be, and what it depends on.
fn open_question(answer: &Answer, unsettled: &Unsettled<'_>, lines: &mut Lines) {
    let possible: Vec<&str> = unsettled.possible.iter().map(|decision| in_words(*decision)).collect();
    lines.named("may be", &possible.join(" or "), "");
    for (index, unknown) in unsettled.depends_on.iter().enumerate() {
        let text = format!("{}, {}", unknown.name, unknown.what);
        lines.named(if index == 0 { "depends" } else { "" }, &format!("on {text}"), "");
    }
    for (index, open) in unsettled.statements.iter().enumerate() {
        let (statement, faint) = described(&open.statement);
        let presence = if open.open.is_empty() { ", if it is there" } else { "" };
        let text = format!("{statement} ({}{presence})", open.effect.as_str());
        lines.named(if index == 0 { "may apply" } else { "" }, &text, &faint);
        if index < SHOWN {
            excerpts(answer, &open.statement, &open.open, lines);
        }
    }
    if let Some(unknown) = unsettled.depends_on.first() {
        lines.named("to settle", &format!("give what is not known: `{}`", unknown.settle), "");
    }
}

/// How many statements to show in full.
const SHOWN: usize = 3;

/// The statements that decided, with what makes them apply.
fn deciding(reading: &Reading<'_>, lines: &mut Lines) {
    for (index, CitedStatement { statement, marks, .. }) in reading.deciding.iter().enumerate() {
        let (name, faint) = described(statement);
        lines.named(if index == 0 { "by" } else { "" }, &name, &faint);
        if index < SHOWN {
            excerpts(reading.answer, statement, marks, lines);
        }
    }
}

/// Places in the source of a statement.
fn excerpts(answer: &Answer, statement: &PlacedStatement<'_>, marks: &[Mark], lines: &mut Lines) {
    let Some(place) = statement.place else { return };
    for mark in marks {
        let Some(at) = mark.at else { continue };
        lines.excerpt(place.source, at.line, mark.span, &says_in_words(mark, &answer.request));
    }
}

/// Statements under one name.
fn statements(name: &str, placed: &[PlacedStatement<'_>], lines: &mut Lines) {
    for (index, placed) in placed.iter().enumerate() {
        let (statement, faint) = described(placed);
        lines.named(if index == 0 { name } else { "" }, &statement, &faint);
    }
}

/// Denies that nearly applied. Where one does apply, the others do not matter.
fn exempted(reading: &Reading<'_>, lines: &mut Lines) {
    if reading.decision == Decision::ExplicitDeny {
        return;
    }
    let mut name = "exempt";
    for MissedStatement { statement, missed, .. } in &reading.exempt {
        let Some(mark) = missed.first() else { continue };
        let place = statement
            .place
            .zip(exemption_at(mark))
            .map(|(place, at)| format!("{}:{}:{}", place.source.name, at.line, at.column));
        let words = exemption_in_words(mark, &reading.answer.request);
        lines.named(name, &format!("{} does not apply: {words}", name_of(statement)), &place.unwrap_or_default());
        name = "";
    }
    match reading.further_exempt {
        0 => {}
        1 => lines.named("", "1 more Deny does not apply because of one element", ""),
        more => lines.named("", &format!("{more} more Denies do not apply because of one element each"), ""),
    }
}

/// Allows that nearly applied.
fn near_misses(reading: &Reading<'_>, lines: &mut Lines) {
    let mut name = "nearly";
    for MissedStatement { statement, missed, decision_then, .. } in &reading.near_misses {
        let (text, faint) = described(statement);
        lines.named(name, &format!("{text}{}", then(*decision_then)), &faint);
        name = "";
        excerpts(reading.answer, statement, missed, lines);
    }
}

/// What a near miss would come to.
fn then(decision: Option<Decision>) -> &'static str {
    match decision {
        Some(Decision::Allowed) => ", which would allow it",
        Some(_) => ", which alone would not be enough",
        None => "",
    }
}

/// Both sides of a request across accounts. Where a rule of the service decided, they do not matter.
fn sides_in_words(sides: &Sides) -> String {
    let account = |account: Option<AccountId>| account.map_or("an unknown account".to_owned(), |id| id.to_string());
    let said = |outcome: LayerOutcome| match outcome {
        LayerOutcome::Says(Decision::Allowed) => "allows",
        LayerOutcome::Says(Decision::ExplicitDeny) => "denies",
        LayerOutcome::Says(Decision::ImplicitDeny) => "does not allow",
        LayerOutcome::Says(Decision::Undetermined) => "may or may not allow",
        LayerOutcome::DoesNotBind => "does not apply",
        LayerOutcome::NotPresent => "does not exist",
    };
    let identity = said(sides.identity);
    let resource = said(sides.resource);
    let accounts = format!(
        "the caller is in {}, the resource in {}",
        account(sides.caller_account),
        account(sides.resource_account),
    );
    match sides.needed {
        Needed::Both => {
            format!("{accounts}: the identity side {identity}, the resource policy {resource}, and both must allow")
        }
        Needed::Identity => {
            format!("{accounts}: the identity side {identity}, and this action needs nothing from the resource side")
        }
        _ => accounts,
    }
}

/// What would change the decision.
fn flips(flips: &Flips, now: Decision, lines: &mut Lines) {
    let states = flips.mfa.iter().map(|flip| {
        let still = if flip.decision == now { "still " } else { "" };
        let because = if flip.absence_matches { " (`IfExists` also matches a missing key)" } else { "" };
        unbroken(&format!("mfa={}: {still}{}", flip.mfa, in_words(flip.decision))) + because
    });
    let mut name = "flips";
    // States that all come to the same say nothing.
    if flips.mfa.iter().any(|flip| flip.decision != now) {
        lines.named(name, &states.collect::<Vec<_>>().join("   "), "");
        name = "";
    }
    for flip in &flips.context {
        lines.named(name, &format!("{}: {}", change_in_words(&flip.change), in_words(flip.decision)), "");
        name = "";
    }
}

/// Keys that were not given and could change the answer, and those that are known to be absent.
fn keys(reading: &Reading<'_>, lines: &mut Lines) {
    if !reading.not_given.is_empty() {
        let keys: Vec<&str> = reading.not_given.iter().map(ContextKey::as_str).collect();
        let plural = if keys.len() == 1 { "it was" } else { "they were" };
        let text = format!("{} could change this answer: {plural} not given", keys.join(", "));
        lines.named("unknown", &text, "");
    }
    // The state of MFA says it already.
    let absent = reading.absent.iter().map(|key| key.as_str());
    let told: Vec<&str> = absent.filter(|key| !key.starts_with("aws:MultiFactorAuth")).collect();
    if !told.is_empty() {
        lines.named("absent", &format!("{} (known not to be in the request)", told.join(", ")), "");
    }
}

/// What the decision rests on, on one line: `by force-mfa#NeedsMfa (policies/force-mfa.json:25:5)`.
pub fn decided_by_in_words(answer: &Answer) -> String {
    const FEW: usize = 2;
    let named = |statement: PlacedStatement<'_>| {
        let name = name_of(&statement);
        match statement.place {
            Some(place) => format!("{name} ({}:{}:{})", place.source.name, place.at.line, place.at.column),
            None => name,
        }
    };
    let statements: Vec<String> = answer.deciding().map(named).collect();
    match statements.as_slice() {
        [] => match &answer.simulation.undetermined {
            Some(undetermined) => {
                let symbols = answer.policies.symbols();
                let unknown =
                    undetermined.depends_on.iter().filter_map(|symbol| Some(symbols?.name(*symbol).to_owned()));
                format!("depends on {}", listed(&unknown.collect::<Vec<_>>(), ", ", FEW))
            }
            None => answer.why().map_or_else(|| "by a service rule".into(), |why| why_in_words(&why)),
        },
        several => format!("by {}", listed(several, "; ", FEW)),
    }
}

/// `policy#Sid`.
fn name_of(statement: &PlacedStatement<'_>) -> String {
    let origin = &statement.origin;
    statement_name(origin.policy.as_str(), origin.sid, origin.statement_index)
}

/// `policy#Sid`, and `file:line:column  attached to john`.
pub(crate) fn described(statement: &PlacedStatement<'_>) -> (String, String) {
    let layer = match (statement.origin.layer, statement.origin.level) {
        (Layer::Identity, _) => None,
        (layer, Some(level)) => Some(format!("{}, {}", layer_name(layer), level_in_words(level))),
        (layer, None) => Some(layer_name(layer).to_owned()),
    };
    let place = statement.place.map(|place| format!("{}:{}:{}", place.source.name, place.at.line, place.at.column));
    let parts: Vec<String> = [layer, place, statement.via.and_then(via)].into_iter().flatten().collect();
    (name_of(statement), parts.join("  "))
}

/// What no statement says by itself.
pub(crate) fn why_in_words(why: &Why<'_>) -> String {
    match why {
        Why::ServiceRule(rule) => format!("{} ({})", service_rule(*rule), rule.id()),
        Why::RootUnlimited => "the root user is allowed everything that no policy restricts".into(),
        Why::Delegated => {
            "the resource policy delegates to the account's identity policies, and none of them allows it".into()
        }
        Why::NoStatement => "no statement allows it".into(),
        Why::OnlyLimits { layers } => {
            let names: Vec<&str> = layers.iter().map(|layer| layer_name(*layer)).collect();
            let (verb, limits) =
                if names.len() == 1 { ("allows", "which only limits") } else { ("allow", "which only limit") };
            format!(
                "no statement grants it: the {} {verb} it, {limits} what other policies grant",
                names.join(" and the ")
            )
        }
        Why::IdentityMustAllow => {
            "the resource policy allows it, but the identity policies must allow it too, and none does".into()
        }
        Why::ResourceMustAllow { resource } => {
            let said = match resource {
                LayerOutcome::Says(_) => "does not",
                LayerOutcome::DoesNotBind => "it does not apply to this action",
                LayerOutcome::NotPresent => "there is none",
            };
            format!("the identity policies allow it, but the resource policy must allow it too, and {said}")
        }
        Why::LevelsLack { layer, levels } => {
            let levels = match levels.as_slice() {
                [] => String::new(),
                [one] => format!(": {} does not", level_in_words(one)),
                several => format!(": {} do not", levels_in_words(several)),
            };
            format!("it is granted, but not every level of {}s allows it{levels}", layer_name(*layer))
        }
        Why::NoSessionPolicy => "a federated user's session has no permissions without a session policy".into(),
        Why::LayerLacks { layer, policies } => {
            let names = if policies.is_empty() { String::new() } else { format!(" ({})", policies.join(", ")) };
            format!("it is granted, but the {}{names} does not allow it", layer_name(*layer))
        }
        _ => "see the documentation".into(),
    }
}

/// Every layer in order with its verdict; `-` where there is no policy. Scope-down policies are named where there are any:
/// few requests have them.
fn layers(reading: &Reading<'_>) -> String {
    let verdict = |outcome| match outcome {
        LayerOutcome::Says(Decision::Allowed) => "allow",
        LayerOutcome::Says(Decision::ExplicitDeny) => "DENY",
        LayerOutcome::Says(Decision::ImplicitDeny) => "no-allow",
        LayerOutcome::Says(Decision::Undetermined) => "undetermined",
        LayerOutcome::DoesNotBind => "does-not-apply",
        LayerOutcome::NotPresent => "-",
    };
    let is_told =
        |(layer, outcome): &(Layer, &LayerOutcome)| *layer != Layer::ScopeDown || **outcome != LayerOutcome::NotPresent;
    let told = reading.layers.iter().filter(is_told);
    let words = told.map(|(layer, outcome)| unbroken(&format!("{} {}", layer.as_str(), verdict(*outcome))));
    words.collect::<Vec<_>>().join("  ")
}
