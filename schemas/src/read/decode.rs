//! [`decode`]: bytes as text, in whichever of the usual encodings they are.

use std::borrow::Cow;

/// Bytes looked at to tell UTF-16 without a mark.
pub(super) const ZEROS_SAMPLE: usize = 4096;

/// What Windows-1252 means by the bytes 0x80 to 0x9F (WHATWG Encoding, index windows-1252); the
/// rest of it is Latin-1.
const WINDOWS_1252: [char; 32] = [
    '\u{20AC}', '\u{81}', '\u{201A}', '\u{0192}', '\u{201E}', '\u{2026}', '\u{2020}', '\u{2021}',
    '\u{02C6}', '\u{2030}', '\u{0160}', '\u{2039}', '\u{0152}', '\u{8D}', '\u{017D}', '\u{8F}',
    '\u{90}', '\u{2018}', '\u{2019}', '\u{201C}', '\u{201D}', '\u{2022}', '\u{2013}', '\u{2014}',
    '\u{02DC}', '\u{2122}', '\u{0161}', '\u{203A}', '\u{0153}', '\u{9D}', '\u{017E}', '\u{0178}',
];

/// The text of any bytes: UTF-8, or UTF-16 by its mark or by where its zeros are, or Windows-1252
/// where it is neither. A byte-order mark is no part of the text.
///
/// Bytes that are UTF-8 but for a few broken places stay UTF-8, with U+FFFD in those places. The
/// Ctrl-Z that ends a file on some systems is no part of the text either.
pub fn decode(bytes: &[u8]) -> Cow<'_, str> {
    if let Some(rest) = bytes.strip_prefix(b"\xFF\xFE") {
        return Cow::Owned(utf16(rest, u16::from_le_bytes));
    }
    if let Some(rest) = bytes.strip_prefix(b"\xFE\xFF") {
        return Cow::Owned(utf16(rest, u16::from_be_bytes));
    }
    let bytes = &bytes[..ended(bytes)];
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let sample = &bytes[..bytes.len().min(ZEROS_SAMPLE)];
    if let Some(unit) = zeros(sample) {
        return Cow::Owned(utf16(bytes, unit));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) if mostly_utf8(bytes) => String::from_utf8_lossy(bytes),
        Err(_) => Cow::Owned(bytes.iter().map(|&byte| windows_1252(byte)).collect()),
    }
}

/// The same for bytes that nobody needs any more: no second copy of them is made where they are
/// text as they stand.
pub fn decoded(mut bytes: Vec<u8>) -> String {
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        bytes.drain(..3);
    }
    bytes.truncate(ended(&bytes));
    if is_wide(&bytes[..bytes.len().min(ZEROS_SAMPLE)]) {
        return decode(&bytes).into_owned();
    }
    String::from_utf8(bytes).unwrap_or_else(|error| decode(error.as_bytes()).into_owned())
}

/// What ends a file on some systems.
pub(crate) const END: char = '\u{1A}';

/// How many bytes there are without what ends the file.
fn ended(bytes: &[u8]) -> usize {
    bytes.iter().rposition(|byte| char::from(*byte) != END).map_or(0, |last| last + 1)
}

/// How two bytes are a unit of UTF-16.
pub(super) type Unit = fn([u8; 2]) -> u16;

fn utf16(bytes: &[u8], unit: Unit) -> String {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units = pairs.iter().map(|pair| unit(*pair));
    let mut text: String =
        char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    if !rest.is_empty() {
        text.push(char::REPLACEMENT_CHARACTER);
    }
    text.truncate(text.trim_end_matches(END).len());
    text
}

/// Whether a text that begins so is in UTF-16, by where its zeros are.
pub(crate) fn is_wide(sample: &[u8]) -> bool {
    zeros(sample).is_some()
}

/// Latin text in UTF-16 has a zero in almost every other byte, and hardly any in those between.
pub(super) fn zeros(sample: &[u8]) -> Option<Unit> {
    let (pairs, _) = sample.as_chunks::<2>();
    if pairs.len() < 2 {
        return None;
    }
    let even = pairs.iter().filter(|pair| pair[0] == 0).count();
    let odd = pairs.iter().filter(|pair| pair[1] == 0).count();
    let (most, few) = (pairs.len() * 7 / 10, pairs.len() / 20);
    if odd > most && even <= few {
        Some(u16::from_le_bytes)
    } else if even > most && odd <= few {
        Some(u16::from_be_bytes)
    } else {
        None
    }
}

/// Whether the bytes outside ASCII are UTF-8 more often than they are not.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|letter| !letter.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good >= bad
}

pub(super) fn windows_1252(byte: u8) -> char {
    match byte {
        0x80..=0x9F => WINDOWS_1252[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf8_is_borrowed_without_its_mark() {
        assert!(matches!(decode(b"\xEF\xBB\xBFa,b"), Cow::Borrowed("a,b")));
    }

    #[test]
    fn utf16_is_known_by_mark_or_by_zeros() {
        let little: Vec<u8> =
            "id,caf\u{e9}\n1,2".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = "id,caf\u{e9}\n1,2".encode_utf16().flat_map(u16::to_be_bytes).collect();
        for (mark, bytes) in
            [(&b"\xFF\xFE"[..], &little), (b"\xFE\xFF", &big), (b"", &little), (b"", &big)]
        {
            assert_eq!(decode(&[mark, bytes].concat()), "id,caf\u{e9}\n1,2");
        }
    }

    #[test]
    fn single_bytes_are_windows_1252() {
        assert_eq!(decode(b"Ren\xE9,\x805"), "Ren\u{e9},\u{20AC}5");
    }

    #[test]
    fn what_ends_a_file_is_no_text() {
        assert_eq!(decode(b"a,b\r\n1,2\x1A"), "a,b\r\n1,2");
        assert_eq!(decoded(b"a\x1Ab\x1A\x1A".to_vec()), "a\u{1A}b");
        assert_eq!(decode(b"\xFF\xFEa\0\x1A\0"), "a");
    }

    #[test]
    fn cut_off_letter_leaves_utf8_as_it_is() {
        assert_eq!(decode(b"caf\xC3\xA9 \xE2\x82"), "caf\u{e9} \u{FFFD}");
    }
}
