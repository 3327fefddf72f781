//! The page of what is hidden in a dataset, with its files as they lie in the folder.

use peyote_schemas::design::Design;

use super::making::Making;
use crate::export::Format;
use crate::generate::recipe::Recipe;
use crate::plan::{FILE_PARTS, Plan};
use crate::quote::SqlText;
use crate::story;

/// The page of what is planted, if anything is.
pub(super) fn page(
    design: &Design,
    recipe: &Recipe,
    making: &Making,
    plan: &Plan,
) -> Option<story::Page> {
    if design.story().is_empty() {
        return None;
    }
    let request = &making.run.request;
    let format = request.formats.first().copied().unwrap_or(Format::Parquet);
    let file = |name: &str| {
        let parts = plan.tables.iter().find(|table| table.name == name).map(|table| table.parts);
        let one = making.part.is_none() && parts.is_none_or(|parts| parts <= FILE_PARTS);
        let files = if one { "" } else { "/*" };
        SqlText(&format!("samples/{name}{files}.{}", format.ending())).to_string()
    };
    Some(story::page(design, recipe, request.seed, &file))
}
