//! Who can do something: as text, as JSON (`{"schema": "iameval/who-can/1", …}`) and as CSV.

use crate::escape::plain;
use crate::json::{optional, placed_with};
use crate::layout::{Lines, NO_BREAK, columns};
use crate::style::Style;
use crate::text::described;
use crate::undecided::unknown_in_words;
use crate::vocabulary::{layer_name, not_all_known};
use iameval::json::{Node, Value};
use iameval::open::OpenStatement;
use iameval::{ContextKey, DecidedBy, Effect, Layer, Mfa};
use iameval_ask::words::{listed, quoted};
use iameval_ask::{
    Access, AccessQuestion, AskedOn, Chain, Details, Outsider, PlacedStatement, Trusted, Unexpected, Verdict, WhoCan,
    always_has_mfa_key,
};
use iameval_world::{Inferred, Via, WorldPrincipal};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// Which principals to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listed {
    /// Those who can, or may.
    Able,
    /// Those who cannot, and what stops them.
    Unable,
}

/// How to print who can.
#[derive(Debug, Clone, Copy)]
pub struct WhoCanOptions {
    /// Whom to list.
    pub listed: Listed,
    /// Whether to follow chains of roles.
    pub through_roles: bool,
}

/// How many of something to name.
const FEW: usize = 3;

/// Who can as lines of text, each ended: the principals of one question; of several how many can, and a table. What only rows
/// can show, such as chains of roles, is shown question by question.
pub fn who_can_to_text(who_can: &WhoCan<'_>, options: WhoCanOptions, style: Style) -> String {
    let mut lines = Lines::new(style);
    let needs_rows = options.through_roles || options.listed == Listed::Unable;
    match who_can.questions.as_slice() {
        [one] => question_to_text(who_can, one, options, style, &mut lines),
        several if needs_rows => {
            for (number, question) in several.iter().enumerate() {
                if number > 0 {
                    lines.behind("", "", "");
                }
                question_to_text(who_can, question, options, style, &mut lines);
            }
        }
        several => {
            several_to_text(who_can, several, style, &mut lines);
            outsiders_of_several(several, &mut lines);
        }
    }
    let left_out: BTreeSet<&String> = who_can.questions.iter().flat_map(|question| &question.guarded).collect();
    if !left_out.is_empty() {
        let left_out: Vec<&String> = left_out.into_iter().collect();
        let policies = if left_out.len() == 1 { "the resource policy of" } else { "the resource policies of" };
        let text = format!("{policies} {} is left out: name the resource with `-r`", quoted(&left_out, FEW));
        let text = if left_out.len() == 1 { text } else { text.replace(" is left out", " are left out") };
        lines.named("note", &text, "");
    }
    let asks_absent = who_can.questions.iter().any(|question| question.mfa == Some(Mfa::Absent));
    if asks_absent && who_can.principals().any(|(_, principal)| always_has_mfa_key(principal)) {
        let text = "sessions of roles always have aws:MultiFactorAuthPresent: with mfa=absent, roles are evaluated with mfa=false";
        lines.named("note", text, "");
    }
    if !who_can.unknown_layers.is_empty() {
        let text = not_all_known(who_can.unknown_layers.iter().copied(), "some of these");
        lines.named("note", &text, "");
    }
    lines.into_text()
}

fn question_to_text(
    who_can: &WhoCan<'_>,
    question: &AccessQuestion,
    options: WhoCanOptions,
    style: Style,
    lines: &mut Lines,
) {
    lines.behind("who can  ", "         ", &in_words(question));
    let chains = if options.through_roles { who_can.through_roles(question) } else { Vec::new() };
    let chain = |position: usize| chains.get(position).and_then(Option::as_ref);
    let rows: Vec<Row<'_>> = who_can.principals().zip(&question.access).enumerate().map(Row::new).collect();
    let wanted = |row: &&Row<'_>| match options.listed {
        Listed::Able => row.access.verdict.may() || chain(row.position).is_some(),
        Listed::Unable => !row.access.verdict.may(),
    };
    let shown: Vec<&Row<'_>> = rows.iter().filter(wanted).collect();
    let widest = shown.iter().map(|row| columns(&plain(row.name))).max().unwrap_or(0).min(40);
    let mut known = Trusted::new();
    for verdict in Verdict::ALL {
        for row in shown.iter().filter(|row| row.access.verdict == verdict) {
            let details = who_can.details(question, row.position);
            let chain = chain(row.position);
            let said = if chain.is_some() { chain.map_or(verdict, |chain| chain.verdict) } else { verdict };
            let text = match chain {
                Some(chain) => by_assuming(chain, &rows),
                None => reasons(details.as_ref(), row.access, row.name),
            };
            let trusted = trusted(&mut known, row.principal, verdict);
            row_to_text(said, row.name, widest, &format!("{text}{trusted}"), style, lines);
        }
    }
    let through = chains.iter().flatten().count();
    rest(question, options.listed, rows.len(), through, lines);
    if options.listed == Listed::Able {
        outsiders(&question.outsiders, style, lines);
    }
}

/// A principal and what there is to say of it.
struct Row<'r> {
    position: usize,
    name: &'r str,
    principal: &'r WorldPrincipal,
    access: Access,
}

impl<'r> Row<'r> {
    fn new((position, ((name, principal), access)): (usize, ((&'r str, &'r WorldPrincipal), &Access))) -> Self {
        Self { position, name, principal, access: *access }
    }
}

/// Those who are not listed.
fn rest(question: &AccessQuestion, listed: Listed, all: usize, through: usize, lines: &mut Lines) {
    let cannot = question.count(Verdict::Cannot);
    let principals = |count: usize| if count == 1 { "principal".to_owned() } else { "principals".to_owned() };
    let text = match listed {
        Listed::Able if cannot == 0 => return,
        Listed::Able => {
            let left = cannot - through;
            format!("{left} of {all} {}{NO_BREAK}(`--deny` says what stops them)", principals(all))
        }
        Listed::Unable => format!("{} of {all} {} can or may", all - cannot, principals(all)),
    };
    let first = if listed == Listed::Able { "cannot  " } else { "        " };
    lines.behind(first, "        ", &text);
}

fn row_to_text(verdict: Verdict, name: &str, widest: usize, text: &str, style: Style, lines: &mut Lines) {
    let word = format!("{:<7} ", word(verdict));
    let painted = match verdict {
        Verdict::Can => style.allow(&word),
        Verdict::CanIf | Verdict::Undetermined => style.mark(&word),
        Verdict::Cannot => style.deny(&word),
    };
    let name = plain(name);
    let room = widest.saturating_sub(columns(&name));
    let named = format!("{name}{:room$}  ", "");
    lines.painted(&format!("{word}{named}"), &format!("{painted}{named}"), &" ".repeat(8), text);
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Can => "can",
        Verdict::CanIf => "can if",
        Verdict::Undetermined => "unknown",
        Verdict::Cannot => "cannot",
    }
}

/// What is asked, in words.
fn in_words(question: &AccessQuestion) -> String {
    let mfa = question.mfa.map(|mfa| format!("  mfa={mfa}")).unwrap_or_default();
    format!("{}  {}{mfa}", question.action.text, on(question))
}

fn on(question: &AccessQuestion) -> String {
    match &question.asked_on {
        AskedOn::This(chosen) => match chosen.inferred {
            Some(inferred) => format!("on{NO_BREAK}{} ({})", chosen.resource, inferred.as_str()),
            None => format!("on{NO_BREAK}{}", chosen.resource),
        },
        AskedOn::Caller => "on the caller".into(),
        AskedOn::Follows => "on what follows from the action".into(),
        _ => "on some resource of the principal's account".into(),
    }
}

/// Why they can, or what stops them.
fn reasons(details: Option<&Details>, access: Access, name: &str) -> String {
    let Some(details) = details else { return String::new() };
    let conditions = conditions(details, access.verdict);
    let by = match access.verdict {
        Verdict::Cannot => return stopped(details, access, name),
        _ => by(details, Effect::Allow, name),
    };
    match (conditions.is_empty(), by.is_empty()) {
        (true, true) if access.verdict == Verdict::Undetermined => match access.stopped_by {
            Some(DecidedBy::Layer(Layer::Resource)) => "a resource policy that is left out may allow it".into(),
            _ => undetermined(access),
        },
        (true, true) => "no policy keeps the root user from it".into(),
        (true, false) if access.verdict == Verdict::Undetermined => format!("{}; {by}", undetermined(access)),
        (true, false) => by,
        (false, true) => conditions,
        (false, false) => format!("{conditions}; {by}"),
    }
}

fn undetermined(access: Access) -> String {
    match access.stopped_by {
        Some(DecidedBy::Layer(Layer::Resource)) => "the resource policy must allow it too, and is not known".into(),
        _ => "a policy is attached whose document is not known".into(),
    }
}

/// What it depends on: `aws:SourceIp`, `the resource is arn:…`.
fn conditions(details: &Details, verdict: Verdict) -> String {
    if verdict != Verdict::CanIf {
        return String::new();
    }
    let keys = details.bounds.keys.iter().map(|key| key.as_str().to_owned()).collect::<Vec<_>>();
    let mut parts = Vec::new();
    if !keys.is_empty() {
        parts.push(format!("depends on {}", listed(&keys, ", ", 5)));
    }
    parts.extend(unknown_in_words(&details.unknown()));
    if details.bounds.depends_on_resource {
        parts.push(format!("the resource {}", resources(details)));
    }
    parts.join("; ")
}

/// Which resources the statements name that tell resources apart.
fn resources(details: &Details) -> String {
    let telling = details.statements.iter().filter(|open| open.depends_on_resource);
    let mut fits: BTreeMap<Option<Layer>, Vec<String>> = BTreeMap::new();
    let mut misses: Vec<String> = Vec::new();
    for open in telling {
        let statement = details.place(open.id).and_then(|placed| placed.statement);
        let Some(element) = statement.and_then(|statement| statement.resource()) else { continue };
        let patterns = element.patterns().map(str::to_owned);
        let is_within = (open.effect == Effect::Allow) != element.is_negated();
        // One of the patterns of those who grant will do, and one of each layer that limits.
        let layer = Some(open.layer).filter(|layer| !matches!(layer, Layer::Identity | Layer::Resource));
        let which = if is_within { fits.entry(layer).or_default() } else { &mut misses };
        which.extend(patterns.filter(|pattern| pattern != "*"));
    }
    let mut parts = Vec::new();
    for (word, mut patterns) in fits.into_values().map(|patterns| ("is", patterns)).chain([("is not", misses)]) {
        patterns.sort();
        patterns.dedup();
        if !patterns.is_empty() {
            parts.push(format!("{word} {}", listed(&patterns, ", ", FEW)));
        }
    }
    parts.join(" and ")
}

/// The statements of one effect: `by reader#Read (via group Readers)`. How a policy reaches a principal is left out where it is
/// attached to it.
fn by(details: &Details, effect: Effect, name: &str) -> String {
    let wanted = |open: &&OpenStatement| open.effect == effect && counts(open);
    let placed = details.statements.iter().filter(wanted).filter_map(|open| details.place(open.id));
    let names: Vec<String> = placed
        .map(|placed| {
            let is_own = matches!(placed.via, Some(Via::Attached(to)) if **to == *name);
            let mut short: PlacedStatement<'_> = placed;
            (short.place, short.via) = (None, placed.via.filter(|_| !is_own));
            let (named, how) = described(&short);
            let how = how.replace("  ", ", ");
            if how.is_empty() { named } else { format!("{named} ({how})") }
        })
        .collect();
    if names.is_empty() { String::new() } else { format!("by {}", listed(&names, "; ", FEW)) }
}

/// Whether a statement decides something by itself: an Allow of another layer only limits.
fn counts(open: &OpenStatement) -> bool {
    open.effect == Effect::Deny || matches!(open.layer, Layer::Identity | Layer::Resource)
}

/// What stops somebody.
fn stopped(details: &Details, access: Access, name: &str) -> String {
    let denied = by(details, Effect::Deny, name);
    match access.stopped_by {
        Some(DecidedBy::Layer(_)) if details.bounds.best == iameval::Decision::ExplicitDeny => {
            format!("explicit deny {denied}")
        }
        Some(DecidedBy::Layer(Layer::Resource)) => "the resource policy must allow it, and does not".into(),
        Some(DecidedBy::Layer(layer)) => format!("the {} does not allow it", layer_name(layer)),
        Some(DecidedBy::Service) => "a rule of the service refuses it".into(),
        _ => "no statement allows it".into(),
    }
}

/// Whom the trust policy lets assume a role that can.
fn trusted(known: &mut Trusted, principal: &WorldPrincipal, verdict: Verdict) -> String {
    let trusted = if verdict.may() { known.by(principal) } else { &[] };
    if trusted.is_empty() { String::new() } else { format!("; trusts {}", listed(trusted, ", ", FEW)) }
}

fn by_assuming(chain: &Chain, rows: &[Row<'_>]) -> String {
    let names: Vec<&str> = chain.roles.iter().filter_map(|role| rows.get(*role)).map(|row| row.name).collect();
    let keys: Vec<&str> = chain.keys.iter().map(ContextKey::as_str).collect();
    let depends = if keys.is_empty() { String::new() } else { format!("; depends on {}", listed(&keys, ", ", 5)) };
    format!("by assuming {}{depends}", names.join(", then "))
}

fn outsiders(outsiders: &[Outsider], style: Style, lines: &mut Lines) {
    if outsiders.is_empty() {
        return;
    }
    lines.behind("", "", "");
    lines.behind("", "", "outside the world, as far as the resource policy decides:");
    let widest =
        outsiders.iter().map(|outsider| columns(&plain(&outsider.named.to_string()))).max().unwrap_or(0).min(40);
    for outsider in outsiders {
        let name = outsider.named.to_string();
        let text = reasons(Some(&outsider.details), outsider.access, &name);
        row_to_text(outsider.access.verdict, &name, widest, &text, style, lines);
    }
}

/// How many can, question by question; and who, where they are few.
fn several_to_text(who_can: &WhoCan<'_>, questions: &[AccessQuestion], style: Style, lines: &mut Lines) {
    let names: Vec<&str> = who_can.principals().map(|(name, _)| name).collect();
    let cells: Vec<Vec<String>> = questions
        .iter()
        .map(|question| {
            let count = |verdict| question.count(verdict).to_string();
            vec![count(Verdict::Can), count(Verdict::CanIf), count(Verdict::Undetermined), count(Verdict::Cannot)]
        })
        .collect();
    let header = ["can", "can if", "unknown", "cannot"].map(str::to_owned).to_vec();
    table(questions, &header, &cells, style, lines);
    let able: Vec<usize> = (0..names.len())
        .filter(|position| {
            let mut access = questions.iter().filter_map(|question| question.access.get(*position));
            access.any(|access| access.verdict.may())
        })
        .collect();
    if able.is_empty() {
        return;
    }
    if able.len() > MANY {
        let text = format!("{} principals can or may: `--format csv` and `--format json` list them", able.len());
        lines.behind("", "", "");
        lines.behind("", "", &text);
        return;
    }
    let cell = |question: &AccessQuestion, position: usize| {
        let access = question.access.get(position);
        let word = match access.map(|access| access.verdict) {
            Some(Verdict::Can) => "can",
            Some(Verdict::CanIf) => "if",
            Some(Verdict::Undetermined) => "?",
            _ => "-",
        };
        word.to_owned()
    };
    let cells: Vec<Vec<String>> =
        questions.iter().map(|question| able.iter().map(|position| cell(question, *position)).collect()).collect();
    let header: Vec<String> =
        able.iter().map(|position| names.get(*position).copied().unwrap_or_default().to_owned()).collect();
    lines.behind("", "", "");
    let words: BTreeSet<&str> = cells.iter().flatten().map(String::as_str).collect();
    let legend = [
        ("if", "if: it depends on context keys or on the resource"),
        ("?", "?: it depends on policies that are not known or left out"),
        ("-", "-: cannot"),
    ];
    let legend: Vec<&str> = legend.iter().filter(|(word, _)| words.contains(word)).map(|(_, text)| *text).collect();
    let room = style.width.saturating_sub(widest(questions) + 2);
    if header.iter().map(|name| columns(&plain(name)) + 2).sum::<usize>() <= room {
        table(questions, &header, &cells, style, lines);
        if !legend.is_empty() {
            lines.behind("", "", &legend.join("; "));
        }
        return;
    }
    let numbers: Vec<String> = (1..=header.len()).map(|number| number.to_string()).collect();
    table(questions, &numbers, &cells, style, lines);
    for (number, name) in numbers.iter().zip(&header) {
        lines.behind(&format!("{number:>4}  "), "      ", name);
    }
    if !legend.is_empty() {
        lines.behind("", "", &legend.join("; "));
    }
}

/// Those outside the world whom policies of resources let in, a line a question.
fn outsiders_of_several(questions: &[AccessQuestion], lines: &mut Lines) {
    for question in questions.iter().filter(|question| !question.outsiders.is_empty()) {
        let names: Vec<String> = question
            .outsiders
            .iter()
            .map(|outsider| match outsider.access.verdict {
                Verdict::Can => outsider.named.to_string(),
                other => format!("{} ({})", outsider.named, word(other)),
            })
            .collect();
        lines.named("outside", &format!("{}: {}", label(question), listed(&names, ", ", FEW)), "");
    }
}

/// So many principals have a column each.
const MANY: usize = 12;

fn widest(questions: &[AccessQuestion]) -> usize {
    questions.iter().map(|question| columns(&plain(&label(question)))).max().unwrap_or(0)
}

/// What tells a question from the others, short.
fn label(question: &AccessQuestion) -> String {
    let mfa = question.mfa.map(|mfa| format!("  mfa={mfa}")).unwrap_or_default();
    match &question.asked_on {
        AskedOn::This(chosen) if chosen.inferred.is_none() => {
            format!("{}  {}{mfa}", question.action.text, chosen.resource)
        }
        _ => format!("{}{mfa}", question.action.text),
    }
}

/// Rows of questions, with columns under each other.
fn table(questions: &[AccessQuestion], header: &[String], cells: &[Vec<String>], style: Style, lines: &mut Lines) {
    let first = widest(questions);
    let width = |column: usize| {
        let of_cells = cells.iter().filter_map(|row| row.get(column)).map(|cell| columns(cell)).max().unwrap_or(0);
        of_cells.max(header.get(column).map_or(0, |name| columns(&plain(name))))
    };
    let widths: Vec<usize> = (0..header.len()).map(width).collect();
    let mut put = |label: &str, row: &[String], heading: bool| {
        let mut text = format!("{label}{}", " ".repeat(first.saturating_sub(columns(label))));
        for (cell, width) in row.iter().zip(&widths) {
            let _ = write!(text, "  {}{cell}", " ".repeat(width.saturating_sub(columns(cell))));
        }
        let painted = if heading { style.heading(&text) } else { text.clone() };
        lines.line(&painted);
    };
    put("", &header.iter().map(|name| plain(name)).collect::<Vec<_>>(), true);
    for (question, row) in questions.iter().zip(cells) {
        put(&plain(&label(question)), row, false);
    }
}

/// Who can as one document, in pieces: of many questions and principals it is long.
pub fn who_can_to_json(who_can: &WhoCan<'_>, options: WhoCanOptions, write: &mut dyn FnMut(&str)) {
    write("{\n  \"schema\": \"iameval/who-can/1\",\n  \"unknown_layers\": ");
    let layers = Node::array(who_can.unknown_layers.iter().map(|layer| Node::string(layer.as_str())));
    write(&format!("{layers}"));
    write(",\n  \"questions\": [");
    let mut known = Trusted::new();
    for (number, question) in who_can.questions.iter().enumerate() {
        write(if number == 0 { "\n    {" } else { ",\n    {" });
        let head = [
            ("action", Node::string(&*question.action.text)),
            ("resource", optional(resource(question).map(Node::string))),
            ("asked_on", Node::string(asked_on(question))),
            ("mfa", optional(question.mfa.map(|mfa| Node::string(mfa.to_string())))),
        ];
        for (name, value) in head {
            write(&format!("\n      \"{name}\": {value},"));
        }
        for verdict in Verdict::ALL {
            write(&format!("\n      \"{}\": {},", verdict.id(), question.count(verdict)));
        }
        write("\n      \"principals\": [");
        let chains = if options.through_roles { who_can.through_roles(question) } else { Vec::new() };
        let names: Vec<&str> = who_can.principals().map(|(name, _)| name).collect();
        for ((position, (name, principal)), access) in who_can.principals().enumerate().zip(&question.access) {
            let details = who_can.details(question, position);
            let chain = chains.get(position).and_then(Option::as_ref);
            let node = principal_to_json((name, principal), *access, details.as_ref(), chain, &names, &mut known);
            write(if position == 0 { "\n        " } else { ",\n        " });
            write(&format!("{node}"));
        }
        write("\n      ],\n      \"outsiders\": [");
        for (position, outsider) in question.outsiders.iter().enumerate() {
            write(if position == 0 { "\n        " } else { ",\n        " });
            write(&format!("{}", outsider_to_json(outsider)));
        }
        write("\n      ],\n      \"left_out\": ");
        write(&format!("{}", Node::array(question.guarded.iter().map(|name| Node::string(&**name)))));
        write("\n    }");
    }
    write("\n  ]\n}\n");
}

fn resource(question: &AccessQuestion) -> Option<&str> {
    match &question.asked_on {
        AskedOn::This(chosen) => Some(&chosen.resource),
        _ => None,
    }
}

/// How the resource was found: `resource`, `none`, `caller`, `follows`, `any`.
fn asked_on(question: &AccessQuestion) -> &'static str {
    match &question.asked_on {
        AskedOn::This(chosen) if chosen.inferred == Some(Inferred::NoResource) => "none",
        AskedOn::This(_) => "resource",
        AskedOn::Caller => "caller",
        AskedOn::Follows => "follows",
        _ => "any",
    }
}

fn principal_to_json<'n>(
    (name, principal): (&'n str, &'n WorldPrincipal),
    access: Access,
    details: Option<&Details>,
    chain: Option<&Chain>,
    names: &[&'n str],
    known: &mut Trusted,
) -> Node<'n> {
    let arn = principal.principal().id().filter(|id| id.starts_with("arn:"));
    let mut members = vec![("name", Node::string(name)), ("arn", optional(arn.map(Node::string)))];
    members.extend(access_to_json(access, details));
    if let Some(chain) = chain {
        let roles = chain.roles.iter().filter_map(|role| names.get(*role)).map(|name| Node::string(*name));
        members.push((
            "through_roles",
            Node::object([
                ("verdict", Node::string(chain.verdict.id())),
                ("roles", Node::array(roles)),
                ("keys", Node::array(chain.keys.iter().map(|key| Node::string(key.as_str().to_owned())))),
            ]),
        ));
    }
    if access.verdict.may() && principal.trust().is_some() {
        members.push(("trusts", Node::array(known.by(principal).iter().cloned().map(Node::string))));
    }
    Node::object(members)
}

fn outsider_to_json(outsider: &Outsider) -> Node<'_> {
    let named = [("principal", Node::string(outsider.named.to_string())), ("kind", Node::string(outsider.kind.id()))];
    Node::object(named.into_iter().chain(access_to_json(outsider.access, Some(&outsider.details))))
}

fn access_to_json<'n>(access: Access, details: Option<&Details>) -> Vec<(&'static str, Node<'n>)> {
    let is_if = access.verdict == Verdict::CanIf;
    let keys = details.filter(|_| is_if).into_iter().flat_map(|details| &details.bounds.keys);
    let keys: Vec<Node<'_>> = keys.map(|key| Node::string(key.as_str().to_owned())).collect();
    let unknown = details.filter(|_| is_if).into_iter().flat_map(|details| details.unknown());
    let unknown: Vec<Node<'_>> = unknown.map(|name| Node::string(name.to_owned())).collect();
    let on_resource = is_if && details.is_some_and(|details| details.bounds.depends_on_resource);
    let wanted = if access.verdict.may() { Effect::Allow } else { Effect::Deny };
    let statements = details.into_iter().flat_map(|details| {
        let open = details.statements.iter().filter(move |open| open.effect == wanted || is_if);
        open.filter_map(|open| {
            let keys = Node::array(open.keys.iter().map(|key| Node::string(key.as_str().to_owned())));
            Some(placed_with(&details.place(open.id)?, open.effect, ("keys", keys)))
        })
    });
    vec![
        ("verdict", Node::string(access.verdict.id())),
        ("keys", Node::array(keys)),
        ("depends_on", Node::array(unknown)),
        ("depends_on_resource", Node::new(Value::Bool(on_resource))),
        ("statements", Node::array(statements.collect::<Vec<_>>())),
        ("stopped_by", optional(access.stopped_by.map(|by| Node::string(by.as_str())))),
    ]
}

/// Who can as CSV, in pieces: a row for each question and principal, and for each outsider.
pub fn who_can_to_csv(who_can: &WhoCan<'_>, options: WhoCanOptions, write: &mut dyn FnMut(&str)) {
    write("action,resource,mfa,principal,arn,verdict,keys,statements,stopped_by,through_roles,outsider\n");
    let names: Vec<&str> = who_can.principals().map(|(name, _)| name).collect();
    for question in &who_can.questions {
        let chains = if options.through_roles { who_can.through_roles(question) } else { Vec::new() };
        for ((position, (name, principal)), access) in who_can.principals().enumerate().zip(&question.access) {
            let arn = principal.principal().id().filter(|id| id.starts_with("arn:")).unwrap_or_default();
            let roles = chains.get(position).and_then(Option::as_ref).map(|chain| {
                let roles: Vec<&str> = chain.roles.iter().filter_map(|role| names.get(*role).copied()).collect();
                roles.join(" ")
            });
            let details = who_can.details(question, position);
            let row = csv_row(question, name, arn, *access, details.as_ref(), [&roles.unwrap_or_default(), ""]);
            write(&row);
        }
        for outsider in &question.outsiders {
            let name = outsider.named.to_string();
            write(&csv_row(question, &name, "", outsider.access, Some(&outsider.details), ["", outsider.kind.id()]));
        }
    }
}

fn csv_row(
    question: &AccessQuestion,
    name: &str,
    arn: &str,
    access: Access,
    details: Option<&Details>,
    [roles, outsider]: [&str; 2],
) -> String {
    let is_if = access.verdict == Verdict::CanIf;
    let mut keys: Vec<&str> = details
        .filter(|_| is_if)
        .map(|details| details.bounds.keys.iter().map(iameval::ContextKey::as_str).collect())
        .unwrap_or_default();
    keys.extend(details.filter(|_| is_if).into_iter().flat_map(|details| details.unknown()));
    if is_if && details.is_some_and(|details| details.bounds.depends_on_resource) {
        keys.push("resource");
    }
    let wanted = if access.verdict.may() { Effect::Allow } else { Effect::Deny };
    let statements: Vec<String> = details
        .map(|details| {
            let open = details.statements.iter().filter(|open| open.effect == wanted && counts(open));
            open.filter_map(|open| Some(described(&details.place(open.id)?).0)).collect()
        })
        .unwrap_or_default();
    let mfa = question.mfa.map(|mfa| mfa.to_string()).unwrap_or_default();
    let cells = [
        &*question.action.text,
        resource(question).unwrap_or_default(),
        &mfa,
        name,
        arn,
        access.verdict.id(),
        &keys.join(" "),
        &statements.join("; "),
        access.stopped_by.map_or("", DecidedBy::as_str),
        roles,
        outsider,
    ];
    cells.map(csv_cell).join(",") + "\n"
}

/// How answers differ from what was expected, a line a question, each ended.
pub fn unexpected_to_text(who_can: &WhoCan<'_>, unexpected: &[Unexpected]) -> String {
    let mut text = String::new();
    for Unexpected { question, too_many, missing, .. } in unexpected {
        let asked = who_can.questions.get(*question).map(label).unwrap_or_default();
        let _ = writeln!(text, "{}: {}", plain(&asked), plain(&unexpected_in_words(too_many, missing)));
    }
    text
}

/// `too many: bob, eve (can if); missing: alice`.
pub fn unexpected_in_words(too_many: &[(String, Verdict)], missing: &[String]) -> String {
    const MANY: usize = 20;
    let too_many: Vec<String> = too_many
        .iter()
        .map(|(name, verdict)| match verdict {
            Verdict::Can => name.clone(),
            other => format!("{name} ({})", word(*other)),
        })
        .collect();
    let mut parts = Vec::new();
    for (what, names) in [("too many", &too_many), ("missing", &missing.to_vec())] {
        if !names.is_empty() {
            parts.push(format!("{what}: {}", listed(names, ", ", MANY)));
        }
    }
    parts.join("; ")
}

/// A cell as RFC 4180 has it.
pub(crate) fn csv_cell(text: &str) -> Cow<'_, str> {
    if text.bytes().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r')) {
        Cow::Owned(format!("\"{}\"", text.replace('"', "\"\"")))
    } else {
        Cow::Borrowed(text)
    }
}
