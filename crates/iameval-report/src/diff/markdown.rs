//! The change as Markdown, for a comment on a pull request: short, with the details folded.

use super::{DiffNames, Direction, details, heading, notes, shown, summary, undecided_in_words};
use crate::access::actions_in_words_with;
use crate::escape::plain;
use iameval_ask::Diff;
use std::fmt::Write;

/// How many phrases of actions a line has.
const PHRASES: usize = 12;

/// The change as Markdown.
pub fn diff_to_markdown(diff: &Diff, names: DiffNames<'_>) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "**Access from {} to {}: {}**\n", code(names.old), code(names.new), summary(diff));
    for part in &diff.parts {
        let heading = shown(diff, &heading(part, names));
        if !heading.is_empty() {
            let _ = writeln!(out, "<details open><summary>{}</summary>\n", html(&heading));
        }
        for direction in Direction::ALL {
            let (groups, by, against) = direction.of(part);
            for group in groups {
                let sign = match direction {
                    Direction::Gained => "🟢",
                    Direction::Lost => "🔴",
                    Direction::MayGain | Direction::MayLose => "⚠️",
                };
                let actions = actions_in_words_with(group, PHRASES, &code);
                let _ = writeln!(out, "- {sign} **{}** {actions}", direction.in_words());
                for detail in details(direction, group, by, against) {
                    let _ = writeln!(out, "  - {}", code(&shown(diff, &detail)));
                }
            }
        }
        for reason in &part.undecided {
            let _ = writeln!(out, "- ⚠️ **undecided** {}", html(&undecided_in_words(reason)));
        }
        out.push('\n');
        if !heading.is_empty() {
            out.push_str("</details>\n\n");
        }
    }
    for note in notes(diff) {
        let _ = writeln!(out, "<sub>{}</sub>", html(&note));
    }
    out
}

/// The text as a piece of code on one line, whatever is in it.
fn code(text: &str) -> String {
    let text = plain(text);
    let longest = text.split(|letter| letter != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let space = if longest > 0 { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

/// The text without anything that HTML or Markdown would take for more.
fn html(text: &str) -> String {
    let mut out = String::new();
    for letter in plain(text).chars() {
        match letter {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '*' | '_' | '`' | '[' | ']' | '\\' | '|' | '@' | '#' => {
                let _ = write!(out, "&#{};", u32::from(letter));
            }
            letter => out.push(letter),
        }
    }
    out
}
