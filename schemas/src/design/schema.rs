//! [`DOCUMENT`]: the published JSON Schema of the document `design.json`.

/// The JSON Schema of the document `design.json`, as text.
pub const DOCUMENT: &str = include_str!("../../schemas/design.schema.json");

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::Kind;

    #[test]
    fn every_kind_is_in_the_published_schema() {
        let schema: Value = serde_json::from_str(DOCUMENT).unwrap();
        let pattern = schema["$defs"]["kind"]["pattern"].as_str().unwrap();
        for word in Kind::WORDS {
            assert!(pattern.contains(word), "`{word}` is missing: add it to design.schema.json");
        }
    }
}
