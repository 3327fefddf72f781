//! Rows by their keys: which are the same, which row of a parent a row refers to.

use std::collections::{HashMap, HashSet};

use arrow::array::{Array, ArrayRef, new_null_array};
use arrow::compute::kernels::cmp::neq;
use arrow::compute::{cast, nullif};
use arrow::datatypes::DataType;
use arrow::row::{RowConverter, Rows, SortField};

use super::{Held, Link};

/// What a row's reference leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// A part of it is null: it refers to nothing.
    Nothing,
    /// It refers to a row that is not there.
    Missing,
    /// It refers to this row.
    Row(usize),
}

/// The rows whose values in some columns a row before them has too; null equals nothing.
pub(super) fn repeated(arrays: &[ArrayRef], rows: usize) -> Vec<usize> {
    let arrays: Vec<ArrayRef> = arrays.iter().map(plain).collect();
    let Some(keys) = converter(&arrays).and_then(|to| to.convert_columns(&arrays).ok()) else {
        return Vec::new();
    };
    let mut seen = HashSet::with_capacity(rows);
    (0..rows)
        .filter(|row| {
            arrays.iter().all(|array| !array.is_null(*row)) && !seen.insert(keys.row(*row))
        })
        .collect()
}

/// The rows all of whose values a row before them has too, nulls included.
pub(super) fn twins(arrays: &[ArrayRef], rows: usize) -> Vec<usize> {
    let arrays: Vec<ArrayRef> = arrays.iter().map(plain).collect();
    let Some(keys) = converter(&arrays).and_then(|to| to.convert_columns(&arrays).ok()) else {
        return Vec::new();
    };
    let mut seen = HashSet::with_capacity(rows);
    (0..rows).filter(|row| !seen.insert(keys.row(*row))).collect()
}

/// Which row of its parent each row of a table refers to.
pub(super) fn targets(tables: &[Held], child: usize, link: &Link) -> Vec<Target> {
    let (child, parent) = (&tables[child], &tables[link.parent]);
    let keys: Vec<ArrayRef> = link.keys.iter().map(|at| plain(&parent.arrays[*at])).collect();
    let from: Vec<ArrayRef> = link.columns.iter().map(|at| plain(&child.arrays[*at])).collect();
    let fitted: Vec<ArrayRef> =
        from.iter().zip(&keys).map(|(array, key)| fitted(array, key.data_type())).collect();
    let both = converter(&keys)
        .and_then(|to| Some((to.convert_columns(&keys).ok()?, to.convert_columns(&fitted).ok()?)));
    let Some((keys_rows, rows)): Option<(Rows, Rows)> = both else {
        return vec![Target::Missing; child.rows()];
    };
    let mut places = HashMap::with_capacity(parent.rows());
    for row in (0..parent.rows()).rev().filter(|row| keys.iter().all(|key| !key.is_null(*row))) {
        places.insert(keys_rows.row(row), row);
    }
    (0..child.rows())
        .map(|row| {
            if from.iter().any(|array| array.is_null(row)) {
                Target::Nothing
            } else if fitted.iter().any(|array| array.is_null(row)) {
                Target::Missing
            } else {
                places.get(&rows.row(row)).map_or(Target::Missing, |place| Target::Row(*place))
            }
        })
        .collect()
}

/// A dictionary as what it stands for; anything else as it is.
pub(super) fn plain(array: &ArrayRef) -> ArrayRef {
    match array.data_type() {
        DataType::Dictionary(_, value) => cast(array, value).unwrap_or_else(|_| array.clone()),
        _ => array.clone(),
    }
}

/// An array as another type; what that type cannot say exactly is null.
fn fitted(array: &ArrayRef, to: &DataType) -> ArrayRef {
    if array.data_type() == to {
        return array.clone();
    }
    let exact = || {
        let there = cast(array, to).ok()?;
        if !array.data_type().is_floating()
            && !matches!(array.data_type(), DataType::Decimal128(_, _))
        {
            return Some(there);
        }
        let back = cast(&there, array.data_type()).ok()?;
        nullif(&there, &neq(&back, array).ok()?).ok()
    };
    exact().unwrap_or_else(|| new_null_array(to, array.len()))
}

/// Whether any value of one array could stand in the other, or there is none at all.
pub(super) fn some_fit(array: &ArrayRef, to: &ArrayRef) -> bool {
    let (array, to) = (plain(array), plain(to));
    let there = fitted(&array, to.data_type());
    array.null_count() == array.len() || there.null_count() < there.len()
}

fn converter(arrays: &[ArrayRef]) -> Option<RowConverter> {
    if arrays.is_empty() {
        return None;
    }
    RowConverter::new(
        arrays.iter().map(|array| SortField::new(array.data_type().clone())).collect(),
    )
    .ok()
}
