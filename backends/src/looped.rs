//! [`unlooped`]: a reply without the lines that it says over and over.
//!
//! A weak model that has lost its way repeats a line, or a few lines in turn, until a limit cuts it
//! off. What it says the first time may be of use; the rest is none.

/// Lines of the longest block that is looked for: a record of eight lines.
const LONGEST: usize = 8;
/// How often a block must stand in a row: three times may be meant.
const TIMES: usize = 4;
/// How many lines must repeat what was said: fewer are no loss.
const LEAST: usize = 8;

/// The reply with every loop cut down to its first turn; nothing where it has none.
///
/// A loop is a block of up to eight lines that stands four times in a row or more, eight lines at
/// least; the numbers of a numbered list do not tell its lines apart.
pub(crate) fn unlooped(text: &str) -> Option<String> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let said: Vec<(usize, &str)> = (lines.iter().enumerate())
        .map(|(at, line)| (at, unnumbered(line.trim())))
        .filter(|(_, line)| line.chars().any(char::is_alphanumeric))
        .collect();
    let mut kept = vec![true; lines.len()];
    let mut at = 0;
    while at < said.len() {
        let Some((block, run)) = (1..=LONGEST).find_map(|block| {
            let run = run(&said[at..], block);
            (run >= block * TIMES && run - block >= LEAST).then_some((block, run))
        }) else {
            at += 1;
            continue;
        };
        let (from, to) = (said[at + block].0, said[at + run - 1].0);
        kept[from..=to].fill(false);
        at += run;
    }
    let cut = kept.iter().any(|kept| !kept);
    cut.then(|| lines.iter().zip(&kept).filter(|(_, kept)| **kept).map(|(line, _)| *line).collect())
}

/// How many lines from the first on are the line a block before them, the first block included.
fn run(said: &[(usize, &str)], block: usize) -> usize {
    let same = said.iter().zip(said.iter().skip(block)).take_while(|(one, other)| one.1 == other.1);
    match same.count() {
        0 => 0,
        same => same + block,
    }
}

/// A line without the number that a list gives it.
fn unnumbered(line: &str) -> &str {
    let rest = line.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let item = rest.len() < line.len() && rest.starts_with(['.', ')']);
    if item { rest[1..].trim_start() } else { line }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_said_over_and_over_is_said_once() {
        let text = format!("- a\n- b\n{}- c", "- d\n".repeat(40));
        assert_eq!(unlooped(&text).unwrap(), "- a\n- b\n- d\n- c");
        let numbered =
            (1..30).map(|number| format!("{number}. Ships")).collect::<Vec<_>>().join("\n") + "\n";
        assert_eq!(unlooped(&numbered).unwrap(), "1. Ships\n");
    }

    #[test]
    fn lines_said_in_turn_are_said_once() {
        let text = format!("x\n\n{}a, b", "a, b\n\nc, d\n\n".repeat(20));
        assert_eq!(unlooped(&text).unwrap(), "x\n\na, b\n\nc, d\n\n");
    }

    #[test]
    fn rows_that_differ_are_left_alone() {
        let rows: Vec<String> = (0..50).map(|row| format!("{row},Ada,{}", row % 2)).collect();
        let rows = rows.join("\n");
        assert_eq!(unlooped(&rows), None);
        assert_eq!(unlooped("1,0\n1,0\n1,0\n1,0\n"), None);
        assert_eq!(unlooped(&"|---|\n".repeat(20)), None);
        assert_eq!(unlooped(""), None);
    }

    #[test]
    fn long_replies_take_no_longer_than_they_are() {
        let text = "a\n".repeat(500_000);
        assert_eq!(unlooped(&text).unwrap(), "a\n");
        let nested: String =
            (0..200_000).map(|at| if at % 4 == 3 { "b\n" } else { "a\n" }).collect();
        assert!(unlooped(&nested).is_some());
    }
}
