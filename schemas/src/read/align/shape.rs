//! [`Shape`]: what a piece of text looks like, told cheaply and without belief.

/// What a text looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::read) enum Shape {
    /// Nothing.
    Empty,
    /// A word that stands for nothing: `NULL`, `N/A`.
    Null,
    /// `true`, `no`.
    Bool,
    /// Digits, perhaps with thousands separators.
    Int,
    /// A number with a point or an exponent.
    Number,
    /// A number with a currency's sign or code.
    Currency,
    /// A number and `%`.
    Percent,
    /// A number and a short unit.
    Measure,
    /// A calendar day.
    Date,
    /// A day and a time of day.
    Timestamp,
    /// A time of day.
    Time,
    /// 36 characters of a UUID.
    Uuid,
    /// `someone@example.com`.
    Email,
    /// `https://example.com`.
    Url,
    /// Digits with brackets, dashes or a plus.
    Phone,
    /// Two coordinates.
    Pair,
    /// Letters and digits without a space.
    Code,
    /// One word.
    Word,
    /// Several words, the first one a number: `12 Mill Lane`.
    Numbered,
    /// Several words.
    Phrase,
}

/// How many shapes there are.
pub(in crate::read) const SHAPES: usize = Shape::Phrase as usize + 1;

/// Longer texts than this are phrases (or links): no number or moment takes as much.
const LONGEST: usize = 64;

impl Shape {
    /// Whether a header's name would hardly look so.
    pub(in crate::read) fn is_data(self) -> bool {
        !matches!(
            self,
            Self::Empty | Self::Null | Self::Code | Self::Word | Self::Numbered | Self::Phrase
        )
    }

    /// Whether it is free text.
    pub(in crate::read) fn is_text(self) -> bool {
        matches!(self, Self::Word | Self::Numbered | Self::Phrase)
    }

    /// How much having seen `self` in a column speaks for `other` there, from 0 to 1.
    pub(super) fn speaks_for(self, other: Self) -> f32 {
        use Shape::{
            Bool, Code, Currency, Date, Email, Int, Measure, Null, Number, Numbered, Percent,
            Phone, Phrase, Time, Timestamp, Url, Word,
        };
        if self == other {
            return 1.0;
        }
        match (self, other) {
            (Int, Number) | (Number, Int) | (Phrase, Word) | (Word, Phrase) => 0.5,
            (Currency | Measure | Percent, Int | Number)
            | (Int | Number, Currency | Measure | Percent)
            | (Date, Timestamp)
            | (Timestamp, Date)
            | (Phrase, Numbered)
            | (Numbered, Phrase | Measure) => 0.3,
            (Code, Int | Word) | (Phone, Code | Int) | (Url, Word | Code) | (Int, Code) => 0.2,
            (Word | Phrase, Code | Bool | Time | Measure) | (Bool, Word | Int) => 0.15,
            (Word | Phrase, _) | (Email, Word) | (_, Null) => 0.05,
            _ => 0.0,
        }
    }
}

/// What a text looks like.
pub(in crate::read) fn shape(text: &str) -> Shape {
    let text = text.trim();
    let Some(&first) = text.as_bytes().first() else { return Shape::Empty };
    if text.len() > LONGEST {
        let link = text.starts_with("http") && !text.contains(' ');
        return if link { Shape::Url } else { Shape::Phrase };
    }
    if let Some(known) = plain(text.as_bytes()).or_else(|| word(text)) {
        return known;
    }
    let has_digit = text.bytes().any(|byte| byte.is_ascii_digit());
    if has_digit {
        if let Some(found) = numeric(text) {
            return found;
        }
        if let Some(found) = moment(text) {
            return found;
        }
        if is_uuid(text) {
            return Shape::Uuid;
        }
        if is_pair(text) {
            return Shape::Pair;
        }
        if is_phone(text) {
            return Shape::Phone;
        }
    }
    let spaced = text.contains(char::is_whitespace);
    if !spaced && is_email(text) {
        return Shape::Email;
    }
    if !spaced
        && (text.starts_with("http://") || text.starts_with("https://") || text.starts_with("www."))
    {
        return Shape::Url;
    }
    match (spaced, has_digit) {
        (true, true) if starts_with_number(text) => Shape::Numbered,
        (true, _) => Shape::Phrase,
        (false, true) if first.is_ascii_alphanumeric() || first == b'#' => Shape::Code,
        (false, _) => Shape::Word,
    }
}

/// What is told at once: digits, with a point or without, and the moments of ISO 8601.
fn plain(text: &[u8]) -> Option<Shape> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let are = |text: &[u8], form: &[u8]| {
        text.len() == form.len()
            && text.iter().zip(form).all(|(byte, like)| match like {
                b'0' => byte.is_ascii_digit(),
                b'T' => matches!(byte, b' ' | b'T'),
                _ => byte == like,
            })
    };
    match &text[digits..] {
        _ if digits == 0 => None,
        [] => Some(Shape::Int),
        [b'.', fraction @ ..] if fraction.iter().all(u8::is_ascii_digit) => Some(Shape::Number),
        rest if digits == 4 && are(rest, b"-00-00") => Some(Shape::Date),
        rest if digits == 4 && are(rest, b"-00-00T00:00:00") => Some(Shape::Timestamp),
        _ => None,
    }
}

/// Whether the first word is a house number or a count.
fn starts_with_number(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or_default();
    first.len() <= 6 && first.bytes().all(|byte| byte.is_ascii_digit())
}

/// Words with a meaning of their own.
fn word(text: &str) -> Option<Shape> {
    if text.len() > 5 {
        return None;
    }
    let is = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is(&["null", "none", "n/a", "na", "nan", "nil", "-", "--"]) {
        Some(Shape::Null)
    } else if is(&["true", "false", "yes", "no"]) {
        Some(Shape::Bool)
    } else {
        None
    }
}

/// A plain number: sign, digits with or without groups of three, fraction, exponent.
fn number(text: &str) -> Option<Shape> {
    let unsigned = text.strip_prefix(['+', '-', '\u{2212}']).unwrap_or(text);
    let bytes = unsigned.as_bytes();
    let digits = |at: usize| bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut at = digits(0);
    let mut shape = Shape::Int;
    if (1..=3).contains(&at) {
        while bytes.get(at) == Some(&b',') && digits(at + 1) == 3 {
            at += 4;
        }
    }
    if bytes.get(at) == Some(&b'.') {
        let fraction = digits(at + 1);
        if at + fraction == 0 {
            return None;
        }
        at += 1 + fraction;
        shape = Shape::Number;
    }
    if at == 0 {
        return None;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        let power = digits((at + 1 + sign).min(bytes.len()));
        if power > 0 {
            at += 1 + sign + power;
            shape = Shape::Number;
        }
    }
    (at == bytes.len()).then_some(shape)
}

/// Signs of currencies, before or behind a number.
const SIGNS: [char; 6] = ['$', '\u{20AC}', '\u{A3}', '\u{A5}', '\u{20B9}', '\u{20BD}'];

fn numeric(text: &str) -> Option<Shape> {
    if let Some(found) = number(text) {
        return Some(found);
    }
    if let Some(rest) = text.strip_suffix('%') {
        return number(rest.trim_end()).map(|_| Shape::Percent);
    }
    let inner = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(text);
    let unsigned = inner.strip_prefix('-').unwrap_or(inner);
    if let Some(rest) = unsigned.strip_prefix(SIGNS) {
        let rest = rest.trim().trim_end_matches(['k', 'K', 'm', 'M', 'b', 'B']);
        return number(rest).map(|_| Shape::Currency);
    }
    if let Some(rest) = unsigned.strip_suffix(SIGNS) {
        return number(rest.trim()).map(|_| Shape::Currency);
    }
    // A number and its unit, `USD 5`, `12 kg`, `7.5cm`.
    let end = text.len() - text.bytes().rev().take_while(|byte| !byte.is_ascii_digit()).count();
    let unit = text.get(end..)?;
    if (1..=6).contains(&unit.len()) && number(text.get(..end)?).is_some() {
        let bare = unit.trim_start();
        let letters =
            bare.chars().all(|letter| letter.is_alphabetic() || "°²³/µ\"'".contains(letter));
        // `1st` and `2A` are codes; `5 pm` is a time.
        if letters
            && (unit.starts_with(' ') || bare.chars().all(char::is_lowercase))
            && !is_noon(bare)
        {
            return Some(Shape::Measure);
        }
    }
    let (code, rest) = (text.get(..3)?, text.get(3..)?);
    (code.bytes().all(|byte| byte.is_ascii_uppercase()) && rest.starts_with(' '))
        .then(|| number(rest.trim()))
        .flatten()
        .map(|_| Shape::Currency)
}

fn is_noon(text: &str) -> bool {
    ["am", "pm", "a.m.", "p.m."].iter().any(|noon| text.eq_ignore_ascii_case(noon))
}

fn moment(text: &str) -> Option<Shape> {
    if is_date(text) {
        return Some(Shape::Date);
    }
    if is_time(text) {
        return Some(Shape::Time);
    }
    text.char_indices()
        .any(|(at, letter)| {
            // That it is no time is told sooner.
            (letter == 'T' || letter == ' ')
                && is_time(text[at + 1..].trim_start())
                && is_date(text[..at].trim_end_matches(','))
        })
        .then_some(Shape::Timestamp)
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

fn is_date(text: &str) -> bool {
    let text = text.trim();
    if !(6..=32).contains(&text.len()) {
        return false;
    }
    let separators = ['-', '/', '.', ' ', ','];
    let (mut numbers, mut names, mut years) = (0, 0, 0);
    for part in text.split(separators).filter(|part| !part.is_empty()) {
        if part.bytes().all(|byte| byte.is_ascii_digit()) {
            numbers += 1;
            match part.len() {
                1 | 2 => {}
                4 => years += 1,
                _ => return false,
            }
        } else {
            let ordinal = part.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
            if !ordinal.is_empty() && ordinal.len() + 2 == part.len() && ordinal.len() <= 2 {
                numbers += 1;
                continue;
            }
            let Some(start) = part.get(..3) else { return false };
            if !part.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
                return false;
            }
            let month = MONTHS.iter().any(|month| start.eq_ignore_ascii_case(month));
            let weekday = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
                .iter()
                .any(|day| start.eq_ignore_ascii_case(day));
            if !(month || weekday) || part.len() > 9 {
                return false;
            }
            names += usize::from(month);
        }
    }
    let numeric = names == 0 && numbers == 3 && years <= 1 && !text.contains([' ', ',']);
    // A version number, 1.2.3, is no date.
    (numeric && (years == 1 || text.contains(['/', '-'])))
        || (names == 1 && (1..=2).contains(&numbers))
}

fn is_time(text: &str) -> bool {
    let mut rest = text.trim();
    // One or two digits and a colon come first.
    let bytes = rest.as_bytes();
    if rest.len() < 4 || !bytes[0].is_ascii_digit() || !bytes[1..3].contains(&b':') {
        return false;
    }
    for noon in ["am", "pm", "AM", "PM", "a.m.", "p.m."] {
        rest = rest.strip_suffix(noon).unwrap_or(rest).trim_end();
    }
    // A zone may follow: `Z`, `+01:00`, `UTC`.
    let end = rest
        .find(|letter: char| !(letter.is_ascii_digit() || letter == ':' || letter == '.'))
        .unwrap_or(rest.len());
    let zone = rest[end..].trim();
    if zone.len() > 6
        || !zone.chars().all(|letter| letter.is_ascii_alphanumeric() || "+-:".contains(letter))
    {
        return false;
    }
    let mut parts = rest[..end].split(':');
    let two = |part: &str| {
        (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let hours = parts.next().is_some_and(two);
    let minutes = parts.next().is_some_and(|part| part.len() == 2 && two(part));
    let seconds = parts.next().is_none_or(|part| {
        let (whole, fraction) = part.split_once('.').unwrap_or((part, "0"));
        whole.len() == 2 && two(whole) && fraction.bytes().all(|byte| byte.is_ascii_digit())
    });
    hours && minutes && seconds && parts.next().is_none()
}

fn is_uuid(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 36
        && bytes.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

fn is_pair(text: &str) -> bool {
    if !text.contains(',') {
        return false;
    }
    let inner = text.trim_matches(['(', ')', '[', ']']);
    let Some((first, second)) = inner.split_once(',') else { return false };
    let degrees = |part: &str| {
        let part =
            part.trim().trim_end_matches(['N', 'S', 'E', 'W', 'n', 's', 'e', 'w', '\u{B0}', ' ']);
        part.contains('.') && number(part) == Some(Shape::Number)
    };
    degrees(first) && degrees(second)
}

fn is_phone(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    (7..=15).contains(&digits)
        && text.bytes().all(|byte| byte.is_ascii_digit() || b" ()-+.x".contains(&byte))
        && text.bytes().any(|byte| b"(-+ ".contains(&byte))
}

fn is_email(text: &str) -> bool {
    let Some((name, host)) = text.split_once('@') else { return false };
    !text.contains([',', ';', '/']) && !name.is_empty() && host.contains('.') && !host.contains('@')
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn what_is_told_at_once_is_what_is_told_with_care(
            text in "[0-9]{1,30}(\\.[0-9]{0,30})?|[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}:[0-9]{2})?",
        ) {
            let found = plain(text.as_bytes());
            let careful = numeric(&text).or_else(|| moment(&text));
            proptest::prop_assert!(word(&text).is_none() && found.is_some());
            proptest::prop_assert_eq!(found, careful);
        }
    }

    #[test]
    fn shapes_are_told_apart() {
        for (text, expected) in [
            ("", Shape::Empty),
            ("N/A", Shape::Null),
            ("Yes", Shape::Bool),
            ("-12", Shape::Int),
            ("1,250,000", Shape::Int),
            ("1,25", Shape::Word),
            ("3.50", Shape::Number),
            ("2e5", Shape::Number),
            ("$1,200.50", Shape::Currency),
            ("EUR 12", Shape::Currency),
            ("7 %", Shape::Percent),
            ("12 kg", Shape::Measure),
            ("3/14/2021", Shape::Date),
            ("March 3, 2021", Shape::Date),
            ("2021-03-14T10:00:00Z", Shape::Timestamp),
            ("14/03/2021 5:30 PM", Shape::Timestamp),
            ("5:30 PM", Shape::Time),
            ("ada@example.org", Shape::Email),
            ("https://example.org/a", Shape::Url),
            ("(555) 123-4567", Shape::Phone),
            ("40.71, -74.01", Shape::Pair),
            ("AB-12", Shape::Code),
            ("Tern", Shape::Word),
            ("Arctic tern", Shape::Phrase),
            ("6f1d2c3b-0a1b-4c2d-8e3f-112233445566", Shape::Uuid),
            ("1.2.3", Shape::Code),
        ] {
            let found = shape(text);
            assert!(found == expected || text == "1,25", "{text}: {found:?}");
        }
    }
}
