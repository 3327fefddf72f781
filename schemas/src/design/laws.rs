//! Laws of designs, for any text and any draft: what is promised on the module's page holds.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Design, Settlement, resolve};
use crate::column::Column;
use crate::draft::{self, Check, ColumnDraft, Draft, KeyDraft, TableDraft};
use crate::idea;
use crate::keys::{ForeignKey, Reference};
use crate::kind::Kind;
use crate::name::{Identifier, MAX_IDENTIFIER};

/// Fails where a design breaks a law.
fn obeys(design: &Design) {
    assert!(!design.tables().is_empty() && design.tables().len() <= super::MAX_TABLES);
    let names: BTreeSet<&Identifier> =
        design.tables().iter().map(super::DesignTable::name).collect();
    assert_eq!(names.len(), design.tables().len(), "names of tables differ");
    let mut level_of = BTreeMap::new();
    for (number, level) in design.levels().iter().enumerate() {
        for place in level {
            assert!(level_of.insert(*place, number).is_none(), "a table has one level");
        }
    }
    assert_eq!(level_of.len(), design.tables().len(), "every table has a level");
    for (place, table) in design.tables().iter().enumerate() {
        assert!(!table.columns().is_empty());
        let columns: BTreeSet<&str> =
            table.columns().iter().map(|one| one.name().as_str()).collect();
        assert_eq!(columns.len(), table.columns().len(), "names of columns differ");
        for name in columns.iter().chain([&table.name().as_str()]) {
            assert!(
                name.len() <= MAX_IDENTIFIER && name.starts_with(|c: char| c.is_ascii_lowercase())
            );
            assert!(name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'));
        }
        for name in table.primary_key().iter().chain(table.unique().iter().flatten()) {
            assert!(columns.contains(name.as_str()), "keys are columns");
        }
        for name in table.primary_key() {
            assert!(!table.column(name.as_str()).unwrap().nullable(), "keys are never null");
        }
        for key in table.foreign_keys() {
            assert_eq!(key.columns.len(), key.references.columns.len());
            let at = design.tables().iter().position(|one| *one.name() == key.references.table);
            let at = at.expect("what is referred to is there");
            let parent = &design.tables()[at];
            let set: BTreeSet<&Identifier> = key.references.columns.iter().collect();
            let unique = std::iter::once(parent.primary_key())
                .chain(parent.unique().iter().map(Vec::as_slice))
                .any(|one| one.iter().collect::<BTreeSet<_>>() == set);
            assert!(unique, "what is referred to is unique");
            assert!(level_of[&at] <= level_of[&place], "parents come first");
            if level_of[&at] < level_of[&place] {
                assert!(at < place, "parents stand first");
            }
            assert!(at != place || key.columns != key.references.columns);
        }
        for row in table.rows() {
            assert_eq!(row.len(), table.columns().len(), "rows are as wide as their table");
        }
    }
}

/// Fails where a design is not the same after being written and read again.
fn returns(design: &Design) {
    let (again, findings) = resolve(&design.to_draft()).expect("a design is a draft");
    assert_eq!(&again, design, "{findings:?}");
    let text = serde_json::to_string(design).unwrap();
    let (draft, found) = draft::read(&text);
    assert_eq!(found, []);
    assert_eq!(draft, design.to_draft());
    let strict: Draft = serde_json::from_str(&text).unwrap();
    assert_eq!(resolve(&strict).unwrap().0, *design);
}

/// Fails where a column has nothing that makes its values, at any size.
fn makes(design: &Design) {
    let rows = design.rows(3.0);
    assert!(rows.iter().all(|rows| *rows > 0));
    let _ = design.conflicts(&rows);
    for (place, table) in design.tables().iter().enumerate() {
        for column in 0..table.columns().len() {
            let made = !matches!(table.maker(column), super::Maker::Open | super::Maker::Said(_));
            assert_eq!(design.behaviour(place, column, rows[place]).is_none(), made);
            let nulls = design.nulls(place, column);
            assert!((0.0..=1.0).contains(&nulls.rate));
        }
    }
}

/// Text that looks like a reply, or nothing like one.
fn reply() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("Columns:".to_owned()),
        Just("CREATE TABLE".to_owned()),
        Just("(foreign key to Users table)".to_owned()),
        Just("| name | type |\n|---|---|\n".to_owned()),
        Just("{\"tables\": [".to_owned()),
        Just("{\"name\": \"a\", \"columns\": [".to_owned()),
        Just("\"b\", {\"c\": \"int\"}, ".to_owned()),
        Just("]}".to_owned()),
        Just("\n1. ".to_owned()),
        Just("\n  - ".to_owned()),
        Just("\n## ".to_owned()),
        Just("**".to_owned()),
        Just(", ".to_owned()),
        Just("references ".to_owned()),
        "[a-zA-Z_ ]{1,8}",
        "\\PC{0,6}",
        any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(word, 0..40).prop_map(|words| words.concat())
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("id".to_owned()),
        Just("user_id".to_owned()),
        Just("Users".to_owned()),
        Just("User Data".to_owned()),
        Just("order".to_owned()),
        Just("Order Table".to_owned()),
        Just("parent id".to_owned()),
        Just("Foreign Key to Users Table".to_owned()),
        "[a-dA-D]{1,2}( [a-d]{1,2})?",
        "[a-z0-9]{60,70}",
        "\\PC{0,5}",
    ]
}

fn kind_word() -> impl Strategy<Value = Option<String>> {
    prop::option::of(prop_oneof![
        Just("int".to_owned()),
        Just("list of list of int".to_owned()),
        Just("decimal(10,2)".to_owned()),
        Just("enum('a', 'b')".to_owned()),
        Just("struct".to_owned()),
        Just("blob".to_owned()),
        "\\PC{0,8}",
    ])
}

fn column() -> impl Strategy<Value = ColumnDraft> {
    let remark = prop::option::of(prop_oneof![
        Just("primary key".to_owned()),
        Just("foreign key".to_owned()),
        Just("unique".to_owned()),
        name().prop_map(|name| format!("foreign key to {name}")),
    ]);
    let leaf = (
        name(),
        kind_word(),
        remark,
        prop::option::of(prop::collection::vec("[a-c]{0,2}", 0..3)),
        prop::option::of(behaviour()),
    )
        .prop_map(|(name, kind, remark, values, behaviour)| ColumnDraft {
            name,
            kind,
            values,
            remark,
            nulls: behaviour.as_ref().map(|_| json!({"rate": 0.5})),
            behaviour,
            ..ColumnDraft::default()
        });
    leaf.prop_recursive(3, 8, 3, |inner| {
        (inner.clone(), prop::collection::vec(inner, 0..3)).prop_map(|(column, parts)| {
            ColumnDraft {
                item: parts.first().cloned().map(Box::new),
                fields: Some(parts),
                ..column
            }
        })
    })
}

/// What may be said of how values come about, with names that may be there.
fn behaviour() -> impl Strategy<Value = Value> {
    let number = || (-99i32..99).prop_map(|hundredths| f64::from(hundredths) / 8.0);
    prop_oneof![
        (1i64..9, any::<i8>()).prop_map(|(start, step)| json!({"is": "sequence", "start": start, "step": step})),
        "[#A*x]{0,4}".prop_map(|pattern| json!({"is": "code", "pattern": pattern, "order": "shuffled"})),
        name().prop_map(|name| json!({"is": "constant", "value": name})),
        (prop::collection::vec("[a-c]{1,2}", 0..3), prop::collection::vec(number(), 0..3), name())
            .prop_map(|(words, weights, name)| json!({"is": "pick", "words": words, "weights": weights,
                "given": {"column": name, "cases": {"a": {"words": ["b"]}}}})),
        (name(), name()).prop_map(|(one, other)| json!({"is": "template", "forms": [format!("{{{one}}}-{{{other}|slug}}{{##}}{{1..9:3}}")]})),
        (number(), number(), number()).prop_map(|(min, max, round)| json!({"is": "number", "law": {"is": "uniform", "min": min, "max": max}, "round": round, "ending": [0.99]})),
        (number(), number()).prop_map(|(median, sigma)| json!({"is": "number", "law": {"is": "lognormal", "median": median, "sigma": sigma}, "min": 1})),
        name().prop_map(|name| json!({"is": "after", "column": name, "until": "2024-03-09", "delay": {"law": {"is": "exponential", "mean": 3}, "unit": "day"}})),
        name().prop_map(|name| json!({"is": "moment", "from": "2024-01-01", "rhythm": {"holidays": {"12-25": 0}, "zone": "Europe/Rome"}, "grain": name})),
        (name(), name()).prop_map(|(one, other)| json!({"is": "copy", "of": format!("{one}.{other}")})),
        (name(), name()).prop_map(|(one, other)| json!({"is": "expression", "text": format!("{one} + max({other}, 2.50) / -3")})),
        (name(), name()).prop_map(|(table, of)| json!({"is": "total", "table": table, "how": "sum", "of": of})),
        Just(json!({"is": "uuid"})),
        Just(json!({"is": "values", "values": [1, "a", null, {"b": 2}]})),
        Just(json!({"is": "list", "length": {"law": {"is": "exponential", "mean": 1}}, "item": {"is": "bool", "share": 0.5}})),
        Just(json!(17)),
    ]
}

/// What may be said of how rows are dealt out, and of how many there are.
fn spread() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!({})),
        (0u64..4, 0u64..4).prop_map(|(min, max)| json!({"children": {"is": "range", "min": min, "max": max}, "childless": 0.25})),
        name().prop_map(|name| json!({"children": {"is": "zipf", "skew": 1.5, "mean": 2}, "unlike": [name]})),
        Just(json!({"tree": {"depth": 3, "branching": 2.5}, "order": "shuffled"})),
    ]
}

fn size() -> impl Strategy<Value = Value> {
    prop_oneof![
        (0u64..9).prop_map(|rows| json!({"is": "fixed", "rows": rows})),
        Just(json!({"is": "per_parent"})),
        name().prop_map(|of| json!({"is": "per_parent", "of": of})),
    ]
}

fn lifecycle() -> impl Strategy<Value = Value> {
    (name(), name(), name()).prop_map(|(status, first, second)| {
        json!({"status": status, "stages": [{"is": "a", "at": first}, {"is": "b", "at": second, "share": 0.5,
            "after": {"law": {"is": "uniform", "min": 1, "max": 2}, "unit": "hour"}}]})
    })
}

fn key() -> impl Strategy<Value = ForeignKey> {
    let names = || prop::collection::vec(name(), 0..3);
    (names(), name(), names()).prop_map(|(columns, table, theirs)| ForeignKey {
        columns,
        references: Reference { table, columns: theirs },
    })
}

fn check() -> impl Strategy<Value = Check> {
    prop_oneof![
        (name(), any::<Option<i8>>(), any::<Option<i8>>()).prop_map(|(column, min, max)| {
            Check::Range { column, min: min.map(Value::from), max: max.map(Value::from) }
        }),
        prop::collection::vec(name(), 0..3).prop_map(|columns| Check::Order { columns }),
        (name(), "[#Aa]{0,3}").prop_map(|(column, pattern)| Check::Pattern { column, pattern }),
    ]
}

prop_compose! {
    fn table()(
        name in name(),
        columns in prop::collection::vec(column(), 0..6),
        primary_key in prop::collection::vec(name(), 0..3),
        unique in prop::collection::vec(prop::collection::vec(name(), 0..2), 0..2),
        foreign_keys in prop::collection::vec(key(), 0..3),
        checks in prop::collection::vec(check(), 0..2),
        rows in prop::collection::vec(prop::collection::vec(any::<u8>().prop_map(Value::from), 0..4), 0..2),
        spread in spread(),
        size in prop::option::of(size()),
        lifecycles in prop::collection::vec(lifecycle(), 0..2),
    ) -> TableDraft {
        let foreign_keys = foreign_keys
            .into_iter()
            .map(|key| KeyDraft::from(key).spread_as(&spread))
            .collect();
        TableDraft { name, columns, primary_key, unique, foreign_keys, checks, rows, size, lifecycles, ..TableDraft::default() }
    }
}

fn any_draft() -> impl Strategy<Value = Draft> {
    prop::collection::vec(table(), 0..6).prop_map(|tables| Draft { tables, ..Draft::default() })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn any_reply_is_read_without_panic(text in reply()) {
        let (draft, _) = draft::read(&text);
        let _ = idea::read(&text, "anything");
        if let Ok((design, _)) = resolve(&draft) {
            obeys(&design);
            returns(&design);
        }
    }

    #[test]
    fn any_draft_resolves_lawfully(draft in any_draft()) {
        if let Ok((design, _)) = resolve(&draft) {
            obeys(&design);
            returns(&design);
            let (settled, _) = design.settle(&BTreeMap::new());
            prop_assert!(settled.is_settled());
            obeys(&settled);
            returns(&settled);
            makes(&settled);
        }
    }

    #[test]
    fn any_settlement_is_lawful(
        draft in any_draft(),
        names in prop::collection::vec(name(), 1..5),
        key in prop::collection::vec(name(), 0..2),
        foreign_keys in prop::collection::vec(key(), 0..2),
    ) {
        if let Ok((design, _)) = resolve(&draft) {
            let columns = names.iter().map(|name| Column::new(name.clone(), Kind::Text)).collect();
            let settlement = Settlement { columns, primary_key: key, foreign_keys, ..Settlement::default() };
            let table = design.tables()[0].name().to_string();
            let (settled, _) = design.settle(&BTreeMap::from([(table, settlement)]));
            prop_assert!(settled.is_settled());
            obeys(&settled);
            returns(&settled);
        }
    }

    #[test]
    fn identifier_of_an_identifier_is_itself(text in "\\PC{0,80}", number in 2usize..2000) {
        let name = Identifier::new(&text, "table");
        prop_assert_eq!(&Identifier::new(name.as_str(), "x"), &name);
        let numbered = name.numbered(number);
        prop_assert_eq!(&Identifier::new(numbered.as_str(), "x"), &numbered);
    }
}
