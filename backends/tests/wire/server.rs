//! [`Server`]: a loopback server that answers as a test tells it and keeps every byte it was sent.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What a server does with a request.
#[derive(Debug, Clone)]
pub(crate) enum Deed {
    /// Answers with a status, headers and a body.
    Say(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// Promises the whole body and hangs up half way through it.
    Drop(Vec<u8>),
    /// Says nothing and holds on.
    Stall,
    /// Does something else after a while, whether or not anybody is still there.
    Late(Duration, Box<Deed>),
    /// Sends a byte now and then.
    Drip,
    /// Sends without end.
    Flood,
}

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// The first line and the headers, as sent.
    pub(crate) head: String,
    /// The body, or null.
    pub(crate) body: Value,
}

/// Completions under way, and the most that ever were.
#[derive(Debug, Default)]
struct Busy {
    now: AtomicUsize,
    most: AtomicUsize,
}

/// A server on a port of its own, until it is dropped.
pub(crate) struct Server {
    /// Its base URL.
    pub(crate) base: String,
    requests: Arc<Mutex<Vec<Request>>>,
    busy: Arc<Busy>,
    task: tokio::task::JoinHandle<()>,
}

impl Request {
    /// The task line's words.
    pub(crate) fn task(&self) -> String {
        let last = self.body["messages"].as_array().and_then(|all| all.last()).unwrap();
        assert_eq!(last["role"], "user");
        let text = last["content"].as_str().unwrap();
        text.lines().last().unwrap().strip_prefix("Task: ").unwrap().to_owned()
    }

    /// The form asked for: `json_schema`, `json_object` or nothing.
    pub(crate) fn form(&self) -> String {
        self.body["response_format"]["type"].as_str().unwrap_or_default().to_owned()
    }
}

impl Server {
    /// Starts a server. `deed` is told the request and how many completions were asked before it;
    /// the list of models is answered by itself.
    pub(crate) async fn start(
        deed: impl Fn(&Request, usize) -> Deed + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/v1", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let busy = Arc::new(Busy::default());
        let (seen, deed, work) = (Arc::clone(&requests), Arc::new(deed), Arc::clone(&busy));
        let task = tokio::spawn(async move {
            loop {
                let Ok((stream, _)) = listener.accept().await else { break };
                let (seen, deed, work) = (Arc::clone(&seen), Arc::clone(&deed), Arc::clone(&work));
                tokio::spawn(async move { serve(stream, &seen, &work, &*deed).await });
            }
        });
        Self { base, requests, busy, task }
    }

    /// The requests for completions so far.
    pub(crate) fn asked(&self) -> Vec<Request> {
        let all = self.requests.lock().unwrap();
        all.iter().filter(|request| request.head.starts_with("POST")).cloned().collect()
    }

    /// The most completions that were under way at once.
    pub(crate) fn busiest(&self) -> usize {
        self.busy.most.load(Ordering::SeqCst)
    }

    /// Everything sent so far.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.requests.lock().unwrap().iter().map(|request| request.head.clone()).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    mut stream: TcpStream,
    seen: &Mutex<Vec<Request>>,
    busy: &Busy,
    deed: &(dyn Fn(&Request, usize) -> Deed + Send + Sync),
) {
    let Some(request) = receive(&mut stream).await else { return };
    let before = {
        let mut seen = seen.lock().unwrap();
        let before =
            seen.iter().filter(|request: &&Request| request.head.starts_with("POST")).count();
        seen.push(request.clone());
        before
    };
    if request.head.starts_with("GET") {
        let body = json!({"data": [{"id": "text-embedding-x"}, {"id": "small"}]});
        return say(&mut stream, 200, &[], body.to_string().as_bytes()).await;
    }
    let now = busy.now.fetch_add(1, Ordering::SeqCst) + 1;
    busy.most.fetch_max(now, Ordering::SeqCst);
    let mut doing = deed(&request, before);
    while let Deed::Late(wait, then) = doing {
        tokio::time::sleep(wait).await;
        doing = *then;
    }
    // What is left is sending, which takes no work.
    if !matches!(doing, Deed::Stall) {
        busy.now.fetch_sub(1, Ordering::SeqCst);
    }
    match doing {
        Deed::Late(..) => unreachable!("it was waited for"),
        Deed::Say(status, headers, body) => say(&mut stream, status, &headers, &body).await,
        Deed::Drop(body) => {
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
            let _ = stream.write_all(head.as_bytes()).await;
            let _ = stream.write_all(&body[..body.len() / 2]).await;
        }
        Deed::Stall => tokio::time::sleep(Duration::from_secs(30)).await,
        Deed::Drip => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n").await;
            while stream.write_all(b" ").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
        Deed::Flood => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n").await;
            let block = vec![b' '; 1 << 20];
            while stream.write_all(&block).await.is_ok() {}
        }
    }
}

async fn say(stream: &mut TcpStream, status: u16, headers: &[(&str, String)], body: &[u8]) {
    let mut head =
        format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n", body.len());
    for (name, value) in headers {
        for part in [name, ": ", value, "\r\n"] {
            head.push_str(part);
        }
    }
    head.push_str("\r\n");
    let _ = stream.write_all(head.as_bytes()).await;
    let _ = stream.write_all(body).await;
    let _ = stream.shutdown().await;
}

async fn receive(stream: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    while bytes.len() < end + length.unwrap_or(0) {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    let body = serde_json::from_slice(&bytes[end..]).unwrap_or_default();
    Some(Request { head, body })
}

/// A completion with a text in it.
pub(crate) fn completion(text: &str) -> Vec<u8> {
    let choice = json!({"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}});
    let usage = json!({"prompt_tokens": 10, "completion_tokens": 5});
    json!({"model": "small-1", "choices": [choice], "usage": usage}).to_string().into_bytes()
}

/// A good answer that says back what the task was.
pub(crate) fn good(request: &Request) -> Deed {
    Deed::Say(200, vec![], completion(&format!("answer to {}", request.task())))
}

/// A refusal with an error body of OpenAI's form.
pub(crate) fn refusal(status: u16, message: &str, code: &str) -> Deed {
    let body = json!({"error": {"message": message, "type": "x", "param": null, "code": code}});
    Deed::Say(status, vec![], body.to_string().into_bytes())
}
