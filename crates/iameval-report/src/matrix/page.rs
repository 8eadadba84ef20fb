//! A matrix as one page of HTML that asks for nothing: style and script stand in it, and its policy lets nothing else run.

use super::grid::{cell_word, facts};
use super::{left_out, notes};
use crate::html::{escape, escaped};
use crate::style::Style;
use crate::text::{Depth, answer_to_text};
use iameval_ask::{Matrix, MatrixCell, MatrixColumn};
use iameval_data::Catalogue;
use std::collections::HashMap;
use std::fmt::Write;

const PAGE: &str = include_str!("../../page/page.html");
const STYLE: &str = include_str!("../../page/style.css");
const SCRIPT: &str = include_str!("../../page/script.js");

/// How wide the answers are.
const WIDTH: usize = 100;

/// The matrix as a page for a review, in one file: each cell opens its answer. Texts of any origin may be in it.
pub fn matrix_to_html(matrix: &Matrix, catalogue: &Catalogue) -> String {
    let mut answers = Answers::default();
    let body = body(matrix, catalogue, &mut answers);
    let mut out = String::with_capacity(PAGE.len() + STYLE.len() + SCRIPT.len() + body.len() + answers.html.len());
    let mut rest = PAGE;
    while let Some((before, marker)) = rest.split_once("{{") {
        let (name, after) = marker.split_once("}}").unwrap_or((marker, ""));
        out.push_str(before);
        match name {
            "style" => out.push_str(STYLE),
            "script" => out.push_str(SCRIPT),
            // On paper, so many columns stand across and small.
            "class" if matrix.leads.len() + matrix.columns.len() > 7 => out.push_str(" class=\"many\""),
            "facts" => out.push_str(&told(matrix)),
            "head" => out.push_str(&head(matrix)),
            "body" => out.push_str(&body),
            "notes" => out.push_str(&remarks(matrix)),
            "answers" => out.push_str(&answers.html),
            "rows" => out.push_str(&rows(matrix)),
            _ => {}
        }
        rest = after;
    }
    out.push_str(rest);
    // Whatever the sources were checked out with, the page is the same.
    if out.contains('\r') { out.replace("\r\n", "\n") } else { out }
}

/// A name between tags, which is best broken behind a colon or a slash.
fn breakable(text: &str) -> String {
    let mut out = String::new();
    for piece in text.split_inclusive([':', '/']) {
        let _ = write!(out, "{}<wbr>", escaped(piece));
    }
    out.truncate(out.len() - "<wbr>".len().min(out.len()));
    out
}

fn told(matrix: &Matrix) -> String {
    let mut out = String::new();
    for (name, value) in facts(matrix) {
        let _ = writeln!(out, "<div><dt>{name}</dt><dd>{}</dd></div>", escaped(&value));
    }
    let changing = matrix.rows.iter().filter(|row| row.changes()).count();
    let _ = writeln!(
        out,
        "<div><dt>table</dt><dd>{}, {changing} of which {}</dd></div>",
        rows(matrix),
        if changing == 1 { "changes" } else { "change" }
    );
    out
}

fn rows(matrix: &Matrix) -> String {
    let plural = if matrix.rows.len() == 1 { "" } else { "s" };
    format!("{} row{plural}", matrix.rows.len())
}

fn remarks(matrix: &Matrix) -> String {
    let left_out = (matrix.left_out > 0).then(|| left_out(matrix));
    left_out.into_iter().chain(notes(matrix)).fold(String::new(), |mut out, note| {
        let _ = writeln!(out, "<p>{}</p>", escaped(&note));
        out
    })
}

fn head(matrix: &Matrix) -> String {
    let mut out = String::new();
    for lead in &matrix.leads {
        let _ = write!(out, "<th scope=\"col\">{}</th>", lead.as_str());
    }
    for column in &matrix.columns {
        out.push_str("<th scope=\"col\">");
        for (number, part) in parts(column).iter().enumerate() {
            let joined = if number > 0 { " <span class=\"part\">&amp; " } else { "<span class=\"part\">" };
            let _ = write!(out, "{joined}{}</span>", breakable(part));
        }
        out.push_str("</th>");
    }
    out
}

/// What a column says, piece by piece.
fn parts(column: &MatrixColumn) -> Vec<String> {
    let given = column.name.split('&').map(|part| part.trim().to_owned());
    match &column.principal {
        Some(principal) if column.name == iameval_ask::AS_IT_IS => vec![principal.clone()],
        Some(principal) => std::iter::once(principal.clone()).chain(given).collect(),
        None => given.collect(),
    }
}

fn body(matrix: &Matrix, catalogue: &Catalogue, answers: &mut Answers) -> String {
    let mut out = String::new();
    for row in &matrix.rows {
        out.push_str(if row.changes() { "<tr data-changes>" } else { "<tr>" });
        for lead in matrix.leading(row) {
            let name = if lead.is_empty() { "–".to_owned() } else { breakable(lead) };
            let _ = write!(out, "<th scope=\"row\"><span class=\"name\">{name}</span></th>");
        }
        for cell in &row.cells {
            let text = match (cell, cell.answer(catalogue)) {
                (_, Some(answer)) => answer_to_text(&answer, Depth::Explained, Style { colour: false, width: WIDTH }),
                (MatrixCell::NotAsked(reason), None) => matrix.not_asked.get(*reason).cloned().unwrap_or_default(),
                (MatrixCell::Decided(..), None) => String::new(),
            };
            let (class, word) = match cell_word(cell) {
                super::NOTHING => ("open", "not asked"),
                word => (word, word),
            };
            let number = answers.number(text);
            let _ = write!(
                out,
                "<td><button type=\"button\" class=\"{class}\" data-answer=\"{number}\">{word}</button></td>"
            );
        }
        out.push_str("</tr>\n");
    }
    out
}

/// The texts that cells open, each once.
#[derive(Default)]
struct Answers {
    numbers: HashMap<String, usize>,
    html: String,
}

impl Answers {
    fn number(&mut self, text: String) -> usize {
        let next = self.numbers.len();
        *self.numbers.entry(text).or_insert_with_key(|text| {
            let _ = writeln!(self.html, "<pre id=\"answer-{next}\">");
            escape(text, true, &mut self.html);
            self.html.push_str("</pre>\n");
            next
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest, Sha256};

    fn base64(bytes: &[u8]) -> String {
        const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut out = String::new();
        for three in bytes.chunks(3) {
            let number = (0..3).fold(0_u32, |number, at| number << 8 | u32::from(three.get(at).copied().unwrap_or(0)));
            for place in 0..=three.len() {
                let at = number >> (18 - 6 * place) & 63;
                out.push(char::from(SIGNS[at as usize]));
            }
            out.push_str(&"=".repeat(3 - three.len()));
        }
        out
    }

    /// Style and script run because the policy of the page has their hashes, and nothing else does.
    #[test]
    fn the_policy_of_the_page_names_its_style_and_script() {
        for (kind, text) in [("style", STYLE), ("script", SCRIPT)] {
            let wanted = format!("{kind}-src 'sha256-{}'", base64(&Sha256::digest(text.replace("\r\n", "\n"))));
            assert!(PAGE.contains(&wanted), "page/page.html must have {wanted}");
            assert!(!text.contains(&format!("</{kind}")));
        }
    }

    #[test]
    fn names_are_broken_where_that_is_best() {
        assert_eq!(breakable("arn:aws:s3:::a/<b>"), "arn:<wbr>aws:<wbr>s3:<wbr>:<wbr>:<wbr>a/<wbr>&lt;b&gt;");
    }
}
