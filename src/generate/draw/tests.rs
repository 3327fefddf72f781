//! Tests that draws are even, and have nothing to do with their neighbours: in the row before, in
//! the column beside, under the seed before.
//!
//! They are those of the batteries by which generators are judged (Knuth's, Marsaglia's Diehard,
//! L'Ecuyer's `TestU01`, Doty-Humphrey's `PractRand`), each over the draws as the engine uses them, in
//! 2^18 to 2^20 draws, so that they take seconds unoptimized:
//!
//! | test | what it would find |
//! |---|---|
//! | bytes | a byte of a draw that prefers some values (chi-squared over 256 classes) |
//! | pairs at lags 1 to 4096 | rows that hang on rows before them |
//! | pairs across columns, tables, seeds, numbers | streams that run side by side |
//! | bits against bits | a bit that follows another, of the same draw or of the next |
//! | runs | draws that rise or fall too long (Wald and Wolfowitz) |
//! | gaps | a part of the range that is met too regularly |
//! | birthday spacings | points on a lattice (Marsaglia and Tsang 2002) |
//! | collisions | draws that spare or favour cells among many |
//! | ones | words with too many or too few bits set, and how they follow each other |
//! | walks over addresses | the same, where seed, table's number or row alone moves |
//!
//! A statistic may lie [`SIGMAS`] standard deviations off. The draws are fixed, so that a test
//! that passes once passes until the meaning of a draw changes.

use super::*;

/// Draws looked at in each test.
const DRAWS: u64 = 1 << 18;
/// Standard deviations that a statistic may lie from what it should be. The draws are fixed, so a
/// test that passes once passes always.
const SIGMAS: f64 = 4.5;

/// Fails where counts of 256 classes, all equally likely, lie too far from each other (Pearson's
/// chi-squared, with the normal approximation of its distribution).
#[track_caller]
fn assert_even(classes: impl Iterator<Item = u8>, of: &str) {
    let mut counts = [0_u64; 256];
    classes.for_each(|class| counts[usize::from(class)] += 1);
    let expected = counts.iter().sum::<u64>() as f64 / 256.0;
    let chi: f64 = counts.iter().map(|count| (*count as f64 - expected).powi(2) / expected).sum();
    let sigmas = (chi - 255.0) / (2.0 * 255.0_f64).sqrt();
    assert!(sigmas.abs() < SIGMAS, "{of}: {sigmas:.1} standard deviations from even");
}

/// Fails where two sequences of units have a correlation.
#[track_caller]
fn assert_unrelated(pairs: impl Iterator<Item = (f64, f64)>, of: &str) {
    let (mut sum, mut many) = (0.0, 0.0);
    for (left, right) in pairs {
        sum += (left - 0.5) * (right - 0.5) * 12.0;
        many += 1.0;
    }
    let sigmas: f64 = sum / f64::sqrt(many);
    assert!(sigmas.abs() < SIGMAS, "{of}: correlated by {sigmas:.1} standard deviations");
}

/// The top four bits of two draws as one of 256 classes.
fn both(left: u64, right: u64) -> u8 {
    ((left >> 60) << 4 | right >> 60) as u8
}

fn draws() -> [Draw; 4] {
    [
        Draw::new(0, "orders", "amount"),
        Draw::new(1, "orders", "amount"),
        Draw::new(u64::MAX, "", ""),
        Draw::new(7, "t", "c").numbered(3),
    ]
}

#[test]
fn a_draw_depends_on_its_address_alone() {
    let draw = Draw::new(7, "orders", "amount");
    assert_eq!(draw.bits(3), Draw::new(7, "orders", "amount").bits(3));
    for other in [
        Draw::new(8, "orders", "amount"),
        Draw::new(7, "order", "samount"),
        Draw::new(7, "orders", "price"),
        draw.named("again"),
        draw.numbered(0),
    ] {
        assert_ne!(draw.bits(3), other.bits(3));
    }
}

#[test]
fn every_byte_of_a_draw_is_even() {
    for draw in draws() {
        for byte in 0..8 {
            let classes = (0..DRAWS).map(|n| (draw.bits(n) >> (8 * byte)) as u8);
            assert_even(classes, &format!("byte {byte} of {draw:?}"));
        }
    }
}

#[test]
fn neighbouring_rows_have_nothing_to_do_with_each_other() {
    for draw in draws() {
        for lag in [1, 2, 3, 7, 64, 4096] {
            let of = format!("lag {lag} of {draw:?}");
            assert_even((0..DRAWS).map(|n| both(draw.bits(n), draw.bits(n + lag))), &of);
            assert_unrelated((0..DRAWS).map(|n| (draw.unit(n), draw.unit(n + lag))), &of);
        }
    }
}

#[test]
fn columns_seeds_and_numbers_have_nothing_to_do_with_each_other() {
    let draw = Draw::new(1, "orders", "a");
    for (of, other) in [
        ("columns", Draw::new(1, "orders", "b")),
        ("tables", Draw::new(1, "order", "a")),
        ("seeds", Draw::new(2, "orders", "a")),
        ("numbers", draw.numbered(0)),
    ] {
        assert_even((0..DRAWS).map(|n| both(draw.bits(n), other.bits(n))), of);
        assert_unrelated((0..DRAWS).map(|n| (draw.unit(n), other.unit(n))), of);
    }
    let seeds = |n| (Draw::new(n, "t", "c").unit(0), Draw::new(n + 1, "t", "c").unit(0));
    assert_unrelated((0..DRAWS).map(seeds), "the first draw of seeds in a row");
    let numbers = |n| (draw.numbered(n).unit(5), draw.numbered(n + 1).unit(5));
    assert_unrelated((0..DRAWS).map(numbers), "a draw of numbers in a row");
}

#[test]
fn draws_below_a_bound_reach_all_of_it_evenly() {
    let draw = Draw::new(1, "t", "c");
    assert_even((0..DRAWS).map(|n| draw.below(n, 256) as u8), "below 256");
    assert!((0..1000).all(|n| draw.below(n, 10) < 10 && draw.below(n, 0) == 0));
    let within = (0..DRAWS).filter(|n| draw.is_within(*n, share(0.05))).count() as f64;
    let expected = 0.05 * DRAWS as f64;
    assert!((within - expected).abs() < SIGMAS * expected.sqrt(), "{within} of {expected}");
}

/// A walk over addresses: what moves, and the draws.
type Walk = (&'static str, Box<dyn Fn(u64) -> u64>);

/// Draws as rows go on, as seeds do, and as numbers do.
fn walks() -> [Walk; 4] {
    let draw = Draw::new(3, "orders", "amount");
    [
        ("rows", Box::new(move |n| draw.bits(n))),
        ("every thousandth row", Box::new(move |n| draw.bits(n * 1000))),
        ("seeds", Box::new(|n| Draw::new(n, "t", "c").bits(5))),
        ("numbers", Box::new(move |n| draw.numbered(n).bits(0))),
    ]
}

#[track_caller]
fn assert_near(found: f64, expected: f64, deviation: f64, of: &str) {
    let sigmas = (found - expected) / deviation;
    assert!(sigmas.abs() < SIGMAS, "{of}: {found}, where {expected} +- {deviation} are expected");
}

#[test]
fn no_bit_follows_another() {
    /// Draws looked at, of 64 × 64 pairs of bits each.
    const DRAWS: u64 = 1 << 12;
    /// Standard deviations that the farthest of 8,000 pairs may lie off.
    const FARTHEST: f64 = 5.5;
    for (of, walk) in walks() {
        let draws: Vec<u64> = (0..=DRAWS).map(walk).collect();
        for shift in 0_u32..64 {
            // A bit against that so many places further, in the same draw and in the next.
            for (next, name) in [(0_usize, "the same draw"), (1, "the next draw")] {
                if shift == 0 && next == 0 {
                    continue;
                }
                let mut unlike = [0_u32; 64];
                for at in 0..DRAWS as usize {
                    let mut bits = draws[at] ^ draws[at + next].rotate_right(shift);
                    while bits > 0 {
                        unlike[bits.trailing_zeros() as usize] += 1;
                        bits &= bits - 1;
                    }
                }
                for (bit, count) in unlike.iter().enumerate() {
                    let off = f64::from(*count) - DRAWS as f64 / 2.0;
                    let sigmas = off / (DRAWS as f64 / 4.0).sqrt();
                    assert!(
                        sigmas.abs() < FARTHEST,
                        "{of}: bit {bit} and that {shift} behind it in {name}: {sigmas:.1}"
                    );
                }
            }
        }
    }
}

#[test]
fn draws_rise_and_fall_as_chance_has_it() {
    for (of, walk) in walks() {
        let draws: Vec<u64> = (0..DRAWS).map(walk).collect();
        // Runs up and down: (2n - 1) / 3 of them, with a variance of (16n - 29) / 90.
        let turns = draws.windows(3).filter(|three| (three[0] < three[1]) != (three[1] < three[2]));
        let many = DRAWS as f64;
        assert_near(
            turns.count() as f64 + 1.0,
            (2.0 * many - 1.0) / 3.0,
            ((16.0 * many - 29.0) / 90.0).sqrt(),
            of,
        );
        // Runs above and below the middle.
        let sides = draws.windows(2).filter(|two| (two[0] >> 63) != (two[1] >> 63)).count();
        assert_near(sides as f64, (many - 1.0) / 2.0, ((many - 1.0) / 4.0).sqrt(), of);
    }
}

#[test]
fn a_part_of_the_range_is_met_after_gaps_as_chance_has_them() {
    /// Gaps this long and longer are one class.
    const LONGEST: usize = 64;
    /// The share of the range that is waited for.
    const SHARE: f64 = 1.0 / 16.0;
    for (of, walk) in walks() {
        for part in [0, 7, 15] {
            let mut counts = [0_u64; LONGEST + 1];
            let mut gap = 0;
            for n in 0..DRAWS {
                if walk(n) >> 60 == part {
                    counts[gap.min(LONGEST)] += 1;
                    gap = 0;
                } else {
                    gap += 1;
                }
            }
            let all: u64 = counts.iter().sum();
            let chi: f64 = (counts.iter().enumerate())
                .map(|(gap, count)| {
                    let longer = (1.0 - SHARE).powi(gap as i32);
                    let share = if gap == LONGEST { longer } else { longer * SHARE };
                    let expected = all as f64 * share;
                    (*count as f64 - expected).powi(2) / expected
                })
                .sum();
            let free = LONGEST as f64;
            assert_near(chi, free, (2.0 * free).sqrt(), &format!("{of}, part {part}"));
        }
    }
}

#[test]
fn birthdays_are_spaced_as_chance_has_them() {
    /// Days of a year, and birthdays in it: 2^(3 · 12) / (4 · 2^32) = 4 spacings are met twice.
    const YEAR: u32 = 32;
    const BIRTHDAYS: u64 = 1 << 12;
    const MEAN: f64 = 4.0;
    /// Years of each part of a draw.
    const YEARS: u64 = 32;
    for (of, walk) in walks() {
        for low in [0, 16, 32] {
            let mut twice = 0;
            for year in 0..YEARS {
                let mut days: Vec<u64> = (year * BIRTHDAYS..(year + 1) * BIRTHDAYS)
                    .map(|n| walk(n) >> low & ((1 << YEAR) - 1))
                    .collect();
                days.sort_unstable();
                let mut spacings: Vec<u64> = days.windows(2).map(|two| two[1] - two[0]).collect();
                spacings.sort_unstable();
                twice += spacings.windows(2).filter(|two| two[0] == two[1]).count();
            }
            let mean = MEAN * YEARS as f64;
            assert_near(twice as f64, mean, mean.sqrt(), &format!("{of}, from bit {low}"));
        }
    }
}

#[test]
fn draws_fall_into_cells_as_chance_has_it() {
    /// Cells; there are as many draws as cells.
    const CELLS: u32 = 18;
    for (of, walk) in walks() {
        for low in [0, 23, 46] {
            let mut met = vec![false; 1 << CELLS];
            for n in 0..1_u64 << CELLS {
                met[(walk(n) >> low) as usize & ((1 << CELLS) - 1)] = true;
            }
            let empty = met.iter().filter(|met| !**met).count() as f64;
            // A share of 1/e stays empty, with a variance of cells · (1/e)(1 - 2/e).
            let (many, e) = (f64::from(1 << CELLS), std::f64::consts::E);
            let deviation = (many / e * (1.0 - 2.0 / e)).sqrt();
            assert_near(empty, many / e, deviation, &format!("{of}, from bit {low}"));
        }
    }
}

#[test]
fn as_many_bits_are_set_as_not_and_neighbours_do_not_know() {
    for (of, walk) in walks() {
        let ones: Vec<f64> = (0..DRAWS).map(|n| f64::from(walk(n).count_ones()) - 32.0).collect();
        let many = DRAWS as f64;
        // 64 bits have a variance of 16.
        assert_near(ones.iter().sum(), 0.0, (16.0 * many).sqrt(), of);
        let squares: f64 = ones.iter().map(|one| one * one).sum();
        // The fourth moment is 3 · 16² - 32, so the variance of a square 2 · 16² - 32.
        assert_near(squares, 16.0 * many, ((2.0 * 256.0 - 32.0) * many).sqrt(), of);
        for lag in [1, 2, 5, 64] {
            let product: f64 = ones.iter().zip(&ones[lag..]).map(|(one, other)| one * other).sum();
            assert_near(product, 0.0, 16.0 * many.sqrt(), &format!("{of}, lag {lag}"));
        }
    }
}

#[test]
fn a_million_draws_are_even() {
    /// More draws, for what shows itself late.
    const MANY: u64 = 1 << 20;
    let draw = Draw::new(1, "fact", "amount");
    for low in [0, 24, 56] {
        assert_even((0..MANY).map(|n| (draw.bits(n) >> low) as u8), "a million draws");
    }
    assert_unrelated((0..MANY).map(|n| (draw.unit(n), draw.unit(n + 1))), "a million neighbours");
}
