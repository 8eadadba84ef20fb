//! What is not known of two worlds: a name stands for the same in both.

use super::{DiffPart, DiffUndecided, Presence, Subject};
use crate::provable::Provable;
use iameval::symbol::Symbols;
use iameval_prove::Undecided;
use iameval_world::World;
use std::sync::Arc;

/// What is not known of either world. The error has every name, where a character in texts does not stand for the same in
/// both, so that they cannot be compared.
pub(super) fn of_both(worlds: [&World; 2]) -> Result<Option<Arc<Symbols>>, Box<DiffPart>> {
    let symbols = || worlds.into_iter().filter_map(World::symbols);
    if symbols().next().is_none() {
        return Ok(None);
    }
    if let Some(all) = symbols().find(|all| symbols().all(|own| own.is_part_of(all))) {
        return Ok(Some(all.clone()));
    }
    let names = symbols().flat_map(|symbols| symbols.iter().map(|symbol| symbols.name(symbol)));
    let subject =
        Subject { principals: Vec::new(), presence: Presence::Both, unheld: None, resource: None, condition: None };
    Err(Box::new(DiffPart {
        undecided: names.map(|name| DiffUndecided::Proof(Undecided::Symbol(name.into()))).collect(),
        ..DiffPart::empty(subject, [Provable::nothing(), Provable::nothing()])
    }))
}
