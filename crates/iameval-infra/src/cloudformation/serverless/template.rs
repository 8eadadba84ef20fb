//! The template in the making: what the framework makes, and then the resources that are written.

use super::merge;
use super::resolve::{Resolver, Told};
use super::service::member;
use crate::cloudformation::tree::{Place, Tree, referred};
use crate::codes;
use iameval::json::{Member, Node, Value};
use iameval::text::Span;
use iameval::{Diagnostic, suggest};

/// Properties by name, where they are there.
pub(super) type Properties = Vec<(&'static str, Option<Tree>)>;

/// The resources that were made so far.
#[derive(Debug, Default)]
pub(super) struct Made {
    resources: Vec<Member<'static>>,
}

impl Made {
    /// Adds a resource: the place of what it is called after, and that of what it is made from. One of that id is replaced.
    pub(super) fn add(
        &mut self,
        id: String,
        (id_span, place): (Span, Place),
        kind: &'static str,
        properties: Properties,
    ) {
        self.add_if(id, (id_span, place), kind, properties, None);
    }

    /// The same, where a condition decides whether it is created.
    pub(super) fn add_if(
        &mut self,
        id: String,
        (id_span, place): (Span, Place),
        kind: &'static str,
        properties: Properties,
        condition: Option<&Tree>,
    ) {
        let properties = properties.into_iter().filter_map(|(name, value)| Some(place.member(name, value?)));
        let mut members = vec![place.member("Type", place.text(kind))];
        members.extend(condition.map(|condition| place.member("Condition", condition.clone())));
        members.push(place.member("Properties", place.object(properties.collect())));
        let new = Member { key: id.into(), key_span: id_span, value: place.object(members) };
        match self.resources.iter_mut().find(|known| known.key == new.key) {
            Some(known) => *known = new,
            None => self.resources.push(new),
        }
    }

    /// Whether there is a resource of that id.
    pub(super) fn has(&self, id: &str) -> bool {
        self.resources.iter().any(|known| known.key == id)
    }

    /// The template: what was made, and the sections of `resources`.
    pub(super) fn template(mut self, resolver: &mut Resolver<'_>) -> Result<Tree, Told> {
        let root = resolver.root.clone();
        let written = match member(&root, "resources") {
            Some(written) => merge::merged(resolver, &written.value, Resolver::node)?,
            None => Vec::new(),
        };
        let place = Place(root.span);
        let mut sections = Vec::new();
        let mut extensions = None;
        for section in written {
            if is_hidden(resolver, &section.value) {
                resolver.hides(section.key_span, format!("what `{}` holds is not known", section.key));
                continue;
            }
            match (&*section.key, section.value.value) {
                ("Resources", Value::Object(resources)) => {
                    for resource in resources {
                        if is_hidden(resolver, &resource.value) {
                            let message = format!("what resource `{}` is is not known", resource.key);
                            resolver.hides(resource.key_span, message);
                        } else if resource.value.value != Value::Null {
                            merge::add(&mut self.resources, resource);
                        }
                    }
                }
                ("extensions", Value::Object(all)) => extensions = Some(all),
                (_, value) => {
                    let value = Node { value, span: section.value.span };
                    sections.push(Member { value, ..section });
                }
            }
        }
        for extension in extensions.unwrap_or_default() {
            self.extend(resolver, extension)?;
        }
        let variables: Vec<Member<'static>> =
            resolver.unknown.iter().map(|(name, (span, kind))| variable(name, *span, kind)).collect();
        if !variables.is_empty() {
            let parameters = Member { key: "Parameters".into(), key_span: place.0, value: place.object(variables) };
            merge::add(&mut sections, parameters);
        }
        sections.push(place.member("Resources", place.object(self.resources)));
        Ok(place.object(sections))
    }

    /// What `extensions` change of a resource that is made.
    fn extend(&mut self, resolver: &mut Resolver<'_>, extension: Member<'static>) -> Result<(), Told> {
        let Some(resource) = self.resources.iter_mut().find(|known| known.key == extension.key) else {
            let message = format!("`extensions` names `{}`, which is not a resource of the service", extension.key);
            let names = self.resources.iter().map(|known| &*known.key);
            let help = suggest::did_you_mean(&extension.key, names);
            let diagnostic = Diagnostic::new(codes::UNDEFINED_REFERENCE, extension.key_span, message);
            return Err(resolver.wrong(diagnostic.with_any_help(help)));
        };
        let Value::Object(attributes) = extension.value.value else { return Ok(()) };
        let Value::Object(own) = &mut resource.value.value else { return Ok(()) };
        for attribute in attributes {
            let known = own.iter_mut().find(|known| known.key == attribute.key);
            match (&*attribute.key, known, &attribute.value.value) {
                // Properties are replaced one by one, and not merged.
                ("Properties" | "Metadata", Some(known), Value::Object(properties)) => {
                    if let Value::Object(all) = &mut known.value.value {
                        all.retain(|known| properties.iter().all(|property| property.key != known.key));
                        all.extend(properties.iter().cloned());
                    }
                }
                (_, Some(known), _) => *known = attribute,
                (_, None, _) => own.push(attribute),
            }
        }
        Ok(())
    }
}

/// Whether all of something stands in what is not known.
fn is_hidden(resolver: &Resolver<'_>, node: &Tree) -> bool {
    referred(node).is_some_and(|name| resolver.unknown.contains_key(name))
}

/// The parameter that stands for a variable.
fn variable(name: &str, span: Span, kind: &'static str) -> Member<'static> {
    let place = Place(span);
    place.member(name.to_owned(), place.map([("Type", place.text(kind))]))
}
