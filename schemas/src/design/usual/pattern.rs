//! Forms that values must have: what stands for anything in them, made definite.

/// What stands for anything, where nothing shows it.
const ANYTHING: &str = "aaaa";
/// The longest text that is looked at, in characters.
const LONGEST: usize = 200;

/// A part of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// `*`.
    Anything,
    /// `#`, `A`, `a`.
    Class(char),
    /// A letter that stands for itself.
    Letter(char),
}

/// Whether a form leaves something open.
pub(in crate::design) fn is_open(pattern: &str) -> bool {
    parts(pattern).contains(&Part::Anything)
}

/// A form with nothing left open: what stands for anything becomes what it is most often in some
/// texts, digits as digits, letters as letters.
pub(in crate::design) fn definite(pattern: &str, texts: &[String]) -> String {
    let parts = parts(pattern);
    let mut seen: Vec<(Vec<String>, usize)> = Vec::new();
    for text in texts {
        let letters: Vec<char> = text.chars().collect();
        let Some(open) = open(&parts, &letters) else { continue };
        let shapes: Vec<String> = open.iter().map(|letters| shape(letters)).collect();
        match seen.iter_mut().find(|(known, _)| *known == shapes) {
            Some((_, times)) => *times += 1,
            None => seen.push((shapes, 1)),
        }
    }
    // The first of those that are as frequent, whatever comes behind it.
    let most = seen.iter().map(|(_, times)| *times).max().unwrap_or(0);
    let shapes = seen.into_iter().find(|(_, times)| *times == most).map(|(shapes, _)| shapes);
    let mut shapes = shapes.unwrap_or_default().into_iter();
    let mut out = String::new();
    for part in parts {
        match part {
            Part::Anything => out.push_str(shapes.next().as_deref().unwrap_or(ANYTHING)),
            Part::Class(class) => out.push(class),
            Part::Letter(letter) => literal(letter, &mut out),
        }
    }
    out
}

fn parts(pattern: &str) -> Vec<Part> {
    let mut letters = pattern.chars();
    let mut parts = Vec::new();
    while let Some(letter) = letters.next() {
        parts.push(match letter {
            '*' => Part::Anything,
            '#' | 'A' | 'a' => Part::Class(letter),
            '\\' => match letters.next() {
                Some(letter) => Part::Letter(letter),
                None => break,
            },
            letter => Part::Letter(letter),
        });
    }
    parts
}

/// What a text has for each open part of a form, as little as can be for those that come first;
/// none where it is not of that form.
fn open<'t>(parts: &[Part], text: &'t [char]) -> Option<Vec<&'t [char]>> {
    if text.len() > LONGEST {
        return None;
    }
    let fits = |part: Part, letter: char| match part {
        Part::Class('#') => letter.is_ascii_digit(),
        Part::Class('A') => letter.is_ascii_uppercase(),
        Part::Class(_) => letter.is_ascii_lowercase(),
        Part::Letter(itself) => letter == itself,
        Part::Anything => true,
    };
    let runs: Vec<&[Part]> = parts.split(|part| *part == Part::Anything).collect();
    let is_at = |run: &[Part], at: usize| {
        text.len() >= at + run.len()
            && run.iter().zip(&text[at..]).all(|(part, letter)| fits(*part, *letter))
    };
    let (first, rest) = runs.split_first()?;
    if !is_at(first, 0) {
        return None;
    }
    let mut at = first.len();
    let mut found = Vec::new();
    for (place, run) in rest.iter().enumerate() {
        let last = place + 1 == rest.len();
        // The last run ends the text.
        let from = if last { text.len().checked_sub(run.len())?.max(at) } else { at };
        let next = (from..=text.len()).find(|next| is_at(run, *next))?;
        found.push(&text[at..next]);
        at = next + run.len();
    }
    (at == text.len()).then_some(found)
}

fn shape(letters: &[char]) -> String {
    let mut out = String::new();
    for letter in letters {
        match letter {
            '0'..='9' => out.push('#'),
            'A'..='Z' => out.push('A'),
            'a'..='z' => out.push('a'),
            letter => literal(*letter, &mut out),
        }
    }
    out
}

fn literal(letter: char, out: &mut String) {
    if matches!(letter, '*' | '#' | 'A' | 'a' | '\\') {
        out.push('\\');
    }
    out.push(letter);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_open_becomes_what_it_is_most_often() {
        let texts = ["GB-TLW-18-03432", "US-HY7-11-02317", "FR-S8G-12-00001", "DE-KF4-16-00469"];
        let texts = texts.map(str::to_owned);
        assert_eq!(definite("AA-*-##-#####", &texts[..2]), "AA-AAA-##-#####");
        assert_eq!(definite("AA-*-##-#####", &texts[1..2]), "AA-AA#-##-#####");
        assert_eq!(definite("AA-*-##", &[]), "AA-aaaa-##");
        assert_eq!(definite("A##", &texts), "A##");
        assert_eq!(definite("*@*.*", &["ab1@cd.eu".to_owned()]), "aa#@aa.aa");
        assert_eq!(definite("F0 *", &["F0 1401".to_owned()]), "F0 ####");
        assert!(is_open("a*") && !is_open(r"a\*"));
    }
}
