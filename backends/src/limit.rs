//! [`Limit`]: a backend that is asked only so many things at once.

use tokio::sync::Semaphore;

use crate::answer::Answer;
use crate::ask::Ask;
use crate::error::{Class, Error};
use crate::{Backend, Pending};

/// Calls at once to a local server unless told otherwise: most answer one at a time.
pub const LOCAL: usize = 1;
/// Calls at once to OpenAI unless told otherwise.
pub const OPENAI: usize = 8;

/// A backend that is asked only so many things at once; further asks wait their turn.
#[derive(Debug)]
pub struct Limit<B> {
    inner: B,
    room: Semaphore,
}

impl<B: Backend> Limit<B> {
    /// Wraps a backend that bears `calls` at once, at least one.
    pub fn new(inner: B, calls: usize) -> Self {
        Self { inner, room: Semaphore::new(calls.clamp(1, Semaphore::MAX_PERMITS)) }
    }
}

impl<B: Backend> Backend for Limit<B> {
    fn answer<'a>(&'a self, ask: &'a Ask) -> Pending<'a, Answer> {
        Box::pin(async move {
            let turn = self.room.acquire().await;
            let _turn = turn.map_err(|_| Error::new(Class::Final, "the backend is closed"))?;
            self.inner.answer(ask).await
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    #[derive(Default)]
    struct Counting {
        now: AtomicUsize,
        most: AtomicUsize,
    }

    impl Backend for Arc<Counting> {
        fn answer<'a>(&'a self, _: &'a Ask) -> Pending<'a, Answer> {
            Box::pin(async {
                let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
                self.most.fetch_max(now, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(5)).await;
                self.now.fetch_sub(1, Ordering::SeqCst);
                Ok(Answer::default())
            })
        }
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_calls_run_than_there_is_room_for() {
        let counting = Arc::new(Counting::default());
        let limit = Limit::new(Arc::clone(&counting), 3);
        let ask = Ask::Ideas { topic: "x".into(), count: 1 };
        let calls = (0..20).map(|_| limit.answer(&ask));
        for result in futures::future::join_all(calls).await {
            result.unwrap();
        }
        assert_eq!(counting.most.load(Ordering::SeqCst), 3);
    }
}
