//! Words in moments: months, weekdays and zones.

/// The month, from 1, that a word names: in full, or cut as people cut it.
pub(super) fn month(word: &[u8]) -> Option<u8> {
    const MONTHS: [&[u8]; 12] = [
        b"january",
        b"february",
        b"march",
        b"april",
        b"may",
        b"june",
        b"july",
        b"august",
        b"september",
        b"october",
        b"november",
        b"december",
    ];
    let at = MONTHS.iter().position(|name| cut(word, name, 3))?;
    let usual = word.len() == 3 || word.len() == MONTHS[at].len() || is(word, b"sept");
    usual.then_some(at as u8 + 1)
}

/// Whether a word names a day of the week: in full, or cut as people cut it.
pub(super) fn is_weekday(word: &[u8]) -> bool {
    const DAYS: [&[u8]; 7] =
        [b"monday", b"tuesday", b"wednesday", b"thursday", b"friday", b"saturday", b"sunday"];
    DAYS.iter().any(|name| cut(word, name, 3) && (word.len() <= 5 || word.len() == name.len()))
}

/// Seconds east of Greenwich that a zone's letters mean: the zones of RFC 2822 and those whose
/// letters no other zone in wide use shares.
pub(super) fn zone(word: &[u8]) -> Option<i32> {
    let mut upper = [0; 5];
    let upper = upper.get_mut(..word.len())?;
    upper.copy_from_slice(word);
    upper.make_ascii_uppercase();
    let half_hours = match &*upper {
        b"Z" | b"UTC" | b"GMT" | b"UT" | b"WET" => 0,
        b"EST" | b"CDT" => -10,
        b"EDT" => -8,
        b"CST" | b"MDT" => -12,
        b"MST" | b"PDT" => -14,
        b"PST" | b"AKDT" => -16,
        b"AKST" => -18,
        b"HST" => -20,
        b"BST" | b"CET" | b"WEST" => 2,
        b"CEST" | b"EET" | b"SAST" => 4,
        b"EEST" | b"MSK" => 6,
        b"SGT" | b"HKT" | b"AWST" => 16,
        b"JST" | b"KST" => 18,
        b"ACST" => 19,
        b"AEST" => 20,
        b"AEDT" => 22,
        b"NZST" => 24,
        b"NZDT" => 26,
        _ => return None,
    };
    Some(half_hours * 1800)
}

/// Whether a word is another, in any case.
pub(super) fn is(word: &[u8], other: &[u8]) -> bool {
    word.eq_ignore_ascii_case(other)
}

/// Whether a word is the beginning of a name, of at least so many letters.
fn cut(word: &[u8], name: &[u8], least: usize) -> bool {
    word.len() >= least && word.len() <= name.len() && is(word, &name[..word.len()])
}
