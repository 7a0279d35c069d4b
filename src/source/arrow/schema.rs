//! The schema of an Arrow stream: a tree of fields with how each is laid out in buffers.
//! Knows no values.

use super::flat::Table;
use crate::source::moment::Unit;

/// How deep fields nest.
const DEPTH: usize = 64;
/// Fields of one schema.
const FIELDS_AT_MOST: usize = 100_000;

/// How a field is laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Nothing at all.
    Null,
    /// Bits.
    Boolean,
    /// Numbers of that many bytes, with or without sign.
    Int(usize, bool),
    /// Fractions of that many bytes.
    Float(usize),
    /// A number of that many bytes with digits behind the point.
    Decimal(usize, u32),
    /// Days, or milliseconds that make up whole days.
    Date(bool),
    /// Times of a day, in that many bytes.
    Time(usize, Unit),
    /// Times.
    Instant(Unit),
    /// Values of that many bytes each that cannot be read as text.
    Opaque(usize),
    /// Bytes of one length.
    Fixed(usize),
    /// Text or bytes by offsets of that many bytes.
    Bytes(usize),
    /// Text or bytes, short ones in place.
    Views,
    /// Elements: so many buffers of offsets and sizes beside validity.
    List(usize),
    /// Entries of a map.
    Map,
    /// Fields by name.
    Struct,
    /// One of several types.
    Union(bool),
    /// Values with how far each goes.
    Runs,
}

/// A field.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its path.
    pub path: String,
    /// How it is laid out; of a dictionary: how its values are.
    pub layout: Layout,
    /// The dictionary that it refers to, and the bytes of a reference.
    pub dictionary: Option<(i64, usize)>,
    /// Fields inside.
    pub children: Vec<Column>,
    /// The type in words.
    pub declared_type: &'static str,
}

/// The columns of a schema; `None` where it is damaged or not in this machine's order of bytes.
pub fn columns(schema: Table<'_>) -> Option<Vec<Column>> {
    if schema.short(0, 0) != 0 {
        return None;
    }
    let mut count = 0;
    let fields = schema.vector(1, 4)?;
    (0..fields.length)
        .map(|at| column(fields.table(at)?, "", Within::Struct, 0, &mut count))
        .collect()
}

/// What a field is a part of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Struct,
    Elements,
    /// The entries of a map.
    Entries,
    /// The keys of a map that holds containers, or not.
    Key(bool),
    Value,
}

fn column(
    field: Table<'_>,
    parent: &str,
    within: Within,
    depth: usize,
    count: &mut usize,
) -> Option<Column> {
    *count += 1;
    if depth > DEPTH || *count > FIELDS_AT_MOST {
        return None;
    }
    let name = field.text(0).unwrap_or_default();
    let path = match within {
        Within::Struct if parent.is_empty() => name,
        Within::Struct => format!("{parent}.{name}"),
        Within::Elements | Within::Entries | Within::Key(false) => format!("{parent}.*"),
        Within::Key(true) | Within::Value => parent.to_owned(),
    };
    let (layout, declared_type) = layout(&field)?;
    let dictionary = field.table(4).map(|told| {
        let width = told.table(1).map_or(32, |index| index.int(0));
        (told.long(0), usize::try_from(width / 8).unwrap_or(4))
    });
    let mut children = Vec::new();
    if let Some(inner) = field.vector(5, 4) {
        for at in 0..inner.length {
            let within = match layout {
                Layout::List(_) => Within::Elements,
                Layout::Map => Within::Entries,
                _ if within == Within::Entries && at == 0 => {
                    let value = inner.table(1).and_then(|value| value.vector(5, 4));
                    Within::Key(value.is_some_and(|inside| inside.length > 0))
                }
                Layout::Runs | Layout::Union(_) => Within::Value,
                _ if within == Within::Entries => Within::Value,
                _ => Within::Struct,
            };
            children.push(column(inner.table(at)?, &path, within, depth + 1, count)?);
        }
    }
    let wanted = match layout {
        Layout::List(_) | Layout::Map => children.len() == 1,
        Layout::Runs => children.len() == 2,
        _ => true,
    };
    wanted.then_some(Column {
        path,
        layout,
        dictionary,
        children,
        declared_type,
    })
}

fn unit(number: i16) -> Unit {
    match number {
        0 => Unit::Second,
        1 => Unit::Milli,
        2 => Unit::Micro,
        _ => Unit::Nano,
    }
}

/// How a field is laid out, and its type in words. Types are numbered as Arrow numbers them.
fn layout(field: &Table<'_>) -> Option<(Layout, &'static str)> {
    let kind = field.byte(2);
    let told = field.table(3);
    let int = |at: usize| told.map_or(0, |told| told.int(at));
    let short = |at: usize, default: i16| told.map_or(default, |told| told.short(at, default));
    let size = |bits: i32| {
        usize::try_from(bits / 8)
            .ok()
            .filter(|size| (1..=32).contains(size))
    };
    Some(match kind {
        1 => (Layout::Null, "null"),
        2 => {
            let is_signed = told.is_some_and(|told| told.byte(1) != 0);
            (
                Layout::Int(size(int(0)).filter(|size| *size <= 8)?, is_signed),
                "int",
            )
        }
        3 => (
            Layout::Float([2, 4, 8].get(short(0, 0) as usize).copied()?),
            "float",
        ),
        4 => (Layout::Bytes(4), "binary"),
        5 => (Layout::Bytes(4), "string"),
        6 => (Layout::Boolean, "boolean"),
        7 => {
            let bits = if int(2) == 0 { 128 } else { int(2) };
            (
                Layout::Decimal(size(bits)?, u32::try_from(int(1)).unwrap_or(0)),
                "decimal",
            )
        }
        8 => (Layout::Date(short(0, 1) == 1), "date"),
        9 => {
            let bits = if int(1) == 0 { 32 } else { int(1) };
            (
                Layout::Time(size(bits).filter(|size| *size <= 8)?, unit(short(0, 1))),
                "time",
            )
        }
        10 => (Layout::Instant(unit(short(0, 0))), "timestamp"),
        11 => (
            Layout::Opaque([4, 8, 16].get(short(0, 0) as usize).copied()?),
            "interval",
        ),
        12 => (Layout::List(1), "list"),
        13 => (Layout::Struct, "struct"),
        14 => (Layout::Union(short(0, 0) == 1), "union"),
        15 => (
            Layout::Fixed(usize::try_from(int(0)).ok().filter(|size| *size > 0)?),
            "binary",
        ),
        16 => (Layout::List(0), "list"),
        17 => (Layout::Map, "map"),
        18 => (Layout::Opaque(8), "duration"),
        19 => (Layout::Bytes(8), "binary"),
        20 => (Layout::Bytes(8), "string"),
        21 => (Layout::List(1), "list"),
        22 => (Layout::Runs, "runs"),
        23 => (Layout::Views, "binary"),
        24 => (Layout::Views, "string"),
        25 | 26 => (Layout::List(2), "list"),
        _ => return None,
    })
}
