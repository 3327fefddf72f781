//! [`Worked`]: an expression, worked out for many rows at once.

use std::sync::Arc;

use peyote_schemas::Kind;
use peyote_schemas::formula::{Exact, Function, Operator};
use peyote_schemas::value::moment::DAY;

use super::draw::Draw;
use super::frame::{Frame, View, take_away};
use super::recipe::{Here, Route};
use super::switch::Switch;
use crate::lane::{Lane, Values, Words};

mod alike;
mod choice;
mod digits;
mod form;
mod lists;
mod moment;
mod number;
mod texts;
mod vector;

pub(super) use alike::share;
pub(super) use choice::Choice;
pub(super) use digits::{Digits, Divisor};
pub(super) use texts::Texts;
pub(super) use vector::{Data, Vector};

/// An expression with its columns found.
#[derive(Debug)]
pub(super) struct Worked {
    pub(super) root: Expr,
    /// What expressions have in common that come to the same, where many of them are told as text.
    pub(super) alike: Option<u64>,
}

/// A part of an expression with its columns found.
#[derive(Debug)]
pub(super) enum Expr {
    Number(Exact),
    Text(String),
    Truth(bool),
    /// In microseconds.
    Moment(i64),
    /// A day.
    Day(i64),
    Null,
    Column(Route),
    /// The number of the row that some links lead to, or which of its children the last one counts.
    Place {
        links: Vec<usize>,
        nth: bool,
    },
    /// Whether a column holds one of some values, or none of them.
    Is(Switch, bool),
    Negate(Box<Expr>),
    Not(Box<Expr>),
    Binary(Operator, Box<[Expr; 2]>),
    Call(Function, Vec<Expr>),
    Choose(Box<Choice>),
    /// What expressions of the table have in common, by which it is known.
    Shared {
        of: Box<Expr>,
        key: u64,
    },
    /// The place of a total.
    Total(usize),
}

impl Worked {
    pub(super) fn new(root: Expr) -> Self {
        Self { root, alike: None }
    }

    /// An expression that is told as text, perhaps like others of its table.
    pub(super) fn told(root: Expr) -> Self {
        // An expression is what it looks like in full.
        let alike = Draw::new(0, &format!("{root:?}"), "").bits(0);
        Self { root, alike: Some(alike) }
    }

    pub(super) fn fill(&self, here: Here<'_>, frame: &mut Frame, kind: &Kind, lane: &mut Lane) {
        let vector = here.work(frame, &self.root);
        vector.into_lane(kind, frame.rows.len(), lane);
    }

    /// What it comes to on the rows in hand, as text: words, where it comes to some of a list.
    pub(super) fn text(&self, here: Here<'_>, frame: &mut Frame) -> Lane {
        if let Some((_, told)) = frame.told.iter().find(|(told, _)| Some(*told) == self.alike) {
            return told.clone();
        }
        let lane = here.work(frame, &self.root).into_text(frame.rows.len());
        if let Some(alike) = self.alike {
            frame.told.push((alike, lane.clone()));
        }
        lane
    }
}

impl Here<'_> {
    /// What a part comes to on each of the rows in hand.
    pub(super) fn work(self, frame: &mut Frame, expr: &Expr) -> Vector {
        let rows = frame.rows.len();
        match expr {
            Expr::Number(exact) => Vector::number(Digits::Same(exact.digits, rows), exact.scale),
            Expr::Text(text) => Vector::full(Data::Text(Texts::same(text, rows))),
            Expr::Truth(truth) => Vector::full(Data::Truth(vec![*truth; rows])),
            Expr::Moment(micros) => Vector::full(Data::Micros(vec![*micros; rows])),
            Expr::Day(day) => Vector::full(Data::Days(vec![*day; rows])),
            Expr::Null => Vector::nothing(rows),
            Expr::Column(route) => match self.view(frame, route) {
                Some(view) => seen(&view, self.kind(route), rows),
                None => Vector::nothing(rows),
            },
            Expr::Place { links, nth } => self.placed(frame, links, *nth),
            Expr::Is(switch, denied) => {
                let mut classes = Vec::new();
                switch.sort(self, frame, &mut classes);
                let truths = classes.iter().map(|class| match class {
                    0 => *denied,
                    1 => !denied,
                    // Absent: neither.
                    _ => false,
                });
                Vector::full(Data::Truth(truths.collect()))
            }
            Expr::Negate(part) => number::negated(self.work(frame, part)),
            Expr::Not(part) => {
                let mut vector = self.work(frame, part);
                if let Data::Truth(truths) = &mut vector.data {
                    for truth in truths {
                        *truth = !*truth;
                    }
                }
                vector
            }
            Expr::Binary(operator, parts) => {
                let left = self.work(frame, &parts[0]);
                if let Operator::And | Operator::Or = operator {
                    let left = left.truths(rows);
                    // The other side is not asked where this one decides every row.
                    if left.iter().all(|truth| *truth == (*operator == Operator::Or)) {
                        return Vector::full(Data::Truth(left));
                    }
                    let right = self.work(frame, &parts[1]).truths(rows);
                    return number::both(*operator, left, &right);
                }
                let right = self.work(frame, &parts[1]);
                number::binary(*operator, left, right)
            }
            Expr::Call(function, parts) => {
                let parts = parts.iter().map(|part| self.work(frame, part)).collect();
                call(*function, parts, rows)
            }
            Expr::Choose(choice) => choice.work(self, frame),
            Expr::Shared { of, key } => self.shared(frame, of, *key),
            Expr::Total(at) => self.total(frame, *at),
        }
    }
}

impl Here<'_> {
    /// What a part comes to on each of the rows in hand, as whole numbers; none where it is nothing.
    pub(super) fn whole(self, frame: &mut Frame, expr: &Expr) -> Vec<Option<i64>> {
        let vector = self.work(frame, expr);
        let rows = frame.rows.len();
        let Vector { data: Data::Number(digits, 0), none } = vector else {
            return vec![None; rows];
        };
        let is_none = |row: usize| none.get(row).copied().unwrap_or(false);
        let numbers = digits.clamped(i64::MIN, i64::MAX).into_iter().enumerate();
        numbers.map(|(row, number)| (!is_none(row)).then_some(number)).collect()
    }

    /// The numbers of the rows that some links lead to, or which of the last one's children lead there.
    fn placed(self, frame: &mut Frame, links: &[usize], nth: bool) -> Vector {
        let rows = frame.rows.len();
        let mut numbers = Vec::new();
        if links.is_empty() {
            frame.rows.each(&mut numbers, |row| row as i64);
        }
        let mut none = Vec::new();
        // None where each row has its own place.
        let mut places: Option<Vec<u32>> = None;
        let (mut here, mut at) = (self, frame);
        for (hop, link) in links.iter().enumerate() {
            here.tie(at, *link);
            let target = here.recipe().links[*link].target;
            here = Here { table: target, depth: here.depth + 1, ..here };
            let Some(kin) = at.kin[*link].as_deref_mut() else { return Vector::nothing(rows) };
            let place = |row: usize| places.as_ref().map_or(row, |places| places[row] as usize);
            if kin.none.contains(&true) {
                none.resize(rows, false);
                for (row, none) in none.iter_mut().enumerate() {
                    *none |= kin.none.get(place(row)).copied().unwrap_or(false);
                }
            }
            if hop + 1 < links.len() {
                places = match (places, kin.place.as_slice()) {
                    (places, []) => places,
                    (None, of) if of.len() >= rows => Some(of[..rows].to_vec()),
                    (places, of) => {
                        let before = places.unwrap_or_else(|| (0..rows as u32).collect());
                        let next = |place: u32| of.get(place as usize).copied().unwrap_or(place);
                        Some(before.into_iter().map(next).collect())
                    }
                };
            } else if nth {
                let child = |row| kin.nth.get(place(row)).copied().unwrap_or(0) as i64;
                numbers = (0..rows).map(child).collect();
            } else {
                numbers = (0..rows).map(|row| kin.row(place(row)) as i64).collect();
            }
            at = &mut kin.frame;
        }
        Vector { none, ..Vector::number(Digits::new(numbers), 0) }
    }
}

/// What a column holds.
fn seen(view: &View<'_>, kind: &Kind, rows: usize) -> Vector {
    let none = view.absent(rows);
    let scale = if let Kind::Decimal { scale, .. } = kind { *scale } else { 0 };
    let data = match (&view.lane.values, kind) {
        (Values::Bool(values), _) => Data::Truth(gathered(view, values, rows)),
        (Values::Int(values), Kind::Date) => Data::Days(gathered(view, values, rows)),
        (Values::Int(values), Kind::Time | Kind::Timestamp | Kind::TimestampTz) => {
            Data::Micros(gathered(view, values, rows))
        }
        (Values::Int(values), _) => Data::Number(Digits::new(gathered(view, values, rows)), scale),
        (Values::Wide(values), _) => {
            Data::Number(Digits::long(gathered(view, values, rows)), scale)
        }
        (Values::Float(values), _) => Data::Float(gathered(view, values, rows)),
        (Values::Word { words, picks }, _) => {
            Data::Text(Texts { words: Arc::clone(words), picks: gathered(view, picks, rows) })
        }
        (Values::Text { ends, bytes }, _) => {
            let base = view.base().min(ends.len());
            let from = base.checked_sub(1).map_or(0, |before| ends[before]);
            let of = ends[base..].iter().map(|end| end - from).collect();
            let words = Words::joined(of, bytes[from as usize..].to_vec());
            let pick = |row| view.at(row).map_or(0, |at| (at - base) as u32);
            Data::Text(Texts { words: Arc::new(words), picks: (0..rows).map(pick).collect() })
        }
        (Values::Other(array), _) => match lists::joined(view, array, rows) {
            Some(texts) => Data::Text(texts),
            None => return Vector::nothing(rows),
        },
    };
    Vector { data, none }
}

/// The values that rows see; nought and the like where they see none.
fn gathered<T: Copy + Default>(view: &View<'_>, values: &[T], rows: usize) -> Vec<T> {
    match view.places() {
        Some((None, base)) => {
            if let Some(values) = values.get(base..base + rows) {
                return values.to_vec();
            }
        }
        Some((Some(places), base)) if places.len() >= rows => {
            let values = values.get(base..).unwrap_or_default();
            let value = |place: &u32| values.get(*place as usize).copied().unwrap_or_default();
            return places[..rows].iter().map(value).collect();
        }
        _ => {}
    }
    let value = |row| view.at(row).and_then(|at| values.get(at)).copied().unwrap_or_default();
    (0..rows).map(value).collect()
}

fn call(function: Function, mut parts: Vec<Vector>, rows: usize) -> Vector {
    match function {
        Function::Round | Function::Floor | Function::Ceil => {
            let digits = match parts.get(1).map(|part| &part.data) {
                Some(Data::Number(digits, 0)) if digits.len() > 0 => digits.at(0),
                _ => 0,
            };
            let first = parts.swap_remove(0);
            number::rounded(function, first, digits.clamp(0, 18) as u8)
        }
        Function::Abs => number::absolute(parts.swap_remove(0)),
        Function::IsNull => {
            let missing = (0..rows).map(|row| parts[0].is_none(row));
            Vector::full(Data::Truth(missing.collect()))
        }
        Function::Min | Function::Max | Function::Coalesce => {
            let mut parts = parts.into_iter();
            let Some(mut out) = parts.next() else { return Vector::nothing(rows) };
            for part in parts {
                out = match function {
                    Function::Coalesce => {
                        let there: Vec<bool> = (0..rows).map(|row| !out.is_none(row)).collect();
                        vector::choose(&there, out, part, rows)
                    }
                    Function::Min => {
                        let less = number::binary(Operator::AtMost, out.clone(), part.clone());
                        vector::choose(&less.truths(rows), out, part, rows)
                    }
                    _ => {
                        let more = number::binary(Operator::AtLeast, out.clone(), part.clone());
                        vector::choose(&more.truths(rows), out, part, rows)
                    }
                };
            }
            out
        }
        Function::Days | Function::Hours | Function::Minutes | Function::Seconds => {
            let unit = match function {
                Function::Days => DAY,
                Function::Hours => DAY / 24,
                Function::Minutes => 60_000_000,
                _ => 1_000_000,
            };
            let to = parts.pop();
            let from = parts.pop();
            match (from, to) {
                (Some(from), Some(to)) => moment::between(from, to, unit),
                _ => Vector::nothing(rows),
            }
        }
        Function::MinutesAfter | Function::SecondsAfter => {
            let unit = if function == Function::MinutesAfter { 60_000_000 } else { 1_000_000 };
            match (parts.pop(), parts.pop()) {
                (Some(many), Some(from)) => moment::later(from, &many, unit, rows),
                _ => Vector::nothing(rows),
            }
        }
        Function::Instant => match <[Vector; 3]>::try_from(parts) {
            Ok([day, time, zone]) => moment::instant(&day, &time, &zone, rows),
            Err(_) => Vector::nothing(rows),
        },
        Function::Contains => match (parts.first(), parts.get(1)) {
            (Some(list), Some(text)) => lists::contains(list, text, rows),
            _ => Vector::nothing(rows),
        },
        Function::Year
        | Function::Month
        | Function::Day
        | Function::Hour
        | Function::Weekday
        | Function::Date => moment::part(function, parts.swap_remove(0)),
        // They are known before any row is, or found by their links.
        Function::Present | Function::Row | Function::Nth => Vector::nothing(rows),
    }
}

/// Puts values that are there into a lane, and takes the others away.
fn settle(none: &[bool], from: usize, lane: &mut Lane) {
    for (place, none) in none.iter().enumerate() {
        if *none {
            take_away(lane, from + place);
        }
    }
}
