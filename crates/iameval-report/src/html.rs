//! Texts as HTML, and an answer as a piece of a page.

use crate::escape::{harmless, plain};
use crate::names::{Names, Writing};
use crate::style::Style;
use crate::text::{Depth, answer_to_text};
use iameval::Decision;
use iameval_ask::Answer;

/// The answer as a piece of a page, such as a notebook: its text, with a bar in the colour of the decision. Texts of any origin
/// may be in it.
pub fn answer_to_html(answer: &Answer, style: Style) -> String {
    let colour = match answer.simulation.decision {
        Decision::Allowed => "#2e7d32",
        Decision::ExplicitDeny | Decision::ImplicitDeny => "#c62828",
        Decision::Undetermined => "#f9a825",
    };
    let text = answer_to_text(answer, Depth::Explained, Style { colour: false, ..style });
    let names = Names::of(answer.policies.symbols());
    let mut out = format!("<pre style=\"border-left: 0.3em solid {colour}; padding-left: 0.8em\">\n");
    escape(&names.shown(&text, Writing::Plain), true, &mut out);
    out.push_str("</pre>\n");
    out
}

/// A text between tags, on one line. Nothing in it is a tag or turns the direction of reading.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    escape(&plain(text), false, &mut out);
    out
}

/// Adds a text without its own tags. The page is looked at in logs as well, where a line could be a command to the runner of
/// GitHub Actions: `::error::…` where it begins, `##[error]…` anywhere.
pub(crate) fn escape(text: &str, mut begins_line: bool, out: &mut String) {
    for ch in harmless(text).chars() {
        let is_command = begins_line && ch == ':';
        begins_line = ch == '\n' || begins_line && ch.is_whitespace();
        match ch {
            ':' if is_command => out.push_str("&#58;"),
            '[' if out.ends_with("##") => out.push_str("&#91;"),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\r' => out.push(' '),
            ch => out.push(ch),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_strangers_write_is_text() {
        assert_eq!(
            escaped("::</pre><b title=\"a\" id='b'>&\u{202e}\0\r"),
            "::&lt;/pre&gt;&lt;b title=&quot;a&quot; id=&#39;b&#39;&gt;&amp;\\u{202e}\\u{0} "
        );
        let mut lines = String::new();
        escape("::error::\n  ::error:: ##[error]", true, &mut lines);
        assert_eq!(lines, "&#58;:error::\n  &#58;:error:: ##&#91;error]");
    }
}
