//! Who answers: OpenAI, local servers, the built-in catalog and recordings, behind one trait.
//!
//! A [`Backend`] gives an [`Answer`] to an [`Ask`]: text that nobody trusts yet. Wrappers that are
//! backends themselves add retrying, limits and recording. This crate knows nothing of files of
//! data or of the command line, and reads no environment variable.
//!
//! ```text
//! Whole ─► Record ─► Retry ─► Limit ─► Ghost ─► Budget ─► Local | OpenAi | Builtin   Replay
//!            what is in the lock is not asked again                          a lock alone
//! ```

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

pub mod answer;
pub mod ask;
pub mod builtin;
pub mod contract;
pub mod endpoint;
pub mod error;
pub mod form;
pub mod key;

pub mod local;
pub mod openai;
pub mod probe;

pub mod budget;
pub mod ghost;
pub mod limit;
pub mod lock;
pub mod plain;
pub mod price;
pub mod record;
pub mod replay;
pub mod retry;
pub mod whole;

mod chain;
mod chat;
mod fault;
mod ladder;
mod looped;
mod seam;
mod send;
mod words;

pub use answer::{Answer, Finish, Usage};
pub use ask::{Ask, ParentKeys};
pub use budget::{Budget, Caps};
pub use builtin::Builtin;

pub use endpoint::Endpoint;
pub use error::{Bill, Class, Error};
pub use ghost::Ghost;
pub use key::ApiKey;
pub use limit::Limit;
pub use local::Local;
pub use lock::{Header, Lock};
pub use openai::OpenAi;
pub use price::Price;
pub use record::Record;
pub use replay::Replay;
pub use retry::Retry;
pub use whole::Whole;

/// A call under way.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;

/// Somebody who answers.
pub trait Backend: Send + Sync {
    /// Answers an ask with text, exactly once; what the text is worth is for the reader to say.
    fn answer<'a>(&'a self, ask: &'a Ask) -> Pending<'a, Answer>;
}

impl<B: Backend + ?Sized> Backend for Box<B> {
    fn answer<'a>(&'a self, ask: &'a Ask) -> Pending<'a, Answer> {
        (**self).answer(ask)
    }
}

impl<B: Backend + ?Sized> Backend for Arc<B> {
    fn answer<'a>(&'a self, ask: &'a Ask) -> Pending<'a, Answer> {
        (**self).answer(ask)
    }
}
