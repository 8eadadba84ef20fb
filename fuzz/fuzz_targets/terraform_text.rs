//! Any text as source or as a plan of Terraform.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| iameval_tests::fuzz::terraform_text(text));
