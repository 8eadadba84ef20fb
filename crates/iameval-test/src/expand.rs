//! From cases to checks: names become principals, actions and resources, and lists multiply.

mod axes;
mod gathered;
mod known_key;
mod misfit;
mod prove;
mod request;
mod snapshot;
pub(crate) mod table;
mod who_can;

use crate::check::{AnswerPlace, Case, Check, Handling, WantedForm};
use crate::codes;
use crate::expectation::Expectation;
use crate::node::{Checked, items};
use crate::options::Options;
use crate::reason::Reason;
use axes::{CaseRequests, Settled};
use gathered::Gathered;
use iameval::json::fields::{boolean, fields, invalid, text};
use iameval::json::{Node, Value};
use iameval::suggest::did_you_mean_name;
use iameval::text::Span;
use iameval::{Diagnostic, Problem, Severity};
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
    /// The names of cases and checks so far, with where.
    names: BTreeMap<String, Span>,
    misfits: Misfits,
    /// Whether slips in the case at hand are warnings.
    is_lenient: bool,
    pub(crate) warnings: Vec<Finding>,
    pub(crate) wrong: Vec<Finding>,
}

const FIELDS: [&str; 23] = [
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
    "lenient",
    "prove",
    "except_actions",
    "except_resources",
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
    lenient: Option<bool>,
    except_actions: Option<&'n Node<'static>>,
    except_resources: Option<&'n Node<'static>>,
    /// Nothing where what the case says of it is wrong.
    wanted: Option<Wanted<'n>>,
}

/// The statements that a table or snapshot wants to have decided, by answer, and where `because` says so.
type Reasons = HashMap<Expectation, (Arc<Reason>, Span)>;

/// How a case says what it wants.
enum Wanted<'n> {
    Answer(Expectation, Span),
    Table(&'n Node<'static>),
    Snapshot(&'n Node<'static>),
    WhoCan(&'n Node<'static>),
    Prove(Expectation, Span),
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
            names: BTreeMap::new(),
            misfits: Misfits::default(),
            is_lenient: false,
            warnings: Vec::new(),
            wrong: Vec::new(),
        }
    }

    /// Adds a case with its checks, or everything that is wrong with it.
    pub(crate) fn add(&mut self, node: &Node<'static>) {
        if let Err(wrong) = self.case(node) {
            let wrong = wrong.into_iter().map(|diagnostic| Finding::new(&self.tests.source, diagnostic));
            self.wrong.extend(wrong);
        }
    }

    fn case(&mut self, node: &Node<'static>) -> Result<(), Vec<Diagnostic>> {
        let mut wrong = Gathered::default();
        let node = with_known_fields(node, &mut wrong);
        let Some(all) = wrong.take(fields(&node, "a case", FIELDS)) else { return wrong.finish(None) };
        let fields = Fields::read(&node, all, &mut wrong);
        let name = wrong.take(self.name(&fields));
        self.misfits = Misfits::default();
        let by_default = self.world.defaults().lenient.unwrap_or(self.options.lenient);
        self.is_lenient = fields.lenient.unwrap_or(by_default);
        let is_claim = matches!(fields.wanted, Some(Wanted::Prove(..)));
        let subject =
            if is_claim { Some(self.claimed(&fields, &mut wrong)) } else { self.subject(&fields, &mut wrong) };
        let reason = match fields.wanted {
            Some(Wanted::Table(_) | Wanted::Snapshot(_)) => None,
            Some(Wanted::Answer(..) | Wanted::WhoCan(_) | Wanted::Prove(..)) | None => {
                wrong.take_any(self.reason(&fields)).map(Arc::new)
            }
        };
        let (name, subject, wanted) = wrong.finish(
            name.zip(subject).zip(fields.wanted.as_ref()).map(|((name, subject), wanted)| (name, subject, wanted)),
        )?;
        let checked = self.checks_of(&fields, name, subject, wanted, reason.as_ref());
        checked.map_err(|diagnostic| vec![diagnostic])
    }

    /// Makes the checks of a case whose fields are right, each by itself.
    fn checks_of(
        &mut self,
        fields: &Fields<'_>,
        (name, span): (String, Span),
        subject: CaseRequests,
        wanted: &Wanted<'_>,
        reason: Option<&Arc<Reason>>,
    ) -> Checked<()> {
        let before = self.checks.len();
        let form = match wanted {
            Wanted::Answer(expectation, place) => {
                self.answers(fields, &subject, &name, |_| {
                    Some((Some(*expectation), reason.cloned(), AnswerPlace::File(*place)))
                })?;
                WantedForm::Answer
            }
            Wanted::Table(table) => self.table(fields, &subject, &name, table)?,
            Wanted::Snapshot(file) => self.snapshot(fields, &subject, &name, file)?,
            Wanted::WhoCan(expect) => self.who_can(fields, &subject, &name, expect)?,
            Wanted::Prove(expectation, place) => self.prove(fields, &subject, &name, (*expectation, *place), reason)?,
        };
        if self.checks.len() == before {
            let message = format!("the case `{name}` contains no check");
            let help = match (&subject.principals, fields.except) {
                (Some(nobody), Some(_)) if nobody.is_empty() => "`except` excludes everyone in `principals`",
                (Some(nobody), None) if nobody.is_empty() => "the world has no principals",
                _ => "every cell is `.`, which asserts nothing",
            };
            return Err(Diagnostic::new(codes::NOTHING_TO_TEST, span, message).with_help(help));
        }
        self.tell_misfits();
        let Fields { handling, tags, .. } = fields;
        let (handling, tags) = (handling.clone(), tags.clone());
        self.cases.push(Case { name, tags, handling, span, form, via: subject.via });
        Ok(())
    }

    fn name(&mut self, fields: &Fields<'_>) -> Checked<(String, Span)> {
        let Some(node) = fields.name else {
            return Err(
                invalid(fields.span, "the case has no `name`").with_help("describe in a few words what it pins")
            );
        };
        let name = text(node, "`name`")?.trim().to_owned();
        if let Some(earlier) = self.names.insert(name.clone(), node.span) {
            return Err(invalid(node.span, format!("two cases are named `{name}`"))
                .with_label(earlier, "the first one")
                .with_help("reports and `-k` identify cases by name"));
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
            return Err(invalid(node.span, "a map from answers to statements belongs to a table or a snapshot")
                .with_help("write the statement itself: `because: policy#Sid`"));
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
            invalid(node.span, "with a table or a snapshot, `because` has a statement for each answer")
                .with_help("such as `because: { explicit: policy#Sid }`")
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
        subject: &CaseRequests,
        name: &str,
        mut wanted: impl FnMut(&axes::Point<'_>) -> Option<(Option<Expectation>, Option<Arc<Reason>>, AnswerPlace)>,
    ) -> Checked<()> {
        let Some(actions) = &subject.actions else {
            return Err(invalid(fields.span, format!("the case `{name}` has no `action`"))
                .with_help("such as `action: iam:ChangePassword`; `actions` takes several actions and patterns"));
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
            return Err(diagnostic.with_severity(Severity::Error));
        }
        self.remark(diagnostic);
        Ok(())
    }

    /// Refuses what asks nothing of AWS, so that a denial says nothing; a lenient case only hears of it.
    fn slip(&mut self, diagnostic: Diagnostic) {
        if self.is_lenient {
            return self.remark(diagnostic);
        }
        let allowed = "`lenient: true` allows the case to test it anyway";
        let help = match diagnostic.help() {
            Some(question) if question.ends_with('?') => format!("{question} {allowed}"),
            Some(help) => format!("{help}; {allowed}"),
            None => allowed.to_owned(),
        };
        let finding = Finding::new(&self.tests.source, diagnostic.with_severity(Severity::Error).with_help(help));
        if !self.wrong.contains(&finding) {
            self.wrong.push(finding);
        }
    }

    /// Remembers a warning; the same thing once, such as an action in many rows of a table.
    fn remark(&mut self, diagnostic: Diagnostic) {
        let finding = Finding::new(&self.tests.source, diagnostic);
        let said = |known: &Finding| known.diagnostic.message() == finding.diagnostic.message();
        if !self.warnings.iter().any(said) {
            self.warnings.push(finding);
        }
    }
}

impl<'n> Fields<'n> {
    /// The fields as far as they are right.
    fn read(node: &'n Node<'static>, all: [Option<&'n Node<'static>>; 23], wrong: &mut Gathered) -> Self {
        let [name, principal, principals, except, action, actions, resource, resources, context, mfa, via, rest @ ..] =
            all;
        let [expect, table, snapshot, who_can, because, xfail, skip, tags, lenient, prove, rest @ ..] = rest;
        let [except_actions, except_resources] = rest;
        if prove.is_none() {
            for (name, node) in [("except_actions", except_actions), ("except_resources", except_resources)] {
                wrong.take_any::<()>(node.map(|node| Err(without_claim(name, node.span))).transpose());
            }
        }
        let wanted = match who_can {
            _ if prove.is_some() => Wanted::claim(prove, [expect, table, snapshot, who_can]),
            Some(who_can) => {
                let besides = [
                    ("principal", principal.or(principals)),
                    ("except", except),
                    ("action", action.or(actions)),
                    ("because", because),
                ];
                for (name, node) in besides {
                    let besides = node.map(|node| Err(besides_who_can(name, node.span)));
                    wrong.take_any::<()>(besides.transpose());
                }
                Wanted::principals(who_can, expect, table.or(snapshot))
            }
            None => Wanted::read(node, expect, table, snapshot),
        };
        let (principal, principals, except, because) = match who_can {
            Some(_) => (None, None, None, None),
            None => (principal, principals, except, because),
        };
        wrong.take(one_of("principal", principal, "principals", principals));
        let handling = match (xfail, skip) {
            (Some(_), Some(skip)) => Err(invalid(skip.span, "a case is either skipped or must fail, not both")),
            (Some(xfail), None) => why("xfail", xfail).map(Handling::MustFail),
            (None, Some(skip)) => why("skip", skip).map(Handling::Skip),
            (None, None) => Ok(Handling::Run),
        };
        let tags = tags.map_or(&[][..], items).iter().map(|tag| text(tag, "a tag").map(str::to_owned));
        Self {
            span: node.span,
            name,
            principal,
            principals,
            except,
            actions: match who_can {
                Some(_) => who_can,
                None => wrong.take_any(one_of("action", action, "actions", actions)),
            },
            resources: wrong.take_any(one_of("resource", resource, "resources", resources)),
            context,
            mfa,
            via,
            because,
            handling: wrong.take(handling).unwrap_or(Handling::Run),
            tags: tags.filter_map(|tag| wrong.take(tag)).collect(),
            lenient: wrong.take_any(lenient.map(|node| boolean(node, "`lenient`")).transpose()),
            except_actions,
            except_resources,
            wanted: wrong.take(wanted),
        }
    }
}

/// A case without the fields that a case does not have, or has once only.
fn with_known_fields(node: &Node<'static>, wrong: &mut Gathered) -> Node<'static> {
    let mut node = node.clone();
    while let (Err(error), Value::Object(members)) = (fields(&node, "a case", FIELDS), &node.value) {
        let place = error.span();
        let kept = members.iter().filter(|member| member.key_span != place).cloned();
        node.value = Value::Object(kept.collect());
        wrong.take::<()>(Err(error));
    }
    node
}

impl<'n> Wanted<'n> {
    fn principals(
        who_can: &Node<'_>,
        expect: Option<&'n Node<'static>>,
        other: Option<&'n Node<'static>>,
    ) -> Checked<Self> {
        match (expect, other) {
            (_, Some(other)) => Err(invalid(other.span, "`who_can` expects principals, not a table")
                .with_help("make a separate case of each")),
            (Some(expect), None) => Ok(Self::WhoCan(expect)),
            (None, None) => Err(invalid(who_can.span, "the case expects nothing")
                .with_help("say who can, such as `expect: [alice]`, or `expect: none`")),
        }
    }

    fn claim(prove: Option<&'n Node<'static>>, others: [Option<&'n Node<'static>>; 4]) -> Checked<Self> {
        if let Some(other) = others.into_iter().flatten().next() {
            return Err(invalid(other.span, "a case has one of `prove`, `expect`, `table`, `snapshot` and `who_can`")
                .with_help("make a separate case of each"));
        }
        let Some(node) = prove else { return Err(invalid(Span::START, "the case expects nothing")) };
        Ok(Self::Prove(expectation(node, "prove")?, node.span))
    }

    fn read(
        case: &Node<'_>,
        expect: Option<&'n Node<'static>>,
        table: Option<&'n Node<'static>>,
        snapshot: Option<&'n Node<'static>>,
    ) -> Checked<Self> {
        match (expect, table, snapshot) {
            (Some(expect), None, None) => Ok(Self::Answer(expectation(expect, "expect")?, expect.span)),
            (None, Some(table), None) => Ok(Self::Table(table)),
            (None, None, Some(snapshot)) => Ok(Self::Snapshot(snapshot)),
            (None, None, None) => {
                Err(invalid(case.span, "the case expects nothing").with_help("add `expect`, a `table` or a `snapshot`"))
            }
            (first, second, third) => {
                let last = third.or(second).or(first).map_or(case.span, |node| node.span);
                Err(invalid(last, "a case has one of `expect`, `table` and `snapshot`")
                    .with_help("make a separate case of each"))
            }
        }
    }
}

/// What goes with one principal only.
fn besides_who_can(name: &str, span: Span) -> Diagnostic {
    let help = match name {
        "action" => "`who_can` names the action",
        "because" => "`iameval who-can` shows the statements",
        _ => "every principal of the world is asked",
    };
    invalid(span, format!("`who_can` does not go with `{name}`")).with_help(help)
}

/// What goes with a claim only.
fn without_claim(name: &str, span: Span) -> Diagnostic {
    invalid(span, format!("`{name}` goes with `prove` only"))
        .with_help("`prove: deny` claims that every request of a scope is denied")
}

fn expectation(node: &Node<'_>, field: &str) -> Checked<Expectation> {
    if let Value::Array(_) = node.value {
        return Err(invalid(node.span, format!("`{field}` must be one answer, found a list")));
    }
    let word = match &node.value {
        Value::Bool(value) => value.to_string(),
        _ => text(node, &format!("`{field}`"))?.to_owned(),
    };
    word.parse().map_err(|error: crate::expectation::ParseExpectationError| {
        invalid(node.span, error.to_string()).with_help(error.help())
    })
}

/// The reason that `xfail` and `skip` give.
fn why(field: &str, node: &Node<'_>) -> Checked<String> {
    if let Value::Bool(_) | Value::Null = node.value {
        return Err(invalid(node.span, format!("`{field}` must give a reason"))
            .with_help(format!("such as `{field}: until the boundary is rolled out`")));
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
        return Err(invalid(second.span, format!("a case has `{one}` or `{several}`, not both"))
            .with_help(format!("put all in `{several}`")));
    }
    Ok(first.or(second))
}

/// A name that is not known, with the nearest that is.
fn unknown<V>(what: &str, name: &str, known: &BTreeMap<String, V>) -> Problem {
    let few: Vec<&str> = known.keys().map(String::as_str).take(13).collect();
    let defined = || (1..=12).contains(&few.len()).then(|| format!("defined: {}", few.join(", ")));
    let help = did_you_mean_name(name, known).or_else(defined);
    Problem::new(iameval_world::codes::UNKNOWN_NAME, format!("no {what} `{name}` is defined")).with_any_help(help)
}
