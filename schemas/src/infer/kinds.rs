//! Kinds from every row, never from a sample.

use std::collections::HashMap;

use arrow::array::ArrayRef;

use super::Said;
use crate::cell::{Cell, RawTable};
use crate::column::Column;
use crate::finding::{Finding, Level};
use crate::guard;
use crate::kind::Kind;
use crate::name::Identifier;
use crate::value::moment::Order;
use evidence::Evidence;
pub(crate) use hint::Hint;
use moment::Settled;

pub(crate) mod evidence;
pub(crate) mod guess;
mod hint;
mod moment;
mod nested;
mod number;
mod word;

/// A column for each column of a table; `at` is the table's pointer.
///
/// Every value has a part in it: a kind is tried until a value refuses it, and the first kind that
/// none refuses is the column's. What a design says wins where the values fit it. What the guard
/// makes of the values under the kinds found here has no misfit.
pub fn columns(
    table: &RawTable<'_>,
    said: &Said,
    at: &str,
    findings: &mut Vec<Finding>,
) -> Vec<Column> {
    arrays(table, said, at, findings).into_iter().map(|(column, _)| column).collect()
}

/// The same, with the values of each column that was proved on the way: what the guard would make
/// of them.
pub(crate) fn arrays(
    table: &RawTable<'_>,
    said: &Said,
    at: &str,
    findings: &mut Vec<Finding>,
) -> Vec<(Column, Option<ArrayRef>)> {
    let known = Known::of(said);
    let header: Vec<Identifier> =
        table.header().iter().map(|name| Identifier::new(name, "x")).collect();
    let remark = |number: usize| known.remarks.get(&header[number]).copied().unwrap_or("");
    let hints: Vec<Hint> =
        (0..table.width()).map(|number| Hint::new(&header[number], remark(number))).collect();
    let trusted = |(number, hint): (usize, &Hint)| {
        (!known.columns.contains_key(&header[number])).then(|| hint.clone())
    };
    let proved = guess::columns(table, hints.iter().enumerate().map(trusted).collect());
    let each = |number: usize, take: &mut dyn FnMut(Cell<'_>)| {
        table.column(number).for_each(take);
    };
    conclude(table.header(), &Asked { hints, known }, proved, &each, at, findings)
}

/// Gives all cells of the column of a number to whoever asks for them.
pub(super) type Each<'e> = dyn Fn(usize, &mut dyn FnMut(Cell<'_>)) + 'e;

/// Gives all cells of a column to whoever asks for them.
type Cells<'e> = dyn Fn(&mut dyn FnMut(Cell<'_>)) + 'e;

/// What is asked for: the columns' hints and what was said of them.
struct Asked<'s> {
    hints: Vec<Hint>,
    known: Known<'s>,
}

/// The columns of a table of which nothing was said, where some are proved and the cells of the
/// others are at hand.
pub(super) fn concluded(
    header: &[String],
    proved: Vec<Option<guess::Proved>>,
    each: &Each<'_>,
    at: &str,
    findings: &mut Vec<Finding>,
) -> Vec<(Column, Option<ArrayRef>)> {
    // What is proved is not asked for hints.
    let hint = |(name, proved): (&String, &Option<guess::Proved>)| {
        if proved.is_some() { Hint::default() } else { Hint::of(name) }
    };
    let hints = header.iter().zip(&proved).map(hint).collect();
    let nothing = Said::default();
    let asked = Asked { hints, known: Known::of(&nothing) };
    conclude(header, &asked, proved, each, at, findings)
}

/// The columns of a table of which nothing was said, by what their values say.
pub(crate) fn evident(
    header: &[String],
    evidence: &[Evidence],
    at: &str,
    findings: &mut Vec<Finding>,
) -> Vec<Column> {
    let verdicts = verdicts(evidence.iter().map(Some));
    let columns = header.iter().zip(evidence).zip(verdicts).enumerate();
    let column = |(number, ((name, evidence), verdict)): (usize, ((&String, &Evidence), _))| {
        let verdict: Option<(Verdict, Settled)> = verdict;
        let at = format!("{at}/columns/{number}");
        Some(verdict?.0.into_column(name, evidence, &at, findings))
    };
    columns.filter_map(column).collect()
}

/// What each evidence comes down to. One table is written in one order: what a column leaves open,
/// another may settle.
fn verdicts<'e>(
    evidence: impl Iterator<Item = Option<&'e Evidence>> + Clone,
) -> Vec<Option<(Verdict, Settled)>> {
    let mut verdicts: Vec<Option<(Verdict, Settled)>> =
        evidence.clone().map(|evidence| Some(evidence?.verdict(None))).collect();
    if let Some(order) = common_order(verdicts.iter().flatten()) {
        for (slot, evidence) in verdicts.iter_mut().zip(evidence) {
            if let (Some((_, Settled::Open)), Some(evidence)) = (&slot, evidence) {
                *slot = Some(evidence.verdict(Some(order)));
            }
        }
    }
    verdicts
}

fn conclude(
    header: &[String],
    asked: &Asked<'_>,
    proved: Vec<Option<guess::Proved>>,
    each: &Each<'_>,
    at: &str,
    findings: &mut Vec<Finding>,
) -> Vec<(Column, Option<ArrayRef>)> {
    let gathered = |(number, proved): (usize, &Option<guess::Proved>)| {
        proved.is_none().then(|| {
            let mut evidence = Evidence::new(asked.hints[number].clone(), 0);
            each(number, &mut |cell| evidence.take(&cell));
            evidence
        })
    };
    let evidence: Vec<Option<Evidence>> = proved.iter().enumerate().map(gathered).collect();
    let verdicts = verdicts(evidence.iter().map(Option::as_ref));
    let mut columns = Vec::with_capacity(header.len());
    for (number, ((verdict, evidence), proved)) in
        verdicts.into_iter().zip(&evidence).zip(proved).enumerate()
    {
        let name = &header[number];
        if let Some(proved) = proved {
            columns.push((proved.verdict.proved(name, proved.nullable), Some(proved.array)));
            continue;
        }
        let at = format!("{at}/columns/{number}");
        let (Some((verdict, _)), Some(evidence)) = (verdict, evidence) else { continue };
        let column = match asked.known.columns.get(&Identifier::new(name, "x")) {
            Some(designed) => {
                let each = |take: &mut dyn FnMut(Cell<'_>)| each(number, take);
                settle(designed, name, &each, evidence, verdict, &at, findings)
            }
            None => verdict.into_column(name, evidence, &at, findings),
        };
        columns.push((column, None));
    }
    columns
}

/// What was said beforehand, by the names of columns in any spelling.
struct Known<'s> {
    columns: HashMap<Identifier, &'s Column>,
    remarks: HashMap<Identifier, &'s str>,
}

impl<'s> Known<'s> {
    fn of(said: &'s Said) -> Self {
        let column = |column: &'s Column| (Identifier::new(&column.name, "x"), column);
        let remark =
            |(name, remark): &'s (String, String)| (Identifier::new(name, "x"), remark.as_str());
        Self {
            columns: said.columns.iter().rev().map(column).collect(),
            remarks: said.remarks.iter().rev().map(remark).collect(),
        }
    }
}

/// What the values of a column are, and what is to be said of it.
struct Verdict {
    kind: Kind,
    unit: Option<String>,
    format: Option<String>,
    /// How many words were taken as nulls.
    words: usize,
    notes: Vec<String>,
    hint: Option<String>,
}

impl Verdict {
    fn new(kind: Kind) -> Self {
        Self { kind, unit: None, format: None, words: 0, notes: Vec::new(), hint: None }
    }

    fn note(&mut self, note: String) {
        self.notes.push(note);
    }

    /// The column of values without a word for nothing and without a doubt.
    fn proved(self, name: &str, nullable: bool) -> Column {
        let mut column = Column::new(name, self.kind);
        column.nullable = nullable;
        column.format = self.format;
        column
    }

    fn into_column(
        self,
        name: &str,
        evidence: &Evidence,
        at: &str,
        findings: &mut Vec<Finding>,
    ) -> Column {
        let mut column = Column::new(name, self.kind);
        column.nullable = evidence.is_nullable(&column.kind);
        column.unit = self.unit;
        column.format = self.format;
        if self.words > 0 {
            let word = evidence.null_word(&column.kind).unwrap_or("");
            let rows = if self.words == 1 { "row" } else { "rows" };
            let message =
                format!("words such as `{word}` are taken as null in {} {rows}", self.words);
            findings.push(Finding::new(Level::Note, at, message));
        }
        for note in self.notes {
            let mut finding = Finding::new(Level::Note, at, note);
            finding.hint.clone_from(&self.hint);
            findings.push(finding);
        }
        column
    }
}

/// The order that the columns of a table agree on, where one says it.
fn common_order<'v>(verdicts: impl Iterator<Item = &'v (Verdict, Settled)>) -> Option<Order> {
    let mut orders = verdicts.filter_map(|(_, settled)| match settled {
        Settled::By(order) => Some(*order),
        _ => None,
    });
    let first = orders.next()?;
    orders.all(|order| order == first).then_some(first)
}

/// The column that a design says, where most values fit it; else what the values are.
fn settle(
    designed: &Column,
    name: &str,
    each: &Cells<'_>,
    evidence: &Evidence,
    verdict: Verdict,
    at: &str,
    findings: &mut Vec<Finding>,
) -> Column {
    /// Of so many values one may break the design before the design is doubted: where the values
    /// have a kind of their own, and where they are text.
    const ONE_OF: (usize, usize) = (5, 2);
    let mut column = Column { name: name.to_owned(), ..designed.clone() };
    if column.kind.is_moment() && column.format.is_none() && verdict.kind.is_moment() {
        column.format.clone_from(&verdict.format);
    }
    if column.kind.is_number() && column.format.is_none() && verdict.kind.is_number() {
        column.format.clone_from(&verdict.format);
    }
    if column.kind.is_number() && column.unit.is_none() {
        column.unit.clone_from(&verdict.unit);
    }
    let (mut values, mut builder) = (0, guard::column::Builder::new(&column));
    each(&mut |cell| {
        values += usize::from(cell != Cell::Absent);
        builder.push(&cell);
    });
    let (_, misfits) = builder.finish();
    let one_of = if verdict.kind == Kind::Text { ONE_OF.1 } else { ONE_OF.0 };
    if misfits.len() * one_of <= values {
        return column;
    }
    let found = verdict.into_column(name, evidence, at, findings);
    let message = format!(
        "the design says {}, but {} of {values} values are not; read as {}",
        designed.kind,
        misfits.len(),
        found.kind
    );
    findings.push(Finding::new(Level::Repair, at, message));
    found
}

#[cfg(test)]
mod tests;
