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
