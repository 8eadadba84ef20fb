//! What the server tells: one JSON object a line. No policy, parameter or header is among it.

use iameval::json::Node;
use std::io::Write;
use std::time::{SystemTime, UNIX_EPOCH};

/// Tells an event on standard error.
pub(super) fn event(name: &str, facts: &[(&str, &str)]) {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let time = iameval::DateTime::from_epoch_seconds(since.as_secs())
        .plus_milliseconds(i64::from(since.subsec_millis()))
        .to_string();
    let members = [("time", time.as_str()), ("event", name)].into_iter().chain(facts.iter().copied());
    let line = format!("{}\n", Node::object(members.map(|(name, value)| (name, Node::string(value)))));
    // Where no one listens there is no one to tell.
    let _ = std::io::stderr().lock().write_all(line.as_bytes());
}
