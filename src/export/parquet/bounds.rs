//! [`Bounds`]: the least and the greatest value of a page or a column, and how files say them.

use parquet::basic::Type;
use parquet::data_type::{ByteArray, FixedLenByteArray};
use parquet::file::statistics::{Statistics, ValueStatistics};

/// The longest text that stands whole in statistics, in bytes: what arrow-rs and parquet-java keep.
const TEXT_BYTES: usize = 64;

/// The least and the greatest value of some values that are there.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) enum Bounds {
    /// There is no value.
    #[default]
    None,
    /// Whole numbers, moments and short decimals.
    Int(i64, i64),
    /// Truths.
    Bool(bool, bool),
    /// Binary fractions in their total order, without those that are no numbers unless there are no
    /// others; and how many are no numbers.
    Float(f64, f64, u64),
    /// Decimals of many digits.
    Wide(i128, i128),
    /// Texts and other bytes.
    Bytes(Vec<u8>, Vec<u8>),
}

impl Bounds {
    /// The bounds of whole numbers.
    pub(super) fn of_ints(values: &[i64]) -> Self {
        let widen = |(least, most): (i64, i64), value: &i64| (least.min(*value), most.max(*value));
        match values.first() {
            None => Self::None,
            Some(first) => {
                let (least, most) = values.iter().fold((*first, *first), widen);
                Self::Int(least, most)
            }
        }
    }

    /// The bounds of decimals of many digits.
    pub(super) fn of_wide(values: &[i128]) -> Self {
        match (values.iter().min(), values.iter().max()) {
            (Some(least), Some(most)) => Self::Wide(*least, *most),
            _ => Self::None,
        }
    }

    /// The bounds of truths.
    pub(super) fn of_bools(values: &[bool]) -> Self {
        match (values.contains(&false), values.contains(&true)) {
            (false, false) => Self::None,
            (falses, truths) => Self::Bool(!falses, truths),
        }
    }

    /// The bounds of binary fractions, given as their bits.
    pub(super) fn of_floats(bits: &[i64]) -> Self {
        let Some(first) = bits.first() else { return Self::None };
        let (mut least, mut most) = (i64::MAX, i64::MIN);
        let (mut least_of_all, mut most_of_all) = (total(*first), total(*first));
        let mut strange = 0;
        for bits in bits {
            let place = total(*bits);
            least_of_all = least_of_all.min(place);
            most_of_all = most_of_all.max(place);
            if f64::from_bits(*bits as u64).is_nan() {
                strange += 1;
            } else {
                least = least.min(place);
                most = most.max(place);
            }
        }
        if least > most {
            (least, most) = (least_of_all, most_of_all);
        }
        let value = |place: i64| f64::from_bits(total(place) as u64);
        Self::Float(value(least), value(most), strange)
    }

    /// Takes in the bounds of more values of the same kind.
    pub(super) fn widen(&mut self, other: &Self) {
        match (&mut *self, other) {
            (_, Self::None) => {}
            (Self::Int(least, most), Self::Int(low, high)) => {
                (*least, *most) = ((*least).min(*low), (*most).max(*high));
            }
            (Self::Bool(least, most), Self::Bool(low, high)) => {
                (*least, *most) = (*least && *low, *most || *high);
            }
            (Self::Float(least, most, strange), Self::Float(low, high, others)) => {
                *strange += others;
                if least.is_nan() || (!low.is_nan() && low.total_cmp(least).is_lt()) {
                    *least = *low;
                }
                if most.is_nan() || (!high.is_nan() && high.total_cmp(most).is_gt()) {
                    *most = *high;
                }
            }
            (Self::Wide(least, most), Self::Wide(low, high)) => {
                (*least, *most) = ((*least).min(*low), (*most).max(*high));
            }
            (Self::Bytes(least, most), Self::Bytes(low, high)) => {
                if low < least {
                    least.clone_from(low);
                }
                if high > most {
                    most.clone_from(high);
                }
            }
            (mine, _) => *mine = other.clone(),
        }
    }

    /// The bytes that stand for both in a column index; nothing where there is no value.
    pub(super) fn index(&self, stored: Stored) -> Option<(Vec<u8>, Vec<u8>)> {
        Some(match self {
            Self::None => return None,
            Self::Int(least, most) if stored.physical == Type::INT32 => {
                ((*least as i32).to_le_bytes().into(), (*most as i32).to_le_bytes().into())
            }
            Self::Int(least, most) => (least.to_le_bytes().into(), most.to_le_bytes().into()),
            Self::Bool(least, most) => (vec![u8::from(*least)], vec![u8::from(*most)]),
            Self::Float(least, most, _) => (least.to_le_bytes().into(), most.to_le_bytes().into()),
            Self::Wide(least, most) => (stored.fixed(*least), stored.fixed(*most)),
            Self::Bytes(least, most) => (short(least).0, short_above(most).0),
        })
    }

    /// The statistics of a column whose nulls are counted.
    pub(super) fn statistics(&self, stored: Stored, nulls: u64) -> Statistics {
        let nulls = Some(nulls);
        let fixed = |bytes: Vec<u8>| Some(FixedLenByteArray::from(bytes));
        match (stored.physical, self) {
            (Type::BOOLEAN, Self::Bool(least, most)) => {
                ValueStatistics::new(Some(*least), Some(*most), None, nulls, false).into()
            }
            (Type::INT32, Self::Int(least, most)) => {
                let (least, most) = (*least as i32, *most as i32);
                ValueStatistics::new(Some(least), Some(most), None, nulls, false)
                    .with_backwards_compatible_min_max(true)
                    .into()
            }
            (Type::INT64, Self::Int(least, most)) => {
                ValueStatistics::new(Some(*least), Some(*most), None, nulls, false)
                    .with_backwards_compatible_min_max(true)
                    .into()
            }
            (Type::DOUBLE, Self::Float(least, most, strange)) => {
                ValueStatistics::new(Some(*least), Some(*most), None, nulls, false)
                    .with_nan_count(Some(*strange))
                    .into()
            }
            (Type::FIXED_LEN_BYTE_ARRAY, Self::Wide(least, most)) => ValueStatistics::new(
                fixed(stored.fixed(*least)),
                fixed(stored.fixed(*most)),
                None,
                nulls,
                false,
            )
            .into(),
            (Type::FIXED_LEN_BYTE_ARRAY, Self::Bytes(least, most)) => {
                ValueStatistics::new(fixed(least.clone()), fixed(most.clone()), None, nulls, false)
                    .into()
            }
            (Type::BYTE_ARRAY, Self::Bytes(least, most)) => {
                let ((least, whole_least), (most, whole_most)) = (short(least), short_above(most));
                let (least, most) = (ByteArray::from(least), ByteArray::from(most));
                ValueStatistics::new(Some(least), Some(most), None, nulls, false)
                    .with_min_is_exact(whole_least)
                    .with_max_is_exact(whole_most)
                    .into()
            }
            (Type::BOOLEAN, _) => Statistics::boolean(None, None, None, nulls, false),
            (Type::INT32, _) => Statistics::int32(None, None, None, nulls, false),
            (Type::DOUBLE, _) => Statistics::double(None, None, None, nulls, false),
            (Type::BYTE_ARRAY, _) => Statistics::byte_array(None, None, None, nulls, false),
            (Type::FIXED_LEN_BYTE_ARRAY, _) => {
                Statistics::fixed_len_byte_array(None, None, None, nulls, false)
            }
            _ => Statistics::int64(None, None, None, nulls, false),
        }
    }

    /// How many values are no numbers; nothing where that is not asked.
    pub(super) fn strange(&self, stored: Stored) -> Option<i64> {
        match self {
            Self::Float(_, _, strange) => Some(*strange as i64),
            _ => (stored.physical == Type::DOUBLE).then_some(0),
        }
    }

    /// Whether both bounds are at or after another's; what is empty is after everything.
    pub(super) fn is_after(&self, before: &Self) -> bool {
        match (before, self) {
            (Self::Int(low, high), Self::Int(least, most)) => least >= low && most >= high,
            (Self::Bool(low, high), Self::Bool(least, most)) => least >= low && most >= high,
            (Self::Float(low, high, _), Self::Float(least, most, _)) => {
                least.total_cmp(low).is_ge() && most.total_cmp(high).is_ge()
            }
            (Self::Wide(low, high), Self::Wide(least, most)) => least >= low && most >= high,
            (Self::Bytes(low, high), Self::Bytes(least, most)) => {
                short(least).0 >= short(low).0 && short_above(most).0 >= short_above(high).0
            }
            _ => true,
        }
    }
}

/// What a column's values are stored as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stored {
    /// The physical type.
    pub(super) physical: Type,
    /// Bytes of a value, where all have as many.
    pub(super) bytes: usize,
}

impl Stored {
    /// A decimal as the bytes of a fixed length, the highest first.
    fn fixed(self, value: i128) -> Vec<u8> {
        let bytes = value.to_be_bytes();
        bytes[bytes.len() - self.bytes.min(bytes.len())..].to_vec()
    }
}

/// The bits of a fraction so that their order as whole numbers is the total order of IEEE 754; and
/// back.
fn total(bits: i64) -> i64 {
    bits ^ ((bits >> 63) as u64 >> 1) as i64
}

/// The beginning of a text, which is not above it, and whether it is all of it.
fn short(text: &[u8]) -> (Vec<u8>, bool) {
    match beginning(text) {
        Some(end) => (text[..end].to_vec(), false),
        None => (text.to_vec(), true),
    }
}

/// A beginning of a text with its last letter one higher, which is above it, and whether it is the
/// text itself.
fn short_above(text: &[u8]) -> (Vec<u8>, bool) {
    let raised = || {
        let start = str::from_utf8(&text[..beginning(text)?]).ok()?;
        start.char_indices().rev().find_map(|(at, letter)| {
            let next = char::from_u32(letter as u32 + 1)?;
            (next.len_utf8() == letter.len_utf8()).then(|| {
                let mut above = start.as_bytes()[..at].to_vec();
                above.extend_from_slice(next.encode_utf8(&mut [0; 4]).as_bytes());
                above
            })
        })
    };
    match raised() {
        Some(above) => (above, false),
        None => (text.to_vec(), true),
    }
}

/// Where a long text's beginning ends, between two letters.
fn beginning(text: &[u8]) -> Option<usize> {
    if text.len() <= TEXT_BYTES {
        return None;
    }
    // A byte that begins with the bits 10 goes on with the letter before it.
    (1..=TEXT_BYTES).rfind(|end| text[*end] & 0xc0 != 0x80)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_between_letters_and_stay_bounds() {
        let text = format!("{}é{}", "a".repeat(63), "b".repeat(9));
        assert_eq!(short(text.as_bytes()), ("a".repeat(63).into_bytes(), false));
        let above = format!("{}b", "a".repeat(62));
        assert_eq!(short_above(text.as_bytes()), (above.into_bytes(), false));
        let last = "\u{10ffff}".repeat(20);
        assert_eq!(short_above(last.as_bytes()), (last.clone().into_bytes(), true));
        assert_eq!(short(b"brief"), (b"brief".to_vec(), true));
    }

    #[test]
    fn what_is_no_number_bounds_only_its_like() {
        let bits =
            |values: &[f64]| values.iter().map(|value| value.to_bits() as i64).collect::<Vec<_>>();
        let bounds = Bounds::of_floats(&bits(&[0.0, f64::NAN, -0.0, -1.5, f64::INFINITY]));
        assert_eq!(bounds, Bounds::Float(-1.5, f64::INFINITY, 1));
        let Bounds::Float(least, most, 2) = Bounds::of_floats(&bits(&[f64::NAN, f64::NAN])) else {
            panic!("two that are no numbers");
        };
        assert!(least.is_nan() && most.is_nan());
        let Bounds::Float(least, most, 0) = Bounds::of_floats(&bits(&[0.0, -0.0])) else {
            panic!("two zeros");
        };
        assert!(least.is_sign_negative() && most.is_sign_positive());
    }

    #[test]
    fn bounds_of_two_runs_are_those_of_both() {
        let mut bounds = Bounds::None;
        for values in [&[][..], &[5, 3], &[9]] {
            bounds.widen(&Bounds::of_ints(values));
        }
        assert_eq!(bounds, Bounds::Int(3, 9));
        assert!(bounds.is_after(&Bounds::Int(3, 8)) && !bounds.is_after(&Bounds::Int(4, 8)));
    }
}
