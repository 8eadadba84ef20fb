//! The feature `serde`: what has one text is serialized as that text, and deserialized as `FromStr` reads it, except for a
//! [`Code`], which is only serialized.
//!
//! Principals, requests, contexts and documents are left out: a principal is more than its text (a role's path, an
//! organization), and for requests and documents there are [`native`](crate::native) and
//! [`PolicyDocument::to_json`](crate::PolicyDocument::to_json). An [`Action`] made by [`Action::literal`] from a text with a
//! wildcard is serialized, and refused when it is read again.

use crate::compile::PolicyId;
use crate::diagnostic::{Code, Severity};
use crate::document::{Effect, PolicyKind, PrincipalType, Version};
use crate::layer::Layer;
use crate::layers::Decision;
use crate::mode::EvaluationMode;
use crate::name::{AccountId, Action, Arn, ContextKey};
use crate::principal::PrincipalClass;
use crate::request::Mfa;
use serde_core::de::{Deserialize, Deserializer, Error, Visitor};
use serde_core::ser::{Serialize, Serializer};
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

/// Reads a text with the `FromStr` of `T`, whether or not the format lends it.
struct Text<T>(PhantomData<T>);

impl<T> Visitor<'_> for Text<T>
where
    T: FromStr<Err: fmt::Display>,
{
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }
}

macro_rules! to_text {
    ($type:ident) => {
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    };
}

macro_rules! as_text {
    ($($type:ident),+ $(,)?) => {$(
        to_text!($type);

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(Text(PhantomData))
            }
        }
    )+};
}

as_text! {
    AccountId, Action, Arn, ContextKey, Decision, Effect, EvaluationMode, Layer, Mfa, PolicyId, PolicyKind,
    PrincipalClass, PrincipalType, Severity, Version,
}

// Codes are declared by many crates, so none can find them all.
to_text!(Code);

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Debug;

    #[track_caller]
    fn round_trip<T>(texts: &[&str])
    where
        T: Serialize + for<'de> Deserialize<'de> + FromStr<Err: Debug> + PartialEq + Debug,
    {
        for text in texts {
            let value: T = text.parse().unwrap();
            let json = serde_json::to_string(&value).unwrap();
            assert_eq!(json, format!("\"{text}\""));
            assert_eq!(serde_json::from_str::<T>(&json).unwrap(), value);
        }
    }

    #[track_caller]
    fn refuses<T: for<'de> Deserialize<'de> + Debug>(json: &str, message: &str) {
        let error = serde_json::from_str::<T>(json).unwrap_err().to_string();
        assert!(error.starts_with(message), "{error}");
    }

    #[test]
    fn texts_come_back() {
        round_trip::<AccountId>(&["012345678901"]);
        round_trip::<Action>(&["iam:ChangePassword"]);
        round_trip::<Arn>(&["arn:aws:s3:::reports/2026:q3"]);
        round_trip::<ContextKey>(&["aws:PrincipalTag/Team"]);
        round_trip::<Decision>(&["allowed", "explicit_deny", "implicit_deny"]);
        round_trip::<Effect>(&["Allow", "Deny"]);
        round_trip::<EvaluationMode>(&["live", "simulator"]);
        round_trip::<Layer>(&["scp", "scope_down"]);
        round_trip::<Mfa>(&["true", "true@30", "false", "absent"]);
        round_trip::<PolicyId>(&["ops"]);
        round_trip::<PolicyKind>(&["identity", "scope-down"]);
        round_trip::<PrincipalClass>(&["user", "role_session"]);
        round_trip::<PrincipalType>(&["AWS"]);
        round_trip::<Severity>(&["warning"]);
        round_trip::<Version>(&["2012-10-17"]);
    }

    #[test]
    fn a_code_is_its_identifier() {
        assert_eq!(serde_json::to_string(&crate::codes::UNKNOWN_ELEMENT).unwrap(), "\"IE0203\"");
    }

    #[test]
    fn other_texts_and_types_are_refused() {
        refuses::<AccountId>("\"12\"", "`12` is not an account id: expected 12 digits");
        refuses::<AccountId>("12", "invalid type: integer `12`, expected a string");
        refuses::<Action>("\"s3:*\"", "`s3:*` is a pattern");
        refuses::<Decision>("\"allow\"", "`allow` is not a decision");
        refuses::<Mfa>("true", "invalid type: boolean `true`, expected a string");
    }
}
