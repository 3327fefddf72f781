//! Values inside of others: lists and structs, worked out into makers.

use peyote_schemas::behaviour::{Behaviour, Number, Piece, Text};
use peyote_schemas::{Column, Kind};
use serde_json::Value;

use super::compile::Bench;
use super::laws::spread;
use super::words::{single, stock};
use crate::generate::draw::{Draw, share};
use crate::generate::maker::{Amount, Grid, Lists, Maker, Numbers, Sequence, Structs};

impl Bench<'_> {
    /// Lists of a column's kind.
    pub(super) fn list(
        &self,
        table: usize,
        draw: Draw,
        own: &Column,
        length: &Number,
        item: &Behaviour,
    ) -> Option<Lists> {
        let Kind::List(field) = &own.kind else { return None };
        let bounds = (length.min.or(Some(0.0)), length.max);
        let grid = Grid::new(&Kind::Float, Some(1.0), bounds, &[]);
        let spread = spread(&length.law, &grid, bounds);
        let column = Column::new(field.name.clone(), field.kind.clone());
        let item = self.inside(table, draw.named("item"), &column, item)?;
        Some(Lists { length: Amount { spread, grid }, item })
    }

    /// Structs of a column's kind.
    pub(super) fn fields(
        &self,
        table: usize,
        draw: Draw,
        own: &Column,
        said: &std::collections::BTreeMap<String, Behaviour>,
    ) -> Option<Structs> {
        let Kind::Struct(fields) = &own.kind else { return None };
        let maker = |field: &peyote_schemas::Field| {
            let column = Column::new(field.name.clone(), field.kind.clone());
            let draw = draw.named(&field.name);
            let said =
                said.get(&field.name).and_then(|said| self.inside(table, draw, &column, said));
            said.unwrap_or(Maker::Absent)
        };
        Some(Structs { fields: fields.iter().map(maker).collect() })
    }

    /// What makes values inside of others: whatever hangs on nothing beside it.
    fn inside(
        &self,
        table: usize,
        draw: Draw,
        own: &Column,
        behaviour: &Behaviour,
    ) -> Option<Maker> {
        Some(match behaviour {
            Behaviour::Sequence { start, step, gap } => {
                Maker::Sequence(Sequence { start: *start, step: *step, gap: *gap })
            }
            Behaviour::Code { pattern, .. } => {
                let text = single(Piece::Pattern(pattern.clone()));
                self.text(table, draw, &text, false, &mut Vec::new())
            }
            Behaviour::Template(text) => {
                let beside = |piece: &Piece| match piece {
                    Piece::Value { of, .. } => {
                        !(of.is_own() && text.words.contains_key(&of.column))
                    }
                    Piece::Formula(_) => true,
                    Piece::Literal(_) | Piece::Pattern(_) | Piece::Range { .. } => false,
                };
                if text.given.is_some()
                    || text.forms.iter().flat_map(|form| &form.pieces).any(beside)
                {
                    return None;
                }
                let plain = Text { unique: false, ..text.clone() };
                self.text(table, draw, &plain, false, &mut Vec::new())
            }
            Behaviour::Constant { value } => {
                Maker::Stock(stock(own, std::slice::from_ref(value), None)?)
            }
            Behaviour::Values { values, weights, at: None } => {
                Maker::Stock(stock(own, values, weights.as_deref())?)
            }
            Behaviour::Pick(pick) => {
                let ((Some(words), _) | (None, Kind::Enum(words))) = (&pick.words, &own.kind)
                else {
                    return None;
                };
                let values: Vec<Value> = words.iter().map(|word| word.as_str().into()).collect();
                let skewed = pick.skew.map(|skew| {
                    (1..=values.len()).map(|k| libm::pow(k as f64, -skew)).collect::<Vec<f64>>()
                });
                Maker::Stock(stock(own, &values, pick.weights.as_deref().or(skewed.as_deref()))?)
            }
            Behaviour::Uuid {} => Maker::Uuid,
            Behaviour::Bool { share: of, .. } => Maker::Bool { share: share(*of), given: None },
            Behaviour::Number(number) => {
                let bounds = (number.min, number.max);
                let grid = Grid::new(&own.kind, number.round, bounds, &number.ending);
                let spread = spread(&number.law, &grid, bounds);
                let (given, with, unique) = (None, None, None);
                Maker::Number(Numbers { spread, given, with, grid, grids: Vec::new(), unique })
            }
            Behaviour::Moment(happening) => self.moment(0, own, happening, false).ok()?,
            Behaviour::List { length, item } => {
                Maker::List(Box::new(self.list(table, draw, own, length, item)?))
            }
            Behaviour::Struct { fields } => Maker::Struct(self.fields(table, draw, own, fields)?),
            _ => return None,
        })
    }
}
