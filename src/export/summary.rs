//! The summary of a dataset for a person: idea, ER diagram, dictionary, samples, prompts, replies.

use std::fmt::Write;

use peyote_backends::Answer;
use peyote_schemas::draft::Idea;
use peyote_schemas::name::Identifier;
use peyote_schemas::value::json::cell_text;
use peyote_schemas::{Column, Finding, ForeignKey, Kind};

use super::Sheet;
use super::markdown::{Block, Inline};

/// Rows of each table that are shown.
const SAMPLE_ROWS: usize = 8;
/// Letters of a value that are shown.
const SAMPLE_LETTERS: usize = 60;
/// Findings that are shown; the rest is counted.
const FINDINGS: usize = 50;

/// What a summary tells besides the tables.
#[derive(Debug, Clone, Copy)]
pub struct Story<'a> {
    /// What the dataset was asked to be about.
    pub topic: &'a str,
    /// The idea that it follows.
    pub idea: &'a Idea,
    /// The run that made it.
    pub run_id: &'a str,
    /// What was found on the way.
    pub findings: &'a [Finding],
    /// What was said, in order.
    pub answers: &'a [Answer],
}

/// The summary in Markdown.
pub fn markdown(story: &Story<'_>, sheets: &[Sheet<'_>]) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = fill(&mut text, story, sheets);
    text
}

fn fill(out: &mut String, story: &Story<'_>, sheets: &[Sheet<'_>]) -> std::fmt::Result {
    writeln!(out, "# {}\n", Inline(&story.idea.name))?;
    if !story.idea.about.is_empty() {
        writeln!(out, "{}\n", Inline(&story.idea.about))?;
    }
    if !story.idea.use_cases.is_empty() {
        writeln!(out, "**What for:** {}\n", Inline(&story.idea.use_cases))?;
    }
    let rows: u64 = sheets.iter().map(|sheet| sheet.rows).sum();
    let topic = Inline(story.topic);
    writeln!(
        out,
        "Topic: {topic}. {} tables, {rows} rows. Run `{}`.\n",
        sheets.len(),
        story.run_id
    )?;
    writeln!(out, "## Tables\n\n```mermaid")?;
    diagram(out, sheets)?;
    writeln!(out, "```\n")?;
    for sheet in sheets {
        dictionary(out, sheet)?;
        sample(out, sheet)?;
    }
    findings(out, story.findings)?;
    conversation(out, story.answers)
}

/// A Mermaid ER diagram. Mermaid takes plain words only, so every name is an [`Identifier`].
fn diagram(out: &mut String, sheets: &[Sheet<'_>]) -> std::fmt::Result {
    let name = |text: &str| Identifier::new(text, "t");
    writeln!(out, "erDiagram")?;
    for sheet in sheets {
        for key in sheet.foreign_keys {
            let one = if optional(sheet, key) { "|o" } else { "||" };
            let many = if key.columns == sheet.primary_key { "o|" } else { "o{" };
            let label = Identifier::new(&key.columns.join("_"), "c");
            let (parent, child) = (name(&key.references.table), name(sheet.name));
            writeln!(out, "    {parent} {one}--{many} {child} : {label}")?;
        }
    }
    for sheet in sheets {
        writeln!(out, "    {} {{", name(sheet.name))?;
        for column in sheet.columns {
            let marks = marks(sheet, column);
            let kind = column.kind.to_string().replace([',', '(', ')'], "_");
            let kind = kind.trim_end_matches('_');
            writeln!(
                out,
                "        {kind} {}{}{marks}",
                name(&column.name),
                if marks.is_empty() { "" } else { " " }
            )?;
        }
        writeln!(out, "    }}")?;
    }
    Ok(())
}

fn optional(sheet: &Sheet<'_>, key: &ForeignKey) -> bool {
    sheet.columns.iter().any(|column| column.nullable && key.columns.contains(&column.name))
}

fn marks(sheet: &Sheet<'_>, column: &Column) -> &'static str {
    let primary = sheet.primary_key.contains(&column.name);
    let foreign = sheet.foreign_keys.iter().any(|key| key.columns.contains(&column.name));
    match (primary, foreign) {
        (true, true) => "PK, FK",
        (true, false) => "PK",
        (false, true) => "FK",
        (false, false) => "",
    }
}

fn dictionary(out: &mut String, sheet: &Sheet<'_>) -> std::fmt::Result {
    writeln!(out, "### {}\n", Inline(sheet.name))?;
    if !sheet.description.is_empty() {
        writeln!(out, "{}\n", Inline(sheet.description))?;
    }
    writeln!(out, "{} rows.\n", sheet.rows)?;
    writeln!(out, "| column | kind | key | null | meaning |\n|---|---|---|---|---|")?;
    for (column, array) in sheet.columns.iter().zip(sheet.batch.columns()) {
        let unit = column.unit.as_deref().map(|unit| format!(", {}", Inline(unit)));
        let mut meaning =
            column.description.as_deref().map_or_else(String::new, |text| Inline(text).to_string());
        if let Kind::Enum(values) = &column.kind {
            let one_of = match meaning.chars().last() {
                None => "One of",
                Some('.' | '!' | '?') => " One of",
                Some(_) => "; one of",
            };
            write!(meaning, "{one_of}: {}", Inline(&values.join(", ")))?;
        }
        let references = sheet
            .foreign_keys
            .iter()
            .find(|key| key.columns.contains(&column.name))
            .map(|key| format!(" → {}", Inline(&key.references.table)))
            .unwrap_or_default();
        writeln!(
            out,
            "| {} | {}{} | {}{references} | {} | {meaning} |",
            Inline(&column.name),
            column.kind,
            unit.unwrap_or_default(),
            marks(sheet, column),
            if column.nullable { array.null_count().to_string() } else { String::new() },
        )?;
    }
    writeln!(out)
}

fn sample(out: &mut String, sheet: &Sheet<'_>) -> std::fmt::Result {
    let names: Vec<String> =
        sheet.columns.iter().map(|column| Inline(&column.name).to_string()).collect();
    writeln!(out, "| {} |\n|{}", names.join(" | "), "---|".repeat(names.len()))?;
    for row in 0..sheet.batch.num_rows().min(SAMPLE_ROWS) {
        write!(out, "|")?;
        for (column, array) in sheet.columns.iter().zip(sheet.batch.columns()) {
            let text = cell_text(array, row, &column.kind).unwrap_or_default();
            write!(out, " {} |", Inline(&short(&text)))?;
        }
        writeln!(out)?;
    }
    writeln!(out)
}

/// The beginning of a text, with a mark where it was cut.
fn short(text: &str) -> String {
    match text.char_indices().nth(SAMPLE_LETTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn findings(out: &mut String, findings: &[Finding]) -> std::fmt::Result {
    writeln!(out, "## Checks\n")?;
    if findings.is_empty() {
        return writeln!(out, "Nothing had to be repaired.\n");
    }
    for finding in findings.iter().take(FINDINGS) {
        writeln!(out, "- {}", Inline(&finding.to_string()))?;
    }
    if findings.len() > FINDINGS {
        writeln!(
            out,
            "- … and {} more, in `rejects.jsonl` where values changed",
            findings.len() - FINDINGS
        )?;
    }
    writeln!(out)
}

fn conversation(out: &mut String, answers: &[Answer]) -> std::fmt::Result {
    writeln!(out, "## Prompts and replies")?;
    for answer in answers {
        writeln!(
            out,
            "\n{}, asked:\n\n{}\nanswered:\n\n{}",
            Inline(&answer.model),
            Block(&answer.prompt),
            Block(&answer.text)
        )?;
    }
    Ok(())
}
