//! [`Shaped`]: lists of words in their shapes, each worked out once for all forms and batches.

use std::sync::{Arc, Mutex, PoisonError};

use peyote_schemas::behaviour::Shape;

use crate::generate::shape;
use crate::lane::Words;

/// The most lists that are kept.
const MOST: usize = 64;

/// Lists of words in their shapes.
#[derive(Debug, Default)]
pub(in crate::generate) struct Shaped {
    known: Mutex<Vec<Known>>,
}

/// A list of words and what becomes of it.
#[derive(Debug)]
struct Known {
    words: Arc<Words>,
    shape: Shape,
    shaped: Arc<Words>,
}

impl Shaped {
    /// The words in a shape, if they are not more than the rows that they are looked at for.
    pub(super) fn get(&self, words: &Arc<Words>, shape: Shape, rows: usize) -> Option<Arc<Words>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let alike = |one: &&Known| one.shape == shape && Arc::ptr_eq(&one.words, words);
        if let Some(found) = known.iter().find(alike) {
            return Some(Arc::clone(&found.shaped));
        }
        if words.len() > rows {
            return None;
        }
        let texts: Vec<String> = (0..words.len())
            .map(|at| {
                let mut text = Vec::new();
                shape::piece(shape, words.bytes(at), &mut text);
                String::from_utf8_lossy(&text).into_owned()
            })
            .collect();
        let shaped = Arc::new(Words::new(texts.iter().map(String::as_str)));
        // The list that was asked for last is asked for next: those before may belong to frames
        // that are gone.
        if known.len() == MOST {
            known.remove(0);
        }
        known.push(Known { words: Arc::clone(words), shape, shaped: Arc::clone(&shaped) });
        Some(shaped)
    }
}
