//! Bad input: one clear error with a next step, the exit code that fits, and nothing half-written.
//!
//! Each case is a pair of `tests/bad/NAME.args`, a command line without `peyote`, and `NAME.err`, its exit code
//! and what it prints on standard error. `PEYOTE_RENEW=1 cargo test --test it bad_input` writes the latter anew.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crate::dataset::files;
use crate::golden::{cases, golden, name};
use crate::peyote::{Peyote, Ran};

/// A key that must never be seen again.
const KEY: &str = "sk-proj-0123456789abcdefghijklmnopqrstuvwxyz";

/// Addresses that misbehave, by the words that stand for them in a command line.
struct Addresses(Vec<(&'static str, SocketAddr)>);

impl Addresses {
    fn open() -> Self {
        let page = "<!doctype html><html><head><title>Router login</title></head></html>";
        let page = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{page}",
            page.len()
        );
        let denied = r#"{"error":{"message":"Incorrect API key provided: sk-proj-********wxyz.","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}"#;
        let denied = format!(
            "HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{denied}",
            denied.len()
        );
        let denied_again = denied.clone();
        Self(vec![
            ("{PAGE}", answering(page)),
            ("{DENIED}", answering(denied)),
            ("{SILENT}", answering(String::new())),
            ("{HUGE}", sending(padded(200 << 20))),
            ("{DRIP}", dripping()),
            ("{DEEP}", sending(vec!["[".repeat(100_000).into_bytes()])),
            (
                "{BYTES}",
                sending(vec![
                    b"{\"choices\": [{\"message\": {\"content\": \"\xff\xfe\"}}]}".to_vec(),
                ]),
            ),
            ("{V6}", answering_at((Ipv6Addr::LOCALHOST, 0).into(), denied_again)),
            // Bound and gone again: nobody listens there.
            (
                "{NOBODY}",
                TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
                    .expect("a port")
                    .local_addr()
                    .expect("an address"),
            ),
        ])
    }

    fn fill(&self, text: &str) -> String {
        let filled = |text: String, (word, address): &(&str, SocketAddr)| {
            text.replace(word, &address.to_string())
        };
        self.0.iter().fold(text.to_owned(), filled)
    }

    fn mask(&self, text: &str) -> String {
        // A run's id begins with its date and time.
        let text = &dated(text);
        let masked = |text: String, (word, address): &(&str, SocketAddr)| {
            text.replace(&address.to_string(), word)
        };
        self.0.iter().fold(text.to_owned(), masked)
    }
}

/// A text with the date and time of every run's id masked: `261231-235959-` is `{TIME}-`.
fn dated(text: &str) -> String {
    let is_time = |part: &str| {
        part.bytes()
            .enumerate()
            .all(|(at, byte)| if at == 6 { byte == b'-' } else { byte.is_ascii_digit() })
    };
    let mut masked = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if rest.get(..13).is_some_and(is_time) {
            masked.push_str("{TIME}");
            rest = &rest[13..];
        } else {
            masked.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    masked
}

/// A body of so many bytes, in blocks: blanks, which may stand before any document.
fn padded(bytes: usize) -> Vec<Vec<u8>> {
    const BLOCK: usize = 1 << 20;
    vec![vec![b' '; BLOCK]; bytes / BLOCK]
}

/// A server that lists one model and sends the same blocks as the body of every completion.
fn sending(blocks: Vec<Vec<u8>>) -> SocketAddr {
    let length: usize = blocks.iter().map(Vec::len).sum();
    completing(move |stream| {
        let head =
            format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
        let _ = stream.write_all(head.as_bytes());
        // Who has had enough hangs up.
        let _ = blocks.iter().try_for_each(|block| stream.write_all(block));
    })
}

/// A server that lists one model and sends a byte a second of every completion.
fn dripping() -> SocketAddr {
    completing(|stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
        while stream.write_all(b" ").is_ok() {
            thread::sleep(Duration::from_secs(1));
        }
    })
}

/// A server that lists one model and answers completions in its own way, several at a time.
fn completing(say: impl Fn(&mut TcpStream) + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let address = listener.local_addr().expect("an address");
    let say = Arc::new(say);
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let say = Arc::clone(&say);
            thread::spawn(move || {
                let mut request = vec![0; 1 << 18];
                let read = stream.read(&mut request).unwrap_or_default();
                if request[..read].starts_with(b"GET") {
                    let body = r#"{"data":[{"id":"small"}]}"#;
                    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n", body.len());
                    let _ = write!(stream, "{head}Connection: close\r\n\r\n{body}");
                } else {
                    say(&mut stream);
                }
            });
        }
    });
    address
}

/// A server that says the same to everybody; one with nothing to say holds the line.
fn answering(said: String) -> SocketAddr {
    answering_at((Ipv4Addr::LOCALHOST, 0).into(), said)
}

fn answering_at(at: SocketAddr, said: String) -> SocketAddr {
    let Ok(listener) = TcpListener::bind(at) else {
        eprintln!("NOT RUN: nothing can listen at {at}");
        return at;
    };
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        let mut held = Vec::new();
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            if said.is_empty() {
                held.push(stream);
                continue;
            }
            let _ = stream.read(&mut vec![0; 65_536]);
            let _ = stream.write_all(said.as_bytes());
        }
    });
    address
}

/// A command line's words; double quotes hold some together, `NAME=VALUE` before them is set.
fn run(line: &str) -> Ran {
    let mut peyote = Peyote::new()
        .file("taken/mine.txt", "mine")
        .file("broken.json", "{\"name\": \"x\", ")
        .file("tableless.json", "{\"name\": \"x\", \"tables\": []}")
        .file("other.lock", "{\"peyote_lock\": 99, \"version\": \"9.0.0\"}\n")
        .file("notes/readme.pdf", "no table");
    let mut words = line.split('"').enumerate().flat_map(|(at, part)| match at % 2 {
        0 => part.split_whitespace().map(str::to_owned).collect(),
        _ => vec![part.to_owned()],
    });
    let mut before = true;
    for word in &mut words {
        match word.split_once('=') {
            Some((name, value)) if before => peyote = peyote.env(name, value),
            _ => {
                before = false;
                let long = "x".repeat(10_000);
                peyote = peyote.arg(word.replace("{LONG}", &long).replace("{BELL}", "\u{7}"));
            }
        }
    }
    peyote.run()
}

#[track_caller]
fn assert_one_error(case: &str, ran: &Ran) {
    assert_eq!(ran.stdout, "", "{case}");
    let errors: Vec<&str> = ran.stderr.lines().filter(|line| line.starts_with("error: ")).collect();
    assert_eq!(errors.len(), 1, "{case}: {}", ran.stderr);
    let last = ran.stderr.lines().last().expect("a line");
    assert!(
        last.starts_with("  next: "),
        "{case}: the last line is the next step:\n{}",
        ran.stderr
    );
    for line in [errors[0], last] {
        assert!(!line.ends_with('.') && !line.contains("os error"), "{case}: {line}");
    }
}

#[test]
fn each_mistake_is_told_once_with_a_next_step() {
    let addresses = Addresses::open();
    let cases =
        cases("bad", |name| Path::new(name).extension().is_none_or(|ending| ending != "args"));
    thread::scope(|scope| {
        for case in &cases {
            let addresses = &addresses;
            scope.spawn(move || {
                let line = std::fs::read_to_string(case).expect("a case");
                let ran = run(addresses.fill(&line).trim());
                let name = name(case);
                assert_one_error(&name, &ran);
                assert!(!ran.stderr.contains(KEY), "{name}: the key is shown");
                let wanted = [
                    "broken.json",
                    "notes/readme.pdf",
                    "other.lock",
                    "tableless.json",
                    "taken/mine.txt",
                ];
                assert_eq!(files(ran.folder.path()), wanted, "{name}: something is half-written");
                let folder = ran.folder.path().display().to_string();
                let said = addresses.mask(&ran.stderr).replace(&folder, "{FOLDER}");
                golden(
                    &format!("bad/{}", name.replace(".args", ".err")),
                    &format!("exit {}\n{said}", ran.code),
                );
            });
        }
    });
}

#[test]
fn wrong_key_is_never_shown_nor_kept() {
    let addresses = Addresses::open();
    let ran = Peyote::new()
        .env("OPENAI_API_KEY", KEY)
        .args("gen --topic owls --backend openai -v --log run.log --out made --base-url")
        .arg(addresses.fill("http://{DENIED}/v1"))
        .run()
        .exits(1);
    assert!(ran.stderr.contains("401"), "{}", ran.stderr);
    for file in files(ran.folder.path()) {
        let text = std::fs::read(ran.path(&file)).expect("a file");
        let text = String::from_utf8_lossy(&text).into_owned();
        assert!(!text.contains(KEY), "the key is in {file}");
    }
    assert!(!ran.stdout.contains(KEY) && !ran.stderr.contains(KEY));
}

#[test]
fn silent_failure_prints_the_one_error_and_nothing_else() {
    let addresses = Addresses::open();
    let ran = Peyote::new()
        .args("gen --topic owls --backend local --silent --out made --base-url")
        .arg(addresses.fill("http://{DENIED}/v1"))
        .run()
        .exits(1);
    assert_one_error("silent", &ran);
    assert_eq!(ran.stderr.lines().count(), 2, "{}", ran.stderr);
}

/// A command in a shell of its own, `$0` being the binary.
fn in_shell(script: &str, folder: &Path) -> (i32, String) {
    let output = Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_peyote")])
        .env_remove("OPENAI_API_KEY")
        .env_remove("OPENAI_BASE_URL")
        .current_dir(folder)
        .output()
        .expect("a shell");
    (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn full_disk_is_one_error_and_no_folder() {
    let run = "--topic owls --backend builtin --silent --out made";
    let folder = tempfile::tempdir().expect("a folder");
    Peyote::new().args("gen").args(run).run().done();
    for blocks in [1, 16, 40] {
        let folder = folder.path().join(blocks.to_string());
        std::fs::create_dir(&folder).expect("a folder");
        let (code, stderr) =
            in_shell(&format!("ulimit -f {blocks}; exec \"$0\" gen {run}"), &folder);
        assert_eq!(code, 1, "{blocks}: {stderr}");
        assert!(stderr.starts_with("error: ") && stderr.contains("\n  next: "), "{stderr}");
        assert_eq!(stderr.lines().count(), 2, "{stderr}");
        assert!(!folder.join("made").exists());
    }
}

#[test]
fn full_standard_output_is_one_error() {
    if !Path::new("/dev/full").exists() {
        eprintln!("NOT RUN: this part needs /dev/full");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    for command in [
        "gen --topic owls --backend builtin --out made",
        "gen --topic owls --backend builtin --json --out lines",
        "catalog",
        "ideas --topic owls --backend builtin",
        "man",
        "completions bash",
    ] {
        let (code, stderr) = in_shell(&format!("exec \"$0\" {command} > /dev/full"), folder.path());
        let errors = stderr.lines().filter(|line| line.starts_with("error: ")).count();
        assert_eq!((code, errors), (1, 1), "{command}: {stderr}");
        assert!(!stderr.contains("panicked"), "{command}: {stderr}");
    }
}

#[test]
fn full_log_is_one_error() {
    if !Path::new("/dev/full").exists() {
        eprintln!("NOT RUN: this part needs /dev/full");
        return;
    }
    let ran = Peyote::new()
        .args("gen --topic owls --backend builtin --silent --log /dev/full --out made")
        .run()
        .exits(1);
    assert_one_error("log", &ran);
    assert!(files(ran.folder.path()).iter().all(|file| !file.starts_with("made")));
}

#[test]
fn reader_that_goes_away_is_no_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let (code, stderr) = in_shell("\"$0\" man | head -n 1 > /dev/null", folder.path());
    assert_eq!((code, stderr.as_str()), (0, ""));
}
