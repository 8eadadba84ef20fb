//! Single pieces of a statement, asked on their own.

use super::Evaluation;
use crate::compile::CompiledStatement;
use crate::condition::Scope;
use crate::context::{Context, ContextValue, Presence, Values, View};
use crate::name::ContextKey;
use crate::policy_set::{Group, Member, PolicySet, StatementId};
use crate::request::Request;

/// A context in which one key is different.
struct Changed<'a> {
    context: &'a Context,
    key: &'a ContextKey,
    value: Option<&'a ContextValue>,
}

impl View for Changed<'_> {
    fn get(&self, key: &ContextKey) -> Presence<'_> {
        if key != self.key {
            return self.context.get(key);
        }
        match self.value {
            None => Presence::Absent,
            Some(ContextValue(Values::Single(text))) => Presence::Single(text),
            Some(ContextValue(Values::List(texts))) => Presence::List(texts),
        }
    }
}

/// The entries of a statement's lists that fit a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entries {
    /// The first entry of `Action` or `NotAction` that covers the action, from 0.
    pub action: Option<usize>,
    /// The first entry of `Resource` or `NotResource` that the resource fits, from 0.
    pub resource: Option<usize>,
}

impl PolicySet {
    /// Which entries of a statement's lists fit the request. In `NotAction` and `NotResource` these are the entries that
    /// keep the statement from applying.
    pub fn entries(&self, id: StatementId, request: &Request) -> Entries {
        let Some((member, statement)) = self.find(id) else { return Entries { action: None, resource: None } };
        let scope = Scope { tables: &member.policy.tables, view: &request.context, mode: self.mode };
        Entries { action: statement.action_entry(request), resource: statement.resource_entry(request, &scope) }
    }

    /// Whether a condition of a statement holds with one key changed; the condition by its position among all keys.
    pub(crate) fn satisfies(
        &self,
        id: StatementId,
        condition: usize,
        context: &Context,
        key: &ContextKey,
        value: Option<&ContextValue>,
    ) -> Option<bool> {
        let (member, statement) = self.find(id)?;
        let view = Changed { context, key, value };
        let scope = Scope { tables: &member.policy.tables, view: &view, mode: self.mode };
        Some(statement.conditions.get(condition)?.is_satisfied(&scope))
    }

    /// Whether a statement applies to the request, whatever others say.
    pub(crate) fn applies(&self, id: StatementId, request: &Request) -> bool {
        let (Some(group), Some((member, statement))) = (self.group_of(id), self.find(id)) else { return false };
        let evaluation = Evaluation::new(self, request);
        evaluation.applies(group, member, statement, false, &request.context, &mut ()).is_some()
    }

    fn group_of(&self, id: StatementId) -> Option<&Group> {
        self.groups.iter().rev().find(|group| group.first <= id.policy)
    }

    fn find(&self, id: StatementId) -> Option<(&Member, &CompiledStatement)> {
        let group = self.group_of(id)?;
        let member = group.member(id.policy - group.first)?;
        Some((member, member.policy.statements.get(id.statement as usize)?))
    }
}
