//! Requests at the edges of what policies say.

mod action;
mod fill;
mod landmarks;
mod pattern;
mod sides;
mod value;

pub use landmarks::KnownPolicies;

use super::draw::{self, Choices};
use crate::request::TestRequest;
use iameval::{Arn, ConditionOperator, ConditionTest, ContextKey, ContextValue, Mfa, PatternElement, Statement};
use iameval_data::Catalogue;
use landmarks::Landmarks;
use pattern::Accounts;
use sides::Sides;
use std::collections::BTreeSet;

/// Landmarks with their edges worked out.
#[derive(Debug)]
pub(super) struct Landscape {
    scenes: Vec<Scene>,
    /// Actions of all services.
    anywhere: Vec<String>,
    landmarks: Landmarks,
    own: String,
    other: &'static str,
}

/// The edges of one statement.
#[derive(Debug)]
struct Scene {
    actions: Sides,
    resources: Sides,
    tests: Vec<TestedKey>,
}

/// A key that a condition tests.
#[derive(Debug)]
struct TestedKey {
    key: String,
    is_list: bool,
    values: Sides,
}

impl Landscape {
    pub(super) fn new(landmarks: Landmarks) -> Self {
        let catalogue = Catalogue::embedded();
        let of_callers = landmarks.callers.iter().find_map(|(_, principal)| principal.account());
        let own = of_callers.map_or_else(|| draw::ACCOUNT.into(), |account| account.to_string());
        let other = if own == draw::OTHER { draw::ACCOUNT } else { draw::OTHER };
        let accounts = Accounts { own: &own, other };
        let scenes = landmarks.statements.iter().map(|statement| Scene::new(statement, accounts, catalogue)).collect();
        Self { scenes, anywhere: action::anywhere(catalogue), landmarks, own, other }
    }

    /// A request.
    pub(super) fn draw(&self, choices: &mut Choices<'_>) -> TestRequest {
        let scene = self.scenes.get(choices.far_below(self.scenes.len()));
        let caller = self.landmarks.callers.get(choices.far_below(self.landmarks.callers.len()));
        let near = if choices.chance(15) { None } else { scene.and_then(|scene| scene.actions.pick(choices)) };
        let action = near.or_else(|| self.anywhere.get(choices.far_below(self.anywhere.len())).map(String::as_str));
        let action = action.unwrap_or("iam:GetUser");
        let mut request = match caller {
            Some((Some(name), _)) => TestRequest::new(name, action),
            _ => TestRequest::of(action),
        };
        let mfa = choices.pick(&[None, Some(Mfa::TRUE), Some(Mfa::False), Some(Mfa::Absent)]);
        if let Some(mfa) = mfa {
            request = request.mfa(mfa);
        }
        let resource = self.resource(scene, action, choices);
        let is_known =
            self.landmarks.resources.iter().any(|(name, arn)| resource.starts_with(name) || resource.starts_with(arn));
        let elsewhere = if choices.chance(30) { self.scenes.get(choices.far_below(self.scenes.len())) } else { None };
        let mut met = BTreeSet::new();
        for test in scene.into_iter().chain(elsewhere).flat_map(|scene| &scene.tests) {
            if met.insert(test.key.to_ascii_lowercase()) && !self.follows(test, is_known) {
                request = test.draw(request, choices);
            }
        }
        if choices.chance(20) && !self.landmarks.endpoints.is_empty() {
            let endpoints: Vec<&str> = self.landmarks.endpoints.iter().map(String::as_str).collect();
            request = request.via(choices.pick(&endpoints));
        }
        fill::variables(request.resource(&resource), caller.map(|(_, principal)| principal))
    }

    /// On what; variables are still in it.
    fn resource(&self, scene: Option<&Scene>, action: &str, choices: &mut Choices<'_>) -> String {
        let near = scene.filter(|_| !choices.chance(40)).and_then(|scene| scene.resources.pick(choices));
        if let Some(near) = near.filter(|near| *near != "*") {
            return near.to_owned();
        }
        let known: Vec<&str> = self.landmarks.resources.iter().map(|(name, _)| name.as_str()).collect();
        if choices.chance(30) && !known.is_empty() {
            let name = choices.pick(&known);
            return if choices.chance(50) { format!("{name}/x") } else { name.to_owned() };
        }
        let info = Catalogue::embedded().action(action);
        let forms: Vec<&str> =
            info.iter().flat_map(|info| info.resource_types()).flat_map(|taken| taken.resource_type.arns()).collect();
        if forms.is_empty() || choices.chance(20) {
            return "*".into();
        }
        let account = if choices.chance(20) { self.other } else { &self.own };
        fill::form(choices.pick(&forms), account)
    }

    /// Whether what a test is about follows from who asks, or from what is known of the resource.
    fn follows(&self, test: &TestedKey, is_known: bool) -> bool {
        let key = test.key.to_ascii_lowercase();
        let from_id = ["aws:principalarn", "aws:principalaccount", "aws:principaltype", "aws:principalisawsservice"];
        let from_mfa = key == "aws:multifactorauthpresent";
        let from_caller = from_id.contains(&&*key)
            || matches!(&*key, "aws:username" | "aws:userid" | "aws:resourceaccount")
            || (self.landmarks.knows_callers && key.starts_with("aws:principal"));
        from_mfa || from_caller || (is_known && key.starts_with("aws:resource"))
    }
}

impl Scene {
    fn new(statement: &Statement, accounts: Accounts<'_>, catalogue: &Catalogue) -> Self {
        let blocks = statement.condition().iter();
        let tests = blocks.flat_map(|block| block.keys().iter().map(move |test| (block.operator(), test)));
        let resources = statement.resource().into_iter().flat_map(PatternElement::patterns);
        Self {
            actions: Sides::of_all(statement.action().patterns().map(|pattern| action::sides(pattern, catalogue))),
            resources: Sides::of_all(resources.map(|pattern| pattern::arns(pattern, accounts).filtered(is_resource))),
            tests: tests.map(|(operator, test)| TestedKey::new(operator, test, accounts, catalogue)).collect(),
        }
    }
}

/// Whether a request can be about it; of a pattern such as `*/q3.csv` not every text that fits is a resource.
fn is_resource(text: &str) -> bool {
    text == "*" || text.parse::<Arn>().is_ok()
}

impl TestedKey {
    fn new(operator: ConditionOperator, test: &ConditionTest, accounts: Accounts<'_>, catalogue: &Catalogue) -> Self {
        let is_declared = catalogue.is_multivalued(&ContextKey::new(test.key()));
        Self {
            key: test.key().into(),
            is_list: operator.quantifier.is_some() || is_declared,
            values: value::sides(operator.base, test, accounts, catalogue),
        }
    }

    /// The request with something said of the key: a value on either side, several, or that it is absent; or nothing.
    fn draw(&self, request: TestRequest, choices: &mut Choices<'_>) -> TestRequest {
        if self.key.eq_ignore_ascii_case("aws:MultiFactorAuthAge") {
            // The two keys are one state.
            let age = self.values.pick(choices).and_then(|text| text.parse().ok());
            return match (request.mfa, age) {
                (Some(Mfa::True { .. }), Some(age_seconds)) => request.mfa(Mfa::True { age_seconds }),
                _ => request,
            };
        }
        match choices.below(10) {
            0..=1 => request,
            2..=3 => request.absent(&self.key),
            _ if self.is_list => {
                let values = choices.several(0, 3, |choices| self.values.pick(choices).unwrap_or_default());
                request.context(&self.key, ContextValue::list(values))
            }
            _ => match self.values.pick(choices) {
                Some(value) => request.context(&self.key, value),
                None => request,
            },
        }
    }
}
