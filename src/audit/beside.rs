//! Two pieces of work at once, after the last packet.
//!
//! In:   two closures, or one and a list.
//! Out:  what both found.

use std::ops::Range;
use std::thread::Builder;

/// Fewer rows are not worth a thread.
pub(super) const LEAST_ROWS: usize = if cfg!(test) { 2 } else { 8_192 };

/// Fewer destinations are not worth a thread: each takes a few times as long as a row.
pub(super) const LEAST_DESTINATIONS: usize = if cfg!(test) { 2 } else { 2_048 };

/// Does `work` for the places of a list: for the first and the second half of them at once where
/// there may be threads and are as many as `least`, or else for all. What was found, in order.
pub(super) fn in_halves<A: Send>(
    (count, least): (usize, usize),
    threads: usize,
    work: &(impl Fn(Range<usize>) -> A + Sync),
) -> (A, Option<A>) {
    if threads < 2 || count < least {
        return (work(0..count), None);
    }
    let middle = count / 2;
    let (later, earlier) = beside(&|| work(middle..count), || work(0..middle));
    (earlier, Some(later))
}

/// Does `one` on a thread of its own while `other` is done here; after it, where the system has
/// no thread to give.
#[expect(
    clippy::disallowed_methods,
    reason = "rows are joined and grouped beside each other; docs/architecture.md, 3"
)]
pub(super) fn beside<A: Send, B>(
    one: &(impl Fn() -> A + Sync),
    other: impl FnOnce() -> B,
) -> (A, B) {
    std::thread::scope(|scope| {
        let thread = Builder::new().name("beside".to_owned());
        let started = thread.spawn_scoped(scope, one);
        let done = other();
        let found = started.ok().and_then(|thread| thread.join().ok());
        (found.unwrap_or_else(one), done)
    })
}
