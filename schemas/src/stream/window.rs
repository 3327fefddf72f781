//! [`Window`]: the part of a text that is at hand.

use std::io::{self, Read};

use super::Fault;
use crate::read::REACH;
use crate::read::is_wide;

/// Bytes of a part for the most part, and at most.
const USUAL: usize = REACH;
const MOST: usize = 8 * REACH;
/// Bytes asked for at once: few enough that they are still near when they are looked at.
const CHUNK: usize = if cfg!(test) { 1 << 9 } else { 1 << 18 };
/// Bytes of which less than a letter and half of a line end are left over.
const LETTER: usize = 4;
/// Bytes by which it is told that a text is not of single bytes.
const BEGINNING: usize = 4096;

/// The part of a text that is at hand, from the end of a line on if it is not the first.
pub(crate) struct Window<R> {
    input: R,
    text: String,
    /// What was read last. So many bytes at its beginning stand behind the part: they are no whole
    /// letters, or half of a line end.
    chunk: Vec<u8>,
    rest: usize,
    /// How many bytes of the text stand before it.
    base: usize,
    ends: bool,
    /// How many bytes the text has; 0 where that is not known.
    size: usize,
}

impl<R: Read> Window<R> {
    /// The first part of a text, without a mark of its encoding.
    pub(crate) fn open(input: R) -> Result<Self, Fault> {
        let mut window = Self {
            input,
            text: String::new(),
            chunk: Vec::new(),
            rest: 0,
            base: 0,
            ends: false,
            size: 0,
        };
        window.fill(USUAL)?;
        let text = window.text.strip_prefix('\u{FEFF}').unwrap_or(&window.text);
        if is_wide(&text.as_bytes()[..text.len().min(BEGINNING)]) {
            return Err(NOT_UTF8);
        }
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        window.text.drain(..window.text.len() - text.len());
        // What the marks took is filled up, so that a part which does not end the text is long.
        window.fill(USUAL)?;
        Ok(window)
    }

    /// The part of the text.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The same, of a text of so many bytes, as far as that is known.
    pub(crate) fn sized(input: R, size: usize) -> Result<Self, Fault> {
        Ok(Self { size, ..Self::open(input)? })
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
        self.fill(USUAL.max(length * 2).min(MOST + CHUNK))
    }

    fn fill(&mut self, size: usize) -> Result<(), Fault> {
        self.text.reserve(size.saturating_sub(self.text.len()) + CHUNK);
        self.chunk.resize(CHUNK + LETTER, 0);
        while self.text.len() < size && !self.ends {
            let count = loop {
                match self.input.read(&mut self.chunk[self.rest..self.rest + CHUNK]) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    read => break read?,
                }
            };
            self.ends = count == 0;
            let bytes = &self.chunk[..self.rest + count];
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
            let (from, to) = (whole.len(), bytes.len());
            self.chunk.copy_within(from..to, 0);
            self.rest = to - from;
        }
        Ok(())
    }
}

const NOT_UTF8: Fault = Fault::Unfit("it is not UTF-8");
