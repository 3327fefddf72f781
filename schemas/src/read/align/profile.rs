//! [`Profile`]: what the cells of each column look like, learnt from rows and from names.

use super::shape::{SHAPES, Shape, shape};
use crate::column::Column;
use crate::kind::Kind;

/// How many rows a column's name counts for.
const NAME_WEIGHT: f32 = 2.0;
/// How many rows a column's kind counts for, where a design says it.
const KIND_WEIGHT: f32 = 20.0;
/// Rows after which a shape never seen is as good as ruled out.
const DOUBT: f32 = 0.02;

/// What a column's cells look like.
#[derive(Debug, Clone)]
struct Look {
    counts: [f32; SHAPES],
    total: f32,
    /// The sum of the cells' words.
    words: f32,
    /// How readily the name lets the column hold a sentence.
    free: f32,
}

/// What the cells of every column look like.
#[derive(Debug, Clone)]
pub(in crate::read) struct Profile {
    columns: Vec<Look>,
    /// Rows that say whether a space follows a delimiter, and how many cells begin with one.
    boundaries: f32,
    spaced: f32,
}

impl Profile {
    /// What the names of columns say, and the kinds that a design gives those it knows.
    pub(in crate::read) fn new(header: &[String], expect: Option<&[Column]>) -> Self {
        let columns = header
            .iter()
            .map(|name| {
                let mut look = named(name);
                let same = |column: &&Column| column.name.eq_ignore_ascii_case(name.trim());
                if let Some(column) = expect.unwrap_or_default().iter().find(same) {
                    look.expect(&column.kind);
                }
                look
            })
            .collect();
        Self { columns, boundaries: 2.0, spaced: 0.2 }
    }

    /// How many columns there are.
    pub(in crate::read) fn width(&self) -> usize {
        self.columns.len()
    }

    /// Takes in a row that fits.
    pub(in crate::read) fn learn<'t>(&mut self, cells: impl Iterator<Item = &'t str>) {
        for (look, text) in self.columns.iter_mut().zip(cells) {
            look.counts[shape(text) as usize] += 1.0;
            look.total += 1.0;
            look.words += words(text);
        }
    }

    /// Takes in whether the cells of a row that fits begin with a space.
    pub(in crate::read) fn learn_spaces(&mut self, boundaries: usize, spaced: usize) {
        self.boundaries += boundaries as f32;
        self.spaced += spaced as f32;
    }

    /// The share of delimiters that a space follows.
    pub(super) fn spaced(&self) -> f32 {
        self.spaced / self.boundaries
    }

    /// How odd a text would be in a column: the negated logarithm of its chance.
    pub(super) fn cost(&self, column: usize, text: &str) -> f32 {
        let look = &self.columns[column];
        let found = shape(text);
        let mut cost = -look.chance(found).ln();
        if found.is_text() {
            // Of two text columns the one that holds as many words takes the sentence.
            let usual = (look.words + look.free) / (look.total + 1.0);
            cost += 0.6 * ((words(text) + 1.0) / (usual + 1.0)).ln().abs();
        }
        cost
    }

    /// How odd it would be if nothing stood in a column.
    pub(super) fn missing(&self, column: usize) -> f32 {
        let look = &self.columns[column];
        let seen = look.counts[Shape::Empty as usize] + look.counts[Shape::Null as usize];
        -((seen + 0.1) / (look.total + 1.0)).ln()
    }

    /// The column that holds the longest texts.
    pub(super) fn freest(&self) -> usize {
        let freedom = |look: &Look| {
            let text = look.counts[Shape::Phrase as usize] / look.total.max(1.0);
            (look.words + look.free) / (look.total + 1.0) * (0.1 + text)
        };
        let mut best = 0;
        for (at, look) in self.columns.iter().enumerate() {
            if freedom(look) > freedom(&self.columns[best]) {
                best = at;
            }
        }
        best
    }
}

impl Look {
    fn chance(&self, found: Shape) -> f32 {
        let mut support = 0.0;
        for (seen, count) in ALL.iter().zip(&self.counts) {
            if *count > 0.0 {
                support += count * seen.speaks_for(found);
            }
        }
        (support + DOUBT) / (self.total + 1.0)
    }

    fn add(&mut self, shapes: &[(Shape, f32)]) {
        for (shape, weight) in shapes {
            self.counts[*shape as usize] += weight;
            self.total += weight;
            self.words += weight * if *shape == Shape::Phrase { self.free.max(2.0) } else { 1.0 };
        }
    }

    fn expect(&mut self, kind: &Kind) {
        let all = KIND_WEIGHT;
        let shapes: &[(Shape, f32)] = match kind {
            Kind::Bool => &[(Shape::Bool, all)],
            Kind::Int(_) => &[(Shape::Int, all)],
            Kind::Float | Kind::Decimal { .. } => &[
                (Shape::Number, all * 0.5),
                (Shape::Int, all * 0.2),
                (Shape::Currency, all * 0.2),
                (Shape::Percent, all * 0.1),
            ],
            Kind::Date => &[(Shape::Date, all)],
            Kind::Time => &[(Shape::Time, all)],
            Kind::Timestamp | Kind::TimestampTz => &[(Shape::Timestamp, all)],
            Kind::Uuid => &[(Shape::Uuid, all)],
            Kind::Enum(_) => &[(Shape::Word, all * 0.7), (Shape::Phrase, all * 0.3)],
            Kind::Text => &[(Shape::Word, 1.0), (Shape::Phrase, 1.0)],
            Kind::Json | Kind::List(_) | Kind::Struct(_) => &[(Shape::Phrase, all)],
        };
        self.add(shapes);
    }
}

const ALL: [Shape; SHAPES] = [
    Shape::Empty,
    Shape::Null,
    Shape::Bool,
    Shape::Int,
    Shape::Number,
    Shape::Currency,
    Shape::Percent,
    Shape::Measure,
    Shape::Date,
    Shape::Timestamp,
    Shape::Time,
    Shape::Uuid,
    Shape::Email,
    Shape::Url,
    Shape::Phone,
    Shape::Pair,
    Shape::Code,
    Shape::Word,
    Shape::Phrase,
];

/// What a column's name makes one expect of its cells.
fn named(name: &str) -> Look {
    let mut look = Look { counts: [0.0; SHAPES], total: 0.0, words: 0.0, free: 1.0 };
    let name = parts(name);
    let has = |words: &[&str]| name.iter().any(|part| words.contains(&part.as_str()));
    let ends = |words: &[&str]| name.last().is_some_and(|part| words.contains(&part.as_str()));
    let (full, half) = (NAME_WEIGHT, NAME_WEIGHT * 0.5);
    look.free = if has(&[
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
    ]) {
        10.0
    } else if has(&[
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
    ]) {
        6.0
    } else if has(&["name", "title", "location", "place", "city", "label", "subject"]) {
        2.5
    } else {
        1.5
    };
    let shapes: &[(Shape, f32)] = if has(&["latitude", "lat"])
        && has(&["longitude", "lon", "long", "lng"])
        || has(&["coordinates", "coordinate", "coords", "latlong"])
    {
        &[(Shape::Pair, full)]
    } else if has(&["email", "mail"]) {
        &[(Shape::Email, full)]
    } else if has(&["url", "website", "link", "homepage"]) {
        &[(Shape::Url, full)]
    } else if has(&["phone", "telephone", "fax", "mobile"]) {
        &[(Shape::Phone, full)]
    } else if has(&["uuid", "guid"]) {
        &[(Shape::Uuid, full)]
    } else if ends(&["id", "no", "number", "code", "key"])
        || has(&["zip", "zipcode", "postcode", "sku"])
    {
        &[(Shape::Int, half), (Shape::Code, half)]
    } else if has(&["timestamp", "datetime"]) || ends(&["at"]) {
        &[(Shape::Timestamp, half), (Shape::Date, half)]
    } else if has(&["date", "day", "birthday", "dob", "born", "joined", "created", "updated"]) {
        &[(Shape::Date, half), (Shape::Timestamp, half)]
    } else if has(&["time", "hour", "start", "end"]) {
        &[(Shape::Time, half), (Shape::Timestamp, half * 0.5), (Shape::Measure, half * 0.5)]
    } else if has(&["percent", "percentage", "pct", "rate", "ratio", "share"]) {
        &[(Shape::Percent, half), (Shape::Number, half)]
    } else if has(&[
        "price", "cost", "amount", "salary", "income", "revenue", "funding", "budget", "fee",
        "total", "balance", "payment", "wage", "value", "sales", "spend", "tax",
    ]) {
        &[(Shape::Currency, half), (Shape::Number, half * 0.5), (Shape::Int, half * 0.5)]
    } else if has(&[
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
    ]) {
        &[(Shape::Number, half), (Shape::Int, half * 0.5), (Shape::Measure, half * 0.5)]
    } else if has(&[
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
    ]) {
        &[(Shape::Int, full)]
    } else if has(&["is", "has", "active", "enabled", "flag"]) {
        &[(Shape::Bool, full)]
    } else if look.free > 2.0 {
        &[(Shape::Phrase, half), (Shape::Word, half * 0.5)]
    } else {
        &[(Shape::Word, 0.4), (Shape::Phrase, 0.3)]
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
            part.extend(letter.to_lowercase());
        }
        joined = true;
        small = letter.is_lowercase();
    }
    parts
}

fn words(text: &str) -> f32 {
    text.split_whitespace().count() as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() {
        assert_eq!(parts("unitPrice"), ["unit", "price"]);
        assert_eq!(parts("Location (lat/long)"), ["location", "lat", "long"]);
    }

    #[test]
    fn all_shapes_stand_in_their_place() {
        for (at, shape) in ALL.iter().enumerate() {
            assert_eq!(*shape as usize, at);
        }
    }
}
