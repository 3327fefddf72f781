//! [`Pattern`]: texts of one form, by number.

use crate::generate::draw::Draw;

/// Texts of one form: `#` a digit, `A` an upper-case letter, `a` a lower-case one, `\` before what
/// stands for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::generate) struct Pattern {
    /// The text of number 0.
    base: Vec<u8>,
    /// Where a letter changes, and how many there are, the one that changes fastest first.
    wheels: Vec<(usize, u8)>,
    /// How many texts there are.
    many: u128,
}

impl Pattern {
    /// The form of a pattern; `*` stands for nothing.
    pub(in crate::generate) fn new(pattern: &str) -> Self {
        let mut base = Vec::new();
        let mut wheels = Vec::new();
        let mut letters = pattern.chars();
        while let Some(letter) = letters.next() {
            let (letter, many) = match letter {
                '#' => ('0', 10),
                'A' => ('A', 26),
                'a' => ('a', 26),
                '*' => continue,
                '\\' => match letters.next() {
                    Some(letter) => (letter, 1),
                    None => break,
                },
                letter => (letter, 1),
            };
            if many > 1 {
                wheels.push((base.len(), many));
            }
            base.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
        }
        wheels.reverse();
        let many = wheels.iter().try_fold(1_u128, |all, wheel| all.checked_mul(wheel.1.into()));
        Self { base, wheels, many: many.unwrap_or(u128::MAX) }
    }

    /// How many texts there are.
    pub(in crate::generate) fn many(&self) -> u128 {
        self.many
    }

    /// How many bytes a text has.
    pub(in crate::generate) fn width(&self) -> usize {
        self.base.len()
    }

    /// Writes the text of a number; those from [`many`](Self::many) on begin again.
    pub(in crate::generate) fn write(&self, number: u128, out: &mut Vec<u8>) {
        let from = out.len();
        out.extend_from_slice(&self.base);
        if let Ok(mut rest) = u64::try_from(number) {
            for (place, many) in &self.wheels {
                let digit = if *many == 10 { rest % 10 } else { rest % 26 };
                rest = if *many == 10 { rest / 10 } else { rest / 26 };
                out[from + place] += digit as u8;
            }
        } else {
            let mut rest = number;
            for (place, many) in &self.wheels {
                out[from + place] += (rest % u128::from(*many)) as u8;
                rest /= u128::from(*many);
            }
        }
    }

    /// Writes a text by chance.
    pub(in crate::generate) fn draw(&self, draw: Draw, row: u64, out: &mut Vec<u8>) {
        let mut number = u128::from(draw.bits(row));
        if self.many > 1 << 40 {
            number |= u128::from(draw.numbered(0).bits(row)) << 64;
        }
        self.write(number % self.many.max(1), out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(pattern: &str, number: u128) -> String {
        let mut out = Vec::new();
        Pattern::new(pattern).write(number, &mut out);
        String::from_utf8(out).expect("a text")
    }

    #[test]
    fn numbers_are_texts_of_the_form() {
        assert_eq!(text("AA-###", 0), "AA-000");
        assert_eq!(text("AA-###", 27_042), "BB-042");
        assert_eq!(text(r"\A#é", 7), "A7é");
        assert_eq!(text("##", 123), "23");
        assert_eq!(Pattern::new("AA-###*").many(), 676_000);
        assert_eq!(text(&"#".repeat(30), 10_u128.pow(25) + 1).len(), 30);
    }
}
