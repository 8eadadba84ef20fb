//! What is not known of policies and requests: symbols, each of which stands for one text that a deployment settles.
//!
//! Nothing may be called proven unless it is so whatever the symbols stand for. So the same policies are read in two ways.
//! Read at its *widest*, a part of a statement applies to every request to which it applies for some value of the symbols;
//! at its *narrowest*, only to those to which it applies for all of them. A [`Reading`] says which way Allow and Deny
//! statements are read: what the widest Allows and the narrowest Denies do not let through, nothing does.
//!
//! A symbol stands in texts as one character. In a request it is compared like any other as long as that says the same as
//! every text in its place; where it may not, a whole part of a statement counts as applying or not.

use crate::claim::{KeyScope, KeyState, Policies, Scope};
use crate::class::{request, sample};
use crate::glob::{Piece, Reach};
use crate::template::{Template, TemplatePiece};
use crate::verdict::Undecided;
use iameval::symbol::{Symbol, SymbolKind, Symbols};
use iameval::{
    AccountId, Action, Context, ContextKey, ContextValue, Effect, PatternElement, PrincipalElement, PrincipalForm,
    PrincipalList, Statement,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How much of what depends on symbols applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Breadth {
    /// Everything that does for some value of them.
    Widest,
    /// What does for all of them.
    Narrowest,
}

/// How statements are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reading {
    pub(crate) allows: Breadth,
    pub(crate) denies: Breadth,
}

/// What is not known, under a scope.
#[derive(Debug)]
pub(crate) struct Unknown {
    symbols: Arc<Symbols>,
    /// Keys whose values in requests have symbols in them.
    keys: BTreeSet<ContextKey>,
    /// Globs of the scope for resources, those with symbols in them.
    resources: Vec<String>,
    /// Values of keys that have one in every request.
    fixed: Context,
    fixed_keys: BTreeSet<ContextKey>,
}

impl Breadth {
    pub(crate) fn opposite_if(self, is_opposite: bool) -> Self {
        match (self, is_opposite) {
            (Self::Widest, true) => Self::Narrowest,
            (Self::Narrowest, true) => Self::Widest,
            (own, false) => own,
        }
    }
}

impl Reading {
    /// Everything that may be allowed.
    pub(crate) const MOST: Self = Self { allows: Breadth::Widest, denies: Breadth::Narrowest };
    /// Only what is certainly allowed.
    pub(crate) const LEAST: Self = Self { allows: Breadth::Narrowest, denies: Breadth::Widest };
    /// Everything that may apply.
    pub(crate) const WIDEST: Self = Self { allows: Breadth::Widest, denies: Breadth::Widest };

    /// With everything the other way round.
    pub(crate) fn opposite(self) -> Self {
        Self { allows: self.allows.opposite_if(true), denies: self.denies.opposite_if(true) }
    }

    pub(crate) fn of(self, effect: Effect) -> Breadth {
        match effect {
            Effect::Allow => self.allows,
            Effect::Deny => self.denies,
        }
    }
}

impl Unknown {
    /// What is not known where policies are asked about a scope in which keys have these values in every request.
    pub(crate) fn new(
        symbols: &Arc<Symbols>,
        scope: &Scope,
        fixed: &BTreeMap<ContextKey, Option<ContextValue>>,
    ) -> Self {
        let has = |text: &str| symbols.within(text).next().is_some();
        let of_value = |value: &ContextValue| value.texts().any(has);
        let said = scope.keys.iter().filter(|said| texts_of(said).any(has)).map(|said| said.key.clone());
        let follows =
            fixed.iter().filter(|(_, value)| value.as_ref().is_some_and(of_value)).map(|(key, _)| key.clone());
        let mut keys: BTreeSet<ContextKey> = said.chain(follows).collect();
        if accounts(scope).any(|account| has(account.as_str())) {
            keys.insert(crate::class::resource_account_key());
        }
        let mut context = Context::new();
        for (key, value) in fixed {
            match value {
                Some(value) => context.insert(key.as_str(), value.clone()),
                None => context.insert_absent(key.as_str()),
            }
        }
        Self {
            symbols: symbols.clone(),
            keys,
            resources: scope.resources.iter().filter(|glob| has(glob)).cloned().collect(),
            fixed: context,
            fixed_keys: fixed.keys().cloned().collect(),
        }
    }

    pub(crate) fn symbols(&self) -> &Symbols {
        &self.symbols
    }

    pub(crate) fn has_symbols(&self, text: &str) -> bool {
        self.symbols.within(text).next().is_some()
    }

    /// Whether something in a statement is not known.
    pub(crate) fn is_in(&self, statement: &Statement) -> bool {
        let patterns = [Some(statement.action()), statement.resource()].into_iter().flatten();
        let patterns = patterns.flat_map(PatternElement::patterns);
        let tests = statement.tests().flat_map(|(_, test)| std::iter::once(test.key()).chain(test.values()));
        let lists = match statement.principal().map(PrincipalElement::form) {
            Some(PrincipalForm::Map(lists)) => &lists[..],
            _ => &[],
        };
        let principals = lists.iter().flat_map(PrincipalList::values);
        !statement.only_if().is_empty() || patterns.chain(tests).chain(principals).any(|text| self.has_symbols(text))
    }

    /// Whether the value of a key is not known.
    pub(crate) fn is_open(&self, key: &ContextKey) -> bool {
        self.keys.contains(key) || self.has_symbols(key.as_str())
    }

    /// The values of the keys that have one in every request, where all of these have.
    pub(crate) fn fixed<'k>(&self, mut keys: impl Iterator<Item = &'k ContextKey>) -> Option<&Context> {
        keys.all(|key| self.fixed_keys.contains(key)).then_some(&self.fixed)
    }

    /// A pattern that every resource fits which may fit this one. `is_open` tells of variables whether their values are not
    /// known.
    pub(crate) fn widest<V: Clone>(&self, pattern: &Template<V>, is_open: impl Fn(&V) -> bool) -> Template<V> {
        let anything =
            || Template { pieces: vec![TemplatePiece::Plain(Piece::Star(Reach::Free))], ignores_case: false };
        let mut pieces = Vec::new();
        let mut is_replaced = false;
        for piece in &pattern.pieces {
            match piece {
                TemplatePiece::Plain(Piece::Literal(text)) if self.has_symbols(text) => {
                    is_replaced = true;
                    // An input may complete what becomes a policy variable.
                    let may_complete = text.contains('$') && self.has_inputs(text);
                    if may_complete {
                        return anything();
                    }
                    let parts = text.split(|letter| self.symbols.of_char(letter).is_some()).enumerate();
                    for (number, part) in parts {
                        pieces.extend((number > 0).then_some(TemplatePiece::Plain(Piece::Star(Reach::Free))));
                        pieces.extend((!part.is_empty()).then(|| TemplatePiece::Plain(Piece::Literal(part.into()))));
                    }
                }
                TemplatePiece::Variable(variable) if is_open(variable) => {
                    is_replaced = true;
                    pieces.push(TemplatePiece::Plain(Piece::Star(Reach::Free)));
                }
                piece => pieces.push(piece.clone()),
            }
        }
        if is_replaced {
            // What is put in may have colons, and those tell what wildcards take.
            for piece in &mut pieces {
                match piece {
                    TemplatePiece::Plain(Piece::Star(reach) | Piece::Unit(reach)) => *reach = Reach::Free,
                    TemplatePiece::Plain(Piece::Literal(_)) | TemplatePiece::Variable(_) => {}
                }
            }
        }
        let widest = Template { pieces, ignores_case: pattern.ignores_case };
        let is_safe = |glob: &String| self.is_safe(pattern, glob) || self.is_safe(&widest, glob);
        if self.resources.iter().all(is_safe) { widest } else { anything() }
    }

    /// A pattern that only resources fit which certainly fit this one; `None` where there are none.
    pub(crate) fn narrowest<V: Clone>(
        &self,
        pattern: &Template<V>,
        is_open: impl Fn(&V) -> bool,
    ) -> Option<Template<V>> {
        let is_unknown = |piece: &TemplatePiece<V>| match piece {
            TemplatePiece::Plain(Piece::Literal(text)) => self.has_inputs(text),
            TemplatePiece::Plain(_) => false,
            TemplatePiece::Variable(variable) => is_open(variable),
        };
        // A run of anything takes whatever a symbol of the resource stands for.
        let takes_symbols = |piece: &TemplatePiece<V>| {
            matches!(piece, TemplatePiece::Plain(Piece::Literal(_) | Piece::Star(Reach::Free)))
        };
        let is_certain =
            pattern.pieces.iter().all(takes_symbols) || self.resources.iter().all(|glob| self.is_safe(pattern, glob));
        (is_certain && !pattern.pieces.iter().any(is_unknown)).then(|| pattern.clone())
    }

    fn has_inputs(&self, text: &str) -> bool {
        self.symbols.within(text).any(|symbol| self.symbols.kind(symbol) == SymbolKind::Input)
    }

    /// Whether every text that a glob of the scope stands for fits a pattern exactly if it does with its symbols taken for
    /// characters.
    fn is_safe<V>(&self, pattern: &Template<V>, glob: &str) -> bool {
        let mut rest = glob;
        let mut pieces = pattern.pieces.iter().peekable();
        let is_plain = |rest: &mut std::iter::Peekable<std::slice::Iter<'_, TemplatePiece<V>>>| {
            rest.all(|piece| !matches!(piece, TemplatePiece::Plain(Piece::Literal(text)) if self.has_symbols(text)))
        };
        while let Some(piece) = pieces.next() {
            let TemplatePiece::Plain(Piece::Literal(text)) = piece else {
                let takes_all = matches!(piece, TemplatePiece::Plain(Piece::Star(Reach::Free)));
                let is_end = pieces.peek().is_none();
                return (takes_all && is_end) || (!self.has_symbols(rest) && is_plain(&mut pieces));
            };
            let mut letters = text.chars();
            while let Some(letter) = letters.next() {
                if !self.has_symbols(rest) {
                    return self.symbols.of_char(letter).is_none()
                        && !self.has_symbols(letters.as_str())
                        && is_plain(&mut pieces);
                }
                let mut others = rest.chars();
                let Some(other) = others.next() else { return false };
                let is_symbol = |letter: char| self.symbols.of_char(letter);
                if matches!(other, '*' | '?') {
                    return false;
                }
                if letter != other {
                    return is_symbol(letter).is_none() && is_symbol(other).is_none();
                }
                if is_symbol(letter).is_some_and(|symbol| self.symbols.kind(symbol) == SymbolKind::Input) {
                    return false;
                }
                rest = others.as_str();
            }
        }
        // What is longer than the pattern does not fit it, unless it is as long after all.
        let next = rest.chars().next();
        !self.has_symbols(rest) || next.is_some_and(|next| next != '*' && self.symbols.of_char(next).is_none())
    }

    /// The symbols in those parts of principal and resources by which requests are told apart, so that nothing is certain.
    pub(crate) fn open_forms(&self, policies: &Policies, scope: &Scope) -> BTreeSet<Undecided> {
        let set = policies.set();
        let mut open: BTreeSet<Symbol> = set.open_forms(&sample(scope, "*")).into_iter().collect();
        for glob in &self.resources {
            let service = glob.split(':').nth(2).unwrap_or_default();
            let services = ["x", service].into_iter().chain((service == "iam").then_some("sts"));
            for service in services {
                if let Ok(action) = Action::literal(&format!("{service}:x")) {
                    open.extend(set.open_forms(&request(scope, action, glob)));
                }
            }
        }
        self.names(open)
    }

    /// Every symbol, as what something may depend on.
    pub(crate) fn all(&self) -> BTreeSet<Undecided> {
        self.names(self.symbols.iter())
    }

    pub(crate) fn names(&self, symbols: impl IntoIterator<Item = Symbol>) -> BTreeSet<Undecided> {
        let name = |symbol| Undecided::Symbol(self.symbols.name(symbol).into());
        symbols.into_iter().map(name).collect()
    }
}

/// The accounts of callers and owners that a scope names.
fn accounts(scope: &Scope) -> impl Iterator<Item = AccountId> {
    let of_owners =
        scope.owners.iter().flat_map(|owners| owners.accounts.iter().chain(owners.all_but.iter().flatten()));
    let principal = scope.principal.as_ref().and_then(iameval::Principal::account);
    let in_resources = scope.resources.iter().filter_map(|glob| glob.split(':').nth(4)?.parse().ok());
    of_owners.copied().chain(principal).chain(scope.resource_account).chain(in_resources)
}

/// The accounts that a scope names and that are not known.
pub(crate) fn open_accounts(scope: &Scope) -> impl Iterator<Item = AccountId> {
    accounts(scope).filter(|account| !account.as_str().is_ascii())
}

/// The texts that a scope says of a key.
fn texts_of(said: &KeyScope) -> impl Iterator<Item = &str> {
    said.alternatives.iter().flat_map(|state| {
        let texts: Vec<&str> = match state {
            KeyState::Absent => Vec::new(),
            KeyState::Is(value) => value.texts().collect(),
            KeyState::Present(range) => {
                let lists = [range.any_of.as_deref(), range.like.as_deref(), range.cidr.as_deref()];
                let lists = lists.into_iter().flatten().chain([&*range.none_of, &*range.not_like, &*range.not_cidr]);
                lists.flatten().map(String::as_str).collect()
            }
        };
        texts
    })
}
