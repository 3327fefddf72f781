//! [`BackendArgs`]: who is to answer, and the way from there to a backend.

use std::time::Duration;

use clap::ValueEnum;
use peyote_backends::form::Form;
use peyote_backends::openai::MODEL;
use peyote_backends::retry::Policy;
use peyote_backends::{
    ApiKey, Backend, Budget, Builtin, Caps, Endpoint, Ghost, Limit, Local, OpenAi, Price, Retry,
    ghost, probe,
};

use crate::error::Error;
use crate::run::Run;

/// How long a call to OpenAI may take.
const OPENAI_TIMEOUT: Duration = Duration::from_mins(2);
/// How long a call to a server of one's own may take: small machines are slow.
const LOCAL_TIMEOUT: Duration = Duration::from_mins(10);
/// Calls at a time to OpenAI.
const OPENAI_CALLS: usize = 8;
/// Calls at a time to a server of one's own: most answer one after the other.
const LOCAL_CALLS: usize = 1;

/// Who is to answer.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct BackendArgs {
    /// Who answers; without it whoever can: OpenAI with a key, a server on this machine, the catalog.
    #[arg(long, value_enum, help_heading = "Backend")]
    pub(super) backend: Option<Name>,
    /// The base URL of a server that speaks OpenAI's API.
    #[arg(long, env = "OPENAI_BASE_URL", value_name = "URL", help_heading = "Backend")]
    pub(super) base_url: Option<String>,
    /// The key for OpenAI; better set in the environment than written in a command.
    #[arg(long, env = "OPENAI_API_KEY", value_name = "KEY", value_parser = key, hide_env_values = true, hide = true)]
    pub(super) api_key: Option<Key>,
    /// The model; without it the server's first, or a small one of OpenAI's.
    #[arg(long, help_heading = "Backend")]
    pub(super) model: Option<String>,
    /// How long one call may take, in seconds [default: 120 for OpenAI, 600 elsewhere]; a server of
    /// your own is listened to for as long again, and then left alone.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400), help_heading = "Backend")]
    pub(super) timeout: Option<u64>,
    /// How long all calls of a run may take together, in seconds; what is there by then has to do.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=604_800), help_heading = "Backend")]
    pub(super) deadline: Option<u64>,
    /// How many calls at a time [default: 8 for OpenAI, 1 elsewhere].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256), help_heading = "Backend")]
    pub(super) concurrency: Option<u16>,
    /// Ends the run before it makes more calls than this.
    #[arg(long, value_name = "N", help_heading = "Backend")]
    pub(super) max_calls: Option<u64>,
    /// Ends the run before a call that could make it cost more dollars than this.
    #[arg(long, value_name = "USD", value_parser = dollars, help_heading = "Backend")]
    pub(super) max_cost: Option<f64>,
    /// Dollars for a million tokens in and out, where the endpoint's price is not known.
    #[arg(long, value_name = "IN,OUT", help_heading = "Backend")]
    pub(super) price: Option<Price>,
}

/// A backend by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Name {
    /// OpenAI's API, at OpenAI or at a base URL.
    Openai,
    /// Any server that speaks OpenAI's API, without a key.
    Local,
    /// The built-in catalog: no network, no model.
    Builtin,
}

/// A key, or nothing where the variable is set but empty.
#[derive(Debug, Clone)]
pub(super) struct Key(pub(super) Option<ApiKey>);

fn key(text: &str) -> Result<Key, String> {
    match ApiKey::new(text) {
        None if !text.trim().is_empty() => Err("it has characters that no key has".to_owned()),
        key => Ok(Key(key)),
    }
}

fn dollars(text: &str) -> Result<f64, String> {
    let amount = text.trim().trim_start_matches('$').parse::<f64>().ok();
    amount
        .filter(|amount| amount.is_finite() && *amount >= 0.0)
        .ok_or_else(|| "it is an amount of dollars, like 0.50".to_owned())
}

/// A backend that was chosen, and why.
pub(super) struct Chosen {
    /// The backend, with retries, limits and the budget around it.
    pub(super) backend: Box<dyn Backend>,
    /// Its name for `--backend`.
    pub(super) name: &'static str,
    /// Why this one, and how to have another.
    pub(super) because: String,
    /// What its tokens cost, if that is known.
    pub(super) price: Option<Price>,
    /// The form that its answers are likely to have.
    pub(super) answers_in: Form,
}

impl BackendArgs {
    /// The key, if there is one.
    pub(super) fn key(&self) -> Option<&ApiKey> {
        self.api_key.as_ref()?.0.as_ref()
    }

    /// The base URL, if one is named.
    pub(super) fn endpoint(&self) -> Result<Option<Endpoint>, Error> {
        match self.base_url.as_deref().map(str::trim) {
            None | Some("") => Ok(None),
            Some(url) => Endpoint::new(url)
                .map(Some)
                .map_err(|error| Error::from(error).into_usage().at("--base-url")),
        }
    }
}

impl BackendArgs {
    /// The same, with what a run was begun with where nothing else is said.
    pub(super) fn going_on(&self, run: &Run) -> Self {
        let begun = Name::from_str(&run.backend, true).ok();
        Self {
            backend: self.backend.or(begun),
            base_url: self.base_url.clone().or_else(|| run.base_url.clone()),
            model: self.model.clone().or_else(|| run.model.clone()),
            ..self.clone()
        }
    }
}

/// Chooses a backend: the named one, else the first that can answer.
pub(super) async fn choose(args: &BackendArgs) -> Result<Chosen, Error> {
    let named = args.endpoint()?;
    match (args.backend, named) {
        (Some(Name::Builtin), _) => Ok(builtin(args, "asked for")),
        (Some(Name::Openai), named) => {
            openai(args, named.unwrap_or_else(Endpoint::openai), "asked for")
        }
        (Some(Name::Local), Some(endpoint)) => local(args, endpoint, "asked for"),
        (None, Some(endpoint)) if endpoint.is_openai() => {
            openai(args, endpoint, "its base URL is named")
        }
        (None, Some(endpoint)) => {
            local(args, endpoint, "its base URL is named; a key goes there with `--backend openai`")
        }
        (None, None) if args.key().is_some() => openai(args, Endpoint::openai(), "there is a key"),
        (backend, None) => {
            let probed = probe::usual_ports().await;
            match (probe::first(&probed), backend) {
                (Some(found), _) => {
                    let because = format!("{} answers at {}", found.server, found.endpoint);
                    local(args, found.endpoint.clone(), &because)
                }
                (None, None) => Ok(builtin(
                    args,
                    "no key and no server here; `--backend` and `--base-url` name others",
                )),
                (None, Some(_)) => Err(Error::failed("no server answers at the usual ports")
                    .at("--backend local")
                    .hint("start one, or name it: `--base-url http://localhost:8080/v1`")),
            }
        }
    }
}

fn openai(args: &BackendArgs, endpoint: Endpoint, because: &str) -> Result<Chosen, Error> {
    let own = endpoint.is_loopback();
    let timeout = args.timeout.map_or(OPENAI_TIMEOUT, Duration::from_secs);
    let timeout = if own { timeout * ghost::LISTENED } else { timeout };
    let because =
        if endpoint.is_openai() { because.to_owned() } else { format!("{because}, at {endpoint}") };
    let answers_in = if endpoint.is_openai() { Form::Json } else { Form::Text };
    let known = endpoint.is_openai().then(|| args.model.as_deref().unwrap_or(MODEL));
    let price = args.price.or_else(|| Price::of_openai(known?));
    let caps = caps(args, price)?;
    let backend = OpenAi::new(endpoint, args.key().cloned(), args.model.clone(), timeout)
        .map_err(|error| Error::from(error).at("--backend openai"))?;
    let backend = if own {
        wrapped(args, Ghost::new(Budget::new(backend, caps)), LOCAL_CALLS, Policy::LOCAL)
    } else {
        wrapped(args, Budget::new(backend, caps), OPENAI_CALLS, Policy::SHARED)
    };
    Ok(Chosen { backend, name: "openai", because, price, answers_in })
}

fn local(args: &BackendArgs, endpoint: Endpoint, because: &str) -> Result<Chosen, Error> {
    let timeout = args.timeout.map_or(LOCAL_TIMEOUT, Duration::from_secs) * ghost::LISTENED;
    let because = format!("{because}, at {endpoint}");
    let caps = caps(args, args.price)?;
    let backend = Local::new(endpoint, args.model.clone(), timeout)?;
    let backend = Ghost::new(Budget::new(backend, caps));
    let backend = wrapped(args, backend, LOCAL_CALLS, Policy::LOCAL);
    let (price, answers_in) = (args.price, Form::Text);
    Ok(Chosen { backend, name: "local", because, price, answers_in })
}

fn builtin(args: &BackendArgs, because: &str) -> Chosen {
    Chosen {
        backend: Box::new(Budget::new(Builtin, Caps { calls: args.max_calls, cost: None })),
        name: "builtin",
        because: because.to_owned(),
        price: Some(Price::FREE),
        answers_in: Form::Json,
    }
}

/// What may be spent. A cap on the cost needs a price.
fn caps(args: &BackendArgs, price: Option<Price>) -> Result<Caps, Error> {
    let cost = match (args.max_cost, price) {
        (None, _) => None,
        (Some(most), Some(price)) => Some((most, price)),
        (Some(_), None) => {
            return Err(Error::usage("the price of this endpoint is not known")
                .at("--max-cost")
                .hint("name it with `--price IN,OUT`, or cap the calls with `--max-calls`"));
        }
    };
    Ok(Caps { calls: args.max_calls, cost })
}

fn wrapped(
    args: &BackendArgs,
    backend: impl Backend + 'static,
    calls: usize,
    policy: Policy,
) -> Box<dyn Backend> {
    let calls = args.concurrency.map_or(calls, usize::from);
    let policy = Policy { deadline: args.deadline.map(Duration::from_secs), ..policy };
    Box::new(Retry::new(Limit::new(backend, calls), policy))
}
