//! Tests of lanes as Parquet: read back, they are what the ordinary writer would have written.

use std::fs::File;
use std::io::{Seek, Write as _};
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use arrow::datatypes::Schema;
use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::bloom_filter::Sbbf;
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaData, RowGroupMetaData};
use parquet::file::statistics::Statistics;
use peyote_schemas::{Column, Kind};

use super::*;
use crate::export::sample::{batch, columns, lanes, table};
use crate::lane::{Known, Lane, Values, Words};

const FACTS: &[(String, String)] = &[];

fn head(columns: &[Column]) -> Head<'_> {
    Head { name: "all", description: "", columns, primary_key: &[], foreign_keys: &[] }
}

/// The bytes of a file with a row group for every part, each a list of runs.
fn direct(columns: &[Column], options: &Options, parts: &[Vec<Vec<Lane>>]) -> Vec<u8> {
    let layout = Arc::new(Layout::new(&head(columns), options, FACTS).unwrap());
    let mut encoder = Encoder::new(&layout).unwrap();
    let mut encoded = Encoded::default();
    let mut writer = Writer::new(Vec::new(), &layout).unwrap();
    for part in parts {
        let rows = part.iter().map(|run| run[0].values.len()).sum();
        encoder.begin(rows, &mut encoded).unwrap();
        for run in part {
            encoder.push(run, &mut encoded).unwrap();
        }
        encoder.finish(&mut encoded).unwrap();
        assert_eq!(encoded.rows(), rows);
        writer.append(&encoded).unwrap();
    }
    writer.finish().unwrap()
}

fn read(bytes: &[u8]) -> (RecordBatch, Arc<ParquetMetaData>, File) {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file.rewind().unwrap();
    let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Required);
    let reader =
        ParquetRecordBatchReaderBuilder::try_new_with_options(file.try_clone().unwrap(), options)
            .unwrap();
    let (schema, metadata) = (Arc::clone(reader.schema()), Arc::clone(reader.metadata()));
    let batches: Vec<RecordBatch> = reader.build().unwrap().map(Result::unwrap).collect();
    (concat_batches(&schema, &batches).unwrap(), metadata, file)
}

fn ordinary(columns: &[Column], types: Types, rows: &RecordBatch) -> Vec<u8> {
    let mut out = Vec::new();
    let sheet = Sheet {
        name: "all",
        description: "",
        columns,
        primary_key: &[],
        foreign_keys: &[],
        batch: rows,
        rows: rows.num_rows() as u64,
    };
    write(&sheet, types, FACTS, &mut out).unwrap();
    out
}

#[test]
fn lanes_are_read_back_as_the_ordinary_writer_would_have_written_them() {
    let sizes = [vec![0], vec![1], vec![7, 0, 64], vec![129, 1000, 3], vec![33_001, 900]];
    for (seed, runs) in (0..).zip(sizes.iter().cycle().take(12)) {
        let columns = columns();
        let compression =
            [Compression::Zstd, Compression::Snappy, Compression::Plain][seed as usize % 3];
        let types = [Types::Portable, Types::Native][seed as usize % 2];
        let options = Options { types, compression, ..Options::default() };
        let part = |at: u64| table(seed * 10 + at, runs, &columns);
        let parts = [part(0), part(1)];
        let (read_back, metadata, _) = read(&direct(&columns, &options, &parts));
        let arrays: Vec<RecordBatch> =
            parts.iter().flatten().map(|lanes| batch(&columns, lanes)).collect();
        let schema =
            Arc::new(Schema::new(columns.iter().map(Column::to_arrow).collect::<Vec<_>>()));
        let rows = concat_batches(&schema, &arrays).unwrap();
        let (expected, other, _) = read(&ordinary(&columns, types, &rows));
        assert_eq!(read_back.schema(), expected.schema());
        for (at, column) in columns.iter().enumerate() {
            assert_eq!(
                read_back.column(at),
                expected.column(at),
                "`{}` of seed {seed}",
                column.name
            );
        }
        let file = metadata.file_metadata();
        assert_eq!(file.schema(), other.file_metadata().schema());
        assert_eq!(file.key_value_metadata(), other.file_metadata().key_value_metadata());
    }
}

#[test]
fn statistics_are_those_of_the_ordinary_writer() {
    for (seed, rows) in [(1, 1), (2, 60), (3, 5000)] {
        let columns = columns();
        let part = table(seed, &[rows], &columns);
        let (_, metadata, _) =
            read(&direct(&columns, &Options::default(), std::slice::from_ref(&part)));
        let rows = batch(&columns, &part[0]);
        let (_, other, _) = read(&ordinary(&columns, Types::Portable, &rows));
        let (group, expected) = (metadata.row_group(0), other.row_group(0));
        assert_eq!(group.num_rows(), expected.num_rows());
        for (column, expected) in group.columns().iter().zip(expected.columns()) {
            let said = |statistics: Option<&Statistics>| {
                let statistics = statistics.expect("statistics");
                let bytes = |bytes: Option<&[u8]>| bytes.map(<[u8]>::to_vec);
                (
                    bytes(statistics.min_bytes_opt()),
                    bytes(statistics.max_bytes_opt()),
                    statistics.min_is_exact() && statistics.max_is_exact(),
                    statistics.null_count_opt(),
                    statistics.nan_count_opt(),
                    statistics.is_min_max_backwards_compatible(),
                )
            };
            let name = column.column_path().string();
            assert_eq!(said(column.statistics()), said(expected.statistics()), "{name}");
            assert_eq!(column.num_values(), expected.num_values(), "{name}");
            assert_eq!(
                column.definition_level_histogram(),
                expected.definition_level_histogram(),
                "{name}"
            );
        }
    }
}

#[test]
fn every_page_is_found_by_its_index() {
    let columns = [Column::new("id", Kind::Int(peyote_schemas::IntSize::I64))];
    let ids = Lane::full(Values::Int((0..100_000).collect()));
    let parts = [vec![vec![ids.clone()]], vec![vec![ids]]];
    let (_, metadata, _) = read(&direct(&columns, &Options::default(), &parts));
    let index = metadata.page_index_for_row_group(1);
    let pages = index.offset_index(0).expect("places").page_locations();
    assert_eq!(pages.len(), 4);
    assert_eq!(pages[0].offset, metadata.row_group(1).column(0).data_page_offset());
    assert!(pages.is_sorted_by_key(|page| page.first_row_index));
    let bounds = index.column_index(0).expect("bounds");
    assert_eq!(bounds.get_boundary_order(), Some(parquet::basic::BoundaryOrder::ASCENDING));
    assert_eq!(bounds.null_count(3), Some(0));
}

#[test]
fn a_filter_says_yes_to_every_value_and_no_to_nearly_all_others() {
    let bloom = vec!["int64".to_owned(), "word".to_owned()];
    let options = Options { bloom, ..Options::default() };
    let ids = Lane::full(Values::Int((0..10_000).map(|at| at * 7).collect()));
    let words = Arc::new(Words::new(["north", "south"]));
    let named = Lane::full(Values::Word { words, picks: vec![1; 10_000] });
    let columns = [
        Column::new("int64", Kind::Int(peyote_schemas::IntSize::I64)),
        Column::new("word", Kind::Text),
    ];
    let (_, metadata, file) = read(&direct(&columns, &options, &[vec![vec![ids, named]]]));
    let filter = |column: usize| {
        let column = metadata.row_group(0).column(column);
        Sbbf::read_from_column_chunk(column, &file).unwrap().expect("a filter")
    };
    let filter = [filter(0), filter(1)];
    assert!((0..10_000_i64).all(|at| filter[0].check(&(at * 7))));
    assert!((0..10_000_i64).filter(|at| filter[0].check(&(at * 7 + 1))).count() < 300);
    assert!(filter[1].check("south") && !filter[1].check("east"));
}

#[test]
fn extreme_numbers_come_back() {
    let ends = [i64::MIN, i64::MAX, 0, -1, 1, i64::MIN + 1];
    let columns = [Column::new("int64", Kind::Int(peyote_schemas::IntSize::I64))];
    let values: Vec<i64> = ends.iter().cycle().take(1001).copied().collect();
    let lane = Lane::full(Values::Int(values.clone()));
    let (rows, ..) = read(&direct(&columns, &Options::default(), &[vec![vec![lane]]]));
    let expected = arrow::array::Int64Array::from(values);
    assert_eq!(rows.column(0).as_primitive::<arrow::datatypes::Int64Type>(), &expected);
}

#[test]
fn what_a_column_has_no_room_for_is_refused() {
    let refused = |kind: Kind, nullable: bool, lane: Lane| {
        let columns = [Column { nullable, ..Column::new("c", kind) }];
        let layout = Layout::new(&head(&columns), &Options::default(), FACTS).unwrap();
        let mut encoder = Encoder::new(&Arc::new(layout)).unwrap();
        let mut encoded = Encoded::default();
        encoder.begin(2, &mut encoded).unwrap();
        let pushed = encoder.push(&[lane], &mut encoded);
        pushed.and_then(|()| encoder.finish(&mut encoded)).unwrap_err().to_string()
    };
    let int8 = Kind::Int(peyote_schemas::IntSize::I8);
    let large = Lane::full(Values::Int(vec![1, 128]));
    assert!(refused(int8.clone(), true, large).contains("no room"));
    let missing = Lane { valid: Some(vec![0b01]), nulls: 1, ..Lane::full(Values::Int(vec![1, 2])) };
    assert!(refused(int8.clone(), false, missing).contains("holds no value"));
    let truths = Lane::full(Values::Bool(vec![true, false]));
    assert!(refused(int8.clone(), true, truths).contains("another kind"));
    let wide = Lane::full(Values::Wide(vec![1, i128::MAX]));
    assert!(refused(int8, true, wide).contains("too many digits"));
    let words = Arc::new(Words::new(["one"]));
    let astray = Lane::full(Values::Word { words, picks: vec![0, 1] });
    assert!(refused(Kind::Text, true, astray).contains("of no word"));
}

#[test]
fn known_bounds_are_taken_at_their_word() {
    let columns = [Column::new("int64", Kind::Int(peyote_schemas::IntSize::I64))];
    let known = Known { bounds: Some((3, 9)), rising: false };
    let lane = Lane { known, ..Lane::full(Values::Int(vec![9, 3, 5])) };
    let (_, metadata, _) = read(&direct(&columns, &Options::default(), &[vec![vec![lane]]]));
    let Some(Statistics::Int64(said)) = metadata.row_group(0).column(0).statistics() else {
        panic!("statistics of whole numbers");
    };
    assert_eq!((said.min_opt(), said.max_opt()), (Some(&3), Some(&9)));
}

#[test]
fn the_same_lanes_make_the_same_bytes_in_used_room() {
    let columns = columns();
    let once = |seed| direct(&columns, &Options::default(), &[table(seed, &[500, 700], &columns)]);
    let (first, second) = (table(1, &[500, 700], &columns), table(2, &[90_000], &columns));
    let both = direct(&columns, &Options::default(), &[second, first.clone(), first.clone()]);
    let (rows, metadata, _) = read(&both);
    let sizes: Vec<i64> =
        metadata.row_groups().iter().map(RowGroupMetaData::compressed_size).collect();
    assert_eq!(sizes[1], sizes[2]);
    let (alone, ..) = read(&once(1));
    assert_eq!(rows.slice(90_000, 1200), alone);
}

#[test]
fn wide_table_is_written_as_its_columns_are() {
    let columns = columns();
    let rows = batch(&columns, &lanes(5, 40, &columns));
    let copies = WIDE / columns.len() + 1;
    let mut wide = Vec::new();
    let mut arrays = Vec::new();
    for copy in 0..copies {
        arrays.extend_from_slice(rows.columns());
        wide.extend(
            columns
                .iter()
                .map(|column| Column { name: format!("{}_{copy}", column.name), ..column.clone() }),
        );
    }
    let schema = Schema::new(wide.iter().map(Column::to_arrow).collect::<Vec<_>>());
    let all = RecordBatch::try_new(Arc::new(schema), arrays).unwrap();
    let (narrow, ..) = read(&ordinary(&columns, Types::Portable, &rows));
    let (found, known, _) = read(&ordinary(&wide, Types::Portable, &all));
    assert_eq!((found.num_columns(), known.num_row_groups()), (wide.len(), 1));
    for (at, array) in found.columns().iter().enumerate() {
        let expected = narrow.column(at % columns.len());
        // Fields inside have ids of their own.
        let array = cast(array, expected.data_type()).unwrap();
        assert_eq!(&array, expected, "{}", wide[at].name);
    }
    let mut out = Vec::new();
    let mut parts = Rows::begin(&head(&wide), Types::Portable, &mut out).unwrap();
    parts.write(&all.slice(0, 25)).unwrap();
    parts.write(&all.slice(25, 15)).unwrap();
    parts.finish().unwrap();
    assert_eq!(read(&out).0, found);
    let (nothing, ..) = read(&ordinary(&wide, Types::Portable, &all.slice(0, 0)));
    assert_eq!(nothing.num_rows(), 0);
}
