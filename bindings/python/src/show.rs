//! Texts as they leave the program.

use iameval::json::Node;
use iameval_report::{FindingRenderer, Names, Style, Writing, screened, screened_json};
use iameval_world::Finding;

/// How texts look: nobody knows how wide the place is where they are shown.
pub(crate) const STYLE: Style = Style { colour: false, width: 100 };

/// A text for people.
pub(crate) fn text(text: &str, names: &Names) -> String {
    screened(&names.shown(text, Writing::Plain)).into_owned()
}

/// Lines for people, of which `print` ends the last.
pub(crate) fn lines(lines: &str, names: &Names) -> String {
    text(lines.trim_end_matches('\n'), names)
}

/// A document as JSON.
pub(crate) fn json(document: &Node<'_>, names: &Names) -> String {
    screened_json(&names.shown(&document.to_string(), Writing::Json)).into_owned()
}

/// Findings as the command prints them, an empty line between two.
pub(crate) fn findings(findings: &[Finding], names: &Names) -> String {
    let mut renderer = FindingRenderer::new(STYLE);
    let texts: Vec<String> = findings.iter().map(|finding| renderer.render(finding)).collect();
    text(&texts.join("\n\n"), names)
}
