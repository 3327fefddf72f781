//! [`named`]: what a column's name makes one expect of its cells.

use std::collections::BTreeSet;

use super::super::shape::{SHAPES, Shape};
use super::{Look, NAME_WEIGHT};

/// Words of a name and the shapes, with their weights, that they make one expect. The first entry
/// that a name has a word of counts; in [`LAST`] the word must be the name's last.
type Hint = (&'static [&'static str], &'static [(Shape, f32)]);

const FULL: f32 = NAME_WEIGHT;
const HALF: f32 = NAME_WEIGHT / 2.0;
const SOME: f32 = NAME_WEIGHT / 4.0;

/// Words that settle what a column holds wherever they stand in its name.
const SURE: [Hint; 6] = [
    (&["coordinates", "coordinate", "coords", "latlong"], &[(Shape::Pair, FULL)]),
    (&["email", "mail"], &[(Shape::Email, FULL)]),
    (&["url", "website", "link", "homepage"], &[(Shape::Url, FULL)]),
    (&["phone", "telephone", "fax", "mobile"], &[(Shape::Phone, FULL)]),
    (&["uuid", "guid"], &[(Shape::Uuid, FULL)]),
    (&["zip", "zipcode", "postcode", "sku"], &[(Shape::Int, HALF), (Shape::Code, HALF)]),
];

/// Words that say something at the end of a name.
const LAST: [Hint; 2] = [
    (&["id", "no", "number", "code", "key"], &[(Shape::Int, HALF), (Shape::Code, HALF)]),
    (&["at"], &[(Shape::Timestamp, HALF), (Shape::Date, HALF)]),
];

/// Words that say something where no surer one does.
const LIKELY: [Hint; 8] = [
    (&["timestamp", "datetime"], &[(Shape::Timestamp, HALF), (Shape::Date, HALF)]),
    (
        &["date", "day", "birthday", "dob", "born", "joined", "created", "updated"],
        &[(Shape::Date, HALF), (Shape::Timestamp, HALF)],
    ),
    (
        &["time", "hour", "start", "end"],
        &[(Shape::Time, HALF), (Shape::Timestamp, SOME), (Shape::Measure, SOME)],
    ),
    (
        &["percent", "percentage", "pct", "rate", "ratio", "share"],
        &[(Shape::Percent, HALF), (Shape::Number, HALF)],
    ),
    (
        &[
            "price", "cost", "amount", "salary", "income", "revenue", "funding", "budget", "fee",
            "total", "balance", "payment", "wage", "value", "sales", "spend", "tax",
        ],
        &[(Shape::Currency, HALF), (Shape::Number, SOME), (Shape::Int, SOME)],
    ),
    (
        &[
            "lat",
            "latitude",
            "lon",
            "lng",
            "longitude",
            "score",
            "weight",
            "height",
            "length",
            "width",
            "temperature",
            "speed",
            "average",
            "distance",
        ],
        &[(Shape::Number, HALF), (Shape::Int, SOME), (Shape::Measure, SOME)],
    ),
    (
        &[
            "count",
            "quantity",
            "qty",
            "population",
            "age",
            "size",
            "year",
            "rank",
            "level",
            "capacity",
            "points",
            "votes",
            "seats",
            "units",
            "num",
        ],
        &[(Shape::Int, FULL)],
    ),
    (&["is", "has", "active", "enabled", "flag"], &[(Shape::Bool, FULL)]),
];

/// Words of a name and how many words a value may well have.
const FREE: [(&[&str], f32); 3] = [
    (
        &[
            "description",
            "instructions",
            "notes",
            "note",
            "comment",
            "comments",
            "summary",
            "details",
            "text",
            "message",
            "abstract",
            "bio",
            "reason",
            "remarks",
        ],
        10.0,
    ),
    (
        &[
            "address",
            "ingredients",
            "list",
            "tags",
            "authors",
            "features",
            "terms",
            "conditions",
            "items",
            "steps",
            "symptoms",
            "skills",
            "members",
        ],
        6.0,
    ),
    (&["name", "title", "location", "place", "city", "label", "subject"], 2.5),
];

/// What a column's name makes one expect of its cells.
pub(super) fn named(name: &str) -> Look {
    let name = parts(name);
    let has = |words: &[&str]| name.iter().any(|part| words.contains(&part.as_str()));
    let ends = |words: &[&str]| name.last().is_some_and(|part| words.contains(&part.as_str()));
    let free = FREE.iter().find(|(words, _)| has(words)).map_or(1.5, |(_, free)| *free);
    let mut look = Look {
        counts: [0.0; SHAPES],
        total: 0.0,
        words: 0.0,
        free,
        values: BTreeSet::new(),
        lengths: 0,
        others: 0,
        seen: 0,
        range: None,
    };
    let both = has(&["latitude", "lat"]) && has(&["longitude", "lon", "long", "lng"]);
    let hint = (SURE.iter().find(|(words, _)| has(words)))
        .or_else(|| LAST.iter().find(|(words, _)| ends(words)))
        .or_else(|| LIKELY.iter().find(|(words, _)| has(words)));
    let shapes: &[(Shape, f32)] = match hint {
        _ if both => SURE[0].1,
        Some((_, shapes)) => shapes,
        None if free > 2.0 => &[(Shape::Phrase, HALF), (Shape::Word, SOME)],
        None => &[(Shape::Word, 0.4), (Shape::Phrase, 0.3)],
    };
    look.add(shapes);
    look
}

/// The words of a name, in lower case: `unitPrice`, `Unit_Price` and `unit price` have the same.
fn parts(name: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut joined = false;
    let mut small = false;
    for letter in name.chars() {
        if !letter.is_alphanumeric() {
            joined = false;
            continue;
        }
        if !joined || (small && letter.is_uppercase()) {
            parts.push(String::new());
        }
        if let Some(part) = parts.last_mut() {
            if letter.is_ascii() {
                part.push(letter.to_ascii_lowercase());
            } else {
                part.extend(letter.to_lowercase());
            }
        }
        joined = true;
        small = letter.is_lowercase();
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() {
        assert_eq!(parts("unitPrice"), ["unit", "price"]);
        assert_eq!(parts("Location (lat/long)"), ["location", "lat", "long"]);
    }
}
