//! [`Evidence`]: what the values of a column say of its kind, gathered one by one and not kept.

use super::Verdict;
use super::hint::Hint;
use super::moment::{Moments, Settled};
use super::nested::Nested;
use super::number::Numbers;
use super::word::{Documents, Doubt, Truths, Uuids, Words};
use crate::cell::Cell;
use crate::cell::span::Sort;
use crate::guard::column::is_text;
use crate::kind::Kind;
use crate::value::absent;
use crate::value::moment::Order;

/// What the values of a column say of its kind. It takes as much memory for a million values as for
/// a thousand.
pub(crate) struct Evidence {
    hint: Hint,
    /// How many structs and lists the values lie in.
    deep: usize,
    rows: usize,
    gaps: Gaps,
    /// Whether a value is bare, whether one is quoted, and whether one is neither nested nor a null
    /// of a language.
    bare: bool,
    quoted: bool,
    others: bool,
    nested: Option<Box<Nested>>,
    /// What the values may still be that is more than text.
    more: Option<Box<More>>,
    words: Words,
    doubt: Option<Box<Doubt>>,
}

/// Words for nothing that are told.
const KNOWN: usize = 8;

/// What may stand for nothing, depending on the kind.
#[derive(Default)]
struct Gaps {
    absent: usize,
    /// The first null of a language that nobody quoted.
    literal: Option<Box<str>>,
    literals: usize,
    /// Empty texts that are quoted, and whether one was before the first such null.
    empty: usize,
    empty_first: bool,
    /// The first words for nothing, quoted or not.
    known: Vec<Box<str>>,
    words: usize,
}

/// The kinds that no value has refused so far.
struct More {
    truths: Option<Truths>,
    numbers: Numbers,
    uuids: Option<Uuids>,
    documents: Option<Documents>,
    moments: Option<Box<Moments>>,
}

impl Evidence {
    /// Of a column without values; `deep` is how many structs and lists they will lie in.
    pub(crate) fn new(hint: Hint, deep: usize) -> Self {
        let more = (!hint.is_text()).then(|| {
            Box::new(More {
                truths: Some(Truths::default()),
                numbers: Numbers::new(),
                uuids: Some(Uuids::default()),
                documents: Some(Documents::default()),
                moments: Some(Box::default()),
            })
        });
        Self {
            hint,
            deep,
            rows: 0,
            gaps: Gaps::default(),
            bare: false,
            quoted: false,
            others: false,
            nested: None,
            more,
            words: Words::new(),
            doubt: Some(Box::default()),
        }
    }

    /// Takes a cell in.
    pub(crate) fn take(&mut self, cell: &Cell<'_>) {
        match cell {
            Cell::Absent => self.skip(1),
            Cell::Bare(text) => self.take_text(Sort::Bare, text),
            Cell::Quoted(text) => self.take_text(Sort::Quoted, text),
            Cell::Nested(text) => self.take_text(Sort::Nested, text),
        }
    }

    /// Takes in so many cells in which nothing stands.
    pub(crate) fn skip(&mut self, rows: usize) {
        self.rows += rows;
        self.gaps.absent += rows;
    }

    /// Takes a text in.
    pub(crate) fn take_text(&mut self, sort: Sort, text: &str) {
        self.rows += 1;
        if sort == Sort::Nested {
            self.nested.get_or_insert_default().take(text, self.deep);
            return;
        }
        let bare = sort == Sort::Bare;
        self.bare |= bare;
        self.quoted |= !bare;
        if bare && absent::is_literal(text) {
            if self.gaps.literal.is_none() {
                self.gaps.literal = Some(text.into());
                self.gaps.empty_first = self.gaps.empty > 0;
            }
            self.gaps.literals += 1;
            self.words.take_literal();
        } else {
            self.others = true;
            if text.is_empty() && !bare {
                self.gaps.empty += 1;
            } else {
                self.words.take(text);
            }
        }
        if absent::is_word(text) {
            self.gaps.words += 1;
            let known = &mut self.gaps.known;
            if known.len() < KNOWN && known.iter().all(|word| **word != *text) {
                known.push(text.into());
            }
        }
        if let Some(more) = &mut self.more
            && !more.take(text, &self.hint)
        {
            self.more = None;
        }
        if let Some(doubt) = &mut self.doubt
            && !doubt.take(text)
        {
            self.doubt = None;
        }
    }

    /// The kind that all values share. `neighbours` is the order that other columns of the table
    /// write day and month in.
    pub(super) fn verdict(&self, neighbours: Option<Order>) -> (Verdict, Settled) {
        if let Some(nested) = &self.nested {
            return (nested.verdict(self.others), Settled::Unneeded);
        }
        if let Some(more) = &self.more {
            let other = (more.truths.as_ref().and_then(|truths| truths.verdict(&self.hint)))
                .or_else(|| more.numbers.verdict(&self.hint))
                .or_else(|| more.uuids.as_ref()?.verdict())
                .or_else(|| more.documents.as_ref()?.verdict());
            if let Some(verdict) = other {
                return (verdict, Settled::Unneeded);
            }
            let moments = more.moments.as_ref();
            if let Some(found) = moments.and_then(|all| all.verdict(&self.hint, neighbours)) {
                return found;
            }
        }
        let mut verdict = self.words.verdict(&self.hint);
        if self.has_words(&verdict.kind) {
            verdict.words = self.gaps.words;
        }
        if verdict.kind == Kind::Text
            && let Some(doubt) = self.doubt.as_ref().and_then(|doubt| doubt.told())
        {
            verdict.note(doubt);
        }
        (verdict, Settled::Unneeded)
    }

    /// Whether a value is bare, and whether one is quoted.
    pub(super) fn sorts(&self) -> (bool, bool) {
        (self.bare, self.quoted)
    }

    /// Whether any value is null under a kind.
    pub(super) fn is_nullable(&self, kind: &Kind) -> bool {
        self.rows == 0 || self.nulls(kind) > 0
    }

    /// Whether words for nothing are no values of a kind.
    fn has_words(&self, kind: &Kind) -> bool {
        !is_text(kind) || *kind == Kind::Text && self.deep == 0 && self.hint.is_coded()
    }

    /// How many values are null under a kind.
    pub(crate) fn nulls(&self, kind: &Kind) -> usize {
        let gaps = &self.gaps;
        gaps.absent
            + match kind {
                kind if self.has_words(kind) => gaps.words,
                kind if empty_is_null(kind) => gaps.literals + gaps.empty,
                _ => gaps.literals,
            }
    }

    /// Words that stand for nothing under a kind, the first ones.
    pub(super) fn null_words(&self, kind: &Kind) -> Vec<&str> {
        let gaps = &self.gaps;
        if self.has_words(kind) {
            gaps.known.iter().map(|word| &**word).collect()
        } else if gaps.empty_first && empty_is_null(kind) {
            vec![""]
        } else {
            gaps.literal.as_deref().into_iter().collect()
        }
    }
}

impl More {
    /// Takes a text in; `false` where it can be but text.
    fn take(&mut self, text: &str, hint: &Hint) -> bool {
        self.truths.take_if(|truths| !truths.take(text));
        let numbers = self.numbers.take(text);
        self.uuids.take_if(|uuids| !uuids.take(text));
        self.documents.take_if(|documents| !documents.take(text));
        self.moments.take_if(|moments| !moments.take(text, hint));
        numbers
            || self.truths.is_some()
            || self.uuids.is_some()
            || self.documents.is_some()
            || self.moments.is_some()
    }
}

/// Whether an empty text that was quoted is null under a kind in which words for nothing may be
/// values.
fn empty_is_null(kind: &Kind) -> bool {
    !matches!(kind, Kind::Text | Kind::Json)
}
