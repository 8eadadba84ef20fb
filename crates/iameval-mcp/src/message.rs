//! JSON-RPC: what a line asks, and answers as lines.

use iameval::json::{self, Node, Value};
use std::borrow::Cow;

/// Why a message has no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    code: i32,
    message: Cow<'static, str>,
}

impl Fault {
    /// A line that is not JSON.
    pub(crate) fn parse(message: String) -> Self {
        Self { code: -32_700, message: message.into() }
    }

    /// JSON that is not a request.
    pub(crate) fn request(message: impl Into<Cow<'static, str>>) -> Self {
        Self { code: -32_600, message: message.into() }
    }

    /// A method that there is not.
    pub(crate) fn method(name: &str) -> Self {
        Self { code: -32_601, message: format!("there is no method `{name}`").into() }
    }

    /// Parameters that the method does not take.
    pub(crate) fn parameters(message: String) -> Self {
        Self { code: -32_602, message: message.into() }
    }

    /// A resource that there is not.
    pub(crate) fn resource(uri: &str) -> Self {
        Self { code: -32_002, message: format!("there is no resource `{uri}`").into() }
    }
}

/// What a line asks.
#[derive(Debug)]
pub(crate) struct Message<'t> {
    /// As it is written; `None` for a notification, which has no answer.
    pub(crate) id: Option<&'t str>,
    pub(crate) method: String,
    pub(crate) parameters: Option<Node<'t>>,
}

/// Reads a line. `None` for the answer to a request, of which this server makes none.
///
/// # Errors
/// Why it is no message, with the id to answer to.
pub(crate) fn read(line: &str) -> Result<Option<Message<'_>>, (Option<&str>, Fault)> {
    let tree = json::parse(line).map_err(|error| (None, Fault::parse(error.message().to_owned())))?;
    let Value::Object(members) = tree.value else {
        return Err((None, Fault::request("a message is one JSON object")));
    };
    let (mut id, mut method, mut parameters, mut is_answer) = (None, None, None, false);
    for member in members {
        match &*member.key {
            "id" => {
                let is_id = matches!(member.value.value, Value::String(_) | Value::Number(_));
                let text = line.get(member.value.span.range());
                id = Some(text.filter(|_| is_id).ok_or((None, Fault::request("`id` must be a string or a number")))?);
            }
            "method" => method = member.value.as_str().map(str::to_owned),
            "params" => parameters = Some(member.value),
            "result" | "error" => is_answer = true,
            _ => {}
        }
    }
    match method {
        Some(method) => Ok(Some(Message { id, method, parameters })),
        None if is_answer => Ok(None),
        None => Err((id, Fault::request("the message has no `method`"))),
    }
}

/// An answer with a result, which is JSON.
pub(crate) fn result(id: &str, result: &str) -> String {
    format!("{{\"jsonrpc\":\"2.0\",\"id\":{id},\"result\":{result}}}")
}

/// An answer without one.
pub(crate) fn fault(id: Option<&str>, fault: &Fault) -> String {
    let id = id.unwrap_or("null");
    let message = Node::string(&*fault.message);
    format!("{{\"jsonrpc\":\"2.0\",\"id\":{id},\"error\":{{\"code\":{},\"message\":{message}}}}}", fault.code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_back_as_they_are_written() {
        for id in ["1", "1.0", "\"a\\u0062\"", "-7e2"] {
            let line = format!("{{\"jsonrpc\": \"2.0\", \"id\": {id}, \"method\": \"ping\"}}");
            let message = read(&line).unwrap().unwrap();
            assert_eq!((message.id, message.method.as_str()), (Some(id), "ping"));
        }
        assert_eq!(read(r#"{"method": "notifications/initialized"}"#).unwrap().unwrap().id, None);
        assert!(read(r#"{"id": 3, "result": {}}"#).unwrap().is_none());
    }

    #[test]
    fn what_is_no_message_is_refused() {
        for (line, id, code) in [
            ("{", None, -32_700),
            ("[]", None, -32_600),
            (r#"{"id": 3}"#, Some("3"), -32_600),
            (r#"{"id": null, "method": "ping"}"#, None, -32_600),
            (r#"{"id": {}, "method": "ping"}"#, None, -32_600),
        ] {
            let (found, fault) = read(line).unwrap_err();
            assert_eq!((found, fault.code), (id, code), "{line}");
        }
    }
}
