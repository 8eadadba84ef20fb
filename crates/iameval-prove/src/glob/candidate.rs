//! Texts to try before anything is searched: patterns with their wildcards filled so that people can read them.

use super::letters::fresh;
use super::{Glob, Language, Piece, Reach};

/// So many patterns of a language are filled.
const FEW: usize = 8;

/// The word for a run when single letters do not do.
const WORD: &str = "example";

/// The patterns of the narrowest language, filled with a letter, with a word and with nothing.
pub(super) fn plain(within: &[&Language], outside: &[&Language]) -> Vec<String> {
    let all = Language::one(Glob::any());
    let base = within.iter().copied().max_by_key(|language| narrowness(language)).unwrap_or(&all);
    let letter = unused_letter(within.iter().chain(outside).copied());
    let mut texts = Vec::new();
    for run in ["x", &letter, WORD, ""] {
        for glob in base.0.iter().take(FEW) {
            let unit = run.chars().next().filter(|_| run != WORD).unwrap_or('x');
            let last = filled(glob, &Fill { unit, each: "", last: run });
            for text in [filled(glob, &Fill { unit, each: run, last: run }), last] {
                if !texts.contains(&text) {
                    texts.push(text);
                }
            }
        }
    }
    texts
}

/// The least number of units that its patterns ask for.
fn narrowness(language: &Language) -> usize {
    language.0.iter().map(Glob::least_length).min().unwrap_or(0)
}

/// A readable letter that stands in no pattern, as far as there is one.
fn unused_letter<'l>(languages: impl Iterator<Item = &'l Language>) -> String {
    let pieces = languages.flat_map(|language| &language.0).flat_map(|glob| &glob.pieces);
    let literals = pieces.filter_map(|piece| if let Piece::Literal(text) = piece { Some(text) } else { None });
    let mut used: Vec<char> = literals.flat_map(|text| text.chars()).flat_map(char::to_lowercase).collect();
    used.sort_unstable();
    used.dedup();
    fresh(&used).filter(char::is_ascii_lowercase).map(String::from).unwrap_or_default()
}

/// What stands for wildcards.
struct Fill<'f> {
    unit: char,
    /// For every star but the last.
    each: &'f str,
    /// For the last star.
    last: &'f str,
}

fn filled(glob: &Glob, fill: &Fill<'_>) -> String {
    let is_star = |piece: &Piece| matches!(piece, Piece::Star(_));
    let last = glob.pieces.iter().rposition(is_star);
    let mut text = String::new();
    for (index, piece) in glob.pieces.iter().enumerate() {
        let run = if Some(index) == last { fill.last } else { fill.each };
        match piece {
            Piece::Literal(literal) => text.push_str(literal),
            Piece::Unit(Reach::Digit) => text.push('1'),
            Piece::Unit(_) => text.push(fill.unit),
            Piece::Star(Reach::Digit) if !run.is_empty() => text.push('1'),
            Piece::Star(_) => text.push_str(run),
        }
    }
    text
}

/// So many texts are put together at most.
const MOST_JOINED: usize = 256;

/// The patterns of each language, with a star filled with what the others ask for one after the other.
pub(super) fn joined(within: &[&Language]) -> Vec<String> {
    let mut texts = Vec::new();
    let bare = Fill { unit: 'x', each: "", last: "" };
    for (index, language) in within.iter().enumerate() {
        let others = within.iter().enumerate().filter(|&(other, _)| other != index);
        let firsts = others.filter_map(|(_, other)| other.0.first());
        let all: String = firsts.map(|glob| filled(glob, &bare)).collect();
        for glob in language.0.iter().take(FEW) {
            for fill in
                [Fill { last: &all, ..bare }, Fill { each: &all, ..bare }, Fill { each: &all, last: "x", ..bare }]
            {
                texts.push(filled(glob, &fill));
            }
        }
        if texts.len() >= MOST_JOINED {
            break;
        }
    }
    texts
}
