//! [`Ghost`]: a backend that is asked nothing more while it may be at work for nobody.

use std::sync::OnceLock;

use crate::answer::Answer;
use crate::ask::Ask;
use crate::error::{Class, Error};
use crate::{Backend, Pending};

/// For how many times its time-out a call to a server of one's own is listened to: what a second
/// call would have taken, without one. A server that hangs up meanwhile has let go of the call.
pub const LISTENED: u32 = 2;

/// A backend that is asked nothing more once it did not answer in time: every later ask fails with
/// the same error. Many servers go on with a call although nobody listens, and whatever is asked
/// next waits behind it. Put this inside [`Limit`](crate::Limit), so that asks which wait for
/// their turn hear of it.
#[derive(Debug)]
pub struct Ghost<B> {
    inner: B,
    left: OnceLock<Error>,
}

impl<B: Backend> Ghost<B> {
    /// Wraps a backend.
    pub fn new(inner: B) -> Self {
        Self { inner, left: OnceLock::new() }
    }
}

impl<B: Backend> Backend for Ghost<B> {
    fn answer<'a>(&'a self, ask: &'a Ask) -> Pending<'a, Answer> {
        Box::pin(async move {
            if let Some(error) = self.left.get() {
                return Err(error.clone());
            }
            let answered = self.inner.answer(ask).await;
            answered.map_err(|mut error| {
                if error.class == Class::Stalled {
                    error.message =
                        format!("{}; it may still be at work, so it is left alone", error.message);
                    tracing::info!(task = ask.task(), %error, "no more is asked");
                    // What it cost is said once, by the call itself.
                    let later = error.clone().bill(crate::Bill::Nothing);
                    // Where two stall at once, the first is told.
                    let _ = self.left.set(later);
                }
                error
            })
        })
    }
}
