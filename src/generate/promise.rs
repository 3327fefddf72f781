//! Promises: what the checks of a design ask of a value that is made.

use peyote_schemas::design::DesignTable;
use peyote_schemas::draft::{Check, Presence};

/// Where a column stands in what must rise: the column that comes first, and how many steps after
/// it.
pub(super) fn after<'a>(table: &'a DesignTable, name: &'a str) -> (&'a str, u32) {
    let mut first = name;
    let mut steps = 0;
    // Orders that go round in a circle end here as well.
    for _ in 0..table.columns().len() {
        let before = table.checks().iter().find_map(|check| match check {
            Check::Order { columns } => {
                let place = columns.iter().position(|column| column == first)?;
                (place > 0).then(|| (columns[0].as_str(), place as u32))
            }
            _ => None,
        });
        let Some((column, place)) = before else { break };
        first = column;
        steps += place;
    }
    (first, steps)
}

/// Whether a column's value must be there, or must not, beside what `told` says of others.
pub(super) fn presence(
    table: &DesignTable,
    name: &str,
    told: impl Fn(&str) -> Option<String>,
) -> Option<Presence> {
    table.checks().iter().find_map(|check| match check {
        Check::When { column, is, then, must } if then == name && column != name => {
            told(column).filter(|text| is.contains(text)).map(|_| *must)
        }
        _ => None,
    })
}

/// A text of the form that a column must have, if it must have one: another for every number, as
/// far as the form goes.
pub(super) fn formed(table: &DesignTable, name: &str, number: u64) -> Option<String> {
    let pattern = table.checks().iter().find_map(|check| match check {
        Check::Pattern { column, pattern } if column == name => Some(pattern),
        _ => None,
    })?;
    let mut letters = Vec::new();
    let mut pattern = pattern.chars();
    while let Some(letter) = pattern.next() {
        match letter {
            '#' => letters.push(('0', 10)),
            'A' => letters.push(('A', 26)),
            'a' => letters.push(('a', 26)),
            '*' => {}
            '\\' => letters.extend(pattern.next().map(|itself| (itself, 1))),
            itself => letters.push((itself, 1)),
        }
    }
    let mut rest = number;
    for (letter, many) in letters.iter_mut().rev().filter(|(_, many)| *many > 1) {
        *letter = char::from(*letter as u8 + (rest % *many) as u8);
        rest /= *many;
    }
    Some(letters.into_iter().map(|(letter, _)| letter).collect())
}
