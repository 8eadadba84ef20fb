//! From a configuration as it is written to values: variables are replaced by what they stand for.
//!
//! Values are looked up one step at a time, so that a part of the configuration may refer to another part of the same file
//! or section, as in the framework. What is not known before the deployment becomes a `Ref` to a parameter that is called
//! like the variable, and is evaluated like any other parameter.

use super::parts::Parts;
use super::syntax::{self, Malformed, Piece, Source, Variable};
use crate::cloudformation::parameters::{self, VARIABLE, VARIABLE_VALUE};
use crate::cloudformation::tree::{Place, Tree, only, referred};
use crate::codes;
use iameval::Diagnostic;
use iameval::json::{Member, Node, Value};
use iameval::text::Span;
use iameval_world::{Files, Finding};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

/// How deep values may nest, and refer to each other.
const MAX_DEPTH: usize = 100;
/// How many values all variables may come to.
const MAX_SIZE: usize = 200_000;

/// What went wrong was told.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told;

/// What a variable, or a place of the configuration, comes to.
#[derive(Debug, Clone)]
pub(super) enum Found {
    /// A value. Variables may stand in what it holds, though not in a text that it is.
    Value(Tree),
    /// There is nothing.
    Missing,
    /// Nothing was given for it, and something may be when the service is deployed.
    NotGiven(Hole),
    /// It is known only when the service is deployed.
    Unknown(Hole),
}

/// Something that is not known.
#[derive(Debug, Clone)]
pub(super) struct Hole {
    /// The variable.
    pub(super) name: String,
    /// Where it is written.
    pub(super) span: Span,
    /// Whether it stands for a text.
    pub(super) is_text: bool,
}

/// What is known of the deployment.
#[derive(Debug, Clone, Copy)]
pub(in crate::cloudformation) struct Setting<'s> {
    /// The values of what is not known otherwise.
    pub(in crate::cloudformation) values: &'s BTreeMap<String, String>,
    pub(in crate::cloudformation) region: Option<&'s str>,
    /// Whether files may be read that are not in the folder of the service.
    pub(in crate::cloudformation) reads_outside: bool,
}

/// A file that was read.
pub(super) type ReadFile = Rc<(Arc<iameval_world::Source>, Tree)>;

/// A configuration with its variables.
pub(super) struct Resolver<'f> {
    pub(super) files: &'f dyn Files,
    pub(super) folder: PathBuf,
    pub(super) setting: Setting<'f>,
    /// What stands before names in values that are given, where several stacks are read.
    pub(super) prefix: String,
    pub(super) root: Rc<Tree>,
    pub(super) parts: Parts,
    /// Files by path; nothing where there is none.
    pub(super) read: HashMap<PathBuf, Option<ReadFile>>,
    /// Where in the whole a file begins, by its path and the place that brings it in.
    pub(super) brought: HashMap<(PathBuf, Span), usize>,
    settled: HashMap<String, Found>,
    /// What is being looked up, from the outermost.
    open: Vec<String>,
    depth: usize,
    size: usize,
    /// The names that values were asked for.
    pub(super) asked: BTreeSet<String>,
    /// What is not known: its place, and the type of its parameter.
    pub(super) unknown: BTreeMap<String, (Span, &'static str)>,
    pub(super) warnings: Vec<Finding>,
    /// Whether something may define resources that is not known.
    pub(super) is_incomplete: bool,
    pub(super) errors: Vec<Finding>,
}

impl<'f> Resolver<'f> {
    pub(super) fn new(
        files: &'f dyn Files,
        folder: PathBuf,
        source: Arc<iameval_world::Source>,
        root: Tree,
        (setting, prefix): (Setting<'f>, String),
    ) -> Self {
        Self {
            files,
            folder,
            setting,
            prefix,
            root: Rc::new(root),
            parts: Parts::new(source),
            read: HashMap::new(),
            brought: HashMap::new(),
            settled: HashMap::new(),
            open: Vec::new(),
            depth: 0,
            size: 0,
            asked: BTreeSet::new(),
            unknown: BTreeMap::new(),
            warnings: Vec::new(),
            is_incomplete: false,
            errors: Vec::new(),
        }
    }

    /// A value with all variables in it replaced.
    pub(super) fn node(&mut self, node: &Tree) -> Result<Tree, Told> {
        self.deeper(node.span, |this| this.node_within(node))
    }

    fn node_within(&mut self, node: &Tree) -> Result<Tree, Told> {
        self.grow(node.span)?;
        let value = match &node.value {
            Value::String(_) => match self.step(node)? {
                Found::Value(found) if matches!(found.value, Value::Array(_) | Value::Object(_)) => {
                    return self.node(&found);
                }
                found => return Ok(self.put(found, node.span)),
            },
            Value::Array(items) => {
                Value::Array(items.iter().map(|item| self.node(item)).collect::<Result<Vec<_>, _>>()?)
            }
            Value::Object(members) => {
                if let Some(member) = only(node).filter(|member| member.key == "Fn::Sub") {
                    return self.sub(node.span, member);
                }
                let member = |member: &Member<'static>| {
                    Ok(Member { value: self.node(&member.value)?, key: member.key.clone(), key_span: member.key_span })
                };
                Value::Object(members.iter().map(member).collect::<Result<Vec<_>, _>>()?)
            }
            other => other.clone(),
        };
        Ok(Node { value, span: node.span })
    }

    /// What was found, at the place that refers to it.
    pub(super) fn put(&mut self, found: Found, span: Span) -> Tree {
        let place = Place(span);
        match found {
            Found::Value(node) => node,
            Found::Missing => Node { value: Value::Null, span },
            Found::NotGiven(hole) | Found::Unknown(hole) => {
                let kind = if hole.is_text { VARIABLE } else { VARIABLE_VALUE };
                self.unknown.entry(hole.name.clone()).or_insert((hole.span, kind));
                place.reference(hole.name)
            }
        }
    }

    /// A value of which the outermost variable is replaced.
    pub(super) fn step(&mut self, node: &Tree) -> Result<Found, Told> {
        let Some(text) = node.as_str().filter(|text| syntax::may_hold(text)) else {
            return Ok(Found::Value(node.clone()));
        };
        let place = Place(node.span);
        let pieces = self.pieces(text, node.span)?;
        if let [Piece::Variable(variable)] = &*pieces {
            return self.deeper(node.span, |this| this.variable(variable, node.span));
        }
        let mut parts = Vec::with_capacity(pieces.len());
        for piece in pieces {
            parts.push(match piece {
                Piece::Text(text) => place.text(text),
                Piece::Variable(variable) => self.part(&variable, node.span)?,
            });
        }
        Ok(Found::Value(place.joined(parts)))
    }

    pub(super) fn pieces(&mut self, text: &str, span: Span) -> Result<Vec<Piece>, Told> {
        syntax::pieces(text).map_err(|Malformed(message)| {
            let help = r"the text `${…}` itself is written `\${…}`";
            self.wrong(Diagnostic::new(codes::INVALID_TEMPLATE, span, message).with_help(help))
        })
    }

    /// The value of a variable that is a part of a text.
    fn part(&mut self, variable: &Variable, span: Span) -> Result<Tree, Told> {
        let found = self.deeper(span, |this| this.variable(variable, span))?;
        let part = self.put(found, span);
        let is_function = only(&part).is_some_and(|member| member.key == "Ref" || member.key.starts_with("Fn::"));
        match parameters::scalar(&part) {
            Some(text) => Ok(Place(span).text(text)),
            None if is_function => Ok(part),
            None => {
                let message =
                    format!("`${{{}}}` is {}, which cannot be a part of a text", variable.written, part.kind());
                let help = "a variable that is a part of a text must be a text, a number or a boolean";
                Err(self.wrong(Diagnostic::new(codes::INVALID_TEMPLATE, span, message).with_help(help)))
            }
        }
    }

    /// The text of parts of a variable; `None` where it is not known.
    pub(super) fn plain(&mut self, pieces: &[Piece], span: Span) -> Result<Option<String>, Told> {
        let mut plain = String::new();
        for piece in pieces {
            match piece {
                Piece::Text(text) => plain.push_str(text),
                Piece::Variable(variable) => match parameters::scalar(&self.part(variable, span)?) {
                    Some(text) => plain.push_str(&text),
                    None => return Ok(None),
                },
            }
        }
        Ok(Some(plain))
    }

    /// `Fn::Sub`: values become parts of its text, or values of its own.
    fn sub(&mut self, span: Span, member: &Member<'static>) -> Result<Tree, Told> {
        let (text, own) = match &member.value.value {
            Value::Array(items) => (items.first(), items.get(1)),
            _ => (Some(&member.value), None),
        };
        let text = match text {
            Some(text) => self.step(text)?,
            None => Found::Missing,
        };
        let text = self.put(text, member.value.span);
        let mut values: Vec<Member<'static>> = match own {
            Some(own) => match self.node(own)?.value {
                Value::Object(members) => members,
                _ => Vec::new(),
            },
            None => Vec::new(),
        };
        let place = Place(text.span);
        let parts = match only(&text).filter(|member| member.key == "Fn::Join").map(|member| &member.value.value) {
            Some(Value::Array(arguments)) => match arguments.get(1).map(|parts| &parts.value) {
                Some(Value::Array(parts)) => parts.clone(),
                _ => vec![text.clone()],
            },
            _ => vec![text.clone()],
        };
        if let [part] = &*parts
            && part.as_str().is_some()
            && values.is_empty()
        {
            let member = Member { value: text, ..member.clone() };
            return Ok(Node { value: Value::Object(vec![member]), span });
        }
        let mut whole = String::new();
        for part in parts {
            match (part.as_str(), referred(&part).filter(|name| name.starts_with("AWS::"))) {
                (Some(text), _) => whole.push_str(text),
                (None, Some(name)) => whole.extend(["${", name, "}"]),
                (None, None) => {
                    let name = format!("variable {}", values.len());
                    whole.extend(["${", &name, "}"]);
                    values.push(place.member(name, part));
                }
            }
        }
        Ok(Place(span).sub(whole, values))
    }

    /// The value of a variable: that of the first of its sources that has one.
    fn variable(&mut self, variable: &Variable, span: Span) -> Result<Found, Told> {
        if let Some(given) = self.given(&variable.written) {
            return Ok(Found::Value(Place(span).text(given)));
        }
        let mut not_given = None;
        for source in &variable.sources {
            match self.source(source, span)? {
                Found::Value(Node { value: Value::Null, .. }) | Found::Missing => {}
                Found::NotGiven(hole) => not_given = not_given.or(Some(hole)),
                found => return Ok(placed(found, span)),
            }
        }
        match not_given {
            Some(hole) => Ok(Found::NotGiven(hole)),
            None if variable.sources.last() == Some(&Source::Null) => {
                Ok(Found::Value(Node { value: Value::Null, span }))
            }
            None => Err(self.without_value(variable, span)),
        }
    }

    /// Something of the configuration, by its path.
    pub(super) fn configuration(&mut self, path: &[&str], span: Span) -> Result<Found, Told> {
        let name = path.join(".");
        if let Some(found) = self.settled.get(&name) {
            return Ok(found.clone());
        }
        let root = self.root.clone();
        let found = self.within(format!("self:{name}"), span, |this| this.walk(&root, path))?;
        self.settled.insert(name, found.clone());
        Ok(found)
    }

    /// Looks something up that must not be what is being looked up already.
    pub(super) fn within(
        &mut self,
        name: String,
        span: Span,
        run: impl FnOnce(&mut Self) -> Result<Found, Told>,
    ) -> Result<Found, Told> {
        if let Some(first) = self.open.iter().position(|open| *open == name) {
            let names: Vec<String> = self.open.iter().skip(first).map(|name| format!("`{name}`")).collect();
            let message = match &*names {
                [name] => format!("{name} depends on itself"),
                names => format!("{} depend on each other in a circle", names.join(", ")),
            };
            let diagnostic = Diagnostic::new(codes::CIRCULAR_REFERENCE, span, message);
            return Err(self.wrong(diagnostic.with_help("write one of them without a variable")));
        }
        self.open.push(name);
        let found = self.deeper(span, run);
        self.open.pop();
        found
    }

    /// Something in a value, by its path.
    pub(super) fn walk(&mut self, node: &Tree, path: &[&str]) -> Result<Found, Told> {
        let Some((key, rest)) = path.split_first() else { return self.step(node) };
        let stepped;
        let node = if node.as_str().is_some() {
            match self.step(node)? {
                Found::Value(found) => stepped = found,
                other => return Ok(other),
            }
            &stepped
        } else {
            node
        };
        let child = match &node.value {
            Value::Array(items) => key.parse::<usize>().ok().and_then(|index| items.get(index)),
            // The framework merges the items of `resources` and `functions`.
            _ => node.get(key),
        };
        match child {
            Some(child) => self.walk(child, rest),
            None => Ok(Found::Missing),
        }
    }

    /// The value that was given for a name.
    pub(super) fn given(&mut self, name: &str) -> Option<String> {
        if self.setting.values.is_empty() {
            return None;
        }
        let of_stack = format!("{}/{name}", self.prefix);
        let found = [name, &of_stack].into_iter().find_map(|name| Some((name, self.setting.values.get(name)?)));
        let (name, value) = found?;
        self.asked.insert(name.to_owned());
        Some(value.clone())
    }

    /// Does something one level deeper.
    fn deeper<T>(&mut self, span: Span, run: impl FnOnce(&mut Self) -> Result<T, Told>) -> Result<T, Told> {
        if self.depth >= MAX_DEPTH {
            let message = format!("values nest, or refer to each other, deeper than {MAX_DEPTH} levels");
            let diagnostic = Diagnostic::new(iameval::codes::OVER_LIMIT, span, message);
            return Err(self.wrong(diagnostic.with_help("a value that holds a variable for itself never ends")));
        }
        self.depth += 1;
        let result = run(self);
        self.depth -= 1;
        result
    }

    pub(super) fn grow(&mut self, span: Span) -> Result<(), Told> {
        self.size += 1;
        if self.size > MAX_SIZE || self.parts.len() as u64 > self.files.limits().file {
            let message = "the values of the configuration multiply to too much";
            let diagnostic = Diagnostic::new(iameval::codes::OVER_LIMIT, span, message);
            return Err(self.wrong(diagnostic.with_help("repeat less in it")));
        }
        Ok(())
    }

    /// Tells that something is left to the deployment.
    pub(super) fn warn(&mut self, span: Span, message: String, help: &str) {
        let warning = self.parts.finding(Diagnostic::new(codes::LEFT_OPEN, span, message).with_help(help));
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    /// The same of what may define resources.
    pub(super) fn hides(&mut self, span: Span, message: String) {
        self.is_incomplete = true;
        self.warn(span, message, "no resource that it would make is there");
    }

    pub(super) fn wrong(&mut self, diagnostic: Diagnostic) -> Told {
        let finding = self.parts.finding(diagnostic);
        if !self.errors.contains(&finding) {
            self.errors.push(finding);
        }
        Told
    }
}

/// A text or number is at the place that refers to it; what holds values stays where it stands.
fn placed(found: Found, span: Span) -> Found {
    match found {
        Found::Value(node) if !matches!(node.value, Value::Array(_) | Value::Object(_)) => {
            Found::Value(Node { span, ..node })
        }
        found => found,
    }
}
