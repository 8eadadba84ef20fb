//! Figures for Prometheus, as text.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The upper bounds of the buckets of durations, in microseconds.
const BUCKETS: [u64; 8] = [250, 500, 1_000, 2_500, 5_000, 10_000, 100_000, 1_000_000];

/// What was counted.
#[derive(Debug, Default)]
pub(super) struct Metrics {
    /// By operation and status.
    requests: Mutex<BTreeMap<(&'static str, u16), u64>>,
    durations: [AtomicU64; BUCKETS.len()],
    count: AtomicU64,
    microseconds: AtomicU64,
    connections: AtomicU64,
    reloads: AtomicU64,
    failed_reloads: AtomicU64,
}

impl Metrics {
    /// Counts a request.
    pub(super) fn request(&self, operation: &'static str, status: u16, took: Duration) {
        *self.requests.lock().unwrap_or_else(PoisonError::into_inner).entry((operation, status)).or_default() += 1;
        let microseconds = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.count.fetch_add(1, Ordering::Relaxed);
        self.microseconds.fetch_add(microseconds, Ordering::Relaxed);
        for (bound, count) in BUCKETS.iter().zip(&self.durations) {
            if microseconds <= *bound {
                count.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// Counts a connection.
    pub(super) fn connection(&self) {
        self.connections.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts another world, or one that could not be read.
    pub(super) fn reload(&self, is_good: bool) {
        let count = if is_good { &self.reloads } else { &self.failed_reloads };
        count.fetch_add(1, Ordering::Relaxed);
    }

    /// The figures as text. Writing to a string cannot fail.
    pub(super) fn text(&self) -> String {
        let get = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let mut out = String::from("# HELP iameval_requests_total Requests by operation and status.\n");
        out.push_str("# TYPE iameval_requests_total counter\n");
        for ((operation, status), count) in self.requests.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            let _ = writeln!(out, "iameval_requests_total{{operation=\"{operation}\",status=\"{status}\"}} {count}");
        }
        out.push_str(
            "# HELP iameval_request_seconds How long requests took.\n# TYPE iameval_request_seconds histogram\n",
        );
        for (bound, count) in BUCKETS.iter().zip(&self.durations) {
            let (seconds, rest) = (bound / 1_000_000, bound % 1_000_000);
            let _ = writeln!(out, "iameval_request_seconds_bucket{{le=\"{seconds}.{rest:06}\"}} {}", get(count));
        }
        let (count, sum) = (get(&self.count), get(&self.microseconds));
        let _ = writeln!(out, "iameval_request_seconds_bucket{{le=\"+Inf\"}} {count}");
        let _ = writeln!(out, "iameval_request_seconds_sum {}.{:06}", sum / 1_000_000, sum % 1_000_000);
        let _ = writeln!(out, "iameval_request_seconds_count {count}");
        for (name, help, count) in [
            ("connections_total", "Connections accepted.", &self.connections),
            ("reloads_total", "Worlds read anew.", &self.reloads),
            ("failed_reloads_total", "Worlds that could not be read; the last good one stayed.", &self.failed_reloads),
        ] {
            let _ = writeln!(
                out,
                "# HELP iameval_{name} {help}\n# TYPE iameval_{name} counter\niameval_{name} {}",
                get(count)
            );
        }
        out
    }
}
