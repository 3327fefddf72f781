//! `read`: replies and files of every form as typed tables.
//!
//! Each file of `tests/read` has its document beside it, `NAME.document`, and what a person sees, `NAME.view`.

use std::io::Write;
use std::ops::Range;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use crate::golden::{cases, golden, name};
use crate::peyote::Peyote;
use crate::python::python;

const REGIONS: &str = "Region_id,Name\nN,North\nS,South\nW,West\n";
const USERS: &str = "User_id,Region,Balance,Since\n1,N,$10.50,2024-01-02\n2,S,$7.00,2024-02-29\n3,N,\"$1,200.00\",2023-12-31\n";

fn document(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn every_form_is_read_as_its_golden_files_say() {
    for case in cases("read", |name| name.ends_with("document") || name.ends_with("view")) {
        let (file, bytes) = (name(&case), std::fs::read(&case).expect("a case"));
        let json = Peyote::new().file(&file, &bytes).args("read --json").arg(&file).run().done();
        let pretty = serde_json::to_string_pretty(&document(&json.stdout)).expect("JSON");
        golden(&format!("read/{file}.document"), &format!("{pretty}\n"));
        let view = Peyote::new().file(&file, &bytes).args("read").arg(&file).run();
        let found = document(&json.stdout)["tables"] != json!([]);
        let view = view.exits(i32::from(!found));
        golden(&format!("read/{file}.view"), &format!("{}{}", view.stdout, view.stderr));
        assert_eq!((json.stderr.as_str(), view.stderr.is_empty()), ("", found), "{file}");
    }
}

#[test]
fn document_has_exactly_the_agreed_form() {
    let ran = Peyote::new()
        .file("exports/regions.csv", REGIONS)
        .file("exports/users.csv", USERS)
        .args("read exports --json")
        .run()
        .done();
    assert_eq!(ran.stdout.lines().count(), 1, "one document on one line");
    let document = document(&ran.stdout);
    let users = json!({
        "name": "users",
        "source": "users.csv",
        "columns": [
            {"name": "User_id", "kind": "int64", "nullable": false, "unit": null, "format": null, "values": null},
            {"name": "Region", "kind": "text", "nullable": false, "unit": null, "format": null, "values": null},
            {"name": "Balance", "kind": "decimal(6,2)", "nullable": false, "unit": "USD", "format": null, "values": null},
            {"name": "Since", "kind": "date", "nullable": false, "unit": null, "format": "%Y-%m-%d", "values": null}
        ],
        "primary_key": ["User_id"],
        "foreign_keys": [{"columns": ["Region"], "references": {"table": "regions", "columns": ["Region_id"]}}],
        "rows": [
            ["1", "N", "$10.50", "2024-01-02"],
            ["2", "S", "$7.00", "2024-02-29"],
            ["3", "N", "$1,200.00", "2023-12-31"]
        ],
        "typed": [
            [1, "N", "10.50", "2024-01-02"],
            [2, "S", "7.00", "2024-02-29"],
            [3, "N", "1200.00", "2023-12-31"]
        ]
    });
    assert_eq!(document["tables"][1], users, "{:#}", document["tables"][1]);
    let fields: Vec<&String> = document.as_object().expect("an object").keys().collect();
    assert_eq!(fields, ["tables", "findings"]);
    for finding in document["findings"].as_array().expect("findings") {
        let fields: Vec<&String> = finding.as_object().expect("an object").keys().collect();
        assert_eq!(fields, ["at", "level", "message", "hint"], "{finding}");
    }
}

#[test]
fn packed_files_and_standard_input_are_read_like_plain_ones() {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(USERS.as_bytes()).expect("in memory");
    let packed = packer.finish().expect("in memory");
    let zst = zstd::encode_all(USERS.as_bytes(), 0).expect("in memory");
    let plain = Peyote::new().file("users.csv", USERS).args("read --json users.csv").run().done();
    for (file, bytes) in [("users.csv.gz", packed), ("users.csv.zst", zst)] {
        let ran = Peyote::new().file(file, bytes).args("read --json").arg(file).run().done();
        assert_eq!(ran.stdout, plain.stdout, "{file}");
    }
    let ran = Peyote::new().args("read --json -").stdin(USERS.as_bytes()).run().done();
    let [plain, piped] =
        [&plain.stdout, &ran.stdout].map(|text| document(text)["tables"][0].clone());
    for part in ["columns", "primary_key", "rows", "typed"] {
        assert_eq!(piped[part], plain[part], "{part}");
    }
}

#[test]
fn several_paths_are_one_dataset() {
    let ran = Peyote::new()
        .file("regions.csv", REGIONS)
        .file("deep/er/users.csv", USERS)
        .args("read regions.csv deep --json")
        .run()
        .done();
    let document = document(&ran.stdout);
    assert_eq!(document["tables"][1]["source"], "er/users.csv");
    assert_eq!(document["tables"][1]["foreign_keys"][0]["references"]["table"], "regions");
}

#[test]
fn no_bytes_are_an_error_of_reading() {
    let hostile: [&[u8]; 8] = [
        b"",
        b"\0\0\0",
        b"\xff\xfe\x00\xd8",
        b"\x80\x81,\xff\n1,2",
        b"{\"a\": [",
        b"\"\"\"\"\"",
        b"|||\n|-|",
        b"\x1b[31mred\x1b[0m,x\n1,2\n",
    ];
    for bytes in hostile {
        let ran = Peyote::new().args("read -").stdin(bytes).run();
        assert!(!ran.stdout.contains('\u{1b}') && !ran.stderr.contains('\u{1b}'), "{bytes:?}");
        // What holds no table is told of.
        let found = !ran.stdout.is_empty() && ran.stderr.is_empty();
        assert_eq!(ran.code, i32::from(!found), "{bytes:?}: {}", ran.stderr);
        let ran = Peyote::new().args("read - --json").stdin(bytes).run().done();
        assert!(document(&ran.stdout)["tables"].is_array(), "{bytes:?}");
    }
}

#[test]
fn deep_and_wide_input_is_read_within_bounds() {
    for text in
        ["[".repeat(200_000), "{\"a\":".repeat(100_000), "x,".repeat(50_000), "\"".repeat(200_001)]
    {
        Peyote::new().args("read - --json").stdin(text.as_bytes()).run().done();
    }
}

#[test]
fn written_tables_open_in_duckdb_with_their_types() {
    let ran = Peyote::new()
        .file("exports/regions.csv", REGIONS)
        .file("exports/users.csv", USERS)
        .args("read exports --out typed --format parquet,csv")
        .run()
        .done();
    assert_eq!(
        ran.files("typed"),
        ["regions.csv", "regions.parquet", "schema.json", "users.csv", "users.parquet"]
    );
    let schema = document(&ran.read("typed/schema.json"));
    assert_eq!(schema["tables"][1]["columns"][3]["kind"], "date");
    assert!(
        ran.stdout.contains("open: duckdb -c \"FROM 'typed/regions.parquet'\""),
        "{}",
        ran.stdout
    );
    let Some(python) = python() else { return };
    let query = "import duckdb, sys; print(duckdb.sql(f\"select typeof(User_id), typeof(Balance), typeof(Since), sum(Balance) over () from '{sys.argv[1]}'\").limit(1).fetchall()[0])";
    let output = std::process::Command::new(python)
        .args(["-c", query])
        .arg(ran.path("typed/users.parquet"))
        .output()
        .expect("Python starts");
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(printed.trim(), "('BIGINT', 'DECIMAL(6,2)', 'DATE', Decimal('1217.50'))");
}

/// Rows of a shop, some of them broken.
fn shop(rows: usize) -> String {
    let row = |row: usize| {
        let note = if row % 50 == 7 { "and, so on" } else { "words" };
        format!(
            "{row},{},{}.5,2024-0{}-11,{note}\n",
            ["new", "paid"][row % 2],
            row % 9,
            1 + row % 9
        )
    };
    format!("id,status,price,day,note\n{}", (0..rows).map(row).collect::<Vec<_>>().concat())
}

#[test]
fn file_read_in_parts_is_written_as_one_read_whole() {
    let text = shop(3_000);
    let packed = zstd::encode_all(text.as_bytes(), 0).expect("in memory");
    let lines = (0..2_000).map(|row| format!("{{\"id\": {row}, \"at\": {{\"x\": [{row}]}}}}\n"));
    let lines = lines.collect::<Vec<_>>().concat();
    for (file, bytes) in
        [("shop.csv", text.as_bytes()), ("shop.csv.zst", &packed), ("at.jsonl", lines.as_bytes())]
    {
        let run = |more: &str| {
            let ran = Peyote::new().file(file, bytes).args("read --out typed --format parquet,csv");
            ran.args(more).arg(file).run().done()
        };
        let (whole, parts) = (run(""), run("--stream"));
        assert_eq!(parts.files("typed"), whole.files("typed"));
        assert_eq!(parts.stdout, whole.stdout, "{file}");
        for name in whole.files("typed").iter().filter(|name| !name.ends_with("parquet")) {
            let name = format!("typed/{name}");
            assert_eq!(parts.read(&name), whole.read(&name), "{file} {name}");
        }
    }
}

#[test]
fn standard_input_is_read_in_parts_when_asked_for() {
    let text = shop(200);
    let ran = Peyote::new().args("read --stream -").stdin(text.as_bytes()).run().done();
    assert!(ran.stdout.starts_with("stdin (200 rows, from stdin.csv)"), "{}", ran.stdout);
    let text = b"name,size\nRen\xe9,1\nM\xfcller,2\n";
    let ran = Peyote::new().args("read --stream -").stdin(text).run().done();
    assert!(ran.stdout.contains("Ren\u{e9}") && ran.stdout.contains("2 rows"), "{}", ran.stdout);
}

#[test]
fn cells_of_hundreds_of_lines_are_read_in_parts_as_they_are_whole() {
    let lines = (0..500).map(|line| format!("line {line}, so\n")).collect::<Vec<_>>().concat();
    let rows = |rows: Range<usize>, cell: &str| {
        rows.map(|row| format!("{row},{cell},{row}.5\n")).collect::<Vec<_>>().concat()
    };
    for (first, cell) in
        [(0, lines.clone()), (5000, lines), (3, "x\n".repeat(2) + &"\n".repeat(895))]
    {
        let quoted = rows(first..first + 40, &format!("\"{cell}\""));
        let text = format!("id,note,price\n{}{quoted}", rows(0..first, "plain words of it"));
        let peyote = || Peyote::new().file("notes.csv", &text);
        let whole = peyote().args("read notes.csv --out typed --format csv").run().done();
        let parts = peyote().args("read notes.csv --stream --out typed --format csv").run().done();
        assert!(whole.stdout.starts_with(&format!("notes ({} rows", first + 40)));
        assert_eq!(parts.stdout, whole.stdout);
        assert_eq!(parts.read("typed/notes.csv"), whole.read("typed/notes.csv"));
        assert_eq!(parts.read("typed/schema.json"), whole.read("typed/schema.json"));
    }
}

#[test]
fn text_of_any_encoding_is_read_in_parts_as_it_is_whole() {
    let text = shop(200).replace("order", "pedid\u{f3}");
    let wide: Vec<u8> =
        format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let narrow: Vec<u8> =
        text.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap_or(b'?')).collect();
    for bytes in [wide, narrow] {
        let peyote = || Peyote::new().file("shop.csv", &bytes);
        let whole = peyote().args("read shop.csv --out typed --format csv").run().done();
        let parts = peyote().args("read shop.csv --stream --out typed --format csv").run().done();
        assert_eq!(parts.read("typed/shop.csv"), whole.read("typed/shop.csv"));
    }
}

#[test]
fn document_of_a_long_text_is_that_of_its_tables() {
    // Long enough for its rows to be read again while they are printed.
    let text = shop(32_000);
    assert!(text.len() > 1_000_000);
    let read = |name: &str| {
        let ran = Peyote::new().file(name, &text).args("read --json").arg(name).run().done();
        document(&ran.stdout)["tables"][0].clone()
    };
    let (long, other) = (read("shop.csv"), read("shop.txt"));
    for part in ["columns", "primary_key", "foreign_keys", "rows", "typed"] {
        assert!(long[part] == other[part], "{part}");
    }
}

#[test]
fn taken_folder_is_replaced_only_when_told() {
    let before = Peyote::new().file("ships.csv", USERS).args("read ships.csv --out typed");
    let made = before.run().done();
    let read = |args: &str| {
        let (mut command, _) =
            Peyote::new().args("read ships.csv --format csv --out typed").into_command();
        let output = command.args(args.split_whitespace()).current_dir(made.folder.path()).output();
        output.expect("the binary starts").status.code()
    };
    assert_eq!(read(""), Some(2));
    assert_eq!(made.files("typed"), ["schema.json", "ships.parquet"]);
    assert_eq!(read("--overwrite"), Some(0));
    assert_eq!(made.files("typed"), ["schema.json", "ships.csv"]);
}
