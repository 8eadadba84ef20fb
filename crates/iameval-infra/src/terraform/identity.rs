//! What resources are called: their names, their ARNs, and the attribute `id`.

use super::naming::Naming;
use super::types::{Id, Type};
use crate::stack::Location;
use crate::table::{self, Placeholder, Property};
use iameval::symbol::SymbolKind;

/// What a resource is called. Texts may hold symbols.
#[derive(Debug, Clone, Default)]
pub(super) struct Identity {
    pub(super) name: Option<String>,
    pub(super) arn: Option<String>,
    pub(super) id: String,
}

/// What is known of an argument or attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Attribute {
    /// A text, which may hold symbols.
    Known(String),
    /// Not known; whether the source gives it, so that another resource may have the same.
    Unknown {
        is_written: bool,
    },
    Absent,
}

impl Attribute {
    fn known(self) -> Option<String> {
        match self {
            Self::Known(text) => Some(text),
            Self::Unknown { .. } | Self::Absent => None,
        }
    }
}

/// Arguments that give the beginning of a name that is made up.
pub(super) const PREFIXES: [&str; 2] = ["name_prefix", "bucket_prefix"];

/// What the resource of an address is called.
pub(super) fn identify(
    address: &str,
    of: Option<&Type>,
    location: &Location,
    naming: &mut Naming<'_>,
    attribute: &dyn Fn(&str) -> Attribute,
) -> Identity {
    let mut identity = Identity::default();
    let text_of = |name: &str, naming: &mut Naming<'_>| match naming.given(&format!("{address}.{name}")) {
        Some(given) => Attribute::Known(given),
        None => attribute(name),
    };
    // What is given as the id is the name or the ARN.
    let also = |name: &str, id: Id, naming: &mut Naming<'_>| match text_of(name, naming) {
        Attribute::Known(text) if !text.is_empty() => Attribute::Known(text),
        other if of.is_some_and(|of| of.id() == id) => match text_of("id", naming) {
            Attribute::Known(text) if !text.is_empty() => Attribute::Known(text),
            _ => other,
        },
        other => other,
    };
    let known_arn = also("arn", Id::Arn, naming).known().filter(|arn| !arn.is_empty());
    let row = of.and_then(Type::row);
    let pattern = row.and_then(table::Row::arn).map(|(_, pattern)| pattern);
    let called = of.and_then(Type::name);
    let by_name = called.map_or(Attribute::Absent, |name| also(name, Id::Name, naming));
    let in_arn = || known_arn.as_deref().zip(pattern).and_then(|(arn, pattern)| table::name_in(arn, pattern));
    identity.name = match (by_name, called) {
        (Attribute::Known(name), _) if !name.is_empty() => Some(name),
        (other, Some(called)) => Some(in_arn().map_or_else(
            || {
                let address = format!("{address}.{called}");
                let is_wide = row.is_none_or(|row| row.is_wide);
                let kind = if is_wide { SymbolKind::Text } else { SymbolKind::Name };
                let is_made_up = other != Attribute::Unknown { is_written: true };
                let beginnings = PREFIXES.iter().filter(|_| is_made_up).map(|name| attribute(name).known());
                let beginning = beginnings.flatten().next().unwrap_or_default();
                let made = if row.is_some_and(|row| row.is_unique) && is_made_up {
                    let place = format!("{}/{}", location.account, location.region);
                    naming.unique(&address, kind, (of.map_or("", |of| of.kind), &place))
                } else {
                    naming.text(&address, kind)
                };
                beginning + &made
            },
            str::to_owned,
        )),
        (_, None) => in_arn().map(str::to_owned),
    };
    identity.arn = known_arn.or_else(|| {
        let filled = table::fill(pattern?, |placeholder| {
            Ok::<_, std::convert::Infallible>(match placeholder {
                Placeholder::Partition => location.partition.clone(),
                Placeholder::Region => location.region.clone(),
                Placeholder::Account => location.account.clone(),
                Placeholder::UrlSuffix => "amazonaws.com".to_owned(),
                Placeholder::Name => match &identity.name {
                    Some(name) => name.clone(),
                    None => naming.text(&format!("{address}.arn"), SymbolKind::Text),
                },
                Placeholder::Path => match text_of("path", naming) {
                    Attribute::Known(path) if path.starts_with('/') => path,
                    Attribute::Absent => "/".to_owned(),
                    _ => format!("/{}", naming.text(&format!("{address}.path"), SymbolKind::Path)),
                },
                Placeholder::Unknown(_) => naming.text(&format!("{address}.arn"), SymbolKind::Text),
                Placeholder::Property(property) => {
                    let argument = of.and_then(|of| of.argument_of(property.name));
                    let value = argument.map_or(Attribute::Unknown { is_written: false }, |name| text_of(name, naming));
                    match (value, property.without()) {
                        (Attribute::Known(text), _) => property.with(Property::part_of(&text).to_owned()),
                        (Attribute::Absent, Some(default)) => default.to_owned(),
                        _ => {
                            let address = format!("{address}.{}", argument.unwrap_or("arn"));
                            property.with(naming.text(&address, SymbolKind::Text))
                        }
                    }
                }
            })
        });
        // The provider leaves out what stands for the streams of a group of logs.
        filled.ok().map(|arn| arn.strip_suffix(":*").map_or(arn.clone(), str::to_owned))
    });
    let id = text_of("id", naming).known().filter(|id| !id.is_empty());
    identity.id = id.unwrap_or_else(|| {
        let known = match of.map(Type::id) {
            Some(Id::Name) => identity.name.clone(),
            Some(Id::Arn) => identity.arn.clone(),
            Some(Id::Attribute(name)) => text_of(name, naming).known(),
            None => None,
        };
        known.unwrap_or_else(|| naming.text(&format!("{address}.id"), SymbolKind::Text))
    });
    identity
}
