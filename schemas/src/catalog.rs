//! [`entries`]: ready-made worlds, each a draft written in full with the words that lead to it.
//!
//! The files lie in `schemas/catalog/`; its `README.md` says their form. They are part of the
//! binary, so that a first run needs neither a network nor a model.
//!
//! ```
//! let near = peyote_schemas::catalog::nearest("The Beatles");
//! assert_eq!(near[0].entry.name, "music");
//! ```

use std::sync::LazyLock;

use serde::Deserialize;

use crate::draft::Draft;

mod near;
#[cfg(test)]
mod tests;
mod word;

pub use near::{Near, nearest};

/// The embedded files by name, the most generally useful world first: the order in which worlds
/// are offered where a topic speaks for none of them.
const SOURCES: &[(&str, &str)] = &[
    ("shop", include_str!("../catalog/shop.json")),
    ("music", include_str!("../catalog/music.json")),
    ("hospital", include_str!("../catalog/hospital.json")),
    ("airline", include_str!("../catalog/airline.json")),
    ("power_grid", include_str!("../catalog/power_grid.json")),
    ("observatory", include_str!("../catalog/observatory.json")),
];

/// A ready-made world.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its name: lower-case letters and underscores.
    pub name: &'static str,
    /// Words and phrases, in lower case, whose mention in a topic speaks for this world.
    pub words: Vec<String>,
    /// Its tables, with every row written out.
    pub draft: Draft,
}

/// An embedded file as it is written.
#[derive(Deserialize)]
struct Source {
    words: Vec<String>,
    design: Draft,
}

/// All worlds, sorted by name; parsed on the first call.
pub fn entries() -> &'static [Entry] {
    static ENTRIES: LazyLock<Vec<Entry>> = LazyLock::new(|| {
        let mut entries: Vec<Entry> =
            SOURCES.iter().filter_map(|(name, text)| parse(name, text)).collect();
        entries.sort_by_key(|entry| entry.name);
        entries
    });
    &ENTRIES
}

/// The world of that name.
pub fn entry(name: &str) -> Option<&'static Entry> {
    entries().iter().find(|entry| entry.name == name)
}

/// The entry a file says; none where it says none, which a test rules out for those embedded.
fn parse(name: &'static str, text: &str) -> Option<Entry> {
    let source: Source = serde_json::from_str(text).ok()?;
    Some(Entry { name, words: source.words, draft: source.design })
}

/// Where a world stands in the order of worlds that no topic has spoken for.
fn rank(name: &str) -> usize {
    SOURCES.iter().position(|(known, _)| *known == name).unwrap_or(SOURCES.len())
}
