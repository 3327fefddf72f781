//! [`write()`]: everything that an output folder holds besides the lock, which is there already.

use std::fs::File;
use std::io;

use peyote_backends::Answer;
use peyote_schemas::Finding;
use peyote_schemas::design::Design;
use peyote_schemas::draft::Idea;
use peyote_schemas::guard::Reject;
use peyote_schemas::name::Slug;
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::facts::Facts;
use super::folder::Folder;
use super::manifest::{Entry, Made, Manifest, hexadecimal};
use super::summary::{self, Story};
use super::{Sheet, write as write_table};
use crate::error::Error;
use crate::run::Run;

/// The name of the file that keeps the conversation.
pub const LOCK: &str = "peyote.lock";

/// A dataset as it goes into a folder.
#[derive(Debug, Clone, Copy)]
pub struct Contents<'a> {
    /// The run that made it.
    pub run: &'a Run,
    /// The ideas that there were.
    pub ideas: &'a [Idea],
    /// The one that it follows.
    pub idea: &'a Idea,
    /// Its design.
    pub design: &'a Design,
    /// Its tables, in the design's order.
    pub sheets: &'a [Sheet<'a>],
    /// What was found.
    pub findings: &'a [Finding],
    /// What was changed or set aside.
    pub rejects: &'a [Reject],
    /// What was said about ideas, then all the rest, in the order of the run.
    pub answers: &'a [Answer],
    /// Who answered.
    pub models: &'a [String],
    /// What a design was made with at size.
    pub made: Option<&'a Made>,
}

/// Writes all files of a dataset, `besides` what stands beside its tables; the manifest comes last.
pub fn write(
    folder: &mut Folder,
    contents: &Contents<'_>,
    besides: impl FnOnce(&mut Folder) -> Result<(), Error>,
) -> Result<(), Error> {
    let Contents { run, design, .. } = *contents;
    begin(folder, contents)?;
    let facts = Facts::made(design, run.request.seed).with("peyote.run_id", &run.id);
    for sheet in contents.sheets {
        let facts = facts.of(sheet.name);
        for format in &run.request.formats {
            let stem = format!("samples/{}", sheet.name);
            write_table(folder, &stem, sheet, *format, run.request.types, &facts)?;
        }
    }
    besides(folder)?;
    end(folder, contents)
}

/// Writes what is known before the rows are: ideas and design.
pub fn begin(folder: &mut Folder, contents: &Contents<'_>) -> Result<(), Error> {
    let Contents { run, idea, design, .. } = *contents;
    let slug = Slug::new(&idea.name, "dataset");
    let first = contents.answers.first();
    let ideas = json!({
        "run_id": run.id,
        "topic": run.request.topic,
        "prompt": first.map(|answer| &answer.prompt),
        "response_text": first.map(|answer| &answer.text),
        "dataset_ideas": contents.ideas,
    });
    folder.write("dataset_ideas.json", None, |out| pretty(out, &ideas))?;
    folder.write(&format!("tables-{slug}.jl"), None, |out| lines(out, &design.to_lines()))?;
    folder.write("design.json", None, |out| pretty(out, design))
}

/// Writes what is said of a dataset once its rows are written; the manifest comes last.
pub fn end(folder: &mut Folder, contents: &Contents<'_>) -> Result<(), Error> {
    let Contents { run, idea, .. } = *contents;
    let slug = Slug::new(&idea.name, "dataset");
    folder.write("rejects.jsonl", None, |out| lines(out, contents.rejects))?;
    let story = Story {
        topic: run.request.topic.as_str(),
        idea,
        run_id: &run.id,
        findings: contents.findings,
        answers: contents.answers,
    };
    folder.write(&format!("summary-{slug}.md"), None, |out| {
        out.write_all(summary::markdown(&story, contents.sheets).as_bytes())
    })?;
    let mut files = folder.entries().to_vec();
    files.extend(lock(folder)?);
    let manifest = Manifest {
        peyote: env!("CARGO_PKG_VERSION").to_owned(),
        run_id: run.id.clone(),
        created: run.created.clone(),
        seed: run.request.seed,
        backend: run.backend.clone(),
        models: contents.models.to_vec(),
        made: contents.made.cloned(),
        files,
    };
    folder.write("manifest.json", None, |out| pretty(out, &manifest))
}

/// The lock's entry, where there is a lock.
fn lock(folder: &Folder) -> Result<Option<Entry>, Error> {
    let path = folder.path().join(LOCK);
    let digested = File::open(&path).and_then(|mut file| {
        let mut digest = Sha256::new();
        let bytes = io::copy(&mut file, &mut digest)?;
        Ok((bytes, digest.finalize()))
    });
    match digested {
        Ok((bytes, digest)) => Ok(Some(Entry {
            path: LOCK.to_owned(),
            rows: None,
            bytes,
            sha256: hexadecimal(&digest),
        })),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::at_path(&path, &error)),
    }
}

fn pretty(mut out: &mut dyn super::folder::Sink, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut out, value)?;
    out.write_all(b"\n")
}

fn lines(mut out: &mut dyn super::folder::Sink, values: &[impl Serialize]) -> io::Result<()> {
    for value in values {
        serde_json::to_writer(&mut out, value)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}
