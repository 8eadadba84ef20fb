//! From an action and a resource to the statements that can match them.
//!
//! The index never leaves out a statement that matches. What it gives has its action element checked already; all
//! other elements are still to be checked. It needs no catalogue: unknown actions are found the same
//! way. `docs/design/index.md` has the reasoning.

use super::CompiledStatement;
use super::action::Form;
use super::prefix::{PrefixIndex, common_prefix, head};
use crate::document::Effect;
use crate::name::Action;
use crate::wildcard::Pattern;
use foldhash::fast::FixedState;
use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;

/// The number of a statement among those that are indexed together.
pub(crate) type StatementNumber = u32;

/// The statements of one policy, or of several that count as one, by effect.
#[derive(Debug, Default)]
pub(crate) struct Index {
    allow: ActionIndex,
    deny: ActionIndex,
}

#[derive(Debug, Default)]
struct ActionIndex {
    /// By action without wildcards.
    exact: HashMap<Box<str>, Posting, FixedState>,
    /// By service prefix: patterns for its action names.
    services: HashMap<Box<str>, NamePatterns, FixedState>,
    /// Statements about all actions.
    all: Posting,
    /// `NotAction`, and wildcards in the service prefix: their action elements are still to be checked.
    unchecked: Box<[StatementNumber]>,
}

/// Name patterns of one service, found by the text before their first wildcard.
#[derive(Debug, Default)]
struct NamePatterns {
    prefixes: PrefixIndex,
    // INVARIANT: as long as `prefixes`.
    entries: Box<[Tails]>,
}

/// The patterns that have one prefix in common.
type Tails = Box<[(Tail, Posting)]>;

/// What follows the text before the first wildcard.
#[derive(Debug)]
enum Tail {
    /// A single `*`: whatever begins with the prefix fits.
    Anything,
    Pattern(Pattern),
}

/// Statements for one action. Those that only certain resources can fit are found by the beginning of the ARN.
#[derive(Debug, Default)]
struct Posting {
    /// Those that any resource may fit.
    open: Box<[StatementNumber]>,
    selective: Selective,
}

/// Statements all of whose resource patterns begin with some text.
#[derive(Debug)]
enum Selective {
    /// Looked through one by one; they lie side by side.
    Few {
        skip: u32,
        filters: Box<[Filter]>,
    },
    Many(Box<ByResource>),
}

/// Eight bytes that the resource must have behind the text that all patterns of the posting begin with.
#[derive(Debug)]
struct Filter {
    bytes: u64,
    /// Zero where the pattern's own beginning is shorter.
    mask: u64,
    statement: StatementNumber,
}

#[derive(Debug)]
struct ByResource {
    prefixes: PrefixIndex,
    // INVARIANT: as long as `prefixes`.
    statements: Box<[Box<[StatementNumber]>]>,
}

/// From so many patterns on, looking at each costs more than a search.
const MANY: usize = 32;

/// Whether the action element of a statement is still to be checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ActionCheck {
    /// It matches, as the index knows.
    Passed,
    Due,
}

impl Index {
    #[expect(clippy::needless_pass_by_value, reason = "an iterator is taken by value, also when it is walked twice")]
    pub(crate) fn new<'s>(statements: impl Iterator<Item = (StatementNumber, &'s CompiledStatement)> + Clone) -> Self {
        let of = |effect| {
            let statements = statements.clone().filter(move |(_, statement)| statement.effect == effect);
            ActionIndex::new(&statements.collect::<Vec<_>>())
        };
        Self { allow: of(Effect::Allow), deny: of(Effect::Deny) }
    }

    /// Visits every statement of that effect that may match; a statement may be visited more than once.
    pub(crate) fn candidates(
        &self,
        effect: Effect,
        action: &Action,
        resource: &str,
        mut visit: impl FnMut(StatementNumber, ActionCheck) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let index = match effect {
            Effect::Allow => &self.allow,
            Effect::Deny => &self.deny,
        };
        for &statement in &index.unchecked {
            visit(statement, ActionCheck::Due)?;
        }
        let mut checked =
            |posting: &Posting| posting.visit(resource, |statement| visit(statement, ActionCheck::Passed));
        checked(&index.all)?;
        if let Some(posting) = index.exact.get(action.lowercase()) {
            checked(posting)?;
        }
        let Some(patterns) = index.services.get(action.service()) else { return ControlFlow::Continue(()) };
        for at in patterns.prefixes.prefixes(action.name()) {
            for (tail, posting) in patterns.entries.get(at).into_iter().flatten() {
                if tail.fits(action.name()) {
                    checked(posting)?;
                }
            }
        }
        ControlFlow::Continue(())
    }
}

type Numbered<'s> = (StatementNumber, &'s CompiledStatement);
/// Name patterns with their statements, by the text before their first wildcard.
type ByPrefix<'s> = BTreeMap<&'s str, Vec<(&'s Pattern, Numbered<'s>)>>;

impl ActionIndex {
    fn new<'s>(statements: &[Numbered<'s>]) -> Self {
        let mut exact: HashMap<&'s str, Vec<Numbered<'s>>, FixedState> = HashMap::default();
        let mut names: HashMap<&'s str, ByPrefix<'s>, FixedState> = HashMap::default();
        let mut all: Vec<Numbered<'s>> = Vec::new();
        let mut unchecked: Vec<StatementNumber> = Vec::new();
        for &(number, statement) in statements {
            let mut scan = statement.action.negated;
            for pattern in statement.action.patterns.iter().filter(|_| !statement.action.negated) {
                let list = match pattern.form() {
                    Form::All => &mut all,
                    Form::Exact(text) => exact.entry(text).or_default(),
                    Form::Name { service, name } => {
                        let patterns = names.entry(service).or_default().entry(name.literal_prefix()).or_default();
                        patterns.push((name, (number, statement)));
                        continue;
                    }
                    Form::Both { .. } => {
                        scan = true;
                        continue;
                    }
                    Form::Never | Form::Open(_) => continue,
                };
                // Patterns of one statement come together.
                if list.last().is_none_or(|(last, _)| *last != number) {
                    list.push((number, statement));
                }
            }
            if scan {
                unchecked.push(number);
            }
        }
        let mut services: HashMap<Box<str>, NamePatterns, FixedState> = HashMap::default();
        #[expect(clippy::iter_over_hash_type, reason = "one hash table becomes another: no order to lose")]
        for (service, patterns) in names {
            services.insert(service.into(), NamePatterns::new(patterns));
        }
        Self {
            exact: exact.into_iter().map(|(action, list)| (action.into(), Posting::new(&list))).collect(),
            services,
            all: Posting::new(&all),
            unchecked: unchecked.into(),
        }
    }
}

impl NamePatterns {
    fn new(patterns: ByPrefix<'_>) -> Self {
        let texts = patterns.keys().map(|prefix| Box::from(*prefix)).collect();
        let entries = patterns.into_values().map(|patterns| {
            let (open, others): (Vec<_>, Vec<_>) =
                patterns.into_iter().partition(|(pattern, _)| pattern.is_prefix_only());
            let mut open: Vec<Numbered<'_>> = open.into_iter().map(|(_, statement)| statement).collect();
            open.dedup_by_key(|(number, _)| *number);
            let open = (!open.is_empty()).then(|| (Tail::Anything, Posting::new(&open)));
            let others = others
                .into_iter()
                .map(|(pattern, statement)| (Tail::Pattern(pattern.clone()), Posting::new(&[statement])));
            open.into_iter().chain(others).collect()
        });
        Self { entries: entries.collect(), prefixes: PrefixIndex::new(texts) }
    }
}

impl Tail {
    fn fits(&self, name: &str) -> bool {
        match self {
            Tail::Anything => true,
            Tail::Pattern(pattern) => pattern.matches(name, &()),
        }
    }
}

impl Default for Selective {
    fn default() -> Self {
        Selective::Few { skip: 0, filters: Box::default() }
    }
}

impl Posting {
    fn new(list: &[Numbered<'_>]) -> Self {
        let (selective, open): (Vec<&Numbered<'_>>, Vec<&Numbered<'_>>) =
            list.iter().partition(|(_, statement)| is_selective(statement));
        let open = open.into_iter().map(|(number, _)| *number).collect();
        Self { open, selective: Selective::new(&selective) }
    }

    fn visit(&self, resource: &str, mut visit: impl FnMut(StatementNumber) -> ControlFlow<()>) -> ControlFlow<()> {
        for &statement in &self.open {
            visit(statement)?;
        }
        match &self.selective {
            Selective::Few { skip, filters } => {
                let bytes = head(resource, *skip as usize);
                for filter in filters {
                    if bytes & filter.mask == filter.bytes {
                        visit(filter.statement)?;
                    }
                }
            }
            Selective::Many(by_resource) => {
                for at in by_resource.prefixes.prefixes(resource) {
                    for &statement in by_resource.statements.get(at).into_iter().flatten() {
                        visit(statement)?;
                    }
                }
            }
        }
        ControlFlow::Continue(())
    }
}

impl Selective {
    fn new(list: &[&Numbered<'_>]) -> Self {
        let beginnings = || {
            list.iter().flat_map(|(number, statement)| {
                let patterns = statement.resource.iter().flat_map(|resource| &resource.patterns);
                patterns.map(move |pattern| (pattern.prefix(), *number))
            })
        };
        if beginnings().count() < MANY {
            let skip = common_prefix(beginnings().map(|(prefix, _)| prefix)).len();
            let filters = beginnings().map(|(prefix, statement)| Filter::new(prefix, skip, statement));
            return Self::Few { skip: u32::try_from(skip).unwrap_or(u32::MAX), filters: filters.collect() };
        }
        let mut by_prefix: BTreeMap<&str, Vec<StatementNumber>> = BTreeMap::new();
        for (prefix, number) in beginnings() {
            let numbers = by_prefix.entry(prefix).or_default();
            if numbers.last() != Some(&number) {
                numbers.push(number);
            }
        }
        let prefixes = PrefixIndex::new(by_prefix.keys().map(|prefix| Box::from(*prefix)).collect());
        let statements = by_prefix.into_values().map(Into::into).collect();
        Self::Many(Box::new(ByResource { prefixes, statements }))
    }
}

impl Filter {
    fn new(prefix: &str, skip: usize, statement: StatementNumber) -> Self {
        let known = prefix.len().saturating_sub(skip).min(8);
        let mask = if known == 0 { 0 } else { u64::MAX << (8 * (8 - known)) };
        Self { bytes: head(prefix, skip), mask, statement }
    }
}

/// How many pairs of an action and a resource one statement may add to the index: each action's posting has every
/// resource, so a statement with thousands of both would fill the memory.
const PAIRS: usize = 1 << 14;

/// Whether only resources with certain beginnings can fit, and the index is to know them.
fn is_selective(statement: &CompiledStatement) -> bool {
    let Some(resource) = statement.resource.as_ref().filter(|resource| !resource.negated) else { return false };
    let pairs = resource.patterns.len().saturating_mul(statement.action.patterns.len());
    pairs <= PAIRS && resource.patterns.iter().all(|pattern| !pattern.prefix().is_empty())
}
