//! ARNs that no resource has, since the service writes them in another way.

use crate::codes;
use crate::subject::Subject;
use iameval::Diagnostic;
use iameval::text::Span;
use std::cell::LazyCell;

pub(crate) fn lint(subject: &Subject<'_>, report: &mut impl FnMut(Diagnostic)) {
    let Some(element) = subject.statement.resource().filter(|element| !element.is_negated()) else { return };
    // A secret that is yet to be made has no suffix.
    let made = |name: &str| name == "secretsmanager:CreateSecret";
    let only_creates = LazyCell::new(|| {
        subject.known_actions().is_some_and(|mut actions| actions.all(|action| made(&action.to_string())))
    });
    for (text, span) in element.patterns().zip(element.spans()) {
        let mut parts = text.splitn(6, ':').skip(2);
        // A variable has a colon of its own, so the parts may be others.
        let (Some(service), Some(resource)) = (parts.next(), parts.nth(2)) else { continue };
        if !text.starts_with("arn:") || text.split(':').take(5).any(|part| part.contains("${")) {
            continue;
        }
        if let Some(finding) = secret(service, resource, (text, span)).filter(|_| !*only_creates) {
            report(finding);
        }
        double_slash(service, resource, (text, span), report);
    }
}

/// The length of what Secrets Manager puts after a secret's name: a hyphen and six characters.
const SUFFIX: usize = 7;

/// Words of six letters that end the names of secrets and would be a most unlikely suffix.
const WORDS: [&str; 6] = ["-apikey", "-config", "-github", "-master", "-secret", "-tokens"];

/// A secret's ARN ends in six random characters (*Secrets Manager: what's in a secret*).
fn secret(service: &str, resource: &str, (text, span): (&str, Span)) -> Option<Diagnostic> {
    let name = resource.strip_prefix("secret:").filter(|_| service == "secretsmanager")?;
    let may_end_so = name.contains("${") || !name.is_ascii() || {
        let end = name.get(name.len().saturating_sub(SUFFIX)..).unwrap_or(name);
        end.contains('*')
            || (end.len() == SUFFIX
                && end.starts_with(['-', '?'])
                && end.bytes().skip(1).all(|byte| byte == b'?' || byte.is_ascii_alphanumeric())
                && !WORDS.contains(&end))
    };
    if may_end_so {
        return None;
    }
    let message = format!("`{text}` lacks the six characters at the end of a secret ARN, so it matches nothing");
    let help = format!("write `{text}-??????`, or the full ARN");
    Some(Diagnostic::new(codes::ARN_OF_NO_RESOURCE, span, message).with_help(help))
}

/// Resources whose names or paths may begin with a slash, which is the one that stands after their type in the ARN.
const BEGIN_WITH_SLASH: [(&str, &[&str]); 2] =
    [("iam", &["group", "instance-profile", "policy", "role", "user"]), ("ssm", &["parameter"])];

fn double_slash(service: &str, resource: &str, (text, span): (&str, Span), report: &mut impl FnMut(Diagnostic)) {
    let types = BEGIN_WITH_SLASH.iter().find(|(of_service, _)| *of_service == service).map(|(_, types)| *types);
    let Some((resource_type, _)) = resource.split_once("//") else { return };
    if !types.is_some_and(|types| types.contains(&resource_type)) {
        return;
    }
    let message = format!("`{text}` has two slashes after `{resource_type}`, so it matches nothing");
    let (double, single) = (format!(":{resource_type}//"), format!(":{resource_type}/"));
    let help = format!("the leading slash of a name is not repeated: `{}`", text.replacen(&double, &single, 1));
    report(Diagnostic::new(codes::ARN_OF_NO_RESOURCE, span, message).with_help(help));
}
