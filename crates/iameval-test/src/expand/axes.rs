//! What multiplies in a case: principals, actions, resources, contexts and states of multi-factor authentication.

use super::{Expansion, Fields, unknown};
use crate::file::{Checked, at, items};
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
pub(super) struct Subject {
    /// Positions among the principals of the file; `None` where the case names none.
    pub(super) principals: Option<Vec<usize>>,
    pub(super) actions: Option<Vec<Action>>,
    /// As the case writes them; empty where it names none.
    pub(super) resources: Vec<Named>,
    /// Contexts times states of multi-factor authentication; one at least.
    pub(super) givens: Vec<NamedGiven>,
    pub(super) via: Option<String>,
}

/// A text with its place.
#[derive(Debug, Clone)]
pub(super) struct Named {
    pub(super) text: String,
    pub(super) span: Span,
}

/// A context with a state, and what the case calls them; nothing where there is one only.
#[derive(Debug, Clone, Default)]
pub(super) struct NamedGiven {
    pub(super) name: String,
    pub(super) given: Given,
}

/// One of the requests of a case.
pub(super) struct Point<'p> {
    pub(super) subject: &'p Subject,
    pub(super) principal: usize,
    pub(super) action: &'p Action,
    pub(super) resource: Option<&'p Named>,
    pub(super) given: &'p Settled,
}

/// What a request has beside principal, action and resource, once the defaults are there.
#[derive(Debug, Clone)]
pub(super) struct Settled {
    pub(super) name: String,
    pub(super) context: Arc<Context>,
    pub(super) mfa: Option<Mfa>,
}

impl Subject {
    /// The resources, or once nothing.
    pub(super) fn resources(&self) -> impl Iterator<Item = Option<&Named>> {
        let nothing = self.resources.is_empty().then_some(None);
        self.resources.iter().map(Some).chain(nothing)
    }
}

impl Expansion<'_> {
    pub(super) fn subject(&mut self, fields: &Fields<'_>) -> Checked<Subject> {
        let principals = self.principals(fields)?;
        let actions = fields.actions.map(|node| self.actions(node)).transpose()?;
        let resources = fields.resources.map(named).transpose()?;
        let default = self.world.defaults().resource.as_ref().or(self.options.defaults.resource.as_ref());
        let default = default.map(|text| vec![Named { text: text.clone(), span: fields.span }]);
        Ok(Subject {
            principals,
            actions,
            resources: resources.or(default).unwrap_or_default(),
            givens: self.givens(fields)?,
            via: fields.via.map(|node| self.endpoint(node)).transpose()?,
        })
    }

    fn principals(&mut self, fields: &Fields<'_>) -> Checked<Option<Vec<usize>>> {
        if let (Some(node), None) = (fields.except, fields.principals) {
            let mut error =
                invalid(node.span, "`except` leaves names out of `principals`, which the case does not have");
            error.help = Some("write `principals: all`".into());
            return Err(error);
        }
        if let Some(node) = fields.principal {
            let name = text(node, "`principal`").map_err(|mut error| {
                if let Value::Array(_) = node.value {
                    error.help = Some("`principals` takes several".into());
                }
                error
            })?;
            return Ok(Some(vec![self.principal(name, node.span)?]));
        }
        let Some(node) = fields.principals else { return Ok(None) };
        let names: Vec<Named> = match node.as_str() {
            Some("all") => {
                let all = self.world.principals().keys();
                all.map(|name| Named { text: name.clone(), span: node.span }).collect()
            }
            Some(name) if !self.world.principals().contains_key(name) => {
                let mut error = invalid(node.span, "`principals` is a list of names, or `all`");
                error.help = Some(format!("write `principal: {name}` for one"));
                return Err(error);
            }
            _ => named(node)?,
        };
        let left_out = self.left_out(fields.except)?;
        let kept = names.into_iter().filter(|name| !left_out.is_match(&name.text));
        let kept: Vec<usize> = kept.map(|name| self.principal(&name.text, name.span)).collect::<Checked<_>>()?;
        let mut met = HashSet::new();
        Ok(Some(kept.into_iter().filter(|principal| met.insert(*principal)).collect()))
    }

    /// The names and patterns of names under `except`.
    fn left_out(&self, node: Option<&Node<'static>>) -> Checked<GlobSet> {
        let mut left_out = GlobSetBuilder::new();
        for node in node.map_or(&[][..], items) {
            let pattern = text(node, "a name under `except`")?;
            let wrong = |error: &globset::Error| {
                invalid(node.span, format!("`{pattern}` is no pattern of names: {}", error.kind()))
            };
            let glob = GlobBuilder::new(pattern).literal_separator(false).build().map_err(|error| wrong(&error))?;
            let matcher = glob.compile_matcher();
            if !self.world.principals().keys().any(|name| matcher.is_match(name)) {
                let mut error = unknown("principal", pattern, node.span, self.world.principals());
                if pattern.contains(['*', '?', '[', '{']) {
                    error.message = format!("`{pattern}` fits no principal of the world");
                }
                return Err(error);
            }
            left_out.add(glob);
        }
        left_out.build().map_err(|error| invalid(node.map_or(Span::default(), |node| node.span), error.to_string()))
    }

    /// The position of a principal, which is known from then on.
    pub(super) fn principal(&mut self, name: &str, span: Span) -> Checked<usize> {
        if let Some(known) = self.known.get(name) {
            return Ok(*known);
        }
        let found = self.world.caller(name).map_err(|diagnostic| at(span, diagnostic))?;
        let position = self.principals.len();
        self.principals.push((name.to_owned(), found));
        self.known.insert(name.to_owned(), position);
        Ok(position)
    }

    /// Those who ask: whom the case names, else the default, else the only one that there is.
    pub(super) fn principals_of(&mut self, fields: &Fields<'_>, subject: &Subject) -> Checked<Vec<usize>> {
        if let Some(principals) = &subject.principals {
            return Ok(principals.clone());
        }
        let world = self.world;
        // That of the options may be nobody in this world.
        let configured = self.options.defaults.principal.as_ref().filter(|name| world.caller(name).is_ok());
        let default = world.defaults().principal.as_ref().or(configured);
        let name = match (default, only(world)) {
            (Some(name), _) => name,
            (None, Some(only)) => only,
            (None, None) => {
                let (message, help) = if world.principals().is_empty() {
                    let help = "`use: world.yaml` takes a world file; or write `principals` and `policies` in this one";
                    ("nobody can ask: the file describes no world, and uses none", help)
                } else {
                    let help = "give the case a `principal`, or the file `defaults: {principal: NAME}`";
                    ("nothing says who asks", help)
                };
                let mut error = invalid(fields.span, message);
                error.help = Some(help.into());
                return Err(error);
            }
        };
        Ok(vec![self.principal(name, fields.span)?])
    }

    pub(super) fn actions(&mut self, node: &Node<'_>) -> Checked<Vec<Action>> {
        if items(node).is_empty() {
            return Err(invalid(node.span, "the list of actions is empty"));
        }
        let mut actions = Vec::new();
        let mut met = HashSet::new();
        for node in items(node) {
            let covered = self.action(text(node, "an action")?, node.span)?;
            actions.extend(covered.into_iter().filter(|action| met.insert(action.clone())));
        }
        Ok(actions)
    }

    /// The action, or those that a pattern covers.
    pub(super) fn action(&mut self, text: &str, span: Span) -> Checked<Vec<Action>> {
        let asker = Asker::new(self.world, self.options.catalogue);
        let named = asker.actions(text).map_err(|diagnostic| at(span, diagnostic))?;
        match named {
            NamedActions::Covered(covered) => Ok(covered.into_iter().map(|named| named.action).collect()),
            NamedActions::One(NamedAction { action, .. }, unknown) => {
                self.misfits.name(&action);
                if let Some(unknown) = unknown {
                    self.warn(*at(span, Box::new(unknown)))?;
                }
                Ok(vec![action])
            }
        }
    }

    fn endpoint(&self, node: &Node<'_>) -> Checked<String> {
        let name = text(node, "`via`")?;
        self.world.named_endpoint(name).map_err(|diagnostic| at(node.span, diagnostic))?;
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
                    let mut error = invalid(span, format!("`context` and `mfa` both say {what}"));
                    error.help = Some("leave one of the two out".into());
                    error
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
                return Err(invalid(node.span, format!("the list of {what} has `{}` twice", twice.name)));
            }
        }
    }
    Ok(named)
}

fn state(node: &Node<'_>) -> Checked<NamedGiven> {
    let word = match &node.value {
        Value::Bool(value) => value.to_string(),
        _ => text(node, "`mfa`")?.to_owned(),
    };
    let mfa = read_mfa(&word).map_err(|wrong| of_wrong(wrong, node.span))?;
    let given = Given { mfa: Some(mfa), ..Given::default() };
    Ok(NamedGiven { name: format!("mfa={word}"), given })
}

/// A list of texts, or one; one at least.
fn named(node: &Node<'static>) -> Checked<Vec<Named>> {
    let texts: Vec<Named> = items(node)
        .iter()
        .map(|node| Ok(Named { text: text(node, "a name in the list")?.to_owned(), span: node.span }))
        .collect::<Checked<_>>()?;
    if texts.is_empty() { Err(invalid(node.span, "the list is empty")) } else { Ok(texts) }
}

pub(super) fn of_wrong(wrong: GivenError, span: Span) -> Box<Diagnostic> {
    let mut error = invalid(span, wrong.message);
    error.help = wrong.help;
    error
}
