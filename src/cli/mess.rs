//! The dirty twin of a dataset, beside its clean tables.

use std::sync::atomic::AtomicBool;

use arrow::array::AsArray;
use arrow::datatypes::Int64Type;

use crate::error::Error;
use crate::export::facts::Facts;
use crate::export::folder::Folder;
use crate::export::stream::{self, Options, Table};
use crate::export::{Sheet, parquet};
use crate::generate::recipe::Recipe;
use crate::lane::Values;
use crate::mess::{Clean, Level, Mess};
use crate::run::Request;

/// Rows at the beginning and the end of a table in which the largest key is looked for.
const LOOKED: u64 = 4096;

/// The first whole number behind the keys of a column that is made.
pub(super) fn end_of(recipe: &Recipe, table: &str, column: &str) -> i64 {
    let Some(table) = recipe.tables().iter().position(|one| one.name() == table) else { return 0 };
    let made = &recipe.tables()[table];
    let Some(column) = made.columns().position(|one| one.name == column) else { return 0 };
    let rows = made.rows();
    let mut frame = recipe.frame(table);
    let mut end = 0;
    for first in [0, rows.saturating_sub(LOOKED)] {
        recipe.fill_one(table, column, first, (rows - first).min(LOOKED) as usize, &mut frame);
        if let Values::Int(values) = &frame.lanes[column].values {
            end = values.iter().fold(end, |end, value| end.max(value.saturating_add(1)));
        }
    }
    end
}

/// Writes the dirty twin of tables that are there already, if one is asked for.
pub(super) fn write(
    folder: &mut Folder,
    sheets: &[Sheet<'_>],
    request: &Request,
) -> Result<(), Error> {
    let Some(level) = request.mess else { return Ok(()) };
    let makers: Vec<Clean<'_>> =
        (sheets.iter()).map(|sheet| Clean { batch: sheet.batch, columns: sheet.columns }).collect();
    let clean: Vec<Table<'_>> = (sheets.iter().zip(&makers))
        .map(|(sheet, maker)| Table {
            head: sheet.head(),
            maker,
            rows: sheet.batch.num_rows() as u64,
            part_rows: (sheet.batch.num_rows() as u64).max(1),
            parts: 0..1,
            file_parts: 1,
            first_file: 0,
            family: stream::Family { number: 0, level: 0 },
            stem: format!("samples/{}", sheet.name),
        })
        .collect();
    let end = |table: &str, column: &str| {
        let sheet = sheets.iter().find(|sheet| sheet.name == table);
        sheet.and_then(|sheet| last(sheet, column)).map_or(0, |last| last.saturating_add(1))
    };
    let mess = Mess::new(&clean, &end, level, request.seed);
    let twins = mess.twins(&clean);
    let defects = Mess::defects(&clean, &twins);
    stream::write(
        folder,
        &mess.tables(&clean, &twins, &defects),
        &Options {
            formats: &request.formats,
            parquet: parquet::Options { types: request.types, ..parquet::Options::default() },
            facts: &facts(request, level),
            threads: 1,
            plan: "mess",
            start: stream::Start::Anew,
            stop: &AtomicBool::new(false),
            progress: &|_| {},
        },
    )
}

/// What stands in the metadata of dirty files.
fn facts(request: &Request, level: Level) -> Facts {
    Facts::new(vec![
        ("peyote.version".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
        ("peyote.seed".to_owned(), request.seed.to_string()),
        ("peyote.mess".to_owned(), level.cells().to_string()),
    ])
}

/// The largest whole number of a column.
fn last(sheet: &Sheet<'_>, column: &str) -> Option<i64> {
    let place = sheet.columns.iter().position(|one| one.name == column)?;
    let array = arrow::compute::cast(sheet.batch.column(place), &arrow::datatypes::DataType::Int64);
    arrow::compute::max(array.ok()?.as_primitive_opt::<Int64Type>()?)
}
