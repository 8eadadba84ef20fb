//! Single pieces of a statement, asked on their own.

use crate::compile::CompiledStatement;
use crate::condition::Scope;
use crate::context::{Context, ContextValue, Presence, Values, View};
use crate::name::ContextKey;
use crate::policy_set::{Member, PolicySet, StatementId};
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

impl PolicySet {
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

    /// The entry of `NotAction` that lists the action.
    pub(crate) fn listed_action(&self, id: StatementId, request: &Request) -> Option<usize> {
        self.find(id)?.1.listed_action(request)
    }

    /// The entry of `NotResource` that lists the resource.
    pub(crate) fn listed_resource(&self, id: StatementId, request: &Request) -> Option<usize> {
        let (member, statement) = self.find(id)?;
        let scope = Scope { tables: &member.policy.tables, view: &request.context, mode: self.mode };
        statement.listed_resource(request, &scope)
    }

    fn find(&self, id: StatementId) -> Option<(&Member, &CompiledStatement)> {
        let group = self.groups.iter().rev().find(|group| group.first <= id.policy)?;
        let member = group.member(id.policy - group.first)?;
        Some((member, member.policy.statements.get(id.statement as usize)?))
    }
}
