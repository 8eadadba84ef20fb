//! Names: actions, ARNs, account ids and context keys, each checked once where it enters.

mod account;
mod action;
mod arn;
mod context_key;

pub use account::{AccountId, ParseAccountIdError};
pub use action::{Action, ParseActionError};
pub(crate) use arn::split as split_arn;
pub use arn::{Arn, ParseArnError};
pub use context_key::ContextKey;
