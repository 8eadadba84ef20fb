//! A question drawn from bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| iameval_tests::fuzz::decide(bytes));
