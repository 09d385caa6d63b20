//! One line on standard error while a long audit runs.
//!
//! In:   numbers from the audit.
//! Out:  bytes, share, packets a second, time left; nothing in the first second, and nothing
//!       left behind at the end.

use std::io::{self, Write as _};
use std::time::{Duration, Instant};
use whereto::Progress;

/// Draws and clears the line.
pub(super) struct Line {
    wanted: bool,
    started: Instant,
    drawn: Option<Instant>,
}

const FIRST: Duration = Duration::from_secs(1);
const EVERY: Duration = Duration::from_millis(200);

impl Line {
    pub(super) fn new(wanted: bool) -> Self {
        Line {
            wanted,
            started: Instant::now(),
            drawn: None,
        }
    }

    /// Words that stand until the first numbers do.
    pub(super) fn say(&mut self, words: &str) {
        if self.wanted {
            self.drawn = Some(Instant::now());
            let _ = write!(io::stderr(), "\r\x1b[K{words}");
            let _ = io::stderr().flush();
        }
    }

    /// To be called as often as one likes.
    pub(super) fn update(&mut self, progress: Progress) {
        if !self.wanted {
            return;
        }
        let elapsed = self.started.elapsed();
        if elapsed < FIRST || self.drawn.is_some_and(|drawn| drawn.elapsed() < EVERY) {
            return;
        }
        self.drawn = Some(Instant::now());
        // Progress that cannot be shown must not stop the work.
        let _ = write!(io::stderr(), "\r\x1b[K{}", words(progress, elapsed));
        let _ = io::stderr().flush();
    }

    /// Removes the line.
    pub(super) fn clear(&mut self) {
        if self.drawn.take().is_some() {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

/// `412 MB of 1138 MB, 36 %, 2.1 M packets/s, 2 s left`
fn words(progress: Progress, elapsed: Duration) -> String {
    let milliseconds = elapsed.as_millis().max(1);
    let rate = u128::from(progress.packets).saturating_mul(1_000) / milliseconds;
    let rate = match rate {
        0..=9_999 => format!("{rate} packets/s"),
        10_000..=999_999 => format!("{} k packets/s", rate / 1_000),
        _ => format!("{}.{} M packets/s", rate / 1_000_000, rate / 100_000 % 10),
    };
    let done = progress.stored_bytes;
    let megabytes = |bytes: u64| bytes / 1_000_000;
    match progress.total_bytes.filter(|all| *all > 0) {
        Some(all) => {
            let done = done.min(all);
            let percent = u128::from(done).saturating_mul(100) / u128::from(all);
            let left = u128::from(all.saturating_sub(done)).saturating_mul(milliseconds)
                / u128::from(done.max(1));
            let (done, all) = (megabytes(done), megabytes(all));
            format!(
                "{done} MB of {all} MB, {percent} %, {rate}, {} left",
                time_left(left / 1_000)
            )
        }
        None => format!(
            "{} MB, {} packets, {rate}",
            megabytes(done),
            progress.packets
        ),
    }
}

fn time_left(seconds: u128) -> String {
    match seconds {
        0..=59 => format!("{seconds} s"),
        60..=3_599 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_how_far_and_how_long() {
        let progress = Progress {
            packets: 4_200_000,
            stored_bytes: 412_000_000,
            total_bytes: Some(1_138_000_000),
        };
        let words = words(progress, Duration::from_secs(2));
        assert_eq!(words, "412 MB of 1138 MB, 36 %, 2.1 M packets/s, 3 s left");
    }

    #[test]
    fn a_stream_has_no_end_in_sight() {
        let progress = Progress {
            packets: 20_000,
            stored_bytes: 5_000_000,
            total_bytes: None,
        };
        let words = words(progress, Duration::from_secs(2));
        assert_eq!(words, "5 MB, 20000 packets, 10 k packets/s");
    }
}
