//! Faults: whatever a server does, a run ends with a dataset that keeps its promises or one clear error.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::peyote::{Peyote, Ran};
use crate::recording::{recordings, serve, side_by_side};

/// Faults after which the right answer comes; the tables are those of a run without them.
const PASSING: [&str; 11] = [
    "429", "429bare", "500", "503", "html", "drop", "truncate", "empty", "null", "badjson",
    "chatter",
];
/// Ways to a server, and how the server is.
const WAYS: [(&str, &str); 4] =
    [("text", "local"), ("reject", "openai"), ("text", "openai"), ("reject", "local")];
/// The model that servers of these tests list.
const MODELS: &[u8] = br#"{"data": [{"id": "small"}]}"#;

/// The recording with the fewest tables.
fn recording() -> Option<std::path::PathBuf> {
    recordings().into_iter().find(|folder| folder.to_string_lossy().contains("yawning"))
}

fn ran(folder: &Path, (mode, backend): (&str, &str), fault: Option<&str>) -> Ran {
    let fault = fault.map_or_else(String::new, |fault| format!("--fault {fault}"));
    let served = serve(folder, &format!("--mode {mode} --latency 0.01 {fault}"));
    Peyote::new()
        .args("gen --topic yawning -n 1 --silent --out made --format csv --concurrency 8")
        .args(&format!("--backend {backend} --base-url {}", served.url))
        .run()
}

/// Every table's rows, by file.
fn tables(ran: &Ran) -> BTreeMap<String, String> {
    let files = ran.files("made/samples");
    let read = |file: &String| ran.read(&format!("made/samples/{file}"));
    files.into_iter().map(|file| (file.clone(), read(&file))).collect()
}

/// A run that ended ended well: nothing unfinished, or one error and nothing but what it paid for.
#[track_caller]
fn ends_clearly(ran: &Ran, what: &str) {
    match ran.code {
        0 => assert!(ran.path("made/manifest.json").exists(), "{what}: no dataset"),
        1 => {
            assert_eq!(ran.stderr.matches("error:").count(), 1, "{what}: {}", ran.stderr);
            assert!(ran.stderr.contains("next:"), "{what}: {}", ran.stderr);
            assert!(!ran.path("made").exists(), "{what}: half a dataset");
        }
        code => panic!("{what}: exit code {code}\n{}", ran.stderr),
    }
}

#[test]
fn passing_fault_changes_no_table() {
    let Some(folder) = recording() else { return };
    let clean = side_by_side(WAYS.len(), |way| tables(&ran(&folder, WAYS[way], None).done()));
    assert!(clean.iter().all(|tables| !tables.is_empty() && *tables == clean[0]));
    side_by_side(PASSING.len() * 2 * WAYS.len(), |number| {
        let (way, fault) = (WAYS[number % WAYS.len()], number / WAYS.len());
        let (fault, times) = (PASSING[fault / 2], 1 + fault % 2);
        let ran = ran(&folder, way, Some(&format!("{fault}:{times}")));
        assert_eq!(tables(&ran.done()), clean[0], "{fault}:{times} in {way:?}");
    });
}

#[test]
fn server_that_hangs_is_given_no_second_call() {
    side_by_side(WAYS.len(), |way| {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let asked = Arc::new(AtomicUsize::new(0));
        hanging(listener, Arc::clone(&asked));
        let ran = Peyote::new()
            .args("gen --topic yawning -n 1 --silent --out made --format csv --timeout 1")
            .args(&format!("--backend {} --base-url http://127.0.0.1:{port}/v1", WAYS[way].1))
            .run()
            .exits(1);
        ends_clearly(&ran, "a server that hangs");
        assert!(ran.stderr.contains("left alone"), "{}", ran.stderr);
        assert_eq!(asked.load(Ordering::SeqCst), 1, "calls to a server at work on the first");
    });
}

/// A server that lists one model, and never answers a completion, though nobody listens any more.
fn hanging(listener: TcpListener, asked: Arc<AtomicUsize>) {
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let asked = Arc::clone(&asked);
            std::thread::spawn(move || {
                if receive(&mut stream).0.starts_with("get") {
                    return answer(&mut stream, MODELS);
                }
                asked.fetch_add(1, Ordering::SeqCst);
                std::thread::sleep(Duration::from_mins(1));
            });
        }
    });
}

#[test]
fn refusals_and_a_wrong_key_end_clearly() {
    let Some(folder) = recording() else { return };
    let faults = ["refuse:1", "refuse:2", "auth:1", "auth:1000", "truncate:1000"];
    side_by_side(faults.len() * WAYS.len(), |number| {
        let (way, fault) = (WAYS[number % WAYS.len()], faults[number / WAYS.len()]);
        let ran = ran(&folder, way, Some(fault));
        ends_clearly(&ran, fault);
        if fault == "refuse:1" {
            assert_eq!(ran.code, 0, "{}", ran.stderr);
        }
    });
}

/// A server that says the same to every completion and lists one model, until the test ends.
fn saying(listener: TcpListener, reply: Vec<u8>) {
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let reply = reply.clone();
            std::thread::spawn(move || say(stream, &reply));
        }
    });
}

fn say(mut stream: TcpStream, reply: &[u8]) {
    let said = if receive(&mut stream).0.starts_with("get") { MODELS } else { reply };
    answer(&mut stream, said);
}

/// The head of a request, in lower case, and its body, once all of it is there.
pub(crate) fn receive(stream: &mut TcpStream) -> (String, Vec<u8>) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read > 0) {
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).to_lowercase();
    let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
    let mut body = vec![0; length.and_then(|length| length.parse().ok()).unwrap_or(0)];
    // A client that hangs up half way is its own fault.
    let _ = stream.read_exact(&mut body);
    (head, body)
}

pub(crate) fn answer(stream: &mut TcpStream, said: &[u8]) {
    let start =
        format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", said.len());
    let _ = stream.write_all(start.as_bytes());
    let _ = stream.write_all(said);
}

fn completion(text: &str) -> Vec<u8> {
    let message = serde_json::json!({"role": "assistant", "content": text});
    serde_json::json!({"choices": [{"message": message, "finish_reason": "stop"}]})
        .to_string()
        .into_bytes()
}

#[test]
fn hostile_replies_are_one_clear_error() {
    let deep = "[".repeat(100_000);
    let bare = [b"{\"choices\": [{\"message\": {\"content\": \"\xff\xfe\"}}]}".to_vec()];
    let replies =
        [completion(&deep), completion(&format!("{{\"tables\": {deep}")), deep.into_bytes()];
    for reply in replies.into_iter().chain(bare) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        saying(listener, reply);
        let ran = Peyote::new()
            .args("gen --topic yawning -n 1 --silent --out made --backend local")
            .args(&format!("--base-url http://127.0.0.1:{port}/v1"))
            .run()
            .exits(1);
        ends_clearly(&ran, "a hostile reply");
    }
}

#[test]
fn server_is_reached_over_ipv6_and_past_a_proxy() {
    let bound = ["[::1]:0", "127.0.0.1:0"].map(TcpListener::bind);
    for listener in bound.into_iter().flatten() {
        let base = format!("http://{}/v1", listener.local_addr().expect("an address"));
        saying(listener, completion("1. Yawns: who yawned when. It could be used to count them."));
        let ran = Peyote::new()
            .args(&format!("ideas --topic yawning -n 1 --backend local --base-url {base}"))
            .env("http_proxy", "http://127.0.0.1:9")
            .env("HTTP_PROXY", "http://127.0.0.1:9")
            .env("ALL_PROXY", "http://127.0.0.1:9")
            .run()
            .done();
        assert!(ran.stdout.contains("Yawns"), "{}", ran.stdout);
    }
}

#[test]
fn caps_keep_what_is_there_and_a_lock_alone_makes_it_again() {
    let Some(folder) = recording() else { return };
    let served = serve(&folder, "");
    let at = format!("--backend local --base-url {}", served.url);
    let capped = Peyote::new()
        .args("gen --topic yawning -n 1 --silent --out made --format csv --max-calls 3")
        .args(&at)
        .run()
        .done();
    let lock = capped.read("made/peyote.lock");
    assert!(lock.contains("\"withheld\""), "what was not asked is in the lock");
    for command in ["replay lock", "gen --lock lock"] {
        let again = Peyote::new()
            .file("lock", &lock)
            .args(command)
            .args("--out made --silent")
            .run()
            .done();
        assert_eq!(tables(&again), tables(&capped), "{command}");
    }
    let more = Peyote::new()
        .file("lock", &lock)
        .args("gen --lock lock --rows 7 --silent --out made")
        .run()
        .exits(1);
    assert!(more.stderr.contains("is not in the lock"), "{}", more.stderr);
    let none = Peyote::new()
        .args("gen --topic yawning --silent --out made --max-cost 1")
        .args(&at)
        .run()
        .exits(2);
    assert!(none.stderr.contains("--price IN,OUT"), "{}", none.stderr);
}

#[test]
fn dry_run_tells_calls_and_tokens_and_asks_nobody() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let base = format!("http://{}/v1", listener.local_addr().expect("an address"));
    let ran = Peyote::new()
        .args("gen --topic yawning --tables 4 --dry-run --json --price 1,2 --backend local")
        .args(&format!("--base-url {base}"))
        .run()
        .done();
    let told: serde_json::Value = serde_json::from_str(&ran.stdout).expect("a document");
    assert_eq!(told["calls"], 6);
    assert!(told["usd"].as_f64().is_some_and(|usd| usd > 0.0), "{told}");
    assert!(ran.files(".").is_empty(), "nothing is written");
    drop(listener);
}
