//! [`Window`]: the part of a text that is at hand.

use std::io::{self, Read};

use super::Fault;
use crate::read::REACH;
use crate::read::is_wide;

/// Bytes of a part for the most part, and at most.
const USUAL: usize = REACH;
const MOST: usize = 8 * REACH;
/// Bytes asked for at once.
const CHUNK: usize = if cfg!(test) { 1 << 9 } else { 1 << 20 };
/// Bytes by which it is told that a text is not of single bytes.
const BEGINNING: usize = 4096;

/// The part of a text that is at hand, from the end of a line on if it is not the first.
pub(crate) struct Window<R> {
    input: R,
    text: String,
    /// Bytes behind it that are no whole letters, or half of a line end.
    rest: Vec<u8>,
    /// How many bytes of the text stand before it.
    base: usize,
    ends: bool,
}

impl<R: Read> Window<R> {
    /// The first part of a text, without a mark of its encoding.
    pub(crate) fn open(input: R) -> Result<Self, Fault> {
        let mut window =
            Self { input, text: String::new(), rest: Vec::new(), base: 0, ends: false };
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
        while self.text.len() < size && !self.ends {
            let mut bytes = std::mem::take(&mut self.rest);
            let from = bytes.len();
            bytes.resize(from + CHUNK, 0);
            let count = loop {
                match self.input.read(&mut bytes[from..]) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    read => break read?,
                }
            };
            bytes.truncate(from + count);
            self.ends = count == 0;
            let valid = match std::str::from_utf8(&bytes) {
                Ok(text) => text.len(),
                Err(error) if error.error_len().is_none() && !self.ends => error.valid_up_to(),
                Err(_) => return Err(NOT_UTF8),
            };
            // A line end of two bytes is not divided.
            let half = !self.ends && bytes[..valid].last() == Some(&b'\r');
            self.rest = bytes.split_off(valid - usize::from(half));
            self.text.push_str(std::str::from_utf8(&bytes).unwrap_or_default());
        }
        Ok(())
    }
}

const NOT_UTF8: Fault = Fault::Unfit("it is not UTF-8");
