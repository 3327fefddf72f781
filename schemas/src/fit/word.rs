//! Words: which there are, how often, and beside which others.

use std::collections::BTreeMap;

use serde_json::Value;

use super::sheet::Sheet;
use crate::behaviour::{Behaviour, Given, Path, Pick, Template, Text, Words};
use crate::design::{Design, DesignColumn, Maker};
use crate::kind::Kind;

/// How many times each word comes at least, on average, where words come again.
const AGAIN: usize = 2;
/// The share of names that are of two words, from which on first and second are put together anew.
const NAMES: f64 = 0.85;
/// The most values of a pool.
const MOST: usize = 1_000;
/// How many rows show at least that one word goes with another.
const SHOWN: usize = 10;

/// The words of an enum with how often each came.
pub(super) fn weighted(
    sheet: &Sheet<'_>,
    column: &DesignColumn,
    place: usize,
) -> Option<Behaviour> {
    let Some(Kind::Enum(members)) = column.kind() else { return None };
    let mut counts = vec![0.5; members.len()];
    let mut all = 0;
    for text in sheet.texts(place) {
        let member = members.iter().position(|member| member == text)?;
        counts[member] += 1.0;
        all += 1;
    }
    let enough = all >= super::FEWEST.max(members.len());
    // As many of each is what a model does that goes through a list.
    let most = counts.iter().copied().fold(0.0, f64::max);
    let least = counts.iter().copied().fold(f64::MAX, f64::min);
    let even = most - least <= 1.0 && members.len() > 1 && all >= 3;
    (enough && !even).then(|| Behaviour::Pick(Pick { weights: Some(counts), ..Pick::default() }))
}

/// The words that go with those of another column of the row, where each has few of its own.
pub(super) fn given(
    design: &Design,
    sheets: &[Sheet<'_>],
    table: usize,
    column: usize,
) -> Option<Behaviour> {
    let (own, sheet) = (&design.tables()[table], &sheets[table]);
    let distinct = |place: usize| {
        let mut words: Vec<&str> = sheet.texts(place).collect();
        words.sort_unstable();
        words.dedup();
        words.len()
    };
    let many = distinct(column);
    if many < 2 || sheet.texts(column).count() < SHOWN {
        return None;
    }
    // What stands before decides, so that no two decide each other.
    for (other, one) in own.columns()[..column].iter().enumerate() {
        let free = matches!(own.maker(other), Maker::Open | Maker::Said(Behaviour::Pick(_)));
        let word = matches!(one.kind(), Some(Kind::Text | Kind::Enum(_)));
        if !word || !free {
            continue;
        }
        let mut cases: BTreeMap<&str, BTreeMap<&str, f64>> = BTreeMap::new();
        for row in 0..sheet.len() {
            let pair = (sheet.cell(row, other), sheet.cell(row, column));
            if let (Some(Value::String(from)), Some(Value::String(to))) = pair {
                *cases.entry(from).or_default().entry(to).or_default() += 1.0;
            }
        }
        let seen: f64 = cases.values().flat_map(BTreeMap::values).sum();
        let kinds = cases.len();
        let pairs: usize = cases.values().map(BTreeMap::len).sum();
        let bound = kinds >= 2
            && seen >= 2.0 * kinds as f64
            && kinds < sheet.len() / 2 + 1
            // All words of one side belong to one of the other, or nearly so.
            && pairs <= many.max(kinds) + many / 6;
        if !bound {
            continue;
        }
        let cases = cases.into_iter().map(|(from, words)| {
            let (words, weights): (Vec<String>, Vec<f64>) =
                words.into_iter().map(|(word, count)| (word.to_owned(), count)).unzip();
            (from.to_owned(), Words { words, weights: Some(weights) })
        });
        let mut all: Vec<String> = sheet.texts(column).map(str::to_owned).collect();
        all.sort();
        all.dedup();
        let listed = matches!(own.columns()[column].kind(), Some(Kind::Enum(_)));
        return Some(Behaviour::Pick(Pick {
            words: (!listed).then_some(all),
            given: Some(Given { column: Path::own(one.name().as_str()), cases: cases.collect() }),
            ..Pick::default()
        }));
    }
    None
}

/// Words that come again, names of two words put together anew, or what there is.
pub(super) fn text(
    sheet: &Sheet<'_>,
    column: &DesignColumn,
    place: usize,
    alone: bool,
) -> Option<Behaviour> {
    let mut counts: BTreeMap<&str, f64> = BTreeMap::new();
    for text in sheet.texts(place).filter(|text| !text.trim().is_empty()) {
        *counts.entry(text).or_default() += 1.0;
    }
    let all: f64 = counts.values().sum();
    if (all as usize) < super::FEWEST {
        return None;
    }
    let closed = counts.len() * AGAIN <= all as usize;
    if closed && !alone {
        // What the vocabulary has besides is rare.
        for word in column.vocabulary().into_iter().flatten() {
            counts.entry(word).or_insert(0.5);
        }
        let (words, weights) =
            counts.into_iter().map(|(word, count)| (word.to_owned(), count)).unzip();
        return Some(Behaviour::Pick(Pick {
            words: Some(words),
            weights: Some(weights),
            ..Pick::default()
        }));
    }
    let known =
        counts.keys().copied().chain(column.vocabulary().into_iter().flatten().map(String::as_str));
    let known: std::collections::BTreeSet<&str> = known.collect();
    let two: Vec<(&str, &str)> = known.iter().filter_map(|text| text.split_once(' ')).collect();
    let capital = |word: &str| word.chars().next().is_some_and(char::is_uppercase);
    let named =
        two.iter().filter(|(first, last)| capital(first) && capital(last) && !first.ends_with('.'));
    let people = named.clone().count() as f64 >= NAMES * known.len() as f64
        && column.name().as_str().contains("name");
    if people {
        let words = |list: std::collections::BTreeSet<&str>| Words {
            words: list.into_iter().map(str::to_owned).collect(),
            weights: None,
        };
        let firsts = words(named.clone().map(|(first, _)| *first).collect());
        let lasts = words(named.map(|(_, last)| *last).collect());
        return Some(Behaviour::Template(Text {
            forms: Template::parse("{first} {last}").into_iter().collect(),
            weights: None,
            given: None,
            words: BTreeMap::from([("first".to_owned(), firsts), ("last".to_owned(), lasts)]),
            case: None,
            unique: alone,
        }));
    }
    let words: Vec<String> = known.into_iter().map(str::to_owned).collect();
    if alone {
        return Some(Behaviour::Template(Text {
            forms: Template::parse("{word}").into_iter().collect(),
            weights: None,
            given: None,
            words: BTreeMap::from([("word".to_owned(), Words { words, weights: None })]),
            case: None,
            unique: true,
        }));
    }
    Some(Behaviour::Pick(Pick { words: Some(words), skew: Some(0.3), ..Pick::default() }))
}

/// Lists, structs and documents as they were written.
pub(super) fn pool(sheet: &Sheet<'_>, column: usize) -> Option<Behaviour> {
    let mut seen = std::collections::BTreeSet::new();
    let values: Vec<Value> = (sheet.values(column))
        .filter(|value| seen.insert(value.to_string()))
        .take(MOST)
        .cloned()
        .collect();
    (!values.is_empty()).then_some(Behaviour::Values { values, weights: None, at: None })
}
