//! The resources that a call was asked on.

mod form;
mod further;
mod naming;
mod parameters;

pub(crate) use further::further;

use crate::event::Event;
use crate::value::Value;
use form::{Fit, Piece, fits, pieces};
use iameval::{AccountId, Action, Principal, PrincipalClass};
use iameval_data::{ActionInfo, Catalogue, DefaultResource, ResourceType, asked};
use naming::{Wanted, noun};
use parameters::{Parameters, Text};

/// A resource that IAM was asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AskedResource {
    /// An ARN or `*`. Where a part is not known `*` stands for it, which policies take for that character: a pattern such as
    /// `instance/*` covers it, and one that names a single instance does not.
    pub resource: String,
    /// The account that owns it, where the event says so and the ARN does not.
    pub owner: Option<AccountId>,
    /// How it is known.
    pub source: ResourceSource,
}

/// How a resource is known.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResourceSource {
    /// The message of the refusal names it, so it is the one that AWS asked on.
    ErrorMessage,
    /// `resources` has it.
    Resources,
    /// Made of these fields of `requestParameters`. A path of a user or role that is not told is taken to be `/`.
    Parameters(Vec<String>),
    /// The action is asked on the caller's own user or MFA device.
    Caller,
    /// The service asks on this ARN whatever the call is about, as with many list calls.
    Service,
    /// The action takes no resource, or none is named: it is asked on `*`.
    Any,
    /// The call makes a resource of this type, and the service asks with `*` in place of an id that is still to come.
    New(String),
    /// The action takes a resource of this type, and the event does not say which.
    Unknown(String),
}

/// What a search for resources knows.
struct Search<'s> {
    event: &'s Event<'s>,
    action: ActionInfo<'s>,
    parameters: Parameters<'s>,
    noun: &'s str,
    /// The resource type that `resourceId` is of.
    id_type: Option<&'s str>,
}

/// The resources that a call was asked on: one at least.
pub(crate) fn resources(
    event: &Event<'_>,
    parameters: &Value<'_>,
    (name, action): (&Action, ActionInfo<'_>),
    principal: &Principal,
    catalogue: &Catalogue,
) -> Vec<AskedResource> {
    if let Some((_, resource)) = refused(event).filter(|(action, _)| action == name) {
        return vec![resource];
    }
    let search = Search {
        event,
        action,
        parameters: Parameters::of(parameters),
        noun: noun(&event.name),
        id_type: parameters.get("resourceType").as_text(),
    };
    let found = search.found();
    if let Some(user) = search.federated_user() {
        return vec![user];
    }
    if !found.is_empty() {
        return found;
    }
    match asked(name, catalogue) {
        Some(DefaultResource::Nothing) => return vec![any()],
        Some(DefaultResource::Pattern(pattern)) => return vec![search.of_service(pattern)],
        Some(own @ (DefaultResource::OwnUser | DefaultResource::OwnMfaDevice))
            if search.tells_parameters(parameters) =>
        {
            if let Some(resource) = own_resource(principal, own) {
                return vec![resource];
            }
        }
        _ => {}
    }
    let unknown = search.unknown();
    if unknown.is_empty() { vec![any()] } else { unknown }
}

fn any() -> AskedResource {
    AskedResource { resource: "*".into(), owner: None, source: ResourceSource::Any }
}

/// The action and the resource that the message of a refusal names. The action may be another one that the call needs. IAM may
/// write `role Deploy` for an ARN, and Secrets Manager the name alone.
pub(crate) fn refused(event: &Event<'_>) -> Option<(Action, AskedResource)> {
    let denial = event.denial()?;
    let (action, text) = (denial.action?.parse::<Action>().ok()?, denial.resource?);
    let arn = |resource: &str| {
        let region = if action.service() == "iam" { "" } else { event.region.as_deref()? };
        Some(format!("arn:{}:{}:{region}:{}:{resource}", event.partition(), action.service(), event.account()?))
    };
    let resource = match (action.service(), text.rsplit_once(' ')) {
        ("iam", Some((_, arn))) if arn.starts_with("arn:") => arn.to_owned(),
        ("iam", Some((kind, name))) => arn(&format!("{}/{name}", kind.replace(' ', "-")))?,
        _ if text == "*" || text.starts_with("arn:") => text.to_owned(),
        ("secretsmanager", None) => arn(&format!("secret:{text}{SECRET_SUFFIX}"))?,
        _ => return None,
    };
    Some((action, AskedResource { resource, owner: None, source: ResourceSource::ErrorMessage }))
}

/// The caller's own user, or the MFA device named like it.
fn own_resource(principal: &Principal, own: DefaultResource) -> Option<AskedResource> {
    let user = principal.id().filter(|_| principal.class() == Some(PrincipalClass::User))?;
    let resource = match own {
        DefaultResource::OwnMfaDevice => {
            let (before, _) = user.split_once(":user/")?;
            format!("{before}:mfa/{}", principal.user_name()?)
        }
        _ => user.to_owned(),
    };
    Some(AskedResource { resource, owner: None, source: ResourceSource::Caller })
}

impl Search<'_> {
    /// The resources that the event names, type by type.
    fn found(&self) -> Vec<AskedResource> {
        let mut found: Vec<AskedResource> = Vec::new();
        let mut unknown = Vec::new();
        for taken in self.action.resource_types().filter(|taken| self.is_in_question(taken.resource_type)) {
            let own = self.of_type(taken.resource_type, taken.required);
            // Instances without volumes are of the past.
            let is_volume = || self.action.name() == "RunInstances" && taken.resource_type.name() == "volume";
            if own.is_empty() && (taken.required || is_volume()) {
                unknown.push(taken.resource_type);
            }
            for resource in own {
                if !found.iter().any(|other| other.resource == resource.resource) {
                    found.push(resource);
                }
            }
        }
        if found.is_empty() {
            found = self.loosely();
        }
        // A call of EC2 on several types is asked on each: on `instance/*` where it makes the instance. Elsewhere the
        // reference lists alternatives.
        if !found.is_empty() && self.action.service().prefix() == "ec2" {
            let has_interface = found.iter().any(|other| other.resource.contains(":network-interface/eni-"));
            let unknown = unknown.into_iter().filter(|kind| !has_interface || self.makes(*kind));
            found.extend(unknown.filter_map(|kind| self.unknown_of(kind)));
        }
        found
    }

    /// Whether the call makes a resource of this type, of EC2: the other services know its name before.
    fn makes(&self, kind: ResourceType<'_>) -> bool {
        const VERBS: [&str; 6] = ["Allocate", "Copy", "Create", "Import", "Register", "Request"];
        let (call, kind) = (self.action.name(), kind.name());
        let is_own = || naming::is_same_word(self.noun.strip_suffix('s').unwrap_or(self.noun), kind);
        match (call, kind) {
            ("RunInstances" | "CreateFleet", "instance" | "network-interface" | "volume") => true,
            ("CreateFlowLogs", "vpc-flow-log") | ("AllocateAddress", "elastic-ip") => true,
            _ => self.action.service().prefix() == "ec2" && VERBS.iter().any(|verb| call.starts_with(verb)) && is_own(),
        }
    }

    /// API Gateway has one action a verb, and the call tells which of its many types is meant.
    fn is_in_question(&self, kind: ResourceType<'_>) -> bool {
        if self.action.service().prefix() != "apigateway" {
            return true;
        }
        let noun = if self.action.name() == "POST" { &format!("{}s", self.noun) } else { self.noun };
        naming::is_same_word(kind.name(), noun)
    }

    /// Resources of one type.
    fn of_type(&self, kind: ResourceType<'_>, required: bool) -> Vec<AskedResource> {
        let is_of = |arn: &str| kind.arns().any(|form| fits(form, arn, Fit::Strict));
        let listed = self.listed(is_of);
        if !listed.is_empty() {
            return listed;
        }
        let arns = self.parameters.texts.iter().filter(|text| text.value.starts_with("arn:") && is_of(text.value));
        let mut found: Vec<_> = arns.map(|text| self.of_text(text.value.into(), *text)).collect();
        if found.is_empty() {
            found = kind.arns().find_map(|form| self.filled(kind, form, required)).unwrap_or_default();
        }
        found
    }

    /// What `resources` of the event has.
    fn listed(&self, is_meant: impl Fn(&str) -> bool) -> Vec<AskedResource> {
        let listed = self.event.resources.iter().filter_map(|listed| {
            let arn = listed.arn.as_deref().filter(|arn| is_meant(arn))?;
            // S3 lists the bucket of an object, and it has the owner.
            let bucket = || self.event.resources.iter().find_map(|other| other.account_id.as_deref());
            let owner = listed.account_id.as_deref().or_else(bucket).filter(|_| arn.contains(":::"));
            let owner = owner.and_then(|account| account.parse().ok());
            Some(AskedResource { resource: arn.into(), owner, source: ResourceSource::Resources })
        });
        listed.collect()
    }

    /// ARNs that have the form of a type if nothing is said about what names hold.
    fn loosely(&self) -> Vec<AskedResource> {
        let is_of = |arn: &str| {
            self.action.resource_types().any(|taken| taken.resource_type.arns().any(|form| fits(form, arn, Fit::Loose)))
        };
        let listed = self.listed(is_of);
        if !listed.is_empty() {
            return listed;
        }
        let arns = self.parameters.texts.iter().filter(|text| text.value.starts_with("arn:") && is_of(text.value));
        arns.map(|text| self.of_text(text.value.into(), *text)).collect()
    }

    fn of_text(&self, resource: String, text: Text<'_>) -> AskedResource {
        let source = ResourceSource::Parameters(vec![self.parameters.path(text)]);
        AskedResource { resource, owner: None, source }
    }

    /// The form filled from the parameters, once for each text that its last name has. A type that must be there may lack
    /// names as long as it has one; one that may be there lacks only what services make up.
    fn filled(&self, kind: ResourceType<'_>, form: &str, required: bool) -> Option<Vec<AskedResource>> {
        let mut several: Vec<(String, Vec<String>)> = vec![(String::new(), Vec::new())];
        let mut names = 0;
        let last = pieces(form).filter(|piece| matches!(piece, Piece::Name(_))).last();
        if last.is_none() {
            // There is one of these in an account, and a call is not known to be about it but where the type follows from it.
            // AWS Glue asks on the catalog as well, whatever in it a call is about.
            let service = self.action.service().prefix();
            let is_asked = service == "apigateway" || (service == "glue" && required);
            let resource = pieces(form).map(|piece| self.part(piece)).collect();
            return is_asked.then(|| vec![AskedResource { resource, owner: None, source: ResourceSource::Service }]);
        }
        for piece in pieces(form) {
            let Piece::Name(placeholder) = piece else {
                let part = self.part(piece);
                for (arn, _) in &mut several {
                    arn.push_str(part);
                }
                continue;
            };
            let is_left_out = is_made_up(placeholder) && names > 0;
            let texts = if is_left_out { Vec::new() } else { self.texts(kind, placeholder, last == Some(piece)) };
            if texts.is_empty() {
                if !required && !is_made_up(placeholder) {
                    return None;
                }
                for (arn, _) in &mut several {
                    arn.push('*');
                }
                continue;
            }
            names += 1;
            let mut filled = Vec::with_capacity(several.len() * texts.len());
            for (arn, fields) in &several {
                for text in &texts {
                    let Some(name) = self.spelled(kind, placeholder, text.value) else { continue };
                    let mut fields = fields.clone();
                    fields.push(self.parameters.path(*text));
                    filled.push((format!("{arn}{name}"), fields));
                }
            }
            several = filled;
            // Two lists are not multiplied.
            if names > 1 {
                several.truncate(texts.len().max(1));
            }
        }
        let suffix = suffix(self.action, kind);
        let found = several.into_iter().map(|(arn, fields)| AskedResource {
            resource: arn + suffix,
            owner: None,
            source: ResourceSource::Parameters(fields),
        });
        let found: Vec<_> = found.collect();
        (names > 0 && !found.is_empty()).then_some(found)
    }

    fn part<'p>(&'p self, piece: Piece<'p>) -> &'p str {
        match piece {
            Piece::Literal(literal) => literal,
            Piece::Partition => self.event.partition(),
            Piece::Region => self.event.region.as_deref().unwrap_or("*"),
            Piece::Account => self.account(),
            Piece::Name(_) => "*",
        }
    }

    /// The account of the resource: that of the URL of a queue, else of the event.
    fn account(&self) -> &str {
        let url =
            self.parameters.texts.iter().find(|text| self.parameters.name(**text).eq_ignore_ascii_case("queueUrl"));
        let in_url =
            url.and_then(|url| url.value.rsplit('/').nth(1)).filter(|account| account.parse::<AccountId>().is_ok());
        in_url.or_else(|| self.event.account()).unwrap_or("*")
    }

    /// The parameters that name this part of the ARN: the best that there are, all of one name.
    fn texts(&self, kind: ResourceType<'_>, placeholder: &str, is_last: bool) -> Vec<Text<'_>> {
        let service = self.action.service().prefix();
        let wanted = Wanted { service, resource_type: kind.name(), placeholder, noun: self.noun, is_last };
        let fit = |text: &Text<'_>| {
            let name = self.parameters.name(*text);
            let rank = match name {
                "resourceId" => self.is_id_of(text.value, kind).then_some(1),
                _ => naming::fit(name, &wanted),
            };
            rank.map(|rank| (rank, text.depth))
        };
        let Some(best) = self.parameters.texts.iter().filter_map(fit).min() else { return Vec::new() };
        let best = self.parameters.texts.iter().filter(|text| fit(text) == Some(best));
        best.copied().filter(|text| !text.value.is_empty()).collect()
    }

    /// Whether `resourceId` is of this type: its form says so, or a parameter beside it.
    fn is_id_of(&self, id: &str, kind: ResourceType<'_>) -> bool {
        match self.id_type {
            Some(name) => naming::is_same_word(name, kind.name()),
            None => naming::ec2_type(id) == Some(kind.name()),
        }
    }

    /// The text as the ARN has it; `None` where it is of another type.
    fn spelled(&self, kind: ResourceType<'_>, placeholder: &str, text: &str) -> Option<String> {
        let service = self.action.service().prefix();
        // An ARN that is not of this type names what the type is part of: the cluster of a service.
        let name = if text.starts_with("arn:") { text.rsplit([':', '/']).next()? } else { text };
        Some(match (service, placeholder) {
            ("bedrock", "ResourceId") if kind.name() != naming::bedrock_type(name) => return None,
            // Where there is no such id EC2 asks on all.
            ("ec2", _) => match naming::ec2_type(name) {
                Some(other) if other != kind.name() => return None,
                Some(_) if !naming::is_ec2_id(name) => "*".into(),
                _ => name.into(),
            },
            // Services know a key by an alias; its ARN has the id.
            ("kms", "KeyId") if name.starts_with("alias/") => return None,
            ("kms", "Alias") => name.strip_prefix("alias/").unwrap_or(name).into(),
            ("lambda", "FunctionName") => name.rsplit("function:").next().unwrap_or(name).into(),
            ("logs", "LogGroupName") => name.strip_suffix(":*").unwrap_or(name).into(),
            ("secretsmanager", "SecretId") => format!("{name}{SECRET_SUFFIX}"),
            ("ecs", "TaskDefinitionFamilyName") => name.split(':').next().unwrap_or(name).into(),
            ("ecs", "TaskDefinitionRevisionNumber") => name.split_once(':').map_or("*", |(_, number)| number).into(),
            ("iam", "RoleNameWithPath") if self.action.name() == "CreateServiceLinkedRole" => {
                format!("aws-service-role/{name}/*")
            }
            ("iam", _) if placeholder.ends_with("WithPath") => self.path() + name,
            ("sqs", "QueueName") => name.rsplit('/').next().unwrap_or(name).into(),
            ("ssm", "ParameterNameWithoutLeadingSlash") => name.strip_prefix('/').unwrap_or(name).into(),
            ("ssm", "InstanceId") => {
                let is_managed = name.starts_with("mi-");
                let fits = match kind.name() {
                    "managed-instance" => is_managed,
                    "instance" => !is_managed,
                    _ => true,
                };
                return fits.then(|| name.into());
            }
            _ => name.into(),
        })
    }

    /// The path of what IAM makes, without the slash at its beginning. Other calls do not tell it.
    fn path(&self) -> String {
        let mut texts = self.parameters.texts.iter();
        let path = texts.find(|text| text.depth == 1 && self.parameters.name(**text) == "path");
        let path = path.filter(|_| self.action.name().starts_with("Create")).map_or("/", |path| path.value);
        path.strip_prefix('/').unwrap_or(path).to_owned()
    }

    /// What the service asks on.
    fn of_service(&self, pattern: &str) -> AskedResource {
        let region = self.event.region.as_deref().unwrap_or("*");
        let resource = pattern.replace("{partition}", self.event.partition()).replace("{region}", region);
        let resource = resource.replace("{account}", self.account());
        AskedResource { resource, owner: None, source: ResourceSource::Service }
    }

    /// Whether the event has the call's parameters. Of a call that was refused they are mostly left out.
    fn tells_parameters(&self, parameters: &Value<'_>) -> bool {
        *parameters != Value::Null || self.event.error_code.is_none()
    }

    /// `GetFederationToken` is asked on the session that it makes (*Permissions for `GetFederationToken`*), which the
    /// reference does not list.
    fn federated_user(&self) -> Option<AskedResource> {
        let is_it = self.action.service().prefix() == "sts" && self.action.name() == "GetFederationToken";
        let mut texts = self.parameters.texts.iter().filter(|_| is_it);
        let name = texts.find(|text| self.parameters.name(**text) == "name")?;
        let arn = format!("arn:{}:sts::{}:federated-user/{}", self.event.partition(), self.account(), name.value);
        Some(self.of_text(arn, *name))
    }

    /// The types that the action must have, without names.
    fn unknown(&self) -> Vec<AskedResource> {
        let required = self.action.resource_types().filter(|taken| taken.required);
        required.filter_map(|taken| self.unknown_of(taken.resource_type)).collect()
    }

    fn unknown_of(&self, kind: ResourceType<'_>) -> Option<AskedResource> {
        let form = kind.arns().next()?;
        let resource: String = pieces(form).map(|piece| self.part(piece)).collect();
        let name = kind.name().to_owned();
        let source = if self.makes(kind) { ResourceSource::New(name) } else { ResourceSource::Unknown(name) };
        Some(AskedResource { resource, owner: None, source })
    }
}

/// The service appends six characters to the name of a secret that the caller does not write. Policies have these signs for
/// them, which cover themselves.
const SECRET_SUFFIX: &str = "-??????";

/// Parts of ARNs that services make up, so that calls do not have them.
fn is_made_up(placeholder: &str) -> bool {
    matches!(placeholder, "Id" | "UUID" | "GroupId" | "OpaqueId")
}

/// A log group is asked about with an empty stream behind it, as access-denied messages show.
fn suffix(action: ActionInfo<'_>, kind: ResourceType<'_>) -> &'static str {
    if action.service().prefix() == "logs" && kind.name() == "log-group" { ":log-stream:" } else { "" }
}
