//! `SimulateCustomPolicy` and `SimulatePrincipalPolicy`: from a form to results, as AWS's policy simulator gives them
//! (R-SIM-03 to R-SIM-26).

mod caller;
mod context;
mod evaluate;
mod exclusion;
mod fit;
mod question;
mod result;
mod source;
mod template;
mod write;

use crate::entities::{Entities, Entity, EntityKind};
use crate::fault::Fault;
use crate::form::Form;
use crate::parameter;
use crate::policy_text::{PolicyText, PolicyTexts};
use crate::xml::Xml;
use caller::Caller;
use evaluate::Evaluation;
use exclusion::Exclusions;
use iameval::{Arn, EvaluationMode, PolicyKind, PolicySet};
use iameval_data::Catalogue;
use iameval_world::World;
use question::Question;
use source::{Source, Sources};
use std::sync::Arc;

/// What answers are made like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shape {
    /// One result for each action and resource, as clients recorded until 2025.
    Compat2025,
    /// One result for each action, with those of its resources within (R-SIM-08).
    #[default]
    Compat2026,
}

/// What simulations are made with.
#[derive(Clone, Copy)]
pub(crate) struct With<'a> {
    pub(crate) world: &'a World,
    pub(crate) entities: &'a Entities,
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) texts: &'a PolicyTexts,
    pub(crate) shape: Shape,
    pub(crate) mode: EvaluationMode,
}

impl With<'_> {
    /// The policy of a text.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    fn policy(&self, kind: PolicyKind, text: &str) -> Result<Arc<PolicyText>, String> {
        self.texts.get(kind, text, &self.entities.names)
    }
}

/// `SimulateCustomPolicy`: the policies that the form brings.
pub(crate) fn custom(form: &Form, with: With<'_>, xml: &mut Xml) -> Result<(), Fault> {
    let question = Question::read(form, with)?;
    let policies = parameter::policies(form, POLICIES)?.ok_or_else(|| Fault::missing("policyInputList"))?;
    let mut sources = Sources::new();
    source::add_list(&mut sources, PolicyKind::Identity, POLICIES, &policies, with)?;
    if let Some(boundary) = source::boundary(form, with)? {
        sources.append(boundary);
    }
    source::organization(form, &mut sources, with)?;
    let caller = form.text("CallerArn").map(|arn| Caller::named(arn, with.world)).transpose()?;
    if form.text("ResourcePolicy").is_some() && caller.is_none() {
        return Err(Fault::invalid_input("CallerArn is required when ResourcePolicy is specified."));
    }
    let caller = caller.unwrap_or_else(|| Caller::anyone(with.entities.account));
    answer(form, &question, sources, caller, with, xml)
}

/// `SimulatePrincipalPolicy`: the policies of a user, group or role, and those that the form adds.
pub(crate) fn principal(form: &Form, with: With<'_>, xml: &mut Xml) -> Result<(), Fault> {
    let question = Question::read(form, with)?;
    let entity = entity(form, with.entities)?;
    let exclusions = Exclusions::read(form)?;
    let mut sources = Sources::new();
    for holder in std::iter::once(entity).chain(groups(entity, with.entities)) {
        let kept = holder.policies.iter().filter(|policy| !exclusions.leaves_out(policy, holder));
        for policy in kept {
            let text = policy.text(PolicyKind::Identity)?;
            sources.add(PolicyKind::Identity, Source::listed(policy.source_id(holder), text));
        }
    }
    let added = parameter::policies(form, POLICIES)?.unwrap_or_default();
    source::add_list(&mut sources, PolicyKind::Identity, POLICIES, &added, with)?;
    let own = || entity.boundary.as_ref().filter(|policy| !exclusions.leaves_out_boundary(policy));
    if let Some(boundary) = source::boundary(form, with)? {
        sources.append(boundary);
    } else if let Some(policy) = own() {
        let text = policy.text(PolicyKind::PermissionsBoundary)?;
        sources.add(PolicyKind::PermissionsBoundary, Source::listed(policy.source_id(entity), text));
    }
    let caller = match form.text("CallerArn") {
        Some(arn) => Caller::named(arn, with.world)?,
        None => own_caller(entity, with)?,
    };
    if !exclusions.leave_out_scps() {
        add_scps(&mut sources, with)?;
    }
    answer(form, &question, sources, caller, with, xml)
}

const POLICIES: &str = "PolicyInputList";

/// The user, group or role that `PolicySourceArn` names, whatever the path.
pub(crate) fn entity<'e>(form: &Form, entities: &'e Entities) -> Result<&'e Entity, Fault> {
    let text = parameter::required(form, "PolicySourceArn")?;
    parameter::within("PolicySourceArn", text, &(20..=2048))?;
    let wrong = || Fault::invalid_input(format!("Invalid ARN provided in the request: {text}"));
    let arn: Arn = text.parse().map_err(|_| wrong())?;
    let (kind, name) = match arn.resource().split_once('/') {
        Some(("user", name)) => (EntityKind::User, name),
        Some(("group", name)) => (EntityKind::Group, name),
        Some(("role", name)) => (EntityKind::Role, name),
        _ => return Err(wrong()),
    };
    let account = arn.account_id().filter(|_| arn.service() == "iam").ok_or_else(wrong)?;
    if account != entities.account {
        let message = format!(
            "Invalid Policy Source Arn: caller's account {} does not have access to policies in account {account}.",
            entities.account
        );
        return Err(Fault::invalid_input(message));
    }
    let name = name.rsplit('/').next().unwrap_or(name);
    entities.all(kind).get(name).ok_or_else(|| {
        Fault::no_such_entity("Unable to retrieve specified IAM entity.")
            .with_detail(format!("the world has no {} {name}", kind.word()))
    })
}

/// The groups of a user.
pub(crate) fn groups<'e>(entity: &'e Entity, entities: &'e Entities) -> impl Iterator<Item = &'e Entity> {
    entity.groups.iter().filter_map(|name| entities.groups.get(name))
}

/// Whose policies they are asks. The simulator takes nothing else from the account: tags count in live evaluation.
fn own_caller(entity: &Entity, with: With<'_>) -> Result<Caller, Fault> {
    let mut caller = Caller::named(&entity.arn, with.world)?;
    if with.mode == EvaluationMode::Live {
        caller.defaults = entity.context.clone();
    }
    Ok(caller)
}

/// The SCPs over the account, as the world has them.
fn add_scps(sources: &mut Sources, with: With<'_>) -> Result<(), Fault> {
    let levels = with.world.account_facts(with.entities.account).map(|facts| facts.scps.as_slice());
    for level in levels.unwrap_or_default() {
        sources.begin_level(PolicyKind::ServiceControl, None);
        for attached in &level.policies {
            let compiled = attached.policy.compile(PolicyKind::ServiceControl).map_err(|findings| {
                let first = findings.first().map(ToString::to_string).unwrap_or_default();
                Fault::policy_evaluation("A service control policy could not be evaluated.").with_detail(first)
            })?;
            // No one who asks chooses these.
            sources.add(PolicyKind::ServiceControl, Source::unlisted(compiled, 0));
        }
    }
    Ok(())
}

fn answer(
    form: &Form,
    question: &Question<'_>,
    mut sources: Sources,
    caller: Caller,
    with: With<'_>,
    xml: &mut Xml,
) -> Result<(), Fault> {
    if let Some(policy) = form.text("ResourcePolicy") {
        let (kind, source) = question.resource_policy(policy, with)?;
        sources.add(kind, source);
    }
    let set = PolicySet::from(sources.map(|source| source.policy.compiled.clone())).with_mode(with.mode);
    let set = match with.mode {
        EvaluationMode::Live => set.with_service_rules(with.catalogue.service_rules().clone()),
        EvaluationMode::Simulator => set.without_service_rules(),
    };
    let set = match with.world.symbols() {
        Some(symbols) => set.with_symbols(symbols.clone()),
        None => set,
    };
    let page = parameter::page(form, question.actions.len())?;
    let evaluation = Evaluation::new(question, &sources, set, caller, with);
    let results = evaluation.results(page.from..page.to)?;
    write::results(&results, &evaluation, page.next.as_deref(), xml)
}
