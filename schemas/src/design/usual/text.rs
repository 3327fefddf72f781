//! Texts by what they are called: people, addresses, mail, notes.

use super::{Spot, formed, lexicon, templated};
use crate::behaviour::Behaviour;
use crate::design::{DesignTable, stem};

/// Words of tables and columns that are about people.
const PEOPLE: &str = "customer user patient employee member student teacher author doctor driver \
    person people staff guest client player owner contact passenger artist reader keeper manager \
    agent clerk nurse actor director observer inspector reviewer operator supervisor engineer \
    technician captain pilot guide trainer coach visitor tenant resident";
/// Last words of columns that hold a person, whatever stands before them.
const PERSONS: &str = "by doctor driver author teacher manager clerk nurse actor director observer inspector \
    reviewer operator supervisor engineer technician captain pilot guide trainer coach";
/// Words of tables that are about companies.
const COMPANIES: &str =
    "company supplier vendor manufacturer organization organisation client employer carrier";
/// Words of columns that hold sentences.
const SENTENCES: &str = "description comment comments note notes remark remarks summary text \
    message feedback body content reason";
/// Words of columns that hold codes.
const CODES: &str = "code sku number reference ref barcode serial plate";

/// What is usual for a text column of a name, if the name says anything.
pub(super) fn usual(spot: Spot<'_>, alone: bool) -> Option<Behaviour> {
    let words = spot.words();
    let has = |list: &str| any(&words, list);
    if has("email mail") {
        return Some(mail(spot.table(), alone, listed(lexicon::DOMAINS), listed(lexicon::LAST)));
    }
    if has("phone telephone mobile fax") {
        let forms = [
            "+{30..49} {1..9}{##} {#######}",
            "+1 {2..9}{##} {2..9}{##} {####}",
            "+3{1..9} {6..7}{#} {###} {####}",
        ];
        return Some(formed(&forms, alone));
    }
    if spot.column().vocabulary.is_some() || !spot.written_words().is_empty() {
        return None;
    }
    let last = words.last().map(String::as_str).unwrap_or_default();
    name(spot, &words, alone).or_else(|| place(&words, alone)).or_else(|| {
        if has(CODES) && !alone {
            Some(formed(&["{AA-#####}"], false))
        } else if has(SENTENCES) {
            Some(sentence(alone))
        } else if matches!(last, "name" | "fullname" | "title" | "label") {
            Some(title(alone))
        } else {
            None
        }
    })
}

/// Whether a column's name says which form its texts have.
pub(super) fn is_formed(spot: Spot<'_>) -> bool {
    const FORMED: &str = "email mail phone telephone mobile fax username handle login ip url website \
        link homepage postcode postal zip zipcode iban isbn";
    let words = spot.words();
    any(&words, FORMED) || any(&words, CODES)
}

/// Whether texts are made up for want of anything known of them.
pub(super) fn is_filler(usual: &Behaviour) -> bool {
    [phrase(), title(false), title(true), sentence(false), sentence(true)].contains(usual)
}

/// Whether one of some words is in a list.
fn any(words: &[String], list: &str) -> bool {
    words.iter().any(|word| list.split_whitespace().any(|one| one == word))
}

/// Names of people and companies.
fn name(spot: Spot<'_>, words: &[String], alone: bool) -> Option<Behaviour> {
    let has = |list: &str| any(words, list);
    let last = words.last().map(String::as_str).unwrap_or_default();
    let named = last == "name" || last == "fullname";
    let table: Vec<String> =
        (stem::words(spot.table().name.as_str()).iter()).map(|word| stem::singular(word)).collect();
    let people = any(&table, PEOPLE) || has(PEOPLE);
    let (first, family) = (listed(lexicon::FIRST), listed(lexicon::LAST));
    if has("username handle login") || words.join(" ") == "user name" {
        let forms = ["{first|slug}{1..99}", "{first|slug}_{noun}", "{noun}{last|slug}"];
        let words = [("first", first), ("last", family), ("noun", split(lexicon::NOUNS))];
        Some(templated(&forms, &words, alone))
    } else if has("firstname forename") || (has("first given") && named) {
        Some(templated(&["{word}"], &[("word", first)], alone))
    } else if has("lastname surname") || (has("last family") && named) {
        Some(templated(&["{word}"], &[("word", family)], alone))
    } else if (has("company employer manufacturer vendor supplier") && (named || words.len() == 1))
        || (named && any(&table, COMPANIES))
    {
        Some(company(alone))
    } else if people && named
        || words.len() > 1 && last == "by"
        || last != "by" && any(&words[words.len() - 1..], PERSONS)
    {
        Some(templated(&["{first} {last}"], &[("first", first), ("last", family)], alone))
    } else {
        None
    }
}

/// Where things are, on land and in nets, and a few closed lists.
fn place(words: &[String], alone: bool) -> Option<Behaviour> {
    let has = |list: &str| any(words, list);
    let of = |words: &str| templated(&["{word}"], &[("word", listed(words))], alone);
    if has("ip") {
        Some(formed(&["{11..223}.{0..255}.{0..255}.{1..254}"], false))
    } else if has("street address") && !has("mac") {
        let words = [("street", listed(lexicon::STREETS)), ("suffix", split("a b c bis"))];
        let forms = ["{1..180} {street}", "{street} {1..140}", "{street} {1..90}{suffix}"];
        Some(templated(&forms, &words, alone))
    } else if has("city town") {
        Some(of(lexicon::CITIES))
    } else if has("country nation nationality") && !has("code") {
        Some(of(lexicon::COUNTRIES))
    } else if has("postcode postal zip zipcode") {
        Some(formed(&["{1..9}{####}"], false))
    } else if has("currency") {
        Some(of("EUR, USD, GBP, CHF, SEK, JPY, CAD, AUD"))
    } else if has("url website link homepage") {
        let words = [
            ("noun", split(lexicon::NOUNS)),
            ("other", split(lexicon::NOUNS)),
            ("end", split("com net org eu io")),
        ];
        Some(templated(&["https://www.{noun}-{other}.{end}"], &words, alone))
    } else if has("color colour") {
        Some(of("black, white, grey, navy, red, green, sand, blue, ochre, burgundy, teal, silver"))
    } else {
        None
    }
}

/// Words with commas between them.
fn listed(words: &str) -> Vec<String> {
    words.split(',').map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect()
}

/// A few words, where nothing is known.
pub(super) fn phrase() -> Behaviour {
    templated(
        &["{adjective} {noun}"],
        &[("adjective", split(lexicon::ADJECTIVES)), ("noun", split(lexicon::NOUNS))],
        false,
    )
}

fn split(words: &str) -> Vec<String> {
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
            let words = stem::words(column.name.as_str());
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
