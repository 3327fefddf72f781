//! Tests: expressions as they are written and as they are meant.

use proptest::prelude::*;

use super::*;

fn printed(text: &str) -> String {
    Formula::parse(text).unwrap().to_string()
}

#[test]
fn what_binds_more_is_worked_out_first() {
    for (text, meant) in [
        ("a + b * c", "a + b * c"),
        ("(a + b) * c", "(a + b) * c"),
        ("a - (b - c) - d", "a - (b - c) - d"),
        ("a - b - c", "a - b - c"),
        ("((a))", "a"),
        ("-a * -3", "-a * -3"),
        ("- (a + b)", "-(a + b)"),
        ("not a = b and c", "not a = b and c"),
        ("not (a and b)", "not (a and b)"),
        ("a <> 'it''s'", "a != 'it''s'"),
        ("case when a < 1.50 then 'x' end", "if(a < 1.50, 'x', null)"),
        ("customer_id.Country", "customer_id.Country"),
        ("ROUND(a, 2)", "round(a, 2)"),
        ("greatest(a, b)", "max(a, b)"),
        ("row() + ROW(a.b) % nth(a)", "row() + row(a.b) % nth(a)"),
        ("sum(items: quantity * price)", "sum(items: quantity * price)"),
        ("count(items) + count(items: a = 'F')", "count(items) + count(items: a = 'F')"),
        ("max(flights by origin_id: seats)", "max(flights by origin_id: seats)"),
        ("min(a, b)", "min(a, b)"),
        ("PRESENT() > a and contains(b, 'x')", "present() > a and contains(b, 'x')"),
        ("date '2024-03-09' - date(b)", "date '2024-03-09' - date(b)"),
        ("\"unit price\" * 2", "\"unit price\" * 2"),
        ("\"date\" + 1", "\"date\" + 1"),
        ("a + 1 is null and b IS NOT NULL", "a + 1 is null and not b is null"),
        ("(a is null) = b", "a is null = b"),
        ("a = (b is null)", "a = (b is null)"),
        ("a in (1, b) or c", "a = 1 or a = b or c"),
        ("a NOT IN ('x')", "not a = 'x'"),
        ("a between b and c + 1 and d", "a >= b and a <= c + 1 and d"),
        ("\"in\" + \"is\"", "\"in\" + \"is\""),
    ] {
        assert_eq!(printed(text), meant, "{text}");
        assert_eq!(printed(meant), meant, "{text}");
    }
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    for (text, why) in [
        ("", "where a value should be, there is the end"),
        ("a +", "where a value should be, there is the end"),
        ("a b", "where the end should be, there is `b` at byte 2"),
        ("(a", "where `)` should be, there is the end"),
        ("a ; b", "`;` means nothing in an expression"),
        ("'a", "a quote `'` is not closed"),
        ("exec(a)", "there is no function `exec`"),
        ("round(a, 2, 3)", "`round` takes 1 to 2 parts, not 3"),
        ("a in ()", "`in` takes the values that it may be"),
        ("a is 3", "where the end should be, there is `is` at byte 2"),
        ("a between 1", "where `and` should be, there is the end"),
        ("if(a, b)", "`if` takes a condition, a value and another value"),
        ("a.b.c.d.e.f", "`a.b.c.d.e.f` goes by more than 4 keys"),
    ] {
        assert_eq!(Formula::parse(text).unwrap_err(), why, "{text}");
    }
    let deep = format!("{}a{}", "(".repeat(5_000), ")".repeat(4_000));
    assert!(Formula::parse(&deep).unwrap_err().contains("lie in each other"));
    let again = format!("a in (1, 2){}", " in (true, false)".repeat(20));
    assert!(Formula::parse(&again).unwrap_err().contains("test no more than 32 parts"));
    let long = vec!["a"; 3_000].join("+");
    assert!(Formula::parse(&long).unwrap_err().contains("lie in each other"));
}

/// The sign before a number is the number's.
fn negated(part: Node) -> Node {
    match part {
        Node::Number(number) if number.digits > 0 => {
            Node::Number(Exact { digits: -number.digits, ..number })
        }
        part => Node::Negate(Box::new(part)),
    }
}

fn node() -> impl Strategy<Value = Node> {
    let name = || prop_oneof!["[a-z_]{1,4}", Just("date".to_owned()), "[ -~]{1,5}"];
    let plain = move || name().prop_filter("names", |name| !name.trim().is_empty());
    let leaf = prop_oneof![
        (any::<i32>(), 0u8..6)
            .prop_map(|(digits, scale)| Node::Number(Exact { digits: digits.into(), scale })),
        "\\PC{0,5}".prop_map(Node::Text),
        any::<bool>().prop_map(Node::Bool),
        Just(Node::Null),
        Just(Node::Moment(At::parse("2024-03-09").unwrap())),
        prop::collection::vec(plain(), 1..3).prop_filter_map("path", |names| Path::from_names(
            names
        )
        .ok()
        .map(Node::Column)),
        Just(Node::Total { how: How::Count, table: "items".into(), key: None, of: None }),
    ];
    leaf.prop_recursive(5, 30, 4, move |inner| {
        let operator = prop_oneof![
            Just(Operator::Or),
            Just(Operator::And),
            Just(Operator::Equal),
            Just(Operator::AtMost),
            Just(Operator::Add),
            Just(Operator::Subtract),
            Just(Operator::Multiply),
            Just(Operator::Modulo),
        ];
        prop_oneof![
            (operator, inner.clone(), inner.clone())
                .prop_map(|(operator, one, other)| Node::Binary(operator, Box::new([one, other]))),
            inner.clone().prop_map(|part| Node::Not(Box::new(part))),
            inner.clone().prop_map(negated),
            prop::collection::vec(inner.clone(), 1..3)
                .prop_map(|parts| Node::Call(Function::Coalesce, parts)),
            inner.clone().prop_map(|part| Node::Call(Function::IsNull, vec![part])),
            (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, b, rest)| Node::Choose {
                cases: vec![[a, b]],
                rest: Box::new(rest)
            }),
            (inner, prop::option::of(plain())).prop_map(|(of, key)| Node::Total {
                how: How::Sum,
                table: "order items".into(),
                key,
                of: Some(Box::new(of))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_printed_parses_to_the_same(node in node()) {
        let formula = Formula { root: node };
        let text = formula.to_string();
        match Formula::parse(&text) {
            Ok(again) => prop_assert_eq!(again, formula, "{}", text),
            Err(why) => prop_assert!(why.contains("lie in each other"), "{}: {}", text, why),
        }
    }

    #[test]
    fn any_text_is_parsed_or_refused(text in "(\\PC|[a-c+*()', .:<=-]){0,60}") {
        let _ = Formula::parse(&text);
    }
}
