//! Actions: unknown ones, everything at once, entries that add nothing.

use crate::codes;
use crate::subject::{Covering, Subject};
use iameval::text::Span;
use iameval::{Action, ActionPattern, Diagnostic, Effect, PatternElement, PolicyKind, Severity};
use iameval_data::{WithoutEffect, action_help, supports_rcps, without_effect};
use std::collections::{BTreeSet, HashMap};

/// Entries are compared with so many patterns of a list at most, far more than AWS's limits of size leave room for.
const MOST_WILDCARDS: usize = 2_000;

pub(crate) fn lint(subject: &Subject<'_>, report: &mut impl FnMut(Diagnostic)) {
    unknown(subject, report);
    everything_else(subject, report);
    full_access(subject, report);
    without_rcps(subject, report);
    redundant(subject, report);
}

fn unknown(subject: &Subject<'_>, report: &mut impl FnMut(Diagnostic)) {
    let catalogue = subject.catalogue;
    for covering in &subject.patterns {
        let text = covering.text;
        if covering.pattern.is_never() && text.contains(':') {
            let message =
                format!("no action matches `{text}`: a name contains no white space or commas, and is not empty");
            report(Diagnostic::new(iameval_data::codes::UNKNOWN_ACTION, covering.span, message));
        }
        let Some(prefix) = covering.pattern.service() else {
            if !covering.pattern.is_never() && covering.is_of_nothing() {
                let message = format!("no action of any AWS service matches `{text}`");
                report(Diagnostic::new(iameval_data::codes::UNKNOWN_ACTION, covering.span, message));
            }
            continue;
        };
        if let Some(gone) = without_effect(prefix) {
            report(has_no_effect(subject, covering, gone));
            continue;
        }
        let Some(service) = catalogue.service(prefix) else {
            let message = format!("no AWS service has the prefix `{prefix}`");
            let finding = Diagnostic::new(iameval_data::codes::UNKNOWN_SERVICE, covering.span, message)
                .with_any_help(catalogue.suggest_service(prefix).map(|near| format!("did you mean `{near}`?")));
            report(finding);
            continue;
        };
        if !covering.is_of_nothing() {
            continue;
        }
        let title = if service.title().is_empty() { service.prefix() } else { service.title() };
        let (message, help) = if covering.pattern.is_exact() {
            let help = if text.contains("${") {
                Some("policy variables are supported only in `Resource` and `Condition`".into())
            } else {
                action_help(text, catalogue)
            };
            (format!("`{text}` is not an action of {title}"), help)
        } else {
            (format!("no action of {title} matches `{text}`"), None)
        };
        let finding = Diagnostic::new(iameval_data::codes::UNKNOWN_ACTION, covering.span, message);
        report(if is_of_default_topic_policy(subject, text) {
            let help = "Amazon SNS accepts it in topic policies, where it allows nothing; remove it";
            finding.with_severity(Severity::Info).with_help(help)
        } else {
            finding.with_any_help(help)
        });
    }
}

/// An entry for actions that no service asks about any more.
fn has_no_effect(subject: &Subject<'_>, covering: &Covering<'_>, gone: &WithoutEffect) -> Diagnostic {
    let consequence = match (subject.statement.action().is_negated(), subject.statement.effect()) {
        (true, _) => "so listing it here changes nothing",
        (false, Effect::Allow) => "so this Allow grants nothing with it",
        (false, Effect::Deny) => "so this Deny blocks nothing with it",
    };
    let message = format!("{}, {consequence}", gone.message(covering.text));
    Diagnostic::new(iameval_data::codes::ACTION_WITHOUT_EFFECT, covering.span, message).with_help(gone.instead)
}

/// Whether this is the entry of default Amazon SNS topic policies that names an action which does not exist (*Default
/// Amazon SNS access control policy*, Amazon SNS Developer Guide).
fn is_of_default_topic_policy(subject: &Subject<'_>, text: &str) -> bool {
    subject.kind == PolicyKind::Resource && text.eq_ignore_ascii_case("sns:Receive")
}

/// `NotAction` and `NotResource` with Allow. In policies that only limit, they grant nothing.
fn everything_else(subject: &Subject<'_>, report: &mut impl FnMut(Diagnostic)) {
    let statement = subject.statement;
    let grants = matches!(subject.kind, PolicyKind::Identity | PolicyKind::Resource | PolicyKind::RoleTrust);
    if statement.effect() != Effect::Allow || !grants {
        return;
    }
    if statement.action().is_negated() {
        let message = "`NotAction` with `Allow` allows every action that is not listed, in every service";
        let help = "list the actions to allow, or make sure that a permissions boundary or a Deny blocks the rest";
        report(Diagnostic::new(codes::ALLOW_NOT_ACTION, statement.action().name_span(), message).with_help(help));
    }
    if let Some(resource) = statement.resource().filter(|resource| resource.is_negated()) {
        let message = "`NotResource` with `Allow` allows every resource that is not listed, new ones included";
        let help = "list the resources to allow, or change the statement to a Deny on the listed ones";
        report(Diagnostic::new(codes::ALLOW_NOT_RESOURCE, resource.name_span(), message).with_help(help));
    }
}

/// Whether the statement allows every action on every resource without a condition.
pub(crate) fn is_full_access(statement: &iameval::Statement) -> bool {
    let all =
        |element: &PatternElement| !element.is_negated() && element.patterns().any(|text| matches!(text, "*" | "*:*"));
    statement.effect() == Effect::Allow
        && all(statement.action())
        && statement.resource().is_some_and(all)
        && statement.condition().is_empty()
}

fn full_access(subject: &Subject<'_>, report: &mut impl FnMut(Diagnostic)) {
    if subject.kind == PolicyKind::Identity && is_full_access(subject.statement) {
        let everything = subject.patterns.iter().find(|covering| covering.is_everything());
        let span = everything.map_or(subject.statement.action().name_span(), |covering| covering.span);
        let denies = subject.document.statements().iter().any(|statement| statement.effect() == Effect::Deny);
        let message = if denies {
            "the statement allows every action on every resource, except what the policy denies"
        } else {
            "the statement allows every action on every resource: it grants full administrator access"
        };
        report(Diagnostic::new(codes::FULL_ACCESS, span, message));
    }
}

/// Services that resource control policies do not support (R-ORG-05). AWS refuses them, but the list of services grows.
fn without_rcps(subject: &Subject<'_>, report: &mut impl FnMut(Diagnostic)) {
    if subject.kind != PolicyKind::ResourceControl {
        return;
    }
    for covering in &subject.patterns {
        let service = covering.pattern.service().and_then(|prefix| subject.catalogue.service(prefix));
        if let Some(service) = service.filter(|service| !supports_rcps(service.prefix())) {
            let message =
                format!("resource control policies do not support `{}`, as far as is known", service.prefix());
            let help = "AWS rejects actions of other services, and adds to the list of supported ones over time";
            report(Diagnostic::new(codes::SERVICE_WITHOUT_RCPS, covering.span, message).with_help(help));
        }
    }
}

/// Entries of a list that another entry covers. Without them the statement says the same.
fn redundant(subject: &Subject<'_>, report: &mut impl FnMut(Diagnostic)) {
    let patterns = &subject.patterns;
    let spans: Vec<Span> = patterns.iter().map(|covering| covering.span).collect();
    let texts: Vec<String> = patterns.iter().map(|covering| covering.text.to_ascii_lowercase()).collect();
    // A plain action covers nothing but itself, so each entry is compared with the wildcards alone.
    let wildcards = patterns.iter().zip(&texts).enumerate().filter(|(_, (covering, _))| !covering.pattern.is_exact());
    let (mut stems, mut others) = (Stems::default(), Vec::new());
    for (index, (covering, text)) in wildcards.take(MOST_WILDCARDS) {
        match stem(text) {
            Some(stem) => stems.add(stem, index),
            None => others.push((index, covering)),
        }
    }
    let mut seen: HashMap<&str, usize> = HashMap::new();
    for (index, (covering, text)) in patterns.iter().zip(&texts).enumerate() {
        let action = covering.text.parse::<Action>().ok().filter(|_| covering.pattern.is_exact());
        let fits = |(_, wider): &&(usize, &Covering<'_>)| action.as_ref().is_some_and(|it| wider.pattern.matches(it));
        let other = others.iter().find(fits).map(|(at, _)| *at);
        // Of two that say the same, the later one is too many.
        let first = *seen.entry(text).or_insert(index);
        let wider = stems.first_before(text, stem(text));
        let by = wider.into_iter().chain(other).chain((first < index).then_some(first)).min();
        if let Some(wider) = by.and_then(|at| patterns.get(at)) {
            report(too_many(&spans, index, (covering.text, covering.span), (wider.text, wider.span)));
        }
    }
    if let Some(resource) = subject.statement.resource() {
        redundant_resources(resource, report);
    }
}

/// What a pattern begins with, where all that begins so fits it: everything before the star at its end.
fn stem(pattern: &str) -> Option<&str> {
    pattern.strip_suffix('*').filter(|stem| stem.contains(':') && !stem.contains(['*', '?']))
}

fn redundant_resources(resource: &PatternElement, report: &mut impl FnMut(Diagnostic)) {
    let texts: Vec<(&str, Span)> = resource.patterns().zip(resource.spans()).collect();
    let spans: Vec<Span> = resource.spans().collect();
    let wildcards = texts.iter().enumerate().filter(|(_, (text, _))| text.ends_with('*'));
    let mut stems = Stems::default();
    for (index, (text, _)) in wildcards.take(MOST_WILDCARDS) {
        if let Some(stem) = resource_stem(text) {
            stems.add(stem, index);
        }
    }
    let mut seen: HashMap<&str, usize> = HashMap::new();
    for (index, (text, span)) in texts.iter().enumerate() {
        // Of two that say the same, the later one is too many.
        let first = *seen.entry(text).or_insert(index);
        let wider = stems.first_before(text, resource_stem(text));
        let by = wider.into_iter().chain((first < index).then_some(first)).min();
        if let Some(wider) = by.and_then(|at| texts.get(at)) {
            report(too_many(&spans, index, (text, *span), *wider));
        }
    }
}

/// The same for a resource: `*` covers all, others what begins alike. In the part before the resource, what a star covers
/// depends on what follows it (R-RES-02), so the beginning reaches beyond.
fn resource_stem(text: &str) -> Option<&str> {
    let is_plain = |stem: &str| stem.matches(':').count() >= 5 && !stem.contains("${");
    text.strip_suffix('*').filter(|stem| stem.is_empty() || is_plain(stem))
}

/// What entries of a list begin with that cover all that begins so, and where the first of each stands.
#[derive(Default)]
struct Stems<'t> {
    places: HashMap<&'t str, usize>,
    lengths: BTreeSet<usize>,
}

impl<'t> Stems<'t> {
    fn add(&mut self, stem: &'t str, place: usize) {
        self.places.entry(stem).or_insert(place);
        self.lengths.insert(stem.len());
    }

    /// Where the first stands that covers a text, whose own stem is another.
    fn first_before(&self, text: &str, own: Option<&str>) -> Option<usize> {
        let heads = self.lengths.range(..=text.len()).filter_map(|length| text.get(..*length));
        heads.filter(|head| Some(*head) != own).filter_map(|head| self.places.get(head).copied()).min()
    }
}

/// That an entry, the one of that index among those at `spans`, says no more than another one.
fn too_many(spans: &[Span], index: usize, (text, span): (&str, Span), (wider, by): (&str, Span)) -> Diagnostic {
    let (message, label) = if text.eq_ignore_ascii_case(wider) {
        (format!("`{text}` is in the list twice"), "the first one")
    } else {
        (format!("`{text}` is covered by `{wider}`"), "this covers it")
    };
    // With the comma before it; the first entry goes with the comma after it.
    let removed = match index.checked_sub(1).and_then(|before| spans.get(before)) {
        Some(before) => Span { start: before.end, end: span.end },
        None => Span { start: span.start, end: spans.get(1).map_or(span.end, |next| next.start) },
    };
    Diagnostic::new(codes::REDUNDANT_ENTRY, span, message).with_label(by, label).fixed_by(removed, "")
}

/// Whether the pattern covers an action.
pub(crate) fn covers(pattern: &str, action: &Action) -> bool {
    ActionPattern::new(pattern).matches(action)
}

/// Whether the element is about an action.
pub(crate) fn covers_action(element: &PatternElement, action: &str) -> bool {
    let Ok(action) = action.parse() else { return false };
    element.patterns().any(|pattern| covers(pattern, &action)) != element.is_negated()
}
