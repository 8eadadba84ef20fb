//! Tree to document. The reader goes on after a mistake, so one run shows every one.

use super::{
    ConditionBlock, ConditionElement, ConditionOperator, ConditionTest, ConditionValue, Effect, Listed, Operator,
    Parsed, PatternElement, Place, PolicyDocument, PrincipalElement, PrincipalForm, PrincipalList, PrincipalType,
    Statement, Version,
};
use crate::diagnostic::{Code, Diagnostic};
use crate::json::{Member, Node, Value};
use crate::suggest::did_you_mean;
use crate::text::{Span, Spanned};
use foldhash::fast::FixedState;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

const DOCUMENT_ELEMENTS: [&str; 3] = ["Version", "Id", "Statement"];
const STATEMENT_ELEMENTS: [&str; 9] =
    ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];

pub(super) fn document(tree: &Node<'_>) -> Parsed<PolicyDocument> {
    let mut reader = Reader { diagnostics: Vec::new() };
    let value = reader.document(tree);
    let mut diagnostics = reader.diagnostics;
    diagnostics.sort_by_key(|diagnostic| diagnostic.span);
    Parsed { value: value.filter(|_| diagnostics.is_empty()), diagnostics }
}

/// The first few characters of a text that IAM does not accept (R-GRAM-08).
pub(super) fn invalid_characters(text: &str) -> Vec<Spanned<char>> {
    const ENOUGH: usize = 20;
    let accepted = |character| matches!(character, '\t' | '\n' | '\r' | ' '..='\u{FF}');
    if text.bytes().all(|byte| accepted(char::from(byte)) && byte.is_ascii()) {
        return Vec::new();
    }
    let refused = text.char_indices().filter(|(_, character)| !accepted(*character));
    let spanned = |(at, character): (usize, char)| Spanned::new(character, Span::new(at, at + character.len_utf8()));
    refused.take(ENOUGH).map(spanned).collect()
}

// INVARIANT: every `None` that a method returns goes with a diagnostic.
struct Reader {
    diagnostics: Vec<Diagnostic>,
}

impl Reader {
    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn wrong_type(&mut self, what: &str, wanted: &str, node: &Node<'_>) {
        let message = format!("{what} must be {wanted}, found {}", node.kind());
        self.report(Diagnostic::new(Code::WrongType, node.span, message));
    }

    /// The members by name, after reporting repeated and unknown ones.
    fn elements<'n, 'a, const N: usize>(
        &mut self,
        members: &'n [Member<'a>],
        names: [&str; N],
        of: &str,
    ) -> [Option<&'n Member<'a>>; N] {
        let mut found = [None; N];
        for member in members {
            let slot = names.iter().zip(found.iter_mut()).find(|(name, _)| **name == member.key);
            match slot {
                Some((_, slot @ None)) => *slot = Some(member),
                Some((_, Some(first))) => self.repeated(&format!("`{}`", member.key), member.key_span, first.key_span),
                None => {
                    let message = format!("`{}` is not an element of {of}", member.key);
                    let mut diagnostic = Diagnostic::new(Code::UnknownElement, member.key_span, message);
                    diagnostic.help = did_you_mean(&member.key, names.iter().copied());
                    if diagnostic.help.is_none() && STATEMENT_ELEMENTS.contains(&&*member.key) {
                        diagnostic.help = Some("it belongs into a statement: inside `Statement`".into());
                    }
                    self.report(diagnostic);
                }
            }
        }
        found
    }

    fn repeated(&mut self, what: &str, span: Span, first: Span) {
        let message = format!("{what} is given twice");
        let diagnostic = Diagnostic::new(Code::DuplicateElement, span, message).with_label(first, "first given here");
        self.report(diagnostic.with_help("put all values into one list, or remove one of the two"));
    }

    fn document(&mut self, tree: &Node<'_>) -> Option<PolicyDocument> {
        let Some(members) = tree.members() else {
            self.wrong_type("a policy document", "an object", tree);
            if let Some(last) = self.diagnostics.last_mut() {
                last.refusal = Code::JsonSyntax.refusal().map(Into::into);
            }
            return None;
        };
        let [version, id, statement] = self.elements(members, DOCUMENT_ELEMENTS, "a policy document");
        let version = version.map(|member| self.version(&member.value));
        let id = id.map(|member| self.string("`Id`", &member.value));
        let Some(statement) = statement else {
            let message = "the policy document has no `Statement`";
            self.report(Diagnostic::new(Code::MissingElement, tree.beginning(), message).blaming(tree.span));
            return None;
        };
        let statements = self.listed(&statement.value, Self::statement)?;
        let span = Place::new((), tree.span);
        Some(PolicyDocument { version: flatten(version)?, id: flatten(id)?, statements, characters: Vec::new(), span })
    }

    fn version(&mut self, node: &Node<'_>) -> Option<Spanned<Version>> {
        let text = self.string("`Version`", node)?;
        let version = match &*text.value {
            "2012-10-17" => Version::V2012,
            "2008-10-17" => Version::V2008,
            other => {
                let message = format!("`{other}` is no version of the policy language");
                let help = "the versions are `2012-10-17`, and the older `2008-10-17` without policy variables";
                self.report(Diagnostic::new(Code::InvalidVersion, node.span, message).with_help(help));
                return None;
            }
        };
        Some(Spanned::new(version, node.span))
    }

    fn statement(&mut self, node: &Node<'_>) -> Option<Statement> {
        let Some(members) = node.members() else {
            self.wrong_type("a statement", "an object", node);
            return None;
        };
        let before = self.diagnostics.len();
        let [sid, effect, principal, not_principal, action, not_action, resource, not_resource, condition] =
            self.elements(members, STATEMENT_ELEMENTS, "a statement");
        // A misspelt element is not missing as well.
        let misspelt = self.diagnostics.len() > before;
        let sid = sid.map(|member| self.string("`Sid`", &member.value));
        let effect = match effect {
            Some(member) => self.effect(&member.value),
            None if misspelt => None,
            None => self.missing("`Effect`", "add `\"Effect\": \"Allow\"` or `\"Effect\": \"Deny\"`", node),
        };
        let principal = self.one_of(principal, not_principal, node).map(|(member, negated)| {
            let form = self.principal(&member.value, negated)?;
            Some(PrincipalElement { negated, form, name: Spanned::new((), member.key_span) })
        });
        let action = match self.one_of(action, not_action, node) {
            Some((member, negated)) => self.patterns(member, negated),
            None if misspelt => None,
            None => {
                let missing = self.missing("`Action` or `NotAction`", "name the actions the statement is about", node);
                if let Some(last) = self.diagnostics.last_mut() {
                    last.refusal = Code::NoActions.refusal().map(Into::into);
                }
                missing
            }
        };
        let resource =
            self.one_of(resource, not_resource, node).map(|(member, negated)| self.patterns(member, negated));
        let condition = condition.map(|member| {
            let operators = self.condition(&member.value)?;
            Some(ConditionElement { operators, name: Spanned::new((), member.key_span) })
        });
        Some(Statement {
            sid: flatten(sid)?,
            effect: effect?,
            principal: flatten(principal)?,
            action: action?,
            resource: flatten(resource)?,
            condition: flatten(condition)?,
            span: Spanned::new((), node.span),
        })
    }

    fn missing<T>(&mut self, what: &str, help: &str, statement: &Node<'_>) -> Option<T> {
        let message = format!("the statement has no {what}");
        let diagnostic = Diagnostic::new(Code::MissingElement, statement.beginning(), message).blaming(statement.span);
        self.report(diagnostic.with_help(help));
        None
    }

    /// The one of a pair that is there, and whether it is the negated one. Both is an error (R-GRAM-02).
    fn one_of<'n, 'a>(
        &mut self,
        plain: Option<&'n Member<'a>>,
        negated: Option<&'n Member<'a>>,
        statement: &Node<'_>,
    ) -> Option<(&'n Member<'a>, bool)> {
        if let (Some(plain), Some(negated)) = (plain, negated) {
            let message = format!("`{}` and `{}` exclude each other", plain.key, negated.key);
            let (first, second) = if plain.key_span < negated.key_span { (plain, negated) } else { (negated, plain) };
            let diagnostic = Diagnostic::new(Code::ConflictingElements, second.key_span, message)
                .blaming(statement.span)
                .with_label(first.key_span, "the other one")
                .with_help("a statement takes one of the two; make two statements of it");
            self.report(diagnostic);
        }
        plain.map(|member| (member, false)).or(negated.map(|member| (member, true)))
    }

    fn effect(&mut self, node: &Node<'_>) -> Option<Spanned<Effect>> {
        let text = self.string("`Effect`", node)?;
        let names = Effect::ALL.map(Effect::as_str);
        if let Ok(effect) = text.value.parse() {
            return Some(Spanned::new(effect, node.span));
        }
        let other = &*text.value;
        let message = format!("`{other}` is no effect: expected `Allow` or `Deny`");
        let mut diagnostic = Diagnostic::new(Code::InvalidEffect, node.span, message);
        diagnostic.help = did_you_mean(other, names);
        if names.iter().any(|name| name.eq_ignore_ascii_case(other)) {
            diagnostic = diagnostic.refused(4, "The policy failed legacy parsing");
        }
        self.report(diagnostic);
        None
    }

    fn patterns(&mut self, member: &Member<'_>, negated: bool) -> Option<PatternElement> {
        let what = format!("an entry of `{}`", member.key);
        let patterns = self.listed(&member.value, |reader, node| reader.string(&what, node))?;
        if negated && patterns.items.is_empty() {
            let message = format!("an empty `{}` would cover everything", member.key);
            let help =
                format!("name what to leave out, or write `\"{}\": \"*\"`", member.key.trim_start_matches("Not"));
            self.report(Diagnostic::new(Code::EmptyNegatedList, member.value.span, message).with_help(help));
            return None;
        }
        Some(PatternElement { negated, patterns, name: Spanned::new((), member.key_span) })
    }

    fn principal(&mut self, node: &Node<'_>, negated: bool) -> Option<PrincipalForm> {
        match &node.value {
            Value::String(text) if text == "*" => Some(PrincipalForm::Everyone),
            Value::String(text) => {
                let message = format!("`{text}` is no principal: the only text that may stand alone is `*`");
                let help = format!("say of what type it is: `{{\"AWS\": \"{text}\"}}`");
                self.report(Diagnostic::new(Code::InvalidPrincipal, node.span, message).with_help(help));
                None
            }
            Value::Object(members) => {
                let mut lists: Vec<PrincipalList> = Vec::new();
                let before = self.diagnostics.len();
                for member in members {
                    if let Some(list) = self.principal_list(member) {
                        match lists.iter().find(|other| other.kind == list.kind) {
                            Some(first) => {
                                let first = first.kind.span;
                                self.repeated(&format!("`{}`", member.key), member.key_span, first);
                            }
                            None => lists.push(list),
                        }
                    }
                }
                if self.diagnostics.len() > before {
                    return None;
                }
                // CHOICE: an empty `NotPrincipal` would cover everybody, like an empty `NotAction`.
                if negated && lists.iter().all(|list| list.values.items.is_empty()) {
                    let message = "an empty `NotPrincipal` would cover everybody";
                    self.report(Diagnostic::new(Code::EmptyNegatedList, node.span, message));
                    return None;
                }
                Some(PrincipalForm::Map(lists))
            }
            _ => {
                self.wrong_type("a principal", "`*` or an object", node);
                None
            }
        }
    }

    fn principal_list(&mut self, member: &Member<'_>) -> Option<PrincipalList> {
        let types = PrincipalType::ALL;
        let Some(kind) = types.into_iter().find(|kind| kind.as_str() == member.key) else {
            let message = format!("`{}` is no type of principal", member.key);
            let mut diagnostic = Diagnostic::new(Code::InvalidPrincipal, member.key_span, message);
            diagnostic.help = did_you_mean(&member.key, types.iter().map(|kind| kind.as_str()))
                .or_else(|| Some("the types are `AWS`, `Service`, `Federated` and `CanonicalUser`".into()));
            self.report(diagnostic);
            return None;
        };
        let what = format!("a principal under `{}`", member.key);
        let values = self.listed(&member.value, |reader, node| reader.string(&what, node))?;
        Some(PrincipalList { kind: Spanned::new(kind, member.key_span), values })
    }

    fn condition(&mut self, node: &Node<'_>) -> Option<Vec<ConditionBlock>> {
        let Some(members) = node.members() else {
            self.wrong_type("`Condition`", "an object of operators", node);
            return None;
        };
        let before = self.diagnostics.len();
        let mut blocks: Vec<ConditionBlock> = Vec::new();
        for member in members {
            let Some(block) = self.condition_block(member) else { continue };
            match blocks.iter().find(|other| other.operator == block.operator) {
                Some(first) => {
                    let first = first.name.span;
                    self.repeated(&format!("the operator `{}`", member.key), member.key_span, first);
                }
                None => blocks.push(block),
            }
        }
        (self.diagnostics.len() == before).then_some(blocks)
    }

    fn condition_block(&mut self, member: &Member<'_>) -> Option<ConditionBlock> {
        let operator = ConditionOperator::parse(&member.key);
        if operator.is_none() {
            let message = format!("unknown condition operator `{}`", member.key);
            let mut diagnostic = Diagnostic::new(Code::UnknownOperator, member.key_span, message);
            diagnostic.help = suggest_operator(&member.key);
            self.report(diagnostic);
        }
        let Some(members) = member.value.members() else {
            self.wrong_type(&format!("`{}`", member.key), "an object of condition keys", &member.value);
            return None;
        };
        let mut keys: Vec<ConditionTest> = Vec::new();
        let mut seen: HashMap<String, Span, FixedState> = HashMap::default();
        let mut complete = true;
        for member in members {
            match seen.entry(member.key.to_lowercase()) {
                Entry::Occupied(first) => {
                    self.repeated(&format!("the condition key `{}`", member.key), member.key_span, *first.get());
                }
                Entry::Vacant(entry) => {
                    entry.insert(member.key_span);
                }
            }
            let what = format!("a value of `{}`", member.key);
            match self.listed(&member.value, |reader, node| reader.condition_value(&what, node)) {
                Some(values) => {
                    let key = Spanned::new(member.key.as_ref().into(), member.key_span);
                    keys.push(ConditionTest { key, values });
                }
                None => complete = false,
            }
        }
        let name = Spanned::new(member.key.as_ref().into(), member.key_span);
        operator.filter(|_| complete).map(|operator| ConditionBlock { operator, name, keys })
    }

    fn condition_value(&mut self, what: &str, node: &Node<'_>) -> Option<Spanned<ConditionValue>> {
        let value = match &node.value {
            Value::String(text) => ConditionValue::String(text.as_ref().into()),
            Value::Number(text) => ConditionValue::Number(text.as_ref().into()),
            Value::Bool(value) => ConditionValue::Bool(*value),
            Value::Null | Value::Array(_) | Value::Object(_) => {
                let message = format!("{what} must be a string, a number or a boolean, found {}", node.kind());
                self.report(Diagnostic::new(Code::InvalidConditionValue, node.span, message));
                return None;
            }
        };
        Some(Spanned::new(value, node.span))
    }

    fn string(&mut self, what: &str, node: &Node<'_>) -> Option<Spanned<Box<str>>> {
        if let Value::String(text) = &node.value {
            Some(Spanned::new(text.as_ref().into(), node.span))
        } else {
            self.wrong_type(what, "a string", node);
            None
        }
    }

    /// One item, or a list of them.
    fn listed<T>(
        &mut self,
        node: &Node<'_>,
        mut item: impl FnMut(&mut Self, &Node<'_>) -> Option<T>,
    ) -> Option<Listed<T>> {
        let span = Spanned::new((), node.span);
        match &node.value {
            Value::Array(nodes) => {
                let items: Vec<Option<T>> = nodes.iter().map(|node| item(self, node)).collect();
                Some(Listed { items: items.into_iter().collect::<Option<_>>()?, bare: false, span })
            }
            _ => Some(Listed { items: vec![item(self, node)?], bare: true, span }),
        }
    }
}

/// `None` for "there, but wrong", `Some(None)` for "not there".
#[expect(clippy::option_option, reason = "the two options mean different things: not there, and wrong")]
fn flatten<T>(element: Option<Option<T>>) -> Option<Option<T>> {
    match element {
        None => Some(None),
        Some(None) => None,
        Some(some) => Some(some),
    }
}

fn suggest_operator(name: &str) -> Option<String> {
    if let Some(rest) = name.strip_prefix("ForAnyValues:") {
        return Some(format!("did you mean `ForAnyValue:{rest}`?"));
    }
    let split = name.find(':').map_or(0, |colon| colon + 1);
    let (prefix, rest) = name.split_at_checked(split)?;
    let (base, suffix) = rest.strip_suffix("IfExists").map_or((rest, ""), |base| (base, "IfExists"));
    let nearest = crate::suggest::nearest(base, Operator::ALL.iter().map(|operator| operator.as_str()))?;
    Some(format!("did you mean `{prefix}{nearest}{suffix}`?"))
}
