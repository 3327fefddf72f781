//! The catalog's worlds, made at sizes of their own: every promise kept, and what is told together
//! goes together.

use std::collections::BTreeMap;

use crate::dataset::Dataset;
use crate::peyote::Peyote;

/// A world made at a size, with the rows of its tables by column.
fn made(world: &str, args: &str) -> BTreeMap<String, Vec<BTreeMap<String, String>>> {
    let design = Peyote::new().args("catalog").args(world).run().done();
    let ran = Peyote::new()
        .file("design.json", design.stdout)
        .args("gen --design design.json --silent --out made --format csv")
        .args(args)
        .run()
        .done();
    Peyote::new().args("check --silent").arg(ran.path("made")).run().done();
    let dataset = Dataset::open(ran.path("made"));
    dataset.csv().into_iter().map(|(table, text)| (table, records(&text))).collect()
}

/// The records of a CSV file by the names of its columns.
fn records(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut rows: Vec<Vec<String>> = vec![vec![String::new()]];
    let mut quoted = false;
    for letter in text.chars() {
        let Some(cell) = rows.last_mut().and_then(|row| row.last_mut()) else { break };
        match letter {
            '"' => quoted = !quoted,
            ',' if !quoted => rows.last_mut().expect("a row").push(String::new()),
            '\n' if !quoted => rows.push(vec![String::new()]),
            '\r' if !quoted => {}
            letter => cell.push(letter),
        }
    }
    let mut rows = rows.into_iter().filter(|row| row.len() > 1);
    let header = rows.next().expect("a header");
    rows.map(|row| header.iter().cloned().zip(row).collect()).collect()
}

#[test]
fn every_world_keeps_its_promises_at_sizes_of_its_own() {
    for world in ["shop", "music", "hospital", "airline", "observatory", "power_grid"] {
        for args in ["--rows 20", "--rows 700"] {
            let tables = made(world, args);
            assert!(tables.values().all(|rows| !rows.is_empty()), "{world} {args}");
        }
    }
}

#[test]
fn orders_come_after_their_customers_and_go_to_their_addresses() {
    let shop = made("shop", "--rows 800");
    let column = |table: &str, key: &str, of: &str| -> BTreeMap<String, String> {
        shop[table].iter().map(|row| (row[key].clone(), row[of].clone())).collect()
    };
    let joined = column("customers", "customer_id", "created_at");
    let lives = column("addresses", "address_id", "customer_id");
    let states = column("orders", "order_id", "status");
    for order in &shop["orders"] {
        assert!(joined[&order["customer_id"]] <= order["placed_at"], "{order:?}");
        assert_eq!(lives[&order["shipping_address_id"]], order["customer_id"]);
    }
    for sent_back in &shop["returns"] {
        assert_eq!(states[&sent_back["order_id"]], "returned");
    }
}

#[test]
fn visits_follow_visits_of_the_same_patient() {
    let hospital = made("hospital", "--rows 4000");
    let visits: BTreeMap<_, _> =
        hospital["encounters"].iter().map(|row| (row["encounter_id"].clone(), row)).collect();
    let mut followed = BTreeMap::new();
    for visit in visits.values().filter(|visit| !visit["follows_encounter_id"].is_empty()) {
        let before = visits[&visit["follows_encounter_id"]];
        assert_eq!(before["patient_id"], visit["patient_id"]);
        *followed.entry(&visit["follows_encounter_id"]).or_insert(0) += 1;
    }
    assert!(!followed.is_empty() && followed.values().all(|times| *times == 1));
}
