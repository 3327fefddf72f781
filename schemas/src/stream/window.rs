//! [`Window`]: the part of a text that is at hand.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
use std::thread::Scope;

use super::Fault;
use crate::read::REACH;
use crate::read::is_wide;

/// Bytes of a part for the most part, and at most.
const USUAL: usize = REACH;
const MOST: usize = 8 * REACH;
/// Bytes asked for at once: few enough that they are still near when they are looked at.
const CHUNK: usize = if cfg!(test) { 1 << 9 } else { 1 << 18 };
/// Bytes of a letter at most, less one, and of half of a line end.
const LETTER: usize = 4;
/// Bytes of a buffer: those asked for at once, and before them room for what is left over.
const PIECE: usize = LETTER + CHUNK;
/// Bytes by which it is told that a text is not of single bytes.
const BEGINNING: usize = 4096;

/// Bytes that come one piece after the other.
pub(crate) trait Input {
    /// Puts the next piece into a buffer of [`PIECE`] bytes, from [`LETTER`] on; how long it is: 0 at
    /// the end.
    fn next(&mut self, buffer: &mut Vec<u8>) -> io::Result<usize>;
}

impl<R: Read> Input for R {
    fn next(&mut self, buffer: &mut Vec<u8>) -> io::Result<usize> {
        loop {
            match self.read(&mut buffer[LETTER..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => return read,
            }
        }
    }
}

/// Bytes that another thread reads ahead of who asks for them, by a few pieces.
pub(crate) struct Ahead {
    full: Receiver<io::Result<(Vec<u8>, usize)>>,
    empty: Sender<Vec<u8>>,
}

impl Ahead {
    /// Lets a thread of a scope read.
    pub(crate) fn of<'s, R: Read + Send + 's>(scope: &'s Scope<'s, '_>, mut input: R) -> Self {
        /// Pieces that wait to be asked for.
        const MOST: usize = 8;
        let (put, full) = sync_channel(MOST);
        let (empty, used) = channel::<Vec<u8>>();
        scope.spawn(move || {
            loop {
                let mut buffer = used.try_recv().unwrap_or_else(|_| vec![0; PIECE]);
                let read = input.next(&mut buffer);
                let ends = !matches!(read, Ok(1..));
                // Where nobody asks any more, nothing more is read.
                if put.send(read.map(|count| (buffer, count))).is_err() || ends {
                    return;
                }
            }
        });
        Self { full, empty }
    }
}

impl Input for Ahead {
    fn next(&mut self, buffer: &mut Vec<u8>) -> io::Result<usize> {
        // Behind the end nothing comes.
        let Ok(read) = self.full.recv() else { return Ok(0) };
        let (piece, count) = read?;
        // Who reads may be done.
        let _ = self.empty.send(std::mem::replace(buffer, piece));
        Ok(count)
    }
}

/// The part of a text that is at hand, from the end of a line on if it is not the first.
pub(crate) struct Window<I> {
    input: I,
    text: String,
    /// What was read last. So many bytes before it stand behind the part: they are no whole letters,
    /// or half of a line end.
    piece: Vec<u8>,
    rest: usize,
    /// How many bytes of the text stand before it.
    base: usize,
    ends: bool,
    /// How many bytes the text has; 0 where that is not known.
    size: usize,
    /// How many bytes a part has for the most part.
    usual: usize,
}

impl<I: Input> Window<I> {
    /// The first part of a text, without a mark of its encoding.
    pub(crate) fn open(input: I) -> Result<Self, Fault> {
        Self::short(input, 0, USUAL)
    }

    /// The same, of a text of so many bytes, as far as that is known, of which parts have `usual` for
    /// the most part.
    pub(crate) fn short(input: I, size: usize, usual: usize) -> Result<Self, Fault> {
        let usual = usual.min(USUAL);
        let mut window = Self {
            input,
            text: String::new(),
            piece: Vec::new(),
            rest: 0,
            base: 0,
            ends: false,
            size,
            usual,
        };
        window.fill(usual)?;
        let text = window.text.strip_prefix('\u{FEFF}').unwrap_or(&window.text);
        if is_wide(&text.as_bytes()[..text.len().min(BEGINNING)]) {
            return Err(NOT_UTF8);
        }
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        window.text.drain(..window.text.len() - text.len());
        // What the marks took is filled up, so that a part which does not end the text is long.
        window.fill(usual)?;
        Ok(window)
    }

    /// The part of the text.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The same, of a text of so many bytes, as far as that is known.
    pub(crate) fn sized(input: I, size: usize) -> Result<Self, Fault> {
        Self::short(input, size, USUAL)
    }

    /// How many bytes stand behind the part, as far as that is known.
    pub(crate) fn ahead(&self) -> usize {
        self.size.saturating_sub(self.base + self.text.len())
    }

    /// How many bytes stand before the part, and whether none stand behind it.
    pub(crate) fn place(&self) -> (usize, bool) {
        (self.base, self.ends)
    }

    /// Goes on to the part that begins so many bytes later: a longer one if they are few.
    pub(crate) fn slide(&mut self, by: usize) -> Result<(), Fault> {
        self.text.drain(..by);
        self.base += by;
        let length = self.text.len();
        if length >= MOST && !self.ends {
            return Err(Fault::Unfit("a record of it is too long to be read in parts"));
        }
        self.fill(self.usual.max(length * 2).min(MOST + CHUNK))
    }

    fn fill(&mut self, size: usize) -> Result<(), Fault> {
        self.text.reserve(size.saturating_sub(self.text.len()) + CHUNK);
        self.piece.resize(PIECE, 0);
        while self.text.len() < size && !self.ends {
            let mut rest = [0; LETTER];
            rest[..self.rest].copy_from_slice(&self.piece[..self.rest]);
            let count = self.input.next(&mut self.piece)?;
            let from = LETTER - self.rest;
            self.piece[from..LETTER].copy_from_slice(&rest[..self.rest]);
            self.ends = count == 0;
            let bytes = &self.piece[from..LETTER + count];
            let text = match std::str::from_utf8(bytes) {
                Ok(text) => text,
                Err(error) if error.error_len().is_none() && !self.ends => {
                    std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default()
                }
                Err(_) => return Err(NOT_UTF8),
            };
            // A line end of two bytes is not divided.
            let whole = if self.ends { text } else { text.strip_suffix('\r').unwrap_or(text) };
            self.text.push_str(whole);
            self.rest = bytes.len() - whole.len();
            let end = LETTER + count;
            self.piece.copy_within(end - self.rest..end, 0);
        }
        Ok(())
    }
}

const NOT_UTF8: Fault = Fault::Unfit("it is not UTF-8");
