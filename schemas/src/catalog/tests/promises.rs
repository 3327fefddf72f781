//! What every world keeps: kinds, keys, checks, and counts that life could have made.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::Kind;
use crate::catalog::{Entry, SOURCES, entries, parse};
use crate::draft::{Check, ColumnDraft, Presence, TableDraft};

/// A table whose values are looked up by the names of its columns.
struct View<'a> {
    entry: &'a Entry,
    table: &'a TableDraft,
}

impl<'a> View<'a> {
    fn at(&self, column: &str) -> usize {
        self.table.columns.iter().position(|known| known.name == column).unwrap_or_else(|| {
            panic!("{}: column `{column}` of a key or check is not there", self.place())
        })
    }

    fn column(&self, name: &str) -> &'a ColumnDraft {
        &self.table.columns[self.at(name)]
    }

    /// The values of some columns, row by row; none where one of them is null.
    fn keys(&self, columns: &[String]) -> Vec<Option<String>> {
        let at: Vec<usize> = columns.iter().map(|column| self.at(column)).collect();
        self.table
            .rows
            .iter()
            .map(|row| {
                let values: Vec<&Value> = at.iter().map(|at| &row[*at]).collect();
                (!values.contains(&&Value::Null)).then(|| serde_json::to_string(&values).unwrap())
            })
            .collect()
    }

    fn place(&self) -> String {
        format!("{}.{}", self.entry.name, self.table.name)
    }
}

fn tables() -> impl Iterator<Item = View<'static>> {
    entries()
        .iter()
        .flat_map(|entry| entry.draft.tables.iter().map(move |table| View { entry, table }))
}

/// Digits as a fixed-point number of nine places, to compare decimals and numbers exactly.
fn fixed(text: &str) -> Option<i128> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(part) || part.len() > 9 {
        return None;
    }
    format!("{whole}{part:0<9}").parse::<i128>().ok().map(|number| sign * number)
}

/// How two values of a column compare: numbers by size, moments as text.
fn compare(kind: &str, one: &Value, other: &Value) -> Option<Ordering> {
    if kind == "float64" {
        return one.as_f64()?.partial_cmp(&other.as_f64()?);
    }
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
    if kind.starts_with("int") || kind.starts_with("decimal") {
        return Some(fixed(&text(one))?.cmp(&fixed(&text(other))?));
    }
    let moment = |value: &Value| value.as_str().map(|text| text.trim_end_matches('Z').to_owned());
    Some(moment(one)?.cmp(&moment(other)?))
}

/// Whether a text has a form: `#` a digit, `A` and `a` letters, `*` anything, `\` quotes.
fn has_form(form: &[char], text: &[char]) -> bool {
    match form {
        [] => text.is_empty(),
        ['*', rest @ ..] => (0..=text.len()).any(|at| has_form(rest, &text[at..])),
        ['\\', this, rest @ ..] => text.first() == Some(this) && has_form(rest, &text[1..]),
        [this, rest @ ..] => {
            text.first().is_some_and(|letter| match this {
                '#' => letter.is_ascii_digit(),
                'A' => letter.is_ascii_uppercase(),
                'a' => letter.is_ascii_lowercase(),
                _ => letter == this,
            }) && has_form(rest, &text[1..])
        }
    }
}

fn is_form(form: &str, text: &str) -> bool {
    has_form(&form.chars().collect::<Vec<_>>(), &text.chars().collect::<Vec<_>>())
}

/// Whether a day is on the calendar and not after 2026.
fn is_day(text: &str) -> bool {
    let part = |at: std::ops::Range<usize>| text.get(at).and_then(|part| part.parse::<u32>().ok());
    let (Some(year), Some(month), Some(day)) = (part(0..4), part(5..7), part(8..10)) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return false,
    };
    is_form("####-##-##", text) && year <= 2026 && (1..=last).contains(&day)
}

/// Whether a time is on the clock, to the microsecond at most and without zeros at its end.
fn is_clock(text: &str) -> bool {
    let (clock, part) = text.split_once('.').unwrap_or((text, "1"));
    is_form("##:##:##", clock)
        && (&clock[..2] < "24" && &clock[3..5] < "60" && &clock[6..] < "60")
        && (part.bytes().all(|byte| byte.is_ascii_digit()) && (1..=6).contains(&part.len()))
        && !part.ends_with('0')
}

/// Whether a value, not null, is of the kind that its column says.
fn is_of_kind(column: &ColumnDraft, value: &Value) -> bool {
    let kind = column.kind.as_deref().unwrap_or_default();
    let text = value.as_str();
    let inside = |field: &ColumnDraft, value: &Value| match value {
        Value::Null => field.nullable == Some(true),
        value => is_of_kind(field, value),
    };
    match kind {
        "bool" => value.is_boolean(),
        "int8" => value.as_i64().is_some_and(|number| i8::try_from(number).is_ok()),
        "int16" => value.as_i64().is_some_and(|number| i16::try_from(number).is_ok()),
        "int32" => value.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
        "int64" => value.as_i64().is_some(),
        "float64" => value.as_f64().is_some_and(f64::is_finite),
        "text" => text.is_some_and(|text| !text.is_empty() && text == text.trim()),
        "enum" => {
            text.is_some_and(|text| column.values.iter().flatten().any(|known| known == text))
        }
        "date" => text.is_some_and(is_day),
        "time" => text.is_some_and(is_clock),
        "timestamp" => text
            .and_then(|text| text.split_once('T'))
            .is_some_and(|(day, clock)| is_day(day) && is_clock(clock)),
        "timestamptz" => text
            .and_then(|text| text.strip_suffix('Z')?.split_once('T'))
            .is_some_and(|(day, clock)| is_day(day) && is_clock(clock)),
        "uuid" => text.is_some_and(|text| {
            [8, 13, 18, 23].iter().all(|at| text.as_bytes().get(*at) == Some(&b'-'))
                && text.len() == 36
                && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f' | b'-'))
                && matches!(text.as_bytes()[14], b'4' | b'7')
                && matches!(text.as_bytes()[19], b'8' | b'9' | b'a' | b'b')
        }),
        "json" => text.is_some_and(|text| serde_json::from_str::<Value>(text).is_ok()),
        "list" => {
            let item = column.item.as_deref().unwrap();
            value.as_array().is_some_and(|items| items.iter().all(|value| inside(item, value)))
        }
        "struct" => {
            let fields = column.fields.as_deref().unwrap();
            value.as_object().is_some_and(|object| {
                object.len() == fields.len()
                    && fields.iter().all(|field| {
                        object.get(&field.name).is_some_and(|value| inside(field, value))
                    })
            })
        }
        _ => {
            let sizes = kind
                .strip_prefix("decimal(")
                .and_then(|rest| rest.strip_suffix(')')?.split_once(','));
            let Some((Ok(precision), Ok(scale))) =
                sizes.map(|(p, s)| (p.parse::<usize>(), s.parse::<usize>()))
            else {
                return false;
            };
            text.is_some_and(|text| {
                let digits = text.strip_prefix('-').unwrap_or(text);
                let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
                fixed(text).is_some()
                    && part.len() == scale
                    && whole.trim_start_matches('0').len() + scale <= precision
            })
        }
    }
}

#[test]
fn every_file_is_an_entry() {
    for (name, text) in SOURCES {
        assert!(
            parse(name, text).is_some(),
            "catalog/{name}.json does not say an entry: {:?}",
            serde_json::from_str::<super::super::Source>(text).err()
        );
    }
    assert!(entries().is_sorted_by_key(|entry| entry.name));
}

#[test]
fn words_are_many_and_different() {
    for entry in entries() {
        let words: BTreeSet<&String> = entry.words.iter().collect();
        assert!(
            words.len() >= 300,
            "{}: {} words, at least 300 lead to a world",
            entry.name,
            words.len()
        );
        assert_eq!(words.len(), entry.words.len(), "{}: a word stands twice", entry.name);
        for word in words {
            assert_eq!(*word, word.trim().to_lowercase(), "{}", entry.name);
        }
    }
}

#[test]
fn rows_are_as_wide_as_their_columns_and_of_their_kinds() {
    for view in tables() {
        for (number, row) in view.table.rows.iter().enumerate() {
            assert_eq!(row.len(), view.table.columns.len(), "{} row {number}", view.place());
            for (column, value) in view.table.columns.iter().zip(row) {
                let holds = if value.is_null() {
                    column.nullable == Some(true)
                } else {
                    is_of_kind(column, value)
                };
                assert!(
                    holds,
                    "{} row {number}: {} is {value}, not {:?}",
                    view.place(),
                    column.name,
                    column.kind
                );
            }
        }
    }
}

#[test]
fn keys_are_unique_and_found() {
    for view in tables() {
        assert!(!view.table.primary_key.is_empty(), "{} has no primary key", view.place());
        for column in &view.table.primary_key {
            assert_eq!(view.column(column).nullable, Some(false), "{}.{column}", view.place());
        }
        for columns in view.table.unique.iter().chain([&view.table.primary_key]) {
            let mut seen = BTreeSet::new();
            for key in view.keys(columns).into_iter().flatten() {
                assert!(seen.insert(key.clone()), "{}: {columns:?} is {key} twice", view.place());
            }
        }
        for foreign in &view.table.foreign_keys {
            let to = &foreign.references;
            let parent =
                view.entry.draft.tables.iter().find(|table| table.name == to.table).unwrap();
            let parent = View { entry: view.entry, table: parent };
            let unique = parent.table.unique.iter().chain([&parent.table.primary_key]);
            assert!(
                unique.into_iter().any(|key| *key == to.columns),
                "{}: {to:?} is no key",
                view.place()
            );
            for (one, other) in foreign.columns.iter().zip(&to.columns) {
                assert_eq!(
                    view.column(one).kind,
                    parent.column(other).kind,
                    "{}.{one}",
                    view.place()
                );
            }
            let known: BTreeSet<String> = parent.keys(&to.columns).into_iter().flatten().collect();
            for key in view.keys(&foreign.columns).into_iter().flatten() {
                assert!(known.contains(&key), "{}: {key} is not in {}", view.place(), to.table);
            }
        }
    }
}

#[test]
fn checks_hold_in_every_row() {
    for view in tables() {
        for check in &view.table.checks {
            for (number, row) in view.table.rows.iter().enumerate() {
                let at = || format!("{} row {number}: {check:?}", view.place());
                match check {
                    Check::Range { column, min, max } => {
                        let (value, kind) =
                            (&row[view.at(column)], view.column(column).kind.as_deref().unwrap());
                        for (bound, wrong) in [(min, Ordering::Less), (max, Ordering::Greater)] {
                            if let (Some(bound), false) = (bound, value.is_null()) {
                                let order = compare(kind, value, bound);
                                assert!(
                                    order.is_some_and(|order| order != wrong),
                                    "{}: {value}",
                                    at()
                                );
                            }
                        }
                    }
                    Check::Pattern { column, pattern } => {
                        if let Some(text) = row[view.at(column)].as_str() {
                            assert!(is_form(pattern, text), "{}: {text}", at());
                        }
                    }
                    Check::Order { columns } => {
                        let kind = view.column(&columns[0]).kind.as_deref().unwrap();
                        let values: Vec<&Value> = columns
                            .iter()
                            .map(|column| &row[view.at(column)])
                            .filter(|value| !value.is_null())
                            .collect();
                        for pair in values.windows(2) {
                            let order = compare(kind, pair[0], pair[1]);
                            assert!(
                                order.is_some_and(|order| order != Ordering::Greater),
                                "{}: {pair:?}",
                                at()
                            );
                        }
                    }
                    Check::When { column, is, then, must } => {
                        let value = &row[view.at(column)];
                        let text =
                            value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
                        let absent = row[view.at(then)].is_null();
                        assert!(
                            !is.contains(&text) || absent == (*must == Presence::Absent),
                            "{}",
                            at()
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn pairs_of_moments_are_in_an_order_check() {
    const PAIRS: &[(&str, &str)] = &[
        ("started_at", "ended_at"),
        ("admitted_at", "discharged_at"),
        ("opened_on", "closed_on"),
        ("placed_at", "shipped_at"),
    ];
    for view in tables() {
        let has = |name: &str| view.table.columns.iter().any(|column| column.name == name);
        for (first, last) in PAIRS.iter().filter(|(first, last)| has(first) && has(last)) {
            let ordered = view.table.checks.iter().any(|check| {
                matches!(check, Check::Order { columns } if columns.iter().any(|column| column == first) && columns.iter().any(|column| column == last))
            });
            assert!(ordered, "{}: say that `{first}` comes before `{last}`", view.place());
        }
    }
}

#[test]
fn worlds_have_the_shapes_of_life() {
    for entry in entries() {
        let tables = &entry.draft.tables;
        assert!((5..=9).contains(&tables.len()), "{}: {} tables", entry.name, tables.len());
        let counts: BTreeSet<usize> = tables.iter().map(|table| table.rows.len()).collect();
        assert_eq!(counts.len(), tables.len(), "{}: two tables have as many rows", entry.name);
        assert!(
            tables.iter().any(|table| table.primary_key.len() > 1),
            "{}: no composite key",
            entry.name
        );
        let role_playing = tables.iter().any(|table| {
            let mut times: BTreeMap<&str, usize> = BTreeMap::new();
            table
                .foreign_keys
                .iter()
                .for_each(|key| *times.entry(&key.references.table).or_default() += 1);
            times.contains_key(table.name.as_str()) || times.values().any(|times| *times > 1)
        });
        assert!(
            role_playing,
            "{}: neither a self-reference nor two keys into one table",
            entry.name
        );
        let missing = |table: &TableDraft| table.rows.iter().flatten().any(Value::is_null);
        assert!(tables.iter().any(missing), "{}: nothing is missing", entry.name);
        let dangling = |table: &TableDraft| {
            let view = View { entry, table };
            table.foreign_keys.iter().any(|key| view.keys(&key.columns).contains(&None))
        };
        assert!(tables.iter().any(dangling), "{}: no foreign key is ever null", entry.name);
        for (before, table) in tables.iter().enumerate() {
            for foreign in &table.foreign_keys {
                let parent =
                    tables.iter().position(|known| known.name == foreign.references.table).unwrap();
                assert!(
                    parent <= before,
                    "{}: {} stands before its parent",
                    entry.name,
                    table.name
                );
            }
        }
    }
}

#[test]
fn every_column_says_what_it_is() {
    for view in tables() {
        assert!(!view.table.description.is_empty(), "{}", view.place());
        for column in &view.table.columns {
            let place = format!("{}.{}", view.place(), column.name);
            assert!(
                column.kind.is_some() && column.nullable.is_some(),
                "{place}: kind and nullable are said"
            );
            assert!(
                column.description.as_deref().is_some_and(|text| text.len() > 5),
                "{place}: a description is said"
            );
            assert_eq!(
                column.kind.as_deref() == Some("enum"),
                column.values.is_some(),
                "{place}: values belong to enums"
            );
        }
    }
}

#[test]
fn every_kind_is_in_some_world() {
    let said: BTreeSet<String> = tables()
        .flat_map(|view| &view.table.columns)
        .filter_map(|column| {
            column.kind.as_deref().and_then(|kind| kind.split('(').next()).map(ToOwned::to_owned)
        })
        .collect();
    for kind in Kind::WORDS {
        assert!(said.contains(kind), "no world has a column of kind `{kind}`");
    }
}
