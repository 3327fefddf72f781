//! Nested values: objects as structs, arrays as lists, and what is neither as JSON.

use std::collections::HashMap;

use super::evidence::Evidence;
use super::{Hint, Verdict};
use crate::kind::{Field, Kind};
use crate::value::json;

/// Levels of structs and lists that become kinds; what lies deeper stays JSON.
pub(super) const DEEPEST: usize = 6;

/// Fields that a struct may have; an object with more is a map, and stays JSON.
const MOST_FIELDS: usize = 100;

/// What the nested values of a column have in common.
#[derive(Default)]
pub(super) struct Nested {
    count: usize,
    form: Form,
}

#[derive(Default)]
enum Form {
    /// No value was seen.
    #[default]
    Open,
    Objects(Structure),
    Arrays(Box<Evidence>),
    /// Of any form.
    Documents,
}

/// What the objects of a column hold, by the order in which they first do.
#[derive(Default)]
struct Structure {
    at: HashMap<Box<str>, usize>,
    places: Vec<Place>,
}

/// What the objects of a column hold under one name.
struct Place {
    name: String,
    evidence: Evidence,
    /// Objects that have the name, and the last of them.
    objects: usize,
    last: usize,
}

impl Nested {
    /// Takes a value in; `deep` is how many structs and lists it lies in.
    pub(super) fn take(&mut self, text: &str, deep: usize) {
        self.count += 1;
        let opening = text.trim_start().bytes().next();
        if matches!(self.form, Form::Open) {
            self.form = match opening {
                _ if deep >= DEEPEST => Form::Documents,
                Some(b'{') => Form::Objects(Structure::default()),
                Some(b'[') => Form::Arrays(Box::new(Evidence::new(Hint::of("item"), deep + 1))),
                _ => Form::Documents,
            };
        }
        let taken = match &mut self.form {
            Form::Objects(structure) if opening == Some(b'{') => {
                structure.take(text, self.count, deep)
            }
            Form::Arrays(items) if opening == Some(b'[') => {
                json::each_item(text, |item| items.take(&item))
            }
            _ => None,
        };
        if taken.is_none() {
            self.form = Form::Documents;
        }
    }

    /// The kind of the column; JSON where it holds others as well.
    pub(super) fn verdict(&self, others: bool) -> Verdict {
        let kind = match &self.form {
            _ if others => None,
            Form::Objects(structure) => structure.kind(self.count),
            Form::Arrays(items) => Some(Kind::List(Box::new(items.inner("item".to_owned())))),
            _ => None,
        };
        Verdict::new(kind.unwrap_or(Kind::Json))
    }
}

impl Structure {
    fn take(&mut self, text: &str, object: usize, deep: usize) -> Option<()> {
        for (name, cell) in json::members(text)? {
            let place = match self.at.get(&*name) {
                Some(place) => *place,
                None if self.places.len() >= MOST_FIELDS => return None,
                None => {
                    let evidence = Evidence::new(Hint::of(&name), deep + 1);
                    let (name, last) = (name.into_owned(), 0);
                    self.at.insert(name.as_str().into(), self.places.len());
                    self.places.push(Place { name, evidence, objects: 0, last });
                    self.places.len() - 1
                }
            };
            let place = &mut self.places[place];
            place.objects += usize::from(place.last != object);
            place.last = object;
            place.evidence.take(&cell);
        }
        Some(())
    }

    fn kind(&self, objects: usize) -> Option<Kind> {
        let fields = self.places.iter().map(|place| {
            let mut field = place.evidence.inner(place.name.clone());
            field.nullable |= place.objects < objects;
            field
        });
        (!self.places.is_empty()).then(|| Kind::Struct(fields.collect()))
    }
}

impl Evidence {
    /// What the values at one place inside are. A document says itself which of them are text, so
    /// that text stays text there, but for moments in ISO 8601 and identifiers; where it mixes text
    /// and others, each stays what it is.
    fn inner(&self, name: String) -> Field {
        let (verdict, _) = self.verdict(None);
        let (bare, text) = self.sorts();
        let iso = verdict.format.as_deref().is_some_and(|format| format.starts_with("%Y-%m-%d"));
        let kind = match verdict.kind {
            _ if text && bare => Kind::Json,
            kind @ (Kind::Uuid | Kind::List(_) | Kind::Struct(_) | Kind::Json) => kind,
            kind @ (Kind::Bool | Kind::Int(_) | Kind::Float | Kind::Decimal { .. }) if bare => kind,
            kind if kind.is_moment() && text && iso => kind,
            _ if bare => Kind::Json,
            _ => Kind::Text,
        };
        let nullable = self.is_nullable(&kind);
        Field { name, kind, nullable }
    }
}
