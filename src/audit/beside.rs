//! Two pieces of work at once, after the last packet.
//!
//! In:   two closures.
//! Out:  what both found.

use std::thread::Builder;

/// Fewer rows are not worth a thread.
pub(super) const LEAST_ROWS: usize = if cfg!(test) { 2 } else { 65_536 };

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
