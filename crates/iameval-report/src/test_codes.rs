//! Codes of crates above this one that reports treat in a way of their own, for the tests here.

iameval::codes! {
    /// A test got another answer than it expects.
    TEST_FAILED = "IE0701", Error, None;
    /// The answer of a test depends on a context key that was not given.
    TEST_UNDECIDED = "IE0703", Error, None;
}
