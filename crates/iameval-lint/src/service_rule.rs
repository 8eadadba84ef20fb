//! What services decide apart from policies, where a statement takes no account of it: grants to another account that have
//! no effect, operations that IAM does not authorize, actions and keys that a policy of the resource cannot be about.

use crate::codes;
use crate::public::named;
use crate::subject::{Covering, Subject, a_few};
use iameval::{
    AccountId, Action, ActionRule, Arn, ContextKey, Diagnostic, Effect, PatternElement, PolicyKind, PrincipalType,
    ServiceRules, Severity,
};
use std::collections::HashMap;

pub(crate) fn lint(subject: &Subject<'_>, report: &mut impl FnMut(Diagnostic)) {
    not_authorized(subject, report);
    if subject.kind == PolicyKind::Resource {
        across_accounts(subject, report);
        takes_no_part(subject, report);
        keys_not_supplied(subject, report);
    }
}

/// Of which actions a rule speaks, on one of the statement's resources where the rule is about some only. Each action is
/// looked up once.
struct Spoken<'s> {
    rules: &'s ServiceRules,
    rule: ActionRule,
    resources: Vec<Option<Arn>>,
    known: HashMap<String, bool>,
}

impl<'s> Spoken<'s> {
    fn new(subject: &Subject<'s>, rule: ActionRule) -> Self {
        let rules = subject.catalogue.service_rules();
        Self { rules, rule, resources: resources(subject), known: HashMap::new() }
    }

    /// The names of those actions of an entry.
    fn of(&mut self, covering: &Covering<'_>) -> Vec<String> {
        let names = covering.actions().iter().map(ToString::to_string);
        names.filter(|name| self.has(name)).collect()
    }

    fn has(&mut self, name: &str) -> bool {
        if let Some(known) = self.known.get(name) {
            return *known;
        }
        let has = name.parse::<Action>().is_ok_and(|action| {
            let on = |resource: Option<&Arn>| self.rules.of(&action, resource).has(self.rule);
            if self.rules.depend_on_resource(&action) {
                self.resources.iter().any(|resource| on(resource.as_ref()))
            } else {
                on(None)
            }
        });
        self.known.insert(name.to_owned(), has);
        has
    }
}

/// R-SVC-26: a statement about an operation that IAM does not authorize decides nothing, and a Deny protects nothing.
/// Resource control policies and the policies of VPC endpoints reach such calls: AWS's own samples name them there.
fn not_authorized(subject: &Subject<'_>, report: &mut impl FnMut(Diagnostic)) {
    let rules = subject.catalogue.service_rules();
    let reaches = matches!(subject.kind, PolicyKind::ResourceControl | PolicyKind::Endpoint);
    if reaches || subject.statement.action().is_negated() {
        return;
    }
    for covering in &subject.patterns {
        let Ok(action) = covering.text.parse::<Action>() else { continue };
        if !rules.of(&action, None).has(ActionRule::NotAuthorizedByIam) {
            continue;
        }
        let (severity, message) = match subject.statement.effect() {
            Effect::Allow => {
                (Severity::Info, format!("IAM does not authorize `{}`: it needs no permission", covering.text))
            }
            Effect::Deny => {
                let message = format!("IAM does not authorize `{}`, so this Deny protects nothing", covering.text);
                (Severity::Warning, message)
            }
        };
        let finding =
            Diagnostic::new(iameval_data::codes::ACTION_WITHOUT_EFFECT, covering.span, message).with_severity(severity);
        report(finding.with_help("remove the action; such calls are limited by settings of the service itself"));
    }
}

/// R-SVC-19
fn across_accounts(subject: &Subject<'_>, report: &mut impl FnMut(Diagnostic)) {
    let statement = subject.statement;
    let principal = statement.principal().filter(|element| !element.is_negated());
    let (Some(principal), Effect::Allow, false) = (principal, statement.effect(), statement.action().is_negated())
    else {
        return;
    };
    let Some(owner) = owner(subject) else { return };
    let foreign =
        named(principal.form(), PrincipalType::Aws).find(|(text, _)| account(text).is_some_and(|id| id != owner));
    let Some((foreign, span)) = foreign else { return };
    let mut spoken = Spoken::new(subject, ActionRule::NoCrossAccount);
    for covering in &subject.patterns {
        let without = spoken.of(covering);
        if without.is_empty() {
            continue;
        }
        let all = without.len() == covering.actions().len();
        let (message, help) = if all {
            let help = "call it from the owner's account, or through a role in that account";
            (
                format!(
                    "`{}` has no effect for `{foreign}`: the service does not support it across accounts",
                    covering.text
                ),
                help,
            )
        } else {
            let help = "list the actions that work across accounts";
            (
                format!(
                    "for `{foreign}`, {} have no effect: the service does not support them across accounts",
                    a_few(&without, 3)
                ),
                help,
            )
        };
        let mut finding = Diagnostic::new(codes::NO_CROSS_ACCOUNT_USE, covering.span, message).with_help(help);
        if !all {
            finding = finding.with_severity(Severity::Info);
        }
        report(finding.with_label(span, format!("not account {owner}")));
    }
}

/// The account that owns the resource: that of the ARNs in the statement, or of the one root that is granted every action of
/// a service, as key policies begin with.
fn owner(subject: &Subject<'_>) -> Option<AccountId> {
    let named_in = resources(subject).into_iter().flatten().find_map(|arn| arn.account_id());
    named_in.or_else(|| *subject.once.owner.get_or_init(|| sole_owner(subject)))
}

/// The account of the one root that is granted every action of a service.
fn sole_owner(subject: &Subject<'_>) -> Option<AccountId> {
    let mut owners: Vec<AccountId> = Vec::new();
    for statement in subject.document.statements() {
        let whole = statement.action().patterns().any(|text| text == "*" || text.ends_with(":*"));
        let principal = statement.principal().filter(|element| !element.is_negated());
        if let (Effect::Allow, true, Some(principal)) = (statement.effect(), whole, principal) {
            let roots = named(principal.form(), PrincipalType::Aws).filter(|(text, _)| text.ends_with(":root"));
            owners.extend(roots.filter_map(|(text, _)| account(text)));
        }
    }
    match owners.as_slice() {
        [one] => Some(*one),
        _ => None,
    }
}

/// The account of a principal.
fn account(text: &str) -> Option<AccountId> {
    text.parse().ok().or_else(|| text.parse::<Arn>().ok()?.account_id())
}

/// The resources of the statement; none stands for any.
fn resources(subject: &Subject<'_>) -> Vec<Option<Arn>> {
    let element = subject.statement.resource().filter(|element| !element.is_negated());
    let resources: Vec<Option<Arn>> =
        element.into_iter().flat_map(PatternElement::patterns).map(|text| text.parse().ok()).collect();
    if resources.is_empty() { vec![None] } else { resources }
}

/// R-SVC-20: actions in which a policy of the resource takes no part. Amazon SNS refuses such a policy.
fn takes_no_part(subject: &Subject<'_>, report: &mut impl FnMut(Diagnostic)) {
    if subject.statement.action().is_negated() {
        return;
    }
    let mut spoken = Spoken::new(subject, ActionRule::ResourcePolicyTakesNoPart);
    for covering in &subject.patterns {
        let without = spoken.of(covering);
        let Some(first) = without.first() else { continue };
        let all = without.len() == covering.actions().len();
        let of_topics = first.starts_with("sns:");
        let message = if of_topics {
            format!(
                "Amazon SNS rejects `{}` in a topic policy, which does not support {}",
                covering.text,
                a_few(&without, 3)
            )
        } else if all {
            format!("a resource policy has no effect on `{}`", covering.text)
        } else {
            format!("a resource policy has no effect on {}", a_few(&without, 3))
        };
        let help = match (of_topics, subject.statement.effect()) {
            (true, _) => "list actions that topic policies support, such as `sns:Publish` and `sns:Subscribe`",
            (false, Effect::Allow) => "allow it in identity policies in the owner's account",
            (false, Effect::Deny) => "deny it in identity policies or in a service control policy",
        };
        let mut finding = Diagnostic::new(codes::TAKES_NO_PART, covering.span, message).with_help(help);
        if !all && !of_topics {
            finding = finding.with_severity(Severity::Info);
        }
        report(finding);
    }
}

/// Keys that the service leaves out of its requests.
fn keys_not_supplied(subject: &Subject<'_>, report: &mut impl FnMut(Diagnostic)) {
    let rules = subject.catalogue.service_rules();
    let mut services = subject.patterns.iter().map(|covering| covering.text.split(':').next().unwrap_or_default());
    let Some(service) = services.next().map(str::to_ascii_lowercase) else { return };
    if !services.all(|other| other.eq_ignore_ascii_case(&service)) {
        return;
    }
    for block in subject.statement.condition() {
        for test in block.keys().iter().filter(|test| !rules.supplies(&service, &ContextKey::new(test.key()))) {
            let message = format!("requests to `{service}` are documented to have no `{}`", test.key());
            let help = "make sure that the statement is intended for requests without the key";
            report(Diagnostic::new(codes::KEY_NOT_SUPPLIED, test.key_span(), message).with_help(help));
        }
    }
}
