//! Terraform's resource types as those of CloudFormation: the table of `data/terraform-types.txt`.

use crate::table::{self, Row};
use std::collections::HashMap;
use std::sync::LazyLock;

static TABLE: LazyLock<HashMap<&'static str, Type>> = LazyLock::new(|| {
    let text = include_str!("../../data/terraform-types.txt");
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.filter_map(Type::read).collect()
});

/// A resource type of Terraform.
#[derive(Debug)]
pub(super) struct Type {
    /// The type that its resources become.
    pub(super) kind: &'static str,
    /// What becomes of its arguments.
    pub(super) arguments: Vec<Argument>,
    /// Policies that are types of their own as well.
    pub(super) extras: Vec<Extra>,
    /// The argument or attribute that is the physical name.
    name: Option<&'static str>,
    id: Id,
}

/// What the attribute `id` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Id {
    Name,
    Arn,
    /// That of an attribute with the name.
    Attribute(&'static str),
}

/// What becomes of an argument.
#[derive(Debug)]
pub(super) struct Argument {
    pub(super) name: &'static str,
    /// The property, and one inside of it.
    pub(super) property: &'static str,
    pub(super) meaning: Meaning,
    /// The arguments of its blocks.
    pub(super) block: Vec<Argument>,
}

/// What a value is, which tells how much can be said of it before it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Text,
    /// It names another resource.
    Name,
    Policy,
}

/// An argument that is what another type is as well.
#[derive(Debug)]
pub(super) struct Extra {
    pub(super) argument: &'static str,
    pub(super) kind: &'static str,
    pub(super) by: &'static str,
    pub(super) property: &'static str,
}

/// A resource type by name.
pub(super) fn of(kind: &str) -> Option<&'static Type> {
    TABLE.get(kind)
}

impl Type {
    fn read(line: &'static str) -> Option<(&'static str, Self)> {
        let mut words = line.split_ascii_whitespace();
        let (terraform, kind) = (words.next()?, words.next()?);
        let mut read = Self { kind, arguments: Vec::new(), extras: Vec::new(), name: None, id: Id::Name };
        for word in words {
            if let Some(name) = word.strip_prefix("name=") {
                read.name = Some(name);
            } else if let Some(what) = word.strip_prefix("id=") {
                read.id = match what {
                    "name" => Id::Name,
                    "arn" => Id::Arn,
                    attribute => Id::Attribute(attribute),
                };
            } else if let Some((argument, rest)) = word.split_once('>') {
                let mut parts = rest.split('/');
                let (kind, by, property) = (parts.next()?, parts.next()?, parts.next()?);
                read.extras.push(Extra { argument, kind, by, property });
            } else {
                read.arguments.push(Argument::read(word)?);
            }
        }
        Some((terraform, read))
    }

    /// How resources of the type are named, where a table says.
    pub(super) fn row(&self) -> Option<&'static Row> {
        table::row(self.kind)
    }

    /// What the attribute `id` is.
    pub(super) fn id(&self) -> Id {
        self.id
    }

    /// The argument or attribute that is the physical name.
    pub(super) fn name(&self) -> Option<&'static str> {
        self.name.or_else(|| self.argument_of(self.row()?.name?))
    }

    /// The argument that becomes a property.
    pub(super) fn argument_of(&self, property: &str) -> Option<&'static str> {
        self.arguments.iter().find(|argument| argument.property == property).map(|argument| argument.name)
    }
}

impl Argument {
    fn read(word: &'static str) -> Option<Self> {
        let (name, rest) = word.split_once([':', '{'])?;
        let (block, property) = if word.as_bytes().get(name.len()) == Some(&b'{') {
            let (inner, property) = rest.split_once("}:")?;
            (inner.split(',').map(Self::read).collect::<Option<Vec<_>>>()?, property)
        } else {
            (Vec::new(), rest)
        };
        let marks = [('@', Meaning::Name), ('#', Meaning::Policy)];
        let marked = marks.into_iter().find_map(|(mark, meaning)| Some((property.strip_suffix(mark)?, meaning)));
        let (property, meaning) = marked.unwrap_or((property, Meaning::Text));
        Some(Self { name, property, meaning, block })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{Holder, POLICY_PLACES};

    #[test]
    fn every_line_of_the_table_is_read() {
        let text = include_str!("../../data/terraform-types.txt");
        let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
        assert_eq!(TABLE.len(), lines.len(), "a type is there twice, or a line is not read");
        assert!(lines.iter().map(|line| line.split(' ').next()).is_sorted(), "sort the lines by type");
        for line in lines {
            let (_, read) = Type::read(line).unwrap();
            assert!(read.kind.starts_with("AWS::") || line.starts_with(read.kind), "{line}");
            if let Some(row) = read.row() {
                assert!(row.name.is_none() || read.name().is_some(), "what is the name? {line}");
            }
        }
    }

    /// What the table calls a policy, the assembly finds there, and the other way round.
    #[test]
    fn policies_are_where_the_assembly_looks_for_them() {
        let text = include_str!("../../data/terraform-types.txt");
        let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        for (terraform, read) in lines.filter_map(Type::read) {
            for argument in &read.arguments {
                let places = POLICY_PLACES.iter().filter(|place| place.resource_type == read.kind);
                let is_place = places.clone().any(|place| place.path.first() == Some(&argument.property));
                let inner = argument.block.iter().any(|inner| inner.meaning == Meaning::Policy);
                let is_policy = argument.meaning == Meaning::Policy || inner;
                let is_folded = crate::terraform::gather::folds(terraform, argument.name);
                assert_eq!(is_policy, is_place || is_folded, "{terraform} {}", argument.name);
                let is_holder = places.clone().any(|place| match place.holder {
                    Holder::Named(named) => named.by.first() == Some(&argument.property),
                    Holder::NamedPrincipals(all) => all.iter().any(|one| one.by.first() == Some(&argument.property)),
                    _ => false,
                });
                assert!(!is_holder || argument.meaning == Meaning::Name, "{terraform} {}", argument.name);
            }
        }
    }
}
