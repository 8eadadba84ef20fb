//! Context keys that the actions of a statement do not tell apart, such as the keys of tags. What is found out about one of
//! them is so of all.

use crate::once::Answers;
use iameval_data::{ActionInfo, ListedKeys};
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

/// What the actions of a statement say of context keys, each once for keys that are alike.
#[derive(Default)]
pub(crate) struct Alike {
    /// The keys that the services of the actions list.
    listed: OnceCell<Vec<Rc<ListedKeys>>>,
    /// The first of those that were asked about, by what they fit.
    first: RefCell<HashMap<Fitting, Rc<str>>>,
    /// Whether some action supports the key.
    pub(crate) supported: Answers<Rc<str>, bool>,
    /// Whether some action supports the key, and some does not.
    pub(crate) with_and_without: Answers<Rc<str>, (bool, bool)>,
    /// Which entries lack the key, in few words, by whether what their patterns leave out counts.
    pub(crate) lacking: Answers<(Rc<str>, bool), Option<Lacking>>,
}

/// Entries that lack a key.
#[derive(Clone)]
pub(crate) struct Lacking {
    pub(crate) names: Rc<str>,
    pub(crate) is_one: bool,
}

/// What a key is among those that services list.
#[derive(PartialEq, Eq, Hash)]
struct Fitting {
    /// The number of the service, and that of a key that it lists.
    listed: Vec<(usize, usize)>,
    /// Some actions have the tags of what they create as tags of a resource, whatever they list.
    is_resource_tag: bool,
}

const RESOURCE_TAG: &str = "aws:ResourceTag/";

/// Asks about each action once, however many entries cover it.
pub(crate) fn once_each<'a>(ask: impl Fn(&ActionInfo<'a>) -> bool) -> impl FnMut(&ActionInfo<'a>) -> bool {
    // The names are those of the catalogue, so each stands in one place.
    let mut known: HashMap<*const u8, bool> = HashMap::new();
    move |action| *known.entry(action.name().as_ptr()).or_insert_with(|| ask(action))
}

impl Alike {
    /// A key that the actions do not tell apart from this one, of all such the same; `listed` are the keys that their services
    /// list.
    pub(crate) fn key_like(&self, key: &str, listed: impl FnOnce() -> Vec<Rc<ListedKeys>>) -> Rc<str> {
        let listed = self.listed.get_or_init(listed);
        let is_resource_tag = key.get(..RESOURCE_TAG.len()).is_some_and(|head| head.eq_ignore_ascii_case(RESOURCE_TAG));
        let of_service = |(service, keys): (usize, &Rc<ListedKeys>)| {
            keys.fitting(key).map(|number| (service, number)).collect::<Vec<_>>()
        };
        let fitting = Fitting { listed: listed.iter().enumerate().flat_map(of_service).collect(), is_resource_tag };
        self.first.borrow_mut().entry(fitting).or_insert_with(|| key.into()).clone()
    }
}
