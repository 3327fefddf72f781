//! [`sniff`]: which dialect a text is written in, by which reads most of it as one table.

use memchr::{memchr_iter, memchr3_iter};

use super::mend;
use super::scan::{Dialect, Escape, Piece, Scanner};
use crate::read::align::shape::{Shape, shape};

/// Bytes of a text by which its dialect is told.
const SAMPLE: usize = if cfg!(test) { 1 << 13 } else { 1 << 16 };
/// The most of them, where fields between quotes are long.
const MOST: usize = 64 * SAMPLE;

/// Delimiters tried, in the order in which they win ties.
const DELIMITERS: [u8; 4] = [b',', b'|', b';', b'\t'];

/// Delimiters tried where those make no whole table, and taken only where they make one.
const RARE: [u8; 3] = [b'^', b'~', NONE];

/// What divides nothing: ASCII's unit separator, which hardly any text has.
const NONE: u8 = 0x1F;

/// What may stand round a field, the likelier one first.
const QUOTES: [u8; 2] = [b'"', b'\''];

/// Records of one width that are a table below any number of other lines.
const TOGETHER: usize = 3;
/// Blank lines for each such record that are still a layout and not the data of one column.
const BLANK: usize = 20;

/// Cells of a record whose shape is looked at: enough to tell, few enough for any width.
const CELLS: usize = 64;

/// A dialect, and what it makes of the sample.
#[derive(Debug, Clone, Copy)]
pub(in crate::read) struct Sniffed {
    /// The dialect.
    pub(in crate::read) dialect: Dialect,
    /// Fields that most records have; 1 where no delimiter makes sense.
    pub(in crate::read) width: usize,
    /// Whether lines that begin with `#` are comments.
    pub(in crate::read) comments: bool,
}

/// The dialect that reads most of a text as one table.
pub(in crate::read) fn sniff(text: &str) -> Sniffed {
    let (sample, _) = sample(text);
    let mut found = told(sample);
    // Where none was seen yet, the usual one may still come.
    if found.dialect.quote.is_none() && memchr::memchr(QUOTES[0], sample.as_bytes()).is_none() {
        found.dialect.quote = Some(QUOTES[0]);
    }
    found
}

/// The dialect that reads most of a sample as one table, by what stands in it.
fn told(sample: &str) -> Sniffed {
    let quote = quote(sample);
    let best = best(sample, quote, &DELIMITERS);
    let plain = Sniffed {
        dialect: Dialect { delimiter: NONE, quote, escape: Escape::Doubled },
        width: 1,
        comments: false,
    };
    if let Some(best) = best.filter(|best| best.whole) {
        return best.found;
    }
    let width = best.map_or(1, |best| best.found.width);
    let rare = self::best(sample, quote, &RARE).filter(|rare| rare.whole && rare.several);
    if let Some(rare) = rare.filter(|rare| rare.found.width >= width) {
        return rare.found;
    }
    let Some(best) = best else { return plain };
    // Quotes under which no table is whole may be none, where other ones make it whole.
    let other = QUOTES
        .into_iter()
        .filter(|other| Some(*other) != quote && pairs(sample, *other).pairs() > 0)
        .filter_map(|other| self::best(sample, Some(other), &DELIMITERS))
        .find(|other| other.whole && other.found.width >= best.found.width);
    other.unwrap_or(best).found
}

/// A way to read a sample.
#[derive(Debug, Clone, Copy)]
struct Reading {
    found: Sniffed,
    /// How well it explains the sample.
    score: f32,
    /// Whether every record is of one width and no quote stands where none should.
    whole: bool,
    /// Whether there is more than one record.
    several: bool,
}

/// Whether there are other ways to read a sample, for which it must be scored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rivals {
    Some,
    None,
}

/// The best way to read a sample with a given quote and any of some delimiters, or a space between
/// quoted fields, unless none makes sense.
fn best(sample: &str, quote: Option<u8>, delimiters: &[u8]) -> Option<Reading> {
    let mut best: Option<Reading> = None;
    let mut tried = delimiters.to_vec();
    if quote.is_some_and(|quote| spaced(sample, quote)) {
        tried.push(b' ');
    }
    let escapes: &[Escape] = match quote {
        Some(quote) if sample.contains(&format!("\\{}", char::from(quote))) => {
            &[Escape::Doubled, Escape::Backslash]
        }
        _ => &[Escape::Doubled],
    };
    tried.retain(|delimiter| memchr::memchr(*delimiter, sample.as_bytes()).is_some());
    let rivals = if tried.len() * escapes.len() > 1 { Rivals::Some } else { Rivals::None };
    for delimiter in tried {
        for &escape in escapes {
            let reading = weigh(sample, Dialect { delimiter, quote, escape }, rivals);
            if reading.found.width > 1
                && best.as_ref().is_none_or(|most| reading.score > most.score + 1e-4)
            {
                best = Some(reading);
            }
        }
    }
    best
}

/// Whether a text begins so that its dialect is told by that, whatever comes behind it.
pub(super) fn is_told_by(text: &str) -> bool {
    sample(text).1
}

/// The beginning of a text, up to the end of a line where it has one: a longer one where that line
/// stands between quotes. And whether it is that whatever comes behind the text.
fn sample(text: &str) -> (&str, bool) {
    if text.len() <= SAMPLE {
        return (text, false);
    }
    let start = &text[..text.floor_char_boundary(SAMPLE)];
    let short = start.rfind(['\n', '\r']).map_or(start, |end| &start[..end]);
    let mut open = memchr_iter(QUOTES[0], short.as_bytes()).count() % 2 == 1;
    if !open {
        return (short, true);
    }
    let most = &text.as_bytes()[..text.len().min(MOST)];
    for at in memchr3_iter(QUOTES[0], b'\n', b'\r', &most[short.len()..]) {
        match most[short.len() + at] {
            b'"' => open = !open,
            _ if !open => return (&text[..short.len() + at], true),
            _ => {}
        }
    }
    if text.len() <= MOST && !open { (text, false) } else { (short, text.len() > MOST) }
}

/// The quote that opens and closes fields, if one does: `"` before `'`.
fn quote(sample: &str) -> Option<u8> {
    QUOTES.into_iter().find(|&quote| {
        let marks = pairs(sample, quote);
        let pairs = marks.pairs();
        // An apostrophe stands in many words: as a quote it must come in pairs, and hardly else.
        pairs > 0
            && (quote == b'"'
                || (marks.others * 10 <= pairs && marks.opens.max(marks.closes) * 9 <= pairs * 10))
    })
}

/// Where the marks of one sort stand.
#[derive(Debug, Clone, Copy, Default)]
struct Quoting {
    /// At the beginning of a field.
    opens: usize,
    /// At the end of one.
    closes: usize,
    /// Elsewhere.
    others: usize,
}

impl Quoting {
    fn pairs(self) -> usize {
        self.opens.min(self.closes)
    }
}

/// Where a mark stands in a sample, whatever its delimiter is.
fn pairs(sample: &str, quote: u8) -> Quoting {
    let mut marks = Quoting::default();
    let bytes = sample.as_bytes();
    let edge = |byte: Option<&u8>| byte.is_none_or(|byte| b",;|\t\n\r^~\x1F".contains(byte));
    let mut end = 0;
    for at in memchr_iter(quote, bytes) {
        // Quotes side by side are one mark, and one behind a backslash is none.
        if at < end || (at > 0 && bytes[at - 1] == b'\\') {
            continue;
        }
        end = at + bytes[at..].iter().take_while(|byte| **byte == quote).count();
        let before = bytes[..at].iter().rev().find(|byte| **byte != b' ');
        let after = bytes[end..].iter().find(|byte| **byte != b' ');
        let (open, close) = (edge(before), edge(after));
        marks.opens += usize::from(open);
        marks.closes += usize::from(close);
        marks.others += usize::from(!open && !close);
    }
    marks
}

/// Whether quoted fields stand side by side with a space between.
fn spaced(sample: &str, quote: u8) -> bool {
    let between = [quote, b' ', quote];
    let line = sample.lines().find(|line| !line.trim().is_empty()).unwrap_or("");
    line.as_bytes().windows(3).any(|three| three == between)
}

/// How well a dialect explains a sample, and how.
fn weigh(sample: &str, dialect: Dialect, rivals: Rivals) -> Reading {
    let bare = rivals == Rivals::None && dialect.quote.is_none();
    let counted = if bare { counted(sample, dialect) } else { None };
    let seen = counted.unwrap_or_else(|| scanned(sample, dialect, rivals));
    let Records { widths, known, strays, blank, comments } = seen;
    let (width, count) = mode(&widths);
    let several = widths.len() > 1;
    let found = Sniffed { dialect, width: 1, comments };
    let none = Reading { found, score: 0.0, whole: false, several };
    if width < 2 {
        return none;
    }
    let first = widths.iter().position(|fields| *fields > 1).unwrap_or(0);
    let last = widths.iter().rposition(|fields| *fields > 1).unwrap_or(0);
    let body = &widths[first..=last];
    let header = body[0];
    let wider = body.iter().filter(|fields| **fields >= header).count();
    let share = |part: usize, of: usize| part as f32 / of.max(1) as f32;
    let fit = share(count, body.len());
    // A delimiter that few lines have divides no table, unless they stand together.
    let wide = body.iter().filter(|fields| **fields > 1).count();
    let together = wide >= TOGETHER && count == body.len() && blank <= BLANK * wide;
    let scarce = wide * 2 < widths.len() || wide * 3 < body.len() * 2 || blank > BLANK * wide;
    if scarce && !together {
        return none;
    }
    let covered = share(body.len(), widths.len());
    let typed = known
        .iter()
        .zip(&widths)
        .filter(|(_, fields)| **fields == width)
        .map(|(share, _)| *share)
        .sum::<f32>()
        / count.max(1) as f32;
    // One record agrees with itself under any delimiter: the more it divides, the likelier it is.
    let alone = widths.len() == 1;
    let score = fit.max(0.7 * share(wider, body.len())) * covered.sqrt()
        + 0.3 * typed
        + if alone { 0.1 } else { 0.01 } * (width.min(64) as f32).log2()
        - 0.5 * share(strays, widths.len());
    let whole = count == widths.len() && strays == 0;
    Reading { found: Sniffed { dialect, width, comments }, score, whole, several }
}

/// What a dialect makes of the records of a sample.
#[derive(Debug, Default, PartialEq)]
struct Records {
    /// How many fields each has.
    widths: Vec<usize>,
    /// How much the cells of each look like cells, where that is asked.
    known: Vec<f32>,
    /// In how many a quote stands where none should.
    strays: usize,
    /// Blank lines.
    blank: usize,
    /// Whether there are comments.
    comments: bool,
}

/// The records of a sample.
fn scanned(sample: &str, dialect: Dialect, rivals: Rivals) -> Records {
    let mut scanner = Scanner::new(sample, dialect);
    let mut pieces: Vec<Piece<'_>> = Vec::new();
    let mut records = Records::default();
    let mut at = 0;
    while at < sample.len() {
        let record = scanner.record(at, &mut pieces);
        at = record.next;
        if pieces.len() == 1 && pieces[0].text.is_empty() {
            records.blank += 1;
            continue;
        }
        if pieces.len() == 1 && pieces[0].text.starts_with('#') {
            records.comments = true;
            continue;
        }
        if records.comments {
            mend::uncomment(&mut pieces);
        }
        records.strays += usize::from(record.stray);
        records.widths.push(pieces.len());
        if rivals == Rivals::None {
            continue;
        }
        let seen = &pieces[..pieces.len().min(CELLS)];
        let known = seen.iter().map(|piece| plausible(piece)).sum::<f32>() / seen.len() as f32;
        records.known.push(known);
    }
    records
}

/// The same without quotes and rivals, where there are no comments: delimiters are counted.
fn counted(sample: &str, dialect: Dialect) -> Option<Records> {
    let bytes = sample.as_bytes();
    let delimiter = dialect.delimiter;
    let mut records = Records::default();
    let (mut start, mut fields) = (0, 1);
    let marks = memchr3_iter(delimiter, b'\n', b'\r', bytes);
    for at in marks.chain([bytes.len()]) {
        let mark = bytes.get(at);
        if mark == Some(&delimiter) {
            fields += 1;
            continue;
        }
        let pair = mark == Some(&b'\n') && at > 0 && bytes[at - 1] == b'\r';
        if !pair && start < bytes.len() {
            let alone = if fields == 1 { Some(sample[start..at].trim()) } else { None };
            match alone {
                Some("") => records.blank += 1,
                Some(line) if line.starts_with('#') => return None,
                _ => records.widths.push(fields),
            }
        }
        (start, fields) = (at + 1, 1);
    }
    Some(records)
}

/// How much a piece looks like one whole cell: full marks for anything with a shape of its own,
/// fewer for text that still holds another delimiter.
fn plausible(piece: &Piece<'_>) -> f32 {
    if piece.quoted {
        return 1.0;
    }
    let text = &*piece.text;
    match shape(text) {
        Shape::Phrase | Shape::Numbered | Shape::Word | Shape::Code => {
            let held = text.bytes().any(|byte| b"|;\t".contains(&byte));
            let quoted = text.starts_with('"') != text.ends_with('"');
            if held || quoted { 0.3 } else { 0.8 }
        }
        Shape::Empty => 0.7,
        _ => 1.0,
    }
}

/// The most frequent width above 1, and how frequent; the wider one where two are.
fn mode(widths: &[usize]) -> (usize, usize) {
    let mut sorted: Vec<usize> = widths.iter().copied().filter(|width| *width > 1).collect();
    sorted.sort_unstable();
    sorted
        .chunk_by(|a, b| a == b)
        .map(|same| (same[0], same.len()))
        .max_by_key(|(width, count)| (*count, *width))
        .unwrap_or((1, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn counted_records_are_those_that_are_scanned(
            text in "([ab\" \t,]|\r\n|\r|\n|#|\u{e9}){0,40}",
        ) {
            for delimiter in [b',', b'\t', b' '] {
                let dialect = Dialect { delimiter, quote: None, escape: Escape::Doubled };
                let scanned = scanned(&text, dialect, Rivals::None);
                let expected = (!scanned.comments).then_some(scanned);
                proptest::prop_assert_eq!(counted(&text, dialect), expected);
            }
        }
    }

    #[test]
    fn delimiter_is_the_one_that_fits() {
        for (text, delimiter, width) in [
            ("a,b,c\n1,2,3\n", b',', 3),
            ("name;price\nlamp;1,50\nrug;20,00\n", b';', 2),
            ("id|note\n1|a, b\n2|c, d, e\n", b'|', 2),
            ("id\tnote\n1\ta, b\n2\tc\n", b'\t', 2),
            ("\"x\" \"y\"\n\"1\" \"2, 3\"\n", b' ', 2),
            ("id^town\n1^Os, lo\n2^Bergen\n", b'^', 2),
            ("\"id\"~\"town\"\n\"1\"~\"Os~lo\"\n", b'~', 2),
            ("about ~5\nmore\n~7 or ~8\n", NONE, 1),
        ] {
            let found = sniff(text);
            assert_eq!((found.dialect.delimiter, found.width), (delimiter, width), "{text}");
        }
    }

    #[test]
    fn backslash_escapes_are_told_from_doubled_quotes() {
        let found = sniff("a,b\n\"say \\\"x, y\\\"\",1\n\"z\",2\n");
        assert_eq!((found.dialect.escape, found.width), (Escape::Backslash, 2));
    }

    #[test]
    fn quotes_are_those_that_make_a_whole_table() {
        let found = sniff("a|b\n\"left|right\ndon't|stop\"\n'one'|\"two\"\n");
        assert_eq!((found.dialect.quote, found.width), (Some(b'\''), 2));
    }

    #[test]
    fn delimiter_of_few_lines_divides_nothing() {
        let found =
            sniff("- first, of all\n- then\n3;4\n- second, of all\n5;6\n7;8\n- the last, of all\n");
        assert_eq!((found.dialect.delimiter, found.width), (NONE, 1));
    }

    #[test]
    fn lone_record_has_the_delimiter_that_divides_it_most() {
        let found = sniff("\t\t\tx, y");
        assert_eq!((found.dialect.delimiter, found.width), (b'\t', 4));
    }
    #[test]
    fn beginning_tells_once_it_ends_outside_of_quotes() {
        let rows = "1,\"x\"\n".repeat(SAMPLE / 6 - 2);
        assert!(!is_told_by(&rows));
        assert!(is_told_by(&format!("{rows}{rows}")));
        let open = format!("{rows}2,\"");
        for words in [SAMPLE / 10, SAMPLE] {
            let words = "word, \n".repeat(words);
            assert!(!is_told_by(&format!("{open}{words}")));
            assert!(is_told_by(&format!("{open}{words}\"\n3,y\n")));
        }
        assert!(is_told_by(&format!("{open}{}", "word, \n".repeat(MOST / 7))));
    }
}
