//! A check of one request: on which resource, in which context, and what it is called.

use super::Expansion;
use super::axes::{PlacedText, Point, Settled, of_wrong};
use crate::check::{AnswerPlace, Check};
use crate::codes;
use crate::expectation::Expectation;
use crate::node::Checked;
use crate::reason::Reason;
use crate::refusal::name_it;
use crate::table::AS_IT_IS;
use iameval::Diagnostic;
use iameval::text::Span;
use iameval_ask::{Asker, Caller, ChosenResource, Given, GivenError, QuestionProblem};
use iameval_world::Inferred;
use std::sync::Arc;

impl Expansion<'_> {
    /// The resource that a case or a row names, or the one that follows from the action; `place` is that of an action
    /// from which none follows.
    pub(super) fn resource(&mut self, point: &Point<'_>, place: Span) -> Checked<ChosenResource> {
        let chosen = match point.resource {
            Some(named) => self.named_resource(point.principal, point.subject.via.as_deref(), named)?,
            None => self.inferred_resource(point, place)?,
        };
        if let Some(named) = point.resource {
            self.note_resource(point.action, &chosen.resource, named);
        }
        Ok(chosen)
    }

    /// The resource of that name, as a principal would name it.
    pub(super) fn named_resource(
        &self,
        principal: usize,
        via: Option<&str>,
        PlacedText { text, span, .. }: &PlacedText,
    ) -> Checked<ChosenResource> {
        let Some(caller) = self.caller(principal, via) else { return Ok(any()) };
        chosen(Asker::new(self.world, self.options.catalogue).named(&caller, text), *span)
    }

    fn inferred_resource(&self, point: &Point<'_>, place: Span) -> Checked<ChosenResource> {
        let via = point.subject.via.as_deref();
        let Some(caller) = self.caller(point.principal, via) else { return Ok(any()) };
        let asker = Asker::new(self.world, self.options.catalogue);
        chosen(asker.inferred(&caller, point.action, &point.given.context), place)
    }

    fn caller(&self, principal: usize, via: Option<&str>) -> Option<Caller<'_>> {
        let (_, principal) = self.principals.get(principal)?;
        let endpoint = via.and_then(|name| self.world.endpoints().get(name));
        Some(Caller { principal, endpoint, resource_account: None })
    }

    /// What a case or a column gives, above what the world and the options do.
    pub(super) fn settle(&self, name: &str, given: &Given) -> Settled {
        let Given { context, mfa } = given.above(self.world.defaults()).above(&self.options.defaults);
        Settled { name: name.to_owned(), context: Arc::new(context), mfa }
    }

    /// What tells a check from the others of its case.
    pub(super) fn coordinates(&self, point: &Point<'_>) -> Vec<String> {
        let subject = point.subject;
        let mut coordinates = Vec::new();
        if subject.principals.as_ref().is_some_and(|all| all.len() > 1) {
            coordinates.extend(self.principals.get(point.principal).map(|(name, _)| name.clone()));
        }
        if subject.actions.as_ref().is_some_and(|all| all.len() > 1) {
            coordinates.push(point.action.to_string());
        }
        if subject.resources.len() > 1 {
            coordinates.extend(point.resource.map(|named| named.text.clone()));
        }
        coordinates.extend(Some(point.given.name.clone()).filter(|name| !name.is_empty()));
        coordinates
    }

    /// Adds a check.
    pub(super) fn check(
        &mut self,
        case: &str,
        coordinates: &[String],
        point: &Point<'_>,
        chosen: &ChosenResource,
        (wanted, reason, place): (Option<Expectation>, Option<Arc<Reason>>, AnswerPlace),
        span: Span,
    ) -> Checked<()> {
        if self.checks.len() >= self.options.max_cases {
            let message = format!("the file expands to more than {} cases", self.options.max_cases);
            let help = "name fewer actions, or raise the limit with `--max-cases`";
            return Err(Diagnostic::new(codes::TOO_MANY_CASES, span, message).with_help(help));
        }
        let name = match coordinates {
            [] => case.to_owned(),
            _ => format!("{case} [{}]", coordinates.join(" ")),
        };
        self.checks.push(Check {
            case: self.cases.len(),
            name,
            wanted,
            reason,
            action: point.action.clone(),
            resource: chosen.resource.clone(),
            inferred: chosen.inferred,
            mfa: point.given.mfa,
            context: point.given.context.clone(),
            principal: point.principal,
            place,
        });
        Ok(())
    }

    /// What a column says, beside what the case says.
    pub(super) fn column(&mut self, text: &str, span: Span) -> Checked<Given> {
        if text == AS_IT_IS && !self.world.contexts().contains_key(text) {
            return Ok(Given::default());
        }
        let given = Given::read(text, self.world.contexts()).map_err(|wrong: GivenError| of_wrong(wrong, span))?;
        self.check_keys(&given.context, span)?;
        Ok(given)
    }
}

/// The resource, or why none is chosen.
fn chosen(found: Result<ChosenResource, QuestionProblem>, place: Span) -> Checked<ChosenResource> {
    match found.map_err(|problem| problem.into_problem(name_it)) {
        Ok(chosen) => Ok(chosen),
        Err(Ok(problem)) => Err(problem.at(place)),
        // Policies are at fault; the run says that, of any resource.
        Err(Err(_)) => Ok(any()),
    }
}

/// Any resource at all.
fn any() -> ChosenResource {
    ChosenResource { resource: "*".into(), name: None, inferred: Some(Inferred::AnyResource) }
}
