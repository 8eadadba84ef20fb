//! The parts of an ARN before its resource: services and regions that do not exist, parts that are missing, and parts that
//! ARNs of the service do not have.

use crate::codes;
use crate::subject::Subject;
use crate::template::is_to_be_filled_in;
use iameval::text::Span;
use iameval::{AccountId, Diagnostic, Severity};
use iameval_data::{
    ArnPattern, Catalogue, ResourceType, Service, partition_of_region, regions_of_partition, suggest_region,
};
use std::rc::Rc;

/// What ARNs name that no action is prefixed with, in lower case: AWS Service Catalog, Elastic Inference and Route 53
/// Application Recovery Controller.
const OTHER_SERVICES: [&str; 3] = ["catalog", "elastic-inference", "route53-recovery-control"];

pub(crate) fn lint(subject: &Subject<'_>, report: &mut impl FnMut(Diagnostic)) {
    let Some(element) = subject.statement.resource() else { return };
    for (text, span) in element.patterns().zip(element.spans()) {
        if let Some(finding) = wrong(subject, text, span) {
            report(finding);
        }
    }
}

/// Whether such a finding says that the ARN matches nothing, so that nothing else needs to be said of it.
pub(crate) fn matches_nothing(finding: &Diagnostic) -> bool {
    [iameval_data::codes::UNKNOWN_SERVICE, codes::ARN_WITH_PLACE, iameval::codes::INCOMPLETE_ARN]
        .contains(&finding.code())
}

/// What is wrong with the parts of a resource's ARN, other than what AWS refuses at creation.
pub(crate) fn wrong(subject: &Subject<'_>, text: &str, span: Span) -> Option<Diagnostic> {
    let catalogue = subject.catalogue;
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let ["arn", partition, service, places @ ..] = parts.as_slice() else { return None };
    // A variable may stand for anything and has a colon of its own.
    let head = parts.get(..parts.len().min(5)).unwrap_or_default();
    if service.is_empty() || head.iter().any(|part| part.contains('$')) {
        return None;
    }
    if service.contains(['*', '?']) {
        return wildcard(service, text, span);
    }
    if let Some(finding) = unknown_service(catalogue, service, text, span) {
        return Some(finding);
    }
    let service = catalogue.service(service);
    match places {
        [region, account, resource] => unknown_region(partition, region, text, span)
            .or_else(|| misplaced(subject, service?, &Whole { partition, region, account, resource }, text, span)),
        [_, ..] => without_part(subject, service?, text, span),
        [] => None,
    }
}

/// A wildcard that stands for any service is meant so; one within a name is rarely meant for all that it covers.
fn wildcard(service: &str, text: &str, span: Span) -> Option<Diagnostic> {
    let any = service.bytes().all(|byte| byte == b'*');
    let message =
        format!("the wildcard in the service `{service}` also matches services with similar names, in `{text}`");
    let help = "write the full service name, and a separate ARN for each service";
    (!any).then(|| Diagnostic::new(codes::WILDCARD_IN_ARN_SERVICE, span, message).with_help(help))
}

fn unknown_service(catalogue: &Catalogue, service: &str, text: &str, span: Span) -> Option<Diagnostic> {
    let lower = service.to_ascii_lowercase();
    let known = catalogue.service(service).is_some() || OTHER_SERVICES.contains(&&*lower);
    if known && lower == service {
        return None;
    }
    let (message, help) = if known {
        let message = format!("the service `{service}` is not in lower case, so `{text}` matches nothing");
        (message, Some(format!("write `{lower}`: services in ARNs are in lower case")))
    } else {
        let message = format!("no AWS service has the prefix `{service}`, in `{text}`");
        (message, catalogue.suggest_service(service).map(|near| format!("did you mean `{near}`?")))
    };
    let finding = Diagnostic::new(iameval_data::codes::UNKNOWN_SERVICE, span, message);
    Some(finding.with_any_help(help))
}

fn unknown_region(partition: &str, region: &str, text: &str, span: Span) -> Option<Diagnostic> {
    let regions = regions_of_partition(partition);
    let is_known = region.is_empty() || region.contains(['*', '?']) || regions.contains(&region);
    if is_known || regions.is_empty() || is_to_be_filled_in(region) {
        return None;
    }
    let finding = |message: String| Diagnostic::new(codes::UNKNOWN_REGION, span, message);
    if let Some(other) = partition_of_region(region) {
        let message = format!("`{region}` is a region of partition `{other}`, not of `{partition}`, in `{text}`");
        let help = format!("write `arn:{other}:` for resources of that region");
        return Some(finding(message).with_help(help));
    }
    let help = match suggest_region(region) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "write a region, or `*` for any region".to_owned(),
    };
    Some(finding(format!("`{region}` is not a known region, in `{text}`")).with_help(help))
}

/// The forms of ARN of a service's resource types.
struct Forms(Rc<[ArnPattern]>);

impl Forms {
    fn of(subject: &Subject<'_>, service: Service<'_>) -> Self {
        let find = || service.resource_types().flat_map(ResourceType::arns).map(ArnPattern::of_form).collect();
        Self(subject.once.forms.get(service.prefix().to_owned(), find))
    }

    /// Whether a resource fits one of them.
    fn fit(&self, text: &str) -> bool {
        let pattern = ArnPattern::new(text);
        self.0.iter().any(|form| pattern.overlaps(form))
    }
}

/// The parts of an ARN that has all of them.
struct Whole<'t> {
    partition: &'t str,
    region: &'t str,
    account: &'t str,
    resource: &'t str,
}

/// An ARN that fits a form of the service once a part is left out, or put in.
fn misplaced(
    subject: &Subject<'_>,
    service: Service<'_>,
    arn: &Whole<'_>,
    text: &str,
    span: Span,
) -> Option<Diagnostic> {
    // A wildcard covers the empty part as well.
    let is_text = |part: &str| !part.is_empty() && !part.contains(['*', '?']);
    if !is_text(arn.region) && !is_text(arn.account) {
        return None;
    }
    let forms = Forms::of(subject, service);
    if forms.fit(text) {
        return None;
    }
    with_place(&forms, service.prefix(), arn, text, span)
        .or_else(|| account_left_out(&forms, service.prefix(), arn, text, span))
}

/// An ARN that fits a form of the service once the region or the account is left out.
fn with_place(forms: &Forms, service: &str, arn: &Whole<'_>, text: &str, span: Span) -> Option<Diagnostic> {
    let Whole { partition, region, account, resource } = arn;
    // Regions in ARNs of IAM and S3 are refused.
    if matches!(service, "iam" | "s3") && !region.is_empty() {
        return None;
    }
    let is_text = |part: &str| !part.is_empty() && !part.contains(['*', '?']);
    let with = |region: &str, account: &str| format!("arn:{partition}:{service}:{region}:{account}:{resource}");
    let candidates = [
        (is_text(account), with(region, ""), "account"),
        (is_text(region), with("", account), "region"),
        (is_text(region) && is_text(account), with("", ""), "region and no account"),
    ];
    let (_, right, what) = candidates.into_iter().find(|(differs, arn, _)| *differs && forms.fit(arn))?;
    let message = format!("ARNs of `{service}` have no {what} here, so `{text}` matches nothing");
    Some(Diagnostic::new(codes::ARN_WITH_PLACE, span, message).with_help(format!("write `{right}`")))
}

/// An ARN whose resource begins where the account belongs, such as `arn:aws:lambda:eu-west-1:function:app`.
fn account_left_out(forms: &Forms, service: &str, arn: &Whole<'_>, text: &str, span: Span) -> Option<Diagnostic> {
    let Whole { partition, region, account, resource } = arn;
    let is_account = account.is_empty() || account.contains(['*', '?']) || account.parse::<AccountId>().is_ok();
    let with = |own: &str| format!("arn:{partition}:{service}:{region}:{own}:{account}:{resource}");
    (!is_account && forms.fit(&with("123456789012"))).then(|| lacks_part(text, span, &with("ACCOUNT")))
}

/// What region and account hold where the form is looked for, and in the answer.
const PLACES: [(&str, &str); 4] = [
    ("us-east-1:123456789012", "REGION:ACCOUNT"),
    ("us-east-1:", "REGION:"),
    (":123456789012", ":ACCOUNT"),
    (":", ":"),
];

/// An ARN with fewer than five colons. AWS takes it; identity policies fill it up with `*` at its end (R-RES-06).
fn without_part(subject: &Subject<'_>, service: Service<'_>, text: &str, span: Span) -> Option<Diagnostic> {
    let mut parts = text.splitn(4, ':');
    let (partition, name, tail) = (parts.nth(1)?, parts.next()?, parts.next()?);
    let region = tail.split(':').next()?;
    let is_region = region.is_empty() || region.contains(['*', '?']) || partition_of_region(region).is_some();
    let filled_up = subject.kind.is_of_principal();
    // Of IAM and S3, and where an inner part is empty, it is refused.
    let refused = matches!(service.prefix(), "iam" | "s3") || text.contains("::");
    if refused || (is_region && (filled_up || tail.contains(['*', '?']))) {
        return None;
    }
    let forms = Forms::of(subject, service);
    let fits = |places: &str| forms.fit(&format!("arn:{partition}:{name}:{places}:{tail}"));
    let written = PLACES.iter().find(|(asked, _)| fits(asked)).map_or("REGION:ACCOUNT", |(_, written)| written);
    Some(lacks_part(text, span, &format!("arn:{partition}:{name}:{written}:{tail}")))
}

fn lacks_part(text: &str, span: Span, right: &str) -> Diagnostic {
    let message =
        format!("the ARN `{text}` is missing a part: a region and an account come before the resource, even if empty");
    let finding = Diagnostic::new(iameval::codes::INCOMPLETE_ARN, span, message).with_help(format!("write `{right}`"));
    finding.with_severity(Severity::Warning).without_refusal()
}
