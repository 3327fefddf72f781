//! [`share`]: what expressions of a table have in common, worked out once for the rows in hand.

use std::collections::BTreeMap;

use super::vector::Vector;
use super::{Expr, Frame, Here};
use crate::generate::draw::Draw;

/// Steps of which a part consists that is worth being looked up.
const FEW: u32 = 2;

/// Lets expressions of one table share the parts that they have in common.
pub(in crate::generate) fn share<'e>(roots: impl Iterator<Item = &'e mut Expr>) {
    let mut roots: Vec<&mut Expr> = roots.collect();
    let mut parts = Vec::new();
    for root in &mut roots {
        note(root, &mut parts);
    }
    let mut uses = BTreeMap::new();
    for part in parts.iter().filter(|part| part.steps >= FEW) {
        *uses.entry(part.key).or_insert(0_u32) += 1;
    }
    let mut parts = parts.iter();
    for root in roots {
        mark(root, &mut parts, &uses, 1);
    }
}

/// A part of an expression.
struct Part {
    /// What all parts that come to the same have in common.
    key: u64,
    steps: u32,
}

/// Notes a part and those that it consists of behind it.
fn note(expr: &mut Expr, parts: &mut Vec<Part>) {
    let at = parts.len();
    parts.push(Part { key: 0, steps: 0 });
    let (name, steps) = match expr {
        Expr::Negate(_) => ("-".to_owned(), 1),
        Expr::Not(_) => ("not".to_owned(), 1),
        Expr::Binary(operator, _) => (format!("{operator:?}"), 1),
        Expr::Call(function, _) => (format!("{function:?}"), 1),
        Expr::Choose(choice) => (choice.name(), 1),
        // To sort rows takes longer than a step of arithmetic.
        Expr::Is(..) => (format!("{expr:?}"), FEW),
        // So it does to follow links to a number.
        Expr::Place { links, .. } if !links.is_empty() => (format!("{expr:?}"), FEW),
        // A leaf is what it looks like.
        _ => (format!("{expr:?}"), 0),
    };
    let (mut key, mut all) = (Draw::new(0, &name, ""), steps);
    each(expr, &mut |part| {
        let next = parts.len();
        note(part, parts);
        key = key.numbered(parts[next].key);
        all = all.saturating_add(parts[next].steps);
    });
    parts[at] = Part { key: key.bits(0), steps: all };
}

/// Puts parts under the name by which they are shared. `within` is how often what they are part of is
/// met: as often as it, they need no name of their own.
fn mark<'p>(
    expr: &mut Expr,
    parts: &mut impl Iterator<Item = &'p Part>,
    uses: &BTreeMap<u64, u32>,
    within: u32,
) {
    let Some(part) = parts.next() else { return };
    let met = uses.get(&part.key).copied().unwrap_or(0).max(within);
    each(expr, &mut |inner| mark(inner, parts, uses, met));
    if met > within && part.steps >= FEW {
        let of = Box::new(std::mem::replace(expr, Expr::Null));
        *expr = Expr::Shared { of, key: part.key };
    }
}

/// Shows the parts that an expression consists of.
fn each(expr: &mut Expr, show: &mut dyn FnMut(&mut Expr)) {
    match expr {
        Expr::Negate(part) | Expr::Not(part) | Expr::Shared { of: part, .. } => show(part),
        Expr::Binary(_, parts) => parts.iter_mut().for_each(show),
        Expr::Call(_, parts) => parts.iter_mut().for_each(show),
        Expr::Choose(choice) => {
            choice.each(show);
        }
        Expr::Number(_)
        | Expr::Text(_)
        | Expr::Truth(_)
        | Expr::Moment(_)
        | Expr::Day(_)
        | Expr::Null
        | Expr::Column(_)
        | Expr::Place { .. }
        | Expr::Is(..)
        | Expr::Total(_) => {}
    }
}

impl Here<'_> {
    /// What a part comes to that expressions of the table have in common.
    pub(super) fn shared(self, frame: &mut Frame, of: &Expr, key: u64) -> Vector {
        if let Some(known) = frame.shared.get(&key) {
            return known.clone();
        }
        let vector = self.work(frame, of);
        frame.shared.insert(key, vector.clone());
        vector
    }
}
