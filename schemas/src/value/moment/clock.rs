//! Clocks: times of day and offsets from Greenwich, read at a place in a text.

use super::DAY;

/// A time of day as it was read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    /// Microseconds since midnight; a whole day where midnight was written as 24:00.
    pub(super) micros: i64,
    /// Bytes it takes.
    pub(super) length: usize,
    /// Whether minutes and seconds had two digits each, as a clock shows them.
    pub(super) strict: bool,
    /// How it was written, in the letters of `strftime`.
    pub(super) format: &'static str,
    /// The letters of its fraction and its half of the day.
    pub(super) tail: &'static str,
}

const SECOND: i64 = 1_000_000;

/// A clock with a separator: `9:05`, `09:05:07.25 pm`; `mark` is a colon, or a point after a date.
pub(super) fn read(bytes: &[u8], mark: u8) -> Option<Clock> {
    let (hour, mut at) = number(bytes, 2)?;
    let mut strict = true;
    let mut minute = 0;
    let mut second = 0;
    let mut fraction = None;
    let mut marks = 0;
    while marks < 2 && bytes.get(at) == Some(&mark) {
        let Some((value, length)) = number(&bytes[at + 1..], 2) else { break };
        strict &= length == 2;
        *(if marks == 0 { &mut minute } else { &mut second }) = value;
        at += 1 + length;
        marks += 1;
    }
    if marks == 2
        && let Some(b'.' | b',') = bytes.get(at)
        && let Some((micros, length)) = micros(&bytes[at + 1..])
    {
        fraction = Some(micros);
        at += 1 + length;
    }
    // A third mark makes it something else: a date between colons, a list.
    if let [next, digit, ..] = &bytes[at..]
        && *next == mark
        && digit.is_ascii_digit()
    {
        return None;
    }
    let half = half(&bytes[at..]);
    if marks == 0 && half.is_none() || mark == b'.' && marks == 1 && half.is_none() {
        return None;
    }
    let hour = match half {
        Some((half, length)) => {
            at += length;
            (1..=12).contains(&hour).then_some(hour % 12 + half)?
        }
        None => hour,
    };
    let format = match (half.is_some(), marks, mark) {
        (false, 1, _) => "%H:%M",
        (false, _, b'.') => "%H.%M.%S",
        (false, ..) => "%H:%M:%S",
        (true, 0, _) => "%I",
        (true, 1, b'.') => "%I.%M",
        (true, 1, _) => "%I:%M",
        (true, _, b'.') => "%I.%M.%S",
        (true, ..) => "%I:%M:%S",
    };
    let tail = match (fraction.is_some(), half.is_some()) {
        (false, false) => "",
        (true, false) => ".%f",
        (false, true) => " %p",
        (true, true) => ".%f %p",
    };
    let micros = micros_of(hour, minute, second, fraction.unwrap_or(0))?;
    Some(Clock { micros, length: at, strict, format, tail })
}

/// A clock of digits alone: `hh`, `hhmm`, `hhmmss`, with a fraction after the last.
pub(super) fn compact(bytes: &[u8]) -> Option<Clock> {
    let count = run(bytes);
    let two = |at: usize| {
        if at < count {
            i64::from(bytes[at] - b'0') * 10 + i64::from(bytes[at + 1] - b'0')
        } else {
            0
        }
    };
    let format = match count {
        2 => "%H",
        4 => "%H%M",
        6 => "%H%M%S",
        _ => return None,
    };
    let mut length = count;
    let mut fraction = 0;
    if count == 6
        && let Some(b'.' | b',') = bytes.get(count)
        && let Some((micros, digits)) = micros(&bytes[count + 1..])
    {
        fraction = micros;
        length += 1 + digits;
    }
    let tail = if length > count { ".%f" } else { "" };
    let micros = micros_of(two(0), two(2), two(4), fraction)?;
    Some(Clock { micros, length, strict: true, format, tail })
}

/// Seconds east of Greenwich after a sign, and the bytes they take: `+2`, `-0530`, `+05:30`,
/// `+00:50:20`.
pub(super) fn offset(bytes: &[u8]) -> Option<(i32, usize)> {
    /// The farthest from Greenwich that any place has kept its clocks (15 h 13 min), rounded up.
    const FARTHEST: i64 = 16 * 3600;
    let digits = bytes.get(1..)?;
    let count = run(digits);
    let (seconds, mut length) = match count {
        1 | 2 => (number(digits, 2)?.0 * 3600, count),
        4 | 6 => {
            let two = |at: usize| number(digits.get(at..at + 2)?, 2).map(|(value, _)| value);
            let rest = if count == 6 { two(4)? } else { 0 };
            if two(2)? > 59 || rest > 59 {
                return None;
            }
            (two(0)? * 3600 + two(2)? * 60 + rest, count)
        }
        _ => return None,
    };
    let mut seconds = seconds;
    let mut unit = 60;
    while count <= 2 && unit > 0 && digits.get(length) == Some(&b':') {
        let (value, taken) = number(&digits[length + 1..], 2)?;
        if taken != 2 || value > 59 {
            return None;
        }
        seconds += value * unit;
        length += 3;
        unit /= 60;
    }
    if seconds > FARTHEST || digits.get(length).is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let sign = if bytes[0] == b'-' { -1 } else { 1 };
    Some((sign * seconds as i32, length + 1))
}

/// How many digits a text begins with.
pub(super) fn run(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// A number of one to `most` digits that no further digit follows, and how many it has.
pub(super) fn number(bytes: &[u8], most: usize) -> Option<(i64, usize)> {
    let length = run(&bytes[..bytes.len().min(most + 1)]);
    let value = bytes[..length].iter().fold(0, |sum, byte| sum * 10 + i64::from(byte - b'0'));
    (1..=most).contains(&length).then_some((value, length))
}

/// The digits after a point as microseconds, and how many there are; those past the sixth fall.
fn micros(bytes: &[u8]) -> Option<(i64, usize)> {
    let length = run(bytes);
    let digits = bytes[..length].iter().copied().chain(std::iter::repeat(b'0')).take(6);
    let micros = digits.fold(0, |sum, byte| sum * 10 + i64::from(byte - b'0'));
    (length > 0).then_some((micros, length))
}

/// `am` or `pm` in any spelling, after spaces or none: the hours to add, and the bytes it takes.
fn half(bytes: &[u8]) -> Option<(i64, usize)> {
    let spaces = bytes.iter().take_while(|byte| **byte == b' ').count();
    let (letter, rest) = bytes[spaces..].split_first()?;
    let hours = match letter {
        b'a' | b'A' => 0,
        b'p' | b'P' => 12,
        _ => return None,
    };
    let length = match rest {
        [b'm' | b'M', b'.', ..] => 3,
        [b'm' | b'M', ..] => 2,
        [b'.', b'm' | b'M', b'.', ..] => 4,
        [b'.', b'm' | b'M', ..] => 3,
        [b'.', b' ', b'm' | b'M', b'.', ..] => 5,
        _ => return None,
    };
    let length = spaces + length;
    (!bytes.get(length).is_some_and(u8::is_ascii_alphanumeric)).then_some((hours, length))
}

fn micros_of(hour: i64, minute: i64, second: i64, fraction: i64) -> Option<i64> {
    let micros = (hour * 3600 + minute * 60 + second) * SECOND + fraction;
    let shown = hour <= 23 || micros == DAY;
    (shown && minute <= 59 && second <= 59).then_some(micros)
}
