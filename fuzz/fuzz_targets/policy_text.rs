//! Any text as JSON and as a policy.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| iameval_tests::fuzz::policy_text(text, iameval_fuzz::is_json));
