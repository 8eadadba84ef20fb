//! Who and what exists: principals with their groups and policies, resources, accounts and endpoints, read from world
//! files; and what follows from them for a question.
//!
//! What a loader finds wrong is a [`Finding`]: a diagnostic and the file it refers to.

mod account;
mod caller;
mod context;
mod definition;
#[cfg(feature = "disk")]
mod disk;
mod endpoint;
mod example;
mod file;
mod finding;
mod infer;
mod load;
mod managed;
mod organization;
mod policy;
mod principal;
mod resource;
mod schema;
mod shared;
mod situation;
mod source;
#[cfg(test)]
mod tests;
mod unbound;
mod world;
pub mod yaml;

pub use account::{Account, AccountGroup, AccountPolicy, AccountPrincipal, AccountRole, AccountUser};
pub use context::{overlay, read_context};
#[cfg(feature = "disk")]
pub use disk::{Disk, open};
pub use endpoint::WorldEndpoint;
pub use example::Example;
pub use finding::Finding;
pub use infer::{Call, DependsBy, Inferred, Lacking, ResourceNeeded, arn_forms};
pub use managed::find_managed;
pub use organization::WorldAccount;
pub use policy::LoadedPolicy;
pub use principal::WorldPrincipal;
pub use resource::WorldResource;
pub use schema::{TEST_SCHEMA, WORLD_SCHEMA};
pub use shared::SharedWorlds;
pub use situation::{Ask, Layers, PlacedPolicy, Situation, assemble};
pub use source::{Files, Source};
pub use unbound::Unbound;
pub use world::{Attached, Defaults, Tests, Via, World, WorldPolicy};

/// The example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
