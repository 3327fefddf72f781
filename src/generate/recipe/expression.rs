//! Expressions, with their columns found.

use peyote_schemas::formula::{Function, How, Node, Operator};
use peyote_schemas::value::moment::Moment;

use super::Route;
use super::compile::Bench;
use crate::generate::formula::{Choice, Expr};
use crate::generate::switch::Switch;
use crate::generate::total::Total;

impl Bench<'_> {
    /// An expression over the rows of a table. What it names and is not there is nothing.
    pub(super) fn expression(&self, table: usize, node: &Node, totals: &mut Vec<Total>) -> Expr {
        let mut part = |node: &Node| self.expression(table, node, totals);
        match node {
            Node::Number(exact) => Expr::Number(*exact),
            Node::Text(text) => Expr::Text(text.clone()),
            Node::Bool(truth) => Expr::Truth(*truth),
            Node::Moment(at) => match at.0 {
                Moment::Date(day) => Expr::Day(day.into()),
                _ => Expr::Moment(at.micros().unwrap_or(0)),
            },
            Node::Null => Expr::Null,
            Node::Column(path) => self.route(table, path).map_or(Expr::Null, Expr::Column),
            Node::Negate(of) => Expr::Negate(Box::new(part(of))),
            Node::Not(of) => Expr::Not(Box::new(part(of))),
            Node::Binary(operator, parts) => {
                if let Some(is) = self.comparison(table, *operator, parts) {
                    return is;
                }
                match (operator, part(&parts[0]), part(&parts[1])) {
                    // One look tells which of several texts it is.
                    (Operator::Or, Expr::Is(one, false), Expr::Is(other, false))
                        if one.is_like(&other) =>
                    {
                        Expr::Is(one.either(other), false)
                    }
                    (_, left, right) => Expr::Binary(*operator, Box::new([left, right])),
                }
            }
            Node::Call(Function::Present, _) => Expr::Moment(self.clock),
            Node::Call(function @ (Function::Row | Function::Nth), parts) => {
                self.placed(table, *function, parts)
            }
            Node::Call(function, parts) => Expr::Call(*function, parts.iter().map(part).collect()),
            Node::Choose { cases, rest } => {
                let cases = cases.iter().map(|[when, then]| [part(when), part(then)]).collect();
                let kind = |route: &Route| &self.columns[route.table][route.column].kind;
                Expr::Choose(Box::new(Choice::new(cases, part(rest), &kind)))
            }
            Node::Total { how, table: child, key, of } => {
                self.total(table, child, key.as_deref(), *how, of.as_deref(), totals)
            }
        }
    }

    /// The number of a row, or of the row that a column refers to; which of its children this one is.
    fn placed(&self, table: usize, function: Function, parts: &[Node]) -> Expr {
        let mut links = Vec::new();
        if let Some(Node::Column(path)) = parts.first() {
            let Some(route) = self.route(table, path) else { return Expr::Null };
            let Some(key) = self.design_table(route.table).key_of(&path.column) else {
                return Expr::Null;
            };
            links = route.links;
            links.push(key);
        }
        Expr::Place { links, nth: function == Function::Nth }
    }

    /// `column = 'text'`, which need not look at every row's text.
    fn comparison(&self, table: usize, operator: Operator, parts: &[Node; 2]) -> Option<Expr> {
        let denied = match operator {
            Operator::Equal => false,
            Operator::Unequal => true,
            _ => return None,
        };
        let (Node::Column(path), Node::Text(text)) = (&parts[0], &parts[1]) else { return None };
        let route = self.route(table, path)?;
        let kind = &self.columns[route.table][route.column].kind;
        let text = std::slice::from_ref(text);
        Some(Expr::Is(Switch::equal(route.clone(), kind, text), denied))
    }

    /// A total over the rows of a child table.
    pub(super) fn total(
        &self,
        table: usize,
        child: &str,
        key: Option<&str>,
        how: How,
        of: Option<&Node>,
        totals: &mut Vec<Total>,
    ) -> Expr {
        let Some((child, link)) = self.design.children(table, child, key) else {
            return Expr::Null;
        };
        // Totals in a total are of the child's own children.
        let mut inner = Vec::new();
        let of = of.map(|of| self.expression(child, of, &mut inner));
        if !inner.is_empty() {
            return Expr::Null;
        }
        totals.push(Total { table: child, link, how, of });
        Expr::Total(totals.len() - 1)
    }
}
