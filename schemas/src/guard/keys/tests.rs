//! Faults of every kind, and what becomes of them under every policy.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::cell::{Cell, RawTable};
use crate::draft::Presence;
use crate::guard::column;
use crate::guard::reject::Action;
use crate::keys::Reference;
use crate::kind::{IntSize, Kind};

const INT: Kind = Kind::Int(IntSize::I32);

/// A table of columns that may be null, from rows of words; `-` is null.
fn table(name: &str, columns: &[(&str, Kind)], rows: &[&str]) -> (Rules, RecordBatch) {
    let columns: Vec<Column> =
        columns.iter().map(|(name, kind)| Column::new(*name, kind.clone())).collect();
    let header = columns.iter().map(|column| column.name.clone()).collect();
    let mut raw = RawTable::new(name, "", header);
    for row in rows {
        raw.push_row(
            row.split_whitespace()
                .map(|word| if word == "-" { Cell::Absent } else { Cell::bare(word.to_owned()) }),
        );
    }
    let batch = column::batch(&raw, &columns);
    (Rules { table: name.into(), columns, ..Rules::default() }, batch)
}

fn key(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn foreign(columns: &[&str], table: &str, keys: &[&str]) -> ForeignKey {
    ForeignKey {
        columns: key(columns),
        references: Reference { table: table.into(), columns: key(keys) },
    }
}

fn words(values: &[&str]) -> Kind {
    Kind::Enum(key(values))
}

fn values(mended: &Mended, table: usize, column: usize) -> Vec<Value> {
    let kind = &mended.rules[table].columns[column].kind;
    let batch = &mended.batches[table];
    (0..batch.num_rows()).map(|row| cell_value(batch.column(column), row, kind)).collect()
}

fn assert_kept(before: &[(Rules, RecordBatch)], mended: &Mended) {
    let after: Vec<_> = mended.rules.iter().cloned().zip(mended.batches.iter().cloned()).collect();
    assert_eq!(violations(&after), []);
    for ((rules, batch), (_, now)) in before.iter().zip(&after) {
        let gone = mended
            .rejects
            .iter()
            .filter(|reject| reject.table == rules.table && reject.action == Action::Row);
        assert_eq!(batch.num_rows(), now.num_rows() + gone.count(), "{}", rules.table);
    }
}

fn shop(orders: &[&str]) -> Vec<(Rules, RecordBatch)> {
    let mut customers =
        table("customers", &[("id", INT), ("name", Kind::Text)], &["1 Ann", "2 Bo", "3 Cy"]);
    customers.0.primary_key = key(&["id"]);
    let mut orders = table("orders", &[("id", INT), ("customer_id", INT)], orders);
    orders.0.primary_key = key(&["id"]);
    orders.0.foreign_keys = vec![foreign(&["customer_id"], "customers", &["id"])];
    vec![customers, orders]
}

#[test]
fn every_kind_of_fault_is_found() {
    let mut tables = shop(&["1 1", "1 2", "- 3", "4 9", "5 -"]);
    tables[1].0.columns[1].nullable = false;
    let found = violations(&tables);
    let short: Vec<_> = found
        .iter()
        .map(|one| (one.row, one.columns.join(","), one.value.clone(), one.reason.as_str()))
        .collect();
    assert_eq!(
        short,
        [
            (2, "id".into(), json!(null), "there is no value"),
            (4, "customer_id".into(), json!(null), "there is no value"),
            (1, "id".into(), json!(1), "the primary key is there already"),
            (3, "customer_id".into(), json!(9), "no row of `customers` has this `id`"),
        ]
    );
    assert_eq!(mend(&tables, OnError::Fail).unwrap_err(), found);
}

#[test]
fn orphan_is_dealt_to_a_parent_the_same_way_every_time() {
    let rows: Vec<String> = (1..60).map(|row| format!("{row} {}", 1000 + row)).collect();
    let tables = shop(&rows.iter().map(String::as_str).collect::<Vec<_>>());
    let mended = mend(&tables, OnError::Repair).unwrap();
    assert_kept(&tables, &mended);
    assert_eq!(mended.batches[1].num_rows(), 59);
    let again = mend(&tables, OnError::Repair).unwrap();
    assert_eq!(mended.batches, again.batches);
    // Dealt unevenly: the three parents do not get 20 each.
    let counts: Vec<usize> = (1..=3)
        .map(|id| values(&mended, 1, 1).iter().filter(|value| **value == json!(id)).count())
        .collect();
    assert!(counts.iter().max() > Some(&25), "{counts:?}");
    assert!(counts.iter().min() > Some(&0), "{counts:?}");
}

#[test]
fn orphan_is_nulled_or_set_aside_by_policy() {
    let tables = shop(&["1 1", "2 9"]);
    let nulled = mend(&tables, OnError::Null).unwrap();
    assert_kept(&tables, &nulled);
    assert_eq!(values(&nulled, 1, 1), [json!(1), json!(null)]);
    let rejected = mend(&tables, OnError::Reject).unwrap();
    assert_kept(&tables, &rejected);
    assert_eq!(
        serde_json::to_string(&rejected.rejects[0]).unwrap(),
        r#"{"table":"orders","row":1,"column":null,"value":{"id":2,"customer_id":9},"action":"row","reason":"`customer_id`: no row of `customers` has this `id`"}"#
    );
}

#[test]
fn reference_between_forms_that_never_meet_is_dropped() {
    let mut tables = shop(&["1 1"]);
    tables[1] = table("orders", &[("id", INT), ("customer_id", Kind::Text)], &["1 C-1", "2 C-2"]);
    tables[1].0.foreign_keys = vec![foreign(&["customer_id"], "customers", &["id"])];
    let mended = mend(&tables, OnError::Repair).unwrap();
    assert_kept(&tables, &mended);
    assert!(mended.rules[1].foreign_keys.is_empty());
    assert_eq!(mended.batches[1], tables[1].1);
    assert_eq!(mended.findings.len(), 1);
}

#[test]
fn value_is_rewritten_into_the_childs_own_type() {
    let mut tables = shop(&["1 1"]);
    tables[1] = table("orders", &[("id", INT), ("customer_id", Kind::Text)], &["1 2", "2 77"]);
    tables[1].0.foreign_keys = vec![foreign(&["customer_id"], "customers", &["id"])];
    let mended = mend(&tables, OnError::Repair).unwrap();
    assert_kept(&tables, &mended);
    assert_eq!(mended.rules[1].foreign_keys.len(), 1);
    assert_eq!(mended.rejects.len(), 1);
    assert_eq!(values(&mended, 1, 1)[0], json!("2"));
}

#[test]
fn duplicate_number_is_counted_on_and_duplicate_text_gets_a_suffix() {
    let mut tables = vec![table(
        "t",
        &[("id", INT), ("mail", Kind::Text)],
        &["7 a@x.org", "7 a@x.org2", "3 a@x.org", "- b"],
    )];
    tables[0].0.primary_key = key(&["id"]);
    tables[0].0.unique = vec![key(&["mail"])];
    let mended = mend(&tables, OnError::Repair).unwrap();
    assert_kept(&tables, &mended);
    let ids = values(&mended, 0, 0);
    assert_eq!(ids[..3], [json!(7), json!(9), json!(3)]);
    assert_eq!(ids[3], json!(8));
    assert_eq!(values(&mended, 0, 1)[2], json!("a2@x.org"));
}

#[test]
fn full_number_type_is_filled_from_its_gaps() {
    let mut tables =
        vec![table("t", &[("id", Kind::Int(IntSize::I8)), ("n", INT)], &["127 1", "127 2", "1 3"])];
    tables[0].0.primary_key = key(&["id"]);
    let mended = mend(&tables, OnError::Repair).unwrap();
    assert_kept(&tables, &mended);
    assert_eq!(values(&mended, 0, 0), [json!(127), json!(2), json!(1)]);
}

#[test]
fn line_is_counted_on_within_its_document() {
    let mut tables = vec![table(
        "lines",
        &[("order_id", INT), ("line", INT), ("x", INT)],
        &["1 1 1", "1 1 2", "2 5 3", "2 5 4"],
    )];
    tables[0].0.primary_key = key(&["order_id", "line"]);
    let mended = mend(&tables, OnError::Repair).unwrap();
    assert_kept(&tables, &mended);
    assert_eq!(values(&mended, 0, 1), [json!(1), json!(2), json!(5), json!(6)]);
}

#[test]
fn same_row_twice_is_set_aside() {
    let tables = shop(&["1 1", "1 1", "2 1"]);
    let mended = mend(&tables, OnError::Repair).unwrap();
    assert_kept(&tables, &mended);
    assert_eq!(mended.rejects.len(), 1);
    assert_eq!(mended.rejects[0].reason, "the same row is there already");
}

#[test]
fn pair_that_is_there_already_is_led_to_another_parent() {
    let mut tables = shop(&["1 1", "2 2", "3 3"]);
    let mut likes = table(
        "likes",
        &[("customer_id", INT), ("order_id", INT), ("on", INT)],
        &["1 1 0", "1 1 1", "2 1 0", "9 9 9"],
    );
    likes.0.primary_key = key(&["customer_id", "order_id"]);
    likes.0.foreign_keys = vec![
        foreign(&["customer_id"], "customers", &["id"]),
        foreign(&["order_id"], "orders", &["id"]),
    ];
    tables.push(likes);
    let mended = mend(&tables, OnError::Repair).unwrap();
    assert_kept(&tables, &mended);
    assert_eq!(mended.batches[2].num_rows(), 4);
}

#[test]
fn one_to_one_table_never_outgrows_its_parent() {
    let mut tables = shop(&[]);
    let mut cards =
        table("cards", &[("customer_id", INT), ("n", INT)], &["11 1", "12 2", "13 3", "14 4"]);
    cards.0.primary_key = key(&["customer_id"]);
    cards.0.foreign_keys = vec![foreign(&["customer_id"], "customers", &["id"])];
    tables.push(cards);
    let mended = mend(&tables, OnError::Repair).unwrap();
    assert_kept(&tables, &mended);
    assert_eq!(mended.batches[2].num_rows(), 3);
}

#[test]
fn word_becomes_the_member_it_was_meant_to_be() {
    let mut tables =
        vec![table("t", &[("s", Kind::Text)], &["ACTIVE", "In-active", "actve", "blue"])];
    tables[0].0.columns[0].kind = words(&["active", "inactive"]);
    tables[0].1 = {
        let array =
            arrow::compute::cast(tables[0].1.column(0), &tables[0].0.columns[0].kind.to_arrow())
                .unwrap();
        RecordBatch::try_from_iter_with_nullable([("s", array, true)]).unwrap()
    };
    assert_eq!(violations(&tables).len(), 4);
    let mended = mend(&tables, OnError::Repair).unwrap();
    assert_kept(&tables, &mended);
    assert_eq!(
        values(&mended, 0, 0),
        [json!("active"), json!("inactive"), json!("active"), json!(null)]
    );
}

#[test]
fn values_out_of_order_change_places() {
    let mut tables = vec![table(
        "t",
        &[("start", Kind::Date), ("end", Kind::Date)],
        &["2024-05-02 2024-05-01", "2024-01-01 -"],
    )];
    tables[0].0.checks = vec![Check::Order { columns: key(&["start", "end"]) }];
    let mended = mend(&tables, OnError::Repair).unwrap();
    assert_kept(&tables, &mended);
    assert_eq!(values(&mended, 0, 1), [json!("2024-05-02"), json!(null)]);
    let nulled = mend(&tables, OnError::Null).unwrap();
    assert_kept(&tables, &nulled);
    assert_eq!(values(&nulled, 0, 1), [json!(null), json!(null)]);
}

#[test]
fn value_out_of_range_is_nulled_or_brought_to_the_bound() {
    let mut tables = vec![table("t", &[("a", INT), ("b", INT)], &["200 200", "-5 -5", "7 7"])];
    let range = |column: &str| Check::Range {
        column: column.into(),
        min: Some(json!(0)),
        max: Some(json!(100)),
    };
    tables[0].0.checks = vec![range("a"), range("b")];
    tables[0].0.columns[1].nullable = false;
    let mended = mend(&tables, OnError::Repair).unwrap();
    assert_kept(&tables, &mended);
    assert_eq!(values(&mended, 0, 0), [json!(null), json!(null), json!(7)]);
    assert_eq!(values(&mended, 0, 1), [json!(100), json!(0), json!(7)]);
}

#[test]
fn moment_is_held_to_a_range_of_moments() {
    let mut tables = vec![table("t", &[("on", Kind::Date)], &["1899-12-31", "1999-01-01"])];
    tables[0].0.checks =
        vec![Check::Range { column: "on".into(), min: Some(json!("1900-01-01")), max: None }];
    assert_eq!(violations(&tables).len(), 1);
    assert_eq!(violations(&tables)[0].reason, "less than 1900-01-01");
}

#[test]
fn pattern_and_condition_are_kept() {
    let mut tables = vec![table(
        "t",
        &[("code", Kind::Text), ("state", Kind::Text), ("paid", INT)],
        &["AB-12 open -", "ab12 open 3", "CD-99x paid -"],
    )];
    tables[0].0.checks = vec![
        Check::Pattern { column: "code".into(), pattern: "AA-##*".into() },
        Check::When {
            column: "state".into(),
            is: key(&["open"]),
            then: "paid".into(),
            must: Presence::Absent,
        },
        Check::When {
            column: "state".into(),
            is: key(&["paid"]),
            then: "paid".into(),
            must: Presence::Present,
        },
    ];
    assert_eq!(violations(&tables).len(), 3);
    let mended = mend(&tables, OnError::Repair).unwrap();
    assert_kept(&tables, &mended);
    assert_eq!(values(&mended, 0, 0), [json!("AB-12"), json!(null)]);
    assert_eq!(mended.rejects.iter().filter(|reject| reject.action == Action::Row).count(), 1);
}

#[test]
fn row_set_aside_takes_those_that_need_it_along() {
    // Each row's superior is the one before it; the first has none that is there.
    let rows: Vec<String> =
        (1..=3000).map(|row| format!("{row} {}", if row == 1 { 9999 } else { row - 1 })).collect();
    let mut tables = vec![table(
        "staff",
        &[("id", INT), ("boss", INT)],
        &rows.iter().map(String::as_str).collect::<Vec<_>>(),
    )];
    tables[0].0.primary_key = key(&["id"]);
    tables[0].0.columns[1].nullable = false;
    tables[0].0.foreign_keys = vec![foreign(&["boss"], "staff", &["id"])];
    let rejected = mend(&tables, OnError::Reject).unwrap();
    assert_kept(&tables, &rejected);
    assert_eq!(rejected.batches[0].num_rows(), 0);
    let mended = mend(&tables, OnError::Repair).unwrap();
    assert_kept(&tables, &mended);
    assert_eq!(mended.batches[0].num_rows(), 3000);
}

#[test]
fn circle_of_required_references_is_mended() {
    let mut teams = table("teams", &[("id", INT), ("captain_id", INT)], &["1 5", "2 9", "3 8"]);
    teams.0.primary_key = key(&["id"]);
    teams.0.columns[1].nullable = false;
    teams.0.foreign_keys = vec![foreign(&["captain_id"], "players", &["id"])];
    let mut players = table("players", &[("id", INT), ("team_id", INT)], &["5 1", "6 7", "7 -"]);
    players.0.primary_key = key(&["id"]);
    players.0.columns[1].nullable = false;
    players.0.foreign_keys = vec![foreign(&["team_id"], "teams", &["id"])];
    let tables = vec![teams, players];
    let mended = mend(&tables, OnError::Repair).unwrap();
    assert_kept(&tables, &mended);
    assert_eq!((mended.batches[0].num_rows(), mended.batches[1].num_rows()), (3, 3));
    assert_kept(&tables, &mend(&tables, OnError::Reject).unwrap());
}

#[test]
fn rules_of_what_is_not_there_are_left_out_and_said() {
    let mut tables = shop(&["1 1"]);
    tables[1].0.foreign_keys.push(foreign(&["ghost"], "customers", &["id"]));
    tables[1].0.foreign_keys.push(foreign(&["customer_id"], "ghosts", &["id"]));
    let mended = mend(&tables, OnError::Repair).unwrap();
    assert_kept(&tables, &mended);
    assert_eq!(mended.rules[1].foreign_keys.len(), 1);
    assert_eq!(mended.findings.len(), 2);
}

/// Three tables in a circle and a self-reference, with any faults.
fn circle() -> impl Strategy<Value = Vec<(Rules, RecordBatch)>> {
    let cell =
        || prop_oneof![8 => (0..9_i32).prop_map(|n| n.to_string()), 1 => Just("-".to_owned())];
    let rows = || prop::collection::vec(prop::collection::vec(cell(), 5), 0..12);
    (rows(), rows(), rows(), any::<[bool; 8]>()).prop_map(|(a, b, c, flags)| {
        let make = |name: &str, rows: Vec<Vec<String>>| {
            let lines: Vec<String> = rows.iter().map(|row| row.join(" ")).collect();
            let kinds = [("id", INT), ("x", INT), ("y", Kind::Text), ("low", INT), ("high", INT)];
            table(name, &kinds, &lines.iter().map(String::as_str).collect::<Vec<_>>())
        };
        let (mut a, mut b, mut c) = (make("a", a), make("b", b), make("c", c));
        for table in [&mut a, &mut b, &mut c] {
            table.0.primary_key = key(&["id"]);
            table.0.checks = vec![
                Check::Order { columns: key(&["low", "high"]) },
                Check::Range { column: "low".into(), min: Some(json!(2)), max: None },
                Check::When {
                    column: "y".into(),
                    is: key(&["3"]),
                    then: "x".into(),
                    must: Presence::Present,
                },
            ];
        }
        a.0.foreign_keys = vec![foreign(&["x"], "b", &["id"]), foreign(&["low"], "a", &["id"])];
        b.0.foreign_keys = vec![foreign(&["x"], "a", &["id"])];
        c.0.foreign_keys = vec![foreign(&["x"], "a", &["id"]), foreign(&["y"], "b", &["y"])];
        b.0.unique = vec![key(&["y"])];
        if flags[0] {
            c.0.primary_key = key(&["x", "y"]);
        }
        if flags[1] {
            a.0.unique = vec![key(&["x"]), key(&["low", "high"])];
        }
        for (table, column, flag) in [(&mut a, 1, 2), (&mut b, 1, 3), (&mut c, 1, 4)] {
            table.0.columns[column].nullable = !flags[flag];
        }
        a.0.columns[3].nullable = !flags[5];
        b.0.columns[2].nullable = !flags[6];
        c.0.columns[4].nullable = !flags[7];
        vec![a, b, c]
    })
}

proptest! {
    #[test]
    fn rows_in_are_rows_out_and_rejects_and_nothing_is_broken(tables in circle()) {
        for on_error in [OnError::Repair, OnError::Null, OnError::Reject] {
            let mended = mend(&tables, on_error).unwrap();
            assert_kept(&tables, &mended);
        }
    }
}
