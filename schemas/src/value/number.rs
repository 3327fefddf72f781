//! [`Number`]: a number in decimal digits, from every spelling people use.

/// A number as it was written: `digits × 10^-scale`, and what it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number<'a> {
    /// All digits, as one whole number.
    pub digits: i128,
    /// How many of them stand after the point.
    pub scale: u8,
    /// The currency, percent sign or unit beside it.
    pub unit: Option<&'a str>,
}

/// The number that a text spells, or `None` where it spells none.
pub fn parse(text: &str) -> Option<Number<'_>> {
    let digits = text.trim().parse().ok()?;
    Some(Number { digits, scale: 0, unit: None })
}
