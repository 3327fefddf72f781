//! Texts whose closing quotation mark is missing: where they ended, by what comes next.

use std::borrow::Cow;

use super::look;
use super::parse::{Parser, Place};
use super::repair::Repair;

/// Bytes of a remark behind a text, or of the text behind a key, that are looked at.
const REACH: usize = 160;

impl<'a> Parser<'a> {
    /// Where the text ended if the mark at `mark` opens the next key or item: before the comma or
    /// the line end that parts them, and before the brackets that close there.
    pub(super) fn ended_before(&self, start: usize, mark: usize) -> Option<usize> {
        let blank = |end: usize| start + self.text[start..end].trim_ascii_end().len();
        let line = |from: usize, to: usize| self.bytes[from..to].contains(&b'\n');
        let last = |end: usize| self.bytes[start..end].last();
        let mut end = blank(mark);
        let mut parted = line(end, mark);
        let mut opened = false;
        while let Some(b'{' | b'[') = last(end) {
            opened = true;
            let bracket = end - 1;
            end = blank(bracket);
            parted = line(end, bracket);
        }
        if last(end) == Some(&b',') {
            end = blank(end - 1);
            parted = true;
        }
        while opened && parted && matches!(last(end), Some(b'}' | b']')) {
            end = blank(end - 1);
        }
        parted.then_some(end)
    }

    /// A text that ended before `end`, without its mark: at the `lone` mark inside it, if that was
    /// its own and a remark follows.
    pub(super) fn ended(
        &mut self,
        start: usize,
        end: usize,
        lone: Option<usize>,
        escaped: bool,
    ) -> Cow<'a, str> {
        let end = self.before_closers(start, end);
        self.at = end;
        if let Some(mark) = lone.filter(|mark| self.is_remark(*mark + 1, end)) {
            self.log.note(Repair::Stray, mark);
            return self.said(start, mark, escaped);
        }
        self.note(Repair::OpenQuote);
        let end = start + self.text[start..end].trim_end().len();
        let end = self.before_escape(start, end);
        self.said(start, end, escaped)
    }

    /// Before the closing mark of a text, if it was escaped by mistake.
    fn before_escape(&self, start: usize, end: usize) -> usize {
        let text = &self.text[start..end];
        match text.strip_suffix("\\\"") {
            Some(rest) if !rest.contains("\\\"") => start + rest.len(),
            _ => end,
        }
    }

    /// Whether few words of one line stand between two bytes, a remark that belongs to no value.
    fn is_remark(&self, from: usize, to: usize) -> bool {
        let said = self.text.get(from..to).unwrap_or_default().trim();
        said.len() <= REACH && !said.contains('\n') && !said.is_empty()
    }

    /// Before the brackets at the end of a text that nothing in it opened and that close what is
    /// open, where a key or an item follows that goes with what is open then.
    fn before_closers(&self, start: usize, end: usize) -> usize {
        let next = look::space(self.bytes, end);
        let next = next + usize::from(self.bytes.get(next) == Some(&b','));
        let wanted = look::key_at(self.bytes, look::space(self.bytes, next));
        let mut run = Vec::new();
        let mut rest = self.text[start..end].trim_end();
        if !rest.ends_with(['}', ']']) || rest.contains(['{', '[']) {
            return end;
        }
        while run.len() + 1 < self.open.len()
            && let Some(shorter) = rest.strip_suffix(['}', ']'])
        {
            run.push((rest.as_bytes()[shorter.len()], start + shorter.len()));
            rest = shorter.trim_end();
        }
        let stack = |closed: usize| self.open.get(self.open.len().wrapping_sub(closed + 1));
        (1..=run.len())
            .rev()
            .find(|count| {
                let closers = run[..*count].iter().rev().map(|(byte, _)| byte);
                closers.eq(self.open.iter().rev().take(*count))
                    && stack(*count).is_some_and(|closer| (*closer == b'}') == wanted)
            })
            .map_or(end, |count| run[count - 1].1)
    }

    /// Whether a quoted text whose first byte is at `at` ends soon, and a member's end behind it.
    pub(super) fn ends_at(&self, at: usize) -> bool {
        let limit = (at + REACH).min(self.bytes.len());
        let Some(rest) = self.bytes.get(at..limit) else { return false };
        memchr::memchr2(b'"', b'\n', rest).is_some_and(|length| {
            let next = self.bytes.get(look::space(self.bytes, at + length + 1));
            length > 0 && rest[length] == b'"' && matches!(next, Some(b',' | b'}' | b']'))
        })
    }

    /// Where a key ended whose mark is missing, if a mark at `mark` opens what stands behind its
    /// colon.
    pub(super) fn key_before(&self, start: usize, mark: usize) -> Option<usize> {
        let rest = &self.bytes[start..mark.min(start + REACH)];
        let length = memchr::memchr(b':', rest).filter(|length| *length > 0)?;
        let word = |byte: &u8| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b' ') || *byte >= 0x80
        };
        let value = look::blank(self.bytes, start + length + 1, REACH);
        let opens = value == mark
            || matches!(self.bytes.get(value), Some(b'{' | b'[' | b'-' | b'0'..=b'9'))
            || super::string::literal_at(self.bytes, value);
        (opens && rest[..length].iter().all(word)).then_some(start + length)
    }

    /// Whether a text ends in digits that a mark stands for inches behind: `27"`, `6'2"`.
    pub(super) fn inches(&self, start: usize, end: usize) -> bool {
        let said = self.text[start..end].trim_end_matches('"');
        let number = said.rsplit([' ', '\'', 'x']).next().unwrap_or_default();
        let digit = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'/');
        !number.is_empty() && number.bytes().all(digit)
    }

    /// A text that runs to the end: without the brackets that were meant to close what is open.
    pub(super) fn unclosed(
        &mut self,
        (place, start): (Place, usize),
        (skipped, first): (usize, Option<usize>),
        escaped: bool,
    ) -> Cow<'a, str> {
        if place == Place::Key
            && let Some(colon) = memchr::memchr(b':', &self.bytes[start..])
            && colon > 0
        {
            self.note(Repair::OpenQuote);
            self.at = start + colon;
            return self.said(start, start + self.text[start..self.at].trim_end().len(), escaped);
        }
        let mut end = self.bytes.len();
        let tail = |end: usize| {
            let rest = self.text[start..end].trim_end();
            matches!(rest.as_bytes().last(), Some(b'}' | b']')).then(|| start + rest.len() - 1)
        };
        // Outermost last in the text: the run of brackets must match what is open, in order.
        let mut run = Vec::new();
        while run.len() < self.open.len()
            && let Some(at) = tail(end)
        {
            run.push((self.bytes[at], at));
            end = at;
        }
        let mut matched = run.len();
        while matched > 0 {
            let closers = run[..matched].iter().rev().map(|(byte, _)| byte);
            if closers.eq(self.open.iter().rev().take(matched)) {
                break;
            }
            matched -= 1;
        }
        let end = if matched > 0 { run[matched - 1].1 } else { self.bytes.len() };
        let end = if matched > 0 && skipped == 0 {
            self.overclosed(start, end).unwrap_or(end)
        } else {
            end
        };
        if matched > 0 {
            self.at = end;
            let lone = first.filter(|mark| skipped == 1 && self.is_remark(*mark + 1, end));
            if let Some(mark) = lone {
                self.log.note(Repair::Stray, mark);
                return self.said(start, mark, escaped);
            }
            self.note(Repair::OpenQuote);
            let kept = start + self.text[start..end].trim_end().len();
            let kept = self.before_escape(start, kept);
            return self.said(start, kept, escaped);
        }
        self.note(Repair::Cut);
        self.at = end;
        self.said(start, end, escaped)
    }

    /// The first brace that closes more than the text opened: where a text ended whose mark is
    /// missing.
    fn overclosed(&self, start: usize, end: usize) -> Option<usize> {
        let mut depth = 0_usize;
        for (number, byte) in self.bytes[start..end].iter().enumerate() {
            match byte {
                b'{' => depth += 1,
                b'}' if depth == 0 => return Some(start + number),
                b'}' => depth -= 1,
                _ => {}
            }
        }
        None
    }
}
