//! Any text as YAML.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| iameval_tests::fuzz::yaml_text(text, iameval_world::yaml::parse));
