//! [`Ask`]: what is asked of a backend; it owns its words and the form of a good answer.

use peyote_schemas::Finding;
use peyote_schemas::draft::{Idea, TableDraft};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::answer::Usage;
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
        /// Values that are there already, or were no good.
        avoid: Vec<String>,
    },
    /// The names of the tables of a dataset: a small ask, for a model that fails at a whole design.
    Names {
        /// The topic.
        topic: String,
        /// The idea that the dataset follows.
        idea: Idea,
        /// Names that are there already, or were of another topic.
        avoid: Vec<String>,
    },
    /// The columns of one table: a small ask.
    Columns {
        /// The topic.
        topic: String,
        /// The idea that the dataset follows.
        idea: Idea,
        /// The table, named exactly as the model named it.
        table: String,
        /// The other tables of the dataset.
        others: Vec<String>,
    },
    /// A few rows of one table: a small ask.
    Sample {
        /// The topic.
        topic: String,
        /// The idea that the dataset follows.
        idea: Idea,
        /// The table, named exactly as the model named it.
        table: TableDraft,
        /// How many rows.
        rows: usize,
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
/// Tokens round the answer to a small ask, which says nothing but the answer.
const SMALL_FRAME_TOKENS: usize = 24;
/// Tokens of a table's name on a line of its own.
const NAME_TOKENS: usize = 12;
/// Columns of a table where they are asked for alone.
const USUAL_COLUMNS: usize = 10;
/// Tokens of a column with its kind on a line of its own.
const COLUMN_TOKENS: usize = 18;
/// Tokens of one cell in CSV.
const CSV_CELL_TOKENS: usize = 9;
/// Letters of a request beside its messages and its schema, and of what people say in them.
const FRAME_LETTERS: usize = 700;
/// Letters of a token, as everybody's rule of thumb has it.
const LETTERS_A_TOKEN: usize = 4;
/// Tokens that an idea takes usually: the median of what a text model of 2022 wrote.
const LIKELY_IDEA: usize = 80;
/// Tokens that a table's design takes usually, a line of a numbered list: the median of 2022.
const LIKELY_TEXT_TABLE: usize = 59;
/// Tokens that a table's design takes usually in JSON: eight columns of some 45 tokens.
const LIKELY_JSON_TABLE: usize = 400;
/// Tokens that ten cells take usually in CSV: the median of what a text model of 2022 wrote.
/// A few long replies make every mean larger than what a run usually takes.
const LIKELY_TEN_CSV_CELLS: usize = 24;
/// Tokens that ten cells take usually in JSON, their keys included.
const LIKELY_TEN_JSON_CELLS: usize = 90;
/// Tables of a design where no number was asked for, for whoever plans ahead.
pub const TABLES: usize = USUAL_TABLES;
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

    /// What the task line says after `Task: `: `ideas`, `design`, `design TABLE`, `rows TABLE`,
    /// `vocabulary TABLE.COLUMN`, and `repair` before any of them; on one line.
    pub fn task(&self) -> String {
        let base = match self.base() {
            Self::Ideas { .. } => "ideas".to_owned(),
            Self::Design { .. } | Self::Names { .. } => "design".to_owned(),
            Self::Columns { table, .. } => format!("design {}", words::line(table)),
            Self::Rows { table, .. } | Self::Sample { table, .. } => {
                format!("rows {}", words::line(&table.name))
            }
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

    /// Whether it is asked in plain text after worked examples, whatever form a server takes.
    pub fn is_small(&self) -> bool {
        matches!(
            self.base(),
            Self::Names { .. }
                | Self::Columns { .. }
                | Self::Sample { .. }
                | Self::Vocabulary { .. }
        )
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
        let frame = if self.is_small() { SMALL_FRAME_TOKENS } else { FRAME_TOKENS };
        let body = match self.base() {
            Self::Ideas { count, .. } => count.saturating_mul(IDEA_TOKENS),
            Self::Design { tables, .. } => {
                tables.unwrap_or(USUAL_TABLES).saturating_mul(TABLE_TOKENS)
            }
            Self::Rows { table, rows, .. } => {
                rows.saturating_mul(table.columns.len().max(1)).saturating_mul(CELL_TOKENS)
            }
            Self::Vocabulary { count, .. } => count.saturating_mul(WORD_TOKENS),
            Self::Names { .. } => USUAL_TABLES * NAME_TOKENS,
            Self::Columns { .. } => USUAL_COLUMNS * COLUMN_TOKENS,
            Self::Sample { table, rows, .. } => {
                rows.saturating_mul(table.columns.len().max(1)).saturating_mul(CSV_CELL_TOKENS)
            }
            Self::Repair { .. } | Self::Rest { .. } => 0,
        };
        body.saturating_add(frame).min(MOST_TOKENS)
    }

    /// What it is likely to take in a form: a quarter of the letters of prompt and schema, and an
    /// answer of the usual length, which is less than [`expected_tokens`](Self::expected_tokens).
    pub fn likely_usage(&self, form: Form) -> Usage {
        let form = if self.is_small() { Form::Text } else { form };
        let letters: usize = self.messages(form).iter().map(|message| message.text.len()).sum();
        let schema =
            if form == Form::Json { form::bounded_schema(self).to_string().len() } else { 0 };
        let (ten_cells, table) = match form {
            Form::Json => (LIKELY_TEN_JSON_CELLS, LIKELY_JSON_TABLE),
            Form::Text => (LIKELY_TEN_CSV_CELLS, LIKELY_TEXT_TABLE),
        };
        let output = match self.base() {
            Self::Ideas { count, .. } => count.saturating_mul(LIKELY_IDEA),
            Self::Design { tables, .. } => tables.unwrap_or(USUAL_TABLES).saturating_mul(table),
            Self::Rows { table, rows, .. } | Self::Sample { table, rows, .. } => {
                rows.saturating_mul(table.columns.len()).saturating_mul(ten_cells) / 10
            }
            _ => self.expected_tokens() / 2,
        };
        let input = (letters + schema + FRAME_LETTERS) / LETTERS_A_TOKEN;
        Usage { input: input as u64, output: output as u64 }
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
