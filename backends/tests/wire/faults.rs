//! Faults: every way in which a server fails, and what a person is told.

use std::time::{Duration, Instant};

use peyote_backends::error::Class;
use peyote_backends::{Backend, Error, contract};
use serde_json::json;

use crate::server::{Deed, Server, completion, good, refusal};
use crate::{both, ideas, local, openai};

/// Fails in a way once and then answers: the answer is got, and both ways to a server take as many
/// calls.
async fn passes(fault: Deed) {
    let server = Server::start(
        move |request, before| if before % 2 == 0 { fault.clone() } else { good(request) },
    )
    .await;
    for backend in both(&server.base) {
        let answer = backend.answer(&ideas()).await.unwrap();
        assert_eq!(answer.text, "answer to ideas");
    }
    assert_eq!(server.asked().len(), 4);
}

/// Fails in a way for ever: the error, and how many calls each way to a server made.
async fn fails(fault: Deed, calls: usize) -> Error {
    let server = Server::start(move |_, _| fault.clone()).await;
    let (backends, ask) = (both(&server.base), ideas());
    let calls_made = backends.iter().map(|backend| backend.answer(&ask));
    let mut errors: Vec<Error> =
        futures::future::join_all(calls_made).await.into_iter().map(Result::unwrap_err).collect();
    assert_eq!(server.asked().len(), calls * 2, "{}", errors[0]);
    assert_eq!((&errors[0].message, errors[0].class), (&errors[1].message, errors[1].class));
    contract::error_helps(&errors[0]);
    errors.remove(0)
}

#[tokio::test]
async fn passing_faults_are_outlived() {
    passes(refusal(500, "The server had an error", "server_error")).await;
    passes(refusal(503, "Overloaded", "x")).await;
    passes(Deed::Say(429, vec![], vec![])).await;
    passes(Deed::Say(502, vec![], b"<html><title>502 Bad Gateway</title>nginx</html>".to_vec()))
        .await;
    passes(Deed::Say(200, vec![], b"{\"id\": \"x\", \"choices\": [{".to_vec())).await;
    passes(Deed::Say(200, vec![], b"\xff\xfe{}".to_vec())).await;
    passes(Deed::Say(200, vec![], json!({"choices": []}).to_string().into_bytes())).await;
    passes(Deed::Say(200, vec![], completion(""))).await;
    let null = json!({"choices": [{"message": {"content": null}, "finish_reason": "stop"}]});
    passes(Deed::Say(200, vec![], null.to_string().into_bytes())).await;
    passes(Deed::Drop(completion("a long answer"))).await;
}

#[tokio::test]
async fn stalled_server_that_many_share_is_asked_once_more() {
    passes(Deed::Stall).await;
}

#[tokio::test]
async fn server_that_only_stalls_or_drips_ends_in_time() {
    let start = Instant::now();
    let (stalled, dripped) = tokio::join!(fails(Deed::Stall, 2), fails(Deed::Drip, 2));
    assert_eq!((stalled.class, dripped.class), (Class::Stalled, Class::Stalled));
    assert!(start.elapsed() < Duration::from_secs(9));
}

#[tokio::test]
async fn final_faults_end_at_once() {
    let error =
        fails(refusal(401, "Incorrect API key provided: sk-abcd1234.", "invalid_api_key"), 1).await;
    assert_eq!(error.status, Some(401));
    assert!(!error.message.contains("abcd"), "{error}");
    fails(refusal(403, "Country not supported", "x"), 1).await;
    fails(refusal(404, "The model `x` does not exist", "model_not_found"), 1).await;
    fails(refusal(429, "You exceeded your current quota", "insufficient_quota"), 1).await;
    fails(Deed::Say(307, vec![("location", "http://127.0.0.1:9/v1".into())], vec![]), 1).await;
    let page = b"<!doctype html><html>a login</html>".to_vec();
    assert!(fails(Deed::Say(200, vec![], page), 1).await.message.contains("web page"));
}

#[tokio::test]
async fn reply_without_end_is_cut_off() {
    let error = fails(Deed::Flood, 1).await;
    assert!(error.message.contains("32 MiB"), "{error}");
}

#[tokio::test]
async fn what_the_server_says_is_kept() {
    let body = json!({"detail": "queue is full"}).to_string().into_bytes();
    let headers = vec![("retry-after", "7".to_owned()), ("x-request-id", "req_1".to_owned())];
    let server = Server::start(move |_, _| Deed::Say(503, headers.clone(), body.clone())).await;
    for backend in
        [Box::new(local(&server.base)) as Box<dyn Backend>, Box::new(openai(&server.base))]
    {
        let error = backend.answer(&ideas()).await.unwrap_err();
        assert_eq!(error.message, "the server answered 503 (service unavailable): queue is full");
        assert_eq!(error.after, Some(Duration::from_secs(7)));
        assert_eq!(error.request_id.as_deref(), Some("req_1"));
        assert_eq!((error.status, error.class), (Some(503), Class::Passing));
    }
}

#[tokio::test]
async fn nobody_at_home_is_a_clear_error() {
    let gone = Server::start(|request, _| good(request)).await.base.clone();
    for backend in both(&gone) {
        let error = backend.answer(&ideas()).await.unwrap_err();
        assert!(error.message.starts_with("cannot reach `http://127.0.0.1:"), "{error}");
        contract::error_helps(&error);
    }
    for base in ["http://no-such-host.invalid/v1", &gone.replace("http://", "https://")] {
        let error = local(base).answer(&ideas()).await.unwrap_err();
        assert!(error.message.starts_with("cannot reach `"), "{error}");
    }
}
