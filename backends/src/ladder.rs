//! [`Ladder`]: which form of answer an endpoint still takes, remembered for every later ask.

use std::sync::atomic::{AtomicU8, Ordering};

use crate::form::Form;

/// A way of asking for a form, from the strictest down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rung {
    /// `response_format` `json_schema`: the server keeps the answer to the schema.
    Schema,
    /// `response_format` `json_object`: the server keeps the answer to JSON.
    Object,
    /// No `response_format`: the words alone ask for a form.
    Text,
}

/// The rung that an endpoint stands on. It only ever goes down.
#[derive(Debug, Default)]
pub(crate) struct Ladder(AtomicU8);

impl Ladder {
    /// The rung to ask on.
    pub(crate) fn rung(&self) -> Rung {
        match self.0.load(Ordering::Acquire) {
            0 => Rung::Schema,
            1 => Rung::Object,
            _ => Rung::Text,
        }
    }

    /// Steps down from a rung that was refused. Calls under way at once may all be refused: they
    /// step down once together. Gives back `false` where there is no lower rung.
    pub(crate) fn step_down(&self, refused: Rung) -> bool {
        let at = refused as u8;
        if refused == Rung::Text {
            return false;
        }
        // A failed exchange means that another call has stepped down already.
        let _ = self.0.compare_exchange(at, at + 1, Ordering::AcqRel, Ordering::Acquire);
        true
    }
}

impl Rung {
    /// The form of answer that the words ask for.
    pub(crate) fn form(self) -> Form {
        match self {
            Self::Schema | Self::Object => Form::Json,
            Self::Text => Form::Text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_at_once_are_one_step() {
        let ladder = Ladder::default();
        assert!(ladder.step_down(Rung::Schema));
        assert!(ladder.step_down(Rung::Schema));
        assert_eq!(ladder.rung(), Rung::Object);
        assert!(ladder.step_down(Rung::Object));
        assert!(!ladder.step_down(Rung::Text));
        assert_eq!(ladder.rung(), Rung::Text);
    }
}
