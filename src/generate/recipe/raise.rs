//! [`raise`]: values that may not be less than another of their row.

use peyote_schemas::Kind;
use peyote_schemas::value::moment::DAY;

use super::{ColumnRecipe, Here};
use crate::generate::maker::Maker;
use crate::lane::{Known, Lane, Values};

/// Puts values above those of another column of the row where they are less: as far above as they
/// were below, so that they do not heap up there; none beyond the present day of the data, or
/// beyond the bounds of their law.
pub(super) fn raise(
    here: Here<'_>,
    recipe: &ColumnRecipe,
    lane: &mut Lane,
    least: &Lane,
    base: usize,
) {
    let valid = lane.valid.clone();
    let holds = |place: usize| {
        least.holds(place)
            && valid.as_ref().is_none_or(|bits| {
                bits.get(place / 64).is_none_or(|bits| bits >> (place % 64) & 1 == 1)
            })
    };
    // A time of day goes up to midnight.
    let clock = match recipe.column.kind {
        Kind::Date => here.recipe.clock.div_euclid(DAY),
        Kind::Time => DAY,
        _ => here.recipe.clock,
    };
    let bounds = match &recipe.maker {
        Maker::Number(numbers) => Some(numbers.most()),
        _ => None,
    };
    match (&mut lane.values, &least.values) {
        (Values::Int(values), Values::Int(least)) => {
            for place in base..values.len() {
                let (value, least) = (values[place], least[place]);
                if value < least && holds(place) {
                    let below = least.saturating_sub(value);
                    let above = least.saturating_add(below);
                    values[place] = match (&recipe.maker, bounds) {
                        (Maker::Moment(_), _) if above < clock => above,
                        (Maker::Moment(_), _) => least + below % clock.saturating_sub(least).max(1),
                        (_, Some((most, _))) if above <= most => above,
                        _ => least,
                    };
                }
            }
        }
        (Values::Float(values), Values::Float(least)) => {
            for place in base..values.len() {
                let (value, least) = (values[place], least[place]);
                if value < least && holds(place) {
                    let above = least + (least - value);
                    values[place] = match bounds {
                        Some((_, most)) if above <= most => above,
                        _ => least,
                    };
                }
            }
        }
        _ => {}
    }
    // What is known of values that may have changed.
    lane.known = Known::default();
}
