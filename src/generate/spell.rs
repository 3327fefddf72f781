//! [`spell`]: a value of a lane as text.

use std::io::Write;

use peyote_schemas::Kind;
use peyote_schemas::value::moment::Moment;

use super::maker::slice;
use crate::lane::{Lane, Values};

/// Adds the text of the value at a place: numbers with their point, moments in ISO 8601.
pub(crate) fn spell(lane: &Lane, kind: &Kind, place: usize, out: &mut Vec<u8>) {
    // Writing to a vector does not fail.
    let _ = match (&lane.values, kind) {
        (Values::Bool(values), _) => write!(out, "{}", values[place]),
        (Values::Int(values), Kind::Decimal { scale, .. }) => {
            decimal(values[place].into(), *scale, out);
            Ok(())
        }
        (Values::Wide(values), Kind::Decimal { scale, .. }) => {
            decimal(values[place], *scale, out);
            Ok(())
        }
        (Values::Int(values), Kind::Date) => {
            write!(out, "{}", Moment::Date(values[place] as i32))
        }
        (Values::Int(values), Kind::Time) => write!(out, "{}", Moment::Time(values[place])),
        (Values::Int(values), Kind::Timestamp) => {
            write!(out, "{}", Moment::Timestamp(values[place]))
        }
        (Values::Int(values), Kind::TimestampTz) => {
            write!(out, "{}", Moment::TimestampTz(values[place]))
        }
        (Values::Int(values), _) => write!(out, "{}", values[place]),
        (Values::Wide(values), _) => write!(out, "{}", values[place]),
        (Values::Float(values), _) => write!(out, "{}", values[place]),
        (Values::Word { words, picks }, _) => out.write_all(words.bytes(picks[place] as usize)),
        (Values::Text { ends, bytes }, _) => out.write_all(slice(ends, bytes, place)),
        (Values::Other(_), _) => Ok(()),
    };
}

/// A decimal with its point.
fn decimal(digits: i128, scale: u8, out: &mut Vec<u8>) {
    let scale = usize::from(scale);
    let text = format!("{:0>1$}", digits.unsigned_abs(), scale + 1);
    let (whole, part) = text.split_at(text.len() - scale);
    if digits < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(whole.as_bytes());
    if scale > 0 {
        out.push(b'.');
        out.extend_from_slice(part.as_bytes());
    }
}
