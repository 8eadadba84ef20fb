//! The examples of the page of codes, `crates/iameval-report/codes.md`, get the codes that they are said to get. That the page
//! has a section for every code is tested with the command, which knows all of them.
//!
//! A block whose fence says `wrong KIND` is a policy of that kind with the code of its section, one that says
//! `right KIND` a policy without it.

use iameval::{PolicyDocument, PolicyKind};
use iameval_data::Catalogue;
use iameval_tests::{policy_kind, root};

fn page(path: &str) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

struct Section {
    id: String,
    text: String,
}

impl Section {
    fn blocks(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut open: Option<Block> = None;
        for line in self.text.lines() {
            match (line.strip_prefix("```"), &mut open) {
                (Some(fence), None) => open = Some(Block { fence: fence.to_owned(), text: String::new() }),
                (Some(end), Some(_)) => {
                    assert_eq!(end, "", "{}", self.id);
                    blocks.extend(open.take());
                }
                (None, Some(block)) => {
                    block.text.push_str(line);
                    block.text.push('\n');
                }
                (None, None) => {}
            }
        }
        assert!(open.is_none(), "{}: a block does not end", self.id);
        blocks
    }

    /// The paragraphs outside of blocks.
    fn prose(&self) -> String {
        let parts: Vec<&str> = self.text.split("```").step_by(2).collect();
        parts.concat()
    }
}

struct Block {
    fence: String,
    text: String,
}

enum Example {
    Wrong(PolicyKind),
    Right(PolicyKind),
}

impl Block {
    fn language(&self) -> &str {
        self.fence.split(' ').next().unwrap()
    }

    fn example(&self) -> Option<Example> {
        match self.fence.split(' ').collect::<Vec<_>>().as_slice() {
            [_] => None,
            [_, "wrong", kind] => Some(Example::Wrong(policy_kind(kind))),
            [_, "right", kind] => Some(Example::Right(policy_kind(kind))),
            _ => panic!("no fence of ours: {}", self.fence),
        }
    }
}

fn sections() -> Vec<Section> {
    let page = page("crates/iameval-report/codes.md");
    let mut sections: Vec<Section> = Vec::new();
    let mut within = false;
    for line in page.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            let (id, _) = heading.split_once(": ").unwrap_or_else(|| panic!("no heading of a code: {heading}"));
            sections.push(Section { id: id.into(), text: String::new() });
            within = true;
        } else if line.starts_with("# ") {
            within = false;
        } else if let Some(section) = sections.last_mut().filter(|_| within) {
            section.text.push_str(line);
            section.text.push('\n');
        }
    }
    sections
}

/// The codes of what is found in a policy, lints excepted.
fn findings(policy: &str, kind: PolicyKind) -> Vec<&'static str> {
    let parsed = PolicyDocument::parse(policy);
    let mut findings = parsed.diagnostics;
    findings.extend(parsed.value.iter().flat_map(|document| document.check(kind)));
    findings.iter().map(|finding| finding.code().id()).collect()
}

/// The codes of what is found in a policy that can be read, lints included.
fn findings_and_lints(policy: &str, kind: PolicyKind) -> Vec<&'static str> {
    let document = PolicyDocument::parse(policy).value.unwrap_or_else(|| panic!("no policy: {policy}"));
    iameval_lint::check(&document, kind, Catalogue::embedded()).iter().map(|finding| finding.code().id()).collect()
}

#[test]
fn every_block_is_what_its_fence_says() {
    for section in sections() {
        for block in section.blocks() {
            match block.language() {
                "json" => drop(
                    serde_json::from_str::<serde_json::Value>(&block.text)
                        .unwrap_or_else(|error| panic!("{}: {error} in\n{}", section.id, block.text)),
                ),
                "text" | "yaml" | "console" => {}
                other => panic!("{}: no language of ours: {other}", section.id),
            }
        }
    }
}

#[test]
fn examples_get_the_codes_of_their_sections() {
    let mut without_example = Vec::new();
    for section in sections() {
        let code = section.id.as_str();
        // Findings of lints need the catalogue of AWS's services.
        let is_lint = code.starts_with("IE06");
        let mut wrong = 0;
        for block in section.blocks() {
            match block.example() {
                Some(Example::Wrong(kind)) => {
                    wrong += 1;
                    if is_lint {
                        let found = findings_and_lints(&block.text, kind);
                        assert!(found.contains(&code), "{}: {found:?} in\n{}", section.id, block.text);
                    } else {
                        let mut found = findings(&block.text, kind);
                        found.dedup();
                        assert_eq!(found, [code]);
                    }
                }
                Some(Example::Right(kind)) => {
                    assert_eq!(findings(&block.text, kind), [""; 0], "{}", section.id);
                    let found = findings_and_lints(&block.text, kind);
                    assert!(!found.contains(&code), "{}: {found:?} in\n{}", section.id, block.text);
                }
                None => {}
            }
        }
        let of_policies = ["IE01", "IE02", "IE03", "IE06"].iter().any(|group| code.starts_with(group));
        assert!(of_policies || wrong == 0, "{code} is no code of policies");
        if of_policies && wrong == 0 {
            without_example.push(section.id.clone());
        }
    }
    // A policy that is too large would fill the page, and a Deny that denies nothing needs a world.
    assert_eq!(without_example, ["IE0320", "IE0618", "IE0683", "IE0684", "IE0693"]);
}

#[test]
fn rules_that_are_named_exist() {
    let semantics = page("docs/semantics.md");
    for section in sections() {
        let prose = section.prose();
        let words = prose.split(|character: char| !(character.is_ascii_alphanumeric() || character == '-'));
        for word in words {
            let Some((group, number)) = word.rsplit_once('-') else { continue };
            let is_rule = group.starts_with("R-") || matches!(group, "V" | "D" | "Q");
            if is_rule && number.bytes().all(|byte| byte.is_ascii_digit()) {
                let rule = format!("**{word}**");
                let row = format!("| {word} |");
                assert!(semantics.contains(&rule) || semantics.contains(&row), "{}: {word}", section.id);
            }
        }
    }
}
