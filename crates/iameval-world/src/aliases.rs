//! Further names of things, such as `cfn:ID` for what is called `cfn:STACK/ID`.

use std::collections::BTreeMap;

/// The names that each further name means.
#[derive(Debug, Default)]
pub(crate) struct Aliases {
    names: BTreeMap<String, Vec<String>>,
}

impl Aliases {
    pub(crate) fn add(&mut self, alias: &str, name: &str) {
        let names = self.names.entry(alias.into()).or_default();
        if !names.iter().any(|known| known == name) {
            names.push(name.into());
        }
    }

    /// The name that a text means: its own, unless it is a further name of one thing. One of several names nothing.
    pub(crate) fn name<'t>(&'t self, text: &'t str) -> &'t str {
        match self.names.get(text).map(Vec::as_slice) {
            None => text,
            Some([name]) => name,
            Some(_) => "",
        }
    }

    /// The names that a text means, where there are several.
    pub(crate) fn several(&self, text: &str) -> &[String] {
        self.names.get(text).filter(|names| names.len() > 1).map_or(&[], Vec::as_slice)
    }

    /// Every further name.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.names.keys().map(String::as_str)
    }
}
