//! Tests that draws are even, and have nothing to do with their neighbours: in the row before, in
//! the column beside, under the seed before.

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
