//! Test cases from what a change gains and loses: each counterexample says what NEW decides.

use crate::file::TestFile;
use crate::options::Options;
use crate::run::Status;
use iameval::json::Node;
use iameval::{AccountId, PolicyKind, PrincipalClass, Request};
use iameval_ask::{AccessGroup, Beside, Diff, DiffCondition, DiffPart, Presence};
use iameval_world::{Files, Finding, Limits, Source};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What test cases are about.
#[derive(Debug, Clone, Copy)]
pub enum TestedSide<'t> {
    /// A world file or an account dump, by its path from the folder of the test file.
    World(&'t str),
    /// A policy, and what it was compared beside.
    Policy {
        /// Its path from the folder of the test file, `aws:NAME`, or the policy itself as JSON.
        written: &'t str,
        /// Whether that is the policy itself.
        is_inline: bool,
        /// What it was compared beside.
        beside: Beside,
    },
}

/// Test cases made of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DiffTests {
    /// The test file; `None` where no case could be made.
    pub text: Option<String>,
    /// How many cases it has.
    pub written: usize,
    /// How many requests are left out, since a test of them would not pass: rules of services decide otherwise, or a test cannot
    /// say the caller, or a key that follows from the caller.
    pub left_out: usize,
}

/// How many cases are made at most.
const MOST: usize = 200;

/// The test file at `path` that says of each request what the new side decides. Every case was run before it is written.
pub fn diff_tests(
    diff: &Diff,
    tested: TestedSide<'_>,
    files: &dyn Files,
    path: &Path,
    options: &Options<'_>,
) -> DiffTests {
    let Some(head) = head(tested, diff) else {
        return DiffTests { text: None, written: 0, left_out: changes(diff).count() };
    };
    let (mut cases, mut left_out) = (String::new(), 0);
    let mut written = 0;
    for (number, change) in changes(diff).enumerate() {
        let case = case(number + 1, change, tested).filter(|_| written < MOST);
        let passes = |case: &String| passes(&format!("{head}{case}"), files, path, options);
        match case.filter(passes) {
            Some(case) => {
                cases.push_str(&case);
                written += 1;
            }
            None => left_out += 1,
        }
    }
    let text = (written > 0).then(|| format!("{head}{cases}"));
    DiffTests { text, written, left_out }
}

/// What is gained or lost by one statement, with its part.
#[derive(Clone, Copy)]
struct Change<'d> {
    part: &'d DiffPart,
    group: &'d AccessGroup,
    is_gained: bool,
}

impl<'d> Change<'d> {
    fn request(&self) -> &'d Request {
        &self.group.request.request
    }

    /// Whether another policy of the caller allows it.
    fn is_allowed_by_another(&self) -> bool {
        self.part.condition == Some(DiffCondition::AnotherPolicyAllows)
    }
}

fn changes(diff: &Diff) -> impl Iterator<Item = Change<'_>> {
    diff.parts.iter().flat_map(|part| {
        let gained = part.gained.iter().map(move |group| Change { part, group, is_gained: true });
        gained.chain(part.lost.iter().map(move |group| Change { part, group, is_gained: false }))
    })
}

/// What stands above the cases; `None` for kinds of policies that no test file can say alone.
fn head(tested: TestedSide<'_>, diff: &Diff) -> Option<String> {
    let mut out =
        "# What `iameval diff` found: access gained is allowed, access lost is denied.\nversion: 1\n".to_owned();
    let (written, is_inline, beside) = match tested {
        TestedSide::World(file) => {
            let _ = writeln!(out, "use: {}", string(file));
            out.push_str(&callers(diff, |change| {
                let owner = change.request().resource_account();
                who(change, owner).filter(|_| is_outside(change.part))
            }));
            return Some(out + "tests:\n");
        }
        TestedSide::Policy { written, is_inline, beside } => (written, is_inline, beside),
    };
    let account = changes(diff).find_map(|change| change.request().resource_account());
    let account = account.map_or_else(|| "111122223333".to_owned(), |account| account.to_string());
    let policy = if is_inline { written.to_owned() } else { string(written) };
    let _ = writeln!(out, "account: {}\npolicies:\n  new: {policy}", string(&account));
    let with = |name: &str| if beside.full_access { format!("[new, {name}]") } else { "[new]".to_owned() };
    let everything = "\"aws:AdministratorAccess\"";
    let own = match beside.kind {
        PolicyKind::Resource | PolicyKind::RoleTrust => {
            out.push_str(&callers_of_resources(diff));
            return Some(out + "tests:\n");
        }
        PolicyKind::Identity => format!("user: caller, policies: {}", with(everything)),
        PolicyKind::PermissionsBoundary => format!("user: caller, policies: [{everything}], boundary: new"),
        PolicyKind::Session => {
            format!("role: caller, session: session, policies: [{everything}], session_policies: [new]")
        }
        PolicyKind::ServiceControl => {
            let levels = with("\"aws:FullAWSAccess\"");
            let _ = writeln!(out, "organization: {{ scps: [{levels}] }}");
            format!("user: caller, policies: [{everything}]")
        }
        PolicyKind::ResourceControl => {
            out.push_str("organization: { rcps: [[new]] }\n");
            format!("user: caller, policies: [{everything}]")
        }
        _ => return None,
    };
    let _ = writeln!(out, "principals:\n  caller: {{ {own} }}");
    let by_another =
        changes(diff).find(Change::is_allowed_by_another).and_then(|change| change.request().resource_account());
    if let (PolicyKind::Identity, true, Some(account)) = (beside.kind, beside.denies, by_another) {
        let user = string(&format!("arn:aws:iam::{account}:user/allowed"));
        let _ = writeln!(out, "  allowed: {{ user: {user}, policies: [new, {everything}] }}");
    }
    Some(out + "tests:\n")
}

/// The resources of the requests, which have the policy, and a caller for each request.
fn callers_of_resources(diff: &Diff) -> String {
    let mut owners: BTreeMap<&str, AccountId> = BTreeMap::new();
    for change in changes(diff) {
        if let Some(account) = change.request().resource_account().filter(|_| change.request().resource() != "*") {
            owners.entry(change.request().resource()).or_insert(account);
        }
    }
    let mut out = "resources:\n".to_owned();
    for (number, (arn, account)) in owners.iter().enumerate() {
        let (arn, account) = (string(arn), string(account.as_str()));
        let _ = writeln!(out, "  r{}: {{ arn: {arn}, account: {account}, policy: new }}", number + 1);
    }
    out + &callers(diff, |change| who(change, owners.get(change.request().resource()).copied()))
}

/// Principals for the changes of which a caller is told.
fn callers<'d>(diff: &'d Diff, who: impl Fn(Change<'d>) -> Option<String>) -> String {
    let told = changes(diff).enumerate().filter_map(|(number, change)| Some((number, who(change)?)));
    let mut out = String::new();
    for (number, who) in told {
        if out.is_empty() {
            out.push_str("principals:\n");
        }
        let _ = writeln!(out, "  {}: {{ {who} }}", caller(number + 1));
    }
    out
}

/// Whether a part is about callers that no world has.
fn is_outside(part: &DiffPart) -> bool {
    part.presence == Presence::Outside && part.unheld.is_none()
}

/// What the caller of a numbered request is called.
fn caller(number: usize) -> String {
    format!("caller{number}")
}

/// A caller in terms of a world, with an identity policy where it needs one; `None` where a world cannot say it.
fn who(change: Change<'_>, owner: Option<AccountId>) -> Option<String> {
    let principal = change.request().principal();
    let id = || Some(string(principal.id()?));
    let who = match principal.class() {
        None => {
            // Whoever another policy allows it is of the resource's own account.
            let account = if change.is_allowed_by_another() { owner } else { principal.account() }?;
            format!("user: {}", string(&format!("arn:aws:iam::{account}:user/any")))
        }
        Some(PrincipalClass::User) => format!("user: {}", id()?),
        Some(PrincipalClass::Role) => format!("role: {}", id()?),
        Some(PrincipalClass::Service) => return Some(format!("service: {}", id()?)),
        Some(PrincipalClass::Anonymous) => return Some("anonymous: true".to_owned()),
        Some(_) => return None,
    };
    match change.part.condition {
        Some(DiffCondition::OwnAccount) => Some(who),
        _ => Some(format!("{who}, policies: [\"aws:AdministratorAccess\"]")),
    }
}

/// One case; `None` where a test file cannot name the caller.
fn case(number: usize, change: Change<'_>, tested: TestedSide<'_>) -> Option<String> {
    let Change { part, group, is_gained } = change;
    let principal = match tested {
        TestedSide::Policy { beside: Beside { kind: PolicyKind::Resource | PolicyKind::RoleTrust, .. }, .. } => {
            caller(number)
        }
        TestedSide::Policy { beside, .. } if change.is_allowed_by_another() && beside.denies => "allowed".to_owned(),
        TestedSide::Policy { .. } => "caller".to_owned(),
        TestedSide::World(_) if matches!(part.presence, Presence::OnlyOld) => return None,
        TestedSide::World(_) if is_outside(part) => caller(number),
        TestedSide::World(_) => part.principals.first()?.clone(),
    };
    let request = change.request();
    let (word, expect) = if is_gained { ("gained", "allow") } else { ("lost", "deny") };
    let name = format!("{number}. {word}: {} on {}", request.action(), request.resource());
    let mut out = format!("  - name: {}\n", string(&name));
    let _ = writeln!(out, "    principal: {}", string(&principal));
    let _ = writeln!(out, "    action: {}", string(&request.action().to_string()));
    let _ = writeln!(out, "    resource: {}", string(request.resource()));
    if !group.given.is_empty() {
        let given = group.given.iter().map(|(key, value)| {
            let values: Vec<String> = value.texts().map(string).collect();
            let value = if value.is_list() { format!("[{}]", values.join(", ")) } else { values.concat() };
            format!("{}: {value}", string(key.as_str()))
        });
        let _ = writeln!(out, "    context: {{ {} }}", given.collect::<Vec<_>>().join(", "));
    }
    // The request need not be one that AWS makes.
    let _ = writeln!(out, "    lenient: true\n    expect: {expect}");
    Some(out)
}

/// A text as YAML, whatever is in it.
fn string(text: &str) -> String {
    Node::string(text).to_string()
}

/// Whether a test file can be read and passes.
fn passes(text: &str, files: &dyn Files, path: &Path, options: &Options<'_>) -> bool {
    let files = Unwritten { path, source: Source::new(path.display().to_string(), text), others: files };
    let Ok(file) = TestFile::load(&files, path, options) else { return false };
    let Ok(run) = file.run_all() else { return false };
    !run.outcomes.is_empty() && run.outcomes.iter().all(|outcome| matches!(outcome.status, Status::Passed(_)))
}

/// A test file that is not written yet, among others.
struct Unwritten<'f> {
    path: &'f Path,
    source: Arc<Source>,
    others: &'f dyn Files,
}

impl Files for Unwritten<'_> {
    fn read(&self, path: &Path) -> Result<Arc<Source>, Finding> {
        if path == self.path { Ok(self.source.clone()) } else { self.others.read(path) }
    }

    fn stream(&self, path: &Path) -> Result<Box<dyn Read>, Finding> {
        if path == self.path {
            return Ok(Box::new(Cursor::new(self.source.text.clone().into_bytes())));
        }
        self.others.stream(path)
    }

    fn name(&self, path: &Path) -> String {
        self.others.name(path)
    }

    fn limits(&self) -> Limits {
        self.others.limits()
    }

    fn identity(&self, path: &Path) -> PathBuf {
        self.others.identity(path)
    }
}
