//! [`print`]: the document of some files, with the text of long ones read again as it is printed.

use std::io::{self, BufWriter, Write};
use std::num::NonZero;
use std::path::PathBuf;
use std::rc::Rc;

use peyote_schemas::document;
use peyote_schemas::infer::{self, Said, flow};
use peyote_schemas::read::{self, Source, moved};
use peyote_schemas::stream;
use peyote_schemas::{Dataset, Finding, RawTable, Table};

use crate::error::Error;
use crate::input::{self, Keep};

/// Bytes of a text from which on its tables are not kept as text as well.
const LONG: usize = 1_000_000;

/// A text that is read again for the rows of one of its tables.
struct Again {
    name: Rc<str>,
    text: Rc<String>,
    number: usize,
}

/// Prints the document of some files and folders.
pub(super) fn print(paths: &[PathBuf]) -> Result<(), Error> {
    let mut tables: Vec<Table> = Vec::new();
    let mut again: Vec<Option<Again>> = Vec::new();
    let (mut findings, mut doubts) = (Vec::new(), Vec::new());
    let threads = std::thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN);
    for path in paths {
        let failed = |error: io::Error| Error::at_path(path, &error);
        for file in input::gather(path, Keep::Memory).map_err(failed)? {
            let first = tables.len();
            let name = file.name.clone();
            let text = read::decoded(file.bytes().map_err(failed)?);
            let source = Source { name: &name, text: &text, expect: None };
            let shift = |found: Vec<Finding>| found.into_iter().map(move |one| moved(one, first));
            if text.len() >= LONG && stream::form(&name).is_some() {
                let flow = flow::read(&source, threads);
                if comes_again(&name, &text, &flow.tables) {
                    let (name, text): (Rc<str>, _) = (name.into(), Rc::new(text));
                    let place = |number: usize| Again {
                        name: Rc::clone(&name),
                        text: Rc::clone(&text),
                        number,
                    };
                    again.extend((0..flow.tables.len()).map(|number| Some(place(number))));
                    tables.extend(flow.tables);
                    findings.extend(shift(flow.findings));
                    doubts.extend(shift(flow.doubts));
                    continue;
                }
            }
            let mut reading = read::read(&source);
            findings.extend(shift(reading.findings));
            // A table that is alone keeps the text that it was read from: no copy is made of it.
            let lone = (reading.tables.len() == 1).then(|| reading.tables.pop()).flatten();
            let mut raws: Vec<RawTable<'static>> =
                reading.tables.into_iter().map(RawTable::into_owned).collect();
            if let Some(adrift) = lone.map(RawTable::adrift) {
                raws.push(adrift.within(text));
            }
            for raw in raws {
                let at = format!("/tables/{}", tables.len());
                let (columns, batch) = infer::typed(&raw, &Said::default(), &at, &mut doubts);
                let (primary_key, foreign_keys) = (Vec::new(), Vec::new());
                tables.push(Table { raw, columns, primary_key, foreign_keys, batch });
                again.push(None);
            }
        }
    }
    findings.append(&mut doubts);
    let said = vec![Said::default(); tables.len()];
    infer::keys::find(&mut tables, &said, &mut findings);
    let dataset = Dataset { tables, findings };
    let mut out = BufWriter::new(io::stdout().lock());
    let mut rows = |number: usize, out: &mut dyn Write| -> io::Result<bool> {
        let Some(again) = &again[number] else { return Ok(false) };
        let header = dataset.tables[number].raw.header();
        let input = again.text.as_bytes();
        match stream::texts(&again.name, (again.number, header), input, out) {
            Ok(_) => Ok(true),
            Err(stream::Fault::Input(error)) => Err(error),
            Err(stream::Fault::Unfit(reason)) => Err(io::Error::other(reason)),
        }
    };
    let written = document::write(&dataset, &mut out, &mut rows);
    super::super::printed(written.and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush()))
}

/// Whether the rows of some tables are had by reading their text in parts.
fn comes_again(name: &str, text: &str, tables: &[Table]) -> bool {
    let same = |(number, table): (usize, &Table)| {
        let header = table.raw.header();
        let rows = stream::texts(name, (number, header), text.as_bytes(), &mut io::sink());
        rows.is_ok_and(|rows| rows == table.batch.num_rows() as u64)
    };
    tables.len() <= 2 && tables.iter().enumerate().all(same)
}
