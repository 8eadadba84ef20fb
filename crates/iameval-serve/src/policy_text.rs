//! Policies as texts, each read and compiled once while it is remembered.

use iameval::text::{LineIndex, Position, Span};
use iameval::{CompiledPolicy, PolicyDocument, PolicyId, PolicyKind, Statement};
use iameval_report::{Names, Writing};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// A policy with what positions in it need.
#[derive(Debug)]
pub(crate) struct PolicyText {
    pub(crate) text: String,
    /// What it says.
    pub(crate) document: PolicyDocument,
    pub(crate) compiled: Arc<CompiledPolicy>,
    /// Where each statement stands in the text, and where all of them do.
    statements: Vec<Span>,
    whole: Span,
    lines: OnceLock<LineIndex>,
}

/// From where to where a statement reaches, as AWS counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StatementPosition {
    pub(crate) start: Position,
    pub(crate) end: Position,
}

impl PolicyText {
    /// Reads and compiles a text. Positions refer to it with the names of symbols.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub(crate) fn read(kind: PolicyKind, text: &str, names: &Names) -> Result<Self, String> {
        let document = PolicyDocument::parse(text).into_result().map_err(|error| {
            let first = error.diagnostics().first();
            let lines = LineIndex::new(text);
            first.map_or_else(String::new, |first| placed(first, lines.position(text, first.span().start)))
        })?;
        let compiled = CompiledPolicy::new(PolicyId::new(""), kind, &document).map_err(|error| {
            let lines = LineIndex::new(text);
            let first = error.diagnostics().first();
            first.map_or_else(String::new, |first| placed(first, lines.position(text, first.span().start)))
        })?;
        let compiled = Arc::new(compiled);
        if let Cow::Owned(shown) = names.shown(text, Writing::Json) {
            return Ok(Self::stored(shown, document, compiled));
        }
        let (statements, whole) = spans(&document);
        Ok(Self { text: text.to_owned(), document, compiled, statements, whole, lines: OnceLock::new() })
    }

    /// A policy that was read and compiled elsewhere, perhaps from another text.
    pub(crate) fn stored(text: String, document: PolicyDocument, compiled: Arc<CompiledPolicy>) -> Self {
        let (statements, whole) = spans(&PolicyDocument::parse(&text).value.unwrap_or_default());
        Self { text, document, compiled, statements, whole, lines: OnceLock::new() }
    }

    /// Where AWS says that a statement stands (R-SIM-20): its parser's place between two tokens.
    pub(crate) fn position(&self, statement: usize) -> Option<StatementPosition> {
        let own = *self.statements.get(statement)?;
        let start = match statement.checked_sub(1).and_then(|before| self.statements.get(before)) {
            // At the comma behind the statement before.
            Some(before) => before.end,
            // Behind the bracket of the array, or behind its own brace.
            None if is_array(&self.text, self.whole) => self.whole.start + 1,
            None => own.start + 1,
        };
        let lines = self.lines.get_or_init(|| LineIndex::new(&self.text));
        let position = |offset| lines.position(&self.text, offset);
        Some(StatementPosition { start: position(start), end: position(own.end) })
    }
}

/// Where the statements of a document stand in its text, and where all of them do.
fn spans(document: &PolicyDocument) -> (Vec<Span>, Span) {
    (document.statements().iter().map(Statement::span).collect(), document.statements_span())
}

fn placed(diagnostic: &iameval::Diagnostic, at: Position) -> String {
    format!("line {}, column {}: {} ({})", at.line, at.column, diagnostic.message(), diagnostic.code())
}

fn is_array(text: &str, span: Span) -> bool {
    text.as_bytes().get(span.start as usize) == Some(&b'[')
}

/// Policies by their texts: those that were asked for lately are there, and no more than a bounded amount of text.
#[derive(Debug)]
pub(crate) struct PolicyTexts {
    generations: Mutex<Generations>,
    keep: usize,
}

type ByText = HashMap<Arc<str>, Arc<PolicyText>>;

/// Two halves: what is asked for moves into the young one, and once that is full the old one goes.
#[derive(Debug, Default)]
struct Generations {
    young: [ByText; KINDS.len()],
    old: [ByText; KINDS.len()],
    /// How much text the young have.
    size: usize,
}

const KINDS: [PolicyKind; 5] = [
    PolicyKind::Identity,
    PolicyKind::PermissionsBoundary,
    PolicyKind::Resource,
    PolicyKind::RoleTrust,
    PolicyKind::ServiceControl,
];

impl PolicyTexts {
    /// Remembers so many bytes of policies, twice.
    pub(crate) fn keeping(keep: usize) -> Self {
        Self { generations: Mutex::default(), keep }
    }

    /// The policy of that text, read and compiled unless it is remembered. One with symbols is not: the next world has others.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub(crate) fn get(&self, kind: PolicyKind, text: &str, names: &Names) -> Result<Arc<PolicyText>, String> {
        let number = KINDS.iter().position(|known| *known == kind);
        let Some(number) = number.filter(|_| matches!(names.shown(text, Writing::Json), Cow::Borrowed(_))) else {
            return PolicyText::read(kind, text, names).map(Arc::new);
        };
        let lock = || self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        let known = lock().find(number, text);
        if let Some((known, is_young)) = known {
            if !is_young {
                lock().keep(number, known.clone(), self.keep);
            }
            return Ok(known);
        }
        // Other threads need not wait for this: at worst two read the same.
        let policy = Arc::new(PolicyText::read(kind, text, names)?);
        lock().keep(number, policy.clone(), self.keep);
        Ok(policy)
    }
}

impl Generations {
    fn find(&self, kind: usize, text: &str) -> Option<(Arc<PolicyText>, bool)> {
        let within = |generation: &[ByText]| generation.get(kind)?.get(text).cloned();
        within(&self.young).map(|known| (known, true)).or_else(|| within(&self.old).map(|known| (known, false)))
    }

    fn keep(&mut self, kind: usize, policy: Arc<PolicyText>, most: usize) {
        if self.size > most {
            self.old = std::mem::take(&mut self.young);
            self.size = 0;
        }
        let Some(young) = self.young.get_mut(kind) else { return };
        // A compiled policy is some times as large as its text, and a small one is not free.
        self.size += policy.text.len() + 256;
        young.insert(policy.text.as_str().into(), policy);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn positions(text: &str) -> Vec<[u32; 4]> {
        let policy = PolicyText::read(PolicyKind::Identity, text, &Names::default()).unwrap();
        let count = policy.document.statements().len();
        let all = (0..count).filter_map(|index| policy.position(index));
        all.map(|at| [at.start.line, at.start.column, at.end.line, at.end.column]).collect()
    }

    /// The evidence of R-SIM-20.
    #[test]
    fn positions_are_those_of_aws() {
        let statement = r#"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#;
        let end = 38 + u32::try_from(statement.len()).unwrap();
        let compact = format!(r#"{{"Version":"2012-10-17","Statement":[{statement},{statement}]}}"#);
        assert_eq!(positions(&compact), [[1, 38, 1, end], [1, end, 1, end + 1 + end - 38]]);
        let single = format!(r#"{{"Version":"2012-10-17","Statement":{statement}}}"#);
        assert_eq!(positions(&single), [[1, 38, 1, end - 1]]);
        let lines = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\"}\n  ]\n}";
        assert_eq!(positions(lines), [[3, 17, 4, 56]]);
        assert_eq!(positions(&lines.replace('\n', "\r\n")), [[3, 17, 4, 56]]);
        let object = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\":{\n \"Effect\": \"Allow\",\n\"Action\": \"*\", \"Resource\": \"*\"\n  }\n}";
        assert_eq!(positions(object), [[3, 16, 6, 4]]);
        let tabs =
            "{\"Statement\":\t[\t{\"Sid\":\"\u{e9}\u{e8}\",\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}";
        assert_eq!(positions(tabs)[0][..2], [1, 16]);
    }

    #[test]
    fn a_bounded_amount_is_remembered() {
        let texts = PolicyTexts::keeping(1000);
        let text = |number| format!(r#"{{"Statement":{{"Effect":"Allow","Action":"s3:{number}","Resource":"*"}}}}"#);
        let get = |text: &str| texts.get(PolicyKind::Identity, text, &Names::default());
        let first = get(&text(0)).unwrap();
        for number in 1..100 {
            get(&text(number)).unwrap();
            assert!(Arc::ptr_eq(&first, &get(&text(0)).unwrap()), "asked for lately");
        }
        assert!(get("{").is_err());
        let generations = texts.generations.lock().unwrap();
        assert!(generations.young[0].len() + generations.old[0].len() < 12);
    }
}
