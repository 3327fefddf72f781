//! [`Scanner`]: records of pieces in one pass over the text, whatever its quotes do.

use std::borrow::Cow;

use memchr::{memchr, memchr2, memchr3};

/// Pieces of one record at most; what follows is one more. Wider than any table that a person or a
/// database makes, and narrow enough for a line of nothing but delimiters.
pub(in crate::read) const MOST_PIECES: usize = 1 << 17;

/// Bytes of a quoted field at most: a quote that is not closed so far on is none.
pub(crate) const REACH: usize = if cfg!(test) { 1 << 14 } else { 1 << 23 };

/// Bytes searched in vain for each byte of a text, at most, and besides.
const PATIENCE: (usize, usize) = (4, 4096);

/// How a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::read) struct Dialect {
    /// What stands between the fields.
    pub(in crate::read) delimiter: u8,
    /// What stands round a field that holds delimiters.
    pub(in crate::read) quote: Option<u8>,
    /// Whether a backslash makes a quote part of a field, instead of a second quote.
    pub(in crate::read) escape: Escape,
}

/// How a quote inside a quoted field is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::read) enum Escape {
    /// Twice.
    Doubled,
    /// After a backslash.
    Backslash,
}

/// What stands between two delimiters.
#[derive(Debug, Clone)]
pub(in crate::read) struct Piece<'a> {
    /// Its text, without quotes and white space around.
    pub(in crate::read) text: Cow<'a, str>,
    /// Whether it was quoted.
    pub(in crate::read) quoted: bool,
    /// Where it begins in the text, white space and quotes included.
    pub(in crate::read) start: usize,
    /// Where it ends in the text.
    pub(in crate::read) end: usize,
}

/// One record of a text.
#[derive(Debug, Clone, Copy)]
pub(in crate::read) struct Record {
    /// Where it ends, without its line end.
    pub(in crate::read) end: usize,
    /// Where the next one begins.
    pub(in crate::read) next: usize,
    /// Whether a quote stood where none should.
    pub(in crate::read) stray: bool,
    /// Whether a quoted field goes over the end of a line.
    pub(in crate::read) broken: bool,
    /// Whether it is one line of what its quotes say to be more.
    pub(in crate::read) alone: bool,
}

/// A text, or a part of one, and its dialect.
#[derive(Debug, Clone)]
pub(in crate::read) struct Scanner<'a> {
    /// The text.
    pub(in crate::read) text: &'a str,
    /// Its dialect.
    pub(in crate::read) dialect: Dialect,
    /// How many bytes of a longer text stand before this part of it, and whether none stand behind.
    pub(in crate::read) base: usize,
    ends: bool,
    /// How many bytes of the longer text stand behind this part, as far as that is known.
    pub(in crate::read) ahead: usize,
    /// Bytes that were searched in vain for a closing quote. That they are few for each byte that
    /// was read is what keeps a text of opening quotes linear.
    pub(in crate::read) regretted: usize,
    /// Whether what stands behind this part of the text may change what was read since this was
    /// last set to `false`.
    pub(in crate::read) short: bool,
}

/// Where a quoted field ends.
struct Closing {
    content: usize,
    after: usize,
    escaped: bool,
    stray: bool,
}

impl<'a> Scanner<'a> {
    /// A scanner over a whole text.
    pub(in crate::read) fn new(text: &'a str, dialect: Dialect) -> Self {
        Self { text, dialect, base: 0, ends: true, ahead: 0, regretted: 0, short: false }
    }

    /// A scanner over a part of a text, of at least [`REACH`] bytes unless it `ends` the text.
    pub(in crate::read) fn part(
        text: &'a str,
        dialect: Dialect,
        (base, ends): (usize, bool),
        ahead: usize,
        regretted: usize,
    ) -> Self {
        Self { text, dialect, base, ends, ahead, regretted, short: false }
    }

    /// How long the whole text is, up to [`REACH`].
    pub(in crate::read) fn span(&self) -> usize {
        if self.base > 0 || !self.ends { REACH } else { self.text.len().min(REACH) }
    }

    /// Whether too much was searched in vain before a place.
    fn is_weary(&self, at: usize) -> bool {
        let seen = self.span() + (self.base + at).saturating_sub(REACH);
        self.regretted >= seen.saturating_mul(PATIENCE.0).saturating_add(PATIENCE.1)
    }

    /// Reads the record that begins at `at`, with quoted fields over any number of lines.
    pub(in crate::read) fn record(&mut self, at: usize, pieces: &mut Vec<Piece<'a>>) -> Record {
        let limit = if self.is_weary(at) { self.line(at) } else { self.text.len() };
        self.scan(at, limit, pieces)
    }

    /// Reads the line that begins at `at` as a record of its own.
    pub(in crate::read) fn single(&mut self, at: usize, pieces: &mut Vec<Piece<'a>>) -> Record {
        let limit = self.line(at);
        self.scan(at, limit, pieces)
    }

    /// Gives back what a record over several lines cost that was not believed.
    pub(in crate::read) fn regret(&mut self, bytes: usize) {
        self.regretted = self.regretted.saturating_add(bytes);
    }

    /// Reads a record once more, of which it is known where it ends.
    pub(in crate::read) fn again(&self, at: usize, end: usize) -> Vec<Piece<'a>> {
        let mut pieces = Vec::new();
        self.clone().scan(at, end, &mut pieces);
        pieces
    }

    /// Where the line that `at` lies in ends.
    pub(in crate::read) fn line(&self, at: usize) -> usize {
        memchr2(b'\n', b'\r', &self.text.as_bytes()[at..]).map_or(self.text.len(), |end| at + end)
    }

    /// Where the next line begins, after the line end at `end`.
    pub(in crate::read) fn after(&self, end: usize) -> usize {
        match &self.text.as_bytes()[end..] {
            [b'\r', b'\n', ..] => end + 2,
            [_, ..] => end + 1,
            [] => end,
        }
    }

    fn scan(&mut self, at: usize, limit: usize, pieces: &mut Vec<Piece<'a>>) -> Record {
        pieces.clear();
        let bytes = self.text.as_bytes();
        let delimiter = self.dialect.delimiter;
        let (mut stray, mut broken) = (false, false);
        let mut start = at;
        loop {
            if pieces.len() == MOST_PIECES {
                let end =
                    memchr2(b'\n', b'\r', &bytes[start..limit]).map_or(limit, |end| start + end);
                let text = Cow::Borrowed(self.text[start..end].trim());
                pieces.push(Piece { text, quoted: false, start, end });
                return self.ended(end, stray, broken);
            }
            let open = self.skip(start, limit);
            let mut end = None;
            if let Some(quote) = self.dialect.quote
                && open < limit
                && bytes[open] == quote
            {
                let reach = limit.min(open + REACH);
                if let Some(found) = self.closing(open + 1, reach, quote) {
                    let content = &self.text[open + 1..found.content];
                    stray |= found.stray;
                    broken |= memchr2(b'\n', b'\r', content.as_bytes()).is_some();
                    let text = if found.escaped {
                        self.plain(content, quote)
                    } else {
                        Cow::Borrowed(content)
                    };
                    pieces.push(Piece { text, quoted: true, start, end: found.after });
                    end = Some(found.after);
                } else {
                    stray = true;
                    self.short |= !self.ends && reach == self.text.len();
                    self.regret(reach - open);
                }
            }
            let end = end.unwrap_or_else(|| {
                let end = bare_end(&bytes[start..limit], delimiter) + start;
                let text = Cow::Borrowed(trimmed(&self.text[start..end]));
                pieces.push(Piece { text, quoted: false, start, end });
                end
            });
            if end < limit && bytes[end] == delimiter {
                start = end + 1;
            } else {
                return self.ended(end, stray, broken);
            }
        }
    }

    fn ended(&mut self, end: usize, stray: bool, broken: bool) -> Record {
        let next = self.after(end);
        self.short |= !self.ends && next >= self.text.len();
        Record { end, next, stray, broken, alone: false }
    }

    /// Past the spaces before a field; a tab is a space where it is not the delimiter.
    fn skip(&self, start: usize, limit: usize) -> usize {
        let delimiter = self.dialect.delimiter;
        let bytes = &self.text.as_bytes()[start..limit];
        let space = |byte: &u8| (*byte == b' ' || *byte == b'\t') && *byte != delimiter;
        start + bytes.iter().take_while(|byte| space(byte)).count()
    }

    /// The quote that ends a field: one before a delimiter or the end of a line.
    fn closing(&self, from: usize, limit: usize, quote: u8) -> Option<Closing> {
        let bytes = self.text.as_bytes();
        let backslash = self.dialect.escape == Escape::Backslash;
        let (mut escaped, mut stray, mut at) = (false, false, from);
        while at < limit {
            let here = &bytes[at..limit];
            let found = if backslash { memchr2(quote, b'\\', here) } else { memchr(quote, here) }?;
            at += found;
            if bytes[at] != quote {
                escaped = true;
                at += 2;
                continue;
            }
            if !backslash && at + 1 < limit && bytes[at + 1] == quote {
                escaped = true;
                at += 2;
                continue;
            }
            let after = self.skip(at + 1, limit);
            if after >= limit
                || bytes[after] == self.dialect.delimiter
                || matches!(bytes[after], b'\n' | b'\r')
            {
                return Some(Closing { content: at, after, escaped, stray });
            }
            stray = true;
            at += 1;
        }
        None
    }

    fn plain(&self, content: &'a str, quote: u8) -> Cow<'a, str> {
        let (quote, delimiter) = (char::from(quote), char::from(self.dialect.delimiter));
        let mut text = String::with_capacity(content.len());
        let mut letters = content.chars().peekable();
        while let Some(letter) = letters.next() {
            match self.dialect.escape {
                Escape::Doubled if letter == quote && letters.peek() == Some(&quote) => {
                    letters.next();
                }
                Escape::Backslash
                    if letter == '\\'
                        && letters
                            .peek()
                            .is_some_and(|next| [quote, '\\', delimiter].contains(next)) =>
                {
                    text.extend(letters.next());
                    continue;
                }
                _ => {}
            }
            text.push(letter);
        }
        Cow::Owned(text)
    }
}

/// Where a bare field ends, counted from where it begins: most are so short that a search costs
/// more to set up than to do.
#[inline]
fn bare_end(bytes: &[u8], delimiter: u8) -> usize {
    /// Bytes that are looked at one by one.
    const NEAR: usize = 16;
    let (near, far) = bytes.split_at(bytes.len().min(NEAR));
    let ends = |byte: &u8| *byte == delimiter || *byte == b'\n' || *byte == b'\r';
    near.iter()
        .position(ends)
        .unwrap_or_else(|| near.len() + memchr3(delimiter, b'\n', b'\r', far).unwrap_or(far.len()))
}

/// A field without the white space around it.
#[inline]
fn trimmed(field: &str) -> &str {
    match field.as_bytes() {
        [] => field,
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => field,
        _ => field.trim(),
    }
}
