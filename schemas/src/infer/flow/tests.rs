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
            for (number, column) in columns.iter().enumerate() {
                let (flowed, read) = (table.batch.column(number), batch.column(number));
                assert_eq!(flowed, read, "{}", column.name);
            }
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
    for blank in ["", "\t", "\n\t\t\n\n"] {
        check("x.csv", blank);
    }
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
    check("returns.csv", &plain.replace('\n', "\r"));
    check(
        "pairs.csv",
        &spoil(70, "#,new,1.00,2024-01-11,\"x \"\"y\"\"\nz\",1.5,").replace('\n', "\r\n"),
    );
    let long = "words\nand, ".repeat(90);
    check("longer.csv", &spoil(40, &format!("#,new,1.00,2024-01-11,\"{long}\",1.5,")));
    check("sharp.csv", &format!("{plain}\n").repeat(3));
}

/// A file that ends in a fault.
struct Ending<'a>(&'a [u8]);

impl io::Read for Ending<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        if self.0.is_empty() { Err(io::ErrorKind::TimedOut.into()) } else { self.0.read(bytes) }
    }
}

#[test]
fn faults_are_the_same_on_any_number_of_threads() {
    for (name, text) in [("a.csv", shop(4_000, 100)), ("a.jsonl", objects(900, "1").join("\n"))] {
        let read = |bytes: &[u8], threads| {
            let threads = NonZero::new(threads).unwrap();
            format!("{:?}", parts(name, text.len(), threads, || Ok(Ending(bytes))).unwrap_err())
        };
        for at in [10, text.len() / 2, text.len() - 9] {
            let (mut odd, short) = (text.clone().into_bytes(), &text.as_bytes()[..at]);
            odd[at] = 0xFF;
            for threads in [2, 5] {
                assert_eq!(read(&odd, threads), read(&odd, 1));
                assert_eq!(read(short, threads), read(short, 1));
            }
        }
    }
}

/// Lines of JSON, many more than are taken at once, with columns that come late, go, are nested, or
/// turn out to be something else.
fn objects(rows: usize, late: &str) -> Vec<String> {
    let line = |row: usize| match row % 50 {
        7 => format!("{{'id': {row}, name: \"Ada\", \"sum\": 1.50,}}"),
        8 => format!("{{\"id\": {row}, \"name\": null, \"day\": \"2024-05-0{}\"}}", 1 + row % 9),
        9 => format!("{{\"sum\": 2, \"id\": {row}, \"at\": {{\"x\": [1, {row}], \"y\": null}}}}"),
        10 => String::new(),
        11 if row > rows / 2 => format!("{{\"id\": {row}, \"name\": \"x\", \"late\": {late}}}"),
        _ => format!("{{\"id\": {row}, \"name\": \"B\\u00e9 {row}\", \"sum\": {}.25}}", row % 90),
    };
    (0..rows).map(line).collect()
}

#[test]
fn lines_of_json_flow_as_they_are_read_and_typed() {
    for late in ["1", "\"12 %\"", "[1, 2]", "true"] {
        for rows in [1, 60, 700] {
            check("a.jsonl", &objects(rows, late).join("\n"));
        }
    }
    let spoil = |at: usize, line: &str| {
        let mut lines = objects(200, "1");
        line.clone_into(&mut lines[at]);
        let (name, end) = if at == 100 { ("A.NDJSON", "\r\n") } else { ("a.jsonl", "\n") };
        check(name, &lines.join(end));
    };
    for at in [0, 100, 199] {
        spoil(at, "{\"id\": 1, \"sum\": 99999999999999999999.5}");
        spoil(at, "{\"id\": 1, \"name\": [\"x\"], \"sum\": \"12 %\"}");
        spoil(at, "{\"id\": 1, \"id\": 2}");
        spoil(at, "{\"id\": 1, \"name\": \"open}");
        spoil(at, "{\"id\": 1, \"name\":");
        spoil(at, "{\"other\": 1, \"names\": 2}");
        spoil(at, "{}");
        spoil(at, "[1, 2]");
        spoil(at, "words");
        spoil(at, ",,,,,,,,,,,,,,,,,,,,");
        spoil(at, "\"{\\\"a\\\": 1}\"");
        spoil(at, "{\"id\": 1,\n\"name\": \"over\nlines\"\n}");
        spoil(at, &format!("{{\"id\": 1, \"name\": \"{}\"}}", "long ".repeat(900)));
    }
    check("a.jsonl", "{}\n{}\n{\"a\": 1}\n");
    // What only the end tells: a letter that might be one of yes and no.
    check("a.jsonl", "{\"a\": \"y\"}\n{\"a\": \"y\"}\n");
    check("a.jsonl", "{}");
    check("a.jsonl", "\n\n");
    check("a.jsonl", "[{\"a\": 1}]\n[{\"a\": 2}]\n");
    check("a.jsonl", "{\"t\": [{\"a\": 1}], \"u\": [{\"b\": 2}]}\n");
    // Names that drift, so that at last there are too many for rows that fill few of them.
    let drift = |row: usize| format!("{{\"n{row}\": 1, \"n{}\": 2}}\n", row + 1);
    check("a.jsonl", &(0..99).map(drift).collect::<String>());
    let text: String = (0..1_100).map(drift).collect();
    let read = parts("a.jsonl", text.len(), NonZero::<usize>::MIN, || Ok(text.as_bytes()));
    assert!(matches!(read, Err(Fault::Unfit(_))), "{read:?}");
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

    #[test]
    fn any_objects_flow_as_they_are_read_and_typed(
        lines in proptest::collection::vec(
            "\\{\"id\": [0-9]{1,4}(, \"(a|b)\": (null|[0-9]{1,3}|\"[a-z]{0,3}\"|\\[1\\]|\\{\"x\": 1\\}))?(, \"day\": \"2020-0[1-9]-1[0-9]\")?,?\\}",
            1..60,
        ),
        times in 1..40_usize,
        seam in "(\n|\\{\"id\": |.{0,9})",
    ) {
        let text = lines.join("\n");
        let much = format!("{text}\n").repeat(times);
        check("t.jsonl", &format!("{much}{seam}\n{text}"));
    }
}
