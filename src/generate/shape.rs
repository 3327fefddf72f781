//! Shapes: what becomes of a text, or of a piece of one.

use peyote_schemas::behaviour::{Case, Shape};

/// Adds a piece in its shape.
pub(super) fn piece(shape: Shape, text: &[u8], out: &mut Vec<u8>) {
    let text = String::from_utf8_lossy(text);
    match shape {
        Shape::Case(case) => cased(case, &text, &[], out),
        Shape::Initial => {
            let first = text.chars().find(|letter| letter.is_alphanumeric());
            out.extend(first.map(String::from).unwrap_or_default().into_bytes());
        }
        Shape::First => out.extend(text.split_whitespace().next().unwrap_or_default().bytes()),
        Shape::Last => out.extend(text.split_whitespace().last().unwrap_or_default().bytes()),
    }
}

/// Gives a whole text its case.
pub(super) fn whole(case: Case, text: &mut Vec<u8>) {
    /// What stands for itself in a mail address or a handle.
    const KEPT: &[u8] = b".-_@+";
    /// What becomes of each character of ASCII; nought of those that are left out.
    const SLUG: [u8; 128] = {
        let mut slug = [0; 128];
        let mut byte = 0;
        while byte < 128 {
            if (byte as u8).is_ascii_alphanumeric() {
                slug[byte] = (byte as u8).to_ascii_lowercase();
            }
            byte += 1;
        }
        let mut at = 0;
        while at < KEPT.len() {
            slug[KEPT[at] as usize] = KEPT[at];
            at += 1;
        }
        slug
    };
    if case == Case::Slug && text.is_ascii() {
        // Who stays is moved to the front, whether or not somebody left.
        let mut end = 0;
        for at in 0..text.len() {
            let byte = SLUG[usize::from(text[at] & 127)];
            text[end] = byte;
            end += usize::from(byte > 0);
        }
        text.truncate(end);
        return;
    }
    let before = String::from_utf8_lossy(text).into_owned();
    text.clear();
    cased(case, &before, KEPT, text);
}

fn cased(case: Case, text: &str, kept: &[u8], out: &mut Vec<u8>) {
    let is_ascii = text.is_ascii();
    let bytes = text.bytes();
    match case {
        // What most names are made of is what the long ways make of it.
        Case::Lower if is_ascii => out.extend(bytes.map(|byte| byte.to_ascii_lowercase())),
        Case::Upper if is_ascii => out.extend(bytes.map(|byte| byte.to_ascii_uppercase())),
        Case::Ascii if is_ascii => out.extend(bytes),
        Case::Lower => out.extend(text.to_lowercase().bytes()),
        Case::Upper => out.extend(text.to_uppercase().bytes()),
        Case::Ascii => out.extend(deunicode::deunicode(text).bytes()),
        Case::Slug => {
            let mut push = |byte: u8| {
                if is_kept(byte, kept) {
                    out.push(byte.to_ascii_lowercase());
                }
            };
            // Letter by letter, as what stands for a letter does not hang on its neighbours.
            for letter in text.chars() {
                match u8::try_from(letter) {
                    Ok(byte) if byte.is_ascii() => push(byte),
                    _ => deunicode::deunicode_char(letter)
                        .unwrap_or_default()
                        .bytes()
                        .for_each(&mut push),
                }
            }
        }
    }
}

/// Whether a character is kept where others are left out.
#[inline]
fn is_kept(byte: u8, kept: &[u8]) -> bool {
    byte.is_ascii_alphanumeric() || kept.contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_take_their_shapes() {
        let shaped = |shape, text: &str| {
            let mut out = Vec::new();
            piece(shape, text.as_bytes(), &mut out);
            String::from_utf8(out).expect("a text")
        };
        assert_eq!(shaped(Shape::Case(Case::Slug), "Zoë O'Hara-Li"), "zoeoharali");
        assert_eq!(shaped(Shape::Initial, "Ángel"), "Á");
        assert_eq!(shaped(Shape::Last, "Ana de la Cruz"), "Cruz");
        assert_eq!(shaped(Shape::First, ""), "");
        for (text, expected) in [
            ("J. Müller@Mail.de", "j.muller@mail.de"),
            ("J. Miller@Mail.de", "j.miller@mail.de"),
            ("Ærø 北京\u{e000}+ß", "aerobeijing+ss"),
        ] {
            let mut text = text.as_bytes().to_vec();
            whole(Case::Slug, &mut text);
            assert_eq!(String::from_utf8_lossy(&text), expected);
        }
    }
}
