//! [`Retry`]: a backend that asks again where asking again can help.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::answer::Answer;
use crate::ask::Ask;
use crate::error::{Class, Error};
use crate::{Backend, Pending};

/// When to ask again, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Calls in all for one ask, at least one.
    pub attempts: u32,
    /// Calls in all for one ask while the server does not answer in time: it may still be at
    /// work on the earlier ones.
    pub stalled_attempts: u32,
    /// The longest first wait; it doubles from call to call.
    pub base: Duration,
    /// The longest wait of our own choice.
    pub cap: Duration,
    /// The longest wait that a server may wish for; a longer wish ends the ask.
    pub patience: Duration,
    /// How long all calls may go on, from the making of the wrapper; `None` is for ever.
    pub deadline: Option<Duration>,
}

impl Policy {
    /// For a server that many share: five calls, two where it does not answer in time.
    pub const SHARED: Self = Self {
        attempts: 5,
        stalled_attempts: 2,
        base: Duration::from_millis(250),
        cap: Duration::from_secs(20),
        patience: Duration::from_secs(90),
        deadline: None,
    };
    /// For a server on this machine: the same. A second call to one that stalls queues behind the
    /// first, which it goes on with though nobody listens; a third would only lengthen the queue.
    pub const LOCAL: Self = Self { cap: Duration::from_secs(5), ..Self::SHARED };
}

/// A backend that asks again after what passes: rate limits, faults of the server, time-outs,
/// broken and empty replies. The server's own wish for a wait comes first; else the wait is
/// exponential with full jitter. What is final ends at once.
#[derive(Debug)]
pub struct Retry<B> {
    inner: B,
    policy: Policy,
    end: Option<Instant>,
}

impl<B: Backend> Retry<B> {
    /// Wraps a backend.
    pub fn new(inner: B, policy: Policy) -> Self {
        let end = policy.deadline.and_then(|span| Instant::now().checked_add(span));
        Self { inner, policy, end }
    }

    async fn attempt(&self, ask: &Ask) -> Result<Answer, Error> {
        let mut made = 0;
        loop {
            let error = match self.inner.answer(ask).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            made += 1;
            let most = match error.class {
                Class::Passing => self.policy.attempts,
                Class::Stalled => self.policy.stalled_attempts,
                Class::Form | Class::Final | Class::Spent => return Err(error),
            };
            let wait = error.after.unwrap_or_else(|| self.wait(made));
            if made >= most || wait > self.policy.patience || self.over(wait) {
                return Err(gave_up(error, made));
            }
            tracing::info!(task = ask.task(), attempt = made, ?wait, %error, "asking again");
            sleep(wait).await;
        }
    }

    fn wait(&self, made: u32) -> Duration {
        let most = self.policy.base.saturating_mul(1 << (made - 1).min(20)).min(self.policy.cap);
        most.mul_f64(fastrand::f64())
    }

    fn over(&self, wait: Duration) -> bool {
        self.end.is_some_and(|end| Instant::now() + wait >= end)
    }
}

impl<B: Backend> Backend for Retry<B> {
    fn answer<'a>(&'a self, ask: &'a Ask) -> Pending<'a, Answer> {
        Box::pin(self.attempt(ask))
    }
}

fn gave_up(mut error: Error, made: u32) -> Error {
    if made > 1 {
        error.message = format!("{} ({made} attempts)", error.message);
    }
    error
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// Fails in a given order, then answers.
    struct Failing(Mutex<Vec<Error>>);

    impl Backend for Failing {
        fn answer<'a>(&'a self, _: &'a Ask) -> Pending<'a, Answer> {
            let error = self.0.lock().unwrap().pop();
            Box::pin(async { error.map_or_else(|| Ok(Answer::default()), Err) })
        }
    }

    fn error(class: Class) -> Error {
        Error::new(class, "no")
    }

    async fn calls(errors: Vec<Error>, policy: Policy) -> (Result<Answer, Error>, usize) {
        let count = errors.len();
        let retry = Retry::new(Failing(Mutex::new(errors)), policy);
        let ask = Ask::Ideas { topic: "x".into(), count: 1 };
        let result = retry.answer(&ask).await;
        let left = retry.inner.0.lock().unwrap().len();
        (result, count - left)
    }

    #[tokio::test(start_paused = true)]
    async fn passing_fault_is_asked_again() {
        let (result, failed) = calls(vec![error(Class::Passing); 4], Policy::SHARED).await;
        assert!(result.is_ok());
        assert_eq!(failed, 4);
    }

    #[tokio::test(start_paused = true)]
    async fn attempts_are_bounded() {
        let (result, failed) = calls(vec![error(Class::Passing); 50], Policy::SHARED).await;
        assert_eq!((result.unwrap_err().message.as_str(), failed), ("no (5 attempts)", 5));
        let (result, failed) = calls(vec![error(Class::Stalled); 50], Policy::LOCAL).await;
        assert!(result.is_err());
        assert_eq!(failed, 2);
    }

    #[tokio::test(start_paused = true)]
    async fn final_fault_ends_at_once() {
        for class in [Class::Final, Class::Form] {
            assert_eq!(calls(vec![error(class); 3], Policy::SHARED).await.1, 1);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn server_has_its_wish_within_reason() {
        let mut wish = error(Class::Passing);
        wish.after = Some(Duration::from_secs(7));
        let start = Instant::now();
        assert!(calls(vec![wish.clone()], Policy::SHARED).await.0.is_ok());
        assert_eq!(start.elapsed().as_secs(), 7);
        wish.after = Some(Duration::from_hours(1));
        assert!(calls(vec![wish.clone()], Policy::SHARED).await.0.is_err());
        wish.after = Some(Duration::from_secs(3));
        let brief = Policy { deadline: Some(Duration::from_secs(2)), ..Policy::SHARED };
        assert!(calls(vec![wish], brief).await.0.is_err());
    }
}
