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
/// Bytes of a part that stays near while it is read, and of the first such part, by which it is told
/// how a text is written.
const NEAR: usize = if cfg!(test) { REACH / 8 } else { 1 << 18 };
const FIRST: usize = if cfg!(test) { USUAL } else { NEAR };
/// Bytes by which it is told that a text is not of single bytes.
const BEGINNING: usize = 4096;

/// Bytes of a piece that another thread reads ahead, and before them room for what is left over.
const PIECE: usize = if cfg!(test) { 1 << 9 } else { 1 << 22 };
const LEAD: usize = if cfg!(test) { 1 << 6 } else { 1 << 14 };

/// Bytes that come one piece after the other.
pub(crate) trait Input {
    /// Puts the next piece behind bytes that are there; 0 at the end.
    fn next(&mut self, held: &mut Held) -> io::Result<usize>;
}

/// Bytes that are there: all of a buffer from a place on.
#[derive(Debug, Default)]
pub(crate) struct Held {
    bytes: Vec<u8>,
    from: usize,
}

impl Held {
    /// The buffer, in which nothing stands before the bytes.
    fn first(&mut self) -> &mut Vec<u8> {
        self.bytes.drain(..std::mem::take(&mut self.from));
        &mut self.bytes
    }
}

impl<R: Read> Input for R {
    fn next(&mut self, held: &mut Held) -> io::Result<usize> {
        // What is appended is not made zero before.
        self.take(CHUNK as u64).read_to_end(held.first())
    }
}

/// Bytes that another thread reads ahead of who asks for them, by a piece or two.
pub(crate) struct Ahead {
    full: Receiver<io::Result<Vec<u8>>>,
    empty: Sender<Vec<u8>>,
}

impl Ahead {
    /// Lets a thread of a scope read.
    pub(crate) fn of<'s, R: Read + Send + 's>(scope: &'s Scope<'s, '_>, mut input: R) -> Self {
        /// Pieces that wait to be asked for.
        const MOST: usize = 1;
        let (put, full) = sync_channel(MOST);
        let (empty, used) = channel::<Vec<u8>>();
        scope.spawn(move || {
            loop {
                let mut piece = used.try_recv().unwrap_or_default();
                piece.clear();
                piece.reserve(LEAD + PIECE);
                piece.resize(LEAD, 0);
                let read = input.by_ref().take(PIECE as u64).read_to_end(&mut piece);
                let ends = !matches!(read, Ok(1..));
                // Where nobody asks any more, nothing more is read.
                if put.send(read.map(|_| piece)).is_err() || ends {
                    return;
                }
            }
        });
        Self { full, empty }
    }
}

impl Input for Ahead {
    fn next(&mut self, held: &mut Held) -> io::Result<usize> {
        // Behind the end nothing comes.
        let Ok(read) = self.full.recv() else { return Ok(0) };
        let mut piece = read?;
        let count = piece.len() - LEAD;
        let over = &held.bytes[held.from..];
        if let Some(from) = LEAD.checked_sub(over.len()) {
            // What is left over is less than what comes.
            piece[from..LEAD].copy_from_slice(over);
            std::mem::swap(&mut piece, &mut held.bytes);
            held.from = from;
        } else {
            held.first().extend_from_slice(&piece[LEAD..]);
        }
        // Who reads may be done.
        let _ = self.empty.send(piece);
        Ok(count)
    }
}

/// The part of a text that is at hand, from the end of a line on if it is not the first.
pub(crate) struct Window<I> {
    input: I,
    /// What was read, and where in it the part begins.
    text: String,
    from: usize,
    /// What stands behind the part and was read: no whole letter, or half of a line end.
    rest: Vec<u8>,
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
        Self::begin(input, USUAL, USUAL)
    }

    /// The same in parts as short as its pieces are, so that each stays near.
    pub(crate) fn near(input: I) -> Result<Self, Fault> {
        Self::begin(input, NEAR, FIRST)
    }

    /// The same of parts of so many bytes for the most part.
    pub(crate) fn short(input: I, usual: usize) -> Result<Self, Fault> {
        Self::begin(input, usual.min(USUAL), usual.min(USUAL))
    }

    fn begin(input: I, usual: usize, first: usize) -> Result<Self, Fault> {
        let (text, rest) = (String::new(), Vec::new());
        let mut window = Self { input, text, from: 0, rest, usual, base: 0, ends: false, size: 0 };
        window.fill(first)?;
        let text = window.text();
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        if is_wide(&text.as_bytes()[..text.len().min(BEGINNING)]) {
            return Err(NOT_UTF8);
        }
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        window.from = window.text.len() - text.len();
        // What the marks took is filled up, so that a part which does not end the text is long.
        window.fill(first)?;
        Ok(window)
    }

    /// The part of the text.
    pub(crate) fn text(&self) -> &str {
        &self.text[self.from..]
    }

    /// The same, of a text of so many bytes, as far as that is known.
    pub(crate) fn sized(self, size: usize) -> Self {
        Self { size, ..self }
    }

    /// How many bytes stand behind the part, as far as that is known.
    pub(crate) fn ahead(&self) -> usize {
        self.size.saturating_sub(self.base + self.text().len())
    }

    /// How many bytes stand before the part, and whether none stand behind it.
    pub(crate) fn place(&self) -> (usize, bool) {
        (self.base, self.ends)
    }

    /// Goes on to the part that begins so many bytes later: a longer one if they are few.
    pub(crate) fn slide(&mut self, by: usize) -> Result<(), Fault> {
        self.from += by;
        self.base += by;
        let length = self.text().len();
        if length >= MOST && !self.ends {
            return Err(Fault::Unfit("a record of it is too long to be read in parts"));
        }
        self.fill(self.usual.max(length * 2).min(MOST + CHUNK))
    }

    /// Takes the lines away that are at hand, and how many bytes stand behind them; nothing at the
    /// end. The text given is one that is no longer needed.
    pub(crate) fn lines(&mut self, mut next: String) -> Result<Option<(String, usize)>, Fault> {
        self.fill(self.usual)?;
        let end = loop {
            match self.text().rfind('\n') {
                _ if self.ends => break self.text().len(),
                Some(end) => break end + 1,
                None => self.slide(0)?,
            }
        };
        next.clear();
        next.push_str(&self.text()[end..]);
        let (from, behind) = (std::mem::take(&mut self.from), self.ahead() + next.len());
        let mut lines = std::mem::replace(&mut self.text, next);
        lines.truncate(from + end);
        lines.drain(..from);
        self.base += end;
        Ok((end > 0).then_some((lines, behind)))
    }

    fn fill(&mut self, size: usize) -> Result<(), Fault> {
        if self.text().len() >= size || self.ends {
            return Ok(());
        }
        let bytes = std::mem::take(&mut self.text).into_bytes();
        let mut held = Held { bytes, from: std::mem::take(&mut self.from) };
        held.bytes.append(&mut self.rest);
        while held.bytes.len() - held.from < size && !self.ends {
            self.ends = self.input.next(&mut held)? == 0;
        }
        let Held { mut bytes, from } = held;
        if !self.ends {
            self.rest = bytes.split_off(bytes.len() - unfinished(&bytes[from..]));
        }
        self.text = String::from_utf8(bytes).map_err(|_| NOT_UTF8)?;
        self.from = from;
        Ok(())
    }
}

/// How many bytes at the end of a text may belong to what comes: no whole letter, or half of a line
/// end.
fn unfinished(bytes: &[u8]) -> usize {
    /// Bytes of a letter at most.
    const LETTER: usize = 4;
    if bytes.last() == Some(&b'\r') {
        return 1;
    }
    let begins = |byte: &u8| byte & 0xC0 != 0x80;
    let Some(back) = bytes.iter().rev().take(LETTER).position(begins) else { return 0 };
    let whole = match bytes[bytes.len() - 1 - back] {
        0xC0..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0.. => 4,
        _ => 1,
    };
    let there = back + 1;
    if there < whole { there } else { 0 }
}

const NOT_UTF8: Fault = Fault::Unfit("it is not UTF-8");
