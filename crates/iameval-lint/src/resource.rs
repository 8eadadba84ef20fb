//! Resources and actions that do not fit each other.

use crate::subject::{Covering, Subject, a_few};
use iameval::text::Span;
use iameval::{Code, Diagnostic, Effect};
use iameval_data::{ActionInfo, Asked, asked};

pub(crate) fn lint(subject: &Subject<'_>, report: &mut impl FnMut(Diagnostic)) {
    let Some(element) = subject.statement.resource().filter(|element| !element.is_negated()) else { return };
    let resources: Vec<(&str, Span)> = element.patterns().zip(element.spans()).collect();
    if resources.iter().any(|(text, _)| matches_anything(text)) || resources.is_empty() {
        return;
    }
    let mut served = false;
    for covering in &subject.patterns {
        served |= action_with_resource(subject, covering, &resources, report);
    }
    // Where no action fits any resource, that has been said of each action.
    let Some(actions) = subject.known_actions().filter(|_| served) else { return };
    let actions: Vec<ActionInfo<'_>> = actions.collect();
    for (text, span) in &resources {
        if !is_arn(text) || actions.iter().any(|action| fits(subject, *action, text)) {
            continue;
        }
        let message = format!("no action of the statement is ever asked on `{text}`");
        let service = text.split(':').nth(2).unwrap_or_default();
        let of_service = |form: &&str| form.split(':').nth(2) == Some(service);
        let help = match forms(&actions).into_iter().filter(of_service).collect::<Vec<_>>() {
            forms if !forms.is_empty() => format!("they take {}", a_few(forms, 3)),
            _ => format!("none of them takes a resource of `{service}`"),
        };
        report(Diagnostic::new(Code::ResourceFitsNoAction, *span, message).with_help(help));
    }
}

/// Whether an action, or one that a pattern covers, fits a resource; reports it where none does.
fn action_with_resource(
    subject: &Subject<'_>,
    covering: &Covering<'_>,
    resources: &[(&str, Span)],
    report: &mut impl FnMut(Diagnostic),
) -> bool {
    let actions = covering.actions();
    let served =
        actions.iter().any(|action| resources.iter().any(|(text, _)| !is_arn(text) || fits(subject, *action, text)));
    if actions.is_empty() || served || subject.statement.action().is_negated() {
        return true;
    }
    let text = covering.text;
    let consequence = match subject.statement.effect() {
        Effect::Allow => "allows it nowhere",
        Effect::Deny => "denies it nowhere",
    };
    let own: Vec<String> = actions.iter().filter_map(|action| own_arn(subject, *action)).collect();
    let without_types = own.is_empty() && actions.iter().all(|action| action.resource_types().next().is_none());
    if without_types {
        let message = format!("`{text}` takes no resource and only `*` covers it, so the statement {consequence}");
        let help = "give it a statement with `\"Resource\": \"*\"`";
        report(Diagnostic::new(Code::ActionNeedsAnyResource, covering.span, message).with_help(help));
    } else {
        let message = format!("no resource of the statement fits `{text}`, so the statement {consequence}");
        let forms = if own.is_empty() { a_few(forms(actions), 3) } else { a_few(own, 3) };
        let finding = Diagnostic::new(Code::ActionFitsNoResource, covering.span, message);
        report(finding.with_help(format!("it takes {forms}")));
    }
    false
}

/// Whether the action is ever asked on something that the resource pattern matches.
fn fits(subject: &Subject<'_>, action: ActionInfo<'_>, pattern: &str) -> bool {
    action.takes(pattern) || own_arn(subject, action).is_some_and(|own| iameval_data::overlap(&own, pattern))
}

/// The ARN that a list call is asked on although the reference gives it no resource.
fn own_arn(subject: &Subject<'_>, action: ActionInfo<'_>) -> Option<String> {
    match asked(&action.to_string().parse().ok()?, subject.catalogue)? {
        Asked::Pattern(own) => Some(
            own.replace("{partition}", "${Partition}")
                .replace("{region}", "${Region}")
                .replace("{account}", "${Account}"),
        ),
        _ => None,
    }
}

/// The forms of ARN that the actions take, each once.
fn forms<'c>(actions: &[ActionInfo<'c>]) -> Vec<&'c str> {
    let mut forms: Vec<&str> = Vec::new();
    for arn in actions.iter().flat_map(|action| action.resource_types().flat_map(|taken| taken.resource_type.arns())) {
        if !forms.contains(&arn) {
            forms.push(arn);
        }
    }
    forms
}

/// Patterns that fit one star match requests on no resource and on any.
fn matches_anything(text: &str) -> bool {
    text.bytes().all(|byte| byte == b'*')
}

/// Whether the text is an ARN as far as can be seen: another form is reported elsewhere, and a variable may stand for
/// anything.
fn is_arn(text: &str) -> bool {
    text.starts_with("arn:") && !text.contains("::${")
}
