//! [`Hint`]: what a column's name and the model's remark say of its values.

use crate::name::Identifier;

/// The words of a column's name, and what was said of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hint {
    name: String,
    remark: String,
}

/// How many digits the numbers of a column have.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Digits {
    /// Numbers in all.
    pub(super) count: usize,
    /// Numbers of four digits and more, as the zip codes of most countries have.
    pub(super) long: usize,
    /// Digits of the shortest.
    pub(super) fewest: u32,
    /// Digits of the longest.
    pub(super) most: u32,
}

/// Words in names of codes that are written in digits but never counted with.
const CODES: [&str; 33] = [
    "phone",
    "telephone",
    "tel",
    "mobile",
    "cell",
    "cellphone",
    "fax",
    "zip",
    "zipcode",
    "postal",
    "postcode",
    "postalcode",
    "ssn",
    "isbn",
    "issn",
    "ean",
    "upc",
    "gtin",
    "imei",
    "barcode",
    "passport",
    "iban",
    "swift",
    "siret",
    "siren",
    "npi",
    "vin",
    "duns",
    "cpf",
    "cnpj",
    "whatsapp",
    "msisdn",
    "iccid",
];

/// Words in names of things that are numbered.
const IDS: [&str; 14] = [
    "id",
    "ids",
    "no",
    "nr",
    "num",
    "number",
    "key",
    "code",
    "ref",
    "reference",
    "serial",
    "sku",
    "index",
    "identifier",
];

/// Words in names of digests and the like, which are written in hexadecimal digits.
const DIGESTS: [&str; 18] = [
    "hash",
    "hashes",
    "hex",
    "sha",
    "sha1",
    "sha256",
    "md5",
    "crc",
    "crc32",
    "digest",
    "checksum",
    "commit",
    "revision",
    "fingerprint",
    "signature",
    "etag",
    "token",
    "guid",
];

/// Words in names of what is measured, counted or paid.
const MEASURES: [&str; 41] = [
    "amount",
    "count",
    "total",
    "sum",
    "price",
    "cost",
    "fee",
    "salary",
    "wage",
    "income",
    "revenue",
    "sales",
    "budget",
    "population",
    "quantity",
    "qty",
    "size",
    "area",
    "distance",
    "length",
    "width",
    "height",
    "weight",
    "volume",
    "score",
    "views",
    "visitors",
    "users",
    "balance",
    "value",
    "worth",
    "gdp",
    "debt",
    "profit",
    "loss",
    "funding",
    "votes",
    "downloads",
    "followers",
    "attendance",
    "capacity",
];

/// Words in names of money.
const MONEY: [&str; 34] = [
    "price",
    "cost",
    "amount",
    "fee",
    "fees",
    "salary",
    "wage",
    "income",
    "revenue",
    "budget",
    "balance",
    "tax",
    "payment",
    "paid",
    "total",
    "subtotal",
    "freight",
    "discount",
    "fare",
    "charge",
    "bonus",
    "commission",
    "rent",
    "spend",
    "spent",
    "profit",
    "debt",
    "loan",
    "credit",
    "debit",
    "deposit",
    "advance",
    "quota",
    "sales",
];

/// Words in names of moments.
const MOMENTS: [&str; 28] = [
    "timestamp",
    "timestamps",
    "time",
    "times",
    "date",
    "dates",
    "datetime",
    "day",
    "at",
    "on",
    "ts",
    "tms",
    "epoch",
    "unix",
    "created",
    "updated",
    "modified",
    "deleted",
    "started",
    "ended",
    "published",
    "birthday",
    "dob",
    "birthdate",
    "since",
    "until",
    "start",
    "end",
];

/// Words in names of what looks like a clock and is none.
const NO_CLOCK: [&str; 18] = [
    "score", "ratio", "result", "odds", "aspect", "duration", "lap", "pace", "split", "elapsed",
    "length", "verse", "runtime", "interval", "record", "taken", "spent", "solve",
];

/// Words in names of truths, first in the name.
const TRUTHS: [&str; 18] = [
    "is", "has", "have", "had", "was", "were", "can", "could", "should", "will", "does", "did",
    "do", "allow", "allows", "needs", "requires", "accepts",
];

/// Words in names of truths, last in the name.
const FLAGS: [&str; 12] = [
    "flag",
    "enabled",
    "disabled",
    "verified",
    "boolean",
    "bool",
    "indicator",
    "yn",
    "required",
    "approved",
    "deleted",
    "subscribed",
];

/// Words in names of what has few values.
const CLASSES: [&str; 59] = [
    "status",
    "type",
    "types",
    "gender",
    "sex",
    "level",
    "category",
    "kind",
    "class",
    "grade",
    "priority",
    "severity",
    "role",
    "mode",
    "stage",
    "tier",
    "size",
    "color",
    "colour",
    "rating",
    "region",
    "department",
    "channel",
    "currency",
    "method",
    "outcome",
    "result",
    "trend",
    "weekday",
    "month",
    "season",
    "group",
    "segment",
    "plan",
    "format",
    "source",
    "medium",
    "language",
    "condition",
    "shift",
    "phase",
    "rank",
    "frequency",
    "shape",
    "state",
    "species",
    "genre",
    "sector",
    "race",
    "ethnicity",
    "position",
    "platform",
    "environment",
    "structure",
    "classification",
    "risk",
    "range",
    "line",
    "style",
];

/// Words in names of what names one thing or says something of it.
const FREE: [&str; 40] = [
    "name",
    "title",
    "description",
    "notes",
    "note",
    "comment",
    "comments",
    "address",
    "street",
    "email",
    "mail",
    "url",
    "website",
    "link",
    "city",
    "summary",
    "text",
    "message",
    "review",
    "content",
    "body",
    "remarks",
    "details",
    "feedback",
    "username",
    "login",
    "password",
    "hash",
    "token",
    "path",
    "file",
    "filename",
    "image",
    "photo",
    "bio",
    "subject",
    "label",
    "first",
    "last",
    "author",
];

impl Hint {
    pub(crate) fn new(name: &Identifier, remark: &str) -> Self {
        Self { name: name.as_str().to_owned(), remark: remark.to_lowercase() }
    }

    /// What a column's name says.
    pub(crate) fn of(name: &str) -> Self {
        Self::new(&Identifier::new(name, "x"), "")
    }

    fn words(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.name.split('_').filter(|word| !word.is_empty())
    }

    fn any(&self, words: &[&str]) -> bool {
        self.words().any(|word| words.contains(&word))
    }

    fn last(&self, words: &[&str]) -> bool {
        // A number after the name only tells it from its twin (`address_2`).
        let mut named =
            self.words().rev().skip_while(|word| word.bytes().all(|b| b.is_ascii_digit()));
        named.next().is_some_and(|word| words.contains(&word) || glued(word, words))
    }

    fn first(&self, words: &[&str]) -> bool {
        self.words().next().is_some_and(|word| words.contains(&word))
    }

    /// Whether digits in the column are a code: a phone, zip or card number, a name.
    pub(super) fn is_code(&self, digits: &Digits) -> bool {
        let fewest = digits.fewest;
        if self.any(&["zip", "zipcode", "postal", "postcode", "postalcode"]) {
            // Now and then one is cut; a column of all lengths is something else.
            return digits.long * 20 >= digits.count * 19;
        }
        (self.any(&CODES) && fewest >= 6)
            || (self.any(&["card", "iban", "account", "tracking"]) && fewest >= 12)
            || (self.any(&["national", "social", "tax", "passport"]) && self.is_id() && fewest >= 4)
            || self.last(&["name", "title", "label", "description", "address", "email", "notes"])
    }

    /// Whether the name is that of a code, so that a word for nothing is never a value.
    pub(crate) fn is_coded(&self) -> bool {
        self.any(&CODES)
    }

    /// Whether the name says that the values are text, whatever they look like.
    pub(super) fn is_text(&self) -> bool {
        self.last(&["str", "string", "text", "txt"])
    }

    /// Whether the values name things or versions, so that what looks like a fraction is none.
    pub(super) fn is_key(&self) -> bool {
        self.last(&["id", "ids", "key", "identifier", "version", "release"])
    }

    pub(super) fn is_id(&self) -> bool {
        self.last(&IDS)
    }

    /// Whether the values are digests, in which an `e` is a digit.
    pub(super) fn is_digest(&self) -> bool {
        self.any(&DIGESTS)
    }

    pub(super) fn is_measure(&self) -> bool {
        self.any(&MEASURES)
    }

    pub(super) fn is_money(&self) -> bool {
        self.any(&MONEY) || self.last(&MONEY)
    }

    pub(super) fn is_coordinate(&self) -> bool {
        self.any(&["lat", "latitude", "lon", "lng", "long", "longitude"])
    }

    pub(super) fn is_moment(&self) -> bool {
        self.any(&MOMENTS)
            || ["timestamp", "datetime", "unix", "epoch", "yyyy"]
                .iter()
                .any(|word| self.remark.contains(word))
    }

    pub(super) fn is_clock(&self) -> bool {
        !self.any(&NO_CLOCK)
    }

    pub(super) fn is_truth(&self) -> bool {
        self.first(&TRUTHS) || self.last(&FLAGS) || self.remark.contains("bool")
    }

    pub(super) fn is_class(&self) -> bool {
        self.last(&CLASSES) || self.remark.contains("enum") || self.remark.contains("one of")
    }

    pub(super) fn is_free(&self) -> bool {
        self.last(&FREE) || self.first(&["parent"]) || self.is_id() || self.any(&CODES)
    }

    /// Whether the remark says that the day, or that the month, stands first.
    pub(super) fn order(&self) -> Option<crate::value::moment::Order> {
        use crate::value::moment::Order::{DayFirst, MonthFirst};
        let says = |words: &[&str]| words.iter().any(|word| self.remark.contains(word));
        if says(&["dd/mm", "dd-mm", "dd.mm", "%d/%m", "%d-%m", "day first"]) {
            return Some(DayFirst);
        }
        says(&["mm/dd", "mm-dd", "%m/%d", "%m-%d", "month first"]).then_some(MonthFirst)
    }
}

/// Whether a word without a joint ends in one of some longer words (`jobtitle`, `ordertype`).
fn glued(word: &str, words: &[&str]) -> bool {
    words.iter().any(|end| end.len() >= 4 && word.len() > end.len() + 2 && word.ends_with(end))
}
