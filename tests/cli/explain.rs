//! `iameval explain` of every code; `fixtures/cli/explain.md` has the rest.

use crate::run::{Folder, Run, repository};
use serde_json::Value;

fn explain(arguments: &str) -> Run {
    let run = Folder::new().run(&format!("explain {arguments}"));
    run.ends(0);
    run
}

#[test]
fn every_code_of_the_list_is_explained_as_on_the_page() {
    let list = explain("").stdout;
    let codes: Vec<&str> = list.lines().skip(2).filter_map(|line| line.split_whitespace().nth(1)).collect();
    assert!(codes.len() > 80, "{list}");
    let document: Value = serde_json::from_str(&explain("--list --format json").stdout).expect("JSON");
    assert_eq!(document["codes"].as_array().map(Vec::len), Some(codes.len()));
    let page = std::fs::read_to_string(repository().join("crates/iameval-report/codes.md")).expect("the page");
    let text = explain(&codes.join(" ")).stdout;
    // A section is the heading, the facts, and the text of the page.
    let sections: Vec<&str> = text.split("## IE").skip(1).map(str::trim_end).collect();
    assert_eq!(sections.len(), codes.len());
    for section in sections {
        let (_, text) = section.split_once("\n\n").and_then(|(_, rest)| rest.split_once("\n\n")).expect("a text");
        assert!(page.contains(text), "{section}");
    }
}
