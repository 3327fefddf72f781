//! [`Behaviour`]: how the values of a column come about, at any number of rows.
//!
//! A design states *what holds* of its values; a behaviour states *which of them* there are. Both
//! are read from one document, `design.json`; the engine turns behaviours into values. Every type
//! here is what the document says, letter by letter: an internal tag `is`, unknown fields refused.
//!
//! Names in a behaviour are those of the design once [`resolve`](crate::design::resolve) has
//! checked it; [`Design::route`](crate::Design::route) turns a [`Path`] into places.
//!
//! ```
//! use peyote_schemas::behaviour::Behaviour;
//!
//! let said = r#"{"is": "number", "law": {"is": "lognormal", "median": 40, "sigma": 0.7}, "ending": [0.99]}"#;
//! let behaviour: Behaviour = serde_json::from_str(said).unwrap();
//! assert!(matches!(behaviour, Behaviour::Number(_)));
//! ```

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

mod law;
mod moment;
mod path;
mod spread;
mod table;
mod template;
mod word;
mod zone;

pub use law::{Law, Number, With};
pub use moment::{
    After, At, Closed, Delay, Grain, Happening, Opening, Rhythm, Unit, Until, Weekday,
};
pub use path::Path;
pub use spread::{Aged, Among, Children, Order, Spread, Tree};
pub use table::{History, Lifecycle, Size, Stage};
pub use template::{Case, Forms, Piece, Shape, Template, Text};
pub use word::{Pick, Words};
pub use zone::{Summer, Zone};

/// How the values of a column come about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case", deny_unknown_fields)]
pub enum Behaviour {
    /// Whole numbers that rise with the row: `start`, `start + step`, …
    Sequence {
        /// The first row's number.
        #[serde(default = "one")]
        start: i64,
        /// What the next row's number is above the one before; not 0.
        #[serde(default = "one")]
        step: i64,
        /// How many steps may be left out before each row, as real keys have gaps: a number up to
        /// this, by chance. Numbers rise none the less.
        #[serde(default, skip_serializing_if = "is_zero")]
        gap: u32,
    },
    /// Codes of one form, no two alike.
    Code {
        /// The form, in the letters of [`Check::Pattern`](crate::draft::Check::Pattern): `#` a
        /// digit, `A` an upper-case letter, `a` a lower-case one, `\` before what stands for
        /// itself; `*` stands for nothing.
        pattern: String,
        /// Whether codes rise with the rows or look drawn by lot.
        #[serde(default, skip_serializing_if = "CodeOrder::is_default")]
        order: CodeOrder,
    },
    /// One value on every row.
    Constant {
        /// The value, as a literal row would hold it.
        value: Value,
    },
    /// Words out of a list.
    Pick(Pick),
    /// Whole values of any kind out of a list, as literal rows would hold them.
    Values {
        /// The values.
        values: Vec<Value>,
        /// How likely each is beside the others; alike where it is left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        weights: Option<Vec<f64>>,
        /// Which of them it is, counted from 0 and around, where it is not drawn: what an
        /// expression over the row comes to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<crate::formula::Formula>,
    },
    /// Text put together from neighbours, parents' columns and words of its own.
    Template(Text),
    /// Random identifiers of version 4 (RFC 9562).
    Uuid {},
    /// Truths.
    Bool {
        /// The share of true ones, 0 to 1.
        share: f64,
        /// The share where another column has a certain value.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        given: Option<Given<f64>>,
    },
    /// Numbers that follow a law.
    Number(Number),
    /// Moments between two others.
    Moment(Happening),
    /// A moment that follows another.
    After(After),
    /// The value of a column of the parent.
    Copy {
        /// That column: `customer_id.country`.
        of: Path,
    },
    /// 1, 2, 3, … among the rows of one parent, in the order of the rows.
    Nth {
        /// The referring column.
        of: String,
        /// The first one's number.
        #[serde(default = "one")]
        start: i64,
    },
    /// Moments at a steady pace: one of each row, or of each row of a parent, in the order of the
    /// rows. No two are alike.
    Series {
        /// The referring column, where each parent has a series of its own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<String>,
        /// The first moment, or a column of the parent that holds it.
        from: Until,
        /// How many units later the next one is; at least 1.
        every: u32,
        /// The unit; months and years are those of the calendar.
        unit: Unit,
    },
    /// The row of one of several tables; which of them, another column says.
    Polymorphic {
        /// The column that says it.
        type_column: String,
        /// What is referred to, by that column's value: `{"post": "posts.post_id"}`.
        cases: BTreeMap<String, Path>,
    },
    /// What an expression over the row, its parents and its children gives.
    Expression {
        /// The expression: `round(quantity * unit_price * (1 - discount), 2)`.
        text: crate::formula::Formula,
    },
    /// What the rows of a child table come to.
    Total {
        /// The child table.
        table: String,
        /// Its column that refers here, where more than one does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key: Option<String>,
        /// How they are taken together.
        how: crate::formula::How,
        /// What is taken of each row, in the child's columns; nothing for a count.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<crate::formula::Formula>,
    },
    /// Lists of some length.
    List {
        /// How long they are.
        length: Number,
        /// What is in them.
        item: Box<Behaviour>,
    },
    /// Structs, field by field; a field left out is absent.
    Struct {
        /// How each field's values come about.
        fields: BTreeMap<String, Behaviour>,
    },
}

/// How the codes of a column follow each other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeOrder {
    /// The next row has the next code.
    #[default]
    Rising,
    /// As if drawn by lot, each at most once.
    Shuffled,
}

/// What holds instead, where another column has certain values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Given<T> {
    /// The column looked at, of the row or of a parent.
    pub column: Path,
    /// What holds for each of its values, as text; other values leave it as it is.
    pub cases: BTreeMap<String, T>,
}

/// How many values of a column are missing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nulls {
    /// Their share, 0 to 1.
    pub rate: f64,
    /// Their share where other columns have certain values; the first that fits holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub when: Vec<NullsWhen>,
}

/// How many values are missing where another column has certain values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NullsWhen {
    /// The column looked at, of the row or of a parent.
    pub column: Path,
    /// Its values, as text; none means that it has no value itself.
    pub is: Vec<String>,
    /// The share of missing values there, 0 to 1.
    pub rate: f64,
}

impl CodeOrder {
    // serde hands the field by reference.
    #[expect(clippy::trivially_copy_pass_by_ref)]
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

const fn one() -> i64 {
    1
}

// serde hands the field by reference.
#[expect(clippy::trivially_copy_pass_by_ref)]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

// serde hands the field by reference.
#[expect(clippy::trivially_copy_pass_by_ref)]
fn is_false(flag: &bool) -> bool {
    !flag
}
