//! [`Link`]: which row of a table each row of another refers to.

use super::among::{Favour, Groups, Shelf, Skew, Then};
use super::draw::Draw;
use super::fanout::{Block, Fanout};
use super::formula::Expr;
use super::frame::{Frame, Kin, Rows};
use super::recipe::{Here, Noted, NullRule, Tied};
use super::shuffle::Shuffle;
use super::story::Moved;
use super::switch::Switch;

/// Children of a parent that are few.
const FEW: u64 = 64;

/// How the rows of a table refer to those of another.
#[derive(Debug)]
pub(super) struct Link {
    /// The table referred to.
    pub(super) target: usize,
    /// How many rows that has.
    pub(super) parents: u64,
    /// The first of them that a row may refer to.
    pub(super) first: u64,
    pub(super) tie: Tie,
    /// Which rows refer to none.
    pub(super) nulls: Option<NullRule>,
    /// Whether a row may refer to none.
    pub(super) open: bool,
    /// Links of the row that never lead to the same row; they come before this one.
    pub(super) unlike: Vec<usize>,
    /// What the rows that are written in the design refer to.
    pub(super) written: Vec<Option<u64>>,
    /// Rows that are planted.
    pub(super) story: Vec<Moved>,
    pub(super) draw: Draw,
    /// Where rows led that were asked for last.
    pub(super) noted: Noted<Tied>,
}

/// The way from a child to its parent.
#[derive(Debug)]
pub(super) enum Tie {
    /// Any, all alike.
    Chance,
    /// As many children for each parent as a law has.
    Fan(Fanout),
    /// One child for a parent at most.
    Once(Shuffle),
    /// Another parent for every child that another link gives the same parent.
    Partner {
        /// The other link.
        with: usize,
        /// Who is taken more often, where not all are alike: ranks, and whose they are.
        skew: Option<Skew>,
        /// When they are there, where not all always are.
        shelf: Option<Shelf>,
    },
    /// Any, dealt out with other values of the row so that no two rows have all of them alike.
    Dealt {
        /// What is dealt out, and which digit of it this is.
        deal: (usize, usize),
        /// The other link of those, from whose row on rows are counted: never the same as this one's.
        apart: Option<usize>,
    },
    /// A row of the same table, of the level above.
    Tree {
        /// The first row of each level, and the end of the last.
        levels: Vec<u64>,
        /// Whether roots refer to none; else they refer to themselves.
        open: bool,
    },
    /// A row of the same table, which nobody else refers to: chains of a length, the rows of a
    /// block refer to those of the block before.
    Chain {
        /// Rows of a block.
        block: u64,
        /// Blocks of a chain.
        length: u64,
        /// How many rows there are.
        rows: u64,
    },
    /// Rows that were there by then.
    There {
        /// The column that holds when that was.
        by: usize,
        /// The column of the other table that holds since when a row is there.
        since: usize,
        /// How much some are favoured.
        skew: Favour,
    },
    /// Rows that refer to the same row as another link does.
    Same {
        /// The other link.
        with: usize,
        /// The link of the other table.
        via: usize,
        /// Which of them are meant, where not all are.
        only: Option<Switch>,
        /// Who was there then, where that is asked.
        then: Option<Then>,
    },
    /// Rows with certain values.
    Where {
        /// Which of the values a row has.
        switch: Switch,
        /// How likely each of them is, where that is said.
        weights: Option<Vec<f64>>,
        /// Who was there then, where that is asked.
        then: Option<Then>,
    },
    /// The row whose number an expression over this one comes to, counted around.
    Place { row: Expr },
    /// The row before among those of another link's parent.
    Before {
        /// The other link.
        with: usize,
    },
    /// The row that the row behind another link refers to.
    Through {
        /// The other link.
        link: usize,
        /// The link of the table that it leads to.
        via: usize,
    },
}

impl Here<'_> {
    /// Finds the rows that the rows in hand refer to.
    pub(super) fn tie(self, frame: &mut Frame, at: usize) {
        if frame.kin[at].as_ref().is_some_and(|kin| kin.ready) {
            return;
        }
        let link = &self.recipe().links[at];
        let mut kin = frame.kin[at].take().unwrap_or_else(|| Box::new(self.kin(link.target)));
        kin.ready = true;
        kin.none.clear();
        kin.place.clear();
        kin.nth.clear();
        kin.many.clear();
        let mut list = kin.frame.list();
        if self.look_up_tie(frame, link, &mut kin, &mut list) {
            kin.frame.turn(Rows::List(list));
            frame.kin[at] = Some(kin);
            return;
        }
        let new = self.was(frame) < frame.rows.len();
        if new {
            self.parents(frame, link, &mut kin, &mut list);
        } else {
            list.resize(frame.rows.len(), 0);
        }
        let written = self.recipe().written;
        let none = |kin: &mut Kin, place: usize, all: usize| {
            kin.none.resize(all, false);
            kin.none[place] = true;
        };
        if link.parents <= link.first {
            list.fill(0);
            kin.none.clear();
            kin.none.resize(list.len(), true);
        } else if self.recipe.earlier.is_none() && (written > 0 || !link.written.is_empty()) {
            for (place, parent) in list.iter_mut().enumerate() {
                let row = frame.rows.at(place);
                if row < written {
                    match link.written.get(row as usize).copied().flatten() {
                        Some(written) => *parent = written,
                        None => none(&mut kin, place, frame.rows.len()),
                    }
                }
            }
        }
        if let Some(nulls) = link.nulls.as_ref().filter(|_| new) {
            let mut absent = Vec::new();
            nulls.absent(self, frame, link.draw, &mut absent);
            for place in absent {
                if frame.rows.at(place) >= written {
                    none(&mut kin, place, frame.rows.len());
                }
            }
        }
        self.recall_tie(frame, at, &mut kin, &mut list);
        // Who moves on from one may meet another: as many rounds as there are others.
        for other in link.unlike.iter().flat_map(|_| &link.unlike) {
            self.tie(frame, *other);
            if let Some(Some(other)) = frame.kin.get(*other).map(Option::as_deref) {
                part(&mut list, other, (link.first, link.parents), &frame.rows, written);
            }
        }
        for moved in &link.story {
            for (place, parent) in list.iter_mut().enumerate() {
                let row = frame.rows.at(place);
                if let Some(other) = moved.parent(row).filter(|_| row >= written) {
                    *parent = other;
                    if let Some(none) = kin.none.get_mut(place) {
                        *none = false;
                    }
                }
            }
        }
        if matches!(&link.tie, Tie::Fan(fanout) if fanout.is_clustered()) && link.unlike.is_empty()
        {
            share(&mut list, &mut kin.place);
        }
        self.note_tie(frame, link, &kin, &list);
        kin.frame.turn(Rows::List(list));
        frame.kin[at] = Some(kin);
    }

    fn kin(self, target: usize) -> Kin {
        Kin {
            ready: false,
            frame: self.recipe.frame(target),
            place: Vec::new(),
            nth: Vec::new(),
            many: Vec::new(),
            none: Vec::new(),
            block: Block::default(),
            found: super::among::Found::default(),
            groups: Groups::default(),
        }
    }

    fn parents(self, frame: &mut Frame, link: &Link, kin: &mut Kin, list: &mut Vec<u64>) {
        let written = self.recipe().written;
        let made = |row: u64| row.saturating_sub(written);
        let (draw, first) = (link.draw, link.first);
        match &link.tie {
            Tie::Chance => {
                let open = link.parents.saturating_sub(first);
                frame.rows.each(list, |row| first + draw.below(row, open));
            }
            Tie::Dealt { deal, apart } => self.deal_out(frame, link, *deal, *apart, list),
            Tie::Fan(fanout) => {
                let last = fanout.children().saturating_sub(1);
                let (nth, block, rows) = (&mut kin.nth, &mut kin.block, &frame.rows);
                let children = (0..rows.len()).map(|place| made(rows.at(place)).min(last));
                fanout.parents_of(children, block, list, nth);
                if first > 0 {
                    for parent in list.iter_mut() {
                        *parent += first;
                    }
                }
            }
            Tie::Once(shuffle) => {
                frame.rows.each(list, made);
                shuffle.forward_all(list);
                for parent in list.iter_mut() {
                    *parent += first;
                }
                kin.nth.resize(list.len(), 0);
            }
            Tie::Partner { with, skew, shelf } => {
                self.tie(frame, *with);
                // Partners of one row are looked at one by one, so only where they are few.
                let few = match &self.recipe().links[*with].tie {
                    Tie::Fan(fanout) => fanout.most() <= FEW,
                    _ => false,
                };
                if let Some(skew) = skew.as_ref().filter(|_| few) {
                    self.partners(frame, link, (*with, skew, shelf.as_ref()), list);
                    return;
                }
                let Some(Some(other)) = frame.kin.get(*with).map(Option::as_deref) else {
                    list.resize(frame.rows.len(), 0);
                    return;
                };
                list.extend((0..frame.rows.len()).map(|place| {
                    let nth = other.nth.get(place).copied().unwrap_or(0);
                    let parents = Shuffle::new(draw.numbered(other.row(place)), link.parents);
                    parents.forward(nth % link.parents.max(1))
                }));
            }
            Tie::Tree { levels, open } => {
                frame.rows.each(list, |row| {
                    let level = levels.partition_point(|start| *start <= row);
                    match level.checked_sub(2) {
                        Some(above) => {
                            let (from, to) = (levels[above], levels[above + 1]);
                            from + draw.below(row, to - from)
                        }
                        // A root, which refers to itself where it has to refer to any.
                        None => row,
                    }
                });
                let roots = levels.get(1).copied().unwrap_or(0);
                if *open && (0..frame.rows.len()).any(|place| frame.rows.at(place) < roots) {
                    let rows = &frame.rows;
                    kin.none.extend((0..rows.len()).map(|place| rows.at(place) < roots));
                }
            }
            Tie::Chain { block, length, .. } => {
                self.chained(frame, link, (*block, *length), kin, list);
            }
            Tie::There { by, since, skew } => self.there(frame, link, (*by, *since, skew), list),
            Tie::Same { with, via, only, then } => {
                self.same(frame, link, (*with, *via, only.as_ref(), then.as_ref()), kin, list);
            }
            Tie::Where { switch, weights, then: None } => {
                self.with_values(frame, link, (switch, weights.as_deref()), kin, list);
            }
            Tie::Where { switch, weights, then: Some(then) } => {
                let those = (switch, weights.as_deref());
                self.with_values_then(frame, link, those, then, kin, list);
            }
            Tie::Place { row } => {
                let numbers = self.whole(frame, row);
                if numbers.contains(&None) {
                    kin.none.extend(numbers.iter().map(Option::is_none));
                }
                let many = link.parents.saturating_sub(first).max(1) as i64;
                let row = |number: Option<i64>| number.unwrap_or(0).rem_euclid(many) as u64 + first;
                list.extend(numbers.into_iter().map(row));
            }
            Tie::Before { with } => self.before(frame, *with, kin, list),
            Tie::Through { link, via } => self.through(frame, (*link, *via), kin, list),
        }
    }

    /// The rows that the rows of another link refer to.
    fn through(
        self,
        frame: &mut Frame,
        (link, via): (usize, usize),
        kin: &mut Kin,
        list: &mut Vec<u64>,
    ) {
        self.tie(frame, link);
        let target = self.recipe().links[link].target;
        let Some(Some(other)) = frame.kin.get_mut(link).map(Option::as_deref_mut) else {
            list.resize(frame.rows.len(), 0);
            return;
        };
        let there = Here { table: target, depth: self.depth + 1, ..self };
        there.tie(&mut other.frame, via);
        let Some(Some(next)) = other.frame.kin.get(via).map(Option::as_deref) else {
            list.resize(frame.rows.len(), 0);
            return;
        };
        for place in 0..frame.rows.len() {
            let between = other.place.get(place).map_or(place, |place| *place as usize);
            let absent = |kin: &Kin, at: usize| kin.none.get(at).copied().unwrap_or(false);
            if absent(other, place) || absent(next, between) {
                kin.none.resize(frame.rows.len(), false);
                kin.none[place] = true;
            }
            list.push(next.row(between));
        }
    }
}

impl Kin {
    /// The row that a row in hand refers to.
    pub(super) fn row(&self, place: usize) -> u64 {
        let place = self.place.get(place).map_or(place, |place| *place as usize);
        self.frame.rows.at(place)
    }
}

impl Link {
    /// How many rows refer to each of some, where that is known without looking for them.
    pub(super) fn counts(&self, rows: &Rows) -> Option<Vec<i128>> {
        let Tie::Fan(fanout) = &self.tie else { return None };
        if self.nulls.is_some() || !self.written.is_empty() {
            return None;
        }
        let count = |row: u64| {
            let parent = row.checked_sub(self.first).filter(|at| *at < fanout.parents());
            parent.map_or(0, |parent| fanout.count(parent).into())
        };
        Some((0..rows.len()).map(|place| count(rows.at(place))).collect())
    }

    /// Adds the rows that refer to a row, with the children behind each other as they count.
    /// `rows` are all that the table has, the written ones among them.
    pub(super) fn children(
        &self,
        links: &[Self],
        parent: u64,
        (written, rows): (u64, u64),
        block: &mut Block,
        list: &mut Vec<u64>,
    ) {
        let refers = |row: &usize| self.written[*row] == Some(parent);
        list.extend((0..self.written.len()).filter(refers).map(|row| row as u64));
        let Some(parent) = parent.checked_sub(self.first) else { return };
        match &self.tie {
            // Not every parent is old enough to have any.
            Tie::Fan(fanout) if parent < fanout.parents() => {
                let from = list.len();
                fanout.children_of(parent, block, list);
                for row in &mut list[from..] {
                    *row += written;
                }
            }
            Tie::Once(shuffle) => {
                let child = shuffle.backward(parent) + written;
                // Not every parent has one.
                list.extend((child < rows).then_some(child));
            }
            Tie::Before { with } if parent >= written => {
                if let Some(Tie::Fan(fanout)) = links.get(*with).map(|link| &link.tie) {
                    list.extend(fanout.after(parent - written, block).map(|row| row + written));
                }
            }
            Tie::Chain { block, length, rows } if parent >= written => {
                let parent = parent - written;
                let next = parent / block + 1;
                let shuffle = Shuffle::new(self.draw.numbered(next), *block);
                let child = next * block + shuffle.backward(parent % block);
                if next % length != 0 && child < *rows {
                    list.push(child + written);
                }
            }
            _ => {}
        }
    }
}

/// Moves those that lead to the same row as another link on to the next row that does not.
fn part(list: &mut [u64], other: &Kin, (first, parents): (u64, u64), rows: &Rows, written: u64) {
    let open = parents.saturating_sub(first);
    if open < 2 {
        return;
    }
    for (place, parent) in list.iter_mut().enumerate() {
        if *parent == other.row(place) && rows.at(place) >= written {
            *parent = first + (*parent - first + 1) % open;
        }
    }
}

/// Lets neighbours with the same parent share its place.
fn share(list: &mut Vec<u64>, place: &mut Vec<u32>) {
    let Some(mut before) = list.first().copied() else { return };
    let mut kept = 0;
    // Without a branch, which would be guessed wrong wherever parents have children by chance.
    place.extend((0..list.len()).map(|at| {
        let parent = list[at];
        kept += usize::from(parent != before);
        before = parent;
        list[kept] = parent;
        kept as u32
    }));
    if kept + 1 == list.len() {
        // Each has a place of its own.
        place.clear();
    }
    list.truncate(kept + 1);
}
