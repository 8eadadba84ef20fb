//! From AWS CloudTrail events to IAM requests.
//!
//! [`unpack`] makes text of a log file, [`Events`] reads the events in it, whatever wraps them, and [`Event::request`] says
//! what IAM was asked: by whom, for which action, on which resources, with which context keys, and where each of these
//! stands in the event. What an event does not tell is an error with its reason or a key that is not given, never a guess.
//!
//! The crate performs no I/O and starts no threads. Events borrow from the text where they can.
//!
//! ```
//! use iameval_cloudtrail::{Events, unpack};
//! use iameval_data::Catalogue;
//!
//! let file = br#"{"Records": [{
//!     "eventVersion": "1.08", "eventSource": "iam.amazonaws.com", "eventName": "CreateAccessKey",
//!     "awsRegion": "us-east-1", "eventTime": "2026-03-01T12:00:00Z", "sourceIPAddress": "203.0.113.7",
//!     "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/ana", "accountId": "111122223333"},
//!     "requestParameters": null
//! }]}"#;
//! let text = unpack(file, 1 << 30)?;
//! let event = Events::new(&text).next().unwrap()?;
//! let asked = event.request(Catalogue::embedded())?;
//! assert_eq!(asked.action.to_string(), "iam:CreateAccessKey");
//! // Without `userName` the call is about the caller's own user.
//! assert_eq!(asked.resources[0].resource, "arn:aws:iam::111122223333:user/ana");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod call;
mod caller;
mod container;
mod context;
mod denial;
mod error;
mod event;
mod record;
mod request;
mod resource;
mod row_text;
mod scan;
mod unpack;
mod value;

/// The example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub use caller::CallerError;
pub use container::{EventError, Events, looks_like_events};
pub use context::{AssumedKey, EventContext, ToldKey, UNKNOWN_KEYS, UnknownKey};
pub use denial::Denial;
pub use error::RequestError;
pub use event::{Event, EventResource, UserIdentity};
pub use request::EventRequest;
pub use resource::{AskedResource, ResourceSource};
pub use unpack::{UnpackError, unpack};
pub use value::Value;
