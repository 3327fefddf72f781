//! [`rows`]: an answer that was cut off and the one that came after it, as one, with no row twice.

use peyote_schemas::{Cell, RawTable};

/// The most rows that are looked at for an overlap: more no reply holds.
const MOST_OVERLAP: usize = 200;

/// The rows of a cut-off answer and of the next one, which may go on, go on from a little before,
/// or start over.
pub fn rows(first: RawTable<'static>, second: RawTable<'static>) -> RawTable<'static> {
    let same = |one: usize, other: usize| first.row(one) == second.row(other);
    if first.is_empty() || first.header() != second.header() || second.is_empty() {
        return if second.len() >= first.len() { second } else { first };
    }
    if same(0, 0) {
        return if second.len() >= first.len() { second } else { first };
    }
    let most = first.len().min(second.len()).min(MOST_OVERLAP);
    let overlap = (1..=most)
        .rev()
        .find(|many| (0..*many).all(|at| same(first.len() - many + at, at)))
        .unwrap_or(0);
    let mut joined = first;
    for row in second.rows().skip(overlap) {
        joined.push_row(row.iter().cloned());
    }
    joined
}

/// The rows of an answer that was cut off: without the last one, unless the text ends where a row
/// does.
pub fn whole(table: RawTable<'static>, text: &str) -> RawTable<'static> {
    if text.ends_with('\n') || text.trim_end().ends_with(['}', ']']) {
        return table;
    }
    let mut whole =
        RawTable::new(table.name.clone(), table.source.clone(), table.header().to_vec());
    for row in table.rows().take(table.len().saturating_sub(1)) {
        whole.push_row(row.iter().cloned().map(Cell::into_owned));
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[&str]) -> RawTable<'static> {
        let mut table = RawTable::new("t", "reply", vec!["a".into()]);
        for row in rows {
            table.push_row([Cell::bare((*row).to_owned())]);
        }
        table
    }

    #[test]
    fn no_row_comes_twice_however_the_answer_goes_on() {
        let whole = table(&["1", "2", "3", "4"]);
        for (first, second) in [
            (["1", "2"].as_slice(), ["3", "4"].as_slice()),
            (&["1", "2", "3"], &["2", "3", "4"]),
            (&["1", "2"], &["1", "2", "3", "4"]),
            (&["1", "2", "3", "4"], &["1", "2"]),
        ] {
            assert_eq!(rows(table(first), table(second)), whole, "{first:?} {second:?}");
        }
    }

    #[test]
    fn row_that_was_cut_is_no_row() {
        assert_eq!(whole(table(&["1", "2"]), "a\n1\n2").len(), 1);
        assert_eq!(whole(table(&["1", "2"]), "a\n1\n2\n").len(), 2);
    }
}
