//! Delimited text: fields between commas, tabs, semicolons or pipes.
//!
//! The dialect is sniffed, the table's first record found below any preamble, its header told from
//! its data, and every record read: those that fit are taken as they stand, the others divided
//! among the columns by kind. No row is lost; what was repaired or left out is a finding.

use super::{Reading, Source};
use crate::cell::{Cell, RawTable};
use crate::finding::{Finding, Level};
use crate::read::align::{self, Patience, Profile};

mod begin;
mod clean;
pub(super) mod header;
mod marks;
mod mend;
pub(super) mod scan;
pub(super) mod sniff;
mod span;
#[cfg(test)]
mod tests;

use begin::{Begin, begin};
use clean::Place;
use marks::Marks;
use scan::{MOST_PIECES, Piece, Record, Scanner};
use sniff::Sniffed;
pub use span::spans;

/// Rows that fit and are looked at to learn what a column holds.
const LEARNT: usize = 1000;
/// Rows looked at below what may be another table's header.
const ALIKE: usize = 3;
/// Cells that a table may have without being filled; beyond, as many as the text has bytes.
const ROOMY: usize = 1 << 22;
/// Lines of a preamble or a footer that a finding quotes.
const QUOTED: usize = 120;
/// The share of delimiters with a space behind them up to which such a space says something.
const RARELY: f32 = 0.05;
/// Rows that must fit before names are no longer asked what a column holds.
const ENOUGH: usize = 4;

/// Reads a block of delimited text: one table, or several where headers follow blank lines.
pub fn read<'a>(text: &'a str, source: &Source<'a>) -> Reading<'a> {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let sniffed = sniff::sniff(text);
    let mut scanner = Scanner::new(text, sniffed.dialect);
    let mut reading = Reading::default();
    let mut at = 0;
    while let Some(begin) = begin(&mut scanner, at, &sniffed, source) {
        let number = reading.tables.len();
        if begin.header.len() > MOST_PIECES {
            let message = "a line has more fields than any table: every line is kept as one value";
            let (table, finding) = lines(&text[at..], number, source, message);
            reading.tables.push(table);
            reading.findings.push(finding);
            break;
        }
        let mut body = Body::new(&begin, number, &sniffed, source);
        let before = at;
        let Some(end) = body.read(&mut scanner, begin.first) else {
            let message =
                "the rows fill so few of the columns that every line is kept as one value";
            let (table, finding) = lines(&text[before..], number, source, message);
            reading.tables.push(table);
            reading.findings.push(finding);
            break;
        };
        at = end;
        reading.findings.extend(begin.findings(number));
        reading.tables.push(body.finish(&scanner));
        reading.findings.append(&mut body.findings);
    }
    reading
}

/// A text too wide to be a table, as one column of its lines.
pub(super) fn lines<'a>(
    text: &'a str,
    number: usize,
    source: &Source<'a>,
    message: &str,
) -> (RawTable<'a>, Finding) {
    let mut table = RawTable::new(source.stem(), source.name, header::numbered(1));
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        table.push_row([Cell::bare(line)]);
    }
    (table, finding(format!("/tables/{number}"), Level::Repair, message.to_owned()))
}

fn finding(at: String, level: Level, message: String) -> Finding {
    Finding { at, level, message, hint: None }
}

fn quoted(line: &str) -> &str {
    &line[..line.floor_char_boundary(QUOTED)]
}

fn is_blank(pieces: &[Piece<'_>]) -> bool {
    matches!(pieces, [only] if only.text.is_empty() && !only.quoted)
}

fn is_comment(pieces: &[Piece<'_>]) -> bool {
    matches!(pieces, [only] if only.text.starts_with('#') && !only.quoted)
}

/// A record that does not fit.
struct Ragged<'a> {
    /// Where it stands in the text.
    at: usize,
    /// Its pieces.
    pieces: Vec<Piece<'a>>,
    /// Whether a quote stood where none should.
    stray: bool,
    /// Whether a blank line precedes it.
    apart: bool,
}

/// A table while it is read.
struct Body<'a> {
    number: usize,
    named: bool,
    table: RawTable<'a>,
    profile: Profile,
    learnt: usize,
    /// Records that do not fit, not yet known to be rows.
    pending: Vec<Ragged<'a>>,
    /// Rows that do not fit, by their number.
    ragged: Vec<(usize, Ragged<'a>)>,
    findings: Vec<Finding>,
    trailing: usize,
    /// Whether a blank line is a row: in a file of one column.
    blank_rows: bool,
    /// Whether a `#` may begin a comment.
    comments: bool,
}

impl<'a> Body<'a> {
    fn new(begin: &Begin<'_>, number: usize, sniffed: &Sniffed, source: &Source<'a>) -> Self {
        let name = if number == 0 {
            source.stem().to_owned()
        } else {
            format!("{}_{}", source.stem(), number + 1)
        };
        Self {
            number,
            named: begin.named,
            table: RawTable::within(source.text, name, source.name, begin.header.clone()),
            profile: Profile::new(&begin.header, source.expect),
            learnt: 0,
            pending: Vec::new(),
            ragged: Vec::new(),
            findings: Vec::new(),
            trailing: 0,
            blank_rows: begin.header.len() == 1 && source.is_delimited_file(),
            comments: sniffed.comments,
        }
    }

    /// Reads records from `at` until the text or the table ends; where that is, or nothing where
    /// the table would be all but empty.
    fn read(&mut self, scanner: &mut Scanner<'a>, mut at: usize) -> Option<usize> {
        let width = self.table.width();
        let most = ROOMY.max(scanner.text.len());
        let mut pieces = Vec::new();
        let mut apart = false;
        let mut marks = None;
        while at < scanner.text.len() {
            if !apart && !self.comments && width > 1 && !self.table.is_empty() {
                at = self.take_clean(scanner, at, &mut marks);
                if at >= scanner.text.len() {
                    break;
                }
            }
            let mut record = scanner.record(at, &mut pieces);
            if record.broken && (pieces.len() != width || record.stray) {
                record = self.mistrust(scanner, at, record, &mut pieces);
            }
            if is_blank(&pieces) {
                if self.blank_rows {
                    self.table.push_row([Cell::Absent]);
                }
                apart = true;
            } else if (apart && self.is_other(scanner, &pieces, record.next))
                || self.is_next(scanner, &pieces, record.next)
            {
                break;
            } else {
                self.take(scanner, at, &record, &mut pieces, apart);
                apart = false;
            }
            // A full row has a delimiter for each cell.
            if (self.table.len() + self.pending.len()) * width > most {
                return None;
            }
            at = record.next;
        }
        Some(at)
    }

    /// Takes the records that plainly fit, up to the first that does not; where that begins.
    fn take_clean(
        &mut self,
        scanner: &Scanner<'a>,
        at: usize,
        marks: &mut Option<Marks<'a>>,
    ) -> usize {
        // What waits to be known as a row comes first.
        let Some(offset) = self.table.place_of(scanner.text).filter(|_| self.pending.is_empty())
        else {
            return at;
        };
        let (text, dialect) = (scanner.text, scanner.dialect);
        let marks = marks.get_or_insert_with(|| Marks::new(text.as_bytes(), dialect));
        let before = self.table.len();
        let end = clean::rows(&Place { text, offset, dialect }, at, marks, &mut self.table);
        let learnt = (self.table.len() - before).min(LEARNT - self.learnt);
        self.learnt += learnt;
        self.profile.learn_spaces((self.table.width() - 1) * learnt, 0);
        end
    }

    /// A quote that runs over lines and makes a row that does not fit is believed only where the
    /// line alone fits no better.
    fn mistrust(
        &mut self,
        scanner: &mut Scanner<'a>,
        at: usize,
        whole: Record,
        pieces: &mut Vec<Piece<'a>>,
    ) -> Record {
        let width = self.table.width();
        let mut line = Vec::new();
        let single = scanner.single(at, &mut line);
        let off = |pieces: &[Piece<'_>]| pieces.len().abs_diff(width);
        if off(&line) < off(pieces) || (whole.stray && off(&line) == off(pieces)) {
            scanner.regret(whole.end - at);
            for piece in &mut line {
                mend::unquote(piece);
            }
            *pieces = line;
            return Record { stray: true, ..single };
        }
        whole
    }

    fn take(
        &mut self,
        scanner: &Scanner<'a>,
        at: usize,
        record: &Record,
        pieces: &mut Vec<Piece<'a>>,
        apart: bool,
    ) {
        let width = self.table.width();
        if pieces.len() > width
            && pieces[width..].iter().all(|piece| piece.text.is_empty() && !piece.quoted)
        {
            self.trailing += 1;
            pieces.truncate(width);
        }
        let line = scanner.text[at..record.end].trim();
        if self.comments && mend::uncomment(pieces) {
            self.left_out("comment", line);
        }
        let remark = apart && self.named && width > 1 && span::is_prose(line);
        if pieces.len() != width || remark || self.is_suspect(scanner, pieces) {
            if width > 1 && is_comment(pieces) || is_rule(line) {
                self.left_out("comment", line);
            } else {
                let pieces = std::mem::take(pieces);
                self.pending.push(Ragged { at, pieces, stray: record.stray, apart });
            }
            return;
        }
        if self.named && !self.table.is_empty() && self.repeats_header(pieces) {
            self.left_out("repeated header", &scanner.text[at..record.end]);
            return;
        }
        if self.table.is_empty()
            && self.named
            && width > 1
            && pieces.iter().all(|piece| piece.text.is_empty())
        {
            self.left_out("empty line under the header", &scanner.text[at..record.end]);
            return;
        }
        self.settle();
        if self.learnt < LEARNT {
            self.learnt += 1;
            let spaced =
                |piece: &&Piece<'_>| scanner.text.as_bytes().get(piece.start) == Some(&b' ');
            self.profile.learn_spaces(width - 1, pieces[1..].iter().filter(spaced).count());
        }
        self.table.push_row(pieces.drain(..).map(|piece| {
            if piece.quoted { Cell::Quoted(piece.text) } else { Cell::bare(piece.text) }
        }));
    }

    /// Whether a row that fits may do so by chance: where a space follows a delimiter as it hardly
    /// ever does, two pieces may be one value, and another missing.
    fn is_suspect(&self, scanner: &Scanner<'a>, pieces: &[Piece<'a>]) -> bool {
        let bytes = scanner.text.as_bytes();
        let spaced =
            |piece: &Piece<'_>| bytes.get(piece.start) == Some(&b' ') && !piece.text.is_empty();
        self.learnt >= ENOUGH && self.profile.spaced() < RARELY && pieces[1..].iter().any(spaced)
    }

    /// Whether a record after a blank line is the header of another table.
    fn is_other(&self, scanner: &mut Scanner<'a>, pieces: &[Piece<'a>], next: usize) -> bool {
        if pieces.len() < 2
            || self.table.width() < 2
            || !header::could_name(pieces)
            || next >= scanner.text.len()
        {
            return false;
        }
        let mut below = Vec::new();
        let record = scanner.record(next, &mut below);
        if record.broken {
            scanner.regret(record.end - next);
        }
        if below.len() != pieces.len() {
            return false;
        }
        pieces.len() != self.table.width()
            || (!self.repeats_header(pieces)
                && !header::names_columns(&below, &[], None)
                && header::names_columns(pieces, &[below], None))
    }

    /// Whether a record is the header of another table with no blank line before it: names in
    /// another number than there are columns, over records as many as they and unlike them.
    fn is_next(&self, scanner: &mut Scanner<'a>, pieces: &[Piece<'a>], next: usize) -> bool {
        let width = self.table.width();
        if pieces.len() == width
            || pieces.len() < 2
            || width < 2
            || !self.named
            || self.table.is_empty()
            || !header::could_name(pieces)
            || pieces.iter().any(|piece| piece.text.is_empty() || piece.text.contains(' '))
        {
            return false;
        }
        let mut rows = Vec::new();
        let mut at = next;
        while at < scanner.text.len() && rows.len() < ALIKE {
            let mut below = Vec::new();
            let record = scanner.single(at, &mut below);
            if is_blank(&below) {
                break;
            }
            rows.push(below);
            at = record.next;
        }
        !rows.is_empty()
            && rows.iter().all(|row| row.len() == pieces.len() && !header::could_name(row))
            && header::names_columns(pieces, &rows, None)
    }

    fn repeats_header(&self, pieces: &[Piece<'_>]) -> bool {
        pieces.len() == self.table.width()
            && pieces.iter().zip(self.table.header()).all(|(piece, name)| *piece.text == **name)
            && self.table.width() > 1
    }

    fn left_out(&mut self, what: &str, line: &str) {
        let message = format!("{what} left out: `{}`", quoted(line.trim()));
        let at = format!("/tables/{}/rows/{}", self.number, self.table.len() + self.pending.len());
        self.findings.push(finding(at, Level::Note, message));
    }

    /// Makes rows of the records that did not fit: they are divided at the end.
    fn settle(&mut self) {
        for ragged in self.pending.drain(..) {
            self.ragged.push((self.table.len(), ragged));
            self.table.push_row([]);
        }
    }

    /// The table, with its ragged rows divided among the columns.
    fn finish(&mut self, scanner: &Scanner<'a>) -> RawTable<'a> {
        let width = self.table.width();
        let rows = self.table.len() + self.pending.len();
        let mut footer = Vec::new();
        while let Some(last) = self.pending.last()
            && rows > footer.len() + 1
            && width > 1
            && is_footer(last)
        {
            footer.extend(self.pending.pop());
        }
        self.settle();
        for last in footer.iter().rev() {
            let line = &scanner.text[last.at..scanner.line(last.at)];
            self.left_out("line after the table", line);
        }
        if self.trailing > 0 {
            let message =
                format!("{} rows end in delimiters that no column stands for", self.trailing);
            self.findings.push(finding(format!("/tables/{}", self.number), Level::Repair, message));
        }
        self.divide(scanner);
        std::mem::replace(&mut self.table, RawTable::new("", "", Vec::new()))
    }

    fn divide(&mut self, scanner: &Scanner<'a>) {
        let ragged = std::mem::take(&mut self.ragged);
        if ragged.is_empty() {
            return;
        }
        let mut odd = ragged.iter().map(|(row, _)| *row).peekable();
        let fits = (0..self.table.len()).filter(|row| odd.next_if_eq(row).is_none());
        for row in fits.take(self.learnt) {
            let cells = (0..self.table.width()).map(|at| self.table.text(row, at));
            self.profile.learn(cells.map(Option::unwrap_or_default));
        }
        let mut patience = Patience::with(scanner.text);
        if self.learnt < ENOUGH {
            // With nothing to go by but names, a first division teaches the second.
            let first = self.profile.clone();
            for (_, row) in ragged.iter().take(LEARNT) {
                let aligned = mend::best(&first, scanner, row, &mut patience);
                self.profile
                    .learn(aligned.cells.iter().map(|cell| cell.text().unwrap_or_default()));
            }
        }
        for (row, ragged) in ragged {
            let aligned = mend::best(&self.profile, scanner, &ragged, &mut patience);
            let plain = ragged.stray.then(|| "quotes put right".to_owned());
            if let Some(done) = align::told(&aligned, self.table.header()).or(plain) {
                let at = format!("/tables/{}/rows/{row}", self.number);
                self.findings.push(finding(at, Level::Repair, done));
            }
            for (column, cell) in aligned.cells.into_iter().enumerate() {
                self.table.set(row, column, cell);
            }
        }
    }
}

/// A line of dashes, dots or fences is no row.
fn is_rule(line: &str) -> bool {
    line.len() > 2 && line.bytes().all(|byte| b"-=+.*_`~ ".contains(&byte))
}

/// Whether a record behind the last row that fits is a remark and not a row that was cut off.
fn is_footer(ragged: &Ragged<'_>) -> bool {
    let [only] = &ragged.pieces[..] else {
        // A sentence with commas: pieces that begin with spaces and end in a full stop.
        let last = ragged.pieces.last().map_or("", |piece| &piece.text);
        return ragged.apart && last.ends_with(['.', ':', '!', '?']);
    };
    let text = only.text.trim();
    ragged.apart
        || text.split_whitespace().count() > 2
        || text.starts_with(['#', '*', '(', '['])
        || text.ends_with(['.', ':', '!'])
}
