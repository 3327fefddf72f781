//! Tests: what is kept of behaviours, and what is said of the others.

use serde_json::{Value, json};

use crate::design::{Design, resolve};
use crate::draft;
use crate::finding::Finding;

fn resolved(document: &Value) -> (Design, Vec<Finding>) {
    let (draft, found) = draft::read(&document.to_string());
    assert_eq!(found, []);
    resolve(&draft).unwrap()
}

/// Shops with orders, the facts given put into the order's columns and tables.
fn orders(columns: &[Value], facts: &Value, shop: &Value) -> Value {
    let mut all = vec![
        json!({"name": "order_id", "kind": "int64", "nullable": false}),
        json!({"name": "shop_id", "kind": "int64", "nullable": false}),
        json!({"name": "status", "kind": "enum", "values": ["new", "paid", "sent"]}),
        json!({"name": "ordered_at", "kind": "timestamp", "nullable": false}),
        json!({"name": "paid_at", "kind": "timestamp"}),
        json!({"name": "quantity", "kind": "int32"}),
        json!({"name": "price", "kind": "decimal(10,2)"}),
    ];
    all.extend(columns.iter().cloned());
    let mut table = json!({
        "name": "orders", "columns": all, "primary_key": ["order_id"],
        "foreign_keys": [{"columns": ["shop_id"], "references": {"table": "shops", "columns": ["shop_id"]}}],
    });
    for (name, value) in facts.as_object().unwrap() {
        if name == "key" {
            for (name, value) in value.as_object().unwrap() {
                table["foreign_keys"][0][name] = value.clone();
            }
        } else {
            table[name] = value.clone();
        }
    }
    let mut shops = vec![
        json!({"name": "shop_id", "kind": "int64", "nullable": false}),
        json!({"name": "name", "kind": "text"}),
        json!({"name": "opened_on", "kind": "date"}),
    ];
    shops.extend(shop.as_array().unwrap().iter().cloned());
    json!({"name": "Trade", "resolved": true, "tables": [
        {"name": "shops", "columns": shops, "primary_key": ["shop_id"], "foreign_keys": []},
        table,
    ]})
}

fn column(name: &str, kind: &str, behaviour: impl Into<Value>) -> Value {
    let behaviour = behaviour.into();
    json!({"name": name, "kind": kind, "behaviour": behaviour})
}

#[test]
fn behaviours_that_fit_are_kept_in_the_designs_names() {
    let total = json!({"is": "expression", "text": "ROUND(Quantity * price, 2)"});
    let near = json!({"is": "template", "forms": ["{Shop ID.Name|slug}-{code}{=1 + quantity}"],
        "words": {"code": {"words": ["a", "b"]}}});
    let (design, findings) = resolved(&orders(
        &[column("total", "decimal(12,2)", total), column("label", "text", near)],
        &json!({"key": {"children": {"is": "zipf", "skew": 1.1}, "childless": 0.2},
            "size": {"is": "grows", "rows": 100},
            "lifecycles": [{"status": "Status", "stages": [
                {"is": "new", "at": "Ordered at"},
                {"is": "paid", "at": "paid_at", "after": {"law": {"is": "exponential", "mean": 2}, "unit": "hour"}, "share": 0.9},
                {"is": "sent", "share": 0.9}]}]}),
        &json!([column(
            "turnover",
            "decimal(18,2)",
            json!({"is": "total", "table": "Orders", "how": "sum", "of": "total"})
        )]),
    ));
    assert_eq!(findings, []);
    let text = serde_json::to_string(&design).unwrap();
    for part in [
        r#""text":"round(quantity * price, 2)""#,
        r#""forms":["{shop_id.name|slug}-{code}{=1 + quantity}"]"#,
        r#""children":{"is":"zipf","skew":1.1},"childless":0.2"#,
        r#""size":{"is":"grows","rows":100}"#,
        r#""at":"ordered_at""#,
        r#"{"is":"total","table":"orders","how":"sum","of":"total"}"#,
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let again = resolve(&serde_json::from_str(&text).unwrap()).unwrap();
    assert_eq!(again, (design, vec![]));
}

/// Statements about orders that cannot hold, and what is said of them.
#[test]
#[expect(clippy::too_many_lines, reason = "a table of statements")]
fn what_cannot_hold_is_named() {
    let law = json!({"is": "uniform", "min": 0, "max": 1});
    let no = json!({});
    let key = |name: &str, value: Value| json!({"key": {name: value}});
    let cases: Vec<(Option<Value>, Value, &str)> = vec![
        (
            Some(column("x", "text", json!({"is": "number", "law": law}))),
            no.clone(),
            "a column of kind text holds no number",
        ),
        (
            Some(column("x", "int64", json!({"is": "number", "law": law, "min": 3, "max": 2}))),
            no.clone(),
            "`min` 3 is above `max` 2",
        ),
        (
            Some(column("x", "int64", json!({"is": "number", "law": law, "min": 3}))),
            no.clone(),
            "`min` is 3 and the law ends at 1",
        ),
        (Some(column("x", "int64", json!({"is": "wave"}))), no.clone(), "unknown variant `wave`"),
        (Some(column("x", "text", json!({"is": "pick"}))), no.clone(), "no words to pick from"),
        (
            Some(column("x", "text", json!({"is": "pick", "words": ["a"], "weights": [1, 2]}))),
            no.clone(),
            "there are 2 weights for 1",
        ),
        (
            Some(column("x", "text", json!({"is": "template", "forms": ["{nobody}"]}))),
            no.clone(),
            "`orders` has no column `nobody`",
        ),
        (
            Some(column("x", "text", json!({"is": "template", "forms": ["{shop_id.nobody}"]}))),
            no.clone(),
            "`shops` has no column `nobody`",
        ),
        (
            Some(column("x", "int64", json!({"is": "expression", "text": "status * 2"}))),
            no.clone(),
            "`status` is a text and `2` a number: `*` has no meaning between them",
        ),
        (
            Some(column("x", "text", json!({"is": "expression", "text": "quantity * 2"}))),
            no.clone(),
            "it gives a number, which text does not hold",
        ),
        (
            Some(column("x", "int64", json!({"is": "expression", "text": "x + 1"}))),
            no.clone(),
            "it follows from itself: `orders`.`x` follows from `orders`.`x`",
        ),
        (
            Some(column("x", "int64", json!({"is": "total", "table": "shops", "how": "count"}))),
            no.clone(),
            "no foreign key of `shops` refers to `orders`",
        ),
        (
            Some(column("x", "timestamp", json!({"is": "after", "column": "quantity"}))),
            no.clone(),
            "`quantity` is a number, not a moment",
        ),
        (
            Some(column(
                "x",
                "timestamp",
                json!({"is": "moment", "from": "2024-05-01", "to": "2024-04-01"}),
            )),
            no.clone(),
            "`from` 2024-05-01 comes after `to` 2024-04-01",
        ),
        (
            Some(column("x", "bool", json!({"is": "bool", "share": 2}))),
            no.clone(),
            "2 is no share between 0 and 1",
        ),
        (
            Some(json!({"name": "x", "kind": "int64", "nullable": false, "nulls": {"rate": 0.1}})),
            no.clone(),
            "`nulls` leaves `x` out and `nullable` does not let it",
        ),
        (
            None,
            key("children", json!({"is": "range", "min": 3, "max": 2})),
            "`min` 3 is above `max` 2",
        ),
        (None, key("tree", json!({"depth": 3})), "`orders` is no tree: `shops` is another table"),
        (
            None,
            json!({"key": {"children": {"is": "fixed", "count": 10}}, "unique": [["shop_id"]]}),
            "`children` asks for 10 rows of `orders` to each of `shops`, but `shop_id` is unique there",
        ),
        (
            None,
            json!({"size": {"is": "per_parent"}}),
            "no foreign key says how many children a parent has",
        ),
        (
            None,
            json!({"size": {"is": "fixed", "rows": 1}, "rows": [[1], [2]]}),
            "`size` says 1 rows and `rows` writes 2",
        ),
        (
            None,
            json!({"lifecycles": [{"status": "status", "stages": [{"is": "lost"}]}]}),
            "`lost` is not among the values of `status`",
        ),
        (
            None,
            json!({"lifecycles": [{"status": "status", "stages": [{"is": "new"}, {"is": "paid", "share": 0.7}, {"is": "sent", "from": "new", "share": 0.6}]}]}),
            "more rows go on from `new` than there are",
        ),
    ];
    for (extra, facts, why) in cases {
        let (design, findings) = resolved(&orders(extra.as_slice(), &facts, &json!([])));
        let wrong: Vec<&Finding> =
            findings.iter().filter(|one| one.level == crate::Level::Error).collect();
        let [finding] = wrong.as_slice() else { panic!("{why}: {findings:?}") };
        assert!(finding.message.contains(why), "{finding}");
        // What is left holds.
        let again = resolve(&design.to_draft()).unwrap();
        assert_eq!(again, (design, vec![]), "{why}");
    }
}

#[test]
fn totals_of_each_other_are_a_circle() {
    let (design, findings) = resolved(&orders(
        &[column(
            "share",
            "float64",
            json!({"is": "expression", "text": "price / shop_id.turnover"}),
        )],
        &json!({}),
        &json!([column(
            "turnover",
            "float64",
            json!({"is": "total", "table": "orders", "how": "sum", "of": "share"})
        )]),
    ));
    assert_eq!(findings.len(), 1);
    assert!(
        findings[0].message.contains(
            "`shops`.`turnover` follows from `orders`.`share` follows from `shops`.`turnover`"
        ),
        "{findings:?}"
    );
    let left = design.tables().iter().flat_map(crate::design::DesignTable::columns);
    assert_eq!(left.filter(|column| column.behaviour().is_some()).count(), 1);
}

#[test]
fn designs_that_are_measured_hold() {
    for text in [
        include_str!("../../../../benches/designs/fact.json"),
        include_str!("../../../../benches/designs/tpch.json"),
    ] {
        let (design, findings) = resolve(&serde_json::from_str(text).unwrap()).unwrap();
        assert_eq!(findings, []);
        let rows: Vec<u64> = design.rows(1.0);
        assert_eq!(design.conflicts(&rows), []);
    }
}

#[test]
fn what_cannot_be_so_often_is_named_with_what_says_so() {
    let (design, findings) = resolved(&json!({"name": "Clubs", "resolved": true, "tables": [
        {"name": "clubs", "columns": [
            {"name": "name", "kind": "text", "nullable": false, "behaviour": {"is": "pick", "words": ["a", "b", "c"]}},
            {"name": "level", "kind": "int8", "nullable": false}], "primary_key": ["name"],
            "size": {"is": "fixed", "rows": 3}},
        {"name": "members", "columns": [
            {"name": "member_id", "kind": "int8", "nullable": false},
            {"name": "club", "kind": "text", "nullable": false},
            {"name": "house", "kind": "text", "nullable": false}],
            "primary_key": ["member_id"], "unique": [["club", "house"]], "foreign_keys": [
            {"columns": ["club"], "references": {"table": "clubs", "columns": ["name"]}, "children": {"is": "range", "min": 2, "max": 4}},
            {"columns": ["house"], "references": {"table": "clubs", "columns": ["name"]}}],
            "size": {"is": "grows", "rows": 9}},
    ]}));
    assert_eq!(findings, []);
    assert_eq!(design.rows(2.0), [3, 18]);
    assert_eq!(design.conflicts(&[3, 9]), []);
    let said = |rows: &[u64]| -> Vec<String> {
        design.conflicts(rows).into_iter().map(|finding| finding.message).collect()
    };
    assert_eq!(said(&[4, 9]), ["`name` has 3 words and is to be unique in the 4 rows of `clubs`"]);
    assert_eq!(
        said(&[3, 18]),
        [
            "`club`, `house` are to be unique in the 18 rows of `members`, and 3 × 3 of them differ",
            "3 rows of `clubs` have 12 children at most, and `members` is to have 18 rows",
        ]
    );
    assert_eq!(
        said(&[3, 5]),
        ["3 rows of `clubs` have 6 children at least, and `members` is to have 5 rows"]
    );
    assert!(said(&[3, 300]).contains(&"`member_id` has 256 numbers of kind int8 and is to be unique in the 300 rows of `members`".into()));
}

#[test]
fn what_children_and_stages_hang_on_is_kept_where_it_can_hold() {
    let count = json!({"is": "moment", "from": "2024-01-01", "rising": true});
    let opened = column("since", "date", count);
    let way = |when: &str| {
        json!([{"status": "status", "stages": [{"is": "new", "at": "ordered_at"},
            {"is": "paid", "at": "paid_at", "share": 0.5, "when": when}]}])
    };
    let children = json!({"is": "range", "min": 0, "max": 3});
    let aged = |since: &str| json!({"children": children, "aged": {"since": since, "days": 9}});
    let (design, findings) = resolved(&orders(
        &[],
        &json!({"key": aged("Since"), "lifecycles": way("Quantity > 3")}),
        &json!([opened]),
    ));
    assert_eq!(findings, []);
    let table = &design.tables()[1];
    assert_eq!(table.spreads()[0].aged.as_ref().unwrap().since.column, "since");
    let when = table.lifecycles()[0].stages[1].when.as_ref().unwrap();
    assert_eq!(when.to_string(), "quantity > 3");
    for (key, when, why) in [
        (aged("opened_on"), "true", "`opened_on` does not rise"),
        (aged("nothing"), "true", "has no column `nothing`"),
        (json!({"aged": {"since": "since", "days": 9}}), "true", "`aged` goes with `children`"),
        (json!({}), "quantity + 1", "`quantity + 1` is no condition"),
        (json!({}), "paid_at is null", "it follows from itself"),
    ] {
        let facts = json!({"key": key, "lifecycles": way(when)});
        let said = resolved(&orders(&[], &facts, &json!([opened]))).1;
        assert!(said.iter().any(|one| one.message.contains(why)), "{why}: {said:?}");
    }
}

#[test]
fn rows_that_are_there_are_favoured_only_where_they_tell_others_apart() {
    let since =
        column("since", "date", json!({"is": "moment", "from": "2024-01-01", "rising": true}));
    let key = json!({"children": {"is": "zipf", "skew": 0.5},
        "among": {"is": "there", "by": "ordered_at", "since": "since", "until": "opened_on"}});
    let said = resolved(&orders(&[], &json!({"key": key}), &json!([since]))).1;
    let why = "only where the key and another are unique together";
    assert!(said.iter().any(|one| one.message.contains(why)), "{said:?}");
    let mut key = key;
    key["children"] = Value::Null;
    key.as_object_mut().unwrap().remove("children");
    let said = resolved(&orders(&[], &json!({"key": key}), &json!([since]))).1;
    assert!(
        said.iter().any(|one| one.message.contains("only beside `children` `zipf`")),
        "{said:?}"
    );
}

#[test]
fn key_that_is_reckoned_from_itself_is_a_circle() {
    let among = |row: &str| json!({"key": {"among": {"is": "place", "row": row}}});
    let count = [column("k", "int64", json!({"is": "expression", "text": "count(orders)"}))];
    for (row, shop, circle) in [
        ("row(shop_id)", json!([]), true),
        ("nth(shop_id)", json!([]), true),
        // By way of what it refers to, and of those that refer there.
        ("days(shop_id.opened_on, ordered_at)", json!([]), true),
        ("shop_id.k", json!(count), true),
        ("row() * 7", json!(count), false),
    ] {
        let (design, found) = resolved(&orders(&[], &among(row), &shop));
        let told = found.iter().any(|one| one.message.contains("it follows from itself"));
        assert_eq!(told, circle, "{row}: {found:?}");
        assert_eq!(design.tables()[1].spreads()[0].among.is_none(), circle, "{row}");
    }
}
