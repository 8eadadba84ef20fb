//! Every step of a decision as a tree: layers, policies, statements, elements.

use crate::layout::Lines;
use crate::reason::{conditions, value_in_words};
use crate::text::{layer_name, statement_name};
use crate::{Answer, Style};
use iameval::{Decision, Effect, Explanation, Layer, StatementTrace};

/// The trace as lines of text, each ended.
pub(crate) fn trace(answer: &Answer, explanation: &Explanation, style: Style) -> String {
    let mut lines = Lines::new(style);
    let layers: Vec<_> =
        answer.simulation.layers.iter().filter(|layer| answer.policies.has_layer(layer.layer)).collect();
    lines.line("  trace");
    for (number, verdict) in layers.iter().enumerate() {
        let last = number + 1 == layers.len();
        let said = match verdict.decision {
            _ if verdict.unbound => "does not apply to this request",
            Some(Decision::Allowed) => "allows",
            Some(Decision::ExplicitDeny) => "denies",
            Some(Decision::ImplicitDeny) => "does not allow",
            None => "-",
        };
        lines.line(&format!("  {}{}: {said}", branch(last), layer_name(verdict.layer)));
        let statements: Vec<&StatementTrace> =
            explanation.statements.iter().filter(|statement| statement.layer == verdict.layer).collect();
        let indent = format!("  {}", trunk(last));
        for (number, statement) in statements.iter().enumerate() {
            statement_tree(answer, statement, &indent, number + 1 == statements.len(), &mut lines);
        }
    }
    lines.text
}

fn statement_tree(answer: &Answer, trace: &StatementTrace, indent: &str, last: bool, lines: &mut Lines) {
    let Some(placed) = answer.place(trace.id) else { return };
    let origin = &placed.origin;
    let name = statement_name(origin.policy.as_str(), origin.sid, origin.statement_index);
    let effect = if trace.effect == Effect::Allow { "Allow" } else { "Deny" };
    let applies = if trace.applies { "applies" } else { "does not apply" };
    let level = origin.level.map(|level| format!(", level {level}")).unwrap_or_default();
    let place = placed.file.map(|(file, at)| format!("  {file}:{}:{}", at.line, at.column)).unwrap_or_default();
    lines.line(&format!("{indent}{}{name}{level}  {effect}  {applies}{place}", branch(last)));
    let indent = format!("{indent}{}", trunk(last));
    let statement = answer.statement(origin);
    let mut steps: Vec<String> = Vec::new();
    let has_principal = statement.is_some_and(|statement| statement.principal().is_some());
    if has_principal || matches!(trace.layer, Layer::Resource | Layer::Endpoint) {
        steps.push(format!("principal {}", mark(trace.principal)));
    }
    steps.push(format!("action {}", mark(trace.action)));
    steps.push(format!("resource {}", mark(trace.resource)));
    let mut written = statement.into_iter().flat_map(conditions);
    for condition in &trace.conditions {
        let wants: Vec<&str> = written.next().map(|(_, test)| test.values().collect()).unwrap_or_default();
        let context = answer.request.context();
        let now = match context.value(&condition.key) {
            Some(value) => value_in_words(value),
            None if context.is_given(&condition.key) => "absent".into(),
            None => "not given".into(),
        };
        let (operator, key) = (condition.operator, &condition.key);
        let holds = mark(condition.satisfied);
        steps.push(format!("{operator} {key} {holds}: wants {}, request: {now}", wants.join(" | ")));
    }
    for (number, step) in steps.iter().enumerate() {
        lines.line(&format!("{indent}{}{step}", branch(number + 1 == steps.len())));
    }
}

fn mark(holds: bool) -> &'static str {
    if holds { "yes" } else { "NO" }
}

fn branch(last: bool) -> &'static str {
    if last { "`- " } else { "|- " }
}

fn trunk(last: bool) -> &'static str {
    if last { "   " } else { "|  " }
}
