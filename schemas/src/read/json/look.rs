//! Looking ahead: what stands at a byte of a text, decided within a bounded distance.

/// Bytes of blanks that a look ahead crosses at most: deeper indentation than anybody writes.
const BLANK_REACH: usize = 1024;

/// Bytes of a comment, or of a key, that a look ahead crosses at most.
const REACH: usize = 160;

/// How many bytes the character takes that begins at a byte; 1 beyond the end.
pub(super) fn width(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at) {
        Some(0xC0..=0xDF) => 2,
        Some(0xE0..=0xEF) => 3,
        Some(0xF0..) => 4,
        _ => 1,
    }
}

/// The first boundary between characters at a byte or after it, within the text.
pub(super) fn boundary(text: &str, mut at: usize) -> usize {
    while at < text.len() && !text.is_char_boundary(at) {
        at += 1;
    }
    at.min(text.len())
}

/// The first byte that is no blank, at most `reach` bytes on.
pub(super) fn blank(bytes: &[u8], mut at: usize, reach: usize) -> usize {
    let limit = at.saturating_add(reach).min(bytes.len());
    while at < limit {
        match bytes[at] {
            b' ' | b'\t' | b'\n' | b'\r' | 0x0B | 0x0C => at += 1,
            // No-break space.
            0xC2 if bytes[at..].starts_with(b"\xC2\xA0") => at += 2,
            // The spaces of U+2000 to U+200B, line and paragraph separators, narrow and
            // mathematical space.
            0xE2 if matches!(
                bytes.get(at + 1..at + 3),
                Some([0x80, 0x80..=0x8B | 0xA8 | 0xA9 | 0xAF] | [0x81, 0x9F])
            ) =>
            {
                at += 3;
            }
            // Ideographic space, byte order mark.
            0xE3 if bytes[at..].starts_with(b"\xE3\x80\x80") => at += 3,
            0xEF if bytes[at..].starts_with(b"\xEF\xBB\xBF") => at += 3,
            _ => break,
        }
    }
    at
}

/// The end of the comment that begins at a byte, or that byte if none does (or none ends within
/// `reach` bytes).
pub(super) fn comment(bytes: &[u8], at: usize, reach: usize) -> usize {
    let limit = at.saturating_add(reach).min(bytes.len());
    let rest = &bytes[at.min(limit)..limit];
    let line = match rest {
        [b'/', b'/', ..] | [b'#', b' ' | b'#' | b'!' | b'\t' | b'\n', ..] => true,
        [b'#', ..] => at == 0 || bytes[at - 1] == b'\n',
        [b'/', b'*', ..] => {
            return match memchr::memmem::find(&rest[2..], b"*/") {
                Some(end) => at + 2 + end + 2,
                None if limit == bytes.len() => limit,
                None => at,
            };
        }
        _ => return at,
    };
    match memchr::memchr(b'\n', rest) {
        Some(end) if line => at + end,
        None if line && limit == bytes.len() => limit,
        _ => at,
    }
}

/// Past the words behind an ellipsis that say what was left out, `(truncated)` or `and 97 more`, if
/// such stand on its line.
pub(super) fn remark(bytes: &[u8], at: usize) -> usize {
    let rest = &bytes[at..bytes.len().min(at + REACH)];
    let begin = rest.iter().take_while(|byte| **byte == b' ').count();
    if !rest.get(begin).is_some_and(|byte| *byte == b'(' || byte.is_ascii_alphabetic()) {
        return at;
    }
    let mark = |byte: &u8| b"]}{[\"':\n".contains(byte);
    let mut end = rest.iter().position(mark).unwrap_or(rest.len());
    let line = matches!(rest.get(end), None | Some(b'\n'));
    if !line && let Some(comma) = memchr::memchr(b',', &rest[..end]) {
        end = comma;
    }
    let words = rest[begin..end].trim_ascii();
    let literal = ["true", "false", "null", "None"]
        .iter()
        .any(|word| word.as_bytes().eq_ignore_ascii_case(words));
    let full = end == REACH;
    if full || literal || matches!(rest.get(end), Some(b'"' | b'\'' | b':')) {
        at
    } else {
        at + end
    }
}

/// Past blanks and comments, within reach.
pub(super) fn space(bytes: &[u8], mut at: usize) -> usize {
    // A few comments in a row are enough to look past.
    for _ in 0..4 {
        at = blank(bytes, at, BLANK_REACH);
        let end = comment(bytes, at, REACH);
        if end == at {
            break;
        }
        at = end;
    }
    at
}

/// Whether a quotation mark that opens a text stands at a byte.
pub(super) fn opens_text(text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    match bytes.get(at) {
        Some(b'"' | b'\'') => true,
        Some(b'`') => !bytes[at..].starts_with(b"```"),
        Some(b'\\') => bytes.get(at + 1) == Some(&b'"'),
        Some(0xE2) => is_curly(bytes, at),
        _ => false,
    }
}

/// Whether one of ‘ ’ ‚ ‛ “ ” „ ‟ stands at a byte.
pub(super) fn is_curly(bytes: &[u8], at: usize) -> bool {
    matches!(bytes.get(at..at + 3), Some([0xE2, 0x80, 0x98..=0x9F]))
}

/// Whether a key and its colon stand at a byte: in quotation marks, or one to a few words.
pub(super) fn key_at(bytes: &[u8], at: usize) -> bool {
    let limit = (at + REACH).min(bytes.len());
    let quote = match bytes.get(at) {
        Some(b'"' | b'\'' | b'`') => Some(bytes[at]),
        Some(b'\\') if bytes.get(at + 1) == Some(&b'"') => {
            let Some(length) = memchr::memchr2(b'"', b'\n', &bytes[(at + 2).min(limit)..limit])
            else {
                return false;
            };
            return bytes.get(blank(bytes, at + 2 + length + 1, REACH)) == Some(&b':');
        }
        Some(0xE2) if is_curly(bytes, at) => {
            let mut end = at + 3;
            while end < limit && !is_curly(bytes, end) && bytes[end] != b'"' {
                end += 1;
            }
            let end = end + width(bytes, end);
            return bytes.get(blank(bytes, end, REACH)) == Some(&b':');
        }
        Some(byte)
            if byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || *byte >= 0x80 =>
        {
            None
        }
        _ => return false,
    };
    if let Some(quote) = quote {
        let mut end = at + 1;
        while end < limit && bytes[end] != quote && bytes[end] != b'\n' {
            end += 1 + usize::from(bytes[end] == b'\\');
        }
        return bytes.get(end) == Some(&quote)
            && bytes.get(blank(bytes, end + 1, REACH)) == Some(&b':');
    }
    let mut end = at;
    let mut blanks = 0;
    while end < limit {
        match bytes[end] {
            b' ' if blanks < 2 => blanks += 1,
            b'_' | b'-' | b'$' | b'.' => {}
            byte if byte.is_ascii_alphanumeric() || byte >= 0x80 => {}
            _ => break,
        }
        end += 1;
    }
    if matches!(bytes.get(end), Some(b'"' | b'\'')) {
        // `COMMENT "key":`, a word that belongs to nobody before the key.
        if blanks > 0 && bytes[end - 1] == b' ' {
            return key_at(bytes, end);
        }
        end += 1;
    }
    // `http://…` is no key.
    bytes.get(end) == Some(&b':') && !bytes[end..].starts_with(b"://")
}

/// The first key of the object that begins at a byte, if it stands between quotation marks.
pub(super) fn key_of(text: &str, at: usize) -> Option<&str> {
    let bytes = text.as_bytes();
    let start = space(bytes, at + 1);
    let mark = *bytes.get(start).filter(|byte| matches!(byte, b'"' | b'\''))?;
    let rest = &bytes[start + 1..];
    let length = rest.iter().take(REACH).position(|byte| *byte == mark || *byte == b'\n')?;
    (rest[length] == mark).then_some(())?;
    text.get(start + 1..start + 1 + length)
}

/// Whether a comma and then a key stand at a byte.
pub(super) fn key_follows(bytes: &[u8], at: usize, steps: &mut usize) -> bool {
    let at = space(bytes, at);
    *steps += 1;
    bytes.get(at) == Some(&b',') && key_at(bytes, space(bytes, at + 1))
}

/// Whether what stands at a byte, after a closing bracket, is structure or the end rather than the
/// rest of a sentence.
pub(super) fn structure_at(bytes: &[u8], mut at: usize) -> bool {
    for _ in 0..8 {
        let next = space(bytes, at);
        let line = next > at && bytes[at..next].contains(&b'\n');
        at = next;
        match bytes.get(at) {
            None | Some(b'`' | b';' | b'{') => return true,
            Some(b'}' | b']' | b')') => at += 1,
            Some(b',') => {
                let next = space(bytes, at + 1);
                return match bytes.get(next) {
                    None | Some(b'{' | b'[' | b'"' | b'}' | b']' | b'0'..=b'9' | b'-') => true,
                    Some(_) => key_at(bytes, next),
                };
            }
            Some(_) => return line,
        }
    }
    true
}

/// Whether, from an item on, an array closes and the next one opens before anything else opens: the
/// item's own bracket is missing.
pub(super) fn closes_before_next(bytes: &[u8], at: usize) -> bool {
    /// Bytes of a row looked at.
    const ROW: usize = 1024;
    let limit = (at + ROW).min(bytes.len());
    let mut quoted = false;
    for at in at..limit {
        match bytes[at] {
            b'"' => quoted = !quoted,
            b'[' | b'{' | b'}' if !quoted => return false,
            b']' if !quoted => {
                let next = space(bytes, at + 1);
                return bytes.get(next) == Some(&b',')
                    && bytes.get(space(bytes, next + 1)) == Some(&b'[');
            }
            _ => {}
        }
    }
    false
}

/// Whether a word and then a quoted text stand at a byte: `a 'b'`, a key whose colon is missing.
pub(super) fn word_and_text(text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    let word = bytes[at..]
        .iter()
        .take(REACH)
        .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_');
    let end = at + word.count();
    let next = blank(bytes, end, REACH);
    end > at && next > end && opens_text(text, next)
}
