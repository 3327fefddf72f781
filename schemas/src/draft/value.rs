//! JSON values of a reply: in fences, between prose, a line each, or cut off.

use serde_json::Value;

/// How many beginnings of JSON are tried: prose has brackets too.
const MAX_TRIES: usize = 64;
/// The deepest nesting of a cut-off text that is closed.
const MAX_OPEN: usize = 100;

/// The objects and arrays in a text, in order. The one place where replies are read as JSON.
pub(crate) fn values(text: &str) -> Vec<Value> {
    let mut values = Vec::new();
    let mut rest = text;
    for _ in 0..MAX_TRIES {
        let Some(start) = rest.find(['{', '[']) else { break };
        let mut stream = serde_json::Deserializer::from_str(&rest[start..]).into_iter::<Value>();
        if let Some(Ok(value)) = stream.next() {
            rest = &rest[start + stream.byte_offset()..];
            values.push(value);
        } else if let Some(value) = mended(&rest[start..]) {
            values.push(value);
            break;
        } else {
            rest = &rest[start + 1..];
        }
    }
    values
        .retain(|value| value.is_object() || value.as_array().is_some_and(|list| !list.is_empty()));
    values
}

/// A value whose text is cut off: its last whole member ends it.
fn mended(text: &str) -> Option<Value> {
    let mut open: Vec<char> = Vec::new();
    let (mut quoted, mut escaped) = (false, false);
    // Places after which the text can end, with what is open there.
    let mut whole: Option<(usize, Vec<char>)> = None;
    for (at, letter) in text.char_indices() {
        if quoted {
            quoted = escaped || letter != '"';
            escaped = !escaped && letter == '\\';
            continue;
        }
        match letter {
            '"' => quoted = true,
            '{' => open.push('}'),
            '[' => open.push(']'),
            '}' | ']' => {
                if open.pop() != Some(letter) {
                    break;
                }
                if open.is_empty() {
                    // It closes and still does not parse: it is no JSON, not a cut one.
                    return None;
                }
                whole = Some((at + 1, open.clone()));
            }
            ',' => whole = Some((at, open.clone())),
            _ => {}
        }
        if open.len() > MAX_OPEN {
            return None;
        }
    }
    let (end, open) = whole?;
    let closed: String = text[..end].chars().chain(open.into_iter().rev()).collect();
    serde_json::from_str(&closed).ok()
}
