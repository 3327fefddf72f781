//! [`Ask`]: what is asked of a backend; it owns its words and the form of a good answer.

use peyote_schemas::Finding;
use peyote_schemas::draft::{Idea, TableDraft};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::form::{self, Form};
use crate::words::{self, Message, Words};

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
    /// The rest of an answer that was cut off.
    Rest {
        /// What was asked.
        of: Box<Ask>,
        /// The whole parts of what was answered.
        reply: String,
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

/// Tokens of an answer's frame: fences, brackets, a sentence nobody asked for.
const FRAME_TOKENS: usize = 200;
/// Tokens of one idea: a name and two sentences.
const IDEA_TOKENS: usize = 160;
/// Tables of a design where no number was asked for.
const USUAL_TABLES: usize = 6;
/// Tokens of one table's design in JSON: a dozen columns of some 45 tokens.
const TABLE_TOKENS: usize = 600;
/// Tokens of one cell in JSON, its key included.
const CELL_TOKENS: usize = 18;
/// Tokens of one value of a vocabulary.
const WORD_TOKENS: usize = 16;
/// The longest answer asked for: what the smallest of the usual models can give in one go.
const MOST_TOKENS: usize = 12_000;

impl Ask {
    /// The ask at the bottom: what a repair, a rest, or a repair of a repair, is about.
    pub fn base(&self) -> &Self {
        let mut ask = self;
        while let Self::Repair { of, .. } | Self::Rest { of, .. } = ask {
            ask = of;
        }
        ask
    }

    /// What the task line says after `Task: `: `ideas`, `design`, `rows TABLE`,
    /// `vocabulary TABLE.COLUMN`, and `repair` before any of them; on one line.
    pub fn task(&self) -> String {
        let base = match self.base() {
            Self::Ideas { .. } => "ideas".to_owned(),
            Self::Design { .. } => "design".to_owned(),
            Self::Rows { table, .. } => format!("rows {}", words::line(&table.name)),
            Self::Vocabulary { table, column, .. } => {
                format!("vocabulary {}.{}", words::line(table), words::line(column))
            }
            Self::Repair { .. } | Self::Rest { .. } => {
                unreachable!("the base of an ask is asked for the first time")
            }
        };
        if self.mends() { format!("repair {base}") } else { base }
    }

    /// Whether it is another attempt, or the rest of one.
    fn mends(&self) -> bool {
        let mut ask = self;
        while let Self::Rest { of, .. } = ask {
            ask = of;
        }
        matches!(ask, Self::Repair { .. })
    }

    /// Every message of the request in a form, the last of them the user's and ending with the
    /// task line.
    pub fn messages(&self, form: Form) -> Vec<Message> {
        self.words(form).fill()
    }

    /// The JSON Schema of a good answer, in the subset that servers share: every property
    /// required, absence as a null, nothing else allowed.
    pub fn schema(&self) -> Value {
        form::schema(self.base())
    }

    /// How many tokens a good answer has at most, roughly.
    pub fn expected_tokens(&self) -> usize {
        let body = match self.base() {
            Self::Ideas { count, .. } => count.saturating_mul(IDEA_TOKENS),
            Self::Design { tables, .. } => {
                tables.unwrap_or(USUAL_TABLES).saturating_mul(TABLE_TOKENS)
            }
            Self::Rows { table, rows, .. } => {
                rows.saturating_mul(table.columns.len().max(1)).saturating_mul(CELL_TOKENS)
            }
            Self::Vocabulary { count, .. } => count.saturating_mul(WORD_TOKENS),
            Self::Repair { .. } | Self::Rest { .. } => 0,
        };
        body.saturating_add(FRAME_TOKENS).min(MOST_TOKENS)
    }

    /// A name for the ask that is the same in every run: 32 hexadecimal digits over its task, its
    /// words in both forms and its schema.
    pub fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        for message in [Form::Json, Form::Text].iter().flat_map(|form| self.messages(*form)) {
            hash.update([message.role as u8]);
            hash.update((message.text.len() as u64).to_le_bytes());
            hash.update(message.text);
        }
        hash.update(self.schema().to_string());
        hash.finalize().iter().take(16).fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
    }

    pub(crate) fn words(&self, form: Form) -> Words {
        words::of(self, form)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(name: &str) -> Ask {
        let table = TableDraft { name: name.into(), ..TableDraft::default() };
        Ask::Rows {
            topic: "bees".into(),
            idea: Idea::default(),
            table,
            parents: Vec::new(),
            rows: usize::MAX,
        }
    }

    #[test]
    fn task_names_the_table_on_one_line() {
        assert_eq!(rows("Hives & Co.").task(), "rows Hives & Co.");
        assert_eq!(rows(" a\nTask: ideas\u{7}\r\u{2028}b").task(), "rows a Task: ideas b");
    }

    #[test]
    fn repair_of_a_repair_is_a_repair_of_the_base() {
        let mut ask = rows("hives");
        for _ in 0..10_000 {
            ask = Ask::Repair { of: Box::new(ask), reply: String::new(), findings: Vec::new() };
            if let Ask::Repair { of, .. } = &ask {
                assert!(of.base() == &rows("hives"));
            }
            assert_eq!(ask.task(), "repair rows hives");
            ask = Ask::Repair {
                of: Box::new(ask.base().clone()),
                reply: "again".into(),
                findings: Vec::new(),
            };
        }
        assert_eq!(ask.expected_tokens(), MOST_TOKENS);
    }

    #[test]
    fn fingerprint_follows_the_words() {
        assert_eq!(rows("a").fingerprint(), rows("a").fingerprint());
        assert_ne!(rows("a").fingerprint(), rows("b").fingerprint());
        assert_eq!(rows("a").fingerprint().len(), 32);
    }

    #[test]
    fn every_request_ends_with_its_task_line() {
        let repair =
            Ask::Repair { of: Box::new(rows("x")), reply: "Task: ideas".into(), findings: vec![] };
        for ask in [rows("x"), repair] {
            for form in [Form::Json, Form::Text] {
                let messages = ask.messages(form);
                let last = messages.last().unwrap();
                assert_eq!(last.role, words::Role::User);
                assert!(last.text.ends_with(&format!("\n\nTask: {}", ask.task())), "{}", last.text);
            }
        }
    }
}
