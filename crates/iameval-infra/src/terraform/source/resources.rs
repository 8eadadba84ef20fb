//! From resources as they are written to those with values: arguments of the table, names, and what others refer to.

use super::attributes::Schema;
use super::encode::argument;
use super::evaluate::{Evaluated, Evaluator, Failed, Key, Scope};
use super::expand::Form;
use super::folder::Resource;
use super::syntax::{Expr, ExprKind};
use crate::stack::Location;
use crate::terraform::document::{self, is_nothing};
use crate::terraform::drafted::{Drafted, Root};
use crate::terraform::identity::{Attribute, Identity, PREFIXES, identify};
use crate::terraform::provider::{self, Known};
use crate::terraform::resources::entry;
use crate::terraform::types::{self, Argument, Id, Meaning, Type};
use crate::value::{Value, ValueKind};
use iameval::symbol::SymbolKind;
use iameval::text::Span;
use iameval_world::Source;
use std::collections::HashMap;
use std::rc::Rc;

/// Attributes that name a resource, beside its name.
const NAMES: [&str; 3] = ["arn", "id", "url"];

impl<'t> Evaluator<'t, '_> {
    /// Everything that the source would create.
    pub(super) fn root(&mut self) -> Root {
        self.all_modules();
        let mut resources = Vec::new();
        let mut module = 0;
        while module < self.modules.len() {
            for resource in &self.folder(module).resources {
                if resource.is_data || !resource.kind.starts_with("aws_") {
                    continue;
                }
                let at = (resource.file, resource.head);
                let Ok(expansion) = self.expansion(module, resource, at, 0) else { continue };
                for (_, number) in &expansion.members {
                    resources.extend(self.drafted(*number, expansion.keys));
                }
            }
            module += 1;
        }
        let location = self.location("", provider::DEFAULT, 0);
        let source = self.sources.first().cloned().unwrap_or_else(|| Source::new("", ""));
        let (warnings, errors) = (std::mem::take(&mut self.warnings), std::mem::take(&mut self.errors));
        Root { source, location, resources, deleted: Vec::new(), warnings, errors }
    }

    fn resource(&self, number: usize) -> Option<&'t Resource> {
        self.instances.get(number).map(|instance| instance.resource)
    }

    fn drafted(&mut self, number: usize, form: Form) -> Option<Drafted> {
        let resource = self.resource(number)?;
        let of = types::of(&resource.kind);
        let identity = if of.is_some() { self.identity(number) } else { Rc::default() };
        let location = self.location_of(number);
        let mut arguments = Vec::new();
        for argument in of.iter().flat_map(|of| &of.arguments) {
            let value = self.argument(number, argument);
            arguments.extend(value.map(|value| (argument.name, value)));
        }
        for extra in of.iter().flat_map(|of| &of.extras) {
            let value = self.written(number, extra.argument);
            arguments.extend(value.map(|value| (extra.argument, value)));
        }
        arguments.extend(self.tags(number).map(|tags| ("tags", tags)));
        if of.is_none() {
            arguments.extend(self.like_a_policy(number).map(|value| ("policy", value)));
        }
        if form == Form::Unknown {
            let message = format!("how many `{}` there are is not known", resource.in_module());
            self.left_open(resource.file, resource.head, message, "one stands for all of them; a plan tells");
        }
        let ignored: Vec<&'static str> =
            arguments.iter().map(|(name, _)| *name).filter(|name| resource.ignores(name)).collect();
        let address = self.instances.get(number)?.address.clone();
        if self.facts.is_none() {
            for name in &ignored {
                let message = format!("`{address}.{name}` may be something else: changes of it are ignored");
                let help = "`ignore_changes` keeps what is deployed; a plan tells what that is";
                self.left_open(resource.file, resource.head, message, help);
            }
        }
        let instance = self.instances.get(number)?;
        Some(Drafted {
            address: instance.address.clone(),
            kind: resource.kind.clone(),
            source: Some(self.source(resource.file)),
            id_span: resource.head,
            span: resource.span,
            only_if: instance.only_if,
            identity: Identity::clone(&identity),
            location,
            arguments,
            computed: Vec::new(),
            ignored,
        })
    }

    /// Something in the scope of an instance.
    fn within<T>(
        &mut self,
        number: usize,
        depth: u32,
        of: impl FnOnce(&mut Self, &Scope<'_>, &'t Resource) -> T,
    ) -> Option<T> {
        let instance = self.instances.get(number)?;
        let (module, resource, each) = (instance.module, instance.resource, instance.each.clone());
        let scope = Scope { each: Some(&each), ..Self::scope_of(module, resource.file, depth) };
        Some(of(self, &scope, resource))
    }

    /// The value of an argument as it is written: an expression, or blocks.
    fn written(&mut self, number: usize, name: &str) -> Option<Value> {
        self.written_at(number, name, 0).map(argument).filter(|value| !is_nothing(value))
    }

    fn written_at(&mut self, number: usize, name: &str, depth: u32) -> Option<Value> {
        self.within(number, depth, |this, scope, resource| {
            if let Some(attribute) = resource.body.attribute(name) {
                return Some(this.value(scope, &attribute.value));
            }
            let is_block = |block: &super::syntax::Block| {
                block.kind == name
                    || (block.kind == "dynamic" && block.labels.first().is_some_and(|label| label == name))
            };
            if !resource.body.blocks.iter().any(is_block) {
                return None;
            }
            let items = this.blocks(scope, &resource.body, name);
            let span = items.first().map_or(resource.span, |item| item.span);
            Some(Value { span, kind: ValueKind::List(items) })
        })?
    }

    fn argument(&mut self, number: usize, argument: &'static Argument) -> Option<Value> {
        let value = self.written(number, argument.name)?;
        if argument.meaning == Meaning::Policy
            && let ValueKind::Unknown(symbol) = value.kind
        {
            let resource = self.resource(number)?;
            let name = self.naming.symbols.name(symbol).to_owned();
            let address = self.instances.get(number)?.address.clone();
            let message = format!("what the policy `{address}` says is not known: `{name}`");
            let help = "a plan may tell: `terraform show -json`; or give it with `--set`";
            self.left_open(resource.file, value.span, message, help);
        }
        Some(value)
    }

    fn tags(&mut self, number: usize) -> Option<Value> {
        let own = self.written(number, "tags");
        let location = self.provider_of(number);
        let default = self.default_tags(&location);
        match (own, default) {
            (Some(Value { span, kind: ValueKind::Map(own) }), Some(mut all)) => {
                all.retain(|known| !own.iter().any(|tag| tag.key.text == known.key.text));
                all.extend(own);
                Some(Value { span, kind: ValueKind::Map(all) })
            }
            (None, Some(all)) => Some(Value { span: Span::START, kind: ValueKind::Map(all) }),
            (own, _) => own,
        }
    }

    /// What looks like a policy in a resource of a type that is not in the table.
    fn like_a_policy(&mut self, number: usize) -> Option<Value> {
        let resource = self.resource(number)?;
        let may_be = |expr: &Expr| match &expr.kind {
            ExprKind::Call { name, .. } => name == "jsonencode",
            ExprKind::Template(_) | ExprKind::Text(_) => true,
            _ => false,
        };
        let names: Vec<&'t str> = resource
            .body
            .attributes
            .iter()
            .filter(|attribute| may_be(&attribute.value))
            .map(|attribute| &*attribute.name)
            .collect();
        names.into_iter().find_map(|name| {
            let value = self.written(number, name)?;
            let is_one =
                value.as_text().is_some_and(|text| text.contains("\"Statement\"") && text.contains("\"Effect\""));
            is_one.then_some(value)
        })
    }

    /// An attribute of an instance, as others refer to it.
    pub(super) fn attribute(&mut self, scope: &Scope<'_>, number: usize, name: &str, span: Span) -> Evaluated {
        let resource = self.resource(number).ok_or(Failed)?;
        let depth = self.deeper(scope, span)?.depth;
        let module = self.instances.get(number).map_or(0, |instance| instance.module);
        // What it is called comes of its arguments, so that is settled before any of them is asked for.
        if is_called(resource, name) {
            self.identity(number);
        }
        let key = Key::Attribute(number, name.to_owned());
        let known = self.known(module, key, (scope.file, span), |this| {
            let value = this.attribute_value(number, resource, name, depth);
            value.map(|value| (value, resource.file)).ok_or(Failed)
        });
        Self::brought(known, scope, span)
    }

    fn attribute_value(&mut self, number: usize, resource: &'t Resource, name: &str, depth: u32) -> Option<Value> {
        let address = format!("{}.{name}", self.instances.get(number)?.address);
        let span = resource.head;
        if let Some(given) = self.naming.given(&address) {
            return Some(Schema::of(resource, name).given(span, &given, self.naming));
        }
        let own = &self.instances.get(number)?.address;
        if let Some(known) = self.facts.and_then(|facts| facts.attribute(own, name, span)) {
            return Some(known);
        }
        if resource.is_data {
            let location = || (&*resource.kind, name);
            match location() {
                ("aws_iam_policy_document", "json" | "minified_json") => return Some(self.document(number, depth)),
                ("aws_caller_identity", "account_id") => {
                    return Some(Value::text(span, self.location_of(number).account.clone()));
                }
                ("aws_region", "name" | "id" | "region") if !is_asked_for(resource) => {
                    return Some(Value::text(span, self.location_of(number).region.clone()));
                }
                ("aws_partition", "partition" | "id") => {
                    return Some(Value::text(span, self.location_of(number).partition.clone()));
                }
                ("aws_iam_policy", "arn" | "id" | "policy") => {
                    if let Some(value) = self.policy_of_name(number, resource, name, depth) {
                        return Some(value);
                    }
                }
                _ => {}
            }
        } else if is_called(resource, name) {
            let identity = self.identity(number);
            let text = match name {
                "arn" => identity.arn.clone(),
                "id" => Some(identity.id.clone()),
                _ if types::of(&resource.kind).and_then(Type::name) == Some(name) => identity.name.clone(),
                _ => None,
            };
            if let Some(text) = text {
                return Some(Value::text(span, text));
            }
        }
        if let Some(value) = self.read(number, resource, name, depth) {
            return Some(value);
        }
        if (&*resource.kind, name) == ("aws_organizations_organization", "roots") {
            return Some(self.roots(&address, span));
        }
        let is_name = NAMES.contains(&name) || name.ends_with("_arn") || name.ends_with("_id");
        let kind = if is_name || is_made_up(&resource.kind) { SymbolKind::Text } else { SymbolKind::Input };
        let symbol = self.naming.symbol(&address, if resource.is_data { SymbolKind::Input } else { kind });
        let is_text = kind == SymbolKind::Text;
        let kind = if is_text { ValueKind::Text(symbol.to_string().into()) } else { ValueKind::Unknown(symbol) };
        Some(Value { span, kind })
    }

    /// An attribute that is written, as references read it.
    fn read(&mut self, number: usize, resource: &'t Resource, name: &str, depth: u32) -> Option<Value> {
        let value = self.written_once(number, resource, name, depth)?;
        let address = format!("{}.{name}", self.instances.get(number)?.address);
        // What is deployed stays as it is.
        if self.facts.is_none() && resource.ignores(name) {
            let symbol = self.naming.symbol(&address, SymbolKind::Input);
            return Some(Value { span: value.span, kind: ValueKind::Unknown(symbol) });
        }
        Some(Schema::of(resource, name).read(value, &address, self.naming))
    }

    /// An attribute as it is written, evaluated once.
    pub(super) fn written_once(
        &mut self,
        number: usize,
        resource: &'t Resource,
        name: &str,
        depth: u32,
    ) -> Option<Value> {
        let module = self.instances.get(number).map_or(0, |instance| instance.module);
        let key = Key::Written(number, name.to_owned());
        let known = self.known(module, key, (resource.file, resource.head), |this| {
            this.written_at(number, name, depth).map(|value| (value, resource.file)).ok_or(Failed)
        });
        known.ok().map(|(value, _)| value)
    }

    /// An instance as an object: what is written of it, and its names.
    pub(super) fn instance_object(&mut self, scope: &Scope<'_>, number: usize, span: Span) -> Evaluated {
        let resource = self.resource(number).ok_or(Failed)?;
        let mut names: Vec<&str> = resource.body.attributes.iter().map(|attribute| &*attribute.name).collect();
        names.retain(|name| !["count", "for_each", "provider", "depends_on"].contains(name));
        let of = types::of(&resource.kind);
        let document = resource.is_data && resource.kind == "aws_iam_policy_document";
        let has_url = of.is_some_and(|of| of.id() == Id::Attribute("url"));
        let names_of_it = NAMES.into_iter().filter(|name| of.is_some() && (*name != "url" || has_url));
        let also = names_of_it.chain(of.and_then(Type::name)).chain(document.then_some("json"));
        for name in also {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let mut entries = Vec::new();
        for name in names {
            if let Ok(value) = self.attribute(scope, number, name, span) {
                entries.push(entry(name, value));
            }
        }
        // It has more attributes than are known here, and a plan may say of any what it is.
        let address = format!("{}.*", self.instances.get(number).ok_or(Failed)?.address);
        let others = self.naming.symbol(&address, SymbolKind::Input);
        entries.insert(0, entry(&others.to_string(), Value { span, kind: ValueKind::Unknown(others) }));
        Ok(Value { span, kind: ValueKind::Map(entries) })
    }

    /// The document of a data source `aws_iam_policy_document`.
    fn document(&mut self, number: usize, depth: u32) -> Value {
        let arguments =
            self.within(number, depth, |this, scope, resource| this.object(scope, &resource.body, resource.span));
        let arguments = arguments.unwrap_or(Value { span: Span::START, kind: ValueKind::Map(Vec::new()) });
        let mut arguments = arguments;
        // Of documents that are put together, the later ones count.
        if let ValueKind::Map(entries) = &mut arguments.kind {
            for document in entries.iter_mut().filter(|entry| entry.key.text.ends_with("_policy_documents")) {
                if matches!(document.value.kind, ValueKind::Unordered(_))
                    && let Some(instance) = self.instances.get(number)
                {
                    let address = format!("{}.{}", instance.address, document.key.text);
                    document.value.kind = ValueKind::Unknown(self.naming.symbol(&address, SymbolKind::Input));
                }
            }
        }
        let arguments = argument(arguments);
        document::document(&arguments, self.naming.symbols)
    }

    /// What an instance is called.
    pub(super) fn identity(&mut self, number: usize) -> Rc<Identity> {
        let Some(instance) = self.instances.get(number) else { return Rc::default() };
        if let Some(known) = &instance.identity {
            return known.clone();
        }
        let (resource, address) = (instance.resource, instance.address.clone());
        let of = types::of(&resource.kind);
        let arguments = of.iter().flat_map(|of| &of.arguments).filter(|argument| argument.meaning == Meaning::Text);
        let mut names: Vec<&'static str> = arguments.map(|argument| argument.name).collect();
        names.extend(of.and_then(Type::name));
        names.push("path");
        names.extend(PREFIXES);
        let mut known: HashMap<&str, Attribute> = HashMap::new();
        if let Some(facts) = self.facts {
            for name in names.iter().copied().chain(NAMES) {
                let value = facts.attribute(&address, name, resource.head).and_then(|value| value.to_text());
                known.extend(value.map(|text| (name, Attribute::Known(text.text))));
            }
        }
        for name in names {
            let is_written = resource.body.attribute(name).is_some();
            if known.contains_key(name) || !is_written {
                continue;
            }
            let attribute = match self.written_once(number, resource, name, 0) {
                Some(Value { kind: ValueKind::Null, .. }) => continue,
                // A text of nothing but something that is not known is known by the name of the resource.
                Some(Value { kind: ValueKind::Unknown(symbol), .. }) => Attribute::Known(symbol.to_string()),
                Some(value) => match value.to_text() {
                    Some(text) => Attribute::Known(text.text),
                    None => Attribute::Unknown { is_written: true },
                },
                None => Attribute::Unknown { is_written: true },
            };
            known.insert(name, attribute);
        }
        let location = self.location_of(number);
        let attribute = |name: &str| known.get(name).cloned().unwrap_or(Attribute::Absent);
        let identity = Rc::new(identify(&address, of, &location, self.naming, &attribute));
        if let Some(instance) = self.instances.get_mut(number) {
            instance.identity = Some(identity.clone());
        }
        identity
    }

    /// Where an instance is.
    pub(super) fn location_of(&mut self, number: usize) -> Rc<Location> {
        let key = self.provider_of(number);
        let module = self.instances.get(number).map_or(0, |instance| instance.module);
        let around = self.location(&key.0, &key.1, module);
        let is_data = self.resource(number).is_none_or(|resource| resource.is_data);
        let own = self.resource(number).is_some_and(|resource| resource.body.attribute("region").is_some());
        if !own || is_data {
            return around;
        }
        let region = self.written_at(number, "region", 0).and_then(|value| value.as_text().map(str::to_owned));
        match region.filter(|region| provider::is_region(region)) {
            Some(region) => Rc::new(provider::at(around.account.clone(), region)),
            None => around,
        }
    }

    /// The provider of an instance: the module that has its settings, and its name with its alias.
    fn provider_of(&mut self, number: usize) -> (String, String) {
        let Some(instance) = self.instances.get(number) else { return (String::new(), provider::DEFAULT.to_owned()) };
        let named = instance.resource.body.attribute("provider");
        let key =
            named.and_then(|attribute| provider_key(&attribute.value)).unwrap_or_else(|| provider::DEFAULT.to_owned());
        self.resolve_provider(instance.module, key)
    }

    /// The module that has the settings of a provider, as calls pass providers on.
    fn resolve_provider(&self, mut module: usize, mut key: String) -> (String, String) {
        for _ in 0..self.modules.len() {
            let is_own = self.folder(module).providers.iter().any(|provider| alias_of(provider) == key);
            let Some(own) = self.modules.get(module) else { break };
            let Some(call) = own.call.filter(|_| !is_own) else { return (own.address.clone(), key) };
            let passed = call.body.attribute("providers").map(|attribute| &attribute.value.kind);
            if let Some(ExprKind::Map(pairs)) = passed {
                let is_it = |pair: &&(Expr, Expr)| match &pair.0.kind {
                    ExprKind::Text(text) => text.text == key,
                    _ => provider_key(&pair.0).is_some_and(|name| name == key),
                };
                if let Some(outer) = pairs.iter().find(is_it).and_then(|pair| provider_key(&pair.1)) {
                    key = outer;
                }
            }
            module = own.outer;
        }
        (String::new(), key)
    }

    /// Where a provider puts resources.
    fn location(&mut self, address: &str, key: &str, _: usize) -> Rc<Location> {
        let full = if address.is_empty() { key.to_owned() } else { format!("{address}.{key}") };
        if let Some(known) = self.locations.get(&full) {
            return known.clone();
        }
        let module = self.modules.iter().position(|module| module.address == address).unwrap_or(0);
        let folder = self.folder(module);
        let own = folder.providers.iter().find(|provider| alias_of(provider) == key);
        let default = self.folder(0).providers.iter().find(|provider| alias_of(provider) == provider::DEFAULT);
        let of_account = |provider: Option<&super::folder::Provider>| -> Vec<String> {
            let Some(provider) = provider else { return Vec::new() };
            let text = self.source(provider.file);
            let part = |span: Span| text.text.get(span.range()).unwrap_or_default().to_owned();
            let attributes = provider.body.attributes.iter().filter(|it| provider::decides_account(&it.name));
            let blocks = provider.body.blocks.iter().filter(|it| provider::decides_account(&it.kind));
            attributes
                .map(|it| format!("{}={}", it.name, part(it.value.span)))
                .chain(blocks.map(|it| part(it.span)))
                .collect()
        };
        let shares_account = full == provider::DEFAULT || of_account(own) == of_account(default);
        // So that a provider whose settings refer to it ends.
        let guess = Rc::new(provider::location(&Known::default(), &full, shares_account, self.naming));
        self.locations.insert(full.clone(), guess);
        let mut known = Known::default();
        if let Some(own) = own {
            let scope = Self::scope_of(module, own.file, 0);
            let text = |this: &mut Self, name: &str| {
                let attribute = own.body.attribute(name)?;
                Some(this.value(&scope, &attribute.value))
            };
            let region = text(self, "region").and_then(|value| value.as_text().map(str::to_owned));
            known.region = region.filter(|region| provider::is_region(region));
            if let Some(Value { kind: ValueKind::List(items), .. }) = text(self, "allowed_account_ids")
                && let [only] = items.as_slice()
            {
                let account = only.to_text().map(|text| text.text);
                known.account =
                    account.filter(|text| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()));
            }
        }
        let settings = &self.settings.known;
        if shares_account {
            known.account = settings.account.clone().or(known.account);
        }
        if full == provider::DEFAULT {
            known.region = settings.region.clone().or(known.region);
        }
        let location = Rc::new(provider::location(&known, &full, shares_account, self.naming));
        self.locations.insert(full, location.clone());
        location
    }

    /// The tags that a provider gives everything.
    fn default_tags(&mut self, (address, key): &(String, String)) -> Option<Vec<crate::value::Entry>> {
        let module = self.modules.iter().position(|module| module.address == *address).unwrap_or(0);
        let provider = self.folder(module).providers.iter().find(|provider| alias_of(provider) == *key)?;
        let tags = provider.body.blocks("default_tags").next()?.body.attribute("tags")?;
        let scope = Self::scope_of(module, provider.file, 0);
        match argument(self.value(&scope, &tags.value)).kind {
            ValueKind::Map(entries) => Some(entries),
            _ => None,
        }
    }
}

/// A provider as resources name it: `aws` or `aws.alias`.
fn provider_key(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Variable(name) => Some(name.clone()),
        ExprKind::Attribute(of, alias) => match &of.kind {
            ExprKind::Variable(name) => Some(format!("{name}.{alias}")),
            _ => None,
        },
        ExprKind::Text(text) => Some(text.text.clone()),
        _ => None,
    }
}

fn alias_of(provider: &super::folder::Provider) -> String {
    match provider.body.attribute("alias").map(|attribute| &attribute.value.kind) {
        Some(ExprKind::Text(alias)) => format!("{}.{}", provider.name, alias.text),
        _ => provider.name.clone(),
    }
}

/// Whether an attribute of a resource is what it is called: its ARN, its id, its URL or its name.
fn is_called(resource: &Resource, name: &str) -> bool {
    let of = types::of(&resource.kind).filter(|_| !resource.is_data);
    of.is_some_and(|of| NAMES.contains(&name) || of.name() == Some(name))
}

/// Whether a data source is asked for one of a name, and not for that of the provider.
fn is_asked_for(resource: &Resource) -> bool {
    ["name", "region", "endpoint"].iter().any(|name| resource.body.attribute(name).is_some())
}

/// Whether resources of a type make up words, hexadecimal digits and the like, in which there are no wildcards.
fn is_made_up(kind: &str) -> bool {
    ["random_id", "random_integer", "random_pet", "random_uuid"].contains(&kind)
}
