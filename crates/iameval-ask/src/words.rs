//! Lists in sentences, and names of statements.

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

/// What people call a statement: `policy#Sid`, or its number where it has no Sid. The index counts from 0.
pub fn statement_name(policy: &str, sid: Option<&str>, index: usize) -> String {
    match sid {
        Some(sid) => format!("{policy}#{sid}"),
        None => format!("{policy}, statement {}", index + 1),
    }
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
