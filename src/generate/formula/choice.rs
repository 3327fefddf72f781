//! [`Choice`]: parts of an expression of which each row takes one, worked out where a row does.

use std::sync::Arc;

use peyote_schemas::Kind;

use super::digits::Digits;
use super::form::Form;
use super::texts::Texts;
use super::vector::{Data, Vector, choose};
use super::{Expr, Frame, Here};
use crate::generate::recipe::Route;
use crate::generate::switch::Switch;
use crate::lane::Words;

/// Parts of an expression of which each row takes one: that of the first condition that holds.
#[derive(Debug)]
pub(in crate::generate) struct Choice {
    tests: Vec<Test>,
    /// What each condition leads to, and behind it what is taken where none holds.
    parts: Vec<Expr>,
    /// The forms of the parts. What has none is always worked out: it has a say in what the other
    /// parts become.
    forms: Vec<Option<Form>>,
}

/// What tells which part a row takes.
#[derive(Debug)]
enum Test {
    /// A condition.
    Holds(Expr),
    /// One look at a column for so many conditions, each of which is that it holds some values.
    Is(Switch, usize),
}

impl Choice {
    /// Cases, as conditions and what they lead to, and a rest, by the kinds of columns.
    pub(in crate::generate) fn new<'k>(
        cases: Vec<[Expr; 2]>,
        rest: Expr,
        kind: &impl Fn(&Route) -> &'k Kind,
    ) -> Self {
        let mut tests: Vec<Test> = Vec::new();
        let mut parts = Vec::with_capacity(cases.len() + 1);
        for [condition, part] in cases {
            parts.push(part);
            match (condition, tests.last_mut()) {
                (Expr::Is(next, false), Some(Test::Is(switch, many))) if switch.is_like(&next) => {
                    *many += 1;
                    switch.go_on(next, *many as u32);
                }
                (Expr::Is(switch, false), _) => tests.push(Test::Is(switch, 1)),
                (condition, _) => tests.push(Test::Holds(condition)),
            }
        }
        parts.push(rest);
        let forms = parts.iter().map(|part| Form::of(part, kind)).collect();
        Self { tests, parts, forms }
    }

    /// The form of all of it.
    pub(super) fn form(&self) -> Option<Form> {
        let mut forms = self.forms.iter();
        let first = (*forms.next()?)?;
        forms.try_fold(first, |one, other| one.either((*other)?))
    }

    /// What it is besides the expressions that it consists of.
    pub(super) fn name(&self) -> String {
        let tests = self.tests.iter().map(|test| match test {
            Test::Holds(_) => " if".to_owned(),
            Test::Is(..) => format!(" {test:?}"),
        });
        tests.collect()
    }

    /// Shows the expressions that it consists of.
    pub(super) fn each(&mut self, show: &mut dyn FnMut(&mut Expr)) {
        for test in &mut self.tests {
            if let Test::Holds(condition) = test {
                show(condition);
            }
        }
        self.parts.iter_mut().for_each(show);
    }

    pub(super) fn work(&self, here: Here<'_>, frame: &mut Frame) -> Vector {
        let rows = frame.rows.len();
        let taken = self.taken(here, frame);
        let mut is_asked = vec![false; self.parts.len()];
        for part in &taken {
            is_asked[*part as usize] = true;
        }
        let parts = self.parts.iter().zip(&self.forms).zip(&is_asked);
        let parts = parts.map(|((part, form), is_asked)| match form {
            Some(form) if !is_asked => form.unseen(rows),
            _ => here.work(frame, part),
        });
        joined(&taken, parts.collect(), &is_asked)
    }

    /// Which part each row takes.
    fn taken(&self, here: Here<'_>, frame: &mut Frame) -> Vec<u32> {
        let rows = frame.rows.len();
        let rest = self.parts.len() as u32 - 1;
        let mut taken = vec![rest; rows];
        let (mut case, mut left) = (0, rows);
        let mut classes = Vec::new();
        for test in &self.tests {
            if left == 0 {
                break;
            }
            match test {
                Test::Holds(condition) => {
                    let holds = here.work(frame, condition).truths(rows);
                    for (taken, holds) in taken.iter_mut().zip(holds) {
                        let is_new = holds && *taken == rest;
                        *taken = if is_new { case } else { *taken };
                        left -= usize::from(is_new);
                    }
                    case += 1;
                }
                Test::Is(switch, many) => {
                    classes.clear();
                    switch.sort(here, frame, &mut classes);
                    // A value that is absent has the class behind all others.
                    let many = *many as u32;
                    for (taken, class) in taken.iter_mut().zip(&classes) {
                        let is_new = (1..=many).contains(class) && *taken == rest;
                        *taken = if is_new { case + class - 1 } else { *taken };
                        left -= usize::from(is_new);
                    }
                    case += many;
                }
            }
        }
        taken
    }
}

/// For each row what the part comes to that it takes.
fn joined(taken: &[u32], mut parts: Vec<Vector>, is_asked: &[bool]) -> Vector {
    let rows = taken.len();
    let asked = || is_asked.iter().enumerate().filter(|(_, is_asked)| **is_asked).map(|(at, _)| at);
    let none = if asked().all(|at| parts[at].none.is_empty()) {
        Vec::new()
    } else {
        let none = |(row, part): (usize, &u32)| parts[*part as usize].is_none(row);
        taken.iter().enumerate().map(none).collect()
    };
    // What holds nothing gives way to what holds something.
    let there: Vec<usize> =
        (0..parts.len()).filter(|at| !matches!(parts[*at].data, Data::Nothing)).collect();
    let is_all = |is: fn(&Data) -> bool| there.iter().all(|at| is(&parts[*at].data));
    let data = if there.is_empty() {
        Data::Nothing
    } else if is_all(|data| matches!(data, Data::Number(..))) {
        numbers(taken, &mut parts, is_asked)
    } else if is_all(|data| matches!(data, Data::Text(_))) {
        Data::Text(texts(taken, &parts))
    } else {
        let mut parts = parts.into_iter().enumerate().rev();
        let Some((_, mut out)) = parts.next() else { return Vector::nothing(rows) };
        for (at, part) in parts {
            let holds: Vec<bool> = taken.iter().map(|taken| *taken as usize == at).collect();
            out = choose(&holds, part, out, rows);
        }
        out.data
    };
    Vector { data, none }
}

/// For each row the number of the part that it takes, with as many digits as any part has.
fn numbers(taken: &[u32], parts: &mut [Vector], is_asked: &[bool]) -> Data {
    let scales = parts.iter().filter_map(|part| match &part.data {
        Data::Number(_, scale) => Some(*scale),
        _ => None,
    });
    let scale = scales.max().unwrap_or(0);
    let mut sides = Vec::with_capacity(parts.len());
    for (part, is_asked) in parts.iter_mut().zip(is_asked) {
        sides.push(match std::mem::replace(&mut part.data, Data::Nothing) {
            Data::Number(digits, has) if *is_asked => digits.scaled(has, scale),
            _ => Digits::Same(0, taken.len()),
        });
    }
    // Where all rows take one part, it is what comes out.
    let mut asked = is_asked.iter().enumerate().filter(|(_, is_asked)| **is_asked);
    if let (Some((only, _)), None) = (asked.next(), asked.next()) {
        return Data::Number(sides.swap_remove(only), scale);
    }
    let bounds = sides.iter().map(Digits::bound);
    let bound = bounds.reduce(|one, other| one.zip(other).map(|(one, other)| one.max(other)));
    let digits = if let Some(bound) = bound.flatten() {
        let sides = sides.iter().map(|side| match side {
            Digits::Narrow(values, _) => Side::Each(values.as_slice()),
            // Within its bound it is within 64 bits.
            other => Side::Same(other.at(0) as i64),
        });
        Digits::Narrow(picked(taken, &sides.collect::<Vec<_>>()), bound)
    } else {
        let sides: Vec<Vec<i128>> = sides.into_iter().map(Digits::wide).collect();
        let sides = sides.iter().map(|side| Side::Each(side.as_slice()));
        Digits::Wide(picked(taken, &sides.collect::<Vec<_>>()))
    };
    Data::Number(digits, scale)
}

/// For each row the text of the part that it takes.
fn texts(taken: &[u32], parts: &[Vector]) -> Texts {
    let empty = Texts::same("", 0);
    let texts = parts.iter().map(|part| match &part.data {
        Data::Text(texts) => texts,
        _ => &empty,
    });
    let texts: Vec<&Texts> = texts.collect();
    let all: usize = texts.iter().map(|texts| texts.words.len()).sum();
    let mut words = Words::default();
    // Long lists of which few words are met are not copied.
    if all > 4 * taken.len().max(16) {
        for (row, part) in taken.iter().enumerate() {
            let texts = texts[*part as usize];
            words.push(if texts.picks.is_empty() { b"" } else { texts.bytes(row) });
        }
        return Texts { words: Arc::new(words), picks: (0..taken.len() as u32).collect() };
    }
    let mut starts = Vec::with_capacity(texts.len());
    for texts in &texts {
        starts.push(words.len() as u32);
        (0..texts.words.len()).for_each(|at| words.push(texts.words.bytes(at)));
    }
    let mut picks: Vec<u32> = taken.iter().map(|part| starts[*part as usize]).collect();
    for (at, texts) in texts.iter().enumerate().filter(|(_, texts)| texts.words.len() > 1) {
        for ((pick, of), part) in picks.iter_mut().zip(&texts.picks).zip(taken) {
            *pick += if *part as usize == at { *of } else { 0 };
        }
    }
    Texts { words: Arc::new(words), picks }
}

/// What the rows have that take a part.
enum Side<'v, T> {
    Same(T),
    Each(&'v [T]),
}

/// For each row what it has of the part that it takes.
fn picked<T: Copy + Default>(taken: &[u32], sides: &[Side<'_, T>]) -> Vec<T> {
    let same = sides.iter().map(|side| match side {
        Side::Same(value) => *value,
        Side::Each(_) => T::default(),
    });
    let same: Vec<T> = same.collect();
    let mut out: Vec<T> = taken.iter().map(|part| same[*part as usize]).collect();
    for (at, side) in sides.iter().enumerate() {
        let Side::Each(values) = side else { continue };
        for ((out, value), part) in out.iter_mut().zip(*values).zip(taken) {
            *out = if *part as usize == at { *value } else { *out };
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What rows come to one side after another, as a choice of two is defined.
    fn one_by_one(taken: &[u32], parts: &[Vector]) -> Vector {
        let mut parts = parts.iter().cloned().enumerate().rev();
        let (_, mut out) = parts.next().expect("a rest");
        for (at, part) in parts {
            let holds: Vec<bool> = taken.iter().map(|taken| *taken as usize == at).collect();
            out = choose(&holds, part, out, taken.len());
        }
        out
    }

    fn shown(vector: &Vector, rows: usize) -> Vec<String> {
        let shown = |row: usize| match &vector.data {
            _ if vector.is_none(row) => "nothing".to_owned(),
            Data::Number(digits, scale) => format!("{} {scale}", digits.at(row)),
            Data::Float(numbers) => format!("{}", numbers[row]),
            Data::Text(texts) => String::from_utf8_lossy(texts.bytes(row)).into_owned(),
            other => format!("{other:?}"),
        };
        (0..rows).map(shown).collect()
    }

    #[test]
    fn parts_are_joined_as_sides_one_after_another_are() {
        let long = i128::from(i64::MAX) * 10;
        let number = |digits: &[i128], scale| Vector::number(Digits::long(digits.to_vec()), scale);
        let word = |text: &str| Vector::full(Data::Text(Texts::same(text, 4)));
        let list = || {
            let words = Arc::new(Words::new(["north", "south"]));
            Vector::full(Data::Text(Texts { words, picks: vec![1, 0, 1, 0] }))
        };
        let float = || Vector::full(Data::Float(vec![0.5, 1.5, 2.5, 3.5]));
        let same = |digits, scale| Vector::number(Digits::Same(digits, 4), scale);
        let mut gap = number(&[7, 8, 9, 10], 1);
        gap.none = vec![false, true, false, true];
        let all = [
            vec![number(&[1, 2, 3, 4], 0), same(125, 2), gap.clone()],
            vec![same(1, 0), same(2, 1), same(3, 2)],
            vec![same(1, 0), number(&[long, 1, long, 2], 3), same(-5, 1)],
            vec![same(1, 0), Vector::nothing(4), gap],
            vec![word("east"), list(), word("west")],
            vec![list(), Vector::nothing(4), list()],
            vec![float(), same(3, 0), float()],
            vec![Vector::nothing(4), Vector::nothing(4), Vector::nothing(4)],
        ];
        for parts in all {
            for taken in [[0, 1, 2, 0], [2, 2, 2, 2], [1, 1, 1, 1], [0, 0, 2, 2]] {
                let is_asked = [0, 1, 2].map(|part| taken.contains(&part));
                let expected = shown(&one_by_one(&taken, &parts), 4);
                let found = joined(&taken, parts.clone(), &is_asked);
                assert_eq!(shown(&found, 4), expected, "{taken:?} of {parts:?}");
            }
        }
    }
}
