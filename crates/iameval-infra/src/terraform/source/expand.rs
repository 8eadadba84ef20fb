//! `count`, `for_each` and dynamic blocks: how often something is there.

use super::evaluate::{Cause, Each, Evaluated, Evaluator, Failed, Instance, Key, Scope};
use super::expression::whole;
use super::folder::Resource;
use super::functions::order_of;
use super::syntax::{Block, Body, Expr, ExprKind};
use crate::terraform::facts::Facts;
use crate::terraform::resources::entry;
use crate::value::{Order, Switch, Value, ValueKind};
use iameval::symbol::{Symbol, SymbolKind};
use iameval::text::Span;
use std::rc::Rc;

/// How many instances there may be, all in all.
const MAX_INSTANCES: usize = 20_000;

/// How often something is there.
#[derive(Debug)]
pub(super) enum Keys {
    Single,
    /// So often, and the more of them only if a symbol says so.
    Count(usize, Vec<Option<Symbol>>),
    /// Once for each of these keys, with their values.
    Each(Vec<(String, Value, Option<Symbol>)>),
    /// Any number of times: what decides, and whether there is a key.
    Unknown(Symbol, bool),
}

/// What the key of an item is.
#[derive(Debug, Clone)]
pub(super) enum ItemKey {
    /// That of a list; a set has none.
    Number(Value),
    Key(Value),
    /// Which place it has is not certain.
    Unordered,
}

/// How members are addressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Single,
    List,
    Object,
    Unknown,
}

/// What a resource or a call comes to: members with their keys as they are written.
#[derive(Debug)]
pub(super) struct Expansion {
    pub(super) keys: Form,
    pub(super) members: Vec<(String, usize)>,
}

impl Keys {
    pub(super) fn form(&self) -> Form {
        match self {
            Self::Single => Form::Single,
            Self::Count(..) => Form::List,
            Self::Each(_) => Form::Object,
            Self::Unknown(..) => Form::Unknown,
        }
    }
}

impl Expansion {
    /// The member of a key; the only one without.
    pub(super) fn member(&self, key: Option<&Value>) -> Option<usize> {
        match (self.keys, key) {
            (Form::Single, None) => self.members.first().map(|(_, number)| *number),
            // The one that stands for all has the key that is not known either.
            (Form::Unknown, Some(Value { kind: ValueKind::Unknown(_), .. })) => {
                self.members.first().map(|(_, number)| *number)
            }
            (Form::List | Form::Object, Some(key)) => {
                let written = written(key)?;
                self.members.iter().find(|(known, _)| *known == written).map(|(_, number)| *number)
            }
            _ => None,
        }
    }

    /// Values of all members, as a list or an object; the value of the only one.
    pub(super) fn together(&self, values: Vec<(String, Value)>, span: Span) -> Option<Value> {
        let kind = match self.keys {
            Form::Single => return values.into_iter().next().map(|(_, value)| value),
            Form::List => ValueKind::List(values.into_iter().map(|(_, value)| value).collect()),
            Form::Object => {
                let bare = |key: &str| key.trim_start_matches("[\"").trim_end_matches("\"]").to_owned();
                ValueKind::Map(values.into_iter().map(|(key, value)| entry(&bare(&key), value)).collect())
            }
            Form::Unknown => return None,
        };
        Some(Value { span, kind })
    }
}

/// A key as it is written in an address.
fn written(key: &Value) -> Option<String> {
    match &key.kind {
        ValueKind::Number(text) => Some(format!("[{text}]")),
        ValueKind::Text(text) if text.text.bytes().all(|byte| byte.is_ascii_digit()) && !text.text.is_empty() => {
            Some(format!("[\"{}\"]", text.text))
        }
        ValueKind::Text(text) => Some(format!("[\"{}\"]", text.text.replace('\\', "\\\\").replace('"', "\\\""))),
        _ => None,
    }
}

impl<'t> Evaluator<'t, '_> {
    /// The member of a key. Of what a plan leaves out it is not certain that it is missing.
    pub(super) fn member(&self, expansion: &Expansion, key: Option<&Value>) -> Result<usize, Cause> {
        if let Some(number) = expansion.member(key) {
            return Ok(number);
        }
        let is_known = |text: &str| self.naming.symbols.within(text).next().is_none();
        let is_missing = match (expansion.keys, key.map(|key| &key.kind)) {
            (Form::List, Some(ValueKind::Number(number))) => number.bytes().all(|byte| byte.is_ascii_digit()),
            (Form::Object, Some(ValueKind::Text(text))) => is_known(&text.text),
            _ => false,
        };
        Err(if is_missing && self.facts.is_none() { Cause::Missing } else { Failed })
    }

    /// How often a resource or module is there.
    pub(super) fn keys(&mut self, scope: &Scope<'_>, body: &Body, head: Span) -> Result<Keys, Cause> {
        if let Some(attribute) = body.attribute("count") {
            let count = self.value(scope, &attribute.value);
            let keys = self.count(scope, &count, attribute.value.span)?;
            let count = match keys {
                Keys::Unknown(_, key) => Keys::Unknown(self.whole_or_own(scope, &count, &attribute.value), key),
                keys => keys,
            };
            if let Keys::Count(most, _) = &count
                && self.instances.len() + self.modules.len() + most > MAX_INSTANCES
            {
                let message = format!("more than {MAX_INSTANCES} instances: `count` is {most}");
                let help = "make it smaller, or make a plan and name that";
                return Err(self.wrong(scope.file, iameval::codes::OVER_LIMIT, attribute.value.span, message, help));
            }
            return Ok(count);
        }
        let Some(attribute) = body.attribute("for_each") else { return Ok(Keys::Single) };
        let each = self.value(scope, &attribute.value);
        let mut all = Vec::new();
        if self.each_of(&each, None, &mut all).is_err() {
            return Ok(Keys::Unknown(self.whole_or_own(scope, &each, &attribute.value), true));
        }
        if self.instances.len() + self.modules.len() + all.len() > MAX_INSTANCES {
            let message = format!("more than {MAX_INSTANCES} instances");
            let help = "make a plan and name that";
            return Err(self.wrong(scope.file, iameval::codes::OVER_LIMIT, head, message, help));
        }
        Ok(Keys::Each(all))
    }

    /// What decides how often something is there: the symbol that a value is, or one of its own, as for other values that
    /// have the same symbol in them.
    fn whole_or_own(&mut self, scope: &Scope<'_>, value: &Value, expr: &Expr) -> Symbol {
        if let ValueKind::Unknown(symbol) = value.kind {
            return symbol;
        }
        let name = self.name_of(scope, expr);
        self.naming.symbol(&name, SymbolKind::Input)
    }

    fn count(&mut self, scope: &Scope<'_>, count: &Value, span: Span) -> Result<Keys, Cause> {
        match &count.kind {
            ValueKind::Number(_) | ValueKind::Text(_) | ValueKind::Untyped(_) | ValueKind::Bool(_) => {
                let text = count.to_text().map(|text| text.text).unwrap_or_default();
                if let Some(symbol) = self.naming.symbols.within(&text).next() {
                    return Ok(Keys::Unknown(symbol, false));
                }
                let number = match &*text {
                    "true" => Some(1),
                    "false" => Some(0),
                    _ => whole(count),
                };
                let Some(number) = number else {
                    let message = format!("`count` is `{text}`");
                    return Err(self.wrong(
                        scope.file,
                        crate::codes::INVALID_SOURCE,
                        span,
                        message,
                        "it takes a whole number",
                    ));
                };
                Ok(Keys::Count(number, Vec::new()))
            }
            ValueKind::OneOf { on, choices } => {
                let mut counts: Vec<(usize, Vec<Option<Symbol>>)> = Vec::new();
                for choice in choices {
                    let count = match choice {
                        Some(choice) => self.count(scope, choice, span)?,
                        None => Keys::Count(0, Vec::new()),
                    };
                    match count {
                        Keys::Count(number, depends) => counts.push((number, depends)),
                        Keys::Unknown(symbol, key) => return Ok(Keys::Unknown(symbol, key)),
                        Keys::Single | Keys::Each(_) => {}
                    }
                }
                let most = counts.iter().map(|(number, _)| *number).max().unwrap_or(0);
                let depends = (0..most).map(|at| {
                    let is_there: Vec<bool> = counts.iter().map(|(number, _)| at < *number).collect();
                    let inner = counts.iter().any(|(_, depends)| depends.get(at).is_some_and(Option::is_some));
                    self.existence(*on, &is_there, inner)
                });
                let depends = depends.collect();
                Ok(Keys::Count(most, depends))
            }
            ValueKind::Unknown(symbol) => Ok(Keys::Unknown(*symbol, false)),
            _ => {
                let message = format!("`count` is {}", count.kind_in_words());
                Err(self.wrong(scope.file, crate::codes::INVALID_SOURCE, span, message, "it takes a whole number"))
            }
        }
    }

    /// The keys and values of what `for_each` is given; a symbol where they are not known.
    fn each_of(
        &mut self,
        value: &Value,
        only_if: Option<Symbol>,
        all: &mut Vec<(String, Value, Option<Symbol>)>,
    ) -> Result<(), Symbol> {
        let mut add = |key: &str, value: &Value, only_if: Option<Symbol>| {
            match all.iter_mut().find(|(known, ..)| known == key) {
                // What is there in any case depends on nothing.
                Some((_, _, depends)) => *depends = depends.and(only_if),
                None => all.push((key.to_owned(), value.clone(), only_if)),
            }
        };
        match &value.kind {
            ValueKind::Map(entries) => {
                for entry in entries {
                    if let Some(symbol) = self.naming.symbols.within(&entry.key.text).next() {
                        return Err(symbol);
                    }
                    add(&entry.key.text, &entry.value, only_if);
                }
                Ok(())
            }
            ValueKind::List(items) | ValueKind::Unordered(items) => {
                for item in items {
                    match &item.kind {
                        ValueKind::Text(text) => match self.naming.symbols.within(&text.text).next() {
                            Some(symbol) => return Err(symbol),
                            None => add(&text.text, item, only_if),
                        },
                        ValueKind::OneOf { on, choices } => {
                            let mut found: Vec<Vec<(String, Value, Option<Symbol>)>> = Vec::new();
                            for choice in choices {
                                let mut inner = Vec::new();
                                if let Some(choice) = choice {
                                    let list = Value { span: item.span, kind: ValueKind::List(vec![choice.clone()]) };
                                    self.each_of(&list, only_if, &mut inner)?;
                                }
                                found.push(inner);
                            }
                            for (key, value, depends) in found.iter().flatten() {
                                let is_there: Vec<bool> =
                                    found.iter().map(|inner| inner.iter().any(|(known, ..)| known == key)).collect();
                                let only_if = self.existence(*on, &is_there, depends.is_some());
                                add(key, value, only_if);
                            }
                        }
                        ValueKind::Unknown(symbol) => return Err(*symbol),
                        _ => {}
                    }
                }
                Ok(())
            }
            ValueKind::OneOf { on, choices } => {
                let mut found: Vec<Vec<(String, Value, Option<Symbol>)>> = Vec::new();
                for choice in choices {
                    let mut inner = Vec::new();
                    if let Some(choice) = choice {
                        self.each_of(choice, only_if, &mut inner)?;
                    }
                    found.push(inner);
                }
                for (key, value, depends) in found.iter().flatten() {
                    let in_all = found.iter().all(|inner| inner.iter().any(|(known, ..)| known == key));
                    if !all.iter().any(|(known, ..)| known == key) {
                        let same: Vec<&Value> = found
                            .iter()
                            .flatten()
                            .filter(|(known, ..)| known == key)
                            .map(|(_, value, _)| value)
                            .collect();
                        let is_same = same.windows(2).all(|pair| {
                            pair.first().map(|v| v.as_text()) == pair.last().map(|v| v.as_text())
                                && pair.iter().all(|v| v.as_text().is_some())
                        });
                        let value = if in_all && !is_same {
                            let of = |inner: &Vec<(String, Value, Option<Symbol>)>| {
                                inner.iter().find(|(known, ..)| known == key).map(|(_, value, _)| value.clone())
                            };
                            let choices = found.iter().map(of).collect();
                            Value { span: value.span, kind: ValueKind::OneOf { on: *on, choices } }
                        } else {
                            value.clone()
                        };
                        let is_there: Vec<bool> =
                            found.iter().map(|inner| inner.iter().any(|(known, ..)| known == key)).collect();
                        let only_if = self.existence(*on, &is_there, depends.is_some());
                        all.push((key.clone(), value, only_if));
                    }
                }
                Ok(())
            }
            ValueKind::Unknown(symbol) => Err(*symbol),
            ValueKind::Text(text) => match self.naming.symbols.within(&text.text).next() {
                Some(symbol) => Err(symbol),
                None => Ok(()),
            },
            ValueKind::Null | ValueKind::Bool(_) | ValueKind::Number(_) | ValueKind::Untyped(_) => Ok(()),
        }
    }

    /// What decides whether something is there that is there for some choices and not for others. For the first of two it is
    /// what decides between them; for others it is a symbol of its own, for what holds in a resource that is only there
    /// then is taken to be so for the first.
    fn existence(&mut self, on: Switch, is_there: &[bool], depends_more: bool) -> Option<Symbol> {
        match (is_there, on) {
            (all, _) if all.iter().all(|is_there| *is_there) && !depends_more => None,
            ([true, false], Switch::Alike(condition)) if !depends_more => Some(condition),
            _ => {
                let choices: Vec<&str> = is_there.iter().map(|is_there| if *is_there { "1" } else { "0" }).collect();
                let more = if depends_more { "?" } else { "" };
                let name = format!("{} ({}{more})", self.naming.symbols.name(on.symbol()), choices.concat());
                Some(self.naming.symbol(&name, SymbolKind::Input))
            }
        }
    }

    /// The members of something that is there so often: the key as it is written, what `each` and `count` mean, and what
    /// decides whether it is there.
    pub(super) fn members(
        &mut self,
        scope: &Scope<'_>,
        keys: &Keys,
        address: &str,
    ) -> Vec<(String, Each, Option<Symbol>)> {
        if let Some(facts) = self.facts {
            return self.members_of_plan(facts, scope, keys, address);
        }
        self.members_of_source(scope, keys, address)
    }

    /// Those members that a plan has.
    fn members_of_plan(
        &mut self,
        facts: &Facts<'_>,
        scope: &Scope<'_>,
        keys: &Keys,
        address: &str,
    ) -> Vec<(String, Each, Option<Symbol>)> {
        if let Keys::Unknown(_, has_key) = keys {
            let of_key = |this: &mut Self, key: String| {
                let span = Span::START;
                let bare = key.trim_start_matches('[').trim_end_matches(']').to_owned();
                let each = if *has_key {
                    let symbol = this.naming.symbol(&format!("{address}{key} each.value"), SymbolKind::Input);
                    Each {
                        key: Some(Value::text(span, bare.trim_matches('"'))),
                        value: Some(Value { span, kind: ValueKind::Unknown(symbol) }),
                        index: None,
                    }
                } else {
                    Each { index: Some(Value { span, kind: ValueKind::Number(bare) }), ..Each::default() }
                };
                (key, each, None)
            };
            return facts.keys(address).into_iter().map(|key| of_key(self, key)).collect();
        }
        let is_module = address.rsplit_once('.').is_some_and(|(before, _)| before.ends_with("module"));
        let members = self.members_of_source(scope, keys, address);
        let is_there = |key: &str| match key {
            // A module may have nothing in it.
            "" => is_module || facts.has(address),
            key => facts.keys(address).iter().any(|known| known == key),
        };
        let there = members.into_iter().filter(|(key, ..)| is_there(key));
        there.map(|(key, each, _)| (key, each, None)).collect()
    }

    fn members_of_source(
        &mut self,
        scope: &Scope<'_>,
        keys: &Keys,
        address: &str,
    ) -> Vec<(String, Each, Option<Symbol>)> {
        let span = Span::START;
        let text = |text: &str| Value::text(span, text);
        match keys {
            Keys::Single => {
                let each = scope.each.cloned().unwrap_or_default();
                vec![(String::new(), Each { index: None, ..each }, None)]
            }
            Keys::Count(count, depends) => (0..*count)
                .map(|number| {
                    let index = Value { span, kind: ValueKind::Number(number.to_string()) };
                    let each = Each { index: Some(index), ..Each::default() };
                    (format!("[{number}]"), each, depends.get(number).copied().flatten())
                })
                .collect(),
            Keys::Each(all) => all
                .iter()
                .map(|(key, value, only_if)| {
                    let each = Each { key: Some(text(key)), value: Some(value.clone()), index: None };
                    (written(&text(key)).unwrap_or_default(), each, *only_if)
                })
                .collect(),
            Keys::Unknown(symbol, has_key) => {
                let mut unknown = |what: &str, kind| {
                    let symbol = self.naming.symbol(&format!("{address}[*] {what}"), kind);
                    Value { span, kind: ValueKind::Unknown(symbol) }
                };
                let each = if *has_key {
                    Each {
                        key: Some(unknown("each.key", SymbolKind::Input)),
                        value: Some(unknown("each.value", SymbolKind::Input)),
                        index: None,
                    }
                } else {
                    Each { index: Some(unknown("count.index", SymbolKind::Input)), ..Each::default() }
                };
                vec![("[*]".to_owned(), each, Some(*symbol))]
            }
        }
    }

    /// The instances of a resource or data source.
    pub(super) fn expansion(
        &mut self,
        module: usize,
        resource: &'t Resource,
        at: (usize, Span),
        depth: u32,
    ) -> Result<Rc<Expansion>, Cause> {
        let name = resource.in_module();
        if let Some(known) = self.expansions.get(&(module, name.clone())) {
            return Ok(known.clone());
        }
        let key = Key::Expansion(name.clone());
        let mut made = None;
        self.known(module, key, at, |this| {
            let scope = Self::scope_of(module, resource.file, depth);
            let keys = this.keys(&scope, &resource.body, resource.head)?;
            let around = this.prefix(module);
            let outer = this.modules.get(module).and_then(|module| module.only_if);
            let mut expansion = Expansion { keys: keys.form(), members: Vec::new() };
            for (key, each, only_if) in this.members(&scope, &keys, &format!("{around}{name}")) {
                let number = this.instances.len();
                this.instances.push(Instance {
                    module,
                    resource,
                    each,
                    address: format!("{around}{name}{key}"),
                    only_if: only_if.or(outer),
                    identity: None,
                });
                expansion.members.push((key, number));
            }
            made = Some(Rc::new(expansion));
            Ok((Value { span: resource.head, kind: ValueKind::Null }, resource.file))
        })?;
        let expansion = made.ok_or(Failed)?;
        self.expansions.insert((module, name), expansion.clone());
        Ok(expansion)
    }

    /// The blocks of a kind in a body, those that are dynamic as well, each as an object of what is in it.
    pub(super) fn blocks(&mut self, scope: &Scope<'_>, body: &Body, kind: &str) -> Vec<Value> {
        let mut all = Vec::new();
        for block in &body.blocks {
            if block.kind == kind {
                all.push(self.object(scope, &block.body, block.span));
            } else if block.kind == "dynamic" && block.labels.first().is_some_and(|label| label == kind) {
                self.dynamic(scope, block, kind, &mut all);
            }
        }
        all
    }

    fn dynamic(&mut self, scope: &Scope<'_>, block: &Block, kind: &str, all: &mut Vec<Value>) {
        let (Some(each), Some(content)) = (block.body.attribute("for_each"), block.body.blocks("content").next())
        else {
            return;
        };
        let iterator = match block.body.attribute("iterator").map(|attribute| &attribute.value.kind) {
            Some(ExprKind::Variable(name)) => name.clone(),
            // In JSON it is a text.
            Some(ExprKind::Text(name)) => name.text.clone(),
            _ => kind.to_owned(),
        };
        let given = self.value(scope, &each.value);
        let is_set = self.is_set(scope, &each.value);
        let made = self.for_each_item(scope, &given, each.value.span, &mut |this, key, value| {
            let span = block.span;
            let key = this.key_of_item(scope, &each.value, is_set, key, &value);
            let both = Value { span, kind: ValueKind::Map(vec![entry("key", key), entry("value", value)]) };
            let frame = super::evaluate::Frame { name: &iterator, value: both, is_set: None, outer: scope.frame };
            Ok(this.object(&scope.with(&frame), &content.body, content.span))
        });
        match made {
            Ok((items, _)) => all.extend(items),
            Err(_) => all.push(self.unnamed(scope, &each.value)),
        }
    }

    /// The key of an item: that of a set is the item itself, and whether a list was a set is not always known.
    pub(super) fn key_of_item(
        &mut self,
        scope: &Scope<'_>,
        of: &Expr,
        is_set: Option<bool>,
        key: ItemKey,
        item: &Value,
    ) -> Value {
        match (key, is_set) {
            (ItemKey::Key(key), _) | (ItemKey::Number(key), Some(false)) => key,
            (ItemKey::Number(_) | ItemKey::Unordered, Some(true)) => item.clone(),
            (ItemKey::Number(_) | ItemKey::Unordered, _) => self.unnamed(scope, of),
        }
    }

    /// Everything that stands in a body, as an object; blocks are lists.
    pub(super) fn object(&mut self, scope: &Scope<'_>, body: &Body, span: Span) -> Value {
        let mut entries = Vec::new();
        let Ok(scope) = self.deeper(scope, span) else { return Value { span, kind: ValueKind::Map(entries) } };
        for attribute in &body.attributes {
            let value = self.value(&scope, &attribute.value);
            entries.push(entry(&attribute.name, value));
        }
        let mut kinds: Vec<&str> = Vec::new();
        for block in &body.blocks {
            let kind =
                if block.kind == "dynamic" { block.labels.first().map_or("", |label| label) } else { &block.kind };
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        for kind in kinds {
            let items = self.blocks(&scope, body, kind);
            let span = items.first().map_or(span, |item| item.span);
            entries.push(entry(kind, Value { span, kind: ValueKind::List(items) }));
        }
        Value { span, kind: ValueKind::Map(entries) }
    }

    /// Something for each item of a list or object: what it comes to, where the items are known, and whether their order is
    /// certain.
    pub(super) fn for_each_item(
        &mut self,
        scope: &Scope<'_>,
        value: &Value,
        span: Span,
        make: &mut dyn FnMut(&mut Self, ItemKey, Value) -> Evaluated,
    ) -> Result<(Vec<Value>, Order), Cause> {
        let scope = self.deeper(scope, span)?;
        let (mut items_made, mut order) = (Vec::new(), Order::Certain);
        match &value.kind {
            ValueKind::List(items) | ValueKind::Unordered(items) => {
                order = value.items().map_or(Order::Open, |(_, order)| order);
                for (number, item) in items.iter().enumerate() {
                    let number = Value { span: item.span, kind: ValueKind::Number(number.to_string()) };
                    let key = if order == Order::Open { ItemKey::Unordered } else { ItemKey::Number(number) };
                    if let ValueKind::OneOf { on, choices } = &item.kind {
                        let mut alternatives = Vec::new();
                        for choice in choices {
                            alternatives.push(match choice {
                                Some(choice) => Some(make(self, key.clone(), choice.clone())?),
                                None => None,
                            });
                        }
                        items_made
                            .push(Value { span: item.span, kind: ValueKind::OneOf { on: *on, choices: alternatives } });
                    } else {
                        items_made.push(make(self, key, item.clone())?);
                    }
                }
            }
            ValueKind::Map(entries) => {
                order = order_of(entries, self.naming.symbols).ok_or(Failed)?;
                let mut entries: Vec<_> = entries.iter().collect();
                entries.sort_by(|left, right| left.key.text.cmp(&right.key.text));
                for entry in entries {
                    let key = Value { span: entry.key_span, kind: ValueKind::Text(entry.key.clone()) };
                    items_made.push(make(self, ItemKey::Key(key), entry.value.clone())?);
                }
            }
            ValueKind::OneOf { on, choices } => {
                for (at, choice) in choices.iter().enumerate() {
                    let Some(choice) = choice else { continue };
                    let (items, own) = self.for_each_item(&scope, choice, span, make)?;
                    order = order.max(own);
                    for item in items {
                        let mut alternatives = vec![None; choices.len()];
                        if let Some(place) = alternatives.get_mut(at) {
                            *place = Some(item);
                        }
                        items_made.push(Value { span, kind: ValueKind::OneOf { on: *on, choices: alternatives } });
                    }
                }
            }
            _ => return Err(Failed),
        }
        self.grow(&scope, span, items_made.iter().map(Value::size).sum())?;
        Ok((items_made, order))
    }
}
