//! [`Grown`]: lists and structs that grow by arrays of them, without a second copy of all at last.

use std::num::NonZero;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayData, ArrayDataBuilder, ArrayRef, AsArray, BooleanBufferBuilder, make_array,
    new_null_array,
};
use arrow::buffer::{Buffer, MutableBuffer};
use arrow::datatypes::{DataType, Int32Type};

/// Bytes or values for which room is made at most before they come.
const MOST_ROOM: usize = 1 << 28;

/// An array that grows by arrays of its type.
pub(super) struct Grown {
    data_type: DataType,
    rows: usize,
    /// A bit for each row, from the first array on in which a value is missing.
    there: Option<BooleanBufferBuilder>,
    values: Values,
    /// Whether there was more than one array can hold.
    failed: bool,
}

enum Values {
    Bits(BooleanBufferBuilder),
    /// Values of so many bytes each.
    Fixed(MutableBuffer, usize),
    Text(Ends, MutableBuffer),
    /// Keys, and the words that all arrays have.
    Words(MutableBuffer, Option<ArrayRef>),
    List(Ends, Box<Grown>),
    Struct(Vec<Grown>),
}

/// Where values of several parts begin, and where the last one ends.
struct Ends(Vec<i32>);

impl Grown {
    /// An array without values.
    pub(super) fn new(data_type: &DataType) -> Self {
        let values = match data_type {
            DataType::Boolean => Values::Bits(BooleanBufferBuilder::new(0)),
            DataType::Utf8 => Values::Text(Ends(vec![0]), MutableBuffer::new(0)),
            DataType::Dictionary(..) => Values::Words(MutableBuffer::new(0), None),
            DataType::List(item) => {
                Values::List(Ends(vec![0]), Box::new(Self::new(item.data_type())))
            }
            DataType::Struct(fields) => {
                Values::Struct(fields.iter().map(|field| Self::new(field.data_type())).collect())
            }
            other => {
                Values::Fixed(MutableBuffer::new(0), other.primitive_width().unwrap_or_default())
            }
        };
        Self { data_type: data_type.clone(), rows: 0, there: None, values, failed: false }
    }

    /// Adds the values of an array of the same type.
    pub(super) fn push(&mut self, array: &dyn Array) {
        if *array.data_type() != self.data_type {
            self.failed = true;
            return;
        }
        if array.null_count() > 0 && self.there.is_none() {
            let mut there = BooleanBufferBuilder::new(self.rows + array.len());
            there.append_n(self.rows, true);
            self.there = Some(there);
        }
        if let Some(there) = &mut self.there {
            match array.nulls() {
                Some(nulls) => there.append_buffer(nulls.inner()),
                None => there.append_n(array.len(), true),
            }
        }
        self.rows += array.len();
        let holds = match &mut self.values {
            Values::Bits(bits) => {
                bits.append_buffer(array.as_boolean().values());
                true
            }
            Values::Fixed(bytes, width) => fixed(array, *width, bytes),
            Values::Text(ends, bytes) => {
                let all = array.as_string::<i32>();
                let (first, last) = bounds(all.value_offsets());
                bytes.extend_from_slice(&all.value_data()[first..last]);
                ends.push(all.value_offsets())
            }
            Values::Words(keys, words) => {
                let all = array.as_dictionary::<Int32Type>();
                let longest = words.as_ref().map_or(0, Array::len);
                if words.is_none() || all.values().len() > longest {
                    *words = Some(Arc::clone(all.values()));
                }
                fixed(all.keys(), size_of::<i32>(), keys)
            }
            Values::List(ends, items) => {
                let all = array.as_list::<i32>();
                let (first, last) = bounds(all.value_offsets());
                items.push(&all.values().slice(first, last - first));
                ends.push(all.value_offsets())
            }
            Values::Struct(fields) => {
                for (field, column) in fields.iter_mut().zip(array.as_struct().columns()) {
                    field.push(column);
                }
                true
            }
        };
        self.failed |= !holds;
    }

    /// Makes room for so many rows in all, if those to come are as those that are there.
    pub(super) fn expect(&mut self, rows: usize) {
        let Some(part) = NonZero::new(self.rows) else { return };
        // More than there was is hardly touched, so that a little too much takes nothing.
        let more = |now: usize| {
            let all = now as u128 * rows as u128 / part.get() as u128;
            usize::try_from(all + all / 16).unwrap_or(usize::MAX).saturating_sub(now).min(MOST_ROOM)
        };
        match &mut self.values {
            Values::Fixed(bytes, _) | Values::Words(bytes, _) => bytes.reserve(more(bytes.len())),
            Values::Text(ends, bytes) => {
                ends.0.reserve_exact(more(ends.0.len()));
                bytes.reserve(more(bytes.len()));
            }
            Values::List(ends, items) => {
                ends.0.reserve_exact(more(ends.0.len()));
                let all = items.rows.saturating_add(more(items.rows));
                items.expect(all);
            }
            Values::Struct(fields) => fields.iter_mut().for_each(|field| field.expect(rows)),
            // A bit for each takes next to nothing.
            Values::Bits(_) => {}
        }
    }

    /// The array of so many values; all are missing where they are more than an array can hold.
    pub(super) fn finish(self, rows: usize) -> ArrayRef {
        let data_type = self.data_type.clone();
        match self.data().filter(|data| data.len() == rows) {
            Some(data) => make_array(data),
            None => new_null_array(&data_type, rows),
        }
    }

    fn data(self) -> Option<ArrayData> {
        if self.failed {
            return None;
        }
        let nulls = self.there.map(|mut there| there.finish().into());
        let data = ArrayDataBuilder::new(self.data_type).len(self.rows).nulls(nulls);
        let data = match self.values {
            Values::Bits(mut bits) => data.add_buffer(bits.finish().into_inner()),
            Values::Fixed(bytes, _) => data.add_buffer(bytes.into()),
            Values::Text(ends, bytes) => {
                data.add_buffer(Buffer::from_vec(ends.0)).add_buffer(bytes.into())
            }
            Values::Words(keys, words) => {
                data.add_buffer(keys.into()).add_child_data(words?.to_data())
            }
            Values::List(ends, items) => {
                data.add_buffer(Buffer::from_vec(ends.0)).add_child_data(items.data()?)
            }
            Values::Struct(fields) => {
                let fields: Option<Vec<ArrayData>> = fields.into_iter().map(Self::data).collect();
                data.child_data(fields?)
            }
        };
        data.build().ok()
    }
}

impl Ends {
    /// Adds the parts between offsets; `false`, where they are more than an array can hold.
    fn push(&mut self, offsets: &[i32]) -> bool {
        let (Some(first), Some(last), Some(end)) =
            (offsets.first(), offsets.last(), self.0.last().copied())
        else {
            return true;
        };
        let holds = end.checked_add(last - first).is_some();
        if holds {
            self.0.extend(offsets[1..].iter().map(|offset| end + (offset - first)));
        }
        holds
    }
}

/// The first and the last of several offsets.
fn bounds(offsets: &[i32]) -> (usize, usize) {
    let at = |offset: Option<&i32>| offset.map_or(0, |offset| *offset as usize);
    (at(offsets.first()), at(offsets.last()))
}

/// Adds the bytes of values of so many bytes each; `false`, where they are of another form.
fn fixed(array: &dyn Array, width: usize, bytes: &mut MutableBuffer) -> bool {
    let data = array.to_data();
    let from = data.offset() * width;
    let found = data.buffers().first().and_then(|all| all.get(from..from + data.len() * width));
    if let Some(found) = found.filter(|_| width > 0) {
        bytes.extend_from_slice(found);
        return true;
    }
    false
}

#[cfg(test)]
mod tests {
    use crate::cell::Cell;
    use crate::guard::column::Form;
    use crate::guard::column::builder::Builder;
    use crate::guard::column::nested;
    use crate::kind::{Field, IntSize, Kind};

    fn field(name: &str, kind: Kind) -> Field {
        Field { name: name.into(), kind, nullable: true }
    }

    #[test]
    fn arrays_that_grow_are_those_made_at_once() {
        let words = Kind::Enum(vec!["a".into(), "b".into()]);
        let inner = Kind::Struct(vec![
            field("ok", Kind::Bool),
            field("n", Kind::Int(IntSize::I16)),
            field("d", Kind::Decimal { precision: 9, scale: 2 }),
            field("w", words),
            field("t", Kind::Text),
            field("s", Kind::TimestampTz),
        ]);
        let item = field("item", inner);
        let kind = Kind::Struct(vec![
            field("all", Kind::List(Box::new(item))),
            Field { name: "id".into(), kind: Kind::Int(IntSize::I64), nullable: false },
        ]);
        let text = |row: usize| {
            let items = (0..row % 4).map(|at| match (row + at) % 5 {
                0 => "null".to_owned(),
                1 => "{}".to_owned(),
                2 => format!("{{\"ok\":true,\"n\":{at},\"t\":\"\u{e9} {row}\"}}"),
                3 => format!("{{\"w\":\"a\",\"d\":{row}.5,\"s\":\"2024-05-01T00:00:00Z\"}}"),
                _ => "{\"w\":\"no word\",\"n\":99999}".to_owned(),
            });
            let items: Vec<String> = items.collect();
            match row % 11 {
                7 => "null".to_owned(),
                8 => format!("{{\"id\":{row}}}"),
                _ => format!("{{\"id\":{row},\"all\":[{}]}}", items.join(",")),
            }
        };
        for (from, rows) in [(0, 10_000), (3, 4096), (0, 0), (2, 3)] {
            let cell = |text: String| match text.as_str() {
                "null" => Cell::Absent,
                _ => Cell::Nested(text.into()),
            };
            let cells: Vec<Cell<'_>> = (from..from + rows).map(|row| cell(text(row))).collect();
            let mut builder = Builder::of(&kind, Form::PLAIN);
            for cell in &cells {
                builder.push(cell);
            }
            let (array, misfits) = builder.finish();
            let mut expected = Vec::new();
            let all: Vec<&Cell<'_>> = cells.iter().collect();
            let whole = nested::array(&all, &kind, Form::PLAIN, &mut expected);
            assert_eq!(&array, &whole);
            let sorted = |mut misfits: Vec<crate::guard::column::Misfit>| {
                misfits.sort_by_key(|misfit| (misfit.row, misfit.reason.clone()));
                misfits
            };
            assert_eq!(sorted(misfits), sorted(expected));
        }
    }
}
