//! Cells: what goes wrong with one value, by its kind.

use peyote_schemas::value::moment::{Moment, Order, civil_from_days, parse};
use peyote_schemas::{Column, Kind};

use super::Flaw;
use crate::generate::draw::Draw;

/// What stands where nothing is known.
const PLACEHOLDERS: [&str; 7] = ["N/A", "NULL", "-", "n/a", "?", "none", "unknown"];
/// Days and moments that stand where none is known.
const NEVER: [&str; 3] = ["0000-00-00", "1900-01-01", "01/01/1970"];
/// Keys beside each other (QWERTY).
const ROWS: [&str; 3] = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/// Of ten defects of a column's format, so many are of the form that it is mostly in.
const USUAL: u64 = 7;
/// Microseconds of a second, a minute, an hour and a day.
const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

type Flawed = Option<(Flaw, Option<String>)>;

/// Draws for one cell.
#[derive(Clone, Copy)]
struct Dice {
    draw: Draw,
    row: u64,
}

impl Dice {
    fn below(self, name: &str, many: u64) -> u64 {
        self.draw.named(name).below(self.row, many)
    }

    fn one<'t>(self, name: &str, of: &[&'t str]) -> &'t str {
        of[self.below(name, of.len() as u64) as usize]
    }

    /// One of some forms: mostly the one that the column is mostly in.
    fn form(self, many: u64) -> u64 {
        if self.below("usual", 10) < USUAL {
            self.draw.named("form").below(u64::MAX, many)
        } else {
            self.below("form", many)
        }
    }
}

/// What becomes of a reference.
pub(super) fn reference(column: &Column, end: i64, draw: Draw, row: u64, text: &str) -> Flawed {
    let dice = Dice { draw, row };
    if column.nullable && dice.below("missing", 4) == 0 {
        return Some((Flaw::Missing, None));
    }
    let orphan = match &column.kind {
        Kind::Int(_) | Kind::Decimal { .. } => {
            let room = end.max(1000) as u64;
            end.saturating_add(1 + dice.below("orphan", room) as i64).to_string()
        }
        Kind::Uuid => uuid(dice),
        _ => format!("{text}-{:02}", dice.below("orphan", 100)),
    };
    Some((Flaw::Orphan, Some(orphan)))
}

/// A random identifier, which nobody else has.
fn uuid(dice: Dice) -> String {
    let (high, low) =
        (dice.draw.named("high").bits(dice.row), dice.draw.named("low").bits(dice.row));
    let high = high & !0xf000 | 0x4000;
    let low = low & !(0b11 << 62) | 0b10 << 62;
    let digits = format!("{high:016x}{low:016x}");
    [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-")
}

/// What becomes of any other value.
pub(super) fn value(column: &Column, draw: Draw, row: u64, text: Option<&str>) -> Flawed {
    let dice = Dice { draw, row };
    let placeholder = |of: &[&str]| Some((Flaw::Placeholder, Some(dice.one("of", of).to_owned())));
    let Some(text) = text else { return placeholder(&PLACEHOLDERS) };
    let lot = dice.below("flaw", 20);
    // Whoever leaves something out does so in any column.
    match (lot, &column.kind) {
        (0..3, _) => return Some((Flaw::Missing, None)),
        (3, Kind::Date | Kind::Timestamp | Kind::TimestampTz) => return placeholder(&NEVER),
        (3 | 4, _) => return placeholder(&PLACEHOLDERS),
        _ => {}
    }
    let flaw = |kind, text: Option<String>| text.map(|text| (kind, Some(text)));
    let found = match &column.kind {
        Kind::Text => match lot {
            _ if !text.is_ascii() && lot < 11 => flaw(Flaw::Encoding, Some(misread(text))),
            5..12 => flaw(Flaw::Typo, typo(dice, text)),
            12..16 => flaw(Flaw::Case, cased(dice, text)),
            _ => flaw(Flaw::Whitespace, Some(spaced(dice, text))),
        },
        Kind::Enum(_) => match lot {
            5..12 => flaw(Flaw::Case, cased(dice, text)),
            12..17 => flaw(Flaw::Whitespace, Some(spaced(dice, text))),
            _ => flaw(Flaw::Typo, typo(dice, text)),
        },
        Kind::Bool => flaw(Flaw::Format, truth(dice, text)),
        Kind::Int(_) | Kind::Decimal { .. } | Kind::Float => match lot {
            17.. => flaw(Flaw::Whitespace, Some(spaced(dice, text))),
            _ => flaw(Flaw::Format, number(dice, column, text)),
        },
        Kind::Date | Kind::Time | Kind::Timestamp | Kind::TimestampTz => {
            flaw(Flaw::Format, moment(dice, text))
        }
        Kind::Uuid => flaw(
            Flaw::Format,
            Some(match dice.form(3) {
                0 => text.to_uppercase(),
                1 => text.replace('-', ""),
                _ => format!("{{{text}}}"),
            }),
        ),
        Kind::Json | Kind::List(_) | Kind::Struct(_) => {
            let many = text.chars().count() as u64;
            let kept = many.saturating_sub(1 + dice.below("cut", (many / 2).max(1)));
            flaw(Flaw::Truncated, Some(text.chars().take(kept as usize).collect()))
        }
    };
    found
        .filter(|(_, after)| after.as_deref() != Some(text))
        .or_else(|| Some((Flaw::Missing, None)))
}

/// A slip of the finger.
fn typo(dice: Dice, text: &str) -> Option<String> {
    let letters: Vec<char> = text.chars().collect();
    let places: Vec<usize> =
        (0..letters.len()).filter(|at| letters[*at].is_alphanumeric()).collect();
    let at = *places.get(dice.below("place", places.len() as u64) as usize)?;
    let mut out = letters.clone();
    match dice.below("slip", 4) {
        0 if places.len() > 1 => {
            out.remove(at);
        }
        1 => out.insert(at, letters[at]),
        2 if at + 1 < out.len() && out[at] != out[at + 1] => out.swap(at, at + 1),
        _ => out[at] = beside(dice, letters[at]),
    }
    Some(out.into_iter().collect())
}

/// The letter of the key beside.
fn beside(dice: Dice, letter: char) -> char {
    let small = letter.to_ascii_lowercase();
    for row in ROWS {
        if let Some(at) = row.find(small) {
            let other = if at == 0 || at + 1 < row.len() && dice.below("side", 2) == 0 {
                at + 1
            } else {
                at - 1
            };
            let found = char::from(row.as_bytes()[other]);
            return if letter.is_ascii_uppercase() { found.to_ascii_uppercase() } else { found };
        }
    }
    match letter {
        '0' => 'O',
        '1' => 'l',
        '9' => '8',
        '2'..='8' => char::from(letter as u8 + 1),
        _ => 'x',
    }
}

fn cased(dice: Dice, text: &str) -> Option<String> {
    let title = || {
        let mut letters = text.chars();
        let first = letters.next().map(|first| first.to_uppercase().collect::<String>());
        first.unwrap_or_default() + &letters.as_str().to_lowercase()
    };
    let forms = [text.to_uppercase(), text.to_lowercase(), title()];
    let first = dice.form(3) as usize;
    (0..3).map(|step| &forms[(first + step) % 3]).find(|form| *form != text).cloned()
}

fn spaced(dice: Dice, text: &str) -> String {
    match dice.below("space", 4) {
        0 => format!(" {text}"),
        1 if text.contains(' ') => text.replacen(' ', "  ", 1),
        2 => format!("{text}\u{a0}"),
        3 => format!("{text}  "),
        _ => format!("{text} "),
    }
}

/// UTF-8 that was read as Windows-1252.
fn misread(text: &str) -> String {
    /// What the bytes from 0x80 to 0x9f are in Windows-1252.
    const UPPER: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";
    let letter = |byte: u8| match byte {
        0x80..=0x9f => UPPER.chars().nth(usize::from(byte - 0x80)).unwrap_or('\u{fffd}'),
        _ => char::from(byte),
    };
    text.bytes().map(letter).collect()
}

fn truth(dice: Dice, text: &str) -> Option<String> {
    const FORMS: [(&str, &str); 5] =
        [("Y", "N"), ("1", "0"), ("yes", "no"), ("TRUE", "FALSE"), ("t", "f")];
    let (yes, no) = FORMS[dice.form(5) as usize];
    match text {
        "true" => Some(yes.to_owned()),
        "false" => Some(no.to_owned()),
        _ => None,
    }
}

fn number(dice: Dice, column: &Column, text: &str) -> Option<String> {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("-", digits));
    if !digits.starts_with(|first: char| first.is_ascii_digit()) || digits.contains(['e', 'E']) {
        return None;
    }
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let point = |sign: &str| if part.is_empty() { String::new() } else { format!("{sign}{part}") };
    let unit = match column.unit.as_deref() {
        Some("USD") => "$",
        Some("EUR") => "€",
        Some("GBP") => "£",
        Some(unit) => unit,
        None => "",
    };
    let forms = [
        format!("{sign}{}{}", thousands(whole, ","), point(".")),
        format!("{sign}{whole}{}", point(",")),
        format!("{sign}{}{}", thousands(whole, "."), point(",")),
        if unit.chars().all(char::is_alphanumeric) {
            format!("{text} {unit}")
        } else {
            format!("{unit}{text}")
        },
        format!("{sign}{whole}{}", if part.is_empty() { ".0" } else { "" }),
        format!("{sign}{}{}", thousands(whole, " "), point(".")),
    ];
    let first = dice.form(6) as usize;
    let fits = |form: &&String| *form != text && !form.trim().is_empty() && form.trim() != text;
    (0..6).map(|step| &forms[(first + step) % 6]).find(fits).cloned()
}

fn thousands(digits: &str, mark: &str) -> String {
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push_str(mark);
        }
        text.push(digit);
    }
    text
}

fn moment(dice: Dice, text: &str) -> Option<String> {
    let clock = |micros: i64| {
        let (hour, minute) = (micros / HOUR, micros / MINUTE % 60);
        let half = if hour < 12 { "AM" } else { "PM" };
        let hour = if hour % 12 == 0 { 12 } else { hour % 12 };
        format!("{hour}:{minute:02} {half}")
    };
    let form = dice.form(5);
    let (days, of_day) = match parse(text, Order::MonthFirst)? {
        Moment::Time(micros) => return Some(clock(micros.rem_euclid(DAY))),
        Moment::Date(days) => (i64::from(days), None),
        Moment::Timestamp(at) | Moment::TimestampTz(at) => {
            (at.div_euclid(DAY), Some(at.rem_euclid(DAY)))
        }
    };
    let (year, month, day) = civil_from_days(i32::try_from(days).ok()?);
    let name = MONTHS.get(month as usize - 1)?;
    let date = match form {
        0 => format!("{day:02}/{month:02}/{year:04}"),
        1 => format!("{month}/{day}/{year:04}"),
        2 => format!("{day:02}.{month:02}.{year:04}"),
        3 => format!("{day:02}-{name}-{year:04}"),
        _ => format!("{year:04}{month:02}{day:02}"),
    };
    let Some(of_day) = of_day else { return Some(date) };
    let seconds = of_day / SECOND;
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    Some(match form {
        0 | 2 => format!("{date} {hour:02}:{minute:02}"),
        1 => format!("{date} {}", clock(of_day)),
        3 => format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"),
        _ => (days * (DAY / SECOND) + seconds).to_string(),
    })
}
