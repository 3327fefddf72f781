//! Numbers: whether every value of a column is one, and which kind holds them all.

use super::Verdict;
use super::hint::{Digits, Hint};
use crate::guard::column::{DECIMAL_COMMA, Epoch};
use crate::kind::{IntSize, Kind, MAX_PRECISION};
use crate::value::digits;
use crate::value::moment::{Moment, Order, Spelling};
use crate::value::number::{self, Mark, Number};
use crate::value::{absent, unit};

/// What the numbers of a column have in common, with either mark before their fraction.
pub(super) struct Numbers {
    point: Option<Box<Tally>>,
    comma: Option<Box<Tally>>,
}

/// What all numbers of a column have in common.
#[derive(Default)]
pub(super) struct Tally {
    words: usize,
    /// Digits before the point, at most.
    pub(super) whole: u32,
    /// Digits after the point, at most and at least.
    pub(super) scale: (u8, u8),
    /// Digits in all, zeros in front aside.
    pub(super) digits: Digits,
    pub(super) least: i128,
    pub(super) most: i128,
    exponent: bool,
    /// Numbers that a bare letter multiplies: `3M`.
    multiplied: usize,
    infinite: bool,
    unit: Option<Box<str>>,
    pub(super) bare: usize,
    /// Whether a fraction ends in a zero that its writer need not have written.
    padded: bool,
    /// Numbers with two digits after the point, and the least and most that these are.
    pairs: usize,
    pair: (u8, u8),
    /// Numbers that are no day, nor a day with its time; more than the first are not counted.
    undated: usize,
}

/// Significant digits that every float keeps.
const FLOAT_DIGITS: u32 = 15;

impl Numbers {
    pub(super) fn new() -> Self {
        let tally = || Some(Box::new(Tally::new()));
        Self { point: tally(), comma: tally() }
    }

    /// Takes a text in; `false` where not all texts are numbers.
    pub(super) fn take(&mut self, text: &str) -> bool {
        let plain = digits::number(text.as_bytes(), 0, text.len()).map(|plain| Number {
            digits: plain.digits.into(),
            scale: plain.scale,
            exponent: 0,
            unit: None,
        });
        let whole = plain.clone().filter(|plain| plain.scale == 0);
        self.point.take_if(|tally| tally.take(text, Mark::Point, plain).is_none());
        self.comma.take_if(|tally| tally.take(text, Mark::Comma, whole).is_none());
        self.point.is_some() || self.comma.is_some()
    }

    /// The kind of the column, or `None` where a value is no number.
    pub(super) fn verdict(&self, hint: &Hint) -> Option<Verdict> {
        let point = self.point.as_ref().map(|tally| (Mark::Point, tally));
        let comma = || {
            self.comma.as_ref().filter(|tally| tally.is_sure()).map(|tally| (Mark::Comma, tally))
        };
        let (mark, tally) = point.or_else(comma)?;
        if tally.digits.count == 0 && !tally.infinite
            || tally.unit.is_none() && hint.is_code(&tally.digits)
        {
            return None;
        }
        if mark == Mark::Point
            && let Some(verdict) = tally.moments(hint)
        {
            return Some(verdict);
        }
        let mut verdict = Verdict::new(tally.kind(hint)?);
        verdict.words = tally.words;
        verdict.unit = tally.unit.as_deref().map(str::to_owned);
        verdict.format = (mark == Mark::Comma).then(|| DECIMAL_COMMA.to_owned());
        if mark == Mark::Comma {
            verdict.note("a comma stands before the fraction".into());
        }
        if let Some(unit) = &tally.unit
            && tally.bare > 0
        {
            verdict.note(format!(
                "{} of {} values name no unit, taken as {unit}",
                tally.bare, tally.digits.count
            ));
        }
        Some(verdict)
    }
}

impl Tally {
    fn new() -> Self {
        let digits = Digits { fewest: u32::MAX, ..Digits::default() };
        Self { scale: (0, u8::MAX), digits, ..Self::default() }
    }

    /// Takes a text in, and the number that it is in plain digits; `None` where it is no number of
    /// the column.
    fn take(&mut self, text: &str, mark: Mark, plain: Option<Number<'_>>) -> Option<()> {
        match plain.or_else(|| number::read(text, mark)) {
            Some(number) => {
                self.add(text, &number)?;
                let digits = number.digits.unsigned_abs().checked_ilog10().map_or(1, |log| log + 1);
                if mark == Mark::Point && self.undated == 0 {
                    self.undated += usize::from(!is_dated(text, digits));
                }
            }
            None if absent::is_word(text) => self.words += 1,
            None => {
                /// From here a float is not even the nearest whole number.
                const VAGUE: f64 = 1e18;
                let value = number::float(text, mark)?;
                if value.is_finite() && value.abs() >= VAGUE {
                    return None;
                }
                self.infinite = true;
            }
        }
        Some(())
    }

    /// Whether the commas stand before fractions: who writes `9,10` beside `7,8` writes lists, for a
    /// fraction is padded in every row or in none.
    fn is_sure(&self) -> bool {
        let ragged = self.scale.0 != self.scale.1 && self.padded;
        !ragged || self.unit.is_some()
    }

    /// Counts a number in, or `None` where its unit is another than that of the others.
    fn add(&mut self, text: &str, number: &Number<'_>) -> Option<()> {
        // A plus before many digits is a phone number.
        let plain =
            text.strip_prefix('+').is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()));
        if plain && number.digits > 99_999_999 {
            return None;
        }
        // What a float holds as nothing or as infinite is no number of any column.
        let reach = || Some(number.to_f64()).filter(|value| value.is_normal()).map(|_| ());
        if number.exponent != 0 && number.digits != 0 {
            reach()?;
        }
        let size = number.digits.unsigned_abs();
        let digits = size.checked_ilog10().map_or(1, |log| log + 1);
        let scale = number.scale;
        self.digits.count += 1;
        self.digits.long += usize::from(digits >= 4);
        self.whole = self.whole.max(digits.saturating_sub(u32::from(scale)));
        self.scale = (self.scale.0.max(scale), self.scale.1.min(scale));
        self.digits.most = self.digits.most.max(digits);
        self.digits.fewest = self.digits.fewest.min(digits);
        if self.digits.count == 1 {
            (self.least, self.most) = (number.digits, number.digits);
        }
        self.least = self.least.min(number.digits);
        self.most = self.most.max(number.digits);
        self.exponent |= number.exponent != 0;
        let letter = text.trim_end().ends_with(['k', 'K', 'M', 'B']);
        self.multiplied += usize::from(number.unit.is_none() && letter);
        self.padded |= scale > 0 && number.digits % 10 == 0;
        if scale == 2 {
            self.add_pair((size % 100) as u8);
        }
        match (&self.unit, number.unit) {
            (Some(unit), Some(other)) if **unit != *other => return None,
            (_, None) => self.bare += 1,
            (None, Some(unit)) => self.unit = Some(unit.into()),
            _ => {}
        }
        Some(())
    }

    /// The kind of numbers in plain digits, or `None` where they may be codes or moments.
    pub(super) fn plain_kind(&self, hint: &Hint) -> Option<Kind> {
        if hint.is_code(&self.digits) {
            return None;
        }
        let counts = self.scale.0 == 0 && self.least >= 0 && !hint.is_id() && !hint.is_measure();
        let compact = self.digits.most == self.digits.fewest && self.digits.most >= 8;
        if counts && (compact || hint.is_moment()) { None } else { self.kind(hint) }
    }

    fn kind(&self, hint: &Hint) -> Option<Kind> {
        let (most, least) = self.scale;
        // `12E4` in a column of names is a name, and `4K` but where things are counted.
        if self.exponent && (hint.is_id() || hint.is_digest())
            || self.multiplied > 0 && !hint.is_measure() && !hint.is_money()
        {
            return None;
        }
        if self.exponent || self.infinite {
            return Some(Kind::Float);
        }
        let precision = self.whole + u32::from(most);
        let decimal = |scale| Kind::Decimal { precision: precision.max(1) as u8, scale };
        let fits = precision <= u32::from(MAX_PRECISION);
        if most == 0 {
            let narrow = i64::try_from(self.least).is_ok() && i64::try_from(self.most).is_ok();
            // More digits than any count has: a code, unless it is said to be a number.
            return if narrow {
                Some(Kind::Int(IntSize::I64))
            } else {
                (!hint.is_id() && fits).then(|| decimal(0))
            };
        }
        // A name with a fraction is a number that someone's tool made of it; its text is the name.
        if self.unit.is_none() && (hint.is_key() || self.are_sections()) {
            return None;
        }
        let money = self.unit.as_deref().is_some_and(unit::is_currency) || hint.is_money();
        let exact = most == least || money || self.digits.most > FLOAT_DIGITS;
        if exact && fits && !hint.is_coordinate() {
            return Some(decimal(most));
        }
        Some(Kind::Float)
    }

    /// Counts the two digits after a point in.
    pub(super) fn add_pair(&mut self, pair: u8) {
        self.pairs += 1;
        let (low, high) = self.pair;
        self.pair = (if self.pairs == 1 { pair } else { low.min(pair) }, high.max(pair));
        self.padded |= pair.is_multiple_of(10);
    }

    /// Whether these count on from `1.9` to `1.10` and `1.11`, as sections and versions do.
    fn are_sections(&self) -> bool {
        /// Sections of a chapter at most, and as many beyond nine as tell them from prices.
        const MOST: u8 = 30;
        const BEYOND: usize = 2;
        self.scale.0 == 2
            && self.scale.1 != 2
            && self.padded
            && self.pairs >= BEYOND
            && (10..=MOST).contains(&self.pair.0)
            && self.pair.1 <= MOST
    }

    /// Moments written as whole numbers: days, days with their time, or counts from 1970 on.
    fn moments(&self, hint: &Hint) -> Option<Verdict> {
        let plain = self.scale.0 == 0 && self.unit.is_none() && !self.exponent && !self.infinite;
        if !plain || self.least < 0 || hint.is_id() || hint.is_measure() {
            return None;
        }
        self.compact(hint).or_else(|| self.epoch(hint))
    }

    /// `20200131`, `202001310905`, `20200131090507`.
    fn compact(&self, hint: &Hint) -> Option<Verdict> {
        /// The years that a number may be a day of.
        const YEARS: std::ops::RangeInclusive<i128> = 1900..=2100;
        let (year, kind, format) = match (self.digits.most, self.digits.fewest) {
            (8, 8) => (10_000, Kind::Date, "%Y%m%d"),
            (12, 12) if hint.is_moment() => (100_000_000, Kind::Timestamp, "%Y%m%d%H%M"),
            (14, 14) => (10_000_000_000, Kind::Timestamp, "%Y%m%d%H%M%S"),
            _ => return None,
        };
        let valid = YEARS.contains(&(self.least / year))
            && YEARS.contains(&(self.most / year))
            && self.undated == 0;
        let words = self.words;
        valid.then(|| Verdict { format: Some(format.into()), words, ..Verdict::new(kind) })
    }

    fn epoch(&self, hint: &Hint) -> Option<Verdict> {
        /// 1985 to 2100, in seconds: what clocks of computers have shown and will.
        const SECONDS: (i128, i128) = (473_385_600, 4_133_980_800);
        if !hint.is_moment() {
            return None;
        }
        let epoch = Epoch::ALL.into_iter().find(|epoch| {
            let unit = 1000_i128.pow(*epoch as u32);
            self.least >= SECONDS.0 * unit && self.most <= SECONDS.1 * unit
        })?;
        let mut verdict = Verdict::new(Kind::TimestampTz);
        verdict.format = Some(epoch.format().into());
        verdict.words = self.words;
        Some(verdict)
    }
}

/// Whether a number of so many digits is a day, or a day with its time.
fn is_dated(text: &str, digits: u32) -> bool {
    let moment = || Spelling::read(text).and_then(|found| found.moment(Order::MonthFirst));
    matches!(digits, 8 | 12 | 14)
        && matches!(moment(), Some(Moment::Date(_) | Moment::Timestamp(_)))
}
