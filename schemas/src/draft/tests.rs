//! Tests of reading drafts: every form in which tables are said.

use super::*;

fn tables(text: &str) -> Vec<TableDraft> {
    read(text).0.tables
}

/// Tables and columns in one line each, to compare at a glance.
fn outline(text: &str) -> Vec<String> {
    (tables(text).iter())
        .map(|table| {
            let columns: Vec<&str> = table.columns.iter().map(|one| one.name.as_str()).collect();
            format!("{}: {}", table.name, columns.join(" | "))
        })
        .collect()
}

#[test]
fn numbered_list_with_columns_is_read() {
    let reply = "1. Lock_Keepers: This table contains the people at a lock. Columns: Keeper_ID (Primary Key), Name, Shift (e.g. Day, Night), Wage (in USD).\n\n\
                 2. Passages: Boats that went through. Columns: Passage_ID (PK), Keeper_ID (Foreign Key to Lock_Keepers table), Passed_At (timestamp). Keeper_ID should be indexed by the port.";
    assert_eq!(
        outline(reply),
        [
            "Lock_Keepers: Keeper_ID | Name | Shift | Wage",
            "Passages: Passage_ID | Keeper_ID | Passed_At"
        ]
    );
    let read = tables(reply);
    assert_eq!(read[0].description, "This table contains the people at a lock");
    assert_eq!(read[0].columns[2].remark.as_deref(), Some("e.g. Day, Night"));
    assert_eq!(read[0].columns[2].values, None);
    assert_eq!(read[0].columns[3].unit.as_deref(), Some("USD"));
    assert_eq!(read[1].columns[2].kind.as_deref(), Some("timestamp"));
    let remark = read[1].columns[1].remark.as_deref().unwrap();
    assert!(remark.contains("Lock_Keepers") && remark.contains("indexed"));
}

#[test]
fn closed_list_in_brackets_is_an_enum_and_an_open_one_is_not() {
    let reply = "1. Gates: Columns: Gate, State (Open/Shut/Broken), Paint (red/green/etc.), Drive (manual or electric), Spot (latitude/longitude), Lit (Yes/No).";
    let columns = &tables(reply)[0].columns;
    let values = |at: usize| columns[at].values.clone().unwrap_or_default();
    assert_eq!(values(1), ["Open", "Shut", "Broken"]);
    assert_eq!(values(2), Vec::<String>::new());
    assert_eq!(values(3), ["manual", "electric"]);
    assert_eq!(values(4), Vec::<String>::new());
    assert_eq!(columns[5].kind.as_deref(), Some("bool"));
}

#[test]
fn markdown_headings_with_bullets_are_tables() {
    let reply = "Here is the design:\n\n## Tables\n\n### 1. Orchards\nWhere trees stand.\n\n- **orchard_id** (INT, primary key): the number on the gate\n- `hectares`: FLOAT\n- planted DATE NOT NULL\n\n### 2. Trees\n- tree_id (int)\n- orchard_id (int, foreign key references orchards(orchard_id))\n\n### Relationships\n- Trees belong to orchards\n";
    assert_eq!(
        outline(reply),
        ["Orchards: orchard_id | hectares | planted", "Trees: tree_id | orchard_id"]
    );
    let read = tables(reply);
    assert_eq!(read[0].columns[0].kind.as_deref(), Some("INT"));
    assert_eq!(read[0].columns[0].description.as_deref(), Some("the number on the gate"));
    assert_eq!(read[0].columns[1].kind.as_deref(), Some("FLOAT"));
    assert_eq!(read[0].columns[2].nullable, Some(false));
}

#[test]
fn bold_names_over_bullets_are_tables() {
    let reply = "**Table 1: Ferries**\n* ferry_id\n* name\n* built_year\n\n**Table 2: Crossings**\n* crossing_id\n* ferry_id\n";
    assert_eq!(
        outline(reply),
        ["Ferries: ferry_id | name | built_year", "Crossings: crossing_id | ferry_id"]
    );
}

#[test]
fn columns_announced_on_their_own_line_are_read() {
    let reply = "1. **Bakers**\n   - Description: who bakes\n   - Columns:\n     - baker_id\n     - name\n2. **Loaves**\n   - Columns: loaf_id, baker_id, weight (g)\n";
    assert_eq!(outline(reply), ["Bakers: baker_id | name", "Loaves: loaf_id | baker_id | weight"]);
    assert_eq!(tables(reply)[0].description, "who bakes");
}

#[test]
fn create_table_is_read_with_its_keys() {
    let reply = "```sql\nCREATE TABLE IF NOT EXISTS harbour (\n  id SERIAL PRIMARY KEY, -- the number\n  name VARCHAR(80) NOT NULL UNIQUE,\n  depth NUMERIC(6,2) DEFAULT 0\n);\nCREATE TABLE \"berth\" (\n  harbour_id INT REFERENCES harbour(id) ON DELETE CASCADE,\n  number INT,\n  state TEXT CHECK (state IN ('free', 'taken')),\n  PRIMARY KEY (harbour_id, number)";
    let read = tables(reply);
    assert_eq!(
        outline(reply),
        ["harbour: id | name | depth", "berth: harbour_id | number | state"]
    );
    assert_eq!(read[0].primary_key, ["id"]);
    assert_eq!(read[0].unique, [["name"]]);
    assert_eq!(read[0].columns[2].kind.as_deref(), Some("NUMERIC(6,2)"));
    assert_eq!(read[1].primary_key, ["harbour_id", "number"]);
    assert_eq!(read[1].foreign_keys[0].references.table, "harbour");
    assert_eq!(read[1].columns[2].values.as_deref().unwrap(), ["free", "taken"]);
}

#[test]
fn markdown_table_of_columns_is_a_table() {
    let reply = "### Kilns\n\n| Column | Type | Nullable | Notes |\n|---|:---:|---|---|\n| `kiln_id` | int | no | primary key |\n| fired_at | timestamp | yes | |\n\n### Pots\n| Column | Type | Description |\n|---|---|---|\n| pot_id | int | number |\n| kiln_id | int | foreign key to Kilns |\n";
    assert_eq!(outline(reply), ["Kilns: kiln_id | fired_at", "Pots: pot_id | kiln_id"]);
    let read = tables(reply);
    assert_eq!(read[0].columns[0].nullable, Some(false));
    assert_eq!(read[1].columns[1].remark.as_deref(), Some("foreign key to Kilns"));
}

#[test]
fn json_is_read_under_other_keys() {
    let forms = [
        r#"{"tables": [{"name": "Bees", "columns": ["bee_id", "hive (text)"]}]}"#,
        r#"[{"table_name": "Bees", "fields": [{"field": "bee_id", "type": "int"}, {"hive": "text"}]}]"#,
        r#"{"schema": {"Bees": {"bee_id": "integer", "hive": "string"}}}"#,
        r#"{"Bees": {"columns": {"bee_id": {"type": "int"}, "hive": {"type": "text"}}}}"#,
        r#"Sure! ```json {"entities": [{"entity": "Bees", "attributes": "bee_id, hive"}]} ``` Enjoy."#,
        "{\"name\": \"Bees\", \"columns\": [{\"name\": \"bee_id\"}, {\"name\": \"hive\"}, {\"na",
    ];
    for form in forms {
        assert_eq!(outline(form), ["Bees: bee_id | hive"], "{form}");
    }
}

#[test]
fn json_keys_are_read_in_every_form() {
    let reply = r#"{"tables": [
        {"name": "hives", "columns": [{"name": "id", "type": "int", "primary_key": true}]},
        {"name": "bees", "columns": [{"name": "id", "type": "int"}, {"name": "hive_id", "type": "int", "foreign_key": "hives.id"}], "primary_key": "id"},
        {"name": "stings", "columns": ["bee_id", "hive_id"], "foreign_keys": [{"column": "bee_id", "references": "bees(id)"}, {"columns": ["hive_id"], "references": {"table": "hives", "columns": ["id"]}}]}
      ], "relationships": [{"from": "stings.bee_id", "to": "bees.id"}]}"#;
    let read = tables(reply);
    assert_eq!(read[0].primary_key, ["id"]);
    assert_eq!(read[1].primary_key, ["id"]);
    assert_eq!(read[1].foreign_keys[0].references.columns, ["id"]);
    let stings: Vec<&str> =
        read[2].foreign_keys.iter().map(|key| key.references.table.as_str()).collect();
    assert_eq!(stings, ["bees", "hives", "bees"]);
}

#[test]
fn small_model_rambling_still_gives_tables() {
    let reply = "Sure, here are the tables:\n\n- Visitors\n  - visitor_id\n  - name\n  - age\n- Tickets\n  - ticket_id\n  - visitor_id\n\nI hope this helps! Let me know if you need more.";
    assert_eq!(
        outline(reply),
        ["Visitors: visitor_id | name | age", "Tickets: ticket_id | visitor_id"]
    );
}

#[test]
fn names_with_columns_in_brackets_are_tables() {
    let reply = "shelves (shelf_id, room, height)\nbooks (book_id, shelf_id, title)";
    assert_eq!(
        outline(reply),
        ["shelves: shelf_id | room | height", "books: book_id | shelf_id | title"]
    );
}

#[test]
fn refusal_gives_an_empty_draft_and_says_what_was_looked_for() {
    for reply in ["", "I'm sorry, I cannot help with that.", "{}", "[]", "\u{0}"] {
        let (draft, findings) = read(reply);
        assert_eq!(draft.tables, []);
        assert_eq!(findings.len(), 1);
        assert!(findings[0].hint.as_deref().unwrap().contains("Columns:"));
    }
}

#[test]
fn hostile_text_is_read_in_time_that_grows_with_its_length() {
    // What is quadratic here takes minutes.
    let long = 300_000;
    for unit in [
        "(",
        "[",
        "{",
        "a,",
        "1. ",
        "- a\n",
        "Columns:",
        "create table ",
        "*",
        "# a\n",
        "| a |\n|-|\n",
        "a. ",
        "\"",
        "  - a\n   ",
    ] {
        let text = unit.repeat(long / unit.len());
        let _ = read(&text);
        let _ = crate::idea::read(&text, "x");
        let _ = read(&format!("1. T: Columns: {text}"));
    }
}
