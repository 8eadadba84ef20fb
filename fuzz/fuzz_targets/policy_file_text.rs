//! Any text as a file that may hold policies.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| iameval_tests::fuzz::policy_file_text(text));
