//! Who a principal of a world is.

use super::definition::Definition;
use super::file::Checked;
use crate::codes;
use crate::model::principal::PROVIDERS;
use PrincipalClass::{FederatedUser, Saml, WebIdentity};
use iameval::json::fields::{boolean, invalid, parsed, text};
use iameval::json::{Node, Value};
use iameval::{AccountId, Arn, Diagnostic, Principal, PrincipalClass};

/// The fields that say who a principal is.
pub(super) const KINDS: [&str; 6] = ["user", "role", "federated", "service", "root", "anonymous"];

/// Who a principal is, from its fields.
pub(super) struct WhoFields<'t> {
    pub(super) definition: Definition<'t>,
    pub(super) session: Option<&'t Node<'static>>,
}

impl WhoFields<'_> {
    /// The principal; exactly one kind must be there.
    pub(super) fn principal(&self, kinds: [Option<&Node<'static>>; 6]) -> Checked<Principal> {
        let [user, role, federated, service, root, anonymous] = kinds;
        let behind = user.filter(|_| federated.is_some());
        if kinds.iter().flatten().count() != 1 + usize::from(behind.is_some()) {
            let names = KINDS.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            let member = self.definition.member;
            return Err(invalid(member.key_span, format!("the principal `{}` must be one of {names}", member.key))
                .with_help("a `federated` principal may also have its `user`"));
        }
        if let Some(node) = federated {
            return self.federated(node, behind);
        }
        if let Some(node) = user {
            return principal(&self.arn(node, "`user`", "user")?, node);
        }
        if let Some(node) = role {
            return self.role(node);
        }
        if let Some(node) = service {
            let name = text(node, "`service`")?;
            let service = principal(name, node)?;
            if service.class() == Some(PrincipalClass::Service) {
                return Ok(service);
            }
            return Err(invalid(node.span, format!("`{name}` is not a service principal"))
                .with_help("such as `lambda.amazonaws.com`"));
        }
        if let Some(node) = root {
            let account = match &node.value {
                Value::Bool(true) => self.account()?,
                _ => parsed(node, "`root`")?,
            };
            return principal(&format!("arn:{}:iam::{account}:root", self.definition.file.partition()), node);
        }
        let node = anonymous.unwrap_or(&self.definition.member.value);
        if boolean(node, "`anonymous`")? {
            return principal("anonymous", node);
        }
        Err(invalid(node.span, "`anonymous` can only be `true`"))
    }

    fn role(&self, node: &Node<'static>) -> Checked<Principal> {
        let role = self.arn(node, "`role`", "role")?;
        let Some(session_node) = self.session else { return principal(&role, node) };
        let session = text(session_node, "`session`")?;
        let arn: Arn = role.parse().map_err(|error: iameval::ParseArnError| invalid(node.span, error.to_string()))?;
        let name = arn.resource().rsplit('/').next().unwrap_or_default();
        let id = format!("arn:{}:sts::{}:assumed-role/{name}/{session}", arn.partition(), arn.account());
        if session.contains(['/', ':']) {
            return Err(invalid(session_node.span, format!("`{session}` is not a session name"))
                .with_help("it is the last part of the session's ARN: letters, digits and `+=,.@-_`"));
        }
        principal(&id, session_node)?.with_role(arn).map_err(|error| invalid(node.span, error.to_string()))
    }

    /// A `GetFederationToken` session, or someone whom an identity provider vouches for.
    fn federated(&self, node: &Node<'static>, user: Option<&Node<'static>>) -> Checked<Principal> {
        let name = text(node, "`federated`")?;
        let provider = PROVIDERS.contains(&name);
        let found = if provider {
            Principal::of_class(PrincipalClass::WebIdentity, name)
                .map_err(|error| invalid(node.span, error.to_string()))?
        } else if name.starts_with("arn:") {
            principal(name, node)?
        } else {
            let id = format!("arn:{}:sts::{}:federated-user/{name}", self.definition.file.partition(), self.account()?);
            principal(&id, node)?
        };
        if !matches!(found.class(), Some(FederatedUser | Saml | WebIdentity)) {
            let error = invalid(node.span, format!("`{name}` is neither a federated user nor an identity provider"));
            return Err(error.with_help(
                "such as `arn:aws:sts::123456789012:federated-user/NAME`, `arn:aws:iam::123456789012:saml-provider/NAME` \
                 or `accounts.google.com`",
            ));
        }
        let Some(user_node) = user else { return Ok(found) };
        let user = self.arn(user_node, "`user`", "user")?;
        let user = user.parse().map_err(|error: iameval::ParseArnError| invalid(user_node.span, error.to_string()))?;
        found.with_user(user).map_err(|error| invalid(user_node.span, error.to_string()))
    }

    /// The ARN of a user or role, given as such or by its name, path included.
    fn arn(&self, node: &Node<'static>, what: &str, kind: &str) -> Checked<String> {
        let name = text(node, what)?;
        if !name.starts_with("arn:") {
            let partition = self.definition.file.partition();
            return Ok(format!("arn:{partition}:iam::{}:{kind}/{}", self.account()?, name.trim_start_matches('/')));
        }
        let arn: Arn = name.parse().map_err(|error: iameval::ParseArnError| invalid(node.span, error.to_string()))?;
        let of_kind = arn.resource().strip_prefix(kind).is_some_and(|rest| rest.starts_with('/'));
        if arn.service() == "iam" && of_kind {
            return Ok(name.into());
        }
        let help = match (kind, arn.service()) {
            ("role", "sts") => "name the role, and the session with `session:`".to_owned(),
            _ => format!("such as `arn:aws:iam::123456789012:{kind}/NAME`, or the name alone"),
        };
        Err(invalid(node.span, format!("`{name}` is not the ARN of a {kind}")).with_help(help))
    }

    fn account(&self) -> Checked<AccountId> {
        self.definition.file.account.ok_or_else(|| {
            let message = "the principal is given by name, and the world has no `account`";
            let diagnostic = Diagnostic::new(iameval::codes::INVALID_FIELD, self.definition.member.key_span, message);
            diagnostic.with_help("write `account: \"123456789012\"` at the top of the world file")
        })
    }
}

fn principal(id: &str, node: &Node<'_>) -> Checked<Principal> {
    id.parse()
        .map_err(|error: iameval::PrincipalError| Diagnostic::new(codes::INVALID_CALLER, node.span, error.to_string()))
}
