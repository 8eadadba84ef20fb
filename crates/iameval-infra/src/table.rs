//! What `Ref` and `Fn::GetAtt` give, by resource type: the table of `data/resource-types.txt`.

use std::collections::HashMap;
use std::sync::LazyLock;

static TABLE: LazyLock<HashMap<&'static str, Row>> = LazyLock::new(|| {
    let text = include_str!("../data/resource-types.txt");
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.filter_map(Row::read).collect()
});

/// A resource type.
#[derive(Debug)]
pub(crate) struct Row {
    /// The property that gives its physical name.
    pub(crate) name: Option<&'static str>,
    /// Whether no two of one stack have the same name.
    pub(crate) is_unique: bool,
    /// Whether a name that is given may hold more than letters, digits and `+=,.@_-`.
    pub(crate) is_wide: bool,
    /// The patterns of `Ref` and of attributes, by their names, in the order of the table.
    attributes: Vec<(&'static str, &'static str)>,
}

/// The row of a resource type.
pub(crate) fn row(kind: &str) -> Option<&'static Row> {
    TABLE.get(kind)
}

impl Row {
    fn read(line: &'static str) -> Option<(&'static str, Self)> {
        let mut words = line.split_ascii_whitespace();
        let kind = words.next()?;
        let mut row = Self { name: None, is_unique: false, is_wide: false, attributes: Vec::new() };
        for word in words {
            match (word, word.split_once('=')) {
                ("unique", _) => row.is_unique = true,
                ("wide", _) => row.is_wide = true,
                (_, Some(("name", property))) => row.name = Some(property),
                (_, Some(attribute)) => row.attributes.push(attribute),
                _ => {}
            }
        }
        Some((kind, row))
    }

    /// The pattern of `Ref`.
    pub(crate) fn reference(&self) -> &'static str {
        self.attribute("Ref").unwrap_or("{Name}")
    }

    /// The pattern of an attribute.
    pub(crate) fn attribute(&self, name: &str) -> Option<&'static str> {
        self.attributes.iter().find(|(attribute, _)| *attribute == name).map(|(_, pattern)| *pattern)
    }

    /// The attribute that is the ARN of the resource.
    pub(crate) fn arn(&self) -> Option<(&'static str, &'static str)> {
        let arns = || self.attributes.iter().filter(|(_, pattern)| pattern.starts_with("arn:"));
        arns().find(|(name, _)| *name == "Arn").or_else(|| arns().next()).copied()
    }
}

/// A pattern with what its placeholders stand for in place.
pub(crate) fn fill<E>(pattern: &str, mut value: impl FnMut(Placeholder<'_>) -> Result<String, E>) -> Result<String, E> {
    let mut text = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        text.push_str(&value(Placeholder::read(name))?);
        rest = after;
    }
    text.push_str(rest);
    Ok(text)
}

/// A placeholder of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Placeholder<'p> {
    Partition,
    Region,
    Account,
    UrlSuffix,
    Name,
    Path,
    /// Something that no property gives.
    Unknown(&'p str),
    Property(Property<'p>),
}

/// What a property gives in a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Property<'p> {
    pub(crate) name: &'p str,
    /// What stands there without the property: nothing where `mark` is given.
    default: Option<&'p str>,
    /// What follows where there is something else than the default.
    mark: Option<char>,
}

impl<'p> Placeholder<'p> {
    fn read(name: &'p str) -> Self {
        match name {
            "P" => Self::Partition,
            "R" => Self::Region,
            "A" => Self::Account,
            "S" => Self::UrlSuffix,
            "Name" => Self::Name,
            "Path" => Self::Path,
            _ => match name.strip_prefix('?') {
                Some(name) => Self::Unknown(name),
                None => Self::Property(Property::read(name)),
            },
        }
    }
}

impl<'p> Property<'p> {
    fn read(name: &'p str) -> Self {
        let mark = name.chars().next_back().filter(|mark| "/|".contains(*mark));
        let optional = mark.and_then(|mark| name.strip_suffix(mark));
        match name.split_once('=') {
            Some((name, default)) => Self { name, default: Some(default), mark: None },
            None => Self { name: optional.unwrap_or(name), default: optional.map(|_| ""), mark },
        }
    }

    /// What stands there where the property is missing; `None` where that is not known.
    pub(crate) fn without(self) -> Option<&'p str> {
        self.default
    }

    /// What stands there for a text.
    pub(crate) fn with(self, text: String) -> String {
        match self.mark {
            Some(_) if text == "default" => String::new(),
            Some(mark) => format!("{text}{mark}"),
            None => text,
        }
    }

    /// The part of a known text that counts.
    pub(crate) fn part_of(text: &str) -> &str {
        if text.starts_with("arn:") {
            // Of an ARN, only the name counts here.
            text.rsplit([':', '/']).next().unwrap_or_default()
        } else {
            // That of an identity provider is without its scheme in ARNs.
            text.strip_prefix("https://").unwrap_or(text)
        }
    }
}

/// The name in an ARN whose pattern ends with it.
pub(crate) fn name_in<'a>(arn: &'a str, pattern: &str) -> Option<&'a str> {
    let (before, after) = pattern.rsplit_once("{Name}")?;
    let arn = arn.strip_suffix(after)?;
    let mark = before.chars().next_back().filter(|mark| ":/".contains(*mark)).unwrap_or('/');
    arn.rsplit_once(mark).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_read() {
        let text = include_str!("../data/resource-types.txt");
        let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
        assert_eq!(TABLE.len(), lines.len(), "a type is there twice");
        assert!(lines.is_sorted());
        for line in lines {
            let (kind, row) = Row::read(line).unwrap();
            assert!(kind.matches("::").count() == 2, "{line}");
            for word in line.split(' ').skip(1) {
                assert!(word == "unique" || word == "wide" || word.contains('='), "{line}");
            }
            for (_, pattern) in &row.attributes {
                assert_eq!(pattern.matches('{').count(), pattern.matches('}').count(), "{line}");
                assert!(!pattern.starts_with("arn:") || pattern.matches(':').count() >= 5, "{line}");
            }
        }
    }
}
