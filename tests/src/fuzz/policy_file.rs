//! What holds of every file that may hold policies.

use super::check_places;
use crate::generate::quoted;
use iameval::{PolicyDocument, PolicyKind, Problem};
use iameval_world::{Files, Finding, Limits, PolicyFile, Source, World, codes};
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

/// Any text as a file that may hold policies, by its name JSON, YAML or either: places lie in the text that they are
/// about, and a policy is the same inside what a command of AWS prints as it is alone.
///
/// # Panics
/// When something of this does not hold.
pub fn policy_file_text(text: &str) {
    for name in ["policy.json", "policy.yaml", "standard input"] {
        let source = Source::new(name, text);
        match PolicyFile::read(&source, Limits { statements: 100, ..Limits::default() }) {
            PolicyFile::Policies(policies) => {
                assert!(!policies.is_empty(), "policies, but none");
                for policy in policies {
                    check_places(&policy.parsed.diagnostics, &policy.source.text);
                    if let Some(document) = &policy.parsed.value {
                        check_places(&document.check(PolicyKind::Identity), &policy.source.text);
                    }
                }
            }
            PolicyFile::Neither(finding) | PolicyFile::OverLimit(finding) => check(&finding),
            PolicyFile::Other(known) => check(&known.instead_of("an IAM policy")),
            PolicyFile::World(_) => world(&source),
        }
    }
    if let Some(document) = PolicyDocument::parse(text).value {
        wrapped(text, &document);
    }
}

/// A file that holds a world loads, or is refused with places in it.
fn world(source: &Arc<Source>) {
    match World::load(&One(source), &[source.name.as_str().into()]) {
        Ok(world) => world.warnings().iter().for_each(check),
        Err(findings) => {
            assert!(!findings.is_empty(), "refused for nothing");
            findings.iter().for_each(check);
        }
    }
}

/// A policy as the text inside other texts that commands print: with its quotes escaped once and twice, in
/// percent-encoding, and in YAML.
fn wrapped(text: &str, document: &PolicyDocument) {
    let text = text.trim();
    let once = quoted(text);
    let percent = text.bytes().fold(String::new(), |mut encoded, byte| {
        let _ = write!(encoded, "%{byte:02X}");
        encoded
    });
    is_in("bucket.json", &format!(r#"{{"Policy": {once}}}"#), document);
    is_in("bucket.yaml", &format!("Attributes:\n  Policy: {once}\n"), document);
    is_in("role.json", &format!(r#"{{"PolicyDocument": "{percent}"}}"#), document);
    // API Gateway prints no space there, which tells its form from others.
    if text.starts_with("{\"") {
        let escaped = once.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or_default();
        is_in("api.json", &format!(r#"{{"policy": {}}}"#, quoted(escaped)), document);
    }
}

/// A file holds one policy, which is that document, with places in the file.
fn is_in(name: &str, file: &str, document: &PolicyDocument) {
    let source = Source::new(name, file);
    let PolicyFile::Policies(policies) = PolicyFile::read(&source, Limits::default()) else {
        panic!("no policy in {file}");
    };
    let [policy] = &policies[..] else { panic!("{} policies in {file}", policies.len()) };
    let found = policy.parsed.value.as_ref().map(ToString::to_string);
    assert_eq!(found.as_deref(), Some(&*document.to_string()), "{file}");
    assert!(Arc::ptr_eq(&policy.source, &source), "places are not those of the file: {file}");
}

fn check(finding: &Finding) {
    check_places(std::slice::from_ref(&finding.diagnostic), &finding.source.text);
}

/// One file, whatever it is asked for by another name.
#[derive(Debug)]
struct One<'s>(&'s Arc<Source>);

impl Files for One<'_> {
    fn read(&self, path: &Path) -> Result<Arc<Source>, Finding> {
        if path == Path::new(&self.0.name) {
            return Ok(self.0.clone());
        }
        let problem = Problem::new(codes::UNREADABLE, "no such file");
        Err(Finding::about_file(&self.name(path), problem))
    }
}
