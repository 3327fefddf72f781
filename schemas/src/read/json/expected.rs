//! [`settle`]: cells as a design expects them, where JSON can be written in more than one way.

use std::borrow::Cow;

use super::node::Node;
use super::parse::{Parser, Place};
use super::repair::Repair;
use crate::cell::{Cell, RawTable};
use crate::column::Column;
use crate::kind::Kind;

/// Makes lists and structs of the cells that a design expects to be such: of JSON written as text,
/// sound or not, and of one value where a list should be. The repairs and their rows, in order.
pub(super) fn settle(table: &mut RawTable<'_>, expect: &[Column]) -> Vec<(Repair, Vec<usize>)> {
    let mut unpacked = Vec::new();
    let mut listed = Vec::new();
    for number in 0..table.width() {
        let name = &table.header()[number];
        let Some(column) = expect.iter().find(|column| column.is_called(name)) else { continue };
        let opener = match column.kind {
            Kind::List(_) => '[',
            Kind::Struct(_) => '{',
            _ => continue,
        };
        for row in 0..table.len() {
            let Some((repair, compact)) = settled(&table.cell(row, number), opener) else {
                continue;
            };
            let rows = if repair == Repair::Packed { &mut unpacked } else { &mut listed };
            rows.push(row);
            table.set(row, number, Cell::Nested(Cow::Owned(compact)));
        }
    }
    let mut repairs = Vec::new();
    for (repair, mut rows) in [(Repair::Packed, unpacked), (Repair::NoList, listed)] {
        rows.sort_unstable();
        rows.dedup();
        if !rows.is_empty() {
            repairs.push((repair, rows));
        }
    }
    repairs
}

/// What a cell is instead where a list or a struct is expected, if it is neither.
fn settled(cell: &Cell<'_>, opener: char) -> Option<(Repair, String)> {
    let (Cell::Bare(text) | Cell::Quoted(text)) = cell else { return None };
    if text.trim().is_empty() {
        return None;
    }
    if let Some(compact) = packed(text, opener) {
        return Some((Repair::Packed, compact));
    }
    let text = Cow::Borrowed(&**text);
    let one = if matches!(cell, Cell::Bare(_)) { Node::Bare(text) } else { Node::Text(text) };
    (opener == '[').then(|| (Repair::NoList, Node::Array(vec![one]).compact()))
}

/// The JSON that a text is all over, if it begins with a bracket.
fn packed(text: &str, opener: char) -> Option<String> {
    let text = text.trim();
    if !text.starts_with(opener) {
        return None;
    }
    let mut parser = Parser::new(text, 0);
    let node = parser.value(Place::Item)?;
    parser.space();
    let fits = match node {
        Node::Array(_) => opener == '[',
        Node::Object(ref object) => opener == '{' && !object.members.is_empty(),
        _ => false,
    };
    (fits && parser.at >= text.len()).then(|| node.compact())
}

#[cfg(test)]
mod tests {
    use super::super::super::{Source, read};
    use super::*;
    use crate::kind::Field;

    #[test]
    fn design_decides_what_is_a_list_and_what_a_struct() {
        let field = |name: &str| Field { name: name.into(), kind: Kind::Text, nullable: true };
        let columns = [
            Column::new("tags", Kind::List(Box::new(field("item")))),
            Column::new("home", Kind::Struct(vec![field("town")])),
        ];
        for (text, row) in [
            (r#"{"tags": "x", "home": "{town: Oslo}"}"#, r#"["x"] {"town":"Oslo"}"#),
            (r#"{"tags": "[a, b]", "home": {"town": 1}}"#, r#"["a","b"] {"town":1}"#),
            (r#"{"tags": 5, "home": "Oslo"}"#, "[5] Oslo"),
            (r#"{"tags": "[a] or [b]", "home": null}"#, r#"["[a] or [b]"] ~"#),
            (r#"{"answer": {"tags": ["x"], "home": null}}"#, r#"["x"] ~"#),
        ] {
            let reading = read(&Source { name: "a.json", text, expect: Some(&columns) });
            let cells = reading.tables[0].row(0);
            let said: Vec<_> = cells.iter().map(|cell| cell.text().unwrap_or("~")).collect();
            assert_eq!(said.join(" "), row, "{text}");
        }
    }
}
