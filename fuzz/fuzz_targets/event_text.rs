//! Any text as `CloudTrail` events.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| iameval_tests::fuzz::event_text(text));
