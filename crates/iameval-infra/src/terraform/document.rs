//! `aws_iam_policy_document`: the document that its blocks are.

use crate::document::{Inside, inside};
use crate::value::{Entry, Text, Value, ValueKind};
use iameval::symbol::{OnlyIf, Symbol, Symbols};
use iameval::text::Span;

/// The document of the arguments of a data source `aws_iam_policy_document`.
pub(super) fn document(arguments: &Value, symbols: &Symbols) -> Value {
    let span = arguments.span;
    let made = Made { span, symbols };
    let mut merged = Merged { statements: Vec::new(), version: None, symbols };
    let before = ["source_json", "source_policy_documents"];
    before.iter().filter_map(|name| arguments.get(name)).for_each(|documents| merged.documents(documents));
    merged.statements(&made.statements(arguments.get("statement")));
    let after = ["override_json", "override_policy_documents"];
    after.iter().filter_map(|name| arguments.get(name)).for_each(|documents| merged.documents(documents));
    let own = arguments.get("version").filter(|version| !is_nothing(version)).cloned();
    let own = own.unwrap_or_else(|| Value::text(span, NEWEST));
    let version = newer(own, merged.version, symbols);
    let statements = Value { span, kind: ValueKind::List(merged.statements) };
    made.map(vec![made.entry("Version", version), made.entry("Statement", statements)])
}

/// The newest version of the policy language, which is the version of documents that say none.
const NEWEST: &str = "2012-10-17";

/// The older version, which makes no document newer.
const OLD: &str = "2008-10-17";

/// The newer one of two versions: documents that are put together have the newest of all.
fn newer(one: Value, other: Option<Value>, symbols: &Symbols) -> Value {
    let Some(other) = other else { return one };
    let known = |value: &Value| value.as_text().filter(|text| symbols.within(text).next().is_none()).map(str::to_owned);
    match (known(&one), known(&other)) {
        (Some(first), Some(second)) => {
            if first >= second {
                one
            } else {
                other
            }
        }
        // Nothing is newer.
        (Some(text), None) if text == NEWEST => one,
        (None, Some(text)) if text == NEWEST => other,
        // It is that, or newer.
        (None, _) => one,
        (_, None) => other,
    }
}

/// Whether an argument is not given.
pub(super) fn is_nothing(value: &Value) -> bool {
    match &value.kind {
        ValueKind::Null => true,
        ValueKind::Text(text) => text.text.is_empty(),
        ValueKind::List(items) => items.is_empty(),
        ValueKind::OneOf { choices, .. } => choices.iter().all(Option::is_none),
        _ => false,
    }
}

/// Statements of several documents, of which later ones replace those of the same `Sid`.
struct Merged<'s> {
    statements: Vec<Value>,
    version: Option<Value>,
    symbols: &'s Symbols,
}

impl Merged<'_> {
    /// A document, or a list of documents.
    fn documents(&mut self, value: &Value) {
        match &value.kind {
            ValueKind::List(items) | ValueKind::Unordered(items) => items.iter().for_each(|item| self.documents(item)),
            ValueKind::Text(text) if text.text.is_empty() => {}
            ValueKind::Text(text) => match inside(text, value.span, self.symbols) {
                Ok(Inside::Value(inner)) if !matches!(inner.kind, ValueKind::Text(_)) => self.documents(&inner),
                Ok(Inside::Unknown(symbol)) => self.unknown_document(symbol, value.span),
                // The provider refuses it; here it is refused as a statement.
                _ => self.statements.push(value.clone()),
            },
            ValueKind::Map(entries) => {
                if let Some(version) = value.get("Version") {
                    self.version(version.clone());
                }
                if let Some(symbol) = entries.iter().find_map(|entry| self.symbols.within(&entry.key.text).next()) {
                    self.unknown_document(symbol, value.span);
                }
                if let Some(statements) = value.get("Statement") {
                    self.statements(statements);
                }
            }
            ValueKind::Unknown(symbol) => self.unknown_document(*symbol, value.span),
            ValueKind::OneOf { on, choices } => {
                for (index, choice) in choices.iter().enumerate() {
                    let Some(choice) = choice else { continue };
                    let mut one = Self { statements: Vec::new(), version: None, symbols: self.symbols };
                    one.documents(choice);
                    // A version that only a choice brings along may be the version of all, or not.
                    if let Some(version) = one.version {
                        let kind = ValueKind::Unknown(on.symbol());
                        self.version(if version.as_text() == Some(OLD) {
                            version
                        } else {
                            Value { span: version.span, kind }
                        });
                    }
                    let only_if = on.chooses(index, choices.len());
                    // Which of them it is decides what is replaced, too.
                    one.statements.iter().for_each(|statement| self.replace(statement, Some(only_if)));
                    let there = one.statements.into_iter().map(|statement| Value::only_if(only_if, &statement, None));
                    self.statements.extend(there);
                }
            }
            ValueKind::Null | ValueKind::Bool(_) | ValueKind::Number(_) | ValueKind::Untyped(_) => {}
        }
    }

    /// The version of one of the documents.
    fn version(&mut self, version: Value) {
        self.version = Some(newer(version, self.version.take(), self.symbols));
    }

    /// A document of which nothing is known.
    fn unknown_document(&mut self, symbol: Symbol, span: Span) {
        self.version(Value { span, kind: ValueKind::Unknown(symbol) });
        self.unknown(symbol, span);
    }

    /// Statements of which nothing is known: they may replace any statement that has a `Sid`.
    fn unknown(&mut self, symbol: Symbol, span: Span) {
        for statement in &mut self.statements {
            if statement.get("Sid").is_some_and(|sid| !is_nothing(sid)) || is_open(statement) {
                *statement = perhaps(symbol, statement);
            }
        }
        self.statements.push(Value { span, kind: ValueKind::Unknown(symbol) });
    }

    fn statements(&mut self, value: &Value) {
        match &value.kind {
            ValueKind::List(items) => items.iter().for_each(|item| self.statements(item)),
            ValueKind::Unknown(symbol) => self.unknown(*symbol, value.span),
            ValueKind::OneOf { on, choices } => {
                for (index, choice) in choices.iter().enumerate() {
                    let Some(choice) = choice else { continue };
                    let only_if = on.chooses(index, choices.len());
                    self.replace(choice, Some(only_if));
                    self.statements.push(Value::only_if(only_if, choice, None));
                }
            }
            _ => {
                self.replace(value, None);
                self.statements.push(value.clone());
            }
        }
    }

    /// Takes out what a statement replaces: for certain, or only if something is so that is not known.
    fn replace(&mut self, new: &Value, only_if: Option<OnlyIf>) {
        let Some(sid) = new.get("Sid").filter(|sid| !is_nothing(sid)).cloned() else { return };
        let unknown = |value: &Value| match &value.kind {
            ValueKind::Unknown(symbol) => Some(*symbol),
            ValueKind::Text(text) => self.symbols.within(&text.text).next(),
            ValueKind::OneOf { on, .. } => Some(on.symbol()),
            _ => None,
        };
        let mut left = Vec::with_capacity(self.statements.len());
        for old in std::mem::take(&mut self.statements) {
            let known = old.get("Sid").filter(|known| !is_nothing(known));
            let depends = known.and_then(|known| unknown(known).or_else(|| unknown(&sid)));
            let is_same = known.is_some_and(|known| known.as_text().is_some() && known.as_text() == sid.as_text());
            match (depends, is_same, only_if) {
                (Some(symbol), ..) => left.push(perhaps(symbol, &old)),
                (None, true, Some(only_if)) => left.push(Value::unless(only_if, &old)),
                (None, true, None) => {}
                (None, false, _) => left.push(old),
            }
        }
        self.statements = left;
    }
}

/// Whether it is not known what a statement has.
fn is_open(statement: &Value) -> bool {
    !matches!(statement.kind, ValueKind::Map(_))
}

/// A value that is there only if something is so that is not known.
pub(super) fn perhaps(on: Symbol, value: &Value) -> Value {
    Value::only_if(on.into(), value, None)
}

/// Values that stand where the data source does.
struct Made<'s> {
    span: Span,
    symbols: &'s Symbols,
}

impl Made<'_> {
    fn map(&self, entries: Vec<Entry>) -> Value {
        Value { span: self.span, kind: ValueKind::Map(entries) }
    }

    fn entry(&self, key: &str, value: Value) -> Entry {
        Entry { key: Text::from(key.to_owned()), key_span: self.span, value }
    }

    /// The blocks `statement` as statements.
    fn statements(&self, blocks: Option<&Value>) -> Value {
        let Some(blocks) = blocks else { return Value { span: self.span, kind: ValueKind::List(Vec::new()) } };
        each(blocks, &|block| self.statement(block))
    }

    fn statement(&self, block: &Value) -> Value {
        let mut entries = Vec::new();
        let mut add = |key: &str, value: Value| {
            entries.push(Entry { key: Text::from(key.to_owned()), key_span: value.span, value });
        };
        let given = |name: &str| block.get(name).filter(|value| !is_nothing(value));
        if let Some(sid) = given("sid") {
            add("Sid", sid.clone());
        }
        add("Effect", given("effect").cloned().unwrap_or_else(|| Value::text(block.span, "Allow")));
        for (name, key) in [("principals", "Principal"), ("not_principals", "NotPrincipal")] {
            if let Some(blocks) = given(name) {
                add(key, by_choice(blocks, &["type"], MOST_CHOICES, &Self::principals));
            }
        }
        for (name, key) in [("actions", "Action"), ("not_actions", "NotAction")] {
            if let Some(list) = given(name) {
                add(key, list.clone());
            }
        }
        for (name, key) in [("resources", "Resource"), ("not_resources", "NotResource")] {
            if let Some(list) = given(name) {
                add(key, variables(list));
            }
        }
        if let Some(blocks) = given("condition") {
            add("Condition", by_choice(blocks, &["test", "variable"], MOST_CHOICES, &|blocks| self.conditions(blocks)));
        }
        Value { span: block.span, kind: ValueKind::Map(entries) }
    }

    /// Blocks with a type and identifiers.
    fn principals(blocks: &Value) -> Value {
        let ValueKind::List(items) = &blocks.kind else { return unless_list(blocks) };
        let mut entries: Vec<Entry> = Vec::new();
        for block in items {
            let ValueKind::Map(_) = &block.kind else { return unless_list(block) };
            let (Some(kind), Some(identifiers)) = (block.get("type"), block.get("identifiers")) else { continue };
            let Some(kind) = kind.to_text() else { return unless_list(kind) };
            if kind.text == "*" {
                return Value::text(block.span, "*");
            }
            add_to(&mut entries, kind, variables(identifiers));
        }
        Value { span: blocks.span, kind: ValueKind::Map(entries) }
    }

    /// Blocks with an operator, a key and values.
    fn conditions(&self, blocks: &Value) -> Value {
        let ValueKind::List(items) = &blocks.kind else { return unless_list(blocks) };
        let mut operators: Vec<Entry> = Vec::new();
        for block in items {
            let ValueKind::Map(_) = &block.kind else { return unless_list(block) };
            let (Some(test), Some(variable), Some(values)) =
                (block.get("test"), block.get("variable"), block.get("values"))
            else {
                continue;
            };
            let (Some(test), Some(variable)) = (test.to_text(), variable.to_text()) else { return unless_list(block) };
            let unknown = self.symbols.within(&test.text).next().is_some();
            let known = operators.iter_mut().find(|known| known.key.text == test.text && !unknown);
            if let Some(Entry { value: Value { kind: ValueKind::Map(keys), .. }, .. }) = known {
                add_to(keys, variable, variables(values));
            } else {
                let mut keys = Vec::new();
                add_to(&mut keys, variable, variables(values));
                let value = Value { span: block.span, kind: ValueKind::Map(keys) };
                operators.push(Entry { key: test, key_span: block.span, value });
            }
        }
        Value { span: blocks.span, kind: ValueKind::Map(operators) }
    }
}

/// How many choices blocks are taken apart by.
const MOST_CHOICES: usize = 6;

/// What blocks come to for each choice that decides which there are, or what of them is a key. No blocks are nothing.
fn by_choice(blocks: &Value, keys: &[&str], most: usize, make: &dyn Fn(&Value) -> Value) -> Value {
    let choice = |value: &Value| match &value.kind {
        ValueKind::OneOf { on, choices } => Some((*on, choices.len())),
        _ => None,
    };
    let of_block =
        |block: &Value| choice(block).or_else(|| keys.iter().find_map(|key| block.get(key).and_then(choice)));
    let open = match &blocks.kind {
        ValueKind::List(items) => items.iter().find_map(of_block),
        _ => of_block(blocks),
    };
    let span = blocks.span;
    match open {
        None => make(blocks),
        // It may say anything.
        Some((on, _)) if most == 0 => Value { span, kind: ValueKind::Unknown(on.symbol()) },
        Some((on, of)) => {
            let taken = |index| {
                let blocks = blocks.chosen(on, index).filter(|blocks| !is_nothing(blocks))?;
                Some(by_choice(&blocks, keys, most - 1, make))
            };
            Value { span, kind: ValueKind::OneOf { on, choices: (0..of).map(taken).collect() } }
        }
    }
}

/// What stands where blocks should be: as it is, where it is not known.
fn unless_list(value: &Value) -> Value {
    value.clone()
}

/// Adds values under a key; those of a key that is there already are more of the same.
fn add_to(entries: &mut Vec<Entry>, key: Text, value: Value) {
    match entries.iter_mut().find(|entry| entry.key.text == key.text) {
        Some(Entry { value: Value { kind: ValueKind::List(known), .. }, .. }) => match value.kind {
            ValueKind::List(more) => known.extend(more),
            _ => known.push(value),
        },
        Some(Entry { value: known, .. }) => {
            let first = known.clone();
            *known = Value { span: value.span, kind: ValueKind::List(vec![first, value]) };
        }
        None => entries.push(Entry { key, key_span: value.span, value }),
    }
}

/// Every item of a list in place, with its choices.
fn each(value: &Value, of: &dyn Fn(&Value) -> Value) -> Value {
    let kind = match &value.kind {
        ValueKind::List(items) => ValueKind::List(items.iter().map(|item| each(item, of)).collect()),
        ValueKind::OneOf { on, choices } => {
            let choices = choices.iter().map(|choice| choice.as_ref().map(|choice| each(choice, of))).collect();
            ValueKind::OneOf { on: *on, choices }
        }
        ValueKind::Map(_) => return of(value),
        kind => kind.clone(),
    };
    Value { span: value.span, kind }
}

/// The same texts, where `&{x}` is a policy variable: `${x}`.
fn variables(value: &Value) -> Value {
    let kind = match &value.kind {
        ValueKind::Text(text) if text.text.contains("&{") => {
            let mut made = Text::default();
            let mut at = 0;
            while let Some(found) = text.text.get(at..).and_then(|rest| rest.find("&{")) {
                made.push_part(text, at..at + found);
                made.push_str("$");
                at += found + 1;
            }
            made.push_part(text, at..text.text.len());
            ValueKind::Text(made)
        }
        ValueKind::List(items) => ValueKind::List(items.iter().map(variables).collect()),
        ValueKind::OneOf { on, choices } => {
            let choices = choices.iter().map(|choice| choice.as_ref().map(variables)).collect();
            ValueKind::OneOf { on: *on, choices }
        }
        kind => kind.clone(),
    };
    Value { span: value.span, kind }
}
