//! The normal distribution, to the last bits the same on every machine.

use std::f64::consts::{PI, SQRT_2};

/// Where the rational approximations for the body and the tails meet.
const TAIL: f64 = 0.024_25;

/// The share of a standard normal distribution below a value.
pub fn below(value: f64) -> f64 {
    0.5 * libm::erfc(-value / SQRT_2)
}

/// The value of a standard normal distribution that a share lies below: Acklam's rational
/// approximation, with one step of Halley's to full precision. Infinite at 0 and 1.
pub fn value(share: f64) -> f64 {
    if share <= 0.0 {
        return f64::NEG_INFINITY;
    }
    if share >= 1.0 {
        return f64::INFINITY;
    }
    let rough = if share < TAIL {
        tail(libm::sqrt(-2.0 * libm::log(share)))
    } else if share > 1.0 - TAIL {
        -tail(libm::sqrt(-2.0 * libm::log(1.0 - share)))
    } else {
        body(share - 0.5)
    };
    let error = below(rough) - share;
    let step = error * libm::sqrt(2.0 * PI) * libm::exp(rough * rough / 2.0);
    rough - step / (1.0 + rough * step / 2.0)
}

fn polynomial(of: &[f64], at: f64) -> f64 {
    of.iter().fold(0.0, |sum, factor| sum * at + factor)
}

fn body(from_middle: f64) -> f64 {
    const ABOVE: [f64; 6] = [
        -3.969_683_028_665_376e1,
        2.209_460_984_245_205e2,
        -2.759_285_104_469_687e2,
        1.383_577_518_672_69e2,
        -3.066_479_806_614_716e1,
        2.506_628_277_459_239,
    ];
    const BELOW: [f64; 6] = [
        -5.447_609_879_822_406e1,
        1.615_858_368_580_409e2,
        -1.556_989_798_598_866e2,
        6.680_131_188_771_972e1,
        -1.328_068_155_288_572e1,
        1.0,
    ];
    let square = from_middle * from_middle;
    polynomial(&ABOVE, square) * from_middle / polynomial(&BELOW, square)
}

fn tail(at: f64) -> f64 {
    const ABOVE: [f64; 6] = [
        -7.784_894_002_430_293e-3,
        -3.223_964_580_411_365e-1,
        -2.400_758_277_161_838,
        -2.549_732_539_343_734,
        4.374_664_141_464_968,
        2.938_163_982_698_783,
    ];
    const BELOW: [f64; 5] = [
        7.784_695_709_041_462e-3,
        3.224_671_290_700_398e-1,
        2.445_134_137_142_996,
        3.754_408_661_907_416,
        1.0,
    ];
    polynomial(&ABOVE, at) / polynomial(&BELOW, at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn value_and_share_undo_each_other() {
        for (share, expected) in [
            (0.5, 0.0),
            (0.975, 1.959_963_984_540_054),
            (0.01, -2.326_347_874_040_841),
            (1e-9, -5.997_807_015_007_686),
        ] {
            assert!((value(share) - expected).abs() < 1e-9, "{share}: {}", value(share));
        }
        for step in 1..1000 {
            let share = f64::from(step) / 1000.0;
            assert!((below(value(share)) - share).abs() < 1e-12);
        }
        assert!(value(0.0).is_infinite() && value(0.0) < 0.0);
        assert!(value(1.0).is_infinite() && value(1.0) > 0.0);
    }
}
