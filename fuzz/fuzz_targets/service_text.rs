//! Any text as a service of the Serverless Framework.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| iameval_tests::fuzz::service_text(text));
