//! The page of codes, `crates/iameval-report/codes.md`, beside the tables of codes: a section for every code, which says more
//! than its table and does not repeat it.

use crate::run::{Folder, repository};
use serde_json::Value;
use std::collections::BTreeSet;

/// Every code, as `explain` has it.
fn explained() -> Vec<Value> {
    let run = Folder::new().run("explain --list --format json");
    run.ends(0);
    let mut document: Value = serde_json::from_str(&run.stdout).expect("a JSON document");
    let Value::Array(codes) = document["codes"].take() else { panic!("a list of codes") };
    codes
}

fn text<'c>(code: &'c Value, member: &str) -> &'c str {
    code[member].as_str().unwrap_or_else(|| panic!("{code:#}: no text `{member}`"))
}

#[test]
fn every_code_has_one_section_in_order() {
    let page = std::fs::read_to_string(repository().join("crates/iameval-report/codes.md")).expect("the page");
    let headings: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    let codes = explained();
    let expected: Vec<String> =
        codes.iter().map(|code| format!("{}: {}", text(code, "code"), text(code, "title"))).collect();
    assert_eq!(headings, expected);
    let titles: BTreeSet<&str> = codes.iter().map(|code| text(code, "title")).collect();
    assert_eq!(titles.len(), codes.len(), "a title stands over two sections");
}

#[test]
fn a_section_begins_with_the_summary_of_its_code() {
    for code in explained() {
        let (before, rest) = text(&code, "text").split_once("\n\n").unwrap_or_default();
        assert_eq!(before.replace('\n', " "), text(&code, "summary"));
        assert!(rest.len() > 80, "{} says no more than its summary", text(&code, "code"));
    }
}

/// They have one source, the tables of codes.
#[test]
fn the_prose_repeats_no_facts_of_the_tables() {
    for code in explained() {
        let prose: String = text(&code, "text").split("```").step_by(2).collect();
        let findings = code["checker_findings"].as_array().expect("a list");
        for fact in findings.iter().chain([&code["aws_message"]]).filter_map(Value::as_str) {
            assert!(!prose.contains(fact), "{}: {fact}", text(&code, "code"));
        }
    }
}
