//! [`Vector`]: what a part of an expression comes to, row by row.

use peyote_schemas::Kind;
use peyote_schemas::value::moment::DAY;

use super::digits::Digits;
use super::number::scaled;
use super::texts::Texts;
use crate::generate::frame::finish;
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
    Number(Digits, u8),
    Float(Vec<f64>),
    Truth(Vec<bool>),
    Micros(Vec<i64>),
    Days(Vec<i64>),
    Text(Texts),
    Nothing,
}

impl Vector {
    pub(super) fn full(data: Data) -> Self {
        Self { data, none: Vec::new() }
    }

    pub(in crate::generate) fn number(digits: Digits, scale: u8) -> Self {
        Self::full(Data::Number(digits, scale))
    }

    pub(in crate::generate) fn nothing(rows: usize) -> Self {
        Self { data: Data::Nothing, none: vec![true; rows] }
    }

    #[inline]
    pub(in crate::generate) fn is_none(&self, row: usize) -> bool {
        self.none.get(row).copied().unwrap_or(false)
    }

    /// Whether a condition holds, on each row.
    pub(super) fn truths(self, rows: usize) -> Vec<bool> {
        let Data::Truth(mut truths) = self.data else { return vec![false; rows] };
        for (truth, none) in truths.iter_mut().zip(&self.none) {
            *truth &= !none;
        }
        truths
    }

    /// The rows in which either has nothing.
    pub(super) fn either_none(&self, other: &Self, rows: usize) -> Vec<bool> {
        if self.none.is_empty() && other.none.is_empty() {
            return Vec::new();
        }
        (0..rows).map(|row| self.is_none(row) || other.is_none(row)).collect()
    }

    /// The values as text: words, where they are some of a list.
    pub(super) fn into_text(self, rows: usize) -> Lane {
        if let Data::Text(Texts { words, picks }) = self.data {
            let mut lane = Lane::full(Values::Word { words, picks });
            super::settle(&self.none, 0, &mut lane);
            finish(&mut lane);
            return lane;
        }
        let mut lane = Lane::full(Values::Text { ends: Vec::new(), bytes: Vec::new() });
        self.into_lane(&Kind::Text, rows, &mut lane);
        finish(&mut lane);
        lane
    }

    /// Adds the values to a lane of a kind, rounded half away from zero to what it can hold.
    pub(super) fn into_lane(self, kind: &Kind, rows: usize, lane: &mut Lane) {
        let from = lane.values.len();
        let scale = if let Kind::Decimal { scale, .. } = kind { *scale } else { 0 };
        let (low, high) = kind.bounds().unwrap_or((i64::MIN.into(), i64::MAX.into()));
        match (&mut lane.values, self.data) {
            (Values::Int(values), Data::Number(digits, has)) => {
                let held = digits.scaled(has, scale);
                values.extend(held.clamped(narrow(low), narrow(high)));
            }
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
                let held = digits.wide().into_iter().map(|digits| scaled(digits, has, scale));
                values.extend(held.map(|digits| digits.clamp(low, high)));
            }
            (Values::Wide(values), Data::Float(numbers)) => {
                let by = 10_f64.powi(i32::from(scale));
                let held = numbers.into_iter().map(|number| libm::round(number * by) as i128);
                values.extend(held.map(|digits| digits.clamp(low, high)));
            }
            (Values::Float(values), Data::Number(digits, has)) => {
                values.extend(super::number::floats(&digits, has));
            }
            (Values::Float(values), Data::Float(numbers)) => {
                values.extend(numbers.into_iter().map(finite));
            }
            (Values::Bool(values), Data::Truth(truths)) => values.extend(truths),
            (Values::Text { ends, bytes }, Data::Text(texts)) => {
                ends.extend((0..rows).map(|row| {
                    bytes.extend_from_slice(texts.bytes(row));
                    bytes.len() as u32
                }));
            }
            (Values::Text { ends, bytes }, Data::Number(Digits::Narrow(numbers, _), 0)) => {
                for number in numbers {
                    crate::generate::spell::whole(number, bytes);
                    ends.push(bytes.len() as u32);
                }
            }
            (Values::Text { ends, bytes }, data) => {
                let spelt = spelt(data);
                for row in 0..rows {
                    if let Some((lane, kind)) = &spelt {
                        crate::generate::spell::spell(lane, kind, row, bytes);
                    }
                    ends.push(bytes.len() as u32);
                }
            }
            (Values::Word { words, picks }, Data::Text(texts)) => {
                let find = |text: &[u8]| {
                    let same = |at: &usize| words.bytes(*at) == text;
                    (0..words.len()).find(same).unwrap_or(0) as u32
                };
                if texts.words.len() > rows {
                    picks.extend((0..rows).map(|row| find(texts.bytes(row))));
                } else {
                    let places: Vec<u32> =
                        (0..texts.words.len()).map(|at| find(texts.words.bytes(at))).collect();
                    let place = |pick: &u32| places.get(*pick as usize).copied().unwrap_or(0);
                    picks.extend(texts.picks.iter().map(place));
                }
            }
            _ => {
                crate::generate::recipe::nothing(lane, from + rows);
                return;
            }
        }
        super::settle(&self.none, from, lane);
    }
}

/// The nearest number that 64 bits hold.
fn narrow(number: i128) -> i64 {
    number.clamp(i64::MIN.into(), i64::MAX.into()) as i64
}

/// Values as a lane of a kind, to be spelt; nothing where there are none, or texts.
fn spelt(data: Data) -> Option<(Lane, Kind)> {
    let (values, kind) = match data {
        Data::Number(digits, scale) => {
            (Values::Wide(digits.wide()), Kind::Decimal { precision: 38, scale })
        }
        Data::Float(numbers) => (Values::Float(numbers), Kind::Float),
        Data::Truth(truths) => (Values::Bool(truths), Kind::Bool),
        Data::Micros(micros) => (Values::Int(micros), Kind::Timestamp),
        Data::Days(days) => (Values::Int(days), Kind::Date),
        Data::Text(_) | Data::Nothing => return None,
    };
    Some((Lane::full(values), kind))
}

/// The first where a condition holds, else the second.
pub(super) fn pick<T: Copy>(holds: &[bool], mut yes: Vec<T>, no: &[T]) -> Vec<T> {
    for ((yes, no), holds) in yes.iter_mut().zip(no).zip(holds) {
        *yes = if *holds { *yes } else { *no };
    }
    yes
}

/// The first where a condition holds, else the second.
pub(super) fn choose(holds: &[bool], yes: Vector, no: Vector, rows: usize) -> Vector {
    let none = if yes.none.is_empty() && no.none.is_empty() {
        Vec::new()
    } else {
        let none = |row: usize| if holds[row] { yes.is_none(row) } else { no.is_none(row) };
        (0..rows).map(none).collect()
    };
    let data = match (yes.data, no.data) {
        (Data::Number(yes, one), Data::Number(no, other)) => {
            let scale = one.max(other);
            let (yes, no) = (yes.scaled(one, scale), no.scaled(other, scale));
            let digits = match (yes.bound(), no.bound()) {
                (Some(one), Some(other)) => {
                    let (yes, no) =
                        (yes.clamped(i64::MIN, i64::MAX), no.clamped(i64::MIN, i64::MAX));
                    Digits::Narrow(pick(holds, yes, &no), one.max(other))
                }
                _ => Digits::Wide(pick(holds, yes.wide(), &no.wide())),
            };
            Data::Number(digits, scale)
        }
        (Data::Float(yes), Data::Float(no)) => Data::Float(pick(holds, yes, &no)),
        (Data::Float(yes), Data::Number(no, scale)) => {
            Data::Float(pick(holds, yes, &super::number::floats(&no, scale)))
        }
        (Data::Number(yes, scale), Data::Float(no)) => {
            Data::Float(pick(holds, super::number::floats(&yes, scale), &no))
        }
        (Data::Truth(yes), Data::Truth(no)) => Data::Truth(pick(holds, yes, &no)),
        (Data::Micros(yes), Data::Micros(no)) => Data::Micros(pick(holds, yes, &no)),
        (Data::Days(yes), Data::Days(no)) => Data::Days(pick(holds, yes, &no)),
        (Data::Text(yes), Data::Text(no)) => Data::Text(Texts::choose(holds, yes, &no)),
        (Data::Nothing, data) | (data, Data::Nothing) => data,
        (yes, _) => yes,
    };
    Vector { data, none }
}
