//! [`Price`]: what tokens cost, by a table with a date.

use std::fmt;
use std::str::FromStr;

use crate::answer::Usage;

/// When the table of prices was last looked at.
pub const DATE: &str = "2026-06";
/// Dollars for a million tokens in and out, by the name of a model of OpenAI, without discounts: as
/// pages that follow its price list had them between March and [`DATE`], where they agree.
const OPENAI: [(&str, f64, f64); 22] = [
    ("gpt-3.5-turbo", 0.50, 1.50),
    ("gpt-4", 30.0, 60.0),
    ("gpt-4-turbo", 10.0, 30.0),
    ("gpt-4.1", 2.0, 8.0),
    ("gpt-4.1-mini", 0.40, 1.60),
    ("gpt-4.1-nano", 0.10, 0.40),
    ("gpt-4o", 2.50, 10.0),
    ("gpt-4o-mini", 0.15, 0.60),
    ("gpt-5", 1.25, 10.0),
    ("gpt-5-mini", 0.25, 2.0),
    ("gpt-5-nano", 0.05, 0.40),
    ("gpt-5.1", 1.25, 10.0),
    ("gpt-5.2", 1.75, 14.0),
    ("gpt-5.4", 2.50, 15.0),
    ("gpt-5.4-mini", 0.75, 4.50),
    ("gpt-5.4-nano", 0.20, 1.25),
    ("gpt-5.5", 5.0, 30.0),
    ("o1", 15.0, 60.0),
    ("o1-mini", 1.10, 4.40),
    ("o3", 2.0, 8.0),
    ("o3-mini", 1.10, 4.40),
    ("o4-mini", 1.10, 4.40),
];
/// Tokens that a price is for.
const MILLION: f64 = 1e6;

/// US dollars for a million tokens; neither negative nor infinite.
///
/// ```
/// use peyote_backends::{Price, Usage};
/// let price = Price::of_openai("gpt-4.1-mini-2025-04-14").unwrap();
/// assert_eq!(price, "0.4,1.6".parse().unwrap());
/// assert_eq!(price.of(Usage { input: 1_000_000, output: 500_000 }), 1.2);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Price {
    input: f64,
    output: f64,
}

impl Price {
    /// What costs nothing.
    pub const FREE: Self = Self { input: 0.0, output: 0.0 };

    /// The price of a model at OpenAI, where the table has it; a name may end in a date.
    pub fn of_openai(model: &str) -> Option<Self> {
        let is = |name: &str| {
            let rest = model.strip_prefix(name);
            rest.is_some_and(|rest| {
                rest.is_empty() || rest.starts_with(['-']) && rest[1..].starts_with("20")
            })
        };
        let (_, input, output) = OPENAI.into_iter().find(|(name, ..)| is(name))?;
        Some(Self { input, output })
    }

    /// What so many tokens cost, in dollars.
    pub fn of(&self, usage: Usage) -> f64 {
        (usage.input as f64 * self.input + usage.output as f64 * self.output) / MILLION
    }
}

/// Dollars for a million tokens in and out: `0.4,1.6`.
impl FromStr for Price {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let amount = |text: &str| {
            text.trim().parse::<f64>().ok().filter(|price| price.is_finite() && *price >= 0.0)
        };
        (text.split_once(','))
            .and_then(|(input, output)| {
                Some(Self { input: amount(input)?, output: amount(output)? })
            })
            .ok_or_else(|| "it is two amounts, for tokens in and out, like 0.4,1.6".to_owned())
    }
}

impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{},{}", self.input, self.output)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn model_is_known_with_its_date_and_not_by_its_beginning() {
        assert_eq!(Price::of_openai("gpt-4o-2024-08-06"), Price::of_openai("gpt-4o"));
        assert_ne!(Price::of_openai("gpt-4o-mini"), Price::of_openai("gpt-4o"));
        assert_ne!(Price::of_openai("gpt-5.4"), Price::of_openai("gpt-5"));
        for unknown in ["gpt-4o-audio", "gpt-5.4-pro", "gpt-9", "", "gpt"] {
            assert_eq!(Price::of_openai(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn price_is_two_amounts() {
        for bad in ["", "1", "1,", "a,b", "-1,2", "inf,1", "NaN,1", "1,2,3"] {
            assert!(bad.parse::<Price>().is_err(), "{bad}");
        }
        assert_eq!(" 1 , 2 ".parse::<Price>().unwrap().to_string(), "1,2");
    }
}
