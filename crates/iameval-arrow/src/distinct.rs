//! Rows that are equal in all columns, found once.

use crate::coded::{Coded, Map};

/// The distinct rows of a table.
#[derive(Debug)]
pub(crate) struct Distinct {
    /// For each row, which of them it is.
    pub(crate) of_row: Vec<u32>,
    /// For each of them the first row that it is.
    pub(crate) first: Vec<usize>,
}

/// So many places a table of pairs has at most; more pairs are looked up in a map.
const MOST_PLACES: usize = 1 << 22;

impl Distinct {
    /// The distinct rows of these columns.
    pub(crate) fn of<'c>(rows: usize, columns: impl IntoIterator<Item = &'c Coded>) -> Self {
        let mut of_row = vec![0; rows];
        let mut count = usize::from(rows > 0);
        for column in columns {
            // A column with one value tells no rows apart.
            if column.cells.len() > 1 {
                count = split(&mut of_row, count, column);
            }
        }
        let mut first = vec![usize::MAX; count];
        for (row, own) in of_row.iter().enumerate().rev() {
            if let Some(first) = first.get_mut(*own as usize) {
                *first = row;
            }
        }
        Self { of_row, first }
    }
}

/// Tells rows apart that are in one group and differ in a column; gives the number of groups.
fn split(of_row: &mut [u32], count: usize, column: &Coded) -> usize {
    let mut next = 0u32;
    let mut new = || {
        next += 1;
        next - 1
    };
    let values = column.cells.len();
    let rows = of_row.iter_mut().zip(&column.codes);
    if count.saturating_mul(values) <= MOST_PLACES {
        let mut known = vec![u32::MAX; count * values];
        for (own, code) in rows {
            if let Some(known) = known.get_mut(*own as usize * values + *code as usize) {
                if *known == u32::MAX {
                    *known = new();
                }
                *own = *known;
            }
        }
    } else {
        let mut known: Map<u64, u32> = Map::default();
        for (own, code) in rows {
            *own = *known.entry(u64::from(*own) << 32 | u64::from(*code)).or_insert_with(&mut new);
        }
    }
    next as usize
}
