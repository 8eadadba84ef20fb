//! From plans and states to resources, with a symbol for what is not known.

use super::address::Address;
use super::configuration::{self, Configuration, Reference, Step, written};
use super::document;
use super::drafted::{Drafted, Root};
use super::identity::{Attribute, Identity, PREFIXES, identify};
use super::naming::Naming;
use super::provider::{self, Known};
use super::redact;
use super::shown::{Entry, Shown};
use super::types::{self, Argument, Meaning, Type};
use crate::codes;
use crate::literal;
use crate::stack::Location;
use crate::value::{Entry as ValueEntry, Value, ValueKind};
use iameval::Diagnostic;
use iameval::json::{self, Node};
use iameval::symbol::SymbolKind;
use iameval::text::Span;
use iameval_world::{Finding, Source};
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::Arc;

/// Reads a plan or a state. `known` is what was said of where it is deployed.
/// What a plan does not know, its source says where `has_source` says so.
pub(super) fn read(
    shown: &Shown<'_>,
    configuration: &Configuration<'_>,
    source: Arc<Source>,
    known: Known,
    has_source: bool,
    naming: &mut Naming<'_>,
) -> Root {
    let Shown { entries, deleted, variables, .. } = shown;
    let parts: Vec<Option<Address<'_>>> = entries.iter().map(Entry::parts).collect();
    let written = parts.iter().map(|address| configuration.resource(address.as_ref()?)).collect();
    let mut plan = Plan {
        keys: keys(entries, &parts),
        by_address: entries.iter().enumerate().map(|(number, entry)| (&*entry.address, number)).collect(),
        identities: vec![None; entries.len()],
        entries,
        parts: &parts,
        written,
        configuration,
        variables: *variables,
        source: &source,
        naming,
        known,
        locations: HashMap::new(),
        open: Vec::new(),
        has_source,
        taken: Vec::new(),
        warnings: Vec::new(),
    };
    let resources = (0..entries.len()).filter_map(|number| plan.resource(number)).collect();
    let deleted = deleted.iter().map(|entry| plan.deleted(entry)).collect();
    let location = plan.default_location();
    plan.warn_of_taken();
    let warnings = plan.warnings;
    Root { source, location, resources, deleted, warnings, errors: Vec::new() }
}

fn keys<'p>(entries: &'p [Entry<'p>], parts: &[Option<Address<'p>>]) -> HashMap<String, BTreeSet<&'p str>> {
    let mut all: HashMap<String, BTreeSet<&str>> = HashMap::new();
    for (entry, parts) in entries.iter().zip(parts) {
        if let Some(key) = parts.as_ref().and_then(|parts| parts.key)
            && let Some(name) = entry.address.strip_suffix(&*format!("[{key}]"))
        {
            all.entry(name.to_owned()).or_default().insert(key);
        }
    }
    all
}

/// A plan that is being read.
struct Plan<'p, 's> {
    entries: &'p [Entry<'p>],
    /// The addresses of the entries.
    parts: &'p [Option<Address<'p>>],
    /// The entries as they are written, where the plan tells.
    written: Vec<Option<&'p Node<'p>>>,
    by_address: HashMap<&'p str, usize>,
    /// The keys of resources of which there are several, by the address without its key.
    keys: HashMap<String, BTreeSet<&'p str>>,
    identities: Vec<Option<Rc<Identity>>>,
    configuration: &'p Configuration<'p>,
    variables: Option<&'p Node<'p>>,
    source: &'p Arc<Source>,
    naming: &'p mut Naming<'s>,
    known: Known,
    /// The locations of providers, and of regions that resources name themselves.
    locations: HashMap<(&'p str, Option<&'p str>), Rc<Location>>,
    /// What is being evaluated.
    open: Vec<(usize, String)>,
    /// Whether the source is read beside it.
    has_source: bool,
    /// The arguments that are taken to be what they refer to, with their places.
    taken: Vec<(String, Span)>,
    warnings: Vec<Finding>,
}

/// Values in a resource: themselves, and which of them are not known or not to be shown.
#[derive(Clone, Copy)]
struct Parts<'p> {
    value: Option<&'p Node<'p>>,
    unknown: Option<&'p Node<'p>>,
    sensitive: Option<&'p Node<'p>>,
}

impl<'p> Parts<'p> {
    fn of(entry: &'p Entry<'p>) -> Self {
        Self { value: entry.values, unknown: entry.unknown, sensitive: entry.sensitive }
    }

    fn get(self, name: &str) -> Self {
        let get = |node: Option<&'p Node<'p>>| match node {
            // What is marked as a whole is marked in every part.
            Some(node) if matches!(node.value, json::Value::Bool(true)) => Some(node),
            node => node.and_then(|node| node.get(name)),
        };
        let sensitive = match self.sensitive {
            Some(node) if !redact::is_marked(Some(node)) => redact::of_attribute(node, name),
            marked => marked,
        };
        let value = self.value.and_then(|node| node.get(name));
        Self { value, unknown: get(self.unknown), sensitive }
    }

    fn item(self, number: usize) -> Self {
        let of = |node: Option<&'p Node<'p>>| match &node?.value {
            json::Value::Array(items) => items.get(number),
            json::Value::Bool(true) => node,
            _ => None,
        };
        Self { value: of(self.value), unknown: of(self.unknown), sensitive: of(self.sensitive) }
    }

    fn is_unknown(self) -> bool {
        matches!(self.unknown.map(|node| &node.value), Some(json::Value::Bool(true)))
    }

    fn is_absent(self) -> bool {
        let is_nothing = self.value.is_none_or(|node| matches!(node.value, json::Value::Null));
        is_nothing && !self.unknown.is_some_and(holds_true)
    }

    /// How many items it has.
    fn len(self) -> usize {
        let of = |node: Option<&Node<'_>>| super::shown::items(node).count();
        of(self.value).max(of(self.unknown))
    }
}

/// What a value is part of.
#[derive(Clone, Copy)]
struct At<'a> {
    entry: usize,
    meaning: Meaning,
    path: &'a [Step<'a>],
}

impl<'p> Plan<'p, '_> {
    fn entry(&self, number: usize) -> &'p Entry<'p> {
        #[expect(clippy::indexing_slicing, reason = "numbers are made for the entries that there are")]
        &self.entries[number]
    }

    fn parts(&self, number: usize) -> Option<&'p Address<'p>> {
        self.parts.get(number)?.as_ref()
    }

    /// A resource as it is written.
    fn written(&self, number: usize) -> Option<&'p Node<'p>> {
        self.written.get(number).copied().flatten()
    }

    /// The expression of an argument of a resource.
    fn expression(&self, number: usize, path: &[Step<'_>]) -> Option<&'p Node<'p>> {
        Configuration::expression(self.written(number)?, path)
    }

    /// Whether the source gives an argument. Where nothing is known of the source, it may.
    fn is_written(&self, number: usize, name: &str) -> bool {
        self.written(number).is_none() || self.expression(number, &[Step::Name(name)]).is_some()
    }

    fn resource(&mut self, number: usize) -> Option<Drafted> {
        let entry = self.entry(number);
        if self.parts(number)?.is_data || !entry.kind.starts_with("aws_") {
            return None;
        }
        let location = self.location(number);
        let identity = match types::of(entry.kind) {
            Some(_) => self.identity(number),
            None => Rc::new(Self::known_identity(entry)),
        };
        let only_if = entry.is_deferred.then(|| {
            let what = "whether a resource is created that Terraform defers";
            let address = format!("{} is created", entry.address);
            self.naming.described(&address, SymbolKind::Input, what, "a plan that does not defer it")
        });
        let of = types::of(entry.kind);
        let (mut arguments, mut computed) = (Vec::new(), Vec::new());
        for argument in of.iter().flat_map(|of| &of.arguments) {
            if let Some(value) = self.argument(number, argument.name, argument.meaning, Some(argument)) {
                arguments.push((argument.name, value));
            }
            if !self.configuration.is_known || !self.is_written(number, argument.name) {
                computed.push(argument.name);
            }
        }
        for extra in of.iter().flat_map(|of| &of.extras) {
            if let Some(value) = self.argument(number, extra.argument, Meaning::Policy, None) {
                arguments.push((extra.argument, value));
                computed.push(extra.argument);
            }
        }
        arguments.extend(self.tags(number).map(|tags| ("tags", tags)));
        if of.is_none()
            && let Some(value) = self.like_a_policy(entry)
        {
            arguments.push(("policy", value));
        }
        Some(Drafted {
            address: entry.address.to_string(),
            kind: entry.kind.to_owned(),
            source: None,
            id_span: entry.id_span,
            span: entry.span,
            only_if,
            identity: Identity::clone(&identity),
            location,
            arguments,
            computed,
            ignored: Vec::new(),
        })
    }

    /// What is known of the names of a resource of a type that is not in the table.
    fn known_identity(entry: &Entry<'_>) -> Identity {
        let text = |name: &str| {
            let is_shown = !redact::is_marked(entry.sensitive.and_then(|marks| marks.get(name)));
            let text = entry.values.and_then(|values| values.get(name)?.as_str());
            text.filter(|text| is_shown && !text.is_empty()).map(str::to_owned)
        };
        Identity { name: None, arn: text("arn"), id: text("id").unwrap_or_default() }
    }

    /// What a deleted resource was.
    fn deleted(&mut self, entry: &'p Entry<'p>) -> Drafted {
        let mut arguments = Vec::new();
        for argument in types::of(entry.kind).iter().flat_map(|of| &of.arguments) {
            let node = entry.values.and_then(|values| values.get(argument.name));
            let is_shown = !redact::is_marked(entry.sensitive.and_then(|marks| marks.get(argument.name)));
            if let Some(node) = node.filter(|_| is_shown) {
                arguments.push((argument.name, self.known(node)));
            }
        }
        Drafted {
            address: entry.address.to_string(),
            kind: entry.kind.to_owned(),
            source: None,
            id_span: entry.id_span,
            span: entry.span,
            only_if: None,
            identity: Identity::default(),
            location: self.default_location(),
            arguments,
            computed: Vec::new(),
            ignored: Vec::new(),
        }
    }

    /// A value that is in the plan.
    fn known(&self, node: &Node<'_>) -> Value {
        let kind = match &node.value {
            json::Value::Null => ValueKind::Null,
            json::Value::Bool(value) => ValueKind::Bool(*value),
            json::Value::Number(number) => ValueKind::Number(number.to_string()),
            json::Value::String(text) => ValueKind::Text(literal::text(&self.source.text, text, node.span)),
            json::Value::Array(items) => ValueKind::List(items.iter().map(|item| self.known(item)).collect()),
            json::Value::Object(members) => {
                let entry = |member: &json::Member<'_>| ValueEntry {
                    key: literal::text(&self.source.text, &member.key, member.key_span),
                    key_span: member.key_span,
                    value: self.known(&member.value),
                };
                ValueKind::Map(members.iter().map(entry).collect())
            }
        };
        Value { span: node.span, kind }
    }

    /// The value of an argument; `None` where there is none.
    fn argument(
        &mut self,
        number: usize,
        name: &str,
        meaning: Meaning,
        of: Option<&'static Argument>,
    ) -> Option<Value> {
        let entry = self.entry(number);
        let parts = Parts::of(entry).get(name);
        let step = [Step::Name(name)];
        let at = At { entry: number, meaning, path: &step };
        if parts.is_absent() {
            return None;
        }
        // AWS fills in what the source does not set, so that is not a policy of the configuration.
        let blocks = of.map_or(&[][..], |of| &of.block);
        if parts.is_unknown() && !self.is_written(number, name) {
            return None;
        }
        let value = self.value(at, parts, blocks);
        (!document::is_nothing(&value)).then_some(value)
    }

    fn value(&mut self, at: At<'_>, parts: Parts<'p>, blocks: &'static [Argument]) -> Value {
        let span = || parts.value.or(parts.unknown).map_or(self.entry(at.entry).span, |node| node.span);
        if parts.is_unknown() {
            return self.unknown(at, span());
        }
        if redact::is_marked(parts.sensitive) {
            return self.sensitive(at, span());
        }
        let span = span();
        let kind = match (parts.value.map(|node| &node.value), parts.unknown.map(|node| &node.value)) {
            (Some(json::Value::Array(_)), _) | (_, Some(json::Value::Array(_))) => {
                let mut values = Vec::with_capacity(parts.len());
                for number in 0..parts.len() {
                    let path: Vec<Step<'_>> = at.path.iter().copied().chain([Step::Number(number)]).collect();
                    values.push(self.value(At { path: &path, ..at }, parts.item(number), blocks));
                }
                ValueKind::List(values)
            }
            (known, unknown) if matches!(known, Some(json::Value::Object(_))) || unknown.is_some_and(is_object) => {
                let mut names: Vec<(&'p str, Span)> = Vec::new();
                for node in [parts.value, parts.unknown].into_iter().flatten() {
                    for member in node.members().unwrap_or_default() {
                        if !names.iter().any(|(known, _)| *known == member.key) {
                            names.push((&member.key, member.key_span));
                        }
                    }
                }
                let mut entries = Vec::new();
                for (name, key_span) in names {
                    let inner = parts.get(name);
                    if inner.is_absent() {
                        continue;
                    }
                    let path: Vec<Step<'_>> = at.path.iter().copied().chain([Step::Name(name)]).collect();
                    let argument = blocks.iter().find(|argument| argument.name == name);
                    let meaning = argument.map_or(at.meaning, |argument| argument.meaning);
                    let value = self.value(At { path: &path, meaning, ..at }, inner, blocks);
                    let key = literal::text(&self.source.text, name, key_span);
                    entries.push(ValueEntry { key, key_span, value });
                }
                ValueKind::Map(entries)
            }
            _ => return parts.value.map_or(Value { span, kind: ValueKind::Null }, |node| self.known(node)),
        };
        Value { span, kind }
    }

    /// What a resource has at a path.
    fn parts_at(&self, number: usize, path: &[Step<'_>]) -> Parts<'p> {
        path.iter().fold(Parts::of(self.entry(number)), |parts, step| match step {
            Step::Name(name) => parts.get(name),
            Step::Number(number) => parts.item(*number),
        })
    }

    fn address_of(&self, at: At<'_>) -> String {
        format!("{}.{}", self.entry(at.entry).address, written(at.path))
    }

    fn sensitive(&mut self, at: At<'_>, span: Span) -> Value {
        let address = self.address_of(at);
        let what = "a sensitive value, which is not shown";
        let symbol = self.naming.described(&address, SymbolKind::Input, what, "values that are not sensitive");
        Value { span, kind: ValueKind::Unknown(symbol) }
    }

    /// What is not known: what was given for it, what it refers to, or a symbol.
    fn unknown(&mut self, at: At<'_>, span: Span) -> Value {
        let address = self.address_of(at);
        if let Some(given) = self.naming.given(&address) {
            return Value::text(span, given);
        }
        let references = self.references(at);
        // What stands in a document may be part of a text, or come of one.
        let may_be_whole = match at.meaning {
            Meaning::Policy => true,
            Meaning::Name => at.path.len() <= 2,
            Meaning::Text => false,
        };
        if may_be_whole && self.open.len() < MAX_DEPTH {
            let key = (at.entry, written(at.path));
            if !self.open.contains(&key) {
                self.open.push(key);
                let value = references.as_deref().and_then(|references| self.referred(at, references));
                self.open.pop();
                if let Some(value) = value {
                    return value.placed(span);
                }
            }
        }
        let mut named: Vec<String> = Vec::new();
        for name in references.iter().flatten().map(|text| format!("`{text}`")) {
            if !named.contains(&name) {
                named.push(name);
            }
        }
        let because = match named.as_slice() {
            [] => String::new(),
            named => format!(": it refers to {}", named.join(", ")),
        };
        if at.meaning == Meaning::Policy {
            self.warn_of_policy(&address, span, &because);
        }
        let settle = format!("--set '{address}=VALUE'");
        let what = format!("not known before the deployment{because}");
        let symbol = self.naming.described(&address, SymbolKind::Input, &what, &settle);
        Value { span, kind: ValueKind::Unknown(symbol) }
    }

    fn warn_of_policy(&mut self, address: &str, span: Span, because: &str) {
        let message = format!("the policy `{address}` is not in the plan{because}");
        let help = "write it as a data source `aws_iam_policy_document`, of which a plan has all that is known; or name the \
                    folder of the source with `--source`; or give it with `--set`";
        let diagnostic = Diagnostic::new(codes::LEFT_OPEN, span, message).with_help(help);
        self.warnings.push(Finding::new(self.source, diagnostic));
    }

    /// Tells of arguments that are taken to be what they refer to.
    fn warn_of_taken(&mut self) {
        let Some((first, span)) = self.taken.first() else { return };
        let others = match self.taken.iter().filter(|(address, _)| address != first).count() {
            0 => String::new(),
            1 => ", and so is 1 other".to_owned(),
            others => format!(", and so are {others} others"),
        };
        let message = format!("`{first}` is taken to be what it refers to{others}: a plan does not tell more");
        let help = "name the folder of the source with `--source`, which tells how it refers to that";
        let diagnostic = Diagnostic::new(codes::LEFT_OPEN, *span, message).with_help(help);
        self.warnings.push(Finding::new(self.source, diagnostic));
    }

    /// What the expression of a value refers to, where the plan tells.
    fn references(&self, at: At<'_>) -> Option<Vec<&'p str>> {
        let expression = self.expression(at.entry, at.path)?;
        Some(Configuration::references(expression))
    }

    /// What is taken to be the value of an expression of which a plan tells what it refers to.
    ///
    /// CHOICE: a plan does not tell the expression itself. Where the source is not at hand, an argument that names a resource
    /// or is a policy, refers to one attribute once, and is not known because that is not known, is taken to be that attribute.
    /// It is told that this is so. What stands in a document, such as a principal, is not taken to be anything.
    fn referred(&mut self, at: At<'_>, references: &[&'p str]) -> Option<Value> {
        if self.has_source {
            return None;
        }
        let module = self.parts(at.entry)?.module;
        let parts = self.parts_at(at.entry, at.path);
        let span = parts.value.or(parts.unknown).map_or(self.entry(at.entry).span, |node| node.span);
        let value = if let Some(root) = self.root_of_organization(at, module, references) {
            Value::text(span, self.naming.text(&root, SymbolKind::Text))
        } else {
            let (number, name) = match self.of_same_key(at, module, references) {
                Some(same) => same,
                None => self.named_by(at, module, references)?,
            };
            let parts = Parts::of(self.entry(number)).get(name);
            if parts.is_unknown() { self.attribute_of(number, name)? } else { return None }
        };
        self.taken.push((self.address_of(at), span));
        Some(value)
    }

    /// What the root of an organization is called, where the one reference of an expression means it.
    fn root_of_organization(&self, at: At<'_>, module: &str, references: &[&'p str]) -> Option<String> {
        let [reference] = references else { return None };
        let followed = self.configuration.follow(module, reference);
        let Reference::Attribute { text } = followed.reference else { return None };
        let address = Address::of(text)?;
        let is_root = address.kind == "aws_organizations_organization" && address.rest == "roots[0].id";
        let around = if followed.module.is_empty() { String::new() } else { format!("{}.", followed.module) };
        (is_root && at.meaning == Meaning::Name).then(|| format!("{around}{text}"))
    }

    /// The resource and its attribute that the one reference of an expression means.
    fn named_by(&self, at: At<'_>, module: &str, references: &[&'p str]) -> Option<(usize, &'p str)> {
        let reference = match references {
            [one] => *one,
            several => {
                // The items of a list that are not known, each of which refers to one thing.
                let (Step::Number(number), list) = at.path.split_last()? else { return None };
                let parts = self.parts_at(at.entry, list);
                let unknown: Vec<usize> = (0..parts.len()).filter(|item| parts.item(*item).is_unknown()).collect();
                let position = unknown.iter().position(|item| item == number)?;
                let open: Vec<&str> = several.iter().copied().filter(|one| !self.is_in_plan(module, one)).collect();
                open.get(position).copied().filter(|_| open.len() == unknown.len())?
            }
        };
        let followed = self.configuration.follow(module, reference);
        let Reference::Attribute { text } = followed.reference else { return None };
        let (number, name) = self.target(&followed.module, text)?;
        let of = types::of(self.entry(number).kind);
        let is_meant = match at.meaning {
            Meaning::Name => ["arn", "id", "url"].contains(&name) || of.and_then(Type::name) == Some(name),
            Meaning::Policy => self.parts(number)?.is_document() && ["json", "minified_json"].contains(&name),
            Meaning::Text => false,
        };
        is_meant.then_some((number, name))
    }

    /// The resource of several that has the key of this one, where an expression refers to all of them and to that key; or
    /// the one resource, of whose attributes old versions do not tell which it is.
    ///
    /// CHOICE: where both have the same keys, `other[each.key]` is the one of that key.
    fn of_same_key(&self, at: At<'_>, module: &str, references: &[&'p str]) -> Option<(usize, &'static str)> {
        let own = self.parts(at.entry)?;
        let is_key = |text: &str| text == "each.key" || text == "count.index";
        let (whole, key) = match references {
            [one] if !is_key(one) => (*one, None),
            [one, key] | [key, one] if is_key(key) && !is_key(one) => (*one, Some(own.key?)),
            _ => return None,
        };
        let address = Address::of(whole).filter(|address| address.rest.is_empty() && address.key.is_none())?;
        let around = if module.is_empty() { String::new() } else { format!("{module}.") };
        let number = match key {
            None => *self.by_address.get(format!("{around}{whole}").as_str())?,
            Some(key) => {
                let keys = |name: &str| self.keys.get(name);
                let same = keys(&format!("{around}{whole}"))? == keys(&format!("{around}{}", own.in_module()))?;
                *self.by_address.get(format!("{around}{whole}[{key}]").as_str()).filter(|_| same)?
            }
        };
        let Some(Step::Name(argument)) = at.path.first() else { return None };
        let name = match at.meaning {
            Meaning::Policy if address.is_document() => "json",
            Meaning::Name if argument.ends_with("arn") || argument.ends_with("arns") => "arn",
            Meaning::Name => "id",
            Meaning::Policy | Meaning::Text => return None,
        };
        Some((number, name))
    }

    /// Whether the plan has the value of what a reference means.
    fn is_in_plan(&self, module: &str, reference: &'p str) -> bool {
        let followed = self.configuration.follow(module, reference);
        let Reference::Attribute { text } = followed.reference else { return false };
        self.target(&followed.module, text).is_some_and(|(number, name)| {
            let parts = Parts::of(self.entry(number)).get(name);
            !parts.is_unknown() && !parts.is_absent()
        })
    }

    /// The resource and the name of an attribute in a module.
    fn target(&self, module: &str, reference: &'p str) -> Option<(usize, &'p str)> {
        let address = Address::of(reference)?;
        let own = reference.strip_suffix(address.rest)?.trim_end_matches('.');
        let full = if module.is_empty() { own.to_owned() } else { format!("{module}.{own}") };
        let number = self.by_address.get(full.as_str())?;
        (!address.rest.contains(['.', '['])).then_some((*number, address.rest))
    }

    fn attribute_of(&mut self, number: usize, name: &str) -> Option<Value> {
        let entry = self.entry(number);
        let parts = Parts::of(entry).get(name);
        if redact::is_marked(parts.sensitive) {
            return None;
        }
        if !parts.is_unknown() {
            return parts.value.filter(|_| !parts.is_absent()).map(|node| self.known(node));
        }
        let of = types::of(entry.kind);
        let text = |text: String| Some(Value::text(entry.span, text));
        let is_data = self.parts(number)?.is_data;
        match (entry.kind, name) {
            ("aws_iam_policy_document", "json" | "minified_json") if is_data => return Some(self.document(number)),
            ("aws_caller_identity", "account_id") => return text(self.location(number).account.clone()),
            ("aws_region", "name" | "id" | "region") => return text(self.location(number).region.clone()),
            ("aws_partition", "partition" | "id") => return text(self.location(number).partition.clone()),
            _ => {}
        }
        if is_data {
            return None;
        }
        let called = of.and_then(Type::name);
        match name {
            "arn" => return self.identity(number).arn.clone().and_then(text),
            "id" => return text(self.identity(number).id.clone()),
            _ if Some(name) == called => return self.identity(number).name.clone().and_then(text),
            _ => {}
        }
        // It is what the argument of the other resource is.
        let argument = of.and_then(|of| of.arguments.iter().find(|argument| argument.name == name))?;
        self.argument(number, argument.name, argument.meaning, Some(argument))
    }

    /// The document of a data source, of which parts are not known.
    fn document(&mut self, number: usize) -> Value {
        let parts = Parts::of(self.entry(number));
        let at = At { entry: number, meaning: Meaning::Text, path: &[] };
        let mut arguments = self.value(at, parts, DOCUMENT);
        if let ValueKind::Map(entries) = &mut arguments.kind {
            // Attributes are what comes of it.
            entries.retain(|entry| !["id", "json", "minified_json"].contains(&&*entry.key.text));
        }
        document::document(&arguments, self.naming.symbols)
    }

    /// What a resource is called.
    fn identity(&mut self, number: usize) -> Rc<Identity> {
        if let Some(Some(known)) = self.identities.get(number) {
            return known.clone();
        }
        let entry = self.entry(number);
        let of = types::of(entry.kind);
        let arguments = of.iter().flat_map(|of| &of.arguments).filter(|argument| argument.meaning == Meaning::Text);
        let mut names: Vec<&'static str> = vec!["arn", "id", "path", "url"];
        names.extend(PREFIXES);
        names.extend(arguments.map(|argument| argument.name));
        names.extend(of.and_then(Type::name));
        let mut known: HashMap<&str, Attribute> = HashMap::new();
        for name in names {
            let attribute = self.text(number, name);
            known.insert(name, attribute);
        }
        let location = self.location(number);
        let attribute = |name: &str| known.get(name).cloned().unwrap_or(Attribute::Absent);
        let identity = Rc::new(identify(&entry.address, of, &location, self.naming, &attribute));
        if let Some(place) = self.identities.get_mut(number) {
            *place = Some(identity.clone());
        }
        identity
    }

    /// An attribute that is a text.
    fn text(&self, number: usize, name: &str) -> Attribute {
        let entry = self.entry(number);
        let parts = Parts::of(entry).get(name);
        if redact::is_marked(parts.sensitive) {
            return Attribute::Unknown { is_written: true };
        }
        match parts.value.map(|node| &node.value) {
            _ if parts.is_unknown() => Attribute::Unknown { is_written: self.is_written(number, name) },
            Some(json::Value::String(text)) => Attribute::Known(text.to_string()),
            Some(json::Value::Number(text)) => Attribute::Known(text.to_string()),
            _ => Attribute::Absent,
        }
    }

    fn tags(&mut self, number: usize) -> Option<Value> {
        let entry = self.entry(number);
        let all = Parts::of(entry).get("tags_all");
        let name = if all.is_absent() || all.is_unknown() { "tags" } else { "tags_all" };
        let parts = Parts::of(entry).get(name);
        if parts.is_absent() || (parts.is_unknown() && !self.is_written(number, name)) {
            return None;
        }
        let step = [Step::Name(name)];
        Some(self.value(At { entry: number, meaning: Meaning::Text, path: &step }, parts, &[]))
    }

    /// What looks like a policy in a resource of a type that is not in the table.
    fn like_a_policy(&self, entry: &'p Entry<'p>) -> Option<Value> {
        let members = entry.values?.members()?;
        let found = members.iter().find(|member| {
            let text = member.value.as_str().unwrap_or_default();
            text.contains("\"Statement\"") && text.contains("\"Effect\"")
        })?;
        let is_shown = !redact::is_marked(entry.sensitive.and_then(|marks| marks.get(&found.key)));
        is_shown.then(|| self.known(&found.value))
    }

    fn default_location(&mut self) -> Rc<Location> {
        self.location_of(provider::DEFAULT, None)
    }

    /// Where a resource is.
    fn location(&mut self, number: usize) -> Rc<Location> {
        let key = self.written(number).and_then(|node| node.get("provider_config_key")?.as_str());
        let key = key.unwrap_or(provider::DEFAULT);
        // A module without providers of its own has those of the one around it.
        let is_there = self.configuration.provider(key).is_some();
        let key = if is_there { key } else { key.rsplit(':').next().unwrap_or(key) };
        let region = self.entry(number).values.and_then(|values| values.get("region")?.as_str());
        self.location_of(key, region.filter(|region| provider::is_region(region)))
    }

    fn location_of(&mut self, key: &'p str, region: Option<&'p str>) -> Rc<Location> {
        if let Some(known) = self.locations.get(&(key, region)) {
            return known.clone();
        }
        let location = match region {
            Some(region) => {
                let around = self.location_of(key, None);
                provider::at(around.account.clone(), region.to_owned())
            }
            None => self.of_provider(key),
        };
        let location = Rc::new(location);
        self.locations.insert((key, region), location.clone());
        location
    }

    fn of_provider(&mut self, key: &str) -> Location {
        let own = self.configuration.provider(key);
        let default = self.configuration.provider(provider::DEFAULT);
        let shares_account = key == provider::DEFAULT || provider::share_account(own, default);
        let region = own.and_then(|node| node.get("expressions")?.get("region"));
        let constant = region.and_then(|node| node.get("constant_value")?.as_str().map(str::to_owned));
        let by_variable = region.and_then(configuration::sole).and_then(|reference| {
            let value = self.variables?.get(reference.strip_prefix("var.")?)?.get("value")?;
            value.as_str().map(str::to_owned)
        });
        let mut known = Known { account: None, region: constant.or(by_variable).filter(|it| provider::is_region(it)) };
        if shares_account {
            known.account.clone_from(&self.known.account);
        }
        if key == provider::DEFAULT {
            known.region = self.known.region.clone().or(known.region);
        }
        let said = provider::only_account(own).map(str::to_owned);
        known.account = known.account.or(said).or_else(|| self.account_of_identity(key, shares_account));
        known.region = known.region.or_else(|| self.region_of_data(key));
        provider::location(&known, key, shares_account, self.naming)
    }

    /// The account of the credentials that the plan was made with.
    fn account_of_identity(&self, key: &str, shares_account: bool) -> Option<String> {
        let mut accounts: Vec<&str> = Vec::new();
        for (number, entry) in self.entries.iter().enumerate() {
            let attribute = |name: &str| entry.values.and_then(|values| values.get(name)?.as_str());
            let account = match entry.kind {
                "aws_caller_identity" => attribute("account_id"),
                kind if kind.starts_with("aws_iam_") => attribute("arn").and_then(|arn| arn.split(':').nth(4)),
                _ => None,
            };
            let is_own =
                self.key_of(number).is_none_or(|own| own == key || (shares_account && own == provider::DEFAULT));
            let is_account = |text: &&str| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
            accounts.extend(account.filter(is_account).filter(|_| is_own));
        }
        accounts.sort_unstable();
        accounts.dedup();
        match accounts.as_slice() {
            [one] => Some((*one).to_owned()),
            _ => None,
        }
    }

    fn region_of_data(&self, key: &str) -> Option<String> {
        let regions = self.entries.iter().enumerate().filter(|(_, entry)| entry.kind == "aws_region");
        let of_key = regions.filter(|(number, _)| self.key_of(*number).is_none_or(|own| own == key));
        let mut named = of_key.filter_map(|(_, entry)| entry.values?.get("name")?.as_str());
        let first = named.next()?;
        // A data source may name another region than that of its provider.
        named.all(|other| other == first).then(|| first.to_owned()).filter(|text| provider::is_region(text))
    }

    /// The provider of a resource; `None` where nothing tells, as in states.
    fn key_of(&self, number: usize) -> Option<&'p str> {
        self.written(number)?.get("provider_config_key")?.as_str()
    }
}

/// Whether something in what is not known is so.
fn holds_true(node: &Node<'_>) -> bool {
    match &node.value {
        json::Value::Bool(value) => *value,
        json::Value::Array(items) => items.iter().any(holds_true),
        json::Value::Object(members) => members.iter().any(|member| holds_true(&member.value)),
        _ => false,
    }
}

fn is_object(value: &json::Value<'_>) -> bool {
    matches!(value, json::Value::Object(_))
}

/// How far attributes refer to each other.
const MAX_DEPTH: usize = 64;

/// The arguments of `aws_iam_policy_document` that are others' documents.
static DOCUMENT: &[Argument] = &[
    Argument { name: "source_json", property: "", meaning: Meaning::Policy, block: Vec::new() },
    Argument { name: "source_policy_documents", property: "", meaning: Meaning::Policy, block: Vec::new() },
    Argument { name: "override_json", property: "", meaning: Meaning::Policy, block: Vec::new() },
    Argument { name: "override_policy_documents", property: "", meaning: Meaning::Policy, block: Vec::new() },
];
