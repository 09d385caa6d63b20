//! Sine, cosine and arc sine that are the same on every system.
//!
//! In:   angles in degrees.
//! Out:  numbers that come from `+ - * /` and the square root alone, which IEEE 754 defines to the
//!       last bit. Those of the standard library differ from one system to the next, and a report
//!       must not.
//!
//! No input panics: what is not a number stays none.

/// A quarter of a turn, in radians.
pub(crate) const HALF_PI: f64 = std::f64::consts::FRAC_PI_2;

/// Sine of an angle in degrees.
pub(crate) fn sine(degrees: f64) -> f64 {
    let mut turned = degrees % 360.0;
    if turned > 180.0 {
        turned -= 360.0;
    } else if turned < -180.0 {
        turned += 360.0;
    }
    if turned > 90.0 {
        turned = 180.0 - turned;
    } else if turned < -90.0 {
        turned = -180.0 - turned;
    }
    if turned > 45.0 {
        cosine_series(90.0 - turned)
    } else if turned < -45.0 {
        -cosine_series(90.0 + turned)
    } else {
        sine_series(turned)
    }
}

/// Cosine of an angle in degrees.
pub(crate) fn cosine(degrees: f64) -> f64 {
    sine(90.0 - (degrees % 360.0).abs())
}

/// Taylor's series, for at most 45 degrees.
fn sine_series(degrees: f64) -> f64 {
    let x = degrees * (HALF_PI / 90.0);
    x * series(x * x, 2.0)
}

fn cosine_series(degrees: f64) -> f64 {
    let x = degrees * (HALF_PI / 90.0);
    series(x * x, 1.0)
}

/// 1 - s/(k(k+1)) (1 - s/((k+2)(k+3)) (1 - …)), ten terms deep.
fn series(square: f64, from: f64) -> f64 {
    let mut sum = 1.0;
    for term in (0..10).rev() {
        let k = from + 2.0 * f64::from(term);
        sum = 1.0 - square / (k * (k + 1.0)) * sum;
    }
    sum
}

/// Arc sine, in radians, of 0 to 1; what is outside counts as the nearer of the two.
pub(crate) fn arc_sine(x: f64) -> f64 {
    let x = x.clamp(0.0, 1.0);
    if x > 0.5 {
        return HALF_PI - 2.0 * arc_sine_series(((1.0 - x) / 2.0).sqrt());
    }
    arc_sine_series(x)
}

/// x (1 + x² 1²/(2·3) (1 + x² 3²/(4·5) (1 + …))), for at most one half.
fn arc_sine_series(x: f64) -> f64 {
    let square = x * x;
    let mut sum = 1.0;
    for term in (0..24).rev() {
        let odd = f64::from(term) * 2.0 + 1.0;
        sum = 1.0 + square * odd * odd / ((odd + 1.0) * (odd + 2.0)) * sum;
    }
    x * sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn angles_are_those_of_the_standard_library() {
        for step in -7200..=7200 {
            let degrees = f64::from(step) / 10.0 + 0.037;
            let radians = degrees.to_radians();
            assert!((sine(degrees) - radians.sin()).abs() < 4e-15, "{degrees}");
            assert!((cosine(degrees) - radians.cos()).abs() < 4e-15, "{degrees}");
        }
        for step in 0..=10_000 {
            let x = f64::from(step) / 10_000.0;
            assert!((arc_sine(x) - x.asin()).abs() < 4e-15, "{x}");
        }
    }
}
