//! [`Shaped`]: lists of words in their shapes, each worked out once for all forms and batches.

use std::sync::{Arc, Mutex, PoisonError};

use peyote_schemas::behaviour::{Case, Shape};

use crate::generate::shape;
use crate::lane::Words;

/// The most lists that are kept.
const MOST: usize = 64;

/// Lists of words in their shapes.
#[derive(Debug, Default)]
pub(in crate::generate) struct Shaped {
    known: Mutex<Vec<Known>>,
}

/// What becomes of words: of each as a piece, and then as a part of a whole text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Way {
    pub(super) shape: Option<Shape>,
    pub(super) case: Option<Case>,
}

/// A list of words and what becomes of it.
#[derive(Debug)]
struct Known {
    words: Arc<Words>,
    way: Way,
    shaped: Arc<Words>,
}

impl Shaped {
    /// What becomes of words, if they are not more than the rows that they are looked at for.
    pub(super) fn get(&self, words: &Arc<Words>, way: Way, rows: usize) -> Option<Arc<Words>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let alike = |one: &&Known| one.way == way && Arc::ptr_eq(&one.words, words);
        if let Some(found) = known.iter().find(alike) {
            return Some(Arc::clone(&found.shaped));
        }
        if words.len() > rows {
            return None;
        }
        let shaped = Arc::new(way.of(words));
        // The list that was asked for last is asked for next: those before may belong to frames
        // that are gone.
        if known.len() == MOST {
            known.remove(0);
        }
        known.push(Known { words: Arc::clone(words), way, shaped: Arc::clone(&shaped) });
        Some(shaped)
    }
}

impl Way {
    /// What becomes of words.
    pub(super) fn of(self, words: &Words) -> Words {
        let mut out = Words::default();
        let mut text = Vec::new();
        for at in 0..words.len() {
            text.clear();
            match self.shape {
                Some(shape) => shape::piece(shape, words.bytes(at), &mut text),
                None => text.extend_from_slice(words.bytes(at)),
            }
            if let Some(case) = self.case {
                shape::whole(case, &mut text);
            }
            out.push(&text);
        }
        out
    }
}
