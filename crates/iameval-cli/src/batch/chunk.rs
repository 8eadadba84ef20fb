//! Lines to results.

use super::multivalued::Multivalued;
use iameval::PolicySet;
use iameval::native::{
    Line, Policies, Reader, RequestError, RequestErrorCode, SimulationRequest, write_error, write_result,
};
use iameval::text::Span;
use iameval_data::Catalogue;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// Policies under a name, ready to be asked.
#[derive(Debug)]
pub(super) struct Defined {
    pub(super) policies: Policies,
    pub(super) set: PolicySet,
}

/// Every set that is defined at some place of the input.
pub(super) type Known = Arc<HashMap<String, Arc<Defined>>>;

/// Lines that are decided together, with the policy sets that are known there.
pub(super) enum Chunk {
    Lines {
        text: Arc<[u8]>,
        range: Range<usize>,
        known: Known,
    },
    /// The result line of a wrong definition.
    Error(String),
}

/// The results of a chunk.
#[derive(Default)]
pub(super) struct Answered {
    pub(super) text: String,
    pub(super) lines: u64,
    pub(super) errors: u64,
}

impl Chunk {
    pub(super) fn new(text: Arc<[u8]>, range: Range<usize>, known: Known) -> Self {
        Self::Lines { text, range, known }
    }

    pub(super) fn error(line: String) -> Self {
        Self::Error(line)
    }
}

/// Decides chunks; remembers the policies it compiled.
pub(super) struct Worker<'c> {
    reader: Reader,
    multivalued: Multivalued<'c>,
}

impl<'c> Worker<'c> {
    pub(super) fn new(catalogue: &'c Catalogue) -> Self {
        Self {
            reader: Reader::new().with_service_rules(catalogue.service_rules().clone()),
            multivalued: Multivalued::new(catalogue),
        }
    }

    pub(super) fn answer(&mut self, chunk: &Chunk) -> Answered {
        let (text, range, known) = match chunk {
            Chunk::Lines { text, range, known } => (text, range, known),
            Chunk::Error(line) => return Answered { text: line.clone(), lines: 1, errors: 1 },
        };
        let mut answered = Answered::default();
        let bytes = text.get(range.clone()).unwrap_or_default();
        for line in line_ranges(bytes) {
            let line = bytes.get(line).unwrap_or_default().trim_ascii();
            if line.is_empty() {
                continue;
            }
            answered.lines += 1;
            if let Err(error) = self.line(line, known, &mut answered.text) {
                answered.errors += 1;
                answered.text.push_str(&error_line(error.id.as_deref(), &error));
            } else {
                answered.text.push('\n');
            }
        }
        answered
    }

    fn line(&mut self, line: &[u8], known: &Known, out: &mut String) -> Result<(), Box<RequestError>> {
        let text =
            std::str::from_utf8(line).map_err(|_| error(RequestErrorCode::InvalidJson, "the line is not UTF-8"))?;
        let mut simulation = match self.reader.read(text)? {
            Line::Simulation(simulation) => simulation,
            Line::Define(_) => return Err(error(RequestErrorCode::InvalidRequest, "a definition out of place")),
        };
        simulation.request.declare_multivalued(|key| self.multivalued.declares(key));
        let policies = policies(&simulation, known).map_err(|mut error| {
            error.id.clone_from(&simulation.id);
            error
        })?;
        let result = policies.simulate(&simulation.request);
        write_result(out, simulation.id.as_deref(), &policies, &result);
        Ok(())
    }
}

/// The policies of a request: its own, those of the set that it names, or both.
fn policies(simulation: &SimulationRequest, known: &Known) -> Result<PolicySet, Box<RequestError>> {
    let Some(name) = &simulation.policy_set else { return Ok(simulation.policy_set()) };
    let Some(defined) = known.get(name) else {
        let mut unknown = error(RequestErrorCode::InvalidRequest, &format!("no policy set `{name}` is defined above"));
        unknown.path = Some("policy_set".into());
        unknown.help = iameval::suggest::did_you_mean(name, sorted(known).iter().map(String::as_str));
        return Err(unknown);
    };
    Ok(simulation.options.apply(both(simulation, defined)?))
}

fn both(simulation: &SimulationRequest, defined: &Defined) -> Result<PolicySet, Box<RequestError>> {
    if simulation.policies.is_empty() {
        return Ok(defined.set.clone());
    }
    match simulation.policies.union(&defined.policies) {
        Ok(policies) => Ok(policies.to_set()),
        Err(layer) => {
            let message = format!("both the request and its policy set have `{}` policies", layer.as_str());
            let mut twice = error(RequestErrorCode::InvalidRequest, &message);
            twice.path = Some(format!("policies.{}", layer.as_str()));
            Err(twice)
        }
    }
}

/// The names in an order that does not change from run to run.
fn sorted(known: &Known) -> Vec<String> {
    let mut names: Vec<String> = known.keys().cloned().collect();
    names.sort_unstable();
    names
}

fn error(code: RequestErrorCode, message: &str) -> Box<RequestError> {
    Box::new(RequestError {
        code,
        message: message.into(),
        path: None,
        span: Span::default(),
        help: None,
        diagnostics: Vec::new(),
        id: None,
    })
}

/// An error as a result line.
pub(super) fn error_line(id: Option<&str>, error: &RequestError) -> String {
    let mut line = String::new();
    write_error(&mut line, id, error);
    line.push('\n');
    line
}

/// The lines, line breaks included.
pub(super) fn line_ranges(lines: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut from = 0;
    let breaks = memchr::memchr_iter(b'\n', lines).map(|at| at + 1);
    let last = (lines.last() != Some(&b'\n')).then_some(lines.len());
    breaks.chain(last).map(move |end| {
        let start = std::mem::replace(&mut from, end);
        start..end
    })
}
