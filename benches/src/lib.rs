//! Measuring several things side by side; the criterion benches beside it measure each on its own.
//!
//! On a machine that others use too, the time of one thing drifts by more than two things differ. So each round
//! measures every one for a moment, and a ratio is taken within its round.

pub mod growth;
pub mod lines;

use std::time::{Duration, Instant};

/// That of the program, so that what is measured here is what it does.
#[cfg(feature = "allocator")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Something to measure.
pub struct Subject<'a> {
    /// What it is called.
    pub name: String,
    /// How many elements one call of `run` takes care of.
    pub elements: usize,
    /// Does it once.
    pub run: Box<dyn FnMut() + 'a>,
}

/// What was measured: nanoseconds per element, round by round.
#[derive(Debug, Clone)]
pub struct Times {
    /// What was measured.
    pub name: String,
    rounds: Vec<f64>,
}

/// Where the middle of the rounds is, and how far they reach.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// The median.
    pub median: f64,
    /// The least.
    pub min: f64,
    /// The greatest.
    pub max: f64,
}

impl<'a> Subject<'a> {
    /// Something to measure.
    pub fn new(name: impl Into<String>, elements: usize, run: impl FnMut() + 'a) -> Self {
        Self { name: name.into(), elements, run: Box::new(run) }
    }

    /// Nanoseconds per element over so many calls.
    fn time(&mut self, calls: u32) -> f64 {
        let start = Instant::now();
        for _ in 0..calls {
            (self.run)();
        }
        nanoseconds(start.elapsed()) / (f64::from(calls) * count(self.elements))
    }

    /// How many calls take at least so long.
    fn calls(&mut self, at_least: Duration) -> u32 {
        let start = Instant::now();
        let mut calls = 0;
        while start.elapsed() < at_least {
            (self.run)();
            calls += 1;
        }
        calls
    }
}

/// Measures all subjects in turn, so many times over, each time for about `at_least`.
pub fn interleaved(mut subjects: Vec<Subject<'_>>, rounds: usize, at_least: Duration) -> Vec<Times> {
    let calls: Vec<u32> = subjects.iter_mut().map(|subject| subject.calls(at_least)).collect();
    let new = |subject: &Subject<'_>| Times { name: subject.name.clone(), rounds: Vec::with_capacity(rounds) };
    let mut times: Vec<Times> = subjects.iter().map(new).collect();
    for _ in 0..rounds {
        for ((subject, times), calls) in subjects.iter_mut().zip(&mut times).zip(&calls) {
            times.rounds.push(subject.time(*calls));
        }
    }
    times
}

impl Times {
    /// Nanoseconds per element.
    pub fn spread(&self) -> Spread {
        Spread::of(self.rounds.clone())
    }

    /// Megabytes a second, where an element is a byte.
    pub fn megabytes_a_second(&self) -> Spread {
        Spread::of(self.rounds.iter().map(|nanoseconds| 1e3 / nanoseconds).collect())
    }

    /// How many times longer than `other` it takes, each round for itself.
    pub fn ratio(&self, other: &Self) -> Spread {
        Spread::of(self.rounds.iter().zip(&other.rounds).map(|(own, other)| own / other).collect())
    }
}

impl Spread {
    /// The spread of these values.
    pub fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let at = |place: usize| values.get(place).copied().unwrap_or(f64::NAN);
        Self { median: at(values.len() / 2), min: at(0), max: at(values.len().saturating_sub(1)) }
    }
}

impl std::fmt::Display for Spread {
    /// `median | min–max`: two cells of a Markdown table.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let digits = usize::from(self.median < 20.0);
        write!(f, "{} | {}–{}", number(self.median, digits), number(self.min, digits), number(self.max, digits))
    }
}

/// A number with commas between groups of three digits.
fn number(value: f64, digits: usize) -> String {
    let plain = format!("{value:.digits$}");
    let (whole, fraction) = plain.split_once('.').map_or((&*plain, None), |(whole, rest)| (whole, Some(rest)));
    let mut text = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    fraction.map_or(text.clone(), |fraction| format!("{text}.{fraction}"))
}

fn nanoseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e9
}

#[expect(clippy::cast_precision_loss, reason = "counts of requests are far below 2^52")]
fn count(elements: usize) -> f64 {
    elements as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_reads_as_two_cells() {
        assert_eq!(Spread::of(vec![3.0, 1.0, 2.0]).to_string(), "2.0 | 1.0–3.0");
        assert_eq!(Spread::of(vec![1_234_567.0, 999.0, 45_000.4]).to_string(), "45,000 | 999–1,234,567");
    }

    #[test]
    fn ratios_are_taken_within_a_round() {
        let times = |rounds: &[f64]| Times { name: String::new(), rounds: rounds.to_vec() };
        let ratio = times(&[10.0, 30.0, 60.0]).ratio(&times(&[1.0, 10.0, 30.0]));
        assert_eq!((ratio.min, ratio.median, ratio.max), (2.0, 3.0, 10.0));
    }
}
