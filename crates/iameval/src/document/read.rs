//! Tree to document. The reader goes on after a mistake, so one run shows every one.

use super::{
    ConditionBlock, ConditionElement, ConditionOperator, ConditionTest, ConditionValue, Effect, Listed, Operator,
    Parsed, PatternElement, PolicyDocument, PrincipalElement, PrincipalForm, PrincipalList, PrincipalType, QuietSpan,
    Statement, Version,
};
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::json::{Member, Node, Value};
use crate::suggest::did_you_mean;
use crate::text::{Span, Spanned};
use foldhash::fast::FixedState;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

const DOCUMENT_ELEMENTS: [&str; 3] = ["Version", "Id", "Statement"];
const STATEMENT_ELEMENTS: [&str; 9] =
    ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];

/// Which element of a pair such as `Action` and `NotAction` it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Polarity {
    Plain,
    Negated,
}

pub(super) fn document(tree: &Node<'_>) -> Parsed<PolicyDocument> {
    let mut reader = DocumentReader { diagnostics: Vec::new() };
    let value = reader.document(tree);
    let mut diagnostics = reader.diagnostics;
    diagnostics.sort_by_key(Diagnostic::span);
    Parsed { value: value.ok().filter(|_| diagnostics.is_empty()), diagnostics }
}

/// The characters of a text that IAM does not accept (R-GRAM-08).
pub(super) fn invalid_characters(text: &str) -> impl Iterator<Item = Spanned<char>> {
    let accepted = |character| matches!(character, '\t' | '\n' | '\r' | ' '..='\u{FF}');
    // Nearly all texts are fine, and a block is looked at as a whole.
    let is_fine = |byte: u8| (b' '..0x80).contains(&byte) || byte == b'\n' || byte == b'\r' || byte == b'\t';
    let is_fine = text.as_bytes().chunks(64).all(|block| block.iter().fold(true, |all, byte| all & is_fine(*byte)));
    let refused = if is_fine { "" } else { text }.char_indices().filter(move |(_, character)| !accepted(*character));
    refused.map(|(at, character)| Spanned::new(character, Span::new(at, at + character.len_utf8())))
}

/// Says that something could not be read: the reader has a diagnostic that tells why. Only [`DocumentReader::report`] makes
/// one.
#[derive(Debug, Clone, Copy)]
struct Reported(());

/// What was read, or that a diagnostic tells why it was not.
type Read<T> = Result<T, Reported>;

struct DocumentReader {
    diagnostics: Vec<Diagnostic>,
}

impl DocumentReader {
    fn report(&mut self, diagnostic: Diagnostic) -> Reported {
        self.diagnostics.push(diagnostic);
        Reported(())
    }

    fn wrong_type(&mut self, what: &str, wanted: &str, node: &Node<'_>) -> Reported {
        self.report(of_wrong_type(what, wanted, node))
    }

    /// The members by name. Repeated and unknown ones are reported.
    fn elements<'n, 'a, const N: usize>(
        &mut self,
        members: &'n [Member<'a>],
        names: [&str; N],
        of: &str,
    ) -> Elements<'n, 'a, N> {
        let mut elements = Elements { found: [None; N], others: Ok(()) };
        for member in members {
            let slot = names.iter().zip(elements.found.iter_mut()).find(|(name, _)| **name == member.key);
            match slot {
                Some((_, slot @ None)) => *slot = Some(member),
                Some((_, Some(first))) => {
                    let what = format!("`{}`", member.key);
                    elements.others = Err(self.repeated(&what, member.key_span, first.key_span));
                }
                None => elements.others = Err(self.report(unknown_element(member, &names, of))),
            }
        }
        elements
    }

    fn repeated(&mut self, what: &str, span: Span, first: Span) -> Reported {
        let message = format!("{what} is given twice");
        let diagnostic = Diagnostic::new(codes::DUPLICATE_ELEMENT, span, message).with_label(first, "first given here");
        self.report(diagnostic.with_help("put all values in one list, or remove one of the two"))
    }

    fn document(&mut self, tree: &Node<'_>) -> Read<PolicyDocument> {
        let Some(members) = tree.members() else {
            let diagnostic = of_wrong_type("a policy document", "an object", tree);
            return Err(self.report(diagnostic.refused_as(codes::JSON_SYNTAX)));
        };
        let [version, id, statement] = self.elements(members, DOCUMENT_ELEMENTS, "a policy document").found;
        let version = version.map(|member| self.version(&member.value)).transpose();
        let id = id.map(|member| self.string(|| "`Id`".into(), &member.value)).transpose();
        let Some(statement) = statement else {
            return Err(self.report(missing("the policy document has no `Statement`", tree)));
        };
        let statements = self.listed(&statement.value, Self::statement)?;
        let span = QuietSpan::new((), tree.span);
        Ok(PolicyDocument { version: version?, id: id?, statements, characters: Vec::new(), span })
    }

    fn version(&mut self, node: &Node<'_>) -> Read<Spanned<Version>> {
        let version = match self.text(|| "`Version`".into(), node)? {
            "2012-10-17" => Version::V2012,
            "2008-10-17" => Version::V2008,
            other => {
                let message = format!("`{other}` is not a version of the policy language");
                let help = "the versions are `2012-10-17` and the older `2008-10-17`, which has no policy variables";
                let diagnostic = Diagnostic::new(codes::INVALID_VERSION, node.span, message).with_help(help);
                return Err(self.report(diagnostic));
            }
        };
        Ok(Spanned::new(version, node.span))
    }

    fn statement(&mut self, node: &Node<'_>) -> Read<Statement> {
        let Some(members) = node.members() else {
            return Err(self.wrong_type("a statement", "an object", node));
        };
        let Elements { found, others } = self.elements(members, STATEMENT_ELEMENTS, "a statement");
        let [sid, effect, principal, not_principal, action, not_action, resource, not_resource, condition] = found;
        let sid = sid.map(|member| self.string(|| "`Sid`".into(), &member.value)).transpose();
        let effect = match effect {
            Some(member) => self.effect(&member.value),
            None => others.and_then(|()| {
                let diagnostic = missing("the statement has no `Effect`", node);
                Err(self.report(diagnostic.with_help("add `\"Effect\": \"Allow\"` or `\"Effect\": \"Deny\"`")))
            }),
        };
        let principal = self.one_of(principal, not_principal, node).map(|(member, polarity)| {
            let form = self.principal(&member.value, polarity)?;
            let negated = polarity == Polarity::Negated;
            Ok(PrincipalElement { negated, form, name: Spanned::new((), member.key_span) })
        });
        let action = match self.one_of(action, not_action, node) {
            Some((member, polarity)) => self.patterns(member, polarity),
            None => others.and_then(|()| {
                let diagnostic = missing("the statement has no `Action` or `NotAction`", node);
                let diagnostic = diagnostic.with_help("name the actions that the statement applies to");
                Err(self.report(diagnostic.refused_as(codes::NO_ACTIONS)))
            }),
        };
        let resource =
            self.one_of(resource, not_resource, node).map(|(member, polarity)| self.patterns(member, polarity));
        let condition = condition.map(|member| {
            let operators = self.condition(&member.value)?;
            Ok(ConditionElement { operators, name: Spanned::new((), member.key_span) })
        });
        Ok(Statement {
            sid: sid?,
            effect: effect?,
            principal: principal.transpose()?,
            action: action?,
            resource: resource.transpose()?,
            condition: condition.transpose()?,
            only_if: Vec::new(),
            span: Spanned::new((), node.span),
        })
    }

    /// The one of a pair that is there, and which of the two it is. Both is an error (R-GRAM-02).
    fn one_of<'n, 'a>(
        &mut self,
        plain: Option<&'n Member<'a>>,
        negated: Option<&'n Member<'a>>,
        statement: &Node<'_>,
    ) -> Option<(&'n Member<'a>, Polarity)> {
        if let (Some(plain), Some(negated)) = (plain, negated) {
            let message = format!("`{}` and `{}` exclude each other", plain.key, negated.key);
            let (first, second) = if plain.key_span < negated.key_span { (plain, negated) } else { (negated, plain) };
            let diagnostic = Diagnostic::new(codes::CONFLICTING_ELEMENTS, second.key_span, message)
                .blaming(statement.span)
                .with_label(first.key_span, "the other one")
                .with_help("a statement can have only one of the two; split it into two statements");
            self.report(diagnostic);
        }
        plain.map(|member| (member, Polarity::Plain)).or(negated.map(|member| (member, Polarity::Negated)))
    }

    fn effect(&mut self, node: &Node<'_>) -> Read<Spanned<Effect>> {
        let other = self.text(|| "`Effect`".into(), node)?;
        if let Ok(effect) = other.parse() {
            return Ok(Spanned::new(effect, node.span));
        }
        let names = Effect::ALL.map(Effect::as_str);
        let message = format!("`{other}` is not an effect: expected `Allow` or `Deny`");
        let diagnostic = Diagnostic::new(codes::INVALID_EFFECT, node.span, message);
        let diagnostic = diagnostic.with_any_help(did_you_mean(other, names));
        let is_case_wrong = names.iter().any(|name| name.eq_ignore_ascii_case(other));
        Err(self.report(if is_case_wrong {
            diagnostic.refused(4, "The policy failed legacy parsing")
        } else {
            diagnostic
        }))
    }

    fn patterns(&mut self, member: &Member<'_>, polarity: Polarity) -> Read<PatternElement> {
        let what = || format!("an entry of `{}`", member.key);
        let patterns = self.listed(&member.value, |reader, node| reader.string(what, node))?;
        let negated = polarity == Polarity::Negated;
        if negated && patterns.items.is_empty() {
            let message = format!("an empty `{}` would cover everything", member.key);
            let help = format!("name what to exclude, or write `\"{}\": \"*\"`", member.key.trim_start_matches("Not"));
            let diagnostic = Diagnostic::new(codes::EMPTY_NEGATED_LIST, member.value.span, message);
            return Err(self.report(diagnostic.with_help(help)));
        }
        Ok(PatternElement { negated, patterns, name: Spanned::new((), member.key_span) })
    }

    fn principal(&mut self, node: &Node<'_>, polarity: Polarity) -> Read<PrincipalForm> {
        match &node.value {
            Value::String(text) if text == "*" => Ok(PrincipalForm::Everyone),
            Value::String(text) => {
                let message = format!("`{text}` is not a principal: the only string that may be used alone is `*`");
                let help = format!("give its type: `{{\"AWS\": \"{text}\"}}`");
                Err(self.report(Diagnostic::new(codes::INVALID_PRINCIPAL, node.span, message).with_help(help)))
            }
            Value::Object(members) => {
                let lists = self.principal_lists(members)?;
                // CHOICE: an empty `NotPrincipal` would cover everyone, like an empty `NotAction`.
                if polarity == Polarity::Negated && lists.iter().all(|list| list.values.items.is_empty()) {
                    let message = "an empty `NotPrincipal` would cover everyone";
                    return Err(self.report(Diagnostic::new(codes::EMPTY_NEGATED_LIST, node.span, message)));
                }
                Ok(PrincipalForm::Map(lists))
            }
            _ => Err(self.wrong_type("a principal", "`*` or an object", node)),
        }
    }

    fn principal_lists(&mut self, members: &[Member<'_>]) -> Read<Vec<PrincipalList>> {
        let mut lists: Vec<PrincipalList> = Vec::new();
        let mut whole = Ok(());
        for member in members {
            match self.principal_list(member) {
                Ok(list) => match lists.iter().find(|other| other.kind == list.kind) {
                    Some(first) => {
                        let first = first.kind.span;
                        whole = Err(self.repeated(&format!("`{}`", member.key), member.key_span, first));
                    }
                    None => lists.push(list),
                },
                Err(reported) => whole = Err(reported),
            }
        }
        whole.map(|()| lists)
    }

    fn principal_list(&mut self, member: &Member<'_>) -> Read<PrincipalList> {
        let types = PrincipalType::ALL;
        let Some(kind) = types.into_iter().find(|kind| kind.as_str() == member.key) else {
            let message = format!("`{}` is not a principal type", member.key);
            let help = did_you_mean(&member.key, types.iter().map(|kind| kind.as_str()))
                .unwrap_or_else(|| "the types are `AWS`, `Service`, `Federated` and `CanonicalUser`".into());
            let diagnostic = Diagnostic::new(codes::INVALID_PRINCIPAL, member.key_span, message);
            return Err(self.report(diagnostic.with_help(help)));
        };
        let what = || format!("a principal under `{}`", member.key);
        let values = self.listed(&member.value, |reader, node| reader.string(what, node))?;
        Ok(PrincipalList { kind: Spanned::new(kind, member.key_span), values })
    }

    fn condition(&mut self, node: &Node<'_>) -> Read<Vec<ConditionBlock>> {
        let Some(members) = node.members() else {
            return Err(self.wrong_type("`Condition`", "an object of operators", node));
        };
        let mut blocks: Vec<ConditionBlock> = Vec::new();
        let mut whole = Ok(());
        for member in members {
            match self.condition_block(member) {
                Ok(block) => match blocks.iter().find(|other| other.operator == block.operator) {
                    Some(first) => {
                        let first = first.name.span;
                        let what = format!("the operator `{}`", member.key);
                        whole = Err(self.repeated(&what, member.key_span, first));
                    }
                    None => blocks.push(block),
                },
                Err(reported) => whole = Err(reported),
            }
        }
        whole.map(|()| blocks)
    }

    fn condition_block(&mut self, member: &Member<'_>) -> Read<ConditionBlock> {
        let operator = ConditionOperator::parse(&member.key).ok_or_else(|| {
            let message = format!("unknown condition operator `{}`", member.key);
            let diagnostic = Diagnostic::new(codes::UNKNOWN_OPERATOR, member.key_span, message);
            self.report(diagnostic.with_any_help(suggest_operator(&member.key)))
        });
        let Some(members) = member.value.members() else {
            return Err(self.wrong_type(&format!("`{}`", member.key), "an object of condition keys", &member.value));
        };
        let keys = self.condition_tests(members);
        let name = Spanned::new(member.key.as_ref().into(), member.key_span);
        Ok(ConditionBlock { operator: operator?, name, keys: keys? })
    }

    fn condition_tests(&mut self, members: &[Member<'_>]) -> Read<Vec<ConditionTest>> {
        let mut keys: Vec<ConditionTest> = Vec::new();
        let mut seen: HashMap<String, Span, FixedState> = HashMap::default();
        let mut whole = Ok(());
        for member in members {
            match seen.entry(member.key.to_lowercase()) {
                Entry::Occupied(first) => {
                    let what = format!("the condition key `{}`", member.key);
                    whole = Err(self.repeated(&what, member.key_span, *first.get()));
                }
                Entry::Vacant(entry) => {
                    entry.insert(member.key_span);
                }
            }
            let what = || format!("a value of `{}`", member.key);
            match self.listed(&member.value, |reader, node| reader.condition_value(what, node)) {
                Ok(values) => {
                    let key = Spanned::new(member.key.as_ref().into(), member.key_span);
                    keys.push(ConditionTest { key, values });
                }
                Err(reported) => whole = Err(reported),
            }
        }
        whole.map(|()| keys)
    }

    fn condition_value(&mut self, what: impl Fn() -> String, node: &Node<'_>) -> Read<Spanned<ConditionValue>> {
        let value = match &node.value {
            Value::String(text) => ConditionValue::String(text.as_ref().into()),
            Value::Number(text) => ConditionValue::Number(text.as_ref().into()),
            Value::Bool(value) => ConditionValue::Bool(*value),
            Value::Null | Value::Array(_) | Value::Object(_) => {
                let message = format!("{} must be a string, a number or a boolean, found {}", what(), node.kind());
                return Err(self.report(Diagnostic::new(codes::INVALID_CONDITION_VALUE, node.span, message)));
            }
        };
        Ok(Spanned::new(value, node.span))
    }

    /// The text; `what` it is goes into a message where it is none.
    fn string(&mut self, what: impl Fn() -> String, node: &Node<'_>) -> Read<Spanned<Box<str>>> {
        Ok(Spanned::new(self.text(what, node)?.into(), node.span))
    }

    fn text<'n>(&mut self, what: impl Fn() -> String, node: &'n Node<'_>) -> Read<&'n str> {
        node.as_str().ok_or_else(|| self.wrong_type(&what(), "a string", node))
    }

    /// One item, or a list of them.
    fn listed<T>(&mut self, node: &Node<'_>, mut item: impl FnMut(&mut Self, &Node<'_>) -> Read<T>) -> Read<Listed<T>> {
        let span = Spanned::new((), node.span);
        match &node.value {
            Value::Array(nodes) => {
                // All are read before the first that is wrong ends it.
                let items: Vec<Read<T>> = nodes.iter().map(|node| item(self, node)).collect();
                Ok(Listed { items: items.into_iter().collect::<Read<_>>()?, bare: false, span })
            }
            _ => Ok(Listed { items: vec![item(self, node)?], bare: true, span }),
        }
    }
}

/// What of an object has a name that is asked for.
struct Elements<'n, 'a, const N: usize> {
    /// The member of each name.
    found: [Option<&'n Member<'a>>; N],
    /// Whether there was something else. It may be a misspelt element, which is then not missing as well.
    others: Read<()>,
}

fn of_wrong_type(what: &str, wanted: &str, node: &Node<'_>) -> Diagnostic {
    let message = format!("{what} must be {wanted}, found {}", node.kind());
    Diagnostic::new(codes::WRONG_TYPE, node.span, message)
}

fn unknown_element(member: &Member<'_>, names: &[&str], of: &str) -> Diagnostic {
    let message = format!("`{}` is not an element of {of}", member.key);
    let near = did_you_mean(&member.key, names.iter().copied());
    let elsewhere = || {
        let of_statements = STATEMENT_ELEMENTS.contains(&&*member.key);
        of_statements.then(|| "it belongs in a statement: inside `Statement`".to_owned())
    };
    Diagnostic::new(codes::UNKNOWN_ELEMENT, member.key_span, message).with_any_help(near.or_else(elsewhere))
}

/// That something is missing in an object, of which the opening brace is underlined.
fn missing(message: &str, object: &Node<'_>) -> Diagnostic {
    Diagnostic::new(codes::MISSING_ELEMENT, object.beginning(), message).blaming(object.span)
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
