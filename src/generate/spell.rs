//! [`spell`]: a value of a lane as text.

use std::io::Write;

use peyote_schemas::Kind;
use peyote_schemas::value::moment::Moment;

use super::maker::slice;
use crate::lane::{Lane, Values};

/// Adds the text of the value at a place: numbers with their point, moments in ISO 8601.
pub(crate) fn spell(lane: &Lane, kind: &Kind, place: usize, out: &mut Vec<u8>) {
    // Writing to a vector does not fail.
    let _ = match (&lane.values, kind) {
        (Values::Bool(values), _) => write!(out, "{}", values[place]),
        (Values::Int(values), Kind::Decimal { scale, .. }) => {
            decimal(values[place].into(), *scale, out);
            Ok(())
        }
        (Values::Wide(values), Kind::Decimal { scale, .. }) => {
            decimal(values[place], *scale, out);
            Ok(())
        }
        (Values::Int(values), Kind::Date) => {
            write!(out, "{}", Moment::Date(values[place] as i32))
        }
        (Values::Int(values), Kind::Time) => write!(out, "{}", Moment::Time(values[place])),
        (Values::Int(values), Kind::Timestamp) => {
            write!(out, "{}", Moment::Timestamp(values[place]))
        }
        (Values::Int(values), Kind::TimestampTz) => {
            write!(out, "{}", Moment::TimestampTz(values[place]))
        }
        (Values::Int(values), _) => {
            whole(values[place], out);
            Ok(())
        }
        (Values::Wide(values), _) => write!(out, "{}", values[place]),
        (Values::Float(values), _) => write!(out, "{}", values[place]),
        (Values::Word { words, picks }, _) => out.write_all(words.bytes(picks[place] as usize)),
        (Values::Text { ends, bytes }, _) => out.write_all(slice(ends, bytes, place)),
        (Values::Other(_), _) => Ok(()),
    };
}

/// Adds a whole number as text.
pub(super) fn whole(number: i64, out: &mut Vec<u8>) {
    /// Digits of the largest number.
    const MOST: usize = 20;
    let mut digits = [0; MOST];
    let (mut left, mut at) = (number.unsigned_abs(), MOST);
    loop {
        at -= 1;
        digits[at] = b'0' + (left % 10) as u8;
        left /= 10;
        if left == 0 {
            break;
        }
    }
    if number < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(&digits[at..]);
}

/// A decimal with its point.
fn decimal(digits: i128, scale: u8, out: &mut Vec<u8>) {
    let scale = usize::from(scale);
    let text = format!("{:0>1$}", digits.unsigned_abs(), scale + 1);
    let (whole, part) = text.split_at(text.len() - scale);
    if digits < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(whole.as_bytes());
    if scale > 0 {
        out.push(b'.');
        out.extend_from_slice(part.as_bytes());
    }
}

/// The eight digits of a number below ten to the eighth, the first one in the lowest byte.
#[allow(clippy::inline_always, reason = "compiled for each set of instructions")]
#[inline(always)]
pub(super) fn eight(number: u32) -> u64 {
    // 3518437209 / 2^45 is a ten-thousandth, exact for every number of 32 bits.
    let upper = ((u64::from(number) * 3_518_437_209) >> 45) as u32;
    u64::from(four(upper)) | u64::from(four(number - upper * 10_000)) << 32
}

/// The four digits of a number below ten thousand: halves and quarters side by side in one word.
#[allow(clippy::inline_always, reason = "compiled for each set of instructions")]
#[inline(always)]
fn four(number: u32) -> u32 {
    /// Four zeros.
    const ZEROS: u32 = 0x3030_3030;
    // 10486 / 2^20 is a hundredth, exact below ten thousand.
    let hundreds = (number * 10_486) >> 20;
    let halves = hundreds | (number - hundreds * 100) << 16;
    // 103 / 2^10 is a tenth, exact below a hundred.
    let tens = ((halves * 103) >> 10) & 0x000f_000f;
    (tens | (halves - tens * 10) << 8) + ZEROS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_digits_are_those_of_the_number() {
        for number in (0..100_000_000).step_by(9_973).chain([99_999_999]) {
            assert_eq!(eight(number).to_le_bytes(), *format!("{number:08}").as_bytes());
        }
    }
}
