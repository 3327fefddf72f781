//! Blocks: the texts of rows beside each other, put together at once.
//!
//! What is picked for the rows of a block is picked first, several rows at a time, piece by piece;
//! then it is copied row by row into a room that stays in the nearest cache.

use std::ops::Range;

use peyote_schemas::value::wide::{Work, widest};

use super::{Count, EIGHT, Pick, Piece};
use crate::generate::frame::Rows;

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
    let mut room = vec![0; BLOCK * longest + pieces.len() * W];
    ends.reserve((rows.end - rows.start) as usize);
    let mut first = rows.start;
    while first < rows.end {
        let len = (rows.end - first).min(BLOCK as u64) as usize;
        for picked in &mut picked {
            picked.turn(first, len);
        }
        let base = bytes.len();
        let written = match picked.as_slice() {
            // The usual numbers of pieces, with the pieces' loop unrolled.
            [one] => write(&[one], len, base, &mut room, ends),
            [one, two] => write(&[one, two], len, base, &mut room, ends),
            [one, two, three] => write(&[one, two, three], len, base, &mut room, ends),
            all => write_any(all, len, base, &mut room, ends),
        };
        bytes.extend_from_slice(&room[..written]);
        first += len as u64;
    }
}

/// What is picked of a piece for the rows of a block.
struct Picked<'p, const W: usize> {
    piece: &'p Piece<W>,
    /// The place of each row's text, or the length of its number.
    places: Vec<u32>,
    /// The letters of each row's number.
    letters: Vec<u64>,
}

impl<'p, const W: usize> Picked<'p, W> {
    fn new(piece: &'p Piece<W>) -> Self {
        Self { piece, places: Vec::with_capacity(BLOCK), letters: Vec::with_capacity(BLOCK) }
    }

    /// Picks for other rows.
    fn turn(&mut self, first: u64, len: usize) {
        let Self { piece, places, letters } = self;
        let rows = Rows::Run { first, len };
        places.clear();
        letters.clear();
        match &piece.pick {
            Pick::Alike(picks) => {
                if let Some((draw, many)) = picks.first() {
                    draw.places(&rows, *many, places, |place| place as u32);
                }
                for (draw, many) in picks.iter().skip(1) {
                    letters.clear();
                    draw.places(&rows, *many, letters, |place| place);
                    for (place, next) in places.iter_mut().zip(letters.iter()) {
                        *place = *place * many + *next as u32;
                    }
                }
            }
            Pick::Weighed(deck, draw) => rows.each(places, |row| deck.pick(draw.bits(row))),
            Pick::Count(count, draw) => {
                draw.places(&rows, count.many, letters, |place| place);
                widest(Spelling { count: *count, letters, lengths: places });
            }
        }
    }

    /// Puts what is picked for a row, and gives how much of it is meant.
    #[inline]
    fn put(&self, row: usize, room: &mut [u8]) -> usize {
        if let Pick::Count(..) = self.piece.pick {
            room[..EIGHT].copy_from_slice(&self.letters[row].to_le_bytes());
            return self.places[row] as usize;
        }
        let text = &self.piece.texts[self.places[row] as usize];
        room[..W].copy_from_slice(text);
        usize::from(text[W - 1]) % W
    }
}

/// Places of numbers, which become their letters.
struct Spelling<'v> {
    count: Count,
    letters: &'v mut [u64],
    lengths: &'v mut Vec<u32>,
}

impl Work for Spelling<'_> {
    type Done = ();

    #[allow(clippy::inline_always, reason = "compiled for each set of instructions")]
    #[inline(always)]
    fn run(self) {
        let Self { count, letters, lengths } = self;
        lengths.extend(letters.iter_mut().map(|letters| {
            let (spelt, len) = count.spell(*letters as u32);
            *letters = spelt;
            len
        }));
    }
}

/// Writes the texts of a block, and gives how long they are together.
#[inline]
fn write<const W: usize, const N: usize>(
    picked: &[&Picked<'_, W>; N],
    len: usize,
    base: usize,
    room: &mut [u8],
    ends: &mut Vec<u32>,
) -> usize {
    let mut at = 0;
    ends.extend((0..len).map(|row| {
        // One look at the room for all pieces of a text.
        let whole = &mut room[at..at + N * W];
        let mut from = 0;
        for picked in picked {
            from += picked.put(row, &mut whole[from..]);
        }
        at += from;
        (base + at) as u32
    }));
    at
}

/// Writes the texts of a block from any number of pieces.
fn write_any<const W: usize>(
    picked: &[Picked<'_, W>],
    len: usize,
    base: usize,
    room: &mut [u8],
    ends: &mut Vec<u32>,
) -> usize {
    let mut at = 0;
    ends.extend((0..len).map(|row| {
        for picked in picked {
            at += picked.put(row, &mut room[at..]);
        }
        (base + at) as u32
    }));
    at
}
