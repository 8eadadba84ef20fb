//! Modules use those before them: in these crates there is no cycle among the modules of the first level.

use iameval_tests::root;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const CRATES: [&str; 12] = [
    "iameval",
    "iameval-ask",
    "iameval-cli",
    "iameval-cloudtrail",
    "iameval-data",
    "iameval-infra",
    "iameval-lint",
    "iameval-prove",
    "iameval-report",
    "iameval-serve",
    "iameval-test",
    "iameval-world",
];

/// The modules that each module of a crate names, tests and comments left aside.
fn uses(sources: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut folders = vec![sources.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let inside = path.strip_prefix(sources).unwrap().with_extension("");
            let module = inside.iter().next().unwrap().to_str().unwrap().to_owned();
            let is_test = inside.iter().any(|part| part == "tests");
            if is_test || ["lib", "main"].contains(&module.as_str()) {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
            // What macros write stands in other modules and crates.
            let named = lines.flat_map(|line| line.split("crate::").skip(1).zip(line.split("crate::")));
            let named = named.filter(|(_, before)| !before.ends_with('$')).map(|(rest, _)| {
                let name = rest.split(|letter: char| !letter.is_ascii_lowercase() && letter != '_').next().unwrap();
                assert!(!name.is_empty(), "{}: name the module of `crate::{rest}`", path.display());
                name
            });
            uses.entry(module.clone()).or_default().extend(named.filter(|name| *name != module).map(str::to_owned));
        }
    }
    uses
}

#[test]
fn modules_are_in_layers() {
    for name in CRATES {
        let mut left = uses(&root().join("crates").join(name).join("src"));
        // Those that use nothing that is left can be taken away; what remains then is in a cycle, or above one.
        loop {
            let known: BTreeSet<String> = left.keys().cloned().collect();
            let before = left.len();
            left.retain(|_, used| used.iter().any(|used| known.contains(used)));
            if left.len() == before {
                break;
            }
        }
        assert!(left.is_empty(), "{name}: {left:#?}");
    }
}
