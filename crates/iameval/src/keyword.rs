//! Enums whose values have one word each: one table gives the list of values, the words, `Display` and `FromStr`.

/// A text that should have been one of a few words, such as the name of a layer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {what}: expected {}", in_words(.expected))]
pub struct ParseKeywordError {
    text: Box<str>,
    what: &'static str,
    expected: &'static [&'static str],
}

impl ParseKeywordError {
    pub(crate) fn new(text: &str, what: &'static str, expected: &'static [&'static str]) -> Self {
        Self { text: text.into(), what, expected }
    }

    /// The words that there are.
    pub fn expected(&self) -> &'static [&'static str] {
        self.expected
    }
}

/// `a`, `b` or `c`, each in backticks.
fn in_words(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.as_slice() {
        [others @ .., last] if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        words => words.concat(),
    }
}

/// Whether both are the same word. A hyphen and an underscore are the same: people write one, JSON has the other.
pub(crate) fn is_same(word: &str, text: &str) -> bool {
    let plain = |byte| if byte == b'_' { b'-' } else { byte };
    word.bytes().map(plain).eq(text.bytes().map(plain))
}

/// Gives an enum its words: `keywords! { Layer, "a layer" { ServiceControl => "scp", … } }`. An attribute before the name
/// of the enum is that of its `as_str`.
macro_rules! keywords {
    ($(#[$attribute:meta])* $type:ident, $what:literal { $($value:ident => $word:literal),+ $(,)? }) => {
        impl $type {
            /// Every value, in order.
            pub const ALL: [$type; [$($word),+].len()] = [$($type::$value),+];

            $(#[$attribute])*
            pub fn as_str(self) -> &'static str {
                match self { $($type::$value => $word),+ }
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $type {
            type Err = $crate::keyword::ParseKeywordError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let known = Self::ALL.into_iter().find(|value| $crate::keyword::is_same(value.as_str(), text));
                known.ok_or_else(|| $crate::keyword::ParseKeywordError::new(text, $what, &[$($word),+]))
            }
        }
    };
}

pub(crate) use keywords;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Decision, Effect, EvaluationMode, Layer, PolicyKind, PrincipalClass, PrincipalType, Severity, Version,
    };
    use std::fmt::{Debug, Display};
    use std::str::FromStr;

    #[track_caller]
    fn round_trip<T>(values: &[T], words: &str)
    where
        T: Copy + Debug + Display + PartialEq + FromStr<Err = ParseKeywordError>,
    {
        let written: Vec<String> = values.iter().map(ToString::to_string).collect();
        assert_eq!(written.join(" "), words);
        for value in values {
            assert_eq!(value.to_string().parse::<T>().as_ref(), Ok(value));
            assert_eq!(value.to_string().replace('_', "-").parse::<T>().as_ref(), Ok(value));
        }
        for other in ["", "no", " allowed", "scps"] {
            assert!(other.parse::<T>().is_err(), "{other}");
        }
    }

    #[test]
    fn words_are_read_as_they_are_written() {
        round_trip(&Decision::ALL, "allowed explicit_deny implicit_deny undetermined");
        round_trip(&Effect::ALL, "Allow Deny");
        round_trip(&EvaluationMode::ALL, "live simulator");
        round_trip(&Layer::ALL, "scp rcp endpoint resource identity boundary session scope_down");
        round_trip(&PolicyKind::ALL, "identity resource trust boundary session scope-down scp rcp endpoint");
        let classes = "user role_session role federated_user root service web_identity saml canonical_user anonymous";
        round_trip(&PrincipalClass::ALL, classes);
        round_trip(&PrincipalType::ALL, "AWS Service Federated CanonicalUser");
        round_trip(&Severity::ALL, "info warning error");
        round_trip(&Version::ALL, "2008-10-17 2012-10-17");
    }

    #[test]
    fn letter_case_counts() {
        assert!("allow".parse::<Effect>().is_err());
        assert!("SCP".parse::<Layer>().is_err());
    }

    #[test]
    fn an_error_says_what_there_is() {
        let error = "simulated".parse::<EvaluationMode>().unwrap_err();
        assert_eq!(error.to_string(), "`simulated` is not an evaluation mode: expected `live` or `simulator`");
        assert_eq!(error.expected(), ["live", "simulator"]);
        let error = "allow".parse::<Decision>().unwrap_err();
        let words = "`allowed`, `explicit_deny`, `implicit_deny` or `undetermined`";
        assert_eq!(error.to_string(), format!("`allow` is not a decision: expected {words}"));
    }
}
