//! `iameval check`

mod denies;
mod fix;
mod input;
mod template;

use crate::args::{Check, FailOn, Format};
use crate::codes;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::Output;
use crate::report::{Reported, Reports, refuse_to_replace};
use crate::setup::Setup;
use fix::{Find, fix};
use iameval::json::{Node, Value};
use iameval::suggest::did_you_mean;
use iameval::symbol::Symbols;
use iameval::{Code, Diagnostic, Parsed, PolicyDocument, PolicyKind, Refusal, Severity};
use iameval_lint::{Linter, guess_kind};
use iameval_report::{findings_to_json, plain};
use iameval_test::threads::{self, in_threads};
use iameval_world::{Disk, Files, Finding, PolicyForm, Source};
use input::{Input, Inputs};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

/// So many policies are checked by one thread before it takes more.
const AT_ONCE: usize = 8;

/// A policy that was checked.
struct CheckedPolicy<'i> {
    input: &'i Input,
    kind: PolicyKind,
    /// Why it was treated as that kind, when it was not given.
    guessed: Option<Cow<'static, str>>,
    /// The text, as it is after fixing.
    source: Arc<Source>,
    /// What was found in it, until [`Findings`] takes it.
    findings: Vec<Finding>,
    /// How many findings that were.
    found: usize,
    fixed: usize,
}

pub(crate) fn run(flags: &Check, setup: &Setup, output: &mut Output) -> Outcome<Exit> {
    let codes = Codes::new(flags)?;
    let reports = Reports::of_findings(&flags.report)?;
    if reports.takes_standard_output() && flags.format == Format::Json {
        let message = "`--format json` and a report to `-` would both go to standard output";
        return Err(Failure::usage(codes::CONFLICTING_FLAGS, message, "write the report to a file"));
    }
    let inputs = input::collect(flags, setup, output).or_else(|failure| {
        // A world that cannot be made of its files is wrong in one of them, and a pull request should show where.
        let findings = failure.in_files();
        // An empty report would say that nothing is wrong.
        if !findings.is_empty() {
            refuse_to_replace(reports.files(), &[&setup.files])?;
            reports.write(&Reported { findings: &findings, suites: None }, output)?;
        }
        Err(failure)
    })?;
    refuse_to_replace(reports.files(), &[&setup.files])?;
    let linter = Linter::new(setup.catalogue());
    let linter = if flags.deep { linter.deep() } else { linter };
    let find = |input: &Input, symbols: &Symbols, kind: PolicyKind, parsed: &Parsed<PolicyDocument>| {
        let mut found = match &parsed.value {
            None => {
                let mut findings = parsed.diagnostics.clone();
                Refusal::mark_first(&mut findings);
                findings
            }
            Some(document) if input.managed => linter.check_managed(document, kind),
            Some(document) => match &input.attached_to {
                Some(to) => linter.check_attached(document, kind, to),
                None => linter.check_with_unknown(document, kind, symbols),
            },
        };
        if let Some(document) = &parsed.value {
            add_unless_told(inputs.denies.findings(input, kind, document), &mut found);
        }
        // Nobody can give a version to a document that nobody wrote.
        let of_version = [iameval::codes::OLD_VERSION, iameval_lint::codes::MISSING_VERSION];
        found.retain(|finding| {
            codes.wants(finding.code()) && (input.is_written() || !of_version.contains(&finding.code()))
        });
        found.into_iter().map(|found| found.naming(symbols)).collect::<Vec<_>>()
    };
    let mut checked: Vec<CheckedPolicy> =
        in_threads(threads::processors(), AT_ONCE, &|_| (), &inputs.policies, |input| check(input, &find));
    if flags.fix {
        fix(&mut checked, &flags.paths, setup, &find, output)?;
    }
    let Findings { findings, fixable } = Findings::take_each_once(&mut checked);
    if !reports.takes_standard_output() {
        match flags.format {
            Format::Human => {
                output.findings(&findings);
                output.answer(&summary(&checked, &findings, fixable, &inputs));
            }
            Format::Json => output.json(&to_json(&checked, &findings)),
        }
    }
    reports.write(&Reported { findings: &findings, suites: None }, output)?;
    let least = match flags.fail_on {
        FailOn::Error => Severity::Error,
        FailOn::Warning => Severity::Warning,
        FailOn::Info => Severity::Info,
    };
    if !inputs.unreadable.is_empty() {
        return Err(Failure(inputs.unreadable));
    }
    let failed = findings.iter().any(|finding| finding.diagnostic.severity() >= least);
    Ok(if failed { Exit::Other } else { Exit::Wanted })
}

/// Adds findings about whole statements of which it is not told already that they never match.
fn add_unless_told(denies: Vec<Diagnostic>, found: &mut Vec<Diagnostic>) {
    let told: Vec<_> = found.iter().filter(|known| known.code() == iameval_lint::codes::NEVER_MATCHES).collect();
    let is_new = |deny: &Diagnostic| !told.iter().any(|known| known.span() == deny.span());
    let new: Vec<Diagnostic> = denies.into_iter().filter(is_new).collect();
    found.extend(new);
    found.sort_by_key(Diagnostic::span);
}

fn check<'i>(input: &'i Input, find: &impl Find) -> CheckedPolicy<'i> {
    let (kind, guessed) = kind_of(input);
    let source = input.source.clone();
    let found = find(input, input.symbols(), kind, &input.parsed);
    let findings = found.into_iter().map(|found| finding(input, &source, found)).collect();
    CheckedPolicy { input, kind, guessed, source, findings, found: 0, fixed: 0 }
}

/// The kind of a policy, and the reason for it when it was guessed.
fn kind_of(input: &Input) -> (PolicyKind, Option<Cow<'static, str>>) {
    let wrapped = match &input.form {
        PolicyForm::Wrapped(wrapping) => wrapping.kind.map(|kind| (kind, wrapping)),
        _ => None,
    };
    match (input.kind, wrapped, &input.parsed.value) {
        (Some(kind), ..) => (kind, None),
        (None, Some((kind, wrapping)), _) => (kind, Some(format!("it is {wrapping}").into())),
        (None, None, Some(document)) => {
            let guess = guess_kind(document, &input.source.name);
            (guess.kind, Some(guess.reason.into()))
        }
        (None, None, None) => (PolicyKind::Identity, None),
    }
}

fn finding(input: &Input, source: &Arc<Source>, found: Diagnostic) -> Finding {
    Finding::new(source, found).with_note(input.note.clone())
}

/// The findings of all policies.
#[derive(Default)]
struct Findings {
    findings: Vec<Finding>,
    /// How many of them `--fix` can mend.
    fixable: usize,
}

impl Findings {
    /// Takes the findings out of the policies. What is wrong with a file whatever it is checked as, or by whatever path, is
    /// wrong once.
    fn take_each_once(checked: &mut [CheckedPolicy]) -> Self {
        let mut is_new = Self::are_new(checked).into_iter();
        let mut all = Self::default();
        for policy in checked {
            policy.found = policy.findings.len();
            let mut taken = std::mem::take(&mut policy.findings);
            taken.retain(|_| is_new.next().unwrap_or(true));
            all.fixable += taken.iter().filter(|finding| policy.input.can_mend(finding)).count();
            all.findings.append(&mut taken);
        }
        all
    }

    /// Whether each finding is one that was not there before.
    fn are_new(checked: &[CheckedPolicy]) -> Vec<bool> {
        let mut seen = BTreeSet::new();
        let mut are_new = Vec::new();
        for policy in checked {
            let Source { name, text, path, start } = &*policy.source;
            let file = path.as_ref().map_or_else(|| name.into(), |path| Disk::default().identity(path));
            for finding in &policy.findings {
                let found = &finding.diagnostic;
                let at = (found.span(), found.place());
                are_new.push(seen.insert((file.clone(), *start, at, found.code(), found.message(), text)));
            }
        }
        are_new
    }
}

/// Which codes are wanted.
struct Codes<'f> {
    select: &'f [String],
    ignore: &'f [String],
}

impl<'f> Codes<'f> {
    fn new(flags: &'f Check) -> Outcome<Self> {
        let all = codes::all();
        for (flag, texts) in [("--select", &flags.select), ("--ignore", &flags.ignore)] {
            if let Some(text) = texts.iter().find(|text| !all.iter().any(|code| begins(code, text))) {
                let message = format!("no code is or begins with `{text}`");
                let help = did_you_mean(text, all.iter().map(Code::id));
                let help = help.or_else(|| Some("`iameval explain --list` lists the codes".into()));
                return Err(Failure::argument(flag, text, codes::INVALID_FLAG_VALUE, message, help));
            }
        }
        Ok(Self { select: &flags.select, ignore: &flags.ignore })
    }

    /// What makes a text no policy at all cannot be left out: nothing else was looked at.
    fn wants(&self, code: Code) -> bool {
        if is_refused_everywhere(code) {
            return true;
        }
        let named = |texts: &[String]| texts.iter().any(|text| begins(code, text));
        (self.select.is_empty() || named(self.select)) && !named(self.ignore)
    }
}

/// Whether the code, or its number, begins so.
fn begins(code: Code, text: &str) -> bool {
    let id = code.id();
    let number = id.trim_start_matches(|character: char| !character.is_ascii_digit());
    let begins = |whole: &str| whole.get(..text.len()).is_some_and(|head| head.eq_ignore_ascii_case(text));
    !text.is_empty() && (begins(id) || begins(number) || begins(number.trim_start_matches('0')))
}

/// Findings that leave no document to look at (section 2 of the semantics, "refused everywhere").
fn is_refused_everywhere(code: Code) -> bool {
    code.id().starts_with("IE01") || (code.id().starts_with("IE02") && code != iameval::codes::FORBIDDEN_ELEMENT)
}

/// What was checked, as what, and what was found.
fn summary(checked: &[CheckedPolicy], findings: &[Finding], fixable: usize, inputs: &Inputs<'_>) -> String {
    let mut out = guesses(checked);
    let fixed: usize = checked.iter().map(|policy| policy.fixed).sum();
    let count = |severity| findings.iter().filter(|finding| finding.diagnostic.severity() == severity).count();
    let mut parts = vec![
        plural(count(Severity::Error), "error"),
        plural(count(Severity::Warning), "warning"),
        plural(count(Severity::Info), "note"),
    ];
    if fixed > 0 {
        parts.push(format!("{fixed} fixed"));
    }
    let _ = write!(out, "{} checked: {}", policies(checked.len()), parts.join(", "));
    if fixable > 0 {
        let _ = write!(out, "; `--fix` can fix {fixable}");
    }
    if !inputs.skipped.is_empty() {
        let _ = write!(out, "; no policy in {}", a_few(&inputs.skipped));
    }
    if !inputs.unmentioned.is_empty() {
        let _ = write!(out, "; no world mentions {}", a_few(&inputs.unmentioned));
    }
    out.push('\n');
    out
}

/// Which kinds were guessed: of a few policies each, of many in groups.
fn guesses(checked: &[CheckedPolicy]) -> String {
    const FEW: usize = 10;
    let mut groups: Vec<(PolicyKind, &str, Vec<&str>)> = Vec::new();
    for policy in checked {
        let Some(reason) = policy.guessed.as_deref() else { continue };
        match groups.iter_mut().find(|(kind, why, _)| (*kind, *why) == (policy.kind, reason)) {
            Some((.., names)) => names.push(&policy.input.name),
            None => groups.push((policy.kind, reason, vec![&policy.input.name])),
        }
    }
    let mut out = String::new();
    for (kind, reason, names) in groups {
        let kind = kind.describe();
        let article = if kind.starts_with('i') { "an" } else { "a" };
        if names.len() <= FEW {
            for name in names {
                let name = plain(name);
                let _ = writeln!(out, "{name}: treated as {article} {kind}, because {reason}");
            }
        } else {
            let _ = writeln!(out, "{} policies: each treated as {article} {kind}, because {reason}", names.len());
        }
    }
    out
}

fn a_few(names: &[String]) -> String {
    const FEW: usize = 5;
    let shown = plain(&names.get(..names.len().min(FEW)).unwrap_or_default().join(", "));
    match names.len().checked_sub(FEW) {
        Some(more) if more > 0 => format!("{shown} and {more} more"),
        _ => shown,
    }
}

fn plural(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn policies(count: usize) -> String {
    if count == 1 { "1 policy".into() } else { format!("{count} policies") }
}

fn to_json<'a>(checked: &'a [CheckedPolicy<'a>], findings: &'a [Finding]) -> Node<'a> {
    let number = |number: usize| Node::new(Value::Number(number.to_string().into()));
    let policy = |policy: &'a CheckedPolicy<'a>| {
        let reason = policy.guessed.as_deref().map_or(Node::new(Value::Null), Node::string);
        Node::object([
            ("policy", Node::string(&*policy.input.name)),
            ("file", Node::string(&*policy.source.name)),
            ("type", Node::string(policy.kind.as_str())),
            ("type_guessed", Node::new(Value::Bool(policy.guessed.is_some()))),
            ("type_reason", reason),
            ("findings", number(policy.found)),
            ("fixed", number(policy.fixed)),
        ])
    };
    findings_to_json(findings, [("policies", Node::array(checked.iter().map(policy)))])
}
