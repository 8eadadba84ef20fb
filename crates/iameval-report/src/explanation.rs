//! The long form of each code: its section of `codes.md`, with the facts of its table of codes.

use crate::json::optional;
use crate::located::severity_word;
use crate::markdown::{inline, rendered};
use crate::style::Style;
use iameval::Code;
use iameval::json::Node;
use std::fmt::Write;

/// The page that explains every code. A section begins with `## ID: title`, a part of the page with `# title`.
const PAGE: &str = include_str!("../codes.md");

/// What a code means, at length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodePage {
    /// The code.
    pub code: Code,
    /// The code in a few words.
    pub title: &'static str,
    /// What it means, why it matters and what to do, as Markdown. Begins with [`Code::summary`].
    pub text: &'static str,
}

/// What the code means, at length.
pub fn explanation(code: Code) -> CodePage {
    // A test of the command finds a section for every code.
    let (title, text) = section(code.id()).unwrap_or((code.id(), code.summary()));
    CodePage { code, title, text }
}

fn section(id: &str) -> Option<(&'static str, &'static str)> {
    PAGE.split("\n## ").skip(1).find_map(|section| {
        let (title, text) = section.strip_prefix(id)?.strip_prefix(": ")?.split_once('\n')?;
        // The last section of a part runs up to the heading of the next part.
        let text = text.split_once("\n# ").map_or(text, |(text, _)| text);
        Some((title, text.trim()))
    })
}

/// The explanation as lines of text, each ended. Colours are added to it and change nothing else.
pub fn explanation_to_text(explanation: &CodePage, style: Style) -> String {
    let CodePage { code, title, text } = explanation;
    let mut out = format!("## {}: {title}\n\n- Severity: {}\n", code.id(), severity_word(code.severity(), "info"));
    if let Some((row, message)) = code.refusal() {
        let _ = writeln!(out, "- AWS at creation: `MalformedPolicyDocument`, `{message}` ({})", row_name(row));
    }
    let findings: Vec<String> = code.checker_findings().iter().map(|finding| format!("`{finding}`")).collect();
    if !findings.is_empty() {
        let _ = writeln!(out, "- AWS's checker: {}", findings.join(", "));
    }
    let _ = writeln!(out, "\n{text}");
    rendered(&out, style)
}

/// The explanations as one document, `{"schema": "iameval/explain/1", "codes": […]}`; print it with `{:#}`.
pub fn explanations_to_json(explanations: &[CodePage]) -> Node<'static> {
    let codes = explanations.iter().map(|CodePage { code, title, text }| {
        let refusal = code.refusal();
        Node::object([
            ("code", Node::string(code.id())),
            ("title", Node::string(*title)),
            ("severity", Node::string(severity_word(code.severity(), "info"))),
            ("summary", Node::string(code.summary())),
            ("aws_message", optional(refusal.map(|(_, message)| Node::string(message)))),
            ("aws_row", optional(refusal.map(|(row, _)| Node::string(row_name(row))))),
            ("checker_findings", Node::array(code.checker_findings().iter().map(|finding| Node::string(*finding)))),
            ("text", Node::string(*text)),
        ])
    });
    Node::object([("schema", Node::string("iameval/explain/1")), ("codes", Node::array(codes))])
}

/// The codes with severity and title, a line each.
pub fn code_table(explanations: &[CodePage], style: Style) -> String {
    let mut out = style.heading("code    severity  title") + "\n";
    for explanation in explanations {
        let id = style.literal(explanation.code.id());
        let severity = severity_word(explanation.code.severity(), "info");
        let title = inline(explanation.title, style);
        let _ = writeln!(out, "{id}  {severity:<8}  {title}");
    }
    out
}

fn row_name(row: u8) -> String {
    format!("V-{row:02}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Codes;
    use iameval::codes;
    use serde_json::{Value, json};

    const PLAIN: Style = Style { colour: false, width: 100 };
    const COLOURED: Style = Style { colour: true, width: 100 };

    /// The explanations of codes from two crates.
    fn explanations() -> Vec<CodePage> {
        Codes::of(&[iameval_lint::codes::ALL, iameval::codes::ALL]).iter().map(explanation).collect()
    }

    #[test]
    fn the_facts_of_the_table_come_first() {
        let text = explanation_to_text(&explanation(codes::UNKNOWN_ELEMENT), PLAIN);
        assert!(
            text.starts_with(
                "IE0203: Unknown element\n\n- Severity: error\n\
                 - AWS at creation: MalformedPolicyDocument, Syntax errors in policy. (V-02)\n\
                 - AWS's checker: INVALID_POLICY_ELEMENT\n\n\
                 The policy language has no element of this name (V-02).\n\n"
            ),
            "{text}"
        );
        let text = explanation_to_text(&explanation(iameval_world::codes::UNREADABLE), PLAIN);
        assert!(text.starts_with("IE0001: Unreadable file\n\n- Severity: error\n\nThe file"), "{text}");
        let text = explanation_to_text(&explanation(iameval_lint::codes::MISSING_VERSION), PLAIN);
        assert!(text.contains("- Severity: info\n- AWS's checker: MISSING_VERSION\n"), "{text}");
    }

    /// The text without escape sequences.
    fn without_colours(text: &str) -> String {
        let mut parts = text.split('\u{1b}');
        let mut out = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            out.push_str(part.split_once('m').unwrap().1);
        }
        out
    }

    #[test]
    fn colours_change_nothing_else() {
        let explanations = explanations();
        for explanation in &explanations {
            let coloured = explanation_to_text(explanation, COLOURED);
            assert_eq!(without_colours(&coloured), explanation_to_text(explanation, PLAIN));
            assert!(coloured.starts_with('\u{1b}'));
        }
        assert_eq!(without_colours(&code_table(&explanations, COLOURED)), code_table(&explanations, PLAIN));
    }

    #[test]
    fn json_has_all_there_is_to_know() {
        let document = explanations_to_json(&[
            explanation(codes::DUPLICATE_SID),
            explanation(iameval_lint::codes::ALLOW_NOT_ACTION),
        ]);
        let mut document: Value = serde_json::from_str(&document.to_string()).unwrap();
        for code in document["codes"].as_array_mut().unwrap() {
            let text = code["text"].take();
            assert!(text.as_str().unwrap().starts_with(code["summary"].as_str().unwrap()));
        }
        assert_eq!(
            document,
            json!({"schema": "iameval/explain/1", "codes": [
                {
                    "code": "IE0305", "title": "Same `Sid` twice", "severity": "error",
                    "summary": "Two statements have the same `Sid` (V-07).",
                    "aws_message": "Statement IDs (SID) in a single policy must be unique.", "aws_row": "V-07",
                    "checker_findings": ["UNIQUE_SIDS_REQUIRED", "UNIQUE_SIDS_RECOMMENDED"], "text": null,
                },
                {
                    "code": "IE0615", "title": "Allow with `NotAction`", "severity": "warning",
                    "summary": "`NotAction` with Allow allows everything else, in every service (R-ACT-03).",
                    "aws_message": null, "aws_row": null, "checker_findings": [], "text": null,
                },
            ]})
        );
    }

    #[test]
    fn the_table_has_a_line_a_code() {
        let explanations = explanations();
        let table = code_table(&explanations, PLAIN);
        assert_eq!(table.lines().count(), explanations.len() + 1);
        assert!(table.contains("\nIE0302  warning   Old version of an identity policy\n"), "{table}");
    }
}
