//! What is usual for a column of which the design says nothing.

use std::collections::BTreeMap;

use peyote_schemas::Kind;
use peyote_schemas::behaviour::{
    After, Behaviour, Delay, Happening, Law, Number, Path, Pick, Piece, Rhythm, Template, Text,
    Unit,
};
use peyote_schemas::draft::Check;
use serde_json::Value;

use super::compile::Bench;

/// The share of truths that are true.
const TRUE: f64 = 0.7;
/// How much the first of some words are ahead.
const SKEW: f64 = 0.6;
/// Numbers go up to this where nobody says how far.
const MOST: f64 = 500.0;
/// How much happens in each hour of a day, midnight first: people are awake.
const HOURS: [f64; 24] = [
    1.0, 0.6, 0.4, 0.3, 0.3, 0.6, 1.5, 3.0, 5.0, 7.0, 8.0, 8.5, 8.0, 8.0, 8.5, 8.5, 8.0, 8.0, 8.0,
    8.5, 8.0, 6.0, 4.0, 2.0,
];

/// How the values of a column come about of which the design says nothing, by its name, kind, keys
/// and checks; none where it stays empty.
pub(super) fn behaviour(bench: &Bench<'_>, table: usize, column: usize) -> Option<Behaviour> {
    let designed = bench.design_table(table);
    let own = &designed.columns()[column];
    let name = own.name().as_str();
    let kind = &bench.columns[table][column].kind;
    let alone = bench.is_alone(table, column);
    let keyed = designed.primary_key().contains(own.name())
        || designed.unique().iter().any(|set| set.contains(own.name()));
    if own.vocabulary().is_some_and(|words| !words.is_empty()) && *kind == Kind::Text {
        return Some(Behaviour::Pick(Pick { skew: Some(SKEW), unique: false, ..Pick::default() }));
    }
    let pattern = designed.checks().iter().find_map(|check| match check {
        Check::Pattern { column, pattern } if column == name && !pattern.contains('*') => {
            Some(pattern.clone())
        }
        _ => None,
    });
    if *kind == Kind::Text
        && let Some(pattern) = pattern
    {
        let order = peyote_schemas::behaviour::CodeOrder::Rising;
        return Some(if alone {
            Behaviour::Code { pattern, order }
        } else {
            template(vec![Piece::Pattern(pattern)])
        });
    }
    match kind {
        Kind::Int(_) if alone => Some(Behaviour::Sequence { start: 1, step: 1, gap: 0 }),
        Kind::Int(_) if keyed => {
            let key = designed.foreign_keys().iter().find(|key| {
                key.columns.iter().any(|column| designed.primary_key().contains(column))
            });
            Some(match key.and_then(|key| key.columns.first()) {
                Some(of) => Behaviour::Nth { of: of.to_string(), start: 1 },
                None => Behaviour::Sequence { start: 1, step: 1, gap: 0 },
            })
        }
        Kind::Int(_) | Kind::Float | Kind::Decimal { .. } => {
            Some(Behaviour::Number(number(designed.checks(), name, kind)))
        }
        Kind::Bool => Some(Behaviour::Bool { share: TRUE, given: None }),
        Kind::Enum(_) => Some(Behaviour::Pick(Pick { skew: Some(SKEW), ..Pick::default() })),
        Kind::Date | Kind::Time | Kind::Timestamp | Kind::TimestampTz => {
            if let Some(before) = before(bench, table, column) {
                return Some(before);
            }
            let hour = (!matches!(kind, Kind::Date)).then(|| HOURS.to_vec());
            let rhythm = Rhythm { hour, ..Rhythm::default() };
            let rhythm = (rhythm != Rhythm::default()).then_some(rhythm);
            Some(Behaviour::Moment(Happening { rhythm, rising: alone, ..Happening::default() }))
        }
        Kind::Uuid => Some(Behaviour::Uuid {}),
        Kind::Json => Some(Behaviour::Constant { value: Value::from("{}") }),
        Kind::List(_) => Some(Behaviour::Constant { value: Value::Array(Vec::new()) }),
        Kind::Struct(_) => Some(Behaviour::Struct { fields: BTreeMap::new() }),
        Kind::Text if alone || keyed => {
            let letters = designed.name().as_str().chars().filter(char::is_ascii_lowercase);
            let prefix: String =
                letters.take(3).map(|letter| letter.to_ascii_uppercase()).collect();
            let prefix: String = prefix.chars().flat_map(|letter| ['\\', letter]).collect();
            let digits = (bench.rows[table].max(1).ilog10() as usize + 1).max(4);
            let pattern = format!("{prefix}-{}", "#".repeat(digits));
            let order = peyote_schemas::behaviour::CodeOrder::Rising;
            Some(Behaviour::Code { pattern, order })
        }
        Kind::Text if own.nullable() => None,
        Kind::Text => {
            let said = own.said().replace(['{', '}'], "").replace('_', " ");
            let piece = Piece::Range { min: 1, max: 9999, width: None };
            Some(template(vec![Piece::Literal(format!("{said} ")), piece]))
        }
    }
}

fn template(pieces: Vec<Piece>) -> Behaviour {
    Behaviour::Template(Text {
        forms: vec![Template { pieces }],
        weights: None,
        words: BTreeMap::new(),
        case: None,
        unique: false,
    })
}

/// Numbers between the bounds that a check sets, small ones the likelier.
fn number(checks: &[Check], name: &str, kind: &Kind) -> Number {
    let of = |value: &Option<Value>| match value {
        Some(Value::Number(number)) => number.as_f64(),
        Some(Value::String(text)) => text.parse().ok(),
        _ => None,
    };
    let range = checks.iter().find_map(|check| match check {
        Check::Range { column, min, max } if column == name => Some((of(min), of(max))),
        _ => None,
    });
    let (least, most) = match range {
        Some((Some(least), Some(most))) => (least, most),
        Some((Some(least), None)) => (least, least + 2.0 * MOST),
        Some((None, Some(most))) => (most - 2.0 * MOST, most),
        _ => (1.0, MOST),
    };
    let most = match kind {
        Kind::Decimal { precision, scale } => {
            let digits = i32::from(*precision) - i32::from(*scale);
            most.min(10_f64.powi(digits) - 10_f64.powi(-i32::from(*scale)))
        }
        Kind::Int(peyote_schemas::IntSize::I8) => most.min(127.0),
        _ => most,
    };
    let law =
        Law::Triangular { min: least, mode: least + (most - least) * 0.2, max: most.max(least) };
    let round = (*kind == Kind::Float).then_some(0.001);
    Number { min: Some(least), max: Some(most.max(least)), round, ..Number::new(law) }
}

/// A moment that has to come after another: some days later.
fn before(bench: &Bench<'_>, table: usize, column: usize) -> Option<Behaviour> {
    let designed = bench.design_table(table);
    let name = designed.columns()[column].name();
    designed.checks().iter().find_map(|check| {
        let Check::Order { columns } = check else { return None };
        let place = columns.iter().position(|one| *name == one.as_str())?;
        let before = columns.get(place.checked_sub(1)?)?;
        let other = designed.place(before)?;
        let moments = [column, other].iter().all(|at| {
            let kind = &bench.columns[table][*at].kind;
            kind.is_moment() && *kind != Kind::Time
        });
        let delay = Delay {
            law: Law::Exponential { mean: 4.0 },
            unit: Unit::Day,
            min: None,
            max: None,
            round: None,
        };
        moments.then(|| {
            Behaviour::After(After {
                column: Path::own(before.as_str()),
                delay: Some(delay),
                until: None,
                open: Vec::new(),
                grain: None,
            })
        })
    })
}
