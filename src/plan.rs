//! [`Plan`]: how much of what will be made, before any of it is.

use std::collections::BTreeMap;
use std::ops::Range;

use peyote_schemas::Kind;
use peyote_schemas::behaviour::Size;
use peyote_schemas::design::{Design, DesignTable};
use serde::Serialize;

use crate::error::Error;
use crate::export::Format;
use crate::generate::recipe::{children, standing};
use crate::run::SEED;

mod sizes;

pub use sizes::{Amount, RowsWanted, bytes};

/// Rows of a part at most: a row group that a thread of `DuckDB` takes at once.
const MOST_PART: u64 = 1 << 17;
/// Rows of a part at least.
const LEAST_PART: u64 = 1 << 10;
/// Bytes that a part takes in memory, about.
const PART_BYTES: u64 = 24 << 20;
/// Parts of a file: 134 million rows.
pub const FILE_PARTS: u64 = 1024;
/// Rows of a table of which a design says nothing.
pub const ROWS: u64 = 20;
/// The most rows that a table has.
pub const MOST_ROWS: u64 = 1 << 44;

/// What is asked of the sizes of a design's tables.
#[derive(Debug, Clone, PartialEq)]
pub struct Sizes {
    /// Rows of the largest table that grows; others grow alike.
    pub rows: Option<u64>,
    /// Rows of single tables, by name.
    pub tables: BTreeMap<String, u64>,
    /// By what the tables that grow are multiplied.
    pub scale: f64,
}

/// What will be made.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Plan {
    /// What everything is drawn from.
    pub seed: u64,
    /// The tables, in the design's order.
    pub tables: Vec<PlannedTable>,
}

/// What will be made of a table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlannedTable {
    /// Its name.
    pub name: String,
    /// How many columns it has.
    pub columns: usize,
    /// How many rows it will have.
    pub rows: u64,
    /// Rows of each part but the last: the same whoever makes them.
    pub part_rows: u64,
    /// How many parts it has.
    pub parts: u64,
    /// Bytes of its files, about: by the kinds of its columns, as Parquet, until it is
    /// [weighed](crate::weight::weighed).
    pub bytes: u64,
    /// Bytes of its files of each format, once it is weighed.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub formats: BTreeMap<Format, u64>,
}

impl Default for Sizes {
    fn default() -> Self {
        Self { rows: None, tables: BTreeMap::new(), scale: 1.0 }
    }
}

impl Plan {
    /// What will be made of a design, at some sizes.
    pub fn new(design: &Design, sizes: &Sizes, seed: u64) -> Result<Self, Error> {
        for name in sizes.tables.keys() {
            if design.table(name).is_none() {
                let tables = design.tables().iter().map(|table| table.name().as_str());
                return Err(Error::usage(format!("the design has no table `{name}`"))
                    .at("--rows")
                    .hint(format!("it has {}", tables.collect::<Vec<_>>().join(", "))));
            }
        }
        let rows = rows(design, sizes)?;
        if let Some(conflict) = design.conflicts(&rows).into_iter().next() {
            return Err(Error::usage(conflict.message)
                .at(conflict.at)
                .hint("ask for other sizes, or change one of the two in the design"));
        }
        Ok(Self::of(design, rows, seed))
    }

    fn of(design: &Design, rows: Vec<u64>, seed: u64) -> Self {
        let tables = design.tables().iter().zip(rows);
        Self { seed, tables: tables.map(|(table, rows)| planned(table, rows)).collect() }
    }

    /// The rows of each table, in the design's order.
    pub fn rows(&self) -> Vec<u64> {
        self.tables.iter().map(|table| table.rows).collect()
    }

    /// The same plan in parts that so many shares have equally many of: see [`PlannedTable::dealt`].
    #[must_use]
    pub fn dealt(&self, shares: u64, block: u64) -> Self {
        let tables = self.tables.iter().map(|table| table.dealt(shares, block));
        Self { seed: self.seed, tables: tables.collect() }
    }

    /// Whether no table has a row.
    pub fn is_empty(&self) -> bool {
        self.tables.iter().all(|table| table.rows == 0)
    }

    /// The same, of the *k*-th of *n* shares of all tables: the rows, the parts and the bytes in it.
    #[must_use]
    pub fn share(&self, share: (u64, u64)) -> Self {
        let one = |table: &PlannedTable| {
            let (parts, rows) = (table.share(share), table.share_rows(share));
            let rows = rows.end - rows.start;
            let of_it = |bytes: u64| (bytes as f64 / table.rows.max(1) as f64 * rows as f64) as u64;
            PlannedTable {
                rows,
                parts: parts.end - parts.start,
                bytes: of_it(table.bytes),
                formats: (table.formats.iter()).map(|(form, all)| (*form, of_it(*all))).collect(),
                ..table.clone()
            }
        };
        Self { seed: self.seed, tables: self.tables.iter().map(one).collect() }
    }

    /// Bytes of all files, about.
    pub fn bytes(&self) -> u64 {
        self.tables.iter().map(|table| table.bytes).sum()
    }

    /// Bytes of memory that so many threads take, about.
    pub fn memory(&self, threads: usize) -> u64 {
        /// What the program itself and its tables of words and laws take.
        const BASE: u64 = 48 << 20;
        let part = self.tables.iter().map(|table| table.bytes / table.parts.max(1)).max();
        BASE + (threads as u64 + 1) * 2 * part.unwrap_or(0)
    }
}

impl PlannedTable {
    /// The same table in parts that `shares` of it have equally many of, as far as there are so many
    /// rows; all parts but the last have a multiple of `block` rows.
    #[must_use]
    pub fn dealt(&self, shares: u64, block: u64) -> Self {
        /// Parts of a share from which on one more or less makes no difference.
        const ENOUGH: u64 = 8;
        let (shares, block) = (shares.max(1), block.max(1));
        let each = self.parts.div_ceil(shares);
        if each >= ENOUGH {
            return self.clone();
        }
        let of = |rows: u64| rows.max(1).next_multiple_of(block);
        let even = of(self.rows.div_ceil(shares * each.max(1)));
        // Of few rows, parts that are rounded up are fewer than shares.
        let part_rows = match self.rows.div_ceil(even) {
            parts if parts < shares => of(self.rows / shares),
            _ => even,
        };
        Self { part_rows, parts: self.rows.div_ceil(part_rows), ..self.clone() }
    }

    /// The parts of the *k*-th of *n* shares of a table, counted from 1: equally many in each, as far
    /// as there are any, and the first ones first.
    pub fn share(&self, (k, n): (u64, u64)) -> Range<u64> {
        let upto = |k: u64| (u128::from(self.parts) * u128::from(k)).div_ceil(u128::from(n.max(1)));
        // No more than there are parts.
        let upto = |k: u64| upto(k.min(n)) as u64;
        upto(k.saturating_sub(1))..upto(k)
    }

    /// The rows of the *k*-th of *n* shares of a table, counted from 1.
    pub fn share_rows(&self, share: (u64, u64)) -> Range<u64> {
        let parts = self.share(share);
        let upto = |part: u64| part.saturating_mul(self.part_rows).min(self.rows);
        upto(parts.start)..upto(parts.end)
    }
}

fn planned(table: &DesignTable, rows: u64) -> PlannedTable {
    let kinds = || table.columns().iter().map(|column| column.kind().unwrap_or(&Kind::Text));
    let held: u64 = kinds().map(|kind| width(kind).0).sum();
    let filed: f64 = kinds().map(|kind| width(kind).1).sum();
    let part_rows = (PART_BYTES / held.max(1)).max(1).next_power_of_two() / 2;
    let part_rows = part_rows.clamp(LEAST_PART, MOST_PART);
    PlannedTable {
        name: table.name().to_string(),
        columns: table.columns().len(),
        rows,
        part_rows,
        parts: rows.div_ceil(part_rows),
        bytes: (rows as f64 * filed) as u64,
        formats: BTreeMap::new(),
    }
}

/// Bytes of a value in memory, and in a file.
fn width(kind: &Kind) -> (u64, f64) {
    match kind {
        Kind::Bool => (1, 0.2),
        Kind::Enum(words) => (4, f64::from(words.len().max(2).ilog2() + 1) / 8.0),
        Kind::Int(_) => (8, 3.0),
        Kind::Date => (8, 1.8),
        Kind::Time | Kind::Timestamp | Kind::TimestampTz => (8, 4.5),
        Kind::Float => (8, 6.0),
        Kind::Decimal { .. } => (16, 4.0),
        Kind::Text => (28, 9.0),
        Kind::Uuid => (40, 22.0),
        Kind::Json | Kind::List(_) | Kind::Struct(_) => (48, 16.0),
    }
}

/// The rows of each table.
fn rows(design: &Design, sizes: &Sizes) -> Result<Vec<u64>, Error> {
    if !(sizes.scale > 0.0 && sizes.scale.is_finite()) {
        return Err(Error::usage(format!("`{}` is no scale", sizes.scale))
            .at("--scale")
            .hint("say a number above 0: `--scale 100`"));
    }
    let usual = design.rows(1.0);
    // What a design says goes before what is usual.
    let said = design.tables().iter().filter_map(|table| match table.size() {
        Some(Size::Grows { rows }) => Some(*rows),
        _ => None,
    });
    let open = design.tables().iter().zip(&usual);
    let open = open.filter(|(table, _)| table.size().is_none()).map(|(_, rows)| *rows);
    let largest = said.max().or_else(|| open.max());
    let factor = match (sizes.rows, largest) {
        (Some(rows), Some(largest)) => rows as f64 / largest.max(1) as f64,
        _ => sizes.scale,
    };
    let grown = design.rows(factor);
    // Rows that are samples of what is made are not made besides.
    let stands = standing(design, &grown);
    let mut rows: Vec<u64> = Vec::with_capacity(design.tables().len());
    for (place, table) in design.tables().iter().enumerate() {
        let written = table.rows().len() as u64;
        let named = sizes.tables.iter().find(|(name, _)| *table.name() == name.as_str());
        let wanted = match (named, table.size()) {
            (Some((_, rows)), _) => *rows,
            (None, Some(Size::PerParent { of })) => {
                let known = |name: &str| {
                    let place = design.tables().iter().position(|one| *one.name() == name);
                    place.and_then(|place| rows.get(place).copied())
                };
                let more = children(table, of.as_deref(), known).unwrap_or(ROWS);
                if stands[place] { written + more } else { more.max(written) }
            }
            // A few rows of a table are few, however few the others have.
            (None, None | Some(Size::Grows { .. })) if sizes.rows.is_some() && written == 0 => {
                let few = sizes.rows.unwrap_or(ROWS).min(ROWS);
                grown[place].max(few.min(usual[place]))
            }
            (None, _) => grown[place],
        };
        if wanted > MOST_ROWS {
            return Err(Error::usage(format!("{wanted} rows of `{}` are too many", table.name()))
                .at("--rows")
                .hint(format!("at most {MOST_ROWS} are made")));
        }
        rows.push(wanted);
    }
    Ok(rows)
}

/// The scale at which a design's files have so many bytes, about, by what `size` says of a plan; as
/// near as it comes where nothing grows.
pub(crate) fn scale_of(
    design: &Design,
    bytes: u64,
    size: &dyn Fn(&Plan) -> u64,
) -> Result<f64, Error> {
    /// Halvings of the scale: enough for a part in a thousand over all that there may be.
    const HALVINGS: usize = 64;
    let at = |scale: f64| -> Result<u64, Error> {
        let rows = rows(design, &Sizes { scale, ..Sizes::default() })?;
        Ok(size(&Plan::of(design, rows, SEED)))
    };
    let (mut low, mut high) = (1e-9_f64, 1.0);
    while at(high)? < bytes && high < 1e9 {
        high *= 2.0;
    }
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if at(middle)? < bytes {
            low = middle;
        } else {
            high = middle;
        }
    }
    Ok(high)
}

#[cfg(test)]
mod tests {
    use peyote_schemas::{design, draft::Draft};

    use super::*;

    const SHOP: &str = r#"{"resolved": true, "tables": [
        {"name": "countries", "columns": [{"name": "id", "kind": "int32", "nullable": false}],
         "primary_key": ["id"], "size": {"is": "fixed", "rows": 10}},
        {"name": "orders", "columns": [
            {"name": "id", "kind": "int64", "nullable": false},
            {"name": "country_id", "kind": "int32", "nullable": false}],
         "primary_key": ["id"], "size": {"is": "grows", "rows": 1000},
         "foreign_keys": [{"columns": ["country_id"],
            "references": {"table": "countries", "columns": ["id"]}}]},
        {"name": "items", "columns": [
            {"name": "order_id", "kind": "int64", "nullable": false},
            {"name": "line", "kind": "int16", "nullable": false}],
         "primary_key": ["order_id", "line"], "size": {"is": "per_parent"},
         "foreign_keys": [{"columns": ["order_id"],
            "references": {"table": "orders", "columns": ["id"]},
            "children": {"is": "range", "min": 1, "max": 7}}]}]}"#;

    fn shop(sizes: &Sizes) -> Vec<u64> {
        let draft: Draft = serde_json::from_str(SHOP).expect("a draft");
        let (design, _) = design::resolve(&draft).expect("a sound design");
        Plan::new(&design, sizes, 1).expect("a plan").rows()
    }

    #[test]
    fn facts_grow_and_lookups_do_not() {
        assert_eq!(shop(&Sizes::default()), [10, 1000, 4000]);
        assert_eq!(shop(&Sizes { scale: 100.0, ..Sizes::default() }), [10, 100_000, 400_000]);
        assert_eq!(shop(&Sizes { rows: Some(5000), ..Sizes::default() }), [10, 5000, 20_000]);
        let tables = BTreeMap::from([("orders".to_owned(), 7), ("countries".to_owned(), 3)]);
        assert_eq!(shop(&Sizes { tables, ..Sizes::default() }), [3, 7, 28]);
    }

    #[test]
    fn shares_of_parts_are_the_whole() {
        let draft: Draft = serde_json::from_str(SHOP).expect("a draft");
        let (design, _) = design::resolve(&draft).expect("a sound design");
        let plan =
            Plan::new(&design, &Sizes { scale: 1e4, ..Sizes::default() }, 1).expect("a plan");
        for (plan, n) in [(plan.dealt(7, 1), 7), (plan.dealt(500, 256), 500), (plan, 9)] {
            for (at, table) in plan.tables.iter().enumerate() {
                let (mut next, mut rows) = (0, 0);
                for k in 1..=n {
                    let share = table.share((k, n));
                    assert_eq!(share.start, next);
                    next = share.end;
                    rows += plan.share((k, n)).tables[at].rows;
                }
                assert_eq!((next, rows), (table.parts, table.rows));
            }
        }
    }

    #[test]
    fn every_share_of_a_table_has_rows_where_there_are_as_many() {
        let draft: Draft = serde_json::from_str(SHOP).expect("a draft");
        let (design, _) = design::resolve(&draft).expect("a sound design");
        for rows in [1, 9, 10, 100, 4711, 131_073, 1 << 22] {
            let tables = BTreeMap::from([("orders".to_owned(), rows)]);
            let plan = Plan::new(&design, &Sizes { tables, ..Sizes::default() }, 1);
            let plan = plan.expect("a plan");
            for n in [1, 2, 3, 4, 7, 10, 64] {
                let table = &plan.dealt(n, 1).tables[1];
                let each = |k: u64| {
                    let rows = table.share_rows((k, n));
                    rows.end - rows.start
                };
                let (least, most) = ((1..=n).map(each).min(), (1..=n).map(each).max());
                assert_eq!(least > Some(0), rows >= n, "{rows} rows in {n} shares");
                assert!(most <= Some((rows / n + 1) * 2), "{most:?} of {rows} rows in {n} shares");
            }
        }
    }
}
