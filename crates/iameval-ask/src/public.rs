//! Whom the resources of a world let in who has no tie to its accounts.

use crate::added::Assembled;
use crate::asker::{Asker, Caller, whole};
use crate::claim::keys;
use crate::on_resource::actions_on;
use crate::posed::Attachment;
use crate::problem::QuestionProblem;
use crate::question::{About, Tagged};
use crate::statement::{PlacedStatement, Places};
use iameval::{
    Action, Arn, Context, ContextKey, ContextValue, Layer, PolicySet, Principal, PrincipalClass, RuleSelection,
    StatementId,
};
use iameval_prove::{ClaimError, Counterexample, KeyScope, Policies, Prover, Public, Scope, Undecided};
use iameval_world::{Finding, World};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What came of one resource.
#[derive(Debug)]
#[non_exhaustive]
pub struct PublicResource {
    /// What the world calls it, or its ARN.
    pub name: String,
    /// Its ARN, with `${unknown:NAME}` for what is not known of it.
    pub arn: String,
    /// Whether no statement of its policy has a principal element, as in an identity policy: such a policy lets in nobody.
    pub names_nobody: bool,
    /// Whether it is public.
    pub verdict: PublicVerdict,
}

/// Whether a resource is public.
#[derive(Debug)]
pub enum PublicVerdict {
    /// It lets in someone without any tie to its account.
    Public(Box<LetIn>),
    /// It does not.
    NotPublic,
    /// It is not known; why.
    Unknown(Vec<Undecided>),
}

impl PublicVerdict {
    /// A stable code, such as `not_public`.
    pub fn id(&self) -> &'static str {
        match self {
            Self::Public(_) => "public",
            Self::NotPublic => "not_public",
            Self::Unknown(_) => "unknown",
        }
    }
}

/// A request of a stranger that a resource lets in.
#[derive(Debug)]
pub struct LetIn {
    /// The request, as was tried.
    pub found: Counterexample,
    /// The policies by which it is allowed: an identity policy among them allows everything, where the stranger has policies.
    pub policies: Policies,
    set: PolicySet,
    attachments: Arc<[Attachment]>,
    places: Places,
}

impl LetIn {
    /// What the request has that policies look at, beside who the stranger is.
    pub fn given(&self) -> impl Iterator<Item = (&ContextKey, &ContextValue)> {
        let read: BTreeSet<&ContextKey> = self.set.context_keys().collect();
        let context = self.found.request.context().iter();
        context.filter_map(move |(key, value)| Some((key, value?)).filter(|(key, _)| read.contains(key)))
    }

    /// The statement that lets it in.
    pub fn statement(&self) -> Option<PlacedStatement<'_>> {
        let id: StatementId = self.found.statement?;
        self.places.place(&self.set, &self.attachments, id)
    }
}

/// Why it is not told whether resources are public.
#[derive(Debug)]
#[non_exhaustive]
pub enum NotTold {
    /// The question cannot be asked.
    Refused(Vec<Tagged<QuestionProblem>>),
    /// The prover has no verdict.
    Claim(ClaimError),
}

impl Asker<'_> {
    /// Whether resources with policies let in someone without any tie to their accounts, in the order of their ARNs. Without
    /// names these are all of the world's, the roles with their trust policies among them.
    ///
    /// # Errors
    /// When a name means no resource, or a policy is not valid for the way it is attached.
    pub fn public(
        &self,
        prover: &Prover<'_>,
        names: &[String],
        rules: RuleSelection,
    ) -> Result<Vec<PublicResource>, NotTold> {
        let mut resources: BTreeMap<String, String> = BTreeMap::new();
        for (index, name) in names.iter().enumerate() {
            let chosen = self.named_by_anyone(name);
            let chosen =
                chosen.map_err(|problem| NotTold::Refused(vec![Tagged::new(About::Resource(index), name, problem)]))?;
            resources.insert(chosen.resource, name.clone());
        }
        if names.is_empty() {
            resources = with_policies(self.world());
        }
        let told = resources.into_iter().map(|(arn, name)| {
            let (verdict, names_nobody) = self.is_public(prover, &arn, rules)?;
            let arn = self.world().symbols().map_or(arn.clone(), |symbols| symbols.display(&arn).into_owned());
            Ok(PublicResource { name, arn, names_nobody, verdict })
        });
        told.collect()
    }

    /// Whether a resource is public, and whether its policy names nobody.
    fn is_public(
        &self,
        prover: &Prover<'_>,
        arn: &str,
        rules: RuleSelection,
    ) -> Result<(PublicVerdict, bool), NotTold> {
        let refused = |findings: Vec<Finding>| NotTold::Refused(whole(findings));
        let anonymous = Principal::of_class(PrincipalClass::Anonymous, "anonymous")
            .unwrap_or_else(|_| unreachable!("this is a principal"));
        let stranger = self.world().stranger(anonymous);
        let caller = Caller { principal: &stranger, endpoint: None, resource_account: None };
        let action = if is_role(arn) { "sts:AssumeRole" } else { "x:x" };
        let action = Action::literal(action).unwrap_or_else(|_| unreachable!("this is an action"));
        let situation = self.situation(&caller, &action, arn).map_err(refused)?;
        let Assembled { policies: set, attachments } = self.policies(&situation.policies).map_err(refused)?;
        let set = crate::claim::by_rules(set, rules);
        let documents = attachments.iter().map(|own| own.policy.shared_document().clone());
        let policies = Policies::new(set.clone(), documents)
            .ok_or_else(|| NotTold::Refused(whole(crate::claim::without_documents())))?;
        let mut parts = vec![(vec![arn.to_owned()], keys_of_resource(&situation.context, &set))];
        if World::has_things_under(arn) && !is_role(arn) {
            let below = format!("{arn}/*");
            let keys = self.situation(&caller, &action, &below).map_err(refused)?.context;
            match (&mut parts[..], keys_of_resource(&keys, &set)) {
                ([(globs, own)], keys) if *own == keys => globs.push(below),
                (_, keys) => parts.push((vec![below], keys)),
            }
        }
        let parsed: Option<Arn> = arn.parse().ok();
        let actions = match &parsed {
            _ if is_role(arn) => vec!["sts:*".into()],
            Some(arn) => actions_on(arn, self.catalogue()),
            None => Vec::new(),
        };
        let names_nobody = names_nobody(&policies);
        let mut unknown = BTreeSet::new();
        for (resources, keys) in parts {
            let scope = Scope {
                actions: actions.clone(),
                resources,
                resource_account: situation.resource_account,
                in_management_account: situation.in_management_account,
                keys,
                ..Scope::default()
            };
            let Public { counterexample, policies: deciding, undecided } =
                prover.public(&policies, &scope).map_err(NotTold::Claim)?;
            if let Some(found) = counterexample {
                let policies = deciding.unwrap_or(policies);
                let let_in = LetIn { found, policies, set, attachments, places: Places::default() };
                return Ok((PublicVerdict::Public(Box::new(let_in)), names_nobody));
            }
            unknown.extend(undecided);
        }
        let unknown: Vec<Undecided> = unknown.into_iter().collect();
        let verdict = if unknown.is_empty() { PublicVerdict::NotPublic } else { PublicVerdict::Unknown(unknown) };
        Ok((verdict, names_nobody))
    }
}

/// Whether there are policies of the resource, and no statement of theirs has a principal element.
fn names_nobody(policies: &Policies) -> bool {
    let of_resource = policies.set().policies().zip(policies.documents());
    let of_resource = of_resource.filter(|(policy, _)| Layer::of(policy.kind()) == Layer::Resource);
    let mut statements = of_resource.flat_map(|(_, document)| document.statements()).peekable();
    statements.peek().is_some() && statements.all(|statement| statement.principal().is_none())
}

/// What the world says of a resource that policies look at. What it says of the caller is not so of every stranger.
fn keys_of_resource(context: &Context, policies: &PolicySet) -> Vec<KeyScope> {
    let read: BTreeSet<&ContextKey> = policies.context_keys().collect();
    let is_meant =
        |key: &ContextKey| key.as_str().to_ascii_lowercase().starts_with("aws:resource") && read.contains(key);
    let mut keys = Vec::new();
    keys::add(&mut keys, context);
    keys.retain(|scope| is_meant(&scope.key));
    keys
}

fn is_role(arn: &str) -> bool {
    arn.split(':').nth(2) == Some("iam")
}

/// The resources of a world that have policies, and the roles that have trust policies, by ARN with their names.
fn with_policies(world: &World) -> BTreeMap<String, String> {
    let resources = world.resources().iter().filter(|(_, resource)| resource.policy.is_some());
    let resources = resources.map(|(name, resource)| (resource.arn.to_string(), name.clone()));
    let roles = world.principals().iter().filter(|(_, known)| known.trust().is_some());
    let roles = roles.filter_map(|(name, known)| Some((known.principal().principal_arn()?.to_owned(), name.clone())));
    roles.chain(resources).collect()
}
