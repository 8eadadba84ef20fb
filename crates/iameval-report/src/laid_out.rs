//! JSON that stands on one long line, laid out for people, with where each place of it went.

use iameval::text::Span;
use std::ops::Range;

/// Lines that are longer than this are laid out.
const LONG: usize = 200;
/// A statement that is laid out on so many lines is shown as a whole.
const FEW: usize = 16;
/// So many lines on either side of a place are enough for the renderer to leave some out.
const BESIDE: usize = 8;
/// A line that is longer than this is not a policy document.
const TOO_LONG: usize = 65_536;

/// A statement of a long line, or what else is around a place, as several lines.
#[derive(Debug)]
pub(crate) struct LaidOut {
    pub(crate) text: String,
    /// Where the pieces stand in the source, and where each begins now; in order.
    pieces: Vec<(Range<usize>, usize)>,
    /// The places in the source around which this is laid out, where it is a statement: in the first of these objects, and in
    /// none of the others.
    objects: Vec<Range<usize>>,
}

impl LaidOut {
    /// What is around a place; `None` where its line is short, or is not JSON, or the place itself is long or in a long
    /// string.
    pub(crate) fn around(text: &str, span: Span, width: usize) -> Option<Self> {
        let (start, end) = (span.start as usize, span.end as usize);
        // Nothing further away is looked at than a line may be long.
        let of_line = |byte: &&u8| **byte != b'\n';
        let (head, tail) = text.as_bytes().split_at_checked(start)?;
        let line_start = start - head.iter().rev().take(TOO_LONG).take_while(of_line).count();
        let line_end = start + tail.iter().take(TOO_LONG).take_while(of_line).count();
        let is_long = (LONG..TOO_LONG).contains(&(line_end - line_start));
        if !is_long || end > line_end || end.saturating_sub(start) > LONG {
            return None;
        }
        let tokens = tokens(text.get(line_start..line_end)?, line_start);
        let statement = tokens.get(statement(&tokens, start..end)?)?;
        let laid = statement.iter().all(|token| token.is_json()).then(|| lay(statement, width))?;
        laid.shows(span, width).then_some(Self { objects: with_effect(statement), ..laid })
    }

    /// Whether it is also what is around another place of the same source, in the same width.
    pub(crate) fn is_around(&self, span: Span, width: usize) -> bool {
        let (start, end) = (span.start as usize, span.end as usize);
        let holds = |object: &Range<usize>| object.start <= start && end <= object.end;
        let is_within = self.objects.split_first().is_some_and(|(own, inner)| holds(own) && !inner.iter().any(holds));
        is_within && end.saturating_sub(start) <= LONG && self.shows(span, width)
    }

    /// Whether a place is within the width. It is not in a long string, such as the text of a policy: cut to that place,
    /// nothing of the other lines would be left.
    fn shows(&self, span: Span, width: usize) -> bool {
        let before = self.range(span).and_then(|range| self.text.get(..range.end));
        before.and_then(|before| before.rsplit('\n').next()).is_some_and(|line| line.chars().count() <= width)
    }

    /// Where a place of the source stands in the text; `None` where that is not a part of it.
    pub(crate) fn range(&self, span: Span) -> Option<Range<usize>> {
        let (first, last) = (self.pieces.first()?, self.pieces.last()?);
        let (start, end) = (span.start as usize, span.end as usize);
        (first.0.start <= start && end <= last.0.end).then(|| {
            let start = self.place(start);
            start..self.place(end.saturating_sub(1)).saturating_add(1).max(start)
        })
    }

    /// What is shown of it for some places of the source: all of it, or of a long one the lines around them.
    pub(crate) fn extract(&self, places: impl Iterator<Item = Span>) -> Extract {
        if self.text.lines().nth(FEW).is_none() {
            let whole = (0..self.text.len(), 0);
            return Extract { text: self.text.clone(), runs: vec![whole], is_part: false };
        }
        let mut around: Vec<Range<usize>> =
            places.filter_map(|span| self.range(span)).map(|range| self.lines_around(&range)).collect();
        around.sort_unstable_by_key(|lines| lines.start);
        let mut extract = Extract { text: String::new(), runs: Vec::new(), is_part: true };
        for lines in around {
            let from = extract.runs.last().map_or(0, |(run, _)| run.end);
            let more = lines.start.max(from)..lines.end.max(from);
            let at = extract.text.len();
            extract.text.push_str(self.text.get(more.clone()).unwrap_or_default());
            extract.runs.push((more, at));
        }
        extract
    }

    /// The line that a range of the text stands on, and some before and after it.
    fn lines_around(&self, range: &Range<usize>) -> Range<usize> {
        let before = self.text.get(..range.start).unwrap_or_default();
        let after = self.text.get(range.end..).unwrap_or_default();
        let start = before.rmatch_indices('\n').nth(BESIDE).map_or(0, |(at, _)| at + 1);
        let length = after.match_indices('\n').nth(BESIDE).map_or(after.len(), |(at, _)| at + 1);
        start..range.end + length
    }

    /// Where the piece that has an offset begins, or the one after it, and how far into it that is.
    fn place(&self, offset: usize) -> usize {
        let next = self.pieces.partition_point(|(piece, _)| piece.end <= offset);
        self.pieces.get(next).map_or(self.text.len(), |(piece, at)| at + offset.saturating_sub(piece.start))
    }
}

/// Lines of what is laid out.
#[derive(Debug)]
pub(crate) struct Extract {
    pub(crate) text: String,
    /// Which ranges of the whole these are, and where each begins now; in order.
    runs: Vec<(Range<usize>, usize)>,
    /// Whether these are not all lines.
    pub(crate) is_part: bool,
}

impl Extract {
    /// Where a range of the whole stands in these lines.
    pub(crate) fn range(&self, range: &Range<usize>) -> Option<Range<usize>> {
        // A line that stands in two runs is in the first.
        let place = |offset: usize| {
            let (run, at) = self.runs.iter().find(|(run, _)| run.start <= offset && offset <= run.end)?;
            Some(at + offset - run.start)
        };
        Some(place(range.start)?..place(range.end)?)
    }
}

/// A text, number, word or sign of JSON, with where it begins.
#[derive(Debug, Clone, Copy)]
struct Token<'t> {
    at: usize,
    text: &'t str,
}

impl Token<'_> {
    fn opens(self) -> bool {
        matches!(self.text, "{" | "[")
    }

    /// Whether it is one of JSON, and not of YAML.
    fn is_json(self) -> bool {
        let is_number = |text: &str| text.parse::<f64>().is_ok();
        self.text.starts_with(['"', '{', '}', '[', ']', ',', ':'])
            || matches!(self.text, "true" | "false" | "null")
            || is_number(self.text)
    }

    fn closes(self) -> bool {
        matches!(self.text, "}" | "]")
    }
}

/// The tokens of a line that begins at an offset.
fn tokens(line: &str, offset: usize) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(rest) = line.get(at..).filter(|rest| !rest.is_empty()) {
        let length = length(rest);
        if let Some(text) = rest.get(..length).filter(|text| !text.trim().is_empty()) {
            tokens.push(Token { at: offset + at, text });
        }
        at += length.max(1);
    }
    tokens
}

/// How long the token is with which a text begins; white space is one as well.
fn length(text: &str) -> usize {
    let mut characters = text.char_indices();
    let ends = |is_end: &dyn Fn(char) -> bool| text.find(is_end).unwrap_or(text.len());
    match characters.next() {
        Some((_, '"')) => {
            let mut is_escaped = false;
            let closing = characters.find(|(_, character)| {
                let closes = *character == '"' && !is_escaped;
                is_escaped = *character == '\\' && !is_escaped;
                closes
            });
            closing.map_or(text.len(), |(at, _)| at + 1)
        }
        Some((_, '{' | '}' | '[' | ']' | ',' | ':')) => 1,
        Some((_, space)) if space.is_whitespace() => ends(&|character| !character.is_whitespace()),
        _ => ends(&|character| character.is_whitespace() || "{}[],:\"".contains(character)),
    }
}

/// The tokens of the innermost object around a place that has an effect, as statements do; else of the innermost.
fn statement(tokens: &[Token<'_>], place: Range<usize>) -> Option<Range<usize>> {
    let is_around = |object: &Range<usize>| {
        let end = tokens.get(object.end - 1).map_or(0, |token| token.at + 1);
        tokens.get(object.start).is_some_and(|token| token.at <= place.start) && place.end <= end
    };
    let around: Vec<Range<usize>> = objects(tokens)?.into_iter().filter(is_around).collect();
    let has_effect = effects(tokens);
    around.iter().find(|object| has_effect(object)).or(around.first()).cloned()
}

/// The objects and lists among tokens, inner ones first; `None` where one is closed that is not open.
fn objects(tokens: &[Token<'_>]) -> Option<Vec<Range<usize>>> {
    let (mut open, mut objects) = (Vec::new(), Vec::new());
    for (index, token) in tokens.iter().enumerate() {
        if token.opens() {
            open.push(index);
        } else if token.closes() {
            objects.push(open.pop()?..index + 1);
        }
    }
    Some(objects)
}

/// Tells of objects among tokens whether they have an effect.
fn effects(tokens: &[Token<'_>]) -> impl Fn(&Range<usize>) -> bool {
    let places: Vec<usize> =
        tokens.iter().enumerate().filter(|(_, token)| token.text == "\"Effect\"").map(|(index, _)| index).collect();
    move |object| {
        let first = places.partition_point(|place| *place < object.start);
        places.get(first).is_some_and(|place| *place < object.end)
    }
}

/// Where the objects of a statement stand in the source that have an effect, the statement first; none where it has none.
fn with_effect(statement: &[Token<'_>]) -> Vec<Range<usize>> {
    let place = |object: Range<usize>| {
        let tokens = statement.get(object)?;
        Some(tokens.first()?.at..tokens.last()?.at + 1)
    };
    let objects = objects(statement).unwrap_or_default().into_iter().rev();
    objects.filter(effects(statement)).filter_map(place).collect()
}

/// The tokens as lines: what fits into the width is on one.
fn lay(tokens: &[Token<'_>], width: usize) -> LaidOut {
    let pieces = Vec::with_capacity(tokens.len());
    let mut out = LaidOut { text: String::new(), pieces, objects: Vec::new() };
    let (mut depth, mut column_from) = (0_usize, 0);
    // Where the list or object ends that is on one line.
    let mut on_one_line: Option<usize> = None;
    let new_line = |text: &mut String, depth: usize| {
        text.push('\n');
        let from = text.len();
        text.push_str(&"  ".repeat(depth));
        from
    };
    for (index, token) in tokens.iter().enumerate() {
        if token.closes() && on_one_line.is_none() {
            depth = depth.saturating_sub(1);
            column_from = new_line(&mut out.text, depth);
        }
        out.pieces.push((token.at..token.at + token.text.len(), out.text.len()));
        out.text.push_str(token.text);
        match token.text {
            "{" | "[" if on_one_line.is_none() => {
                let room = width.saturating_sub(out.text.len() - column_from);
                on_one_line = end_within(tokens, index, room);
                if on_one_line.is_none() {
                    depth += 1;
                    column_from = new_line(&mut out.text, depth);
                }
            }
            "," if on_one_line.is_none() => column_from = new_line(&mut out.text, depth),
            "," | ":" => out.text.push(' '),
            _ if on_one_line == Some(index) => on_one_line = None,
            _ => {}
        }
    }
    out
}

/// Where the list or object ends that begins at a token, if it fits into so many bytes.
fn end_within(tokens: &[Token<'_>], begin: usize, room: usize) -> Option<usize> {
    let (mut depth, mut used) = (0_usize, 0);
    for (index, token) in tokens.iter().enumerate().skip(begin) {
        used += token.text.len() + usize::from(matches!(token.text, "," | ":"));
        if used > room {
            return None;
        }
        if token.opens() {
            depth += 1;
        } else if token.closes() {
            depth = depth.checked_sub(1)?;
            if depth == 0 {
                return Some(index);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A document on one line with a statement in the middle of others.
    fn document() -> String {
        let other = r#"{"Effect":"Deny","Action":"ec2:*","Resource":"*"}"#;
        let middle = r#"{"Effect":"Allow","Action":["s3:GetObject","s3:\"{x}"],"Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}"#;
        format!(r#"{{"Version":"2012-10-17","Statement":[{other},{middle},{other}]}}"#)
    }

    fn span(text: &str, part: &str) -> Span {
        let at = text.find(part).unwrap();
        Span::new(at, at + part.len())
    }

    #[test]
    fn a_statement_of_a_long_line_is_laid_out() {
        let text = document();
        let laid = LaidOut::around(&text, span(&text, "\"aws:SecureTransport\""), 60).unwrap();
        assert_eq!(
            laid.text,
            "{\n  \"Effect\": \"Allow\",\n  \"Action\": [\"s3:GetObject\", \"s3:\\\"{x}\"],\n  \"Resource\": \"*\",\n  \
             \"Condition\": {\"Bool\": {\"aws:SecureTransport\": \"true\"}}\n}"
        );
        for part in ["\"s3:GetObject\"", "\"aws:SecureTransport\"", "\"true\"", "Allow"] {
            let range = laid.range(span(&text, part)).unwrap();
            assert_eq!(laid.text.get(range), Some(part));
        }
        assert_eq!(laid.range(span(&text, "ec2:*")), None);
    }

    #[test]
    fn a_statement_is_around_all_of_its_places() {
        let text = document();
        let laid = LaidOut::around(&text, span(&text, "\"aws:SecureTransport\""), 60).unwrap();
        for (part, expected) in [("\"s3:GetObject\"", true), ("\"Allow\"", true), ("ec2:*", false), ("2012", false)] {
            assert_eq!(laid.is_around(span(&text, part), 60), expected, "{part}");
            let again = LaidOut::around(&text, span(&text, part), 60).unwrap();
            assert_eq!(again.text == laid.text, expected, "{part}");
        }
        // An object with an effect of its own is laid out by itself.
        let text = document().replace(r#""Bool":{"#, r#""Bool":{"Effect":{},"#);
        let laid = LaidOut::around(&text, span(&text, "\"s3:GetObject\""), 60).unwrap();
        assert!(laid.is_around(span(&text, "\"Allow\""), 60));
        assert!(!laid.is_around(span(&text, "\"aws:SecureTransport\""), 60));
    }

    #[test]
    fn a_place_in_a_long_string_stays_where_it_is() {
        let text = format!(r#"{{"Effect": "Allow", "Policy": "{}%22Alow%22"}}"#, "%20".repeat(70));
        assert!(LaidOut::around(&text, span(&text, "%22Alow%22"), 60).is_none());
        assert!(LaidOut::around(&text, span(&text, "\"Allow\""), 60).is_some());
    }

    #[test]
    fn short_lines_and_other_texts_stay() {
        let text = r#"{"Effect": "Allow"}"#;
        assert!(LaidOut::around(text, span(text, "Allow"), 60).is_none());
        let text = "x".repeat(500);
        assert!(LaidOut::around(&text, Span::new(100, 101), 60).is_none());
        let broken = document().replace("]}", "");
        assert!(LaidOut::around(&broken, span(&broken, "2012"), 60).is_none());
    }
}
