//! What actions do with their resources, in AWS's five words.

/// What an action does with its resource (*Access level* in policy summaries).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AccessLevel {
    /// Lists resources.
    List,
    /// Reads content.
    Read,
    /// Makes, changes or deletes.
    Write,
    /// Changes tags only.
    Tagging,
    /// Grants or changes permissions.
    PermissionsManagement,
}

impl AccessLevel {
    /// Every level.
    pub const ALL: [AccessLevel; 5] = [
        AccessLevel::List,
        AccessLevel::Read,
        AccessLevel::Write,
        AccessLevel::Tagging,
        AccessLevel::PermissionsManagement,
    ];

    /// As AWS writes it: `List`, `Permissions management`, ….
    pub fn as_str(self) -> &'static str {
        match self {
            AccessLevel::List => "List",
            AccessLevel::Read => "Read",
            AccessLevel::Write => "Write",
            AccessLevel::Tagging => "Tagging",
            AccessLevel::PermissionsManagement => "Permissions management",
        }
    }

    pub(crate) fn letter(self) -> char {
        match self {
            AccessLevel::List => 'L',
            AccessLevel::Read => 'R',
            AccessLevel::Write => 'W',
            AccessLevel::Tagging => 'T',
            AccessLevel::PermissionsManagement => 'P',
        }
    }

    pub(crate) fn from_letter(letter: &str) -> Self {
        let letter = letter.chars().next();
        AccessLevel::ALL.into_iter().find(|level| Some(level.letter()) == letter).unwrap_or(AccessLevel::Write)
    }
}
