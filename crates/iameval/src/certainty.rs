//! Three truth values.

/// How certain something is, as long as not everything is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Certainty {
    /// It is not so, whatever the rest comes to.
    #[default]
    No,
    /// It depends on what is not known.
    Maybe,
    /// It is so, whatever the rest comes to.
    Yes,
}

impl Certainty {
    /// Whether it certainly is so.
    pub fn is_certain(self) -> bool {
        self == Self::Yes
    }

    /// Whether it is so unless the other is, and the other way round.
    #[must_use]
    pub(crate) fn negated_if(self, negated: bool) -> Self {
        match (self, negated) {
            (Self::No, true) => Self::Yes,
            (Self::Yes, true) => Self::No,
            (own, _) => own,
        }
    }

    /// Whether any is so.
    pub(crate) fn any(of: impl IntoIterator<Item = Self>) -> Self {
        let mut any = Self::No;
        for one in of {
            any = any.max(one);
            if any == Self::Yes {
                break;
            }
        }
        any
    }

    /// Whether all are so.
    pub(crate) fn all(of: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Self::Yes;
        for one in of {
            all = all.min(one);
            if all == Self::No {
                break;
            }
        }
        all
    }
}

impl From<bool> for Certainty {
    fn from(is_so: bool) -> Self {
        if is_so { Self::Yes } else { Self::No }
    }
}
