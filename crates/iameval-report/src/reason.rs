//! Why a statement applies, or nearly does: the elements to point at, and what to say of each.

use crate::Answer;
use crate::answer::Placed;
use iameval::analysis::{Change, Missed, NearMiss};
use iameval::text::Span;
use iameval::{
    ConditionOperator, ConditionTest, ContextKey, ContextValue, Effect, PatternElement, Quantifier, Statement,
};

/// A place in the text of a policy, and a few words about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) span: Span,
    pub(crate) words: String,
}

impl Answer {
    /// What makes a statement apply: its conditions, or, where it has none, the entries that cover action and resource.
    pub(crate) fn why_it_applies(&self, placed: &Placed<'_>) -> Vec<Mark> {
        let Some(statement) = self.statement(&placed.origin) else { return Vec::new() };
        let mut marks: Vec<Mark> = statement
            .tests()
            .map(|(operator, test)| Mark { span: test.span(), words: self.value_now(operator, test) })
            .collect();
        if !marks.is_empty() {
            marks.truncate(3);
            return marks;
        }
        if let Some(element) = statement.principal().filter(|element| element.is_negated()) {
            let words = format!("does not list {}", self.request.principal());
            marks.push(Mark { span: element.name_span(), words });
        }
        let entries = self.policies.entries(placed.id, &self.request);
        let action = self.request.action();
        marks.push(match (statement.action(), entries.action.first().copied()) {
            (element, Some(index)) if !element.is_negated() => {
                Mark { span: entry(element, index), words: format!("covers {action}") }
            }
            (element, _) => Mark { span: element.name_span(), words: format!("does not list {action}") },
        });
        // `*` as a resource says nothing.
        let resource =
            statement.resource().filter(|element| !element.is_negated() && statement.effect() == Effect::Allow);
        if let (Some(element), Some(index)) = (resource, entries.resource.first().copied())
            && element.patterns().nth(index) != Some("*")
        {
            marks.push(Mark { span: entry(element, index), words: format!("fits {}", self.request.resource()) });
        }
        marks
    }

    /// The elements that a statement misses.
    pub(crate) fn why_it_misses(&self, miss: &NearMiss, placed: &Placed<'_>) -> Vec<Mark> {
        miss.missed.iter().filter_map(|missed| self.why_it_misses_one(missed, placed)).collect()
    }

    /// One element that a statement misses.
    pub(crate) fn why_it_misses_one(&self, missed: &Missed, placed: &Placed<'_>) -> Option<Mark> {
        let source = self.source(&placed.origin).map_or("", |source| &source.text);
        self.missed(missed, self.statement(&placed.origin)?, source)
    }

    fn missed(&self, missed: &Missed, statement: &Statement, source: &str) -> Option<Mark> {
        Some(match missed {
            Missed::Principal => {
                let principal = self.request.principal();
                match statement.principal() {
                    Some(element) if element.is_negated() => {
                        Mark { span: element.name_span(), words: format!("lists {principal}") }
                    }
                    Some(element) => Mark { span: element.name_span(), words: format!("does not name {principal}") },
                    None => Mark { span: statement.effect_span(), words: "no `Principal`: it is for nobody".into() },
                }
            }
            Missed::Action { listed: Some(index) } => {
                let words = format!("lists {}", self.request.action());
                Mark { span: entry(statement.action(), *index), words }
            }
            Missed::Action { listed: None } => {
                let words = format!("does not cover {}", self.request.action());
                Mark { span: list(statement.action(), source), words }
            }
            Missed::Resource { listed } => {
                let element = statement.resource()?;
                let resource = self.request.resource();
                match listed {
                    Some(index) => Mark { span: entry(element, *index), words: format!("lists {resource}") },
                    None => Mark { span: list(element, source), words: format!("does not fit {resource}") },
                }
            }
            Missed::Condition { index, wanted } => {
                let (operator, test) = statement.tests().nth(*index)?;
                let would = wanted.as_ref().map(|change| format!("; {} would do", change_in_words(change)));
                let words = format!("{}{}", self.value_now(operator, test), would.unwrap_or_default());
                Mark { span: test.span(), words }
            }
        })
    }

    /// The same in one line: `NotAction lists iam:ChangePassword`, `aws:SourceIp is "203.0.113.7"`.
    pub(crate) fn why_it_spares(&self, miss: &NearMiss, placed: &Placed<'_>) -> Option<(String, Span)> {
        let statement = self.statement(&placed.origin)?;
        let missed = miss.missed.first()?;
        let mark = self.missed(missed, statement, "")?;
        let words = match missed {
            Missed::Principal => match statement.principal() {
                Some(element) if element.is_negated() => format!("`NotPrincipal` {}", mark.words),
                Some(_) => format!("`Principal` {}", mark.words),
                None => mark.words,
            },
            Missed::Action { .. } => format!("`NotAction` {}", mark.words),
            Missed::Resource { listed: Some(_) } => format!("`NotResource` {}", mark.words),
            Missed::Resource { listed: None } => format!("`Resource` {}", mark.words),
            Missed::Condition { index, .. } => {
                let (operator, test) = statement.tests().nth(*index)?;
                format!("`{operator}` does not hold: {}", self.value_now(operator, test))
            }
        };
        Some((words, mark.span))
    }

    /// What the request has under a key.
    fn value_now(&self, operator: ConditionOperator, test: &ConditionTest) -> String {
        let key = ContextKey::new(test.key());
        let context = self.request.context();
        match context.value(&key) {
            Some(value) => format!("the request has {}", value_in_words(value)),
            // `ForAnyValue:` wants a value, with `IfExists` or without.
            None if operator.if_exists && operator.quantifier != Some(Quantifier::ForAnyValue) => {
                format!("the request has no {key}, which `IfExists` lets pass")
            }
            None if context.is_given(&key) => format!("the request has no {key}"),
            None => format!("{key} was not given"),
        }
    }
}

/// The place of a whole list; where it takes several lines, that of its name.
fn list(element: &PatternElement, text: &str) -> Span {
    let span = element.span();
    let one_line = text.get(span.range()).is_some_and(|text| !text.contains(['\n', '\r']));
    if one_line { span } else { element.name_span() }
}

/// The place of one entry of a list.
fn entry(element: &PatternElement, index: usize) -> Span {
    element.spans().nth(index).unwrap_or_else(|| element.span())
}

/// `"false"`, or `["a", "b"]`.
pub(crate) fn value_in_words(value: &ContextValue) -> String {
    let texts: Vec<String> = value.texts().map(|text| format!("\"{text}\"")).collect();
    if value.is_list() { format!("[{}]", texts.join(", ")) } else { texts.concat() }
}

/// `aws:RequestedRegion=eu-central-1`, as `--context` takes it, or `no aws:SourceIp`.
pub(crate) fn change_in_words(change: &Change) -> String {
    let key = &change.key;
    let Some(value) = &change.value else { return format!("no {key}") };
    let texts: Vec<String> = value.texts().map(|text| format!("{key}={}", quoted(text))).collect();
    if texts.is_empty() { format!("{key}=[]") } else { texts.join(" ") }
}

/// The text, in quotes where it would not read as one word.
fn quoted(text: &str) -> String {
    let is_word = !text.is_empty() && !text.contains(|ch: char| ch.is_whitespace() || ch == '"' || ch == '\'');
    if is_word { text.to_owned() } else { format!("\"{text}\"") }
}
