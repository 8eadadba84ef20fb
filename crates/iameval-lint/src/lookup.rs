//! The actions that patterns cover, looked up for a whole check: each text once, each service read once.

use iameval::text::Span;
use iameval::{ActionPattern, Diagnostic, Severity, codes};
use iameval_data::{ActionInfo, Catalogue, Service};
use std::collections::HashMap;
use std::rc::Rc;

/// So many actions are looked at in a check; those of AWS's own policies come to a tenth of it. Patterns such as `*:*e*` in
/// thousands of statements would make a check of a small document as long as one likes.
const MOST_ACTIONS: usize = 1_000_000;

/// So many names of actions are compared with patterns in a check, for the same reason.
const MOST_COMPARED: usize = 5_000_000;

/// What was looked up in a check.
pub(crate) struct Lookup<'d> {
    catalogue: &'d Catalogue,
    known: HashMap<&'d str, Rc<[ActionInfo<'d>]>>,
    /// The actions of services by their prefix, of those about which a pattern asked.
    services: HashMap<&'d str, Rc<Names<'d>>>,
    /// The actions of all services, once a pattern asked about them.
    all: Option<Rc<Names<'d>>>,
    /// How many actions were given, and how many names compared.
    given: usize,
    compared: usize,
    /// The place of the first pattern whose actions were not given, and why.
    stopped: Option<(Span, TooMany)>,
}

/// What there was too much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TooMany {
    Given,
    Compared,
}

/// Actions, with what tells quickly that a pattern does not cover them.
struct Names<'d> {
    list: Vec<Name<'d>>,
    /// For each letter and digit, which of the actions have it in their names, a bit each.
    having: Vec<Vec<u64>>,
}

struct Name<'d> {
    action: ActionInfo<'d>,
    lowercase: String,
}

impl<'d> Lookup<'d> {
    pub(crate) fn new(catalogue: &'d Catalogue) -> Self {
        Self {
            catalogue,
            known: HashMap::new(),
            services: HashMap::new(),
            all: None,
            given: 0,
            compared: 0,
            stopped: None,
        }
    }

    /// The actions that a pattern covers; `None` once too many were given.
    pub(crate) fn actions(
        &mut self,
        (text, span): (&'d str, Span),
        pattern: &ActionPattern,
    ) -> Option<Rc<[ActionInfo<'d>]>> {
        let known = self.known.get(text).cloned();
        let actions = known.unwrap_or_else(|| self.find(text, pattern));
        self.known.entry(text).or_insert_with(|| actions.clone());
        self.given += actions.len();
        let too_many = match () {
            () if self.given > MOST_ACTIONS => TooMany::Given,
            () if self.compared > MOST_COMPARED => TooMany::Compared,
            () => return Some(actions),
        };
        self.stopped.get_or_insert((span, too_many));
        None
    }

    /// That not all was looked at, when that is so.
    pub(crate) fn finding(&self) -> Option<Diagnostic> {
        let (span, too_many) = self.stopped?;
        let what = match too_many {
            TooMany::Given => format!("match more than {MOST_ACTIONS} actions"),
            TooMany::Compared => format!("would have to be compared with more than {MOST_COMPARED} names of actions"),
        };
        let message =
            format!("the patterns of the policy {what}; the actions of this pattern and of later ones are not checked");
        let diagnostic = Diagnostic::new(codes::OVER_LIMIT, span, message).with_severity(Severity::Warning);
        Some(diagnostic.with_help("write fewer patterns that match nearly everything"))
    }

    /// The actions that a pattern covers; none after too many comparisons, which the caller counts.
    fn find(&mut self, text: &str, pattern: &ActionPattern) -> Rc<[ActionInfo<'d>]> {
        if pattern.is_exact() || pattern.is_never() {
            return self.catalogue.matching(text).collect();
        }
        if self.compared > MOST_COMPARED {
            return [].into();
        }
        let names = match pattern.service() {
            Some(prefix) => match self.catalogue.service(prefix) {
                Some(service) => self.read(service),
                None => return [].into(),
            },
            None => self.all(),
        };
        let worth_comparing = names.having_all(text.split_once(':').map_or("", |(_, name)| name));
        let fits = |name: &&Name<'_>| pattern.matches_lowercase(name.action.service().prefix(), &name.lowercase);
        self.compared += worth_comparing.len();
        worth_comparing.into_iter().filter(fits).map(|name| name.action).collect()
    }

    /// The actions of a service, which are read once.
    fn read(&mut self, service: Service<'d>) -> Rc<Names<'d>> {
        let read = || Rc::new(Names::of(service.actions()));
        self.services.entry(service.prefix()).or_insert_with(read).clone()
    }

    fn all(&mut self) -> Rc<Names<'d>> {
        let catalogue = self.catalogue;
        let read = || Rc::new(Names::of(catalogue.services().flat_map(Service::actions)));
        self.all.get_or_insert_with(read).clone()
    }
}

impl<'d> Names<'d> {
    fn of(actions: impl Iterator<Item = ActionInfo<'d>>) -> Self {
        let name = |action: ActionInfo<'d>| Name { action, lowercase: action.name().to_ascii_lowercase() };
        let list: Vec<Name<'d>> = actions.map(name).collect();
        let mut having = vec![vec![0; list.len().div_ceil(64)]; LETTERS];
        for (at, name) in list.iter().enumerate() {
            for letter in ones(letters(&name.lowercase)) {
                if let Some(word) = having.get_mut(letter).and_then(|names| names.get_mut(at / 64)) {
                    *word |= 1_u64 << (at % 64);
                }
            }
        }
        Self { list, having }
    }

    /// Those that have all letters and digits of a text.
    fn having_all(&self, text: &str) -> Vec<&Name<'d>> {
        let mut all = vec![u64::MAX; self.list.len().div_ceil(64)];
        for names in ones(letters(text)).filter_map(|letter| self.having.get(letter)) {
            all.iter_mut().zip(names).for_each(|(all, names)| *all &= names);
        }
        let numbers = all.iter().enumerate().flat_map(|(at, word)| ones(*word).map(move |bit| at * 64 + bit));
        numbers.filter_map(|number| self.list.get(number)).collect()
    }
}

/// How many letters and digits there are.
const LETTERS: usize = 36;

/// The places of the ones among some bits.
fn ones(bits: u64) -> impl Iterator<Item = usize> {
    let rest = std::iter::successors(Some(bits), |bits| Some(bits & bits.wrapping_sub(1)));
    rest.take_while(|bits| *bits != 0).map(|bits| bits.trailing_zeros() as usize)
}

/// Which letters and digits a text has, in any letter case, as bits; wildcards are none.
fn letters(text: &str) -> u64 {
    text.bytes().fold(0, |letters, byte| {
        letters
            | match byte.to_ascii_lowercase() {
                letter @ b'a'..=b'z' => 1 << (letter - b'a'),
                digit @ b'0'..=b'9' => 1 << (26 + digit - b'0'),
                _ => 0,
            }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_finds_what_the_catalogue_finds() {
        let catalogue = Catalogue::embedded();
        let mut lookup = Lookup::new(catalogue);
        for text in
            ["s3:GetObject", "S3:get*", "*:Describe*", "ec2:*1*", "i?m:*User?", "iam:x*", "nothing:*", "a b:*", "*"]
        {
            let expected: Vec<String> = catalogue.matching(text).map(|action| action.to_string()).collect();
            let found = lookup.actions((text, Span::START), &ActionPattern::new(text)).unwrap();
            assert_eq!(found.iter().map(ToString::to_string).collect::<Vec<_>>(), expected, "{text}");
        }
    }

    #[test]
    fn it_stops_after_comparisons_that_come_to_nothing() {
        let texts: Vec<String> = (1..2_000).map(|number| format!("*:*e*{}", "?".repeat(100 + number))).collect();
        let mut lookup = Lookup::new(Catalogue::embedded());
        let looked =
            texts.iter().take_while(|text| lookup.actions((text, Span::START), &ActionPattern::new(text)).is_some());
        let looked = looked.count();
        assert!((200..350).contains(&looked), "{looked}");
        assert!(lookup.finding().unwrap().message().contains("compared with more than 5000000 names"));
    }

    #[test]
    fn it_stops_after_a_number() {
        let mut lookup = Lookup::new(Catalogue::embedded());
        let pattern = ActionPattern::new("*:*e*");
        let looked = (0..100).take_while(|_| lookup.actions(("*:*e*", Span::new(1, 7)), &pattern).is_some()).count();
        assert!((40..70).contains(&looked), "{looked}");
        assert_eq!(lookup.finding().unwrap().span(), Span::new(1, 7));
    }
}
