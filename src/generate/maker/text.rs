//! [`Texts`]: text put together from words, numbers, neighbours and parents' columns.

use std::collections::HashSet;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};
use std::sync::{Arc, OnceLock};

use peyote_schemas::Kind;
use peyote_schemas::behaviour::{Case, Shape};

use super::pattern::Pattern;
use super::word::Deck;
use crate::generate::chance::alias::Alias;
use crate::generate::draw::{Draw, mix};
use crate::generate::formula::Worked;
use crate::generate::frame::{Frame, Rows, View, take_away};
use crate::generate::recipe::{Here, Route};
use crate::generate::shape;
use crate::generate::spell::spell;
use crate::generate::switch::Switch;
use crate::lane::{Lane, Values, Words};
use piece::Pieces;
use shaped::Way;

mod piece;
mod shaped;

pub(in crate::generate) use shaped::Shaped;

/// Rows whose texts are told apart only where they meet; those after them always.
const LOOKED_AT: u64 = 1 << 20;

/// How many times as many as the words of a list the rows are at least for which all words are cased.
const OFTEN: usize = 4;

/// Text put together.
#[derive(Debug)]
pub(in crate::generate) struct Texts {
    pub(in crate::generate) forms: Vec<Form>,
    pub(in crate::generate) alias: Alias,
    /// For the cases of another column the first of their forms, and how likely each is.
    pub(in crate::generate) given: Option<(Switch, Vec<(usize, Alias)>)>,
    pub(in crate::generate) case: Option<Case>,
    pub(in crate::generate) unique: bool,
    /// How many rows the table has.
    pub(in crate::generate) rows: u64,
    /// Of the first rows those whose text an earlier one has, a bit each.
    pub(in crate::generate) met: OnceLock<Vec<u64>>,
    /// Lists of words in their shapes.
    pub(in crate::generate) shaped: Shaped,
}

/// One form of a text.
#[derive(Debug)]
pub(in crate::generate) struct Form {
    pub(in crate::generate) parts: Vec<Part>,
    /// The same as pieces that are copied as a whole, where it can be.
    short: Option<Pieces>,
}

/// A part of a text.
#[derive(Debug)]
pub(in crate::generate) enum Part {
    /// As it stands.
    Literal(Vec<u8>),
    /// A word.
    Word(Words, Deck, Draw),
    /// A whole number: the least, how many, how many digits at the least.
    Range(i64, u64, usize, Draw),
    /// By chance, of a form.
    Pattern(Pattern, Draw),
    /// What a column holds: how many digits at the least, and what becomes of it.
    Value(Route, usize, Option<Shape>),
    /// What an expression gives.
    Formula(Worked),
}

impl Form {
    /// A form of parts.
    pub(in crate::generate) fn new(parts: Vec<Part>) -> Self {
        let short = Pieces::new(&parts);
        Self { parts, short }
    }
}

impl Texts {
    pub(super) fn fill(&self, here: Here<'_>, frame: &mut Frame, draw: Draw, lane: &mut Lane) {
        if let ([form], None, false) = (self.forms.as_slice(), self.case, self.unique)
            && let (Some(short), Values::Text { ends, bytes }) = (&form.short, &mut lane.values)
        {
            short.fill(&frame.rows, ends, bytes);
            return;
        }
        if let Values::Text { ends, bytes } = &mut lane.values
            && let Some(short) = self.short()
        {
            let forms = draw.named("form");
            let form = |row: u64| match short.len() {
                1 => 0,
                _ => self.alias.pick(forms.bits(row)) as usize,
            };
            piece::fill_any(&short, form, &frame.rows, ends, bytes);
            return;
        }
        let met = self.unique.then(|| self.met.get_or_init(|| self.meet(here, draw)));
        let classes = self.classes(here, frame);
        let forms = draw.named("form");
        let mut text = Vec::new();
        let from = lane.values.len();
        let mut absent = Vec::new();
        {
            let made: Vec<Vec<Option<Lane>>> =
                self.forms.iter().map(|form| form.reach(here, frame)).collect();
            let Values::Text { ends, bytes } = &mut lane.values else { return };
            let looks: Vec<Seen<'_>> = self
                .forms
                .iter()
                .zip(made)
                .map(|(form, made)| form.looks((here, frame), made, self.case, &self.shaped))
                .collect();
            for place in 0..frame.rows.len() {
                let row = frame.rows.at(place);
                let form = self.form(forms, row, classes.get(place));
                let is_ready = self.case.is_none() || looks.get(form).is_some_and(|of| of.is_cased);
                let apart = met.is_some_and(|met| match met.get((row / 64) as usize) {
                    Some(bits) if row < LOOKED_AT => bits >> (row % 64) & 1 == 1,
                    _ => row >= LOOKED_AT,
                });
                if is_ready && !apart {
                    let start = bytes.len();
                    if !self.write(&looks, form, row, place, bytes) {
                        bytes.truncate(start);
                        absent.push(from + place);
                    }
                    ends.push(bytes.len() as u32);
                    continue;
                }
                text.clear();
                if !self.write(&looks, form, row, place, &mut text) {
                    absent.push(from + place);
                    ends.push(bytes.len() as u32);
                    continue;
                }
                if apart {
                    told_apart(&mut text, row);
                }
                bytes.extend_from_slice(&text);
                ends.push(bytes.len() as u32);
            }
        }
        for place in absent {
            take_away(lane, place);
        }
    }

    /// All forms as pieces, where all can be and nothing is done to their texts.
    fn short(&self) -> Option<Vec<&Pieces>> {
        let pattern = |part: &Part| matches!(part, Part::Pattern(..));
        let short = |form: &'_ Form| !form.parts.iter().any(pattern);
        let plain = self.case.is_none() && !self.unique && self.given.is_none();
        let forms = self.forms.len();
        if !plain || forms == 0 || self.alias.len() > forms || !self.forms.iter().all(short) {
            return None;
        }
        self.forms.iter().map(|form| form.short.as_ref()).collect()
    }

    /// Which case each of the rows in hand is; nothing where there are no cases.
    fn classes(&self, here: Here<'_>, frame: &mut Frame) -> Vec<u32> {
        let mut classes = Vec::new();
        if let Some((switch, _)) = &self.given {
            switch.sort(here, frame, &mut classes);
        }
        classes
    }

    /// The form of a row of some class, by the draws of forms.
    fn form(&self, forms: Draw, row: u64, class: Option<&u32>) -> usize {
        if self.forms.len() < 2 {
            return 0;
        }
        let case = self
            .given
            .as_ref()
            .zip(class)
            .and_then(|((_, cases), class)| cases.get((*class as usize).wrapping_sub(1)));
        let (first, alias) = case.map_or((0, &self.alias), |(first, alias)| (*first, alias));
        first + alias.pick(forms.bits(row)) as usize
    }

    /// Writes the text of a row, if it has one.
    fn write(
        &self,
        looks: &[Seen<'_>],
        form: usize,
        row: u64,
        place: usize,
        out: &mut Vec<u8>,
    ) -> bool {
        let Some(form) = self.forms.get(form).zip(looks.get(form)) else { return false };
        for (part, look) in form.0.parts.iter().zip(&form.1.looks) {
            if !part.write(look, row, place, out) {
                return false;
            }
        }
        if let Some(case) = self.case.filter(|_| !form.1.is_cased) {
            shape::whole(case, out);
        }
        true
    }

    /// Which of the first rows have a text that an earlier one has.
    fn meet(&self, here: Here<'_>, draw: Draw) -> Vec<u64> {
        /// Rows looked at at once.
        const BATCH: u64 = 4096;
        let all = self.rows.min(LOOKED_AT);
        let mut met = vec![0; all.div_ceil(64) as usize];
        let hasher = BuildHasherDefault::<AsItIs>::default();
        let mut seen = HashSet::with_capacity_and_hasher(all as usize, hasher);
        // Nobody can say words whose texts lie in the same place.
        let key = RandomState::new().hash_one(0);
        let mut is_new = |digest: u64| seen.insert(mix(digest ^ key));
        let forms = draw.named("form");
        let mut frame = here.recipe.frame(here.table);
        let (mut bytes, mut there) = (Vec::new(), Vec::new());
        for first in (0..all).step_by(BATCH as usize) {
            frame.turn(Rows::Run { first, len: (all - first).min(BATCH) as usize });
            let classes = self.classes(here, &mut frame);
            let made: Vec<Vec<Option<Lane>>> =
                self.forms.iter().map(|form| form.reach(here, &mut frame)).collect();
            let looks: Vec<Seen<'_>> = self
                .forms
                .iter()
                .zip(made)
                .map(|(form, made)| form.looks((here, &frame), made, self.case, &self.shaped))
                .collect();
            bytes.clear();
            there.clear();
            for place in 0..frame.rows.len() {
                let row = frame.rows.at(place);
                let (form, start) = (self.form(forms, row, classes.get(place)), bytes.len());
                if self.write(&looks, form, row, place, &mut bytes) {
                    there.push((row, digest(&bytes[start..]), start..bytes.len()));
                } else {
                    bytes.truncate(start);
                }
            }
            // All at once, so that one need not wait for what another is looked up in.
            for (row, digest, text) in &there {
                if !is_new(*digest) {
                    met[(row / 64) as usize] |= 1 << (row % 64);
                    let mut text = bytes[text.clone()].to_vec();
                    told_apart(&mut text, *row);
                    is_new(self::digest(&text));
                }
            }
        }
        met
    }
}

/// A hash of what is one already.
#[derive(Debug, Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = digest(bytes);
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}

/// 64 bits of a text: two texts of a million have the same with a chance of one in 10^7, and then
/// one of them is told apart for nothing.
fn digest(text: &[u8]) -> u64 {
    let mut hash = text.len() as u64;
    for chunk in text.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        hash = mix(hash.rotate_left(5) ^ u64::from_le_bytes(word));
    }
    hash
}

/// Puts the number of the row behind a text, or before the `@` of an address.
fn told_apart(text: &mut Vec<u8>, row: u64) {
    let at = text.iter().position(|byte| *byte == b'@').unwrap_or(text.len());
    let spaced = at == text.len() && text.contains(&b' ');
    let between = if spaced {
        " "
    } else if at > 0 && text[at - 1].is_ascii_digit() {
        "-"
    } else {
        ""
    };
    let number = format!("{between}{}", row + 1);
    text.splice(at..at, number.into_bytes());
}

/// What the parts of a form look at in the rows in hand.
struct Seen<'f> {
    looks: Vec<Look<'f>>,
    /// Whether all of them have the case of the text already.
    is_cased: bool,
}

/// What a part looks at in the rows in hand.
enum Look<'f> {
    Nothing,
    /// What stands in the place of the part's own text or words, which has the case of the text.
    Cased(Words),
    /// Nothing is seen: the whole text is absent.
    Absent,
    View(View<'f>, &'f Kind, Option<Arc<Words>>),
    /// Texts, one for each row in hand, and their words where they have the case of the text.
    Made(Lane, Option<Arc<Words>>),
}

impl Form {
    /// Makes the columns that the form names, and gives what its expressions come to as texts.
    fn reach(&self, here: Here<'_>, frame: &mut Frame) -> Vec<Option<Lane>> {
        let made = self.parts.iter().map(|part| match part {
            Part::Value(route, ..) => {
                here.reach(frame, route);
                None
            }
            Part::Formula(worked) => Some(worked.text(here, frame)),
            _ => None,
        });
        made.collect()
    }

    fn looks<'f>(
        &self,
        (here, frame): (Here<'f>, &'f Frame),
        made: Vec<Option<Lane>>,
        case: Option<Case>,
        shapes: &Shaped,
    ) -> Seen<'f> {
        let rows = frame.rows.len();
        // Of these each letter becomes the same wherever it stands, so parts can take them on alone.
        let case = case.filter(|case| *case == Case::Slug);
        let mut is_cased = case.is_some();
        let looks = self.parts.iter().zip(made).map(|(part, made)| {
            let (look, done) = part.look((here, frame), made, (case, rows), shapes);
            is_cased &= done;
            look
        });
        Seen { looks: looks.collect(), is_cased }
    }
}

impl Part {
    /// What it looks at, and whether that has the case of the whole text.
    fn look<'f>(
        &self,
        (here, frame): (Here<'f>, &'f Frame),
        made: Option<Lane>,
        (case, rows): (Option<Case>, usize),
        shapes: &Shaped,
    ) -> (Look<'f>, bool) {
        let way = |shape| Way { shape, case };
        let cased = |words: &Words| case.map(|_| Look::Cased(way(None).of(words)));
        let look = match (self, made) {
            (_, Some(made)) => {
                let words = match (&made.values, case) {
                    (Values::Word { words, .. }, Some(_)) if words.len() <= rows / OFTEN => {
                        shapes.get(words, way(None), rows)
                    }
                    _ => None,
                };
                let is_cased = words.is_some();
                return (Look::Made(made, words), is_cased);
            }
            (Self::Literal(text), _) => {
                cased(&Words::joined(vec![text.len() as u32], text.clone()))
            }
            (Self::Word(words, ..), _) if words.len() <= rows / OFTEN => cased(words),
            // Digits stay what they are.
            (Self::Range(..), _) => return (Look::Nothing, true),
            (Self::Value(route, _, shape), _) => {
                let Some(view) = frame.view(&route.links, route.column) else {
                    return (Look::Absent, true);
                };
                let kind = here.kind(route);
                // Each word once, not each row.
                let shaped = match &view.lane.values {
                    Values::Word { words, .. } if shape.is_some() || case.is_some() => {
                        shapes.get(words, way(*shape), rows)
                    }
                    _ => None,
                };
                let is_number =
                    matches!(&view.lane.values, Values::Int(_) if matches!(kind, Kind::Int(_)));
                let is_cased = shaped.is_some() || is_number;
                return (Look::View(view, kind, shaped), is_cased);
            }
            (Self::Word(..) | Self::Pattern(..) | Self::Formula(_), _) => None,
        };
        look.map_or((Look::Nothing, false), |look| (look, true))
    }

    fn write(&self, look: &Look<'_>, row: u64, place: usize, out: &mut Vec<u8>) -> bool {
        match (self, look) {
            (Self::Literal(_), Look::Cased(words)) => out.extend_from_slice(words.bytes(0)),
            (Self::Literal(text), _) => out.extend_from_slice(text),
            (Self::Word(words, deck, draw), look) => {
                let words = if let Look::Cased(words) = look { words } else { words };
                let place = deck.alias.pick(draw.bits(row));
                let place = deck.places.get(place as usize).copied().unwrap_or(place);
                out.extend_from_slice(words.bytes(place as usize));
            }
            (Self::Range(min, many, width, draw), _) => {
                number(min.wrapping_add(draw.below(row, *many) as i64), *width, out);
            }
            (Self::Pattern(pattern, draw), _) => pattern.draw(*draw, row, out),
            (Self::Value(_, width, shape), Look::View(view, kind, shaped)) => {
                let Some(at) = view.at(place) else { return false };
                match (&view.lane.values, shaped) {
                    (Values::Word { picks, .. }, Some(shaped)) => {
                        out.extend_from_slice(shaped.bytes(picks[at] as usize));
                    }
                    (Values::Int(values), _) if matches!(kind, Kind::Int(_)) => {
                        number(values[at], *width, out);
                    }
                    _ => match shape {
                        None => spell(view.lane, kind, at, out),
                        Some(shape) => {
                            let mut text = Vec::new();
                            spell(view.lane, kind, at, &mut text);
                            shape::piece(*shape, &text, out);
                        }
                    },
                }
            }
            (Self::Formula(_), Look::Made(made, cased)) if made.holds(place) => {
                match (&made.values, cased) {
                    (Values::Word { picks, .. }, Some(cased)) => {
                        out.extend_from_slice(cased.bytes(picks[place] as usize));
                    }
                    _ => spell(made, &Kind::Text, place, out),
                }
            }
            (Self::Value(..) | Self::Formula(_), _) => return false,
        }
        true
    }
}

/// A whole number, filled up with zeros.
fn number(number: i64, width: usize, out: &mut Vec<u8>) {
    /// Digits of the largest number.
    const MOST: usize = 20;
    let mut digits = [b'0'; MOST];
    let (mut left, mut at) = (number.unsigned_abs(), MOST);
    while left > 0 {
        at -= 1;
        digits[at] += (left % 10) as u8;
        left /= 10;
    }
    let signed = usize::from(number < 0);
    if signed > 0 {
        out.push(b'-');
    }
    let width = width.saturating_sub(signed).max(1);
    out.resize(out.len() + width.saturating_sub(MOST), b'0');
    out.extend_from_slice(&digits[at.min(MOST.saturating_sub(width))..]);
}
