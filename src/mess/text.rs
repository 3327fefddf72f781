//! Texts: lanes of any kind as the texts that files of text hold.

use peyote_schemas::Kind;
use peyote_schemas::value::json::cell_value;
use serde_json::Value;

use crate::generate::spell;
use crate::lane::{Lane, Values};

/// Columns as texts; none where there is no value.
pub(super) type Texts = Vec<Vec<Option<String>>>;

/// Lanes as texts, letter by letter what CSV holds.
pub(super) fn texts(lanes: &[Lane], kinds: &[Kind]) -> Texts {
    lanes.iter().zip(kinds).map(|(lane, kind)| column(lane, kind)).collect()
}

fn column(lane: &Lane, kind: &Kind) -> Vec<Option<String>> {
    let rows = lane.values.len();
    if let Values::Float(_) | Values::Other(_) = &lane.values {
        let Ok(array) = lane.to_arrow(kind) else { return vec![None; rows] };
        return (0..rows).map(|row| plain(cell_value(&array, row, kind))).collect();
    }
    let text = |row: usize| {
        let mut text = Vec::new();
        spell(lane, kind, row, &mut text);
        String::from_utf8_lossy(&text).into_owned()
    };
    (0..rows).map(|row| lane.holds(row).then(|| text(row))).collect()
}

/// A value as a field holds it.
pub(super) fn plain(value: Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}

/// A column of texts as a lane.
pub(super) fn lane<'t>(texts: impl IntoIterator<Item = Option<&'t str>>) -> Lane {
    let (mut ends, mut bytes) = (Vec::new(), Vec::new());
    let mut valid: Vec<u64> = Vec::new();
    let mut nulls = 0;
    for (row, text) in texts.into_iter().enumerate() {
        if row % 64 == 0 {
            valid.push(0);
        }
        match text {
            Some(text) => {
                bytes.extend_from_slice(text.as_bytes());
                valid[row / 64] |= 1 << (row % 64);
            }
            None => nulls += 1,
        }
        ends.push(bytes.len() as u32);
    }
    let mut lane = Lane::full(Values::Text { ends, bytes });
    (lane.valid, lane.nulls) = ((nulls > 0).then_some(valid), nulls);
    lane
}
