//! Plain: the words of small asks: no form to keep, one question, two worked examples before it.
//!
//! A model of a billion parameters or fewer does what it has just seen done, and little of what it
//! is told. So the examples are turns of a conversation, of worlds that few people ask about, and
//! what comes back out of them is known for an echo.

use crate::ask::Ask;
use crate::words::{Role, SYSTEM, Words, csv_line, line, short};

/// The most columns of a table whose rows are asked for at once.
const MOST_COLUMNS: usize = 12;
/// The most other tables that a prompt names.
const MOST_OTHERS: usize = 12;
/// The most words that a prompt says to avoid: the latest.
const MOST_AVOIDED: usize = 12;

const NAMES: &str = "Which tables does a database about {{topic}} have? One name a line, each a thing that belongs to \
{{topic}}.{{avoid}}

Task: {{task}}";
const NAMES_EXAMPLES: [(&str, &str); 2] = [
    (
        "Which tables does a database about a piano workshop have? One name a line, each a thing that belongs to \
a piano workshop.

Task: design",
        "1. Pianos\n2. Piano Tuners\n3. Tunings\n4. Keyboards\n5. Rehearsal Rooms",
    ),
    (
        "Which tables does a database about lighthouses of a coast have? One name a line, each a thing that belongs \
to lighthouses of a coast.

Task: design",
        "1. Lighthouses\n2. Lighthouse Keepers\n3. Lamps\n4. Shipwrecks\n5. Lens Cleanings",
    ),
];

const COLUMNS: &str = "Other tables: {{others}}

Which columns does the table {{table}} of a database about {{topic}} have? One a line, with its kind.

Task: {{task}}";
const COLUMNS_EXAMPLES: [(&str, &str); 2] = [
    (
        "Other tables: Pianos, Piano Tuners, Keyboards

Which columns does the table Tunings of a database about a piano workshop have? One a line, with its kind.

Task: design Tunings",
        "- tuning_id (integer, primary key)
- piano_id (integer, foreign key to Pianos)
- tuned_at (timestamp)
- pitch (decimal, Hz)
- tuning_result (one of clean, uneven, broken)
- remark (text, may be empty)",
    ),
    (
        "Other tables: Lamps, Lens Cleanings, Shipwrecks

Which columns does the table Lighthouses of a database about lighthouses of a coast have? One a line, with its kind.

Task: design Lighthouses",
        "- lighthouse_id (integer, primary key)
- name (text)
- stretch_of_coast (text)
- first_lit_on (date)
- tower_height (decimal, m)
- automated (boolean)",
    ),
];

const SAMPLE: &str =
    "Write {{rows}} rows of the table {{table}} of a database about {{topic}}, as CSV.{{avoid}} The first line is:
{{header}}

Task: {{task}}";
const SAMPLE_EXAMPLES: [(&str, &str); 1] = [(
    "Write 4 rows of the table Lighthouses of a database about lighthouses of a coast, as CSV. The first line is:
lighthouse_id,name,stretch_of_coast,first_lit_on,tower_height

Task: rows Lighthouses",
    "lighthouse_id,name,stretch_of_coast,first_lit_on,tower_height
1,Bell Point,north of the estuary,1871-06-02,31.5
2,Sandhammaren,southern dunes,1904-11-18,28.0
3,Cabo Raso,western cliffs,,17.2
4,Old Skerry Head,north of the estuary,1853-03-30,44.8",
)];

const VOCABULARY: &str =
    "Write {{count}} different values of the column {{column}}{{description}} of the table {{table}}, in a \
database about {{topic}}, one a line.{{avoid}}

Task: {{task}}";
const VOCABULARY_EXAMPLES: [(&str, &str); 2] = [
    (
        "Write 8 different values of the column full_name of the table Piano Tuners, in a database about a piano \
workshop, one a line.

Task: vocabulary Piano Tuners.full_name",
        "- Ottoline Brandt
- Kwame Asante-Reid
- Mireia Casals Font
- Tomasz Zieliński
- Haruka Onodera
- Desmond Okwuosa
- Signe Thorvaldsen
- Farid Benyamina",
    ),
    (
        "Write 8 different values of the column light_source of the table Lamps, in a database about lighthouses \
of a coast, one a line.

Task: vocabulary Lamps.light_source",
        "- whale oil
- petroleum vapour
- acetylene
- carbon arc
- filament bulb
- xenon flash tube
- LED array
- colza oil",
    ),
];

/// What the examples say, in lower case: in an answer about anything else it is an echo.
const ECHOES: [&str; 46] = [
    "pianos",
    "piano tuners",
    "tunings",
    "keyboards",
    "rehearsal rooms",
    "lighthouses",
    "lighthouse keepers",
    "lamps",
    "shipwrecks",
    "lens cleanings",
    "tuning_id",
    "piano_id",
    "tuned_at",
    "pitch",
    "tuning_result",
    "lighthouse_id",
    "stretch_of_coast",
    "first_lit_on",
    "tower_height",
    "automated",
    "bell point",
    "sandhammaren",
    "cabo raso",
    "old skerry head",
    "north of the estuary",
    "southern dunes",
    "western cliffs",
    "ottoline brandt",
    "kwame asante-reid",
    "mireia casals font",
    "tomasz zieliński",
    "haruka onodera",
    "desmond okwuosa",
    "signe thorvaldsen",
    "farid benyamina",
    "whale oil",
    "petroleum vapour",
    "acetylene",
    "carbon arc",
    "filament bulb",
    "xenon flash tube",
    "led array",
    "colza oil",
    "a piano workshop",
    "lighthouses of a coast",
    "light_source",
];

/// How the words begin that only the examples are about: a weak model makes new names of them.
const MARKS: [&str; 5] = ["lighthous", "piano", "shipwreck", "tuner", "tuning"];

/// Whether a name or a value out of an answer stands in an example rather than in the topic.
///
/// ```
/// use peyote_backends::plain::is_echo;
/// assert!(is_echo("Shipwrecks", "a bakery"));
/// assert!(is_echo("Tuning Ovens", "a bakery"));
/// assert!(!is_echo("Shipwrecks", "shipwrecks of the Baltic"));
/// ```
pub fn is_echo(text: &str, topic: &str) -> bool {
    let text = text.trim().to_lowercase();
    let topic = topic.to_lowercase();
    let asked_for = |word: &str| topic.contains(word.trim_end_matches('s'));
    let words =
        || text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    let marked =
        |word: &str| MARKS.iter().any(|mark| word.starts_with(mark) && !topic.contains(mark));
    ECHOES.contains(&text.as_str()) && !words().any(asked_for) || words().any(marked)
}

/// The words of a small ask.
pub(crate) fn of(ask: &Ask) -> Words {
    let task = ("task", ask.task());
    match ask {
        Ask::Names { topic, idea, avoid } => {
            let values = vec![("topic", about(topic, idea)), ("avoid", not(avoid)), task];
            words(&NAMES_EXAMPLES, NAMES, values)
        }
        Ask::Columns { topic, idea, table, others } => {
            let others: Vec<String> =
                others.iter().take(MOST_OTHERS).map(|other| line(other)).collect();
            let others = if others.is_empty() { "none".to_owned() } else { others.join(", ") };
            let values = vec![
                ("topic", about(topic, idea)),
                ("table", short(table)),
                ("others", others),
                task,
            ];
            words(&COLUMNS_EXAMPLES, COLUMNS, values)
        }
        Ask::Sample { topic, idea, table, rows, avoid } => {
            let names = table.columns.iter().take(MOST_COLUMNS).map(|column| line(&column.name));
            let values = vec![
                ("topic", about(topic, idea)),
                ("table", short(&table.name)),
                ("rows", rows.to_string()),
                ("header", csv_line(&names.collect::<Vec<_>>())),
                ("avoid", not(avoid)),
                task,
            ];
            words(&SAMPLE_EXAMPLES, SAMPLE, values)
        }
        Ask::Vocabulary { topic, idea, table, column, description, count, avoid } => {
            let described = description.as_deref().map(|text| format!(" ({})", short(text)));
            let values = vec![
                ("topic", about(topic, idea)),
                ("table", short(table)),
                ("column", short(column)),
                ("description", described.unwrap_or_default()),
                ("count", count.to_string()),
                ("avoid", not(avoid)),
                task,
            ];
            words(&VOCABULARY_EXAMPLES, VOCABULARY, values)
        }
        Ask::Ideas { .. }
        | Ask::Design { .. }
        | Ask::Rows { .. }
        | Ask::Repair { .. }
        | Ask::Rest { .. } => {
            unreachable!("this is no small ask")
        }
    }
}

/// What is not to be said again.
fn not(avoid: &[String]) -> String {
    if avoid.is_empty() {
        return String::new();
    }
    let latest = &avoid[avoid.len().saturating_sub(MOST_AVOIDED)..];
    let words: Vec<String> = latest.iter().map(|word| short(word)).collect();
    format!(" Others than these: {}.", words.join(", "))
}

/// The topic, and the idea's name where it says more.
fn about(topic: &str, idea: &peyote_schemas::draft::Idea) -> String {
    let name = short(&idea.name);
    let topic = short(topic);
    if name.is_empty() || topic.to_lowercase().contains(&name.to_lowercase()) {
        topic
    } else if name.to_lowercase().contains(&topic.to_lowercase()) {
        name
    } else {
        format!("{topic}, {name}")
    }
}

fn words(
    examples: &[(&'static str, &'static str)],
    template: &'static str,
    values: Vec<(&'static str, String)>,
) -> Words {
    let mut turns = vec![(Role::System, SYSTEM)];
    for (question, answer) in examples {
        turns.extend([(Role::User, *question), (Role::Assistant, *answer)]);
    }
    turns.push((Role::User, template));
    Words { turns, values }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::Form;

    #[test]
    fn small_ask_fits_a_small_context_and_ends_with_its_task() {
        for ask in crate::contract::asks().iter().filter(|ask| ask.is_small()) {
            let messages = ask.messages(Form::Text);
            let letters: usize = messages.iter().map(|message| message.text.len()).sum();
            assert!(letters < 2_400, "{letters} letters are more than some 600 tokens");
            let task = format!("\n\nTask: {}", ask.task());
            assert!(messages.last().is_some_and(|last| last.text.ends_with(&task)));
            assert_eq!(messages, ask.messages(Form::Json));
        }
    }

    #[test]
    fn every_word_of_an_example_is_known_for_an_echo() {
        let lists = NAMES_EXAMPLES.iter().chain(&VOCABULARY_EXAMPLES).chain(&COLUMNS_EXAMPLES);
        for row in lists.flat_map(|(_, answer)| answer.lines()) {
            let word = row.trim_start_matches(|mark: char| !mark.is_alphabetic());
            let word = word.split(" (").next().unwrap_or_default();
            let everywhere = ["name", "remark"].contains(&word);
            assert!(everywhere || is_echo(word, "bees"), "{word}");
        }
        assert!(!is_echo("name", "bees"));
    }
}
