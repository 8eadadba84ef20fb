//! The same questions for Cedar.
//!
//! What IAM says with text patterns, a Cedar user says with entities, so the translation does too: an action pattern
//! with a wildcard becomes an action group, and each action that is asked is put into the groups it fits beforehand.
//! That spares Cedar all matching of actions. Resource patterns have no such counterpart; they become `like`.

use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid, PolicySet, Request,
    RestrictedExpression,
};
use iameval::{Effect, Mfa, PatternElement, PolicyDocument, Statement};
use iameval_tests::workload::{PRINCIPAL, Question};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt::Write;
use std::str::FromStr;

/// Policies, entities and requests, all of them built.
pub(crate) struct Cedar {
    authorizer: Authorizer,
    policies: PolicySet,
    entities: Entities,
    requests: Vec<Request>,
}

/// The seven statements of the starting scenario, by hand.
///
/// `user/${aws:username}` becomes the ARN of the asking user: Cedar's `like` takes no variables.
pub(crate) const FORCE_MFA: &str = r#"
permit(principal, action, resource)
  unless { action in [Action::"iam:*", Action::"organizations:*", Action::"account:*"] };
permit(principal, action in [
  Action::"account:GetAccountInformation", Action::"account:GetGovCloudAccountInformation",
  Action::"account:GetPrimaryEmail", Action::"account:ListRegions", Action::"iam:CreateServiceLinkedRole",
  Action::"iam:DeleteServiceLinkedRole", Action::"iam:ListRoles", Action::"organizations:DescribeEffectivePolicy",
  Action::"organizations:DescribeOrganization"], resource);
permit(principal, action == Action::"iam:ListUsers", resource)
  when { context.resource like "arn:aws:iam::*:user/" };
permit(principal, action in [
  Action::"iam:CreateVirtualMFADevice", Action::"iam:DeleteVirtualMFADevice", Action::"iam:EnableMFADevice",
  Action::"iam:ListMFADevices", Action::"iam:ListVirtualMFADevices"], resource)
  when { context.resource like "arn:aws:iam::*:mfa/*" || context.resource == context.principal };
forbid(principal, action, resource)
  when { !(context has mfa) || !context.mfa }
  unless { action in [
    Action::"iam:ChangePassword", Action::"iam:CreateVirtualMFADevice", Action::"iam:DeleteVirtualMFADevice",
    Action::"iam:EnableMFADevice", Action::"iam:ListMFADevices", Action::"iam:ListUsers",
    Action::"iam:ListVirtualMFADevices"] };
permit(principal, action == Action::"iam:ChangePassword", resource)
  when { context.resource == context.principal };
permit(principal, action == Action::"iam:GetAccountPasswordPolicy", resource);
"#;

/// Statements with `Action`, `Resource` and `StringEquals` as Cedar policies, one for one.
pub(crate) fn translate(documents: &[PolicyDocument]) -> String {
    let mut text = String::new();
    for statement in documents.iter().flat_map(PolicyDocument::statements) {
        policy(statement, &mut text);
    }
    text
}

fn policy(statement: &Statement, text: &mut String) {
    let effect = match statement.effect() {
        Effect::Allow => "permit",
        Effect::Deny => "forbid",
    };
    let actions: Vec<String> = statement.action().patterns().map(|action| format!("Action::\"{action}\"")).collect();
    let resources = statement.resource().into_iter().flat_map(PatternElement::patterns);
    let resources: Vec<String> = resources.map(|pattern| format!("context.resource like \"{pattern}\"")).collect();
    let scope = match &*actions {
        [action] if !action.contains('*') => format!("action == {action}"),
        [action] => format!("action in {action}"),
        _ => format!("action in [{}]", actions.join(", ")),
    };
    let _ = write!(text, "{effect}(principal, {scope}, resource) when {{ ({})", resources.join(" || "));
    for block in statement.condition() {
        assert_eq!(block.operator().to_string(), "StringEquals", "no other operator is translated");
        for test in block.keys() {
            let value = test.values().next().expect("a value");
            let _ = write!(text, " && context[\"{}\"] == \"{value}\"", test.key());
        }
    }
    text.push_str(" };\n");
}

impl Cedar {
    /// Parses the policies and builds everything that is asked.
    pub(crate) fn new(policies: &str, questions: &[Question]) -> Self {
        let policies = PolicySet::from_str(policies).expect("Cedar policies");
        Self {
            authorizer: Authorizer::new(),
            entities: actions(&policies, questions),
            policies,
            requests: questions.iter().map(request).collect(),
        }
    }

    /// Whether the request of that number is allowed.
    pub(crate) fn allows(&self, number: usize) -> bool {
        let request = &self.requests[number];
        self.authorizer.is_authorized(request, &self.policies, &self.entities).decision() == Decision::Allow
    }
}

/// Every action that is asked, in the groups that it fits.
fn actions(policies: &PolicySet, questions: &[Question]) -> Entities {
    let text = policies.to_cedar().expect("no linked policies");
    let named = text.split("Action::\"").skip(1).filter_map(|rest| rest.split('"').next());
    let groups: BTreeSet<&str> = named.filter(|name| name.contains('*')).collect();
    let asked: BTreeSet<&str> = questions.iter().map(|question| &*question.action).collect();
    let entities = asked.iter().map(|&action| {
        let parents = groups.iter().filter(|group| fits(group, action)).map(|group| uid("Action", group));
        let parents: HashSet<EntityUid> = parents.collect();
        Entity::new(uid("Action", action), HashMap::new(), parents).expect("no attributes")
    });
    let all = entities.chain(groups.iter().map(|group| Entity::new_no_attrs(uid("Action", group), HashSet::new())));
    Entities::from_entities(all.collect::<Vec<_>>(), None).expect("no cycles")
}

/// Whether the action fits a pattern with one `*`.
fn fits(pattern: &str, action: &str) -> bool {
    let (start, end) = pattern.split_once('*').expect("a wildcard");
    action.len() >= start.len() + end.len() && action.starts_with(start) && action.ends_with(end)
}

fn request(question: &Question) -> Request {
    let string = |text: &str| RestrictedExpression::new_string(text.into());
    let mut context =
        vec![("resource".to_owned(), string(&question.resource)), ("principal".to_owned(), string(PRINCIPAL))];
    match question.mfa {
        Mfa::True { .. } => context.push(("mfa".to_owned(), RestrictedExpression::new_bool(true))),
        Mfa::False => context.push(("mfa".to_owned(), RestrictedExpression::new_bool(false))),
        Mfa::Absent => {}
    }
    context.extend(question.context.iter().map(|(key, value)| ((*key).to_owned(), string(value))));
    Request::new(
        uid("User", "john.doe"),
        uid("Action", &question.action),
        uid("Resource", &question.resource),
        Context::from_pairs(context).expect("no doubled keys"),
        None,
    )
    .expect("no schema to break")
}

fn uid(kind: &str, id: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(EntityTypeName::from_str(kind).expect("a type name"), EntityId::new(id))
}
