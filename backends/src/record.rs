//! [`Record`]: a backend whose every answer is kept, and that never asks what is kept already.

use std::sync::Arc;

use crate::answer::Answer;
use crate::ask::Ask;
use crate::error::Class;
use crate::lock::Lock;
use crate::{Backend, Pending};

/// A backend that puts every answer into a [`Lock`] before it gives it, and answers from the lock
/// where it can.
#[derive(Debug)]
pub struct Record<B> {
    inner: B,
    lock: Arc<Lock>,
}

impl<B: Backend> Record<B> {
    /// Wraps a backend.
    pub fn new(inner: B, lock: Arc<Lock>) -> Self {
        Self { inner, lock }
    }
}

impl<B: Backend> Backend for Record<B> {
    fn answer<'a>(&'a self, ask: &'a Ask) -> Pending<'a, Answer> {
        Box::pin(async move {
            if let Some(answer) = self.lock.take(ask) {
                tracing::debug!(task = ask.task(), "answered from the lock");
                return Ok(answer);
            }
            let answer = match self.inner.answer(ask).await {
                Ok(answer) => answer,
                Err(error) => {
                    if error.class == Class::Spent {
                        self.lock.withhold(ask, &error.message)?;
                    }
                    return Err(error);
                }
            };
            // Written here and not on another thread: between the answer and the disk there is no
            // point at which this call could be dropped.
            self.lock.keep(ask, &answer)?;
            Ok(answer)
        })
    }
}
