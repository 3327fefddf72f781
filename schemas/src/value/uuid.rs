//! [`parse`]: universally unique identifiers in their one written form.

use super::trimmed;

/// Characters of a written identifier: 32 hexadecimal digits and four hyphens (RFC 9562).
pub const LENGTH: usize = 36;

/// The identifier in lower case, or `None` where the text is none; braces and `urn:uuid:` around
/// it are taken off. Thirty-two digits without hyphens are as likely a checksum, and refused.
pub fn parse(text: &str) -> Option<[u8; LENGTH]> {
    let text = trimmed(text)?;
    let text = text.strip_prefix("urn:uuid:").unwrap_or(text);
    let text = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(text);
    let mut out: [u8; LENGTH] = text.as_bytes().try_into().ok()?;
    for (at, byte) in out.iter_mut().enumerate() {
        let hyphen = matches!(at, 8 | 13 | 18 | 23);
        if hyphen != (*byte == b'-') || (!hyphen && !byte.is_ascii_hexdigit()) {
            return None;
        }
        byte.make_ascii_lowercase();
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn identifiers_become_lower_case() {
        let lower = b"0f8e2a64-9c1d-4b7a-8e35-6d2f90b1c7ae";
        assert_eq!(parse("0F8E2A64-9C1D-4B7A-8E35-6D2F90B1C7AE").as_ref(), Some(lower));
        assert_eq!(parse("{0f8e2a64-9c1d-4b7a-8e35-6d2f90b1c7ae}").as_ref(), Some(lower));
        assert_eq!(parse("0f8e2a649c1d4b7a8e356d2f90b1c7ae"), None);
        assert_eq!(parse("0f8e2a64-9c1d-4b7a-8e35-6d2f90b1c7ag"), None);
    }
}
