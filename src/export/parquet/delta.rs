//! Deltas: numbers as steps from one to the next (`DELTA_BINARY_PACKED`).

use super::bits::{pack, varint, zigzag};

/// Steps that share their least one.
const BLOCK: usize = 256;
/// Parts of a block, each of its own width.
const MINIBLOCKS: usize = 4;
/// Steps in a part of a block.
const MINIBLOCK: usize = BLOCK / MINIBLOCKS;

/// How wide the numbers are that steps lead to; steps wrap round at that width.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Width {
    /// 32 bits.
    Short,
    /// 64 bits.
    Long,
}

/// Appends numbers as their first one and the steps from each to the next.
pub(super) fn encode(values: &[i64], width: Width, out: &mut Vec<u8>) {
    varint(BLOCK as u64, out);
    varint(MINIBLOCKS as u64, out);
    varint(values.len() as u64, out);
    zigzag(values.first().copied().unwrap_or(0), out);
    let mut steps = [0; BLOCK];
    let mut at = 1;
    while at < values.len() {
        let many = (values.len() - at).min(BLOCK);
        let pairs = values[at - 1..].iter().zip(&values[at..at + many]);
        let steps = &mut steps[..many];
        match width {
            Width::Short => {
                for (step, (before, value)) in steps.iter_mut().zip(pairs) {
                    *step = i64::from((*value as i32).wrapping_sub(*before as i32));
                }
            }
            Width::Long => {
                for (step, (before, value)) in steps.iter_mut().zip(pairs) {
                    *step = value.wrapping_sub(*before);
                }
            }
        }
        block(steps, out);
        at += many;
    }
}

fn block(steps: &[i64], out: &mut Vec<u8>) {
    let least = steps.iter().copied().min().unwrap_or(0);
    zigzag(least, out);
    let widths = out.len();
    out.extend_from_slice(&[0; MINIBLOCKS]);
    let mut above = [0; MINIBLOCK];
    for (at, steps) in steps.chunks(MINIBLOCK).enumerate() {
        above[steps.len()..].fill(0);
        let mut bits = 0;
        for (above, step) in above.iter_mut().zip(steps) {
            *above = step.wrapping_sub(least) as u64;
            bits |= *above;
        }
        let width = u64::BITS - bits.leading_zeros();
        out[widths + at] = width as u8;
        pack(&above, width, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_even_sequence_takes_a_few_bytes_a_block() {
        let mut out = Vec::new();
        encode(&(0..100_000).collect::<Vec<i64>>(), Width::Long, &mut out);
        assert!(out.len() < 100_000 / BLOCK * 6 + 20, "{}", out.len());
    }

    #[test]
    fn steps_between_extremes_wrap_round() {
        let mut out = Vec::new();
        encode(&[i64::MIN, i64::MAX, i64::MIN], Width::Long, &mut out);
        // One block of the steps -1 and 1: two bits each.
        assert_eq!(out[out.len() - MINIBLOCK / 4 - MINIBLOCKS - 1..][..2], [1, 2]);
        let mut out = Vec::new();
        encode(&[i32::MIN.into(), i32::MAX.into()], Width::Short, &mut out);
        assert_eq!(out[out.len() - MINIBLOCKS - 1..], [1, 0, 0, 0, 0]);
    }
}
