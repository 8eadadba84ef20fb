//! iameval's own requests and answers as JSON, for programs that want everything.

use crate::api::Api;
use iameval::PolicyKind;
use iameval::json::{self, Node};
use iameval::native::{RequestError, write_error};
use iameval_ask::{Answer, BatchLines, NamedPolicies, NativeQuestion, NativeReader, PolicySets, WorldLines};
use iameval_lint::check_text;
use iameval_report::{Names, Writing, answers_to_json, findings_to_json, screened_json, world_to_json};
use iameval_world::{Finding, Source};
use std::num::NonZeroUsize;

/// How many policy sets a batch keeps, and how many compiled policies.
const KEEP: NonZeroUsize = NonZeroUsize::MIN.saturating_add(999);

/// Native requests one after another, with the policy sets that lines define.
#[derive(Debug)]
pub struct Batch {
    api: Api,
    lines: BatchLines<'static>,
    known: PolicySets,
}

/// What comes of a line of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LineResult {
    /// A result, or an error as one, with a line break.
    pub text: String,
    /// Whether the line could not be used.
    pub is_error: bool,
}

impl Api {
    /// A batch of which nothing was read.
    pub fn batch(&self) -> Batch {
        let lines = BatchLines::keeping(KEEP, self.catalogue());
        Batch { api: self.clone(), lines, known: PolicySets::keeping(KEEP) }
    }

    /// Answers one native request with everything there is to say, as `iameval simulate --format json` does.
    ///
    /// # Errors
    /// The findings, as `iameval check --format json` writes them.
    pub fn explain(&self, request: &str) -> Result<String, String> {
        let source = Source::new("request", request);
        match self.explained(&source) {
            Ok(answer) => Ok(self.shown(&answers_to_json(&[answer]))),
            Err(findings) => Err(self.shown(&findings_to_json(&findings, []))),
        }
    }

    fn explained(&self, source: &std::sync::Arc<Source>) -> Result<Answer, Vec<Finding>> {
        let tree = json::parse(&source.text).ok().filter(WorldLines::takes);
        if let Some(tree) = tree {
            let mut reader = NativeReader::new(self.catalogue());
            let lines = WorldLines::new(self.world(), self.catalogue());
            let read = lines.read(&tree, &source.text, &mut reader).map_err(|error| {
                let problem =
                    iameval::Problem::new(iameval::codes::INVALID_FIELD, error.message).with_any_help(error.help);
                vec![Finding::about_all(source, problem)]
            })?;
            return Ok(read.posed.answer(self.catalogue()));
        }
        let question = NativeQuestion::read(source, self.catalogue())?;
        question.answer(self.catalogue()).map_err(|finding| vec![finding])
    }

    /// What is wrong with a policy, or probably a mistake, as `iameval check --format json` writes it. Without a kind it is
    /// guessed.
    pub fn check(&self, policy: &str, kind: Option<PolicyKind>) -> String {
        let source = Source::new("policy", policy);
        let (_, diagnostics) = check_text(policy, &source.name, kind, self.catalogue());
        let findings: Vec<Finding> = diagnostics.into_iter().map(|found| Finding::new(&source, found)).collect();
        self.shown(&findings_to_json(&findings, []))
    }

    /// The contents of the world, as `iameval world --format json` writes them.
    pub fn list_world(&self) -> String {
        self.shown(&world_to_json(self.world()))
    }

    fn shown(&self, document: &Node<'_>) -> String {
        self.named(&format!("{document:#}\n"))
    }

    /// What is not known has its name.
    fn named(&self, text: &str) -> String {
        let names = Names::of(self.world().symbols());
        screened_json(&names.shown(text, Writing::Json)).into_owned()
    }
}

impl Batch {
    /// Answers a line. `None` for one that defines policies or is empty. A request that has no policies is answered from the
    /// world.
    pub fn line(&mut self, line: &[u8]) -> Option<LineResult> {
        let line = line.trim_ascii();
        if line.is_empty() {
            return None;
        }
        let mut out = String::new();
        let answered = self.answer(line, &mut out);
        match &answered {
            Ok(()) if out.is_empty() => return None,
            Ok(()) => {}
            Err(error) => write_error(&mut out, error.id.as_deref(), error),
        }
        out.push('\n');
        Some(LineResult { text: self.api.named(&out), is_error: answered.is_err() })
    }

    fn answer(&mut self, line: &[u8], out: &mut String) -> Result<(), Box<RequestError>> {
        let world = WorldLines::new(self.api.world(), self.api.catalogue());
        if let Some(definition) = self.lines.answer(line, Some(&world), &self.known, out)? {
            let name = definition.name.clone();
            self.known.define(&name, NamedPolicies::from(definition));
        }
        Ok(())
    }
}
