//! Laws: parameters that make sense, and bounds that leave something between them.

use crate::behaviour::{Delay, Law, Number};

/// Why some weights cannot be those of so many things, if they cannot.
pub(super) fn weights(many: usize, weights: Option<&[f64]>) -> Result<(), String> {
    let Some(weights) = weights else { return Ok(()) };
    if weights.len() != many {
        return Err(format!("there are {} weights for {many}", weights.len()));
    }
    if !weights.iter().all(|weight| weight.is_finite() && *weight >= 0.0) {
        return Err("a weight is negative".into());
    }
    let sum: f64 = weights.iter().sum();
    if sum > 0.0 && sum.is_finite() { Ok(()) } else { Err("all weights are 0".into()) }
}

/// Why a number is no share.
pub(super) fn share(share: f64) -> Result<(), String> {
    let fits = (0.0..=1.0).contains(&share);
    if fits { Ok(()) } else { Err(format!("{share} is no share between 0 and 1")) }
}

/// Why a number is not above a bound.
pub(super) fn above(name: &str, number: f64, bound: f64) -> Result<(), String> {
    let fits = number.is_finite() && number > bound;
    if fits { Ok(()) } else { Err(format!("`{name}` is {number}, not above {bound}")) }
}

/// Why numbers cannot be as they are said.
pub(super) fn number(number: &Number) -> Result<(), String> {
    if let Some(round) = number.round {
        above("round", round, 0.0)?;
    }
    let fraction = |ending: &f64| (0.0..1.0).contains(ending);
    if let Some(ending) = number.ending.iter().find(|ending| !fraction(ending)) {
        return Err(format!("the ending {ending} is not between 0 and 1"));
    }
    if let (Some(min), Some(max)) = (number.min, number.max)
        && (min.is_nan() || max.is_nan() || min > max)
    {
        return Err(format!("`min` {min} is above `max` {max}"));
    }
    within(&number.law, number)
}

/// Why a law has nothing within the bounds of the numbers that it is for.
pub(super) fn within(law: &Law, number: &Number) -> Result<(), String> {
    self::law(law)?;
    let (least, most) = support(law);
    if let Some(min) = number.min.filter(|min| most < *min) {
        return Err(format!("`min` is {min} and the law ends at {most}"));
    }
    if let Some(max) = number.max.filter(|max| least > *max) {
        return Err(format!("`max` is {max} and the law begins at {least}"));
    }
    Ok(())
}

/// Why a delay cannot be.
pub(super) fn delay(delay: &Delay) -> Result<(), String> {
    let bounds = Number {
        min: delay.min,
        max: delay.max,
        round: delay.round,
        ..Number::new(delay.law.clone())
    };
    number(&bounds)?;
    if delay.min.is_some_and(|min| min < 0.0) || delay.max.is_some_and(|max| max < 0.0) {
        return Err("a delay cannot go back in time".into());
    }
    let (_, most) = support(&delay.law);
    if most < 0.0 { Err("a delay cannot go back in time".into()) } else { Ok(()) }
}

/// Why a law cannot be.
fn law(law: &Law) -> Result<(), String> {
    let finite = |numbers: &[f64]| {
        if numbers.iter().all(|number| number.is_finite()) {
            Ok(())
        } else {
            Err("a number of the law is not finite".to_owned())
        }
    };
    match law {
        Law::Uniform { min, max } => {
            finite(&[*min, *max])?;
            if min > max { Err(format!("`min` {min} is above `max` {max}")) } else { Ok(()) }
        }
        Law::Normal { mean, deviation } => {
            finite(&[*mean])?;
            above("deviation", *deviation, 0.0)
        }
        Law::Lognormal { median, sigma } => {
            above("median", *median, 0.0)?;
            above("sigma", *sigma, 0.0)
        }
        Law::Exponential { mean } => above("mean", *mean, 0.0),
        Law::Zipf { most, skew } => {
            above("skew", *skew, 0.0)?;
            if *most == 0 { Err("`most` is 0".into()) } else { Ok(()) }
        }
        Law::Triangular { min, mode, max } => {
            finite(&[*min, *mode, *max])?;
            let fits = min <= mode && mode <= max && min < max;
            if fits { Ok(()) } else { Err(format!("{min}, {mode}, {max} is no triangle")) }
        }
        Law::Levels { values, weights } => {
            finite(values)?;
            if values.is_empty() {
                return Err("no levels to take from".into());
            }
            self::weights(values.len(), weights.as_deref())
        }
    }
}

/// The least and the greatest number of a law.
fn support(law: &Law) -> (f64, f64) {
    match law {
        Law::Uniform { min, max } | Law::Triangular { min, max, .. } => (*min, *max),
        Law::Normal { .. } => (f64::NEG_INFINITY, f64::INFINITY),
        Law::Lognormal { .. } | Law::Exponential { .. } => (0.0, f64::INFINITY),
        Law::Zipf { most, .. } => (1.0, *most as f64),
        Law::Levels { values, .. } => (values.iter())
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), value| {
                (least.min(*value), most.max(*value))
            }),
    }
}
