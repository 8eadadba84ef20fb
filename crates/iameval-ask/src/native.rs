//! Native requests: in a file of their own, and line by line with policy sets that lines define.

use crate::answer::Answer;
use crate::multivalued::{self, Multivalued};
use crate::tree::Tree;
use iameval::json::{self, Node};
use iameval::native::{
    Definition, EvaluationOptions, Line, RequestError, RequestErrorCode, RequestPolicies, RequestReader,
    SimulationRequest,
};
use iameval::suggest::{MOST_NAMES, did_you_mean};
use iameval::text::Span;
use iameval::{Diagnostic, Layer, PolicySet, Problem, codes};
use iameval_data::{Catalogue, unknown_action};
use iameval_world::{Finding, Limits, Native, Source, yaml};
use std::borrow::Cow;
use std::num::NonZeroUsize;
use std::sync::Arc;

/// Reads native requests, and remembers the policies that it compiled.
#[derive(Debug)]
pub struct NativeReader<'c> {
    reader: RequestReader,
    multivalued: Multivalued<'c>,
}

impl<'c> NativeReader<'c> {
    /// Nothing read so far.
    pub fn new(catalogue: &'c Catalogue) -> Self {
        Self {
            reader: RequestReader::new().with_service_rules(catalogue.service_rules().clone()),
            multivalued: Multivalued::new(catalogue),
        }
    }

    /// The same reader, which remembers so many compiled policies at most.
    #[must_use]
    pub fn keeping(mut self, policies: usize) -> Self {
        self.reader = self.reader.keeping(policies);
        self
    }

    /// Reads a line of JSON.
    ///
    /// # Errors
    /// The first thing that is wrong with it; of a malformed policy every finding.
    pub fn read(&mut self, text: &str) -> Result<Line, Box<RequestError>> {
        let line = self.reader.read(text)?;
        Ok(self.declared(line))
    }

    /// Reads what was parsed already; `text` is what the spans of the tree refer to.
    ///
    /// # Errors
    /// The same as [`NativeReader::read`].
    pub fn read_tree(&mut self, tree: &Node<'_>, text: &str) -> Result<Line, Box<RequestError>> {
        let line = self.reader.read_tree(tree, text)?;
        Ok(self.declared(line))
    }

    fn declared(&self, mut line: Line) -> Line {
        if let Line::Simulation(simulation) = &mut line {
            multivalued::declare(&mut simulation.request, |key| self.multivalued.declares(key));
        }
        line
    }
}

/// Policies under a name, ready to be asked.
#[derive(Debug)]
pub struct NamedPolicies {
    policies: RequestPolicies,
    set: PolicySet,
}

impl From<Definition> for NamedPolicies {
    fn from(definition: Definition) -> Self {
        let set = definition.policies.to_set().indexed();
        Self { policies: definition.policies, set }
    }
}

/// The policy sets that are defined at some place of a batch, as many as are kept. A copy costs nothing, so each place may
/// have its own.
#[derive(Debug, Clone)]
pub struct PolicySets {
    known: Tree<Arc<str>, (u64, Arc<NamedPolicies>)>,
    /// The names, in the order in which they were defined last.
    order: Tree<u64, Arc<str>>,
    defined: u64,
    keep: NonZeroUsize,
    forgot: bool,
}

impl PolicySets {
    /// No sets yet, of which the latest so many will be kept.
    pub fn keeping(keep: NonZeroUsize) -> Self {
        Self { known: Tree::default(), order: Tree::default(), defined: 0, keep, forgot: false }
    }

    /// Defines policies, in place of those of that name. Where no more are kept, the set is forgotten that was defined
    /// before all others.
    pub fn define(&mut self, name: &str, policies: NamedPolicies) {
        let name: Arc<str> = name.into();
        self.defined += 1;
        if let Some((earlier, _)) = self.known.insert(name.clone(), (self.defined, Arc::new(policies))) {
            self.order.remove(&earlier);
        }
        self.order.insert(self.defined, name);
        if self.known.len() > self.keep.get()
            && let Some(oldest) = self.order.first().cloned()
        {
            self.forget(&oldest);
            self.forgot = true;
        }
    }

    /// Forgets the policies of a name.
    pub fn forget(&mut self, name: &str) {
        if let Some((number, _)) = self.known.remove(name) {
            self.order.remove(&number);
        }
    }

    /// Whether a set was forgotten to make room for another.
    pub fn has_forgotten(&self) -> bool {
        self.forgot
    }

    /// The policies of a request: its own, those of the set that it names, or both.
    ///
    /// # Errors
    /// When no such set is defined, or both have policies of a layer.
    pub fn policies(&self, simulation: &SimulationRequest) -> Result<Cow<'_, PolicySet>, Box<RequestError>> {
        let Some(name) = &simulation.policy_set else { return Ok(Cow::Owned(simulation.policy_set())) };
        let found = match self.known.get(name.value.as_str()) {
            Some((_, defined)) => defined.beside(simulation),
            None => Err(self.unknown(&name.value)),
        };
        found.map_err(|error| Box::new(RequestError { id: simulation.id.clone(), ..*error }))
    }

    /// The policies of a set with those that stand beside its name.
    pub(crate) fn beside(&self, name: &str, own: &RequestPolicies) -> Result<RequestPolicies, Box<RequestError>> {
        let (_, defined) = self.known.get(name).ok_or_else(|| self.unknown(name))?;
        defined.union(own)
    }

    fn unknown(&self, name: &str) -> Box<RequestError> {
        let names = self.known.keys_around(name, MOST_NAMES);
        let mut unknown =
            RequestError::new(RequestErrorCode::InvalidRequest, format!("no policy set `{name}` is defined above"));
        unknown.path = Some("policy_set".into());
        unknown.help = did_you_mean(name, names.into_iter().map(|name| &**name));
        Box::new(unknown)
    }
}

impl NamedPolicies {
    /// The policies with those of a request, evaluated as it says. Most requests add nothing: the set is borrowed then, for
    /// threads that count the same references get in each other's way.
    fn beside(&self, simulation: &SimulationRequest) -> Result<Cow<'_, PolicySet>, Box<RequestError>> {
        let SimulationRequest { policies, options, .. } = simulation;
        Ok(match policies.is_empty() {
            true if *options == EvaluationOptions::default() => Cow::Borrowed(&self.set),
            true => Cow::Owned(options.apply(self.set.clone())),
            false => Cow::Owned(options.apply(self.union(policies)?.to_set())),
        })
    }

    fn union(&self, own: &RequestPolicies) -> Result<RequestPolicies, Box<RequestError>> {
        own.union(&self.policies).map_err(|layer| {
            let message = format!("both the request and its policy set have `{}` policies", layer.as_str());
            let mut twice = RequestError::new(RequestErrorCode::InvalidRequest, message);
            twice.path = Some(format!("policies.{}", layer.as_str()));
            Box::new(twice)
        })
    }
}

/// A native request in a source of its own, YAML or JSON.
#[derive(Debug)]
pub struct NativeQuestion {
    simulation: SimulationRequest,
    source: Arc<Source>,
    /// What there is to say of the action when AWS is not known to have it.
    pub unknown_action: Option<Finding>,
}

impl NativeQuestion {
    /// Reads the request. What begins like JSON is read as JSON, whose messages are better; anything else as YAML.
    ///
    /// # Errors
    /// The first thing that is wrong with it; of a malformed policy every finding.
    pub fn read(source: &Arc<Source>, catalogue: &Catalogue) -> Result<Self, Vec<Finding>> {
        let text = &source.text;
        let tree = if text.trim_start().starts_with('{') { json::parse(text) } else { yaml::parse(text) };
        let one = |diagnostic| vec![Finding::new(source, diagnostic)];
        let known = || Native::Requests.mistaken(source, Limits::default()).map(|finding| vec![finding]);
        let tree = tree.map_err(|error| known().unwrap_or_else(|| one(error)))?;
        match NativeReader::new(catalogue).read_tree(&tree, text) {
            Ok(Line::Simulation(simulation)) => {
                let node = tree.get("request").and_then(|request| request.get("action"));
                let span = node.map_or(tree.span, |node| node.span);
                let unknown = unknown_action(simulation.request.action(), catalogue);
                let unknown_action = unknown.map(|problem| Finding::new(source, problem.at(span)));
                Ok(Self { simulation: *simulation, source: source.clone(), unknown_action })
            }
            Ok(Line::Define(_)) => Err(one(Diagnostic::new(
                codes::INVALID_FIELD,
                tree.span,
                "this defines policies and contains no request",
            )
            .with_help("definitions are for `iameval batch`"))),
            // A world has `policies` as well, but no layers in them.
            Err(error) if has_layers(&tree) => Err(findings(&error, source)),
            Err(error) => Err(known().unwrap_or_else(|| findings(&error, source))),
        }
    }

    /// The answer.
    ///
    /// # Errors
    /// When the request names a policy set, which only a batch has.
    pub fn answer(&self, catalogue: &Catalogue) -> Result<Answer, Finding> {
        let Self { simulation, source, .. } = self;
        if let Some(name) = &simulation.policy_set {
            let message = "`policy_set` refers to policies of an earlier line, and a file has none";
            let diagnostic = Diagnostic::new(codes::INVALID_FIELD, name.span, message)
                .with_help("put the policies in the request, or use `iameval batch`");
            return Err(Finding::new(source, diagnostic));
        }
        Ok(Answer::of_native(simulation, source, catalogue))
    }
}

/// Whether a tree has policies by layer, as requests have them.
fn has_layers(tree: &Node<'_>) -> bool {
    let policies = tree.get("policies").and_then(Node::members);
    policies.is_some_and(|policies| policies.iter().any(|member| member.key.parse::<Layer>().is_ok()))
}

/// The findings of a policy, or the one thing that is wrong with the request.
fn findings(error: &RequestError, source: &Arc<Source>) -> Vec<Finding> {
    // A policy that was given as text has spans of its own; its place in the file is that of the text.
    let inside = |span: Span| span.end as usize <= source.text.len();
    if error.code == RequestErrorCode::MalformedPolicy && error.is_in_place() {
        let findings = error.diagnostics.iter().filter(|diagnostic| inside(diagnostic.span()));
        return findings.map(|diagnostic| Finding::new(source, diagnostic.clone())).collect();
    }
    let code = error.diagnostics.first().map_or(codes::INVALID_FIELD, Diagnostic::code);
    let message = match &error.path {
        Some(path) => format!("{}, in `{path}`", error.message),
        None => error.message.clone(),
    };
    let problem = Problem::new(code, message).with_any_help(error.help.clone());
    vec![match error.span {
        Some(span) => Finding::new(source, problem.at(span)),
        None => Finding::about_all(source, problem),
    }]
}
