//! Reading: reply text in, raw tables out; never an error, never a panic, on any bytes.

use crate::cell::RawTable;
use crate::column::Column;
use crate::finding::{Finding, Level};

mod align;
mod decode;
pub mod delimited;
pub mod json;
pub mod list;
pub mod markdown;
pub mod text;

pub use decode::decode;

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
    let blocks = text::found(source);
    let mut reading = Reading::default();
    // Tables that are but lists of values between words.
    let mut lists = Vec::new();
    for (block, values) in blocks {
        let found = match block.form {
            text::Form::Json => match values {
                Some(values) => json::tables(values, source),
                None => json::read(block.text, source),
            },
            text::Form::Delimited => delimited::read(block.text, source),
            text::Form::Markdown => markdown::read(block.text, source),
            text::Form::List => list::read(block.text, source),
        };
        let first = reading.tables.len();
        let is_list = matches!(block.form, text::Form::Json) && found.tables.iter().all(is_list);
        if is_list && block.text.len() < source.text.len() {
            lists.extend(first..first + found.tables.len());
        }
        let title = text::title(source.text, block.text);
        for mut table in found.tables {
            if let Some(title) = title.filter(|_| block.form == text::Form::Json)
                && table.name == source.stem()
            {
                table.name = title.to_owned();
            }
            reading.tables.push(table);
        }
        reading.findings.extend(found.findings.into_iter().map(|finding| moved(finding, first)));
    }
    // A list is data only where nothing else is: beside objects it is part of what is said of them.
    if lists.len() < reading.tables.len() {
        for number in lists.into_iter().rev() {
            drop_list(&mut reading, number);
        }
    }
    reading
}

/// Whether a table is but a list: one column of values, none of them in an object.
fn is_list(table: &RawTable<'_>) -> bool {
    table.header() == ["item"]
}

/// Leaves a list out of a reading, with a note that says what was in it.
fn drop_list(reading: &mut Reading<'_>, number: usize) {
    /// Items and characters of them that are shown.
    const SHOWN: (usize, usize) = (8, 40);
    let table = reading.tables.remove(number);
    let mut items: Vec<String> = (table.texts(0).flatten().take(SHOWN.0))
        .map(|item| format!("`{}`", item.chars().take(SHOWN.1).collect::<String>()))
        .collect();
    if table.len() > SHOWN.0 {
        items.push(format!("{} more", table.len() - SHOWN.0));
    }
    let own = format!("/tables/{number}");
    let under = format!("/tables/{number}/");
    reading.findings.retain(|finding| finding.at != own && !finding.at.starts_with(&under));
    for finding in &mut reading.findings {
        let place = finding.at.strip_prefix("/tables/").unwrap_or("");
        let (old, rest) = place.split_at(place.find('/').unwrap_or(place.len()));
        if let Some(old) = old.parse::<usize>().ok().filter(|old| *old > number) {
            finding.at = format!("/tables/{}{rest}", old - 1);
        }
    }
    let message = format!("a list beside the tables is not in them: {}", items.join(", "));
    let at = format!("/tables/{}", number.saturating_sub(1));
    reading.findings.push(Finding::new(Level::Note, at, message));
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
}
