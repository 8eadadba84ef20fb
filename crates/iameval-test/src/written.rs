//! Which policies are one policy.

use iameval::text::Span;
use iameval_world::{LoadedPolicy, Source};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// Where a policy is written. Two that are written at the same place of the same text are one, whichever worlds they
/// were loaded in.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Written {
    source: Arc<Source>,
    span: Span,
}

impl Written {
    pub(crate) fn of(policy: &LoadedPolicy) -> Self {
        Self { source: policy.source.clone(), span: policy.document().span() }
    }
}

impl Hash for Written {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Equal sources have equal names; their texts are long.
        self.source.name.hash(state);
        self.span.hash(state);
    }
}
