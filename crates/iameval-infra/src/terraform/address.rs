//! Addresses, such as `module.app["eu"].data.aws_iam_policy_document.read[0]`.

/// The parts of an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address<'t> {
    /// The modules around it, with their keys; empty for the root.
    pub(super) module: &'t str,
    pub(super) is_data: bool,
    pub(super) kind: &'t str,
    /// Without its key.
    pub(super) name: &'t str,
    /// What stands in brackets, for one of several.
    pub(super) key: Option<&'t str>,
    /// What stands after the resource, such as an attribute.
    pub(super) rest: &'t str,
}

impl<'t> Address<'t> {
    /// The parts of a text, where it is an address or begins with one.
    pub(super) fn of(text: &'t str) -> Option<Self> {
        let mut rest = text;
        while let Some(after) = rest.strip_prefix("module.") {
            rest = segment(after).1.strip_prefix('.')?;
        }
        let module = text.get(..text.len() - rest.len())?.trim_end_matches('.');
        let (is_data, rest) = rest.strip_prefix("data.").map_or((false, rest), |rest| (true, rest));
        let (kind, rest) = rest.split_once('.')?;
        let (named, rest) = segment(rest);
        let (name, key) = with_key(named);
        let is_word = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "_-".contains(c));
        let rest = rest.strip_prefix('.').unwrap_or(rest);
        (is_word(kind) && is_word(name)).then_some(Self { module, is_data, kind, name, key, rest })
    }

    /// Whether it is a document of the data source for policies.
    pub(super) fn is_document(&self) -> bool {
        self.is_data && self.kind == "aws_iam_policy_document"
    }

    /// What it is called in its module, whatever its key.
    pub(super) fn in_module(&self) -> String {
        let mode = if self.is_data { "data." } else { "" };
        format!("{mode}{}.{}", self.kind, self.name)
    }
}

/// The first part of an address, with its keys, and the rest.
pub(super) fn segment(text: &str) -> (&str, &str) {
    let (mut in_brackets, mut in_text, mut is_escaped) = (false, false, false);
    for (at, character) in text.char_indices() {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' if in_text => is_escaped = true,
            '"' if in_brackets => in_text = !in_text,
            _ if in_text => {}
            '[' => in_brackets = true,
            ']' => in_brackets = false,
            '.' if !in_brackets => return text.split_at(at),
            _ => {}
        }
    }
    (text, "")
}

/// A part of an address and its key.
pub(super) fn with_key(text: &str) -> (&str, Option<&str>) {
    match text.split_once('[') {
        Some((name, rest)) => (name, rest.strip_suffix(']')),
        None => (text, None),
    }
}

/// The names of modules without their keys: `a.b` of `module.a["eu"].module.b[0]`.
pub(super) fn module_path(module: &str) -> String {
    let mut path = String::new();
    let mut rest = module;
    while let Some(after) = rest.strip_prefix("module.") {
        let (named, after) = segment(after);
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(with_key(named).0);
        rest = after.strip_prefix('.').unwrap_or_default();
    }
    path
}

/// The module around a module, and what it is called there, with its key.
pub(super) fn parent(module: &str) -> Option<(&str, &str)> {
    let mut at = 0;
    let mut last = None;
    while let Some(after) = module.get(at..)?.strip_prefix("module.") {
        let (named, rest) = segment(after);
        last = Some((module.get(..at)?.trim_end_matches('.'), named));
        at = module.len() - rest.len() + usize::from(rest.starts_with('.'));
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_apart() {
        let all = [
            ("aws_iam_role.r", ("", false, "aws_iam_role", "r", None, "")),
            ("data.aws_iam_policy_document.d[0].json", ("", true, "aws_iam_policy_document", "d", Some("0"), "json")),
            (
                "module.a[\"x.y\"].module.b.aws_kms_key.k[\"a]\\\".b\"].arn",
                ("module.a[\"x.y\"].module.b", false, "aws_kms_key", "k", Some("\"a]\\\".b\""), "arn"),
            ),
        ];
        for (text, (module, is_data, kind, name, key, rest)) in all {
            let expected = Address { module, is_data, kind, name, key, rest };
            assert_eq!(Address::of(text), Some(expected), "{text}");
        }
        for text in ["var.x", "count.index", "", "module.m", "module.m.out"] {
            assert_eq!(Address::of(text).filter(|address| address.kind.contains('_')), None, "{text}");
        }
    }

    #[test]
    fn modules_have_paths_and_parents() {
        let module = "module.a[\"x.y\"].module.b[0]";
        assert_eq!(module_path(module), "a.b");
        assert_eq!(parent(module), Some(("module.a[\"x.y\"]", "b[0]")));
        assert_eq!(parent("module.a[\"x.y\"]"), Some(("", "a[\"x.y\"]")));
        assert_eq!((parent(""), module_path("")), (None, String::new()));
    }
}
