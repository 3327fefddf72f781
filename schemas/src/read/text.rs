//! [`blocks`]: which parts of a text are tables, and of what form; prose is left alone.

use std::ops::Range;

use super::{Source, delimited, list, markdown};

/// How a block of text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// JSON, however broken, or one value a line.
    Json,
    /// Fields between commas, tabs, semicolons or pipes.
    Delimited,
    /// A table of pipes with a rule under its header.
    Markdown,
    /// Numbered, bulleted or comma-separated items.
    List,
}

/// A part of a text that holds data.
#[derive(Debug, Clone, Copy)]
pub struct Block<'a> {
    /// How it is written.
    pub form: Form,
    /// Its text, without fences.
    pub text: &'a str,
}

/// The parts of a text that hold data, in order.
///
/// A list is data only where nothing else is: prose is full of lists.
pub fn blocks<'a>(source: &Source<'a>) -> Vec<Block<'a>> {
    let text = source.text;
    let all = |form| vec![Block { form, text }];
    if source.is_delimited_file() {
        return all(Form::Delimited);
    }
    if text.trim_start().starts_with(['{', '[']) {
        return all(Form::Json);
    }
    let parts = |form, spans: Vec<Range<usize>>| -> Vec<Block<'a>> {
        spans.into_iter().map(|span| Block { form, text: &text[span] }).collect()
    };
    [
        parts(Form::Markdown, markdown::spans(text)),
        parts(Form::Delimited, delimited::spans(text)),
        parts(Form::List, list::spans(text)),
    ]
    .into_iter()
    .find(|blocks| !blocks.is_empty())
    .unwrap_or_default()
}
