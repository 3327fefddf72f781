//! [`Pieces`]: short texts in rows of one length, which are copied as a whole wherever they end.

use super::{Part, number};
use crate::generate::chance::alias::Alias;
use crate::generate::draw::Draw;
use crate::generate::frame::Rows;
use crate::generate::maker::Deck;
use crate::generate::spell::eight;

mod block;

/// The most pieces that a number is spelt out for beforehand.
const MANY: u64 = 1 << 14;
/// The most of them where it can be spelt out as well when it is picked.
const FEW: u64 = 1 << 8;
/// Digits of a number that is spelt out when it is picked.
const EIGHT: usize = 8;
/// The least number of more digits.
const MOST: u64 = 100_000_000;
/// The least numbers of two digits and more, to eight.
const FILLED: [u32; EIGHT - 1] = {
    let mut all = [10; EIGHT - 1];
    let mut at = 1;
    while at < all.len() {
        all[at] = all[at - 1] * 10;
        at += 1;
    }
    all
};
/// The most bytes of pieces joined to one: they stay in the nearest cache with what is made of them.
const NEAR: usize = 16 << 10;
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

/// Short texts that draws pick from.
#[derive(Debug)]
pub(super) struct Piece<const W: usize> {
    /// Of one length each, so that none lies across two lines of the cache; the last byte says how
    /// many of the others are meant, so that one look tells all.
    pub(super) texts: Vec<[u8; W]>,
    pub(super) pick: Pick,
    /// The length of the longest.
    pub(super) longest: usize,
}

/// How one of the texts is picked.
#[derive(Debug)]
pub(super) enum Pick {
    /// By places among so many alike, the last of which moves on from text to text.
    Alike(Vec<(Draw, u32)>),
    /// By weights.
    Weighed(Deck, Draw),
    /// As a number, for which there are no texts.
    Count(Count, Draw),
}

/// Numbers that are spelt out when they are picked: a list of thousands would not stay in the near
/// caches.
#[derive(Debug, Clone, Copy)]
pub(super) struct Count {
    pub(super) least: u32,
    pub(super) many: u32,
    /// Digits of the shortest.
    width: u32,
}

impl Pieces {
    /// The parts as pieces, where all of them can be.
    pub(super) fn new(parts: &[Part]) -> Option<Self> {
        let (narrow, wide) = (pieces::<NARROW>(parts), pieces::<WIDE>(parts));
        match (narrow, wide) {
            // One copy of many bytes costs less than two of few.
            (Some(narrow), Some(wide)) if wide.len() < narrow.len() => Some(Self::Wide(wide)),
            (Some(narrow), _) => Some(Self::Narrow(narrow)),
            (None, wide) => wide.map(Self::Wide),
        }
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
    // Pieces are copied beyond what is meant of them.
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
    fn new(texts: impl Iterator<Item = Vec<u8>>, pick: Pick, before: &[u8]) -> Option<Self> {
        let mut piece = Self { texts: Vec::new(), pick, longest: 0 };
        for text in texts {
            piece.texts.push(row([before, &text])?);
            piece.longest = piece.longest.max(before.len() + text.len());
        }
        (!piece.texts.is_empty()).then_some(piece)
    }

    /// Texts of which a draw picks each alike.
    fn alike(texts: impl Iterator<Item = Vec<u8>>, draw: Draw, before: &[u8]) -> Option<Self> {
        let mut piece = Self::new(texts, Pick::Alike(Vec::new()), before)?;
        let many = u32::try_from(piece.texts.len()).ok()?;
        piece.pick = Pick::Alike(vec![(draw, many)]);
        Some(piece)
    }

    /// Puts a text behind all of them, if it has room there.
    fn close(&mut self, text: &[u8]) -> Option<()> {
        if self.texts.is_empty() || self.longest + text.len() >= W {
            return None;
        }
        for whole in &mut self.texts {
            *whole = row([meant(whole), text])?;
        }
        self.longest += text.len();
        Some(())
    }

    /// Puts every text of another piece behind each of these, if they stay short and few.
    fn join(&mut self, next: &Self) -> Option<()> {
        let few = self.texts.len().saturating_mul(next.texts.len()) * W <= NEAR;
        let (Pick::Alike(picks), Pick::Alike(others)) = (&mut self.pick, &next.pick) else {
            return None;
        };
        if !few || self.longest + next.longest >= W {
            return None;
        }
        let pairs = self.texts.iter().flat_map(|one| next.texts.iter().map(move |two| [one, two]));
        self.texts = pairs.map(|pair| row(pair.map(meant))).collect::<Option<_>>()?;
        self.longest += next.longest;
        picks.extend(others.iter().filter(|(_, many)| *many > 1));
        Some(())
    }

    /// Puts the text that all 64 bits of a draw pick, and gives how long it is.
    #[inline]
    fn put_whole(&self, row: u64, room: &mut [u8]) -> usize {
        self.put(row, room, |draw, many| Alias::even(draw.bits(row), many as usize))
    }

    /// Puts the text that half of a draw picks, and gives how long it is.
    #[inline]
    fn put_half(&self, row: u64, room: &mut [u8]) -> usize {
        self.put(row, room, |draw, many| draw.place(row, many) as usize)
    }

    /// Copies all of the text of a row, or spells it out, and gives how much of it is meant.
    #[inline]
    fn put(&self, row: u64, room: &mut [u8], alike: impl Fn(Draw, u32) -> usize) -> usize {
        let place = match &self.pick {
            Pick::Alike(picks) => {
                picks.iter().fold(0, |at, (draw, many)| at * *many as usize + alike(*draw, *many))
            }
            Pick::Weighed(deck, draw) => deck.pick(draw.bits(row)) as usize,
            Pick::Count(count, draw) => {
                let (letters, len) = count.spell(alike(*draw, count.many) as u32);
                room[..EIGHT].copy_from_slice(&letters.to_le_bytes());
                return len as usize;
            }
        };
        room[..W].copy_from_slice(&self.texts[place]);
        usize::from(self.texts[place][W - 1]) % W
    }
}

impl Count {
    /// Numbers, where they are more than a few and not too long.
    fn new(least: i64, many: u64, width: usize) -> Option<Self> {
        let least = u64::try_from(least).ok()?;
        let last = least.checked_add(many)?;
        let fit = many > FEW && last <= MOST && width <= EIGHT;
        let [least, many, width] = [least as u32, many as u32, width.max(1) as u32];
        fit.then_some(Self { least, many, width })
    }

    /// The letters of the number at a place, the first one in the lowest byte, and how many they are.
    #[allow(clippy::inline_always, reason = "compiled for each set of instructions")]
    #[inline(always)]
    pub(super) fn spell(self, place: u32) -> (u64, u32) {
        let number = self.least + place;
        // Comparisons are made of many numbers at once.
        let zeros: u32 = FILLED.iter().map(|least| u32::from(number < *least)).sum();
        let zeros = zeros.min(EIGHT as u32 - self.width);
        (eight(number) >> (8 * zeros), EIGHT as u32 - zeros)
    }
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

/// What is meant of a text that is filled up.
fn meant<const W: usize>(text: &[u8; W]) -> &[u8] {
    &text[..usize::from(text[W - 1]) % W]
}

fn pieces<const W: usize>(parts: &[Part]) -> Option<Vec<Piece<W>>> {
    let mut pieces: Vec<Piece<W>> = Vec::new();
    let mut before: Vec<u8> = Vec::new();
    for part in parts {
        let new = |before: &[u8]| match part {
            Part::Word(words, deck, draw) => {
                let texts = (0..words.len()).map(|at| words.bytes(at).to_vec());
                if deck.places.is_empty() && deck.alias.is_even() {
                    Piece::alike(texts, *draw, before)
                } else {
                    Piece::new(texts, Pick::Weighed(deck.clone(), *draw), before)
                }
            }
            Part::Range(min, many, width, draw)
                if let Some(count) = Count::new(*min, *many, *width) =>
            {
                let pick = Pick::Count(count, *draw);
                let piece = Piece { texts: Vec::new(), pick, longest: EIGHT };
                before.is_empty().then_some(piece)
            }
            Part::Range(min, many, width, draw) if *many <= MANY => {
                let text = |at| {
                    let mut text = Vec::new();
                    number(min.wrapping_add(at as i64), *width, &mut text);
                    text
                };
                Piece::alike((0..*many).map(text), *draw, before)
            }
            Part::Pattern(pattern, draw) if pattern.many() <= u128::from(MANY) => {
                let text = |at: u64| {
                    let mut text = Vec::new();
                    pattern.write(at.into(), &mut text);
                    text
                };
                Piece::alike((0..pattern.many() as u64).map(text), *draw, before)
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
    let mut joined: Vec<Piece<W>> = Vec::new();
    for piece in pieces {
        if joined.last_mut().and_then(|last| last.join(&piece)).is_none() {
            joined.push(piece);
        }
    }
    (!joined.is_empty()).then_some(joined)
}

/// A text that is always the same, in as many pieces as it takes.
fn literal<const W: usize>(text: &[u8]) -> impl Iterator<Item = Piece<W>> {
    let draw = Draw::new(0, "", "");
    text.chunks(W - 1)
        .filter_map(move |chunk| Piece::alike(std::iter::once(chunk.to_vec()), draw, &[]))
}

fn fill<const W: usize>(
    pieces: &[Piece<W>],
    rows: &Rows,
    ends: &mut Vec<u32>,
    bytes: &mut Vec<u8>,
) {
    if let Rows::Run { first, len } = rows {
        block::fill(pieces, *first..*first + *len as u64, ends, bytes);
        return;
    }
    let longest: usize = pieces.iter().map(|piece| piece.longest).sum();
    let mut at = bytes.len();
    bytes.resize(at + rows.len() * longest + W, 0);
    let room = bytes.as_mut_slice();
    rows.each(ends, |row| {
        for piece in pieces {
            at += piece.put_half(row, &mut room[at..]);
        }
        at as u32
    });
    bytes.truncate(at);
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
    fn words_beside_each_other_are_picked_each_by_its_own_draws() {
        let named = |name: &str, words: &[&str], weights: &[f64]| {
            let Part::Word(words, deck, _) = word(words, weights) else { unreachable!() };
            Part::Word(words, deck, Draw::new(1, "t", name))
        };
        let count = Part::Range(1, 10_000, 0, Draw::new(1, "t", "count"));
        let mut parts = vec![
            named("first", &["x", "", "two"], &[1.0; 3]),
            Part::Literal(b" ".into()),
            named("second", &["a longer word", "b"], &[1.0; 2]),
            Part::Literal(b" #".into()),
            count,
        ];
        for more in 0..3 {
            let rows: Vec<u64> = (5..605).collect();
            let run = Rows::Run { first: 5, len: 600 };
            let pick = |part: &Part, row: u64| match part {
                Part::Literal(text) => String::from_utf8(text.clone()).unwrap(),
                Part::Word(words, deck, draw) => {
                    let at = deck.pick(draw.bits(row)) as usize;
                    String::from_utf8(words.bytes(at).to_vec()).unwrap()
                }
                Part::Range(least, many, width, draw) => {
                    format!("{:0width$}", least + draw.below(row, *many) as i64)
                }
                _ => unreachable!(),
            };
            let text = |row: &u64| parts.iter().map(|part| pick(part, *row)).collect::<String>();
            let expected: Vec<String> = rows.iter().map(text).collect();
            assert_eq!(texts(&parts, &run), expected);
            assert_eq!(texts(&parts, &Rows::List(rows)), expected);
            // Weights, and numbers twice, end what can be joined.
            parts.push(named(&format!("more {more}"), &["c", "dd", "e"], &[1.0, 2.0, 3.0]));
            parts.push(Part::Range(7, 1000, 5, Draw::new(1, "t", "again")));
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
