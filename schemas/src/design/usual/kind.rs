//! The usual kind of a column that says none: by its namesakes, its written values and its name.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::{Design, DesignColumn, DesignTable, link, stem};
use crate::behaviour::Behaviour;
use crate::kind::{IntSize, Kind};

/// Words in names of whole numbers.
const COUNTS: &str = "count counts quantity qty population views visitors users votes downloads followers attendance \
    capacity age year floor floors rooms seats pages wins losses goals points rank position \
    stock stars minutes seconds hours days weeks months";
/// Words in names of money.
const MONEY: &str = "price cost amount fee fees salary wage income revenue budget balance tax payment total subtotal \
    discount fare charge bonus rent deposit profit debt";
/// Words in names of what is measured.
const MEASURES: &str = "weight height length width depth distance area volume temperature humidity pressure speed \
    altitude elevation latitude longitude lat lon lng score rating ratio percentage percent rate \
    mass radius diameter wingspan";
/// Words behind which a name only says of what, or in what.
const BEHIND: &str = "per in of from for by at on";
/// Last words that are units of what stands before them.
const UNITS: &str =
    "kg g mg km m cm mm usd eur gbp percent pct c f celsius fahrenheit kmh mph kwh mw ml l";
/// First words in names of truths.
const TRUTHS: &str = "is has was can should";
/// Last words in names of days.
const DAYS: &str = "date day on birthday birthdate dob since";
/// Last words in names of moments.
const MOMENTS: &str = "at timestamp datetime created updated modified";
/// Words beside `time` in names of times of day.
const CLOCKS: &str = "start end begin finish arrival departure opening closing open close check";
/// Last words in names of numbers that only name something.
const NUMBERS: &str = "id ids no nr";

impl Design {
    /// The same with a kind for every column: that of the key it refers to, else what columns of its
    /// name hold elsewhere, else what its written values are, else what its name says, else text.
    /// `seen` tells, by column names, what values turned out to be.
    #[must_use]
    pub fn closed(&self, seen: &BTreeMap<String, Kind>) -> Self {
        let mut design = self.clone();
        let columns = self.tables.iter().flat_map(|table| &table.columns);
        let mut known: BTreeMap<String, Kind> = seen.clone();
        known.extend(columns.filter_map(|one| Some((one.name.to_string(), one.kind.clone()?))));
        known.retain(|_, kind| tells(kind));
        link::share_kinds(&mut design.tables);
        // What is referred to goes before what refers.
        for refers in [false, true] {
            for table in &mut design.tables {
                let kinds: Vec<Option<Kind>> = (table.columns.iter().enumerate())
                    .map(|(place, column)| {
                        let open = column.kind.is_none()
                            && table.key_of(column.name.as_str()).is_some() == refers;
                        open.then(|| kind(table, place, column, &known))
                    })
                    .collect();
                for (column, kind) in table.columns.iter_mut().zip(kinds) {
                    column.kind = kind.or(column.kind.take());
                }
            }
            link::share_kinds(&mut design.tables);
        }
        design
    }
}

/// Whether columns of one name are alike where one is of this kind: words seldom are.
fn tells(kind: &Kind) -> bool {
    matches!(kind, Kind::Bool | Kind::Uuid | Kind::Float | Kind::Decimal { .. } | Kind::Int(_))
        || kind.is_moment()
}

fn kind(
    table: &DesignTable,
    place: usize,
    column: &DesignColumn,
    known: &BTreeMap<String, Kind>,
) -> Kind {
    if let Some(behaviour) = &column.behaviour {
        return of_behaviour(behaviour);
    }
    if column.vocabulary.is_some() {
        return Kind::Text;
    }
    let written = table.rows.iter().filter_map(|row| row.get(place));
    let mut written = written.filter(|value| !value.is_null()).peekable();
    if written.peek().is_some() {
        return of_values(written);
    }
    known.get(column.name.as_str()).cloned().unwrap_or_else(|| of_name(column.name.as_str()))
}

/// The kind that holds whatever a behaviour makes; text where it makes any.
fn of_behaviour(behaviour: &Behaviour) -> Kind {
    match behaviour {
        Behaviour::Sequence { .. } | Behaviour::Nth { .. } => Kind::Int(IntSize::I64),
        Behaviour::Bool { .. } => Kind::Bool,
        Behaviour::Number(_) | Behaviour::Total { .. } => Kind::Float,
        Behaviour::Moment(_) | Behaviour::After(_) | Behaviour::Series { .. } => Kind::Timestamp,
        Behaviour::Uuid {} => Kind::Uuid,
        _ => Kind::Text,
    }
}

fn of_values<'v>(values: impl Iterator<Item = &'v Value>) -> Kind {
    let (mut truths, mut whole, mut numbers) = (true, true, true);
    for value in values {
        truths &= value.is_boolean();
        whole &= value.is_i64();
        numbers &= value.is_number();
    }
    match (truths, whole, numbers) {
        (true, _, _) => Kind::Bool,
        (_, true, _) => Kind::Int(IntSize::I64),
        (_, _, true) => Kind::Float,
        _ => Kind::Text,
    }
}

/// What a name says of the values; text where it says nothing.
fn of_name(name: &str) -> Kind {
    let words = stem::words(name);
    let listed = |list: &str, word: &str| list.split_whitespace().any(|one| one == word);
    let any = |list: &str| words.iter().any(|word| listed(list, word));
    // What the name is about: `quantity` in `quantity_in_stock`, `weight` in `weight_kg`.
    let behind = words.iter().skip(1).position(|word| listed(BEHIND, word));
    let about = &words[..behind.map_or(words.len(), |place| place + 1)];
    let about = match about {
        [rest @ .., unit] if !rest.is_empty() && listed(UNITS, unit) => rest,
        whole => whole,
    };
    let noun = about.last().map(String::as_str).unwrap_or_default();
    let first = words.first().map(String::as_str).unwrap_or_default();
    let last = words.last().map(String::as_str).unwrap_or_default();
    if words.len() > 1 && listed(TRUTHS, first) {
        Kind::Bool
    } else if any("date") || listed(DAYS, last) {
        Kind::Date
    } else if listed(MOMENTS, last) || words.len() == 1 && last == "time" {
        Kind::Timestamp
    } else if last == "time" && any(CLOCKS) {
        Kind::Time
    } else if last == "uuid" || last == "guid" {
        Kind::Uuid
    } else if listed(NUMBERS, last) {
        Kind::Int(IntSize::I64)
    } else if noun == "number" && words.len() > about.len() || listed(COUNTS, noun) {
        Kind::Int(IntSize::I32)
    } else if listed(MONEY, noun) {
        Kind::Decimal { precision: 12, scale: 2 }
    } else if listed(MEASURES, noun) {
        Kind::Float
    } else {
        Kind::Text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::resolve;
    use crate::draft::Draft;

    #[test]
    fn open_kinds_are_told_by_keys_namesakes_values_and_names() {
        let text = r#"{"tables": [
            {"name": "Owls", "columns": [{"name": "Owl ID"}, {"name": "Species"}, {"name": "Weight"}, {"name": "Ringed On"},
                {"name": "Is Tame"}, {"name": "Reading", "kind": "time"}]},
            {"name": "Sightings", "columns": [{"name": "Sighting ID"}, {"name": "Owl ID"}, {"name": "Timestamp"},
                {"name": "Reading"}, {"name": "Count"}, {"name": "Wind"}]}]}"#;
        let draft: Draft = serde_json::from_str(text).unwrap();
        let (design, _) = resolve(&draft).unwrap();
        let seen = BTreeMap::from([("wind".to_owned(), Kind::Float)]);
        let closed = design.closed(&seen);
        let kinds = |table: &str| -> Vec<String> {
            let table = closed.table(table).unwrap();
            table.columns().iter().map(|one| one.kind().unwrap().to_string()).collect()
        };
        assert_eq!(kinds("owls"), ["int64", "text", "float64", "date", "bool", "time"]);
        let sightings = ["int64", "int64", "timestamp", "time", "int32", "float64"];
        assert_eq!(kinds("sightings"), sightings);
        assert!(closed.is_settled());
    }

    #[test]
    fn names_say_what_they_are_about() {
        for (name, kind) in [
            ("population_trend", "text"),
            ("quantity_in_stock", "int32"),
            ("cost_per_unit", "decimal(12,2)"),
            ("weight_kg", "float64"),
            ("number_of_rooms", "int32"),
            ("date_of_birth", "date"),
            ("last_updated", "timestamp"),
            ("arrival_time", "time"),
            ("is_open", "bool"),
            ("part_number", "text"),
        ] {
            assert_eq!(of_name(name).to_string(), kind, "{name}");
        }
    }
}
