//! Lanes as Arrow arrays.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Float64Array,
    Int8Array, Int16Array, Int32Array, Int64Array, StringArray, Time64MicrosecondArray,
    TimestampMicrosecondArray, UInt32Array,
};
use arrow::buffer::{BooleanBuffer, Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow::compute::{cast, take};
use arrow::error::Result;
use peyote_schemas::{IntSize, Kind};

use super::{Lane, Values, Words};

impl Lane {
    /// The lane as an array of the type that holds its kind in memory.
    pub fn to_arrow(&self, kind: &Kind) -> Result<ArrayRef> {
        let nulls = self.nulls();
        Ok(match (&self.values, kind) {
            (Values::Bool(values), _) => {
                Arc::new(BooleanArray::new(BooleanBuffer::from(values.as_slice()), nulls))
            }
            (Values::Float(values), _) => Arc::new(Float64Array::new(values.clone().into(), nulls)),
            (Values::Int(values), Kind::Int(IntSize::I8)) => {
                Arc::new(Int8Array::new(narrow(values, |value| value as i8), nulls))
            }
            (Values::Int(values), Kind::Int(IntSize::I16)) => {
                Arc::new(Int16Array::new(narrow(values, |value| value as i16), nulls))
            }
            (Values::Int(values), Kind::Int(IntSize::I32)) => {
                Arc::new(Int32Array::new(narrow(values, |value| value as i32), nulls))
            }
            (Values::Int(values), Kind::Date) => {
                Arc::new(Date32Array::new(narrow(values, |value| value as i32), nulls))
            }
            (Values::Int(values), Kind::Time) => {
                Arc::new(Time64MicrosecondArray::new(values.clone().into(), nulls))
            }
            (Values::Int(values), Kind::Timestamp) => {
                Arc::new(TimestampMicrosecondArray::new(values.clone().into(), nulls))
            }
            (Values::Int(values), Kind::TimestampTz) => {
                let array = TimestampMicrosecondArray::new(values.clone().into(), nulls);
                Arc::new(array.with_timezone("UTC"))
            }
            (Values::Int(values), Kind::Decimal { precision, scale }) => {
                let array = Decimal128Array::new(narrow(values, i128::from), nulls);
                Arc::new(array.with_precision_and_scale(*precision, *scale as i8)?)
            }
            (Values::Wide(values), Kind::Decimal { precision, scale }) => {
                let array = Decimal128Array::new(values.clone().into(), nulls);
                Arc::new(array.with_precision_and_scale(*precision, *scale as i8)?)
            }
            (Values::Int(values), _) => Arc::new(Int64Array::new(values.clone().into(), nulls)),
            (Values::Wide(values), _) => {
                Arc::new(Decimal128Array::new(values.clone().into(), nulls))
            }
            (Values::Word { words, picks }, Kind::Enum(_)) => {
                let keys = Int32Array::new(narrow(picks, |pick| pick as i32), nulls);
                Arc::new(DictionaryArray::try_new(keys, Arc::new(words.to_arrow()?))?)
            }
            (Values::Word { words, picks }, _) => {
                let places = UInt32Array::new(picks.clone().into(), nulls);
                take(&words.to_arrow()?, &places, None)?
            }
            (Values::Text { ends, bytes }, kind) => {
                let texts: ArrayRef = Arc::new(text(ends, bytes, nulls)?);
                if let Kind::Enum(_) = kind { cast(&texts, &kind.to_arrow())? } else { texts }
            }
            (Values::Other(array), _) => match nulls {
                None => Arc::clone(array),
                Some(nulls) => {
                    let data = array.to_data().into_builder().nulls(Some(nulls));
                    arrow::array::make_array(data.build()?)
                }
            },
        })
    }

    /// Which rows hold a value, as Arrow says it.
    fn nulls(&self) -> Option<NullBuffer> {
        let valid = self.valid.as_ref()?;
        let bits = Buffer::from_vec(valid.clone());
        Some(NullBuffer::new(BooleanBuffer::new(bits, 0, self.values.len())))
    }
}

impl Words {
    /// The words as an array.
    pub fn to_arrow(&self) -> Result<StringArray> {
        text(&self.ends, &self.bytes, None)
    }
}

fn narrow<F: Copy, T: arrow::datatypes::ArrowNativeType>(
    values: &[F],
    to: impl Fn(F) -> T,
) -> ScalarBuffer<T> {
    values.iter().map(|value| to(*value)).collect::<Vec<T>>().into()
}

/// Texts by their ends.
fn text(ends: &[u32], bytes: &[u8], nulls: Option<NullBuffer>) -> Result<StringArray> {
    let mut offsets = Vec::with_capacity(ends.len() + 1);
    offsets.push(0);
    offsets.extend(ends.iter().map(|end| *end as i32));
    let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
    StringArray::try_new(offsets, Buffer::from_slice_ref(bytes), nulls)
}
