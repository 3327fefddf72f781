//! [`Column`]: lanes of one column into the pages of a chunk.

use std::io;

use parquet::basic::Encoding;
use parquet::bloom_filter::Sbbf;

use super::bits;
use super::bounds::Bounds;
use super::chunk::{Chunk, Made, levels};
use super::codec::{Codec, Content};
use super::layout::{Role, Shape};
use super::numbers::{Measure, Numbers};
use super::texts::Texts;
use crate::export::digits::{LONGEST, Line};
use crate::lane::{Lane, Values};

/// The most rows of a page: enough to pack well, few enough to skip and to stay in a cache.
const PAGE_ROWS: usize = 1 << 15;
/// Bytes of texts and other long values at which a page ends: what arrow-rs and parquet-java do.
const PAGE_BYTES: usize = 1 << 20;
/// How often a filter says yes to what is not there.
const FALSE_SHARE: f64 = 0.01;

/// The page of a column that is being filled, and the room that filling takes.
pub(super) struct Column {
    shape: Shape,
    numbers: Numbers,
    texts: Texts,
    ints: Vec<i64>,
    wide: Vec<i128>,
    truths: Vec<bool>,
    /// Values of a fixed number of bytes.
    fixed: Vec<u8>,
    /// Which rows of the page hold a value, as in a lane.
    valid: Vec<u64>,
    rows: usize,
    nulls: usize,
    /// The bounds of `ints`, as far as they are known.
    bounds: Bounds,
    page: Vec<u8>,
    /// Rows of the row group, those to come included.
    total: usize,
}

impl Column {
    /// A column of a shape.
    pub(super) fn new(shape: &Shape) -> Self {
        let measure = match (shape.role, shape.stored.bytes) {
            (Role::Float, _) => Measure::Fraction,
            (_, 4) => Measure::Short,
            _ => Measure::Long,
        };
        Self {
            shape: shape.clone(),
            numbers: Numbers::new(measure),
            texts: Texts::default(),
            ints: Vec::new(),
            wide: Vec::new(),
            truths: Vec::new(),
            fixed: Vec::new(),
            valid: Vec::new(),
            rows: 0,
            nulls: 0,
            bounds: Bounds::None,
            page: Vec::new(),
            total: 0,
        }
    }

    /// Begins a row group of so many rows.
    pub(super) fn begin(&mut self, rows: usize, chunk: &mut Chunk) -> io::Result<()> {
        self.total = rows;
        self.numbers.clear();
        self.texts.clear();
        self.empty();
        chunk.clear();
        if self.shape.bloom {
            let filter = Sbbf::new_with_ndv_fpp(rows.max(1) as u64, FALSE_SHARE);
            chunk.bloom = Some(filter.map_err(io::Error::other)?);
        }
        Ok(())
    }

    /// Takes the next rows.
    pub(super) fn push(
        &mut self,
        lane: &Lane,
        codec: &mut Codec,
        chunk: &mut Chunk,
    ) -> io::Result<()> {
        let rows = lane.values.len();
        let enough = |valid: &Vec<u64>| valid.len() >= rows.div_ceil(64);
        if !lane.valid.as_ref().is_none_or(enough) {
            return Err(self.wrong("has fewer bits than rows"));
        }
        self.settle(lane, codec, chunk)?;
        let mut at = 0;
        while at < rows {
            let many = (rows - at).min(PAGE_ROWS - self.rows);
            let many = self.fitting(lane, at, many);
            self.take(lane, at, many)?;
            at += many;
            let size = self.texts.size().max(self.fixed.len()).max(self.wide.len() * 16);
            if self.rows == PAGE_ROWS || size >= PAGE_BYTES {
                self.flush(codec, chunk)?;
            }
        }
        Ok(())
    }

    /// Ends the row group.
    pub(super) fn finish(&mut self, codec: &mut Codec, chunk: &mut Chunk) -> io::Result<()> {
        if self.rows > 0 {
            self.flush(codec, chunk)?;
        }
        self.page.clear();
        let words = match self.shape.role {
            Role::Text | Role::Clock => self.texts.dictionary(&mut self.page),
            Role::Int | Role::Float => self.numbers.dictionary(&mut self.page),
            Role::Bool | Role::Wide | Role::Uuid | Role::Nested => 0,
        };
        if words > 0 {
            if let Some(bloom) = &mut chunk.bloom {
                match self.shape.role {
                    Role::Text | Role::Clock => self.texts.each_word(|text| bloom.insert(text)),
                    _ => insert(self.numbers.words(), &self.shape, bloom),
                }
            }
            let stored = codec.compress(&self.page, Content::Any)?;
            chunk.set_dictionary(words, self.page.len(), stored);
        }
        Ok(())
    }

    /// Ends the page before values of another form than those that are pending.
    fn settle(&mut self, lane: &Lane, codec: &mut Codec, chunk: &mut Chunk) -> io::Result<()> {
        let places = match &lane.values {
            Values::Word { words, .. } => self.texts.keeps(words, self.total),
            _ => false,
        };
        if !places && !self.texts.picks.is_empty() {
            self.flush(codec, chunk)?;
        }
        Ok(())
    }

    /// How many rows from `at` are taken before the page is looked at again: long texts end it early.
    fn fitting(&self, lane: &Lane, at: usize, many: usize) -> usize {
        let Values::Text { ends, .. } = &lane.values else { return many };
        let start = at.checked_sub(1).map_or(0, |before| ends[before] as usize);
        let room = PAGE_BYTES.saturating_sub(self.texts.size());
        ends[at..at + many]
            .partition_point(|end| *end as usize - start < room)
            .saturating_add(1)
            .min(many)
    }

    fn take(&mut self, lane: &Lane, at: usize, many: usize) -> io::Result<()> {
        let valid = lane.valid.as_deref();
        let nulls = self.mark(valid, at, many)?;
        let full = nulls == 0;
        let mut room = [0; LONGEST];
        let (role, whole) = (self.shape.role, many == lane.values.len());
        match (&lane.values, role) {
            (Values::Int(values), Role::Int) => {
                let start = self.ints.len();
                if full {
                    self.ints.extend_from_slice(&values[at..at + many]);
                } else {
                    present(valid, at, many, |row| self.ints.push(values[row]));
                }
                let taken = &self.ints[start..];
                match lane.known.bounds.filter(|_| whole && !taken.is_empty()) {
                    Some((least, most)) => self.bounds.widen(&Bounds::Int(least, most)),
                    None => self.bounds.widen(&Bounds::of_ints(taken)),
                }
            }
            (Values::Wide(values), Role::Int) => {
                let start = self.ints.len();
                let mut fits = true;
                present(valid, at, many, |row| {
                    let value = i64::try_from(values[row]);
                    fits &= value.is_ok();
                    self.ints.push(value.unwrap_or_default());
                });
                if !fits {
                    return Err(self.wrong("holds a number of too many digits"));
                }
                let bounds = Bounds::of_ints(&self.ints[start..]);
                self.bounds.widen(&bounds);
            }
            (Values::Int(values), Role::Wide) => {
                present(valid, at, many, |row| self.wide.push(values[row].into()));
            }
            (Values::Wide(values), Role::Wide) => {
                present(valid, at, many, |row| self.wide.push(values[row]));
            }
            (Values::Float(values), Role::Float) => {
                present(valid, at, many, |row| self.ints.push(values[row].to_bits() as i64));
            }
            (Values::Bool(values), Role::Bool) => {
                present(valid, at, many, |row| self.truths.push(values[row]));
            }
            (Values::Word { words, picks }, Role::Text) => {
                if self.texts.keeps(words, self.total) {
                    if full {
                        self.texts.picks.extend_from_slice(&picks[at..at + many]);
                    } else {
                        present(valid, at, many, |row| self.texts.picks.push(picks[row]));
                    }
                } else {
                    present(valid, at, many, |row| {
                        self.texts.push(words.bytes(picks[row] as usize));
                    });
                }
            }
            (Values::Text { ends, bytes }, Role::Text) => {
                let start = |row: usize| row.checked_sub(1).map_or(0, |row| ends[row] as usize);
                if full {
                    self.texts.extend(start(at), &ends[at..at + many], bytes);
                } else {
                    present(valid, at, many, |row| {
                        self.texts.push(&bytes[start(row)..ends[row] as usize]);
                    });
                }
            }
            (Values::Wide(values), Role::Text) => present(valid, at, many, |row| {
                let mut line = Line::new(&mut room);
                line.uuid(values[row] as u128);
                self.texts.push(line.text());
            }),
            (Values::Int(values), Role::Clock) => present(valid, at, many, |row| {
                let mut line = Line::new(&mut room);
                line.time(values[row]);
                self.texts.push(line.text());
            }),
            (Values::Wide(values), Role::Uuid) => present(valid, at, many, |row| {
                self.fixed.extend_from_slice(&values[row].to_be_bytes());
            }),
            (values @ (Values::Text { .. } | Values::Word { .. }), Role::Uuid) => {
                let mut fits = true;
                present(valid, at, many, |row| {
                    let said = str::from_utf8(text(values, row)).ok();
                    let uuid = said.and_then(super::uuid_bytes);
                    fits &= uuid.is_some();
                    self.fixed.extend_from_slice(&uuid.unwrap_or_default());
                });
                if !fits {
                    return Err(self.wrong("holds a text that is no UUID"));
                }
            }
            _ => return Err(self.wrong("holds values of another kind than its column's")),
        }
        Ok(())
    }

    /// Takes note of which rows hold a value; how many of them do not.
    fn mark(&mut self, valid: Option<&[u64]>, at: usize, many: usize) -> io::Result<usize> {
        let mut held = 0;
        if self.shape.nullable {
            self.valid.resize((self.rows + many).div_ceil(64) + 1, 0);
            for from in (0..many).step_by(64) {
                let word = word(valid, at + from, many - from);
                held += word.count_ones() as usize;
                let (slot, shift) = ((self.rows + from) / 64, (self.rows + from) % 64);
                self.valid[slot] |= word << shift;
                if shift > 0 {
                    self.valid[slot + 1] |= word >> (64 - shift);
                }
            }
        } else {
            let words = (0..many).step_by(64);
            held =
                words.map(|from| word(valid, at + from, many - from).count_ones() as usize).sum();
        }
        if held < many && !self.shape.nullable {
            return Err(self.wrong("holds no value in a row where one must be"));
        }
        self.rows += many;
        self.nulls += many - held;
        Ok(many - held)
    }

    fn flush(&mut self, codec: &mut Codec, chunk: &mut Chunk) -> io::Result<()> {
        self.page.clear();
        if self.shape.nullable {
            levels(&self.valid, self.rows, self.nulls, &mut self.page);
        }
        let mut made = Made { rows: self.rows, nulls: self.nulls, ..Made::default() };
        let (encoding, content) = match self.shape.role {
            Role::Int | Role::Float => {
                if self.shape.role == Role::Float {
                    self.bounds = Bounds::of_floats(&self.ints);
                }
                if let Bounds::Int(least, most) = self.bounds
                    && (least < self.shape.range.0 || most > self.shape.range.1)
                {
                    return Err(self.wrong("holds a number that its column has no room for"));
                }
                made.bounds = std::mem::take(&mut self.bounds);
                let range = match made.bounds {
                    Bounds::Int(least, most) => Some((least, most)),
                    _ => None,
                };
                self.numbers.write(&self.ints, range, codec, &mut self.page)?
            }
            Role::Text | Role::Clock => {
                let written = self.texts.write(&mut self.page, chunk.bloom.as_mut())?;
                (made.bounds, made.letters) = (written.bounds, written.letters);
                (written.encoding, written.content)
            }
            Role::Bool => {
                made.bounds = Bounds::of_bools(&self.truths);
                bits::truths(&self.truths, &mut self.page);
                (Encoding::PLAIN, Content::Any)
            }
            Role::Wide => {
                made.bounds = Bounds::of_wide(&self.wide);
                let skipped = 16 - self.shape.stored.bytes.min(16);
                for value in &self.wide {
                    self.page.extend_from_slice(&value.to_be_bytes()[skipped..]);
                }
                (Encoding::PLAIN, Content::Any)
            }
            Role::Uuid => {
                let each = || self.fixed.chunks_exact(self.shape.stored.bytes.max(1));
                if let (Some(least), Some(most)) = (each().min(), each().max()) {
                    made.bounds = Bounds::Bytes(least.to_vec(), most.to_vec());
                }
                self.page.extend_from_slice(&self.fixed);
                (Encoding::PLAIN, Content::Packed)
            }
            Role::Nested => return Err(self.wrong("is written elsewhere")),
        };
        if let Some(bloom) = chunk.bloom.as_mut().filter(|_| encoding != Encoding::RLE_DICTIONARY) {
            insert(&self.ints, &self.shape, bloom);
            let bytes = self.shape.stored.bytes.max(1);
            self.fixed.chunks_exact(bytes).for_each(|value| bloom.insert(value));
            let skipped = 16 - bytes.min(16);
            self.wide.iter().for_each(|value| bloom.insert(&value.to_be_bytes()[skipped..]));
        }
        let stored = codec.compress(&self.page, content)?;
        chunk.expect(self.total, self.rows, stored.len());
        chunk.push(made, encoding, self.page.len(), stored);
        self.empty();
        Ok(())
    }

    fn empty(&mut self) {
        self.ints.clear();
        self.wide.clear();
        self.truths.clear();
        self.fixed.clear();
        self.valid.clear();
        (self.rows, self.nulls, self.bounds) = (0, 0, Bounds::None);
    }

    fn wrong(&self, what: &str) -> io::Error {
        let name = &self.shape.name;
        io::Error::new(io::ErrorKind::InvalidData, format!("the lane of `{name}` {what}"))
    }
}

/// The text of a row.
fn text(values: &Values, row: usize) -> &[u8] {
    match values {
        Values::Word { words, picks } => words.bytes(picks[row] as usize),
        Values::Text { ends, bytes } => {
            let start = row.checked_sub(1).map_or(0, |before| ends[before] as usize);
            &bytes[start..ends[row] as usize]
        }
        _ => &[],
    }
}

/// Puts numbers into a filter as they are stored.
fn insert(values: &[i64], shape: &Shape, bloom: &mut Sbbf) {
    match (shape.role, shape.stored.bytes) {
        (Role::Int, 4) => values.iter().for_each(|value| bloom.insert(&(*value as i32))),
        _ => values.iter().for_each(|value| bloom.insert(value)),
    }
}

/// Up to 64 rows from `at` on: which of them hold a value.
#[inline]
fn word(valid: Option<&[u64]>, at: usize, many: usize) -> u64 {
    let word = valid.map_or(u64::MAX, |valid| {
        let (slot, shift) = (at / 64, at % 64);
        let next = valid.get(slot + 1).copied().unwrap_or(0);
        valid[slot] >> shift | if shift > 0 { next << (64 - shift) } else { 0 }
    });
    if many < 64 { word & ((1 << many) - 1) } else { word }
}

/// Calls for every row of `at..at + many` that holds a value.
#[inline]
fn present(valid: Option<&[u64]>, at: usize, many: usize, mut each: impl FnMut(usize)) {
    let Some(valid) = valid else { return (at..at + many).for_each(each) };
    for from in (0..many).step_by(64) {
        let mut word = word(Some(valid), at + from, many - from);
        while word != 0 {
            each(at + from + word.trailing_zeros() as usize);
            word &= word - 1;
        }
    }
}
