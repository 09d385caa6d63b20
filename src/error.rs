//! What can go wrong with inputs and outputs. Bytes of a capture never make an `Error`.

use std::path::PathBuf;

/// A failure of opening an input or writing an output. One line; says what to do next.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused.
    #[error("{path}: {what}: {source}", path = path.display())]
    Io {
        /// The file, or `-`.
        path: PathBuf,
        /// What was being done: `cannot open`, `cannot write`.
        what: &'static str,
        /// The system's words.
        source: std::io::Error,
    },
    /// The file is not what it should be.
    #[error("{path}: at byte {offset}: {what}", path = path.display())]
    Format {
        /// The file, or `-`.
        path: PathBuf,
        /// Byte offset of the first byte that does not fit.
        offset: u64,
        /// What was found, what was expected, and what to do next.
        what: String,
    },
    /// The user asked for something that cannot be.
    #[error("{0}")]
    Usage(String),
}
