//! Claims about numbers: every spelling means what people mean by it, and nothing else is one.

use proptest::prelude::*;

use super::{Mark, Number, float, parse, read};

fn plain(digits: i128, scale: u8) -> Number<'static> {
    Number { digits, scale, exponent: 0, unit: None }
}

fn counted(digits: i128, scale: u8, unit: &str) -> Number<'_> {
    Number { digits, scale, exponent: 0, unit: Some(unit) }
}

#[test]
fn plain_numbers_keep_their_scale() {
    assert_eq!(parse("42"), Some(plain(42, 0)));
    assert_eq!(parse(" -7.50 "), Some(plain(-750, 2)));
    assert_eq!(parse("+3"), Some(plain(3, 0)));
    assert_eq!(parse(".25"), Some(plain(25, 2)));
    assert_eq!(parse("9."), Some(plain(9, 0)));
    assert_eq!(parse("0.05"), Some(plain(5, 2)));
    assert_eq!(parse("\u{2212}4"), Some(plain(-4, 0)));
}

#[test]
fn thousands_are_grouped_by_three_or_as_in_india() {
    assert_eq!(parse("1,234,567.8"), Some(plain(12_345_678, 1)));
    assert_eq!(parse("12,34,567"), Some(plain(1_234_567, 0)));
    assert_eq!(parse("1'250.5"), Some(plain(12_505, 1)));
    assert_eq!(parse("7 654 321"), Some(plain(7_654_321, 0)));
    for text in ["1,23", "12,34.5", "1,2345", "0,125.5", "1,,234", "1,234,5", "1234,567", ",123"] {
        assert_eq!(parse(text), None, "{text:?}");
    }
}

#[test]
fn commas_stand_before_fractions_where_the_column_says_so() {
    assert_eq!(read("3,75", Mark::Comma), Some(plain(375, 2)));
    assert_eq!(read("1.250,5", Mark::Comma), Some(plain(12_505, 1)));
    assert_eq!(read("1 250,50 €", Mark::Comma), Some(counted(125_050, 2, "EUR")));
    assert_eq!(read("2.500", Mark::Comma), Some(plain(2500, 0)));
    assert_eq!(read("2.5", Mark::Comma), None);
    assert_eq!(read("5,", Mark::Comma), None);
}

#[test]
fn ledgers_write_debts_in_many_ways() {
    for text in ["(12.50)", "12.50-", "-12.50", "- 12.50", "\u{2212}12.50"] {
        assert_eq!(parse(text), Some(plain(-1250, 2)), "{text:?}");
    }
    for text in ["$(12.50)", "$ (12.50)", "($12.50)", "-$12.50", "$-12.50", "- $12.50"] {
        assert_eq!(parse(text), Some(counted(-1250, 2, "USD")), "{text:?}");
    }
    for text in ["$((5))", "$(-5)", "-$(5)", "$()", "1990-", "-5.0-", "5.0--", "- - 5"] {
        assert_eq!(parse(text), None, "{text:?}");
    }
}

#[test]
fn letter_behind_the_digits_multiplies() {
    assert_eq!(parse("1.2k"), Some(plain(1200, 0)));
    assert_eq!(parse("3M"), Some(plain(3_000_000, 0)));
    assert_eq!(parse("1.2k €"), Some(counted(1200, 0, "EUR")));
    assert_eq!(parse("3 M"), None);
    assert_eq!(parse("3m"), Some(counted(3, 0, "m")));
}

#[test]
fn words_of_many_countries_are_currencies() {
    assert_eq!(read("1 250,50 kr", Mark::Comma), Some(counted(125_050, 2, "SEK")));
    assert_eq!(parse("1,250円"), Some(counted(1250, 0, "JPY")));
    assert_eq!(read("99,90 Kč", Mark::Comma), Some(counted(9990, 2, "CZK")));
}

#[test]
fn codes_are_no_numbers() {
    for text in ["007", "00", "0123.5", "+00009", "555-0199", "12-34", "1.2.3", "0x1F", "3D", "A7"]
    {
        assert_eq!(parse(text), None, "{text:?}");
    }
}

#[test]
fn what_is_no_number_is_none() {
    for text in [
        "", " ", "-", ".", "+", "e5", "1e", "1e5.5", "1e9999", "$", "%", "--1", "()", "(-5)", "5 5",
    ] {
        assert_eq!(parse(text), None, "{text:?}");
    }
}

#[test]
fn units_stand_before_or_after() {
    for (text, digits, scale, unit) in [
        ("$1,200.50", 120_050, 2, "USD"),
        ("-$8", -8, 0, "USD"),
        ("$-8", -8, 0, "USD"),
        ("($3.20)", -320, 2, "USD"),
        ("€ 15", 15, 0, "EUR"),
        ("15 €", 15, 0, "EUR"),
        ("GBP 9.99", 999, 2, "GBP"),
        ("9.99 GBP", 999, 2, "GBP"),
        ("62%", 62, 0, "%"),
        ("62.5 %", 625, 1, "%"),
        ("30 percent", 30, 0, "%"),
        ("18 kg", 18, 0, "kg"),
        ("18KG", 18, 0, "kg"),
        ("-4.5 °C", -45, 1, "°C"),
        ("70 mph", 70, 0, "mph"),
        ("1 hour", 1, 0, "h"),
        ("3 hrs", 3, 0, "h"),
        ("250g", 250, 0, "g"),
        ("1.5s", 15, 1, "s"),
        ("12 kg/day", 12, 0, "kg/day"),
        ("4 oz", 4, 0, "oz"),
    ] {
        assert_eq!(parse(text), Some(counted(digits, scale, unit)), "{text:?}");
    }
}

#[test]
fn what_only_looks_like_a_unit_is_none() {
    for text in ["90s", "5G", "1080p", "3x3", "2nd", "12 Main Street", "$5 €", "7 of 9", "10 am"]
    {
        assert_eq!(parse(text), None, "{text:?}");
    }
}

#[test]
fn magnitudes_multiply() {
    assert_eq!(parse("$1.5M"), Some(counted(1_500_000, 0, "USD")));
    assert_eq!(parse("2.25 million"), Some(plain(2_250_000, 0)));
    assert_eq!(parse("€3 billion"), Some(counted(3_000_000_000, 0, "EUR")));
    assert_eq!(parse("$12k"), Some(counted(12_000, 0, "USD")));
    assert_eq!(parse("$1.2345k"), Some(counted(12_345, 1, "USD")));
}

#[test]
fn powers_of_ten_are_kept_apart() {
    let number = parse("-1.25e-3").map(|number| (number.digits, number.scale, number.exponent));
    assert_eq!(number, Some((-125, 2, -3)));
    assert_eq!(parse("6.02E+23").map(|number| number.to_f64()), Some(6.02e23));
    assert_eq!(parse("5e2").and_then(|number| number.to_i64()), Some(500));
}

#[test]
fn too_many_digits_are_no_number_but_may_be_a_fraction() {
    assert_eq!(parse(&"9".repeat(39)), None);
    assert_eq!(parse(&"9".repeat(38)).map(|number| number.scale), Some(0));
    assert_eq!(float(&"9".repeat(50), Mark::Point), None);
    let long = format!("0.{}", "3".repeat(60));
    assert_eq!(float(&long, Mark::Point), Some(1.0 / 3.0));
    assert_eq!(float("-inf", Mark::Point), Some(f64::NEG_INFINITY));
}

#[test]
fn scaling_loses_no_digit() {
    let number = parse("12.340").unwrap_or(Number { digits: 0, scale: 0, exponent: 0, unit: None });
    assert_eq!(number.scaled(2), Some(1234));
    assert_eq!(number.scaled(1), None);
    assert_eq!(number.scaled(5), Some(1_234_000));
    assert_eq!(number.scaled(60), None);
    assert_eq!(number.to_i64(), None);
}

proptest! {
    #[test]
    fn whole_numbers_come_back(value: i64) {
        prop_assert_eq!(parse(&value.to_string()).and_then(|number| number.to_i64()), Some(value));
    }

    #[test]
    fn decimals_come_back(digits in -10_i128.pow(30)..10_i128.pow(30), scale in 0_u8..20) {
        let power = 10_u128.pow(u32::from(scale));
        let (whole, rest) = (digits.unsigned_abs() / power, digits.unsigned_abs() % power);
        let sign = if digits < 0 { "-" } else { "" };
        let text = if scale == 0 {
            format!("{sign}{whole}")
        } else {
            format!("{sign}{whole}.{rest:0width$}", width = scale as usize)
        };
        let number = parse(&text).map(|number| (number.digits, number.scale));
        prop_assert_eq!(number, Some((digits, scale)));
    }

    #[test]
    fn floats_come_back(value in proptest::num::f64::NORMAL) {
        // Written by Rust in up to 17 digits and, past 16 places, a power of ten.
        let text = format!("{value:e}");
        prop_assert_eq!(parse(&text).map(|number| number.to_f64()), Some(value));
    }

    #[test]
    fn grouped_numbers_come_back(value in 0_u64..10_u64.pow(15)) {
        let digits = value.to_string();
        let mut text = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at) % 3 == 0 {
                text.push(',');
            }
            text.push(digit);
        }
        prop_assert_eq!(parse(&text).map(|number| number.digits), Some(i128::from(value)));
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,40}") {
        let _ = (parse(&text), read(&text, Mark::Comma), float(&text, Mark::Point));
    }

    #[test]
    fn no_text_like_a_number_panics(text in "[-+$€(]{0,2}[0-9.,' ]{0,14}[eE]?[-+]?[0-9]{0,4}[)%a-z°/ ]{0,6}") {
        let _ = (parse(&text), read(&text, Mark::Comma), float(&text, Mark::Point));
    }
}
