//! What is asked: actions, resources and context, checked in the order in which AWS checks (R-SIM-07, R-SIM-14, R-SIM-23).

use super::fit::Fit;
use super::source::Source;
use super::{With, context};
use crate::fault::Fault;
use crate::form::Form;
use crate::parameter;
use iameval::{AccountId, Action, Arn, Context, EvaluationMode, PatternElement, PolicyKind, Statement};
use iameval_data::Catalogue;

/// What is asked.
#[derive(Debug)]
pub(super) struct Question<'f> {
    pub(super) actions: Vec<Action>,
    /// None where the parameter is left out.
    pub(super) resources: Vec<&'f str>,
    pub(super) context: Context,
    /// The account of resources whose ARNs have none.
    pub(super) owner: Option<AccountId>,
}

impl<'f> Question<'f> {
    pub(super) fn read(form: &'f Form, with: With<'_>) -> Result<Self, Fault> {
        let context = context::read(form)?;
        let names = parameter::texts(form, "ActionNames", &(3..=128))?.ok_or_else(|| Fault::missing("actionNames"))?;
        if names.is_empty() {
            return Err(Fault::validation("actionNames", "have length greater than or equal to 1"));
        }
        // CHOICE: a second colon is refused as a missing one is.
        let action = |name: &&str| {
            Action::literal(name)
                .map_err(|_| Fault::invalid_input("The action is invalid since it is missing names").with_detail(*name))
        };
        let actions = names.iter().map(action).collect::<Result<Vec<Action>, Fault>>()?;
        let resources = parameter::texts(form, "ResourceArns", &(1..=2048))?.unwrap_or_default();
        if let Some(wrong) = resources.iter().find(|text| !is_resource(text)) {
            return Err(not_an_arn(wrong));
        }
        if !resources.is_empty() {
            mixed(&actions, with.catalogue)?;
            handling(form, &actions)?;
        }
        let owner = form.text("ResourceOwner").map(|text| owner(text, with.mode)).transpose()?;
        Ok(Self { actions, resources, context, owner })
    }

    /// The policy that every resource has.
    pub(super) fn resource_policy(&self, text: &str, with: With<'_>) -> Result<(PolicyKind, Source), Fault> {
        parameter::policy("ResourcePolicy", text)?;
        let is_simulator = with.mode == EvaluationMode::Simulator;
        if is_simulator && (self.resources.is_empty() || self.resources.contains(&"*")) {
            let message = "Invalid Entity Arn: * does not clearly define entity type and name.";
            return Err(Fault::invalid_input(message));
        }
        let kind = if self.resources.iter().all(|resource| is_role(resource)) && !self.resources.is_empty() {
            PolicyKind::RoleTrust
        } else {
            PolicyKind::Resource
        };
        let policy = with
            .policy(kind, text)
            .map_err(|detail| Fault::invalid_input("Resource policy has invalid content").with_detail(detail))?;
        let statements = policy.document.statements().iter();
        let mut named = statements.filter_map(Statement::resource).flat_map(PatternElement::patterns);
        let names_all = named.any(|resource| resource == "*");
        drop(named);
        if is_simulator && names_all {
            return Err(not_an_arn("*"));
        }
        Ok((kind, Source::listed("ResourcePolicy".into(), policy)))
    }
}

fn not_an_arn(text: &str) -> Fault {
    Fault::invalid_input(format!("ResourceNames are not in a valid ARN format: {text}."))
}

/// `*`, or an ARN with partition, service and resource.
fn is_resource(text: &str) -> bool {
    let is_arn = |arn: Arn| [arn.partition(), arn.service(), arn.resource()].iter().all(|part| !part.is_empty());
    text == "*" || text.parse().is_ok_and(is_arn)
}

fn is_role(resource: &str) -> bool {
    resource.parse::<Arn>().is_ok_and(|arn| arn.service() == "iam" && arn.resource().starts_with("role/"))
}

/// With resources, known actions and unknown ones do not go together.
fn mixed(actions: &[Action], catalogue: &Catalogue) -> Result<(), Fault> {
    let is_known = |action: &&Action| Fit::of(action, catalogue).is_known();
    let (known, unknown): (Vec<&Action>, Vec<&Action>) = actions.iter().partition(is_known);
    if known.is_empty() || unknown.is_empty() {
        return Ok(());
    }
    let list = |actions: Vec<&Action>| actions.into_iter().map(Action::as_str).collect::<Vec<_>>().join(",");
    let message = format!(
        "Invalid Input Actions: [{}] and [{}] require different authorization information. ",
        list(known),
        list(unknown)
    );
    Err(Fault::invalid_input(message))
}

/// `ResourceHandlingOption` is for `ec2:RunInstances` (R-SIM-26).
fn handling(form: &Form, actions: &[Action]) -> Result<(), Fault> {
    if form.text("ResourceHandlingOption").is_none_or(str::is_empty) {
        return Ok(());
    }
    let Some(action) = actions.iter().find(|action| action.lowercase() != "ec2:runinstances") else { return Ok(()) };
    let message = format!(
        "Invalid input resource handling options. Action does not support resource handling options: {}. Please refer to \
         the documentation for more details: \
         https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html",
        action.as_str()
    );
    Err(Fault::invalid_input(message))
}

/// The account of an ARN; live evaluation takes the account id as well (R-SIM-05).
fn owner(text: &str, mode: EvaluationMode) -> Result<AccountId, Fault> {
    let bare = || (mode == EvaluationMode::Live).then(|| text.parse().ok()).flatten();
    let named = text.parse::<Arn>().ok().and_then(|arn| arn.account_id());
    named.or_else(bare).ok_or_else(|| Fault::invalid_input(format!("'{text}' is not a valid as a Resource Owner.")))
}
