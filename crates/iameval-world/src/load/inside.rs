//! Folders that are no world themselves, and have some in them.

use crate::codes;
use crate::files::Files;
use crate::finding::Finding;
use iameval::Problem;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};

/// How many folders are looked at, and how many are named.
const MOST: (usize, usize) = (200, 5);

/// What is said of a folder that cannot be read: which folders in it can.
pub(super) fn named(files: &dyn Files, path: &Path, findings: Vec<Finding>) -> Vec<Finding> {
    let [finding] = findings.as_slice() else { return findings };
    if finding.diagnostic.code() != codes::IS_FOLDER {
        return findings;
    }
    let inside = worlds(files, path);
    let shown: Vec<String> = inside.iter().take(MOST.1).map(|folder| format!("`{}`", files.name(folder))).collect();
    if shown.is_empty() {
        return findings;
    }
    let more = match inside.len() - shown.len() {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    let name = files.name(path);
    let message = format!("`{name}` is a folder without `*.tf` files of its own");
    let help = format!("name the one that you deploy from: {}{more}", shown.join(", "));
    vec![Finding::about_file(&name, Problem::new(codes::IS_FOLDER, message).with_help(help))]
}

/// The folders in a folder that worlds are read from, those that are not in another one.
fn worlds(files: &dyn Files, path: &Path) -> Vec<PathBuf> {
    let (mut found, mut left, mut count) = (Vec::new(), VecDeque::from([path.to_owned()]), 0);
    while let Some(folder) = left.pop_front() {
        for name in files.list(&folder) {
            count += 1;
            let is_hidden = name.starts_with('.') || name == "node_modules";
            if is_hidden || count > MOST.0 {
                continue;
            }
            let inner = folder.join(name);
            if files.formats().kind_of_folder(files, &inner).is_some() {
                found.push(inner);
            } else {
                left.push_back(inner);
            }
        }
    }
    // Modules are called by what is deployed.
    let is_module = |folder: &PathBuf| folder.components().any(|part| part.as_os_str() == "modules");
    if found.iter().any(|folder| !is_module(folder)) {
        found.retain(|folder| !is_module(folder));
    }
    found
}
