//! [`Chunk`]: a column of one row group in pages, as it will stand in a file.

use std::io;
use std::mem;

use parquet::basic::{BoundaryOrder, Compression, Encoding, EncodingMask, PageType};
use parquet::bloom_filter::Sbbf;
use parquet::errors::Result;
use parquet::file::metadata::{
    ColumnChunkMetaData, ColumnIndexBuilder, LevelHistogram, OffsetIndexBuilder, PageEncodingStats,
};
use parquet::file::page_index::column_index::ColumnIndexMetaData;
use parquet::file::page_index::offset_index::OffsetIndexMetaData;
use parquet::schema::types::ColumnDescPtr;

use super::bits::{varint, zigzag};
use super::bounds::{Bounds, Stored};

/// About as many bytes as a page's header takes.
const HEADER: usize = 32;

/// A column of one row group: its pages, one behind the other, and what is known of them.
#[derive(Default)]
pub(super) struct Chunk {
    /// The dictionary page, which stands first.
    dictionary: Vec<u8>,
    /// The data pages.
    data: Vec<u8>,
    /// The data pages' places in `data`.
    pages: Vec<Page>,
    /// Values in the dictionary.
    words: usize,
    /// Bytes before compression, headers included.
    uncompressed: usize,
    /// The filter of its values.
    pub(super) bloom: Option<Sbbf>,
}

/// A data page.
#[derive(Debug)]
pub(super) struct Page {
    /// Where it begins in the data of its chunk.
    at: usize,
    /// Its bytes, header included.
    bytes: usize,
    /// How its values are written.
    encoding: Encoding,
    /// Its rows.
    pub(super) rows: usize,
    /// How many of them hold no value.
    pub(super) nulls: usize,
    /// Bytes of its texts, where they are known.
    pub(super) letters: Option<usize>,
    /// The bounds of its values.
    pub(super) bounds: Bounds,
}

/// What a page is before its place is known.
#[derive(Debug, Default)]
pub(super) struct Made {
    /// Its rows.
    pub(super) rows: usize,
    /// How many of them hold no value.
    pub(super) nulls: usize,
    /// Bytes of its texts, where they are known.
    pub(super) letters: Option<usize>,
    /// The bounds of its values.
    pub(super) bounds: Bounds,
}

/// A chunk's place in a file and what the file's end says of it.
pub(super) struct Placed {
    /// Where it is and what is in it.
    pub(super) metadata: ColumnChunkMetaData,
    /// The bounds of every page.
    pub(super) columns: Option<ColumnIndexMetaData>,
    /// The place of every page.
    pub(super) offsets: Option<OffsetIndexMetaData>,
}

impl Chunk {
    /// Forgets everything, and keeps the room that it took.
    pub(super) fn clear(&mut self) {
        let (mut dictionary, mut data, mut pages) = (
            mem::take(&mut self.dictionary),
            mem::take(&mut self.data),
            mem::take(&mut self.pages),
        );
        dictionary.clear();
        data.clear();
        pages.clear();
        *self = Self { dictionary, data, pages, ..Self::default() };
    }

    /// Makes room for so many rows, before the first page, which has some of them and takes so many bytes.
    pub(super) fn expect(&mut self, rows: usize, of: usize, bytes: usize) {
        /// The most room that is made before it is seen what all pages take.
        const MOST: usize = 16 << 20;
        if self.pages.is_empty() {
            let page = bytes + HEADER;
            self.data.reserve(page.saturating_mul(rows.div_ceil(of.max(1))).min(MOST));
        }
    }

    /// Appends a data page: its levels and values before and after compression.
    pub(super) fn push(&mut self, made: Made, encoding: Encoding, size: usize, stored: &[u8]) {
        let at = self.data.len();
        header(PageType::DATA_PAGE, size, stored.len(), made.rows, encoding, &mut self.data);
        let header = self.data.len() - at;
        self.data.extend_from_slice(stored);
        let Made { rows, nulls, letters, bounds } = made;
        self.pages.push(Page {
            at,
            bytes: header + stored.len(),
            encoding,
            rows,
            nulls,
            letters,
            bounds,
        });
        self.uncompressed += header + size;
    }

    /// Sets the dictionary page.
    pub(super) fn set_dictionary(&mut self, words: usize, size: usize, stored: &[u8]) {
        let page = &mut self.dictionary;
        page.clear();
        header(PageType::DICTIONARY_PAGE, size, stored.len(), words, Encoding::PLAIN, page);
        self.uncompressed += page.len() + size;
        self.words = words;
        page.extend_from_slice(stored);
    }

    /// Its bytes in the file's order, without the filter.
    pub(super) fn bytes(&self) -> [&[u8]; 2] {
        [&self.dictionary, &self.data]
    }

    /// How many bytes it takes, without the filter.
    pub(super) fn len(&self) -> usize {
        self.dictionary.len() + self.data.len()
    }

    /// What a file's end says of it when it begins at `at`; `bloom` is the place of its filter.
    pub(super) fn placed(
        &self,
        at: u64,
        descriptor: &ColumnDescPtr,
        stored: Stored,
        compression: Compression,
        bloom: Option<(u64, usize)>,
    ) -> Result<Placed> {
        let first = at + self.dictionary.len() as u64;
        let rows: usize = self.pages.iter().map(|page| page.rows).sum();
        let nulls: usize = self.pages.iter().map(|page| page.nulls).sum();
        let mut bounds = Bounds::None;
        for page in &self.pages {
            bounds.widen(&page.bounds);
        }
        let encodings = self.pages.iter().map(|page| page.encoding);
        let encodings = encodings.chain([Encoding::RLE]);
        let encodings = encodings.chain((self.words > 0).then_some(Encoding::PLAIN));
        let mut metadata = ColumnChunkMetaData::builder(descriptor.clone())
            .set_compression(compression)
            .set_encodings_mask(EncodingMask::new_from_encodings(
                encodings.collect::<Vec<_>>().iter(),
            ))
            .set_page_encoding_stats(self.encodings())
            .set_total_compressed_size(self.len() as i64)
            .set_total_uncompressed_size(self.uncompressed as i64)
            .set_num_values(rows as i64)
            .set_data_page_offset(first as i64)
            .set_dictionary_page_offset((self.words > 0).then_some(at as i64))
            .set_statistics(bounds.statistics(stored, nulls as u64))
            .set_bloom_filter_offset(bloom.map(|(at, _)| at as i64))
            .set_bloom_filter_length(bloom.map(|(_, bytes)| bytes as i32));
        if stored.physical == parquet::basic::Type::BYTE_ARRAY {
            let letters: Option<usize> = self.pages.iter().map(|page| page.letters).sum();
            let letters = letters.map(|bytes| bytes as i64);
            metadata = metadata.set_unencoded_byte_array_data_bytes(letters);
        }
        if descriptor.max_def_level() > 0 {
            let levels = LevelHistogram::from(vec![nulls as i64, (rows - nulls) as i64]);
            metadata = metadata.set_definition_level_histogram(Some(levels));
        }
        Ok(Placed {
            metadata: metadata.build()?,
            columns: Some(self.index(stored)?),
            offsets: Some(self.offsets(first, stored)),
        })
    }

    fn encodings(&self) -> Vec<PageEncodingStats> {
        let mut stats = Vec::new();
        if self.words > 0 {
            let (page_type, encoding) = (PageType::DICTIONARY_PAGE, Encoding::PLAIN);
            stats.push(PageEncodingStats { page_type, encoding, count: 1 });
        }
        for run in self.pages.chunk_by(|one, other| one.encoding == other.encoding) {
            let (page_type, encoding) = (PageType::DATA_PAGE, run[0].encoding);
            stats.push(PageEncodingStats { page_type, encoding, count: run.len() as i32 });
        }
        stats
    }

    fn index(&self, stored: Stored) -> Result<ColumnIndexMetaData> {
        let mut index = ColumnIndexBuilder::new(stored.physical);
        for page in &self.pages {
            let (least, most) = page.bounds.index(stored).unwrap_or_default();
            let empty = page.nulls == page.rows;
            index.append(empty, least, most, page.nulls as i64, page.bounds.strange(stored));
        }
        let bounds =
            || self.pages.iter().map(|page| &page.bounds).filter(|bounds| **bounds != Bounds::None);
        let follows = |(before, after): (&Bounds, &Bounds)| after.is_after(before);
        let precedes = |(before, after): (&Bounds, &Bounds)| before.is_after(after);
        index.set_boundary_order(if bounds().zip(bounds().skip(1)).all(follows) {
            BoundaryOrder::ASCENDING
        } else if bounds().zip(bounds().skip(1)).all(precedes) {
            BoundaryOrder::DESCENDING
        } else {
            BoundaryOrder::UNORDERED
        });
        index.build()
    }

    fn offsets(&self, first: u64, stored: Stored) -> OffsetIndexMetaData {
        let mut index = OffsetIndexBuilder::new();
        let text = stored.physical == parquet::basic::Type::BYTE_ARRAY
            && self.pages.iter().all(|page| page.letters.is_some());
        for page in &self.pages {
            index.append_row_count(page.rows as i64);
            index.append_offset_and_size((first + page.at as u64) as i64, page.bytes as i32);
            let letters = page.letters.filter(|_| text).map(|bytes| bytes as i64);
            index.append_unencoded_byte_array_data_bytes(letters);
        }
        index.build()
    }
}

/// A filter as it stands in a file.
pub(super) fn filter(bloom: &Sbbf) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    bloom.write(&mut bytes).map_err(io::Error::other)?;
    Ok(bytes)
}

/// A page's header in Thrift's compact protocol, by the fields of parquet.thrift's `PageHeader`.
fn header(
    kind: PageType,
    size: usize,
    stored: usize,
    values: usize,
    encoding: Encoding,
    out: &mut Vec<u8>,
) {
    /// A field of the type i32 whose number is one above the last field's.
    const NEXT: u8 = 0x15;
    let next = |value: i64, out: &mut Vec<u8>| {
        out.push(NEXT);
        zigzag(value, out);
    };
    next(kind as i64, out);
    next(size as i64, out);
    next(stored as i64, out);
    let dictionary = kind == PageType::DICTIONARY_PAGE;
    // A struct: field 5 is a data page's, field 7 a dictionary's, the last one was field 3.
    out.push(if dictionary { 0x4c } else { 0x2c });
    next(values as i64, out);
    next(encoding as i64, out);
    if dictionary {
        // Field 3, false: the dictionary is not sorted.
        out.push(0x12);
    } else {
        // Both kinds of levels.
        next(Encoding::RLE as i64, out);
        next(Encoding::RLE as i64, out);
    }
    // The ends of both structs.
    out.extend_from_slice(&[0, 0]);
}

/// The definition levels of a page: which rows hold a value.
pub(super) fn levels(valid: &[u64], rows: usize, nulls: usize, out: &mut Vec<u8>) {
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    if nulls == 0 || nulls == rows {
        varint((rows as u64) << 1, out);
        out.push(u8::from(nulls == 0));
    } else {
        let bytes = rows.div_ceil(8);
        varint((bytes as u64) << 1 | 1, out);
        let end = out.len() + bytes;
        out.extend(valid[..rows.div_ceil(64)].iter().flat_map(|word| word.to_le_bytes()));
        out.truncate(end);
    }
    let bytes = (out.len() - start - 4) as u32;
    out[start..start + 4].copy_from_slice(&bytes.to_le_bytes());
}
