//! [`Order`]: which part is made next.

use std::collections::BTreeMap;

use super::{File, Table};

/// Tables whose parts are made side by side, as far as they are in their tables: what is made of a
/// parent's rows is at hand while its children's are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Family {
    /// A number that all of them have in common.
    pub number: usize,
    /// How many tables lie between this one and the one that all refer to; parts of a child come
    /// behind those of its parents that reach as far.
    pub level: u64,
}

/// Parts that are still to be made.
pub(super) struct Order {
    /// Families, the next one last: for each of their tables the next part, its file and its number.
    families: Vec<Vec<(usize, u64)>>,
}

impl Order {
    /// All parts of the files that are not there yet.
    pub(super) fn new(files: &[File], tables: &[Table<'_>]) -> Self {
        let mut places: BTreeMap<usize, usize> = BTreeMap::new();
        let mut families: Vec<Vec<(usize, u64)>> = Vec::new();
        let mut known = None;
        for (at, file) in files.iter().enumerate() {
            // The first file of each table that is not there yet.
            if file.known.is_some() || known == Some(file.table) {
                continue;
            }
            known = Some(file.table);
            let family = tables[file.table].family.number;
            let place = *places.entry(family).or_insert(families.len());
            families.resize_with(families.len().max(place + 1), Vec::new);
            families[place].push((at, file.parts.start));
        }
        families.reverse();
        Self { families }
    }

    /// Takes the next part: its file and its number.
    pub(super) fn take(&mut self, files: &[File], tables: &[Table<'_>]) -> Option<(usize, u64)> {
        loop {
            let family = self.families.last_mut()?;
            let Some(place) = first(family, files, tables) else {
                self.families.pop();
                continue;
            };
            let (file, part) = family[place];
            match after(files, file, part) {
                Some(next) => family[place] = next,
                None => drop(family.remove(place)),
            }
            return Some((file, part));
        }
    }
}

/// The table of a family whose next part comes first: by how far it is in its table.
fn first(family: &[(usize, u64)], files: &[File], tables: &[Table<'_>]) -> Option<usize> {
    let reach = |(file, part): &(usize, u64)| {
        let table = &tables[files[*file].table];
        (u128::from(part + table.family.level), u128::from(table.all_parts()))
    };
    let mut places = 0..family.len();
    let mut first = places.next()?;
    for place in places {
        let ((part, all), (least, of)) = (reach(&family[place]), reach(&family[first]));
        if part * of < least * all {
            first = place;
        }
    }
    Some(first)
}

/// The part of a table behind one of its parts that is still to be made.
fn after(files: &[File], file: usize, part: u64) -> Option<(usize, u64)> {
    if part + 1 < files[file].parts.end {
        return Some((file, part + 1));
    }
    let own = |at: &usize| files[*at].table == files[file].table;
    let mut behind = (file + 1..files.len()).take_while(own);
    behind.find(|at| files[*at].known.is_none()).map(|at| (at, files[at].parts.start))
}
