//! What is evaluated where: modules with their variables and locals, and what is not known.

use super::Settings;
use super::expand::Expansion;
use super::folder::{Folder, Resource, Variable, Written};
use super::load::Loaded;
use super::module::Module;
use super::syntax::{self, Expr, ExprKind};
use crate::codes;
use crate::stack::Location;
use crate::terraform::facts::Facts;
use crate::terraform::identity::Identity;
use crate::terraform::naming::Naming;
use crate::value::{Value, ValueKind};
use iameval::symbol::{Symbol, SymbolKind};
use iameval::text::{LineIndex, Span};
use iameval::{Diagnostic, Problem, Severity};
use iameval_world::{Files, Finding, Source};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::Arc;

/// How deep values may nest, and refer to each other, all in all.
const MAX_DEPTH: u32 = 160;
/// How much all values may come to, in about the bytes that they take: so much, and so many times the source.
const MAX_SIZE: (usize, usize) = (64 << 20, 64);

/// Why a value cannot be told. Outside of `try` and `can` it is not known then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// Something is not known, or not supported here.
    Failed,
    /// There certainly is no such thing: Terraform fails as well.
    Missing,
}

pub(super) use Cause::Failed;

pub(super) type Evaluated = Result<Value, Cause>;

/// Where something is evaluated.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) module: usize,
    /// The file that the expression stands in.
    pub(super) file: usize,
    /// The instance of the resource or module that it is part of.
    pub(super) each: Option<&'a Each>,
    pub(super) frame: Option<&'a Frame<'a>>,
    pub(super) depth: u32,
}

/// What `each` and `count` mean.
#[derive(Debug, Clone, Default)]
pub(super) struct Each {
    pub(super) key: Option<Value>,
    pub(super) value: Option<Value>,
    pub(super) index: Option<Value>,
}

/// A name that `for`, a dynamic block or a template gives a value.
#[derive(Debug)]
pub(super) struct Frame<'a> {
    pub(super) name: &'a str,
    pub(super) value: Value,
    /// Whether it is a set, where that is known.
    pub(super) is_set: Option<bool>,
    pub(super) outer: Option<&'a Frame<'a>>,
}

impl<'a> Scope<'a> {
    /// The same with one more name.
    pub(super) fn with<'b>(&'b self, frame: &'b Frame<'b>) -> Scope<'b>
    where
        'a: 'b,
    {
        Scope { frame: Some(frame), ..*self }
    }

    pub(super) fn named(&self, name: &str) -> Option<&'a Value> {
        self.frame_of(name).map(|frame| &frame.value)
    }

    pub(super) fn frame_of(&self, name: &str) -> Option<&'a Frame<'a>> {
        std::iter::successors(self.frame, |frame| frame.outer).find(|frame| frame.name == name)
    }
}

/// A value of a module that others refer to, and the file that it stands in.
type Known = Result<(Value, usize), Cause>;

/// Evaluates the source of a root module.
pub(super) struct Evaluator<'t, 's> {
    pub(super) loaded: &'t Loaded,
    pub(super) files: &'t dyn Files,
    pub(super) settings: &'t Settings,
    /// What a plan knows that was made of the source.
    pub(super) facts: Option<&'t Facts<'t>>,
    pub(super) naming: &'t mut Naming<'s>,
    pub(super) modules: Vec<Module<'t>>,
    /// The instances of calls by module and name.
    pub(super) calls: HashMap<(usize, &'t str), Rc<Expansion>>,
    /// The instances of resources by module and the name there.
    pub(super) expansions: HashMap<(usize, String), Rc<Expansion>>,
    pub(super) instances: Vec<Instance<'t>>,
    pub(super) locations: HashMap<String, Rc<Location>>,
    /// The sources, and those of files that functions read.
    pub(super) sources: Vec<Arc<Source>>,
    lines: HashMap<usize, LineIndex>,
    values: HashMap<(usize, Key<'t>), Known>,
    open: Vec<(usize, Key<'t>)>,
    repeated: HashMap<String, u32>,
    /// How many calls of `try` and `can` are being evaluated, in which something may be missing.
    pub(super) tries: u32,
    /// What decides whether something is there that was met in them.
    pub(super) doubts: Vec<Symbol>,
    size: usize,
    most: usize,
    told: BTreeSet<(usize, Span, String)>,
    pub(super) warnings: Vec<Finding>,
    pub(super) errors: Vec<Finding>,
}

/// What of a module others refer to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Key<'t> {
    Variable(&'t str),
    Local(&'t str),
    Output(&'t str),
    Attribute(usize, String),
    /// An attribute as it is written, before it is of a type.
    Written(usize, String),
    Expansion(String),
}

/// One of what a resource creates.
#[derive(Debug)]
pub(super) struct Instance<'t> {
    pub(super) module: usize,
    pub(super) resource: &'t Resource,
    pub(super) each: Each,
    pub(super) address: String,
    pub(super) only_if: Option<Symbol>,
    pub(super) identity: Option<Rc<Identity>>,
}

impl<'t, 's> Evaluator<'t, 's> {
    pub(super) fn new(
        loaded: &'t Loaded,
        files: &'t dyn Files,
        settings: &'t Settings,
        facts: Option<&'t Facts<'t>>,
        naming: &'t mut Naming<'s>,
    ) -> Self {
        let bytes: usize = loaded.sources.iter().map(|source| source.text.len()).sum();
        Self {
            loaded,
            files,
            settings,
            facts,
            naming,
            modules: vec![Module::root()],
            calls: HashMap::new(),
            expansions: HashMap::new(),
            instances: Vec::new(),
            locations: HashMap::new(),
            sources: loaded.sources.clone(),
            lines: HashMap::new(),
            values: HashMap::new(),
            open: Vec::new(),
            repeated: HashMap::new(),
            tries: 0,
            doubts: Vec::new(),
            size: 0,
            most: MAX_SIZE.0.saturating_add(bytes.saturating_mul(MAX_SIZE.1)),
            told: BTreeSet::new(),
            warnings: Vec::new(),
            errors: Vec::new(),
        }
    }

    /// The folder of a module.
    pub(super) fn folder(&self, module: usize) -> &'t Folder {
        let folder = self.modules.get(module).map_or(0, |module| module.folder);
        #[expect(
            clippy::indexing_slicing,
            reason = "folders are numbered when they are loaded, and the root is the first"
        )]
        &self.loaded.folders[folder]
    }

    /// The address of a module with a dot after it; nothing for the root.
    pub(super) fn prefix(&self, module: usize) -> String {
        match self.modules.get(module).map(|module| &*module.address) {
            Some("") | None => String::new(),
            Some(address) => format!("{address}."),
        }
    }

    pub(super) fn source(&self, file: usize) -> Arc<Source> {
        self.sources.get(file).cloned().unwrap_or_else(|| Source::new("", ""))
    }

    /// The scope of a module, for what stands in a file.
    pub(super) fn scope_of(module: usize, file: usize, depth: u32) -> Scope<'static> {
        Scope { module, file, each: None, frame: None, depth }
    }

    /// The same place, one level deeper; fails where that is too deep.
    pub(super) fn deeper<'a>(&mut self, scope: &Scope<'a>, span: Span) -> Result<Scope<'a>, Cause> {
        if scope.depth >= MAX_DEPTH {
            let message = format!("values nest, or refer to each other, deeper than {MAX_DEPTH} levels");
            return Err(self.wrong(scope.file, iameval::codes::OVER_LIMIT, span, message, "use less nesting"));
        }
        Ok(Scope { depth: scope.depth + 1, ..*scope })
    }

    /// Counts how much the values come to.
    pub(super) fn grow(&mut self, scope: &Scope<'_>, span: Span, by: usize) -> Result<(), Cause> {
        self.size = self.size.saturating_add(by);
        if self.size > self.most {
            let message = "the values of the source multiply to too much";
            return Err(self.wrong(scope.file, iameval::codes::OVER_LIMIT, span, message, "repeat less in it"));
        }
        Ok(())
    }

    pub(super) fn wrong(
        &mut self,
        file: usize,
        code: iameval::Code,
        span: Span,
        message: impl Into<String>,
        help: &str,
    ) -> Cause {
        let message = message.into();
        if self.told.insert((file, span, message.clone())) {
            let diagnostic = Diagnostic::new(code, span, message).with_help(help.to_owned());
            self.errors.push(Finding::new(&self.source(file), diagnostic));
        }
        Failed
    }

    /// Tells once that something is left to the deployment.
    pub(super) fn left_open(&mut self, file: usize, span: Span, message: String, help: &str) {
        if self.told.insert((file, span, message.clone())) {
            let diagnostic = Diagnostic::new(codes::LEFT_OPEN, span, message).with_help(help.to_owned());
            self.warnings.push(Finding::new(&self.source(file), diagnostic));
        }
    }

    /// Tells once that a part of the source is not read. A plan has it.
    pub(super) fn not_read(&mut self, file: usize, span: Span, message: String, help: &str) {
        if self.facts.is_none() && self.told.insert((file, span, message.clone())) {
            let problem = Problem::new(codes::INVALID_SOURCE, message).with_severity(Severity::Warning);
            self.warnings.push(Finding::new(&self.source(file), problem.with_help(help.to_owned()).at(span)));
        }
    }

    /// Tells once that something is named that the module does not have, which Terraform refuses.
    pub(super) fn undefined(&mut self, scope: &Scope<'_>, span: Span, message: String, help: Option<String>) -> Cause {
        if self.told.insert((scope.file, span, message.clone())) {
            let problem = Problem::new(codes::UNDEFINED_REFERENCE, message).with_severity(Severity::Warning);
            self.warnings.push(Finding::new(&self.source(scope.file), problem.with_any_help(help).at(span)));
        }
        Failed
    }

    /// The value of an expression; what cannot be told is a symbol.
    pub(super) fn value(&mut self, scope: &Scope<'_>, expr: &Expr) -> Value {
        self.evaluate(scope, expr).unwrap_or_else(|_| self.unnamed(scope, expr))
    }

    /// A value of which only the expression is known, after which it is called. Each evaluation is a symbol of its own:
    /// an expression may be evaluated for several instances.
    pub(super) fn unnamed(&mut self, scope: &Scope<'_>, expr: &Expr) -> Value {
        let address = self.name_of(scope, expr);
        if let Some(given) = self.naming.given(&address) {
            given_value(expr.span, &given, true)
        } else {
            let symbol = self.naming.symbol(&address, SymbolKind::Input);
            Value { span: expr.span, kind: ValueKind::Unknown(symbol) }
        }
    }

    /// What an expression is called: its text and its place, and how often it was met.
    pub(super) fn name_of(&mut self, scope: &Scope<'_>, expr: &Expr) -> String {
        let source = self.source(scope.file);
        let text = source.text.get(expr.span.range()).unwrap_or_default();
        let words: Vec<&str> = text.split_whitespace().collect();
        let mut text = words.join(" ");
        if let Some((at, _)) = text.char_indices().nth(MAX_NAME) {
            text.truncate(at);
            text.push('…');
        }
        let lines = self.lines.entry(scope.file).or_insert_with(|| LineIndex::new(&source.text));
        let line = lines.position(&source.text, expr.span.start).line;
        let file = source.name.rsplit(['/', '\\']).next().unwrap_or_default();
        let mut name = format!("{}{text} at {file}:{line}", self.prefix(scope.module));
        let count = self.repeated.entry(name.clone()).or_default();
        *count += 1;
        if *count > 1 {
            name = format!("{name} #{count}");
        }
        name
    }

    /// Evaluates something of a module that others refer to, once.
    pub(super) fn known(
        &mut self,
        module: usize,
        key: Key<'t>,
        at: (usize, Span),
        make: impl FnOnce(&mut Self) -> Known,
    ) -> Known {
        let key = (module, key);
        if let Some(known) = self.values.get(&key) {
            return known.clone();
        }
        if let Some(first) = self.open.iter().position(|open| *open == key) {
            let mut names: Vec<String> = self
                .open
                .iter()
                .skip(first)
                .map(|(module, key)| format!("`{}`", self.name_of_key(*module, key)))
                .collect();
            names.dedup();
            let message = match names.as_slice() {
                [name] => format!("{name} depends on itself"),
                names => format!("{} depend on each other in a circle", names.join(", ")),
            };
            let help = "Terraform refuses cycles; take one of the references out";
            return Err(self.wrong(at.0, codes::CIRCULAR_REFERENCE, at.1, message, help));
        }
        self.open.push(key.clone());
        let known = make(self);
        self.open.pop();
        self.values.insert(key, known.clone());
        known
    }

    fn name_of_key(&self, module: usize, key: &Key<'t>) -> String {
        let prefix = self.prefix(module);
        match key {
            Key::Variable(name) => format!("{prefix}var.{name}"),
            Key::Local(name) => format!("{prefix}local.{name}"),
            Key::Output(name) => format!("{prefix}output.{name}"),
            Key::Expansion(name) => format!("{prefix}{name}"),
            Key::Attribute(number, name) | Key::Written(number, name) => {
                let address = self.instances.get(*number).map_or("", |instance| &*instance.address);
                format!("{address}.{name}")
            }
        }
    }

    /// The value of something that stands elsewhere: its places are kept in the same file only.
    pub(super) fn brought(known: Known, scope: &Scope<'_>, span: Span) -> Evaluated {
        let (value, file) = known?;
        Ok(if file == scope.file { value } else { value.placed(span) })
    }

    /// The value of a variable.
    pub(super) fn variable(&mut self, scope: &Scope<'_>, name: &str, span: Span) -> Evaluated {
        let variables = &self.folder(scope.module).variables;
        let Some((name, variable)) = variables.get_key_value(name) else {
            let help = iameval::suggest::did_you_mean(name, variables.keys().map(String::as_str));
            return Err(self.undefined(scope, span, format!("the module has no variable `{name}`"), help));
        };
        let module = scope.module;
        let depth = self.deeper(scope, span)?.depth;
        let known = self
            .known(module, Key::Variable(name), (scope.file, span), |this| this.settle(module, name, variable, depth));
        // A value of the user is not part of the policy that uses it.
        known.map(|(value, _)| value.placed(span))
    }

    fn settle(&mut self, module: usize, name: &'t str, variable: &'t Variable, depth: u32) -> Known {
        let (mut value, file) = self.settled(module, name, variable, depth)?;
        let scope = Self::scope_of(module, variable.file, depth);
        if !variable.is_nullable {
            value = self.without_null(&scope, value, variable.default.as_ref())?;
        }
        let value = match &variable.kind {
            Some(kind) => self.converted(&scope, value, kind)?,
            None => value,
        };
        Ok((value, file))
    }

    /// A value in which the default stands for null.
    fn without_null(&mut self, scope: &Scope<'_>, value: Value, default: Option<&Expr>) -> Evaluated {
        let kind = match value.kind {
            ValueKind::Null => return self.evaluate(scope, default.ok_or(Failed)?),
            ValueKind::OneOf { on, choices } => {
                let mut made = Vec::with_capacity(choices.len());
                for choice in choices {
                    made.push(choice.map(|choice| self.without_null(scope, choice, default)).transpose()?);
                }
                ValueKind::OneOf { on, choices: made }
            }
            kind => kind,
        };
        Ok(Value { span: value.span, kind })
    }

    fn settled(&mut self, module: usize, name: &'t str, variable: &'t Variable, depth: u32) -> Known {
        let address = format!("{}var.{name}", self.prefix(module));
        let span = variable.span;
        if variable.is_sensitive {
            let what = "a sensitive variable, which is not shown";
            let symbol = self.naming.described(&address, SymbolKind::Input, what, "values that are not sensitive");
            return Ok((Value { span, kind: ValueKind::Unknown(symbol) }, variable.file));
        }
        if let Some(given) = self.naming.given(&address) {
            let mut value = given_value(span, &given, variable.is_scalar());
            // As `-var` does, as far as there are no parts.
            if module == 0 && variable.takes_texts() && value.to_text().is_some() {
                value = Value::text(span, given);
            }
            return Ok((value, variable.file));
        }
        let of_settings = self.settings.variables.iter().rev().find(|(known, _)| known == name && module == 0);
        if let Some((_, given)) = of_settings {
            return Ok((given_value(span, given, variable.takes_texts()), variable.file));
        }
        if let Some(value) = self.facts.filter(|_| module == 0).and_then(|facts| facts.variable(name, span)) {
            return Ok((value, variable.file));
        }
        if module == 0 {
            if let Some(Written { file, value, .. }) = self.loaded.values.get(name) {
                let scope = Self::scope_of(0, *file, depth);
                return self.evaluate(&scope, value).map(|value| (value, *file));
            }
        } else if let Some(passed) = self.passed(module, name, depth) {
            return Ok((passed, usize::MAX));
        }
        if let Some(default) = &variable.default {
            let scope = Self::scope_of(module, variable.file, depth);
            return self.evaluate(&scope, default).map(|value| (value, variable.file));
        }
        let settle = format!("--set '{address}=VALUE'");
        let symbol = self.naming.described(&address, SymbolKind::Input, "a variable without a value", &settle);
        let message = format!("variable `{name}` has no value");
        let help = format!("give it one with `{settle}`, or in a `terraform.tfvars` file");
        self.left_open(variable.file, span, message, &help);
        let kind =
            if variable.is_text() { ValueKind::Text(symbol.to_string().into()) } else { ValueKind::Unknown(symbol) };
        Ok((Value { span, kind }, variable.file))
    }

    /// What the call of a module passes for a variable.
    fn passed(&mut self, module: usize, name: &str, depth: u32) -> Option<Value> {
        let own = self.modules.get(module)?;
        let (outer, call, each) = (own.outer, own.call?, own.each.clone());
        let attribute = call.body.attribute(name)?;
        let scope = Scope { each: Some(&each), ..Self::scope_of(outer, call.file, depth) };
        Some(self.value(&scope, &attribute.value))
    }

    /// The value of a local.
    pub(super) fn local(&mut self, scope: &Scope<'_>, name: &str, span: Span) -> Evaluated {
        let locals = &self.folder(scope.module).locals;
        let Some((name, written)) = locals.get_key_value(name) else {
            let help = iameval::suggest::did_you_mean(name, locals.keys().map(String::as_str));
            return Err(self.undefined(scope, span, format!("the module has no local `{name}`"), help));
        };
        let module = scope.module;
        let depth = self.deeper(scope, span)?.depth;
        let known = self.known(module, Key::Local(name), (scope.file, span), |this| {
            let inner = Self::scope_of(module, written.file, depth);
            Ok((this.value(&inner, &written.value), written.file))
        });
        Self::brought(known, scope, span)
    }

    /// The value of an output of a module.
    pub(super) fn output(&mut self, module: usize, name: &str, scope: &Scope<'_>, span: Span) -> Evaluated {
        let Some((name, written)) = self.folder(module).outputs.get_key_value(name) else { return Err(Failed) };
        let depth = self.deeper(scope, span)?.depth;
        let known = self.known(module, Key::Output(name), (scope.file, span), |this| {
            let inner = Self::scope_of(module, written.file, depth);
            Ok((this.value(&inner, &written.value), written.file))
        });
        Self::brought(known, scope, span)
    }

    /// The value of a condition; null where it is not known.
    pub(super) fn decides(&mut self, scope: &Scope<'_>, expr: &Expr) -> Value {
        self.evaluate(scope, expr).unwrap_or(Value { span: expr.span, kind: ValueKind::Null })
    }

    /// What decides a condition that is not known, unless that was given: one symbol for each condition, or for all that say
    /// the same of variables.
    pub(super) fn condition(&mut self, scope: &Scope<'_>, expr: &Expr) -> Result<bool, Symbol> {
        let prefix = self.prefix(scope.module);
        let source = self.source(scope.file);
        let text = source.text.get(expr.span.range()).unwrap_or_default();
        let is_short = text.chars().count() <= MAX_NAME && !text.contains(char::is_control);
        let (name, is_on_variables) = match &expr.kind {
            ExprKind::Attribute(of, name) if is_variables(of) => (format!("{prefix}var.{name} is true"), true),
            _ if is_short && is_on_variables(expr) => (format!("{prefix}{text}"), true),
            _ => (self.name_of(scope, expr), false),
        };
        if let Some(given) = self.naming.given(&name).and_then(|given| given.parse::<bool>().ok()) {
            return Ok(given);
        }
        // What the variables of other modules stand for, their calls say.
        Err(self.naming.condition(&name, is_on_variables && prefix.is_empty()))
    }
}

fn is_variables(expr: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::Variable(root) if root == "var")
}

/// Whether what an expression comes to depends on nothing but variables.
fn is_on_variables(expr: &Expr) -> bool {
    /// Functions that always make the same of the same.
    const PURE: [&str; 16] = [
        "alltrue",
        "anytrue",
        "coalesce",
        "concat",
        "contains",
        "endswith",
        "join",
        "length",
        "lookup",
        "lower",
        "split",
        "startswith",
        "tobool",
        "toset",
        "trimspace",
        "upper",
    ];
    match &expr.kind {
        ExprKind::Null | ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::Text(_) => true,
        ExprKind::Attribute(of, _) => is_variables(of) || is_on_variables(of),
        ExprKind::Not(of) | ExprKind::Negative(of) => is_on_variables(of),
        ExprKind::Binary(left, _, right) => is_on_variables(left) && is_on_variables(right),
        ExprKind::List(items) => items.iter().all(is_on_variables),
        ExprKind::Call { name, arguments, .. } => PURE.contains(&&**name) && arguments.iter().all(is_on_variables),
        _ => false,
    }
}

/// How much of an expression is in its name.
const MAX_NAME: usize = 80;

/// A value that was given as a text: a list, an object, a number or a boolean where it is not to be a text.
pub(super) fn given_value(span: Span, given: &str, is_text: bool) -> Value {
    let read = if is_text { None } else { syntax::expression(given) };
    read.and_then(|expr| literal(&expr)).map_or_else(|| Value::text(span, given), |value| value.placed(span))
}

/// The value of an expression in which nothing is to be evaluated.
fn literal(expr: &Expr) -> Option<Value> {
    let kind = match &expr.kind {
        ExprKind::Null => ValueKind::Null,
        ExprKind::Bool(value) => ValueKind::Bool(*value),
        ExprKind::Number(text) => ValueKind::Number(super::convert::decimal(text)?),
        ExprKind::Text(text) => ValueKind::Text(text.clone()),
        ExprKind::List(items) => ValueKind::List(items.iter().map(literal).collect::<Option<_>>()?),
        ExprKind::Map(entries) => {
            let mut read = BTreeMap::new();
            for (key, value) in entries {
                read.insert(literal(key)?.to_text()?.text, literal(value)?);
            }
            let entry = |(key, value): (String, Value)| crate::terraform::resources::entry(&key, value);
            ValueKind::Map(read.into_iter().map(entry).collect())
        }
        _ => return None,
    };
    Some(Value { span: expr.span, kind })
}
