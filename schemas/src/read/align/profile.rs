//! [`Profile`]: what the cells of each column look like, learnt from rows and from names.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::OnceLock;

use super::LEAVE;
use super::shape::{SHAPES, Shape, shape};
use crate::column::Column;
use crate::kind::Kind;
use crate::value::digits;
use crate::value::number::POWERS;
use names::named;

mod names;

/// How many rows a column's name counts for.
const NAME_WEIGHT: f32 = 2.0;
/// How many rows a column's kind counts for, where a design says it.
const KIND_WEIGHT: f32 = 20.0;
/// Rows after which a shape never seen is as good as ruled out.
const DOUBT: f32 = 0.02;
/// Distinct values kept of a column, and the longest of them.
const FEW: usize = 64;
const SHORT: usize = 48;
/// Distinct values kept of all columns together, so that of a very wide table each has fewer.
const MOST_VALUES: usize = 1 << 18;
/// What a value gains that the column had before, or loses where the column repeats others.
const FAMILIAR: f32 = 0.8;
/// What it costs to leave the first column empty, besides.
const FIRST: f32 = 0.8;
/// What a number costs that lies outside all seen.
const OUTSIDE: f32 = 0.7;
/// What a joined text costs besides that a column cannot well hold, and values that show that.
const ALIEN: f32 = 5.0;
const ALIEN_SMALL: f32 = 4.0;
const SHOWN: u32 = 30;
/// How much so many whole numbers speak for a fraction.
const FRACTION: f32 = 0.1;

/// What a column's cells look like.
#[derive(Debug, Clone)]
struct Look {
    counts: [f32; SHAPES],
    total: f32,
    /// The sum of the cells' words.
    words: f32,
    /// How readily the name lets the column hold a sentence.
    free: f32,
    /// Values seen, while they are few.
    values: BTreeSet<Box<str>>,
    /// A bit for each length that one of them has.
    lengths: u64,
    /// Values seen that `values` had no room for.
    others: u32,
    /// Values seen at all.
    seen: u32,
    /// The least and the greatest plain number seen.
    range: Option<(f64, f64)>,
}

/// What the cells of every column look like.
#[derive(Debug, Clone)]
pub(in crate::read) struct Profile {
    names: Vec<String>,
    /// One for each name, once they are asked for: most tables have no row that does not fit.
    looks: OnceLock<Vec<Look>>,
    /// Rows that say whether a space follows a delimiter, and how many cells begin with one.
    boundaries: f32,
    spaced: f32,
    /// Distinct values kept of a column.
    few: usize,
    /// What follows from all that, once it is asked for.
    weights: OnceLock<Weights>,
}

/// What a profile comes down to.
#[derive(Debug, Clone)]
struct Weights {
    /// For each column the negated logarithm of the chance of each shape.
    chances: Vec<[f32; SHAPES]>,
    /// For each column how many words its texts have, and how often it repeats itself.
    usual: Vec<(f32, f32)>,
    /// For each column what any value costs at least.
    floors: Vec<f32>,
    /// What a row costs at least that fills its columns, and what more for each that it leaves
    /// empty, the cheapest first.
    least: f32,
    gaps: Vec<f32>,
    /// For each column how odd it would be if nothing stood there.
    missing: Vec<f32>,
    /// The column that holds the longest texts.
    freest: usize,
}

/// A text as far as it can be weighed without a column.
#[derive(Debug)]
pub(super) struct Glance<'t> {
    text: Cow<'t, str>,
    shape: Shape,
    words: f32,
    number: Option<f64>,
}

impl<'t> Glance<'t> {
    pub(super) fn new(text: Cow<'t, str>) -> Self {
        let shape = shape(&text);
        // Of what is no text, words do not count.
        let words = if shape.is_text() { words(&text) } else { 0.0 };
        // No moment is a number.
        let moment = matches!(shape, Shape::Date | Shape::Timestamp);
        let number = if moment { None } else { plain_number(&text) };
        Self { text, shape, words, number }
    }
}

impl Profile {
    /// What the names of columns say, and the kinds that a design gives those it knows.
    pub(in crate::read) fn new(header: &[String], expect: Option<&[Column]>) -> Self {
        let looks = OnceLock::new();
        if let Some(expect) = expect {
            looks.get_or_init(|| header.iter().map(|name| Look::of(name, expect)).collect());
        }
        let few = FEW.min(MOST_VALUES / header.len().max(1));
        let (names, weights) = (header.to_vec(), OnceLock::new());
        Self { names, looks, boundaries: 2.0, spaced: 0.2, few, weights }
    }

    fn looks(&self) -> &[Look] {
        self.looks.get_or_init(|| self.names.iter().map(|name| Look::of(name, &[])).collect())
    }

    /// How many columns there are.
    pub(in crate::read) fn width(&self) -> usize {
        self.names.len()
    }

    /// Takes in a row that fits.
    pub(in crate::read) fn learn<'t>(&mut self, cells: impl Iterator<Item = &'t str>) {
        self.weights.take();
        self.looks();
        for (look, text) in self.looks.get_mut().into_iter().flatten().zip(cells) {
            look.counts[shape(text) as usize] += 1.0;
            look.total += 1.0;
            look.words += words(text);
            look.remember(text, self.few);
        }
    }

    /// Takes in whether the cells of a row that fits begin with a space.
    pub(in crate::read) fn learn_spaces(&mut self, boundaries: usize, spaced: usize) {
        self.boundaries += boundaries as f32;
        self.spaced += spaced as f32;
    }

    /// The share of delimiters that a space follows.
    pub(in crate::read) fn spaced(&self) -> f32 {
        self.spaced / self.boundaries
    }

    /// How odd a text would be in a column: the negated logarithm of its chance.
    pub(super) fn cost(&self, column: usize, text: &Glance<'_>) -> f32 {
        let weights = self.weights();
        let mut cost = weights.chances[column][text.shape as usize];
        let (usual, repeats) = weights.usual[column];
        if text.shape.is_text() {
            // Of two text columns the one that holds as many words takes the sentence.
            cost += 0.6 * ((text.words + 1.0) / (usual + 1.0)).ln().abs();
        }
        cost + self.looks()[column].strangeness(text, repeats)
    }

    /// What a text joined by delimiters alone costs besides, where the column's values are a few that
    /// come again, or whole numbers whose thousands no one divides.
    pub(super) fn alien(&self, column: usize, text: &Glance<'_>) -> f32 {
        /// From here thousands could be divided; and a column that ends below the other hardly has any.
        const THOUSAND: f64 = 1000.0;
        const SMALL: f64 = 200.0;
        let look = &self.looks()[column];
        if look.seen < SHOWN {
            return 0.0;
        }
        if matches!(text.shape, Shape::Int | Shape::Number) {
            return match look.range {
                Some((_, most)) if most >= THOUSAND => ALIEN,
                Some((_, most)) if most < SMALL => ALIEN_SMALL,
                _ => 0.0,
            };
        }
        if text.shape == Shape::Code {
            // No code has a bare delimiter inside.
            let chances = &self.weights().chances[column];
            let phrase = chances[Shape::Phrase as usize] - chances[Shape::Code as usize];
            return phrase.max(0.0);
        }
        let closed = look.others == 0 && look.values.len() * 4 <= look.seen as usize;
        let alien = closed && !look.holds(&text.text);
        if alien { ALIEN } else { 0.0 }
    }

    /// What any text costs at least in a column.
    pub(super) fn floor(&self, column: usize) -> f32 {
        self.weights().floors[column]
    }

    /// What a row costs at least that leaves so many columns empty.
    pub(super) fn least(&self, gaps: usize) -> f32 {
        let weights = self.weights();
        match weights.gaps.get(..gaps) {
            Some(cheapest) => weights.least + cheapest.iter().sum::<f32>(),
            None => f32::INFINITY,
        }
    }

    fn weights(&self) -> &Weights {
        self.weights.get_or_init(|| {
            let chances = self.looks().iter().zip(&self.names);
            let chances: Vec<[f32; SHAPES]> =
                chances.map(|(look, name)| look.chances(name)).collect();
            let mut least = 0.0;
            let mut floors = Vec::with_capacity(chances.len());
            let mut gaps = Vec::with_capacity(chances.len());
            let missing: Vec<f32> =
                (0..chances.len()).map(|column| self.missing_in(column)).collect();
            for (column, chances) in chances.iter().enumerate() {
                // Only having been seen before makes a value cost less than its shape does.
                let shape = chances.iter().copied().fold(f32::INFINITY, f32::min);
                let filled = shape - FAMILIAR * self.looks()[column].repeats().max(0.0);
                let empty = missing[column] + LEAVE;
                floors.push(filled);
                least += filled.min(empty);
                gaps.push(empty - filled.min(empty));
            }
            gaps.sort_by(f32::total_cmp);
            let usual =
                |look: &Look| ((look.words + look.free) / (look.total + 1.0), look.repeats());
            let usual = self.looks().iter().map(usual).collect();
            Weights { chances, usual, floors, least, gaps, missing, freest: self.longest() }
        })
    }

    /// How odd it would be if nothing stood in a column.
    pub(super) fn missing(&self, column: usize) -> f32 {
        self.weights().missing[column]
    }

    fn missing_in(&self, column: usize) -> f32 {
        let look = &self.looks()[column];
        let seen = look.counts[Shape::Empty as usize] + look.counts[Shape::Null as usize];
        // A row's first value names it more often than not.
        let first = if column == 0 { FIRST } else { 0.0 };
        first - ((seen + 0.1) / (look.total + 1.0)).ln()
    }

    /// The column that holds the longest texts.
    pub(super) fn freest(&self) -> usize {
        self.weights().freest
    }

    fn longest(&self) -> usize {
        let freedom = |look: &Look| {
            let text = look.counts[Shape::Phrase as usize] / look.total.max(1.0);
            (look.words + look.free) / (look.total + 1.0) * (0.1 + text)
        };
        let mut best = 0;
        for (at, look) in self.looks().iter().enumerate() {
            if freedom(look) > freedom(&self.looks()[best]) {
                best = at;
            }
        }
        best
    }
}

impl Look {
    /// Of a column of a name, as which a design may have one.
    fn of(name: &str, expect: &[Column]) -> Self {
        let mut look = named(name);
        if let Some(column) = expect.iter().find(|column| column.is_called(name)) {
            look.expect(&column.kind);
        }
        look
    }

    fn remember(&mut self, text: &str, few: usize) {
        if let Some(number) = plain_number(text) {
            let (least, most) = self.range.unwrap_or((number, number));
            self.range = Some((least.min(number), most.max(number)));
        }
        self.seen += 1;
        if !self.holds(text) {
            if self.values.len() < few && text.len() <= SHORT {
                self.values.insert(text.into());
                self.lengths |= 1 << text.len();
            } else {
                self.others += 1;
            }
        }
    }

    /// What a value gains or loses by those seen before it.
    fn strangeness(&self, text: &Glance<'_>, repeats: f32) -> f32 {
        if text.text.is_empty() {
            return 0.0;
        }
        let seen = self.seen;
        let familiar = if seen < 4 || repeats == 0.0 {
            0.0
        } else if self.holds(&text.text) {
            -FAMILIAR * repeats
        } else {
            FAMILIAR * repeats * 1.5
        };
        let outside = match (text.number, self.range) {
            (Some(number), Some((least, most))) if seen >= 4 => {
                let slack = (most - least) * 0.25 + 1.0;
                if number < least - slack || number > most + slack { OUTSIDE } else { 0.0 }
            }
            _ => 0.0,
        };
        familiar + outside
    }

    /// How often the column repeats itself, from 0 to 1.
    fn repeats(&self) -> f32 {
        let distinct = self.values.len() as f32 + self.others as f32;
        1.0 - distinct / (self.seen as f32).max(1.0)
    }

    /// Whether a text is one of the values that are kept.
    fn holds(&self, text: &str) -> bool {
        self.lengths >> text.len().min(SHORT + 1) & 1 == 1 && self.values.contains(text)
    }

    /// For each shape the negated logarithm of its chance, in a column of a name.
    fn chances(&self, name: &str) -> [f32; SHAPES] {
        let (mut counts, mut total) = (self.counts, self.total);
        let shown = self.seen >= SHOWN;
        if shown {
            // What the values are, a name no longer tells.
            let named = named(name);
            counts.iter_mut().zip(&named.counts).for_each(|(count, said)| *count -= said);
            total -= named.total;
        }
        let chance = |found: Shape| {
            let mut support = 0.0;
            for (seen, count) in ALL.iter().zip(&counts) {
                if *count > 0.0 {
                    // Of whole numbers alone a fraction is hardly one.
                    let whole = shown && *seen == Shape::Int && found == Shape::Number;
                    support += count * if whole { FRACTION } else { seen.speaks_for(found) };
                }
            }
            (support + DOUBT) / (total + 1.0)
        };
        ALL.map(|found| -chance(found).ln())
    }

    fn add(&mut self, shapes: &[(Shape, f32)]) {
        for (shape, weight) in shapes {
            self.counts[*shape as usize] += weight;
            self.total += weight;
            self.words += weight * if *shape == Shape::Phrase { self.free.max(2.0) } else { 1.0 };
        }
    }

    fn expect(&mut self, kind: &Kind) {
        let all = KIND_WEIGHT;
        let shapes: &[(Shape, f32)] = match kind {
            Kind::Bool => &[(Shape::Bool, all)],
            Kind::Int(_) => &[(Shape::Int, all)],
            Kind::Float | Kind::Decimal { .. } => &[
                (Shape::Number, all * 0.5),
                (Shape::Int, all * 0.2),
                (Shape::Currency, all * 0.2),
                (Shape::Percent, all * 0.1),
            ],
            Kind::Date => &[(Shape::Date, all)],
            Kind::Time => &[(Shape::Time, all)],
            Kind::Timestamp | Kind::TimestampTz => &[(Shape::Timestamp, all)],
            Kind::Uuid => &[(Shape::Uuid, all)],
            Kind::Enum(_) => &[(Shape::Word, all * 0.7), (Shape::Phrase, all * 0.3)],
            Kind::Text => &[(Shape::Word, 1.0), (Shape::Phrase, 1.0)],
            Kind::Json | Kind::List(_) | Kind::Struct(_) => &[(Shape::Phrase, all)],
        };
        self.add(shapes);
    }
}

const ALL: [Shape; SHAPES] = [
    Shape::Empty,
    Shape::Null,
    Shape::Bool,
    Shape::Int,
    Shape::Number,
    Shape::Currency,
    Shape::Percent,
    Shape::Measure,
    Shape::Date,
    Shape::Timestamp,
    Shape::Time,
    Shape::Uuid,
    Shape::Email,
    Shape::Url,
    Shape::Phone,
    Shape::Pair,
    Shape::Code,
    Shape::Word,
    Shape::Numbered,
    Shape::Phrase,
];

/// A number without sign of money or unit.
fn plain_number(text: &str) -> Option<f64> {
    /// Whole numbers below this are exact floats, and so are the powers that they are divided by:
    /// one division rounds as reading the text does.
    const EXACT: u64 = 1 << 53;
    if let Some(plain) = digits::number(text.as_bytes(), 0, text.len())
        && plain.digits.unsigned_abs() < EXACT
    {
        return Some(plain.digits as f64 / POWERS[usize::from(plain.scale)]);
    }
    let begins =
        text.starts_with(|letter: char| letter.is_ascii_digit() || letter == '-' || letter == '.');
    (begins && text.len() < 24).then(|| text.parse().ok()).flatten()
}

fn words(text: &str) -> f32 {
    if !text.is_ascii() {
        return text.split_whitespace().count() as f32;
    }
    let mut words = 0;
    let mut inside = false;
    for byte in text.bytes() {
        let letter = !matches!(byte, b' ' | b'\t'..=b'\r');
        words += usize::from(letter && !inside);
        inside = letter;
    }
    words as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_what_white_space_divides() {
        for text in ["", " ", "a", " a", "a ", "a b", "\ta\u{b}b \r\n c\u{c}d\u{1c}e", "a\u{a0}b c"]
        {
            assert_eq!(words(text) as usize, text.split_whitespace().count(), "{text:?}");
        }
    }

    #[test]
    fn plain_numbers_are_what_their_text_says() {
        for text in
            ["0", "-7", "12.50", "0.1", "123456.789", "9007199254740993", "007", "1e3", ".5"]
        {
            assert_eq!(plain_number(text), text.parse().ok(), "{text}");
        }
        for text in ["", "-", "2024-01-02", "1.2.3", "+5", "inf"] {
            assert_eq!(plain_number(text), None, "{text}");
        }
    }

    #[test]
    fn all_shapes_stand_in_their_place() {
        for (at, shape) in ALL.iter().enumerate() {
            assert_eq!(*shape as usize, at);
        }
    }
}
