//! [`Mess`]: the dirty twins of all tables of a dataset, as they are written.

use peyote_schemas::{Column, Kind};

use super::{DEFECTS, Defects, FOLDER, Level, Messy, Twin, columns};
use crate::export::Head;
use crate::export::stream::{Family, Table};

/// The dirty twins of all tables of a dataset, and the table of their defects.
pub struct Mess {
    tables: Vec<Messy>,
    columns: Vec<Vec<Column>>,
    defects: Vec<Column>,
}

impl Mess {
    /// The mess of tables as clean as they are written. `end` gives the first whole number behind
    /// the keys of a table's column.
    pub fn new(
        clean: &[Table<'_>],
        end: &dyn Fn(&str, &str) -> i64,
        level: Level,
        seed: u64,
    ) -> Self {
        let messy = |table: &Table<'_>| {
            let head = &table.head;
            let place = |name: &String| head.columns.iter().position(|one| one.name == *name);
            let references: Vec<(usize, i64)> = (head.foreign_keys.iter())
                .flat_map(|key| {
                    key.columns.iter().zip(&key.references.columns).map(move |of| (key, of))
                })
                .filter_map(|(key, (own, other))| {
                    let own = place(own)?;
                    let whole =
                        matches!(head.columns[own].kind, Kind::Int(_) | Kind::Decimal { .. });
                    let end = if whole { end(&key.references.table, other) } else { 0 };
                    Some((own, end))
                })
                .collect();
            Messy::new(head.name, head.columns, head.primary_key, &references, (level, seed))
        };
        let tables: Vec<Messy> = clean.iter().map(messy).collect();
        let columns = tables.iter().map(Messy::columns).collect();
        Self { tables, columns, defects: self::columns() }
    }

    /// What makes the dirty tables.
    pub fn twins<'a>(&'a self, clean: &[Table<'a>]) -> Vec<Twin<'a>> {
        let pairs = self.tables.iter().zip(clean);
        let twin = |(messy, table): (&'a Messy, &Table<'a>)| Twin {
            clean: table.maker,
            messy,
            part_rows: table.part_rows,
        };
        pairs.map(twin).collect()
    }

    /// What makes the table of defects.
    pub fn defects<'a>(clean: &[Table<'_>], twins: &'a [Twin<'a>]) -> Defects<'a> {
        let parts = clean.iter().zip(twins);
        Defects {
            parts: parts
                .flat_map(|(table, twin)| table.parts.clone().map(move |part| (twin, part)))
                .collect(),
        }
    }

    /// The dirty tables and that of defects, as they are written.
    pub fn tables<'a>(
        &'a self,
        clean: &[Table<'a>],
        twins: &'a [Twin<'a>],
        defects: &'a Defects<'a>,
    ) -> Vec<Table<'a>> {
        let dirty =
            |((table, twin), columns): ((&Table<'a>, &'a Twin<'a>), &'a Vec<Column>)| Table {
                head: Head { columns, primary_key: &[], foreign_keys: &[], ..table.head },
                maker: twin,
                rows: twin.messy.dirty_rows(table.rows),
                part_rows: twin.messy.dirty_rows(table.part_rows),
                parts: table.parts.clone(),
                file_parts: table.file_parts,
                first_file: table.first_file,
                family: table.family,
                stem: format!("{FOLDER}/{}", table.stem),
            };
        let all = defects.parts.len() as u64;
        let told = Table {
            head: Head {
                name: DEFECTS,
                description: "One row is a defect of the dirty twin: what was there and what is.",
                columns: &self.defects,
                primary_key: &[],
                foreign_keys: &[],
            },
            maker: defects,
            rows: all,
            part_rows: 1,
            parts: 0..all,
            file_parts: u64::MAX,
            first_file: 0,
            family: Family { number: usize::MAX, level: 0 },
            stem: format!("{FOLDER}/{DEFECTS}"),
        };
        clean.iter().zip(twins).zip(&self.columns).map(dirty).chain([told]).collect()
    }
}
