//! [`asked_wrongly`]: a command line that is none, told like every other error.

use clap::error::{ContextKind, ContextValue};
use clap::{Command, Error as Refusal};

use crate::error::Error;
use crate::quote::Terminal;

/// The one error for a command line that `clap` refuses.
pub(super) fn asked_wrongly(refusal: &Refusal, top: &Command, arguments: &[String]) -> Error {
    let command = arguments.get(1).filter(|word| top.find_subcommand(word).is_some());
    let command = command.map_or_else(|| "peyote".to_owned(), |word| format!("peyote {word}"));
    let near =
        [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue]
            .into_iter()
            .find_map(|kind| match refusal.get(kind)? {
                ContextValue::String(near) => Some(near.clone()),
                ContextValue::Strings(near) => near.first().cloned(),
                _ => None,
            });
    let hint = match near {
        Some(near) => format!("say `{near}`, or see `{command} --help`"),
        None => format!("see `{command} --help`"),
    };
    Error::usage(Terminal(&sentence(&refusal.render().to_string())).to_string())
        .at(command)
        .hint(hint)
}

/// The first paragraph of what `clap` says, on one line, with backticks for its quotation marks.
fn sentence(text: &str) -> String {
    let first = text.split("\n\n").next().unwrap_or(text);
    let first = first.strip_prefix("error: ").unwrap_or(first);
    let words: Vec<&str> = first.split_whitespace().collect();
    // Three dots after an argument mean that it may stand again.
    words.join(" ").replace(">...", ">").replace('\'', "`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_paragraph_is_the_sentence() {
        let text = "error: invalid value '0' for '--ideas <N>':\n  0 is not in 1..=50\n\nUsage: x";
        assert_eq!(sentence(text), "invalid value `0` for `--ideas <N>`: 0 is not in 1..=50");
    }
}
