//! Lanes as Arrow arrays.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Float64Array,
    Int8Array, Int16Array, Int32Array, Int64Array, StringArray, Time64MicrosecondArray,
    TimestampMicrosecondArray, UInt32Array,
};
use arrow::buffer::{BooleanBuffer, Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow::compute::{cast, take};
use arrow::datatypes::ArrowNativeType;
use arrow::error::Result;
use peyote_schemas::{IntSize, Kind};

use super::{Lane, Values, Words};

/// Buffers that a lane lent to its last array, to be filled again when nobody holds it any more: so
/// a billion rows pass through the same few pages of memory.
#[derive(Debug, Default)]
pub struct Spare {
    values: Option<Buffer>,
    ends: Option<Buffer>,
}

impl Lane {
    /// The lane as an array like that of [`Lane::to_arrow`], which gets its values without copying
    /// them where Arrow holds them alike. They are gone from the lane then; what is known of them
    /// stays until it is filled again.
    pub fn lend(&mut self, kind: &Kind, spare: &mut Spare) -> Result<ArrayRef> {
        let nulls = self.nulls();
        let last = &mut spare.values;
        Ok(match (&mut self.values, kind) {
            (Values::Float(values), _) => Arc::new(Float64Array::new(lent(values, last), nulls)),
            (Values::Int(values), Kind::Int(IntSize::I8)) => {
                Arc::new(Int8Array::new(turned(values, |value| value as i8, last), nulls))
            }
            (Values::Int(values), Kind::Int(IntSize::I16)) => {
                Arc::new(Int16Array::new(turned(values, |value| value as i16, last), nulls))
            }
            (Values::Int(values), Kind::Int(IntSize::I32)) => {
                Arc::new(Int32Array::new(turned(values, |value| value as i32, last), nulls))
            }
            (Values::Int(values), Kind::Int(IntSize::I64)) => {
                Arc::new(Int64Array::new(lent(values, last), nulls))
            }
            (Values::Int(values), Kind::Date) => {
                Arc::new(Date32Array::new(turned(values, |value| value as i32, last), nulls))
            }
            (Values::Int(values), Kind::Timestamp) => {
                Arc::new(TimestampMicrosecondArray::new(lent(values, last), nulls))
            }
            (Values::Int(values), Kind::TimestampTz) => {
                let array = TimestampMicrosecondArray::new(lent(values, last), nulls);
                Arc::new(array.with_timezone("UTC"))
            }
            (Values::Int(values), Kind::Decimal { precision, scale }) => {
                let array = Decimal128Array::new(turned(values, i128::from, last), nulls);
                Arc::new(array.with_precision_and_scale(*precision, *scale as i8)?)
            }
            (Values::Word { words, picks }, Kind::Enum(_)) => {
                let keys = Int32Array::new(lent::<u32, i32>(picks, last), nulls);
                Arc::new(DictionaryArray::try_new(keys, Arc::new(words.to_arrow()?))?)
            }
            (Values::Text { ends, bytes }, Kind::Text | Kind::Json | Kind::Uuid) => {
                let bytes = lent::<u8, u8>(bytes, last).into_inner();
                let mut offsets = back(&mut spare.ends);
                offsets.push(0);
                offsets.extend(ends.iter().map(|end| *end as i32));
                let offsets = handed(offsets, &mut spare.ends);
                StringArray::try_new(OffsetBuffer::new(offsets), bytes, nulls).map(Arc::new)?
            }
            _ => self.to_arrow(kind)?,
        })
    }

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

/// A buffer that was lent, without values, or a new one.
fn back<T: ArrowNativeType>(last: &mut Option<Buffer>) -> Vec<T> {
    let mut values = last.take().and_then(|buffer| buffer.into_vec().ok()).unwrap_or_default();
    values.clear();
    values
}

/// Hands values to an array, and remembers where they are.
fn handed<F: ArrowNativeType, T: ArrowNativeType>(
    values: Vec<F>,
    last: &mut Option<Buffer>,
) -> ScalarBuffer<T> {
    let len = values.len();
    let buffer = Buffer::from_vec(values);
    *last = Some(buffer.clone());
    ScalarBuffer::new(buffer, 0, len)
}

/// The values themselves; what was lent before takes their place.
fn lent<F: ArrowNativeType, T: ArrowNativeType>(
    values: &mut Vec<F>,
    last: &mut Option<Buffer>,
) -> ScalarBuffer<T> {
    let mut next = back(last);
    next.reserve(values.len());
    handed(std::mem::replace(values, next), last)
}

/// What the values become.
fn turned<T: ArrowNativeType>(
    values: &[i64],
    to: impl Fn(i64) -> T,
    last: &mut Option<Buffer>,
) -> ScalarBuffer<T> {
    let mut out = back(last);
    // Vectors of all machines do as well as wider ones: memory is what is waited for.
    out.extend(values.iter().map(|value| to(*value)));
    handed(out, last)
}

fn narrow<F: Copy, T: ArrowNativeType>(values: &[F], to: impl Fn(F) -> T) -> ScalarBuffer<T> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn lanes(least: i64) -> Vec<(Lane, Kind)> {
        let ints = || Values::Int((least..least + 70).collect());
        let words = Arc::new(Words::new(["pending", "", "shipped"]));
        let picks = (0..70).map(|at| (at % 3) as u32).collect();
        let members = ["pending", "", "shipped"].map(str::to_owned).to_vec();
        let text = "Zürich ".repeat(10).into_bytes();
        let ends = (1..=10).map(|at| at * 8).collect();
        let mut lanes: Vec<_> = [
            (ints(), Kind::Int(IntSize::I8)),
            (ints(), Kind::Int(IntSize::I16)),
            (ints(), Kind::Int(IntSize::I32)),
            (ints(), Kind::Int(IntSize::I64)),
            (ints(), Kind::Date),
            (ints(), Kind::Time),
            (ints(), Kind::Timestamp),
            (ints(), Kind::TimestampTz),
            (ints(), Kind::Decimal { precision: 12, scale: 2 }),
            (Values::Wide(vec![1 << 100]), Kind::Decimal { precision: 38, scale: 0 }),
            (Values::Float(vec![least as f64 / 2.0; 9]), Kind::Float),
            (Values::Bool(vec![true, false]), Kind::Bool),
            (Values::Word { words: Arc::clone(&words), picks: vec![2, 0] }, Kind::Text),
            (Values::Word { words, picks }, Kind::Enum(members)),
            (Values::Text { ends, bytes: text }, Kind::Text),
        ]
        .map(|(values, kind)| (Lane::full(values), kind))
        .into();
        lanes[3].0.valid = Some(vec![u64::MAX - 5, 0b11_1111]);
        lanes
    }

    #[test]
    fn lent_values_are_those_of_the_lane_however_often_they_come_back() {
        let mut spares: Vec<Spare> = lanes(0).iter().map(|_| Spare::default()).collect();
        let mut held = Vec::new();
        for round in 0..6 {
            for ((mut lane, kind), spare) in lanes(round).into_iter().zip(&mut spares) {
                let whole = lane.to_arrow(&kind).unwrap();
                let array = lane.lend(&kind, spare).unwrap();
                assert_eq!(&array, &whole, "{kind:?}");
                if round == 2 {
                    held.push((array, whole));
                }
            }
        }
        assert!(held.iter().all(|(array, whole)| array == whole));
    }

    #[test]
    fn room_that_nobody_holds_is_filled_again() {
        let (mut spare, kind) = (Spare::default(), Kind::Int(IntSize::I64));
        let mut lane = Lane::full(Values::Int(vec![1, 2, 3]));
        let mut places = Vec::new();
        for value in 0..4 {
            let Values::Int(values) = &mut lane.values else { unreachable!() };
            values.clear();
            values.extend([value; 3]);
            places.push(values.as_ptr());
            drop(lane.lend(&kind, &mut spare).unwrap());
        }
        assert_eq!((places[0], places[1]), (places[2], places[3]));
    }
}
