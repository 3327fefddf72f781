//! [`Body`]: a table while its records are read.
//!
//! Until enough rows have taught what the columns hold, they stand in a table of text, and the
//! records that do not fit wait. From then on what does not fit is divided where it is met, and rows
//! go to a sink, if there is one, and are not kept.

use super::begin::Begin;
use super::lane::{Lane, Run};
use super::scan::{Piece, Record, Scanner};
use super::sniff::Sniffed;
use super::{
    ALIKE, ENOUGH, LEARNT, RARELY, ROOMY, finding, header, is_blank, is_comment, is_footer,
    is_rule, mend, quoted, span,
};
use crate::cell::cut::Cut;
use crate::cell::span::Span;
use crate::cell::{Cell, RawTable};
use crate::finding::{Finding, Level};
use crate::read::Source;
use crate::read::align::{self, Patience, Profile};

/// What takes the rows of a table as they are read, in order.
pub(crate) trait Sink<'a> {
    /// Takes the rows of a table.
    fn table(&mut self, table: &RawTable<'a>);
    /// Takes many rows.
    fn run(&mut self, run: &Run<'a, '_>);
    /// Takes one row.
    fn row(&mut self, cells: Vec<Cell<'a>>);
}

/// No sink: rows stay in their table.
pub(super) enum Nobody {}

impl Sink<'_> for Nobody {
    fn table(&mut self, _: &RawTable<'_>) {}
    fn run(&mut self, _: &Run<'_, '_>) {}
    fn row(&mut self, _: Vec<Cell<'_>>) {}
}

/// A record that does not fit.
pub(super) struct Ragged<'a> {
    /// Where it stands in the text.
    pub(super) at: usize,
    /// Its pieces.
    pub(super) pieces: Vec<Piece<'a>>,
    /// Whether a quote stood where none should.
    pub(super) stray: bool,
    /// Whether a blank line precedes it.
    pub(super) apart: bool,
}

/// A table while it is read.
pub(super) struct Body<'a, S> {
    number: usize,
    named: bool,
    /// The rows that no sink has taken.
    table: RawTable<'a>,
    sink: Option<S>,
    /// Rows that the sink has taken.
    given: usize,
    cuts: Vec<Cut>,
    profile: Profile,
    learnt: usize,
    /// Whether the profile has learnt what it will learn.
    taught: bool,
    patience: Patience,
    /// Records that do not fit, not yet known to be rows.
    pending: Vec<Ragged<'a>>,
    /// Rows that do not fit and wait for the profile, by their number.
    ragged: Vec<(usize, Ragged<'a>)>,
    /// What was left out, and what was mended.
    findings: Vec<Finding>,
    repairs: Vec<Finding>,
    trailing: usize,
    /// Whether a blank line is a row: in a file of one column.
    blank_rows: bool,
    /// Whether a `#` may begin a comment.
    comments: bool,
}

impl<'a, S: Sink<'a>> Body<'a, S> {
    pub(super) fn new(
        begin: &Begin<'_>,
        number: usize,
        sniffed: &Sniffed,
        source: &Source<'a>,
        sink: Option<S>,
    ) -> Self {
        let name = if number == 0 {
            source.stem().to_owned()
        } else {
            format!("{}_{}", source.stem(), number + 1)
        };
        Self {
            number,
            named: begin.named,
            table: RawTable::within(source.text, name, source.name, begin.header.clone()),
            sink,
            given: 0,
            cuts: Vec::new(),
            profile: Profile::new(&begin.header, source.expect),
            learnt: 0,
            taught: false,
            patience: Patience::with(source.text),
            pending: Vec::new(),
            ragged: Vec::new(),
            findings: Vec::new(),
            repairs: Vec::new(),
            trailing: 0,
            blank_rows: begin.header.len() == 1 && source.is_delimited_file(),
            comments: sniffed.comments,
        }
    }

    /// Reads records from `at` until the text or the table ends; where that is, or nothing where
    /// the table would be all but empty.
    pub(super) fn read(&mut self, scanner: &mut Scanner<'a>, mut at: usize) -> Option<usize> {
        let width = self.table.width();
        let most = ROOMY.max(scanner.text.len());
        let mut pieces = Vec::new();
        let mut apart = false;
        let mut lane = None;
        while at < scanner.text.len() {
            if !apart && !self.comments && width > 1 && self.rows() > 0 {
                at = self.take_clean(scanner, at, &mut lane);
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
            if (self.rows() + self.pending.len()) * width > most {
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
        mut at: usize,
        lane: &mut Option<Lane<'a>>,
    ) -> usize {
        let Some(offset) = self.table.place_of(scanner.text) else { return at };
        if offset + scanner.text.len() > Span::FARTHEST {
            return at;
        }
        let lane = lane.get_or_insert_with(|| Lane::new(scanner.text, scanner.dialect));
        let width = self.table.width();
        let name = self.table.header()[0].clone();
        while let Some((run, end)) = lane.run(at, width, &name) {
            // What waits to be known as a row is one now.
            self.settle(scanner);
            match &mut self.sink {
                Some(sink) if self.taught => {
                    sink.run(&run);
                    self.given += run.count();
                }
                _ => run.append(offset, &mut self.cuts, &mut self.table),
            }
            let learnt = run.count().min(LEARNT - self.learnt);
            self.learnt += learnt;
            self.profile.learn_spaces((width - 1) * learnt, 0);
            self.teach(scanner);
            at = end;
        }
        at
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
        if self.named && self.rows() > 0 && self.repeats_header(pieces) {
            self.left_out("repeated header", &scanner.text[at..record.end]);
            return;
        }
        if self.rows() == 0
            && self.named
            && width > 1
            && pieces.iter().all(|piece| piece.text.is_empty())
        {
            self.left_out("empty line under the header", &scanner.text[at..record.end]);
            return;
        }
        self.settle(scanner);
        if self.learnt < LEARNT {
            self.learnt += 1;
            let spaced =
                |piece: &&Piece<'_>| scanner.text.as_bytes().get(piece.start) == Some(&b' ');
            self.profile.learn_spaces(width - 1, pieces[1..].iter().filter(spaced).count());
        }
        let cells = pieces.drain(..).map(|piece| {
            if piece.quoted { Cell::Quoted(piece.text) } else { Cell::bare(piece.text) }
        });
        match &mut self.sink {
            Some(sink) if self.taught => {
                sink.row(cells.collect());
                self.given += 1;
            }
            _ => self.table.push_row(cells),
        }
        self.teach(scanner);
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
            || self.rows() == 0
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
        let at = format!("/tables/{}/rows/{}", self.number, self.rows() + self.pending.len());
        self.findings.push(finding(at, Level::Note, message));
    }

    /// Rows so far.
    fn rows(&self) -> usize {
        self.given + self.table.len()
    }

    /// Makes rows of the records that did not fit; until the profile is taught they wait in their
    /// places.
    fn settle(&mut self, scanner: &Scanner<'a>) {
        for ragged in std::mem::take(&mut self.pending) {
            let row = self.rows();
            if !self.taught {
                self.ragged.push((row, ragged));
                self.table.push_row([]);
                continue;
            }
            let cells = self.divide(scanner, row, &ragged);
            if let Some(sink) = &mut self.sink {
                sink.row(cells);
                self.given += 1;
            } else {
                self.table.push_row(cells);
            }
        }
    }

    /// Teaches the profile once enough rows are there.
    fn teach(&mut self, scanner: &Scanner<'a>) {
        if self.learnt >= LEARNT && !self.taught {
            self.conclude(scanner);
        }
    }

    /// Teaches the profile by the rows that fit, divides those that wait for it, and gives all of
    /// them to the sink.
    fn conclude(&mut self, scanner: &Scanner<'a>) {
        if self.taught {
            return;
        }
        self.taught = true;
        let ragged = std::mem::take(&mut self.ragged);
        if !ragged.is_empty() || self.learnt >= LEARNT {
            let mut odd = ragged.iter().map(|(row, _)| *row).peekable();
            let fits = (0..self.table.len()).filter(|row| odd.next_if_eq(row).is_none());
            for row in fits.take(self.learnt) {
                let cells = (0..self.table.width()).map(|at| self.table.text(row, at));
                self.profile.learn(cells.map(Option::unwrap_or_default));
            }
        }
        if self.learnt < ENOUGH {
            // With nothing to go by but names, a first division teaches the second.
            let first = self.profile.clone();
            for (_, row) in ragged.iter().take(LEARNT) {
                let aligned = mend::best(&first, scanner, row, &mut self.patience);
                self.profile
                    .learn(aligned.cells.iter().map(|cell| cell.text().unwrap_or_default()));
            }
        }
        for (row, ragged) in ragged {
            for (column, cell) in self.divide(scanner, row, &ragged).into_iter().enumerate() {
                self.table.set(row, column, cell);
            }
        }
        if let Some(sink) = &mut self.sink {
            sink.table(&self.table);
            self.given = self.table.len();
            self.table.clear();
        }
    }

    /// A record that does not fit, divided among the columns.
    fn divide(&mut self, scanner: &Scanner<'a>, row: usize, ragged: &Ragged<'a>) -> Vec<Cell<'a>> {
        let aligned = mend::best(&self.profile, scanner, ragged, &mut self.patience);
        let plain = ragged.stray.then(|| "quotes put right".to_owned());
        if let Some(done) = align::told(&aligned, self.table.header()).or(plain) {
            let at = format!("/tables/{}/rows/{row}", self.number);
            self.repairs.push(finding(at, Level::Repair, done));
        }
        aligned.cells
    }

    /// The table, with its ragged rows divided among the columns, the sink that took its rows, and
    /// what was found.
    pub(super) fn finish(mut self, scanner: &Scanner<'a>) -> Read<'a, S> {
        let width = self.table.width();
        let rows = self.rows() + self.pending.len();
        let mut footer = Vec::new();
        while let Some(last) = self.pending.last()
            && rows > footer.len() + 1
            && width > 1
            && is_footer(last)
        {
            footer.extend(self.pending.pop());
        }
        self.settle(scanner);
        for last in footer.iter().rev() {
            let line = &scanner.text[last.at..scanner.line(last.at)];
            self.left_out("line after the table", line);
        }
        if self.trailing > 0 {
            let message =
                format!("{} rows end in delimiters that no column stands for", self.trailing);
            self.findings.push(finding(format!("/tables/{}", self.number), Level::Repair, message));
        }
        self.conclude(scanner);
        self.findings.append(&mut self.repairs);
        Read { table: self.table, sink: self.sink, findings: self.findings }
    }
}

/// A table that was read.
pub(super) struct Read<'a, S> {
    /// Its rows, but for those that the sink took.
    pub(super) table: RawTable<'a>,
    pub(super) sink: Option<S>,
    pub(super) findings: Vec<Finding>,
}
