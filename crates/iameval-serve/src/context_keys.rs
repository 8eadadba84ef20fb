//! `GetContextKeysForCustomPolicy` and `GetContextKeysForPrincipalPolicy`: the keys that policies read (R-SIM-17).
//!
//! Documents are read leniently: a missing element, a `Principal` or a literal of the wrong form does not matter, only a
//! missing `Effect`, and members or operators that there are not.

use crate::entities::Entities;
use crate::fault::Fault;
use crate::form::Form;
use crate::parameter;
use crate::simulate::{entity, groups};
use crate::xml::Xml;
use iameval::json::{self, Node, Value};
use iameval::{ConditionOperator, Effect};
use std::collections::HashSet;

/// The keys of the policies that the form brings.
pub(crate) fn custom(form: &Form, xml: &mut Xml) -> Result<(), Fault> {
    let policies = parameter::policies(form, "PolicyInputList")?.ok_or_else(|| Fault::missing("policyInputList"))?;
    write(&of_list(&policies)?, xml);
    Ok(())
}

/// The keys of the policies of a user, group or role, and of those that the form adds.
pub(crate) fn principal(form: &Form, entities: &Entities, xml: &mut Xml) -> Result<(), Fault> {
    let entity = entity(form, entities)?;
    let added = parameter::policies(form, "PolicyInputList")?.unwrap_or_default();
    let mut keys = Vec::new();
    let mut seen = HashSet::new();
    let holders = std::iter::once(entity).chain(groups(entity, entities));
    for policy in holders.flat_map(|holder| &holder.policies).chain(&entity.boundary) {
        if policy.arn.as_ref().is_none_or(|arn| seen.insert(arn)) {
            let read = of_document(&policy.document());
            keys.extend(read.map_err(|why| {
                Fault::policy_evaluation(format!("The policy {} could not be read.", policy.name)).with_detail(why)
            })?);
        }
    }
    keys.extend(of_list(&added)?);
    write(&keys, xml);
    Ok(())
}

fn write(keys: &[String], xml: &mut Xml) {
    xml.texts("ContextKeyNames", keys.iter().map(String::as_str));
}

fn of_list(policies: &[&str]) -> Result<Vec<String>, Fault> {
    let mut keys = Vec::new();
    for (number, policy) in (1..).zip(policies) {
        keys.extend(of_document(policy).map_err(|why| {
            Fault::invalid_input(format!("Policy input list item {number} has invalid content")).with_detail(why)
        })?);
    }
    Ok(keys)
}

/// Each key once, in the order in which the document has them first.
fn of_document(text: &str) -> Result<Vec<String>, String> {
    let tree = json::parse(text).map_err(|diagnostic| diagnostic.message().to_owned())?;
    let members = tree.members().ok_or("the policy is not an object")?;
    let mut keys = Keys { has_variables: false, found: Vec::new(), seen: HashSet::new() };
    keys.has_variables = match tree.get("Version").and_then(Node::as_str) {
        Some("2012-10-17") => true,
        Some("2008-10-17") | None => false,
        Some(other) => return Err(format!("there is no version {other}")),
    };
    for member in members {
        match &*member.key {
            "Version" | "Id" => {}
            "Statement" => items(&member.value).try_for_each(|statement| keys.statement(statement))?,
            other => return Err(format!("a policy has no member {other}")),
        }
    }
    Ok(keys.found)
}

struct Keys {
    has_variables: bool,
    found: Vec<String>,
    seen: HashSet<String>,
}

impl Keys {
    fn add(&mut self, key: &str) {
        if self.seen.insert(key.to_owned()) {
            self.found.push(key.to_owned());
        }
    }

    fn statement(&mut self, statement: &Node<'_>) -> Result<(), String> {
        let members = statement.members().ok_or("a statement is not an object")?;
        let effect = statement.get("Effect").and_then(Node::as_str).and_then(|text| text.parse::<Effect>().ok());
        if effect.is_none() {
            return Err("a statement has no Effect".into());
        }
        for member in members {
            match &*member.key {
                "Resource" | "NotResource" => items(&member.value).for_each(|resource| self.variables(resource)),
                "Condition" => self.condition(&member.value)?,
                "Sid" | "Effect" | "Action" | "NotAction" | "Principal" | "NotPrincipal" => {}
                other => return Err(format!("a statement has no member {other}")),
            }
        }
        Ok(())
    }

    fn condition(&mut self, condition: &Node<'_>) -> Result<(), String> {
        for block in condition.members().unwrap_or_default() {
            if ConditionOperator::parse(&block.key).is_none() {
                return Err(format!("there is no operator {}", block.key));
            }
            for test in block.value.members().unwrap_or_default() {
                self.add(&test.key);
                items(&test.value).for_each(|value| self.variables(value));
            }
        }
        Ok(())
    }

    /// The variables of a text; `*`, `?` and `$` count as keys here.
    fn variables(&mut self, node: &Node<'_>) {
        let Some(mut rest) = node.as_str().filter(|_| self.has_variables) else { return };
        while let Some((_, behind)) = rest.split_once("${") {
            let Some((variable, tail)) = behind.split_once('}') else { return };
            let key = variable.split(',').next().unwrap_or(variable).trim();
            if !key.is_empty() {
                self.add(key);
            }
            rest = tail;
        }
    }
}

/// The items of an array, or the one value that stands for it.
fn items<'n, 'a>(node: &'n Node<'a>) -> std::slice::Iter<'n, Node<'a>> {
    match &node.value {
        Value::Array(items) => items.iter(),
        _ => std::slice::from_ref(node).iter(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_those_of_conditions_and_variables() {
        let text = r#"{"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "NotResource": ["arn:aws:s3:::${aws:username}/${*}", "${aws:PrincipalTag/a, 'x'}"],
             "Principal": {"AWS": "${no:key}"}, "Action": "${no:key}",
             "Condition": {"NumericEquals": {"aws:Username": "${s3:max}", "${odd}": true}}},
            {"Effect": "Deny", "Condition": {"Null": {"aws:username": "true"}}}]}"#;
        let keys = ["aws:username", "*", "aws:PrincipalTag/a", "aws:Username", "s3:max", "${odd}"];
        assert_eq!(of_document(text).unwrap(), keys);
        let old = text.replace("2012", "2008");
        assert_eq!(of_document(&old).unwrap(), ["aws:Username", "${odd}", "aws:username"]);
        assert!(of_document("{}").unwrap().is_empty());
        for wrong in [
            r#"{"Statement": {}}"#,
            r#"{"Statement": {"Effect": "Allow", "Actions": []}}"#,
            r#"{"Statement": {"Effect": "Allow", "Condition": {"StringIs": {}}}}"#,
            r#"{"Statements": []}"#,
            "[]",
        ] {
            assert!(of_document(wrong).is_err(), "{wrong}");
        }
    }
}
