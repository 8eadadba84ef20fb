//! The policies of a simulation, each with what its statements are told by.

use super::With;
use crate::fault::Fault;
use crate::form::Form;
use crate::parameter;
use crate::policy_text::PolicyText;
use iameval::{CompiledPolicy, LayeredPolicies, PolicyKind};
use std::sync::Arc;

/// A policy of a simulation.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) compiled: Arc<CompiledPolicy>,
    /// How long its text is, in bytes: what a decision by it may cost.
    pub(super) length: usize,
    /// `None` for what no answer lists.
    pub(super) listed: Option<Listed>,
}

/// What statements are told by (R-SIM-18).
#[derive(Debug, Clone)]
pub(super) struct Listed {
    pub(super) id: String,
    pub(super) text: Arc<PolicyText>,
}

pub(super) type Sources = LayeredPolicies<Source>;

impl Source {
    /// A policy whose statements answers list.
    pub(super) fn listed(id: String, text: Arc<PolicyText>) -> Self {
        Self { compiled: text.compiled.clone(), length: text.text.len(), listed: Some(Listed { id, text }) }
    }

    /// A policy whose statements no answer lists.
    pub(super) fn unlisted(compiled: Arc<CompiledPolicy>, length: usize) -> Self {
        Self { compiled, length, listed: None }
    }
}

/// The name of the type of policy on the wire (R-SIM-19).
pub(super) fn wire_type(kind: PolicyKind) -> &'static str {
    match kind {
        PolicyKind::PermissionsBoundary => "Permissions Boundary Policy",
        PolicyKind::Resource | PolicyKind::RoleTrust => "Resource Policy",
        _ => "IAM Policy",
    }
}

/// Adds the policies of a list; `ids` names each by its number.
pub(super) fn add_list(
    sources: &mut Sources,
    kind: PolicyKind,
    name: &str,
    policies: &[&str],
    with: With<'_>,
) -> Result<(), Fault> {
    for (number, policy) in (1..).zip(policies) {
        let text = with.policy(kind, policy).map_err(|detail| {
            Fault::invalid_input(format!("Policy input list item {number} has invalid content")).with_detail(detail)
        })?;
        sources.add(kind, Source::listed(format!("{name}.{number}"), text));
    }
    Ok(())
}

/// The boundary of a form, where it has one.
pub(super) fn boundary(form: &Form, with: With<'_>) -> Result<Option<Sources>, Fault> {
    const NAME: &str = "PermissionsBoundaryPolicyInputList";
    let Some(policies) = parameter::policies(form, NAME)? else { return Ok(None) };
    if policies.len() > 1 {
        return Err(Fault::invalid_input("The list of Permissions Boundary policies cannot exceed 1 items."));
    }
    let mut sources = Sources::new();
    add_list(&mut sources, PolicyKind::PermissionsBoundary, NAME, &policies, with)?;
    Ok((!sources.is_empty()).then_some(sources))
}

/// The levels of SCPs of a form, root first.
pub(super) fn organization(form: &Form, sources: &mut Sources, with: With<'_>) -> Result<(), Fault> {
    const NAME: &str = "OrderedOrganizationPolicyInputList";
    let levels = form.list(NAME).unwrap_or_default();
    if levels.len() > 7 {
        return Err(Fault::validation("orderedOrganizationPolicyInputList", "have length less than or equal to 7"));
    }
    for (number, level) in (1..).zip(levels) {
        let policies = parameter::policies(level, "ServiceControlPolicyInputList")?.unwrap_or_default();
        if policies.is_empty() {
            // CHOICE: counted from 1, as items of policy lists are.
            let message =
                format!("Organization policy at index {number} must contain at least one service control policy");
            return Err(Fault::invalid_input(message));
        }
        sources.begin_level(PolicyKind::ServiceControl, None);
        for (item, policy) in (1..).zip(policies) {
            let text = with.policy(PolicyKind::ServiceControl, policy).map_err(|detail| {
                Fault::invalid_input(format!("Policy input list item {item} has invalid content"))
                    .with_detail(format!("level {number}: {detail}"))
            })?;
            sources.add(PolicyKind::ServiceControl, Source::unlisted(text.compiled.clone(), text.text.len()));
        }
    }
    Ok(())
}
