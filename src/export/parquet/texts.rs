//! [`Texts`]: how a column's texts are written: as places among words, or one behind the other.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

use parquet::basic::Encoding;
use parquet::bloom_filter::Sbbf;

use super::bits::{hybrid, width};
use super::bounds::Bounds;
use super::codec::Content;
use super::delta::{self, Width};
use super::lexicon::Lexicon;
use crate::lane::Words;

/// Words that a column always keeps as a dictionary: an enum's, mostly.
const FEW_WORDS: usize = 64;
/// Rows of a row group for each word where a dictionary is worth it, at least.
const ROWS_A_WORD: usize = 8;
/// The most bytes of a dictionary page: what arrow-rs and parquet-java allow as well.
const DICTIONARY_BYTES: usize = 1 << 20;
/// Texts of a page by which its column's form is chosen.
const SAMPLE: usize = 1024;
/// How many texts there are for each different one where a dictionary is worth it, at least.
const REPEATS: usize = 4;

/// The texts of a page that is being filled.
#[derive(Default)]
pub(super) struct Texts {
    /// Where each is among the words.
    pub(super) picks: Vec<u32>,
    /// How long each is.
    lengths: Vec<i64>,
    /// The texts, one behind the other.
    bytes: Vec<u8>,
    vocabulary: Option<Vocabulary>,
    form: Option<Form>,
    /// Whether the words are a dictionary of the row group.
    is_dictionary: bool,
    lexicon: Lexicon,
    codes: Vec<u32>,
}

/// How the texts of a row group are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// As places among the words of the lanes.
    Words,
    /// As places among the texts met before.
    Lexicon,
    /// One behind the other.
    Lengths,
}

/// Words that lanes pick from, and what their order is.
struct Vocabulary {
    words: Arc<Words>,
    /// The place of each word when all are sorted; none where they are, or are too many.
    ranks: Vec<u32>,
    /// The words when they are sorted; none where they are, or are too many.
    sorted: Vec<u32>,
}

/// A page's values as they were written.
pub(super) struct Written {
    /// How.
    pub(super) encoding: Encoding,
    /// What the bytes are like.
    pub(super) content: Content,
    /// Their bounds.
    pub(super) bounds: Bounds,
    /// Bytes of the texts themselves, where they are known.
    pub(super) letters: Option<usize>,
}

impl Texts {
    /// Forgets the last row group; its words may come again.
    pub(super) fn clear(&mut self) {
        self.empty();
        self.form = None;
        self.is_dictionary = false;
        self.lexicon.clear();
    }

    fn empty(&mut self) {
        self.picks.clear();
        self.lengths.clear();
        self.bytes.clear();
    }

    /// Whether words are kept by their places in a row group of so many rows. Where they are not,
    /// but places are pending, those go to a page of their own first.
    pub(super) fn keeps(&mut self, words: &Arc<Words>, rows: usize) -> bool {
        let known = self.vocabulary.as_ref();
        let same = known.is_some_and(|known| Arc::ptr_eq(&known.words, words));
        match self.form {
            Some(Form::Words) if !same && known.is_none_or(|known| known.words != *words) => {
                self.form = Some(Form::Lengths);
            }
            None if self.lengths.is_empty() && is_small(words, rows) => {
                if !same {
                    self.vocabulary = Some(Vocabulary::new(words));
                }
                self.form = Some(Form::Words);
                self.is_dictionary = true;
            }
            _ => {}
        }
        self.form == Some(Form::Words)
    }

    /// Bytes that are pending.
    pub(super) fn size(&self) -> usize {
        self.bytes.len()
    }

    /// Takes a text.
    #[inline]
    pub(super) fn push(&mut self, text: &[u8]) {
        self.lengths.push(text.len() as i64);
        self.bytes.extend_from_slice(text);
    }

    /// Takes texts that lie one behind the other in `bytes` from `start`, each to its end.
    pub(super) fn extend(&mut self, start: usize, ends: &[u32], bytes: &[u8]) {
        let Some(last) = ends.last() else { return };
        let before = std::iter::once(start as u32).chain(ends.iter().copied());
        self.lengths.extend(ends.iter().zip(before).map(|(end, start)| i64::from(end - start)));
        self.bytes.extend_from_slice(&bytes[start..*last as usize]);
    }

    /// Appends what is pending to a page.
    ///
    /// Texts that are no places go into the filter; for places, the dictionary will.
    pub(super) fn write(
        &mut self,
        page: &mut Vec<u8>,
        bloom: Option<&mut Sbbf>,
    ) -> io::Result<Written> {
        let as_places = self.form == Some(Form::Words) || !self.picks.is_empty();
        let written = if as_places { self.places(page)? } else { self.letters(page) };
        if let Some(bloom) = bloom.filter(|_| written.encoding != Encoding::RLE_DICTIONARY) {
            Each { lengths: &self.lengths, bytes: &self.bytes }.for_each(|text| bloom.insert(text));
        }
        self.empty();
        Ok(written)
    }

    /// Calls for every text of the dictionary.
    pub(super) fn each_word(&self, mut each: impl FnMut(&[u8])) {
        match self.vocabulary.as_ref().filter(|_| self.is_dictionary) {
            Some(known) => (0..known.words.len()).for_each(|at| each(known.words.bytes(at))),
            None => (0..self.lexicon.len()).for_each(|at| each(self.lexicon.text(at))),
        }
    }

    /// The dictionary of the row group, if one is used: how many texts, and their bytes.
    pub(super) fn dictionary(&self, page: &mut Vec<u8>) -> usize {
        let mut words = 0;
        self.each_word(|text| {
            plain(text, page);
            words += 1;
        });
        words
    }

    fn places(&mut self, page: &mut Vec<u8>) -> io::Result<Written> {
        let Some(known) = &self.vocabulary else { return Err(no_word()) };
        let bounds = known.bounds(&self.picks).ok_or_else(no_word)?;
        let width = width(known.words.len());
        page.push(width as u8);
        hybrid(&self.picks, width, page);
        let (encoding, content) = (Encoding::RLE_DICTIONARY, Content::Packed);
        Ok(Written { encoding, content, bounds, letters: None })
    }

    fn letters(&mut self, page: &mut Vec<u8>) -> Written {
        if self.form.is_none() && !self.lengths.is_empty() {
            let few = self.is_repetitive();
            self.form = Some(if few { Form::Lexicon } else { Form::Lengths });
        }
        let bounds = self.bounds();
        let letters = Some(self.bytes.len());
        if self.form == Some(Form::Lexicon) {
            let texts = Each { lengths: &self.lengths, bytes: &self.bytes };
            if self.lexicon.encode(texts, DICTIONARY_BYTES, &mut self.codes) {
                let width = width(self.lexicon.len());
                page.push(width as u8);
                hybrid(&self.codes, width, page);
                let (encoding, content) = (Encoding::RLE_DICTIONARY, Content::Packed);
                return Written { encoding, content, bounds, letters };
            }
            self.form = Some(Form::Lengths);
        }
        delta::encode(&self.lengths, Width::Short, page);
        page.extend_from_slice(&self.bytes);
        let encoding = Encoding::DELTA_LENGTH_BYTE_ARRAY;
        Written { encoding, content: Content::Any, bounds, letters }
    }

    /// Whether the beginning of a page says the same few texts again and again.
    fn is_repetitive(&self) -> bool {
        let texts = Each { lengths: &self.lengths, bytes: &self.bytes }.take(SAMPLE);
        let different: BTreeSet<&[u8]> = texts.collect();
        different.len() <= self.lengths.len().min(SAMPLE) / REPEATS
    }

    fn bounds(&self) -> Bounds {
        let mut texts = Each { lengths: &self.lengths, bytes: &self.bytes };
        let Some(first) = texts.next() else { return Bounds::None };
        let (mut least, mut most) = (first, first);
        let (mut low, mut high) = (head(first), head(first));
        for text in texts {
            // The first eight letters nearly always decide.
            let head = head(text);
            if head <= low && (head < low || text < least) {
                (low, least) = (head, text);
            }
            if head >= high && (head > high || text > most) {
                (high, most) = (head, text);
            }
        }
        Bounds::Bytes(least.to_vec(), most.to_vec())
    }
}

/// Texts one after the other.
pub(super) struct Each<'t> {
    lengths: &'t [i64],
    bytes: &'t [u8],
}

impl<'t> Iterator for Each<'t> {
    type Item = &'t [u8];

    #[inline]
    fn next(&mut self) -> Option<&'t [u8]> {
        let (length, lengths) = self.lengths.split_first()?;
        let (text, bytes) = self.bytes.split_at_checked(*length as usize)?;
        *self = Self { lengths, bytes };
        Some(text)
    }
}

impl Vocabulary {
    fn new(words: &Arc<Words>) -> Self {
        let mut sorted: Vec<u32> = (0..words.len() as u32).collect();
        let mut ranks = Vec::new();
        if sorted.is_sorted_by_key(|at| words.bytes(*at as usize)) {
            sorted.clear();
        } else {
            sorted.sort_by_key(|at| words.bytes(*at as usize));
            ranks.resize(words.len(), 0);
            for (rank, at) in sorted.iter().enumerate() {
                ranks[*at as usize] = rank as u32;
            }
        }
        Self { words: Arc::clone(words), ranks, sorted }
    }

    /// The bounds of picked words; none where a pick is of no word.
    fn bounds(&self, picks: &[u32]) -> Option<Bounds> {
        if picks.is_empty() {
            return Some(Bounds::None);
        }
        let many = self.words.len() as u32;
        let widen = |(least, most): (u32, u32), rank: u32| (least.min(rank), most.max(rank));
        let (least, most) = if self.ranks.is_empty() {
            picks.iter().copied().fold((u32::MAX, 0), widen)
        } else {
            let rank = |pick: &u32| self.ranks.get(*pick as usize).copied().unwrap_or(many);
            picks.iter().map(rank).fold((u32::MAX, 0), widen)
        };
        let word = |rank: u32| {
            let at = self.sorted.get(rank as usize).copied().unwrap_or(rank);
            self.words.bytes(at as usize).to_vec()
        };
        (most < many).then(|| Bounds::Bytes(word(least), word(most)))
    }
}

/// Whether words are few enough for a dictionary of so many rows.
fn is_small(words: &Words, rows: usize) -> bool {
    let letters: usize = (0..words.len().min(rows)).map(|at| words.bytes(at).len() + 4).sum();
    words.len() <= FEW_WORDS.max(rows / ROWS_A_WORD) && letters <= DICTIONARY_BYTES
}

/// The first eight letters, so that their order as numbers is that of the texts they begin.
#[inline]
fn head(text: &[u8]) -> u64 {
    match text.first_chunk::<8>() {
        Some(eight) => u64::from_be_bytes(*eight),
        None => text.iter().rev().fold(0, |head, letter| head >> 8 | u64::from(*letter) << 56),
    }
}

fn plain(text: &[u8], page: &mut Vec<u8>) {
    page.extend_from_slice(&(text.len() as u32).to_le_bytes());
    page.extend_from_slice(text);
}

fn no_word() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "a pick is of no word")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(texts: &mut Texts) -> (Encoding, Bounds) {
        let written = texts.write(&mut Vec::new(), None).unwrap();
        (written.encoding, written.bounds)
    }

    #[test]
    fn words_keep_their_places_and_bound_what_is_picked() {
        let words = Arc::new(Words::new(["pear", "apple", "fig"]));
        let mut texts = Texts::default();
        assert!(texts.keeps(&words, 10));
        texts.picks.extend([2, 0]);
        let bounds = Bounds::Bytes(b"fig".to_vec(), b"pear".to_vec());
        assert_eq!(written(&mut texts), (Encoding::RLE_DICTIONARY, bounds));
        assert_eq!(texts.dictionary(&mut Vec::new()), 3);
        assert!(texts.keeps(&Arc::new(words.as_ref().clone()), 10));
        texts.picks.push(3);
        assert!(texts.write(&mut Vec::new(), None).is_err());
        assert!(!texts.keeps(&Arc::new(Words::new(["other"])), 10));
    }

    #[test]
    fn texts_that_repeat_make_a_dictionary_of_their_own() {
        let mut texts = Texts::default();
        (0..100).for_each(|at| texts.push(if at % 3 == 0 { b"" } else { b"again" }));
        let bounds = Bounds::Bytes(Vec::new(), b"again".to_vec());
        assert_eq!(written(&mut texts), (Encoding::RLE_DICTIONARY, bounds));
        assert_eq!(texts.dictionary(&mut Vec::new()), 2);
        texts.clear();
        (0..100).for_each(|at| texts.push(format!("text {at}").as_bytes()));
        assert_eq!(written(&mut texts).0, Encoding::DELTA_LENGTH_BYTE_ARRAY);
        assert_eq!(texts.dictionary(&mut Vec::new()), 0);
    }

    #[test]
    fn bounds_of_texts_are_those_of_their_bytes() {
        let mut texts = Texts::default();
        for text in ["order-10", "order-1", "order-1\u{0}", "order-2", "ordeal", "é"] {
            texts.push(text.as_bytes());
        }
        let bounds = Bounds::Bytes(b"ordeal".to_vec(), "é".as_bytes().to_vec());
        assert_eq!(written(&mut texts).1, bounds);
        assert!(head(b"a") < head(b"a\x01") && head(b"ab") > head(b"a"));
    }
}
