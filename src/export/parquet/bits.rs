//! Bits: small numbers packed side by side, and the runs of them that Parquet calls RLE.

use std::array;

/// Values that are packed at a time: so many fill whole bytes at any width.
const GROUP: usize = 8;
/// Equal values from which a run of its own is shorter than packing them.
const RUN: usize = 2 * GROUP;

/// Packs values of at most `width` bits each, the lowest bit first, and fills the last group of
/// eight with zeros.
pub(super) fn pack(values: &[u64], width: u32, out: &mut Vec<u8>) {
    PACK_LONG[(width as usize).min(64)](values, out);
}

/// Codes as the data of a page in Parquet's hybrid of runs and packed values.
pub(super) fn hybrid(codes: &[u32], width: u32, out: &mut Vec<u8>) {
    let changes = codes.windows(2).filter(|pair| pair[0] != pair[1]).count();
    match codes.first() {
        None => {}
        Some(code) if changes == 0 => run(codes.len(), *code, width, out),
        // A value that changes this often makes no run worth its header.
        Some(_) if changes > codes.len() / GROUP => literal(codes, width, out),
        Some(_) => runs(codes, width, out),
    }
}

/// An unsigned number, seven bits a byte, the lowest first (ULEB128).
pub(super) fn varint(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// A signed number, small ones in few bytes whatever their sign.
pub(super) fn zigzag(number: i64, out: &mut Vec<u8>) {
    varint((number << 1 ^ number >> 63) as u64, out);
}

/// How many bits the codes `0..many` take; at least one, for readers that know no less.
pub(super) fn width(many: usize) -> u32 {
    (usize::BITS - many.saturating_sub(1).leading_zeros()).max(1)
}

/// Truths as bits.
pub(super) fn truths(values: &[bool], out: &mut Vec<u8>) {
    let bits = |group: &[bool]| {
        group.iter().enumerate().fold(0, |byte, (at, value)| byte | u8::from(*value) << at)
    };
    out.extend(values.chunks(GROUP).map(bits));
}

fn runs(codes: &[u32], width: u32, out: &mut Vec<u8>) {
    let (mut from, mut at) = (0_usize, 0_usize);
    for group in codes.chunk_by(|one, other| one == other) {
        // Packed values end where a group is full, at the cost of the run behind them.
        let fill = (at - from).next_multiple_of(GROUP) - (at - from);
        if group.len() >= RUN {
            literal(&codes[from..at + fill], width, out);
            run(group.len() - fill, group[0], width, out);
            from = at + group.len();
        }
        at += group.len();
    }
    literal(&codes[from..], width, out);
}

fn run(many: usize, code: u32, width: u32, out: &mut Vec<u8>) {
    varint((many as u64) << 1, out);
    out.extend_from_slice(&code.to_le_bytes()[..width.div_ceil(8) as usize]);
}

fn literal(codes: &[u32], width: u32, out: &mut Vec<u8>) {
    if !codes.is_empty() {
        varint((codes.len().div_ceil(GROUP) as u64) << 1 | 1, out);
        PACK_SHORT[(width as usize).min(32)](codes, out);
    }
}

/// Packs at a width that the compiler knows, so that every shift is a constant.
fn packed<T: Copy + Default + Into<u64>, const WIDTH: usize>(values: &[T], out: &mut Vec<u8>) {
    let (groups, rest) = values.as_chunks::<GROUP>();
    let start = out.len();
    out.resize(start + values.len().div_ceil(GROUP) * WIDTH, 0);
    if WIDTH == 0 {
        return;
    }
    let mut slots = out[start..].chunks_exact_mut(WIDTH);
    for (group, slot) in groups.iter().zip(&mut slots) {
        slot.copy_from_slice(&packed_group::<T, WIDTH>(group)[..WIDTH]);
    }
    if let Some(slot) = slots.next() {
        let group = array::from_fn(|at| rest.get(at).copied().unwrap_or_default());
        slot.copy_from_slice(&packed_group::<T, WIDTH>(&group)[..WIDTH]);
    }
}

#[inline]
fn packed_group<T: Copy + Into<u64>, const WIDTH: usize>(group: &[T; GROUP]) -> [u8; 64] {
    let mut words = [0_u64; GROUP];
    for (at, value) in group.iter().enumerate() {
        let value: u64 = (*value).into();
        let (word, bit) = (at * WIDTH / 64, at * WIDTH % 64);
        words[word] |= value << bit;
        if bit + WIDTH > 64 {
            words[word + 1] |= value >> (64 - bit);
        }
    }
    let mut bytes = [0; 64];
    for (slot, word) in bytes.chunks_exact_mut(8).zip(words) {
        slot.copy_from_slice(&word.to_le_bytes());
    }
    bytes
}

/// A way to pack, for one width.
type Pack<T> = fn(&[T], &mut Vec<u8>);

/// How codes are packed, by width.
const PACK_SHORT: [Pack<u32>; 33] = [
    packed::<u32, 0>,
    packed::<u32, 1>,
    packed::<u32, 2>,
    packed::<u32, 3>,
    packed::<u32, 4>,
    packed::<u32, 5>,
    packed::<u32, 6>,
    packed::<u32, 7>,
    packed::<u32, 8>,
    packed::<u32, 9>,
    packed::<u32, 10>,
    packed::<u32, 11>,
    packed::<u32, 12>,
    packed::<u32, 13>,
    packed::<u32, 14>,
    packed::<u32, 15>,
    packed::<u32, 16>,
    packed::<u32, 17>,
    packed::<u32, 18>,
    packed::<u32, 19>,
    packed::<u32, 20>,
    packed::<u32, 21>,
    packed::<u32, 22>,
    packed::<u32, 23>,
    packed::<u32, 24>,
    packed::<u32, 25>,
    packed::<u32, 26>,
    packed::<u32, 27>,
    packed::<u32, 28>,
    packed::<u32, 29>,
    packed::<u32, 30>,
    packed::<u32, 31>,
    packed::<u32, 32>,
];

/// How numbers are packed, by width.
const PACK_LONG: [Pack<u64>; 65] = [
    packed::<u64, 0>,
    packed::<u64, 1>,
    packed::<u64, 2>,
    packed::<u64, 3>,
    packed::<u64, 4>,
    packed::<u64, 5>,
    packed::<u64, 6>,
    packed::<u64, 7>,
    packed::<u64, 8>,
    packed::<u64, 9>,
    packed::<u64, 10>,
    packed::<u64, 11>,
    packed::<u64, 12>,
    packed::<u64, 13>,
    packed::<u64, 14>,
    packed::<u64, 15>,
    packed::<u64, 16>,
    packed::<u64, 17>,
    packed::<u64, 18>,
    packed::<u64, 19>,
    packed::<u64, 20>,
    packed::<u64, 21>,
    packed::<u64, 22>,
    packed::<u64, 23>,
    packed::<u64, 24>,
    packed::<u64, 25>,
    packed::<u64, 26>,
    packed::<u64, 27>,
    packed::<u64, 28>,
    packed::<u64, 29>,
    packed::<u64, 30>,
    packed::<u64, 31>,
    packed::<u64, 32>,
    packed::<u64, 33>,
    packed::<u64, 34>,
    packed::<u64, 35>,
    packed::<u64, 36>,
    packed::<u64, 37>,
    packed::<u64, 38>,
    packed::<u64, 39>,
    packed::<u64, 40>,
    packed::<u64, 41>,
    packed::<u64, 42>,
    packed::<u64, 43>,
    packed::<u64, 44>,
    packed::<u64, 45>,
    packed::<u64, 46>,
    packed::<u64, 47>,
    packed::<u64, 48>,
    packed::<u64, 49>,
    packed::<u64, 50>,
    packed::<u64, 51>,
    packed::<u64, 52>,
    packed::<u64, 53>,
    packed::<u64, 54>,
    packed::<u64, 55>,
    packed::<u64, 56>,
    packed::<u64, 57>,
    packed::<u64, 58>,
    packed::<u64, 59>,
    packed::<u64, 60>,
    packed::<u64, 61>,
    packed::<u64, 62>,
    packed::<u64, 63>,
    packed::<u64, 64>,
];

#[cfg(test)]
mod tests {
    use super::*;

    /// The packed values again, a bit at a time.
    fn unpacked(bytes: &[u8], width: u32, many: usize) -> Vec<u64> {
        let bit = |at: usize| u64::from(bytes[at / 8] >> (at % 8) & 1);
        let value = |at: usize| {
            (0..width as usize)
                .fold(0, |value, bits| value | bit(at * width as usize + bits) << bits)
        };
        (0..many).map(value).collect()
    }

    #[test]
    fn packed_values_come_back_at_every_width() {
        for width in 0..=64 {
            let mask = if width == 64 { u64::MAX } else { (1 << width) - 1 };
            for many in [0, 1, 7, 8, 9, 64, 75] {
                let value = |at: u64| at.wrapping_mul(0x9e37_79b9_7f4a_7c15) & mask;
                let values: Vec<u64> = (1..=many).map(value).collect();
                let mut out = Vec::new();
                pack(&values, width, &mut out);
                assert_eq!(out.len(), (many as usize).div_ceil(8) * width as usize);
                assert_eq!(unpacked(&out, width, values.len()), values, "{width} bits");
            }
        }
    }

    /// The codes of a hybrid again.
    fn read(mut bytes: &[u8], width: u32, many: usize) -> Vec<u32> {
        let mut codes = Vec::new();
        while codes.len() < many {
            let (mut header, mut shift) = (0_u64, 0);
            loop {
                let (byte, rest) = bytes.split_first().expect("a header");
                bytes = rest;
                header |= u64::from(byte & 0x7f) << shift;
                shift += 7;
                if byte & 0x80 == 0 {
                    break;
                }
            }
            let count = (header >> 1) as usize;
            let taken = if header & 1 == 1 {
                let values = unpacked(bytes, width, count * 8);
                codes.extend(values.iter().map(|value| *value as u32));
                count * width as usize
            } else {
                let size = width.div_ceil(8) as usize;
                let code = (0..size).fold(0, |code, at| code | u32::from(bytes[at]) << (8 * at));
                codes.extend(vec![code; count]);
                size
            };
            bytes = &bytes[taken..];
        }
        assert!(bytes.is_empty());
        codes.truncate(many);
        codes
    }

    #[test]
    fn codes_come_back_from_runs_and_packed_values() {
        let mixed = |many: u32| (0..many).map(|at| if at % 97 < 60 { 5 } else { at % 7 });
        let rare = |many: u32| (0..many).map(|at| u32::from(at % 50 == 49));
        for many in [0, 1, 8, 15, 16, 17, 100, 1000] {
            let even: Vec<u32> = (0..many).map(|at| at * 7 % 8).collect();
            for codes in [even, mixed(many).collect(), rare(many).collect(), vec![3; many as usize]]
            {
                let mut out = Vec::new();
                hybrid(&codes, 3, &mut out);
                assert_eq!(read(&out, 3, codes.len()), codes);
            }
        }
    }

    #[test]
    fn codes_are_as_wide_as_the_last_of_them() {
        assert_eq!([0, 1, 2, 3, 256, 257].map(width), [1, 1, 1, 2, 8, 9]);
    }
}
