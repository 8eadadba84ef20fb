//! The JSON API: `/v1/…`. `openapi.json` describes it.

use super::answer::Shared;
use crate::api::Api;
use crate::native::Batch;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use axum::routing::{MethodRouter, get, post};
use http_body_util::{BodyExt, Limited};
use hyper::body::Frame;
use iameval::PolicyKind;
use iameval::json::{self, Node};
use iameval::native::SCHEMA;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll};
use std::time::Instant;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// The description of this API, but for the shapes of requests and results.
const DESCRIBED: &str = include_str!("../../openapi.json");

/// The description of this API, with the shapes that the JSON Schema of requests has.
static OPENAPI: LazyLock<String> = LazyLock::new(|| {
    let shapes = json::parse(SCHEMA).ok().and_then(|schema| schema.get("$defs").cloned().map(Node::into_owned));
    let described = json::parse(DESCRIBED).ok();
    let members = described.iter().filter_map(Node::members).flatten();
    let members = members.map(|member| (&*member.key, member.value.clone()));
    let components = shapes.map(|shapes| ("components", Node::object([("schemas", shapes)])));
    format!("{:#}\n", Node::object(members.chain(components))).replace("#/$defs/", "#/components/schemas/")
});

/// How long a line of a batch may be.
const LINE: usize = 8 << 20;

/// The paths, with what answers them.
pub(super) fn routes() -> [(&'static str, MethodRouter<Arc<Shared>>); 6] {
    [
        ("/v1/simulate", post(simulate)),
        ("/v1/batch", post(batch)),
        ("/v1/check", post(check)),
        ("/v1/explain", post(explain)),
        ("/v1/world", get(world)),
        ("/v1/openapi.json", get(async || as_json(StatusCode::OK, OPENAPI.clone()))),
    ]
}

/// Those routes.
pub(super) fn router() -> Router<Arc<Shared>> {
    routes().into_iter().fold(Router::new(), |router, (path, answer)| router.route(path, answer))
}

async fn simulate(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    answered(shared, "v1/simulate", request, |api, text| match api.batch().line(&one_line(text)) {
        Some(result) if !result.is_error => (StatusCode::OK, result.text),
        Some(error) => (StatusCode::BAD_REQUEST, error.text),
        None => (StatusCode::BAD_REQUEST, problem("there is no request to answer")),
    })
    .await
}

async fn explain(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    answered(shared, "v1/explain", request, |api, text| match api.explain(&String::from_utf8_lossy(text)) {
        Ok(answer) => (StatusCode::OK, answer),
        Err(findings) => (StatusCode::BAD_REQUEST, findings),
    })
    .await
}

async fn check(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let kind = request.uri().query().and_then(|query| query.strip_prefix("type=")).map(str::parse::<PolicyKind>);
    let kind = match kind.transpose() {
        Ok(kind) => kind,
        Err(error) => return as_json(StatusCode::BAD_REQUEST, problem(&error.to_string())),
    };
    answered(shared, "v1/check", request, move |api, text| {
        (StatusCode::OK, api.check(&String::from_utf8_lossy(text), kind))
    })
    .await
}

async fn world(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    answered(shared, "v1/world", request, |api, _| (StatusCode::OK, api.list_world())).await
}

/// Reads the body, and answers on another thread.
async fn answered(
    shared: Arc<Shared>,
    name: &'static str,
    request: Request,
    answer: impl FnOnce(&Api, &[u8]) -> (StatusCode, String) + Send + 'static,
) -> Response {
    let began = Instant::now();
    let body = Limited::new(request.into_body(), shared.options.body).collect();
    let (status, text) = match timeout(shared.options.patience, body).await {
        Ok(Ok(body)) => {
            let (text, api) = (body.to_bytes(), shared.api());
            match shared.permit().await {
                Some(_permit) => spawn_blocking(move || answer(&api, &text)).await.unwrap_or_else(|_| busy()),
                None => busy(),
            }
        }
        Ok(Err(_)) => (StatusCode::PAYLOAD_TOO_LARGE, problem("the body is incomplete or too large")),
        Err(_) => (StatusCode::REQUEST_TIMEOUT, problem("the body did not arrive in time")),
    };
    shared.metrics.request(name, status.as_u16(), began.elapsed());
    as_json(status, text)
}

fn busy() -> (StatusCode, String) {
    (StatusCode::SERVICE_UNAVAILABLE, problem("the server is busy; try again"))
}

fn problem(message: &str) -> String {
    format!("{}\n", Node::object([("error", Node::object([("message", Node::string(message))]))]))
}

/// A request may be written over several lines; a batch has one on each.
fn one_line(text: &[u8]) -> Vec<u8> {
    text.iter().map(|byte| if matches!(byte, b'\n' | b'\r') { b' ' } else { *byte }).collect()
}

fn as_json(status: StatusCode, text: String) -> Response {
    with_body(status, Body::from(text), "application/json")
}

fn with_body(status: StatusCode, body: Body, kind: &'static str) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

/// Lines in, lines out, as they come: neither side waits for the end of the other.
async fn batch(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (results, receiver) = mpsc::channel(4);
    tokio::spawn(answer_lines(shared, request.into_body(), results));
    with_body(StatusCode::OK, Body::new(Lines(receiver)), "application/x-ndjson")
}

async fn answer_lines(shared: Arc<Shared>, mut body: Body, results: mpsc::Sender<Bytes>) {
    let began = Instant::now();
    let mut batch = shared.api().batch();
    let mut rest: Vec<u8> = Vec::new();
    loop {
        let Ok(frame) = timeout(shared.options.patience, body.frame()).await else { break };
        let is_end = match frame {
            Some(Ok(frame)) => {
                rest.extend_from_slice(frame.data_ref().map(Bytes::as_ref).unwrap_or_default());
                false
            }
            Some(Err(_)) => break,
            None => true,
        };
        let end = if is_end { rest.len() } else { rest.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1) };
        let tail = rest.split_off(end);
        let lines = std::mem::replace(&mut rest, tail);
        if rest.len() > LINE || lines.split(|byte| *byte == b'\n').any(|line| line.len() > LINE) {
            let _ = results.send(problem("a line is longer than 8 MiB").into()).await;
            break;
        }
        if !lines.is_empty() {
            let Some(_permit) = shared.permit().await else { break };
            let answered = spawn_blocking(move || {
                let lines = lines.split(|byte| *byte == b'\n');
                let answers: String = lines.filter_map(|line| batch.line(line)).map(|result| result.text).collect();
                (batch, answers)
            });
            let Ok((again, answers)) = answered.await else { break };
            batch = again;
            let sent = timeout(shared.options.patience, results.send(answers.into())).await;
            if !matches!(sent, Ok(Ok(()))) {
                break;
            }
        }
        if is_end {
            break;
        }
    }
    shared.metrics.request("v1/batch", 200, began.elapsed());
    // Whoever asked may have gone.
    drop(results);
}

/// What a channel gives, as a body.
struct Lines(mpsc::Receiver<Bytes>);

impl hyper::body::Body for Lines {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.poll_recv(context).map(|bytes| bytes.map(|bytes| Ok(Frame::data(bytes))))
    }
}

/// The type that the handlers of a batch hold; it goes from thread to thread.
const _: fn() = || {
    fn is_send<T: Send>() {}
    is_send::<Batch>();
};

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn the_description_has_the_paths_that_are_served() {
        let described: Value = serde_json::from_str(&OPENAPI).unwrap();
        let paths: Vec<&String> = described["paths"].as_object().unwrap().keys().collect();
        let mut served: Vec<&str> = routes().iter().map(|(path, _)| *path).collect();
        served.extend(["/healthz", "/metrics"]);
        served.sort_unstable();
        let mut sorted: Vec<&str> = paths.iter().map(|path| path.as_str()).collect();
        sorted.sort_unstable();
        assert_eq!(sorted, served);
        let text = described.to_string();
        let mut rest = text.as_str();
        while let Some((_, behind)) = rest.split_once("\"$ref\":\"") {
            let (reference, tail) = behind.split_once('"').unwrap();
            assert!(described.pointer(reference.strip_prefix('#').unwrap()).is_some(), "{reference}");
            rest = tail;
        }
    }
}
