//! Questions to a person on a terminal.

use dialoguer::theme::ColorfulTheme;
use dialoguer::{Input, Select};
use peyote_schemas::draft::Idea;

use crate::error::Error;
use crate::quote::Terminal;
use crate::run::Topic;

/// Letters of an idea that fit on a line.
const IDEA_LETTERS: usize = 110;

/// Asks for a topic until it is one.
pub(super) fn topic() -> Result<Topic, Error> {
    loop {
        let text: String = Input::with_theme(&ColorfulTheme::default())
            .with_prompt("What should the data be about?")
            .interact_text()
            .map_err(gone)?;
        match Topic::new(&text) {
            Ok(topic) => return Ok(topic),
            Err(error) => eprintln!("{error}"),
        }
    }
}

/// Asks for a number, at most so much.
pub(super) fn number(prompt: &str, default: usize, most: usize) -> Result<usize, Error> {
    Input::with_theme(&ColorfulTheme::default())
        .with_prompt(prompt)
        .default(default)
        .validate_with(
            |number: &usize| {
                if *number <= most { Ok(()) } else { Err(format!("at most {most}")) }
            },
        )
        .interact_text()
        .map_err(gone)
}

/// Asks which of some ideas to follow.
pub(super) fn choice(ideas: &[Idea]) -> Result<usize, Error> {
    let lines: Vec<String> = ideas
        .iter()
        .map(|idea| {
            let line = format!("{}: {}", idea.name, idea.about);
            let line: String = line.chars().take(IDEA_LETTERS).collect();
            Terminal(&line).to_string()
        })
        .collect();
    Select::with_theme(&ColorfulTheme::default())
        .with_prompt("Which of these?")
        .items(&lines)
        .default(0)
        .interact()
        .map_err(gone)
}

fn gone(error: dialoguer::Error) -> Error {
    match error {
        dialoguer::Error::IO(error) if error.kind() == std::io::ErrorKind::Interrupted => {
            Error::interrupted("interrupted")
        }
        dialoguer::Error::IO(error) => {
            Error::failed(format!("the terminal does not answer: {error}"))
                .hint("say everything in flags: `peyote gen --help`")
        }
    }
}
