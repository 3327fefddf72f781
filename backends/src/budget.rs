//! [`Budget`]: a backend that stops before it is asked too much.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::answer::Answer;
use crate::ask::Ask;
use crate::error::{Class, Error};
use crate::{Backend, Pending};

/// A backend that takes so many asks and no more. What a lock answers in its stead is free: put
/// this inside [`Record`](crate::Record), and outside [`Retry`](crate::Retry), whose further
/// attempts at one ask are one call.
#[derive(Debug)]
pub struct Budget<B> {
    inner: B,
    most: u64,
    made: AtomicU64,
}

impl<B: Backend> Budget<B> {
    /// Wraps a backend that may be asked `most` times; `None` is without end.
    pub fn new(inner: B, most: Option<u64>) -> Self {
        Self { inner, most: most.unwrap_or(u64::MAX), made: AtomicU64::new(0) }
    }

    /// How many asks went through.
    pub fn made(&self) -> u64 {
        self.made.load(Ordering::Relaxed)
    }
}

impl<B: Backend> Backend for Budget<B> {
    fn answer<'a>(&'a self, ask: &'a Ask) -> Pending<'a, Answer> {
        Box::pin(async move {
            let take = |made| (made < self.most).then_some(made + 1);
            match self.made.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take) {
                Ok(_) => self.inner.answer(ask).await,
                Err(_) => Err(spent(self.most)),
            }
        })
    }
}

fn spent(most: u64) -> Error {
    Error::new(Class::Spent, format!("all {most} calls allowed are made"))
        .hint("allow more with `--max-calls`; `--resume` goes on without asking again")
}
