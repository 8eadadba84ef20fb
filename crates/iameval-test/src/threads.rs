//! Work that threads share.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};

/// As many threads as there are processors.
pub fn processors() -> NonZero<usize> {
    std::thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN)
}

/// Does something with each item, `at_once` of them before the next are taken, and gives what came of each in their order. `progress` is
/// told, by any thread, how many more are done.
///
/// ```
/// use std::num::NonZero;
///
/// let jobs = NonZero::<usize>::MIN.saturating_add(1);
/// let squares = iameval_test::threads::in_threads(jobs, 2, &|_| (), &[1, 2, 3], |number| number * number);
/// assert_eq!(squares, [1, 4, 9]);
/// ```
pub fn in_threads<'t, T: Sync, R: Send>(
    jobs: NonZero<usize>,
    at_once: usize,
    progress: &(dyn Fn(usize) + Sync),
    items: &'t [T],
    work: impl Fn(&'t T) -> R + Sync,
) -> Vec<R> {
    let parts: Vec<&'t [T]> = items.chunks(at_once.max(1)).collect();
    let jobs = jobs.get().min(parts.len());
    let part = |part: &'t [T]| {
        let done: Vec<R> = part.iter().map(&work).collect();
        progress(part.len());
        done
    };
    if jobs <= 1 {
        return parts.into_iter().flat_map(part).collect();
    }
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut done = Vec::new();
        while let Some((number, items)) = {
            let number = next.fetch_add(1, Ordering::Relaxed);
            parts.get(number).map(|items| (number, *items))
        } {
            done.push((number, part(items)));
        }
        done
    };
    let mut done: Vec<(usize, Vec<R>)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..jobs).map(|_| scope.spawn(worker)).collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    done.sort_unstable_by_key(|(number, _)| *number);
    done.into_iter().flat_map(|(_, results)| results).collect()
}
