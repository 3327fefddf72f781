//! [`Number`]: a number in decimal digits, from every spelling people use.

use super::trimmed;
use super::unit::{self, Attached};

/// Digits a number may have: what [`Number::digits`] holds whatever they are.
pub const MAX_DIGITS: u32 = 38;

/// The longest text that is looked at, in bytes: 38 digits, their separators and a unit.
const LONGEST: usize = 96;

/// A number as it was written: `digits × 10^(exponent - scale)`, and what it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number<'a> {
    /// All digits, as one whole number.
    pub digits: i128,
    /// How many of them stand after the point.
    pub scale: u8,
    /// The power of ten that was written (`e5`), or 0.
    pub exponent: i16,
    /// The currency, percent sign or unit beside it.
    pub unit: Option<&'a str>,
}

/// Which character stands before the fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mark {
    /// `1,234.5`.
    Point,
    /// `1.234,5`.
    Comma,
}

/// The number that a text spells with a point before its fraction, or `None` where it spells none.
///
/// Zeros in front (`007`) make a code, not a number.
pub fn parse(text: &str) -> Option<Number<'_>> {
    read(text, Mark::Point)
}

/// The number that a text spells with the given mark before its fraction.
pub fn read(text: &str, mark: Mark) -> Option<Number<'_>> {
    let text = trimmed(text)?;
    if text.is_empty() || text.len() > LONGEST || !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if let Some(inside) = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        // Accountants write a debt in parentheses.
        let number = signed(inside.trim(), mark)?;
        let positive = number.digits > 0 && !inside.trim_start().starts_with('+');
        return positive.then(|| Number { digits: -number.digits, ..number });
    }
    signed(text, mark)
}

/// The value of a text as a float, infinities included, or `None` where it spells no number.
pub fn float(text: &str, mark: Mark) -> Option<f64> {
    if let Some(number) = read(text, mark) {
        return Some(number.to_f64());
    }
    let text = trimmed(text)?;
    let bare = text.trim_start_matches(['-', '+']);
    if bare.eq_ignore_ascii_case("inf") || bare.eq_ignore_ascii_case("infinity") {
        return Some(if text.starts_with('-') { f64::NEG_INFINITY } else { f64::INFINITY });
    }
    // A fraction of more digits than a decimal holds: the nearest float is all there is.
    let zeros = bare.len() > 1 && bare.starts_with('0') && !bare.starts_with("0.");
    let plain = text.len() > MAX_DIGITS as usize
        && !zeros
        && text.contains('.')
        && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E'));
    if plain { text.parse().ok() } else { None }
}

impl Number<'_> {
    /// The number as a whole number, where it is one and fits.
    pub fn to_i64(&self) -> Option<i64> {
        self.scaled(0).and_then(|digits| digits.try_into().ok())
    }

    /// The digits with `scale` of them after the point, where that loses none and fits.
    pub fn scaled(&self, scale: u8) -> Option<i128> {
        let shift = i32::from(scale) - i32::from(self.scale) + i32::from(self.exponent);
        if self.digits == 0 {
            return Some(0);
        }
        let power = 10_i128.checked_pow(shift.unsigned_abs())?;
        if shift >= 0 {
            return self.digits.checked_mul(power);
        }
        (self.digits % power == 0).then(|| self.digits / power)
    }

    /// The nearest float.
    pub fn to_f64(&self) -> f64 {
        const EXACT: i128 = 1 << 53;
        let power = i32::from(self.exponent) - i32::from(self.scale);
        // Both are exact floats, so one division rounds correctly.
        if self.digits.abs() < EXACT && (-22..=0).contains(&power) {
            return self.digits as f64 / POWERS[power.unsigned_abs() as usize];
        }
        format!("{}e{power}", self.digits).parse().unwrap_or(f64::NAN)
    }
}

/// Powers of ten that a float holds exactly.
pub(crate) const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

/// Spaces that stand between the parts of a number.
const SPACES: [char; 3] = [' ', '\u{a0}', '\u{202f}'];

/// A sign, a unit before, the digits, a unit after.
fn signed(text: &str, mark: Mark) -> Option<Number<'_>> {
    let (negative, text) = sign(text);
    let (before, text) = unit::before(text).map_or((None, text), |(unit, rest)| (Some(unit), rest));
    let (inner, text) = if before.is_some() { sign(text) } else { (None, text) };
    if negative.is_some() && inner.is_some() {
        return None;
    }
    if let (Some(_), None) = (before, negative.or(inner))
        && let Some(inside) = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'))
    {
        // An accountant's debt behind the sign of the currency.
        let (number, rest) = unsigned(inside.trim(), mark)?;
        let debt = rest.is_empty() && number.digits > 0;
        return debt.then(|| Number { digits: -number.digits, unit: before, ..number });
    }
    let (mut number, rest) = unsigned(text, mark)?;
    number.unit = before;
    // Ledgers have the minus behind an amount.
    let behind = negative.or(inner).is_none() && number.scale > 0 && rest == "-";
    if negative.or(inner) == Some(true) || behind {
        number.digits = -number.digits;
    }
    if behind {
        return Some(number);
    }
    let attached = match (rest.starts_with(SPACES), number.scale) {
        (true, _) => Attached::No,
        (false, 0) => Attached::Whole,
        (false, _) => Attached::Fraction,
    };
    let rest = rest.trim_start();
    if rest.is_empty() {
        return Some(number);
    }
    let rest = match magnitude(rest, before.is_some(), attached) {
        Some((power, rest)) => {
            number.raise(power)?;
            rest.trim_start()
        }
        None => rest,
    };
    if !rest.is_empty() {
        let after = unit::after(rest, attached)?;
        if before.is_some_and(|before| before != after) {
            return None;
        }
        number.unit = Some(after);
    }
    Some(number)
}

/// `Some(true)` for a minus, `Some(false)` for a plus, and the text behind it.
fn sign(text: &str) -> (Option<bool>, &str) {
    match text.as_bytes().first() {
        Some(b'-') => (Some(true), text[1..].trim_start_matches(SPACES)),
        Some(b'+') => (Some(false), &text[1..]),
        _ => text
            .strip_prefix('\u{2212}')
            .map_or((None, text), |rest| (Some(true), rest.trim_start_matches(SPACES))),
    }
}

/// A word or, beside a currency, a letter that multiplies; and the text behind it. A letter alone
/// (`1.2k`, `3M`) does so where it follows the digits at once.
fn magnitude(text: &str, money: bool, attached: Attached) -> Option<(u32, &str)> {
    let end = text.bytes().position(|byte| !byte.is_ascii_alphabetic()).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    let is = |name: &str| word.eq_ignore_ascii_case(name);
    let behind = rest.trim_start_matches(SPACES);
    let unit = || unit::after(behind, Attached::No).is_some_and(unit::is_currency);
    let money = money || !behind.is_empty() && unit();
    let alone = behind.is_empty() && attached != Attached::No;
    let power = match word {
        "k" | "K" if alone => 3,
        "M" if alone => 6,
        "B" if alone => 9,
        _ if is("thousand") => 3,
        _ if is("million") || (money && (is("m") || is("mn") || is("mm"))) => 6,
        _ if is("billion") || (money && (is("b") || is("bn"))) => 9,
        _ if is("trillion") || (money && is("t")) => 12,
        _ if money && is("k") => 3,
        _ => return None,
    };
    Some((power, rest))
}

impl Number<'_> {
    /// Multiplies by a power of ten.
    fn raise(&mut self, power: u32) -> Option<()> {
        let from_scale = power.min(u32::from(self.scale));
        self.scale -= from_scale as u8;
        self.digits = self.digits.checked_mul(10_i128.checked_pow(power - from_scale)?)?;
        Some(())
    }
}

/// Digits with separators, a fraction and a power of ten; and the text behind them.
fn unsigned(text: &str, mark: Mark) -> Option<(Number<'_>, &str)> {
    let bytes = text.as_bytes();
    let mut digits = Digits::default();
    let first = digits.run(bytes);
    let mut at = first;
    let mut grouped = false;
    if (1..=3).contains(&first) && bytes[0] != b'0' {
        let groups = Groups::at(&bytes[first..], mark);
        grouped = groups.length > 0;
        for group in groups.digits(&bytes[first..]) {
            digits.push(group);
        }
        at += groups.length;
    }
    if first > 1 && bytes[0] == b'0' {
        return None;
    }
    let fraction = if mark == Mark::Point { b'.' } else { b',' };
    let mut scale = 0;
    if bytes.get(at) == Some(&fraction) {
        scale = digits.run(&bytes[at + 1..]);
        // `5.` is a number, `.` and `,` are none, and `5,` is the beginning of a list.
        if scale == 0 && (first == 0 || mark == Mark::Comma) {
            return None;
        }
        at += 1 + scale;
    } else if first == 0 {
        return None;
    }
    let mut exponent = 0;
    if let Some(b'e' | b'E') = bytes.get(at)
        && !grouped
        && let Some((power, length)) = power(&bytes[at + 1..])
    {
        exponent = power;
        at += 1 + length;
    }
    if digits.count > MAX_DIGITS {
        return None;
    }
    let number =
        Number { digits: digits.value, scale: scale.try_into().ok()?, exponent, unit: None };
    Some((number, text.get(at..)?))
}

/// `+05` after an `e`: the power, and how many bytes it takes.
fn power(bytes: &[u8]) -> Option<(i16, usize)> {
    let signs = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    let count = bytes[signs..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    if !(1..=3).contains(&count) {
        return None;
    }
    let power = (bytes[signs..signs + count].iter())
        .fold(0_i16, |sum, byte| sum * 10 + i16::from(byte - b'0'));
    Some((if bytes[0] == b'-' { -power } else { power }, signs + count))
}

/// Digits summed up from the left.
#[derive(Default)]
struct Digits {
    value: i128,
    /// Digits that count, that is without zeros in front.
    count: u32,
}

impl Digits {
    fn push(&mut self, byte: u8) {
        if self.count > 0 || byte != b'0' {
            self.count = self.count.saturating_add(1);
        }
        if self.count <= MAX_DIGITS {
            self.value = self.value * 10 + i128::from(byte - b'0');
        }
    }

    /// Takes the digits that a text begins with, and says how many there are.
    fn run(&mut self, bytes: &[u8]) -> usize {
        let length = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
        for byte in &bytes[..length] {
            self.push(*byte);
        }
        length
    }
}

/// Groups of three digits after the first group: `,234,567`, also `,34,567` as in India.
struct Groups {
    /// Bytes they take, separators included.
    length: usize,
}

impl Groups {
    fn at(bytes: &[u8], mark: Mark) -> Self {
        let none = Self { length: 0 };
        let separator: &[u8] = match (mark, bytes) {
            (Mark::Point, [b',', ..]) => b",",
            (Mark::Comma, [b'.', ..]) => b".",
            (_, [b' ', ..]) => b" ",
            (_, [b'\'', ..]) => b"'",
            (_, [0xC2, 0xA0, ..]) => &[0xC2, 0xA0],
            (_, [0xE2, 0x80, 0xAF, ..]) => &[0xE2, 0x80, 0xAF],
            (_, [0xE2, 0x80, 0x99, ..]) => &[0xE2, 0x80, 0x99],
            _ => return none,
        };
        let mut length = 0;
        let mut last = 3;
        let mut pairs = 0;
        while bytes[length..].starts_with(separator) {
            let start = length + separator.len();
            let count = bytes[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            // A space may also stand before a unit.
            if count == 0 && separator == b" " {
                break;
            }
            if count != 3 && (count != 2 || separator != b",") {
                return none;
            }
            pairs += usize::from(count == 2);
            if count == 3 && pairs > 0 {
                // The group of three ends an Indian number.
                length = start + count;
                let more = bytes[length..].starts_with(separator);
                return if more { none } else { Self { length } };
            }
            if count == 2 && length > 0 && last == 3 {
                return none;
            }
            last = count;
            length = start + count;
        }
        if last == 2 { none } else { Self { length } }
    }

    fn digits<'b>(&self, bytes: &'b [u8]) -> impl Iterator<Item = u8> + use<'b> {
        bytes[..self.length].iter().copied().filter(u8::is_ascii_digit)
    }
}

#[cfg(test)]
mod tests;
