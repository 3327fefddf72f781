//! Templates: texts in which the values of neighbours are found.

use std::collections::BTreeMap;

use super::sheet::Sheet;
use crate::behaviour::{Behaviour, Case, Template, Text, Words};
use crate::design::DesignTable;
use crate::kind::Kind;

/// The shortest value that is looked for in a neighbour.
const SHORTEST: usize = 2;
/// The longest text that is looked at, in characters.
const LONGEST: usize = 120;
/// The share of rows that forms must explain.
const EXPLAINED: f64 = 0.6;
/// The most forms.
const FORMS: usize = 6;

/// What a value of a neighbour becomes inside of another text.
const SHAPES: [&str; 6] = ["", "|lower", "|slug", "|first|lower", "|last|lower", "|initial"];

/// Forms by which the texts of a column are made of its neighbours, if they are.
pub(super) fn template(
    table: &DesignTable,
    sheet: &Sheet<'_>,
    column: usize,
    alone: bool,
) -> Option<Behaviour> {
    let neighbours: Vec<usize> = (0..table.columns().len())
        .filter(|place| {
            *place != column && matches!(table.columns()[*place].kind(), Some(Kind::Text))
        })
        .collect();
    let mut forms: BTreeMap<String, f64> = BTreeMap::new();
    let mut domains: BTreeMap<String, f64> = BTreeMap::new();
    let mut all = 0.0;
    for row in 0..sheet.len() {
        let Some(text) = sheet.cell(row, column).and_then(serde_json::Value::as_str) else {
            continue;
        };
        all += 1.0;
        if text.chars().count() > LONGEST || text.contains(['{', '}']) {
            continue;
        }
        // A mail address is made of a name and of a house that many share.
        let (local, domain) = match text.split_once('@') {
            Some((local, domain)) if !domain.contains('@') => (local, Some(domain)),
            _ => (text, None),
        };
        let Some(form) = form(table, sheet, row, &neighbours, local) else { continue };
        let form = if domain.is_some() { format!("{form}@{{domain}}") } else { form };
        if let Some(domain) = domain {
            *domains.entry(domain.to_owned()).or_default() += 1.0;
        }
        *forms.entry(form).or_default() += 1.0;
    }
    // Outside of addresses, a first word keeps the letters that it has.
    let mut forms: Vec<(String, f64)> = (forms.into_iter())
        .filter(|(form, _)| {
            !domains.is_empty() || !form.contains("|first}") && !form.contains("|last}")
        })
        .collect();
    forms.sort_by(|one, other| other.1.total_cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    forms.truncate(FORMS);
    let explained: f64 = forms.iter().map(|(_, count)| count).sum();
    if all < super::FEWEST as f64 || explained < EXPLAINED * all {
        return None;
    }
    let mail = !domains.is_empty();
    let (words, weights) = domains.into_iter().unzip();
    let words = Words { words, weights: Some(weights) };
    let (texts, weights): (Vec<String>, Vec<f64>) = forms.into_iter().unzip();
    let forms: Option<Vec<Template>> =
        texts.iter().map(|text| Template::parse(text).ok()).collect();
    Some(Behaviour::Template(Text {
        forms: forms?,
        weights: Some(weights),
        given: None,
        words: if mail { BTreeMap::from([("domain".to_owned(), words)]) } else { BTreeMap::new() },
        case: mail.then_some(Case::Slug),
        unique: alone,
    }))
}

/// The form of one text: neighbours' values as names, digits as patterns; none where no neighbour
/// is in it, or where what is left is more than joints.
fn form(
    table: &DesignTable,
    sheet: &Sheet<'_>,
    row: usize,
    neighbours: &[usize],
    text: &str,
) -> Option<String> {
    // The longest values first: a family's name before its initial.
    let mut parts: Vec<(String, String)> = Vec::new();
    for place in neighbours {
        let Some(value) = sheet.cell(row, *place).and_then(serde_json::Value::as_str) else {
            continue;
        };
        let name = table.columns()[*place].name();
        for shape in SHAPES {
            let Some(found) = shaped(value, shape) else { continue };
            let written = match shape {
                "|first|lower" => "|first",
                "|last|lower" => "|last",
                shape => shape,
            };
            parts.push((found, format!("{{{name}{written}}}")));
        }
    }
    parts.sort_by_key(|(found, _)| std::cmp::Reverse(found.len()));
    let mut form = String::new();
    let mut rest = text;
    let (mut named, mut loose) = (0, 0);
    'text: while let Some(letter) = rest.chars().next() {
        for (found, name) in &parts {
            let initial = found.chars().count() < SHORTEST;
            // An initial stands at the start and before more.
            let fits = !initial || form.is_empty();
            if let Some(after) = rest.strip_prefix(found.as_str()).filter(|_| fits) {
                form.push_str(name);
                rest = after;
                named += usize::from(!initial);
                continue 'text;
            }
        }
        if letter.is_ascii_digit() {
            let digits = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
            form.push('{');
            form.extend(std::iter::repeat_n('#', digits));
            form.push('}');
            rest = &rest[digits..];
            continue;
        }
        loose += usize::from(letter.is_alphanumeric());
        form.push(letter);
        rest = &rest[letter.len_utf8()..];
    }
    (named > 0 && loose * 2 <= text.chars().count()).then_some(form)
}

fn shaped(value: &str, shape: &str) -> Option<String> {
    let plain = |text: &str| -> String {
        let ascii = deunicode::deunicode(text).to_lowercase();
        ascii.chars().filter(char::is_ascii_alphanumeric).collect()
    };
    let found = match shape {
        "" => value.to_owned(),
        "|lower" => value.to_lowercase(),
        "|slug" => plain(value),
        "|first|lower" => plain(value.split_once(' ')?.0),
        "|last|lower" => plain(value.rsplit_once(' ')?.1),
        _ => plain(value).chars().take(1).collect(),
    };
    (!found.is_empty()).then_some(found)
}
