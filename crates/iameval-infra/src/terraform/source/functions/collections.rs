//! Functions of lists and objects. Items may be choices, and may be missing, where a function only passes them on.

use super::texts::letters;
use super::{all_known, all_there, certain, known, last_of_each_key};
use crate::document::choices::may_be_same;
use crate::terraform::resources::entry;
use crate::terraform::source::convert;
use crate::terraform::source::expression::{exact, shown, truth, whole};
use crate::value::{Entry, Order, Value, ValueKind};
use iameval::symbol::Symbols;

type Made = Option<ValueKind>;

/// The items of several lists.
fn joined(arguments: &[Value]) -> Option<(Vec<Value>, Order)> {
    arguments.first()?;
    let (mut all, mut order) = (Vec::new(), Order::Certain);
    for argument in arguments {
        let (items, own) = argument.items()?;
        all.extend(items.iter().cloned());
        order = order.max(own);
    }
    Some((all, order))
}

pub(super) fn concat(arguments: &[Value], _: &Symbols) -> Made {
    let (mut all, order) = joined(arguments)?;
    // Of lists, the items become of one type; of tuples they do not.
    if convert::are_of_different_types(arguments) {
        all = all.into_iter().map(convert::untyped).collect();
    }
    Some(order.list(all))
}

pub(super) fn flatten(arguments: &[Value], _: &Symbols) -> Made {
    fn flat((items, own): (&[Value], Order), order: &mut Order, all: &mut Vec<Value>) -> Option<()> {
        *order = own.max(*order);
        for item in items {
            if let Some(inner) = item.items() {
                flat(inner, order, all)?;
                continue;
            }
            match &item.kind {
                // It may be a list.
                ValueKind::Unknown(_) => return None,
                ValueKind::OneOf { on, choices } => {
                    let of = choices.len();
                    for (at, choice) in choices.iter().enumerate() {
                        let mut inner = Vec::new();
                        if let Some(choice) = choice {
                            match choice.items() {
                                Some(items) => flat(items, order, &mut inner)?,
                                None => inner.push(choice.clone()),
                            }
                        }
                        for one in inner {
                            let mut choices = vec![None; of];
                            *choices.get_mut(at)? = Some(one);
                            all.push(Value { span: item.span, kind: ValueKind::OneOf { on: *on, choices } });
                        }
                    }
                }
                _ => all.push(item.clone()),
            }
        }
        Some(())
    }
    let (mut all, mut order) = (Vec::new(), Order::Certain);
    flat(arguments.first()?.items()?, &mut order, &mut all)?;
    Some(order.list(all))
}

pub(super) fn merge(arguments: &[Value], symbols: &Symbols) -> Made {
    let mut all: Vec<Entry> = Vec::new();
    for argument in arguments {
        match &argument.kind {
            ValueKind::Map(entries) => {
                for new in entries {
                    // A key that is not known may be any other.
                    if symbols.within(&new.key.text).next().is_some() {
                        return None;
                    }
                    all.retain(|known| known.key.text != new.key.text);
                    all.push(new.clone());
                }
            }
            ValueKind::Null => {}
            _ => return None,
        }
    }
    Some(ValueKind::Map(all))
}

/// Whether the order of the entries of an object is certain: that of their keys. `None` where two of them may be one, of
/// which only the later counts.
pub(in crate::terraform::source) fn order_of(entries: &[Entry], symbols: &Symbols) -> Option<Order> {
    let is_known = |entry: &&Entry| symbols.within(&entry.key.text).next().is_none();
    if entries.len() < 2 || entries.iter().all(|entry| is_known(&entry)) {
        return Some(Order::Certain);
    }
    let may_be_one = |(at, entry): (usize, &Entry)| {
        entries.iter().skip(at + 1).any(|other| may_be_same(&entry.key.text, &other.key.text, symbols))
    };
    (!entries.iter().enumerate().any(may_be_one)).then_some(Order::Open)
}

pub(super) fn length(arguments: &[Value], symbols: &Symbols) -> Made {
    let count = match &arguments.first()?.kind {
        ValueKind::List(_) => certain(arguments.first()?)?.len(),
        ValueKind::Map(entries) if order_of(entries, symbols)? == Order::Certain => entries.len(),
        ValueKind::Text(_) => letters(known(arguments.first()?, symbols)?)?.len(),
        _ => return None,
    };
    Some(ValueKind::Number(count.to_string()))
}

fn entries(value: &Value) -> Option<&[Entry]> {
    match &value.kind {
        ValueKind::Map(entries) => Some(entries),
        _ => None,
    }
}

/// The entries in the order of their keys, as far as that is certain.
fn sorted<'v>(value: &'v Value, symbols: &Symbols) -> Option<(Vec<&'v Entry>, Order)> {
    let mut all: Vec<&Entry> = entries(value)?.iter().collect();
    all.sort_by(|left, right| left.key.text.cmp(&right.key.text));
    Some((all, order_of(entries(value)?, symbols)?))
}

pub(super) fn keys(arguments: &[Value], symbols: &Symbols) -> Made {
    let key = |entry: &&Entry| Value { span: entry.key_span, kind: ValueKind::Text(entry.key.clone()) };
    let (all, order) = sorted(arguments.first()?, symbols)?;
    Some(order.list(all.iter().map(key).collect()))
}

pub(super) fn values(arguments: &[Value], symbols: &Symbols) -> Made {
    let (all, order) = sorted(arguments.first()?, symbols)?;
    Some(order.list(all.iter().map(|entry| entry.value.clone()).collect()))
}

/// The items of a list as items of one type.
fn of_one_type(value: &Value, symbols: &Symbols) -> Option<Vec<Value>> {
    convert::unified(value.items()?.0.to_vec(), symbols)
}

pub(super) fn to_set(arguments: &[Value], symbols: &Symbols) -> Made {
    convert::set(of_one_type(arguments.first()?, symbols)?, symbols)
}

pub(super) fn to_list(arguments: &[Value], symbols: &Symbols) -> Made {
    let (_, order) = arguments.first()?.items()?;
    of_one_type(arguments.first()?, symbols).map(|items| order.list(items))
}

pub(super) fn to_map(arguments: &[Value], symbols: &Symbols) -> Made {
    let entries = entries(arguments.first()?)?;
    let values = convert::unified(entries.iter().map(|entry| entry.value.clone()).collect(), symbols)?;
    let entry = |(entry, value): (&Entry, Value)| Entry { value, ..entry.clone() };
    Some(ValueKind::Map(entries.iter().zip(values).map(entry).collect()))
}

pub(super) fn distinct(arguments: &[Value], symbols: &Symbols) -> Made {
    convert::distinct(of_one_type(arguments.first()?, symbols)?, symbols)
}

pub(super) fn compact(arguments: &[Value], symbols: &Symbols) -> Made {
    let mut all = Vec::new();
    let (items, order) = arguments.first()?.items()?;
    for item in items {
        match &item.kind {
            ValueKind::Null => {}
            ValueKind::Text(text) if text.text.is_empty() => {}
            // It may be empty.
            ValueKind::Text(text) if text.text.chars().all(|letter| symbols.of_char(letter).is_some()) => return None,
            ValueKind::Unknown(_) | ValueKind::OneOf { .. } => return None,
            _ => all.push(Value { span: item.span, kind: ValueKind::Text(item.to_text()?) }),
        }
    }
    Some(order.list(all))
}

pub(super) fn contains(arguments: &[Value], symbols: &Symbols) -> Made {
    let [of, value] = arguments else { return None };
    let same: Vec<Option<bool>> =
        all_there(of)?.0.iter().map(|item| convert::same_scalar(item, value, symbols)).collect();
    if same.contains(&Some(true)) {
        return Some(ValueKind::Bool(true));
    }
    (!same.contains(&None)).then_some(ValueKind::Bool(false))
}

pub(super) fn index(arguments: &[Value], symbols: &Symbols) -> Made {
    let [of, value] = arguments else { return None };
    let same =
        certain(of)?.iter().map(|item| convert::same_scalar(item, value, symbols)).collect::<Option<Vec<_>>>()?;
    let at = same.into_iter().position(|is_same| is_same)?;
    Some(ValueKind::Number(at.to_string()))
}

pub(super) fn element(arguments: &[Value], _: &Symbols) -> Made {
    let [of, at] = arguments else { return None };
    let items = certain(of)?;
    let at = match whole(at) {
        Some(at) => at.checked_rem(items.len())?,
        // From the end.
        None => items.len().checked_sub(shown(-exact(at)?).parse().ok()?)?,
    };
    items.get(at).map(|item| item.kind.clone())
}

pub(super) fn one(arguments: &[Value], _: &Symbols) -> Made {
    match certain(arguments.first()?)? {
        [] => Some(ValueKind::Null),
        [one] => Some(one.kind.clone()),
        _ => None,
    }
}

pub(super) fn coalesce_list(arguments: &[Value], _: &Symbols) -> Made {
    for argument in arguments {
        if !certain(argument)?.is_empty() {
            return Some(argument.kind.clone());
        }
    }
    None
}

pub(super) fn reverse(arguments: &[Value], _: &Symbols) -> Made {
    let (items, order) = all_there(arguments.first()?)?;
    Some(order.list(items.iter().rev().cloned().collect()))
}

pub(super) fn sort(arguments: &[Value], symbols: &Symbols) -> Made {
    let of = arguments.first()?;
    let (items, _) = all_there(of)?;
    let Some(mut all) = all_known(items, symbols) else {
        let text = |item: &Value| Some(Value { span: item.span, kind: ValueKind::Text(item.to_text()?) });
        return Some(Order::Open.list(items.iter().map(text).collect::<Option<_>>()?));
    };
    all.sort();
    Some(ValueKind::List(all.into_iter().map(|item| Value::text(of.span, item)).collect()))
}

pub(super) fn slice(arguments: &[Value], _: &Symbols) -> Made {
    let [of, from, to] = arguments else { return None };
    let items = certain(of)?.get(whole(from)?..whole(to)?)?;
    Some(ValueKind::List(items.to_vec()))
}

pub(super) fn chunk_list(arguments: &[Value], symbols: &Symbols) -> Made {
    let [of, size] = arguments else { return None };
    let size = whole(size).filter(|size| *size > 0)?;
    let chunk = |items: &[Value]| Value { span: of.span, kind: ValueKind::List(items.to_vec()) };
    Some(ValueKind::List(convert::unified(certain(of)?.to_vec(), symbols)?.chunks(size).map(chunk).collect()))
}

pub(super) fn range(arguments: &[Value], _: &Symbols) -> Made {
    let numbers: Vec<f64> = arguments.iter().map(exact).collect::<Option<_>>()?;
    let (start, end, step) = match numbers.as_slice() {
        [end] => (0.0, *end, if *end < 0.0 { -1.0 } else { 1.0 }),
        [start, end] => (*start, *end, if end < start { -1.0 } else { 1.0 }),
        [start, end, step] => (*start, *end, *step),
        _ => return None,
    };
    if step == 0.0 || ((end - start) / step) > 1024.0 {
        return None;
    }
    let span = arguments.first()?.span;
    let mut all = Vec::new();
    let mut at = start;
    while (step > 0.0 && at < end) || (step < 0.0 && at > end) {
        all.push(Value { span, kind: ValueKind::Number(shown(at)) });
        at += step;
    }
    Some(ValueKind::List(all))
}

pub(super) fn zip_map(arguments: &[Value], symbols: &Symbols) -> Made {
    let [keys, values] = arguments else { return None };
    let (keys, values) = (all_known(certain(keys)?, symbols)?, certain(values)?);
    if keys.len() != values.len() {
        return None;
    }
    let entries = keys.iter().zip(values).map(|(key, value)| entry(key, value.clone()));
    Some(ValueKind::Map(last_of_each_key(entries)))
}

/// An object of lists, the other way round.
pub(super) fn transpose(arguments: &[Value], symbols: &Symbols) -> Made {
    let of = arguments.first()?;
    let mut all: Vec<Entry> = Vec::new();
    let (entries, Order::Certain) = sorted(of, symbols)? else { return None };
    for old in entries {
        for item in all_known(certain(&old.value)?, symbols)? {
            let key = Value { span: old.key_span, kind: ValueKind::Text(old.key.clone()) };
            match all.iter_mut().find(|known| known.key.text == item) {
                Some(Entry { value: Value { kind: ValueKind::List(known), .. }, .. }) => known.push(key),
                _ => all.push(entry(&item, Value { span: of.span, kind: ValueKind::List(vec![key]) })),
            }
        }
    }
    Some(ValueKind::Map(all))
}

pub(super) fn set_union(arguments: &[Value], symbols: &Symbols) -> Made {
    convert::set(convert::unified(joined(arguments)?.0, symbols)?, symbols)
}

/// The items of the first of several sets that are to be kept: whether those are that are in one of the others, and in all.
fn kept(arguments: &[Value], symbols: &Symbols, keep: impl Fn(&[bool]) -> bool) -> Made {
    let items = arguments.iter().map(|of| all_there(of).map(|(items, _)| items)).collect::<Option<Vec<_>>>()?;
    let all: Vec<Value> = items.concat();
    let mut items = convert::unified(all, symbols)?.into_iter();
    let mut sets: Vec<Vec<Value>> = Vec::with_capacity(arguments.len());
    for argument in arguments {
        sets.push(items.by_ref().take(argument.items()?.0.len()).collect());
    }
    let (first, others) = sets.split_first()?;
    let mut made = Vec::new();
    for item in first {
        let mut is_in = Vec::with_capacity(others.len());
        for other in others {
            let same = other.iter().map(|known| convert::same_scalar(known, item, symbols));
            is_in.push(same.collect::<Option<Vec<bool>>>()?.contains(&true));
        }
        if keep(&is_in) {
            made.push(item.clone());
        }
    }
    convert::set(made, symbols)
}

pub(super) fn set_intersection(arguments: &[Value], symbols: &Symbols) -> Made {
    kept(arguments, symbols, |is_in| !is_in.contains(&false))
}

pub(super) fn set_subtract(arguments: &[Value], symbols: &Symbols) -> Made {
    kept(arguments, symbols, |is_in| !is_in.contains(&true))
}

pub(super) fn set_product(arguments: &[Value], symbols: &Symbols) -> Made {
    let span = arguments.first()?.span;
    let (mut all, mut order): (Vec<Vec<Value>>, _) = (vec![Vec::new()], Order::Certain);
    for argument in arguments {
        let (items, own) = all_there(argument)?;
        order = order.max(own);
        let items = convert::unified(items.to_vec(), symbols)?;
        if all.len().saturating_mul(items.len()) > 10_000 {
            return None;
        }
        let longer = |tuple: &Vec<Value>| -> Vec<Vec<Value>> {
            items.iter().map(|item| tuple.iter().cloned().chain([item.clone()]).collect()).collect()
        };
        all = all.iter().flat_map(longer).collect();
    }
    Some(order.list(all.into_iter().map(|tuple| Value { span, kind: ValueKind::List(tuple) }).collect()))
}

/// Whether items are true; null is not.
fn truths(arguments: &[Value]) -> Option<Vec<Option<bool>>> {
    let of = |item: &Value| if matches!(item.kind, ValueKind::Null) { Some(false) } else { truth(item) };
    Some(all_there(arguments.first()?)?.0.iter().map(of).collect())
}

pub(super) fn all_true(arguments: &[Value], _: &Symbols) -> Made {
    let truths = truths(arguments)?;
    if truths.contains(&Some(false)) {
        return Some(ValueKind::Bool(false));
    }
    (!truths.contains(&None)).then_some(ValueKind::Bool(true))
}

pub(super) fn any_true(arguments: &[Value], _: &Symbols) -> Made {
    let truths = truths(arguments)?;
    if truths.contains(&Some(true)) {
        return Some(ValueKind::Bool(true));
    }
    (!truths.contains(&None)).then_some(ValueKind::Bool(false))
}
