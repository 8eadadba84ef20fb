//! What a request has beside principal, action and resource: context and the state of multi-factor authentication.

use iameval::suggest::{did_you_mean, did_you_mean_name};
use iameval::{Context, ContextKey, Mfa};
use iameval_world::{Defaults, overlay};
use std::collections::BTreeMap;

/// Context and the state of multi-factor authentication.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// The context keys that are known to be there or to be absent.
    pub context: Context,
    /// The state of multi-factor authentication, where it is given as such.
    pub mfa: Option<Mfa>,
}

/// What is wrong with a text that says what is given, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct GivenError {
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl Given {
    /// Reads `mfa=…`, `key=value`, the name of a context, or several of these with `&` between them.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn read(text: &str, contexts: &BTreeMap<String, Context>) -> Result<Self, GivenError> {
        let mut given = Self::default();
        for part in text.split('&').map(str::trim) {
            let other = match part.split_once('=') {
                _ if part.is_empty() => return wrong(format!("`{text}` has nothing on one side of an `&`"), None),
                None => Self { context: named(part, contexts)?.clone(), mfa: None },
                Some(("mfa", state)) => Self { context: Context::new(), mfa: Some(read_mfa(state)?) },
                Some((key, value)) if key.contains(':') => {
                    let mut context = Context::new();
                    match value {
                        "absent" => context.insert_absent(key),
                        _ => context.insert(key, value),
                    }
                    Self { context, mfa: None }
                }
                Some((key, _)) => {
                    let help = if key.eq_ignore_ascii_case("mfa") {
                        "write `mfa=true`, `mfa=false` or `mfa=absent`".into()
                    } else {
                        "a context key begins with its service, such as `aws:SourceIp=203.0.113.7`".to_owned()
                    };
                    return wrong(format!("`{key}` is not a context key"), Some(help));
                }
            };
            given = given.and(&other).map_err(|what| GivenError {
                message: format!("`{text}` sets {what} twice"),
                help: Some("remove one of the two".into()),
            })?;
        }
        Ok(given)
    }

    /// Both together.
    ///
    /// # Errors
    /// What both say, in words.
    pub fn and(&self, other: &Self) -> Result<Self, String> {
        let twice = other.context.iter().find(|(key, _)| self.context.is_given(key));
        if let Some((key, _)) = twice {
            return Err(format!("`{key}`"));
        }
        let both_mfa = self.mfa.is_some() && other.mfa.is_some();
        let states = |one: &Self, two: &Self| one.mfa.is_some() && two.mfa_key().is_some();
        if both_mfa || states(self, other) || states(other, self) {
            return Err("the state of multi-factor authentication".into());
        }
        let mut context = self.context.clone();
        overlay(&mut context, &other.context);
        Ok(Self { context, mfa: self.mfa.or(other.mfa) })
    }

    /// What is given, and beneath it what defaults give. The default state of multi-factor authentication counts where the
    /// given context has none of its keys.
    #[must_use]
    pub fn above(&self, defaults: &Defaults) -> Self {
        let mut context = defaults.context.clone();
        overlay(&mut context, &self.context);
        Self { context, mfa: self.mfa.or(defaults.mfa.filter(|_| self.mfa_key().is_none())) }
    }

    /// One of the two keys that tell the state of multi-factor authentication, when the context has it.
    pub fn mfa_key(&self) -> Option<&ContextKey> {
        self.context.iter().map(|(key, _)| key).find(|key| is_mfa_key(key))
    }
}

/// The parts of a text that [`Given::read`] reads in one order, so that `a&b` is `b & a`.
pub fn in_order(text: &str) -> String {
    let mut parts: Vec<&str> = text.split('&').map(str::trim).collect();
    parts.sort_unstable();
    parts.join("&")
}

/// Whether a key tells the state of multi-factor authentication.
pub fn is_mfa_key(key: &ContextKey) -> bool {
    key.as_str().to_ascii_lowercase().starts_with("aws:multifactorauth")
}

/// Reads a state of multi-factor authentication.
///
/// # Errors
/// What is wrong with the text.
pub fn read_mfa(text: &str) -> Result<Mfa, GivenError> {
    text.parse().map_err(|error: iameval::ParseMfaError| {
        let help = match text {
            "yes" | "Yes" | "on" | "On" => Some("`yes` and `on` are strings in YAML 1.2; write `true`".into()),
            "no" | "No" | "off" | "Off" => Some("`no` and `off` are strings in YAML 1.2; write `false`".into()),
            "all" => Some("write `[true, false, absent]`".into()),
            _ => did_you_mean(text, ["true", "false", "absent"]),
        };
        GivenError { message: error.to_string(), help }
    })
}

/// So many names are listed in a message.
const MANY: usize = 100;

fn named<'c>(name: &str, contexts: &'c BTreeMap<String, Context>) -> Result<&'c Context, GivenError> {
    contexts.get(name).ok_or_else(|| {
        let help = did_you_mean_name(name, contexts).unwrap_or_else(|| {
            let known: Vec<&str> = contexts.keys().map(String::as_str).take(MANY + 1).collect();
            match known.len() {
                0 => "a column is `mfa=STATE`, `key=value`, or a name that is defined under `contexts`".into(),
                1..=MANY => format!("defined: {}; or write `mfa=STATE` or `key=value`", known.join(", ")),
                _ => format!("{} are defined; or write `mfa=STATE` or `key=value`", contexts.len()),
            }
        });
        GivenError { message: format!("no context `{name}` is defined"), help: Some(help) }
    })
}

fn wrong<T>(message: String, help: Option<String>) -> Result<T, GivenError> {
    Err(GivenError { message, help })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Given, String> {
        let mut office = Context::new();
        office.insert("aws:SourceIp", "203.0.113.7");
        Given::read(text, &BTreeMap::from([("office".to_owned(), office)])).map_err(|wrong| wrong.message)
    }

    #[test]
    fn parts_come_together() {
        let given = read("mfa=true@60&office&aws:SourceVpc=absent & s3:prefix=a=b").unwrap();
        assert_eq!(given.mfa, Some(Mfa::True { age_seconds: 60 }));
        let text = |key: &str| given.context.value(&ContextKey::new(key)).and_then(|value| value.texts().next());
        assert_eq!((text("aws:SourceIp"), text("s3:prefix")), (Some("203.0.113.7"), Some("a=b")));
        assert!(given.context.is_given(&ContextKey::new("aws:SourceVpc")));
        assert_eq!(text("aws:SourceVpc"), None);
    }

    #[test]
    fn mistakes() {
        for (text, message) in [
            ("mfa=maybe", "`maybe` is not an MFA state"),
            ("mfa=true&mfa=false", "sets the state of multi-factor authentication twice"),
            ("mfa=true&aws:MultiFactorAuthAge=3", "sets the state of multi-factor authentication twice"),
            ("office&aws:sourceip=1.2.3.4", "sets `aws:sourceip` twice"),
            ("home", "no context `home` is defined"),
            ("ip=1", "`ip` is not a context key"),
            ("office&", "has nothing on one side of an `&`"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(message), "{error}");
        }
    }
}
