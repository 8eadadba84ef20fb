//! From a request in names to a question that can be decided.

use crate::given::is_mfa_key;
use crate::load::rendered;
use crate::run::attachments;
use crate::{Policies, Request};
use iameval::{Action, Context, ContextKey, Diagnostic, Layer, PolicySet, Principal, PrincipalClass};
use iameval_data::{Catalogue, parse_action};
use iameval_report::words::{listed, quoted};
use iameval_report::{Attachment, Question, depends_on_resource};
use iameval_world::{Ask, Call, Inferred, Lacking, ResourceNeeded, World, WorldEndpoint, WorldPrincipal, overlay};
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
        Some(_) => world.stranger(without_world(asked)?),
        None => caller(world, asked.principal.as_deref())?,
    };
    let via = asked
        .via
        .as_ref()
        .map(|name| world.named_endpoint(name))
        .transpose()
        .map_err(|diagnostic| said(&diagnostic))?;
    let mut context = world.defaults().context.clone();
    overlay(&mut context, &asked.context);
    context.declare_multivalued(|key| catalogue.is_multivalued(key));
    let scene = Scene { world, bare, who: &who, via };
    let (resource, inferred) = match asked.resource.as_ref().or(world.defaults().resource.as_ref()) {
        Some(text) => (scene.named(text)?, None),
        None => scene.inferred(&action, region(&context), catalogue)?,
    };
    let situation = world.situation(&scene.ask(&action, &resource)).map_err(|findings| rendered(&findings))?;
    let mfa = asked.mfa.or(world.defaults().mfa.filter(|_| !asked.context.iter().any(|(key, _)| is_mfa_key(key))));
    let mut builder = situation.request(action, &context);
    if let Some(mfa) = mfa {
        builder = builder.mfa(mfa);
    }
    let mut request = builder.build();
    request.declare_multivalued(|key| catalogue.is_multivalued(key));
    let (policies, attachments) = match bare {
        Some((set, attachments)) => (set.clone(), attachments.clone()),
        None => (situation.layers.set().clone(), attachments(&situation.layers)),
    };
    // Root needs no policies.
    let is_root = who.principal().class() == Some(PrincipalClass::Root);
    if !is_root && !Layer::ALL.iter().any(|layer| policies.has_layer(*layer)) {
        return Err("there are no policies to decide by".into());
    }
    let question = Question {
        action: asked.action.clone(),
        resource,
        inferred,
        account: situation.resource_account.or_else(|| who.principal().account()),
        principal: who.principal().to_string(),
        mfa,
        id: None,
    };
    Ok(Posed { question, policies, attachments, request })
}

/// Who asks, where, under which policies.
struct Scene<'a> {
    world: &'a World,
    bare: Option<Bare<'a>>,
    who: &'a WorldPrincipal,
    via: Option<&'a WorldEndpoint>,
}

impl Scene<'_> {
    fn ask<'s>(&'s self, action: &'s Action, resource: &'s str) -> Ask<'s> {
        Ask { principal: self.who, action, resource, owner: None, via: self.via }
    }

    /// The resource that a text means.
    fn named(&self, text: &str) -> Result<String, String> {
        self.world.named_resource(text, self.who.principal()).map_err(|diagnostic| said(&diagnostic))
    }

    /// The resource that follows from the action.
    fn inferred(
        &self,
        action: &Action,
        region: Option<&str>,
        catalogue: &Catalogue,
    ) -> Result<(String, Option<Inferred>), String> {
        let situation = self.world.situation(&self.ask(action, "*")).map_err(|findings| rendered(&findings))?;
        let set = self.bare.map_or(situation.layers.set(), |(set, _)| set);
        let call = Call { principal: self.who.principal(), action, region };
        let found = self.world.infer_resource(&call, set, catalogue);
        let (resource, inferred) = found.map_err(|needed| resource_needed(action, &needed, set))?;
        Ok((resource, Some(inferred)))
    }
}

fn resource_needed(action: &Action, needed: &ResourceNeeded, set: &PolicySet) -> String {
    let mut help = format!(
        "name it with `resource`: an ARN such as {}, `self` for the caller, or `*` for no resource",
        quoted(&needed.forms, 3)
    );
    if needed.lacking.contains(&Lacking::Region) {
        help += "; or give `aws:RequestedRegion`, for the service itself asks with that ARN";
    }
    with_help(&depends_on_resource(action, needed, set), &help)
}

/// Whoever asks where no world says who there is.
fn without_world(asked: &Request) -> Result<Principal, String> {
    if asked.via.is_some() {
        return Err("policies without a world know no endpoints; `Policies::endpoint` adds the policy of one".into());
    }
    let Some(text) = &asked.principal else { return Ok(Principal::unnamed()) };
    text.parse().map_err(|error: iameval::PrincipalError| error.to_string())
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

/// Where the request goes to, when that is known.
fn region(context: &Context) -> Option<&str> {
    context.value(&ContextKey::new("aws:RequestedRegion"))?.texts().next()
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
