//! The making of a dataset, from who answers to the report: a line a step.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use jiff::Zoned;
use peyote_backends::lock::Transcript;
use peyote_backends::{Ask, Backend, Header, Lock, Price, Record, Replay, Whole};
use peyote_schemas::design::Design;
use peyote_schemas::draft::Idea;

use super::backend::{self, BackendArgs};
use super::r#gen::OutputArgs;
use super::place::{Place, fresh, place, resume_hint, swept};
use super::report::{self, Line};
use super::talk;
use super::until::until_interrupted;
use super::voice::Voice;
use super::world::{self, World};
use crate::error::Error;
use crate::event::{Cost, Event, Heard, Listener};
use crate::export::dataset::{self, Contents, LOCK};
use crate::export::folder::{Folder, PARTIAL, Taken, partial};
use crate::export::{Format, Sheet};
use crate::invent::{self, Made};
use crate::quote::{ShellWord, Terminal};
use crate::run::{Request, Run};

/// A run and all that it needs.
struct Making<'a> {
    run: Run,
    place: Place,
    taken: Taken,
    lock: Option<Arc<Lock>>,
    folder: Folder,
    voice: &'a Voice,
    listener: &'a dyn Listener,
    price: Option<Price>,
}

/// Makes a dataset about a topic.
pub(super) fn from_topic(
    request: &Request,
    now: &Zoned,
    backend: &BackendArgs,
    output: &OutputArgs,
    voice: &Voice,
) -> Result<(), Error> {
    let listener = voice.listener();
    // Where the work lies is known only once the backend is, so an interrupt asks for it then.
    let work: OnceLock<PathBuf> = OnceLock::new();
    let hint = || work.get().map(|path| resume_hint(path));
    until_interrupted(
        async {
            let place = place(output, &[])?;
            let chosen = backend::choose(backend).await?;
            let run = Run {
                base_url: backend.endpoint()?.map(|endpoint| endpoint.to_string()),
                model: backend.model.clone(),
                ..Run::begin(request.clone(), chosen.name, now)
            };
            let folder = fresh(&place, &run)?;
            let path = folder.path().to_owned();
            let lock = match Lock::create(&path.join(LOCK), header(&run)?) {
                Ok(lock) => Arc::new(lock),
                Err(error) => {
                    let _ = fs::remove_dir_all(&path);
                    return Err(error.into());
                }
            };
            let _ = work.set(path.clone());
            let taken = output.taken();
            let lock = Some(lock);
            let listener = listener.as_ref();
            let price = chosen.price;
            let making = Making { run, place, taken, lock, folder, voice, listener, price };
            let done = converse(making, chosen.backend, &chosen.because).await;
            done.map_err(|error| {
                if Transcript::read(&path.join(LOCK))
                    .is_ok_and(|said| said.entries.iter().all(|entry| entry.withheld.is_some()))
                {
                    // Nothing was paid for. The first error is the one to tell.
                    let _ = fs::remove_dir_all(&path);
                }
                resumable(error, &path)
            })
        },
        hint,
    )
}

/// Goes on with a run that was interrupted.
pub(super) fn resume(
    dir: &Path,
    backend: &BackendArgs,
    voice: &Voice,
    taken: Taken,
) -> Result<(), Error> {
    let place = if dir.extension().is_some_and(|ending| ending == PARTIAL) {
        dir.with_extension("")
    } else {
        dir.to_owned()
    };
    let path = partial(&place).join(LOCK);
    if !path.exists() {
        return Err(Error::usage("there is no unfinished run here")
            .at(partial(&place).display().to_string())
            .hint("name the folder of the run that was interrupted: its name ends in `.partial`"));
    }
    let listener = voice.listener();
    until_interrupted(
        async {
            let lock = Lock::resume(&path)?;
            let run = run_of(lock.header(), &path)?;
            let chosen = backend::choose(&backend.going_on(&run)).await?;
            swept(&partial(&place))?;
            let folder = Folder::beside(&place)?;
            let listener = listener.as_ref();
            let place = match place.file_name() {
                Some(name) if name.to_string_lossy() == run.id => {
                    Place::Below(place.parent().unwrap_or(Path::new("")).to_owned())
                }
                _ => Place::Here(place.clone()),
            };
            let lock = Some(Arc::new(lock));
            let price = chosen.price;
            let making = Making { run, place, taken, lock, folder, voice, listener, price };
            let path = making.folder.path().to_owned();
            let done = converse(making, chosen.backend, &chosen.because).await;
            done.map_err(|error| resumable(error, &path))
        },
        || Some(resume_hint(&partial(&place))),
    )
}

/// Makes a dataset again from what was said in another run, without asking anybody.
pub(super) fn replay(lock: &Path, output: &OutputArgs, voice: &Voice) -> Result<(), Error> {
    let transcript = Transcript::read(lock)?;
    let run = run_of(&transcript.header, lock)?;
    again(lock, run, Replay::new(transcript), output, voice)
}

/// Makes what is asked for from the answers in a lock, and fails where it would need another one.
pub(super) fn locked(
    lock: &Path,
    change: impl FnOnce(Request) -> Result<Request, Error>,
    output: &OutputArgs,
    voice: &Voice,
) -> Result<(), Error> {
    let transcript = Transcript::read(lock)?;
    let run = run_of(&transcript.header, lock)?;
    let run = Run { request: change(run.request)?, ..run };
    again(lock, run, Replay::exact(transcript), output, voice)
        .map_err(|error| error.at(lock.display().to_string()))
}

/// Makes a dataset from a lock.
fn again(
    lock: &Path,
    run: Run,
    replay: Replay,
    output: &OutputArgs,
    voice: &Voice,
) -> Result<(), Error> {
    let listener = voice.listener();
    let place = place(output, &[lock.to_owned()])?;
    let folder = fresh(&place, &run)?;
    let work = folder.path().to_owned();
    let copy = work.join(LOCK);
    fs::copy(lock, &copy).map_err(|error| Error::at_path(&copy, &error))?;
    let (taken, listener) = (output.taken(), listener.as_ref());
    let price = None;
    let making = Making { run, place, taken, lock: None, folder, voice, listener, price };
    let replayed = Box::new(replay);
    let done =
        until_interrupted(converse(making, replayed, "every answer comes from the lock"), || None);
    if done.is_err() {
        // The lock that was replayed holds all there is. The first error is the one to tell.
        let _ = fs::remove_dir_all(&work);
    }
    done
}

/// Makes the tables of a design, asking nobody; `taught` is the same with what its rows show of it.
pub(super) fn from_design(
    (design, taught): (&Design, &Design),
    request: &Request,
    (output, inputs): (&OutputArgs, &[PathBuf]),
    voice: &Voice,
) -> Result<(), Error> {
    let listener = voice.listener();
    let place = place(output, inputs)?;
    let run = Run::begin(request.clone(), "design", &Zoned::now());
    let idea = super::scale::idea(design);
    let rows = invent::rows::of_design(taught, request)?;
    let made = invent::settle::settle(design, rows, request)?;
    let folder = fresh(&place, &run)?;
    let (taken, listener) = (output.taken(), listener.as_ref());
    let price = None;
    let making = Making { run, place, taken, lock: None, folder, voice, listener, price };
    let (answers, models, why) = (Vec::new(), Vec::new(), None);
    let said = Said { ideas: vec![idea.clone()], idea, answers, models, why };
    let work = making.folder.path().to_owned();
    let done = finish(making, &made, &said, Cost::default());
    if done.is_err() {
        // It can be made again. The first error is the one to tell.
        let _ = fs::remove_dir_all(&work);
    }
    done
}

/// The error of a run, with how to go on where answers are kept.
fn resumable(error: Error, work: &Path) -> Error {
    if !work.join(LOCK).exists() {
        return error;
    }
    let resume = if error.is_conclusive() {
        let folder = work.display().to_string();
        format!("every answer is kept in {}: remove it to begin anew", ShellWord(&folder))
    } else {
        resume_hint(work)
    };
    let hint = error.next_step().map_or_else(|| resume.clone(), |hint| format!("{hint}; {resume}"));
    error.hint(hint)
}

/// What was said besides the tables.
struct Said {
    ideas: Vec<Idea>,
    idea: Idea,
    answers: Vec<peyote_backends::Answer>,
    models: Vec<String>,
    /// Why something that is asked for is not followed.
    why: Option<String>,
}

/// The conversation, from ideas to files.
async fn converse(
    making: Making<'_>,
    backend: Box<dyn Backend>,
    because: &str,
) -> Result<(), Error> {
    let listener = making.listener;
    listener.hear(&Event::Started {
        run_id: &making.run.id,
        topic: making.run.request.topic.as_str(),
        backend: &making.run.backend,
        because,
        folder: &making.folder.path().display().to_string(),
    });
    let heard = Arc::new(Heard::new(backend, listener));
    let backend: Box<dyn Backend + '_> = match &making.lock {
        Some(lock) => Box::new(Whole::new(Record::new(Arc::clone(&heard), Arc::clone(lock)))),
        None => Box::new(Whole::new(Arc::clone(&heard))),
    };
    let request = &making.run.request;
    let ideas = invent::ideas(backend.as_ref(), request, listener).await?;
    let chosen = choose(&ideas.ideas, request, &making)?;
    let idea = &ideas.ideas[chosen];
    listener.hear(&Event::Chosen { idea });
    let designed = invent::design(backend.as_ref(), request, idea, ideas.reach, listener).await?;
    let mut answers = [ideas.answers.clone(), designed.answers.clone()].concat();
    let (mut made, why) = match world::at_size(&designed.answers, request, making.folder.path())? {
        World::Made(made) => (*made, None),
        World::Written(why) => {
            let backend = backend.as_ref();
            let rows = invent::rows::rows(backend, request, idea, &designed, listener).await?;
            answers.extend(rows.answers.iter().cloned());
            (invent::settle::settle(&designed.design, rows, request)?, why)
        }
    };
    let mut findings = ideas.findings.clone();
    findings.extend(designed.findings);
    findings.append(&mut made.findings);
    made.findings = findings;
    let models = models(&answers);
    let said = Said { idea: idea.clone(), ideas: ideas.ideas, answers, models, why };
    let cost = heard.cost();
    finish(making, &made, &said, cost)
}

/// The models that answered, each once, in order of their names.
fn models(answers: &[peyote_backends::Answer]) -> Vec<String> {
    let mut models: Vec<String> = answers.iter().map(|answer| answer.model.clone()).collect();
    models.sort();
    models.dedup();
    models
}

/// Which idea to follow: the one that the lock goes on with, the person's choice, or the first.
fn choose(ideas: &[Idea], request: &Request, making: &Making<'_>) -> Result<usize, Error> {
    let asked = |idea: &Idea| Ask::Design {
        topic: request.topic.as_str().to_owned(),
        idea: idea.clone(),
        tables: request.tables,
    };
    let path = making.folder.path().join(LOCK);
    let known: Vec<String> = Transcript::read(&path)
        .map(|transcript| transcript.entries.into_iter().map(|entry| entry.fingerprint).collect())
        .unwrap_or_default();
    let before = ideas.iter().position(|idea| known.contains(&asked(idea).fingerprint()));
    match before {
        Some(chosen) => Ok(chosen),
        None if ideas.len() > 1 && making.lock.is_some() && making.voice.may_ask() => {
            talk::choice(ideas)
        }
        None => Ok(0),
    }
}

/// Writes the folder, puts it in its place, and reports.
fn finish(mut making: Making<'_>, made: &Made, said: &Said, cost: Cost) -> Result<(), Error> {
    let sheets = made.sheets();
    let sheets: Vec<Sheet<'_>> =
        sheets.iter().map(crate::invent::made::OwnedSheet::sheet).collect();
    dataset::write(
        &mut making.folder,
        &Contents {
            run: &making.run,
            ideas: &said.ideas,
            idea: &said.idea,
            design: &made.design,
            sheets: &sheets,
            findings: &made.findings,
            rejects: &made.rejects,
            answers: &said.answers,
            models: &said.models,
            made: None,
        },
        |folder| super::mess::write(folder, &sheets, &making.run.request),
    )?;
    for entry in making.folder.entries() {
        making.listener.hear(&Event::Wrote {
            path: &entry.path,
            rows: entry.rows,
            bytes: entry.bytes,
        });
    }
    let place = match &making.place {
        Place::Here(out) => out.clone(),
        Place::Below(path) => making.run.place(path, &said.idea.name),
    };
    making.folder.finish(&place, making.taken)?;
    let lines = lines(made, &sheets);
    let sum = |count: fn(&Line) -> usize| lines.iter().map(count).sum();
    let folder = place.display().to_string();
    making.listener.hear(&Event::Finished {
        folder: &folder,
        tables: lines.len(),
        rows: sum(|line| line.rows),
        repairs: sum(|line| line.repaired),
        rejects: sum(|line| line.rejected),
        cost,
    });
    if let Some(error) = making.listener.trouble() {
        return Err(Error::at_path("standard output".as_ref(), &error));
    }
    if making.voice.silent || making.voice.json {
        return Ok(());
    }
    let mut text = report::tables(&lines);
    text.push('\n');
    for note in notes(said) {
        let _ = writeln!(text, "{}", Terminal(&note));
    }
    let found = made.findings.len();
    let _ = writeln!(text, "{}; {found} findings in the summary", report::cost(cost, making.price));
    let _ = writeln!(text, "written to {}", Terminal(&folder));
    if let (Some(table), Some(format)) = (biggest(&lines), making.run.request.formats.first()) {
        let file = place.join("samples").join(format!("{table}.{}", format.ending()));
        let _ = writeln!(text, "open: {}", report::duckdb_line(&file));
    }
    super::print(text.as_bytes())
}

/// What the answers say of themselves, each once.
fn notes(said: &Said) -> Vec<String> {
    let mut notes: Vec<String> = Vec::new();
    for note in said.answers.iter().filter_map(|answer| answer.note.as_ref()) {
        if !notes.contains(note) {
            notes.push(note.clone());
        }
    }
    notes.extend(said.why.clone());
    notes
}

/// The table with the most rows: the one worth opening first.
fn biggest(lines: &[Line]) -> Option<&str> {
    let most = lines.iter().map(|line| line.rows).max()?;
    lines.iter().find(|line| line.rows == most).map(|line| line.table.as_str())
}

fn lines(made: &Made, sheets: &[Sheet<'_>]) -> Vec<Line> {
    sheets
        .iter()
        .map(|sheet| {
            let of_table = || made.rejects.iter().filter(|reject| reject.table == sheet.name);
            let mut parents: Vec<&str> = Vec::new();
            for key in sheet.foreign_keys {
                let parent = key.references.table.as_str();
                if !parents.contains(&parent) {
                    parents.push(parent);
                }
            }
            Line {
                table: sheet.name.to_owned(),
                rows: sheet.batch.num_rows(),
                columns: sheet.columns.len(),
                primary_key: sheet.primary_key.join(", "),
                refers_to: parents.join(", "),
                repaired: of_table().filter(|reject| !reject.is_row()).count(),
                rejected: of_table().filter(|reject| reject.is_row()).count(),
            }
        })
        .collect()
}

fn header(run: &Run) -> Result<Header, Error> {
    let arguments = serde_json::to_value(run).map_err(|error| Error::failed(error.to_string()))?;
    Ok(Header::new(&run.id, &run.created, run.request.seed, arguments))
}

fn run_of(header: &Header, path: &Path) -> Result<Run, Error> {
    serde_json::from_value(header.arguments.clone()).map_err(|error| {
        Error::failed(format!("the lock does not say what was asked: {error}"))
            .at(path.display().to_string())
            .hint("it was written by another version of peyote: use that one")
    })
}

/// The forms of file that a person names, each once, in a fixed order.
pub(super) fn formats(named: &[Format]) -> Vec<Format> {
    let mut formats = named.to_vec();
    formats.sort();
    formats.dedup();
    formats
}
