//! [`Pieces`]: short texts in rows of one length, which are copied as a whole wherever they end.

use super::{Part, number};
use crate::generate::chance::alias::Alias;
use crate::generate::draw::Draw;
use crate::generate::frame::Rows;
use crate::generate::maker::Deck;
use crate::generate::spell::{ZEROS, eight};

/// The most pieces that a number is spelt out for beforehand.
const MANY: u64 = 1 << 14;
/// The most of them where it can be spelt out as well when it is picked.
const FEW: u64 = 1 << 8;
/// Digits of a number that is spelt out when it is picked.
const EIGHT: usize = 8;
/// The least number of more digits.
const MOST: u64 = 100_000_000;
/// The length of most pieces: one register.
const NARROW: usize = 16;
/// The length of the others: half a line of the cache.
const WIDE: usize = 32;

/// A text of pieces.
#[derive(Debug)]
pub(super) enum Pieces {
    /// All of them short.
    Narrow(Vec<Piece<NARROW>>),
    /// Some of them not so short.
    Wide(Vec<Piece<WIDE>>),
}

/// Short texts that a draw picks from.
#[derive(Debug)]
pub(super) struct Piece<const W: usize> {
    /// Of one length each, so that none lies across two lines of the cache; the last byte says how
    /// many of the others are meant, so that one look tells all.
    texts: Vec<[u8; W]>,
    /// The weights, where they are not alike.
    deck: Option<Deck>,
    draw: Draw,
    /// The length of the longest.
    longest: usize,
    /// What stands for the texts where they are numbers.
    count: Option<Count>,
}

/// Numbers that are spelt out when they are picked: a list of thousands would not stay in the near
/// caches.
#[derive(Debug, Clone, Copy)]
struct Count {
    least: u64,
    many: u64,
    /// Digits of the shortest.
    width: usize,
}

impl Pieces {
    /// The parts as pieces, where all of them can be.
    pub(super) fn new(parts: &[Part]) -> Option<Self> {
        pieces(parts).map(Self::Narrow).or_else(|| pieces(parts).map(Self::Wide))
    }

    /// How long a text can be.
    fn longest(&self) -> usize {
        match self {
            Self::Narrow(pieces) => pieces.iter().map(|piece| piece.longest).sum(),
            Self::Wide(pieces) => pieces.iter().map(|piece| piece.longest).sum(),
        }
    }

    /// Adds the texts of rows, and where they end.
    pub(super) fn fill(&self, rows: &Rows, ends: &mut Vec<u32>, bytes: &mut Vec<u8>) {
        match self {
            Self::Narrow(pieces) => fill(pieces, rows, ends, bytes),
            Self::Wide(pieces) => fill(pieces, rows, ends, bytes),
        }
    }
}

/// Adds a text of one of several forms for each row, by the place of its form; of every word and
/// number the one that is picked where forms are written part by part.
pub(super) fn fill_any(
    forms: &[&Pieces],
    form: impl Fn(u64) -> usize,
    rows: &Rows,
    ends: &mut Vec<u32>,
    bytes: &mut Vec<u8>,
) {
    let longest = forms.iter().map(|form| form.longest()).max().unwrap_or(0);
    let mut at = bytes.len();
    bytes.resize(at + rows.len() * longest + WIDE, 0);
    let room = bytes.as_mut_slice();
    rows.each(ends, |row| {
        match forms[form(row)] {
            Pieces::Narrow(pieces) => {
                for piece in pieces {
                    at += piece.put_whole(row, &mut room[at..]);
                }
            }
            Pieces::Wide(pieces) => {
                for piece in pieces {
                    at += piece.put_whole(row, &mut room[at..]);
                }
            }
        }
        at as u32
    });
    bytes.truncate(at);
}

impl<const W: usize> Piece<W> {
    fn new(
        texts: impl Iterator<Item = Vec<u8>>,
        deck: Option<Deck>,
        draw: Draw,
        before: &[u8],
    ) -> Option<Self> {
        let mut piece = Self { texts: Vec::new(), deck, draw, longest: 0, count: None };
        for text in texts {
            piece.texts.push(row([before, &text])?);
            piece.longest = piece.longest.max(before.len() + text.len());
        }
        (!piece.texts.is_empty()).then_some(piece)
    }

    /// Puts a text behind all of them, if it has room there.
    fn close(&mut self, text: &[u8]) -> Option<()> {
        if self.count.is_some() || self.longest + text.len() >= W {
            return None;
        }
        for whole in &mut self.texts {
            *whole = row([&whole[..usize::from(whole[W - 1])], text])?;
        }
        self.longest += text.len();
        Some(())
    }

    /// Puts the text that all 64 bits of a draw pick, and gives how long it is.
    #[inline]
    fn put_whole(&self, row: u64, room: &mut [u8]) -> usize {
        let bits = self.draw.bits(row);
        let place = match &self.deck {
            None => Alias::even(bits, self.many()),
            Some(deck) => deck.pick(bits) as usize,
        };
        put(&self.texts, self.count.as_ref(), place, room)
    }

    /// Puts the text that half of a draw picks, and gives how long it is.
    #[inline]
    fn put(&self, row: u64, room: &mut [u8]) -> usize {
        let bits = self.draw.bits(row);
        let place = match &self.deck {
            None => half(bits, self.many()),
            Some(deck) => deck.pick(bits) as usize,
        };
        put(&self.texts, self.count.as_ref(), place, room)
    }

    /// How many texts there are.
    #[inline]
    fn many(&self) -> usize {
        self.count.map_or(self.texts.len(), |count| count.many as usize)
    }
}

impl Count {
    /// Numbers, where they are more than a few and not too long.
    fn new(least: i64, many: u64, width: usize) -> Option<Self> {
        let least = u64::try_from(least).ok()?;
        let last = least.checked_add(many)?;
        let fit = many > FEW && last <= MOST && width <= EIGHT;
        fit.then_some(Self { least, many, width: width.max(1) })
    }

    /// The letters of a number, the first one in the lowest byte, and how many they are.
    #[inline]
    fn spell(self, place: usize) -> (u64, u8) {
        let letters = eight(self.least + place as u64);
        let zeros = ((letters ^ ZEROS).trailing_zeros() as usize / 8).min(EIGHT - self.width);
        (letters >> (8 * (zeros % EIGHT)), (EIGHT - zeros) as u8)
    }
}

/// The place that the upper half of 64 even bits picks among so many alike.
#[inline]
fn half(bits: u64, many: usize) -> usize {
    (((bits >> 32) * many as u64) >> 32) as usize
}

/// Copies all of a text, or spells it out, and gives how much of it is meant.
#[inline]
fn put<const W: usize>(
    texts: &[[u8; W]],
    count: Option<&Count>,
    place: usize,
    room: &mut [u8],
) -> usize {
    if let Some(count) = count {
        let (letters, len) = count.spell(place);
        room[..EIGHT].copy_from_slice(&letters.to_le_bytes());
        return len.into();
    }
    room[..W].copy_from_slice(&texts[place]);
    usize::from(texts[place][W - 1]) % W
}

/// Texts one behind the other, filled up; none where they are too long.
fn row<const W: usize>(texts: [&[u8]; 2]) -> Option<[u8; W]> {
    let [first, second] = texts;
    let len = first.len() + second.len();
    let mut whole = [0; W];
    whole[W - 1] = u8::try_from(len).ok().filter(|_| len < W)?;
    whole[..first.len()].copy_from_slice(first);
    whole[first.len()..len].copy_from_slice(second);
    Some(whole)
}

fn pieces<const W: usize>(parts: &[Part]) -> Option<Vec<Piece<W>>> {
    let mut pieces: Vec<Piece<W>> = Vec::new();
    let mut before: Vec<u8> = Vec::new();
    for part in parts {
        let new = |before: &[u8]| match part {
            Part::Word(words, deck, draw) => {
                let texts = (0..words.len()).map(|at| words.bytes(at).to_vec());
                let even = deck.places.is_empty() && deck.alias.is_even();
                Piece::new(texts, (!even).then(|| deck.clone()), *draw, before)
            }
            Part::Range(min, many, width, draw)
                if let Some(count) = Count::new(*min, *many, *width) =>
            {
                let (texts, deck) = (Vec::new(), None);
                let piece = Piece { texts, deck, draw: *draw, longest: EIGHT, count: Some(count) };
                before.is_empty().then_some(piece)
            }
            Part::Range(min, many, width, draw) if *many <= MANY => {
                let text = |at| {
                    let mut text = Vec::new();
                    number(min.wrapping_add(at as i64), *width, &mut text);
                    text
                };
                Piece::new((0..*many).map(text), None, *draw, before)
            }
            Part::Pattern(pattern, draw) if pattern.many() <= u128::from(MANY) => {
                let text = |at: u64| {
                    let mut text = Vec::new();
                    pattern.write(at.into(), &mut text);
                    text
                };
                Piece::new((0..pattern.many() as u64).map(text), None, *draw, before)
            }
            _ => None,
        };
        if let Part::Literal(text) = part {
            before.extend_from_slice(text);
            continue;
        }
        // What stands before goes along with the piece, or else is one of its own.
        let piece = if let Some(piece) = new(&before) {
            piece
        } else {
            let piece = new(&[])?;
            if pieces.last_mut().is_none_or(|last| last.close(&before).is_none()) {
                pieces.extend(literal(&before));
            }
            piece
        };
        pieces.push(piece);
        before.clear();
    }
    // What stands last goes behind the last piece.
    if !before.is_empty() && pieces.last_mut()?.close(&before).is_none() {
        pieces.extend(literal(&before));
    }
    (!pieces.is_empty()).then_some(pieces)
}

/// A text that is always the same, in as many pieces as it takes.
fn literal<const W: usize>(text: &[u8]) -> impl Iterator<Item = Piece<W>> {
    let draw = Draw::new(0, "", "");
    text.chunks(W - 1)
        .filter_map(move |chunk| Piece::new(std::iter::once(chunk.to_vec()), None, draw, &[]))
}

fn fill<const W: usize>(
    pieces: &[Piece<W>],
    rows: &Rows,
    ends: &mut Vec<u32>,
    bytes: &mut Vec<u8>,
) {
    match pieces {
        // The usual numbers of pieces, with the pieces' loop unrolled.
        [one] => write([one], rows, ends, bytes),
        [one, two] => write([one, two], rows, ends, bytes),
        [one, two, three] => write([one, two, three], rows, ends, bytes),
        [one, two, three, four] => write([one, two, three, four], rows, ends, bytes),
        _ => {
            let mut at = room(pieces, rows.len(), bytes);
            rows.each(ends, |row| {
                for piece in pieces {
                    at += piece.put(row, &mut bytes[at..]);
                }
                at as u32
            });
            bytes.truncate(at);
        }
    }
}

#[inline]
fn write<const W: usize, const N: usize>(
    pieces: [&Piece<W>; N],
    rows: &Rows,
    ends: &mut Vec<u32>,
    bytes: &mut Vec<u8>,
) {
    let mut at = room(pieces, rows.len(), bytes);
    let room = bytes.as_mut_slice();
    match rows {
        // Without weights, what the loop looks at stays in registers.
        Rows::Run { first, len } if pieces.iter().all(|piece| piece.deck.is_none()) => {
            let texts = pieces.map(|piece| piece.texts.as_slice());
            let draws = pieces.map(|piece| (piece.draw, piece.many(), piece.count));
            ends.extend((*first..*first + *len as u64).map(|row| {
                // One look at the room for all pieces of a text.
                let whole = &mut room[at..at + N * W];
                let mut from = 0;
                for (texts, (draw, many, count)) in texts.iter().zip(&draws) {
                    let place = half(draw.bits(row), *many);
                    from += put(texts, count.as_ref(), place, &mut whole[from..]);
                }
                at += from;
                at as u32
            }));
        }
        _ => rows.each(ends, |row| {
            for piece in pieces {
                at += piece.put(row, &mut room[at..]);
            }
            at as u32
        }),
    }
    bytes.truncate(at);
}

/// Makes room for so many texts of pieces, and gives where it begins.
fn room<'p, const W: usize>(
    pieces: impl IntoIterator<Item = &'p Piece<W>>,
    rows: usize,
    bytes: &mut Vec<u8>,
) -> usize {
    let start = bytes.len();
    let (mut longest, mut pieces_in_all) = (0, 0);
    for piece in pieces {
        longest += piece.longest;
        pieces_in_all += 1;
    }
    // Pieces are copied beyond what is meant of them.
    bytes.resize(start + rows * longest + pieces_in_all * W, 0);
    start
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lane::Words;

    fn texts(parts: &[Part], rows: &Rows) -> Vec<String> {
        let (mut ends, mut bytes) = (vec![], vec![]);
        Pieces::new(parts).unwrap().fill(rows, &mut ends, &mut bytes);
        let starts = std::iter::once(0).chain(ends.clone());
        let text = |(start, end): (u32, u32)| &bytes[start as usize..end as usize];
        let texts = starts.zip(ends.iter().copied()).map(text);
        texts.map(|text| String::from_utf8(text.to_vec()).unwrap()).collect()
    }

    fn word(words: &[&str], weights: &[f64]) -> Part {
        let deck = Deck { places: Vec::new(), alias: Alias::new(weights) };
        Part::Word(Words::new(words.iter().copied()), deck, Draw::new(1, "t", "word"))
    }

    #[test]
    fn literals_of_any_length_stand_between_pieces() {
        let long = "a literal that is longer than any piece may be; ";
        let parts = [
            Part::Literal(long.into()),
            word(&["one"], &[1.0]),
            Part::Literal(b" and ".into()),
            Part::Range(-7, 1, 4, Draw::new(1, "t", "range")),
            Part::Literal(long.into()),
        ];
        let expected = format!("{long}one and -007{long}");
        assert_eq!(texts(&parts, &Rows::Run { first: 3, len: 2 }), [expected.clone(), expected]);
    }

    #[test]
    fn pieces_are_those_that_the_draws_pick() {
        for weights in [&[1.0, 1.0, 1.0], &[1.0, 5.0, 0.5]] {
            for long in ["short", "longer than a narrow piece is"] {
                let words = ["x", "", long];
                let parts = [word(&words, weights), Part::Literal(b"!".into())];
                let rows = Rows::List((0..200).map(|row| row * 7).collect());
                let Part::Word(_, deck, draw) = &parts[0] else { unreachable!() };
                let pick = |row| words[deck.pick(draw.bits(row)) as usize];
                let expected: Vec<_> = (0..200).map(|row| format!("{}!", pick(row * 7))).collect();
                assert_eq!(texts(&parts, &rows), expected);
            }
        }
    }

    #[test]
    fn texts_too_long_or_none_are_no_pieces() {
        let long = "x".repeat(WIDE);
        assert!(Pieces::new(&[word(&[&long], &[1.0])]).is_none());
        assert!(Pieces::new(&[Part::Literal(b"only".into())]).is_none());
        assert!(Pieces::new(&[word(&[], &[])]).is_none());
    }

    #[test]
    fn numbers_are_spelt_out_as_those_that_are_kept() {
        let draw = Draw::new(1, "t", "range");
        for (least, many, width) in [(1, 10_000, 0), (0, 257, 4), (99_990_000, 10_000, 8)] {
            for before in ["", "no. ", "a text before"] {
                let parts = [Part::Literal(before.into()), Part::Range(least, many, width, draw)];
                let rows = 7..407;
                let spelt = |row| {
                    let mut text = before.as_bytes().to_vec();
                    number(least + draw.below(row, many) as i64, width, &mut text);
                    String::from_utf8(text).unwrap()
                };
                let expected: Vec<_> = rows.clone().map(spelt).collect();
                assert_eq!(texts(&parts, &Rows::Run { first: 7, len: 400 }), expected);
            }
        }
        assert!(Count::new(-1, 1000, 0).is_none() && Count::new(0, 1000, 9).is_none());
    }
}
