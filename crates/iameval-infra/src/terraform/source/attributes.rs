//! Attributes that are written, as references read them: of the type that the provider gives them, as far as that is
//! certain. A number may be written as a text and the other way round, and what is written as a list may be a set.

use super::convert::decimal;
use super::evaluate::Evaluator;
use super::folder::Resource;
use super::syntax::ExprKind;
use crate::terraform::naming::Naming;
use crate::terraform::resources::entry;
use crate::terraform::types::{self, Meaning, Type};
use crate::value::{Entry, Order, Text, Value, ValueKind};
use iameval::PolicyKind;
use iameval::symbol::SymbolKind;
use iameval::text::Span;
use iameval_data::ManagedPolicy;

/// What is known of the type of an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Schema {
    /// It is a text.
    Text,
    /// It is a map of texts.
    Texts,
    /// It is what is written, whatever that is.
    Any,
    Open,
}

/// Attributes of every type that are maps of texts.
const MAPS: [&str; 5] = ["keepers", "tags", "tags_all", "triggers", "result"];

impl Schema {
    /// That of an attribute of a resource or data source.
    pub(super) fn of(resource: &Resource, name: &str) -> Self {
        let of = types::of(&resource.kind).filter(|_| !resource.is_data);
        let is_policy = || {
            let arguments = of.iter().flat_map(|of| &of.arguments);
            arguments.filter(|argument| argument.meaning == Meaning::Policy).any(|argument| argument.name == name)
        };
        let is_name = ["arn", "bucket", "description", "id", "path", "url"].contains(&name)
            || ["_arn", "_id", "name"].iter().any(|end| name.ends_with(end));
        match &*resource.kind {
            "terraform_data" => Self::Any,
            _ if MAPS.contains(&name) => Self::Texts,
            kind if kind.starts_with("aws_") && is_name => Self::Text,
            _ if of.and_then(Type::name) == Some(name) || is_policy() => Self::Text,
            _ => Self::Open,
        }
    }

    /// What is read of an attribute of which somebody says what it is.
    pub(super) fn given(self, span: Span, given: &str, naming: &Naming<'_>) -> Value {
        let text = Text::from(given.to_owned());
        let kind = match self {
            Self::Text => ValueKind::Text(text),
            Self::Texts | Self::Any | Self::Open => {
                untyped(text, naming).unwrap_or_else(|| ValueKind::Untyped(given.to_owned()))
            }
        };
        Value { span, kind }
    }

    /// What is read of a value that is written at an address. What cannot be told is a symbol: the provider may make up what
    /// is null.
    pub(super) fn read(self, value: Value, address: &str, naming: &mut Naming<'_>) -> Value {
        let open = |naming: &mut Naming<'_>| ValueKind::Unknown(naming.symbol(address, SymbolKind::Input));
        let kind = match (self, value.kind) {
            (Self::Any, kind) => kind,
            (_, ValueKind::OneOf { on, choices }) => {
                let mut read = |choice: Option<Value>| choice.map(|choice| self.read(choice, address, naming));
                ValueKind::OneOf { on, choices: choices.into_iter().map(&mut read).collect() }
            }
            (Self::Texts, ValueKind::Map(entries)) => {
                let mut of_text = |value: Value| match value.kind {
                    ValueKind::Null => value,
                    kind => Self::Text.read(Value { kind, ..value }, address, naming),
                };
                ValueKind::Map(entries.into_iter().map(|it| Entry { value: of_text(it.value), ..it }).collect())
            }
            (_, ValueKind::Null) => open(naming),
            (Self::Text, kind @ (ValueKind::Text(_) | ValueKind::List(_) | ValueKind::Map(_))) => kind,
            (Self::Text, ValueKind::Untyped(text)) => ValueKind::Text(Text::from(text)),
            (Self::Text, ValueKind::Bool(value)) => ValueKind::Text(Text::from(value.to_string())),
            (Self::Text, ValueKind::Number(text)) => {
                decimal(&text).map_or_else(|| open(naming), |text| ValueKind::Text(Text::from(text)))
            }
            (_, ValueKind::Bool(value)) => ValueKind::Untyped(value.to_string()),
            (_, ValueKind::Number(text)) => decimal(&text).map_or_else(|| open(naming), ValueKind::Untyped),
            (_, ValueKind::Text(text)) => untyped(text, naming).unwrap_or_else(|| open(naming)),
            (_, ValueKind::List(items)) => {
                let items = items.into_iter().map(|item| Self::Open.read(item, address, naming));
                Order::Open.list(items.collect())
            }
            (_, ValueKind::Unordered(items)) => {
                ValueKind::Unordered(items.into_iter().map(|item| Self::Open.read(item, address, naming)).collect())
            }
            (_, ValueKind::Map(entries)) => {
                let read = |it: Entry| Entry { value: Self::Open.read(it.value, address, naming), ..it };
                ValueKind::Map(entries.into_iter().map(read).collect())
            }
            (_, kind @ (ValueKind::Untyped(_) | ValueKind::Unknown(_))) => kind,
        };
        Value { kind, ..value }
    }
}

impl<'t> Evaluator<'t, '_> {
    /// The policy that a data source finds by its name: one of AWS, or one of the same account that the source has. `None`
    /// where neither has the name, or more may be asked for.
    pub(super) fn policy_of_name(
        &mut self,
        number: usize,
        resource: &'t Resource,
        attribute: &str,
        depth: u32,
    ) -> Option<Value> {
        let asks = |name: &str| resource.body.attribute(name).is_some();
        let location = self.location_of(number);
        if asks("arn") || asks("path_prefix") || asks("tags") {
            return None;
        }
        let name = self.written_once(number, resource, "name", depth)?;
        let name = name.as_text().filter(|name| self.naming.symbols.within(name).next().is_none())?.to_owned();
        let span = resource.head;
        if let Some(managed) = ManagedPolicy::find(&name).filter(|known| known.kind() == PolicyKind::Identity) {
            // Other partitions do not have all of them.
            if location.partition != "aws" {
                return None;
            }
            let text = if attribute == "policy" { managed.document() } else { managed.arn() };
            return Some(Value::text(span, text));
        }
        let found = (0..self.modules.len()).find_map(|module| {
            let is_it = |known: &&Resource| {
                let written = known.body.attribute("name").map(|attribute| &attribute.value.kind);
                let is_named = matches!(written, Some(ExprKind::Text(text)) if text.text == name);
                !known.is_data && known.kind == "aws_iam_policy" && is_named
            };
            let folder = self.folder(module);
            Some((module, folder.resources.iter().find(is_it)?))
        });
        let (module, found) = found?;
        let expansion = self.expansion(module, found, (found.file, found.head), depth).ok()?;
        let member = expansion.member(None)?;
        // Another account may have one of that name.
        if self.location_of(member).account != location.account {
            return None;
        }
        let scope = Self::scope_of(module, found.file, depth);
        self.attribute(&scope, member, attribute, span).ok().map(|value| value.placed(span))
    }

    /// The root of an organization: there is one.
    pub(super) fn roots(&mut self, address: &str, span: Span) -> Value {
        let mut of = |name: &str| {
            let text = self.naming.text(&format!("{address}[0].{name}"), SymbolKind::Text);
            entry(name, Value::text(span, text))
        };
        let entries = vec![of("arn"), of("id"), of("name")];
        let root = Value { span, kind: ValueKind::Map(entries) };
        Value { span, kind: ValueKind::List(vec![root]) }
    }
}

/// A text as what it may be: a number has another text where it is not written as Terraform writes it, and `1` may be true.
fn untyped(text: Text, naming: &Naming<'_>) -> Option<ValueKind> {
    let written = &*text.text;
    let word = written.trim_start_matches(['+', '-']).to_ascii_lowercase();
    let is_number = word.starts_with(|first: char| first.is_ascii_digit() || first == '.') || word.starts_with("inf");
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || "+-._".contains(letter);
    let may_be_other = ["true", "false"].contains(&written) || is_number && written.chars().all(is_word);
    if !may_be_other || naming.symbols.within(written).next().is_some() {
        return Some(ValueKind::Text(text));
    }
    let is_as_written = !["0", "1"].contains(&written) && decimal(written).as_deref() == Some(written);
    (!is_number || is_as_written).then(|| ValueKind::Untyped(text.text.clone()))
}
