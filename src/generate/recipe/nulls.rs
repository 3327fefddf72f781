//! [`NullRule`]: which rows of a column hold no value.

use super::{ColumnRecipe, Here};
use crate::generate::draw::Draw;
use crate::generate::frame::{Frame, take_away};
use crate::generate::switch::Switch;
use crate::lane::Lane;

/// Which rows of a column hold no value.
#[derive(Debug, Clone)]
pub(in crate::generate) struct NullRule {
    /// The share of all draws that do, where nothing else is said.
    pub(in crate::generate) share: u64,
    /// Other shares by what other columns hold; the first that fits counts. A share of all ones is
    /// every row.
    pub(in crate::generate) when: Vec<(Switch, u64)>,
}

impl NullRule {
    /// Takes away what is not to be there.
    pub(super) fn apply(
        &self,
        here: Here<'_>,
        frame: &mut Frame,
        of: &ColumnRecipe,
        lane: &mut Lane,
    ) {
        let mut absent = Vec::new();
        self.absent(here, frame, of.draw.named("nulls"), &mut absent);
        for place in absent {
            take_away(lane, frame.base + place);
        }
    }

    /// The places of the rows in hand that hold none.
    pub(in crate::generate) fn absent(
        &self,
        here: Here<'_>,
        frame: &mut Frame,
        draw: Draw,
        absent: &mut Vec<usize>,
    ) {
        let all = frame.rows.len();
        let from = absent.len();
        // Every place is noted and only some are kept: a branch would be guessed wrong.
        absent.resize(from + all, 0);
        let mut end = from;
        if self.when.is_empty() {
            for place in 0..all {
                absent[end] = place;
                end += usize::from(draw.is_within(frame.rows.at(place), self.share));
            }
            absent.truncate(end);
            return;
        }
        let mut shares = vec![self.share; all];
        let mut classes = Vec::new();
        for (switch, share) in self.when.iter().rev() {
            classes.clear();
            switch.sort(here, frame, &mut classes);
            for (class, held) in classes.iter().zip(&mut shares) {
                *held = if *class > 0 { *share } else { *held };
            }
        }
        for (place, share) in shares.into_iter().enumerate() {
            absent[end] = place;
            let is = share == u64::MAX || draw.is_within(frame.rows.at(place), share);
            end += usize::from(is);
        }
        absent.truncate(end);
    }
}
