//! [`Facts`]: what stands in the metadata of a dataset's files besides what they are.

use std::collections::BTreeMap;

use peyote_schemas::design::Design;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::manifest::hexadecimal;

/// What stands in the metadata of files: the same in all of them, and in each what is its table's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    all: Vec<(String, String)>,
    designs: BTreeMap<String, String>,
}

impl Facts {
    /// What stands in all files alike, by names that begin with `peyote.`.
    pub const fn new(all: Vec<(String, String)>) -> Self {
        Self { all, designs: BTreeMap::new() }
    }

    /// What files say that were made from a design: by which version and seed, of which design, by the
    /// SHA-256 of its `design.json`, and what it says of the table that they hold.
    ///
    /// Nothing tells when, so that they are the same bytes every time, nor what is hidden in the data.
    /// A file of few rows would be all design if it held the whole of it: a part is a document of the
    /// same form with the one table, and without the rows that are written in it, which the file has.
    pub fn made(design: &Design, seed: u64) -> Self {
        let all = vec![
            ("peyote.version".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
            ("peyote.seed".to_owned(), seed.to_string()),
            ("peyote.design_sha256".to_owned(), digest(design)),
        ];
        Self { all, designs: parts(&design.without_story().to_json()) }
    }

    /// The same with one more that stands in all files.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.all.push((name.to_owned(), value.to_owned()));
        self
    }

    /// What stands in the files of a table, by its name.
    pub fn of(&self, table: &str) -> Vec<(String, String)> {
        let part = self.designs.get(table);
        let part = part.map(|part| ("peyote.design".to_owned(), part.clone()));
        self.all.iter().cloned().chain(part).collect()
    }
}

/// The SHA-256 of the file that a folder keeps its design in, in hexadecimal.
fn digest(design: &Design) -> String {
    // A design is a tree of texts and numbers: it has no key that JSON cannot write.
    let mut text = serde_json::to_vec_pretty(design).unwrap_or_default();
    text.push(b'\n');
    hexadecimal(&Sha256::digest(&text))
}

/// The document of a design as one for every table.
fn parts(design: &Value) -> BTreeMap<String, String> {
    let tables = design["tables"].as_array().map_or(&[][..], Vec::as_slice);
    let told = design.as_object().into_iter().flatten().filter(|(name, _)| *name != "tables");
    let alone: Value = told.map(|(name, value)| (name.clone(), value.clone())).collect();
    let part = |table: &Value| {
        let mut table = table.clone();
        if let Some(table) = table.as_object_mut() {
            table.remove("rows");
        }
        let name = table["name"].as_str().unwrap_or_default().to_owned();
        let mut part = alone.clone();
        part["tables"] = json!([table]);
        (name, part.to_string())
    };
    tables.iter().map(part).collect()
}

#[cfg(test)]
mod tests {
    use peyote_schemas::{design, draft::Draft};

    use super::*;

    #[test]
    fn file_holds_what_is_said_of_its_own_table() {
        let draft: Draft = serde_json::from_value(json!({"resolved": true, "name": "Trams", "tables": [
            {"name": "stops", "primary_key": ["id"], "rows": [[1], [2]],
             "columns": [{"name": "id", "kind": "int64", "nullable": false}]},
            {"name": "trips", "columns": [{"name": "stop", "kind": "int64", "nullable": false}],
             "foreign_keys": [{"columns": ["stop"], "references": {"table": "stops", "columns": ["id"]}}]}]}))
        .expect("a draft");
        let (design, _) = design::resolve(&draft).expect("a sound design");
        let facts = Facts::made(&design, 7).with("peyote.run_id", "now");
        let own = |table: &str| {
            let facts: BTreeMap<String, String> = facts.of(table).into_iter().collect();
            assert_eq!((&*facts["peyote.seed"], &*facts["peyote.run_id"]), ("7", "now"));
            serde_json::from_str::<Value>(&facts["peyote.design"]).expect("a document")
        };
        let (stops, trips) = (own("stops"), own("trips"));
        assert_eq!((&stops["name"], &stops["tables"][1]), (&json!("Trams"), &Value::Null));
        assert!(stops["tables"][0]["rows"].is_null());
        assert_eq!(trips["tables"][0], design.to_json()["tables"][1]);
        assert_eq!(facts.of("defects").len(), 4, "what no design tells of has no part of one");
    }
}
