//! The texts in the parameters of a call, however deep, with their names.

use crate::value::Value;

/// The texts of a value.
pub(super) struct Parameters<'v> {
    /// The name of each member, and the member it is in.
    names: Vec<(&'v str, Option<usize>)>,
    /// Each text, its name and how deep it is.
    pub(super) texts: Vec<Text<'v>>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Text<'v> {
    pub(super) value: &'v str,
    name: usize,
    pub(super) depth: usize,
}

/// Calls have a few texts. What comes after so many is data and not the name of a resource.
const MAX_TEXTS: usize = 500;

impl<'v> Parameters<'v> {
    pub(super) fn of(value: &'v Value<'_>) -> Self {
        let mut parameters = Self { names: Vec::new(), texts: Vec::new() };
        parameters.add(value, None, 0);
        parameters
    }

    fn add(&mut self, value: &'v Value<'_>, name: Option<usize>, depth: usize) {
        if self.texts.len() >= MAX_TEXTS {
            return;
        }
        match (value, name) {
            (Value::Object(members), _) => {
                for (member, value) in members {
                    // Policies name resources that the call is not about.
                    let is_policy = matches!(value, Value::Object(_)) && contains_word(member, "policy");
                    if !is_policy {
                        self.names.push((member, name));
                        self.add(value, Some(self.names.len() - 1), depth + 1);
                    }
                }
            }
            (Value::List(items), _) => items.iter().for_each(|item| self.add(item, name, depth)),
            (Value::Text(value) | Value::Literal(value), Some(name)) => {
                self.texts.push(Text { value, name, depth });
            }
            _ => {}
        }
    }

    /// The name of a text. EC2 writes some lists as `{"VpcId": {"tag": 1, "content": "vpc-1"}}`.
    pub(super) fn name(&self, text: Text<'_>) -> &'v str {
        let (name, parent) = self.names.get(text.name).copied().unwrap_or_default();
        match parent.and_then(|parent| self.names.get(parent)) {
            Some((parent, _)) if name == "content" => parent,
            _ => name,
        }
    }

    /// The whole name of a text: `instancesSet.items.instanceId`.
    pub(super) fn path(&self, text: Text<'_>) -> String {
        let mut names = Vec::new();
        let mut next = Some(text.name);
        while let Some((name, parent)) = next.and_then(|at| self.names.get(at)) {
            names.push(*name);
            next = *parent;
        }
        names.reverse();
        format!("requestParameters.{}", names.join("."))
    }
}

pub(super) fn contains_word(text: &str, word: &str) -> bool {
    text.as_bytes().windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
}
