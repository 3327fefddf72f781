//! [`Runs`]: the texts that pieces of a row make, as far as they were looked at.

use std::borrow::Cow;

use super::profile::{Glance, Profile};
use super::{Band, DOUBTLESS, JOIN, SPACE, Step, boundary, join, spaced, whole};
use crate::read::delimited::scan::Piece;

/// The texts that pieces of a row make one by one or joined, as far as they were looked at.
pub(super) struct Runs<'t> {
    text: &'t str,
    pub(super) pieces: &'t [Piece<'t>],
    most: usize,
    /// For each piece those that begin with it, by their length.
    known: Vec<Option<Run<'t>>>,
    /// What it takes to let each piece begin a value; nothing behind the last.
    pub(super) borders: Vec<f32>,
    /// What a run that was looked at costs in a column, for each run and column of a band; no number
    /// where that was not asked.
    costs: Vec<Cell32>,
    band: Band,
}

impl<'t> Runs<'t> {
    /// The runs of at most so many pieces, of which those of one were looked at.
    pub(super) fn new(
        profile: &Profile,
        text: &'t str,
        pieces: &'t [Piece<'t>],
        most: usize,
    ) -> Self {
        let mut known: Vec<Option<Run<'t>>> = Vec::with_capacity(pieces.len() * most);
        for piece in pieces {
            known.push(Some(Run { glance: Glance::new(Cow::Borrowed(&piece.text)), seam: 0.0 }));
            known.extend((1..most).map(|_| None));
        }
        let borders = pieces.iter().map(|piece| boundary(profile, text, piece)).chain([0.0]);
        let band = Band { gaps: 0, extra: 0, most };
        Self { text, pieces, most, known, borders: borders.collect(), costs: Vec::new(), band }
    }

    /// The same, which are asked for again and again for the divisions of a band.
    pub(super) fn within(self, band: Band) -> Self {
        let costs = vec![Cell32::new(f32::NAN); self.known.len() * band.width()];
        Self { costs, band, ..self }
    }

    /// Looks at the runs of up to so many pieces that begin with one; whether one was not known.
    pub(super) fn look(&mut self, profile: &Profile, piece: usize, count: usize) -> bool {
        let mut seam = 0.0;
        let mut surprise = false;
        for count in 1..=count {
            let slot = &mut self.known[piece * self.most + count - 1];
            if let Some(run) = slot {
                seam = run.seam;
                continue;
            }
            let pieces = &self.pieces[piece..piece + count];
            seam += join(profile, self.text, pieces);
            *slot = Some(Run { glance: Glance::new(whole(self.text, pieces)), seam });
            surprise = true;
        }
        surprise
    }

    /// Looks at the runs of the cheapest division; whether one was not known.
    pub(super) fn follow(&mut self, profile: &Profile, table: &[(f32, Step)]) -> bool {
        let (rows, width) = (self.pieces.len(), profile.width());
        let (mut piece, mut column) = (0, 0);
        let mut surprise = false;
        while (piece, column) != (rows, width) {
            let (cost, step) = table[piece * (width + 1) + column];
            if !cost.is_finite() {
                break;
            }
            match step {
                Step::Drop => piece += 1,
                Step::Leave => column += 1,
                Step::Take(count) => {
                    surprise |= self.look(profile, piece, count);
                    piece += count;
                    column += 1;
                }
            }
        }
        surprise
    }

    /// Whether a space stands behind a delimiter within a run.
    fn is_spaced(&self, piece: usize, count: usize) -> bool {
        self.pieces[piece + 1..piece + count].iter().any(|piece| spaced(self.text, piece))
    }

    /// What it costs at least to let a column take some pieces, and to join them: for a run that was
    /// looked at, just that.
    pub(super) fn cost(
        &self,
        profile: &Profile,
        column: usize,
        piece: usize,
        count: usize,
    ) -> (f32, f32) {
        let number = piece * self.most + count - 1;
        match &self.known[number] {
            Some(run) => {
                let place = number * self.band.width() + column + self.band.extra;
                let cost = || {
                    let alien = match count {
                        1 => 0.0,
                        _ if self.is_spaced(piece, count) => 0.0,
                        _ => profile.alien(column, &run.glance),
                    };
                    profile.cost(column, &run.glance) + alien
                };
                let cost = match self.costs.get(place - piece) {
                    Some(slot) => {
                        if slot.get().is_nan() {
                            slot.set(cost());
                        }
                        slot.get()
                    }
                    None => cost(),
                };
                (cost, run.seam)
            }
            None => (profile.floor(column) - DOUBTLESS, (count - 1) as f32 * (JOIN - SPACE)),
        }
    }
}

/// A cost that is noted when it is first asked for.
type Cell32 = std::cell::Cell<f32>;

/// Some pieces as one text, whichever column takes it.
struct Run<'t> {
    glance: Glance<'t>,
    /// What it takes to join them.
    seam: f32,
}
