//! Chain: an ask's words run as one step over a way of sending; the one file that names llm-chain.
//!
//! With the feature `llm-chain`, the prompts are its templates and every ask is a step of it, run
//! over an executor that sends the way we send. Without the feature a few lines do the same, and
//! both send the same bytes. Its executor hands on text alone, so the whole answer waits beside it.

use crate::Pending;
use crate::answer::Answer;
use crate::words::Message;
#[cfg(not(feature = "llm-chain"))]
use crate::{error::Error, words::Words};

/// A way of sending messages and getting an answer.
pub(crate) type Send<'a> =
    dyn Fn(Vec<Message>) -> Pending<'a, Answer> + Sync + std::marker::Send + 'a;

/// Fills the words in, sends them and gives back the answer.
#[cfg(not(feature = "llm-chain"))]
pub(crate) async fn run<'a>(words: &Words, send: &'a Send<'a>) -> Result<Answer, Error> {
    send(words.fill()).await
}

#[cfg(feature = "llm-chain")]
pub(crate) use stepped::run;

#[cfg(feature = "llm-chain")]
mod stepped {
    use std::sync::{Mutex, PoisonError};

    use async_trait::async_trait;
    use llm_chain::Parameters;
    use llm_chain::options::Options;
    use llm_chain::output::Output;
    use llm_chain::prompt::{
        ChatMessage, ChatMessageCollection, ChatRole, Data, Prompt, StringTemplate,
    };
    use llm_chain::step::Step;
    use llm_chain::tokens::{
        PromptTokensError, TokenCollection, TokenCount, Tokenizer, TokenizerError,
    };
    use llm_chain::traits::{Executor, ExecutorCreationError, ExecutorError};

    use super::Send;
    use crate::answer::Answer;
    use crate::error::{Class, Error};
    use crate::words::{Message, Role, Words};

    /// The context that steps are told of; they are never cut to it.
    const CONTEXT: i32 = 128_000;
    /// Bytes of a token, as everybody's rule of thumb has it.
    const TOKEN_BYTES: usize = 4;

    /// Fills the words in, sends them and gives back the answer.
    pub(crate) async fn run<'a>(words: &Words, send: &'a Send<'a>) -> Result<Answer, Error> {
        let executor = Sending { send, got: Mutex::new(None) };
        let done = step(words).run(&parameters(words), &executor).await;
        let got = executor.got.into_inner().unwrap_or_else(PoisonError::into_inner);
        got.unwrap_or_else(|| {
            let why = done.err().map_or_else(String::new, |why| format!(": {why}"));
            Err(Error::new(Class::Final, format!("the prompt could not be made{why}")))
        })
    }

    fn step(words: &Words) -> Step {
        let turns = words.turns.iter().map(|(role, template)| {
            let role = match role {
                Role::System => ChatRole::System,
                Role::User => ChatRole::User,
                Role::Assistant => ChatRole::Assistant,
            };
            ChatMessage::new(role, StringTemplate::tera(*template))
        });
        Step::for_prompt_template(Data::Chat(ChatMessageCollection::for_vector(turns.collect())))
    }

    fn parameters(words: &Words) -> Parameters {
        let none = Parameters::new();
        words.values.iter().fold(none, |all, (name, value)| all.with(*name, value.as_str()))
    }

    struct Sending<'a> {
        send: &'a Send<'a>,
        got: Mutex<Option<Result<Answer, Error>>>,
    }

    #[async_trait]
    impl Executor for Sending<'_> {
        type StepTokenizer<'t>
            = Quarters
        where
            Self: 't;

        fn new_with_options(_: Options) -> Result<Self, ExecutorCreationError> {
            Err(ExecutorCreationError::FieldRequiredError("a way of sending".into()))
        }

        async fn execute(&self, _: &Options, prompt: &Prompt) -> Result<Output, ExecutorError> {
            let result = (self.send)(messages(prompt)).await;
            let text = result.as_ref().map(|answer| answer.text.clone()).map_err(Clone::clone);
            *self.got.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
            match text {
                Ok(text) => Ok(Output::new_immediate(Data::text(text))),
                Err(error) => Err(ExecutorError::InnerError(Box::new(error))),
            }
        }

        fn tokens_used(
            &self,
            _: &Options,
            prompt: &Prompt,
        ) -> Result<TokenCount, PromptTokensError> {
            let used = prompt.to_text().len() / TOKEN_BYTES;
            Ok(TokenCount::new(CONTEXT, i32::try_from(used).unwrap_or(CONTEXT)))
        }

        fn max_tokens_allowed(&self, _: &Options) -> i32 {
            CONTEXT
        }

        fn answer_prefix(&self, _: &Prompt) -> Option<String> {
            None
        }

        fn get_tokenizer(&self, _: &Options) -> Result<Quarters, TokenizerError> {
            Ok(Quarters)
        }
    }

    fn messages(prompt: &Prompt) -> Vec<Message> {
        let chat = prompt.to_chat();
        let message = |said: &ChatMessage<String>| Message {
            role: match said.role() {
                ChatRole::System => Role::System,
                ChatRole::Assistant => Role::Assistant,
                ChatRole::User | ChatRole::Other(_) => Role::User,
            },
            text: said.body().clone(),
        };
        chat.iter().map(message).collect()
    }

    /// A tokenizer that knows characters only: nothing here splits a text.
    struct Quarters;

    impl Tokenizer for Quarters {
        fn tokenize_str(&self, text: &str) -> Result<TokenCollection, TokenizerError> {
            Ok(text.chars().map(|letter| letter as i32).collect::<Vec<i32>>().into())
        }

        fn to_string(&self, tokens: TokenCollection) -> Result<String, TokenizerError> {
            let letters = tokens.as_i32()?;
            Ok(letters.into_iter().filter_map(|letter| char::from_u32(letter as u32)).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::ask::Ask;
    use crate::error::{Class, Error};
    use crate::form::Form;

    #[tokio::test]
    async fn step_sends_exactly_the_words() {
        for ask in crate::contract::asks() {
            for form in [Form::Json, Form::Text] {
                let heard = Mutex::new(Vec::new());
                let send = |messages| -> Pending<'_, Answer> {
                    *heard.lock().unwrap() = messages;
                    let answer = Answer { text: "héé {{x}}".into(), ..Answer::default() };
                    Box::pin(async { Ok(answer) })
                };
                let answer = run(&ask.words(form), &send).await.unwrap();
                assert_eq!(answer.text, "héé {{x}}");
                assert_eq!(*heard.lock().unwrap(), ask.messages(form));
            }
        }
    }

    #[tokio::test]
    async fn error_comes_through_whole() {
        let mut error = Error::new(Class::Stalled, "no").hint("wait");
        error.status = Some(504);
        let ask = Ask::Ideas { topic: "<b>{% x %}</b>".into(), count: 1 };
        let send = |_| -> Pending<'_, Answer> {
            let error = error.clone();
            Box::pin(async { Err(error) })
        };
        assert_eq!(run(&ask.words(Form::Json), &send).await.unwrap_err(), error);
    }
}
