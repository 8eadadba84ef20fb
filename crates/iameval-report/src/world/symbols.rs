//! What is not known in a world: what is certain of it, where it matters, and what would settle it.

use super::{Row, SCHEMA, table};
use crate::json::number;
use crate::style::Style;
use iameval::Statement;
use iameval::json::{Node, Value};
use iameval::symbol::{Symbol, SymbolKind, Symbols};
use iameval_world::{LoadedPolicy, World};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// What is not known in the world as lines of text, each ended.
pub fn symbols_to_text(world: &World, style: Style) -> String {
    let uses = Use::all(world);
    let row = |known: &Use<'_>| -> Row {
        vec![known.name.to_owned(), known.what.to_owned(), known.in_words(), known.settle.to_string()]
    };
    let rows: Vec<Row> = uses.iter().map(row).collect();
    if rows.is_empty() {
        return "everything is known\n".into();
    }
    format!("{}\n{}", style.heading("not known"), table(&rows, None))
}

/// What is not known in the world as one document; print it with `{:#}`.
pub fn symbols_to_json(world: &World) -> Node<'_> {
    Node::object([("schema", Node::string(SCHEMA)), ("symbols", symbols_in(world))])
}

/// What is not known as a member of what is in the world.
pub(super) fn symbols_in(world: &World) -> Node<'_> {
    Node::array(Use::all(world).into_iter().map(|known| {
        Node::object([
            ("name", Node::string(known.name)),
            ("kind", Node::string(word(known.kind))),
            ("policies", number(known.policies)),
            ("principals", number(known.principals)),
            ("resources", number(known.resources)),
            ("settle", Node::string(known.settle)),
        ])
    }))
}

fn word(kind: SymbolKind) -> &'static str {
    match kind {
        SymbolKind::Input => "input",
        SymbolKind::Text => "text",
        SymbolKind::Path => "path",
        SymbolKind::Name => "name",
        SymbolKind::Region => "region",
        SymbolKind::Account => "account",
    }
}

/// Where something that is not known stands.
struct Use<'w> {
    name: &'w str,
    kind: SymbolKind,
    what: &'w str,
    settle: Cow<'w, str>,
    policies: usize,
    principals: usize,
    resources: usize,
}

impl<'w> Use<'w> {
    fn all(world: &'w World) -> Vec<Self> {
        let Some(symbols) = world.symbols() else { return Vec::new() };
        let unused = |symbol| Use {
            name: symbols.name(symbol),
            kind: symbols.kind(symbol),
            what: symbols.what(symbol),
            settle: symbols.settle(symbol),
            policies: 0,
            principals: 0,
            resources: 0,
        };
        let mut uses: BTreeMap<Symbol, Self> = symbols.iter().map(|symbol| (symbol, unused(symbol))).collect();
        let mut count = |within: BTreeSet<Symbol>, add: fn(&mut Use<'w>)| {
            within.iter().filter_map(|symbol| uses.get_mut(symbol).map(add)).count()
        };
        for known in world.policies() {
            count(of_policy(&known.policy, symbols), |known| known.policies += 1);
        }
        for principal in world.principals().values() {
            let mut within: BTreeSet<Symbol> = symbols.within(&principal.principal().to_string()).collect();
            within.extend(of_tags(principal.tags(), symbols));
            count(within, |known| known.principals += 1);
        }
        for resource in world.resources().values() {
            let mut within: BTreeSet<Symbol> = symbols.within(resource.arn.as_str()).collect();
            within.extend(of_tags(&resource.tags, symbols));
            count(within, |known| known.resources += 1);
        }
        // What is used nowhere matters to no answer.
        uses.into_values().filter(|known| known.policies + known.principals + known.resources > 0).collect()
    }

    /// `2 policies, 1 principal`
    fn in_words(&self) -> String {
        let counted = [
            (self.policies, "policy", "policies"),
            (self.principals, "principal", "principals"),
            (self.resources, "resource", "resources"),
        ];
        let counted = counted.into_iter().filter(|(count, ..)| *count > 0);
        let words: Vec<String> = counted
            .map(|(count, one, several)| format!("{count} {}", if count == 1 { one } else { several }))
            .collect();
        if words.is_empty() { "-".into() } else { words.join(", ") }
    }
}

fn of_tags<'s>(tags: &'s [(String, String)], symbols: &'s Symbols) -> impl Iterator<Item = Symbol> + 's {
    tags.iter().flat_map(|(key, value)| symbols.within(key).chain(symbols.within(value)))
}

/// What is not known in a policy, or of which statements in it depend.
pub(super) fn of_policy(policy: &LoadedPolicy, symbols: &Symbols) -> BTreeSet<Symbol> {
    let mut all = BTreeSet::new();
    gather(&policy.document().to_json(), symbols, &mut all);
    all.extend(policy.document().statements().iter().flat_map(Statement::only_if).map(|only_if| only_if.symbol()));
    all
}

fn gather(node: &Node<'_>, symbols: &Symbols, all: &mut BTreeSet<Symbol>) {
    match &node.value {
        Value::String(text) => all.extend(symbols.within(text)),
        Value::Array(items) => items.iter().for_each(|item| gather(item, symbols, all)),
        Value::Object(members) => {
            for member in members {
                all.extend(symbols.within(&member.key));
                gather(&member.value, symbols, all);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
