//! What wraps events: log files, envelopes, exports, query results.

use crate::event::Event;
use crate::record::{Content, Record};
use crate::scan::{end_of_string, end_of_value, skip_space};
use crate::value::{Value, unquote};
use std::borrow::Cow;
use std::collections::VecDeque;

/// Reads the events in a text, whatever wraps them.
///
/// It reads log files (`{"Records": […]}`), single events and arrays of them, one event a line or one behind the other,
/// envelopes of Amazon EventBridge, what `aws cloudtrail lookup-events`, `aws logs filter-log-events` and `aws cloudtrail
/// get-query-results` print, rows of Athena as JSON, and messages of SNS and SQS with any of these in them.
///
/// A record that is not an event is an [`EventError`] in its place, and the others still come.
///
/// ```
/// use iameval_cloudtrail::Events;
///
/// let text = r#"{"eventSource": "sts.amazonaws.com", "eventName": "GetCallerIdentity"}
/// {"eventSource": "s3.amazonaws.com"}
/// {"eventSource": "s3.amazonaws.com", "eventName": "ListBuckets"}"#;
/// let (events, errors): (Vec<_>, Vec<_>) = Events::new(text).partition(Result::is_ok);
/// assert_eq!(events.len(), 2);
/// let error = errors.into_iter().next().unwrap().unwrap_err();
/// assert_eq!(error.to_string(), "record 2 (line 2): not a CloudTrail event: it has no `eventSource` and `eventName`");
/// ```
#[derive(Debug)]
pub struct Events<'t> {
    text: &'t str,
    at: usize,
    state: State,
    /// Records read so far.
    records: usize,
    /// A place in the text and its line.
    line: (usize, usize),
    /// A document did not end, so from here on each has to end on its line: the search for ends stays linear.
    by_lines: bool,
    /// How many texts are around this one.
    depth: usize,
    pending: VecDeque<Result<Event<'t>, EventError>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Between documents.
    Documents,
    /// In an array of records, in an object or not.
    Records { in_object: bool },
    /// In an object, behind its array of records.
    Members,
}

/// Something in the text that is not an event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("record {record} (line {line}): {problem}")]
#[non_exhaustive]
pub struct EventError {
    /// Which record of the text, from 1.
    pub record: usize,
    /// The line it begins on, from 1.
    pub line: usize,
    /// What is wrong.
    pub problem: String,
}

/// The members that hold arrays of records: log files and messages of SQS, `lookup-events`, `filter-log-events`,
/// CloudTrail Lake, `aws logs get-query-results`, subscribers of log groups, `aws sqs receive-message`.
const ARRAYS: [&str; 7] = ["Records", "Events", "events", "QueryResultRows", "results", "logEvents", "Messages"];

/// Texts in texts in texts: SQS with SNS with an envelope with an event is the deepest that is met.
const MAX_DEPTH: usize = 5;

impl<'t> Events<'t> {
    /// Reads from this text; [`unpack`](crate::unpack) makes it of a file.
    pub fn new(text: &'t str) -> Self {
        Self::within(text, 0)
    }

    fn within(text: &'t str, depth: usize) -> Self {
        let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let (records, line, pending) = (0, (0, 1), VecDeque::new());
        Self { text, at, state: State::Documents, records, line, by_lines: false, depth, pending }
    }

    fn byte(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        self.at = skip_space(bytes, self.at);
        bytes.get(self.at).copied()
    }

    /// Where the text ends that the next document may fill.
    fn horizon(&self, from: usize) -> usize {
        let rest = self.text.as_bytes().get(from..).unwrap_or_default();
        let line = if self.by_lines { memchr::memchr(b'\n', rest) } else { None };
        line.map_or(self.text.len(), |at| from + at)
    }

    fn end_of(&self, at: usize) -> Option<usize> {
        end_of_value(self.text.as_bytes().get(..self.horizon(at))?, at)
    }

    /// One step; `None` at the end.
    fn step(&mut self) -> Option<()> {
        let byte = self.byte()?;
        match (self.state, byte) {
            // Between documents, and between records, a stray comma or record separator does no harm.
            (_, b',' | 0x1e) => self.at += 1,
            (State::Documents, b'{') => self.object(),
            (State::Documents, b'[') => {
                self.state = State::Records { in_object: false };
                self.at += 1;
            }
            (State::Documents, b'"') => self.document(),
            (State::Documents, _) => {
                let found = self.text.get(self.at..).and_then(|rest| rest.chars().next()).unwrap_or_default();
                self.fail(self.at, format!("not JSON: expected `{{` or `[`, found `{}`", found.escape_default()));
                self.next_line();
            }
            (State::Records { in_object }, b']') => {
                self.state = if in_object { State::Members } else { State::Documents };
                self.at += 1;
            }
            (State::Records { .. }, _) => match self.end_of(self.at) {
                Some(end) => self.record(end),
                None => self.cut_off("the list of records ends within a record"),
            },
            (State::Members, b'}') => {
                self.state = State::Documents;
                self.at += 1;
            }
            (State::Members, _) => self.member(),
        }
        Some(())
    }

    /// An object: what holds an array of records, or a record itself.
    fn object(&mut self) {
        let bytes = self.text.as_bytes().get(..self.horizon(self.at)).unwrap_or_default();
        let start = self.at;
        let mut at = skip_space(bytes, start + 1);
        // Members one by one, as long as all is as it should be.
        while bytes.get(at) == Some(&b'"') {
            let Some(end) = end_of_string(bytes, at) else { break };
            let key = self.text.get(at + 1..end - 1).unwrap_or_default();
            at = skip_space(bytes, end);
            if bytes.get(at) != Some(&b':') {
                break;
            }
            at = skip_space(bytes, at + 1);
            if bytes.get(at) == Some(&b'[') && ARRAYS.contains(&key) {
                self.state = State::Records { in_object: true };
                self.at = at + 1;
                return;
            }
            let Some(end) = end_of_value(bytes, at) else { break };
            at = skip_space(bytes, end);
            match bytes.get(at) {
                Some(b',') => at = skip_space(bytes, at + 1),
                Some(b'}') => return self.record(at + 1),
                _ => break,
            }
        }
        self.document();
    }

    /// A document, of whatever form.
    fn document(&mut self) {
        if let Some(end) = self.end_of(self.at) {
            return self.record(end);
        }
        self.fail(self.at, "the text ends within the record".into());
        self.by_lines = true;
        self.next_line();
    }

    /// A member behind the array of records, passed over unless it is another such array.
    fn member(&mut self) {
        let bytes = self.text.as_bytes();
        let key = end_of_string(bytes, self.at).filter(|_| bytes.get(self.at) == Some(&b'"'));
        let colon = key.map(|end| skip_space(bytes, end)).filter(|at| bytes.get(*at) == Some(&b':'));
        let Some((key_end, colon)) = key.zip(colon) else {
            return self.cut_off("the object around the records is damaged");
        };
        let key = self.text.get(self.at + 1..key_end - 1).unwrap_or_default();
        let value = skip_space(bytes, colon + 1);
        if bytes.get(value) == Some(&b'[') && ARRAYS.contains(&key) {
            self.state = State::Records { in_object: true };
            self.at = value + 1;
        } else if let Some(end) = end_of_value(bytes, value) {
            self.at = end;
        } else {
            self.cut_off("the object around the records is cut off");
        }
    }

    /// The record from here to `end`.
    fn record(&mut self, end: usize) {
        let (start, text) = (self.at, self.text.get(self.at..end).unwrap_or_default());
        self.at = end;
        self.records += 1;
        match content(text) {
            Ok(Content::Event(event)) => self.pending.push_back(Ok(*event)),
            Ok(Content::Wrapped(_)) if self.depth >= MAX_DEPTH => self.problem(start, "wrapped too often".into()),
            Ok(Content::Wrapped(inner)) => self.wrapped(start, &inner),
            Err(problem) => self.problem(start, problem),
        }
    }

    /// What stands in a text of its own, with the places of this one.
    fn wrapped(&mut self, start: usize, inner: &str) {
        let (record, line) = (self.records, self.line_of(start));
        let items = Events::within(inner, self.depth + 1).map(|item| match item {
            Ok(event) => Ok(event.into_owned()),
            Err(error) => Err(EventError { record, line, problem: error.problem }),
        });
        let before = self.pending.len();
        self.pending.extend(items);
        if self.pending.len() == before {
            self.problem(start, "it holds no event".into());
        }
    }

    /// Something that is not even a record.
    fn fail(&mut self, at: usize, problem: String) {
        self.records += 1;
        self.problem(at, problem);
    }

    fn problem(&mut self, at: usize, problem: String) {
        let (record, line) = (self.records, self.line_of(at));
        self.pending.push_back(Err(EventError { record, line, problem }));
    }

    /// Nothing can be read behind this.
    fn cut_off(&mut self, problem: &str) {
        self.fail(self.at, problem.into());
        self.at = self.text.len();
        self.state = State::Documents;
    }

    fn next_line(&mut self) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        self.at = memchr::memchr(b'\n', rest).map_or(self.text.len(), |line| self.at + line + 1);
    }

    /// The line of a place not before the last one that was asked for.
    fn line_of(&mut self, at: usize) -> usize {
        let (from, line) = self.line;
        let between = self.text.as_bytes().get(from..at).unwrap_or_default();
        self.line = (at.max(from), line + memchr::memchr_iter(b'\n', between).count());
        self.line.1
    }
}

impl<'t> Iterator for Events<'t> {
    type Item = Result<Event<'t>, EventError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(item) = self.pending.pop_front() {
                return Some(item);
            }
            if self.step().is_none() {
                // The text ends: between documents, or too early.
                if self.state == State::Documents {
                    return None;
                }
                self.state = State::Documents;
                self.fail(self.text.len(), "the text ends within the list of records".into());
            }
        }
    }
}

fn content(text: &str) -> Result<Content<'_>, String> {
    if text.starts_with('[') {
        return row(text).map(|text| Content::Wrapped(Cow::Owned(text)));
    }
    if text.starts_with('"') {
        return unquote(text).map(Content::Wrapped).ok_or_else(|| "not JSON: a string with a wrong escape".into());
    }
    let record: Record = serde_json::from_str(text).map_err(|error| describe(&error))?;
    record.content()
}

/// A row of query results: CloudTrail Lake has an object of one member a column, Logs Insights a `field` and a `value`.
fn row(text: &str) -> Result<String, String> {
    let row = Value::parse(text);
    let message = row.items().iter().find(|column| column.get("field").as_text() == Some("@message"));
    if let Some(message) = message {
        return Ok(message.get("value").as_text().unwrap_or_default().into());
    }
    let columns = row.items().iter().flat_map(Value::members);
    let columns = columns.filter_map(|(name, value)| Some((name, value.as_text()?)));
    let columns: serde_json::Map<String, serde_json::Value> =
        columns.map(|(name, value)| (name.clone().into_owned(), value.into())).collect();
    if columns.is_empty() {
        return Err("neither an event nor a row of query results".into());
    }
    Ok(serde_json::Value::Object(columns).to_string())
}

/// The reader's message without its place, which counts from the beginning of the record.
fn describe(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    format!("not a JSON object as events are: {}", message.strip_suffix(&place).unwrap_or(&message))
}

/// Whether a text is probably CloudTrail events, by what its beginning holds. It need not be whole.
///
/// ```
/// use iameval_cloudtrail::looks_like_events;
///
/// assert!(looks_like_events(r#"{"Records": [{"eventSource": "s3.amazonaws.com", "eventName": "ListBuckets"}"#));
/// assert!(!looks_like_events(r#"{"Version": "2012-10-17", "Statement": []}"#));
/// ```
pub fn looks_like_events(text: &str) -> bool {
    const FAR_ENOUGH: usize = 16 << 10;
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if !text.starts_with(['{', '[', '"']) {
        return false;
    }
    let bytes = text.as_bytes().get(..FAR_ENOUGH).unwrap_or(text.as_bytes());
    let finder = |name: &str| memchr::memmem::find(bytes, name.as_bytes()).is_some();
    let is_named = |name: &str| finder(&format!("\"{name}\"")) || finder(&format!("\\\"{name}\\\""));
    let has_source = is_named("eventSource") || is_named("eventsource");
    (has_source && (is_named("eventName") || is_named("eventname"))) || is_named("CloudTrailEvent")
}
