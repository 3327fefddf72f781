//! [`reopen`]: the tables of a folder that is there already, whoever wrote it, typed again.

use std::fmt::Write;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, RecordBatch, RecordBatchOptions, StringArray, new_null_array,
};
use arrow::compute::{cast, concat_batches};
use arrow::datatypes::{DataType, Field as ArrowField, Schema, TimeUnit};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use peyote_schemas::dataset::Table;
use peyote_schemas::design::{self, Design, DesignTable};
use peyote_schemas::draft::Draft;
use peyote_schemas::finding::Level;
use peyote_schemas::fit::Samples;
use peyote_schemas::guard::column::array;
use peyote_schemas::read::{self, Source};
use peyote_schemas::value::json::cell_value;
use peyote_schemas::{Cell, Column, Field, Finding, IntSize, Kind, RawTable};
use serde_json::Value;

use crate::error::Error;
use crate::export::site::{REJECTS, SCHEMA, was_read};

/// Bytes of a UUID (RFC 9562).
const UUID_BYTES: i32 = 16;

/// A dataset as it lies in a folder.
#[derive(Debug, Clone)]
pub struct Reopened {
    /// Its design, where the folder has one.
    pub design: Option<Design>,
    /// Its tables, in the design's order, else in the order of their files.
    pub tables: Vec<Table>,
    /// What was found while reading.
    pub findings: Vec<Finding>,
}

/// Whether a folder has all rows of its design's tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// All of them: each table has its file.
    Whole,
    /// A share of them, which may have none of some.
    Share,
}

/// Reads a design from a file, and leaves out of it what cannot be followed.
pub fn read_design(path: &Path) -> Result<Design, Error> {
    resolved(path).map(|(design, _)| design)
}

/// Reads a design from a file; one of which anything cannot be followed is refused.
pub fn read_sound_design(path: &Path) -> Result<Design, Error> {
    let (design, findings) = resolved(path)?;
    let wrong: Vec<Finding> =
        findings.into_iter().filter(|finding| finding.level == Level::Error).collect();
    if wrong.is_empty() { Ok(design) } else { Err(refused(path, &wrong)) }
}

fn resolved(path: &Path) -> Result<(Design, Vec<Finding>), Error> {
    let bytes = document(path).map_err(|error| Error::at_path(place(path), &error))?;
    let draft: Draft = serde_json::from_slice(&bytes).map_err(|error| {
        Error::usage(format!("no design: {error}"))
            .at(place(path).display().to_string())
            .hint("see `peyote design --help` for its form")
    })?;
    design::resolve(&draft).map_err(|findings| refused(path, &findings))
}

/// The bytes of a file, or of standard input by the name `-`.
fn document(path: &Path) -> io::Result<Vec<u8>> {
    if path.as_os_str() != "-" {
        return fs::read(path);
    }
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// What a person knows a design's file by.
fn place(path: &Path) -> &Path {
    if path.as_os_str() == "-" { Path::new("standard input") } else { path }
}

fn refused(path: &Path, findings: &[Finding]) -> Error {
    let why: Vec<String> = findings.iter().map(ToString::to_string).collect();
    Error::usage(format!("the design cannot be followed: {}", why.join("; ")))
        .at(place(path).display().to_string())
        .hint("mend it, or begin with one from `peyote design` or `peyote catalog`")
}

/// The rows of a folder's samples by table, as literal rows hold them; none where there are none,
/// or where there are more than `most` of any table.
pub fn samples(folder: &Path, design: &Design, most: usize) -> Samples {
    let read = |table: &DesignTable| {
        let batch = designed(&[folder], table, Extent::Whole).ok()?.batch;
        let kinds: Vec<&Kind> =
            table.columns().iter().map(|column| column.kind().unwrap_or(&Kind::Text)).collect();
        let row = |row: usize| {
            let values = batch.columns().iter().zip(&kinds);
            values.map(|(array, kind)| cell_value(array, row, kind)).collect()
        };
        (batch.num_rows() <= most)
            .then(|| (table.name().to_string(), (0..batch.num_rows()).map(row).collect()))
    };
    design.tables().iter().map(read).collect::<Option<Samples>>().unwrap_or_default()
}

/// The tables of a folder: those of its `design.json`, else every Parquet and text file in it.
pub fn reopen(folder: &Path) -> Result<Reopened, Error> {
    reopen_with(folder, None, Extent::Whole)
}

/// The tables of a folder, with the rows of further parts that lie in another one.
pub fn reopen_with(folder: &Path, more: Option<&Path>, extent: Extent) -> Result<Reopened, Error> {
    let folders: Vec<&Path> = std::iter::once(folder).chain(more).collect();
    let path = folder.join("design.json");
    if path.exists() {
        let design = read_design(&path)?;
        let tables = (design.tables().iter())
            .map(|table| designed(&folders, table, extent))
            .collect::<Result<_, _>>()?;
        return Ok(Reopened { design: Some(design), tables, findings: Vec::new() });
    }
    let mut tables = Vec::new();
    let mut findings = Vec::new();
    for file in files(folder)? {
        let name = file.strip_prefix(folder).unwrap_or(&file).to_string_lossy().into_owned();
        if file.extension().is_some_and(|ending| ending == "parquet") {
            let batch = parquet(&file)?;
            let columns = batch.schema().fields().iter().map(|field| column(field)).collect();
            let source = Source { name: &name, text: "", expect: None };
            tables.push(table(source.stem(), &name, columns, &batch));
        } else {
            let bytes = fs::read(&file).map_err(|error| Error::at_path(&file, &error))?;
            let text = read::decode(&bytes);
            let reading = read::read(&Source { name: &name, text: &text, expect: None });
            let first = tables.len();
            findings.extend(reading.findings.into_iter().map(|found| read::moved(found, first)));
            for raw in reading.tables.into_iter().map(RawTable::into_owned) {
                let at = format!("/tables/{}", tables.len());
                let said = peyote_schemas::infer::Said::default();
                let columns =
                    peyote_schemas::infer::kinds::columns(&raw, &said, &at, &mut findings);
                let batch = peyote_schemas::guard::column::batch(&raw, &columns);
                tables.push(Table {
                    raw,
                    columns,
                    primary_key: Vec::new(),
                    foreign_keys: Vec::new(),
                    batch,
                });
            }
        }
    }
    let said = vec![peyote_schemas::infer::Said::default(); tables.len()];
    peyote_schemas::infer::keys::find(&mut tables, &said, &mut findings);
    Ok(Reopened { design: None, tables, findings })
}

/// The data files of a folder, in order of their names.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    const ENDINGS: [&str; 7] = ["parquet", "csv", "tsv", "json", "jsonl", "ndjson", "txt"];
    let failed = |error: std::io::Error| Error::at_path(folder, &error);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        if path.is_file() && ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str())) {
            found.push(path);
        }
    }
    if was_read(folder) {
        // What is said of the tables is none of them.
        let told = [SCHEMA, REJECTS];
        found.retain(|path| {
            path.file_name().is_none_or(|name| !told.iter().any(|own| name == *own))
        });
    }
    found.sort();
    if found.is_empty() {
        return Err(Error::failed("there are no tables in this folder")
            .at(folder.display().to_string())
            .hint(
                "name a folder that `peyote gen` wrote, or one with Parquet, CSV or JSON files",
            ));
    }
    Ok(found)
}

/// The files of a table, in order: the whole of it, or its parts, or both where rows came later.
fn parts(folders: &[&Path], name: &str, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for samples in folders.iter().map(|folder| folder.join("samples")) {
        found.push(samples.join(format!("{name}.{ending}")));
        let listed = fs::read_dir(samples.join(name)).into_iter().flatten().flatten();
        let mut parts: Vec<PathBuf> = listed.map(|entry| entry.path()).collect();
        parts.retain(|path| {
            let stem =
                path.file_stem().is_some_and(|stem| stem.to_string_lossy().starts_with("part-"));
            stem && path.extension().is_some_and(|own| own == ending)
        });
        parts.sort();
        found.extend(parts);
    }
    found.retain(|path| path.exists());
    found
}

/// A designed table from its files, in the kinds of the design.
fn designed(folders: &[&Path], design: &DesignTable, extent: Extent) -> Result<Table, Error> {
    let columns: Vec<Column> =
        design.columns().iter().map(peyote_schemas::design::DesignColumn::to_column).collect();
    let name = design.name().as_str();
    let files = parts(folders, name, "parquet");
    if let Some(parquet_path) = files.first() {
        let batches = files.iter().map(|path| parquet(path)).collect::<Result<Vec<_>, _>>()?;
        let batch = concat_batches(&batches[0].schema(), &batches).map_err(|error| {
            Error::failed(format!("the parts of `{name}` are not alike: {error}"))
                .at(parquet_path.display().to_string())
                .hint("they are of several datasets: make the folder again")
        })?;
        let mut arrays: Vec<ArrayRef> = Vec::with_capacity(columns.len());
        for column in &columns {
            let wrong = |why: String| {
                Error::failed(why)
                    .at(parquet_path.display().to_string())
                    .hint("the file is not of this design: make the folder again")
            };
            let stored = batch
                .column_by_name(&column.name)
                .ok_or_else(|| wrong(format!("there is no column `{}`", column.name)))?;
            let typed = uuids(stored).map_or_else(|| cast(stored, &column.kind.to_arrow()), Ok);
            arrays.push(typed.map_err(|error| wrong(format!("`{}`: {error}", column.name)))?);
        }
        let batch = assembled(&columns, arrays, batch.num_rows());
        return Ok(table(name, &parquet_path.display().to_string(), columns, &batch));
    }
    let files = parts(folders, name, "csv");
    if files.is_empty() && extent == Extent::Share {
        let none = columns.iter().map(|column| new_null_array(&column.kind.to_arrow(), 0));
        let batch = assembled(&columns, none.collect(), 0);
        return Ok(table(name, name, columns, &batch));
    }
    let whole = folders[0].join("samples").join(format!("{name}.csv"));
    let source = files.first().unwrap_or(&whole).display().to_string();
    let mut text = String::new();
    for (place, path) in files.iter().chain(files.is_empty().then_some(&whole)).enumerate() {
        let bytes = fs::read(path).map_err(|error| {
            Error::at_path(path, &error)
                .hint("every table of `design.json` needs its file in `samples`")
        })?;
        let part = read::decode(&bytes);
        // Every part has a header of its own.
        let rest = part.split_once('\n').map_or("", |(_, rest)| rest);
        text.push_str(if place == 0 { &part } else { rest });
    }
    let reading = read::read(&Source { name: &source, text: &text, expect: Some(&columns) });
    let header = columns.iter().map(|column| column.name.clone()).collect();
    let raw = match reading.tables.into_iter().next() {
        Some(raw) if raw.width() == columns.len() => raw.into_owned(),
        _ => RawTable::new(name, source, header),
    };
    // A design's format is that of the text it was made from; what peyote writes is ISO 8601.
    let plain = |column: &Column| Column { format: None, unit: None, ..column.clone() };
    let arrays = (columns.iter().enumerate())
        .map(|(at, column)| array(&raw, at, &plain(column)).0)
        .collect();
    let batch = assembled(&columns, arrays, raw.len());
    Ok(Table { raw, columns, primary_key: Vec::new(), foreign_keys: Vec::new(), batch })
}

/// All rows of a Parquet file.
fn parquet(path: &Path) -> Result<RecordBatch, Error> {
    let wrong = |why: String| {
        Error::failed(format!("the Parquet file cannot be read: {why}"))
            .at(path.display().to_string())
            .hint("it is damaged, or no Parquet file: write it again")
    };
    let file = File::open(path).map_err(|error| Error::at_path(path, &error))?;
    let builder =
        ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| wrong(error.to_string()))?;
    let schema = Arc::clone(builder.schema());
    let reader = builder.build().map_err(|error| wrong(error.to_string()))?;
    let batches: Vec<RecordBatch> =
        reader.collect::<Result<_, _>>().map_err(|error| wrong(error.to_string()))?;
    concat_batches(&schema, &batches).map_err(|error| wrong(error.to_string()))
}

/// A table whose text is that of its values.
fn table(name: &str, source: &str, columns: Vec<Column>, batch: &RecordBatch) -> Table {
    let header = columns.iter().map(|column| column.name.clone()).collect();
    let mut raw = RawTable::new(name, source, header);
    let arrays: Vec<ArrayRef> = (columns.iter().zip(batch.columns()))
        .map(|(column, array)| held(array, &column.kind))
        .collect();
    for row in 0..batch.num_rows() {
        raw.push_row((columns.iter().zip(&arrays)).map(|(column, array)| {
            match cell_value(array, row, &column.kind) {
                Value::Null => Cell::Absent,
                Value::String(text) => Cell::Quoted(text.into()),
                nested @ (Value::Object(_) | Value::Array(_)) => {
                    Cell::Nested(nested.to_string().into())
                }
                other => Cell::Bare(other.to_string().into()),
            }
        }));
    }
    let batch = assembled(&columns, arrays, batch.num_rows());
    Table { raw, columns, primary_key: Vec::new(), foreign_keys: Vec::new(), batch }
}

/// An array of any type in the type of the kind that holds it; as Arrow shows it where only text
/// does.
fn held(array: &ArrayRef, kind: &Kind) -> ArrayRef {
    let wanted = kind.to_arrow();
    let typed = uuids(array).or_else(|| cast(array, &wanted).ok());
    let shown = || {
        let options = FormatOptions::default();
        let show = ArrayFormatter::try_new(array, &options).ok()?;
        let text =
            |row| array.is_valid(row).then(|| show.value(row).try_to_string().ok()).flatten();
        let texts: StringArray = (0..array.len()).map(text).collect();
        Some(Arc::new(texts) as ArrayRef)
    };
    typed
        .or_else(|| (*kind == Kind::Text).then(shown).flatten())
        .filter(|typed| *typed.data_type() == wanted)
        .unwrap_or_else(|| new_null_array(&wanted, array.len()))
}

/// The text of UUIDs stored as bytes; nothing for an array of another type.
fn uuids(array: &ArrayRef) -> Option<ArrayRef> {
    let DataType::FixedSizeBinary(UUID_BYTES) = array.data_type() else { return None };
    let text = |bytes: &[u8]| {
        let mut text = String::with_capacity(36);
        for (at, byte) in bytes.iter().enumerate() {
            let dash = if matches!(at, 4 | 6 | 8 | 10) { "-" } else { "" };
            // Writing to a string does not fail.
            let _ = write!(text, "{dash}{byte:02x}");
        }
        text
    };
    let texts: StringArray =
        array.as_fixed_size_binary().iter().map(|bytes| bytes.map(text)).collect();
    Some(Arc::new(texts))
}

/// Arrays as one batch in which anything may be missing: what may not is for the check to say.
fn assembled(columns: &[Column], arrays: Vec<ArrayRef>, rows: usize) -> RecordBatch {
    let fields: Vec<ArrowField> = (columns.iter().zip(&arrays))
        .map(|(column, array)| ArrowField::new(&column.name, array.data_type().clone(), true))
        .collect();
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options)
        .expect("the fields are made from the arrays, which are of one length")
}

/// The column that an Arrow field of somebody else's file is.
fn column(field: &ArrowField) -> Column {
    Column { nullable: field.is_nullable(), ..Column::new(field.name(), kind(field.data_type())) }
}

/// The kind that holds an Arrow type; text where none does.
fn kind(data_type: &DataType) -> Kind {
    let field = |field: &ArrowField| Field {
        name: field.name().clone(),
        kind: kind(field.data_type()),
        nullable: field.is_nullable(),
    };
    match data_type {
        DataType::Boolean => Kind::Bool,
        DataType::Int8 => Kind::Int(IntSize::I8),
        DataType::Int16 | DataType::UInt8 => Kind::Int(IntSize::I16),
        DataType::Int32 | DataType::UInt16 => Kind::Int(IntSize::I32),
        DataType::Int64 | DataType::UInt32 => Kind::Int(IntSize::I64),
        DataType::UInt64 => Kind::Decimal { precision: 20, scale: 0 },
        DataType::Float16 | DataType::Float32 | DataType::Float64 => Kind::Float,
        DataType::Decimal32(precision, scale)
        | DataType::Decimal64(precision, scale)
        | DataType::Decimal128(precision, scale)
            if *scale >= 0 =>
        {
            Kind::Decimal { precision: *precision, scale: *scale as u8 }
        }
        DataType::Date32 | DataType::Date64 => Kind::Date,
        DataType::Time32(_) | DataType::Time64(_) => Kind::Time,
        DataType::Timestamp(
            TimeUnit::Second | TimeUnit::Millisecond | TimeUnit::Microsecond | TimeUnit::Nanosecond,
            zone,
        ) => {
            if zone.is_some() {
                Kind::TimestampTz
            } else {
                Kind::Timestamp
            }
        }
        DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _) => {
            Kind::List(Box::new(field(item)))
        }
        DataType::FixedSizeBinary(UUID_BYTES) => Kind::Uuid,
        DataType::Struct(fields) => Kind::Struct(fields.iter().map(|one| field(one)).collect()),
        _ => Kind::Text,
    }
}
