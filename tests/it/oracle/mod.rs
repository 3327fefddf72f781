//! [`wrong`]: what the rows of a folder break of the design that they were made of, found without
//! the engine.
//!
//! It reads the files back as text and looks at every key, law and behaviour that the document
//! names. Shares and laws are held to bounds that chance passes once in a few hundred thousand
//! times; all else is exact.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::path::{Path, PathBuf};

use arrow::compute::cast;
use arrow::datatypes::DataType;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value;

mod chance;
mod keys;
mod nested;
mod number;
mod promise;
mod text;
mod time;
mod total;
mod way;
mod word;

pub(crate) use chance::{counts_fit, rank_correlation};
pub(crate) use time::micros;

/// A value of a row as text; nothing where there is none.
pub(crate) type Cell = Option<String>;

/// A table as it was read back.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    /// How many rows it has.
    pub(crate) many: usize,
    columns: BTreeMap<String, Vec<Cell>>,
}

/// A design and its rows.
pub(crate) struct Made<'d> {
    design: &'d Value,
    tables: BTreeMap<String, Rows>,
}

/// One table of them.
#[derive(Clone, Copy)]
pub(crate) struct Spot<'m> {
    made: &'m Made<'m>,
    table: &'m Value,
    rows: &'m Rows,
}

impl Rows {
    /// The values of a column.
    #[track_caller]
    pub(crate) fn column(&self, name: &str) -> &[Cell] {
        self.columns.get(name).unwrap_or_else(|| panic!("there is no column `{name}`"))
    }

    /// The values of a column that is always there.
    #[track_caller]
    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        self.column(name).iter().map(|cell| cell.as_deref().expect("a value")).collect()
    }

    /// The values of a column as numbers, where there are any.
    #[track_caller]
    pub(crate) fn numbers(&self, name: &str) -> Vec<Option<f64>> {
        self.column(name).iter().map(|cell| cell.as_ref()?.parse().ok()).collect()
    }

    fn push(&mut self, file: &Path) {
        let opened = File::open(file).expect("a file");
        let reader = ParquetRecordBatchReaderBuilder::try_new(opened).expect("a Parquet file");
        let schema = reader.schema().clone();
        for field in schema.fields() {
            self.columns.entry(field.name().clone()).or_default();
        }
        for batch in reader.build().expect("a reader") {
            let batch = batch.expect("a batch");
            self.many += batch.num_rows();
            let options = FormatOptions::default();
            for (field, array) in schema.fields().iter().zip(batch.columns()) {
                // Instants are shown by the clock of Greenwich.
                let array = match array.data_type() {
                    DataType::Timestamp(unit, Some(_)) => {
                        cast(array, &DataType::Timestamp(*unit, None)).expect("moments")
                    }
                    _ => array.clone(),
                };
                let shown = ArrayFormatter::try_new(&array, &options).expect("values to show");
                let cell = |row| array.is_valid(row).then(|| shown.value(row).to_string());
                let column = self.columns.get_mut(field.name()).expect("a known column");
                column.extend((0..batch.num_rows()).map(cell));
            }
        }
    }
}

impl<'d> Made<'d> {
    /// Reads the Parquet files of a folder's tables.
    pub(crate) fn read(design: &'d Value, folder: &Path) -> Self {
        let mut tables = BTreeMap::new();
        for table in list(&design["tables"]) {
            let name = word(&table["name"]);
            let mut rows = Rows::default();
            for file in files(folder, name) {
                rows.push(&file);
            }
            tables.insert(name.to_owned(), rows);
        }
        Self { design, tables }
    }

    /// The rows of a table.
    #[track_caller]
    pub(crate) fn rows(&self, table: &str) -> &Rows {
        self.tables.get(table).unwrap_or_else(|| panic!("there is no table `{table}`"))
    }

    /// A table of the design.
    pub(crate) fn spot<'m>(&'m self, table: &str) -> Option<Spot<'m>>
    where
        'd: 'm,
    {
        let said = list(&self.design["tables"]).find(|one| one["name"] == table)?;
        Some(Spot { made: self, table: said, rows: self.rows(table) })
    }
}

/// The Parquet files of a table, in order.
fn files(folder: &Path, table: &str) -> Vec<PathBuf> {
    let samples = folder.join("samples");
    let whole = samples.join(format!("{table}.parquet"));
    let mut parts: Vec<PathBuf> = std::fs::read_dir(samples.join(table))
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "parquet"))
        .collect();
    parts.sort();
    whole.exists().then_some(whole).into_iter().chain(parts).collect()
}

/// Fails where rows break what their design says.
#[track_caller]
pub(crate) fn assert_holds(made: &Made<'_>) {
    let wrong = wrong(made);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What rows break of their design.
pub(crate) fn wrong(made: &Made<'_>) -> Vec<String> {
    let mut wrong = Vec::new();
    for table in list(&made.design["tables"]) {
        let name = word(&table["name"]);
        let spot = Spot { made, table, rows: made.rows(name) };
        let mut told = |what: String| wrong.push(format!("{name}: {what}"));
        keys::look(spot, &mut told);
        way::look(spot, &mut told);
        promise::look(spot, &mut told);
        for column in list(&table["columns"]) {
            let own = word(&column["name"]);
            let mut told = |what: String| told(format!("{own}: {what}"));
            promise::kind(spot, column, &mut told);
            behaviour(spot, column, &mut told);
        }
    }
    wrong
}

fn behaviour(spot: Spot<'_>, column: &Value, told: &mut dyn FnMut(String)) {
    let said = &column["behaviour"];
    match said["is"].as_str() {
        None => {}
        Some("sequence" | "code" | "uuid" | "nth") => keys::values(spot, column, told),
        Some("constant" | "values" | "pick" | "bool") => word::values(spot, column, told),
        Some("template") => text::values(spot, column, told),
        Some("number") => number::values(spot, column, told),
        Some("moment" | "after" | "series") => time::values(spot, column, told),
        Some("copy" | "expression" | "total" | "polymorphic") => total::values(spot, column, told),
        Some("list" | "struct") => nested::values(spot, column, told),
        Some(other) => told(format!("nobody looks at `{other}`")),
    }
}

impl<'m> Spot<'m> {
    /// The values of an own column.
    fn own(self, name: &str) -> &'m [Cell] {
        self.rows.column(name)
    }

    /// The rows that are made, behind those that are written.
    fn made(self) -> std::ops::Range<usize> {
        list(&self.table["rows"]).count().min(self.rows.many)..self.rows.many
    }

    /// The foreign key that a column refers by: that of the column alone before a wider one.
    fn key(self, column: &str) -> Option<&'m Value> {
        let keys = list(&self.table["foreign_keys"]);
        let fits = keys.filter(|key| list(&key["columns"]).any(|one| one == column));
        fits.min_by_key(|key| list(&key["columns"]).count())
    }

    /// The table that a key leads to.
    fn target(self, key: &Value) -> Spot<'m> {
        let name = word(&key["references"]["table"]);
        self.made.spot(name).expect("the table referred to")
    }

    /// The row that every row refers to by a key, where it refers to one that is there.
    fn parents(self, key: &Value) -> Vec<Option<usize>> {
        let there = self.target(key);
        let theirs = there.tuples(&key["references"]["columns"]);
        let known: HashMap<&Vec<&str>, usize> = (theirs.iter().enumerate())
            .filter_map(|(row, tuple)| Some((tuple.as_ref()?, row)))
            .collect();
        let own = self.tuples(&key["columns"]);
        own.iter().map(|tuple| known.get(tuple.as_ref()?).copied()).collect()
    }

    /// The values of some columns together; none where one of them is absent.
    fn tuples(self, columns: &Value) -> Vec<Option<Vec<&'m str>>> {
        let columns: Vec<&[Cell]> = list(columns).map(|name| self.own(word(name))).collect();
        let tuple = |row: usize| columns.iter().map(|column| column[row].as_deref()).collect();
        (0..self.rows.many).map(tuple).collect()
    }

    /// What every row sees by a path.
    fn route(self, path: &str) -> Vec<Option<&'m str>> {
        match path.split_once('.') {
            None => self.own(path).iter().map(Option::as_deref).collect(),
            Some((key, rest)) => {
                let key = self.key(key).expect("a key");
                let there = self.target(key).route(rest);
                let parents = self.parents(key);
                parents.into_iter().map(|parent| there[parent?]).collect()
            }
        }
    }

    /// The document's column at the end of a path.
    fn column(self, path: &str) -> Option<&'m Value> {
        match path.split_once('.') {
            None => list(&self.table["columns"]).find(|column| column["name"] == path),
            Some((key, rest)) => self.target(self.key(key)?).column(rest),
        }
    }

    /// Whether a column is unique together with others: its law is followed as far as they leave room.
    fn is_told_apart(self, column: &str) -> bool {
        let sets = std::iter::once(&self.table["primary_key"]).chain(list(&self.table["unique"]));
        sets.into_iter().any(|set| list(set).count() > 1 && list(set).any(|one| one == column))
    }

    /// Whether a check of some form speaks of a column.
    fn is_checked(self, form: &str, column: &str) -> bool {
        list(&self.table["checks"]).any(|check| {
            check["check"] == form
                && (check["column"] == column
                    || check["then"] == column
                    || list(&check["columns"]).any(|one| one == column))
        })
    }
}

/// The items of a list; none of anything else.
fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// A text of the document.
#[track_caller]
fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}
