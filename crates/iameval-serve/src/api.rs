//! The API as a function: from a form to a reply. It knows no HTTP beyond the number of a status.

use crate::context_keys;
use crate::directory;
use crate::entities::{Entities, EntityKind};
use crate::fault::Fault;
use crate::form::Form;
use crate::policy_text::PolicyTexts;
use crate::simulate::{self, Shape, With};
use crate::unknown;
use crate::xml::Xml;
use iameval::{AccountId, EvaluationMode};
use iameval_data::Catalogue;
use iameval_world::World;
use std::sync::Arc;

/// How much text of policies is remembered, compiled.
const KEEP: usize = 16 << 20;

/// IAM's API over a world: the simulator, and what clients read on the way. Copies share what was compiled.
///
/// ```
/// use iameval_data::Catalogue;
/// use iameval_serve::{Api, Call, Form, Settings};
/// use iameval_world::World;
///
/// let api = Api::new(World::default().into(), Catalogue::embedded(), Settings::default());
/// let mut form = Form::default();
/// form.add("Action", "SimulateCustomPolicy".into())?;
/// form.add("PolicyInputList.member.1",
///     r#"{"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}"#.into())?;
/// form.add("ActionNames.member.1", "s3:GetObject".into())?;
/// let reply = api.call(&form, &Call::default());
/// assert_eq!(reply.status, 200);
/// assert!(reply.body.contains("<EvalDecision>allowed</EvalDecision>"));
/// # Ok::<(), iameval_serve::Fault>(())
/// ```
#[derive(Debug, Clone)]
pub struct Api {
    world: Arc<World>,
    entities: Arc<Entities>,
    catalogue: &'static Catalogue,
    texts: Arc<PolicyTexts>,
    settings: Settings,
}

/// How an API answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Settings {
    /// What answers are made like.
    pub shape: Shape,
    /// As live services decide, where AWS's simulator differs.
    pub live: bool,
    /// The account that calls the API, where the world does not say; AWS's example account by default.
    pub account: Option<AccountId>,
}

/// What a call has beside its form.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Call<'c> {
    /// The id that the reply tells.
    pub request_id: &'c str,
    /// As live services decide, whatever the settings say.
    pub live: bool,
}

/// A reply.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// XML.
    pub body: String,
    /// The operation, where it is one that is served.
    pub operation: Option<&'static str>,
    /// The code of the error, where it is one.
    pub fault: Option<&'static str>,
}

const IAM: &str = "https://iam.amazonaws.com/doc/2010-05-08/";
const STS: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

type Answer = fn(&Form, With<'_>, &mut Xml) -> Result<(), Fault>;

/// What is served, in the order of names.
const OPERATIONS: [(&str, Answer); 24] = [
    ("GetAccountAuthorizationDetails", |form, with, xml| directory::account_details(form, with.entities, xml)),
    ("GetCallerIdentity", |_, with, xml| {
        caller_identity(with.entities.account, xml);
        Ok(())
    }),
    ("GetContextKeysForCustomPolicy", |form, _, xml| context_keys::custom(form, xml)),
    ("GetContextKeysForPrincipalPolicy", |form, with, xml| context_keys::principal(form, with.entities, xml)),
    ("GetGroup", |form, with, xml| directory::group(form, with.entities, xml)),
    ("GetGroupPolicy", |form, with, xml| directory::inline_policy(EntityKind::Group, form, with.entities, xml)),
    ("GetPolicy", |form, with, xml| directory::policy(form, with.entities, xml)),
    ("GetPolicyVersion", |form, with, xml| directory::policy_version(form, with.entities, xml)),
    ("GetRole", |form, with, xml| directory::entity(EntityKind::Role, form, with.entities, xml)),
    ("GetRolePolicy", |form, with, xml| directory::inline_policy(EntityKind::Role, form, with.entities, xml)),
    ("GetUser", |form, with, xml| directory::entity(EntityKind::User, form, with.entities, xml)),
    ("GetUserPolicy", |form, with, xml| directory::inline_policy(EntityKind::User, form, with.entities, xml)),
    ("ListAttachedGroupPolicies", |form, with, xml| {
        directory::attached_policies(EntityKind::Group, form, with.entities, xml)
    }),
    ("ListAttachedRolePolicies", |form, with, xml| {
        directory::attached_policies(EntityKind::Role, form, with.entities, xml)
    }),
    ("ListAttachedUserPolicies", |form, with, xml| {
        directory::attached_policies(EntityKind::User, form, with.entities, xml)
    }),
    ("ListGroupPolicies", |form, with, xml| directory::inline_policies(EntityKind::Group, form, with.entities, xml)),
    ("ListGroupsForUser", |form, with, xml| directory::groups_of_user(form, with.entities, xml)),
    ("ListPolicies", |form, with, xml| directory::policies(form, with.entities, xml)),
    ("ListRolePolicies", |form, with, xml| directory::inline_policies(EntityKind::Role, form, with.entities, xml)),
    ("ListRoles", |form, with, xml| directory::entities_list(EntityKind::Role, form, with.entities, xml)),
    ("ListUserPolicies", |form, with, xml| directory::inline_policies(EntityKind::User, form, with.entities, xml)),
    ("ListUsers", |form, with, xml| directory::entities_list(EntityKind::User, form, with.entities, xml)),
    ("SimulateCustomPolicy", simulate::custom),
    ("SimulatePrincipalPolicy", simulate::principal),
];

impl Api {
    /// The API over a world.
    pub fn new(world: Arc<World>, catalogue: &'static Catalogue, settings: Settings) -> Self {
        let entities = Arc::new(Entities::of(&world, settings.account));
        Self { world, entities, catalogue, texts: Arc::new(PolicyTexts::keeping(KEEP)), settings }
    }

    /// The same over another world; what was compiled is kept.
    #[must_use]
    pub fn with_world(&self, world: Arc<World>) -> Self {
        let entities = Arc::new(Entities::of(&world, self.settings.account));
        Self { world, entities, ..self.clone() }
    }

    /// The world.
    pub fn world(&self) -> &Arc<World> {
        &self.world
    }

    /// The catalogue of AWS's services.
    pub fn catalogue(&self) -> &'static Catalogue {
        self.catalogue
    }

    /// The names of the operations that are served, in order.
    pub fn operations() -> impl Iterator<Item = &'static str> {
        OPERATIONS.iter().map(|(name, _)| *name)
    }

    /// Answers a call.
    pub fn call(&self, form: &Form, call: &Call<'_>) -> Reply {
        let name = form.text("Action").unwrap_or_default();
        let found = OPERATIONS.iter().find(|(known, _)| *known == name);
        let operation = found.map(|(name, _)| *name);
        let namespace = if operation == Some("GetCallerIdentity") { STS } else { IAM };
        let answered = match found {
            Some((name, answer)) => {
                let form = unknown::read(form, self.world.symbols());
                self.answered(name, namespace, *answer, &form, call)
            }
            None if name.is_empty() => Err(Fault::missing_action(&served())),
            None => Err(Fault::invalid_action(name, &served())),
        };
        let reply = match answered {
            Ok(body) => Reply { status: 200, body, operation, fault: None },
            Err(fault) => Reply { operation, ..Self::refused_in(namespace, &fault, call) },
        };
        Reply { body: unknown::shown_in_xml(reply.body, &self.entities.names), ..reply }
    }

    /// The reply to a call that could not be read.
    pub fn refused(fault: &Fault, call: &Call<'_>) -> Reply {
        Self::refused_in(IAM, fault, call)
    }

    fn answered(
        &self,
        name: &str,
        namespace: &str,
        answer: Answer,
        form: &Form,
        call: &Call<'_>,
    ) -> Result<String, Fault> {
        let is_live = self.settings.live || call.live;
        let with = With {
            world: &self.world,
            entities: &self.entities,
            catalogue: self.catalogue,
            texts: &self.texts,
            shape: self.settings.shape,
            mode: if is_live { EvaluationMode::Live } else { EvaluationMode::Simulator },
        };
        let mut xml = Xml::default();
        xml.open_root(name, "Response", namespace);
        let result = format!("{name}Result");
        xml.open(&result);
        answer(form, with, &mut xml)?;
        xml.close(&result);
        xml.element("ResponseMetadata", |xml| xml.text("RequestId", call.request_id));
        xml.close_with(name, "Response");
        Ok(xml.into_text())
    }

    fn refused_in(namespace: &str, fault: &Fault, call: &Call<'_>) -> Reply {
        let mut xml = Xml::default();
        xml.open_root("ErrorResponse", "", namespace);
        xml.element("Error", |xml| {
            xml.text("Type", if fault.status() < 500 { "Sender" } else { "Receiver" });
            xml.text("Code", fault.code());
            xml.text("Message", fault.message());
            if let Some(detail) = fault.detail() {
                xml.text("Detail", detail);
            }
        });
        xml.text("RequestId", call.request_id);
        xml.close("ErrorResponse");
        Reply { status: fault.status(), body: xml.into_text(), operation: None, fault: Some(fault.code()) }
    }
}

fn served() -> String {
    Api::operations().collect::<Vec<_>>().join(", ")
}

/// Who calls, for clients that ask before they do anything else.
fn caller_identity(account: AccountId, xml: &mut Xml) {
    xml.text("Arn", &format!("arn:aws:iam::{account}:user/iameval"));
    xml.text("UserId", "AIDAIAMEVALIAMEVAL00");
    xml.text("Account", account.as_str());
}
