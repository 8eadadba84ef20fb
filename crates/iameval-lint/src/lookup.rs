//! The actions that patterns cover, looked up for a whole check: each text once, each service read once.

use iameval::text::Span;
use iameval::{ActionPattern, Diagnostic, Severity, codes};
use iameval_data::{ActionInfo, Catalogue, Service};
use std::collections::HashMap;
use std::rc::Rc;

/// So many actions are looked at in a check; those of AWS's own policies come to a tenth of it. Patterns such as `*:*e*` in
/// thousands of statements would make a check of a small document as long as one likes.
const MOST_ACTIONS: usize = 1_000_000;

/// What was looked up in a check.
pub(crate) struct Lookup<'d> {
    catalogue: &'d Catalogue,
    known: HashMap<&'d str, Rc<[ActionInfo<'d>]>>,
    /// The actions of services by their prefix, of those about which a pattern asked.
    services: HashMap<&'d str, Rc<[Name<'d>]>>,
    /// All services, once a pattern asked about them.
    all: Option<Rc<[ServiceNames<'d>]>>,
    /// How many actions were given.
    given: usize,
    /// The place of the first pattern whose actions were not.
    stopped: Option<Span>,
}

/// The prefix of a service, and its actions.
type ServiceNames<'d> = (&'d str, Rc<[Name<'d>]>);

/// An action, with what tells quickly that a pattern does not cover it.
struct Name<'d> {
    action: ActionInfo<'d>,
    lowercase: String,
    letters: u64,
}

impl<'d> Lookup<'d> {
    pub(crate) fn new(catalogue: &'d Catalogue) -> Self {
        Self { catalogue, known: HashMap::new(), services: HashMap::new(), all: None, given: 0, stopped: None }
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
        if self.given > MOST_ACTIONS {
            self.stopped.get_or_insert(span);
            return None;
        }
        Some(actions)
    }

    /// That not all was looked at, when that is so.
    pub(crate) fn finding(&self) -> Option<Diagnostic> {
        let message = format!(
            "the patterns of the policy match more than {MOST_ACTIONS} actions; the actions of this pattern and of later ones are not checked"
        );
        let diagnostic = Diagnostic::new(codes::OVER_LIMIT, self.stopped?, message).with_severity(Severity::Warning);
        Some(diagnostic.with_help("write fewer patterns that match nearly everything"))
    }

    fn find(&mut self, text: &str, pattern: &ActionPattern) -> Rc<[ActionInfo<'d>]> {
        if pattern.is_exact() || pattern.is_never() {
            return self.catalogue.matching(text).collect();
        }
        let services = match pattern.service() {
            Some(prefix) => self.catalogue.service(prefix).map(|service| self.read(service)).into_iter().collect(),
            None => self.all(),
        };
        let needed = letters(text.split_once(':').map_or("", |(_, name)| name));
        let fits = |prefix: &str, name: &Name<'_>| {
            name.letters & needed == needed && pattern.matches_lowercase(prefix, &name.lowercase)
        };
        let of_service = |(prefix, names): &ServiceNames<'d>| {
            let fitting = names.iter().filter(|name| fits(prefix, name));
            fitting.map(|name| name.action).collect::<Vec<_>>()
        };
        services.iter().flat_map(of_service).collect()
    }

    /// A service with its actions, which are read once.
    fn read(&mut self, service: Service<'d>) -> ServiceNames<'d> {
        let read = || service.actions().map(Name::new).collect();
        (service.prefix(), self.services.entry(service.prefix()).or_insert_with(read).clone())
    }

    fn all(&mut self) -> Rc<[ServiceNames<'d>]> {
        let catalogue = self.catalogue;
        let all = self.all.take().unwrap_or_else(|| catalogue.services().map(|service| self.read(service)).collect());
        self.all = Some(all.clone());
        all
    }
}

impl<'d> Name<'d> {
    fn new(action: ActionInfo<'d>) -> Self {
        let lowercase = action.name().to_ascii_lowercase();
        Self { action, letters: letters(&lowercase), lowercase }
    }
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
    fn it_stops_after_a_number() {
        let mut lookup = Lookup::new(Catalogue::embedded());
        let pattern = ActionPattern::new("*:*e*");
        let looked = (0..100).take_while(|_| lookup.actions(("*:*e*", Span::new(1, 7)), &pattern).is_some()).count();
        assert!((40..70).contains(&looked), "{looked}");
        assert_eq!(lookup.finding().unwrap().span(), Span::new(1, 7));
    }
}
