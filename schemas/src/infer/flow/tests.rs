//! Tests of flow: what flows by is what is read and typed.

use super::*;

fn check(name: &str, text: &str) {
    let source = Source { name, text, expect: None };
    let plain = reading::read(&source);
    let mut findings = plain.findings;
    let mut expected = Vec::new();
    for (number, raw) in plain.tables.iter().enumerate() {
        let at = format!("/tables/{number}");
        expected.push(super::super::typed(raw, &Said::default(), &at, &mut findings));
    }
    let threads = || [1, 3].into_iter().filter_map(NonZero::new);
    let whole = threads().map(|threads| Ok(read(&source, threads)));
    let parted = threads().map(|threads| parts(name, text.len(), threads, || Ok(text.as_bytes())));
    for flowing in whole.chain(parted) {
        let flowing = match flowing {
            Err(Fault::Unfit(_)) => continue,
            flowing => flowing.unwrap(),
        };
        assert_eq!([flowing.findings, flowing.doubts].concat(), findings);
        let tables = flowing.tables;
        assert_eq!(tables.len(), expected.len());
        for (table, (columns, batch)) in tables.iter().zip(&expected) {
            assert_eq!(&table.columns, columns);
            assert_eq!(&table.batch, batch);
        }
    }
}

/// Rows of a shop, some of them broken, more than any that is learnt from.
fn shop(rows: usize, odd: usize) -> String {
    let mut text = String::from("id,status,price,day,note,share\n");
    for row in 0..rows {
        let share = if row == 1700 { "12 %".to_owned() } else { format!("{}.5", row % 9) };
        let status = ["new", "paid", "sent"][row % 3];
        let comma = if row % odd == 7 { ", and" } else { "" };
        let line = format!(
            "{row},{status},{}.{:02},2024-0{}-11,\"no\" {row}{comma} x,{share}\n",
            row % 800,
            row % 100,
            1 + row % 9
        );
        text.push_str(&line.replace("\"no\"", if row % 5 == 0 { "no" } else { "nr" }));
        if row % 997 == 900 {
            text.push_str("\n# remark\n");
        }
    }
    text
}

#[test]
fn file_that_changes_while_it_is_read_is_told() {
    let rows = |count: usize| format!("a,b\n{}x,y\n", "1,2\n".repeat(count));
    let first = rows(3000);
    for second in [rows(3010), rows(2990), "a\n1\n".repeat(2000), String::new()] {
        let mut texts = [&first, &second].into_iter();
        let open = || Ok(texts.next().unwrap().as_bytes());
        let read = parts("log.csv", first.len(), NonZero::<usize>::MIN, open);
        assert!(matches!(read, Err(Fault::Input(_))), "{read:?}");
    }
}

#[test]
fn what_flows_by_is_what_is_read_and_typed() {
    for (rows, odd) in [(3, 2), (40, 11), (1200, 50), (5000, 100), (5000, 9)] {
        check("shop.csv", &shop(rows, odd));
        check("shop.txt", &format!("Here you are:\n\n{}\nThat was all.\n", shop(rows, odd)));
    }
    check("two.csv", &format!("{}\n\na,b\n1,2\n3,4\n", shop(2000, 100)));
    check("x.json", "[{\"a\": 1, \"b\": [2]}, {\"a\": 3}]");
    check("x.csv", "");
}

/// What only some stretches of a long text hold, each such thing where a stretch may begin.
#[test]
fn stretches_are_read_as_one_text_is() {
    let mut lines = vec!["id,status,price,day,note,share,late".to_owned()];
    for row in 0..2_400 {
        let status = ["new", "paid", "sent"][row % 3];
        let late = if row > 1_400 { "2024-01-02 03:04:05" } else { "" };
        let share = if row < 1_800 { "1.5" } else { "2.25" };
        let note = if row % 4 == 0 { "\"a, b\"" } else { "free words" };
        lines.push(format!(
            "{row},{status},{}.00,2024-0{}-11,{note},{share},{late}",
            row % 97,
            1 + row % 9
        ));
    }
    let plain = lines.join("\n");
    // What is learnt from ends long before the last stretches begin.
    assert!(plain.len() > 12 << 13);
    check("plain.csv", &plain);
    let spoil = |every: usize, line: &str| -> String {
        let mut lines = lines.clone();
        for at in (1100..lines.len()).step_by(every) {
            lines[at] = line.replace('#', &at.to_string());
        }
        lines.join("\n")
    };
    check("ragged.csv", &spoil(50, "#,new,1.00,2024-01-11,and, so on,1.5,"));
    check("word.csv", &spoil(500, "#,word #,1.00,2024-01-11,x,1.5,"));
    check("long.csv", &spoil(900, "#,a word of a length that no class has,1.00,2024-01-11,x,1.5,"));
    check("unit.csv", &spoil(900, "#,new,1.00,2024-01-11,x,12 %,"));
    check("lines.csv", &spoil(9, "#,new,1.00,2024-01-11,\"x\n1,2\",1.5,"));
    check("open.csv", &spoil(400, "#,new,1.00,2024-01-11,\"x,1.5,"));
    check("blank.csv", &spoil(200, ""));
    check("two.csv", &spoil(600, "\na,b\n1,2\n3,4"));
    check("remark.csv", &spoil(300, "# remark"));
    check("footer.csv", &format!("{plain}\n\nThat was all, and no more.\n"));
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(16))]
    #[test]
    fn any_rows_flow_as_they_are_read_and_typed(
        rows in proptest::collection::vec(
            "[0-9]{1,4},(a|b|NULL|),-?[0-9]{1,5}(\\.[0-9]{2})?,(\"[a-z, \"]{0,4}\"|[a-z\u{e9} ]{0,9}),2020-0[1-9]-1[0-9](, x)?(\n|\r\n)",
            1..60,
        ),
        times in 1..40_usize,
        seam in ".{0,12}",
    ) {
        let text = format!("id,kind,sum,note,day\n{}{seam}\n{}", rows.concat().repeat(times), rows.concat());
        check("t.csv", &text);
    }
}
