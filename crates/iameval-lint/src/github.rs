//! Which GitHub workflows a trust policy allows: the subject is `repo:OWNER/REPOSITORY:` and a branch, tag or environment.

use crate::codes;
use crate::condition::{KeyTest, tests};
use iameval::text::Span;
use iameval::{Diagnostic, Severity, Statement};

/// The provider. Everyone who has a repository there can sign in.
pub(crate) const HOST: &str = "token.actions.githubusercontent.com";

/// Whether a pattern for a claim matches workflows of owners that it does not name.
pub(crate) fn lets_strangers_in(claim: &str, pattern: &str) -> bool {
    let wild = |text: &str| text.contains(['*', '?']);
    if !claim.eq_ignore_ascii_case("sub") {
        return pattern.bytes().all(|byte| byte == b'*');
    }
    match pattern.strip_prefix("repo:") {
        // An owner with its number has the name before it: `repo:octo-org@1234/…`.
        Some(rest) => match rest.split_once('/') {
            Some((owner, _)) => wild(owner.split_once('@').map_or(owner, |(name, _)| name)),
            None => wild(rest),
        },
        // Other subjects are of the owner's own making; a wildcard before anything is said covers everyone's.
        None => {
            pattern.starts_with(['*', '?'])
                || pattern.split_once(['*', '?']).is_some_and(|(begin, _)| "repo:".starts_with(begin))
        }
    }
}

/// The first pattern for the subject that lets them in.
pub(crate) fn open_subject(statement: &Statement) -> Option<(&str, Span)> {
    let patterns = tests(statement)
        .filter(|test| is_claim(test, &["sub"]) && test.takes_wildcards() && test.needs_value())
        .flat_map(|test| test.values().zip(test.value_spans()));
    patterns.into_iter().find(|(pattern, _)| lets_strangers_in("sub", pattern))
}

/// Whether the key is one of those claims of GitHub's.
fn is_claim(test: &KeyTest<'_>, claims: &[&str]) -> bool {
    test.key().rsplit_once(':').is_some_and(|(host, claim)| {
        host.eq_ignore_ascii_case(HOST) && claims.iter().any(|known| claim.eq_ignore_ascii_case(known))
    })
}

/// What a pattern for the subject leaves open although it names the owner.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Repository,
    Branch,
}

pub(crate) fn lint(statement: &Statement, report: &mut impl FnMut(Diagnostic)) {
    // The repository and the branch may be said in claims of their own.
    let fixed = |claims: &[&str]| {
        tests(statement).any(|test| {
            is_claim(&test, claims) && test.needs_value() && test.every_value(|value| !value.contains(['*', '?']))
        })
    };
    let repository_is_said = fixed(&["repository", "repository_id", "job_workflow_ref", "workflow_ref"]);
    let branch_is_said = fixed(&["ref", "environment", "job_workflow_ref", "workflow_ref"]);
    for test in tests(statement).filter(|test| is_claim(test, &["sub"]) && test.takes_wildcards()) {
        for (pattern, span) in test.values().zip(test.value_spans()) {
            match open(pattern) {
                Some(Open::Repository) if !repository_is_said => report(broad(pattern, Open::Repository, span)),
                Some(Open::Branch) if !branch_is_said => report(broad(pattern, Open::Branch, span)),
                _ => {}
            }
        }
    }
}

fn open(pattern: &str) -> Option<Open> {
    let wild = |text: &str| text.contains(['*', '?']);
    let (_, rest) = pattern.strip_prefix("repo:")?.split_once('/')?;
    match rest.split_once(':') {
        Some((repository, _)) if wild(repository.split_once('@').map_or(repository, |(name, _)| name)) => {
            Some(Open::Repository)
        }
        None if wild(rest) => Some(Open::Repository),
        Some((_, subject)) if wild(subject) => Some(Open::Branch),
        _ => None,
    }
}

fn broad(pattern: &str, open: Open, span: Span) -> Diagnostic {
    let (what, severity) = match open {
        Open::Repository => ("several repositories of the owner, new ones included", Severity::Warning),
        Open::Branch => ("several branches, tags or environments of the repository", Severity::Info),
    };
    let message = format!("`{pattern}` matches workflows of {what}");
    let help = "name the repository and the branch, as in `repo:ORGANIZATION/REPOSITORY:ref:refs/heads/main`, or the branch \
                in a condition on `token.actions.githubusercontent.com:ref`";
    Diagnostic::new(codes::BROAD_WORKFLOW_TRUST, span, message).with_help(help).with_severity(severity)
}
