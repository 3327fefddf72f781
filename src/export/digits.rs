//! Digits: numbers and moments as text, four digits at a time.

use peyote_schemas::value::moment::{DAY, civil_from_days};

/// The longest text of a number, a day or a time that is written here, in bytes: a decimal of 39
/// digits with a sign and a point.
pub(super) const LONGEST: usize = 48;

/// Ten to the eighth: what eight digits count.
pub(super) const EIGHT: u64 = 100_000_000;
/// Eight zeros.
pub(super) const ZEROS: u64 = 0x3030_3030_3030_3030;
/// Days that are kept as text: more than ten years of them.
const DAYS: usize = 4096;
/// Microseconds of a second.
const SECOND: u64 = 1_000_000;

/// Minutes of a day.
const MINUTES: usize = 1440;

/// The four digits of every number below ten thousand, the first one in the lowest byte.
pub(super) static FOUR: [u32; 10_000] = {
    let mut all = [0; 10_000];
    let mut number = 0;
    while number < 10_000 {
        all[number as usize] = two(number / 100) | two(number % 100) << 16;
        number += 1;
    }
    all
};
/// The hour and the minute of every minute of a day, with colons.
static CLOCK: [u64; MINUTES] = {
    let mut all = [0; MINUTES];
    let mut minute = 0;
    while minute < MINUTES {
        let [hour, rest] = [two(minute as u32 / 60), two(minute as u32 % 60)];
        let colons = (b':' as u64) << 16 | (b':' as u64) << 40;
        all[minute] = hour as u64 | (rest as u64) << 24 | colons;
        minute += 1;
    }
    all
};

/// A text that is being written into room for [`LONGEST`] bytes.
#[derive(Debug)]
pub(super) struct Line<'r> {
    room: &'r mut [u8; LONGEST],
    len: usize,
}

/// Days as text, kept for when they come again.
#[derive(Debug)]
pub(super) struct Days {
    known: Vec<(i32, [u8; 12])>,
}

impl<'r> Line<'r> {
    /// No text yet.
    pub(super) fn new(room: &'r mut [u8; LONGEST]) -> Self {
        Self { room, len: 0 }
    }

    /// The text so far.
    pub(super) fn text(&self) -> &[u8] {
        &self.room[..self.len]
    }

    /// How long it is so far.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    #[inline]
    fn push(&mut self, byte: u8) {
        if let Some(slot) = self.room.get_mut(self.len) {
            *slot = byte;
            self.len += 1;
        }
    }

    /// The last `many` of eight letters.
    #[inline]
    fn push_last(&mut self, eight: u64, many: usize) {
        let letters = eight >> (64 - 8 * many.clamp(1, 8));
        if let Some(slot) = self.room.get_mut(self.len..self.len + 8) {
            slot.copy_from_slice(&letters.to_le_bytes());
            self.len += many;
        }
    }

    /// A whole number.
    #[inline]
    pub(super) fn int(&mut self, number: i64) {
        if number < 0 {
            self.push(b'-');
        }
        self.count(number.unsigned_abs());
    }

    #[inline]
    fn count(&mut self, number: u64) {
        if number < EIGHT {
            self.short(number);
        } else if number < EIGHT * EIGHT {
            self.short(number / EIGHT);
            self.push_last(eight(number % EIGHT), 8);
        } else {
            self.short(number / EIGHT / EIGHT);
            self.push_last(eight(number / EIGHT % EIGHT), 8);
            self.push_last(eight(number % EIGHT), 8);
        }
    }

    /// A number below ten to the eighth.
    #[inline]
    fn short(&mut self, number: u64) {
        let letters = eight(number);
        let zeros = ((letters ^ ZEROS).trailing_zeros() / 8).min(7);
        self.push_last(letters, 8 - zeros as usize);
    }

    /// A decimal of at most 18 digits without its point.
    #[inline]
    pub(super) fn decimal(&mut self, number: i64, scale: u8) {
        if number < 0 {
            self.push(b'-');
        }
        let one = 10_u64.pow(u32::from(scale.min(19)));
        let number = number.unsigned_abs();
        self.count(number / one);
        if scale > 0 {
            self.push(b'.');
            self.fraction(number % one, usize::from(scale));
        }
    }

    /// Just so many digits of a number, with zeros in front.
    #[inline]
    fn fraction(&mut self, number: u64, digits: usize) {
        if digits > 16 {
            self.push_last(eight(number / EIGHT / EIGHT), digits - 16);
        }
        if digits > 8 {
            self.push_last(eight(number / EIGHT % EIGHT), (digits - 8).min(8));
        }
        self.push_last(eight(number % EIGHT), digits.min(8));
    }

    /// A decimal of any number of digits without its point.
    pub(super) fn wide(&mut self, number: i128, scale: u8) {
        if let Ok(number) = i64::try_from(number)
            && scale < 19
        {
            return self.decimal(number, scale);
        }
        if number < 0 {
            self.push(b'-');
        }
        let digits = number.unsigned_abs().to_string();
        let (scale, shown) = (usize::from(scale), digits.len().max(usize::from(scale) + 1));
        let digit = |at: usize| {
            (at + digits.len()).checked_sub(shown).map_or(b'0', |at| digits.as_bytes()[at])
        };
        for at in 0..shown {
            if at + scale == shown && scale > 0 {
                self.push(b'.');
            }
            self.push(digit(at));
        }
    }

    /// A time of day from its microseconds, with a fraction only where there is one.
    #[inline]
    pub(super) fn time(&mut self, micros: i64) {
        let micros = micros.rem_euclid(DAY) as u64;
        self.push_last(clock((micros / SECOND) as u32), 8);
        let (letters, len) = fraction((micros % SECOND) as u32);
        if len > 0 {
            self.push_last(letters << (8 * (8 - len)), len);
        }
    }

    /// A moment from its microseconds since 1970: the day, `T` and the time.
    #[inline]
    pub(super) fn moment(&mut self, micros: i64, days: &mut Days) {
        self.day(micros.div_euclid(DAY) as i32, days);
        self.push(b'T');
        self.time(micros.rem_euclid(DAY));
    }

    /// The mark of UTC.
    #[inline]
    pub(super) fn utc(&mut self) {
        self.push(b'Z');
    }

    /// A day since 1970.
    #[inline]
    pub(super) fn day(&mut self, day: i32, days: &mut Days) {
        let Some(text) = days.text(day) else { return self.strange_day(day) };
        if let Some(slot) = self.room.get_mut(self.len..self.len + 12) {
            slot.copy_from_slice(&text);
            self.len += 10;
        }
    }

    /// A day of a year that has not four digits.
    #[cold]
    fn strange_day(&mut self, day: i32) {
        let (year, month, day) = civil(day);
        format!("{year:04}-{month:02}-{day:02}").bytes().for_each(|byte| self.push(byte));
    }

    /// A UUID from its bits (RFC 9562).
    pub(super) fn uuid(&mut self, bits: u128) {
        for (at, byte) in bits.to_be_bytes().into_iter().enumerate() {
            if matches!(at, 4 | 6 | 8 | 10) {
                self.push(b'-');
            }
            for digit in [byte >> 4, byte & 15] {
                self.push(if digit < 10 { b'0' + digit } else { b'a' - 10 + digit });
            }
        }
    }
}

impl Days {
    /// The text of a day whose year has four digits.
    #[inline]
    pub(super) fn text(&mut self, day: i32) -> Option<[u8; 12]> {
        let known = &mut self.known[day as usize % DAYS];
        if known.0 != day {
            *known = (day, fresh(day)?);
        }
        Some(known.1)
    }

    /// No day is known yet.
    pub(super) fn new() -> Self {
        let first = fresh(0).unwrap_or_default();
        // No day but day 0 belongs where day 0 is.
        Self { known: vec![(0, first); DAYS] }
    }
}

/// The text of a day whose year has four digits.
fn fresh(day: i32) -> Option<[u8; 12]> {
    let (year, month, day) = civil(day);
    let year = u64::try_from(year).ok().filter(|year| *year < 10_000)?;
    let text = eight(year * 10_000 + u64::from(month) * 100 + u64::from(day)).to_le_bytes();
    let mut day = *b"0000-00-00\0\0";
    for (from, to, many) in [(0, 0, 4), (4, 5, 2), (6, 8, 2)] {
        day[to..to + many].copy_from_slice(&text[from..from + many]);
    }
    Some(day)
}

/// Year, month and day, of any count of days.
fn civil(day: i32) -> (i32, u32, u32) {
    // What counts from the year 0 does not fit where the days are nearly as many as fit.
    civil_from_days(day.min(i32::MAX - 1_000_000))
}

/// A second of a day as eight letters, with colons.
#[inline]
pub(super) fn clock(second: u32) -> u64 {
    let before = CLOCK[(second / 60) as usize % MINUTES];
    before | u64::from(FOUR[(second % 60) as usize] >> 16) << 48
}

/// A point and the digits of a millionth, without zeros at the end, and how many letters these are:
/// none where there is nothing behind the point.
#[inline]
pub(super) fn fraction(millionths: u32) -> (u64, usize) {
    let digits = eight(millionths.into());
    // The last byte is the last digit.
    let zeros = ((digits ^ ZEROS).leading_zeros() / 8) as usize;
    (digits >> 16 << 8 | u64::from(b'.'), if millionths == 0 { 0 } else { 7 - zeros.min(6) })
}

/// The eight digits of a number below ten to the eighth, the first one in the lowest byte.
#[inline]
pub(super) fn eight(number: u64) -> u64 {
    let number = number as u32;
    let first = FOUR[(number as usize / 10_000).min(9_999)];
    u64::from(first) | u64::from(FOUR[number as usize % 10_000]) << 32
}

/// Two digits, the first one in the lowest byte.
const fn two(number: u32) -> u32 {
    ((number / 10) | ((number % 10) << 8)) + 0x3030
}

/// What is written into a line.
#[cfg(test)]
pub(super) fn line(write: impl FnOnce(&mut Line)) -> String {
    let mut room = [0; LONGEST];
    let mut line = Line::new(&mut room);
    write(&mut line);
    String::from_utf8(line.text().to_vec()).expect("digits")
}

#[cfg(test)]
mod tests {
    use super::*;
    use peyote_schemas::value::moment::Moment;

    #[test]
    fn eight_digits_are_those_of_the_number() {
        for number in (0..EIGHT).step_by(9_973).chain([EIGHT - 1]) {
            assert_eq!(eight(number).to_le_bytes(), *format!("{number:08}").as_bytes());
        }
    }

    #[test]
    fn whole_numbers_are_written_at_any_length() {
        let powers = (0..19).map(|power| 10_i64.pow(power));
        let around = powers.flat_map(|power| [power - 1, power, power + 1, -power]);
        for number in around.chain([0, i64::MIN, i64::MAX]) {
            assert_eq!(line(|line| line.int(number)), number.to_string());
        }
    }

    #[test]
    fn decimals_have_as_many_digits_behind_the_point_as_they_say() {
        for (number, scale, text) in [
            (0, 0, "0"),
            (-5, 2, "-0.05"),
            (12_345, 2, "123.45"),
            (i64::MAX, 18, "9.223372036854775807"),
            (100, 9, "0.000000100"),
            (7, 17, "0.00000000000000007"),
        ] {
            assert_eq!(line(|line| line.decimal(number, scale)), text);
            assert_eq!(line(|line| line.wide(number.into(), scale)), text);
        }
        let most = 10_i128.pow(38) - 1;
        assert_eq!(line(|line| line.wide(-most, 37)), format!("-9.{}", "9".repeat(37)));
        assert_eq!(line(|line| line.wide(10_i128.pow(20), 30)), "0.000000000100000000000000000000");
    }

    #[test]
    fn moments_are_written_as_everywhere_else() {
        let mut days = Days::new();
        let ends = [-719_162, 2_932_896, 0, -1, 4096, 8192, 19_782, -800_000, 3_000_000];
        for day in ends.into_iter().chain((-30_000..60_000).step_by(97)) {
            assert_eq!(line(|line| line.day(day, &mut days)), Moment::Date(day).to_string());
        }
        for micros in [0, 1, 10, 999_999, 1_500_000, DAY - 1, 43_200_000_000, 86_399_120_000] {
            assert_eq!(line(|line| line.time(micros)), Moment::Time(micros).to_string());
            let micros = micros - 3 * DAY;
            assert_eq!(
                line(|line| line.moment(micros, &mut days)),
                Moment::Timestamp(micros).to_string()
            );
        }
    }

    #[test]
    fn extreme_days_are_no_harm() {
        let mut days = Days::new();
        for day in [i32::MIN, i32::MAX] {
            assert!(!line(|line| line.day(day, &mut days)).is_empty());
        }
    }

    #[test]
    fn uuids_have_their_usual_form() {
        let bits = 0x123e_4567_e89b_12d3_a456_4266_1417_4000;
        assert_eq!(line(|line| line.uuid(bits)), "123e4567-e89b-12d3-a456-426614174000");
    }
}
