//! Claims about moments: every spelling means one moment, and what is impossible is none.

use proptest::prelude::*;

use super::{DAY, Moment, Order, Spelling, civil_from_days, date, parse};

fn shown(text: &str) -> Option<String> {
    parse(text, Order::MonthFirst).map(|moment| moment.to_string())
}

fn all_mean(expected: &str, texts: &[&str]) {
    for text in texts {
        assert_eq!(shown(text).as_deref(), Some(expected), "{text:?}");
    }
}

#[test]
fn days_are_read_from_every_spelling() {
    all_mean(
        "2019-03-08",
        &[
            "2019-03-08",
            "2019-3-8",
            "2019/03/08",
            "2019.03.08",
            "2019 03 08",
            "2019\\03\\08",
            "20190308",
            "03/08/2019",
            "3/8/2019",
            "3/8/19",
            "03-08-2019",
            "03.08.2019",
            "03 08 2019",
            "8 March 2019",
            "8 Mar 2019",
            "8th of March 2019",
            "08-Mar-2019",
            "8-mar-19",
            "2019-Mar-08",
            "March 8, 2019",
            "Mar. 8, 2019",
            "MAR 8 2019",
            "march 8th, 2019",
            "Mar 8, '19",
            "Fri, 8 Mar 2019",
            "Friday, March 8, 2019",
            "Fri Mar 8 2019",
            "8. March 2019",
            "Mar-8-2019",
            "2019年3月8日",
            "2019-W10-5",
            "  2019-03-08  ",
        ],
    );
    all_mean("2019-03-22", &["03/22/2019", "22/03/2019", "22.3.2019", "22 03 2019"]);
    all_mean("2000-09-12", &["12 Sept 2000", "Sept. 12, 2000", "September 12th 2000"]);
    all_mean("0007-05-31", &["0007-05-31"]);
}

#[test]
fn times_are_read_from_every_spelling() {
    all_mean("17:04:00", &["17:04", "17:04:00", "5:04 PM", "5:04pm", "05:04 p.m.", "5:04:00 Pm"]);
    all_mean("09:00:00", &["9 am", "9am", "9 a.m.", "9:00 AM", "09:00:00.000"]);
    all_mean("00:30:00", &["12:30 am", "00:30"]);
    all_mean("12:30:00", &["12:30 pm", "12:30"]);
    all_mean("23:59:59.123456", &["23:59:59.123456", "23:59:59.123456789", "11:59:59.123456 PM"]);
}

#[test]
fn days_with_times_are_read_from_every_spelling() {
    all_mean(
        "2021-11-05T16:20:09",
        &[
            "2021-11-05T16:20:09",
            "2021-11-05 16:20:09",
            "2021-11-05t16:20:09",
            "2021/11/5 16:20:09",
            "11/05/2021 04:20:09 PM",
            "11/5/21 4:20:09 pm",
            "2021-11-05 04:20:09 PM",
            "Nov 5, 2021 4:20:09 PM",
            "Nov 5, 2021, 4:20:09 PM",
            "November 5th, 2021 at 4:20:09 p.m.",
            "5 Nov 2021, 16:20:09",
            "Fri Nov  5 16:20:09 2021",
            "05-NOV-2021 16.20.09",
            "16:20:09 on November 5, 2021",
            "20211105T162009",
            "20211105 162009",
            "20211105162009",
            "2021:11:05 16:20:09",
            "05/Nov/2021:16:20:09",
        ],
    );
    all_mean("2021-11-05T16:20:00", &["2021-11-05T16:20", "2021110516:20", "202111051620"]);
    all_mean("2021-11-05T16:00:00", &["2021-11-05T16"]);
    all_mean("2021-11-06T00:00:00", &["2021-11-05T24:00:00", "Nov 6, 2021 12:00 AM"]);
    all_mean("2021-11-05T16:20:09.25", &["2021-11-05 16:20:09.25", "2021-11-05 16:20:09,250"]);
}

#[test]
fn zones_make_instants() {
    all_mean(
        "2021-11-05T16:20:09Z",
        &[
            "2021-11-05T16:20:09Z",
            "2021-11-05T16:20:09z",
            "2021-11-05 16:20:09 UTC",
            "2021-11-05 16:20:09+00",
            "2021-11-05T18:20:09+02:00",
            "2021-11-05T18:20:09+0200",
            "2021-11-05T11:20:09-05",
            "2021-11-05 11:20:09 EST",
            "2021-11-05 21:50:09 +0530",
            "Fri, 05 Nov 2021 16:20:09 GMT",
            "Fri, 05 Nov 2021 08:20:09 -0800 (PST)",
            "Fri Nov 05 2021 17:20:09 GMT+0100 (CET)",
            "Fri Nov  5 16:20:09 UTC 2021",
            "Fri Nov 5 09:20:09 -0700 2021",
            "[05/Nov/2021:18:20:09 +0200]",
            "2021-11-05 19:20:09 +0300 MSK",
            "2021-11-05 16:20:09 +0000 UTC",
            "2021-11-05T17:20:09+01:00[Europe/Berlin]",
            "20211105T162009Z",
        ],
    );
    all_mean("1890-01-01T11:09:40Z", &["1890-01-01T12:00:00+00:50:20"]);
    all_mean("2021-11-04T22:00:00Z", &["2021-11-05+02:00"]);
}

#[test]
fn impossible_moments_are_none() {
    for text in [
        "2021-02-29",
        "1900-02-29",
        "2021-04-31",
        "2021-13-01",
        "2021-00-10",
        "2021-10-00",
        "13/13/2021",
        "31/02/2021",
        "30 Feb 2020",
        "Feb 30, 2020",
        "20210230",
        "0000-01-01",
        "2021-W54-1",
        "2021-W00-1",
        "25:00",
        "24:00:01",
        "24:00",
        "12:60",
        "10:10:61",
        "13:00 pm",
        "0:15 am",
        "2021-01-01T25:00",
        "2021-01-01T10:61:00Z",
        "2021-01-01 10:00 +25:00",
    ] {
        assert_eq!(shown(text), None, "{text:?}");
    }
}

#[test]
fn what_is_no_moment_is_none() {
    for text in [
        "",
        " ",
        "7",
        "2021",
        "May",
        "Monday",
        "May 2021",
        "2021-05",
        "12:30 EST",
        "3:2",
        "1:2:3:4",
        "192.168.0.1",
        "10.0.0.1",
        "555-123-4567",
        "123-45-6789",
        "4111 1111 1111 1111",
        "5 oz",
        "at noon",
        "2021-05-01abc",
        "2021--",
        "2021-05-01T",
        "2021-05-01 10:00 Mars",
        "12 30 45",
        "A-12-2021",
        "May 5, 2021 May",
        "1/2/3/2021",
        "5,000-9,999",
        "the 5th",
    ] {
        assert_eq!(shown(text), None, "{text:?}");
    }
}

#[test]
fn versions_and_measures_are_weak() {
    for text in ["10.9.03", "36-12-24", "1-2-20"] {
        assert!(Spelling::read(text).is_none_or(|spelling| spelling.weak), "{text:?}");
    }
    for text in ["10/9/03", "2003-09-10", "10.9.2003"] {
        assert!(Spelling::read(text).is_some_and(|spelling| !spelling.weak), "{text:?}");
    }
}

#[test]
fn order_decides_only_what_is_open() {
    let day = |text, order| parse(text, order).map(|moment| moment.to_string());
    assert_eq!(day("03/04/2020", Order::MonthFirst).as_deref(), Some("2020-03-04"));
    assert_eq!(day("03/04/2020", Order::DayFirst).as_deref(), Some("2020-04-03"));
    assert_eq!(day("2020/03/04", Order::DayFirst).as_deref(), Some("2020-03-04"));
    assert_eq!(day("25/04/2020", Order::MonthFirst).as_deref(), Some("2020-04-25"));
    assert_eq!(day("4 Mar 2020", Order::DayFirst).as_deref(), Some("2020-03-04"));
}

#[test]
fn formats_are_in_the_letters_of_strftime() {
    for (text, format) in [
        ("2020-03-04", "%Y-%m-%d"),
        ("2020-03-04T05:06:07.8Z", "%Y-%m-%dT%H:%M:%S.%f%Z"),
        ("2020-03-04 05:06+02:00", "%Y-%m-%d %H:%M%z"),
        ("03/04/2020 5:06 PM", "%d/%m/%Y %I:%M %p"),
        ("3/4/20", "%d/%m/%y"),
        ("03/25/2020", "%m/%d/%Y"),
        ("20200304", "%Y%m%d"),
        ("March 4, 2020", "%B %d, %Y"),
        ("Wed, 04 Mar 2020", "%a, %d %b %Y"),
        ("17:45", "%H:%M"),
        ("9 am", "%I %p"),
        ("2020-W10-3", "%G-W%V-%u"),
    ] {
        assert_eq!(Spelling::format(text, Order::DayFirst).as_deref(), Some(format), "{text:?}");
        if format.contains("%d/%m") {
            assert_eq!(Order::of(format), Order::DayFirst);
        }
    }
    assert_eq!(Order::of("%m/%d/%Y"), Order::MonthFirst);
    assert_eq!(Order::of("%Y-%m-%d"), Order::MonthFirst);
}

#[test]
fn calendar_agrees_with_itself() {
    let mut days = date(1, 1, 1);
    for year in [1, 4, 100, 400, 1582, 1900, 1970, 2000, 2024, 9999] {
        for month in 1..=12 {
            for day in 1..=31 {
                let Some(found) = date(year, month, day) else { continue };
                assert_eq!(civil_from_days(found), (year, month, day));
                assert!(days <= Some(found));
                days = Some(found);
            }
        }
    }
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

proptest! {
    #[test]
    fn printed_moments_are_themselves(days in -719_162_i32..2_932_896, micros in 0..DAY) {
        let stamp = i64::from(days) * DAY + micros;
        for moment in [
            Moment::Date(days),
            Moment::Time(micros),
            Moment::Timestamp(stamp),
            Moment::TimestampTz(stamp),
        ] {
            prop_assert_eq!(parse(&moment.to_string(), Order::DayFirst), Some(moment));
        }
    }

    #[test]
    fn days_come_back_from_every_format(days in -25_567_i32..47_482) {
        let (year, month, day) = civil_from_days(days);
        let name = MONTHS[month as usize - 1];
        for (text, order) in [
            (format!("{month}/{day}/{year}"), Order::MonthFirst),
            (format!("{day}/{month}/{year}"), Order::DayFirst),
            (format!("{day:02}.{month:02}.{year}"), Order::DayFirst),
            (format!("{month:02}-{day:02}-{year}"), Order::MonthFirst),
            (format!("{year}/{month}/{day}"), Order::DayFirst),
            (format!("{year}{month:02}{day:02}"), Order::DayFirst),
            (format!("{day} {name} {year}"), Order::MonthFirst),
            (format!("{name} {day}, {year}"), Order::DayFirst),
            (format!("{day:02}-{name}-{year}"), Order::MonthFirst),
        ] {
            prop_assert_eq!(parse(&text, order), Some(Moment::Date(days)), "{}", text);
            let format = Spelling::format(&text, order).unwrap_or_default();
            prop_assert_eq!(parse(&text, Order::of(&format)), Some(Moment::Date(days)), "{}", format);
        }
    }

    #[test]
    fn instants_come_back_from_every_offset(
        seconds in -2_208_988_800_i64..4_102_444_800,
        quarters in -48_i64..57,
    ) {
        let local = seconds + quarters * 900;
        let (year, month, day) = civil_from_days(local.div_euclid(86_400) as i32);
        let clock = local.rem_euclid(86_400);
        let (hour, minute, second) = (clock / 3600, clock / 60 % 60, clock % 60);
        let sign = if quarters < 0 { '-' } else { '+' };
        let (far, rest) = (quarters.abs() / 4, quarters.abs() % 4 * 15);
        let expected = Some(Moment::TimestampTz(seconds * 1_000_000));
        for text in [
            format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{sign}{far:02}:{rest:02}"),
            format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}{sign}{far:02}{rest:02}"),
            format!(
                "{day:02} {} {year:04} {hour:02}:{minute:02}:{second:02} {sign}{far:02}{rest:02}",
                MONTHS[month as usize - 1]
            ),
        ] {
            prop_assert_eq!(parse(&text, Order::MonthFirst), expected, "{}", text);
        }
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,90}") {
        let _ = (parse(&text, Order::DayFirst), Spelling::format(&text, Order::MonthFirst));
    }

    #[test]
    fn no_text_like_a_moment_panics(
        text in "(([0-9]{1,5}|[a-zA-Z]{1,9}|年|월|'[0-9]{2})[-/.: ,T+(\\[]{0,2}){1,12}[)\\]Z]?"
    ) {
        let spelling = Spelling::read(&text);
        let format = Spelling::format(&text, Order::MonthFirst);
        prop_assert!(spelling.is_none() || format.is_some(), "{}", text);
    }
}
