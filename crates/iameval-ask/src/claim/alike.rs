//! Principals who differ in name only: one proof about all of them will do, where it holds for whatever they are called.

use super::ClaimQuestion;
use crate::asker::Asker;
use iameval::{
    AccountId, ContextKey, Principal, PrincipalClass, PrincipalElement, PrincipalForm, PrincipalList, Statement,
};
use iameval_prove::{KeyScope, KeyState};
use iameval_world::{Attached, LoadedPolicy, World, WorldPrincipal};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// The keys that say what a principal is called, and whether each may be missing from a request.
const NAMES: [(&str, bool); 3] = [("aws:username", false), ("aws:userid", true), ("aws:PrincipalArn", false)];

impl Asker<'_> {
    /// A number for each principal, the same for those who have the same policies and of whom the policies of the world can
    /// tell nothing apart but what they are called. A claim that holds for one [whatever the name](ClaimQuestion::whatever_the_name)
    /// holds for all of these.
    ///
    /// ```
    /// use iameval_ask::Asker;
    /// use iameval_data::Catalogue;
    /// use iameval_world::{Example, World};
    ///
    /// let example = Example::find("force-mfa").unwrap();
    /// let world = World::load(example, &[example.world().into()]).unwrap();
    /// let asker = Asker::new(&world, Catalogue::embedded());
    /// let numbers = asker.alike(world.principals().values());
    /// assert_eq!(numbers.len(), world.principals().len());
    /// ```
    pub fn alike<'p>(&self, principals: impl IntoIterator<Item = &'p WorldPrincipal>) -> Vec<usize> {
        let told = Told::by(self.world());
        let mut known: HashMap<Alike<'p>, usize> = HashMap::new();
        let mut count = 0;
        let mut number = |alike: Option<Alike<'p>>| {
            let new = count;
            let number = alike.map_or(new, |alike| *known.entry(alike).or_insert(new));
            count += usize::from(number == new);
            number
        };
        principals.into_iter().map(|principal| number(told.apart(principal))).collect()
    }
}

impl ClaimQuestion {
    /// The same whatever the principal is called; `None` where the question itself says that.
    #[must_use]
    pub fn whatever_the_name(&self, principal: &WorldPrincipal) -> Option<Self> {
        let is_named = |text: &String| text == "self" || text.contains("${");
        if self.keys.iter().any(|said| is_name(&said.key))
            || self.resources.iter().chain(&self.except_resources).any(is_named)
        {
            return None;
        }
        let is_user = principal.principal().class() == Some(PrincipalClass::User);
        let free = NAMES.iter().filter(|(name, _)| is_user || *name != "aws:username").map(|(name, may_be_missing)| {
            let missing = may_be_missing.then_some(KeyState::Absent);
            KeyScope {
                key: ContextKey::new(name),
                is_list: Some(false),
                alternatives: std::iter::once(KeyState::Present(Box::default())).chain(missing).collect(),
            }
        });
        Some(Self { keys: self.keys.iter().cloned().chain(free).collect(), ..self.clone() })
    }
}

/// What policies can tell of a principal, but for its name.
#[derive(PartialEq, Eq, Hash)]
struct Alike<'p> {
    policies: Vec<(usize, *const LoadedPolicy)>,
    account: Option<AccountId>,
    class: Option<PrincipalClass>,
    provider: Option<&'p str>,
    partition: Option<&'p str>,
    flags: [Option<bool>; 3],
    context: Vec<(&'p ContextKey, Option<Vec<&'p str>>)>,
}

/// What the policies of a world tell principals apart by.
struct Told<'w> {
    /// Texts in principal elements.
    principals: HashSet<&'w str>,
    /// Names of roles in such texts for their sessions.
    roles: HashSet<&'w str>,
    /// Keys that are read.
    keys: HashSet<&'w ContextKey>,
}

impl<'w> Told<'w> {
    fn by(world: &'w World) -> Self {
        let documents = || world.policies().iter().map(|known| known.policy.document());
        let elements = documents().flat_map(iameval::PolicyDocument::statements).filter_map(Statement::principal);
        let lists = elements.filter_map(|element: &PrincipalElement| match element.form() {
            PrincipalForm::Map(lists) => Some(lists),
            PrincipalForm::Everyone => None,
        });
        let principals: HashSet<&str> = lists.flatten().flat_map(PrincipalList::values).collect();
        let role = |text: &&'w str| text.split_once(":assumed-role/")?.1.split('/').next();
        Self {
            roles: principals.iter().filter_map(role).collect(),
            principals,
            keys: world.read_keys().iter().filter(|key| !is_name(key)).collect(),
        }
    }

    /// What they tell of a principal; `None` where they name it, and where it is of a kind that has more than one name.
    fn apart<'p>(&self, known: &'p WorldPrincipal) -> Option<Alike<'p>> {
        let principal: &Principal = known.principal();
        let class = principal.class()?;
        if !matches!(class, PrincipalClass::User | PrincipalClass::Role) {
            return None;
        }
        let own = [principal.id(), principal.principal_arn(), principal.user_name()];
        let ids =
            known.context().value(&ContextKey::new("aws:userid")).into_iter().flat_map(iameval::ContextValue::texts);
        let ids = ids.flat_map(|id| id.split(':'));
        let name = principal.id().and_then(|arn| arn.rsplit('/').next());
        if own.into_iter().flatten().chain(ids).any(|name| self.principals.contains(name))
            || name.is_some_and(|name| self.roles.contains(name))
        {
            return None;
        }
        let read = known.context().iter().filter(|(key, _)| self.keys.contains(key));
        let lists: [&[Attached]; 4] =
            [known.identity(), known.boundary().map_or(&[], std::slice::from_ref), known.session(), known.scope_down()];
        let attached =
            lists.iter().enumerate().flat_map(|(list, policies)| policies.iter().map(move |own| (list, own)));
        Some(Alike {
            policies: attached.map(|(list, attached)| (list, Arc::as_ptr(&attached.policy))).collect(),
            account: principal.account(),
            class: Some(class),
            provider: principal.provider(),
            partition: principal.id().and_then(|arn| arn.split(':').nth(1)),
            flags: [
                principal.has_long_term_credentials(),
                Some(principal.is_service_linked_role()),
                Some(principal.has_policies()),
            ],
            context: read.map(|(key, value)| (key, value.map(|value| value.texts().collect()))).collect(),
        })
    }
}

fn is_name(key: &ContextKey) -> bool {
    NAMES.iter().any(|(name, _)| name.eq_ignore_ascii_case(key.as_str()))
}
