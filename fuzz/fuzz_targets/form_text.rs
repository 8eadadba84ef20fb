//! Any bytes as the body of a call of the simulation API.
#![no_main]

libfuzzer_sys::fuzz_target!(|body: &[u8]| iameval_tests::fuzz::form_text(body));
