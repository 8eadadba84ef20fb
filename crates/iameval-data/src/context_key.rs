//! What is known of a context key.

use iameval::{CompiledCondition, ConditionOperator, Context, Effect, Operator};
use std::fmt;
use std::sync::LazyLock;

/// A context key: its type, how many values it has, and when it is in a request.
///
/// ```
/// use iameval_data::{Catalogue, KeyType};
///
/// let key = Catalogue::embedded().context_key("AWS:tagkeys").unwrap();
/// assert_eq!((key.name(), key.key_type(), key.is_multivalued()), ("aws:TagKeys", KeyType::String, true));
/// let tag = Catalogue::embedded().context_key("s3:ExistingObjectTag/team").unwrap();
/// assert_eq!(tag.name(), "s3:ExistingObjectTag/<key>");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContextKeyInfo<'c> {
    name: &'c str,
    key_type: KeyType,
    multivalued: bool,
    presence: Option<Presence>,
}

/// When a global key is in a request (R-CTX-03).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// No request lacks it.
    Always,
    /// It is in every signed request.
    Signed,
    /// It is in some requests; the text says in which.
    Sometimes(&'static str),
}

/// The type of a context key's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyType {
    /// Any text.
    String,
    /// An ARN.
    Arn,
    /// `true` or `false`.
    Bool,
    /// A number.
    Numeric,
    /// A date and time.
    Date,
    /// An IP address.
    IpAddress,
    /// Bytes.
    Binary,
}

/// *Using IAM policy conditions in Amazon `EventBridge`*; *AWS Data Pipeline: Deny access to `DataPipeline` pipelines a user did
/// not create* in the IAM User Guide.
const COMPARED_AS_ONE: [&str; 4] =
    ["datapipeline:PipelineCreator", "events:detail-type", "events:source", "events:TargetArn"];

impl<'c> ContextKeyInfo<'c> {
    /// A global key with one value.
    pub(crate) const fn global(name: &'static str, key_type: KeyType, presence: Presence) -> ContextKeyInfo<'static> {
        ContextKeyInfo { name, key_type, multivalued: false, presence: Some(presence) }
    }

    /// A global key with several values.
    pub(crate) const fn global_list(
        name: &'static str,
        key_type: KeyType,
        presence: Presence,
    ) -> ContextKeyInfo<'static> {
        ContextKeyInfo { name, key_type, multivalued: true, presence: Some(presence) }
    }

    /// A key with several values that may be in a request when a session was made for it.
    pub(crate) const fn list(name: &'static str, key_type: KeyType) -> ContextKeyInfo<'static> {
        ContextKeyInfo { name, key_type, multivalued: true, presence: None }
    }

    /// A key of a service's table, with the type as AWS writes it: `ArrayOfString`, `Bool`, ….
    pub(crate) fn of_service(name: &'c str, written: &str) -> Self {
        let element = written.strip_prefix("ArrayOf");
        let key_type = match element.unwrap_or(written).to_ascii_lowercase().as_str() {
            "arn" => KeyType::Arn,
            "bool" | "boolean" => KeyType::Bool,
            "numeric" | "long" | "integer" => KeyType::Numeric,
            "date" => KeyType::Date,
            "ipaddress" => KeyType::IpAddress,
            "binary" => KeyType::Binary,
            _ => KeyType::String,
        };
        Self { name, key_type, multivalued: element.is_some(), presence: None }
    }

    /// The name as AWS writes it, with `${…}` or `<…>` for a part that each key names itself.
    pub fn name(self) -> &'c str {
        self.name
    }

    /// The type of its values.
    pub fn key_type(self) -> KeyType {
        self.key_type
    }

    /// Whether it may have several values, so that policies need a set operator (R-CTX-02).
    pub fn is_multivalued(self) -> bool {
        self.multivalued
    }

    /// Whether it may hold several values and the guide of its service compares it without a set operator all the same, which a
    /// request with one value satisfies.
    pub fn is_compared_as_one(self) -> bool {
        self.multivalued && COMPARED_AS_ONE.iter().any(|known| known.eq_ignore_ascii_case(self.name))
    }

    /// When it is in a request (R-CTX-03), for the global keys.
    pub fn presence(self) -> Option<Presence> {
        self.presence
    }

    /// Whether no request lacks it.
    pub fn is_always_present(self) -> bool {
        self.presence == Some(Presence::Always)
    }
}

impl KeyType {
    /// Whether a text is read as a value of the type: as a number, a date or an address in any of the ways in which conditions read
    /// them (R-COND-23). Text and bytes are read from any text.
    ///
    /// ```
    /// use iameval_data::KeyType;
    ///
    /// assert!(KeyType::IpAddress.reads("2001:db8::1") && !KeyType::IpAddress.reads("banana"));
    /// assert!(KeyType::Date.reads("2026-11-30T12:00:00Z") && KeyType::Date.reads("1780000000"));
    /// assert!(KeyType::Bool.reads("TRUE") && !KeyType::Bool.reads("yes"));
    /// ```
    pub fn reads(self, text: &str) -> bool {
        static ADDRESS: LazyLock<CompiledCondition> = LazyLock::new(|| on(Operator::IpAddress, &["0.0.0.0/0", "::/0"]));
        // A text that is no number equals none; no number equals a text.
        static NUMBER: LazyLock<CompiledCondition> =
            LazyLock::new(|| on(Operator::NumericLessThanEquals, &["1e9000000000000000"]));
        static DATE: LazyLock<CompiledCondition> =
            LazyLock::new(|| on(Operator::DateGreaterThanEquals, &["-292275054-01-01"]));

        let condition = match self {
            KeyType::String | KeyType::Binary => return true,
            KeyType::Bool => return ["true", "false"].iter().any(|word| text.eq_ignore_ascii_case(word)),
            KeyType::Arn => return text.starts_with("arn:") && text.matches(':').count() >= 5,
            KeyType::IpAddress => &ADDRESS,
            KeyType::Numeric => &NUMBER,
            KeyType::Date => &DATE,
        };
        let mut context = Context::new();
        context.insert(READ, text);
        condition.is_satisfied(&context)
    }

    /// What a value of the type is, in words: `an IP address`.
    pub fn in_words(self) -> &'static str {
        match self {
            KeyType::String => "a text",
            KeyType::Arn => "an ARN",
            KeyType::Bool => "true or false",
            KeyType::Numeric => "a number",
            KeyType::Date => "a date",
            KeyType::IpAddress => "an IP address",
            KeyType::Binary => "bytes",
        }
    }
}

/// The key that is read.
const READ: &str = "value";

/// A condition on the key that is read, which holds for the values that are of the operator's type.
fn on(base: Operator, values: &[&str]) -> CompiledCondition {
    let operator = ConditionOperator { base, quantifier: None, if_exists: false };
    CompiledCondition::of_values(operator, READ, values, Effect::Allow, None)
}

impl Presence {
    /// The requests that have the key, in words.
    pub fn in_words(self) -> &'static str {
        match self {
            Presence::Always => "every request",
            Presence::Signed => "every signed request",
            Presence::Sometimes(requests) => requests,
        }
    }
}

impl fmt::Display for KeyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            KeyType::String => "String",
            KeyType::Arn => "ARN",
            KeyType::Bool => "Bool",
            KeyType::Numeric => "Numeric",
            KeyType::Date => "Date",
            KeyType::IpAddress => "IPAddress",
            KeyType::Binary => "Binary",
        })
    }
}

/// Whether `key` is the key that `template` stands for: the same but for case, and anything for each part in `${…}` or
/// `<…>`.
pub(crate) fn fits(template: &str, key: &str) -> bool {
    // Most differ before anything in the template is free.
    let pairs = template.bytes().zip(key.bytes());
    let alike = pairs.take_while(|(one, other)| one.eq_ignore_ascii_case(other)).count();
    if template.bytes().take(alike + 1).all(|byte| !matches!(byte, b'$' | b'<')) {
        return alike == template.len() && alike == key.len();
    }
    let Some(open) = template.find("${").or_else(|| template.find('<')) else {
        return template.eq_ignore_ascii_case(key);
    };
    let (before, rest) = template.split_at_checked(open).unwrap_or((template, ""));
    let after = rest.split_once(['}', '>']).map_or("", |(_, after)| after);
    let Some((head, tail)) = key.split_at_checked(before.len()) else { return false };
    if !head.eq_ignore_ascii_case(before) {
        return false;
    }
    // The part stands for one character at least; what comes after it may hold further parts.
    let ends = tail.char_indices().skip(1).map(|(at, _)| at).chain([tail.len()]);
    if after.contains(['$', '<']) {
        ends.into_iter().any(|at| tail.get(at..).is_some_and(|tail| fits(after, tail)))
    } else {
        let split = tail.len().checked_sub(after.len()).filter(|at| *at > 0);
        split.and_then(|at| tail.get(at..)).is_some_and(|tail| tail.eq_ignore_ascii_case(after))
    }
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn the_part_in_braces_is_free() {
        for (template, key, expected) in [
            ("aws:TagKeys", "AWS:tagkeys", true),
            ("aws:TagKeys", "aws:TagKey", false),
            ("aws:RequestTag/${TagKey}", "aws:requesttag/Team", true),
            ("aws:RequestTag/${TagKey}", "aws:RequestTag/", false),
            ("aws:RequestTag/${TagKey}", "aws:RequestTag", false),
            ("s3:ExistingObjectTag/<key>", "s3:ExistingObjectTag/a/b", true),
            (
                "codebuild:environment.environmentVariables/${name}.value",
                "codebuild:environment.environmentVariables/A.value",
                true,
            ),
            (
                "codebuild:environment.environmentVariables/${name}.value",
                "codebuild:environment.environmentVariables/A.values",
                false,
            ),
            ("token.actions.${Domain}.ghe.com:actor", "token.actions.octo.ghe.com:actor", true),
            ("token.actions.${Domain}.ghe.com:actor", "token.actions.octo.ghe.com:actor_id", false),
            ("kms:EncryptionContext:${EncryptionContextKey}", "kms:EncryptionContext:AppName", true),
            ("a:${x}/${y}", "a:1/2", true),
            ("a:${x}/${y}", "a:12", false),
        ] {
            assert_eq!(fits(template, key), expected, "{template} {key}");
        }
    }
}
