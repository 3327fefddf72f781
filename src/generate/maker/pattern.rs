//! [`Pattern`]: texts of one form, by number.

use crate::generate::draw::Draw;

/// Digits that are written together at most.
const TOGETHER: usize = 4;
/// The numbers of two digits as they are written.
const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[b'0'; 2]; 100];
    let mut at = 0;
    while at < 100 {
        pairs[at] = [b'0' + at as u8 / 10, b'0' + at as u8 % 10];
        at += 1;
    }
    pairs
};

/// Texts of one form: `#` a digit, `A` an upper-case letter, `a` a lower-case one, `\` before what
/// stands for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::generate) struct Pattern {
    /// The text of number 0.
    base: Vec<u8>,
    /// What changes, the one that changes fastest first.
    wheels: Vec<Wheel>,
    /// How many texts there are.
    many: u128,
}

/// What changes of a text from one number to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wheel {
    /// So many digits behind each other, four at most, from a place on.
    Digits(usize, usize),
    /// A letter at a place.
    Letter(usize),
}

impl Pattern {
    /// The form of a pattern; `*` stands for nothing.
    pub(in crate::generate) fn new(pattern: &str) -> Self {
        let mut base = Vec::new();
        let mut places = Vec::new();
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
                places.push((base.len(), many));
            }
            base.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
        }
        let many = places.iter().try_fold(1_u128, |all, (_, many)| all.checked_mul(*many));
        let mut wheels: Vec<Wheel> = Vec::new();
        for (place, many) in places.into_iter().rev() {
            match wheels.last_mut() {
                Some(Wheel::Digits(first, digits))
                    if many == 10 && place + 1 == *first && *digits < TOGETHER =>
                {
                    (*first, *digits) = (place, *digits + 1);
                }
                _ if many == 10 => wheels.push(Wheel::Digits(place, 1)),
                _ => wheels.push(Wheel::Letter(place)),
            }
        }
        Self { base, wheels, many: many.unwrap_or(u128::MAX) }
    }

    /// Whether a text is of the form.
    pub(in crate::generate) fn fits(&self, text: &str) -> bool {
        let turns = |at: usize| {
            self.wheels.iter().any(|wheel| match *wheel {
                Wheel::Digits(place, digits) => (place..place + digits).contains(&at),
                Wheel::Letter(place) => place == at,
            })
        };
        let fits = |(at, (own, letter)): (usize, (&u8, u8))| match own {
            b'0' if turns(at) => letter.is_ascii_digit(),
            b'A' if turns(at) => letter.is_ascii_uppercase(),
            b'a' if turns(at) => letter.is_ascii_lowercase(),
            own => *own == letter,
        };
        let mut letters = self.base.iter().zip(text.bytes()).enumerate();
        text.len() == self.base.len() && letters.all(fits)
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
        let text = &mut out[from..];
        if let Ok(number) = u64::try_from(number) {
            self.put(number, text);
            return;
        }
        let mut rest = number;
        for wheel in &self.wheels {
            let (place, digits, of) = match *wheel {
                Wheel::Digits(place, digits) => (place, digits, 10),
                Wheel::Letter(place) => (place, 1, 26),
            };
            for letter in text[place..place + digits].iter_mut().rev() {
                *letter += (rest % of) as u8;
                rest /= of;
            }
        }
    }

    /// Writes the texts of some numbers behind each other, and where each of them ends.
    pub(in crate::generate) fn write_all(
        &self,
        numbers: &[u64],
        ends: &mut Vec<u32>,
        out: &mut Vec<u8>,
    ) {
        let (from, width) = (out.len(), self.width());
        ends.extend((1..=numbers.len()).map(|nth| (from + nth * width) as u32));
        if numbers.is_empty() || width == 0 {
            return;
        }
        // What never changes is copied with all before it, twice as much each time.
        out.reserve(numbers.len() * width);
        out.extend_from_slice(&self.base);
        let mut there = 1;
        while there < numbers.len() {
            let more = there.min(numbers.len() - there);
            out.extend_from_within(from..from + more * width);
            there += more;
        }
        for (text, number) in out[from..].chunks_exact_mut(width).zip(numbers) {
            self.put(*number, text);
        }
    }

    /// Puts what changes into the text of number 0.
    #[inline]
    fn put(&self, number: u64, text: &mut [u8]) {
        let mut rest = number;
        for wheel in &self.wheels {
            match *wheel {
                Wheel::Letter(place) => {
                    text[place] += (rest % 26) as u8;
                    rest /= 26;
                }
                // A division by what is known is a product.
                Wheel::Digits(place, 4) => {
                    let digits = (rest % 10_000) as usize;
                    rest /= 10_000;
                    let [[first, second], [third, fourth]] =
                        [PAIRS[digits / 100], PAIRS[digits % 100]];
                    text[place..place + 4].copy_from_slice(&[first, second, third, fourth]);
                }
                Wheel::Digits(place, 3) => {
                    let digits = (rest % 1000) as usize;
                    rest /= 1000;
                    let [first, second] = PAIRS[digits / 10];
                    let third = b'0' + (digits % 10) as u8;
                    text[place..place + 3].copy_from_slice(&[first, second, third]);
                }
                Wheel::Digits(place, 2) => {
                    text[place..place + 2].copy_from_slice(&PAIRS[(rest % 100) as usize]);
                    rest /= 100;
                }
                Wheel::Digits(place, _) => {
                    text[place] = b'0' + (rest % 10) as u8;
                    rest /= 10;
                }
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
        assert_eq!(text("#####-###.##", 1_234_567_890), "12345-678.90");
    }
    #[test]
    fn texts_of_a_form_fit_it_and_no_others_do() {
        let form = Pattern::new(r"AA-##a\A");
        for number in [0, 1, 27_042, 1_757_599] {
            assert!(form.fits(&text(r"AA-##a\A", number)), "{number}");
        }
        for other in
            ["AA-00aB", "aA-00aA", "AA-00a", "AA-0xaA", "AA_00aA", "AA-00aAA", "", "ÅA-00A"]
        {
            assert!(!form.fits(other), "{other}");
        }
    }

    #[test]
    fn many_texts_are_those_of_each() {
        for pattern in ["AA#-####a", "#", "fixed", "é####", "###########", "*"] {
            let form = Pattern::new(pattern);
            let numbers: Vec<u64> = (0..1000_u64).map(|at| at * at * 7919 + at).collect();
            let (mut ends, mut all) = (vec![1], b"x".to_vec());
            form.write_all(&numbers, &mut ends, &mut all);
            let (mut ends_of_each, mut each) = (vec![1], b"x".to_vec());
            for number in &numbers {
                form.write(u128::from(*number), &mut each);
                ends_of_each.push(each.len() as u32);
                let wide = u128::from(*number) + form.many() * (1 << 70);
                if form.many() > 1 && form.many() < 1 << 40 {
                    let (mut one, mut other) = (Vec::new(), Vec::new());
                    form.write(u128::from(*number) % form.many(), &mut one);
                    form.write(wide, &mut other);
                    assert_eq!(one, other, "{pattern}");
                }
            }
            assert_eq!((ends, all), (ends_of_each, each), "{pattern}");
        }
    }
}
