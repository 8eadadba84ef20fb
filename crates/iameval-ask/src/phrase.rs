//! Actions as a person would say them: all of a service, all reads of a service, these.

use iameval_data::{AccessLevel, ActionInfo, Catalogue, Service};
use std::collections::BTreeMap;
use std::fmt;

/// A few words that stand for actions.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Phrase {
    /// Every action of AWS.
    Everything,
    /// Every action but those that these stand for.
    EverythingBut(Vec<Phrase>),
    /// Every action of a service.
    Service(String),
    /// Every action of an access level of a service.
    Level(String, AccessLevel),
    /// One action.
    Action(String),
}

/// How many phrases "everything but" may leave out before that is harder to read than what is left.
const FEW: usize = 8;

/// Actions of the catalogue in as few words as they can be said in, sorted: those that stand for many actions first.
///
/// ```
/// use iameval_ask::in_phrases;
/// use iameval_data::Catalogue;
///
/// let catalogue = Catalogue::embedded();
/// let said = |pattern: &str| {
///     let actions: Vec<String> = catalogue.matching(pattern).map(|action| action.to_string()).collect();
///     in_phrases(&actions, catalogue).iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
/// };
/// assert_eq!(said("*"), "every action");
/// assert_eq!(said("sqs:*"), "sqs:*");
/// assert_eq!(said("s3:*Acl"), "s3:GetBucketAcl, s3:GetObjectAcl, s3:GetObjectVersionAcl, s3:PutBucketAcl, s3:PutObjectAcl, \
///                              s3:PutObjectVersionAcl");
/// assert!(said("s3:*").starts_with("s3:*") && said("s3:Put*").contains("s3:PutObject"));
/// ```
pub fn in_phrases<T: AsRef<str>>(actions: &[T], catalogue: &Catalogue) -> Vec<Phrase> {
    let mut meant: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut strange = Vec::new();
    let mut parts = Vec::with_capacity(actions.len());
    for action in actions {
        match action.as_ref().split_once(':') {
            Some(named) => parts.push(named),
            None => strange.push(action.as_ref().to_owned()),
        }
    }
    // Most actions come beside those of the same service.
    for same in parts.chunk_by(|one, other| one.0 == other.0) {
        let Some((service, _)) = same.first() else { continue };
        meant.entry(service).or_default().extend(same.iter().map(|(_, name)| name));
    }
    for names in meant.values_mut() {
        names.sort_unstable();
        names.dedup();
    }
    let mut phrases = Vec::new();
    let mut but = Vec::new();
    let mut has_known = false;
    // What is not meant matters only where most of everything is.
    let may_be_all = meant.len() * 2 > catalogue.service_count();
    let services: Vec<Service<'_>> = if may_be_all {
        catalogue.services().collect()
    } else {
        meant.keys().filter_map(|prefix| catalogue.service(prefix)).collect()
    };
    for service in services {
        let Some(meant) = meant.get_mut(service.prefix()) else {
            but.extend(service.actions().next().map(|_| Phrase::Service(service.prefix().to_owned())));
            continue;
        };
        let (own, others): (Vec<_>, Vec<_>) =
            service.actions().partition(|action| meant.binary_search(&action.name()).is_ok());
        let has_all = own.len() == meant.len();
        meant.retain(|name| !has_all && service.action(name).is_none_or(|action| action.name() != *name));
        say(service, &own, &others, &mut phrases);
        if may_be_all {
            say(service, &others, &own, &mut but);
        }
        has_known |= !own.is_empty();
    }
    strange.extend(
        meant.into_iter().flat_map(|(service, names)| names.into_iter().map(move |name| format!("{service}:{name}"))),
    );
    strange.sort();
    strange.dedup();
    phrases.extend(strange.into_iter().map(Phrase::Action));
    let mut phrases = match but.len() {
        _ if !has_known || !may_be_all => phrases,
        0 => vec![Phrase::Everything],
        few if few <= FEW && few < phrases.len() => vec![Phrase::EverythingBut(but)],
        _ => phrases,
    };
    phrases.sort_by_cached_key(Phrase::breadth);
    phrases
}

/// Says actions of a service, where the others of the service are not meant.
fn say(service: Service<'_>, own: &[ActionInfo<'_>], others: &[ActionInfo<'_>], phrases: &mut Vec<Phrase>) {
    /// An access level with fewer actions than this is said by their names.
    const LEVEL: usize = 4;
    let prefix = service.prefix();
    if own.is_empty() {
        return;
    }
    if others.is_empty() {
        phrases.push(Phrase::Service(prefix.to_owned()));
        return;
    }
    let levels = |actions: &[ActionInfo<'_>]| -> Vec<AccessLevel> {
        actions.iter().map(|action| action.access_level()).collect()
    };
    let (own_levels, other_levels) = (levels(own), levels(others));
    for level in AccessLevel::ALL {
        let of_level = || own.iter().zip(&own_levels).filter(move |(_, own)| **own == level).map(|(action, _)| action);
        if of_level().count() >= LEVEL && !other_levels.contains(&level) {
            phrases.push(Phrase::Level(prefix.to_owned(), level));
        } else {
            phrases.extend(of_level().map(|action| Phrase::Action(format!("{prefix}:{}", action.name()))));
        }
    }
}

/// Phrases in one line. More than `limit` are counted by service and access level, with the first of each.
///
/// ```
/// use iameval_ask::{in_phrases, said_shortly};
/// use iameval_data::Catalogue;
///
/// let catalogue = Catalogue::embedded();
/// let actions: Vec<String> = catalogue.matching("*:List*").map(|action| action.to_string()).collect();
/// let said = said_shortly(&in_phrases(&actions, catalogue), 6);
/// assert!(said.contains("all List actions of") && said.contains(" more services"), "{said}");
/// ```
pub fn said_shortly(phrases: &[Phrase], limit: usize) -> String {
    said_shortly_with(phrases, limit, &str::to_owned)
}

/// The same with the names of services and actions as `name` writes them.
pub fn said_shortly_with(phrases: &[Phrase], limit: usize, name: &dyn Fn(&str) -> String) -> String {
    /// How many of a kind are named.
    const NAMED: usize = 3;
    if phrases.len() <= limit {
        return phrases.iter().map(|phrase| phrase.said_with(name)).collect::<Vec<_>>().join(", ");
    }
    let mut kinds: Vec<(Option<AccessLevel>, Vec<String>)> = Vec::new();
    let (mut actions, mut parts) = (Vec::new(), Vec::new());
    for phrase in phrases {
        let (level, service) = match phrase {
            Phrase::Service(service) => (None, name(service)),
            Phrase::Level(service, level) => (Some(*level), name(service)),
            Phrase::Action(action) => {
                actions.push(name(action));
                continue;
            }
            other => {
                parts.push(other.said_with(name));
                continue;
            }
        };
        match kinds.iter_mut().find(|(known, _)| *known == level) {
            Some((_, services)) => services.push(service),
            None => kinds.push((level, vec![service])),
        }
    }
    for (level, services) in kinds {
        let what = level.map_or("every action".to_owned(), |level| format!("all {} actions", level.as_str()));
        parts.push(format!("{what} of {}", few(&services, NAMED, "services")));
    }
    if !actions.is_empty() {
        parts.push(few(&actions, limit.saturating_sub(parts.len()).max(NAMED), "actions"));
    }
    parts.join("; ")
}

/// `s3, sqs, iam and 12 more services`
fn few(names: &[impl AsRef<str>], limit: usize, what: &str) -> String {
    let shown: Vec<&str> = names.iter().take(limit).map(AsRef::as_ref).collect();
    let more = match names.len() - shown.len() {
        0 => String::new(),
        // What is counted is in the plural.
        1 => format!(" and 1 more {}", what.strip_suffix('s').unwrap_or(what)),
        more => format!(" and {more} more {what}"),
    };
    format!("{}{more}", shown.join(", "))
}

impl Phrase {
    /// Where it stands among others.
    fn breadth(&self) -> (u8, String) {
        let rank = match self {
            Self::Everything | Self::EverythingBut(_) => 0,
            Self::Service(_) => 1,
            Self::Level(..) => 2,
            Self::Action(_) => 3,
        };
        (rank, self.to_string())
    }

    /// The phrase with the names of services and actions as `name` writes them.
    fn said_with(&self, name: &dyn Fn(&str) -> String) -> String {
        match self {
            Self::Everything => "every action".to_owned(),
            Self::EverythingBut(but) => {
                let but: Vec<String> = but.iter().map(|phrase| phrase.said_with(name)).collect();
                format!("every action but {}", but.join(", "))
            }
            Self::Service(service) => name(&format!("{service}:*")),
            Self::Level(service, level) => format!("all {} actions of {}", level.as_str(), name(service)),
            Self::Action(action) => name(action),
        }
    }
}

impl fmt::Display for Phrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.said_with(&str::to_owned))
    }
}
