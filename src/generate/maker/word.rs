//! [`Picks`], [`Stock`] and [`Chosen`]: words, or values of any kind, out of a list.

use std::sync::Arc;

use crate::generate::chance::alias::Alias;
use crate::generate::draw::Draw;
use crate::generate::formula::Expr;
use crate::generate::frame::{Frame, Rows, take_away};
use crate::generate::recipe::Here;
use crate::generate::shuffle::Shuffle;
use crate::generate::switch::Switch;
use crate::lane::{Lane, Values, Words};

/// Words out of a list.
#[derive(Debug, Clone)]
pub(in crate::generate) struct Picks {
    /// All words that there are, each once.
    pub(in crate::generate) words: Arc<Words>,
    /// Those that are picked where nothing else holds.
    pub(in crate::generate) main: Deck,
    /// Those of the cases of another column.
    pub(in crate::generate) given: Option<(Switch, Vec<Deck>)>,
    /// The word of each row, where no word comes twice.
    pub(in crate::generate) unique: Option<Shuffle>,
    /// The link to whom no two rows have the same word.
    pub(in crate::generate) within: Option<usize>,
}

/// Some of the words, with their weights.
#[derive(Debug, Clone)]
pub(in crate::generate) struct Deck {
    /// The places of the words; empty where they are all words in their order.
    pub(in crate::generate) places: Vec<u32>,
    pub(in crate::generate) alias: Alias,
}

/// Whole values out of a list.
#[derive(Debug, Clone)]
pub(in crate::generate) struct Stock {
    pub(in crate::generate) values: Lane,
    pub(in crate::generate) alias: Alias,
}

/// Whole values out of a list, which of them an expression says.
#[derive(Debug)]
pub(in crate::generate) struct Chosen {
    pub(in crate::generate) stock: Stock,
    /// The place of the value, counted around.
    pub(in crate::generate) at: Expr,
}

impl Deck {
    #[inline]
    pub(super) fn pick(&self, bits: u64) -> u32 {
        let place = self.alias.pick(bits);
        self.places.get(place as usize).copied().unwrap_or(place)
    }
}

impl Picks {
    pub(super) fn fill(&self, here: Here<'_>, frame: &mut Frame, draw: Draw, lane: &mut Lane) {
        let Values::Word { picks, .. } = &mut lane.values else { return };
        if let Some(link) = self.within {
            self.apart(here, frame, draw, link, picks);
            return;
        }
        if let Some((switch, given)) = &self.given {
            let mut classes = Vec::new();
            switch.sort(here, frame, &mut classes);
            let decks: Vec<&Deck> = std::iter::once(&self.main).chain(given).collect();
            let from = picks.len();
            let mut draws = Vec::with_capacity(classes.len());
            frame.rows.each(&mut draws, |row| draw.bits(row));
            picks.extend(draws.into_iter().zip(&classes).map(|(bits, class)| {
                decks.get(*class as usize).map_or(0, |deck| deck.alias.pick(bits))
            }));
            for (pick, class) in picks[from..].iter_mut().zip(&classes) {
                let places = decks.get(*class as usize).map_or(&[][..], |deck| &deck.places);
                *pick = places.get(*pick as usize).copied().unwrap_or(*pick);
            }
            return;
        }
        if let Some(shuffle) = &self.unique {
            let many = shuffle.len().max(1);
            let mut places = Vec::new();
            frame.rows.each(&mut places, |row| row % many);
            shuffle.forward_all(&mut places);
            picks.extend(places.into_iter().map(|place| {
                self.main.places.get(place as usize).copied().unwrap_or(place as u32)
            }));
            return;
        }
        let Deck { places, alias } = &self.main;
        let even = u32::try_from(alias.len()).ok().filter(|_| alias.is_even());
        if let (true, Some(many)) = (places.is_empty(), even) {
            draw.places(&frame.rows, many, picks, |place| place as u32);
        } else if places.is_empty() {
            frame.rows.each(picks, |row| alias.pick(draw.bits(row)));
        } else {
            frame.rows.each(picks, |row| self.main.pick(draw.bits(row)));
        }
    }
}

impl Picks {
    /// The words of rows, no two of one parent alike as far as there are words for them.
    fn apart(
        &self,
        here: Here<'_>,
        frame: &mut Frame,
        draw: Draw,
        link: usize,
        out: &mut Vec<u32>,
    ) {
        let mut classes = Vec::new();
        if let Some((switch, _)) = &self.given {
            switch.sort(here, frame, &mut classes);
        }
        here.tie(frame, link);
        let Some(Some(kin)) = frame.kin.get(link).map(Option::as_deref) else { return };
        for place in 0..frame.rows.len() {
            let class = classes.get(place).copied().unwrap_or(0) as usize;
            let case = self.given.as_ref().and_then(|(_, given)| given.get(class.wrapping_sub(1)));
            let deck = case.unwrap_or(&self.main);
            let many = deck.alias.len() as u64;
            let nth = kin.nth.get(place).copied().unwrap_or(0);
            let order = Shuffle::new(draw.numbered(kin.row(place)), many);
            let at = order.forward(nth % many.max(1)) as u32;
            out.push(deck.places.get(at as usize).copied().unwrap_or(at));
        }
    }
}

impl Stock {
    /// Values without rows, of the form of these.
    pub(super) fn empty(&self) -> Values {
        match &self.values.values {
            Values::Bool(_) => Values::Bool(Vec::new()),
            Values::Int(_) => Values::Int(Vec::new()),
            Values::Wide(_) => Values::Wide(Vec::new()),
            Values::Float(_) => Values::Float(Vec::new()),
            Values::Word { words, .. } => {
                Values::Word { words: Arc::clone(words), picks: Vec::new() }
            }
            Values::Text { .. } => Values::Text { ends: Vec::new(), bytes: Vec::new() },
            Values::Other(array) => Values::Other(array.slice(0, 0)),
        }
    }

    /// How many values there are.
    pub(super) fn len(&self) -> usize {
        self.values.values.len()
    }

    /// Values of lists that end at some places: none of them twice in one list, in the order in
    /// which they are known.
    pub(super) fn fill_apart(&self, draw: Draw, rows: &[u64], ends: &[i32], lane: &mut Lane) {
        /// How often a value is drawn again before the next one is taken that is free.
        const TRIES: u64 = 12;
        let mut places = Vec::with_capacity(rows.len());
        for list in ends.windows(2) {
            let from = places.len();
            for row in &rows[list[0] as usize..list[1] as usize] {
                let drawn = |again: u64| self.alias.pick(draw.numbered(again).bits(*row)) as usize;
                let known: &[usize] = &places[from..];
                let found = (0..TRIES).map(drawn).find(|place| !known.contains(place));
                let free = || (0..self.len()).find(|place| !known.contains(place)).unwrap_or(0);
                let found = found.unwrap_or_else(free);
                places.push(found);
            }
            places[from..].sort_unstable();
        }
        self.take(&places, lane);
    }

    pub(super) fn fill(&self, draw: Draw, rows: &Rows, lane: &mut Lane) {
        let mut places = Vec::new();
        rows.each(&mut places, |row| self.alias.pick(draw.bits(row)) as usize);
        self.take(&places, lane);
    }

    fn take(&self, places: &[usize], lane: &mut Lane) {
        let from = lane.values.len();
        super::copy::join(&self.values, &mut |place| Some(places[place]), places.len(), lane);
        for (at, place) in places.iter().enumerate() {
            if !self.values.holds(*place) {
                take_away(lane, from + at);
            }
        }
    }
}

impl Chosen {
    pub(super) fn fill(&self, here: Here<'_>, frame: &mut Frame, lane: &mut Lane) {
        let many = self.stock.len().max(1) as i64;
        let numbers = here.whole(frame, &self.at);
        let places: Vec<usize> =
            (numbers.iter()).map(|number| number.unwrap_or(0).rem_euclid(many) as usize).collect();
        let from = lane.values.len();
        self.stock.take(&places, lane);
        for (at, number) in numbers.iter().enumerate() {
            if number.is_none() {
                take_away(lane, from + at);
            }
        }
    }
}
