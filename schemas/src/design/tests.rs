//! Tests of designs: what resolving keeps, mends, guesses and refuses.

use std::collections::BTreeMap;

use super::*;
use crate::draft::{ColumnDraft, Draft, TableDraft};
use crate::finding::{Finding, Level};

fn column(name: &str, kind: &str, remark: &str) -> ColumnDraft {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    ColumnDraft {
        name: name.into(),
        kind: some(kind),
        remark: some(remark),
        ..ColumnDraft::default()
    }
}

/// A table from lines like `name: kind: remark`.
fn table(name: &str, columns: &[&str]) -> TableDraft {
    let columns = columns.iter().map(|line| {
        let mut parts = line.splitn(3, ':').map(str::trim);
        let mut next = || parts.next().unwrap_or_default();
        column(next(), next(), next())
    });
    TableDraft { name: name.into(), columns: columns.collect(), ..TableDraft::default() }
}

fn draft(tables: Vec<TableDraft>) -> Draft {
    Draft { name: "Trial".into(), tables, ..Draft::default() }
}

fn resolved(tables: Vec<TableDraft>) -> (Design, Vec<Finding>) {
    resolve(&draft(tables)).unwrap()
}

fn references(design: &Design, table: &str) -> Vec<String> {
    let keys = design.table(table).unwrap().foreign_keys();
    keys.iter()
        .map(|key| {
            let key = key.to_text();
            let (from, to) = (key.columns.join("+"), key.references.columns.join("+"));
            format!("{from}>{}.{to}", key.references.table)
        })
        .collect()
}

#[test]
fn remark_names_the_parent() {
    let (design, findings) = resolved(vec![
        table("Pets", &["Pet ID::primary key", "Owner ID::foreign key to Owner table"]),
        table("Owners", &["Owner ID::Primary Key", "Name"]),
    ]);
    assert_eq!(findings, []);
    let names: Vec<&str> = design.tables().iter().map(|table| table.name().as_str()).collect();
    assert_eq!(names, ["owners", "pets"]);
    assert_eq!(references(&design, "pets"), ["owner_id>owners.owner_id"]);
    assert_eq!(design.levels(), [vec![0], vec![1]]);
}

#[test]
fn missing_parent_is_added_and_said() {
    let (design, findings) = resolved(vec![table(
        "Loans",
        &["loan_id::primary key", "reader_id::foreign key to Readers table"],
    )]);
    let readers = design.table("readers").unwrap();
    assert!(readers.is_implied());
    assert_eq!(readers.primary_key(), ["reader_id"]);
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].level, Level::Repair);
}

#[test]
fn settled_design_has_every_kind() {
    let (design, _) = resolved(vec![table("Trips", &["trip_id", "start_date", "note", "fare"])]);
    assert!(!design.is_settled());
    let (design, _) = design.settle(&BTreeMap::new());
    assert!(design.is_settled());
    assert_eq!(
        design.table("trips").unwrap().column("start_date").unwrap().kind(),
        Some(&Kind::Date)
    );
}

#[test]
fn reference_standing_as_a_column_gets_a_name() {
    let (design, _) = resolved(vec![
        table("Typefaces", &["Name", "Foreign Key to Print Job Table"]),
        table("Print Job Data", &["ID", "Foreign Key to Typefaces Table", "Printed"]),
    ]);
    assert_eq!(references(&design, "typefaces"), ["print_job_id>print_job_data.id"]);
    assert_eq!(references(&design, "print_job_data"), ["typeface_id>typefaces.typeface_id"]);
    assert_eq!(design.levels(), [vec![0, 1]]);
    let typefaces = design.table("typefaces").unwrap();
    let place = typefaces.place("Print Job Table FK").unwrap();
    assert_eq!(typefaces.columns()[place].name().as_str(), "print_job_id");
}

#[test]
fn bare_foreign_key_is_resolved_by_name() {
    let (design, findings) = resolved(vec![
        table("Puzzle Details", &["Puzzle_ID::Primary Key", "Size"]),
        table("Solves", &["Solve_ID::PK", "Puzzle_ID::Foreign Key", "Parent Solve::foreign key"]),
        table("Regions", &["Region ID", "Parent Region::foreign key"]),
    ]);
    assert_eq!(findings, []);
    assert_eq!(
        references(&design, "solves"),
        ["puzzle_id>puzzle_details.puzzle_id", "parent_solve>solves.solve_id"]
    );
    assert_eq!(references(&design, "regions"), ["parent_region>regions.region_id"]);
}

#[test]
fn parent_without_a_key_gets_one() {
    let (design, findings) = resolved(vec![
        table("Districts", &["District Name", "Mayor"]),
        table("Schools", &["School ID", "District ID::foreign key to Districts table"]),
        table("Parks", &["District Name::foreign key to Districts"]),
    ]);
    let districts = design.table("districts").unwrap();
    assert_eq!(districts.primary_key(), ["district_id"]);
    assert_eq!(districts.columns().len(), 3);
    assert!(findings.iter().any(|finding| finding.message.contains("`district_id` was added")));
}

#[test]
fn tables_in_a_circle_are_kept_and_share_a_level() {
    let (design, _) = resolved(vec![
        table("Teams", &["team_id::primary key", "captain_id::foreign key to Players table"]),
        table("Players", &["player_id::primary key", "team_id::foreign key to Teams table"]),
        table("Goals", &["goal_id", "player_id"]),
    ]);
    assert_eq!(design.levels(), [vec![0, 1], vec![2]]);
    assert_eq!(references(&design, "goals"), ["player_id>players.player_id"]);
}

#[test]
fn key_of_a_table_is_no_reference_to_another() {
    let remark = "wolf_id should be a foreign key to the Packs table";
    let (design, findings) = resolved(vec![
        table("Wolves", &[&format!("wolf_id::{remark}"), "name"]),
        table("Packs", &["pack_id", "name"]),
    ]);
    assert_eq!(references(&design, "wolves"), Vec::<String>::new());
    assert!(findings[0].message.contains("`wolves`.`wolf_id` does not refer to `packs`"));
}

#[test]
fn table_said_twice_is_one() {
    let (design, findings) = resolved(vec![
        table("Visitor", &["visitor_id", "name"]),
        table("Visitors Table", &["visitor_id", "name", "age"]),
        table("Visitor Data", &["visitor_id"]),
    ]);
    assert_eq!(design.tables().len(), 1);
    assert_eq!(design.tables()[0].columns().len(), 3);
    assert_eq!(findings.iter().filter(|one| one.level == Level::Repair).count(), 2);
}

#[test]
fn kind_words_of_every_dialect_are_known() {
    use crate::kind::IntSize;
    let words: [(&str, Kind); 22] = [
        ("VARCHAR(20) NOT NULL", Kind::Text),
        ("bigint", Kind::Int(IntSize::I64)),
        ("SMALLINT UNSIGNED", Kind::Int(IntSize::I16)),
        ("tinyint(1)", Kind::Bool),
        ("boolean", Kind::Bool),
        ("datetime", Kind::Timestamp),
        ("timestamp with time zone", Kind::TimestampTz),
        ("TIMESTAMPTZ", Kind::TimestampTz),
        ("date", Kind::Date),
        ("time", Kind::Time),
        ("double precision", Kind::Float),
        ("numeric(10,2)", Kind::Decimal { precision: 10, scale: 2 }),
        ("DECIMAL(99, 4)", Kind::Decimal { precision: 38, scale: 4 }),
        ("ENUM('a', 'B c')", Kind::Enum(vec!["a".into(), "B c".into()])),
        ("enum: low | high", Kind::Enum(vec!["low".into(), "high".into()])),
        ("uuid", Kind::Uuid),
        ("jsonb", Kind::Json),
        ("string | null", Kind::Text),
        ("Optional[int]", Kind::Int(IntSize::I64)),
        ("an integer", Kind::Int(IntSize::I64)),
        ("money", Kind::Decimal { precision: 18, scale: 2 }),
        ("number(9)", Kind::Int(IntSize::I64)),
    ];
    for (word, kind) in words {
        let (design, findings) =
            resolved(vec![table("T", &[&format!("c:{}", word.replace(':', " "))])]);
        assert_eq!(findings, [], "{word}");
        assert_eq!(design.tables()[0].columns()[0].kind(), Some(&kind), "{word}");
    }
    for word in ["list of strings", "string[]", "array<text>", "List[str]", "array"] {
        let (design, _) = resolved(vec![table("T", &[&format!("c:{word}")])]);
        let kind = design.tables()[0].columns()[0].kind().unwrap();
        assert!(matches!(kind, Kind::List(item) if item.kind == Kind::Text), "{word}: {kind:?}");
    }
}

#[test]
fn unknown_kind_is_left_open_and_said() {
    let (design, findings) = resolved(vec![table("T", &["c:flurble"])]);
    assert_eq!(design.tables()[0].columns()[0].kind(), None);
    assert!(findings[0].message.contains("`flurble` is no kind"));
}

#[test]
fn names_cannot_carry_sql() {
    let evil = "users\"; DROP TABLE students; --";
    let (design, _) = resolved(vec![table(evil, &[evil, "a\nb", "Ünï çødé", "123"])]);
    let names: Vec<&str> =
        design.tables()[0].columns().iter().map(|column| column.name().as_str()).collect();
    assert_eq!(names, ["users_drop_table_students", "a_b", "uni_code", "c_123"]);
}

#[test]
fn checks_that_cannot_hold_are_dropped() {
    let range = |column: &str, min: i64, max: i64| crate::draft::Check::Range {
        column: column.into(),
        min: Some(min.into()),
        max: Some(max.into()),
    };
    let mut drafted = table("T", &["age:int", "name:text"]);
    drafted.checks = vec![range("Age", 0, 120), range("age", 9, 1), range("height", 0, 1)];
    let (design, findings) = resolved(vec![drafted]);
    assert_eq!(design.tables()[0].checks(), [range("age", 0, 120)]);
    assert_eq!(findings.len(), 2);
}

#[test]
fn too_many_tables_and_columns_are_cut_and_said() {
    let columns: Vec<String> = (0..200).map(|n| format!("c{n}")).collect();
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let tables = (0..80).map(|n| table(&format!("t{n}x"), &columns)).collect();
    let (design, findings) = resolved(tables);
    assert_eq!(design.tables().len(), MAX_TABLES);
    assert_eq!(design.tables()[0].columns().len(), MAX_COLUMNS);
    assert!(findings.iter().any(|one| one.message.contains("30 tables")));
    assert!(findings.iter().any(|one| one.message.contains("100 columns")));
}

#[test]
fn rows_settle_what_was_open() {
    let (design, _) = resolved(vec![
        table("Owners", &["Owner ID::primary key", "Full Name"]),
        table("Dogs", &["Dog ID::primary key", "Owner ID::foreign key to Owners", "Weight"]),
    ]);
    let mut weight = crate::Column::new("Weight", Kind::Decimal { precision: 5, scale: 1 });
    weight.unit = Some("kg".into());
    let columns = vec![
        crate::Column::new("Dog ID", Kind::Text),
        crate::Column::new("Owner ID", Kind::Text),
        weight,
        crate::Column::new("Born On", Kind::Date),
    ];
    let settlement = Settlement {
        columns,
        primary_key: vec!["Dog ID".into()],
        foreign_keys: vec![],
        ..Settlement::default()
    };
    let (settled, findings) = design.settle(&BTreeMap::from([("dogs".to_owned(), settlement)]));
    assert_eq!(findings, []);
    assert!(settled.is_settled());
    let dogs = settled.table("dogs").unwrap();
    assert_eq!(dogs.foreign_keys(), []);
    assert_eq!(dogs.column("weight").unwrap().unit(), Some("kg"));
    assert_eq!(dogs.column("born_on").unwrap().kind(), Some(&Kind::Date));
    let json = settled.to_json();
    assert_eq!(json["tables"][1]["columns"][2]["kind"], "decimal(5,1)");
}
