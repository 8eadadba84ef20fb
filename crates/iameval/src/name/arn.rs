use super::AccountId;
use std::fmt;
use std::str::FromStr;

/// An Amazon Resource Name: `arn:partition:service:region:account:resource`.
///
/// It is split at its first five colons only; everything after the fifth is the resource part (R-ARN-01). Any part but
/// the first may be empty: S3 leaves out region and account, and `sqs:ListQueues` is evaluated on
/// `arn:aws:sqs:us-east-1:111122223333:`.
///
/// ```
/// use iameval::Arn;
///
/// let arn: Arn = "arn:aws:s3:::reports/2026:q3".parse().unwrap();
/// assert_eq!((arn.service(), arn.account(), arn.resource()), ("s3", "", "reports/2026:q3"));
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Arn {
    text: Box<str>,
    // INVARIANT: the offsets of the first five colons of `text`.
    colons: [u32; 5],
}

/// A text that should have been an ARN.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an ARN: expected `arn:partition:service:region:account:resource`")]
pub struct ParseArnError {
    text: Box<str>,
}

/// The six parts of a text with at least five colons, the first part included.
pub(crate) fn split(text: &str) -> Option<[&str; 6]> {
    let [first, second, third, fourth, fifth] = colons(text)?;
    Some([
        text.get(..first)?,
        text.get(first + 1..second)?,
        text.get(second + 1..third)?,
        text.get(third + 1..fourth)?,
        text.get(fourth + 1..fifth)?,
        text.get(fifth + 1..)?,
    ])
}

/// The offsets of the first five colons.
fn colons(text: &str) -> Option<[usize; 5]> {
    // They are near each other, and a search for each costs more than to look at every byte.
    let mut all = (0..).zip(text.bytes()).filter(|(_, byte)| *byte == b':').map(|(at, _)| at);
    Some([all.next()?, all.next()?, all.next()?, all.next()?, all.next()?])
}

impl Arn {
    /// The whole text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// `aws`, `aws-cn`, `aws-us-gov`, …
    pub fn partition(&self) -> &str {
        self.between(0, 1)
    }

    /// The service, such as `iam`.
    pub fn service(&self) -> &str {
        self.between(1, 2)
    }

    /// The region, empty for global services.
    pub fn region(&self) -> &str {
        self.between(2, 3)
    }

    /// The account part, empty where the service leaves it out; not necessarily an account id.
    pub fn account(&self) -> &str {
        self.between(3, 4)
    }

    /// The account, when that part is one.
    pub fn account_id(&self) -> Option<AccountId> {
        self.account().parse().ok()
    }

    /// Everything after the fifth colon.
    pub fn resource(&self) -> &str {
        let [.., last] = self.colons;
        self.text.get(last as usize + 1..).unwrap_or_default()
    }

    fn between(&self, left: usize, right: usize) -> &str {
        let at = |index: usize| self.colons.get(index).map_or(0, |&colon| colon as usize);
        self.text.get(at(left) + 1..at(right)).unwrap_or_default()
    }
}

impl FromStr for Arn {
    type Err = ParseArnError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || ParseArnError { text: text.into() };
        let found = colons(text).filter(|_| text.starts_with("arn:")).ok_or_else(error)?;
        let mut colons = [0; 5];
        for (slot, at) in colons.iter_mut().zip(found) {
            *slot = u32::try_from(at).map_err(|_| error())?;
        }
        Ok(Self { text: text.into(), colons })
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Arn({})", self.text)
    }
}
