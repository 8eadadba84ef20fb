//! Who and what exists: principals with their groups and policies, resources, accounts and endpoints, and what follows
//! from them for a question.
//!
//! A [`World`] is read from [`WorldFiles`], account dumps ([`AccountFile`]), or any other [`WorldSource`]: each adds to a
//! [`WorldBuilder`]. What a loader finds wrong is a [`Finding`]: a diagnostic and the file it refers to.

mod account;
mod aliases;
mod builder;
mod cache;
mod caller;
mod clash;
pub mod codes;
mod combination;
#[cfg(feature = "config")]
mod config;
#[cfg(feature = "disk")]
mod disk;
mod example;
mod files;
mod finding;
mod held;
mod holders;
mod infer;
mod limits;
mod load;
mod managed;
mod model;
mod percent;
mod placed;
mod policy_file;
mod recording;
#[cfg(feature = "config")]
mod reference_folder;
mod schema;
mod shared;
mod situation;
mod source;
#[cfg(test)]
mod tests;
mod unbound;
mod world;
pub mod yaml;

pub use account::{Account, AccountFile, AccountGroup, AccountPolicy, AccountPrincipal, AccountRole, AccountUser};
pub use builder::WorldBuilder;
pub use clash::{Clash, Place};
#[cfg(feature = "config")]
pub use config::{Config, ConfigDefaults, ContextDefault, Word};
#[cfg(feature = "disk")]
pub use disk::{Disk, left_out, open};
pub use example::Example;
pub use files::{Files, Formats, NamedIn, NamedSource, WorldSource, without_dots};
pub use finding::Finding;
pub use held::Held;
pub use holders::{Holder, Holders};
pub use infer::{Call, DependsBy, Inferred, Lacking, ResourceNeeded, arn_forms};
pub use limits::Limits;
pub use load::{Tests, WorldFiles, read_context};
pub use managed::find_managed;
pub use model::context::{Defaults, overlay};
pub use model::endpoint::{EndpointParts, WorldEndpoint};
pub use model::form::{PolicyForm, Wrapping};
pub use model::organization::{AccountParts, LevelParts, OrganizationParts, WorldAccount, WorldLevel, level_name};
pub use model::origin::Origin;
pub use model::policy::{Attached, LoadedPolicy, PolicyRef, Via, WorldPolicy};
pub use model::principal::{PrincipalParts, WorldPrincipal};
pub use model::resource::{ResourceParts, WorldResource};
pub use placed::{SituationPolicies, assemble};
pub use policy_file::{FilePolicy, KnownFile, Native, PolicyFile};
pub use recording::{Entry, Recorded, Recording};
#[cfg(feature = "config")]
pub use reference_folder::ReferenceFolder;
pub use schema::{TEST_SCHEMA, WORLD_SCHEMA};
pub use shared::SharedWorlds;
pub use situation::{Ask, Situation, Who};
pub use source::Source;
pub use unbound::Unbound;
pub use world::World;

/// The example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
