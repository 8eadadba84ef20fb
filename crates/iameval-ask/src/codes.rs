//! The codes of questions that lack something.

use iameval::codes;

codes! {
    /// The answer depends on the resource, and none was named.
    RESOURCE_NEEDED = "IE0506", Error, None;
    /// There are no policies to decide by.
    NOTHING_TO_DECIDE_BY = "IE0507", Error, None;
    /// A matrix has more cells than anybody looks at.
    TOO_MANY_CELLS = "IE0511", Error, None;
}
