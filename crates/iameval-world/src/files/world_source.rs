//! What worlds are read from.

use crate::builder::WorldBuilder;
use crate::files::Files;
use crate::finding::Finding;
use crate::world::World;

/// Something that a world can be read from: world files, an account dump, or whatever another crate knows how to read.
///
/// ```
/// use iameval_world::{Disk, Files, Finding, Place, PrincipalParts, World, WorldBuilder, WorldSource};
/// use std::path::PathBuf;
///
/// /// Users, one ARN a line.
/// struct Users(PathBuf);
///
/// impl WorldSource for Users {
///     fn add_to(&self, files: &dyn Files, world: &mut WorldBuilder) -> Result<(), Vec<Finding>> {
///         let source = files.read(&self.0).map_err(|finding| vec![finding])?;
///         world.file(&source.name);
///         for line in source.text.lines() {
///             let at = Place::in_file(&source.name);
///             let principal = line.parse().map_err(|error: iameval::PrincipalError| at.finding(error.to_string()))?;
///             world.principal(line, PrincipalParts::new(principal), &at)?;
///         }
///         Ok(())
///     }
/// }
///
/// assert!(World::from_sources(&Disk::default(), &[&Users("no-such-file".into())]).is_err());
/// ```
pub trait WorldSource {
    /// Adds everything that is in it to a world.
    ///
    /// # Errors
    /// What is wrong with it, or clashes with what the world has already.
    fn add_to(&self, files: &dyn Files, world: &mut WorldBuilder) -> Result<(), Vec<Finding>>;
}

impl World {
    /// Reads one source after the other into one world. What an earlier one defines, a later one may name.
    ///
    /// # Errors
    /// What is wrong with the first source that has something wrong, or with what they come to together.
    pub fn from_sources(files: &dyn Files, sources: &[&dyn WorldSource]) -> Result<Self, Vec<Finding>> {
        WorldBuilder::new().built_of(files, sources)
    }
}

impl WorldBuilder {
    /// Reads sources into the world and builds it.
    pub(crate) fn built_of(mut self, files: &dyn Files, sources: &[&dyn WorldSource]) -> Result<World, Vec<Finding>> {
        for source in sources {
            source.add_to(files, &mut self).map_err(|findings| self.named(findings))?;
        }
        self.build()
    }
}
