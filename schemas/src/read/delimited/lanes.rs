//! [`scan`]: the marks of a text sixty-four bytes at a time, by whatever vectors the machine has.
//!
//! The pass is written once, over a function that turns sixty-four bytes into words with a bit for
//! each byte of a sort. That function is there in plain Rust and, on `x86-64`, in vectors of 32 and
//! 64 bytes, of which the widest is taken that the machine has.
//!
//! # Safety
//!
//! Two things here are unsafe. One is to call a function that is compiled for instructions which not
//! every machine has: each such call stands behind the test at run time that the machine has them
//! all. The other is to load a vector from memory: it is loaded from an array of just as many bytes,
//! wherever that lies. That all of the functions find the same is tested.

/// Bytes that one word stands for.
pub(super) const BLOCK: usize = 64;

/// A bit for each of sixty-four bytes: the delimiters, quotes, line feeds, carriage returns, and
/// the bytes that are no ASCII letter, digit or sign, white space among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Masks {
    pub(super) delimiters: u64,
    pub(super) quotes: u64,
    pub(super) feeds: u64,
    pub(super) returns: u64,
    pub(super) blanks: u64,
}

/// What takes the masks of a text one block after the other.
pub(super) trait Pass {
    /// Takes the masks of the next block; `false` ends the pass.
    fn block(&mut self, masks: Masks) -> bool;
}

/// Gives a pass the masks of a text's blocks; where the text ends, the last one is filled up with
/// zeros. `needles` are the delimiter and the quote.
pub(super) fn scan<P: Pass>(text: &[u8], needles: [u8; 2], pass: &mut P) {
    #[cfg(target_arch = "x86_64")]
    {
        if wide::is_there() {
            // SAFETY: the machine has all that the function is compiled for.
            #[allow(unsafe_code, reason = "the machine was asked for the instructions")]
            return unsafe { wide::scan(text, needles, pass) };
        }
        if middle::is_there() {
            // SAFETY: the machine has all that the function is compiled for.
            #[allow(unsafe_code, reason = "the machine was asked for the instructions")]
            return unsafe { middle::scan(text, needles, pass) };
        }
    }
    each(text, |block| plain(block, needles), pass);
}

#[allow(
    clippy::inline_always,
    reason = "one loop over the text, compiled for each set of instructions"
)]
#[inline(always)]
fn each<P: Pass>(text: &[u8], masks: impl Fn(&[u8; BLOCK]) -> Masks, pass: &mut P) {
    let (blocks, rest) = text.as_chunks::<BLOCK>();
    for block in blocks {
        if !pass.block(masks(block)) {
            return;
        }
    }
    if !rest.is_empty() {
        let mut block = [0; BLOCK];
        block[..rest.len()].copy_from_slice(rest);
        pass.block(masks(&block));
    }
}

/// The masks of a block in plain Rust: what the others must find.
#[inline]
fn plain(block: &[u8; BLOCK], needles: [u8; 2]) -> Masks {
    Masks {
        delimiters: mask(block, |byte| byte == needles[0]),
        quotes: mask(block, |byte| byte == needles[1]),
        feeds: mask(block, |byte| byte == b'\n'),
        returns: mask(block, |byte| byte == b'\r'),
        blanks: mask(block, |byte| byte <= b' ' || byte >= 0x80),
    }
}

/// A bit for each byte of a sort. The comparison becomes vector instructions of whatever machine it
/// is compiled for; the multiplication gathers eight bytes of 0 or 1 as eight bits.
#[inline]
fn mask(block: &[u8; BLOCK], is: impl Fn(u8) -> bool) -> u64 {
    /// Moves the lowest bit of byte *i* to bit 56 + *i*.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let found = block.map(|byte| u8::from(is(byte)));
    let (eights, _) = found.as_chunks::<8>();
    let eights = eights.iter().enumerate();
    eights.fold(0, |mask, (at, eight)| {
        mask | (u64::from_le_bytes(*eight).wrapping_mul(GATHER) >> 56) << (8 * at)
    })
}

/// Vectors of 32 bytes.
#[cfg(target_arch = "x86_64")]
mod middle {
    use std::arch::x86_64::{
        __m256i, _mm256_cmpeq_epi8, _mm256_cmpgt_epi8, _mm256_loadu_si256, _mm256_movemask_epi8,
        _mm256_set1_epi8,
    };

    use super::{BLOCK, Masks, Pass, each};

    pub(super) fn is_there() -> bool {
        is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("popcnt")
    }

    #[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
    pub(super) fn scan<P: Pass>(text: &[u8], needles: [u8; 2], pass: &mut P) {
        each(text, |block| masks(block, needles), pass);
    }

    #[inline]
    #[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
    pub(super) fn masks(block: &[u8; BLOCK], needles: [u8; 2]) -> Masks {
        let (halves, _) = block.as_chunks::<{ BLOCK / 2 }>();
        // SAFETY: a half of a block is as long as the vector.
        #[allow(unsafe_code, reason = "no safe function loads a vector in one instruction")]
        let [low, high] =
            [0, 1].map(|half: usize| unsafe { _mm256_loadu_si256(halves[half].as_ptr().cast()) });
        let both = |low: __m256i, high: __m256i| {
            let bits = |found: __m256i| u64::from(_mm256_movemask_epi8(found) as u32);
            bits(low) | bits(high) << 32
        };
        let equal = |byte: u8| {
            let byte = _mm256_set1_epi8(byte as i8);
            both(_mm256_cmpeq_epi8(low, byte), _mm256_cmpeq_epi8(high, byte))
        };
        let blank = _mm256_set1_epi8(b' ' as i8 + 1);
        Masks {
            delimiters: equal(needles[0]),
            quotes: equal(needles[1]),
            feeds: equal(b'\n'),
            returns: equal(b'\r'),
            blanks: both(_mm256_cmpgt_epi8(blank, low), _mm256_cmpgt_epi8(blank, high)),
        }
    }
}

/// Vectors of 64 bytes.
#[cfg(target_arch = "x86_64")]
mod wide {
    use std::arch::x86_64::{
        _mm512_cmpeq_epi8_mask, _mm512_cmplt_epi8_mask, _mm512_loadu_si512, _mm512_set1_epi8,
    };

    use super::{BLOCK, Masks, Pass, each};

    pub(super) fn is_there() -> bool {
        is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("popcnt")
    }

    #[target_feature(enable = "avx512f,avx512bw,bmi1,bmi2,popcnt")]
    pub(super) fn scan<P: Pass>(text: &[u8], needles: [u8; 2], pass: &mut P) {
        each(text, |block| masks(block, needles), pass);
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,bmi1,bmi2,popcnt")]
    pub(super) fn masks(block: &[u8; BLOCK], needles: [u8; 2]) -> Masks {
        // SAFETY: a block is as long as the vector.
        #[allow(unsafe_code, reason = "no safe function loads a vector in one instruction")]
        let all = unsafe { _mm512_loadu_si512(block.as_ptr().cast()) };
        let equal = |byte: u8| _mm512_cmpeq_epi8_mask(all, _mm512_set1_epi8(byte as i8));
        Masks {
            delimiters: equal(needles[0]),
            quotes: equal(needles[1]),
            feeds: equal(b'\n'),
            returns: equal(b'\r'),
            blanks: _mm512_cmplt_epi8_mask(all, _mm512_set1_epi8(b' ' as i8 + 1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct All(Vec<Masks>);

    impl Pass for All {
        fn block(&mut self, masks: Masks) -> bool {
            self.0.push(masks);
            true
        }
    }

    proptest::proptest! {
        #[test]
        fn all_vectors_find_what_byte_by_byte_is_found(
            bytes in proptest::collection::vec(
                proptest::prop_oneof![proptest::arbitrary::any::<u8>(), proptest::sample::select(&b",\"\n\r \t;|"[..])],
                0..300,
            ),
        ) {
            let needles = [b',', b'"'];
            let bit = |at: usize, is: bool| u64::from(is) << at;
            let expected: Vec<Masks> = (bytes.chunks(BLOCK))
                .map(|chunk| {
                    let mut block = [0; BLOCK];
                    block[..chunk.len()].copy_from_slice(chunk);
                    let all = |is: &dyn Fn(u8) -> bool| {
                        block.iter().enumerate().fold(0, |mask, (at, byte)| mask | bit(at, is(*byte)))
                    };
                    Masks {
                        delimiters: all(&|byte| byte == b','),
                        quotes: all(&|byte| byte == b'"'),
                        feeds: all(&|byte| byte == b'\n'),
                        returns: all(&|byte| byte == b'\r'),
                        blanks: all(&|byte| byte <= b' ' || byte >= 0x80),
                    }
                })
                .collect();
            let mut found = All(Vec::new());
            scan(&bytes, needles, &mut found);
            proptest::prop_assert_eq!(&found.0, &expected);
            let mut found = All(Vec::new());
            each(&bytes, |block| plain(block, needles), &mut found);
            proptest::prop_assert_eq!(&found.0, &expected);
            #[cfg(target_arch = "x86_64")]
            {
                if middle::is_there() {
                    let mut found = All(Vec::new());
                    // SAFETY: the machine has all that the function is compiled for.
                    #[allow(unsafe_code, reason = "the machine was asked for the instructions")]
                    unsafe { middle::scan(&bytes, needles, &mut found) };
                    proptest::prop_assert_eq!(&found.0, &expected);
                }
            }
        }
    }
}
