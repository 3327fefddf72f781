//! Texts by what they are called: people, addresses, mail, notes.

use super::{Column, formed, lexicon, templated};
use crate::behaviour::Behaviour;
use crate::design::DesignTable;

/// What is usual for a text column of a name, if the name says anything.
pub(super) fn usual(column: Column<'_>, alone: bool) -> Option<Behaviour> {
    let words = column.words();
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let last = words.last().map(String::as_str).unwrap_or_default();
    let table = column.table();
    let list = |words: &'static str| {
        words
            .lines()
            .flat_map(|line| line.split(','))
            .map(str::trim)
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let of = |words: &'static str| templated(&["{word}"], &[("word", list(words))], alone);
    if has(&["email", "mail"]) {
        return Some(mail(table, alone, list(lexicon::DOMAINS), list(lexicon::LAST)));
    }
    if has(&["phone", "telephone", "mobile", "fax"]) {
        return Some(formed(
            &[
                "+{30..49} {1..9}{##} {#######}",
                "+1 {2..9}{##} {2..9}{##} {####}",
                "+3{1..9} {6..7}{#} {###} {####}",
            ],
            alone,
        ));
    }
    if column.column().vocabulary.is_some() || !column.written_words().is_empty() {
        return None;
    }
    let person = [
        "customer",
        "user",
        "patient",
        "employee",
        "member",
        "student",
        "teacher",
        "author",
        "doctor",
        "driver",
        "person",
        "people",
        "staff",
        "guest",
        "client",
        "player",
        "owner",
        "contact",
        "passenger",
        "artist",
        "reader",
        "keeper",
        "manager",
        "agent",
        "clerk",
        "nurse",
        "actor",
        "director",
    ];
    let stems: Vec<String> = crate::design::stem::words(table.name.as_str())
        .iter()
        .map(|word| crate::design::stem::singular(word))
        .collect();
    let people = stems.iter().chain(&words).any(|word| person.contains(&word.as_str()));
    let named = last == "name" || last == "fullname";
    Some(match () {
        () if has(&["firstname"]) || has(&["first", "given", "forename"]) && named => {
            of(lexicon::FIRST)
        }
        () if has(&["lastname", "surname"]) || has(&["last", "family"]) && named => {
            of(lexicon::LAST)
        }
        () if has(&["company", "employer", "manufacturer", "vendor", "supplier"])
            && (named || words.len() == 1) =>
        {
            company(alone)
        }
        () if named
            && stems.iter().any(|word| {
                matches!(
                    word.as_str(),
                    "company"
                        | "supplier"
                        | "vendor"
                        | "manufacturer"
                        | "organization"
                        | "organisation"
                        | "client"
                )
            }) =>
        {
            company(alone)
        }
        () if has(&["username", "handle", "login"]) || words == ["user", "name"] => templated(
            &["{first|slug}{1..99}", "{first|slug}_{noun}", "{noun}{last|slug}"],
            &[
                ("first", list(lexicon::FIRST)),
                ("last", list(lexicon::LAST)),
                ("noun", split(lexicon::NOUNS)),
            ],
            alone,
        ),
        () if people && named => templated(
            &["{first} {last}"],
            &[("first", list(lexicon::FIRST)), ("last", list(lexicon::LAST))],
            alone,
        ),
        () if has(&["street", "address"]) && !has(&["ip", "mac"]) => templated(
            &["{1..180} {street}", "{street} {1..140}", "{street} {1..90}{suffix}"],
            &[("street", list(lexicon::STREETS)), ("suffix", split("a b c bis"))],
            alone,
        ),
        () if has(&["city", "town"]) => of(lexicon::CITIES),
        () if has(&["country", "nation", "nationality"]) && !has(&["code"]) => {
            of(lexicon::COUNTRIES)
        }
        () if has(&["postcode", "postal", "zip", "zipcode"]) => formed(&["{1..9}{####}"], false),
        () if has(&["currency"]) => of("EUR, USD, GBP, CHF, SEK, JPY, CAD, AUD"),
        () if has(&["url", "website", "link", "homepage"]) => templated(
            &["https://www.{noun}-{other}.{end}"],
            &[
                ("noun", split(lexicon::NOUNS)),
                ("other", split(lexicon::NOUNS)),
                ("end", split("com net org eu io")),
            ],
            alone,
        ),
        () if last == "ip" || words.windows(2).any(|two| two == ["ip", "address"]) => {
            formed(&["{11..223}.{0..255}.{0..255}.{1..254}"], false)
        }
        () if has(&["color", "colour"]) => {
            of("black, white, grey, navy, red, green, sand, blue, ochre, burgundy, teal, silver")
        }
        () if has(&["code", "sku", "number", "reference", "ref", "barcode", "serial", "plate"])
            && !alone =>
        {
            formed(&["{AA-#####}"], false)
        }
        () if has(&[
            "description",
            "comment",
            "comments",
            "note",
            "notes",
            "remark",
            "remarks",
            "summary",
            "text",
            "message",
            "feedback",
            "body",
            "content",
            "reason",
        ]) =>
        {
            sentence(alone)
        }
        () if named || matches!(last, "title" | "label") => title(alone),
        () => return None,
    })
}

/// A few words, where nothing is known.
pub(super) fn phrase() -> Behaviour {
    templated(
        &["{adjective} {noun}"],
        &[("adjective", split(lexicon::ADJECTIVES)), ("noun", split(lexicon::NOUNS))],
        false,
    )
}

fn split(words: &'static str) -> Vec<String> {
    words.split_whitespace().map(str::to_owned).collect()
}

fn company(unique: bool) -> Behaviour {
    let last: Vec<String> = lexicon::LAST
        .split(',')
        .map(|word| word.trim().to_owned())
        .filter(|word| !word.is_empty())
        .collect();
    templated(
        &[
            "{last} {trade}",
            "{last} & {other}",
            "{noun|upper} {trade}",
            "{last} {trade} {form}",
            "{last} {form}",
        ],
        &[
            ("last", last.clone()),
            ("other", last),
            (
                "noun",
                split(
                    "Alto Brio Cano Delfin Estro Fjord Garuda Helio Ister Jura Kappa Lumen Meridian Nexo Orion Polar Quanta Rhone Sigma Terra Umbra Vela Zenit",
                ),
            ),
            (
                "trade",
                split(
                    "Trading Logistics Foods Instruments Textiles Partners Systems Works Studios Pharma Energy Design Supply Optics",
                ),
            ),
            ("form", split("Ltd GmbH B.V. SA Inc. AB S.r.l. LLC")),
        ],
        unique,
    )
}

fn title(unique: bool) -> Behaviour {
    let capital = |words: &str| -> Vec<String> {
        let upper = |word: &str| {
            word.chars().take(1).flat_map(char::to_uppercase).chain(word.chars().skip(1)).collect()
        };
        words.split_whitespace().map(upper).collect()
    };
    templated(
        &["{adjective} {noun}", "{noun} {other}", "The {adjective} {noun}", "{noun}"],
        &[
            ("adjective", capital(lexicon::ADJECTIVES)),
            ("noun", capital(lexicon::NOUNS)),
            ("other", capital(lexicon::NOUNS)),
        ],
        unique,
    )
}

fn sentence(unique: bool) -> Behaviour {
    templated(
        &[
            "{Start} the {noun} {verb} {when}",
            "{Noun} {verb}, {noun} still {state}",
            "{adjective} {noun}; {verb} {when}",
            "{when}: {noun} {state}",
            "{Noun} {state}",
            "asked about the {adjective} {noun}, {verb} {when}",
        ],
        &[
            (
                "Start",
                split(
                    "Checked Replaced Moved Noted Reviewed Returned Updated Confirmed Cleaned Sent",
                ),
            ),
            (
                "Noun",
                split(
                    "Customer Parts Delivery Paperwork Label Sample Invoice Report Seal Cover Handle Battery",
                ),
            ),
            (
                "noun",
                split(
                    "label handle cover invoice report sample package schedule form switch seal cable shelf quote",
                ),
            ),
            (
                "adjective",
                split("second missing spare early late damaged revised local old new open"),
            ),
            (
                "verb",
                split(
                    "arrived changed checked confirmed delayed approved repaired collected rejected signed",
                ),
            ),
            (
                "state",
                [
                    "open",
                    "fine",
                    "pending",
                    "as agreed",
                    "in order",
                    "not in stock",
                    "on hold",
                    "resolved",
                ]
                .map(str::to_owned)
                .to_vec(),
            ),
            (
                "when",
                [
                    "this morning",
                    "after a call",
                    "on Tuesday",
                    "twice",
                    "without notice",
                    "by hand",
                    "last week",
                    "on request",
                    "before noon",
                    "as agreed",
                ]
                .map(str::to_owned)
                .to_vec(),
            ),
        ],
        unique,
    )
}

/// Mail addresses of the row's person, where the row has one.
fn mail(table: &DesignTable, unique: bool, domains: Vec<String>, last: Vec<String>) -> Behaviour {
    let find = |name: &[&str]| {
        let found = table.columns.iter().find(|column| {
            let words = crate::design::stem::words(column.name.as_str());
            name.iter().any(|name| words.join("_") == *name)
        });
        found
            .filter(|column| matches!(column.kind, None | Some(crate::Kind::Text)))
            .map(|column| column.name.as_str())
    };
    let (given, family) = (
        find(&["first_name", "given_name", "firstname"]),
        find(&["last_name", "surname", "family_name", "lastname"]),
    );
    let whole = find(&["name", "full_name", "customer_name", "contact_name"]);
    let forms: Vec<String> = match (given, family, whole) {
        (Some(given), Some(family), _) => vec![
            format!("{{{given}|slug}}.{{{family}|slug}}@{{domain}}"),
            format!("{{{given}|initial}}{{{family}|slug}}{{1..99}}@{{domain}}"),
            format!("{{{family}|slug}}.{{{given}|initial}}@{{domain}}"),
            format!("{{{given}|slug}}{{60..99}}@{{domain}}"),
        ],
        (_, _, Some(name)) => vec![
            format!("{{{name}|slug}}@{{domain}}"),
            format!("{{{name}|slug}}{{1..99}}@{{domain}}"),
            format!("{{{name}|first}}.{{other|slug}}@{{domain}}"),
        ],
        _ => vec![
            "{first|slug}.{other|slug}@{domain}".into(),
            "{first|initial}{other|slug}{1..99}@{domain}".into(),
            "{other|slug}{1..999}@{domain}".into(),
        ],
    };
    let forms: Vec<&str> = forms.iter().map(String::as_str).collect();
    let first: Vec<String> = lexicon::FIRST
        .split(',')
        .map(|word| word.trim().to_owned())
        .filter(|word| !word.is_empty())
        .collect();
    let mut made =
        templated(&forms, &[("domain", domains), ("other", last), ("first", first)], unique);
    if let Behaviour::Template(text) = &mut made {
        text.case = Some(crate::behaviour::Case::Slug);
        let used = |name: &str| {
            text.forms
                .iter()
                .flat_map(crate::behaviour::Template::names)
                .any(|path| path.is_own() && path.column == name)
        };
        let unused: Vec<String> = text.words.keys().filter(|name| !used(name)).cloned().collect();
        for name in unused {
            text.words.remove(&name);
        }
        if let Some(words) = text.words.get_mut("domain") {
            // A few houses have most of the mail.
            words.weights =
                Some((0..words.words.len()).map(|place| 1.0 / (place + 1) as f64).collect());
        }
    }
    made
}
