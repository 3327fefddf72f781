//! Ask: one of every ask put to a server, and what came back.
//!
//! ```sh
//! cargo run -p peyote-backends --example ask -- http://localhost:8080/v1
//! ```

use std::time::Duration;

use peyote_backends::retry::{Policy, Retry};
use peyote_backends::{Backend, Endpoint, Error, Local, contract};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let base = std::env::args().nth(1).unwrap_or_else(|| "http://localhost:8080/v1".to_owned());
    let local = Local::new(Endpoint::new(&base)?, None, Duration::from_mins(5))?;
    let backend = Retry::new(local, Policy::LOCAL);
    for ask in contract::asks() {
        match backend.answer(&ask).await {
            Ok(answer) => {
                println!("== {} ({}, {:?})", ask.task(), answer.model, answer.usage);
                println!("{}\n-- {:?}\n{}\n", answer.prompt, answer.finish, answer.text);
            }
            Err(error) => println!("== {}: {error} ({:?})", ask.task(), error.hint),
        }
    }
    Ok(())
}
