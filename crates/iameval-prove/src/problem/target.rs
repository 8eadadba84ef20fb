//! Actions that rules of single services treat alike, as one question each.

use super::{Asked, Problem};
use crate::actions::{ActionPatterns, ActionTable};
use crate::atom::Subject;
use crate::builder::Builder;
use crate::formula::{Formulas, Node};
use crate::realistic;
use iameval::Action;

/// Actions that rules of services treat alike, as one question.
pub(super) struct Target {
    /// One of the catalogue, by its number.
    pub(super) listed: Option<usize>,
    /// The action, or one that rules of services treat like those that are meant.
    pub(super) sample: Action,
    /// Tests of action and request.
    pub(super) tests: Vec<Node>,
}

impl Target {
    fn listed(action: usize, name: &str, tests: Vec<Node>) -> Self {
        Self { listed: Some(action), sample: literal_action(name), tests }
    }
}

pub(super) fn literal_action(text: &str) -> Action {
    Action::literal(text).unwrap_or_else(|_| unreachable!("actions have one colon: {text}"))
}

/// A test of whether an action fits that the catalogue does not have.
pub(super) fn test_of_action(patterns: &ActionPatterns, table: &ActionTable, builder: &mut Builder<'_>) -> Node {
    let (globs, is_negated) = patterns.globs(table);
    let fits = builder.fits(Subject::Action, globs);
    if is_negated { builder.formulas.not(fits) } else { fits }
}

/// Whether a text in lower case may be an action that the catalogue does not have.
pub(super) fn is_unlisted(table: &ActionTable, text: &str) -> bool {
    let Some((service, name)) = text.split_once(':') else { return false };
    let is_word = |word: &str| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    is_word(service) && is_word(name) && !table.has(service, name)
}

impl Problem<'_> {
    /// The actions that are asked about, so that rules of services treat those of one target alike.
    pub(super) fn targets(&mut self, asked: &Asked<'_>) -> Vec<Target> {
        match asked {
            Asked::Listed(action) => vec![Target::listed(*action, &self.table.written(*action), Vec::new())],
            Asked::Realistic(action, realism) => {
                let mut tests = vec![self.realistic_keys];
                let name = self.table.lowercase(*action);
                if let Some(info) = self.catalogue.action(&name) {
                    tests.push(realistic::resource(info, self.scope, *realism, &mut self.builder));
                }
                vec![Target::listed(*action, &self.table.written(*action), tests)]
            }
            Asked::Unlisted { within: patterns, except } => {
                let within = test_of_action(patterns, self.table, &mut self.builder);
                let except = test_of_action(except, self.table, &mut self.builder);
                let mut tests = vec![within, self.builder.formulas.not(except)];
                tests.extend(self.scope.realistic.then_some(self.realistic_keys));
                let all = Target { listed: None, sample: literal_action("x:x"), tests };
                if self.has_rules && !all.tests.contains(&Formulas::FALSE) {
                    return self.unlisted_by_service(patterns, &all.tests);
                }
                vec![all]
            }
        }
    }

    /// Unlisted actions of each service whose rules are about all of its actions, those that read apart; and all others.
    fn unlisted_by_service(&mut self, within: &ActionPatterns, tests: &[Node]) -> Vec<Target> {
        let mut services: Vec<String> = Vec::new();
        for side in &self.sides {
            services.extend(side.policies.set().services_with_rules_for_all().into_iter().map(str::to_owned));
        }
        services.retain(|service| within.may_be_of(service));
        services.sort();
        services.dedup();
        let mut targets = Vec::new();
        let mut of_none = tests.to_vec();
        for service in &services {
            let own = test_of_action(&ActionPatterns::new([&*format!("{service}:*")]), self.table, &mut self.builder);
            of_none.push(self.builder.formulas.not(own));
            let verbs = ["get", "list", "describe", "generate", "simulate"].map(|verb| format!("{service}:{verb}*"));
            let reads =
                test_of_action(&ActionPatterns::new(verbs.iter().map(String::as_str)), self.table, &mut self.builder);
            let changes = self.builder.formulas.not(reads);
            for (sample, test) in [("getx", reads), ("x", changes)] {
                let tests = tests.iter().copied().chain([own, test]).collect();
                targets.push(Target { listed: None, sample: literal_action(&format!("{service}:{sample}")), tests });
            }
        }
        targets.push(Target { listed: None, sample: literal_action("x:x"), tests: of_none });
        targets
    }
}
