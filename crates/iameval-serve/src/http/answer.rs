//! From requests to responses.

use super::guard;
use super::log;
use super::metrics::Metrics;
use super::server::ServerOptions;
use super::v1;
use crate::api::{Api, Call, Reply};
use crate::fault::Fault;
use crate::form::Form;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, HeaderName};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::Response;
use axum::routing::{any, get};
use axum::{Router, middleware};
use http_body_util::{BodyExt, Limited};
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Instant;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// What all requests share.
#[derive(Debug)]
pub(super) struct Shared {
    api: RwLock<Arc<Api>>,
    pub(super) metrics: Metrics,
    pub(super) options: ServerOptions,
    /// One for each request that is being worked on.
    permits: Semaphore,
    ids: RandomState,
    number: AtomicU64,
}

const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
const LIVE: HeaderName = HeaderName::from_static("x-iameval-live");

impl Shared {
    pub(super) fn new(api: Api, options: ServerOptions) -> Self {
        Self {
            api: RwLock::new(Arc::new(api)),
            metrics: Metrics::default(),
            permits: Semaphore::new(options.requests),
            options,
            ids: RandomState::new(),
            number: AtomicU64::new(0),
        }
    }

    /// The API as it is now. Requests keep theirs when another comes.
    pub(super) fn api(&self) -> Arc<Api> {
        self.api.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn replace(&self, api: Api) {
        *self.api.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(api);
    }

    /// Leave to work; `None` where none is to be had in time.
    pub(super) async fn permit(&self) -> Option<SemaphorePermit<'_>> {
        timeout(self.options.patience, self.permits.acquire()).await.ok()?.ok()
    }

    /// An id in the form of a UUID. It tells requests apart and is no secret.
    fn request_id(&self) -> String {
        let number = self.number.fetch_add(1, Ordering::Relaxed);
        let (high, low) = (self.ids.hash_one((number, 0)), self.ids.hash_one((number, 1)));
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xfff,
            0x8000 | (low >> 50),
            low & 0xffff_ffff_ffff
        )
    }
}

/// Everything that is served.
pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/", any(query))
        .route("/healthz", get(async || "ok\n"))
        .route("/metrics", get(async |State(shared): State<Arc<Shared>>| shared.metrics.text()))
        .merge(v1::router())
        .fallback(async || text(StatusCode::NOT_FOUND, "There is nothing here; the API is at /.\n"))
        .layer(middleware::from_fn_with_state(shared.clone(), checked))
        .with_state(shared)
}

/// Refuses what comes from elsewhere.
async fn checked(State(shared): State<Arc<Shared>>, request: Request, next: middleware::Next) -> Response {
    match guard::refusal(request.headers(), shared.options.allow_remote) {
        Some(why) => {
            log::event("refused", &[("why", why)]);
            text(StatusCode::FORBIDDEN, &format!("{why}\n"))
        }
        None => next.run(request).await,
    }
}

/// The AWS Query protocol.
async fn query(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let began = Instant::now();
    let id = shared.request_id();
    let reply = answered(&shared, request, &id).await;
    let operation = reply.operation.unwrap_or("none");
    let took = began.elapsed();
    shared.metrics.request(operation, reply.status, took);
    if shared.options.log_requests || reply.status >= 500 {
        let (status, milliseconds) = (reply.status.to_string(), format!("{:.3}", took.as_secs_f64() * 1000.0));
        let fault = reply.fault.unwrap_or("");
        let facts =
            [("id", &*id), ("operation", operation), ("status", &*status), ("error", fault), ("ms", &*milliseconds)];
        log::event("request", &facts);
    }
    xml(reply, &id)
}

async fn answered(shared: &Arc<Shared>, request: Request, id: &str) -> Reply {
    let call = Call { request_id: id, live: false };
    let refused = |fault: &Fault| Api::refused(fault, &call);
    let live = request.headers().get(LIVE).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"true"));
    let text: Bytes = match *request.method() {
        Method::GET => Bytes::from(request.uri().query().unwrap_or_default().to_owned()),
        Method::POST => {
            let body = Limited::new(request.into_body(), shared.options.body).collect();
            match timeout(shared.options.patience, body).await {
                Ok(Ok(body)) => body.to_bytes(),
                Ok(Err(_)) => {
                    let most = shared.options.body;
                    return refused(&Fault::malformed(format!("The body is incomplete, or larger than {most} bytes.")));
                }
                Err(_) => return refused(&Fault::malformed("The body did not arrive in time.")),
            }
        }
        _ => return refused(&Fault::malformed("The method must be POST or GET.")),
    };
    let Some(_permit) = shared.permit().await else { return refused(&Fault::unavailable()) };
    let api = shared.api();
    if is_quick(&text) {
        return worked_out(&api, &text, &Call { request_id: id, live });
    }
    let id = id.to_owned();
    let work = spawn_blocking(move || worked_out(&api, &text, &Call { request_id: &id, live }));
    work.await.unwrap_or_else(|_| refused(&Fault::unavailable()))
}

fn worked_out(api: &Api, text: &[u8], call: &Call<'_>) -> Reply {
    match Form::parse(text) {
        Ok(form) => api.call(&form, call),
        Err(fault) => Api::refused(&fault, call),
    }
}

/// Whether a call is done sooner than it would be handed to another thread: nothing of the world takes part in it, and so few
/// parameters ask for some hundred decisions at most, by what few statements there are in so little text.
fn is_quick(text: &[u8]) -> bool {
    text.len() <= 2048
        && text.starts_with(b"Action=SimulateCustomPolicy&")
        && text.split(|byte| *byte == b'&').count() <= 16
}

fn xml(reply: Reply, id: &str) -> Response {
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/xml"));
    if let Ok(id) = HeaderValue::from_str(id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

fn text(status: StatusCode, text: &str) -> Response {
    let mut response = Response::new(Body::from(text.to_owned()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}
