//! Random designs and random dirty tables: what enforcement promises for all of them.

use std::fmt::Write as _;

use peyote_schemas::design;
use peyote_schemas::draft::Draft;
use serde_json::json;

use super::*;

/// Random numbers of no importance: the same for the same seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most
    }

    fn happens(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }

    fn of<'w>(&mut self, words: &[&'w str]) -> &'w str {
        words[self.below(words.len())]
    }
}

/// Shops in regions, their sales and the lines of those, under keys of one column or of two.
fn made(dice: &mut Dice) -> Design {
    let wide = dice.happens(2);
    let shop = if wide { json!(["region", "number"]) } else { json!(["number"]) };
    let foreign = if wide { json!(["shop_region", "shop_number"]) } else { json!(["shop_number"]) };
    let mut shops = vec![
        json!({"columns": ["sister"], "references": {"table": "shops", "columns": ["number"]}}),
    ];
    if wide || dice.happens(2) {
        shops.clear();
    }
    let nullable = dice.happens(2);
    let document = json!({
        "name": "Trade", "about": "shops and sales", "use_cases": "",
        "tables": [
            {
                "name": "shops", "description": "",
                "columns": [
                    {"name": "region", "kind": "enum", "values": ["north", "south", "east"], "nullable": false},
                    {"name": "number", "kind": "int32", "nullable": false},
                    {"name": "sister", "kind": "int32"},
                    {"name": "opened", "kind": "date", "nullable": dice.happens(2)},
                ],
                "primary_key": shop, "foreign_keys": shops,
            },
            {
                "name": "sales", "description": "",
                "columns": [
                    {"name": "sale_id", "kind": "int64", "nullable": false},
                    {"name": "shop_region", "kind": "enum", "values": ["north", "south", "east"], "nullable": nullable},
                    {"name": "shop_number", "kind": "int32", "nullable": nullable},
                    {"name": "state", "kind": "enum", "values": ["open", "paid", "cancelled"], "nullable": dice.happens(2)},
                    {"name": "total", "kind": "decimal(8,2)", "nullable": dice.happens(2)},
                ],
                "primary_key": ["sale_id"],
                "foreign_keys": [{"columns": foreign, "references": {"table": "shops", "columns": shop}}],
            },
            {
                "name": "lines", "description": "",
                "columns": [
                    {"name": "sale_id", "kind": "int64", "nullable": false},
                    {"name": "line_no", "kind": "int16", "nullable": false},
                    {"name": "article", "kind": "text", "nullable": dice.happens(2)},
                ],
                "primary_key": ["sale_id", "line_no"],
                "foreign_keys": [{"columns": ["sale_id"], "references": {"table": "sales", "columns": ["sale_id"]}}],
            },
        ],
    });
    let draft: Draft = serde_json::from_value(document).unwrap();
    design::resolve(&draft).unwrap().0
}

/// A file for each table, in which every rule of the design is broken somewhere.
fn dirty(dice: &mut Dice) -> Vec<(&'static str, String)> {
    const REGIONS: &[&str] = &["north", "south", "east", "north", "Nroth", "", "moon", "SOUTH"];
    const STATES: &[&str] = &["open", "paid", "cancelled", "canceled", "payd", "", "no such state"];
    const DAYS: &[&str] = &["2024-01-05", "2024-02-30", "", "5 March 2024", "soon"];
    const TOTALS: &[&str] = &["10.50", "7", "", "1234567890123.00", "free", "-3.999"];
    const ARTICLES: &[&str] = &["lamp", "rug", "", "\"a, b\"", "\"say \"\"x\"\"\""];
    let number = |dice: &mut Dice, most: usize| match dice.below(12) {
        0 => String::new(),
        1 => "x7".to_owned(),
        _ => (dice.below(most) + 1).to_string(),
    };
    let mut shops = String::from("region,number,sister,opened\n");
    for _ in 0..dice.below(12) {
        let (own, sister) = (number(dice, 9), number(dice, 12));
        writeln!(shops, "{},{own},{sister},{}", dice.of(REGIONS), dice.of(DAYS)).unwrap();
    }
    let mut sales = String::from("sale_id,shop_region,shop_number,state,total\n");
    for _ in 0..dice.below(30) {
        let (own, shop) = (number(dice, 40), number(dice, 12));
        let (region, state) = (dice.of(REGIONS), dice.of(STATES));
        writeln!(sales, "{own},{region},{shop},{state},{}", dice.of(TOTALS)).unwrap();
    }
    let mut lines = String::from("sale_id,line_no,article\n");
    for _ in 0..dice.below(40) {
        let (sale, line) = (number(dice, 45), number(dice, 3));
        writeln!(lines, "{sale},{line},{}", dice.of(ARTICLES)).unwrap();
    }
    vec![("shops.csv", shops), ("sales.csv", sales), ("lines.csv", lines)]
}

fn tables(design: &Design, files: &[(&str, String)]) -> Vec<RawTable<'static>> {
    let read = |(name, text): &(&str, String)| {
        read_expecting(&Source { name, text, expect: None }, design).tables
    };
    files.iter().flat_map(read).collect()
}

fn broken(dataset: &Dataset) -> Vec<String> {
    let held: Vec<(Rules, RecordBatch)> = dataset
        .tables
        .iter()
        .map(|table| {
            let rules = Rules {
                table: table.raw.name.clone(),
                columns: table.columns.clone(),
                primary_key: table.primary_key.clone(),
                foreign_keys: table.foreign_keys.clone(),
                ..Rules::default()
            };
            (rules, table.batch.clone())
        })
        .collect();
    guard::violations(&held).iter().map(ToString::to_string).collect()
}

#[test]
fn rows_in_are_rows_out_and_rows_set_aside_for_any_design() {
    let mut mended = 0;
    for seed in 0..120 {
        let mut dice = Dice(seed);
        let design = made(&mut dice);
        let files = dirty(&mut dice);
        let read = tables(&design, &files);
        let count = |name: &str| -> usize {
            read.iter().filter(|table| table.name == name).map(RawTable::len).sum()
        };
        let enforced = |policy| enforce(&design, read.clone(), Vec::new(), policy);
        for policy in [OnError::Repair, OnError::Null, OnError::Reject] {
            let Enforced { dataset, rejects } = enforced(policy).unwrap();
            mended += rejects.len();
            assert_eq!(broken(&dataset), [""; 0], "seed {seed}, {policy:?}");
            for table in &dataset.tables {
                let name = table.raw.name.as_str();
                let rows = rejects.iter().filter(|one| one.table == name && one.is_row());
                let gone: BTreeSet<usize> = rows.clone().map(|one| one.row).collect();
                let out = table.batch.num_rows();
                assert_eq!(gone.len(), rows.count(), "seed {seed}, {policy:?}: {name} row twice");
                assert_eq!(out + gone.len(), count(name), "seed {seed}, {policy:?}: {name}");
                assert_eq!(table.raw.len(), out, "seed {seed}, {policy:?}: {name}");
            }
            for reject in &rejects {
                let table = design.tables().iter().find(|table| *table.name() == *reject.table);
                let table = table.expect("a designed table");
                assert!(reject.row < count(&reject.table), "seed {seed}: {reject:?}");
                assert!(!reject.reason.is_empty(), "seed {seed}: {reject:?}");
                match &reject.column {
                    None => {
                        assert_eq!(reject.action, Action::Row, "seed {seed}: {reject:?}");
                        let values = reject.value.as_object().expect("a whole row");
                        assert_eq!(values.len(), table.columns().len(), "seed {seed}: {reject:?}");
                    }
                    Some(column) => {
                        assert_ne!(reject.action, Action::Row, "seed {seed}: {reject:?}");
                        assert!(table.place(column).is_some(), "seed {seed}: {reject:?}");
                        let alone = policy != OnError::Reject;
                        assert!(alone, "seed {seed}: a value mended under reject: {reject:?}");
                    }
                }
            }
            let whole = rejects.is_empty();
            assert_eq!(enforced(OnError::Fail).is_ok(), whole, "seed {seed}, {policy:?}");
        }
    }
    assert!(mended > 3_000, "the tables are not dirty enough: {mended}");
}
