//! [`Maker`]: how the values of one column come about.

use std::sync::Arc;

use peyote_schemas::Kind;

use super::draw::Draw;
use super::follow::Following;
use super::formula::Worked;
use super::frame::Frame;
use super::recipe::{Here, Route, nothing};
use super::series::Series;
use crate::lane::{Lane, Values};

mod copy;
mod key;
mod moment;
mod nested;
mod number;
mod pattern;
mod text;
mod word;

pub(super) use copy::{Polymorphic, gather, join, put, slice};
pub(super) use key::{Codes, Sequence};
pub(super) use moment::{Cells, Happens, happens_between, hours_of, is_on, weekday};
pub(super) use nested::{Lists, Structs};
pub(super) use number::{Amount, Grid, Numbers, Spread, finite};
pub(super) use pattern::Pattern;
pub(super) use text::{Form, Part, Shaped, Texts};
pub(super) use word::{Chosen, Deck, Picks, Stock};

/// How the values of one column come about: a closed set.
#[derive(Debug)]
pub(super) enum Maker {
    /// Numbers that rise with the row.
    Sequence(Sequence),
    /// Texts of a form, each once.
    Codes(Codes),
    /// Random identifiers.
    Uuid,
    /// Truths: the share of true ones, and others by cases.
    Bool {
        /// As a share of all draws.
        share: u64,
        /// The shares of cases.
        given: Option<(super::switch::Switch, Vec<u64>)>,
    },
    /// Numbers that follow a law.
    Number(Numbers),
    /// Words out of a list.
    Pick(Picks),
    /// Values out of a list.
    Stock(Stock),
    Chosen(Box<Chosen>),
    /// Text put together.
    Text(Texts),
    /// Moments.
    Moment(Happens),
    /// Moments that follow others.
    After(Following),
    /// A stage's name, or its moment.
    Way {
        /// Which lifecycle.
        way: usize,
        /// The stage whose moment this is, or else the status.
        stage: Option<usize>,
    },
    /// A bound of a row's time.
    History {
        /// The relation.
        history: Arc<super::history::History>,
        /// Which of its columns this is.
        part: super::history::Part,
    },
    /// What a column of another row holds.
    Copy(Route),
    /// Moments at a steady pace.
    Series(Series),
    /// The number of the row among those with its parent.
    Nth {
        /// Which relation.
        link: usize,
        /// The first one's number.
        start: i64,
    },
    /// A row of one of several tables.
    Polymorphic(Polymorphic),
    /// What an expression gives.
    Formula(Worked),
    /// Lists.
    List(Box<Lists>),
    /// Structs.
    Struct(Structs),
    /// Nothing.
    Absent,
}

impl Maker {
    /// Values without rows, of the form that this makes for a kind.
    pub(super) fn empty(&self, kind: &Kind) -> Values {
        match (self, kind) {
            (Self::Pick(picks), Kind::Text | Kind::Enum(_) | Kind::Json | Kind::Uuid) => {
                Values::Word { words: Arc::clone(&picks.words), picks: Vec::new() }
            }
            (Self::Stock(stock), _) => stock.empty(),
            (Self::Chosen(chosen), _) => chosen.stock.empty(),
            (
                Self::Way { .. } | Self::Copy(_) | Self::Formula(_) | Self::Absent,
                Kind::Enum(words),
            ) => {
                let words = crate::lane::Words::new(words.iter().map(String::as_str));
                Values::Word { words: Arc::new(words), picks: Vec::new() }
            }
            _ => empty(kind),
        }
    }

    /// Makes the values of the rows in hand, behind those that the lane holds.
    pub(super) fn fill(
        &self,
        here: Here<'_>,
        frame: &mut Frame,
        draw: Draw,
        kind: &Kind,
        lane: &mut Lane,
    ) {
        let all = frame.base + frame.rows.len();
        match self {
            Self::Sequence(sequence) => sequence.fill(draw, &frame.rows, lane),
            Self::Codes(codes) => codes.fill(&frame.rows, lane),
            Self::Uuid => key::uuids(draw, &frame.rows, lane),
            Self::Bool { share, given } => match given {
                None => {
                    if let Values::Bool(values) = &mut lane.values {
                        frame.rows.each(values, |row| draw.is_within(row, *share));
                    }
                }
                Some((switch, shares)) => {
                    let mut classes = Vec::new();
                    switch.sort(here, frame, &mut classes);
                    if let Values::Bool(values) = &mut lane.values {
                        values.extend(classes.into_iter().enumerate().map(|(place, class)| {
                            let given = (class as usize).checked_sub(1).map(|at| shares[at]);
                            draw.is_within(frame.rows.at(place), given.unwrap_or(*share))
                        }));
                    }
                }
            },
            Self::Number(numbers) => numbers.fill(here, frame, draw, lane),
            Self::Pick(picks) => picks.fill(here, frame, draw, lane),
            Self::Stock(stock) => stock.fill(draw, &frame.rows, lane),
            Self::Chosen(chosen) => chosen.fill(here, frame, lane),
            Self::Text(texts) => texts.fill(here, frame, draw, lane),
            Self::Moment(happens) => happens.fill(here, frame, draw, kind, lane),
            Self::After(following) => following.fill(here, frame, draw, kind, lane),
            Self::Way { way, stage } => here.walk_to(frame, *way, *stage, kind, lane),
            Self::History { history, part } => history.fill(here, frame, *part, kind, lane),
            Self::Copy(route) => {
                if !copy::counted(here, frame, route, lane)
                    && !copy::sparse(here, frame, route, lane)
                {
                    let rows = frame.rows.len();
                    match here.view(frame, route) {
                        Some(view) => gather(&view, rows, lane),
                        None => nothing(lane, all),
                    }
                }
            }
            Self::Nth { link, start } => {
                here.tie(frame, *link);
                if let (Values::Int(values), Some(Some(kin))) =
                    (&mut lane.values, frame.kin.get(*link).map(Option::as_deref))
                {
                    let nth = |place| kin.nth.get(place).map_or(0, |nth| *nth as i64);
                    values.extend((0..frame.rows.len()).map(|place| start + nth(place)));
                }
            }
            Self::Series(series) => series.fill(here, frame, kind, lane),
            Self::Polymorphic(polymorphic) => polymorphic.fill(here, frame, draw, lane),
            Self::Formula(worked) => worked.fill(here, frame, kind, lane),
            Self::List(lists) => lists.fill(here, frame, draw, kind, lane),
            Self::Struct(structs) => structs.fill(here, frame, draw, kind, lane),
            Self::Absent => nothing(lane, all),
        }
        if lane.values.len() < all {
            nothing(lane, all);
        }
    }
}

/// Values without rows, of the form in which a kind is held.
pub(super) fn empty(kind: &Kind) -> Values {
    /// Digits that 64 bits hold.
    const NARROW: u8 = 18;
    match kind {
        Kind::Bool => Values::Bool(Vec::new()),
        Kind::Decimal { precision, .. } if *precision > NARROW => Values::Wide(Vec::new()),
        Kind::Int(_)
        | Kind::Decimal { .. }
        | Kind::Date
        | Kind::Time
        | Kind::Timestamp
        | Kind::TimestampTz => Values::Int(Vec::new()),
        Kind::Float => Values::Float(Vec::new()),
        Kind::Text | Kind::Uuid | Kind::Json => {
            Values::Text { ends: Vec::new(), bytes: Vec::new() }
        }
        Kind::Enum(words) => {
            let words = crate::lane::Words::new(words.iter().map(String::as_str));
            Values::Word { words: Arc::new(words), picks: Vec::new() }
        }
        Kind::List(_) | Kind::Struct(_) => {
            Values::Other(arrow::array::new_empty_array(&kind.to_arrow()))
        }
    }
}
