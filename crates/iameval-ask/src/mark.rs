//! Why a statement applies, or nearly does: the elements to point at, and what there is to say of each.

use crate::answer::Answer;
use crate::hint::{self, Hint};
use crate::statement::PlacedStatement;
use iameval::analysis::{Change, Missed};
use iameval::text::{Position, Span};
use iameval::{
    ConditionOperator, ConditionTest, ContextKey, ContextValue, Effect, PatternElement, Quantifier, Statement,
};
use iameval_data::NeverThere;

/// A place in the text of a statement, and what there is to say of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mark {
    /// The element that it is in.
    pub element: Element,
    /// The place: an entry, a list or a name.
    pub span: Span,
    /// Where that begins, when the text is at hand.
    pub at: Option<Position>,
    /// Where the name of the element begins, when the text is at hand; of a condition, where its key does.
    pub name_at: Option<Position>,
    /// What there is to say of it.
    pub says: Says,
    /// Why it does not match, where more can be said.
    pub hint: Option<Hint>,
}

/// A part of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Element {
    /// `Principal` or `NotPrincipal`.
    Principal,
    /// `Action` or `NotAction`.
    Action,
    /// `Resource` or `NotResource`.
    Resource,
    /// One key under one operator.
    Condition,
}

/// An element of a statement that may match.
pub(crate) enum OpenElement {
    Principal,
    Action,
    Resource,
    /// The key of that position in the condition.
    Condition(usize),
}

/// What there is to say of an element: how it compares with the request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Says {
    /// An entry matches the request.
    Matches,
    /// No entry matches the request.
    DoesNotMatch,
    /// A negated element (`NotAction`, …) lists what the request has.
    Lists,
    /// A negated element does not list what the request has.
    DoesNotList,
    /// It depends on what is not known whether it matches.
    MayMatch,
    /// The statement has no `Principal` where it needs one.
    NoPrincipal,
    /// What the request has under the key of a condition.
    Key {
        /// The operator.
        operator: ConditionOperator,
        /// The key.
        key: ContextKey,
        /// What the request has.
        state: KeyState,
        /// A change that would satisfy a condition that does not hold, where one was found.
        wanted: Option<Change>,
    },
}

/// What a request has under a context key.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyState {
    /// A value.
    Has(ContextValue),
    /// It is known to be absent, or was not given, and `IfExists` then lets the condition hold.
    IfExistsPasses,
    /// It is known to be absent.
    Absent,
    /// No such request has it.
    NeverThere(NeverThere),
    /// Nothing says whether it is there.
    NotGiven,
}

impl Answer {
    /// What makes a statement apply: its conditions, or, where it has none, the entries that cover action and resource.
    pub(crate) fn why_it_applies(&self, placed: &PlacedStatement<'_>) -> Vec<Mark> {
        let Some(statement) = placed.statement else { return Vec::new() };
        let mark = |element, span, name_span, says| self.mark(placed, element, span, name_span, says);
        let exceptions = self.exceptions_that_fail(placed, statement);
        let tests = statement.tests().take(3).map(|(operator, test)| {
            mark(Element::Condition, test.span(), test.span(), self.key_says(operator, test, None))
        });
        let tests: Vec<Mark> = tests.collect();
        if !tests.is_empty() {
            let explained = exceptions.into_iter().filter(|mark| mark.hint.is_some());
            return explained.chain(tests).collect();
        }
        let mut marks = exceptions;
        let entries = self.policies.entries(placed.id, &self.request);
        let action = statement.action();
        let (span, says) = match entries.action.first().copied() {
            Some(index) if !action.is_negated() => (entry(action, index), Says::Matches),
            _ => (action.name_span(), Says::DoesNotList),
        };
        marks.push(mark(Element::Action, span, action.name_span(), says));
        // `*` as a resource says nothing.
        let resource =
            statement.resource().filter(|element| !element.is_negated() && statement.effect() == Effect::Allow);
        if let (Some(element), Some(index)) = (resource, entries.resource.first().copied())
            && element.patterns().nth(index) != Some("*")
        {
            marks.push(mark(Element::Resource, entry(element, index), element.name_span(), Says::Matches));
        }
        marks
    }

    /// `NotPrincipal`, which does not list the caller, and a `NotResource` that cannot list what the request is about.
    fn exceptions_that_fail(&self, placed: &PlacedStatement<'_>, statement: &Statement) -> Vec<Mark> {
        let mark = |element, span| self.mark(placed, element, span, span, Says::DoesNotList);
        let principal = statement.principal().filter(|element| element.is_negated()).map(|element| Mark {
            hint: hint::of_principal(element, &self.request),
            ..mark(Element::Principal, element.name_span())
        });
        let resource = statement.resource().filter(|element| element.is_negated() && self.request.resource() == "*");
        let resource = resource
            .map(|element| Mark { hint: Some(Hint::NoArnMatchesAny), ..mark(Element::Resource, element.name_span()) });
        principal.into_iter().chain(resource).collect()
    }

    /// An element that a statement misses.
    pub(crate) fn why_it_misses(&self, missed: &Missed, placed: &PlacedStatement<'_>) -> Option<Mark> {
        let statement = placed.statement?;
        let source = placed.place.map_or("", |place| &place.source.text);
        let (element, span, name_span, says) = match missed {
            Missed::Principal => principal(statement),
            Missed::Action { listed } => pattern(Element::Action, statement.action(), *listed, source),
            Missed::Resource { listed } => pattern(Element::Resource, statement.resource()?, *listed, source),
            Missed::Condition { index, wanted } => {
                let (operator, test) = statement.tests().nth(*index)?;
                let says = self.key_says(operator, test, wanted.clone());
                (Element::Condition, test.span(), test.span(), says)
            }
        };
        let hint = self.hint(missed, placed, statement);
        Some(Mark { hint, ..self.mark(placed, element, span, name_span, says) })
    }

    /// An element of a statement that may match.
    pub(crate) fn what_is_open(&self, element: &OpenElement, placed: &PlacedStatement<'_>) -> Option<Mark> {
        let statement = placed.statement?;
        let source = placed.place.map_or("", |place| &place.source.text);
        let of_list = |element, list: &PatternElement| {
            Some(self.mark(placed, element, whole(list, source), list.name_span(), Says::MayMatch))
        };
        match element {
            OpenElement::Principal => {
                let name = statement.principal()?.name_span();
                Some(self.mark(placed, Element::Principal, name, name, Says::MayMatch))
            }
            OpenElement::Action => of_list(Element::Action, statement.action()),
            OpenElement::Resource => of_list(Element::Resource, statement.resource()?),
            OpenElement::Condition(index) => {
                let (_, test) = statement.tests().nth(*index)?;
                Some(self.mark(placed, Element::Condition, test.span(), test.span(), Says::MayMatch))
            }
        }
    }

    /// Why an element does not match, where more can be said than what it has and what the request has.
    fn hint(&self, missed: &Missed, placed: &PlacedStatement<'_>, statement: &Statement) -> Option<Hint> {
        let version = self.attachments.get(placed.origin.policy_index)?.policy.document().version();
        match missed {
            Missed::Principal => {
                let element = statement.principal().filter(|element| !element.is_negated())?;
                hint::of_principal(element, &self.request)
            }
            Missed::Action { .. } | Missed::Resource { listed: Some(_) } => None,
            Missed::Resource { listed: None } => hint::of_resource(statement.resource()?, version, &self.request),
            Missed::Condition { index, .. } => {
                let (operator, test) = statement.tests().nth(*index)?;
                hint::of_condition(operator, test, version, &self.request)
            }
        }
    }

    fn mark(&self, placed: &PlacedStatement<'_>, element: Element, span: Span, name_span: Span, says: Says) -> Mark {
        let at = |span: Span| self.position(&placed.origin, span.start);
        Mark { element, span, at: at(span), name_at: at(name_span), says, hint: None }
    }

    /// What the request has under the key of a condition.
    fn key_says(&self, operator: ConditionOperator, test: &ConditionTest, wanted: Option<Change>) -> Says {
        let key = ContextKey::new(test.key());
        let context = self.request.context();
        let state = match context.value(&key) {
            Some(value) => KeyState::Has(value.clone()),
            // `ForAnyValue:` wants a value, with `IfExists` or without.
            None if operator.if_exists && operator.quantifier != Some(Quantifier::ForAnyValue) => {
                KeyState::IfExistsPasses
            }
            None if context.is_given(&key) => KeyState::Absent,
            None => self.never_there(&key).map_or(KeyState::NotGiven, KeyState::NeverThere),
        };
        Says::Key { operator, key, state, wanted }
    }
}

/// What a principal element that does not match says.
fn principal(statement: &Statement) -> (Element, Span, Span, Says) {
    let (span, says) = match statement.principal() {
        Some(element) if element.is_negated() => (element.name_span(), Says::Lists),
        Some(element) => (element.name_span(), Says::DoesNotMatch),
        None => (statement.effect_span(), Says::NoPrincipal),
    };
    (Element::Principal, span, span, says)
}

/// What a list of patterns that does not match says; `listed` is the entry of a negated one.
fn pattern(element: Element, list: &PatternElement, listed: Option<usize>, text: &str) -> (Element, Span, Span, Says) {
    let (span, says) = match listed {
        Some(index) => (entry(list, index), Says::Lists),
        None => (whole(list, text), Says::DoesNotMatch),
    };
    (element, span, list.name_span(), says)
}

/// The place of a whole list; where it takes several lines, that of its name.
fn whole(element: &PatternElement, text: &str) -> Span {
    let span = element.span();
    let one_line = text.get(span.range()).is_some_and(|text| !text.contains(['\n', '\r']));
    if one_line { span } else { element.name_span() }
}

/// The place of one entry of a list.
fn entry(element: &PatternElement, index: usize) -> Span {
    element.spans().nth(index).unwrap_or_else(|| element.span())
}
