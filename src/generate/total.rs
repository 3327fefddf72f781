//! [`Total`]: what the rows of a child table come to, for each row of their parent.

use std::ops::Range;
use std::sync::Arc;

use peyote_schemas::formula::How;

use super::fanout::Block;
use super::formula::{Data, Digits, Expr, Texts, Vector};
use super::frame::{Frame, Kids, Rows};
use super::recipe::Here;
use crate::lane::Words;

/// The most children that are made at once.
const MOST: usize = 1 << 16;
/// Digits that a mean has more than what it is of.
const MEAN: u8 = 6;

/// What is taken of the rows of a child table.
#[derive(Debug)]
pub(super) struct Total {
    /// The child table.
    pub(super) table: usize,
    /// Its link that leads here.
    pub(super) link: usize,
    pub(super) how: How,
    /// What is taken of each row; nothing for a count.
    pub(super) of: Option<Expr>,
}

impl Here<'_> {
    /// A total for each of the rows in hand.
    pub(super) fn total(self, frame: &mut Frame, at: usize) -> Vector {
        let totals = &self.recipe().totals;
        let total = &totals[at];
        let there = Here { table: total.table, depth: self.depth + 1, ..self };
        let link = &there.recipe().links[total.link];
        if let (How::Count, None) = (total.how, &total.of)
            && let Some(counts) = link.counts(&frame.rows)
        {
            return Vector { data: Data::Number(Digits::long(counts), 0), none: Vec::new() };
        }
        let rows = (there.recipe().written, there.recipe().rows);
        // Totals of the same children look at the same rows, whose columns are made once.
        let alike = |other: &Total| other.table == total.table && other.link == total.link;
        let home = totals.iter().position(alike).unwrap_or(at);
        let mut kids = frame.kids[home].take().unwrap_or_else(|| {
            let frame = self.recipe.frame(total.table);
            Box::new(Kids { ready: false, frame, ends: Vec::new(), block: Block::default() })
        });
        let mut sum = Sum::new(total.how);
        let mut place = 0;
        while place < frame.rows.len() {
            if kids.ready {
                place = frame.rows.len();
            } else {
                let mut list = kids.frame.list();
                kids.ends.clear();
                let first = place;
                while place < frame.rows.len() && list.len() < MOST {
                    let links = &there.recipe().links;
                    let parent = frame.rows.at(place);
                    link.children(links, parent, rows, &mut kids.block, &mut list);
                    kids.ends.push(list.len() as u32);
                    place += 1;
                }
                kids.ready = first == 0 && place == frame.rows.len();
                kids.frame.turn(Rows::List(list));
            }
            let mut left_out = Vec::new();
            if let Some(nulls) = &link.nulls {
                let mut absent = Vec::new();
                nulls.absent(there, &mut kids.frame, link.draw, &mut absent);
                left_out.resize(kids.frame.rows.len(), false);
                for place in absent {
                    left_out[place] = true;
                }
            }
            let values = (total.of.as_ref()).map(|of| there.work(&mut kids.frame, of));
            let whole = values.as_ref().filter(|_| left_out.is_empty());
            if !whole.is_some_and(|values| sum.add_short(values, &kids.ends)) {
                sum.add(values.as_ref(), &kids.ends, &left_out);
            }
        }
        frame.kids[home] = Some(kids);
        sum.done()
    }
}

/// Totals so far.
struct Sum {
    how: How,
    data: Sums,
    none: Vec<bool>,
}

/// Totals of one kind.
enum Sums {
    Nothing,
    Number(Vec<i128>, u8),
    Float(Vec<f64>),
    Micros(Vec<i64>),
    Days(Vec<i64>),
    /// Of one list.
    Picks(Texts),
    Text(Words),
}

/// What is taken of children: which of them count.
struct Counted<'a> {
    /// Where the children of each parent end.
    ends: &'a [u32],
    /// Which children are left out; empty where none is.
    left_out: &'a [bool],
    /// Which have no value; empty where all have one.
    none: &'a [bool],
}

impl Counted<'_> {
    /// The children that count, parent by parent.
    fn each(&self, mut take: impl FnMut(Children<'_>)) {
        let mut from = 0;
        for end in self.ends {
            let rows = from..*end as usize;
            from = rows.end;
            take(Children { rows, of: self });
        }
    }
}

/// The children of a parent.
struct Children<'a> {
    rows: Range<usize>,
    of: &'a Counted<'a>,
}

impl Children<'_> {
    /// Whether all count.
    fn are_whole(&self) -> bool {
        self.of.left_out.is_empty() && self.of.none.is_empty()
    }

    /// Those that count.
    fn there(&self) -> impl Iterator<Item = usize> + Clone {
        let is = |set: &[bool], row: usize| set.get(row).copied().unwrap_or(false);
        let Counted { left_out, none, .. } = self.of;
        self.rows.clone().filter(move |row| !is(left_out, *row) && !is(none, *row))
    }

    /// How many count.
    fn many(&self) -> usize {
        if self.are_whole() { self.rows.len() } else { self.there().count() }
    }

    /// The values of those that count, put together from the first on; nothing of none.
    fn fold<T: Copy>(&self, values: &[T], join: impl Fn(T, T) -> T) -> Option<T> {
        if self.are_whole() {
            return values[self.rows.clone()].iter().copied().reduce(join);
        }
        self.there().map(|row| values[row]).reduce(join)
    }
}

impl Sum {
    fn new(how: How) -> Self {
        Self { how, data: Sums::Nothing, none: Vec::new() }
    }

    /// Adds the totals of runs of rows.
    fn add(&mut self, values: Option<&Vector>, ends: &[u32], left_out: &[bool]) {
        let how = self.how;
        let none = values.map_or(&[][..], |values| &values.none);
        let counted = Counted { ends, left_out, none };
        if how == How::Count {
            let truths = match values.map(|values| &values.data) {
                Some(Data::Truth(truths)) => Some(truths),
                _ => None,
            };
            counted.each(|children| {
                let many = match truths {
                    Some(truths) => children.there().filter(|row| truths[*row]).count(),
                    None => children.many(),
                };
                self.push_number(many as i128, 0);
            });
            self.none.resize(self.none.len() + ends.len(), false);
            return;
        }
        let Some(values) = values else { return };
        counted.each(|children| self.none.push(how != How::Sum && children.many() == 0));
        match &values.data {
            Data::Number(digits, scale) => {
                let (digits, more) = match digits {
                    Digits::Narrow(digits, _) => (Ok(digits.as_slice()), Vec::new()),
                    other => (Err(()), other.clone().wide()),
                };
                let wants = if how == How::Avg { (*scale + MEAN).min(18) } else { *scale };
                counted.each(|children| {
                    let number = match (digits, how) {
                        (Ok(digits), How::Min) => children.fold(digits, i64::min).map(i128::from),
                        (Ok(digits), How::Max) => children.fold(digits, i64::max).map(i128::from),
                        // As many numbers of 64 bits as there can be do not come to 128.
                        (Ok(digits), _) if children.are_whole() => Some(
                            digits[children.rows.clone()].iter().copied().map(i128::from).sum(),
                        ),
                        (Ok(digits), _) => {
                            Some(children.there().map(|row| i128::from(digits[row])).sum())
                        }
                        (Err(()), How::Min) => children.fold(&more, i128::min),
                        (Err(()), How::Max) => children.fold(&more, i128::max),
                        (Err(()), _) => children.fold(&more, i128::saturating_add),
                    };
                    let number = number.unwrap_or(0);
                    self.push_number(
                        if how == How::Avg {
                            let by = 10_i128.pow(u32::from(wants.min(MEAN)));
                            number.saturating_mul(by) / (children.many().max(1) as i128)
                        } else {
                            number
                        },
                        wants,
                    );
                });
            }
            Data::Float(numbers) => counted.each(|children| {
                let number = match how {
                    How::Min => children.fold(numbers, |one, other| {
                        if other.total_cmp(&one).is_lt() { other } else { one }
                    }),
                    How::Max => children.fold(numbers, |one, other| {
                        if other.total_cmp(&one).is_ge() { other } else { one }
                    }),
                    _ => Some(children.there().map(|row| numbers[row]).sum()),
                };
                let mut number = number.unwrap_or(0.0);
                if how == How::Avg {
                    number /= children.many().max(1) as f64;
                }
                match &mut self.data {
                    Sums::Float(numbers) => numbers.push(number),
                    data => *data = Sums::Float(vec![number]),
                }
            }),
            Data::Micros(moments) | Data::Days(moments) => counted.each(|children| {
                let moment = children.fold(moments, |one, other| {
                    if how == How::Min { one.min(other) } else { one.max(other) }
                });
                let moment = moment.unwrap_or(0);
                match (&mut self.data, &values.data) {
                    (Sums::Micros(moments) | Sums::Days(moments), _) => moments.push(moment),
                    (data, Data::Days(_)) => *data = Sums::Days(vec![moment]),
                    (data, _) => *data = Sums::Micros(vec![moment]),
                }
            }),
            Data::Text(texts) => self.add_texts(texts, &counted),
            Data::Truth(_) | Data::Nothing => counted.each(|_| self.push_number(0, 0)),
        }
    }

    /// Adds the sums of runs of numbers that are all there, if no sum can be longer than 64 bits; whether it
    /// did.
    fn add_short(&mut self, values: &Vector, ends: &[u32]) -> bool {
        let (How::Sum, Data::Number(Digits::Narrow(numbers, bound), scale), []) =
            (self.how, &values.data, values.none.as_slice())
        else {
            return false;
        };
        let most = bound.checked_mul(numbers.len() as u64);
        if most.is_none_or(|most| i64::try_from(most).is_err()) {
            return false;
        }
        let mut from = 0;
        for end in ends {
            let sum: i64 = numbers[from..*end as usize].iter().sum();
            from = *end as usize;
            self.push_number(sum.into(), *scale);
        }
        self.none.resize(self.none.len() + ends.len(), false);
        true
    }

    /// Adds the least or the greatest text of runs of rows.
    fn add_texts(&mut self, texts: &Texts, counted: &Counted<'_>) {
        let how = self.how;
        if self.has_list(texts)
            && let Sums::Picks(Texts { picks, .. }) = &mut self.data
        {
            let ranks = ranks(&texts.words, how);
            let rank = |row: usize| ranks[texts.picks[row] as usize];
            counted.each(|children| {
                let first = children.there().min_by_key(|row| rank(*row));
                picks.push(first.map_or(0, |row| texts.picks[row]));
            });
            return;
        }
        counted.each(|children| {
            let all = children.there().map(|row| texts.bytes(row));
            let text = if how == How::Min { all.min() } else { all.max() };
            let text = text.unwrap_or_default();
            match &mut self.data {
                Sums::Text(words) => words.push(text),
                data => {
                    let mut words = Words::default();
                    if let Sums::Picks(before) = data {
                        (0..before.picks.len()).for_each(|row| words.push(before.bytes(row)));
                    }
                    words.push(text);
                    *data = Sums::Text(words);
                }
            }
        });
    }

    /// Whether totals are words of the list that texts are of, which is short beside them and the same as
    /// before.
    fn has_list(&mut self, texts: &Texts) -> bool {
        /// How many times as many as its words the texts of a list are at least.
        const OFTEN: usize = 4;
        let words = &texts.words;
        if matches!(self.how, How::Sum | How::Avg | How::Count)
            || words.is_empty()
            || words.len() > texts.picks.len() / OFTEN
        {
            return false;
        }
        if let Sums::Nothing = self.data {
            self.data = Sums::Picks(Texts { words: Arc::clone(words), picks: Vec::new() });
        }
        matches!(&self.data, Sums::Picks(before) if Arc::ptr_eq(&before.words, words))
    }

    fn push_number(&mut self, number: i128, scale: u8) {
        match &mut self.data {
            Sums::Number(digits, _) => digits.push(number),
            data => *data = Sums::Number(vec![number], scale),
        }
    }

    fn done(self) -> Vector {
        let none = if self.none.contains(&true) { self.none } else { Vec::new() };
        let data = match self.data {
            Sums::Nothing => Data::Nothing,
            Sums::Number(digits, scale) => Data::Number(Digits::long(digits), scale),
            Sums::Float(numbers) => Data::Float(numbers),
            Sums::Micros(moments) => Data::Micros(moments),
            Sums::Days(days) => Data::Days(days),
            Sums::Picks(texts) => Data::Text(texts),
            Sums::Text(words) => {
                let picks = (0..words.len() as u32).collect();
                Data::Text(Texts { words: Arc::new(words), picks })
            }
        };
        Vector { data, none }
    }
}

/// The place of each word of a list from the least to the greatest, or from the greatest to the least.
fn ranks(words: &Words, how: How) -> Vec<u32> {
    let mut order: Vec<u32> = (0..words.len() as u32).collect();
    order.sort_by(|one, other| {
        let [one, other] = [one, other].map(|at| words.bytes(*at as usize));
        if how == How::Min { one.cmp(other) } else { other.cmp(one) }
    });
    let mut ranks = vec![0; order.len()];
    for (rank, at) in (0..).zip(order) {
        ranks[at as usize] = rank;
    }
    ranks
}
