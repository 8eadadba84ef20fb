//! Cases that ask who can.

use super::axes::{CaseRequests, Point, Settled};
use super::{Expansion, Fields};
use crate::check::{AnswerPlace, WantedForm, WantedPrincipals};
use crate::node::{Checked, items};
use crate::refusal::name_it;
use iameval::Diagnostic;
use iameval::json::Node;
use iameval::json::fields::{invalid, text};
use iameval::text::Span;
use iameval_ask::{Asker, ChosenResource, ExpectedPrincipals};

impl Expansion<'_> {
    /// Makes a check of each action, resource, context and state.
    pub(super) fn who_can(
        &mut self,
        fields: &Fields<'_>,
        subject: &CaseRequests,
        name: &str,
        expect: &Node<'static>,
    ) -> Checked<WantedForm> {
        let wanted = self.wanted_principals(expect)?;
        let asker = Asker::new(self.world, self.options.catalogue);
        for resource in subject.resources().flatten().filter(|resource| resource.text != "self") {
            let found = asker.named_by_anyone(&resource.text);
            if let Err(Ok(problem)) = found.map_err(|problem| problem.into_problem(name_it)) {
                return Err(problem.at(resource.span));
            }
        }
        let givens: Vec<Settled> = subject.givens.iter().map(|named| self.settle(&named.name, &named.given)).collect();
        for action in subject.actions.iter().flatten() {
            for resource in subject.resources() {
                for given in &givens {
                    // Of no principal in particular.
                    let point = Point { subject, principal: usize::MAX, action, resource, given };
                    let written = resource.map(|resource| resource.text.clone()).unwrap_or_default();
                    let chosen = ChosenResource { resource: written, name: None, inferred: None };
                    let coordinates = self.coordinates(&point);
                    let wanted = (None, None, AnswerPlace::File(expect.span));
                    self.check(name, &coordinates, &point, &chosen, wanted, fields.span)?;
                }
            }
        }
        Ok(WantedForm::WhoCan(wanted))
    }

    fn wanted_principals(&self, expect: &Node<'static>) -> Checked<WantedPrincipals> {
        let wrong = |span: Span| -> Diagnostic {
            invalid(span, "`who_can` expects names of principals, or `none`")
                .with_help("such as `expect: [alice, ops-*]`, or `expect: none`")
        };
        let nodes = items(expect);
        let names: Vec<String> = nodes
            .iter()
            .map(|node| text(node, "a name").map(str::to_owned).map_err(|_| wrong(node.span)))
            .collect::<Checked<_>>()?;
        if names.is_empty() {
            return Err(wrong(expect.span));
        }
        let read = ExpectedPrincipals::read(&names, self.world);
        let names_read = read.map_err(|(name, problem)| {
            let place = nodes.iter().zip(&names).find(|(_, text)| **text == name);
            problem.at(place.map_or(expect.span, |(node, _)| node.span))
        })?;
        Ok(WantedPrincipals { names: names_read, written: names })
    }
}
