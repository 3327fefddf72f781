//! JSON values of a reply: in fences, between prose, a line each, broken or cut off.

use serde_json::Value;

use crate::read::json;

/// How many beginnings of JSON are tried: prose has brackets too.
const MAX_TRIES: usize = 64;

/// The objects and arrays in a text, in order.
///
/// What is JSON is read as it is; what is not, as the reader of tables understands it.
pub(crate) fn values(text: &str) -> Vec<Value> {
    let mut values = Vec::new();
    let mut at = 0;
    for _ in 0..MAX_TRIES {
        let Some(start) = text[at..].find(['{', '[']).map(|found| at + found) else { break };
        let mut stream = serde_json::Deserializer::from_str(&text[start..]).into_iter::<Value>();
        if let Some(Ok(value)) = stream.next() {
            at = start + stream.byte_offset();
            values.push(value);
        } else if let Some((value, end)) = json::first(text, start) {
            at = end;
            values.push(value);
        } else {
            at = start + 1;
        }
    }
    values
        .retain(|value| value.is_object() || value.as_array().is_some_and(|list| !list.is_empty()));
    values
}

#[cfg(test)]
mod tests {
    use super::values;

    #[test]
    fn values_of_any_reply_are_found() {
        for (text, found) in [
            ("a [x] and {\"a\": 1}, then [2]", "[{\"a\":1},[2]]"),
            (
                "```json\n{'name': 'Oslo', areas: [1, 2,],}\n```",
                "[{\"name\":\"Oslo\",\"areas\":[1,2]}]",
            ),
            ("{\"a\": [1, 2, {\"b\": \"x", "[{\"a\":[1,2,{\"b\":\"x\"}]}]"),
            ("see [the page](https://a.example) and {so on}", "[]"),
        ] {
            assert_eq!(serde_json::to_string(&values(text)).unwrap(), found, "{text}");
        }
    }
}
