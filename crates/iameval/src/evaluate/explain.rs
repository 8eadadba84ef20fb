//! The full trace: every statement of every layer, every element of it.

use super::{Decision, Element, Evaluation, Looked, Observer, Simulation};
use crate::certainty::Certainty;
use crate::document::{ConditionOperator, Effect};
use crate::layer::Layer;
use crate::name::ContextKey;
use crate::policy_set::{PolicySet, StatementId};
use crate::request::Request;

/// A decision with everything that was looked at, as enums and ids; sentences are a renderer's business.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explanation {
    /// The decision.
    pub decision: Decision,
    /// What it rests on.
    pub simulation: Simulation,
    /// Every statement of the layers that bind the request, in order of their ids.
    pub statements: Vec<StatementTrace>,
}

/// What each element of a statement said.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StatementTrace {
    /// Which statement.
    pub id: StatementId,
    /// Its effect.
    pub effect: Effect,
    /// Its layer.
    pub layer: Layer,
    /// Whether it applies: whether it is there and all elements match.
    pub applies: Certainty,
    /// The principal element; it matches also where none is needed.
    pub principal: Certainty,
    /// `Action` or `NotAction`.
    pub action: Certainty,
    /// `Resource` or `NotResource`; it matches also where none is there.
    pub resource: Certainty,
    /// Each key under each operator, in source order.
    pub conditions: Vec<ConditionTrace>,
}

/// What one key under one operator said.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConditionTrace {
    /// The operator.
    pub operator: ConditionOperator,
    /// The key; its value is in the request's context.
    pub key: ContextKey,
    /// Whether it is satisfied.
    pub satisfied: Certainty,
}

impl PolicySet {
    /// Decides a request and traces every step.
    pub fn explain(&self, request: &Request) -> Explanation {
        let mut tracer = Tracer::default();
        let evaluation = Evaluation::new(self, request);
        match &self.symbols {
            None => {
                evaluation.run(&mut tracer);
            }
            Some(symbols) => evaluation.look(symbols, &mut tracer),
        }
        tracer.statements.sort_by_key(|trace| trace.id);
        let simulation = self.simulate(request);
        Explanation { decision: simulation.decision, simulation, statements: tracer.statements }
    }
}

#[derive(Default)]
struct Tracer {
    elements: Vec<Element>,
    statements: Vec<StatementTrace>,
}

impl Observer for Tracer {
    const ALL: bool = true;
    const TRACE: bool = true;

    fn element(&mut self, element: Element) {
        self.elements.push(element);
    }

    fn statement(&mut self, looked: Looked<'_>) {
        let mut trace = StatementTrace {
            id: looked.id,
            effect: looked.statement.effect,
            layer: looked.layer,
            applies: looked.applies.certainty(),
            principal: Certainty::No,
            action: Certainty::No,
            resource: Certainty::No,
            conditions: Vec::with_capacity(looked.statement.conditions.len()),
        };
        let mut conditions = looked.statement.conditions.iter();
        for element in self.elements.drain(..) {
            match element {
                Element::Principal(holds) => trace.principal = holds,
                Element::Action(holds) => trace.action = holds,
                Element::Resource(holds) => trace.resource = holds,
                Element::Condition(satisfied) => {
                    let condition = conditions.next();
                    let key =
                        condition.and_then(|condition| looked.member.policy.tables.keys.get(condition.key() as usize));
                    if let (Some(condition), Some(key)) = (condition, key) {
                        let operator = condition.operator();
                        trace.conditions.push(ConditionTrace { operator, key: key.clone(), satisfied });
                    }
                }
            }
        }
        self.statements.push(trace);
    }
}
