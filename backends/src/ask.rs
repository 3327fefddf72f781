//! [`Ask`]: what is asked of a backend; it owns its words and the form of a good answer.

use peyote_schemas::Finding;
use peyote_schemas::draft::{Idea, TableDraft};

/// One thing to ask.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// Ideas for datasets about a topic.
    Ideas {
        /// The topic.
        topic: String,
        /// How many ideas.
        count: usize,
    },
    /// The tables of a dataset.
    Design {
        /// The topic.
        topic: String,
        /// The idea to design.
        idea: Idea,
        /// How many tables, if that was asked for.
        tables: Option<usize>,
    },
    /// Rows of one table.
    Rows {
        /// The topic.
        topic: String,
        /// The idea that the dataset follows.
        idea: Idea,
        /// The table, named exactly as the model named it.
        table: TableDraft,
        /// Keys that exist in the tables it refers to.
        parents: Vec<ParentKeys>,
        /// How many rows.
        rows: usize,
    },
    /// Values that one column of a table could have.
    Vocabulary {
        /// The topic.
        topic: String,
        /// The idea that the dataset follows.
        idea: Idea,
        /// The table, named exactly as the model named it.
        table: String,
        /// The column, named exactly as the model named it.
        column: String,
        /// What the column means, if that was said.
        description: Option<String>,
        /// How many values.
        count: usize,
    },
    /// Another attempt at an ask whose answer had faults.
    Repair {
        /// What was asked.
        of: Box<Ask>,
        /// What was answered.
        reply: String,
        /// What was wrong with it, a line each.
        findings: Vec<Finding>,
    },
}

/// The keys of a table that another table refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParentKeys {
    /// The referring columns, as the model named them.
    pub columns: Vec<String>,
    /// The table referred to, as the model named it.
    pub table: String,
    /// Some of its keys, as text.
    pub keys: Vec<String>,
}

impl Ask {
    /// The task line without its label: `rows orders`.
    pub fn task(&self) -> String {
        String::new()
    }
}
