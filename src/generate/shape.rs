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
    const KEPT: [char; 5] = ['.', '-', '_', '@', '+'];
    let before = String::from_utf8_lossy(text).into_owned();
    text.clear();
    cased(case, &before, &KEPT, text);
}

fn cased(case: Case, text: &str, kept: &[char], out: &mut Vec<u8>) {
    if text.is_ascii() {
        // What most names are made of is what the long ways below make of it.
        let bytes = text.bytes();
        match case {
            Case::Lower => out.extend(bytes.map(|byte| byte.to_ascii_lowercase())),
            Case::Upper => out.extend(bytes.map(|byte| byte.to_ascii_uppercase())),
            Case::Ascii => out.extend(bytes),
            Case::Slug => out.extend(
                bytes
                    .filter(|byte| {
                        byte.is_ascii_alphanumeric() || kept.contains(&char::from(*byte))
                    })
                    .map(|byte| byte.to_ascii_lowercase()),
            ),
        }
        return;
    }
    match case {
        Case::Lower => out.extend(text.to_lowercase().bytes()),
        Case::Upper => out.extend(text.to_uppercase().bytes()),
        Case::Ascii => out.extend(deunicode::deunicode(text).bytes()),
        Case::Slug => out.extend(
            deunicode::deunicode(text)
                .chars()
                .filter(|letter| letter.is_ascii_alphanumeric() || kept.contains(letter))
                .map(|letter| letter.to_ascii_lowercase() as u8),
        ),
    }
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
        let mut text = "J. Müller@Mail.de".as_bytes().to_vec();
        whole(Case::Slug, &mut text);
        assert_eq!(text, b"j.muller@mail.de");
    }
}
