//! Cases that claim something of every request of a scope.

use super::axes::{CaseRequests, Point, Settled, state};
use super::gathered::Gathered;
use super::{Expansion, Fields};
use crate::check::{AnswerPlace, WantedForm};
use crate::expectation::Expectation;
use crate::node::{Checked, items};
use crate::reason::Reason;
use crate::refusal::name_it;
use iameval::json::fields::{invalid, text};
use iameval::json::{Member, Node, Value};
use iameval::native::{RequestError, read_context_text};
use iameval::text::Span;
use iameval::{Action, ContextKey, Diagnostic};
use iameval_ask::{
    About, Asker, ChosenResource, ClaimQuestion, Given, KeyValues, QuestionProblem, Refused, Remark, is_mfa_key,
};
use iameval_data::is_action_pattern;
use iameval_prove::native::read_key;
use iameval_prove::{KeyScope, KeyState};
use std::sync::Arc;

impl Expansion<'_> {
    /// Who asks, and through what. The rest describes a scope and does not multiply.
    pub(super) fn claimed(&mut self, fields: &Fields<'_>, wrong: &mut Gathered) -> CaseRequests {
        let principals = self.principals(fields, wrong);
        let via = wrong.take_any(fields.via.map(|node| self.endpoint(node)).transpose());
        CaseRequests { principals, actions: None, resources: Vec::new(), givens: Vec::new(), via }
    }

    /// Makes a check for each of those who ask.
    pub(super) fn prove(
        &mut self,
        fields: &Fields<'_>,
        subject: &CaseRequests,
        name: &str,
        (wanted, place): (Expectation, Span),
        reason: Option<&Arc<Reason>>,
    ) -> Checked<WantedForm> {
        if fields.actions.is_none() {
            return Err(invalid(fields.span, format!("the case `{name}` has no `actions`"))
                .with_help("such as `actions: \"s3:Delete*\"`; `actions: \"*\"` is every action"));
        }
        let claim = self.claim(fields, subject, wanted)?;
        // Of no action in particular.
        let action = Action::literal("x:x").map_err(|error| invalid(fields.span, error.to_string()))?;
        let given = Settled { name: String::new(), context: Arc::default(), mfa: None };
        let chosen = ChosenResource { resource: String::new(), name: None, inferred: None };
        for (number, principal) in self.principals_of(fields, subject)?.into_iter().enumerate() {
            let question = ClaimQuestion { principal: self.name_of(principal), ..claim.clone() };
            self.check_claim(fields, &question, number == 0)?;
            let point = Point { subject, principal, action: &action, resource: None, given: &given };
            let coordinates = self.coordinates(&point);
            let wanted = (Some(wanted), reason.cloned(), AnswerPlace::File(place));
            self.check(name, &coordinates, &point, &chosen, wanted, fields.span)?;
        }
        Ok(WantedForm::Prove(Box::new(claim)))
    }

    fn name_of(&self, principal: usize) -> Option<String> {
        self.principals.get(principal).map(|(name, _)| name.clone())
    }

    /// What is claimed, without who asks.
    fn claim(&mut self, fields: &Fields<'_>, subject: &CaseRequests, wanted: Expectation) -> Checked<ClaimQuestion> {
        let keys = self.keys(fields)?;
        let states = fields.mfa.map_or(&[][..], items).iter().map(state);
        let mfa: Vec<_> = states.map(|state| Ok(state?.given.mfa)).collect::<Checked<Vec<_>>>()?;
        if let (Some(node), Some(key)) = (fields.mfa, keys.iter().find(|scope| is_mfa_key(&scope.key))) {
            return Err(invalid(node.span, format!("`mfa` and `{}` in `context` say the same thing", key.key))
                .with_help("remove one of the two"));
        }
        let Some(expected) = wanted.claimed() else {
            return Err(invalid(fields.span, "a claim cannot expect `undetermined`")
                .with_help("expect `allow` or `deny`; what is not the same whatever is unknown is not proven"));
        };
        let defaults = &self.options.defaults;
        Ok(ClaimQuestion {
            actions: texts(fields.actions, "an action")?,
            except_actions: texts(fields.except_actions, "an action")?,
            resources: texts(fields.resources, "a resource")?,
            except_resources: texts(fields.except_resources, "a resource")?,
            endpoint: subject.via.clone(),
            mfa: mfa.into_iter().flatten().collect(),
            keys,
            beneath: Given { context: defaults.context.clone(), mfa: defaults.mfa },
            ..ClaimQuestion::new(expected)
        })
    }

    /// What `context` says of keys: keys, or the name of a context of the world.
    fn keys(&mut self, fields: &Fields<'_>) -> Checked<Vec<KeyScope>> {
        let Some(node) = fields.context else { return Ok(Vec::new()) };
        if let Some(members) = node.members() {
            return members.iter().map(|member| self.key(member)).collect();
        }
        if let Value::Array(_) = node.value {
            return Err(invalid(node.span, "a claim has one `context`, found a list")
                .with_help("a list under a key says that any of its values is meant"));
        }
        let given = self.column(text(node, "`context`")?, node.span)?;
        if given.mfa.is_some() {
            return Err(invalid(node.span, "the state of multi-factor authentication goes into `mfa`"));
        }
        let key = |(key, value): (&ContextKey, Option<&iameval::ContextValue>)| KeyScope {
            key: key.clone(),
            is_list: value.is_some_and(iameval::ContextValue::is_list).then_some(true),
            alternatives: vec![value.cloned().map_or(KeyState::Absent, KeyState::Is)],
        };
        Ok(given.context.iter().map(key).collect())
    }

    /// What is said of one key: a value, a list of values any of which is meant, `absent`, or what native claims say.
    fn key(&mut self, member: &Member<'static>) -> Checked<KeyScope> {
        self.check_key(&member.key, member.key_span)?;
        let is_native = |node: &Node<'_>| matches!(node.value, Value::Object(_));
        if items(&member.value).iter().any(is_native) {
            return read_key(member).map_err(|error| of_native(&error, member.value.span));
        }
        let mut values = KeyValues::new();
        for node in items(&member.value) {
            match read_context_text(node)? {
                "absent" => values.is_absent(),
                text => values.is(text),
            }
        }
        if items(&member.value).is_empty() {
            return Err(invalid(member.value.span, format!("the list of values of `{}` is empty", member.key)));
        }
        Ok(values.into_scope(ContextKey::new(&member.key), self.options.catalogue))
    }

    /// Finds what is wrong with a claim before it is proved. All but who asks is the same in the claims of a case, so only of
    /// the first everything is looked at.
    fn check_claim(&mut self, fields: &Fields<'_>, question: &ClaimQuestion, is_first: bool) -> Checked<()> {
        let place = |about: About| {
            let at = |node: Option<&Node<'static>>, index: usize| -> Option<Span> {
                node.and_then(|node| items(node).get(index)).map(|node| node.span)
            };
            let found = match about {
                About::Action(index) => at(fields.actions, index),
                About::ExceptAction(index) => at(fields.except_actions, index),
                About::Resource(index) => at(fields.resources, index),
                About::ExceptResource(index) => at(fields.except_resources, index),
                _ => None,
            };
            found.unwrap_or(fields.span)
        };
        let asker = Asker::new(self.world, self.options.catalogue);
        let checked =
            if is_first { asker.check_claim(question) } else { asker.check_names(question).map(|()| Vec::new()) };
        let remarks = match checked {
            Ok(remarks) => remarks,
            Err(Refused { problems, .. }) => {
                let Some(problem) = problems.into_iter().next() else { return Ok(()) };
                return match problem.what.into_problem(name_it) {
                    Ok(found) => Err(found.at(place(problem.about))),
                    // Policies are at fault; the run says that.
                    Err(QuestionProblem::Policies(_)) => Ok(()),
                    Err(_) => Err(invalid(fields.span, "there are no policies to evaluate")),
                };
            }
        };
        for remark in remarks {
            let Remark::UnknownAction(problem) = remark.what else { continue };
            let diagnostic = problem.at(place(remark.about));
            // What a pattern covers may be newer than the catalogue.
            if is_action_pattern(&remark.text) { self.remark(diagnostic) } else { self.slip(diagnostic) }
        }
        Ok(())
    }
}

/// A list of texts, or one; none where there is nothing.
fn texts(node: Option<&Node<'static>>, what: &str) -> Checked<Vec<String>> {
    let Some(node) = node else { return Ok(Vec::new()) };
    let texts: Vec<String> =
        items(node).iter().map(|node| text(node, what).map(str::to_owned)).collect::<Checked<_>>()?;
    if texts.is_empty() { Err(invalid(node.span, "the list is empty")) } else { Ok(texts) }
}

/// What is wrong with what native claims say of a key.
fn of_native(error: &RequestError, place: Span) -> Diagnostic {
    invalid(error.span.unwrap_or(place), error.message.clone()).with_any_help(error.help.clone())
}
