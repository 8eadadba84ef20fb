//! Which resource a call is about when none is given.

use crate::world::World;
use iameval::{Action, Arn, PolicySet, Principal, PrincipalClass, StatementId};
use iameval_data::{ActionInfo, Catalogue, DefaultResource, readable_form};

/// Why a resource was inferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inferred {
    /// The action acts on the caller's own user.
    OwnUser,
    /// The action acts on the caller's own MFA device.
    OwnMfaDevice,
    /// The service itself asks with this ARN.
    AskedByService,
    /// The action has no resource.
    NoResource,
    /// No statement tells resources apart, so the answer holds for every one.
    AnyResource,
}

impl Inferred {
    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            Inferred::OwnUser => "acts on the caller",
            Inferred::OwnMfaDevice => "acts on the caller's MFA device",
            Inferred::AskedByService => "the ARN that the service uses",
            Inferred::NoResource => "the action has no resource",
            Inferred::AnyResource => "no statement distinguishes resources",
        }
    }
}

/// A call whose resource is looked for.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// Who calls.
    pub principal: &'a Principal,
    /// What.
    pub action: &'a Action,
    /// Where the request goes to, when that is known.
    pub region: Option<&'a str>,
}

/// The answer depends on the resource, and none follows from the call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceNeeded {
    /// By what it depends on the resource.
    pub by: DependsBy,
    /// The forms of the ARNs that the action takes.
    pub forms: Vec<String>,
    /// What would have to be known besides for the ARN that the service itself asks with.
    pub lacking: Vec<Lacking>,
}

/// By what an answer depends on the resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DependsBy {
    /// Statements that tell resources apart.
    Statements(Vec<StatementId>),
    /// Resources of the world with policies of their own.
    Policies(Vec<String>),
    /// A rule of the service.
    ServiceRule,
}

/// A part of an ARN that is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lacking {
    /// The caller's account.
    Account,
    /// The region.
    Region,
}

impl World {
    /// The resource that follows from a call: the caller's own user or device, the ARN that the service itself asks
    /// with, or none; and `*` where no statement and no rule tells resources apart.
    ///
    /// `policies` are those that decide about the call on no resource of the world.
    ///
    /// # Errors
    /// When the answer depends on the resource.
    pub fn infer_resource(
        &self,
        call: &Call<'_>,
        policies: &PolicySet,
        catalogue: &Catalogue,
    ) -> Result<(String, Inferred), ResourceNeeded> {
        let Call { principal, action, .. } = *call;
        let info = catalogue.action(action.as_str());
        let user = principal.id().filter(|_| principal.class() == Some(PrincipalClass::User));
        let follows = iameval_data::asked(action, catalogue);
        match (follows, user, principal.account()) {
            (Some(DefaultResource::Nothing), ..) => return Ok(("*".into(), Inferred::NoResource)),
            (Some(DefaultResource::OwnUser), Some(user), _) => return Ok((user.into(), Inferred::OwnUser)),
            (Some(DefaultResource::OwnMfaDevice), Some(user), Some(account)) => {
                let name = principal.user_name().unwrap_or_default();
                return Ok((format!("arn:{}:iam::{account}:mfa/{name}", partition(user)), Inferred::OwnMfaDevice));
            }
            (Some(DefaultResource::Pattern(pattern)), ..) => {
                if let Ok(arn) = call.filled(pattern) {
                    return Ok((arn, Inferred::AskedByService));
                }
            }
            _ => {}
        }
        let guarded = self.guarded(action, info);
        if guarded.is_empty() && !policies.tells_resources_apart(action) {
            return Ok(("*".into(), Inferred::AnyResource));
        }
        Err(call.needed(follows, info, policies, guarded))
    }

    /// The resources of the world that have a policy and that the action can be evaluated on, or on something in them.
    fn guarded(&self, action: &Action, info: Option<ActionInfo<'_>>) -> Vec<String> {
        let takes = |arn: &Arn| match info {
            Some(info) => info.takes(arn.as_str()) || info.takes(&format!("{arn}/x")),
            None => arn.service() == action.service(),
        };
        let guarded = self.resources.iter().filter(|(_, resource)| resource.policy.is_some() && takes(&resource.arn));
        guarded.map(|(name, _)| name.clone()).collect()
    }
}

impl Call<'_> {
    /// The ARN that a service asks with, or what is not known of it.
    fn filled(&self, pattern: &str) -> Result<String, Vec<Lacking>> {
        let account = self.principal.account().map(|account| account.to_string());
        let mut arn = pattern.replace("{partition}", self.principal.id().map_or("aws", partition));
        let mut lacking = Vec::new();
        for (part, value, what) in
            [("{account}", account.as_deref(), Lacking::Account), ("{region}", self.region, Lacking::Region)]
        {
            match value {
                Some(value) => arn = arn.replace(part, value),
                None if arn.contains(part) => lacking.push(what),
                None => {}
            }
        }
        if lacking.is_empty() { Ok(arn) } else { Err(lacking) }
    }

    fn needed(
        &self,
        follows: Option<DefaultResource>,
        info: Option<ActionInfo<'_>>,
        policies: &PolicySet,
        guarded: Vec<String>,
    ) -> ResourceNeeded {
        let statements = policies.statements_telling_resources(self.action);
        let by = match (statements.is_empty(), guarded.is_empty()) {
            (false, _) => DependsBy::Statements(statements),
            (true, false) => DependsBy::Policies(guarded),
            (true, true) => DependsBy::ServiceRule,
        };
        let (forms, lacking) = match (follows, info) {
            (Some(DefaultResource::Pattern(pattern)), _) => {
                (vec![readable_form(&pattern.replace('{', "${"))], self.filled(pattern).err().unwrap_or_default())
            }
            (_, Some(info)) => (arn_forms(&[info]), Vec::new()),
            (_, None) => (vec![form_of_unknown(self.action)], Vec::new()),
        };
        ResourceNeeded { by, forms, lacking }
    }
}

/// The forms of the ARNs that actions take, as people write them, each once, first what a call always needs, then the
/// shortest.
pub fn arn_forms(actions: &[ActionInfo<'_>]) -> Vec<String> {
    let mut taken: Vec<_> = actions.iter().flat_map(|info| info.resource_types()).collect();
    taken.sort_by_key(|taken| (!taken.required, taken.resource_type.arns().map(str::len).min()));
    let mut forms: Vec<String> = Vec::new();
    for arn in taken.iter().flat_map(|taken| taken.resource_type.arns()).map(readable_form) {
        if !forms.contains(&arn) {
            forms.push(arn);
        }
    }
    forms
}

fn form_of_unknown(action: &Action) -> String {
    match action.service() {
        "sts" => "arn:aws:iam::ACCOUNT:role/NAME".to_owned(),
        "s3" => "arn:aws:s3:::BUCKET/KEY".to_owned(),
        service => format!("arn:aws:{service}:…"),
    }
}

fn partition(arn: &str) -> &str {
    arn.split(':').nth(1).unwrap_or("aws")
}
