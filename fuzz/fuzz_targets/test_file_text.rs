//! Any text as a test file.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| iameval_tests::fuzz::test_file_text(text));
