//! Texts on either side of an edge.

use crate::strategies::draw::Choices;

/// Texts that fit what a policy says, and texts just beside them.
#[derive(Debug, Clone, Default)]
pub(super) struct Sides {
    pub(super) fits: Vec<String>,
    pub(super) beside: Vec<String>,
}

impl Sides {
    /// The texts, each once, without those that stand on the wrong side.
    pub(super) fn new(fits: Vec<String>, beside: Vec<String>) -> Self {
        let fits = distinct(fits);
        let beside = distinct(beside).into_iter().filter(|text| !fits.contains(text)).collect();
        Self { fits, beside }
    }

    /// The sides of several edges together.
    pub(super) fn of_all(sides: impl IntoIterator<Item = Sides>) -> Self {
        let mut all = Self::default();
        for Sides { fits, beside } in sides {
            all.fits.extend(fits);
            all.beside.extend(beside);
        }
        Self::new(all.fits, all.beside)
    }

    /// Those of the texts that are of use.
    pub(super) fn filtered(mut self, is_kept: impl Fn(&str) -> bool) -> Self {
        self.fits.retain(|text| is_kept(text));
        self.beside.retain(|text| is_kept(text));
        self
    }

    /// One of the texts; `None` when there is none.
    pub(super) fn pick(&self, choices: &mut Choices<'_>) -> Option<&str> {
        let side = if choices.chance(50) && !self.beside.is_empty() { &self.beside } else { &self.fits };
        side.get(choices.far_below(side.len())).map(String::as_str)
    }
}

fn distinct(texts: Vec<String>) -> Vec<String> {
    let mut out: Vec<String> = Vec::with_capacity(texts.len());
    for text in texts {
        if !out.contains(&text) {
            out.push(text);
        }
    }
    out
}

/// The text with its character at that byte changed.
pub(super) fn changed_at(text: &str, at: usize) -> Option<String> {
    let (head, tail) = text.split_at_checked(at)?;
    let mut rest = tail.chars();
    let other = if rest.next()? == 'x' { 'y' } else { 'x' };
    Some(format!("{head}{other}{}", rest.as_str()))
}

/// The text with its last character changed.
pub(super) fn changed(text: &str) -> Option<String> {
    changed_at(text, text.char_indices().next_back()?.0)
}
