//! Queries that find what was planted, for `DuckDB`.

use std::collections::BTreeMap;

use peyote_schemas::Kind;
use peyote_schemas::behaviour::{At, Path};
use peyote_schemas::design::Design;
use peyote_schemas::story::{Anomaly, Rush, Where};

use crate::quote::SqlText;

/// What names the files of a table in a query.
type File<'f> = &'f dyn Fn(&str) -> String;

/// Microseconds of a second.
const SECOND: i64 = 1_000_000;
/// Rows below which nothing is told of a group.
const FEWEST: u32 = 10;
/// The tables of a query, joined as paths ask for it. The first is `a`.
struct From<'q> {
    design: &'q Design,
    table: usize,
    file: File<'q>,
    sql: String,
    joined: BTreeMap<Vec<String>, String>,
}

/// The queries that find something; what was planted is in their first rows.
pub(super) fn queries(design: &Design, anomaly: &Anomaly, file: File<'_>) -> Vec<String> {
    let Some(mut from) = From::new(design, anomaly.table(), file) else { return Vec::new() };
    match anomaly {
        Anomaly::RateShift { column, value, rows, .. } => {
            // Words and truths alike are compared as text.
            let hit = format!("a.{column}::VARCHAR = {}", SqlText(value));
            vec![rate(&mut from, rows, &hit, Some(column))]
        }
        Anomaly::Dropout { column, rows, .. } => {
            vec![rate(&mut from, rows, &format!("a.{column} IS NULL"), None)]
        }
        Anomaly::LevelShift { column, rows, .. } => vec![level(&mut from, rows, column)],
        Anomaly::Drift { column, rows, .. } => vec![drift(&mut from, rows, column)],
        Anomaly::Burst { key, at, from: since, to, .. } => {
            let bucket = from.bucket(&Path::own(at.clone()), Some(*since), Some(*to));
            vec![format!(
                "SELECT a.{key}, {bucket} AS since, count(*) AS rows\nFROM {}\nGROUP BY ALL\nORDER BY rows DESC\nLIMIT 5;",
                from.sql
            )]
        }
        Anomaly::Ring { table, column, rush, .. } => {
            let keys = design.table(table).map(|table| table.primary_key().to_vec());
            let key = match keys.as_deref() {
                Some([key]) => format!(", list(a.{key} ORDER BY a.{key})[:12] AS who"),
                _ => String::new(),
            };
            let shared = format!(
                "SELECT a.{column}, count(*) AS members{key}\nFROM {}\nWHERE a.{column} IS NOT NULL\nGROUP BY a.{column}\nORDER BY members DESC\nLIMIT 5;",
                from.sql
            );
            let rushed = rush.as_ref().and_then(|rush| rushed(design, column, rush, file));
            std::iter::once(shared).chain(rushed).collect()
        }
        Anomaly::Outage { rows, .. } => vec![silence(&mut from, rows)],
    }
}

impl<'q> From<'q> {
    fn new(design: &'q Design, table: &str, file: File<'q>) -> Option<Self> {
        let place = design.tables().iter().position(|one| *one.name() == table)?;
        let sql = format!("{} AS a", file(table));
        Some(Self { design, table: place, file, sql, joined: BTreeMap::new() })
    }

    /// A column, with the tables on the way to it.
    fn column(&mut self, path: &Path) -> String {
        let mut alias = "a".to_owned();
        let mut table = self.table;
        let mut way = Vec::new();
        for key in &path.keys {
            let own = &self.design.tables()[table];
            let Some(at) = own.key_of(key) else { break };
            let foreign = &own.foreign_keys()[at];
            let target = foreign.references.table.as_str();
            way.push(key.clone());
            let next = char::from(b'b' + (self.joined.len() % 24) as u8).to_string();
            if let Some(known) = self.joined.get(&way) {
                alias.clone_from(known);
            } else {
                let on: Vec<String> = (foreign.columns.iter().zip(&foreign.references.columns))
                    .map(|(own, other)| format!("{next}.{other} = {alias}.{own}"))
                    .collect();
                self.sql.push_str(&format!(
                    "\nJOIN {} AS {next} ON {}",
                    (self.file)(target),
                    on.join(" AND ")
                ));
                self.joined.insert(way.clone(), next.clone());
                alias = next;
            }
            table =
                self.design.tables().iter().position(|one| *one.name() == target).unwrap_or(table);
        }
        format!("{alias}.{}", path.column)
    }

    /// A column of moments, without a zone.
    fn moment(&mut self, path: &Path) -> String {
        let kind = self.design.route(self.table, path).and_then(|route| {
            self.design.tables()[route.table].columns()[route.column].kind().cloned()
        });
        let column = self.column(path);
        match kind {
            Some(Kind::TimestampTz) => format!("make_timestamp(epoch_us({column}))"),
            Some(Kind::Date) => format!("{column}::TIMESTAMP"),
            _ => column,
        }
    }

    /// Time cut into pieces as long as a window, of which it is one.
    fn bucket(&mut self, at: &Path, from: Option<At>, to: Option<At>) -> String {
        let micros = |at: Option<At>| at.and_then(At::micros);
        let present = self.design.present();
        let (start, end) = match (micros(from), micros(to)) {
            (Some(from), Some(to)) => (from, to),
            (Some(from), None) => (from, present.max(from + SECOND)),
            (None, Some(to)) => (to - (present - to).max(SECOND), to),
            (None, None) => (0, SECOND),
        };
        let seconds = ((end - start) / SECOND).max(1);
        format!(
            "time_bucket(INTERVAL '{seconds} seconds', {}, {})",
            self.moment(at),
            literal(start)
        )
    }

    /// What rows are told apart by: whose they are, and when; as columns of a query.
    fn groups(&mut self, rows: &Where) -> Vec<(&'static str, String)> {
        let mut groups = Vec::new();
        if let Some(column) = &rows.column {
            groups.push(("who", self.column(column)));
        }
        if let Some(at) = &rows.at {
            groups.push(("since", self.bucket(at, rows.from, rows.to)));
        }
        groups
    }
}

/// A moment, as a query says it.
fn literal(micros: i64) -> String {
    let moment = peyote_schemas::value::moment::Moment::Timestamp(micros).to_string();
    format!("TIMESTAMP {}", SqlText(&moment.replace('T', " ")))
}

/// The groups as they are selected first.
fn selected(groups: &[(&str, String)]) -> String {
    groups.iter().map(|(name, sql)| format!("{sql} AS {name}, ")).collect()
}

fn names(groups: &[(&str, String)]) -> String {
    groups.iter().map(|(name, _)| format!("{name}, ")).collect()
}

/// Groups by how far they are from what is usual, in deviations of a count (Anscombe 1948): few rows
/// do not come first by chance.
fn rate(from: &mut From<'_>, rows: &Where, hit: &str, held: Option<&str>) -> String {
    let groups = from.groups(rows);
    let held = held.map(|column| format!("\n  WHERE a.{column} IS NOT NULL")).unwrap_or_default();
    format!(
        "WITH told AS (\n  SELECT {}({hit})::INT AS hit\n  FROM {}{held}\n), base AS (\n  SELECT avg(hit) AS usual FROM told\n)\n\
         SELECT {}count(*) AS rows, round(avg(hit), 4) AS share, round(usual, 4) AS usual,\n       \
         round(2 * (sqrt(sum(hit) + 0.375) - sqrt(count(*) * usual + 0.375)), 1) AS z\n\
         FROM told, base\nGROUP BY {}usual\nORDER BY abs(z) DESC\nLIMIT 5;",
        selected(&groups),
        indented(&from.sql),
        names(&groups),
        names(&groups),
    )
}

fn level(from: &mut From<'_>, rows: &Where, column: &str) -> String {
    let groups = from.groups(rows);
    // Where time tells it, each is compared with itself.
    let with_itself = rows.column.is_some() && rows.at.is_some();
    let (of, by, join) = if with_itself {
        ("who, ", "\n  GROUP BY who", " JOIN base USING (who)")
    } else {
        ("", "", ", base")
    };
    format!(
        "WITH told AS (\n  SELECT {}a.{column}::DOUBLE AS value\n  FROM {}\n  WHERE a.{column} IS NOT NULL\n), base AS (\n  \
         SELECT {of}avg(value) AS usual, stddev(value) AS spread FROM told{by}\n)\n\
         SELECT {}count(*) AS rows, round(avg(value), 4) AS mean, round(usual, 4) AS usual,\n       \
         round((avg(value) - usual) / (spread / sqrt(count(*))), 1) AS z\n\
         FROM told{join}\nGROUP BY {}usual, spread\nHAVING spread > 0 AND count(*) >= {FEWEST}\nORDER BY abs(z) DESC\nLIMIT 5;",
        selected(&groups),
        indented(&from.sql),
        names(&groups),
        names(&groups),
    )
}

fn drift(from: &mut From<'_>, rows: &Where, column: &str) -> String {
    let who = rows.column.as_ref().map(|path| from.column(path));
    let at = rows.at.as_ref().map(|path| from.moment(path)).unwrap_or_default();
    let (first, last) = rows.window();
    let mut when = format!("{at} >= {}", literal(first));
    if rows.to.is_some() {
        when.push_str(&format!(" AND {at} < {}", literal(last)));
    }
    let day = format!("epoch({at}) / 86400.0");
    format!(
        "SELECT {}count(*) AS rows, round(regr_slope(a.{column}, {day}), 5) AS per_day,\n       \
         round(corr(a.{column}, {day}), 3) AS r\nFROM {}\nWHERE {when}\nGROUP BY ALL\nHAVING count(*) >= {FEWEST}\n\
         ORDER BY abs(r) * sqrt(count(*)) DESC\nLIMIT 5;",
        who.map(|who| format!("{who} AS who, ")).unwrap_or_default(),
        from.sql,
    )
}

fn rushed(design: &Design, column: &str, rush: &Rush, file: File<'_>) -> Option<String> {
    let mut from = From::new(design, &rush.table, file)?;
    let shared = from.column(&Path::of(rush.key.clone(), column));
    let bucket = from.bucket(&Path::own(rush.at.clone()), Some(rush.from), Some(rush.to));
    Some(format!(
        "SELECT {shared}, {bucket} AS since, count(*) AS rows, count(DISTINCT a.{}) AS members\nFROM {}\nGROUP BY ALL\nORDER BY rows DESC\nLIMIT 5;",
        rush.key, from.sql
    ))
}

fn silence(from: &mut From<'_>, rows: &Where) -> String {
    let who = rows.column.as_ref().map(|path| from.column(path));
    let at = rows.at.as_ref().map(|path| from.moment(path)).unwrap_or_default();
    let (select, over, name) = match &who {
        Some(who) => (format!("{who} AS who, "), format!("PARTITION BY {who} "), "who, "),
        None => (String::new(), String::new(), ""),
    };
    format!(
        "WITH told AS (\n  SELECT {select}{at} AS moment, lag({at}) OVER ({over}ORDER BY {at}) AS since\n  FROM {}\n)\n\
         SELECT {name}since, moment AS until, moment - since AS silence\nFROM told\nWHERE since IS NOT NULL\nORDER BY silence DESC\nLIMIT 5;",
        indented(&from.sql)
    )
}

fn indented(sql: &str) -> String {
    sql.replace('\n', "\n  ")
}
