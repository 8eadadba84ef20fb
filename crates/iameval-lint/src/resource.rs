//! Resources and actions that do not fit each other.

use crate::action::covers;
use crate::arn;
use crate::codes;
use crate::subject::{Covering, Subject, a_few};
use iameval::text::Span;
use iameval::{AccountId, Diagnostic, Effect, PolicyKind, Severity};
use iameval_data::{ActionInfo, ArnPattern, DefaultResource, asked, readable_form};
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

/// Services in which AWS owns resources that everyone may use and that have no account in their ARN, such as
/// `arn:aws:ssm:us-east-1::document/AWS-RunShellScript`, while the reference has one form for all.
const SHARING: [&str; 6] = ["controltower", "fis", "partnercentral", "resource-explorer-2", "securityhub", "ssm"];

/// What makes a bucket is asked before the bucket has a policy.
const MAKES_BUCKET: &str = "s3:CreateBucket";

pub(crate) fn lint(subject: &Subject<'_>, report: &mut impl FnMut(Diagnostic)) {
    let Some(element) = subject.statement.resource().filter(|element| !element.is_negated()) else { return };
    if subject.statement.action().is_negated() || element.patterns().any(matches_anything) {
        return;
    }
    let resources: Vec<NamedResource<'_>> =
        element.patterns().zip(element.spans()).map(|named| NamedResource::new(named, subject)).collect();
    if resources.is_empty() {
        return;
    }
    let mut forms = Forms::default();
    let mut fitted = Fitted::new(&resources);
    let mut all: BTreeSet<usize> = BTreeSet::new();
    let mut served = false;
    for covering in &subject.patterns {
        if subject.kind == PolicyKind::Resource
            && let Some(finding) = makes_bucket(covering)
        {
            report(finding);
            if covering.pattern.is_exact() {
                continue;
            }
        }
        let taken: Vec<Vec<usize>> = covering.actions().iter().map(|action| forms.of(subject, *action)).collect();
        if taken.is_empty() || taken.iter().any(|numbers| fitted.is_any(numbers, &forms)) {
            served = true;
        } else {
            report(action_without_resource(subject, covering, &taken, &forms));
        }
        all.extend(taken.into_iter().flatten());
    }
    let all: Vec<usize> = all.into_iter().collect();
    for resource in &resources {
        if let Some(finding) = without_place(resource, &all, &forms) {
            report(finding);
        }
    }
    // Where no action fits any resource, that has been said of each action.
    if !served || subject.known_actions().is_none() {
        return;
    }
    for resource in resources.iter().filter(|resource| !resource.is_any(&all, &forms)) {
        let message = format!("no action of the statement applies to `{}`", resource.text);
        let service = resource.text.split(':').nth(2).unwrap_or_default();
        let of_service = |form: &String| form.split(':').nth(2) == Some(service);
        let help = match forms.texts(&all).into_iter().filter(of_service).collect::<Vec<_>>() {
            forms if !forms.is_empty() => format!("their resources are {}", a_few(forms, 3)),
            _ => format!("none of them has a resource type of `{service}`"),
        };
        report(Diagnostic::new(iameval_data::codes::RESOURCE_FITS_NO_ACTION, resource.span, message).with_help(help));
    }
}

/// A resource that a statement names.
struct NamedResource<'d> {
    text: &'d str,
    span: Span,
    /// As it is written, and filled up. None where the text is no ARN as far as can be seen: then it fits whatever there is.
    patterns: Vec<ArnPattern>,
}

impl<'d> NamedResource<'d> {
    fn new((text, span): (&'d str, Span), subject: &Subject<'_>) -> Self {
        // Another form is reported elsewhere, and a variable may stand for anything.
        let reported = || arn::wrong(subject, text, span).is_some_and(|finding| arn::matches_nothing(&finding));
        let is_arn = text.starts_with("arn:") && !text.contains("::${") && !reported();
        let written = is_arn.then(|| ArnPattern::new(text));
        let filled_up = (is_arn && subject.kind.is_of_principal()).then(|| ArnPattern::filled_up(text)).flatten();
        Self { text, span, patterns: written.into_iter().chain(filled_up).collect() }
    }

    /// Whether it fits one of the forms of those numbers.
    fn is_any(&self, numbers: &[usize], forms: &Forms<'_>) -> bool {
        self.patterns.is_empty() || numbers.iter().any(|number| self.overlaps(*number, forms))
    }

    /// Whether it fits the form of that number.
    fn overlaps(&self, number: usize, forms: &Forms<'_>) -> bool {
        let Some((_, form)) = forms.list.get(number) else { return false };
        self.patterns.iter().any(|pattern| pattern.overlaps(form))
    }
}

/// Which forms some resource of the statement fits. Each form is compared once: many actions take the same.
struct Fitted<'r, 'd> {
    resources: &'r [NamedResource<'d>],
    /// Whether a resource fits whatever there is.
    has_any: bool,
    known: HashMap<usize, bool>,
}

impl<'r, 'd> Fitted<'r, 'd> {
    fn new(resources: &'r [NamedResource<'d>]) -> Self {
        let has_any = resources.iter().any(|resource| resource.patterns.is_empty());
        Self { resources, has_any, known: HashMap::new() }
    }

    /// Whether some resource fits one of the forms of those numbers.
    fn is_any(&mut self, numbers: &[usize], forms: &Forms<'_>) -> bool {
        let Self { resources, known, .. } = self;
        let fits = |number: usize| resources.iter().any(|resource| resource.overlaps(number, forms));
        self.has_any || numbers.iter().any(|number| *known.entry(*number).or_insert_with(|| fits(*number)))
    }
}

/// The forms of ARN that the actions of a statement take, each once, in the order they are met.
#[derive(Default)]
struct Forms<'d> {
    list: Vec<(Cow<'d, str>, ArnPattern)>,
    /// Where each stands in the list.
    numbers: HashMap<Cow<'d, str>, usize>,
}

impl<'d> Forms<'d> {
    /// The numbers of the forms that an action takes.
    fn of(&mut self, subject: &Subject<'d>, action: ActionInfo<'d>) -> Vec<usize> {
        let mut numbers: Vec<usize> = action.arns().map(|form| self.number(form.into(), ArnPattern::of_form)).collect();
        if numbers.is_empty()
            && let Some(own) = own_arn(subject, action)
        {
            numbers.push(self.number(own.into(), ArnPattern::of_asked));
        }
        numbers
    }

    fn number(&mut self, form: Cow<'d, str>, pattern: impl Fn(&str) -> ArnPattern) -> usize {
        let list = &mut self.list;
        *self.numbers.entry(form).or_insert_with_key(|form| {
            list.push((form.clone(), pattern(form)));
            list.len() - 1
        })
    }

    /// The forms as people write them, each once.
    fn texts(&self, numbers: &[usize]) -> Vec<String> {
        let mut texts = Vec::new();
        for text in numbers.iter().filter_map(|number| self.list.get(*number)).map(|(form, _)| readable_form(form)) {
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
        texts
    }
}

/// A resource that would fit, had it the region or account that every form it fits has.
fn without_place(resource: &NamedResource<'_>, numbers: &[usize], forms: &Forms<'_>) -> Option<Diagnostic> {
    let fitting = numbers.iter().filter(|number| resource.overlaps(**number, forms));
    let fitting = fitting.filter_map(|number| forms.list.get(*number));
    let lacks: Option<Vec<&str>> = fitting.map(|(form, _)| lacks(form, resource.text)).collect();
    let lacks = lacks?.first().copied()?;
    let message = format!("`{}` {lacks}, so it matches nothing", resource.text);
    let help = "fill in the part, or write `*` for any";
    Some(Diagnostic::new(codes::ARN_WITHOUT_PLACE, resource.span, message).with_help(help))
}

/// What an ARN lacks that ARNs of the form have, in words.
fn lacks(form: &str, text: &str) -> Option<&'static str> {
    let parts: Vec<(&str, &str)> = form.splitn(6, ':').zip(text.splitn(6, ':')).collect();
    let [_, _, (_, service), (of_region, region), (of_account, account), _] = *parts.as_slice() else { return None };
    // A variable has a colon of its own, so the parts may be others.
    if region.contains('$') {
        return None;
    }
    // Accounts are twelve digits; `aws`, `amazon` and so on own what AWS shares. After a star, which may take colons
    // (R-RES-02), this part need not be the account.
    let is_account = |text: &str| {
        region.ends_with('*')
            || text.contains(['*', '?', '$'])
            || text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
            || text.parse::<AccountId>().is_ok()
    };
    if of_region == "${Region}" && region.is_empty() {
        Some("has no region")
    } else if of_account != "${Account}" {
        None
    } else if account.is_empty() {
        (!SHARING.contains(&service)).then_some("has no account")
    } else {
        (!is_account(account)).then_some("has an account that is not twelve digits")
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
        let message = format!("`{text}` has no resource types and only `*` matches it, so the statement {consequence}");
        let help = "use a statement with `\"Resource\": \"*\"`";
        Diagnostic::new(codes::ACTION_NEEDS_ANY_RESOURCE, covering.span, message).with_help(help)
    } else {
        let message = format!("no resource of the statement applies to `{text}`, so the statement {consequence}");
        let help = format!("its resources are {}", a_few(forms.texts(&numbers), 3));
        Diagnostic::new(codes::ACTION_FITS_NO_RESOURCE, covering.span, message).with_help(help)
    }
}

/// In a resource policy, an action that makes a bucket, or a pattern that is meant for it.
fn makes_bucket(covering: &Covering<'_>) -> Option<Diagnostic> {
    let stem = covering.text.split(['*', '?']).next().unwrap_or_default();
    let is_about_making = stem.get(.."s3:Create".len()).is_some_and(|stem| stem.eq_ignore_ascii_case("s3:Create"));
    if !is_about_making || !covers(covering.text, &MAKES_BUCKET.parse().ok()?) {
        return None;
    }
    let text = covering.text;
    let (message, severity) = if covering.pattern.is_exact() {
        (
            format!("`{text}` has no effect in a bucket policy: there is no policy before the bucket is created"),
            Severity::Warning,
        )
    } else {
        let message = format!(
            "`{text}` in a bucket policy has no effect on `{MAKES_BUCKET}`: there is no policy before the bucket is created"
        );
        (message, Severity::Info)
    };
    let help = format!("allow or deny `{MAKES_BUCKET}` in identity policies or service control policies");
    let finding = Diagnostic::new(codes::ACTION_FITS_NO_RESOURCE, covering.span, message).with_help(help);
    Some(finding.with_severity(severity))
}

/// The ARN that a list call is evaluated on although the reference gives it no resource.
fn own_arn(subject: &Subject<'_>, action: ActionInfo<'_>) -> Option<String> {
    match asked(&action.to_string().parse().ok()?, subject.catalogue)? {
        DefaultResource::Pattern(own) => Some(
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
