//! What the resources of all stacks are called, and which of them a text means.

use crate::document::choices::{Part, assuming, may_be_same};
use crate::permission;
use crate::stack::{Location, Resource, Stack};
use crate::types::{self, Named};
use crate::value::ValueKind;
use iameval::Arn;
use iameval::symbol::{Symbol, Symbols};
use iameval::text::Span;
use iameval_world::{Origin, Place, Source};
use std::collections::HashMap;
use std::sync::Arc;

/// The resources of all stacks.
pub(crate) struct Index<'s> {
    pub(crate) items: Vec<Item<'s>>,
    by_type: HashMap<&'s str, Vec<usize>>,
    by_text: HashMap<String, Vec<usize>>,
}

/// A resource and what it is called.
pub(crate) struct Item<'s> {
    pub(crate) stack: &'s Stack,
    pub(crate) resource: &'s Resource,
    /// Its name in the world.
    pub(crate) name: String,
    pub(crate) address: String,
    pub(crate) arn: Option<String>,
    /// The texts that mean it.
    texts: Vec<String>,
}

/// What a text means.
pub(crate) enum Meant {
    This(usize),
    /// Any of these, as what the symbol stands for tells; or something else.
    Perhaps(Vec<(usize, Symbol)>),
    /// Something that no template defines.
    Outside,
}

impl<'s> Index<'s> {
    /// The names of resources have that of their stack where `with_stack` says so.
    pub(crate) fn new(stacks: &'s [Stack], with_stack: bool) -> Self {
        let mut index = Self { items: Vec::new(), by_type: HashMap::new(), by_text: HashMap::new() };
        for stack in stacks {
            for resource in &stack.resources {
                index.add(Item::new(stack, resource, with_stack));
            }
        }
        index
    }

    fn add(&mut self, item: Item<'s>) {
        let number = self.items.len();
        self.by_type.entry(&item.resource.kind).or_default().push(number);
        for text in &item.texts {
            self.by_text.entry(text.clone()).or_default().push(number);
        }
        self.items.push(item);
    }

    /// The resources of one ARN: what is created under opposite conditions may have one.
    pub(crate) fn of_same_arn(&self, number: usize) -> Vec<usize> {
        let arn = self.items.get(number).and_then(|item| item.arn.as_deref());
        let same = arn.and_then(|arn| self.by_text.get(arn)).into_iter().flatten().copied();
        let same: Vec<usize> =
            same.filter(|other| self.items.get(*other).is_some_and(|item| item.arn.as_deref() == arn)).collect();
        if same.is_empty() { vec![number] } else { same }
    }

    pub(crate) fn get(&self, number: usize) -> Option<&Item<'s>> {
        self.items.get(number)
    }

    /// The resources of a type.
    pub(crate) fn of_type(&self, resource_type: &str) -> &[usize] {
        self.by_type.get(resource_type).map_or(&[], Vec::as_slice)
    }

    /// What a text means that names a resource of one of the types, or of any where there are none.
    pub(crate) fn meant(&self, text: &str, types: &[&str], symbols: &Symbols) -> Meant {
        let fits = |number: &usize| {
            let kind = self.items.get(*number).map(|item| item.resource.kind.as_str());
            types.is_empty() || kind.is_some_and(|kind| types.contains(&kind))
        };
        let named = self.by_text.get(text).and_then(|found| found.iter().copied().find(fits));
        if let Some(found) = named.or_else(|| self.attribute_of(text, symbols).filter(|number| fits(number))) {
            return Meant::This(found);
        }
        let Some(symbol) = symbols.within(text).next() else { return self.meant_by_known(text, types, symbols) };
        let candidates = types.iter().flat_map(|resource_type| self.of_type(resource_type)).copied();
        let perhaps = candidates.filter(|number| {
            let texts = self.items.get(*number).map_or(&[][..], |item| &item.texts);
            texts.iter().any(|known| may_be_same(known, text, symbols))
        });
        let perhaps: Vec<_> = perhaps.map(|number| (number, symbol)).collect();
        if perhaps.is_empty() { Meant::Outside } else { Meant::Perhaps(perhaps) }
    }

    /// The resource of which a text is an attribute that is not known.
    fn attribute_of(&self, text: &str, symbols: &Symbols) -> Option<usize> {
        let symbol = symbols.within(text).next().filter(|symbol| symbol.as_char().len_utf8() == text.len())?;
        let name = symbols.name(symbol);
        let (stack, attribute) = name.rsplit_once('/').unwrap_or(("", name));
        let (id, _) = attribute.split_once('.')?;
        let first = self.items.first().map(|item| &*item.stack.name);
        let is_of = |item: &&Item<'_>| {
            let of_stack = if stack.is_empty() { Some(&*item.stack.name) == first } else { item.stack.name == stack };
            of_stack && item.resource.id == id
        };
        self.items.iter().position(|item| is_of(&item))
    }

    /// A text without symbols may be that of a resource whose name is not known.
    fn meant_by_known(&self, text: &str, types: &[&str], symbols: &Symbols) -> Meant {
        let candidates = types.iter().flat_map(|resource_type| self.of_type(resource_type)).copied();
        let perhaps: Vec<_> = candidates
            .filter_map(|number| {
                let item = self.items.get(number)?;
                let may_be = item.texts.iter().find(|known| may_be_same(known, text, symbols))?;
                let symbol = symbols.within(may_be).next()?;
                item.is_named().then_some((number, symbol))
            })
            .collect();
        if perhaps.is_empty() { Meant::Outside } else { Meant::Perhaps(perhaps) }
    }
}

impl<'s> Item<'s> {
    fn new(stack: &'s Stack, resource: &'s Resource, with_stack: bool) -> Self {
        let id = &resource.id;
        let (prefix, own) = (stack.language.prefix(), stack.language.address(id));
        let (name, address) = if with_stack {
            (format!("{prefix}{}/{id}", stack.name), format!("{}/{own}", stack.name))
        } else {
            (format!("{prefix}{id}"), own)
        };
        let arn = own_arn(resource);
        let mut texts: Vec<String> = Vec::new();
        let mut also = |text: &str| {
            if !text.is_empty() && !texts.iter().any(|known| known == text) {
                texts.push(text.to_owned());
            }
        };
        if !types::is_named_after_another(&resource.kind) {
            also(&resource.reference);
            resource.arn.iter().for_each(|arn| also(arn));
            resource.further_names.iter().for_each(|name| also(name));
        }
        if let Some(arn) = arn.as_deref() {
            also(arn);
            // Names are accepted where ARNs are, and the other way round.
            let own = arn.splitn(6, ':').nth(5).unwrap_or_default();
            also(own.rsplit(['/', ':']).next().unwrap_or_default());
        }
        Self { stack, resource, name, address, arn, texts }
    }

    /// Whether a property gives its name: a name that CloudFormation makes up is not one that somebody wrote.
    fn is_named(&self) -> bool {
        let short = self.resource.kind.rsplit("::").next().unwrap_or_default();
        let gives_name = |name: &str| name == "Name" || name.strip_suffix("Name").is_some_and(|of| short.ends_with(of));
        match &self.resource.properties.kind {
            ValueKind::Map(entries) => entries.iter().any(|entry| gives_name(&entry.key.text)),
            _ => true,
        }
    }

    /// What symbols of it are called, before the attribute.
    pub(crate) fn symbol_name(&self) -> &str {
        self.name.trim_start_matches(self.stack.language.prefix())
    }

    /// The text that it stands in.
    pub(crate) fn source(&self) -> &'s Arc<Source> {
        self.resource.source.as_ref().unwrap_or(&self.stack.source)
    }

    /// Where it is deployed.
    pub(crate) fn location(&self) -> &'s Location {
        &self.resource.location
    }

    pub(crate) fn place(&self) -> Place {
        self.place_of(self.resource.id_span)
    }

    pub(crate) fn place_of(&self, span: Span) -> Place {
        Place::new(self.source(), span)
    }

    pub(crate) fn origin(&self) -> Origin {
        let Resource { kind, written_kind, .. } = self.resource;
        Origin::new(written_kind.as_ref().unwrap_or(kind).clone(), self.address.clone(), self.place())
    }

    pub(crate) fn properties(&self) -> Part<'s> {
        Part::new(&self.resource.properties, assuming(self.resource.only_if))
    }

    /// The first text at a path of its properties.
    pub(crate) fn text(&self, path: &[&str]) -> Option<String> {
        self.properties().at(path).first().and_then(Part::text)
    }
}

/// A pattern of an ARN, filled in.
pub(crate) fn fill(pattern: &str, location: &Location, name: &str) -> String {
    let filled = pattern.replace("{partition}", &location.partition).replace("{region}", &location.region);
    // The name of a parameter may begin with a slash, which its ARN has once.
    let name = if filled.ends_with("/{name}") { name.trim_start_matches('/') } else { name };
    filled.replace("{account}", &location.account).replace("{name}", name)
}

/// The ARN that a resource has; those that only attach something have none of their own.
fn own_arn(resource: &Resource) -> Option<String> {
    let location = &*resource.location;
    let kind = &resource.kind;
    if types::attaches(kind) || permission::is_one(kind) || types::is_named_after_another(kind) {
        return None;
    }
    let is_arn = |text: &&str| text.parse::<Arn>().is_ok();
    let entity = match resource.kind.as_str() {
        types::ROLE => Some("role"),
        types::USER => Some("user"),
        types::GROUP => Some("group"),
        _ => None,
    };
    // The policy of an API is about calls of it, not about its settings.
    let pattern = types::arn_of(&resource.kind);
    if let Some(pattern) = pattern.filter(|pattern| pattern.contains(":execute-api:")) {
        return Some(fill(pattern, location, &resource.reference));
    }
    let known = resource.arn.as_deref().filter(is_arn).or(Some(&*resource.reference).filter(is_arn));
    if let Some(arn) = known {
        return Some(arn.to_owned());
    }
    if let Some(entity) = entity {
        let path =
            Part::new(&resource.properties, assuming(resource.only_if)).at(&["Path"]).first().and_then(Part::text);
        let path = path.unwrap_or_else(|| "/".to_owned());
        let path = path.trim_start_matches('/');
        let arn = format!("arn:{}:iam::{}:{entity}/{path}{}", location.partition, location.account, resource.reference);
        return Some(arn);
    }
    let filled = fill(pattern?, location, name_in(&resource.reference));
    filled.parse::<Arn>().is_ok().then_some(filled)
}

/// The name in the URL of a queue; any other text itself.
pub(crate) fn name_in(text: &str) -> &str {
    if text.starts_with("https://") { text.rsplit('/').next().unwrap_or(text) } else { text }
}

/// The ARN of what a property names that no template defines.
pub(crate) fn outside_arn(named: &Named, location: &Location, text: &str) -> Option<String> {
    let arn = if text.starts_with("arn:") {
        text.to_owned()
    } else if let Some(url) = text.strip_prefix("https://sqs.") {
        let mut parts = url.split('/');
        let region = parts.next().and_then(|host| host.split('.').next()).unwrap_or(&location.region);
        let account = parts.next().unwrap_or(&location.account);
        format!("arn:{}:sqs:{region}:{account}:{}", location.partition, parts.next()?)
    } else {
        fill(named.arn, location, text)
    };
    arn.parse::<Arn>().is_ok().then_some(arn)
}
