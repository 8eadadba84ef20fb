//! What a world is made of: types that know no files and no format.

pub(crate) mod context;
pub(crate) mod endpoint;
pub(crate) mod form;
pub(crate) mod organization;
pub(crate) mod origin;
pub(crate) mod policy;
pub(crate) mod principal;
pub(crate) mod resource;
pub(crate) mod standing;
