//! Any text as a CloudFormation or SAM template.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| iameval_tests::fuzz::template_text(text));
