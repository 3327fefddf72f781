//! Tests: what rows show, and what they do not.

use serde_json::{Value, json};

use super::*;
use crate::design::resolve;

fn design() -> Design {
    let text = json!({"name": "Repairs", "resolved": true, "tables": [
        {"name": "owners", "primary_key": ["owner_id"], "columns": [
            {"name": "owner_id", "kind": "int64", "nullable": false},
            {"name": "first_name", "kind": "text"},
            {"name": "last_name", "kind": "text"},
            {"name": "email", "kind": "text"},
            {"name": "town", "kind": "text"},
            {"name": "province", "kind": "text"},
            {"name": "spent", "kind": "decimal(12,2)"}]},
        {"name": "jobs", "primary_key": ["job_id"], "columns": [
            {"name": "job_id", "kind": "int64", "nullable": false},
            {"name": "owner_id", "kind": "int64", "nullable": false},
            {"name": "code", "kind": "text"},
            {"name": "state", "kind": "enum", "values": ["open", "done"]},
            {"name": "hours", "kind": "int32"},
            {"name": "rate", "kind": "decimal(8,2)"},
            {"name": "bill", "kind": "decimal(12,2)"},
            {"name": "brought_on", "kind": "date"},
            {"name": "fetched_on", "kind": "date"}],
         "foreign_keys": [{"columns": ["owner_id"], "references": {"table": "owners", "columns": ["owner_id"]}}]},
    ]});
    resolve(&serde_json::from_value(text).unwrap()).unwrap().0
}

fn samples() -> Samples {
    let people = [
        ("Mirte", "Kool"),
        ("Jens", "Aalto"),
        ("Ida", "Brück"),
        ("Noor", "Visman"),
        ("Piet", "Olm"),
        ("Rosa", "Tuma"),
        ("Bo", "Lind"),
        ("Ans", "Dorp"),
        ("Tijl", "Smit"),
        ("Eva", "Quist"),
    ];
    let towns = [
        ("Sneek", "Friesland"),
        ("Gouda", "Holland"),
        ("Delft", "Holland"),
        ("Joure", "Friesland"),
    ];
    let mut spent = [0_i64; 10];
    let jobs: Vec<Vec<Value>> = (0..24_i64)
        .map(|row| {
            let owner = (row * row * 7 + row / 3) % 8;
            let (hours, rate) = (1 + row * 5 % 7, 3_950 + row * 325 % 1_700);
            spent[owner as usize] += hours * rate;
            let cents = |cents: i64| format!("{}.{:02}", cents / 100, cents % 100);
            let done = row % 3 != 0;
            let day = 1 + row % 9;
            json!([
                row + 1,
                owner + 1,
                format!("R{}-{:04}", row % 4, 17 + row * 31),
                if done { "done" } else { "open" },
                hours,
                cents(rate),
                cents(hours * rate),
                format!("2024-0{}-1{}", 1 + row % 8, row % 10),
                done.then(|| format!("2024-0{}-{:02}", 1 + row % 8, 10 + row % 10 + day)),
            ])
            .as_array()
            .unwrap()
            .clone()
        })
        .collect();
    let owners = people.iter().enumerate().map(|(row, (first, last))| {
        let (town, province) = towns[row % 4];
        let plain = |text: &str| text.to_lowercase().replace('ü', "u");
        let mail = format!("{}.{}@{}", plain(first), plain(last), ["post.nl", "kpn.nl"][row % 2]);
        let spent = format!("{}.{:02}", spent[row] / 100, spent[row] % 100);
        json!([row + 1, first, last, mail, town, province, spent]).as_array().unwrap().clone()
    });
    Samples::from([("owners".to_owned(), owners.collect()), ("jobs".to_owned(), jobs)])
}

fn said(design: &Design, table: &str, column: &str) -> String {
    let behaviour = design.table(table).unwrap().column(column).unwrap().behaviour();
    serde_json::to_string(&behaviour).unwrap()
}

#[test]
fn rows_show_what_follows_from_what() {
    let fitted = fit(&design(), &samples());
    assert_eq!(said(&fitted, "jobs", "bill"), r#"{"is":"expression","text":"hours * rate"}"#);
    assert_eq!(
        said(&fitted, "owners", "spent"),
        r#"{"is":"total","table":"jobs","how":"sum","of":"bill"}"#
    );
    let mail = said(&fitted, "owners", "email");
    assert!(
        mail.contains(r#""forms":["{first_name|slug}.{last_name|slug}@{domain}"]"#)
            || mail.contains("|lower}.{last_name|slug}@{domain}"),
        "{mail}"
    );
    assert!(mail.contains("kpn.nl") && mail.contains(r#""case":"slug""#), "{mail}");
    let fetched = said(&fitted, "jobs", "fetched_on");
    assert!(
        fetched
            .starts_with(r#"{"is":"after","column":"brought_on","delay":{"law":{"is":"lognormal""#),
        "{fetched}"
    );
    assert!(fetched.contains(r#""unit":"day""#));
    let code = said(&fitted, "jobs", "code");
    assert!(code.starts_with(r#"{"is":"code","pattern":"\\R#\\-####""#), "{code}");
    let province = said(&fitted, "owners", "province");
    assert!(province.contains(r#""given":{"column":"town""#), "{province}");
}

#[test]
fn missing_values_follow_what_decides_them() {
    let fitted = fit(&design(), &samples());
    let nulls = fitted.table("jobs").unwrap().column("fetched_on").unwrap().nulls().unwrap();
    assert_eq!(nulls.when[0].is, ["open"]);
    assert!((nulls.when[0].rate - 1.0).abs() < f64::EPSILON && nulls.when[1].rate == 0.0);
}

#[test]
fn what_the_design_says_stays() {
    let mut draft = design().to_draft();
    draft.tables[1].columns[6].behaviour = Some(json!({"is": "constant", "value": "1.00"}));
    let told = resolve(&draft).unwrap().0;
    let fitted = fit(&told, &samples());
    assert_eq!(said(&fitted, "jobs", "bill"), r#"{"is":"constant","value":"1.00"}"#);
    assert_eq!(fit(&design(), &Samples::new()), design());
}

#[test]
fn worlds_of_the_catalog_are_fitted_to_their_rows() {
    for entry in crate::catalog::entries() {
        let (design, findings) = resolve(&entry.draft).unwrap();
        assert_eq!(findings, []);
        let fitted = fit(&design, &Samples::new());
        let again = resolve(&fitted.to_draft()).unwrap();
        assert_eq!(again, (fitted, vec![]), "{}", entry.name);
    }
}
