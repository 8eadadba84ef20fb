//! From cases to checks: names become principals, actions and resources, and lists multiply.

mod axes;
mod known_key;
mod misfit;
mod request;
mod snapshot;
pub(crate) mod table;

use crate::check::{Case, Check, Form, Handling, Place};
use crate::file::{Checked, Met, Options, items};
use crate::{Expectation, Reason};
use axes::{Settled, Subject};
use iameval::json::fields::{fields, invalid, text};
use iameval::json::{Node, Value};
use iameval::suggest::did_you_mean_name;
use iameval::text::Span;
use iameval::{Code, Diagnostic, Severity};
use iameval_world::{Files, Finding, Tests, World, WorldPrincipal};
use misfit::Misfits;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// The cases of a file in the making.
pub(crate) struct Expansion<'a> {
    files: &'a dyn Files,
    world: &'a World,
    tests: &'a Tests,
    options: &'a Options<'a>,
    pub(crate) principals: Vec<(String, WorldPrincipal)>,
    known: HashMap<String, usize>,
    pub(crate) cases: Vec<Case>,
    pub(crate) checks: Vec<Check>,
    names: Met,
    misfits: Misfits,
    pub(crate) warnings: Vec<Finding>,
    pub(crate) wrong: Vec<Finding>,
}

const FIELDS: [&str; 19] = [
    "name",
    "principal",
    "principals",
    "except",
    "action",
    "actions",
    "resource",
    "resources",
    "context",
    "mfa",
    "via",
    "expect",
    "table",
    "snapshot",
    "who_can",
    "because",
    "xfail",
    "skip",
    "tags",
];

/// The fields of a case as they are written.
struct Fields<'n> {
    span: Span,
    name: Option<&'n Node<'static>>,
    principal: Option<&'n Node<'static>>,
    principals: Option<&'n Node<'static>>,
    except: Option<&'n Node<'static>>,
    actions: Option<&'n Node<'static>>,
    resources: Option<&'n Node<'static>>,
    context: Option<&'n Node<'static>>,
    mfa: Option<&'n Node<'static>>,
    via: Option<&'n Node<'static>>,
    because: Option<&'n Node<'static>>,
    handling: Handling,
    tags: Vec<String>,
    wanted: Wanted<'n>,
}

/// The statements that a table or snapshot wants to have decided, by answer, and where `because` says so.
type Reasons = HashMap<Expectation, (Arc<Reason>, Span)>;

/// How a case says what it wants.
enum Wanted<'n> {
    Answer(Expectation, Span),
    Table(&'n Node<'static>),
    Snapshot(&'n Node<'static>),
}

impl<'a> Expansion<'a> {
    pub(crate) fn new(files: &'a dyn Files, world: &'a World, tests: &'a Tests, options: &'a Options<'a>) -> Self {
        Self {
            files,
            world,
            tests,
            options,
            principals: Vec::new(),
            known: HashMap::new(),
            cases: Vec::new(),
            checks: Vec::new(),
            names: Met::new(),
            misfits: Misfits::default(),
            warnings: Vec::new(),
            wrong: Vec::new(),
        }
    }

    /// Adds a case with its checks, or what is wrong with it.
    pub(crate) fn add(&mut self, node: &Node<'static>) {
        if let Err(diagnostic) = self.case(node) {
            self.wrong.push(Finding::new(&self.tests.source, *diagnostic));
        }
    }

    fn case(&mut self, node: &Node<'static>) -> Checked<()> {
        let fields = Fields::read(node)?;
        let (name, span) = self.name(&fields)?;
        let before = self.checks.len();
        self.misfits = Misfits::default();
        let subject = self.subject(&fields)?;
        let form = match fields.wanted {
            Wanted::Answer(expectation, place) => {
                let reason = self.reason(&fields)?.map(Arc::new);
                self.answers(&fields, &subject, &name, |_| {
                    Some((Some(expectation), reason.clone(), Place::File(place)))
                })?;
                Form::Answer
            }
            Wanted::Table(table) => self.table(&fields, &subject, &name, table)?,
            Wanted::Snapshot(file) => self.snapshot(&fields, &subject, &name, file)?,
        };
        if self.checks.len() == before {
            let message = format!("the case `{name}` comes to no check");
            let help = match (&subject.principals, fields.except) {
                (Some(nobody), Some(_)) if nobody.is_empty() => "`except` leaves nobody of `principals` over",
                (Some(nobody), None) if nobody.is_empty() => "the world has no principals",
                _ => "every cell says `.`, which asserts nothing",
            };
            return Err(Box::new(Diagnostic::new(Code::NothingToTest, span, message).with_help(help)));
        }
        self.warn_of_misfits();
        let Fields { handling, tags, .. } = fields;
        self.cases.push(Case { name, tags, handling, span, form, via: subject.via });
        Ok(())
    }

    fn name(&mut self, fields: &Fields<'_>) -> Checked<(String, Span)> {
        let Some(node) = fields.name else {
            let mut error = invalid(fields.span, "the case has no `name`");
            error.help = Some("say in a few words what it pins".into());
            return Err(error);
        };
        let name = text(node, "`name`")?.trim().to_owned();
        if let Some(earlier) = self.names.insert(name.clone(), node.span) {
            let mut error = invalid(node.span, format!("two cases are called `{name}`"));
            error.labels.push((earlier, "the first one".into()));
            error.help = Some("reports and `-k` tell cases by their names".into());
            return Err(error);
        }
        Ok((name, node.span))
    }

    /// `because` of a case with one expectation.
    fn reason(&self, fields: &Fields<'_>) -> Checked<Option<Reason>> {
        let Some(node) = fields.because else { return Ok(None) };
        let by_word = node.members().is_some_and(|members| {
            !members.is_empty() && members.iter().all(|member| member.key.parse::<Expectation>().is_ok())
        });
        if by_word {
            let mut error = invalid(node.span, "a map from answers to statements belongs to a table or a snapshot");
            error.help = Some("write the statement itself: `because: policy#Sid`".into());
            return Err(error);
        }
        let reason = Reason::read(node)?;
        reason.check(self.world, node.span)?;
        Ok(Some(reason))
    }

    /// `because` of a table or snapshot: a statement for each word.
    fn reasons(&self, fields: &Fields<'_>) -> Checked<Reasons> {
        let mut reasons = Reasons::new();
        let Some(node) = fields.because else { return Ok(reasons) };
        let wrong = || {
            let mut error =
                invalid(node.span, "beside a table or a snapshot `because` has a statement for each answer");
            error.help = Some("such as `because: { explicit: policy#Sid }`".into());
            error
        };
        for member in node.members().ok_or_else(wrong)? {
            let word: Expectation = member.key.parse().map_err(|_| wrong())?;
            let reason = Reason::read(&member.value)?;
            reason.check(self.world, member.value.span)?;
            reasons.insert(word, (Arc::new(reason), member.key_span));
        }
        Ok(reasons)
    }

    /// Makes the checks of everything that multiplies and that something is wanted of.
    fn answers(
        &mut self,
        fields: &Fields<'_>,
        subject: &Subject,
        name: &str,
        mut wanted: impl FnMut(&axes::Point<'_>) -> Option<(Option<Expectation>, Option<Arc<Reason>>, Place)>,
    ) -> Checked<()> {
        let Some(actions) = &subject.actions else {
            let mut error = invalid(fields.span, format!("the case `{name}` has no `action`"));
            error.help = Some("such as `action: iam:ChangePassword`; `actions` takes several, and patterns".into());
            return Err(error);
        };
        let principals = self.principals_of(fields, subject)?;
        let place = fields.actions.map_or(fields.span, |node| node.span);
        let givens: Vec<Settled> = subject.givens.iter().map(|named| self.settle(&named.name, &named.given)).collect();
        for principal in principals {
            for action in actions {
                for resource in subject.resources() {
                    for given in &givens {
                        let point = axes::Point { subject, principal, action, resource, given };
                        let chosen = self.resource(&point, place)?;
                        let Some(wanted) = wanted(&point) else { continue };
                        let coordinates = self.coordinates(&point);
                        self.check(name, &coordinates, &point, &chosen, wanted, fields.span)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn warn(&mut self, diagnostic: Diagnostic) -> Checked<()> {
        if self.options.strict {
            return Err(Box::new(Diagnostic { severity: Severity::Error, ..diagnostic }));
        }
        self.remark(diagnostic);
        Ok(())
    }

    /// Remembers a warning; the same thing once, such as an action in many rows of a table.
    fn remark(&mut self, diagnostic: Diagnostic) {
        let finding = Finding::new(&self.tests.source, diagnostic);
        let said = |known: &Finding| known.diagnostic.message == finding.diagnostic.message;
        if !self.warnings.iter().any(said) {
            self.warnings.push(finding);
        }
    }
}

impl<'n> Fields<'n> {
    fn read(node: &'n Node<'static>) -> Checked<Self> {
        let all = fields(node, "a case", FIELDS)?;
        let [name, principal, principals, except, action, actions, resource, resources, context, mfa, via, rest @ ..] =
            all;
        let [expect, table, snapshot, who_can, because, xfail, skip, tags] = rest;
        if let Some(node) = who_can {
            let mut error = invalid(node.span, "`who_can` cases are not run yet");
            error.help = Some("ask `principals: all` with `except`, and `expect` an answer".into());
            return Err(error);
        }
        one_of("principal", principal, "principals", principals)?;
        let handling = match (xfail, skip) {
            (Some(_), Some(skip)) => return Err(invalid(skip.span, "a case is skipped or must fail, not both")),
            (Some(xfail), None) => Handling::MustFail(why("xfail", xfail)?),
            (None, Some(skip)) => Handling::Skip(why("skip", skip)?),
            (None, None) => Handling::Run,
        };
        let tags = tags.map_or(&[][..], items).iter().map(|tag| text(tag, "a tag").map(str::to_owned));
        Ok(Self {
            span: node.span,
            name,
            principal,
            principals,
            except,
            actions: one_of("action", action, "actions", actions)?,
            resources: one_of("resource", resource, "resources", resources)?,
            context,
            mfa,
            via,
            because,
            handling,
            tags: tags.collect::<Checked<_>>()?,
            wanted: Wanted::read(node, expect, table, snapshot)?,
        })
    }
}

impl<'n> Wanted<'n> {
    fn read(
        case: &Node<'_>,
        expect: Option<&'n Node<'static>>,
        table: Option<&'n Node<'static>>,
        snapshot: Option<&'n Node<'static>>,
    ) -> Checked<Self> {
        match (expect, table, snapshot) {
            (Some(expect), None, None) => Ok(Self::Answer(expectation(expect)?, expect.span)),
            (None, Some(table), None) => Ok(Self::Table(table)),
            (None, None, Some(snapshot)) => Ok(Self::Snapshot(snapshot)),
            (None, None, None) => {
                let mut error = invalid(case.span, "the case wants nothing");
                error.help = Some("say what to `expect`, or give a `table` or a `snapshot`".into());
                Err(error)
            }
            (first, second, third) => {
                let last = third.or(second).or(first).map_or(case.span, |node| node.span);
                let mut error = invalid(last, "a case has one of `expect`, `table` and `snapshot`");
                error.help = Some("make a case of each".into());
                Err(error)
            }
        }
    }
}

fn expectation(node: &Node<'_>) -> Checked<Expectation> {
    if let Value::Array(_) = node.value {
        return Err(invalid(node.span, "`expect` must be one answer, found a list"));
    }
    let word = match &node.value {
        Value::Bool(value) => value.to_string(),
        _ => text(node, "`expect`")?.to_owned(),
    };
    word.parse().map_err(|error: crate::ParseExpectationError| {
        let mut diagnostic = invalid(node.span, error.to_string());
        diagnostic.help = Some(error.help());
        diagnostic
    })
}

/// The reason that `xfail` and `skip` give.
fn why(field: &str, node: &Node<'_>) -> Checked<String> {
    if let Value::Bool(_) | Value::Null = node.value {
        let mut error = invalid(node.span, format!("`{field}` must say why"));
        error.help = Some(format!("such as `{field}: until the boundary is rolled out`"));
        return Err(error);
    }
    text(node, &format!("`{field}`")).map(str::to_owned)
}

/// Of two fields that say the same, the one that is there.
fn one_of<'n>(
    one: &str,
    first: Option<&'n Node<'static>>,
    several: &str,
    second: Option<&'n Node<'static>>,
) -> Checked<Option<&'n Node<'static>>> {
    if let (Some(_), Some(second)) = (first, second) {
        let mut error = invalid(second.span, format!("a case has `{one}` or `{several}`, not both"));
        error.help = Some(format!("put all into `{several}`"));
        return Err(error);
    }
    Ok(first.or(second))
}

/// A name that is not known, with the nearest that is.
fn unknown<V>(what: &str, name: &str, span: Span, known: &BTreeMap<String, V>) -> Box<Diagnostic> {
    let mut error = Box::new(Diagnostic::new(Code::UnknownName, span, format!("no {what} `{name}` is defined")));
    let few: Vec<&str> = known.keys().map(String::as_str).take(13).collect();
    error.help = did_you_mean_name(name, known)
        .or_else(|| (1..=12).contains(&few.len()).then(|| format!("defined are {}", few.join(", "))));
    error
}
