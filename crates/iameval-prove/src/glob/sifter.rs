//! The last word on a text.

use super::{Language, Spent, Work};

pub(super) struct Sifter<'s> {
    pub(super) within: &'s [&'s Language],
    pub(super) outside: &'s [&'s Language],
    accepts: &'s mut dyn FnMut(&str) -> bool,
}

/// What it costs to ask whether a text is accepted, apart from its length.
const ASKING: usize = 16;

impl<'s> Sifter<'s> {
    pub(super) fn new(
        within: &'s [&'s Language],
        outside: &'s [&'s Language],
        accepts: &'s mut dyn FnMut(&str) -> bool,
    ) -> Self {
        Self { within, outside, accepts }
    }

    /// Whether the text fits and is accepted.
    pub(super) fn takes(&mut self, text: &str, work: &mut Work) -> Result<bool, Spent> {
        let mut fits = true;
        for language in self.within {
            work.take(1 + language.0.len() + language.effort(text))?;
            fits = fits && language.fits(text);
        }
        for language in self.outside {
            work.take(1 + language.0.len() + language.effort(text))?;
            fits = fits && !language.fits(text);
        }
        if !fits {
            return Ok(false);
        }
        work.take(ASKING + text.len())?;
        Ok((self.accepts)(text))
    }

    /// The same for a text that fits as far as the automata tell.
    pub(super) fn confirms(&mut self, text: &str, work: &mut Work) -> Result<bool, Spent> {
        let effort: usize = self.within.iter().chain(self.outside).map(|language| language.effort(text)).sum();
        work.take(ASKING + text.len() + effort)?;
        if !(self.accepts)(text) {
            return Ok(false);
        }
        let fits = self.within.iter().all(|language| language.fits(text))
            && !self.outside.iter().any(|language| language.fits(text));
        debug_assert!(fits, "the automata and the matcher disagree about {text:?}");
        Ok(fits)
    }
}
