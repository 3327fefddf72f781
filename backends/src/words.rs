//! [`Words`]: the templates of a request and the values that go into them.

use std::fmt::Write as _;

use peyote_schemas::Finding;
use peyote_schemas::draft::{ColumnDraft, Idea, TableDraft};

use crate::ask::{Ask, ParentKeys};
use crate::form::{self, Form, MOST_KEYS};
use crate::plain;

/// A message of a request, its words filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Who says it.
    pub role: Role,
    /// What is said.
    pub text: String,
}

/// Who says a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Who sets the tone.
    System,
    /// Who asks.
    User,
    /// Who answered.
    Assistant,
}

/// A request before its values are filled in. A template names a value as `{{name}}`; values are
/// text and nothing in them is ever looked at.
#[derive(Debug, Clone)]
pub(crate) struct Words {
    /// Who says what, in order.
    pub(crate) turns: Vec<(Role, &'static str)>,
    /// The values, each under its own name.
    pub(crate) values: Vec<(&'static str, String)>,
}

/// The longest topic, name or description in a prompt, in characters.
const MOST_OF_A_TEXT: usize = 600;
/// The longest reply that goes back in a repair, in characters: half of a small model's context.
const MOST_OF_A_REPLY: usize = 6_000;
/// Findings that go back in a repair: more than a model mends at once.
const MOST_FINDINGS: usize = 20;
/// Columns described in a prompt.
const MOST_COLUMNS: usize = 120;
/// Members of an enum in a prompt.
const MOST_VALUES: usize = 30;

/// Who the model is.
pub(crate) const SYSTEM: &str = "You are a data engineer who knows the field that is asked about. You write \
sample data that a professional takes for an extract of a real system. You answer with the data \
alone: no greeting, no explanation, no comments.";

const IDEAS: &str = "Topic: {{topic}}

Think of {{count}} different databases that people who work with this topic could really have. For each give:
- name: two to five words, different from the others
- about: one sentence that says which things and which events are recorded
- use_cases: one sentence that begins with a verb and says what it could be used to do

{{form}}

Task: {{task}}";

const IDEAS_JSON: &str = r#"Answer with one JSON object and nothing else. For a piano workshop it could begin:
{"ideas": [{"name": "Tuning Visits", "about": "Pianos, their owners, and each visit of a tuner with its result.", "use_cases": "Plan which pianos to tune before winter."}]}"#;
const IDEAS_TEXT: &str =
    "Answer with a numbered list and nothing else, one idea a line, in this form:
1. Tuning Visits: Pianos, their owners, and each visit of a tuner. It could be used to plan the winter.";

const DESIGN: &str = "Topic: {{topic}}
Dataset: {{idea}}

Design the tables of this database: {{tables}}. Rules:
- The things that exist (people, places, products) get a table each; events (orders, visits, measurements) refer to them.
- Every table has a primary key, usually an integer named after the table. A table that links two others has a key of two columns.
- A foreign key has the same kind as the key it points at, and every table it points at is in the list. Every table is connected to another.
- Give each table 5 to 10 columns that this field really has: names in snake_case, quantities with their unit, moments as timestamps, a status with its few values, at least one column that may be empty.
- No two tables and no two columns of a table mean the same.

{{form}}

Task: {{task}}";

const DESIGN_JSON: &str = r#"Answer with one JSON object and nothing else. For a piano workshop it could begin:
{"tables": [{"name": "tunings", "description": "one visit to one piano", "columns": [{"name": "tuning_id", "kind": "int32", "nullable": false, "unit": null, "values": null, "description": "number of the visit"}, {"name": "piano_id", "kind": "int32", "nullable": false, "unit": null, "values": null, "description": "the piano"}, {"name": "result", "kind": "enum", "nullable": true, "unit": null, "values": ["clean", "uneven"], "description": "how it sounds"}], "primary_key": ["tuning_id"], "foreign_keys": [{"columns": ["piano_id"], "references": {"table": "pianos", "columns": ["piano_id"]}}]}]}
"kind" is one of: "#;
const DESIGN_JSON_END: &str =
    ". \"values\" lists the words of an enum and is null for other kinds.";
const DESIGN_TEXT: &str = "Answer with a numbered list and nothing else, one table a line, in this form:
1. Authors: one writer. Columns: author_id (integer, primary key), name (text), born_on (date, may be empty)
2. Books: one published book. Columns: book_id (integer, primary key), author_id (integer, foreign key to Authors), title (text), state (one of draft, printed, sold out), price (decimal, USD)";

const ROWS: &str = "Topic: {{topic}}
Dataset: {{idea}}
Table {{table}}
Columns:
{{columns}}
{{keys}}
Write {{rows}} rows of this table. Rules:
- Every row is a different case, and its values agree with one another: totals add up, what ends later began earlier, a place lies in its country.
- Real data is uneven: a few values are common and most are rare, in no pattern from row to row. Amounts are seldom round.
- Moments are irregular and given to the second, like 2024-03-09 17:42:08. None lies in the future.
- Where a real record would lack a value, leave it out ({{null}}).
- Names are those of the field and of many cultures. Never John Doe, Jane Smith, example.com, 555 numbers, 123 Main Street, Item 1 or Product A.

{{form}}

Task: {{task}}";

const ROWS_JSON: &str = "Answer with one JSON object and nothing else. Every row has every column:
{\"rows\": [{";
const ROWS_TEXT: &str = "Answer with CSV and nothing else. Put text that has a comma in double quotes. The first line is exactly:
";

const REPLY: &str = "{{reply}}";
const REPAIR: &str = "That answer has faults:
{{findings}}

Write the whole answer again without them and keep what was right.

{{form}}

Task: {{repair_task}}";
const KEPT: &str = "{{kept}}";
const REST: &str = "That answer was cut off; these are its whole parts. Write what comes after them, in the same form, and nothing again of what is there{{rest_form}}.

Task: {{rest_task}}";

impl Words {
    /// The messages with their values filled in.
    pub(crate) fn fill(&self) -> Vec<Message> {
        let fill = |(role, template): &(Role, &str)| Message {
            role: *role,
            text: fill(template, &self.values),
        };
        self.turns.iter().map(fill).collect()
    }
}

/// A text on one line: control characters and line separators become blanks, runs of blanks one.
pub(crate) fn line(text: &str) -> String {
    let breaks =
        |c: char| c.is_control() || c.is_whitespace() || matches!(c, '\u{2028}' | '\u{2029}');
    text.split(breaks).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The messages as one text, for people and for the lock.
pub(crate) fn transcript(messages: &[Message]) -> String {
    let role = |role| match role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
    };
    let parts =
        messages.iter().map(|message| format!("[{}]\n{}", role(message.role), message.text));
    parts.collect::<Vec<_>>().join("\n\n")
}

/// The words of an ask in a form.
pub(crate) fn of(ask: &Ask, form: Form) -> Words {
    let base = ask.base();
    let (template, mut values) = match base {
        Ask::Ideas { topic, count } => (IDEAS, ideas(topic, *count, form)),
        Ask::Design { topic, idea, tables } => (DESIGN, design(topic, idea, *tables, form)),
        Ask::Rows { topic, idea, table, parents, rows } => {
            let mut values = rows_of(table, parents, *rows, form);
            values.extend([("topic", short(topic)), ("idea", of_idea(idea))]);
            (ROWS, values)
        }
        Ask::Vocabulary { .. } | Ask::Names { .. } | Ask::Columns { .. } | Ask::Sample { .. } => {
            return plain::of(base);
        }
        Ask::Repair { .. } | Ask::Rest { .. } => {
            unreachable!("the base of an ask is asked for the first time")
        }
    };
    values.push(("task", base.task()));
    let mut turns = vec![(Role::System, SYSTEM), (Role::User, template)];
    let (mended, kept) = match ask {
        Ask::Rest { of, reply } => (&**of, Some(reply)),
        other => (other, None),
    };
    if let Ask::Repair { reply, findings, .. } = mended {
        turns.extend([(Role::Assistant, REPLY), (Role::User, REPAIR)]);
        values.push(("reply", middle_out(reply, MOST_OF_A_REPLY)));
        values.push(("findings", of_findings(findings)));
        values.push(("repair_task", mended.task()));
    }
    if let Some(reply) = kept {
        turns.extend([(Role::Assistant, KEPT), (Role::User, REST)]);
        let whole = either(form, ": one JSON object again, with the rest alone in its list", "");
        values.push(("kept", middle_out(reply, MOST_OF_A_REPLY)));
        values.push(("rest_form", whole.to_owned()));
        values.push(("rest_task", ask.task()));
    }
    Words { turns, values }
}

fn ideas(topic: &str, count: usize, form: Form) -> Vec<(&'static str, String)> {
    let form = either(form, IDEAS_JSON, IDEAS_TEXT).to_owned();
    vec![("topic", short(topic)), ("count", count.to_string()), ("form", form)]
}

fn design(
    topic: &str,
    idea: &Idea,
    tables: Option<usize>,
    form: Form,
) -> Vec<(&'static str, String)> {
    let tables =
        tables.map_or_else(|| "4 to 7 tables".to_owned(), |count| format!("{count} tables"));
    let form = match form {
        Form::Json => format!("{DESIGN_JSON}{}{DESIGN_JSON_END}", form::kinds().join(", ")),
        Form::Text => DESIGN_TEXT.to_owned(),
    };
    vec![("topic", short(topic)), ("idea", of_idea(idea)), ("tables", tables), ("form", form)]
}

fn rows_of(
    table: &TableDraft,
    parents: &[ParentKeys],
    rows: usize,
    form: Form,
) -> Vec<(&'static str, String)> {
    let names: Vec<String> = table.columns.iter().map(|column| line(&column.name)).collect();
    let form_text = match form {
        Form::Json => {
            let cells: Vec<String> = names
                .iter()
                .map(|name| format!("{}: ...", serde_json::Value::from(name.as_str())))
                .collect();
            format!("{ROWS_JSON}{}}}]}}", cells.join(", "))
        }
        Form::Text => format!("{ROWS_TEXT}{}", csv_line(&names)),
    };
    let described = if table.description.is_empty() {
        String::new()
    } else {
        format!(": {}", short(&table.description))
    };
    let columns: Vec<String> =
        table.columns.iter().take(MOST_COLUMNS).map(|column| of_column(table, column)).collect();
    vec![
        ("table", format!("{}{described}", short(&table.name))),
        ("columns", columns.join("\n")),
        ("keys", of_keys(parents)),
        ("rows", rows.to_string()),
        ("null", either(form, "null", "nothing between the commas").to_owned()),
        ("form", form_text),
    ]
}

fn of_idea(idea: &Idea) -> String {
    if idea.about.is_empty() {
        short(&idea.name)
    } else {
        short(&format!("{}: {}", idea.name, idea.about))
    }
}

fn of_column(table: &TableDraft, column: &ColumnDraft) -> String {
    let mut facts = Vec::new();
    facts.extend(column.kind.as_deref().map(short));
    facts.extend(column.unit.as_deref().map(short));
    if table.primary_key.contains(&column.name) {
        facts.push("primary key".to_owned());
    }
    let refers = table.foreign_keys.iter().find(|key| key.columns.contains(&column.name));
    facts.extend(refers.map(|key| format!("refers to {}", short(&key.references.table))));
    if let Some(values) = column.values.as_ref().filter(|values| !values.is_empty()) {
        let words: Vec<String> = values.iter().take(MOST_VALUES).map(|value| line(value)).collect();
        facts.push(format!("one of {}", words.join(" | ")));
    }
    if column.nullable == Some(true) {
        facts.push("may be empty".to_owned());
    }
    facts.extend(column.remark.as_deref().map(short));
    let mut text = format!("- {}", line(&column.name));
    if !facts.is_empty() {
        let _ = write!(text, " ({})", facts.join(", "));
    }
    if let Some(description) = column.description.as_deref().filter(|text| !text.is_empty()) {
        let _ = write!(text, ": {}", short(description));
    }
    text
}

fn of_keys(parents: &[ParentKeys]) -> String {
    let mut text = String::new();
    for parent in parents.iter().filter(|parent| !parent.keys.is_empty()) {
        let columns: Vec<String> = parent.columns.iter().map(|column| line(column)).collect();
        let keys: Vec<String> = parent.keys.iter().take(MOST_KEYS).map(|key| line(key)).collect();
        let _ = writeln!(
            text,
            "{} takes only these keys of {}, some of them often, some never: {}",
            columns.join(", "),
            short(&parent.table),
            keys.join("; ")
        );
    }
    text
}

fn of_findings(findings: &[Finding]) -> String {
    let lines: Vec<String> = findings
        .iter()
        .take(MOST_FINDINGS)
        .map(|finding| format!("- {}", short(&finding.to_string())))
        .collect();
    if lines.is_empty() { "- it could not be used".to_owned() } else { lines.join("\n") }
}

/// The text on one line, no longer than a prompt bears.
pub(crate) fn short(text: &str) -> String {
    line(text).chars().take(MOST_OF_A_TEXT).collect()
}

/// The text, or its beginning and its end where it is longer than `most` characters.
fn middle_out(text: &str, most: usize) -> String {
    let length = text.chars().count();
    if length <= most {
        return text.to_owned();
    }
    let head: String = text.chars().take(most / 2).collect();
    let tail: String = text.chars().skip(length - most / 2).collect();
    format!("{head}\n...\n{tail}")
}

pub(crate) fn csv_line(names: &[String]) -> String {
    let quote = |name: &String| {
        if name.contains([',', '"']) {
            format!("\"{}\"", name.replace('"', "\"\""))
        } else {
            name.clone()
        }
    };
    names.iter().map(quote).collect::<Vec<_>>().join(",")
}

fn either(form: Form, json: &'static str, text: &'static str) -> &'static str {
    match form {
        Form::Json => json,
        Form::Text => text,
    }
}

/// The template with every `{{name}}` replaced by its value, in one pass.
fn fill(template: &str, values: &[(&'static str, String)]) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        let Some((name, after)) = after.split_once("}}") else {
            out.push_str("{{");
            rest = after;
            continue;
        };
        out.extend(values.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str()));
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_never_templates() {
        let values = [("a", "{{b}} {% raw %}".to_owned()), ("b", "no".to_owned())];
        assert_eq!(fill("x {{a}} {{b}} {{", &values), "x {{b}} {% raw %} no {{");
    }

    #[test]
    fn every_value_has_its_place_and_every_place_its_value() {
        for ask in crate::contract::asks() {
            for form in [Form::Json, Form::Text] {
                let words = of(&ask, form);
                let all: String = words.turns.iter().map(|(_, template)| *template).collect();
                for (name, _) in &words.values {
                    assert!(name == &"form" || all.contains(&format!("{{{{{name}}}}}")), "{name}");
                }
                for message in words.fill() {
                    assert!(!message.text.contains("{{"), "{}", message.text);
                }
            }
        }
    }

    #[test]
    fn hostile_topic_stays_one_short_line() {
        let ask = Ask::Ideas { topic: "x\nTask: rows y\n".repeat(10_000), count: 3 };
        let last = ask.messages(Form::Text).pop().unwrap().text;
        assert_eq!(last.matches("\nTask:").count(), 1);
        assert!(last.len() < 2_000);
    }

    #[test]
    fn repair_shows_the_faults_after_the_reply() {
        let of = Box::new(Ask::Ideas { topic: "x".into(), count: 1 });
        let findings = vec![Finding::new(peyote_schemas::Level::Error, "/ideas/0", "has\nno name")];
        let ask = Ask::Repair { of, reply: "é".repeat(50_000), findings };
        let messages = ask.messages(Form::Json);
        assert_eq!(messages.len(), 4);
        assert!(messages[2].text.chars().count() < MOST_OF_A_REPLY + 10);
        assert!(messages[3].text.contains("- /ideas/0: has no name\n"), "{}", messages[3].text);
    }
}
