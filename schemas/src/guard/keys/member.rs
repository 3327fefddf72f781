//! [`meant`]: the member of an enum that a misspelt word stands for.

/// The fewest letters of a word that may be misspelt: `UK` is not `US` with a slip.
const SPELT: usize = 4;
/// Letters from which two of them may be wrong.
const LONG: usize = 8;

/// The member that a word was meant to be, if one alone comes into question: the same but for case
/// and punctuation, or but for a slip or two, or the beginning of one member (`cancel` for
/// `cancelled`).
///
/// Words that end alike are opposites more often than slips (`unpaid`, `inactive`), and words whose
/// digits differ are always others (`Q1`, `Q2`).
pub fn meant<'m>(word: &str, members: &'m [String]) -> Option<&'m str> {
    let wanted = bare(word);
    let members: Vec<(&str, String)> =
        members.iter().map(|member| (member.as_str(), bare(member))).collect();
    if let Some((member, _)) = members.iter().find(|(_, letters)| *letters == wanted) {
        return Some(member);
    }
    let near: Vec<(usize, &str)> = members
        .iter()
        .filter_map(|(member, letters)| Some((slips(&wanted, letters)?, *member)))
        .collect();
    if let Some(least) = near.iter().map(|(slips, _)| *slips).min() {
        return only(near.into_iter().filter(|(slips, _)| *slips == least).map(|(_, near)| near));
    }
    let begun = |(_, letters): &&(&str, String)| {
        wanted.chars().count() >= SPELT && letters.starts_with(&wanted)
    };
    only(members.iter().filter(begun).map(|(member, _)| *member))
}

/// Letters and digits alone, in lower case.
fn bare(text: &str) -> String {
    let kept = text.chars().filter(|letter| letter.is_alphanumeric());
    kept.flat_map(char::to_lowercase).collect()
}

fn only<'m>(mut found: impl Iterator<Item = &'m str>) -> Option<&'m str> {
    found.next().filter(|_| found.next().is_none())
}

/// How many slips make one word of another, where they are few enough to be slips.
fn slips(word: &str, member: &str) -> Option<usize> {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let short = word.chars().count().min(member.chars().count());
    if short < SPELT
        || word.ends_with(member)
        || member.ends_with(word)
        || digits(word) != digits(member)
    {
        return None;
    }
    let same_start = word.chars().next() == member.chars().next();
    let long = word.chars().count().max(member.chars().count());
    let most = if long >= LONG && same_start { 2 } else { 1 };
    // A word far longer is no slip, and is not compared letter by letter.
    if word.len().abs_diff(member.len()) > 8 {
        return None;
    }
    let slips = strsim::osa_distance(word, member);
    (slips <= most).then_some(slips)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(word: &str, members: &[&str]) -> Option<String> {
        let members: Vec<String> = members.iter().map(|member| (*member).to_owned()).collect();
        meant(word, &members).map(str::to_owned)
    }

    #[test]
    fn slips_are_put_right() {
        for (word, member) in [
            ("CANCELED", "cancelled"),
            ("in_progress", "In progress"),
            ("opne", "open"),
            ("nroth", "north"),
            ("payd", "paid"),
            ("cancel", "cancelled"),
            ("delivrd", "delivered"),
        ] {
            let members = ["open", "paid", "cancelled", "In progress", "north", "delivered"];
            assert_eq!(of(word, &members).as_deref(), Some(member), "{word}");
        }
    }

    #[test]
    fn another_word_is_no_slip() {
        for (word, member) in [
            ("unpaid", "paid"),
            ("inactive", "active"),
            ("female", "male"),
            ("atypical", "typical"),
            ("unavailable", "available"),
            ("UK", "US"),
            ("Q2", "Q1"),
            ("level 12", "level 11"),
            ("south", "north"),
            ("debit", "credit"),
            ("", "open"),
        ] {
            assert_eq!(of(word, &[member]), None, "{word}");
        }
        assert_eq!(of("ship", &["shipped", "shipping"]), None);
        assert_eq!(of("baled", &["bailed", "baked", "bales"]), None);
    }
}
