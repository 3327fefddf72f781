//! Stems: what is left of a name when spelling, plurals and filler words are taken away.

use super::{DesignColumn, DesignTable};
use crate::name::Identifier;

/// Words at the end of a table's name that add nothing to it.
const FILLERS: [&str; 3] = ["data", "table", "information"];
/// Words at the end of a table's name that seldom tell two tables apart.
const LOOSE_FILLERS: [&str; 16] = [
    "data",
    "table",
    "information",
    "info",
    "detail",
    "record",
    "list",
    "listing",
    "log",
    "entry",
    "master",
    "lookup",
    "profile",
    "dimension",
    "dim",
    "set",
];
/// Words that stand before what a table is about.
const LEADERS: [&str; 5] = ["the", "dim", "fact", "tbl", "table"];
/// Words at the end of a column's name that say that it is a key.
pub(super) const KEY_WORDS: [&str; 9] =
    ["id", "key", "code", "no", "number", "num", "fk", "ref", "uuid"];
/// Words of a column's name that say that it points somewhere, not where; stemmed.
const POINTING: [&str; 9] = ["foreign", "kei", "key", "fk", "to", "the", "tabl", "id", "data"];
/// How alike two stems are, from 0 to 1, to be taken for one misspelt name.
const ALIKE: f64 = 0.92;
/// The shortest stem that may be misspelt.
const LONG: usize = 6;

/// A word without its plural ending: for comparing, not for showing.
pub(super) fn word(word: &str) -> String {
    match word {
        "people" => return "person".into(),
        "children" => return "child".into(),
        "men" => return "man".into(),
        "women" => return "woman".into(),
        _ => {}
    }
    let ended = |end: &str| word.ends_with(end);
    let mut stem = if word.len() > 3 && ended("s") && !(ended("ss") || ended("us") || ended("is")) {
        &word[..word.len() - 1]
    } else {
        word
    };
    if stem.len() > 3 {
        stem = stem.strip_suffix('e').unwrap_or(stem);
    }
    if stem.len() <= 3 {
        return stem.to_owned();
    }
    // "categories" and "category", "wolves" and "wolf" have one stem each.
    match (stem.strip_suffix('y'), stem.strip_suffix('f')) {
        (Some(rest), _) => format!("{rest}i"),
        (_, Some(rest)) => format!("{rest}v"),
        _ => stem.to_owned(),
    }
}

/// The words of any name, in lower-case ASCII.
pub(super) fn words(name: &str) -> Vec<String> {
    let name = Identifier::new(name, "x");
    name.as_str().split('_').map(str::to_owned).collect()
}

/// The stemmed words of a table's name without fillers at its end.
fn core(name: &str, fillers: &[&str]) -> Vec<String> {
    let mut words: Vec<String> = words(name).iter().map(|each| word(each)).collect();
    let filler = |each: &String| fillers.iter().any(|filler| word(filler) == *each);
    while words.len() > 1 && words.last().is_some_and(filler) {
        words.pop();
    }
    let leader = |each: &String| LEADERS.iter().any(|leader| word(leader) == *each);
    while words.len() > 1 && words.first().is_some_and(leader) {
        words.remove(0);
    }
    words
}

/// What two names of one table have in common: case, punctuation, a plural and a trailing
/// "Data", "Table" or "Information" do not count.
pub(super) fn table(name: &str) -> String {
    core(name, &FILLERS).concat()
}

/// The words of a table's name that tell it from others, stemmed.
pub(super) fn subject(name: &str) -> Vec<String> {
    core(name, &LOOSE_FILLERS)
}

/// The table that a name means: the nearest spelling that only one table has.
pub(super) fn find(tables: &[DesignTable], name: &str) -> Option<usize> {
    let exact = Identifier::new(name, "x");
    if let Some(at) = tables.iter().position(|table| table.name == exact) {
        return Some(at);
    }
    let stem = table(name);
    let same = |table_stem: &dyn Fn(&DesignTable) -> bool| {
        let mut found = (0..tables.len()).filter(|at| table_stem(&tables[*at]));
        found.next().filter(|_| found.next().is_none())
    };
    let names = |table: &DesignTable| [table.name.as_str().to_owned(), table.said.clone()];
    let by_stem = |one: &DesignTable| names(one).iter().any(|name| table(name) == stem);
    if let Some(at) = tables.iter().position(by_stem) {
        return Some(at);
    }
    let wanted = subject(name);
    same(&|table| subject(table.name.as_str()) == wanted)
        .or_else(|| same(&|table| subject(table.name.as_str()).ends_with(&wanted)))
        .or_else(|| same(&|table| subject(table.name.as_str()).starts_with(&wanted)))
        .or_else(|| {
            same(&|one| {
                stem.len() >= LONG
                    && strsim::normalized_levenshtein(&table(one.name.as_str()), &stem) >= ALIKE
            })
        })
}

/// The column that a name means, in any spelling.
pub(super) fn column(columns: &[DesignColumn], name: &str) -> Option<usize> {
    let exact = |name: &str| {
        let wanted = Identifier::new(name, "x");
        (columns.iter().position(|column| column.name == wanted)).or_else(|| {
            columns.iter().position(|column| Identifier::new(&column.said, "x") == wanted)
        })
    };
    let bare = name.split(['(', '[']).next().unwrap_or_default();
    let loose = |text: &str| words(text).iter().map(|each| word(each)).collect::<Vec<_>>();
    exact(name)
        .or_else(|| if bare.trim().is_empty() { None } else { exact(bare) })
        .or_else(|| {
            let wanted = loose(name);
            columns.iter().position(|column| {
                loose(column.name.as_str()) == wanted || loose(&column.said) == wanted
            })
        })
        .or_else(|| {
            // "Repair Log FK" and "Foreign Key to Repair Log Table" are one column.
            let target = |text: &str| -> Vec<String> {
                loose(text).into_iter().filter(|word| !POINTING.contains(&word.as_str())).collect()
            };
            let points =
                |text: &str| loose(text).iter().any(|word| word == "fk" || word == "foreign");
            let wanted = target(name);
            let mut found = (0..columns.len()).filter(|at| {
                let column = &columns[*at];
                (points(name) || points(&column.said))
                    && (target(&column.said) == wanted || target(column.name.as_str()) == wanted)
            });
            found.next().filter(|_| !wanted.is_empty() && found.next().is_none())
        })
}

/// Whether a column's name says that its values are keys: `id`, `user_id`, `part_number`.
pub(super) fn is_key(name: &str) -> bool {
    let words = words(name);
    words.last().is_some_and(|last| KEY_WORDS.contains(&last.as_str()))
        && !matches!(words.as_slice(), [.., what, last]
            if (last == "number" || last == "no")
                && matches!(what.as_str(), "phone" | "fax" | "mobile" | "telephone" | "contact"))
        && !matches!(words.as_slice(), [.., what, last]
            if last == "code" && matches!(what.as_str(), "zip" | "postal" | "post" | "area"))
}

/// The words of a column's name before the word that says it is a key.
pub(super) fn keyed(name: &str) -> Vec<String> {
    let mut words = words(name);
    if words.len() > 1 && words.last().is_some_and(|last| KEY_WORDS.contains(&last.as_str())) {
        words.pop();
    }
    words
}

/// One of what a plural names, as people write it.
pub(super) fn singular(word: &str) -> String {
    match word {
        "people" => return "person".into(),
        "children" => return "child".into(),
        "men" => return "man".into(),
        "women" => return "woman".into(),
        "series" | "species" | "news" | "data" | "movies" | "cookies" => {
            return word.strip_suffix("ies").map_or_else(
                || word.to_owned(),
                |rest| {
                    if matches!(rest, "mov" | "cook") { format!("{rest}ie") } else { word.into() }
                },
            );
        }
        _ => {}
    }
    if let Some(rest) = word.strip_suffix("ies").filter(|rest| rest.len() > 1) {
        return format!("{rest}y");
    }
    for end in ["sses", "xes", "ches", "shes", "zzes"] {
        if word.ends_with(end) {
            return word[..word.len() - 2].to_owned();
        }
    }
    let kept = ["ss", "us", "is", "as"].iter().any(|end| word.ends_with(end));
    match word.strip_suffix('s') {
        Some(rest) if !kept && rest.len() > 1 => rest.to_owned(),
        _ => word.to_owned(),
    }
}

/// Many of what a singular names, as people write it.
pub(super) fn plural(word: &str) -> String {
    match word {
        "person" => return "people".into(),
        "child" => return "children".into(),
        "man" => return "men".into(),
        "woman" => return "women".into(),
        _ => {}
    }
    let vowel = |rest: &str| rest.ends_with(['a', 'e', 'i', 'o', 'u']);
    if let Some(rest) = word.strip_suffix('y').filter(|rest| !vowel(rest)) {
        return format!("{rest}ies");
    }
    if ["ss", "x", "ch", "sh", "us"].iter().any(|end| word.ends_with(end)) {
        return format!("{word}es");
    }
    if word.ends_with('s') { word.to_owned() } else { format!("{word}s") }
}
