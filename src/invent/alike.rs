//! [`sift`]: rows without those that say again what another says, but for digits or a slip of the pen.

use std::collections::{BTreeMap, BTreeSet};

use peyote_schemas::RawTable;

use super::sound;

/// Letters from which on a cell is words: fewer are a code, told apart by its digits.
const WORD_LETTERS: usize = 4;
/// Rows that are held against each other letter by letter; a sample has ten.
const COMPARED: usize = 64;
/// The longest cell that is, in bytes: a long title.
const LONGEST: usize = 120;
/// The fewest rows of which a column can be said to count.
const LEAST_COUNTING: usize = 3;

/// What is left of a table, and what was not.
#[derive(Debug)]
pub(super) struct Sifted {
    /// The rows that say something of their own.
    pub(super) raw: RawTable<'static>,
    /// A cell of each row that was left out, to be avoided.
    pub(super) alike: Vec<String>,
}

/// Takes the near duplicates out of a table, whose first column is its key.
///
/// Of two rows the later goes if every cell of words is the same in both but for digits, marks and
/// case, or for a letter in eight, and one of them is not the same to the letter; or if all that is
/// left to tell them apart is a number that goes up by the same step from row to row. Rows that
/// repeat words to the letter and differ in anything else are different: categories repeat.
pub(super) fn sift(raw: &RawTable<'static>) -> Sifted {
    let cells = |row: usize| -> Vec<&str> {
        (1..raw.width()).map(|place| raw.text(row, place).unwrap_or_default().trim()).collect()
    };
    let counting: Vec<bool> = (1..raw.width()).map(|place| counts(raw, place)).collect();
    let mut kept = RawTable::new(&raw.name, raw.source.clone(), raw.header().to_vec());
    let (mut alike, mut known) = (Vec::new(), Known::default());
    for (at, row) in raw.rows().enumerate() {
        let cells = cells(at);
        if known.has(&cells, &counting) || at < COMPARED && known.has_nearly(&cells) {
            alike.extend(cells.into_iter().find(|cell| is_words(cell)).map(str::to_owned));
        } else {
            kept.push_row(row.iter().map(|cell| cell.clone().into_owned()).collect::<Vec<_>>());
            known.learn(cells, &counting);
        }
    }
    Sifted { raw: kept, alike }
}

/// The rows that were kept.
#[derive(Default)]
struct Known<'a> {
    /// What tells a row apart to the letter, counted numbers left out.
    exact: BTreeSet<Vec<&'a str>>,
    /// The words of the rows, to the letter, by their letters alone.
    letters: BTreeMap<Vec<String>, Vec<&'a str>>,
    /// The first of them.
    first: Vec<Vec<&'a str>>,
}

impl<'a> Known<'a> {
    fn has(&self, cells: &[&'a str], counting: &[bool]) -> bool {
        if self.exact.contains(&telling(cells, counting)) {
            return true;
        }
        let words = words(cells);
        if words.is_empty() {
            return false;
        }
        self.letters.get(&letters(cells)).is_some_and(|other| *other != words)
    }

    fn has_nearly(&self, cells: &[&'a str]) -> bool {
        let misspelt = |other: &Vec<&str>| {
            other.len() == cells.len()
                && other.iter().zip(cells).all(|(one, cell)| is_slip(one, cell))
                && words_differ(other, cells)
        };
        self.first.iter().any(misspelt)
    }

    fn learn(&mut self, cells: Vec<&'a str>, counting: &[bool]) {
        self.exact.insert(telling(&cells, counting));
        self.letters.entry(letters(&cells)).or_insert_with(|| words(&cells));
        if self.first.len() < COMPARED {
            self.first.push(cells);
        }
    }
}

/// Whether a column's numbers go up by one step from row to row.
fn counts(raw: &RawTable<'_>, place: usize) -> bool {
    let numbers: Option<Vec<f64>> =
        (0..raw.len()).map(|row| raw.text(row, place)?.trim().parse().ok()).collect();
    let Some(numbers) = numbers.filter(|numbers| numbers.len() >= LEAST_COUNTING) else {
        return false;
    };
    let step = numbers[1] - numbers[0];
    let even = |pair: &[f64]| (pair[1] - pair[0] - step).abs() <= step.abs() * 1e-6;
    step != 0.0 && numbers.windows(2).all(even)
}

/// What tells a row apart: its cells without those that only count. Of a row without words that is
/// all of them, for it has nothing else to say.
fn telling<'a>(cells: &[&'a str], counting: &[bool]) -> Vec<&'a str> {
    let wordless = !cells.iter().any(|cell| is_words(cell));
    let keeps = |counts: bool| wordless || !counts;
    cells
        .iter()
        .zip(counting)
        .filter(|(_, counts)| keeps(**counts))
        .map(|(cell, _)| *cell)
        .collect()
}

fn words<'a>(cells: &[&'a str]) -> Vec<&'a str> {
    cells.iter().copied().filter(|cell| is_words(cell)).collect()
}

fn words_differ(one: &[&str], other: &[&str]) -> bool {
    one.iter().zip(other).any(|(one, other)| is_words(one) && one != other)
}

/// The letters of every cell of words, and a mark for every other: numbers may be any.
fn letters(cells: &[&str]) -> Vec<String> {
    let letters = |cell: &&str| {
        if is_words(cell) {
            let letters = cell.chars().filter(|letter| letter.is_alphabetic());
            letters.flat_map(char::to_lowercase).collect()
        } else if cell.chars().any(char::is_alphabetic) {
            (*cell).to_lowercase()
        } else {
            String::new()
        }
    };
    cells.iter().map(letters).collect()
}

/// Whether two cells are the same but for a slip, or tell nothing apart.
fn is_slip(one: &str, other: &str) -> bool {
    if !is_words(one) || !is_words(other) {
        let plain = |cell: &str| !cell.chars().any(char::is_alphabetic);
        return one == other || plain(one) && plain(other);
    }
    one == other
        || sound::is_alike(one, other)
        || one.len().max(other.len()) <= LONGEST && sound::is_misspelt(one, other)
}

fn is_words(cell: &str) -> bool {
    cell.chars().filter(|letter| letter.is_alphabetic()).count() >= WORD_LETTERS
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use peyote_backends::form::Form;
    use peyote_backends::{Answer, Ask, Backend, Pending};
    use peyote_schemas::design;
    use peyote_schemas::draft::{self, Idea};
    use peyote_schemas::read::{self, Source};

    use super::*;
    use crate::event::Silence;
    use crate::invent::{Designed, Reach, Rows, rows};
    use crate::run::{Request, Topic};

    fn left(text: &str) -> (usize, Vec<String>) {
        let reading = read::read(&Source { name: "x", text, expect: None });
        let raw = reading.tables.into_iter().next().unwrap().into_owned();
        let sifted = sift(&raw);
        (sifted.raw.len(), sifted.alike)
    }

    #[test]
    fn rows_that_differ_in_digits_alone_are_one() {
        let (rows, alike) =
            left("id,name,berth\n1,Quay 1,North A1\n2,Quay 2,North A2\n3,Ferry Stage,South\n");
        assert_eq!((rows, alike), (2, vec!["Quay 2".to_owned()]));
        let (rows, _) = left("id,name,metres\n1,Quay 1,31.5\n2,Quay 2,8\n3,quay-3,19.25\n");
        assert_eq!(rows, 1);
        let (rows, _) = left("id,name,metres\n1,Quay,10\n2,Quay,20\n3,Quay,30\n4,Quay,40\n");
        assert_eq!(rows, 1);
    }

    #[test]
    fn rows_that_differ_in_a_slip_are_one() {
        let (rows, _) = left(
            "id,name\n1,Harbour of Rotterdam\n2,Harbor of Rotterdam\n3,The harbour of Rotterdam.\n4,Oslo\n",
        );
        assert_eq!(rows, 3);
    }

    #[test]
    fn categories_codes_and_measures_may_repeat() {
        for text in [
            "id,paid_by,amount\n1,card,20.5\n2,cash,31\n3,card,12\n4,card,99.1\n",
            "id,flight,gate\n1,LH-204,A1\n2,LH-205,A2\n3,LH-206,A3\n",
            "id,low,high\n1,10,20\n2,20,30\n3,30,40\n",
            "id,city,day,degrees\n1,Bergen,2024-01-01,3.4\n2,Bergen,2024-01-02,2.2\n3,Bergen,2024-01-03,3.4\n",
            "id,name,grade\n1,Anna Holm,Grade 10\n2,Bo Lind,Grade 11\n3,Siri Dahl,Grade 10\n",
        ] {
            let (rows, alike) = left(text);
            assert_eq!((rows, alike.len()), (text.lines().count() - 1, 0), "{text}");
        }
    }

    #[test]
    fn many_long_rows_take_no_time_to_speak_of() {
        use std::fmt::Write as _;
        let mut text = "id,name\n".to_owned();
        for row in 0..20_000 {
            let word: String =
                (0..8).map(|at| char::from(b'a' + (row >> (3 * (at % 5)) & 7) as u8)).collect();
            let _ = writeln!(text, "{row},{word} {word}");
        }
        let _ = writeln!(text, "1,{}\n2,{}", "long".repeat(50_000), "lung".repeat(50_000));
        assert!(left(&text).0 > 100);
    }

    /// Says its lines in turn, the last one for ever, and keeps what it was asked.
    struct Saying<'s>(&'s [&'s str], Mutex<Vec<String>>);

    impl Backend for Saying<'_> {
        fn answer<'a>(&'a self, ask: &'a Ask) -> Pending<'a, Answer> {
            let mut asked = self.1.lock().unwrap();
            let text = self.0[asked.len().min(self.0.len() - 1)].to_owned();
            let said = ask.messages(Form::Text).last().unwrap().text.clone();
            asked.push(format!("{said}\n{}", ask.task()));
            Box::pin(async move { Ok(Answer { text, ..Answer::default() }) })
        }
    }

    fn few(said: &[&str]) -> (Rows, Vec<String>) {
        let draft = "1. Quays: where ships lie. Columns: quay_id (integer, primary key), name (text), side (text)";
        let (design, _) = design::resolve(&draft::read(draft).0).unwrap();
        let designed =
            Designed { design, reach: Reach::Small, answers: Vec::new(), findings: Vec::new() };
        let saying = Saying(said, Mutex::default());
        let request = Request::about(Topic::lossy("harbours"));
        let idea = Idea::default();
        let asked = rows::rows(&saying, &request, &idea, &designed, &Silence);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        (runtime.block_on(asked).unwrap(), saying.1.into_inner().unwrap())
    }

    const NUMBERED: &str = "quay_id,name,side\n1,Quay 1,West 1\n2,Quay 2,West 2\n3,Quay 3,West 3\n\
                            4,Quay 4,West 4\n5,Quay 5,West 5\n6,Quay 6,West 6\n";

    #[test]
    fn rows_that_say_the_same_are_asked_for_again_with_what_to_avoid() {
        let named = "quay_id,name,side\n1,Ferry Stage,West\n2,Oil Jetty,East\n3,Old Mole,West\n\
                     4,Coal Wharf,North\n5,Fish Market,East\n6,fish-market.,East\n";
        let (rows, asked) = few(&[NUMBERED, named]);
        assert_eq!(asked.len(), 2, "{asked:#?}");
        assert!(asked[1].contains("Quay 2") && asked[1].ends_with("rows Quays"), "{}", asked[1]);
        assert_eq!(rows.tables[0].as_ref().unwrap().len(), 5);
        let told =
            |words: &str| rows.findings.iter().any(|finding| finding.message.contains(words));
        assert!(told("5 rows say the same") && told("1 rows say the same"), "{:#?}", rows.findings);
    }

    #[test]
    fn rows_that_stay_the_same_are_made_of_words_instead() {
        let (rows, asked) = few(&[NUMBERED]);
        assert!(asked.len() > 2 && asked[2].ends_with("vocabulary Quays.name"), "{asked:#?}");
        assert!(rows.findings.iter().any(|finding| finding.message.contains("lists of words")));
    }
}
