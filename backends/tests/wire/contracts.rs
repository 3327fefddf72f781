//! Contracts: the suite that every backend runs, over a socket and from a lock.

use std::sync::Arc;

use peyote_backends::lock::Transcript;
use peyote_backends::retry::Retry;
use peyote_backends::{
    Answer, Backend, Budget, Caps, Header, Limit, Lock, Record, Replay, contract,
};

use crate::server::{Server, good};
use crate::{QUICK, local, openai};

async fn holds(backend: Arc<dyn Backend>) -> Vec<Answer> {
    let asks = contract::asks();
    let answers = contract::every_ask_is_answered(&*backend, &asks).await;
    contract::calls_run_side_by_side(Arc::clone(&backend), &asks).await;
    contract::dropped_call_leaves_no_trace(&*backend, &asks).await;
    answers
}

#[tokio::test]
async fn local_keeps_the_contract() {
    let server = Server::start(|request, _| good(request)).await;
    let answers = holds(Arc::new(local(&server.base))).await;
    assert_eq!(answers[2].text, "answer to rows Inspections");
    assert_eq!(answers[4].text, "answer to repair rows Inspections");
    assert_eq!(answers[0].model, "small-1");
}

#[tokio::test]
async fn openai_keeps_the_contract() {
    let server = Server::start(|request, _| good(request)).await;
    let answers = holds(Arc::new(openai(&server.base))).await;
    assert_eq!(answers[3].text, "answer to vocabulary Hives.queen_origin");
    assert!(answers[0].usage.is_some());
}

#[tokio::test]
async fn wrappers_and_replay_keep_the_contract() {
    let server = Server::start(|request, _| good(request)).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("peyote.lock");
    let header =
        Header::new("run", "2026-01-02T03:04:05Z", 7, serde_json::json!({"topic": "bees"}));
    let lock = Arc::new(Lock::create(&path, header.clone()).unwrap());
    let limited = Limit::new(Retry::new(local(&server.base), QUICK), 2);
    let answers = holds(Arc::new(Record::new(Budget::new(limited, Caps::default()), lock))).await;

    let transcript = Transcript::read(&path).unwrap();
    assert_eq!(transcript.header, header);
    let replay = Replay::new(transcript);
    let again = contract::every_ask_is_answered(&replay, &contract::asks()).await;
    assert_eq!(again, answers);
}
