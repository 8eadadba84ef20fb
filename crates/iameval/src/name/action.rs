use super::hash_of;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

/// An action as a caller requests it: a service prefix, one colon, a name. Both halves ignore ASCII case (R-ACT-01).
///
/// Any text with exactly one colon and something before it is an action, unless it has a `*` or `?` in it: that is a
/// pattern for several, an [`ActionPattern`](crate::ActionPattern). [`Action::literal`] takes such a text as it stands.
///
/// ```
/// use iameval::Action;
///
/// let action: Action = "iam:ChangePassword".parse().unwrap();
/// assert_eq!(action, "IAM:changepassword".parse().unwrap());
/// assert_eq!((action.service(), action.name()), ("iam", "changepassword"));
/// assert_eq!(action.to_string(), "iam:ChangePassword");
/// assert!("iam:Change*".parse::<Action>().is_err());
/// ```
#[derive(Clone)]
pub struct Action {
    // INVARIANT: the action in lower case, then, as long, as it was written.
    both: Box<str>,
    // INVARIANT: where the one colon stands; not 0.
    colon: u32,
    /// Those of the whole action and of its service prefix, in lower case: every index is asked for both.
    hash: u64,
    service_hash: u64,
}

/// The bytes of an action in lower case.
pub(crate) struct ActionBytes<'a> {
    pub(crate) lowercase: &'a [u8],
    pub(crate) service: &'a [u8],
    pub(crate) name: &'a [u8],
}

/// A text that should have been an action.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseActionError {
    /// The text has not the form of an action.
    #[error("`{0}` is not an action: expected a service prefix, one colon and a name, as in `s3:GetObject`")]
    Form(Box<str>),
    /// The text is a pattern for several actions.
    #[error("`{0}` is a pattern; a request is for one action")]
    Pattern(Box<str>),
}

impl Action {
    /// The action of that name in which `*` and `?` are ordinary characters, as AWS's policy simulator reads action names
    /// (R-SIM-07).
    ///
    /// # Errors
    /// When the text has not exactly one colon with something before it.
    pub fn literal(text: &str) -> Result<Self, ParseActionError> {
        let error = || ParseActionError::Form(text.into());
        let mut colons = memchr::memchr_iter(b':', text.as_bytes());
        let (Some(at @ 1..), None) = (colons.next(), colons.next()) else { return Err(error()) };
        let colon = u32::try_from(at).map_err(|_| error())?;
        let mut both = String::with_capacity(text.len() * 2);
        both.push_str(text);
        both.make_ascii_lowercase();
        let service = both.get(..at).unwrap_or_default();
        let (hash, service_hash) = (hash_of(&both), hash_of(service));
        both.push_str(text);
        Ok(Self { both: both.into(), colon, hash, service_hash })
    }

    /// The action as it was written.
    pub fn as_str(&self) -> &str {
        self.both.get(self.both.len() / 2..).unwrap_or_default()
    }

    /// The service prefix in lower case: `s3`.
    pub fn service(&self) -> &str {
        self.both.get(..self.colon as usize).unwrap_or_default()
    }

    /// The name after the colon in lower case: `getobject`.
    pub fn name(&self) -> &str {
        self.both.get(self.colon as usize + 1..self.both.len() / 2).unwrap_or_default()
    }

    /// The whole action in lower case.
    pub fn lowercase(&self) -> &str {
        self.both.get(..self.both.len() / 2).unwrap_or_default()
    }

    /// The bytes of [`lowercase`](Self::lowercase), [`service`](Self::service) and [`name`](Self::name), for those who need
    /// not know that they are UTF-8: each decision does.
    pub(crate) fn bytes(&self) -> ActionBytes<'_> {
        let lowercase = self.both.as_bytes().get(..self.both.len() / 2).unwrap_or_default();
        let (service, rest) = lowercase.split_at_checked(self.colon as usize).unwrap_or_default();
        ActionBytes { lowercase, service, name: rest.get(1..).unwrap_or_default() }
    }

    /// The hash of the action in lower case.
    pub(crate) fn hash_value(&self) -> u64 {
        self.hash
    }

    /// The hash of the service prefix in lower case.
    pub(crate) fn service_hash(&self) -> u64 {
        self.service_hash
    }
}

impl FromStr for Action {
    type Err = ParseActionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let action = Self::literal(text)?;
        if memchr::memchr2(b'*', b'?', text.as_bytes()).is_some() {
            Err(ParseActionError::Pattern(text.into()))
        } else {
            Ok(action)
        }
    }
}

impl PartialEq for Action {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash && self.bytes().lowercase == other.bytes().lowercase
    }
}

impl Eq for Action {}

impl Hash for Action {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Action({})", self.as_str())
    }
}
