//! What multiplies in a case: principals, actions, resources, contexts and states of multi-factor authentication.

use super::gathered::Gathered;
use super::misfit::WrittenActions;
use super::{Expansion, Fields, unknown};
use crate::node::{Checked, items};
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use iameval::json::fields::{invalid, text};
use iameval::json::{Node, Value};
use iameval::text::Span;
use iameval::{Action, Context, Diagnostic, Mfa};
use iameval_ask::{Asker, Given, GivenError, NamedAction, NamedActions, in_order, read_mfa};
use iameval_world::{World, read_context};
use std::collections::HashSet;
use std::sync::Arc;

/// What a case says of its requests; nothing where a table says it.
pub(super) struct CaseRequests {
    /// Positions among the principals of the file; `None` where the case names none.
    pub(super) principals: Option<Vec<usize>>,
    pub(super) actions: Option<Vec<Action>>,
    /// As the case writes them; empty where it names none.
    pub(super) resources: Vec<PlacedText>,
    /// Contexts times states of multi-factor authentication; one at least.
    pub(super) givens: Vec<NamedGiven>,
    pub(super) via: Option<String>,
}

/// A text with its place.
#[derive(Debug, Clone)]
pub(super) struct PlacedText {
    pub(super) text: String,
    pub(super) span: Span,
    /// Whether the case itself names it, and not the defaults.
    pub(super) is_own: bool,
}

/// A context with a state, and what the case calls them; nothing where there is one only.
#[derive(Debug, Clone, Default)]
pub(super) struct NamedGiven {
    pub(super) name: String,
    pub(super) given: Given,
}

/// One of the requests of a case.
pub(super) struct Point<'p> {
    pub(super) subject: &'p CaseRequests,
    pub(super) principal: usize,
    pub(super) action: &'p Action,
    pub(super) resource: Option<&'p PlacedText>,
    pub(super) given: &'p Settled,
}

/// What a request has beside principal, action and resource, once the defaults are there.
#[derive(Debug, Clone)]
pub(super) struct Settled {
    pub(super) name: String,
    pub(super) context: Arc<Context>,
    pub(super) mfa: Option<Mfa>,
}

impl CaseRequests {
    /// The resources, or once nothing.
    pub(super) fn resources(&self) -> impl Iterator<Item = Option<&PlacedText>> {
        let nothing = self.resources.is_empty().then_some(None);
        self.resources.iter().map(Some).chain(nothing)
    }
}

impl Expansion<'_> {
    pub(super) fn subject(&mut self, fields: &Fields<'_>, wrong: &mut Gathered) -> Option<CaseRequests> {
        let principals = self.principals(fields, wrong);
        let actions = fields.actions.map(|node| self.actions(node, wrong));
        let resources = wrong.take_any(fields.resources.map(named).transpose());
        self.check_resources(principals.as_deref(), resources.as_deref().unwrap_or_default(), wrong);
        let default = self.world.defaults().resource.as_ref().or(self.options.defaults.resource.as_ref());
        let default = default.map(|text| vec![PlacedText { text: text.clone(), span: fields.span, is_own: false }]);
        let givens = wrong.take(self.givens(fields));
        let via = wrong.take_any(fields.via.map(|node| self.endpoint(node)).transpose());
        Some(CaseRequests {
            principals,
            actions,
            resources: resources.or(default).unwrap_or_default(),
            givens: givens?,
            via,
        })
    }

    /// What is wrong with the resources that a case names, as the first of those who ask would name them.
    fn check_resources(&self, principals: Option<&[usize]>, resources: &[PlacedText], wrong: &mut Gathered) {
        let Some(first) = principals.and_then(<[usize]>::first) else { return };
        for resource in resources.iter().filter(|resource| resource.text != "self") {
            wrong.take(self.named_resource(*first, None, resource));
        }
    }

    /// Those whom the case names, as far as they are known; `None` where it names none.
    pub(super) fn principals(&mut self, fields: &Fields<'_>, wrong: &mut Gathered) -> Option<Vec<usize>> {
        let names = wrong.take_any(self.names_of_principals(fields))?;
        let left_out = wrong.take(self.left_out(fields.except))?;
        let kept = names.into_iter().filter(|name| !left_out.is_match(&name.text));
        let (mut once, mut met) = (Vec::new(), HashSet::new());
        for name in kept {
            let principal = wrong.take(self.principal(&name.text, name.span));
            once.extend(principal.filter(|principal| met.insert(*principal)));
        }
        Some(once)
    }

    fn names_of_principals(&self, fields: &Fields<'_>) -> Checked<Option<Vec<PlacedText>>> {
        if let (Some(node), None) = (fields.except, fields.principals) {
            let message = "`except` excludes names from `principals`, which the case does not have";
            return Err(invalid(node.span, message).with_help("write `principals: all`"));
        }
        if let Some(node) = fields.principal {
            let name = text(node, "`principal`").map_err(|error| match node.value {
                Value::Array(_) => error.with_help("`principals` takes several"),
                _ => error,
            })?;
            return Ok(Some(vec![PlacedText { text: name.to_owned(), span: node.span, is_own: true }]));
        }
        let Some(node) = fields.principals else { return Ok(None) };
        let names: Vec<PlacedText> = match node.as_str() {
            Some("all") => {
                let all = self.world.principals().keys();
                all.map(|name| PlacedText { text: name.clone(), span: node.span, is_own: true }).collect()
            }
            Some(name) if !self.world.principals().contains_key(name) => {
                return Err(invalid(node.span, "`principals` must be a list of names, or `all`")
                    .with_help(format!("write `principal: {name}` for one")));
            }
            _ => named(node)?,
        };
        Ok(Some(names))
    }

    /// The names and patterns of names under `except`.
    fn left_out(&self, node: Option<&Node<'static>>) -> Checked<GlobSet> {
        let Some(all) = node else { return Ok(GlobSet::empty()) };
        let mut left_out = GlobSetBuilder::new();
        for node in items(all) {
            let pattern = text(node, "a name under `except`")?;
            let wrong = |error: &globset::Error| {
                invalid(node.span, format!("`{pattern}` is not a name pattern: {}", error.kind()))
            };
            let glob = GlobBuilder::new(pattern).literal_separator(false).build().map_err(|error| wrong(&error))?;
            let matcher = glob.compile_matcher();
            if !self.world.principals().keys().any(|name| matcher.is_match(name)) {
                let problem = unknown("principal", pattern, self.world.principals());
                let problem = if pattern.contains(['*', '?', '[', '{']) {
                    problem.with_message(format!("`{pattern}` matches no principal in the world"))
                } else {
                    problem
                };
                return Err(problem.at(node.span));
            }
            left_out.add(glob);
        }
        left_out.build().map_err(|error| invalid(all.span, error.to_string()))
    }

    /// The position of a principal, which is known from then on.
    pub(super) fn principal(&mut self, name: &str, span: Span) -> Checked<usize> {
        if let Some(known) = self.known.get(name) {
            return Ok(*known);
        }
        let found = self.world.caller(name).map_err(|problem| problem.at(span))?;
        let position = self.principals.len();
        self.principals.push((name.to_owned(), found));
        self.known.insert(name.to_owned(), position);
        Ok(position)
    }

    /// Those who ask: whom the case names, else the default, else the only one that there is.
    pub(super) fn principals_of(&mut self, fields: &Fields<'_>, subject: &CaseRequests) -> Checked<Vec<usize>> {
        if let Some(principals) = &subject.principals {
            return Ok(principals.clone());
        }
        let world = self.world;
        // That of the options may be no one in this world.
        let configured = self.options.defaults.principal.as_ref().filter(|name| world.caller(name).is_ok());
        let default = world.defaults().principal.as_ref().or(configured);
        let name = match (default, only(world)) {
            (Some(name), _) => name,
            (None, Some(only)) => only,
            (None, None) => {
                let (message, help) = if world.principals().is_empty() {
                    let help = "`use: world.yaml` uses a world file; or write `principals` and `policies` in this one";
                    ("there is no caller: the file does not describe or use a world", help)
                } else {
                    let help = "give the case a `principal`, or the file `defaults: {principal: NAME}`";
                    ("the caller is not specified", help)
                };
                return Err(invalid(fields.span, message).with_help(help));
            }
        };
        Ok(vec![self.principal(name, fields.span)?])
    }

    /// The actions that a case names, as far as they are right.
    fn actions(&mut self, node: &Node<'_>, wrong: &mut Gathered) -> Vec<Action> {
        if items(node).is_empty() {
            wrong.take::<()>(Err(invalid(node.span, "the list of actions is empty")));
        }
        let mut actions = Vec::new();
        let mut met = HashSet::new();
        for node in items(node) {
            let covered = text(node, "an action").and_then(|text| self.action(text, node.span));
            let covered = wrong.take(covered).unwrap_or_default();
            actions.extend(covered.into_iter().filter(|action| met.insert(action.clone())));
        }
        actions
    }

    /// The action, or those that a pattern covers.
    pub(super) fn action(&mut self, text: &str, span: Span) -> Checked<Vec<Action>> {
        let asker = Asker::new(self.world, self.options.catalogue);
        let named = asker.actions(text).map_err(|problem| problem.at(span))?;
        match named {
            NamedActions::Covered(covered) => {
                let covered: Vec<Action> = covered.into_iter().map(|named| named.action).collect();
                self.misfits.note(WrittenActions::Pattern(covered.clone()));
                Ok(covered)
            }
            NamedActions::One(NamedAction { action, .. }, unknown) => {
                self.misfits.note(WrittenActions::Action(action.clone()));
                if let Some(unknown) = unknown {
                    self.slip(unknown.at(span));
                }
                Ok(vec![action])
            }
        }
    }

    pub(super) fn endpoint(&self, node: &Node<'_>) -> Checked<String> {
        let name = text(node, "`via`")?;
        self.world.named_endpoint(name).map_err(|problem| problem.at(node.span))?;
        Ok(name.to_owned())
    }

    /// Contexts times states.
    fn givens(&mut self, fields: &Fields<'_>) -> Checked<Vec<NamedGiven>> {
        let contexts = match fields.context.map(|node| (node, node.members())) {
            None => vec![NamedGiven::default()],
            Some((node, Some(members))) => {
                let given = Given { context: read_context(node)?, mfa: None };
                members.iter().try_for_each(|member| self.check_key(&member.key, member.key_span))?;
                vec![NamedGiven { name: String::new(), given }]
            }
            Some((node, None)) => {
                let named: Vec<NamedGiven> = items(node).iter().map(|node| self.given(node)).collect::<Checked<_>>()?;
                told_apart(node, "contexts", named)?
            }
        };
        let states = match fields.mfa {
            None => vec![NamedGiven::default()],
            Some(node) => {
                let states: Vec<NamedGiven> = items(node).iter().map(state).collect::<Checked<_>>()?;
                told_apart(node, "states", states)?
            }
        };
        let mut givens = Vec::new();
        for context in &contexts {
            for state in &states {
                let span = fields.mfa.or(fields.context).map_or(fields.span, |node| node.span);
                let twice = |what: String| {
                    invalid(span, format!("`context` and `mfa` both set {what}")).with_help("remove one of the two")
                };
                let given = context.given.and(&state.given).map_err(twice)?;
                let names = [&*context.name, &*state.name];
                let name = names.into_iter().filter(|name| !name.is_empty()).collect::<Vec<_>>().join("&");
                givens.push(NamedGiven { name, given });
            }
        }
        Ok(givens)
    }

    /// The name of a context, or what a column of a table says.
    fn given(&mut self, node: &Node<'_>) -> Checked<NamedGiven> {
        let name = text(node, "a context")?;
        let given = Given::read(name, self.world.contexts()).map_err(|wrong| of_wrong(wrong, node.span))?;
        self.check_keys(&given.context, node.span)?;
        Ok(NamedGiven { name: name.into(), given })
    }
}

/// The only principal of a world.
fn only(world: &World) -> Option<&String> {
    match world.principals().len() {
        1 => world.principals().keys().next(),
        _ => None,
    }
}

/// One thing needs no name; of several each is there once.
fn told_apart(node: &Node<'_>, what: &str, mut named: Vec<NamedGiven>) -> Checked<Vec<NamedGiven>> {
    match named.as_mut_slice() {
        [] => return Err(invalid(node.span, format!("the list of {what} is empty"))),
        [only] if !matches!(node.value, Value::Array(_)) => only.name.clear(),
        several => {
            let mut met = HashSet::new();
            if let Some(twice) = several.iter().find(|one| !met.insert(in_order(&one.name))) {
                return Err(invalid(node.span, format!("the list of {what} contains `{}` twice", twice.name)));
            }
        }
    }
    Ok(named)
}

pub(super) fn state(node: &Node<'_>) -> Checked<NamedGiven> {
    let word = match &node.value {
        Value::Bool(value) => value.to_string(),
        _ => text(node, "`mfa`")?.to_owned(),
    };
    let mfa = read_mfa(&word).map_err(|wrong| of_wrong(wrong, node.span))?;
    let given = Given { mfa: Some(mfa), ..Given::default() };
    Ok(NamedGiven { name: format!("mfa={word}"), given })
}

/// A list of texts, or one; one at least.
fn named(node: &Node<'static>) -> Checked<Vec<PlacedText>> {
    let texts: Vec<PlacedText> = items(node)
        .iter()
        .map(|node| {
            Ok(PlacedText { text: text(node, "a name in the list")?.to_owned(), span: node.span, is_own: true })
        })
        .collect::<Checked<_>>()?;
    if texts.is_empty() { Err(invalid(node.span, "the list is empty")) } else { Ok(texts) }
}

pub(super) fn of_wrong(wrong: GivenError, span: Span) -> Diagnostic {
    invalid(span, wrong.message).with_any_help(wrong.help)
}
