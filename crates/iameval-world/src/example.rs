//! The worlds inside the program.

use crate::codes;
use crate::files::{Files, without_dots};
use crate::finding::Finding;
use crate::source::Source;
use iameval::Problem;
use std::path::Path;
use std::sync::Arc;

/// A world inside the program, with its files.
#[derive(Debug, Clone, Copy)]
pub struct Example {
    /// Its name.
    pub name: &'static str,
    /// What it shows.
    pub summary: &'static str,
    /// Path and text of each file; the first is the world file.
    files: &'static [(&'static str, &'static str)],
}

macro_rules! file {
    ($path:literal) => {
        ($path, include_str!(concat!("../worlds/", $path)))
    };
}

const EXAMPLES: [Example; 1] = [Example {
    name: "force-mfa",
    summary: "a new user may only change the password and set up MFA until signed in with MFA",
    files: &[
        file!("force-mfa/world.yaml"),
        file!("force-mfa/policies/force-mfa.json"),
        file!("force-mfa/policies/PowerUserAccess.json"),
        file!("force-mfa/policies/IAMUserChangePassword.json"),
        file!("force-mfa/policies.iamtest.yaml"),
    ],
}];

impl Example {
    /// Every example.
    pub fn all() -> &'static [Example] {
        &EXAMPLES
    }

    /// The example of that name.
    pub fn find(name: &str) -> Option<&'static Example> {
        EXAMPLES.iter().find(|example| example.name == name)
    }

    /// The path of the world file among the example's files.
    pub fn world(&self) -> &'static Path {
        Path::new(self.files.first().map_or("", |(path, _)| path))
    }

    /// Path and text of each file, as they stand beside the world file.
    pub fn files(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let folder = self.name;
        self.files.iter().map(move |(path, text)| {
            (path.strip_prefix(folder).map_or(*path, |path| path.trim_start_matches('/')), *text)
        })
    }
}

impl Files for Example {
    fn read(&self, path: &Path) -> Result<Arc<Source>, Finding> {
        let wanted = without_dots(path);
        if let Some((known, text)) = self.files.iter().find(|(known, _)| Path::new(known) == wanted) {
            Ok(Source::new(*known, *text))
        } else {
            let name = path.display().to_string();
            let message = format!("the example has no file `{name}`");
            Err(Finding::about_file(&name, Problem::new(codes::UNREADABLE, message)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::World;

    #[test]
    fn every_example_loads() {
        for example in Example::all() {
            let world = World::load(example, &[example.world().into()]).unwrap();
            assert!(!world.principals().is_empty(), "{}", example.name);
        }
    }
}
