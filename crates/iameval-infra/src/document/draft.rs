//! A document in the making: statements, each with what it depends on.

use super::version::{escaped, has_variables};
use iameval::json::{self, Member, Node};
use iameval::symbol::{OnlyIf, Symbol};
use iameval::text::Span;
use iameval::{Diagnostic, PolicyDocument};
use std::borrow::Cow;
use std::collections::HashMap;

/// A document in the making.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(super) version: Option<Member<'static>>,
    /// What is not known and decides which version it is of.
    pub(super) either_version: Option<Symbol>,
    /// What stands beside `Version` and `Statement`.
    pub(super) members: Vec<Member<'static>>,
    pub(super) statement_key: Span,
    pub(super) statements_span: Span,
    pub(super) span: Span,
    /// Whether `Statement` is no list.
    pub(super) bare: bool,
    pub(super) pieces: Vec<Piece>,
}

/// A statement of a draft.
#[derive(Debug, Clone)]
pub(crate) struct Piece {
    pub(super) node: Node<'static>,
    pub(super) only_if: Vec<OnlyIf>,
    /// Whether it stands in the template, rather than for something that is not known.
    pub(super) is_written: bool,
}

impl Piece {
    pub(crate) fn new(node: Node<'static>, only_if: Vec<OnlyIf>) -> Self {
        Self { node, only_if, is_written: true }
    }

    pub(super) fn made(node: Node<'static>, only_if: Vec<OnlyIf>) -> Self {
        Self { node, only_if, is_written: false }
    }
}

impl From<&PolicyDocument> for Draft {
    fn from(document: &PolicyDocument) -> Self {
        let tree = document.to_json().into_owned();
        let mut draft = Self::empty(document.span());
        let json::Value::Object(members) = tree.value else { return draft };
        for member in members {
            let Member { key, key_span, value: Node { value, span } } = member;
            match (&*key, value) {
                ("Statement", json::Value::Array(items)) => {
                    draft.bare = false;
                    draft.pieces = items.into_iter().map(|node| Piece::new(node, Vec::new())).collect();
                }
                ("Statement", value) => draft.pieces = vec![Piece::new(Node { value, span }, Vec::new())],
                ("Version", value) => draft.version = Some(Member { key, key_span, value: Node { value, span } }),
                _ => {}
            }
        }
        draft
    }
}

impl Draft {
    /// A document without statements.
    pub(crate) fn empty(span: Span) -> Self {
        Self {
            version: None,
            either_version: None,
            members: Vec::new(),
            statement_key: span,
            statements_span: span,
            span,
            bare: true,
            pieces: Vec::new(),
        }
    }

    /// Whether it says nothing at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Whether something in it stands in the template, or nothing does at all.
    pub(crate) fn is_written(&self) -> bool {
        self.pieces.is_empty() || self.pieces.iter().any(|piece| piece.is_written)
    }

    /// Adds the statements of another document.
    pub(crate) fn merge(&mut self, mut other: Draft) {
        if self.version_text() != other.version_text() || self.either_version != other.either_version {
            self.modernise();
            other.modernise();
        }
        if self.is_empty() {
            let span = self.span;
            *self = other;
            self.span = Span { start: span.start.min(self.span.start), end: span.end.max(self.span.end) };
            return;
        }
        self.bare = false;
        self.members.clear();
        self.pieces.append(&mut other.pieces);
    }

    /// Says what is not known and decides whether the whole document counts.
    pub(crate) fn only_if(&mut self, needed: &[impl Into<OnlyIf> + Copy]) {
        for piece in &mut self.pieces {
            for only_if in needed.iter().map(|only_if| (*only_if).into()) {
                if !piece.only_if.contains(&only_if) {
                    piece.only_if.push(only_if);
                }
            }
        }
    }

    /// Says that the document may be absent, for one that limits what others allow.
    pub(crate) fn may_be_absent(&mut self, symbols: &[Symbol], with_principal: bool) {
        let text = |text: &'static str| Node { span: self.span, ..Node::string(text) };
        let principal = with_principal.then(|| ("Principal", text("*")));
        let rest = [("Action", text("*")), ("Resource", text("*"))];
        let node = Node::object([("Effect", text("Allow"))].into_iter().chain(principal).chain(rest));
        self.bare = false;
        self.pieces.push(Piece::made(
            Node { span: self.span, ..node },
            symbols.iter().map(|symbol| (*symbol).into()).collect(),
        ));
    }

    /// The same with every part of it at one place, for a document of another text.
    pub(crate) fn moved_to(mut self, span: Span) -> Self {
        let moved = |member: Member<'static>| Member { key_span: span, value: at(member.value, span), ..member };
        self.version = self.version.map(moved);
        self.members = self.members.into_iter().map(moved).collect();
        for piece in &mut self.pieces {
            piece.node = at(piece.node.clone(), span);
        }
        Self { statement_key: span, statements_span: span, span, ..self }
    }

    fn version_text(&self) -> Option<&str> {
        self.version.as_ref().and_then(|version| version.value.as_str())
    }

    /// Says the same in version 2012-10-17.
    fn modernise(&mut self) {
        let is_new = self.version_text() == Some("2012-10-17");
        if let Some(symbol) = self.either_version.take() {
            let pieces = std::mem::take(&mut self.pieces);
            for mut piece in pieces {
                if has_variables(&piece.node) {
                    piece.only_if.push(symbol.into());
                    let old = Piece { node: escaped(piece.node.clone()), ..piece.clone() };
                    self.pieces.push(old);
                }
                self.pieces.push(piece);
            }
            self.bare = self.bare && self.pieces.len() == 1;
        } else if !is_new {
            for piece in &mut self.pieces {
                piece.node = escaped(piece.node.clone());
            }
        }
        if !is_new {
            let value = Node { span: self.span, ..Node::string("2012-10-17") };
            self.version = Some(Member { key: Cow::Borrowed("Version"), key_span: self.span, value });
        }
    }

    /// The document.
    ///
    /// # Errors
    /// Everything that makes it none.
    pub(crate) fn document(mut self) -> Result<PolicyDocument, Vec<Diagnostic>> {
        if self.either_version.is_some() {
            self.modernise();
        }
        let Self { version, members, statement_key, statements_span, span, bare, pieces, .. } = self;
        let pieces = whatever_is_chosen(pieces);
        let only_if: Vec<Vec<OnlyIf>> = pieces.iter().map(|piece| piece.only_if.clone()).collect();
        let is_bare = bare && pieces.len() == 1;
        let mut nodes = pieces.into_iter().map(|piece| piece.node);
        let value = match nodes.next() {
            Some(node) if is_bare => node,
            first => {
                let list = json::Value::Array(first.into_iter().chain(nodes).collect());
                Node { value: list, span: statements_span }
            }
        };
        let statement = Member { key: Cow::Borrowed("Statement"), key_span: statement_key, value };
        let members = version.into_iter().chain(members).chain([statement]).collect();
        let parsed = PolicyDocument::from_tree(&Node { value: json::Value::Object(members), span });
        let mut document = parsed.value.ok_or(parsed.diagnostics)?;
        for (index, needed) in only_if.into_iter().enumerate() {
            for only_if in needed {
                document = document.with_statement_only_if(index, only_if);
            }
        }
        Ok(document)
    }

    /// The document without the statements that stand for something that is not known.
    ///
    /// # Errors
    /// Everything that makes it none.
    pub(crate) fn into_written(mut self) -> Result<PolicyDocument, Vec<Diagnostic>> {
        self.pieces.retain(|piece| piece.is_written);
        self.either_version = None;
        self.document()
    }
}

/// The statements in which those that are there whichever choice is taken do not depend on the choice.
fn whatever_is_chosen(pieces: Vec<Piece>) -> Vec<Piece> {
    type Said = (String, Vec<OnlyIf>);
    let is_choice = |only_if: &OnlyIf| matches!(only_if, OnlyIf::Choice { .. });
    let mut pieces: Vec<Option<Piece>> = pieces.into_iter().map(Some).collect();
    let mut places: HashMap<Said, usize> = HashMap::new();
    let mut due: Vec<(usize, Said)> = Vec::new();
    for (place, piece) in pieces.iter().enumerate().rev() {
        let Some(piece) = piece.as_ref().filter(|piece| piece.only_if.iter().any(is_choice)) else { continue };
        let mut needed = piece.only_if.clone();
        needed.sort_unstable();
        let said = (piece.node.to_string(), needed);
        places.insert(said.clone(), place);
        due.push((place, said));
    }
    while let Some((place, (text, needed))) = due.pop() {
        for (at, choice) in needed.iter().enumerate() {
            let OnlyIf::Choice { on, of, .. } = *choice else { continue };
            let with = |index| {
                let mut needed = needed.clone();
                if let Some(choice) = needed.get_mut(at) {
                    *choice = OnlyIf::Choice { on, index, of };
                }
                needed.sort_unstable();
                (text.clone(), needed)
            };
            let all: Option<Vec<usize>> = (0..of).map(|index| places.get(&with(index)).copied()).collect();
            let Some(all) = all.filter(|all| all.contains(&place)) else { continue };
            for index in 0..of {
                places.remove(&with(index));
            }
            let alike = all.iter().filter_map(|other| pieces.get(*other)?.as_ref());
            let is_written = alike.into_iter().any(|piece| piece.is_written);
            let mut rest = needed.clone();
            rest.remove(at);
            let first = all.iter().copied().min().unwrap_or(place);
            for other in all.into_iter().filter(|other| *other != first) {
                if let Some(piece) = pieces.get_mut(other) {
                    *piece = None;
                }
            }
            if let Some(Some(piece)) = pieces.get_mut(first) {
                (piece.only_if, piece.is_written) = (rest.clone(), is_written);
            }
            let said = (text, rest);
            places.insert(said.clone(), first);
            due.push((first, said));
            break;
        }
    }
    pieces.into_iter().flatten().collect()
}

/// A tree all of which stands at one place.
pub(super) fn at(mut node: Node<'static>, span: Span) -> Node<'static> {
    node.span = span;
    match &mut node.value {
        json::Value::Array(items) => {
            *items = std::mem::take(items).into_iter().map(|item| at(item, span)).collect();
        }
        json::Value::Object(members) => {
            let moved = |member: Member<'static>| Member { key_span: span, value: at(member.value, span), ..member };
            *members = std::mem::take(members).into_iter().map(moved).collect();
        }
        _ => {}
    }
    node
}
