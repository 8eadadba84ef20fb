//! YAML 1.2 as the same spanned tree that JSON gives.
//!
//! Plain scalars follow the core schema: `yes`, `no` and `on` are texts, numbers keep their spelling, and
//! `2012-10-17` is a text. A key that is given twice is there twice in the tree. Aliases are copied, up to a limit.

mod block;

use crate::codes;
use iameval::Diagnostic;
use iameval::json::{Member, Node, Value};
use iameval::text::Span;
use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Tag};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

pub use block::Block;

/// How many values a file may come to once its aliases are copied in.
const MAX_VALUES: usize = 2_000_000;
/// How deep lists and maps may nest.
const MAX_DEPTH: usize = iameval::json::MAX_DEPTH as usize;

/// Reads a text that is one YAML document.
///
/// # Errors
/// Where it is no YAML, or uses what is not taken here: several documents, keys that are not texts, too many aliases.
pub fn parse(text: &str) -> Result<Node<'static>, Diagnostic> {
    read(text, None, false, core_schema)
}

/// How a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// Without quotes and tag.
    Plain,
    /// In quotes, or with the tag `!!str`.
    Quoted,
    /// As the lines after `|` or `>`.
    Block,
    /// With another tag.
    Tagged,
}

/// What a scalar is for a format with a schema of its own; `None` where that cannot be told.
pub type Schema = fn(&str, Written) -> Option<Value<'static>>;

/// The same as [`parse`] by another schema than the core schema.
///
/// ```
/// use iameval::json::Value;
/// use iameval_world::yaml::{self, Written};
///
/// let tree = yaml::parse_schema("[on, 'on']", |text, written| {
///     let is_on = written == Written::Plain && text == "on";
///     Some(if is_on { Value::Bool(true) } else { Value::String(text.to_owned().into()) })
/// });
/// assert_eq!(tree.unwrap().to_string(), r#"[true,"on"]"#);
/// ```
///
/// # Errors
/// The same as [`parse`], and scalars that the schema does not tell.
pub fn parse_schema(text: &str, schema: Schema) -> Result<Node<'static>, Diagnostic> {
    read(text, None, false, schema)
}

/// What becomes of a value with a tag of its own, such as `!Ref`: it gets the tag without its mark, and the value.
pub type LongForm = fn(&str, Node<'static>) -> Result<Node<'static>, Diagnostic>;

/// Reads a text that is one YAML document, in which values have tags of a format of its own: short forms of other values.
///
/// ```
/// use iameval::json::{Member, Node, Value};
/// use iameval_world::yaml;
///
/// let tree = yaml::parse_tagged("Bucket: !Ref Logs\n", |tag, value| {
///     let (key, key_span, span) = (tag.to_owned().into(), value.span, value.span);
///     Ok(Node { value: Value::Object(vec![Member { key, key_span, value }]), span })
/// });
/// assert_eq!(tree.unwrap().to_string(), r#"{"Bucket":{"Ref":"Logs"}}"#);
/// ```
///
/// # Errors
/// The same as [`parse`], and those of `long_form`.
pub fn parse_tagged(text: &str, long_form: LongForm) -> Result<Node<'static>, Diagnostic> {
    read(text, Some(long_form), false, core_schema)
}

/// The same, where `<<` merges maps, as it does in YAML 1.1 and for many readers of YAML.
///
/// # Errors
/// The same as [`parse_tagged`], and what `<<` cannot merge.
pub fn parse_merged(text: &str, long_form: LongForm) -> Result<Node<'static>, Diagnostic> {
    read(text, Some(long_form), true, core_schema)
}

fn read(text: &str, long_form: Option<LongForm>, merges: bool, schema: Schema) -> Result<Node<'static>, Diagnostic> {
    let mut reader = Reader {
        offsets: Offsets::new(text),
        text,
        long_form,
        merges,
        schema,
        open: Vec::new(),
        anchors: HashMap::new(),
        root: None,
        values: 0,
    };
    let mut documents = 0;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| reader.syntax(&error))?;
        let span = Span::new(reader.offsets.byte(span.start.index()), reader.offsets.byte(span.end.index()));
        if matches!(event, Event::DocumentStart(_)) {
            documents += 1;
            if documents > 1 {
                return Err(error(
                    span,
                    "the file contains more than one YAML document",
                    "put each in a separate file",
                ));
            }
        }
        reader.event(event, span)?;
    }
    reader.root.take().ok_or_else(|| error(Span::START, "the file contains no value", "describe a world in it"))
}

struct Reader<'t> {
    text: &'t str,
    offsets: Offsets,
    long_form: Option<LongForm>,
    /// Whether `<<` merges maps.
    merges: bool,
    schema: Schema,
    open: Vec<Open>,
    anchors: HashMap<usize, Node<'static>>,
    root: Option<Node<'static>>,
    values: usize,
}

/// A list or map that is being read.
struct Open {
    start: u32,
    anchor: usize,
    tag: Option<String>,
    content: Content,
}

enum Content {
    List(Vec<Node<'static>>),
    /// The members so far, and the key that waits for its value.
    Map(Vec<Member<'static>>, Option<(String, Span)>),
}

impl Reader<'_> {
    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), Diagnostic> {
        match event {
            Event::Scalar(value, style, anchor, tag) => {
                let read = (self.schema)(&value, written(style, tag.as_deref()));
                let value = read.ok_or_else(|| error(span, "it cannot be told what this value is", "quote it"))?;
                let node = Node { value, span: self.trimmed(span) };
                self.finish(node, anchor, own_tag(tag.as_deref()))
            }
            Event::SequenceStart(anchor, tag) => {
                self.begin(span, anchor, own_tag(tag.as_deref()), Content::List(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                self.begin(span, anchor, own_tag(tag.as_deref()), Content::Map(Vec::new(), None))
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(Open { start, anchor, tag, content }) = self.open.pop() else { return Ok(()) };
                let value = match content {
                    Content::List(items) => Value::Array(items),
                    Content::Map(members, _) if self.merges => Value::Object(merged(members)?),
                    Content::Map(members, _) => Value::Object(members),
                };
                let end = self.trimmed(Span { start, end: span.end.max(start) }).end;
                self.finish(Node { value, span: Span { start, end } }, anchor, tag)
            }
            Event::Alias(anchor) => {
                let copy = self.anchors.get(&anchor).cloned();
                let copy = copy.ok_or_else(|| {
                    error(span, "this alias is inside the value that it refers to", "write the value out")
                })?;
                self.values = self.values.saturating_add(count(&copy));
                self.finish(copy, 0, None)
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => {
                Ok(())
            }
        }
    }

    fn begin(&mut self, span: Span, anchor: usize, tag: Option<String>, content: Content) -> Result<(), Diagnostic> {
        if self.open.len() >= MAX_DEPTH {
            let message = format!("the text is nested deeper than {MAX_DEPTH} levels");
            return Err(error(span, &message, "use less nesting"));
        }
        self.open.push(Open { start: span.start, anchor, tag, content });
        Ok(())
    }

    fn finish(&mut self, node: Node<'static>, anchor: usize, tag: Option<String>) -> Result<(), Diagnostic> {
        let node = match (self.long_form, tag) {
            (Some(long_form), Some(tag)) => long_form(&tag, node)?,
            _ => node,
        };
        self.values += 1;
        if self.values > MAX_VALUES {
            return Err(error(node.span, "the aliases of this file multiply to too many values", "list the values"));
        }
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        match self.open.last_mut().map(|open| &mut open.content) {
            None => self.root = Some(node),
            Some(Content::List(items)) => items.push(node),
            Some(Content::Map(members, key)) => match key.take() {
                Some((key, key_span)) => members.push(Member { key: Cow::Owned(key), key_span, value: node }),
                None => *key = Some(map_key(node, self.merges)?),
            },
        }
        Ok(())
    }

    /// Block scalars and collections end where the next token begins; what people see ends earlier.
    fn trimmed(&self, span: Span) -> Span {
        let text = self.text.get(span.range()).unwrap_or("");
        Span { start: span.start, end: span.start + Span::new(0, text.trim_end().len()).end }
    }

    fn syntax(&self, error: &ScanError) -> Diagnostic {
        let at = self.offsets.byte(error.marker().index()).min(self.text.len());
        let at = if error.info().contains("tab") { self.tab_from(at) } else { at };
        let tail = self.text.get(at..).unwrap_or("");
        let length = tail.chars().next().map_or(0, char::len_utf8);
        let line = self.text.get(..at).unwrap_or("").rsplit('\n').next().unwrap_or("");
        let before = line.trim_start_matches([' ', '-']);
        let help = if tail.starts_with('\t') || line.contains('\t') {
            Some("YAML does not allow tabs for indentation; use spaces")
        } else if before.trim_end().ends_with('*') || tail.starts_with('*') {
            Some("`*` begins an alias in YAML; quote it: \"*\"")
        } else if line.contains("${") || (line.ends_with('$') && tail.starts_with('{')) {
            Some("`{` and `}` are syntax inside `[…]` and `{…}`; quote the string with the variable")
        } else if tail.is_empty() {
            Some("the text ends too early; has it been cut off?")
        } else if tail.starts_with(':') {
            Some("a string that contains `: ` must be in quotes")
        } else if ["@", "`", "%"].iter().any(|mark| before_or_at(before, tail, mark)) {
            Some("a string that begins with `@`, `%` or a backtick must be in quotes")
        } else {
            None
        };
        let diagnostic = Diagnostic::new(codes::YAML_SYNTAX, Span::new(at, at + length), error.info());
        diagnostic.with_any_help(help.map(Into::into))
    }
}

impl Reader<'_> {
    /// Where the tab stands that an error at that place is about: in the same line, or in the first line after it that has
    /// one. Of a block text the reader blames the line before.
    fn tab_from(&self, at: usize) -> usize {
        let before = self.text.get(..at).unwrap_or_default();
        let line = before.rfind('\n').map_or(0, |end| end + 1);
        let rest = self.text.get(line..).unwrap_or_default();
        let is_in_line = rest.lines().next().is_some_and(|line| line.contains('\t'));
        if is_in_line { at } else { rest.find('\t').map_or(at, |tab| line + tab) }
    }
}

fn written(style: ScalarStyle, tag: Option<&Tag>) -> Written {
    match (tag, style) {
        (Some(tag), _) if tag.is_yaml_core_schema() && tag.suffix == "str" => Written::Quoted,
        (Some(_), _) => Written::Tagged,
        (None, ScalarStyle::Plain) => Written::Plain,
        (None, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted) => Written::Quoted,
        (None, ScalarStyle::Literal | ScalarStyle::Folded) => Written::Block,
    }
}

/// A tag that is not one of YAML's own.
fn own_tag(tag: Option<&Tag>) -> Option<String> {
    tag.filter(|tag| tag.handle == "!" && !tag.suffix.is_empty()).map(|tag| tag.suffix.clone())
}

/// The key that merges maps.
const MERGE: &str = "<<";

/// Members with those that others are merged into. What stands in the map itself comes first, and of several maps the first.
fn merged(members: Vec<Member<'static>>) -> Result<Vec<Member<'static>>, Diagnostic> {
    if members.iter().all(|member| member.key != MERGE) {
        return Ok(members);
    }
    let (merges, mut all): (Vec<_>, Vec<_>) = members.into_iter().partition(|member| member.key == MERGE);
    let mut known: HashSet<Cow<'static, str>> = all.iter().map(|member| member.key.clone()).collect();
    for merge in merges {
        let maps = match merge.value.value {
            Value::Array(items) => items,
            value => vec![Node { value, span: merge.value.span }],
        };
        for map in maps {
            let Value::Object(more) = map.value else {
                return Err(error(map.span, "`<<` merges maps, and this is none", "write a map, or an alias of one"));
            };
            all.extend(more.into_iter().filter(|member| known.insert(member.key.clone())));
        }
    }
    Ok(all)
}

/// The name of a member, and where it stands.
fn map_key(node: Node<'_>, merges: bool) -> Result<(String, Span), Diagnostic> {
    let text = match node.value {
        Value::String(text) if text == MERGE && !merges => {
            return Err(error(node.span, "`<<` merges maps in YAML 1.1 only", "write the fields out"));
        }
        Value::String(text) | Value::Number(text) => text.into_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Null => "null".into(),
        Value::Array(_) | Value::Object(_) => {
            let help = "did you mean to quote a string that begins with `{` or `[`?";
            return Err(error(node.span, "a key must be a string", help));
        }
    };
    Ok((text, node.span))
}

fn error(span: Span, message: &str, help: &str) -> Diagnostic {
    Diagnostic::new(codes::YAML_SYNTAX, span, message).with_help(help)
}

/// Whether a value begins with that mark where the reader stopped, or just before.
fn before_or_at(before: &str, tail: &str, mark: &str) -> bool {
    tail.starts_with(mark) && (before.is_empty() || before.ends_with([' ', '[', ',', '{']))
}

fn count(node: &Node<'_>) -> usize {
    match &node.value {
        Value::Array(items) => items.iter().map(count).sum::<usize>() + 1,
        Value::Object(members) => members.iter().map(|member| count(&member.value)).sum::<usize>() + 1,
        _ => 1,
    }
}

#[expect(clippy::unnecessary_wraps, reason = "it is a schema")]
fn core_schema(text: &str, written: Written) -> Option<Value<'static>> {
    Some(if written == Written::Plain { plain_scalar(text) } else { string(text) })
}

/// A scalar without quotes and tag, by the core schema of YAML 1.2.
fn plain_scalar(text: &str) -> Value<'static> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ if is_number(text) => Value::Number(Cow::Owned(text.to_owned())),
        _ => string(text),
    }
}

fn string(text: &str) -> Value<'static> {
    Value::String(Cow::Owned(text.to_owned()))
}

/// `[-+]? digits [. digits] [e [-+]? digits]`
fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['-', '+']).unwrap_or(exponent))),
        None => (unsigned, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    digits(whole) && digits(fraction) && exponent.is_none_or(digits)
}

/// From positions in characters to positions in bytes.
struct Offsets {
    /// Empty for ASCII, where both are the same.
    bytes: Vec<u32>,
}

impl Offsets {
    fn new(text: &str) -> Self {
        if text.is_ascii() {
            return Self { bytes: Vec::new() };
        }
        let ends = std::iter::once(text.len());
        Self { bytes: text.char_indices().map(|(at, _)| at).chain(ends).map(|at| Span::new(at, at).start).collect() }
    }

    fn byte(&self, character: usize) -> usize {
        match self.bytes.last() {
            None => character,
            Some(end) => self.bytes.get(character).map_or(*end as usize, |&byte| byte as usize),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write;

    #[test]
    fn reads_what_json_reads() {
        let text = r#"{"a": [1, "x", null, true], "b": {"c": "é"}, "a": "again"}"#;
        let yaml = parse(text).unwrap();
        assert_eq!(yaml.to_string(), iameval::json::parse(text).unwrap().to_string());
    }

    #[test]
    fn maps_are_merged_where_they_may_be() {
        let merged = |text: &str| parse_merged(text, |_, value| Ok(value));
        for (text, expected) in [
            ("a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3, z: 4}", r#"{"a":{"x":1,"y":2},"b":{"y":3,"z":4,"x":1}}"#),
            (
                "a: &a {x: 1}\nb: &b {x: 2, y: 2}\nc: {<<: [*a, *b]}",
                r#"{"a":{"x":1},"b":{"x":2,"y":2},"c":{"x":1,"y":2}}"#,
            ),
            ("a: {<<: {x: {<<: {y: 1}}}}", r#"{"a":{"x":{"y":1}}}"#),
        ] {
            assert_eq!(merged(text).unwrap().to_string(), expected, "{text}");
            assert!(parse(text).unwrap_err().message().contains("YAML 1.1"), "{text}");
        }
        for (text, place) in [("a: {<<: 1}", "1"), ("a: {<<: [{x: 1}, y]}", "y")] {
            let wrong = merged(text).unwrap_err();
            assert_eq!(text.get(wrong.span().range()), Some(place), "{text}");
        }
    }

    #[test]
    fn spans_are_bytes_of_the_text() {
        let text = "é: ünï\nlist:\n  - one   # first\n  - 'two'\nblock: |\n  text\n\nlast: x\n";
        let tree = parse(text).unwrap();
        let at = |span: Span| text.get(span.range()).unwrap();
        let member = |index: usize| &tree.members().unwrap()[index];
        assert_eq!(at(member(0).key_span), "é");
        assert_eq!(at(member(0).value.span), "ünï");
        assert_eq!(at(member(1).value.span).trim_end(), "- one   # first\n  - 'two'");
        assert_eq!(at(member(3).value.span), "x");
    }

    #[test]
    fn a_map_without_a_brace_begins_with_the_first_character_of_its_first_name() {
        let first = |text: &'static str| text.get(parse(text).unwrap().beginning().range());
        for (text, expected) in [
            ("é: 1", "é"),
            ("😀x: 1", "😀"),
            ("\"é\": 1", "\""),
            ("{é: 1}", "{"),
            ("- é", "-"),
            ("é", "é"),
            ("a: 1", "a"),
        ] {
            assert_eq!(first(text), Some(expected), "{text}");
        }
        for text in ["é: 1\n", "Statement:\n  é: 1\n", "Statement:\n  - é: 1\n"] {
            let findings = iameval::PolicyDocument::from_tree(&parse(text).unwrap()).diagnostics;
            assert!(!findings.is_empty());
            assert!(findings.iter().all(|finding| text.get(finding.span().range()).is_some()), "{findings:?}");
        }
    }

    #[test]
    fn the_core_schema() {
        let tree = parse("[yes, no, on, 012, 1.50, 1e3, 2012-10-17, true, ~, \"true\", 0x1F, .5]").unwrap();
        let expected = r#"["yes","no","on",012,1.50,1e3,"2012-10-17",true,null,"true","0x1F",".5"]"#;
        assert_eq!(tree.to_string(), expected);
    }

    #[test]
    fn traps_that_are_read_right() {
        assert_eq!(parse("a: ${aws:username}/*\n").unwrap().to_string(), r#"{"a":"${aws:username}/*"}"#);
        assert_eq!(parse("{\n\t\"a\": [1,\n\t2]\n}\n").unwrap().to_string(), r#"{"a":[1,2]}"#);
        assert_eq!(parse("a: x\ty\n").unwrap().to_string(), r#"{"a":"x\ty"}"#);
        let text = "\u{feff}version: 1\r\nwörld: x\r\n";
        let tree = parse(text).unwrap();
        let keys: Vec<&str> =
            tree.members().unwrap().iter().map(|member| text.get(member.key_span.range()).unwrap()).collect();
        assert_eq!(keys, ["version", "wörld"]);
    }

    #[test]
    fn aliases_are_copied_and_bombs_refused() {
        assert_eq!(parse("a: &x [1]\nb: *x\n").unwrap().to_string(), r#"{"a":[1],"b":[1]}"#);
        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for level in 1..10 {
            let previous = format!("*a{}, ", level - 1).repeat(10);
            writeln!(bomb, "a{level}: &a{level} [{}]", previous.trim_end_matches(", ")).unwrap();
        }
        assert!(parse(&bomb).unwrap_err().message().contains("too many values"));
    }

    #[test]
    fn tags_of_its_own_have_a_long_form() {
        let long = |tag: &str, value: Node<'static>| {
            if tag == "Wrong" {
                return Err(error(value.span, "no such tag", ""));
            }
            let span = value.span;
            let member = Member { key: Cow::Owned(tag.to_owned()), key_span: span, value };
            Ok(Node { value: Value::Object(vec![member]), span })
        };
        for (text, expected, place) in [
            ("a: !X 12\n", r#"{"a":{"X":"12"}}"#, "12"),
            ("a: !!str 12\n", r#"{"a":"12"}"#, "12"),
            ("a: ! 12\n", r#"{"a":"12"}"#, "12"),
            ("a: !X\n", r#"{"a":{"X":""}}"#, ""),
            ("a: !X [1, !Y b]\n", r#"{"a":{"X":[1,{"Y":"b"}]}}"#, "[1, !Y b]"),
            ("a: !X\n  - 1\n", r#"{"a":{"X":[1]}}"#, "- 1"),
            ("a: !X\n  b: 1\n", r#"{"a":{"X":{"b":1}}}"#, "b: 1"),
            ("a: &x !X b\nc: *x\n", r#"{"a":{"X":"b"},"c":{"X":"b"}}"#, "b"),
        ] {
            let tree = parse_tagged(text, long).unwrap();
            assert_eq!(tree.to_string(), expected, "{text}");
            let found = text.get(tree.get("a").unwrap().span.range()).unwrap();
            assert_eq!(found.trim_start_matches(['!', 'X', '&', 'x', ' ', '\n', 's', 't', 'r']), place, "{text}");
        }
        assert_eq!(parse_tagged("a: !Wrong b\n", long).unwrap_err().message(), "no such tag");
    }

    #[test]
    fn traps_have_a_hint() {
        let help = |text: &str| parse(text).unwrap_err().help().unwrap_or_default().to_owned();
        assert!(help("resource: *\n").contains("quote it"), "{}", help("resource: *\n"));
        assert!(help("a:\n\tb: 1\n").contains("tabs"));
        let tab = parse("table: |\n\tx\n").unwrap_err();
        assert_eq!((tab.span().start, tab.help()), (9, Some("YAML does not allow tabs for indentation; use spaces")));
        assert!(help("a: [s3:Get*, *]\n").contains("quote it"));
        assert!(help("a: [arn:aws:s3:::b/${aws:username}/*]\n").contains("quote the string with the variable"));
        assert!(help("a: {b: ${aws:username}}\n").contains("quote the string with the variable"));
        assert!(help("a: b: c\n").contains("must be in quotes"));
        assert!(help("a: @x\n").contains("must be in quotes"));
        assert!(help("a: &x {b: 1}\nc: {<<: *x}\n").contains("write the fields out"));
        assert!(parse("a: 1\n---\nb: 2\n").unwrap_err().message().contains("more than one"));
        assert_eq!(parse("a: 1\r\nb: 2\r\n").unwrap().to_string(), r#"{"a":1,"b":2}"#);
    }
}
