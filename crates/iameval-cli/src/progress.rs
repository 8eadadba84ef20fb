//! A progress bar on standard error, for files that take long to read. It is shown on a terminal only.

use iameval_report::plain;
use iameval_world::{Files, Finding, Formats, Limits, Source};
use std::cell::Cell;
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Anything faster needs no bar.
const SLOW: Duration = Duration::from_secs(1);
/// How often the bar is drawn.
const OFTEN: Duration = Duration::from_millis(100);
const WIDTH: u64 = 30;

/// Files, with a bar for those that report how far they are.
pub(crate) struct Watched<'f> {
    files: &'f dyn Files,
    /// When it began, and when the bar was drawn last; `None` where there is no one to see it.
    times: Option<(Instant, Cell<Option<Instant>>)>,
}

impl<'f> Watched<'f> {
    pub(crate) fn new(files: &'f dyn Files) -> Self {
        Self { files, times: io::stderr().is_terminal().then(|| (Instant::now(), Cell::new(None))) }
    }
}

impl Files for Watched<'_> {
    fn read(&self, path: &Path) -> Result<Arc<Source>, Finding> {
        self.files.read(path)
    }

    fn stream(&self, path: &Path) -> Result<Box<dyn Read>, Finding> {
        self.files.stream(path)
    }

    fn name(&self, path: &Path) -> String {
        self.files.name(path)
    }

    fn limits(&self) -> Limits {
        self.files.limits()
    }

    fn is_lasting(&self, path: &Path) -> bool {
        self.files.is_lasting(path)
    }

    fn formats(&self) -> &dyn Formats {
        self.files.formats()
    }

    fn list(&self, folder: &Path) -> Vec<String> {
        self.files.list(folder)
    }

    fn identity(&self, path: &Path) -> PathBuf {
        self.files.identity(path)
    }

    fn progress(&self, path: &Path, bytes: u64) {
        let Some((began, drawn)) = &self.times else { return };
        let now = Instant::now();
        let is_due = drawn.get().is_none_or(|last| now - last >= OFTEN);
        if now - *began >= SLOW && is_due {
            let size = path.metadata().ok().filter(std::fs::Metadata::is_file).map(|file| file.len());
            draw(&bar(&plain(&self.name(path)), bytes, size));
            drawn.set(Some(now));
        }
    }
}

/// Takes the bar away.
impl Drop for Watched<'_> {
    fn drop(&mut self) {
        if self.times.as_ref().is_some_and(|(_, drawn)| drawn.get().is_some()) {
            draw("");
        }
    }
}

/// A bar for a known number of things, done by any number of threads.
pub(crate) struct Counted {
    name: &'static str,
    total: usize,
    done: AtomicUsize,
    /// When it began, and when the bar was drawn last; `None` where there is no one to see it.
    times: Option<(Instant, Mutex<Option<Instant>>)>,
}

impl Counted {
    pub(crate) fn new(name: &'static str, total: usize) -> Self {
        let times = io::stderr().is_terminal().then(|| (Instant::now(), Mutex::new(None)));
        Self { name, total, done: AtomicUsize::new(0), times }
    }

    /// So many more are done.
    pub(crate) fn advance(&self, more: usize) {
        let done = self.done.fetch_add(more, Ordering::Relaxed) + more;
        let Some((began, drawn)) = &self.times else { return };
        let now = Instant::now();
        // Whoever comes while the bar is being drawn need not draw it.
        let Ok(mut drawn) = drawn.try_lock() else { return };
        if now - *began >= SLOW && drawn.is_none_or(|last| now - last >= OFTEN) {
            draw(&counted_bar(self.name, done, self.total));
            *drawn = Some(now);
        }
    }
}

/// Takes the bar away.
impl Drop for Counted {
    fn drop(&mut self) {
        let is_drawn = |drawn: &Mutex<Option<Instant>>| drawn.lock().is_ok_and(|drawn| drawn.is_some());
        if self.times.as_ref().is_some_and(|(_, drawn)| is_drawn(drawn)) {
            draw("");
        }
    }
}

/// Writes over the line.
fn draw(text: &str) {
    let _ = write!(io::stderr(), "\r\x1b[K{text}");
    let _ = io::stderr().flush();
}

/// `cases [#####     ]  50% of 2000`
fn counted_bar(name: &str, done: usize, total: usize) -> String {
    let part = |of: usize| done.min(total).saturating_mul(of) / total.max(1);
    format!("{name} [{:<30}] {:>3}% of {total}", "#".repeat(part(30)), part(100))
}

/// `dump.json [#####     ]  50% of 200 MB`, or how much was read when the size is not known.
fn bar(name: &str, bytes: u64, size: Option<u64>) -> String {
    const MEGABYTE: u64 = 1_000_000;
    let Some(size) = size.filter(|size| *size > 0) else { return format!("{name}  {} MB", bytes / MEGABYTE) };
    let part = |of: u64| bytes.min(size).saturating_mul(of) / size;
    let full = "#".repeat(usize::try_from(part(WIDTH)).unwrap_or_default());
    format!("{name} [{full:<30}] {:>3}% of {} MB", part(100), size / MEGABYTE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_grows_with_what_was_done() {
        assert_eq!(counted_bar("cases", 0, 7), format!("cases [{}]   0% of 7", " ".repeat(30)));
        assert_eq!(
            counted_bar("cases", 1_000, 2_000),
            format!("cases [{}{}]  50% of 2000", "#".repeat(15), " ".repeat(15))
        );
        assert_eq!(counted_bar("cases", 0, 0), format!("cases [{}]   0% of 0", " ".repeat(30)));
    }

    #[test]
    fn the_bar_grows_with_what_was_read() {
        assert_eq!(bar("d", 0, Some(200_000_000)), format!("d [{}]   0% of 200 MB", " ".repeat(30)));
        let half = format!("d [{}{}]  50% of 200 MB", "#".repeat(15), " ".repeat(15));
        assert_eq!(bar("d", 100_000_000, Some(200_000_000)), half);
        assert_eq!(bar("d", 300, Some(200)), format!("d [{}] 100% of 0 MB", "#".repeat(30)));
        assert_eq!(bar("standard input", 7_500_000, None), "standard input  7 MB");
    }
}
