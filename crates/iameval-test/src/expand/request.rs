//! A check of one request: on which resource, in which context, and what it is called.

use super::Expansion;
use super::axes::{Named, Point, Settled, Subject, of_wrong};
use crate::check::{Check, Place};
use crate::file::{Checked, at};
use crate::given::{Given, Wrong};
use crate::{Expectation, Reason};
use iameval::text::Span;
use iameval::{Action, Code, Context, ContextKey, Diagnostic, Mfa};
use iameval_data::is_asked_on;
use iameval_report::words::quoted;
use iameval_report::{depends_on_resource, never_asked_on};
use iameval_world::{Ask, Call, Inferred, Lacking, overlay};
use std::sync::Arc;

/// A resource, and how it was found where nobody named one.
#[derive(Clone)]
pub(super) struct Chosen {
    pub(super) resource: String,
    pub(super) inferred: Option<Inferred>,
}

impl Expansion<'_> {
    /// The resource that a case or a row names for a principal, or the one that follows from the action.
    pub(super) fn resource(
        &self,
        named: Option<&Named>,
        principal: usize,
        action: &Action,
        subject: &Subject,
    ) -> Checked<Chosen> {
        let Some(Named { text, span }) = named else { return self.infer(principal, action, subject) };
        let Some((_, who)) = self.principals.get(principal) else { return Ok(Chosen::any()) };
        let named = self.world.named_resource(text, who.principal());
        named.map(|resource| Chosen { resource, inferred: None }).map_err(|diagnostic| at(*span, diagnostic))
    }

    /// Warns of resources that none of the actions is ever asked on: an answer for them says nothing of the policies. Where
    /// lists multiply, some of the requests may well be such.
    pub(super) fn warn_of_misfits(&mut self, principals: &[usize], subject: &Subject) {
        let catalogue = self.options.catalogue;
        let Some(who) = principals.first().and_then(|first| self.principals.get(*first)) else { return };
        let (who, actions) = (who.1.principal().clone(), subject.actions.as_deref().unwrap_or_default());
        for Named { text, span } in &subject.resources {
            // A name that is not known is told where the checks are made.
            let Ok(resource) = self.world.named_resource(text, &who) else { continue };
            if actions.iter().any(|action| is_asked_on(action, &resource, catalogue)) {
                continue;
            }
            let named = actions.iter().map(|action| (action.as_str(), action));
            if let Some(diagnostic) = never_asked_on(&resource, named, catalogue) {
                self.warn_once(*at(*span, Box::new(diagnostic)));
            }
        }
    }

    fn infer(&self, principal: usize, action: &Action, subject: &Subject) -> Checked<Chosen> {
        let fail = |findings: Vec<iameval_world::Finding>| {
            let first = findings.into_iter().next().map(|finding| finding.diagnostic);
            Box::new(first.unwrap_or_else(|| Diagnostic::new(Code::InvalidField, Span::default(), "no such policy")))
        };
        let Some((_, who)) = self.principals.get(principal) else { return Ok(Chosen::any()) };
        let via = subject.via.as_ref().and_then(|name| self.world.endpoints().get(name));
        let ask = Ask { principal: who, action, resource: "*", owner: None, via };
        let situation = self.world.situation(&ask).map_err(fail)?;
        let policies = situation.layers.set();
        let base = self.base();
        let region = base.value(&ContextKey::new("aws:RequestedRegion")).and_then(|value| value.texts().next());
        let call = Call { principal: who.principal(), action, region };
        match self.world.infer_resource(&call, policies, self.options.catalogue) {
            Ok((resource, inferred)) => Ok(Chosen { resource, inferred: Some(inferred) }),
            Err(needed) => {
                let message = depends_on_resource(action, &needed, policies);
                let forms = quoted(&needed.forms, 3);
                let mut help = format!("say `resource`: an ARN such as {forms}, `self`, or `*` for no resource");
                if needed.lacking.contains(&Lacking::Region) {
                    help.push_str(
                        "; or `aws:RequestedRegion` under `defaults`, for the service itself asks with that ARN",
                    );
                }
                Err(Box::new(Diagnostic::new(Code::ResourceNeeded, Span::default(), message).with_help(help)))
            }
        }
    }

    /// The context that the world and the options give.
    fn base(&self) -> Context {
        let mut context = self.options.defaults.context.clone();
        overlay(&mut context, &self.world.defaults().context);
        context
    }

    /// What a case or a column gives, above what the world and the options do.
    pub(super) fn settle(&self, name: &str, given: &Given) -> Settled {
        let mut context = self.base();
        overlay(&mut context, &given.context);
        let mfa = given.mfa.or_else(|| self.default_mfa(&given.context));
        Settled { name: name.to_owned(), context: Arc::new(context), mfa }
    }

    /// The state that counts when nothing is said; a context that tells it says something.
    fn default_mfa(&self, context: &Context) -> Option<Mfa> {
        let told = |context: &Context| context.iter().any(|(key, _)| crate::given::is_mfa_key(key));
        let world = self.world.defaults();
        if told(context) {
            return None;
        }
        world.mfa.or(self.options.defaults.mfa.filter(|_| !told(&world.context)))
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
    pub(super) fn column(&self, text: &str, span: Span) -> Checked<Given> {
        if text == crate::given::NOTHING && !self.world.contexts().contains_key(text) {
            return Ok(Given::default());
        }
        Given::read(text, self.world.contexts()).map_err(|wrong: Wrong| of_wrong(wrong, span))
    }
}

impl Chosen {
    fn any() -> Self {
        Self { resource: "*".into(), inferred: Some(Inferred::AnyResource) }
    }
}
