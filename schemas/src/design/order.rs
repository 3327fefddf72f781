//! Order: parents before children, and what can be asked for side by side.

use super::DesignTable;

/// Sorts tables so that parents stand before children, the given order kept where references
/// leave it free, and gives the levels: places of tables that need only levels before theirs.
/// Tables that refer to each other in a circle stay together and share a level.
pub(super) fn sort(tables: Vec<DesignTable>) -> (Vec<DesignTable>, Vec<Vec<usize>>) {
    let parents: Vec<Vec<usize>> = (tables.iter())
        .map(|table| {
            (table.foreign_keys.iter())
                .filter_map(|key| tables.iter().position(|one| one.name == key.references.table))
                .collect()
        })
        .collect();
    let circles = circles(&parents);
    let mut level_of: Vec<Option<usize>> = vec![None; tables.len()];
    let mut order: Vec<usize> = Vec::with_capacity(tables.len());
    while order.len() < tables.len() {
        // The first table whose circle needs nothing that is not placed yet; one always exists,
        // since circles among themselves have an order.
        let Some(next) = (0..tables.len()).find(|at| {
            level_of[*at].is_none()
                && members(&circles, circles[*at]).all(|member| {
                    (parents[member].iter()).all(|parent| {
                        circles[*parent] == circles[*at] || level_of[*parent].is_some()
                    })
                })
        }) else {
            break;
        };
        let circle = circles[next];
        let level = members(&circles, circle)
            .flat_map(|member| &parents[member])
            .filter(|parent| circles[**parent] != circle)
            .filter_map(|parent| level_of[*parent])
            .max()
            .map_or(0, |level| level + 1);
        for member in members(&circles, circle) {
            level_of[member] = Some(level);
            order.push(member);
        }
    }
    let depth = level_of.iter().flatten().max().map_or(0, |level| level + 1);
    let mut levels = vec![Vec::new(); depth];
    for (place, table) in order.iter().enumerate() {
        if let Some(level) = level_of[*table] {
            levels[level].push(place);
        }
    }
    let mut tables: Vec<Option<DesignTable>> = tables.into_iter().map(Some).collect();
    let sorted = order.iter().filter_map(|at| tables[*at].take()).collect();
    (sorted, levels)
}

/// The circle each table belongs to, named by its first member; a table in no circle is its own.
fn circles(parents: &[Vec<usize>]) -> Vec<usize> {
    let reach: Vec<Vec<bool>> = (0..parents.len())
        .map(|from| {
            let mut seen = vec![false; parents.len()];
            let mut open = parents[from].clone();
            while let Some(at) = open.pop() {
                if !seen[at] {
                    seen[at] = true;
                    open.extend(&parents[at]);
                }
            }
            seen
        })
        .collect();
    (0..parents.len())
        .map(|at| (0..at).find(|other| reach[at][*other] && reach[*other][at]).unwrap_or(at))
        .collect()
}

fn members(circles: &[usize], circle: usize) -> impl Iterator<Item = usize> {
    (0..circles.len()).filter(move |at| circles[*at] == circle)
}
