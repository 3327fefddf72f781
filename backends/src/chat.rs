//! [`Talk`]: chat completions as an endpoint takes them: what is sent, what a reply holds.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Map, Value, json};

use crate::Pending;
use crate::answer::{Answer, Finish, Usage};
use crate::ask::Ask;
use crate::chain;
use crate::error::{Bill, Class, Error};
use crate::fault;
use crate::form;
use crate::ladder::{Ladder, Rung};
use crate::words::{self, Message, Role};

/// Tokens that a model may think before it answers, on OpenAI's own server.
const THOUGHTS: usize = 4_000;
/// The largest limit that every current model of OpenAI takes.
const MOST_OPENAI: usize = 16_000;

/// A way of posting a request's body and getting the reply's.
pub(crate) type Post<'a> = dyn Fn(Value) -> Pending<'a, Value> + Send + Sync + 'a;

/// How a server wants its requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// OpenAI's own server: `max_completion_tokens`, nothing that it does not know.
    OpenAi,
    /// Everybody else: `max_tokens`, and the schema beside `json_object`.
    Compatible,
}

/// What is known of an endpoint from what it refused.
#[derive(Debug)]
pub(crate) struct Talk {
    dialect: Dialect,
    ladder: Ladder,
    unlimited: AtomicBool,
}

impl Talk {
    pub(crate) fn new(dialect: Dialect) -> Self {
        Self { dialect, ladder: Ladder::default(), unlimited: AtomicBool::new(false) }
    }

    /// Asks, one rung lower for every refusal of the form.
    pub(crate) async fn answer(
        &self,
        ask: &Ask,
        model: &str,
        post: &Post<'_>,
    ) -> Result<Answer, Error> {
        loop {
            let rung = if ask.is_small() { Rung::Text } else { self.ladder.rung() };
            let unlimited = self.unlimited.load(Ordering::Acquire);
            let words = ask.words(rung.form());
            let send = |messages: Vec<Message>| -> Pending<'_, Answer> {
                let parameters = self.parameters(ask, rung, model);
                Box::pin(async move {
                    let reply = post(body(&messages, &parameters)).await?;
                    let mut answer = read(&reply, model).map_err(|error| {
                        // What was counted is paid for, however little it is worth.
                        usage(&reply)
                            .map_or(error.clone(), |usage| error.bill(Bill::Counted(usage)))
                    })?;
                    answer.prompt = words::transcript(&messages);
                    answer.parameters = parameters.into();
                    Ok(answer)
                })
            };
            let error = match chain::run(&words, &send).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            if error.class == Class::Form && self.ladder.step_down(rung) {
                tracing::info!(?rung, %error, "the server refuses the form: one rung down");
            } else if fault::refuses_limit(&error) && !unlimited {
                tracing::info!(%error, "the server refuses the limit of tokens: asking without");
                self.unlimited.store(true, Ordering::Release);
            } else {
                return Err(error);
            }
        }
    }

    /// Everything of a request but its messages.
    fn parameters(&self, ask: &Ask, rung: Rung, model: &str) -> Map<String, Value> {
        let mut fields = Map::new();
        fields.insert("model".into(), model.into());
        if !self.unlimited.load(Ordering::Acquire) {
            let name = match self.dialect {
                Dialect::OpenAi => "max_completion_tokens",
                Dialect::Compatible => "max_tokens",
            };
            fields.insert(name.into(), limit(ask, self.dialect).into());
        }
        let name = ask.base().task().split(' ').next().unwrap_or_default().to_owned();
        let schema = match self.dialect {
            Dialect::OpenAi => ask.schema(),
            Dialect::Compatible => form::bounded_schema(ask),
        };
        let format = match (rung, self.dialect) {
            (Rung::Schema, _) => json!({
                "type": "json_schema",
                "json_schema": {"name": name, "strict": true, "schema": schema},
            }),
            (Rung::Object, Dialect::OpenAi) => json!({"type": "json_object"}),
            (Rung::Object, Dialect::Compatible) => {
                json!({"type": "json_object", "schema": schema})
            }
            (Rung::Text, _) => return fields,
        };
        fields.insert("response_format".into(), format);
        fields
    }
}

/// The most tokens that an answer may have, thoughts included.
pub(crate) fn limit(ask: &Ask, dialect: Dialect) -> usize {
    let tokens = ask.expected_tokens();
    match dialect {
        Dialect::OpenAi => (tokens + THOUGHTS).min(MOST_OPENAI),
        Dialect::Compatible => tokens,
    }
}

/// A reply's body as JSON; a page or a broken body is an error.
pub(crate) fn parse(body: &[u8]) -> Result<Value, Error> {
    if fault::is_page(body) {
        return Err(Error::new(Class::Final, "the server answered with a web page")
            .hint("check `--base-url`: the API's usually ends in `/v1`"));
    }
    serde_json::from_slice(body)
        .map_err(|why| unusable(&format!("is not JSON: {}", fault::fragment(&why.to_string()))))
}

fn body(messages: &[Message], parameters: &Map<String, Value>) -> Value {
    let messages: Vec<Value> = messages
        .iter()
        .map(|message| {
            let role = match message.role {
                Role::System => "system",
                Role::User => "user",
                Role::Assistant => "assistant",
            };
            json!({"role": role, "content": message.text})
        })
        .collect();
    let mut body = parameters.clone();
    body.insert("messages".into(), messages.into());
    body.into()
}

/// The answer in a reply's body.
fn read(reply: &Value, model: &str) -> Result<Answer, Error> {
    if let Some(error) = reply.get("error").filter(|error| !error.is_null()) {
        let said = error.get("message").unwrap_or(error);
        let said = said.as_str().map_or_else(|| said.to_string(), str::to_owned);
        return Err(unusable(&format!("holds an error: {}", fault::fragment(&said))));
    }
    let Some(choice) = reply.get("choices").and_then(|choices| choices.get(0)) else {
        return Err(unusable("holds no choice"));
    };
    let finish = match choice.get("finish_reason").and_then(Value::as_str) {
        Some("stop" | "eos" | "end_turn") => Finish::Stop,
        Some("length" | "max_tokens") => Finish::Length,
        _ => Finish::Other,
    };
    let message = choice.get("message").unwrap_or(&Value::Null);
    let content = content(&message["content"]);
    let text = thoughtless(if content.is_empty() {
        message["refusal"].as_str().unwrap_or_default().to_owned()
    } else {
        content
    });
    if text.trim().is_empty() {
        let why = if finish == Finish::Length {
            ": every token it may use went into thinking"
        } else {
            ""
        };
        return Err(unusable(&format!("is empty{why}")));
    }
    let said = reply.get("model").and_then(Value::as_str).filter(|name| !name.is_empty());
    Ok(Answer {
        text,
        model: words::line(said.unwrap_or(model)),
        finish,
        usage: usage(reply),
        ..Answer::default()
    })
}

/// The tokens that a server counted.
fn usage(reply: &Value) -> Option<Usage> {
    let count = |name: &str| {
        let count = reply.get("usage")?.get(name)?;
        count.as_u64().or_else(|| count.as_f64().map(|count| count as u64))
    };
    let (input, output) = count("prompt_tokens").zip(count("completion_tokens"))?;
    Some(Usage { input, output })
}

/// A message's content: text, or parts of which some are text.
fn content(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts
            .iter()
            .filter_map(|part| part.as_str().or_else(|| part["text"].as_str()))
            .collect(),
        _ => String::new(),
    }
}

/// The text without the thoughts that some servers leave before it; thoughts are no answer.
fn thoughtless(text: String) -> String {
    let Some(thoughts) = text.trim_start().strip_prefix("<think>") else { return text };
    thoughts.split_once("</think>").map_or_else(String::new, |(_, rest)| rest.to_owned())
}

fn unusable(how: &str) -> Error {
    Error::new(Class::Passing, format!("the reply {how}"))
        .hint("try again, or another model with `--model`")
        .bill(Bill::Open)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(message: &Value, finish: &str) -> Value {
        json!({"choices": [{"message": message, "finish_reason": finish}], "model": "m",
               "usage": {"prompt_tokens": 3, "completion_tokens": 4.0}})
    }

    #[test]
    fn reply_is_read_in_every_shape() {
        let answer = read(&reply(&json!({"content": "a\n"}), "stop"), "x").unwrap();
        assert_eq!((answer.text.as_str(), answer.model.as_str()), ("a\n", "m"));
        assert_eq!(
            (answer.finish, answer.usage),
            (Finish::Stop, Some(Usage { input: 3, output: 4 }))
        );
        let parts =
            json!({"content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]});
        assert_eq!(read(&reply(&parts, "length"), "x").unwrap().text, "ab");
        let refusal = json!({"content": null, "refusal": "I will not"});
        assert_eq!(read(&reply(&refusal, "stop"), "x").unwrap().text, "I will not");
        let thought = json!({"content": "<think>1. A: b</think>\n\n- c"});
        assert_eq!(read(&reply(&thought, "abort"), "x").unwrap().text, "\n\n- c");
    }

    #[test]
    fn unusable_reply_may_pass() {
        for broken in [
            json!({"choices": []}),
            json!({"choices": null}),
            json!({"error": {"message": "Overloaded."}}),
            json!({"error": "x", "choices": []}),
            json!([1]),
            reply(&json!({"content": null}), "length"),
            reply(&json!({"content": " \n"}), "stop"),
            reply(&json!({"content": "<think>for ever"}), "length"),
            reply(&Value::Null, "stop"),
        ] {
            let error = read(&broken, "x").unwrap_err();
            assert_eq!(error.class, Class::Passing, "{broken}");
            crate::contract::error_helps(&error);
        }
    }

    #[test]
    fn broken_body_is_an_error() {
        let deep = "[".repeat(1_000_000);
        for body in [&b"{\"id\": \"x"[..], b"", b"\xff\xfe", deep.as_bytes()] {
            assert_eq!(parse(body).unwrap_err().class, Class::Passing);
        }
        assert_eq!(parse(b" <!DOCTYPE html><p>").unwrap_err().class, Class::Final);
    }
}
