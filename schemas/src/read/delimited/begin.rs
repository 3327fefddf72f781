//! [`Begin`]: where a table begins in a text, what names its columns, and what stands before it.

use super::scan::{Piece, REACH, Scanner};
use super::sniff::Sniffed;
use super::{finding, header, is_blank, is_comment, mend, opens_comment, quoted};
use crate::finding::{Finding, Level};
use crate::read::Source;
use crate::read::align::shape::shape;

/// Records by which header and data are told apart.
const LOOKAHEAD: usize = 200;
/// Records for that behind the first table of a text.
const LOOKAHEAD_BEHIND: usize = 16;
/// Pieces of them, so that wide records are fewer.
const LOOKAHEAD_PIECES: usize = 1 << 18;
/// Bytes of them, likewise.
const LOOKAHEAD_BYTES: usize = REACH / 2;
/// Pieces of a record for which room is made beforehand, at most.
const ROOM: usize = 64;
/// The share of records that must be as wide as a header for it to be theirs.
const AGREE: f32 = 0.8;

/// Where a table begins, and how.
pub(super) struct Begin<'a> {
    /// Its columns' names.
    pub(super) header: Vec<String>,
    /// Where its first row begins.
    pub(super) first: usize,
    /// Whether a record named the columns.
    pub(super) named: bool,
    /// The lines before it that are no part of it.
    pub(super) preamble: Vec<&'a str>,
}

impl Begin<'_> {
    /// What is to be said of the lines before it.
    pub(super) fn findings(&self, number: usize) -> Option<Finding> {
        let first = self.preamble.first()?;
        let count = self.preamble.len();
        let message = format!("{count} lines before the table left out, from `{}`", quoted(first));
        Some(finding(format!("/tables/{number}"), Level::Note, message))
    }
}

/// Finds the record that a table begins with, at or after `at`.
pub(super) fn begin<'a>(
    scanner: &mut Scanner<'a>,
    at: usize,
    sniffed: &Sniffed,
    source: &Source<'_>,
) -> Option<Begin<'a>> {
    let mut records: Vec<(usize, usize, Vec<Piece<'a>>)> = Vec::new();
    let mut next = at;
    let mut seen = 0;
    // A text of many small tables is not read over again for each of them.
    let most = if scanner.base + at == 0 { LOOKAHEAD } else { LOOKAHEAD_BEHIND };
    while next < scanner.text.len()
        && records.len() < most
        && ((seen < LOOKAHEAD_PIECES && next - at < LOOKAHEAD_BYTES) || records.len() < 2)
    {
        let mut pieces = Vec::with_capacity((sniffed.width + 1).min(ROOM));
        let mut record = scanner.record(next, &mut pieces);
        if record.broken && pieces.len() != sniffed.width {
            scanner.regret(record.end - next);
            record = scanner.single(next, &mut pieces);
        }
        if sniffed.comments {
            mend::uncomment(&mut pieces);
        }
        seen += pieces.len();
        let opens = sniffed.comments && pieces.len() != sniffed.width && opens_comment(&pieces);
        let comment = sniffed.width > 1 && (is_comment(&pieces) || opens);
        if !comment && !is_blank(&pieces) {
            records.push((next, record.next, pieces));
        }
        next = record.next;
    }
    let start = below_titles(&records, start(&records, sniffed)?, source);
    let below: Vec<&[Piece<'a>]> =
        records[start + 1..].iter().map(|(_, _, pieces)| pieces.as_slice()).collect();
    let (here, after, first) = &records[start];
    // The last record under lines of fields names nothing: it would be a table without a row. What
    // is empty and alone is no row either.
    let last = below.is_empty() && records[..start].iter().any(|(_, _, pieces)| pieces.len() > 1);
    let named = (!last && header::names_columns(first, &below, source.expect))
        || (records.len() == 1 && first.iter().all(|piece| piece.text.is_empty()));
    Some(Begin {
        header: if named {
            header::names(first.iter().map(|piece| &*piece.text))
        } else {
            header::numbered(first.len())
        },
        first: if named { *after } else { *here },
        named,
        preamble: records[..start]
            .iter()
            .map(|(from, to, _)| scanner.text[*from..*to].trim())
            .collect(),
    })
}

/// Lines of a report's head that are padded to the width of the table below, at most.
const TITLES: usize = 10;
/// The share of a record's pieces that such a line fills, at most: one in so many.
const PADDED: usize = 3;

/// The record that names the columns below titles padded to the table's width, as spreadsheets
/// write them; else the one that was taken for the first.
fn below_titles(
    records: &[(usize, usize, Vec<Piece<'_>>)],
    first: usize,
    source: &Source<'_>,
) -> usize {
    let filled =
        |pieces: &[Piece<'_>]| pieces.iter().filter(|piece| !piece.text.is_empty()).count();
    let padded = |pieces: &[Piece<'_>]| filled(pieces) * PADDED <= pieces.len();
    let titles =
        records[first..].iter().take(TITLES).take_while(|(_, _, pieces)| padded(pieces)).count();
    let at = first + titles;
    let Some((_, _, names)) = records.get(at).filter(|_| titles > 0) else { return first };
    let below: Vec<&[Piece<'_>]> =
        records[at + 1..].iter().map(|(_, _, pieces)| pieces.as_slice()).collect();
    let data = |row: &&[Piece<'_>]| row.iter().any(|piece| shape(&piece.text).is_data());
    let named = filled(names) == names.len()
        && names.len() == records[first].2.len()
        && header::could_name(names)
        && below.iter().any(data)
        && header::names_columns(names, &below, source.expect);
    if named { at } else { first }
}

/// Which of the first records begins the table.
fn start(records: &[(usize, usize, Vec<Piece<'_>>)], sniffed: &Sniffed) -> Option<usize> {
    if sniffed.width < 2 {
        return (!records.is_empty()).then_some(0);
    }
    let wide = records.iter().position(|(_, _, pieces)| pieces.len() > 1);
    let fits = records.iter().position(|(_, _, pieces)| pieces.len() == sniffed.width);
    let (Some(wide), Some(fits)) = (wide, fits) else {
        return wide.or((!records.is_empty()).then_some(0));
    };
    let names = |at: usize| header::could_name(&records[at].2);
    let alike =
        records[fits..].iter().filter(|(_, _, pieces)| pieces.len() == sniffed.width).count();
    let agree = alike as f32 >= AGREE * (records.len() - fits) as f32;
    // A header whose rows are ragged is followed by none that fits its rows better, unless that
    // is another table's.
    let of_own = wide < fits && {
        let width = records[wide].2.len();
        records[wide + 1..fits]
            .iter()
            .any(|(_, _, pieces)| pieces.len() == width && !header::could_name(pieces))
    };
    let ragged = wide < fits && names(wide) && (of_own || !(agree && names(fits)));
    Some(if ragged { wide } else { fits })
}
