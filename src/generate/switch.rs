//! [`Switch`]: which of some cases a row is, by what another column holds.

use std::collections::BTreeMap;

use peyote_schemas::Kind;
use peyote_schemas::value::moment::{DAY, Moment, Order, parse};

use super::frame::{Frame, View};
use super::maker::slice;
use super::recipe::{Here, Route};
use crate::lane::Values;

/// The most texts that are compared one by one.
const FEW: usize = 4;

/// Which of some cases a row is, by what another column holds.
#[derive(Debug, Clone)]
pub(super) struct Switch {
    route: Route,
    /// Values as text, with their classes, counted from 1.
    texts: BTreeMap<Vec<u8>, u32>,
    /// Values as lanes of whole numbers hold them.
    numbers: BTreeMap<i64, u32>,
    /// The class of a value that is absent.
    absent: u32,
}

impl Switch {
    /// Cases by values as text, numbered from 1 in their order. `kind` is what the column holds.
    pub(super) fn new<'t>(
        route: Route,
        kind: &Kind,
        cases: impl IntoIterator<Item = &'t str>,
    ) -> Self {
        let mut switch =
            Self { route, texts: BTreeMap::new(), numbers: BTreeMap::new(), absent: 0 };
        for (case, class) in cases.into_iter().zip(1..) {
            if let Some(number) = whole(kind, case) {
                switch.numbers.entry(number).or_insert(class);
            }
            switch.texts.entry(case.as_bytes().to_vec()).or_insert(class);
        }
        switch
    }

    /// Rows with any of some values as class 1; no value at all means that it is absent.
    pub(super) fn any(route: Route, kind: &Kind, values: &[String]) -> Self {
        let mut switch = Self::new(route, kind, values.iter().map(String::as_str));
        switch.texts.values_mut().chain(switch.numbers.values_mut()).for_each(|class| *class = 1);
        switch.absent = u32::from(values.is_empty());
        switch
    }

    /// Rows with any of some values as class 1, and those without a value as class 2.
    pub(super) fn equal(route: Route, kind: &Kind, values: &[String]) -> Self {
        Self { absent: 2, ..Self::any(route, kind, values) }
    }

    /// Whether another one looks at the same column.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.route == other.route
    }

    /// The values of either of two that [are like each other](Self::is_like) and know one class of values.
    pub(super) fn either(mut self, other: Self) -> Self {
        self.texts.extend(other.texts);
        self.numbers.extend(other.numbers);
        self
    }

    /// Adds a class to one that [is like](Self::is_like) it: the values of the other that are of none yet. It
    /// has the number of the class, and values that are absent that behind it.
    pub(super) fn go_on(&mut self, other: Self, class: u32) {
        for text in other.texts.into_keys() {
            self.texts.entry(text).or_insert(class);
        }
        for number in other.numbers.into_keys() {
            self.numbers.entry(number).or_insert(class);
        }
        self.absent = class + 1;
    }

    /// Adds the class of every row in hand; 0 for those that are no case.
    pub(super) fn sort(&self, here: Here<'_>, frame: &mut Frame, classes: &mut Vec<u32>) {
        let all = frame.rows.len();
        let Some(view) = here.view(frame, &self.route) else {
            classes.resize(classes.len() + all, 0);
            return;
        };
        // Few texts are compared one by one, which is faster than to look them up.
        let few: Vec<(&[u8], u32)> = match self.texts.len() {
            0..=FEW => self.texts.iter().map(|(text, class)| (text.as_slice(), *class)).collect(),
            _ => Vec::new(),
        };
        let text = |text: &[u8]| match few.as_slice() {
            [] => self.texts.get(text).copied().unwrap_or(0),
            few => few.iter().find(|(known, _)| *known == text).map_or(0, |(_, class)| *class),
        };
        match &view.lane.values {
            Values::Word { words, picks } if words.len() <= all => {
                let of: Vec<u32> = (0..words.len()).map(|at| text(words.bytes(at))).collect();
                let class = |at: usize| of.get(picks[at] as usize).copied().unwrap_or(0);
                self.classes(&view, all, class, classes);
            }
            Values::Word { words, picks } => {
                let class = |at: usize| text(words.bytes(picks[at] as usize));
                self.classes(&view, all, class, classes);
            }
            Values::Text { ends, bytes } => {
                self.classes(&view, all, |at| text(slice(ends, bytes, at)), classes);
            }
            Values::Int(values) => {
                let class = |at: usize| self.numbers.get(&values[at]).copied().unwrap_or(0);
                self.classes(&view, all, class, classes);
            }
            Values::Bool(values) => {
                let (yes, no) = (text(b"true"), text(b"false"));
                self.classes(&view, all, |at| if values[at] { yes } else { no }, classes);
            }
            Values::Float(values) => {
                let class = |at: usize| text(values[at].to_string().as_bytes());
                self.classes(&view, all, class, classes);
            }
            Values::Wide(_) | Values::Other(_) => classes.resize(classes.len() + all, 0),
        }
    }

    /// Adds the class of the value that each row sees, by its place in the lane.
    fn classes(
        &self,
        view: &View<'_>,
        all: usize,
        class: impl Fn(usize) -> u32,
        classes: &mut Vec<u32>,
    ) {
        if view.is_straight() {
            classes.extend((view.base()..view.base() + all).map(class));
        } else if let Some(places) = view.shared(all) {
            // What many rows see is looked at once.
            let seen = |at: usize| if view.lane.holds(at) { class(at) } else { self.absent };
            let of: Vec<u32> = (view.base()..view.lane.values.len()).map(seen).collect();
            let class = |place: &u32| of.get(*place as usize).copied().unwrap_or(self.absent);
            classes.extend(places[..all].iter().map(class));
        } else {
            classes.extend((0..all).map(|place| view.at(place).map_or(self.absent, &class)));
        }
    }
}

/// A value as a lane of whole numbers holds it.
pub(super) fn whole(kind: &Kind, text: &str) -> Option<i64> {
    let text = text.trim();
    match kind {
        Kind::Int(_) => text.parse().ok(),
        Kind::Decimal { scale, .. } => decimal(text, *scale),
        Kind::Date | Kind::Time | Kind::Timestamp | Kind::TimestampTz => {
            let micros = match parse(text, Order::MonthFirst)? {
                Moment::Date(days) => i64::from(days) * DAY,
                Moment::Time(micros) | Moment::Timestamp(micros) | Moment::TimestampTz(micros) => {
                    micros
                }
            };
            Some(if *kind == Kind::Date { micros.div_euclid(DAY) } else { micros })
        }
        _ => None,
    }
}

/// A decimal without its point.
fn decimal(text: &str, scale: u8) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let part = part.trim_end_matches('0');
    if part.len() > usize::from(scale) || digits.is_empty() {
        return None;
    }
    let scale = usize::from(scale);
    let digits = format!("{whole}{part:0<scale$}");
    digits.parse::<i64>().ok().map(|digits| sign * digits)
}
