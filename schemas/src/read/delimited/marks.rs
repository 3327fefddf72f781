//! [`Marks`]: the structural index of a text: where its delimiters, quotes and line ends stand.
//!
//! Sixty-four bytes are looked at together and become one word with a bit for each mark, so that
//! what stands between marks costs next to nothing.

use super::scan::Dialect;

/// Bytes that one word of the index stands for.
const BLOCK: usize = 64;

/// The marks of a text, one after the other.
#[derive(Debug, Clone)]
pub(super) struct Marks<'a> {
    bytes: &'a [u8],
    needles: [u8; 4],
    /// Where the current block begins.
    base: usize,
    /// The marks of the current block that were not taken yet.
    word: u64,
}

impl<'a> Marks<'a> {
    /// The marks of a text in a dialect: the delimiter, the quote, and both that end lines. Begins
    /// at the text's end: [`Marks::seek`] says where to.
    pub(super) fn new(bytes: &'a [u8], dialect: &Dialect) -> Self {
        let delimiter = dialect.delimiter;
        let needles = [delimiter, dialect.quote.unwrap_or(delimiter), b'\n', b'\r'];
        Self { bytes, needles, base: bytes.len(), word: 0 }
    }

    /// Goes on at a byte.
    pub(super) fn seek(&mut self, at: usize) {
        self.base = at;
        self.word = self.load(at);
    }

    /// Where the next mark stands.
    #[inline]
    pub(super) fn next(&mut self) -> Option<usize> {
        while self.word == 0 {
            self.base += BLOCK;
            if self.base >= self.bytes.len() {
                self.base = self.bytes.len();
                return None;
            }
            self.word = self.load(self.base);
        }
        let at = self.base + self.word.trailing_zeros() as usize;
        self.word &= self.word - 1;
        Some(at)
    }

    #[inline]
    fn load(&self, at: usize) -> u64 {
        let rest = self.bytes.get(at..).unwrap_or_default();
        if let Some(block) = rest.first_chunk::<BLOCK>() {
            return word(block, self.needles);
        }
        let mut block = [0; BLOCK];
        block[..rest.len()].copy_from_slice(rest);
        // What is past the end is no mark, whatever the needles are.
        word(&block, self.needles) & ((1 << rest.len()) - 1)
    }
}

/// A bit for each byte of a block that is one of the needles.
///
/// The comparison becomes vector instructions of whatever machine it is compiled for; the
/// multiplication gathers eight bytes of 0 or 1 as eight bits.
#[inline]
fn word(block: &[u8; BLOCK], needles: [u8; 4]) -> u64 {
    /// Moves the lowest bit of byte *i* to bit 56 + *i*.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let [a, b, c, d] = needles;
    let mut found = [0; BLOCK];
    for (found, byte) in found.iter_mut().zip(block) {
        let byte = *byte;
        *found =
            u8::from(byte == a) | u8::from(byte == b) | u8::from(byte == c) | u8::from(byte == d);
    }
    let (eights, _) = found.as_chunks::<8>();
    let mut word = 0;
    for (at, eight) in eights.iter().enumerate() {
        word |= (u64::from_le_bytes(*eight).wrapping_mul(GATHER) >> 56) << (8 * at);
    }
    word
}

#[cfg(test)]
mod tests {
    use super::super::scan::Escape;
    use super::*;

    proptest::proptest! {
        #[test]
        fn marks_are_where_a_plain_search_finds_them(
            text in "[a-z,\"\n\r\u{e9}\0]{0,300}",
            from in 0_usize..40,
        ) {
            let bytes = text.as_bytes();
            let dialect = Dialect { delimiter: b',', quote: Some(b'"'), escape: Escape::Doubled };
            let mut marks = Marks::new(bytes, &dialect);
            marks.seek(from);
            let found: Vec<usize> = std::iter::from_fn(|| marks.next()).collect();
            let plain: Vec<usize> = (from..bytes.len()).filter(|at| b",\"\n\r".contains(&bytes[*at])).collect();
            proptest::prop_assert_eq!(found, plain);
        }
    }
}
