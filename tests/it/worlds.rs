//! The catalog's worlds, made at sizes of their own: every promise kept, and what is told together
//! goes together.

use std::collections::{BTreeMap, BTreeSet};

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
        for args in ["--rows 20", "--rows 700", "--scale 2"] {
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
        let state = &states[&sent_back["order_id"]];
        assert!(["delivered", "returned"].contains(&state.as_str()), "{sent_back:?} {state}");
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

#[test]
fn who_dies_dies_once_and_is_not_seen_again() {
    let hospital = made("hospital", "--rows 20000");
    let died_on = by(&hospital["patients"], "patient_id", "died_on");
    let mut deaths = BTreeMap::new();
    for visit in &hospital["encounters"] {
        let died_on = &died_on[&visit["patient_id"]];
        if visit["disposition"] == "died" {
            assert_eq!(visit["ended_at"][..10], **died_on);
            *deaths.entry(&visit["patient_id"]).or_insert(0) += 1;
        } else if !died_on.is_empty() {
            let seen = ["ended_at", "started_at", "scheduled_for"].map(|moment| &visit[moment]);
            let last = seen.into_iter().find(|moment| !moment.is_empty());
            assert!(last.is_none_or(|moment| moment[..10] <= **died_on), "{visit:?}");
        }
    }
    let dead = died_on.values().filter(|day| !day.is_empty()).count();
    assert!(
        dead > 20 && deaths.len() == dead && deaths.values().all(|times| *times == 1),
        "{dead}"
    );
}

/// A column of a table by its key.
fn by(rows: &[BTreeMap<String, String>], key: &str, of: &str) -> BTreeMap<String, String> {
    rows.iter().map(|row| (row[key].clone(), row[of].clone())).collect()
}

/// A cell as a number; none where it is absent.
fn number(cell: &str) -> Option<f64> {
    cell.parse().ok()
}

/// The hour of a moment as it is written.
fn hour(moment: &str) -> u32 {
    moment[11..13].parse().expect("an hour")
}

#[test]
fn parcels_are_handed_over_by_day_and_returned_orders_come_back() {
    let shop = made("shop", "--rows 9000");
    for order in &shop["orders"] {
        for moment in ["shipped_at", "delivered_at"] {
            let at = &order[moment];
            assert!(at.is_empty() || (5..22).contains(&hour(at)), "{moment} {at}");
        }
    }
    let lines = |table: &str| {
        let mut many: BTreeMap<String, usize> = BTreeMap::new();
        shop[table].iter().for_each(|row| *many.entry(row["order_id"].clone()).or_default() += 1);
        many
    };
    let (bought, sent_back) = (lines("order_lines"), lines("returns"));
    let returned: Vec<_> =
        shop["orders"].iter().filter(|order| order["status"] == "returned").collect();
    assert!(returned.len() > 50 && sent_back.len() > 2 * returned.len());
    for order in returned {
        assert_eq!(bought[&order["order_id"]], sent_back[&order["order_id"]], "{order:?}");
    }
    for one in &shop["returns"] {
        for (moment, days) in [("received_at", 1..6), ("refunded_at", 1..6)] {
            let at = &one[moment];
            assert!(at.is_empty() || days.contains(&weekday(at)), "{moment} {at}");
        }
    }
}

/// The day of the week of a moment as it is written: 1 is Monday.
fn weekday(moment: &str) -> i64 {
    let part = |range: std::ops::Range<usize>| moment[range].parse::<i64>().expect("a number");
    let (year, month, day) = (part(0..4), part(5..7), part(8..10));
    // Zeller's congruence, with the year that begins in March.
    let (year, month) = if month < 3 { (year - 1, month + 12) } else { (year, month) };
    let days = day + 13 * (month + 1) / 5 + year + year / 4 - year / 100 + year / 400;
    (days + 5) % 7 + 1
}

#[test]
fn money_goes_back_as_often_as_goods_do_and_only_paid_orders_are_sent() {
    let shop = made("shop", "--rows 9000 --seed 5");
    let cents = |cell: &str| cell.replace('.', "").parse::<i64>().unwrap_or(0);
    let mut back: BTreeMap<&str, i64> = BTreeMap::new();
    for one in &shop["returns"] {
        *back.entry(&one["order_id"]).or_default() += cents(&one["refund_amount"]);
    }
    let mut refunded: BTreeMap<&str, i64> = BTreeMap::new();
    let mut paid: BTreeMap<&str, usize> = BTreeMap::new();
    let mut failed = 0;
    for payment in &shop["payments"] {
        let order = payment["order_id"].as_str();
        *refunded.entry(order).or_default() += cents(&payment["refunded_amount"]);
        *paid.entry(order).or_default() += usize::from(!payment["captured_at"].is_empty());
        failed += usize::from(payment["status"] == "failed");
        let share = match payment["status"].as_str() {
            "refunded" => Some(payment["refunded_amount"] == payment["amount"]),
            "partially_refunded" => Some(payment["refunded_amount"] != payment["amount"]),
            _ => None,
        };
        assert!(share.is_none_or(|share| share && back.contains_key(order)), "{payment:?}");
    }
    assert!(failed > 100, "{failed}");
    for order in &shop["orders"] {
        let id = order["order_id"].as_str();
        assert_eq!(back.get(id).copied().unwrap_or(0), refunded[id], "{order:?}");
        assert_eq!(cents(&order["refunded_amount"]), refunded[id], "{order:?}");
        assert_eq!(paid[id], usize::from(!order["paid_at"].is_empty()), "{order:?}");
    }
}

#[test]
fn products_are_sold_while_they_are_on_sale_and_called_what_they_are() {
    let shop = made("shop", "--rows 9000 --seed 3");
    let placed = by(&shop["orders"], "order_id", "placed_at");
    let products: BTreeMap<_, _> =
        shop["products"].iter().map(|row| (row["product_id"].clone(), row)).collect();
    let (mut new, mut old) = (0_usize, 0_usize);
    for line in &shop["order_lines"] {
        let (day, product) = (&placed[&line["order_id"]][..10], products[&line["product_id"]]);
        let (launched, last) = (&product["launched_on"], &product["discontinued_on"]);
        assert!(launched.as_str() <= day, "{line:?} {product:?}");
        assert!(last.is_empty() || day <= last.as_str(), "{line:?} {product:?}");
        new += usize::from(launched.as_str() > "2023-06-01");
        old += usize::from(!last.is_empty());
    }
    assert!(new > 500 && old > 100, "{new} {old}");
    let names: BTreeSet<_> = shop["products"].iter().map(|row| &row["name"]).collect();
    assert_eq!(names.len(), shop["products"].len());
    for product in &shop["products"] {
        // Quotation marks are left out of cells here.
        for part in product["attributes"].trim_matches(['{', '}']).split(',') {
            let Some((part, number)) = part.split_once(':') else { continue };
            let named = product["name"].split([' ', ',']).any(|word| word == number);
            let measured = ["diameter_cm", "length_cm", "blade_cm", "volume_ml"].contains(&part);
            assert!(named || !measured, "{product:?}");
        }
    }
}

#[test]
fn departments_see_whom_they_are_for() {
    let hospital = made("hospital", "--rows 6000");
    let born = by(&hospital["patients"], "patient_id", "born_on");
    let sex = by(&hospital["patients"], "patient_id", "sex");
    let role = by(&hospital["staff"], "staff_id", "role");
    let works = by(&hospital["staff"], "staff_id", "department_id");
    let mut children = 0;
    for visit in &hospital["encounters"] {
        assert_eq!(role[&visit["attending_id"]], "consultant", "{visit:?}");
        assert_eq!(works[&visit["attending_id"]], visit["department_id"], "{visit:?}");
        if visit["department_id"] == "8" {
            assert_eq!(sex[&visit["patient_id"]], "female", "{visit:?}");
        }
        if visit["department_id"] == "9" && !visit["started_at"].is_empty() {
            let year = |moment: &str| moment[..4].parse::<i32>().expect("a year");
            let age = year(&visit["started_at"]) - year(&born[&visit["patient_id"]]);
            assert!((0..18).contains(&age), "{visit:?}");
            children += 1;
        }
        if visit["kind"] == "outpatient" && !visit["started_at"].is_empty() {
            assert!((8..18).contains(&hour(&visit["started_at"])), "{visit:?}");
        }
    }
    assert!(children > 10);
}

#[test]
fn orders_look_at_age_and_allergies_and_staff_were_there_then() {
    let hospital = made("hospital", "--rows 8000");
    let hired = by(&hospital["staff"], "staff_id", "hired_on");
    let left = by(&hospital["staff"], "staff_id", "left_on");
    let visits: BTreeMap<_, _> =
        hospital["encounters"].iter().map(|row| (&row["encounter_id"], row)).collect();
    let (mut seen, mut strangers) = (0, 0);
    for visit in visits.values().filter(|visit| !visit["started_at"].is_empty()) {
        let (day, who) = (&visit["started_at"][..10], &visit["attending_id"]);
        let was = day >= hired[who].as_str() && (left[who].is_empty() || day <= left[who].as_str());
        strangers += usize::from(!was);
        seen += 1;
    }
    // Where a department has nobody for a day, it is whoever was there nearest to it.
    assert!(seen > 1000 && strangers * 200 < seen, "{strangers} of {seen}");
    assert!(hired.values().any(|day| day.as_str() > "2024-01-01"));
    let allergies = by(&hospital["patients"], "patient_id", "allergies");
    for order in &hospital["medication_orders"] {
        let patient = &visits[&order["encounter_id"]]["patient_id"];
        let is_penicillin = order["drug"].contains("cillin");
        assert!(!(is_penicillin && allergies[patient].contains("cillin")), "{order:?}");
        let is_child = order["order_set"].starts_with("Child");
        assert_eq!(is_child, !order["weight_kg"].is_empty(), "{order:?}");
    }
}

#[test]
fn trips_are_booked_before_they_begin_and_while_others_fly() {
    let airline = made("airline", "--rows 6000");
    let leaves = by(&airline["flights"], "flight_id", "scheduled_departure");
    let booked = by(&airline["bookings"], "pnr", "booked_at");
    let booking = by(&airline["tickets"], "ticket_number", "pnr");
    for coupon in &airline["coupons"] {
        let at = &booked[&booking[&coupon["ticket_number"]]];
        assert!(*at < leaves[&coupon["flight_id"]], "{coupon:?}");
    }
    let first = leaves.values().min().expect("a flight");
    assert!(booked.values().any(|at| at > first));
    assert!(airline["routes"].iter().all(|route| route["days_of_week"] == "[1,2,3,4,5,6,7]"));
}

#[test]
fn telescopes_look_at_what_was_asked_for_by_night() {
    let observatory = made("observatory", "--rows 3000");
    let asked = by(&observatory["proposals"], "proposal_id", "main_target_id");
    for exposure in &observatory["exposures"] {
        assert_eq!(asked[&exposure["proposal_id"]], exposure["target_id"]);
        assert!(!(7..19).contains(&hour(&exposure["started_at"])), "{exposure:?}");
        assert!(exposure["started_at"] < exposure["ended_at"], "{exposure:?}");
    }
    let right = |row: &BTreeMap<String, String>| {
        number(&row["ra_deg"]).is_some_and(|degrees| (0.0..360.0).contains(&degrees))
    };
    assert!(observatory["detections"].iter().all(right));
}

#[test]
fn a_feeder_carries_what_its_customers_draw() {
    let grid = made("power_grid", "--rows 4000");
    let customers = by(&grid["feeders"], "feeder_id", "customers");
    for outage in &grid["outages"] {
        let (out, all) = (&outage["customers_out"], &customers[&outage["feeder_id"]]);
        assert!(number(out) <= number(all), "{outage:?}");
    }
    for reading in &grid["feeder_readings"] {
        let megawatts = number(&reading["active_mw"]);
        if reading["breaker"] == "open" {
            assert!(megawatts.unwrap_or(0.0) == 0.0, "{reading:?}");
        }
        if let (Some(active), Some(apparent), Some(factor)) =
            (megawatts, number(&reading["apparent_mva"]), number(&reading["power_factor"]))
        {
            assert!((active - apparent * factor).abs() < 0.01, "{reading:?}");
        }
    }
}

#[test]
fn nothing_is_streamed_before_it_is_out_and_charts_follow_streams() {
    let music = made("music", "--rows 6000");
    let out = by(&music["releases"], "release_id", "released_on");
    let mut charts: BTreeMap<&str, Vec<(i64, i64)>> = BTreeMap::new();
    for week in &music["weekly_streams"] {
        assert!(out[&week["release_id"]] <= week["week_starting"], "{week:?}");
        if let Ok(place) = week["chart_position"].parse() {
            let streams = week["streams"].parse().expect("a number");
            charts.entry(&week["week_starting"]).or_default().push((place, streams));
        }
    }
    for chart in charts.values_mut() {
        chart.sort_unstable();
        assert!(chart.windows(2).all(|pair| pair[0].1 >= pair[1].1), "{chart:?}");
    }
    assert!(!charts.is_empty());
}
