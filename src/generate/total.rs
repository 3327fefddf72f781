//! [`Total`]: what the rows of a child table come to, for each row of their parent.

use peyote_schemas::formula::How;

use super::fanout::Block;
use super::formula::{Data, Expr, Vector};
use super::frame::{Frame, Kids, Rows};
use super::recipe::Here;

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
        let total = &self.recipe().totals[at];
        let there = Here { table: total.table, depth: self.depth + 1, ..self };
        let link = &there.recipe().links[total.link];
        let written = there.recipe().written;
        let mut kids = frame.kids[at].take().unwrap_or_else(|| {
            let frame = self.recipe.frame(total.table);
            Box::new(Kids { frame, ends: Vec::new(), block: Block::default() })
        });
        let mut sum = Sum::new(total.how);
        let mut place = 0;
        while place < frame.rows.len() {
            let mut list = kids.frame.list();
            kids.ends.clear();
            while place < frame.rows.len() && list.len() < MOST {
                let links = &there.recipe().links;
                link.children(links, frame.rows.at(place), written, &mut kids.block, &mut list);
                kids.ends.push(list.len() as u32);
                place += 1;
            }
            kids.frame.turn(Rows::List(list));
            let mut left_out = vec![false; kids.frame.rows.len()];
            if let Some(nulls) = &link.nulls {
                let mut absent = Vec::new();
                nulls.absent(there, &mut kids.frame, link.draw, &mut absent);
                for place in absent {
                    left_out[place] = true;
                }
            }
            let values = (total.of.as_ref()).map(|of| there.work(&mut kids.frame, of));
            let mut from = 0;
            for end in &kids.ends {
                sum.add(values.as_ref(), &(from..*end as usize), &left_out);
                from = *end as usize;
            }
        }
        frame.kids[at] = Some(kids);
        sum.done()
    }
}

/// Totals so far.
struct Sum {
    how: How,
    data: Data,
    none: Vec<bool>,
}

impl Sum {
    fn new(how: How) -> Self {
        Self { how, data: Data::Nothing, none: Vec::new() }
    }

    /// Adds the total of a run of rows.
    fn add(&mut self, values: Option<&Vector>, rows: &std::ops::Range<usize>, left_out: &[bool]) {
        let counts = |row: &usize| !left_out[*row] && values.is_none_or(|all| !all.is_none(*row));
        let there = rows.clone().filter(counts);
        if self.how == How::Count {
            let many = match values {
                Some(Vector { data: Data::Truth(truths), .. }) => {
                    there.filter(|row| truths[*row]).count()
                }
                _ => there.count(),
            };
            self.push_number(many as i128, 0);
            self.none.push(false);
            return;
        }
        let many = there.clone().count();
        let Some(values) = values else { return };
        match &values.data {
            Data::Number(digits, scale) => {
                let all = there.map(|row| digits[row]);
                let (number, scale) = match self.how {
                    How::Min => (all.min().unwrap_or(0), *scale),
                    How::Max => (all.max().unwrap_or(0), *scale),
                    How::Avg => {
                        let scale = (*scale + MEAN).min(18);
                        let sum = all.sum::<i128>() * 10_i128.pow(u32::from(scale.min(MEAN)));
                        (sum / (many.max(1) as i128), scale)
                    }
                    _ => (all.sum(), *scale),
                };
                self.push_number(number, scale);
            }
            Data::Float(numbers) => {
                let all = there.map(|row| numbers[row]);
                let number = match self.how {
                    How::Min => all.min_by(f64::total_cmp).unwrap_or(0.0),
                    How::Max => all.max_by(f64::total_cmp).unwrap_or(0.0),
                    How::Avg => all.sum::<f64>() / many.max(1) as f64,
                    _ => all.sum(),
                };
                match &mut self.data {
                    Data::Float(numbers) => numbers.push(number),
                    data => *data = Data::Float(vec![number]),
                }
            }
            Data::Micros(moments) | Data::Days(moments) => {
                let all = there.map(|row| moments[row]);
                let moment = if self.how == How::Min { all.min() } else { all.max() }.unwrap_or(0);
                match (&mut self.data, &values.data) {
                    (Data::Micros(moments) | Data::Days(moments), _) => moments.push(moment),
                    (data, Data::Days(_)) => *data = Data::Days(vec![moment]),
                    (data, _) => *data = Data::Micros(vec![moment]),
                }
            }
            Data::Text(texts) => {
                let all = there.map(|row| &texts[row]);
                let text = if self.how == How::Min { all.min() } else { all.max() };
                let text = text.cloned().unwrap_or_default();
                match &mut self.data {
                    Data::Text(texts) => texts.push(text),
                    data => *data = Data::Text(vec![text]),
                }
            }
            Data::Truth(_) | Data::Nothing => self.push_number(0, 0),
        }
        self.none.push(many == 0 && self.how != How::Sum);
    }

    fn push_number(&mut self, number: i128, scale: u8) {
        match &mut self.data {
            Data::Number(digits, _) => digits.push(number),
            data => *data = Data::Number(vec![number], scale),
        }
    }

    fn done(self) -> Vector {
        let none = if self.none.contains(&true) { self.none } else { Vec::new() };
        Vector { data: self.data, none }
    }
}
