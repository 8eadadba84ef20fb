//! The codes of tests: their outcomes, and what is wrong with test files alone.

use iameval::codes;

codes! {
    /// A test got another answer than it expects.
    TEST_FAILED = "IE0701", Error, None;
    /// A test marked `xfail` passed.
    TEST_PASSED_UNEXPECTEDLY = "IE0702", Error, None;
    /// The answer of a test depends on a context key that was not given.
    TEST_UNDECIDED = "IE0703", Error, None;
    /// A snapshot is missing, or does not fit its case.
    SNAPSHOT_MISSING = "IE0704", Error, None;
    /// A test file, a case or a selection comes to no case.
    NOTHING_TO_TEST = "IE0705", Error, None;
    /// A test file comes to more cases than are allowed.
    TOO_MANY_CASES = "IE0706", Error, None;
}
