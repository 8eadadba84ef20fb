//! CloudTrail events.

use super::{DeniedCall, INPUTS, NoDenial, UnreadDenial, account_of, message};
use iameval_cloudtrail::{Event, Events, UNKNOWN_KEYS};
use iameval_data::Catalogue;

/// The refused calls of events.
///
/// # Errors
/// When none was refused.
pub(super) fn read(text: &str, catalogue: &Catalogue) -> Result<Vec<Result<DeniedCall, UnreadDenial>>, NoDenial> {
    let (mut calls, mut allowed) = (Vec::new(), 0_usize);
    for (number, event) in Events::new(text).enumerate() {
        let place = format!("record {}", number + 1);
        match event {
            Ok(event) if event.is_denied() => calls.push(of(&event, place, catalogue)),
            Ok(_) => allowed += 1,
            Err(error) => {
                calls.push(Err(UnreadDenial { place, message: error.problem.to_string() }));
            }
        }
    }
    if calls.is_empty() {
        let message = match allowed {
            0 => "the input has no CloudTrail event".to_owned(),
            1 => "the call of this CloudTrail event was not refused".to_owned(),
            more => format!("none of the calls of these {more} CloudTrail events was refused"),
        };
        return Err(NoDenial { message, help: INPUTS });
    }
    Ok(calls)
}

fn of(event: &Event<'_>, place: String, catalogue: &Catalogue) -> Result<DeniedCall, UnreadDenial> {
    let said = event.error_message.as_deref().unwrap_or_default();
    // What the message says of policies; the rest is better known from the event.
    let by_message = message::read(said, catalogue).into_iter().flatten().next().unwrap_or_default();
    let asked = match event.request(catalogue) {
        Ok(asked) => asked,
        // What no catalogue knows, or who is not told, the message may say.
        Err(_) if by_message.action.is_some() => return Ok(DeniedCall { place, ..by_message }),
        Err(error) => return Err(UnreadDenial { place, message: error.to_string() }),
    };
    // The message may refuse another action that the call needs.
    let other = by_message.action.as_ref().filter(|action| !action.eq_ignore_ascii_case(asked.action.as_str()));
    let known =
        asked.also.iter().find(|(action, _)| other.is_some_and(|other| other.eq_ignore_ascii_case(action.as_str())));
    let (action, resources) = match known {
        Some((action, resource)) => (action.to_string(), vec![resource.clone()]),
        None => (asked.action.to_string(), asked.resources.clone()),
    };
    let principal = asked.principal.id().map(ToOwned::to_owned);
    let context = asked.context;
    let is_vpce = event.error_code.as_deref() == Some("VpceAccessDenied");
    Ok(DeniedCall {
        place,
        account: principal
            .as_deref()
            .and_then(account_of)
            .or_else(|| event.user_identity.account_id.as_deref()?.parse().ok()),
        principal,
        action: Some(action),
        operation: Some(event.name.to_string()),
        resource_account: resources.first().and_then(|asked| asked.owner),
        resources: resources.into_iter().map(|asked| asked.resource).collect(),
        layer: by_message.layer.or(is_vpce.then_some(iameval::Layer::Endpoint)),
        policy_arn: by_message.policy_arn,
        explicit: by_message.explicit,
        encoded: by_message.encoded || said.contains("Encoded authorization failure message"),
        context: context.context,
        vpc_endpoint: event.vpc_endpoint.as_deref().map(ToOwned::to_owned),
        told: context.told.into_iter().map(|told| (told.key.into_owned(), told.field.into_owned())).collect(),
        assumed: context.assumed.into_iter().map(|own| (own.key.to_owned(), own.assumption.to_owned())).collect(),
        untold: UNKNOWN_KEYS.iter().map(|key| (key.key.to_owned(), key.why.to_owned())).collect(),
    })
}
