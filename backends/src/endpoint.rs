//! [`Endpoint`]: the checked base URL of a server, and whether a key may go there.

use std::fmt;
use std::net::IpAddr;

use reqwest::Url;

use crate::error::{Class, Error};

/// OpenAI's own server.
pub const OPENAI: &str = "https://api.openai.com/v1";
/// The host of OpenAI's own server.
const OPENAI_HOST: &str = "api.openai.com";
/// Where the API begins on every server that copies OpenAI's; added where a URL names no path.
const API_PATH: &str = "/v1";

/// The base URL of a server that speaks OpenAI's API: http or https, without query, fragment or
/// credentials, without a slash at its end. A URL that names no path gets `/v1`.
///
/// ```
/// use peyote_backends::Endpoint;
/// assert_eq!(Endpoint::new("http://localhost:8080/").unwrap().to_string(), "http://localhost:8080/v1");
/// assert!(Endpoint::new("localhost:8080").is_err());
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint(Url);

impl Endpoint {
    /// Checks a base URL.
    pub fn new(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        let shown: String =
            crate::key::redact(&without_credentials(text)).chars().take(200).collect();
        let wrong = |why: &str| {
            Error::new(Class::Final, format!("`{}` is not a base URL: {why}", shown.escape_debug()))
                .hint("name a server like `http://localhost:8080/v1`")
        };
        let mut url = Url::parse(text).map_err(|why| wrong(&why.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(wrong("it has to begin with `http://` or `https://`"));
        }
        if url.host_str().is_none_or(str::is_empty) {
            return Err(wrong("it names no host"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("a name or a password does not belong in it"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("a `?` or a `#` does not belong in it"));
        }
        let path =
            url.path().trim_end_matches('/').trim_end_matches("/chat/completions").to_owned();
        url.set_path(if path.is_empty() { API_PATH } else { &path });
        Ok(Self(url))
    }

    /// OpenAI's own server.
    pub fn openai() -> Self {
        Self::new(OPENAI).unwrap_or_else(|_| unreachable!("the constant is a URL"))
    }

    /// A server on this machine, at a port.
    pub fn loopback(port: u16) -> Self {
        Self::new(&format!("http://127.0.0.1:{port}{API_PATH}"))
            .unwrap_or_else(|_| unreachable!("every port makes a URL"))
    }

    /// Whether this is OpenAI's own server, over https.
    pub fn is_openai(&self) -> bool {
        self.0.scheme() == "https" && self.0.host_str() == Some(OPENAI_HOST)
    }

    /// Whether the server is on this machine by its very name: no look-up is trusted for it.
    pub fn is_loopback(&self) -> bool {
        let host = self.0.host_str().unwrap_or_default();
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }

    /// Whether a key may travel there unseen by others: over https, or within this machine.
    pub fn keeps_secrets(&self) -> bool {
        self.0.scheme() == "https" || self.is_loopback()
    }

    /// The URL of a part of the API: `/models`.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.as_str())
    }

    /// The base URL as text.
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text without what stands before an `@` in its authority.
fn without_credentials(text: &str) -> String {
    let (scheme, rest) = text.split_once("://").map_or(("", text), |(a, b)| (a, b));
    let joint = if scheme.is_empty() { "" } else { "://" };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let host = rest[..end].rfind('@').map_or(0, |at| at + 1);
    format!("{scheme}{joint}{}", &rest[host..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_url_is_made_regular() {
        for (given, kept) in [
            ("https://api.openai.com/v1/", "https://api.openai.com/v1"),
            ("http://localhost:11434", "http://localhost:11434/v1"),
            (" http://[::1]:8000/api/ ", "http://[::1]:8000/api"),
            ("http://box:1/v1/chat/completions", "http://box:1/v1"),
        ] {
            assert_eq!(Endpoint::new(given).unwrap().as_str(), kept);
        }
    }

    #[test]
    fn what_is_not_a_base_url_is_refused_without_its_secrets() {
        for text in [
            "",
            "x",
            "localhost:80",
            "ftp://h/",
            "http://",
            "file:///etc",
            "http://h/?q=1",
            "http://h/#a",
        ] {
            let error = Endpoint::new(text).unwrap_err();
            assert_eq!(error.class, Class::Final, "{text}");
            assert!(error.hint.is_some());
        }
        let error = Endpoint::new("https://me:hunter2@host/v1").unwrap_err();
        assert!(!error.message.contains("hunter2") && !error.message.contains("me:"), "{error}");
    }

    #[test]
    fn loopback_is_known_by_its_name_alone() {
        for (url, loopback, keeps) in [
            ("http://127.0.0.1:9", true, true),
            ("http://127.8.9.1:9", true, true),
            ("http://[::1]:9", true, true),
            ("http://localhost:9", true, true),
            ("http://localhost.evil.org", false, false),
            ("http://127.0.0.1.evil.org", false, false),
            ("http://192.168.0.4", false, false),
            ("https://192.168.0.4", false, true),
            ("http://api.openai.com/v1", false, false),
        ] {
            let endpoint = Endpoint::new(url).unwrap();
            assert_eq!(
                (endpoint.is_loopback(), endpoint.keeps_secrets()),
                (loopback, keeps),
                "{url}"
            );
            assert!(!endpoint.is_openai());
        }
        assert!(Endpoint::openai().is_openai());
    }
}
