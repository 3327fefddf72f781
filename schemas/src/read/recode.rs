//! [`Recoded`]: bytes in whichever of the usual encodings as UTF-8, piece by piece.

use std::io::{self, Read};

use super::decode::{Unit, ZEROS_SAMPLE, windows_1252, zeros};

/// Bytes that are read at once.
const CHUNK: usize = if cfg!(test) { 7 } else { 1 << 16 };

/// What stands at the beginning of UTF-8 on some systems.
const MARK: &[u8] = b"\xEF\xBB\xBF";

/// How the bytes of a text are its letters; as [`decode`](super::decode) has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    /// UTF-8; what is broken is U+FFFD.
    #[default]
    Utf8,
    /// UTF-16, the lower byte first.
    Utf16Little,
    /// UTF-16, the higher byte first.
    Utf16Big,
    /// Windows-1252, which holds Latin-1.
    Windows1252,
}

impl Encoding {
    /// The encoding of everything that an input gives, which is read to its end.
    pub fn of(mut input: impl Read) -> io::Result<Self> {
        let mut held = Vec::new();
        let sample = (ZEROS_SAMPLE + MARK.len()) as u64;
        input.by_ref().take(sample).read_to_end(&mut held)?;
        if held.starts_with(b"\xFF\xFE") {
            return Ok(Self::Utf16Little);
        }
        if held.starts_with(b"\xFE\xFF") {
            return Ok(Self::Utf16Big);
        }
        let bare = held.strip_prefix(MARK).unwrap_or(&held);
        if let Some(unit) = zeros(&bare[..bare.len().min(ZEROS_SAMPLE)]) {
            let little = unit([1, 0]) == 1;
            return Ok(if little { Self::Utf16Little } else { Self::Utf16Big });
        }
        let (mut good, mut bad) = (0_u64, 0_u64);
        loop {
            let before = held.len();
            input.by_ref().take(CHUNK as u64).read_to_end(&mut held)?;
            let behind = Behind::of(held.len() - before);
            let done = letters(&held, behind, |part| match part {
                Some(text) => {
                    good += text.chars().filter(|letter| !letter.is_ascii()).count() as u64;
                }
                None => bad += 1,
            });
            held.drain(..done);
            if behind == Behind::Nothing {
                return Ok(if good >= bad { Self::Utf8 } else { Self::Windows1252 });
            }
        }
    }
}

/// What comes behind bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Behind {
    More,
    Nothing,
}

impl Behind {
    /// Where so many bytes came last.
    fn of(count: usize) -> Self {
        if count == 0 { Self::Nothing } else { Self::More }
    }
}

/// An input whose bytes are UTF-8, whatever those of the input are that it reads.
#[derive(Debug)]
pub struct Recoded<R> {
    input: R,
    encoding: Encoding,
    /// What was read and is no whole letter yet.
    held: Vec<u8>,
    /// What is UTF-8, and how much of it was given.
    text: String,
    given: usize,
    begun: bool,
    behind: Behind,
}

impl<R: Read> Recoded<R> {
    /// An input that is read in an encoding.
    pub fn new(input: R, encoding: Encoding) -> Self {
        let (held, text) = (Vec::new(), String::new());
        Self { input, encoding, held, text, given: 0, begun: false, behind: Behind::More }
    }

    fn fill(&mut self) -> io::Result<()> {
        self.given = 0;
        self.text.clear();
        let before = self.held.len();
        self.input.by_ref().take(CHUNK as u64).read_to_end(&mut self.held)?;
        self.behind = Behind::of(self.held.len() - before);
        if !self.begun && self.held.starts_with(MARK) {
            self.held.drain(..MARK.len());
        }
        self.begun = true;
        let (held, text) = (&self.held, &mut self.text);
        let done = match self.encoding {
            Encoding::Utf8 => letters(held, self.behind, |part| {
                text.push_str(part.unwrap_or("\u{FFFD}"));
            }),
            Encoding::Windows1252 => {
                text.extend(held.iter().map(|byte| windows_1252(*byte)));
                held.len()
            }
            Encoding::Utf16Little => wide(held, self.behind, u16::from_le_bytes, text),
            Encoding::Utf16Big => wide(held, self.behind, u16::from_be_bytes, text),
        };
        self.held.drain(..done);
        Ok(())
    }
}

impl<R: Read> Read for Recoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() && self.behind == Behind::More {
            self.fill()?;
        }
        let left = &self.text.as_bytes()[self.given..];
        let count = left.len().min(buffer.len());
        buffer[..count].copy_from_slice(&left[..count]);
        self.given += count;
        Ok(count)
    }
}

/// Gives the parts of bytes that are UTF-8, and `None` for each place that is broken; how many bytes
/// are done with: all but a letter that may go on in what comes.
fn letters(bytes: &[u8], behind: Behind, mut each: impl FnMut(Option<&str>)) -> usize {
    let mut at = 0;
    for chunk in bytes.utf8_chunks() {
        each(Some(chunk.valid()));
        at += chunk.valid().len();
        let broken = chunk.invalid().len();
        let open = at + broken == bytes.len()
            && std::str::from_utf8(&bytes[at..]).is_err_and(|error| error.error_len().is_none());
        if broken > 0 && open && behind == Behind::More {
            return at;
        }
        if broken > 0 {
            each(None);
        }
        at += broken;
    }
    at
}

/// Appends the letters of UTF-16; how many bytes are done with.
fn wide(bytes: &[u8], behind: Behind, unit: Unit, text: &mut String) -> usize {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let whole = match pairs.last().map(|pair| unit(*pair)) {
        Some(0xD800..=0xDBFF) if behind == Behind::More => pairs.len() - 1,
        _ => pairs.len(),
    };
    let units = pairs[..whole].iter().map(|pair| unit(*pair));
    let letters = char::decode_utf16(units);
    text.extend(letters.map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER)));
    if behind == Behind::Nothing && !rest.is_empty() {
        text.push(char::REPLACEMENT_CHARACTER);
        return bytes.len();
    }
    whole * 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::decode;

    fn recoded(bytes: &[u8]) -> String {
        let encoding = Encoding::of(bytes).unwrap();
        let mut text = String::new();
        Recoded::new(bytes, encoding).read_to_string(&mut text).unwrap();
        text
    }

    /// As it is decoded whole, but for the marks that whoever reads parts takes away.
    fn agrees(bytes: &[u8]) {
        let text = recoded(bytes);
        let text = text.trim_start_matches('\u{FEFF}').trim_end_matches('\u{1A}');
        assert_eq!(text, decode(bytes).trim_start_matches('\u{FEFF}'), "{bytes:?}");
    }

    #[test]
    fn pieces_are_what_the_whole_is() {
        let text = "id,caf\u{e9},\u{1F600}\n1,Ren\u{e9} M\u{fc}ller,\u{20AC}5\n2,x,y\n";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for (mark, bytes) in [
            (&b""[..], text.as_bytes()),
            (MARK, text.as_bytes()),
            (b"\xFF\xFE", &little),
            (b"\xFE\xFF", &big),
            (b"", b"Ren\xE9,\x805,M\xFCller\n"),
            (MARK, b"Ren\xE9,\x805,M\xFCller\n"),
            (b"", b"caf\xC3\xA9 \xE2\x82"),
            (b"", b"caf\xC3\xA9 \xE2\x82, \xC3\xA9\x1A"),
            (b"\xFF\xFE", b"a\0b"),
        ] {
            agrees(&[mark, bytes].concat());
        }
    }

    proptest::proptest! {
        #[test]
        fn any_pieces_are_what_the_whole_is(
            bytes in proptest::collection::vec(
                proptest::sample::select(b"a,\n\xC3\xA9\xE2\x82\xAC\xF0\x9F\xFF\xFE\x80".as_slice()),
                0..60,
            ),
        ) {
            agrees(&bytes);
        }
    }
}
