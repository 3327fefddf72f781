//! [`ApiKey`]: a secret that cannot be printed, and what keys look like in other people's text.

use std::fmt;

/// What stands where a key stood.
const REDACTED: &str = "[redacted]";
/// How the keys of OpenAI and of those who copied it begin.
const KEY_PREFIXES: [&str; 3] = ["sk-", "sess-", "Bearer "];
/// A key's beginning is followed by at least this many characters of a key.
const LEAST_SECRET: usize = 3;

/// A key for a server. It has no way out but the header of a request that may carry it.
///
/// ```
/// let key = peyote_backends::ApiKey::new("sk-abc").unwrap();
/// assert_eq!(format!("{key:?} {key}"), "[redacted] [redacted]");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey(String);

impl ApiKey {
    /// A key from text, blanks around it cut off; `None` where nothing is left or a character in it
    /// could not stand in a header.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        let sendable = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        sendable.then(|| Self(text.to_owned()))
    }

    /// The value of an `Authorization` header, marked so that it is not logged.
    pub(crate) fn header(&self) -> Option<http::HeaderValue> {
        let mut value = http::HeaderValue::from_str(&format!("Bearer {}", self.0)).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// The text with this key cut out, and whatever else looks like one.
    pub(crate) fn redact(&self, text: &str) -> String {
        redact(&text.replace(&self.0, REDACTED))
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

impl fmt::Display for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

/// The text without anything that looks like a key, parts of keys (`sk-proj-ab****yz`) included.
pub(crate) fn redact(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((at, prefix)) = first_prefix(rest) {
        let start = at + prefix.len();
        let length = rest[start..].find(|c: char| !of_a_key(c)).unwrap_or(rest.len() - start);
        let inside = rest[..at].chars().next_back().is_some_and(char::is_alphanumeric);
        out.push_str(&rest[..at]);
        if length >= LEAST_SECRET && !inside {
            out.push_str(REDACTED);
        } else {
            out.push_str(&rest[at..start + length]);
        }
        rest = &rest[start + length..];
    }
    out.push_str(rest);
    out
}

fn first_prefix(text: &str) -> Option<(usize, &'static str)> {
    let found = KEY_PREFIXES.iter().filter_map(|prefix| Some((text.find(prefix)?, *prefix)));
    found.min_by_key(|(at, _)| *at)
}

fn of_a_key(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '*' | '.' | '=' | '+' | '/' | '•')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_is_never_printed() {
        let key = ApiKey::new("  sk-live-0123456789 \n").unwrap();
        assert_eq!(
            format!("{key} {key:?} {:?}", Some(&key)),
            "[redacted] [redacted] Some([redacted])"
        );
        let header = key.header().unwrap();
        assert!(header.is_sensitive());
        assert!(!format!("{header:?}").contains("0123"));
    }

    #[test]
    fn unsendable_key_is_no_key() {
        for text in ["", "  ", "sk-\u{0}", "sk a", "ключ", "a\nb"] {
            assert!(ApiKey::new(text).is_none(), "{text:?}");
        }
    }

    #[test]
    fn key_is_cut_out_of_what_servers_say() {
        let said = "Incorrect API key provided: sk-proj-ab*****wxyz. Find yours at the site";
        assert_eq!(redact(said), "Incorrect API key provided: [redacted] Find yours at the site");
        assert_eq!(redact("a risk-averse desk-lamp, sk-"), "a risk-averse desk-lamp, sk-");
        let key = ApiKey::new("weird_token").unwrap();
        assert_eq!(key.redact("no `weird_token` here"), "no `[redacted]` here");
    }
}
