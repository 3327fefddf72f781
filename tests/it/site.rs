//! Where a dataset may go: told before anything is written, and nothing of anybody's is lost.

use std::fs;

use crate::peyote::{Peyote, Ran};

/// A table of somebody's own.
const BOATS: &str = "boat_id,name\n1,Petrel\n2,Fulmar\n";
/// What must be there after every refusal.
const MINE: &str = "mine";

/// A folder with somebody's files under names that peyote writes as well.
fn run(args: &str) -> Ran {
    Peyote::new()
        .file("boats.csv", BOATS)
        .file("schema.json", MINE)
        .file("design.json", MINE)
        .file("there/schema.json", MINE)
        .args(args)
        .run()
}

/// Whether the folder holds what it held before, and nothing else.
#[track_caller]
fn assert_untouched(ran: &Ran, args: &str) {
    let files = ["boats.csv", "design.json", "schema.json", "there/schema.json"];
    assert_eq!(ran.files("."), files, "{args}");
    for name in &files[1..] {
        assert_eq!(ran.read(name), MINE, "{args}");
    }
    assert_eq!(fs::read_dir(ran.folder.path()).expect("a folder").count(), 4, "{args}");
}

#[test]
fn refused_folder_is_left_as_it_is_however_its_path_is_written() {
    for place in ["new/..", ".", "new/../there", "there/.", "./there/"] {
        for command in ["read boats.csv", "gen --topic boats --backend builtin"] {
            let args = format!("{command} --out {place}");
            let ran = run(&args).exits(2);
            assert!(ran.stderr.contains("exists already"), "{args}: {}", ran.stderr);
            assert_untouched(&ran, &args);
        }
    }
}

#[test]
fn folder_that_peyote_did_not_make_is_not_replaced() {
    for place in ["there", ".", "new/..", "boats.csv"] {
        for command in ["read boats.csv", "gen --topic boats --backend builtin"] {
            let args = format!("{command} --overwrite --out {place}");
            let ran = run(&args).exits(2);
            assert!(ran.stderr.contains("not replaced"), "{args}: {}", ran.stderr);
            assert_untouched(&ran, &args);
        }
    }
}

#[test]
fn folder_on_a_detour_is_the_one_that_is_meant() {
    let ran = run("read boats.csv --out new/../typed/.").done();
    assert_eq!(ran.files("typed"), ["boats.parquet", "schema.json"]);
    assert!(!ran.path("new").exists() && !ran.path("typed.partial").exists());
    let checked = Peyote::new().args("check").arg(ran.path("typed")).run().done();
    assert!(checked.stdout.starts_with("boats: 2 rows\n"), "{}", checked.stdout);
    assert!(!checked.stdout.contains("tables:"), "{}", checked.stdout);
}

#[test]
fn folder_that_holds_what_is_read_is_not_replaced() {
    let made = run("read boats.csv --out typed --format csv").done();
    let read = |args: &str| {
        let (mut command, _) = Peyote::new().args(args).into_command();
        let output = command.current_dir(made.folder.path()).output().expect("the binary starts");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    for input in ["typed/boats.csv", "typed", "typed/*.csv"] {
        let (code, told) = read(&format!("read {input} --out typed --overwrite"));
        assert_eq!(code, Some(2), "{told}");
        assert!(told.contains("boats.csv`, which is read"), "{told}");
        assert_eq!(made.files("typed"), ["boats.csv", "schema.json"]);
    }
    let (code, told) = read("read boats.csv --out typed --overwrite");
    assert_eq!(code, Some(0), "{told}");
    assert_eq!(made.files("typed"), ["boats.parquet", "schema.json"]);
}
