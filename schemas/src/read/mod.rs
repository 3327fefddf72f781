//! Reading: reply text in, raw tables out; never an error, never a panic, on any bytes.

use crate::cell::RawTable;
use crate::column::Column;
use crate::finding::Finding;

mod align;
mod crowd;
mod decode;
pub mod delimited;
pub mod json;
pub mod list;
pub mod markdown;
mod recode;
pub mod text;
pub(crate) mod wave;

pub(crate) use crowd::{Crowd, MOST_TABLES};
pub(crate) use decode::{END, is_wide};
pub use decode::{decode, decoded};
pub(crate) use delimited::REACH;
pub use recode::{Encoding, Recoded};

/// A text to read, and what is known of it beforehand.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// Its name: a file name with its ending, or a step of a conversation.
    pub name: &'a str,
    /// The text.
    pub text: &'a str,
    /// The columns that a design expects of it, if there is one.
    pub expect: Option<&'a [Column]>,
}

/// What was understood.
#[derive(Debug, Clone, Default)]
pub struct Reading<'a> {
    /// The tables, the first one first.
    pub tables: Vec<RawTable<'a>>,
    /// Every repair and every doubt; `at` begins with `/tables/N`, N as in `tables`.
    pub findings: Vec<Finding>,
}

/// Reads a text as tables.
pub fn read<'a>(source: &Source<'a>) -> Reading<'a> {
    let mut reading = Reading::default();
    let mut crowd = Crowd::default();
    for found in text::found(source) {
        let found = block(found, source);
        let first = reading.tables.len();
        if first >= MOST_TABLES {
            crowd.take(found);
            continue;
        }
        reading.tables.extend(found.tables);
        reading.findings.extend(found.findings.into_iter().map(|finding| moved(finding, first)));
    }
    let (tables, findings) = crowd.finish(reading.tables.len());
    reading.tables.extend(tables);
    reading.findings.extend(findings);
    reading
}

/// Reads one part of a text.
pub(crate) fn block<'a>((block, values): text::Found<'a>, source: &Source<'a>) -> Reading<'a> {
    match (block.form, values) {
        (text::Form::Json, values) => {
            let mut reading = match values {
                Some(values) => json::tables(*values, source),
                None => json::read(block.text, source),
            };
            if let Some(title) = text::title(source.text, block.text) {
                let nameless = |table: &&mut RawTable<'_>| table.name == source.stem();
                for table in reading.tables.iter_mut().filter(nameless) {
                    title.clone_into(&mut table.name);
                }
            }
            reading
        }
        (text::Form::Delimited, _) => delimited::read(block.text, source),
        (text::Form::Markdown, _) => markdown::read(block.text, source),
        (text::Form::List, _) => list::read(block.text, source),
    }
}

/// A finding of a block's table `/tables/N/…` as one of the whole reading's table `N + first`.
pub fn moved(mut finding: Finding, first: usize) -> Finding {
    if let Some(rest) = finding.at.strip_prefix("/tables/") {
        let (number, rest) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        if let Ok(number) = number.parse::<usize>() {
            finding.at = format!("/tables/{}{rest}", number + first);
        }
    }
    finding
}

impl Source<'_> {
    /// The name without folders and ending: what a table is called that nothing else names.
    pub fn stem(&self) -> &str {
        let base = self.name.rsplit(['/', '\\']).next().unwrap_or(self.name);
        base.split_once('.').map_or(base, |(stem, _)| stem)
    }

    /// Whether the name's ending says that the whole text is fields between delimiters.
    pub fn is_delimited_file(&self) -> bool {
        let ending = self.name.rsplit_once('.').map_or("", |(_, ending)| ending);
        ["csv", "tsv", "psv", "tab"].iter().any(|known| ending.eq_ignore_ascii_case(known))
    }

    /// Whether the name's ending says that the text is an object of JSON a line.
    pub(crate) fn is_lines_file(&self) -> bool {
        let ending = self.name.rsplit_once('.').map_or("", |(_, ending)| ending);
        ["jsonl", "ndjson", "jl"].iter().any(|known| ending.eq_ignore_ascii_case(known))
    }
}
