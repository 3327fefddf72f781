//! Words and templates, worked out.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use peyote_schemas::behaviour::{Forms, Pick, Piece, Template, Text, Words};
use peyote_schemas::{Column, Kind, RawTable};
use serde_json::Value;

use super::compile::Bench;
use super::written;
use crate::error::Error;
use crate::generate::cell::cell;
use crate::generate::chance::alias::Alias;
use crate::generate::draw::Draw;
use crate::generate::formula::Worked;
use crate::generate::maker::{Deck, Form, Maker, Part, Pattern, Picks, Shaped, Stock, Texts};
use crate::generate::shuffle::Shuffle;
use crate::generate::total::Total;
use crate::lane::Words as Lexicon;

impl Bench<'_> {
    /// Words out of a list.
    pub(super) fn pick(
        &self,
        table: usize,
        column: usize,
        pick: &Pick,
        alone: bool,
    ) -> Result<Maker, Error> {
        let own = &self.columns[table][column];
        let designed = &self.design_table(table).columns()[column];
        let main: Vec<String> = match (&pick.words, &own.kind) {
            (Some(words), _) | (None, Kind::Enum(words)) => words.clone(),
            (None, _) => designed.vocabulary().unwrap_or_default().to_vec(),
        };
        let weights = pick.weights.clone().filter(|all| all.len() == main.len()).or_else(|| {
            let skew = pick.skew?;
            Some((1..=main.len()).map(|k| libm::pow(k as f64, -skew)).collect())
        });
        if !matches!(own.kind, Kind::Text | Kind::Enum(_) | Kind::Json | Kind::Uuid) {
            let values: Vec<Value> = main.iter().map(|word| Value::from(word.as_str())).collect();
            let stock = stock(own, &values, weights.as_deref());
            return Ok(stock.map_or(Maker::Absent, Maker::Stock));
        }
        let mut all = Places::default();
        if let Kind::Enum(words) = &own.kind {
            for word in words {
                all.of(word);
            }
        }
        let unique = pick.unique || alone;
        let taken = written::texts(self.lanes[table][column].as_ref());
        let mut places: Vec<u32> = Vec::new();
        for word in &main {
            let at = all.of(word);
            // What is written is not drawn again where nothing comes twice.
            if !unique || !taken.contains(word) {
                places.push(at);
            }
        }
        let straight = places.iter().enumerate().all(|(at, place)| at as u32 == *place);
        let made = self.rows[table] - self.written[table];
        let shuffle = unique.then(|| Shuffle::new(self.draw(table, column), places.len() as u64));
        let first_made = self.base[table] - self.written[table];
        if unique && (places.len() as u64) < made {
            // Those that did for what there is do not tell apart what comes later.
            let did = (places.len() as u64) >= first_made;
            if pick.unique || did || !matches!(own.kind, Kind::Text) {
                return Err(self.too_few(table, column, main.len() as u128, "words"));
            }
            // Words of a key that nobody said are all of them: told apart by numbers.
            let words = Words { words: main, weights };
            return Ok(self.numbered_words(table, column, &words));
        }
        let decks = |words: &Words, all: &mut Places| Deck {
            places: words.words.iter().map(|word| all.of(word)).collect(),
            alias: alias(words),
        };
        let given = match &pick.given {
            Some(given) if !unique => {
                let worked: Vec<Deck> =
                    given.cases.values().map(|words| decks(words, &mut all)).collect();
                let route = self.route(table, &given.column);
                let cases = given.cases.keys().map(String::as_str);
                route.map(|route| (self.switch(route, cases), worked))
            }
            _ => None,
        };
        for word in taken {
            all.of(&word);
        }
        if all.words.is_empty() {
            return Ok(Maker::Absent);
        }
        let even = vec![1.0; places.len()];
        let weights = weights.filter(|all| all.len() == places.len());
        let alias = Alias::new(weights.as_deref().unwrap_or(&even));
        let main = Deck { places: if straight { Vec::new() } else { places }, alias };
        let words = Arc::new(Lexicon::new(all.words.iter().map(String::as_str)));
        let within = self.within(table, column);
        Ok(Maker::Pick(Picks { words, main, given, unique: shuffle, within }))
    }

    /// The link to whom no two rows may have the same value in a column.
    fn within(&self, table: usize, column: usize) -> Option<usize> {
        let designed = self.design_table(table);
        let name = designed.columns()[column].name();
        super::compile::apart(designed).into_iter().find(|(one, _)| one == name).map(|(_, key)| key)
    }

    /// Words that come again with a number behind them.
    fn numbered_words(&self, table: usize, column: usize, words: &Words) -> Maker {
        let draw = self.draw(table, column);
        let lexicon = Lexicon::new(words.words.iter().map(String::as_str));
        let deck = Deck { places: Vec::new(), alias: alias(words) };
        Maker::Text(Texts {
            forms: vec![Form::new(vec![Part::Word(lexicon, deck, draw)])],
            alias: Alias::new(&[1.0]),
            given: None,
            case: None,
            unique: true,
            rows: self.rows[table],
            met: OnceLock::new(),
            shaped: Shaped::default(),
        })
    }

    /// Text put together.
    pub(super) fn text(
        &self,
        table: usize,
        draw: Draw,
        text: &Text,
        alone: bool,
        totals: &mut Vec<Total>,
    ) -> Maker {
        let mut keyed = false;
        let mut forms = Vec::with_capacity(text.forms.len());
        for (form, template) in text.all_forms().enumerate() {
            let mut parts = Vec::with_capacity(template.pieces.len());
            for (place, piece) in template.pieces.iter().enumerate() {
                let draw = draw.numbered(form as u64).numbered(place as u64);
                parts.push(match piece {
                    Piece::Literal(text) => Part::Literal(text.clone().into_bytes()),
                    Piece::Pattern(pattern) => Part::Pattern(Pattern::new(pattern), draw),
                    Piece::Range { min, max, width } => {
                        let many = max.wrapping_sub(*min) as u64;
                        let width = width.map_or(0, usize::from);
                        Part::Range(*min, many.saturating_add(1), width, draw)
                    }
                    Piece::Value { of, width, shape } => {
                        let words = (of.is_own()).then(|| text.words.get(&of.column)).flatten();
                        match (words, self.route(table, of)) {
                            (Some(words), _) => {
                                let texts = words.words.iter().map(String::as_str);
                                let deck = Deck { places: Vec::new(), alias: alias(words) };
                                shaped(Lexicon::new(texts), *shape, deck, draw)
                            }
                            (None, Some(route)) => {
                                keyed |= route.links.is_empty()
                                    && shape.is_none()
                                    && self.is_alone(table, route.column);
                                Part::Value(route, width.map_or(0, usize::from), *shape)
                            }
                            (None, None) => Part::Literal(of.to_string().into_bytes()),
                        }
                    }
                    Piece::Formula(formula) => {
                        let root = self.expression(table, &formula.root, totals);
                        Part::Formula(Worked::told(root))
                    }
                });
            }
            forms.push(Form::new(parts));
        }
        let chosen = |many: usize, weights: Option<&[f64]>| {
            let even = vec![1.0; many];
            Alias::new(weights.filter(|all| all.len() == many).unwrap_or(&even))
        };
        // The forms of cases stand behind the others.
        let mut next = text.forms.len();
        let given = self.given(table, text.given.as_ref(), |of: &Forms| Some(of.clone()));
        let given = given.map(|(switch, cases)| {
            let cases = cases.into_iter().map(|of| {
                let first = next;
                next += of.forms.len();
                (first, chosen(of.forms.len(), of.weights.as_deref()))
            });
            (switch, cases.collect())
        });
        Maker::Text(Texts {
            forms,
            alias: chosen(text.forms.len(), text.weights.as_deref()),
            given,
            case: text.case,
            // What holds a key is unlike all others as it is.
            unique: (text.unique || alone) && !keyed,
            rows: self.rows[table],
            met: OnceLock::new(),
            shaped: Shaped::default(),
        })
    }
}

/// Words in the order in which they were met, each once.
#[derive(Default)]
struct Places {
    words: Vec<String>,
    known: BTreeMap<String, u32>,
}

impl Places {
    /// The place of a word, which is the last one if it is new.
    fn of(&mut self, word: &str) -> u32 {
        if let Some(place) = self.known.get(word) {
            return *place;
        }
        let place = self.words.len() as u32;
        self.words.push(word.to_owned());
        self.known.insert(word.to_owned(), place);
        place
    }
}

fn alias(words: &Words) -> Alias {
    let even = vec![1.0; words.words.len()];
    let weights = words.weights.as_deref().filter(|all| all.len() == even.len());
    Alias::new(weights.unwrap_or(&even))
}

/// Words in a shape.
fn shaped(
    words: Lexicon,
    shape: Option<peyote_schemas::behaviour::Shape>,
    deck: Deck,
    draw: Draw,
) -> Part {
    let Some(shape) = shape else { return Part::Word(words, deck, draw) };
    let texts: Vec<String> = (0..words.len())
        .map(|at| {
            let mut text = Vec::new();
            crate::generate::shape::piece(shape, words.bytes(at), &mut text);
            String::from_utf8_lossy(&text).into_owned()
        })
        .collect();
    Part::Word(Lexicon::new(texts.iter().map(String::as_str)), deck, draw)
}

/// Text of one piece.
pub(super) fn single(piece: Piece) -> Text {
    Text {
        forms: vec![Template { pieces: vec![piece] }],
        weights: None,
        given: None,
        words: BTreeMap::new(),
        case: None,
        unique: false,
    }
}

/// Values of a column's kind.
pub(super) fn stock(column: &Column, values: &[Value], weights: Option<&[f64]>) -> Option<Stock> {
    if values.is_empty() {
        return None;
    }
    let mut raw = RawTable::new("values", "design", vec![column.name.clone()]);
    for value in values {
        raw.push_row([cell(value)]);
    }
    let alone = vec![1.0; values.len()];
    let alias = Alias::new(weights.filter(|all| all.len() == values.len()).unwrap_or(&alone));
    Some(Stock { values: written::lane(&raw, 0, column)?, alias })
}
