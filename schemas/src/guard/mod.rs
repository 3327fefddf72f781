//! The guard: the one door through which values become columns that keep every promise.

pub mod column;
pub mod keys;
pub mod reject;

pub use keys::{Mended, OnError, Rules, Violation, meant, mend, violations};
pub use reject::{Action, Reject};

impl std::fmt::Display for Violation {
    /// `orders row 3, amount: -5: less than 0`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let columns = self.columns.join(", ");
        write!(f, "{} row {}, {columns}: {}: {}", self.table, self.row, self.value, self.reason)
    }
}

impl Reject {
    /// Whether a whole row was set aside.
    pub fn is_row(&self) -> bool {
        self.action == Action::Row
    }
}
