//! The pages of transcripts in `fixtures/cli`, a test each.

use crate::page::transcripts;
use crate::run::repository;

macro_rules! pages {
    ($($page:ident)*) => {
        const PAGES: &[&str] = &[$(stringify!($page)),*];

        $(#[test]
        fn $page() {
            transcripts(concat!("fixtures/cli/", stringify!($page), ".md"));
        })*
    };
}

pages! {
    account
    actions
    bad_input
    batch
    check
    company
    config
    context
    expand
    keys
    layers
    limits
    managed
    output
    request
    scenario
    scope_down
    world
}

#[test]
fn every_page_runs() {
    let files = std::fs::read_dir(repository().join("fixtures/cli")).expect("the pages");
    let mut names: Vec<String> =
        files.map(|file| file.expect("a page").file_name().into_string().expect("a name")).collect();
    names.sort();
    assert_eq!(names, PAGES.iter().map(|page| format!("{page}.md")).collect::<Vec<_>>());
}
