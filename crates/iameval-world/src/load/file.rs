//! The world files of a load: those named and those that they use, each once.

use crate::account::{AccountDump, Opened};
use crate::clash::Place;
use crate::codes;
use crate::files::NamedSource;
use crate::files::{FROM_CURRENT_FOLDER, Files, without_dots};
use crate::finding::Finding;
use crate::limits::Limits;
use crate::load::inside;
use crate::policy_file::PolicyFile;
use crate::source::Source;
use crate::yaml;
use iameval::json::fields::{fields, invalid, parsed, text};
use iameval::json::{self, Member, Node, Value};
use iameval::text::Span;
use iameval::{AccountId, Diagnostic, Problem};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(super) type Result<T> = std::result::Result<T, Vec<Finding>>;
/// Something wrong with an element, before it is said in which file.
pub(super) type Checked<T> = std::result::Result<T, Diagnostic>;

/// A file that is being read.
pub(super) struct WorldFile {
    pub(super) source: Arc<Source>,
    /// What its paths have in common.
    pub(super) identity: PathBuf,
    pub(super) folder: PathBuf,
    /// The account of the names in it.
    pub(super) account: Option<AccountId>,
    pub(super) partition: Option<String>,
    tree: Node<'static>,
}

/// What a test file holds under `tests`.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Tests {
    /// The file.
    pub source: Arc<Source>,
    /// The list of cases, as it is written.
    pub node: Node<'static>,
    /// The folder that paths in the file are relative to.
    pub folder: PathBuf,
}

/// The parts of a file that define something.
pub(super) struct Sections<'t> {
    pub(super) sources: Option<&'t Node<'static>>,
    pub(super) policies: Option<&'t Node<'static>>,
    pub(super) groups: Option<&'t Node<'static>>,
    pub(super) principals: Option<&'t Node<'static>>,
    pub(super) resources: Option<&'t Node<'static>>,
    pub(super) organization: Option<&'t Node<'static>>,
    pub(super) accounts: Option<&'t Node<'static>>,
    pub(super) endpoints: Option<&'t Node<'static>>,
    pub(super) contexts: Option<&'t Node<'static>>,
    pub(super) defaults: Option<&'t Node<'static>>,
}

/// The fields of a world. The tests of a test file are for those who run them.
const FIELDS: [&str; 15] = [
    "version",
    "use",
    "sources",
    "account",
    "partition",
    "policies",
    "groups",
    "principals",
    "resources",
    "organization",
    "accounts",
    "endpoints",
    "contexts",
    "defaults",
    "tests",
];

/// Reads the files, each after those that it uses. A file that is named again is there already.
///
/// Account dumps are told from world files by what is in them.
pub(super) fn read_all(files: &dyn Files, paths: &[PathBuf]) -> Result<ReadFiles> {
    let mut reading = Reading { files, met: BTreeSet::new(), read: ReadFiles::default() };
    for path in paths {
        reading.named(path, 0, &|findings| findings)?;
    }
    Ok(reading.read)
}

/// What was read, by what it is.
#[derive(Default)]
pub(super) struct ReadFiles {
    /// World files, each after those that it uses.
    pub(super) worlds: Vec<WorldFile>,
    pub(super) dumps: Vec<AccountDump>,
    /// What other crates read.
    pub(super) others: Vec<NamedSource>,
}

/// How long a chain of files that use each other may be.
const MAX_CHAIN: usize = 100;

struct Reading<'f> {
    files: &'f dyn Files,
    met: BTreeSet<PathBuf>,
    read: ReadFiles,
}

impl Reading<'_> {
    /// Something that is named on a command line or by `use`; `at` says where, when it cannot be read.
    fn named(&mut self, path: &Path, depth: usize, at: &dyn Fn(Vec<Finding>) -> Vec<Finding>) -> Result<()> {
        let formats = self.files.formats();
        let other = match Opened::open(self.files, path) {
            Ok(Opened::Text(source)) => match formats.kind_of(&source) {
                None => return self.file(path, &source, depth),
                Some(kind) => NamedSource { source: Some(source), ..NamedSource::new(kind, path.to_owned()) },
            },
            Ok(Opened::Dump(dump)) => {
                if self.met.insert(self.files.identity(path)) {
                    self.read.dumps.push(*dump);
                }
                return Ok(());
            }
            Err(findings) => match formats.kind_of_folder(self.files, path) {
                None => return Err(at(inside::named(self.files, path, findings))),
                Some(kind) => NamedSource::new(kind, path.to_owned()),
            },
        };
        if self.met.insert(self.files.identity(path)) {
            self.read.others.push(other);
        }
        Ok(())
    }

    fn file(&mut self, path: &Path, source: &Arc<Source>, depth: usize) -> Result<()> {
        let identity = self.files.identity(path);
        if !self.met.insert(identity.clone()) {
            return Ok(());
        }
        let one = |diagnostic: Diagnostic| vec![Finding::new(source, diagnostic)];
        let tree = parse(source).map_err(|error| match PolicyFile::read(source, self.files.limits()) {
            PolicyFile::Other(known) => vec![known.instead_of("a world")],
            _ => one(error),
        })?;
        let folder = path.parent().map(Into::into).unwrap_or_default();
        let mut file = WorldFile { source: source.clone(), identity, folder, account: None, partition: None, tree };
        let all = fields(&file.tree, "a world", FIELDS);
        let [version, used, _, account, partition, ..] =
            all.map_err(|error| vec![not_a_world(source, &file.tree, error, self.files.limits())])?;
        if let Some(node) = version {
            check_version(node).map_err(one)?;
        }
        let account = account.map(|node| parsed(node, "`account`")).transpose().map_err(one)?;
        let partition = partition.map(read_partition).transpose().map_err(one)?;
        let used: Vec<(PathBuf, Span)> = items(used)
            .map(|node| Ok((file.path(self.files, text(node, "`use`")?), node.span)))
            .collect::<Checked<_>>()
            .map_err(one)?;
        for (path, span) in used {
            if depth >= MAX_CHAIN {
                return Err(one(invalid(span, format!("more than {MAX_CHAIN} files use each other in a chain"))));
            }
            let at = |findings: Vec<Finding>| findings.into_iter().flat_map(|wrong| file.named(wrong, span)).collect();
            self.named(&path, depth + 1, &at)?;
        }
        (file.account, file.partition) = (account, partition);
        self.read.worlds.push(file);
        Ok(())
    }
}

/// What to say of a file with other fields than a world: what it is, where that is known.
fn not_a_world(source: &Arc<Source>, tree: &Node<'_>, error: Diagnostic, limits: Limits) -> Finding {
    match PolicyFile::read(source, limits) {
        PolicyFile::Other(known) => known.instead_of("a world"),
        PolicyFile::Policies(policies) if policies.iter().any(|policy| policy.parsed.value.is_some()) => {
            let message = format!("`{}` is a policy, not a world", source.name);
            let help = "a world attaches policies: define this one under `policies` there";
            Finding::about_file(&source.name, Problem::new(codes::OTHER_FORMAT, message).with_help(help))
        }
        _ => {
            let members = tree.members().unwrap_or_default();
            let blamed = members.iter().find(|member| member.key_span == error.span());
            let policy = blamed.filter(|member| member.value.get("Statement").is_some());
            let help =
                policy.map(|policy| format!("policies go under `policies`: `policies: {{ {}: … }}`", policy.key));
            let error = if help.is_some() { error.with_any_help(help) } else { error };
            Finding::new(source, error)
        }
    }
}

/// What begins like JSON and is JSON is read as JSON, anything else as YAML.
fn parse(source: &Source) -> Checked<Node<'static>> {
    let text = &source.text;
    if !text.trim_start().starts_with('{') {
        return yaml::parse(text);
    }
    let is_json = Path::new(&source.name).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
    match json::parse(text) {
        Ok(tree) => Ok(tree.into_owned()),
        Err(error) => yaml::parse(text).map_err(|other| if is_json { error } else { other }),
    }
}

fn check_version(node: &Node<'_>) -> Checked<()> {
    match &node.value {
        Value::Number(text) if text == "1" => Ok(()),
        Value::String(text) if text == "1" => Err(invalid(node.span, "`version` must be a number, found a string")
            .with_help("write `version: 1`, without quotes")),
        _ => {
            let error = invalid(node.span, format!("version {node} of world files is not known; this is 1"));
            Err(error.with_help("write `version: 1`; a newer version needs a newer iameval"))
        }
    }
}

fn read_partition(node: &Node<'_>) -> Checked<String> {
    let name = text(node, "`partition`")?;
    let fits = name.starts_with("aws") && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    if fits {
        return Ok(name.into());
    }
    Err(invalid(node.span, format!("`{name}` is not an AWS partition"))
        .with_help("such as `aws`, `aws-cn` or `aws-us-gov`"))
}

impl WorldFile {
    /// Its parts.
    pub(super) fn sections(&self) -> Result<Sections<'_>> {
        let all = fields(&self.tree, "a world", FIELDS).map_err(|error| self.error(error))?;
        let [_, _, sources, _, _, policies, groups, principals, rest @ ..] = all;
        let [resources, organization, accounts, endpoints, contexts, defaults, _] = rest;
        Ok(Sections {
            sources,
            policies,
            groups,
            principals,
            resources,
            organization,
            accounts,
            endpoints,
            contexts,
            defaults,
        })
    }

    /// What it holds under `tests`.
    pub(super) fn tests(&self) -> Result<Tests> {
        let [.., tests] = fields(&self.tree, "a test file", FIELDS).map_err(|error| self.error(error))?;
        let node = tests.ok_or_else(|| {
            let error = invalid(self.tree.span, "the file has no `tests`")
                .with_help("a test file is a world file with `tests:`, a list of cases");
            self.error(error)
        })?;
        Ok(Tests { source: self.source.clone(), node: node.clone(), folder: self.folder.clone() })
    }

    /// Whether it says itself who and what exists, alone or through files that it uses.
    pub(super) fn describes_a_world(&self) -> Result<bool> {
        let used = self.tree.get("use").is_some();
        let Sections { sources, policies, groups, principals, resources, organization, accounts, endpoints, .. } =
            self.sections()?;
        let described = [sources, policies, groups, principals, resources, organization, accounts, endpoints];
        Ok(used || described.iter().any(Option::is_some))
    }

    /// Whether it says no more of a world than which files it uses.
    pub(super) fn adds_nothing(&self) -> bool {
        let mut members = self.tree.members().unwrap_or_default().iter();
        members.all(|member| matches!(&*member.key, "version" | "use" | "tests"))
    }

    /// The path that a file is read from which this one names: as short as it can be written.
    pub(super) fn path(&self, files: &dyn Files, name: &str) -> PathBuf {
        let path = self.folder.join(name);
        let short = without_dots(&path);
        // What `..` takes back may be a link to somewhere else.
        if short == path || files.identity(&short) == files.identity(&path) { short } else { path }
    }

    /// The partition of the names in it.
    pub(super) fn partition(&self) -> &str {
        self.partition.as_deref().unwrap_or("aws")
    }

    pub(super) fn error(&self, diagnostic: Diagnostic) -> Vec<Finding> {
        vec![Finding::new(&self.source, diagnostic)]
    }

    /// What is wrong with a file that is named at `span`. The place to fix is there when it cannot be read.
    pub(super) fn named(&self, finding: Finding, span: Span) -> Vec<Finding> {
        if ![codes::UNREADABLE, codes::IS_FOLDER].contains(&finding.diagnostic.code()) {
            return vec![finding];
        }
        let problem = finding.diagnostic.into_problem();
        let help = problem.help().filter(|help| *help != FROM_CURRENT_FOLDER);
        let help = help.unwrap_or("paths are relative to the world file").to_owned();
        self.error(problem.with_help(help).at(span))
    }

    /// Where something stands in the file.
    pub(super) fn place(&self, span: Span) -> Place {
        Place::new(&self.source, span)
    }
}

/// The members of a map of names.
pub(super) fn entries<'n, 'a>(node: Option<&'n Node<'a>>, what: &str) -> Checked<&'n [Member<'a>]> {
    match node {
        None | Some(Node { value: Value::Null, .. }) => Ok(&[]),
        Some(node) => node
            .members()
            .ok_or_else(|| invalid(node.span, format!("{what} must be a map of names, found {}", node.kind()))),
    }
}

/// The items of a list, or the one value that stands for it.
pub(super) fn items<'n, 'a>(node: Option<&'n Node<'a>>) -> impl Iterator<Item = &'n Node<'a>> {
    let items: &[Node<'a>] = match node {
        None => &[],
        Some(Node { value: Value::Array(items), .. }) => items,
        Some(node) => std::slice::from_ref(node),
    };
    items.iter()
}
