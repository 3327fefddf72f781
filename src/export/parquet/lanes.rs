//! Lanes to Parquet: [`Encoder`] makes a row group of them, [`Writer`] puts row groups into a file.

use std::any::Any;
use std::io::{self, Write};
use std::sync::Arc;

use parquet::file::metadata::page_index::PageIndexProvider;
use parquet::file::metadata::{
    FileMetaData, ParquetMetaDataBuilder, ParquetMetaDataWriter, RowGroupMetaData,
};
use parquet::file::page_index::column_index::ColumnIndexMetaData;
use parquet::file::page_index::offset_index::OffsetIndexMetaData;
use parquet::file::writer::TrackedWrite;

use super::chunk::{Chunk, Placed, filter};
use super::codec::Codec;
use super::column::Column;
use super::layout::{Layout, Role};
use super::nested::{Leaves, Nested};
use crate::export::into_io;
use crate::lane::Lane;

/// The first and the last bytes of a Parquet file.
const MAGIC: &[u8; 4] = b"PAR1";
/// The version of the format that arrow-rs writes as well: of what is in version 2, only encodings
/// are used.
const VERSION: i32 = 1;

/// Makes row groups of lanes, one after the other, in the same room.
pub struct Encoder {
    layout: Arc<Layout>,
    columns: Vec<Kept>,
    codec: Codec,
    rows: usize,
}

/// A row group in memory, as it will stand in a file. Its room is used again when it is filled
/// again.
#[derive(Default)]
pub struct Encoded {
    rows: usize,
    pieces: Vec<Piece>,
}

/// A file that row groups are appended to.
pub struct Writer<W> {
    out: W,
    at: u64,
    layout: Arc<Layout>,
    groups: Vec<RowGroupMetaData>,
    indexes: Indexes,
}

enum Kept {
    Direct(Box<Column>),
    Nested(Box<Nested>),
}

enum Piece {
    Direct(Chunk),
    Nested(Leaves),
}

/// The indexes of all pages, by row group and column.
#[derive(Debug, Default)]
struct Indexes {
    columns: Vec<Vec<Option<ColumnIndexMetaData>>>,
    offsets: Vec<Vec<Option<OffsetIndexMetaData>>>,
}

impl Encoder {
    /// An encoder for a table.
    pub fn new(layout: &Arc<Layout>) -> io::Result<Self> {
        let kept = layout.shapes.iter().enumerate().map(|(at, shape)| match shape.role {
            Role::Nested => Kept::Nested(Box::new(Nested::new(layout, at, shape))),
            _ => Kept::Direct(Box::new(Column::new(shape))),
        });
        let columns = kept.collect();
        let codec = Codec::new(layout.compression)?;
        Ok(Self { layout: Arc::clone(layout), columns, codec, rows: 0 })
    }

    /// Begins a row group of so many rows: what a dictionary is worth depends on it.
    pub fn begin(&mut self, rows: usize, into: &mut Encoded) -> io::Result<()> {
        self.rows = 0;
        into.rows = 0;
        // Room that held rows of another table may have as many columns of other forms.
        let fits = |(column, piece): (&Kept, &Piece)| {
            matches!(
                (column, piece),
                (Kept::Direct(_), Piece::Direct(_)) | (Kept::Nested(_), Piece::Nested(_))
            )
        };
        let same = into.pieces.len() == self.columns.len();
        if !same || !self.columns.iter().zip(&into.pieces).all(fits) {
            let mut chunks = std::mem::take(&mut into.pieces).into_iter().filter_map(|piece| {
                if let Piece::Direct(chunk) = piece { Some(chunk) } else { None }
            });
            into.pieces.extend(self.columns.iter().map(|column| match column {
                Kept::Direct(_) => Piece::Direct(chunks.next().unwrap_or_default()),
                Kept::Nested(_) => Piece::Nested(Leaves::default()),
            }));
        }
        for (column, piece) in self.columns.iter_mut().zip(&mut into.pieces) {
            if let (Kept::Direct(column), Piece::Direct(chunk)) = (column, piece) {
                column.begin(rows, chunk)?;
            }
        }
        Ok(())
    }

    /// Takes the next rows: a lane for every column, all of the same length.
    pub fn push(&mut self, lanes: &[Lane], into: &mut Encoded) -> io::Result<()> {
        let rows = lanes.first().map_or(0, |lane| lane.values.len());
        if lanes.len() != self.columns.len() || lanes.iter().any(|lane| lane.values.len() != rows) {
            let said = "the lanes of a run are as many as columns and of one length";
            return Err(io::Error::new(io::ErrorKind::InvalidData, said));
        }
        self.rows += rows;
        for ((column, piece), lane) in self.columns.iter_mut().zip(&mut into.pieces).zip(lanes) {
            match (column, piece) {
                (Kept::Direct(column), Piece::Direct(chunk)) => {
                    column.push(lane, &mut self.codec, chunk)?;
                }
                (Kept::Nested(column), _) => column.push(lane)?,
                (Kept::Direct(_), Piece::Nested(_)) => {}
            }
        }
        Ok(())
    }

    /// Ends the row group.
    pub fn finish(&mut self, into: &mut Encoded) -> io::Result<()> {
        into.rows = self.rows;
        for (column, piece) in self.columns.iter_mut().zip(&mut into.pieces) {
            match (column, piece) {
                (Kept::Direct(column), Piece::Direct(chunk)) => {
                    column.finish(&mut self.codec, chunk)?;
                }
                (Kept::Nested(column), Piece::Nested(leaves)) => column.finish(leaves)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// The layout of the table.
    pub fn layout(&self) -> &Arc<Layout> {
        &self.layout
    }
}

impl Encoded {
    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many bytes they take.
    pub fn bytes(&self) -> usize {
        let size = |piece: &Piece| match piece {
            Piece::Direct(chunk) => chunk.len(),
            Piece::Nested(leaves) => leaves.len(),
        };
        self.pieces.iter().map(size).sum()
    }
}

impl<W: Write> Writer<W> {
    /// Begins a file.
    pub fn new(mut out: W, layout: &Arc<Layout>) -> io::Result<Self> {
        out.write_all(MAGIC)?;
        let at = MAGIC.len() as u64;
        let layout = Arc::clone(layout);
        Ok(Self { out, at, layout, groups: Vec::new(), indexes: Indexes::default() })
    }

    /// Appends a row group; one without rows leaves nothing.
    pub fn append(&mut self, group: &Encoded) -> io::Result<()> {
        if group.rows == 0 {
            return Ok(());
        }
        let start = self.at;
        let mut all = Vec::with_capacity(self.layout.descriptor.num_columns());
        let mut blooms = Vec::new();
        for (piece, shape) in group.pieces.iter().zip(&self.layout.shapes) {
            match piece {
                Piece::Direct(chunk) => {
                    let at = self.at;
                    for bytes in chunk.bytes() {
                        self.out.write_all(bytes)?;
                    }
                    self.at += chunk.len() as u64;
                    blooms.push((all.len(), at, chunk, shape));
                    all.push(None);
                }
                Piece::Nested(leaves) => {
                    for (bytes, placed) in leaves.placed(self.at, &self.layout, shape.leaf)? {
                        self.out.write_all(bytes)?;
                        self.at += bytes.len() as u64;
                        all.push(Some(placed));
                    }
                }
            }
        }
        // Filters stand behind the columns, where no reader of these comes across them.
        for (place, at, chunk, shape) in blooms {
            let mut bloom = None;
            if let Some(filled) = &chunk.bloom {
                let bytes = filter(filled)?;
                self.out.write_all(&bytes)?;
                bloom = Some((self.at, bytes.len()));
                self.at += bytes.len() as u64;
            }
            let descriptor = self.layout.descriptor.column(shape.leaf);
            let compression = self.layout.compression.stored();
            let placed = chunk.placed(at, &descriptor, shape.stored, compression, bloom);
            all[place] = Some(placed.map_err(into_io)?);
        }
        self.note(start, group.rows, all.into_iter().flatten().collect())
    }

    fn note(&mut self, start: u64, rows: usize, all: Vec<Placed>) -> io::Result<()> {
        let size = all.iter().map(|placed| placed.metadata.uncompressed_size()).sum();
        let mut metadata = Vec::with_capacity(all.len());
        let (mut columns, mut offsets) = (Vec::new(), Vec::new());
        for placed in all {
            metadata.push(placed.metadata);
            columns.push(placed.columns);
            offsets.push(placed.offsets);
        }
        let group = RowGroupMetaData::builder(Arc::clone(&self.layout.descriptor))
            .set_column_metadata(metadata)
            .set_total_byte_size(size)
            .set_num_rows(rows as i64)
            .set_ordinal(self.groups.len() as i32)
            .set_file_offset(start as i64)
            .build()
            .map_err(into_io)?;
        self.groups.push(group);
        self.indexes.columns.push(columns);
        self.indexes.offsets.push(offsets);
        Ok(())
    }

    /// Ends the file, and gives back what it was written to.
    pub fn finish(mut self) -> io::Result<W> {
        let rows = self.groups.iter().map(RowGroupMetaData::num_rows).sum();
        let orders = self.layout.descriptor.columns().iter().map(|column| {
            let (logical, converted) = (column.logical_type_ref(), column.converted_type());
            let physical = column.physical_type();
            parquet::basic::ColumnOrder::column_order_for_type(logical, converted, physical)
        });
        let file = FileMetaData::new(
            VERSION,
            rows,
            Some(concat!("peyote ", env!("CARGO_PKG_VERSION")).to_owned()),
            Some(self.layout.facts.clone()),
            Arc::clone(&self.layout.descriptor),
            Some(orders.collect()),
        );
        let metadata = ParquetMetaDataBuilder::new(file)
            .set_row_groups(self.groups)
            .set_page_index(Some(Arc::new(self.indexes)))
            .build();
        let mut tail = Tail { skip: self.at, bytes: Vec::new() };
        let mut tracked = TrackedWrite::new(&mut tail);
        skip(&mut tracked, self.at)?;
        let writer = ParquetMetaDataWriter::new_with_tracked(tracked, &metadata);
        writer.finish().map_err(into_io)?;
        self.out.write_all(&tail.bytes)?;
        Ok(self.out)
    }
}

/// The end of a file whose beginning is written elsewhere.
struct Tail {
    skip: u64,
    bytes: Vec<u8>,
}

impl Write for Tail {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let skipped = self.skip.min(buffer.len() as u64);
        self.skip -= skipped;
        self.bytes.extend_from_slice(&buffer[skipped as usize..]);
        Ok(buffer.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes what [`Tail`] throws away, so that places count from the file's beginning.
fn skip(out: &mut impl Write, mut many: u64) -> io::Result<()> {
    static NOTHING: [u8; 1 << 16] = [0; 1 << 16];
    while many > 0 {
        let step = many.min(NOTHING.len() as u64);
        out.write_all(&NOTHING[..step as usize])?;
        many -= step;
    }
    Ok(())
}

impl PageIndexProvider for Indexes {
    fn has_offset_indexes(&self) -> bool {
        !self.offsets.is_empty()
    }

    fn has_column_indexes(&self) -> bool {
        !self.columns.is_empty()
    }

    fn column_index(&self, group: usize, column: usize) -> Option<&ColumnIndexMetaData> {
        self.columns.get(group)?.get(column)?.as_ref()
    }

    fn offset_index(&self, group: usize, column: usize) -> Option<&OffsetIndexMetaData> {
        self.offsets.get(group)?.get(column)?.as_ref()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
