//! [`Words`]: what a name says, whatever its case, number and abbreviation.

/// A name as canonical words: split at case and punctuation, singular, lower-case, digits dropped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Words(Vec<String>);

/// Words that say that a column names something, not what it names.
const NAMING: &[&str] = &[
    "id",
    "key",
    "cod",
    "cd",
    "no",
    "nr",
    "num",
    "number",
    "nbr",
    "ref",
    "referenc",
    "fk",
    "pk",
    "sk",
    "uuid",
    "guid",
    "identifier",
    "ident",
];
/// Words that are too common among tables to name one of them.
const GENERIC: &[&str] = &[
    "nam",
    "titl",
    "typ",
    "status",
    "dat",
    "tim",
    "timestamp",
    "description",
    "valu",
    "label",
    "email",
    "row",
    "index",
    "rank",
    "position",
    "lin",
    "sequenc",
    "seq",
    "order",
    "item",
];
/// Words of a table's name that say nothing of what its rows are.
const FILLING: &[&str] = &["tabl", "tbl", "data", "dim", "fact", "dimension"];
/// Words behind a thing's name in the name of the table that holds it: `vehicle details`.
const SOFT: &[&str] = &[
    "info",
    "information",
    "detail",
    "list",
    "master",
    "header",
    "head",
    "record",
    "profil",
    "main",
    "catalog",
    "directory",
    "registry",
];
/// Endings that names in one word carry: `custkey`, `memid`, `deptno`.
const FUSED: &[&str] = &["id", "key", "code", "number", "num"];
/// Names in one word that end in `no` for `number`.
const FUSED_NO: &[&str] =
    &["dept", "emp", "ord", "acc", "acct", "cust", "inv", "part", "order", "item", "prod", "room"];
/// English words that end like a key and are none.
const ENGLISH: &[&str] = &[
    "paid", "unpaid", "prepaid", "valid", "invalid", "grid", "void", "solid", "fluid", "liquid",
    "rapid", "android", "covid", "asteroid", "hybrid", "bid", "kid", "aid", "lid", "said", "raid",
    "acid", "humid", "avoid", "orchid", "monkey", "turkey", "hockey", "jockey", "whiskey",
    "donkey", "steroid", "thyroid", "pyramid", "plaid", "maid", "madrid", "orchid", "ozoneid",
    "squid",
];
/// The longest name looked at, in words; what follows tells nothing more.
const MOST_WORDS: usize = 16;

impl Words {
    /// The words of a name, with a key's ending apart (`custkey` is `cust key`).
    pub(super) fn new(name: &str) -> Self {
        let mut words = split(name);
        if let Some(last) = words.last().cloned()
            && let Some((stem, ending)) = fused(&last)
        {
            words.pop();
            words.push(stem.to_owned());
            words.push(ending.to_owned());
        }
        Self(words.iter().map(|word| canonical(word)).collect())
    }

    /// The words of a table's name, without those that only say that it is a table.
    pub(super) fn of_table(name: &str) -> Self {
        let mut words: Vec<String> = split(name).iter().map(|word| canonical(word)).collect();
        while words.len() > 1 && words.last().is_some_and(|word| FILLING.contains(&word.as_str())) {
            words.pop();
        }
        while words.len() > 1 && words.first().is_some_and(|word| FILLING.contains(&word.as_str()))
        {
            words.remove(0);
        }
        Self(words)
    }

    /// The words one by one.
    pub(super) fn as_slice(&self) -> &[String] {
        &self.0
    }

    /// Whether there is no word.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The words without separators, for what is a word of its own elsewhere (`reportsto`).
    pub(super) fn joined(&self) -> String {
        self.0.concat()
    }

    /// Its first `count` words.
    pub(super) fn first(&self, count: usize) -> Self {
        Self(self.0.get(..count).unwrap_or_default().to_vec())
    }

    /// The same without its first `count` words.
    pub(super) fn without_first(&self, count: usize) -> Self {
        Self(self.0.get(count..).unwrap_or_default().to_vec())
    }

    /// Whether the last word says that this names something: `id`, `code`, `no`.
    pub(super) fn is_naming(&self) -> bool {
        self.0.last().is_some_and(|word| NAMING.contains(&word.as_str()))
    }

    /// What is named: the words before the naming ones.
    pub(super) fn stem(&self) -> Self {
        Self(self.stem_words().to_vec())
    }

    /// The words of its stem.
    pub(super) fn stem_words(&self) -> &[String] {
        let mut words = self.as_slice();
        while let Some((last, front)) = words.split_last()
            && NAMING.contains(&last.as_str())
        {
            words = front;
        }
        words
    }

    /// Whether the name says which thing it names, so that two tables that have it mean the same.
    pub(super) fn is_specific(&self) -> bool {
        let stem = self.stem_words();
        stem.iter().any(|word| !GENERIC.contains(&word.as_str()) && word.len() > 1)
            || (stem.len() > 1 && !stem.iter().all(|word| GENERIC.contains(&word.as_str())))
            || (self.is_naming()
                && stem.iter().any(|word| {
                    matches!(
                        word.as_str(),
                        "order" | "item" | "position" | "titl" | "status" | "typ"
                    )
                }))
    }

    /// Whether this ends with all words of another, and has more before them.
    pub(super) fn ends_with(&self, other: &Self) -> bool {
        self.0.len() > other.0.len() && !other.0.is_empty() && self.0.ends_with(&other.0)
    }

    /// Whether the words of another stand in this one, together and in order.
    pub(super) fn contains(&self, other: &Self) -> bool {
        !other.0.is_empty() && self.0.windows(other.0.len()).any(|words| words == other.0)
    }

    /// Whether this is a table of more about the rows of another: `patient details` of `patients`.
    pub(super) fn tells_more_of(&self, other: &Self) -> bool {
        let rest = self.0.strip_prefix(other.as_slice()).unwrap_or_default();
        !other.is_empty()
            && !rest.is_empty()
            && rest.iter().all(|word| SOFT.contains(&word.as_str()))
    }

    /// Whether any of some words stands in it.
    pub(super) fn has(&self, words: &[&str]) -> bool {
        self.0.iter().any(|word| words.contains(&word.as_str()))
    }
}

/// How well a stem (`billing address`, `cust`) names a table, from 0 to 1.
///
/// It is asked of every column and every table, so that it makes nothing on the way.
pub(super) fn affinity(stem: &[String], table: &Words) -> f64 {
    let (Some(last), Some(thing)) = (stem.last(), table.0.last()) else { return 0.0 };
    let letters = |words: &[String]| words.iter().map(String::len).sum::<usize>();
    if stem == table.0
        || letters(stem) == letters(&table.0)
            && stem
                .iter()
                .flat_map(|word| word.bytes())
                .eq(table.0.iter().flat_map(|word| word.bytes()))
    {
        return 1.0;
    }
    let begins = table.0.len() > stem.len() && table.0.starts_with(stem);
    if begins && table.0[stem.len()..].iter().all(|word| SOFT.contains(&word.as_str())) {
        return if table.has(&["header", "head", "master", "main"]) { 0.82 } else { 0.8 };
    }
    if table.0.len() > stem.len() && table.0.ends_with(stem) {
        let generic = stem.iter().all(|word| GENERIC.contains(&word.as_str()));
        return if generic { 0.6 } else { 0.9 };
    }
    if stem.len() > table.0.len() && stem.ends_with(&table.0) {
        return if table.0.iter().all(|word| GENERIC.contains(&word.as_str())) {
            0.6
        } else {
            0.88
        };
    }
    let near = shortened(last, thing);
    if near > 0.0
        && stem.len() == table.0.len()
        && stem[..stem.len() - 1] == table.0[..table.0.len() - 1]
    {
        return near;
    }
    if stem.len() == 1 && near > 0.0 {
        return near * 0.9;
    }
    if stem.len() > 1 && table.0.len() == 1 && near > 0.0 {
        return near * 0.85;
    }
    if begins || stem.len() > table.0.len() && stem.starts_with(&table.0) {
        return 0.5;
    }
    if stem.len() == 1 && table.0.len() > 1 && initials(&table.0).eq(last.chars()) {
        return 0.55;
    }
    0.0
}

/// How surely one word is another shortened: a beginning (`cust`, `fac`), or its consonants in
/// order (`dpt`, `txn`).
fn shortened(short: &str, long: &str) -> f64 {
    if short.len() >= long.len() || short.is_empty() {
        return 0.0;
    }
    if long.starts_with(short) {
        return match short.len() {
            1 => 0.6,
            2 => 0.7,
            _ => 0.85,
        };
    }
    if short.len() >= 2 && short.as_bytes()[0] == long.as_bytes()[0] {
        let mut letters = long.bytes();
        if short.bytes().all(|letter| letters.any(|other| other == letter))
            && short.len() * 4 >= long.len()
            && short.len() <= 5
        {
            return 0.6;
        }
    }
    0.0
}

fn initials(words: &[String]) -> impl Iterator<Item = char> {
    words.iter().filter_map(|word| word.chars().next())
}

fn fused(word: &str) -> Option<(&str, &str)> {
    if ENGLISH.contains(&word) || NAMING.contains(&word) || matches!(word, "uuid" | "guid" | "code")
    {
        return None;
    }
    for ending in ["guid", "uuid"].iter().chain(FUSED) {
        if let Some(stem) = word.strip_suffix(ending)
            && !stem.is_empty()
        {
            return Some((stem, ending));
        }
    }
    let stem = word.strip_suffix("no")?;
    FUSED_NO.contains(&stem).then_some((stem, "no"))
}

/// A word in one form for singular and plural: `categories` and `category`, `movies` and `movie`.
/// The form is not always a word.
fn canonical(word: &str) -> String {
    match word {
        "people" | "persons" => return "person".into(),
        "children" => return "child".into(),
        "men" => return "man".into(),
        "women" => return "woman".into(),
        "indices" | "indexes" => return "index".into(),
        _ => {}
    }
    let mut word = word.to_owned();
    if word.len() > 3
        && word.ends_with('s')
        && !word.ends_with("ss")
        && !word.ends_with("us")
        && !word.ends_with("is")
    {
        word.pop();
    }
    if word.len() > 3 && word.ends_with("ie") {
        word.truncate(word.len() - 2);
        word.push('y');
    } else if word.len() > 3 && word.ends_with('e') {
        word.pop();
    }
    word
}

fn split(name: &str) -> Vec<String> {
    let ascii = deunicode::deunicode(name);
    let letters: Vec<char> = ascii.chars().filter(|letter| *letter != '\'').take(256).collect();
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for (at, letter) in letters.iter().enumerate() {
        if !letter.is_ascii_alphabetic() {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            continue;
        }
        let before = at.checked_sub(1).map(|at| letters[at]);
        let after = letters.get(at + 1);
        let starts = letter.is_ascii_uppercase()
            && before.is_some_and(|before| {
                before.is_ascii_lowercase()
                    || (before.is_ascii_uppercase() && after.is_some_and(char::is_ascii_lowercase))
            });
        if starts && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        word.push(letter.to_ascii_lowercase());
    }
    words.extend((!word.is_empty()).then_some(word));
    words.truncate(MOST_WORDS);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plural_and_singular_are_one_word() {
        for (one, many) in [
            ("category", "categories"),
            ("movie", "movies"),
            ("address", "addresses"),
            ("house", "houses"),
            ("status", "statuses"),
            ("person", "people"),
            ("bus", "buses"),
        ] {
            assert_eq!(Words::new(one), Words::new(many), "{one}");
        }
    }

    #[test]
    fn key_ending_in_one_word_is_apart() {
        assert_eq!(Words::new("custkey"), Words::new("cust_key"));
        assert_eq!(Words::new("memid"), Words::new("MemID"));
        assert!(!Words::new("paid").is_naming());
        assert!(!Words::new("hybrid").is_naming());
    }

    #[test]
    fn stem_names_its_table_in_every_spelling() {
        let table = |name| Words::of_table(name);
        let stem = |name| Words::new(name).stem();
        assert!(affinity(stem("customer_id").as_slice(), &table("Customers")) > 0.99);
        assert!(affinity(stem("billing_address_id").as_slice(), &table("addresses")) > 0.8);
        assert!(affinity(stem("VisitorID").as_slice(), &table("rink-visitors")) > 0.8);
        assert!(affinity(stem("custkey").as_slice(), &table("customer")) > 0.7);
        assert!(affinity(stem("team1_id").as_slice(), &table("teams")) > 0.99);
        assert!(affinity(stem("planet_id").as_slice(), &table("players")) < 0.1);
    }
}
