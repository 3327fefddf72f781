//! Seam: where a reply that was cut off meets what came after it, whether that goes on or starts over.
//!
//! A reply is a list of whole parts: the elements of its JSON list, else its lines. The part that the
//! cut went through is not whole; it is asked for again with what follows it.

use std::collections::BTreeSet;

use serde_json::Value;

/// Lines of prose that may stand before a continuation.
const LEAD: usize = 3;
/// How a reply begins that gives nothing.
const REFUSALS: [&str; 8] = [
    "i'm sorry",
    "i am sorry",
    "sorry",
    "i can't",
    "i cannot",
    "i’m sorry",
    "unfortunately",
    "as an ai",
];

/// What came of a reply and the one after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Joined {
    /// Both as one reply.
    pub(crate) text: String,
    /// Whether it holds more than was there before.
    pub(crate) grew: bool,
}

/// The whole parts of a reply that was cut off, as a reply of its own; nothing where it has none.
pub(crate) fn whole(text: &str) -> Option<String> {
    if let Some(list) = List::find(text).filter(|list| list.open) {
        return (!list.items.is_empty()).then(|| list.closed(&list.items));
    }
    let end = whole_lines(text);
    let content = content(&text[..end]);
    (!content.is_empty()).then(|| text[..end].to_owned())
}

/// Whether a reply that says nothing of its end stops within a JSON list.
pub(crate) fn stops_within(text: &str) -> bool {
    List::find(text).is_some_and(|list| list.open)
}

/// A reply that was cut off, and the one that came when the rest was asked for. `cut` says whether
/// that one was cut off as well.
pub(crate) fn join(had: &str, came: &str, cut: bool) -> Joined {
    let joined = match List::find(had).filter(|list| list.open) {
        Some(list) => join_lists(&list, came, cut),
        None => join_lines(had, came, cut),
    };
    match joined {
        Some(text) => Joined { text, grew: true },
        None => Joined { text: had.to_owned(), grew: false },
    }
}

/// The outermost JSON list of a reply, as slices of its text.
#[derive(Debug)]
struct List<'a> {
    /// From the beginning of the document to the bracket of the list.
    head: &'a str,
    items: Vec<&'a str>,
    /// Whether the text ends before the list does.
    open: bool,
}

impl<'a> List<'a> {
    /// The list of the first line that begins a document.
    fn find(text: &'a str) -> Option<Self> {
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let lead = line.len() - line.trim_start().len();
            if line[lead..].starts_with(['{', '[']) {
                return Self::scan(&text[start + lead..]);
            }
            start += line.len();
        }
        None
    }

    /// The list in a document: the document itself, or the first list directly in its object.
    fn scan(text: &'a str) -> Option<Self> {
        let mut depth = 0_usize;
        let mut list: Option<(usize, usize)> = None;
        let (mut items, mut begun) = (Vec::new(), None);
        let mut marks = Marks::default();
        for (at, byte) in text.bytes().enumerate() {
            let inside = list.is_some_and(|(_, outer)| depth == outer);
            let kind = marks.kind(byte);
            match kind {
                Mark::Open => {
                    if inside {
                        begun = begun.or(Some(at));
                    } else if list.is_none() && byte == b'[' && depth <= 1 {
                        list = Some((at + 1, depth + 1));
                    }
                    depth += 1;
                }
                Mark::Close => {
                    if inside {
                        let (start, _) = list?;
                        items.extend(begun.map(|from| text[from..at].trim_end()));
                        return Some(Self { head: &text[..start], items, open: false });
                    }
                    depth = depth.checked_sub(1)?;
                    if list.is_none() && depth == 0 {
                        return None;
                    }
                }
                Mark::Comma if inside => {
                    items.extend(begun.take().map(|from| text[from..at].trim_end()));
                }
                Mark::Comma | Mark::Blank => {}
                Mark::Other => {
                    if inside {
                        begun = begun.or(Some(at));
                    }
                }
            }
            // An element that has ended is whole, whether or not anything comes after it.
            let ended = list.is_some_and(|(_, outer)| depth == outer)
                && (kind == Mark::Close || byte == b'"' && !marks.in_text);
            if let (true, Some(from)) = (ended, begun) {
                items.push(&text[from..=at]);
                begun = None;
            }
        }
        let (start, _) = list?;
        Some(Self { head: &text[..start], items, open: true })
    }

    /// A document of this form with other items.
    fn closed(&self, items: &[&str]) -> String {
        let end = if self.head.starts_with('{') { "]}" } else { "]" };
        format!("{}{end}", self.unclosed(items))
    }

    fn unclosed(&self, items: &[&str]) -> String {
        format!("{}{}", self.head, items.join(", "))
    }

    fn key(&self) -> &str {
        self.head.trim_matches(|c: char| c.is_whitespace() || "{[:\"".contains(c))
    }
}

/// What a byte of JSON is, known from those before it.
#[derive(Debug, Default)]
struct Marks {
    in_text: bool,
    escaped: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Open,
    Close,
    Comma,
    Blank,
    Other,
}

impl Marks {
    fn kind(&mut self, byte: u8) -> Mark {
        if self.in_text {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.in_text = false,
                _ => {}
            }
            return Mark::Other;
        }
        match byte {
            b'"' => {
                self.in_text = true;
                Mark::Other
            }
            b'{' | b'[' => Mark::Open,
            b'}' | b']' => Mark::Close,
            b',' => Mark::Comma,
            _ if byte.is_ascii_whitespace() => Mark::Blank,
            _ => Mark::Other,
        }
    }
}

fn join_lists(had: &List<'_>, came: &str, cut: bool) -> Option<String> {
    // A continuation may leave out the frame and give bare elements.
    let bare = format!("[{}", came.trim_start().trim_start_matches(','));
    let framed = List::find(came).filter(|list| list.key() == had.key());
    let next = match framed {
        Some(list) => list,
        None if came.trim_start().starts_with(['{', ',', '"']) => List::scan(&bare)?,
        None => return None,
    };
    let whole = !cut && !next.open;
    let (old, new): (Vec<String>, Vec<String>) = (
        had.items.iter().map(|item| plain(item)).collect(),
        next.items.iter().map(|item| plain(item)).collect(),
    );
    let over = !old.is_empty() && old.iter().zip(&new).take(2).all(|(one, other)| one == other);
    if old.is_empty() || (over && !new.is_empty()) {
        let longer = new.len() > old.len() || whole && new.len() == old.len();
        let items = &next.items;
        return longer.then(|| if whole { had.closed(items) } else { had.unclosed(items) });
    }
    let seen: BTreeSet<&String> = old.iter().collect();
    let added: Vec<&str> = (next.items.iter().zip(&new))
        .filter(|(_, plain)| !seen.contains(plain))
        .map(|(item, _)| *item)
        .collect();
    if added.is_empty() && !whole {
        return None;
    }
    let items: Vec<&str> = had.items.iter().copied().chain(added).collect();
    Some(if whole { had.closed(&items) } else { had.unclosed(&items) })
}

/// An element in one spelling, so that blanks and escapes do not tell two apart.
fn plain(item: &str) -> String {
    serde_json::from_str::<Value>(item).map_or_else(|_| item.to_owned(), |value| value.to_string())
}

fn join_lines(had: &str, came: &str, cut: bool) -> Option<String> {
    let kept = &had[..whole_lines(had)];
    let old = content(inside_fence(kept));
    let body = inside_fence(came);
    let new = content(body);
    if old.is_empty() {
        return (came.trim().len() > had.trim().len() || !cut && !refuses(&new))
            .then(|| came.to_owned());
    }
    if new.is_empty() || refuses(&new) {
        return None;
    }
    for lead in 0..=LEAD.min(new.len() - 1) {
        let over = old.iter().zip(&new[lead..]).take(2).all(|(one, other)| one.1 == other.1);
        let alone = new.len() - lead == 1 && old.len() > 1;
        if over && !alone {
            // A last line that a cut went through counts for nothing.
            let partial = usize::from(cut && !came.ends_with('\n'));
            let lines = new.len() - lead - partial;
            return (if cut { lines > old.len() } else { lines >= old.len() })
                .then(|| came.to_owned());
        }
    }
    let mut rest = &new[..];
    if rest[0].1 == old[0].1 || rest[0].1.ends_with(':') && !old[0].1.ends_with(':') {
        rest = &rest[1..];
    }
    if !rest.iter().any(|(_, line)| alike(old[0].1, line)) {
        return None;
    }
    let rest = &rest[overlap(&old, rest)..];
    let from = rest.first().map_or(body.len(), |(at, _)| *at);
    if from == body.len() && cut {
        return None;
    }
    let fence = had.lines().filter(|line| line.trim_start().starts_with("```")).count() % 2 == 1;
    let end = if fence && !cut { "\n```" } else { "" };
    Some(format!("{kept}{}{end}", &body[from..]))
}

/// Where the last whole line of a text ends. A line within a quoted cell is whole only with it.
fn whole_lines(text: &str) -> usize {
    let end = text.rfind('\n').map_or(0, |at| at + 1);
    let quotes = |text: &str| text.bytes().filter(|byte| *byte == b'"').count();
    if quotes(&text[..end]) % 2 == 0 {
        return end;
    }
    let last = text[..end].rfind('"').unwrap_or(0);
    text[..last].rfind('\n').map_or(end, |at| at + 1)
}

/// The lines that say something, each with its place; the marks of a fence do not.
fn content(text: &str) -> Vec<(usize, &str)> {
    let mut at = 0;
    let mut lines = Vec::new();
    for line in text.split_inclusive('\n') {
        let said = line.trim();
        if !said.is_empty() && !said.starts_with("```") {
            lines.push((at, said));
        }
        at += line.len();
    }
    lines
}

/// What stands in the first fence of a reply, or the reply.
fn inside_fence(text: &str) -> &str {
    let Some(open) = text.find("```") else { return text };
    let Some(start) = text[open..].find('\n').map(|at| open + at + 1) else { return text };
    let end = text[start..].find("```").map_or(text.len(), |at| start + at);
    if text[start..end].trim().is_empty() { &text[..open] } else { &text[start..end] }
}

fn refuses(lines: &[(usize, &str)]) -> bool {
    lines.first().is_none_or(|(_, line)| {
        let line: String = line.chars().take(40).collect::<String>().to_lowercase();
        REFUSALS.iter().any(|words| line.starts_with(words))
    })
}

/// Whether a line could stand in one list with another: as many cells, or an item as well.
fn alike(one: &str, other: &str) -> bool {
    let count = |line: &str, mark: char| line.matches(mark).count();
    let is_item = |line: &str| {
        line.starts_with(['-', '*', '•', '#', '|'])
            || line.starts_with(|c: char| c.is_ascii_digit())
    };
    if is_item(one) {
        return is_item(other) || other.starts_with(|c: char| c.is_alphabetic());
    }
    match [',', '\t', ';', '|'].into_iter().find(|mark| count(one, *mark) > 0) {
        Some(mark) => count(other, mark) >= count(one, mark),
        None => true,
    }
}

/// How many lines at the end of one list are those at the beginning of another, in one pass over
/// each (Knuth, Morris and Pratt's failure function).
fn overlap(old: &[(usize, &str)], new: &[(usize, &str)]) -> usize {
    let mut failure = vec![0; new.len()];
    for at in 1..new.len() {
        let mut length = failure[at - 1];
        while length > 0 && new[length].1 != new[at].1 {
            length = failure[length - 1];
        }
        failure[at] = if new[length].1 == new[at].1 { length + 1 } else { length };
    }
    let mut length = 0;
    for (_, line) in old {
        while length > 0 && (length == new.len() || new[length].1 != *line) {
            length = failure[length - 1];
        }
        if new.get(length).is_some_and(|(_, other)| other == line) {
            length += 1;
        }
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;

    const CSV: &str =
        "\nid,name,born\n1,Ada,1815\n2,\"Grace\nBrewster\",1906\n3,Edsger,1930\n4,Ada,1815\n";
    const JSON: &str =
        r#"{"rows": [{"id": 1, "x": "a]\"b"}, {"id": 2, "x": ["c"]}, {"id": 3, "x": null}]}"#;

    #[test]
    fn reply_that_starts_over_is_the_reply() {
        for text in [CSV, JSON, "1. A: b\n\n2. C: d\n\n3. E: f", "- a\n- b\n- c"] {
            for cut in (0..text.len()).filter(|at| text.is_char_boundary(*at)) {
                let joined = join(&text[..cut], text, false);
                let (got, want) = (
                    joined.text.replace(char::is_whitespace, ""),
                    text.replace(char::is_whitespace, ""),
                );
                assert_eq!(got, want, "cut at {cut}");
            }
        }
    }

    #[test]
    fn reply_that_goes_on_after_the_whole_lines_is_the_reply() {
        let text = CSV.trim_start();
        for cut in 20..text.len() {
            let end = whole_lines(&text[..cut]);
            for back in [0, text[..end].trim_end().rfind('\n').map_or(0, |at| end - at - 1)] {
                let joined = join(&text[..cut], &text[end - back..], false);
                assert_eq!(joined.text.trim_end(), text.trim_end(), "cut at {cut}, {back} back");
            }
        }
    }

    #[test]
    fn rest_of_a_list_is_added_in_every_frame() {
        let cut = r#"{"rows": [{"id": 1}, {"id": 2}, {"id": "#;
        for rest in [
            r#"{"rows": [{"id": 3}, {"id": 4}]}"#,
            r#"{"rows":[{"id":2},{"id":3},{"id":4}]}"#,
            "```json\n{\"rows\": [{\"id\": 3}, {\"id\": 4}]}\n```",
            r#"{"id": 3}, {"id": 4}]}"#,
            r#", {"id": 3}, {"id": 4}]"#,
        ] {
            let joined = join(cut, rest, false);
            let text = joined.text.replace("\"id\":", "\"id\": ").replace(":  ", ": ");
            assert_eq!(text, r#"{"rows": [{"id": 1}, {"id": 2}, {"id": 3}, {"id": 4}]}"#, "{rest}");
        }
        assert_eq!(whole(cut).unwrap(), r#"{"rows": [{"id": 1}, {"id": 2}]}"#);
        assert_eq!(join(cut, r#"{"rows": []}"#, false).text, whole(cut).unwrap());
        assert!(!join(cut, "I'm sorry, no", false).grew);
    }

    #[test]
    fn fence_and_lead_are_no_rows() {
        let cut = "Here:\n```csv\na,b\n1,2\n3,";
        for rest in ["3,4\n5,6\n", "Sure, the rest:\n```csv\n3,4\n5,6\n```\nDone!", "a,b\n3,4\n5,6"]
        {
            let text = join(cut, rest, false).text;
            assert_eq!(
                content(&text).iter().map(|line| line.1).collect::<Vec<_>>(),
                ["Here:", "a,b", "1,2", "3,4", "5,6"],
                "{rest}"
            );
        }
    }

    #[test]
    fn what_is_no_continuation_changes_nothing() {
        for rest in ["", "I'm sorry, but I can't.", "No.", "a,b,c\n"] {
            let joined = join("a,b,c\n1,2,3\n4,5", rest, false);
            assert!(!joined.grew && joined.text.ends_with("4,5") || rest == "a,b,c\n", "{rest}");
        }
        assert!(!join(CSV, &CSV[..30], true).grew);
    }

    #[test]
    fn hostile_text_is_joined_in_one_pass() {
        let deep = "[".repeat(300_000);
        let same = "a,b\n".repeat(300_000);
        for (one, other) in [(&deep, &deep), (&same, &same), (&same, &deep), (&deep, &same)] {
            join(one, other, true);
            whole(one);
        }
        join("é\"", "\\\u{2028}\"", false);
    }
}
