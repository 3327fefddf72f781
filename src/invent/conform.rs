//! [`conform`]: what was read, as the table that was designed.

use std::collections::BTreeSet;

use peyote_schemas::design::DesignTable;
use peyote_schemas::name::Identifier;
use peyote_schemas::{Cell, Finding, Level, RawTable};

/// The share of a designed table's columns that a reply must have to be about that table.
const RECOGNISED: f64 = 0.5;

/// Rows under a designed table's own column names.
#[derive(Debug, Clone)]
pub struct Conformed {
    /// The rows; the columns of the design that the reply has, in the design's order, then others.
    pub raw: RawTable<'static>,
    /// How many columns at the end are not in the design.
    pub extra: usize,
}

/// The tables of a reply as one designed table, or what was wrong with them.
///
/// Tables with the same header are one. Columns are found by name in any spelling, else by place
/// where there are as many as in the design. Columns that nobody designed are kept.
pub fn conform(tables: Vec<RawTable<'static>>, design: &DesignTable) -> Result<Conformed, Finding> {
    let at = format!("/tables/{}", design.name());
    let mut best: Option<(f64, RawTable<'static>)> = None;
    for table in tables {
        if table.is_empty() {
            continue;
        }
        let score = recognised(&table, design);
        match &mut best {
            Some((_, first)) if first.header() == table.header() => {
                for row in table.rows() {
                    first.push_row(row.into_iter().map(Cell::into_owned));
                }
            }
            Some((found, _)) if *found >= score => {}
            _ => best = Some((score, table)),
        }
    }
    let wanted: Vec<&str> =
        design.columns().iter().map(peyote_schemas::design::DesignColumn::said).collect();
    let hint = format!("answer with rows under the columns {}", wanted.join(", "));
    let Some((score, table)) = best else {
        return Err(Finding::new(Level::Error, at, "no rows were found in the reply").hint(hint));
    };
    if score >= RECOGNISED {
        return Ok(by_name(&table, design));
    }
    if table.width() == design.columns().len() {
        return Ok(by_place(table, design));
    }
    Err(Finding::new(
        Level::Error,
        at,
        format!("the reply's columns are not the table's: {}", table.header().join(", ")),
    )
    .hint(hint))
}

/// The share of a designed table's columns that a table has.
fn recognised(table: &RawTable<'_>, design: &DesignTable) -> f64 {
    let places: BTreeSet<usize> =
        table.header().iter().filter_map(|name| design.place(name)).collect();
    places.len() as f64 / design.columns().len() as f64
}

fn by_place(mut table: RawTable<'static>, design: &DesignTable) -> Conformed {
    table.rename(design.columns().iter().map(|column| column.name().to_string()).collect());
    design.name().as_str().clone_into(&mut table.name);
    Conformed { raw: table, extra: 0 }
}

fn by_name(table: &RawTable<'static>, design: &DesignTable) -> Conformed {
    // Where two columns mean the same one, the first is it and the second is another.
    let mut places = vec![None; design.columns().len()];
    let mut extra = Vec::new();
    for (from, name) in table.header().iter().enumerate() {
        match design.place(name) {
            Some(place) if places[place].is_none() => places[place] = Some(from),
            _ => extra.push(from),
        }
    }
    let mut header: Vec<String> = (places.iter().zip(design.columns()))
        .filter(|(place, _)| place.is_some())
        .map(|(_, column)| column.name().to_string())
        .collect();
    for from in &extra {
        let name = unused(&Identifier::new(&table.header()[*from], "column"), &header, design);
        header.push(name);
    }
    let order: Vec<usize> = places.into_iter().flatten().chain(extra.iter().copied()).collect();
    let mut raw = RawTable::new(design.name().as_str(), table.source.clone(), header);
    for row in table.rows() {
        raw.push_row(
            order.iter().map(|from| row[*from].clone().into_owned()).collect::<Vec<Cell<'_>>>(),
        );
    }
    Conformed { raw, extra: extra.len() }
}

/// A name that neither the header nor the design has.
fn unused(name: &Identifier, header: &[String], design: &DesignTable) -> String {
    let taken =
        |name: &str| header.iter().any(|taken| taken == name) || design.column(name).is_some();
    let mut free = name.to_string();
    let mut number = 1;
    while taken(&free) {
        number += 1;
        free = format!("{name}_{number}");
    }
    free
}
