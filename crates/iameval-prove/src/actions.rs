//! The actions of the catalogue, and which of them statements are about.

use crate::glob::{Glob, Piece, Reach};
use crate::symbolic::{Breadth, Unknown};
use iameval::{ActionPattern, PatternElement};
use iameval_data::Catalogue;
use std::ops::Range;

/// The actions of a catalogue, in order.
#[derive(Debug)]
pub(crate) struct ActionTable {
    /// All names, one behind the other, as the catalogue writes them and in lower case.
    written: String,
    lower: String,
    names: Vec<Range<u32>>,
    services: Vec<ServiceActions>,
}

#[derive(Debug)]
struct ServiceActions {
    /// In lower case.
    prefix: String,
    actions: Range<usize>,
}

/// Some of the actions, a bit each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ActionSet(Vec<u64>);

/// Patterns for actions, or what they leave.
#[derive(Debug)]
pub(crate) struct ActionPatterns {
    patterns: Vec<(ActionPattern, String)>,
    is_negated: bool,
}

impl ActionPatterns {
    /// Whether they are negated, and their texts.
    pub(crate) fn written(&self) -> (bool, Vec<&str>) {
        (self.is_negated, self.patterns.iter().map(|(_, text)| text.as_str()).collect())
    }

    pub(crate) fn of_statement(element: &PatternElement) -> Self {
        Self { is_negated: element.is_negated(), ..Self::new(element.patterns()) }
    }

    /// The same where what is not known is read so.
    pub(crate) fn of_open_statement(element: &PatternElement, unknown: &Unknown, breadth: Breadth) -> Self {
        let breadth = breadth.opposite_if(element.is_negated());
        let read = |text| match breadth {
            _ if !unknown.has_symbols(text) => Some(text.to_owned()),
            Breadth::Narrowest => None,
            Breadth::Widest | Breadth::Open => {
                let service = text.split_once(':').map(|(service, _)| service);
                let known = service.filter(|service| !unknown.has_symbols(service));
                Some(known.map_or_else(|| "*".to_owned(), |service| format!("{service}:*")))
            }
        };
        let texts: Vec<String> = element.patterns().filter_map(read).collect();
        Self { is_negated: element.is_negated(), ..Self::new(texts.iter().map(String::as_str)) }
    }

    pub(crate) fn new<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        let pattern = |text: &str| (ActionPattern::new(text), text.to_ascii_lowercase());
        Self { patterns: texts.into_iter().map(pattern).collect(), is_negated: false }
    }

    /// Whether an action of a service may fit, whose prefix is in lower case.
    pub(crate) fn may_be_of(&self, service: &str) -> bool {
        let is_of_another = |pattern: &ActionPattern| pattern.service().is_some_and(|own| own != service);
        self.is_negated || !self.patterns.iter().all(|(pattern, _)| is_of_another(pattern))
    }

    /// The patterns that actions may fit which a table does not have, in lower case; and whether those are meant that fit
    /// none.
    pub(crate) fn globs(&self, table: &ActionTable) -> (Vec<Glob>, bool) {
        let is_listed = |pattern: &ActionPattern, text: &str| {
            pattern.is_exact() && text.split_once(':').is_some_and(|(service, name)| table.has(service, name))
        };
        let fitting = self.patterns.iter().filter(|(pattern, text)| !pattern.is_never() && !is_listed(pattern, text));
        (fitting.map(|(_, text)| glob_of_action(text)).collect(), self.is_negated)
    }
}

/// A pattern for actions in lower case: wildcards do not cross the colon (R-ACT-02).
fn glob_of_action(text: &str) -> Glob {
    if text == "*" {
        return Glob::any();
    }
    let mut pieces = Vec::new();
    for part in text.split_inclusive(['*', '?']) {
        let (literal, wildcard) = match part.char_indices().next_back() {
            Some((at, last @ ('*' | '?'))) => (part.get(..at).unwrap_or_default(), Some(last)),
            _ => (part, None),
        };
        if !literal.is_empty() {
            pieces.push(Piece::Literal(literal.into()));
        }
        pieces.extend(wildcard.map(|wildcard| match wildcard {
            '*' => Piece::Star(Reach::Confined),
            _ => Piece::Unit(Reach::Confined),
        }));
    }
    Glob { pieces: pieces.into(), ignores_case: false }
}

impl ActionTable {
    pub(crate) fn new(catalogue: &Catalogue) -> Self {
        let mut table = Self { written: String::new(), lower: String::new(), names: Vec::new(), services: Vec::new() };
        for service in catalogue.services() {
            let first = table.names.len();
            for action in service.actions() {
                let start = table.written.len();
                table.written.push_str(action.name());
                table.names.push(narrow(start)..narrow(table.written.len()));
            }
            let prefix = service.prefix().to_ascii_lowercase();
            table.services.push(ServiceActions { prefix, actions: first..table.names.len() });
        }
        table.lower = table.written.to_ascii_lowercase();
        table
    }

    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    /// The services in lower case, each with its actions.
    pub(crate) fn services(&self) -> impl Iterator<Item = (&str, Range<usize>)> {
        self.services.iter().map(|service| (&*service.prefix, service.actions.clone()))
    }

    fn range(&self, action: usize) -> Range<usize> {
        self.names.get(action).map_or(0..0, |range| range.start as usize..range.end as usize)
    }

    /// The name of the action in lower case, without its service.
    pub(crate) fn name(&self, action: usize) -> &str {
        self.lower.get(self.range(action)).unwrap_or_default()
    }

    /// The service of an action, in lower case.
    pub(crate) fn service_of(&self, action: usize) -> &str {
        let at = self.services.partition_point(|service| service.actions.end <= action);
        self.services.get(at).map_or("", |service| &service.prefix)
    }

    /// The action as the catalogue writes it.
    pub(crate) fn written(&self, action: usize) -> String {
        [self.service_of(action), ":", self.written.get(self.range(action)).unwrap_or_default()].concat()
    }

    /// The action in lower case.
    pub(crate) fn lowercase(&self, action: usize) -> String {
        format!("{}:{}", self.service_of(action), self.name(action))
    }

    /// Whether there is an action of that name, in lower case.
    pub(crate) fn has(&self, service: &str, name: &str) -> bool {
        self.find(service, name).is_some()
    }

    fn service(&self, prefix: &str) -> Option<&ServiceActions> {
        let at = self.services.binary_search_by(|service| (*service.prefix).cmp(prefix)).ok()?;
        self.services.get(at)
    }

    fn find(&self, service: &str, name: &str) -> Option<usize> {
        let Range { start, end } = self.service(service)?.actions.clone();
        let at = self.names.get(start..end)?.partition_point(|range| {
            let range = range.start as usize..range.end as usize;
            self.lower.get(range).is_some_and(|own| own < name)
        });
        let found = start + at;
        (found < end && self.name(found) == name).then_some(found)
    }

    /// How much it is at most to find the actions that fit: how many letters of patterns are compared with an action.
    pub(crate) fn effort(&self, patterns: &ActionPatterns) -> usize {
        let wild = patterns.patterns.iter().filter(|(pattern, _)| !pattern.is_exact() && !pattern.is_never());
        let tried = |(pattern, text): &(ActionPattern, String)| {
            let actions = match pattern.service() {
                Some(prefix) => self.service(prefix).map_or(0, |service| service.actions.len()),
                None if text == "*" || text == "*:*" => 0,
                None => self.len(),
            };
            actions.saturating_mul(text.len())
        };
        wild.map(tried).fold(patterns.patterns.len(), usize::saturating_add)
    }

    /// The actions that fit.
    pub(crate) fn matching(&self, patterns: &ActionPatterns) -> ActionSet {
        let mut set = ActionSet::none(self.len());
        for (pattern, text) in &patterns.patterns {
            match pattern.service() {
                _ if text == "*" || text == "*:*" => set = ActionSet::all(self.len()),
                Some(prefix) if pattern.is_exact() => {
                    let name = text.split_once(':').map_or("", |(_, name)| name);
                    if let Some(action) = self.find(prefix, name) {
                        set.insert(action);
                    }
                }
                Some(prefix) => {
                    if let Some(service) = self.service(prefix) {
                        self.insert_fitting(&mut set, pattern, service);
                    }
                }
                None if pattern.is_never() => {}
                None => self.services.iter().for_each(|service| self.insert_fitting(&mut set, pattern, service)),
            }
        }
        if patterns.is_negated { set.inverted(self.len()) } else { set }
    }

    /// Whether patterns are about an action.
    pub(crate) fn is_about(&self, patterns: &ActionPatterns, action: usize) -> bool {
        let (service, name) = (self.service_of(action), self.name(action));
        patterns.patterns.iter().any(|(pattern, _)| pattern.matches_lowercase(service, name)) != patterns.is_negated
    }

    fn insert_fitting(&self, set: &mut ActionSet, pattern: &ActionPattern, service: &ServiceActions) {
        for action in service.actions.clone() {
            if !set.has(action) && pattern.matches_lowercase(&service.prefix, self.name(action)) {
                set.insert(action);
            }
        }
    }

    /// An action of each part into which sets part all actions; any further sets that hold every action part nothing.
    pub(crate) fn samples(&self, sets: &[ActionSet]) -> Vec<usize> {
        let all = ActionSet::all(self.len());
        let parting: Vec<ActionSet> = sets.iter().filter(|set| **set != all).cloned().collect();
        let within = parting.iter().fold(ActionSet::none(self.len()), ActionSet::with);
        let parts = within.parted_by(&parting);
        let rest = all.without(&within);
        parts.iter().filter_map(|part| part.first().copied()).chain(rest.iter().take(1)).collect()
    }
}

fn narrow(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

impl ActionSet {
    pub(crate) fn none(count: usize) -> Self {
        Self(vec![0; count.div_ceil(64)])
    }

    pub(crate) fn all(count: usize) -> Self {
        Self::none(count).inverted(count)
    }

    fn inverted(mut self, count: usize) -> Self {
        for (at, word) in self.0.iter_mut().enumerate() {
            let bits = (count - at * 64).min(64);
            let all = if bits == 64 { u64::MAX } else { (1 << bits) - 1 };
            *word = !*word & all;
        }
        self
    }

    pub(crate) fn insert(&mut self, action: usize) {
        if let Some(word) = self.0.get_mut(action / 64) {
            *word |= 1 << (action % 64);
        }
    }

    pub(crate) fn has(&self, action: usize) -> bool {
        self.0.get(action / 64).is_some_and(|word| word >> (action % 64) & 1 == 1)
    }

    pub(crate) fn with(mut self, other: &Self) -> Self {
        for (word, other) in self.0.iter_mut().zip(&other.0) {
            *word |= other;
        }
        self
    }

    /// Leaves out those of another set.
    pub(crate) fn without(mut self, other: &Self) -> Self {
        for (word, other) in self.0.iter_mut().zip(&other.0) {
            *word &= !other;
        }
        self
    }

    /// The actions, parted by which of the sets they are in. Each part comes with its actions, in order.
    pub(crate) fn parted_by(&self, sets: &[ActionSet]) -> Vec<Vec<usize>> {
        let actions: Vec<usize> = self.iter().collect();
        let mut part = vec![0_usize; actions.len()];
        let mut count = 1;
        for set in sets.iter().filter(|set| !self.is_within(set)) {
            // For each part the part of those within the set; itself until there are some.
            let mut inside: Vec<usize> = (0..count).collect();
            for at in self.places_of(set) {
                if let Some(own) = part.get_mut(at)
                    && let Some(inside) = inside.get_mut(*own)
                {
                    if *inside == *own {
                        *inside = count;
                        count += 1;
                    }
                    *own = *inside;
                }
            }
        }
        let mut place: Vec<Option<usize>> = vec![None; count];
        let mut parts: Vec<Vec<usize>> = Vec::new();
        for (action, number) in actions.into_iter().zip(part) {
            let Some(place) = place.get_mut(number) else { continue };
            let at = *place.get_or_insert_with(|| {
                parts.push(Vec::new());
                parts.len() - 1
            });
            if let Some(actions) = parts.get_mut(at) {
                actions.push(action);
            }
        }
        parts
    }

    /// The actions that both have, each as its number among those of this set.
    fn places_of(&self, other: &Self) -> impl Iterator<Item = usize> {
        let mut before = 0;
        self.0.iter().zip(&other.0).flat_map(move |(own, other)| {
            let (own, mut both, first) = (*own, own & other, before);
            before += own.count_ones() as usize;
            std::iter::from_fn(move || {
                let lowest = both & both.wrapping_neg();
                both &= both.checked_sub(1)?;
                Some(first + (own & lowest.wrapping_sub(1)).count_ones() as usize)
            })
        })
    }

    fn is_within(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).all(|(own, other)| own & !other == 0)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> {
        self.0.iter().enumerate().flat_map(|(at, word)| {
            let mut word = *word;
            std::iter::from_fn(move || {
                let bit = word.trailing_zeros() as usize;
                word &= word.checked_sub(1)?;
                Some(at * 64 + bit)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_find_what_the_catalogue_finds() {
        let catalogue = Catalogue::embedded();
        let table = ActionTable::new(catalogue);
        for pattern in ["iam:*Password", "s3:GetObject", "S3:getobject", "*:Get*", "ec?:Run*", "*", "nope:*", "iam"] {
            let found: Vec<String> =
                table.matching(&ActionPatterns::new([pattern])).iter().map(|at| table.lowercase(at)).collect();
            let pattern_of = ActionPattern::new(pattern);
            let all = catalogue.services().flat_map(iameval_data::Service::actions);
            let expected: Vec<String> = all
                .map(|action| action.to_string())
                .filter(|name| pattern_of.matches(&name.parse().unwrap()))
                .map(|name| name.to_lowercase())
                .collect();
            assert_eq!(found, expected, "{pattern}");
        }
    }

    #[test]
    fn parts_are_told_apart_by_sets() {
        let table = ActionTable::new(Catalogue::embedded());
        let set = |text| table.matching(&ActionPatterns::new([text]));
        let within = set("iam:*");
        let parts = within.parted_by(&[set("*"), set("iam:Get*"), set("iam:*User"), set("s3:*")]);
        assert_eq!(parts.len(), 4);
        assert_eq!(parts.iter().map(Vec::len).sum::<usize>(), within.iter().count());
    }
}
