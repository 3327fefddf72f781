//! [`Outline`]: the headings, lists and lines of a reply as a tree of what belongs to what.

/// The deepest nesting told apart; what is deeper counts as this deep.
const MAX_DEPTH: usize = 8;
/// The most lines looked at.
const MAX_LINES: usize = 20_000;
/// The longest line looked at, in bytes.
const MAX_LINE: usize = 100_000;
/// The most words of a line that stands as a title over what follows.
const MAX_TITLE_WORDS: usize = 8;

/// How a line begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Marker {
    /// `#` to `######`.
    Heading(usize),
    /// `1.`, `2)`, `a.`
    Number,
    /// `-`, `*`, `•`, `+`
    Bullet,
    /// Bold from end to end, or a few words and a colon.
    Title,
    /// None of these.
    Plain,
}

/// A line and the lines that belong to it.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    /// How it begins.
    pub(crate) marker: Marker,
    /// What it says, without its marker and without emphasis.
    pub(crate) text: String,
    /// What belongs to it, in order.
    pub(crate) items: Vec<Item>,
}

struct Open {
    item: Item,
    indent: usize,
}

/// The lines of a reply as a tree; no deeper than [`MAX_DEPTH`].
pub(crate) fn outline(text: &str) -> Vec<Item> {
    let mut roots: Vec<Item> = Vec::new();
    let mut stack: Vec<Open> = Vec::new();
    let mut lines = text.lines().take(MAX_LINES).peekable();
    let mut after_blank = false;
    while let Some(line) = lines.next() {
        let line = &line[..floor(line, MAX_LINE)];
        let trimmed = line.trim();
        if trimmed.is_empty() || is_rule(trimmed) {
            after_blank = true;
            continue;
        }
        let paragraph = std::mem::take(&mut after_blank);
        let indent = line.len() - line.trim_start().len();
        let goes_on = lines.peek().is_some_and(|next| is_list(next.trim_start()));
        let (marker, text) = marked(trimmed, goes_on);
        let text = plain(text);
        if text.is_empty() {
            continue;
        }
        if marker != Marker::Plain {
            let inside = keep(&stack, marker, indent);
            close(&mut roots, &mut stack, inside);
        }
        let item = Item { marker, text, items: Vec::new() };
        if marker == Marker::Plain || stack.len() == MAX_DEPTH {
            // A paragraph of its own after bullets is no part of the last one.
            let past = |open: &&mut Open| {
                !(paragraph && indent == 0 && open.item.marker == Marker::Bullet)
            };
            if let Some(open) = stack.iter_mut().rev().find(past) {
                open.item.items.push(item);
            } else {
                close(&mut roots, &mut stack, 0);
                roots.push(item);
            }
        } else {
            stack.push(Open { item, indent });
        }
    }
    close(&mut roots, &mut stack, 0);
    roots
}

/// How many open items a new one lies inside of.
fn keep(stack: &[Open], marker: Marker, indent: usize) -> usize {
    if let Marker::Heading(level) = marker {
        let over = |open: &Open| matches!(open.item.marker, Marker::Heading(over) if over < level);
        return stack.iter().position(|open| !over(open)).unwrap_or(stack.len());
    }
    // A second item of a list ends the first one and all in it.
    let twin = (stack.iter().rposition(|open| open.item.marker == marker && open.indent == indent))
        .filter(|_| !matches!(marker, Marker::Heading(_)));
    if let Some(twin) = twin {
        return twin;
    }
    // A title may stand at the edge while its list is indented, and the other way round.
    let outside = |open: &Open| match (open.item.marker, marker) {
        (Marker::Heading(_), _) | (Marker::Title, Marker::Bullet | Marker::Number) => true,
        _ => open.indent <= indent,
    };
    stack.iter().rposition(outside).map_or(0, |last| last + 1)
}

fn close(roots: &mut Vec<Item>, stack: &mut Vec<Open>, keep: usize) {
    while stack.len() > keep {
        let Some(open) = stack.pop() else { break };
        match stack.last_mut() {
            Some(outer) => outer.item.items.push(open.item),
            None => roots.push(open.item),
        }
    }
}

/// The last place at or before `most` where a text can be cut.
fn floor(text: &str, most: usize) -> usize {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    end
}

fn is_rule(line: &str) -> bool {
    line.starts_with("```")
        || (line.len() > 2 && line.chars().all(|c| matches!(c, '-' | '=' | '*' | '_')))
}

fn is_list(line: &str) -> bool {
    matches!(listed(line), Some((Marker::Number | Marker::Bullet, _)))
}

/// A list's marker and what follows it.
fn listed(line: &str) -> Option<(Marker, &str)> {
    for bullet in ["- ", "* ", "• ", "+ ", "– ", "·", "●", "◦", "▪"] {
        if let Some(rest) = line.strip_prefix(bullet) {
            return Some((Marker::Bullet, rest.trim_start()));
        }
    }
    if line.starts_with('•') {
        return Some((Marker::Bullet, line.trim_start_matches('•').trim_start()));
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let letter = digits == 0 && line.bytes().next().is_some_and(|first| first.is_ascii_lowercase());
    let length = if letter { 1 } else { digits };
    if length == 0 || length > 4 {
        return None;
    }
    let rest = line[length..].strip_prefix(['.', ')', ':'])?;
    let spaced = rest.starts_with([' ', '\t', '*', '['])
        || (digits > 0 && rest.starts_with(char::is_alphabetic));
    spaced.then(|| (Marker::Number, rest.trim_start()))
}

fn marked(line: &str, goes_on: bool) -> (Marker, &str) {
    let level = line.bytes().take_while(|byte| *byte == b'#').count();
    if (1..=6).contains(&level) && line[level..].starts_with([' ', '*', '\t']) {
        let rest = line[level..].trim().trim_end_matches('#').trim_end();
        // A numbered heading is a heading.
        let rest =
            listed(rest).filter(|(marker, _)| *marker == Marker::Number).map_or(rest, |(_, r)| r);
        return (Marker::Heading(level), rest);
    }
    // `**Users**: …` begins like a bullet and is none.
    if !line.starts_with("**")
        && let Some(found) = listed(line)
    {
        return found;
    }
    let bold = line.starts_with("**") || line.starts_with("__");
    let inner = plain(line);
    let short = inner.split_whitespace().count() <= MAX_TITLE_WORDS;
    let whole = bold && (line.ends_with("**") || line.ends_with("__") || line.ends_with("**:"));
    if short && (whole || (inner.ends_with(':') || bold) && goes_on) {
        // `**1. Users**` is a title that happens to be numbered.
        let rest = line.trim_start_matches(['*', '_']);
        let rest =
            listed(rest).filter(|(marker, _)| *marker == Marker::Number).map_or(line, |(_, r)| r);
        return (Marker::Title, rest);
    }
    (Marker::Plain, line)
}

/// A line without the marks of emphasis and code round its words.
fn plain(line: &str) -> String {
    let text = line.replace("**", "").replace("__", " ").replace('`', "");
    let text = text.trim();
    let single = text.strip_prefix('*').and_then(|rest| rest.strip_suffix('*'));
    single.unwrap_or(text).trim().to_owned()
}
