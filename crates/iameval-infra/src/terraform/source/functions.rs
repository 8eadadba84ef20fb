//! Functions: a table. What is not in it is not known.

mod collections;
mod encodings;
mod format;
mod networks;
mod patterns;
mod tables;
mod texts;
mod yaml;

pub(super) use collections::order_of;

use super::convert;
use super::encode::{encode, without_nulls};
use super::evaluate::{Cause, Evaluated, Evaluator, Failed, Scope};
use super::syntax::Expr;
use crate::document::{Inside, inside};
use crate::literal;
use crate::value::{Entry, Order, Text, Value, ValueKind};
use iameval::json::{self, Node};
use iameval::symbol::{OnlyIf, Symbol, Symbols};
use iameval::text::Span;
use iameval_world::yaml::parse_schema;
use std::collections::HashSet;

/// A function of values of which none is a choice. `None` where it cannot be told.
type Function = fn(&[Value], &Symbols) -> Option<ValueKind>;

/// The functions that need nothing but values.
static FUNCTIONS: &[(&str, Function)] = &[
    ("abs", texts::abs),
    ("alltrue", collections::all_true),
    ("anytrue", collections::any_true),
    ("base64decode", encodings::from_base64),
    ("base64encode", encodings::to_base64),
    ("base64sha256", encodings::sha256_base64),
    ("base64sha512", encodings::sha512_base64),
    ("basename", texts::base_name),
    ("ceil", texts::ceil),
    ("chomp", texts::chomp),
    ("chunklist", collections::chunk_list),
    ("cidrhost", networks::host),
    ("cidrnetmask", networks::mask),
    ("cidrsubnet", networks::part),
    ("cidrsubnets", networks::parts),
    ("coalescelist", collections::coalesce_list),
    ("compact", collections::compact),
    ("concat", collections::concat),
    ("contains", collections::contains),
    ("csvdecode", tables::decoded),
    ("dirname", texts::dir_name),
    ("distinct", collections::distinct),
    ("element", collections::element),
    ("endswith", texts::ends_with),
    ("flatten", collections::flatten),
    ("floor", texts::floor),
    ("format", format::format),
    ("formatlist", format::format_list),
    ("index", collections::index),
    ("indent", texts::indent),
    ("join", texts::join),
    ("keys", collections::keys),
    ("length", collections::length),
    ("lower", texts::lower),
    ("max", texts::max),
    ("md5", encodings::md5),
    ("merge", collections::merge),
    ("min", texts::min),
    ("nonsensitive", same),
    ("one", collections::one),
    ("parseint", encodings::whole_of),
    ("pow", texts::power),
    ("range", collections::range),
    ("regex", patterns::first),
    ("regexall", patterns::all),
    ("replace", texts::replace),
    ("reverse", collections::reverse),
    ("setintersection", collections::set_intersection),
    ("setproduct", collections::set_product),
    ("setsubtract", collections::set_subtract),
    ("setunion", collections::set_union),
    ("sha1", encodings::sha1),
    ("sha256", encodings::sha256),
    ("sha512", encodings::sha512),
    ("signum", texts::sign),
    ("slice", collections::slice),
    ("sort", collections::sort),
    ("split", texts::split),
    ("startswith", texts::starts_with),
    ("strcontains", texts::contains),
    ("strrev", texts::reversed),
    ("substr", texts::part),
    ("sum", texts::sum),
    ("title", texts::title),
    ("tobool", texts::to_bool),
    ("tolist", collections::to_list),
    ("tomap", collections::to_map),
    ("tonumber", texts::to_number),
    ("toset", collections::to_set),
    ("tostring", texts::to_string),
    ("transpose", collections::transpose),
    ("trim", texts::trim),
    ("trimprefix", texts::trim_prefix),
    ("trimspace", texts::trim_space),
    ("trimsuffix", texts::trim_suffix),
    ("upper", texts::upper),
    ("urlencode", encodings::for_url),
    ("values", collections::values),
    ("zipmap", collections::zip_map),
];

fn same(arguments: &[Value], _: &Symbols) -> Option<ValueKind> {
    arguments.first().map(|value| value.kind.clone())
}

impl Evaluator<'_, '_> {
    /// What a call of a function comes to.
    pub(super) fn call(
        &mut self,
        scope: &Scope<'_>,
        name: &str,
        arguments: &[Expr],
        expands: bool,
        span: Span,
    ) -> Evaluated {
        let name = name.strip_prefix("core::").unwrap_or(name);
        match (name, arguments) {
            ("try", _) => return self.first_that_works(scope, arguments),
            ("can", [argument]) => {
                let (value, doubts) = self.tried(scope, argument);
                let can = match value {
                    _ if !doubts.is_empty() => return Err(Failed),
                    Err(Failed) => return Err(Failed),
                    // What is not known in it may fail.
                    Ok(Value { kind: ValueKind::Unknown(_), .. }) => return Err(Failed),
                    Ok(value) if !argument.is_reference() && holds_unknown(&value) => return Err(Failed),
                    Ok(_) => true,
                    Err(Cause::Missing) => false,
                };
                return Ok(Value { span, kind: ValueKind::Bool(can) });
            }
            _ => {}
        }
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            match self.evaluate(scope, argument) {
                Ok(value) => values.push(value),
                // What fails inside fails outside.
                Err(Cause::Missing) if self.tries > 0 => return Err(Cause::Missing),
                Err(_) => values.push(self.unnamed(scope, argument)),
            }
        }
        if expands {
            match values.pop().map(|last| last.kind) {
                Some(ValueKind::List(items)) => values.extend(items),
                _ => return Err(Failed),
            }
        }
        match name {
            "jsonencode" => return Self::json(&values, span),
            "jsondecode" => return self.for_each_choice(span, values, &mut |this, values| this.from_json(&values)),
            "yamldecode" => return self.for_each_choice(span, values, &mut |this, values| this.from_yaml(&values)),
            "coalesce" => return self.coalesce(values, span),
            "lookup" => return self.for_each_choice(span, values, &mut |this, values| this.lookup(&values)),
            "file" => {
                return self.for_each_choice(span, values, &mut |this, values| {
                    if values.first().is_some_and(|name| this.is_certainly_no_file(name)) {
                        return Err(this.no_file(scope, values.first(), span));
                    }
                    let source = this.read_file(scope, values.first().ok_or(Failed)?, span)?;
                    Ok(Value::text(span, source.text.clone()))
                });
            }
            "templatefile" => {
                return self.for_each_choice_within(span, values, &mut |this, values| match values.as_slice() {
                    [name, values] => this.template_file(scope, name, (values, arguments.get(1)), span),
                    _ => Err(Failed),
                });
            }
            "filemd5" | "filesha1" | "filesha256" | "filesha512" | "filebase64" | "filebase64sha256"
            | "filebase64sha512" => {
                let of_text = match name {
                    "filebase64" => "base64encode",
                    name => name.strip_prefix("file").unwrap_or(name),
                };
                let (_, of_text) = FUNCTIONS.iter().find(|(known, _)| *known == of_text).ok_or(Failed)?;
                return self.for_each_choice(span, values, &mut |this, values| {
                    if values.first().is_some_and(|name| this.is_certainly_no_file(name)) {
                        return Err(this.no_file(scope, values.first(), span));
                    }
                    let source = this.read_file(scope, values.first().ok_or(Failed)?, span)?;
                    let read = Value::text(span, source.text.clone());
                    let kind = of_text(&[read], this.naming.symbols).ok_or(Failed)?;
                    Ok(Value { span, kind })
                });
            }
            "fileexists" => {
                let exists = values.first().and_then(|name| self.is_file(name)).ok_or(Failed)?;
                return Ok(Value { span, kind: ValueKind::Bool(exists) });
            }
            _ => {}
        }
        let Some((_, function)) = FUNCTIONS.iter().find(|(known, _)| *known == name) else { return Err(Failed) };
        self.for_each_choice(span, values, &mut |this, values| {
            let symbols = &*this.naming.symbols;
            let cause = || if certainly_fails(name, &values, symbols) { Cause::Missing } else { Failed };
            let kind = function(&values, symbols).ok_or_else(cause)?;
            let value = Value { span, kind };
            this.grow(scope, span, value.size())?;
            Ok(value)
        })
    }

    /// `try`
    fn first_that_works(&mut self, scope: &Scope<'_>, arguments: &[Expr]) -> Evaluated {
        let Some((first, others)) = arguments.split_first() else { return Err(Failed) };
        let (value, doubts) = self.tried(scope, first);
        match (value, &*doubts) {
            (Err(Cause::Missing), _) => self.first_that_works(scope, others),
            (Ok(value), [symbol]) => {
                let otherwise = self.first_that_works(scope, others)?;
                Ok(Value::only_if(OnlyIf::holds(*symbol), &value, Some(&otherwise)))
            }
            (Ok(value), []) => Ok(value),
            // What is not known or not supported may fail or not.
            _ => Err(Failed),
        }
    }

    /// The value of something that may fail, and what decides whether it does.
    fn tried(&mut self, scope: &Scope<'_>, expr: &Expr) -> (Evaluated, Vec<Symbol>) {
        let outer = std::mem::take(&mut self.doubts);
        self.tries += 1;
        let value = self.evaluate(scope, expr);
        self.tries -= 1;
        let mut doubts = std::mem::replace(&mut self.doubts, outer);
        doubts.sort_unstable();
        doubts.dedup();
        (value, doubts)
    }

    /// `jsonencode`. What depends on choices stays a value, which is as good as its text where a policy is wanted.
    fn json(values: &[Value], span: Span) -> Evaluated {
        let [value] = values else { return Err(Failed) };
        match encode(value) {
            Some(text) => Ok(Value { span, kind: ValueKind::Text(text) }),
            None => Ok(Value { span, ..without_nulls(value.clone()) }),
        }
    }

    #[expect(clippy::wrong_self_convention, reason = "it is what a function of Terraform is called after")]
    fn from_json(&mut self, values: &[Value]) -> Evaluated {
        let [value] = values else { return Err(Failed) };
        match &value.kind {
            ValueKind::Text(text) => match inside(text, value.span, self.naming.symbols) {
                Ok(Inside::Value(value)) => convert::with_decimals(self.as_decoded(value)).ok_or(Failed),
                _ if begins_as_no_json(&text.text) && known(value, self.naming.symbols).is_some() => {
                    Err(Cause::Missing)
                }
                _ => Err(Failed),
            },
            // What `jsonencode` left as it is.
            ValueKind::Map(_) | ValueKind::List(_) | ValueKind::Unordered(_) => Ok(value.clone()),
            _ => Err(Failed),
        }
    }

    /// A value that was read from a text: of several entries of one key the last counts, and a list in which something is not
    /// known may have been a set.
    fn as_decoded(&self, value: Value) -> Value {
        let kind = match value.kind {
            ValueKind::List(items) => {
                let is_known = items.iter().all(|item| convert::is_known(item, self.naming.symbols));
                let items = items.into_iter().map(|item| self.as_decoded(item)).collect();
                if is_known { ValueKind::List(items) } else { Order::Open.list(items) }
            }
            ValueKind::Map(entries) => {
                let entry = |entry: Entry| Entry { value: self.as_decoded(entry.value), ..entry };
                ValueKind::Map(last_of_each_key(entries.into_iter().map(entry)))
            }
            kind => kind,
        };
        Value { kind, ..value }
    }

    #[expect(clippy::wrong_self_convention, reason = "it is what a function of Terraform is called after")]
    fn from_yaml(&mut self, values: &[Value]) -> Evaluated {
        let [value] = values else { return Err(Failed) };
        let text = value.as_text().ok_or(Failed)?;
        if self.naming.symbols.within(text).next().is_some() || literal::holds_symbol(text) {
            return self.from_json(values);
        }
        let tree = parse_schema(text, yaml::scalar).map_err(|_| Failed)?;
        Ok(of_tree(&tree, value.span))
    }

    /// The first of the values that is neither null nor empty.
    fn coalesce(&mut self, values: Vec<Value>, span: Span) -> Evaluated {
        self.for_each_choice(span, values, &mut |this, values| {
            for value in convert::unified(values, this.naming.symbols).ok_or(Failed)? {
                match &value.kind {
                    ValueKind::Null => {}
                    ValueKind::Text(text) if text.text.is_empty() => {}
                    ValueKind::Unknown(_) => return Err(Failed),
                    // It may be empty.
                    ValueKind::Text(text) => {
                        let symbols = &this.naming.symbols;
                        let is_certain = text.text.chars().any(|letter| symbols.of_char(letter).is_none());
                        return if is_certain { Ok(value) } else { Err(Failed) };
                    }
                    _ => return Ok(value),
                }
            }
            Err(Failed)
        })
    }

    fn lookup(&mut self, values: &[Value]) -> Evaluated {
        let (of, key, default) = match values {
            [of, key] => (of, key, None),
            [of, key, default] => (of, key, Some(default)),
            _ => return Err(Failed),
        };
        let key = key.as_text().filter(|text| self.naming.symbols.within(text).next().is_none()).ok_or(Failed)?;
        let ValueKind::Map(entries) = &of.kind else { return Err(Failed) };
        // A key that is not known may be this one.
        if entries.iter().any(|entry| self.naming.symbols.within(&entry.key.text).next().is_some()) {
            return Err(Failed);
        }
        if let Some(value) = of.get(key) {
            return Ok(value.clone());
        }
        let default = default.ok_or(Failed)?;
        let others: Vec<&Value> = entries.iter().map(|entry| &entry.value).collect();
        Ok(convert::as_one_of(default.clone(), &others))
    }
}

/// Whether a conversion cannot take its argument, whatever the rest of its parts is.
fn certainly_fails(name: &str, values: &[Value], symbols: &Symbols) -> bool {
    if name == "regex" {
        return patterns::finds_nothing(values, symbols);
    }
    let [value] = values else { return false };
    // What `jsonencode` leaves as it is is a text.
    let is_list = matches!(value.kind, ValueKind::List(_) | ValueKind::Map(_)) && encode(value).is_some();
    let is_scalar = matches!(value.kind, ValueKind::Number(_) | ValueKind::Bool(_)) || known(value, symbols).is_some();
    match name {
        "tolist" | "toset" | "tomap" => is_scalar,
        "tostring" => is_list,
        "tonumber" => {
            let is_no_number = |text: &str| {
                !text.bytes().any(|byte| byte.is_ascii_digit()) && !text.to_ascii_lowercase().contains("inf")
            };
            is_list || matches!(value.kind, ValueKind::Bool(_)) || known(value, symbols).is_some_and(is_no_number)
        }
        "tobool" => {
            let is_no_bool = |text: &str| !["true", "false", "1", "0"].contains(&text);
            is_list || known(value, symbols).is_some_and(is_no_bool)
        }
        _ => false,
    }
}

/// Whether a text begins as no value of JSON does.
fn begins_as_no_json(text: &str) -> bool {
    let text = text.trim_start_matches([' ', '\t', '\r', '\n']);
    let is_word = ["true", "false", "null"].iter().any(|word| text.starts_with(word));
    !is_word && !text.starts_with(|letter: char| "{[\"-0123456789\u{feff}".contains(letter))
}

/// The last entry of each key.
fn last_of_each_key(entries: impl DoubleEndedIterator<Item = Entry>) -> Vec<Entry> {
    let mut seen = HashSet::new();
    let mut last: Vec<Entry> = entries.rev().filter(|entry| seen.insert(entry.key.text.clone())).collect();
    last.reverse();
    last
}

/// A value of a tree, all of which stands at one place.
fn of_tree(node: &Node<'_>, span: Span) -> Value {
    let kind = match &node.value {
        json::Value::Null => ValueKind::Null,
        json::Value::Bool(value) => ValueKind::Bool(*value),
        json::Value::Number(text) => ValueKind::Number(text.to_string()),
        json::Value::String(text) => ValueKind::Text(Text::from(text.to_string())),
        json::Value::Array(items) => ValueKind::List(items.iter().map(|item| of_tree(item, span)).collect()),
        json::Value::Object(members) => {
            let entry = |member: &json::Member<'_>| Entry {
                key: Text::from(member.key.to_string()),
                key_span: span,
                value: of_tree(&member.value, span),
            };
            ValueKind::Map(last_of_each_key(members.iter().map(entry)))
        }
    };
    Value { span, kind }
}

/// Whether a value, or something in it, is not known as a whole, or not of which type it is.
fn holds_unknown(value: &Value) -> bool {
    match &value.kind {
        // What is of no certain type may be of none.
        ValueKind::Unknown(_) | ValueKind::Untyped(_) => true,
        ValueKind::List(items) | ValueKind::Unordered(items) => items.iter().any(holds_unknown),
        ValueKind::Map(entries) => entries.iter().any(|entry| holds_unknown(&entry.value)),
        ValueKind::OneOf { choices, .. } => choices.iter().flatten().any(holds_unknown),
        ValueKind::Null | ValueKind::Bool(_) | ValueKind::Number(_) | ValueKind::Text(_) => false,
    }
}

/// The items of a list of which the order is certain.
fn list(value: &Value) -> Option<&[Value]> {
    match &value.kind {
        ValueKind::List(items) => Some(items),
        _ => None,
    }
}

/// The items of a list in whatever order, none of which may be missing.
fn all_there(value: &Value) -> Option<(&[Value], Order)> {
    value.items().filter(|(items, _)| !items.iter().any(super::expression::may_be_missing))
}

/// The items of a list in a certain order, none of which may be missing.
fn certain(value: &Value) -> Option<&[Value]> {
    list(value).filter(|items| !items.iter().any(super::expression::may_be_missing))
}

/// A text without symbols.
fn known<'v>(value: &'v Value, symbols: &Symbols) -> Option<&'v str> {
    value.as_text().filter(|text| symbols.within(text).next().is_none())
}

/// Texts without symbols.
fn all_known(items: &[Value], symbols: &Symbols) -> Option<Vec<String>> {
    let known =
        |item: &Value| item.to_text().map(|text| text.text).filter(|text| symbols.within(text).next().is_none());
    items.iter().map(known).collect()
}

fn text(text: impl Into<String>) -> ValueKind {
    ValueKind::Text(Text::from(text.into()))
}
