//! Probe: which servers answer at the usual ports of this machine, and what is usable here.

use std::time::Duration;

use crate::endpoint::Endpoint;
use crate::error::Error;
use crate::key::ApiKey;
use crate::{local, send};

/// Where local servers listen unless told otherwise, in the order in which they are tried.
pub const USUAL: [(&str, u16); 4] =
    [("Ollama", 11434), ("llama.cpp", 8080), ("vLLM", 8000), ("LM Studio", 1234)];
/// How long a port of this machine is waited for.
const TIMEOUT: Duration = Duration::from_millis(1_500);

/// What was found at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probed {
    /// The server that usually listens there.
    pub server: String,
    /// Where it was looked for.
    pub endpoint: Endpoint,
    /// The models it has, or why it has none.
    pub models: Result<Vec<String>, Error>,
}

/// A backend, and whether it can be used here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The name for `--backend`.
    pub name: &'static str,
    /// Whether it would answer.
    pub usable: bool,
    /// Why, or why not, as a fragment.
    pub why: String,
    /// What to do to make it usable.
    pub hint: Option<String>,
    /// What else is known, a line each: ports, models.
    pub detail: Vec<String>,
}

/// Looks at the usual ports of this machine, all at once; a key never goes there.
pub async fn usual_ports() -> Vec<Probed> {
    let looks = USUAL.map(|(server, port)| look(server, Endpoint::loopback(port)));
    futures::future::join_all(looks).await
}

/// Looks at one place.
pub async fn look(server: &str, endpoint: Endpoint) -> Probed {
    let models = match send::client(&endpoint, TIMEOUT) {
        Ok(client) => local::models(&client, &endpoint, None).await,
        Err(error) => Err(error),
    };
    Probed { server: server.to_owned(), endpoint, models }
}

/// The first server that answers at a usual port and has a model.
pub fn first(probed: &[Probed]) -> Option<&Probed> {
    probed.iter().find(|probed| probed.models.as_ref().is_ok_and(|models| !models.is_empty()))
}

/// What is usable here: `openai`, `local` and `builtin`, in the order in which they are chosen.
/// `named` is a base URL that the person gave, if any; `probed` is what [`usual_ports`] found.
pub fn standings(key: Option<&ApiKey>, named: Option<&Probed>, probed: &[Probed]) -> Vec<Standing> {
    let builtin = Standing {
        name: "builtin",
        usable: true,
        why: "the catalog is always there".to_owned(),
        hint: None,
        detail: Vec::new(),
    };
    vec![openai(key), local_servers(named, probed), builtin]
}

fn openai(key: Option<&ApiKey>) -> Standing {
    let (why, hint) = match key {
        Some(_) => ("there is a key", None),
        None => ("there is no key", Some("set OPENAI_API_KEY, or name a server with `--base-url`")),
    };
    Standing {
        name: "openai",
        usable: key.is_some(),
        why: why.to_owned(),
        hint: hint.map(str::to_owned),
        detail: Vec::new(),
    }
}

fn local_servers(named: Option<&Probed>, probed: &[Probed]) -> Standing {
    let all: Vec<&Probed> = match named {
        Some(named) => vec![named],
        None => probed.iter().collect(),
    };
    let able =
        all.iter().find(|probed| probed.models.as_ref().is_ok_and(|models| !models.is_empty()));
    let why = match able {
        Some(probed) => format!("{} answers at `{}`", probed.server, probed.endpoint),
        None => "no server with a model answers".to_owned(),
    };
    let hint = "start llama.cpp, Ollama, vLLM or LM Studio, or name a server with `--base-url`";
    Standing {
        name: "local",
        usable: able.is_some(),
        why,
        hint: able.is_none().then(|| hint.to_owned()),
        detail: all.iter().map(|probed| detail(probed)).collect(),
    }
}

fn detail(probed: &Probed) -> String {
    let found = match &probed.models {
        Ok(models) if models.is_empty() => "answers, but has no model".to_owned(),
        Ok(models) => models.join(", "),
        Err(error) => error.message.clone(),
    };
    format!("{} at `{}`: {found}", probed.server, probed.endpoint)
}
