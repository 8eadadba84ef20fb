//! Names: actions, ARNs, account ids and context keys, each checked once where it enters.

mod account;
mod action;
mod arn;
mod context_key;

use foldhash::fast::FixedState;
use std::hash::BuildHasher;

pub use account::{AccountId, ParseAccountIdError};
pub use action::{Action, ParseActionError};
pub(crate) use arn::split as split_arn;
pub use arn::{Arn, ParseArnError};
pub use context_key::ContextKey;

/// The hash of a text, the same in every process.
pub(crate) fn hash_of(text: &str) -> u64 {
    FixedState::default().hash_one(text)
}
