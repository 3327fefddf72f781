//! Tables of columns: Markdown tables whose rows are columns, or whole tables.

use super::{ColumnDraft, TableDraft, column};

/// The most rows of a table that are read.
const MAX_ROWS: usize = 5000;

/// What a column of such a table tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tells {
    Table,
    Name,
    Columns,
    Kind,
    Description,
    Remark,
    Null,
    Key,
    Nothing,
}

/// The tables that Markdown tables of a reply describe.
pub(super) fn tables(text: &str) -> Vec<TableDraft> {
    let mut tables: Vec<TableDraft> = Vec::new();
    let mut title = "";
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let line = line.trim();
        let ruled = lines.peek().is_some_and(|next| is_rule(next));
        if !(line.contains('|') && ruled) {
            if !line.is_empty() && !line.starts_with("```") {
                title = line;
            }
            continue;
        }
        lines.next();
        let header: Vec<Tells> = cells(line).iter().map(|cell| tells(cell)).collect();
        let mut rows = Vec::new();
        while let Some(row) = lines.peek().filter(|row| row.contains('|') && rows.len() < MAX_ROWS)
        {
            rows.push(cells(row));
            lines.next();
        }
        grid(&header, &rows, title, &mut tables);
        title = "";
    }
    tables
}

fn grid(header: &[Tells], rows: &[Vec<&str>], title: &str, tables: &mut Vec<TableDraft>) {
    let has = |what: Tells| header.contains(&what);
    if has(Tells::Columns) && (has(Tells::Table) || has(Tells::Name)) {
        for row in rows {
            let mut table = TableDraft::default();
            for (cell, what) in row.iter().zip(header) {
                match what {
                    Tells::Table | Tells::Name => plain(cell).clone_into(&mut table.name),
                    Tells::Description => plain(cell).clone_into(&mut table.description),
                    Tells::Columns => {
                        let list = cell.replace("<br>", ",").replace("<br/>", ",");
                        table.columns = column::split(&list)
                            .into_iter()
                            .filter_map(|one| column::read(plain(one)))
                            .collect();
                    }
                    _ => {}
                }
            }
            push(tables, table);
        }
        return;
    }
    let says = [Tells::Kind, Tells::Description, Tells::Remark, Tells::Key];
    let name = header.iter().any(|what| matches!(what, Tells::Name | Tells::Columns));
    if !name || !says.iter().any(|what| has(*what)) {
        return;
    }
    let mut table = TableDraft { name: title_name(title), ..TableDraft::default() };
    for row in rows {
        let mut column = ColumnDraft::default();
        for (cell, what) in row.iter().zip(header) {
            let cell = plain(cell);
            match what {
                Tells::Table if !cell.is_empty() && cell != table.name => {
                    push(tables, std::mem::take(&mut table));
                    cell.clone_into(&mut table.name);
                }
                Tells::Name | Tells::Columns => cell.clone_into(&mut column.name),
                Tells::Kind if !cell.is_empty() => column.kind = Some(cell.to_owned()),
                Tells::Description if !cell.is_empty() => {
                    column.description = Some(cell.to_owned());
                }
                Tells::Remark => column::annotate(&mut column, cell),
                Tells::Null => column.nullable = nullable(cell),
                Tells::Key => key(&mut column, cell),
                _ => {}
            }
        }
        if column.remark.is_none()
            && let Some(said) = column.description.clone().filter(|said| speaks_of_keys(said))
        {
            column.remark = Some(said);
        }
        if column.name.chars().any(char::is_alphanumeric) {
            table.columns.push(column);
        }
    }
    push(tables, table);
}

fn push(tables: &mut Vec<TableDraft>, table: TableDraft) {
    if !table.columns.is_empty() && table.name.chars().any(char::is_alphanumeric) {
        tables.push(table);
    }
}

fn speaks_of_keys(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    ["primary key", "foreign key", "references "].iter().any(|word| lower.contains(word))
}

fn key(column: &mut ColumnDraft, cell: &str) {
    match cell.to_ascii_lowercase().as_str() {
        "" | "-" | "no" | "none" | "n/a" => {}
        "pk" | "pri" | "primary" | "yes" | "✓" => column::add_remark(column, "primary key"),
        _ => column::add_remark(column, cell),
    }
}

fn nullable(cell: &str) -> Option<bool> {
    match cell.to_ascii_lowercase().as_str() {
        "yes" | "y" | "true" | "null" | "nullable" | "✓" => Some(true),
        "no" | "n" | "false" | "not null" => Some(false),
        _ => None,
    }
}

fn tells(cell: &str) -> Tells {
    let cell = plain(cell).to_ascii_lowercase();
    match cell.as_str() {
        "table" | "table name" | "entity" | "entity name" => Tells::Table,
        "columns" | "fields" | "attributes" | "key columns" | "variables" => Tells::Columns,
        "column" | "column name" | "field" | "field name" | "name" | "attribute" | "variable"
        | "attribute name" => Tells::Name,
        "type" | "data type" | "datatype" | "kind" | "sql type" | "format" => Tells::Kind,
        "description" | "meaning" | "what" | "about" | "purpose" | "definition" => {
            Tells::Description
        }
        "constraints"
        | "constraint"
        | "notes"
        | "note"
        | "remarks"
        | "comment"
        | "comments"
        | "references"
        | "extra"
        | "attributes/constraints" => Tells::Remark,
        "null" | "nullable" | "null?" => Tells::Null,
        "key" | "keys" | "pk/fk" | "primary key" | "key type" => Tells::Key,
        _ => Tells::Nothing,
    }
}

/// A table's name from the line above it.
fn title_name(title: &str) -> String {
    let title = plain(title.trim_start_matches(['#', ' ', '-', '•']));
    let title =
        title.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start_matches(['.', ')', ' ']);
    let lower = title.to_ascii_lowercase();
    let title = ["table name:", "table:", "entity:", "table "]
        .iter()
        .find(|word| lower.starts_with(**word))
        .map_or(title, |word| &title[word.len()..]);
    let title = title.trim_end_matches(':');
    let name = title.split([':', '(']).next().unwrap_or(title);
    let numbered = name.trim().chars().all(|letter| letter.is_ascii_digit());
    let name = if numbered { title.rsplit(':').next().unwrap_or(title) } else { name };
    plain(name).to_owned()
}

fn plain(text: &str) -> &str {
    text.trim_matches(|edge: char| edge.is_whitespace() || matches!(edge, '*' | '`' | '_' | '"'))
}

fn is_rule(line: &str) -> bool {
    let line = line.trim();
    line.contains('-')
        && line.contains('|')
        && line.chars().all(|c| matches!(c, '|' | '-' | ':' | ' ' | '+'))
}

fn cells(line: &str) -> Vec<&str> {
    let line = line.trim();
    let line = line.strip_prefix('|').unwrap_or(line);
    let line = line.strip_suffix('|').unwrap_or(line);
    line.split('|').map(str::trim).collect()
}
