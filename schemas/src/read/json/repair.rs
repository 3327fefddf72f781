//! [`Log`]: what had to be mended in a text, and where; bounded however broken the text is.

/// One sort of mending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Repair {
    /// Other quotation marks than `"`.
    Quotes,
    /// A text that nobody quoted.
    Unquoted,
    /// A key that nobody quoted.
    UnquotedKey,
    /// A quotation mark inside a text that was not escaped.
    InnerQuote,
    /// A text whose closing quotation mark is missing.
    OpenQuote,
    /// A line end or another control character inside a text.
    Control,
    /// A missing comma.
    MissingComma,
    /// A comma too many.
    ExtraComma,
    /// A missing colon.
    MissingColon,
    /// A missing closing bracket.
    MissingBracket,
    /// A bracket too many or of the wrong form.
    WrongBracket,
    /// A comment.
    Comment,
    /// A literal of another language: `True`, `None`, `undefined`.
    Literal,
    /// A number in a form that JSON does not know.
    Number,
    /// `...` where items were left out.
    Ellipsis,
    /// Texts joined by `+`.
    Concatenated,
    /// A call or type round a value: `ObjectId("…")`.
    Wrapper,
    /// JSON within a string.
    Escaped,
    /// The text ends inside a value.
    Cut,
    /// A key without a value.
    NoValue,
    /// Words between the values that belong to none.
    Stray,
    /// Containers too deep to be told apart.
    Depth,
    /// A key that comes twice in one object.
    DuplicateKey,
    /// JSON as text where a design expects what it holds.
    Packed,
    /// One value where a design expects a list.
    NoList,
    /// A number that ends where the text ends.
    CutNumber,
    /// A number at the end of a list that ends where the text ends.
    CutItem,
    /// A list that was written again, grown.
    Outgrown,
    /// A line that ends inside its object, with other lines behind it.
    CutLine,
}

impl Repair {
    /// What was done, as a finding says it.
    pub(super) fn message(self) -> &'static str {
        match self {
            Self::Quotes => "quotation marks other than `\"` were taken for it",
            Self::Unquoted => "a text without quotation marks was taken as it stands",
            Self::UnquotedKey => "a key without quotation marks was taken as it stands",
            Self::InnerQuote => "quotation marks inside a text were kept as part of it",
            Self::OpenQuote => "a missing closing quotation mark was added",
            Self::Control => "a line end inside a text was kept as part of it",
            Self::MissingComma => "a missing comma was added",
            Self::ExtraComma => "a comma too many was left out",
            Self::MissingColon => "a missing colon was added",
            Self::MissingBracket => "a missing bracket was added",
            Self::WrongBracket => "a bracket too many or of the wrong form was set right",
            Self::Comment => "a comment was left out",
            Self::Literal => "a literal of another language was taken for its JSON twin",
            Self::Number => "a number in a form unknown to JSON was completed",
            Self::Ellipsis => "an ellipsis was left out: items may be missing here",
            Self::Concatenated => "texts joined by `+` were made one",
            Self::Wrapper => "a call or parentheses round a value were left out",
            Self::Escaped => "JSON inside a string was taken for what it holds",
            Self::Cut => "the text ends here: what was whole is kept",
            Self::NoValue => "a key without a value was taken as null or left out",
            Self::Stray => "words that belong to no value were left out",
            Self::Depth => "containers nested too deep were kept as text",
            Self::DuplicateKey => "a key comes twice: the last value is kept",
            Self::Packed => "JSON written as text was taken for what it holds, as the design says",
            Self::NoList => "one value was taken for a list of one, as the design says",
            Self::CutNumber => {
                "the text ends here in a number: digits may be missing, so it is left out"
            }
            Self::CutItem => {
                "the text ends here in a number of a list: it is kept, but digits may be missing"
            }
            Self::CutLine => "the line ends inside its object: what was whole is kept",
            Self::Outgrown => "a list was written again with more in it: the last writing is kept",
        }
    }
}

/// Places remembered of each sort of repair; of the others only the number is kept.
const REMEMBERED: usize = 100;

/// Repairs remembered of one value, in order.
const RECENT: usize = 256;

/// Repairs in order of the text.
#[derive(Debug, Clone, Default)]
pub(super) struct Log {
    entries: Vec<Entry>,
    /// The first repairs since a value was begun, in order.
    recent: Vec<(Repair, usize)>,
}

#[derive(Debug, Clone)]
struct Entry {
    repair: Repair,
    places: Vec<usize>,
    count: usize,
}

impl Log {
    /// Notes a repair at a byte of the text.
    pub(super) fn note(&mut self, repair: Repair, at: usize) {
        if self.recent.len() < RECENT {
            self.recent.push((repair, at));
        }
        let known = self.entries.iter().position(|entry| entry.repair == repair);
        let number = known.unwrap_or_else(|| {
            self.entries.push(Entry { repair, places: Vec::new(), count: 0 });
            self.entries.len() - 1
        });
        let entry = &mut self.entries[number];
        entry.count += 1;
        if entry.places.len() < REMEMBERED {
            entry.places.push(at);
        }
    }

    /// Begins a value: the repairs in order of the one that it is within.
    pub(super) fn begin(&mut self) -> Vec<(Repair, usize)> {
        std::mem::take(&mut self.recent)
    }

    /// Ends a value, back in the one that it is within.
    pub(super) fn end(&mut self, outer: Vec<(Repair, usize)>) {
        let inner = std::mem::replace(&mut self.recent, outer);
        let room = RECENT.saturating_sub(self.recent.len());
        self.recent.extend(inner.into_iter().take(room));
    }

    /// The repairs since the beginning in order, unless they are too many.
    pub(super) fn recent(&self) -> Option<&[(Repair, usize)]> {
        (self.recent.len() < RECENT).then_some(&self.recent)
    }

    /// Leaves out the repairs of a sort; whether there were any.
    pub(super) fn forget(&mut self, repair: Repair) -> bool {
        let before = self.entries.len();
        self.entries.retain(|entry| entry.repair != repair);
        self.recent.retain(|(known, _)| *known != repair);
        self.entries.len() < before
    }

    /// Adds repairs from later in the text.
    pub(super) fn append(&mut self, later: &Log) {
        for entry in &later.entries {
            for at in &entry.places {
                self.note(entry.repair, *at);
            }
            let known = self.entries.iter_mut().find(|known| known.repair == entry.repair);
            if let Some(known) = known {
                known.count += entry.count - entry.places.len();
            }
        }
    }

    /// How many repairs there were of all sorts.
    pub(super) fn count(&self) -> usize {
        self.entries.iter().map(|entry| entry.count).sum()
    }

    /// The remembered places of each sort, and how many more there were.
    pub(super) fn sorts(&self) -> impl Iterator<Item = (Repair, &[usize], usize)> {
        (self.entries.iter())
            .map(|entry| (entry.repair, entry.places.as_slice(), entry.count - entry.places.len()))
    }
}
