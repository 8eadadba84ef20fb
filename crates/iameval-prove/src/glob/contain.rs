//! Whether a pattern lies in a language, as far as that shows piece by piece.

use super::trie::Trie;
use super::{Glob, Piece, Reach, Spent, Work};
use iameval::text::lowercase;

/// Whether the language certainly has all texts of the pattern: the pattern is read like a text, and a star of it must be
/// swallowed by a star. Not meant for languages that ignore the case of a sigma.
pub(super) fn has_all(language: &Trie, glob: &Glob, work: &mut Work) -> Result<bool, Spent> {
    let mut nodes = language.start();
    for piece in &glob.pieces {
        if takes_all(language, &nodes) {
            return Ok(true);
        }
        if glob.ignores_case {
            // The others read units that the pattern says nothing of.
            nodes.retain(|&at| language.node(at).is_some_and(|node| node.ignores_case));
        }
        nodes = match piece {
            Piece::Literal(text) if glob.ignores_case => {
                let units: Vec<u16> = lowercase(text).encode_utf16().collect();
                work.take((nodes.len() + 1) * units.len())?;
                language.step_units(nodes, &units)
            }
            Piece::Literal(text) => {
                for character in text.chars() {
                    work.take(nodes.len() + 1)?;
                    nodes = language.step(&nodes, character);
                }
                nodes
            }
            Piece::Unit(reach) => {
                work.take(nodes.len() + 1)?;
                let next = nodes.iter().flat_map(|&at| after_unit(language, at, *reach, glob.ignores_case));
                language.close(next.collect())
            }
            Piece::Star(reach) => {
                work.take(nodes.len() + 1)?;
                let swallows = |at: &u32| repeats(language, *at, *reach);
                language.close(nodes.into_iter().filter(swallows).collect())
            }
        };
    }
    Ok(nodes.iter().filter_map(|&at| language.node(at)).any(|node| node.ends))
}

fn takes_all(language: &Trie, nodes: &[u32]) -> bool {
    nodes.iter().filter_map(|&at| language.node(at)).any(super::trie::Node::takes_all)
}

/// Whether a star ends at the node that takes all that `reach` takes.
fn repeats(language: &Trie, at: u32, reach: Reach) -> bool {
    language.node(at).and_then(|node| node.repeats).is_some_and(|own| own.covers(reach))
}

/// Where a unit of the pattern leads, whatever it is.
fn after_unit(language: &Trie, at: u32, reach: Reach, of_lower_case: bool) -> impl Iterator<Item = u32> {
    let node = language.node(at);
    // A unit of the text may be two of its lower case, though not a digit.
    let same_count = node.is_some_and(|node| node.ignores_case) == of_lower_case || reach == Reach::Digit;
    let single = node.into_iter().flat_map(|node| &node.units);
    let single = single.filter(move |(own, _)| same_count && own.covers(reach)).map(|&(_, next)| next);
    repeats(language, at, reach).then_some(at).into_iter().chain(single)
}
