//! [`resolve`]: a draft made into a design, or the reasons why it cannot be.

use super::{Design, behave, check, foreign, gather, link, order, primary};
use crate::draft::Draft;
use crate::finding::{Finding, Level};

/// The design that a draft means, with everything that had to be mended or guessed.
///
/// Names become identifiers, repeated tables one; kind words of any dialect become kinds, and
/// stay open where they say nothing known; keys come from the draft, from remarks ("foreign key
/// to Users") and at last from names; a table that others point at and nobody designed is added.
/// What contradicts itself is dropped, each time with a finding.
///
/// # Errors
///
/// The findings, where no table with a column is left.
pub fn resolve(draft: &Draft) -> Result<(Design, Vec<Finding>), Vec<Finding>> {
    let mut findings = Vec::new();
    let gathered = gather::tables(draft, &mut findings);
    if gathered.is_empty() {
        let message = "no table with columns is in the design";
        let hint = "give at least one table a name and columns";
        findings.push(Finding::new(Level::Error, "/tables", message).hint(hint));
        return Err(findings);
    }
    let (mut tables, drafts): (Vec<_>, Vec<_>) =
        gathered.into_iter().map(|gathered| (gathered.table, gathered.drafts)).unzip();
    check::rows(&mut tables, &drafts, &mut findings);

    let said_keys = primary::said(&mut tables, &drafts, draft.resolved, &mut findings);
    let claims = foreign::claims(&tables, &drafts, draft.resolved, &mut findings);
    if !draft.resolved {
        primary::guess(&mut tables);
    }
    primary::unique(&mut tables, &drafts, draft.resolved, &mut findings);
    let guesses = if draft.resolved { Vec::new() } else { foreign::guesses(&tables, &claims) };
    link::all(&mut tables, claims, &said_keys, draft.resolved, &mut findings);
    link::all(&mut tables, guesses, &said_keys, draft.resolved, &mut findings);
    link::share_kinds(&mut tables);
    check::keep(&mut tables, &drafts, &mut findings);
    primary::finish(&mut tables);
    behave::keep(&mut tables, &drafts, &mut findings);

    let clock = behave::clock(draft.clock.as_deref(), &mut findings);
    let story = behave::story(&tables, &draft.story, clock, &mut findings);

    let (tables, levels) = order::sort(tables);
    let design = Design {
        name: gather::line(&draft.name),
        about: gather::sentence(&draft.about),
        use_cases: gather::sentence(&draft.use_cases),
        seed: draft.seed,
        clock,
        tables,
        levels,
        story,
    };
    Ok((design, findings))
}
