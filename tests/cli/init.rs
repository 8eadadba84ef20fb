//! What `iameval init` writes, against the schemas and the pages; `fixtures/cli/init.md` has the rest.

use crate::run::{Folder, repository};
use std::collections::BTreeSet;

#[test]
fn what_is_written_fits_the_schemas() {
    let folder = Folder::new();
    folder.run("init").ends(0);
    // Closed schemas: a slip in a name would show. The crate of worlds holds its fixtures to them in full.
    for (file, kind) in [("world.yaml", "world"), ("policies.iamtest.yaml", "test")] {
        let schema: serde_json::Value =
            serde_json::from_str(&folder.run(&format!("schema {kind}")).stdout).expect("a schema");
        let text = std::fs::read_to_string(folder.path(file)).expect("a file");
        let names = text.lines().filter(|line| !line.starts_with([' ', '#'])).filter_map(|line| line.split(':').next());
        for name in names {
            assert!(schema["properties"].get(name).is_some(), "{file}: {name}");
        }
    }
}

/// What a text names as the version of iameval to build.
fn versions(text: &str) -> Vec<&str> {
    text.lines().filter_map(version).collect()
}

fn version(line: &str) -> Option<&str> {
    let after = ["- uses: iameval/iameval@", "IAMEVAL: ", "rev: "];
    let version = after.iter().find_map(|start| line.trim_start().strip_prefix(start))?;
    version.split(' ').next()
}

#[test]
fn the_workflow_and_the_pages_build_the_same_version() {
    let page = |name: &str| std::fs::read_to_string(repository().join("docs").join(name)).expect("a page");
    let folder = Folder::new();
    folder.run("init").ends(0);
    let workflow = std::fs::read_to_string(folder.path(".github/workflows/iameval.yml")).expect("a file");
    let texts = [(workflow, 1), (page("testing.md"), 1), (page("ci.md"), 3)];
    let mut all = BTreeSet::new();
    for (text, count) in &texts {
        assert_eq!(versions(text).len(), *count, "{text}");
        all.extend(versions(text));
    }
    let is_commit = |version: &&str| version.len() == 40 && version.bytes().all(|byte| byte.is_ascii_hexdigit());
    assert!(all.len() == 1 && all.iter().all(is_commit), "{all:?}");
}

#[test]
fn the_guide_configures_the_same_tests() {
    let guide = std::fs::read_to_string(repository().join("docs/testing.md")).expect("the guide");
    let folder = Folder::new();
    folder.run("init").ends(0);
    let written = std::fs::read_to_string(folder.path("iameval.toml")).expect("a file");
    let (_, settings) = written.split_once('\n').expect("a comment");
    assert!(guide.contains(&format!("\n`iameval.toml`:\n\n```toml\n{settings}```\n")), "{settings}");
}
