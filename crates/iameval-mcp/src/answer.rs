//! What a tool answers: short text for the model, and the same as data.

use iameval::json::{Node, Value};
use iameval::{Diagnostic, Problem};
use iameval_report::{FindingRenderer, Names, Style, Writing, findings_to_json, screened_json};
use iameval_world::{Finding, Source, World};
use std::fmt::Write;

/// How texts look.
pub(crate) const STYLE: Style = Style { colour: false, width: 100 };
/// How much of a text and of data there may be; who asks for more is to ask for less at a time.
const MOST_TEXT: usize = 64 << 10;
const MOST_DATA: usize = 4 << 20;

/// What a tool answers.
#[derive(Debug)]
pub(crate) struct Answer {
    text: String,
    /// A JSON object.
    data: String,
    is_error: bool,
    /// What is not known of the world that was asked.
    names: Names,
}

/// Why a tool has no answer.
pub(crate) type Refused = Vec<Finding>;

impl Answer {
    /// An answer.
    pub(crate) fn new(text: String, data: &Node<'_>) -> Self {
        Self { text, data: data.to_string(), is_error: false, names: Names::default() }
    }

    /// Findings in place of an answer.
    pub(crate) fn refused(findings: &Refused) -> Self {
        let data = findings_to_json(findings, []).to_string();
        Self { text: findings_to_text(findings), data, is_error: true, names: Names::default() }
    }

    /// The answer in the names of a world.
    #[must_use]
    pub(crate) fn naming(mut self, world: &World) -> Self {
        self.names.add(world.symbols());
        self
    }

    /// The result of `tools/call`.
    pub(crate) fn into_result(mut self) -> String {
        if self.data.len() > MOST_DATA {
            let message = format!("the answer has {} bytes, more than {MOST_DATA}", self.data.len());
            let problem = Problem::new(iameval::codes::OVER_LIMIT, message).with_help("ask for less at a time");
            self = Self::refused(&about("arguments", problem));
        }
        shorten(&mut self.text);
        let content = Node::object([("type", Node::string("text")), ("text", Node::string(&*self.text))]);
        let result = format!(
            "{{\"content\":[{content}],\"structuredContent\":{},\"isError\":{}}}",
            self.data,
            Node::new(Value::Bool(self.is_error))
        );
        screened_json(&self.names.shown(&result, Writing::Json)).into_owned()
    }
}

/// Findings as lines.
pub(crate) fn findings_to_text(findings: &[Finding]) -> String {
    let mut renderer = FindingRenderer::new(STYLE);
    findings.iter().map(|finding| renderer.render(finding)).collect::<Vec<_>>().join("\n\n")
}

/// A problem of the argument of that name.
pub(crate) fn about(argument: &str, problem: Problem) -> Refused {
    vec![Finding::about_all(&Source::new(argument, ""), problem)]
}

/// A diagnostic in the arguments, of which this is the text.
pub(crate) fn in_arguments(text: &str, diagnostic: Diagnostic) -> Refused {
    vec![Finding::new(&Source::new("arguments", text), diagnostic)]
}

fn shorten(text: &mut String) {
    if text.len() <= MOST_TEXT {
        return;
    }
    let end = (0..=MOST_TEXT).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    let rest = text.split_off(end);
    let _ = write!(text, "\n… and {} bytes more; the data has everything", rest.len());
}
