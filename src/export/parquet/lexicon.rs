//! [`Lexicon`]: the different texts met so far, each with its code.

/// Bytes that are hashed at a time.
const CHUNK: usize = 8;
/// The weight of the golden ratio in 64 bits, which spreads neighbours (Knuth 6.4).
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
/// A place in the table that is free.
const FREE: u32 = u32::MAX;

/// Different texts in the order in which they came.
#[derive(Default)]
pub(super) struct Lexicon {
    ends: Vec<usize>,
    bytes: Vec<u8>,
    /// Codes, by hash.
    slots: Vec<u32>,
}

impl Lexicon {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The text of a code.
    pub(super) fn text(&self, code: usize) -> &[u8] {
        let start = code.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[start..self.ends[code]]
    }

    /// Forgets all.
    pub(super) fn clear(&mut self) {
        self.ends.clear();
        self.bytes.clear();
        self.slots.clear();
    }

    /// The codes of texts; whether they and those before take at most so many bytes as a page.
    pub(super) fn encode<'t>(
        &mut self,
        texts: impl Iterator<Item = &'t [u8]>,
        most: usize,
        codes: &mut Vec<u32>,
    ) -> bool {
        codes.clear();
        for text in texts {
            if self.slots.len() <= 2 * self.len() {
                self.grow();
            }
            let code = match self.find(text) {
                Ok(code) => code,
                Err(slot) => {
                    // Every text stands behind its length.
                    if self.bytes.len() + text.len() + 4 * (self.len() + 1) > most {
                        return false;
                    }
                    let code = self.len() as u32;
                    self.slots[slot] = code;
                    self.bytes.extend_from_slice(text);
                    self.ends.push(self.bytes.len());
                    code
                }
            };
            codes.push(code);
        }
        true
    }

    fn find(&self, text: &[u8]) -> Result<u32, usize> {
        let mask = self.slots.len() - 1;
        let mut slot = hash(text) as usize & mask;
        loop {
            match self.slots[slot] {
                FREE => return Err(slot),
                code if self.text(code as usize) == text => return Ok(code),
                _ => slot = (slot + 1) & mask,
            }
        }
    }

    #[cold]
    fn grow(&mut self) {
        let slots = (4 * self.slots.len()).max(1 << 8);
        self.slots.clear();
        self.slots.resize(slots, FREE);
        for code in 0..self.len() {
            if let Err(slot) = self.find(self.text(code)) {
                self.slots[slot] = code as u32;
            }
        }
    }
}

fn hash(text: &[u8]) -> u64 {
    let mix = |hash: u64, bits: u64| {
        let mixed = (hash ^ bits).wrapping_mul(SPREAD);
        mixed ^ mixed >> 29
    };
    let (chunks, rest) = text.as_chunks::<CHUNK>();
    let hash =
        chunks.iter().fold(text.len() as u64, |hash, chunk| mix(hash, u64::from_le_bytes(*chunk)));
    let rest = rest.iter().fold(0, |bits, byte| bits << 8 | u64::from(*byte));
    let hash = mix(hash, rest).wrapping_mul(SPREAD);
    hash ^ hash >> 32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_one_code_however_often_it_comes() {
        let mut lexicon = Lexicon::default();
        let texts: Vec<String> = (0..5000).map(|at| format!("{} of many", at % 700)).collect();
        let mut codes = Vec::new();
        assert!(lexicon.encode(texts.iter().map(String::as_bytes), 1 << 20, &mut codes));
        assert_eq!(lexicon.len(), 700);
        for (text, code) in texts.iter().zip(&codes) {
            assert_eq!(lexicon.text(*code as usize), text.as_bytes());
        }
    }

    #[test]
    fn a_lexicon_stops_where_it_is_full() {
        let mut lexicon = Lexicon::default();
        let texts: Vec<String> = (0..100).map(|at| at.to_string()).collect();
        assert!(!lexicon.encode(texts.iter().map(String::as_bytes), 60, &mut Vec::new()));
        assert!(lexicon.len() <= 12);
    }
}
