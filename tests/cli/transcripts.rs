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
    data
    diff
    expand
    explain
    fix
    held
    help
    hints
    init
    keys
    layers
    limits
    listing
    managed
    matrix
    mcp
    output
    prove
    prove_bad_input
    prove_request
    reports
    request
    scenario
    scope_down
    serverless
    service_rules
    shrink
    templates
    terraform
    test_bad_cases
    test_bad_files
    test_bad_tables
    test_because
    test_cases
    test_config
    test_coverage
    test_output
    test_prove
    test_select
    test_snapshots
    test_tables
    test_update
    test_who_can
    who_can
    who_can_bad_input
    why
    why_bad_input
    world
    writing
}

#[test]
fn every_page_runs() {
    let files = std::fs::read_dir(repository().join("fixtures/cli")).expect("the pages");
    let mut names: Vec<String> =
        files.map(|file| file.expect("a page").file_name().into_string().expect("a name")).collect();
    names.sort();
    assert_eq!(names, PAGES.iter().map(|page| format!("{page}.md")).collect::<Vec<_>>());
}
