//! [`Vector`]: what a part of an expression comes to, row by row.

use peyote_schemas::Kind;
use peyote_schemas::value::moment::DAY;

use super::number::scaled;
use crate::generate::maker::finite;
use crate::lane::{Lane, Values};

/// What a part of an expression comes to, row by row.
#[derive(Debug, Clone)]
pub(in crate::generate) struct Vector {
    pub(in crate::generate) data: Data,
    /// Which rows have nothing; empty where all have something.
    pub(in crate::generate) none: Vec<bool>,
}

/// Values of one kind.
#[derive(Debug, Clone)]
pub(in crate::generate) enum Data {
    /// Decimals without their point, and how many digits stand behind it.
    Number(Vec<i128>, u8),
    Float(Vec<f64>),
    Truth(Vec<bool>),
    Micros(Vec<i64>),
    Days(Vec<i64>),
    Text(Vec<Box<str>>),
    Nothing,
}

impl Vector {
    pub(super) fn full(data: Data) -> Self {
        Self { data, none: Vec::new() }
    }

    pub(in crate::generate) fn number(digits: Vec<i128>, scale: u8) -> Self {
        Self::full(Data::Number(digits, scale))
    }

    pub(in crate::generate) fn nothing(rows: usize) -> Self {
        Self { data: Data::Nothing, none: vec![true; rows] }
    }

    #[inline]
    pub(in crate::generate) fn is_none(&self, row: usize) -> bool {
        self.none.get(row).copied().unwrap_or(false)
    }

    /// Whether a condition holds on a row.
    #[inline]
    pub(in crate::generate) fn holds(&self, row: usize) -> bool {
        !self.is_none(row) && matches!(&self.data, Data::Truth(truths) if truths[row])
    }

    /// The rows in which either has nothing.
    pub(super) fn either_none(&self, other: &Self, rows: usize) -> Vec<bool> {
        if self.none.is_empty() && other.none.is_empty() {
            return Vec::new();
        }
        (0..rows).map(|row| self.is_none(row) || other.is_none(row)).collect()
    }

    /// Adds the values to a lane of a kind, rounded half away from zero to what it can hold.
    pub(super) fn into_lane(self, kind: &Kind, rows: usize, lane: &mut Lane) {
        let from = lane.values.len();
        let scale = if let Kind::Decimal { scale, .. } = kind { *scale } else { 0 };
        let (low, high) = kind.bounds().unwrap_or((i64::MIN.into(), i64::MAX.into()));
        match (&mut lane.values, self.data) {
            (Values::Int(values), Data::Number(digits, has)) => values.extend(
                digits.into_iter().map(|digits| scaled(digits, has, scale).clamp(low, high) as i64),
            ),
            (Values::Int(values), Data::Float(numbers)) => {
                let by = 10_f64.powi(i32::from(scale));
                values.extend(
                    numbers
                        .into_iter()
                        .map(|number| (libm::round(number * by) as i128).clamp(low, high) as i64),
                );
            }
            (Values::Int(values), Data::Days(days)) => {
                let unit = if *kind == Kind::Date { 1 } else { DAY };
                values.extend(days.into_iter().map(|day| day.saturating_mul(unit)));
            }
            (Values::Int(values), Data::Micros(micros)) => {
                values.extend(
                    micros.into_iter().map(|micros| crate::generate::follow::held(micros, kind)),
                );
            }
            (Values::Wide(values), Data::Number(digits, has)) => {
                let held = digits.into_iter().map(|digits| scaled(digits, has, scale));
                values.extend(held.map(|digits| digits.clamp(low, high)));
            }
            (Values::Wide(values), Data::Float(numbers)) => {
                let by = 10_f64.powi(i32::from(scale));
                let held = numbers.into_iter().map(|number| libm::round(number * by) as i128);
                values.extend(held.map(|digits| digits.clamp(low, high)));
            }
            (Values::Float(values), Data::Number(digits, has)) => {
                let by = 10_f64.powi(i32::from(has));
                values.extend(digits.into_iter().map(|digits| digits as f64 / by));
            }
            (Values::Float(values), Data::Float(numbers)) => {
                values.extend(numbers.into_iter().map(finite));
            }
            (Values::Bool(values), Data::Truth(truths)) => values.extend(truths),
            (Values::Text { ends, bytes }, data) => {
                for row in 0..rows {
                    write(&data, row, bytes);
                    ends.push(bytes.len() as u32);
                }
            }
            (Values::Word { words, picks }, Data::Text(texts)) => {
                picks.extend(texts.iter().map(|text| {
                    let same = |at: &usize| words.bytes(*at) == text.as_bytes();
                    (0..words.len()).find(same).unwrap_or(0) as u32
                }));
            }
            _ => {
                crate::generate::recipe::nothing(lane, from + rows);
                return;
            }
        }
        super::settle(&self.none, from, lane);
    }
}

/// The text of a row's value.
fn write(data: &Data, row: usize, out: &mut Vec<u8>) {
    let lane = |values, kind: &Kind, out: &mut Vec<u8>| {
        crate::generate::spell::spell(&Lane::full(values), kind, 0, out);
    };
    match data {
        Data::Number(digits, scale) => {
            let kind = Kind::Decimal { precision: 38, scale: *scale };
            lane(Values::Wide(vec![digits[row]]), &kind, out);
        }
        Data::Float(numbers) => lane(Values::Float(vec![numbers[row]]), &Kind::Float, out),
        Data::Truth(truths) => lane(Values::Bool(vec![truths[row]]), &Kind::Bool, out),
        Data::Micros(micros) => lane(Values::Int(vec![micros[row]]), &Kind::Timestamp, out),
        Data::Days(days) => lane(Values::Int(vec![days[row]]), &Kind::Date, out),
        Data::Text(texts) => out.extend_from_slice(texts[row].as_bytes()),
        Data::Nothing => {}
    }
}

fn pick<T>(holds: &[bool], yes: Vec<T>, no: Vec<T>) -> Vec<T> {
    let both = yes.into_iter().zip(no).zip(holds);
    both.map(|((yes, no), holds)| if *holds { yes } else { no }).collect()
}

/// The first where the condition holds, else the second.
pub(super) fn choose(condition: &Vector, yes: Vector, no: Vector, rows: usize) -> Vector {
    let holds: Vec<bool> = (0..rows).map(|row| condition.holds(row)).collect();
    let none = if yes.none.is_empty() && no.none.is_empty() {
        Vec::new()
    } else {
        let none = |row: usize| if holds[row] { yes.is_none(row) } else { no.is_none(row) };
        (0..rows).map(none).collect()
    };
    let data = match (yes.data, no.data) {
        (Data::Number(yes, one), Data::Number(no, other)) => {
            let scale = one.max(other);
            let to = |digits: Vec<i128>, has| -> Vec<i128> {
                digits.into_iter().map(|digits| scaled(digits, has, scale)).collect()
            };
            Data::Number(pick(&holds, to(yes, one), to(no, other)), scale)
        }
        (Data::Float(yes), Data::Float(no)) => Data::Float(pick(&holds, yes, no)),
        (Data::Float(yes), Data::Number(no, scale)) => {
            Data::Float(pick(&holds, yes, super::number::floats(&no, scale)))
        }
        (Data::Number(yes, scale), Data::Float(no)) => {
            Data::Float(pick(&holds, super::number::floats(&yes, scale), no))
        }
        (Data::Truth(yes), Data::Truth(no)) => Data::Truth(pick(&holds, yes, no)),
        (Data::Micros(yes), Data::Micros(no)) => Data::Micros(pick(&holds, yes, no)),
        (Data::Days(yes), Data::Days(no)) => Data::Days(pick(&holds, yes, no)),
        (Data::Text(yes), Data::Text(no)) => Data::Text(pick(&holds, yes, no)),
        (Data::Nothing, data) | (data, Data::Nothing) => data,
        (yes, _) => yes,
    };
    Vector { data, none }
}
