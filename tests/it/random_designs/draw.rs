//! [`design`]: a design drawn at random, as valid as chance lets it be.

use serde_json::{Value, json};

use super::apart;
use super::column::{self, Holds, Known};

/// The present day of every design.
const CLOCK: &str = "2026-01-01";

/// Numbers in an order that a seed fixes: Knuth's linear congruential generator for MMIX.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        let mut dice = Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) + 1);
        (0..4).for_each(|_| _ = dice.below(2));
        dice
    }

    pub(super) fn below(&mut self, most: usize) -> usize {
        self.0 = (self.0)
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most
    }

    /// Whether something comes that happens so often in a hundred.
    pub(super) fn is(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(super) fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// A table as far as it is drawn.
pub(super) struct Table {
    pub(super) name: String,
    pub(super) columns: Vec<Value>,
    pub(super) known: Vec<Known>,
    /// The columns of its key, with their kinds.
    key: Vec<(String, String)>,
    pub(super) unique: Vec<Value>,
    pub(super) foreign: Vec<Value>,
    pub(super) checks: Vec<Value>,
    size: Value,
    rest: Vec<(&'static str, Value)>,
    /// Whether rows are counted in their key by a single number.
    counted: bool,
}

/// What is drawn so far.
pub(super) struct Drawn {
    pub(super) dice: Dice,
    names: usize,
    pub(super) tables: Vec<Table>,
}

/// A design of one to six tables.
pub(super) fn design(seed: u64) -> Value {
    let mut drawn = Drawn { dice: Dice::new(seed), names: 0, tables: Vec::new() };
    for _ in 0..=drawn.dice.below(6) {
        let table = drawn.table();
        drawn.tables.push(table);
    }
    drawn.circle();
    drawn.totals();
    let tables: Vec<Value> = drawn.tables.into_iter().map(Table::said).collect();
    json!({"name": format!("Drawn {seed}"), "resolved": true, "clock": CLOCK, "tables": tables})
}

impl Table {
    fn said(self) -> Value {
        let key: Vec<&String> = self.key.iter().map(|(name, _)| name).collect();
        let mut said = json!({
            "name": self.name, "columns": self.columns, "primary_key": key,
            "unique": self.unique, "foreign_keys": self.foreign, "checks": self.checks,
            "size": self.size,
        });
        for (part, value) in self.rest {
            said[part] = value;
        }
        said
    }

    fn push(&mut self, column: Value) {
        self.columns.push(column);
    }
}

impl Drawn {
    /// A name that no other table or column has.
    pub(super) fn name(&mut self, prefix: &str) -> String {
        self.names += 1;
        format!("{prefix}_{}x", self.names)
    }

    fn table(&mut self) -> Table {
        let mut table = Table {
            name: self.name("tab"),
            columns: Vec::new(),
            known: Vec::new(),
            key: Vec::new(),
            unique: Vec::new(),
            foreign: Vec::new(),
            checks: Vec::new(),
            size: Value::Null,
            rest: Vec::new(),
            counted: false,
        };
        let above = self.tables.len();
        match self.dice.below(10) {
            0..=2 if above > 0 => self.lines(&mut table),
            3 if above > 1 => self.pairs(&mut table),
            4 if above > 0 => self.detail(&mut table),
            5 if above > 0 => self.versions(&mut table),
            6 => self.literal(&mut table),
            _ => self.things(&mut table),
        }
        let written = table.rest.iter().any(|(part, _)| *part == "rows");
        if !written && self.dice.is(40) {
            apart::add(self, &mut table);
        }
        table
    }

    /// A column that refers to a table, and the key by it; columns more where its key has more.
    pub(super) fn refer(
        &mut self,
        table: &mut Table,
        target: usize,
        nullable: bool,
    ) -> (Vec<String>, Value) {
        let there = &self.tables[target];
        let (name, key) = (there.name.clone(), there.key.clone());
        let mut columns = Vec::new();
        for (_, kind) in &key {
            let own = self.name("ref");
            let mut said = json!({"name": own, "kind": kind, "nullable": nullable});
            if nullable && key.len() == 1 {
                said["nulls"] = json!({"rate": 0.2});
            }
            table.push(said);
            columns.push(own);
        }
        let theirs: Vec<&String> = key.iter().map(|(name, _)| name).collect();
        let reference = json!({"table": name, "columns": theirs});
        // What is seen by the first of the columns.
        for known in self.tables[target].known.clone() {
            let path = format!("{}.{}", columns[0], known.path);
            let nullable = known.nullable || nullable;
            if !known.path.contains('.') {
                table.known.push(Known { path, nullable, own: false, ..known });
            }
        }
        (columns.clone(), json!({"columns": columns, "references": reference}))
    }

    fn law(&mut self) -> Value {
        match self.dice.below(5) {
            0 => json!({"is": "fixed", "count": 1 + self.dice.below(5)}),
            1 => {
                let min = self.dice.below(3);
                json!({"is": "range", "min": min, "max": min + 1 + self.dice.below(5)})
            }
            2 => json!({"is": "geometric", "mean": 1.5 + self.dice.below(3) as f64}),
            3 => json!({"is": "lognormal", "mean": 1.0 + self.dice.below(4) as f64, "sigma": 0.8}),
            _ => json!({"is": "zipf", "skew": 0.9, "mean": 2.0}),
        }
    }

    /// Rows that belong to a parent and are counted in it.
    fn lines(&mut self, table: &mut Table) {
        let target = self.dice.below(self.tables.len());
        let (columns, mut key) = self.refer(table, target, false);
        key["children"] = self.law();
        if self.dice.is(40) {
            key["childless"] = json!(0.25);
        }
        if self.dice.is(30) {
            key["order"] = json!(self.dice.one(&["clustered", "shuffled"]));
        }
        table.size = json!({"is": "per_parent", "of": columns[0]});
        let line = self.name("line");
        table.push(json!({"name": line, "kind": "int32", "nullable": false,
            "behaviour": {"is": "nth", "of": columns[0]}}));
        table.foreign.push(key);
        let kinds = self.tables[target].key.iter().map(|(_, kind)| kind.clone());
        table.key = columns.iter().cloned().zip(kinds).collect();
        table.key.push((line, "int32".to_owned()));
        if self.dice.is(30) {
            let name = self.name("at");
            table.push(json!({"name": name, "kind": "timestamp", "nullable": false, "behaviour":
                {"is": "series", "of": columns[0], "from": "2025-03-01", "every": 15, "unit": "minute"}}));
            table.known.push(Known::own(&name, Holds::Moment, false));
        }
        self.others(table);
        self.fill(table);
    }

    /// Pairs of rows of two tables.
    fn pairs(&mut self, table: &mut Table) {
        let first = self.dice.below(self.tables.len());
        let second = (first + 1 + self.dice.below(self.tables.len() - 1)) % self.tables.len();
        let (left, mut one) = self.refer(table, first, false);
        let (right, two) = self.refer(table, second, false);
        one["children"] = json!({"is": "range", "min": 0, "max": 4});
        table.size = json!({"is": "per_parent", "of": left[0]});
        for (columns, target) in [(&left, first), (&right, second)] {
            let kinds = self.tables[target].key.iter().map(|(_, kind)| kind.clone());
            table.key.extend(columns.iter().cloned().zip(kinds));
        }
        table.foreign.extend([one, two]);
        self.fill(table);
    }

    /// At most one row for every row of another table.
    fn detail(&mut self, table: &mut Table) {
        let target = self.dice.below(self.tables.len());
        let (columns, key) = self.refer(table, target, false);
        let kinds = self.tables[target].key.iter().map(|(_, kind)| kind.clone());
        table.key = columns.into_iter().zip(kinds).collect();
        table.foreign.push(key);
        table.size = json!({"is": "fixed", "rows": 8});
        self.fill(table);
    }

    /// Versions of a row, without gaps in time.
    fn versions(&mut self, table: &mut Table) {
        let target = self.dice.below(self.tables.len());
        let (columns, mut key) = self.refer(table, target, false);
        key["children"] = json!({"is": "range", "min": 1, "max": 4});
        table.size = json!({"is": "per_parent", "of": columns[0]});
        let kind = *self.dice.one(&["date", "timestamp"]);
        let [from, to, current] = ["from", "to", "current"].map(|prefix| self.name(prefix));
        table.push(json!({"name": from, "kind": kind, "nullable": false}));
        table.push(json!({"name": to, "kind": kind, "nullable": true}));
        table.push(json!({"name": current, "kind": "bool", "nullable": false}));
        let history = json!({"of": columns[0], "from": from, "to": to, "current": current,
            "since": "2022-01-01"});
        table.rest.push(("history", history));
        let kinds = self.tables[target].key.iter().map(|(_, kind)| kind.clone());
        table.key = columns.into_iter().zip(kinds).collect();
        table.key.push((from, kind.to_owned()));
        table.foreign.push(key);
        self.fill(table);
    }

    /// Rows written in full, with made ones behind them or none.
    fn literal(&mut self, table: &mut Table) {
        let [id, word, number] = ["id", "word", "number"].map(|prefix| self.name(prefix));
        table.push(json!({"name": id, "kind": "int64", "nullable": false,
            "behaviour": {"is": "sequence"}}));
        table.push(json!({"name": word, "kind": "text", "nullable": true, "nulls": {"rate": 0.1},
            "behaviour": {"is": "pick", "words": ["birch", "alder", "ash tree"]}}));
        table.push(json!({"name": number, "kind": "int32", "nullable": false, "behaviour":
            {"is": "number", "law": {"is": "uniform", "min": 10, "max": 90}}}));
        let rows = json!([[10, "oak", 1], [20, null, 2], [30, "an \"elm\", tall", 3]]);
        table.rest.push(("rows", rows));
        let more = if self.dice.is(50) { 3 } else { 60 };
        table.size = json!({"is": "fixed", "rows": more});
        table.known.push(Known::own(&number, Holds::Count, false));
        table.key = vec![(id, "int64".to_owned())];
        table.counted = true;
    }

    /// Things of their own, perhaps with references to others.
    fn things(&mut self, table: &mut Table) {
        let id = self.name("id");
        let (kind, behaviour) = match self.dice.below(8) {
            0 => ("text", json!({"is": "code", "pattern": "A-####", "order": "shuffled"})),
            1 => ("text", json!({"is": "code", "pattern": "##\\#aA#"})),
            2 => ("uuid", json!({"is": "uuid"})),
            3 => ("int64", json!({"is": "sequence", "gap": 3, "start": 100})),
            4 => ("int32", json!({"is": "sequence", "start": 1000, "step": -5})),
            5 if self.dice.is(20) => ("text", json!({"is": "code", "pattern": "A#"})),
            _ => ("int64", json!({"is": "sequence"})),
        };
        table.push(json!({"name": id, "kind": kind, "nullable": false, "behaviour": behaviour}));
        table.key = vec![(id.clone(), kind.to_owned())];
        table.counted = kind == "int64";
        let rows = 60 + self.dice.below(400);
        let is = *self.dice.one(&["fixed", "grows"]);
        table.size = json!({"is": is, "rows": rows});
        if self.dice.is(20) {
            self.tree(table, kind);
        }
        self.others(table);
        if self.dice.is(15) {
            let code = self.name("code");
            table.push(json!({"name": code, "kind": "text", "nullable": false,
                "behaviour": {"is": "code", "pattern": "aa###", "order": "shuffled"}}));
            table.unique.push(json!([code]));
        }
        self.polymorphic(table);
        self.fill(table);
        if self.dice.is(25) {
            self.way(table);
        }
    }

    fn tree(&mut self, table: &mut Table, kind: &str) {
        let own = self.name("above");
        let nullable = self.dice.is(80);
        table.push(json!({"name": own, "kind": kind, "nullable": nullable}));
        let mut tree = json!({"depth": 2 + self.dice.below(3), "branching": 3});
        if self.dice.is(60) {
            tree["roots"] = json!(1 + self.dice.below(5));
        }
        let key = &table.key[0].0;
        table.foreign.push(json!({"columns": [own], "tree": tree,
            "references": {"table": table.name, "columns": [key]}}));
    }

    /// References to tables above, some of them twins that are never alike.
    fn others(&mut self, table: &mut Table) {
        if self.tables.is_empty() {
            return;
        }
        for _ in 0..self.dice.below(3) {
            let target = self.dice.below(self.tables.len());
            let nullable = self.dice.is(30);
            let (columns, mut key) = self.refer(table, target, nullable);
            let optional = nullable;
            if self.dice.is(30) {
                key["children"] = match self.dice.below(2) {
                    0 => json!({"is": "zipf", "skew": 0.8}),
                    _ => json!({"is": "lognormal", "mean": 3, "sigma": 1}),
                };
            }
            if self.dice.is(20) {
                key["childless"] = json!(0.2);
            }
            let single = self.tables[target].key.len() == 1;
            table.foreign.push(key);
            if single && !optional && self.dice.is(40) {
                let (_, mut twin) = self.refer(table, target, false);
                twin["unlike"] = json!([columns[0]]);
                table.foreign.push(twin);
            }
        }
    }

    fn polymorphic(&mut self, table: &mut Table) {
        let counted: Vec<(String, String)> = (self.tables.iter())
            .filter(|table| table.counted)
            .map(|table| (table.name.clone(), table.key[0].0.clone()))
            .collect();
        if counted.len() < 2 || !self.dice.is(50) {
            return;
        }
        let [of, id] = ["kind", "any"].map(|prefix| self.name(prefix));
        let words: Vec<&String> = counted.iter().map(|(name, _)| name).collect();
        table.push(json!({"name": of, "kind": "enum", "values": words, "nullable": false,
            "behaviour": {"is": "pick"}}));
        let cases: serde_json::Map<String, Value> = (counted.iter())
            .map(|(name, key)| (name.clone(), json!(format!("{name}.{key}"))))
            .collect();
        table.push(json!({"name": id, "kind": "int64", "nullable": false, "behaviour":
            {"is": "polymorphic", "type_column": of, "cases": cases}}));
    }

    fn way(&mut self, table: &mut Table) {
        let [status, begun, done, gone] =
            ["status", "begun", "done", "gone"].map(|prefix| self.name(prefix));
        table.push(json!({"name": status, "kind": "enum", "nullable": false,
            "values": ["new", "done", "gone", "lost"]}));
        table.push(json!({"name": begun, "kind": "timestamp", "nullable": false,
            "behaviour": {"is": "moment", "from": "2024-01-01"}}));
        table.push(json!({"name": done, "kind": "timestamp", "nullable": true}));
        table.push(json!({"name": gone, "kind": "timestamp", "nullable": true}));
        let stages = json!([
            {"is": "new", "at": begun},
            {"is": "done", "at": done, "share": 0.8, "after":
                {"law": {"is": "exponential", "mean": 4}, "unit": "day"}},
            {"is": "gone", "at": gone, "share": 0.5, "after":
                {"law": {"is": "uniform", "min": 1, "max": 9}, "unit": "hour"}},
            {"is": "lost", "from": "new", "share": 0.1}]);
        table.rest.push(("lifecycles", json!([{"status": status, "stages": stages}])));
        table.checks.push(json!({"check": "order", "columns": [begun, done, gone]}));
        table.checks.push(json!({"check": "when", "column": status, "is": ["new"],
            "then": done, "must": "absent"}));
        table.known.push(Known::own(&begun, Holds::Moment, false));
        table.known.push(Known::own(
            &status,
            Holds::Words(vec!["new", "done", "gone", "lost"]),
            false,
        ));
    }

    /// Columns of all kinds.
    fn fill(&mut self, table: &mut Table) {
        for _ in 0..=self.dice.below(6) {
            column::add(self, table);
        }
    }

    /// Two tables that refer to each other.
    fn circle(&mut self) {
        if self.tables.len() < 2 || !self.dice.is(30) {
            return;
        }
        let (first, last) = (0, self.tables.len() - 1);
        if self.tables[first].rest.iter().any(|(part, _)| *part == "rows") {
            return;
        }
        let key = self.tables[last].key.clone();
        let [(theirs, kind)] = key.as_slice() else { return };
        let own = self.name("back");
        let there = self.tables[last].name.clone();
        self.tables[first].push(json!({"name": own, "kind": kind, "nullable": true,
            "nulls": {"rate": 0.3}}));
        self.tables[first].foreign.push(json!({"columns": [own],
            "references": {"table": there, "columns": [theirs]}}));
    }

    /// Totals of the rows that refer to a table, of what hangs on nothing else.
    fn totals(&mut self) {
        for child in 0..self.tables.len() {
            if !self.dice.is(50) {
                continue;
            }
            let keys = &self.tables[child].foreign;
            let Some(key) = keys.first().cloned().filter(|key| key["tree"].is_null()) else {
                continue;
            };
            let parent = self.tables[..child]
                .iter()
                .position(|table| key["references"]["table"] == table.name.as_str());
            let Some(parent) = parent else { continue };
            if self.tables[parent].rest.iter().any(|(part, _)| *part == "rows") {
                continue;
            }
            let own = self.name("total");
            let table = self.tables[child].name.clone();
            let counted = self.tables[child].known.iter().find(|known| {
                known.own && known.free && matches!(known.holds, Holds::Count | Holds::Cents)
            });
            let mut said = json!({"is": "total", "table": table, "key": key["columns"][0]});
            let kind = match counted.map(|known| (known.path.clone(), known.holds.clone())) {
                Some((path, holds)) if self.dice.is(70) => {
                    said["how"] = json!(self.dice.one(&["sum", "min", "max"]));
                    said["of"] = json!(path);
                    if holds == Holds::Count { "int64" } else { "decimal(18,2)" }
                }
                _ => {
                    said["how"] = json!("count");
                    "int64"
                }
            };
            let nullable = matches!(said["how"].as_str(), Some("min" | "max"));
            self.tables[parent]
                .push(json!({"name": own, "kind": kind, "nullable": nullable, "behaviour": said}));
        }
    }
}
