//! Fault: what a server's refusal means, whatever its body looks like.

use std::time::Duration;

use http::HeaderMap;
use jiff::Timestamp;
use serde_json::Value;

use crate::error::{Class, Error};
use crate::key::redact;
use crate::send::Exchange;

/// The longest part of a server's words that is passed on, in characters.
const MOST_SAID: usize = 300;
/// Details of a validation error that are passed on.
const MOST_DETAILS: usize = 5;
/// Headers in which servers name a request.
const REQUEST_IDS: [&str; 2] = ["x-request-id", "request-id"];
/// How long a server is left alone that says it is still loading its model, as llama.cpp's does.
const LOADING: Duration = Duration::from_secs(5);
/// Words by which a server says that it does not take the form of the answer asked for.
const FORM_WORDS: [&str; 9] = [
    "response_format",
    "json_schema",
    "json_object",
    "literal_error",
    "input should be",
    "grammar",
    "structured output",
    "guided",
    "schema",
];
/// Words by which a server says that it does not take the limit of tokens, or has no room for it.
const LIMIT_WORDS: [&str; 4] =
    ["max_tokens", "max_completion_tokens", "maximum context length", "context_length"];

/// What a server said beside its status.
#[derive(Debug, Default, PartialEq, Eq)]
struct Said {
    message: String,
    kind: String,
    code: String,
    param: String,
}

/// The error that an answer with a status other than success means.
pub(crate) fn fault(exchange: &Exchange) -> Error {
    let said = said(&exchange.body);
    let status = exchange.status;
    let (class, hint) = judge(status, &said);
    let mut message = format!("the server answered {status}");
    if let Some(reason) =
        http::StatusCode::from_u16(status).ok().and_then(|code| code.canonical_reason())
    {
        message = format!("{message} ({})", reason.to_lowercase());
    }
    if !said.message.is_empty() {
        message = format!("{message}: {}", said.message);
    }
    let mut error = Error::new(class, message).hint(hint).status(status);
    let loads = status == 503 && error.message.to_lowercase().contains("loading model");
    error.after = wish(&exchange.headers, Timestamp::now()).or(loads.then_some(LOADING));
    error.request_id = REQUEST_IDS
        .iter()
        .find_map(|name| exchange.headers.get(*name)?.to_str().ok())
        .map(fragment);
    error
}

/// Whether an error is about the limit of tokens that was sent.
pub(crate) fn refuses_limit(error: &Error) -> bool {
    matches!(error.status, Some(400 | 413 | 422))
        && LIMIT_WORDS.iter().any(|word| error.message.to_lowercase().contains(word))
}

/// A server's words as a fragment: one line, short, without keys, beginning in lower case, without
/// a full stop.
pub(crate) fn fragment(text: &str) -> String {
    let line = crate::words::line(&redact(text));
    // The operating system's number for what its words say already.
    let line = line.split(" (os error").next().unwrap_or(&line);
    let mut short: String = line.chars().take(MOST_SAID).collect();
    if short.len() < line.len() {
        short.push('…');
    }
    let short = short.trim_end_matches('.');
    let mut letters = short.chars();
    match (letters.next(), letters.clone().next()) {
        // A word in capitals is a name.
        (Some(first), second) if !second.is_some_and(char::is_uppercase) => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => short.to_owned(),
    }
}

fn judge(status: u16, said: &Said) -> (Class, &'static str) {
    let all = format!("{} {} {} {}", said.message, said.kind, said.code, said.param).to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| all.contains(word));
    match status {
        400 | 422 | 500 | 501 if says(&FORM_WORDS) && !says(&LIMIT_WORDS) => {
            (Class::Form, "let it answer in plain text, or ask another model with `--model`")
        }
        401 | 403 => (Class::Final, "check the key in OPENAI_API_KEY and what it may do"),
        404 => (
            Class::Final,
            "check `--base-url` and `--model`; `peyote backends` lists what a server has",
        ),
        408 | 504 => (Class::Passing, "give it longer with `--timeout`"),
        429 if says(&["insufficient_quota", "billing", "exceeded your current quota"]) => {
            (Class::Final, "add credit to the account of the key, or use `--backend local`")
        }
        425 | 429 => (Class::Passing, "wait a little, or lower `--concurrency`"),
        501 => (Class::Final, "check `--base-url`"),
        500..=599 => (Class::Passing, "look at the server's log, or try again later"),
        300..=399 => (Class::Final, "name the place it sends you to with `--base-url`"),
        _ if says(&LIMIT_WORDS) => {
            (Class::Final, "use a model with a longer context, or fewer `--rows`")
        }
        _ => (Class::Final, "check `--base-url` and `--model`"),
    }
}

/// What a body says: an error as an object or a text, a `detail`, a `message`, a page, or nothing.
fn said(body: &[u8]) -> Said {
    let Ok(value) = serde_json::from_slice::<Value>(body) else {
        return Said { message: page(body), ..Said::default() };
    };
    // Some proxies answer with an array of one error.
    let value = value.as_array().and_then(|all| all.first()).unwrap_or(&value);
    let error = value.get("error").unwrap_or(value);
    let field = |name: &str| error.get(name).map(text).unwrap_or_default();
    let details = || value.get("detail").map(detail).unwrap_or_default();
    let message = match error {
        Value::String(message) => message.clone(),
        _ => [field("message"), details(), field("error")]
            .into_iter()
            .find(|message| !message.is_empty())
            .unwrap_or_default(),
    };
    Said {
        message: fragment(&message),
        kind: field("type"),
        code: field("code"),
        param: field("param"),
    }
}

fn detail(detail: &Value) -> String {
    let Some(items) = detail.as_array() else { return text(detail) };
    let item = |item: &Value| {
        let place = item
            .get("loc")
            .and_then(Value::as_array)
            .map(|loc| loc.iter().map(text).collect::<Vec<_>>().join("."));
        let what = item.get("msg").map_or_else(|| text(item), text);
        place.map_or(what.clone(), |place| format!("{place}: {what}"))
    };
    items.iter().take(MOST_DETAILS).map(item).collect::<Vec<_>>().join("; ")
}

/// A value as the words in it; an object as it is written.
fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// What a body that is not JSON says: the title of a page, or its beginning.
fn page(body: &[u8]) -> String {
    let body = String::from_utf8_lossy(&body[..body.len().min(4096)]);
    let lower = body.to_ascii_lowercase();
    let title = lower.find("<title>").and_then(|at| {
        let start = at + "<title>".len();
        let end = lower[start..].find("</title>")? + start;
        Some(&body[start..end])
    });
    match title {
        Some(title) => fragment(&format!("a web page, `{}`", title.trim())),
        None if is_page(body.as_bytes()) => "a web page".to_owned(),
        None => fragment(&body),
    }
}

/// Whether a body is a web page.
pub(crate) fn is_page(body: &[u8]) -> bool {
    let start = body.trim_ascii_start();
    let start = String::from_utf8_lossy(&start[..start.len().min(64)]).to_ascii_lowercase();
    ["<!doctype", "<html", "<head", "<body"].iter().any(|tag| start.starts_with(tag))
}

/// How long a server wants to be left alone: in milliseconds, in seconds, until a date, or until a
/// limit is reset.
fn wish(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let header = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let seconds = |text: &str| Duration::try_from_secs_f64(text.parse().ok()?).ok();
    if let Some(wait) = header("retry-after-ms").and_then(seconds) {
        return Some(wait / 1000);
    }
    if let Some(after) = header("retry-after") {
        if let Some(wait) = seconds(after) {
            return Some(wait);
        }
        if let Ok(then) = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(after) {
            return Some(Duration::try_from(then.duration_since(now)).unwrap_or_default());
        }
    }
    let spent = |what: &str| {
        let left = header(&format!("x-ratelimit-remaining-{what}"))?;
        if left == "0" { span(header(&format!("x-ratelimit-reset-{what}"))?) } else { None }
    };
    spent("requests").max(spent("tokens"))
}

/// A span as OpenAI writes it: `6m0s`, `20ms`, `1.5s`.
fn span(text: &str) -> Option<Duration> {
    let mut total = 0.0;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest[..digits].parse().ok()?;
        let unit_end =
            rest[digits..].find(|c: char| c.is_ascii_digit()).map_or(rest.len(), |at| digits + at);
        total += number
            * match &rest[digits..unit_end] {
                "d" => 86_400.0,
                "h" => 3_600.0,
                "m" => 60.0,
                "s" => 1.0,
                "ms" => 0.001,
                _ => return None,
            };
        rest = &rest[unit_end..];
    }
    Duration::try_from_secs_f64(total).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Error {
        fault(&Exchange { status, headers: HeaderMap::new(), body: body.as_bytes().to_vec() })
    }

    #[test]
    fn every_known_body_is_understood() {
        for (body, said) in [
            (
                r#"{"error":{"message":"Bad model.","type":"x","param":null,"code":null}}"#,
                "bad model",
            ),
            (r#"{"error":{"code":400,"message":"Bad model","type":"x"}}"#, "bad model"),
            (r#"{"error":"Bad model"}"#, "bad model"),
            (r#"{"detail":"Bad model"}"#, "bad model"),
            (
                r#"{"detail":[{"loc":["body","model"],"msg":"Field required","type":"missing"}]}"#,
                "body.model: Field required",
            ),
            (r#"{"message":"Bad model"}"#, "bad model"),
            (r#"[{"error":{"message":"Bad model"}}]"#, "bad model"),
            ("Bad model\n", "bad model"),
            ("<html><head><title>502 Bad\nGateway</title>", "a web page, `502 Bad Gateway`"),
        ] {
            let error = answer(418, body);
            assert!(error.message.ends_with(said), "{body}: {error}");
            crate::contract::error_helps(&error);
        }
        assert_eq!(answer(502, "").message, "the server answered 502 (bad gateway)");
    }

    #[test]
    fn class_tells_what_to_do() {
        let form =
            r#"{"error":{"message":"'response_format.type' must be 'json_schema' or 'text'"}}"#;
        let quota =
            r#"{"error":{"message":"You exceeded","type":"other","code":"insufficient_quota"}}"#;
        for (status, body, class) in [
            (400, form, Class::Form),
            (500, form, Class::Form),
            (
                422,
                r#"{"detail":[{"loc":["body","response_format"],"msg":"Input should be 'text'"}]}"#,
                Class::Form,
            ),
            (503, form, Class::Passing),
            (500, "{}", Class::Passing),
            (400, "{}", Class::Final),
            (429, "", Class::Passing),
            (429, quota, Class::Final),
            (401, "", Class::Final),
            (403, "", Class::Final),
            (404, "", Class::Final),
            (302, "", Class::Final),
        ] {
            assert_eq!(answer(status, body).class, class, "{status} {body}");
        }
        assert!(refuses_limit(&answer(400, r#"{"error":"max_tokens is too large"}"#)));
    }

    #[test]
    fn echoed_key_is_cut_out() {
        let error =
            answer(401, r#"{"error":{"message":"Incorrect API key provided: sk-abcdefgh."}}"#);
        assert!(!error.message.contains("abcd"), "{error}");
    }

    #[test]
    fn wish_is_read_in_every_spelling() {
        let now: Timestamp = "2026-03-01T10:00:00Z".parse().unwrap();
        for (name, value, wait) in [
            ("retry-after", "2", Some(2_000)),
            ("retry-after", "1.5", Some(1_500)),
            ("retry-after", "Sun, 01 Mar 2026 10:00:07 GMT", Some(7_000)),
            ("retry-after", "Sun, 01 Mar 2026 09:00:07 GMT", Some(0)),
            ("retry-after", "soon", None),
            ("retry-after", "-1", None),
            ("retry-after-ms", "250", Some(250)),
            ("x-other", "1", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(name, value.parse().unwrap());
            assert_eq!(wish(&headers, now), wait.map(Duration::from_millis), "{name}: {value}");
        }
        let mut headers = HeaderMap::new();
        headers.insert("x-ratelimit-remaining-tokens", "0".parse().unwrap());
        headers.insert("x-ratelimit-reset-tokens", "1m0.5s".parse().unwrap());
        assert_eq!(wish(&headers, now), Some(Duration::from_millis(60_500)));
        assert_eq!(span("20ms"), Some(Duration::from_millis(20)));
        assert_eq!(span("x"), None);
    }
}
