//! [`Body`]: a table while its records are read.
//!
//! Until enough rows have taught what the columns hold, they stand in a table of text, and the
//! records that do not fit wait. From then on what does not fit is divided where it is met, and rows
//! go to a sink, if there is one, and are not kept.

use std::sync::Arc;

use super::begin::Begin;
use super::lane::{Lane, Run};
use super::queue::{Crew, Queue};
use super::ragged::{self, Notes, Ragged};
use super::scan::{Piece, Record, Scanner};
use super::share::Share;
use super::sink::Sink;
use super::sniff::Sniffed;
use super::{
    ENOUGH, LEARNT, LESSON, MOST_REMARKS, MOST_WAITING, ROOMY, finding, is_blank, is_comment,
    is_dashes, is_end_mark, is_rule, mend, opens_comment, span,
};
use crate::cell::cut::Cut;
use crate::cell::span::Span;
use crate::cell::{Cell, RawTable};
use crate::finding::{Finding, Level};
use crate::read::Source;
use crate::read::align::{self, Patience, Profile};

/// How a table is read, whatever its rows are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Manner {
    /// Whether a record named the columns.
    pub(super) named: bool,
    /// Whether a blank line is a row: in a file of one column.
    blank_rows: bool,
    /// Whether a `#` may begin a comment.
    comments: bool,
}

/// A table while it is read.
pub(super) struct Body<'a, S> {
    pub(super) number: usize,
    pub(super) manner: Manner,
    /// The rows that no sink has taken.
    pub(super) table: RawTable<'a>,
    pub(super) sink: Option<S>,
    /// Rows that the sink has taken.
    pub(super) given: usize,
    pub(super) cuts: Vec<Cut>,
    pub(super) profile: Profile,
    pub(super) learnt: usize,
    /// Whether the profile has learnt what it will learn.
    pub(super) taught: bool,
    /// Where in the text it is at last.
    pub(super) lesson: usize,
    /// Whether a row was taken that fits.
    pub(super) fits: bool,
    pub(super) patience: Patience,
    /// Records that do not fit, not yet known to be rows.
    pub(super) pending: Vec<Ragged>,
    /// Whether a blank line came last.
    pub(super) apart: bool,
    /// Rows that do not fit and wait for the profile, by their number.
    pub(super) ragged: Vec<(usize, Ragged)>,
    /// What was left out, and what was mended.
    pub(super) omitted: Notes,
    pub(super) mended: Notes,
    pub(super) trailing: usize,
    /// Rows when they were last counted.
    pub(super) counted: usize,
    /// Where rows go while several threads take them.
    pub(super) queue: Option<Arc<Queue<'a>>>,
    /// The same while this thread takes them later.
    pub(super) share: Option<Share<'a>>,
    /// Rows of one stretch of the text that were not yet given away.
    pub(super) run: Option<Run<'a>>,
}

/// Where reading stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// At the first record that begins there or behind, as was asked for.
    At(usize),
    /// Where another table begins.
    Next(usize),
    /// At a table that would be all but empty.
    Sparse,
    /// At a record that only what stands behind this part of the text can tell.
    Short(usize),
}

impl<'a, S: Sink<'a>> Body<'a, S> {
    pub(super) fn new(
        begin: &Begin<'_>,
        number: usize,
        sniffed: &Sniffed,
        source: &Source<'a>,
        scanner: &Scanner<'a>,
        sink: Option<S>,
    ) -> Self {
        let name = if number == 0 {
            source.stem().to_owned()
        } else {
            format!("{}_{}", source.stem(), number + 1)
        };
        Self {
            number,
            manner: Manner {
                named: begin.named,
                blank_rows: begin.header.len() == 1 && source.is_delimited_file(),
                comments: sniffed.comments,
            },
            table: RawTable::within(source.text, name, source.name, begin.header.clone()),
            sink,
            given: 0,
            cuts: Vec::new(),
            profile: Profile::new(&begin.header, source.expect),
            learnt: 0,
            taught: false,
            lesson: scanner.base + begin.first + LESSON,
            fits: false,
            patience: Patience::with(scanner.span()),
            pending: Vec::new(),
            apart: false,
            ragged: Vec::new(),
            omitted: Notes::default(),
            mended: Notes::default(),
            trailing: 0,
            counted: 0,
            queue: None,
            share: None,
            run: None,
        }
    }

    /// Does what [`pass`](Self::pass) does, but for rows that wait for others of their stretch.
    pub(super) fn records(
        &mut self,
        scanner: &mut Scanner<'a>,
        mut at: usize,
        until: usize,
        crew: &Crew<'_>,
    ) -> Stop {
        let width = self.table.width();
        let mut pieces = Vec::new();
        let mut lane = None;
        while at < until {
            if scanner.base + at >= self.lesson && !self.taught {
                self.conclude(scanner);
                self.expect(scanner, at);
            }
            if !self.apart && !self.manner.comments && width > 1 && self.fits {
                at = self.take_clean(scanner, at, until, &mut lane, crew);
                if at >= until {
                    break;
                }
            }
            let regretted = scanner.regretted;
            scanner.short = false;
            let mut record = scanner.record(at, &mut pieces);
            if record.broken && (pieces.len() != width || record.stray) {
                record = self.mistrust(scanner, at, record, &mut pieces);
            }
            let blank = is_blank(&pieces);
            let other = !blank
                && (self.apart && self.is_other(scanner, &pieces, record.next)
                    || self.is_next(scanner, &pieces, record.next));
            if scanner.short {
                scanner.regretted = regretted;
                return Stop::Short(at);
            }
            if other {
                return Stop::Next(at);
            }
            if !blank {
                self.take(scanner, at, &record, &mut pieces);
            } else if self.manner.blank_rows {
                self.settle(scanner);
                self.keep(vec![Cell::Absent]);
            }
            self.apart = blank;
            self.counted = self.rows() + self.pending.len();
            if self.is_sparse(scanner, at) {
                return Stop::Sparse;
            }
            if let Some(queue) = &self.queue {
                queue.ease(crew, &mut self.cuts);
            }
            at = record.next;
        }
        Stop::At(at)
    }

    /// Whether the rows have more cells than the text could fill: a full row has a delimiter for
    /// each.
    pub(super) fn is_sparse(&self, scanner: &Scanner<'a>, at: usize) -> bool {
        self.counted * self.table.width() > ROOMY.max(scanner.base + at)
    }

    /// Takes the records that plainly fit, up to the first that does not; where that begins.
    fn take_clean(
        &mut self,
        scanner: &Scanner<'a>,
        mut at: usize,
        until: usize,
        lane: &mut Option<Lane<'a>>,
        crew: &Crew<'_>,
    ) -> usize {
        let Some(offset) = self.table.place_of(scanner.text) else { return at };
        if offset + scanner.text.len() > Span::FARTHEST {
            return at;
        }
        // What is learnt from ends at a place of the text, however it is read.
        let until =
            if self.taught { until } else { until.min(self.lesson.saturating_sub(scanner.base)) };
        let end = scanner.text.floor_char_boundary(until);
        if lane.as_ref().is_none_or(|lane| lane.length() != end) {
            self.give();
            *lane = Some(Lane::new(&scanner.text[..end], scanner.dialect, self.marks()));
        }
        let Some(lane) = lane else { return at };
        let width = self.table.width();
        let name = self.table.header()[0].clone();
        while at < until {
            let place = lane.place(at);
            if place.is_none() {
                // What was found goes away before another stretch is indexed.
                self.give();
                if let Some(queue) = &self.queue {
                    queue.ease(crew, &mut self.cuts);
                }
            }
            let Some((clean, end)) = lane.clean(at, place, width, &name) else { break };
            // What waits to be known as a row is one now.
            self.settle(scanner);
            if self.gives() {
                self.given += clean.count;
                self.run.get_or_insert_with(|| lane.nothing(width)).push(clean);
            } else {
                let mut run = lane.nothing(width);
                run.push(clean);
                run.append(offset, &mut self.cuts, &mut self.table);
            }
            at = end;
            if !self.taught {
                let learnt = clean.count.min(LEARNT - self.learnt);
                self.learnt += learnt;
                self.profile.learn_spaces((width - 1) * learnt, 0);
                self.teach(scanner);
                if self.taught {
                    self.expect(scanner, at);
                    break;
                }
            }
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
            return Record { stray: true, alone: true, ..single };
        }
        whole
    }

    fn take(
        &mut self,
        scanner: &Scanner<'a>,
        at: usize,
        record: &Record,
        pieces: &mut Vec<Piece<'a>>,
    ) {
        let apart = self.apart;
        let width = self.table.width();
        self.trailing += usize::from(ragged::trim(pieces, width));
        let line = scanner.text[at..record.end].trim();
        if self.manner.comments && mend::uncomment(pieces) {
            self.left_out("comment", line);
        }
        if is_end_mark(line) {
            // One Ctrl-Z ends each of several files that were put together.
            if line != "\u{1A}" {
                self.left_out("line of nothing but NUL or Ctrl-Z", "");
            }
            return;
        }
        let remark = apart && self.manner.named && width > 1 && span::is_prose(line);
        if pieces.len() != width || remark || self.is_suspect(scanner, pieces) {
            let comment = is_comment(pieces) || self.manner.comments && opens_comment(pieces);
            if width > 1 && comment || is_rule(line) {
                self.left_out("comment", line);
            } else {
                let ragged = Ragged::new(at, record, pieces, apart);
                if ragged.remark && self.pending.len() < MOST_REMARKS {
                    self.pending.push(ragged);
                } else {
                    // What is no remark is a row, and so is all before it.
                    self.settle(scanner);
                    self.admit(scanner, ragged, pieces);
                }
            }
            return;
        }
        if self.manner.named && self.fits && self.repeats_header(pieces) {
            self.left_out("repeated header", &scanner.text[at..record.end]);
            return;
        }
        if !self.fits
            && self.manner.named
            && width > 1
            && (pieces.iter().all(|piece| piece.text.is_empty())
                || pieces.iter().all(|piece| is_dashes(&piece.text)))
        {
            self.left_out("line under the header", &scanner.text[at..record.end]);
            return;
        }
        self.settle(scanner);
        self.fits = true;
        if self.learnt < LEARNT && !self.taught {
            self.learnt += 1;
            let spaced =
                |piece: &&Piece<'_>| scanner.text.as_bytes().get(piece.start) == Some(&b' ');
            self.profile.learn_spaces(width - 1, pieces[1..].iter().filter(spaced).count());
        }
        let cell = |piece: Piece<'a>| {
            if piece.quoted { Cell::Quoted(piece.text) } else { Cell::bare(piece.text) }
        };
        self.keep(pieces.drain(..).map(cell).collect());
        self.teach(scanner);
    }

    fn left_out(&mut self, what: &str, line: &str) {
        let message = || super::left_out(what, line);
        let row = self.rows() + self.pending.len();
        self.omitted.push(row, Level::Note, message);
    }

    /// Rows so far.
    pub(super) fn rows(&self) -> usize {
        self.given + self.table.len()
    }

    /// Makes rows of the records that did not fit; until the profile is taught they wait in their
    /// places.
    pub(super) fn settle(&mut self, scanner: &Scanner<'a>) {
        for ragged in std::mem::take(&mut self.pending) {
            let pieces = if self.taught { self.pieces(scanner, &ragged) } else { Vec::new() };
            self.admit(scanner, ragged, &pieces);
        }
    }

    /// Makes a row of a record that does not fit, whose pieces are at hand unless it waits.
    fn admit(&mut self, scanner: &Scanner<'a>, ragged: Ragged, pieces: &[Piece<'a>]) {
        let row = self.rows();
        if self.taught {
            let cells = self.divide(scanner, row, &ragged, pieces);
            return self.keep(cells);
        }
        self.ragged.push((row, ragged));
        self.table.push_row([]);
        if self.ragged.len() >= MOST_WAITING {
            self.conclude(scanner);
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
                let pieces = self.pieces(scanner, row);
                self.patience.reach(scanner.base + row.at);
                let aligned = mend::best(&first, scanner, row, &pieces, &mut self.patience);
                self.profile
                    .learn(aligned.cells.iter().map(|cell| cell.text().unwrap_or_default()));
            }
        }
        for (row, ragged) in ragged {
            let pieces = self.pieces(scanner, &ragged);
            let cells = self.divide(scanner, row, &ragged, &pieces);
            for (column, cell) in cells.into_iter().enumerate() {
                self.table.set(row, column, cell);
            }
        }
        if let Some(sink) = &mut self.sink {
            sink.table(&self.table);
            self.given = self.table.len();
            self.table.clear();
        }
    }

    /// The pieces of a record that does not fit.
    fn pieces(&self, scanner: &Scanner<'a>, ragged: &Ragged) -> Vec<Piece<'a>> {
        ragged.pieces(scanner, self.table.width(), self.manner.comments.then_some(()))
    }

    /// A record that does not fit, divided among the columns.
    fn divide(
        &mut self,
        scanner: &Scanner<'a>,
        row: usize,
        ragged: &Ragged,
        pieces: &[Piece<'a>],
    ) -> Vec<Cell<'a>> {
        self.patience.reach(scanner.base + ragged.at);
        let aligned = mend::best(&self.profile, scanner, ragged, pieces, &mut self.patience);
        if ragged.stray || !aligned.is_plain() {
            let header = self.table.header();
            let told =
                || align::told(&aligned, header).unwrap_or_else(|| "quotes put right".into());
            self.mended.push(row, Level::Repair, told);
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
            && last.remark
        {
            footer.extend(self.pending.pop());
        }
        self.settle(scanner);
        for last in footer.iter().rev() {
            let line = &scanner.text[last.at..scanner.line(last.at)];
            self.left_out("line after the table", line);
        }
        self.conclude(scanner);
        let at = format!("/tables/{}", self.number);
        let mut findings = self.omitted.findings(&at);
        if self.trailing > 0 {
            let message =
                format!("{} rows end in delimiters that no column stands for", self.trailing);
            findings.push(finding(at.clone(), Level::Repair, message));
        }
        findings.append(&mut self.mended.findings(&at));
        Read { table: self.table, sink: self.sink, findings }
    }
}

/// A table that was read.
pub(super) struct Read<'a, S> {
    /// Its rows, but for those that the sink took.
    pub(super) table: RawTable<'a>,
    pub(super) sink: Option<S>,
    pub(super) findings: Vec<Finding>,
}
