//! Values of one type as those of another, as Terraform converts them. What cannot be converted exactly is not known.

use super::evaluate::{Cause, Evaluated, Evaluator, Failed, Scope};
use super::syntax::{Expr, ExprKind};
use crate::value::{Entry, Order, Text, Value, ValueKind};
use iameval::symbol::Symbols;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// A type of values that have no parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scalar {
    Text,
    Number,
    Bool,
}

/// How many digits a number may have: so many are exact in Terraform.
const MAX_DIGITS: usize = 140;

/// A number as Terraform writes it, where it is one that Terraform reads: all digits, no exponent.
pub(super) fn decimal(text: &str) -> Option<String> {
    let (sign, rest) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (rest, 0),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((_, "")) => return None,
        Some(both) => both,
        None => (mantissa, ""),
    };
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let shift = usize::try_from(exponent.unsigned_abs()).ok().filter(|shift| *shift < MAX_DIGITS)?;
    if whole.len() + fraction.len() + shift > MAX_DIGITS {
        return None;
    }
    let zeros = "0".repeat(shift);
    let (whole, fraction) = if exponent < 0 {
        let whole = zeros + whole;
        let (front, back) = whole.split_at_checked(whole.len() - shift)?;
        (front.to_owned(), format!("{back}{fraction}"))
    } else {
        let fraction = format!("{fraction}{zeros}");
        let (front, back) = fraction.split_at_checked(shift)?;
        (format!("{whole}{front}"), back.to_owned())
    };
    let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
    match (whole, fraction) {
        // Terraform tells zero from its negative, in some places.
        ("", "") => sign.is_empty().then(|| "0".to_owned()),
        (whole, "") => Some(format!("{sign}{whole}")),
        ("", fraction) => Some(format!("{sign}0.{fraction}")),
        (whole, fraction) => Some(format!("{sign}{whole}.{fraction}")),
    }
}

impl Scalar {
    /// A value as one of this type.
    fn convert(self, value: Value, symbols: &Symbols) -> Option<Value> {
        let kind = match (self, value.kind) {
            (Self::Bool, ValueKind::Bool(value)) => ValueKind::Bool(value),
            (Self::Number, ValueKind::Number(text)) => ValueKind::Number(decimal(&text)?),
            (Self::Text, ValueKind::Number(text)) => ValueKind::Text(Text::from(decimal(&text)?)),
            (Self::Text, ValueKind::Bool(value)) => ValueKind::Text(Text::from(value.to_string())),
            // Documents stay what they are a text of.
            (
                Self::Text,
                kind @ (ValueKind::Text(_) | ValueKind::List(_) | ValueKind::Unordered(_) | ValueKind::Map(_)),
            ) => kind,
            (Self::Text, ValueKind::Untyped(text)) => ValueKind::Text(Text::from(text)),
            (_, ValueKind::OneOf { on, choices }) => {
                let convert = |choice: Option<Value>| match choice {
                    Some(choice) => self.convert(choice, symbols).map(Some),
                    None => Some(None),
                };
                ValueKind::OneOf { on, choices: choices.into_iter().map(convert).collect::<Option<_>>()? }
            }
            (_, kind @ (ValueKind::Null | ValueKind::Unknown(_))) => kind,
            (_, ValueKind::Text(Text { text, .. }) | ValueKind::Untyped(text)) => self.of_text(&text, symbols)?,
            _ => return None,
        };
        Some(Value { span: value.span, kind })
    }

    /// The number or boolean that a text says.
    fn of_text(self, text: &str, symbols: &Symbols) -> Option<ValueKind> {
        if symbols.within(text).next().is_some() {
            return unknown(text, symbols);
        }
        match (self, text) {
            (Self::Bool, "true" | "1") => Some(ValueKind::Bool(true)),
            (Self::Bool, "false" | "0") => Some(ValueKind::Bool(false)),
            (Self::Number, text) => decimal(text).map(ValueKind::Number),
            _ => None,
        }
    }
}

/// The symbol that all of a text is.
fn unknown(text: &str, symbols: &Symbols) -> Option<ValueKind> {
    let symbol = symbols.within(text).next()?;
    (text == symbol.to_string()).then_some(ValueKind::Unknown(symbol))
}

/// What a value consists of in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Leaf {
    Text,
    Number,
    Bool,
    /// Something of which the type is not known.
    Open,
}

fn add_leaves(value: &Value, all: &mut BTreeSet<Leaf>) {
    match &value.kind {
        ValueKind::Null => {}
        ValueKind::Bool(_) => _ = all.insert(Leaf::Bool),
        ValueKind::Number(_) => _ = all.insert(Leaf::Number),
        ValueKind::Text(_) => _ = all.insert(Leaf::Text),
        ValueKind::Untyped(_) | ValueKind::Unknown(_) => _ = all.insert(Leaf::Open),
        ValueKind::List(items) | ValueKind::Unordered(items) => items.iter().for_each(|item| add_leaves(item, all)),
        ValueKind::Map(entries) => entries.iter().for_each(|entry| add_leaves(&entry.value, all)),
        ValueKind::OneOf { choices, .. } => choices.iter().flatten().for_each(|choice| add_leaves(choice, all)),
    }
}

/// Values as they are in one list, where all are of one type. `None` where there is no such type, or it is not known.
pub(super) fn unified(values: Vec<Value>, symbols: &Symbols) -> Option<Vec<Value>> {
    let mut leaves = BTreeSet::new();
    for value in &values {
        add_leaves(value, &mut leaves);
    }
    // Values with parts and without are of no one type; a text may be what `jsonencode` leaves as it is.
    let is_scalar =
        |value: &Value| matches!(value.kind, ValueKind::Bool(_) | ValueKind::Number(_) | ValueKind::Untyped(_));
    if values.iter().any(has_parts) && values.iter().any(is_scalar) {
        return None;
    }
    // What is not known may be a text, and then the others are as well; a text is one in any case.
    if leaves.len() < 2 || !leaves.contains(&Leaf::Number) && !leaves.contains(&Leaf::Bool) {
        return Some(values);
    }
    let is_list = |value: &Value| value.items().is_some() || matches!(value.kind, ValueKind::Null);
    let is_map = |value: &Value| matches!(value.kind, ValueKind::Map(_) | ValueKind::Null);
    if values.iter().all(is_list) || values.iter().all(is_map) {
        return unified_within(values, symbols);
    }
    if !leaves.contains(&Leaf::Text) || values.iter().any(has_parts) {
        return None;
    }
    values.into_iter().map(|value| Scalar::Text.convert(value, symbols)).collect()
}

/// Whether lists have items of different types, and would be of another one together.
pub(super) fn are_of_different_types(lists: &[Value]) -> bool {
    let leaves = |list: &Value| {
        let mut all = BTreeSet::new();
        add_leaves(list, &mut all);
        all
    };
    let mut all = lists.iter().map(leaves).filter(|leaves| !leaves.is_empty());
    let first = all.next();
    all.any(|other| Some(other) != first)
}

/// Whether there are numbers or booleans in a value, which are texts where texts are.
pub(super) fn depends_on_type(value: &Value) -> bool {
    let mut leaves = BTreeSet::new();
    add_leaves(value, &mut leaves);
    leaves.contains(&Leaf::Number) || leaves.contains(&Leaf::Bool)
}

/// A value as it is beside another one, where both are of one type: its numbers and booleans may be texts there.
pub(super) fn beside(value: Value, other: Option<&Value>, symbols: &Symbols) -> Value {
    if !depends_on_type(&value) {
        return value;
    }
    let both = other.and_then(|other| unified(vec![value.clone(), other.clone()], symbols));
    both.and_then(|both| both.into_iter().next()).unwrap_or_else(|| untyped(value))
}

/// A list beside another one, which becomes a set with it, or may become one.
pub(super) fn in_order(value: Value, are_sets: Option<bool>, symbols: &Symbols) -> Value {
    let kind = match (value.kind, are_sets) {
        (ValueKind::List(items), Some(true)) => {
            let made = unified(items.clone(), symbols).and_then(|items| set(items, symbols));
            made.unwrap_or_else(|| Order::Open.list(items))
        }
        (ValueKind::List(items), None) => Order::Open.list(items),
        (kind, _) => kind,
    };
    Value { kind, ..value }
}

/// A value that becomes one of others, which may be of another type.
pub(super) fn as_one_of(value: Value, others: &[&Value]) -> Value {
    let (mut own, mut all) = (BTreeSet::new(), BTreeSet::new());
    add_leaves(&value, &mut own);
    for other in others {
        add_leaves(other, &mut all);
    }
    let is_other = |text: &str| ["true", "false"].contains(&text) || decimal(text).as_deref() == Some(text);
    match &value.kind {
        _ if own == all => value,
        // A text may become a number.
        ValueKind::Text(text) if is_other(&text.text) => Value { kind: ValueKind::Untyped(text.text.clone()), ..value },
        _ => untyped(value),
    }
}

/// A value of which it is not known what is a number or a boolean, and what the text of one.
pub(super) fn untyped(value: Value) -> Value {
    let kind = match value.kind {
        ValueKind::Bool(value) => ValueKind::Untyped(value.to_string()),
        ValueKind::Number(text) => ValueKind::Untyped(text),
        ValueKind::List(items) => ValueKind::List(items.into_iter().map(untyped).collect()),
        ValueKind::Unordered(items) => ValueKind::Unordered(items.into_iter().map(untyped).collect()),
        ValueKind::Map(entries) => {
            let entry = |entry: Entry| Entry { value: untyped(entry.value), ..entry };
            ValueKind::Map(entries.into_iter().map(entry).collect())
        }
        ValueKind::OneOf { on, choices } => {
            ValueKind::OneOf { on, choices: choices.into_iter().map(|choice| choice.map(untyped)).collect() }
        }
        kind => kind,
    };
    Value { kind, ..value }
}

fn has_parts(value: &Value) -> bool {
    match &value.kind {
        ValueKind::List(_) | ValueKind::Unordered(_) | ValueKind::Map(_) => true,
        ValueKind::OneOf { choices, .. } => choices.iter().flatten().any(has_parts),
        _ => false,
    }
}

/// Lists or maps of which the parts are of one type: those at the same place or of the same key, or all of them where the
/// lists are not equally long or the keys not the same.
fn unified_within(values: Vec<Value>, symbols: &Symbols) -> Option<Vec<Value>> {
    // Whether the keys are the same is not known.
    let is_open = |entry: &Entry| symbols.within(&entry.key.text).next().is_some();
    if values.iter().any(|value| matches!(&value.kind, ValueKind::Map(entries) if entries.iter().any(is_open))) {
        return None;
    }
    let shape = |value: &Value| match &value.kind {
        ValueKind::List(items) => Some((0..items.len()).map(|at| at.to_string()).collect::<Vec<_>>()),
        // Which item is at which place is not certain.
        ValueKind::Unordered(_) => Some(vec![String::new()]),
        ValueKind::Map(entries) => {
            let mut keys: Vec<String> = entries.iter().map(|entry| entry.key.text.clone()).collect();
            keys.sort();
            Some(keys)
        }
        _ => None,
    };
    let shapes: Vec<Vec<String>> = values.iter().filter_map(shape).collect();
    let has_places = !values.iter().any(|value| matches!(value.kind, ValueKind::Unordered(_)));
    let is_alike = has_places && shapes.windows(2).all(|pair| pair.first() == pair.last());
    let mut groups: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    let mut add = |place: String, value: &Value| {
        groups.entry(if is_alike { place } else { String::new() }).or_default().push(value.clone());
    };
    for value in &values {
        match &value.kind {
            ValueKind::List(items) | ValueKind::Unordered(items) => {
                items.iter().enumerate().for_each(|(at, item)| add(at.to_string(), item));
            }
            ValueKind::Map(entries) => entries.iter().for_each(|entry| add(entry.key.text.clone(), &entry.value)),
            _ => {}
        }
    }
    let mut made = BTreeMap::new();
    for (place, group) in groups {
        made.insert(place, unified(group, symbols)?.into_iter());
    }
    let mut next = |place: String| made.get_mut(if is_alike { &*place } else { "" })?.next();
    let mut unified = Vec::with_capacity(values.len());
    for value in values {
        let kind = match value.kind {
            ValueKind::List(items) => {
                ValueKind::List((0..items.len()).map(|at| next(at.to_string())).collect::<Option<_>>()?)
            }
            ValueKind::Unordered(items) => {
                ValueKind::Unordered((0..items.len()).map(|at| next(at.to_string())).collect::<Option<_>>()?)
            }
            ValueKind::Map(entries) => {
                let entry = |entry: Entry| Some(Entry { value: next(entry.key.text.clone())?, ..entry });
                ValueKind::Map(entries.into_iter().map(entry).collect::<Option<_>>()?)
            }
            kind => kind,
        };
        unified.push(Value { span: value.span, kind });
    }
    Some(unified)
}

/// A set of items, all of one type: each once, in Terraform's order. Where an item is not known, neither is the order, nor
/// whether two of them are one. `None` where the order of what is known is not.
pub(super) fn set(items: Vec<Value>, symbols: &Symbols) -> Option<ValueKind> {
    let mut all: Vec<Value> = Vec::with_capacity(items.len());
    let mut ranks: Vec<Rank> = Vec::new();
    let is_known = items.iter().all(|item| is_known(item, symbols));
    let mut seen: HashSet<String> = HashSet::new();
    for item in items {
        if is_known {
            ranks.push(Rank::of(&item)?);
            all.push(item);
        } else if item.as_text().is_none_or(|text| seen.insert(text.to_owned())) {
            all.push(item);
        }
    }
    if !is_known {
        return Some(Order::Open.list(all));
    }
    let mut ranked: Vec<(Rank, Value)> = ranks.into_iter().zip(all).collect();
    ranked.sort_by(|(left, _), (right, _)| left.order(right));
    ranked.dedup_by(|(right, _), (left, _)| left.order(right) == Ordering::Equal);
    Some(ValueKind::List(ranked.into_iter().map(|(_, item)| item).collect()))
}

/// Items of one type, each once, in the order in which they come first. Where an item is not known, it may be one that came
/// before.
pub(super) fn distinct(items: Vec<Value>, symbols: &Symbols) -> Option<ValueKind> {
    let order = if items.iter().all(|item| is_known(item, symbols)) { Order::Certain } else { Order::Open };
    let mut seen: HashSet<String> = HashSet::new();
    let mut all = Vec::with_capacity(items.len());
    for item in items {
        let is_new = match item.as_text() {
            Some(text) => seen.insert(text.to_owned()),
            None if is_known(&item, symbols) => {
                let mut text = String::new();
                write_rank(&item, &mut text)?;
                seen.insert(text)
            }
            None => true,
        };
        if is_new {
            all.push(item);
        }
    }
    Some(order.list(all))
}

/// Whether two values without parts are the same; `None` where that is not known, or one of them has parts.
pub(super) fn same_scalar(left: &Value, right: &Value, symbols: &Symbols) -> Option<bool> {
    if !is_known(left, symbols) || !is_known(right, symbols) {
        return None;
    }
    let have_parts = (has_parts(left), has_parts(right));
    match (&left.kind, &right.kind) {
        (ValueKind::Null, ValueKind::Null) => Some(true),
        (ValueKind::Bool(left), ValueKind::Bool(right)) => Some(left == right),
        (ValueKind::Number(left), ValueKind::Number(right)) => Some(decimal(left)? == decimal(right)?),
        (ValueKind::Text(left), ValueKind::Text(right)) => Some(left.text == right.text),
        // Values of different types are different.
        _ => (have_parts != (true, true)).then_some(false),
    }
}

/// A value in which numbers are as Terraform writes them.
pub(super) fn with_decimals(value: Value) -> Option<Value> {
    let kind = match value.kind {
        ValueKind::Number(text) => ValueKind::Number(decimal(&text)?),
        ValueKind::List(items) => ValueKind::List(items.into_iter().map(with_decimals).collect::<Option<_>>()?),
        ValueKind::Unordered(items) => {
            ValueKind::Unordered(items.into_iter().map(with_decimals).collect::<Option<_>>()?)
        }
        ValueKind::Map(entries) => {
            let entry = |entry: Entry| Some(Entry { value: with_decimals(entry.value)?, ..entry });
            ValueKind::Map(entries.into_iter().map(entry).collect::<Option<_>>()?)
        }
        kind => kind,
    };
    Some(Value { kind, ..value })
}

/// Whether a text has no marks that Terraform puts together with the letter before them.
pub(super) fn is_composed(text: &str) -> bool {
    !text.contains(|letter| ('\u{300}'..='\u{36f}').contains(&letter))
}

/// Whether nothing in a value is open.
pub(super) fn is_known(value: &Value, symbols: &Symbols) -> bool {
    let is_closed = |text: &Text| symbols.within(&text.text).next().is_none() && is_composed(&text.text);
    match &value.kind {
        ValueKind::Null | ValueKind::Bool(_) | ValueKind::Number(_) => true,
        ValueKind::Text(text) => is_closed(text),
        ValueKind::List(items) => items.iter().all(|item| is_known(item, symbols)),
        ValueKind::Map(entries) => entries.iter().all(|entry| is_closed(&entry.key) && is_known(&entry.value, symbols)),
        ValueKind::Unordered(_) | ValueKind::Untyped(_) | ValueKind::Unknown(_) | ValueKind::OneOf { .. } => false,
    }
}

/// Where a value is in a set.
#[derive(Debug)]
enum Rank {
    Bool(bool),
    Number(f64, String),
    /// A text, or the text after which Terraform sorts values that have parts.
    Text(String),
    /// After all others.
    Null,
}

impl Rank {
    fn of(value: &Value) -> Option<Self> {
        Some(match &value.kind {
            ValueKind::Bool(value) => Self::Bool(*value),
            ValueKind::Number(text) => Self::Number(text.parse().ok()?, decimal(text)?),
            ValueKind::Text(text) => Self::Text(text.text.clone()),
            ValueKind::Null => Self::Null,
            ValueKind::List(_) | ValueKind::Map(_) => {
                let mut text = String::new();
                write_rank(value, &mut text)?;
                Self::Text(text)
            }
            ValueKind::Unordered(_) | ValueKind::Untyped(_) | ValueKind::Unknown(_) | ValueKind::OneOf { .. } => {
                return None;
            }
        })
    }

    fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Bool(left), Self::Bool(right)) => left.cmp(right),
            (Self::Number(left, left_text), Self::Number(right, right_text)) => {
                left.total_cmp(right).then_with(|| left_text.cmp(right_text))
            }
            (Self::Text(left), Self::Text(right)) => left.cmp(right),
            (Self::Null, Self::Null) => Ordering::Equal,
            (Self::Null, _) => Ordering::Greater,
            (_, Self::Null) => Ordering::Less,
            // Items are of one type.
            _ => Ordering::Equal,
        }
    }
}

/// The text after which Terraform sorts values that have parts. Objects are written as maps are: of objects with the same
/// keys that makes no difference.
fn write_rank(value: &Value, out: &mut String) -> Option<()> {
    match &value.kind {
        ValueKind::Null => out.push('~'),
        ValueKind::Bool(value) => out.push(if *value { 'T' } else { 'F' }),
        // Longer ones have an exponent there.
        ValueKind::Number(text) => out.push_str(&decimal(text).filter(|text| text.len() <= 9)?),
        ValueKind::Text(text) => write_quoted(&text.text, out)?,
        ValueKind::List(items) => {
            out.push('[');
            for item in items {
                write_rank(item, out)?;
                out.push(';');
            }
            out.push(']');
        }
        ValueKind::Map(entries) => {
            let mut entries: Vec<&Entry> = entries.iter().collect();
            entries.sort_by(|left, right| left.key.text.cmp(&right.key.text));
            out.push('{');
            for entry in entries {
                write_quoted(&entry.key.text, out)?;
                out.push(':');
                write_rank(&entry.value, out)?;
                out.push(';');
            }
            out.push('}');
        }
        ValueKind::Unordered(_) | ValueKind::Untyped(_) | ValueKind::Unknown(_) | ValueKind::OneOf { .. } => {
            return None;
        }
    }
    Some(())
}

fn write_quoted(text: &str, out: &mut String) -> Option<()> {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            letter if letter.is_alphanumeric() || letter.is_ascii() && !letter.is_ascii_control() => out.push(letter),
            _ => return None,
        }
    }
    out.push('"');
    Some(())
}

impl Evaluator<'_, '_> {
    /// A value as one of a type, with the defaults of attributes that are left out, and without those that the type does not
    /// name.
    pub(super) fn converted(&mut self, scope: &Scope<'_>, value: Value, kind: &Expr) -> Evaluated {
        let scope = &self.deeper(scope, kind.span)?;
        let Value { span, kind: given } = value;
        let given = match given {
            given @ (ValueKind::Null | ValueKind::Unknown(_)) => return Ok(Value { span, kind: given }),
            ValueKind::OneOf { on, choices } => {
                let mut made = Vec::with_capacity(choices.len());
                for choice in choices {
                    made.push(choice.map(|choice| self.converted(scope, choice, kind)).transpose()?);
                }
                return Ok(Value { span, kind: ValueKind::OneOf { on, choices: made } });
            }
            given => Value { span, kind: given },
        };
        let (name, arguments) = match &kind.kind {
            ExprKind::Variable(name) => (&**name, &[][..]),
            ExprKind::Call { name, arguments, .. } => (&**name, arguments.as_slice()),
            _ => return Err(Failed),
        };
        let symbols = &self.naming.symbols;
        match (name, arguments) {
            ("any", []) => return Ok(given),
            ("string", []) => return Scalar::Text.convert(given, symbols).ok_or(Failed),
            ("number", []) => return Scalar::Number.convert(given, symbols).ok_or(Failed),
            ("bool", []) => return Scalar::Bool.convert(given, symbols).ok_or(Failed),
            ("optional", [kind, ..]) => return self.converted(scope, given, kind),
            _ => {}
        }
        let made = match (name, arguments, given.kind) {
            (_, _, ValueKind::Text(text)) => unknown(&text.text, symbols).ok_or(Failed)?,
            ("map", [] | [_], ValueKind::Map(entries)) => {
                let (keys, values): (Vec<_>, Vec<_>) =
                    entries.into_iter().map(|entry| ((entry.key, entry.key_span), entry.value)).unzip();
                let values = self.converted_items(scope, values, arguments.first())?;
                let entry = |((key, key_span), value)| Entry { key, key_span, value };
                ValueKind::Map(keys.into_iter().zip(values).map(entry).collect())
            }
            ("list", [] | [_], ValueKind::List(items)) => {
                ValueKind::List(self.converted_items(scope, items, arguments.first())?)
            }
            ("list", [] | [_], ValueKind::Unordered(items)) => {
                ValueKind::Unordered(self.converted_items(scope, items, arguments.first())?)
            }
            ("set", [] | [_], ValueKind::List(items) | ValueKind::Unordered(items)) => {
                let items = self.converted_items(scope, items, arguments.first())?;
                set(items, self.naming.symbols).ok_or(Failed)?
            }
            ("tuple", [Expr { kind: ExprKind::List(kinds), .. }], ValueKind::List(items))
                if items.len() == kinds.len() =>
            {
                let mut made = Vec::with_capacity(items.len());
                for (item, kind) in items.into_iter().zip(kinds) {
                    made.push(self.converted(scope, item, kind)?);
                }
                ValueKind::List(made)
            }
            ("object", [of], ValueKind::Map(entries)) => ValueKind::Map(self.converted_object(scope, &entries, of)?),
            _ => return Err(Failed),
        };
        Ok(Value { span, kind: made })
    }

    /// The items of a list or map as those of a type, which are all of one type.
    fn converted_items(
        &mut self,
        scope: &Scope<'_>,
        items: Vec<Value>,
        kind: Option<&Expr>,
    ) -> Result<Vec<Value>, Cause> {
        let Some(kind) = kind else { return unified(items, self.naming.symbols).ok_or(Failed) };
        let mut made = Vec::with_capacity(items.len());
        for item in items {
            made.push(self.converted(scope, item, kind)?);
        }
        if holds_any(kind) { unified(made, self.naming.symbols).ok_or(Failed) } else { Ok(made) }
    }

    fn converted_object(&mut self, scope: &Scope<'_>, entries: &[Entry], of: &Expr) -> Result<Vec<Entry>, Cause> {
        let ExprKind::Map(attributes) = &of.kind else { return Err(Failed) };
        // A key that is not known may be any.
        if entries.iter().any(|entry| self.naming.symbols.within(&entry.key.text).next().is_some()) {
            return Err(Failed);
        }
        let mut made = Vec::new();
        for (name, kind) in attributes {
            let ExprKind::Text(name) = &name.kind else { return Err(Failed) };
            let given = entries.iter().rfind(|entry| entry.key.text == name.text);
            let (is_optional, kind, default) = match &kind.kind {
                ExprKind::Call { name, arguments, .. } if name == "optional" => match arguments.as_slice() {
                    [kind, default] => (true, kind, Some(default)),
                    [kind] => (true, kind, None),
                    _ => return Err(Failed),
                },
                _ => (false, kind, None),
            };
            if given.is_none() && !is_optional {
                return Err(Failed);
            }
            let given =
                given.filter(|entry| default.is_none() || !matches!(entry.value.kind, ValueKind::Null)).cloned();
            let entry = given.unwrap_or_else(|| {
                let nothing = Value { span: of.span, kind: ValueKind::Null };
                let value = default.map_or(nothing, |default| self.value(scope, default));
                Entry { key: name.clone(), key_span: of.span, value }
            });
            made.push(Entry { value: self.converted(scope, entry.value, kind)?, ..entry });
        }
        Ok(made)
    }
}

/// Whether a type leaves open what a part of it is.
fn holds_any(kind: &Expr) -> bool {
    match &kind.kind {
        ExprKind::Variable(name) => ["any", "list", "map", "set"].contains(&&**name),
        ExprKind::Call { arguments, .. } => arguments.iter().any(holds_any),
        ExprKind::List(kinds) => kinds.iter().any(holds_any),
        ExprKind::Map(attributes) => attributes.iter().any(|(_, kind)| holds_any(kind)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::decimal;

    #[test]
    fn numbers_are_written_with_all_their_digits() {
        for (written, expected) in [
            ("1", Some("1")),
            ("1.0", Some("1")),
            ("1.50", Some("1.5")),
            ("012", Some("12")),
            ("1e3", Some("1000")),
            ("1e20", Some("100000000000000000000")),
            ("1.25E+1", Some("12.5")),
            ("-0.5", Some("-0.5")),
            ("1e-6", Some("0.000001")),
            ("125e-2", Some("1.25")),
            ("0.000", Some("0")),
            ("-0", None),
            ("1.", None),
            (".5", None),
            ("0x1F", None),
            ("1_000", None),
            ("1e999", None),
            ("", None),
            ("a", None),
        ] {
            assert_eq!(decimal(written).as_deref(), expected, "{written}");
        }
    }
}
