//! What AWS has: services with their actions, resource types and condition keys, and the managed policies.
//!
//! The data is part of the program and nothing of it is read before it is asked for: a look-up is a binary search in
//! sorted lines of text, and every answer borrows from them. `cargo xtask data` makes the files anew from pinned
//! packages; [`Catalogue::with_services`] takes newer reference files at run time.
//!
//! ```
//! use iameval_data::{AccessLevel, Catalogue, ManagedPolicy};
//!
//! let catalogue = Catalogue::embedded();
//! let action = catalogue.action("iam:changepassword").unwrap();
//! assert_eq!(action.to_string(), "iam:ChangePassword");
//! assert_eq!(action.access_level(), AccessLevel::Write);
//! let user = action.resource_types().next().unwrap();
//! assert_eq!(user.resource_type.arns().next(), Some("arn:${Partition}:iam::${Account}:user/${UserNameWithPath}"));
//!
//! let policy = ManagedPolicy::find("PowerUserAccess").unwrap();
//! assert_eq!(policy.arn(), "arn:aws:iam::aws:policy/PowerUserAccess");
//! assert!(policy.document().contains("\"NotAction\""));
//! ```

mod access_level;
mod asked;
mod call;
mod catalogue;
pub mod codes;
mod context_key;
mod expansion;
mod find;
mod forms;
mod global;
mod listed_keys;
mod managed;
mod named;
mod never_there;
mod overlap;
mod provider;
mod rcp;
mod readable;
pub mod reference;
mod region;
mod service_principal;
mod signed;
mod table;
mod verb;
mod without_effect;

pub use access_level::AccessLevel;
pub use asked::{DefaultResource, asked, is_asked_on};
pub use catalogue::{ActionInfo, Catalogue, ResourceType, Service, TakenResource};
pub use context_key::{ContextKeyInfo, KeyType, Presence};
pub use expansion::{ActionFilter, expand_patterns};
pub use listed_keys::ListedKeys;
pub use managed::{ManagedPolicy, ManagedPolicyData, pack};
pub use named::{action_help, expand_pattern, is_action_pattern, parse_action, unknown_action};
pub use never_there::NeverThere;
pub use overlap::{ArnPattern, ValueForm, Wildcards};
pub use provider::{is_oidc_key, is_provider_key, is_single_oidc_key};
pub use rcp::supports_rcps;
pub use readable::readable_form;
pub use region::{partition_of_region, partitions, regions, regions_of_partition, suggest_region};
pub use service_principal::{ServicePrincipal, is_other_service_principal};
pub use signed::{SIGNED_ONLY, needs_signature};
pub use without_effect::{WithoutEffect, without_effect};

/// The example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
