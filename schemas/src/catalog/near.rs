//! [`nearest`]: which worlds a topic speaks for, and how clearly.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::word::{is_empty, stems};
use super::{Entry, entries, rank};

/// What a word of an entry's own list is worth.
const LISTED: f64 = 1.0;
/// What the name of one of its tables is worth.
const TABLE: f64 = 0.8;
/// What a word of its name, of what it is about or of its uses is worth.
const ABOUT: f64 = 0.25;
/// What a word inside a listed phrase is worth without the rest of the phrase.
const PART: f64 = 0.2;
/// What a word of a column's name is worth.
const COLUMN: f64 = 0.15;

/// Words of the longest phrase looked for.
const LONGEST: usize = 4;
/// How much each further word of a phrase adds: the longer, the less by chance.
const LENGTH: f64 = 0.5;
/// What remains of a word's say for other worlds when it stood in a phrase of this one.
const CLAIMED: f64 = 0.2;
/// What a likeness of letters is worth against the word itself.
const LIKENESS: f64 = 0.6;
/// Share of common letter triples from which two words count as alike.
const ALIKE: f64 = 0.55;
/// Letters that a word needs before a likeness of letters means anything.
const LETTERS: usize = 5;
/// Unknown words of a topic whose letters are compared.
const COMPARED: usize = 64;
/// The doubt that every topic starts with, in listed words.
const DOUBT: f64 = 0.3;

/// A world and how clearly a topic speaks for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Near {
    /// The world.
    pub entry: &'static Entry,
    /// How sure it is that the topic means this world: 0 (nothing speaks for it) to 1. All worlds
    /// of one topic together never pass 1.
    pub sure: f64,
}

/// What every entry has of a word or phrase: as many weights as entries, in their order.
type Weights = Vec<f64>;

/// The words of all entries.
struct Index {
    /// Weights by stem, or by the stems of a phrase with spaces between.
    weights: BTreeMap<String, Weights>,
    /// The listed single words and their letter triples, for likeness.
    letters: Vec<(String, Vec<[u8; 3]>)>,
}

/// All worlds, the nearest to the topic first; those that nothing speaks for keep the catalog's
/// own order, at 0.
///
/// How sure it is falls with every word that no world knows: of two words one hit is no fit, as
/// reservations are not of flights alone. Phrases weigh more than words, words that several worlds share weigh less, and an unknown
/// word (a misspelt name, a compound, another language's cousin) goes by its letters. The same
/// topic always gives the same answer, and any text is a topic.
pub fn nearest(topic: &str) -> Vec<Near> {
    let (said, share) = evidence(&stems(topic));
    let total: f64 = said.iter().sum();
    let mut near: Vec<Near> = entries()
        .iter()
        .zip(said)
        .map(|(entry, said)| Near { entry, sure: said / (total + DOUBT) * share })
        .collect();
    near.sort_by(|a, b| {
        b.sure.total_cmp(&a.sure).then(rank(a.entry.name).cmp(&rank(b.entry.name)))
    });
    near
}

/// What a topic's words say for each entry, and the share of its telling words that said something.
fn evidence(topic: &[String]) -> (Weights, f64) {
    static INDEX: LazyLock<Index> = LazyLock::new(Index::new);
    let index = &*INDEX;
    let mut said = vec![0.0; entries().len()];
    let claims = claims(index, topic, &mut said);

    let (mut telling, mut heard, mut compared) = (0.0, 0.0, 0);
    let mut seen = BTreeSet::new();
    for (word, claim) in topic.iter().zip(&claims) {
        if is_empty(word) && claim.is_none() || !seen.insert(word) {
            continue;
        }
        telling += 1.0;
        let (weights, worth) = if is_empty(word) {
            (None, 1.0)
        } else if let Some(weights) = index.weights.get(word) {
            (Some(weights.clone()), 1.0)
        } else if word.len() >= LETTERS && compared < COMPARED {
            compared += 1;
            (index.alike(word), LIKENESS)
        } else {
            (None, 1.0)
        };
        let strongest = weights.iter().flatten().copied().fold(0.0, f64::max);
        heard += if claim.is_some() { 1.0 } else { strongest * worth };
        for (at, weight) in rare(weights.as_deref().unwrap_or(&[])).into_iter().enumerate() {
            let elsewhere = claim.is_some_and(|claim| claim[at] == 0.0);
            said[at] += weight * worth * if elsewhere { CLAIMED } else { 1.0 };
        }
    }
    (said, if telling > 0.0 { heard / telling } else { 0.0 })
}

/// Adds what the topic's phrases say; for each word, the weights of the phrase it stands in.
fn claims<'a>(index: &'a Index, topic: &[String], said: &mut Weights) -> Vec<Option<&'a Weights>> {
    let mut claims: Vec<Option<&Weights>> = vec![None; topic.len()];
    for length in (2..=LONGEST.min(topic.len())).rev() {
        for at in 0..=topic.len() - length {
            let span = at..at + length;
            if claims[span.clone()].iter().any(Option::is_some) {
                continue;
            }
            let Some(weights) = index.weights.get(&topic[span.clone()].join(" ")) else { continue };
            let more = 1.0 + LENGTH * (length - 1) as f64;
            for (said, weight) in said.iter_mut().zip(rare(weights)) {
                *said += weight * more;
            }
            claims[span].fill(Some(weights));
        }
    }
    claims
}

/// Weights divided among the entries that share the word.
fn rare(weights: &[f64]) -> Weights {
    let total: f64 = weights.iter().sum();
    let most = weights.iter().copied().fold(0.0, f64::max);
    let shared = if most > 0.0 { total / most } else { 1.0 };
    weights.iter().map(|weight| weight / shared).collect()
}

impl Index {
    fn new() -> Self {
        let mut index = Self { weights: BTreeMap::new(), letters: Vec::new() };
        for (at, entry) in entries().iter().enumerate() {
            let mut listed = BTreeSet::new();
            for phrase in &entry.words {
                let words = stems(phrase);
                index.add(at, &words.join(" "), LISTED);
                if let [word] = words.as_slice() {
                    listed.insert(word.clone());
                } else {
                    index.add_each(at, phrase, PART);
                }
            }
            for word in listed {
                let triples = triples(&word);
                index.letters.push((word, triples));
            }
            let draft = &entry.draft;
            for table in &draft.tables {
                let words = stems(&table.name);
                index.add(at, &words.join(" "), TABLE);
                for column in &table.columns {
                    index.add_each(at, &column.name, COLUMN);
                }
            }
            for text in [&draft.name, &draft.about, &draft.use_cases] {
                index.add_each(at, text, ABOUT);
            }
            index.add_each(at, entry.name, PART);
        }
        index
    }

    /// Gives an entry each word of a text.
    fn add_each(&mut self, at: usize, text: &str, weight: f64) {
        for word in stems(text) {
            self.add(at, &word, weight);
        }
    }

    /// Gives an entry a word or phrase; the greatest weight stays.
    fn add(&mut self, at: usize, words: &str, weight: f64) {
        if !words.contains(' ') && is_empty(words) && weight < LISTED {
            return;
        }
        let weights =
            self.weights.entry(words.to_owned()).or_insert_with(|| vec![0.0; entries().len()]);
        weights[at] = weights[at].max(weight);
    }

    /// What the likest listed words of each entry say for a word that none of them has.
    fn alike(&self, word: &str) -> Option<Weights> {
        let own = triples(word);
        let mut best: Weights = vec![0.0; entries().len()];
        for (listed, letters) in &self.letters {
            let likeness = likeness((word, &own), (listed, letters));
            if likeness < ALIKE {
                continue;
            }
            for (best, weight) in best.iter_mut().zip(self.weights.get(listed)?) {
                *best = best.max(likeness * weight);
            }
        }
        best.iter().any(|weight| *weight > 0.0).then_some(best)
    }
}

/// How alike two words are, 0 to 1: twice the common letter triples over all of them, or, where
/// one begins or ends with the other, at least the share of the longer that the shorter makes up.
fn likeness((one, ones): (&str, &[[u8; 3]]), (other, others): (&str, &[[u8; 3]])) -> f64 {
    let (mut at, mut to, mut common) = (0, 0, 0);
    while at < ones.len() && to < others.len() {
        match ones[at].cmp(&others[to]) {
            std::cmp::Ordering::Less => at += 1,
            std::cmp::Ordering::Greater => to += 1,
            std::cmp::Ordering::Equal => (at, to, common) = (at + 1, to + 1, common + 1),
        }
    }
    let dice = f64::from(2 * common) / (ones.len() + others.len()).max(1) as f64;
    let (short, long) = if one.len() < other.len() { (one, other) } else { (other, one) };
    if short.len() >= LETTERS && (long.starts_with(short) || long.ends_with(short)) {
        dice.max(ALIKE).max(short.len() as f64 / long.len() as f64)
    } else {
        dice
    }
}

/// The letter triples of a word, sorted, each once; its beginning counts as a letter.
fn triples(word: &str) -> Vec<[u8; 3]> {
    let edged: Vec<u8> = std::iter::once(b'^').chain(word.bytes()).collect();
    let triples: BTreeSet<[u8; 3]> =
        edged.windows(3).map(|triple| [triple[0], triple[1], triple[2]]).collect();
    triples.into_iter().collect()
}
