//! A finding with its place, excerpt, code and help, as a compiler shows it.

use crate::escape::plain;
use crate::laid_out::{Extract, LaidOut};
use crate::layout::shortened;
use crate::style::Style;
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use iameval::text::{LineIndex, Span};
use iameval::{Diagnostic, Refusal, Severity};
use iameval_world::{Finding, Source};
use std::cell::OnceCell;
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

/// The finding as text, without a line break at the end.
pub fn render_finding(finding: &Finding, style: Style) -> String {
    FindingRenderer::new(style).render(finding)
}

/// So many findings are shown with an excerpt; those after them say where they are.
const EXCERPTS: usize = 1_000;

/// Makes text of findings, one after the other. Each source is indexed once, however many findings are in it.
#[derive(Debug)]
pub struct FindingRenderer {
    style: Style,
    /// By address: the map holds the sources.
    indexes: HashMap<*const Source, (Arc<Source>, Index)>,
    excerpts: usize,
    /// The statement of a long line that was laid out last: one may have very many findings.
    laid: Option<(Arc<Source>, Rc<LaidOut>)>,
}

impl FindingRenderer {
    /// A renderer that has rendered nothing.
    pub fn new(style: Style) -> Self {
        Self { style, indexes: HashMap::new(), excerpts: 0, laid: None }
    }

    /// The finding as text, without a line break at the end; from the thousand-and-first on without an excerpt.
    pub fn render(&mut self, finding: &Finding) -> String {
        let diagnostic = &finding.diagnostic;
        let level = match diagnostic.severity() {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
            Severity::Info => Level::INFO,
        };
        let title = level.primary_title(shortened(&plain(diagnostic.message()))).id(diagnostic.code().id());
        let excerpt = self.excerpt(finding);
        let mut group = self.placed(Group::with_title(title), finding, &excerpt);
        let is_laid_out = matches!(excerpt, Excerpt::LaidOut(..));
        if let Some(help) = diagnostic.help() {
            group = group.element(Level::HELP.message(shortened(&plain(help))));
        }
        if is_laid_out {
            group = group.element(Level::NOTE.message("in the file this is all on one line"));
        }
        if let Some(note) = &finding.note {
            group = group.element(Level::NOTE.message(plain(note)));
        }
        if let Some(refusal) = diagnostic.refusal().filter(|refusal| refusal.first_of > 1) {
            let Refusal { first_of, message, .. } = refusal;
            let note = format!("of the {first_of} that AWS rejects, it reports this one: {message}");
            group = group.element(Level::NOTE.message(plain(&note)));
        }
        let renderer = if self.style.colour { Renderer::styled() } else { Renderer::plain() };
        let renderer = renderer.anonymized_snippet_line_numbers(is_laid_out);
        renderer.decor_style(DecorStyle::Ascii).term_width(self.style.width).render(&[group]).clone()
    }

    /// What to show of the text around a finding.
    fn excerpt<'f>(&mut self, finding: &'f Finding) -> Excerpt<'f> {
        let (text, diagnostic) = (&finding.source.text, &finding.diagnostic);
        if text.is_empty() || self.excerpts == EXCERPTS {
            return Excerpt::None;
        }
        self.excerpts += 1;
        let labels = diagnostic.labels().iter().map(|(span, _)| *span);
        match self.laid_out(finding) {
            Some(laid) => {
                let extract = laid.extract(labels.chain([diagnostic.span()]));
                Excerpt::LaidOut(laid, extract)
            }
            None => Excerpt::Window(Window::around(text, diagnostic.span(), labels)),
        }
    }

    /// The statement of a long line around a finding.
    fn laid_out(&mut self, finding: &Finding) -> Option<Rc<LaidOut>> {
        let (source, span) = (&finding.source, finding.diagnostic.span());
        let width = self.style.width.saturating_sub(MARGIN);
        let is_same = |(of, laid): &&(Arc<Source>, Rc<LaidOut>)| Arc::ptr_eq(of, source) && laid.is_around(span, width);
        if let Some((_, laid)) = self.laid.as_ref().filter(is_same) {
            return Some(laid.clone());
        }
        let laid = Rc::new(LaidOut::around(&source.text, span, width)?);
        self.laid = Some((source.clone(), laid.clone()));
        Some(laid)
    }

    /// The group with the place of the finding and its excerpt.
    fn placed<'f>(&mut self, group: Group<'f>, finding: &'f Finding, excerpt: &'f Excerpt<'f>) -> Group<'f> {
        let (source, diagnostic) = (&finding.source, &finding.diagnostic);
        let name = plain(&source.name);
        if source.text.is_empty() {
            return group.element(Origin::path(name));
        }
        let (_, index) =
            self.indexes.entry(Arc::as_ptr(source)).or_insert_with(|| (source.clone(), Index::new(&source.text)));
        // Where the excerpt does not begin with its line, the place has to be said apart from it.
        let place = |name: String| {
            let lines = index.lines.get_or_init(|| LineIndex::new(&source.text));
            let at = source.position(lines, diagnostic.span().start);
            Origin::path(name).line(at.line as usize).char_column(at.column as usize)
        };
        match excerpt {
            Excerpt::None => group.element(place(name)),
            Excerpt::LaidOut(laid, extract) => {
                let range = |span| extract.range(&laid.range(span)?);
                group.element(place(name)).element(annotated(&extract.text, diagnostic, range).fold(extract.is_part))
            }
            Excerpt::Window(window) => {
                let snippet = annotated(window.text, diagnostic, |span| {
                    (window.holds(span) || span == diagnostic.span()).then(|| window.range(span))
                })
                .line_start(index.line_feeds_before(window.start) + source.start.line as usize);
                if window.is_cut || (window.start == 0 && source.start.column > 1) {
                    group.element(place(name)).element(snippet)
                } else {
                    group.element(snippet.path(name))
                }
            }
        }
    }
}

/// What is shown of the text around a finding.
enum Excerpt<'t> {
    None,
    LaidOut(Rc<LaidOut>, Extract),
    Window(Window<'t>),
}

/// The lines of a source.
#[derive(Debug)]
struct Index {
    /// Made when a place is said without its excerpt.
    lines: OnceCell<LineIndex>,
    /// Where the lines of an excerpt end.
    line_feeds: Vec<usize>,
}

impl Index {
    fn new(text: &str) -> Self {
        Self { lines: OnceCell::new(), line_feeds: text.match_indices('\n').map(|(at, _)| at).collect() }
    }

    fn line_feeds_before(&self, offset: usize) -> usize {
        self.line_feeds.partition_point(|at| *at < offset)
    }
}

/// How much room numbers of lines take.
const MARGIN: usize = 10;

/// A text with the places of a finding in it, as far as they are.
fn annotated<'t>(
    text: &'t str,
    diagnostic: &'t Diagnostic,
    range: impl Fn(Span) -> Option<Range<usize>>,
) -> Snippet<'t, Annotation<'t>> {
    let labels = diagnostic.labels().iter().filter_map(|(span, label)| {
        let range = range(*span)?;
        Some(AnnotationKind::Context.span(range).label(plain(label)))
    });
    let primary = range(diagnostic.span()).unwrap_or_default();
    Snippet::source(text).annotation(AnnotationKind::Primary.span(primary)).annotations(labels)
}

/// The part of a text that a message shows: whole lines, unless they are very long.
struct Window<'t> {
    text: &'t str,
    start: usize,
    /// Whether the text begins within a line.
    is_cut: bool,
}

/// How much of a line is worth showing on either side of a place.
const SIDE: usize = 2_000;
/// How far apart labels may be to be shown in one excerpt.
const REACH: u32 = 20_000;

impl<'t> Window<'t> {
    fn around(text: &'t str, span: Span, labels: impl Iterator<Item = Span>) -> Self {
        let near = labels.filter(|label| label.start.abs_diff(span.start) < REACH);
        let place = Self::shown_of(text, span);
        let (start, end) =
            near.fold((place.start, place.end), |(start, end), label| (start.min(label.start), end.max(label.end)));
        let (start, end) = ((start as usize).min(text.len()), (end as usize).min(text.len()));
        // Nothing further away is looked at, however long the line is.
        let (first, last) = (boundary(text, start.saturating_sub(SIDE)), boundary(text, end.saturating_add(SIDE)));
        let line_start = text.get(first..start).and_then(|head| head.rfind('\n')).map(|at| first + at + 1);
        let line_end = text.get(end..last).and_then(|tail| tail.find('\n')).map_or(last, |at| end + at);
        let from = line_start.unwrap_or(first);
        let is_cut = text.get(..from).is_some_and(|head| !head.is_empty() && !head.ends_with('\n'));
        let text = text.get(from..line_end).unwrap_or("");
        Self { text: text.strip_suffix('\r').unwrap_or(text), start: from, is_cut }
    }

    /// Of a long place, such as a whole document, the beginning of its first line.
    fn shown_of(text: &str, place: Span) -> Span {
        let (start, far) = (place.start as usize, boundary(text, place.start.saturating_add(REACH) as usize));
        if far >= place.end as usize {
            return place;
        }
        let line = text.get(start..far).and_then(|head| head.find('\n'));
        Span::new(start, line.map_or(far, |length| start + length))
    }

    fn holds(&self, span: Span) -> bool {
        self.start <= span.start as usize && span.end as usize <= self.start + self.text.len()
    }

    fn range(&self, span: Span) -> std::ops::Range<usize> {
        let within = |offset: u32| boundary(self.text, (offset as usize).saturating_sub(self.start));
        within(span.start)..within(span.end).max(within(span.start))
    }
}

/// The nearest place at or before `at` that lies between two characters.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use iameval::text::Position;
    use iameval::{Diagnostic, codes};
    use iameval_world::Source;

    const PLAIN: Style = Style { colour: false, width: 100 };

    #[test]
    fn a_finding_shows_place_excerpt_code_and_help() {
        let source = Source::new("policy.json", "{\n  \"Statemnt\": []\n}\n");
        let diagnostic = Diagnostic::new(codes::UNKNOWN_ELEMENT, Span::new(4, 14), "`Statemnt` is no element")
            .with_help("did you mean `Statement`?");
        let text = render_finding(&Finding::new(&source, diagnostic), PLAIN);
        assert_eq!(
            text,
            "error[IE0203]: `Statemnt` is no element\n --> policy.json:2:3\n  |\n2 |   \"Statemnt\": []\n  |   ^^^^^^^^^^\n  |\n  = help: did you mean `Statement`?"
        );
    }

    #[test]
    fn of_several_that_aws_refuses_the_first_is_marked() {
        let source = Source::new("policy.json", "[]");
        let mut findings = vec![
            Diagnostic::new(codes::DUPLICATE_SID, Span::new(0, 1), "twice"),
            Diagnostic::new(codes::INVALID_SID, Span::new(1, 2), "characters"),
            Diagnostic::new(iameval_lint::codes::FULL_ACCESS, Span::new(0, 2), "everything"),
        ];
        let notes = |findings: &mut [Diagnostic]| -> Vec<bool> {
            Refusal::mark_first(findings);
            let shown = findings.iter().map(|found| render_finding(&Finding::new(&source, found.clone()), PLAIN));
            shown
                .map(|text| {
                    text.contains(
                        "= note: of the 2 that AWS rejects, it reports this one: \
            Statement",
                    )
                })
                .collect()
        };
        assert_eq!(notes(&mut findings), [false, true, false]);
        // One alone needs no mark.
        assert_eq!(notes(&mut findings[1..]), [false, false]);
        assert!(findings[1].refusal().is_some_and(Refusal::is_first));
    }

    #[test]
    fn a_part_of_a_file_has_the_places_of_the_file() {
        let source = Source::part("dump.json", "{\n  \"Statemnt\": []\n}", Position { line: 41, column: 30 });
        let shown = |span| {
            let finding = Finding::new(&source, Diagnostic::new(codes::UNKNOWN_ELEMENT, span, "here"));
            render_finding(&finding, PLAIN)
        };
        let second = shown(Span::new(4, 14));
        assert!(second.contains("--> dump.json:42:3\n"), "{second}");
        assert!(second.contains("\n42 |   \"Statemnt\": []\n"), "{second}");
        let first = shown(Span::new(0, 1));
        assert!(first.contains("--> dump.json:41:30\n"), "{first}");
        assert!(first.contains("\n41 | {\n"), "{first}");
    }

    #[test]
    fn of_a_long_place_only_the_beginning_is_looked_at() {
        let text = format!("{{\"Statement\": [{}]}}", "{},".repeat(200_000));
        let window = Window::around(&text, Span::new(0, text.len()), std::iter::empty());
        assert!(window.text.len() < 30_000, "{}", window.text.len());
        assert_eq!(window.range(Span::new(0, text.len())), 0..window.text.len());
        let finding = Finding::new(
            &Source::new("long.json", text.clone()),
            Diagnostic::new(codes::UNKNOWN_ELEMENT, Span::new(0, text.len()), "here"),
        );
        assert!(render_finding(&finding, PLAIN).contains("long.json:1:1\n"));
        let lines = text.replace("{},", "{},\n");
        let window = Window::around(&lines, Span::new(0, lines.len()), std::iter::empty());
        assert_eq!(window.text, "{\"Statement\": [{},");
    }

    #[test]
    fn long_lines_are_cut_and_columns_stay_true() {
        let text = format!("{}x{}", "é".repeat(50_000), "y".repeat(50_000));
        let source = Source::new("long.json", text);
        let diagnostic = Diagnostic::new(codes::JSON_SYNTAX, Span::new(100_000, 100_001), "here");
        let text = render_finding(&Finding::new(&source, diagnostic), PLAIN);
        assert!(text.contains("long.json:1:50001"), "{text}");
        assert!(text.len() < 2_000, "{}", text.len());
    }
}
