//! [`DOCUMENT`]: the published JSON Schema of the document `design.json`.

/// The JSON Schema of the document `design.json`, as text.
pub const DOCUMENT: &str = include_str!("../../schemas/design.schema.json");

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::Kind;
    use crate::behaviour::{Behaviour, Children, Law, Size};
    use crate::story::Anomaly;

    #[test]
    fn every_kind_is_in_the_published_schema() {
        let schema: Value = serde_json::from_str(DOCUMENT).unwrap();
        let pattern = schema["$defs"]["kind"]["pattern"].as_str().unwrap();
        for word in Kind::WORDS {
            assert!(pattern.contains(word), "`{word}` is missing: add it to design.schema.json");
        }
    }

    #[test]
    fn every_behaviour_is_in_the_published_schema() {
        let schema: Value = serde_json::from_str(DOCUMENT).unwrap();
        // serde names all variants that it knows where it meets one that it does not.
        let known = |wrong: String| -> Vec<String> {
            let list = wrong.split("expected one of ").nth(1).unwrap_or_default().to_owned();
            list.split('`').skip(1).step_by(2).map(str::to_owned).collect()
        };
        let nobody = || serde_json::json!({"is": "nobody"});
        let parts = [
            (
                "behaviour",
                known(serde_json::from_value::<Behaviour>(nobody()).unwrap_err().to_string()),
            ),
            ("law", known(serde_json::from_value::<Law>(nobody()).unwrap_err().to_string())),
            (
                "children",
                known(serde_json::from_value::<Children>(nobody()).unwrap_err().to_string()),
            ),
            (
                "anomaly",
                known(serde_json::from_value::<Anomaly>(nobody()).unwrap_err().to_string()),
            ),
            ("size", known(serde_json::from_value::<Size>(nobody()).unwrap_err().to_string())),
        ];
        for (part, words) in parts {
            let listed: Vec<&str> = (schema["$defs"][part]["oneOf"].as_array().unwrap().iter())
                .filter_map(|one| one["properties"]["is"]["const"].as_str())
                .collect();
            assert!(words.len() > 2, "{part}");
            assert_eq!(listed, words, "add it to `{part}` in design.schema.json");
        }
    }
}
