//! Lists in sentences.

/// The first so many of the items, and how many more there are: `a, b and 3 more`.
pub fn listed<T: AsRef<str>>(items: &[T], separator: &str, limit: usize) -> String {
    let shown: Vec<&str> = items.iter().take(limit).map(AsRef::as_ref).collect();
    let more = items.len().saturating_sub(limit);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", shown.join(separator))
}

/// The same with each item in backticks.
pub fn quoted<T: AsRef<str>>(items: &[T], limit: usize) -> String {
    let quoted: Vec<String> = items.iter().map(|item| format!("`{}`", item.as_ref())).collect();
    listed(&quoted, ", ", limit)
}

/// A level of policies in a sentence: `level root`, and `level 2 of 3` where that is its name.
pub(crate) fn level(name: &str) -> String {
    if is_numbered(name) { name.into() } else { format!("level {name}") }
}

/// Several levels: `levels root, unit`, and `level 1 of 3, level unit` where one has no name of its own.
pub(crate) fn levels(names: &[&str]) -> String {
    if names.iter().any(|name| is_numbered(name)) {
        return names.iter().map(|name| level(name)).collect::<Vec<_>>().join(", ");
    }
    format!("levels {}", names.join(", "))
}

fn is_numbered(name: &str) -> bool {
    name.starts_with("level ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_counted() {
        assert_eq!(listed(&["a", "b"], "; ", 2), "a; b");
        assert_eq!(quoted(&["a", "b", "c"], 2), "`a`, `b` and 1 more");
        assert_eq!(quoted::<&str>(&[], 2), "");
    }
}
