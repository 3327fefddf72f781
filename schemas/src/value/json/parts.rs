//! Parts of JSON: the members of an object and the items of an array, one level deep.

use std::borrow::Cow;

use crate::cell::Cell;

/// The members of an object in their order, or `None` where the text is no object. Numbers keep
/// every digit, and what is nested stays text.
pub fn members(text: &str) -> Option<Vec<(Cow<'_, str>, Cell<'_>)>> {
    let inside = text.trim().strip_prefix('{')?.strip_suffix('}')?;
    let mut members = Vec::new();
    each_part(inside, |part| {
        let end = string_end(part)?;
        let rest = part.get(end..)?.trim_start().strip_prefix(':')?;
        members.push((string(part.get(..end)?)?, cell(rest.trim())?));
        Some(())
    })?;
    Some(members)
}

/// The items of an array in their order, or `None` where the text is no array.
pub fn items(text: &str) -> Option<Vec<Cell<'_>>> {
    let mut items = Vec::new();
    each_item(text, |item| items.push(item))?;
    Some(items)
}

/// Gives the items of an array one by one, or those before what makes the text no array, and `None`.
pub fn each_item<'t>(text: &'t str, mut take: impl FnMut(Cell<'t>)) -> Option<()> {
    let inside = text.trim().strip_prefix('[')?.strip_suffix(']')?;
    each_part(inside, |part| {
        take(cell(part)?);
        Some(())
    })
}

/// Gives the parts between the commas that stand in no string and no bracket, until one is refused.
fn each_part<'t>(text: &'t str, mut take: impl FnMut(&'t str) -> Option<()>) -> Option<()> {
    if text.trim().is_empty() {
        return Some(());
    }
    let mut give = |part: &'t str| {
        let part = part.trim();
        if part.is_empty() { None } else { take(part) }
    };
    let (mut start, mut depth, mut quoted, mut escaped) = (0, 0_usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.checked_sub(1)?,
            b',' if depth == 0 => {
                give(text.get(start..at)?)?;
                start = at + 1;
            }
            _ => {}
        }
    }
    if quoted || depth > 0 {
        return None;
    }
    give(text.get(start..)?)
}

/// One value as a cell.
fn cell(text: &str) -> Option<Cell<'_>> {
    Some(match text.as_bytes().first()? {
        b'"' if string_end(text)? == text.len() => Cell::Quoted(string(text)?),
        b'{' | b'[' => Cell::Nested(text.into()),
        _ if text == "null" => Cell::Absent,
        _ if matches!(text, "true" | "false") || is_number(text) => Cell::Bare(text.into()),
        _ => return None,
    })
}

fn is_number(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|first| first == b'-' || first.is_ascii_digit())
        && bytes.all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'))
}

/// Where the string ends that a text begins with.
fn string_end(text: &str) -> Option<usize> {
    let rest = text.strip_prefix('"')?;
    let mut escaped = false;
    for (at, byte) in rest.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(at + 2),
            _ => {}
        }
    }
    None
}

/// What a string in quotes says.
fn string(text: &str) -> Option<Cow<'_, str>> {
    if text.contains('\\') {
        return serde_json::from_str::<String>(text).ok().map(Cow::Owned);
    }
    text.get(1..text.len() - 1).map(Cow::Borrowed)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail")]
mod tests {
    use super::{items, members};
    use crate::cell::Cell;

    #[test]
    fn members_keep_their_order_and_their_digits() {
        let found = members(r#"{"b":12345678901234567890.10,"a":{"x":[1,2]},"c":"q\"t","d":null}"#);
        let expected = [
            ("b", Cell::Bare("12345678901234567890.10".into())),
            ("a", Cell::Nested(r#"{"x":[1,2]}"#.into())),
            ("c", Cell::Quoted("q\"t".into())),
            ("d", Cell::Absent),
        ];
        let found = found.unwrap();
        assert_eq!(found.len(), expected.len());
        for ((name, cell), (expected_name, expected_cell)) in found.iter().zip(&expected) {
            assert_eq!((name.as_ref(), cell), (*expected_name, expected_cell));
        }
    }

    #[test]
    fn what_is_no_object_has_no_members() {
        for text in ["", "[1]", "{\"a\"}", "{\"a\":}", "{\"a\":1", "{,}", "{\"a\":oops}", "{]}"] {
            assert_eq!(members(text), None, "{text:?}");
        }
        assert_eq!(members(" { } ").unwrap(), []);
    }

    #[test]
    fn items_are_split_only_at_the_first_level() {
        let found = items(r#"["a,b", [1, 2], true]"#).unwrap();
        assert_eq!(found.len(), 3);
        assert_eq!(found[1], Cell::Nested("[1, 2]".into()));
        assert_eq!(items("[1,]"), None);
    }
}
