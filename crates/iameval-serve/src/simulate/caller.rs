//! Who is simulated: the principal of the requests, and the context keys that follow from who it is (R-SIM-04).

use crate::fault::Fault;
use iameval::{AccountId, Arn, Context, Principal, PrincipalClass};
use iameval_world::World;

/// Who is simulated.
#[derive(Debug)]
pub(super) struct Caller {
    /// `None` where no one is named: some user of the account that owns the resource.
    pub(super) principal: Option<Principal>,
    /// Keys that have a value unless an entry says another.
    pub(super) defaults: Context,
}

impl Caller {
    /// The user, group or role that `CallerArn` names.
    pub(super) fn named(text: &str, world: &World) -> Result<Self, Fault> {
        let wrong = || Fault::invalid_input(format!("Invalid ARN provided in the request: {text}"));
        let arn: Arn = text.parse().map_err(|_| wrong())?;
        let account = arn.account_id().filter(|_| arn.service() == "iam").ok_or_else(wrong)?;
        let mut defaults = Context::new();
        defaults.insert("aws:userid", text);
        let is_group = arn.resource().strip_prefix("group/").is_some_and(|name| !name.is_empty());
        let principal = if is_group {
            // No policy names a group, and its requests have no user's name.
            defaults.insert("aws:PrincipalArn", text);
            Principal::unnamed_in(account)
        } else {
            let principal: Principal = text.parse().map_err(|_| wrong())?;
            if !matches!(principal.class(), Some(PrincipalClass::User | PrincipalClass::Role)) {
                return Err(wrong());
            }
            principal
        };
        Ok(Self { principal: Some(world.stranger(principal).principal().clone()), defaults })
    }

    /// No one in particular; `account` calls the API.
    pub(super) fn anyone(account: AccountId) -> Self {
        let mut defaults = Context::new();
        defaults.insert("aws:userid", "STUB_PRINCIPAL_FOR_POLICY_SIMULATOR");
        defaults.insert("aws:PrincipalAccount", account.as_str());
        Self { principal: None, defaults }
    }
}
