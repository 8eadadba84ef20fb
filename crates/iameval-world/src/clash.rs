//! Why something cannot be added to a world.

use crate::codes;
use crate::finding::Finding;
use crate::source::Source;
use iameval::Problem;
use iameval::suggest::did_you_mean_name;
use iameval::text::Span;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// Where something is defined: a part of a text, such as a key of a world file or a line of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub(crate) source: Arc<Source>,
    pub(crate) span: Span,
    by: By,
    pub(crate) overrides: bool,
}

/// Whether a place holds a definition, or names a file that does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Definition,
    Source,
}

impl Place {
    /// A definition in a text.
    pub fn new(source: &Arc<Source>, span: Span) -> Self {
        Self { source: source.clone(), span, by: By::Definition, overrides: false }
    }

    /// Somewhere in a file of that name.
    pub fn in_file(name: &str) -> Self {
        Self { by: By::Source, ..Self::new(&Source::new(name, ""), Span::START) }
    }

    /// Where a text names a source, for everything that is in the source.
    pub fn of_source(source: &Arc<Source>, span: Span) -> Self {
        Self { by: By::Source, ..Self::new(source, span) }
    }

    /// The same, for a definition that replaces an earlier one. There must be one.
    #[must_use]
    pub fn overriding(self) -> Self {
        Self { overrides: true, ..self }
    }

    /// An error there that is not about two definitions, such as a name that cannot be read.
    pub fn finding(&self, message: impl Into<String>) -> Vec<Finding> {
        Clash::new(self, message).into()
    }

    /// Whether it is the definition itself.
    pub(crate) fn is_definition(&self) -> bool {
        self.by == By::Definition
    }

    /// The text.
    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }

    /// The part of the text.
    pub fn span(&self) -> Span {
        self.span
    }
}

/// Why something cannot be added to a world: for the most part because two definitions clash, and then it names both
/// places. It becomes a [`Finding`] at the later one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clash {
    problem: Problem,
    place: Place,
    earlier: Option<Place>,
}

impl Clash {
    pub(crate) fn new(place: &Place, message: impl Into<String>) -> Self {
        Self::of(Problem::new(iameval::codes::INVALID_FIELD, message), place)
    }

    pub(crate) fn unknown(place: &Place, message: impl Into<String>) -> Self {
        Self::of(Problem::new(codes::UNKNOWN_NAME, message), place)
    }

    fn of(problem: Problem, place: &Place) -> Self {
        Self { problem, place: place.clone(), earlier: None }
    }

    pub(crate) fn with_help(self, help: impl Into<Option<String>>) -> Self {
        Self { problem: self.problem.with_any_help(help.into()), ..self }
    }

    /// Two definitions of one thing, of which the later does not say that it replaces the earlier.
    pub(crate) fn twice(thing: &str, later: &Place, earlier: &Place) -> Self {
        let name = &earlier.source.name;
        let same_file = Arc::ptr_eq(&earlier.source, &later.source);
        let help = match (earlier.by, later.by) {
            (By::Source, By::Source) => None,
            (By::Source, By::Definition) => {
                Some(format!("a source of {name} defines it as well; `override: true` makes this one replace it"))
            }
            (By::Definition, _) if same_file => None,
            (By::Definition, _) => {
                Some(format!("it is also defined in {name}; `override: true` makes this one replace it"))
            }
        };
        let message = match (earlier.by, later.by) {
            (By::Source, By::Source) if same_file => format!("{thing} is defined twice by `sources`"),
            (By::Source, By::Source) => format!("{thing} is defined twice, in {name} and in {}", later.source.name),
            _ => format!("{thing} is defined twice"),
        };
        Self { earlier: Some(earlier.clone()), ..Self::new(later, message).with_help(help) }
    }

    /// A name that nothing defines.
    pub(crate) fn undefined<V>(what: &str, name: &str, place: &Place, known: &BTreeMap<String, V>) -> Self {
        let help = did_you_mean_name(name, known).or_else(|| defined(what, known));
        Self::unknown(place, format!("no {what} `{name}` is defined")).with_help(help)
    }

    /// The same, with what it clashes with.
    pub(crate) fn after(self, earlier: Option<&Place>) -> Self {
        Self { earlier: earlier.cloned(), ..self }
    }

    /// Where the definition stands that cannot be added.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Where the definition stands that it clashes with.
    pub fn earlier(&self) -> Option<&Place> {
        self.earlier.as_ref()
    }
}

/// Which names there are, unless they are too many to read.
fn defined<V>(what: &str, known: &BTreeMap<String, V>) -> Option<String> {
    match known.len() {
        0 if what == "policy" => Some("define it under `policies`, with its file".into()),
        0 => None,
        1..=12 => Some(format!("defined: {}", known.keys().map(String::as_str).collect::<Vec<_>>().join(", "))),
        many => Some(format!("there are {many}, and none has a similar name")),
    }
}

impl fmt::Display for Clash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.problem.fmt(f)
    }
}

impl std::error::Error for Clash {}

impl From<Clash> for Finding {
    fn from(clash: Clash) -> Self {
        let Place { source, span, .. } = &clash.place;
        let mut diagnostic = clash.problem.at(*span);
        if let Some(earlier) = clash.earlier.filter(|earlier| Arc::ptr_eq(&earlier.source, source)) {
            let label = match earlier.by {
                By::Definition => "first defined here",
                By::Source => "this source defines it",
            };
            diagnostic = diagnostic.with_label(earlier.span, label);
        }
        Finding::new(source, diagnostic)
    }
}

impl From<Clash> for Vec<Finding> {
    fn from(clash: Clash) -> Self {
        vec![clash.into()]
    }
}
