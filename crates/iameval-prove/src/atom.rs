//! Tests of one variable of a request: of its resource, of its action, or of one context key.

use crate::formula::AtomId;
use crate::glob::Language;
use crate::template::Template;
use foldhash::HashMap;
use iameval::{CompiledCondition, Context, ContextKey, ContextValue, Operator, PatternPart, Quantifier, Version};

/// A context key, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct KeyId(pub(crate) u32);

/// What a test looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Subject {
    Action,
    Resource,
    Key(KeyId),
    /// What symbols stand for, as far as one test depends on it, by number.
    Unknown(u32),
}

/// A pattern in which variables are keys.
pub(crate) type KeyTemplate = Template<KeyId>;

/// A test of one variable of a request.
#[derive(Debug)]
pub(crate) struct Atom {
    pub(crate) subject: Subject,
    pub(crate) test: Test,
}

/// What is tested.
#[derive(Debug)]
pub(crate) enum Test {
    /// The text fits.
    Fits(Language),
    /// The text fits a pattern with variables, all of which have a value.
    FitsTemplate(KeyTemplate),
    /// The key is not in the request.
    Absent,
    /// A condition on the key holds.
    Condition(Box<Condition>),
    /// It turns out so.
    TurnsOut,
}

/// A condition on one key.
#[derive(Debug)]
pub(crate) struct Condition {
    pub(crate) operator: Operator,
    pub(crate) quantifier: Option<Quantifier>,
    pub(crate) compiled: CompiledCondition,
    /// What it says of a value, for operators on texts and ARNs without variables.
    pub(crate) text: Option<TextTest>,
    /// The keys of variables in it, which are looked up when it is tried.
    pub(crate) variables: Vec<KeyId>,
    /// Its values as written, from which values to try are made.
    pub(crate) values: Vec<String>,
    pub(crate) version: Option<Version>,
    /// Whether it holds without the key.
    pub(crate) holds_absent: bool,
}

/// What a condition says of a text: `matched` of those that fit, `otherwise` of others; of texts that are no ARN an operator
/// for ARNs never holds.
#[derive(Debug)]
pub(crate) struct TextTest {
    pub(crate) for_arns: bool,
    pub(crate) language: Language,
    pub(crate) matched: bool,
    pub(crate) otherwise: bool,
}

/// What makes two tests the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Identity {
    Fits(Subject, Language),
    FitsTemplate(Subject, KeyTemplate),
    Absent(KeyId),
    TurnsOut(String),
    /// Operator, values as the document has them, whether those may hold variables, and whether the effect is Deny, where
    /// that makes a difference.
    Condition {
        key: KeyId,
        operator: String,
        values: Vec<String>,
        variables: bool,
        denies: bool,
    },
}

/// Tests, each once, and the keys that they look at.
#[derive(Debug, Default)]
pub(crate) struct Atoms {
    kept: Vec<Atom>,
    known: HashMap<Identity, AtomId>,
    keys: Vec<ContextKey>,
    key_ids: HashMap<ContextKey, KeyId>,
    /// The tests of each key, by its number.
    of_keys: Vec<Vec<AtomId>>,
}

impl Atoms {
    #[expect(clippy::indexing_slicing, reason = "the numbers of atoms come from `keep` alone")]
    pub(crate) fn get(&self, atom: AtomId) -> &Atom {
        &self.kept[atom.0 as usize]
    }

    /// The tests of a key, in the order in which they were made.
    pub(crate) fn of_key(&self, key: KeyId) -> impl Iterator<Item = (AtomId, &Atom)> {
        let own = self.of_keys.get(key.0 as usize).into_iter().flatten();
        own.map(|atom| (*atom, self.get(*atom)))
    }

    /// The atom of that identity, made where there is none.
    pub(crate) fn keep(&mut self, identity: Identity, make: impl FnOnce() -> Atom) -> AtomId {
        let next = AtomId(u32::try_from(self.kept.len()).unwrap_or(u32::MAX));
        match self.known.entry(identity) {
            std::collections::hash_map::Entry::Occupied(known) => *known.get(),
            std::collections::hash_map::Entry::Vacant(free) => {
                free.insert(next);
                let atom = make();
                if let Subject::Key(key) = atom.subject
                    && let Some(own) = self.of_keys.get_mut(key.0 as usize)
                {
                    own.push(next);
                }
                self.kept.push(atom);
                next
            }
        }
    }

    pub(crate) fn fits(&mut self, subject: Subject, language: Language) -> AtomId {
        self.keep(Identity::Fits(subject, language.clone()), || Atom { subject, test: Test::Fits(language) })
    }

    pub(crate) fn fits_template(&mut self, subject: Subject, template: KeyTemplate) -> AtomId {
        let identity = Identity::FitsTemplate(subject, template.clone());
        self.keep(identity, || Atom { subject, test: Test::FitsTemplate(template) })
    }

    pub(crate) fn absent(&mut self, key: KeyId) -> AtomId {
        self.keep(Identity::Absent(key), || Atom { subject: Subject::Key(key), test: Test::Absent })
    }

    /// That what depends on symbols turns out to hold. It is one test wherever the same is asked of the same request.
    pub(crate) fn turns_out(&mut self, what: String) -> AtomId {
        let next = u32::try_from(self.kept.len()).unwrap_or(u32::MAX);
        self.keep(Identity::TurnsOut(what), || Atom { subject: Subject::Unknown(next), test: Test::TurnsOut })
    }

    /// The number of a key.
    pub(crate) fn key(&mut self, key: &ContextKey) -> KeyId {
        if let Some(id) = self.key_ids.get(key) {
            return *id;
        }
        let id = KeyId(u32::try_from(self.keys.len()).unwrap_or(u32::MAX));
        self.keys.push(key.clone());
        self.of_keys.push(Vec::new());
        self.key_ids.insert(key.clone(), id);
        id
    }

    /// The number of a key that some test looks at.
    pub(crate) fn known_key(&self, key: &ContextKey) -> Option<KeyId> {
        self.key_ids.get(key).copied()
    }

    /// The key of that number.
    #[expect(clippy::indexing_slicing, reason = "the numbers of keys come from `key` alone")]
    pub(crate) fn name(&self, key: KeyId) -> &ContextKey {
        &self.keys[key.0 as usize]
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = (KeyId, &ContextKey)> {
        (0..).map(KeyId).zip(&self.keys)
    }
}

impl Condition {
    /// A value cut into parts, as the operator reads it.
    pub(crate) fn parts(&self, value: &str) -> Vec<PatternPart> {
        self.operator.parts(value, self.version)
    }

    /// Whether it holds for one value, as the core compares it; `context` has the keys of its variables.
    pub(crate) fn holds(&self, key: &ContextKey, value: &str, context: &Context) -> bool {
        let mut context = context.clone();
        context.remove(key.as_str());
        match self.quantifier {
            Some(_) => context.insert(key.as_str(), ContextValue::list([value])),
            None => context.insert(key.as_str(), ContextValue::single(value)),
        }
        self.compiled.is_satisfied(&context)
    }
}
