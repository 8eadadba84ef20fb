//! What each crate has to carry in its package, because nothing outside its folder is published with it.

use iameval_tests::{fixture, root};
use iameval_world::Example;
use std::path::{Path, PathBuf};

/// The folders of the crates that are published.
fn crates() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join("crates")).unwrap();
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    folders
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn every_crate_has_the_licences() {
    for name in ["LICENSE-APACHE", "LICENSE-MIT"] {
        let licence = text(&root().join(name));
        for folder in crates() {
            let path = folder.join(name);
            assert!(text(&path) == licence, "copy {name} of the repository to {}", path.display());
        }
    }
}

#[test]
fn every_crate_says_what_it_is() {
    for folder in crates() {
        let name = folder.file_name().unwrap().to_str().unwrap();
        let manifest = text(&folder.join("Cargo.toml"));
        for field in ["description", "license", "repository", "readme", "keywords", "categories"] {
            let starts = |line: &str| line.split(['.', ' ']).next() == Some(field);
            assert!(manifest.lines().any(starts), "{name} has no `{field}`");
        }
        let readme = text(&folder.join("README.md"));
        assert!(readme.starts_with(&format!("# {name}\n")), "{name}");
        assert!(readme.contains("```rust\n") || readme.contains("```console\n"), "{name}: the README shows nothing");
    }
}

/// `fixtures/` is what people see, and a crate can include only what is in its folder.
#[test]
fn examples_in_the_program_are_those_among_the_fixtures() {
    for example in Example::all() {
        for (path, inside) in example.files() {
            let (name, path) = (example.name, Path::new(path));
            let outside = fixture(&Path::new(name).join(path).to_string_lossy());
            let place = Path::new("crates/iameval-world/worlds").join(name).join(path);
            assert!(inside == outside, "copy fixtures/{name}/{} to {}", path.display(), place.display());
        }
    }
}
