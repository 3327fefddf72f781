//! Soundness: what of an answer can be a table, a column or a word, and what is only debris.

use peyote_backends::plain;
use peyote_schemas::draft::{ColumnDraft, Draft, TableDraft};
use peyote_schemas::name::Identifier;
use peyote_schemas::{Finding, Level};

/// The fewest sound columns of a table that makes a design usable: a key and one fact.
pub const LEAST_COLUMNS: usize = 2;
/// From how many words on a name is looked at for a sentence.
const SENTENCE_WORDS: usize = 4;
/// Letters by which two names of tables may differ and be the same: `guaranty` and `guarantee`.
const TABLE_SLIPS: usize = 2;
/// Letters of a name for each that may be another.
const LETTERS_A_SLIP: usize = 8;
/// The most words of a column's name out of a list of them: a weak model runs on.
const COLUMN_WORDS: usize = 5;
/// The most words of a name; the longest in use have seven or eight.
const MOST_WORDS: usize = 9;
/// The longest word or phrase of a vocabulary, in characters: a long title.
const LONGEST_PHRASE: usize = 90;
/// Letters from which on a word is more than the prefix of a code.
const CODE_LETTERS: usize = 4;
/// Names that only the question about a design has.
const QUESTIONS: [&str; 27] = [
    "answer",
    "boolean",
    "column",
    "columns",
    "column name",
    "column names",
    "data type",
    "decimal",
    "etc",
    "float",
    "foreign key",
    "foreign keys",
    "integer",
    "kind of each",
    "nullable",
    "other tables",
    "primary key",
    "primary keys",
    "references",
    "rows",
    "snake case",
    "string",
    "table",
    "table name",
    "tables",
    "task",
    "use cases",
];
/// Words that stand in sentences and in no name.
const PROSE: [&str; 20] = [
    "are", "can", "could", "has", "have", "here", "i", "it", "like", "should", "that", "these",
    "this", "which", "will", "would", "you", "your", "was", "were",
];

/// Takes everything out of a draft that no database would have, each with a finding.
pub fn keep_sound(draft: &mut Draft) -> Vec<Finding> {
    let mut findings = Vec::new();
    draft.tables.retain_mut(|table| {
        if !is_name(&table.name) {
            findings.push(dropped(format!("`{}` is no name of a table", short(&table.name))));
            return false;
        }
        let name = table.name.clone();
        // Rows were written for the columns as they stand.
        if table.rows.is_empty() {
            table.columns.retain(|column| {
                let sound = is_name(&column.name);
                if !sound {
                    let message = format!("`{}` is no column of `{name}`", short(&column.name));
                    findings.push(dropped(message));
                }
                sound
            });
        }
        true
    });
    findings
}

/// Whether a design can be made of a draft: it has a table with two columns.
pub fn is_usable(draft: &Draft) -> bool {
    draft.tables.iter().any(|table| table.columns.len() >= LEAST_COLUMNS)
}

/// Whether a text can be the name of a table or a column: words, neither marks nor a sentence.
pub fn is_name(text: &str) -> bool {
    let words: Vec<String> = (text.split(|letter: char| !letter.is_alphanumeric()))
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let letters = text.chars().filter(|letter| letter.is_alphabetic()).count();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let marks = text.contains(['{', '}', '<', '>', '=', '\\', '?', '!']) || text.contains("://");
    let asks = QUESTIONS.contains(&words.join(" ").as_str());
    let prose = words.len() >= SENTENCE_WORDS
        && words.iter().skip(1).any(|word| PROSE.contains(&word.as_str()));
    let starts = words.len() > 1
        && words.first().is_some_and(|word| ["this", "these", "here", "i"].contains(&&**word));
    letters > 0
        && letters >= digits
        && !marks
        && !asks
        && !prose
        && !starts
        && words.len() <= MOST_WORDS
}

/// The names of tables in a list of names, each once in singular or plural.
pub fn names(listed: Vec<String>, topic: &str) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for name in listed {
        let name = head(&name).to_owned();
        let again = kept.iter().any(|other| is_misspelt(other, &name));
        // "Players and players" goes on from "Players".
        let echo = kept.iter().any(|other| {
            name.to_lowercase().starts_with(&format!("{} and ", other.to_lowercase()))
        });
        let few = name.split_whitespace().count() <= SENTENCE_WORDS;
        let stutter = is_stutter(&stem(&name));
        if is_name(&name) && few && !again && !echo && !stutter && !plain::is_echo(&name, topic) {
            kept.push(name);
        }
    }
    kept
}

/// The columns of one table in a list of them, each once.
pub fn columns(tables: Vec<TableDraft>, topic: &str) -> Vec<ColumnDraft> {
    let mut kept: Vec<ColumnDraft> = Vec::new();
    for column in tables.into_iter().flat_map(|table| table.columns) {
        let again = kept.iter().any(|other| stem(&other.name) == stem(&column.name));
        let few =
            Identifier::new(&column.name, "column").as_str().split('_').count() <= COLUMN_WORDS;
        if is_name(&column.name) && few && !again && !plain::is_echo(&column.name, topic) {
            kept.push(column);
        }
    }
    kept
}

/// The words of a vocabulary that can be values: no echoes, no questions, no long sentences; of a
/// line of CSV its first cell.
pub fn words(listed: Vec<String>, topic: &str) -> Vec<String> {
    (listed.iter().map(|word| first_cell(word).to_owned()))
        .filter(|word| {
            let asks = ["task:", "topic:", "table:", "column:", "write "];
            word.chars().any(char::is_alphanumeric)
                && word.chars().count() <= LONGEST_PHRASE
                && !asks.iter().any(|start| word.to_lowercase().starts_with(start))
                && !plain::is_echo(word, topic)
        })
        .collect()
}

/// Whether two words are the same but for their digits, marks and case: `Quay 1` and `quay-2`.
/// What is all digits and marks is alike only where it is the same.
pub fn is_alike(one: &str, other: &str) -> bool {
    let letters = |word: &str| {
        let letters = word.chars().filter(|letter| letter.is_alphabetic());
        letters.flat_map(char::to_lowercase).collect::<String>()
    };
    let (left, right) = (letters(one), letters(other));
    // A code is told apart by its digits: `LH-204`.
    let is_code = left.chars().count() < CODE_LETTERS;
    if is_code { one.to_lowercase() == other.to_lowercase() } else { left == right }
}

/// A word without the quotes around it, and of a line of CSV only the first cell: people put a blank
/// after a comma.
fn first_cell(word: &str) -> &str {
    let marks = ['"', '\'', '`', '“', '”'];
    let bare = word.trim().trim_end_matches([',', ';']).trim_matches(marks);
    let breaks = bare.match_indices(',').find(|(at, _)| {
        let after = bare[at + 1..].chars().next();
        let before = bare[..*at].chars().next_back();
        let digits = [before, after].iter().all(|c| c.is_some_and(|c| c.is_ascii_digit()));
        after.is_some_and(|letter| !letter.is_whitespace()) && !digits
    });
    breaks.map_or(bare, |(at, _)| bare[..at].trim_end().trim_matches(marks))
}

/// Gives a column of a weak model's design a kind that can be filled: what is inside a list or a struct
/// nobody says, and a name or a type is words whatever is said of it.
pub fn keep_plain(column: &mut ColumnDraft) {
    const NESTED: [&str; 6] = ["list", "array", "json", "struct", "object", "map"];
    const WORDS: [&str; 7] = ["name", "title", "type", "description", "remark", "city", "country"];
    const OTHERS: [&str; 9] =
        ["int", "big", "float", "double", "decimal", "num", "date", "time", "bool"];
    let kind = column.kind.as_deref().unwrap_or_default().to_lowercase();
    let begins = |words: &[&str]| words.iter().any(|word| kind.starts_with(word));
    let name = Identifier::new(&column.name, "column");
    let last = name.as_str().rsplit('_').next().unwrap_or_default();
    if begins(&NESTED) || WORDS.contains(&last) && begins(&OTHERS) {
        column.kind = Some("text".to_owned());
        (column.unit, column.format) = (None, None);
    }
}

/// A name in one spelling: its words in lower case and without a plural's s.
pub fn stem(name: &str) -> String {
    let words = name.split(|letter: char| !letter.is_alphanumeric());
    words.map(|word| word.to_lowercase().trim_end_matches('s').to_owned()).collect()
}

/// Whether two names are one in another spelling: the same but for a plural's s, or for a few letters
/// where there are many. Digits tell names apart.
pub(super) fn is_misspelt(one: &str, other: &str) -> bool {
    let (one, other) = (stem(one), stem(other));
    if one == other {
        return true;
    }
    let digits = |name: &str| name.chars().filter(char::is_ascii_digit).collect::<String>();
    let (left, right): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let most = TABLE_SLIPS.min(left.len().min(right.len()) / LETTERS_A_SLIP);
    if most == 0 || left.len().abs_diff(right.len()) > most || digits(&one) != digits(&other) {
        return false;
    }
    // Levenshtein's distance, a row at a time.
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (at, letter) in left.iter().enumerate() {
        let mut corner = std::mem::replace(&mut row[0], at + 1);
        for (to, against) in right.iter().enumerate() {
            let change = corner + usize::from(letter != against);
            corner = row[to + 1];
            row[to + 1] = change.min(corner + 1).min(row[to] + 1);
        }
    }
    row[right.len()] <= most
}

/// Whether a word is another said twice: `portport`.
fn is_stutter(word: &str) -> bool {
    let half = word.len() / 2;
    word.len().is_multiple_of(2)
        && half >= CODE_LETTERS
        && word.is_char_boundary(half)
        && word[..half] == word[half..]
}

/// A name without what is said after it.
fn head(line: &str) -> &str {
    let end = line.find([':', '(', ';', ',', '.']).unwrap_or(line.len());
    let name = &line[..end];
    name.split(" - ").next().unwrap_or(name).trim().trim_matches(['"', '*', '`', '\''])
}

fn dropped(message: String) -> Finding {
    Finding::new(Level::Reject, "/tables", message)
        .hint("names are words: say what one row is, and what is known of it")
}

fn short(text: &str) -> String {
    text.chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_words() {
        for name in
            ["Orders", "x", "co2", "pm_2_5", "Prénom", "is_active", "Date of Birth", "id", "订单"]
        {
            assert!(is_name(name), "{name}");
        }
        for debris in [
            "",
            "1.4",
            "23",
            "_",
            "{\"name\"",
            "columns",
            "Column Name",
            "this_list_of_rows",
            "primary_key",
            "a=b",
            "The table that you have asked for",
            "t_1_2_3",
        ] {
            assert!(!is_name(debris), "{debris}");
        }
    }

    #[test]
    fn line_of_csv_is_its_first_cell() {
        let said = ["\"Elm, old\",", "Sol,Durham,42-05-03", "1,250", "Ash", "\"Oak\",3", "“Yew”"];
        let words = words(said.map(str::to_owned).to_vec(), "trees");
        assert_eq!(words, ["Elm, old", "Sol", "1,250", "Ash", "Oak", "Yew"]);
    }

    #[test]
    fn words_told_apart_by_their_digits_are_alike_unless_they_are_codes() {
        assert!(is_alike("Quay 1", "quay-2") && is_alike("Oak", "oak"));
        assert!(!is_alike("LH-204", "LH-205") && !is_alike("12", "13") && !is_alike("Oak", "Elm"));
    }

    #[test]
    fn names_said_again_are_one() {
        let said = [
            "Ships",
            "Ship",
            "ships and ships",
            "shipship",
            "Quays: where they lie",
            "Shipwrecks",
            "42",
        ];
        assert!(is_misspelt("Loan Guarantees", "loan guaranties"));
        assert!(!is_misspelt("Harbour Quay 1", "Harbour Quay 2"));
        assert!(!is_misspelt("Senders", "Lenders") && !is_misspelt("Ports", "Posts"));
        let names = names(said.map(str::to_owned).to_vec(), "harbours");
        assert_eq!(names, ["Ships", "Quays"]);
    }

    #[test]
    fn debris_goes_with_a_finding_and_leaves_the_rest() {
        let column = |name: &str| ColumnDraft { name: name.into(), ..ColumnDraft::default() };
        let table = |name: &str, columns: &[&str]| TableDraft {
            name: name.into(),
            columns: columns.iter().map(|name| column(name)).collect(),
            ..TableDraft::default()
        };
        let tables = vec![table("23", &["a", "b"]), table("Owls", &["1.4", "name"])];
        let mut draft = Draft { tables, ..Draft::default() };
        let findings = keep_sound(&mut draft);
        assert_eq!(findings.len(), 2);
        assert_eq!(draft.tables.len(), 1);
        assert!(!is_usable(&draft));
    }
}
