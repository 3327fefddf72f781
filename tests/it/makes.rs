//! What can be made: each thing that a design can say, made at size, read back and proved.
//!
//! Every design here is looked at by the [`oracle`](crate::oracle) as a whole; what stands beside is what
//! that does not know: instants by a clock, holidays, how near two columns go along.

use serde_json::Value;

use crate::oracle::{Made, assert_holds, counts_fit, micros, rank_correlation};
use crate::peyote::{Peyote, Ran};

/// Microseconds of an hour.
const HOUR: i64 = 3_600_000_000;

/// Tables as a design of the present day 2026-01-01.
fn design(tables: &str) -> Value {
    let text = format!(
        r#"{{"name": "One", "resolved": true, "clock": "2026-01-01", "tables": [{tables}]}}"#
    );
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// A table of so many rows with an `id` and some columns.
fn things(name: &str, rows: u64, columns: &str) -> String {
    format!(
        r#"{{"name": "{name}", "size": {{"is": "fixed", "rows": {rows}}}, "primary_key": ["id"], "columns": [
            {{"name": "id", "kind": "int64", "nullable": false, "behaviour": {{"is": "sequence"}}}}{columns}]}}"#
    )
}

#[track_caller]
fn make(design: &Value) -> Ran {
    let run = Peyote::new().file("design.json", design.to_string());
    run.args("gen --design design.json --seed 8 --format parquet --silent --out made --scale 1")
        .run()
        .done()
}

/// Makes tables, holds them to what they say, and looks closer.
#[track_caller]
fn made(tables: &str, look: impl FnOnce(&Made<'_>)) {
    let design = design(tables);
    let ran = make(&design);
    let made = Made::read(&design, &ran.path("made"));
    assert_holds(&made);
    look(&made);
}

#[test]
fn composite_optional_and_role_playing_keys_hold() {
    let seats = r#"{"name": "seats", "size": {"is": "per_parent"}, "primary_key": ["hall_id", "seat"], "columns": [
        {"name": "hall_id", "kind": "int64", "nullable": false},
        {"name": "seat", "kind": "int32", "nullable": false, "behaviour": {"is": "nth", "of": "hall_id"}}],
        "foreign_keys": [{"columns": ["hall_id"], "references": {"table": "halls", "columns": ["id"]}, "children": {"is": "fixed", "count": 30}}]}"#;
    let tickets = r#"{"name": "tickets", "size": {"is": "grows", "rows": 2000}, "primary_key": ["id"], "columns": [
        {"name": "id", "kind": "int64", "nullable": false},
        {"name": "hall_id", "kind": "int64", "nullable": false},
        {"name": "seat", "kind": "int32", "nullable": false},
        {"name": "guide_id", "kind": "int64", "nullable": true, "nulls": {"rate": 0.4}},
        {"name": "from_id", "kind": "int64", "nullable": false},
        {"name": "to_id", "kind": "int64", "nullable": false}],
        "foreign_keys": [{"columns": ["hall_id", "seat"], "references": {"table": "seats", "columns": ["hall_id", "seat"]}},
            {"columns": ["guide_id"], "references": {"table": "people", "columns": ["id"]}},
            {"columns": ["from_id"], "references": {"table": "people", "columns": ["id"]}},
            {"columns": ["to_id"], "references": {"table": "people", "columns": ["id"]}, "unlike": ["from_id", "guide_id"]}]}"#;
    let tables = [things("halls", 12, ""), things("people", 4, ""), seats.into(), tickets.into()];
    made(&tables.join(","), |made| {
        assert_eq!(made.rows("seats").many, 360);
        let tickets = made.rows("tickets");
        let (guides, to) = (tickets.column("guide_id"), tickets.column("to_id"));
        assert!(guides.iter().zip(to).all(|(guide, to)| guide != to));
    });
}

#[test]
fn trees_circles_and_single_partners_hold() {
    let people = r#"{"name": "people", "size": {"is": "fixed", "rows": 400}, "primary_key": ["id"], "columns": [
        {"name": "id", "kind": "int64", "nullable": false},
        {"name": "boss_id", "kind": "int64", "nullable": true},
        {"name": "team_id", "kind": "int64", "nullable": true, "nulls": {"rate": 0.1}}],
        "foreign_keys": [{"columns": ["boss_id"], "references": {"table": "people", "columns": ["id"]}, "tree": {"depth": 5, "branching": 3, "roots": 2}},
            {"columns": ["team_id"], "references": {"table": "teams", "columns": ["id"]}}]}"#;
    let teams = r#"{"name": "teams", "size": {"is": "fixed", "rows": 20}, "primary_key": ["id"], "columns": [
        {"name": "id", "kind": "int64", "nullable": false},
        {"name": "lead_id", "kind": "int64", "nullable": false}],
        "foreign_keys": [{"columns": ["lead_id"], "references": {"table": "people", "columns": ["id"]}}]}"#;
    let badges = r#"{"name": "badges", "size": {"is": "fixed", "rows": 350}, "primary_key": ["person_id"], "columns": [
        {"name": "person_id", "kind": "int64", "nullable": false},
        {"name": "code", "kind": "text", "nullable": false, "behaviour": {"is": "code", "pattern": "AA-##", "order": "shuffled"}}],
        "foreign_keys": [{"columns": ["person_id"], "references": {"table": "people", "columns": ["id"]}}]}"#;
    made(&[people, teams, badges].join(","), |made| {
        let codes = made.rows("badges").all("code");
        let alike = codes.iter().filter(|code| code.starts_with('A')).count();
        assert!(alike < codes.len() / 4, "codes by lot");
    });
}

#[test]
fn pairs_and_rows_of_several_tables_hold() {
    let links = r#"{"name": "links", "size": {"is": "per_parent", "of": "post_id"}, "primary_key": ["post_id", "tag_id"], "columns": [
        {"name": "post_id", "kind": "int64", "nullable": false},
        {"name": "tag_id", "kind": "int64", "nullable": false}],
        "foreign_keys": [{"columns": ["post_id"], "references": {"table": "posts", "columns": ["id"]}, "children": {"is": "range", "min": 0, "max": 10}},
            {"columns": ["tag_id"], "references": {"table": "tags", "columns": ["id"]}}]}"#;
    let votes = r#"{"name": "votes", "size": {"is": "grows", "rows": 1500}, "primary_key": ["id"], "columns": [
        {"name": "id", "kind": "int64", "nullable": false},
        {"name": "on", "kind": "enum", "values": ["post", "tag"], "nullable": false, "behaviour": {"is": "pick", "weights": [4, 1]}},
        {"name": "on_id", "kind": "int64", "nullable": false, "behaviour": {"is": "polymorphic", "type_column": "on", "cases": {"post": "posts.id", "tag": "tags.id"}}}]}"#;
    let posts = things("posts", 300, "")
        .replace(r#"{"is": "sequence"}"#, r#"{"is": "sequence", "start": 1000}"#);
    made(&[posts, things("tags", 10, ""), links.into(), votes.into()].join(","), |made| {
        // Ten tags, and posts with all of them.
        let posts = made.rows("links").all("post_id");
        let most = posts.iter().map(|post| posts.iter().filter(|one| *one == post).count()).max();
        assert_eq!(most, Some(10));
    });
}

/// A parent table and children dealt out by a law.
fn family(parents: u64, size: &str, law: &str) -> String {
    let children = format!(
        r#"{{"name": "children", "size": {size}, "primary_key": ["id"], "columns": [
            {{"name": "id", "kind": "int64", "nullable": false}},
            {{"name": "parent_id", "kind": "int64", "nullable": false}},
            {{"name": "price", "kind": "decimal(8,2)", "nullable": false, "behaviour": {{"is": "number", "law": {{"is": "lognormal", "median": 9, "sigma": 0.5}}}}}}],
            "foreign_keys": [{{"columns": ["parent_id"], "references": {{"table": "parents", "columns": ["id"]}}, {law}}}]}}"#
    );
    let totals = r#",
        {"name": "many", "kind": "int64", "nullable": false, "behaviour": {"is": "total", "table": "children", "how": "count"}},
        {"name": "paid", "kind": "decimal(14,2)", "nullable": false, "behaviour": {"is": "total", "table": "children", "how": "sum", "of": "price"}},
        {"name": "dearest", "kind": "decimal(8,2)", "nullable": true, "behaviour": {"is": "total", "table": "children", "how": "max", "of": "price"}}"#;
    [things("parents", parents, totals), children].join(",")
}

/// How many children each parent has, the fewest first.
fn counts(made: &Made<'_>) -> Vec<u64> {
    let many = made.rows("parents").all("many");
    let mut counts: Vec<u64> = many.iter().map(|many| many.parse().expect("a count")).collect();
    counts.sort_unstable();
    counts
}

#[test]
fn children_follow_every_law_and_add_up_exactly() {
    const SIZED: &str = r#"{"is": "per_parent"}"#;
    let fixed = r#""children": {"is": "fixed", "count": 4}, "childless": 0.25"#;
    made(&family(400, SIZED, fixed), |made| {
        assert_eq!(made.rows("children").many, 1200);
        assert_eq!(counts(made).iter().filter(|count| **count == 0).count(), 100);
    });
    let range = r#""children": {"is": "range", "min": 2, "max": 6}, "order": "shuffled""#;
    made(&family(500, SIZED, range), |made| {
        let mut each = [0; 5];
        for count in counts(made) {
            each[count as usize - 2] += 1;
        }
        assert!(each.iter().all(|count| (80..=120).contains(count)), "{each:?}");
    });
    made(&family(500, SIZED, r#""children": {"is": "geometric", "mean": 3}"#), |made| {
        let ones = counts(made).iter().filter(|count| **count == 1).count();
        assert!((140..=195).contains(&ones), "a third has one: {ones}");
        assert_eq!(made.rows("children").many, 1500);
    });
    let bell = r#""children": {"is": "lognormal", "mean": 6, "sigma": 1}"#;
    made(&family(500, r#"{"is": "fixed", "rows": 3210}"#, bell), |made| {
        assert_eq!(made.rows("children").many, 3210);
        let counts = counts(made);
        // The middle of a mean of 6.42 is 6.42 / exp(1/2).
        assert!((3..=5).contains(&counts[250]), "{}", counts[250]);
    });
    let zipf = r#""children": {"is": "zipf", "skew": 1}, "childless": 0.1"#;
    made(&family(1000, r#"{"is": "fixed", "rows": 9000}"#, zipf), |made| {
        let most = *counts(made).last().expect("a parent");
        // The sum of 1/k up to 900 is 7.38.
        assert!((1100..=1350).contains(&most), "{most}");
    });
}

#[test]
fn prices_end_as_they_are_said_to_and_numbers_keep_to_their_grid() {
    let columns = r#",
        {"name": "price", "kind": "decimal(8,2)", "nullable": false, "behaviour": {"is": "number", "law": {"is": "lognormal", "median": 30, "sigma": 0.8}, "min": 1, "max": 400, "ending": [0.99, 0.99, 0.49]}},
        {"name": "fee", "kind": "float64", "nullable": false, "behaviour": {"is": "number", "law": {"is": "triangular", "min": 1, "mode": 2, "max": 9}, "round": 0.25}},
        {"name": "stars", "kind": "int8", "nullable": false, "behaviour": {"is": "number", "law": {"is": "levels", "values": [1, 2, 3, 4, 5], "weights": [1, 1, 3, 8, 12]}}}"#;
    made(&things("goods", 4000, columns), |made| {
        let prices = made.rows("goods").all("price");
        let nines = prices.iter().filter(|price| price.ends_with(".99")).count();
        counts_fit(&[nines, prices.len() - nines], &[2.0, 1.0]).expect("two thirds");
    });
}

#[test]
fn columns_go_along_with_each_other_and_with_their_parents() {
    let smooth = |name: &str, with: &str, rho: f64| {
        format!(
            r#",{{"name": "{name}", "kind": "float64", "nullable": false, "behaviour": {{"is": "number", "law": {{"is": "lognormal", "median": 5, "sigma": 0.7}}, "with": {{"column": "{with}", "rho": {rho}}}}}}}"#
        )
    };
    let size = r#",{"name": "size", "kind": "float64", "nullable": false, "behaviour": {"is": "number", "law": {"is": "normal", "mean": 9, "deviation": 2}}}"#;
    let homes = things("homes", 2000, &[size, &smooth("price", "size", 0.8)].concat());
    let visits = format!(
        r#"{{"name": "visits", "size": {{"is": "grows", "rows": 4000}}, "primary_key": ["id"], "columns": [
            {{"name": "id", "kind": "int64", "nullable": false}},
            {{"name": "home_id", "kind": "int64", "nullable": false}}{}{}],
            "foreign_keys": [{{"columns": ["home_id"], "references": {{"table": "homes", "columns": ["id"]}}}}]}}"#,
        smooth("bid", "home_id.price", 0.9),
        smooth("wait", "bid", -0.5),
    );
    made(&[homes, visits].join(","), |made| {
        let near = |table: &str, one: &str, other: &str| {
            let (one, other) = (made.rows(table).numbers(one), made.rows(table).numbers(other));
            let pairs: Vec<(f64, f64)> =
                one.into_iter().zip(other).filter_map(|(one, other)| one.zip(other)).collect();
            rank_correlation(&pairs)
        };
        assert!((near("homes", "size", "price") - 0.79).abs() < 0.05);
        assert!((near("visits", "bid", "wait") + 0.48).abs() < 0.05);
    });
}

#[test]
fn moments_keep_their_season_weekday_hours_and_holidays() {
    let columns = r#",
        {"name": "at", "kind": "timestamp", "nullable": false, "behaviour": {"is": "moment", "from": "2023-01-01", "growth": 2, "rhythm": {"weekday": [2, 2, 2, 2, 2, 1, 0], "holidays": {"12-25": 0, "2024-11-29": 20}, "open": [{"days": ["sat"], "from": "10:00:00", "to": "14:00:00"}, {"days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00:00", "to": "17:30:00"}]}}},
        {"name": "on", "kind": "date", "nullable": false, "behaviour": {"is": "moment", "from": "2025-01-01", "to": "2025-12-31", "rhythm": {"season": [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 12]}}},
        {"name": "rose", "kind": "timestamp", "nullable": false, "behaviour": {"is": "moment", "from": "2024-01-01", "rising": true, "grain": "minute", "rhythm": {"hour": [1, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 5, 5, 5, 5, 5, 5, 5, 4, 3, 3, 2, 2]}}}"#;
    made(&things("sales", 6000, columns), |made| {
        let days: Vec<&str> =
            made.rows("sales").all("at").into_iter().filter_map(|at| at.get(..10)).collect();
        let on = |day: &str| days.iter().filter(|one| **one == day).count();
        assert_eq!((on("2023-12-25"), on("2024-12-25")), (0, 0));
        assert!(on("2024-11-29") > 5 * on("2024-11-28").max(8), "{}", on("2024-11-29"));
        let year = |year: &str| days.iter().filter(|one| one.starts_with(year)).count() as f64;
        let growth = year("2025") / year("2024");
        assert!((1.6..2.4).contains(&growth), "{growth}");
        let ons = made.rows("sales").all("on");
        let december = ons.iter().filter(|on| on.starts_with("2025-12")).count();
        let (month, rest) = (31.0 * 12.0, 334.0);
        counts_fit(&[december, ons.len() - december], &[month, rest]).expect("December");
    });
}

#[test]
fn instants_follow_the_clock_of_their_zone() {
    let columns = r#",
        {"name": "at", "kind": "timestamptz", "nullable": false, "behaviour": {"is": "moment", "from": "2025-01-01", "rhythm": {"zone": "America/New_York", "open": [{"from": "09:00:00", "to": "10:00:00"}]}}}"#;
    made(&things("calls", 2000, columns), |made| {
        let (mut winter, mut summer) = (0, 0);
        for at in made.rows("calls").all("at") {
            let hour = micros(at).expect("a moment").div_euclid(HOUR).rem_euclid(24);
            // Clocks were put forward on the 9th of March and back on the 2nd of November.
            let forward = at > "2025-03-09T07" && at < "2025-11-02T06";
            assert_eq!(hour, if forward { 13 } else { 14 }, "{at}");
            if forward { summer += 1 } else { winter += 1 }
        }
        assert!(winter > 500 && summer > 1000);
    });
}

#[test]
fn delays_lifecycles_and_versions_keep_their_order() {
    let tickets = r#"{"name": "tickets", "size": {"is": "grows", "rows": 3000}, "primary_key": ["id"], "columns": [
        {"name": "id", "kind": "int64", "nullable": false},
        {"name": "state", "kind": "enum", "values": ["open", "closed", "reopened"], "nullable": false},
        {"name": "opened_at", "kind": "timestamp", "nullable": false, "behaviour": {"is": "moment", "from": "2025-01-01"}},
        {"name": "closed_at", "kind": "timestamp", "nullable": true},
        {"name": "reopened_at", "kind": "timestamp", "nullable": true},
        {"name": "answered_at", "kind": "timestamp", "nullable": true, "behaviour": {"is": "after", "column": "opened_at", "delay": {"law": {"is": "exponential", "mean": 3}, "unit": "hour", "min": 1, "max": 48}}},
        {"name": "due_on", "kind": "date", "nullable": false, "behaviour": {"is": "after", "column": "opened_at", "delay": {"law": {"is": "uniform", "min": 2, "max": 5}, "unit": "day"}, "until": "2026-06-01"}}],
        "lifecycles": [{"status": "state", "stages": [{"is": "open", "at": "opened_at"},
            {"is": "closed", "at": "closed_at", "share": 0.9, "after": {"law": {"is": "lognormal", "median": 20, "sigma": 1}, "unit": "hour"}},
            {"is": "reopened", "at": "reopened_at", "share": 0.2, "after": {"law": {"is": "uniform", "min": 1, "max": 3}, "unit": "day"}}]}]}"#;
    let prices = r#"{"name": "prices", "size": {"is": "per_parent"}, "primary_key": ["good_id", "valid_from"], "columns": [
        {"name": "good_id", "kind": "int64", "nullable": false},
        {"name": "valid_from", "kind": "timestamp", "nullable": false},
        {"name": "valid_to", "kind": "timestamp", "nullable": true},
        {"name": "now", "kind": "bool", "nullable": false}],
        "foreign_keys": [{"columns": ["good_id"], "references": {"table": "goods", "columns": ["id"]}, "children": {"is": "geometric", "mean": 4}}],
        "history": {"of": "good_id", "from": "valid_from", "to": "valid_to", "current": "now", "since": "2021-01-01"}}"#;
    made(&[things("goods", 200, ""), tickets.into(), prices.into()].join(","), |made| {
        let states = made.rows("tickets").all("state");
        let of = |state: &str| states.iter().filter(|one| **one == state).count();
        // Some of the last days' are not closed yet.
        let shares = [of("open"), of("closed"), of("reopened")].map(|many| many as f64 / 3000.0);
        assert!((shares[0] - 0.1).abs() < 0.03 && (shares[2] - 0.18).abs() < 0.03, "{shares:?}");
        assert_eq!(made.rows("prices").many, 800);
    });
}

#[test]
fn words_hang_on_other_columns_and_are_unique_where_they_are_to_be() {
    let columns = r#",
        {"name": "land", "kind": "enum", "values": ["NL", "BE", "LU"], "nullable": false, "behaviour": {"is": "pick", "weights": [6, 3, 1]}},
        {"name": "town", "kind": "text", "nullable": false, "behaviour": {"is": "pick", "words": ["elsewhere"], "given": {"column": "land", "cases": {"NL": {"words": ["Delft", "Gouda"], "weights": [3, 1]}, "BE": {"words": ["Gent", "Brugge"]}}}}},
        {"name": "phone", "kind": "text", "nullable": true, "nulls": {"rate": 0.1, "when": [{"column": "land", "is": ["LU"], "rate": 1.0}]}, "behaviour": {"is": "template", "forms": ["{+3#-#######}"]}},
        {"name": "first", "kind": "text", "nullable": false, "behaviour": {"is": "pick", "words": ["ida", "bo", "mia", "jan"], "skew": 1}},
        {"name": "mail", "kind": "text", "nullable": false, "behaviour": {"is": "template", "forms": ["{first}.{land}@mail.example", "{first}{1..99}@post.example"], "weights": [3, 1], "unique": true}},
        {"name": "tags", "kind": "list", "item": {"name": "item", "kind": "text", "nullable": false}, "nullable": false, "behaviour": {"is": "list", "length": {"law": {"is": "uniform", "min": 0, "max": 3}}, "item": {"is": "pick", "words": ["new", "old", "rare"]}}},
        {"name": "box", "kind": "struct", "fields": [{"name": "wide", "kind": "int32", "nullable": false}, {"name": "full", "kind": "bool", "nullable": false}], "nullable": false, "behaviour": {"is": "struct", "fields": {"wide": {"is": "number", "law": {"is": "uniform", "min": 2, "max": 9}}, "full": {"is": "bool", "share": 0.5}}}}"#;
    let people = things("people", 2500, columns);
    let people = people
        .replace(r#""primary_key": ["id"],"#, r#""primary_key": ["id"], "unique": [["mail"]],"#);
    made(&people, |made| {
        let people = made.rows("people");
        let lands = people.all("land");
        let mut missing = lands.iter().zip(people.column("phone"));
        assert!(missing.all(|(land, phone)| *land != "LU" || phone.is_none()));
        let lists = people.all("tags");
        assert!(lists.contains(&"[]") && lists.iter().any(|list| list.matches(',').count() == 2));
    });
}

#[test]
fn expressions_are_exact_over_rows_and_parents() {
    let goods = things(
        "goods",
        50,
        r#",{"name": "price", "kind": "decimal(8,2)", "nullable": false, "behaviour": {"is": "number", "law": {"is": "uniform", "min": 0.01, "max": 99.99}}}"#,
    );
    let sales = r#"{"name": "sales", "size": {"is": "grows", "rows": 2000}, "primary_key": ["id"], "columns": [
        {"name": "id", "kind": "int64", "nullable": false},
        {"name": "good_id", "kind": "int64", "nullable": false},
        {"name": "off", "kind": "decimal(3,2)", "nullable": false, "behaviour": {"is": "number", "law": {"is": "uniform", "min": 0.5, "max": 1}}},
        {"name": "paid", "kind": "decimal(10,2)", "nullable": false, "behaviour": {"is": "expression", "text": "round(good_id.price * off, 2)"}},
        {"name": "spared", "kind": "decimal(10,2)", "nullable": false, "behaviour": {"is": "expression", "text": "good_id.price - paid"}}],
        "foreign_keys": [{"columns": ["good_id"], "references": {"table": "goods", "columns": ["id"]}}]}"#;
    made(&[goods, sales.into()].join(","), |_| {});
}

#[test]
fn written_rows_stand_first_and_whole_tables_are_kept() {
    let lands = r#"{"name": "lands", "size": {"is": "fixed", "rows": 2}, "primary_key": ["code"], "columns": [
        {"name": "code", "kind": "text", "nullable": false}, {"name": "people", "kind": "int64", "nullable": true}],
        "rows": [["NL", 18000000], ["VA", null]]}"#;
    let towns = r#"{"name": "towns", "size": {"is": "fixed", "rows": 40}, "primary_key": ["id"], "columns": [
        {"name": "id", "kind": "int32", "nullable": false, "behaviour": {"is": "sequence"}},
        {"name": "land", "kind": "text", "nullable": false}],
        "foreign_keys": [{"columns": ["land"], "references": {"table": "lands", "columns": ["code"]}}],
        "rows": [[7, "VA"], [9, "NL"]]}"#;
    made(&[lands, towns].join(","), |made| {
        assert_eq!(made.rows("lands").many, 2);
        assert_eq!(made.rows("towns").all("id")[..3], ["7", "9", "10"]);
    });
}
