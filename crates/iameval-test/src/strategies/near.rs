//! Requests at the edges of what policies say.

mod action;
mod pattern;
mod sides;
mod value;

use super::draw::{self, Choices};
use crate::{Policies, Request};
use iameval::{
    Arn, ConditionOperator, ConditionTest, ContextKey, ContextValue, Mfa, Principal, PrincipalForm, Statement,
};
use iameval_data::Catalogue;
use iameval_world::World;
use pattern::Accounts;
use sides::Sides;
use std::collections::BTreeSet;

/// Policies whose documents are known: a [`World`], or [`Policies`].
pub trait Written: sealed::Sealed {
    #[doc(hidden)]
    fn landmarks(&self) -> Landmarks;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::World {}
    impl Sealed for super::Policies {}
}

/// What requests are drawn around.
#[doc(hidden)]
#[derive(Debug)]
pub struct Landmarks {
    statements: Vec<Statement>,
    /// Who may ask: what a request calls them, and who that is.
    callers: Vec<(Option<String>, Principal)>,
    /// Resources that are known, with their tags: name and ARN.
    resources: Vec<(String, String)>,
    endpoints: Vec<String>,
    /// Whether tags and organization of the callers are known.
    knows_callers: bool,
}

impl Written for World {
    fn landmarks(&self) -> Landmarks {
        let statements = self.policies().iter().flat_map(|known| known.policy.document().statements()).cloned();
        let callers = self.principals().iter();
        let resources = self.resources().iter().map(|(name, resource)| (name.clone(), resource.arn.to_string()));
        Landmarks {
            statements: statements.collect(),
            callers: callers.map(|(name, known)| (Some(name.clone()), known.principal().clone())).collect(),
            resources: resources.collect(),
            endpoints: self.endpoints().keys().cloned().collect(),
            knows_callers: true,
        }
    }
}

impl Written for Policies {
    fn landmarks(&self) -> Landmarks {
        let statements: Vec<Statement> =
            self.loaded().flat_map(|policy| policy.document().statements()).cloned().collect();
        let account = account_in(&statements).unwrap_or_else(|| draw::ACCOUNT.into());
        let usual =
            [format!("arn:aws:iam::{account}:user/jane"), format!("arn:aws:sts::{account}:assumed-role/ops/jane")];
        let named = statements.iter().flat_map(named_principals);
        let callers = usual.into_iter().chain(named).filter_map(|text| Some((Some(text.clone()), text.parse().ok()?)));
        Landmarks {
            callers: callers.chain([(None, Principal::unnamed())]).collect(),
            statements,
            resources: Vec::new(),
            endpoints: Vec::new(),
            knows_callers: false,
        }
    }
}

/// The first account that an ARN in the statements names.
fn account_in(statements: &[Statement]) -> Option<String> {
    let patterns = statements.iter().flat_map(Statement::resource).flat_map(|element| element.patterns());
    let mut accounts = patterns.filter_map(|pattern| Some(pattern.parse::<Arn>().ok()?.account_id()?.to_string()));
    accounts.next()
}

/// Whom a statement names, in `Principal` and under `aws:PrincipalArn`.
fn named_principals(statement: &Statement) -> Vec<String> {
    let lists = match statement.principal().map(|element| element.form()) {
        Some(PrincipalForm::Map(lists)) => lists.as_slice(),
        _ => &[],
    };
    let tests = statement.condition().iter().flat_map(|block| block.keys());
    let by_arn = tests.filter(|test| test.key().eq_ignore_ascii_case("aws:PrincipalArn"));
    lists
        .iter()
        .flat_map(|list| list.values())
        .chain(by_arn.flat_map(|test| test.values()))
        .map(str::to_owned)
        .collect()
}

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
    tests: Vec<Test>,
}

/// A key that a condition tests.
#[derive(Debug)]
struct Test {
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
    pub(super) fn draw(&self, choices: &mut Choices<'_>) -> Request {
        let scene = self.scenes.get(choices.far_below(self.scenes.len()));
        let caller = self.landmarks.callers.get(choices.far_below(self.landmarks.callers.len()));
        let near = if choices.chance(15) { None } else { scene.and_then(|scene| scene.actions.pick(choices)) };
        let action = near.or_else(|| self.anywhere.get(choices.far_below(self.anywhere.len())).map(String::as_str));
        let action = action.unwrap_or("iam:GetUser");
        let mut request = match caller {
            Some((Some(name), _)) => Request::new(name, action),
            _ => Request::of(action),
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
        let principal = caller.map(|(_, principal)| principal);
        let resource = resolved(&resource, &request, principal);
        request = request.resource(&resource);
        for (key, value) in request.context.clone().iter() {
            let Some(value) = value.filter(|value| value.texts().any(|text| text.contains("${"))) else { continue };
            let texts: Vec<String> = value.texts().map(|text| resolved(text, &request, principal)).collect();
            let texts = texts.iter().map(String::as_str);
            request = request.context(
                key.as_str(),
                if value.is_list() { ContextValue::list(texts) } else { texts.collect::<String>().into() },
            );
        }
        request
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
        form_filled(choices.pick(&forms), account)
    }

    /// Whether what a test is about follows from who asks, or from what is known of the resource.
    fn follows(&self, test: &Test, is_known: bool) -> bool {
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
        let resources = statement.resource().into_iter().flat_map(|element| element.patterns());
        Self {
            actions: Sides::of_all(statement.action().patterns().map(|pattern| action::sides(pattern, catalogue))),
            resources: Sides::of_all(resources.map(|pattern| pattern::arns(pattern, accounts).filtered(is_resource))),
            tests: tests.map(|(operator, test)| Test::new(operator, test, accounts, catalogue)).collect(),
        }
    }
}

/// Whether a request can be about it; of a pattern such as `*/q3.csv` not every text that fits is a resource.
fn is_resource(text: &str) -> bool {
    text == "*" || text.parse::<Arn>().is_ok()
}

impl Test {
    fn new(operator: ConditionOperator, test: &ConditionTest, accounts: Accounts<'_>, catalogue: &Catalogue) -> Self {
        let is_declared = catalogue.is_multivalued(&ContextKey::new(test.key()));
        Self {
            key: test.key().into(),
            is_list: operator.quantifier.is_some() || is_declared,
            values: value::sides(operator.base, test, accounts, catalogue),
        }
    }

    /// The request with something said of the key: a value on either side, several, or that it is absent; or nothing.
    fn draw(&self, request: Request, choices: &mut Choices<'_>) -> Request {
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

/// The text with what its variables come to; `x` for those that nothing is known of.
fn resolved(text: &str, request: &Request, principal: Option<&Principal>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let (key, after) = after.split_once('}').unwrap_or((after, ""));
        out.push_str(before);
        out.push_str(&value_of(key, request, principal));
        rest = after;
    }
    out + rest
}

fn value_of(key: &str, request: &Request, principal: Option<&Principal>) -> String {
    let given = request.context.value(&ContextKey::new(key)).and_then(|value| value.texts().next());
    if let Some(given) = given.filter(|text| !text.contains("${")) {
        return given.to_owned();
    }
    let known = match key.to_ascii_lowercase().as_str() {
        "aws:username" => principal.and_then(Principal::user_name).map(str::to_owned),
        "aws:principalarn" => principal.and_then(Principal::principal_arn).map(str::to_owned),
        "aws:principalaccount" => principal.and_then(Principal::account).map(|account| account.to_string()),
        _ => None,
    };
    known.unwrap_or_else(|| "x".into())
}

/// The form of an ARN with something in the place of its variables.
fn form_filled(form: &str, account: &str) -> String {
    let mut out = String::new();
    let mut rest = form;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        out.push_str(before);
        out.push_str(match name {
            "Partition" => "aws",
            "Region" => "eu-central-1",
            "Account" => account,
            _ => "x",
        });
        rest = after;
    }
    out + rest
}
