//! Blocks: the texts of rows beside each other, put together at once.
//!
//! What is picked for the rows of a block is picked first, several rows at a time, piece by piece;
//! then it is copied row by row into a room that stays in the nearest cache.

use std::ops::Range;

use peyote_schemas::value::wide::{Work, widest};

use super::{Count, EIGHT, Pick, Piece};

/// Rows of a block.
const BLOCK: usize = 256;

/// Adds the texts of rows beside each other, and where they end.
pub(super) fn fill<const W: usize>(
    pieces: &[Piece<W>],
    rows: Range<u64>,
    ends: &mut Vec<u32>,
    bytes: &mut Vec<u8>,
) {
    let mut picked: Vec<Picked<'_, W>> = pieces.iter().map(Picked::new).collect();
    let longest: usize = pieces.iter().map(|piece| piece.longest).sum();
    // Pieces are copied beyond what is meant of them.
    let mut room = vec![0; BLOCK * longest + pieces.len().max(2) * W];
    let (mut first, from) = (rows.start, ends.len());
    ends.resize(from + (rows.end - rows.start) as usize, 0);
    for ends in ends[from..].chunks_mut(BLOCK) {
        for picked in &mut picked {
            picked.turn(first, ends.len());
        }
        let base = bytes.len();
        let room = room.as_mut_slice();
        let written = match picked.as_slice() {
            // The usual numbers of pieces, each of its own kind.
            [one] => match one.parts() {
                Parts::Kept(one) => write::<W, _, _>(one.map(|one| (one, ())), base, room, ends),
                Parts::Spelt(one) => write::<W, _, _>(one.map(|one| (one, ())), base, room, ends),
            },
            [one, two] => match (one.parts(), two.parts()) {
                (Parts::Kept(one), Parts::Kept(two)) => {
                    write::<W, _, _>(one.zip(two), base, room, ends)
                }
                (Parts::Kept(one), Parts::Spelt(two)) => {
                    write::<W, _, _>(one.zip(two), base, room, ends)
                }
                (Parts::Spelt(one), Parts::Kept(two)) => {
                    write::<W, _, _>(one.zip(two), base, room, ends)
                }
                (Parts::Spelt(one), Parts::Spelt(two)) => {
                    write::<W, _, _>(one.zip(two), base, room, ends)
                }
            },
            [one, two, three] => write_some(&[one, two, three], base, room, ends),
            all => write_any(all, base, room, ends),
        };
        bytes.extend_from_slice(&room[..written]);
        first += ends.len() as u64;
    }
}

/// What is picked of a piece for the rows of a block.
struct Picked<'p, const W: usize> {
    piece: &'p Piece<W>,
    /// How many rows there are.
    len: usize,
    /// The place of each row's text, or the length of its number.
    places: [u32; BLOCK],
    /// The letters of each row's number.
    letters: [u64; BLOCK],
}

/// What is picked for each row, by where it is.
enum Parts<K, S> {
    /// Among texts.
    Kept(K),
    /// As letters, and how many they are.
    Spelt(S),
}

/// A part of a text that is copied as a whole.
trait Whole: Copy {
    /// Puts it, and gives how much of it is meant.
    fn put(self, room: &mut [u8]) -> usize;
}

impl Whole for () {
    #[allow(clippy::inline_always, reason = "compiled for each set of instructions")]
    #[inline(always)]
    fn put(self, _: &mut [u8]) -> usize {
        0
    }
}

impl<const W: usize> Whole for &[u8; W] {
    #[allow(clippy::inline_always, reason = "compiled for each set of instructions")]
    #[inline(always)]
    fn put(self, room: &mut [u8]) -> usize {
        room[..W].copy_from_slice(self);
        usize::from(self[W - 1]) % W
    }
}

impl Whole for (&u64, &u32) {
    #[allow(clippy::inline_always, reason = "compiled for each set of instructions")]
    #[inline(always)]
    fn put(self, room: &mut [u8]) -> usize {
        room[..EIGHT].copy_from_slice(&self.0.to_le_bytes());
        *self.1 as usize
    }
}

impl<'p, const W: usize> Picked<'p, W> {
    fn new(piece: &'p Piece<W>) -> Self {
        Self { piece, len: 0, places: [0; BLOCK], letters: [0; BLOCK] }
    }

    /// Picks for other rows, no more than a block of them.
    fn turn(&mut self, first: u64, len: usize) {
        let Self { piece, places, letters, .. } = self;
        self.len = len.min(BLOCK);
        let (places, letters) = (&mut places[..self.len], &mut letters[..self.len]);
        match &piece.pick {
            Pick::Alike(picks) => {
                places.fill(0);
                for (draw, many) in picks {
                    let many = *many;
                    draw.run(first, many, places, move |place, next| place * many + next as u32);
                }
            }
            Pick::Weighed(deck, draw) => {
                for (place, row) in places.iter_mut().zip(first..) {
                    *place = deck.pick(draw.bits(row));
                }
            }
            Pick::Count(count, draw) => {
                draw.run(first, count.many, letters, |_, place| place);
                widest(Spelling { count: *count, letters, lengths: places });
            }
        }
    }

    /// What is picked for each row.
    #[inline]
    fn parts(&self) -> Parts<impl Iterator<Item = &[u8; W]>, impl Iterator<Item = (&u64, &u32)>> {
        let texts = self.piece.texts.as_slice();
        let places = &self.places[..self.len];
        if let Pick::Count(..) = self.piece.pick {
            return Parts::Spelt(self.letters[..self.len].iter().zip(places));
        }
        Parts::Kept(places.iter().map(move |place| &texts[*place as usize]))
    }

    /// Puts what is picked for a row, and gives how much of it is meant.
    #[allow(clippy::inline_always, reason = "a few instructions for each row")]
    #[inline(always)]
    fn put(&self, row: usize, room: &mut [u8]) -> usize {
        match self.piece.pick {
            Pick::Count(..) => (&self.letters[row], &self.places[row]).put(room),
            _ => (&self.piece.texts[self.places[row] as usize]).put(room),
        }
    }
}

/// Places of numbers, which become their letters.
struct Spelling<'v> {
    count: Count,
    letters: &'v mut [u64],
    lengths: &'v mut [u32],
}

impl Work for Spelling<'_> {
    type Done = ();

    #[allow(clippy::inline_always, reason = "compiled for each set of instructions")]
    #[inline(always)]
    fn run(self) {
        let Self { count, letters, lengths } = self;
        for (letters, length) in letters.iter_mut().zip(lengths) {
            (*letters, *length) = count.spell(*letters as u32);
        }
    }
}

/// Writes the texts of a block from two parts each, and gives how long they are together.
fn write<const W: usize, A: Whole, B: Whole>(
    parts: impl Iterator<Item = (A, B)>,
    base: usize,
    room: &mut [u8],
    ends: &mut [u32],
) -> usize {
    widest(Writing::<W, _> { parts, base, room, ends })
}

/// Texts of two parts each.
struct Writing<'v, const W: usize, P> {
    parts: P,
    base: usize,
    room: &'v mut [u8],
    ends: &'v mut [u32],
}

impl<const W: usize, A: Whole, B: Whole, P: Iterator<Item = (A, B)>> Work for Writing<'_, W, P> {
    type Done = usize;

    #[allow(clippy::inline_always, reason = "compiled for each set of instructions")]
    #[inline(always)]
    fn run(self) -> usize {
        let Self { parts, base, room, ends } = self;
        let mut at = 0;
        for ((one, two), end) in parts.zip(ends) {
            // One look at the room for both; that the first is not longer than a piece is seen from
            // the remainder.
            let whole = &mut room[at..at + 2 * W];
            let len = one.put(&mut whole[..W]) % W;
            at += len + two.put(&mut whole[len..len + W]);
            *end = (base + at) as u32;
        }
        at
    }
}

/// Writes the texts of a block from some pieces, and gives how long they are together.
#[inline]
fn write_some<const W: usize, const N: usize>(
    picked: &[&Picked<'_, W>; N],
    base: usize,
    room: &mut [u8],
    ends: &mut [u32],
) -> usize {
    let mut at = 0;
    for (row, end) in ends.iter_mut().enumerate() {
        // One look at the room for all pieces of a text.
        let whole = &mut room[at..at + N * W];
        let mut from = 0;
        for picked in picked {
            from += picked.put(row, &mut whole[from..]);
        }
        at += from;
        *end = (base + at) as u32;
    }
    at
}

/// Writes the texts of a block from any number of pieces.
fn write_any<const W: usize>(
    picked: &[Picked<'_, W>],
    base: usize,
    room: &mut [u8],
    ends: &mut [u32],
) -> usize {
    let mut at = 0;
    for (row, end) in ends.iter_mut().enumerate() {
        for picked in picked {
            at += picked.put(row, &mut room[at..]);
        }
        *end = (base + at) as u32;
    }
    at
}
