//! [`Budget`]: a backend that stops before it is asked too much.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::answer::{Answer, Usage};
use crate::ask::Ask;
use crate::chat::{self, Dialect};
use crate::error::{Bill, Class, Error};
use crate::form::Form;
use crate::price::Price;
use crate::{Backend, Pending};

/// What may be spent; nothing said is without end.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Caps {
    /// How many calls.
    pub calls: Option<u64>,
    /// How many dollars, at which price.
    pub cost: Option<(f64, Price)>,
}

/// A backend that takes so many calls, or so many dollars' worth of them, and no more: a call that
/// could break a cap is not made, and fails as [`Class::Spent`]. What a call costs is what the server
/// counted; before it is known, and where it never is, the most that it can be. A call that the
/// server refused, or never got, costs nothing and is none.
///
/// What a lock answers in its stead is free: put this inside [`Record`](crate::Record), and inside
/// [`Retry`](crate::Retry), each of whose attempts may be paid for.
#[derive(Debug)]
pub struct Budget<B> {
    inner: B,
    caps: Caps,
    spent: Mutex<Spent>,
}

#[derive(Debug, Default)]
struct Spent {
    calls: u64,
    /// Dollars, those of calls under way at their most.
    cost: f64,
}

impl<B: Backend> Budget<B> {
    /// Wraps a backend that may be asked up to its caps.
    pub fn new(inner: B, caps: Caps) -> Self {
        Self { inner, caps, spent: Mutex::default() }
    }

    /// How many calls were made, as far as they count.
    pub fn made(&self) -> u64 {
        self.spent().calls
    }

    fn spent(&self) -> MutexGuard<'_, Spent> {
        self.spent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets aside the most that a call can cost.
    fn reserve(&self, most: f64) -> Result<(), Error> {
        let mut spent = self.spent();
        if let Some(calls) = self.caps.calls.filter(|calls| spent.calls >= *calls) {
            return Err(Error::new(Class::Spent, format!("all {calls} calls allowed are made"))
                .hint("allow more with `--max-calls`"));
        }
        if let Some((cap, _)) = self.caps.cost.filter(|(cap, _)| spent.cost + most > *cap) {
            let message = format!(
                "the next call could cost ${most:.4}, and ${:.4} of ${cap} are spent",
                spent.cost
            );
            return Err(Error::new(Class::Spent, message).hint("allow more with `--max-cost`"));
        }
        spent.calls += 1;
        spent.cost += most;
        Ok(())
    }

    /// Puts what a call cost in the place of the most that it could; what nobody knows stays.
    fn settle(&self, most: f64, bill: Bill) {
        let price = self.caps.cost.map(|(_, price)| price);
        let mut spent = self.spent();
        match bill {
            Bill::Nothing => {
                spent.calls -= 1;
                spent.cost -= most;
            }
            Bill::Counted(usage) => spent.cost += price.map_or(0.0, |price| price.of(usage)) - most,
            Bill::Open => {}
        }
    }

    /// The most that an ask can cost.
    fn most(&self, ask: &Ask) -> f64 {
        self.caps.cost.map_or(0.0, |(_, price)| {
            // A letter is at most a token in the scripts of most prompts; four letters are one in
            // English, and prompts are English but for what people and models say in them.
            let input = ask.likely_usage(Form::Json).input * 2;
            price.of(Usage { input, output: chat::limit(ask, Dialect::OpenAi) as u64 })
        })
    }
}

impl<B: Backend> Backend for Budget<B> {
    fn answer<'a>(&'a self, ask: &'a Ask) -> Pending<'a, Answer> {
        Box::pin(async move {
            let most = self.most(ask);
            self.reserve(most)?;
            let answered = self.inner.answer(ask).await;
            let bill = match &answered {
                Ok(answer) => answer.usage.map_or(Bill::Open, Bill::Counted),
                Err(error) => error.bill,
            };
            self.settle(most, bill);
            answered
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counted(Option<Usage>);

    /// Always fails, with a bill.
    struct Failing(Bill);

    impl Backend for Failing {
        fn answer<'a>(&'a self, _: &'a Ask) -> Pending<'a, Answer> {
            Box::pin(async { Err(Error::new(Class::Passing, "no").bill(self.0)) })
        }
    }

    #[tokio::test]
    async fn call_in_vain_counts_where_it_may_be_paid_for() {
        let ask = Ask::Ideas { topic: "x".into(), count: 1 };
        for (bill, made) in
            [(Bill::Nothing, 0), (Bill::Open, 3), (Bill::Counted(Usage { input: 1, output: 1 }), 3)]
        {
            let caps = Caps { calls: Some(3), cost: Some((100.0, "1,1".parse().unwrap())) };
            let budget = Budget::new(Failing(bill), caps);
            let mut spent = 0;
            for _ in 0..5 {
                let error = budget.answer(&ask).await.unwrap_err();
                spent += usize::from(error.class == Class::Spent);
            }
            assert_eq!((budget.made(), spent), (made, if made == 0 { 0 } else { 2 }));
        }
    }

    impl Backend for Counted {
        fn answer<'a>(&'a self, _: &'a Ask) -> Pending<'a, Answer> {
            Box::pin(async { Ok(Answer { usage: self.0, ..Answer::default() }) })
        }
    }

    async fn asked(usage: Option<Usage>, cap: f64) -> u64 {
        let price = "1,1".parse().unwrap();
        let budget =
            Budget::new(Counted(usage), Caps { cost: Some((cap, price)), ..Caps::default() });
        let ask = Ask::Ideas { topic: "x".into(), count: 1 };
        for _ in 0..100 {
            if let Err(error) = budget.answer(&ask).await {
                assert_eq!(error.class, Class::Spent);
                crate::contract::error_helps(&error);
                break;
            }
        }
        budget.made()
    }

    #[tokio::test]
    async fn cost_is_what_was_counted_else_the_most_it_can_be() {
        assert_eq!(asked(None, 0.001).await, 0, "one call could cost more than that");
        let dear = asked(None, 0.03).await;
        let cheap = asked(Some(Usage { input: 100, output: 100 }), 0.03).await;
        assert!(0 < dear && dear < cheap && cheap == 100, "{dear} {cheap}");
        let full = Some(Usage { input: 1_000, output: 1_000 });
        assert!((10..15).contains(&asked(full, 0.03).await));
    }
}
