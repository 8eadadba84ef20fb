//! What resources are called: their physical names, and what `Ref` and `Fn::GetAtt` make of these.

use super::{At, Evaluator, Key, Told};
use crate::table::{self, Placeholder, Property, Row, name_in};
use crate::value::{Value, ValueKind};
use iameval::json::{Member, Node};
use iameval::symbol::SymbolKind;
use iameval::text::Span;
use std::rc::Rc;

/// What a resource is called.
#[derive(Debug)]
pub(super) struct Identity {
    pub(super) row: Option<&'static Row>,
    /// Its physical name or id.
    name: String,
    /// Its path, as IAM has them.
    path: String,
    /// What `Ref` gives.
    pub(super) reference: String,
    /// Whether its condition is known to be false.
    pub(super) is_gone: bool,
    /// Whether its attributes may be anything.
    pub(super) is_open: bool,
}

impl<'t> Evaluator<'t> {
    /// What the resource of that id is called.
    pub(super) fn identity(&mut self, at: At, id: &'t str, span: Span) -> Result<Rc<Identity>, Told> {
        if let Some(identity) = self.identities.get(&(at.stack, id)) {
            return identity.clone();
        }
        let at = self.deeper(at, span)?;
        self.enter(at, Key::Resource(id), span)?;
        let owner = self.owner.take();
        let identity = self.identify(at, id).map(Rc::new);
        self.owner = owner;
        self.leave();
        self.identities.insert((at.stack, id), identity.clone());
        identity
    }

    fn identify(&mut self, at: At, id: &'t str) -> Result<Identity, Told> {
        let Some(&member) = self.sections(at).resources.get(id) else { return Err(Told) };
        let kind = member.value.get("Type").and_then(Node::as_str).unwrap_or_default();
        let is_open = kind.starts_with("Custom::") || kind.starts_with("AWS::CloudFormation::");
        let row = table::row(kind);
        let is_gone = self.is_gone(at, member)?;
        let address = format!("{}{id}", self.template(at).prefix);
        let mut identity =
            Identity { row, name: String::new(), path: "/".into(), reference: String::new(), is_gone, is_open };
        let Some(row) = row.filter(|_| !is_gone) else {
            let kind = if is_open { SymbolKind::Input } else { SymbolKind::Text };
            identity.reference = self.text_of(at, member.key_span, &address, kind)?;
            identity.name.clone_from(&identity.reference);
            return Ok(identity);
        };
        let given = self.given_for(&address);
        identity.name = match &given {
            Some(given) if !given.starts_with("arn:") => given.clone(),
            Some(arn) => name_in(arn, row.reference()).unwrap_or(arn).to_owned(),
            None => self.name(at, id, member, row)?,
        };
        identity.path = self.path(at, id, member)?;
        identity.reference = match given.filter(|given| given.starts_with("arn:")) {
            Some(arn) => arn,
            None => self.fill(at, id, member, &identity, row.reference(), member.key_span)?,
        };
        Ok(identity)
    }

    /// Whether the condition of a resource is known to be false.
    pub(super) fn is_gone(&mut self, at: At, member: &'t Member<'static>) -> Result<bool, Told> {
        let Some(condition) = member.value.get("Condition") else { return Ok(false) };
        let truth = self.condition(at, condition.as_str().unwrap_or_default(), condition.span)?;
        Ok(truth == super::Truth::False)
    }

    fn name(&mut self, at: At, id: &'t str, member: &'t Member<'static>, row: &'static Row) -> Result<String, Told> {
        let property = row.name.map_or(Ok(None), |name| self.property(at, member, name))?;
        if let Some(text) = property.as_ref().and_then(known_text) {
            return Ok(text);
        }
        let prefix = &self.template(at).prefix;
        if let Some((attribute, pattern)) = row.arn()
            && let Some(arn) = self.given_for(&format!("{prefix}{id}.{attribute}"))
            && let Some(name) = name_in(&arn, pattern)
        {
            return Ok(name.to_owned());
        }
        let kind = member.value.get("Type").and_then(Node::as_str).unwrap_or_default();
        let count = u32::try_from(self.families.len()).unwrap_or(u32::MAX);
        let base = self.first_family;
        let family = row
            .is_unique
            .then(|| *self.families.entry((at.stack, kind.to_owned())).or_insert_with(|| base.wrapping_add(count)));
        let is_wide = row.is_wide && (property.is_some() || !row.is_unique);
        let kind = if is_wide { SymbolKind::Text } else { SymbolKind::Name };
        // What a property gives may be what another one's gives as well.
        let family = family.filter(|_| property.is_none());
        let address = format!("{prefix}{id}");
        self.symbol(at, member.key_span, &address, kind, family).map(|symbol| symbol.to_string())
    }

    fn path(&mut self, at: At, id: &str, member: &'t Member<'static>) -> Result<String, Told> {
        let Some(path) = self.property(at, member, "Path")? else { return Ok("/".into()) };
        let text = known_text(&path).filter(|text| text.starts_with('/'));
        if let Some(text) = text {
            return Ok(text);
        }
        let address = format!("{}{id}.Path", self.template(at).prefix);
        Ok(format!("/{}", self.text_of(at, path.span, &address, SymbolKind::Path)?.trim_start_matches('/')))
    }

    /// The value of a property of a resource.
    fn property(&mut self, at: At, member: &'t Member<'static>, name: &str) -> Result<Option<Value>, Told> {
        match member.value.get("Properties").and_then(|properties| properties.get(name)) {
            Some(node) => self.value(at, node),
            None => Ok(None),
        }
    }

    /// A pattern of the table, with what it names in place.
    pub(super) fn fill(
        &mut self,
        at: At,
        id: &str,
        member: &'t Member<'static>,
        identity: &Identity,
        pattern: &str,
        span: Span,
    ) -> Result<String, Told> {
        table::fill(pattern, |placeholder| match placeholder {
            Placeholder::Partition => Ok(self.partition(at)?.to_owned()),
            Placeholder::Region => self.region(at),
            Placeholder::Account => self.account(at),
            Placeholder::UrlSuffix => Ok(self.url_suffix(at)?.to_owned()),
            Placeholder::Name => Ok(identity.name.clone()),
            Placeholder::Path => Ok(identity.path.clone()),
            Placeholder::Unknown(name) => self.unknown_part(at, id, name, span),
            Placeholder::Property(property) => self.part(at, id, member, property, span),
        })
    }

    /// A part of a pattern that a property gives.
    fn part(
        &mut self,
        at: At,
        id: &str,
        member: &'t Member<'static>,
        property: Property<'_>,
        span: Span,
    ) -> Result<String, Told> {
        let value = self.property(at, member, property.name)?;
        if let (None, Some(default)) = (&value, property.without()) {
            return Ok(default.into());
        }
        // What begins with something that may be anything may be an ARN.
        let text = value.as_ref().and_then(known_text).filter(|text| {
            let first = text.chars().next().and_then(|first| self.symbols.of_char(first));
            !first.is_some_and(|first| matches!(self.symbols.kind(first), SymbolKind::Input | SymbolKind::Text))
        });
        let text = match text {
            Some(text) => Property::part_of(&text).to_owned(),
            None => self.unknown_part(at, id, property.name, span)?,
        };
        Ok(property.with(text))
    }

    fn unknown_part(&mut self, at: At, id: &str, name: &str, span: Span) -> Result<String, Told> {
        let address = format!("{}{id}.{name}", self.template(at).prefix);
        self.text_of(at, span, &address, SymbolKind::Text)
    }
}

/// The text of a value that is one, with its symbols.
fn known_text(value: &Value) -> Option<String> {
    match &value.kind {
        ValueKind::Text(_) | ValueKind::Number(_) => value.to_text().map(|text| text.text),
        _ => None,
    }
}
