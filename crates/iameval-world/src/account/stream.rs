//! A JSON object that is too large to be held: its members one by one, and of lists the items one by one.
//!
//! The brackets are followed here; what stands between them is for the reader of trees, one item at a time. So the
//! memory needed is that of the largest item.

use crate::codes;
use crate::files::unreadable;
use crate::finding::Finding;
use crate::source::Source;
use iameval::json;
use iameval::text::{Position, Span};
use iameval::{Diagnostic, Problem};
use std::io::{BufRead, BufReader, ErrorKind, Read};

/// Larger items are refused: a bracket is missing, or it is not an account dump.
const MAX_ITEM: usize = 32 * 1024 * 1024;
/// What is read at once.
const CHUNK: usize = 64 * 1024;

/// What stands in the object.
#[derive(Debug, Clone, Copy)]
pub(super) enum Item<'t> {
    /// The member is a list; its items follow.
    List,
    /// An item of the list.
    Element(usize, RawValue<'t>),
    /// The value of a member that is not a list.
    Value(RawValue<'t>),
}

/// A JSON value, and where it begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct RawValue<'t> {
    pub(super) text: &'t str,
    pub(super) start: Position,
}

/// Hands every value of the object to `visit`, with the name of its member, until the end or until `visit` refuses.
/// `progress` is told how many bytes were read.
pub(super) fn read_object(
    input: impl Read,
    name: &str,
    progress: &mut dyn FnMut(u64),
    visit: &mut dyn FnMut(&str, Item<'_>) -> bool,
) -> Result<(), Finding> {
    let counted = Counted { input, bytes: 0, progress };
    let mut stream = Stream {
        input: BufReader::with_capacity(CHUNK, counted),
        name,
        place: Cursor { line: 1, column: 1, after_cr: false },
        item: Vec::new(),
    };
    stream.object(visit)
}

struct Counted<'p, R> {
    input: R,
    bytes: u64,
    progress: &'p mut dyn FnMut(u64),
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.input.read(buffer)?;
        self.bytes += count as u64;
        (self.progress)(self.bytes);
        Ok(count)
    }
}

struct Stream<'n, R> {
    input: BufReader<R>,
    name: &'n str,
    place: Cursor,
    /// The value that was read last.
    item: Vec<u8>,
}

type Result<T, E = Finding> = std::result::Result<T, E>;

impl<R: Read> Stream<'_, R> {
    fn object(&mut self, visit: &mut dyn FnMut(&str, Item<'_>) -> bool) -> Result<()> {
        self.byte_order_mark()?;
        if self.next_byte()? != Some(b'{') {
            let help = "an account dump is a JSON object with the members `UserDetailList`, `GroupDetailList`, \
                        `RoleDetailList` and `Policies`";
            return Err(self.unexpected("`{`", Some(help)));
        }
        self.step();
        if self.next_byte()? == Some(b'}') {
            self.step();
            return self.end();
        }
        loop {
            if self.next_byte()? != Some(b'"') {
                return Err(self.unexpected("a member name in double quotes", None));
            }
            let start = self.capture("the name of a member")?;
            let key = self.part(start)?;
            let key = match json::parse(key.text) {
                Ok(tree) => tree.as_str().unwrap_or_default().to_owned(),
                Err(diagnostic) => return Err(self.finding(key, diagnostic)),
            };
            if self.next_byte()? != Some(b':') {
                return Err(self.unexpected("`:` after the member name", None));
            }
            self.step();
            if self.next_byte()? == Some(b'[') {
                self.step();
                if !self.list(&key, visit)? {
                    return Ok(());
                }
            } else {
                let start = self.capture(&key)?;
                if !visit(&key, Item::Value(self.part(start)?)) {
                    return Ok(());
                }
            }
            match self.next_byte()? {
                Some(b',') => self.step(),
                Some(b'}') => {
                    self.step();
                    return self.end();
                }
                _ => return Err(self.unexpected("`,` or `}`", None)),
            }
        }
    }

    /// The items of a list, whose bracket is open; whether to go on.
    fn list(&mut self, key: &str, visit: &mut dyn FnMut(&str, Item<'_>) -> bool) -> Result<bool> {
        if !visit(key, Item::List) {
            return Ok(false);
        }
        if self.next_byte()? == Some(b']') {
            self.step();
            return Ok(true);
        }
        for index in 0.. {
            self.next_byte()?;
            let start = self.capture(key)?;
            if !visit(key, Item::Element(index, self.part(start)?)) {
                return Ok(false);
            }
            match self.next_byte()? {
                Some(b',') => self.step(),
                Some(b']') => break,
                _ => return Err(self.unexpected("`,` or `]`", None)),
            }
        }
        self.step();
        Ok(true)
    }

    /// Nothing may follow.
    fn end(&mut self) -> Result<()> {
        match self.next_byte()? {
            None => Ok(()),
            Some(b'{') => {
                let help = "does this file contain several pages? without `--no-paginate` and `--max-items` the AWS CLI \
                            makes one object of all pages";
                Err(self.unexpected("the end of the text", Some(help)))
            }
            Some(_) => Err(self.unexpected("the end of the text", None)),
        }
    }

    /// Texts that are written on Windows may begin with a mark.
    fn byte_order_mark(&mut self) -> Result<()> {
        match self.chunk()?.first() {
            Some(0xEF) => {
                for byte in [0xEF, 0xBB, 0xBF] {
                    if self.chunk()?.first() == Some(&byte) {
                        self.input.consume(1);
                    }
                }
                Ok(())
            }
            // These bytes are never UTF-8.
            Some(0xFE | 0xFF) => {
                let message = format!("`{}` is not UTF-8", self.name);
                let problem = Problem::new(codes::NOT_UTF8, message).with_help("the file is UTF-16; save it as UTF-8");
                Err(Finding::about_file(self.name, problem))
            }
            _ => Ok(()),
        }
    }

    /// What is read and not used yet; empty at the end.
    fn chunk(&mut self) -> Result<&[u8]> {
        let read = loop {
            match self.input.fill_buf() {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => break read.map(|_| ()),
            }
        };
        read.map_err(|error| unreadable(self.name, &error))?;
        Ok(self.input.buffer())
    }

    /// The next byte that is not white space, which is not used yet.
    fn next_byte(&mut self) -> Result<Option<u8>> {
        loop {
            let chunk = self.chunk()?;
            if chunk.is_empty() {
                return Ok(None);
            }
            let is_space = |byte: &u8| matches!(byte, b' ' | b'\n' | b'\r' | b'\t');
            let spaces = chunk.iter().take_while(|byte| is_space(byte)).count();
            let found = chunk.get(spaces).copied();
            self.place.pass(self.input.buffer().get(..spaces).unwrap_or_default());
            self.input.consume(spaces);
            if found.is_some() {
                return Ok(found);
            }
        }
    }

    /// Passes over the byte that was looked at.
    fn step(&mut self) {
        self.place.column += 1;
        self.input.consume(1);
    }

    /// Reads a value to its end, as far as brackets tell; gives where it begins.
    fn capture(&mut self, what: &str) -> Result<Position> {
        let start = self.place.position();
        let mut brackets = Brackets::default();
        self.item.clear();
        loop {
            let chunk = self.chunk()?;
            if chunk.is_empty() {
                break;
            }
            let (used, done) = brackets.pass(chunk);
            let used = self.input.buffer().get(..used).unwrap_or_default();
            self.item.extend_from_slice(used);
            let used = used.len();
            self.input.consume(used);
            if done {
                break;
            }
            if self.item.len() > MAX_ITEM {
                let message = format!("a value of `{what}` is larger than {} MiB", MAX_ITEM / 1024 / 1024);
                let diagnostic = Diagnostic::new(iameval::codes::JSON_SYNTAX, Span::new(0, 1), message);
                let first = String::from_utf8_lossy(self.item.get(..80).unwrap_or_default());
                let source = Source::part(self.name, first, start);
                return Err(Finding::new(&source, diagnostic.with_help("is a quote or a bracket missing?")));
            }
        }
        if self.item.is_empty() {
            return Err(self.unexpected("a JSON value", None));
        }
        self.place.pass(&self.item);
        Ok(start)
    }

    /// The value that was read last, as text.
    fn part(&self, start: Position) -> Result<RawValue<'_>> {
        let text = std::str::from_utf8(&self.item).map_err(|error| {
            let at = error.valid_up_to();
            let byte = self.item.get(at).copied().unwrap_or_default();
            let message = format!("`{}` is not UTF-8: found the byte 0x{byte:02X}", self.name);
            let diagnostic = Diagnostic::new(codes::NOT_UTF8, Span::new(at, at), message);
            let source = Source::part(self.name, String::from_utf8_lossy(&self.item), start);
            Finding::new(&source, diagnostic.with_help("save the file as UTF-8"))
        })?;
        Ok(RawValue { text, start })
    }

    fn finding(&self, part: RawValue<'_>, diagnostic: Diagnostic) -> Finding {
        Finding::new(&Source::part(self.name, part.text, part.start), diagnostic)
    }

    fn unexpected(&mut self, wanted: &str, help: Option<&str>) -> Finding {
        let start = self.place.position();
        let rest = match self.chunk() {
            Ok(chunk) => String::from_utf8_lossy(chunk.get(..chunk.len().min(80)).unwrap_or_default()).into_owned(),
            Err(finding) => return finding,
        };
        let line = rest.lines().next().unwrap_or_default();
        let (found, help) = match line.chars().next() {
            None => ("the end of the text".to_owned(), help.or(Some("the text ends too early; has it been cut off?"))),
            Some(found) => (format!("`{found}`"), help),
        };
        let length = line.chars().next().map_or(0, char::len_utf8);
        let message = format!("expected {wanted}, found {found}");
        let diagnostic = Diagnostic::new(iameval::codes::JSON_SYNTAX, Span::new(0, length), message);
        let diagnostic = diagnostic.with_any_help(help.map(Into::into));
        // Without text there would be no place in the message.
        let text = if line.is_empty() { " " } else { line };
        Finding::new(&Source::part(self.name, text, start), diagnostic)
    }
}

/// Where a value ends.
#[derive(Default)]
struct Brackets {
    /// The brackets that must close what is open.
    open: Vec<u8>,
    in_string: bool,
    is_escaped: bool,
}

impl Brackets {
    /// How many of the bytes belong to the value, and whether it ends there. What is wrong in it ends it too; the reader
    /// of the value will see.
    fn pass(&mut self, bytes: &[u8]) -> (usize, bool) {
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            if self.is_escaped {
                self.is_escaped = false;
            } else if self.in_string {
                let rest = bytes.get(at..).unwrap_or_default();
                let Some(plain) = memchr::memchr2(b'"', b'\\', rest) else { return (bytes.len(), false) };
                at += plain;
                if rest.get(plain) == Some(&b'\\') {
                    self.is_escaped = true;
                } else {
                    self.in_string = false;
                    if self.open.is_empty() {
                        return (at + 1, true);
                    }
                }
            } else {
                match byte {
                    b'"' => self.in_string = true,
                    b'{' => self.open.push(b'}'),
                    b'[' => self.open.push(b']'),
                    b'}' | b']' => match self.open.pop() {
                        None => return (at, true),
                        Some(closing) if closing != byte || self.open.is_empty() => return (at + 1, true),
                        Some(_) => {}
                    },
                    b',' | b':' | b' ' | b'\n' | b'\r' | b'\t' if self.open.is_empty() => return (at, true),
                    _ => {}
                }
                if self.open.len() > json::MAX_DEPTH as usize + 1 {
                    return (at + 1, true);
                }
            }
            at += 1;
        }
        (at, false)
    }
}

/// How far the text was read, as people count: LF, CR LF and a lone CR are each one line break.
struct Cursor {
    line: u32,
    column: u32,
    /// Whether a CR was the last byte, which a LF would belong to.
    after_cr: bool,
}

impl Cursor {
    fn position(&self) -> Position {
        Position { line: self.line, column: self.column }
    }

    fn pass(&mut self, bytes: &[u8]) {
        let bytes = if self.after_cr { bytes.strip_prefix(b"\n").unwrap_or(bytes) } else { bytes };
        let Some(last) = bytes.last() else { return };
        self.after_cr = *last == b'\r';
        let mut rest = bytes;
        for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
            let first_of_crlf = bytes.get(at) == Some(&b'\r') && bytes.get(at + 1) == Some(&b'\n');
            if !first_of_crlf {
                self.line = self.line.saturating_add(1);
                self.column = 1;
                rest = bytes.get(at + 1..).unwrap_or_default();
            }
        }
        let characters: u32 = rest.iter().map(|&byte| u32::from(byte & 0b1100_0000 != 0b1000_0000)).sum();
        self.column = self.column.saturating_add(characters);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use iameval::text::LineIndex;

    /// Reads so many bytes at a time.
    struct Slowly<'t>(&'t [u8], usize);

    impl Read for Slowly<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let count = self.1.min(buffer.len()).min(self.0.len());
            let (now, later) = self.0.split_at(count);
            buffer[..count].copy_from_slice(now);
            self.0 = later;
            Ok(count)
        }
    }

    fn items(text: &str, chunk: usize) -> std::result::Result<Vec<(String, String, Position)>, String> {
        let mut found = Vec::new();
        let mut visit = |key: &str, item: Item<'_>| {
            match item {
                Item::List => found.push((key.to_owned(), "list".to_owned(), Position { line: 0, column: 0 })),
                Item::Element(index, part) => found.push((format!("{key}[{index}]"), part.text.to_owned(), part.start)),
                Item::Value(part) => found.push((key.to_owned(), part.text.to_owned(), part.start)),
            }
            true
        };
        read_object(Slowly(text.as_bytes(), chunk), "d.json", &mut |_| {}, &mut visit).map_err(|finding| {
            let at = finding.source.position(&LineIndex::new(&finding.source.text), finding.diagnostic.span().start);
            format!("{}:{}: {}", at.line, at.column, finding.diagnostic.message())
        })?;
        Ok(found)
    }

    #[test]
    fn values_come_with_their_places_however_the_text_is_cut() {
        let text = "\u{feff}{\r\n \"é\\n\": [ {\"a\": [\"]\\\"}\", {}]}, 12 ,\r\"x\"],\n\"none\": [], \"v\":true , \"w\": {\"\": 1}\n}\n";
        for chunk in [1, 2, 3, 7, 1000] {
            let found = items(text, chunk).unwrap();
            let shown: Vec<String> =
                found.iter().map(|(key, value, at)| format!("{key}={value}@{}:{}", at.line, at.column)).collect();
            assert_eq!(
                shown,
                [
                    "é\n=list@0:0",
                    "é\n[0]={\"a\": [\"]\\\"}\", {}]}@2:11",
                    "é\n[1]=12@2:32",
                    "é\n[2]=\"x\"@3:1",
                    "none=list@0:0",
                    "v=true@4:17",
                    "w={\"\": 1}@4:29"
                ],
                "{chunk}"
            );
        }
    }

    #[test]
    fn what_is_no_object_is_refused_at_its_place() {
        for (text, message) in [
            ("", "1:1: expected `{`, found the end of the text"),
            ("[]", "1:1: expected `{`, found `[`"),
            ("{} {}", "1:4: expected the end of the text, found `{`"),
            ("{\n\"a\": [1,]}", "2:9: expected a JSON value, found `]`"),
            ("{\n\"a\": [1 2]}", "2:9: expected `,` or `]`, found `2`"),
            ("{\"a\": [1", "1:9: expected `,` or `]`, found the end of the text"),
            ("{\"a\" 1}", "1:6: expected `:` after the member name, found `1`"),
            ("{\"a\": 1", "1:8: expected `,` or `}`, found the end of the text"),
            ("{a: 1}", "1:2: expected a member name in double quotes, found `a`"),
            ("{\"a\": ", "1:7: expected a JSON value, found the end of the text"),
        ] {
            assert_eq!(items(text, 4).unwrap_err(), message, "{text}");
        }
    }

    #[test]
    fn wrong_brackets_and_depth_end_a_value() {
        for text in ["{\"a\": [[1}, 2], \"b\": [", &format!("{{\"a\": [{}", "[".repeat(1_000))] {
            let mut seen = String::new();
            let mut visit = |_: &str, item: Item<'_>| {
                if let Item::Element(_, part) = item {
                    part.text.clone_into(&mut seen);
                    return false;
                }
                true
            };
            read_object(text.as_bytes(), "d.json", &mut |_| {}, &mut visit).unwrap();
            assert!(json::parse(&seen).is_err() && seen.len() < 200, "{seen}");
        }
    }
}
