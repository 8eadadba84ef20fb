//! Tags that a call passes: `aws:RequestTag/…` and `aws:TagKeys`.

use super::{EventContext, HIDDEN};
use crate::value::Value;
use iameval::ContextValue;
use iameval_data::ActionInfo;

/// Where calls have tags: the path of a list of them, or of an object with a member a tag. `[]` stands for every item.
const PLACES: [&[&str]; 10] = [
    &["tags"],
    &["tagSet", "items"],
    &["tagSpecificationSet", "items", "[]", "tags"],
    &["tagsList"],
    &["tagList"],
    &["tags", "items"],
    &["tagging", "tagSet", "tag"],
    &["tags", "tag"],
    &["tagging", "tagSet"],
    &["resourceTags"],
];

pub(super) fn add(keys: &mut EventContext, parameters: &Value<'_>, action: ActionInfo<'_>) {
    let mut places = PLACES.iter().map(|place| (place, tags(parameters, place)));
    let Some((place, tags)) = places.find(|(_, tags)| !tags.is_empty()) else { return };
    if !action.supports("aws:TagKeys") && !action.supports("aws:RequestTag/key") {
        return;
    }
    let field = format!("requestParameters.{}", place.join(".").replace(".[]", "[]"));
    for (key, value) in &tags {
        if !key.is_empty() && *key != HIDDEN && *value != HIDDEN {
            keys.tell(format!("aws:RequestTag/{key}"), *value, field.clone());
        }
    }
    if tags.iter().all(|(key, _)| *key != HIDDEN) {
        keys.tell("aws:TagKeys", ContextValue::list(tags.iter().map(|(key, _)| *key)), field);
    }
}

/// Keys and values of the tags there.
fn tags<'v>(value: &'v Value<'_>, place: &[&str]) -> Vec<(&'v str, &'v str)> {
    match place.split_first() {
        Some((&"[]", rest)) => value.items().iter().flat_map(|item| tags(item, rest)).collect(),
        Some((name, rest)) => match value.get(name) {
            Value::Null => Vec::new(),
            inner => tags(inner, rest),
        },
        None => match value {
            Value::List(items) => items.iter().filter_map(tag).collect(),
            // S3 writes a single tag without its list.
            Value::Object(members) => tag(value).map_or_else(
                || members.iter().filter_map(|(key, value)| Some((&**key, value.as_text()?))).collect(),
                |tag| vec![tag],
            ),
            _ => Vec::new(),
        },
    }
}

fn tag<'v>(value: &'v Value<'_>) -> Option<(&'v str, &'v str)> {
    let text = |names: [&str; 2]| names.into_iter().find_map(|name| value.get(name).as_text());
    let key = text(["key", "tagKey"])?;
    Some((key, text(["value", "tagValue"]).unwrap_or_default()))
}
