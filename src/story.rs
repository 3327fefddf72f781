//! [`page`]: what is to be found in a dataset, for those who may know.

use std::fmt::Write;

use peyote_schemas::design::Design;
use peyote_schemas::story::{Anomaly, Where};
use peyote_schemas::value::moment::DAY;

use crate::export::markdown::Inline;
use crate::generate::recipe::Recipe;
use crate::generate::story::{Measured, Told};

mod query;

/// The name of the page in a folder.
pub const PAGE: &str = "story.md";
/// Keys that are told of a ring.
const KEYS: usize = 12;

/// What is to be found in a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The page, as Markdown.
    pub text: String,
    /// How many things are to be found.
    pub planted: usize,
    /// How many had no rows to be planted in.
    pub missing: usize,
}

impl Page {
    /// What there is, in a line.
    pub fn line(&self) -> String {
        let things = if self.planted == 1 { "thing is" } else { "things are" };
        let mut text = format!("{} {things} hidden in it: {PAGE} tells", self.planted);
        if self.missing > 0 {
            let _ = write!(text, "; no rows for {} more", self.missing);
        }
        text
    }
}

/// The page that says what was planted where, how large it is, and how it is found. `file` gives the
/// files of a table, as a query names them.
pub fn page(design: &Design, recipe: &Recipe, seed: u64, file: &dyn Fn(&str) -> String) -> Page {
    let (mut text, mut planted, mut missing) = (String::new(), 0, 0);
    for (place, (anomaly, told)) in design.story().iter().zip(recipe.story()).enumerate() {
        let _ = writeln!(text, "\n## {}. {}\n", place + 1, headline(anomaly));
        // What is planted row by row is known, and nothing of it is told that had to be looked for.
        let measured = match anomaly {
            Anomaly::Burst { .. } | Anomaly::Ring { .. } => recipe.extent(told),
            _ => recipe.measure(told, anomaly),
        };
        let why = match told.missing() {
            None if shows(anomaly) && measured.inside == 0 && measured.looked == measured.all => {
                Some("there is no row that it is about")
            }
            why => why,
        };
        if let Some(why) = why {
            missing += 1;
            let _ = writeln!(text, "Not planted at this size: {}.", Inline(why));
            continue;
        }
        planted += 1;
        for (name, value) in facts(anomaly, told, &measured) {
            let _ = writeln!(text, "- {name}: {value}");
        }
        for query in query::queries(design, anomaly, file) {
            let _ = writeln!(text, "\n```sql\n{query}\n```");
        }
    }
    let things = if planted == 1 { "thing was" } else { "things were" };
    let head = format!(
        "# What is hidden in {}\n\n{planted} {things} planted (seed {seed}). The data files do not \
         say so: keep this page, and `design.json`, from those who are to find out.\n\n\
         Run the queries with DuckDB in this folder. What was planted is in their first rows.\n",
        Inline(design.name())
    );
    Page { text: head + &text, planted, missing }
}

/// What a page begins with that tells of later rows.
const LATER: &str = "\n## Later rows";

/// The page of a dataset to which rows came up to a day: what it told before, and what goes on in
/// them. The design and the recipe are those of the later rows.
pub fn later(page: &str, design: &Design, recipe: &Recipe, ended: &[Anomaly], to: &str) -> String {
    let mut text = page.split(LATER).next().unwrap_or_default().to_owned();
    let _ = write!(text, "{LATER}, up to {}\n\n", Inline(to));
    text.push_str(
        "The queries above read the first files; what came later lies beside them, in a folder for \
         each table.\n",
    );
    for (anomaly, told) in design.story().iter().zip(recipe.story()) {
        let measured = recipe.measure(told, anomaly);
        let _ = match told.missing() {
            Some(why) => writeln!(text, "\n- {}: not in them: {}", headline(anomaly), Inline(why)),
            None => writeln!(
                text,
                "\n- {} goes on: {} of {} rows of `{}` by now, early and late",
                headline(anomaly),
                grouped(measured.inside),
                grouped(measured.looked),
                anomaly.table()
            ),
        };
    }
    for anomaly in ended {
        let table = anomaly.table();
        let _ = writeln!(
            text,
            "\n- {} has ended: no later row of `{table}` is about it",
            headline(anomaly)
        );
    }
    text
}

/// Whether something is seen in the rows that it is about.
fn shows(anomaly: &Anomaly) -> bool {
    !matches!(anomaly, Anomaly::Burst { .. } | Anomaly::Ring { .. } | Anomaly::Outage { .. })
}

fn headline(anomaly: &Anomaly) -> String {
    let mut title = anomaly.title().to_owned();
    title[..1].make_ascii_uppercase();
    match anomaly.says() {
        Some(says) => format!("{title}: {}", Inline(says)),
        None => title,
    }
}

/// What is known of something, as names and what stands for them.
fn facts(anomaly: &Anomaly, told: &Told, measured: &Measured) -> Vec<(&'static str, String)> {
    let mut facts = vec![("table", format!("`{}`", anomaly.table()))];
    let mut what = |column: &str, change: String| {
        facts.push(("column", format!("`{column}`")));
        facts.push(("change", change));
    };
    match anomaly {
        Anomaly::RateShift { column, value, factor, .. } => {
            what(column, format!("{} is {factor} times as frequent", code(value)));
        }
        Anomaly::LevelShift { column, factor, by, share, .. } => {
            let factor = factor.map(|factor| format!("times {factor}"));
            let by =
                by.map(|by| format!("{} {}", if by < 0.0 { "minus" } else { "plus" }, by.abs()));
            let mut change = [factor, by].into_iter().flatten().collect::<Vec<_>>().join(", ");
            if let Some(share) = share.filter(|share| *share < 1.0) {
                let _ = write!(change, ", in {} of the rows", percent(share));
            }
            what(column, change);
        }
        Anomaly::Drift { column, per_day, .. } => {
            what(column, format!("{per_day} more with every day"));
        }
        Anomaly::Burst { key, at, from, to, rows, .. } => {
            facts.push(("whose", format!("`{key}` is {}", list(told.who()))));
            facts.push(("when", format!("from {from} up to {to}, by `{at}`")));
            facts.push((
                "rows",
                format!("{} of {}", grouped(u64::from(*rows)), grouped(measured.all)),
            ));
        }
        Anomaly::Ring { column, members, rush, .. } => {
            facts.push(("column", format!("`{column}`, which all members share")));
            facts.push((
                "members",
                format!("{members} of {}: {}", grouped(measured.all), list(told.who())),
            ));
            if let Some(rush) = rush {
                facts.push((
                    "rush",
                    format!(
                        "{} rows of `{}` from {} up to {}, by `{}`",
                        grouped(u64::from(rush.rows)),
                        rush.table,
                        rush.from,
                        rush.to,
                        rush.at
                    ),
                ));
            }
        }
        Anomaly::Outage { .. } => {}
        Anomaly::Dropout { column, .. } => what(column, "no value is there".to_owned()),
    }
    if let Some(rows) = anomaly.rows() {
        facts.extend(place(rows, told));
    }
    let (inside, looked) = (grouped(measured.inside), grouped(measured.looked));
    let sampled = if measured.looked < measured.all {
        format!(", evenly taken from {}", grouped(measured.all))
    } else {
        String::new()
    };
    let rows = ("rows", format!("{inside} of {looked}{sampled}"));
    match anomaly {
        Anomaly::RateShift { .. } | Anomaly::Dropout { .. } => {
            let (there, elsewhere) = (measured.there, measured.elsewhere);
            facts.push(rows);
            facts.push((
                "size",
                format!("{} there, {} otherwise", percent(there), percent(elsewhere)),
            ));
        }
        Anomaly::LevelShift { .. } | Anomaly::Drift { .. } => {
            facts.push(rows);
            facts.push((
                "size",
                format!(
                    "{:.4} on average there, {:.4} otherwise",
                    measured.there, measured.elsewhere
                ),
            ));
        }
        Anomaly::Outage { .. } => {
            let before = grouped(measured.before);
            let (first, end) = anomaly.rows().map_or((0, 0), Where::window);
            let day = end.saturating_sub(first) <= DAY;
            let when = if day {
                "at the same time of the day before"
            } else {
                "in as much time before it"
            };
            facts.push(("size", format!("{inside} rows, and {before} {when}{sampled}")));
        }
        Anomaly::Burst { .. } | Anomaly::Ring { .. } => {}
    }
    facts
}

/// Whose rows, and when.
fn place(rows: &Where, told: &Told) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    if let Some(column) = &rows.column {
        facts.push(("whose", format!("`{column}` is {}", list(told.who()))));
    }
    if let Some(at) = &rows.at {
        let from = rows.from.map(|from| format!("from {from} "));
        let to = rows.to.map_or_else(|| "on".to_owned(), |to| format!("up to {to}"));
        facts.push(("when", format!("{}{to}, by `{at}`", from.unwrap_or_default())));
    }
    facts
}

/// A value as code, whatever stands in it.
fn code(text: &str) -> String {
    let plain: String = text.chars().filter(|letter| !letter.is_control()).collect();
    format!("`{}`", plain.replace('`', "'"))
}

fn list(who: &[String]) -> String {
    let mut shown: Vec<String> = who.iter().take(KEYS).map(|one| code(one)).collect();
    if who.len() > KEYS {
        shown.push(format!("and {} more", who.len() - KEYS));
    }
    shown.join(", ")
}

fn percent(share: f64) -> String {
    format!("{:.2} %", share * 100.0)
}

/// A number with its digits in groups.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
