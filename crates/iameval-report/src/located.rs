//! Findings as every report for machines needs them: places worked out, files named, the most severe first.
//!
//! What a format makes of it is the business of its own module.

use iameval::Severity;
use iameval::text::{LineIndex, Position, Span};
use iameval_world::{Finding, Source};
use std::cmp::Reverse;
use std::collections::HashMap;

/// A finding and the places in it.
pub(crate) struct Located<'a> {
    pub(crate) finding: &'a Finding,
    /// Where it stands; `None` when it is about the file as a whole.
    pub(crate) place: Option<PlaceRange>,
    /// Its labels.
    pub(crate) labels: Vec<(Option<PlaceRange>, &'a str)>,
}

/// Where a span begins, and the position just after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlaceRange {
    /// Where it begins.
    pub start: Position,
    /// Just after its end.
    pub end: Position,
}

/// Works out the places of findings, one after the other.
pub(crate) fn locate<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> impl Iterator<Item = Located<'a>> {
    let mut places = Places::default();
    findings.into_iter().map(move |finding| {
        let diagnostic = &finding.diagnostic;
        let mut place = |span| places.place(&finding.source, span);
        Located {
            finding,
            place: place(diagnostic.span()),
            labels: diagnostic.labels().iter().map(|(span, text)| (place(*span), &**text)).collect(),
        }
    })
}

/// Lines and columns in any number of sources. Each is indexed once, however many places in it are asked for.
#[derive(Debug, Default)]
pub struct Places<'a> {
    /// By address: the sources outlive the map.
    indexes: HashMap<*const Source, (&'a Source, LineIndex)>,
}

impl<'a> Places<'a> {
    /// Where the span stands; `None` when there is no text.
    pub fn place(&mut self, source: &'a Source, span: Span) -> Option<PlaceRange> {
        if source.text.is_empty() {
            return None;
        }
        let indexed = || (source, LineIndex::new(&source.text));
        let (source, index) = self.indexes.entry(std::ptr::from_ref(source)).or_insert_with(indexed);
        let position = |offset| source.position(index, offset);
        Some(PlaceRange { start: position(span.start), end: position(span.end.max(span.start)) })
    }
}

/// The findings, the most severe first, otherwise in their order.
pub(crate) fn most_severe_first(findings: &[Finding]) -> Vec<&Finding> {
    let mut ordered: Vec<&Finding> = findings.iter().collect();
    ordered.sort_by_key(|finding| Reverse(finding.diagnostic.severity()));
    ordered
}

/// The word for a severity. Formats differ only in what they call the mildest.
pub(crate) fn severity_word(severity: Severity, mildest: &'static str) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => mildest,
    }
}

/// The message and, each on a line of its own, help and note.
pub(crate) fn message_in_full(finding: &Finding) -> String {
    let diagnostic = &finding.diagnostic;
    let mut text = diagnostic.message().to_owned();
    for (name, more) in [("help", diagnostic.help()), ("note", finding.note.as_deref())] {
        if let Some(more) = more {
            text.extend(["\n", name, ": ", more]);
        }
    }
    text
}

/// The name of a source as a path that other programs understand: forward slashes, no `./` in front, no blank for
/// standard input.
pub fn path(name: &str) -> String {
    if name == "standard input" {
        return "stdin".to_owned();
    }
    let path: String = name.chars().map(|ch| if std::path::is_separator(ch) { '/' } else { ch }).collect();
    match path.strip_prefix("./") {
        Some(rest) if !rest.is_empty() => rest.to_owned(),
        _ => path,
    }
}

/// A number of things, in words: `1 error`, `2 errors`.
pub fn count(number: usize, thing: &str) -> String {
    if number == 1 { format!("1 {thing}") } else { format!("{number} {thing}s") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use iameval::{Diagnostic, Problem, codes};

    fn numbers(place: Option<PlaceRange>) -> Option<[u32; 4]> {
        place.map(|PlaceRange { start, end }| [start.line, start.column, end.line, end.column])
    }

    #[test]
    fn places_of_findings_and_labels_count_characters() {
        let text = "{\"é😀\": 1,\r\n \"b\": 2}";
        let source = Source::new("a.json", text);
        let span = |part: &str| {
            let at = text.find(part).unwrap();
            Span::new(at, at + part.len())
        };
        let first = Diagnostic::new(codes::UNKNOWN_ELEMENT, span("\"é😀\""), "one").with_label(span("\"b\""), "here");
        let lines = Diagnostic::new(codes::UNKNOWN_ELEMENT, span(": 1,\r\n \"b\""), "two");
        let end = Diagnostic::new(codes::JSON_SYNTAX, Span::new(text.len(), text.len()), "three");
        let findings = [first, lines, end].map(|diagnostic| Finding::new(&source, diagnostic));
        let places: Vec<_> = locate(&findings).map(|located| numbers(located.place)).collect();
        assert_eq!(places, [Some([1, 2, 1, 6]), Some([1, 6, 2, 5]), Some([2, 9, 2, 9])]);
        let labels: Vec<_> = locate(&findings).flat_map(|located| located.labels).collect();
        assert_eq!(labels.len(), 1);
        assert_eq!((numbers(labels[0].0), labels[0].1), (Some([2, 2, 2, 5]), "here"));
    }

    #[test]
    fn a_finding_about_a_whole_file_has_no_place() {
        let finding = Finding::about_file("a.json", Problem::new(iameval_world::codes::UNREADABLE, "gone"));
        assert_eq!(locate([&finding]).next().unwrap().place, None);
    }

    #[test]
    fn spans_that_are_none_are_still_places() {
        let source = Source::new("a.json", "ab");
        let mut places = Places::default();
        assert_eq!(numbers(places.place(&source, Span { start: 1, end: 0 })), Some([1, 2, 1, 2]));
        assert_eq!(numbers(places.place(&source, Span { start: 1, end: 99 })), Some([1, 2, 1, 3]));
    }

    #[test]
    fn many_findings_in_one_long_line_are_located_in_one_go() {
        let text = "x".repeat(1_000_000);
        let source = Source::new("long.json", text);
        let at =
            |offset: usize| Diagnostic::new(codes::UNKNOWN_ELEMENT, Span::new(offset * 10, offset * 10 + 1), "here");
        let findings: Vec<_> = (0..100_000).map(|offset| Finding::new(&source, at(offset))).collect();
        let last = locate(&findings).last().unwrap();
        assert_eq!(numbers(last.place), Some([1, 999_991, 1, 999_992]));
    }

    #[test]
    fn paths_are_what_other_programs_understand() {
        assert_eq!(path("./policies/a.json"), "policies/a.json");
        assert_eq!(path("../a.json"), "../a.json");
        assert_eq!(path("./"), "./");
        assert_eq!(path("standard input"), "stdin");
        assert_eq!(path("aws:PowerUserAccess"), "aws:PowerUserAccess");
    }
}
