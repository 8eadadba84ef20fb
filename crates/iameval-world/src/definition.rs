//! The definitions of one kind in all world files, by name: each once, unless a later one says that it stands in for
//! the earlier.

use crate::file::{Result, WorldFile, entries};
use crate::{Finding, Source};
use iameval::json::fields::{boolean, invalid};
use iameval::json::{Member, Node};
use iameval::suggest::did_you_mean;
use iameval::text::Span;
use iameval::{Code, Diagnostic};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The field by which a definition stands in for an earlier one.
pub(crate) const OVERRIDE: &str = "override";

/// Where something was defined.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) source: Arc<Source>,
    pub(crate) span: Span,
}

/// Something that a file defines.
#[derive(Clone, Copy)]
pub(crate) struct Definition<'t> {
    pub(crate) file: &'t WorldFile,
    pub(crate) member: &'t Member<'static>,
}

/// The definitions of one kind in the order in which the files have them first.
pub(crate) struct Definitions<'t> {
    what: &'static str,
    /// What is there before the files are read, and where it comes from.
    loaded: &'t BTreeMap<String, Place>,
    list: Vec<Definition<'t>>,
    places: BTreeMap<&'t str, usize>,
}

impl<'t> Definitions<'t> {
    pub(crate) fn new(what: &'static str, loaded: &'t BTreeMap<String, Place>) -> Self {
        Self { what, loaded, list: Vec::new(), places: BTreeMap::new() }
    }

    /// Adds what the section of a file defines.
    pub(crate) fn add(&mut self, file: &'t WorldFile, node: Option<&'t Node<'static>>) -> Result<()> {
        let section = match self.what {
            "policy" => "`policies`".into(),
            what => format!("`{what}s`"),
        };
        for member in entries(node, &section).map_err(|error| file.error(error))? {
            let overrides = match member.value.get(OVERRIDE) {
                Some(node) => boolean(node, "`override`").map_err(|error| file.error(error))?,
                None => false,
            };
            let known = self.places.get(&*member.key).copied();
            let earlier = known.and_then(|place| self.list.get(place)).map(Definition::place);
            match (earlier, self.loaded.get(&*member.key)) {
                (None, Some(source)) if !overrides => return Err(self.of_source(file, member, source)),
                (None, Some(_)) => {}
                (earlier, _) => self.check(file, member, overrides, earlier)?,
            }
            let definition = Definition { file, member };
            if let Some(earlier) = known.and_then(|place| self.list.get_mut(place)) {
                *earlier = definition;
            } else {
                self.places.insert(&member.key, self.list.len());
                self.list.push(definition);
            }
        }
        Ok(())
    }

    pub(crate) fn into_iter(self) -> impl Iterator<Item = Definition<'t>> {
        self.list.into_iter()
    }

    /// A source has one of that name, which the file does not say to override.
    fn of_source(&self, file: &WorldFile, member: &Member<'_>, source: &Place) -> Vec<Finding> {
        let mut error = twice(self.what, member);
        if Arc::ptr_eq(&source.source, &file.source) {
            error = error.with_label(source.span, "this source defines it");
        }
        let name = &source.source.name;
        let help = format!("a source of {name} defines it as well; `override: true` makes this one stand in for that");
        file.error(Box::new(error.with_help(help)))
    }

    fn check(&self, file: &WorldFile, member: &Member<'_>, overrides: bool, earlier: Option<Place>) -> Result<()> {
        let what = self.what;
        match (earlier, overrides) {
            (None, false) => Ok(()),
            (None, true) => {
                let message =
                    format!("the {what} `{}` overrides nothing: none of that name comes before it", member.key);
                let mut error = Diagnostic::new(Code::UnknownName, member.key_span, message);
                let known = self.places.keys().copied().chain(self.loaded.keys().map(String::as_str));
                error.help = did_you_mean(&member.key, known);
                Err(file.error(Box::new(error)))
            }
            (Some(earlier), _) if Arc::ptr_eq(&earlier.source, &file.source) => {
                Err(file.error(Box::new(twice(what, member).with_label(earlier.span, "first defined here"))))
            }
            (Some(_), true) => Ok(()),
            (Some(earlier), false) => {
                let help = format!(
                    "it is defined in {} as well; `override: true` in this one makes it stand in for that",
                    earlier.source.name
                );
                Err(file.error(Box::new(twice(what, member).with_help(help))))
            }
        }
    }
}

impl Definition<'_> {
    /// Where it stands.
    pub(crate) fn place(&self) -> Place {
        Place { source: self.file.source.clone(), span: self.member.key_span }
    }
}

fn twice(what: &str, member: &Member<'_>) -> Diagnostic {
    *invalid(member.key_span, format!("the {what} `{}` is defined twice", member.key))
}

/// The value of a definition that has no fields of its own, such as a policy: `{ FIELD: VALUE, override: true }` says
/// the same as `VALUE`.
pub(crate) fn unwrapped<'n>(
    node: &'n Node<'static>,
    field: &str,
    what: &str,
) -> std::result::Result<&'n Node<'static>, Box<Diagnostic>> {
    if node.get(OVERRIDE).is_none() && node.get(field).is_none() {
        return Ok(node);
    }
    let [value, _] = iameval::json::fields::fields(node, what, [field, OVERRIDE])?;
    value.ok_or_else(|| {
        let mut error = invalid(node.span, format!("{what} with `override` needs its `{field}`"));
        error.help = Some(format!("write `{{ {field}: …, override: true }}`"));
        error
    })
}
