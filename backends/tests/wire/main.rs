//! Wire: what the backends do over real sockets, with servers that stall, truncate, refuse and lie.

// A helper of a test is a test.
#![allow(clippy::unwrap_used)]

mod choice;
mod contracts;
mod faults;
mod forms;
mod ghosts;
mod kept;
mod keys;
mod server;

use std::time::Duration;

use peyote_backends::retry::{Policy, Retry};
use peyote_backends::{Ask, Backend, Endpoint, Local, OpenAi};

/// How long a call may take in these tests.
const TIMEOUT: Duration = Duration::from_millis(1_500);
/// Waits that nobody notices.
const QUICK: Policy = Policy { base: Duration::from_millis(1), ..Policy::SHARED };

fn local(base: &str) -> Local {
    Local::new(Endpoint::new(base).unwrap(), None, TIMEOUT).unwrap()
}

fn openai(base: &str) -> OpenAi {
    OpenAi::new(Endpoint::new(base).unwrap(), None, None, TIMEOUT).unwrap()
}

/// Both ways to a server, with retrying.
fn both(base: &str) -> [Box<dyn Backend>; 2] {
    [Box::new(Retry::new(local(base), QUICK)), Box::new(Retry::new(openai(base), QUICK))]
}

fn ideas() -> Ask {
    Ask::Ideas { topic: "bees".into(), count: 2 }
}
