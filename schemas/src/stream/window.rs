//! [`Window`]: the part of a text that is at hand.

use std::io::Read;

use super::Fault;
use crate::read::REACH;
use crate::read::{END, is_wide};

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

/// Some of a text that was taken out of a window.
pub(crate) struct Taken {
    pub(crate) text: String,
    /// How many bytes stand before it, and whether none stand behind it.
    pub(crate) place: (usize, bool),
    /// How many bytes stand behind it, as far as that is known.
    pub(crate) behind: usize,
}

/// The part of a text that is at hand, from the end of a line on if it is not the first.
pub(crate) struct Window<R> {
    input: R,
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

impl<R: Read> Window<R> {
    /// The first part of a text, without a mark of its encoding.
    pub(crate) fn open(input: R) -> Result<Self, Fault> {
        Self::begin(input, USUAL, USUAL)
    }

    /// The same in parts as short as its pieces are, so that each stays near.
    pub(crate) fn near(input: R) -> Result<Self, Fault> {
        Self::begin(input, NEAR, FIRST)
    }

    /// The same of parts of so many bytes for the most part.
    pub(crate) fn short(input: R, usual: usize) -> Result<Self, Fault> {
        Self::begin(input, usual.min(USUAL), usual.min(USUAL))
    }

    fn begin(input: R, usual: usize, first: usize) -> Result<Self, Fault> {
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
    pub(crate) fn lines(&mut self, used: String) -> Result<Option<(String, usize)>, Fault> {
        self.fill(self.usual)?;
        while !self.ends && !self.text().contains('\n') {
            self.slide(0)?;
        }
        let Taken { text, behind, .. } = self.piece(used)?;
        Ok((!text.is_empty()).then_some((text, behind)))
    }

    /// Takes the lines away that are at hand, or all that is, where it holds no whole line or none
    /// comes behind it.
    pub(crate) fn piece(&mut self, mut used: String) -> Result<Taken, Fault> {
        self.fill(self.usual)?;
        let line = if self.ends { None } else { self.text().rfind('\n') };
        let end = line.map_or(self.text().len(), |end| end + 1);
        used.clear();
        used.push_str(&self.text()[end..]);
        let (base, ends) = self.place();
        let behind = self.ahead() + used.len();
        let mut text = std::mem::replace(&mut self.text, used);
        text.truncate(self.from + end);
        text.drain(..std::mem::take(&mut self.from));
        self.base += end;
        Ok(Taken { text, place: (base, ends), behind })
    }

    /// Puts what was taken before the part.
    pub(crate) fn put_back(&mut self, mut taken: String) {
        self.base -= taken.len();
        taken.push_str(self.text());
        (self.text, self.from) = (taken, 0);
    }

    fn fill(&mut self, size: usize) -> Result<(), Fault> {
        if self.text().len() >= size || self.ends {
            return Ok(());
        }
        let mut bytes = std::mem::take(&mut self.text).into_bytes();
        bytes.drain(..std::mem::take(&mut self.from));
        bytes.append(&mut self.rest);
        while bytes.len() < size && !self.ends {
            // What is appended is not made zero before.
            let read = self.input.by_ref().take(CHUNK as u64).read_to_end(&mut bytes);
            self.ends = read.map_err(Fault::Input)? == 0;
        }
        if !self.ends {
            self.rest = bytes.split_off(bytes.len() - unfinished(&bytes));
        }
        self.text = String::from_utf8(bytes).map_err(|_| NOT_UTF8)?;
        if self.ends {
            self.text.truncate(self.text.trim_end_matches(END).len());
        }
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

const NOT_UTF8: Fault = Fault::Unfit(super::NOT_UTF8);
