//! From the tree of a template to values: every function is evaluated, as far as it can be before the deployment.

mod conditions;
mod dynamic;
mod identity;
mod lists;
mod output;
mod pseudo;
mod references;
mod resources;
mod several;
mod texts;

use super::parameters::Parameter;
use super::template::{self, Template};
use crate::codes;
use crate::literal;
use crate::value::{Entry, Text, Value, ValueKind};
use conditions::Truth;
use iameval::json::{self, Member, Node};
use iameval::symbol::{Symbol, SymbolKind, Symbols};
use iameval::text::{LineIndex, Span};
use iameval::{Code, Diagnostic};
use iameval_world::Finding;
use identity::Identity;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;

/// How deep values may nest, and refer to each other, all in all.
const MAX_DEPTH: u32 = 192;
/// How much all values may come to, in about the bytes that they take: so much, and so many times the templates.
const MAX_SIZE: (usize, usize) = (64 << 20, 32);

const LOOP_HELP: &str = "give the parameter that its values come from a value with `--parameter`";
const MACRO_HELP: &str = "`iameval` runs no macros";

/// A node of a template.
type Tree = Node<'static>;

/// What went wrong was told.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told;

/// A value; `None` where there is nothing (`AWS::NoValue`).
type Evaluated = Result<Option<Value>, Told>;

/// Where something is evaluated: in which stack, and how deep.
#[derive(Debug, Clone, Copy)]
pub(super) struct At {
    stack: usize,
    depth: u32,
}

/// Something of a stack that others refer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Key<'t> {
    Condition(&'t str),
    Resource(&'t str),
    Output(&'t str),
    Parameter(&'t str),
}

type Section<'t> = HashMap<&'t str, &'t Member<'static>>;

/// The sections of a template by name.
struct Sections<'t> {
    parameters: Section<'t>,
    mappings: Section<'t>,
    conditions: Section<'t>,
    resources: Section<'t>,
    outputs: Section<'t>,
}

/// The values that take the place of symbols.
pub(super) struct Given<'o> {
    /// Texts by the names of symbols.
    pub(super) values: &'o BTreeMap<String, String>,
    /// Whether what is left open is an error.
    pub(super) is_strict: bool,
    /// The addresses that took their values already.
    pub(super) taken: BTreeSet<String>,
}

/// Evaluates templates that are read together.
pub(super) struct Evaluator<'t> {
    templates: &'t [Template],
    sections: Vec<Sections<'t>>,
    children: HashMap<(usize, &'t str), usize>,
    given: Given<'t>,
    symbols: &'t mut Symbols,
    /// Of each stack, where its lines begin.
    lines: Vec<Option<LineIndex>>,
    /// What is being evaluated, from the outermost.
    open: Vec<(usize, Key<'t>)>,
    conditions: HashMap<(usize, &'t str), Result<Truth, Told>>,
    identities: HashMap<(usize, &'t str), Result<Rc<Identity>, Told>>,
    parameters: HashMap<(usize, &'t str), Result<Value, Told>>,
    outputs: HashMap<(usize, &'t str), Evaluated>,
    exports: Option<Rc<Vec<output::Export<'t>>>>,
    /// The symbols of what has no name, by the node that it is; and how many nodes are called by one place.
    hidden: HashMap<(usize, *const Tree), Symbol>,
    repeated: HashMap<String, u32>,
    /// The members of large objects by name.
    indexes: HashMap<*const Tree, Section<'t>>,
    families: HashMap<(usize, String), u32>,
    first_family: u32,
    /// The symbols of other sources.
    foreign: HashSet<Symbol>,
    /// The resource whose properties are evaluated, and how many branches are open in it that may not be taken.
    owner: Option<(usize, &'t str)>,
    branches: u32,
    dependencies: Vec<resources::Dependency<'t>>,
    /// The values that parameters take which have none yet.
    allowed: HashMap<Symbol, Vec<String>>,
    /// Addresses that values were asked for.
    asked: BTreeSet<String>,
    size: usize,
    /// How large the size may become.
    most: usize,
    warned: BTreeSet<(usize, Span, String)>,
    pub(super) warnings: Vec<Finding>,
    /// The parameters of each stack that have no value, by place and name.
    without_value: BTreeMap<usize, BTreeMap<(u32, String), Span>>,
    pub(super) errors: Vec<Finding>,
}

impl<'t> Evaluator<'t> {
    pub(super) fn new(templates: &'t [Template], mut given: Given<'t>, symbols: &'t mut Symbols) -> Self {
        let asked = std::mem::take(&mut given.taken);
        let sections = templates.iter().map(|template| Sections {
            parameters: template::section(&template.tree, "Parameters"),
            mappings: template::section(&template.tree, "Mappings"),
            conditions: template::section(&template.tree, "Conditions"),
            resources: template::section(&template.tree, "Resources"),
            outputs: template::section(&template.tree, "Outputs"),
        });
        let children = templates.iter().enumerate().filter_map(|(index, template)| {
            let (parent, id) = template.parent.as_ref()?;
            Some(((*parent, &**id), index))
        });
        let first_family = u32::try_from(symbols.places()).unwrap_or(u32::MAX);
        let bytes = templates.iter().map(|template| template.source.text.len()).sum::<usize>();
        let foreign = symbols.iter().collect();
        Self {
            templates,
            sections: sections.collect(),
            children: children.collect(),
            given,
            symbols,
            lines: templates.iter().map(|_| None).collect(),
            open: Vec::new(),
            conditions: HashMap::new(),
            identities: HashMap::new(),
            parameters: HashMap::new(),
            outputs: HashMap::new(),
            exports: None,
            hidden: HashMap::new(),
            repeated: HashMap::new(),
            indexes: HashMap::new(),
            families: HashMap::new(),
            first_family,
            foreign,
            owner: None,
            branches: 0,
            dependencies: Vec::new(),
            allowed: HashMap::new(),
            asked,
            size: 0,
            most: MAX_SIZE.0.saturating_add(bytes.saturating_mul(MAX_SIZE.1)),
            warned: BTreeSet::new(),
            warnings: Vec::new(),
            without_value: BTreeMap::new(),
            errors: Vec::new(),
        }
    }

    /// The value of a node.
    fn value(&mut self, at: At, node: &'t Tree) -> Evaluated {
        let at = self.deeper(at, node.span)?;
        self.grow(at, node.span, Value::SIZE)?;
        let kind = match &node.value {
            json::Value::Null => ValueKind::Null,
            json::Value::Bool(value) => ValueKind::Bool(*value),
            json::Value::Number(number) => ValueKind::Number(number.clone().into_owned()),
            json::Value::String(text) => {
                self.grow(at, node.span, text.len())?;
                let text = self.literal(at, text, node.span);
                ValueKind::Text(self.without_references(at, text)?)
            }
            json::Value::Array(items) => {
                let mut values = Vec::with_capacity(items.len());
                for item in items {
                    values.extend(self.value(at, item)?);
                }
                ValueKind::List(values)
            }
            json::Value::Object(members) => {
                if let [member] = &**members
                    && (member.key == "Ref" || member.key.starts_with("Fn::"))
                {
                    return self.function(at, node, member);
                }
                if let Some(member) = members.iter().find(|member| is_hiding(&member.key)) {
                    return self.hiding(at, node, member).map(Some);
                }
                ValueKind::Map(self.entries(at, members)?)
            }
        };
        Ok(Some(Value { span: node.span, kind }))
    }

    fn entries(&mut self, at: At, members: &'t [Member<'static>]) -> Result<Vec<Entry>, Told> {
        let mut entries = Vec::with_capacity(members.len());
        for member in members {
            if let Some(value) = self.value(at, &member.value)? {
                let key = self.literal(at, &member.key, member.key_span);
                self.grow(at, member.key_span, key.text.len())?;
                entries.push(Entry { key, key_span: member.key_span, value });
            }
        }
        Ok(entries)
    }

    /// A function: the one member of an object.
    fn function(&mut self, at: At, node: &'t Tree, member: &'t Member<'static>) -> Evaluated {
        let argument = &member.value;
        match &*member.key {
            "Ref" => self.reference(at, node, argument),
            "Fn::GetAtt" => self.attribute_of(at, node, argument).map(Some),
            "Fn::Sub" => self.sub(at, node, argument),
            "Fn::Join" => self.join(at, node, argument),
            "Fn::Select" => self.select(at, node, argument),
            "Fn::Split" => self.split(at, node, argument),
            "Fn::If" => self.choose(at, node, argument),
            "Fn::FindInMap" => self.find_in_map(at, node, argument),
            "Fn::ImportValue" => self.import(at, node, argument),
            "Fn::Base64" => self.base64(at, node, argument),
            "Fn::GetAZs" => self.zones(at, node, argument).map(Some),
            "Fn::Cidr" => self.cidr(at, node, argument),
            "Fn::ToJsonString" => self.json_string(at, node, argument),
            "Fn::Length" => self.length(at, node, argument),
            "Fn::And" | "Fn::Or" | "Fn::Not" | "Fn::Equals" => match self.truth(at, node)? {
                Truth::Unknown => self.unnamed(at, node, &member.key).map(Some),
                truth => Ok(Some(Value { span: node.span, kind: ValueKind::Bool(truth == Truth::True) })),
            },
            _ => self.hiding(at, node, member).map(Some),
        }
    }

    /// What a macro, or a function that is not known, makes: nothing is known of it.
    fn hiding(&mut self, at: At, node: &'t Tree, member: &'t Member<'static>) -> Result<Value, Told> {
        let key = &*member.key;
        let (message, help) = match key {
            "Fn::Transform" => {
                let name = member.value.get("Name").and_then(Node::as_str).unwrap_or("a macro");
                (format!("what `{name}` puts here is not known before the deployment"), MACRO_HELP)
            }
            _ if key.starts_with("Fn::ForEach::") => {
                (format!("`{key}` cannot be expanded: the values that it is for are not known"), LOOP_HELP)
            }
            "Fn::GetStackOutput" => {
                ("the output of another stack is not known".into(), "it is read from AWS when deployed")
            }
            _ => (format!("unknown function `{key}`"), "its value counts as not known"),
        };
        self.left_open(at, member.key_span, message, help);
        self.unnamed(at, node, key)
    }

    /// A member of an object by name; of several, the last.
    fn member(&mut self, node: &'t Tree, name: &str) -> Option<&'t Tree> {
        let members = node.members()?;
        if members.len() < 16 {
            return members.iter().rfind(|member| member.key == name).map(|member| &member.value);
        }
        let index = self.indexes.entry(std::ptr::from_ref(node));
        let index = index.or_insert_with(|| members.iter().map(|member| (&*member.key, member)).collect());
        index.get(name).map(|member| &member.value)
    }

    /// A text as the template holds it.
    fn literal(&self, at: At, text: &str, span: Span) -> Text {
        literal::text(&self.template(at).source.text, text, span)
    }

    fn template(&self, at: At) -> &'t Template {
        #[expect(clippy::indexing_slicing, reason = "places are made for the stacks that there are")]
        &self.templates[at.stack]
    }

    fn sections(&self, at: At) -> &Sections<'t> {
        #[expect(clippy::indexing_slicing, reason = "there are as many as templates, see `new`")]
        &self.sections[at.stack]
    }

    /// The same place, one level deeper.
    fn deeper(&mut self, at: At, span: Span) -> Result<At, Told> {
        if at.depth >= MAX_DEPTH {
            let message = format!("values nest, or refer to each other, deeper than {MAX_DEPTH} levels");
            return Err(self.wrong(at, iameval::codes::OVER_LIMIT, span, message, "use less nesting"));
        }
        Ok(At { depth: at.depth + 1, ..at })
    }

    /// Counts how much the values come to.
    fn grow(&mut self, at: At, span: Span, by: usize) -> Result<(), Told> {
        self.size = self.size.saturating_add(by);
        if self.size > self.most {
            let message = "the values of the template multiply to too much";
            return Err(self.wrong(at, iameval::codes::OVER_LIMIT, span, message, "repeat less in it"));
        }
        Ok(())
    }

    /// Begins something that others refer to; it must not be begun already.
    fn enter(&mut self, at: At, key: Key<'t>, span: Span) -> Result<(), Told> {
        let Some(first) = self.open.iter().position(|open| *open == (at.stack, key)) else {
            self.open.push((at.stack, key));
            return Ok(());
        };
        let names: Vec<String> = self.open.iter().skip(first).map(|(_, key)| format!("`{}`", key.name())).collect();
        let message = match &*names {
            [name] => format!("{name} depends on itself"),
            names => format!("{} depend on each other in a circle", names.join(", ")),
        };
        let help = "CloudFormation refuses circular dependencies; take one of the references out";
        Err(self.wrong(at, codes::CIRCULAR_REFERENCE, span, message, help))
    }

    fn leave(&mut self) {
        self.open.pop();
    }

    fn wrong(&mut self, at: At, code: Code, span: Span, message: impl Into<String>, help: impl Into<String>) -> Told {
        self.wrong_with(at, Diagnostic::new(code, span, message).with_help(help))
    }

    fn wrong_with(&mut self, at: At, diagnostic: Diagnostic) -> Told {
        let finding = self.template(at).finding(diagnostic);
        self.errors.push(finding);
        Told
    }

    /// A function's argument is not what it takes.
    fn misused(&mut self, at: At, span: Span, function: &str, takes: &str) -> Told {
        let message = format!("`{function}` takes {takes}");
        self.wrong(at, codes::INVALID_TEMPLATE, span, message, "see its page in the CloudFormation reference")
    }

    /// Tells which parameters have no value, those of a template together.
    pub(super) fn tell_parameters(&mut self) {
        for (stack, missing) in std::mem::take(&mut self.without_value) {
            let Some((first, span)) = missing.first_key_value() else { continue };
            let names: Vec<String> = missing.keys().map(|(_, name)| format!("`{name}`")).collect();
            let is_service = self.templates.get(stack).is_some_and(|template| template.parts.is_some());
            let (one, several) = if is_service { ("variable", "variables") } else { ("parameter", "parameters") };
            let message = match names.len() {
                1 => format!("{one} {} has no value", names.concat()),
                many => format!("{many} {several} have no value: {}", names.join(", ")),
            };
            let first = &first.1;
            let help = if is_service {
                format!("`--set '{first}=VALUE'` gives it one")
            } else {
                format!("`--parameter {first}=VALUE` gives it one")
            };
            self.left_open(At { stack, depth: 0 }, *span, message, &help);
        }
    }

    /// Tells once that something is left to the deployment.
    fn left_open(&mut self, at: At, span: Span, message: String, help: &str) {
        if !self.warned.insert((at.stack, span, message.clone())) {
            return;
        }
        let finding = Diagnostic::new(codes::LEFT_OPEN, span, message).with_help(help);
        if self.given.is_strict {
            let finding = self.template(at).finding(finding.with_severity(iameval::Severity::Error));
            self.errors.push(finding);
        } else {
            let finding = self.template(at).finding(finding);
            self.warnings.push(finding);
        }
    }

    /// The value that was given for an address.
    fn given_for(&mut self, address: &str) -> Option<String> {
        if self.given.values.is_empty() {
            return None;
        }
        self.asked.insert(address.to_owned());
        self.given.values.get(address).cloned()
    }

    /// How much was evaluated so far.
    #[cfg(test)]
    pub(super) fn cost(&self) -> usize {
        self.size
    }

    /// Refuses values for addresses that are not there.
    pub(super) fn check_values(&mut self) {
        let given = self.given.values;
        for address in given.keys().filter(|address| !self.asked.contains(*address)).collect::<Vec<_>>() {
            let is_there = self.templates.iter().zip(&self.sections).any(|(template, sections)| {
                let Some(local) = address.strip_prefix(&*template.prefix) else { return false };
                let id = local.split_once('.').map_or(local, |(id, _)| id);
                let condition = local.strip_prefix("Condition ").unwrap_or_default();
                sections.resources.contains_key(id)
                    || sections.parameters.contains_key(local)
                    || sections.conditions.contains_key(condition)
                    || local.starts_with("AWS::")
            });
            if is_there {
                continue;
            }
            let names = self.symbols.iter().map(|symbol| self.symbols.name(symbol));
            let names = names.chain(self.asked.iter().map(String::as_str)).take(iameval::suggest::MOST_NAMES);
            let help = iameval::suggest::did_you_mean(address, names);
            let message = format!("there is nothing at `{address}` to give a value");
            let problem = iameval::Problem::new(codes::UNDEFINED_REFERENCE, message);
            let help = help.unwrap_or_else(|| "name what is not known as it is named in messages".into());
            let name = self.templates.first().map_or("", |template| &*template.source.name);
            self.errors.push(Finding::about_file(name, problem.with_help(help)));
        }
    }

    /// The symbol of that address.
    fn symbol(
        &mut self,
        at: At,
        span: Span,
        address: &str,
        kind: SymbolKind,
        family: Option<u32>,
    ) -> Result<Symbol, Told> {
        self.symbol_for(at, span, address, kind, family, None)
    }

    /// The same, of what stands at a place where the address says no more than which.
    fn symbol_for(
        &mut self,
        at: At,
        span: Span,
        address: &str,
        kind: SymbolKind,
        family: Option<u32>,
        place: Option<&'t Tree>,
    ) -> Result<Symbol, Told> {
        let mut address = Cow::Borrowed(address);
        // What is called the same in another source is something else.
        while self.symbols.find(&address).is_some_and(|symbol| self.foreign.contains(&symbol)) {
            address = Cow::Owned(format!("{}/{address}", self.template(at).name));
        }
        let meaning = self.meaning(at, address.strip_prefix(&*self.template(at).prefix).unwrap_or(&address), place);
        let symbol = self.symbols.define_as(&address, kind, meaning);
        if let (Ok(symbol), Some(family)) = (symbol, family) {
            self.symbols.put_in_family(symbol, family);
        }
        let symbol = symbol
            .map_err(|error| self.wrong(at, iameval::codes::OVER_LIMIT, span, error.to_string(), "set some of them"))?;
        self.describe(at, symbol, &address);
        Ok(symbol)
    }

    /// What tells things of one address in two versions of a template apart. A resource of another type is another one; what
    /// stands at a place depends on what it says and on conditions and maps, and everything in a nested stack on its parent.
    fn meaning(&self, at: At, local: &str, place: Option<&'t Tree>) -> u64 {
        let mut meaning = DefaultHasher::new();
        let template = self.template(at);
        if template.parent.is_some() {
            self.templates.iter().for_each(|template| template.source.text.hash(&mut meaning));
        }
        let sections = self.sections(at);
        let id = local.split('.').next().unwrap_or_default();
        if let Some(resource) = sections.resources.get(id) {
            resource.value.get("Type").and_then(Node::as_str).hash(&mut meaning);
        }
        if let Some(node) = place {
            let all = ["Conditions", "Mappings"].map(|name| template.tree.get(name));
            for node in all.into_iter().flatten().chain([node]) {
                template.source.text.get(node.span.start as usize..node.span.end as usize).hash(&mut meaning);
            }
        }
        meaning.finish()
    }

    /// Says of parameters and conditions what they are, and how they are given.
    fn describe(&mut self, at: At, symbol: Symbol, address: &str) {
        let local = address.strip_prefix(&*self.template(at).prefix).unwrap_or(address);
        let parameter = self.sections.get(at.stack).and_then(|own| own.parameters.get(local));
        if parameter.is_some_and(|member| Parameter::new(member).is_variable()) {
            let settle = format!("--set '{address}=VALUE'");
            self.symbols.describe(symbol, "a variable without a value", &settle);
        } else if parameter.is_some() {
            let settle = format!("--parameter {address}=VALUE");
            self.symbols.describe(symbol, "a parameter without a value", &settle);
        } else if local.starts_with("Condition ") {
            let settle = format!("--set '{address}=true'");
            self.symbols.describe(symbol, "a condition", &settle);
        }
    }

    /// The text of an address: what was given for it, or its symbol.
    fn text_of(&mut self, at: At, span: Span, address: &str, kind: SymbolKind) -> Result<String, Told> {
        match self.given_for(address) {
            Some(given) => Ok(given),
            None => self.symbol(at, span, address, kind, None).map(|symbol| symbol.to_string()),
        }
    }

    /// A value of which only is known where it stands.
    fn unnamed(&mut self, at: At, node: &'t Tree, what: &str) -> Result<Value, Told> {
        self.unnamed_of(at, node, what, SymbolKind::Input)
    }

    /// The same, where something is certain of it.
    fn unnamed_of(&mut self, at: At, node: &'t Tree, what: &str, kind: SymbolKind) -> Result<Value, Told> {
        let key = (at.stack, std::ptr::from_ref(node));
        if let Some(symbol) = self.hidden.get(&key) {
            return Ok(Value { span: node.span, kind: ValueKind::Unknown(*symbol) });
        }
        let template = self.template(at);
        let place = if let Some(parts) = &template.parts {
            parts.in_words(node.span)
        } else {
            let text = &template.source.text;
            let lines = self.lines.get_mut(at.stack).map(|lines| lines.get_or_insert_with(|| LineIndex::new(text)));
            let place = lines.map(|lines| lines.position(text, node.span.start)).unwrap_or_default();
            format!("{}:{}", place.line, place.column)
        };
        let prefix = &template.prefix;
        let mut address = format!("{prefix}{what} at {place}");
        // One place may stand for several nodes, where `Fn::ForEach` repeats it.
        let count = self.repeated.entry(address.clone()).or_default();
        *count += 1;
        if *count > 1 {
            address = format!("{address} #{count}");
        }
        if let Some(text) = self.given_for(&address) {
            return Ok(Value::text(node.span, text));
        }
        let symbol = self.symbol_for(at, node.span, &address, kind, None, Some(node))?;
        self.hidden.insert(key, symbol);
        Ok(Value { span: node.span, kind: ValueKind::Unknown(symbol) })
    }
}

impl Key<'_> {
    fn name(&self) -> &str {
        match self {
            Key::Condition(name) | Key::Resource(name) | Key::Output(name) | Key::Parameter(name) => name,
        }
    }
}

/// Whether a member of an object that has others may bring more of them.
fn is_hiding(key: &str) -> bool {
    key == "Fn::Transform" || key.starts_with("Fn::ForEach::")
}
