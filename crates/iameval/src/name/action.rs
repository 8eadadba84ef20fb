use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

/// An action as a caller requests it: a service prefix, one colon, a name. Both halves ignore ASCII case (R-ACT-01).
///
/// Any text with exactly one colon and something before it is an action; a `*` in it is an ordinary character, as in
/// AWS's own simulator. Front ends refuse wildcards before they get here.
///
/// ```
/// use iameval::Action;
///
/// let action: Action = "iam:ChangePassword".parse().unwrap();
/// assert_eq!(action, "IAM:changepassword".parse().unwrap());
/// assert_eq!((action.service(), action.name()), ("iam", "changepassword"));
/// assert_eq!(action.to_string(), "iam:ChangePassword");
/// ```
#[derive(Clone)]
pub struct Action {
    text: Box<str>,
    // INVARIANT: `text` in lower case, with exactly one colon, at `colon`, which is not 0.
    lower: Box<str>,
    colon: u32,
}

/// A text that should have been an action.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an action: expected a service prefix, one colon and a name, as in `s3:GetObject`")]
pub struct ParseActionError {
    text: Box<str>,
}

impl Action {
    /// The action as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The service prefix in lower case: `s3`.
    pub fn service(&self) -> &str {
        self.lower.get(..self.colon as usize).unwrap_or_default()
    }

    /// The name after the colon in lower case: `getobject`.
    pub fn name(&self) -> &str {
        self.lower.get(self.colon as usize + 1..).unwrap_or_default()
    }

    /// The whole action in lower case.
    pub fn lowercase(&self) -> &str {
        &self.lower
    }
}

impl FromStr for Action {
    type Err = ParseActionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || ParseActionError { text: text.into() };
        let (service, name) = text.split_once(':').ok_or_else(error)?;
        let colon = u32::try_from(service.len()).map_err(|_| error())?;
        if service.is_empty() || name.contains(':') {
            return Err(error());
        }
        Ok(Self { text: text.into(), lower: text.to_ascii_lowercase().into(), colon })
    }
}

impl PartialEq for Action {
    fn eq(&self, other: &Self) -> bool {
        self.lower == other.lower
    }
}

impl Eq for Action {}

impl Hash for Action {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.lower.hash(state);
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Action({})", self.text)
    }
}
