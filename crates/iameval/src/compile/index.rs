//! From an action and a resource to the statements that can match them.
//!
//! The index never leaves out a statement that matches. What it gives has its action element checked already; all
//! other elements are still to be checked. It needs no catalogue: unknown actions are found the same
//! way. `docs/design/index.md` has the reasoning.

use super::CompiledStatement;
use super::action::Form;
use super::prefix::{PrefixIndex, common_prefix, head, head_mask};
use super::table::Table;
use crate::document::Effect;
use crate::name::Action;
use crate::wildcard::Pattern;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

/// Where a statement stands among the policies that are indexed together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    /// The number of the policy.
    pub(crate) policy: u32,
    /// The number of the statement in it.
    pub(crate) statement: u32,
}

/// The statements of one policy, or of several that count as one.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// By action without wildcards.
    exact: Table<Listed>,
    /// By service prefix: patterns for its action names.
    services: Table<NamePatterns>,
    /// Statements about all actions.
    all: ByEffect<Option<Posting>>,
    /// Statements about all actions but those for which they are spared.
    but: ByEffect<Vec<But>>,
    /// The others: those with a wildcard in a service prefix, and those with `NotAction` that get no [bit](But). Their
    /// action elements are still to be checked.
    unchecked: ByEffect<Vec<Place>>,
}

/// A statement with `NotAction`. The first 64 get one, as long as they have no patterns but actions and beginnings of names.
#[derive(Debug)]
struct But {
    statement: Place,
    /// One bit, that of no other such statement.
    bit: u64,
}

/// What is listed under one action.
#[derive(Debug, Default)]
struct Listed {
    postings: Postings,
    /// The bits of the statements with `NotAction` that are not about it.
    spared: u64,
}

/// The statements that are about what they are listed under; `None` where there are none of that effect.
type Postings = ByEffect<Option<Posting>>;

/// What there is of Deny statements and of Allow statements.
#[derive(Debug, Default)]
struct ByEffect<T> {
    deny: T,
    allow: T,
}

/// Name patterns of one service, found by the text before their first wildcard.
#[derive(Debug, Default)]
struct NamePatterns {
    prefixes: PrefixIndex,
    // INVARIANT: as long as `prefixes`.
    entries: Box<[Tails]>,
    // INVARIANT: as long as `prefixes`; the bits of the statements with `NotAction` that are not about names that begin so.
    spared: Box<[u64]>,
    /// Whether some statement that is listed is of that effect.
    have: ByEffect<bool>,
}

/// The patterns that have one prefix in common.
type Tails = Box<[(Tail, Postings)]>;

/// What follows the text before the first wildcard.
#[derive(Debug)]
enum Tail {
    /// A single `*`: whatever begins with the prefix fits.
    Anything,
    Pattern(Pattern),
}

/// Statements for one action. Those that only certain resources can fit are found by the beginning of the ARN.
#[derive(Debug)]
struct Posting {
    /// Those that any resource may fit.
    open: Box<[Place]>,
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
#[derive(Debug, PartialEq)]
struct Filter {
    bytes: u64,
    /// Zero where the pattern's own beginning is shorter.
    mask: u64,
    statement: Place,
}

#[derive(Debug)]
struct ByResource {
    prefixes: PrefixIndex,
    // INVARIANT: as long as `prefixes`.
    statements: Box<[Box<[Place]>]>,
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
    pub(crate) fn new<'s>(statements: impl Iterator<Item = (Place, &'s CompiledStatement)>) -> Self {
        let mut entries = Entries::default();
        for (place, statement) in statements {
            entries.add(place, statement);
        }
        Self {
            exact: entries.exact.map(|last| entries.chains.take(last, Listed::new)),
            services: entries.services.map(NamePatterns::new),
            all: Postings::new(&entries.all),
            but: entries.but,
            unchecked: entries.unchecked,
        }
    }

    /// Where the statements are that may match.
    pub(crate) fn find<'i>(&'i self, action: &'i Action, resource: &'i str) -> Candidates<'i> {
        let bytes = action.bytes();
        let exact = self.exact.get(action.hash_value(), bytes.lowercase);
        let patterns = self.services.get(action.service_hash(), bytes.service);
        let patterns = patterns.and_then(|patterns| Some((patterns, patterns.prefixes.longest(bytes.name)?)));
        let by_prefix = patterns.and_then(|(patterns, longest)| patterns.spared.get(longest).copied()).unwrap_or(0);
        let spared = exact.map_or(0, |exact| exact.spared) | by_prefix;
        Candidates { index: self, action, resource, exact, patterns, spared }
    }
}

/// The statements that may match a request, as far as an index tells.
pub(crate) struct Candidates<'i> {
    index: &'i Index,
    action: &'i Action,
    resource: &'i str,
    /// What is listed under the action.
    exact: Option<&'i Listed>,
    /// The patterns of its service, and the longest text before a wildcard that the name begins with.
    patterns: Option<(&'i NamePatterns, usize)>,
    /// The bits of the statements with `NotAction` that are not about it.
    spared: u64,
}

impl Candidates<'_> {
    /// Visits those of one effect; a statement may be visited more than once.
    pub(crate) fn visit(
        &self,
        effect: Effect,
        mut visit: impl FnMut(Place, ActionCheck) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        for &statement in self.index.unchecked.of(effect) {
            visit(statement, ActionCheck::Due)?;
        }
        let mut passed = |statement| visit(statement, ActionCheck::Passed);
        for but in self.index.but.of(effect) {
            if self.spared & but.bit == 0 {
                passed(but.statement)?;
            }
        }
        if let Some(posting) = self.index.all.of(effect) {
            posting.visit(self.resource, &mut passed)?;
        }
        if let Some(posting) = self.exact.and_then(|exact| exact.postings.of(effect).as_ref()) {
            posting.visit(self.resource, &mut passed)?;
        }
        match self.patterns {
            Some((patterns, longest)) if *patterns.have.of(effect) => {
                patterns.each(longest, |tail, postings| match postings.of(effect) {
                    Some(posting) if tail.fits(self.action) => posting.visit(self.resource, &mut passed),
                    _ => ControlFlow::Continue(()),
                })
            }
            _ => ControlFlow::Continue(()),
        }
    }
}

/// A statement on its way into the index.
#[derive(Clone, Copy)]
struct Placed<'s> {
    place: Place,
    statement: &'s CompiledStatement,
    is_selective: bool,
    /// That of [`But`], where it gets one.
    bit: u64,
}

/// Many short lists in one vector, since most actions are those of one statement. A list is known by its last item.
#[derive(Default)]
struct Chains<'s> {
    /// Items, each with the number of the one before it, counted from one; zero is none.
    items: Vec<(Placed<'s>, u32)>,
    /// The list that was asked for last.
    list: Vec<Placed<'s>>,
}

impl<'s> Chains<'s> {
    /// Adds an item to the list whose last item it is given, unless it is about the same statement.
    fn push(&mut self, last: &mut u32, placed: Placed<'s>) {
        let before = last.checked_sub(1).and_then(|last| self.items.get(last as usize));
        if before.is_none_or(|(before, _)| before.place != placed.place) {
            self.items.push((placed, *last));
            *last = u32::try_from(self.items.len()).unwrap_or(u32::MAX);
        }
    }

    /// What is made of a list.
    fn take<T>(&mut self, mut last: u32, made: impl FnOnce(&[Placed<'s>]) -> T) -> T {
        self.list.clear();
        while let Some((placed, before)) = last.checked_sub(1).and_then(|last| self.items.get(last as usize)) {
            self.list.push(*placed);
            last = *before;
        }
        self.list.reverse();
        made(&self.list)
    }
}

/// The statements by their action patterns, before they are ordered by resource.
#[derive(Default)]
struct Entries<'s> {
    /// The lists of actions.
    exact: Table<u32>,
    chains: Chains<'s>,
    services: Table<Vec<(&'s Pattern, Placed<'s>)>>,
    all: Vec<Placed<'s>>,
    but: ByEffect<Vec<But>>,
    unchecked: ByEffect<Vec<Place>>,
    /// How many statements have a bit.
    bits: u32,
}

impl<'s> Entries<'s> {
    fn add(&mut self, place: Place, statement: &'s CompiledStatement) {
        let (negated, patterns) = (statement.action.negated, &statement.action.patterns);
        if negated && patterns.iter().any(|pattern| matches!(pattern.form(), Form::All)) {
            // About no action.
            return;
        }
        let is_listed = patterns.iter().all(|pattern| match pattern.form() {
            Form::Both { .. } => false,
            Form::Name { name, .. } => !negated || name.is_prefix_only(),
            Form::All | Form::Exact(_) | Form::Never | Form::Open(_) => true,
        });
        let bit = if negated && is_listed { self.bit() } else { 0 };
        if bit != 0 {
            self.but.of_mut(statement.effect).push(But { statement: place, bit });
        } else if negated || !is_listed {
            self.unchecked.of_mut(statement.effect).push(place);
        }
        let placed = Placed { place, statement, is_selective: is_selective(statement), bit };
        let mut is_about_all = false;
        for pattern in patterns {
            match pattern.form() {
                Form::All => is_about_all = true,
                Form::Exact(action) => {
                    let list = self.exact.get_or_default(action.hash_value(), action.lowercase());
                    // Patterns of one statement come together.
                    self.chains.push(list, placed);
                }
                Form::Name { service, hash, name } => {
                    self.services.get_or_default(*hash, service).push((name, placed));
                }
                Form::Both { .. } | Form::Never | Form::Open(_) => {}
            }
        }
        if is_about_all {
            self.all.push(placed);
        }
    }

    /// A bit that no statement has yet, while there are any.
    fn bit(&mut self) -> u64 {
        let bit = 1_u64.checked_shl(self.bits).unwrap_or(0);
        self.bits += 1;
        bit
    }
}

impl<T> ByEffect<T> {
    fn of(&self, effect: Effect) -> &T {
        match effect {
            Effect::Allow => &self.allow,
            Effect::Deny => &self.deny,
        }
    }

    fn of_mut(&mut self, effect: Effect) -> &mut T {
        match effect {
            Effect::Allow => &mut self.allow,
            Effect::Deny => &mut self.deny,
        }
    }
}

impl Listed {
    fn new(list: &[Placed<'_>]) -> Self {
        Self { postings: Postings::new(list), spared: bits(list) }
    }
}

/// The bits of the statements.
fn bits<'s>(list: impl IntoIterator<Item = &'s Placed<'s>>) -> u64 {
    list.into_iter().fold(0, |bits, placed| bits | placed.bit)
}

impl Postings {
    fn new(list: &[Placed<'_>]) -> Self {
        Self { deny: Posting::new(list, Effect::Deny), allow: Posting::new(list, Effect::Allow) }
    }
}

impl NamePatterns {
    fn new(mut patterns: Vec<(&Pattern, Placed<'_>)>) -> Self {
        patterns.sort_by_key(|(pattern, _)| pattern.literal_prefix());
        let by_prefix = || patterns.chunk_by(|(one, _), (other, _)| one.literal_prefix() == other.literal_prefix());
        let prefix =
            |alike: &[(&Pattern, Placed<'_>)]| alike.first().map_or("", |(one, _)| one.literal_prefix()).into();
        let prefixes = PrefixIndex::new(by_prefix().map(prefix).collect());
        let mut spared: Vec<u64> = Vec::new();
        for (at, alike) in by_prefix().enumerate() {
            let shorter = prefixes.parent(at).and_then(|shorter| spared.get(shorter)).copied().unwrap_or(0);
            spared.push(shorter | bits(alike.iter().map(|(_, placed)| placed)));
        }
        let entries: Box<[Tails]> = by_prefix().map(tails).collect();
        let have = |effect| entries.iter().flatten().any(|(_, postings)| postings.of(effect).is_some());
        let have = ByEffect { deny: have(Effect::Deny), allow: have(Effect::Allow) };
        Self { prefixes, entries, spared: spared.into(), have }
    }

    /// Visits the patterns of which a name begins with the text before the first wildcard, by the longest such text.
    fn each(&self, longest: usize, mut visit: impl FnMut(&Tail, &Postings) -> ControlFlow<()>) -> ControlFlow<()> {
        for at in self.prefixes.from(longest) {
            for (tail, postings) in self.entries.get(at).into_iter().flatten() {
                visit(tail, postings)?;
            }
        }
        ControlFlow::Continue(())
    }
}

/// What follows one prefix.
fn tails(patterns: &[(&Pattern, Placed<'_>)]) -> Tails {
    let open = patterns.iter().filter(|(pattern, _)| pattern.is_prefix_only()).map(|(_, placed)| *placed);
    let mut open: Vec<Placed<'_>> = open.collect();
    open.dedup_by_key(|placed| placed.place);
    let open = std::iter::once((Tail::Anything, Postings::new(&open)));
    let others = patterns.iter().filter(|(pattern, _)| !pattern.is_prefix_only());
    let others = others.map(|(pattern, placed)| (Tail::Pattern((*pattern).clone()), Postings::new(&[*placed])));
    open.chain(others).filter(|(_, postings)| postings.deny.is_some() || postings.allow.is_some()).collect()
}

impl Tail {
    fn fits(&self, action: &Action) -> bool {
        match self {
            Tail::Anything => true,
            Tail::Pattern(pattern) => pattern.matches(action.name(), &()),
        }
    }
}

impl Posting {
    /// The statements of that effect that are about what they are listed under.
    fn new(list: &[Placed<'_>], effect: Effect) -> Option<Self> {
        let of_effect =
            list.iter().filter(|Placed { statement, .. }| !statement.action.negated && statement.effect == effect);
        of_effect.clone().next()?;
        let open = of_effect.clone().filter(|placed| !placed.is_selective).map(|placed| placed.place);
        let mut places = Vec::with_capacity(open.clone().count());
        places.extend(open);
        Some(Self { open: places.into(), selective: Selective::new(&of_effect.filter(|placed| placed.is_selective)) })
    }

    fn visit(&self, resource: &str, visit: &mut impl FnMut(Place) -> ControlFlow<()>) -> ControlFlow<()> {
        for &statement in &self.open {
            visit(statement)?;
        }
        match &self.selective {
            Selective::Few { filters, .. } if filters.is_empty() => {}
            Selective::Few { skip, filters } => {
                let bytes = head(resource.as_bytes(), *skip as usize);
                for filter in filters {
                    if bytes & filter.mask == filter.bytes {
                        visit(filter.statement)?;
                    }
                }
            }
            Selective::Many(by_resource) => {
                for at in by_resource.prefixes.prefixes(resource.as_bytes()) {
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
    fn new<'l, 's: 'l>(list: &(impl Iterator<Item = &'l Placed<'s>> + Clone)) -> Self {
        let beginnings = || {
            list.clone().flat_map(|Placed { place, statement, .. }| {
                let patterns = statement.resource.iter().flat_map(|resource| &resource.patterns);
                patterns.map(move |pattern| (pattern.prefix(), *place))
            })
        };
        if beginnings().count() < MANY {
            let skip = common_prefix(beginnings().map(|(prefix, _)| prefix)).len();
            let filters = beginnings().map(|(prefix, statement)| Filter::new(prefix, skip, statement));
            let mut filters: Vec<Filter> = filters.collect();
            filters.dedup();
            return Self::Few { skip: u32::try_from(skip).unwrap_or(u32::MAX), filters: filters.into() };
        }
        let mut by_prefix: BTreeMap<&str, Vec<Place>> = BTreeMap::new();
        for (prefix, place) in beginnings() {
            let places = by_prefix.entry(prefix).or_default();
            if places.last() != Some(&place) {
                places.push(place);
            }
        }
        let prefixes = PrefixIndex::new(by_prefix.keys().map(|prefix| Box::from(*prefix)).collect());
        let statements = by_prefix.into_values().map(Into::into).collect();
        Self::Many(Box::new(ByResource { prefixes, statements }))
    }
}

impl Filter {
    fn new(prefix: &str, skip: usize, statement: Place) -> Self {
        Self { bytes: head(prefix.as_bytes(), skip), mask: head_mask(prefix, skip), statement }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CompiledPolicy, PolicyId, PolicyKind};

    /// Every list of two of these, under `Action` and under `NotAction`.
    const PATTERNS: [&str; 11] = [
        "*",
        "*:*",
        "s3:*",
        "s3:Get*",
        "s3:Get*ct",
        "s3:GetObject",
        "s3:PutObject",
        "*:Get*",
        "s?:GetObject",
        "iam:*",
        "s3",
    ];
    const ACTIONS: [&str; 6] =
        ["s3:GetObject", "S3:getobject", "s3:GetObjectAcl", "s3:PutObject", "iam:GetUser", "ec2:RunInstances"];

    fn policy() -> CompiledPolicy {
        let mut statements = Vec::new();
        for (one, other) in PATTERNS.iter().flat_map(|one| PATTERNS.map(|other| (*one, other))) {
            for (element, effect) in
                [("Action", "Allow"), ("NotAction", "Allow"), ("Action", "Deny"), ("NotAction", "Deny")]
            {
                statements.push(format!(
                    r#"{{"Effect": "{effect}", "{element}": ["{one}", "{other}"], "Resource": "arn:aws:s3:::b/*"}}"#
                ));
            }
        }
        let text = format!(r#"{{"Statement": [{}]}}"#, statements.join(","));
        CompiledPolicy::parse(PolicyId::new("p"), PolicyKind::Identity, &text).unwrap()
    }

    #[test]
    fn the_statements_about_an_action_are_found_and_no_others() {
        let policy = policy();
        for action in ACTIONS {
            let action: Action = action.parse().unwrap();
            for effect in [Effect::Allow, Effect::Deny] {
                let mut found = Vec::new();
                let _ = policy.index.find(&action, "arn:aws:s3:::b/k").visit(effect, |place, check| {
                    let statement = &policy.statements[place.statement as usize];
                    if check == ActionCheck::Passed || statement.action.matches(&action) {
                        found.push(place.statement as usize);
                    }
                    ControlFlow::Continue(())
                });
                found.sort_unstable();
                found.dedup();
                let about = |(number, statement): (usize, &CompiledStatement)| {
                    (statement.effect == effect && statement.action.matches(&action)).then_some(number)
                };
                let expected: Vec<usize> = policy.statements.iter().enumerate().filter_map(about).collect();
                assert_eq!(found, expected, "{action} {effect}");
            }
        }
    }
}
