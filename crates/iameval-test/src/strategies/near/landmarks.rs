//! What requests are drawn around: statements, and those who may ask.

use crate::policies::Policies;
use crate::strategies::draw;
use iameval::{
    Arn, ConditionBlock, ConditionTest, PatternElement, Principal, PrincipalElement, PrincipalForm, PrincipalList,
    Statement,
};
use iameval_ask::unbound_kind;
use iameval_world::World;

/// Policies whose documents are known: a [`World`], or [`Policies`].
pub trait KnownPolicies: sealed::Sealed {
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
    pub(super) statements: Vec<Statement>,
    /// Who may ask: what a request calls them, and who that is.
    pub(super) callers: Vec<(Option<String>, Principal)>,
    /// Resources that are known, with their tags: name and ARN.
    pub(super) resources: Vec<(String, String)>,
    pub(super) endpoints: Vec<String>,
    /// Whether tags and organization of the callers are known.
    pub(super) knows_callers: bool,
}

impl KnownPolicies for World {
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

impl KnownPolicies for Policies {
    fn landmarks(&self) -> Landmarks {
        let statements: Vec<Statement> =
            self.loaded().flat_map(|policy| policy.document().statements()).cloned().collect();
        let account = account_in(&statements).unwrap_or_else(|| draw::ACCOUNT.into());
        let usual =
            [format!("arn:aws:iam::{account}:user/jane"), format!("arn:aws:sts::{account}:assumed-role/ops/jane")];
        let named = statements.iter().flat_map(named_principals);
        let callers = usual.into_iter().chain(named).filter_map(|text| Some((Some(text.clone()), text.parse().ok()?)));
        let callers = callers.chain([(None, Principal::unnamed())]);
        Landmarks {
            callers: callers.filter(|(_, principal)| unbound_kind(self.set(), principal).is_none()).collect(),
            statements,
            resources: Vec::new(),
            endpoints: Vec::new(),
            knows_callers: false,
        }
    }
}

/// The first account that an ARN in the statements names.
fn account_in(statements: &[Statement]) -> Option<String> {
    let patterns = statements.iter().filter_map(Statement::resource).flat_map(PatternElement::patterns);
    let mut accounts = patterns.filter_map(|pattern| Some(pattern.parse::<Arn>().ok()?.account_id()?.to_string()));
    accounts.next()
}

/// Whom a statement names, in `Principal` and under `aws:PrincipalArn`.
fn named_principals(statement: &Statement) -> Vec<String> {
    let lists = match statement.principal().map(PrincipalElement::form) {
        Some(PrincipalForm::Map(lists)) => lists.as_slice(),
        _ => &[],
    };
    let tests = statement.condition().iter().flat_map(ConditionBlock::keys);
    let by_arn = tests.filter(|test| test.key().eq_ignore_ascii_case("aws:PrincipalArn"));
    lists
        .iter()
        .flat_map(PrincipalList::values)
        .chain(by_arn.flat_map(ConditionTest::values))
        .map(str::to_owned)
        .collect()
}
