//! Who and what exists: principals with their groups and policies, read from a world file.
//!
//! What a loader finds wrong is a [`Finding`]: a diagnostic and the file it refers to.

mod account;
mod example;
mod finding;
mod managed;
mod policy;
mod schema;
mod source;
mod world;
pub mod yaml;

pub use account::{Account, AccountGroup, AccountPolicy, AccountPrincipal, AccountRole, AccountUser};
pub use example::Example;
pub use finding::Finding;
pub use managed::find_managed;
pub use policy::LoadedPolicy;
pub use schema::{TEST_SCHEMA, WORLD_SCHEMA};
pub use source::{Disk, Files, Source, open};
pub use world::{Attached, Defaults, Via, World, WorldPolicy, WorldPrincipal};
