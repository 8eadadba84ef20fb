//! What `iameval init` writes, against the schemas; `fixtures/cli/init.md` has the rest.

use crate::run::Folder;

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
