//! Resources and actions that do not fit each other.

use crate::subject::{Covering, Subject, a_few};
use iameval::text::Span;
use iameval::{Code, Diagnostic, Effect};
use iameval_data::{ActionInfo, ArnPattern, Asked, asked};
use std::borrow::Cow;

pub(crate) fn lint(subject: &Subject<'_>, report: &mut impl FnMut(Diagnostic)) {
    let Some(element) = subject.statement.resource().filter(|element| !element.is_negated()) else { return };
    if subject.statement.action().is_negated() || element.patterns().any(matches_anything) {
        return;
    }
    let resources: Vec<Named<'_>> = element.patterns().zip(element.spans()).map(Named::new).collect();
    if resources.is_empty() {
        return;
    }
    let mut forms = Forms::default();
    let mut all: Vec<usize> = Vec::new();
    let mut served = false;
    for covering in &subject.patterns {
        let taken: Vec<Vec<usize>> = covering.actions().iter().map(|action| forms.of(subject, *action)).collect();
        let fits = |numbers: &Vec<usize>| resources.iter().any(|resource| resource.is_any(numbers, &forms));
        if taken.is_empty() || taken.iter().any(fits) {
            served = true;
        } else {
            report(action_without_resource(subject, covering, &taken, &forms));
        }
        all.extend(taken.into_iter().flatten());
    }
    // Where no action fits any resource, that has been said of each action.
    if !served || subject.known_actions().is_none() {
        return;
    }
    all.sort_unstable();
    all.dedup();
    for resource in resources.iter().filter(|resource| !resource.is_any(&all, &forms)) {
        let message = format!("no action of the statement is ever asked on `{}`", resource.text);
        let service = resource.text.split(':').nth(2).unwrap_or_default();
        let of_service = |form: &&str| form.split(':').nth(2) == Some(service);
        let help = match forms.texts(&all).filter(of_service).collect::<Vec<_>>() {
            forms if !forms.is_empty() => format!("they take {}", a_few(forms, 3)),
            _ => format!("none of them takes a resource of `{service}`"),
        };
        report(Diagnostic::new(Code::ResourceFitsNoAction, resource.span, message).with_help(help));
    }
}

/// A resource that a statement names.
struct Named<'d> {
    text: &'d str,
    span: Span,
    /// `None` where the text is no ARN as far as can be seen: then it fits whatever there is.
    pattern: Option<ArnPattern>,
}

impl<'d> Named<'d> {
    fn new((text, span): (&'d str, Span)) -> Self {
        // Another form is reported elsewhere, and a variable may stand for anything.
        let is_arn = text.starts_with("arn:") && !text.contains("::${");
        Self { text, span, pattern: is_arn.then(|| ArnPattern::new(text)) }
    }

    /// Whether it fits one of the forms of those numbers.
    fn is_any(&self, numbers: &[usize], forms: &Forms<'_>) -> bool {
        let Some(pattern) = &self.pattern else { return true };
        numbers.iter().filter_map(|number| forms.0.get(*number)).any(|(_, form)| pattern.overlaps(form))
    }
}

/// The forms of ARN that the actions of a statement take, each once, in the order they are met.
#[derive(Default)]
struct Forms<'d>(Vec<(Cow<'d, str>, ArnPattern)>);

impl<'d> Forms<'d> {
    /// The numbers of the forms that an action takes.
    fn of(&mut self, subject: &Subject<'d>, action: ActionInfo<'d>) -> Vec<usize> {
        let of_types = action.resource_types().flat_map(|taken| taken.resource_type.arns());
        let mut numbers: Vec<usize> = of_types.map(|form| self.number(form.into())).collect();
        if numbers.is_empty()
            && let Some(own) = own_arn(subject, action)
        {
            numbers.push(self.number(own.into()));
        }
        numbers
    }

    fn number(&mut self, form: Cow<'d, str>) -> usize {
        self.0.iter().position(|(known, _)| *known == form).unwrap_or_else(|| {
            let pattern = ArnPattern::of_form(&form);
            self.0.push((form, pattern));
            self.0.len() - 1
        })
    }

    fn texts(&self, numbers: &[usize]) -> impl Iterator<Item = &str> {
        numbers.iter().filter_map(|number| self.0.get(*number)).map(|(form, _)| &**form)
    }
}

/// An action, or a pattern with all its actions, that none of the resources fits.
fn action_without_resource(
    subject: &Subject<'_>,
    covering: &Covering<'_>,
    taken: &[Vec<usize>],
    forms: &Forms<'_>,
) -> Diagnostic {
    let text = covering.text;
    let consequence = match subject.statement.effect() {
        Effect::Allow => "allows it nowhere",
        Effect::Deny => "denies it nowhere",
    };
    let mut numbers = taken.concat();
    numbers.sort_unstable();
    numbers.dedup();
    if numbers.is_empty() {
        let message = format!("`{text}` takes no resource and only `*` covers it, so the statement {consequence}");
        let help = "give it a statement with `\"Resource\": \"*\"`";
        Diagnostic::new(Code::ActionNeedsAnyResource, covering.span, message).with_help(help)
    } else {
        let message = format!("no resource of the statement fits `{text}`, so the statement {consequence}");
        let help = format!("it takes {}", a_few(forms.texts(&numbers), 3));
        Diagnostic::new(Code::ActionFitsNoResource, covering.span, message).with_help(help)
    }
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

/// Patterns that fit one star match requests on no resource and on any.
fn matches_anything(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte == b'*')
}
