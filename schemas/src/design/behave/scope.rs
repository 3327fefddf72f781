//! Scopes: a table's columns and children, as expressions see them.

use crate::behaviour::Path;
use crate::design::{Design, DesignTable, route};
use crate::formula::typing::{self, Scope, Type};
use crate::formula::{Formula, How, Node};

/// The rows of a table.
#[derive(Clone, Copy)]
pub(in crate::design) struct Rows<'d> {
    pub(in crate::design) tables: &'d [DesignTable],
    pub(in crate::design) table: usize,
}

impl Scope for Rows<'_> {
    fn column(&self, path: &Path) -> Result<Type, String> {
        let route = route::route(self.tables, self.table, path)
            .ok_or_else(|| format!("there is no column `{path}`"))?;
        let column = &self.tables[route.table].columns[route.column];
        match &column.kind {
            // Open kinds end as text or as what the rows turn out to be.
            None => Ok(Type::Null),
            Some(kind) => Type::of(kind)
                .ok_or_else(|| format!("`{path}` is {kind}, which nothing can be worked out of")),
        }
    }

    fn refers(&self, path: &Path) -> bool {
        let found = route::route(self.tables, self.table, path);
        found.is_some_and(|to| self.tables[to.table].key_of(&path.column).is_some())
    }

    fn child(&self, table: &str, key: Option<&str>) -> Result<Box<dyn Scope + '_>, String> {
        let (place, _) = route::children(self.tables, self.table, table, key).ok_or_else(|| {
            let own = &self.tables[self.table].name;
            format!("no foreign key of `{table}` refers to `{own}`")
        })?;
        Ok(Box::new(Rows { tables: self.tables, table: place }))
    }
}

impl Design {
    /// What a part of an expression over the rows of a table gives.
    ///
    /// # Errors
    ///
    /// Why it gives nothing, as a fragment; never for what a design holds already.
    pub fn type_of(&self, table: usize, node: &Node) -> Result<Type, String> {
        if table >= self.tables.len() {
            return Err("there is no such table".into());
        }
        typing::of(node, &Rows { tables: &self.tables, table })
    }
}

/// The type of a total, as a behaviour says it.
pub(super) fn total(
    rows: Rows<'_>,
    child: &str,
    key: Option<&str>,
    how: How,
    of: Option<&Formula>,
) -> Result<Type, String> {
    let child = rows.child(child, key)?;
    let of = of.map(|formula| typing::of(&formula.root, child.as_ref())).transpose()?;
    typing::total(how, of)
}

/// Why a part gives no whole number, if so.
pub(super) fn whole(node: &Node, rows: Rows<'_>) -> Result<(), String> {
    match typing::of(node, &rows)? {
        Type::Number { scale: 0 } | Type::Null => Ok(()),
        Type::Number { .. } | Type::Float => Err(format!("`{node}` is no whole number: round it")),
        other => Err(format!("`{node}` is a {}, not a number", other.word())),
    }
}
