//! Any text as a message of a refused call.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| iameval_tests::fuzz::denial_text(text));
