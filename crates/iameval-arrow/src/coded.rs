//! A column as small numbers: one for each value that it has.

use crate::error::TableError;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowDictionaryKeyType, Date32Type, Date64Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
    UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayAccessor, ArrowPrimitiveType, OffsetSizeTrait, PrimitiveArray};
use arrow_schema::{DataType, TimeUnit};
use iameval::codes::INVALID_FIELD;
use iameval::{DateTime, Problem};
use std::collections::HashMap;
use std::hash::Hash;
use std::ops::Range;

/// A map whose keys a stranger may choose only together with how long the whole takes to read anyway.
pub(crate) type Map<K, V> = HashMap<K, V, foldhash::fast::RandomState>;

/// One value of a column, as requests have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cell {
    /// Nothing is said.
    Null,
    Text(Box<str>),
    List(Box<[Box<str>]>),
    /// What no request can have.
    Wrong(Problem),
}

/// A column: for each row the number of its value.
#[derive(Debug, Default)]
pub(crate) struct Coded {
    pub(crate) codes: Vec<u32>,
    pub(crate) cells: Vec<Cell>,
}

impl Coded {
    /// The value of a row.
    pub(crate) fn cell(&self, row: usize) -> &Cell {
        const NULL: &Cell = &Cell::Null;
        let code = self.codes.get(row).copied().unwrap_or(u32::MAX);
        self.cells.get(code as usize).unwrap_or(NULL)
    }

    /// Reads a column whose values are texts.
    pub(crate) fn of_texts(array: &dyn Array, name: &str) -> Result<Self, TableError> {
        if is_text(array.data_type()) {
            return Self::of(array, name);
        }
        let problem = Problem::new(INVALID_FIELD, format!("its values are {}, and text is expected", kind(array)));
        Err(TableError::of_column(name, problem.with_any_help(hint(array.data_type()))))
    }

    /// Reads a column of any type that context keys can have.
    pub(crate) fn of(array: &dyn Array, name: &str) -> Result<Self, TableError> {
        let texts = |coded: Numbered<&str>| Ok(coded.map(|text| Cell::Text((*text).into())));
        match array.data_type() {
            DataType::Null => Ok(Self { codes: vec![0; array.len()], cells: vec![Cell::Null] }),
            DataType::Utf8 => texts(numbered(&array.as_string::<i32>())),
            DataType::LargeUtf8 => texts(numbered(&array.as_string::<i64>())),
            DataType::Utf8View => texts(numbered(&array.as_string_view())),
            DataType::Boolean => Ok(numbered(&array.as_boolean()).map(|value| Cell::Text(value.to_string().into()))),
            DataType::Int8 => Ok(of_integers::<Int8Type>(array)),
            DataType::Int16 => Ok(of_integers::<Int16Type>(array)),
            DataType::Int32 => Ok(of_integers::<Int32Type>(array)),
            DataType::Int64 => Ok(of_integers::<Int64Type>(array)),
            DataType::UInt8 => Ok(of_integers::<UInt8Type>(array)),
            DataType::UInt16 => Ok(of_integers::<UInt16Type>(array)),
            DataType::UInt32 => Ok(of_integers::<UInt32Type>(array)),
            DataType::UInt64 => Ok(of_integers::<UInt64Type>(array)),
            DataType::Float32 => Ok(numbered_by(&array.as_primitive::<Float32Type>(), f32::to_bits)
                .map(|bits| float(&f32::from_bits(*bits).to_string(), f64::from(f32::from_bits(*bits))))),
            DataType::Float64 => Ok(numbered_by(&array.as_primitive::<Float64Type>(), f64::to_bits)
                .map(|bits| float(&f64::from_bits(*bits).to_string(), f64::from_bits(*bits)))),
            DataType::Date32 => {
                Ok(numbered(&array.as_primitive::<Date32Type>()).map(|days| date(i64::from(*days) * DAY)))
            }
            DataType::Date64 => {
                Ok(numbered(&array.as_primitive::<Date64Type>()).map(|milliseconds| date(*milliseconds)))
            }
            DataType::Timestamp(unit, zone) => {
                let has_zone = zone.is_some();
                let instant = |per_second: i64| move |value: &i64| timestamp(*value, per_second, has_zone);
                Ok(match unit {
                    TimeUnit::Second => numbered(&array.as_primitive::<TimestampSecondType>()).map(instant(1)),
                    TimeUnit::Millisecond => {
                        numbered(&array.as_primitive::<TimestampMillisecondType>()).map(instant(1_000))
                    }
                    TimeUnit::Microsecond => {
                        numbered(&array.as_primitive::<TimestampMicrosecondType>()).map(instant(1_000_000))
                    }
                    TimeUnit::Nanosecond => {
                        numbered(&array.as_primitive::<TimestampNanosecondType>()).map(instant(1_000_000_000))
                    }
                })
            }
            DataType::Dictionary(keys, _) => of_dictionary(array, keys, name),
            DataType::List(_) => {
                let lists = array.as_list::<i32>();
                of_lists(array, ranges(lists.value_offsets()), lists.values(), name)
            }
            DataType::LargeList(_) => {
                let lists = array.as_list::<i64>();
                of_lists(array, ranges(lists.value_offsets()), lists.values(), name)
            }
            DataType::FixedSizeList(..) => {
                let lists = array.as_fixed_size_list();
                let size = usize::try_from(lists.value_length()).unwrap_or(0);
                of_lists(array, (0..lists.len()).map(|row| row * size..(row + 1) * size), lists.values(), name)
            }
            other => {
                let message = format!("its values are {}, which no request has", kind(array));
                Err(TableError::of_column(name, Problem::new(INVALID_FIELD, message).with_any_help(hint(other))))
            }
        }
    }
}

/// Where the items of each list are.
pub(crate) fn ranges<O: OffsetSizeTrait>(offsets: &[O]) -> impl Iterator<Item = Range<usize>> {
    offsets.iter().zip(offsets.iter().skip(1)).map(|(start, end)| start.as_usize()..end.as_usize())
}

/// Whether values of that type are texts, or nothing.
fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Null | DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, values) => is_text(values),
        _ => false,
    }
}

/// What the values of a column are, in Arrow's words.
pub(crate) fn kind(array: &dyn Array) -> String {
    format!("of Arrow's type `{}`", array.data_type())
}

fn hint(data_type: &DataType) -> Option<String> {
    let help = match data_type {
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
            Some("decode the bytes, such as from UTF-8, or encode them in Base64 for a `Binary` condition")
        }
        DataType::Decimal32(..) | DataType::Decimal64(..) | DataType::Decimal128(..) | DataType::Decimal256(..) => {
            Some("cast them to text or to float64")
        }
        DataType::Struct(_) | DataType::Map(..) => Some("a context key has a value, or a list of values"),
        DataType::Float32 | DataType::Float64 | DataType::Int64 | DataType::Int32 | DataType::Boolean => {
            Some("cast them to text")
        }
        _ => None,
    };
    help.map(str::to_owned)
}

/// Values by number, before it is known what they are.
struct Numbered<T> {
    codes: Vec<u32>,
    values: Vec<Option<T>>,
}

impl<T> Numbered<T> {
    fn map(self, cell: impl Fn(&T) -> Cell) -> Coded {
        Coded {
            codes: self.codes,
            cells: self.values.iter().map(|value| value.as_ref().map_or(Cell::Null, &cell)).collect(),
        }
    }
}

/// The number of each value of an array.
fn numbered<A: ArrayAccessor>(array: &A) -> Numbered<A::Item>
where
    A::Item: Copy + Eq + Hash,
{
    numbered_by(array, |value| value)
}

/// The number of what each value of an array comes to.
fn numbered_by<A: ArrayAccessor, T: Copy + Eq + Hash>(array: &A, of: impl Fn(A::Item) -> T) -> Numbered<T> {
    let mut known: Map<T, u32> = Map::default();
    let (mut codes, mut values) = (Vec::with_capacity(array.len()), Vec::new());
    let mut null = None;
    let mut last: Option<(T, u32)> = None;
    let nulls = array.logical_nulls();
    for row in 0..array.len() {
        if nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)) {
            codes.push(*null.get_or_insert_with(|| next(&mut values, None)));
            continue;
        }
        let value = of(array.value(row));
        // Tables are often sorted.
        let code = match last {
            Some((before, code)) if before == value => code,
            _ => *known.entry(value).or_insert_with(|| next(&mut values, Some(value))),
        };
        last = Some((value, code));
        codes.push(code);
    }
    Numbered { codes, values }
}

fn next<T>(values: &mut Vec<Option<T>>, value: Option<T>) -> u32 {
    values.push(value);
    u32::try_from(values.len() - 1).unwrap_or(u32::MAX)
}

fn of_integers<T: ArrowPrimitiveType>(array: &dyn Array) -> Coded
where
    T::Native: Eq + Hash + ToString,
{
    let array: &PrimitiveArray<T> = array.as_primitive();
    numbered(&array).map(|value| Cell::Text(value.to_string().into()))
}

fn float(text: &str, value: f64) -> Cell {
    if value.is_finite() {
        return Cell::Text(text.into());
    }
    let what = if value.is_nan() { "NaN" } else { "infinite" };
    wrong(format!("the value must not be {what}"), "give a finite number, or null where nothing is known")
}

fn wrong(message: impl Into<String>, help: &str) -> Cell {
    Cell::Wrong(Problem::new(INVALID_FIELD, message).with_help(help))
}

fn timestamp(value: i64, per_second: i64, has_zone: bool) -> Cell {
    if !has_zone {
        let help = "say which instant is meant, such as with a cast to `timestamp[us, tz=UTC]`";
        return wrong("the value must not be a time without a time zone", help);
    }
    let milliseconds =
        if per_second >= 1_000 { value.div_euclid(per_second / 1_000) } else { value.saturating_mul(1_000) };
    Cell::Text(DateTime::from_epoch_seconds(0).plus_milliseconds(milliseconds).to_string().into())
}

/// The milliseconds of a day.
const DAY: i64 = 86_400_000;

fn date(milliseconds: i64) -> Cell {
    let instant = DateTime::from_epoch_seconds(0).plus_milliseconds(milliseconds).to_string();
    Cell::Text(instant.split('T').next().unwrap_or(&instant).into())
}

fn of_dictionary(array: &dyn Array, keys: &DataType, name: &str) -> Result<Coded, TableError> {
    fn coded<K: ArrowDictionaryKeyType>(array: &dyn Array, name: &str) -> Result<Coded, TableError>
    where
        K::Native: Copy,
    {
        let dictionary = array.as_dictionary::<K>();
        // Equal values of a dictionary get one number, and nulls of both kinds too.
        let Coded { codes: of_value, mut cells } = Coded::of(dictionary.values().as_ref(), name)?;
        let null = cells.iter().position(|cell| *cell == Cell::Null).unwrap_or_else(|| {
            cells.push(Cell::Null);
            cells.len() - 1
        });
        let null = u32::try_from(null).unwrap_or(u32::MAX);
        let code = |key: Option<usize>| key.and_then(|key| of_value.get(key).copied()).unwrap_or(null);
        let codes = dictionary.keys_iter().map(code).collect();
        Ok(Coded { codes, cells })
    }
    match keys {
        DataType::Int8 => coded::<Int8Type>(array, name),
        DataType::Int16 => coded::<Int16Type>(array, name),
        DataType::Int64 => coded::<Int64Type>(array, name),
        DataType::UInt8 => coded::<UInt8Type>(array, name),
        DataType::UInt16 => coded::<UInt16Type>(array, name),
        DataType::UInt32 => coded::<UInt32Type>(array, name),
        DataType::UInt64 => coded::<UInt64Type>(array, name),
        _ => coded::<Int32Type>(array, name),
    }
}

fn of_lists(
    array: &dyn Array,
    bounds: impl Iterator<Item = Range<usize>>,
    values: &dyn Array,
    name: &str,
) -> Result<Coded, TableError> {
    let values = Coded::of(values, name)?;
    let mut known: Map<&[u32], u32> = Map::default();
    let (mut codes, mut lists, mut null) = (Vec::with_capacity(array.len()), Vec::new(), None);
    for (row, bounds) in bounds.enumerate() {
        if array.is_null(row) {
            codes.push(*null.get_or_insert_with(|| next(&mut lists, None)));
            continue;
        }
        let list = values.codes.get(bounds).unwrap_or_default();
        codes.push(*known.entry(list).or_insert_with(|| next(&mut lists, Some(list))));
    }
    let cells = lists.into_iter().map(|list| list.map_or(Cell::Null, |list| of_items(list, &values.cells)));
    Ok(Coded { cells: cells.collect(), codes })
}

fn of_items(list: &[u32], cells: &[Cell]) -> Cell {
    let mut texts = Vec::with_capacity(list.len());
    for code in list {
        match cells.get(*code as usize) {
            Some(Cell::Text(text)) => texts.push(text.clone()),
            Some(Cell::Wrong(problem)) => return Cell::Wrong(problem.clone()),
            Some(Cell::List(_)) => return wrong("the value must not be a list of lists", "give one list"),
            Some(Cell::Null) | None => {
                return wrong("the list must not have a null", "leave out what is not known");
            }
        }
    }
    Cell::List(texts.into())
}
