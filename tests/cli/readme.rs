//! The pages for readers: the tour of README.md, the guides to `simulate`, `check` and `test`, the page of answers. Every
//! command of a `console` block shows what is printed there.

use crate::page::guide;
use crate::run::Folder;

#[test]
fn the_tour_shows_what_is_printed() {
    assert!(guide("README.md", 2, None) >= 3);
}

#[test]
fn the_readme_of_the_crate_shows_what_is_printed() {
    assert_eq!(guide("crates/iameval-cli/README.md", 0, None), 2);
}

#[test]
fn the_guide_to_simulate_shows_what_is_printed() {
    assert!(guide("docs/simulate.md", 2, None) >= 7);
}

#[test]
fn the_page_of_questions_shows_what_is_printed() {
    assert!(guide("docs/questions.md", 0, Some(&Folder::new())) >= 13);
}

#[test]
fn the_guide_to_shrinking_shows_what_is_printed() {
    assert!(guide("docs/shrink.md", 0, Some(&Folder::new())) >= 5);
}

#[test]
fn the_guide_to_proofs_shows_what_is_printed() {
    assert!(guide("docs/proving.md", 0, Some(&Folder::new())) >= 8);
}

#[test]
fn the_guide_to_templates_shows_what_is_printed() {
    assert!(guide("docs/infrastructure.md", 1, Some(&Folder::new())) >= 11);
}

#[test]
fn the_guide_to_terraform_shows_what_is_printed() {
    assert!(guide("docs/terraform.md", 1, Some(&Folder::new())) >= 7);
}

#[test]
fn the_guide_to_the_serverless_framework_shows_what_is_printed() {
    assert!(guide("docs/serverless.md", 0, Some(&Folder::new())) >= 6);
}

#[test]
fn the_guide_to_changes_shows_what_is_printed() {
    assert!(guide("docs/diff.md", 0, Some(&Folder::new())) >= 10);
}

#[test]
fn the_guide_to_check_shows_what_is_printed() {
    assert!(guide("docs/check.md", 0, Some(&Folder::new())) >= 5);
}

#[test]
fn the_page_of_answers_shows_what_is_printed() {
    assert!(guide("docs/answers.md", 0, None) >= 9);
}

#[test]
fn the_guide_to_tests_shows_what_is_printed() {
    assert!(guide("docs/testing.md", 1, Some(&Folder::new())) >= 12);
}
