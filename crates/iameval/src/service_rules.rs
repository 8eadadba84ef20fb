//! What is known of single services' actions apart from policies (section 14), as data: which rule speaks of which
//! action. What a rule does is in `evaluate/service.rs`.

mod built_in;

use crate::diagnostic::Diagnostic;
use crate::json::fields::{fields, invalid, text};
use crate::json::{self, Node, Value};
use crate::name::{Action, Arn, ContextKey};
use crate::suggest::did_you_mean;
use built_in::BUILT_IN;
use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

type Result<T> = std::result::Result<T, Diagnostic>;

/// The file of the rules. [`ServiceRules::embedded`] holds the same, made into a table beforehand.
pub const SERVICE_RULES: &str = include_str!("../data/service-rules.json");

static EMBEDDED: LazyLock<Arc<ServiceRules>> = LazyLock::new(|| Arc::new(BUILT_IN));

/// Defines [`ActionRule`] and the sections of the file.
macro_rules! action_rules {
    ($($(#[doc = $doc:literal])* $name:ident = $section:literal;)*) => {
        /// A rule that speaks of certain actions. The file has a section for each.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        #[repr(u8)]
        pub enum ActionRule {
            $($(#[doc = $doc])* $name,)*
        }

        impl ActionRule {
            /// Every rule, in the order of the file.
            pub const ALL: &'static [ActionRule] = &[$(ActionRule::$name),*];

            /// The name of the rule's section.
            pub fn section(self) -> &'static str {
                match self { $(ActionRule::$name => $section,)* }
            }
        }
    };
}

action_rules! {
    /// Policies do not control it (R-SVC-05).
    AlwaysAllowed = "always_allowed";
    /// Policies do not control it with long-term credentials (R-SVC-06).
    AllowedWithLongTermCredentials = "allowed_with_long_term_credentials";
    /// The root user cannot call it (R-SVC-12).
    RefusedToRoot = "refused_to_root";
    /// It reads or changes a bucket policy, which another account can never do (R-SVC-14).
    BucketPolicy = "bucket_policy";
    /// A permission for another account has no effect (R-SVC-19).
    NoCrossAccount = "no_cross_account";
    /// The resource's policy binds service principals only (R-SVC-20).
    ResourcePolicyBindsServicesOnly = "resource_policy_binds_service_principals_only";
    /// The resource's policy takes no part (R-SVC-20).
    ResourcePolicyTakesNoPart = "resource_policy_takes_no_part";
    /// Identity and resource policies must both allow it, in the same account too (R-SVC-21).
    BothSidesRequired = "both_sides_required";
    /// It changes a role in a way that service-linked roles are protected from (R-SVC-22).
    ServiceLinkedRoleProtected = "service_linked_role_protected";
    /// Role sessions cannot call it (R-SVC-11).
    RefusedToRoleSessions = "refused_to_role_sessions";
    /// Federated user sessions cannot call it (R-SVC-11).
    RefusedToFederatedUsers = "refused_to_federated_users";
    /// Long-term credentials cannot call it (R-SVC-11).
    RefusedToLongTermCredentials = "refused_to_long_term_credentials";
    /// The Deny statements of the resource's policy do not bind the owner's root user (R-SVC-13).
    OwnerRootEscapesResourcePolicy = "owner_root_escapes_resource_policy";
    /// For the management account of an organization (R-SVC-24).
    ForManagement = "organization_management";
    /// For the management account and delegated administrators (R-SVC-24).
    ForManagementOrDelegated = "organization_management_or_delegated";
    /// For delegated administrators (R-SVC-24).
    ForDelegated = "organization_delegated";
    /// For the account that pays, which mostly is the management account (R-SVC-24).
    ForPayer = "organization_payer";
    /// On another member of the organization, for the management account and delegated administrators (R-SVC-24).
    OnMemberAccounts = "organization_member_accounts";
    /// Nothing on the resource's side is asked (R-SVC-23).
    NoResourceSide = "no_resource_side";
    /// It is possible on roles only (R-SVC-17).
    OnlyOnRoles = "only_on_roles";
    /// The trust policy of the role must consent (R-SVC-01, R-SVC-03).
    TrustPolicyRequired = "trust_policy_required";
    /// It passes a role, which must be one of the caller's account (R-SVC-09).
    PassesRole = "passes_role";
    /// Only AWS services call it (R-SVC-25).
    ServiceCallersOnly = "service_callers_only";
    /// IAM does not authorize it (R-SVC-26).
    NotAuthorizedByIam = "not_authorized_by_iam";
    /// SCPs never restrict it (R-ORG-04).
    ScpNeverRestricts = "scp_never_restricts";
    /// RCPs never restrict it (R-ORG-05, R-ORG-06).
    RcpNeverRestricts = "rcp_never_restricts";
    /// Something beside IAM must allow it too; [`ServiceRules::further_gates`] says what.
    FurtherGate = "further_gate";
    /// Some context keys are not in its requests; [`ServiceRules::supplies`] says which.
    KeysNotSupplied = "context_keys_not_supplied";
}

/// Which rules of single services (section 14) count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum RuleSelection {
    /// None: pure policy mode.
    None,
    /// Those that refuse something, and none that allows anything or exempts from policies.
    Refusals,
    /// All.
    #[default]
    All,
}

/// The rules that speak of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct ActionRules(u32);

/// The rules of single services: which rule speaks of which action, and on which resources.
///
/// ```
/// use iameval::{ActionRule, ServiceRules};
///
/// let rules = ServiceRules::embedded();
/// let of = |action: &str, resource: &str| rules.of(&action.parse().unwrap(), resource.parse().ok().as_ref());
/// assert!(of("kms:ScheduleKeyDeletion", "*").has(ActionRule::NoCrossAccount));
/// assert!(!of("kms:Decrypt", "*").has(ActionRule::NoCrossAccount));
///
/// let (vault, plan) = ("arn:aws:backup:eu-west-1:111122223333:backup-vault:v", "arn:aws:backup:eu-west-1:111122223333:backup-plan:p");
/// assert!(of("backup:DeleteBackupVault", vault).has(ActionRule::NoCrossAccount));
/// assert!(!of("backup:GetBackupPlan", plan).has(ActionRule::NoCrossAccount));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServiceRules {
    // INVARIANT: sorted by service, each once.
    services: Cow<'static, [OfService]>,
}

/// The rules of one service. All texts are in lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct OfService {
    service: Text,
    /// Of single actions. INVARIANT: sorted by name, each once.
    named: Cow<'static, [(Text, ActionRules)]>,
    /// Of all actions but some, or on some resources only.
    rows: Cow<'static, [Row]>,
    further_gates: Cow<'static, [(Actions, Text)]>,
    keys: Option<Keys>,
}

type Text = Cow<'static, str>;
type Texts = Cow<'static, [Text]>;

#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    rule: ActionRule,
    actions: Actions,
    /// What the last part of the ARN begins with; none for all resources.
    resources: Texts,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Actions {
    These(Texts),
    AllBut(Texts),
}

/// Which global context keys the requests of a service have. A `/*` at the end stands for every tag.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Keys {
    AllBut(Texts),
    Only(Texts),
}

impl ActionRules {
    /// Whether the rule speaks of the action.
    pub fn has(self, rule: ActionRule) -> bool {
        self.0 & Self::bit(rule) != 0
    }

    /// Whether no rule does.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether one of these rules does.
    pub fn has_any<const N: usize>(self, rules: [ActionRule; N]) -> bool {
        rules.into_iter().any(|rule| self.has(rule))
    }

    /// Those among them that refuse something, or say something without deciding. [`ActionRule::NoResourceSide`] refuses
    /// too, but those whom it lets through need nothing of the resource's side.
    pub(crate) fn without_exemptions(self) -> Self {
        const EXEMPTIONS: u32 = ActionRules::bit(ActionRule::AlwaysAllowed)
            | ActionRules::bit(ActionRule::AllowedWithLongTermCredentials)
            | ActionRules::bit(ActionRule::OwnerRootEscapesResourcePolicy)
            | ActionRules::bit(ActionRule::ResourcePolicyBindsServicesOnly)
            | ActionRules::bit(ActionRule::ResourcePolicyTakesNoPart)
            | ActionRules::bit(ActionRule::NoResourceSide)
            | ActionRules::bit(ActionRule::ScpNeverRestricts)
            | ActionRules::bit(ActionRule::RcpNeverRestricts);
        Self(self.0 & !EXEMPTIONS)
    }

    fn insert(&mut self, rule: ActionRule) {
        self.0 |= Self::bit(rule);
    }

    const fn bit(rule: ActionRule) -> u32 {
        1 << (rule as u8)
    }
}

impl ServiceRules {
    /// The rules inside the program.
    pub fn embedded() -> &'static Arc<ServiceRules> {
        &EMBEDDED
    }

    /// The rules, unless they are those inside the program: for what takes those where it has no others.
    pub fn unless_embedded(rules: Arc<ServiceRules>) -> Option<Arc<ServiceRules>> {
        (!Arc::ptr_eq(&rules, Self::embedded())).then_some(rules)
    }

    /// Reads a file in the form of [`SERVICE_RULES`].
    ///
    /// # Errors
    /// When the text is not JSON, or not such a file: every section must be there, so that no rule is lost by accident.
    pub fn parse(file: &str) -> Result<Self> {
        let tree = json::parse(file)?;
        let [_, sections] = fields(&tree, "the file of service rules", ["about", "sections"])?;
        let Some(sections) = sections else { return Err(invalid(tree.span, "there are no `sections`")) };
        let mut rules = Self::default();
        let mut missing: Vec<ActionRule> = ActionRule::ALL.to_vec();
        for section in members(sections, "the sections")? {
            let Some(rule) = ActionRule::ALL.iter().find(|rule| rule.section() == section.key) else {
                let message = format!("`{}` is not a section of service rules", section.key);
                let near = did_you_mean(&section.key, ActionRule::ALL.iter().map(|rule| rule.section()));
                return Err(invalid(section.key_span, message).with_any_help(near));
            };
            missing.retain(|other| other != rule);
            let [_, rows] = fields(&section.value, "a section", ["rule", "rows"])?;
            for row in rows.map_or(Ok([].as_slice()), |rows| items(rows, "`rows`"))? {
                rules.add(*rule, row)?;
            }
        }
        match missing.first() {
            None => Ok(rules),
            Some(rule) => Err(invalid(sections.span, format!("the section `{}` is missing", rule.section()))),
        }
    }

    fn add(&mut self, rule: ActionRule, row: &Node<'_>) -> Result<()> {
        let names =
            ["service", "actions", "all_but", "resources", "note", "missing_keys", "only_global_keys", "source"];
        let [service, actions, all_but, resources, note, missing_keys, only_keys, _] = fields(row, "a row", names)?;
        let Some(service) = service else { return Err(invalid(row.span, "the row has no `service`")) };
        let service = text(service, "`service`")?.to_ascii_lowercase();
        let actions = match (actions, all_but) {
            (Some(actions), None) => Actions::These(lowercase(actions, "`actions`")?),
            (None, Some(actions)) => Actions::AllBut(lowercase(actions, "`all_but`")?),
            _ => return Err(invalid(row.span, "a row has either `actions` or `all_but`")),
        };
        let mut forms: Vec<Text> = Vec::new();
        for form in resources.map_or(Ok([].as_slice()), |list| items(list, "`resources`"))? {
            forms.push(text(form, "a resource")?.to_owned().into());
        }
        let service = self.service_mut(service);
        if let Some(note) = note {
            service.further_gates.to_mut().push((actions.clone(), text(note, "`note`")?.to_owned().into()));
        }
        match (missing_keys, only_keys) {
            (Some(keys), _) => service.keys = Some(Keys::AllBut(lowercase(keys, "`missing_keys`")?)),
            (None, Some(keys)) => service.keys = Some(Keys::Only(lowercase(keys, "`only_global_keys`")?)),
            (None, None) => {}
        }
        match actions {
            Actions::These(names) if forms.is_empty() => {
                for name in names.iter() {
                    service.add(name, rule);
                }
            }
            actions => service.rows.to_mut().push(Row { rule, actions, resources: forms.into() }),
        }
        Ok(())
    }

    /// The service of that prefix, made if it is not there yet.
    fn service_mut(&mut self, prefix: String) -> &mut OfService {
        let services = self.services.to_mut();
        let at = services.partition_point(|service| *service.service < *prefix);
        if services.get(at).is_none_or(|service| service.service != prefix) {
            services.insert(at, OfService { service: prefix.into(), ..OfService::default() });
        }
        #[expect(clippy::indexing_slicing, reason = "it was found or put there just now")]
        &mut services[at]
    }

    fn service(&self, prefix: &str) -> Option<&OfService> {
        let at = self.services.binary_search_by(|service| (*service.service).cmp(prefix)).ok()?;
        self.services.get(at)
    }

    /// The rules that speak of the action on that resource; without an ARN, those that hold on any.
    pub fn of(&self, action: &Action, resource: Option<&Arn>) -> ActionRules {
        let Some(service) = self.service(action.service()) else { return ActionRules::default() };
        let mut rules = service.named(action.name());
        for row in service.rows.iter() {
            let on_resource = row.resources.is_empty()
                || resource.is_some_and(|arn| {
                    arn.service() == action.service()
                        && row.resources.iter().any(|form| arn.resource().starts_with(&**form))
                });
            if on_resource && row.actions.include(action.name()) {
                rules.insert(row.rule);
            }
        }
        rules
    }

    /// Whether some rule speaks of the action on some resources only.
    pub fn depend_on_resource(&self, action: &Action) -> bool {
        !self.on_resources(action).is_empty()
    }

    /// The rules that speak of the action on some resources only, with what the last part of their ARNs begins with.
    pub(crate) fn on_resources(&self, action: &Action) -> Vec<(ActionRule, &[Text])> {
        let rows = self.service(action.service()).map_or([].as_slice(), |service| &*service.rows);
        let rows = rows.iter().filter(|row| !row.resources.is_empty() && row.actions.include(action.name()));
        rows.map(|row| (row.rule, &*row.resources)).collect()
    }

    /// The services of which some rule speaks of some action.
    pub(crate) fn with_rules(&self) -> impl Iterator<Item = &str> {
        let services = self.services.iter().filter(|service| !service.named.is_empty() || !service.rows.is_empty());
        services.map(|service| &*service.service)
    }

    /// The services of which some rule speaks of all actions but some.
    pub(crate) fn with_rules_for_all(&self) -> impl Iterator<Item = &str> {
        let for_all = |row: &Row| matches!(row.actions, Actions::AllBut(_));
        let services = self.services.iter().filter(move |service| service.rows.iter().any(for_all));
        services.map(|service| &*service.service)
    }

    /// What must allow the action beside IAM, in words.
    pub fn further_gates(&self, action: &Action) -> impl Iterator<Item = &str> {
        let gates = self.service(action.service()).map_or([].as_slice(), |service| &*service.further_gates);
        gates.iter().filter(|(actions, _)| actions.include(action.name())).map(|(_, note)| &**note)
    }

    /// Whether requests of the service can have the key: not so where AWS documents that the service leaves it out.
    pub fn supplies(&self, service: &str, key: &ContextKey) -> bool {
        let Some(keys) = self.service(service).and_then(|service| service.keys.as_ref()) else { return true };
        let listed = |keys: &[Text]| {
            keys.iter().any(|listed| match listed.strip_suffix('*') {
                Some(family) => key.lowercase().starts_with(family),
                None => **listed == *key.lowercase(),
            })
        };
        match keys {
            Keys::AllBut(missing) => !listed(missing),
            Keys::Only(supplied) => listed(supplied) || !key.is_global(),
        }
    }
}

impl OfService {
    fn named(&self, name: &str) -> ActionRules {
        let found =
            self.named.binary_search_by(|(known, _)| (**known).cmp(name)).ok().and_then(|at| self.named.get(at));
        found.map_or(ActionRules::default(), |(_, rules)| *rules)
    }

    fn add(&mut self, name: &str, rule: ActionRule) {
        let named = self.named.to_mut();
        let at = named.partition_point(|(known, _)| **known < *name);
        if named.get(at).is_none_or(|(known, _)| **known != *name) {
            named.insert(at, (name.to_owned().into(), ActionRules::default()));
        }
        if let Some((_, rules)) = named.get_mut(at) {
            rules.insert(rule);
        }
    }
}

impl Actions {
    fn include(&self, name: &str) -> bool {
        let listed = |names: &[Text]| names.iter().any(|listed| **listed == *name);
        match self {
            Actions::These(names) => listed(names),
            Actions::AllBut(names) => !listed(names),
        }
    }
}

fn members<'n, 'a>(node: &'n Node<'a>, what: &str) -> Result<&'n [json::Member<'a>]> {
    node.members().ok_or_else(|| invalid(node.span, format!("{what} must be an object, found {}", node.kind())))
}

fn items<'n, 'a>(node: &'n Node<'a>, what: &str) -> Result<&'n [Node<'a>]> {
    match &node.value {
        Value::Array(items) => Ok(items),
        _ => Err(invalid(node.span, format!("{what} must be a list, found {}", node.kind()))),
    }
}

fn lowercase(node: &Node<'_>, what: &str) -> Result<Texts> {
    items(node, what)?.iter().map(|node| Ok(text(node, "an entry")?.to_ascii_lowercase().into())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write as _;

    /// The table as Rust.
    fn table(rules: &ServiceRules) -> String {
        let texts = |texts: &[Text]| {
            let texts: Vec<String> = texts.iter().map(|text| format!("Cow::Borrowed({text:?})")).collect();
            format!("Cow::Borrowed(&[{}])", texts.join(", "))
        };
        let actions = |actions: &Actions| match actions {
            Actions::These(names) => format!("Actions::These({})", texts(names)),
            Actions::AllBut(names) => format!("Actions::AllBut({})", texts(names)),
        };
        let mut out = String::from(
            "//! `data/service-rules.json` as a table, so that nothing is read when a program starts. A test writes it.\n\n\
             use super::{ActionRule, ActionRules, Actions, Keys, OfService, Row, ServiceRules};\nuse std::borrow::Cow;\n\n\
             #[rustfmt::skip]\n#[expect(clippy::unreadable_literal, reason = \"sets of rules, which nobody reads\")]\npub(super) const BUILT_IN: ServiceRules = ServiceRules { services: Cow::Borrowed(&[\n",
        );
        for service in rules.services.iter() {
            writeln!(out, "    OfService {{ service: Cow::Borrowed({:?}), named: Cow::Borrowed(&[", service.service)
                .unwrap();
            for (name, ActionRules(bits)) in service.named.iter() {
                writeln!(out, "        (Cow::Borrowed({name:?}), ActionRules({bits:#x})),").unwrap();
            }
            out.push_str("    ]), rows: Cow::Borrowed(&[\n");
            for row in service.rows.iter() {
                let (names, resources) = (actions(&row.actions), texts(&row.resources));
                let rule = row.rule;
                writeln!(
                    out,
                    "        Row {{ rule: ActionRule::{rule:?}, actions: {names}, resources: {resources} }},"
                )
                .unwrap();
            }
            out.push_str("    ]), further_gates: Cow::Borrowed(&[\n");
            for (names, note) in service.further_gates.iter() {
                writeln!(out, "        ({}, Cow::Borrowed({note:?})),", actions(names)).unwrap();
            }
            let keys = match &service.keys {
                None => "None".to_owned(),
                Some(Keys::AllBut(keys)) => format!("Some(Keys::AllBut({}))", texts(keys)),
                Some(Keys::Only(keys)) => format!("Some(Keys::Only({}))", texts(keys)),
            };
            writeln!(out, "    ]), keys: {keys} }},").unwrap();
        }
        out + "]) };\n"
    }

    /// After a change of the file: `UPDATE_SERVICE_RULES=1 cargo test -p iameval service_rules`.
    #[test]
    fn the_table_is_the_file() {
        let table = table(&ServiceRules::parse(SERVICE_RULES).unwrap());
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/service_rules/built_in.rs");
        if std::env::var_os("UPDATE_SERVICE_RULES").is_some() {
            return std::fs::write(path, &table).unwrap();
        }
        assert!(include_str!("service_rules/built_in.rs") == table, "the table is not that of data/service-rules.json");
    }

    #[test]
    fn a_row_more_is_a_rule_more() {
        let row = r#"{"service": "Lambda", "actions": ["AddPermission"]}, {"service": "kms""#;
        let file = SERVICE_RULES.replacen(r#"{"service": "kms""#, row, 1);
        let rules = ServiceRules::parse(&file).unwrap();
        let add = "lambda:addpermission".parse().unwrap();
        assert!(rules.of(&add, None).has(ActionRule::NoCrossAccount));
        assert!(!ServiceRules::embedded().of(&add, None).has(ActionRule::NoCrossAccount));
    }

    #[test]
    fn no_section_is_lost_by_accident() {
        let error = |from: &str, to: &str| ServiceRules::parse(&SERVICE_RULES.replacen(from, to, 1)).unwrap_err();
        let misspelt = error("\"no_cross_account\"", "\"no_cross_acount\"");
        assert_eq!(misspelt.message(), "`no_cross_acount` is not a section of service rules");
        assert_eq!(misspelt.help(), Some("did you mean `no_cross_account`?"));
        let without = r#"{"sections": {"always_allowed": {"rule": "R-SVC-05", "rows": []}}}"#;
        let lacking = ServiceRules::parse(without).unwrap_err();
        assert_eq!(lacking.message(), "the section `allowed_with_long_term_credentials` is missing");
        assert_eq!(error("\"actions\"", "\"action\"").message(), "`action` is not a field of a row");
    }

    #[test]
    fn keys_that_a_service_leaves_out() {
        let supplies = |service, key| ServiceRules::embedded().supplies(service, &ContextKey::new(key));
        assert!(!supplies("es", "aws:PrincipalTag/team") && supplies("es", "aws:SourceIp"));
        assert!(!supplies("ses", "aws:PrincipalOrgID") && supplies("ses", "ses:FromAddress"));
        assert!(supplies("s3", "aws:PrincipalTag/team"));
    }
}
