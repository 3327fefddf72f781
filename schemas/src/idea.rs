//! Ideas: what datasets there could be, read out of any reply.

use serde_json::{Map, Value};

use crate::draft::Idea;
use crate::draft::outline::{self, Item, Marker};
use crate::draft::value;
use crate::finding::{Finding, Level};

/// The most ideas kept of a reply.
const MAX_IDEAS: usize = 100;
/// The longest text kept of an idea, in characters.
const MAX_TEXT: usize = 1000;
/// The longest name of an idea, in characters.
const MAX_NAME: usize = 120;
/// The most words that the name of an idea has.
const MAX_NAME_WORDS: usize = 12;
/// How deep ideas may lie inside other things.
const MAX_DEPTH: usize = 5;

/// Keys under which the name of an idea stands.
const NAMES: [&str; 7] = ["name", "title", "dataset", "dataset_name", "idea", "Name", "Title"];
/// Keys under which it stands what an idea is about.
const ABOUTS: [&str; 7] =
    ["about", "description", "contents", "contains", "content", "summary", "data"];
/// Keys under which its uses stand.
const USE_CASES: [&str; 8] =
    ["use_cases", "use_case", "useCases", "uses", "usage", "useful_for", "purpose", "utility"];

/// Words after which the uses of a dataset are told.
const USES: [&str; 14] = [
    "it could be used to",
    "it can be used to",
    "could be used to",
    "can be used to",
    "could be useful for",
    "can be used for",
    "could be used for",
    "useful for",
    "use cases:",
    "use case:",
    "uses:",
    "potential uses:",
    "useful to",
    "usage:",
];
/// Words before what a dataset is about.
const ABOUT: [&str; 12] = [
    "this dataset would contain",
    "this dataset contains",
    "this dataset could contain",
    "this dataset will contain",
    "this dataset includes",
    "this dataset would include",
    "a dataset of",
    "a dataset containing",
    "a dataset with",
    "would contain",
    "description:",
    "about:",
];

/// Words with which a reply takes its leave.
const CLOSING: [&str; 8] = [
    "i hope",
    "hope ",
    "let me know",
    "these ideas",
    "these datasets",
    "feel free",
    "please ",
    "would you",
];

/// Reads ideas for datasets out of a reply to a question about `topic`.
///
/// JSON under any plausible keys, numbered and bulleted lists, headings with text, or lines
/// `Name: about`. It never fails: where nothing like an idea is found there are none, and a
/// finding says what was looked for.
pub fn read(text: &str, topic: &str) -> (Vec<Idea>, Vec<Finding>) {
    let mut findings = Vec::new();
    let mut ideas = Vec::new();
    for value in value::values(text) {
        gather(&value, MAX_DEPTH, &mut ideas);
    }
    if ideas.is_empty() {
        ideas = listed(&outline::outline(text));
    }
    let read = ideas.len();
    let mut kept: Vec<Idea> = Vec::new();
    for idea in ideas.into_iter().take(MAX_IDEAS) {
        if !kept.iter().any(|other| other.name.eq_ignore_ascii_case(&idea.name)) {
            kept.push(idea);
        }
    }
    if read > kept.len() {
        let message = format!("{} ideas stand there again and were left out", read - kept.len());
        findings.push(Finding::new(Level::Note, "/ideas", message));
    }
    if kept.is_empty() {
        let topic: String =
            topic.trim().chars().take(MAX_NAME).filter(|c| !c.is_control()).collect();
        let message = format!("no ideas about `{topic}` were found in the reply");
        let hint = "answer with JSON {\"ideas\": [{\"name\", \"about\", \"use_cases\"}]} or with a \
                    list of lines like `1. Name: about. It could be used to …`";
        findings.push(Finding::new(Level::Error, "/ideas", message).hint(hint));
    }
    (kept, findings)
}

fn gather(value: &Value, depth: usize, ideas: &mut Vec<Idea>) {
    if depth == 0 {
        return;
    }
    match value {
        Value::Array(list) => {
            for each in list {
                match each {
                    Value::String(said) => ideas.extend(sentence(said)),
                    other => gather(other, depth - 1, ideas),
                }
            }
        }
        Value::Object(object) => {
            if let Some(idea) = named(object) {
                ideas.push(idea);
                return;
            }
            for (name, inner) in object {
                match inner {
                    Value::String(_) if is_label(name) => {}
                    Value::String(said) if object.len() > 1 || said.len() > MAX_NAME => {
                        ideas.extend(made(name, said, ""));
                    }
                    Value::Object(facts) if named(facts).is_none() && about(facts).is_some() => {
                        ideas.extend(made(name, &about(facts).unwrap_or_default(), &uses(facts)));
                    }
                    other => gather(other, depth - 1, ideas),
                }
            }
        }
        _ => {}
    }
}

/// Whether a key says what its value is, and so names no idea.
fn is_label(key: &str) -> bool {
    NAMES.contains(&key) || ABOUTS.contains(&key) || USE_CASES.contains(&key)
}

fn string(object: &Map<String, Value>, keys: &[&str]) -> Option<String> {
    let value = keys.iter().find_map(|key| object.get(*key))?;
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(list) => {
            Some(list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("; "))
        }
        _ => None,
    }
    .filter(|text| !text.trim().is_empty())
}

fn about(object: &Map<String, Value>) -> Option<String> {
    string(object, &ABOUTS)
}

fn uses(object: &Map<String, Value>) -> String {
    string(object, &USE_CASES).unwrap_or_default()
}

fn named(object: &Map<String, Value>) -> Option<Idea> {
    let name = string(object, &NAMES)?;
    match about(object) {
        Some(about) => made(&name, &about, &uses(object)),
        // "idea" may hold all of it.
        None => sentence(&name).or_else(|| made(&name, "", &uses(object))),
    }
}

/// The ideas that a list names; the list with the most items of one depth.
fn listed(items: &[Item]) -> Vec<Idea> {
    let mut ideas = Vec::new();
    for item in items {
        let list = |one: &&Item| one.marker != Marker::Plain;
        let lists = item.items.iter().filter(list).count();
        let ideas_inside: Vec<Idea> = if lists > 1 { listed(&item.items) } else { Vec::new() };
        // A heading over a list of ideas is none; an item over its own facts is one.
        let facts = item.items.iter().filter(list).any(|one| is_fact(&one.text));
        if ideas_inside.len() > 1 && !facts {
            ideas.extend(ideas_inside);
        } else if let Some(idea) = item_idea(item) {
            ideas.push(idea);
        }
    }
    ideas
}

fn is_fact(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    USES.iter().chain(&ABOUT).any(|word| lower.starts_with(word))
        || ["data", "columns", "purpose", "fields", "what it", "potential"]
            .iter()
            .any(|word| lower.starts_with(word))
}

fn item_idea(item: &Item) -> Option<Idea> {
    let mut said = item.text.clone();
    for under in &item.items {
        let lower = under.text.to_ascii_lowercase();
        let closing = CLOSING.iter().any(|word| lower.starts_with(word));
        if said.len() > 4 * MAX_TEXT || (closing && under.marker == Marker::Plain) {
            break;
        }
        if !said.ends_with([':', '.']) {
            said.push_str(if said.contains(": ") { ". " } else { ": " });
        }
        said.push(' ');
        said.push_str(under.text.trim_start_matches("Description:").trim());
    }
    if item.marker == Marker::Plain {
        // Prose is no idea, unless it keeps to the form that was asked for.
        let lower = said.to_ascii_lowercase();
        let keeps = USES.iter().chain(&ABOUT).any(|word| lower.contains(word));
        return if keeps { sentence(&said) } else { None };
    }
    sentence(&said).or_else(|| made(&said, "", ""))
}

/// An idea from `Name: about. It could be used to …`.
fn sentence(said: &str) -> Option<Idea> {
    let said = said.trim();
    for joint in [":", " - ", " – ", " — "] {
        let Some((name, rest)) = said.split_once(joint) else { continue };
        if name.split_whitespace().count() <= MAX_NAME_WORDS {
            let (about, uses) = split_uses(rest);
            return made(name, about, uses);
        }
    }
    None
}

/// What a dataset is about, and what follows "it could be used to".
fn split_uses(text: &str) -> (&str, &str) {
    let lower = text.to_ascii_lowercase();
    let found = USES.iter().filter_map(|word| Some((lower.find(word)?, word.len()))).min();
    match found {
        Some((at, length)) => {
            let about = text[..at].trim();
            let about = about.strip_suffix("It").unwrap_or(about);
            (about, &text[at + length..])
        }
        None => (text, ""),
    }
}

fn made(name: &str, about: &str, uses: &str) -> Option<Idea> {
    let (about, more) = if uses.is_empty() { split_uses(about) } else { (about, "") };
    let uses = without(if uses.is_empty() { more } else { uses }, &USES);
    let name = plain(name, MAX_NAME);
    let usable = name.chars().any(char::is_alphanumeric);
    usable.then(|| Idea {
        name,
        about: plain(without(about, &ABOUT), MAX_TEXT),
        use_cases: plain(uses, MAX_TEXT),
    })
}

fn without<'a>(text: &'a str, starts: &[&str]) -> &'a str {
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    starts
        .iter()
        .find(|start| lower.starts_with(**start))
        .map_or(text, |start| &text[start.len()..])
}

/// A text on one line, without quotes and full stops at its ends.
fn plain(text: &str, most: usize) -> String {
    let edges = |edge: char| {
        edge.is_whitespace()
            || matches!(edge, '"' | '*' | '`' | '“' | '”' | '[' | ']' | ':' | ';' | ',')
    };
    let text = text.trim_matches(edges).trim_end_matches('.').trim_matches(edges);
    let line: String =
        text.chars().take(most).map(|c| if c.is_control() { ' ' } else { c }).collect();
    line.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Idea {
        let (ideas, findings) = read(text, "canals");
        assert_eq!(findings, []);
        assert_eq!(ideas.len(), 1, "{ideas:?}");
        ideas.into_iter().next().unwrap()
    }

    #[test]
    fn numbered_list_gives_name_subject_and_uses() {
        let idea = one(
            "\n1. Lock Passage Data: This dataset would contain boats, and when they passed. It could be used to plan shifts.",
        );
        assert_eq!(idea.name, "Lock Passage Data");
        assert_eq!(idea.about, "boats, and when they passed");
        assert_eq!(idea.use_cases, "plan shifts");
    }

    #[test]
    fn every_form_gives_the_same_ideas() {
        let forms = [
            r#"{"ideas": [{"name": "Locks", "about": "gates", "use_cases": "planning"}, {"name": "Boats", "about": "hulls", "use_cases": "tolls"}]}"#,
            r#"[{"title": "Locks", "description": "gates. It could be used to planning"}, {"title": "Boats", "description": "hulls", "uses": ["tolls"]}]"#,
            "Sure:\n* **Locks**: gates. Can be used for planning.\n* **Boats**: hulls. Can be used for tolls.\n\nHope it helps!",
            "## Ideas\n### 1. Locks\ngates\n- Use cases: planning\n### 2. Boats\nhulls\n- Use cases: tolls\n",
        ];
        for form in forms {
            let (ideas, _) = read(form, "canals");
            let read: Vec<[&str; 3]> =
                ideas.iter().map(|idea| [&*idea.name, &*idea.about, &*idea.use_cases]).collect();
            assert_eq!(
                read,
                [["Locks", "gates", "planning"], ["Boats", "hulls", "tolls"]],
                "{form}"
            );
        }
    }

    #[test]
    fn refusal_gives_none_and_says_what_was_looked_for() {
        let skeleton = r#"{"ideas": [{"name": "...", "about": "...", "use_cases": "..."}]}"#;
        for reply in ["", "I'm sorry, I can't do that.", "{}", "null", skeleton] {
            let (ideas, findings) = read(reply, "canals");
            assert_eq!(ideas, []);
            assert!(findings[0].message.contains("`canals`"));
        }
    }
}
