//! Who answers: OpenAI, local servers, the built-in catalog and recordings, behind one trait.
//!
//! A [`Backend`] gives an [`Answer`] to an [`Ask`]: text that nobody trusts yet. Wrappers that are
//! backends themselves add retrying and recording. This crate knows nothing of files of data or
//! of the command line.

use std::future::Future;
use std::pin::Pin;

pub mod answer;
pub mod ask;
pub mod error;

pub use answer::{Answer, Finish, Usage};
pub use ask::Ask;
pub use error::Error;

/// A call under way.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;

/// Somebody who answers.
pub trait Backend: Send + Sync {
    /// Answers an ask with text, exactly once; what the text is worth is for the reader to say.
    fn answer<'a>(&'a self, ask: &'a Ask) -> Pending<'a, Answer>;
}
