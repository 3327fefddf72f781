//! [`Patch`]: new values for some rows of a column, as text, put into its type.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, DictionaryArray, Int32Array, StringArray, new_null_array,
};
use arrow::compute::{cast, interleave};
use arrow::datatypes::DataType;

/// The rows of a column that get another value, and the value; `None` is null.
pub(super) type Patch = BTreeMap<usize, Option<String>>;

/// The values of an array as text; what has no text is null.
pub(super) fn texts(array: &ArrayRef) -> StringArray {
    cast(array, &DataType::Utf8)
        .unwrap_or_else(|_| new_null_array(&DataType::Utf8, array.len()))
        .as_string::<i32>()
        .clone()
}

/// Words over a dictionary of all members of their enum, in their order; words that are none of
/// them leave the array as it is.
pub(super) fn listed(array: &ArrayRef, members: &[String]) -> ArrayRef {
    let texts = texts(array);
    let places: BTreeMap<&str, i32> = members.iter().map(String::as_str).zip(0..).collect();
    let strange = |text: Option<&str>| text.is_some_and(|text| !places.contains_key(text));
    let is_dictionary = *array.data_type()
        == DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    if !is_dictionary || texts.iter().any(strange) {
        return array.clone();
    }
    let keys: Int32Array =
        texts.iter().map(|text| text.and_then(|text| places.get(text).copied())).collect();
    let words: StringArray = members.iter().map(|member| Some(member.as_str())).collect();
    DictionaryArray::try_new(keys, Arc::new(words))
        .map_or_else(|_| array.clone(), |array| Arc::new(array))
}

/// The array with some values replaced; a value that its type cannot say leaves the row as it was.
/// Gives the rows that were replaced.
pub(super) fn put(array: &ArrayRef, patch: &Patch) -> (ArrayRef, Vec<usize>) {
    let words: StringArray = patch.values().map(Option::as_deref).collect();
    let words: ArrayRef = Arc::new(words);
    let Ok(values) = cast(&words, array.data_type()) else { return (array.clone(), Vec::new()) };
    let mut from: Vec<(usize, usize)> = (0..array.len()).map(|row| (0, row)).collect();
    let mut put = Vec::new();
    for (place, row) in patch.keys().enumerate() {
        if values.is_null(place) == words.is_null(place) {
            from[*row] = (1, place);
            put.push(*row);
        }
    }
    match interleave(&[array.as_ref(), values.as_ref()], &from) {
        Ok(array) => (array, put),
        Err(_) => (array.clone(), Vec::new()),
    }
}
