//! [`DOCUMENT`]: the published JSON Schema of the document `design.json`.

/// The JSON Schema of the document `design.json`, as text.
pub const DOCUMENT: &str = include_str!("../../schemas/design.schema.json");

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn every_kind_is_in_the_published_schema() {
        let schema: Value = serde_json::from_str(DOCUMENT).unwrap();
        let pattern = schema["$defs"]["kind"]["pattern"].as_str().unwrap();
        let words = [
            "bool",
            "int8",
            "int16",
            "int32",
            "int64",
            "float64",
            "decimal",
            "text",
            "enum",
            "date",
            "time",
            "timestamp",
            "timestamptz",
            "uuid",
            "json",
            "list",
            "struct",
        ];
        for word in words {
            assert!(pattern.contains(word), "`{word}` is missing: add it to design.schema.json");
        }
    }
}
