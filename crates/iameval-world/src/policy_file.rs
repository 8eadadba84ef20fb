//! Policies from files and from parts of files: alone, in JSON or YAML, or inside what a command of AWS printed.

mod inner;
mod known;
mod native;
mod shape;

use crate::account::Account;
use crate::codes;
use crate::files::Files;
use crate::finding::Finding;
use crate::limits::Limits;
use crate::managed::find_managed;
use crate::model::form::{PolicyForm, Wrapping};
use crate::model::policy::LoadedPolicy;
use crate::source::Source;
use crate::yaml;
use iameval::json::{self, Node, Value};
use iameval::text::Span;
use iameval::{Diagnostic, Parsed, PolicyDocument, Problem};
use inner::Inner;
use known::Format;
pub use native::Native;
use std::path::Path;
use std::sync::Arc;

/// A policy of a file as it was read.
#[derive(Debug)]
pub struct FilePolicy {
    /// The text that places refer to: the file, unless the policy is a text in it whose places cannot be told.
    pub source: Arc<Source>,
    /// The document, or what makes it no policy.
    pub parsed: Parsed<PolicyDocument>,
    /// How the file holds it.
    pub form: PolicyForm,
}

/// What a file holds for those who expect a policy.
#[derive(Debug)]
pub enum PolicyFile {
    /// Policies, one at least; what is wrong with them is in each.
    Policies(Vec<FilePolicy>),
    /// A world: a world file, a test file or an account dump.
    World(KnownFile),
    /// A file of another known format.
    Other(KnownFile),
    /// A text that is neither JSON nor YAML, with the place where it stops being so.
    Neither(Finding),
    /// A policy in it has more statements than are read.
    OverLimit(Finding),
}

/// A file of a known format that is not a policy.
#[derive(Debug)]
pub struct KnownFile {
    name: String,
    what: &'static str,
    help: &'static str,
}

impl KnownFile {
    fn new(source: &Source, what: &'static str, help: &'static str) -> Self {
        Self { name: source.name.clone(), what, help }
    }

    fn of(source: &Source, format: &Format) -> Self {
        Self::new(source, format.what, format.help)
    }

    fn is(&self, format: &Format) -> bool {
        self.what == format.what
    }

    /// What the file is, with its article: `a CloudFormation template`.
    pub fn what(&self) -> &'static str {
        self.what
    }

    /// What to say of the file where something else is wanted, such as `a world`.
    pub fn instead_of(&self, wanted: &str) -> Finding {
        let message = format!("`{}` is {}, not {wanted}", self.name, self.what);
        Finding::about_file(&self.name, Problem::new(codes::OTHER_FORMAT, message).with_help(self.help))
    }
}

impl PolicyFile {
    /// Looks what a file holds. No document is made of a policy that has more statements than the limits let it have.
    ///
    /// ```
    /// use iameval_world::{Limits, PolicyFile, Source};
    ///
    /// let text = r#"{"RoleName": "ci", "PolicyName": "deploy", "PolicyDocument": {"Statement": []}}"#;
    /// let source = Source::new("out.json", text);
    /// let PolicyFile::Policies(policies) = PolicyFile::read(&source, Limits::default()) else { panic!() };
    /// assert_eq!(policies.len(), 1);
    /// ```
    pub fn read(source: &Arc<Source>, limits: Limits) -> Self {
        if is_dump(&source.text) {
            return Self::World(KnownFile::of(source, &known::ACCOUNT_DUMP));
        }
        let (tree, form) = match parse(source) {
            Ok(read) => read,
            Err(diagnostic) => {
                if let Some(format) = known::of_lines(&source.text) {
                    return Self::Other(KnownFile::of(source, format));
                }
                if let Some((what, help)) = known::of_text(&source.name, &source.text) {
                    return Self::Other(KnownFile::new(source, what, help));
                }
                return Self::Neither(Finding::new(source, diagnostic));
            }
        };
        let members = tree.members().unwrap_or_default();
        if !members.iter().any(|member| member.key.eq_ignore_ascii_case("Statement")) {
            let wrapped = shape::find(&tree);
            if !wrapped.is_empty() {
                let policy = |(wrapping, node)| FilePolicy::wrapped(source, wrapping, node, limits);
                let policies: Result<_, Finding> = wrapped.into_iter().map(policy).collect();
                return policies.map_or_else(Self::OverLimit, Self::Policies);
            }
            if let Some(format) = known::of_tree(&tree) {
                let known = KnownFile::of(source, format);
                return if format.is_world { Self::World(known) } else { Self::Other(known) };
            }
        }
        if let Err(finding) = limits.check(&tree, source) {
            return Self::OverLimit(finding);
        }
        let parsed = document(&tree, &source.text);
        Self::Policies(vec![FilePolicy { source: source.clone(), parsed, form }])
    }

    /// The policies.
    ///
    /// # Errors
    /// When it is something else.
    pub fn into_policies(self) -> Result<Vec<FilePolicy>, Finding> {
        match self {
            Self::Policies(policies) => Ok(policies),
            Self::World(known) | Self::Other(known) => Err(known.instead_of("an IAM policy")),
            Self::Neither(finding) | Self::OverLimit(finding) => Err(finding),
        }
    }
}

impl FilePolicy {
    /// A policy in JSON that is a whole file.
    pub fn whole(source: &Arc<Source>, parsed: Parsed<PolicyDocument>) -> Self {
        Self { source: source.clone(), parsed, form: PolicyForm::Json }
    }

    /// The policy that a part of a file is, as an object or as a text.
    ///
    /// # Errors
    /// When it has more statements than are read.
    fn wrapped(source: &Arc<Source>, wrapping: Wrapping, node: &Node<'_>, limits: Limits) -> Result<Self, Finding> {
        let (source, parsed) = match (&node.value, Inner::of(&source.text, node)) {
            (_, Some(inner)) => (source.clone(), inner.decoded().policy(limits)),
            (Value::String(text), None) => {
                let text = Inner::alone(text).decoded().into_text();
                let own = Source::new(format!("{}, {}", source.name, wrapping.path), text);
                let parsed = Inner::alone(&own.text).policy(limits);
                (own, parsed)
            }
            _ => {
                limits.check(node, source)?;
                (source.clone(), Ok(document(node, &source.text)))
            }
        };
        let parsed = parsed.map_err(|over| Finding::new(&source, over))?;
        Ok(Self { source, parsed, form: PolicyForm::Wrapped(wrapping) })
    }
}

impl LoadedPolicy {
    /// Reads a policy that is a part of a text.
    ///
    /// # Errors
    /// Everything that makes it no policy.
    pub fn from_tree(name: &str, source: &Arc<Source>, tree: &Node<'_>) -> Result<Self, Vec<Finding>> {
        Self::from_parsed(name, source, document(tree, &source.text))
    }

    /// Reads the policy of a file, in JSON or YAML, or inside what a command of AWS printed.
    ///
    /// # Errors
    /// Everything that makes it no policy, when it has more statements than are read, and when the file holds several.
    pub fn from_file(name: &str, file: &Arc<Source>, limits: Limits) -> Result<Self, Vec<Finding>> {
        let mut policies = PolicyFile::read(file, limits).into_policies().map_err(|finding| vec![finding])?;
        match (policies.pop(), policies.len()) {
            (Some(policy), 0) => Self::of_file(name, file, policy),
            (_, others) => {
                let message = format!("`{}` contains {} policies, and one is expected here", file.name, others + 1);
                let problem = Problem::new(codes::OTHER_FORMAT, message);
                let help = "save the intended one as a separate file";
                Err(vec![Finding::about_file(&file.name, problem.with_help(help))])
            }
        }
    }

    /// Reads the policy that a path names: a file, after which it is called, `-` for standard input, or `aws:NAME`.
    ///
    /// # Errors
    /// When it cannot be read, and the same as [`LoadedPolicy::from_file`].
    pub fn named(path: &Path, files: &dyn Files) -> Result<Self, Vec<Finding>> {
        let text = path.to_str().unwrap_or_default();
        match find_managed(text) {
            Some(Ok(managed)) => return Self::managed(managed),
            Some(Err(problem)) => return Err(vec![Finding::about_all(&Source::new("policy", text), problem)]),
            None => {}
        }
        let source = files.read(path).map_err(|finding| vec![finding])?;
        let stem = path.file_stem().filter(|_| text != "-");
        let name = stem.map_or_else(|| source.name.clone(), |stem| stem.to_string_lossy().into_owned());
        Self::from_file(&name, &source, files.limits())
    }

    /// One of the policies of a file.
    ///
    /// # Errors
    /// Everything that makes it no policy.
    fn of_file(name: &str, file: &Arc<Source>, policy: FilePolicy) -> Result<Self, Vec<Finding>> {
        let FilePolicy { source, parsed, form } = policy;
        let mut policy = Self::from_parsed(name, &source, parsed)?;
        (policy.file, policy.form) = (file.path.clone(), form);
        Ok(policy)
    }
}

/// Whether a text is an account dump, as its beginning tells: a dump may be large, so no tree is made of it here.
fn is_dump(text: &str) -> bool {
    const BEGINNING: usize = 64 * 1024;
    const LISTS: [&str; 3] = ["\"UserDetailList\"", "\"GroupDetailList\"", "\"RoleDetailList\""];
    let end = (0..=BEGINNING.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    let beginning = text.get(..end).unwrap_or_default();
    // The list of policies alone is in other outputs as well.
    LISTS.iter().any(|list| beginning.contains(list)) && Account::is_dump(beginning.as_bytes())
}

/// The policy that a tree is, with the characters in its strings that IAM does not accept. Those in comments do not count.
fn document(tree: &Node<'_>, text: &str) -> Parsed<PolicyDocument> {
    let Parsed { value, diagnostics } = PolicyDocument::from_tree(tree);
    let value = value.map(|document| with_characters_of(tree, text, document));
    Parsed { value, diagnostics }
}

fn with_characters_of(tree: &Node<'_>, text: &str, document: PolicyDocument) -> PolicyDocument {
    let string = |document: PolicyDocument, place: Span| {
        let within = |span: Span| Span { start: place.start + span.start, end: place.start + span.end };
        document.with_characters(text.get(place.range()).unwrap_or_default(), within)
    };
    match &tree.value {
        Value::String(_) => string(document, tree.span),
        Value::Array(items) => items.iter().fold(document, |document, item| with_characters_of(item, text, document)),
        Value::Object(members) => members.iter().fold(document, |document, member| {
            with_characters_of(&member.value, text, string(document, member.key_span))
        }),
        _ => document,
    }
}

/// What begins like JSON is JSON. Where that is not said by the name of the file, anything else may be YAML.
fn parse(source: &Source) -> Result<(Node<'_>, PolicyForm), Diagnostic> {
    let ending = Path::new(&source.name).extension().unwrap_or_default();
    let has_ending = |known: &[&str]| known.iter().any(|known| ending.eq_ignore_ascii_case(known));
    let is_yaml = has_ending(&["yaml", "yml"]);
    let error = match json::parse(&source.text) {
        Ok(tree) => return Ok((tree, PolicyForm::Json)),
        Err(error) => error,
    };
    let may_be_yaml = is_yaml || !(has_ending(&["json"]) || source.text.trim_start().starts_with(['{', '[', '"']));
    if !may_be_yaml {
        return Err(error);
    }
    match yaml::parse(&source.text) {
        // A text that is no JSON is always YAML, of one string.
        Ok(tree) if is_yaml || tree.members().is_some() => Ok((tree, PolicyForm::Yaml)),
        Err(error) if is_yaml => Err(error),
        _ => Err(error),
    }
}
