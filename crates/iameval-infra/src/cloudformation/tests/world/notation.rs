//! Stacks written by hand, without the functions of templates: `<NAME>` in a text is a symbol, that of a name unless it is
//! called a parameter, and so is `{"unknown":
//! NAME}`; `{"if": [NAME, ONE, OTHER]}` is a choice, and `"nothing"` in it nothing.

use crate::stack::{Language, Location, Resource, Stack};
use crate::value::{Entry, Text, Value, ValueKind};
use iameval::json::{self, Member, Node};
use iameval::symbol::{SymbolKind, Symbols};
use iameval::text::Span;
use iameval_world::Source;
use std::rc::Rc;
use std::sync::Arc;

/// The stack of that name in the account 111111111111.
pub(super) fn stack(name: &str, text: &str, symbols: &mut Symbols) -> Stack {
    let source = Source::new(format!("{name}.json"), text);
    let tree = json::parse(text).unwrap();
    let resources = tree.get("Resources").unwrap().members().unwrap();
    let location =
        Rc::new(Location { account: "111111111111".into(), region: "eu-west-1".into(), partition: "aws".into() });
    let resources = resources.iter().map(|member| resource(member, text, &location, symbols)).collect();
    Stack { name: name.into(), source, language: Language::CloudFormation, location, resources }
}

fn resource(member: &Member<'_>, template: &str, location: &Rc<Location>, symbols: &mut Symbols) -> Resource {
    let node = &member.value;
    let text = |name: &str| node.get(name).and_then(Node::as_str).map(str::to_owned);
    let kind = text("Type").unwrap();
    let id = member.key.to_string();
    let own = || format!("<{id}>");
    let reference = symbolic(&text("Ref").unwrap_or_else(own), symbols);
    let properties = node.get("Properties").map_or_else(
        || Value { span: node.span, kind: ValueKind::Map(Vec::new()) },
        |node| value(node, template, symbols),
    );
    Resource {
        id_span: member.key_span,
        span: node.span,
        only_if: text("Condition").map(|name| symbols.define(&name, SymbolKind::Input).unwrap()),
        arn: text("Arn").map(|arn| symbolic(&arn, symbols)),
        construct_path: text("Path"),
        source: None,
        written_kind: None,
        further_names: Vec::new(),
        location: location.clone(),
        properties,
        reference,
        kind,
        id,
    }
}

fn symbolic(text: &str, symbols: &mut Symbols) -> String {
    let mut rest = text;
    let mut out = String::new();
    while let Some((before, (name, after))) = rest.split_once('<').and_then(|(a, b)| Some((a, b.split_once('>')?))) {
        out += before;
        let kind = if name.contains("Parameter") { SymbolKind::Input } else { SymbolKind::Name };
        out += &symbols.define(name, kind).unwrap().to_string();
        rest = after;
    }
    out + rest
}

/// A value of that notation.
pub(super) fn value(node: &Node<'_>, template: &str, symbols: &mut Symbols) -> Value {
    let kind = match &node.value {
        json::Value::Null => ValueKind::Null,
        json::Value::Bool(value) => ValueKind::Bool(*value),
        json::Value::Number(text) => ValueKind::Number(text.to_string()),
        json::Value::String(text) => ValueKind::Text(self::text(text, node.span, template, symbols)),
        json::Value::Array(items) => ValueKind::List(items.iter().map(|item| value(item, template, symbols)).collect()),
        json::Value::Object(members) => match (members.first().map(|member| &*member.key), members.first()) {
            (Some("unknown"), Some(member)) => {
                ValueKind::Unknown(symbols.define(member.value.as_str().unwrap(), SymbolKind::Input).unwrap())
            }
            (Some("if"), Some(Member { value: Node { value: json::Value::Array(items), .. }, .. })) => {
                let (on, choices) = items.split_first().unwrap();
                let on = symbols.define(on.as_str().unwrap(), SymbolKind::Input).unwrap();
                let choice = |node: &Node<'_>| node.as_str() != Some("nothing");
                let choices = choices.iter().map(|node| choice(node).then(|| value(node, template, symbols))).collect();
                ValueKind::OneOf { on: on.into(), choices }
            }
            _ => ValueKind::Map(members.iter().map(|member| entry(member, template, symbols)).collect()),
        },
    };
    Value { span: node.span, kind }
}

fn entry(member: &Member<'_>, template: &str, symbols: &mut Symbols) -> Entry {
    Entry {
        key: text(&member.key, member.key_span, template, symbols),
        key_span: member.key_span,
        value: value(&member.value, template, symbols),
    }
}

/// A text, with the place of what stands in it before its first symbol or escape.
fn text(text: &str, span: Span, template: &str, symbols: &mut Symbols) -> Text {
    let raw = template.get(span.range()).unwrap();
    let inner = raw.trim_matches('"');
    let place = |from: usize, length: usize| {
        let start = span.start as usize + 1 + from;
        Span::new(start, start + length)
    };
    let plain = symbolic(text, symbols);
    let mut runs = Vec::new();
    // Runs between symbols and escapes.
    let (mut at, mut out, mut run) = (0, 0, (0, 0));
    let mut characters = inner.chars().peekable();
    while let Some(character) = characters.next() {
        let special = match character {
            '<' => {
                let length = 1 + characters.by_ref().take_while(|c| *c != '>').count() + 1;
                Some((length, 4))
            }
            '\\' => {
                characters.next();
                Some((2, 1))
            }
            _ => None,
        };
        let (length, made) = special.unwrap_or((character.len_utf8(), character.len_utf8()));
        if special.is_some() {
            if at > run.0 {
                runs.push((u32::try_from(run.1).unwrap(), place(run.0, at - run.0)));
            }
            run = (at + length, out + made);
        }
        at += length;
        out += made;
    }
    if at > run.0 {
        runs.push((u32::try_from(run.1).unwrap(), place(run.0, at - run.0)));
    }
    assert_eq!(out, plain.len(), "{text}");
    Text { text: plain, runs }
}

/// What symbols are of texts, shown.
pub(super) fn shown(symbols: &Symbols, text: &str) -> String {
    symbols.display(text).into_owned()
}

/// A world of stacks.
pub(super) fn world(stacks: &[(&str, &str)]) -> iameval_world::World {
    let mut builder = iameval_world::WorldBuilder::new();
    let symbols = builder.symbols();
    let stacks: Vec<Stack> = stacks.iter().map(|(name, text)| stack(name, text, symbols)).collect();
    if let Err(findings) = crate::world::add(&stacks, &std::collections::BTreeMap::new(), &mut builder) {
        panic!("{findings:#?}");
    }
    builder.build().unwrap()
}

/// The symbols of a world.
pub(super) fn symbols(world: &iameval_world::World) -> Arc<Symbols> {
    world.symbols().cloned().unwrap_or_default()
}
