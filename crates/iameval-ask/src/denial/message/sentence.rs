//! `User: … is not authorized to perform: … on resource: … because …`.

use super::super::DeniedCall;
use iameval::Layer;

/// A message is not longer; a key of S3 has 1,024 bytes at most.
pub(super) const LONGEST: usize = 6_000;

/// What a message ends before, where it goes on behind the sentence.
const TRAILERS: [&str; 6] =
    [" (Service", " (RequestToken", " (Request ID", " Encoded authorization", " status code:", " (SDK Attempt"];

/// The caller before `is not authorized to perform`; the text has its line breaks.
pub(super) fn caller(before: &str) -> Option<String> {
    let before = before.trim_end();
    let before = ["is", "are", "was"].iter().find_map(|verb| before.strip_suffix(verb)).unwrap_or(before).trim_end();
    if let Some((_, caller)) = before.rsplit_once("User:") {
        return name(caller);
    }
    let word = before.rsplit(char::is_whitespace).next().map(bare)?;
    word.starts_with("arn:").then(|| word.to_owned())
}

/// The name of a caller. A line break in an ARN is where the text was wrapped.
pub(super) fn name(caller: &str) -> Option<String> {
    let caller = caller.trim();
    let own = if caller.starts_with("arn:") { caller.replace('\n', "") } else { caller.to_owned() };
    let word = bare(own.split_whitespace().next()?);
    (!word.is_empty()).then(|| word.to_owned())
}

/// Reads what stands after `not authorized to perform`: with its line breaks, and without.
pub(super) fn read(call: &mut DeniedCall, text: &str, flat: &str) {
    let skipped = flat.len() - flat.trim_start_matches([':', ' ']).len();
    let word = flat.get(skipped..).unwrap_or_default().split(' ').next().unwrap_or_default();
    let action = bare(cut(word));
    if is_action(action) {
        call.action = Some(action.to_owned());
    } else if !action.is_empty() && action.bytes().all(|byte| byte.is_ascii_alphanumeric()) && action != "this" {
        call.operation = Some(action.to_owned());
    }
    let at = skipped + word.len();
    let (text, flat) = (text.get(at..).unwrap_or_default(), flat.get(at..).unwrap_or_default());
    let end = TRAILERS.iter().filter_map(|trailer| flat.find(trailer)).min().unwrap_or(flat.len());
    let (text, flat) = (text.get(..end).unwrap_or_default(), flat.get(..end).unwrap_or_default());
    let why = reason_at(text, flat);
    call.resources.extend(resource(text.get(..why.unwrap_or(end)).unwrap_or_default(), why.is_some()));
    if let Some(why) = why {
        reason(call, flat.get(why..).unwrap_or_default());
    }
}

/// Whether a word is an action, as in `s3:GetObject`.
pub(super) fn is_action(word: &str) -> bool {
    word.split_once(':').is_some_and(|(service, name)| {
        let is_name = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'*'));
        !service.is_empty() && !name.is_empty() && is_name(service) && is_name(name)
    })
}

/// Where the reason begins. What is not one of AWS's usual reasons has to begin on the same line, or it is of another message.
fn reason_at(text: &str, flat: &str) -> Option<usize> {
    const NEAR: usize = 8;
    const USUAL: [&str; 4] = ["no ", "the resource does not exist", "this bucket ", "public "];
    let lines = |at: usize| text.get(..at).unwrap_or_default().matches('\n').count();
    let because = flat.find(" because ").filter(|at| {
        let why = flat.get(*at..).and_then(|rest| rest.strip_prefix(" because ")).unwrap_or_default();
        lines(*at) <= if USUAL.iter().any(|usual| why.starts_with(usual)) { NEAR } else { 0 }
    });
    let with = flat.find(" with an explicit deny").filter(|at| lines(*at) <= NEAR);
    [because, with].into_iter().flatten().min()
}

/// The resource, where one is named. Where a reason follows it ends there, or else with its quotes or its first words.
fn resource(text: &str, is_ended: bool) -> Option<String> {
    const BEFORE: [&str; 8] = [
        "on resource(s):",
        "on resources:",
        "on resource:",
        "on resource",
        "on the resource:",
        "on the following resource:",
        "for resource:",
        "against resource:",
    ];
    let text = text.trim_start_matches(['.', ',']).trim_start();
    let named = BEFORE.iter().find_map(|before| {
        let rest = strip_words(text, before)?;
        (before.ends_with(':') || rest.starts_with([' ', '\n', '"'])).then_some(rest)
    });
    let named = named.or_else(|| strip_words(text, "on").filter(|rest| rest.trim_start().starts_with(['"'])));
    let named = named.or_else(|| strip_words(text, "on").filter(|rest| rest.trim_start().starts_with("arn:")))?.trim();
    let found = if let Some(quoted) = named.strip_prefix('"') {
        // A key of S3 may itself contain quotes.
        let end = if is_ended { quoted.rfind('"') } else { end_of_quoted(quoted) };
        quoted.get(..end.unwrap_or(quoted.len())).unwrap_or_default().replace('\n', "")
    } else if is_ended && named.starts_with("arn:") {
        bare(named).replace('\n', "")
    } else if is_ended {
        bare(named).replace('\n', " ")
    } else {
        words(named)
    };
    (!found.is_empty()).then_some(found)
}

/// What follows the words at the beginning of a text that may be wrapped between them.
fn strip_words<'t>(text: &'t str, words: &str) -> Option<&'t str> {
    let mut rest = text;
    for (number, word) in words.split(' ').enumerate() {
        let own = if number == 0 { rest } else { rest.strip_prefix([' ', '\n'])? };
        rest = own.strip_prefix(word)?;
    }
    Some(rest)
}

/// The quote behind which the sentence goes on.
fn end_of_quoted(text: &str) -> Option<usize> {
    let line = text.split('\n').next().unwrap_or_default();
    let mut quotes = line.match_indices('"').map(|(at, _)| at);
    let ends = |at: &usize| {
        line.get(at + 1..).is_none_or(|rest| rest.is_empty() || rest.starts_with([' ', '.', ',', ';', ')', '"', '}']))
    };
    quotes.find(ends)
}

/// The first word, or two where IAM names a role, a user or the like by its name.
fn words(text: &str) -> String {
    const KINDS: [&str; 5] = ["instance profile", "role", "user", "group", "policy"];
    let line = text.split('\n').next().unwrap_or_default();
    for kind in KINDS {
        if let Some(rest) = line.strip_prefix(kind).and_then(|rest| rest.strip_prefix(' ')) {
            let name = bare(cut(rest.split(' ').next().unwrap_or_default()));
            return format!("{kind} {name}");
        }
    }
    bare(cut(line.split(' ').next().unwrap_or_default())).to_owned()
}

/// Which policies, and how: from `because` or `with` on.
pub(super) fn reason(call: &mut DeniedCall, text: &str) {
    const LAYERS: [(&str, Layer); 10] = [
        ("identity-based polic", Layer::Identity),
        ("trust polic", Layer::Resource),
        ("resource-based polic", Layer::Resource),
        ("permissions boundar", Layer::PermissionsBoundary),
        ("session polic", Layer::Session),
        ("scope-down polic", Layer::ScopeDown),
        ("service control polic", Layer::ServiceControl),
        ("resource control polic", Layer::ResourceControl),
        ("vpc endpoint polic", Layer::Endpoint),
        ("endpoint polic", Layer::Endpoint),
    ];
    const WITH: &str = " with an explicit deny";
    const SENTENCE: usize = 400;
    let longest = (0..=SENTENCE.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    let text = text.get(..longest).unwrap_or_default();
    let end = [". ", " (", "\"", "<", "}", "'"].iter().filter_map(|end| text.find(end)).min().unwrap_or(text.len());
    let sentence = text.get(..end).unwrap_or_default();
    let lower = sentence.to_ascii_lowercase();
    call.explicit = match (lower.starts_with(WITH), lower.contains("explicit"), lower.contains("allow")) {
        (true, ..) | (_, true, false) => Some(true),
        // KMS names every reason that there may be.
        (_, true, true) | (_, false, false) => None,
        (_, false, true) => lower.starts_with(" because no ").then_some(false),
    };
    // Some services name no type, and then what follows is of another sentence.
    if let Some(rest) = lower.strip_prefix(WITH)
        && !rest.starts_with(" in ")
    {
        return;
    }
    let found = LAYERS.iter().filter_map(|(words, layer)| Some((lower.find(words)?, *layer)));
    call.layer = found.min_by_key(|(at, _)| *at).map(|(_, layer)| layer);
    if let Some((before, arn)) = sentence.split_once(" arn:")
        && ["policy", "boundary"]
            .iter()
            .any(|word| before.trim_end_matches([':', ' ']).to_ascii_lowercase().ends_with(word))
    {
        let word = arn.split(' ').next().unwrap_or_default();
        call.policy_arn = Some(bare(&format!("arn:{word}")).to_owned());
    }
}

/// Up to what cannot be in a word of AWS: quotes, tags.
fn cut(word: &str) -> &str {
    let from = word.len() - word.trim_start_matches(['"', '\'', '`', '<']).len();
    let rest = word.get(from..).unwrap_or_default();
    rest.get(..rest.find(['"', '<', '`', '\'']).unwrap_or(rest.len())).unwrap_or_default()
}

/// Without what stands around a word in a sentence.
pub(super) fn bare(text: &str) -> &str {
    text.trim()
        .trim_matches(['"', '\'', '`', '’', '‘'])
        .trim_end_matches(['.', ',', ';', ')', '}', ']', '"', '\'', '`', '’'])
}
