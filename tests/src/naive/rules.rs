//! The rules of single services (section 14), read from the same file of facts as the engine's and looked through row by
//! row.

use super::{Facts, Question};
use iameval::json::{self, Node, Value};
use iameval::{ContextKey, PrincipalClass};
use std::sync::LazyLock;

struct Row {
    section: String,
    service: String,
    actions: Vec<String>,
    all_but: bool,
    resources: Vec<String>,
}

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(read);

#[expect(clippy::expect_used, reason = "a test of the engine reads the file")]
fn read() -> Vec<Row> {
    let tree = json::parse(iameval::SERVICE_RULES).expect("JSON");
    let sections = tree.get("sections").and_then(Node::members).expect("sections");
    let mut rows = Vec::new();
    for section in sections {
        for row in items(section.value.get("rows")) {
            let all_but = row.get("all_but");
            rows.push(Row {
                section: section.key.to_string(),
                service: row.get("service").and_then(Node::as_str).expect("a service").to_ascii_lowercase(),
                actions: texts(row.get("actions").or(all_but)),
                all_but: all_but.is_some(),
                resources: items(row.get("resources")).iter().filter_map(Node::as_str).map(str::to_owned).collect(),
            });
        }
    }
    rows
}

fn items<'a, 'n>(node: Option<&'n Node<'a>>) -> &'n [Node<'a>] {
    match node.map(|node| &node.value) {
        Some(Value::Array(items)) => items,
        _ => &[],
    }
}

fn texts(node: Option<&Node<'_>>) -> Vec<String> {
    items(node).iter().filter_map(Node::as_str).map(str::to_ascii_lowercase).collect()
}

impl Question<'_> {
    /// Whether a section of the file speaks of the action on this resource.
    pub(super) fn rule(&self, section: &str) -> bool {
        let action = self.request.action();
        !self.policies.pure
            && ROWS.iter().filter(|row| row.section == section && row.service == action.service()).any(|row| {
                let listed = row.actions.iter().any(|name| name == action.name());
                let on_resource = |start: &String| self.resource_is(action.service(), start);
                listed != row.all_but && (row.resources.is_empty() || row.resources.iter().any(on_resource))
            })
    }

    /// What is decided after the explicit denies, R-SVC-07 and R-SVC-15 left to others.
    pub(super) fn is_refused_by_rule(&self) -> bool {
        use PrincipalClass::{CanonicalUser, FederatedUser, Role, RoleSession, Root, Service, User};
        let Facts { management_account, delegated_administrator, .. } = *self.facts;
        let class = self.class;
        let principal = self.request.principal();
        let parts: Vec<&str> = self.request.resource().splitn(6, ':').collect();
        let is_arn = parts.len() == 6 && parts.first() == Some(&"arn");
        let part = |index: usize| parts.get(index).copied().filter(|_| is_arn).unwrap_or_default();
        let has_account = matches!(class, Some(User | Role | RoleSession | FederatedUser | Root));
        let own_partition = principal.id().and_then(|id| id.split(':').nth(1));
        let foreign = match (principal.account(), self.request.resource_account()) {
            (Some(own), Some(owner)) => own != owner && class != Some(Service),
            _ => false,
        };
        let of_a_member = management_account == Some(false) || delegated_administrator == Some(true);
        let not_management = management_account != Some(true) && of_a_member;
        let not_delegated = delegated_administrator == Some(false);
        let signed = class != Some(CanonicalUser) && self.has_identity_side();
        let said = |key| self.request.context().is_given(&ContextKey::new(key));
        let value = |key| self.request.context().value(&ContextKey::new(key)).and_then(|value| value.texts().next());
        let long_term_said = self.facts.long_term_credentials.unwrap_or(said("aws:MultiFactorAuthPresent"));
        let via_service = value("aws:ViaAWSService").is_some_and(|text| text.eq_ignore_ascii_case("true"));
        (has_account && is_arn && own_partition != Some(part(1)))
            || (self.rule("only_on_roles") && is_arn && !self.resource_is("iam", "role/"))
            || (self.rule("no_cross_account") && foreign)
            || (self.rule("service_linked_role_protected") && self.resource_is("iam", "role/aws-service-role/"))
            || (self.rule("refused_to_role_sessions") && matches!(class, Some(Role | RoleSession)))
            || (self.rule("refused_to_federated_users") && class == Some(FederatedUser))
            || (self.rule("refused_to_long_term_credentials") && long_term_said && self.has_long_term_credentials())
            || (self.rule("no_resource_side")
                && management_account != Some(true)
                && delegated_administrator != Some(true))
            || (self.rule("service_callers_only") && signed && !via_service)
            || (self.rule("organization_management") && signed && not_management)
            || ((self.rule("organization_management_or_delegated") || self.rule("organization_member_accounts"))
                && signed
                && management_account == Some(false)
                && not_delegated)
            || (self.rule("organization_delegated") && signed && not_delegated)
    }

    /// R-SVC-20, R-SVC-23.
    pub(super) fn leaves_out_resource_policy(&self) -> bool {
        let service = self.class == Some(PrincipalClass::Service);
        self.rule("resource_policy_takes_no_part")
            || (self.rule("resource_policy_binds_service_principals_only") && !service)
            || self.rule("no_resource_side")
    }

    /// R-SVC-23, R-SVC-24: whether nothing on the side of the resource's account is asked.
    pub(super) fn needs_no_resource_side(&self) -> bool {
        let organization = self.resource_is("organizations", "") || self.resource_is("account", "account/o-");
        let delegated =
            ["organization_management_or_delegated", "organization_delegated", "organization_member_accounts"];
        self.rule("no_resource_side")
            || (self.facts.delegated_administrator == Some(true)
                && organization
                && delegated.iter().any(|section| self.rule(section)))
    }
}
