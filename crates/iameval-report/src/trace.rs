//! Every step of a decision as a tree: layers, policies, statements, elements.

use crate::layout::Lines;
use crate::mark::value_in_words;
use crate::vocabulary::{in_words, layer_name, level_in_words, service_rule};
use iameval::open::Certainty;
use iameval::{DecidedBy, Decision, Effect, Layer, Statement, StatementTrace};
use iameval_ask::words::statement_name;
use iameval_ask::{Answer, LayerOutcome, Reading};

/// Writes the trace.
pub(crate) fn trace(reading: &Reading<'_>, lines: &mut Lines) {
    let answer = reading.answer;
    lines.behind("  ", "  ", "trace");
    for (layer, outcome) in reading.layers.iter().filter(|(layer, _)| answer.policies.has_layer(*layer)) {
        let said = match outcome {
            LayerOutcome::DoesNotBind => "does not apply to this request",
            LayerOutcome::Says(Decision::Allowed) => "allows",
            LayerOutcome::Says(Decision::ExplicitDeny) => "denies",
            LayerOutcome::Says(Decision::ImplicitDeny) => "does not allow",
            LayerOutcome::Says(Decision::Undetermined) => "is undetermined",
            LayerOutcome::NotPresent => "-",
        };
        let statements: Vec<&StatementTrace> =
            reading.explanation.statements.iter().filter(|statement| statement.layer == layer).collect();
        let branch = Branch { indent: "  ".into(), last: false };
        let text = format!("{}: {said}", layer_name(layer));
        if statements.is_empty() {
            branch.leaf(&text, lines);
        } else {
            branch.parent(&text, lines);
        }
        for (number, statement) in statements.iter().enumerate() {
            statement_tree(answer, statement, &branch.below(number + 1 == statements.len()), lines);
        }
    }
    if let Some(rule) = answer.simulation.service_rule {
        let branch = Branch { indent: "  ".into(), last: false };
        branch.leaf(&format!("service rule {}: {}", rule.id(), service_rule(rule)), lines);
    }
    let by = match answer.simulation.decided_by {
        DecidedBy::Layer(layer) => format!(", by the {}", layer_name(layer)),
        DecidedBy::Service => ", by a service rule".into(),
        DecidedBy::None => String::new(),
    };
    let branch = Branch { indent: "  ".into(), last: true };
    branch.leaf(&format!("decision: {}{by}", in_words(answer.simulation.decision)), lines);
}

fn statement_tree(answer: &Answer, trace: &StatementTrace, branch: &Branch, lines: &mut Lines) {
    let Some(placed) = answer.place(trace.id) else { return };
    let origin = &placed.origin;
    let name = statement_name(origin.policy.as_str(), origin.sid, origin.statement_index);
    let effect = if trace.effect == Effect::Allow { "Allow" } else { "Deny" };
    let applies = match trace.applies {
        Certainty::Yes => "applies",
        Certainty::Maybe => "may apply",
        Certainty::No => "does not apply",
    };
    let level = origin.level.map(|level| format!(", {}", level_in_words(level))).unwrap_or_default();
    let place = placed.place.map(|place| format!("  {}:{}:{}", place.source.name, place.at.line, place.at.column));
    let place = place.unwrap_or_default();
    branch.parent(&format!("{name}{level}  {effect}  {applies}{place}"), lines);
    let statement = placed.statement;
    let mut steps: Vec<String> = Vec::new();
    let has_principal = statement.is_some_and(|statement| statement.principal().is_some());
    if has_principal || matches!(trace.layer, Layer::Resource | Layer::Endpoint) {
        steps.push(format!("principal {}", mark(trace.principal)));
    }
    steps.push(format!("action {}", mark(trace.action)));
    steps.push(format!("resource {}", mark(trace.resource)));
    let mut written = statement.into_iter().flat_map(Statement::tests);
    for condition in &trace.conditions {
        let wants: Vec<String> = written
            .next()
            .map(|(_, test)| test.values().map(|text| format!("\"{text}\"")).collect())
            .unwrap_or_default();
        let wants = if wants.is_empty() { "nothing".to_owned() } else { wants.join(" | ") };
        let context = answer.request.context();
        let now = match context.value(&condition.key) {
            Some(value) => value_in_words(value),
            None if context.is_given(&condition.key) => "absent".into(),
            None => "not given".into(),
        };
        let (operator, key) = (condition.operator, &condition.key);
        let holds = mark(condition.satisfied);
        steps.push(format!("{operator} {key} {holds}: wants {wants}, request: {now}"));
    }
    for (number, step) in steps.iter().enumerate() {
        branch.below(number + 1 == steps.len()).leaf(step, lines);
    }
}

fn mark(holds: Certainty) -> &'static str {
    match holds {
        Certainty::Yes => "yes",
        Certainty::Maybe => "maybe",
        Certainty::No => "NO",
    }
}

/// A node of the tree: what stands in front of it, and whether it is the last below its parent.
struct Branch {
    indent: String,
    last: bool,
}

impl Branch {
    /// A node below this one.
    fn below(&self, last: bool) -> Self {
        Self { indent: format!("{}{}", self.indent, self.trunk()), last }
    }

    /// Writes a node with nothing below it.
    fn leaf(&self, text: &str, lines: &mut Lines) {
        self.write(text, "   ", lines);
    }

    /// Writes a node with others below it.
    fn parent(&self, text: &str, lines: &mut Lines) {
        self.write(text, "|  ", lines);
    }

    /// Writes a node; where it takes several lines, they stay beside the tree, with `below` before what is below the node.
    fn write(&self, text: &str, below: &str, lines: &mut Lines) {
        let first = format!("{}{}", self.indent, if self.last { "`- " } else { "|- " });
        let rest = format!("{}{}{below}", self.indent, self.trunk());
        lines.behind(&first, &rest, text);
    }

    fn trunk(&self) -> &'static str {
        if self.last { "   " } else { "|  " }
    }
}
