//! [`Kind`]: what the values of a column are.

use std::fmt;
use std::sync::Arc;

use arrow::datatypes::{DataType, Field as ArrowField, TimeUnit};

/// Digits a 128-bit decimal can hold; what Parquet, DuckDB and Spark share.
pub const MAX_PRECISION: u8 = 38;

/// What the values of a column are: a closed set, matched exhaustively.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Kind {
    /// True or false.
    Bool,
    /// A signed whole number of the given width.
    Int(IntSize),
    /// A 64-bit binary floating-point number.
    Float,
    /// An exact number of at most `precision` digits, `scale` of them after the point.
    Decimal {
        /// Digits in all, 1 to [`MAX_PRECISION`].
        precision: u8,
        /// Digits after the point, at most `precision`.
        scale: u8,
    },
    /// Any text.
    Text,
    /// One of a few words, in the order in which they are listed.
    Enum(Vec<String>),
    /// A calendar day.
    Date,
    /// A time of day, to the microsecond.
    Time,
    /// A date and time of day that names no zone, to the microsecond.
    Timestamp,
    /// An instant, to the microsecond, kept in UTC.
    TimestampTz,
    /// A universally unique identifier, as 36 lower-case characters.
    Uuid,
    /// A JSON document, as compact text.
    Json,
    /// Any number of values of one kind.
    List(Box<Field>),
    /// Named values that belong together.
    Struct(Vec<Field>),
}

/// The width of a whole number, in bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum IntSize {
    /// 8 bits.
    I8,
    /// 16 bits.
    I16,
    /// 32 bits.
    I32,
    /// 64 bits.
    I64,
}

/// A value inside a list or a struct.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Field {
    /// Its name; `item` inside a list.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Whether it may be missing.
    pub nullable: bool,
}

impl IntSize {
    /// The least and the greatest number of this width.
    pub fn bounds(self) -> (i64, i64) {
        match self {
            Self::I8 => (i8::MIN.into(), i8::MAX.into()),
            Self::I16 => (i16::MIN.into(), i16::MAX.into()),
            Self::I32 => (i32::MIN.into(), i32::MAX.into()),
            Self::I64 => (i64::MIN, i64::MAX),
        }
    }

    /// The narrowest width that holds every value from `least` to `most`.
    pub fn holding(least: i64, most: i64) -> Self {
        let fits = |low: i64, high: i64| least >= low && most <= high;
        if fits(i8::MIN.into(), i8::MAX.into()) {
            Self::I8
        } else if fits(i16::MIN.into(), i16::MAX.into()) {
            Self::I16
        } else if fits(i32::MIN.into(), i32::MAX.into()) {
            Self::I32
        } else {
            Self::I64
        }
    }
}

impl Kind {
    /// The word for every kind in documents, without what stands in brackets after `decimal`.
    pub const WORDS: [&str; 17] = [
        "bool",
        "int8",
        "int16",
        "int32",
        "int64",
        "float64",
        "decimal",
        "text",
        "enum",
        "date",
        "time",
        "timestamp",
        "timestamptz",
        "uuid",
        "json",
        "list",
        "struct",
    ];

    /// Whether the kind is a moment: a date, a time or a timestamp.
    pub fn is_moment(&self) -> bool {
        matches!(self, Self::Date | Self::Time | Self::Timestamp | Self::TimestampTz)
    }

    /// Whether the kind is a number.
    pub fn is_number(&self) -> bool {
        matches!(self, Self::Int(_) | Self::Float | Self::Decimal { .. })
    }

    /// The least and the greatest whole number that the kind holds: of decimals, all their digits
    /// without the point. None for a kind that is not counted so.
    pub fn bounds(&self) -> Option<(i128, i128)> {
        match self {
            Self::Int(size) => {
                let (least, most) = size.bounds();
                Some((least.into(), most.into()))
            }
            Self::Decimal { precision, .. } => {
                let most = 10_i128.pow(u32::from((*precision).min(MAX_PRECISION))) - 1;
                Some((-most, most))
            }
            _ => None,
        }
    }

    /// The Arrow type that holds this kind in memory.
    pub fn to_arrow(&self) -> DataType {
        match self {
            Self::Bool => DataType::Boolean,
            Self::Int(IntSize::I8) => DataType::Int8,
            Self::Int(IntSize::I16) => DataType::Int16,
            Self::Int(IntSize::I32) => DataType::Int32,
            Self::Int(IntSize::I64) => DataType::Int64,
            Self::Float => DataType::Float64,
            Self::Decimal { precision, scale } => DataType::Decimal128(*precision, *scale as i8),
            Self::Text | Self::Uuid | Self::Json => DataType::Utf8,
            Self::Enum(_) => {
                DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
            }
            Self::Date => DataType::Date32,
            Self::Time => DataType::Time64(TimeUnit::Microsecond),
            Self::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, None),
            Self::TimestampTz => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            Self::List(item) => DataType::List(Arc::new(item.to_arrow())),
            Self::Struct(fields) => {
                DataType::Struct(fields.iter().map(|field| Arc::new(field.to_arrow())).collect())
            }
        }
    }
}

impl Field {
    /// The Arrow field that holds this value in memory.
    pub fn to_arrow(&self) -> ArrowField {
        ArrowField::new(&self.name, self.kind.to_arrow(), self.nullable)
    }
}

/// The word for a kind in documents: `int32`, `decimal(12,2)`, `list`. What is inside an enum, a
/// list or a struct stands beside the word, not in it.
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bool => "bool",
            Self::Int(IntSize::I8) => "int8",
            Self::Int(IntSize::I16) => "int16",
            Self::Int(IntSize::I32) => "int32",
            Self::Int(IntSize::I64) => "int64",
            Self::Float => "float64",
            Self::Decimal { precision, scale } => return write!(f, "decimal({precision},{scale})"),
            Self::Text => "text",
            Self::Enum(_) => "enum",
            Self::Date => "date",
            Self::Time => "time",
            Self::Timestamp => "timestamp",
            Self::TimestampTz => "timestamptz",
            Self::Uuid => "uuid",
            Self::Json => "json",
            Self::List(_) => "list",
            Self::Struct(_) => "struct",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_word_in_the_list() {
        let field = Field { name: "x".into(), kind: Kind::Text, nullable: false };
        let sizes = [IntSize::I8, IntSize::I16, IntSize::I32, IntSize::I64].map(Kind::Int);
        let others = [
            Kind::Float,
            Kind::Decimal { precision: 5, scale: 2 },
            Kind::Text,
            Kind::Enum(Vec::new()),
            Kind::Date,
            Kind::Time,
            Kind::Timestamp,
            Kind::TimestampTz,
            Kind::Uuid,
            Kind::Json,
            Kind::List(Box::new(field)),
            Kind::Struct(Vec::new()),
        ];
        let all = std::iter::once(Kind::Bool).chain(sizes).chain(others);
        let said: Vec<String> = all.map(|kind| kind.to_string()).collect();
        let words: Vec<&str> = said.iter().filter_map(|word| word.split('(').next()).collect();
        assert_eq!(words, Kind::WORDS);
    }
}
