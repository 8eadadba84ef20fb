//! The column `context`: a struct with a member for each key, or a map.

use crate::coded::{Cell, Coded, Map, kind, ranges};
use crate::error::TableError;
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, StructArray};
use arrow_schema::DataType;
use iameval::codes::INVALID_FIELD;
use iameval::{Context, ContextKey, ContextValue, Problem};
use iameval_ask::listed_value;
use iameval_data::Catalogue;
use std::ops::Range;

/// The contexts of a table.
#[derive(Debug)]
pub(crate) enum Contexts {
    /// A struct: a column for each key.
    Struct(Vec<(ContextKey, Coded)>),
    /// A map: the entries of each row.
    Map { rows: Coded, entries: Vec<Box<[(u32, u32)]>>, keys: Coded, values: Coded },
}

/// Why a row has no context.
pub(crate) struct WrongContext {
    /// The key, where it is about one.
    pub(crate) key: Option<ContextKey>,
    pub(crate) problem: Problem,
}

impl Contexts {
    /// Nothing is given.
    pub(crate) fn none() -> Self {
        Self::Struct(Vec::new())
    }

    pub(crate) fn of(array: &ArrayRef, name: &str) -> Result<Self, TableError> {
        match array.data_type() {
            DataType::Null => Ok(Self::none()),
            DataType::Struct(_) => Self::of_struct(array.as_struct(), name),
            DataType::Map(..) => {
                let map = array.as_map();
                Self::of_entries(array, ranges(map.value_offsets()), map.keys(), map.values(), name)
            }
            // How tables without maps have them.
            DataType::List(item) if is_entry(item.data_type()) => {
                let list = array.as_list::<i32>();
                let entries = list.values().as_struct();
                Self::of_entries(array, ranges(list.value_offsets()), entries.column(0), entries.column(1), name)
            }
            DataType::LargeList(item) if is_entry(item.data_type()) => {
                let list = array.as_list::<i64>();
                let entries = list.values().as_struct();
                Self::of_entries(array, ranges(list.value_offsets()), entries.column(0), entries.column(1), name)
            }
            _ => Err(Self::neither(array, name)),
        }
    }

    fn neither(array: &dyn Array, name: &str) -> TableError {
        let message = format!("its values are {}, and a struct or a map is expected", kind(array));
        let help = "a struct has a member for each context key, and a map has the keys as its keys";
        TableError::of_column(name, Problem::new(INVALID_FIELD, message).with_help(help))
    }

    fn of_struct(array: &StructArray, name: &str) -> Result<Self, TableError> {
        let mut members: Vec<(ContextKey, Coded)> = Vec::new();
        for (field, values) in array.fields().iter().zip(array.columns()) {
            check_key(field.name()).map_err(|problem| TableError::of_column(name, problem))?;
            let key = ContextKey::new(field.name());
            if let Some((other, _)) = members.iter().find(|(other, _)| *other == key) {
                let message =
                    format!("`{other}` and `{key}` are one context key: upper and lower case make no difference");
                return Err(TableError::of_column(name, Problem::new(INVALID_FIELD, message)));
            }
            let mut coded = Coded::of(values.as_ref(), field.name()).map_err(|error| error.within(name))?;
            if let Some(nulls) = array.nulls() {
                let null = coded.cells.iter().position(|cell| *cell == Cell::Null).unwrap_or_else(|| {
                    coded.cells.push(Cell::Null);
                    coded.cells.len() - 1
                });
                let null = u32::try_from(null).unwrap_or(u32::MAX);
                let rows = coded.codes.iter_mut().enumerate().filter(|(row, _)| nulls.is_null(*row));
                rows.for_each(|(_, code)| *code = null);
            }
            members.push((key, coded));
        }
        Ok(Self::Struct(members))
    }

    fn of_entries(
        array: &dyn Array,
        bounds: impl Iterator<Item = Range<usize>>,
        keys: &dyn Array,
        values: &dyn Array,
        name: &str,
    ) -> Result<Self, TableError> {
        let keys = Coded::of_texts(keys, "key").map_err(|error| error.within(name))?;
        let values = Coded::of(values, "value").map_err(|error| error.within(name))?;
        let mut known: Map<Box<[(u32, u32)]>, u32> = Map::default();
        let (mut codes, mut entries) = (Vec::with_capacity(array.len()), Vec::new());
        for (row, bounds) in bounds.enumerate() {
            let bounds = if array.is_null(row) { 0..0 } else { bounds };
            let (of_keys, of_values) = (keys.codes.get(bounds.clone()), values.codes.get(bounds));
            let pairs = of_keys.into_iter().flatten().copied().zip(of_values.into_iter().flatten().copied());
            let own: Box<[(u32, u32)]> = pairs.collect();
            let code = if let Some(code) = known.get(&own) {
                *code
            } else {
                let code = u32::try_from(entries.len()).unwrap_or(u32::MAX);
                entries.push(own.clone());
                known.insert(own, code);
                code
            };
            codes.push(code);
        }
        let cells = vec![Cell::Null; entries.len()];
        Ok(Self::Map { rows: Coded { codes, cells }, entries, keys, values })
    }

    /// The columns that tell rows apart.
    pub(crate) fn columns(&self) -> impl Iterator<Item = &Coded> {
        let (members, rows) = match self {
            Self::Struct(members) => (members.as_slice(), None),
            Self::Map { rows, .. } => (&[][..], Some(rows)),
        };
        members.iter().map(|(_, coded)| coded).chain(rows)
    }

    /// The context of a row.
    pub(crate) fn context(&self, row: usize) -> Result<Context, WrongContext> {
        let mut context = Context::new();
        match self {
            Self::Struct(members) => {
                for (key, coded) in members {
                    add(&mut context, key, coded.cell(row))?;
                }
            }
            Self::Map { rows, entries, keys, values } => {
                let of_row = rows.codes.get(row).and_then(|code| entries.get(*code as usize));
                for (key, value) in of_row.into_iter().flatten() {
                    let Some(Cell::Text(key)) = keys.cells.get(*key as usize) else {
                        let problem = Problem::new(INVALID_FIELD, "a context key must not be null");
                        return Err(WrongContext { key: None, problem });
                    };
                    check_key(key).map_err(|problem| WrongContext { key: None, problem })?;
                    let key = ContextKey::new(key);
                    if context.is_given(&key) {
                        let message = "the key is given twice: upper and lower case make no difference in context keys";
                        return Err(WrongContext { key: Some(key), problem: Problem::new(INVALID_FIELD, message) });
                    }
                    add(&mut context, &key, values.cells.get(*value as usize).unwrap_or(&Cell::Null))?;
                }
            }
        }
        Ok(context)
    }
}

/// Whether that is a key with its value.
fn is_entry(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Struct(fields) if fields.len() == 2)
}

fn check_key(key: &str) -> Result<(), Problem> {
    if !key.is_empty() {
        return Ok(());
    }
    Err(Problem::new(INVALID_FIELD, "a context key must not be empty"))
}

/// Gives a key its value. A null gives nothing.
fn add(context: &mut Context, key: &ContextKey, cell: &Cell) -> Result<(), WrongContext> {
    let value = match cell {
        Cell::Null => return Ok(()),
        Cell::Text(text) => ContextValue::single(text),
        // All values of a map have one type, so that a key with one value has it as a list where another key has several.
        Cell::List(texts) => listed_value(key, texts, Catalogue::embedded()),
        Cell::Wrong(problem) => return Err(WrongContext { key: Some(key.clone()), problem: problem.clone() }),
    };
    context.insert_key(key.clone(), Some(value));
    Ok(())
}
