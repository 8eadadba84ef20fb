//! The resources of a stack.

use super::{At, Evaluator, Told, Truth};
use crate::codes;
use crate::stack::{Language, Location, Resource, Stack};
use crate::table::Row;
use crate::value::{Value, ValueKind};
use iameval::json::{Member, Node};
use iameval::symbol::Symbol;
use iameval::text::Span;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

/// That a resource refers to another one of its stack.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dependency<'t> {
    from: &'t str,
    to: &'t str,
    span: Span,
}

/// Whether a stack is created.
enum Existence {
    Certain,
    Never,
    If(Symbol),
}

impl<'t> Evaluator<'t> {
    /// All that a stack creates; `None` for one that is nested and not created.
    pub(in crate::cloudformation) fn stack(&mut self, index: usize) -> Result<Option<Stack>, Told> {
        let at = At { stack: index, depth: 0 };
        let template = self.template(at);
        let only_if = match self.existence(at)? {
            Existence::Never => return Ok(None),
            Existence::Certain => None,
            Existence::If(condition) => Some(condition),
        };
        let location = Rc::new(Location {
            account: self.account(at)?,
            region: self.region(at)?,
            partition: self.partition(at)?.to_owned(),
        });
        let mut resources = Vec::new();
        self.dependencies.clear();
        for member in template.tree.get("Resources").and_then(Node::members).unwrap_or_default() {
            // What went wrong with one is told; the others may have something wrong as well.
            if let Ok(Some(resource)) = self.resource(at, member, &location) {
                let resource = Resource { only_if: resource.only_if.or(only_if), ..resource };
                resources.push(match &template.parts {
                    Some(parts) => parts.resource(resource),
                    None => resource,
                });
            }
            self.owner = None;
        }
        // Where something is wrong, part of it may be this.
        if !template.has_transforms && self.errors.is_empty() {
            self.tell_of_circles(at);
        }
        Ok(Some(Stack {
            name: template.name.clone(),
            source: template.parts.as_ref().map_or(&template.source, |parts| parts.main()).clone(),
            language: Language::CloudFormation,
            location,
            resources,
        }))
    }

    /// Whether a stack is created.
    fn existence(&mut self, at: At) -> Result<Existence, Told> {
        let mut inner = at;
        let mut existence = Existence::Certain;
        while let Some((parent, id)) = &self.template(inner).parent {
            let outer = At { stack: *parent, ..at };
            let condition = self.sections(outer).resources.get(&**id).and_then(|member| member.value.get("Condition"));
            if let Some((name, span)) = condition.and_then(|node| node.as_str().map(|name| (name, node.span))) {
                match self.condition(outer, name, span)? {
                    Truth::False => return Ok(Existence::Never),
                    Truth::True => {}
                    Truth::Unknown => existence = Existence::If(self.condition_symbol(outer, name, span)?),
                }
            }
            inner = outer;
        }
        Ok(existence)
    }

    fn resource(
        &mut self,
        at: At,
        member: &'t Member<'static>,
        location: &Rc<Location>,
    ) -> Result<Option<Resource>, Told> {
        let id: &'t str = &member.key;
        if id.starts_with("Fn::") {
            let message = format!("what resources `{id}` makes is not known");
            let help = if id.starts_with("Fn::ForEach::") { super::LOOP_HELP } else { super::MACRO_HELP };
            self.left_open(at, member.key_span, message, help);
            return Ok(None);
        }
        // Of several of one name, the last counts.
        let node = &member.value;
        if !self.sections(at).resources.get(id).is_some_and(|last| std::ptr::eq(*last, member)) {
            return Ok(None);
        }
        let Some(kind) = node.get("Type").and_then(Node::as_str) else {
            let message = format!("resource `{id}` has no `Type`");
            let help = "give it a type such as `AWS::IAM::Role`";
            return Err(self.wrong(at, codes::INVALID_TEMPLATE, member.key_span, message, help));
        };
        if kind.ends_with("::MODULE") {
            let message = format!("what resources module `{kind}` makes is not known");
            self.left_open(at, member.key_span, message, "`iameval` does not read modules");
        }
        let condition = node.get("Condition").and_then(|node| node.as_str().map(|name| (name, node.span)));
        let only_if = match condition {
            None => None,
            Some((name, span)) => match self.condition(at, name, span)? {
                Truth::False => return Ok(None),
                Truth::True => None,
                Truth::Unknown => Some(self.condition_symbol(at, name, span)?),
            },
        };
        self.owner = only_if.is_none().then_some((at.stack, id));
        let properties = match node.get("Properties") {
            Some(node) => self.value(at, node)?,
            None => None,
        };
        self.owner = None;
        let span = member.key_span;
        let properties = properties.unwrap_or(Value { span, kind: ValueKind::Map(Vec::new()) });
        let identity = self.identity(at, id, span)?;
        let arn = match identity.row.and_then(Row::arn) {
            Some(("Ref", _)) => Some(identity.reference.clone()),
            Some((name, _)) => self.attribute(at, id, name, span)?.as_text().map(str::to_owned),
            None => None,
        };
        let path = node.get("Metadata").and_then(|metadata| metadata.get("aws:cdk:path")).and_then(Node::as_str);
        Ok(Some(Resource {
            id: id.to_owned(),
            source: None,
            id_span: span,
            kind: kind.to_owned(),
            written_kind: None,
            span: node.span,
            only_if,
            properties,
            reference: identity.reference.clone(),
            arn,
            further_names: Vec::new(),
            construct_path: path.map(str::to_owned),
            location: location.clone(),
        }))
    }

    /// Notes that the resource that is being evaluated refers to another.
    pub(super) fn depends_on(&mut self, at: At, to: &'t str, span: Span) {
        if let Some((stack, from)) = self.owner
            && stack == at.stack
            && self.branches == 0
        {
            self.dependencies.push(Dependency { from, to, span });
        }
    }

    /// Tells of the first resources that depend on each other in a circle.
    fn tell_of_circles(&mut self, at: At) {
        let mut edges: BTreeMap<&'t str, Vec<(&'t str, Span)>> = BTreeMap::new();
        for Dependency { from, to, span } in &self.dependencies {
            edges.entry(from).or_default().push((to, *span));
        }
        let mut is_done: HashMap<&'t str, bool> = HashMap::new();
        for &start in edges.keys() {
            let mut path = vec![(start, 0)];
            while let Some((from, next)) = path.last_mut() {
                let from = *from;
                is_done.entry(from).or_insert(false);
                let Some((to, span)) = edges.get(from).and_then(|all| all.get(*next)).copied() else {
                    is_done.insert(from, true);
                    path.pop();
                    continue;
                };
                *next += 1;
                match is_done.get(to) {
                    None => path.push((to, 0)),
                    Some(true) => {}
                    Some(false) => {
                        let circle = path.iter().map(|(id, _)| *id).skip_while(|id| *id != to);
                        let names: Vec<String> = circle.map(|id| format!("`{id}`")).collect();
                        let message = match &*names {
                            [name] => format!("resource {name} depends on itself"),
                            names => format!("resources {} depend on each other in a circle", names.join(", ")),
                        };
                        let help = "CloudFormation refuses circular dependencies; take one of the references out";
                        self.wrong(at, codes::CIRCULAR_REFERENCE, span, message, help);
                        return;
                    }
                }
            }
        }
    }
}
