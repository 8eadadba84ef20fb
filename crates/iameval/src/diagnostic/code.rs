//! Codes: what kinds of problems there are. Each crate declares those that it finds, with [`codes!`](crate::codes!).

use super::severity::Severity;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

/// The kind of a problem, such as `IE0203`. Codes are stable: a code is never given another meaning.
///
/// Two codes are equal, and in order, as their identifiers are.
#[derive(Clone, Copy)]
pub struct Code(&'static CodeInfo);

/// What a table of codes says about one; [`codes!`](crate::codes!) makes it.
#[derive(Debug)]
pub struct CodeInfo {
    /// The identifier that messages carry, such as `IE0203`.
    pub id: &'static str,
    /// The severity that problems of this kind have.
    pub severity: Severity,
    /// What it means, in a sentence or two.
    pub summary: &'static str,
    /// The row of table (e) and AWS's own message when it refuses this at creation.
    pub refusal: Option<(u8, &'static str)>,
    /// What AWS's own checker calls it.
    pub checker_findings: &'static [&'static str],
}

impl Code {
    /// The code that is described so.
    pub const fn new(info: &'static CodeInfo) -> Self {
        Self(info)
    }

    /// The identifier that messages carry, such as `IE0203`.
    pub fn id(self) -> &'static str {
        self.0.id
    }

    /// The severity that problems of this kind have.
    pub fn severity(self) -> Severity {
        self.0.severity
    }

    /// What it means, in a sentence or two.
    pub fn summary(self) -> &'static str {
        self.0.summary
    }

    /// The row of table (e) and AWS's own message when it refuses this at creation, where one is on record and is the same
    /// for every such finding.
    pub fn refusal(self) -> Option<(u8, &'static str)> {
        self.0.refusal
    }

    /// What AWS's own checker calls it (*IAM Access Analyzer policy check reference*); none where it has no such finding,
    /// several where it tells cases apart.
    pub fn checker_findings(self) -> &'static [&'static str] {
        self.0.checker_findings
    }
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.id() == other.id()
    }
}

impl Eq for Code {}

impl PartialOrd for Code {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Code {
    fn cmp(&self, other: &Self) -> Ordering {
        self.id().cmp(other.id())
    }
}

impl Hash for Code {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id().hash(state);
    }
}

/// The identifier.
impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

/// The identifier.
impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// Declares codes, in order of their identifiers, and `ALL` with every one of them. The doc comment is the summary.
///
/// ```
/// mod codes {
///     iameval::codes! {
///         /// A policy is called as another one is.
///         SAME_NAME = "XY0001", Warning, None;
///         /// A policy has no owner.
///         NO_OWNER = "XY0002", Error, None;
///     }
/// }
///
/// assert_eq!(codes::SAME_NAME.id(), "XY0001");
/// assert_eq!(codes::NO_OWNER.summary(), "A policy has no owner.");
/// assert_eq!(codes::ALL, [codes::SAME_NAME, codes::NO_OWNER]);
/// ```
///
/// After the severity stands what AWS answers when it refuses this at creation ([`Code::refusal`]), then what its checker
/// calls it ([`Code::checker_findings`]).
#[macro_export]
macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $id:literal, $severity:ident, $refusal:expr $(, $finding:literal)*;)*) => {
        $(
            $(#[doc = $doc])+
            pub const $name: $crate::Code = $crate::Code::new(&$crate::CodeInfo {
                id: $id,
                severity: $crate::Severity::$severity,
                summary: concat!($($doc),+).trim_ascii(),
                refusal: $refusal,
                checker_findings: &[$($finding),*],
            });
        )*

        /// Every code of this table, in order of its identifier.
        pub const ALL: &[$crate::Code] = &[$($name),*];
    };
}
