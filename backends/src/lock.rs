//! [`Lock`]: `peyote.lock`, the conversation of a run on disk, a line an answer.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::answer::{Answer, Finish, Usage};
use crate::ask::Ask;
use crate::error::{Class, Error};

/// The form of the file that this version writes and reads.
pub const FORMAT: u32 = 1;
/// The largest lock that is read: a run of ten thousand answers takes a half of it.
const MOST_BYTES: u64 = 1 << 28;

/// The first line of a lock: what the run was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The form of the file: [`FORMAT`].
    pub peyote_lock: u32,
    /// The version of peyote that made it.
    pub version: String,
    /// The run's name.
    pub run_id: String,
    /// When the run began.
    pub time: String,
    /// The seed of everything drawn.
    pub seed: u64,
    /// What the person asked for, as the caller writes it. No key and no environment value
    /// belongs in it.
    pub arguments: Value,
}

/// A further line: an answer, and what it answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The task line's words: `rows Customers`.
    pub task: String,
    /// The ask's name, from [`Ask::fingerprint`].
    pub fingerprint: String,
    /// The prompt as sent.
    pub prompt: String,
    /// The reply as it came.
    pub reply: String,
    /// The model that says it answered.
    pub model: String,
    /// Why it stopped.
    pub finish: Finish,
    /// Tokens in and out, where they were counted.
    pub usage: Option<Usage>,
    /// What else was sent.
    #[serde(default)]
    pub parameters: Value,
    /// What a person should know of the answer.
    #[serde(default)]
    pub note: Option<String>,
    /// Why the ask was not put and this is no answer: a cap on calls or cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withheld: Option<String>,
}

/// What a lock holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transcript {
    /// The first line.
    pub header: Header,
    /// The answers, in the order in which they arrived.
    pub entries: Vec<Entry>,
}

/// A lock that grows: every answer is on the disk before it is used.
#[derive(Debug)]
pub struct Lock {
    path: PathBuf,
    header: Header,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    file: File,
    /// Where the last whole line ends.
    end: u64,
    answers: Answers,
}

/// Answers by the ask's fingerprint, in the order in which they arrived; the n-th time that an
/// ask is put, the n-th answer is given.
#[derive(Debug, Default)]
pub(crate) struct Answers(BTreeMap<String, (usize, Vec<Answer>)>);

impl Entry {
    /// The line for an answer to an ask.
    pub fn new(ask: &Ask, answer: &Answer) -> Self {
        Self {
            task: ask.task(),
            fingerprint: ask.fingerprint(),
            prompt: answer.prompt.clone(),
            reply: answer.text.clone(),
            model: answer.model.clone(),
            finish: answer.finish,
            usage: answer.usage,
            parameters: answer.parameters.clone(),
            note: answer.note.clone(),
            withheld: None,
        }
    }

    /// The line for an ask that was not put, and why.
    fn withheld(ask: &Ask, why: &str) -> Self {
        let withheld = Some(why.to_owned());
        Self { withheld, ..Self::new(ask, &Answer::default()) }
    }

    /// The answer again.
    pub fn answer(&self) -> Answer {
        Answer {
            text: self.reply.clone(),
            prompt: self.prompt.clone(),
            model: self.model.clone(),
            finish: self.finish,
            usage: self.usage,
            parameters: self.parameters.clone(),
            note: self.note.clone(),
        }
    }
}

impl Header {
    /// The first line of a run that begins now, with the format and the version of this crate.
    pub fn new(
        run_id: impl Into<String>,
        time: impl Into<String>,
        seed: u64,
        arguments: Value,
    ) -> Self {
        Self {
            peyote_lock: FORMAT,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            run_id: run_id.into(),
            time: time.into(),
            seed,
            arguments,
        }
    }
}

impl Transcript {
    /// What a lock at a path holds; a last line that was cut off by the end of a run is left out.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let mut file = File::open(path).map_err(|why| unreadable(path, &why))?;
        Ok(parse(&bytes(&mut file, path)?, path)?.0)
    }
}

impl Lock {
    /// Begins a lock at a path where nothing is yet.
    pub fn create(path: &Path, header: Header) -> Result<Self, Error> {
        // A lock is seen under its name once its first line is whole: killed before, nothing is there.
        let begun = unnamed(path);
        let file = OpenOptions::new().write(true).create(true).truncate(true).open(&begun);
        let file = file.map_err(|why| unwritable(path, &why))?;
        claim(&file, path)?;
        let state = State { file, end: 0, answers: Answers::default() };
        let lock = Self { path: path.to_owned(), header, state: Mutex::new(state) };
        let line = serde_json::to_value(&lock.header);
        let named = line.map_err(|why| unwritable(path, &why.into())).and_then(|line| {
            lock.append(&line)?;
            name(&begun, path).map_err(|why| unwritable(path, &why))
        });
        let _ = std::fs::remove_file(&begun);
        named?;
        // The name is on the disk only once its folder is; where a folder cannot be synced, the
        // file alone has to do.
        if let Some(folder) = path.parent().and_then(|folder| File::open(folder).ok()) {
            let _ = folder.sync_all();
        }
        Ok(lock)
    }

    /// Goes on with a lock: a damaged last line is cut off.
    pub fn resume(path: &Path) -> Result<Self, Error> {
        let file = OpenOptions::new().read(true).write(true).open(path);
        let mut file = file.map_err(|why| unreadable(path, &why))?;
        claim(&file, path)?;
        let (transcript, whole) = parse(&bytes(&mut file, path)?, path)?;
        file.set_len(whole).map_err(|why| unwritable(path, &why))?;
        let answers = Answers::of(&transcript.entries);
        let state = Mutex::new(State { file, end: whole, answers });
        Ok(Self { path: path.to_owned(), header: transcript.header, state })
    }

    /// The first line.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The answer that is there for the next time that this ask is put.
    pub(crate) fn take(&self, ask: &Ask) -> Option<Answer> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).answers.take(&ask.fingerprint())
    }

    /// Puts an answer on the disk.
    pub(crate) fn keep(&self, ask: &Ask, answer: &Answer) -> Result<(), Error> {
        self.append_entry(&Entry::new(ask, answer))
    }

    /// Puts on the disk that an ask was not put, so that a replay knows it as well.
    pub(crate) fn withhold(&self, ask: &Ask, why: &str) -> Result<(), Error> {
        self.append_entry(&Entry::withheld(ask, why))
    }

    fn append_entry(&self, entry: &Entry) -> Result<(), Error> {
        let line =
            serde_json::to_value(entry).map_err(|why| unwritable(&self.path, &why.into()))?;
        self.append(&line)
    }

    /// Writes a line where the last whole one ends, so that what a failed write left is written
    /// over.
    fn append(&self, line: &Value) -> Result<(), Error> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let line = format!("{line}\n");
        let end = state.end;
        let mut write = || {
            state.file.seek(SeekFrom::Start(end))?;
            let done = state.file.write_all(line.as_bytes()).and_then(|()| state.file.sync_data());
            if done.is_err() {
                // Half a line must not stand before a later whole one.
                let _ = state.file.set_len(end);
            }
            done
        };
        write().map_err(|why| unwritable(&self.path, &why))?;
        state.end += line.len() as u64;
        Ok(())
    }
}

impl Answers {
    pub(crate) fn of(entries: &[Entry]) -> Self {
        let mut all = Self::default();
        for entry in entries.iter().filter(|entry| entry.withheld.is_none()) {
            all.0.entry(entry.fingerprint.clone()).or_default().1.push(entry.answer());
        }
        all
    }

    /// The next answer under a name.
    pub(crate) fn take(&mut self, name: &str) -> Option<Answer> {
        let (taken, answers) = self.0.get_mut(name)?;
        let answer = answers.get(*taken)?.clone();
        *taken += 1;
        Some(answer)
    }

    /// Whether there was ever an answer under a name.
    pub(crate) fn knows(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }
}

/// The lines of a lock, and how many bytes of it are whole.
fn parse(bytes: &[u8], path: &Path) -> Result<(Transcript, u64), Error> {
    let mut header = None;
    let mut entries = Vec::new();
    let mut whole = 0;
    for (number, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let last = whole + line.len() == bytes.len();
        if header.is_none() {
            header = Some(first_line(line, path)?);
        } else if let (Ok(entry), true) = (serde_json::from_slice(line), line.ends_with(b"\n")) {
            entries.push(entry);
        } else if last {
            break;
        } else {
            let message = format!("line {} of `{}` is damaged", number + 1, path.display());
            return Err(
                Error::new(Class::Final, message).hint("restore the lock, or begin a new run")
            );
        }
        whole += line.len();
    }
    let header = header.map_or_else(|| first_line(b"", path), Ok)?;
    Ok((Transcript { header, entries }, whole as u64))
}

fn first_line(line: &[u8], path: &Path) -> Result<Header, Error> {
    let refuse = |why: &str| Error::new(Class::Final, format!("`{}` {why}", path.display()));
    let value: Value = match serde_json::from_slice(line) {
        Ok(value) if line.ends_with(b"\n") => value,
        _ => {
            return Err(
                refuse("is not the lock of a run").hint("name a `peyote.lock`, or begin a new run")
            );
        }
    };
    match value.get("peyote_lock").and_then(Value::as_u64) {
        Some(format) if format == u64::from(FORMAT) => {}
        Some(format) => {
            return Err(refuse(&format!(
                "is a lock of format {format}; this peyote reads {FORMAT}"
            ))
            .hint("use the version of peyote that made it, or begin a new run"));
        }
        None => return Err(refuse("is not the lock of a run").hint("name a `peyote.lock`")),
    }
    serde_json::from_value(value).map_err(|why| {
        refuse(&format!("has a damaged first line: {}", crate::fault::fragment(&why.to_string())))
            .hint("restore the lock, or begin a new run")
    })
}

/// Where a lock is begun: hidden beside its place, as is all that was never given its name.
fn unnamed(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.begun"))
}

/// Gives a file its name, unless another has it.
fn name(begun: &Path, path: &Path) -> std::io::Result<()> {
    match std::fs::hard_link(begun, path) {
        Err(why) if why.kind() != ErrorKind::AlreadyExists && !path.exists() => {
            // A file system without links.
            std::fs::rename(begun, path)
        }
        named => named,
    }
}

/// Keeps the file for this run alone until it is closed, where the file system can.
#[cfg(unix)]
fn claim(file: &File, path: &Path) -> Result<(), Error> {
    if let Err(std::fs::TryLockError::WouldBlock) = file.try_lock() {
        return Err(Error::new(
            Class::Final,
            format!("another run is at work on `{}`", path.display()),
        )
        .hint("wait for it, or begin a new run"));
    }
    Ok(())
}

/// Elsewhere a claim would keep the run itself from reading its lock.
#[cfg(not(unix))]
fn claim(_: &File, _: &Path) -> Result<(), Error> {
    Ok(())
}

fn bytes(file: &mut File, path: &Path) -> Result<Vec<u8>, Error> {
    if !file.metadata().is_ok_and(|facts| facts.is_file()) {
        return Err(Error::new(Class::Final, format!("`{}` is no file", path.display()))
            .hint("name a `peyote.lock`"));
    }
    let mut bytes = Vec::new();
    let read = file.take(MOST_BYTES + 1).read_to_end(&mut bytes);
    read.map_err(|why| unreadable(path, &why))?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(Error::new(
            Class::Final,
            format!("`{}` is too large for a lock", path.display()),
        )
        .hint("name a `peyote.lock`"));
    }
    Ok(bytes)
}

fn unreadable(path: &Path, why: &std::io::Error) -> Error {
    let why = crate::fault::fragment(&why.to_string());
    Error::new(Class::Final, format!("cannot read `{}`: {why}", path.display()))
        .hint("check the path")
}

fn unwritable(path: &Path, why: &std::io::Error) -> Error {
    let why = crate::fault::fragment(&why.to_string());
    Error::new(Class::Final, format!("cannot write `{}`: {why}", path.display()))
        .hint("make room on the disk")
}
