//! [`Apart`]: texts of cells that stand nowhere as they are in the text that a table was read from.

/// Texts one behind the other, told by their numbers.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Apart {
    texts: String,
    /// Where each ends.
    ends: Vec<usize>,
}

impl Apart {
    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Adds one: its number.
    pub(crate) fn push(&mut self, text: &str) -> usize {
        self.texts.push_str(text);
        self.ends.push(self.texts.len());
        self.ends.len() - 1
    }

    /// The one of a number.
    pub(crate) fn get(&self, number: usize) -> Option<&str> {
        let end = *self.ends.get(number)?;
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.texts.get(start..end)
    }

    /// Adds others behind these; how many there were before.
    pub(crate) fn append(&mut self, others: Self) -> usize {
        let before = self.len();
        if before == 0 {
            *self = others;
        } else {
            let moved = self.texts.len();
            self.texts.push_str(&others.texts);
            self.ends.extend(others.ends.iter().map(|end| end + moved));
        }
        before
    }

    /// Keeps the first so many.
    pub(crate) fn truncate(&mut self, count: usize) {
        self.ends.truncate(count);
        self.texts.truncate(self.ends.last().copied().unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::Apart;

    #[test]
    fn texts_are_told_by_their_numbers() {
        let mut texts = Apart::default();
        assert_eq!((texts.push("a"), texts.push(""), texts.push("bc")), (0, 1, 2));
        let more = texts.clone();
        assert_eq!(texts.append(more), 3);
        texts.truncate(5);
        let all: Vec<Option<&str>> = (0..6).map(|number| texts.get(number)).collect();
        assert_eq!(all, [Some("a"), Some(""), Some("bc"), Some("a"), Some(""), None]);
    }
}
