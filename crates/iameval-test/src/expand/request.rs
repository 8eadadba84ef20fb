//! A check of one request: on which resource, in which context, and what it is called.

use super::Expansion;
use super::axes::{Named, Point, Settled, of_wrong};
use crate::check::{Check, Place};
use crate::file::{Checked, at};
use crate::given::{Given, Wrong};
use crate::scene::{Chosen, Refusal, Scene};
use crate::{Expectation, Reason};
use iameval::text::Span;
use iameval::{Code, Diagnostic};
use iameval_world::Inferred;
use std::sync::Arc;

impl Expansion<'_> {
    /// The resource that a case or a row names, or the one that follows from the action; `place` is that of an action
    /// from which none follows.
    pub(super) fn resource(&mut self, point: &Point<'_>, place: Span) -> Checked<Chosen> {
        let Some((_, who)) = self.principals.get(point.principal) else { return Ok(Chosen::any()) };
        let via = point.subject.via.as_ref().and_then(|name| self.world.endpoints().get(name));
        let scene = Scene { world: self.world, catalogue: self.options.catalogue, who, via, instead: None };
        if let Some(Named { text, span }) = point.resource {
            let chosen = scene.named(text).map_err(|diagnostic| at(*span, diagnostic))?;
            self.note_resource(point.action, &chosen.resource, *span);
            return Ok(chosen);
        }
        match scene.inferred(point.action, &point.given.context) {
            Ok(chosen) => Ok(chosen),
            Err(Refusal::Question(diagnostic)) => Err(at(place, diagnostic)),
            // The run says that, of any resource.
            Err(Refusal::Policies(_)) => Ok(Chosen::any()),
        }
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
        chosen: &Chosen,
        (wanted, reason, place): (Option<Expectation>, Option<Arc<Reason>>, Place),
        span: Span,
    ) -> Checked<()> {
        if self.checks.len() >= self.options.max_cases {
            let message = format!("the file comes to more than {} cases", self.options.max_cases);
            let help = "name fewer actions, or raise the limit with `--max-cases`";
            return Err(Box::new(Diagnostic::new(Code::TooManyCases, span, message).with_help(help)));
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
        if text == crate::given::NOTHING && !self.world.contexts().contains_key(text) {
            return Ok(Given::default());
        }
        let given = Given::read(text, self.world.contexts()).map_err(|wrong: Wrong| of_wrong(wrong, span))?;
        self.check_keys(&given.context, span)?;
        Ok(given)
    }
}

impl Chosen {
    fn any() -> Self {
        Self { resource: "*".into(), inferred: Some(Inferred::AnyResource) }
    }
}
