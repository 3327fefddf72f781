//! Kept: the lock of a run, cut anywhere, resumed and replayed.

use std::path::PathBuf;
use std::sync::Arc;

use peyote_backends::lock::Transcript;
use peyote_backends::{
    Answer, Ask, Backend, Budget, Caps, Error, Header, Lock, Pending, Record, Replay, contract,
};
use serde_json::json;

/// Answers with a number that rises.
#[derive(Default)]
struct Counter(std::sync::atomic::AtomicUsize);

impl Backend for Counter {
    fn answer<'a>(&'a self, ask: &'a Ask) -> Pending<'a, Answer> {
        let number = self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let text = format!("{number}\n\"é\u{2028}");
        let prompt = format!("Task: {}", ask.task());
        Box::pin(async {
            Ok(Answer { text, prompt, model: "counter".into(), ..Answer::default() })
        })
    }
}

impl Counter {
    fn calls(&self) -> usize {
        self.0.load(std::sync::atomic::Ordering::SeqCst)
    }
}

struct Place {
    path: PathBuf,
    _folder: tempfile::TempDir,
}

fn place() -> Place {
    let folder = tempfile::tempdir().unwrap();
    Place { path: folder.path().join("peyote.lock"), _folder: folder }
}

fn header() -> Header {
    Header::new("bees", "2026-01-02T03:04:05Z", u64::MAX, json!({"topic": "bees\n", "n": 5}))
}

/// Puts every ask once; gives back the answers and how many were asked of the backend.
async fn run(lock: Lock) -> (Vec<Answer>, usize) {
    let counter = Arc::new(Counter::default());
    let record = Record::new(Arc::clone(&counter), Arc::new(lock));
    let answers = contract::every_ask_is_answered(&record, &contract::asks()).await;
    (answers, counter.calls())
}

#[tokio::test]
async fn run_killed_at_any_byte_pays_for_nothing_twice() {
    let whole = place();
    run(Lock::create(&whole.path, header()).unwrap()).await;
    let bytes = std::fs::read(&whole.path).unwrap();
    let first = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    let asks = contract::asks().len();
    for cut in (first..=bytes.len()).step_by(11).chain([bytes.len()]) {
        let partial = place();
        std::fs::write(&partial.path, &bytes[..cut]).unwrap();
        let kept = bytes[first..cut].split(|byte| *byte == b'\n').count() - 1;
        let lock = Lock::resume(&partial.path).unwrap();
        assert_eq!(*lock.header(), header());
        if cut % 7 == 0 || cut == bytes.len() {
            assert_eq!(run(lock).await.1, asks - kept, "cut at {cut}");
            assert_eq!(Transcript::read(&partial.path).unwrap().entries.len(), asks);
        }
    }
}

#[tokio::test]
async fn same_ask_again_is_another_answer_and_replays_in_order() {
    let place = place();
    let lock = Arc::new(Lock::create(&place.path, header()).unwrap());
    let record = Record::new(Counter::default(), lock);
    let ask = crate::ideas();
    let first = record.answer(&ask).await.unwrap();
    let second = record.answer(&ask).await.unwrap();
    assert_ne!(first, second);
    let replay = Replay::new(Transcript::read(&place.path).unwrap());
    assert_eq!(replay.answer(&ask).await.unwrap(), first);
    assert_eq!(replay.answer(&ask).await.unwrap(), second);
    contract::error_helps(&replay.answer(&ask).await.unwrap_err());
}

#[tokio::test]
async fn new_words_for_an_old_task_are_answered_by_its_turn() {
    let place = place();
    let lock = Arc::new(Lock::create(&place.path, header()).unwrap());
    let answer = Record::new(Counter::default(), lock).answer(&crate::ideas()).await.unwrap();
    let replay = Replay::new(Transcript::read(&place.path).unwrap());
    let other = Ask::Ideas { topic: "wasps".into(), count: 2 };
    assert_eq!(replay.answer(&other).await.unwrap(), answer);
    let absent = replay.answer(&contract::asks()[2]).await.unwrap_err();
    assert_eq!(absent.message, "the answer to `rows Inspections` is not in the lock");
}

#[test]
fn lock_that_is_none_is_refused_clearly() {
    let later = json!({"peyote_lock": 99, "anything": 1}).to_string() + "\n";
    let good = serde_json::to_string(&header()).unwrap();
    for (text, said) in [
        ("", "is not the lock of a run"),
        ("{\"peyote", "is not the lock of a run"),
        ("{}\n", "is not the lock of a run"),
        ("\u{0}\n", "is not the lock of a run"),
        (later.as_str(), "format 99"),
        (good.as_str(), "is not the lock of a run"),
        (&format!("{good}\nnonsense\n{{}}\n"), "line 2 of"),
    ] {
        let place = place();
        std::fs::write(&place.path, text).unwrap();
        let error = Lock::resume(&place.path).unwrap_err();
        assert!(error.message.contains(said), "{error}");
        contract::error_helps(&error);
        assert_eq!(
            std::fs::read_to_string(&place.path).unwrap(),
            text,
            "a refused lock is left alone"
        );
    }
    let place = place();
    contract::error_helps(&Lock::resume(&place.path).unwrap_err());
    std::fs::write(&place.path, "mine").unwrap();
    contract::error_helps(&Lock::create(&place.path, header()).unwrap_err());
}

#[cfg(unix)]
#[test]
fn two_runs_do_not_share_a_lock() {
    let place = place();
    let lock = Lock::create(&place.path, header()).unwrap();
    let error = Lock::resume(&place.path).unwrap_err();
    assert!(error.message.starts_with("another run"), "{error}");
    contract::error_helps(&error);
    drop(lock);
    Lock::resume(&place.path).unwrap();
}

#[tokio::test]
async fn budget_ends_before_the_call_that_breaks_it() {
    let budget = Budget::new(Counter::default(), Caps { calls: Some(2), cost: None });
    let results: Vec<Result<Answer, Error>> = [
        budget.answer(&crate::ideas()).await,
        budget.answer(&crate::ideas()).await,
        budget.answer(&crate::ideas()).await,
    ]
    .into();
    assert!(results[1].is_ok());
    contract::error_helps(results[2].as_ref().unwrap_err());
    assert_eq!(budget.made(), 2);
}
