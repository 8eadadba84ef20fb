//! Principals that AWS accepts and that match no one: names of no service, ids of users that are gone, empty lists, providers
//! where none can come, principals of another partition.

use crate::codes;
use crate::public::named;
use crate::subject::Subject;
use iameval::text::Span;
use iameval::{Arn, Diagnostic, Effect, PolicyKind, PrincipalElement, PrincipalForm, PrincipalType, Severity};
use iameval_data::{Catalogue, ServicePrincipal, is_other_service_principal};

/// What the unique id of a principal begins with (*IAM identifiers*), and the kind of principal.
const IDS: [(&str, &str); 2] = [("AIDA", "user"), ("AROA", "role")];

pub(crate) fn lint(subject: &Subject<'_>, report: &mut impl FnMut(Diagnostic)) {
    let takes_principals = matches!(subject.kind, PolicyKind::Resource | PolicyKind::RoleTrust | PolicyKind::Endpoint);
    let Some(element) = subject.statement.principal().filter(|_| takes_principals) else { return };
    for (text, span) in named(element.form(), PrincipalType::Service) {
        services(subject.catalogue, text, span, report);
    }
    for (text, span) in named(element.form(), PrincipalType::Aws) {
        unique_id(text, span, report);
    }
    if subject.kind != PolicyKind::RoleTrust {
        providers(element, report);
    }
    empty(subject, element, report);
    if subject.kind == PolicyKind::Resource {
        other_partition(subject, element, report);
    }
}

fn services(catalogue: &Catalogue, text: &str, span: Span, report: &mut impl FnMut(Diagnostic)) {
    // Without a dot it is refused; a placeholder of a template says nothing.
    if !text.contains('.') || text.contains("${") {
        return;
    }
    let finding = |message: String| Diagnostic::new(codes::UNKNOWN_SERVICE_PRINCIPAL, span, message);
    let did_you_mean = |near: String| format!("did you mean `{near}`?");
    let lower = text.to_ascii_lowercase();
    if is_other_service_principal(&lower) {
        return;
    }
    let Some(principal) = ServicePrincipal::parse(&lower) else {
        let meant = ServicePrincipal::meant_by(text, catalogue).map(did_you_mean);
        let help = meant.unwrap_or_else(|| "a service principal has the form `SERVICE.amazonaws.com`".to_owned());
        report(finding(format!("`{text}` is not a service principal")).with_help(help));
        return;
    };
    if principal.is_known(catalogue) {
        if lower != text {
            let message = format!("`{text}` is not in lower case, as service principals are");
            report(finding(message).with_help(format!("write `{lower}`")));
        }
    } else if let Some(near) = principal.suggest(catalogue) {
        report(finding(format!("`{text}` is not a known service principal")).with_help(did_you_mean(near)));
    } else {
        let finding = finding(format!("`{text}` is not a known service principal"));
        let help = "AWS publishes no list of service principals: check the documentation of the service";
        report(finding.with_help(help).with_severity(Severity::Info));
    }
}

fn unique_id(text: &str, span: Span, report: &mut impl FnMut(Diagnostic)) {
    let is_id = text.len() > 4 && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if let Some((_, kind)) = IDS.iter().find(|(begin, _)| is_id && text.starts_with(begin)) {
        let message = format!("`{text}` is the unique id of a {kind}, which AWS shows if the {kind} was deleted");
        let help = format!("use the ARN of the {kind}, or remove it");
        report(Diagnostic::new(codes::UNIQUE_ID_AS_PRINCIPAL, span, message).with_help(help));
    }
}

fn providers(element: &PrincipalElement, report: &mut impl FnMut(Diagnostic)) {
    for (text, span) in named(element.form(), PrincipalType::Federated).filter(|(text, _)| *text != "*") {
        let message =
            format!("`{text}` is an identity provider, which only role trust policies support as a principal");
        let help = "name the role that its users assume under `AWS`";
        report(Diagnostic::new(codes::FEDERATED_OUTSIDE_TRUST, span, message).with_help(help));
    }
}

fn empty(subject: &Subject<'_>, element: &PrincipalElement, report: &mut impl FnMut(Diagnostic)) {
    let PrincipalForm::Map(lists) = element.form() else { return };
    if element.is_negated() || lists.iter().any(|list| list.values().next().is_some()) {
        return;
    }
    let message = match subject.statement.effect() {
        Effect::Allow => "`Principal` is empty, so the statement never matches and allows nothing",
        Effect::Deny => "`Principal` is empty, so the statement never matches and denies nothing",
    };
    let help = "name a principal, such as `{\"AWS\": \"123456789012\"}`, or remove the statement";
    report(Diagnostic::new(codes::NEVER_MATCHES, element.name_span(), message).with_help(help));
}

/// R-XACC-06: nothing is delegated from one partition to another.
fn other_partition(subject: &Subject<'_>, element: &PrincipalElement, report: &mut impl FnMut(Diagnostic)) {
    let Some(resource) = subject.statement.resource().filter(|resource| !resource.is_negated()) else { return };
    if element.is_negated() {
        return;
    }
    let partitions: Option<Vec<&str>> = resource.patterns().map(partition).collect();
    let Some(partitions) = partitions.filter(|partitions| !partitions.is_empty()) else { return };
    for (text, span) in named(element.form(), PrincipalType::Aws) {
        let Ok(arn) = text.parse::<Arn>() else { continue };
        let own = arn.partition();
        if !own.contains(['*', '?', '$']) && !partitions.contains(&own) {
            let message = format!(
                "`{text}` is in partition `{own}`, but no resource of the statement is, so the statement never matches that principal"
            );
            let help = "principals can access resources only in their own partition";
            report(Diagnostic::new(codes::NEVER_MATCHES, span, message).with_help(help));
        }
    }
}

/// The partition that a resource names, when it names a certain one.
fn partition(text: &str) -> Option<&str> {
    let name = text.strip_prefix("arn:")?.split(':').next()?;
    (!name.contains(['*', '?', '$'])).then_some(name)
}
