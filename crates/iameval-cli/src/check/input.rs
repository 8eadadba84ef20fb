//! Which policies are to be checked.

use crate::args::PolicyType;
use crate::exit::{Failure, Outcome};
use iameval::json::{self, Node};
use iameval::text::Span;
use iameval::{Code, Diagnostic, PolicyKind};
use iameval_world::{Disk, Files, Finding, Source};
use ignore::WalkBuilder;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A text that is, or should be, a policy.
pub(super) struct Input {
    pub(super) source: Arc<Source>,
    /// The file, when the text came from one.
    pub(super) path: Option<PathBuf>,
    /// The kind, when it is known without a guess.
    pub(super) kind: Option<PolicyKind>,
    /// Whether AWS manages it.
    pub(super) managed: bool,
}

/// The inputs, and how many files of folders hold no policy.
pub(super) struct Inputs {
    pub(super) policies: Vec<Input>,
    pub(super) skipped: usize,
}

pub(super) fn collect(paths: &[PathBuf], kind: Option<PolicyType>) -> Outcome<Inputs> {
    let kind = kind.map(kind_of);
    let mut inputs = Inputs { policies: Vec::new(), skipped: 0 };
    for path in paths {
        if path.is_dir() {
            inputs.folder(path, kind)?;
        } else {
            let source = Disk.read(path)?;
            let file = (path.as_os_str() != "-").then(|| path.clone());
            inputs.policies.push(Input { source, path: file, kind, managed: false });
        }
    }
    Ok(inputs)
}

impl Inputs {
    /// Every policy in a folder, in order of paths.
    fn folder(&mut self, folder: &Path, kind: Option<PolicyKind>) -> Outcome<()> {
        let before = self.policies.len();
        let mut files: Vec<PathBuf> = Vec::new();
        for entry in WalkBuilder::new(folder).require_git(false).build() {
            let entry = entry.map_err(|error| {
                let name = folder.display().to_string();
                let diagnostic = Diagnostic::new(Code::Unreadable, Span::default(), error.to_string());
                Failure(vec![Finding::about_file(&name, diagnostic)])
            })?;
            let is_json = entry.path().extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
            if is_json && entry.path().is_file() {
                files.push(entry.into_path());
            }
        }
        files.sort_unstable();
        for path in files {
            let source = match Disk.read(&path) {
                Err(finding) if finding.diagnostic.code == Code::EmptyInput => {
                    self.skipped += 1;
                    continue;
                }
                read => read?,
            };
            if looks_like_policy(&source.text) {
                self.policies.push(Input { source, path: Some(path), kind, managed: false });
            } else {
                self.skipped += 1;
            }
        }
        if self.policies.len() == before {
            let message = format!("there is no policy in `{}`", folder.display());
            let help = "a policy is a `.json` file with a `Statement`";
            return Err(Failure::usage(Code::NothingToDecideBy, message, help));
        }
        Ok(())
    }
}

/// Whether a file of a folder is meant as a policy. A text that is not JSON at all is, where it has the word.
fn looks_like_policy(text: &str) -> bool {
    match json::parse(text) {
        Ok(tree) => Node::get(&tree, "Statement").is_some(),
        Err(_) => text.contains("\"Statement\""),
    }
}

fn kind_of(kind: PolicyType) -> PolicyKind {
    match kind {
        PolicyType::Identity => PolicyKind::Identity,
        PolicyType::Resource => PolicyKind::Resource,
        PolicyType::Trust => PolicyKind::RoleTrust,
        PolicyType::Scp => PolicyKind::ServiceControl,
        PolicyType::Rcp => PolicyKind::ResourceControl,
        PolicyType::Boundary => PolicyKind::PermissionsBoundary,
        PolicyType::Session => PolicyKind::Session,
        PolicyType::Endpoint => PolicyKind::Endpoint,
    }
}
