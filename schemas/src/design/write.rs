//! Writing: a design as a draft that resolves to itself, and as the document `design.json`.

use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::{Design, DesignColumn, DesignTable};
use crate::behaviour::Spread;
use crate::draft::{ColumnDraft, Draft, KeyDraft, TableDraft};
use crate::kind::{Field, Kind};

impl Design {
    /// The same as a draft, from which [`resolve`](super::resolve) makes the same design.
    pub fn to_draft(&self) -> Draft {
        Draft {
            name: self.name.clone(),
            about: self.about.clone(),
            use_cases: self.use_cases.clone(),
            resolved: true,
            seed: self.seed,
            clock: self.clock.map(|clock| clock.to_string()),
            tables: self.tables.iter().map(DesignTable::to_draft).collect(),
            story: self.story.iter().map(|anomaly| json!(anomaly)).collect(),
        }
    }

    /// The document `design.json`: [`to_draft`](Self::to_draft) with nothing left out that a
    /// reader looks for.
    pub fn to_json(&self) -> Value {
        let mut object = Map::new();
        object.insert("name".into(), self.name.clone().into());
        object.insert("about".into(), self.about.clone().into());
        object.insert("use_cases".into(), self.use_cases.clone().into());
        object.insert("resolved".into(), true.into());
        if let Some(seed) = self.seed {
            object.insert("seed".into(), seed.into());
        }
        if let Some(clock) = self.clock {
            object.insert("clock".into(), clock.to_string().into());
        }
        object.insert("tables".into(), self.tables.iter().map(DesignTable::to_json).collect());
        if !self.story.is_empty() {
            object.insert("story".into(), json!(self.story));
        }
        object.into()
    }

    /// A line of JSON for each table: its name, what a row of it is, and its columns in words.
    pub fn to_lines(&self) -> Vec<Value> {
        self.tables.iter().map(DesignTable::to_line).collect()
    }
}

/// As the document of [`Design::to_json`].
impl Serialize for Design {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_json().serialize(serializer)
    }
}

impl DesignTable {
    /// The same as a draft, in the names of the design; `said` keeps the model's where it differs.
    pub fn to_draft(&self) -> TableDraft {
        let text = |names: &[crate::name::Identifier]| -> Vec<String> {
            names.iter().map(ToString::to_string).collect()
        };
        TableDraft {
            name: self.name.to_string(),
            said: (self.name != self.said.as_str()).then(|| self.said.clone()),
            implied: self.implied,
            description: self.description.clone(),
            columns: self.columns.iter().map(DesignColumn::to_draft).collect(),
            primary_key: text(&self.primary_key),
            unique: self.unique.iter().map(|set| text(set)).collect(),
            foreign_keys: self.keys().collect(),
            checks: self.checks.clone(),
            rows: self.rows.clone(),
            size: self.size.as_ref().map(|size| json!(size)),
            lifecycles: self.lifecycles.iter().map(|way| json!(way)).collect(),
            history: self.history.as_ref().map(|history| json!(history)),
        }
    }

    fn keys(&self) -> impl Iterator<Item = KeyDraft> {
        let nothing = Spread::default();
        (self.foreign_keys.iter().enumerate()).map(move |(at, key)| {
            let spread = self.spreads.get(at).unwrap_or(&nothing);
            KeyDraft::from(key.to_text()).spread_as(&json!(spread))
        })
    }

    fn to_json(&self) -> Value {
        let mut object = Map::new();
        object.insert("name".into(), self.name.as_str().into());
        if self.name != self.said.as_str() {
            object.insert("said".into(), self.said.clone().into());
        }
        if self.implied {
            object.insert("implied".into(), true.into());
        }
        object.insert("description".into(), self.description.clone().into());
        object.insert("columns".into(), self.columns.iter().map(DesignColumn::to_json).collect());
        object.insert("primary_key".into(), json!(self.primary_key));
        object.insert("unique".into(), json!(self.unique));
        object.insert("foreign_keys".into(), json!(self.keys().collect::<Vec<_>>()));
        object.insert("checks".into(), json!(self.checks));
        if let Some(size) = &self.size {
            object.insert("size".into(), json!(size));
        }
        if !self.lifecycles.is_empty() {
            object.insert("lifecycles".into(), json!(self.lifecycles));
        }
        if let Some(history) = &self.history {
            object.insert("history".into(), json!(history));
        }
        if !self.rows.is_empty() {
            object.insert("rows".into(), json!(self.rows));
        }
        object.into()
    }

    fn to_line(&self) -> Value {
        let columns: Vec<String> = (self.columns.iter())
            .map(|column| {
                let mut notes: Vec<String> = column.kind.iter().map(ToString::to_string).collect();
                if self.primary_key.contains(&column.name) {
                    notes.push("primary key".into());
                }
                let keys =
                    self.foreign_keys.iter().filter(|key| key.columns.contains(&column.name));
                notes.extend(keys.map(|key| format!("foreign key to {}", key.references.table)));
                if notes.is_empty() {
                    column.name.to_string()
                } else {
                    format!("{} ({})", column.name, notes.join(", "))
                }
            })
            .collect();
        json!({
            "name": self.name,
            "description": self.description,
            "columns": columns.join(", "),
        })
    }
}

impl DesignColumn {
    /// The same as a draft.
    pub fn to_draft(&self) -> ColumnDraft {
        let mut draft = self.kind.as_ref().map(drafted).unwrap_or_default();
        draft.name = self.name.to_string();
        draft.said = (self.name != self.said.as_str()).then(|| self.said.clone());
        draft.nullable = Some(self.nullable);
        draft.unit.clone_from(&self.unit);
        draft.format.clone_from(&self.format);
        draft.description.clone_from(&self.description);
        draft.vocabulary.clone_from(&self.vocabulary);
        draft.behaviour = self.behaviour.as_ref().map(|behaviour| json!(behaviour));
        draft.nulls = self.nulls.as_ref().map(|nulls| json!(nulls));
        draft.remark.clone_from(&self.remark);
        draft
    }

    fn to_json(&self) -> Value {
        let draft = self.to_draft();
        let mut object = Map::new();
        object.insert("name".into(), self.name.as_str().into());
        if let Some(said) = draft.said {
            object.insert("said".into(), said.into());
        }
        object.insert("kind".into(), draft.kind.into());
        object.insert("nullable".into(), self.nullable.into());
        object.insert("unit".into(), self.unit.clone().into());
        object.insert("format".into(), self.format.clone().into());
        object.insert("values".into(), json!(draft.values));
        let rest = [
            ("description", json!(self.description)),
            ("vocabulary", json!(self.vocabulary)),
            ("behaviour", json!(self.behaviour)),
            ("nulls", json!(self.nulls)),
            ("item", json!(draft.item)),
            ("fields", json!(draft.fields)),
            ("remark", json!(self.remark)),
        ];
        for (name, value) in rest {
            if !value.is_null() {
                object.insert(name.into(), value);
            }
        }
        object.into()
    }
}

/// A kind as a drafted column says it, without a name.
pub(super) fn drafted(kind: &Kind) -> ColumnDraft {
    let field = |field: &Field| ColumnDraft {
        name: field.name.clone(),
        nullable: Some(field.nullable),
        ..drafted(&field.kind)
    };
    let mut draft = ColumnDraft { kind: Some(kind.to_string()), ..ColumnDraft::default() };
    match kind {
        Kind::Enum(words) => draft.values = Some(words.clone()),
        Kind::List(item) => draft.item = Some(Box::new(field(item))),
        Kind::Struct(fields) => draft.fields = Some(fields.iter().map(field).collect()),
        _ => {}
    }
    draft
}
