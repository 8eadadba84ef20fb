//! Everything that a principal can do: as text, as JSON (`{"schema": "iameval/what-can/1", …}`) and as CSV.

use crate::access::{actions_in_words, dependence_in_words, group_to_json, limits_in_words, named};
use crate::json::{list, number, optional, placed_with, text};
use crate::layout::Lines;
use crate::style::Style;
use crate::undecided::{undecided_in_words, undecided_to_json};
use crate::vocabulary::not_all_known;
use crate::who_can::csv_cell;
use iameval::json::{Node, Value};
use iameval::{Effect, PatternElement, Statement};
use iameval_ask::words::listed;
use iameval_ask::{AccessGroup, Privilege, PrivilegeKind, Privileges, PrivilegesPart};
use iameval_data::{AccessLevel, Catalogue};
use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write;

/// How many actions to name.
const FEW: usize = 6;

/// What principals can do as lines of text, each ended; `all` names every action.
pub fn what_can_to_text(all: &[Privileges], catalogue: &Catalogue, every: bool, style: Style) -> String {
    let mut parts = all.iter().flat_map(|privileges| &privileges.parts);
    let symbols = parts.find_map(|part| part.policies.policies().set().symbols());
    let mut lines = Lines::new(style).naming(symbols);
    let limit = if every { usize::MAX } else { FEW };
    for (number, privileges) in all.iter().enumerate() {
        if number > 0 {
            lines.behind("", "", "");
        }
        let mfa = privileges.mfa.map(|mfa| format!("  mfa={mfa}")).unwrap_or_default();
        let heading = format!("{} can{mfa}", privileges.principal);
        lines.painted(&heading, &style.heading(&heading), "", "");
        worth_knowing(privileges, limit, style, &mut lines);
        for part in &privileges.parts {
            if let Some(place) = place_in_words(part).filter(|_| !part.groups.is_empty()) {
                lines.behind("", "", "");
                lines.behind("", "", &place);
            }
            table(&part.groups, catalogue, limit, &mut lines);
        }
        may(privileges, limit, style, &mut lines);
        let count = privileges.actions().len();
        let unlisted = privileges.parts.iter().flat_map(|part| &part.groups).any(|group| group.has_unlisted);
        let more = if unlisted { ", and those that AWS adds" } else { "" };
        let actions = if count == 1 { "action" } else { "actions" };
        lines.behind("", "", "");
        lines.behind("", "", &format!("{count} {actions}{more}"));
        notes(privileges, style, &mut lines);
    }
    lines.into_text()
}

/// Which requests a part is about: `on reports, as session arn:aws:sts::111122223333:assumed-role/deploy/alice`.
fn place_in_words(part: &PrivilegesPart) -> Option<String> {
    let on = part.resource.as_ref().map(|resource| format!("on {resource}"));
    let session = part.session.as_ref().map(|session| format!("as session {session}"));
    let words: Vec<String> = on.into_iter().chain(session).collect();
    (!words.is_empty()).then(|| words.join(", "))
}

/// What may be done, by what is not known, each group with its statement.
fn may(privileges: &Privileges, limit: usize, style: Style, lines: &mut Lines) {
    for part in &privileges.parts {
        for group in &part.may {
            let on = place_in_words(part).map(|place| format!(" {place}")).unwrap_or_default();
            let words = format!("{}{on}", actions_in_words(group, limit));
            lines.painted("may ", &style.mark("may "), "    ", &words);
            if let Some(placed) = group.by.and_then(|id| part.policies.place(id)) {
                lines.behind("    ", "    ", &format!("by {}", named(&placed)));
            }
            lines.behind("    ", "    ", &dependence_in_words(group).unwrap_or_default());
        }
    }
}

fn notes(privileges: &Privileges, style: Style, lines: &mut Lines) {
    for reason in privileges.parts.iter().flat_map(|part| &part.undecided) {
        lines.painted("undecided ", &style.mark("undecided "), "          ", &undecided_in_words(reason));
    }
    if !privileges.unknown_layers.is_empty() {
        let text = not_all_known(privileges.unknown_layers.iter().copied(), "some of this");
        lines.named("note", &text, "");
    }
}

/// What is worth knowing first, each with its statement.
fn worth_knowing(privileges: &Privileges, limit: usize, style: Style, lines: &mut Lines) {
    for privilege in &privileges.worth_knowing {
        let words = match privilege.kind {
            PrivilegeKind::Escalation => format!("privilege escalation through {}", privilege.actions.join(" + ")),
            kind => format!("{}: {}", in_words(kind), listed(&privilege.actions, ", ", limit)),
        };
        lines.painted("! ", &style.mark("! "), "  ", &words);
        let part = privileges.parts.get(privilege.part);
        let placed = place(privileges, privilege);
        if let Some(placed) = placed {
            lines.behind("    ", "    ", &format!("by {}", named(&placed)));
            if let Some(session) = part.and_then(|part| part.session.as_ref()) {
                lines.behind("    ", "    ", &format!("as session {session}"));
            }
            for limits in placed.statement.map(limits_in_words).unwrap_or_default() {
                lines.behind("    ", "    ", &limits);
            }
        }
    }
}

fn place<'p>(privileges: &'p Privileges, privilege: &Privilege) -> Option<iameval_ask::PlacedStatement<'p>> {
    privileges.parts.get(privilege.part)?.policies.place(privilege.by?)
}

fn in_words(kind: PrivilegeKind) -> &'static str {
    match kind {
        PrivilegeKind::Escalation => "privilege escalation",
        PrivilegeKind::IamWrite => "changes IAM",
        PrivilegeKind::PermissionsManagement => "manages permissions",
        PrivilegeKind::DataRead => "reads data",
        PrivilegeKind::Delete => "deletes",
        _ => "worth knowing",
    }
}

/// The actions by service and access level: `s3  Read  3 of 80: s3:GetObject, …`.
fn table(groups: &[AccessGroup], catalogue: &Catalogue, limit: usize, lines: &mut Lines) {
    let mut all: Vec<&str> = groups.iter().flat_map(|group| &group.actions).map(String::as_str).collect();
    #[expect(clippy::stable_sort_primitive, reason = "it merges groups that are sorted")]
    all.sort();
    all.dedup();
    let infos = catalogue.actions_named(all.iter().copied());
    let known = all.iter().zip(infos).filter_map(|(action, info)| {
        let info = info?;
        Some((info.service().prefix(), info.access_level(), *action))
    });
    let known: Vec<(&str, AccessLevel, &str)> = known.collect();
    let mut services: Vec<_> = known.chunk_by(|one, other| one.0 == other.0).collect();
    services.sort_by_key(|own| own.first().map(|(service, ..)| *service));
    for own in services {
        let Some((service, ..)) = own.first() else { continue };
        let all = catalogue.service(service).into_iter().flat_map(iameval_data::Service::actions);
        let levels: Vec<AccessLevel> = all.map(iameval_data::ActionInfo::access_level).collect();
        for level in AccessLevel::ALL {
            let actions: Vec<&str> =
                own.iter().filter(|(_, own, _)| *own == level).map(|(.., action)| *action).collect();
            if actions.is_empty() {
                continue;
            }
            let all = levels.iter().filter(|own| **own == level).count();
            let first = format!("{service:<20} {:<22} ", level.as_str());
            let text = if actions.len() == all && all > 1 {
                format!("all {all}")
            } else {
                format!("{} of {all}: {}", actions.len(), listed(&actions, ", ", limit))
            };
            lines.behind(&first, &" ".repeat(44), &text);
        }
    }
}

/// What principals can do as one document; print it with `{:#}`.
pub fn what_can_to_json<'a>(all: &'a [Privileges], catalogue: &Catalogue) -> Node<'a> {
    let answers = all.iter().map(|privileges| answer(privileges, catalogue));
    Node::object([
        ("schema", Node::string("iameval/what-can/1")),
        ("answers", Node::array(answers.collect::<Vec<_>>())),
    ])
}

fn answer<'a>(privileges: &'a Privileges, catalogue: &Catalogue) -> Node<'a> {
    let actions = privileges.actions();
    let count = number(actions.len());
    let infos = catalogue.actions_named(actions.iter().map(|(action, ..)| *action));
    let levels = actions.iter().zip(infos).map(|((action, ..), info)| {
        let level = info.map(|info| Node::string(info.access_level().as_str()));
        Node::object([("action", Node::string(*action)), ("access_level", optional(level))])
    });
    let levels = Node::array(levels.collect::<Vec<_>>());
    Node::object([
        ("principal", text(&privileges.principal)),
        ("mfa", optional(privileges.mfa.map(text))),
        ("undecided", Node::new(Value::Bool(privileges.has_undecided()))),
        ("count", count),
        ("actions", levels),
        (
            "worth_knowing",
            list(privileges.worth_knowing.iter().map(|privilege| privilege_to_json(privileges, privilege))),
        ),
        ("unknown_layers", list(privileges.unknown_layers.iter().map(|layer| Node::string(layer.as_str())))),
        ("parts", Node::array(privileges.parts.iter().map(part).collect::<Vec<_>>())),
    ])
}

fn part(part: &PrivilegesPart) -> Node<'_> {
    Node::object([
        ("resource", optional(part.resource.as_ref().map(text))),
        ("session", optional(part.session.as_ref().map(text))),
        ("groups", Node::array(part.groups.iter().map(|group| group_to_json(group, &part.policies, None)))),
        ("may", Node::array(part.may.iter().map(|group| group_to_json(group, &part.policies, None)))),
        ("undecided", list(part.undecided.iter().map(undecided_to_json))),
    ])
}

fn privilege_to_json(privileges: &Privileges, privilege: &Privilege) -> Node<'static> {
    let statement = place(privileges, privilege).map(|placed| {
        let resources = placed.statement.and_then(Statement::resource).into_iter().flat_map(PatternElement::patterns);
        placed_with(&placed, Effect::Allow, ("resources", list(resources.map(text))))
    });
    let session = privileges.parts.get(privilege.part).and_then(|part| part.session.clone());
    Node::object([
        ("kind", Node::string(privilege.kind.id())),
        ("actions", list(privilege.actions.iter().map(text))),
        ("session", optional(session.map(text))),
        ("statement", optional(statement)),
    ])
}

/// What principals can do as CSV: a row for each action.
pub fn what_can_to_csv(all: &[Privileges], catalogue: &Catalogue) -> String {
    let mut out =
        "principal,mfa,action,service,access_level,resource,policy,policy_type,sid,statement_index,file,line,worth_knowing,depends_on\n"
            .to_owned();
    for privileges in all {
        let mfa = privileges.mfa.map(|mfa| mfa.to_string()).unwrap_or_default();
        let mut worth_knowing: HashMap<&str, Vec<&str>> = HashMap::new();
        for privilege in &privileges.worth_knowing {
            for action in &privilege.actions {
                let kinds = worth_knowing.entry(action).or_default();
                if kinds.last() != Some(&privilege.kind.id()) {
                    kinds.push(privilege.kind.id());
                }
            }
        }
        let actions = [privileges.actions(), privileges.actions_that_may()].concat();
        let infos = catalogue.actions_named(actions.iter().map(|(action, ..)| *action));
        let mut last: Option<(&AccessGroup, [String; 2])> = None;
        for ((action, part, group), info) in actions.iter().zip(infos) {
            if !last.as_ref().is_some_and(|(own, _)| std::ptr::eq(*own, *group)) {
                last = Some((group, group_to_csv(part, group)));
            }
            let Some((_, [statement, depends_on])) = &last else { continue };
            let known = worth_knowing.get(action).map(|kinds| kinds.join(" ")).unwrap_or_default();
            let cells = [
                csv_cell(part.session.as_ref().unwrap_or(&privileges.principal)),
                csv_cell(&mfa),
                csv_cell(action),
                csv_cell(info.map_or("", |info| info.service().prefix())),
                csv_cell(info.map_or("", |info| info.access_level().as_str())),
                Cow::Borrowed(&**statement),
                csv_cell(&known),
                Cow::Borrowed(&**depends_on),
            ];
            let _ = writeln!(out, "{}", cells.join(","));
        }
    }
    out
}

/// The cells of where actions can be done and by which statement, and the one of what that depends on.
fn group_to_csv(part: &PrivilegesPart, group: &AccessGroup) -> [String; 2] {
    let placed = group.by.and_then(|id| part.policies.place(id));
    let origin = placed.map(|placed| placed.origin);
    let at = placed.and_then(|placed| placed.place);
    let cells = [
        part.resource.as_deref().unwrap_or_default(),
        origin.map_or("", |origin| origin.policy.as_str()),
        origin.map_or("", |origin| origin.layer.as_str()),
        origin.and_then(|origin| origin.sid).unwrap_or_default(),
        &origin.map(|origin| origin.statement_index.to_string()).unwrap_or_default(),
        at.map_or("", |at| &at.source.name),
        &at.map(|at| at.at.line.to_string()).unwrap_or_default(),
    ];
    let depends_on = group.depends_on.iter().map(String::as_str).collect::<Vec<_>>().join(" ");
    [cells.map(csv_cell).join(","), csv_cell(&depends_on).into_owned()]
}
