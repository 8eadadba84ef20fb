//! Error messages, as command lines, SDKs, consoles and logs show them.
//!
//! A text is searched for the marks of messages, such as `not authorized to perform` and `when calling the`. Marks that stand
//! together are one message, which is then read from mark to mark, so that the work grows with the text and no faster.

mod called;
mod plain;
mod sentence;

use super::{DeniedCall, UnreadDenial, account_of};
use called::Calls;
use iameval::Layer;
use iameval_data::Catalogue;
use plain::Plain;
use std::collections::HashMap;

/// Every message in a text. One that comes several times is one.
pub(super) fn read(text: &str, catalogue: &Catalogue) -> Vec<Result<DeniedCall, UnreadDenial>> {
    let plain = Plain::of(text);
    let mut found: Vec<(DeniedCall, usize)> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    let (mut bare_refusal, mut calls) = (None, Calls::of(catalogue));
    for message in messages(&plain) {
        let Some(mut call) = one(&message, &plain, &mut calls) else { continue };
        if call.action.is_none() && call.operation.is_none() && call.principal.is_none() && call.layer.is_none() {
            call.place = format!("line {}", plain.line_of(message.at));
            bare_refusal.get_or_insert(call);
            continue;
        }
        let next = found.len();
        let at = *known.entry(format!("{call:?}")).or_insert(next);
        call.place = format!("line {}", plain.line_of(message.at));
        match found.get_mut(at) {
            Some((_, times)) => *times += 1,
            None => found.push((call, 1)),
        }
    }
    // Flags can say what a bare refusal leaves out. Beside messages that say more it is noise.
    if found.is_empty() {
        found.extend(bare_refusal.map(|call| (call, 1)));
    }
    let with_times = |(mut call, times): (DeniedCall, usize)| {
        if times > 1 {
            call.place = format!("{} and {} more", call.place, times - 1);
        }
        Ok(call)
    };
    found.into_iter().map(with_times).collect()
}

/// Something in a text by which a message is known.
struct Mark {
    at: usize,
    end: usize,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// `not authorized to perform`, and then the action.
    Sentence,
    /// The call: `when calling the …`, `operation error …`.
    Call,
    /// A call that failed with another error.
    Other,
    /// The console's box.
    Box,
    /// A refusal, without more.
    Refusal,
    /// A refusal behind which the message ends.
    Last,
}

/// The words by which messages are known.
const MARKS: [(&str, Kind); 18] = [
    ("ot authorized to perform", Kind::Sentence),
    ("when calling the ", Kind::Call),
    ("operation error ", Kind::Call),
    ("Error executing \"", Kind::Call),
    ("Action: ", Kind::Box),
    ("Access Denied", Kind::Last),
    ("Access denied", Kind::Refusal),
    ("access denied", Kind::Refusal),
    ("Forbidden", Kind::Last),
    ("AccessDenied", Kind::Refusal),
    ("UnauthorizedOperation", Kind::Refusal),
    ("AuthorizationError", Kind::Refusal),
    ("(403)", Kind::Refusal),
    ("StatusCode: 403", Kind::Refusal),
    ("due to a VPC endpoint policy", Kind::Refusal),
    ("ciphertext refers to a customer master key", Kind::Refusal),
    ("not authorized to access this resource", Kind::Refusal),
    ("403 Forbidden", Kind::Refusal),
];

/// The marks of a text, in order.
fn marks(plain: &Plain) -> Vec<Mark> {
    let flat = plain.flat();
    let mut marks = Vec::new();
    for (words, kind) in MARKS {
        for (at, _) in flat.match_indices(words) {
            let end = at + words.len();
            let after = flat.get(end..).unwrap_or_default();
            let kind = match kind {
                // `You are not authorized to perform this operation.` comes alone or before the sentence.
                Kind::Sentence if after.trim_start_matches(':').starts_with(" this ") => Kind::Refusal,
                Kind::Box if !is_box(plain, at, end) => continue,
                Kind::Call if is_other(plain.flat_part(plain.floor(at.saturating_sub(100)), at)) => Kind::Other,
                kind => kind,
            };
            let at = if kind == Kind::Sentence { plain.floor(at.saturating_sub(1)) } else { at };
            marks.push(Mark { at, end, kind });
        }
    }
    marks.sort_by_key(|mark| (mark.at, mark.end));
    marks
}

/// Whether a call failed with an error that is not a refusal: `An error occurred (NoSuchBucket) when calling the …`.
fn is_other(before: &str) -> bool {
    const REFUSALS: [&str; 5] = ["Denied", "uthoriz", "403", "Forbidden", "Permission"];
    let code = before.strip_suffix(") ").and_then(|before| Some(before.rsplit_once('(')?.1));
    code.is_some_and(|code| code.len() < 80 && !REFUSALS.iter().any(|refusal| code.contains(refusal)))
}

/// Whether `Action: ` is of the console's box, by the labels that stand around it.
fn is_box(plain: &Plain, at: usize, end: usize) -> bool {
    let before = plain.flat_part(plain.floor(at.saturating_sub(400)), at);
    let after = plain.flat_part(end, plain.floor(end + 600));
    before.contains("User: ") && (after.contains("Context: ") || after.contains("On resource"))
}

/// A part of a text with one message.
struct Message {
    /// Where it begins, and where the next does.
    from: usize,
    to: usize,
    /// Its first mark, and where its last mark ends.
    at: usize,
    end: usize,
    /// What comes after `not authorized to perform`, and where those words begin.
    sentence: Option<(usize, usize)>,
    /// Where the console's box names the action.
    action: Option<usize>,
    has_call: bool,
    is_refusal: bool,
    is_over: bool,
}

impl Message {
    /// Whether a mark is of this message.
    fn takes(&self, mark: &Mark, plain: &Plain) -> bool {
        const NEAR: usize = 700;
        if self.sentence.is_some() || self.action.is_some() {
            // Behind a whole message a code of an error tells nothing.
            return matches!(mark.kind, Kind::Refusal | Kind::Last);
        }
        let between = plain.part(self.end.min(mark.at), mark.at);
        let is_same_line = !between.contains('\n');
        let is_near = between.len() < NEAR && !self.is_over;
        match mark.kind {
            Kind::Sentence => is_same_line || is_near,
            Kind::Box => is_near,
            Kind::Call => !self.has_call && is_same_line,
            Kind::Other => false,
            Kind::Refusal | Kind::Last => {
                // `(AccessDenied) when calling the …` is of the call that follows.
                let is_of_next = plain.flat_part(mark.at.saturating_sub(1), mark.at) == "(";
                is_same_line || (is_near && !is_of_next && !(self.has_call && between.len() > 200))
            }
        }
    }

    fn add(&mut self, mark: &Mark, plain: &Plain) {
        if matches!(mark.kind, Kind::Refusal | Kind::Last) && (self.sentence.is_some() || self.action.is_some()) {
            return;
        }
        self.is_refusal |= !matches!(mark.kind, Kind::Call | Kind::Other);
        match mark.kind {
            Kind::Sentence => self.sentence = Some((mark.at, mark.end)),
            Kind::Box => self.action = Some(mark.at),
            Kind::Call => self.has_call = true,
            Kind::Other => (self.has_call, self.is_over) = (true, true),
            // `Access Denied: User: …` goes on.
            Kind::Last => self.is_over |= !plain.flat_part(mark.end, plain.floor(mark.end + 1)).starts_with(':'),
            Kind::Refusal => {}
        }
        self.end = self.end.max(mark.end);
    }
}

/// The messages of a text, in order.
fn messages(plain: &Plain) -> Vec<Message> {
    let mut messages: Vec<Message> = Vec::new();
    for mark in marks(plain) {
        if !messages.last().is_some_and(|message| message.takes(&mark, plain)) {
            let earliest = messages.last().map_or(0, |message| message.end.min(mark.at));
            let from = beginning(&mark, earliest, plain);
            if let Some(last) = messages.last_mut() {
                last.to = from;
            }
            messages.push(Message {
                from,
                to: plain.flat().len(),
                at: mark.at,
                end: mark.at,
                sentence: None,
                action: None,
                has_call: false,
                is_refusal: false,
                is_over: false,
            });
        }
        if let Some(message) = messages.last_mut() {
            message.add(&mark, plain);
        }
    }
    messages
}

/// Where the message begins that has this as its first mark.
fn beginning(mark: &Mark, earliest: usize, plain: &Plain) -> usize {
    const FARTHEST: usize = 2_500;
    let from = earliest.max(plain.floor(mark.at.saturating_sub(FARTHEST)));
    let before = plain.part(from, mark.at);
    let line = before.rfind('\n').map_or(from, |at| from + at + 1);
    match mark.kind {
        Kind::Sentence | Kind::Box => before.rfind("User:").map_or(line, |at| from + at),
        _ => line,
    }
}

/// The refused call of a message, where it is one.
fn one(message: &Message, plain: &Plain, calls: &mut Calls<'_>) -> Option<DeniedCall> {
    if !message.is_refusal {
        return None;
    }
    let to = message.to.min(plain.floor(message.end + sentence::LONGEST));
    let text = plain.flat_part(message.from, to);
    let mut call =
        DeniedCall { encoded: text.contains("ncoded authorization failure message"), ..DeniedCall::default() };
    if let Some((at, end)) = message.sentence {
        call.principal = sentence::caller(plain.part(message.from, at));
        sentence::read(&mut call, plain.part(end, to), plain.flat_part(end, to));
    } else if message.action.is_some() {
        boxed(&mut call, text);
    } else if text.contains("due to a VPC endpoint policy") {
        call.layer = Some(Layer::Endpoint);
    }
    if call.action.is_none() {
        called::name(&mut call, text, calls);
    }
    call.account = call.principal.as_deref().and_then(account_of);
    name_by_arn(&mut call);
    unmask(&mut call);
    assume_region(&mut call);
    Some(call)
}

/// What the console shows: `User: …`, `Service: …`, `Action: …`, `On resource(s): …`, `Context: …`, on lines of their own or
/// copied without line breaks.
fn boxed(call: &mut DeniedCall, text: &str) {
    const LABELS: [&str; 6] = ["User:", "Service:", "Action:", "On resource(s):", "On resource:", "Context:"];
    let value = |label: &str| {
        let (_, after) = text.split_once(label)?;
        let end = LABELS.iter().filter_map(|label| after.find(label)).min().unwrap_or(after.len());
        after.get(..end).map(str::trim).filter(|value| !value.is_empty())
    };
    call.principal = value("User:").and_then(sentence::name);
    let action = value("Action:").map(|action| sentence::bare(action.split(' ').next().unwrap_or_default()));
    let action = action.map(|action| match value("Service:") {
        Some(service) if !action.contains(':') => format!("{service}:{action}"),
        _ => action.to_owned(),
    });
    call.action = action.filter(|action| sentence::is_action(action));
    let resource = value("On resource(s):").or_else(|| value("On resource:"));
    let resource = resource.map(sentence::bare).filter(|resource| !resource.is_empty());
    call.resources.extend(resource.map(ToOwned::to_owned));
    if let Some(context) = value("Context:") {
        // The box begins where the sentence has `because` or `with`.
        let before = if context.starts_with("no ") { "because" } else { "with" };
        sentence::reason(call, &format!(" {before} {context}"));
    }
}

/// A message does not tell the region that was called, and nearly always it is the resource's.
fn assume_region(call: &mut DeniedCall) {
    const KEY: &str = "aws:RequestedRegion";
    let region = call.resources.first().filter(|arn| arn.starts_with("arn:")).and_then(|arn| arn.split(':').nth(3));
    let is_region = |region: &&str| {
        region.contains('-')
            && region.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    if let Some(region) = region.filter(is_region).map(ToOwned::to_owned) {
        call.assumed.push((KEY.to_owned(), format!("{region}: the region of the resource")));
        call.context.insert(KEY, region);
    }
}

/// IAM names roles, users and the like by their names alone: `role ops`.
fn name_by_arn(call: &mut DeniedCall) {
    const KINDS: [(&str, &str); 5] = [
        ("instance profile ", "instance-profile"),
        ("role ", "role"),
        ("user ", "user"),
        ("group ", "group"),
        ("policy ", "policy"),
    ];
    let Some(arn) = call.principal.as_deref() else { return };
    let (partition, Some(account)) = (arn.split(':').nth(1).unwrap_or("aws"), call.account) else { return };
    for resource in &mut call.resources {
        let named = KINDS.iter().find_map(|(words, kind)| Some((resource.strip_prefix(words)?, kind)));
        *resource = match named {
            Some((arn, _)) if arn.starts_with("arn:") => arn.to_owned(),
            Some((name, kind)) => format!("arn:{partition}:iam::{account}:{kind}/{}", name.trim_start_matches('/')),
            None => continue,
        };
    }
}

/// API Gateway masks the account of a resource: `********9012`.
fn unmask(call: &mut DeniedCall) {
    let Some(account) = call.account.map(|account| account.to_string()) else { return };
    for resource in &mut call.resources {
        let Some(masked) = resource.split(':').nth(4).filter(|part| part.starts_with("****")) else { continue };
        if account.ends_with(masked.trim_start_matches('*')) {
            *resource = resource.replacen(masked, &account, 1);
        }
    }
}
