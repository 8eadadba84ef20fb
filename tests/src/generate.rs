//! Scenarios for oracle tests: any combination of layers, and every kind of caller, drawn from a row of bytes.

mod caller;

pub use iameval_test::strategies::draw::{Choices, Document, DrawnValue, quoted};

use crate::naive::{Facts, Policies};
use iameval::{Effect, PolicyKind, Principal, Request};
use iameval_test::strategies::draw::{self, THEMES, Theme};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::fmt;

/// Policies and a request.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Scenario {
    /// Identity policies.
    pub identity: Vec<Document>,
    /// The policy of the resource.
    pub resource: Option<Document>,
    /// The permissions boundary.
    pub boundary: Option<Document>,
    /// Session policies.
    pub session: Vec<Document>,
    /// Scope-down policies, earliest first.
    pub scope_down: Vec<Document>,
    /// Service control policies, level by level.
    pub scp: Vec<Vec<Document>>,
    /// Resource control policies, level by level.
    pub rcp: Vec<Vec<Document>>,
    /// Endpoint policies.
    pub endpoint: Vec<Document>,
    /// Whether the endpoint is a gateway.
    pub gateway: bool,
    /// Without service rules.
    pub pure: bool,
    /// What is asked.
    pub asked: Asked,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Asked {
    /// The action.
    pub action: &'static str,
    /// The resource.
    pub resource: &'static str,
    /// The account of the resource.
    pub resource_account: Option<&'static str>,
    /// Whether the resource belongs to the management account.
    pub resource_in_management_account: bool,
    /// Who asks; `None` is the unnamed user.
    pub caller: Option<Caller>,
    /// The context: `None` is known to be absent.
    pub context: Vec<(&'static str, Option<DrawnValue>)>,
    /// Whether to derive context keys.
    pub derive: bool,
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Caller {
    /// The text that makes the principal.
    pub id: &'static str,
    /// Its type, where the text does not tell.
    pub class: Option<&'static str>,
    /// The role behind a role session.
    pub role: Option<&'static str>,
    /// The user behind a federated user.
    pub user: Option<&'static str>,
    /// The provider that a role session signed in with.
    pub provider: Option<&'static str>,
    /// The canonical user id of the account.
    pub canonical_user_id: Option<&'static str>,
    /// Whether the credentials are long-term ones.
    pub long_term_credentials: Option<bool>,
    /// Whether it is a root session.
    pub assumed_root: bool,
    /// Whether the account is the management account.
    pub management_account: Option<bool>,
    /// Whether the account is a delegated administrator.
    pub delegated_administrator: Option<bool>,
}

/// Rows of bytes, long enough for a scenario.
pub fn rows() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(proptest::num::u8::ANY, 100..900)
}

/// Documents of any kind.
pub fn documents() -> impl Strategy<Value = (PolicyKind, Document)> {
    rows().prop_map(|row| {
        let mut choices = Choices::new(&row);
        let kind = choices.pick(&KINDS);
        let theme = choices.pick(&THEMES);
        (kind, Document::draw(&mut choices, theme, kind))
    })
}

/// Scenarios with identity policies only.
pub fn single_layer() -> impl Strategy<Value = Scenario> {
    rows().prop_map(|row| {
        let mut choices = Choices::new(&row);
        let theme = choices.pick(&THEMES);
        Scenario {
            identity: choices.several(1, 2, |choices| Document::draw(choices, theme, PolicyKind::Identity)),
            asked: Asked::draw(&mut choices, theme),
            ..Scenario::default()
        }
    })
}

/// Scenarios in which it comes down to whom a resource policy, or the policy of an endpoint, names.
pub fn principals() -> impl Strategy<Value = Scenario> {
    rows().prop_map(|row| {
        let mut choices = Choices::new(&row);
        let theme = choices.pick(&THEMES);
        let mut scenario = Scenario { asked: Asked::draw(&mut choices, theme), ..Scenario::default() };
        let effect = if choices.chance(50) { Effect::Deny } else { Effect::Allow };
        let endpoint = choices.chance(20);
        let statements = choices.several(1, 2, |choices| draw::about_principals(choices, effect));
        let document = Document { version: None, id: None, statements };
        if endpoint {
            scenario.gateway = choices.chance(50);
            scenario.endpoint = vec![document];
        } else {
            scenario.resource = Some(document);
        }
        if choices.chance(50) {
            let statements = vec![r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#.into()];
            scenario.identity = vec![Document { version: None, id: None, statements }];
        }
        scenario
    })
}

/// Scenarios with any layers.
pub fn scenarios() -> impl Strategy<Value = Scenario> {
    rows().prop_map(|row| Scenario::draw(&mut Choices::new(&row)))
}

const KINDS: [PolicyKind; 9] = [
    PolicyKind::Identity,
    PolicyKind::Resource,
    PolicyKind::RoleTrust,
    PolicyKind::PermissionsBoundary,
    PolicyKind::Session,
    PolicyKind::ServiceControl,
    PolicyKind::ResourceControl,
    PolicyKind::Endpoint,
    PolicyKind::ScopeDown,
];

/// Runs a test over so many values, the same ones every time; `IAMEVAL_CASES=10` makes it ten times as many. Before them come
/// those for which a test of the same file failed once: `proptest-regressions/` keeps how they are drawn.
///
/// # Panics
/// When the test fails, with the smallest value found for which it does.
#[track_caller]
pub fn check<S: Strategy>(cases: u32, strategy: S, test: impl Fn(S::Value)) {
    let times = std::env::var("IAMEVAL_CASES").ok().and_then(|times| times.parse().ok()).unwrap_or(1_u32);
    let source_file = Some(std::panic::Location::caller().file());
    let config = Config { cases: cases.saturating_mul(times), source_file, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let outcome = runner.run(&strategy, |value| {
        test(value);
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

/// So many values, the same ones every time.
///
/// # Panics
/// When the strategy rejects too much.
#[expect(clippy::expect_used, reason = "none of our strategies rejects")]
pub fn samples<S: Strategy>(count: usize, strategy: S) -> impl Iterator<Item = S::Value> {
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    (0..count).map(move |_| strategy.new_tree(&mut runner).expect("a value").current())
}

impl Scenario {
    fn draw(choices: &mut Choices<'_>) -> Self {
        let theme = choices.pick(&THEMES);
        let asked = Asked::draw(choices, theme);
        let one = |kind| move |choices: &mut Choices<'_>| Document::draw(choices, theme, kind);
        let level = |kind| {
            move |choices: &mut Choices<'_>| {
                let least = usize::from(!choices.chance(5));
                choices.several(least, 2, one(kind))
            }
        };
        let least = usize::from(!choices.chance(10));
        let identity = choices.several(least, 2, one(PolicyKind::Identity));
        let mut scenario = Self { identity, asked, pure: choices.chance(10), ..Self::default() };
        if choices.chance(50) {
            scenario.resource = Some(one(PolicyKind::Resource)(choices));
        }
        let root = scenario.asked.caller.unwrap_or_default().id.ends_with(":root");
        if choices.chance(25) && !root {
            scenario.boundary = Some(one(PolicyKind::PermissionsBoundary)(choices));
        }
        if choices.chance(30) {
            scenario.session = choices.several(1, 2, one(PolicyKind::Session));
        }
        if choices.chance(25) {
            scenario.scp = choices.several(1, 3, level(PolicyKind::ServiceControl));
        }
        if choices.chance(20) {
            scenario.rcp = choices.several(1, 2, level(PolicyKind::ResourceControl));
        }
        if choices.chance(20) {
            scenario.endpoint = choices.several(1, 2, one(PolicyKind::Endpoint));
            scenario.gateway = choices.chance(40);
        }
        if choices.chance(20) {
            scenario.scope_down = choices.several(1, 3, one(PolicyKind::ScopeDown));
        }
        scenario
    }

    /// The policies for the naive evaluator.
    pub fn policies(&self) -> Policies {
        let all = |documents: &[Document]| documents.iter().map(Document::parse).collect();
        Policies {
            identity: all(&self.identity),
            resource: self.resource.as_ref().map(Document::parse),
            boundary: self.boundary.as_ref().map(Document::parse),
            session: all(&self.session),
            scope_down: all(&self.scope_down),
            scp: self.scp.iter().map(|level| all(level)).collect(),
            rcp: self.rcp.iter().map(|level| all(level)).collect(),
            endpoint: all(&self.endpoint),
            gateway: self.gateway,
            pure: self.pure,
        }
    }
}

impl Asked {
    /// Something about what the theme is about.
    pub fn draw(choices: &mut Choices<'_>, theme: &Theme) -> Self {
        Self {
            action: choices.pick(theme.actions),
            resource: choices.pick(theme.resources),
            resource_account: choices.pick(&[None, None, Some(draw::ACCOUNT), Some(draw::ACCOUNT), Some(draw::OTHER)]),
            resource_in_management_account: choices.chance(5),
            caller: caller::draw(choices),
            context: draw::context(choices),
            derive: choices.chance(40),
        }
    }

    /// The request.
    ///
    /// # Panics
    /// When a part is refused, which is the generator's mistake.
    #[expect(clippy::unwrap_used, reason = "the alphabets hold well-formed texts")]
    pub fn request(&self) -> Request {
        let mut builder = Request::builder(self.action.parse().unwrap()).resource(self.resource);
        if self.resource_in_management_account {
            builder = builder.resource_in_management_account();
        }
        if let Some(account) = self.resource_account {
            builder = builder.resource_account(account.parse().unwrap());
        }
        if let Some(caller) = self.caller {
            builder = builder.principal(caller.principal());
        }
        let mut context = iameval::Context::new();
        for (key, value) in &self.context {
            match value {
                None => context.insert_absent(key),
                Some(value) => context.insert(key, value.to_value()),
            }
        }
        builder = builder.context(context);
        if self.derive { builder.build() } else { builder.without_derived_context().build() }
    }

    /// What the request does not tell.
    pub fn facts(&self) -> Facts {
        let caller = self.caller.unwrap_or_default();
        let text = |text: Option<&str>| text.map(str::to_owned);
        Facts {
            user: text(caller.user),
            provider: text(caller.provider),
            canonical_user_id: text(caller.canonical_user_id),
            long_term_credentials: caller.long_term_credentials,
            assumed_root: caller.assumed_root,
            management_account: caller.management_account,
            delegated_administrator: caller.delegated_administrator,
            resource_in_management_account: self.resource_in_management_account,
        }
    }
}

impl Caller {
    /// The principal.
    ///
    /// # Panics
    /// When a part is refused, which is the generator's mistake.
    #[expect(clippy::unwrap_used, reason = "the alphabets hold well-formed texts")]
    pub fn principal(&self) -> Principal {
        let class = |name| iameval::PrincipalClass::ALL.into_iter().find(|class| class.as_str() == name).unwrap();
        let mut principal = match self.class {
            None => self.id.parse().unwrap(),
            Some(name) => Principal::of_class(class(name), self.id).unwrap(),
        };
        if let Some(role) = self.role {
            principal = principal.with_role(role.parse().unwrap()).unwrap();
        }
        if let Some(user) = self.user {
            principal = principal.with_user(user.parse().unwrap()).unwrap();
        }
        if let Some(provider) = self.provider {
            principal = principal.with_provider(provider).unwrap();
        }
        if let Some(id) = self.canonical_user_id {
            principal = principal.with_canonical_user_id(id);
        }
        if let Some(value) = self.long_term_credentials {
            let told =
                if value { principal.with_long_term_credentials() } else { principal.with_temporary_credentials() };
            principal = told.unwrap();
        }
        if self.assumed_root {
            principal = principal.with_assumed_root().unwrap();
        }
        if let Some(value) = self.management_account {
            principal = if value { principal.in_management_account() } else { principal.in_member_account() };
        }
        if let Some(value) = self.delegated_administrator {
            principal = if value {
                principal.with_delegated_administrator()
            } else {
                principal.without_delegated_administrator()
            };
        }
        principal
    }
}

impl fmt::Display for Scenario {
    /// A native request.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |documents: &[Document]| {
            format!("[{}]", documents.iter().map(Document::to_string).collect::<Vec<_>>().join(","))
        };
        let mut policies = Vec::new();
        let mut add = |name: &str, text: String| policies.push(format!("\"{name}\":{text}"));
        let lists = [("identity", &self.identity), ("session", &self.session), ("scope_down", &self.scope_down)];
        for (name, documents) in lists {
            if !documents.is_empty() {
                add(name, list(documents));
            }
        }
        for (name, document) in [("resource", &self.resource), ("boundary", &self.boundary)] {
            if let Some(document) = document {
                add(name, document.to_string());
            }
        }
        for (name, levels) in [("scp", &self.scp), ("rcp", &self.rcp)] {
            if !levels.is_empty() {
                add(name, format!("[{}]", levels.iter().map(|level| list(level)).collect::<Vec<_>>().join(",")));
            }
        }
        if !self.endpoint.is_empty() {
            let policy = |document| format!(r#"{{"gateway":{},"document":{document}}}"#, self.gateway);
            add("endpoint", format!("[{}]", self.endpoint.iter().map(policy).collect::<Vec<_>>().join(",")));
        }
        write!(f, r#"{{"request":{},"policies":{{{}}}"#, self.asked, policies.join(","))?;
        write!(f, r#","options":{{"derive_context":{},"service_rules":{}}}}}"#, self.asked.derive, !self.pure)
    }
}

impl fmt::Debug for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, r#"{{"action":{},"resource":{{"arn":{}"#, quoted(self.action), quoted(self.resource))?;
        if self.resource_in_management_account {
            f.write_str(r#","in_management_account":true"#)?;
        }
        f.write_str("}")?;
        if let Some(account) = self.resource_account {
            write!(f, r#","resource_account":"{account}""#)?;
        }
        if let Some(caller) = self.caller {
            write!(f, r#","principal":{caller}"#)?;
        }
        let members: Vec<String> = self.context.iter().map(|(key, value)| member(key, value.as_ref())).collect();
        write!(f, r#","context":{{{}}}}}"#, members.join(","))
    }
}

fn member(key: &str, value: Option<&DrawnValue>) -> String {
    let value = match value {
        None => "null".into(),
        Some(DrawnValue::Single(text)) => quoted(text),
        Some(DrawnValue::List(texts)) => {
            format!("[{}]", texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(","))
        }
    };
    format!("{}:{value}", quoted(key))
}

impl fmt::Display for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, r#"{{"id":{}"#, quoted(self.id))?;
        let texts = [
            ("type", self.class),
            ("role", self.role),
            ("user", self.user),
            ("provider", self.provider),
            ("canonical_user_id", self.canonical_user_id),
        ];
        for (name, text) in texts {
            if let Some(text) = text {
                write!(f, r#","{name}":{}"#, quoted(text))?;
            }
        }
        if let Some(value) = self.long_term_credentials {
            write!(f, r#","long_term_credentials":{value}"#)?;
        }
        let flags = [
            ("assumed_root", self.assumed_root.then_some(true)),
            ("in_management_account", self.management_account),
            ("delegated_administrator", self.delegated_administrator),
        ];
        for (name, value) in flags.into_iter().filter_map(|(name, value)| Some((name, value?))) {
            write!(f, r#","{name}":{value}"#)?;
        }
        f.write_str("}")
    }
}
