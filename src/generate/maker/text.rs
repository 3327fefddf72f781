//! [`Texts`]: text put together from words, numbers, neighbours and parents' columns.

use std::collections::HashSet;
use std::sync::OnceLock;

use peyote_schemas::Kind;
use peyote_schemas::behaviour::{Case, Shape};

use super::pattern::Pattern;
use super::word::Deck;
use crate::generate::chance::alias::Alias;
use crate::generate::draw::{Draw, mix};
use crate::generate::formula::Worked;
use crate::generate::frame::{Frame, Rows, View, finish, take_away};
use crate::generate::recipe::{Here, Route};
use crate::generate::shape;
use crate::generate::spell::spell;
use crate::lane::{Lane, Values, Words};

/// Rows whose texts are told apart only where they meet; those after them always.
const LOOKED_AT: u64 = 1 << 20;
/// The longest piece, in bytes, that is copied as a whole.
const SHORT: usize = 16;

/// Text put together.
#[derive(Debug)]
pub(in crate::generate) struct Texts {
    pub(in crate::generate) forms: Vec<Form>,
    pub(in crate::generate) alias: Alias,
    pub(in crate::generate) case: Option<Case>,
    pub(in crate::generate) unique: bool,
    /// How many rows the table has.
    pub(in crate::generate) rows: u64,
    /// Of the first rows those whose text an earlier one has, a bit each.
    pub(in crate::generate) met: OnceLock<Vec<u64>>,
}

/// One form of a text.
#[derive(Debug)]
pub(in crate::generate) struct Form {
    pub(in crate::generate) parts: Vec<Part>,
    /// The same as pieces that are copied as a whole, where it can be.
    short: Option<Vec<Short>>,
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

/// Short texts that a draw picks from.
#[derive(Debug)]
struct Short {
    /// Of one length each, so that none lies across two lines of the cache.
    texts: Vec<[u8; SHORT]>,
    lens: Vec<u8>,
    alias: Option<Deck>,
    draw: Draw,
}

impl Form {
    /// A form of parts.
    pub(in crate::generate) fn new(parts: Vec<Part>) -> Self {
        let short = shorts(&parts);
        Self { parts, short }
    }
}

impl Texts {
    pub(super) fn fill(&self, here: Here<'_>, frame: &mut Frame, draw: Draw, lane: &mut Lane) {
        if let ([form], None, false) = (self.forms.as_slice(), self.case, self.unique)
            && let (Some(short), Values::Text { ends, bytes }) = (&form.short, &mut lane.values)
        {
            fill_short(short, &frame.rows, ends, bytes);
            return;
        }
        let met = self.unique.then(|| self.met.get_or_init(|| self.meet(here, draw)));
        let mut text = Vec::new();
        let from = lane.values.len();
        let mut absent = Vec::new();
        {
            let made: Vec<Vec<Option<Lane>>> =
                self.forms.iter().map(|form| form.reach(here, frame)).collect();
            let Values::Text { ends, bytes } = &mut lane.values else { return };
            let looks: Vec<Vec<Look<'_>>> = self
                .forms
                .iter()
                .zip(made)
                .map(|(form, made)| form.looks(here, frame, made))
                .collect();
            for place in 0..frame.rows.len() {
                let row = frame.rows.at(place);
                text.clear();
                if !self.write(&looks, draw, row, place, &mut text) {
                    absent.push(from + place);
                    ends.push(bytes.len() as u32);
                    continue;
                }
                if let Some(met) = met {
                    let apart = match met.get((row / 64) as usize) {
                        Some(bits) if row < LOOKED_AT => bits >> (row % 64) & 1 == 1,
                        _ => row >= LOOKED_AT,
                    };
                    if apart {
                        told_apart(&mut text, row);
                    }
                }
                bytes.extend_from_slice(&text);
                ends.push(bytes.len() as u32);
            }
        }
        for place in absent {
            take_away(lane, place);
        }
    }

    /// Writes the text of a row, if it has one.
    fn write(
        &self,
        looks: &[Vec<Look<'_>>],
        draw: Draw,
        row: u64,
        place: usize,
        out: &mut Vec<u8>,
    ) -> bool {
        let form = if self.forms.len() > 1 {
            self.alias.pick(draw.named("form").bits(row)) as usize
        } else {
            0
        };
        let Some(form) = self.forms.get(form).zip(looks.get(form)) else { return false };
        for (part, look) in form.0.parts.iter().zip(form.1) {
            if !part.write(look, row, place, out) {
                return false;
            }
        }
        if let Some(case) = self.case {
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
        let mut seen = HashSet::new();
        let mut frame = here.recipe.frame(here.table);
        let mut text = Vec::new();
        for first in (0..all).step_by(BATCH as usize) {
            frame.turn(Rows::Run { first, len: (all - first).min(BATCH) as usize });
            let made: Vec<Vec<Option<Lane>>> =
                self.forms.iter().map(|form| form.reach(here, &mut frame)).collect();
            let looks: Vec<Vec<Look<'_>>> = self
                .forms
                .iter()
                .zip(made)
                .map(|(form, made)| form.looks(here, &frame, made))
                .collect();
            for place in 0..frame.rows.len() {
                let row = frame.rows.at(place);
                text.clear();
                if self.write(&looks, draw, row, place, &mut text) && !seen.insert(digest(&text)) {
                    met[(row / 64) as usize] |= 1 << (row % 64);
                    told_apart(&mut text, row);
                    seen.insert(digest(&text));
                }
            }
        }
        met
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

/// What a part looks at in the rows in hand.
enum Look<'f> {
    Nothing,
    /// Nothing is seen: the whole text is absent.
    Absent,
    View(View<'f>, &'f Kind, Option<Words>),
    /// Texts, one for each row in hand.
    Made(Lane),
}

impl Form {
    /// Makes the columns that the form names, and gives what its expressions come to as texts.
    fn reach(&self, here: Here<'_>, frame: &mut Frame) -> Vec<Option<Lane>> {
        let made = self.parts.iter().map(|part| match part {
            Part::Value(route, ..) => {
                here.reach(frame, route);
                None
            }
            Part::Formula(worked) => {
                let text = Values::Text { ends: Vec::new(), bytes: Vec::new() };
                let mut lane = Lane::full(text);
                worked.fill(here, frame, &Kind::Text, &mut lane);
                finish(&mut lane);
                Some(lane)
            }
            _ => None,
        });
        made.collect()
    }

    fn looks<'f>(
        &self,
        here: Here<'f>,
        frame: &'f Frame,
        made: Vec<Option<Lane>>,
    ) -> Vec<Look<'f>> {
        let look = |(part, made): (&Part, Option<Lane>)| {
            if let Some(made) = made {
                return Look::Made(made);
            }
            let Part::Value(route, _, shape) = part else { return Look::Nothing };
            let Some(view) = frame.view(&route.links, route.column) else { return Look::Absent };
            // Each word once, not each row.
            let shaped = match (&view.lane.values, shape) {
                (Values::Word { words, .. }, Some(shape)) if words.len() <= frame.rows.len() => {
                    let texts: Vec<String> = (0..words.len())
                        .map(|at| {
                            let mut text = Vec::new();
                            shape::piece(*shape, words.bytes(at), &mut text);
                            String::from_utf8_lossy(&text).into_owned()
                        })
                        .collect();
                    Some(Words::new(texts.iter().map(String::as_str)))
                }
                _ => None,
            };
            Look::View(view, here.kind(route), shaped)
        };
        self.parts.iter().zip(made).map(look).collect()
    }
}

impl Part {
    fn write(&self, look: &Look<'_>, row: u64, place: usize, out: &mut Vec<u8>) -> bool {
        match (self, look) {
            (Self::Literal(text), _) => out.extend_from_slice(text),
            (Self::Word(words, deck, draw), _) => {
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
            (Self::Formula(_), Look::Made(made)) if made.holds(place) => {
                spell(made, &Kind::Text, place, out);
            }
            (Self::Value(..) | Self::Formula(_), _) => return false,
        }
        true
    }
}

/// A whole number, filled up with zeros.
fn number(number: i64, width: usize, out: &mut Vec<u8>) {
    // Writing to a vector does not fail.
    let _ = std::io::Write::write_fmt(out, format_args!("{number:0width$}"));
}

/// The parts as pieces that are copied as a whole, where all of them can be.
fn shorts(parts: &[Part]) -> Option<Vec<Short>> {
    /// The most pieces that a number is spelt out for.
    const MANY: u64 = 1 << 14;
    let mut shorts: Vec<Short> = Vec::new();
    let mut before: Vec<u8> = Vec::new();
    for part in parts {
        let (texts, alias, draw): (Vec<Vec<u8>>, Option<Deck>, Draw) = match part {
            Part::Literal(text) => {
                before.extend_from_slice(text);
                continue;
            }
            Part::Word(words, deck, draw) => {
                let texts = (0..words.len()).map(|at| words.bytes(at).to_vec()).collect();
                let even = deck.places.is_empty() && deck.alias.is_even();
                (texts, (!even).then(|| deck.clone()), *draw)
            }
            Part::Range(min, many, width, draw) if *many <= MANY => {
                let text = |at| {
                    let mut text = Vec::new();
                    number(min.wrapping_add(at as i64), *width, &mut text);
                    text
                };
                ((0..*many).map(text).collect(), None, *draw)
            }
            Part::Pattern(pattern, draw) if pattern.many() <= u128::from(MANY) => {
                let text = |at: u64| {
                    let mut text = Vec::new();
                    pattern.write(at.into(), &mut text);
                    text
                };
                ((0..pattern.many() as u64).map(text).collect(), None, *draw)
            }
            _ => return None,
        };
        let (mut entries, mut lens) = (Vec::with_capacity(texts.len()), Vec::new());
        for text in texts {
            let (text, len) = short(&before, &text)?;
            entries.push(text);
            lens.push(len);
        }
        before.clear();
        shorts.push(Short { texts: entries, lens, alias, draw });
    }
    if !before.is_empty() {
        // What stands last goes behind the last piece.
        let Short { texts, lens, .. } = shorts.last_mut()?;
        for (text, len) in texts.iter_mut().zip(lens) {
            let whole = short(&text[..usize::from(*len)], &before)?;
            (*text, *len) = whole;
        }
    }
    (!shorts.is_empty() && shorts.iter().all(|short| !short.texts.is_empty())).then_some(shorts)
}

fn short(before: &[u8], text: &[u8]) -> Option<([u8; SHORT], u8)> {
    let len = before.len() + text.len();
    if len > SHORT {
        return None;
    }
    let mut whole = [0; SHORT];
    whole[..before.len()].copy_from_slice(before);
    whole[before.len()..len].copy_from_slice(text);
    Some((whole, len as u8))
}

fn fill_short(shorts: &[Short], rows: &Rows, ends: &mut Vec<u32>, bytes: &mut Vec<u8>) {
    let picks: Vec<Vec<u32>> = shorts
        .iter()
        .map(|short| {
            let mut picks = Vec::with_capacity(rows.len());
            let (many, draw) = (short.texts.len() as u64, short.draw);
            match &short.alias {
                None => rows.each(&mut picks, |row| (((draw.bits(row) >> 32) * many) >> 32) as u32),
                Some(deck) => rows.each(&mut picks, |row| {
                    let place = deck.alias.pick(draw.bits(row));
                    deck.places.get(place as usize).copied().unwrap_or(place)
                }),
            }
            picks
        })
        .collect();
    let mut end = bytes.len();
    bytes.resize(end + (rows.len() * shorts.len() + 1) * SHORT, 0);
    match (shorts, picks.as_slice()) {
        // The usual numbers of pieces, with the pieces' loop unrolled.
        ([first], [one]) => write_short([first], [one], &mut end, ends, bytes),
        ([first, second], [one, two]) => {
            write_short([first, second], [one, two], &mut end, ends, bytes);
        }
        ([first, second, third], [one, two, three]) => {
            write_short([first, second, third], [one, two, three], &mut end, ends, bytes);
        }
        _ => {
            for row in 0..rows.len() {
                for (short, picks) in shorts.iter().zip(&picks) {
                    let pick = picks[row] as usize;
                    bytes[end..end + SHORT].copy_from_slice(&short.texts[pick]);
                    end += usize::from(short.lens[pick]);
                }
                ends.push(end as u32);
            }
        }
    }
    bytes.truncate(end);
}

#[inline]
fn write_short<const N: usize>(
    shorts: [&Short; N],
    picks: [&Vec<u32>; N],
    end: &mut usize,
    ends: &mut Vec<u32>,
    bytes: &mut [u8],
) {
    let rows = picks[0].len();
    let picks = picks.map(|picks| &picks[..rows]);
    let texts = shorts.map(|short| short.texts.as_slice());
    let lens = shorts.map(|short| &short.lens[..short.texts.len()]);
    let mut at = *end;
    ends.reserve(rows);
    for row in 0..rows {
        for piece in 0..N {
            let pick = picks[piece][row] as usize;
            bytes[at..at + SHORT].copy_from_slice(&texts[piece][pick]);
            at += usize::from(lens[piece][pick]);
        }
        ends.push(at as u32);
    }
    *end = at;
}
