//! [`Exchange`]: one request and everything that came back, bounded in time and in size.

use std::net::IpAddr;
use std::time::Duration;

use http::HeaderMap;
use reqwest::{Client, Request};

use crate::endpoint::Endpoint;
use crate::error::{Bill, Class, Error};

/// How long a server may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(5);
/// The longest body that is read; an answer of a model is a thousandth of it.
pub(crate) const MOST_BYTES: usize = 32 << 20;

/// How deep causes are looked into.
const MOST_CAUSES: usize = 16;

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
    let own = request.url().host_str().is_some_and(is_own);
    let broken = |why: &reqwest::Error| broken(why, &place, own);
    let mut response = client.execute(request).await.map_err(|why| broken(&why))?;
    let status = response.status().as_u16();
    let headers = std::mem::take(response.headers_mut());
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|why| broken(&why))? {
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

/// Whether a host is this machine by its name: no proxy stands before it.
fn is_own(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The error that no reply means; `own` says whether the server is on this machine.
fn broken(why: &reqwest::Error, place: &str, own: bool) -> Error {
    let root = root(why);
    let says = |words: &str| causes(why).any(|cause| cause.to_string().contains(words));
    if why.is_connect() {
        let tls = says("InvalidContentType");
        let (reason, hint) = if says("dns error") {
            ("nobody knows its name", "check its name in `--base-url`, and the network")
        } else if tls {
            // What rustls calls an answer in plain HTTP.
            ("it does not speak TLS", "name it with `http://` in `--base-url`")
        } else if own {
            (root.as_str(), "start the server, or name another with `--base-url`")
        } else {
            (root.as_str(), "check `--base-url`, the network and its proxy (`https_proxy`)")
        };
        let class = if tls { Class::Final } else { Class::Passing };
        return Error::new(class, format!("cannot reach `{place}`: {reason}")).hint(hint);
    }
    if why.is_timeout() {
        return Error::new(Class::Stalled, format!("`{place}` did not answer in time"))
            .hint("give it longer with `--timeout`, or ask a smaller model")
            .bill(Bill::Open);
    }
    Error::new(Class::Passing, format!("the connection to `{place}` broke: {root}"))
        .hint("try again, or look at the server's log")
        .bill(Bill::Open)
}

/// The innermost cause, as a lower-case fragment of one line.
fn root(why: &reqwest::Error) -> String {
    let cause = causes(why).last().map(ToString::to_string);
    crate::fault::fragment(&cause.unwrap_or_else(|| why.to_string()))
}

/// What led to an error, the innermost cause last.
fn causes(why: &reqwest::Error) -> impl Iterator<Item = &dyn std::error::Error> {
    let first: &dyn std::error::Error = why;
    // Causes are nested a handful deep; the bound is for a cycle that should not be.
    std::iter::successors(Some(first), |cause| cause.source()).take(MOST_CAUSES)
}
