//! [`Lists`] and [`Structs`]: values that hold values.

use std::sync::Arc;

use arrow::array::{ArrayRef, ListArray, StructArray};
use arrow::buffer::OffsetBuffer;
use peyote_schemas::Kind;

use super::{Amount, Maker};
use crate::generate::draw::Draw;
use crate::generate::frame::{Frame, Rows};
use crate::generate::recipe::Here;
use crate::lane::{Lane, Values};

/// The most values of a list.
const MOST: u64 = 1 << 10;

/// Lists of some length.
#[derive(Debug)]
pub(in crate::generate) struct Lists {
    pub(in crate::generate) length: Amount,
    pub(in crate::generate) item: Maker,
}

/// Structs, field by field.
#[derive(Debug)]
pub(in crate::generate) struct Structs {
    /// In the order of the kind's fields.
    pub(in crate::generate) fields: Vec<Maker>,
}

impl Lists {
    pub(super) fn fill(
        &self,
        here: Here<'_>,
        frame: &mut Frame,
        draw: Draw,
        kind: &Kind,
        lane: &mut Lane,
    ) {
        let Kind::List(item) = kind else { return };
        let mut ends = vec![0_i32];
        let mut rows = Vec::new();
        let lengths = draw.named("length");
        // A list of words is a set of them, in the order in which they are known.
        let apart = match (&self.item, &item.kind) {
            (Maker::Stock(stock), Kind::Text | Kind::Enum(_)) => Some(stock),
            _ => None,
        };
        let most = apart.map_or(MOST, |stock| MOST.min(stock.len() as u64));
        for place in 0..frame.rows.len() {
            let row = frame.rows.at(place);
            let length = (self.length.at(lengths, row).max(0.0) as u64).min(most);
            rows.extend((0..length).map(|nth| row.wrapping_mul(MOST).wrapping_add(nth)));
            ends.push(rows.len() as i32);
        }
        // What is inside hangs on nothing beside it.
        let mut inner = Frame::new(Vec::new(), 0, 0, 0);
        inner.rows = Rows::List(rows);
        let mut items = Lane::full(self.item.empty(&item.kind));
        let draw = draw.named("item");
        match (apart, &inner.rows) {
            (Some(stock), Rows::List(rows)) => stock.fill_apart(draw, rows, &ends, &mut items),
            _ => self.item.fill(here, &mut inner, draw, &item.kind, &mut items),
        }
        let Some(items) = array(&mut items, &item.kind) else { return };
        let field = Arc::new(item.to_arrow());
        let list = ListArray::try_new(field, OffsetBuffer::new(ends.into()), items, None);
        if let Ok(list) = list {
            add(lane, Arc::new(list));
        }
    }
}

impl Structs {
    pub(super) fn fill(
        &self,
        here: Here<'_>,
        frame: &mut Frame,
        draw: Draw,
        kind: &Kind,
        lane: &mut Lane,
    ) {
        let Kind::Struct(fields) = kind else { return };
        let mut inner = Frame::new(Vec::new(), 0, 0, 0);
        inner.rows = frame.rows.clone();
        let mut arrays = Vec::with_capacity(fields.len());
        for (maker, field) in self.fields.iter().zip(fields) {
            let mut values = Lane::full(maker.empty(&field.kind));
            maker.fill(here, &mut inner, draw.named(&field.name), &field.kind, &mut values);
            let Some(array) = array(&mut values, &field.kind) else { return };
            arrays.push(array);
        }
        let fields = fields.iter().map(|field| Arc::new(field.to_arrow())).collect();
        if let Ok(structs) = StructArray::try_new(fields, arrays, None) {
            add(lane, Arc::new(structs));
        }
    }
}

fn array(lane: &mut Lane, kind: &Kind) -> Option<ArrayRef> {
    crate::generate::frame::finish(lane);
    lane.to_arrow(kind).ok()
}

fn add(lane: &mut Lane, more: ArrayRef) {
    let Values::Other(array) = &mut lane.values else { return };
    if array.is_empty() {
        *array = more;
    } else if let Ok(joined) = arrow::compute::concat(&[array.as_ref(), more.as_ref()]) {
        *array = joined;
    }
}
