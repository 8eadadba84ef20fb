//! From a request in names to a question that can be decided.

use crate::given::Given;
use crate::load::rendered;
use crate::scene::{Chosen, Refusal, Scene, attachments};
use crate::{Policies, Request};
use iameval::{Context, Diagnostic, Layer, PolicyKind, PolicySet, Principal, PrincipalClass};
use iameval_data::{Catalogue, parse_action};
use iameval_report::words::listed;
use iameval_report::{Attachment, Question};
use iameval_world::{Unbound, World, WorldPrincipal};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a world, or policies without one, make of a request.
pub trait Pose {
    /// The question that the request comes to.
    ///
    /// # Errors
    /// Why it cannot be asked.
    fn pose(&self, request: &Request) -> Result<Posed, String>;

    /// Whether an answer that depends on a key that was not given is none.
    fn is_strict(&self) -> bool {
        false
    }

    /// The named contexts.
    fn contexts(&self) -> &BTreeMap<String, Context> {
        static NONE: BTreeMap<String, Context> = BTreeMap::new();
        &NONE
    }
}

/// A question that can be decided.
#[derive(Debug)]
pub struct Posed {
    pub(crate) question: Question,
    pub(crate) policies: PolicySet,
    pub(crate) attachments: Arc<[Attachment]>,
    pub(crate) request: iameval::Request,
}

impl Pose for World {
    fn pose(&self, request: &Request) -> Result<Posed, String> {
        pose(self, None, request)
    }

    fn is_strict(&self) -> bool {
        self.defaults().strict_context.unwrap_or(false)
    }

    fn contexts(&self) -> &BTreeMap<String, Context> {
        self.contexts()
    }
}

impl Pose for PolicySet {
    fn pose(&self, request: &Request) -> Result<Posed, String> {
        pose(&World::default(), Some((self, &Arc::from([]))), request)
    }
}

impl Pose for Policies {
    fn pose(&self, request: &Request) -> Result<Posed, String> {
        pose(&World::default(), Some((self.set(), self.attachments())), request)
    }
}

/// Policies that stand in for those of the world, which is empty then.
type Bare<'a> = (&'a PolicySet, &'a Arc<[Attachment]>);

fn pose(world: &World, bare: Option<Bare<'_>>, asked: &Request) -> Result<Posed, String> {
    let catalogue = Catalogue::embedded();
    let action = parse_action(&asked.action).map_err(|diagnostic| said(&diagnostic))?;
    let who = match bare {
        Some((policies, _)) => world.stranger(without_world(asked, policies)?),
        None => caller(world, asked.principal.as_deref())?,
    };
    let via = asked.via.as_ref().map(|name| world.named_endpoint(name)).transpose();
    let via = via.map_err(|diagnostic| said(&diagnostic))?;
    let scene = Scene { world, catalogue, who: &who, via, instead: bare.map(|(policies, _)| policies) };
    let Given { context, mfa } = Given { context: asked.context.clone(), mfa: asked.mfa }.above(world.defaults());
    let chosen = match asked.resource.as_ref().or(world.defaults().resource.as_ref()) {
        Some(text) => scene.named(text).map_err(Refusal::from),
        None => scene.inferred(&action, &context),
    };
    let Chosen { resource, inferred } = chosen.map_err(Refusal::in_words)?;
    let situation = scene.situation(&action, &resource).map_err(|findings| rendered(&findings))?;
    let request = scene.request(&situation, &action, &context, mfa);
    let question = Question::of_situation(&situation, &asked.action, inferred, mfa);
    let (policies, attachments) = match bare {
        Some((policies, attachments)) => (policies.clone(), attachments.clone()),
        None => (situation.policies.set().clone(), attachments(&situation.policies)),
    };
    // Root needs no policies.
    let is_root = who.principal().class() == Some(PrincipalClass::Root);
    if !is_root && !Layer::ALL.iter().any(|layer| policies.has_layer(*layer)) {
        return Err("there are no policies to decide by".into());
    }
    Ok(Posed { question, policies, attachments, request })
}

/// Who asks where no world says who there is.
fn without_world(asked: &Request, policies: &PolicySet) -> Result<Principal, String> {
    if asked.via.is_some() {
        return Err("policies without a world know no endpoints; `Policies::endpoint` adds the policy of one".into());
    }
    let principal = match &asked.principal {
        Some(text) => text.parse().map_err(|error: iameval::PrincipalError| error.to_string())?,
        None => Principal::unnamed(),
    };
    match unbound(policies, &principal) {
        Some(Unbound { message, help }) => Err(with_help(&message, &help)),
        None => Ok(principal),
    }
}

/// Whether some of the policies do not bind the principal, although somebody means them to.
pub(crate) fn unbound(policies: &PolicySet, principal: &Principal) -> Option<Unbound> {
    let kinds = [PolicyKind::Session, PolicyKind::ScopeDown].into_iter();
    let mut given = kinds.filter(|kind| policies.has_layer(Layer::of(*kind)));
    given.find_map(|kind| Unbound::find(kind, principal, "`Policies::scope_down`"))
}

/// The principal of that name, or the default one, or the only one.
fn caller(world: &World, name: Option<&str>) -> Result<WorldPrincipal, String> {
    if let Some(name) = name.or(world.defaults().principal.as_deref()) {
        return world.caller(name).map_err(|diagnostic| said(&diagnostic));
    }
    let mut all = world.principals().values();
    match (all.next(), all.next()) {
        (Some(only), None) => Ok(only.clone()),
        (None, _) => Ok(world.stranger(world.account().map_or_else(Principal::unnamed, Principal::unnamed_in))),
        _ => {
            let names: Vec<&str> = world.principals().keys().map(String::as_str).collect();
            let help = format!("the world knows {}", listed(&names, ", ", 12));
            Err(with_help("the request does not say who asks, and the world has no default principal", &help))
        }
    }
}

impl Refusal {
    fn in_words(self) -> String {
        match self {
            Self::Question(diagnostic) => said(&diagnostic),
            Self::Policies(findings) => rendered(&findings),
        }
    }
}

/// A diagnostic without a place, in words.
fn said(diagnostic: &Diagnostic) -> String {
    match &diagnostic.help {
        Some(help) => with_help(&diagnostic.message, help),
        None => diagnostic.message.clone(),
    }
}

fn with_help(message: &str, help: &str) -> String {
    format!("{message}\nhelp: {help}")
}
