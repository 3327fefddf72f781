//! [`stems`]: the words of any text as lower-case ASCII, without their endings.

use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Characters of a topic that are read; what comes later cannot change its subject.
const MAX_CHARS: usize = 20_000;
/// Words of a topic that are read.
const MAX_WORDS: usize = 400;
/// Letters of a word that are kept; the longest word in use is shorter.
const MAX_LETTERS: usize = 40;

/// Words that say nothing about a subject: the commonest of English and of its neighbours, and
/// those that people put round a topic when they ask for data.
const EMPTY: &[&str] = &[
    "a",
    "about",
    "across",
    "after",
    "all",
    "also",
    "am",
    "an",
    "and",
    "any",
    "are",
    "around",
    "as",
    "at",
    "auf",
    "aus",
    "be",
    "been",
    "before",
    "best",
    "between",
    "big",
    "but",
    "by",
    "can",
    "collection",
    "con",
    "create",
    "da",
    "das",
    "data",
    "database",
    "dataset",
    "de",
    "del",
    "dem",
    "den",
    "der",
    "des",
    "design",
    "detail",
    "di",
    "die",
    "do",
    "does",
    "du",
    "each",
    "ein",
    "eine",
    "el",
    "en",
    "et",
    "every",
    "example",
    "famous",
    "few",
    "first",
    "for",
    "from",
    "full",
    "fur",
    "generate",
    "get",
    "give",
    "good",
    "great",
    "had",
    "has",
    "have",
    "her",
    "his",
    "history",
    "how",
    "i",
    "il",
    "im",
    "in",
    "info",
    "information",
    "into",
    "is",
    "it",
    "its",
    "kind",
    "la",
    "large",
    "las",
    "last",
    "le",
    "les",
    "life",
    "like",
    "list",
    "little",
    "lo",
    "los",
    "made",
    "make",
    "management",
    "many",
    "me",
    "mit",
    "modern",
    "more",
    "most",
    "mr",
    "mrs",
    "my",
    "new",
    "no",
    "not",
    "of",
    "old",
    "on",
    "one",
    "or",
    "our",
    "out",
    "over",
    "people",
    "per",
    "please",
    "realistic",
    "record",
    "relational",
    "s",
    "sample",
    "see",
    "set",
    "show",
    "simple",
    "small",
    "so",
    "some",
    "sql",
    "such",
    "system",
    "table",
    "than",
    "that",
    "the",
    "their",
    "them",
    "then",
    "there",
    "they",
    "thing",
    "this",
    "through",
    "time",
    "to",
    "track",
    "two",
    "typical",
    "und",
    "under",
    "up",
    "us",
    "use",
    "used",
    "various",
    "very",
    "von",
    "want",
    "was",
    "way",
    "we",
    "well",
    "were",
    "what",
    "when",
    "where",
    "which",
    "who",
    "will",
    "with",
    "without",
    "work",
    "world",
    "would",
    "year",
    "you",
    "your",
    "zu",
    "zum",
    "zur",
];

/// The stems of a text's words, in order, empty words included: a phrase may hold them.
///
/// Letters of any script are spelt in ASCII, and a picture is the word for what it shows.
pub(super) fn stems(text: &str) -> Vec<String> {
    let head: String = text.chars().take(MAX_CHARS).collect();
    deunicode::deunicode(&head)
        .to_ascii_lowercase()
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(MAX_WORDS)
        .map(stem)
        .collect()
}

/// Whether a stem says nothing about a subject.
pub(super) fn is_empty(stem: &str) -> bool {
    static STEMS: LazyLock<BTreeSet<String>> =
        LazyLock::new(|| EMPTY.iter().map(|word| self::stem(word)).collect());
    stem.len() < 2 || stem.bytes().all(|byte| byte.is_ascii_digit()) || STEMS.contains(stem)
}

/// A word without its ending: plural, `-ing`, `-ed`, a mute `e`.
fn stem(word: &str) -> String {
    let mut word: String = word.chars().take(MAX_LETTERS).collect();
    if word.len() <= 3 {
        return word;
    }
    if word.ends_with("ies") && word.len() > 4 {
        word.truncate(word.len() - 3);
        word.push('y');
    } else if ["sses", "xes", "zes", "ches", "shes"].iter().any(|ending| word.ends_with(ending)) {
        word.truncate(word.len() - 2);
    } else if word.ends_with('s') && !["ss", "us", "is"].iter().any(|ending| word.ends_with(ending))
    {
        word.pop();
    }
    for ending in ["ing", "ed"] {
        let kept = word.len().saturating_sub(ending.len());
        if kept >= 3 && word.ends_with(ending) && has_vowel(&word[..kept]) && !word.ends_with("eed")
        {
            word.truncate(kept);
            let tail = word.as_bytes();
            if tail[kept - 1] == tail[kept - 2] && !matches!(tail[kept - 1], b'l' | b's' | b'z') {
                word.pop();
            }
            break;
        }
    }
    if word.len() > 3 && word.ends_with('e') {
        word.pop();
    }
    word
}

/// Whether a syllable is in it.
fn has_vowel(word: &str) -> bool {
    word.bytes().any(|byte| matches!(byte, b'a' | b'e' | b'i' | b'o' | b'u' | b'y'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_of_one_word_fall_away_together() {
        for (one, other) in [
            ("stream", "streaming"),
            ("city", "cities"),
            ("charge", "charging"),
            ("box", "boxes"),
            ("ship", "shipped"),
        ] {
            assert_eq!(stems(one), stems(other), "{one} and {other}");
        }
    }

    #[test]
    fn any_script_and_any_picture_becomes_ascii_words() {
        assert_eq!(stems("Beyoncé"), ["beyonc"]);
        assert_eq!(stems("🎸"), ["guitar"]);
        assert!(!stems("музыка").is_empty());
        assert!(stems("").is_empty());
    }

    #[test]
    fn reading_is_bounded() {
        assert!(stems(&"word ".repeat(1_000_000)).len() <= MAX_WORDS);
        assert!(stems(&"x".repeat(1_000_000))[0].len() <= MAX_LETTERS);
    }

    #[test]
    fn empty_words_are_known_by_their_stem() {
        for word in ["the", "databases", "managing", "a", "2024"] {
            let stem = stems(word).remove(0);
            assert_eq!(is_empty(&stem), word != "managing", "{word}");
        }
    }
}
