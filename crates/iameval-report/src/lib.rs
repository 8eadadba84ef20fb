//! Renderers of answers, which `iameval-ask` reads; findings and outcomes of tests for people and for machines; and what the
//! catalogue knows of actions and context keys.

mod access;
mod claim;
mod codes;
mod denial;
mod diff;
mod escape;
mod expand;
mod explanation;
mod finding;
mod finding_json;
mod fingerprint;
mod github;
mod gitlab;
mod html;
mod json;
mod junit;
mod keys;
mod laid_out;
mod layout;
mod located;
mod mark;
mod markdown;
mod matrix;
mod names;
mod outcome;
mod public;
mod sarif;
mod style;
mod table;
#[cfg(test)]
mod test_codes;
mod text;
mod trace;
mod undecided;
mod vocabulary;
mod what_can;
mod who_can;
mod world;

pub use claim::{Listing, claim_to_json, claim_to_text, verdict_in_words};
pub use codes::Codes;
pub use denial::{Suggest, denial_to_text, denials_to_json, denied_call_to_text, denied_calls_to_json};
pub use diff::{DiffNames, diff_findings, diff_to_json, diff_to_markdown, diff_to_text};
pub use escape::{plain, screened, screened_json};
pub use expand::{actions_to_json, actions_to_text};
pub use explanation::{CodePage, code_table, explanation, explanation_to_text, explanations_to_json};
pub use finding::{FindingRenderer, render_finding};
pub use finding_json::findings_to_json;
pub use github::{findings_to_github, github_summary, github_test_summary};
pub use gitlab::findings_to_gitlab;
pub use html::answer_to_html;
pub use json::{answers_to_json, number};
pub use junit::junit_to_xml;
pub use keys::{PlacedUse, ReadKey, keys_to_json, keys_to_text, read_keys};
pub use layout::{Lines, columns, unbroken};
pub use located::{PlaceRange, Places, count, path};
pub use mark::says_in_words;
pub use matrix::{matrix_to_csv, matrix_to_html, matrix_to_json, matrix_to_markdown, matrix_to_table, matrix_to_text};
pub use names::{Names, Writing};
pub use outcome::{TestCase, TestOutcome, TestProblem, TestSuite};
pub use public::{public_to_json, public_to_text, stranger_in_words};
pub use sarif::findings_to_sarif;
pub use style::Style;
pub use table::write_table;
pub use text::{Depth, answer_to_text, answers_to_table, decided_by_in_words};
pub use undecided::undecided_in_words;
pub use what_can::{what_can_to_csv, what_can_to_json, what_can_to_text};
pub use who_can::{
    Listed, WhoCanOptions, unexpected_in_words, unexpected_to_text, who_can_to_csv, who_can_to_json, who_can_to_text,
};
pub use world::{holders_in_words, symbols_to_json, symbols_to_text, world_to_json, world_to_text};

/// The example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
