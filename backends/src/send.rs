//! [`Exchange`]: one request and everything that came back, bounded in time and in size.

use std::time::Duration;

use http::HeaderMap;
use reqwest::{Client, Request};

use crate::endpoint::Endpoint;
use crate::error::{Bill, Class, Error};

/// How long a server may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(5);
/// The longest body that is read; an answer of a model is a thousandth of it.
pub(crate) const MOST_BYTES: usize = 32 << 20;

/// What came back.
#[derive(Debug)]
pub(crate) struct Exchange {
    /// The HTTP status.
    pub(crate) status: u16,
    /// The headers.
    pub(crate) headers: HeaderMap,
    /// The whole body.
    pub(crate) body: Vec<u8>,
}

/// A client for one endpoint. It follows no redirect, so that nothing goes where nobody sent it,
/// and speaks to this machine without a proxy.
pub(crate) fn client(endpoint: &Endpoint, timeout: Duration) -> Result<Client, Error> {
    let builder = Client::builder()
        .connect_timeout(CONNECT.min(timeout))
        .timeout(timeout)
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("peyote/", env!("CARGO_PKG_VERSION")));
    let builder = if endpoint.is_loopback() { builder.no_proxy() } else { builder };
    builder.build().map_err(|why| {
        Error::new(Class::Final, format!("no HTTP client could be made: {}", root(&why)))
            .hint("check the proxy variables and the certificates of this machine")
    })
}

/// Sends a request and reads its answer to the end.
pub(crate) async fn exchange(client: &Client, request: Request) -> Result<Exchange, Error> {
    let place = place(&request);
    let mut response = client.execute(request).await.map_err(|why| broken(&why, &place))?;
    let status = response.status().as_u16();
    let headers = std::mem::take(response.headers_mut());
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|why| broken(&why, &place))? {
        if body.len() + chunk.len() > MOST_BYTES {
            let most = MOST_BYTES >> 20;
            return Err(Error::new(Class::Final, format!("`{place}` sent more than {most} MiB"))
                .hint("this is no answer of a model: check `--base-url`")
                .status(status)
                .bill(Bill::Open));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Exchange { status, headers, body })
}

/// Scheme, host and port of a request: enough to know the server by.
fn place(request: &Request) -> String {
    request.url().origin().ascii_serialization()
}

fn broken(why: &reqwest::Error, place: &str) -> Error {
    if why.is_connect() {
        return Error::new(Class::Passing, format!("cannot reach `{place}`: {}", root(why)))
            .hint("start the server, or name another with `--base-url`");
    }
    if why.is_timeout() {
        return Error::new(Class::Stalled, format!("`{place}` did not answer in time"))
            .hint("give it longer with `--timeout`, or ask a smaller model")
            .bill(Bill::Open);
    }
    Error::new(Class::Passing, format!("the connection to `{place}` broke: {}", root(why)))
        .hint("run again with `--resume`: what was answered is kept")
        .bill(Bill::Open)
}

/// The innermost cause, as a lower-case fragment of one line.
fn root(why: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = why;
    // Causes are nested a handful deep; the bound is for a cycle that should not be.
    for _ in 0..16 {
        match cause.source() {
            Some(source) => cause = source,
            None => break,
        }
    }
    crate::fault::fragment(&cause.to_string())
}
