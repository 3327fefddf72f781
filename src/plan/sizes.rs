//! Sizes as they are said: `10M`, `1e9`, `orders=1e6,customers=2e4`, `10GB`.

use std::collections::BTreeMap;
use std::str::FromStr;

/// A number of rows: `10M`, `1e9`, `2_000`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amount(pub u64);

/// Rows of all tables, or of some by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowsWanted {
    /// Of all.
    All(u64),
    /// Of some.
    Tables(BTreeMap<String, u64>),
}

impl FromStr for Amount {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = scaled(text, &[("k", 1e3), ("m", 1e6), ("g", 1e9), ("b", 1e9), ("t", 1e12)]);
        match number.filter(|number| (1.0..=super::MOST_ROWS as f64).contains(number)) {
            Some(number) => Ok(Self(number as u64)),
            None => Err("say a number of rows: `200`, `10M`, `1e9`".to_owned()),
        }
    }
}

impl FromStr for RowsWanted {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if !text.contains('=') {
            return text.parse::<Amount>().map(|Amount(rows)| Self::All(rows));
        }
        let mut tables = BTreeMap::new();
        for part in text.split(',') {
            let Some((table, rows)) = part.split_once('=') else {
                return Err(format!("`{part}` names no table: say `orders=1e6,customers=2e4`"));
            };
            let Amount(rows) = rows.parse()?;
            tables.insert(table.trim().to_owned(), rows);
        }
        Ok(Self::Tables(tables))
    }
}

/// A number of bytes: `10GB`, `500 MiB`.
pub fn bytes(text: &str) -> Result<u64, String> {
    const UNITS: [(&str, f64); 12] = [
        ("kib", 1024.0),
        ("mib", 1_048_576.0),
        ("gib", 1_073_741_824.0),
        ("tib", 1_099_511_627_776.0),
        ("kb", 1e3),
        ("mb", 1e6),
        ("gb", 1e9),
        ("tb", 1e12),
        ("k", 1e3),
        ("m", 1e6),
        ("g", 1e9),
        ("b", 1.0),
    ];
    let number = scaled(text, &UNITS).filter(|number| (1.0..=1e18).contains(number));
    number.map(|number| number as u64).ok_or_else(|| "say a size: `500MB`, `10GB`".to_owned())
}

/// A number with a unit behind it.
fn scaled(text: &str, units: &[(&str, f64)]) -> Option<f64> {
    let text = text.trim().replace('_', "").to_ascii_lowercase();
    let found = units.iter().find_map(|(unit, factor)| {
        let number = text.strip_suffix(unit)?.trim_end().parse::<f64>().ok()?;
        Some(number * factor)
    });
    found.or_else(|| text.parse::<f64>().ok()).filter(|number| number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_said_in_many_ways() {
        for (text, rows) in [
            ("20", 20),
            ("10M", 10_000_000),
            ("1e9", 1_000_000_000),
            ("2.5k", 2500),
            ("1_000", 1000),
            ("3B", 3_000_000_000),
        ] {
            assert_eq!(text.parse(), Ok(Amount(rows)), "{text}");
        }
        for text in ["", "0", "-1", "ten", "1e99", "nan", "5 x"] {
            assert!(text.parse::<Amount>().is_err(), "{text}");
        }
        assert_eq!(bytes("10GB"), Ok(10_000_000_000));
        assert_eq!(bytes("1 MiB"), Ok(1 << 20));
        assert!(bytes("many").is_err());
    }

    #[test]
    fn tables_are_named() {
        let wanted = "orders=1e6, customers=2k".parse();
        let tables = BTreeMap::from([("orders".into(), 1_000_000), ("customers".into(), 2000)]);
        assert_eq!(wanted, Ok(RowsWanted::Tables(tables)));
        assert!("orders=1,2".parse::<RowsWanted>().is_err());
    }
}
