//! [`Retry`]: a backend that asks again where asking again can help.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};

use crate::answer::{Answer, Usage};
use crate::ask::Ask;
use crate::error::{Bill, Class, Error};
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
    /// How long all calls may go on, from the making of the wrapper; `None` is for ever. What is not
    /// answered by then fails as [`Class::Spent`]: what is there has to do.
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
    /// For a server of one's own: a second call to one that stalls would queue behind the first,
    /// which it goes on with though nobody listens. See [`Ghost`](crate::Ghost).
    pub const LOCAL: Self =
        Self { stalled_attempts: 1, cap: Duration::from_secs(5), ..Self::SHARED };
}

/// A backend that asks again after what passes: rate limits, faults of the server, time-outs,
/// broken and empty replies. The server's own wish for a wait comes first; else the wait is
/// exponential with full jitter. What is final ends at once. An answer's tokens are those of all
/// calls that were counted.
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
        let (mut made, mut paid) = (0, Usage::default());
        loop {
            let error = match self.in_time(ask).await {
                Ok(mut answer) => {
                    if let Some(usage) = &mut answer.usage {
                        *usage = *usage + paid;
                    }
                    return Ok(answer);
                }
                Err(error) => error,
            };
            made += 1;
            if let Bill::Counted(usage) = error.bill {
                paid = paid + usage;
            }
            let most = match error.class {
                Class::Passing => self.policy.attempts,
                Class::Stalled => self.policy.stalled_attempts,
                Class::Form | Class::Final | Class::Spent => return Err(error),
            };
            let wait = error.after.unwrap_or_else(|| self.wait(made));
            if made >= most || wait > self.policy.patience {
                return Err(gave_up(error, made));
            }
            if self.over(wait) {
                return Err(self.late());
            }
            tracing::info!(task = ask.task(), attempt = made, ?wait, %error, "asking again");
            sleep(wait).await;
        }
    }

    /// One call, which ends with the run's time at the latest.
    async fn in_time(&self, ask: &Ask) -> Result<Answer, Error> {
        let Some(end) = self.end else { return self.inner.answer(ask).await };
        if Instant::now() >= end {
            return Err(self.late());
        }
        match timeout_at(end, self.inner.answer(ask)).await {
            Ok(answered) => answered,
            Err(_) => Err(self.late().bill(Bill::Open)),
        }
    }

    /// The error of a call for which there is no time left.
    fn late(&self) -> Error {
        let span = self.policy.deadline.unwrap_or_default().as_secs_f64();
        Error::new(Class::Spent, format!("the {span} s for the whole run are over"))
            .hint("allow more with `--deadline`")
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
    struct Failing(Mutex<Vec<Error>>, Answer);

    impl Backend for Failing {
        fn answer<'a>(&'a self, _: &'a Ask) -> Pending<'a, Answer> {
            let error = self.0.lock().unwrap().pop();
            Box::pin(async { error.map_or_else(|| Ok(self.1.clone()), Err) })
        }
    }

    fn error(class: Class) -> Error {
        Error::new(class, "no")
    }

    async fn calls(errors: Vec<Error>, policy: Policy) -> (Result<Answer, Error>, usize) {
        let count = errors.len();
        let retry = Retry::new(Failing(Mutex::new(errors), Answer::default()), policy);
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
        assert_eq!(failed, 1);
        let (result, failed) = calls(vec![error(Class::Stalled); 50], Policy::SHARED).await;
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
        let late = calls(vec![wish], brief).await.0.unwrap_err();
        assert_eq!(late.class, Class::Spent, "{late}");
        crate::contract::error_helps(&late);
    }

    #[tokio::test(start_paused = true)]
    async fn deadline_ends_a_call_under_way_and_every_later_one() {
        struct Slow;
        impl Backend for Slow {
            fn answer<'a>(&'a self, _: &'a Ask) -> Pending<'a, Answer> {
                Box::pin(async {
                    sleep(Duration::from_mins(1)).await;
                    Ok(Answer::default())
                })
            }
        }
        let policy = Policy { deadline: Some(Duration::from_secs(90)), ..Policy::SHARED };
        let (retry, ask) = (Retry::new(Slow, policy), Ask::Ideas { topic: "x".into(), count: 1 });
        let start = Instant::now();
        assert!(retry.answer(&ask).await.is_ok());
        for bill in [Bill::Open, Bill::Nothing] {
            let late = retry.answer(&ask).await.unwrap_err();
            assert_eq!((late.class, late.bill), (Class::Spent, bill));
        }
        assert_eq!(start.elapsed().as_secs(), 90);
    }

    #[tokio::test(start_paused = true)]
    async fn tokens_of_a_call_in_vain_are_counted() {
        let paid = Usage { input: 10, output: 3 };
        let empty = error(Class::Passing).bill(Bill::Counted(paid));
        let answer = Answer { usage: Some(Usage { input: 1, output: 1 }), ..Answer::default() };
        let retry = Retry::new(Failing(Mutex::new(vec![empty; 2]), answer), Policy::SHARED);
        let ask = Ask::Ideas { topic: "x".into(), count: 1 };
        let usage = retry.answer(&ask).await.unwrap().usage;
        assert_eq!(usage, Some(Usage { input: 21, output: 7 }));
    }
}
