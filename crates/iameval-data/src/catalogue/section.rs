//! Making the tables of a service.

use super::{REQUIRED, Service, UNSURE};
use crate::reference::{DataError, ServiceData};
use crate::table::compare;

/// The tables of one service, as text.
pub(super) struct Section {
    pub(super) prefix: String,
    pub(super) title: String,
    pub(super) tables: [String; 4],
}

impl Section {
    pub(super) fn of(service: Service<'_>) -> Self {
        let tables = [service.actions, service.resource_types, service.condition_keys, service.key_sets];
        Self {
            prefix: service.prefix().into(),
            title: service.title().into(),
            tables: tables.map(|table| table.0.into()),
        }
    }

    pub(super) fn new(data: &ServiceData) -> Result<Self, DataError> {
        let mut sets: Vec<String> = Vec::new();
        let mut set = |keys: &[String]| -> Result<String, DataError> {
            let mut keys = keys.iter().map(|key| data.word(key)).collect::<Result<Vec<_>, _>>()?;
            keys.sort_by(|left, right| compare(left, right));
            keys.dedup();
            if keys.is_empty() {
                return Ok(String::new());
            }
            let line = format!("{}\n", keys.join(","));
            let number = sets.iter().position(|set| *set == line).unwrap_or_else(|| {
                sets.push(line);
                sets.len() - 1
            });
            Ok(number.to_string())
        };
        let mut actions = Vec::new();
        for action in &data.actions {
            let types = action
                .resource_types
                .iter()
                .map(|(name, required)| Ok(data.word(name)?.to_owned() + if *required { REQUIRED } else { "" }));
            let unsure = action.unsure_types.iter().map(|name| Ok(data.word(name)?.to_owned() + UNSURE));
            let types = types.chain(unsure).collect::<Result<Vec<_>, DataError>>()?.join(",");
            let level = action.access_level.letter();
            let keys = set(&action.condition_keys)?;
            let dependent =
                action.dependent_actions.iter().map(|name| data.word(name)).collect::<Result<Vec<_>, _>>()?;
            let line = format!("{}\t{level}\t{types}\t{keys}\t{}", data.word(&action.name)?, dependent.join(","));
            actions.push(format!("{}\n", line.trim_end_matches('\t')));
        }
        let mut types = Vec::new();
        for kind in &data.resource_types {
            let arns = kind.arns.iter().map(|arn| data.word(arn)).collect::<Result<Vec<_>, _>>()?.join(" ");
            let line = format!("{}\t{arns}\t{}", data.word(&kind.name)?, set(&kind.condition_keys)?);
            types.push(format!("{}\n", line.trim_end_matches('\t')));
        }
        let keys =
            data.condition_keys.iter().map(|(key, kind)| Ok(format!("{}\t{}\n", data.word(key)?, data.word(kind)?)));
        let keys = keys.collect::<Result<Vec<_>, DataError>>()?;
        let title = data.title.replace(['\t', '\n', '\r'], " ");
        Ok(Self {
            prefix: data.word(&data.prefix)?.to_ascii_lowercase(),
            title,
            tables: [sorted(actions), sorted(types), sorted(keys), sets.concat()],
        })
    }
}

/// Lines in the order of tables, each key once.
fn sorted(mut lines: Vec<String>) -> String {
    let key = |line: &str| line.split(['\t', '\n']).next().unwrap_or_default().to_owned();
    lines.sort_by(|left, right| compare(&key(left), &key(right)));
    lines.dedup_by(|later, earlier| compare(&key(later), &key(earlier)).is_eq());
    lines.concat()
}
