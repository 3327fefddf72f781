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
    arrays(table, said, at, findings).0
}

/// The same, with the values of each column that was proved on the way: what the guard would make
/// of them.
pub(crate) fn arrays(
    table: &RawTable<'_>,
    said: &Said,
    at: &str,
    findings: &mut Vec<Finding>,
) -> Typed {
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
    let hint = |number: usize| hints[number].clone();
    conclude(table.header(), &Asked { hint: &hint, known }, proved, &each, at, findings)
}

/// Columns, and for each its values where it was proved.
pub(crate) type Typed = (Vec<Column>, Vec<Option<ArrayRef>>);

/// Gives all cells of the column of a number to whoever asks for them.
pub(super) type Each<'e> = dyn Fn(usize, &mut dyn FnMut(Cell<'_>)) + 'e;

/// Gives all cells of a column to whoever asks for them.
type Cells<'e> = dyn Fn(&mut dyn FnMut(Cell<'_>)) + 'e;

/// What is asked for: the hint of the column of a number, and what was said of the columns.
struct Asked<'s> {
    hint: &'s dyn Fn(usize) -> Hint,
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
) -> Typed {
    let nothing = Said::default();
    let hint = |number: usize| Hint::of(&header[number]);
    let asked = Asked { hint: &hint, known: Known::of(&nothing) };
    conclude(header, &asked, proved, each, at, findings)
}

/// The columns of a table of which nothing was said, by what their values say.
pub(crate) fn evident(
    header: &[String],
    evidence: &[Evidence],
    at: &str,
    findings: &mut Vec<Finding>,
) -> Vec<Column> {
    let columns = header.iter().zip(evidence).zip(verdicts(evidence)).enumerate();
    let column = |(number, ((name, evidence), verdict)): (usize, ((&String, &Evidence), _))| {
        let (verdict, _): (Verdict, Settled) = verdict;
        let at = format!("{at}/columns/{number}");
        verdict.into_column(name, evidence, &at, findings)
    };
    columns.map(column).collect()
}

/// What each evidence comes down to. One table is written in one order: what a column leaves open,
/// another may settle.
fn verdicts(evidence: &[Evidence]) -> Vec<(Verdict, Settled)> {
    let mut verdicts: Vec<(Verdict, Settled)> =
        evidence.iter().map(|evidence| evidence.verdict(None)).collect();
    if let Some(order) = common_order(verdicts.iter()) {
        for (slot, evidence) in verdicts.iter_mut().zip(evidence) {
            if matches!(slot.1, Settled::Open) {
                *slot = evidence.verdict(Some(order));
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
) -> Typed {
    // Of what is proved, and of very wide tables all may be, there is no evidence.
    let gathered = |number: usize| {
        let mut evidence = Evidence::new((asked.hint)(number), 0);
        each(number, &mut |cell| evidence.take(&cell));
        evidence
    };
    let lost = (0..header.len()).filter(|number| proved[*number].is_none());
    let evidence: Vec<Evidence> = lost.map(gathered).collect();
    let mut verdicts = verdicts(&evidence).into_iter().zip(&evidence);
    let (mut columns, mut arrays) =
        (Vec::with_capacity(header.len()), Vec::with_capacity(header.len()));
    for (number, (name, proved)) in header.iter().zip(proved).enumerate() {
        if let Some(proved) = proved {
            columns.push(proved.verdict.proved(name, proved.nullable));
            arrays.push(Some(proved.array));
            continue;
        }
        let at = format!("{at}/columns/{number}");
        let Some(((verdict, _), evidence)) = verdicts.next() else { continue };
        let column = match asked.known.columns.get(&Identifier::new(name, "x")) {
            Some(designed) => {
                let each = |take: &mut dyn FnMut(Cell<'_>)| each(number, take);
                settle(designed, name, &each, evidence, verdict, &at, findings)
            }
            None => verdict.into_column(name, evidence, &at, findings),
        };
        columns.push(column);
        arrays.push(None);
    }
    (columns, arrays)
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
            let words = evidence.null_words(&column.kind);
            let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
            let words = words.join(", ");
            let rows = if self.words == 1 { "row" } else { "rows" };
            let message =
                format!("words such as {words} are taken as null in {} {rows}", self.words);
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
