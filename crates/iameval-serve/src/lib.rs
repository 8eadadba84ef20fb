//! AWS's policy simulation API, answered by iameval: `SimulateCustomPolicy`, `SimulatePrincipalPolicy`, the context keys of
//! policies, and IAM's read-only calls over a world.
//!
//! [`Api`] is a function from a [`Form`] to a [`Reply`], without HTTP, files or threads. The feature `http` adds the server.

mod api;
mod context_keys;
mod directory;
mod entities;
mod fault;
mod form;
#[cfg(feature = "http")]
mod http;
mod native;
mod parameter;
mod policy_text;
mod simulate;
mod unknown;
mod xml;

/// The example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub use api::{Api, Call, Reply, Settings};
pub use fault::Fault;
pub use form::Form;
#[cfg(feature = "http")]
pub use http::{Handle, Server, ServerOptions};
pub use native::{Batch, LineResult};
pub use simulate::Shape;
