//! Any text as a line of a batch.
#![no_main]

libfuzzer_sys::fuzz_target!(|line: &str| iameval_tests::fuzz::request_text(line, iameval_fuzz::is_json));
