//! The definitions of one kind in all world files, by name: each once, unless a later one says that it replaces
//! the earlier.

use super::file::{Checked, Result, WorldFile, entries};
use crate::builder::{Kind, overrides_nothing};
use crate::clash::{Clash, Place};
use iameval::json::fields::{boolean, fields, invalid};
use iameval::json::{Member, Node};
use iameval::suggest::{did_you_mean, names_around};
use std::collections::BTreeMap;

/// The field by which a definition replaces an earlier one.
pub(super) const OVERRIDE: &str = "override";

/// Something that a file defines.
#[derive(Clone, Copy)]
pub(super) struct Definition<'t> {
    pub(super) file: &'t WorldFile,
    pub(super) member: &'t Member<'static>,
    /// Whether it replaces something that comes from elsewhere than world files.
    overrides: bool,
}

impl Definition<'_> {
    /// Where it stands.
    pub(super) fn place(&self) -> Place {
        let place = Place::new(&self.file.source, self.member.key_span);
        if self.overrides { place.overriding() } else { place }
    }
}

/// The definitions of one kind in the order in which the files have them first.
pub(super) struct Definitions<'t, 'w> {
    kind: Kind,
    /// What is there before the files are read.
    loaded: BTreeMap<&'w str, &'w Place>,
    list: Vec<Definition<'t>>,
    places: BTreeMap<&'t str, usize>,
}

impl<'t, 'w> Definitions<'t, 'w> {
    pub(super) fn new(kind: Kind, loaded: BTreeMap<&'w str, &'w Place>) -> Self {
        Self { kind, loaded, list: Vec::new(), places: BTreeMap::new() }
    }

    /// Adds what the section of a file defines.
    pub(super) fn add(&mut self, file: &'t WorldFile, node: Option<&'t Node<'static>>) -> Result<()> {
        for member in entries(node, section(self.kind)).map_err(|error| file.error(error))? {
            let overrides = match member.value.get(OVERRIDE) {
                Some(node) => boolean(node, "`override`").map_err(|error| file.error(error))?,
                None => false,
            };
            let known = self.places.get(&*member.key).copied();
            let loaded = self.loaded.get(&*member.key).copied();
            let definition = Definition { file, member, overrides: loaded.is_some() };
            let earlier = known.and_then(|place| self.list.get(place)).map(Definition::place);
            self.check(&definition, overrides, earlier.as_ref().or(loaded))?;
            if let Some(earlier) = known.and_then(|place| self.list.get_mut(place)) {
                *earlier = definition;
            } else {
                self.places.insert(&member.key, self.list.len());
                self.list.push(definition);
            }
        }
        Ok(())
    }

    pub(super) fn into_list(self) -> Vec<Definition<'t>> {
        self.list
    }

    fn check(
        &self,
        definition: &Definition<'t>,
        overrides: bool,
        earlier: Option<&Place>,
    ) -> std::result::Result<(), Clash> {
        let (name, place) = (&*definition.member.key, definition.place());
        match earlier {
            None if overrides => {
                let known = names_around(name, &self.places).chain(names_around(name, &self.loaded));
                Err(overrides_nothing(self.kind, name, &place, did_you_mean(name, known)))
            }
            Some(earlier) if !overrides || earlier.is_definition_beside(&place) => {
                Err(Clash::twice(&format!("the {} `{name}`", self.kind.as_str()), &place, earlier))
            }
            _ => Ok(()),
        }
    }
}

/// What the section of a kind is called in messages.
fn section(kind: Kind) -> &'static str {
    match kind {
        Kind::Policy => "`policies`",
        Kind::Group => "`groups`",
        Kind::Principal => "`principals`",
        Kind::Resource => "`resources`",
        Kind::Account => "`accounts`",
        Kind::Endpoint => "`endpoints`",
        Kind::Context => "`contexts`",
    }
}

/// The value of a definition that has no fields of its own, such as a policy: `{ FIELD: VALUE, override: true }` says
/// the same as `VALUE`.
pub(super) fn unwrapped<'n>(node: &'n Node<'static>, field: &str, what: &str) -> Checked<&'n Node<'static>> {
    if node.get(OVERRIDE).is_none() && node.get(field).is_none() {
        return Ok(node);
    }
    let [value, _] = fields(node, what, [field, OVERRIDE])?;
    value.ok_or_else(|| {
        invalid(node.span, format!("{what} with `override` needs its `{field}`"))
            .with_help(format!("write `{{ {field}: …, override: true }}`"))
    })
}
