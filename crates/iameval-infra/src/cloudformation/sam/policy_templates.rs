//! The policy templates of SAM, from `data/sam-policy-templates.txt`.

use super::tree::{Place, Tree, only};
use iameval::json::{self, Member, Node, Value};
use std::collections::BTreeMap;
use std::sync::LazyLock;

static TABLE: LazyLock<BTreeMap<&'static str, PolicyTemplate>> = LazyLock::new(|| {
    let text = include_str!("../../../data/sam-policy-templates.txt");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(PolicyTemplate::read).collect()
});

/// A policy template.
#[derive(Debug)]
pub(super) struct PolicyTemplate {
    pub(super) parameters: Vec<&'static str>,
    statements: &'static str,
}

/// The policy template of that name.
pub(super) fn find(name: &str) -> Option<&'static PolicyTemplate> {
    TABLE.get(name)
}

/// The names of all.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    TABLE.keys().copied()
}

impl PolicyTemplate {
    fn read(line: &'static str) -> Option<(&'static str, Self)> {
        let (name, rest) = line.split_once(' ')?;
        let (parameters, statements) = rest.split_once(' ')?;
        let parameters = if parameters == "-" { Vec::new() } else { parameters.split(',').collect() };
        Some((name, Self { parameters, statements }))
    }

    /// The document of the template with these values, at a place. The values stay at theirs.
    pub(super) fn document(&self, place: Place, values: &[Member<'static>]) -> Option<Tree> {
        let statements = json::parse(self.statements).ok()?;
        Some(place.map([("Statement", self.fill(&place.put(statements), values))]))
    }

    fn fill(&self, node: &Tree, values: &[Member<'static>]) -> Tree {
        if let Some(Member { key, value, .. }) = only(node)
            && key == "Ref"
            && let Some(name) = value.as_str().filter(|name| self.parameters.contains(name))
            && let Some(given) = values.iter().rev().find(|given| given.key == name)
        {
            return given.value.clone();
        }
        let value = match &node.value {
            Value::Array(items) => Value::Array(items.iter().map(|item| self.fill(item, values)).collect()),
            Value::Object(members) => Value::Object(
                members
                    .iter()
                    .map(|member| Member { value: self.fill(&member.value, values), ..member.clone() })
                    .collect(),
            ),
            other => other.clone(),
        };
        Node { value, span: node.span }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_read() {
        let text = include_str!("../../../data/sam-policy-templates.txt");
        let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        assert!(lines.is_sorted());
        assert_eq!(TABLE.len(), lines.len());
        for (name, template) in &*TABLE {
            let statements = json::parse(template.statements).unwrap_or_else(|error| panic!("{name}: {error:?}"));
            assert!(matches!(statements.value, Value::Array(_)), "{name}");
            for parameter in &template.parameters {
                assert!(template.statements.contains(&format!("{{\"Ref\":\"{parameter}\"}}")), "{name} {parameter}");
            }
        }
    }
}
