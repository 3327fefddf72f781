//! [`Token`]: the letters of an expression, taken together.

use super::Exact;

/// The longest expression, in bytes.
const MAX_TEXT: usize = 10_000;
/// The most digits of a number.
const MAX_DIGITS: usize = 38;
/// The most digits after the point.
const MAX_SCALE: usize = 18;

/// What an expression is made of.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// A name or a word.
    Name(String),
    /// A name in double quotes or backquotes: never a word of the language.
    Quoted(String),
    /// A text in single quotes.
    Text(String),
    /// A number.
    Number(Exact),
    /// An operator or a bracket.
    Sign(&'static str),
}

/// The signs, the longer ones first.
const SIGNS: [&str; 18] =
    ["<=", ">=", "!=", "<>", "==", "<", ">", "=", "+", "-", "*", "/", "%", "(", ")", ",", ".", ":"];

/// The tokens of an expression, each with the byte at which it begins.
pub(super) fn tokens(text: &str) -> Result<Vec<(usize, Token)>, String> {
    if text.len() > MAX_TEXT {
        return Err(format!("an expression has at most {MAX_TEXT} bytes"));
    }
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(letter) = text[at..].chars().next() {
        let rest = &text[at..];
        let length = if letter.is_whitespace() {
            letter.len_utf8()
        } else if letter.is_ascii_digit() {
            let (number, length) = number(rest)?;
            tokens.push((at, Token::Number(number)));
            length
        } else if letter.is_alphabetic() || letter == '_' {
            let part = |letter: char| letter.is_alphanumeric() || letter == '_';
            let end = rest.find(|letter| !part(letter)).unwrap_or(rest.len());
            tokens.push((at, Token::Name(rest[..end].to_owned())));
            end
        } else if matches!(letter, '\'' | '"' | '`') {
            let (text, length) = quoted(rest, letter)?;
            tokens.push((at, if letter == '\'' { Token::Text(text) } else { Token::Quoted(text) }));
            length
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            tokens.push((at, Token::Sign(sign)));
            sign.len()
        } else {
            return Err(format!("`{letter}` means nothing in an expression"));
        };
        at += length;
    }
    Ok(tokens)
}

/// The text in quotes at the start, and how long it is with them; a quote is doubled inside.
fn quoted(text: &str, quote: char) -> Result<(String, usize), String> {
    let mut out = String::new();
    let mut letters = text.char_indices().skip(1).peekable();
    while let Some((at, letter)) = letters.next() {
        if letter != quote {
            out.push(letter);
        } else if letters.next_if(|(_, next)| *next == quote).is_some() {
            out.push(quote);
        } else {
            return Ok((out, at + 1));
        }
    }
    Err(format!("a quote `{quote}` is not closed"))
}

fn number(text: &str) -> Result<(Exact, usize), String> {
    let whole = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let after = text[whole..].strip_prefix('.').unwrap_or_default();
    let part = after.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(after.len());
    let digits = format!("{}{}", &text[..whole], &after[..part]);
    let length = if part > 0 { whole + 1 + part } else { whole };
    let digits = if digits.len() > MAX_DIGITS || part > MAX_SCALE {
        None
    } else {
        digits.parse::<i128>().ok()
    };
    let Some(digits) = digits else {
        return Err(format!(
            "a number has at most {MAX_DIGITS} digits, {MAX_SCALE} of them after the point"
        ));
    };
    Ok((Exact { digits, scale: part as u8 }, length))
}
