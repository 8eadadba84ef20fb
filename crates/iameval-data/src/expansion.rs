//! The actions that several patterns cover, and those of them that someone wants.

use crate::access_level::AccessLevel;
use crate::catalogue::{ActionInfo, Catalogue};
use crate::named::expand_pattern;
use iameval::Problem;
use iameval::suggest::did_you_mean;

/// Every action that one of the patterns covers, by name, each once.
///
/// # Errors
/// The patterns that cover none, each with the reason.
pub fn expand_patterns<'c, 'p>(
    patterns: &'p [String],
    catalogue: &'c Catalogue,
) -> Result<Vec<ActionInfo<'c>>, Vec<(&'p str, Problem)>> {
    let (mut covered, mut wrong) = (Vec::new(), Vec::new());
    for pattern in patterns {
        match expand_pattern(pattern, catalogue) {
            Ok(actions) => covered.extend(actions),
            Err(problem) => wrong.push((pattern.as_str(), problem)),
        }
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    covered.sort_by_cached_key(|action| key(*action));
    covered.dedup_by_key(|action| key(*action));
    Ok(covered)
}

fn key(action: ActionInfo<'_>) -> (String, String) {
    (action.service().prefix().to_ascii_lowercase(), action.name().to_ascii_lowercase())
}

/// Which actions someone wants.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ActionFilter<'f> {
    /// Only those of this level.
    pub access_level: Option<AccessLevel>,
    /// Only those that take resources of this type, such as `bucket`.
    pub resource_type: Option<&'f str>,
}

impl ActionFilter<'_> {
    /// Whether an action is wanted.
    pub fn passes(&self, action: ActionInfo<'_>) -> bool {
        let takes =
            |name: &str| action.resource_types().any(|taken| taken.resource_type.name().eq_ignore_ascii_case(name));
        let level = self.access_level.is_none_or(|level| level == action.access_level());
        level && self.resource_type.is_none_or(takes)
    }

    /// What to say when none of the actions is.
    pub fn nothing_left(&self, covered: &[ActionInfo<'_>]) -> String {
        let types = covered.iter().flat_map(|action| action.resource_types()).map(|taken| taken.resource_type.name());
        let near = self.resource_type.and_then(|name| did_you_mean(name, types));
        let near = near.map(|near| format!("; {near}")).unwrap_or_default();
        format!("none of the {} matching actions passes the filters{near}", covered.len())
    }
}
