//! Drift: an answer about another world than the one asked about.

use std::collections::BTreeMap;

use peyote_schemas::catalog;

/// How clearly an answer must speak for a world for it to be about that world.
const CLEAR: f64 = 0.5;
/// How little a topic may speak for a world for an answer about that world to be beside the topic.
const SILENT: f64 = 0.05;
/// Letters from which on a common beginning makes two words kin: `port`, `ports`.
const KIN: usize = 4;
/// Letters of the shortest word that is looked at: `owl`.
const SHORTEST: usize = 3;
/// Words that stand in any text.
const EMPTY: [&str; 10] =
    ["and", "are", "for", "from", "has", "its", "the", "their", "which", "with"];
/// The most words of a topic that are a name of their own.
const HEAD: usize = 3;

/// Whether what was said has nothing of the topic: none of its words, and no world in common.
pub fn misses(topic: &str, said: &str) -> bool {
    if shares_a_word(topic, said) {
        return false;
    }
    let topic = worlds(topic);
    let said = worlds(said);
    !topic
        .iter()
        .any(|(world, sure)| *sure > SILENT && said.get(world).is_some_and(|sure| *sure > SILENT))
}

/// Whether what was said is clearly about another world than the topic.
pub fn strays(topic: &str, said: &str) -> bool {
    let about = worlds(topic);
    let silent = |world: &str| about.get(world).is_none_or(|sure| *sure < SILENT);
    !shares_a_word(topic, said)
        && worlds(said).into_iter().any(|(world, sure)| sure >= CLEAR && silent(world))
}

/// What a topic is about, as the name of a table: `owls of Finland` is about owls.
pub fn head(topic: &str) -> Option<String> {
    const ENDS: [&str; 12] =
        ["of", "in", "at", "for", "on", "from", "with", "about", "and", "by", "to", "near"];
    const STARTS: [&str; 3] = ["the", "a", "an"];
    let words: Vec<String> = (topic.split_whitespace())
        .map(|word| word.trim_matches(|letter: char| !letter.is_alphanumeric()).to_owned())
        .skip_while(|word| STARTS.contains(&word.to_lowercase().as_str()))
        .take_while(|word| !word.is_empty() && !ENDS.contains(&word.to_lowercase().as_str()))
        .collect();
    ((1..=HEAD).contains(&words.len())).then(|| {
        let capital = |word: &String| {
            let mut letters = word.chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>())
        };
        words.iter().filter_map(capital).collect::<Vec<_>>().join(" ")
    })
}

/// Whether a word of the topic stands in what was said, in any of its endings.
pub fn shares_a_word(topic: &str, said: &str) -> bool {
    let said = words(said);
    words(topic).iter().any(|word| {
        said.iter().any(|other| {
            let common = word.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
            let (one, two) = (word.chars().count(), other.chars().count());
            common >= KIN.min(one).min(two) && common + 2 >= one.max(two)
        })
    })
}

fn worlds(text: &str) -> BTreeMap<&'static str, f64> {
    catalog::nearest(text).into_iter().map(|near| (near.entry.name, near.sure)).collect()
}

/// The words of a text that can say what it is about: not the shortest, nor those of every text.
fn words(text: &str) -> Vec<String> {
    (text.split(|letter: char| !letter.is_alphanumeric()))
        .map(str::to_lowercase)
        .filter(|word| word.chars().count() >= SHORTEST && !EMPTY.contains(&word.as_str()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answer_about_another_world_strays() {
        let music = "Songs, Albums, Musicians, Concert Tours, Record Labels";
        assert!(strays("container ports", music));
        assert!(misses("container ports", music));
        assert!(!strays("a festival of music", music));
        assert!(!strays("container ports", "Ports, Songs, Albums"));
        assert!(!strays("container ports", "Ships, Cranes, Berths"));
        assert!(!strays("zzyzx", ""));
    }

    #[test]
    fn topic_is_named_by_its_head() {
        for (topic, name) in [
            ("owls of Finland", Some("Owls")),
            ("the Beatles", Some("Beatles")),
            ("container ports", Some("Container Ports")),
            ("everything that anybody ever wanted to know", None),
            ("of", None),
            ("", None),
        ] {
            assert_eq!(head(topic).as_deref(), name, "{topic}");
        }
    }

    #[test]
    fn word_is_known_in_its_endings() {
        assert!(shares_a_word("owls of Finland", "Owl Sightings"));
        assert!(shares_a_word("container ports", "port_calls"));
        assert!(!shares_a_word("container ports", "Portraits, Contents"));
    }
}
