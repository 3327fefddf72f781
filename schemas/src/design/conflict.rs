//! Sizes: how many rows a design's tables have, and which promises so many rows cannot keep.

use super::behave::fit::capacity;
use super::{Design, DesignColumn, DesignTable, Maker};
use crate::behaviour::{Behaviour, Children, Size, Until};
use crate::finding::{Finding, Level};
use crate::keys::ForeignKey;
use crate::kind::{IntSize, Kind};
use crate::name::Identifier;
use crate::value::moment::DAY;

/// Rows of a table of which nothing says how many it has, where it refers to others.
const MANY: u64 = 1000;
/// The same where it refers to none: a lookup table, or people and things.
const FEW: u64 = 100;

impl Design {
    /// How many rows each table has, in the order of the tables, where facts grow by a factor.
    ///
    /// What follows from children is the mean of them. A table that says no size has as many rows
    /// as were written, or a thousand (a hundred where it refers to nothing); it grows if it refers
    /// to others, or if nothing was written.
    pub fn rows(&self, scale: f64) -> Vec<u64> {
        let scaled = |rows: u64| ((rows as f64 * scale).round() as u64).max(1);
        let mut rows: Vec<u64> = Vec::with_capacity(self.tables.len());
        for table in &self.tables {
            let written = table.rows.len() as u64;
            let facts = !table.foreign_keys.is_empty();
            let found = match &table.size {
                Some(Size::Fixed { rows }) => *rows,
                Some(Size::Grows { rows }) => scaled(*rows),
                Some(Size::PerParent { of }) => self.following(table, of.as_deref(), &rows),
                None if written > 0 && !facts => written,
                None if written > 0 => scaled(written),
                None => scaled(if facts { MANY } else { FEW }),
            };
            // What nobody sized has no more rows than its keys can tell apart.
            let most = if table.size.is_none() { self.most(table, &rows) } else { u64::MAX };
            rows.push(found.min(most).max(written).max(1));
        }
        rows
    }

    /// How many rows each table has where each is to have so many: those that are written, else no
    /// more than its keys tell apart, and as many as the children that it says its parents have.
    pub fn few_rows(&self, wanted: u64) -> Vec<u64> {
        let mut rows: Vec<u64> = Vec::with_capacity(self.tables.len());
        for table in &self.tables {
            let written = table.rows.len() as u64;
            let mut found = wanted.max(1).min(self.most(table, &rows));
            for (key, spread) in table.foreign_keys.iter().zip(&table.spreads) {
                if let Some(tree) = &spread.tree {
                    found = found.max(u64::from(tree.depth.unwrap_or(1).max(1)));
                }
                let Some(parents) = self.parents(key, &rows) else { continue };
                let fertile = parents as f64 * (1.0 - spread.childless.unwrap_or(0.0));
                let (least, most) = match &spread.children {
                    Some(Children::Fixed { count }) => (*count, Some(*count)),
                    Some(Children::Range { min, max }) => (*min, Some(*max)),
                    Some(Children::Geometric { .. }) => (1, None),
                    Some(Children::Lognormal { .. } | Children::Zipf { .. }) | None => (0, None),
                };
                found = found.max((fertile.ceil() * least as f64) as u64);
                found =
                    most.map_or(found, |most| found.min((fertile.floor() * most as f64) as u64));
            }
            rows.push(if written > 0 { written } else { found.max(1) });
        }
        rows
    }

    /// The most rows that a table's keys can tell apart.
    fn most(&self, table: &DesignTable, rows: &[u64]) -> u64 {
        let keys = std::iter::once(&table.primary_key).chain(&table.unique);
        let most = keys.filter_map(|set| self.different(table, set, rows)).map(|found| found.many);
        most.min().unwrap_or(u64::MAX).saturating_add(table.rows.len() as u64)
    }

    /// How many rows follow from the children of the rows that a foreign key refers to.
    fn following(&self, table: &DesignTable, of: Option<&str>, rows: &[u64]) -> u64 {
        let driving =
            |key: &usize| table.spreads.get(*key).is_some_and(|one| one.children.is_some());
        let key = match of {
            Some(of) => table.key_of(of),
            None => (0..table.foreign_keys.len()).find(driving),
        };
        let Some(key) = key else { return MANY };
        let parent = &table.foreign_keys[key].references.table;
        let place = self.tables.iter().position(|table| table.name == *parent);
        let parents = place.and_then(|place| rows.get(place)).copied().unwrap_or(FEW);
        let spread = &table.spreads[key];
        let mean = spread.children.as_ref().and_then(Children::mean).unwrap_or(1.0);
        let fertile = parents as f64 * (1.0 - spread.childless.unwrap_or(0.0));
        ((fertile * mean).round() as u64).max(1)
    }

    /// What cannot be kept at so many rows for each table, in the order of the tables; each
    /// finding names the two statements that conflict. Empty for a design that can be made.
    pub fn conflicts(&self, rows: &[u64]) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (place, table) in self.tables.iter().enumerate() {
            let Some(count) = rows.get(place).copied() else { continue };
            let mut told = |part: &str, message: String| {
                let at = format!("/tables/{place}{part}");
                findings.push(Finding::new(Level::Error, at, message));
            };
            let written = table.rows.len() as u64;
            if count < written {
                told(
                    "/rows",
                    format!(
                        "{written} rows of `{}` are written, and it is to have {count}",
                        table.name
                    ),
                );
            }
            // What was written in full promises nothing of what is made.
            if count <= written {
                continue;
            }
            for column in &table.columns {
                if let Some(why) = beyond(column, count) {
                    told(&format!("/columns/{}", column.name), why);
                }
            }
            let made = count - written;
            let keys = std::iter::once(&table.primary_key).chain(&table.unique);
            for set in keys.filter(|set| !set.is_empty()) {
                if let Some(why) = self.too_alike(table, set, made, rows) {
                    told("", why);
                }
            }
            for key in 0..table.foreign_keys.len() {
                if let Some(why) = self.too_many(table, key, count, rows) {
                    told(&format!("/foreign_keys/{key}"), why);
                }
            }
        }
        findings
    }

    /// Why a set of columns cannot differ in so many rows.
    fn too_alike(
        &self,
        table: &DesignTable,
        set: &[Identifier],
        rows: u64,
        all: &[u64],
    ) -> Option<String> {
        let Different { many, parts, told } = self.different(table, set, all)?;
        if many >= rows {
            return None;
        }
        let own = &table.name;
        if let [_] = parts.as_slice() {
            return Some(format!("{told} and is to be unique in the {rows} rows of `{own}`"));
        }
        let names = set.iter().map(Identifier::as_str).collect::<Vec<_>>().join("`, `");
        let product = parts.join(" × ");
        Some(format!(
            "`{names}` are to be unique in the {rows} rows of `{own}`, and {product} of them differ"
        ))
    }

    /// How many rows a set of columns tells apart; none where nothing bounds it.
    fn different(&self, table: &DesignTable, set: &[Identifier], all: &[u64]) -> Option<Different> {
        if set.is_empty() {
            return None;
        }
        // A reference to the rows of a table has as many values as they are, however many columns.
        let mut seen = Vec::new();
        let mut found = Different { many: 1, parts: Vec::new(), told: String::new() };
        for name in set {
            let column = table.columns.iter().position(|column| column.name == *name)?;
            let values = if let Maker::Key(key) = table.maker(column) {
                let foreign = &table.foreign_keys[key];
                if seen.contains(&key) {
                    continue;
                }
                seen.push(key);
                // The rows of a tree refer to each other, and there are as many as there are.
                if foreign.references.table == table.name {
                    return None;
                }
                let parents = self.parents(foreign, all)?;
                found.told =
                    format!("`{name}` refers to {parents} rows of `{}`", foreign.references.table);
                parents
            } else {
                let (values, why) = variety(table, column)?;
                found.told = why;
                values
            };
            found.many = found.many.saturating_mul(values);
            found.parts.push(values.to_string());
        }
        Some(found)
    }

    /// Why so many rows cannot be dealt out by a foreign key.
    fn too_many(&self, table: &DesignTable, key: usize, rows: u64, all: &[u64]) -> Option<String> {
        let (foreign, spread) = (table.foreign_keys.get(key)?, table.spreads.get(key)?);
        let (own, parent) = (&table.name, &foreign.references.table);
        if let Some(tree) = &spread.tree {
            let least = tree.roots.unwrap_or(1).max(u64::from(tree.depth.unwrap_or(1)));
            return (least > rows).then(|| {
                format!("`tree` needs {least} rows at least, and `{own}` is to have {rows}")
            });
        }
        let parents = self.parents(foreign, all)?;
        if !spread.unlike.is_empty() && parents < 2 {
            let other = &spread.unlike[0];
            let name = &foreign.columns[0];
            return Some(format!(
                "`{name}` and `{other}` are to be unlike, and `{parent}` has one row"
            ));
        }
        let fertile = parents as f64 * (1.0 - spread.childless.unwrap_or(0.0));
        let driven = matches!(&table.size, Some(Size::PerParent { of })
            if of.as_ref().is_none_or(|of| foreign.columns.iter().any(|name| name == of.as_str())));
        let children = spread.children.as_ref().filter(|_| !driven)?;
        let optional = foreign
            .columns
            .iter()
            .any(|name| table.column(name.as_str()).is_some_and(super::DesignColumn::nullable));
        let least = match children {
            Children::Fixed { count } => *count,
            Children::Range { min, .. } => *min,
            Children::Geometric { .. } => 1,
            Children::Lognormal { .. } | Children::Zipf { .. } => 0,
        };
        let least = (fertile.floor() * least as f64) as u64;
        let most = children.most().map(|most| (fertile.ceil() * most as f64) as u64);
        if let Some(most) = most.filter(|most| *most < rows && !optional) {
            return Some(format!(
                "{parents} rows of `{parent}` have {most} children at most, and `{own}` is to have {rows} rows"
            ));
        }
        (least > rows).then(|| {
            format!("{parents} rows of `{parent}` have {least} children at least, and `{own}` is to have {rows} rows")
        })
    }

    fn parents(&self, key: &ForeignKey<Identifier>, rows: &[u64]) -> Option<u64> {
        let place = self.tables.iter().position(|table| table.name == key.references.table)?;
        rows.get(place).copied()
    }
}

/// How many rows some columns tell apart.
struct Different {
    many: u64,
    /// The values of each.
    parts: Vec<String>,
    /// What says so of the last.
    told: String,
}

/// Why a column whose values go on from row to row does not hold the last of so many.
fn beyond(column: &DesignColumn, rows: u64) -> Option<String> {
    /// The last day that dates are written for: the end of the year 9999.
    const LAST_DAY: i128 = 2_932_896;
    let (name, rows) = (&column.name, i128::from(rows));
    let (fits, what) = match (&column.behaviour, &column.kind) {
        (Some(Behaviour::Sequence { start, step, gap }), Some(kind)) => {
            let (least, most) = kind.bounds()?;
            let steps = rows * (i128::from(*gap) + 1) - 1;
            let last = i128::from(*start) + i128::from(*step) * steps;
            ((least..=most).contains(&last), format!("of kind {kind}"))
        }
        (Some(Behaviour::Series { of: None, from: Until::At(at), every, unit }), _) => {
            let step = i128::from(*every) * i128::from(unit.micros());
            let last = i128::from(at.micros()?) + step * (rows - 1);
            (last <= LAST_DAY * i128::from(DAY), "a moment up to the year 9999".to_owned())
        }
        _ => return None,
    };
    (!fits).then(|| format!("`{name}` is {what}, and goes beyond that in {rows} rows"))
}

/// How many values of a column can differ, and what says so; none where nothing bounds it.
fn variety(table: &DesignTable, column: usize) -> Option<(u64, String)> {
    let column = &table.columns[column];
    let name = &column.name;
    let listed =
        |many: usize, what: &str| Some((many as u64, format!("`{name}` has {many} {what}")));
    match (column.behaviour.as_ref(), &column.kind) {
        (Some(Behaviour::Pick(pick)), kind) => {
            if let (None, Some(Kind::Enum(words))) = (&pick.words, kind) {
                return listed(words.len(), "values");
            }
            // What hangs on another column may be any of the words of its cases.
            if let Some(given) = &pick.given {
                let own = pick.words.iter().chain(&column.vocabulary).flatten();
                let cases = given.cases.values().flat_map(|words| &words.words);
                let all: std::collections::BTreeSet<&String> = own.chain(cases).collect();
                return listed(all.len(), "words");
            }
            let words = pick.words.as_ref().or(column.vocabulary.as_ref());
            words.and_then(|words| listed(words.len(), "words"))
        }
        (Some(Behaviour::Values { values, .. }), _) => listed(values.len(), "values"),
        (Some(Behaviour::Code { pattern, .. }), _) => {
            let many = capacity(pattern);
            Some((many, format!("`{name}` has {many} codes of the form `{pattern}`")))
        }
        (Some(Behaviour::Constant { .. }), _) => listed(1, "value"),
        (None, Some(Kind::Enum(words))) => listed(words.len(), "values"),
        (_, Some(Kind::Bool)) => listed(2, "values"),
        (_, Some(kind @ Kind::Int(size))) => {
            let bits = match size {
                IntSize::I8 => 8,
                IntSize::I16 => 16,
                IntSize::I32 => 32,
                IntSize::I64 => return None,
            };
            let many = 1u64 << bits;
            Some((many, format!("`{name}` has {many} numbers of kind {kind}")))
        }
        _ => None,
    }
}
