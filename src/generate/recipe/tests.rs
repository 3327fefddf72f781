//! Tests that made rows keep what their design says, whoever makes them and in whatever runs.

use std::collections::{BTreeMap, BTreeSet};

use peyote_schemas::{Kind, design, draft::Draft};

use super::*;
use crate::generate::spell::spell;
use crate::plan::{Plan, Sizes};

mod there;

const SHOP: &str = include_str!("tests/shop.json");

fn worked(text: &str, scale: f64, seed: u64) -> Recipe {
    let draft: Draft = serde_json::from_str(text).expect("a draft");
    let (design, findings) = design::resolve(&draft).expect("a sound design");
    assert!(findings.is_empty(), "{findings:?}");
    let plan = Plan::new(&design, &Sizes { scale, ..Sizes::default() }, seed).expect("a plan");
    recipe(&design, &plan.rows(), seed).expect("a recipe")
}

/// A table's rows as text, by column; nothing where there is no value.
struct Told(BTreeMap<String, Vec<Option<String>>>);

fn place(recipe: &Recipe, table: &str) -> usize {
    recipe.tables.iter().position(|one| one.name == table).expect("a table")
}

fn told(recipe: &Recipe, table: &str) -> Told {
    let at = place(recipe, table);
    let mut frame = recipe.frame(at);
    let rows = recipe.tables[at].rows as usize;
    recipe.fill(at, 0, rows, &mut frame);
    let columns = recipe.tables[at].columns.iter().zip(&frame.lanes).map(|(column, lane)| {
        let texts = (0..rows).map(|row| text(lane, &column.column.kind, row)).collect();
        (column.column.name.clone(), texts)
    });
    Told(columns.collect())
}

fn text(lane: &Lane, kind: &Kind, row: usize) -> Option<String> {
    lane.holds(row).then(|| {
        let mut text = Vec::new();
        spell(lane, kind, row, &mut text);
        String::from_utf8(text).expect("a text")
    })
}

impl Told {
    fn column(&self, name: &str) -> &[Option<String>] {
        &self.0[name]
    }

    fn all(&self, name: &str) -> Vec<&str> {
        self.column(name).iter().map(|text| text.as_deref().expect("a value")).collect()
    }

    fn cents(&self, name: &str) -> Vec<i64> {
        self.all(name).iter().map(|text| text.replace('.', "").parse().expect("a number")).collect()
    }
}

fn is_unique(texts: &[&str]) -> bool {
    texts.iter().collect::<BTreeSet<_>>().len() == texts.len()
}

#[test]
fn any_rows_in_any_runs_are_the_same_rows() {
    let recipe = worked(SHOP, 1.0, 7);
    for table in 0..recipe.tables.len() {
        let kinds: Vec<&Kind> =
            recipe.tables[table].columns.iter().map(|column| &column.column.kind).collect();
        let rows = recipe.tables[table].rows as usize;
        let mut whole = recipe.frame(table);
        recipe.fill(table, 0, rows, &mut whole);
        let mut part = recipe.frame(table);
        for (first, len) in [(0, 1), (1, 63), (rows / 3, 100), (rows - 1, 1), (5, rows - 5)] {
            let len = len.min(rows - first);
            recipe.fill(table, first as u64, len, &mut part);
            for ((whole, part), kind) in whole.lanes.iter().zip(&part.lanes).zip(&kinds) {
                let whole = whole.to_arrow(kind).expect("an array").slice(first, len);
                assert_eq!(&whole, &part.to_arrow(kind).expect("an array"));
            }
        }
        // One by one, backwards, and twice.
        let list: Vec<u64> = (0..rows as u64).rev().step_by(7).chain([0, 0]).collect();
        part.turn(Rows::List(list.clone()));
        recipe.make_all(table, &mut part);
        part.lanes.iter_mut().for_each(finish);
        for ((whole, part), kind) in whole.lanes.iter().zip(&part.lanes).zip(&kinds) {
            for (at, row) in list.iter().enumerate() {
                assert_eq!(text(whole, kind, *row as usize), text(part, kind, at));
            }
        }
    }
}

#[test]
fn seeds_and_columns_are_free_of_each_other() {
    let (one, other) = (worked(SHOP, 1.0, 1), worked(SHOP, 1.0, 2));
    let told_one = told(&one, "customers");
    assert_ne!(told_one.column("country"), told(&other, "customers").column("country"));
    let edited = SHOP.replace(r#""median": 40"#, r#""median": 50"#);
    let edited = worked(&edited, 1.0, 1);
    let (before, after) = (told(&one, "products"), told(&edited, "products"));
    assert_ne!(before.column("price"), after.column("price"));
    for name in ["id", "sku", "name", "category"] {
        assert_eq!(before.column(name), after.column(name), "{name}");
    }
}

#[test]
fn keys_are_unique_and_references_resolve() {
    let recipe = worked(SHOP, 1.0, 3);
    let (customers, orders, items, products) = (
        told(&recipe, "customers"),
        told(&recipe, "orders"),
        told(&recipe, "items"),
        told(&recipe, "products"),
    );
    for (table, columns) in [
        (&customers, &["id", "email"][..]),
        (&orders, &["id", "code"]),
        (&products, &["id", "sku", "name"]),
    ] {
        for column in columns {
            assert!(is_unique(&table.all(column)), "{column}");
        }
    }
    let pairs: BTreeSet<_> = items.all("order_id").into_iter().zip(items.all("line")).collect();
    assert_eq!(pairs.len(), items.column("line").len());
    for (child, column, parent) in [
        (&orders, "customer_id", &customers),
        (&items, "order_id", &orders),
        (&items, "product_id", &products),
    ] {
        let known: BTreeSet<_> = parent.all("id").into_iter().collect();
        assert!(child.all(column).iter().all(|key| known.contains(key)), "{column}");
    }
    let tags = told(&recipe, "product_tags");
    let pairs: BTreeSet<_> = tags.all("product_id").into_iter().zip(tags.all("tag_id")).collect();
    assert_eq!(pairs.len(), tags.column("tag_id").len());
    let details = told(&recipe, "details");
    assert!(is_unique(&details.all("customer_id")));
    let transfers = told(&recipe, "transfers");
    let ends = transfers.all("from_id").into_iter().zip(transfers.all("to_id"));
    assert!(ends.into_iter().all(|(from, to)| from != to));
}

#[test]
fn totals_expressions_and_copies_agree() {
    let recipe = worked(SHOP, 1.0, 3);
    let (orders, items) = (told(&recipe, "orders"), told(&recipe, "items"));
    let products = told(&recipe, "products");
    let prices: BTreeMap<_, _> =
        products.all("id").into_iter().zip(products.all("price")).collect();
    for (product, price) in items.all("product_id").iter().zip(items.all("unit_price")) {
        assert_eq!(prices[product], price);
    }
    let amounts = items.cents("amount");
    let quantities = items.cents("quantity");
    let unit_prices = items.cents("unit_price");
    for ((amount, quantity), price) in amounts.iter().zip(&quantities).zip(&unit_prices) {
        assert_eq!(*amount, quantity * price);
    }
    let mut sums = BTreeMap::new();
    for (order, amount) in items.all("order_id").iter().zip(&amounts) {
        let (sum, many) = sums.entry(*order).or_insert((0, 0));
        *sum += amount;
        *many += 1;
    }
    let totals = orders.cents("total");
    let many = orders.cents("items");
    for ((order, total), items) in orders.all("id").iter().zip(totals).zip(many) {
        assert_eq!(sums.get(order).copied().unwrap_or((0, 0)), (total, items), "order {order}");
    }
    // Shuffled orders are found from their customers as well.
    let customers = told(&recipe, "customers");
    let mut spent = BTreeMap::new();
    for (customer, total) in orders.all("customer_id").iter().zip(orders.cents("total")) {
        *spent.entry(*customer).or_insert(0) += total;
    }
    for (customer, total) in customers.all("id").iter().zip(customers.cents("spent")) {
        assert_eq!(spent.get(customer).copied().unwrap_or(0), total);
    }
}

/// A product, from when and to when.
type Row<'t> = (&'t str, Option<&'t str>, &'t str);

#[test]
fn moments_follow_each_other() {
    let recipe = worked(SHOP, 1.0, 3);
    let (customers, orders) = (told(&recipe, "customers"), told(&recipe, "orders"));
    let joined: BTreeMap<_, _> =
        customers.all("id").into_iter().zip(customers.all("joined_at")).collect();
    for (customer, at) in orders.all("customer_id").iter().zip(orders.all("ordered_at")) {
        assert!(joined[customer] <= at, "{customer}: {} > {at}", joined[customer]);
        assert!(at < "2026-01-01");
    }
    let mut met = BTreeMap::new();
    for row in 0..orders.column("status").len() {
        let at = |name: &str| orders.column(name)[row].as_deref();
        let status = at("status").expect("a status");
        *met.entry(status).or_insert(0) += 1;
        let (paid, shipped) = (at("paid_at"), at("shipped_at"));
        match status {
            "placed" => assert!(paid.is_none() && shipped.is_none()),
            "paid" => assert!(paid.is_some() && shipped.is_none()),
            "shipped" => assert!(paid.is_some() && shipped.is_some()),
            "cancelled" => assert!(shipped.is_none()),
            other => panic!("{other}"),
        }
        let mut before = at("ordered_at").expect("a moment");
        for moment in [paid, shipped].into_iter().flatten() {
            assert!(before <= moment);
            before = moment;
        }
    }
    assert_eq!(met.len(), 4, "{met:?}");
    let prices = told(&recipe, "prices");
    let mut rows: BTreeMap<&str, Vec<Row<'_>>> = BTreeMap::new();
    for row in 0..prices.column("product_id").len() {
        let at = |name: &str| prices.column(name)[row].as_deref();
        let product = at("product_id").expect("a product");
        let span =
            (at("valid_from").expect("a day"), at("valid_to"), at("current").expect("a truth"));
        rows.entry(product).or_default().push(span);
    }
    for (product, mut spans) in rows {
        spans.sort_unstable();
        for pair in spans.windows(2) {
            assert_eq!(pair[0].1, Some(pair[1].0), "{product}");
            assert!(pair[0].0 < pair[1].0 && pair[0].2 == "false");
        }
        let last = spans.last().expect("a span");
        assert!(last.1.is_none() && last.2 == "true");
    }
}

#[test]
fn weights_laws_and_nulls_keep_their_shares() {
    let recipe = worked(SHOP, 4.0, 5);
    let customers = told(&recipe, "customers");
    let countries = customers.all("country");
    let many = countries.len() as f64;
    let share = |word: &str| countries.iter().filter(|one| **one == word).count() as f64 / many;
    assert!((share("NL") - 0.5).abs() < 0.03 && (share("DE") - 0.3).abs() < 0.03);
    let missing = customers.column("phone").iter().filter(|phone| phone.is_none()).count();
    assert!((missing as f64 / many - 0.25).abs() < 0.03, "{missing}");
    for (city, country) in customers.all("city").iter().zip(&countries) {
        let of = match *country {
            "NL" => &["Leiden", "Delft"][..],
            "DE" => &["Ulm", "Jena"],
            _ => &["Elsewhere"],
        };
        assert!(of.contains(city), "{city} in {country}");
    }
    let products = told(&recipe, "products");
    assert!(products.all("price").iter().all(|price| price.ends_with(".99")));
    let mut prices = products.cents("price");
    prices.sort_unstable();
    let median = prices[prices.len() / 2];
    assert!((3000..5200).contains(&median), "{median}");
    let (low, high) = (prices[0], prices[prices.len() - 1]);
    assert!(low >= 99 && high <= 50_000, "{low} {high}");
}

#[test]
fn trees_have_levels_and_no_circles() {
    let recipe = worked(SHOP, 1.0, 5);
    let categories = told(&recipe, "categories");
    let ids = categories.all("id");
    let of: BTreeMap<&str, Option<&str>> = ids
        .iter()
        .zip(categories.column("parent_id"))
        .map(|(id, parent)| (*id, parent.as_deref()))
        .collect();
    let mut deepest = 0;
    for id in &ids {
        let (mut at, mut depth) = (*id, 1);
        while let Some(Some(parent)) = of.get(at) {
            at = parent;
            depth += 1;
            assert!(depth < 10, "{id} goes round in a circle");
        }
        deepest = deepest.max(depth);
    }
    assert_eq!(deepest, 3);
    assert_eq!(of.values().filter(|parent| parent.is_none()).count(), 4);
}

#[test]
fn written_rows_stand_first_and_are_referred_to() {
    let recipe = worked(SHOP, 1.0, 5);
    let tags = told(&recipe, "tags");
    assert_eq!(&tags.all("name")[..2], ["new", "sale"]);
    assert_eq!(&tags.all("id")[..3], ["10", "20", "21"]);
    let known: BTreeSet<_> = tags.all("id").into_iter().collect();
    assert_eq!(known.len(), 30);
    let product_tags = told(&recipe, "product_tags");
    assert!(product_tags.all("tag_id").iter().all(|id| known.contains(id)));
}

#[test]
fn rows_of_the_same_parent_have_the_values_that_are_asked_for() {
    const WARDS: &str = r#"{"name": "Wards", "resolved": true, "tables": [
        {"name": "wards", "size": {"is": "fixed", "rows": 6}, "columns": [
            {"name": "id", "kind": "int16", "nullable": false}], "primary_key": ["id"]},
        {"name": "staff", "size": {"is": "fixed", "rows": 400}, "columns": [
            {"name": "id", "kind": "int32", "nullable": false},
            {"name": "ward_id", "kind": "int16", "nullable": false},
            {"name": "role", "kind": "enum", "values": ["nurse", "doctor"], "nullable": false,
                "behaviour": {"is": "pick", "weights": [4, 1]}}],
         "primary_key": ["id"],
         "foreign_keys": [{"columns": ["ward_id"], "references": {"table": "wards", "columns": ["id"]},
            "children": {"is": "lognormal", "mean": 60, "sigma": 0.2}}]},
        {"name": "stays", "size": {"is": "fixed", "rows": 3000}, "columns": [
            {"name": "id", "kind": "int32", "nullable": false},
            {"name": "ward_id", "kind": "int16", "nullable": false},
            {"name": "doctor_id", "kind": "int32", "nullable": false},
            {"name": "role", "kind": "text", "nullable": false,
                "behaviour": {"is": "copy", "of": "doctor_id.role"}},
            {"name": "ward", "kind": "int16", "nullable": false,
                "behaviour": {"is": "copy", "of": "doctor_id.ward_id"}}],
         "primary_key": ["id"],
         "foreign_keys": [{"columns": ["ward_id"], "references": {"table": "wards", "columns": ["id"]}},
            {"columns": ["doctor_id"], "references": {"table": "staff", "columns": ["id"]},
             "among": {"is": "same", "of": "ward_id", "column": "role", "values": ["doctor"]}}]}]}"#;
    let stays = told(&worked(WARDS, 1.0, 5), "stays");
    assert!(stays.all("role").iter().all(|role| *role == "doctor"));
    assert_eq!(stays.column("ward"), stays.column("ward_id"));
    let doctors: BTreeSet<_> = stays.all("doctor_id").into_iter().collect();
    assert!(doctors.len() > 60, "{}", doctors.len());
}

#[test]
fn what_is_kept_is_what_is_made() {
    const BILLS: &str = r#"{"name": "Bills", "resolved": true, "tables": [
        {"name": "goods", "size": {"is": "fixed", "rows": 500}, "columns": [
            {"name": "id", "kind": "int32", "nullable": false},
            {"name": "price", "kind": "decimal(8,2)", "nullable": true, "nulls": {"rate": 0.1},
                "behaviour": {"is": "expression", "text": "(id * 37 % 911) / 8"}}],
         "primary_key": ["id"]},
        {"name": "bills", "size": {"is": "fixed", "rows": 6000}, "columns": [
            {"name": "id", "kind": "int32", "nullable": false},
            {"name": "sum", "kind": "decimal(12,2)", "nullable": false,
                "behaviour": {"is": "total", "table": "lines", "how": "sum", "of": "price"}},
            {"name": "due", "kind": "decimal(12,2)", "nullable": false,
                "behaviour": {"is": "expression", "text": "sum + 5"}}],
         "primary_key": ["id"]},
        {"name": "lines", "size": {"is": "per_parent", "of": "bill_id"}, "columns": [
            {"name": "bill_id", "kind": "int32", "nullable": false},
            {"name": "line", "kind": "int16", "nullable": false, "behaviour": {"is": "nth", "of": "bill_id"}},
            {"name": "good_id", "kind": "int32", "nullable": false},
            {"name": "price", "kind": "decimal(8,2)", "nullable": true,
                "behaviour": {"is": "copy", "of": "good_id.price"}}],
         "primary_key": ["bill_id", "line"],
         "foreign_keys": [{"columns": ["bill_id"], "references": {"table": "bills", "columns": ["id"]},
            "children": {"is": "range", "min": 0, "max": 4}},
            {"columns": ["good_id"], "references": {"table": "goods", "columns": ["id"]}}]},
        {"name": "payments", "size": {"is": "fixed", "rows": 5000}, "columns": [
            {"name": "id", "kind": "int32", "nullable": false},
            {"name": "bill_id", "kind": "int32", "nullable": false},
            {"name": "amount", "kind": "decimal(12,2)", "nullable": false,
                "behaviour": {"is": "copy", "of": "bill_id.due"}}],
         "primary_key": ["id"],
         "foreign_keys": [{"columns": ["bill_id"], "references": {"table": "bills", "columns": ["id"]}}]}]}"#;
    let fresh = |table: &str| told(&worked(BILLS, 1.0, 3), table).0;
    let used = worked(BILLS, 1.0, 3);
    // The second time everything is known that may be.
    for _ in 0..2 {
        for table in ["goods", "bills", "lines", "payments"] {
            assert_eq!(told(&used, table).0, fresh(table), "{table}");
        }
    }
}

#[test]
fn what_cannot_be_is_refused() {
    for (from, to, why) in [
        (r#""rows": 500}, "tag"#, r#""rows": 500}, "tag"#, ""),
        (r#""pattern": "P-####""#, r#""pattern": "P-#""#, "10 codes of the form"),
    ] {
        let draft: Draft = serde_json::from_str(&SHOP.replace(from, to)).expect("a draft");
        let (design, _) = design::resolve(&draft).expect("a sound design");
        let plan = Plan::new(&design, &Sizes::default(), 1);
        match plan.and_then(|plan| recipe(&design, &plan.rows(), 1)) {
            Ok(_) => assert!(why.is_empty(), "{why}"),
            Err(error) => assert!(error.to_string().contains(why), "{error}"),
        }
    }
}

#[test]
fn who_works_when_is_reckoned_from_numbers_of_rows() {
    const ROTA: &str = r#"{"name": "Rota", "resolved": true, "tables": [
        {"name": "drivers", "size": {"is": "fixed", "rows": 7}, "columns": [
            {"name": "id", "kind": "int16", "nullable": false, "behaviour": {"is": "sequence", "start": 100}},
            {"name": "shift", "kind": "text", "nullable": false, "behaviour":
                {"is": "values", "values": ["early", "late"], "at": "row() - 7"}}], "primary_key": ["id"]},
        {"name": "lines", "size": {"is": "fixed", "rows": 3}, "columns": [
            {"name": "id", "kind": "int16", "nullable": false}], "primary_key": ["id"]},
        {"name": "trips", "size": {"is": "per_parent", "of": "line_id"}, "columns": [
            {"name": "id", "kind": "int32", "nullable": false},
            {"name": "line_id", "kind": "int16", "nullable": false},
            {"name": "driver_id", "kind": "int16", "nullable": true},
            {"name": "line", "kind": "int16", "nullable": false,
                "behaviour": {"is": "expression", "text": "row(line_id)"}},
            {"name": "day", "kind": "int16", "nullable": false,
                "behaviour": {"is": "expression", "text": "nth(line_id)"}},
            {"name": "driver", "kind": "int16", "nullable": true,
                "behaviour": {"is": "expression", "text": "row(driver_id)"}}],
         "primary_key": ["id"],
         "foreign_keys": [{"columns": ["line_id"], "references": {"table": "lines", "columns": ["id"]},
                "children": {"is": "fixed", "count": 40}},
            {"columns": ["driver_id"], "references": {"table": "drivers", "columns": ["id"]},
             "among": {"is": "place", "row": "if(nth(line_id) % 10 = 9, null, row(line_id) + nth(line_id))"}}]}]}"#;
    let recipe = worked(ROTA, 1.0, 5);
    let drivers = told(&recipe, "drivers");
    assert_eq!(&drivers.all("shift")[..3], ["late", "early", "late"]);
    let trips = told(&recipe, "trips");
    let (lines, days) = (trips.all("line"), trips.all("day"));
    for place in 0..120 {
        let (line, day) = (place / 40, place % 40);
        assert_eq!((lines[place], days[place]), (&*line.to_string(), &*day.to_string()));
        let wanted = (day % 10 < 9).then_some((line + day) % 7);
        let told = |name: &str| trips.column(name)[place].clone();
        assert_eq!(told("driver"), wanted.map(|driver| driver.to_string()));
        assert_eq!(told("driver_id"), wanted.map(|driver| (100 + driver).to_string()));
    }
}

#[test]
fn written_rows_stand_before_codes_of_another_form() {
    let worked = |pattern: &str| {
        let ships = format!(
            r#"{{"name": "Ships", "resolved": true, "tables": [{{"name": "ships",
            "size": {{"is": "fixed", "rows": 5}}, "rows": [["OY-ABC"], ["SE-XYZ"]], "columns": [
            {{"name": "mark", "kind": "text", "nullable": false,
              "behaviour": {{"is": "code", "pattern": "{pattern}"}}}}], "primary_key": ["mark"]}}]}}"#
        );
        told(&worked(&ships, 1.0, 5), "ships").all("mark").join(" ")
    };
    assert!(worked("LN-AAA").starts_with("OY-ABC SE-XYZ LN-"));
    assert!(!worked("OA-AAA").contains("SE-XYZ"));
}
