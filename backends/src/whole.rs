//! [`Whole`]: a backend that asks for the rest of a reply that was cut off.

use crate::answer::{Answer, Finish, Usage};
use crate::ask::Ask;
use crate::error::{Class, Error};
use crate::{Backend, Pending, looped, seam};

/// How often the rest is asked for in vain: servers that cut one reply may not cut the next.
const IN_VAIN: usize = 3;
/// How often the rest is asked for at all.
const RESTS: usize = 8;

/// A backend that asks for the rest of a reply that was cut off, until it has it all, nothing new
/// comes, or no more may be asked. A continuation may go on or start over; either way the answer is
/// the one reply, no part of it twice, with the tokens of all calls. One that stays cut off says so
/// by [`Finish::Length`]. Lines that a reply says over and over are said once, and the rest of a
/// reply that went round in them is not asked for: it would be more of them. Put this outside [`Record`](crate::Record), which keeps every call.
#[derive(Debug)]
pub struct Whole<B>(B);

impl<B: Backend> Whole<B> {
    /// Wraps a backend.
    pub fn new(inner: B) -> Self {
        Self(inner)
    }

    async fn all(&self, ask: &Ask) -> Result<Answer, Error> {
        let mut answer = self.0.answer(ask).await?;
        let mut loops = unlooped(ask, &mut answer);
        let mut vain = 0;
        for _ in 0..RESTS {
            if loops || !is_cut(&answer) || vain == IN_VAIN {
                break;
            }
            let rest = match seam::whole(&answer.text) {
                Some(reply) => Ask::Rest { of: Box::new(ask.clone()), reply },
                None => ask.clone(),
            };
            let mut next = match self.0.answer(&rest).await {
                Ok(next) => next,
                // What is there is worth more than an error where no more may be asked.
                Err(error) if error.class == Class::Spent => break,
                Err(error) => return Err(error),
            };
            loops = unlooped(ask, &mut next);
            let cut = is_cut(&next);
            let joined = seam::join(&answer.text, &next.text, cut);
            tracing::info!(task = ask.task(), cut, grew = joined.grew, "asked for the rest");
            answer.text = joined.text;
            answer.usage = sum(answer.usage, next.usage);
            if joined.grew {
                answer.finish = if cut { Finish::Length } else { next.finish };
            } else {
                vain += 1;
            }
        }
        if is_cut(&answer) {
            answer.finish = Finish::Length;
        }
        Ok(answer)
    }
}

impl<B: Backend> Backend for Whole<B> {
    fn answer<'a>(&'a self, ask: &'a Ask) -> Pending<'a, Answer> {
        Box::pin(self.all(ask))
    }
}

/// Takes the loops out of a reply, and gives back whether there were any.
fn unlooped(ask: &Ask, answer: &mut Answer) -> bool {
    let cut = looped::unlooped(&answer.text);
    let loops = cut.is_some();
    if let Some(text) = cut {
        tracing::info!(task = ask.task(), "the reply went round in circles, which were cut");
        answer.text = text;
    }
    loops
}

/// Whether a reply lacks its end: a limit cut it off, or nobody says why it stops within a list.
fn is_cut(answer: &Answer) -> bool {
    match answer.finish {
        Finish::Length => true,
        Finish::Other => seam::stops_within(&answer.text),
        Finish::Stop => false,
    }
}

fn sum(one: Option<Usage>, other: Option<Usage>) -> Option<Usage> {
    one.zip(other).map(|(one, other)| one + other).or(one).or(other)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// Says its lines in order, each cut off but where it ends in a full stop.
    struct Saying(Mutex<Vec<&'static str>>, Mutex<Vec<Ask>>);

    impl Backend for Saying {
        fn answer<'a>(&'a self, ask: &'a Ask) -> Pending<'a, Answer> {
            self.1.lock().unwrap().push(ask.clone());
            let mut said = self.0.lock().unwrap();
            let text = if said.len() > 1 { said.remove(0) } else { said[0] };
            let finish = if text.ends_with('.') { Finish::Stop } else { Finish::Length };
            let usage = Some(Usage { input: 1, output: 2 });
            Box::pin(
                async move { Ok(Answer { text: text.into(), finish, usage, ..Answer::default() }) },
            )
        }
    }

    async fn all(said: &[&'static str]) -> (Answer, Vec<Ask>) {
        let whole = Whole::new(Saying(Mutex::new(said.to_vec()), Mutex::default()));
        let answer = whole.answer(&Ask::Ideas { topic: "x".into(), count: 3 }).await.unwrap();
        (answer, whole.0.1.into_inner().unwrap())
    }

    #[tokio::test]
    async fn rest_is_asked_for_until_it_is_there() {
        let (answer, asked) = all(&["- a\n- b\n- c", "- c\n- d\n- e", "- e\n- f."]).await;
        assert_eq!(
            (answer.text.as_str(), answer.finish),
            ("- a\n- b\n- c\n- d\n- e\n- f.", Finish::Stop)
        );
        assert_eq!(answer.usage, Some(Usage { input: 3, output: 6 }));
        assert!(matches!(&asked[2], Ask::Rest { reply, .. } if reply == "- a\n- b\n- c\n- d\n"));
        assert_eq!(asked[2].task(), "ideas");
    }

    #[tokio::test]
    async fn server_that_always_cuts_ends_in_what_it_gave() {
        let (answer, asked) = all(&["- a\n- b\n- c"]).await;
        assert_eq!((answer.text.as_str(), answer.finish), ("- a\n- b\n- c", Finish::Length));
        assert_eq!(asked.len(), 1 + IN_VAIN);
        let (answer, asked) = all(&["one line that never ends"]).await;
        assert_eq!((answer.finish, asked.len()), (Finish::Length, 1 + IN_VAIN));
        assert!(!answer.text.is_empty());
    }

    #[tokio::test]
    async fn refusal_does_not_pass_for_the_rest() {
        let (answer, _) = all(&["a,b\n1,2\n3", "I'm sorry, no.", "a,b\n1,2\n3,4."]).await;
        assert_eq!(answer.text, "a,b\n1,2\n3,4.");
    }
}
