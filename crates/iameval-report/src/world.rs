//! What is in a world, as text and as JSON: `{"schema": "iameval/world/1", …}`; where it comes from, and what of it is not
//! known.

mod symbols;

use crate::escape::plain;
use crate::json::{number, optional};
use crate::layout::columns;
use crate::located::Places;
use crate::names::{named, named_in};
use crate::style::Style;
use iameval::PolicyKind;
use iameval::json::{Node, Value};
use iameval::symbol::Symbols;
use iameval::text::Position;
use iameval_world::{
    Attached, Holder, LoadedPolicy, Origin, Via, World, WorldAccount, WorldEndpoint, WorldLevel, WorldPolicy,
    WorldPrincipal, WorldResource,
};
use std::fmt::Write;
use std::sync::Arc;
use symbols::{of_policy, symbols_in};
pub use symbols::{symbols_to_json, symbols_to_text};

/// Who and what has a policy, in words: `attached to ana and to group Developers`.
pub fn holders_in_words(holders: &[Holder]) -> String {
    const FEW: usize = 5;
    let names: Vec<String> = holders.iter().filter_map(|holder| holder_in_words(&holder.via)).collect();
    let shown = names.get(..names.len().min(FEW)).unwrap_or_default().join(", ");
    match names.len().saturating_sub(FEW) {
        0 => format!("attached to {shown}"),
        more => format!("attached to {shown} and {more} more"),
    }
}

fn holder_in_words(via: &Via) -> Option<String> {
    match via {
        Via::Flag => None,
        Via::Attached(name) => Some(name.to_string()),
        Via::Group(name) => Some(format!("group {name}")),
    }
}

/// A policy that someone has, and as what.
fn held(principal: &WorldPrincipal) -> impl Iterator<Item = (PolicyKind, &Attached)> {
    let of = |kind| move |attached| (kind, attached);
    let identity = principal.identity().iter().map(of(PolicyKind::Identity));
    let boundary = principal.boundary().into_iter().map(of(PolicyKind::PermissionsBoundary));
    let session = principal.session().iter().map(of(PolicyKind::Session));
    let scope_down = principal.scope_down().iter().map(of(PolicyKind::ScopeDown));
    let trust = principal.trust().into_iter().map(of(PolicyKind::RoleTrust));
    identity.chain(boundary).chain(session).chain(scope_down).chain(trust)
}

/// The ARN of a principal; services and some others have none.
fn arn(principal: &WorldPrincipal) -> Option<&str> {
    principal.principal().id().filter(|id| id.starts_with("arn:"))
}

/// What is in the world as lines of text, each ended.
pub fn world_to_text(world: &World, style: Style) -> String {
    let mut places = Places::default();
    let symbols = world.symbols();
    let principals = world.principals().iter();
    let resources = world.resources().iter();
    let endpoints = world.endpoints().iter();
    let policies = world.policies().iter();
    let sections: [(&str, Vec<Row>); 5] = [
        (
            "principals",
            with_addresses(principals.map(|(name, known)| (principal_row(name, known), known.origin())).collect()),
        ),
        (
            "resources",
            with_addresses(resources.map(|(name, known)| (resource_row(name, known), known.origin.as_ref())).collect()),
        ),
        ("accounts", account_rows(world)),
        (
            "endpoints",
            with_addresses(endpoints.map(|(name, known)| (endpoint_row(name, known), known.origin.as_ref())).collect()),
        ),
        ("policies", policies.map(|known| policy_row(known, symbols, &mut places)).collect()),
    ];
    let filled = sections.into_iter().filter(|(_, rows)| !rows.is_empty());
    let texts = filled.map(|(title, rows)| format!("{}\n{}", style.heading(title), table(&rows, symbols)));
    let mut texts: Vec<String> = texts.collect();
    if let Some(symbols) = symbols {
        let count = symbols.len();
        let (things, are) = if count == 1 { ("thing", "is") } else { ("things", "are") };
        texts.push(format!("{count} {things} {are} not known before the deployment: `--symbols` lists them\n"));
    }
    texts.join("\n")
}

/// The cells of a line.
type Row = Vec<String>;

/// The rows, where some come of infrastructure code with their addresses before the last column.
fn with_addresses(rows: Vec<(Row, Option<&Origin>)>) -> Vec<Row> {
    let has_any = rows.iter().any(|(_, origin)| origin.is_some());
    let with = |(mut row, origin): (Row, Option<&Origin>)| {
        if has_any {
            let address = origin.map_or_else(|| "-".to_owned(), |origin| origin.address.clone());
            row.insert(row.len().saturating_sub(1), address);
        }
        row
    };
    rows.into_iter().map(with).collect()
}

/// Rows with their columns under each other.
fn table(rows: &[Row], symbols: Option<&Arc<Symbols>>) -> String {
    let shown = |cell: &String| plain(&named(cell, symbols));
    let rows: Vec<Row> = rows.iter().map(|row| row.iter().map(shown).collect()).collect();
    let mut widths: Vec<usize> = Vec::new();
    for row in &rows {
        for (column, cell) in row.iter().enumerate() {
            match widths.get_mut(column) {
                Some(width) => *width = columns(cell).max(*width),
                None => widths.push(columns(cell)),
            }
        }
    }
    let mut out = String::new();
    for row in &rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            let room = width.saturating_sub(columns(cell));
            let _ = write!(line, "  {cell}{:room$}", "");
        }
        let _ = writeln!(out, "{}", line.trim_end());
    }
    out
}

fn names<'p>(policies: impl IntoIterator<Item = &'p Attached>) -> impl Iterator<Item = String> {
    policies.into_iter().map(|attached| attached.policy.name.clone())
}

fn or_dash(texts: impl Iterator<Item = String>) -> String {
    let texts: Vec<String> = texts.collect();
    if texts.is_empty() { "-".into() } else { texts.join(", ") }
}

fn principal_row(name: &str, known: &WorldPrincipal) -> Row {
    let policies = held(known).map(|(kind, attached)| {
        let kind = if kind == PolicyKind::Identity { String::new() } else { format!("{} ", kind.as_str()) };
        match &attached.via {
            Via::Group(group) => format!("{kind}{} (group {group})", attached.policy.name),
            _ => format!("{kind}{}", attached.policy.name),
        }
    });
    vec![name.to_owned(), known.principal().to_string(), or_dash(policies)]
}

fn resource_row(name: &str, known: &WorldResource) -> Row {
    let account = known.account.map_or("-".to_owned(), |account| account.to_string());
    vec![name.to_owned(), known.arn.to_string(), account, or_dash(names(&known.policy))]
}

fn endpoint_row(name: &str, known: &WorldEndpoint) -> Row {
    vec![
        name.to_owned(),
        if known.gateway { "gateway" } else { "interface" }.to_owned(),
        or_dash(names(&known.policies)),
    ]
}

fn account_rows(world: &World) -> Vec<Row> {
    let levels = |kind: &str, levels: &[WorldLevel]| {
        let levels = levels.iter().map(|level| format!("{}: {}", level.name, or_dash(names(&level.policies))));
        let levels: Vec<String> = levels.collect();
        if levels.is_empty() { String::new() } else { format!("{kind} {}", levels.join("; ")) }
    };
    let row = |name: String, known: &WorldAccount| {
        let path = known.path.clone().or(known.organization.clone()).unwrap_or_else(|| "-".into());
        vec![name, path, levels("scp", &known.scps), levels("rcp", &known.rcps)]
    };
    let organization = world.organization().map(|known| row("(organization)".into(), known));
    let members = world.member_accounts().iter().map(|(id, known)| row(id.to_string(), known));
    let mut rows: Vec<Row> = organization.into_iter().chain(members).collect();
    if let Some(own) = world.account().filter(|own| !world.member_accounts().contains_key(own)) {
        rows.push(vec![own.to_string(), "of the world".into()]);
    }
    rows
}

fn policy_row<'w>(known: &'w WorldPolicy, symbols: Option<&Arc<Symbols>>, places: &mut Places<'w>) -> Row {
    let kinds: Vec<&str> = known.kinds.iter().map(|kind| kind.as_str()).collect();
    let kinds = if kinds.is_empty() { "unused".to_owned() } else { kinds.join(", ") };
    let place =
        place(&known.policy, places).map(|at| format!("{}:{}:{}", known.policy.source.name, at.line, at.column));
    let mut row = vec![known.policy.name.clone(), kinds, place.unwrap_or_else(|| "unknown document".into())];
    row.extend(known.policy.origin().map(|origin| origin.address.clone()));
    if let Some(symbols) = symbols {
        let names: Vec<&str> =
            of_policy(&known.policy, symbols).into_iter().map(|symbol| symbols.name(symbol)).collect();
        row.extend((!names.is_empty()).then(|| format!("unknown: {}", names.join(", "))));
    }
    row
}

/// Where the document begins; `None` where it is not known.
fn place<'w>(policy: &'w LoadedPolicy, places: &mut Places<'w>) -> Option<Position> {
    places.place(&policy.source, policy.document().span()).map(|place| place.start)
}

/// What is in the world as one document; print it with `{:#}`.
pub fn world_to_json(world: &World) -> Node<'_> {
    let mut places = Places::default();
    let symbols = world.symbols();
    let policies = world.policies().iter().map(|known| policy_to_json(known, symbols, &mut places));
    let policies: Vec<Node<'_>> = policies.collect();
    let principals = world.principals().iter().map(|(name, known)| principal_to_json(name, known));
    let resources = world.resources().iter().map(|(name, known)| {
        Node::object([
            ("name", Node::string(&**name)),
            ("arn", Node::string(known.arn.as_str())),
            ("account", optional(known.account.map(|account| Node::string(account.to_string())))),
            ("policy", optional(known.policy.as_ref().map(|attached| Node::string(&*attached.policy.name)))),
            ("tags", Node::array(known.tags.iter().map(|(key, value)| tag_to_json(key, value)))),
            ("address", address(known.origin.as_ref())),
        ])
    });
    let endpoints = world.endpoints().iter().map(|(name, known)| {
        Node::object([
            ("name", Node::string(&**name)),
            ("gateway", Node::new(Value::Bool(known.gateway))),
            ("policies", names_to_json(&known.policies)),
            ("address", address(known.origin.as_ref())),
        ])
    });
    let own = world.account().filter(|own| !world.member_accounts().contains_key(own));
    let own = own.map(|own| account_to_json(Some(own.to_string()), world.account_facts(own)));
    let members = world.member_accounts().iter();
    let members = members.map(|(id, known)| account_to_json(Some(id.to_string()), Some(known)));
    let organization = world.organization().map(|known| account_to_json(None, Some(known)));
    let listed = Node::object([
        ("schema", Node::string(SCHEMA)),
        ("account", optional(world.account().map(|account| Node::string(account.to_string())))),
        ("principals", Node::array(principals)),
        ("policies", Node::array(policies)),
        ("resources", Node::array(resources)),
        ("accounts", Node::array(own.into_iter().chain(members))),
        ("organization", optional(organization)),
        ("endpoints", Node::array(endpoints)),
        ("symbols", symbols_in(world)),
    ]);
    named_in(listed, symbols)
}

const SCHEMA: &str = "iameval/world/1";

/// Where infrastructure code defines it.
fn address(origin: Option<&Origin>) -> Node<'_> {
    optional(origin.map(|origin| Node::string(&*origin.address)))
}

fn principal_to_json<'w>(name: &'w str, known: &'w WorldPrincipal) -> Node<'w> {
    let policies = held(known).map(|(kind, attached)| {
        let group = match &attached.via {
            Via::Group(group) => Some(Node::string(&**group)),
            _ => None,
        };
        Node::object([
            ("name", Node::string(&*attached.policy.name)),
            ("kind", Node::string(kind.as_str())),
            ("group", optional(group)),
        ])
    });
    Node::object([
        ("name", Node::string(name)),
        ("principal", Node::string(known.principal().to_string())),
        ("arn", optional(arn(known).map(Node::string))),
        ("policies", Node::array(policies)),
        ("tags", Node::array(known.tags().iter().map(|(key, value)| tag_to_json(key, value)))),
        ("address", address(known.origin())),
    ])
}

/// A policy that is attached as several kinds has the first of them as its kind.
fn policy_to_json<'w>(known: &'w WorldPolicy, symbols: Option<&'w Arc<Symbols>>, places: &mut Places<'w>) -> Node<'w> {
    let policy = &known.policy;
    let kinds = || known.kinds.iter().map(|kind| Node::string(kind.as_str()));
    let document = (!policy.is_unknown()).then(|| policy.document().to_json());
    let unknown = symbols
        .into_iter()
        .flat_map(|symbols| of_policy(policy, symbols).into_iter().map(|symbol| Node::string(symbols.name(symbol))));
    let place = place(policy, places).map(|at| {
        Node::object([
            ("file", Node::string(&*policy.source.name)),
            ("line", number(at.line)),
            ("column", number(at.column)),
        ])
    });
    Node::object([
        ("name", Node::string(&*policy.name)),
        ("kind", optional(kinds().next())),
        ("kinds", Node::array(kinds())),
        ("document", optional(document)),
        ("place", optional(place)),
        ("address", address(policy.origin())),
        ("symbols", Node::array(unknown)),
    ])
}

/// An account, or without an id what holds for all that say nothing else; of one outside the organization little is known.
fn account_to_json(id: Option<String>, known: Option<&WorldAccount>) -> Node<'_> {
    let text = |of: fn(&WorldAccount) -> Option<&str>| optional(known.and_then(of).map(Node::string));
    let flag =
        |of: fn(&WorldAccount) -> Option<bool>| optional(known.and_then(of).map(|value| Node::new(Value::Bool(value))));
    let levels = |of: fn(&WorldAccount) -> &[WorldLevel]| levels_to_json(known.map(of).unwrap_or_default());
    let members = [
        ("organization", text(|known| known.organization.as_deref())),
        ("path", text(|known| known.path.as_deref())),
        ("management", flag(|known| known.management)),
        ("delegated_administrator", flag(|known| known.delegated_administrator)),
        ("scps", levels(|known| &known.scps)),
        ("rcps", levels(|known| &known.rcps)),
    ];
    Node::object(id.map(|id| ("id", Node::string(id))).into_iter().chain(members))
}

fn levels_to_json(levels: &[WorldLevel]) -> Node<'_> {
    Node::array(levels.iter().map(|WorldLevel { name, policies, .. }| {
        Node::object([("name", Node::string(&**name)), ("policies", names_to_json(policies))])
    }))
}

fn names_to_json(policies: &[Attached]) -> Node<'_> {
    Node::array(policies.iter().map(|attached| Node::string(&*attached.policy.name)))
}

fn tag_to_json<'w>(key: &'w str, value: &'w str) -> Node<'w> {
    Node::object([("key", Node::string(key)), ("value", Node::string(value))])
}
