//! `iameval explain` of every code; `fixtures/cli/explain.md` has the rest.

use crate::run::{Folder, Run, repository};
use serde_json::Value;

fn explain(arguments: &str) -> Run {
    let run = Folder::new().run(&format!("explain {arguments}"));
    run.ends(0);
    run
}

/// The text without blanks and without signs of Markdown.
fn words(text: &str) -> String {
    text.replace(|sign: char| sign.is_whitespace() || sign == '`' || sign == '*', "")
}

#[test]
fn every_code_of_the_list_is_explained_as_on_the_page() {
    let list = explain("").stdout;
    let codes: Vec<&str> = list.lines().skip(1).filter_map(|line| line.split_whitespace().next()).collect();
    assert!(codes.len() > 80, "{list}");
    let document: Value = serde_json::from_str(&explain("--list --format json").stdout).expect("JSON");
    assert_eq!(document["codes"].as_array().map(Vec::len), Some(codes.len()));
    let page = std::fs::read_to_string(repository().join("crates/iameval-report/codes.md")).expect("the page");
    let told = words(&explain(&codes.join(" ")).stdout);
    for code in document["codes"].as_array().into_iter().flatten() {
        let text = code["text"].as_str().expect("a text");
        assert!(page.contains(text), "{code}");
        // The signs of Markdown are gone, and lines are wrapped anew.
        let text: String = text.lines().filter(|line| !line.starts_with("```")).collect();
        assert!(told.contains(&words(&text)), "{code}");
    }
}
