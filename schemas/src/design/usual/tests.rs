//! Tests: every column of every design at hand has something usual that fits it.

use crate::catalog;
use crate::design::{Design, resolve};

/// Designs with and without behaviours, rows and vocabulary.
fn designs() -> Vec<Design> {
    let mut designs = Vec::new();
    for entry in catalog::entries() {
        let mut draft = entry.draft.clone();
        designs.push(resolve(&draft).unwrap().0);
        for table in &mut draft.tables {
            table.rows = Vec::new();
            table.size = None;
            for column in &mut table.columns {
                column.behaviour = None;
                column.vocabulary = None;
            }
        }
        designs.push(resolve(&draft).unwrap().0);
    }
    designs
}

#[test]
fn what_is_usual_could_have_been_said() {
    for design in designs() {
        let mut draft = design.to_draft();
        for (table, drafted) in draft.tables.iter_mut().enumerate() {
            for (column, one) in drafted.columns.iter_mut().enumerate() {
                let usual = design.behaviour(table, column, 1_000_000);
                one.behaviour = usual.map(|usual| serde_json::to_value(&usual).unwrap());
                let nulls = design.nulls(table, column);
                one.nulls = Some(serde_json::to_value(&nulls).unwrap());
            }
        }
        let (said, findings) = resolve(&draft).unwrap();
        assert_eq!(findings, [], "{}", design.name());
        assert_eq!(said.to_draft(), draft);
    }
}
