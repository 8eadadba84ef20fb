//! Condition operators: a base comparison, perhaps with a set qualifier and `IfExists`.

use std::fmt;

/// A condition operator such as `ForAllValues:StringLikeIfExists`.
///
/// ```
/// use iameval::{ConditionOperator, Operator, Quantifier};
///
/// let operator = ConditionOperator::parse("ForAnyValue:StringLike").unwrap();
/// assert_eq!(operator.base, Operator::StringLike);
/// assert_eq!(operator.quantifier, Some(Quantifier::ForAnyValue));
/// assert!(!operator.if_exists);
/// assert!(ConditionOperator::parse("StringLikes").is_none());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ConditionOperator {
    /// How one request value is compared with the policy's values.
    pub base: Operator,
    /// How several request values are taken together.
    pub quantifier: Option<Quantifier>,
    /// Whether an absent key satisfies it.
    pub if_exists: bool,
}

/// The set operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Quantifier {
    /// Every value of the request, none included.
    ForAllValues,
    /// At least one value of the request.
    ForAnyValue,
}

macro_rules! operators {
    ($($(#[doc = $doc:literal])* $name:ident,)*) => {
        /// The comparison of an operator.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Operator { $($(#[doc = $doc])* $name,)* }

        impl Operator {
            /// Every operator.
            pub const ALL: &'static [Operator] = &[$(Operator::$name),*];

            /// Its name in policies.
            pub fn as_str(self) -> &'static str {
                match self { $(Operator::$name => stringify!($name),)* }
            }
        }
    };
}

operators! {
    /// Same text.
    StringEquals,
    /// Another text.
    StringNotEquals,
    /// Same text but for case.
    StringEqualsIgnoreCase,
    /// Another text even but for case.
    StringNotEqualsIgnoreCase,
    /// Text that fits a pattern with `*` and `?`.
    StringLike,
    /// Text that does not fit.
    StringNotLike,
    /// Same number.
    NumericEquals,
    /// Another number.
    NumericNotEquals,
    /// The request's number is the smaller one.
    NumericLessThan,
    /// The request's number is smaller or the same.
    NumericLessThanEquals,
    /// The request's number is the larger one.
    NumericGreaterThan,
    /// The request's number is larger or the same.
    NumericGreaterThanEquals,
    /// Same instant.
    DateEquals,
    /// Another instant.
    DateNotEquals,
    /// The request's instant is earlier.
    DateLessThan,
    /// The request's instant is earlier or the same.
    DateLessThanEquals,
    /// The request's instant is later.
    DateGreaterThan,
    /// The request's instant is later or the same.
    DateGreaterThanEquals,
    /// Same truth value.
    Bool,
    /// Same bytes.
    BinaryEquals,
    /// Address in the network.
    IpAddress,
    /// Address outside.
    NotIpAddress,
    /// The same as `ArnLike` (R-COND-18).
    ArnEquals,
    /// The same as `ArnNotLike`.
    ArnNotEquals,
    /// ARN that fits a pattern part by part.
    ArnLike,
    /// ARN that does not fit.
    ArnNotLike,
    /// Presence of the key.
    Null,
}

/// The operators that compare values of one type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OperatorFamily {
    /// Texts, with wildcards under `StringLike` and `StringNotLike`.
    String,
    /// Numbers.
    Numeric,
    /// Instants.
    Date,
    /// Truth values.
    Bool,
    /// Bytes, written in base64.
    Binary,
    /// Addresses and networks.
    IpAddress,
    /// ARNs, part by part and with wildcards.
    Arn,
    /// Presence of the key.
    Null,
}

impl Operator {
    /// The type of the values that it compares.
    ///
    /// ```
    /// use iameval::{Operator, OperatorFamily};
    ///
    /// assert_eq!(Operator::NotIpAddress.family(), OperatorFamily::IpAddress);
    /// ```
    pub fn family(self) -> OperatorFamily {
        match self {
            Operator::StringEquals
            | Operator::StringNotEquals
            | Operator::StringEqualsIgnoreCase
            | Operator::StringNotEqualsIgnoreCase
            | Operator::StringLike
            | Operator::StringNotLike => OperatorFamily::String,
            Operator::NumericEquals
            | Operator::NumericNotEquals
            | Operator::NumericLessThan
            | Operator::NumericLessThanEquals
            | Operator::NumericGreaterThan
            | Operator::NumericGreaterThanEquals => OperatorFamily::Numeric,
            Operator::DateEquals
            | Operator::DateNotEquals
            | Operator::DateLessThan
            | Operator::DateLessThanEquals
            | Operator::DateGreaterThan
            | Operator::DateGreaterThanEquals => OperatorFamily::Date,
            Operator::Bool => OperatorFamily::Bool,
            Operator::BinaryEquals => OperatorFamily::Binary,
            Operator::IpAddress | Operator::NotIpAddress => OperatorFamily::IpAddress,
            Operator::ArnEquals | Operator::ArnNotEquals | Operator::ArnLike | Operator::ArnNotLike => {
                OperatorFamily::Arn
            }
            Operator::Null => OperatorFamily::Null,
        }
    }

    /// Whether `*` and `?` in its values are wildcards: under `StringLike`, `StringNotLike`, and all operators for ARNs.
    pub fn takes_wildcards(self) -> bool {
        matches!(self, Operator::StringLike | Operator::StringNotLike) || self.family() == OperatorFamily::Arn
    }

    /// Whether it is the negation of another: its values combine by "none of them", and an absent key satisfies it
    /// (R-COND-02, R-COND-07).
    pub fn is_negated(self) -> bool {
        matches!(
            self,
            Operator::StringNotEquals
                | Operator::StringNotEqualsIgnoreCase
                | Operator::StringNotLike
                | Operator::NumericNotEquals
                | Operator::DateNotEquals
                | Operator::NotIpAddress
                | Operator::ArnNotEquals
                | Operator::ArnNotLike
        )
    }
}

impl ConditionOperator {
    /// Reads an operator's name, in any letter case (R-COND-05).
    pub fn parse(name: &str) -> Option<Self> {
        let (quantifier, rest) = if let Some(rest) = strip_prefix(name, "ForAllValues:") {
            (Some(Quantifier::ForAllValues), rest)
        } else if let Some(rest) = strip_prefix(name, "ForAnyValue:") {
            (Some(Quantifier::ForAnyValue), rest)
        } else {
            (None, name)
        };
        let find = |name: &str| Operator::ALL.iter().copied().find(|base| base.as_str().eq_ignore_ascii_case(name));
        let plain = find(rest).map(|base| (base, false));
        let (base, if_exists) = plain.or_else(|| Some((find(strip_suffix(rest, "IfExists")?)?, true)))?;
        Some(Self { base, quantifier, if_exists })
    }
}

fn strip_prefix<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let (head, tail) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(tail)
}

fn strip_suffix<'t>(text: &'t str, suffix: &str) -> Option<&'t str> {
    let (head, tail) = text.split_at_checked(text.len().checked_sub(suffix.len())?)?;
    tail.eq_ignore_ascii_case(suffix).then_some(head)
}

impl fmt::Display for ConditionOperator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quantifier = match self.quantifier {
            None => "",
            Some(Quantifier::ForAllValues) => "ForAllValues:",
            Some(Quantifier::ForAnyValue) => "ForAnyValue:",
        };
        let if_exists = if self.if_exists { "IfExists" } else { "" };
        write!(f, "{quantifier}{}{if_exists}", self.base.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_round_trips() {
        for &base in Operator::ALL {
            for quantifier in [None, Some(Quantifier::ForAllValues), Some(Quantifier::ForAnyValue)] {
                for if_exists in [false, true] {
                    let operator = ConditionOperator { base, quantifier, if_exists };
                    let name = operator.to_string();
                    assert_eq!(ConditionOperator::parse(&name), Some(operator), "{name}");
                    assert_eq!(ConditionOperator::parse(&name.to_uppercase()), Some(operator), "{name}");
                }
            }
        }
    }

    #[test]
    fn near_misses_are_no_operators() {
        for name in ["", "IfExists", "ForAnyValues:StringEquals", "StringEquals ", "BoolIfExist", "ForAllValues:"] {
            assert_eq!(ConditionOperator::parse(name), None, "{name}");
        }
    }
}
