//! [`Local`]: any server that speaks OpenAI's API, spoken to directly and without a key.

use std::time::Duration;

use serde_json::Value;
use tokio::sync::OnceCell;

use crate::answer::Answer;
use crate::ask::Ask;
use crate::chat::{self, Dialect, Talk};
use crate::endpoint::Endpoint;
use crate::error::{Class, Error};
use crate::key::ApiKey;
use crate::{Backend, Pending, fault, send};

/// How long a call to a local server may take unless told otherwise.
pub const TIMEOUT: Duration = Duration::from_mins(10);
/// What to do about a server that wants a key, which never goes to one that was found by itself.
const WANTS_A_KEY: &str =
    "a server that wants a key gets it with `--backend openai`, `--base-url` and OPENAI_API_KEY";
/// What the names of models have in them that do not chat.
const NOT_CHATTING: [&str; 5] = ["embed", "rerank", "whisper", "tts", "moderation"];

/// A server that speaks OpenAI's API. It keeps the status, the headers and the body of whatever
/// comes back, and never carries a key.
#[derive(Debug)]
pub struct Local {
    endpoint: Endpoint,
    client: reqwest::Client,
    named: Option<String>,
    found: OnceCell<String>,
    talk: Talk,
}

impl Local {
    /// A server by its base URL. Without a model, the first that the server has and that chats
    /// is taken, at the first ask. A call may take `timeout`, 5 s of it to connect.
    pub fn new(
        endpoint: Endpoint,
        model: Option<String>,
        timeout: Duration,
    ) -> Result<Self, Error> {
        let client = send::client(&endpoint, timeout)?;
        let talk = Talk::new(Dialect::Compatible);
        Ok(Self { endpoint, client, named: model, found: OnceCell::new(), talk })
    }

    /// The server's base URL.
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// The model that answers: the one named, else the server's first.
    pub async fn model(&self) -> Result<&str, Error> {
        if let Some(model) = &self.named {
            return Ok(model);
        }
        let first = || first_model(&self.client, &self.endpoint, None);
        self.found.get_or_try_init(first).await.map(String::as_str)
    }

    /// The models that the server says it has, in its order.
    pub async fn models(&self) -> Result<Vec<String>, Error> {
        models(&self.client, &self.endpoint, None).await
    }

    async fn post(&self, body: Value) -> Result<Value, Error> {
        let request = self.client.post(self.endpoint.at("/chat/completions"));
        let request = request.header("content-type", "application/json").body(body.to_string());
        receive(&self.client, request).await
    }
}

impl Backend for Local {
    fn answer<'a>(&'a self, ask: &'a Ask) -> Pending<'a, Answer> {
        Box::pin(async move {
            let result = async {
                let model = self.model().await?;
                self.talk.answer(ask, model, &|body| Box::pin(self.post(body))).await
            };
            result.await.map_err(|error: Error| match error.status {
                Some(401 | 403) => error.hint(WANTS_A_KEY),
                _ => error,
            })
        })
    }
}

/// The models that a server says it has. A key goes along where one is given.
pub(crate) async fn models(
    client: &reqwest::Client,
    endpoint: &Endpoint,
    key: Option<&ApiKey>,
) -> Result<Vec<String>, Error> {
    let mut request = client.get(endpoint.at("/models"));
    if let Some(header) = key.and_then(ApiKey::header) {
        request = request.header(http::header::AUTHORIZATION, header);
    }
    let reply = receive(client, request).await?;
    let list = reply.get("data").or_else(|| reply.get("models")).and_then(Value::as_array);
    let Some(list) = list else {
        return Err(Error::new(Class::Final, format!("`{endpoint}` lists no models"))
            .hint("name a model with `--model`, or check `--base-url`"));
    };
    let name = |item: &Value| {
        let name =
            item.as_str().or_else(|| item["id"].as_str()).or_else(|| item["name"].as_str())?;
        Some(crate::words::line(name)).filter(|name| !name.is_empty())
    };
    Ok(list.iter().filter_map(name).collect())
}

/// The first model of a server that chats.
pub(crate) async fn first_model(
    client: &reqwest::Client,
    endpoint: &Endpoint,
    key: Option<&ApiKey>,
) -> Result<String, Error> {
    let models = models(client, endpoint, key).await?;
    let chats = |name: &&String| {
        let name = name.to_lowercase();
        !NOT_CHATTING.iter().any(|word| name.contains(word))
    };
    models.iter().find(chats).or(models.first()).cloned().ok_or_else(|| {
        Error::new(Class::Final, format!("`{endpoint}` has no model loaded"))
            .hint("load a model into the server, or name one with `--model`")
    })
}

/// Sends a request; the reply's body as JSON, or the error that it means.
async fn receive(
    client: &reqwest::Client,
    request: reqwest::RequestBuilder,
) -> Result<Value, Error> {
    let request = request.build().map_err(|why| {
        Error::new(Class::Final, fault::fragment(&format!("the request could not be made: {why}")))
            .hint("check `--base-url`")
    })?;
    let exchange = send::exchange(client, request).await?;
    if !(200..300).contains(&exchange.status) {
        return Err(fault::fault(&exchange));
    }
    chat::parse(&exchange.body)
}
