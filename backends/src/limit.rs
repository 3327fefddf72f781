//! [`Limit`]: a backend that is asked only so many things at once.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::answer::Answer;
use crate::ask::Ask;
use crate::error::{Class, Error};
use crate::{Backend, Pending};

/// Calls at once to a local server unless told otherwise: most answer one at a time.
pub const LOCAL: usize = 1;
/// Calls at once to OpenAI unless told otherwise.
pub const OPENAI: usize = 8;

/// The status by which a server says that it is asked too much at once.
const TOO_MANY: u16 = 429;

/// A backend that is asked only so many things at once; further asks wait their turn, in order.
///
/// How many follows the server: half as many after a 429, and one more after as many answers in a
/// row as there are calls at once, up to the number it was made with. Calls that were under way
/// together and are all refused halve it once. Put this inside [`Retry`](crate::Retry).
#[derive(Debug)]
pub struct Limit<B> {
    inner: B,
    room: Semaphore,
    most: usize,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// Calls at once for now.
    calls: usize,
    /// Turns that are to end for good as they come back.
    debt: usize,
    /// Answers since the number last changed.
    answers: usize,
    /// How often the number was halved.
    halved: u64,
}

impl<B: Backend> Limit<B> {
    /// Wraps a backend that bears `calls` at once, at least one.
    pub fn new(inner: B, calls: usize) -> Self {
        let most = calls.clamp(1, Semaphore::MAX_PERMITS);
        let state = State { calls: most, debt: 0, answers: 0, halved: 0 };
        Self { inner, room: Semaphore::new(most), most, state: Mutex::new(state) }
    }

    /// How many calls at once the server is trusted with for now.
    pub fn calls(&self) -> usize {
        self.state().calls
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Half as many calls at once, unless they were halved since the refused call began.
    fn halve(&self, halved: u64) {
        let mut state = self.state();
        if state.halved != halved {
            return;
        }
        let fewer = (state.calls / 2).max(1);
        let gone = state.calls - fewer;
        let free = self.room.forget_permits(gone);
        state.debt += gone - free;
        (state.calls, state.answers, state.halved) = (fewer, 0, halved + 1);
        tracing::info!(calls = fewer, "the server is asked too much at once");
    }

    /// One more call at once, where the server has borne those there are.
    fn grow(&self) {
        let mut state = self.state();
        state.answers += 1;
        if state.calls < self.most && state.answers >= state.calls {
            (state.calls, state.answers) = (state.calls + 1, 0);
            match state.debt.checked_sub(1) {
                Some(debt) => state.debt = debt,
                None => self.room.add_permits(1),
            }
        }
    }
}

/// A turn, given back however the call ends.
struct Turn<'a, B: Backend> {
    limit: &'a Limit<B>,
    permit: Option<SemaphorePermit<'a>>,
}

impl<B: Backend> Drop for Turn<'_, B> {
    fn drop(&mut self) {
        let mut state = self.limit.state();
        if let (Some(permit), Some(debt)) = (self.permit.take(), state.debt.checked_sub(1)) {
            state.debt = debt;
            permit.forget();
        }
    }
}

impl<B: Backend> Backend for Limit<B> {
    fn answer<'a>(&'a self, ask: &'a Ask) -> Pending<'a, Answer> {
        Box::pin(async move {
            let turn = self.room.acquire().await;
            let permit = turn.map_err(|_| Error::new(Class::Final, "the backend is closed"))?;
            let _turn = Turn { limit: self, permit: Some(permit) };
            let halved = self.state().halved;
            let answered = self.inner.answer(ask).await;
            match &answered {
                Ok(_) => self.grow(),
                Err(error) if error.status == Some(TOO_MANY) => self.halve(halved),
                Err(_) => {}
            }
            answered
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

    /// Refuses with a 429 while more than so many calls are under way.
    struct Narrow {
        room: usize,
        now: AtomicUsize,
        refused: AtomicUsize,
    }

    impl Backend for Arc<Narrow> {
        fn answer<'a>(&'a self, _: &'a Ask) -> Pending<'a, Answer> {
            Box::pin(async {
                let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
                tokio::time::sleep(Duration::from_millis(5)).await;
                self.now.fetch_sub(1, Ordering::SeqCst);
                if now > self.room {
                    self.refused.fetch_add(1, Ordering::SeqCst);
                    return Err(Error::new(Class::Passing, "too many").status(TOO_MANY));
                }
                Ok(Answer::default())
            })
        }
    }

    #[tokio::test(start_paused = true)]
    async fn refusals_at_once_halve_the_calls_once_and_answers_grow_them_again() {
        let narrow = Arc::new(Narrow { room: 3, now: 0.into(), refused: 0.into() });
        let limit = Limit::new(Arc::clone(&narrow), 8);
        let ask = Ask::Ideas { topic: "x".into(), count: 1 };
        let round =
            || async { futures::future::join_all((0..8).map(|_| limit.answer(&ask))).await };
        round().await;
        assert_eq!(limit.calls(), 4, "refusals of one moment are one");
        round().await;
        assert!(limit.calls() < 4);
        let before = narrow.refused.load(Ordering::SeqCst);
        for _ in 0..20 {
            round().await;
        }
        let refused = narrow.refused.load(Ordering::SeqCst) - before;
        assert!(refused < 40 && limit.calls() < 8, "{refused} of 160 refused");
    }

    #[tokio::test(start_paused = true)]
    async fn dropped_calls_give_their_turns_back() {
        let narrow = Arc::new(Narrow { room: 0, now: 0.into(), refused: 0.into() });
        let limit = Limit::new(Arc::clone(&narrow), 4);
        let ask = Ask::Ideas { topic: "x".into(), count: 1 };
        for _ in 0..10 {
            let calls = futures::future::join_all((0..6).map(|_| limit.answer(&ask)));
            let _ = tokio::time::timeout(Duration::from_millis(7), calls).await;
        }
        assert_eq!((limit.calls(), limit.room.available_permits(), limit.state().debt), (1, 1, 0));
    }
}
