//! Our additions to the packages: `overlay.toml`, which says what each of its tables means.

use crate::Problem;
use iameval_data::AccessLevel;
use iameval_data::reference::{ActionData, ResourceTypeData, ServiceData};
use serde::Deserialize;

/// Its name in the folder of data.
pub(crate) const OVERLAY: &str = "overlay.toml";

/// The file. Reasons are for people.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Overlay {
    action: Vec<NewAction>,
    resource_type: Vec<NewType>,
    arn: Vec<FurtherForms>,
    leading_slash: Vec<LeadingSlash>,
    addition: Vec<Addition>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewAction {
    service: String,
    name: String,
    access_level: String,
    #[serde(rename = "why")]
    _why: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewType {
    service: String,
    name: String,
    arns: Vec<String>,
    condition_keys: Vec<String>,
    #[serde(rename = "why")]
    _why: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FurtherForms {
    service: String,
    resource_type: String,
    arns: Vec<String>,
    #[serde(rename = "why")]
    _why: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LeadingSlash {
    service: String,
    resource_types: Vec<String>,
    #[serde(rename = "why")]
    _why: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Addition {
    service: String,
    #[serde(default)]
    actions: Vec<String>,
    /// Every action that takes no resource type, in place of a list.
    #[serde(default)]
    actions_without_types: bool,
    #[serde(default)]
    resource_types: Vec<String>,
    #[serde(default)]
    condition_keys: Vec<String>,
    verdict: Verdict,
    #[serde(rename = "why")]
    _why: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    Sure,
    Unsure,
    Rejected,
}

impl Overlay {
    pub(crate) fn read(text: &str) -> Result<Self, Problem> {
        Ok(toml::from_str(text)?)
    }

    /// Adds what the file says. What it names must be there, and what it adds must not.
    pub(crate) fn apply(self, services: &mut [ServiceData]) -> Result<(), Problem> {
        for new in self.action {
            let service = find(services, &new.service)?;
            if service.actions.iter().any(|action| action.name == new.name) {
                return Err(format!("the packages have `{}:{}` by now", new.service, new.name).into());
            }
            let access_level = AccessLevel::ALL.into_iter().find(|level| level.as_str() == new.access_level);
            service.actions.push(ActionData {
                name: new.name,
                access_level: access_level.ok_or_else(|| format!("no access level `{}`", new.access_level))?,
                resource_types: Vec::new(),
                unsure_types: Vec::new(),
                condition_keys: Vec::new(),
                dependent_actions: Vec::new(),
            });
        }
        for NewType { service, name, arns, condition_keys, .. } in self.resource_type {
            let types = &mut find(services, &service)?.resource_types;
            if types.iter().any(|kind| kind.name == name) {
                return Err(format!("the packages have the type `{name}` of `{service}` by now").into());
            }
            types.push(ResourceTypeData { name, arns, condition_keys });
        }
        for LeadingSlash { service, resource_types, .. } in self.leading_slash {
            for name in resource_types {
                let kind = resource_type(find(services, &service)?, &name)?;
                let with_slash = kind.arns.iter().map(|arn| {
                    let parts: Vec<&str> = arn.splitn(6, ':').collect();
                    parts.split_last().map_or_else(String::new, |(last, head)| format!("{}:/{last}", head.join(":")))
                });
                let with_slash: Vec<String> = with_slash.collect();
                kind.arns.extend(with_slash);
            }
        }
        for FurtherForms { service, resource_type: name, arns, .. } in self.arn {
            resource_type(find(services, &service)?, &name)?.arns.extend(arns);
        }
        self.addition.into_iter().try_for_each(|addition| addition.apply(services))
    }
}

impl Addition {
    fn apply(self, services: &mut [ServiceData]) -> Result<(), Problem> {
        let service = find(services, &self.service)?;
        for name in &self.resource_types {
            resource_type(service, name)?;
        }
        for name in &self.actions {
            if !service.actions.iter().any(|action| action.name == *name) {
                return Err(format!("no action `{}:{name}`", self.service).into());
            }
        }
        let is_meant = |action: &ActionData| {
            let listed = self.actions.contains(&action.name);
            listed || (self.actions_without_types && action.resource_types.is_empty())
        };
        for action in service.actions.iter_mut().filter(|action| is_meant(action)) {
            match self.verdict {
                Verdict::Rejected => {}
                Verdict::Unsure => action.unsure_types.extend(self.resource_types.iter().cloned()),
                Verdict::Sure => {
                    for name in &self.resource_types {
                        if action.resource_types.iter().any(|(known, _)| known == name) {
                            return Err(format!("the packages list `{name}` with `{}` by now", action.name).into());
                        }
                        action.resource_types.push((name.clone(), false));
                    }
                    action.condition_keys.extend(self.condition_keys.iter().cloned());
                }
            }
        }
        Ok(())
    }
}

fn find<'s>(services: &'s mut [ServiceData], prefix: &str) -> Result<&'s mut ServiceData, Problem> {
    let found = services.iter_mut().find(|service| service.prefix == prefix);
    found.ok_or_else(|| format!("no service `{prefix}`").into())
}

fn resource_type<'s>(service: &'s mut ServiceData, name: &str) -> Result<&'s mut ResourceTypeData, Problem> {
    let found = service.resource_types.iter_mut().find(|kind| kind.name == name);
    found.ok_or_else(|| format!("no resource type `{name}` of `{}`", service.prefix).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use iameval_data::Catalogue;

    #[test]
    fn the_catalogue_has_what_the_overlay_adds() {
        let text = std::fs::read_to_string(crate::root().join("crates/iameval-data/data").join(OVERLAY)).unwrap();
        let overlay = Overlay::read(&text).unwrap();
        let catalogue = Catalogue::embedded();
        for NewAction { service, name, .. } in &overlay.action {
            assert!(catalogue.action(&format!("{service}:{name}")).is_some(), "{service}:{name}");
        }
        let judged = overlay.addition.iter().filter(|addition| addition.verdict != Verdict::Rejected);
        for addition in judged {
            let service = catalogue.service(&addition.service).unwrap();
            let types: Vec<_> = addition
                .resource_types
                .iter()
                .map(|name| service.resource_types().find(|kind| kind.name() == name).expect(name))
                .collect();
            for name in &addition.actions {
                let action = service.action(name).expect(name);
                let is_sure = |name: &str| action.resource_types().any(|taken| taken.resource_type.name() == name);
                for kind in &types {
                    assert!(kind.arns().all(|arn| action.arns().any(|form| form == arn)), "{action} {}", kind.name());
                    assert_eq!(is_sure(kind.name()), addition.verdict == Verdict::Sure, "{action} {}", kind.name());
                }
                assert!(addition.condition_keys.iter().all(|key| action.supports(key)), "{action}");
            }
        }
    }
}
