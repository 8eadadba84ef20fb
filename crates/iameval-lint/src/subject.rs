//! A statement with what the catalogue knows of its actions.

use crate::alike::Alike;
use crate::lookup::Lookup;
use crate::once::Once;
use iameval::text::Span;
use iameval::{ActionPattern, PolicyDocument, PolicyKind, Statement};
use iameval_data::{ActionInfo, Catalogue, ListedKeys};
use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::rc::Rc;

/// A statement that is looked at.
pub(crate) struct Subject<'d> {
    pub(crate) statement: &'d Statement,
    pub(crate) document: &'d PolicyDocument,
    pub(crate) kind: PolicyKind,
    pub(crate) catalogue: &'d Catalogue,
    pub(crate) once: &'d Once,
    /// The patterns of `Action` or `NotAction`.
    pub(crate) patterns: Vec<Covering<'d>>,
    /// Whether one of them covers everything.
    pub(crate) has_everything: bool,
    /// Whether the catalogue knows all that they cover, and they are not simply all there is.
    is_known: bool,
    /// What the actions say of context keys.
    pub(crate) alike: Alike,
    /// The patterns in few words.
    few_patterns: OnceCell<String>,
}

/// An action pattern and the actions it covers.
pub(crate) struct Covering<'d> {
    pub(crate) text: &'d str,
    pub(crate) span: Span,
    pub(crate) pattern: ActionPattern,
    pub(crate) covered: Covered<'d>,
}

/// The actions that a pattern covers.
pub(crate) enum Covered<'d> {
    /// All there are.
    Everything,
    /// These; none when the catalogue knows none.
    Actions(Rc<[ActionInfo<'d>]>),
    /// No one looked, because the patterns of the document cover too many.
    Unknown,
}

impl<'d> Subject<'d> {
    pub(crate) fn new(
        statement: &'d Statement,
        document: &'d PolicyDocument,
        kind: PolicyKind,
        catalogue: &'d Catalogue,
        once: &'d Once,
        lookup: &mut Lookup<'d>,
    ) -> Self {
        let element = statement.action();
        let covering = |(text, span): (&'d str, Span)| {
            let pattern = ActionPattern::new(text);
            let covered = match text {
                "*" | "*:*" => Covered::Everything,
                _ => lookup.actions((text, span), &pattern).map_or(Covered::Unknown, Covered::Actions),
            };
            Covering { text, span, pattern, covered }
        };
        let patterns: Vec<Covering<'d>> = element.patterns().zip(element.spans()).map(covering).collect();
        let has_everything = patterns.iter().any(Covering::is_everything);
        let is_known = !element.is_negated()
            && !patterns.is_empty()
            && patterns.iter().all(|covering| !covering.actions().is_empty());
        Self {
            statement,
            document,
            kind,
            catalogue,
            once,
            patterns,
            has_everything,
            is_known,
            alike: Alike::default(),
            few_patterns: OnceCell::new(),
        }
    }

    /// The patterns as a sentence has them.
    pub(crate) fn few_patterns(&self) -> &str {
        self.few_patterns.get_or_init(|| a_few(self.patterns.iter().map(|covering| covering.text), 3))
    }

    /// Every action that the statement is about, when the catalogue knows them all and they are not simply all there are.
    pub(crate) fn known_actions(&self) -> Option<impl Iterator<Item = ActionInfo<'d>> + '_> {
        self.is_known.then(|| self.patterns.iter().flat_map(|covering| covering.actions().iter().copied()))
    }

    /// A key that its actions do not tell apart from this one: of all such the same.
    pub(crate) fn key_like(&self, key: &str) -> Rc<str> {
        self.alike.key_like(key, || self.listed_keys())
    }

    fn listed_keys(&self) -> Vec<Rc<ListedKeys>> {
        let actions = self.patterns.iter().flat_map(Covering::actions);
        let prefixes: BTreeSet<&str> = actions.map(|action| action.service().prefix()).collect();
        let listed = |prefix: &str| {
            let service = self.catalogue.service(prefix)?;
            Some(self.once.listed_keys.get(prefix.to_owned(), || Rc::new(ListedKeys::of(service))))
        };
        prefixes.into_iter().filter_map(listed).collect()
    }
}

impl<'d> Covering<'d> {
    /// The actions; none for a pattern that covers everything, and where no one looked.
    pub(crate) fn actions(&self) -> &[ActionInfo<'d>] {
        match &self.covered {
            Covered::Everything | Covered::Unknown => &[],
            Covered::Actions(actions) => actions,
        }
    }

    /// Whether the catalogue has no action that it covers.
    pub(crate) fn is_of_nothing(&self) -> bool {
        matches!(&self.covered, Covered::Actions(actions) if actions.is_empty())
    }

    pub(crate) fn is_everything(&self) -> bool {
        matches!(self.covered, Covered::Everything)
    }
}

/// A few of many texts, as a sentence has them: ``a`, `b` and 3 more``.
pub(crate) fn a_few<T: AsRef<str>>(texts: impl IntoIterator<Item = T>, most: usize) -> String {
    let texts: Vec<String> = texts.into_iter().map(|text| format!("`{}`", text.as_ref())).collect();
    match texts.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] if texts.len() <= most => format!("{} and {last}", first.join(", ")),
        _ => format!("{} and {} more", texts.get(..most).unwrap_or_default().join(", "), texts.len() - most),
    }
}
