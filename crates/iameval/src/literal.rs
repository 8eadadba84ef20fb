//! Texts as condition operators read them, for programs that take such texts from others. [`DateTime`](crate::DateTime)
//! is that of dates.

use crate::condition;
use std::cmp::Ordering;

/// Whether a text is a number as the `Numeric…` operators read one (R-COND-20).
///
/// ```
/// assert!(iameval::literal::is_number("1e3") && !iameval::literal::is_number("10abc"));
/// ```
pub fn is_number(text: &str) -> bool {
    condition::is_number(text)
}

/// How two numbers compare, exactly; `None` where one is not a number.
///
/// ```
/// use std::cmp::Ordering;
///
/// assert_eq!(iameval::literal::compare_numbers("1e3", "1000.0"), Some(Ordering::Equal));
/// assert_eq!(iameval::literal::compare_numbers("9007199254740992", "9007199254740993"), Some(Ordering::Less));
/// ```
pub fn compare_numbers(one: &str, other: &str) -> Option<Ordering> {
    condition::compare_numbers(one, other)
}

/// Whether a text is an address or a network that `IpAddress` can match (R-COND-23). An IPv6 network with host bits is not.
///
/// ```
/// assert!(iameval::literal::is_network("203.0.113.0/24") && !iameval::literal::is_network("2001:db8::5/64"));
/// ```
pub fn is_network(text: &str) -> bool {
    condition::is_network(text)
}
