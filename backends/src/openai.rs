//! [`OpenAi`]: OpenAI's API through async-openai, at OpenAI or at a base URL that a person named.
//!
//! Under async-openai lies our own sending, so that a refusal keeps its status, headers and body,
//! a reply is bounded, nothing is retried behind our back, and the key goes only where it may.

use std::task::{Context, Poll};
use std::time::Duration;

use async_openai::config::OpenAIConfig;
use async_openai::error::OpenAIError;
use async_openai::middleware::HttpRequestFactory;
use http::header::AUTHORIZATION;
use serde_json::Value;
use tokio::sync::OnceCell;

use crate::answer::Answer;
use crate::ask::Ask;
use crate::chat::{self, Dialect, Talk};
use crate::endpoint::Endpoint;
use crate::error::{Class, Error};
use crate::key::ApiKey;
use crate::{Backend, Pending, fault, local, send};

/// How long a call to OpenAI may take unless told otherwise.
pub const TIMEOUT: Duration = Duration::from_mins(2);
/// The model asked at OpenAI unless another is named: cheap, and it keeps to a schema.
pub const MODEL: &str = "gpt-4.1-mini";

/// OpenAI's API.
pub struct OpenAi {
    endpoint: Endpoint,
    http: reqwest::Client,
    api: async_openai::Client<OpenAIConfig>,
    key: Option<ApiKey>,
    named: Option<String>,
    found: OnceCell<String>,
    talk: Talk,
}

impl OpenAi {
    /// OpenAI's API at an endpoint, which a person has named if it is not OpenAI's own.
    ///
    /// Without a model, [`MODEL`] is asked at OpenAI and the server's first elsewhere. A call may
    /// take `timeout`, 5 s of it to connect. Refused are OpenAI without a key, and a key over
    /// plain http to another machine.
    pub fn new(
        endpoint: Endpoint,
        key: Option<ApiKey>,
        model: Option<String>,
        timeout: Duration,
    ) -> Result<Self, Error> {
        if endpoint.is_openai() && key.is_none() {
            return Err(Error::new(Class::Final, "there is no key for OpenAI")
                .hint("set OPENAI_API_KEY, or name a server with `--base-url`"));
        }
        if key.is_some() && !endpoint.keeps_secrets() {
            return Err(Error::new(
                Class::Final,
                format!("a key would go to `{endpoint}` in the clear"),
            )
            .hint("name the server with `https://`, or unset OPENAI_API_KEY"));
        }
        let http = send::client(&endpoint, timeout)?;
        // Every field is set, so that nothing of the environment is left in it; the key travels
        // in our own layer alone.
        let config = OpenAIConfig::new()
            .with_api_base(endpoint.as_str())
            .with_api_key("")
            .with_org_id("")
            .with_project_id("");
        let layer = Layer { http: http.clone(), key: key.clone() };
        let api = async_openai::Client::build(http.clone(), config).with_http_service(layer);
        let own = endpoint.is_openai();
        let talk = Talk::new(if own { Dialect::OpenAi } else { Dialect::Compatible });
        let named = model.or_else(|| own.then(|| MODEL.to_owned()));
        Ok(Self { endpoint, http, api, key, named, found: OnceCell::new(), talk })
    }

    /// The server's base URL.
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// The model that answers.
    pub async fn model(&self) -> Result<&str, Error> {
        if let Some(model) = &self.named {
            return Ok(model);
        }
        let first = || local::first_model(&self.http, &self.endpoint, self.key.as_ref());
        self.found.get_or_try_init(first).await.map(String::as_str)
    }

    async fn post(&self, body: Value) -> Result<Value, Error> {
        self.api.chat().create_byot::<Value, Value>(body).await.map_err(error)
    }
}

impl Backend for OpenAi {
    fn answer<'a>(&'a self, ask: &'a Ask) -> Pending<'a, Answer> {
        Box::pin(async move {
            let result = async {
                let model = self.model().await?;
                self.talk.answer(ask, model, &|body| Box::pin(self.post(body))).await
            };
            result.await.map_err(|mut error: Error| {
                if let Some(key) = &self.key {
                    error.message = key.redact(&error.message);
                }
                error
            })
        })
    }
}

/// Our own sending, where async-openai expects its HTTP client.
#[derive(Clone)]
struct Layer {
    http: reqwest::Client,
    key: Option<ApiKey>,
}

impl tower_service::Service<HttpRequestFactory> for Layer {
    type Response = reqwest::Response;
    type Error = OpenAIError;
    type Future =
        std::pin::Pin<Box<dyn Future<Output = Result<reqwest::Response, OpenAIError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), OpenAIError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, factory: HttpRequestFactory) -> Self::Future {
        let layer = self.clone();
        Box::pin(async move {
            let mut request = factory.build().await?;
            request.headers_mut().remove(AUTHORIZATION);
            if let Some(header) = layer.key.as_ref().and_then(ApiKey::header) {
                request.headers_mut().insert(AUTHORIZATION, header);
            }
            let exchange = send::exchange(&layer.http, request).await.map_err(boxed)?;
            if !(200..300).contains(&exchange.status) {
                return Err(boxed(fault::fault(&exchange)));
            }
            // async-openai parses the body again; a broken one is judged here, where it is whole.
            chat::parse(&exchange.body).map_err(boxed)?;
            Ok(http::Response::new(exchange.body).into())
        })
    }
}

fn boxed(error: Error) -> OpenAIError {
    OpenAIError::Boxed(Box::new(error))
}

/// Our own error where there is one inside.
fn error(why: OpenAIError) -> Error {
    match why {
        OpenAIError::Boxed(inner) => match inner.downcast::<Error>() {
            Ok(error) => *error,
            Err(other) => unknown(&other.to_string()),
        },
        other => unknown(&other.to_string()),
    }
}

fn unknown(why: &str) -> Error {
    Error::new(Class::Passing, fault::fragment(why)).hint("try again, or use `--backend local`")
}
