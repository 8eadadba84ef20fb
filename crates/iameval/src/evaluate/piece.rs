//! Single pieces of a statement, asked on their own.

use super::Evaluation;
use crate::compile::{ActionCheck, CompiledStatement};
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

/// The entries of a statement's lists that fit a request: their positions, from 0, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entries {
    /// The entries of `Principal` or `NotPrincipal` that name the caller, counted through all its lists.
    pub principal: Vec<usize>,
    /// The entries of `Action` or `NotAction` that cover the action.
    pub action: Vec<usize>,
    /// The entries of `Resource` or `NotResource` that the resource fits.
    pub resource: Vec<usize>,
}

impl PolicySet {
    /// Which entries of a statement's lists fit the request. In `NotPrincipal`, `NotAction` and `NotResource` these are
    /// the entries that keep the statement from applying.
    pub fn entries(&self, id: StatementId, request: &Request) -> Entries {
        let (Some(group), Some((member, statement))) = (self.group_of(id), self.find(id)) else {
            return Entries::default();
        };
        let evaluation = Evaluation::new(self, request);
        let caller = evaluation.caller(group, member, &request.context);
        let scope = Scope { tables: &member.policy.tables, view: &request.context, mode: self.mode };
        Entries {
            principal: statement.principal_entries(&caller).collect(),
            action: statement.action_entries(request).collect(),
            resource: statement.resource_entries(request, &scope).collect(),
        }
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
        evaluation.applies(group, member, statement, ActionCheck::Due, &request.context, &mut ()).is_some()
    }

    /// What statements of policies that count as one have in common.
    pub(crate) fn group_number(&self, id: StatementId) -> Option<u32> {
        self.group_of(id).map(|group| group.first)
    }

    /// The policies that a statement counts as one with.
    pub(crate) fn group_of(&self, id: StatementId) -> Option<&Group> {
        let after = self.groups.partition_point(|group| group.first <= id.policy);
        self.groups.get(after.checked_sub(1)?)
    }

    pub(super) fn find(&self, id: StatementId) -> Option<(&Member, &CompiledStatement)> {
        let group = self.group_of(id)?;
        let member = group.members.get((id.policy - group.first) as usize)?;
        Some((member, member.policy.statements.get(id.statement as usize)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CompiledPolicy, Context, PolicyDocument, PolicyId, PolicyKind};
    use std::sync::Arc;

    /// The entries of the only statement of a bucket policy for `s3:GetObject` on `arn:aws:s3:::b/john/x` by a user or
    /// a session of account 111122223333.
    #[track_caller]
    fn entries(caller: &str, statement: &str) -> [Vec<usize>; 3] {
        let text = format!(r#"{{"Version": "2012-10-17", "Statement": {statement}}}"#);
        let document = PolicyDocument::parse(&text).value.unwrap();
        let policy = CompiledPolicy::new(PolicyId::new("bucket"), PolicyKind::Resource, &document).unwrap();
        let set = PolicySet::builder().add(Arc::new(policy)).build();
        let mut context = Context::new();
        context.insert("aws:username", "john");
        let request = Request::builder("s3:GetObject".parse().unwrap())
            .principal(caller.parse().unwrap())
            .resource("arn:aws:s3:::b/john/x")
            .context(context)
            .build();
        let Entries { principal, action, resource } = set.entries(StatementId { policy: 0, statement: 0 }, &request);
        [principal, action, resource]
    }

    const USER: &str = "arn:aws:iam::111122223333:user/john";
    const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/ci/run-1";

    #[test]
    fn every_entry_that_fits_is_named() {
        let statement = r#"{"Effect": "Allow",
            "Principal": {"Service": "ec2.amazonaws.com", "AWS": ["111122223333", "444455556666", "*"]},
            "Action": ["s3:Put*", "s3:Get*", "s3:GetObject", "*"],
            "Resource": ["arn:aws:s3:::b/*", "arn:aws:s3:::b/jane/*", "arn:aws:s3:::b/${aws:username}/*"]}"#;
        assert_eq!(entries(USER, statement), [vec![1, 3], vec![1, 2, 3], vec![0, 2]]);
    }

    #[test]
    fn entries_of_negated_elements_are_those_that_list() {
        let statement = r#"{"Effect": "Deny", "NotPrincipal": {"AWS": [
            "arn:aws:iam::111122223333:role/ci", "arn:aws:sts::111122223333:assumed-role/ci/run-1"],
            "Service": ["*", "lambda.amazonaws.com"]},
            "NotAction": ["s3:PutObject", "s3:GetObject"], "NotResource": "arn:aws:s3:::b/jane/*"}"#;
        assert_eq!(entries(SESSION, statement), [vec![0, 1], vec![1], vec![]]);
        // `*` of a type exempts no one.
        assert_eq!(entries("lambda.amazonaws.com", statement), [vec![3], vec![1], vec![]]);
    }

    #[test]
    fn everybody_is_one_entry_and_no_element_has_none() {
        let statement = r#"{"Effect": "Allow", "Principal": "*", "Action": "s3:ListBucket"}"#;
        assert_eq!(entries(USER, statement), [vec![0], vec![], vec![]]);
    }

    #[test]
    fn an_account_of_a_gateway_endpoint_names_its_root_user_alone() {
        let document = PolicyDocument::parse(
            r#"{"Statement": {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "*", "Resource": "*"}}"#,
        );
        let document = document.value.unwrap();
        let policy = CompiledPolicy::new(PolicyId::new("door"), PolicyKind::Endpoint, &document).unwrap();
        let set = PolicySet::builder().add_gateway_endpoint(Arc::new(policy)).build();
        let named = |caller: &str| {
            let request = Request::builder("s3:GetObject".parse().unwrap()).principal(caller.parse().unwrap()).build();
            set.entries(StatementId { policy: 0, statement: 0 }, &request).principal
        };
        assert_eq!(named(USER), [] as [usize; 0]);
        assert_eq!(named("arn:aws:iam::111122223333:root"), [0]);
    }
}
