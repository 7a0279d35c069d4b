//! The footer of a Parquet file: its columns by path, and where each row group keeps them.
//! Believes no number that it can check; statistics are kept for columns of dates and times only.

use super::thrift::{Thrift, kind};
use crate::source::input::Seekable;
use crate::source::moment::Unit;
use crate::source::{At, SourceError};
use std::io::SeekFrom;

/// Largest footer.
const FOOTER_BYTES: u64 = 64 << 20;
/// Column chunks of all row groups together.
const CHUNKS_AT_MOST: usize = 1_000_000;
/// Elements of the schema.
const ELEMENTS_AT_MOST: usize = 100_000;
/// How deep the schema nests.
const DEPTH: usize = 64;

/// How the values of a column are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Physical {
    /// Bits.
    Boolean,
    /// Numbers of that many bytes.
    Int(usize),
    /// A day and the nanoseconds of it, in 12 bytes.
    Int96,
    /// A fraction in 4 bytes.
    Float,
    /// A fraction in 8 bytes.
    Double,
    /// Bytes after their length.
    Bytes,
    /// So many bytes.
    Fixed(usize),
}

/// What the values of a column mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Themselves.
    Plain,
    /// Text.
    Text,
    /// A number without sign.
    Unsigned,
    /// A day.
    Date,
    /// A time of the day.
    Time(Unit),
    /// A time.
    Instant(Unit),
    /// A number with digits behind the point.
    Decimal(u32),
    /// A UUID.
    Uuid,
    /// Nothing that could be read as text.
    Opaque,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// Its path: dotted, `*` for elements of lists and entries of maps.
    pub path: String,
    /// How values are kept.
    pub physical: Physical,
    /// What they mean.
    pub meaning: Meaning,
    /// The type in words.
    pub declared_type: String,
    /// Definition level of a value that is there.
    pub definition: u16,
    /// Repetition levels.
    pub repetition: u16,
}

/// A column of one row group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chunk {
    /// Codec, as the format numbers it.
    pub codec: i64,
    /// Values, absent ones counted.
    pub values: u64,
    /// Where its pages begin.
    pub start: u64,
    /// Bytes of its pages.
    pub length: u64,
    /// Whether it begins with a dictionary.
    pub has_dictionary: bool,
    /// Whether every data page refers to the dictionary.
    pub is_dictionary_complete: bool,
    /// Smallest and largest value, for days and times.
    pub ends: Option<Ends>,
    /// Why it cannot be read, where it cannot.
    pub closed: Option<&'static str>,
}

/// A footer.
#[derive(Debug, Default)]
pub struct Footer {
    /// Columns, in their order.
    pub leaves: Vec<Leaf>,
    /// Chunks by row group, in the order of the columns.
    pub groups: Vec<Vec<Chunk>>,
    /// Rows of all row groups.
    pub rows: u64,
    /// Columns of the file that make no leaf (deeper than is followed).
    pub unread: u64,
}

/// Something is wrong with the file, in our own words.
pub fn malformed(reason: impl Into<String>) -> SourceError {
    SourceError::Malformed {
        format: "Parquet",
        reason: reason.into(),
        at: At(None),
    }
}

/// Reads the footer of a file.
pub fn read(stream: &mut dyn Seekable) -> Result<Footer, SourceError> {
    let size = stream.seek(SeekFrom::End(0))?;
    let broken = "it breaks off before its end: the footer is missing";
    if size < 12 {
        return Err(malformed(broken));
    }
    let mut tail = [0; 8];
    stream.seek(SeekFrom::Start(size - 8))?;
    stream.read_exact(&mut tail)?;
    let length = u64::from(u32::from_le_bytes([tail[0], tail[1], tail[2], tail[3]]));
    match &tail[4..] {
        b"PAR1" => {}
        b"PARE" => return Err(malformed("its footer is encrypted; no key is known here")),
        _ => return Err(malformed(broken)),
    }
    if length > size - 12 {
        return Err(malformed(
            "its footer is damaged: it claims to be longer than the file",
        ));
    }
    if length > FOOTER_BYTES {
        return Err(SourceError::Limit(format!(
            "its footer is larger than {} MiB",
            FOOTER_BYTES >> 20
        )));
    }
    let mut bytes = vec![0; length as usize];
    stream.seek(SeekFrom::Start(size - 8 - length))?;
    stream.read_exact(&mut bytes)?;
    let mut footer = parse(&bytes).ok_or_else(|| malformed("its footer is damaged"))?;
    for chunk in footer.groups.iter_mut().flatten() {
        if chunk
            .start
            .checked_add(chunk.length)
            .is_none_or(|end| end > size)
        {
            chunk.closed = chunk.closed.or(Some("their pages lie outside of the file"));
        }
    }
    Ok(footer)
}

fn parse(bytes: &[u8]) -> Option<Footer> {
    let mut thrift = Thrift::new(bytes);
    let mut footer = Footer::default();
    let (mut last, mut has_schema) = (0, false);
    let mut all_leaves = Vec::new();
    while let Some((id, kind)) = thrift.field(&mut last)? {
        match id {
            2 => {
                all_leaves = schema(&mut thrift)?;
                has_schema = true;
            }
            3 => footer.rows = u64::try_from(thrift.number()?).ok()?,
            4 if has_schema => footer.groups = groups(&mut thrift, &all_leaves)?,
            _ => thrift.skip(kind)?,
        }
    }
    if !has_schema {
        return None;
    }
    // A column that is no leaf (nested too deep) is left out everywhere.
    let is_kept: Vec<bool> = all_leaves.iter().map(Option::is_some).collect();
    for group in &mut footer.groups {
        let mut kept = is_kept.iter();
        group.retain(|_| kept.next().copied().unwrap_or(false));
    }
    footer.unread = is_kept.iter().filter(|kept| !**kept).count() as u64;
    footer.leaves = all_leaves.into_iter().flatten().collect();
    Some(footer)
}

/// One element of the schema.
#[derive(Default)]
struct Element {
    physical: Option<i64>,
    length: i64,
    repetition: i64,
    name: String,
    children: usize,
    converted: Option<i64>,
    scale: i64,
    precision: i64,
    logical: Option<Logical>,
}

/// A logical type: its number in the union, and what it says.
#[derive(Clone, Copy, Default)]
struct Logical {
    id: i16,
    scale: i64,
    precision: i64,
    unit: i16,
    is_unsigned: bool,
}

/// Logical types, as the format numbers them.
const LIST: i16 = 3;
const MAP: i16 = 2;

fn schema(thrift: &mut Thrift<'_>) -> Option<Vec<Option<Leaf>>> {
    let (count, kind) = thrift.list()?;
    if kind != kind::STRUCT || count > ELEMENTS_AT_MOST {
        return None;
    }
    let elements = (0..count)
        .map(|_| element(thrift))
        .collect::<Option<Vec<_>>>()?;
    leaves(&elements)
}

fn element(thrift: &mut Thrift<'_>) -> Option<Element> {
    let (mut last, mut element) = (0, Element::default());
    while let Some((id, kind)) = thrift.field(&mut last)? {
        match id {
            1 => element.physical = Some(thrift.number()?),
            2 => element.length = thrift.number()?,
            3 => element.repetition = thrift.number()?,
            4 => element.name = thrift.text()?,
            5 => element.children = usize::try_from(thrift.number()?).ok()?,
            6 => element.converted = Some(thrift.number()?),
            7 => element.scale = thrift.number()?,
            8 => element.precision = thrift.number()?,
            10 => element.logical = Some(logical(thrift)?),
            _ => thrift.skip(kind)?,
        }
    }
    Some(element)
}

fn logical(thrift: &mut Thrift<'_>) -> Option<Logical> {
    let (mut last, mut told) = (0, Logical::default());
    while let Some((id, kind)) = thrift.field(&mut last)? {
        told.id = id;
        if kind != kind::STRUCT {
            thrift.skip(kind)?;
            continue;
        }
        let mut inner = 0;
        while let Some((field, kind)) = thrift.field(&mut inner)? {
            match (id, field) {
                (5, 1) => told.scale = thrift.number()?,
                (5, 2) => told.precision = thrift.number()?,
                (10, 2) => told.is_unsigned = kind != kind::TRUE,
                (7 | 8, 2) if kind == kind::STRUCT => {
                    let mut which = 0;
                    while let Some((unit, kind)) = thrift.field(&mut which)? {
                        told.unit = unit;
                        thrift.skip(kind)?;
                    }
                }
                _ => thrift.skip(kind)?,
            }
        }
    }
    Some(told)
}

/// A group of the schema that is being walked.
struct Group {
    path: Vec<String>,
    left: usize,
    definition: u16,
    repetition: u16,
    /// Its only child is the repeated group of a list or map, whose name says nothing.
    is_container: bool,
    /// It is that repeated group.
    is_repeated: bool,
    is_map: bool,
}

/// The columns by path. `None` where the schema is damaged, an inner `None` for a column nested deeper than is followed.
fn leaves(elements: &[Element]) -> Option<Vec<Option<Leaf>>> {
    let (root, rest) = elements.split_first()?;
    let mut open = vec![Group {
        path: Vec::new(),
        left: root.children,
        definition: 0,
        repetition: 0,
        is_container: false,
        is_repeated: false,
        is_map: false,
    }];
    let mut leaves = Vec::new();
    for (at, element) in rest.iter().enumerate() {
        while open.last()?.left == 0 {
            open.pop();
        }
        let depth = open.len();
        let parent = open.last_mut()?;
        parent.left -= 1;
        // The value of a map stands behind its key.
        let holds_group = rest.get(at + 1).is_some_and(|next| next.children > 0);
        let path = path_of(parent, element, holds_group);
        let definition = parent.definition + u16::from(element.repetition != 0);
        let repetition = parent.repetition + u16::from(element.repetition == 2);
        if element.children == 0 {
            let leaf = (depth <= DEPTH).then(|| leaf(element, &path, definition, repetition));
            leaves.push(leaf);
            continue;
        }
        if depth > DEPTH * 2 {
            return None;
        }
        let is_repeated = parent.is_container && element.repetition == 2;
        let says = |logical: i16, converted: &[i64]| {
            element.logical.is_some_and(|told| told.id == logical)
                || element
                    .converted
                    .is_some_and(|told| converted.contains(&told))
        };
        let is_map = says(MAP, &[1, 2]) || is_repeated && parent.is_map;
        let is_container = !is_repeated && (says(LIST, &[3]) || is_map);
        open.push(Group {
            path,
            left: element.children,
            definition,
            repetition,
            is_container,
            is_repeated,
            is_map,
        });
    }
    open.iter().all(|group| group.left == 0).then_some(leaves)
}

/// The path of an element; keys of maps that hold scalars have one of their own, as in JSON.
fn path_of(parent: &Group, element: &Element, holds_group: bool) -> Vec<String> {
    let mut path = parent.path.clone();
    let is_only_child = parent.is_repeated && !parent.is_map && parent.left == 0;
    if parent.is_container && element.repetition == 2 {
        path.push("*".into());
        // A list of two levels: the repeated element is the value, or an object with the fields of one.
        return path;
    }
    let is_unnamed = is_only_child
        && matches!(
            element.name.as_str(),
            "element" | "item" | "array" | "array_element" | "list"
        );
    if parent.is_map && parent.is_repeated {
        match (element.name.as_str(), holds_group) {
            ("key", false) => path.push("*".into()),
            ("key" | "value", _) => {}
            _ => path.push(element.name.clone()),
        }
    } else if !is_unnamed {
        path.push(element.name.clone());
    }
    if element.repetition == 2 {
        path.push("*".into());
    }
    path
}

fn leaf(element: &Element, path: &[String], definition: u16, repetition: u16) -> Leaf {
    let physical = match element.physical {
        Some(0) => Physical::Boolean,
        Some(1) => Physical::Int(4),
        Some(2) => Physical::Int(8),
        Some(3) => Physical::Int96,
        Some(4) => Physical::Float,
        Some(5) => Physical::Double,
        Some(6) => Physical::Bytes,
        _ => Physical::Fixed(usize::try_from(element.length).unwrap_or(0)),
    };
    let meaning = meaning(element, physical);
    Leaf {
        path: path.join("."),
        physical,
        meaning,
        declared_type: declared(physical, meaning, element),
        definition,
        repetition,
    }
}

fn meaning(element: &Element, physical: Physical) -> Meaning {
    let unit = |id: i16| match id {
        1 => Unit::Milli,
        2 => Unit::Micro,
        _ => Unit::Nano,
    };
    if let Some(logical) = element.logical {
        match logical.id {
            1 | 4 | 12 => return Meaning::Text,
            5 => return Meaning::Decimal(u32::try_from(logical.scale).unwrap_or(0)),
            6 => return Meaning::Date,
            7 => return Meaning::Time(unit(logical.unit)),
            8 => return Meaning::Instant(unit(logical.unit)),
            10 if logical.is_unsigned => return Meaning::Unsigned,
            13 | 15 => return Meaning::Opaque,
            14 => return Meaning::Uuid,
            _ => {}
        }
    }
    match element.converted {
        Some(0 | 4 | 19) => Meaning::Text,
        Some(5) => Meaning::Decimal(u32::try_from(element.scale).unwrap_or(0)),
        Some(6) => Meaning::Date,
        Some(7) => Meaning::Time(Unit::Milli),
        Some(8) => Meaning::Time(Unit::Micro),
        Some(9) => Meaning::Instant(Unit::Milli),
        Some(10) => Meaning::Instant(Unit::Micro),
        Some(11..=14) => Meaning::Unsigned,
        Some(20 | 21) => Meaning::Opaque,
        _ if physical == Physical::Int96 => Meaning::Instant(Unit::Nano),
        _ => Meaning::Plain,
    }
}

fn declared(physical: Physical, meaning: Meaning, element: &Element) -> String {
    let precision = element
        .logical
        .map_or(element.precision, |told| told.precision);
    match (meaning, physical) {
        (Meaning::Text, _) => "string".into(),
        (Meaning::Date, _) => "date".into(),
        (Meaning::Time(_), _) => "time".into(),
        (Meaning::Instant(_), _) => "timestamp".into(),
        (Meaning::Decimal(scale), _) => format!("decimal({precision},{scale})"),
        (Meaning::Uuid, _) => "uuid".into(),
        (_, Physical::Boolean) => "boolean".into(),
        (_, Physical::Int(4)) => "int32".into(),
        (_, Physical::Int(_)) => "int64".into(),
        (_, Physical::Float) => "float".into(),
        (_, Physical::Double) => "double".into(),
        (_, Physical::Fixed(length)) => format!("binary({length})"),
        _ => "binary".into(),
    }
}

fn groups(thrift: &mut Thrift<'_>, leaves: &[Option<Leaf>]) -> Option<Vec<Vec<Chunk>>> {
    let (count, kind) = thrift.list()?;
    if kind != kind::STRUCT || count.checked_mul(leaves.len())? > CHUNKS_AT_MOST {
        return None;
    }
    (0..count).map(|_| group(thrift, leaves)).collect()
}

fn group(thrift: &mut Thrift<'_>, leaves: &[Option<Leaf>]) -> Option<Vec<Chunk>> {
    let (mut last, mut chunks) = (0, Vec::new());
    while let Some((id, kind)) = thrift.field(&mut last)? {
        if id != 1 {
            thrift.skip(kind)?;
            continue;
        }
        let (count, kind) = thrift.list()?;
        if kind != kind::STRUCT || count != leaves.len() {
            return None;
        }
        for leaf in leaves {
            let keeps_ends = leaf
                .as_ref()
                .is_some_and(|leaf| matches!(leaf.meaning, Meaning::Date | Meaning::Instant(_)));
            chunks.push(chunk(thrift, keeps_ends)?);
        }
    }
    (chunks.len() == leaves.len()).then_some(chunks)
}

fn chunk(thrift: &mut Thrift<'_>, keeps_ends: bool) -> Option<Chunk> {
    let (mut last, mut chunk, mut is_told) = (0, Chunk::default(), false);
    while let Some((id, kind)) = thrift.field(&mut last)? {
        match id {
            1 => {
                thrift.skip(kind)?;
                chunk.closed = Some("they are kept in another file");
            }
            3 if kind == kind::STRUCT => {
                column(thrift, keeps_ends, &mut chunk)?;
                is_told = true;
            }
            8 | 9 => {
                thrift.skip(kind)?;
                chunk.closed = Some("they are encrypted");
            }
            _ => thrift.skip(kind)?,
        }
    }
    if !is_told && chunk.closed.is_none() {
        return None;
    }
    Some(chunk)
}

fn column(thrift: &mut Thrift<'_>, keeps_ends: bool, chunk: &mut Chunk) -> Option<()> {
    let (mut last, mut data, mut dictionary) = (0, 0, None);
    let mut encodings = 0_u32;
    let mut by_page: Option<bool> = None;
    let place = |number: i64| u64::try_from(number).ok();
    while let Some((id, kind)) = thrift.field(&mut last)? {
        match id {
            2 => {
                let (count, _) = thrift.list()?;
                for _ in 0..count {
                    encodings |= 1_u32
                        .checked_shl(u32::try_from(thrift.number()?).ok()?)
                        .unwrap_or(0);
                }
            }
            4 => chunk.codec = thrift.number()?,
            5 => chunk.values = place(thrift.number()?)?,
            7 => chunk.length = place(thrift.number()?)?,
            9 => data = place(thrift.number()?)?,
            11 => dictionary = Some(place(thrift.number()?)?).filter(|at| *at > 0),
            12 if kind == kind::STRUCT => {
                let ends = statistics(thrift)?;
                chunk.ends = ends.filter(|_| keeps_ends);
            }
            13 => by_page = Some(refers_only(thrift)?),
            _ => thrift.skip(kind)?,
        }
    }
    chunk.start = dictionary.unwrap_or(data).min(data);
    // Some writers leave the place of the dictionary out and begin with it all the same: the first page tells.
    let uses_dictionary = encodings & (1 << 2 | 1 << 8) != 0;
    chunk.has_dictionary = dictionary.is_some() || uses_dictionary;
    // Without counts by page, PLAIN may stand for the dictionary itself or for pages that do without it.
    let is_only = uses_dictionary && encodings & !(1 << 2 | 1 << 8 | 1 << 3 | 1 << 4) == 0;
    chunk.is_dictionary_complete = chunk.has_dictionary && by_page.unwrap_or(is_only);
    Some(())
}

/// Whether all data pages refer to the dictionary.
fn refers_only(thrift: &mut Thrift<'_>) -> Option<bool> {
    let (count, _) = thrift.list()?;
    let mut is_only = count > 0;
    for _ in 0..count {
        let (mut last, mut page, mut encoding) = (0, -1, -1);
        while let Some((id, kind)) = thrift.field(&mut last)? {
            match id {
                1 => page = thrift.number()?,
                2 => encoding = thrift.number()?,
                _ => thrift.skip(kind)?,
            }
        }
        is_only &= !matches!(page, 0 | 3) || matches!(encoding, 2 | 8);
    }
    Some(is_only)
}

/// The smallest and the largest value, as they are kept.
pub type Ends = (Box<[u8]>, Box<[u8]>);

fn statistics(thrift: &mut Thrift<'_>) -> Option<Option<Ends>> {
    let (mut last, mut ends) = (0, [None, None, None, None]);
    while let Some((id, kind)) = thrift.field(&mut last)? {
        match id {
            1 | 2 if kind == 8 => ends[usize::from(id == 1)] = Some(thrift.bytes()?),
            5 | 6 if kind == 8 => ends[2 + usize::from(id == 5)] = Some(thrift.bytes()?),
            _ => thrift.skip(kind)?,
        }
    }
    let (smallest, largest) = (ends[2].or(ends[0]), ends[3].or(ends[1]));
    Some(smallest.zip(largest).map(|(a, b)| (a.into(), b.into())))
}
